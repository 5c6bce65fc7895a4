import pytest

from triage.stacks.endings import DEEP, deep, ending, told


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
