"""OCaml's exceptions with backtraces, written by hand in the forms of 4.02 to 5 and of Base."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import triage
from tests.scanned import functions, one, prefixed, reports, scan_grows, surrounded, text_lines

TEXT = """Fatal error: exception Failure("no rate")
Raised at Stdlib.failwith in file "stdlib.ml", line 29, characters 17-33
Called from Shop__Cart.pay in file "src/cart.ml" (inlined), line 12, characters 4-20
Re-raised at Shop__Cart.pay in file "src/cart.ml", line 14, characters 4-20
Called from Dune__exe__Main in file "bin/main.ml", lines 3-5, characters 9-30"""
PLACES = "\n".join(TEXT.split("\n")[1:])


def test_an_exception_that_nobody_caught():
    for found in (surrounded(TEXT, "ocaml"), prefixed(TEXT, "ocaml")):
        assert (found.report.error_type, found.report.error_value, found.report.level) == (
            "Failure",
            "no rate",
            "fatal",
        )
        assert functions(found) == ["Stdlib.failwith", "Shop__Cart.pay", "Dune__exe__Main"]
    frame = surrounded(TEXT, "ocaml").report.traces[0].frames[1]
    assert (frame.file, frame.line, frame.column, frame.inline_depth) == ("src/cart.ml", 12, 5, 1)
    assert text_lines(surrounded(TEXT, "ocaml")) == [4, 5, 7]
    assert triage.loads(TEXT).events()["culprit"].tolist() == ["Shop__Cart.pay (cart.ml:12)"]


@pytest.mark.parametrize(("head", "error", "value", "level"), [
    ("Fatal error: exception Not_found", "Not_found", None, "fatal"),
    ("Fatal error: exception Stdlib.Exit", "Exit", None, "fatal"),
    ('shop: Fatal error: exception Invalid_argument("index out of bounds")', "Invalid_argument", "index out of bounds",
     "fatal"),
    ("Fatal error: exception Shop.Cart.No_rate(5, _)", "Shop.Cart.No_rate", "5, _", "fatal"),
    ('Fatal error: exception File "src/cart.ml", line 12, characters 2-8: Assertion failed', "Assert_failure",
     "Assertion failed", "fatal"),
    ('Uncaught exception:\n  \n  (Failure "no rate")\n', "Failure", "no rate", "fatal"),
    ('Exception: Failure "no rate".', "Failure", "no rate", "error"),
    ('Unix.Unix_error(Unix.ENOENT, "open", "a")', "Unix.Unix_error", 'Unix.ENOENT, "open", "a"', "error"),
])  # fmt: skip
def test_every_head(head, error, value, level):
    report = one(f"{head}\n{PLACES}", "ocaml").report
    assert (report.error_type, report.error_value, report.level) == (error, value, level)
    assert report.first <= 0 < report.end


def test_without_a_backtrace_and_without_a_head():
    alone = one('x\nFatal error: exception Failure("no rate")\ny', "ocaml").report
    assert (alone.error_type, alone.end, alone.traces[0].frames) == ("Failure", 1, ())
    assert one(PLACES, "ocaml").report.complete is False
    old = one('Not_found\nRaised by primitive operation at file "a.ml", line 3, characters 2-8', "ocaml").report
    assert (old.error_type, old.traces[0].frames[0].line) == ("Not_found", 3)


@pytest.mark.parametrize(
    "text", ["Called from the shop", "Raised at noon", 'Called from file "a.ml", line x', "Fatal error: x"]
)
def test_what_is_no_report(text):
    assert not reports(text, "ocaml")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*TEXT.split("\n"), "", "x"]) | st.text(max_size=60), max_size=40))
def test_lines_in_any_order_are_scanned(lines):
    lines = [line.replace("\n", " ") for line in lines]
    last = 0
    for found in reports("\n".join(lines), "ocaml"):
        assert last < found.first <= found.last <= len(lines)
        last = found.last


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        TEXT.split("\n", maxsplit=1)[0],
        TEXT.split("\n")[1],
        "Fatal error: exception (",
        "Fatal error: exception A(\nx",
    ],
)
def test_time_is_linear(text):
    scan_grows(text, "ocaml")
