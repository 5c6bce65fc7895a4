"""Exceptions of Clojure as data, written by hand in the forms of its printer and of `clojure.main`."""

from __future__ import annotations

import pytest

import triage
from tests.scanned import functions, one, reports, scan_grows
from triage.stacks import signature

TEXT = """\
#error {
 :cause "no rate 386"
 :data {:slot 386}
 :via
 [{:type shop.CartException
   :message "cart \\"a\\""
   :at [shop.cart$total invokeStatic "cart.clj" 19]}
  {:type clojure.lang.ExceptionInfo
   :message "no rate 386"
   :data {:slot 386}
   :at [shop.rates$parse invokeStatic "rates.clj" 26]}]
 :trace
 [[shop.rates$parse invokeStatic "rates.clj" 26]
  [shop.rates$parse invoke "rates.clj" 24]
  [shop.cart$total invokeStatic "cart.clj" 12]
  [shop.cart$pay$fn__3192 invoke "cart.clj" 40]
  [java.lang.Thread run "Thread.java" 833]]}"""


def test_a_chain() -> None:
    found = one("user=> (pay)\n" + TEXT + "\nuser=> ", "clojure-data")
    assert (found.first, found.last) == (2, 18)
    outer, cause = found.report.traces
    assert (outer.error_type, outer.error_value) == ("shop.CartException", 'cart "a"')
    assert functions(found) == [
        "shop.cart$total.invokeStatic",
        "shop.cart$pay$fn__3192.invoke",
        "java.lang.Thread.run",
    ]
    assert (cause.error_type, cause.error_value, cause.role) == ("clojure.lang.ExceptionInfo", "no rate 386", "cause")
    assert len(cause.frames) == 5


def test_the_file_of_clojure_main() -> None:
    text = (
        '{:clojure.main/message\n "Execution error",\n :clojure.main/trace\n {:via\n  [{:type shop.E,\n'
        '    :message "no rate",\n    :at [shop.rates$parse invokeStatic "rates.clj" 26]}],\n  :trace\n'
        '  [[shop.rates$parse invokeStatic "rates.clj" 26]\n   [shop.rates$run invoke "rates.clj" 2]],\n'
        '  :cause "no rate"}}\n'
    )
    (event,) = triage.loads(text).events().to_dict("records")
    assert (event["error_type"], event["error_value"]) == ("shop.E", "no rate")


def test_what_counts() -> None:
    other = TEXT.replace("386", "7").replace("26]", "29]").replace("fn__3192", "fn__77")
    assert signature(TEXT) == signature(other) != signature(TEXT.replace("rates$parse", "rates$scan"))


@pytest.mark.parametrize(
    "text",
    [
        '{:trace\n [[a b "c" 1]]}',
        "#error {\n :cause nil\n :trace\n []}",
        "#error {\n :via\n [{:type a.B}]\n :trace\n []",
    ],
)
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "clojure-data")


@pytest.mark.parametrize("text", [TEXT, TEXT.split("\n", maxsplit=1)[0], TEXT.split("\n")[11], TEXT.split("\n")[13]])
def test_time_is_linear(text: str) -> None:
    scan_grows(text, "clojure-data")
