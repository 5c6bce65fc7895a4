"""Backtraces of Emacs Lisp, written by hand in the forms of Emacs 26 to 30."""

from __future__ import annotations

import pytest

import triage
from tests.scanned import functions, one, reports, scan_grows, surrounded
from triage.stacks import signature

TEXT = """\
Debugger entered--Lisp error: (wrong-type-argument number-or-marker-p nil)
  +(nil 507)
  shop-parse(83427 "rate
of today")
  (let ((x 1)) (shop-parse x))
  #f(compiled-function () #<bytecode 0x1>)()
  shop-total(83427)
  funcall-interactively(shop-total 83427)
  command-execute(shop-total)"""
BATCH = """\
Error: wrong-type-argument (number-or-marker-p nil)
  mapbacktrace(#f(compiled-function (evald func args flags) #<bytecode -0x4e>))
  debug-early-backtrace()
  debug-early(error (wrong-type-argument number-or-marker-p nil))
  +(nil 507)
  shop-parse(83427)
  shop-total(83427)"""


def test_the_debugger() -> None:
    found = surrounded(TEXT.replace("\nof today", " of today"), "emacs")
    assert (found.report.error_type, found.report.error_value) == ("wrong-type-argument", "number-or-marker-p nil")
    assert functions(found)[:5] == ["+", "shop-parse", "<form>", "<lambda>", "shop-total"]
    assert triage.loads(TEXT).events()["culprit"].tolist() == ["shop-parse"]


def test_batch_mode() -> None:
    found = surrounded(BATCH, "emacs")
    assert found.report.error_type == "wrong-type-argument"
    assert signature(BATCH) == signature(BATCH.replace("83427", "1"))
    assert triage.loads(BATCH).events()["culprit"].tolist() == ["shop-parse"]


def test_what_was_asked_for() -> None:
    assert one("Debugger entered--returning value: 3\n  shop-parse(3)", "emacs").report.error_type == "error"


def test_what_counts() -> None:
    other = TEXT.replace("83427", "7").replace("0x1>", "0x9>")
    assert signature(TEXT) == signature(other) != signature(TEXT.replace("shop-parse", "shop-scan"))


@pytest.mark.parametrize("text", ["Debugger entered--Lisp error: (x)\nand", "he wrote debug-early-backtrace() there"])
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "emacs")


@pytest.mark.parametrize("text", [TEXT, BATCH, TEXT.split("\n", maxsplit=1)[0]])
def test_time_is_linear(text: str) -> None:
    scan_grows(text, "emacs")
