"""The annotations and log lines of many usual envelopes, for those that are read to be held as a whole.

An envelope repeats most of what becomes annotations: the SDK, the service, the release, the headers. So the parts of a
line are told apart without being decoded, and what the reader of single envelopes makes of equal parts is made once.
What is of the event alone and never noted (its ids and time, the message, the stack) is no part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import msgspec
import numpy as np
import pyarrow as pa

from triage.columns import array
from triage.formats.debugbundle_envelope import SCHEMA, Row, fill_head
from triage.formats.debugbundle_payload import read_payload
from triage.records import json_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from triage.formats.debugbundle_batch import Batch, Mask, Places
    from triage.sources.source import Source

__all__ = ("Noted", "Notes")

# About how many bytes of parts and what they say are remembered; what a part or an annotation takes beside its text.
_MOST: Final = 24 << 20
_ONE: Final = 300
_ABSENT: Final = msgspec.Raw(b"")
_NO_MORE: Final = (_ABSENT,) * 4
# What is noted of no usual event: of each kind, what all but all events have for themselves.
_OWN: Final = {
    "backend_exception": ("name", "message", "stack", "handled"),
    "frontend_exception": ("name", "message", "stack"),
    "request_event": ("response_status", "duration_ms"),
    "log_event": ("message",),
}
_TEXT: Final = pa.string()

_decode = msgspec.json.Decoder().decode


class _Envelope(msgspec.Struct, gc=False):
    """A line with its parts as they are written."""

    event_type: str
    service: msgspec.Raw
    payload: dict[str, msgspec.Raw]
    sdk_name: str | None = None
    sdk_version: str | None = None
    context: msgspec.Raw = _ABSENT
    correlation: msgspec.Raw = _ABSENT
    sdk_language: msgspec.Raw = _ABSENT
    project_id: msgspec.Raw = _ABSENT
    project_token: msgspec.Raw = _ABSENT


_parts = msgspec.json.Decoder(_Envelope).decode


class Noted(NamedTuple):
    """What lines say: the forms of head and payload of each, and which could be read; the log lines of payloads."""

    forms: Places
    readable: Mask
    logs: Mapping[int, list[dict[str, Any]]]

    def take(self, rows: Places) -> Noted:
        """What these lines say."""
        return self._replace(forms=self.forms[rows], readable=self.readable[rows])

    def told(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """The log lines, each with the place of its line."""
        for at, form in enumerate(self.forms[:, 1].tolist() if self.logs else ()):
            for log in self.logs.get(form, ()):
                yield at, log


class Notes:
    """What is known of the parts of lines in one reading."""

    def __init__(self) -> None:
        self._clear()

    def _clear(self) -> None:
        self._forms: dict[tuple[Any, ...], int] = {}
        self._firsts: list[int] = []
        self._sizes: list[int] = []
        self._ends = 0
        self._new: tuple[list[str], list[str], list[str]] = ([], [], [])
        self._columns = tuple(pa.array([], _TEXT) for _ in self._new)
        self._bytes = 0
        self._logs: dict[int, list[dict[str, Any]]] = {}

    def read(self, batch: Batch, lines: Places, wanted: Mask, *, correlated: bool) -> Noted:
        """Read the wanted ones of these lines; `correlated` where correlations hold more than the ids of columns."""
        if self._bytes >= _MOST:
            self._clear()
        forms, readable = np.zeros((len(lines), 2), np.int64), wanted.copy()
        rows = np.flatnonzero(wanted)
        starts = batch.starts[lines[rows]]
        found = []
        for at, start, end in zip(
            rows.tolist(), starts.tolist(), (starts + batch.lengths[lines[rows]]).tolist(), strict=True
        ):
            try:
                found.append(self._line(batch.data[start:end], correlated=correlated))
            except (ValueError, RecursionError):
                found.append((0, 0))
                readable[at] = False
        if found:
            forms[rows] = found
        return Noted(forms, readable, self._logs)

    def _line(self, text: bytes, *, correlated: bool) -> tuple[int, int]:
        """The forms of a line."""
        envelope = _parts(text)
        more = (
            envelope.correlation if correlated else _ABSENT,
            envelope.sdk_language,
            envelope.project_id,
            envelope.project_token,
        )
        rest = () if more == _NO_MORE else tuple(map(bytes, more))
        head = (envelope.sdk_name, envelope.sdk_version, bytes(envelope.service), bytes(envelope.context), rest)
        first = self._forms.get(head)
        if first is None:
            first = self._forms[head] = self._head(*head)
        kind, payload = envelope.event_type, envelope.payload
        for name in _OWN[kind]:
            payload.pop(name, None)
        key = (kind, *payload, *map(bytes, payload.values()))
        second = self._forms.get(key)
        if second is None:
            second = self._forms[key] = self._payload(kind, payload)
        return first, second

    def _head(
        self, name: str | None, version: str | None, service: bytes, context: bytes, rest: tuple[bytes, ...]
    ) -> int:
        """The form of everything of an envelope but its payload."""
        names = ("correlation", "sdk_language", "project_id", "project_token")
        more = {key: _decode(raw) for key, raw in zip(names, rest, strict=False) if raw}
        item = {"schema_version": SCHEMA, "sdk_name": name, "sdk_version": version, "service": _decode(service), **more}
        if context:
            item["context"] = _decode(context)
        row = _row()
        fill_head(row, item)
        return self._form(row, sum(map(len, (service, context, *rest))))

    def _payload(self, kind: str, parts: dict[str, msgspec.Raw]) -> int:
        """The form of a payload."""
        payload = {name: _decode(raw) for name, raw in parts.items()}
        row = _row()
        read_payload(row, kind, payload | {"message": ""} if kind == "log_event" else payload)
        return self._form(row, sum(len(bytes(raw)) for raw in parts.values()))

    def _form(self, row: Row, size: int) -> int:
        """Keep the annotations and log lines of a row, made of parts of that size."""
        told = [(*place, value) for *place, value in row.annotations if value is not None]
        for scope, key, value in told:
            text = value if isinstance(value, str) else json_text(value)
            size += len(text)
            for column, said in zip(self._new, (scope, key, text), strict=True):
                column.append(said)
        self._firsts.append(self._ends)
        self._sizes.append(len(told))
        self._ends += len(told)
        form = len(self._sizes) - 1
        if row.logs:
            self._logs[form] = row.logs
        self._bytes += size + _ONE * (1 + len(told) + 2 * len(row.logs))
        return form

    def columns(self, noted: Noted) -> tuple[dict[str, pa.Array], Places]:
        """The annotations of these lines, and the place of the line of each."""
        self._columns = tuple(
            pa.concat_arrays([known, array(new, _TEXT)]) for known, new in zip(self._columns, self._new, strict=True)
        )
        self._new = ([], [], [])
        forms = noted.forms.ravel()
        sizes = np.array(self._sizes, np.int64)[forms]
        firsts = np.array(self._firsts, np.int64)[forms]
        rows = pa.array(np.arange(int(sizes.sum())) + np.repeat(firsts - (np.cumsum(sizes) - sizes), sizes))
        columns = (column.take(rows) for column in self._columns)
        return dict(zip(("scope", "key", "value"), columns, strict=True)), np.repeat(np.arange(len(forms)) // 2, sizes)


def _row() -> Row:
    """An event of which only the annotations and log lines are looked at: it is of no source."""
    return Row(cast("Source", None))
