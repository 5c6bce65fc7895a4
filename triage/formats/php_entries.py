"""PHP's own messages in a log: one entry with the calls below it is one event, of its true level.

Facts: PHP 7 and 8, Xdebug 2 and 3, mod_php, PHP-FPM behind Apache and nginx. Grammar, one line each, each line with or
without the prefix of the log::

    entry    = carrier "PHP " level ":  " message  ( call | title | row | more )*  ( [ blank ] "Next " message call* )*
    title    = "PHP Stack trace:" | "Stack trace:"
    row      = "PHP" blanks n ". " function "(" arguments ") " file ":" n          ; Xdebug
    carrier  = [ "PHP message: " ]                                                 ; PHP-FPM, several on one line

Errors that end the program are exceptions; warnings, notices and deprecations are log events of class context, with
the stack that Xdebug gives. Calls are read by the trace module `php`. Lines of several processes may alternate: where
the log names process and client, each has its own open entry.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from triage.formats.log_records import Reading
from triage.formats.log_rows import Record, Row, unwrapped
from triage.formats.traces import php_parse
from triage.formats.traces.php_parse import LEVELS
from triage.formats.traces.prefixes import split
from triage.formats.traces.scanning import scan

if TYPE_CHECKING:
    from triage.formats.log_heads import Said
    from triage.formats.traces.scanning import Found
    from triage.records import Trace

__all__ = ("Entries", "is_entry")

# An entry has so many lines of so many characters; so many processes may have one open.
_LINES, _CHARS, _OPEN = 1_000, 16_384, 64
_HEAD: Final = re.compile(rf"PHP ((?i:{'|'.join(LEVELS)})):\s{{1,4}}")
_BELOW: Final = re.compile(
    r"PHP (?:Stack trace:|Call Stack:|\s{0,8}(?:\d{1,6}\.\d{1,9} {1,12}\d{1,15} {1,12})?\d{1,6}\. )"
)
_CARRIER: Final = "PHP message: "
_QUOTED: Final = re.compile(r"(?: on line \d{1,9}|\{main\})['\"]$")
_TITLE: Final = "Stack trace:"
# How a chain goes on behind the last call of what was thrown first.
_CHAINED: Final = re.compile(r"Next [^\W\d][\w\\]{0,200}(?:@anonymous)?(?:: | in \S.{0,400}:\d{1,9}\s{0,20}$)")
_REFERER: Final = ", referer: "


def is_entry(message: str) -> bool:
    """Whether a message of a log is one of PHP itself.

    Examples
    --------
    >>> is_entry("PHP Notice:  Undefined index: rate in /srv/shop/cart.php on line 7"), is_entry("PHP 8.2 started")
    (True, False)
    """
    return _HEAD.match(message) is not None or (_CARRIER in message[:400] and "PHP " in message)


@dataclass(slots=True)
class _Entry:
    """One entry in the making: its lines, the number of each in the file, and where they lie."""

    said: Said
    row: Row
    level: str
    end: int
    lines: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    left: int = 0
    cut: int = 0

    def add(self, text: str, number: int, end: int) -> None:
        """Take a line."""
        self.end = max(self.end, end)
        if len(self.lines) < _LINES:
            self.lines.append(text[:_CHARS])
            self.cut += len(text) > _CHARS
            self.numbers.append(number)
        else:
            self.left += 1

    def chained(self, text: str) -> bool:
        """Whether a line with a time of its own is the blank one, or the head, with which a chain goes on."""
        behind = self.lines[-2:] if self.lines and not self.lines[-1].strip() else self.lines[-1:]
        if not behind or php_parse.MAIN.match(behind[0]) is None:
            return False
        said = split(text).text
        return _CHAINED.match(said) is not None or (len(behind) == 1 and not said.strip())


class Entries:
    """The entries that are open, by process and client."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._open: dict[tuple[Any, ...], _Entry] = {}
        # of each container the entry that lines without a head continue
        self._last: dict[tuple[str, ...], _Entry] = {}

    def owns(self, row: Row, found: Found) -> bool:
        """Whether a trace that was found is part of an entry."""
        if found.module.NAME != "php":
            return False
        if row.said is None:
            return bool(self._last) and unwrapped(row.text)[0] in self._last
        return is_entry(row.said.message) or _BELOW.match(row.said.message) is not None

    def take(self, row: Row, end: int) -> bool:
        """Take a line that begins or continues an entry; False where it does neither."""
        said = row.said
        if said is None:
            if not self._last or row.damage:
                return False
            place, text = unwrapped(row.text)
            last = self._last.get(place)
            if last is not None:
                last.add(text, row.number, end)
            return last is not None
        # Behind a time alone these words look like a logger.
        titled = not said.message and row.text.endswith(_TITLE)
        pieces = _pieces(_TITLE if titled else said.message)
        if not pieces and not self._open:
            return False
        place = unwrapped(row.text)[0]
        key = _key(said, place)
        goes_on = key in self._open and self._open[key].chained(row.text)
        pieces = [split(row.text).text] if goes_on else pieces
        if not goes_on and not (pieces and (_HEAD.match(pieces[0]) or (key in self._open and _continues(pieces[0])))):
            self._last.pop(place, None)
            if key in self._open:
                self._give(self._open.pop(key))
            return False
        for piece in pieces:
            head = _HEAD.match(piece)
            if head:
                self._begin(key, _Entry(said, row, head[1], end))
            entry = self._open.get(key)
            if entry is not None:
                entry.add(piece, row.number, end)
                self._last[place] = entry
        return True

    def close(self) -> None:
        """Give the entries that are still open."""
        for key in list(self._open):
            self._give(self._open.pop(key))
        self._last.clear()

    def _begin(self, key: tuple[Any, ...], entry: _Entry) -> None:
        """Open an entry; the one before of the same process is over, as is the oldest of too many."""
        before = self._open.pop(key, None)
        if before is None and len(self._open) >= _OPEN:
            before = self._open.pop(next(iter(self._open)))
        if before is not None:
            self._give(before)
        self._open[key] = entry

    def _give(self, entry: _Entry) -> None:
        """Append the event and the row of an entry."""
        reading, source = self._reading, self._reading.source
        self._last = {place: last for place, last in self._last.items() if last is not entry}
        lines = [_plain(line) for line in entry.lines]
        level = LEVELS[entry.level.lower()]
        traces, kind, error_type, error_value = _read(lines, entry, is_grave=level in {"error", "fatal"})
        record = Record(entry.said, entry.row)
        columns = reading.columns(record, None)
        notes = [*columns.pop("remarks", ())]
        if entry.left:
            notes.append(f"{entry.left:,} lines of the entry were left out")
        if entry.cut:
            notes.append(f"lines of the entry that were cut after {_CHARS:,} characters: {entry.cut:,}")
        signal = level in {"error", "fatal"}
        columns |= {
            "source_id": source.source_id,
            "offset": entry.row.offset,
            "length": max(entry.end - entry.row.offset, 0),
            "format": reading.name,
            "event_class": "incident_signal" if signal else "context",
            "event_kind": kind if signal else "log",
            "level": level,
            "platform": "php",
            "error_type": error_type,
            "error_value": error_value,
            "parse_status": "partial" if entry.left or entry.cut else "ok",
            "notes": notes or None,
        }
        record.event = source.records.event(**columns)
        source.records.stacks(record.event, traces)
        for name, value in (("client", (entry.said.fields or {}).get("client")), ("referer", _referer(entry.lines[0]))):
            source.records.annotation(record.event, "request", name, value)
        reading.events += 1
        first, *rest = lines
        # the head of a record may be shared by several entries of one line
        record.said = replace(entry.said, message=first, level=level, logger=entry.said.logger or "php")
        for line in rest:
            record.add(line)
        reading.append(record)


