"""Julia's errors, written by hand in the forms of Julia 1.0 to 1.11."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scanned import functions, one, prefixed, reports, scan_grows, surrounded, text_lines

TEXT = """ERROR: LoadError: BoundsError: attempt to access 2-element Vector{Int64} at index [3]
Stacktrace:
 [1] getindex(A::Vector{Int64}, i1::Int64)
   @ Base ./essentials.jl:13 [inlined]
 [2] pay(x::Int64)
   @ Main ~/shop/shop.jl:3
 ... (repeats 5 times)
 [3] top-level scope at /srv/shop/shop.jl:9
in expression starting at /srv/shop/shop.jl:9

caused by: KeyError: key "XTS" not found
Stacktrace:
 [1] getindex(h::Dict{String, Int64}, key::String)
   @ Base ./dict.jl:477
"""


def test_error_between_log_lines():
    found = surrounded(TEXT, "julia")
    assert (found.report.error_type, found.first) == ("BoundsError", 3)
    rows = [(frame.frame_kind, frame.function, frame.module, frame.line) for frame in found.report.traces[0].frames]
    assert rows == [
        ("frame", "getindex", "Base", 13),
        *[("frame", "pay", "Main", 3)] * 3,
        ("repeated", "pay", "Main", 3),
        ("frame", "top-level scope", None, 9),
    ]
    cause = found.report.traces[1]
    assert (cause.role, cause.error_type, cause.frames[0].line) == ("cause", "KeyError", 477)
    assert text_lines(found)[:2] == [5, 7]
    assert functions(prefixed("\n".join(TEXT.split("\n")[1:9]), "julia"))[0] == "getindex"


def test_the_error_is_told_behind_a_time_as_well():
    def behind(prefix):
        return one("\n".join(prefix + line for line in TEXT.split("\n")), "julia").report

    report = behind("2026-01-26T01:25:59.1234567Z ")
    assert (report.error_type, report.traces) == ("BoundsError", behind("").traces)
    unsaid = one("2026-01-26T01:25:59Z failed\n" + TEXT.partition("\n")[2], "julia").report
    assert (unsaid.kind, unsaid.error_type) == ("dump", None)


def test_what_the_system_image_holds_is_base():
    report = one(
        "ERROR: x\nStacktrace:\n [1] map\n   @ ./abstractarray.jl:3 [inlined]\n [2] f()\n   @ M a.jl:1", "julia"
    ).report
    assert [frame.module for frame in report.traces[0].frames] == ["Base", "M"]


def test_what_failed_in_a_task_is_the_error():
    text = """ERROR: LoadError: TaskFailedException

    nested task error: DomainError with -1.0:
    sqrt was called with a negative real argument
    Stacktrace:
     [1] throw_complex_domainerror(f::Symbol, x::Float64)
       @ Base.Math ./math.jl:33
     [2] radius(x::Float64)
       @ Main ~/a.jl:3
Stacktrace:
 [1] wait
   @ ./task.jl:352 [inlined]
"""
    report = one(text, "julia").report
    assert [trace.role for trace in report.traces] == ["crash", "other"]
    assert report.error_type == "DomainError"
    assert report.error_value == "with -1.0:\n    sqrt was called with a negative real argument"


def test_damaged_and_other_texts():
    lost = one("\n".join(TEXT.split("\n")[1:5]), "julia").report
    assert (lost.complete, lost.error_type, len(lost.traces[0].frames)) == (False, None, 2)
    assert not reports("Stacktrace:\n  at a.B.c(B.java:3)\nERROR: nothing\nStacktrace: [1] none", "julia")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*TEXT.splitlines(), "", "x"]), max_size=60))
def test_lines_in_any_order_are_scanned(lines):
    for found in reports("\n".join(lines), "julia"):
        assert 1 <= found.first <= found.last <= len(lines)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_scanned(text):
    reports(TEXT + text + "\n" + TEXT, "julia")


@pytest.mark.parametrize(
    "line", ["Stacktrace:", "Stacktrace:\n [1] f(x)\n   @ M a.jl:1", "caused by: x\nStacktrace:\n [1] f(x)"]
)
def test_time_is_linear(line):
    scan_grows(line, "julia")
