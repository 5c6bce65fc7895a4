"""What the readers yield: columns in the making and interned stacks, for one case.

A reader gets a `Records` and appends. Two ways lead in:

- `Records.event` for the bulk: one call appends one row, and the values are columns at once;
- `Records.draft` for a crash whose parts lie in several files, in whatever order they come: everybody who names the
same
  key gets the same `Draft`, and the higher rank wins where two fill the same column.

Everything else (`log`, `metric`, `module`, ...) hangs on the number that the two give back. Stacks are interned: the
frames of a stack are stored once, under a digest of their content without absolute addresses. `Records.finish` gives
Arrow tables, computes `event_id` and turns the numbers into ids. Values that do not fit their column become nulls,
never errors.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
from msgspec.structs import astuple

from triage.claims import Claims, claimed, linked
from triage.columns import ColumnBuilder
from triage.identity import BY_EVENT, in_order, resolve
from triage.store import DEFERRED, TABLES_LEFT
from triage.tables import TABLES

if TYPE_CHECKING:
    from triage.seen import Seen
    from triage.store.spill import Spill

__all__ = ("MOST_OCCURRENCES", "Draft", "Frame", "Records", "Trace")

# What one row may stand for: more is no count.
MOST_OCCURRENCES: Final = 1 << 40

# Rows of one table that are held as Python values before they become Arrow: keeps a streamed log at a few MB.
BATCH_ROWS: Final = 16_384
# Distinct raw stack texts remembered at once; a store with more falls back to parsing, not to more memory.
MEMO_TEXTS: Final = 65_536


# Bytes of rows from which on they are taken where somebody takes them as they come.
_TAKEN_BYTES: Final = 12 << 20
# Parsed texts, some ten kilobytes each, that may stay when rows are taken.
_REMEMBERED: Final = 8_192


class Frame(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One row of a stack, innermost first; `address` and `text_line` are of one occurrence, and kept out of its key."""

    function: str | None = None
    function_raw: str | None = None
    args: str | None = None
    module: str | None = None
    module_offset: int | None = None
    symbol_offset: int | None = None
    file: str | None = None
    line: int | None = None
    column: int | None = None
    language: str | None = None
    trust: str | None = None
    context_line: str | None = None
    written: str | None = None
    variables: str | None = None
    in_app: bool | None = None
    inline_depth: int = 0
    frame_kind: str = "frame"
    repeat: int = 1
    address: int | None = None
    # where a text was read: the line that the frame begins on
    text_line: int | None = None


