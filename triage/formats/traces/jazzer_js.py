r"""Findings of Jazzer.js: an uncaught exception, or the words of a bug detector, and what the engine says then.

Facts: general knowledge of Jazzer.js, held against reports that fuzzers collected. Grammar::

    finding = "==" pid "== " ( "Uncaught Exception: " [ "Jazzer.js: " ] words | detector " in " words )
              [ error ] frame* [ tail ]
    frame   = "    at " ...                                             (V8's)
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from triage.formats.traces import javascript
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.sanitizer_collect import tail
from triage.formats.traces.window import Window

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "jazzer_js"
TITLE: Final = "Jazzer.js finding"
PLATFORM: Final = "javascript"
ANCHORS: Final = (
    "== Uncaught Exception: ",
    "== Command Injection in ",
    "== Path Traversal in ",
    "== Prototype Pollution: ",
    "== Remote Code Execution in ",
)

_HEADER: Final = lazy(
    r"\s{0,16}={2} ?(?P<pid>\d{1,10}) ?={2} "
    r"(?:Uncaught Exception: (?:Jazzer\.js: )?(?P<text>.{0,4000})|(?P<found>\S.{0,1000}))"
)
_FRAME: Final = lazy(r"\s{1,16}at \S")
_MESSAGE_LINES: Final = 12


def read(window: Window) -> Report | None:
    """The finding at the anchor line."""
    found = _HEADER.match(window[0] or "")
    if found is None:
        return None
    first = next((at for at in range(1, _MESSAGE_LINES) if _FRAME.match(window[at] or "")), None)
    end = first or 1
    while first and _FRAME.match(window[end] or ""):
        end += 1
    said = found["text"] or found["found"] or ""
    lines = window.slice(1, end)
    # the message stands in the header alone, or again as the error that is printed with its stack
    text = "\n".join([said, *lines] if first == 1 else ["", *lines])
    traces = tuple(javascript.parse(text)) if first else ()
    end, unit = tail(window, end)
    if traces:
        traces = (replace(traces[0], crashed=True), *traces[1:])
    crash = traces[0] if traces else None
    error = crash.error_type if crash else None
    detector = (found["found"] or "").partition(" in ")[0].partition(":")[0].strip()
    return Report(
        end=end,
        kind="exception",
        traces=traces,
        error_type=detector or error or "Uncaught Exception",
        error_value=said.strip() if detector or not crash or not crash.error_value else crash.error_value,
        process_id=int(found["pid"]),
        facts=(("tool", "Jazzer.js"), *unit),
        complete=bool(crash and crash.frames),
    )
