"""The readers: one module per format, each with `NAME`, `TITLE`, `sniff` and `read`.

Formats of stack traces in text have a package of their own, `traces`; a trace module is a format as well.

Adding a format is adding a module here, or in another package under the entry-point group ``triage.formats``; nothing
else changes. A reader module has

- ``NAME``: the word for `format=` and for the column `events.format`, such as ``sentry-envelope``;
- ``TITLE``: a few words for people;
- ``sniff(head: Head) -> Match | None``: how sure it is, by content, and why; cheap, it sees every file;
- ``read(source: Source) -> None``: appends to ``source.records``; never raises on content.

Scores: 90 and above for magic bytes or a structure that nothing else has, 60 to 89 for a structure that others could
share, 30 to 59 for text that looks like it. Below 30 a file stays unknown.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Final, Protocol, cast

from triage.errors import FormatError, nothing_named

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    from triage.formats.head import Head
    from triage.sources.source import Source

__all__ = ("Detection", "Format", "Match", "by_name", "detect", "rank", "registry")

THRESHOLD: Final = 30
STRUCTURE: Final = 60


@dataclass(frozen=True, slots=True)
class Match:
    """How sure a reader is that a file is its own (1 to 100), and by what."""

    score: int
    reason: str


@dataclass(frozen=True, slots=True)
class Detection:
    """One line of `detect`: a file (a member stands behind ``!/``), a format that may read it, how sure, and why."""

    path: str
    format: str
    title: str
    score: int
    reason: str


class Format(Protocol):
    """What a reader module offers."""

    NAME: str
    TITLE: str

    def sniff(self, head: Head) -> Match | None:
        """Say how sure this reader is, by content."""
        ...

    def read(self, source: Source) -> None:
        """Append what the source holds to its records."""
        ...


@cache
def documents() -> Mapping[str, Format]:
    """The readers that know a file as a whole: the modules beside this one, then those of other packages."""
    found: dict[str, Format] = {}
    for info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{info.name}")
        if hasattr(module, "sniff"):
            found[module.NAME] = cast("Format", module)
    for entry in entry_points(group="triage.formats"):
        module = entry.load()
        found.setdefault(module.NAME, cast("Format", module))
    return found


@cache
def registry() -> Mapping[str, Format]:
    """Every reader by name: those of whole files, and those of traces in text."""
    from triage.formats.trace_text import readers

    return {**readers(alone=True), **documents()}


def by_name(name: str) -> Format:
    """The reader of that name.

    Raises
    ------
    FormatError
        There is none; the message lists the names.
    """
    if name in documents():
        return documents()[name]
    try:
        return registry()[name]
    except KeyError:
        raise FormatError(nothing_named("format", name, sorted(registry()))) from None


def rank(head: Head) -> list[tuple[Match, Format]]:
    """The readers that may read this file, the surest first, by name among equals.

    Where a structure was recognised nobody looks for traces: those inside belong to what the structure says. The
    keys of a structure in a line that a report quotes are none.
    """
    from triage.formats.trace_text import readers

    matches = _matches(head, documents())
    if matches and matches[0][0].score >= STRUCTURE and head.quotes:
        matches = []
    if head.is_text and (not matches or matches[0][0].score < STRUCTURE):
        matches += _matches(head, readers()) if head.reports else []
        matches.sort(key=lambda item: (-item[0].score, item[1].NAME))
    return matches


def _matches(head: Head, readers: Mapping[str, Format]) -> list[tuple[Match, Format]]:
    """What the readers say of a file, the surest first."""
    found = [(match, name) for name, reader in readers.items() if (match := reader.sniff(head))]
    found = sorted((hit for hit in found if hit[0].score >= THRESHOLD), key=lambda hit: (-hit[0].score, hit[1]))
    return [(match, readers[name]) for match, name in found]


def detect(path: str | PathLike[str] | bytes) -> list[Detection]:
    """Say which formats a file may be, the surest first, with the reason for each.

    Parameters
    ----------
    path
        A file, directory or archive, or the bytes of a file. The members of a container are listed one by one.

    Returns
    -------
    list of Detection
        Ordered by file as they come, then by falling score. Empty where nothing is recognised.

    Raises
    ------
    SourceError
        There is nothing at that path.

    Examples
    --------
    >>> detect(b"nothing that anyone knows")
    []
    """
    from triage.loading import detections

    return detections(path)
