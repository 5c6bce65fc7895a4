"""Event files of a DebugBundle store, written so that a reader sees a whole one or none.

Facts: DebugBundle's SDKs and relay (specs of the event store, section 1). A file is a JSON array of envelopes in
`<store>/.debugbundle/local/events/`, folders 0700, files 0600, nothing followed: a link in the place of a folder below
the store, or of a file, is refused. The content goes to `<name>.tmp-<16 hex>`, which readers pass over, is on disk
before it gets its name, and its name is on disk before `write` comes back.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from triage.errors import SourceError
from triage.locking import keep

__all__ = ("Written", "array", "file_name", "folder_of", "write")

SUFFIX: Final = ".events.json"
_INSIDE: Final = (".debugbundle", "local", "events")
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")
_FLAGS: Final = (
    os.O_WRONLY
    | os.O_CREAT
    | os.O_EXCL
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_READING: Final = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class Written:
    """One event file that is on disk: where, how many events and bytes, and whether it was there already."""

    path: Path
    events: int
    bytes: int
    is_new: bool


def folder_of(store: str | os.PathLike[str]) -> Path:
    """The folder of the events of a store; made where there is none.

    Parameters
    ----------
    store
        A store, its `.debugbundle`, or the folder of its events itself.

    Raises
    ------
    SourceError
        A folder of the store is a link or no folder, or cannot be made.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as store:
    ...     folder_of(store).relative_to(store).as_posix()
    '.debugbundle/local/events'
    """
    root = Path(store).expanduser().absolute()
    left = _left(root)
    folder = root
    try:
        if not root.exists():
            root.mkdir(mode=0o700, parents=True)
        for name in ("", *left):
            folder = folder / name if name else folder
            if name and not _is_there(folder):
                with contextlib.suppress(FileExistsError):
                    folder.mkdir(mode=0o700)
                keep(folder.parent)
            status = folder.stat() if not name else folder.lstat()
            if not stat.S_ISDIR(status.st_mode):
                raise SourceError(
                    f"{folder} is a link or no folder, and nothing is written through it; name another store"
                )
    except OSError as error:
        told = error.strerror or type(error).__name__
        raise SourceError(f"cannot make {folder}: {told}; name another store") from None
    return folder


def _left(root: Path) -> tuple[str, ...]:
    """The folders that lie between a path and its events."""
    if root.parts[-3:] == _INSIDE:
        return ()
    if root.parts[-2:] == _INSIDE[:2]:
        return _INSIDE[2:]
    if root.parts[-1:] == _INSIDE[:1]:
        return _INSIDE[1:]
    with contextlib.suppress(OSError), os.scandir(root) as entries:
        if any(entry.name.endswith(SUFFIX) for entry in entries):
            return ()
    return _INSIDE


def _is_there(path: Path) -> bool:
    try:
        path.lstat()
    except FileNotFoundError:
        return False
    return True


def file_name(path: str, ids: Iterable[str], last: int, service: str) -> str:
    """The name of an event file: the last event's milliseconds, 8 hex digits of origin and ids, the service.

    Parameters
    ----------
    path
        Of what log, as its source names it.
    ids
        The ids of its events, in order.
    last
        Microseconds since 1970 of its last event.

    Examples
    --------
    >>> file_name("app.log", ["a", "b"], 1769390759123456, "check out")
    '1769390759123-5e20890e-check-out.events.json'
    """
    digest = hashlib.sha256("".join([path, *ids]).encode("utf-8", "surrogatepass")).hexdigest()[:8]
    named = _UNSAFE.sub("-", service)[:100] or "-"
    return f"{max(last, 0) // 1000}-{digest}-{named}{SUFFIX}"


def array(envelopes: Iterable[bytes]) -> bytes:
    """The content of an event file.

    Examples
    --------
    >>> array([b'{"a":1}', b'{"a":2}'])
    b'[{"a":1},\\n{"a":2}]\\n'
    """
    return b"[" + b",\n".join(envelopes) + b"]\n"


def write(folder: Path, name: str, data: bytes, *, events: int) -> Written:
    """Write the content of an event file, which holds so many; it is on disk under its name when this comes back.

    Raises
    ------
    SourceError
        A link or a folder has the name, or it cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as store:
    ...     made = write(folder_of(store), "1-0-shop.events.json", array([b'{"a":1}']), events=1)
    ...     made.path.name, made.events, made.is_new
    ('1-0-shop.events.json', 1, True)
    """
    target = folder / name
    try:
        same = _is_same(target, data)
        if not same:
            _place(target, data)
        # A name that was there may be one that a killed writer had no time to keep.
        keep(folder)
    except OSError as error:
        told = error.strerror or type(error).__name__
        raise SourceError(f"cannot write {target}: {told}; name another store, or make room") from None
    return Written(target, events, len(data), not same)


def _is_same(target: Path, data: bytes) -> bool:
    """Whether the file is there and holds exactly that."""
    try:
        status = target.lstat()
    except FileNotFoundError:
        return False
    if not stat.S_ISREG(status.st_mode):
        raise SourceError(f"{target} is a link or no file, and nothing is written through it; take it away")
    if status.st_size != len(data):
        return False
    handle = os.open(target, _READING)
    with os.fdopen(handle, "rb") as file:
        return file.read() == data


def _place(target: Path, data: bytes) -> None:
    """Write under a passing name, have it on disk, and give it its own."""
    passing = target.with_name(f"{target.name}.tmp-{secrets.token_hex(8)}")
    handle = os.open(passing, _FLAGS, 0o600)
    try:
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(handle, view) :]
            os.fsync(handle)
        finally:
            os.close(handle)
        passing.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            passing.unlink()
        raise
