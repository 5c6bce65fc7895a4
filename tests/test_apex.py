"""Exceptions of Apex, written by hand in the forms of debug logs and mails."""

from __future__ import annotations

import pytest

import triage
from tests.scanned import functions, one, reports, scan_grows, surrounded
from triage.stacks import signature

TEXT = """\
System.NullPointerException: Attempt to de-reference a null object

Class.ShopPrice.parse: line 197, column 1
(acme)
Class.acme.ShopCart.total: line 279, column 1
Trigger.CartTrigger: line 2, column 1"""
LOG = """\
10:11:12.0 (123456)|FATAL_ERROR|ShopException: no rate

Class.ShopPrice.parse: line 197, column 1
AnonymousBlock: line 1, column 1
Caused by: System.QueryException: List has no rows for assignment to SObject

Class.ShopRate.find: line 3, column 1"""


def test_an_exception() -> None:
    found = surrounded(TEXT, "apex")
    assert found.report.error_type == "System.NullPointerException"
    assert functions(found) == ["ShopPrice.parse", "acme.ShopCart.total", "Trigger.CartTrigger"]
    assert triage.loads(TEXT).events()["culprit"].tolist() == ["ShopPrice.parse"]


def test_a_chain_in_a_debug_log() -> None:
    crash, cause = one(LOG, "apex").report.traces
    assert (crash.error_type, crash.error_value) == ("ShopException", "no rate")
    assert (cause.role, cause.error_type, cause.frames[0].function) == (
        "cause",
        "System.QueryException",
        "ShopRate.find",
    )


def test_what_counts() -> None:
    other = TEXT.replace("197", "201").replace("279", "300")
    assert signature(TEXT) == signature(other) != signature(TEXT.replace("Price.parse", "Price.scan"))


@pytest.mark.parametrize("text", ["java.lang.Class.forName: x", "Class.A.b: line 3", "see Class.A.b: line 3, column 1"])
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "apex")


@pytest.mark.parametrize("text", [TEXT, LOG, TEXT.split("\n")[2], "Class."])
def test_time_is_linear(text: str) -> None:
    scan_grows(text, "apex")
