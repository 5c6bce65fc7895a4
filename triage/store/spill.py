"""Tables in the making that outgrow memory: what is over a bound lies in files without a name, mapped back.

Whoever reads the tables later reads the same Arrow batches; the system brings in what is looked at, and lets go of the
rest. The files have no name from the start (or go with the process, where a system has no such files), are readable by
nobody else, and end with the tables.
"""

from __future__ import annotations

import mmap
import os
import tempfile
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.ipc

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ("Spill", "default_bytes")

# Where the system does not say how much memory there is.
_UNKNOWN: Final = 4 << 30
# What is smaller than this stays: a file for it would cost more than it gives.
_LEAST: Final = 4 << 20


def default_bytes() -> int:
    """Half of this machine's memory.

    Examples
    --------
    >>> default_bytes() > 1 << 20
    True
    """
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    except (AttributeError, OSError, ValueError):
        return _UNKNOWN


class Spill:
    """Decides when the batches of tables go to disk, and brings them there.

    Parameters
    ----------
    most_bytes
        What all tables together may hold in memory.
    folder
        Where the files lie; the system's place for such files where it cannot be made.

    Examples
    --------
    >>> spill = Spill(0)
    >>> batch = pa.record_batch({"a": [1, 2]})
    >>> spill.hold(batch.nbytes), spill.moved([batch])[0].equals(batch), spill.bytes
    (True, True, 16)
    """

    def __init__(self, most_bytes: int, folder: Path | None = None) -> None:
        self._most = most_bytes
        self._folder = folder
        # what a table holds at least when it goes to disk
        self.least_bytes = min(_LEAST, most_bytes // 16)
        self._held = 0
        # what went to disk
        self.bytes = 0

    def hold(self, size: int) -> bool:
        """Count what a table holds more; whether it is time to bring something to disk."""
        self._held += size
        return self._held > self._most

    def moved(self, batches: Sequence[pa.RecordBatch]) -> list[pa.RecordBatch]:
        """The same batches from disk; as they are where the disk takes no more."""
        size = sum(batch.nbytes for batch in batches)
        try:
            with self._file() as file:
                with pa.ipc.new_file(pa.PythonFile(file, "w"), batches[0].schema) as writer:
                    for batch in batches:
                        writer.write_batch(batch)
                file.flush()
                mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, pa.ArrowException):
            return list(batches)
        self._held -= size
        self.bytes += size
        reader = pa.ipc.open_file(pa.BufferReader(pa.py_buffer(mapped)))
        return [reader.get_batch(at) for at in range(reader.num_record_batches)]

    def _file(self) -> tempfile._TemporaryFileWrapper[bytes]:
        if self._folder is not None:
            try:
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                return tempfile.TemporaryFile(dir=self._folder)  # type: ignore[return-value]
            except OSError:
                self._folder = None
        return tempfile.TemporaryFile()  # type: ignore[return-value]
