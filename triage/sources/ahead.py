"""Pieces of a stream made beside what is done with them: reading, unpacking and digests need no lock of Python's."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

__all__ = ("ahead",)

Piece = TypeVar("Piece")
_END: Final = object()


def ahead(pieces: Iterator[Piece], *, after: int, most: int) -> Generator[Piece, None, None]:
    """The same pieces in the same order, with up to `most` of them made ahead once there were `after`.

    What the iterator raises is raised where its piece would have stood. It is left alone when this ends.
    """
    yield from islice(pieces, after)
    with ThreadPoolExecutor(1) as pool:
        waiting = deque(pool.submit(next, pieces, _END) for _ in range(most))
        try:
            while (piece := waiting.popleft().result()) is not _END:
                waiting.append(pool.submit(next, pieces, _END))
                yield piece  # type: ignore[misc] # what is not the end is a piece
        finally:
            for future in waiting:
                future.cancel()
