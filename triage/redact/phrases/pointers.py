"""Values that a trace points at from the line of code above them, as better_exceptions and loguru print them.

Marks stand under the names of a line of code, and corners before their values::

    user = check(name, password)
                 |     └ 'hunter22'
                 └ 'mara'
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact.named import extents
from triage.redact.named.judging import judged
from triage.redact.named.keys import sense
from triage.redact.text import Found, line_of

__all__ = ("LEADS", "pointed_at")

_CORNERS: Final = ("\u2514", "\u2570")
LEADS: Final = tuple(f"{corner} {opening}" for corner in _CORNERS for opening in ("'", '"', "b'", 'b"'))
# A line of such marks, and the name at a place of a line of code.
_MARKED: Final = re.compile("[ \t\u2502|>\u250a]*(?:[\u2514\u2570] .*)?")
_NAME: Final = re.compile(r"[A-Za-z_]\w{0,60}")
_LONGEST: Final = 2_000
_MOST_LINES: Final = 16


def pointed_at(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The string behind a corner, by the name above it in the line of code."""
    quote = at + size - 1
    opened = extents.quoted(data, quote)
    name = _name_above(data, at)
    meaning = sense(name) if name else None
    if opened and meaning:
        yield from judged(data, opened[0], meaning, in_quotes=True, assigned=True, name=(at, at + 1))


def _name_above(data: bytes, at: int) -> str:
    """The name that stands in the column of a place, above the lines of marks."""
    line = line_of(data, at, most=_LONGEST)[0]
    column = len(data[line:at].decode("utf-8", "replace"))
    for _ in range(_MOST_LINES):
        if line == 0:
            break
        start, end = line_of(data, line - 1, most=_LONGEST)
        text = data[start:end].decode("utf-8", "replace")
        if not _MARKED.fullmatch(text):
            name = _NAME.match(text, column)
            return name.group() if name and not text[column - 1 : column].isalnum() else ""
        line = start
    return ""
