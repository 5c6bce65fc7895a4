"""DebugBundle's log of errors, one JSON object per line: its short form of an error, alone or among whole envelopes.

Facts: the parser of the product, and its documentation, whose example the parser refuses. A line is an envelope (read
by `debugbundle_payload`) or ::

    {"type": "error", "error_type", "message", "stack", "file", "line"?, "timestamp", "environment", "service"}
    {"timestamp", "error_class", "message", ...}                                        ; as documented

Times may have an offset. Where the stack tells nothing, `file` and `line` are its one frame. A line that is neither
goes to quarantine alone, with its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from triage.formats import Match
from triage.formats.debugbundle_envelope import Row, level_of
from triage.formats.debugbundle_json import DAMAGED, decode
from triage.formats.debugbundle_payload import add_event
from triage.formats.log_times import NO_ZONE, Moment, here
from triage.records import Frame, Trace
from triage.times import iso, stamp

if TYPE_CHECKING:
    from triage.formats.head import Head
    from triage.sources.source import Source

__all__ = ("NAME", "TITLE", "read", "sniff")

NAME: Final = "debugbundle-ndjson"
TITLE: Final = "DebugBundle errors, one per line"

_NAMES: Final = ("error_type", "error_class", "error_name")
_TIMES: Final = ("timestamp", "occurred_at", "time")
_TAKEN: Final = frozenset(
    (
        *_NAMES,
        *_TIMES,
        "type",
        "message",
        "stack",
        "file",
        "line",
        "column",
        "environment",
        "service",
        "level",
        "runtime",
    )
)
# Languages by the ends of file names, for stacks that do not tell.
_LANGUAGES: Final = {
    "py": "python", "php": "php", "js": "javascript", "mjs": "javascript", "cjs": "javascript", "ts": "javascript",
    "tsx": "javascript", "jsx": "javascript", "rb": "ruby", "go": "go", "java": "java", "kt": "java", "rs": "rust",
    "dart": "dart",
}  # fmt: skip


def sniff(head: Head) -> Match | None:
    """By a line of the short form; whole envelopes may stand around it.

    Examples
    --------
    >>> from triage.formats.head import Head
    >>> sniff(Head(b'{"type":"error","error_type":"E","message":"no","timestamp":"2026-01-26T01:25:59Z"}\\n')).score
    97
    """
    if head.text.lstrip()[:1] != "{" or not any(f'"{name}"' in head.text for name in _NAMES):
        return None
    for line in head.lines:
        if line.lstrip()[:1] == "{" and any(f'"{name}"' in line for name in _NAMES):
            value, _ = decode(line.encode("utf-8", "replace"))
            if _is_short(value):
                return Match(97, "a line of DebugBundle's short form of an error")
    return None


def _is_short(value: Any) -> bool:
    """Whether an object is an error in the short form."""
    if type(value) is not dict or "event_type" in value or "payload" in value:
        return False
    named = any(isinstance(value.get(name), str) for name in _NAMES)
    typed = value.get("type") == "error" or ("type" not in value and any(name in value for name in _TIMES))
    return named and typed and "message" in value


def read(source: Source) -> None:
    """Read every line; what is no error goes to quarantine."""
    source.role, source.media = "events", "application/x-ndjson"
    events = lost = 0
    for number, (place, whole) in enumerate(source.lines(), 1):
        line = whole.lstrip(b"\0")
        offset = place + len(whole) - len(line)
        if offset > place:
            lost += 1
            reason = f"NUL bytes {'before the text of a line' if line.strip() else 'instead of JSON'}"
            source.quarantine(reason, offset=place, length=offset - place, line=number)
        text = line.strip()
        if not text:
            continue
        value, note = decode(text)
        damage = _line(source, value, offset, len(line), note)
        events += damage is None
        lost += damage is not None
        if damage:
            source.quarantine(damage, offset=offset, length=len(line), line=number)
    source.description = f"DebugBundle errors: {events:,}"
    if lost:
        source.parse_status = "partial"
        source.note(f"{lost:,} of {events + lost:,} lines are in quarantine")


def _line(source: Source, value: Any, offset: int, length: int, note: str | None) -> str | None:
    """Append the event of one line; why not, where it is none."""
    if value is DAMAGED:
        return "damaged JSON"
    if not _is_short(value):
        return add_event(source, value, reader="debugbundle-events", offset=offset, length=length, note=note)
    if not isinstance(value["message"], str):
        return "an error whose message is not text"
    row = Row(source, format=NAME, offset=offset, length=length)
    row.read_as(note)
    _fill(row, value)
    row.seal()
    return None


def _fill(row: Row, value: dict[str, Any]) -> None:
    """Columns, stack and annotations of an error in the short form."""
    name = next((value[key] for key in _NAMES if isinstance(value.get(key), str)), None)
    message = value["message"]
    level = level_of(value.get("level")) or "error"
    grave = level in {"error", "fatal"}
    row.columns |= {"event_kind": "exception", "event_class": "incident_signal" if grave else "context", "level": level}
    row.columns |= {"error_type": name, "error_value": message or None}
    for column in ("service", "environment"):
        held = value.get(column)
        if isinstance(held, dict):
            row.columns["environment"] = row.columns.get("environment") or row.text(held, "environment", "service")
            held = held.get("name")
        if isinstance(held, str) and held:
            row.columns[column] = held
    _moment(row, value)
    file = row.text(value, "file", "error")
    runtime = value.get("runtime")
    row.language = runtime if isinstance(runtime, str) else _LANGUAGES.get((file or "").rpartition(".")[2].lower())
    row.columns["platform"] = row.language
    row.stack(row.text(value, "stack", "error"), name, message)
    if file and not any(trace.frames for trace in row.traces):
        row.traces = (_place(value, file, name, message, row.language),)
    row.annotate("error", "file", file)
    row.flat("context", {key: held for key, held in value.items() if key not in _TAKEN})


def _moment(row: Row, value: dict[str, Any]) -> None:
    """When it happened; offsets are part of the form."""
    written = next((value[key] for key in _TIMES if value.get(key) is not None), None)
    ts = stamp(written) if (told := iso(written)) is None else told
    if ts is None:
        row.partial("no time" if written is None else "the time is none")
        return
    text = written.strip() if isinstance(written, str) else "Z"
    zoned = text[-1] in "Zz" or "+" in text[10:] or "-" in text[10:]
    moment = Moment(ts) if zoned else here(Moment(ts, NO_ZONE), row.source)
    row.columns |= {"ts": moment.micros, "ts_source": "event" if zoned else "event without zone"}
    if moment.note:
        row.repaired(moment.note)


def _place(value: dict[str, Any], file: str, name: str | None, message: str, language: str | None) -> Trace:
    """The one frame that an error without a stack still tells."""
    numbers = [held if type(held := value.get(key)) is int and held > 0 else None for key in ("line", "column")]
    frame = Frame(file=file, line=numbers[0], column=numbers[1], language=language, trust="location")
    return Trace(frames=(frame,), error_type=name, error_value=message or None, unwinder="event")
