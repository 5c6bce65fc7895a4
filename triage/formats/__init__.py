"""The readers: one module per format, each with `NAME`, `TITLE`, `sniff` and `read`.

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

from triage.errors import FormatError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    from triage.formats.head import Head
    from triage.sources.source import Source

__all__ = ("Detection", "Format", "Match", "by_name", "detect", "rank", "registry")

THRESHOLD: Final = 30


@dataclass(frozen=True, slots=True)
class Match:
    """How sure a reader is that a file is its own (1 to 100), and by what."""

    score: int
    reason: str


@dataclass(frozen=True, slots=True)
class Detection:
    """One line of `detect`: a member of the input, a format that may read it, how sure, and why."""

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
def registry() -> Mapping[str, Format]:
    """Every reader by name: the modules beside this one, then those of other packages, which cannot replace ours."""
    found: dict[str, Format] = {}
    for info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{info.name}")
        if hasattr(module, "sniff"):
            found[module.NAME] = cast("Format", module)
    for entry in entry_points(group="triage.formats"):
        module = entry.load()
        found.setdefault(module.NAME, cast("Format", module))
    return found


def by_name(name: str) -> Format:
    """The reader of that name.

    Raises
    ------
    FormatError
        There is none; the message lists the names.
    """
    try:
        return registry()[name]
    except KeyError:
        raise FormatError(f"no format is named {name!r}; there are {', '.join(sorted(registry()))}") from None


def rank(head: Head) -> list[tuple[Match, Format]]:
    """The readers that may read this file, the surest first, by name among equals."""
    matches = []
    for name, reader in registry().items():
        match = reader.sniff(head)
        if match and match.score >= THRESHOLD:
            matches.append((match, name, reader))
    matches.sort(key=lambda item: (-item[0].score, item[1]))
    return [(match, reader) for match, _, reader in matches]


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
