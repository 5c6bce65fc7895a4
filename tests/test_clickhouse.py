"""Crashes and exceptions of ClickHouse, written by hand in the forms of its versions 21 to 24."""

from __future__ import annotations

import pytest

import triage
from tests.scanned import functions, one, reports, scan_grows, surrounded
from triage.stacks import signature

SAID = "2024.03.05 10:11:12.123456 [ 871 ] {} <Fatal> BaseDaemon: "
LINES = """\
########################################
(version 24.2.1.2248, build id: 5DA2) (from thread 870) (no query) Received signal Segmentation fault (11)
Address: 0x18. Access: read. Address not mapped to object.
Stack trace: 0x0000000011223344 0x0000000011223355
2. /build/src/Shop/Price.cpp:41: DB::Price::parse(int) @ 0x000000000a1b2c3d in /usr/bin/clickhouse
3.0. inlined from /build/src/Shop/Cart.h:12: DB::Cart::sum() const
3.1. /build/src/Shop/Cart.cpp:99: DB::Cart::total(String const&) @ 0x000000000a1b2c44 in /usr/bin/clickhouse
4. ? @ 0x000000000a1b2c55 in ?
5. start_thread @ 0x0000000000008609 in /usr/lib/libpthread-2.31.so"""
TEXT = "\n".join(SAID + line for line in LINES.split("\n"))
THROWN = """\
Code: 60. DB::Exception: Table shop.cart does not exist. (UNKNOWN_TABLE), Stack trace (when copying this message, \
always include the lines below):

0. DB::Exception::Exception(DB::Exception::MessageMasked&&, int, bool) @ 0x000000000c0ffee1 in /usr/bin/clickhouse
1. DB::Cart::table(String const&) const @ 0x000000000c0ffee2 in /usr/bin/clickhouse
2. DB::Cart::total() @ 0x000000000c0ffee3 in /usr/bin/clickhouse"""


def test_a_crash_in_the_log() -> None:
    found = surrounded(TEXT, "clickhouse")
    report = found.report
    assert (report.signal, report.fault_address, report.thread_id, report.release) == (
        "SIGSEGV",
        0x18,
        871,
        "24.2.1.2248",
    )
    assert functions(found) == ["DB::Price::parse", "DB::Cart::sum", "DB::Cart::total", None, "start_thread"]
    assert triage.loads(TEXT).events()["culprit"].tolist() == ["DB::Price::parse (Price.cpp:41)"]


def test_lines_of_another_thread_are_another_report() -> None:
    assert one(TEXT + "\n" + TEXT.replace("[ 871 ]", "[ 999 ]").split("\n")[0], "clickhouse").last == 9


def test_an_exception_with_its_stack() -> None:
    found = surrounded(THROWN, "clickhouse")
    assert found.report.error_type == "DB::Exception"
    assert found.report.error_value == "Table shop.cart does not exist. (UNKNOWN_TABLE)"
    assert triage.loads(THROWN).events()["culprit"].tolist() == ["DB::Cart::table"]


def test_what_counts() -> None:
    other = TEXT.replace("[ 871 ]", "[ 12 ]").replace("10:11:12", "22:11:12").replace("a1b2c", "b1b2c")
    assert signature(TEXT) == signature(other) != signature(TEXT.replace("Price::parse", "Price::scan"))


@pytest.mark.parametrize(
    "text",
    [SAID + "Will restart the server", "Stack trace (when copying this message, always include the lines below)"],
)
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "clickhouse")


@pytest.mark.parametrize("text", [TEXT, THROWN, THROWN.split("\n", maxsplit=1)[0]])
def test_time_is_linear(text: str) -> None:
    scan_grows(text, "clickhouse")
