"""Reports of which each line stands behind a time, as container runtimes and runners of jobs write it."""

from __future__ import annotations

import pytest

import triage
from triage.stacks import signature

GODOT = """\
handle_crash: Program crashed with signal 11
Dumping the backtrace. Please include this when reporting the bug to the project developer.
[1] /lib/libc.so.6(+0x42520) [0x7f082aea2951] (??:0)
[2] shop::Cart::pay(int) (/srv/shop/cart.cc:31)
[12] main (/srv/shop/main.cc:12)
-- END OF BACKTRACE --"""
POWERSHELL = """\
Exception: C:\\shop\\cart.psm1:31
Line |
  31 |          throw "no rate"
     |          ~~~~~~~~~~~~~~~
     | no rate

at Get-Rate, C:\\shop\\cart.psm1: line 31
at <ScriptBlock>, C:\\shop\\main.ps1: line 12"""
PYTEST = """\
=================================== FAILURES ===================================
___________________________________ test_pay ___________________________________

    def test_pay():
>       pay(3)

tests/test_cart.py:12:\x20
_ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _

    def pay(cart):
>       return rates[cart]
E       KeyError: 3

shop/cart.py:31: KeyError"""


@pytest.mark.parametrize("report", [GODOT, POWERSHELL, PYTEST], ids=["godot", "powershell", "pytest"])
def test_a_stamp_on_each_line_changes_nothing(report: str) -> None:
    lines = ["##[group]Run make", *report.split("\n"), "##[error]Process completed with exit code 1."]
    text = "\n".join(f"2026-05-10T04:25:{number:02}.8878620Z {line}" for number, line in enumerate(lines, 10))
    alone, within = triage.loads(report), triage.loads(text)
    assert signature(text) == signature(report) != ""
    assert within.frames()["function"].dropna().tolist() == alone.frames()["function"].dropna().tolist()
    assert within.events()["error_type"].tolist() == alone.events()["error_type"].tolist()


def test_an_exception_that_nslog_writes() -> None:
    report = (
        "*** Terminating app due to uncaught exception 'NSRangeException', reason: 'index 3 beyond bounds'\n"
        "*** First throw call stack:\n(\n"
        "\t0   CoreFoundation                      0x00000001811b8118 __exceptionPreprocess + 172\n"
        "\t1   Shop                                0x0000000103753638 -[Cart pay:] + 1592\n"
        "\t2   Shop                                0x0000000103734cae main + 12\n)"
    )
    text = "\n".join(
        line if line[:1] in "\t()" else f"2026-01-26 01:25:59.123456+0000 Shop[120:1a2b] {line}"
        for line in ["ready", *report.split("\n"), "libc++abi: terminating due to uncaught exception", "gone"]
    )
    assert signature(text) == signature(report) != signature(text.replace("Cart pay", "Cart add"))
