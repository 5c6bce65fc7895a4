"""Exceptions of GNAT's programs, written by hand in the forms of GNAT 7 to 14."""

from __future__ import annotations

import pytest

import triage
from tests.scanned import functions, one, reports, scan_grows, surrounded
from triage.stacks import signature

TEXT = """\
Execution of /srv/shop terminated by unhandled exception
raised CONSTRAINT_ERROR : cart.adb:31 index check failed
Load address: 0x55dae2ed5000
Call stack traceback locations:
[/srv/shop]
0x55dae2ea8562 cart.pay at cart.adb:31
0x55dae2f114da main at b~shop.adb:283
[/usr/lib/libc.so.6]
0x7f3a12ea8562 __libc_start_main in /usr/lib/libc.so.6"""
RAW = """\
raised PROGRAM_ERROR : cart.adb:31 explicit raise
Call stack traceback locations:
0x402a6c 0x4029fb 0x40298c"""

HANDLED = """\
raised CONSTRAINT_ERROR : cart.adb:31 index check failed
[/srv/shop]
0x55dae2ea8562 cart.pay at cart.adb:31
0x55dae2f114da main at b~shop.adb:283"""


def test_an_exception_with_its_stack() -> None:
    found = surrounded(TEXT, "ada")
    report = found.report
    assert (report.error_type, report.error_value, report.process) == (
        "CONSTRAINT_ERROR",
        "cart.adb:31 index check failed",
        "/srv/shop",
    )
    assert functions(found) == ["cart.pay", "main", "__libc_start_main"]
    assert triage.loads(TEXT).events()["culprit"].tolist() == ["cart.pay (cart.adb:31)"]


def test_addresses_alone_and_no_stack() -> None:
    found = surrounded(RAW, "ada").report
    assert [frame.address for frame in found.traces[0].frames] == [0x402A6C, 0x4029FB, 0x40298C]
    short = one("\n".join(TEXT.split("\n")[:2]), "ada").report
    assert (short.error_type, short.traces[0].frames) == ("CONSTRAINT_ERROR", ())
    named = one("Execution of x terminated by unhandled exception\nException name: SHOP.ERROR\nMessage: no rate", "ada")
    assert (named.report.error_type, named.report.error_value) == ("SHOP.ERROR", "no rate")


def test_a_stack_without_a_title_is_the_same_one() -> None:
    found = surrounded(HANDLED, "ada")
    assert (found.report.error_type, functions(found)) == ("CONSTRAINT_ERROR", ["cart.pay", "main"])
    assert signature(HANDLED) == signature(TEXT) != ""
    assert signature(HANDLED.replace("[/srv/shop]\n", "")) == signature(TEXT)
    assert signature(HANDLED) == signature(f"Execution of /srv/shop terminated by unhandled exception\n{HANDLED}")
    own = HANDLED.replace("CONSTRAINT_ERROR : cart.adb:31 index check failed", "SHOP.NO_RATE : no rate")
    assert one(own, "ada").report.error_type == "SHOP.NO_RATE"


def test_another_function_is_another_key() -> None:
    assert signature(TEXT) != signature(TEXT.replace("cart.pay", "cart.add")) != ""


@pytest.mark.parametrize(
    "text",
    ["Execution of x terminated by unhandled exception\nok", "Call stack traceback locations:\n0x1",
     "raised CONSTRAINT_ERROR : cart.adb:31 index check failed\nok", 'cart.adb:31:4: error: missing ";"',
     "[/srv/shop]\n0x55dae2ea8562 cart.pay at cart.adb:31"],
)  # fmt: skip
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "ada")


@pytest.mark.parametrize(
    "text", [TEXT, RAW, "Call stack traceback locations:", "raised X : y", HANDLED, "0x1 a at a.adb:1"]
)
def test_time_is_linear(text: str) -> None:
    scan_grows(text, "ada")
