"""Errors of tests that Vitest ran, written by hand in the forms of Vitest 0.34 to 3."""

from __future__ import annotations

import pytest

from tests.scanned import functions, one, prefixed, reports, scan_grows, surrounded
from triage.stacks import signature

ARROW = "\u276f"
TEXT = """\
 FAIL  src/shop.test.ts > Shop > pays a cart
TypeError: Cannot destructure property 'id' of 'undefined' as it is undefined.
 => payCart src/shop.ts:187:51
    186| export function payCart(o) {
    187|   const { id } = o.head;
       |           ^
    188|   return id;
 => Module.runShop src/shop.ts:271:6
 => src/shop.test.ts:26:11""".replace("=>", ARROW)
ASSERTED = """\
AssertionError: expected 1 to be 2 // Object.is equality

- Expected
+ Received

- 2
+ 1

 => src/shop.test.ts:9:15""".replace("=>", ARROW)


def test_an_error() -> None:
    found = surrounded(TEXT, "vitest")
    assert functions(found) == ["payCart", "Module.runShop", None]
    report = found.report
    assert (report.error_type, report.facts) == ("TypeError", (("test", "src/shop.test.ts > Shop > pays a cart"),))
    assert [frame.line for frame in report.traces[0].frames] == [187, 271, 26]
    prefixed(TEXT, "vitest")


def test_an_expectation() -> None:
    report = surrounded(ASSERTED, "vitest").report
    assert (report.kind, report.traces[0].frames[0].file) == ("assertion", "src/shop.test.ts")


def test_node_saw_the_same_error() -> None:
    node = "\n".join(
        [
            TEXT.split("\n")[1],
            "    at payCart (/home/a/src/shop.ts:190:3)",
            "    at Module.runShop (/home/a/src/shop.ts:275:6)",
            "    at /home/a/src/shop.test.ts:26:11",
        ]
    )
    assert signature(node) == signature(TEXT) != ""
    assert signature(TEXT) != signature(TEXT.replace("payCart", "addCart"))


@pytest.mark.parametrize(
    "text",
    [
        " => src/shop.test.ts (3 tests | 1 failed) 12ms",
        "~/shop => node a.js",
        " => payCart src/shop.ts:187:51",
        "TypeError: x\n => payCart src/shop.ts",
    ],
)
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text.replace("=>", ARROW), "vitest")


def test_one_error_after_another() -> None:
    first, second = reports(f"{TEXT}\n\n{TEXT.replace('payCart', 'addCart')}", "vitest")
    assert (functions(first)[0], functions(second)[0]) == ("payCart", "addCart")
    assert one(TEXT, "vitest").last == first.last


def test_time_grows_with_the_text() -> None:
    scan_grows(TEXT, "vitest")
