r"""Boost.Test: what a case of a test met that it did not expect.

Facts: general knowledge of Boost 1.59 to 1.85. Grammar, one line each::

    report = place ": " ( "fatal error" | "error" ) ': in "' case '": ' text [ place ": last checkpoint: " words ]
    place  = file "(" line ")" | "unknown location(0)"
    case   = suite ( "/" name )*
    text   = class ": " message | "memory access violation" words | "signal: " words | words " has failed" words
"""

from __future__ import annotations

import re
from typing import Final

from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "boost-test"
TITLE: Final = "Failure of a test of Boost's"
PLATFORM: Final = "native"
ANCHORS: Final = (': fatal error: in "', ': error: in "')

_HEAD: Final = lazy(
    r"(?P<file>unknown location|\S[^()\n]{0,600})\((?P<line>\d{1,9})\): (?:fatal )?error: in "
    r"\"(?P<case>[^\"]{1,400})\": "
    r"(?P<text>\S.{0,4000})$"
)
_CHECKPOINT: Final = lazy(r"(?P<file>\S[^()\n]{0,600})\((?P<line>\d{1,9})\): last checkpoint: \S")
_THROWN: Final = lazy(
    r"(?:class |struct )?(?P<type>[A-Za-z_]\w{0,200}(?:::\w{1,200}){0,12}(?:<.{1,400}>)?): (?P<text>.*)$"
)
_FAILED: Final = lazy(r"(?:check|critical check|difference)\b.{0,4000} (?:has failed|is not|exceeds)|critical check ")
_SIGNAL: Final = lazy(r"memory access violation|signal: (?P<signal>SIG[A-Z]{2,6})")


def read(window: Window) -> Report | None:
    """The failure that the anchor line tells of."""
    head = _HEAD.match(window[0] or "")
    if head is None:
        return None
    unknown = head["file"] == "unknown location"
    below = _CHECKPOINT.match(window[1] or "")
    place = below if unknown and below else head
    frame = Frame(
        function=head["case"],
        file=None if place["file"] == "unknown location" else place["file"],
        line=int(place["line"]) or None,
        language="c++",
        trust="text",
        text_line=0,
    )
    kind, error, value, signal = _told(head["text"].strip(), unknown=unknown)
    return Report(
        end=1 + bool(below),
        kind=kind,
        level="error",
        traces=(Trace(frames=(frame,), error_type=error, error_value=value),),
        error_type=error,
        error_value=value,
        signal=signal,
    )


def _told(text: str, *, unknown: bool) -> tuple[str, str, str, str | None]:
    """Kind, type, message and signal of what a case met."""
    if found := _SIGNAL.match(text):
        signal = found["signal"] or "SIGSEGV"
        return "crash", signal, text, signal
    thrown: re.Match[str] | None = _THROWN.match(text)
    if thrown and (unknown or "::" in thrown["type"]) and not _FAILED.match(text):
        return "exception", thrown["type"], thrown["text"], None
    return "assertion", "Assertion failed", text, None
