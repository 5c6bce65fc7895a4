"""Errors of CMake projects, written by hand in the form of CMake 3 and 4."""

from __future__ import annotations

import pytest

import triage
from tests.scanned import functions, one, reports, scan_grows
from triage.stacks import signature

TEXT = """\
CMake Error at cmake/price.cmake:27 (message):
  no rate for slot 386

  see the manual
Call Stack (most recent call first):
  cmake/cart.cmake:142 (parse_rate)
  cmake/cart.cmake:90 (cart_total)
  CMakeLists.txt:12 (include)"""


def test_an_error_with_its_calls() -> None:
    found = one("-- Detecting CXX\n" + TEXT + "\n\n\n-- Configuring incomplete, errors occurred!", "cmake")
    assert (found.first, found.last) == (2, 9)
    assert (found.report.error_type, found.report.error_value) == (
        "CMake Error",
        "no rate for slot 386\n\nsee the manual",
    )
    assert functions(found) == ["parse_rate", "cart_total", None, None]
    assert triage.loads(TEXT).events()["culprit"].tolist() == ["parse_rate (price.cmake:27)"]


def test_an_error_of_a_list_file_alone() -> None:
    found = one("CMake Error at CMakeLists.txt:3 (find_package):\n  Could not find Rates\n\n\n-- done", "cmake")
    assert found.report.error_value == "Could not find Rates"
    assert functions(found) == [None]


def test_what_counts() -> None:
    other = TEXT.replace("386", "7").replace(":27", ":29").replace(":142", ":150")
    assert signature(TEXT) == signature(other) != signature(TEXT.replace("parse_rate", "scan_rate"))


@pytest.mark.parametrize(
    "text",
    ["CMake Error at the end", "CMake Error: no CMakeLists.txt", TEXT.partition("Call")[2], "see CMake Error at a:3"],
)
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "cmake")


@pytest.mark.parametrize("text", [TEXT, TEXT.split("\n", maxsplit=1)[0], TEXT.split("\n")[5]])
def test_time_is_linear(text: str) -> None:
    scan_grows(text, "cmake")
