"""The files of a working copy, and all of them as one input that is read as any other."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from triage.formats.log_times import zone_told
from triage.records import json_text
from triage.share.archive import tar
from triage.sources.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from triage.share.leaving import Leaving
    from triage.share.marks import Marks
    from triage.share.spool import Piece, Spool
    from triage.sources.context import Context

__all__ = ("Ids", "Member", "Spooled")

Ids = list[tuple[str | None, str | None]]
"""Id and group key of events, in their order."""


@dataclass(slots=True, repr=False)
class Member:
    """One file of the working copy; `ids` holds id and group key of its events where the masks change them.

    `given` holds the reports of suppressed occurrences in it whose event the masks hide: its id, that of the event, and
    whether they are one client's. `zone` is what its local times were taken as, `capture` the policy by which its
    events were classed.
    `left_out` says why nothing of the content leaves, where no rows could be read of it.
    """

    name: str
    file: Leaving
    piece: Piece
    marks: Marks
    description: str = ""
    ids: Ids = field(default_factory=list)
    given: list[tuple[str, str, bool]] = field(default_factory=list)
    zone: str | None = None
    capture: dict[str, Any] | None = None
    left_out: str = ""

    def __repr__(self) -> str:
        return "<Member>"

    @property
    def derived(self) -> bool:
        """Whether it holds the rows that were read of a file, not the file."""
        return self.file.derived


class Spooled:
    """The masked members as an input: a tar that is made while it is read."""

    def __init__(self, members: dict[str, Member], spool: Spool) -> None:
        self._members = members
        self._spool = spool
        self.single = False
        self.given = 1
        self.location = ""

    def walk(self, context: Context) -> Iterator[Source]:
        """The tar as the one source."""
        parts = tar({name: (self._spool, member.piece) for name, member in self._members.items()})
        whole = Source(context, "redacted.tar", io.BufferedReader(_Parts(parts)))
        for name, member in self._members.items():
            if member.zone is not None and (zone := zone_told(member.zone)):
                context.zones[whole.source_id, name] = zone
            if member.capture is not None:
                context.records.policies[whole.source_id, name] = json_text(member.capture)
        yield whole

    def __reduce__(self) -> NoReturn:
        raise TypeError("a working copy is not pickled; approve it and save the archive")


class _Parts(io.RawIOBase):
    """An iterator of bytes as a stream."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts
        self._held = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        while not self._held:
            part = next(self._parts, None)
            if part is None:
                return 0
            self._held = part
        count = min(len(buffer), len(self._held))
        buffer[:count], self._held = self._held[:count], self._held[count:]
        return count
