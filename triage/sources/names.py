"""Names that others wrote: made printable, refused where they lead out of their place, compared as file systems do."""

from __future__ import annotations

import hashlib
import os
import re
import sys
import unicodedata
from typing import Final

__all__ = ("NAME_CHARACTERS", "Seen", "decoded", "hostile", "inner", "on_disk", "printable")

# PATH_MAX of Linux; longer names are cut where they are shown.
NAME_CHARACTERS: Final = 4_096

_SAME: Final = "the same name as a member before it"
_DRIVE: Final = re.compile(r"[A-Za-z]:")
_SUFFIXES: Final = {".gz": "", ".xz": "", ".bz2": "", ".zst": "", ".tgz": ".tar", ".txz": ".tar", ".tbz2": ".tar"}


def printable(name: str) -> str:
    r"""A name that can stand in a table and on a terminal: control, bidirectional and undecodable bytes are escaped.

    >>> printable("zone\x1b[2J.log")
    'zone\\x1b[2J.log'
    """
    name = name[:NAME_CHARACTERS]
    if name.isprintable():
        return name
    # A surrogate is a byte that the file system's encoding could not decode.
    return "".join(char if char.isprintable() else _escape(ord(char)) for char in name)


def on_disk(name: str) -> str:
    """The name of a file on this machine, printable."""
    return printable(decoded(name))


def decoded(name: str) -> str:
    """The name of a file on this machine: its bytes are UTF-8, whatever this process takes them for."""
    if sys.getfilesystemencoding() == "utf-8":
        return name
    return os.fsencode(name).decode("utf-8", "surrogateescape")


def _escape(code: int) -> str:
    if 0xDC80 <= code <= 0xDCFF:
        code -= 0xDC00
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def hostile(name: str) -> str | None:
    """Why the name of a member is refused, None where it stays inside its archive."""
    if not name:
        return "the member has no name"
    if len(name) > NAME_CHARACTERS:
        return f"a name of more than {NAME_CHARACTERS:,} characters"
    if "\0" in name:
        return "a NUL in the name"
    if name.startswith(("//", "\\\\")):
        return "a network path"
    if name.startswith(("/", "\\")):
        return "an absolute path"
    if _DRIVE.match(name):
        return "a drive letter in the name"
    if ".." in name.replace("\\", "/").split("/"):
        return "the path leads out of the archive (..)"
    return None


def inner(name: str) -> str:
    """What a compressed file holds is called: its name without the suffix.

    >>> inner("logs/world.log.gz"), inner("case.tgz"), inner("dump")
    ('world.log', 'case.tar', 'dump')
    """
    base = name.replace("\\", "/").rpartition("/")[2]
    stem, dot, suffix = base.rpartition(".")
    replacement = _SUFFIXES.get((dot + suffix).lower()) if stem else None
    return base if replacement is None else stem + replacement


class Seen:
    """The names of one archive, equal where a file system that folds case or composes letters holds them equal."""

    __slots__ = ("_digests",)

    def __init__(self) -> None:
        # Of the folded name, that of the name which had it first.
        self._digests: dict[bytes, bytes] = {}

    def before(self, name: str) -> str | None:
        """Say that the name was there before, or None; remembers it.

        >>> seen = Seen()
        >>> seen.before("a.log"), seen.before("./a.log")
        (None, 'the same name as a member before it')
        """
        path = "/".join(part for part in name.replace("\\", "/").split("/") if part not in {"", "."})
        folded = _digest(unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold()))
        own = _digest(path)
        if folded not in self._digests:
            self._digests[folded] = own
            return None
        return _SAME if self._digests[folded] == own else f"{_SAME}, on a file system that folds case"


def _digest(name: str) -> bytes:
    """What stands for a name."""
    return hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=12).digest()
