"""Four numbers in a column of versions: what the header of a table says, above rows whose gaps part their cells.

`Name    Driver Version    Driver Date`, `NAME  VERSION  VENDOR`. The header is looked for from the row up, as far as a
screen or two reach, and only for what has a gap on both sides.
"""

from __future__ import annotations

import re
from typing import Final

from triage.redact.text import line_of

__all__ = ("in_column",)

_REACH: Final = 4_096
_LONGEST: Final = 400
_MARKS: Final = (b"\t", b"|", b"  ", b",", b";")
# What stands before and behind a cell.
_OPENS: Final = (b"  ", b"\t", b"|", b"| ", b",", b", ", b";", b"\n")
_CLOSES: Final = (b"  ", b"\t", b"|", b" |", b",", b";", b"\n", b"\r")
_GAP: Final = re.compile(rb"[ ]{2,400}")
_WORDS: Final = (b"ersion", b"ERSION")
_TITLE: Final = re.compile(rb"(?i)(?:[A-Za-z][\w.]{0,20}[ _-]?){0,3}versions?")
_APART: Final = re.compile(rb"\r?\n[ \t]*\r?\n")


def in_column(data: bytes, start: int, end: int) -> bool:
    """Whether four numbers fill a cell below the word for a version, in a table that no empty line parts."""
    opened = start == 0 or data[max(start - 2, 0) : start].endswith(_OPENS)
    if not opened or (end < len(data) and not data.startswith(_CLOSES, end)):
        return False
    first = max(start - _REACH, 0)
    at = max(data.rfind(word, first, start) for word in _WORDS)
    if at < 0:
        return False
    line, stop = line_of(data, at, most=_LONGEST)
    if stop >= start or _APART.search(data, stop, start):
        return False
    header, (row, until) = data[line:stop], line_of(data, start, most=_LONGEST)
    mark = next((mark for mark in _MARKS if mark in header.strip()), b"")
    cells = _cells(header, mark) if mark else []
    number = len(_cells(data[row:start] + b"x", mark)) - 1 if mark else -1
    if not 0 <= number < len(cells) or len(_cells(data[row:until], mark)) > len(cells):
        return False
    return _TITLE.fullmatch(cells[number]) is not None


def _cells(line: bytes, mark: bytes) -> list[bytes]:
    """The cells of a line with a mark between them, without what frames them."""
    bare = line.strip(b" \t\r|") if mark == b"|" else line.strip(b" \r")
    found = _GAP.split(bare) if mark == b"  " else bare.split(mark)
    return [cell.strip() for cell in found]
