"""Reports among other lines. The traces are made by hand in the words of OpenJDK 17; the logs around them too."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import triage
from tests.tools import trace_modules
from triage.formats.traces import modules
from triage.formats.traces.prefixes import split
from triage.formats.traces.reports import Report, run
from triage.formats.traces.scanning import first, scan
from triage.formats.traces.window import BACK, Text, Window
from triage.records import Frame, Trace

TRACE = ["com.shop.PayError: no rate", "\tat com.shop.Cart.pay(Cart.java:31)", "\tat com.shop.Shop.main(Shop.java:7)"]
LOG = [f"12:00:{second:02} INFO request {second} done" for second in range(60)]


def found(lines):
    return [(hit.module.NAME, hit.first, hit.last) for hit in scan(enumerate(lines))]


def test_every_trace_with_its_lines_whatever_stands_between():
    lines = LOG + TRACE + LOG + TRACE + LOG
    assert found(lines) == [("java", 61, 63), ("java", 124, 126)]


def test_places_are_bytes_and_lines_of_the_file():
    text = "\r\n".join(["é", *TRACE, "after", ""]).encode()
    (event,) = triage.loads(text).events().to_dict("records")
    assert text[event["offset"] :][: event["length"]].decode().splitlines() == TRACE
    (stack,) = triage.loads(text).stacks().to_dict("records")
    assert list(stack["text_lines"]) == [3, 4]


def test_two_streams_in_one_log_are_told_apart():
    other = [line.replace("shop", "bank") for line in TRACE]
    lines = [
        line for pair in zip(TRACE, other, strict=True) for line in (f"shop_1  | {pair[0]}", f"bank_1  | {pair[1]}")
    ]
    hits = list(scan(enumerate(lines), only="java"))
    assert hits[0].report.error_type == "com.shop.PayError"
    assert [frame.text_line for frame in hits[0].report.traces[0].frames] == [3, 5]


@pytest.mark.parametrize(
    "prefix",
    [
        "2026-01-26T01:25:59.123Z ",
        "01-26 01:25:59.123  1200  1234 E AndroidRuntime: ",
        "Jan 26 01:25:59 host shop[7]: ",
    ],
)
def test_a_trace_whose_every_line_has_a_prefix(prefix):
    lines = [prefix + line for line in ["before", *TRACE, "after"]]
    assert found(lines) == [("java", 2, 4)]


def test_anchors_are_found_in_what_json_holds():
    lines = [
        json.dumps({"log": f"{line}\n", "stream": "stderr"}) for line in ["x", *TRACE[:1], "\tat a.B.c(<generated>)"]
    ]
    assert found(lines) == [("java", 2, 3)]
    assert triage.stacks.signature("\n".join(lines)) == triage.stacks.signature(f"{TRACE[0]}\n\tat a.B.c(<generated>)")
    # what is no line of a container is nobody's
    assert found([line.replace('"log"', '"lag"') for line in lines]) == []


def test_a_log_record_ends_a_trace_without_prefixes():
    assert found([*TRACE, "12:00:01 ERROR\tat com.shop.Cart.other(Cart.java:9)"]) == [("java", 1, 3)]


def test_the_time_of_the_line_is_the_time_of_the_event():
    case = triage.loads("\n".join(f"2026-01-26T01:25:59.123Z {line}" for line in TRACE))
    (event,) = case.events().to_dict("records")
    assert (str(event["ts"]), event["ts_source"]) == ("2026-01-26 01:25:59.123000+00:00", "log line")


def test_a_trace_behind_the_head_of_a_long_log_is_found():
    lines = [*LOG * 400, *TRACE]
    case = triage.loads("\n".join(lines))
    assert case.events()["error_type"].tolist() == ["com.shop.PayError"]
    assert case.files()["parse_status"].tolist() == ["ok"]


def test_a_long_log_without_any_is_unknown():
    case = triage.loads("\n".join(LOG * 400))
    assert case.events().empty
    assert case.files()["parse_status"].tolist() == ["unknown"]


def test_only_one_module(tmp_path):
    assert found(TRACE) == [("java", 1, 3)]
    assert not list(scan(enumerate(TRACE), only="gdb"))
    path = tmp_path / "trace.txt"
    path.write_text("\n".join(TRACE))
    case = triage.load(path, format="gdb")
    assert case.files()["reason"].tolist() == ["no trace of the format gdb is in here"]


def test_a_report_of_any_length_is_one():
    frames = [f"\tat com.shop.Cart.f{number}(Cart.java:{number})" for number in range(1, 20_000)]
    assert found(["com.shop.PayError: no rate", *frames, *LOG]) == [("java", 1, 20_000)]


class _Module:
    """A trace module of another package."""

    TITLE, PLATFORM = "made for a test", "native"

    def __init__(self, name, anchor, **report):
        self.NAME, self.ANCHORS, self._report = name, (anchor,), report

    def read(self, window):
        return Report(end=run(window, 0, lambda line: line.startswith("!")), **self._report)


@pytest.fixture
def two(monkeypatch):
    """One module that leads and one that follows, as an entry point would add them."""
    from triage.formats.traces import reading

    lead = _Module("lead", "!lead", kind="assertion", error_type="CHECK", error_value="a == b", leads=True)
    end = _Module(
        "end",
        "!end",
        signal="SIGABRT",
        error_type="ABRT",
        follows=True,
        traces=(Trace(frames=(Frame(function="f", text_line=0),), error_type="ABRT"),),
    )
    monkeypatch.setattr(reading, "modules", lambda: {"lead": lead, "end": end})
    reading.anchors.cache_clear()
    yield
    reading.anchors.cache_clear()


@pytest.mark.usefixtures("two")
def test_what_leads_and_what_follows_are_one_report():
    (hit,) = scan(enumerate(["!lead", "x", "!end", "y"]))
    report = hit.report
    assert (hit.first, hit.last, hit.module.NAME) == (1, 3, "lead")
    assert (report.kind, report.error_type, report.error_value, report.signal) == (
        "assertion",
        "CHECK",
        "a == b",
        "SIGABRT",
    )
    assert [(trace.role, trace.error_type, trace.frames[0].text_line) for trace in report.traces] == [
        ("crash", "CHECK", 3)
    ]


@pytest.mark.usefixtures("two")
def test_what_is_far_away_or_in_the_other_order_is_not_joined():
    assert len(list(scan(enumerate(["!lead", *["x"] * 200, "!end"])))) == 2
    assert len(list(scan(enumerate(["!end", "x", "!lead"])))) == 2


def test_a_window_ends_where_its_stream_or_the_text_does():
    window = Window(Text(iter([(0, "a"), (2, "b"), (4, "c")])), 1)
    assert [window[index] for index in range(-3, 3)] == [None, None, "a", "b", "c", None]
    assert window.slice(-1, 5) == ["a", "b", "c"]
    long = Window(Text(iter((0, str(number)) for number in range(500))), 400)
    assert long[-BACK] == str(400 - BACK)
    assert long[-BACK - 1] is None


def test_a_text_lets_go_of_what_was_read():
    text = Text(iter((number, str(number)) for number in range(10)))
    assert text.raw(9) == "9"
    text.drop(5)
    assert (text.start, text.raw(4), text.raw(5), text.offset(5)) == (5, None, "5", 5)


SEEN = st.lists(
    st.sampled_from(
        ["x", "", "    #1 0x2 in f", "web_1  | a", "2026-01-26 01:25:59 b", "[    1.5] c", "\x1b[1md\x1b[0m"]
    ),
    min_size=1,
    max_size=400,
)


@given(SEEN, st.lists(st.integers(0, 420), max_size=12), st.integers(0, 50), st.booleans())
def test_lines_are_what_they_are_in_whatever_order_they_are_looked_at(lines, asked, gone, listed):
    text = Text(list(lines)) if listed else Text(iter(enumerate(lines)))
    for place, number in enumerate(asked):
        if place == len(asked) // 2:
            text.raw(gone)
            text.drop(gone)
        there = max(text.start, text.free) <= number < len(lines)
        assert text.line(number) == (split(lines[number]) if there else None)
        assert text.stream(number) == (split(lines[number]).stream if there else ())


@given(SEEN, st.integers(0, 399), st.lists(st.integers(-80, 400), max_size=12))
def test_a_window_without_a_stream_is_the_text_around_it(lines, anchor, asked):
    anchor %= len(lines)
    window = Window(Text(list(lines)), anchor)
    if split(lines[anchor]).stream:
        return
    for index in asked:
        number = anchor + index
        there = index >= -BACK and 0 <= number < len(lines)
        assert window.is_record(index) == (there and bool(split(lines[number]).stream))
        assert window[index] == (split(lines[number]).text if there else None)
        assert window.number(index) == (number if there else None)
        assert window.stream(index) == (split(lines[number]).stream if there else ())


LINES = st.lists(
    st.sampled_from(
        [*TRACE, *LOG[:3], "", "Caused by: a.B: c", "\t... 3 more", 'Exception in thread "x" a.B', "web_1 | x"]
    )
    | st.text(max_size=30).map(lambda text: text.replace("\n", " ")),
    max_size=60,
)


@settings(max_examples=60)
@given(LINES)
def test_reports_never_overlap_and_come_in_order(lines):
    hits = list(scan(enumerate(lines)))
    for hit in hits:
        assert 1 <= hit.first <= hit.last <= len(lines)
    for before, after in itertools.pairwise(hits):
        assert before.last < after.first


def test_the_table_of_the_modules_says_what_they_say():
    assert trace_modules.TABLE.read_text("utf-8") == trace_modules.table(), "run python -m tests.tools.trace_modules"


def test_a_module_is_imported_when_a_text_holds_one_of_its_anchors():
    code = (
        "import sys, triage; triage.stacks.signature('Traceback (most recent call last):\\n"
        '  File "a.py", line 3, in f\\n    g()\\nKeyError: 1\');'
        "print(*(name for name in ('python', 'kernel', 'cdb') if 'triage.formats.traces.' + name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["python"]


def test_every_module_says_what_it_is():
    for name, module in modules().items():
        assert module.NAME == name == name.lower()
        assert module.TITLE
        assert module.PLATFORM
        assert all(len(anchor) >= 3 for anchor in module.ANCHORS), name


@given(
    st.lists(
        st.sampled_from(["a", "  b", "web_1  | c", "2026-01-26T01:25:59Z d", "> e", "f | g"]), min_size=1, max_size=90
    ),
    st.integers(0, 89),
    st.integers(-3, 60),
)
def test_lines_ahead_are_those_that_are_asked_for_one_by_one(lines, anchor, index):
    window = Window(Text(list(lines)), min(anchor, len(lines) - 1))
    ahead = window.ahead(index)
    assert ahead == [window[index + step] for step in range(len(ahead))]
    assert not any(window.stream(index + step) for step in range(len(ahead)))
    if window.stream(0) or index < 0:
        assert ahead == []


@pytest.mark.parametrize("before", [0, 3, 300])
def test_the_first_report_is_the_same_in_a_short_and_in_a_long_text(before):
    for mark in ("", "\u20ac", "|"):
        lines = [*["x"] * before, *TRACE, mark, *LOG, *TRACE]
        assert first("\n".join(lines)).error_value == "no rate"
        assert len(first("\n".join(lines)).traces[0].frames) == 2


def test_a_bar_in_the_text_brings_back_the_prefixes_that_end_in_one():
    lines = [f"web_1  | {line}" for line in TRACE]
    assert first("\n".join(lines)).traces == first("\n".join(TRACE)).traces
