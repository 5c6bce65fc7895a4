"""What a user gives to `triage.load`, as sources: files, directories, patterns, lists, bytes and open files.

The order is that of the names, never that of the disk or of a list, so that the same input gives the same ids. One file
is open at a time. In directories nothing is followed: links, devices, sockets and FIFOs are rows of `files` that say
so. An input can be walked again, to read back what a row of a table points at.
"""

# `os.path` resolves no links on the way, and works on text that is no path at all.
# ruff: noqa: PTH100, PTH109, PTH110, PTH111, PTH112, PTH119, PTH120, PTH206, PTH207

from __future__ import annotations

import glob
import hashlib
import io
import os
import re
from difflib import get_close_matches
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from triage.errors import SourceError
from triage.sources.disk import Place
from triage.sources.names import printable
from triage.sources.remote import Remote
from triage.sources.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from triage.sources.context import Context

__all__ = ("KEPT_BYTES", "Inputs")

# What is kept of a stream, so that a place in it can be read back.
KEPT_BYTES: Final = 64 << 20
_LISTED: Final = 10_000  # names that are compared with one that is not there
_LONGEST: Final = 4_096
_ADDRESS: Final = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


class Inputs:
    """One input or many.

    Parameters
    ----------
    what
        A path (file, directory, or a pattern with ``*``, ``?`` or ``[`` where no such path exists), bytes, an open
        binary file, or a list of those.
    name
        What bytes or a stream are called in `files`.

    Attributes
    ----------
    single : bool
        One file, bytes or stream: a limit that it meets is an error, not a row.

    Raises
    ------
    SourceError
        There is nothing at a path, or it is of a kind that cannot be read.

    Examples
    --------
    >>> Inputs(b"text", name="pasted")
    <Inputs: pasted>
    """

    __slots__ = ("_items", "location", "single")

    def __init__(self, what: Any, *, name: str | None = None, remote: bool = False) -> None:
        self._items: list[Place | Remote | _Bytes | _Stream]
        self.single = False
        listed = list(what) if isinstance(what, (list, tuple)) else [what]
        if remote and all(isinstance(item, str) and _ADDRESS.match(item) for item in listed):
            self.location = ""
            self._items = sorted(map(Remote, dict.fromkeys(listed)), key=lambda item: item.name)
            return
        self.location = _location(what)
        if isinstance(what, (list, tuple)):
            self._items = _several(what)
        elif isinstance(what, (str, os.PathLike)):
            paths, exact = _resolved(what)
            self._items = [*_places(paths, follow=exact)]
            self.single = exact and not os.path.isdir(paths[0])
        else:
            self._items = [_opened(what, name)]
            self.single = True
        self._items.sort(key=lambda item: item.name)

    @property
    def given(self) -> int:
        """How many inputs there are: a folder is one, whatever is in it."""
        return len(self._items)

    @property
    def places(self) -> list[Place]:
        """Those that lie on this machine's disk."""
        return [item for item in self._items if isinstance(item, Place)]

    def __repr__(self) -> str:
        names = [item.name for item in self._items[:3]]
        more = [f"and {len(self._items) - 3:,} more"] if len(self._items) > 3 else []
        return f"<Inputs: {', '.join(names + more)}>"

    def __getstate__(self) -> tuple[None, dict[str, Any]]:
        """Paths only: bytes and streams do not travel."""
        items = [item if isinstance(item, (Place, Remote)) else _Stream(None, item.name) for item in self._items]
        return None, {"_items": items, "single": self.single, "location": self.location}

    def walk(self, context: Context) -> Iterator[Source]:
        """Every file of the input as a source of depth 0, in the order of their names; read each before the next.

        Raises
        ------
        SourceError
            The input has moved, or was a stream too long to be kept for reading it again.
        """
        for item in self._items:
            if isinstance(item, Place):
                yield from item.walk(context, single=self.single)
            else:
                yield item.source(context)


class _Bytes:
    """Bytes in memory."""

    __slots__ = ("_data", "name")

    def __init__(self, data: bytes, name: str) -> None:
        self._data = data
        self.name = name

    def source(self, context: Context) -> Source:
        """The bytes as a source."""
        return Source(context, self.name, data=self._data)


