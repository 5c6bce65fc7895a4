"""Errors of Guile, CHICKEN and Gambit, written by hand in the forms of Guile 2 and 3, CHICKEN 5 and Gambit 4."""

from __future__ import annotations

import pytest

from tests.scanned import functions, prefixed, reports, scan_grows, surrounded
from triage.stacks import signature

GUILE = """\
Backtrace:
           5 (apply-smob/0 #<thunk 7f1c2e0d5080>)
In ice-9/boot-9.scm:
    724:2  4 (call-with-prompt _ _ #<procedure default-prompt-handle…>)
In ice-9/eval.scm:
    619:8  3 (_ #(#(#<directory (guile-user) 7f1c2e0d8f00>)))
In /srv/shop/cart.scm:
     31:4  2 (add-item 3)
     12:6  1 (scan-rate 3)
In unknown file:
           0 (vector-ref #(1) 19)

ERROR: In procedure vector-ref:
Argument 2 out of range: 19"""
LATER = GUILE.replace(
    "ERROR: In procedure vector-ref:\nArg",
    "ice-9/boot-9.scm:1685:16: In procedure raise-exception:\nIn procedure vector-ref: Arg",
)
OLD = """\
Backtrace:
In ice-9/boot-9.scm:
 157: 2 [catch #t #<catch-closure 1e3f920> ...]
In unknown file:
   ?: 1 [apply-smob/1 #<catch-closure 1e3f920>]
In /srv/shop/cart.scm:
  12: 0 [scan-rate 3]

ERROR: In procedure scan-rate:
ERROR: In procedure vector-ref: Argument 2 out of range: 19"""
CHICKEN = """\
Error: (vector-ref) out of range
#(1)
19

\tCall history:

\tcart.scm:3: main\t  \t
\t<syntax>\t  (total 3)\t
\tcart.scm:5: add-item\t  \t
\tcart.scm:9: scan-rate\t  \t<--"""
GAMBIT = '*** ERROR IN scan-rate, "cart.scm"@3.4 -- (Argument 2) Out of range'


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (GUILE, "Argument 2 out of range: 19"),
        (LATER, "In procedure vector-ref: Argument 2 out of range: 19"),
    ],
)
def test_guile(text: str, value: str) -> None:
    found = surrounded(text, "scheme")
    assert functions(found) == ["vector-ref", "scan-rate", "add-item", None, "call-with-prompt", "apply-smob/0"]
    assert found.report.error_value == value
    frame = found.report.traces[0].frames[1]
    assert (frame.file, frame.line, frame.column) == ("/srv/shop/cart.scm", 12, 6)
    prefixed(text, "scheme")


def test_the_first_guile_2() -> None:
    found = surrounded(OLD, "scheme")
    assert functions(found) == ["scan-rate", "apply-smob/1", "catch"]
    assert found.report.error_value == "In procedure vector-ref: Argument 2 out of range: 19"


def test_chicken_and_gambit() -> None:
    found = surrounded(CHICKEN, "scheme")
    assert functions(found) == ["scan-rate", "add-item", "total", "main"]
    assert found.report.error_value == "out of range\n#(1)\n19"
    assert functions(surrounded(GAMBIT, "scheme")) == ["scan-rate"]


@pytest.mark.parametrize("text", [GUILE, LATER, OLD, CHICKEN, GAMBIT])
def test_what_counts(text: str) -> None:
    moved = text.replace("19", "7").replace("/srv/", "/home/ana/").replace("12:6", "13:8").replace(":9:", ":14:")
    assert signature(text) == signature(moved) != signature(text.replace("scan-rate", "scan-cart"))


def test_both_ways_of_guile_to_say_it_have_one_key() -> None:
    assert signature(GUILE) == signature(LATER)


@pytest.mark.parametrize(
    "text",
    ["In shop.scm:\n  see the file", "In shop.scm:\n    1:2  0 (f)", "\tCall history:\n\nnone", "*** ERROR IN f"],
)
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "scheme")


@pytest.mark.parametrize("text", [GUILE, OLD, CHICKEN, GAMBIT, "In a.scm:", "*** ERROR IN (" + "a" * 300])
def test_time_is_linear(text: str) -> None:
    scan_grows(text, "scheme")


def test_what_raised_an_error_behind_the_time_of_a_runner():
    text = (
        "Backtrace:\nIn shop.scm:\n    31:2  1 (pay-cart _)\nIn unknown file:\n"
        "           0 (vector-ref #(1 2 3) 39)\n\nERROR: In procedure vector-ref:\nArgument 2 out of range: 39"
    )
    told = "\n".join(f"2026-08-10T19:36:26.009632{at}Z {line}" for at, line in enumerate(text.split("\n")))
    assert signature(told) == signature(text) != signature(told.replace("pay-cart", "add-cart"))
