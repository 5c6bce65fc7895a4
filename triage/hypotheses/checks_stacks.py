"""Checks of predictions on stacks: frames, states, recursion, exceptions, registers and addresses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from triage.hypotheses.checks_addresses import fits, registers_of, stack_pointer, zone_of
from triage.hypotheses.checks_scene import (
    Checked,
    Row,
    Scene,
    among,
    by_share,
    event_ids,
    matches,
    name_matches,
    rows_of,
)
from triage.stacks.cycles import repeats

if TYPE_CHECKING:
    from triage.hypotheses import vocabulary as v

__all__ = ("address", "chain", "cycles", "frame", "recursion", "register", "state", "top")

_ROLES: Final = {
    "cause": ("cause", "member", "suppressed"),
    "alloc": ("alloc",),
    "free": ("free",),
    "other": ("thread", "goroutine", "member", "other", "access"),
}
_CHAIN: Final = ("crash", "cause", "member", "suppressed")
_ARGUMENTS: Final = re.compile(r"\s*\([^()]*\)(?: const)?$")
# So many distinct stacks are looked at for a cycle.
_STACKS: Final = 200
# And at so many of the newest events for addresses and registers, which are read one by one.
_EVENTS: Final = 5_000


def frame(scene: Scene, asked: v.FramePresent) -> Checked:
    """A function is on a stack."""
    stacks = _stacks(scene, asked.where)
    if asked.thread is not None:
        stacks = stacks.filter(matches(stacks["thread_name"], asked.thread))
    named = _named(scene, stacks)
    hits = _of_function(scene.frames, asked.function, asked.module)
    holding = event_ids(among(stacks, "stack_key", hits["stack_key"].unique()))
    shown = among(hits, "stack_key", stacks["stack_key"].drop_null().unique())
    where = {"any": "a stack", "crashing": "the crashing stack", "other": "another stack"}.get(
        asked.where, f"a stack of the role {asked.where}"
    )
    said = f"{where} holds the function"
    return by_share(
        len(holding), len(named | holding), said, rows_of("frames", shown), nothing=f"{where} has no named frames"
    )


def top(scene: Scene, asked: v.TopFrame) -> Checked:
    """A stack begins with a function."""
    frames = among(scene.frames, "stack_key", scene.crashing["stack_key"].drop_null().unique())
    frames = frames.filter(pc.equal(frames["frame_kind"], "frame"))
    if asked.of == "application":
        frames = frames.filter(pc.equal(frames["role"], "application"))
    first = frames.group_by("stack_key").aggregate([("idx", "min")])
    tops = frames.join(first.rename_columns(["stack_key", "idx"]), ["stack_key", "idx"], join_type="inner").sort_by(
        [("stack_key", "ascending")]
    )
    tops = tops.filter(pc.is_valid(tops["function"]))
    hits = _of_function(tops, asked.function, asked.module)
    known = event_ids(among(scene.crashing, "stack_key", tops["stack_key"].unique()))
    holding = event_ids(among(scene.crashing, "stack_key", hits["stack_key"].unique()))
    place = "the innermost frame" if asked.of == "innermost" else "the innermost frame of the application"
    rows = rows_of("frames", hits) or rows_of("frames", tops)
    return by_share(len(holding), len(known), f"{place} is the function", rows, nothing=f"{place} has no name")


def state(scene: Scene, asked: v.ThreadState) -> Checked:
    """So many threads are in a state."""
    stacks = scene.stacks
    if asked.thread is not None:
        stacks = stacks.filter(matches(stacks["thread_name"], asked.thread))
    known = stacks.filter(pc.is_valid(stacks["state"]))
    hits = known.filter(matches(known["state"], asked.state))
    counts = hits.group_by("event_id").aggregate([("stack_no", "count")])
    holding = counts.filter(pc.greater_equal(counts["stack_no_count"], asked.at_least))
    most = pc.max(counts["stack_no_count"]).as_py() or 0
    said = f"at least {asked.at_least} threads are in that state (at most {most} are)"
    return by_share(
        holding.num_rows,
        len(event_ids(known)),
        said,
        rows_of("stacks", hits) or rows_of("stacks", known),
        nothing="no stack tells the state of its thread" if asked.thread is None else "no such thread tells its state",
    )


def recursion(scene: Scene, asked: v.Recursion) -> Checked:
    """The crashing stack repeats itself."""
    found = cycles(scene)
    looked = scene.crashing["stack_key"].drop_null().unique().slice(0, _STACKS)
    if not len(looked) or not scene.frames.num_rows:
        return Checked("cannot tell", "no crashing stack was read")
    holding: list[str] = []
    rows: list[Row] = []
    for key, (rounds, names, places) in found.items():
        if rounds < asked.at_least:
            continue
        if asked.function and not pc.any(name_matches(names, asked.function)).as_py():
            continue
        holding.append(key)
        rows += [Row("frames", {"stack_key": key, "idx": place}) for place in places]
    events = event_ids(among(scene.crashing, "stack_key", set(holding)))
    most = max((rounds for rounds, _, _ in found.values()), default=0)
    said = f"the crashing stack repeats itself at least {asked.at_least} times (at most {most})"
    known = event_ids(among(scene.crashing, "stack_key", looked))
    return by_share(len(events), len(known), said, rows, nothing="")


def cycles(scene: Scene, key: str | None = None) -> dict[str, tuple[int, pa.Array, list[int]]]:
    """Of each crashing stack that repeats itself: how often, the names of the cycle, and the places of its frames.

    With a key only of that stack.
    """
    keys = {key} if key else scene.crashing["stack_key"].drop_null().unique().slice(0, _STACKS)
    frames = among(scene.frames, "stack_key", keys)
    found: dict[str, tuple[int, pa.Array, list[int]]] = {}
    folded = frames.filter(pc.equal(frames["frame_kind"], "repeated"))
    for row in folded.select(["stack_key", "idx", "repeat", "function"]).to_pylist():
        times = row["repeat"] or 0
        if times > found.get(row["stack_key"], (0,))[0]:
            found[row["stack_key"]] = (times, pa.array([row["function"]], pa.string()), [row["idx"]])
    kept = frames.filter(pc.and_(pc.equal(frames["frame_kind"], "frame"), pc.is_valid(frames["function"])))
    if not kept.num_rows:
        return found
    names, stacks = (_codes(kept[column]) for column in ("function", "stack_key"))
    again, runs = repeats(names, stacks)
    repeated = np.bincount(stacks[again], minlength=int(stacks.max()) + 1)
    for number, places in runs.items():
        key = kept["stack_key"][places[0]].as_py()
        rounds = int(repeated[number]) // len(places) + 1
        cycle = kept["function"].take(pa.array(places)).combine_chunks()
        folds, which, _ = found.get(key, (0, None, None))
        # A row of the cycle stands for the rounds that were not printed.
        own = which is not None and pc.is_in(which, value_set=cycle)[0].as_py()
        rounds += folds // len(places) if own else 0
        if own or rounds > folds:
            found[key] = (rounds, cycle, kept["idx"].take(pa.array(places)).to_pylist())
    return found


def _codes(column: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    """Number the values of a column as they come."""
    codes: npt.NDArray[np.int64] = column.combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
    return codes


def chain(scene: Scene, asked: v.ExceptionInChain) -> Checked:
    """An exception is in the chain."""
    links = among(scene.stacks, "role", set(_CHAIN))
    hits: list[Row] = []
    holding: set[str] = set()
    for name, table in (("stacks", links), ("events", scene.events)):
        fits_ = name_matches(table["error_type"], asked.type)
        if asked.message is not None:
            fits_ = pc.and_(fits_, matches(table["error_value"], asked.message))
        found = table.filter(fits_)
        holding |= event_ids(found)
        hits += rows_of(name, found)
    known = event_ids(links.filter(pc.is_valid(links["error_type"])))
    known |= event_ids(scene.events.filter(pc.is_valid(scene.events["error_type"])))
    said = "the chain of exceptions holds that one"
    return by_share(len(holding), len(known), said, hits, nothing="no event names an exception")


def address(scene: Scene, asked: v.FaultAddress) -> Checked:
    """The accessed address lies in a zone."""
    events = scene.events.filter(pc.is_valid(scene.events["fault_address"]))
    if asked.access is not None:
        how = scene.annotations.filter(pc.equal(pc.utf8_lower(scene.annotations["key"]), "access"))
        told = event_ids(how) | event_ids(events.filter(_says_access(events)))
        right = event_ids(how.filter(matches(how["value"], asked.access)))
        right |= event_ids(events.filter(matches(events["error_value"], f"{asked.access} ")))
        right |= event_ids(events.filter(matches(events["error_code_name"], asked.access)))
        events = among(events, "event_id", told | right)
    events = events.slice(max(events.num_rows - _EVENTS, 0))
    stacks_of = {}
    if asked.zone in {"near the stack pointer", "other"}:
        at = among(scene.crashing, "event_id", events["event_id"].unique())
        stacks_of = dict(zip(*(at[name].to_pylist() for name in ("event_id", "registers")), strict=True))
    holding = []
    columns = (events[name].to_pylist() for name in ("event_id", "fault_address", "arch"))
    for event, value, arch in zip(*columns, strict=True):
        stack = stack_pointer(registers_of(stacks_of.get(event) or ""))
        if fits(zone_of(value, arch=arch, stack=stack), asked.zone) and (asked.access is None or event in right):
            holding.append(event)
    said = f"the accessed address is {asked.zone}" + (f" and was to be {_DONE[asked.access]}" if asked.access else "")
    shown = rows_of("events", among(events, "event_id", set(holding))) or rows_of("events", events)
    return by_share(
        len(holding),
        events.num_rows,
        said,
        shown,
        nothing="no event tells the address" + " and access" * bool(asked.access),
    )


_DONE: Final = {"read": "read", "write": "written", "execute": "executed"}


def _says_access(events: pa.Table) -> Any:
    """Whether an event says how the address was accessed."""
    words = pc.match_substring_regex(events["error_value"], r"^(?:read|write|execute|Read|Write) (?:to|of|at)\b")
    return pc.fill_null(words, fill_value=False)


def register(scene: Scene, asked: v.RegisterValue) -> Checked:
    """A register holds a value of a zone."""
    wanted = asked.register.lower().lstrip("$%")
    holding, known, rows = set(), set(), []
    archs = dict(zip(*(scene.events[name].to_pylist() for name in ("event_id", "arch")), strict=True))
    stacks = scene.crashing.filter(pc.is_valid(scene.crashing["registers"]))
    stacks = stacks.slice(max(stacks.num_rows - _EVENTS, 0))
    columns = (stacks[name].to_pylist() for name in ("event_id", "stack_no", "registers"))
    for event, number, written in zip(*columns, strict=True):
        registers = registers_of(written)
        if wanted not in registers:
            continue
        known.add(event)
        stack = None if wanted in {"rsp", "esp", "sp"} else stack_pointer(registers)
        if fits(zone_of(registers[wanted], arch=archs.get(event), stack=stack), asked.zone):
            holding.add(event)
            rows.append(Row("stacks", {"event_id": event, "stack_no": number}))
    return by_share(
        len(holding), len(known), f"the register is {asked.zone}", rows, nothing="no crashing stack tells that register"
    )


def _stacks(scene: Scene, where: str) -> pa.Table:
    """The stacks that are meant."""
    if where == "any":
        return scene.stacks
    if where == "crashing":
        return scene.crashing
    found = among(scene.stacks, "role", set(_ROLES[where]))
    if where == "other":
        found = found.filter(pc.invert(pc.fill_null(found["crashed"], fill_value=False)))
        found = found.filter(pc.not_equal(found["stack_no"], 0))
    return found


def _named(scene: Scene, stacks: pa.Table) -> set[str]:
    """The events of those stacks that have a frame with a name."""
    keys = scene.frames.filter(pc.is_valid(scene.frames["function"]))["stack_key"].unique()
    return event_ids(among(stacks, "stack_key", keys))


def _of_function(frames: pa.Table, function: str, module: str | None) -> pa.Table:
    """The frames of a function; a module must fit too."""
    name = _ARGUMENTS.sub("", function) or function
    hit = pc.or_(name_matches(frames["function"], name), name_matches(frames["function_raw"], name))
    if module is not None:
        hit = pc.and_(hit, matches(frames["module"], module))
    return frames.filter(hit)
