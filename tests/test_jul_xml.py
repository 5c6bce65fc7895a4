"""Records of java.util.logging as XML, written by hand by its DTD."""

from __future__ import annotations

import pytest

import triage
from tests.scanned import functions, one, reports, scan_grows
from triage.stacks import signature

TEXT = """\
<record>
  <date>2026-01-26T01:25:59.732284Z</date>
  <logger>shop.Cart</logger>
  <level>SEVERE</level>
  <message>Unhandled</message>
  <exception>
    <message>shop.RateException: no rate &lt;386&gt;</message>
    <frame>
      <class>shop.Rates</class>
      <method>&lt;init&gt;</method>
      <line>26</line>
    </frame>
    <frame>
      <class>shop.Cart</class>
      <method>total</method>
    </frame>
  </exception>
</record>"""
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<!DOCTYPE log SYSTEM "logger.dtd">\n<log>\n'


def test_a_record_with_an_exception() -> None:
    found = one(HEAD + TEXT + "\n</log>", "jul-xml")
    assert (found.first, found.last) == (4, 21)
    assert (found.report.error_type, found.report.error_value) == ("shop.RateException", "no rate <386>")
    assert functions(found) == ["shop.Rates.<init>", "shop.Cart.total"]
    (event,) = triage.loads(HEAD + TEXT).events().to_dict("records")
    assert (event["culprit"], str(event["ts"])) == ("shop.Rates.<init>", "2026-01-26 01:25:59.732284+00:00")


def test_what_counts() -> None:
    other = TEXT.replace("386", "7").replace(">26<", ">29<")
    assert signature(TEXT) == signature(other) != signature(TEXT.replace("shop.Rates", "shop.Prices"))


@pytest.mark.parametrize(
    "text",
    [
        "<exception>\n  <message>shop.E</message>\n</exception>",
        "<exception>\n  no rate\n</exception>",
        TEXT.replace("<frame>", "<row>"),
    ],
)
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "jul-xml")


@pytest.mark.parametrize("text", [TEXT, TEXT.split("\n")[5], TEXT.split("\n")[8]])
def test_time_is_linear(text: str) -> None:
    scan_grows(text, "jul-xml")
