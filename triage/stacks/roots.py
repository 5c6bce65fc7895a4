"""What keys take of the root of a chain of exceptions and of the members of a group, and how much of what surfaced.

Of a root they take its type without its module and its first frame that counts. Where a chain has one root, and two of
its frames or more are named functions of the program, its second frame counts too, and of what surfaced the first one
alone: where an error was wrapped says less than how the program came to it, and what lies below a wrapper is deep in
the chain as a whole, where compilers and limits of logs leave frames out.
"""

from __future__ import annotations

import re
from enum import IntEnum
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from triage.stacks.counting import TOP_FRAMES
from triage.stacks.digests import NONE, Words, chain, chained, word
from triage.stacks.numbering import Numbers, numbered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from triage.stacks.stack_table import Stacks

__all__ = ("ROOTS", "ROOT_FRAMES", "Causes", "Evidence", "Root", "came_from", "causes", "no_causes", "simple_type")

# The roles of stacks that say what an exception came from.
ROOTS: Final = ("cause", "member")
ROOT_FRAMES: Final = 2
"""How many frames count of a root that tells how the program came to it."""
_EMPTY: Final = word("")
# Some consoles name an exception without its module: IPython, Unity, loggers.
_QUALIFIED: Final = re.compile(r"^(?:[\w$]{1,80}(?:\.|::|\\)){1,20}(?=[\w$]{1,200}$)")


class Evidence(IntEnum):
    """What the stack of an event tells: nothing, something, or which function of the program it was."""

    NONE = 0
    WEAK = 1
    FIRM = 2


class Root(NamedTuple):
    """One root: its type, the words of its frames that count, what these tell, whether it is a member of a group."""

    error_type: str | None
    frames: Sequence[int]
    evidence: Evidence
    is_member: bool = False


def simple_type(error_type: str | None) -> str:
    """A type without its module.

    Examples
    --------
    >>> simple_type("java.io.IOException"), simple_type(None)
    ('IOException', '')
    """
    return _QUALIFIED.sub("", error_type or "")


def came_from(roots: Sequence[Root]) -> tuple[int, int]:
    """One word for the root of a chain and the members of a group, and how many frames of what surfaced count.

    Which member failed first is chance, and how many failed of the same.

    Examples
    --------
    >>> [came_from([Root("E", [1, 2, 3][:many], Evidence.FIRM)])[1] for many in range(4)]
    [3, 3, 1, 1]
    """
    leads = len(roots) == 1 and not roots[0].is_member and roots[0].evidence is Evidence.FIRM
    leads = leads and len(roots[0].frames) >= ROOT_FRAMES
    most, surfaced = (ROOT_FRAMES, 1) if leads else (1, TOP_FRAMES)
    return _together([_root_word(root.error_type, root.frames[:most]) for root in roots]), surfaced


def _root_word(error_type: str | None, frames: Sequence[int]) -> int:
    """The word of one root, by its type and the words of its frames."""
    known = [frame for frame in frames if frame]
    return chain(word(simple_type(error_type)), *(known or [_EMPTY])) if error_type or known else _EMPTY


def _together(words: Sequence[int]) -> int:
    """One word for those of some roots."""
    found = sorted({*words} - {_EMPTY})
    return (found[0] if len(found) == 1 else chain(*found)) if found else _EMPTY


class Causes(NamedTuple):
    """What events came from.

    Of each event the word of its roots, what their stacks tell, the place of the stack to blame or -1, and how many
    frames of what surfaced count.
    """

    word: Words
    evidence: Numbers
    blamed: Numbers
    surfaced: Numbers


def no_causes(rows: int) -> Causes:
    """Those of events that came from nothing else."""
    found = np.full(rows, _EMPTY, np.uint64), np.zeros(rows, np.int64)
    return Causes(*found, np.full(rows, -1), np.full(rows, TOP_FRAMES))


def causes(events: pa.Table, rows: pa.Table, stacks: Stacks) -> Causes:
    """Find the root of the chain of each event, the cause that is furthest from what surfaced, and its members.

    Parameters
    ----------
    events, rows
        The tables `events` and `stacks` of a case.
    stacks
        What the keys take of each stack.
    """
    found, evidence, blamed, surfaced = made = no_causes(events.num_rows)
    rows = rows.filter(pc.is_in(rows["role"], value_set=pa.array(ROOTS)))
    event = pc.index_in(rows["event_id"], value_set=events["event_id"].combine_chunks())
    rows = rows.filter(event.is_valid()).append_column("event", event.drop_null())
    if not rows.num_rows:
        return made
    rows = rows.sort_by([("chain_no", "ascending"), ("stack_no", "ascending")])
    place = pc.fill_null(pc.index_in(rows["stack_key"], value_set=stacks.keys), -1)
    at = place.combine_chunks().to_numpy(zero_copy_only=False).astype(np.int64)
    numbers = rows["event"].combine_chunks().to_numpy(zero_copy_only=False).astype(np.int64)
    member = pc.equal(rows["role"], "member").combine_chunks().to_numpy(zero_copy_only=False)
    proof = np.r_[stacks.evidence, 0][at]
    alone = ~np.isin(numbers, numbers[member])
    words, leads = _words(rows, stacks, at, alone & (proof == Evidence.FIRM))
    # In the order of the chain, so that its root stays.
    found[numbers[~member]] = words[~member]
    evidence[numbers[~member]] = proof[~member]
    surfaced[numbers[~member]] = np.where(leads, 1, TOP_FRAMES)[~member]
    # To blame is the furthest cause that names a function of the program, of a group without any its first member.
    firm = proof == Evidence.FIRM
    for few in (np.flatnonzero(member & firm)[::-1], np.flatnonzero(~member & firm)):
        blamed[numbers[few]] = at[few]
    groups: dict[int, list[int]] = {}
    for number, root in zip(numbers[member].tolist(), words[member].tolist(), strict=True):
        groups.setdefault(number, [int(found[number])]).append(root)
    for number, roots in groups.items():
        found[number] = _together(roots)
    np.maximum.at(evidence, numbers[member], proof[member])
    return made


def _words(
    rows: pa.Table, stacks: Stacks, at: Numbers, firm: npt.NDArray[np.bool_]
) -> tuple[Words, npt.NDArray[np.bool_]]:
    """The word of each root as `came_from` makes it, and whether it tells how the program came to it."""
    top = np.r_[stacks.top[:, :ROOT_FRAMES], np.full((1, ROOT_FRAMES), NONE, np.uint64)][at]
    leads = firm & (top[:, -1] != NONE)
    top[~leads, 1:] = NONE
    code, types = numbered(rows, ("error_type",))
    said = np.array([word(simple_type(name)) for (name,) in types], np.uint64)[code]
    known = (top[:, 0] != NONE) | (said != _EMPTY)
    top[:, 0] = np.where(top[:, 0] == NONE, np.uint64(_EMPTY), top[:, 0])
    return np.where(known, chained(len(at), said, *top.T), np.uint64(_EMPTY)), leads
