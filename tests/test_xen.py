"""Panics of Xen, written by hand in the forms of Xen 4.4 to 4.17."""

from __future__ import annotations

import pytest

from tests.scanned import functions, one, prefixed, reports, scan_grows, surrounded
from triage.stacks import signature

TEXT = """\
(XEN) Xen BUG at shop.c:873
(XEN) ----[ Xen-4.17.2  x86_64  debug=n  Not tainted ]----
(XEN) CPU:    3
(XEN) RIP:    e008:[<ffff82d046d71d52>] shop.c#pay_cart+0x47/0x620
(XEN) Xen call trace:
(XEN)    [<ffff82d046d71d52>] R shop.c#pay_cart+0x47/0x620
(XEN)    [<ffff82d04a3c9a2f>] S shop.c#sum_cart+0x368/0x6a5
(XEN)    [<ffff82d048389843>] F run_shop+0x73/0x5cb
(XEN)    [<ffff82d04c4c6e9e>] F lstar_enter+0x128/0x130
(XEN) 
(XEN) ****************************************
(XEN) Panic on CPU 3:
(XEN) Xen BUG at shop.c:873
(XEN) ****************************************"""  # noqa: W291
FAULT = """\
(XEN) [2026-02-10 08:59:58] ----[ Xen-4.4.1  x86_64  debug=n  Not tainted ]----
(XEN) [2026-02-10 08:59:58] CPU:    0
(XEN) [2026-02-10 08:59:58] Xen call trace:
(XEN) [2026-02-10 08:59:58]    [<ffff82d080170000>] pay_cart+0x47/0x620
(XEN) [2026-02-10 08:59:58]    [<ffff82d080170a00>] run_shop+0x73/0x5cb
(XEN) [2026-02-10 08:59:58]
(XEN) [2026-02-10 08:59:58] Faulting linear address: 0000000000000018
(XEN) [2026-02-10 08:59:58]
(XEN) [2026-02-10 08:59:58] ****************************************
(XEN) [2026-02-10 08:59:58] Panic on CPU 0:
(XEN) [2026-02-10 08:59:58] FATAL PAGE FAULT
(XEN) [2026-02-10 08:59:58] [error_code=0000]
(XEN) [2026-02-10 08:59:58] ****************************************"""


def test_a_bug() -> None:
    found = surrounded(TEXT, "xen")
    assert functions(found) == ["pay_cart", "sum_cart", "run_shop", "lstar_enter"]
    assert (found.report.error_type, found.report.error_value, found.report.release) == (
        "Xen BUG",
        "shop.c:873",
        "4.17.2",
    )
    assert found.report.traces[0].frames[1].trust == "unreliable"
    prefixed(TEXT, "xen")


def test_a_fault() -> None:
    found = surrounded(FAULT, "xen")
    assert functions(found) == ["pay_cart", "run_shop"]
    assert (found.report.error_type, found.report.signal, found.report.fault_address) == (
        "FATAL PAGE FAULT",
        "SIGSEGV",
        0x18,
    )


def test_what_failed_is_told_and_where() -> None:
    other = TEXT.replace("shop.c:873", "shop.c:901").replace("ffff82d04", "ffff82d05").replace("+0x47", "+0x57")
    assert signature(other) == signature(TEXT) != ""
    assert signature(TEXT) != signature(TEXT.replace("pay_cart", "add_cart"))
    assert signature(FAULT) != signature(FAULT.replace("pay_cart", "add_cart")) != ""
    asserted = TEXT.replace("Xen BUG at shop.c:873", "Assertion 'cart->sum' failed at shop.c:873")
    assert one(asserted, "xen").report.error_value == "Assertion 'cart->sum'"


@pytest.mark.parametrize("text", ["(XEN) Xen call trace:", "(XEN) Xen call trace:\n(XEN)    none", "x Xen call trace:"])
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "xen")


def test_time_grows_with_the_text() -> None:
    scan_grows(TEXT, "xen")
