"""Failed tests of contracts, written by hand in the forms of forge 0.2 and 1."""

from __future__ import annotations

import pytest

from tests.scanned import functions, one, reports, scan_grows, surrounded
from triage.stacks import signature

TEXT = """\
[FAIL: panic: arithmetic underflow or overflow (0x11)] test_Pay() (gas: 5963)
Traces:
  [1968] ShopTest::test_Pay()
    ├─ [0] VM::prank(0x01)
    │   └─ ← [Return]
    ├─ [2596] Shop::pay{value: 3}(2242)
    │   ├─ [300] Stock::count() [staticcall]
    │   │   └─ ← [Return] 3
    │   ├─ [6492] Cart::sum(6401) [delegatecall]
    │   │   └─ ← [Revert] panic: arithmetic underflow or overflow (0x11)
    │   └─ ← [Revert] panic: arithmetic underflow or overflow (0x11)
    └─ ← [Revert] panic: arithmetic underflow or overflow (0x11)"""
ALONE = (
    "Ran 1 test for test/Shop.t.sol:ShopTest\n[FAIL: no cart; counterexample: args=[1, 2]] test_Pay(uint256) (runs: 3)"
)


def test_the_calls_up_to_the_first_that_reverted() -> None:
    found = surrounded(TEXT, "foundry")
    assert functions(found) == ["Cart.sum", "Shop.pay", "ShopTest.test_Pay"]
    assert (found.report.error_type, found.report.facts) == ("panic", (("test", "test_Pay"),))


def test_gas_and_arguments_do_not_count() -> None:
    other = TEXT.replace("5963", "7").replace("[6492]", "[12]").replace("2242", "9").replace("[FAIL:", "[FAIL. Reason:")
    assert signature(other) == signature(TEXT) != signature(TEXT.replace("Cart::sum", "Cart::add"))


def test_a_test_without_its_calls() -> None:
    found = one(ALONE, "foundry")
    assert (functions(found), found.report.error_type, found.report.error_value) == (
        ["ShopTest.test_Pay"],
        "revert",
        "no cart",
    )
    assert signature(ALONE) != signature(ALONE.replace("test_Pay", "test_Add")) != ""


@pytest.mark.parametrize("text", ["[FAIL: x]", "[FAIL: x] some words", "[FAIL: ", "[PASS] test_Pay() (gas: 3)"])
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "foundry")


def test_time_grows_with_the_text() -> None:
    scan_grows(TEXT, "foundry")
    scan_grows("[FAIL: x] test_Pay()\nTraces:\n" + "    ├─ [1] A::b()\n    ├─ ← [Revert]\n" * 3, "foundry")
