"""Exceptions that GHC reports with cost centres, written by hand in the forms of GHC 8 and 9."""

from __future__ import annotations

import pytest

from tests.scanned import functions, one, reports, scan_grows, surrounded
from triage.stacks import signature

TEXT = """\
*** Exception (reporting due to +RTS -xc): (THUNK_STATIC), stack trace:
  GHC.List.errorEmptyList,
  called from Shop.Cart.payCart,
  called from Shop.Cart.runShop,
  called from Main.main,
  called from Main.CAF
shop: Prelude.head: empty list"""


def test_an_exception() -> None:
    found = surrounded(TEXT, "haskell-xc")
    assert functions(found)[:3] == ["GHC.List.errorEmptyList", "Shop.Cart.payCart", "Shop.Cart.runShop"]
    assert (found.report.error_value, found.report.process) == ("Prelude.head: empty list", "shop")


def test_another_cost_centre_is_another_key() -> None:
    assert signature(TEXT) != signature(TEXT.replace("payCart", "addCart")) != ""


def test_what_is_evaluated_once_and_no_message() -> None:
    text = TEXT.partition("\nshop:")[0].replace("called from Shop.Cart.runShop", "--> evaluated by: Shop.Cart.runShop")
    found = one(text, "haskell-xc")
    assert (len(functions(found)), found.report.complete) == (5, False)


@pytest.mark.parametrize("text", [TEXT.partition("\n")[0], "*** Exception (reporting due to +RTS -xc): x\n  A.b,"])
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "haskell-xc")


def test_time_grows_with_the_text() -> None:
    scan_grows(TEXT, "haskell-xc")
