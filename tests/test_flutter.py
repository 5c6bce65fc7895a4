"""Flutter's console: the block state machine, and log files into events and rows."""

from __future__ import annotations

import random
import textwrap
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import triage
from tests.reading import SAMPLES, read, read_many
from triage.formats import flutter, flutter_machine, flutter_vm_service
from triage.formats.flutter import MAX_BLOCK_LINES, BlockParser, ExceptionBlock
from triage.formats.flutter_lines import read_line
from triage.formats.flutter_logger import level_of
from triage.formats.head import Head

HEADER = "══╡ EXCEPTION CAUGHT BY WIDGETS LIBRARY ╞═══════════════════════════════════════════════════════════"
SECOND = "══╡ EXCEPTION CAUGHT BY RENDERING LIBRARY ╞═════════════════════════════════════════════════════════"
FOOTER = "═" * 100
BLOCK = [
    HEADER,
    "The following _TypeError was thrown building Price(dirty):",
    "Null check operator used on a null value",
    "",
    "The relevant error-causing widget was:",
    "  Price",
    "  Price:file:///home/user/shop/lib/price.dart:72:22",
    "",
    "When the exception was thrown, this was the stack:",
    "#0      Price.build (package:shop/price.dart:14:5)",
    "#1      StatelessElement.build (package:flutter/src/widgets/framework.dart:5678:49)",
    "(elided 2 frames from class _AssertionError and dart:async)",
    FOOTER,
]


def run(lines: list[str]) -> tuple[list[str], list[ExceptionBlock]]:
    """The state of each line, and the blocks, the flushed one too."""
    parser = BlockParser()
    fed = [parser.feed_line(line) for line in lines]
    blocks = [item.block for item in fed if item.block]
    last = parser.flush()
    return [item.state for item in fed], blocks + ([last] if last else [])


def only(lines: list[str]) -> ExceptionBlock:
    _, (block,) = run(lines)
    return block


# The state machine ---------------------------------------------------------------------------------------------------


def test_a_whole_block():
    states, (block,) = run(BLOCK)
    assert states == ["buffered"] * 12 + ["complete"]
    assert block.library == "WIDGETS LIBRARY"
    assert (block.widget, block.widget_location) == ("Price", "Price:file:///home/user/shop/lib/price.dart:72:22")
    assert block.thrown == "_TypeError"
    assert block.message == "Null check operator used on a null value"
    assert len(block.stack) == 3
    assert (block.first_line, block.last_line, block.complete) == (1, 13, True)
    assert block.raw == tuple(BLOCK)


def test_what_follows_the_stack_is_kept():
    said = ["", 'Handler: "onTap"', "Recognizer:", "  TapGestureRecognizer#1b2c3"]
    block = only(BLOCK[:-1] + said + [FOOTER])
    assert block.details == "\n".join(said[1:])
    assert len(block.stack) == 3
    rows = read("\n".join([*BLOCK[:-1], *said, FOOTER]).encode(), reader=flutter)
    assert {row["key"]: row["value"] for row in rows["annotations"]}["details"] == block.details
    assert only(BLOCK).details == ""


def test_colours_are_stripped():
    block = only([f"\x1b[38;5;196m{line}\x1b[0m" for line in BLOCK])
    assert (block.library, block.widget, len(block.stack)) == ("WIDGETS LIBRARY", "Price", 3)
    assert only([f"\\^[[31m{line}\\^[[0m" for line in BLOCK]).complete


@pytest.mark.parametrize("prefix", ["flutter: ", "I/flutter ( 7346): ", "01-26 01:25:59.123  1234  1240 I flutter : "])
def test_prefixes(prefix):
    block = only([prefix + line for line in BLOCK])
    assert (block.library, block.widget, len(block.stack)) == ("WIDGETS LIBRARY", "Price", 3)
    assert block.complete


def test_the_flutter_prefix_before_a_footer():
    states, _ = run([f"flutter: {HEADER}", "flutter: Bad state", f"flutter: {FOOTER}"])
    assert states[-1] == "complete"


def test_the_flutter_prefix_before_a_one_liner():
    block = only(["flutter: Another exception was thrown: RangeError (index): Invalid value"])
    assert (block.kind, block.description) == ("one_liner", "RangeError (index): Invalid value")


def test_the_flutter_prefix_without_a_blank_is_an_empty_line():
    lines = [HEADER, "Bad", "The relevant error-causing widget was:", "  Price", "flutter:", FOOTER]
    assert only(lines).complete


