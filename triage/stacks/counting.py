"""Which frames of a stack count: the innermost ones that tell where the crash is, and why the others do not.

Application frames count where there are any, else those of libraries, else prefixes (what everybody calls: copies,
allocators, containers); frames found by a scan only where nothing else was. What lies inside of the outermost sentinel
handles the crash, and what repeats the frames above it says nothing new. All stacks are gone through at once, as
columns; `counted` does the same for one stack.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from triage.stacks.cycles import repeats
from triage.stacks.roles import ROLES

__all__ = ("HANDLER", "REPEATED", "SCANNED", "TOP_FRAMES", "VARIANT_FRAMES", "Counted", "count", "counted")

TOP_FRAMES: Final = 3
VARIANT_FRAMES: Final = 8
HANDLER: Final = "inside of a crash handler"
REPEATED: Final = "repeats the frames above"
# What `trust` says of frames that were guessed from what lies on the stack.
SCANNED: Final = ("scan", "unreliable")
_SENTINEL: Final = ROLES.index("sentinel")
_NOISE: Final = ROLES.index("noise")
# How much a frame of each role tells; of two stacks' worth of frames only the strongest count.
_TELLING: Final = np.array([{"prefix": 1, "library": 2, "application": 3}.get(role, 0) for role in ROLES])
_UNSCANNED: Final = 3

Numbers = npt.NDArray[np.int64]
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


def count(role: Numbers, name: Numbers, scanned: Flags, starts: Numbers) -> Counted:
    """Go through the frames of all stacks.

    Parameters
    ----------
    role
        Place of the role in `ROLES`, one per frame.
    name
        Number of the name; one of its own where nothing is known of a frame or it is no call.
    scanned
        Whether the frame was found by a scan of the stack.
    starts
        The row that each stack begins at.
    """
    lengths = np.diff(np.r_[starts, len(role)])
    stack = np.repeat(np.arange(len(starts)), lengths)
    inside = np.zeros(len(role), np.bool_)
    sentinels = np.flatnonzero(role == _SENTINEL)
    if len(sentinels):
        outermost = np.full(len(starts), -1)
        outermost[stack[sentinels]] = sentinels  # ascending, so that the last one stays
        inside = (np.arange(len(role)) < outermost[stack]) & (role != _SENTINEL)
    again, cycles = repeats(name, stack)
    telling = _TELLING[role]
    telling[inside | again] = 0
    strength = np.where(telling > 0, telling + _UNSCANNED * ~scanned, 0)
    best = np.maximum.reduceat(strength, starts) if len(starts) else strength
    rows = np.flatnonzero((strength > 0) & (strength == best[stack]))
    of = stack[rows]
    place = np.arange(len(rows)) - np.searchsorted(of, of)
    top = np.full((len(starts), VARIANT_FRAMES), -1)
    chosen = place < VARIANT_FRAMES
    top[of[chosen], place[chosen]] = rows[chosen]
    return Counted(inside, again, top, cycles)


def counted(role: list[int], name: list[int], scanned: list[bool]) -> tuple[list[int], list[int]]:
    """The rows of one stack that its variant key holds, and those of its cycle; see `count`.

    Examples
    --------
    >>> application, noise = ROLES.index("application"), ROLES.index("noise")
    >>> counted([noise, application, application], [7, 8, 9], [False] * 3)
    ([1, 2], [])
    """
    first = 0
    if _SENTINEL in role:
        first = len(role) - 1 - role[::-1].index(_SENTINEL)
    again: Flags | None = None
    cycle: list[int] = []
    numbers: dict[int, int] = {}
    numbered = [numbers.setdefault(one, len(numbers)) for one in name]
    if len(numbers) < len(name):
        again, cycles = repeats(np.array(numbered), np.zeros(len(name), np.int64))
        cycle = cycles.get(0, [])
    found: list[int] = []
    best = 0
    for row in range(first, len(role)):
        strength = int(_TELLS[role[row]])
        if not strength or (again is not None and again[row]):
            continue
        if not scanned[row]:
            strength += _UNSCANNED
        if strength > best:
            best, found = strength, [row]
        elif strength == best and len(found) < VARIANT_FRAMES:
            found.append(row)
    return found, cycle


_TELLS: Final[tuple[int, ...]] = tuple(_TELLING.tolist())
