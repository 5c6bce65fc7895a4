"""NULs that a file begins with: a log that was cut while its writer kept its place has as many as it was long.

They are counted, not kept, so that a file of nothing else costs no memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ("Nuls", "begin")

_STEP = 1 << 20


class Nuls:
    """What was read of a stream behind NULs, to be given again."""

    __slots__ = ("_behind", "_count")

    def __init__(self) -> None:
        self._count = 0
        self._behind = b""

    def read(self, pull: Callable[[int], bytes]) -> bytes:
        """Read up to the first other byte; gives what stands there, as far as it was read."""
        while chunk := pull(_STEP):
            if chunk.strip(b"\0"):
                self._behind = chunk
                break
            self._count += len(chunk)
        return self._behind.lstrip(b"\0")

    def again(self) -> Iterator[bytes]:
        """All that was read, once."""
        while self._count:
            size = min(self._count, _STEP)
            self._count -= size
            yield bytes(size)
        if self._behind:
            behind, self._behind = self._behind, b""
            yield behind


def begin(data: memoryview) -> int:
    """Where the first byte stands that is no NUL; 0 where there is none.

    Examples
    --------
    >>> begin(memoryview(bytes(70) + b"text")), begin(memoryview(bytes(70)))
    (70, 0)
    """
    for start in range(0, len(data), _STEP):
        piece = bytes(data[start : start + _STEP])
        if rest := piece.lstrip(b"\0"):
            return start + len(piece) - len(rest)
    return 0
