"""Runs of base64, base64url and hexadecimal that decode to text.

They have no map back: what is found in one masks the run. Arrays tell in one pass where a run begins that reads as
text, so that the many that are digests and identifiers cost nothing.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import re
import zlib
from collections.abc import Iterator
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from triage.redact.decoding.wraps import BREAK, INDENT
from triage.redact.text import DIGITS, HEX_DIGITS, LETTERS

__all__ = ("Run", "decoded_runs")

Run = tuple[int, int, bytes]
"""Where a run stands, and the text behind it."""

_LEAST_RUN: Final = 16
_RUN_CAP: Final = 1 << 20
# A run goes on over lines of its own only if its first line is this long.
_LEAST_LINE: Final = 40
# Or if it ends a line that a terminal or a mail wrapped.
_LEAST_WIDTH: Final = 60
_WIDEST: Final = 200
_WORD: Final = re.compile(rb"[A-Za-z]?[a-z_/-]*|[A-Z_/-]+|[0-9/_-]+")
_PRINTED: Final = bytes(range(32, 127)) + b"\t\n\r"
_BREAKS: Final = dict.fromkeys(b"\t\n\r")
_RUN_BYTES: Final = frozenset(LETTERS + DIGITS + b"+/_-")
# Which bytes are of a run, and which of them also join a path or a name to one.
_RUN_TABLE: Final = bytes(code in _RUN_BYTES for code in range(256))
_JOINTS: Final = frozenset(b"/_-")
_ENDS: Final = frozenset({b"", b"\n", b"\r", b'"', b"'", b"\\", b" ", b","})
_JOINT_TABLE: Final = np.array([code in _JOINTS for code in range(256)])
_BASE64: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_FROM_URLSAFE: Final = bytes.maketrans(b"-_", b"+/")
_BASE64_VALUES: Final = np.array(
    [max(_BASE64.find(bytes([code]).translate(_FROM_URLSAFE)), 0) for code in range(256)], np.uint8
)
_Bytes = npt.NDArray[np.uint8]
_Flags = npt.NDArray[np.bool_]
_LONG_RUN: Final = re.compile(rb"\x01{16,}")
_SMALL: Final = 16_384
_EIGHT: Final = np.uint64(0x0101010101010101)
# What two digits of hexadecimal count, and two that make a byte that prints: the sum of eight pairs tells how many.
_HEX: Final = 16
_PRINTS_IN_HEX: Final = 17
_HEX_VALUES: Final = np.array([int(chr(code), 16) if code in HEX_DIGITS else 255 for code in range(256)], np.int16)
_PRINTS: Final = np.array([code in _PRINTED or code == 0 for code in range(256)])
# How many bytes follow one that begins a letter in UTF-8.
_LEADS: Final = np.array(
    [sum(code >= first for first in (0xC2, 0xE0, 0xF0)) * (code < 0xF5) for code in range(256)], np.uint8
)
# How gzip and zlib begin, and how that looks in base64.
_PACKED: Final = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]")
_GZIP: Final = np.frombuffer(b"H4sI1f8b1F8B", "<u2")
_ZLIB: Final = np.frombuffer(b"eAeJeNeF", "<u2")
_ANY_HEADER: Final = 32
# How few letters tell nothing.
_FEW: Final = 6
_decoder: Final = codecs.getincrementaldecoder("utf-8")
_NOT_OF_A_RUN: Final = re.compile(
    rb"""[\"'][ \t]{0,8}[+.&]?[ \t]{0,8}(?:\\?\r?\n[ \t]{0,64})?[+.&]?[ \t]{0,8}[\"']|\\{1,4}[nr]|[^A-Za-z0-9+/_-]"""
)
_MARKS: Final = (b"/", b"_", b"-")


