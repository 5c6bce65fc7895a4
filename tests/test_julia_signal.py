"""Signals that ended Julia, written by hand in the forms of Julia 1.0 to 1.11."""

from __future__ import annotations

import pytest

from tests.growth import grows_evenly
from tests.scanned import functions, one, prefixed, reports, scan_grows, surrounded
from triage.formats.traces.scanning import scan
from triage.stacks import signature

TEXT = """\
[29682] signal (11.1): Segmentation fault
in expression starting at /src/run.jl:556
pay_cart at /src/deps/shop.c:268
run_shop at /src/Shop.jl:609
unknown function (ip: 0x7f2f5fd65df3)
_jl_invoke at /cache/julia/src/gf.c:2894 [inlined]
ijl_apply_generic at /cache/julia/src/gf.c:3077
open_shop at /src/Shop.jl:775
true_main at /cache/julia/src/jlapi.c:582
main at julia (unknown line)
Allocations: 7151 (Pool: 1968; Big: 0); GC: 1"""
WINDOWS = """\
Please submit a bug report with steps to reproduce this fault, and any error messages that follow.
Exception: EXCEPTION_ACCESS_VIOLATION at 0x6bf95a34 -- pay_cart at C:\\src\\shop.c:268
in expression starting at C:\\src\\run.jl:5
pay_cart at C:\\src\\shop.c:268
run_shop at C:\\src\\Shop.jl:609"""


def test_a_signal() -> None:
    found = surrounded(TEXT, "julia-signal")
    assert functions(found)[:4] == ["pay_cart", "run_shop", None, "_jl_invoke"]
    assert (found.report.signal, found.report.process_id) == ("SIGSEGV", 29682)
    frames = found.report.traces[0].frames
    assert [(frames[0].language, frames[1].language), frames[-1].module] == [("c", "julia"), "julia"]
    prefixed(TEXT, "julia-signal")


@pytest.mark.parametrize("head", ["signal (11): ", "[7] signal (11): ", "[7] signal 11 (1): "])
def test_heads_of_other_versions(head: str) -> None:
    text = TEXT.replace("[29682] signal (11.1): ", head).replace(":268", ":301").replace("0x7f2f", "0x7fa0")
    assert signature(text) == signature(TEXT) != ""


def test_the_runtime_is_not_what_failed() -> None:
    assert signature(TEXT) != signature(TEXT.replace("pay_cart", "add_cart"))
    assert signature(TEXT) != signature(TEXT.replace("open_shop", "close_shop"))
    assert signature(TEXT) == signature(TEXT.replace("ijl_apply_generic", "jl_apply_generic"))


def test_an_exception_of_windows() -> None:
    found = one(WINDOWS, "julia-signal")
    assert (found.report.error_type, functions(found)[0]) == ("EXCEPTION_ACCESS_VIOLATION", "pay_cart")


@pytest.mark.parametrize(
    "text",
    [
        "in expression starting at /src/run.jl:556",
        "signal (11): Segmentation fault\nin expression starting at /src/run.jl:556",
        "ended by signal (11)\nin expression starting at /src/run.jl:556\nf at a.c:3",
    ],
)
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "julia-signal")


def test_time_grows_with_the_text() -> None:
    scan_grows(TEXT, "julia-signal")


def test_blanks_in_a_line_take_time_in_proportion() -> None:
    def make(size: int) -> list[str]:
        return TEXT.replace("at ", "at" + " " * size, 1).split("\n")

    grows_evenly(lambda lines: list(scan(enumerate(lines), only="julia-signal")), make, 4_000, enlarged=1)
