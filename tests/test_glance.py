"""What a text shows at a place without being parted is what a window shows there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.grouping import material
from tests.growth import grows_evenly
from tests.scanned import cycled
from triage.formats.traces import modules
from triage.formats.traces.brief import Brief
from triage.formats.traces.glance import Glance
from triage.formats.traces.scanning import first
from triage.formats.traces.window import BACK, Text, Window
from triage.stacks import signature

TRACES = [trace.text for trace in (*material.samples(), *material.held_out(), *material.corpus())]
LINES = st.one_of(
    st.sampled_from([line for text in TRACES for line in text.split("\n") if "\x1b" not in line and "\r" not in line]),
    st.sampled_from(["", " ", "a", "[    5.123456] x", "2026-01-26T01:25:59Z b", "web_1  | c", "> quoted",
                     "INFO:a.b: d", "[ERROR] e", "CRASH LOG: f", "E/tag (  12): g", "stderr: h", "SUMMARY: i",
                     '{"log":"j\\n"}']),
)  # fmt: skip


def looked_at(lines):
    text = Text(enumerate(lines))
    text.look(len(lines) - 1)
    for number in range(len(lines)):
        text.look(number)
    return text


@given(st.lists(LINES, min_size=1, max_size=100), st.data())
def test_it_shows_what_a_window_shows(lines, data):
    anchor = data.draw(st.integers(0, len(lines) - 1))
    if looked_at(lines).stream(anchor):
        return
    window = Window(Text(enumerate(lines)), anchor)
    text = "\n".join(lines)
    glance = Glance(text, sum(map(len, lines[:anchor])) + anchor)
    for index in data.draw(st.lists(st.integers(0, len(lines)), max_size=9)):
        assert glance[index] == window[index]
        assert glance.is_record(index) == (window[index] is not None and bool(window.stream(index)))
        place = glance.place(index)
        assert (window[index] is None) == (place is None or place > len(text)) or index + anchor == len(lines) - 1
        if place is not None:
            assert text[place:].split("\n")[0] == window.raw(index)


@given(st.lists(LINES, min_size=1, max_size=100), st.data())
def test_a_text_that_is_looked_at_at_once_shows_the_same_lines(lines, data):
    whole, parted = Text.of("\n".join(lines)), looked_at(lines)
    assert whole.shown == parted.shown
    assert whole.odd == parted.odd
    anchor = data.draw(st.integers(0, len(lines) - 1))
    free = data.draw(st.integers(0, anchor))
    whole.free = parted.free = free
    one, two = Window(whole, anchor), Window(parted, anchor)
    indexes = range(-min(BACK, anchor) - 2, len(lines) - anchor + 3)
    assert [one[index] for index in indexes] == [two[index] for index in indexes]
    assert [one.number(index) for index in indexes] == [two.number(index) for index in indexes]
    assert [one.is_record(index) for index in indexes] == [two.is_record(index) for index in indexes]
    assert [one.raw(index) for index in indexes] == [two.raw(index) for index in indexes]


def test_a_module_that_refuses_a_line_reads_nothing_there():
    able = [module for module in modules().values() if hasattr(module, "refuses")]
    assert able
    for text in TRACES:
        lines = text.split("\n")[:2000]
        looked = Text(enumerate(lines))
        for number, line in enumerate(lines):
            looked.look(number)
            for module in able:
                if not looked.stream(number) and any(anchor in line for anchor in module.ANCHORS):
                    shown = looked.line(number).text
                    if module.refuses(shown):
                        assert module.read(Window(Text(enumerate(lines)), number)) is None


HEADER = "==7==ERROR: AddressSanitizer: SEGV on unknown address 0x000000000018 (pc 0x7f bp 0x7f sp 0x7f T0)\n"
ROWS = "    #0 0x51 in parse /src/a.cc:3:5\n    #1 0x52 in run /src/a.cc:9:5\n"
NOTE = (
    "NOTE: libFuzzer has rudimentary signal handlers.\n"
    "      Combine libFuzzer with AddressSanitizer or similar for better crash reports.\n"
)


@pytest.mark.parametrize(
    ("text", "frames"),
    [
        (f"==7== ERROR: libFuzzer: timeout after 25 seconds\n{ROWS}SUMMARY: libFuzzer: timeout\n", 2),
        (f"==7== ERROR: libFuzzer: deadly signal\n{ROWS}{NOTE}SUMMARY: libFuzzer: deadly signal\n", 2),
        (f"{HEADER}{ROWS}    #6 0x56 in main /src/a.cc:20:1\n", 4),
        (f"{HEADER}    #0 0x50 in operator() /src/a.cc:2:1\n    #1 0x51 in Loop::start() /src/a.cc:9:5\n", 2),
    ],
)  # fmt: skip
def test_what_is_said_in_brief(text, frames):
    found = first(text, settled=lambda _: False)
    assert isinstance(found, Brief)
    assert len(found.frames) == frames
    assert all(found.read(piece) for piece in found.frames)


def test_a_lambda_is_named_in_brief_by_what_calls_it():
    text = f"{HEADER}    #0 0x50 in operator() /src/a.cc:2:1\n    #1 0x51 in Loop::start() /src/a.cc:9:5\n"
    found = first(text, settled=lambda _: False)
    assert found.read(found.frames[0]).function == "Loop::start::<lambda()>::operator()"


@pytest.mark.parametrize(
    "lines",
    [
        [*HEADER.split("\n"), *ROWS.split("\n")],
        ["/src/a.cc:3:5: runtime error: load of null pointer of type 'int'", *ROWS.split("\n")],
        ["Direct leak of 8 byte(s) in 1 object(s) allocated from:", *ROWS.split("\n"), ""],
        ["[    5.123456] BUG: of somebody", "[    5.123457] x"],
        ["web_1  | BUG: of somebody", "db_1   | x", "y"],
        ["==7== ERROR: libFuzzer: deadly signal", *ROWS.split("\n")],
        ["(1.2): Access violation - code c0000005 (!!! second chance !!!)", "ChildEBP RetAddr", "*** x", "x"],
        ["ERROR:", "a"],
    ],
    ids=lambda lines: lines[0][:20],
)
def test_a_text_four_times_as_long_takes_about_four_times_as_long(lines):
    grows_evenly(signature, lambda count: "\n".join(cycled(lines, count)), 500)
