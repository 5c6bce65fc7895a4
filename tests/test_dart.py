"""Dart stacks: the VM's form, the friendly form, AOT rows, elisions and gaps."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.growth import grows_evenly
from tests.scanned import functions, prefixed, reports, scan_grows, surrounded, text_lines
from tests.scanned import one as one_report
from triage.formats import traces
from triage.formats.traces import dart
from triage.records import Frame


def one(line: str) -> Frame:
    (trace,) = dart.parse(line)
    (frame,) = trace.frames
    return frame


def place(line: str) -> tuple[str | None, str | None, str | None, int | None, int | None]:
    frame = one(line)
    return frame.function, frame.module, frame.file, frame.line, frame.column


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "#0      Cart.total (package:shop/src/cart.dart:57:29)",
            ("Cart.total", "shop", "package:shop/src/cart.dart", 57, 29),
        ),
        ("#3      main (package:shop/main.dart:9)", ("main", "shop", "package:shop/main.dart", 9, None)),
        ("#3      main (package:shop/main.dart)", ("main", "shop", "package:shop/main.dart", None, None)),
        ("#1  main (file:///home/user/lib/main.dart:3:1)", ("main", None, "file:///home/user/lib/main.dart", 3, 1)),
        ("#1  f (file:///C:/my app (x86)/a.dart:3:1)", ("f", None, "file:///C:/my app (x86)/a.dart", 3, 1)),
        (
            "#2      _rootRun (dart:async/zone.dart:1399:13)",
            ("_rootRun", "dart:async", "dart:async/zone.dart", 1399, 13),
        ),
        ("#9 _drawFrame (dart:ui)", ("_drawFrame", "dart:ui", "dart:ui", None, None)),
        (
            "#4      new _GrowableList._of (dart:core-patch/growable_array.dart:189:27)",
            ("new _GrowableList._of", "dart:core-patch", "dart:core-patch/growable_array.dart", 189, 27),
        ),
        (
            "#5  Bloc.on.<anonymous closure>.<anonymous closure> (package:bloc/bloc.dart:1:2)",
            ("Bloc.on.<anonymous closure>.<anonymous closure>", "bloc", "package:bloc/bloc.dart", 1, 2),
        ),
        (
            "#5  f (file:///home/user/.pub-cache/hosted/pub.dev/bloc-8.1.4/lib/src/bloc.dart:229:13)",
            ("f", "bloc", "file:///home/user/.pub-cache/hosted/pub.dev/bloc-8.1.4/lib/src/bloc.dart", 229, 13),
        ),
        (
            "#5  f (file:///C:/Users/u/AppData/Local/Pub/Cache/hosted/pub.dev/dio-5.0.0/lib/dio.dart:2:3)",
            ("f", "dio", "file:///C:/Users/u/AppData/Local/Pub/Cache/hosted/pub.dev/dio-5.0.0/lib/dio.dart", 2, 3),
        ),
        ("#1      Xa.bC (package:shop/main.dart:1:1)", ("Xa.bC", "shop", "package:shop/main.dart", 1, 1)),
        (
            "package:shop/catalogue/grid.dart 118:21     _GridState._jumpToTop",
            ("_GridState._jumpToTop", "shop", "package:shop/catalogue/grid.dart", 118, 21),
        ),
        ("lib/main.dart 15:3  main.<fn>", ("main.<fn>", None, "lib/main.dart", 15, 3)),
        ("dart:async/future.dart 24:44  _Co.e", ("_Co.e", "dart:async", "dart:async/future.dart", 24, 44)),
        ("package:flutter/src/a.dart 7  g", ("g", "flutter", "package:flutter/src/a.dart", 7, None)),
    ],
)  # fmt: skip
def test_one_row(line, expected):
    assert place(line) == expected
    assert one(line).language == "dart"


def test_folded_friendly_rows_keep_their_library():
    (trace,) = dart.parse("dart:async            Future.catchError\npackage:shop/a.dart 1:2  main")
    assert [(frame.function, frame.module) for frame in trace.frames] == [
        ("Future.catchError", "dart:async"),
        ("main", "shop"),
    ]


def test_a_row_without_a_place_is_all_function():
    assert one("#3      main").function == "main"


def test_an_asynchronous_suspension_is_a_row_and_does_not_shift_the_numbers():
    text = (
        "#0  a (dart:io/a.dart:1:1)\n<asynchronous suspension>\n#1  b (package:s/b.dart:2:2)\n<asynchronous suspension>"
    )
    (trace,) = dart.parse(text)
    assert [frame.frame_kind for frame in trace.frames] == ["frame", "async_gap", "frame", "async_gap"]
    assert trace.frames[2].function == "b"


def test_a_chain_of_the_stack_trace_package_is_one_trace():
    text = (
        "package:s/a.dart 1:1  a\n===== asynchronous gap ===========================\npackage:s/b.dart 2:2  b\n"
        "===== asynchronous gap ===========================\n#0  c (package:s/c.dart:3:3)"
    )
    (trace,) = dart.parse(text)
    assert [frame.function or frame.frame_kind for frame in trace.frames] == ["a", "async_gap", "b", "async_gap", "c"]


def test_numbers_that_start_again_make_a_second_trace():
    traces_ = dart.parse("#0  a (package:s/a.dart:1:1)\n#1  b (package:s/b.dart:1:1)\n#0  c (package:s/c.dart:1:1)")
    assert [(trace.role, len(trace.frames)) for trace in traces_] == [("crash", 2), ("thread", 1)]


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("(elided one frame from dart:async)", 1),
        ("(elided one frame from package:stack_trace)", 1),
        ("(elided 3 frames from dart:async)", 3),
        ("(elided 2 frames from class _FakeAsync and dart:async)", 2),
        ("(elided 14 frames from class _AssertionError, dart:async, and package stack_trace)", 14),
        ("...     Normal element mounting (27 frames)", 27),
        ("...     Normal element mounting (1 frame)", 1),
    ],
)
def test_elisions_are_rows_with_a_count(line, count):
    (trace,) = dart.parse(f"#0  a (package:s/a.dart:1:1)\n{line}")
    row = trace.frames[1]
    assert (row.frame_kind, row.repeat, row.function, row.function_raw) == ("elided", count, None, line)


def test_a_bare_elision_counts_by_the_numbers_around_it():
    (trace,) = dart.parse("#0  f (package:s/a.dart:1:1)\n...\n...\n#9000  f (package:s/a.dart:1:1)")
    assert [(frame.frame_kind, frame.repeat) for frame in trace.frames] == [
        ("frame", 1),
        ("elided", 8999),
        ("frame", 1),
    ]


AOT = """\
Warning: This VM has been configured to produce stack traces that violate the Dart standard.
*** *** *** *** *** *** *** *** *** *** *** *** *** *** *** ***
pid: 19871, tid: 19902, name 1.ui
os: android arch: arm64 comp: yes sim: no
build_id: '0123456789abcdef0123456789abcdef'
isolate_dso_base: 7b42c00000, vm_dso_base: 7b42c00000
isolate_instructions: 7b42de2b40, vm_instructions: 7b42ddc000
    #00 abs 0000007b42fc1f94 virt 00000000003c1f94 _kDartIsolateSnapshotInstructions+0x1df454