def test_an_ios_system_log_prefix():
    prefix = "2026-01-26 01:25:59.123456+0100 Runner[15637:7218465] flutter: "
    assert only([prefix + line for line in BLOCK]).widget == "Price"
    assert read_line(prefix + "x").ts == 1769387159123456


def test_a_header_needs_no_marks():
    assert only(["EXCEPTION CAUGHT BY GESTURE", "Bad state", FOOTER]).library == "GESTURE"
    assert run(["══════════════"])[0] == ["passed"]
    assert run(["an exception caught by me"])[0] == ["passed"]


def test_a_short_rule_is_no_footer():
    states, (block,) = run([HEADER, "before", "═══", "after", "════"])
    assert states == ["buffered"] * 4 + ["complete"]
    assert block.description == "before\n═══\nafter"


def test_an_empty_line_after_the_widget_ends_its_capture():
    lines = [HEADER, "Bad", "The relevant error-causing widget was:", "  Price", "", *BLOCK[8:]]
    block = only(lines)
    assert (block.widget, block.widget_location, len(block.stack)) == ("Price", None, 3)


def test_an_empty_line_before_the_widget_does_not():
    lines = [HEADER, "Bad", "The relevant error-causing widget was:", "", "  Price", "", FOOTER]
    assert only(lines).widget == "Price"


def test_a_line_that_is_no_place_ends_the_capture_of_the_widget():
    lines = [
        HEADER,
        "Bad",
        "The relevant error-causing widget was:",
        "  Price",
        "  Some unrelated line",
        "More",
        FOOTER,
    ]
    block = only(lines)
    assert (block.widget, block.widget_location) == ("Price", None)
    assert "More" in block.description


def test_the_footer_right_after_the_widget():
    assert only([HEADER, "Bad", "The relevant error-causing widget was:", "  Price", "", FOOTER]).complete


def test_the_widget_and_its_place_on_one_line():
    block = only(
        [HEADER, "Bad", "The relevant error-causing widget was: ", "  App App:file:///a/main.dart:41:38", FOOTER]
    )
    assert (block.widget, block.widget_location) == ("App", "App:file:///a/main.dart:41:38")


def test_the_place_of_an_ide_without_the_widget():
    lines = [HEADER, "Bad", "The relevant error-causing widget was", "    Photo ", "lib/…/photo-list.dart:129", FOOTER]
    assert only(lines).widget_location == "lib/…/photo-list.dart:129"


def test_frames_without_the_marker():
    assert only([HEADER, "Bad", "#0      main (package:app/main.dart:15:3)", FOOTER]).stack_text.startswith("#0")


def test_indented_frames():
    assert only([HEADER, "Bad", "  #0      main (package:app/main.dart:15:3)", FOOTER]).stack_text.strip()[:2] == "#0"


def test_a_block_without_a_stack():
    block = only([SECOND, "The following assertion was thrown during layout:", "A RenderFlex overflowed.", FOOTER])
    assert (block.stack, block.thrown, block.message) == ((), None, "A RenderFlex overflowed.")


def test_back_to_back_headers():
    states, (first, second) = run([HEADER, "one", SECOND, "two", FOOTER])
    assert states == ["buffered", "buffered", "complete", "buffered", "complete"]
    assert (first.library, first.description, first.complete) == ("WIDGETS LIBRARY", "one", False)
    assert (second.library, second.description, second.complete) == ("RENDERING LIBRARY", "two", True)


def test_a_header_inside_a_stack():
    parser = BlockParser()
    for line in BLOCK[:-1]:
        assert parser.feed_line(line).block is None
    fed = parser.feed_line(SECOND)
    assert fed.state == "complete"
    assert fed.block is not None
    assert len(fed.block.stack) == 3
    assert parser.pending


@pytest.mark.parametrize(
    "filler", ["line", "#1  f (package:a/b.dart:1:1)", "The relevant error-causing widget was:", ""]
)
def test_the_limit_of_lines_holds_whatever_they_are(filler):
    parser = BlockParser()
    states = [parser.feed_line(line).state for line in [HEADER, *[filler] * (MAX_BLOCK_LINES + 5)]]
    assert states[MAX_BLOCK_LINES - 1] == "complete"
    assert states[MAX_BLOCK_LINES:] == ["passed"] * 6
    assert not parser.pending


def test_a_flushed_block_is_not_complete():
    parser = BlockParser()
    assert parser.flush() is None
    for line in BLOCK[:3]:
        parser.feed_line(line)
    block = parser.flush()
    assert block is not None
    assert (block.library, block.complete, parser.flush()) == ("WIDGETS LIBRARY", False, None)


