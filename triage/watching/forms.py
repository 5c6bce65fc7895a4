"""How a file is read as it comes: on from where it was, as a whole, or together with the files of its bundle."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from triage import formats
from triage.formats.head import Head
from triage.sources import archives
from triage.sources.source import HEAD_BYTES

__all__ = ("HEAD_BYTES", "PACKED", "Form", "form_of", "stem")

# One event a line, whole in itself.
_EVENTS: Final = "debugbundle-events"
# Documents and reports in text that are read as a whole whenever they change.
_WHOLE: Final = frozenset({"eqemu-log", "prometheus", "triage-journal"})
# JSON by lines; any other JSON that a reader knows is a document.
_JSON_LINES: Final = frozenset({"flutter-machine"})
# What is in one event may lie in several files of a folder.
_BY_FOLDER: Final = frozenset({"0xgen"})
_BY_STEM: Final = frozenset({"sentry-envelope", "minidump"})
PACKED: Final = (".gz", ".bz2", ".xz", ".zst")
_ROTATED: Final = re.compile(r"(?:\.(?:gz|bz2|xz|zst)|[.\-_](?:\d{1,14}|old|bak))\Z", re.IGNORECASE)
_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")


class Form(NamedTuple):
    """How a file is read."""

    lines: bool
    """Read on from where it was; else as a whole."""
    single: bool = False
    """Every line is an event or none: no event goes over several."""
    reader: str = ""
    """What reads the pieces of it; "" where each tells by itself."""
    unit: str = ""
    """`folder` or `stem`: what the files have in common that are read together."""


def form_of(head: bytes, name: str, size: int) -> Form:
    """Tell by the first bytes.

    Examples
    --------
    >>> form_of(b"12:00 started\\n12:01 stopped\\n", "app.log", 28).lines
    True
    >>> form_of(b'[{"schema_version": 1}]', "1-1-api.events.json", 23).lines
    False
    """
    if not head:
        return Form(lines=False)  # it cannot be read, and the reader says why
    body = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if name.endswith(".events.json") and body[:1] == b"[":
        return Form(lines=False)  # what event stores are full of
    if head.startswith(_MARKS) or archives.is_archive(head):
        return Form(lines=False, unit=_unit(_named(head, name, size)))
    seen = Head(head, path=name, size=size)
    known = _named(head, name, size, seen)
    if not seen.is_text:
        return Form(lines=False, unit=_unit(known))
    if known == _EVENTS:
        by_line = body[:1] != b"[" and b"\n" in body and isinstance(seen.first_line, dict)
        return Form(lines=by_line, single=True, reader=_EVENTS) if by_line else Form(lines=False)
    if known in _WHOLE or _unit(known) or (body[:1] in b"{[<" and known and known not in _JSON_LINES):
        return Form(lines=False, unit=_unit(known))
    return Form(lines=True, reader=known if known in formats.documents() else "")


def stem(name: str) -> str:
    """The name of a log without what its rotation adds.

    Examples
    --------
    >>> stem("logs/app.log"), stem("logs/app.log.1"), stem("logs/app.log-20260211.gz")
    ('logs/app.log', 'logs/app.log', 'logs/app.log')
    """
    while (cut := _ROTATED.sub("", name)) != name:
        name = cut
    return name


def _named(head: bytes, name: str, size: int, seen: Head | None = None) -> str:
    """The format, "" where no reader knows it."""
    ranked = formats.rank(seen or Head(head, path=name, size=size))
    return ranked[0][1].NAME if ranked else ""


def _unit(known: str) -> str:
    return "folder" if known in _BY_FOLDER else "stem" if known in _BY_STEM else ""
