import re

import pytest

from triage.stacks.endings import DEEP, deep, ending, likely, stated, told


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("malloc_printerr", "heap corruption"),
        ("scudo::reportDoubleFree", "heap corruption"),
        ("__GI___fortify_fail_abort", "stack smashing"),
        ("std::__throw_out_of_range_fmt", "uncaught exception"),
        ("core::panicking::panic_bounds_check", "panic"),
        ("__asan::ReportGenericError", "heap corruption"),
        ("__asan_report_load8", "heap corruption"),
        ("__hwasan::ReportTagMismatch", "heap corruption"),
        ("__msan_warning_with_origin_noreturn", "heap corruption"),
        ("__asan::ReportAllocationSizeTooBig", "allocation-size-too-big"),
        ("__asan::ScopedInErrorReport::~ScopedInErrorReport", ""),
        ("asan_report", ""),
        ("abort", "abort"),
        ("malloc_printer", ""),
        ("", ""),
    ],
)
def test_what_a_frame_says(name, says):
    assert ending(name) == says


@pytest.mark.parametrize(
    ("first", "period", "again", "is_deep"),
    [(0, 2, 22, True), (0, 2, 20, False), (0, 10, 40, False), (0, 10, 50, True), (12, 1, 40, True), (13, 1, 40, False),
     (0, 0, 90, False)],
)  # fmt: skip
def test_how_deep_an_overflow_is(first, period, again, is_deep):
    assert deep(first, period, again) is is_deep


def test_the_outermost_frame_decides_and_before_the_recursion():
    assert told(["panic", "", "heap corruption", ""], recursion=True) == "heap corruption"
    assert (told([], recursion=True), told([""], recursion=False)) == (DEEP, "")


@pytest.mark.parametrize(
    ("error", "value"),
    [
        ("RangeError", "Maximum call stack size exceeded."),
        ("Error", "Uncaught RangeError: Maximum call stack size exceeded\nmore"),
        ("InternalError", "too much recursion"),
        (
            "Error",
            "Maximum call stack size of 8339456 bytes (zend.max_allowed_stack_size) reached. Infinite recursion?",
        ),
        ("RuntimeError", "maximum recursion depth exceeded while calling a Python object"),
        ("fatal error", "stack overflow"),
        ("error", "stack overflow (message handler)"),
        (None, "C stack overflow"),
        ("PG::StatementTooComplex", "ERROR: stack depth limit exceeded"),
        ("Kernel panic", "kernel stack overflow"),
    ],
)
def test_what_a_runtime_says(error, value):
    assert stated(error, value) == "stack overflow"
    assert re.search(likely(), value)


@pytest.mark.parametrize(
    ("error", "value"),
    [
        ("RangeError", "Invalid array length"),
        ("ValueError", "stack overflow"),
        ("error", "stack overflow in the calculator"),
        ("Error", "see the question on Maximum call stack size exceeded"),
        ("Error", "too much recursion of types"),
        ("error", None),
        (None, ""),
    ],
)
def test_what_a_program_says_of_its_own(error, value):
    assert stated(error, value) == ""
