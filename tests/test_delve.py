"""Stacks that Delve prints, written by hand in the form of its versions 1.20 to 1.24."""

from __future__ import annotations

import pytest

import triage
from tests.scanned import functions, one, reports, scan_grows
from triage.stacks import signature

TEXT = """\
 0  0x00000000004fa48e in runtime.gopanic
    at /usr/local/go/src/runtime/panic.go:914
 1  0x00000000004d9c38 in example.com/shop/price.(*Rates).Parse
    at /src/shop/price/rates.go:342
 2  0x000000000049e1dd in example.com/shop/cart.Total.func3
    at /src/shop/cart/cart.go:49
    slot = 386
10  0x000000000040c202 in main.main
    at ./main.go:12
(truncated)"""


def test_a_stack_of_a_panic() -> None:
    text = TEXT.replace("10  0x", " 3  0x")
    found = one("(dlv) bt\n" + text + "\n(dlv) quit", "delve")
    assert (found.first, found.last) == (2, 11)
    assert functions(found) == [
        "runtime.gopanic",
        "example.com/shop/price.(*Rates).Parse",
        "example.com/shop/cart.Total.func3",
        "main.main",
    ]
    (culprit,) = triage.loads(text).events()["culprit"]
    assert culprit == "example.com/shop/price.(*Rates).Parse (rates.go:342)"


def test_numbers_follow_each_other() -> None:
    assert len(functions(one(TEXT, "delve"))) == 3


def test_a_stack_that_was_only_asked_for() -> None:
    found = one(TEXT.partition("914\n")[2].replace(" 1  0x", " 0  0x"), "delve")
    assert (found.report.kind, found.report.level, found.report.error_type) == ("dump", "error", None)


def test_what_counts() -> None:
    other = TEXT.replace(":342", ":345").replace("4fa48e", "4fa4ff").replace("func3", "func4").replace("/src/", "/b/")
    assert signature(TEXT) == signature(other) != signature(TEXT.replace("Parse", "Scan"))


@pytest.mark.parametrize(
    "text",
    [
        " 0  0x00000000004fa48e in main.main",
        " 0  0x00000000004fa48e in main\n    at /src/main.c:3",
        "#0  0x00000000004fa48e in main.main () at /src/main.go:3",
    ],
)
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "delve")


@pytest.mark.parametrize("text", [TEXT, TEXT.split("\n", maxsplit=1)[0], TEXT.split("\n")[1]])
def test_time_is_linear(text: str) -> None:
    scan_grows(text, "delve")
