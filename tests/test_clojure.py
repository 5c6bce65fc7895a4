"""Exceptions as `clojure.stacktrace` prints them, written by hand in the forms of Clojure 1.8 to 1.11."""

from __future__ import annotations

import pytest

import triage
from tests.scanned import functions, reports, scan_grows, surrounded
from triage.stacks import signature

TEXT = """\
clojure.lang.ExceptionInfo: bad rate
{:id 987}
 at shop.price$parse.invokeStatic (price.clj:28)
    shop.price$parse.invoke (price.clj:27)
    shop.cart$total$fn__1951.invoke (cart.clj:9)
    clojure.core$map$fn__5851.invoke (core.clj:2755)
    java.lang.Thread.run (Thread.java:833)
Caused by: java.lang.NullPointerException: null
 at shop.rate$look_up.invokeStatic (rate.clj:3)
    shop.rate$look_up.invoke (NO_SOURCE_FILE:1)"""


def test_a_chain() -> None:
    found = surrounded(TEXT, "clojure")
    assert (found.report.error_type, found.report.error_value) == ("clojure.lang.ExceptionInfo", "bad rate\n{:id 987}")
    assert functions(found)[:2] == ["shop.price$parse.invokeStatic", "shop.price$parse.invoke"]
    assert [(t.error_type, t.role) for t in found.report.traces[1:]] == [("java.lang.NullPointerException", "cause")]
    (culprit,) = triage.loads(TEXT).events()["culprit"]
    assert "shop.price$parse" in culprit
    assert "shop.rate$look_up" in culprit


def test_what_counts() -> None:
    other = TEXT.replace("987", "1").replace("fn__1951", "fn__77").replace("clj:28", "clj:31")
    assert signature(TEXT) == signature(other) != signature(TEXT.replace("look_up", "find"))


@pytest.mark.parametrize(
    "text", ["called a.b$c.invoke (d.clj:1)", " at a.b$c.invoke (d.clj:1)", "a.B: x\n\tat a.b$c.invoke(d.clj:1)"]
)
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "clojure")


@pytest.mark.parametrize("text", [TEXT, TEXT.split("\n")[2]])
def test_time_is_linear(text: str) -> None:
    scan_grows(text, "clojure")
