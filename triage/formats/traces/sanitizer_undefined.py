r"""Findings of UndefinedBehaviorSanitizer and of control flow integrity: one line, with or without a stack.

Facts: general knowledge of compiler-rt's and libsanitizer's handlers, held against reports that fuzzers collected.
Grammar::

    finding  = place ": runtime error: " message note* [ stack ] [ "SUMMARY: UndefinedBehaviorSanitizer: " words ]
    place    = file ":" line [ ":" column ] | "(" image "+0x" hex ")" | "<unknown>"
    minimal  = "ubsan: " name [ " by 0x" hex ] [ " address 0x" hex ]             (the minimal runtime)
    note     = place ": note: " words | bytes in hex | blanks "^" [ "~" ... ] | blanks "vptr for '" type "'"

Other programs say `runtime error` too: the message must be one that the handlers print, or the lines below must be.
"""

from __future__ import annotations

import re
from typing import Final

from triage.formats.traces import sanitizer_brief
from triage.formats.traces.brief import Brief
from triage.formats.traces.glance import Glance
from triage.formats.traces.patterns import IN_PATH, lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.sanitizer_body import SUMMARY, Body
from triage.formats.traces.sanitizer_collect import collect, followed, tail
from triage.formats.traces.sanitizer_frames import read as read_frame
from triage.formats.traces.sanitizer_kinds import undefined
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("brief", "minimal", "read")

_FINDING: Final = lazy(
    rf"\s{{0,16}}(?:(?P<file>[^\s:]{IN_PATH}{{0,1000}}(?::[\\/]{IN_PATH}{{0,1000}})?)"
    r":(?P<line>\d{1,9})(?::(?P<column>\d{1,9}))?"
    r"|\((?P<image>[^()]{1,1000})\+0x(?P<offset>[0-9a-f]{1,16})\)|<unknown>): runtime error: (?P<message>.{1,4000})"
)
_MINIMAL: Final = lazy(
    r"\s{0,16}ubsan: (?P<name>[a-z]{2,20}(?:-[a-z]{2,20}){1,5})"
    r"(?: by 0x(?P<pc>[0-9a-fA-F]{1,16}))?(?: address 0x(?P<address>[0-9a-fA-F]{1,16}))?(?: \([\w, ]{1,60}\))?\s{0,8}$"
)
_CAST: Final = lazy(r"control flow integrity check for type '([^']{1,400})' failed during [a-z -]{0,40}cast")
_OF_TYPE: Final = lazy(r"vtable is of type '([^']{1,400})'")
_NOTE: Final = lazy(r".{0,1000}: note: (.{1,1000})")
_BYTES: Final = lazy(
    r"\s{0,8}(?:[0-9a-f]{2}[ \t]{1,8}){3,200}[0-9a-f]{2}\s{0,8}$|\s{0,8}<memory cannot be printed>"
    r"|[ \t]{0,400}\^[~ ]{0,200}$|[ \t]{1,400}(?:vptr for '|invalid vptr\s{0,8}$)"
)
_NEAR: Final = 4


def read(window: Window) -> Report | None:
    """The finding that the anchor line reports."""
    found = _FINDING.match(window[0] or "")
    if found is None:
        return None
    message = found["message"].strip()
    what = undefined(message)
    end, notes = _notes(window)
    stacked = _stacked(window, end)
    if what is None and not stacked and not notes:
        return None
    body = Body()
    if stacked:
        end = collect(window, body, end, foreign=0)
    traces = [section.trace(role="crash" if place == 0 else section.heading.role)
              for place, section in enumerate(body.sections) if section.frames]  # fmt: skip
    message = _cast(message, notes) or message
    where = _place(found)
    crash = traces[0] if traces else Trace(frames=(where,), unwinder="text")
    end, unit = tail(window, end)
    place = ":".join(str(part) for part in (where.file, where.line, where.column) if part is not None)
    place = place or (f"{where.module}+{where.module_offset:#x}" if where.module_offset is not None else "")
    facts = {"location": place, "note": "\n".join(notes), "summary": body.summary[1] if body.summary else ""}
    return Report(
        end=end,
        kind="crash",
        level="error",
        traces=(Trace(frames=crash.frames, error_type=what.type if what else "undefined-behavior", error_value=message,
                      crashed=True, unwinder="text"), *traces[1:]),
        error_type=what.type if what else "undefined-behavior",
        error_value=message,
        access=what.access if what else None,
        facts=(("tool", "UndefinedBehaviorSanitizer"), *((k, v) for k, v in facts.items() if v), *unit),
        modules=body.images.rows(),
        leads=followed(window, end, near=_NEAR, aborts=True),
    )  # fmt: skip


def brief(lines: Glance, text: str) -> Brief | None:
    """The finding that the anchor line reports, for its key alone, where the stack below it ends the text."""
    found = _FINDING.match(lines[0] or "")
    place = lines.place(1) if found else None
    rows = sanitizer_brief.rows(lines, text, place) if place is not None else None
    if found is None or rows is None or lines.is_record(1) or lines.is_record(len(rows.frames)):
        return None
    message = found["message"].strip()
    what = undefined(message)
    if what is None:
        return None
    return Brief(
        "crash", what.type, message, None, None, rows.frames, sanitizer_brief.frame, follows=False, process_id=None,
        last=True, level="error",
    )  # fmt: skip


def _cast(message: str, notes: list[str]) -> str | None:
    """What was cast to what, in front of the words of control flow integrity, where the notes tell it."""
    to = _CAST.match(message)
    if to is None or not notes:
        return None
    of = _OF_TYPE.search(notes[0])
    return f"to {to[1]} from {of[1] if of else 'invalid vptr'}: {message}"


def minimal(line: str) -> Report | None:
    """A finding of the minimal runtime, which has a name and at most the address that it was found at."""
    found = _MINIMAL.match(line)
    if found is None:
        return None
    frames = (Frame(address=int(found["pc"], 16), trust="text", text_line=0),) if found["pc"] else ()
    return Report(
        kind="crash",
        level="error",
        traces=(Trace(frames=frames, error_type=found["name"], crashed=True, unwinder="text"),),
        error_type=found["name"],
        fault_address=int(found["address"], 16) if found["address"] else None,
        facts=(("tool", "UndefinedBehaviorSanitizer"),),
        leads=True,
    )


def _place(found: re.Match[str]) -> Frame:
    """The place of a finding as a frame, for where no stack was printed."""
    return Frame(
        file=found["file"],
        line=int(found["line"]) if found["line"] else None,
        column=int(found["column"]) if found["column"] else None,
        module=found["image"],
        module_offset=int(found["offset"], 16) if found["offset"] else None,
        trust="text",
        text_line=0,
    )


def _notes(window: Window) -> tuple[int, list[str]]:
    """The notes below the message, and where they end."""
    end, notes = 1, list[str]()
    while (line := window[end]) is not None and end < 40:
        if note := _NOTE.match(line):
            notes.append(note[1].strip())
        elif not notes or not line.strip() or not _BYTES.match(line):
            break
        end += 1
    return end, notes


def _stacked(window: Window, end: int) -> bool:
    """Whether a stack, or the summary, stands below."""
    for at in range(end, end + 3):
        line = window[at]
        if line is None:
            return False
        if line.strip():
            summary = SUMMARY.match(line)
            return bool(summary and summary[1] == "UndefinedBehaviorSanitizer") or read_frame(line, at) is not None
    return False
