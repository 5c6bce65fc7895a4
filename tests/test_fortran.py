"""Runtime errors of gfortran and of Intel's compilers, written by hand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import triage
from tests.scanned import functions, one, prefixed, reports, scan_grows, surrounded
from triage.stacks import signature

SIGNAL = """Program received signal SIGSEGV: Segmentation fault - invalid memory reference.

Backtrace for this error:
#0  0x7f3a1c2d3d01 in ???
#1  0x55d0a0b0c1a9 in __cart_MOD_pay
\tat /home/x/shop.f90:12
#2  0x55d0a0b0c2a9 in MAIN__
\tat /home/x/shop.f90:3"""
ERROR = """At line 12 of file shop.f90
Fortran runtime error: Index '5' of dimension 1 of array 'rates' above upper bound of 3

Error termination. Backtrace:
#0  0x55d0a0b0c1a9 in pay_ at shop.f90:12
#1  0x55d0a0b0c2a9 in main"""
INTEL = """forrtl: severe (174): SIGSEGV, segmentation fault occurred
Image              PC                Routine            Line        Source
shop               0000000000404F5B  cart_mp_pay_               12  shop.f90
shop               0000000000402A1E  MAIN__                      3  shop.f90
libc-2.31.so       00007F8B3B3B3083  __libc_start_main     Unknown  Unknown"""


@pytest.mark.parametrize(("text", "kind", "error", "names"), [
    (SIGNAL, "crash", "SIGSEGV", [None, "cart::pay", "MAIN__"]),
    (ERROR, "exception", "Fortran runtime error", ["pay", "main"]),
    (INTEL, "crash", "SIGSEGV", ["cart::pay", "MAIN__", "__libc_start_main"]),
])  # fmt: skip
def test_each_runtime(text, kind, error, names):
    for found in (surrounded(text, "fortran"), prefixed(text, "fortran")):
        assert (found.report.kind, found.report.error_type, functions(found)) == (kind, error, names)
    pay = next(frame for frame in found.report.traces[0].frames if (frame.function or "").endswith("pay"))
    assert (pay.line, (pay.file or "").rpartition("/")[2]) == (12, "shop.f90")
    (event,) = triage.loads(f"{text}\nSegmentation fault (core dumped)").events().to_dict("records")
    assert event["culprit"].endswith("pay (shop.f90:12)")


def test_clones_of_a_procedure_are_the_procedure():
    plain = signature(SIGNAL)
    assert (
        plain
        == signature(SIGNAL.replace("_pay", "_pay.constprop.0"))
        == signature(SIGNAL.replace("_pay", "_pay.isra.1"))
    )
    body = SIGNAL.replace("_pay", "_pay._omp_fn.0")
    assert signature(body) == signature(SIGNAL.replace("_pay", "_pay._omp_fn.3")) != plain
    assert functions(one(body, "fortran"))[1] == "cart::pay._omp_fn.0"


def test_the_place_stands_for_a_stack_that_is_not_there():
    report = one(
        "At line 12 of file shop.f90 (unit = 10, file = 'a')\nFortran runtime error: End of file", "fortran"
    ).report
    assert (report.error_value, report.first, report.end) == ("End of file", -1, 1)
    assert [(frame.file, frame.line) for frame in report.traces[0].frames] == [("shop.f90", 12)]
    other = one("forrtl: severe (24): end-of-file during read, unit 10, file /srv/a", "fortran").report
    assert (other.error_type, other.error_code, other.kind) == ("forrtl 24", 24, "exception")
    stop = one("ERROR STOP 3\n\nError termination. Backtrace:\n#0  0x55d0 in main", "fortran").report
    assert (stop.error_type, stop.error_value) == ("ERROR STOP", "3")


@pytest.mark.parametrize("text", [
    "Program received signal SIGSEGV, Segmentation fault.", "Backtrace for this error:", "ERROR STOP", "forrtl: x",
])  # fmt: skip
def test_what_is_no_report(text):
    assert not reports(text, "fortran")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from([*[*SIGNAL.split("\n"), *ERROR.split("\n"), *INTEL.split("\n")], "", "x"])
        | st.text(max_size=60),
        max_size=40,
    )
)
def test_lines_in_any_order_are_scanned(lines):
    lines = [line.replace("\n", " ") for line in lines]
    last = 0
    for found in reports("\n".join(lines), "fortran"):
        assert last < found.first <= found.last <= len(lines)
        last = found.last


@pytest.mark.parametrize(
    "text",
    [
        SIGNAL,
        ERROR,
        INTEL,
        "Backtrace for this error:\n#0  0x1 in ???",
        "Fortran runtime error: x",
        "ERROR STOP\n",
        INTEL.split("\n", maxsplit=1)[0],
    ],
)
def test_time_is_linear(text):
    scan_grows(text, "fortran")