def test_lines_after_a_block_pass():
    states, _ = run([*BLOCK, "flutter: Normal log message", "Another line"])
    assert states[-2:] == ["passed", "passed"]


def test_lines_before_a_block_pass():
    assert run(["hello", "flutter: Hello World", "Another exception was thrown: "])[0] == ["passed"] * 3


def test_a_one_liner_inside_a_block_is_body():
    states, (block,) = run([HEADER, "Another exception was thrown: x", FOOTER])
    assert states == ["buffered", "buffered", "complete"]
    assert block.description == "Another exception was thrown: x"


def test_the_summary():
    block = only(BLOCK)
    first = "The following _TypeError was thrown building Price(dirty):"
    assert block.summary == f"[EXCEPTION] WIDGETS LIBRARY: {first} — Price"
    long = ExceptionBlock(kind="block", library="WIDGETS LIBRARY", description="═é🔥" * 60)
    assert (len(long.summary), long.summary[-3:]) == (120, "...")


# Forms that the state machine of fdemon misses ------------------------------------------------------------------------


def test_the_lower_case_header_and_its_rule():
    lines = ["════════ Exception caught by widgets library ═══════════════════════════════════", "Bad", "═" * 80]
    block = only(lines)
    assert (block.library, block.complete) == ("widgets library", True)


def test_borders_of_equals_signs():
    lines = [
        "======== Exception caught by image resource service ================================================",
        "Bad",
        "====",
        "===== asynchronous gap ===========",
        "=" * 100,
    ]
    states, (block,) = run(lines)
    assert (states[-1], block.library) == ("complete", "image resource service")
    assert "====" in block.body


def test_a_console_of_72_columns():
    pieces = [line[at : at + 72] for line in BLOCK for at in range(0, max(len(line), 1), 72)]
    states, blocks = run([f"I/flutter ( 7346): {piece}" for piece in pieces])
    assert states[-2:] == ["complete", "passed"]
    (block,) = blocks
    whole = only(BLOCK)
    assert (block.stack, block.description, block.widget_location) == (
        whole.stack,
        whole.description,
        whole.widget_location,
    )


def test_continuations_that_a_terminal_cut_without_a_prefix():
    lines = [f"flutter: {line}" for line in BLOCK]
    lines[9:10] = ["flutter: #0      Price.build (package:shop/pri", "ce.dart:14:5)"]
    assert only(lines).stack[0] == "#0      Price.build (package:shop/price.dart:14:5)"


def test_echo_lines_of_an_ide():
    lines = [*BLOCK[:10], "price.dart:14", BLOCK[10], "framework.dart:5678", FOOTER, "binding.dart:1347"]
    states, (block,) = run(lines)
    assert states[-1] == "passed"
    assert [row[:2] for row in block.stack] == ["#0", "#1"]


def test_sections_after_the_stack():
    lines = [*BLOCK[:12], "", 'Handler: "onTap"', "Recognizer:", "  TapGestureRecognizer#6b0e2", FOOTER]
    block = only(lines)
    assert len(block.stack) == 3
    assert block.body[-3:] == ('Handler: "onTap"', "Recognizer:", "  TapGestureRecognizer#6b0e2")
    assert "Handler" not in block.description


def test_friendly_frames_without_the_marker():
    block = only([HEADER, "Bad", "package:shop/a.dart 118:21     f", "package:shop/b.dart 1:2  g", FOOTER])
    assert len(block.stack) == 2


def test_an_aot_stack_in_a_block():
    block = only(
        [HEADER, "Bad", "*** *** ***", "pid: 1, tid: 2, name 1.ui", "    #00 abs 00ff virt 01 _kDart+0x1", FOOTER]
    )
    assert len(block.stack) == 3


def test_lines_of_other_programs_between_those_of_a_block_pass():
    lines = [f"I/flutter ( 7346): {line}" for line in BLOCK]
    lines.insert(2, "D/EGL_emulation( 7346): app_time_stats")
    lines.insert(5, "I/flutter ( 9999): another program")
    lines.insert(7, "Performing hot reload...")
    states, (block,) = run(lines)
    assert [at for at, state in enumerate(states) if state == "passed"] == [2, 5, 7]
    assert block.body == only(BLOCK).body


def test_a_lead_of_several_lines():
    lines = [
        HEADER,
        "The following X was thrown building A(dirty,",
        "state: B#1):",
        "no luck",
        "at all",
        "",
        "More",
        FOOTER,
    ]
    block = only(lines)
    assert (block.thrown, block.message) == ("X", "no luck\nat all")


