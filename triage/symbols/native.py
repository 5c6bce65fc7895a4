"""Native frames by symbol files: the function, file and line at an offset of a module, and what was inlined there.

Files are told by the ids of the modules that an event names; where a text says no id, by the name of the module, and
the event says so.
A return address points behind its call, so that callers are looked up one byte earlier, as every debugger does. Inlined
functions become rows above their physical frame, with `inline_depth` 1, 2 and so on from the physical frame (0) inward.
Work is done once for each distinct stack and build.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc
from msgspec.structs import replace

from triage.records import Frame, Records
from triage.stacks.joining import isin
from triage.stacks.names import basename
from triage.symbols.demangling import note

if TYPE_CHECKING:
    from triage.symbols.folder import Symbol, SymbolFolder

__all__ = ("symbolicate",)

_FIELDS: Final = tuple(name for name in Frame.__struct_fields__ if name not in {"address", "text_line"})
# Found by the registers themselves: the address of the instruction, not of the one behind it.
_EXACT: Final = frozenset({"context"})
_LANGUAGES: Final = {"cpp": "c++", "objcpp": "objective-c++", "objc": "objective-c"}

# The modules of one event by name: debug id and code id.
_Builds = dict[str, tuple[str | None, str | None]]


def symbolicate(tables: dict[str, pa.Table], folder: SymbolFolder) -> dict[str, pa.Table]:
    """Give the frames that are offsets in a module their functions, files, lines and inlined calls."""
    frames = tables["frames"]
    placed = frames.filter(pc.and_(pc.is_valid(frames["module"]), pc.is_valid(frames["module_offset"])))
    wanted = placed["stack_key"].unique().to_pylist()
    if not wanted:
        return tables
    work = _Work(tables, folder, wanted)
    stacks = work.stacks(tables["stacks"])
    if not work.renamed:
        return work.said(tables)
    made = work.records.finish()["frames"]
    # A stack without symbols stays where an event without its modules still has it.
    kept = frames.filter(pc.is_in(frames["stack_key"], value_set=stacks["stack_key"].unique()))
    fresh = made.filter(pc.invert(pc.is_in(made["stack_key"], value_set=kept["stack_key"].unique())))
    tables = {
        **tables,
        "stacks": stacks,
        "frames": pa.concat_tables([kept, fresh]),
        "events": _crashing(tables["events"], stacks),
    }
    return work.said(tables)


class _Work:
    """The distinct stacks and builds of one case."""

    def __init__(self, tables: dict[str, pa.Table], folder: SymbolFolder, wanted: list[str]) -> None:
        self._folder = folder
        self.records = Records()
        self.renamed: dict[tuple[str, tuple[Any, ...]], tuple[str, list[int]]] = {}
        self._frames: dict[str, list[Frame]] = {}
        for row in (
            isin(tables["frames"], "stack_key", wanted)
            .sort_by([("stack_key", "ascending"), ("idx", "ascending")])
            .to_pylist()
        ):
            self._frames.setdefault(row["stack_key"], []).append(
                Frame(**{name: row[name] for name in _FIELDS if row[name] is not None})
            )
        self._builds: dict[str, _Builds] = {}
        for row in tables["modules"].select(["event_id", "name", "debug_id", "code_id"]).to_pylist():
            name = basename(row["name"] or "")
            if name and (row["debug_id"] or row["code_id"]):
                self._builds.setdefault(row["event_id"], {}).setdefault(name, (row["debug_id"], row["code_id"]))
        self._without: set[str] = set()
        # Stacks in which a module was told by its name, and their events.
        self.by_name: set[str] = set()
        self._named: set[str] = set()

    def stacks(self, stacks: pa.Table) -> pa.Table:
        """The table of stacks with new keys, and addresses and lines for the rows that inlining adds."""
        columns: dict[str, list[Any]] = {
            name: stacks[name].to_pylist() for name in ("stack_key", "addresses", "text_lines")
        }
        for row, event_id in enumerate(stacks["event_id"].to_pylist()):
            key = columns["stack_key"][row]
            if key not in self._frames:
                continue
            found = self._stack(key, self._builds.get(event_id, {}))
            if found is None:
                self._without.add(event_id)
                continue
            if key in self.by_name:
                self._named.add(event_id)
            columns["stack_key"][row], origin = found
            for name in ("addresses", "text_lines"):
                if columns[name][row] is not None:
                    columns[name][row] = [columns[name][row][at] for at in origin]
        for name, values in columns.items():
            at = stacks.schema.get_field_index(name)
            stacks = stacks.set_column(at, stacks.schema.field(at), pa.array(values, stacks.schema.field(at).type))
        return stacks

    def said(self, tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
        """Say which events have stacks for which the folder knows nothing."""
        for events, text in (
            (self._without, "the folder of symbols has no file for the modules of some stacks"),
            (self._named, "some symbols were told by the name of a module, since the report says no build id"),
        ):
            tables = note(tables, events, text) if events else tables
        return tables

    def _stack(self, key: str, builds: _Builds) -> tuple[str, list[int]] | None:
        """The new key of a stack in a build, and from which old row each new one comes; None without any symbol."""
        frames = self._frames[key]
        names = sorted({basename(frame.module) for frame in frames if frame.module})
        build = tuple((name, *builds[name]) for name in names if name in builds)
        if (key, build) not in self.renamed:
            rows, origin, hits = [], list[int](), 0
            for place, frame in enumerate(frames):
                found = self._frame(frame, builds)
                hits += bool(found)
                rows += found or [frame]
                origin += [place] * len(found or [frame])
            if not hits:
                return None
            self.renamed[key, build] = (self.records.intern(rows), origin)
            if len(build) < len(names):
                self.by_name.add(key)
        return self.renamed[key, build]

    def _frame(self, frame: Frame, builds: _Builds) -> list[Frame]:
        """The rows of one physical frame, innermost first; [] where nothing is known of it."""
        if frame.module is None or frame.module_offset is None or frame.inline_depth:
            return []
        name = basename(frame.module)
        image = self._folder.image(*builds[name]) if name in builds else self._folder.named(name)
        if image is None:
            return []
        offset = frame.module_offset
        found = self._folder.lookup(image, offset if frame.trust in _EXACT or not offset else offset - 1)
        last = len(found) - 1
        return [_row(frame, symbol, depth=last - at) for at, symbol in enumerate(found)]


def _row(frame: Frame, symbol: Symbol, *, depth: int) -> Frame:
    """One function at a frame; the name that the writer had is kept as the raw one where it differs."""
    given = frame.function if frame.function and frame.function != symbol.function else None
    offset = (frame.module_offset or 0) - symbol.start
    return replace(
        frame,
        function=symbol.function,
        function_raw=None if depth else frame.function_raw or given,
        file=symbol.file or frame.file,
        line=symbol.line or (frame.line if not symbol.file else None),
        column=None,
        language=_LANGUAGES.get(symbol.language or "", symbol.language) or frame.language,
        symbol_offset=offset if offset >= 0 and not depth else None,
        inline_depth=depth,
    )


def _crashing(events: pa.Table, stacks: pa.Table) -> pa.Table:
    """The events with the new keys of their crashing stacks."""
    first = stacks.filter(pc.equal(stacks["stack_no"], 0))
    new = dict(zip(first["event_id"].to_pylist(), first["stack_key"].to_pylist(), strict=True))
    pairs = zip(events["event_id"].to_pylist(), events["stack_key"].to_pylist(), strict=True)
    at = events.schema.get_field_index("stack_key")
    keys = pa.array([new.get(event_id, old) if old is not None else None for event_id, old in pairs], pa.string())
    return events.set_column(at, events.schema.field(at), keys)
