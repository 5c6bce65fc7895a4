"""The lines of each section of an extract, and the row of which table each of them tells.

Everything is read from a `RedactedCase`. A `row` is a position in `case.<table>(event=event_id)` of the event of the
extract (0 for the event and the incident themselves); lines of raw text carry the file and, as the row, the number of
the line from the start of the event, where it is known.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pandas as pd

from triage.errors import SourceError
from triage.share.printable import printable
from triage.stacks.names import basename

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from triage.share.redacted import RedactedCase

__all__ = ("TITLES", "Line", "Whole", "cell")

TITLES: Final = {
    "exception": "what was raised, newest event",
    "system": "operating system and symbols",
    "frames": "the crashing stack, innermost first, then its causes",
    "incident": "how often, since when, where",
    "threads": "the other stacks, innermost first",
    "logs": "log lines and breadcrumbs before the crash",
    "annotations": "tags, contexts and other keys",
    "metrics": "metrics at the crash",
    "feedback": "what a person said",
    "modules": "loaded images, those of the crashing stack first",
    "head": "the beginning of the report as it was written",
    "tail": "the end of the report as it was written",
}
# Frames of each other stack, and the part of a report that is read at each end.
_FRAMES_OF_OTHERS: Final = 12
_RAW_BYTES: Final = 262_144
_ROWS: Final = '{"_row":'
_CRASHING: Final = ("crash", "cause")


class Line(NamedTuple):
    """One line of data, and what it tells of: a row of a table (-1: none in particular), a file."""

    text: str
    table: str
    row: int
    source_id: str = ""


class Whole:
    """One incident and its newest event, section by section, uncut."""

    def __init__(self, case: RedactedCase, incident: pd.Series[Any], event: str) -> None:
        self._case = case
        self._incident = incident
        self._id = event
        self._event = case.event(event)

    @property
    def event_id(self) -> str:
        """The event, as it may be named."""
        return str(self._event["event_id"])

    def lines(self, name: str) -> list[Line]:
        """All lines of a section."""
        makers: dict[str, Callable[[], Iterator[Line]]] = {
            "exception": self._exception,
            "system": self._system,
            "frames": self._frames,
            "incident": self._of_incident,
            "threads": self._threads,
            "logs": self._logs,
            "annotations": self._annotations,
            "metrics": self._metrics,
            "feedback": self._feedback,
            "modules": self._modules,
            "head": self._head,
            "tail": self._tail,
        }
        return list(makers[name]())

    def _exception(self) -> Iterator[Line]:
        event = self._event
        address = event["fault_address"]
        pairs = [
            ("type", cell(event["error_type"])),
            ("message", cell(event["error_value"])),
            ("kind", cell(event["event_kind"])),
            ("code", _code(event)),
            ("signal", cell(event["signal"])),
            ("fault address", f"0x{int(address):x}" if cell(address) else ""),
            ("level", cell(event["level"])),
            ("handled", cell(event["handled"])),
            ("thread", cell(event["thread_id"])),
            ("where", cell(event["culprit"])),
        ]
        yield from (Line(f"{label}: {value}", "events", 0) for label, value in pairs if value)
        for note in _listed(event["notes"])[:10]:
            yield Line(f"note of the reader: {cell(note)}", "events", 0)
        for row, stack in enumerate(self._stacks.to_dict("records")):
            if stack["role"] == "cause" and cell(stack["error_type"]):
                told = ": ".join(part for part in (cell(stack["error_type"]), cell(stack["error_value"])) if part)
                yield Line(f"caused by: {told}", "stacks", row)

    def _system(self) -> Iterator[Line]:
        """The system, and the lines SymInit and OS-Version of StackWalker where there are such."""
        event = self._event
        told = " ".join(filter(None, map(cell, (event["os_name"], event["os_version"], event["arch"]))))
        if told:
            yield Line(f"OS: {told}", "events", 0)
        if device := cell(event["device"]):
            yield Line(f"device: {device}", "events", 0)
        kept: dict[tuple[str, str], tuple[int, str]] = {}
        for row, note in enumerate(self._notes.to_dict("records")):
            if note["scope"] in {"symbols", "os"}:
                kept[cell(note["scope"]), cell(note["key"])] = (row, cell(note["value"]))
        if path := kept.get(("symbols", "search_path")):
            options, user = kept.get(("symbols", "options")), kept.get(("symbols", "user_name"))
            more = (f", symOptions: {options[1]}" if options else "") + (f", UserName: '{user[1]}'" if user else "")
            yield Line(f"SymInit: Symbol-SearchPath: '{path[1]}'{more}", "annotations", path[0])
        if version := kept.get(("os", "version")):
            suite, product = kept.get(("os", "suite")), kept.get(("os", "product"))
            more = f" {suite[1]}-{product[1]}" if suite and product else ""
            yield Line(f"OS-Version: {version[1]}{more}", "annotations", version[0])

    def _frames(self) -> Iterator[Line]:
        """The crashing stack and its causes."""
        if self._stacks.empty:
            return
        first = self._stacks["stack_no"].iloc[0]
        for row, stack in enumerate(self._stacks.to_dict("records")):
            if stack["stack_no"] == first or stack["role"] in _CRASHING:
                if stack["stack_no"] != first or cell(stack["thread_name"]) or cell(stack["state"]):
                    yield Line(_stack_title(stack), "stacks", row)
                yield from self._frames_of(stack["stack_no"])

    def _threads(self) -> Iterator[Line]:
        """The other stacks, a few frames of each."""
        for row, stack in enumerate(self._stacks.to_dict("records")):
            if row and stack["role"] not in _CRASHING:
                yield Line(_stack_title(stack), "stacks", row)
                frames = list(self._frames_of(stack["stack_no"]))
                yield from frames[:_FRAMES_OF_OTHERS]
                if len(frames) > _FRAMES_OF_OTHERS:
                    yield Line(f"... {len(frames) - _FRAMES_OF_OTHERS:,} more frames", "stacks", row)

    def _frames_of(self, stack: Any) -> Iterator[Line]:
        rows = self._all_frames[self._all_frames["stack_no"] == stack]
        for number, (row, frame) in enumerate(zip(rows.index.tolist(), rows.to_dict("records"), strict=True)):
            yield Line(_frame(number, frame), "frames", row)

    def _of_incident(self) -> Iterator[Line]:
        incident, event = self._incident, self._event
        pairs = [
            ("title", cell(incident["title"])),
            ("status", cell(incident["status"])),
            ("events", cell(incident["count"])),
            ("users", cell(incident["users"])),
            ("first seen", cell(incident["first_seen"])),
            ("last seen", cell(incident["last_seen"])),
            ("in the last hour", cell(incident["count_1h"])),
            ("in the last 24 hours", cell(incident["count_24h"])),
            ("releases", cell(incident["releases"])),
            ("environments", cell(incident["environments"])),
            ("services", cell(incident["services"])),
            ("platforms", cell(incident["platforms"])),
        ]
        yield from (Line(f"{label}: {value}", "incidents", 0) for label, value in pairs if value)
        request = " ".join(filter(None, map(cell, (event["http_method"], event["route"], event["http_status"]))))
        more = [
            ("release of this event", cell(event["release"])),
            ("format", cell(event["format"])),
            ("request", request),
        ]
        yield from (Line(f"{label}: {value}", "events", 0) for label, value in more if value)

    def _logs(self) -> Iterator[Line]:
        for row, log in enumerate(self._case.logs(event=self._id).to_dict("records")):
            parts = [cell(log[name]) for name in ("ts", "level", "logger", "message", "fields")]
            yield Line(" ".join(part for part in parts if part), "logs", row)

    def _annotations(self) -> Iterator[Line]:
        for row, note in enumerate(self._notes.to_dict("records")):
            if note["scope"] not in {"symbols", "os"}:
                yield Line(f"{cell(note['scope'])} {cell(note['key'])} = {cell(note['value'])}", "annotations", row)

    def _metrics(self) -> Iterator[Line]:
        for row, sample in enumerate(self._case.metrics(event=self._id).to_dict("records")):
            labels = cell(sample["labels"])
            yield Line(f"{cell(sample['name'])}{labels} {cell(sample['value'])}", "metrics", row)

    def _feedback(self) -> Iterator[Line]:
        for row, said in enumerate(self._case.feedback(event=self._id).to_dict("records")):
            if message := cell(said["message"]):
                yield Line(message, "feedback", row)

    def _modules(self) -> Iterator[Line]:
        modules = self._case.modules(event=self._id)
        rows = list(enumerate(modules.to_dict("records")))
        crashing = self._all_frames[self._all_frames["stack_no"] == 0]["module"].dropna().unique()
        near = {_stem(name) for name in crashing.tolist()}
        rows.sort(key=lambda pair: _stem(cell(pair[1]["name"])) not in near)
        for row, module in rows:
            yield Line(_module(module), "modules", row)

    def _head(self) -> Iterator[Line]:
        """The whole text; what does not fit goes on in the tail."""
        for number, line in enumerate(self._text(at_end=False).splitlines(), 1):
            yield Line(printable(line.rstrip()), "files", number, self._source)

    def _tail(self) -> Iterator[Line]:
        """The end of a text of which the head was not read to there."""
        if self._length > _RAW_BYTES:
            for line in self._text(at_end=True).splitlines()[1:]:
                yield Line(printable(line.rstrip()), "files", -1, self._source)

    @property
    def unread(self) -> int:
        """Bytes of the text between its head and its tail that were not read."""
        return max(self._length - 2 * _RAW_BYTES, 0) if self._text(at_end=False) else 0

    @property
    def _source(self) -> str:
        return cell(self._event["source_id"])

    @property
    def _length(self) -> int:
        """The bytes of the text of the event; of its whole file where it does not say."""
        if cell(self._event["length"]):
            return int(self._event["length"])
        files = self._case.files()
        sizes = files.loc[files["source_id"] == self._source, "bytes"]
        return int(sizes.iloc[0]) if len(sizes) else 0

    def _text(self, *, at_end: bool) -> str:
        """A part of the text of the event, "" where it is no text or cannot be read again."""
        start = int(self._event["offset"]) if cell(self._event["offset"]) else 0
        size = min(self._length, _RAW_BYTES)
        try:
            if self._case.preview(self._source).note.startswith("no text"):
                return ""
            at = max(self._length - size, _RAW_BYTES) if at_end else 0
            text = self._case.text(self._source, offset=start + at, length=min(size, self._length - at))
        except SourceError:
            return ""
        return "" if text.startswith(_ROWS) else text  # rows that were read of a file tell what the tables tell

    @cached_property
    def _stacks(self) -> pd.DataFrame:
        return self._case.stacks(event=self._id)

    @cached_property
    def _all_frames(self) -> pd.DataFrame:
        return self._case.frames(event=self._id)

    @cached_property
    def _notes(self) -> pd.DataFrame:
        return self._case.annotations(event=self._id)


def cell(value: Any) -> str:
    """A cell as text on one line, "" where it is null."""
    if isinstance(value, list | tuple):
        return ", ".join(cell(item) for item in value)
    if value is None or value is pd.NA or (not isinstance(value, str) and pd.isna(value)):
        return ""
    if isinstance(value, pd.Timestamp):
        return value.isoformat().replace("+00:00", "Z")
    return printable(" ⏎ ".join(str(value).splitlines()).replace("\t", " "))


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) or hasattr(value, "tolist") else []


def _code(event: pd.Series[Any]) -> str:
    code, name = event["error_code"], cell(event["error_code_name"])
    return " ".join(part for part in (f"0x{int(code):x}" if cell(code) else "", name) if part)


def _stack_title(stack: dict[Any, Any]) -> str:
    """`thread worker waiting, thread 7`, and what was raised there."""
    head = " ".join(filter(None, map(cell, (stack["role"], stack["thread_name"], stack["state"]))))
    raised = ": ".join(part for part in (cell(stack["error_type"]), cell(stack["error_value"])) if part)
    number = f"thread {cell(stack['thread_id'])}" if cell(stack["thread_id"]) else ""
    return ", ".join(part for part in (head, number, raised) if part)


def _frame(number: int, frame: dict[Any, Any]) -> str:
    """`#3 function file:line module+0x12 [library]`."""
    if frame["frame_kind"] != "frame":
        return f"#{number} {cell(frame['frame_kind']).replace('_', ' ')} {cell(frame['function'])}".rstrip()
    parts = [f"#{number}", cell(frame["function"]) or cell(frame["function_raw"]) or "?"]
    file, line = cell(frame["file"]), cell(frame["line"])
    if file:
        parts.append(f"{file}:{line}" if line else file)
    if module := cell(frame["module"]):
        offset = frame["module_offset"]
        parts.append(basename(module) + (f"+0x{int(offset):x}" if cell(offset) else ""))
    if cell(frame["repeat"]) not in {"", "1"}:
        parts.append(f"({cell(frame['repeat'])} times)")
    if frame["role"] and frame["role"] != "application":
        parts.append(f"[{'crash handling' if frame['role'] == 'sentinel' else cell(frame['role'])}]")
    if source := cell(frame["context_line"]):
        parts.append(f"| {source.strip()}")
    return " ".join(parts)


def _module(module: dict[Any, Any]) -> str:
    """`name version base size symbols`."""
    parts = [cell(module["name"]) or basename(cell(module["path"])), cell(module["version"])]
    if cell(module["base"]):
        parts.append(f"at 0x{int(module['base']):x}")
    if cell(module["size"]):
        parts.append(f"size {int(module['size'])}")
    parts += [cell(module["symbol_type"]), cell(module["debug_id"])]
    if cell(module["unloaded"]) == "True":
        parts.append("unloaded")
    return " ".join(part for part in parts if part)


def _stem(name: str) -> str:
    """The name of a module as frames write it: without folder, suffix and case."""
    return basename(name).lower().rsplit(".", 1)[0]
