"""Any text into every trace module: no exception, and four times the text in about four times the time.

Hostile texts are made of the modules' own anchors: a line that makes a module look, over and over, alone and with lines
between that let it hope; and real samples repeated without end.
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

ANCHORS = sorted({(name, anchor) for name, module in modules().items() for anchor in module.ANCHORS})
TEXTS = {
    path.name: path.read_text("utf-8", "replace").split("\n") for path in sorted((SAMPLES / "traces").glob("*.txt"))
}
# Below this a machine's noise is larger than what is measured.
FLOOR_SECONDS = 0.08
RATIO = 7


def seconds(lines, count):
    text = list(itertools.islice(itertools.cycle(lines), count))
    best = 99.0
    for _ in range(2):
        start = time.process_time()
        for _found in scan(enumerate(text)):
            pass
        best = min(best, time.process_time() - start)
        if best > 1:
            break
    return best


def is_linear(lines, count=3_000):
    once = max(seconds(lines, count), FLOOR_SECONDS)
    assert seconds(lines, 4 * count) <= RATIO * once


@pytest.mark.parametrize(("name", "anchor"), ANCHORS)
def test_an_anchor_on_every_line(name, anchor):
    is_linear([anchor])
    is_linear([anchor + "x", "y", ""])


@pytest.mark.parametrize("name", TEXTS)
def test_a_report_repeated_without_end(name):
    is_linear(TEXTS[name])


@pytest.mark.parametrize("name", TEXTS)
def test_the_second_half_of_a_report_repeated(name):
    lines = TEXTS[name]
    is_linear(lines[len(lines) // 2 :])


@pytest.mark.parametrize("name", TEXTS)
def test_each_line_of_a_report_many_times(name):
    lines = [line for line in TEXTS[name][:40] for _ in range(20)]
    is_linear(lines)


@pytest.mark.parametrize(("name", "anchor"), ANCHORS)
def test_one_long_line(name, anchor):
    def spent(size):
        start = time.process_time()
        list(
            scan(
                enumerate(
                    [anchor, anchor + anchor[-1] * size, anchor + " x" * (size // 2), anchor + "(<[" * (size // 3)]
                )
            )
        )
        return time.process_time() - start

    assert spent(200_000) <= RATIO * max(spent(50_000), FLOOR_SECONDS)


PIECES = sorted({line for lines in TEXTS.values() for line in lines[:30]} | {anchor for _, anchor in ANCHORS})


@settings(max_examples=150)
@given(
    st.lists(
        st.sampled_from(PIECES)
        | st.text(max_size=40).map(lambda text: text.replace("\n", " "))
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
        for trace in found.report.traces:
            for frame in trace.frames:
                assert frame.text_line is None or found.first <= frame.text_line <= found.last, found.module.NAME