def _key(said: Said, place: tuple[str, ...]) -> tuple[Any, ...]:
    """The process, thread, client and container of a record."""
    fields = said.fields or {}
    return (*(fields.get(name) for name in ("pid", "tid", "client")), *place)


def _continues(piece: str) -> bool:
    """Whether a line with a prefix of its own goes on with the entry above."""
    return (
        _BELOW.match(piece) is not None
        or php_parse.CALL.match(piece) is not None
        or php_parse.MAIN.match(piece) is not None
        or php_parse.THROWN.match(piece) is not None
        or piece == _TITLE
    )


def _pieces(message: str) -> list[str]:
    """The lines of PHP that a message holds: one, or several that PHP-FPM or Apache put into one line."""
    lines = message.replace("\\n", "\n")
    if _CARRIER in message[:400]:
        lines = "\n".join(part.rstrip("; \n") for part in lines.split(_CARRIER)[1:])
    elif message.lstrip().startswith("thrown in "):
        return [f"  {message.lstrip()}"]
    elif not message.startswith(("PHP ", _TITLE, "#")):
        return []
    return lines.split("\n")


def _plain(line: str) -> str:
    """A line without its prefix, and without what Apache and nginx write behind it."""
    text = php_parse.clean(line).rstrip("\r ")
    return text[:-1] if _QUOTED.search(text, max(len(text) - 24, 0)) else text


def _referer(line: str) -> str | None:
    at = line.rfind(_REFERER)
    return line[at + len(_REFERER) :] if at >= 0 else None


def _read(lines: list[str], entry: _Entry, *, is_grave: bool) -> tuple[tuple[Trace, ...], str, str | None, str | None]:
    """The stacks of an entry, the kind of event, its type and its message."""
    found = None
    if is_grave or len(lines) > 1:
        found = next(scan(enumerate(lines), only="php"), None)
    traces = found.report.traces if found else tuple(php_parse.parse(lines[0]))
    if not traces:
        return (), "crash", entry.level, lines[0].partition(":")[2].strip() or None
    traces = tuple(
        replace(
            trace,
            frames=tuple(
                replace(frame, text_line=entry.numbers[min(frame.text_line - bool(found), len(entry.numbers) - 1)])
                if frame.text_line is not None
                else frame
                for frame in trace.frames
            ),
        )
        for trace in traces
    )
    crash = traces[0]
    kind = found.report.kind if found else "exception" if (crash.error_type or "").lower() not in LEVELS else "crash"
    return traces, kind, crash.error_type or entry.level, crash.error_value
