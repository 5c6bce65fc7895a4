from __future__ import annotations

import pytest

from triage.stacks.classes import crash_class


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("memory", "crash", ("heap-use-after-free",)),
        ("memory", "crash", ("SEGV", "SIGSEGV")),
        ("memory", "crash", ("EXCEPTION_ACCESS_VIOLATION",)),
        ("memory", "crash", ("EXC_BAD_ACCESS",)),
        ("memory", "crash", ("slab-out-of-bounds",)),
        ("abort", "crash", ("ABRT", "SIGABRT")),
        ("assertion", "assertion", ("CHECK failure",)),
        ("exception", "exception", ("java.lang.NullPointerException",)),
        ("stack overflow", "crash", ("stack-overflow",)),
        ("stack overflow", "exception", ("java.lang.StackOverflowError",)),
        ("stack overflow", "crash", (None, None, "EXCEPTION_STACK_OVERFLOW")),
        ("out of memory", "exception", ("java.lang.OutOfMemoryError",)),
        ("out of memory", "oom", ("out-of-memory",)),
        ("panic", "exception", ("panic",)),
        ("panic", "exception", ("panic", "SIGABRT")),
        ("leak", "leak", ("direct leak",)),
        ("race", "race", ("data race",)),
        ("hang", "hang", ("ANR",)),
        ("timeout", "timeout", (None,)),
        ("request", "request", (None,)),
        ("memory", "crash", ("InvalidRead",)),
        ("memory", "crash", (None,)),
        ("memory", "crash", ("core dump",)),
        ("abort", "crash", (None, None, None, "abort")),
        ("abort", "crash", ("core dump", None, None, "abort")),
        ("dump", "dump", (None,)),
        ("memory", "crash", ("Fatal error",)),
        ("abort", "crash", ("STATUS_STACK_BUFFER_OVERRUN",)),
        ("memory", "crash", ("STATUS_STACK_BUFFER_OVERRUN / FAST_FAIL_STACK_COOKIE_CHECK_FAILURE",)),
        ("memory", "crash", ("STATUS_HEAP_CORRUPTION",)),
        ("out of memory", "crash", ("STATUS_NO_MEMORY",)),
        ("", None, (None,)),
    ],
)
def test_classes(name, kind, words):
    assert crash_class(kind, *words) == name
