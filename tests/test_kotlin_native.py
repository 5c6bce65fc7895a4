"""Uncaught exceptions of Kotlin/Native, written by hand in its forms."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import triage
from tests.scanned import functions, one, prefixed, reports, scan_grows, surrounded
from triage.stacks import signature

TEXT = """Uncaught Kotlin exception: kotlin.IllegalStateException: no zone
    at 0   shop.kexe   0x1029a5f8b        kfun:kotlin.Throwable#<init>(kotlin.String?){} + 99
    at 1   shop.kexe   0x10299f1c7        kfun:kotlin.IllegalStateException#<init>(kotlin.String?){} + 91
    at 2   shop.kexe   0x10298c1a3   kfun:com.shop.Zones#pick(kotlin.Int){}kotlin.String + 227 (/src/Zones.kt:4:9)
    at 3   shop.kexe   0x10298bb2f        kfun:com.shop#start(){} + 187
    at 4   dyld           0x1a3b0f0df        start + 2361"""


def test_error_between_log_lines():
    found = surrounded(TEXT, "kotlin-native")
    assert (found.report.error_type, found.report.error_value) == ("kotlin.IllegalStateException", "no zone")
    assert functions(found)[2:] == ["com.shop.Zones.pick", "com.shop.start", "start"]
    assert (found.report.traces[0].frames[2].file, found.report.traces[0].frames[2].line) == ("/src/Zones.kt", 4)
    assert functions(prefixed(TEXT, "kotlin-native"))[2] == "com.shop.Zones.pick"


def test_the_key_and_who_is_to_blame():
    assert triage.loads(TEXT).events()["culprit"].iloc[0].startswith("com.shop.Zones.pick")
    assert signature(TEXT) == signature(TEXT.replace("0x1029", "0x1055").replace("+ 227", "+ 251")) != ""
    assert signature(TEXT) != signature(TEXT.replace("#pick(", "#drop("))


def test_causes():
    report = one(f"{TEXT}\n{TEXT.replace('Uncaught Kotlin exception', 'Caused by')}", "kotlin-native").report
    assert [trace.role for trace in report.traces] == ["crash", "cause"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*TEXT.splitlines(), "Caused by: x", "", "x"]), max_size=40))
def test_lines_in_any_order_are_scanned(lines):
    for found in reports("\n".join(lines), "kotlin-native"):
        assert 1 <= found.first <= found.last <= len(lines)


@pytest.mark.parametrize("line", [TEXT, "Uncaught Kotlin exception: a.B"])
def test_time_is_linear(line):
    scan_grows(line, "kotlin-native")