def decoded_runs(data: bytes) -> Iterator[Run]:
    """The runs of base64 or hexadecimal that decode to text: where they are and the text."""
    if len(data) < _LEAST_RUN:
        return
    table = data.translate(_RUN_TABLE)
    done = 0
    for at in _likely(data, table) if len(data) > _SMALL else _places(data, table):
        if at < done:
            continue
        end = _run_end(table, at)
        stop = _joined_end(data, table, at, end)
        for start, last, text in _decoded(data, at, stop):
            yield start, last, text
            done = last


def _run_end(table: bytes, at: int) -> int:
    """Where the run ends that holds a place."""
    end = table.find(b"\0", at)
    return end if end >= 0 else len(table)


def _places(data: bytes, table: bytes) -> Iterator[int]:
    """Where a run of a small text may begin: for a few of them arrays cost more than trying."""
    for match in _LONG_RUN.finditer(table):
        yield match.start()
        if match.end() - match.start() > _LEAST_RUN + 2:
            yield match.start() + 1
            yield match.start() + 2
        yield from (
            joint + 1 for joint in range(*match.span()) if data[joint] in _JOINTS and joint + _LEAST_RUN < match.end()
        )


def _likely(data: bytes, table: bytes) -> list[int]:
    """Where a run begins whose first characters decode to text, as base64 or as hexadecimal.

    A run may also begin behind a slash, underscore or hyphen: a path or a name ran into it.
    """
    inside = np.frombuffer(table, np.bool_)
    # A run of sixteen holds eight in a row that begin at a multiple of eight: compared as one number.
    words = np.flatnonzero(inside[: len(inside) & ~7].view(np.uint64) == _EIGHT)
    if not len(words):
        return []
    begins = _run_begins(inside, words[np.diff(words, prepend=-2) > 1] * 8)
    raw = np.frombuffer(data, np.uint8)
    prefixed = begins[(raw[begins] == ord("0")) & (raw[begins + 1] == ord("x"))] + 2
    escaped = begins[raw[begins] == ord("x")] + 1  # Postgres and Python write \x before
    before = words[words > 0] - 1
    cells = np.flatnonzero(_JOINT_TABLE.take(raw[: len(raw) & ~7].view(np.uint64)[before].view(np.uint8)))
    joints = before[cells >> 3] * 8 + (cells & 7) + 1
    starts = np.concatenate([begins, prefixed, escaped, joints])
    starts = starts[starts + _LEAST_RUN <= len(inside)]
    starts = starts[inside[starts + _LEAST_RUN - 1] & inside[starts + 8]]
    pairs = np.ndarray((len(raw) - 1,), "<u2", raw.data, strides=(1,))  # those that begin at every byte
    packed = starts[_begins_packed(pairs[starts], pairs[starts + 2])]
    written = starts[_reads_as_utf8(raw, starts)]
    # The first four letters tell most of them: three bytes of base64 that print, or two of hexadecimal.
    text, digits = _pairs_read()
    reads = text[0][pairs[starts]] & text[1][pairs[starts + 1]] & text[2][pairs[starts + 2]]
    starts = starts[reads | (digits[pairs[starts]] & digits[pairs[starts + 2]] == _PRINTS_IN_HEX)]
    in_text = sum(text[place % 4][pairs[starts + place]].view(np.uint8) for place in range(12) if place % 4 < 3)
    in_digits = sum(digits[pairs[starts + place]] for place in range(0, _LEAST_RUN, 2))
    # One of the nine or of the eight bytes may be a strange one.
    starts = starts[(in_text >= 8) | (in_digits >= 7 * _PRINTS_IN_HEX + _HEX)]
    found: list[int] = np.unique(np.concatenate([starts, packed, written])).tolist()
    return found


