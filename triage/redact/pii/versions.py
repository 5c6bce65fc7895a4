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
_GAP: Final = re.compile(rb"[ ]{2,200}|[ ]{0,8}\t[ \t]{0,40}|[ ]{0,40}\|[ ]{0,40}")
_GAPS: Final = (b"  ", b"\t", b"| ", b"|")
_ENDS: Final = (b"", b"\n", b"\r")
_WORDS: Final = (b"ersion", b"ERSION")
_TITLE: Final = re.compile(rb"(?i)(?:[A-Za-z][\w.]{0,20}[ _-]?){0,3}versions?")
_APART: Final = re.compile(rb"\r?\n[ \t]*\r?\n")


def in_column(data: bytes, start: int, end: int) -> bool:
    """Whether four numbers fill a cell below the word for a version, in a table that no empty line parts."""
    if not data[max(start - 2, 0) : start].endswith(_GAPS):
        return False
    if data[end : end + 1] not in _ENDS and not data[end : end + 2].startswith(_GAPS) and data[end : end + 2] != b" |":
        return False
    first = max(start - _REACH, 0)
    at = max(data.rfind(word, first, start) for word in _WORDS)
    if at < 0:
        return False
    line, stop = line_of(data, at, most=_LONGEST)
    if stop >= start or _APART.search(data, stop, start):
        return False
    cells = _cells(data[line:stop])
    row, until = line_of(data, start, most=_LONGEST)
    number = len(_cells(data[row:start] + b"x")) - 1
    titles = [place for place, cell in enumerate(cells) if _TITLE.fullmatch(cell)]
    return number in titles and len(cells) > 1 and len(_cells(data[row:until])) <= len(cells)


def _cells(line: bytes) -> list[bytes]:
    """The cells of a line without the gaps between them."""
    return [cell.strip() for cell in _GAP.split(line.strip().strip(b"|").strip())]
