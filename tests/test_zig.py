"""Zig's panics, faults, returned errors, failed tests and leaks, written by hand in the forms of 0.9 to 0.15."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import triage
from tests.scanned import functions, one, prefixed, reports, scan_grows, surrounded, text_lines

TEXT = """thread 12345 panic: index out of bounds: index 5, len 3
/home/x/shop/src/main.zig:12:20: 0x1036d7e in pay (shop)
    return rates[id];
                ^
/home/x/shop/src/main.zig:6:8: 0x1035a1c in main (shop)
    pay(5);
       ^
/usr/lib/zig/std/start.zig:524:37: 0x10358c9 in posixCallMainAndExit (shop)
            const result = root.main() catch |err| {
                                    ^
???:?:?: 0x7f0 in ??? (???)"""
FRAME = "C:\\shop\\src\\main.zig:12:20: 0x7ff61036d7e in pay (shop.obj)"


def test_a_panic():
    for found in (surrounded(TEXT, "zig"), prefixed(TEXT, "zig")):
        report = found.report
        assert (report.error_type, report.error_value, report.thread_id) == (
            "panic", "index out of bounds: index 5, len 3", 12345)  # fmt: skip
        assert functions(found) == ["pay", "main", "posixCallMainAndExit", None]
    frame = surrounded(TEXT, "zig").report.traces[0].frames[0]
    assert (frame.file, frame.line, frame.column, frame.context_line) == (
        "/home/x/shop/src/main.zig", 12, 20, "return rates[id];")  # fmt: skip
    assert text_lines(surrounded(TEXT, "zig")) == [4, 7, 10, 13]
    (event,) = triage.loads(TEXT + "\nAborted (core dumped)").events().to_dict("records")
    assert (event["format"], event["culprit"]) == ("zig", "pay (main.zig:12)")


@pytest.mark.parametrize(("head", "kind", "error", "level"), [
    ("panic: reached unreachable code", "exception", "panic", "fatal"),
    ("Segmentation fault at address 0x10", "crash", "SIGSEGV", "fatal"),
    ("General protection exception (no address available)", "crash", "SIGSEGV", "fatal"),
    ("error: FileNotFound", "exception", "error.FileNotFound", "fatal"),
    ("1/2 main.test.pay... FAIL (TestUnexpectedResult)", "assertion", "TestUnexpectedResult", "error"),
    ("error: 'main.test.pay' failed: expected 5, found 3", "assertion", "test failed", "error"),
    ("error(gpa): memory address 0x7f12 leaked:", "leak", "memory leak", "error"),
])  # fmt: skip
def test_every_head(head, kind, error, level):
    report = one(f"x\n{head}\n{FRAME}", "zig").report
    assert (report.kind, report.error_type, report.level, report.end - report.first) == (kind, error, level, 2)
    assert report.traces[0].frames[0].module == "shop.obj"


def test_the_standard_library_is_not_the_culprit():
    text = "error: FileNotFound\n/usr/lib/zig/std/os.zig:1725:23: 0x10383e5 in openatZ (shop)\n"
    text += "/home/x/shop/src/main.zig:4:5: 0x10359f5 in load (shop)"
    assert triage.loads(text).events()["culprit"].tolist() == ["load (main.zig:4)"]


@pytest.mark.parametrize(
    "text", [FRAME, f"x\n{FRAME}", "main.zig:3:5: error: expected ';'", "panic: x\nmain.zig:3:5: y"]
)
def test_what_is_no_report(text):
    assert not reports(text, "zig")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*TEXT.split("\n"), "", "x"]) | st.text(max_size=60), max_size=40))
def test_lines_in_any_order_are_scanned(lines):
    lines = [line.replace("\n", " ") for line in lines]
    last = 0
    for found in reports("\n".join(lines), "zig"):
        assert last < found.first <= found.last <= len(lines)
        last = found.last


@pytest.mark.parametrize("text", [TEXT, FRAME, "panic: x\n" + FRAME, "a.zig:" * 200, "panic: x\n\n" + FRAME + "\nx\n^"])
def test_time_is_linear(text):
    scan_grows(text, "zig")
