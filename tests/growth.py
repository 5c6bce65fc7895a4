"""Whether work grows in proportion to what it is given: the one way in which tests ask that of a clock.

Linear work takes four times as long for four times as much, and up to five and a half where it sorts or outgrows a
cache of the processor; quadratic work takes sixteen times as long. The limit lies between, as far from the one as from
the other, so that the clock would have to be wrong by nearly half before it decided a test.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import TypeVar

Given = TypeVar("Given")

RATIO = 8
# Less than that is the machine's noise.
FLOOR_SECONDS = 0.03
LOOKS = 4


def grows_evenly(work: Callable[[Given], object], make: Callable[[int], Given], size: int, enlarged: int = 3) -> None:
    """Assert that work on ``make(4 * size)`` takes about four times as long as work on ``make(size)``.

    What is too quick to tell is made larger, so many times at most; what even then is too quick passes. The larger
    goes first: what is done only once, like compiling an expression, must not make the smaller look slow. What is over
    the limit is looked at again, since load makes work slower and never quicker. No size comes twice: work may
    remember what it was given.
    """
    __tracebackhide__ = True
    while (large := seconds(work, make(4 * size))) < FLOOR_SECONDS:
        if not enlarged:
            return
        size, enlarged = 5 * size, enlarged - 1
    small = seconds(work, make(size))
    for look in range(1, LOOKS):
        if large <= RATIO * small:
            return
        # Not before the first look: in a process that has imported everything this takes longer than most work.
        gc.collect()
        other = size + look * size // 8
        large = min(large, seconds(work, make(4 * other)) * size / other)
        small = min(small, seconds(work, make(other)) * size / other)
        if large < FLOOR_SECONDS:  # it was noise
            return
    told = f"{small:.4f} s for {size:,} and {large:.4f} s for {4 * size:,}: {large / small:.1f} times as long"
    assert large <= RATIO * small, told


def seconds(work: Callable[[Given], object], given: Given) -> float:
    """What the work takes of the processor's time, without collections of garbage, which come when they like."""
    collects = gc.isenabled()
    gc.disable()
    try:
        start = time.process_time()
        work(given)
        return time.process_time() - start
    finally:
        if collects:
            gc.enable()
