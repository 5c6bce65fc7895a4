"""Errors as Firefox' console gives them, written by hand in the forms of Firefox 115 and 140."""

from __future__ import annotations

import pytest

from tests.scanned import functions, reports, scan_grows, surrounded
from triage.stacks import signature

TEXT = """\
Uncaught TypeError: can't access property "width", el is null
    payCart https://a.example/assets/shop.js:649
    runShop https://a.example/assets/shop.js:182:12
    <anonymous> https://a.example/assets/main.js:443
    (Async: EventListener.handleEvent)
    https://a.example/assets/main.js:9"""


def test_an_error() -> None:
    found = surrounded(TEXT, "firefox-console")
    assert functions(found) == ["payCart", "runShop", None, None]
    assert (found.report.error_type, found.report.traces[0].frames[1].column) == ("TypeError", 12)


def test_chrome_saw_the_same_error() -> None:
    chrome = (
        "Uncaught TypeError: Cannot read properties of null (reading 'width')\n"
        "    at payCart (https://a.example/assets/shop.js:649:42)\n"
        "    at runShop (https://a.example/assets/shop.js:182:12)\n    at https://a.example/assets/main.js:443:1"
    )
    assert signature(chrome) == signature(TEXT) != ""
    assert signature(TEXT) != signature(TEXT.replace("payCart", "addCart"))
    promise = TEXT.replace("Uncaught", "Uncaught (in promise)").replace("https://a.", "https://b.")
    assert signature(promise) == signature(TEXT)


@pytest.mark.parametrize(
    "text",
    [
        "Uncaught TypeError: x is null",
        "Uncaught TypeError: x\n    at f (https://a.example/shop.js:3:4)",
        "an Uncaught TypeError: x\n    f https://a.example/shop.js:3",
        "Uncaught words\n    f https://a.example/shop.js:3",
        "Uncaught TypeError: x\n    see https://a.example/help",
    ],
)
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "firefox-console")


def test_time_grows_with_the_text() -> None:
    scan_grows(TEXT, "firefox-console")
