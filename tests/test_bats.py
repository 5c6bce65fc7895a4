"""Failures of bats, written by hand in the forms of bats 0.4 and bats-core 1."""

from __future__ import annotations

import pytest

from tests.scanned import functions, one, reports, scan_grows, surrounded
from triage.stacks import signature

TEXT = """\
 ✗ a cart is paid
   (from function `pay' in file lib/cart.bash, line 31,
    from function `checkout' in file lib/cart.bash, line 54,
    in test file test/cart.bats, line 12)
     `checkout "$cart"' failed with status 117"""
TAP = """\
not ok 3 a cart is paid
# (in test file test/cart.bats, line 12)
#   `[ "$status" -eq 0 ]' failed"""


def test_a_failure_with_its_functions() -> None:
    found = surrounded(TEXT, "bats")
    assert functions(found) == ["pay", "checkout", None]
    assert (found.report.error_value, found.report.error_code) == ('`checkout "$cart"\' failed', 117)
    assert found.report.facts == (("test", "a cart is paid"),)


def test_tap() -> None:
    report = surrounded(TAP, "bats").report
    assert (report.traces[0].frames[0].file, report.facts) == ("test/cart.bats", (("test", "a cart is paid"),))
    assert one(TAP.partition("\n")[2], "bats").report.facts == ()


def test_another_function_is_another_key() -> None:
    assert signature(TEXT) != signature(TEXT.replace("`pay'", "`add'")) != ""


@pytest.mark.parametrize("text", ["(in test file x)", "(from function `a' in file b, line 1,\nx"])
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "bats")


@pytest.mark.parametrize("text", [TEXT, TAP, "(from function `a' in file b, line 1,"])
def test_time_is_linear(text: str) -> None:
    scan_grows(text, "bats")
