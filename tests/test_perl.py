"""Perl errors with Carp's calls, written by hand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scanned import functions, one, prefixed, reports, scan_grows, surrounded, text_lines

TEXT = """no rate for XTS at /srv/shop/Rates.pm line 12, <STDIN> line 3.
\tShop::Rates::convert(8, 'XTS') called at /srv/shop/Checkout.pm line 40
\teval {...} called at /srv/shop/Checkout.pm line 39
\tShop::Checkout::pay() called at shop.pl line 7
"""


def test_error_between_log_lines():
    found = surrounded(TEXT, "perl")
    assert (found.report.error_type, found.report.error_value) == ("die", "no rate for XTS")
    rows = [(frame.function, frame.file, frame.line) for frame in found.report.traces[0].frames]
    assert rows == [
        ("Shop::Rates::convert", "/srv/shop/Rates.pm", 12),
        ("eval {...}", "/srv/shop/Checkout.pm", 40),
        ("Shop::Checkout::pay", "/srv/shop/Checkout.pm", 39),
        (None, "shop.pl", 7),
    ]
    assert text_lines(found)[0] == 4
    assert functions(prefixed(TEXT, "perl"))[0] == "Shop::Rates::convert"


def test_damaged_and_other_texts():
    lost = one("\n".join(TEXT.split("\n")[1:]), "perl").report
    assert (lost.complete, lost.kind, len(lost.traces[0].frames)) == (False, "dump", 4)
    assert not reports("error, called at a.hs:1:1 in main:Main\nthe function is called at start line 3", "perl")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*TEXT.splitlines(), "", "x"]), max_size=60))
def test_lines_in_any_order_are_scanned(lines):
    for found in reports("\n".join(lines), "perl"):
        assert 1 <= found.first <= found.last <= len(lines)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_scanned(text):
    reports(TEXT + text + "\n" + TEXT, "perl")


@pytest.mark.parametrize(
    "line", ["\tmain::f(1) called at a.pl line 1", "x at a.pl line 1.\n\tmain::f(1) called at a.pl line 1"]
)
def test_time_is_linear(line):
    scan_grows(line, "perl")
