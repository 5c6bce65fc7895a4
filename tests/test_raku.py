"""Errors of Raku, written by hand in the forms of Rakudo."""

from __future__ import annotations

import pytest

import triage
from tests.scanned import functions, one, prefixed, reports, scan_grows, surrounded
from triage.stacks import signature

TEXT = """\
Index out of range. Is: 59, should be in 0..2
  in method throw at SETTING::src/core.c/Exception.rakumod line 65
  in method scan-rate at /srv/shop/lib/Cart.rakumod (Shop::Cart) line 662
  in sub add-item at /srv/shop/lib/Cart.rakumod (Shop::Cart) line 334
  in block  at /srv/shop/bin/shop line 9
  in block <unit> at /srv/shop/bin/shop line 3"""


def test_an_error_with_its_calls() -> None:
    found = surrounded(TEXT, "raku")
    assert functions(found) == ["throw", "scan-rate", "add-item", "<block>", "<module>"]
    assert found.report.error_value == "Index out of range. Is: 59, should be in 0..2"
    frame = found.report.traces[0].frames[1]
    assert (frame.module, frame.file, frame.line) == ("Shop::Cart", "/srv/shop/lib/Cart.rakumod", 662)
    assert triage.loads(TEXT).events()["culprit"].tolist() == ["scan-rate (Cart.rakumod:662)"]
    prefixed(TEXT, "raku")


def test_a_failure_that_was_used_later() -> None:
    used = f"{TEXT}\n\nActually thrown at:\n  in sub report at /srv/shop/bin/shop line 9"
    found = surrounded(used, "raku")
    assert functions(found, 1) == ["report"]
    assert signature(used) == signature(TEXT)


def test_what_somebody_awaited() -> None:
    text = "An operation first awaited:\n  in block <unit> at a.raku line 9\n\nDied with the exception:\n" + "\n".join(
        f"    {line}" for line in TEXT.split("\n")
    )
    found = surrounded(text, "raku")
    assert (functions(found)[1], functions(found, 1)) == ("scan-rate", ["<module>"])
    assert signature(text) == signature(TEXT)


def test_a_message_of_several_lines_and_of_another_thread() -> None:
    text = (
        "Unhandled exception in code scheduled on thread 4\nCannot resolve caller f(Int); none matches:\n"
        "    (Str $x)\n  in block <unit> at a.raku line 3"
    )
    assert one(text, "raku").report.error_value == "Cannot resolve caller f(Int); none matches:\n(Str $x)"


def test_what_counts() -> None:
    moved = TEXT.replace("59", "3").replace("line 662", "line 700").replace("/srv/", "/home/ana/")
    assert signature(TEXT) == signature(moved) != signature(TEXT.replace("scan-rate", "scan-cart"))


@pytest.mark.parametrize(
    "text",
    ["He stays\n  in block 7 at the river line 3 and 4", "x\n  in sub f of a.raku", "\n  in method f at a.raku line 3"],
)
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "raku")


@pytest.mark.parametrize("text", [TEXT, "  in sub f at", "  in block f" + " at a" * 200])
def test_time_is_linear(text: str) -> None:
    scan_grows(text, "raku")
