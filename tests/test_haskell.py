"""GHC's errors with call stacks, written by hand in the forms of GHC 8 to 9."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scanned import functions, one, prefixed, reports, scan_grows, surrounded, text_lines

TEXT = """shop: no rate for XTS
of two lines
CallStack (from HasCallStack):
  error, called at src/Rates.hs:12:5 in shop-0.1-inplace:Shop.Rates
  convert, called at app/Main.hs:9:3 in main:Main
CallStack (from -prof):
  Shop.Rates.convert (src/Rates.hs:(12,1)-(14,20))
  Main.CAF (<entire-module>:0)
"""


def test_error_between_log_lines():
    found = surrounded("\n".join(TEXT.split("\n")[:7]), "haskell")
    assert (found.report.error_type, found.report.error_value) == ("error", "no rate for XTS\nof two lines")
    assert (functions(found), text_lines(found)) == (["error", "convert", None], [6, 7, 7])
    assert [trace.role for trace in found.report.traces] == ["crash", "other"]
    assert found.report.process == "shop"
    places = [(frame.module, frame.file, frame.line) for frame in found.report.traces[0].frames]
    assert places == [(None, None, None), ("Shop.Rates", "src/Rates.hs", 12), ("Main", "app/Main.hs", 9)]
    assert functions(prefixed("\n".join(TEXT.split("\n")[:5]), "haskell")) == ["error", "convert", None]


def test_damaged_and_other_texts():
    lost = one("\n".join(TEXT.split("\n")[2:5]), "haskell").report
    assert (lost.complete, len(lost.traces[0].frames)) == (False, 3)
    assert not reports("CallStack (from HasCallStack): see the manual\n  error, called at noon", "haskell")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*TEXT.splitlines(), "", "x"]), max_size=60))
def test_lines_in_any_order_are_scanned(lines):
    for found in reports("\n".join(lines), "haskell"):
        assert 1 <= found.first <= found.last <= len(lines)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_scanned(text):
    reports(TEXT + text + "\n" + TEXT, "haskell")


@pytest.mark.parametrize(
    "line",
    [
        "CallStack (from HasCallStack):",
        "x: y\nCallStack (from HasCallStack):\n  error, called at a.hs:1:1 in main:Main",
    ],
)
def test_time_is_linear(line):
    scan_grows(line, "haskell")


@pytest.mark.parametrize(
    ("centre", "name"),
    [
        ("Main.pay (app/Main.hs:(7,1)-(11,20))", "pay"),
        ("Main.pay.go (app/Main.hs:9:1-40)", "pay.go"),
        ("Main.other (app/Main.hs:(10,1)-(11,20))", None),
        ("Main.other (app/Other.hs:(7,1)-(11,20))", None),
    ],
)
def test_the_cost_centre_around_the_last_place_names_its_function(centre, name):
    lines = TEXT.split("\n")
    text = "\n".join([*lines[:7], f"  {centre}", "  Main.main (app/Main.hs:(1,1)-(40,2))"])
    assert functions(one(text, "haskell"))[:2] == ["error", "convert"]
    assert functions(one(text, "haskell"))[2] == (name or "main")
    assert functions(one("\n".join([*lines[:7], f"  {centre}"]), "haskell"))[2] == name
