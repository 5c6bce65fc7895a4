"""How much of an input triage takes: one frozen record of bounds, each settable.

The defaults let a 2 GB bundle of logs through and stop a decompression bomb early. Plain files on disk have no total
limit: they are streamed.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ("Limits",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of a load. A member or one of many inputs over a bound is quarantined; a single input raises `LimitError`.

    Parameters
    ----------
    members
        Files in one archive.
    member_bytes
        Bytes of one member, uncompressed.
    archive_bytes
        Bytes of all members of one input, uncompressed.
    ratio
        Uncompressed to compressed bytes of one compressed stream. Counted once `ratio_from_bytes` have come out: an
        ordinary log archive has 5 to 30, repetitive logs may reach 100, a bomb has about 1,000.
    ratio_from_bytes
        Bytes that any stream may give before `ratio` counts.
    nesting
        Containers inside containers: 1 is a plain archive.
    line_bytes
        Bytes of one line; a longer one is quarantined and reading goes on after it.
    document_bytes
        Bytes of a file that has to be in memory as a whole (JSON documents, minidumps inside archives, nested zips).
    memory_bytes
        Bytes of tables that are held in memory while they are read; what is more lies in files without a name in the
        folder of the cache, mapped back. None for half of this machine's memory.

    Examples
    --------
    >>> Limits(members=10).members
    10
    """

    members: int = 100_000
    member_bytes: int = 8 << 30
    archive_bytes: int = 32 << 30
    ratio: float = 250.0
    ratio_from_bytes: int = 64 << 20
    nesting: int = 5
    line_bytes: int = 16 << 20
    document_bytes: int = 2 << 30
    memory_bytes: int | None = None
