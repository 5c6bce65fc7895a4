"""One incident as an explanation sees it, and what parts two of them.

A `Side` is the event and the stack that stand for an incident. What is compared is always what was read; what is shown
may be the masked side, which has the same rows with masked words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from triage.incidents.layout import apart
from triage.stacks.classes import crash_class
from triage.stacks.digests import NONE, chain, word
from triage.stacks.endings import stated
from triage.stacks.explanation import COLUMNS, cycle_of, ending_of, evidence_of, key_names, key_parts, names_of, titled
from triage.stacks.joining import isin
from triage.stacks.keys import Evidence, crash, group_word
from triage.stacks.messages import key_text, parameterise
from triage.stacks.roots import ROOT_FRAMES, ROOTS, Root, came_from
from triage.tables import to_pandas

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import pandas as pd

__all__ = (
    "EVENT", "Difference", "Side", "differences", "ended_by", "in_words", "key_as_told", "masked", "newest", "roots_of",
    "side_of",
)  # fmt: skip

# What an explanation reads of an event.
EVENT: Final = (
    "event_id", "event_kind", "service", "release", "error_type", "error_value", "error_code_name", "signal",
    "http_method", "route", "http_status", "stack_key", "variant_key", "group_key", "family_key", "ts",
)  # fmt: skip
_REQUEST: Final = ("http_method", "route", "http_status")
_SLOT: Final = re.compile(r"\{[^{}]{0,40}\}")
# The columns of frames in which content stands; the others are words of our own.
_CONTENT: Final = ("function", "function_raw", "module", "file", "rule")


@dataclass(frozen=True, slots=True, repr=False)
class Side:
    """The event and the stack that stand for an incident.

    `event` and `frames` hold its row and columns (those of `EVENT` and `COLUMNS`), `kind` is the class of the crash,
    `names` the name of each frame, `used` the rows of the frames in the key in the order of the key, `cycle` the same
    where the key is a cycle, else empty; `evidence` what these frames or the root cause tell, `cause` the type and the
    frames of that root in the key (of all members of a group); `exact` says whether the group key of the event is made
    of just these.
    """

    incident_id: str
    kind: str
    event: dict[str, Any]
    frames: dict[str, list[Any]]
    names: list[str]
    used: tuple[int, ...]
    cycle: tuple[int, ...]
    evidence: Evidence = Evidence.FIRM
    cause: tuple[str, str] = ("", "")
    exact: bool = True

    @property
    def counted(self) -> list[str]:
        """The names of the frames in the key."""
        return [self.names[row] for row in self.used]

    @property
    def parts(self) -> list[tuple[str, str]]:
        """What the key is made of."""
        return key_parts(self.kind, self.event, self.counted, self.evidence, self.cause)

    @property
    def told(self) -> list[tuple[str, str]]:
        """The same in the words of titles: what changes in the message is told by its kind, which no key takes in."""
        return [(name, self._said(text) if name == "message" else text) for name, text in self.parts]

    @property
    def title(self) -> str:
        """`Class | f1 | f2 | f3`."""
        return titled(self.told)

    @property
    def message(self) -> str:
        """The parameterised message."""
        return parameterise(self.event["error_value"]) if self.event["error_value"] else ""

    def _said(self, text: str) -> str:
        """The message of the key as it is told: the request, or the message that comes to the same text."""
        request = " ".join(str(self.event[name]) for name in _REQUEST if self.event.get(name))
        alike = (each for each in (request, self.message) if text in {_SLOT.sub("{}", each), key_text(each)})
        return next(alike, text)


def side_of(incident: str, event: dict[str, Any], tables: dict[str, pa.Table], *, whole: bool = True) -> Side:
    """The side of an incident: its event and the frames of that event's stack.

    Parameters
    ----------
    incident
        Its id.
    event
        The row of `events` that stands for it.
    tables
        The annotated tables of the case.
    whole
        Keep every frame, not only those in the key.
    """
    stack = isin(tables["frames"], "stack_key", [event["stack_key"]] if event["stack_key"] else []).sort_by("idx")
    columns: dict[str, list[Any]] = stack.select(["idx", *COLUMNS]).to_pydict()
    names = names_of(columns)
    ending = ended_by(event, names, columns)
    kind = crash_class(event["event_kind"], event["error_type"], event["signal"], event["error_code_name"], ending)
    cycle = cycle_of(names, columns["frame_kind"]) if kind == "stack overflow" else []
    used = cycle or [row for row, counts in enumerate(columns["counted"]) if counts]
    roots = roots_of(event["event_id"], tables)
    evidence = max(evidence_of(columns, used), roots.evidence)
    used = used if cycle else used[: roots.surfaced]
    if not cycle:
        names = _as_keyed(columns, names, used)
    counted = [names[row] for row in used]
    exact = key_as_told(kind, event, counted, evidence, roots, ending, cycle=bool(cycle)) == event["group_key"]
    cause = _listed(each for each, _ in roots.told), _listed(each for _, each in roots.told)
    if not whole:
        columns = {name: [values[row] for row in used] for name, values in columns.items()}
        names = [names[row] for row in used]
        used = list(range(len(used)))
        cycle = used if cycle else []
    return Side(incident, kind, event, columns, names, tuple(used), tuple(cycle), evidence, cause, exact)


def _as_keyed(columns: dict[str, list[Any]], names: Sequence[str], used: Sequence[int]) -> list[str]:
    """The names of the frames of a stack, those of its key as that takes them."""
    keyed = dict(zip(used, key_names(columns, names, used), strict=True))
    return [keyed.get(row, name) for row, name in enumerate(names)]


def ended_by(event: dict[str, Any], names: Sequence[str], columns: dict[str, list[Any]]) -> str:
    """How an event says that the program ended, else the frames of its stack."""
    stack = ending_of(names, columns["frame_kind"], columns["counted"])
    return stated(event["error_type"], event["error_value"]) or stack


def _listed(words: Iterable[str]) -> str:
    """The distinct ones of some words."""
    return ", ".join(sorted({word for word in words if word}))


class Roots(NamedTuple):
    """What an event's exception came from; see `triage.stacks.roots`.

    Of each its type and its frames in the key; what the stacks of all tell, the word of all, and how many frames of
    what surfaced count.
    """

    told: list[tuple[str, str]]
    evidence: Evidence
    word: int
    surfaced: int


def roots_of(event: str, tables: dict[str, pa.Table]) -> Roots:
    """What an event's exception came from."""
    rows = isin(tables["stacks"], "event_id", [event])
    rows = isin(rows, "role", list(ROOTS)).sort_by([("chain_no", "ascending"), ("stack_no", "ascending")])
    found = rows.select(["role", "error_type", "stack_key"]).to_pylist()
    found = [row for row in found if row["role"] == "cause"][-1:] + [row for row in found if row["role"] == "member"]
    roots, names = [], []
    for row in found:
        stack = isin(tables["frames"], "stack_key", [row["stack_key"]] if row["stack_key"] else []).sort_by("idx")
        columns: dict[str, list[Any]] = stack.select(COLUMNS).to_pydict()
        used = [row for row, counts in enumerate(columns["counted"]) if counts]
        names.append(key_names(columns, names_of(columns), used))
        words = [word(name) if name else NONE for name in names[-1]]
        roots.append(Root(row["error_type"], words, evidence_of(columns, used), row["role"] == "member"))
    together, surfaced = came_from(roots)
    most = ROOT_FRAMES if surfaced == 1 else 1
    told = [(root.error_type or "", " | ".join(one[:most])) for root, one in zip(roots, names, strict=True)]
    return Roots(told, max((root.evidence for root in roots), default=Evidence.NONE), together, surfaced)


