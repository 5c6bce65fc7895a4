"""The cache of what was read of event stores: Parquet in the user's cache folder, while the files are the same.

One entry is a large event file or a folder of small ones, under the digest of its path. It holds the tables as they
were read, each distinct stack once, and what the files were: size, times, inode and sha256. A file is the same while
all of these are (any write changes its ctime); what was changed in the two seconds before it was read is not trusted,
as git does not. An entry of another version of triage, or one that cannot be read, counts as none. The folder is the
user's own (0700), keeps to a size, and forgets what was not used for a month.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
import pyarrow as pa

from triage import __version__
from triage.errors import TriageError
from triage.tables import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ("Cache", "Entry", "Identity", "default", "settled")

# Who changes what is read of event files before the next version raises the number in the middle.
_VERSION: Final = f"{__version__}-2-{SCHEMA_VERSION}"
_MOST_BYTES: Final = 4 << 30
_UNUSED_SECONDS: Final = 30 * 86_400
# A file that is written twice within the clock's tick has the same times after both.
_RACY_NS: Final = 2_000_000_000
_META: Final = "entry.json"


class Identity(msgspec.Struct, frozen=True, array_like=True):
    """What a file was when it was read: any write changes `ctime_ns`."""

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int

    @classmethod
    def of(cls, status: os.stat_result) -> Identity:
        """The identity by a status."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def settled(identity: Identity, read_ns: int) -> bool:
    """Whether a file had been left alone for long enough when it was read."""
    return max(identity.mtime_ns, identity.ctime_ns) + _RACY_NS < read_ns


@dataclass(frozen=True, slots=True)
class Entry:
    """What is cached of one file or folder: `meta` as it was put, and the tables."""

    meta: dict[str, Any]
    folder: Path

    def table(self, name: str) -> pa.Table:
        """One table, read now.

        Raises
        ------
        OSError
            The entry is gone or damaged; Arrow's errors are of this kind or `pa.ArrowException`.
        """
        import pyarrow.parquet as pq

        return pq.read_table(self.folder / f"{name}.parquet")

    def tables(self) -> dict[str, pa.Table] | None:
        """All tables; None where one cannot be read."""
        try:
            return {name: self.table(name) for name in self.meta["tables"]}
        except (OSError, pa.ArrowException, KeyError):
            return None


class Cache:
    """The cache in a folder.

    Parameters
    ----------
    folder
        Made when something is put there, with mode 0700.
    most_bytes
        What it may hold; what was used longest ago goes first.
    """

    def __init__(self, folder: Path, *, most_bytes: int = _MOST_BYTES) -> None:
        self.folder = folder
        self._most_bytes = most_bytes

    def _place(self, kind: str, path: str) -> Path:
        text = f"{_VERSION}\0{kind}\0{path}".encode("utf-8", "surrogateescape")
        return self.folder / hashlib.blake2b(text, digest_size=16).hexdigest()

    def get(self, kind: str, path: str) -> Entry | None:
        """The entry of a file or folder, whatever it was then; None where there is none."""
        place = self._place(kind, path)
        try:
            meta = msgspec.json.decode((place / _META).read_bytes(), type=dict[str, Any])
            os.utime(place)
        except (OSError, ValueError):
            return None
        return Entry(meta, place) if meta.get("version") == _VERSION else None

    def put(self, kind: str, path: str, tables: dict[str, pa.Table], meta: dict[str, Any]) -> None:
        """Put an entry in the place of the one that was; a disk that is full or read-only leaves none."""
        import pyarrow.parquet as pq

        place = self._place(kind, path)
        made = place.with_name(f"{place.name}.{secrets.token_hex(8)}")
        held = {**meta, "version": _VERSION, "tables": sorted(tables)}
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            made.mkdir(mode=0o700)
            for name, table in tables.items():
                pq.write_table(table, made / f"{name}.parquet", compression="zstd")
            (made / _META).write_bytes(msgspec.json.encode(held))
            shutil.rmtree(place, ignore_errors=True)
            made.rename(place)
        except (OSError, pa.ArrowException):
            shutil.rmtree(made, ignore_errors=True)
            return
        self.trim()

    def _entries(self) -> Iterator[tuple[float, int, Path]]:
        """When each entry was used last, its bytes, and where it is."""
        with contextlib.suppress(OSError):
            for place in self.folder.iterdir():
                with contextlib.suppress(OSError):
                    size = sum(file.stat().st_size for file in place.iterdir())
                    yield place.stat().st_mtime, size, place

    def trim(self) -> None:
        """Forget what was not used for a month, and what is over the size, the oldest first."""
        total = 0
        for used, size, place in sorted(self._entries(), reverse=True):
            total += size
            if total > self._most_bytes or used < time.time() - _UNUSED_SECONDS:
                shutil.rmtree(place, ignore_errors=True)

    def info(self) -> dict[str, Any]:
        """Where it is, how many entries it has, their bytes, and what it may hold."""
        entries = list(self._entries())
        return {
            "folder": str(self.folder),
            "entries": len(entries),
            "bytes": sum(size for _, size, _ in entries),
            "most_bytes": self._most_bytes,
        }

    def clear(self) -> int:
        """Forget everything; gives how many entries there were."""
        entries = list(self._entries())
        for _, _, place in entries:
            shutil.rmtree(place, ignore_errors=True)
        return len(entries)


def default() -> Cache:
    """The user's cache: `TRIAGE_CACHE` or the system's place for caches, of `TRIAGE_CACHE_BYTES` or 4 GiB.

    Raises
    ------
    TriageError
        `TRIAGE_CACHE_BYTES` is not a number.
    """
    import platformdirs

    folder = os.environ.get("TRIAGE_CACHE") or platformdirs.user_cache_dir("crash-triage", appauthor=False)
    text = os.environ.get("TRIAGE_CACHE_BYTES", "")
    if text and not text.isdecimal():
        raise TriageError("TRIAGE_CACHE_BYTES must be a number of bytes")
    return Cache(Path(folder) / "events", most_bytes=int(text) if text else _MOST_BYTES)
