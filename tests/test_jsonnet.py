"""Errors of Jsonnet, written by hand in the forms of its C++ and its Go implementation."""

from __future__ import annotations

import pytest

import triage
from tests.scanned import functions, one, reports, scan_grows, surrounded
from triage.stacks import signature

TEXT = """\
RUNTIME ERROR: no rate for slot 386
\tprice.libsonnet:92:21-30\tfunction <parse>
\tcart.libsonnet:(7:3)-(9:5)\tthunk <total>
\tcart.libsonnet:12:1-4\tobject <anonymous>
\tmain.jsonnet:3:7-12\t$
\tDuring manifestation\t"""


def test_an_error_with_its_places() -> None:
    found = surrounded(TEXT, "jsonnet")
    assert (found.report.error_type, found.report.error_value) == ("RUNTIME ERROR", "no rate for slot 386")
    assert functions(found) == ["parse", "total", "anonymous", None]
    assert [frame.line for frame in found.report.traces[0].frames] == [92, 7, 12, 3]
    assert triage.loads(TEXT).events()["culprit"].tolist() == ["parse (price.libsonnet:92)"]


def test_a_message_of_several_lines() -> None:
    found = one(TEXT.replace("386", "386\nAt a second line"), "jsonnet")
    assert found.report.error_value == "no rate for slot 386\nAt a second line"


def test_what_counts() -> None:
    other = TEXT.replace("386", "7").replace(":92:21", ":95:2").replace("<total>", "<total>")
    assert signature(TEXT) == signature(other) != signature(TEXT.replace("<parse>", "<scan>"))


@pytest.mark.parametrize("text", ["RUNTIME ERROR: no rate", "RUNTIME ERROR: x\n\tsee a.txt\n", TEXT.partition("\n")[2]])
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "jsonnet")


@pytest.mark.parametrize("text", [TEXT, TEXT.split("\n", maxsplit=1)[0], TEXT.split("\n")[1]])
def test_time_is_linear(text: str) -> None:
    scan_grows(text, "jsonnet")
