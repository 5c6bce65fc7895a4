"""Errors of Smalltalk, written by hand in the forms of Pharo 8 to 11."""

from __future__ import annotations

import pytest

import triage
from tests.scanned import functions, one, reports, scan_grows, surrounded
from triage.stacks import signature

TEXT = """\
KeyNotFound: key 987 not found in Dictionary
ShopPrice(Object)>>error:
ShopPrice>>parse:rate:
[:each | ShopPrice parse: each ] in ShopCart>>total
OrderedCollection>>do:
ShopCart class>>run
UndefinedObject>>DoIt
OpalCompiler>>evaluate"""


def test_an_error_with_its_stack() -> None:
    found = surrounded(TEXT, "smalltalk")
    assert (found.report.error_type, found.report.error_value) == ("KeyNotFound", "key 987 not found in Dictionary")
    assert functions(found)[:5] == [
        "Object>>error:",
        "ShopPrice>>parse:rate:",
        "ShopCart>>total",
        "OrderedCollection>>do:",
        "ShopCart class>>run",
    ]
    (culprit,) = triage.loads(TEXT).events()["culprit"]
    assert culprit.startswith("ShopPrice>>parse")


def test_details_of_a_debug_log() -> None:
    text = TEXT.replace(
        "\nShopPrice>>", "\n\tReceiver: a ShopPrice\n\tArguments and temporary variables: \nShopPrice>>"
    )
    assert functions(one(text, "smalltalk")) == functions(one(TEXT, "smalltalk"))


def test_what_counts() -> None:
    assert signature(TEXT) == signature(TEXT.replace("987", "3")) != signature(TEXT.replace("parse:", "scan:"))


def test_the_colons_of_a_selector_are_part_of_it() -> None:
    plain = TEXT.replace("parse:rate:", "parse")
    assert len({signature(plain), signature(plain.replace(">>parse", ">>parse:")), signature(TEXT)}) == 3


@pytest.mark.parametrize("text", ["std::map<int, f(int)>>x", "A(Object)>>b", "cat (a)>>b\ncat (c)>>d"])
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "smalltalk")


@pytest.mark.parametrize("text", [TEXT, TEXT.split("\n")[1], "x)>>"])
def test_time_is_linear(text: str) -> None:
    scan_grows(text, "smalltalk")
