"""Errors of ActionScript, written by hand in the forms of Flash Player 10 to 32."""

from __future__ import annotations

import pytest

import triage
from tests.scanned import functions, one, reports, scan_grows, surrounded
from triage.stacks import signature

TEXT = """\
TypeError: Error #1009: Cannot access a property or method of a null object reference.
\tat shop.view::Price/parse()[C:\\src\\shop\\view\\Price.as:152]
\tat shop.view::Cart/get total()[C:\\src\\shop\\view\\Cart.as:20]
\tat shop::Main$/start()[C:\\src\\shop\\Main.as:9]
\tat flash.events::EventDispatcher/dispatchEvent()"""


def test_an_error_with_its_stack() -> None:
    found = surrounded(TEXT, "actionscript")
    assert found.report.error_type == "TypeError"
    assert found.report.error_value.startswith("Error #1009: Cannot access")
    assert functions(found) == [
        "shop.view.Price.parse",
        "shop.view.Cart.get total",
        "shop.Main.start",
        "flash.events.EventDispatcher.dispatchEvent",
    ]
    assert triage.loads(TEXT).events()["culprit"].tolist() == ["shop.view.Price.parse (Price.as:152)"]


def test_an_error_of_the_program_in_a_release() -> None:
    text = "Error: no rate\n\tat shop::Price/parse()[/src/Price.as:1]\n\tat shop::Cart/total()"
    assert one(text, "actionscript").report.error_value == "no rate"


def test_what_counts() -> None:
    other = TEXT.replace(":152]", ":160]").replace("C:\\src", "D:\\work")
    assert signature(TEXT) == signature(other) != signature(TEXT.replace("Price/parse", "Price/scan"))


@pytest.mark.parametrize("text", ["TypeError: Error #1009: x", "Error: x\n    at f()[a]", "call()[0]"])
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "actionscript")


@pytest.mark.parametrize("text", [TEXT, TEXT.split("\n")[1]])
def test_time_is_linear(text: str) -> None:
    scan_grows(text, "actionscript")
