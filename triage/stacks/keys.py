"""The three keys of an event: which crashes are the same, exactly, by their cause, and by where they are.

- variant: the error type and the top eight frames that count;
- group, which makes incidents: the class of the crash (for exceptions their type, for assertions their text) and the
  top three frames, or the cycle of a stack that overflowed; of a chain or group of exceptions also its root or members
  (`triage.stacks.roots`); the parameterised message where no frame names a function of the program; of a failed request
  its method, route and status instead, as DebugBundle's fingerprints do;
- family: the class and the first frame.

The recipe is that of specifications measured on labelled traces: no line numbers, addresses or paths (rebuilds stay
together; `triage.stacks.generic` has the names that need their file), no exact crash type in the group (two tools
agree). Everything is computed once per distinct frame, stack and
message, then spread over the events as columns. Keys are 64 bits of normalised text (`triage.stacks.digests`);
`ALGO_VERSION` is part of them and stands in every incident, so that keys of two versions are never compared.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from triage.stacks import stack_table
from triage.stacks.classes import crash_class
from triage.stacks.counting import TOP_FRAMES, VARIANT_FRAMES
from triage.stacks.digests import NONE, Words, chain, chained, hexed, word
from triage.stacks.endings import likely, stated
from triage.stacks.fingerprints import FIELDS, taken
from triage.stacks.frame_table import TRAITS
from triage.stacks.messages import key_text
from triage.stacks.numbering import Numbers, numbered, places, whole
from triage.stacks.roots import Causes, Evidence, causes, no_causes, simple_type
from triage.stacks.settings import Rules
from triage.stacks.stack_table import Stacks
from triage.tables import TABLES, to_pandas

__all__ = (
    "ALGO_VERSION",
    "Crash",
    "Evidence",
    "annotate",
    "by_message",
    "crash",
    "group_word",
    "of_frames",
    "text_of",
)

ALGO_VERSION: Final = 5
_VARIANT, _GROUP, _FAMILY = (word(f"{ALGO_VERSION} {name}") for name in ("variant", "group", "family"))
# Every field has its word, an empty one too, so that no value can stand in the place of another.
_EMPTY, _MESSAGE = word(""), word("message")
_OVERFLOW: Final = "stack overflow"
_ASSERTION: Final = "assertion"
# Classes of programs that ended themselves: they may have said why, or a tool tells of a signal.
_ENDED: Final = frozenset({"abort", "panic", "uncaught exception"})


class Crash(NamedTuple):
    """What the keys take of an event beside its stack, as words: exact type, class, what narrows the class, message."""

    type: int
    name: int
    detail: int
    text: int
    overflow: bool
    by_text: bool


def by_message(name: str, signal: str | None, evidence: Evidence) -> bool:
    """Whether the message of an event counts: of assertions, and where the stack names no function of the program.

    With a weak stack only what the program itself says counts, which is not the words of a tool for a signal.
    """
    if evidence is Evidence.NONE or name == _ASSERTION:
        return True
    return evidence is Evidence.WEAK and (name == "exception" or (name in _ENDED and not signal))


def crash(
    kind: str | None,
    error_type: str | None,
    signal: str | None,
    code: str | None,
    said: str | None,
    evidence: Evidence,
    *,
    ending: str = "",
) -> Crash:
    """The words of one event; see `by_message` for when what it said counts, `triage.stacks.endings` for the ending.

    The ending is what the event states, if anything, else what its frames tell.

    Examples
    --------
    >>> one = crash("crash", "heap-use-after-free", None, None, None, Evidence.FIRM)
    >>> other = crash("crash", None, "SIGSEGV", None, None, Evidence.FIRM)
    >>> one.name == other.name, one.type == other.type
    (True, False)
    """
    name = crash_class(kind, error_type, signal, code, ending)
    exact = word(error_type or "")
    simple = word(simple_type(error_type))
    counts = by_message(name, signal, evidence)
    detail = simple if name == "exception" else exact if evidence is Evidence.NONE else _EMPTY
    text = word(key_text(said)) if counts and said else _EMPTY
    return Crash(exact, word(name), detail, text, name == _OVERFLOW, counts)


def text_of(
    kind: str | None, value: str | None, method: str | None = None, route: str | None = None, status: int | None = None
) -> str:
    """What an event says, as keys take it: which request failed, of anything else its parameterised message.

    The message of a failed request would be one for all routes of a method, as a path in a text is one slot. Its route
    is parameterised by its segments: a template, a path by DebugBundle's rules and a masked one are the same.

    Parameters
    ----------
    kind, value, method, route, status
        `event_kind`, `error_value`, `http_method`, `route` and `http_status` of the event.

    Examples
    --------
    >>> text_of("request", "request GET /orders/{id}", "GET", "/orders/{id}", 503)
    'GET /orders/{} 503'
    >>> text_of("log", "request GET /orders/{id}", "GET", "/orders/{id}", 503)
    'request GET {}'
    """
    failed = kind == "request" and (method or route)
    if value and not failed:
        return key_text(value)
    if route and failed:
        route = "/".join(key_text(segment) for segment in route.split("/"))
    return " ".join(str(part) for part in (method, route, status) if part)


def group_word(event: Crash, top: list[int], cycle: int, cause: int, surfaced: int = TOP_FRAMES) -> int:
    """The group key of one event, by the words of its top frames, its cycle and its root cause; see `annotate`.

    `surfaced` says how many of the top frames count: see `triage.stacks.roots.came_from`.
    """
    message = _EMPTY if top else _MESSAGE
    frames = [cycle] if cycle and event.overflow else top[:surfaced]
    return chain(_GROUP, event.name, event.detail, cause, message, event.text, *frames)


def annotate(tables: dict[str, pa.Table], rules: Rules | None = None) -> dict[str, pa.Table]:
    """Fill role, rule, in_app and counted in `frames`, culprit and the three keys in `events`.

    Parameters
    ----------
    tables
        The tables of a case.
    rules
        The rules that hold; default: those that triage brings.
    """
    rules = rules or Rules.default()
    stacks, frames = stack_table.read(tables["frames"], rules.table)
    found = causes(tables["events"], tables["stacks"], stacks)
    return tables | {"frames": frames, "events": _keys(tables["events"], stacks, found, frames, rules)}


def of_frames(frames: pd.DataFrame, events: pd.DataFrame | None = None, rules: Rules | None = None) -> pd.DataFrame:
    """See `triage.stacks.signatures`."""
    rules = rules or Rules.default()
    columns = [name for name in _OF_A_FRAME if name in frames.columns]
    rows_ = _typed(pa.Table.from_pandas(frames[columns], preserve_index=False, nthreads=1))
    if rules.fingerprints:
        stacks, rows_ = stack_table.read(_full(rows_), rules.table)
    else:
        stacks = stack_table.of(rows_, rules.table)
    said = {"stack_key": stacks.keys}
    if events is not None:
        said = {name: pa.array(events[name]) for name in _OF_AN_EVENT if name in events.columns}
        said |= {"stack_key": said["stack_key"].cast(stacks.keys.type)}
    rows = len(said["stack_key"])
    schema = TABLES["events"].schema
    fixed = {"event_class": "incident_signal", "event_kind": "crash"}
    made = {name: pa.repeat(value, rows) for name, value in fixed.items()} | said
    columns = [*dict.fromkeys((*_OF_AN_EVENT, "event_class", "culprit", *_KEYS))]
    cells = {name: made.get(name, pa.nulls(rows)).cast(schema.field(name).type) for name in columns}
    keyed = _keys(pa.table(cells), stacks, no_causes(rows), rows_, rules)
    return to_pandas(keyed.select(["stack_key", *_KEYS, "culprit"]))


def _full(rows: pa.Table) -> pa.Table:
    """Frames with every column of the table, which rules may ask for."""
    schema = TABLES["frames"].schema
    none = pa.nulls(rows.num_rows)
    return pa.table([(rows[f.name] if f.name in rows.column_names else none).cast(f.type) for f in schema], schema)


def _typed(rows: pa.Table) -> pa.Table:
    """Frames as a caller has them, with columns of nothing but nulls and keys of another type as the table has them."""
    schema = TABLES["frames"].schema
    if not rows.num_rows:  # columns without a row are of any type
        return pa.schema([schema.field(name) for name in rows.column_names]).empty_table()
    for index, field in enumerate(rows.schema):
        key = field.name == "stack_key" and not (pa.types.is_dictionary(field.type) or pa.types.is_string(field.type))
        if key or pa.types.is_null(field.type):
            rows = rows.set_column(index, field.name, rows.column(index).cast(schema.field(field.name).type))
    return rows


_OF_A_CRASH: Final = ("event_kind", "error_type", "signal", "error_code_name")
_SAID: Final = ("event_kind", "error_value", "http_method", "route", "http_status")
_OF_AN_EVENT: Final = ("stack_key", *dict.fromkeys((*_OF_A_CRASH, *_SAID, *FIELDS.values())))
_OF_A_FRAME: Final = ("stack_key", *TRAITS, "trust", "line")
_KEYS: Final = ("variant_key", "group_key", "family_key")


def _keys(events: pa.Table, stacks: Stacks, roots: Causes, frames: pa.Table, rules: Rules) -> pa.Table:
    """Give every event its culprit, and every incident-signal event its keys."""
    place = places(whole(events["stack_key"]), stacks.keys)
    events = _set(events, "culprit", _culprits(stacks.culprit, place, roots.blamed))
    at = pc.fill_null(place, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    said = pc.fill_null(stacks.said.take(place), "")
    event = _crashes(events, np.maximum(np.r_[stacks.evidence, 0][at], roots.evidence), said)
    # most events say what others said: keys are made of what is distinct
    first, kind = _kinds(at, event.code, event.text, roots.word, roots.surfaced)
    words = _words(stacks, at[first], event.take(first), roots.word[first], roots.surfaced[first])
    if rules.fingerprints:
        words["group_key"], _ = taken(rules.fingerprints, events, frames, words["group_key"][kind])
    signals = pc.fill_null(pc.equal(events["event_class"], "incident_signal"), fill_value=False)
    signals = None if pc.all(signals).as_py() else whole(signals)
    for name, column in words.items():
        made = hexed(column)
        made = made if len(column) == len(kind) else made.take(pa.array(kind))
        made = made if signals is None else pc.if_else(signals, made, pa.scalar(None, pa.string()))
        # A reviewed archive brings the keys of what it was made from.
        events = _set(events, name, made if events[name].null_count == len(made) else pc.coalesce(events[name], made))
    return events


def _culprits(of: pa.Array, place: pa.Array, blamed: Numbers) -> pa.Array:
    """The culprits of stacks by their places, with those of the stacks to blame behind them where these are others."""
    own = of.take(place)
    if not (blamed >= 0).any():
        return own
    root = of.take(pa.array(blamed, mask=blamed < 0))
    both = pc.binary_join_element_wise(own, root, " from ")
    return pc.coalesce(pc.if_else(pc.equal(own, root), own, both), own, root)


def _kinds(*columns: npt.NDArray[Any]) -> tuple[Numbers, Numbers]:
    """The first row of each distinct row of some columns, and which of these each row is."""
    kind, size = np.zeros(len(columns[0]), np.int64), 1
    for column in columns:
        if len(column) and (column == column[0]).all():
            continue
        numbers, values = pd.factorize(column)
        kind, kinds = pd.factorize(kind * len(values) + numbers) if size > 1 else (numbers, values)
        size = len(kinds)
    first = np.zeros(size if len(kind) else 0, np.int64)
    first[kind[::-1]] = np.arange(len(kind))[::-1]
    return first, kind


def _words(stacks: Stacks, at: Numbers, event: _Crashes, cause: Words, surfaced: Numbers) -> dict[str, Words]:
    """The three keys of crashes, by the place of their stack, -1 for none; `surfaced` see `group_word`."""
    usable = np.r_[stacks.evidence, 0][at] > 0
    top = np.r_[stacks.top, np.zeros((1, VARIANT_FRAMES), np.uint64)][at]
    cycle, first = np.r_[stacks.cycle, np.uint64(NONE)][at], np.r_[stacks.first, np.uint64(NONE)][at]
    overflow = event.overflow & (cycle != NONE)
    rows, empty = len(at), np.uint64(_EMPTY)
    beyond = overflow[:, None] | (np.arange(TOP_FRAMES) >= surfaced[:, None])
    group = np.where(beyond, np.uint64(NONE), top[:, :TOP_FRAMES])
    group[:, 0] = np.where(overflow, cycle, group[:, 0])
    message = np.where(usable, empty, np.uint64(_MESSAGE))
    place = np.where(usable, np.where(overflow, first, top[:, 0]), event.type)
    return {
        "variant_key": chained(rows, _VARIANT, event.type, cause, message, event.text, *top.T),
        "group_key": chained(rows, _GROUP, event.name, event.detail, cause, message, event.text, *group.T),
        "family_key": chained(rows, _FAMILY, event.name, place),
    }


class _Crashes(NamedTuple):
    """`Crash` as columns; `code` is the same where all but the text is."""

    code: Numbers
    type: Words
    name: Words
    detail: Words
    text: Words
    overflow: npt.NDArray[np.bool_]

    def take(self, rows: Numbers) -> _Crashes:
        """Those of some events."""
        return _Crashes._make(column[rows] for column in self)


def _crashes(events: pa.Table, evidence: npt.NDArray[np.int64], ending: pa.Array) -> _Crashes:
    """What the keys take of each event beside its stack; messages are looked at where they count only."""
    told = events.append_column("evidence", pa.array(evidence)).append_column("ending", _endings(events, ending))
    code, distinct = numbered(told, (*_OF_A_CRASH, "evidence", "ending"))
    made = [
        crash(kind, type_, signal, name, None, Evidence(proof), ending=said)
        for kind, type_, signal, name, proof, said in distinct
    ]
    exact, name, detail, text = (_spread([one[at] for one in made], code) for at in range(4))
    overflow = np.array([one.overflow for one in made], np.bool_)[code]
    rows = np.flatnonzero(np.array([one.by_text for one in made], np.bool_)[code])
    if len(rows):
        number, said = numbered(events.take(pa.array(rows)), _SAID)
        text[rows] = _spread([word(text_of(*one)) for one in said], number)
    return _Crashes(code, exact, name, detail, text, overflow)


def _endings(events: pa.Table, of_frames: pa.Array) -> pa.Array:
    """How each event says that the program ended, else its frames."""
    value = whole(events["error_value"])
    if value.null_count == len(value):
        return of_frames
    found = pc.fill_null(pc.match_substring_regex(value, likely()), fill_value=False)
    rows = np.flatnonzero(found.to_numpy(zero_copy_only=False))
    if not len(rows):
        return of_frames
    number, distinct = numbered(events.take(pa.array(rows)), ("error_type", "error_value"))
    said = pa.array([stated(*each) for each in distinct], pa.string()).take(pa.array(number))
    said = pc.if_else(pc.equal(said, ""), of_frames.filter(found), said)
    return pc.replace_with_mask(of_frames, found, said)


def _spread(values: list[int], code: Numbers) -> Words:
    return np.array(values, np.uint64)[code]


def _set(table: pa.Table, name: str, values: Any) -> pa.Table:
    index = table.schema.get_field_index(name)
    return table.set_column(index, table.schema.field(index), values)