@pytest.mark.parametrize("word", ["assertion", "message"])
def test_words_that_name_no_class(word):
    assert only([HEADER, f"The following {word} was thrown:", "x", FOOTER]).thrown is None
    assert only([HEADER, "The following Foo object was thrown:", "x", FOOTER]).thrown == "Foo"


_PARTS = st.sampled_from(
    [
        *BLOCK, SECOND, "flutter: x", "I/flutter ( 1): y", "D/x ( 2): z", "Another exception was thrown: q", "", "════",
        f"I/flutter ( 1): {HEADER[:72]}", "I/flutter ( 1): " + "═" * 28, "=====", "┌──", "│ x", "└──", "x" * 80,
        "[ERROR:flutter/runtime/x.cc(1)] Unhandled Exception: a", "Unhandled exception:", "#0", "\x1b[31m",
    ]
)  # fmt: skip


@given(st.lists(st.one_of(_PARTS, st.text(max_size=60).map(lambda text: text.replace("\n", " "))), max_size=60))
def test_every_line_passes_or_is_in_exactly_one_block(lines):
    parser = BlockParser()
    passed, blocks = [], []
    for line in lines:
        fed = parser.feed_line(line)
        assert (fed.block is not None) == (fed.state == "complete")
        if fed.state == "passed":
            passed.append(line)
        if fed.block:
            blocks.append(fed.block)
    last = parser.flush()
    blocks += [last] if last else []
    kept = [line for block in blocks for line in block.raw]
    assert sorted(passed + kept) == sorted(lines)
    for before, after in pairwise(blocks):
        assert before.last_line < after.first_line
    for block in blocks:
        assert lines[block.first_line - 1] == block.raw[0]
        assert len(block.summary) <= 120


# Levels and prefixes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("│ 🔥 down", "error"), ("⚠️ old", "warning"), ("⚡ slow", "warning"), ("💡 hint", "info"), ("🔍 look", "debug"),
        ("🐛 warning: emoji first", "debug"), ("error: x", "error"), ("Warning: [error] words first", "warning"),
        ("[ERROR] x", "error"), ("[info] x", "info"), ("FormatException: x", "error"), ("terror: none", None),
        ("all fine", None), ("", None),
    ],
)  # fmt: skip
def test_levels(text, level):
    assert level_of(text) == level


@pytest.mark.parametrize(
    ("raw", "kind", "tag", "level", "text"),
    [
        ("flutter: a", "flutter", None, None, "a"),
        ("W/Choreographer( 7346): late", "logcat", "Choreographer", "warning", "late"),
        ("[  +12 ms] E/flutter (77): bad", "logcat", "flutter", "error", "bad"),
        ("I/flutter : a", "logcat", "flutter", "info", "a"),
        ("2026-01-26 01:25:59.123  1234  1240 F libc    : died", "logcat", "libc", "fatal", "died"),
        ("01-26 01:25:59.123 I/flutter ( 1): a", "logcat", "flutter", "info", "a"),
        ("Jan 26 01:25:59 iPhone Runner[123] <Error>: boom", "ios", "Runner", "error", "boom"),
        ("2026-01-26T01:25:59Z plain", "", None, None, "plain"),
        ("I/O error: disk", "", None, None, "I/O error: disk"),
        ("web-1  | I/flutter ( 1): a", "logcat", "flutter", "info", "a"),
        ("test\tRun tests\t2026-01-26T01:25:59.1234567Z \u2550\u2550 a", "", None, None, "\u2550\u2550 a"),
        ("2026-01-26T01:25:59.123Z stdout F a", "", None, None, "a"),
        ("Expected | Actual", "", None, None, "Expected | Actual"),
    ],
)
def test_line_prefixes(raw, kind, tag, level, text):
    line = read_line(raw)
    assert (line.kind, line.tag, line.level, line.text) == (kind, tag, level, text)


# Log files ------------------------------------------------------------------------------------------------------------


def events_of(rows):
    return [event for event in rows["events"] if event["event_class"] == "incident_signal"]


def frames_of(rows, event):
    return [frame for frame in rows["frames"] if frame["stack_key"] == event["stack_key"]]


def annotations_of(rows, event):
    return {row["key"]: row["value"] for row in rows["annotations"] if row["event_id"] == event["event_id"]}