def _reads_as_utf8(raw: _Bytes, starts: npt.NDArray[np.int64]) -> _Flags:
    """Whether runs begin with nine bytes of base64, or eight of hexadecimal, with letters beyond ASCII in UTF-8."""
    flags = np.zeros(len(starts), np.bool_)
    pairs = np.ndarray((len(raw) - 1,), "<u2", raw.data, strides=(1,))
    tables, digits = _octets_read()
    for table, places in (
        (tables, [(place % 4, place) for place in range(12) if place % 4 < 3]),
        ([digits], [(0, place) for place in range(0, _LEAST_RUN, 2)]),
    ):
        # The first three bytes tell most of them.
        left = np.flatnonzero(
            _is_begun_utf8(np.stack([table[of][pairs[starts + at]] for of, at in places[:3]]), whole=False)
        )
        first = starts[left]
        flags[left] |= _is_begun_utf8(np.stack([table[of][pairs[first + at]] for of, at in places]), whole=True)
    return flags


@cache
def _octets_read() -> tuple[_Bytes, _Bytes]:
    """The byte that every pair of letters makes: as those of four of base64, and as two digits of hexadecimal."""
    pair = np.arange(1 << 16, dtype="<u2").view(np.uint8).reshape(-1, 2)
    one, two = _BASE64_VALUES[pair].T
    high, low = _HEX_VALUES[pair].T
    digits = np.where((high < _HEX) & (low < _HEX), high << 4 | low, 0xFF).astype(np.uint8)
    return np.stack([one << 2 | two >> 4, (one & 15) << 4 | two >> 2, (one & 3) << 6 | two]), digits


def _is_begun_utf8(octets: _Bytes, *, whole: bool) -> _Flags:
    """Whether columns of bytes print as UTF-8, the last letter of one perhaps cut; the `whole` hold more than ASCII."""
    follows = (octets & 0xC0) == 0x80
    leads = _LEADS[octets]
    awaited = np.zeros_like(follows)
    for back in (1, 2, 3):
        awaited[back:] |= leads[:-back] >= back
    flags: _Flags = (follows == awaited).all(0) & (_PRINTS[octets] | follows | (leads > 0)).all(0)
    return flags & (leads > 0).any(0) if whole else flags


@cache
def _pairs_read() -> tuple[_Flags, _Bytes]:
    """What every pair of letters reads as.

    Whether the byte of base64 prints that they make as the first two of four, as the middle two and as the last two;
    and as two digits of hexadecimal.
    """
    pair = np.arange(1 << 16, dtype="<u2").view(np.uint8).reshape(-1, 2)
    one, two = _BASE64_VALUES[pair].T
    text = _PRINTS[np.stack([one << 2 | two >> 4, (one & 15) << 4 | two >> 2, (one & 3) << 6 | two])]
    high, low = _HEX_VALUES[pair].T
    prints = _PRINTS[(high << 4 | low) & 255]
    digits = np.where((high < 16) & (low < 16), np.where(prints, _PRINTS_IN_HEX, _HEX), 0).astype(np.uint8)
    return text, digits


def _begins_packed(first: npt.NDArray[np.uint16], second: npt.NDArray[np.uint16]) -> _Flags:
    """Whether runs that begin with these pairs of letters begin as gzip or zlib do in base64."""
    flags: _Flags = np.isin(first, _ZLIB)
    for one, other in _GZIP.reshape(-1, 2):
        flags |= (first == one) & (second == other)
    return flags


