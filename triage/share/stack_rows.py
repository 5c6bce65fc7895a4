"""The rows of the view of stacks: what is shown of a stack, frame, variant or run of calls, and how it is told."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from triage.share.printable import plural
from triage.share.view import FrameRow, frame_row, text_of
from triage.stacks.classes import crash_class
from triage.stacks.counting import REPEATED, TOP_FRAMES, VARIANT_FRAMES
from triage.stacks.endings import stated
from triage.stacks.explanation import COLUMNS, cycle_of, ending_of, evidence_of, names_of, reasons
from triage.stacks.roles import Roles
from triage.stacks.roots import ROOT_FRAMES, ROOTS, Evidence
from triage.stacks.tree import Segment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = (
    "CallRow",
    "FrameCell",
    "Other",
    "Part",
    "Split",
    "StackRow",
    "Stacks",
    "VariantRow",
    "call_row",
    "facts_of",
    "frame_cell",
    "in_keys",
    "often",
    "reasoned",
    "since",
    "stack_row",
    "telling",
)

_ROLE_WORDS: Final = {
    "cause": "Cause",
    "thread": "Thread",
    "member": "Member of the group",
    "suppressed": "Suppressed",
    "goroutine": "Goroutine",
    "alloc": "Allocated here",
    "free": "Freed here",
    "access": "The other access",
    "signal": "Signal handler",
}
# What is said of a frame that stands out in a stack that did not surface.
_ASIDE: Final = "stands out here; no part of the key"
_OF_A_ROOT: Final = "counts: frame {} of what the error came from"


@dataclass(frozen=True, slots=True)
class Part:
    """A run of frames that is shown from the start, or is one row until it is opened."""

    start: int
    length: int
    shown: bool
    title: str
    about: str


@dataclass(frozen=True, slots=True)
class StackRow:
    """One stack of the event: what it is, and which of its frames stand out."""

    number: int
    title: str
    about: str
    frames: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class FrameCell:
    """One frame: what a row shows of it, why it counts or not, and what else is known."""

    number: int
    function: str
    where: str
    role: str
    kind: str
    counted: bool
    why: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class VariantRow:
    """One variant: how often and since when, and the frames that make it; whether each is one of the first variant."""

    number: int
    events: int
    share: float
    about: str
    event_id: str
    frames: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True, slots=True)
class CallRow:
    """A segment of the call tree, in preorder: calls in which nothing parts."""

    level: int
    kind: str
    names: tuple[str, ...]
    name: str
    role: str
    counted: bool
    events: int
    stacks: int
    ends: int
    share: float


@dataclass(frozen=True, slots=True)
class Other:
    """Another incident, to be chosen."""

    incident_id: str
    title: str
    about: str


@dataclass(frozen=True, slots=True)
class Split:
    """A way to split an incident, and how many sides it would give now."""

    by: str
    words: str
    sides: int


@dataclass(frozen=True, slots=True)
class Stacks:
    """The first page: the incident, the stacks of one event, the frames that count in the first, the variants."""

    title: str
    incident_id: str
    event_id: str
    facts: tuple[tuple[str, str], ...]
    stacks: tuple[StackRow, ...]
    stacks_in_all: int
    cells: tuple[FrameCell, ...]
    variants: tuple[VariantRow, ...]
    variants_in_all: int


def stack_row(row: dict[Any, Any], frames: pd.DataFrame | None) -> StackRow:
    """A stack as a row: by its role and thread, with its frames by parts."""
    number = int(row["stack_no"])
    name = text_of(row["thread_name"]) or text_of(row["thread_id"])
    kind = (
        ("Crashing thread" if name else "Crashing stack")
        if number == 0
        else _ROLE_WORDS.get(text_of(row["role"]), "Stack")
    )
    if number and name and kind not in ("Thread", "Goroutine"):
        name = f"in thread {name}"
    error = text_of(row["error_type"]) if number else ""
    title = f"{kind} {name}".strip() + (f": {error}" if error else "")
    many = 0 if frames is None else len(frames)
    state = text_of(row["state"])
    counted = 0 if frames is None else int(frames["in_key"].sum())
    about = [
        plural(many, "frame") if many else "no frames",
        f"{counted} counted for the key" if counted else "",
        state,
    ]
    return StackRow(
        number, title, " · ".join(part for part in about if part), many, _parts(frames, crashing=number == 0)
    )


def in_keys(stacks: pd.DataFrame, frames: Mapping[int, pd.DataFrame]) -> dict[int, int]:
    """How many of its frames the key takes of each stack of an event, by their numbers; see `triage.stacks.roots`."""
    roots = stacks[stacks["role"].isin(ROOTS)].sort_values(["chain_no", "stack_no"])
    number = {role: roots.loc[roots["role"] == role, "stack_no"].astype(int).tolist() for role in ROOTS}
    last, members = number["cause"][-1:], number["member"]
    found = {0: TOP_FRAMES} | dict.fromkeys([*last, *members], 1)
    if last and not members and last[0] in frames:
        columns = _columns(frames[last[0]])
        used = [row for row, counts in enumerate(columns["counted"]) if counts]
        if len(used) >= ROOT_FRAMES and evidence_of(columns, used) is Evidence.FIRM:
            found |= {0: 1, last[0]: ROOT_FRAMES}
    return found


def _columns(frames: pd.DataFrame) -> dict[str, list[Any]]:
    return {name: [None if _null(value) else value for value in frames[name]] for name in COLUMNS}


def reasoned(frames: pd.DataFrame, crash: Sequence[str] | None, most: int) -> pd.DataFrame:
    """The frames of one stack with what is said of each: `why`, whether it is `in_key`, whether it `stands_out`.

    `crash` holds the kind, error type, signal, error code and message of the event where the stack is the crashing one;
    `most` says how many of those that count are in the key.
    """
    crashing = crash is not None
    columns = _columns(frames)
    counted = [bool(value) for value in columns["counted"]]
    cycle: list[int] = []
    if crash is not None:
        names, kinds = names_of(columns), columns["frame_kind"]
        kind, error_type, signal, code, value = crash
        ending = stated(error_type, value) or ending_of(names, kinds, counted)
        if crash_class(kind, error_type, signal, code, ending) == "stack overflow":
            cycle = cycle_of(names, kinds)
    shown = [row in cycle for row in range(len(counted))] if cycle else counted
    why = reasons(columns, cycle, most)
    places = [*accumulate(map(int, shown))]
    in_key = shown if cycle else [out and place <= most for out, place in zip(shown, places, strict=True)]
    if not crashing:
        rows = zip(shown, in_key, places, why, strict=True)
        why = [(_OF_A_ROOT.format(at) if kept else _ASIDE) if out else told for out, kept, at, told in rows]
    if not any(shown):
        shown = [row < TOP_FRAMES for row in range(len(counted))]
    return frames.assign(why=why, in_key=in_key, stands_out=shown)


def _null(value: Any) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and pd.isna(value))


def _parts(frames: pd.DataFrame | None, *, crashing: bool) -> tuple[Part, ...]:
    """The frames that stand out, and the runs between them."""
    if frames is None or frames.empty:
        return ()
    shown = frames["stands_out"].tolist()
    edges = [0, *(index for index in range(1, len(shown)) if shown[index] != shown[index - 1]), len(shown)]
    words = [_word(role, kind) for role, kind in zip(frames["role"], frames["frame_kind"], strict=True)]
    parts = []
    for start, end in pairwise(edges):
        kinds = Counter(words[start:end])
        told = ", ".join(f"{count:,} {word}" for word, count in sorted(kinds.items(), key=lambda at: (-at[1], at[0])))
        title = plural(end - start, "frame" if crashing else "more frame")
        if crashing:
            title += " that does not count" if end - start == 1 else " that do not count"
        parts.append(Part(start, end - start, shown[start], *(("", "") if shown[start] else (title, told))))
    return tuple(parts)


def _word(role: Any, kind: Any) -> str:
    """Whose code a frame is, in the words of the page."""
    if text_of(kind) != "frame":
        return text_of(kind).replace("_", " ")
    return "crash handling" if text_of(role) == "sentinel" else text_of(role) or "unknown"


def frame_cell(number: int, row: dict[Any, Any]) -> FrameCell:
    """A frame as a row, and in full."""
    shown: FrameRow = frame_row(number, row)
    # Of a frame without a function its place is the name.
    nameless = shown.function == "?" and shown.where != ""
    raw = text_of(row["function_raw"])
    repeat = text_of(row["repeat"])
    pairs = (
        ("As written", raw if raw != shown.function else ""),
        ("Arguments", text_of(row["args"])),
        ("Module", text_of(row["module"])),
        ("Source line", text_of(row["context_line"]).strip()),
        ("Stands for", plural(int(repeat), "frame") if repeat not in ("", "0", "1") else ""),
        ("Found by", text_of(row["trust"]).replace("_", " ").removeprefix("text")),
    )
    return FrameCell(
        number=number,
        function=shown.where if nameless else shown.function,
        where="" if nameless else shown.where,
        role=shown.role,
        kind=shown.kind,
        counted=row["in_key"],
        why=row["why"],
        facts=tuple((label, text) for label, text in pairs if text),
    )


def telling(frames: pd.DataFrame | None) -> list[tuple[str, str]]:
    """The frames that make a variant: names and roles of the first that count, and of those like them."""
    if frames is None:
        return []
    rows = frames[frames["frame_kind"] == "frame"].to_dict("records")
    first = next((index for index, row in enumerate(rows) if not pd.isna(row["counted"]) and row["counted"]), 0)
    kept = [row for row in rows[first:] if _tier(row) == _tier(rows[first]) and text_of(row["rule"]) != REPEATED]
    cells = [frame_cell(0, row) for row in kept[:VARIANT_FRAMES]]
    return [(cell.function, cell.role) for cell in cells]


def _tier(row: dict[Any, Any]) -> tuple[str, bool, bool]:
    """What frames that count together have in common: the role, a name, and whether everything runs through them."""
    return text_of(row["role"]), bool(text_of(row["function"])), Roles.default().is_weak(text_of(row["rule"]))


def call_row(segment: Segment) -> CallRow:
    """A segment of the call tree as a row."""
    return CallRow(
        level=segment.level,
        kind=segment.kind,
        names=tuple(segment.names),
        name=segment.name,
        role="crash handling" if segment.role == "sentinel" else segment.role,
        counted=segment.counted,
        events=segment.events,
        stacks=segment.stacks,
        ends=segment.ends,
        share=segment.share,
    )


def facts_of(incident: pd.Series[Any], cells: tuple[FrameCell, ...], variants: int) -> tuple[tuple[str, str], ...]:
    """How often, what counted, and the key."""
    names = [cell.function for cell in cells if cell.counted]
    pairs = [
        ("What counted", " ← ".join(names) if names else "no frame: the message made the key"),
        ("How often", f"{plural(int(incident['count']), 'event')}, {plural(variants, 'variant')}"),
        ("Last seen", text_of(incident["last_seen"])),
        ("Group key", text_of(incident["group_key"])),
        ("Services", text_of(incident["services"])),
        ("Releases", text_of(incident["releases"])),
        ("Status", text_of(incident["status"])),
    ]
    return tuple((label, text) for label, text in pairs if text)


def often(row: Any) -> str:
    """How many events, and when the last one was."""
    return (
        f"{plural(int(row['count']), 'event')}, last {text_of(row['last_seen'])}"
        if text_of(row["last_seen"])
        else plural(int(row["count"]), "event")
    )


def since(row: dict[Any, Any]) -> str:
    """Error type, times and releases of a variant, in a line."""
    first, last = text_of(row["first_seen"]), text_of(row["last_seen"])
    span = first if first == last else f"{first} to {last}"
    releases = text_of(list(row["releases"]))
    return " · ".join(part for part in (text_of(row["error_type"]), span, releases) if part)