def test_a_block_is_an_event_at_its_place():
    text = "\n".join(["starting", *BLOCK, "bye", ""]).encode()
    rows = read(text, reader=flutter)
    (event,) = rows["events"]
    assert (event["event_kind"], event["event_class"], event["platform"]) == ("exception", "incident_signal", "dart")
    assert (event["error_type"], event["error_value"]) == ("_TypeError", "Null check operator used on a null value")
    assert (event["level"], event["parse_status"], event["format"]) == ("error", "ok", "flutter-log")
    assert event["offset"] == 9
    assert text[9 : 9 + event["length"]].decode() == "\n".join(BLOCK)
    annotations = annotations_of(rows, event)
    assert (annotations["library"], annotations["widget"]) == ("WIDGETS LIBRARY", "Price")
    assert annotations["widget_location"] == "Price:file:///home/user/shop/lib/price.dart:72:22"
    assert [(frame["function"], frame["module"], frame["repeat"]) for frame in frames_of(rows, event)] == [
        ("Price.build", "shop", 1),
        ("StatelessElement.build", "flutter", 1),
        (None, None, 2),
    ]
    assert [(row["message"], row["offset"]) for row in rows["logs"]] == [("starting", 0), ("bye", len(text) - 4)]


def test_a_block_without_a_footer_is_partial():
    (event,) = read("\n".join(BLOCK[:-1]).encode(), reader=flutter)["events"]
    assert event["parse_status"] == "partial"
    assert event["notes"] == ["the block ends without its closing rule"]
    assert event["stack_key"]


def test_one_liners_are_events():
    (event,) = read(b"Another exception was thrown: RangeError: bad index\n", reader=flutter)["events"]
    assert (event["error_type"], event["error_value"]) == ("RangeError", "bad index")
    assert (event["parse_status"], event["notes"]) == ("ok", ["one-line repeat"])


LONG = "RangeError (index): Invalid value: Not in inclusive range 0..2: 3, and that is a long tale of carts and prices"


def test_a_one_liner_is_another_occurrence_of_the_block_that_says_the_same():
    lead = "The following RangeError was thrown building Cart(dirty):"
    block = [HEADER, lead, *textwrap.wrap(LONG, 60), "", *BLOCK[-5:]]
    said = [f"Another exception was thrown: {LONG}", "Another exception was thrown: Bad state: No element"]
    text = "\n".join([*said[:1], *block, *said])
    rows = read(text.encode(), reader=flutter)
    before, whole, again, other = rows["events"]
    assert (again["error_type"], again["error_value"]) == (whole["error_type"], whole["error_value"])
    assert again["error_value"].replace("\n", " ") == LONG.removeprefix("RangeError: ")
    assert again["stack_key"] == whole["stack_key"] is not None
    assert again["notes"] == [
        "one-line repeat",
        "its message and its stack are those of the block before that says the same",
    ]
    # nothing is known of a line that stands above the block, or that says something else
    assert before["stack_key"] is other["stack_key"] is None
    assert list(triage.loads(text).incidents()["count"].sort_values()) == [1, 1, 2]


def test_another_process_repeats_nothing():
    lines = [f"I/flutter ( 1): {line}" for line in BLOCK]
    message = only(BLOCK).message.split("\n")[0]
    for pid, keys in ((1, 1), (2, 2)):
        text = "\n".join([*lines, f"I/flutter ( {pid}): Another exception was thrown: {message}"])
        assert len({event["stack_key"] for event in read(text.encode(), reader=flutter)["events"]}) == keys


@pytest.mark.parametrize(
    ("message", "error_type"),
    [
        ("A RenderFlex overflowed by 4 pixels.", "FlutterError"),
        ("'package:a/b.dart': Failed assertion: line 270 pos 15: 'x': is not true.", "AssertionError"),
        ("type 'Null' is not a subtype of type 'String'", "_TypeError"),
        ("Bad state: No element", "StateError"),
        ("DioException [connection error]: no route", "DioException"),
        ("PlatformException(sign_in_failed, 10, null, null)", "PlatformException"),
    ],
)
def test_the_class_of_a_message(message, error_type):
    (event,) = read(f"Another exception was thrown: {message}\n".encode(), reader=flutter)["events"]
    assert event["error_type"] == error_type


def test_the_time_of_a_log_line():
    rows = read(b"2026-01-26 01:25:59.123  12  14 W art : slow\n01-26 01:25:59.123  12  14 I art : x\n", reader=flutter)
    first, second = rows["logs"]
    assert first["ts"] == datetime(2026, 1, 26, 1, 25, 59, 123000, UTC)
    assert (first["level"], first["logger"], first["thread"]) == ("warning", "art", "14")
    assert (second["ts"], second["fields"]) == (None, '{"pid":12,"time":"01-26 01:25:59.123"}')


