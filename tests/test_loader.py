"""Errors of dynamic loaders; the texts are made by hand."""

# ruff: noqa: E501 - lines of reports are as long as their tools make them
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.formats.traces.scanning import Found, scan

DYLD = """\
starting
dyld[77]: Library not loaded: @rpath/libfoo.dylib
  Referenced from: <0123-ABCD> /Applications/X.app/X
  Reason: tried: '/usr/lib/libfoo.dylib' (no such file)
Abort trap: 6
"""


def reports(text: str) -> list[Found]:
    return list(scan(enumerate(text.split("\n")), only="loader"))


@pytest.mark.parametrize(
    ("text", "error", "value", "process"),
    [
        ("./test: error while loading shared libraries: libtest.so.1: cannot open shared object file: No such file or directory",
         "missing-library", "libtest.so.1", "./test"),
        ("./test: error while loading shared libraries: libtest.so.1: wrong ELF class: ELFCLASS32",
         "library-load-error", "libtest.so.1", "./test"),
        ("a.out: symbol lookup error: ./libx.so: undefined symbol: _Z3foov", "missing-symbol", "_Z3foov", "a.out"),
        ('CANNOT LINK EXECUTABLE "/build/f": library "libx.so" not found: needed by main executable', "missing-library", "libx.so", "/build/f"),
        ('CANNOT LINK EXECUTABLE "f": cannot locate symbol "foo" referenced by "/system/lib64/f"...', "missing-symbol", "foo", "f"),
    ],
)  # fmt: skip
def test_errors_of_one_line(text, error, value, process):
    (found,) = reports(f"2026-01-02T03:04:05Z {text}\nnext")
    assert (found.report.error_type, found.report.error_value, found.report.process) == (error, value, process)
    assert (found.first, found.last) == (1, 1)


def test_dyld_says_who_asked_on_the_lines_below():
    (found,) = reports(DYLD)
    assert (found.first, found.last, found.report.process_id, found.report.os_name) == (2, 4, 77, "macOS")
    assert found.report.error_value == "@rpath/libfoo.dylib"
    assert dict(found.report.facts)["referenced_from"].endswith("/Applications/X.app/X")
    (cut,) = reports("\n".join(DYLD.split("\n")[:2]))
    assert cut.report.error_type == "missing-library"


@pytest.mark.parametrize(
    "text",
    [
        'it says "x: error while loading shared libraries: y: z"',
        "see: CANNOT LINK EXECUTABLE in the manual",
        "note: Library not loaded: when the path is wrong",
    ],
)
def test_other_texts_are_no_errors(text):
    assert reports(text) == []


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_error(text):
    reports(
        f'a: error while loading shared libraries: {text}\nCANNOT LINK EXECUTABLE "{text}": {text}\ndyld: Library not loaded: {text}'
    )
