"""Errors of Racket, written by hand in the forms of Racket 7 and 8."""

from __future__ import annotations

import pytest

import triage
from tests.scanned import functions, one, reports, scan_grows, surrounded
from triage.stacks import signature

TEXT = """\
hash-ref: no value found for key
  key: 54120
  context...:
   /src/shop/price.rkt:99:9: parse-rate
   [repeats 2 more times]
   .../private/map.rkt:40:19: loop
   total
   body of "/src/shop/main.rkt\""""


def test_an_error_with_its_context() -> None:
    found = surrounded(TEXT, "racket")
    assert found.report.error_value == "hash-ref: no value found for key\nkey: 54120"
    assert functions(found) == ["parse-rate", "loop", "total", "<module>"]
    assert triage.loads(TEXT).events()["culprit"].tolist() == ["parse-rate (price.rkt:99)"]


def test_an_error_of_one_line() -> None:
    assert one("car: contract violation\n  context...:\n   a.rkt:1:2: f", "racket").report.error_value.startswith(
        "car:"
    )


def test_what_counts() -> None:
    other = TEXT.replace("54120", "3").replace(":99:9", ":104:9").replace("/src/", "/home/ana/")
    assert signature(TEXT) == signature(other) != signature(TEXT.replace("parse-rate", "scan-rate"))


@pytest.mark.parametrize(
    "text", ["x\n  context...:", "  context...:\n   a.rkt:1:2: f", "the context...: is\n   a:1:2: f"]
)
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "racket")


@pytest.mark.parametrize("text", [TEXT, "  context...:", "  x: y"])
def test_time_is_linear(text: str) -> None:
    scan_grows(text, "racket")
