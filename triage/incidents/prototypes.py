"""One stack for each incident, by which it is compared with others, and the facts that keep two incidents apart.

The stack is the one that most events of the incident have (of as many the smaller key), so that it depends neither on
the order of the input nor on what came last. Noise and sentinels take no part, nor do repeated calls; a frame of a
library weighs a quarter of one of the application's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from triage.stacks import stack_table
from triage.stacks.classes import crash_class
from triage.stacks.cycles import repeats
from triage.stacks.endings import stated
from triage.stacks.frame_table import FrameTable
from triage.stacks.joining import isin
from triage.stacks.messages import key_text
from triage.stacks.names import basename, normalise
from triage.stacks.similarity import Ints, Stacks, build

__all__ = ("Prototypes", "prototypes")

LIBRARY: Final = 0.25


@dataclass(frozen=True, slots=True)
class Prototypes:
    """The incidents of a case as stacks; every sequence but `names` has one item per incident.

    Attributes
    ----------
    ids, services, platforms, classes
        The incident id, the service and the platform ("" where there is none) and the class of the crash.
    details
        What the class alone does not tell: the type of an exception, the text of an assertion.
    sentinels
        The names of the frames where handling began, of those that tell how the program failed.
    names
        The text of each name, in order.
    stacks
        What is compared.
    offsets, name, own
        The frames that take part, innermost first: where each stack begins, and per frame its name and whether it is
        the application's own.
    """

    ids: list[str]
    services: list[str]
    platforms: list[str]
    classes: list[str]
    details: list[str]
    sentinels: list[frozenset[str]]
    names: list[str]
    stacks: Stacks
    offsets: Ints
    name: npt.NDArray[np.int64]
    own: npt.NDArray[np.bool_]

    def frames(self, number: int) -> tuple[list[str], list[bool]]:
        """The names of the frames of an incident, innermost first, and which are the application's own."""
        part = slice(self.offsets[number], self.offsets[number + 1])
        return [self.names[name] for name in self.name[part].tolist()], self.own[part].tolist()


def prototypes(tables: dict[str, pa.Table], members: tuple[pa.Table, Ints, list[str]]) -> Prototypes:
    """Give the stacks of the incidents of a case.

    Parameters
    ----------
    tables
        The annotated tables.
    members
        The events that make incidents, the incident number of each and the id of each incident, as
        `triage.incidents.groups.members` gives them.
    """
    events, codes, ids = members
    chosen = _representatives(events, codes).to_pylist()
    keys = [event["stack_key"] for event in chosen]
    frames = isin(tables["frames"], "stack_key", sorted({key for key in keys if key}))
    names, of, name, own, sentinels = _telling(frames)
    # The rows of each distinct stack, laid out for each incident that has it.
    number = {key: at for at, key in enumerate(_runs(frames)[1])}
    bounds = np.searchsorted(of, np.arange(len(number) + 1))
    spans = [(bounds[number[key]], bounds[number[key] + 1]) if key in number else (0, 0) for key in keys]
    rows = np.concatenate([np.empty(0, np.int64), *(np.arange(*span) for span in spans)]).astype(np.int64)
    offsets = np.r_[0, np.cumsum([end - start for start, end in spans])].astype(np.int64)
    name, own = name[rows], own[rows]
    owner = np.repeat(np.arange(len(ids)), np.diff(offsets))
    ended = dict(zip(*_ended(frames), strict=True))
    classes = [_class(event, ended.get(event["stack_key"], "")) for event in chosen]
    return Prototypes(
        ids=ids,
        services=[event["service"] or "" for event in chosen],
        platforms=[event["platform"] or "" for event in chosen],
        classes=classes,
        details=[_detail(event, kind) for event, kind in zip(chosen, classes, strict=True)],
        sentinels=[sentinels.get(key, frozenset()) for key in keys],
        names=names,
        stacks=build(owner, name, np.where(own, 1.0, LIBRARY), size=len(ids)),
        offsets=offsets,
        name=name,
        own=own,
    )


_OF_A_CRASH: Final = (
    "event_id", "stack_key", "service", "platform",
    "event_kind", "error_type", "error_value", "signal", "error_code_name",
)  # fmt: skip


def _representatives(events: pa.Table, codes: Ints) -> pa.Table:
    """One event of each incident: one with the stack that most of its events have, of these the smallest id."""
    frame = pd.DataFrame(
        {
            "code": codes,
            "stack": events["stack_key"].to_numpy(zero_copy_only=False),
            "event": events["event_id"].to_numpy(zero_copy_only=False),
        }
    )
    frame["often"] = frame.groupby(["code", "stack"], dropna=True)["event"].transform("size")
    ordered = frame.sort_values(["code", "often", "stack", "event"], ascending=[True, False, True, True])
    first = ordered.drop_duplicates("code").index.to_numpy()
    return events.select(list(_OF_A_CRASH)).take(pa.array(first))


def _ended(frames: pa.Table) -> tuple[list[str], list[str]]:
    """The stacks, and how the frames of each say that the program ended."""
    found = stack_table.of(frames, FrameTable.default())
    return found.keys.to_pylist(), found.said.to_pylist()