def key_as_told(
    kind: str,
    event: dict[str, Any],
    counted: list[str],
    evidence: Evidence,
    roots: Roots,
    ending: str,
    *,
    cycle: bool,
) -> str:
    """The group key of the parts that are told of: what an explanation must come to, or say that it does not."""
    said = event["event_kind"], event["error_type"], event["signal"], event["error_code_name"]
    text = word(dict(key_parts(kind, event, counted, evidence)).get("message", ""))
    made = crash(*said, None, evidence, ending=ending)._replace(text=text)
    words = [word(name) if name else NONE for name in counted]
    turn = chain(*words) if cycle else NONE
    return f"{group_word(made, words, turn, roots.word, roots.surfaced):016x}"


def masked(sides: Sequence[Side], mask: Callable[[str, pd.DataFrame], pd.DataFrame]) -> list[Side]:
    """The sides with masked words, masked together, so that one value has one mask in all of them."""
    texts = [name for name in EVENT if name not in {"ts", "http_status"}]
    told = mask("events", _text_frame({name: [side.event[name] for side in sides] for name in texts}))
    content = {name: [value for side in sides for value in side.frames[name]] for name in _CONTENT}
    frames = mask("frames", _text_frame(content))
    columns = {name: _plain(frames[name]) for name in _CONTENT}
    events = {name: _plain(told[name]) for name in texts}
    roots = mask("stacks", _text_frame({"error_type": [side.cause[0] for side in sides]}))["error_type"]
    places = mask("frames", _text_frame({"function": [side.cause[1] for side in sides]}))["function"]
    causes = list(zip(_plain(roots), _plain(places), strict=True))
    out, begin = [], 0
    for at, side in enumerate(sides):
        end = begin + len(side.names)
        shown = side.frames | {name: values[begin:end] for name, values in columns.items()}
        event = side.event | {name: values[at] for name, values in events.items()}
        # Where no rule fits, the class is what the event calls itself.
        kind = (event["event_kind"] or "") if side.kind == side.event["event_kind"] else side.kind
        # A name in which something was masked is shown as written: what is normalised away could be its context.
        written = zip(names_of(shown), shown["function"], side.frames["function"], strict=True)
        plain = [name if function == raw else function or name for name, function, raw in written]
        names = plain if side.cycle else _as_keyed(shown, plain, side.used)
        names = [
            name if function == raw else one
            for name, one, function, raw in zip(names, plain, shown["function"], side.frames["function"], strict=True)
        ]
        cause = (causes[at][0] or "", causes[at][1] or "")
        out.append(replace(side, kind=kind, event=event, frames=shown, names=names, cause=cause))
        begin = end
    return out


