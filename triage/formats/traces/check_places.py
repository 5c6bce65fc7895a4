"""Places in sources as the stacks of native programs name them: file, line and column."""

from __future__ import annotations

from typing import Final

from triage.formats.traces.patterns import lazy

__all__ = ("PLACE", "placed")

PLACE: Final = lazy(r"(.*?):(\d{1,9})(?::(\d{1,9}))?$")


def placed(text: str) -> tuple[str | None, int | None, int | None]:
    """Part a place into file, line and column.

    Examples
    --------
    >>> placed("base/check.cc:161:31"), placed("C:\\\\a.cc:3"), placed("a.h(41)")
    (('base/check.cc', 161, 31), ('C:\\\\a.cc', 3, None), ('a.h', 41, None))
    """
    found = PLACE.match(text)
    if found:
        return found[1] or None, int(found[2]), int(found[3]) if found[3] else None
    file, _, number = text.removesuffix(")").rpartition("(")
    if file and number.isascii() and number.isdigit() and len(number) < 10:
        return file, int(number), None
    return text or None, None, None