def test_an_unhandled_exception_of_the_engine():
    text = (
        "[ERROR:flutter/runtime/dart_vm_initializer.cc(41)] Unhandled Exception: Exception: first line\n"
        "second line\n"
        "#0      main (package:shop/main.dart:3:5)\n<asynchronous suspension>\nafter\n"
    )
    rows = read(text.encode(), reader=flutter)
    (event,) = rows["events"]
    assert (event["error_type"], event["error_value"]) == ("Exception", "first line\nsecond line")
    assert event["handled"] is False
    assert [frame["frame_kind"] for frame in frames_of(rows, event)] == ["frame", "async_gap"]
    assert [row["message"] for row in rows["logs"]] == ["after"]


def test_an_unhandled_exception_without_a_stack_does_not_take_the_next_lines():
    rows = read(b"[VERBOSE-2:ui_dart_state.cc(199)] Unhandled Exception: boom\nnext\nlast\n", reader=flutter)
    (event,) = rows["events"]
    assert (event["error_value"], event["stack_key"]) == ("boom", None)
    assert [row["message"] for row in rows["logs"]] == ["next", "last"]


def test_an_unhandled_exception_of_the_plain_vm():
    rows = read(
        b"Unhandled exception:\nFormatException: bad\n#0      main (file:///a/bin/x.dart:3:5)\n", reader=flutter
    )
    (event,) = rows["events"]
    assert (event["error_type"], event["error_value"]) == ("FormatException", "bad")
    assert frames_of(rows, event)[0]["file"] == "file:///a/bin/x.dart"


def test_a_bare_stack_takes_the_line_before_it():
    text = b"flutter: SocketException: refused\nflutter: #0      f (package:s/a.dart:1:2)\nflutter: next\n"
    rows = read(text, reader=flutter)
    (event,) = rows["events"]
    assert (event["error_type"], event["error_value"]) == ("SocketException", "refused")
    assert event["notes"] == ["a stack printed without an exception heading"]
    assert [row["message"] for row in rows["logs"]] == ["SocketException: refused", "next"]


def test_a_stack_that_ios_prefixes_once():
    prefix = "2026-01-26 01:25:59.265622+0100 Runner[15637:7218465] flutter: "
    text = (
        f"{prefix}RangeError (length): Invalid value\n{prefix}*** *** *** *** ***\n"
        "pid: 15637, tid: 6167, name io.flutter.1.ui\n"
        "os: ios arch: arm64 comp: no sim: no\nbuild_id: 'b680d47610353b809e2161e43d6b062e'\n"
        "    #00 abs 000000010809cd7b _kDartIsolateSnapshotInstructions+0x8dd3b\n"
        f"    #01 abs 000000010809cce7 _kDartIsolateSnapshotInstructions+0x8dca7\n{prefix}after\n"
    )
    rows = read(text.encode(), reader=flutter)
    (event,) = rows["events"]
    assert (event["error_type"], event["os_name"], event["thread_id"]) == ("RangeError", "iOS", 6167)
    assert [frame["symbol_offset"] for frame in frames_of(rows, event)] == [0x8DD3B, 0x8DCA7]
    assert rows["logs"][-1]["message"] == "after"


def test_a_logger_box_takes_its_worst_level():
    lines = ["┌────", "│ #0   error: f (package:a/b.dart:1:1)", "├┄┄┄┄", "│ ⚠️ cache is old", "└────", "plain"]
    rows = read("\n".join(f"flutter: {line}" for line in lines).encode(), reader=flutter)
    assert [row["level"] for row in rows["logs"]] == ["warning"] * 5 + [None]
    assert rows["events"] == []


def test_frames_in_a_box_name_no_level():
    lines = ["┌────", "│ #0   Error: f (package:a/b.dart:1:1)", "│ 💡 error: emoji first", "└────"]
    rows = read("\n".join(lines).encode(), reader=flutter)
    assert [row["level"] for row in rows["logs"]] == [None, None, "info", None]


def test_an_error_in_a_box_is_an_event():
    lines = [
        "┌────",
        "│ FormatException: 12,5O",
        "├┄┄",
        "│ #0   f (package:a/b.dart:1:1)",
        "├┄┄",
        "│ ⛔ skipped",
        "└────",
    ]
    rows = read("\n".join(lines).encode(), reader=flutter)
    (event,) = rows["events"]
    assert (event["error_type"], event["error_value"], event["level"]) == ("FormatException", "12,5O", "error")
    assert annotations_of(rows, event)["logger.message"] == "⛔ skipped"
    assert frames_of(rows, event)[0]["function"] == "f"
    assert {row["level"] for row in rows["logs"]} == {"error"}


