r"""Findings of Jazzer: a Java exception, and what the engine says behind it.

Facts: general knowledge of Jazzer's `FuzzTargetRunner`. Grammar::

    finding = "== Java Exception: " throwable [ "DEDUP_TOKEN: " hex ] [ "== libFuzzer crashing input ==" ] [ tail ]
              [ "reproducer_path='" path "'; Java reproducer written to " path ]

`throwable` is what `printStackTrace` writes, `tail` what libFuzzer prints last.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from triage.formats.traces import java
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.sanitizer_collect import tail
from triage.formats.traces.window import Window
from triage.records import Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "jazzer"
TITLE: Final = "Jazzer finding (Java)"
PLATFORM: Final = "java"
ANCHORS: Final = ("== Java Exception: ", "== Java Assertion Error")

_HEADER: Final = lazy(r"\s{0,16}(?:={2} ?\d{1,10} ?)?={2} Java (?:Exception: |Assertion Error)(?P<text>.{0,4000})")
_FRAME: Final = lazy(r"\s{1,16}at [^\s(]{1,1000}\(")
_SECTION: Final = lazy(r"\s{0,16}(?:Caused by: |Suppressed: |\.{3} \d{1,9} |\[CIRCULAR)")
_DEDUP: Final = lazy(r"DEDUP_TOKEN: (\S{1,200})")
_WRITTEN: Final = lazy(r".{0,1000}Java reproducer written to (\S.{0,1000})")
_WRAPS: Final = lazy(r"com\.code_intelligence\.jazzer\.api\.FuzzerSecurityIssue\w{2,10}$")
_SPENT: Final = ("java.lang.StackOverflowError", "java.lang.OutOfMemoryError")
_MESSAGE_LINES: Final = 40


def read(window: Window) -> Report | None:
    """The finding at the anchor line."""
    found = _HEADER.match(window[0] or "")
    if found is None:
        return None
    end = _end(window)
    lines = [found["text"] or "", *window.slice(1, end)]
    traces = tuple(java.parse("\n".join(lines)))
    if traces and traces[0].role == "crash":
        traces = (replace(traces[0], crashed=True), *traces[1:])
    facts: dict[str, str] = {"tool": "Jazzer"}
    if token := _DEDUP.match(window[end] or ""):
        facts["dedup_token"] = token[1]
        end += 1
    for at in range(end, end + 3):
        if (window[at] or "").startswith("== libFuzzer crashing input"):
            end = at + 1
    end, unit = tail(window, end)
    if written := _WRITTEN.match(window[end] or ""):
        facts["reproducer"] = written[1].strip()
        end += 1
    error, _, value = found["text"].partition(": ")
    first = traces[0] if traces else None
    error = _spent(traces) or (first and first.error_type) or error.strip()
    return Report(
        end=end,
        kind="exception",
        traces=traces,
        error_type=error or None,
        error_value=(first and first.error_value) or value.strip() or None,
        facts=(*facts.items(), *unit),
        complete=bool(first and first.frames),
    )


def _spent(traces: tuple[Trace, ...]) -> str | None:
    """The error of the machine that ran out of stack or memory, which Jazzer wraps into a finding of its own."""
    if len(traces) < 2 or not traces[0].error_type or not _WRAPS.match(traces[0].error_type):
        return None
    return traces[1].error_type if (traces[1].error_type or "").startswith(_SPENT) else None


def _end(window: Window) -> int:
    """Where the throwable ends: behind its last frame or section; a message may go over some lines before frames."""
    end, at, message = 1, 1, 1
    while (line := window[at]) is not None and message < _MESSAGE_LINES:
        at += 1
        if _FRAME.match(line) or (end > 1 and line.lstrip().startswith("... ")):
            end, message = at, 0
        elif _SECTION.match(line):
            end, message = at, 1
        elif message and not line.startswith(("==", "DEDUP_TOKEN", "MS: ")):
            message += 1
        else:
            break
    return end