class Difference(NamedTuple):
    """One thing in which two incidents differ; `row` is the number of the frame in the key, from 0."""

    what: str
    row: int = -1
    splits: bool = True


def differences(left: Side, right: Side) -> list[Difference]:
    """In what two incidents differ, in the order in which keys look; what does not part them is said to be so."""
    found = [Difference("service")] if (left.event["service"] or "") != (right.event["service"] or "") else []
    if left.kind != right.kind:
        found.append(Difference("class"))
    a, b = left.counted, right.counted
    if left.event["error_type"] != right.event["error_type"]:
        typed = left.kind == right.kind == "exception" or not (a or b)
        found.append(Difference("type", splits=typed))
    if left.cause != right.cause:
        found.append(Difference("root cause"))
    if bool(a) != bool(b):
        found.append(Difference("stack"))
    elif a != b:
        row = next((at for at, (one, two) in enumerate(zip(a, b, strict=False)) if one != two), min(len(a), len(b)))
        found.append(Difference("frame", row))
    said = [dict(side.parts).get("message", side.message) for side in (left, right)]
    if said[0] != said[1]:
        text = left.kind == right.kind and all("message" in dict(side.parts) for side in (left, right))
        found.append(Difference("message", splits=text))
    return found


def in_words(difference: Difference, left: Side, right: Side, where: tuple[str, str] = ("here", "there")) -> str:
    """A difference in a sentence, of sides raw or masked."""
    here, there = where
    row = difference.row
    if difference.what == "frame":
        one, two = (side.counted[row] if row < len(side.used) else "" for side in (left, right))
        what = "frame of the cycle" if left.cycle and right.cycle else "frame"
        if not one or not two:
            longer, shorter = (here, there) if one else (there, here)
            return f"{what} {row + 1} is {one or two} {longer}, and there is none {shorter}"
        return f"{what} {row + 1} is {one} {here} instead of {two} {there}"
    if difference.what == "stack":
        having, other = (here, there) if left.used else (there, here)
        return f"frames count {having}, and the message does {other}"
    one, two = apart(*(_value(difference.what, side) or "unknown" for side in (left, right)))
    return f"the {difference.what} is {one} {here} and {two} {there}"


def _value(what: str, side: Side) -> str:
    if what == "service":
        return side.event["service"] or ""
    if what == "class":
        return side.kind
    if what == "type":
        return side.event["error_type"] or ""
    if what == "root cause":
        return " in ".join(part for part in side.cause if part) or "none"
    text: str = dict(side.told).get("message", side.message)
    return text


def newest(events: pa.Table, codes: npt.NDArray[np.int64], size: int) -> list[int]:
    """The row of the newest event of each incident; of several at one time the one whose id comes last."""
    never = np.iinfo(np.int64).min
    ts = pc.fill_null(events["ts"].cast(pa.int64()), never).to_numpy()
    best = np.full(size, never)
    np.maximum.at(best, codes, ts)
    rows = np.flatnonzero(ts == best[codes])
    chosen: dict[int, tuple[str, int]] = {}
    ids = events["event_id"].take(pa.array(rows)).to_pylist()
    for row, code, event in zip(rows.tolist(), codes[rows].tolist(), ids, strict=True):
        chosen[code] = max(chosen.get(code, ("", -1)), (event, row))
    return [chosen[code][1] for code in range(size)]


def _text_frame(columns: dict[str, list[Any]]) -> pd.DataFrame:
    return to_pandas(pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()}))


def _plain(column: pd.Series[Any]) -> list[str | None]:
    values: list[str | None] = pa.array(column.array).to_pylist()
    return values