@pytest.mark.parametrize("lines", [["┌──", "│ ⛔ x", "plain"], ["┌──", "│ ⛔ x", *["│ y"] * 300, "└──"]])
def test_a_box_that_is_never_closed_or_too_long_has_no_level(lines):
    rows = read("\n".join(lines).encode(), reader=flutter)
    assert len(rows["logs"]) == len(lines)
    assert [row["message"] for row in rows["logs"] if row["level"] == "error"] == ["│ ⛔ x"]


def test_an_exception_block_outranks_a_box():
    rows = read("\n".join(["┌──", "│ ⛔ x", *BLOCK, "└──"]).encode(), reader=flutter)
    (event,) = rows["events"]
    assert event["error_type"] == "_TypeError"
    assert [row["message"] for row in rows["logs"]] == ["┌──", "│ ⛔ x", "└──"]


def test_invalid_bytes_and_utf_16():
    raw = "\r\n".join(BLOCK).encode().replace(b"dirty", b"dir\xffty")
    (event,) = read(raw, reader=flutter)["events"]
    assert event["error_type"] == "_TypeError"
    wide = "\n".join(["x", *BLOCK]).encode("utf-16")
    rows = read(wide, reader=flutter)
    (event,) = rows["events"]
    begin = event["offset"]
    assert wide[begin : begin + event["length"]].decode("utf-16-le").startswith("══╡ EXCEPTION")
    assert begin + event["length"] == len(wide)


@pytest.mark.parametrize(
    ("data", "least", "most"),
    [
        ("\n".join(BLOCK), 85, 100),
        ("════════ Exception caught by widgets library ════\nx", 80, 100),
        ("x\nI/flutter ( 1): Another exception was thrown: y", 70, 90),
        ("E/flutter (1): [ERROR:flutter/x.cc(1)] Unhandled Exception: y", 75, 100),
        ("#0      main (package:shop/main.dart:3:5)", 60, 80),
        ("01-26 01:25:59.123  1  2 I flutter : hello", 50, 60),
        ("flutter: a\nflutter: b", 30, 50),
    ],
)
def test_sniff(data, least, most):
    match = flutter.sniff(Head(data.encode()))
    assert match is not None
    assert least <= match.score <= most


@pytest.mark.parametrize(
    "data",
    [
        "name: shop\ndependencies:\n  flutter:\n    sdk: flutter\nflutter:\n  uses-material-design: true\n",
        "2026-01-26 01:25:59 INFO started\n2026-01-26 01:26:00 ERROR exception caught by handler\n",
        "#0  0x00007f main () at main.c:3\n#1  x (a=1)\n",
        '{"message":"══╡ EXCEPTION CAUGHT BY X ╞══"}',
        "Traceback (most recent call last):\n",
        "see flutter: the docs\n",
        "a header is `════════ Exception caught by widgets library ═══`, or '══╡ EXCEPTION CAUGHT BY X ╞══'\n",
        "",
    ],
)
def test_other_files_are_not_claimed(data):
    assert flutter.sniff(Head(data.encode())) is None
    assert flutter_machine.sniff(Head(data.encode())) is None
    assert flutter_vm_service.sniff(Head(data.encode())) is None


# Samples --------------------------------------------------------------------------------------------------------------


def sample(name):
    path = SAMPLES / "flutter" / name
    return path.read_bytes()


def test_the_console_sample():
    rows = read(sample("renderflex-overflow.log"), "renderflex-overflow.log")
    events = events_of(rows)
    assert [(event["error_type"], event["error_value"][:30]) for event in events] == [
        ("FlutterError", "A RenderFlex overflowed by 42 "),
        ("FlutterError", "A RenderFlex overflowed by 42 "),
        ("_TypeError", "Null check operator used on a "),
        ("_TypeError", "Null check operator used on a "),
        ("SocketException", "Connection refused (OS Error: "),
        ("StateError", "Bad state: No element"),
    ]
    assert [len(frames_of(rows, event)) if event["stack_key"] else 0 for event in events] == [0, 0, 14, 14, 10, 7]
    assert annotations_of(rows, events[0])["widget_location"].endswith("/lib/cart/cart_line.dart:48:14")
    assert [row["message"] for row in rows["logs"]][-2:] == ["cart saved", "Application finished."]


