"""The tables of one incident, each taken from the case once, and how a check points at a row of them.

A scene works on a `RedactedCase` as on a `Case`, by the public tables alone: what is checked against a redacted case is
what may leave. Everything here is columns; no Python object is made per event or frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal, Protocol

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from triage.tables import TABLES

if TYPE_CHECKING:
    import pandas as pd

__all__ = (
    "Checked",
    "Row",
    "Scene",
    "Tables",
    "Verdict",
    "among",
    "by_share",
    "event_ids",
    "matches",
    "name_matches",
    "rows_of",
)

Verdict = Literal["supported", "refuted", "cannot tell"]

MOST_ROWS: Final = 10
# Above so many stacks, frames are taken once per distinct stack, without their addresses, which no check asks for.
_JOINED: Final = 2_000
_KEYS: Final = {
    "events": ("event_id",),
    "stacks": ("event_id", "stack_no"),
    "frames": ("stack_key", "idx"),
    "logs": ("event_id", "source_id", "offset"),
    "metrics": ("event_id", "source_id", "name", "labels"),
    "modules": ("event_id", "name", "path", "base"),
    "annotations": ("event_id", "scope", "key"),
    "incidents": ("incident_id",),
}
_EXPRESSION: Final = frozenset(r"\.+*?()|[]{}^$")


class Tables(Protocol):
    """What a scene asks of a case."""

    def events(self, incident: str | None = None) -> pd.DataFrame: ...  # noqa: D102
    def stacks(self, incident: str | None = None) -> pd.DataFrame: ...  # noqa: D102
    def frames(self, incident: str | None = None) -> pd.DataFrame: ...  # noqa: D102
    def logs(self, incident: str | None = None) -> pd.DataFrame: ...  # noqa: D102
    def metrics(self, incident: str | None = None) -> pd.DataFrame: ...  # noqa: D102
    def modules(self, incident: str | None = None) -> pd.DataFrame: ...  # noqa: D102
    def annotations(self, incident: str | None = None) -> pd.DataFrame: ...  # noqa: D102
    def table(self, name: str) -> pd.DataFrame: ...  # noqa: D102


class Row(msgspec.Struct, frozen=True):
    """A row of a table of the case: the table, and the values of the columns that tell it from the others."""

    table: str
    key: dict[str, str | int]


class Checked(msgspec.Struct, frozen=True):
    """What became of a prediction: the verdict, one sentence why, and the rows that it rests on, ten at most."""

    verdict: Verdict
    why: str
    rows: tuple[Row, ...] = ()


class Scene:
    """The tables of one incident."""

    def __init__(self, case: Tables, incident_id: str) -> None:
        self._case = case
        self.incident_id = incident_id

    @cached_property
    def events(self) -> pa.Table:
        """The events of the incident, oldest first; those without a time come last."""
        table = _arrow("events", self._case.events(self.incident_id))
        return table.sort_by([("ts", "ascending"), ("event_id", "ascending")])

    @cached_property
    def stacks(self) -> pa.Table:
        """Their stacks."""
        return _arrow("stacks", self._case.stacks(self.incident_id))

    @cached_property
    def frames(self) -> pa.Table:
        """The frames of each distinct stack among them, by stack and place."""
        if self.stacks.num_rows <= _JOINED:
            return _distinct(_arrow("frames", self._case.frames(self.incident_id)))
        keys = self.stacks["stack_key"].drop_null().unique()
        frames = among(_arrow("frames", self._case.frames()), "stack_key", keys)
        return frames.sort_by([("stack_key", "ascending"), ("idx", "ascending")])

    @cached_property
    def logs(self) -> pa.Table:
        """Their log lines."""
        return _arrow("logs", self._case.logs(self.incident_id))

    @cached_property
    def metrics(self) -> pa.Table:
        """Their metrics."""
        return _arrow("metrics", self._case.metrics(self.incident_id))

    @cached_property
    def modules(self) -> pa.Table:
        """Their modules."""
        return _arrow("modules", self._case.modules(self.incident_id))

    @cached_property
    def annotations(self) -> pa.Table:
        """Their annotations."""
        return _arrow("annotations", self._case.annotations(self.incident_id))

    @cached_property
    def everything(self) -> pa.Table:
        """Of all events of the case the id, time and release."""
        wanted = ["event_id", "ts", "release"]
        from triage.share.redacted import RedactedCase

        if isinstance(self._case, RedactedCase):
            return _arrow("events", self._case.table("events", columns=wanted))
        return _arrow("events", self._case.table("events")[wanted])

    @cached_property
    def crashing(self) -> pa.Table:
        """The crashing stacks."""
        crashed = pc.fill_null(self.stacks["crashed"], fill_value=False)
        return self.stacks.filter(pc.or_(pc.equal(self.stacks["stack_no"], 0), crashed))


def _arrow(name: str, frame: pd.DataFrame) -> pa.Table:
    """A DataFrame of the case as the Arrow table that it was, each column in one piece and of its declared type."""
    types = {column.name: column for column in TABLES[name].schema}
    kept = [column for column in frame.columns if column in types]
    table = pa.table({column: pa.chunked_array(pa.array(frame[column].array)) for column in kept})
    return table.cast(pa.schema([types[column] for column in kept])).combine_chunks()


def _distinct(frames: pa.Table) -> pa.Table:
    """Each frame row of each distinct stack once."""
    if not frames.num_rows:
        return frames
    number = pa.array(range(frames.num_rows), pa.int64())
    firsts = frames.append_column("row", number).group_by(["stack_key", "idx"]).aggregate([("row", "min")])
    return frames.take(firsts["row_min"]).sort_by([("stack_key", "ascending"), ("idx", "ascending")])


def pattern(text: str, *, name: bool = False) -> str:
    """The RE2 expression of a piece of text with `*` and `?`; as a name it must not begin or end inside of a word."""
    body = "".join({"*": ".*", "?": "."}.get(char) or (f"\\{char}" if char in _EXPRESSION else char) for char in text)
    if not name:
        return f"(?s){body}"
    return f"(?s)(?:^|[^A-Za-z0-9_]){body}(?:$|[^A-Za-z0-9_])"


def matches(column: pa.ChunkedArray, text: str) -> pa.ChunkedArray:
    """Say of each cell whether it holds that text, whatever the case; of null, false."""
    found = pc.match_substring_regex(column, pattern(text), ignore_case=True)
    return pc.fill_null(found, fill_value=False)


def name_matches(column: pa.ChunkedArray, text: str) -> pa.ChunkedArray:
    """Say of each cell whether the name is in it as a whole word or a part of a qualified name; of null, false."""
    found = pc.match_substring_regex(column, pattern(text, name=True), ignore_case=True)
    return pc.fill_null(found, fill_value=False)


def event_ids(table: pa.Table) -> set[str]:
    """The ids of the events that have a row in the table."""
    return set(table["event_id"].drop_null().unique().to_pylist())


def rows_of(name: str, table: pa.Table) -> tuple[Row, ...]:
    """Point at the first rows of a table."""
    keys = [key for key in _KEYS[name] if key in table.column_names]
    head = table.select(keys).slice(0, MOST_ROWS).to_pylist()
    return tuple(Row(name, {key: value for key, value in row.items() if value is not None}) for row in head)


def among(table: pa.Table, column: str, values: pa.Array | pa.ChunkedArray | set[str]) -> pa.Table:
    """The rows whose cell is one of the values."""
    wanted = pa.array(sorted(values), pa.string()) if isinstance(values, set) else values
    if isinstance(wanted, pa.ChunkedArray):
        wanted = wanted.combine_chunks()
    return table.filter(pc.is_in(table[column], value_set=wanted))


def by_share(holds: int, of: int, said: str, rows: Sequence[Row], *, nothing: str) -> Checked:
    """Judge by how many of the events that can tell: at least half supports, none refutes.

    `said` is what holds, `nothing` what is missing where no event can tell.
    """
    rows = tuple(rows[:MOST_ROWS])
    if not of:
        return Checked("cannot tell", nothing)
    share = f"{said}: in {holds:,} of {of:,} {'event' if of == 1 else 'events'} that can tell"
    if holds * 2 >= of:
        return Checked("supported", share, rows)
    return Checked("cannot tell" if holds else "refuted", share, rows)
