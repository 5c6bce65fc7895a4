"""Internal errors of GCC, written by hand in the forms of its versions 9 to 14."""

from __future__ import annotations

import pytest

import triage
from tests.scanned import functions, reports, scan_grows, surrounded
from triage.stacks import signature

TEXT = """\
during GIMPLE pass: vrp
shop.cc: In function 'int pay(int)':
shop.cc:7:12: internal compiler error: in fold_rate, at gimple-shop.cc:216
    7 |   return rate(x);
      |          ~~~~^~~
0xae72b8 fold_rate
\t../../gcc-13.2.0/gcc/gimple-shop.cc:216
0xb08b02 fold_all(tree_node*, bool)
\t../../gcc-13.2.0/gcc/gimple-shop.cc:48
0xb08b03 ???
\t../csu/libc-start.c:308
Please submit a full bug report, with preprocessed source (by using -freport-bug).
Please include the complete backtrace with any bug report.
See <https://gcc.gnu.org/bugs/> for instructions."""
CRASH = TEXT.replace("in fold_rate, at gimple-shop.cc:216", "Segmentation fault").replace(
    "0xae72b8 fold_rate", "0xae0000 crash_signal\n\t../../gcc-13.2.0/gcc/toplev.cc:314\n0xae72b8 fold_rate"
)


def test_an_error_with_its_stack() -> None:
    found = surrounded("\n".join(TEXT.split("\n")[2:]), "gcc")
    assert found.report.error_value == "in fold_rate"
    assert functions(found) == ["fold_rate", "fold_all", None]
    assert triage.loads(TEXT).events()["culprit"].tolist() == ["fold_rate (gimple-shop.cc:216)"]


def test_a_signal_is_told_by_what_it_hit() -> None:
    assert triage.loads(CRASH).events()["culprit"].tolist() == ["fold_rate (gimple-shop.cc:216)"]


def test_what_counts() -> None:
    other = TEXT.replace("shop.cc:7:12", "cart.cc:9:1").replace(":216", ":230").replace("0xb08", "0xc08")
    assert signature(TEXT) == signature(other) != signature(TEXT.replace("fold_rate", "fold_sum"))


@pytest.mark.parametrize("text", ["a.c:1:1: internal compiler error: no", "a.c:1:1: error: internal compiler error"])
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "gcc")


@pytest.mark.parametrize("text", [TEXT, TEXT.split("\n")[2]])
def test_time_is_linear(text: str) -> None:
    scan_grows(text, "gcc")
