"""What all sources of one load share: the tables in the making, the bounds, and who reads what."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import tzinfo

    from triage.records import Records
    from triage.sources.limits import Limits
    from triage.sources.source import Source
    from triage.store.cache import Cache
    from triage.store.partitions import Workers
    from triage.symbols.folder import SymbolFolder

__all__ = ("BULK_BYTES", "Context")

# What few will ask for of larger files is left where it lies, to be read when somebody does.
BULK_BYTES: Final = 8 << 20


@dataclass(slots=True, kw_only=True)
class Context:
    """What all sources of one load share; `inside` counts the bytes of all members of the input that is being read."""

    records: Records
    limits: Limits
    read: Callable[[Source], None]
    symbols: SymbolFolder | None = None
    ids: Counter[str] = field(default_factory=Counter)
    inside: int = 0
    sources: int = 0
    # From how many bytes on a file is `bulky`; None for never.
    bulk_bytes: int | None = BULK_BYTES
    # What the times of log lines are of that name no zone; None for UTC.
    zone: tzinfo | None = None
    # The same of single files, by their container and path, where an archive says in which it was read.
    zones: dict[tuple[str | None, str], tzinfo] = field(default_factory=dict)
    # The files in whose zone a time was taken.
    zoned: set[str] = field(default_factory=set)
    # Where what was read of large event files is kept for the next time.
    cache: Cache | None = None
    # Read large event files in partitions.
    workers: Workers | None = None
    # Reads many files of a folder together: folder, its name, names in it, and what opens one of them as a source.
    many: (
        Callable[[str, str, list[str], Callable[[str, tuple[str, int]], Iterator[Source]]], Iterator[Source]] | None
    ) = None
    # What readers keep from one source to the next.
    kept: dict[str, Any] = field(default_factory=dict)

    def zone_of(self, source: Source) -> tzinfo | None:
        """What the local times of a file are; None for UTC."""
        return self.zones.get((source.container_id, source.path), self.zone)

    def tell_zone(self, source: Source, name: str) -> None:
        """Say once of a file that times were taken in its zone: an annotation of no event, its id and the zone."""
        if source.source_id not in self.zoned:
            self.zoned.add(source.source_id)
            self.records.annotation(None, "zone", source.source_id, name)

    def source_id(self, container_id: str | None, path: str) -> str:
        """Digest of the container and the path in it, made unique by an ordinal."""
        place = f"{container_id or ''}\0{path}".encode("utf-8", "surrogatepass")
        digest = hashlib.blake2b(place, digest_size=6).hexdigest()
        self.ids[digest] += 1
        return digest if self.ids[digest] == 1 else f"{digest}-{self.ids[digest]}"
