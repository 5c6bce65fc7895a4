"""Any text into every trace module: no exception, and four times the text in about four times the time.

Hostile texts are made of the modules' own anchors: lines that make a module look, over and over, alone and with lines
between that let it hope; and the samples, each repeated without end.
"""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reading import SAMPLES
from triage.formats.traces import modules
from triage.formats.traces.scanning import scan

ANCHORS = {name: module.ANCHORS for name, module in sorted(modules().items())}
TEXTS = {
    path.name: path.read_text("utf-8", "replace").split("\n") for path in sorted((SAMPLES / "traces").glob("*.txt"))
}
# Below this a machine's noise is larger than what is measured.
FLOOR_SECONDS = 0.06
RATIO = 7


def seconds(lines, count):
    text = list(itertools.islice(itertools.cycle(lines), count))
    start = time.process_time()
    for _found in scan(enumerate(text)):
        pass
    return time.process_time() - start


def is_linear(lines, count=600):
    large = seconds(lines, 4 * count)
    if large > RATIO * FLOOR_SECONDS:
        once = max(min(seconds(lines, count), seconds(lines, count)), FLOOR_SECONDS)
        assert min(large, seconds(lines, 4 * count)) <= RATIO * once


@pytest.mark.parametrize("name", ANCHORS)
def test_anchors_on_every_line(name):
    is_linear([*ANCHORS[name]])
    is_linear([line for anchor in ANCHORS[name] for line in (anchor + "x", "y", "")])
    for anchor in ANCHORS[name]:
        is_linear([anchor], 150)


@pytest.mark.parametrize("name", TEXTS)
def test_reports_and_parts_of_them_without_end(name):
    lines = TEXTS[name][:120]
    is_linear(lines)
    is_linear(lines[len(lines) // 2 :])
    is_linear([line for line in lines[:30] for _ in range(20)])


@pytest.mark.parametrize("name", ANCHORS)
def test_long_lines(name):
    def spent(size):
        start = time.process_time()
        for anchor in ANCHORS[name]:
            ends = (anchor[-1] * size, " x" * (size // 2), "(<[" * (size // 3), "a.b" * (size // 3))
            list(scan(enumerate([anchor, *(anchor + end for end in ends)])))
        return time.process_time() - start

    assert spent(80_000) <= RATIO * max(spent(20_000), FLOOR_SECONDS)


def test_ten_megabytes_are_one_report():
    frames = [f"\tat com.shop.pages.Cart{number % 999}.total(Cart.java:{number})" for number in range(200_000)]
    (found,) = scan(enumerate(["com.shop.PayError: no rate", *frames, "12:00:01 INFO done"]))
    assert sum(map(len, frames)) > 9_000_000
    assert (found.first, found.last, len(found.report.traces[0].frames)) == (1, 200_001, 200_000)


PIECES = sorted(
    {line for lines in TEXTS.values() for line in lines[:30]} | {a for some in ANCHORS.values() for a in some}
)


@settings(max_examples=120)
@given(
    st.lists(
        st.sampled_from(PIECES)
        | st.text(max_size=40)
        | st.tuples(st.sampled_from(PIECES), st.integers(0, 60)).map(lambda pair: pair[0][: pair[1]])
        | st.tuples(st.sampled_from(PIECES), st.text(max_size=8)).map("".join),
        max_size=40,
    )
)
def test_any_mixture_of_lines(lines):
    lines = [line.replace("\n", " ") for line in lines]
    last = 0
    for found in scan(enumerate(lines)):
        assert last < found.first <= found.last <= len(lines)
        last = found.last
        for frame in itertools.chain.from_iterable(trace.frames for trace in found.report.traces):
            assert frame.text_line is None or found.first <= frame.text_line <= found.last, found.module.NAME
