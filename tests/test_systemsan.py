"""Findings of SystemSan and PySecSan; the texts are made by hand after those that fuzzers collected."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.formats.traces.scanning import Found, scan

NAMES = """\
INPUTf.z
===BUG DETECTED: Arbitrary domain name resolution===
===Domain resolved: .f.z===
===DNS request type: 0, class: 256===
==23== ERROR: libFuzzer: deadly signal
    #0 0x5 in __sendmmsg socket/sendmmsg.c:30:10
    #1 0x6 in LLVMFuzzerTestOneInput /src/target_dns.cpp:33:11
SUMMARY: libFuzzer: deadly signal
"""
SHELL = """\
log
--- Found a sign of shell corruption ---
Syntax error: Unterminated quoted string
----------------------------------------
===BUG DETECTED: Shell corruption===
log
"""
PYTHON = """\
=================================================================
===BUG DETECTED: PySecSan: Command injection ===
[PYSECSAN] code injection by way of os.system
Fuzzer-controlled data in command string. Injection potential.
[PYSECSAN] Stacktrace:
  File "inject.py", line 43, in <module>
  File "inject.py", line 25, in list_files
  File "pysecsan/sanlib.py", line 178, in run
[PYSECSAN] Exiting
log
"""


def reports(text: str, only: str | None = "systemsan") -> list[Found]:
    return list(scan(enumerate(text.split("\n")), only=only))


def test_a_finding_and_the_signal_that_it_ends_with_are_one_event():
    (found,) = reports(NAMES, only=None)
    assert (found.report.error_type, found.report.error_value) == ("Arbitrary domain name resolution", ".f.z")
    assert [frame.function for frame in found.report.traces[0].frames] == ["__sendmmsg", "LLVMFuzzerTestOneInput"]
    assert (found.first, found.last) == (2, 8)


def test_the_sign_above_a_finding():
    (found,) = reports(SHELL)
    assert (found.first, found.last) == (2, 5)
    assert found.report.error_value == "Syntax error: Unterminated quoted string"


def test_a_python_stack_is_turned_around():
    (found,) = reports(PYTHON)
    assert (found.first, found.last, found.report.error_type, found.report.complete) == (
        1,
        9,
        "Command injection",
        True,
    )
    assert [frame.function for frame in found.report.traces[0].frames] == ["run", "list_files", "<module>"]
    cut = reports(PYTHON[: PYTHON.index("  File")])[0].report
    assert not cut.complete


@pytest.mark.parametrize("text", ["=== BUG DETECTED ===", "x = '===BUG DETECTED: a===' + b", "===BUG DETECTED: a"])
def test_other_texts_are_no_findings(text):
    assert reports(text) == []


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_error(text):
    reports(f"{text}\n===BUG DETECTED: {text}===\n==={text}: {text}===")
    reports(f"===BUG DETECTED: PySecSan: x===\n[PYSECSAN] {text}\n{text}")