def _class(event: dict[str, Any], ended: str) -> str:
    ended = stated(event["error_type"], event["error_value"]) or ended
    return crash_class(event["event_kind"], event["error_type"], event["signal"], event["error_code_name"], ended)


def _detail(event: dict[str, Any], kind: str) -> str:
    """What two crashes of this class must agree on to be the same."""
    if kind == "exception":
        return event["error_type"] or ""
    return key_text(event["error_value"]) if kind == "assertion" and event["error_value"] else ""


def _runs(frames: pa.Table) -> tuple[Ints, list[str]]:
    """The number of the stack of each row, and the keys of the stacks; the frames of a stack stand together."""
    keys = frames["stack_key"].to_numpy(zero_copy_only=False)
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]]) if len(keys) else np.empty(0, np.int64)
    return np.repeat(np.arange(len(starts)), np.diff(np.r_[starts, len(keys)])), keys[starts].tolist()


def _telling(
    frames: pa.Table,
) -> tuple[list[str], Ints, Ints, npt.NDArray[np.bool_], dict[str, frozenset[str]]]:
    """The frames that take part: all names, and per frame its stack, name and whether it is own; the sentinels."""
    texts, name = _names(frames)
    of, keys = _runs(frames)
    role = frames["role"].to_numpy(zero_copy_only=False)
    kept = ~np.isin(role, ["noise", "sentinel"]) & (np.array(texts, object)[name] != "" if texts else False)
    scan = pc.fill_null(pc.equal(frames["trust"], "scan"), fill_value=False).to_numpy(zero_copy_only=False)
    found = np.zeros(len(keys), np.bool_)
    np.logical_or.at(found, of, kept & ~scan)
    kept &= ~scan | ~found[of]
    sentinels: dict[str, set[str]] = {}
    for row in np.flatnonzero(role == "sentinel").tolist():
        sentinels.setdefault(keys[of[row]], set()).add(texts[name[row]])
    of, name, own = of[kept], name[kept], role[kept] == "application"
    again, _ = repeats(name, of)
    return (
        texts,
        of[~again],
        name[~again],
        own[~again],
        {key: frozenset(found) - _SAYS_NOTHING for key, found in sentinels.items()},
    )


# Where the system hands a signal over: every fault of a program comes by it.
_SAYS_NOTHING: Final = frozenset(
    {"", "<signal handler called>", "KiUserExceptionDispatcher", "KiUserExceptionDispatch", "_sigtramp", "__restore_rt"}
)


def _names(frames: pa.Table) -> tuple[list[str], Ints]:
    """The distinct names in order, and the number of the name of each frame."""
    if not frames.num_rows:
        return [], np.empty(0, np.int64)
    code = np.zeros(frames.num_rows, np.int64)
    for column in ("function", "module", "module_offset", "file"):
        # Where there is a function the rest does not matter.
        values = frames[column] if column == "function" else pc.if_else(_named(frames), None, frames[column])
        encoded = values.combine_chunks().dictionary_encode(null_encoding="encode")
        code = code * (len(encoded.dictionary) + 1) + encoded.indices.to_numpy(zero_copy_only=False)
        _, code = np.unique(code, return_inverse=True)
    _, first, code = np.unique(code, return_index=True, return_inverse=True)
    parts = frames.select(["function", "module", "module_offset", "file"]).take(pa.array(first)).to_pydict()
    spelled = [_name(*part) for part in zip(*parts.values(), strict=True)]
    texts = sorted(set(spelled))
    place = {text: at for at, text in enumerate(texts)}
    return texts, np.array([place[text] for text in spelled], np.int64)[code]


def _named(frames: pa.Table) -> pa.ChunkedArray:
    return pc.fill_null(pc.not_equal(frames["function"], ""), fill_value=False)


def _name(function: str | None, module: str | None, offset: int | None, file: str | None) -> str:
    """The name of a frame as the keys have it: its function, else its place in the image, else its file."""
    if function and (name := normalise(function)):
        return name
    if module:
        return basename(module) if offset is None else f"{basename(module)}+0x{offset:x}"
    return basename(file or "")


def apart(one: list[str], other: list[str]) -> tuple[list[str], list[str], list[str]]:
    """What two stacks share, and what only the one and only the other has; names that come twice count twice.

    What is shared is in the same order for the other and the one: by its places in both.

    Examples
    --------
    >>> apart(["parse", "eval", "eval", "main"], ["read", "parse", "eval", "main"])
    (['parse', 'eval', 'main'], ['eval'], ['read'])
    """
    words, others = _counted(one), _counted(other)
    here, there = ({word: place for place, word in enumerate(each)} for each in (words, others))
    both = sorted(here.keys() & there.keys(), key=lambda word: (here[word] + there[word], word))
    return (
        [name for name, _ in both],
        [name for name, word in zip(one, words, strict=True) if word not in there],
        [name for name, word in zip(other, others, strict=True) if word not in here],
    )


def _counted(names: list[str]) -> list[tuple[str, int]]:
    """Each name with how often it came before."""
    seen: dict[str, int] = {}
    words = []
    for name in names:
        words.append((name, seen.get(name, 0)))
        seen[name] = seen.get(name, 0) + 1
    return words
