r"""Crashes of Apple's systems as Firebase Crashlytics shows them in text.

Facts: general knowledge of the console's text and of what people paste from it. Grammar::

    report  = ("# " words)* section (blank ["--" blank] section)*
    section = title frame*            the first is "Crashed: " thread, or "Fatal Exception: " name and its message
    frame   = number "  " image "  0x" address " " name " + " offset [" (" file ":" line ")"]
"""

from __future__ import annotations

import re
from typing import Final

from msgspec.structs import replace

from triage.formats.traces import apple_frames as lines
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace
from triage.times import iso

__all__ = ("crashlytics",)

_CRASHED: Final = lazy(r"[ \t>]{0,8}Crashed: (\S.{0,200})", re.DOTALL)
_FATAL: Final = lazy(r"[ \t>]{0,8}Fatal Exception: ([A-Za-z_][\w.:]{2,120}(?<!:))[ \t]{0,4}$")
_HEADER: Final = lazy(r"[ \t>]{0,8}# ?([A-Z][\w ]{1,30})(?::[ \t]{0,4}(.{0,400})|$| - )", re.DOTALL)
_COLUMNS: Final = frozenset(("Application", "Version", "Date", "Platform", "Device", "OS Version"))
_MESSAGE_LINES: Final = 20


def crashlytics(window: Window) -> Report | None:
    """The crash whose first section the anchor line begins."""
    line = window[0] or ""
    fatal, crashed = _FATAL.match(line), _CRASHED.match(line)
    if not fatal and not crashed:
        return None
    message: list[str] = []
    start = 1
    while fatal and start <= _MESSAGE_LINES and (text := window[start]) is not None and not lines.frame(text):
        if window.is_record(start):
            return None
        message.append(text.strip())
        start += 1
    if not _is_frame(window[start], 0):
        return None
    traces, end = _sections(window, start, crashed[1].strip() if crashed else None)
    first, head = _head(window)
    value = "\n".join(part for part in message if part) or None
    named = fatal[1] if fatal else None
    traces[0] = replace(traces[0], error_type=named, error_value=value)
    platform = head.get("Platform", "").lower()
    return Report(
        first=first,
        end=end,
        kind="exception" if fatal else "crash",
        traces=tuple(traces),
        handled=False,
        error_type=named,
        error_value=value,
        process=head.get("Application"),
        release=head.get("Version"),
        os_name={"ios": "iOS", "apple": "iOS", "macos": "macOS", "tvos": "tvOS"}.get(platform),
        os_version=head.get("OS Version"),
        device=head.get("Device"),
        ts=iso(head.get("Date", "").replace(" GMT", "").replace(" UTC", "")),
        facts=tuple((key, text) for key, text in head.items() if text and key not in _COLUMNS),
        leads=bool(fatal),
    )


def _is_frame(line: str | None, number: int) -> bool:
    """Whether a line is the frame of that number, with an address."""
    found = lines.frame(line) if line else None
    return found is not None and found[0] == number and found[1].address is not None


def _sections(window: Window, start: int, name: str | None) -> tuple[list[Trace], int]:
    """The stacks of all threads from the first frame on, and where they end."""
    traces: list[Trace] = []
    index = start
    while True:
        frames: list[Frame] = []
        while (line := window[index]) is not None and _is_frame(line, len(frames)) and (found := lines.frame(line)):
            frames.append(replace(found[1], text_line=index))
            index += 1
        is_first = not traces
        traces.append(
            Trace(
                frames=tuple(lines.inlined(frames)),
                role="crash" if is_first else "thread",
                thread_name=name,
                crashed=is_first,
                unwinder="text",
            )
        )
        end = index
        while index - end < 4 and (line := window[index]) is not None and line.strip(" \t>") in {"", "--"}:
            index += 1
        title, below = window[index], window[index + 1]
        if title is None or window.is_record(index) or not _is_frame(below, 0) or len(title) > 200:
            return traces, end
        name, index = title.strip(" \t>"), index + 1


def _head(window: Window) -> tuple[int, dict[str, str]]:
    """The lines with `#` above, and the first of them."""
    first, head = 0, dict[str, str]()
    for index in range(-1, -24, -1):
        line = window[index]
        found = _HEADER.match(line) if line else None
        if found is not None:
            first = index
            head.setdefault(found[1], (found[2] or "").strip())
        elif line is None or line.strip(" \t>#"):
            break
    return first, head
