"""Exceptions of Haxe, written by hand in the forms of HashLink, Neko and hxcpp."""

from __future__ import annotations

import pytest

import triage
from tests.scanned import functions, one, reports, scan_grows, surrounded
from triage.stacks import signature

TEXT = """\
Uncaught exception: no rate 30814
Called from shop.Price.parse (shop/Price.hx line 515)
Called from local function #3 (shop/Cart.hx line 12)
Called from shop.Cart.total (shop/Cart.hx line 340)
Called from $Main.main (Main.hx line 3)"""


def test_an_exception_with_its_stack() -> None:
    found = surrounded(TEXT, "haxe")
    assert found.report.error_value == "no rate 30814"
    assert functions(found) == ["shop.Price.parse", "<anonymous>", "shop.Cart.total", "$Main.main"]
    assert triage.loads(TEXT).events()["culprit"].tolist() == ["shop.Price.parse (Price.hx:515)"]


def test_other_targets() -> None:
    text = "Error : no rate\nCalled from shop.Price::parse (shop/Price.hx line 5)\nCalled from Main.hx line 3"
    assert functions(one(text, "haxe")) == ["shop.Price.parse", None]


def test_what_counts() -> None:
    other = TEXT.replace("30814", "1").replace("515", "520").replace("#3", "#9")
    assert signature(TEXT) == signature(other) != signature(TEXT.replace("Price.parse", "Price.scan"))


@pytest.mark.parametrize(
    "text", ["Called from here", 'Called from Shop.f in file "a.ml", line 3', "Called from a (b.c line 3)"]
)
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "haxe")


@pytest.mark.parametrize("text", [TEXT, TEXT.split("\n")[1]])
def test_time_is_linear(text: str) -> None:
    scan_grows(text, "haxe")
