"""Stacks of ESP chips that Arduino's tools looked up, written by hand in the forms of EspExceptionDecoder 1 and 2."""

from __future__ import annotations

import pytest

from tests.scanned import functions, one, reports, scan_grows, surrounded
from triage.stacks import signature

TEXT = """\
Exception 28: LoadProhibited: A load referenced a page mapped with an attribute that does not permit loads
PC: 0x4216d444: payCart(char const*) at /src/shop.cpp line 676
EXCVADDR: 0x00000018

Decoding stack results
0x4216d444: payCart(char const*) at /src/shop.cpp line 676
0x421c020d: Shop::run(int) at /src/shop.cpp line 155
0x421a618e: loop() at C:\\src\\shop.ino line 284
0x421443ae: loop_wrapper() at /cores/esp8266/core_esp8266_main.cpp line 258"""


def test_an_exception() -> None:
    found = surrounded(TEXT, "esp8266")
    assert functions(found) == ["payCart", "Shop::run", "loop", "loop_wrapper"]
    report = found.report
    assert (report.error_type, report.signal, report.fault_address) == ("LoadProhibited", "SIGSEGV", 0x18)
    assert [frame.line for frame in report.traces[0].frames] == [676, 155, 284, 258]


def test_where_it_was_may_not_be_on_the_stack() -> None:
    text = TEXT.replace("\n0x4216d444: payCart(char const*) at /src/shop.cpp line 676", "")
    assert functions(one(text, "esp8266"))[:2] == ["payCart", "Shop::run"]
    assert signature(text) == signature(TEXT) != ""


def test_places_with_a_colon_and_other_addresses() -> None:
    text = TEXT.replace(" line ", ":").replace("0x42", "0x40").replace("/src/", "/home/a/")
    assert signature(text) == signature(TEXT) != signature(TEXT.replace("payCart", "addCart"))


def test_a_stack_without_its_exception() -> None:
    found = one(TEXT.partition("\n\n")[2], "esp8266")
    assert (found.report.error_type, len(functions(found))) == (None, 4)


@pytest.mark.parametrize(
    "text", ["Decoding stack results", "Decoding stack results\n0x1: f at a line 3", "x Decoding stack results done"]
)
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "esp8266")


def test_time_grows_with_the_text() -> None:
    scan_grows(TEXT, "esp8266")
