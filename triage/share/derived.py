"""What was read of a file, as lines of JSON: how binary files leave, and what `triage.formats.reviewed` reads back.

Each line is one object; `_row` says of which table it is, `_of` of which event of this file (by number, from 0),
`_stack` of which distinct stack; the other names are those of the columns. All begin with `_`: a value that was found
somewhere is masked wherever it stands by itself, and there are users called `stack` or `release`. Addresses are hex
text, so that no rule takes them for a card or a telephone number. Annotations stand under their own key, so that the
rules see it. The lines are raw: they go through the redactor as any other text does. Memory is in no table; environment
and command line of a dump are left out unless the policy asks.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NoReturn

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from triage.share.leaving import Leaving

__all__ = ("VERSION", "Rows", "is_of_process", "unwrapped", "wrapped")

MARK: Final = "triage_derived"
VERSION: Final = 1
_BATCH: Final = 4_096
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NOT_OF_EVENTS: Final = frozenset(
    {"event_id", "source_id", "offset", "length", "culprit", "stack_key", "variant_key", "group_key", "family_key"}
    | {"debugbundle_v1_7", "debugbundle_v1_10", "debugbundle_v2", "debugbundle_v3"}
)
_NOT_OF_FRAMES: Final = frozenset({"stack_key", "idx", "role", "rule", "counted", "in_app"})
_USUAL: Final = {"inline_depth": 0, "frame_kind": "frame", "repeat": 1}
_HEX: Final = frozenset({"fault_address", "error_code", "module_offset", "symbol_offset", "base", "size"})
_JSON: Final = frozenset({"registers", "variables", "fields", "labels"})
_WORDS: Final = {"the writer says: in-app": True, "the writer says: not in-app": False}
# Crashpad keeps the switches of Chromium's command line as annotations.
_SWITCH: Final = re.compile(r"(?:.*\.)?(?:switch-\d+|num-switches|command[_-]?line)")
_encode: Final = msgspec.json.Encoder().encode


def is_of_process(scope: str | None, key: str | None) -> bool:
    """Whether an annotation is the environment or the command line of the process that a dump is of.

    Examples
    --------
    >>> is_of_process("environ", "HOME"), is_of_process("minidump", "cmdline"), is_of_process("tag", "cmdline")
    (True, True, False)
    """
    if scope == "environ" or (scope, key) == ("minidump", "cmdline"):
        return True
    return scope == "crashpad" and bool(_SWITCH.fullmatch(key or ""))


def wrapped(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Lines of JSON as the lines of one JSON array; blocks end at line ends."""
    held = b"["
    for block in blocks:
        if block:
            yield held + (b"\n" if held == b"[" else b",\n")
            held = block.removesuffix(b"\n").replace(b"\n", b",\n")
    yield held + b"\n]\n"


