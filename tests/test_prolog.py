"""Errors of SWI-Prolog, written by hand in the forms of versions 8 and 9."""

from __future__ import annotations

import pytest

from tests.growth import grows_evenly
from tests.scanned import functions, one, reports, scan_grows, surrounded
from triage.formats.traces.scanning import scan
from triage.stacks import signature

TEXT = """\
ERROR: -g main: Arithmetic: evaluation error: zero_divisor
ERROR: In:
ERROR:   [13] pay_cart(3182,_8259) at /src/shop.pl:413
ERROR:   [12] shop:sum_cart([1,2|...],f(x)) at /src/shop.pl:320
ERROR:   [11] run_shop at /src/shop.pl:743
ERROR:   [10] '$compile' at /usr/lib/swi-prolog/boot/init.pl:3
ERROR:    [7] catch(user:main,error(_,_),true) at /usr/lib/swi-prolog/boot/init.pl:560
ERROR:    [6] <meta call>
ERROR: Note: some frames are missing due to last-call optimization."""


def test_an_error() -> None:
    found = surrounded(TEXT, "prolog")
    assert functions(found) == ["pay_cart", "shop:sum_cart", "run_shop", "'$compile'", "catch", None]
    report = found.report
    assert (report.error_type, report.error_value) == (
        "evaluation error",
        "Arithmetic: evaluation error: zero_divisor",
    )
    assert (report.traces[0].frames[0].args, report.traces[0].frames[0].line) == ("3182,_8259", 413)


def test_terms_and_places_do_not_count() -> None:
    other = (
        TEXT.replace("3182,_8259", "7,_12")
        .replace(":413", ":420")
        .replace("/src/", "/home/a/")
        .replace("-g main: ", "")
    )
    assert signature(other) == signature(TEXT) != signature(TEXT.replace("pay_cart", "add_cart"))


def test_a_warning_and_a_place_above() -> None:
    text = TEXT.replace("ERROR: -g main: A", "ERROR: /src/shop.pl:9:\nERROR: A").replace("ERROR:", "Warning:")
    assert (one(text, "prolog").first, functions(one(text, "prolog"))[0]) == (1, "pay_cart")


def test_behind_the_times_of_a_runner() -> None:
    told = "\n".join(f"2026-08-10T19:36:26.009632{at}Z {line}" for at, line in enumerate(TEXT.split("\n")))
    assert signature(told) == signature(TEXT)


@pytest.mark.parametrize(
    "text", ["ERROR: In:", "ERROR: x\nERROR: In:\nERROR: [3] x", "x\nERROR: In:\nERROR:   [3] <meta call>"]
)
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "prolog")


def test_time_grows_with_the_text() -> None:
    scan_grows(TEXT, "prolog")


def test_blanks_in_a_line_take_time_in_proportion() -> None:
    def make(size: int) -> list[str]:
        return TEXT.replace("evaluation ", "evaluation" + " " * size, 1).split("\n")

    grows_evenly(lambda lines: list(scan(enumerate(lines), only="prolog")), make, 4_000, enlarged=1)
