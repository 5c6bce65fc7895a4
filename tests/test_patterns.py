from __future__ import annotations

import re

import pytest

from triage.formats.traces import patterns
from triage.formats.traces.patterns import either, integer, lazy, remembered


def counted():
    calls = []

    @remembered
    def upper(line: str) -> str | None:
        calls.append(line)
        return line.upper() or None

    return upper, calls


def test_a_line_is_worked_out_once_whatever_it_says():
    upper, calls = counted()
    assert [upper("a"), upper(""), upper("a"), upper("")] == ["A", None, "A", None]
    assert calls == ["a", ""]


def test_no_long_line_is_kept_and_of_others_not_all(monkeypatch):
    monkeypatch.setattr(patterns, "_MOST", 4)
    upper, calls = counted()
    long = "x" * (patterns._LONGEST + 1)
    assert upper(long) == upper(long) == long.upper()
    assert calls == [long, long]
    calls.clear()
    for _ in range(2):
        for line in "abcdef":
            assert upper(line) == line.upper()
    assert len(calls) > 6


def test_what_goes_wrong_is_not_remembered():
    @remembered
    def number(line: str) -> int:
        return int(line)

    for _ in range(2):
        with pytest.raises(ValueError, match="invalid literal"):
            number("x")


def test_patterns_are_compiled_when_they_are_used():
    with pytest.raises(re.error):
        lazy("(").match("")
    assert either([lazy("(?P<one>a)"), lazy("(?P<one>b)")]).fullmatch("b")
    assert integer("0x10") == 16
