"""Reports of EurekaLog, written by hand in the forms of versions 6 and 7."""

from __future__ import annotations

import pytest

from tests.scanned import functions, one, reports, scan_grows, surrounded
from triage.stacks import signature

RULE = "-" * 100
TEXT = f"""\
Exception:
{RULE}
  2.1 Date          : Mon, 10 Aug 2026 15:47:32 +0200
  2.2 Address       : 00443C50
  2.3 Module Name   : Shop.exe
  2.5 Type          : EAccessViolation
  2.6 Message       : Access violation at address 00443C50 in module 'Shop.exe'. Read of address 0000005C.

Call Stack Information:
{RULE}
|Methods |Details|Stack   |Address |Module      |Offset  |Unit |Class   |Procedure/Method  |Line  |
{RULE}
|*Exception Thread: ID=9984; Parent=0; Priority=0                                               |
|Class=; Name=MAIN                                                                              |
|DeadLock=0; Wait Chain=                                                                        |
|Comment=                                                                                       |
|{RULE}
|7FFFFFFE|03     |0068B97A|00443C50|Shop.exe    |00083C50|Cart |TCart   |Pay               |31[3] |
|7FFFFFFE|03     |0068B9C0|00414F8A|Shop.exe    |00014F8A|Shop |        |Initialization    |12    |
|7FFFFFFE|04     |00000000|7504818C|KERNEL32.DLL|0001818C|     |        |BaseThreadInitThunk|     |
{RULE}
|*Calling Thread: ID=812; Parent=9984; Priority=0                                               |
|Class=TWorker; Name=                                                                           |
{RULE}
|7FFFFFFE|04     |00000000|77A1818C|ntdll.dll   |0001818C|     |        |NtWaitForSingleObject|   |
{RULE}"""
FEW = f"""\
Call Stack Information:
{RULE}
|Address |Module      |Unit    |Class       |Procedure/Method|Line  |
{RULE}
|*Exception Thread: ID=9984; Parent=0; Priority=0                   |
|{RULE}
|005CBFB4|Project4.exe|Unit4   |TForm4      |Button1Click    |28[1] |
|005D46AD|Project4.exe|Project4|            |Initialization  |22[4] |
{RULE}"""


def test_a_report() -> None:
    found = surrounded(TEXT, "eurekalog")
    report = found.report
    assert (report.error_type, report.process, report.thread_id) == ("EAccessViolation", "Shop.exe", 9984)
    assert functions(found) == ["TCart.Pay", "Initialization", "BaseThreadInitThunk"]
    frame = report.traces[0].frames[0]
    assert (frame.module, frame.file, frame.line, frame.address) == ("Shop.exe", "Cart", 31, 0x443C50)
    assert [(trace.role, trace.thread_id) for trace in report.traces] == [("crash", 9984), ("thread", 812)]


def test_the_head_tells_which_columns_there_are() -> None:
    found = surrounded(FEW, "eurekalog")
    assert functions(found) == ["TForm4.Button1Click", "Initialization"]
    assert not found.report.complete
    source = TEXT.replace("|Unit |", "|Source  |Unit |").replace("|Cart |", "|Cart.pas|Cart |")
    assert one(source, "eurekalog").report.traces[0].frames[0].file == "Cart.pas"


@pytest.mark.parametrize("prefix", ["> ", "    ", "web-1  | "])
def test_quoted(prefix: str) -> None:
    quoted = "\n".join((prefix + line).rstrip() for line in TEXT.split("\n"))
    assert signature(f"Hi,\n\n{quoted}\n") == signature(TEXT) != ""


def test_addresses_and_lines_do_not_matter_and_functions_do() -> None:
    assert signature(TEXT) == signature(TEXT.replace("00443C50", "00543C50").replace("31[3]", "33[5]")) != ""
    assert signature(TEXT) != signature(TEXT.replace("|Pay ", "|Add "))
    assert signature(FEW) != signature(FEW.replace("TForm4 ", "TForm5 ")) != ""


@pytest.mark.parametrize(
    "text",
    [
        "|Procedure/Method|",
        "|Address |Unit |Procedure/Method|\n|a |b |c |",
        "|Address |Unit |Procedure/Method|\n|00443C50|Cart |",
        "Address |Unit |Procedure/Method",
        "see |Procedure/Method| in the help",
    ],
)
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "eurekalog")


@pytest.mark.parametrize("text", [TEXT, FEW, "|Address |Unit |Procedure/Method|", "|" * 40])
def test_time_is_linear(text: str) -> None:
    scan_grows(text, "eurekalog")