class _Stream:
    """An open file, read once; the first 64 MiB are kept for reading it again."""

    __slots__ = ("_at", "_ended", "_kept", "_stream", "damage", "name")

    def __init__(self, stream: Any, name: str) -> None:
        self._stream = stream
        self._kept: bytearray | None = None if stream is None else bytearray()
        self._at = 0
        self._ended = False
        self.name = name
        self.damage: str | None = None

    def __getstate__(self) -> tuple[None, dict[str, Any]]:
        """Neither the stream nor what was kept of it."""
        return None, {"_stream": None, "_kept": None, "name": self.name}

    def source(self, context: Context) -> Source:
        """The stream as a source, from its beginning."""
        if self._kept is None:
            raise SourceError(
                f"{self.name} was not a file on disk and cannot be read again (of a stream {KEPT_BYTES >> 20} MiB "
                "are kept, in the process that read it); save it and load its path"
            )
        self._at = 0
        return Source(context, self.name, self)

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes, b"" at the end."""
        if self._kept is not None and self._at < len(self._kept):
            chunk = bytes(self._kept[self._at : self._at + size])
        elif self._ended:
            return b""
        else:
            chunk = self._fresh(size)
            self._ended = not chunk
            if self._kept is not None:
                self._kept += chunk
                if len(self._kept) > KEPT_BYTES:
                    self._kept = None
        self._at += len(chunk)
        return chunk

    def _fresh(self, size: int) -> bytes:
        """Bytes that were not read before."""
        try:
            chunk = self._stream.read(size)
        except (OSError, ValueError) as error:
            self.damage = f"the stream broke off: {getattr(error, 'strerror', None) or 'it is closed'}"
            return b""
        if isinstance(chunk, str):
            raise SourceError(f"{self.name} gives text, not bytes; open it with mode 'rb'")
        if chunk is None:
            self.damage = "the stream had no bytes ready, and what comes later is not read"
        return bytes(chunk or b"")


def _location(what: Any) -> str:
    """The full path, one a line where there are several; "" for what lies nowhere."""
    if isinstance(what, (list, tuple)):
        return "\n".join(filter(None, map(_location, what)))
    if isinstance(what, str) and len(what) < _LONGEST and not os.path.lexists(what):
        what = os.path.expanduser(what)
    return os.path.abspath(what) if isinstance(what, (str, os.PathLike)) else ""


def _opened(what: Any, name: str | None) -> _Bytes | _Stream:
    """Bytes or an open file under the name that it shall have."""
    if isinstance(what, (bytes, bytearray, memoryview)):
        return _Bytes(bytes(what), printable(name or "input"))
    if isinstance(what, io.TextIOBase):
        raise SourceError("this file is open as text; open it with mode 'rb'")
    if not callable(getattr(what, "read", None)):
        raise SourceError(
            f"a {type(what).__name__} cannot be loaded; give a path, a list of paths, bytes or an open binary file"
        )
    own = getattr(what, "name", None)
    if not name and isinstance(own, str):
        name = own.replace("\\", "/").rstrip("/").rpartition("/")[2].strip("<>")
    return _Stream(what, printable(name or "stream"))


def _several(what: Iterable[Any]) -> list[Place | Remote | _Bytes | _Stream]:
    """The items of a list; bytes are named by their digest, so that the order of the list does not matter."""
    paths: dict[str, bool] = {}
    items: list[Place | Remote | _Bytes | _Stream] = []
    for item in what:
        if isinstance(item, (str, os.PathLike)):
            resolved, exact = _resolved(item)
            for path in resolved:
                paths[path] = paths.get(path, False) or exact
        elif isinstance(item, (bytes, bytearray, memoryview)):
            items.append(_opened(item, f"bytes-{hashlib.sha256(item).hexdigest()[:12]}"))
        else:
            items.append(_opened(item, None))
    if not paths and not items:
        raise SourceError("an empty list; give at least one path")
    names = _names(list(paths))
    return items + [Place(path, names[path], follow=exact) for path, exact in paths.items()]


def _places(paths: list[str], *, follow: bool) -> Iterator[Place]:
    names = _names(paths)
    for path in paths:
        yield Place(path, names[path], follow=follow)


def _names(paths: list[str]) -> dict[str, str]:
    """What each path is called: relative to the folder that they have in common, with slashes."""
    if not paths:
        return {}
    try:
        parent = os.path.commonpath([os.path.dirname(path) for path in paths])
    except ValueError:  # on several drives
        return {path: os.path.splitdrive(path)[1].replace(os.sep, "/").lstrip("/") for path in paths}
    return {path: "" if path == parent else os.path.relpath(path, parent).replace(os.sep, "/") for path in paths}


def _resolved(what: str | os.PathLike[Any]) -> tuple[list[str], bool]:
    """The absolute paths that a path or a pattern stands for, and whether it was a path."""
    path = os.fsdecode(what)
    if isinstance(what, str) and not os.path.lexists(path):
        path = os.path.expanduser(path) if len(path) < _LONGEST else path
    if path and os.path.exists(path):
        return [os.path.abspath(path)], True
    if _is_text(path):
        raise SourceError("this looks like text, not like a path; for pasted text call triage.loads(text)")
    if _ADDRESS.match(path):
        raise SourceError(
            "this is an address and nothing is fetched; download the file and load its path, or let a Dask client read "
            "it (client=...)"
        )
    if os.path.lexists(path):
        raise SourceError(f"{path!r} is a link that leads nowhere; give the path of the file itself")
    if path and glob.has_magic(path):
        found = sorted(os.path.abspath(match) for match in glob.glob(path, recursive=True))
        if found:
            return found, False
        raise SourceError(f"nothing matches the pattern {path!r}; check it from the folder {os.getcwd()!r}")
    raise SourceError(_missing(path))


def _is_text(path: str) -> bool:
    return len(path) > _LONGEST or any(char in path for char in "\n\r\0") or path.lstrip().startswith("{")


def _missing(path: str) -> str:
    """Say what is not there, and what there is instead."""
    if not path:
        return "an empty path; give the path of a file or a folder"
    folder = os.path.dirname(os.path.abspath(path))
    there = folder
    while not os.path.isdir(there) and os.path.dirname(there) != there:
        there = os.path.dirname(there)
    wanted = os.path.basename(os.path.abspath(path)) if there == folder else os.path.relpath(folder, there)
    try:
        with os.scandir(there) as found:
            names = sorted(printable(entry.name) for entry in islice(found, _LISTED))
    except OSError:
        names = []
    close = get_close_matches(wanted.split(os.sep)[0], names, n=3, cutoff=0.5)
    hint = f"in {there!r} there are {', '.join(map(repr, close))}" if close else f"check it from the folder {there!r}"
    return f"there is nothing at {path!r}; {hint}"
