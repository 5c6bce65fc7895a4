"""Where an archive may be saved: in a file of its own, never over what was read, nor over what is no archive."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final

from triage.errors import TriageError, demand
from triage.locking import locked

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ("clear", "refuse_other_kind", "target")

_OTHER_KINDS: Final = frozenset({".zip", ".7z", ".rar", ".bz2", ".xz", ".zst"})
_GZIP: Final = b"\x1f\x8b"


def refuse_other_kind(path: Path) -> None:
    """Refuse a name that says of a tar.gz that it is something else."""
    if path.suffix.lower() in _OTHER_KINDS:
        raise TriageError(
            f"what is saved is a tar.gz and {path.name} ends in {path.suffix}; name it {path.stem}.tar.gz"
        )


def target(path: str | os.PathLike[str], was_read: Callable[[Path], bool] | None = None) -> Path:
    """The file to save to, where an archive may be written.

    Raises
    ------
    TriageError
        The path is no file name, says of a tar.gz that it is something else, leads to what was read (`was_read`), to a
        folder, a link or a device, or to a file that is no archive.
    """
    demand(path, (str, os.PathLike), "a place to save to is a path")
    if not os.fspath(path).strip() or "\0" in os.fspath(path):
        raise TriageError("this is no file name; name the archive, such as out.tar.gz")
    chosen = Path(path)
    refuse_other_kind(chosen)
    try:
        mode = chosen.lstat().st_mode
    except FileNotFoundError:
        return chosen
    except OSError as error:
        raise TriageError(f"cannot write {chosen}: {error.strerror}; name another place") from None
    if stat.S_ISDIR(mode):
        raise TriageError(f"{chosen} is a folder; name another place, a file in it")
    if was_read is not None and was_read(chosen):
        raise TriageError(
            f"{chosen}: this is the file that was opened, or one in it; the input itself stays as it is; save under "
            "another name"
        )
    if not stat.S_ISREG(mode):
        raise TriageError(f"{chosen} is a link or a device, and is not replaced; name another file")
    if not _is_archive(chosen):
        raise TriageError(f"{chosen} is there and is no tar.gz, and is not replaced; name another file")
    return chosen


def clear(path: Path) -> None:
    """Take away what saves to a file left beside it when they were killed; who saves just now holds a lock."""
    with contextlib.suppress(OSError):
        for left in list(path.parent.iterdir()):
            if left.name.startswith(begins(path)) and left.name.endswith(".part"):
                with contextlib.suppress(OSError), locked(left, patience=0):
                    left.unlink()


def begins(path: Path) -> str:
    """How the names of files begin that are written on their way to another."""
    return f".{path.name[:100]}."


def _is_archive(path: Path) -> bool:
    """Whether a file begins as an archive that we save, whatever its name says; one without content loses nothing."""
    try:
        with path.open("rb") as file:
            return file.read(len(_GZIP)) in {_GZIP, b""}
    except OSError:
        return False
