"""Any text into every trace module: no exception, and four times the text in about four times the time.

Hostile texts are made of the modules' own anchors: lines that make a module look, over and over, alone and with lines
between that let it hope; and the samples, each repeated without end.
"""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.growth import grows_evenly
from tests.reading import SAMPLES
from tests.scanned import cycled
from triage.formats.traces import modules
from triage.formats.traces.scanning import scan

ANCHORS = {name: module.ANCHORS for name, module in sorted(modules().items())}
TEXTS = {
    path.name: path.read_text("utf-8", "replace").split("\n") for path in sorted((SAMPLES / "traces").glob("*.txt"))
}


def scan_grows(lines, **options):
    grows_evenly(lambda text: list(scan(enumerate(text))), lambda count: cycled(lines, count), **options)


@pytest.mark.parametrize("name", ANCHORS)
def test_anchors_on_every_line(name):
    scan_grows([*ANCHORS[name]], size=100, enlarged=1)
    scan_grows([line for anchor in ANCHORS[name] for line in (anchor + "x", "y", "")], size=100, enlarged=1)
    for anchor in ANCHORS[name]:
        scan_grows([anchor], size=150, enlarged=0)


@pytest.mark.parametrize("name", TEXTS)
def test_reports_and_parts_of_them_without_end(name):
    lines = TEXTS[name][:120]
    scan_grows(lines, size=600, enlarged=0)
    scan_grows(lines[len(lines) // 2 :], size=600, enlarged=0)
    scan_grows([line for line in lines[:30] for _ in range(20)], size=600, enlarged=0)


@pytest.mark.parametrize("name", ANCHORS)
def test_long_lines(name):
    def make(size):
        ends = (" x" * (size // 2), "(<[" * (size // 3), "a.b" * (size // 3))
        return [[anchor, *(anchor + end for end in (anchor[-1] * size, *ends))] for anchor in ANCHORS[name]]

    grows_evenly(lambda texts: [list(scan(enumerate(text))) for text in texts], make, 20_000, enlarged=0)


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


@pytest.mark.parametrize("name", TEXTS)
def test_lines_of_reports_with_a_run_within(name):
    """Each fourth line drawn out, the others as they are: so that reports are found, and their lines read."""

    def make(size):
        return [
            [_drawn_out(line, run, size) if place % 4 == first else line for place, line in enumerate(TEXTS[name][:60])]
            for first in range(4)
            for run in (" ", "() ", "' ", "a. ")
        ]

    grows_evenly(lambda texts: [list(scan(enumerate(text))) for text in texts], make, 1_000, enlarged=0)


def _drawn_out(line, run, size):
    """A line with a run before its last word."""
    before, blank, last = line.rpartition(" ")
    return before + blank + run * (size // len(run)) + last


def test_blanks_in_a_drawn_box():
    head = "╭──── Traceback (most recent call last) ────╮"
    rows = ["│ /srv/app.py:3 in go │", "│ ❱ 3     int('x') │"]
    scan_grows([head, *rows, "│ x" + " " * 2_000 + "y" + " " * 2_000 + "│ z", "╰───╯"], size=10, enlarged=1)
