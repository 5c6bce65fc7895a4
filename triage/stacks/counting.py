"""Which frames of a stack count: the innermost ones that tell where the crash is, and why the others do not.

Application frames with a name of their own count where there are any, else those without, else those of packages that a
fuzz target tests, else `main` and such targets, else those of other libraries, else prefixes (what everybody calls:
copies, allocators); frames found by a scan only where nothing else was.
What lies inside of the outermost sentinel handles the crash, and what repeats the frames above it says nothing new. All
stacks are gone through at once, as columns; `counted` does the same for one stack.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from triage.stacks.cycles import repeated, repeats
from triage.stacks.endings import deep, told
from triage.stacks.frame_table import TELLING, WEAK
from triage.stacks.numbering import Numbers
from triage.stacks.roles import ROLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from triage.stacks.frame_table import Known

__all__ = ("HANDLER", "REPEATED", "SCANNED", "TOP_FRAMES", "VARIANT_FRAMES", "Counted", "count", "counted")

TOP_FRAMES: Final = 3
VARIANT_FRAMES: Final = 8
HANDLER: Final = "inside of a crash handler"
REPEATED: Final = "repeats the frames above"
# What `trust` says of frames that were guessed from what lies on the stack.
SCANNED: Final = ("scan", "unreliable")
_SENTINEL: Final = ROLES.index("sentinel")
# More than any frame tells: one that was walked to comes before all that were found by a scan.
_WALKED: Final = 1 + max(TELLING.values())
_MOST: Final = _WALKED + max(TELLING.values())

Small = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Counted:
    """What was found in some stacks.

    `inside` and `again` say of each frame whether it lies inside of a crash handler or repeats others, `top` gives the
    rows of the frames of each stack that its variant key holds, -1 behind the last; `cycles` the rows of a cycle of
    some.
    """

    inside: Flags
    again: Flags
    top: Numbers
    cycles: dict[int, list[int]]


def count(role: Small, telling: Small, name: Numbers, scanned: Flags, starts: Numbers) -> Counted:
    """Go through the frames of all stacks.

    Parameters
    ----------
    role
        Place of the role in `ROLES`, one per frame.
    telling
        How much the frame tells; see `triage.stacks.frame_table.Known`.
    name
        Number of the name; one of its own where nothing is known of a frame or it is no call.
    scanned
        Whether the frame was found by a scan of the stack.
    starts
        The row that each stack begins at.
    """
    lengths = np.diff(np.r_[starts, len(role)])
    stack = np.repeat(np.arange(len(starts), dtype=np.int32), lengths)
    inside = np.zeros(len(role), np.bool_)
    sentinels = np.flatnonzero(role == _SENTINEL)
    if len(sentinels):
        outermost = np.full(len(starts), -1)
        outermost[stack[sentinels]] = sentinels  # ascending, so that the last one stays
        inside = (np.arange(len(role)) < outermost[stack]) & (role != _SENTINEL)
    again, cycles = _repeats(name, stack, scanned, starts)
    strength = telling + np.where(scanned, np.int8(0), np.int8(_WALKED))
    strength[(telling == 0) | inside | again] = 0
    best = np.maximum.reduceat(strength, starts) if len(starts) else strength
    counts = (strength == np.repeat(np.where(best, best, np.int8(-1)), lengths)) if len(starts) else inside
    rows = np.flatnonzero(counts)
    many = np.add.reduceat(counts, starts, dtype=np.int64) if len(starts) else starts
    begins = np.cumsum(many) - many
    most = np.minimum(many, np.where(best % _WALKED == WEAK, 1, VARIANT_FRAMES))
    top = np.full((VARIANT_FRAMES, len(starts)), -1)
    for place, column in enumerate(top):
        has = np.flatnonzero(most > place)
        column[has] = rows[begins[has] + place]
    return Counted(inside, again, top.T, cycles)


def _repeats(name: Numbers, stack: Numbers, scanned: Flags, starts: Numbers) -> tuple[Flags, dict[int, list[int]]]:
    """What repeats others (`repeats`); where frames were walked to, what a scan found stands between none of them."""
    if not scanned.any() or scanned.all():
        return repeats(name, stack)
    rows = np.flatnonzero(~scanned | np.logical_and.reduceat(scanned, starts)[stack])
    found, cycles = repeats(name[rows], stack[rows])
    again = np.zeros(len(name), np.bool_)
    again[rows] = found
    return again, {number: rows[turn].tolist() for number, turn in cycles.items()}


def counted(known: Sequence[Known], name: list[int], scanned: list[bool]) -> tuple[list[int], list[int], str]:
    """The rows of one stack that its group key holds, those of its cycle, and how it says the program ended.

    See `count`, and `triage.stacks.endings.told`.

    `scanned` is empty where no frame was.

    Examples
    --------
    >>> from triage.stacks.frame_table import FrameTable
    >>> names = ("abort", "parse", "run")
    >>> known = [FrameTable.default().known(("frame", name, None, None, None, "c", None)) for name in names]
    >>> counted(known, [7, 8, 9], [False] * 3)
    ([1, 2], [], 'abort')
    """
    first = 0
    for row, one in enumerate(known):
        if one[2] == _SENTINEL:
            first = row
    again, cycle = _repeated(name, scanned) if len(set(name)) < len(name) else (set(), [])
    found: list[int] = []
    best = 0
    for row in range(first, len(known)):
        strength = known[row][4]
        if not strength or row in again:
            continue
        if not (scanned and scanned[row]):
            strength += _WALKED
        if strength > best:
            best, found = strength, [row]
        elif strength == best:
            found.append(row)
            if len(found) == TOP_FRAMES and best == _MOST:
                break
    recursion = bool(cycle) and deep(cycle[0], len(cycle), len(again))
    said = told([one[5] for one in known[: found[0] if found else None]], recursion=recursion)
    return found[: 1 if best % _WALKED == WEAK else TOP_FRAMES], cycle, said


def _repeated(name: list[int], scanned: list[bool]) -> tuple[set[int], list[int]]:
    """As `_repeats`, of one stack."""
    if not any(scanned) or all(scanned):
        return repeated(name)
    rows = [row for row, guessed in enumerate(scanned) if not guessed]
    again, cycle = repeated([name[row] for row in rows])
    return {rows[row] for row in again}, [rows[row] for row in cycle]