def _run_begins(inside: _Flags, places: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Where the runs begin that hold these places: at most seven bytes before."""
    begins = places.copy()
    for _ in range(7):
        begins -= (begins > 0) & inside[begins - 1]
    return begins


def _joined_end(data: bytes, table: bytes, start: int, end: int) -> int:
    """Where a run ends that goes on over lines of its own: a wrapped block of base64."""
    first = end - start
    if first < _LEAST_LINE:
        line = data.rfind(b"\n", max(start - _WIDEST, 0), start) + 1
        wide = end - line if _LEAST_WIDTH <= end - line <= _WIDEST else 0
        first = max(first, wide)
    # A narrower block has lines of whole groups of four.
    least = _LEAST_LINE if first >= _LEAST_LINE or first % 4 else _LEAST_RUN
    while first >= least and end - start < _RUN_CAP:
        match = BREAK.match(data, end)
        if match is None or (data[end : end + 1] == b"=" and (end - start) % 4 == 3):
            break  # nothing goes on behind its padding
        indent = INDENT.match(data, match.end())
        begin = indent.end() if indent else match.end()
        stop = _run_end(table, begin)
        behind = data[stop : stop + 2].lstrip(b"=")
        if data[stop : stop + 1] == b"=" and behind[:1].isalnum():
            break  # a setting
        ended = len(behind) < 2 or (behind[:1] == b" " and not _WORD.fullmatch(data, begin, stop))
        if (
            (
                least < _LEAST_LINE
                and stop - begin < first
                and (behind[:1] not in _ENDS or not _ends_block(data, begin, stop))
            )
            or (stop - begin < 4 and data[stop : stop + 1] != b"=")
            or stop - begin > first
            or (not ended and behind[:1] not in {b"", b"\n", b"\r", b'"', b"'", b"\\"})
        ):
            break
        end = stop
    return end


def _ends_block(data: bytes, begin: int, stop: int) -> bool:
    """Whether a shorter line is the last one of a block: padded to a group of four, or mixed as no word is."""
    size = stop - begin + len(data[stop : stop + 2]) - len(data[stop : stop + 2].lstrip(b"="))
    return size % 4 == 0 and not _WORD.fullmatch(data, begin, stop)


def _decoded(data: bytes, start: int, end: int) -> Iterator[Run]:
    """The text behind one run, whole or up to a mark where something else goes on."""
    text = _text_of(data[start:end])
    if text is None:
        for mark in _MARKS:
            stop = data.find(mark, start + _LEAST_RUN, end)
            if stop > 0 and (text := _text_of(data[start:stop])) is not None:
                end = stop
                break
    if text is not None:
        while data[end : end + 1] == b"=":
            end += 1
        yield start, end, text


def _inflated(packed: bytes) -> bytes | None:
    """What is packed by gzip or zlib, as far as it can be read; at most as much as a run may be."""
    reader = zlib.decompressobj(zlib.MAX_WBITS | _ANY_HEADER)
    try:
        text = reader.decompress(packed, _RUN_CAP)
    except zlib.error:
        return None
    return _printed(text)


def _text_of(run: bytes) -> bytes | None:
    """What a run decodes to, if that is text."""
    if len(run) % 2 == 0 and not run.translate(None, HEX_DIGITS):
        raw = binascii.unhexlify(run[:_RUN_CAP])
        text = _inflated(raw) if _PACKED.match(raw) else _printed(raw)
        if text is not None:
            return text
    head = _base64(run[:_LEAST_RUN])
    if head is not None and _PACKED.match(head):
        whole = _base64(_NOT_OF_A_RUN.sub(b"", run)[:_RUN_CAP])
        return _inflated(whole) if whole is not None else None
    if head is None or (len(head.translate(None, _PRINTED + b"\x00")) > 1 and not _is_utf8(head)):
        return None
    whole = _base64(_NOT_OF_A_RUN.sub(b"", run)[:_RUN_CAP])
    return _printed(whole) if whole is not None else None


def _base64(run: bytes) -> bytes | None:
    """What a run of either alphabet decodes to; a letter too many at its end is left out."""
    run = run.translate(_FROM_URLSAFE)
    if len(run) % 4 == 1:
        run = run[:-1]
    try:
        return base64.b64decode(run + b"=" * (-len(run) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def _printed(decoded: bytes) -> bytes | None:
    """The text without the NULs of UTF-16, where nearly all of it prints."""
    text = decoded.replace(b"\x00", b"") if decoded.count(0) * 3 >= len(decoded) else decoded
    strange = len(text.translate(None, _PRINTED))
    if len(text) >= _FEW and (strange * 20 <= len(text) or _is_utf8(text)):
        return text
    return None


def _is_utf8(text: bytes) -> bool:
    """Whether a text is UTF-8 that prints; the last letter may be cut."""
    try:
        return _decoder().decode(text).translate(_BREAKS).isprintable()
    except UnicodeDecodeError:
        return False