def test_the_logcat_sample_says_the_same_as_the_console():
    console = read(sample("renderflex-overflow.log"), reader=flutter)
    logcat = read(sample("logcat.txt"), reader=flutter)
    ids = {event["event_id"] for event in console["events"]}
    same = [event for event in logcat["events"] if event["event_id"] in ids]
    assert [event["error_type"] for event in same] == ["FlutterError", "_TypeError", "_TypeError", "SocketException"]
    assert len(logcat["events"]) == 4
    assert [(row["logger"], row["level"]) for row in logcat["logs"]] == [
        (None, None),
        ("EGL_emulation", "debug"),
        ("Choreographer", "warning"),
        ("AndroidRuntime", "debug"),
    ]


def test_the_ide_sample():
    rows = read(sample("ide-console.log"), "ide-console.log")
    events = events_of(rows)
    assert [(event["error_type"], event["parse_status"]) for event in events] == [
        ("ProviderNotFoundException", "ok"),
        ("NetworkImageLoadException", "ok"),
        ("FlutterError", "ok"),
    ]
    kinds = [(frame["frame_kind"], frame["repeat"]) for frame in frames_of(rows, events[0])]
    assert kinds == [("frame", 1)] * 4 + [("elided", 27), ("frame", 1), ("elided", 4)]


def test_the_release_sample():
    rows = read(sample("aot-release.log"), "aot-release.log")
    (event,) = rows["events"]
    assert (event["error_type"], event["os_name"], event["arch"], event["thread_id"]) == (
        "_TypeError",
        "Android",
        "arm64",
        19902,
    )
    frames = frames_of(rows, event)
    assert [frame["symbol_offset"] for frame in frames] == [0x1DF454, 0x1DF330, 0xD6568, 0x2C51D0, 0xD58C]
    assert rows["stacks"][0]["addresses"][0] == 0x7B42FC1F94
    assert annotations_of(rows, event)["aot.build_id"] == "0123456789abcdef0123456789abcdef"


def test_the_logger_sample():
    rows = read(sample("logger-package.log"), "logger-package.log")
    (event,) = rows["events"]
    assert (event["error_type"], event["error_value"].split("\n")[0]) == ("FormatException", "Invalid price")
    assert [row["level"] for row in rows["logs"] if "cache is" in row["message"]] == ["warning"]
    assert rows["logs"][-1]["level"] == "warning"


@pytest.mark.parametrize("name", ["renderflex-overflow.log", "ide-console.log", "logcat.txt", "logger-package.log"])
def test_every_truncation_of_a_sample_reads(name):
    data = sample(name)
    ends = list(range(0, min(len(data), 4096), 1))
    ends += (
        sorted(random.Random(7).sample(range(4096, len(data)), min(60, len(data) - 4096))) if len(data) > 4096 else []
    )
    rows = read_many([(str(end), data[:end]) for end in ends], reader=flutter)
    assert [row["bytes"] for row in rows["files"]] == ends
    whole = len(read(data, reader=flutter)["events"])
    per_file: dict[str, int] = {}
    for event in rows["events"]:
        per_file[event["source_id"]] = per_file.get(event["source_id"], 0) + 1
    assert max(per_file.values()) <= whole + 1


@given(st.one_of(st.binary(max_size=400), st.lists(_PARTS, max_size=40).map(lambda lines: "\n".join(lines).encode())))
def test_any_bytes_read(data):
    rows = read(data, reader=flutter)
    (file,) = rows["files"]
    assert file["bytes"] == len(data)
    for event in rows["events"]:
        assert 0 <= event["offset"] <= event["offset"] + event["length"] <= max(len(data), 3 * len(data))
    flutter.sniff(Head(data))


@pytest.mark.parametrize("quote", ["> ", "    ", "\t", ">> "])
def test_a_quoted_block_is_read_as_one_at_the_margin(quote):
    lines = [(quote + line).rstrip() for line in BLOCK]
    block, alone = only(lines), only(BLOCK)
    assert (block.description, block.widget, block.stack) == (alone.description, alone.widget, alone.stack)
    assert (block.body, block.complete) == (alone.body, True)


@pytest.mark.parametrize("quote", ["> ", "    ", "\t", "> web-1  | "])
@pytest.mark.parametrize("prefix", ["E/flutter ( 7346): ", "01-26 01:25:59.123  1234  1240 E flutter : "])
def test_a_quoted_logcat_keeps_what_its_prefix_says(quote, prefix):
    line = read_line(f"{quote}{prefix}  at pay")
    assert (line.text, line.kind, line.tag, line.level) == ("  at pay", "logcat", "flutter", "error")


@pytest.mark.parametrize("raw", ["    flutter: what a list says", "    I/O error: disk", "    3 items", "   "])
def test_indented_text_is_no_quoted_log(raw):
    assert read_line(raw)[:3] == (raw, raw, "")
