"""Tracebacks of Starlark, written by hand in the forms of Bazel 4 to 7 and of Tilt."""

from __future__ import annotations

import pytest

import triage
from tests.scanned import functions, one, reports, scan_grows
from triage.stacks import signature

TEXT = """\
ERROR: /src/shop/BUILD.bazel:27:12: in shop_library rule //shop:lib:
Traceback (most recent call last):
\tFile "/src/shop/cart.bzl", line 134, column 34, in _cart_impl
\t\ttotal(ctx, attr)
\tFile "/src/shop/price.bzl", line 41, column 9, in parse
\t\tfail("no rate")
Error in fail: no rate for slot 386"""
GO = """\
Traceback (most recent call last):
  /src/Tiltfile:12:5: in <toplevel>
  /src/shop.star:3:7: in parse
  <builtin>: in fail
Error in fail: no rate"""


def test_a_rule_of_bazel() -> None:
    found = one("INFO: Analyzed\n" + TEXT + "\nERROR: Analysis of target '//shop:lib' failed", "starlark")
    assert (found.first, found.last) == (2, 8)
    assert (found.report.error_type, found.report.error_value) == ("Error in fail", "no rate for slot 386")
    assert functions(found) == ["parse", "_cart_impl"]
    assert triage.loads(TEXT).events()["culprit"].tolist() == ["parse (price.bzl:41)"]


def test_what_is_written_in_go() -> None:
    assert functions(one(GO, "starlark"))[-2:] == ["parse", "<toplevel>"]
    assert triage.loads(GO).events()["culprit"].tolist() == ["parse (shop.star:3)"]


def test_what_counts() -> None:
    other = TEXT.replace("386", "7").replace("line 41", "line 45").replace("/src/", "/home/ana/")
    assert signature(TEXT) == signature(other) != signature(TEXT.replace("in parse", "in scan"))


@pytest.mark.parametrize(
    "text",
    [
        'Traceback (most recent call last):\n  File "/a/BUILD", line 3, in f\n    g()\nError: x',
        '  File "/a/b.bzl", line 3, column 1, in f',
    ],
)
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "starlark")


@pytest.mark.parametrize("text", [TEXT, GO, TEXT.split("\n")[2]])
def test_time_is_linear(text: str) -> None:
    scan_grows(text, "starlark")
