"""A stream cut into blocks that can be scanned alone: they end at line ends, and never inside of a key block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from triage.sources.returns import ended_bytes

__all__ = ("iter_blocks",)

_SIZE: Final = 4 << 20
_BEGIN: Final = b"-----BEGIN "
_END: Final = b"-----END "
_LONGEST_KEY: Final = 64 << 10
# A line longer than this is cut where a word ends: memory stays flat whatever the input is.
_LONGEST_LINE: Final = 16 << 20


def iter_blocks(chunks: Iterable[bytes], *, size: int = _SIZE) -> Iterator[bytes]:
    """Cut a stream of bytes into blocks of about `size` bytes.

    Examples
    --------
    >>> list(iter_blocks([b"one\\ntw", b"o\\nthree"], size=4))
    [b'one\\n', b'two\\n', b'three']
    """
    held = b""
    for chunk in chunks:
        held += chunk
        while len(held) >= size:
            cut = _cut(held, size)
            if cut is None:
                break
            yield held[:cut]
            held = held[cut:]
    while len(held) > size and (cut := _cut(held, size)) is not None:
        yield held[:cut]
        held = held[cut:]
    if held:
        yield held


def _cut(held: bytes, size: int) -> int | None:
    """Where the first block ends, or None where more has to be read first."""
    # Returns end lines where nothing else does; the last ones may belong to a line feed that was not read yet.
    lines = held if held.find(b"\n", 0, size) >= 0 else ended_bytes(held.rstrip(b"\r"))
    cut = lines.rfind(b"\n", 0, size) + 1
    if not cut:
        cut = lines.find(b"\n", size) + 1
    if not cut:
        if len(held) < max(_LONGEST_LINE, size):
            return None
        cut = max(held.rfind(b" ", size // 2, size), held.rfind(b",", size // 2, size)) + 1 or size
    begin = held.rfind(_BEGIN, max(cut - _LONGEST_KEY, 0), cut)
    if begin < 0 or held.find(_END, begin, cut) >= 0:
        return cut
    if begin > 0:
        start = lines.rfind(b"\n", 0, begin) + 1
        if start:
            return start
    end = held.find(_END, begin, begin + _LONGEST_KEY)
    if end < 0:
        return cut if len(held) > begin + _LONGEST_KEY else None
    newline = lines.find(b"\n", end)
    return newline + 1 if newline >= 0 else None
