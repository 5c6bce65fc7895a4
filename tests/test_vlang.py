"""Panics of V, written by hand in the forms of V 0.3 and 0.4."""

from __future__ import annotations

import pytest

from tests.scanned import functions, one, prefixed, reports, scan_grows, surrounded
from triage.stacks import signature

TEXT = """\
V panic: array.get: index out of range (i == 9, a.len == 6)
v hash: 791d031
/home/a/vlib/builtin/builtin.c.v:88: at _v_panic: Backtrace
/home/a/vlib/builtin/array.v:400: by array_get
/src/shop.v:872: by main__pay_cart
C:\\src\\cart.v:612: by cart__Cart_sum
/src/main.v:165: by main__main
/tmp/v_1000/shop.6570851369.tmp.c:629: by main"""


def test_a_panic() -> None:
    found = surrounded(TEXT, "vlang")
    assert functions(found) == ["_v_panic", "array_get", "main.pay_cart", "cart.Cart_sum", "main.main", "main"]
    assert (found.report.error_type, found.report.traces[0].frames[3].file) == ("panic", "C:\\src\\cart.v")
    prefixed(TEXT, "vlang")


def test_what_the_library_calls_is_told() -> None:
    newer = TEXT.replace("v hash: 791d031", "v hash: 8a2b3c4\npid: 0x1f2\ntid: 0x7f2").replace(
        " array", " builtin__array"
    )
    assert signature(newer) == signature(TEXT) != ""
    assert signature(TEXT) != signature(TEXT.replace("pay_cart", "add_cart"))


def test_a_panic_without_its_calls() -> None:
    found = one("V panic: no sum", "vlang")
    assert (found.report.error_value, found.report.complete) == ("no sum", False)


@pytest.mark.parametrize("text", ["V panic:", "TV panic: x", "/src/shop.v:872: by main__pay_cart"])
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "vlang")


def test_time_grows_with_the_text() -> None:
    scan_grows(TEXT, "vlang")
