"""The text of a file by pages, masked before anybody sees it; of what is no text the first few bytes.

Pages end at line ends. A page of a file on disk is read and masked with some of what stands before it, so that a value
that runs over the edge of two pages is masked on both; a run of base64 is read from where it can be decoded.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, SupportsIndex

from triage.errors import SourceError, demand
from triage.redact.text import DIGITS, LETTERS
from triage.share.leaving import GONE

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from triage.case import Case

    Mask = Callable[..., str]

__all__ = ("PAGE_BYTES", "Preview", "piece", "preview")

PAGE_BYTES: Final = 65_536
_HEAD_BYTES: Final = 4_096
# Enough to say what a file is, too little to hold anything.
_MAGIC: Final = 8
_LOOK: Final = 16_384
# What base64 is written with over lines and in strings, and in two bytes for each letter.
_OF_RUNS: Final = LETTERS + DIGITS + b"+/=-_%\\\r\n\0"
# A run is read from its beginning up to this length; a longer one from where a group of four letters begins.
_LONGEST_RUN: Final = 2 << 20
_FARTHEST: Final = 64 << 20
_GROUPS: Final = 8
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Preview:
    """One page of the text of a file; pages end at line ends."""

    text: str
    page: int
    pages: int
    note: str


def preview(case: Case, mask: Mask, source_id: str, page: int = 0) -> Preview:
    """One page of a file: 64 KiB of text or so, ended at a line end, or its first bytes in hex where it is no text."""
    demand(page, SupportsIndex, "page= is the number of a page, from 0")
    files = case.files()
    row = files[files["source_id"] == source_id]
    size = int(row["bytes"].iloc[0]) if len(row) else 0
    head = _read(case, source_id, 0, _HEAD_BYTES)
    wide = head.startswith(_WIDE)
    if _is_binary(head):
        # What is no text cannot be masked.
        told = f"no text: the first of {size:,} bytes; the tables hold what was read of it"
        return Preview(head[:_MAGIC].hex(" "), 0, 1, told)
    pages = max(1, -(-size // PAGE_BYTES))
    page = min(max(page, 0), pages - 1)
    said = f"page {page + 1} of {pages}, {size:,} bytes in all"
    start, end = page * PAGE_BYTES, (page + 1) * PAGE_BYTES
    data, at = _around(case, source_id, start, end)
    if wide:
        encoding = "utf-16-le" if head.startswith(b"\xff") else "utf-16-be"
        cuts = (start - at, min(end - at, len(data)))
        parts = [data[: cuts[0]], data[cuts[0] : cuts[1]], data[cuts[1] :]]
        text = [part.decode(encoding, "replace").removeprefix("\ufeff") for part in parts]
    else:
        begin = _boundary(data, start - at) if page else 0
        stop = _boundary(data, end - at) if page + 1 < pages else len(data)
        text = [part.decode("utf-8", "replace") for part in (data[:begin], data[begin:stop], data[stop:])]
    return Preview(_within(partial(mask, head=b"" if wide else head, name=_name(row)), *text), page, pages, said)


def piece(case: Case, mask: Mask, source_id: str, *, offset: int, length: int) -> str:
    """Some bytes of a file as masked text, widened to whole lines where a mask is in them; of no text its head."""
    for number, name in ((offset, "offset"), (length, "length")):
        demand(number, SupportsIndex, f"{name}= is a number of bytes")
    head = _read(case, source_id, 0, _HEAD_BYTES)
    if _is_binary(head):
        return head[:_MAGIC].hex(" ")
    files = case.files()
    data, at = _around(case, source_id, offset, offset + length)
    begin, stop = offset - at, min(offset - at + length, len(data))
    start, after = data.rfind(b"\n", 0, begin) + 1, data.find(b"\n", stop)
    end = after + 1 if after >= 0 else len(data)
    before, lines, rest = (part.decode("utf-8", "replace") for part in (data[:start], data[start:end], data[end:]))
    masked = _within(partial(mask, head=head, name=_name(files[files["source_id"] == source_id])), before, lines, rest)
    return data[begin:stop].decode("utf-8", "replace") if masked == lines else masked


def _name(row: pd.DataFrame) -> str:
    """What a file is called, which may say of which kind it is."""
    return str(row["path"].iloc[0]) if len(row) else ""


def _is_binary(head: bytes) -> bool:
    """Whether a file that begins so is no text, so that it cannot be masked."""
    return b"\0" in head and not head.startswith(_WIDE)


def _read(case: Case, source_id: str, offset: int, length: int) -> bytes:
    """Some bytes of a file; an error does not say which input is gone, for its name is not masked."""
    try:
        return case.read(source_id, offset=offset, length=length)
    except SourceError:
        if source_id in set(case.files()["source_id"]):
            raise SourceError(GONE) from None
        raise


def _around(case: Case, source_id: str, start: int, end: int) -> tuple[bytes, int]:
    """The bytes from some way before a place to some way after it, and where they begin."""
    at = _begin(case, source_id, max(start - _LOOK, 0))
    return _read(case, source_id, at, end - at + _LOOK), at


def _begin(case: Case, source_id: str, at: int) -> int:
    """Where to read from: where a run begins that a place lies in, or so far behind that it decodes to the same."""
    begin, step = at, _LOOK
    while begin and at - begin < _FARTHEST:
        size = min(step, begin)
        kept = len(_read(case, source_id, begin - size, size).rstrip(_OF_RUNS))
        begin -= size - kept
        if kept:
            break
        step *= 2
    if at - begin > _LONGEST_RUN:
        begin += (at - begin) // _GROUPS * _GROUPS
    return begin & ~1


def _within(mask: Callable[[str], str], before: str, text: str, after: str) -> str:
    """The text masked with what stands around it: what runs over an edge is masked on both sides of it."""
    head, middle, whole = mask(before), mask(before + text), mask(before + text + after)
    begin = _common(head, whole)
    if begin < len(head):
        begin = whole.rfind("\n", 0, begin) + 1
    end = _common(middle, whole)
    if end < len(middle):
        newline = whole.find("\n", end)
        end = newline + 1 if newline >= 0 else len(whole)
    return whole[begin:end]


def _common(left: str, right: str) -> int:
    """How many characters two texts have in common at their beginning."""
    if right.startswith(left):
        return len(left)
    low, high = 0, min(len(left), len(right))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if left[:middle] == right[:middle] else (low, middle - 1)
    return low


def _boundary(data: bytes, at: int) -> int:
    """Where a page that ends about there ends: at a line end, or between two characters where the line is too long."""
    newline = data.find(b"\n", at - 1, at - 1 + _LOOK)
    if newline >= 0:
        return newline + 1
    while at < len(data) and data[at] & 0xC0 == 0x80:
        at += 1
    return at
