"""Errors as JSON: an object that holds one, a list of them, or a file of objects one below the other.

What services answer, what functions in a cloud return, what stores and log views export, what trackers of errors are
sent (`held_frames`), an entry of a log as people paste it. Each object is read as a line of a log would be (`log_json`,
`held_error`), however it is laid out: one that holds an error with a stack becomes an event, and those that tell what
happened rows of `logs`. A list that an export wraps (`hits.hits`, `entries`, `events`) is read entry by entry.

Clouds make a record of each line that a program writes, and list the newest first: of these the lines are put together
again, program by program, and read as the log that they were.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from triage.formats import Match, held_error, log_json
from triage.formats.debugbundle_json import DAMAGED, elements, salvage
from triage.formats.held_text import report
from triage.formats.log_heads import Said
from triage.formats.log_records import Reading
from triage.formats.log_rows import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from triage.formats.head import Head
    from triage.sources.source import Source

__all__ = ("NAME", "TITLE", "read", "sniff")

NAME: Final = "error-json"
TITLE: Final = "JSON that holds an error with its stack"

_WRAPPED: Final = ("hits", "entries", "events", "logs", "errors", "items", "records", "results", "data", "value")
# What says that errors in a list are one, with those that it came from: Airbrake's notice.
_NOTICE: Final = frozenset({"notifier", "context"})
# An object that begins a line is none that another holds.
_START: Final = re.compile(rb"\n(\{)")
# Nor is one behind another of its list, but for lists in it.
_NEXT: Final = re.compile(rb"(?<=\})[ \t\r\n]{0,64},[ \t\r\n]{0,64}(\{)")
_LOOKED, _DEPTH = 50, 3
# In a document that the head cuts: keys that hold stacks and nothing else.
_KEYS: Final = (
    '"stack"', '"stacktrace"', '"stack_trace"', '"stackTrace"', '"traceback"', '"backtrace"', '"exception.stacktrace"',
    '"error.stack_trace"', '"exc_info"', '"@x"', '"StackTrace"', '"trace_chain"',
)  # fmt: skip


def sniff(head: Head) -> Match | None:
    """By an error with a stack in one of the first objects.

    Examples
    --------
    >>> from triage.formats.head import Head
    >>> sniff(Head(b'{"name": "E", "stack": "E: x\\\\n    at f (a.js:1:2)"}')).score
    57
    """
    if not head.is_text or head.text.lstrip()[:1] not in {"{", "["}:
        return None
    document = head.document if head.document is not None else head.first_line
    if isinstance(document, (dict, list)):
        for value, _ in zip(_objects(document), range(_LOOKED), strict=False):
            if _error(value):
                return Match(57, "an object of JSON that holds an error with its stack")
            if (said := log_json.said(value)) is not None and said.carried:
                return Match(56, "lines of a program as a cloud lists them, each an object of JSON")
    if head.document is None and head.keys and any(key in head.text for key in _KEYS):
        return Match(42, "JSON with a key that holds stacks")
    if head.document is None and head.text.lstrip()[:1] == "[" and log_json.may_carry(head.text):
        return Match(42, "JSON with the keys of lines as clouds list them")
    return None


def _error(value: dict[str, Any]) -> bool:
    """Whether an object holds a stack."""
    said = log_json.said(value)
    if said is None or not said.stack:
        return False
    return said.stack != said.message or held_error.likely(said.stack) or report(said.stack) is not None


def _objects(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """The entries of what an export wraps, else the object itself."""
    if isinstance(value, list):
        for item in value:
            if isinstance(item, (dict, list)) and depth < _DEPTH:
                yield from _objects(item, depth + 1)
        return
    if not isinstance(value, dict):
        return
    for name in _WRAPPED if depth < _DEPTH else ():
        inner = value.get(name)
        if name == "errors" and "context" in value and held_error.find({name: inner}):
            break  # Airbrake's: an error and those that it came from
        if isinstance(inner, dict) and isinstance(inner.get(name), list):
            inner = inner[name]
        if (
            isinstance(inner, list)
            and inner
            and isinstance(inner[0], dict)
            and not (name == "errors" and _NOTICE & value.keys())
            and held_error.find(value | {name: None}) is None
        ):
            yield from _objects(inner, depth + 1)
            return
    yield value


def read(source: Source) -> None:
    """Read every object; what is none of a log is left out, what is damaged goes to quarantine."""
    source.media = "application/json"
    reading = Reading(source, NAME)
    data = source.data() if source.encoding == "utf-8" else source.text().encode("utf-8", "replace")
    other = 0
    lines: list[Row] = []
    listed = bytes(data[:64]).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"["
    for piece in elements(data, _NEXT) if listed else salvage(data, 0, len(data), _START):
        end = piece.offset + piece.length
        if piece.value is DAMAGED:
            reading.lost += 1
            source.quarantine("damaged JSON", offset=piece.offset, length=piece.length)
            continue
        for value in _objects(piece.value):
            said = log_json.said(value)
            if isinstance(said, Said) and said.carried:
                lines.append(Row(0, piece.offset, "{", said, None, end=end))
            elif isinstance(said, Said):
                reading.take(said, piece.offset, end)
            else:
                other += 1
    reading.read(_in_order(lines))
    source.role = "error"
    if other:
        source.note(f"{other:,} of the objects tell nothing of an error")


def _in_order(lines: list[Row]) -> list[Row]:
    """Lines as their programs wrote them, one program after the other; a list may begin with the newest."""
    times = [row.said.ts for row in lines if row.said is not None and row.said.ts is not None]
    if times and times[0] > times[-1]:
        lines.reverse()
    programs: dict[str | None, list[Row]] = {}
    for row in lines:
        programs.setdefault(row.said.carried if row.said else None, []).append(row)
    ordered = [row for rows in programs.values() for row in rows]
    for number, row in enumerate(ordered, 1):
        row.number = number
    return ordered
