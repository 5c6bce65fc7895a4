"""Passes over a large text that need nothing of each other: RE2 and numpy make them beside the main thread.

Neither holds Python's lock while it reads. What a pass gives are places, nothing of the text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final, TypeVar

__all__ = ("Ahead", "Pass")

T = TypeVar("T")

Pass = Callable[[bytes], Any]
"""Reads a text as it stands."""

# A smaller text is read before a thread has begun.
_LARGE: Final = 1 << 17


class Ahead:
    """The passes over one text, begun in their order if it is large."""

    __slots__ = ("_begun", "_data")

    def __init__(self, data: bytes, passes: Iterable[Pass] = ()) -> None:
        self._data = data
        self._begun: dict[Pass, Future[Any]] = {}
        if len(data) >= _LARGE:
            # A thread for each text: one that is kept would be missing in a process that is forked from this.
            thread = ThreadPoolExecutor(1)
            self._begun = {one: thread.submit(one, data) for one in passes}
            thread.shutdown(wait=False)

    def of(self, one: Callable[[bytes], T]) -> T:
        """What a pass gives, made now if it was not begun."""
        begun: Future[T] | None = self._begun.get(one)
        return one(self._data) if begun is None else begun.result()

    def __repr__(self) -> str:
        """Sizes only."""
        return f"<Ahead of {len(self._data):,} bytes>"