def unwrapped(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of such an array as lines of JSON again; blocks end at line ends."""
    for block in blocks:
        lines = [line.removesuffix(b",") for line in block.split(b"\n")]
        yield b"\n".join(b"" if line in {b"[", b"]", b"[]"} else line for line in lines)


class Rows:
    """The rows of a case by the file that they leave with."""

    def __init__(
        self,
        tables: dict[str, pa.Table],
        leaving: Collection[Leaving],
        *,
        only: Collection[str] | None = None,
        process: bool = False,
    ) -> None:
        self._tables = tables
        self._process = process
        self._home = {source: each.source_id for each in leaving for source in each.covers}
        self._derived = {each.source_id for each in leaving if each.derived}
        events = tables["events"]
        if only is not None:
            events = events.filter(pc.is_in(events["event_id"], value_set=pa.array(list(only), pa.string())))
        self._only = only is not None
        self._events: dict[str, list[str]] = {}
        self._at: dict[str, tuple[str, int]] = {}
        for event, source in zip(events["event_id"].to_pylist(), events["source_id"].to_pylist(), strict=True):
            home = self._home.get(source)
            if home is not None:
                mine = self._events.setdefault(home, [])
                self._at[event] = (home, len(mine))
                mine.append(event)
        # What hangs on no event and no file: an envelope without an event says so in its header.
        self._loose = next((each.source_id for each in leaving if each.derived), None)

    def __repr__(self) -> str:
        return "<Rows>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("the rows of a case are raw and not pickled or copied")

    def events(self, source_id: str) -> list[str]:
        """The ids of the events that leave with a file, in the order of the table."""
        return self._events.get(source_id, [])

    def lines(self, leaving: Leaving, places: Mapping[str, str]) -> Iterator[bytes]:
        """The lines of a file; `places` says under which name each source leaves."""
        head = {
            MARK: VERSION,
            "bytes": leaving.bytes,
            "media": leaving.media or None,
            "description": leaving.description or None,
        }
        yield _line(head)
        source = leaving.source_id
        mine = pa.array(self.events(source), pa.string())
        stacks = _hanging(self._tables["stacks"], mine)
        numbers: dict[str, int] = {}
        yield from self._frames(stacks, numbers)
        for row in _rows(_hanging(self._tables["events"], mine)):
            yield _line({"row": "event"} | _cells(row, _NOT_OF_EVENTS))
        for row in _rows(stacks):
            yield _line(self._of(row, "stack") | self._stack(row, numbers))
        yield from self._annotations(mine, source, places)
        for name, word in (("modules", "module"), ("feedback", "feedback")):
            for row in _rows(_hanging(self._tables[name], mine)):
                yield _line(self._of(row, word) | _cells(row, {"event_id"}))
        for name, word in (("logs", "log"), ("metrics", "metric")):
            for row in _rows(self._owned(name, mine, leaving)):
                yield _line(self._of(row, word) | _cells(row, {"event_id", "source_id", "offset"}))
        if not self._only:
            for row in _rows(_among(self._tables["quarantine"], "source_id", leaving.covers)):
                yield _line({"row": "quarantine"} | _cells(row, {"source_id"}))

    def keys(self, leaving: Leaving) -> list[str]:
        """The keys of the annotations of a file, each once."""
        mine = _hanging(self._tables["annotations"], pa.array(self.events(leaving.source_id), pa.string()))
        return sorted(mine["key"].drop_null().unique().to_pylist())

    def _of(self, row: dict[str, Any], word: str) -> dict[str, Any]:
        place = self._at.get(row["event_id"] or "")
        return {"row": word, "of": place[1]} if place else {"row": word}

    def _frames(self, stacks: pa.Table, numbers: dict[str, int]) -> Iterator[bytes]:
        """The frames of the stacks, once for each distinct one."""
        wanted = stacks["stack_key"].drop_null().unique()
        frames = self._tables["frames"]
        found = frames.filter(pc.is_in(frames["stack_key"], value_set=wanted))
        for row in _rows(found):
            number = numbers.setdefault(row["stack_key"], len(numbers))
            yield _line({"row": "frame", "stack": number} | _frame(row))

    def _stack(self, row: dict[str, Any], numbers: dict[str, int]) -> dict[str, Any]:
        cells = _cells(row, {"event_id", "stack_no", "stack_key", "addresses"})
        if row["stack_key"] in numbers:
            cells["stack"] = numbers[row["stack_key"]]
        if row["addresses"] is not None:
            cells["addresses"] = [None if value is None else hex(value) for value in row["addresses"]]
        return cells

    def _annotations(self, mine: pa.Array, source: str, places: Mapping[str, str]) -> Iterator[bytes]:
        table = self._tables["annotations"]
        chosen = pc.is_in(table["event_id"], value_set=mine)
        if source == self._loose and not self._only:
            loose = pc.and_(pc.is_null(table["event_id"]), pc.equal(table["scope"], "envelope"))
            chosen = pc.or_(chosen, pc.fill_null(loose, fill_value=False))
        for row in _rows(table.filter(pc.fill_null(chosen, fill_value=False))):
            scope, key, value = row["scope"], row["key"], row["value"]
            if scope == "attachment":
                if value in places:
                    yield _line(self._of(row, "attachment") | {"name": places[value]})
            elif self._process or not is_of_process(scope, key):
                yield _line(self._of(row, "annotation") | {"scope": scope, "pair": {key or "": value}})

    def _owned(self, name: str, mine: pa.Array, leaving: Leaving) -> pa.Table:
        """The logs or metrics of the events of a file, and those in it that hang on no event which leaves elsewhere."""
        table = self._tables[name]
        hangs = pc.fill_null(pc.is_in(table["event_id"], value_set=mine), fill_value=False)
        if self._only:
            return table.filter(hangs)
        elsewhere = pc.is_in(table["event_id"], value_set=pa.array(list(self._at), pa.string()))
        own = pc.is_in(table["source_id"], value_set=pa.array(sorted(leaving.covers), pa.string()))
        return table.filter(pc.or_(hangs, pc.and_(own, pc.invert(pc.fill_null(elsewhere, fill_value=False)))))


def _hanging(table: pa.Table, events: pa.Array) -> pa.Table:
    return table.filter(pc.fill_null(pc.is_in(table["event_id"], value_set=events), fill_value=False))


def _among(table: pa.Table, column: str, values: Collection[str]) -> pa.Table:
    return table.filter(pc.is_in(table[column], value_set=pa.array(sorted(values), pa.string())))


def _rows(table: pa.Table) -> Iterator[dict[str, Any]]:
    """The rows, some thousand at a time; times as microseconds."""
    for index, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type):
            table = table.set_column(index, field.name, table[field.name].cast(pa.int64()))
    for batch in table.to_batches(max_chunksize=_BATCH):
        yield from batch.to_pylist()


def _cells(row: dict[str, Any], without: Collection[str]) -> dict[str, Any]:
    """The cells that hold something, as JSON says them best."""
    return {name: _cell(name, value) for name, value in row.items() if value is not None and name not in without}


def _cell(name: str, value: Any) -> Any:
    if name == "ts":
        return (_EPOCH + timedelta(microseconds=value)).isoformat(timespec="microseconds")
    if name in _HEX:
        return hex(value)
    if name in _JSON:
        return _decoded(value)
    return value


def _decoded(text: str) -> Any:
    """JSON text as what it says, so that rules see its keys; what is none stays text."""
    try:
        value = msgspec.json.decode(text.encode())
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return text
    return value if isinstance(value, (dict, list)) else text


def _frame(row: dict[str, Any]) -> dict[str, Any]:
    cells = {name: value for name, value in _cells(row, _NOT_OF_FRAMES).items() if _USUAL.get(name) != value}
    if row["rule"] in _WORDS:
        cells["in_app"] = _WORDS[row["rule"]]
    return cells


def _line(row: dict[str, Any]) -> bytes:
    """The row with our own words marked, so that nobody who is called like one (stack, release) takes it away."""
    cells = {name if name == MARK else f"_{name}": value for name, value in row.items() if value is not None}
    if "_row" in cells:
        cells["_row"] = f"_{cells['_row']}"
    return _encode(cells) + b"\n"
