"""What stands around a block of a file, so that it says the same alone as within the whole.

A value may stand on the line below its name, a wrapped token on several lines, and the columns of a dump are named
megabytes above its rows. So a block is looked at between the end of what came before it, led by what names columns
there, and the beginning of what comes next; only what is found in the block itself counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from triage.redact.phrases.dumped import Statements
from triage.sources.returns import ended_bytes

if TYPE_CHECKING:
    from triage.redact.hits import Hit
    from triage.redact.known import Known

__all__ = ("NOTHING", "Around", "framed")

Block = TypeVar("Block")

# Longer than any value with its name that is looked for over line ends, but for key blocks, which are never cut.
_NEAR: Final = 4_096
_LONGEST_HEADER: Final = 8_192
_MARKS: Final = (b",", b";", b"\t", b"|")


class Around(NamedTuple):
    """The bytes before and behind a block; never shown."""

    before: bytes = b""
    behind: bytes = b""

    def within(self, data: bytes, known: Known | None, find: Callable[[bytes, Known | None], list[Hit]]) -> list[Hit]:
        """What is found in the block itself."""
        if not self.before and not self.behind:
            return find(data, known)
        start, size = len(self.before), len(data)
        hits = find(self.before + data + self.behind, known)
        return [
            hit.but(start=max(hit.start - start, 0), end=min(hit.end - start, size))
            for hit in hits
            if hit.end > start and hit.start < start + size
        ]

    def __repr__(self) -> str:
        return "<Around>"


NOTHING: Final = Around()


def framed(blocks: Iterable[Block], data: Callable[[Block], bytes]) -> Iterator[tuple[Block, Around]]:
    """Blocks of one file that follow each other, and what stands around each.

    Examples
    --------
    >>> [tuple(around) for _, around in framed([b"password:\\n", b"hunter2\\n"], bytes)]
    [(b'', b'hunter2\\n'), (b'password:\\n', b'')]
    """
    lead = _Lead()
    before = b""
    rest = iter(blocks)
    block = next(rest, None)
    while block is not None:
        coming = next(rest, None)
        yield block, Around(before, b"" if coming is None else _beginning(data(coming)))
        if coming is not None:
            here = data(block)
            before = lead.behind(here) + _end(here)
        block = coming


def _beginning(data: bytes) -> bytes:
    """The first lines of a block."""
    stop = ended_bytes(data[:_NEAR]).rfind(b"\n") + 1
    return data[: stop or _NEAR]


def _end(data: bytes) -> bytes:
    """The last lines of a block."""
    if len(data) <= _NEAR:
        return data
    near = data[-_NEAR:]
    start = ended_bytes(near).find(b"\n") + 1
    return near[start:] if start < len(near) else near


class _Lead:
    """What names the columns of rows that go on: a statement of SQL, else the first line of the file."""

    def __init__(self) -> None:
        self._header: bytes | None = None
        self._statements = Statements()

    def behind(self, block: bytes) -> bytes:
        """What leads from this block to the next."""
        if self._header is None:
            line = block[: ended_bytes(block[:_LONGEST_HEADER]).find(b"\n") + 1]
            self._header = line if any(mark in line for mark in _MARKS) else b""
        self._statements.take(ended_bytes(block))
        return self._statements.lead or self._header
