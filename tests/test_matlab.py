"""Errors of MATLAB and Octave, written by hand in their forms."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scanned import functions, one, reports, scan_grows, surrounded
from triage.stacks import signature

BARE = """Index exceeds the number of array elements. Index must not exceed 12.

Error in blend>edges (line 38)
    w = weights(k+1);

Error in Stitcher/pair (line 71)
    out = blend(a, b, weights);

Error in stitch (line 22)
    pano = pair(pano, im);"""
USING = """Error using horzcat
Dimensions of arrays being concatenated are not consistent.

Error in loadTable (line 9)
    t = [a, b];"""
OCTAVE = """error: solve: nonconformant arguments (op1 is 1x3, op2 is 1x4)
error: called from
    solve at line 12 column 5
    run_all at line 3 column 1"""


def test_a_message_without_a_name():
    found = surrounded(BARE, "matlab")
    assert functions(found) == ["edges", "Stitcher/pair", "stitch"]
    assert found.report.error_type == "Index exceeds the number of array elements"
    assert found.report.traces[0].frames[0].line == 38
    assert one(f">> stitch('pano')\n{BARE}", "matlab").first == 2


def test_the_lines_of_others_above_a_message_are_none_of_it():
    logged = "\n".join(f"web-1  | {line}" for line in ["listening on 0.0.0.0:80", *BARE.split("\n")])
    assert signature(logged) == signature(BARE) != signature(f"listening on 0.0.0.0:80\n{BARE}")


def test_who_raised_it_and_octave():
    using, octave = surrounded(USING, "matlab"), surrounded(OCTAVE, "matlab")
    assert (functions(using), functions(octave)) == (["horzcat", "loadTable"], ["solve", "run_all"])
    assert octave.report.error_value == "solve: nonconformant arguments (op1 is 1x3, op2 is 1x4)"


def test_lines_do_not_matter_and_functions_do():
    assert signature(BARE) == signature(BARE.replace("line 38", "line 41").replace("exceed 12", "exceed 3")) != ""
    assert signature(BARE) != signature(BARE.replace("blend>edges", "blend>corners"))
    # what comes with MATLAB is not to blame
    assert signature(USING) == signature(USING.replace("line 9", "line 12"))
    assert signature(USING) != signature(USING.replace("loadTable", "saveTable"))


@pytest.mark.parametrize(
    "text", ["Error in f(x) : no\nCalls: f", "Error in the cart (line 3)", "Error in f (line 3)", "error: called from"]
)
def test_what_is_none(text):
    assert not reports(text, "matlab")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*BARE.splitlines(), *USING.splitlines(), *OCTAVE.splitlines()]), max_size=40))
def test_lines_in_any_order_are_scanned(lines):
    for found in reports("\n".join(lines), "matlab"):
        assert 1 <= found.first <= found.last <= len(lines)


@pytest.mark.parametrize("line", [BARE, "Error in f (line 3)", "Error using f", "error: called from"])
def test_time_is_linear(line):
    scan_grows(line, "matlab")


@pytest.mark.parametrize("fence", ["```", "```text", "~~~", "  ```matlab"])
def test_what_opens_a_block_is_no_part_of_the_message(fence):
    assert one(f"It fails:\n\n{fence}\n{BARE}\n", "matlab").report.error_value == one(BARE, "matlab").report.error_value
