"""Stacks of cpptrace, written by hand in the forms of its versions 0.3 to 0.8."""

from __future__ import annotations

import pytest

import triage
from tests.scanned import functions, one, reports, scan_grows
from triage.stacks import signature

TEXT = """\
terminate called after throwing an instance of shop::rate_error: no rate 386
Stack trace (most recent call first):
#0 0x00005a63345dc46d in shop::Rates::parse(int, char const*) at /src/shop/rates.cc:29:4
      28: int rate = 0;
    > 29: throw rate_error(slot);
#1 (inlined)          in shop::{anonymous}::total(std::string const&) at /src/shop/cart.cc:60
#2 0x00005a63345dc111 in shop::Cart::pay() const at /src/shop/cart.cc:66:2
#3 0x00007f68ddfb5d90 at /lib/libc.so.6"""


def test_an_exception_that_nobody_caught() -> None:
    found = one("started\n" + TEXT + "\nended", "cpptrace")
    assert (found.first, found.last) == (2, 9)
    assert (found.report.error_type, found.report.error_value) == ("shop::rate_error", "no rate 386")
    assert functions(found) == ["shop::Rates::parse", "shop::{anonymous}::total", "shop::Cart::pay", None]
    assert triage.loads(TEXT).events()["culprit"].tolist() == ["shop::Rates::parse (rates.cc:29)"]


def test_a_stack_alone() -> None:
    found = one(TEXT.partition("\n")[2], "cpptrace")
    assert (found.report.kind, found.report.error_type) == ("dump", None)


def test_what_counts() -> None:
    other = TEXT.replace("386", "7").replace(":29:4", ":31:4").replace("/src/", "/b/").replace("5a63", "77aa")
    assert signature(TEXT) == signature(other) != signature(TEXT.replace("::parse", "::scan"))


@pytest.mark.parametrize(
    "text",
    [
        "Call Stack (most recent call first):\n  a.cmake:3 (f)",
        "Stack trace (most recent call first):\n#0 none",
        "Stack trace (most recent call last):\n#0 0x00005a63345dc46d in f at a.cc:3",
    ],
)
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "cpptrace")


@pytest.mark.parametrize("text", [TEXT, TEXT.split("\n")[1], TEXT.split("\n")[2]])
def test_time_is_linear(text: str) -> None:
    scan_grows(text, "cpptrace")