class Trace(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One stack as a reader sees it: its frames, innermost first, and what it was the stack of."""

    frames: tuple[Frame, ...] = ()
    role: str = "crash"
    chain_no: int = 0
    error_type: str | None = None
    error_value: str | None = None
    thread_id: int | None = None
    thread_name: str | None = None
    crashed: bool | None = None
    state: str | None = None
    registers: str | None = None
    unwinder: str | None = None


class Draft:
    """One event whose parts come from several places; sealed by `Records.finish`."""

    __slots__ = ("_columns", "_notes", "_traces", "event")

    def __init__(self, event: int) -> None:
        self.event = event
        self._columns: dict[str, tuple[int, Any]] = {}
        self._notes: list[str] = []
        self._traces: tuple[int, list[Trace]] = (-1, [])

    def fill(self, *, rank: int = 0, **columns: Any) -> None:
        """Set columns of the event; the highest rank wins, and the first among equals. Nulls are ignored."""
        for name, value in columns.items():
            if value is not None and (name not in self._columns or self._columns[name][0] < rank):
                self._columns[name] = (rank, value)

    def get(self, column: str) -> Any:
        """The value that stands for that column now, or None."""
        return self._columns[column][1] if column in self._columns else None

    def note(self, text: str) -> None:
        """Add a note to the event, once."""
        if text not in self._notes:
            self._notes.append(text)

    def stacks(self, traces: Iterable[Trace], *, rank: int = 0) -> None:
        """Offer stacks; those of the highest rank stand, those of equal rank add up."""
        held, kept = self._traces
        offered = list(traces)
        if not offered or rank < held:
            return
        self._traces = (rank, kept + offered if rank == held else offered)

    def row(self) -> tuple[dict[str, Any], list[Trace]]:
        """The columns and the stacks to be sealed."""
        columns = {name: value for name, (_, value) in self._columns.items()}
        if self._notes:
            columns["notes"] = [*columns.get("notes", ()), *sorted(self._notes)]
        return columns, self._traces[1]


class Records:
    """The tables of one case in the making.

    Examples
    --------
    >>> records = Records()
    >>> event = records.event(source_id="a", event_kind="crash", error_type="SIGSEGV")
    >>> records.stacks(event, [Trace(frames=(Frame(function="main", file="main.c", line=3),))])
    >>> records.finish()["frames"].column("function").to_pylist()
    ['main']
    """

    def __init__(
        self,
        *,
        batch_rows: int = BATCH_ROWS,
        spill: Spill | None = None,
        full: Callable[[], None] | None = None,
        whole: bool = False,
    ) -> None:
        self.spill = spill
        self.whole = whole
        self._full = full
        self._together = 0
        self._loose = False
        self._events = 0
        self._deferred: list[pa.Array] = []
        self._claims: dict[tuple[str, str], int] = {}
        self._ids: Claims = {}
        # What an archive says of the capture policy of its members, by their container and path.
        self.policies: dict[tuple[str | None, str], str] = {}
        self._drafts: dict[tuple[str, ...], Draft] = {}
        self._interned: dict[bytes, str] = {}
        self._memo: dict[tuple[str, str], tuple[Trace, ...]] = {}
        self._tables: dict[str, ColumnBuilder] = {}
        for name, table in TABLES.items():
            internal = "_event" if name in BY_EVENT else "_order" if name == "files" else None
            extra = {internal: pa.int64()} if internal else {}
            self._tables[name] = ColumnBuilder(table.schema, extra=extra, batch_rows=batch_rows, spill=spill)

    def event(self, **columns: Any) -> int:
        """Append one event and give its number, by which stacks, logs and the rest refer to it."""
        number = self._events
        self._events += 1
        self._tables["events"].append(columns, _event=number)
        return number

    def draft(self, *key: str) -> Draft:
        """The event that goes by that key in this case, made at the first call."""
        draft = self._drafts.get(key)
        if draft is None:
            draft = self._drafts[key] = Draft(self._events)
            self._events += 1
        return draft

    def reserve(self, count: int) -> int:
        """The first of so many numbers for events whose rows come later, with `extend` or one by one."""
        number = self._events
        self._events += count
        return number

    @contextmanager
    def numbered(self, number: int) -> Iterator[None]:
        """Number the events that are appended meanwhile from one on that was reserved."""
        self._events, after = number, self._events
        try:
            yield
        finally:
            self._events = after

    def extend(self, name: str, columns: Mapping[str, Any], events: pa.Array) -> None:
        """Append many rows that hang on the events of these numbers; a column is an array, or one value for all."""
        self._loose = True
        self._tables[name].extend(columns, len(events), _event=events)

    def defer(self, events: pa.Array) -> None:
        """Say that the annotations and log lines of these events stay where they lie until somebody asks for them."""
        self._deferred.append(events)

    def envelope(self, item: dict[str, Any], *, is_strict: bool) -> None:
        """Take the envelope of DebugBundle's that the next event is; tables are made of what was read of it alone."""

    def stacks(self, event: int, traces: Iterable[Trace]) -> None:
        """Append stacks to an event, the crashing one first."""
        for trace in traces:
            self._tables["stacks"].append(self.stack_row(trace), _event=event)

    def stack_row(self, trace: Trace) -> dict[str, Any]:
        """The row of `stacks` for a stack, its frames interned."""
        addresses = [frame.address for frame in trace.frames]
        text_lines = [frame.text_line for frame in trace.frames]
        return {
            "role": trace.role,
            "chain_no": trace.chain_no,
            "thread_id": trace.thread_id,
            "thread_name": trace.thread_name,
            "crashed": trace.crashed,
            "state": trace.state,
            "error_type": trace.error_type,
            "error_value": trace.error_value,
            "stack_key": self.intern(trace.frames) if trace.frames else None,
            "addresses": addresses if any(address is not None for address in addresses) else None,
            "text_lines": text_lines if any(line is not None for line in text_lines) else None,
            "registers": trace.registers,
            "unwinder": trace.unwinder,
        }

    def intern(self, frames: Sequence[Frame]) -> str:
        """Store the frames of a stack once and give their key: blake2b-128 of what all its occurrences share."""
        content = [
            frame
            if frame.address is None and frame.text_line is None
            else msgspec.structs.replace(frame, address=None, text_line=None)
            for frame in frames
        ]
        digest = hashlib.blake2b(_encode(content), digest_size=16).digest()
        key = self._interned.get(digest)
        if key is None:
            key = self._interned[digest] = digest.hex()
            count = len(content)
            columns = dict(zip(Frame.__struct_fields__, zip(*map(astuple, content), strict=True), strict=True))
            del columns["address"], columns["text_line"]
            self._tables["frames"].append_many({"stack_key": [key] * count, "idx": range(count), **columns}, count)
        return key

    def parsed(self, kind: str, text: str, parse: Callable[[str], Iterable[Trace]]) -> tuple[Trace, ...]:
        """Parse a raw stack text, once per distinct text."""
        traces = self._memo.get((kind, text))
        if traces is None:
            if len(self._memo) >= MEMO_TEXTS:
                self._memo.clear()
            traces = self._memo[kind, text] = tuple(parse(text))
        return traces

    def log(self, event: int | None = None, **columns: Any) -> None:
        """Append a row of `logs`."""
        self._tables["logs"].append(columns, _event=event)

    def metric(self, event: int | None = None, **columns: Any) -> None:
        """Append a row of `metrics`."""
        self._tables["metrics"].append(columns, _event=event)

    def module(self, event: int | None = None, **columns: Any) -> None:
        """Append a row of `modules`."""
        self._tables["modules"].append(columns, _event=event)

    def annotation(self, event: int | None, scope: str, key: str, value: Any) -> None:
        """Append a row of `annotations`; a value that is not text is written as JSON, a null is left out."""
        if value is None:
            return
        text = value if isinstance(value, str) else json_text(value)
        self._tables["annotations"].append({"scope": scope, "key": key, "value": text}, _event=event)

    def feedback(self, event: int | None = None, **columns: Any) -> None:
        """Append a row of `feedback`."""
        self._tables["feedback"].append(columns, _event=event)

    def file(self, *, order: int, **columns: Any) -> None:
        """Append a row of `files`, which comes out in that order; the sources do this, not the readers."""
        self._tables["files"].append(columns, _order=order)

    def file_rows(self, columns: Mapping[str, Any], orders: list[int]) -> None:
        """Append many rows of `files` at once, as `extend` does."""
        self._tables["files"].extend(columns, len(orders), _order=orders)

    def claim(self, scope: str, prefix: str, event: int) -> None:
        """Say that the files of a scope whose names begin so belong to an event, in whatever order they are read."""
        self._claims[scope, prefix] = event

    def claim_ids(self, container_id: str | None, path: str, ids: list[tuple[str | None, str | None]]) -> None:
        """Say which ids and group keys the events of a member of an archive have, in order; see `triage.claims`."""
        self._ids[container_id, path] = ids

    def quarantine(self, *, source_id: str, reason: str, **columns: Any) -> None:
        """Append a row of `quarantine`: a piece that could not be read, and why. The reason never quotes content."""
        self._tables["quarantine"].append({"source_id": source_id, "reason": reason, **columns})

    def rows(self, name: str) -> pa.Table:
        """The rows of a table so far, with the number of the event in `_event`."""
        return self._tables[name].table()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Have what is read meanwhile taken only when all of it is there."""
        self._together += 1
        try:
            yield
        finally:
            self._together -= 1

    def rest(self) -> None:
        """Say that no event is half made: a moment at which the rows so far may be taken, but for what needs all."""
        if self._full is None or self._together or self._drafts or self._claims or self._ids:
            return
        if sum(builder.held for name, builder in self._tables.items() if name != "files") >= _TAKEN_BYTES:
            self._full()

    def take(self) -> dict[str, pa.Table]:
        """The rows of events so far, of drafts none, as `finish` would have them but for their ids; they are let go."""
        if len(self._memo) > _REMEMBERED:
            self._memo.clear()
        taken = {name: self._tables[name].take() for name in (*sorted(BY_EVENT), "frames", "quarantine")}
        return self._in_order(taken)

    def partial(self) -> tuple[dict[str, pa.Table], int]:
        """The tables of events as they are, with the events' numbers in `_event`, and how many numbers are reserved.

        What files are and what belongs to whom is not part of it: readers of event stores say neither.
        """
        tables = {name: self.rows(name) for name in (*sorted(BY_EVENT), "frames", "quarantine")}
        tables[DEFERRED] = pa.table({"_event": pa.chunked_array(self._deferred, pa.int64())})
        return tables, self._events

    def absorb(self, tables: Mapping[str, pa.Table], first: int) -> None:
        """Append what other records gave as their `partial`, its events numbered from `first` on; equal stacks once."""
        self._loose = True
        for name, table in tables.items():
            rows = table
            if name == "frames":
                known = pa.array(self._interned.values(), pa.string())
                rows = rows.filter(pc.invert(pc.is_in(rows["stack_key"], value_set=known)))
                for key in rows["stack_key"].unique().to_pylist():
                    self._interned[bytes.fromhex(key)] = key
            elif "_event" in rows.column_names:
                moved = pc.add(rows["_event"], first)
                rows = rows.set_column(rows.schema.get_field_index("_event"), "_event", moved)
            if name == DEFERRED:
                self._deferred += rows["_event"].chunks
            elif rows.num_rows:
                self._tables[name].absorb(rows)

    def finish(self, seen: Seen | None = None) -> dict[str, pa.Table]:
        """Seal the drafts and give every table of the schema, ids resolved; once, for the records let go of them.

        What was `seen` before, in rows that were taken, is not there again.

        Where annotations and log lines stay where they lie, the table `triage.store.DEFERRED` holds the ids of the
        events.
        """
        for draft in self._drafts.values():
            columns, traces = draft.row()
            if columns or traces:
                self._tables["events"].append(columns, _event=draft.event)
                self.stacks(draft.event, traces)
        self._drafts.clear()
        files = linked(self._claims, self._tables["files"].table(), self.annotation)
        for source, policy in claimed(self.policies, files).items():
            self.annotation(None, "capture", source, policy)
        raw = self._in_order({name: builder.table() for name, builder in self._tables.items()} | {"files": files})
        self._tables.clear()
        deferred = pa.chunked_array(self._deferred, pa.int64())
        if not len(deferred):
            return resolve(raw, self._ids, seen)
        raw[DEFERRED] = pa.table({"_event": deferred, "event_id": pa.nulls(len(deferred), pa.string())})
        return resolve(raw, self._ids, seen)

    def _in_order(self, tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
        """The tables, with the notes in the order of the events where these came many at once."""
        return tables | {name: in_order(tables[name]) for name in TABLES_LEFT if self.whole and self._loose}


def json_text(value: Any) -> str:
    """Compact JSON of a decoded value, keys in order of appearance."""
    try:
        return _encode(value).decode()
    except (TypeError, ValueError, RecursionError, UnicodeEncodeError):
        return repr(type(value).__name__)


_encode = msgspec.json.Encoder().encode