<asynchronous suspension>
    #01 abs 000000010809cce7 _kDartIsolateSnapshotInstructions+0x8dca7
    #02 abs 00007f028098381e virt 000000000025c81e /opt/app/snapshot.so
unparsed  #03 abs 000000723d6346d7 virt 00000000001ed6d7 _kDartIsolateSnapshotInstructions+0x1e26d7
"""


def test_an_aot_stack():
    (trace,) = dart.parse(AOT)
    first, gap, bare, path, unparsed = trace.frames
    assert (first.address, first.module_offset, first.symbol_offset) == (0x7B42FC1F94, 0x3C1F94, 0x1DF454)
    assert (first.module, first.function) == ("_kDartIsolateSnapshotInstructions", None)
    assert gap.frame_kind == "async_gap"
    assert (bare.address, bare.module_offset, bare.symbol_offset) == (0x10809CCE7, None, 0x8DCA7)
    assert (path.module, path.module_offset) == ("snapshot.so", 0x25C81E)
    assert unparsed.symbol_offset == 0x1E26D7
    assert (trace.thread_id, trace.thread_name) == (19902, "1.ui")


def test_the_head_of_an_aot_stack():
    head = dart.header(AOT)
    assert head["build_id"] == "0123456789abcdef0123456789abcdef"
    assert (head["os"], head["arch"], head["isolate_dso_base"]) == ("android", "arm64", "7b42c00000")


def test_aot_numbers_do_not_make_two_traces_of_the_head_and_the_rows():
    assert len(dart.parse(AOT)) == 1


@pytest.mark.parametrize(
    "pieces",
    [
        ["#0      Cart._total (package:shop_app/checkout/checkout", "_summary.dart:57:29)"],
        ["#0      Cart._total (package:shop_app/checkout/checkout_summary.dart:57:2", "9)"],
        ["#0      Cart._total", "(package:shop_app/checkout/checkout_summary.dart:57:29)"],
        ["#0      Cart._to", "tal (package:shop_app/checkout/che", "ckout_summary.dart:57:29)"],
    ],
)
def test_a_frame_cut_at_a_narrow_console_is_joined(pieces):
    after = "#1      main (package:shop_app/main.dart:1:1)"
    (trace,) = dart.parse("\n".join([*pieces, after]))
    assert [(frame.function, frame.line) for frame in trace.frames] == [("Cart._total", 57), ("main", 1)]
    assert trace.frames[0].file == "package:shop_app/checkout/checkout_summary.dart"


def test_the_two_line_form_of_an_ide():
    (trace,) = dart.parse(
        "#0      State.build \npackage:shop/…/cart/cart.dart:191\n#1      Element.build \npackage:f/b.dart:2"
    )
    assert [(frame.function, frame.file, frame.line) for frame in trace.frames] == [
        ("State.build", "package:shop/…/cart/cart.dart", 191),
        ("Element.build", "package:f/b.dart", 2),
    ]


def test_an_open_frame_is_not_joined_with_prose():
    lines = ["#0      main", "Some words (in brackets)"]
    assert dart.rejoin(lines) == lines


def test_echo_lines_of_an_ide_are_not_rows():
    (trace,) = dart.parse("#0  a (package:s/a.dart:1:1)\na.dart:1\n#1  b (package:s/b.dart:2:1)\nb.dart:2:1")
    assert [frame.function for frame in trace.frames] == ["a", "b"]


def test_the_message_before_the_stack_and_junk_in_it():
    (trace,) = dart.parse(
        "Exception: no\n  luck\n#0  a (package:s/a.dart:1:1)\nwhat is this\n#1  b (package:s/b.dart:2:1)"
    )
    assert trace.error_value == "Exception: no\nluck"
    assert [(frame.frame_kind, frame.function or frame.function_raw) for frame in trace.frames] == [
        ("frame", "a"),
        ("note", "what is this"),
        ("frame", "b"),
    ]


def test_text_without_frames_is_no_trace():
    assert dart.parse("nothing here\n(elided 3 frames from dart:async)") == []


@pytest.mark.parametrize(
    "text",
    [
        "#0  0x00007f main () at main.c:3",
        "#0 /var/www/a.php(12): f()",
        '  File "a.py", line 3, in f',
        "    at f (a.js:1:2)",
        "goroutine 1 [running]:\nmain.main()\n\t/a.go:3 +0x1d",
        "",
    ],
)
def test_other_languages_are_not_probed(text):
    assert not dart.probe(text)


def test_the_dispatcher_finds_dart_by_its_look():
    text = "FormatException: bad\n#0      main (package:shop/main.dart:1:1)"
    assert traces.parse(text)[0].frames[0].function == "main"
    assert traces.parse(text, "flutter")[0].frames[0].module == "shop"


_LINES = st.sampled_from(
    [
        "#0  a (package:s/a.dart:1:1)", "#1", "#2  b (package:s/b", ".dart:1:1)", "<asynchronous suspension>", "...",
        "", "(elided 2 frames from dart:async)", "===== asynchronous gap =====", "package:s/a.dart 1:1  f", "a.dart:3",
        "    #00 abs 00ff virt 01 _kDartIsolateSnapshotInstructions+0x1", "pid: 1, tid: 2, name x", "junk (x)",
    ]
)  # fmt: skip


@given(st.lists(st.one_of(_LINES, st.text(max_size=40)), max_size=30).map("\n".join))
def test_any_text_parses(text):
    for trace in dart.parse(text):
        assert any(frame.frame_kind == "frame" for frame in trace.frames)
    dart.probe(text)
    dart.header(text)
    lines = text.split("\n")
    assert "".join("".join(dart.rejoin(lines)).split()).count("#") == text.count("#")


def test_the_time_is_linear_in_hostile_rows():
    rows = "#1  b (dart:core\n"
    grows_evenly(dart.parse, lambda count: "#0  a (package:" + "x(" * count + "\n" + rows * count, 500)
    grows_evenly(dart.probe, lambda count: "#0 a" + "(" * count, 25_000)


UNHANDLED = """Unhandled exception:
Bad state: No element
#0      List.first (dart:core-patch/growable_array.dart:343:5)
#1      main (file:///srv/shop/a.dart:3:10)
<asynchronous suspension>
#2      _delayed (dart:isolate-patch/isolate_patch.dart:297:19)
"""


def test_reports_between_log_lines():
    found = surrounded(UNHANDLED, "dart")
    report = found.report
    assert (report.kind, report.error_type, report.handled, report.leads) == ("exception", "StateError", False, True)
    assert (functions(found)[:2], text_lines(found)) == (["List.first", "main"], [5, 6, 7, 8])
    assert prefixed(UNHANDLED, "dart").report.error_value == "Bad state: No element"


def test_logcat_of_flutter():
    text = "[ERROR:flutter/a.cc(41)] Unhandled Exception: FormatException: no\n#0      f (package:app/a.dart:1:2)"
    before = "01-26 01:25:59.123  1200  1234 E flutter : "
    found = one_report("\n".join(before + line for line in text.split("\n")) + "\n" + before + "other", "dart")
    assert (found.first, found.last, found.report.error_type) == (1, 2, "FormatException")


def test_aot_between_log_lines():
    report = surrounded(AOT, "dart").report
    assert dict(report.facts)["build_id"]


def test_damaged_stacks_and_other_tools():
    cut = one_report("\n".join(UNHANDLED.split("\n")[:3]), "dart").report
    assert (cut.error_type, len(cut.traces[0].frames)) == ("StateError", 1)
    lost = one_report("\n".join(UNHANDLED.split("\n")[3:]), "dart").report
    assert (lost.complete, lost.error_type) == (False, None)
    text = "see package:app/main.dart:3 (package:x/y.dart)\n*** *** ***\npid: 1, tid: 1\n#0 main () at main.c:3"
    assert not reports(text, "dart")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*(UNHANDLED + AOT).splitlines(), "", "x"]), max_size=60))
def test_lines_in_any_order_are_scanned(lines):
    for found in reports("\n".join(lines), "dart"):
        assert 1 <= found.first <= found.last <= len(lines)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_scanned(text):
    reports("Unhandled exception:\n" + text + "\n#0 f (package:a/a.dart:1:1)\n" + text, "dart")


@pytest.mark.parametrize(
    "line", ["Unhandled exception:", "#0  f (package:a/a.dart:1:1)", "*** *** ***", "package:a/a.dart 1:1  f"]
)
def test_time_is_linear(line):
    scan_grows(line, "dart")
