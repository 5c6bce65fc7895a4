"""R's errors: real output of R 4.2 and rlang 1.0 in the samples, and texts by hand in the forms of other versions."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import triage.stacks
from tests.reading import SAMPLES
from tests.scanned import functions, one, prefixed, reports, scan_grows, surrounded, text_lines

CALLS, TRACEBACK, TREE, SEGFAULT = (
    (SAMPLES / f"traces/r-{name}.txt").read_text().strip("\n") for name in ("calls", "traceback", "rlang", "segfault")
)
INTERACTIVE = """Error in rate(currency) : no rate for XTS
> traceback()
4: stop("no rate for ", currency) at shop.R#3
3: rate(currency) at shop.R#7
2: shop::convert(item$amount,
       item$currency) at R/shop.R#10
1: pay(list(list(amount = 3)))
"""
CHAINED = """Error in `pay()`:
! Can't pay.
Caused by error in `shop::rate()` at R/shop.R:2:89:
! No rate.
\u2139 Known: EUR
Backtrace:
     \u2586
  1. \u251c\u2500shop:::pay()
  2. \u2502 \u251c\u2500base::tryCatch(rate(), error = function(e) abort("Can't pay.", parent = e)) at R/shop.R:2:5
  3. \u2502 \u2502 \u2514\u2500base (local) tryCatchList(expr, classes, parentenv, handlers)
  4. \u2502 \u2514\u2500shop (local) helper()
  5. \u2514\u2500shop::rate() at R/shop.R:9:1
Execution halted
"""
LONG = """Error in match.arg(a_rather_long_name, c("one", "two")) :
  'arg' should be one of \u201cone\u201d, \u201ctwo\u201d
Calls: <Anonymous> ... g -> match.arg
In addition: Warning message:
In f() : careful
Execution halted
"""


def test_calls_between_log_lines():
    found = surrounded(CALLS, "r")
    assert (found.report.error_type, found.report.error_value, found.report.level) == (
        "Error",
        "no rate for XTS",
        "fatal",
    )
    assert functions(found) == ["rate", "convert", "FUN", "lapply", "sapply", "pay"]
    assert functions(prefixed(CALLS, "r"))[:2] == ["rate", "convert"]
    long = surrounded(LONG, "r").report
    assert long.error_value == "'arg' should be one of \u201cone\u201d, \u201ctwo\u201d"
    assert [(frame.frame_kind, frame.function) for frame in long.traces[0].frames] == [
        ("frame", "match.arg"),
        ("frame", "g"),
        ("elided", None),
        ("frame", None),
    ]


def test_a_place_belongs_to_the_function_around_the_call():
    found = surrounded(INTERACTIVE, "r")
    rows = [(frame.function, frame.module, frame.file, frame.line) for frame in found.report.traces[0].frames]
    assert rows == [
        ("stop", None, None, None),
        ("rate", None, "shop.R", 3),
        ("convert", "shop", "shop.R", 7),
        ("pay", None, "R/shop.R", 10),
    ]
    assert text_lines(found) == [5, 6, 7, 9]
    assert functions(surrounded(TRACEBACK, "r"))[:3] == [None, "stop", "rate"]
    alone = one("\n".join(INTERACTIVE.split("\n")[2:5]) + "\n1: x()", "r").report
    assert (alone.kind, alone.complete, alone.error_type) == ("dump", False, None)


def test_a_tree_of_rlang():
    found = surrounded(TREE, "r")
    assert (found.report.error_value, functions(found)[:3]) == ("No rate.\n\u2716 XTS", ["abort", "rate", "convert"])
    assert found.report.traces[0].frames[0].module == "rlang"
    chained = surrounded(CHAINED, "r")
    assert [(trace.role, trace.error_value) for trace in chained.report.traces] == [
        ("crash", "Can't pay."),
        ("cause", "No rate.\n\u2139 Known: EUR"),
    ]
    rows = [(frame.function, frame.module, frame.line) for frame in chained.report.traces[0].frames]
    assert rows[:2] == [("rate", "shop", None), ("helper", "shop", 9)]
    assert rows[-1] == ("pay", "shop", 2)


def test_a_signal():
    found = surrounded(SEGFAULT.lstrip("\n"), "r")
    assert (found.report.signal, found.report.fault_address, found.report.error_value) == ("SIGSEGV", 0x541F, "unknown")
    assert functions(found)[:2] == ["pskill", "rate"]


def test_all_forms_have_one_key():
    assert len({triage.stacks.signature(text) for text in (CALLS, TRACEBACK, TREE)}) == 1


def test_damaged_and_other_texts():
    top = one("Error: no rate\nExecution halted", "r").report
    assert (top.error_value, top.traces[0].frames, top.complete) == ("no rate", (), False)
    deep = one("Error: C stack usage  7974084 is too close to the limit\nExecution halted", "r").report
    assert deep.error_type == "stack overflow"
    cut = one("Error in rate(currency) : no rate for XTS\n> ", "r")
    assert (functions(cut), cut.report.complete) == (["rate"], False)
    assert not reports("Error in config: not found\nError in the parser (line 3): x\nCalls: 3\nBacktrace:\n 1: x", "r")
    assert not reports("*** caught exception ***\nsee shop.R#3\nExecution halted", "r")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*f"{INTERACTIVE}{CHAINED}{LONG}{SEGFAULT}".splitlines(), "", "x"]), max_size=60))
def test_lines_in_any_order_are_scanned(lines):
    for found in reports("\n".join(lines), "r"):
        assert 1 <= found.first <= found.last <= len(lines)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_scanned(text):
    reports(f"Error in f(x) : {text}\n{text}\nCalls: {text}\nBacktrace:\n 1. {text}\n 2: {text} at a.R#3\n", "r")
    reports(INTERACTIVE + text + "\n" + CHAINED, "r")


@pytest.mark.parametrize(
    "line",
    [
        "Error in f(x) : y",
        "Backtrace:\n 1. f()",
        "3: f(x) at a.R#1",
        "Calls: a -> b ... c",
        "Execution halted",
        "Error in f(" + "(" * 60 + ") : ",
        "*** caught segfault ***\nTraceback:\n 1: f()",
    ],
)
def test_time_is_linear(line):
    scan_grows(line, "r")


def test_of_two_lists_of_calls_the_one_with_places_counts():
    text = (
        "Error in impute(m) : subscript out of bounds\nCalls: main -> score -> impute\n"
        "3: impute(m) at s.R#41\n2: score(d) at s.R#12\n1: main() at s.R#5\nExecution halted\n"
    )
    frames = one(text, "r").report.traces[0].frames
    assert [(frame.function, frame.line) for frame in frames] == [("impute", None), ("score", 41), ("main", 12)]


def test_rows_of_which_the_outermost_were_cut_off_count():
    lines = INTERACTIVE.split("\n")
    assert functions(one("\n".join(lines[:-2]), "r")) == functions(one(INTERACTIVE, "r"))[:-1]
    # warnings count up, and those of which the first are gone are no calls
    numbered = "Error in rate(x) : no\n2: as.integer(x)\n3: g(x)\nExecution halted\n"
    assert functions(one(numbered, "r")) == ["rate"]
