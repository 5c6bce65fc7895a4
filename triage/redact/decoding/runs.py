"""Runs of base64, base64url and hexadecimal that decode to text.

They have no map back: what is found in one masks the run.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import re
import zlib
from collections.abc import Iterable, Iterator
from typing import Final

from triage.redact.decoding.beginnings import LEAST, likely
from triage.redact.decoding.wraps import BREAK, INDENT
from triage.redact.text import DIGITS, HEX_DIGITS, LETTERS

__all__ = ("Run", "beginnings", "decoded_runs")

Run = tuple[int, int, bytes]
"""Where a run stands, and the text behind it."""

_RUN_CAP: Final = 1 << 20
# A run goes on over lines of its own only if its first line is this long.
_LEAST_LINE: Final = 40
# Or if it ends a line that a terminal or a mail wrapped.
_LEAST_WIDTH: Final = 60
_WIDEST: Final = 200
# All runs together are read so many times the length of the text, and then only short ones.
_READ_AGAIN: Final = 8
_WORD: Final = re.compile(rb"[A-Za-z]?[a-z_/-]*|[A-Z_/-]+|[0-9/_-]+")
_PRINTED: Final = bytes(range(32, 127)) + b"\t\n\r"
_BREAKS: Final = dict.fromkeys(b"\t\n\r")
_RUN_BYTES: Final = frozenset(LETTERS + DIGITS + b"+/_-")
# Which bytes are of a run, and which of them also join a path or a name to one.
_RUN_TABLE: Final = bytes(code in _RUN_BYTES for code in range(256))
_JOINTS: Final = frozenset(b"/_-")
_ENDS: Final = frozenset({b"", b"\n", b"\r", b'"', b"'", b"\\", b" ", b","})
# What begins the value of a setting.
_OPENINGS: Final = frozenset({b"(", b"[", b"{", b"<", b"$", b"/", b".", b"-", b"@", b"%", b"*", b"~"})
_FROM_URLSAFE: Final = bytes.maketrans(b"-_", b"+/")
_LONG_RUN: Final = re.compile(rb"\x01{16,}")
_SMALL: Final = 1_024
# How gzip and zlib begin.
_PACKED: Final = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]")
_ANY_HEADER: Final = 32
# How few letters tell nothing.
_FEW: Final = 6
_decoder: Final = codecs.getincrementaldecoder("utf-8")
# An account with its password as SASL sends them: on whose behalf, who, and the password.
_PLAIN: Final = re.compile(rb"([!-~]{0,80})\0([!-~]{1,80})\0([!-~]{3,200})")
_NOT_OF_A_RUN: Final = re.compile(
    rb"""[\"'][ \t]{0,8}[+.&]?[ \t]{0,8}(?:\\?\r?\n[ \t]{0,64})?[+.&]?[ \t]{0,8}[\"']|\\{1,4}[nr]|[^A-Za-z0-9+/_-]"""
)
_MARKS: Final = (b"/", b"_", b"-")


def beginnings(data: bytes) -> tuple[bytes, Iterable[int]]:
    """A one for each byte that is of a run, and where a run may begin that decodes to text."""
    table = data.translate(_RUN_TABLE)
    return table, likely(data, table) if len(data) > _SMALL else _places(data, table)


def decoded_runs(data: bytes, begun: tuple[bytes, Iterable[int]] | None = None) -> Iterator[Run]:
    """The runs of base64 or hexadecimal that decode to text: where they are and the text.

    `begun` are the `beginnings` if they are known.
    """
    if len(data) < LEAST:
        return
    table, places = begun or beginnings(data)
    done, end, left = 0, 0, len(data) * _READ_AGAIN
    for at in places:
        if at >= end:
            end = _run_end(table, at)
        # Each part of a long run with marks in it may begin what is read to its end, as each line of a block may.
        if at < done or end - at < LEAST or (left < 0 and end - at > _WIDEST) or not _begins(data[at : at + LEAST]):
            continue
        stop = _joined_end(data, table, at, end) if left >= 0 else end
        left -= stop - at
        run = _decoded(data, at, stop)
        if run is None and stop > end:  # the next line is none of its own
            run = _decoded(data, at, end)
        if run:
            yield run
            done = run[1]


def _run_end(table: bytes, at: int) -> int:
    """Where the run ends that holds a place."""
    end = table.find(b"\0", at)
    return end if end >= 0 else len(table)


def _places(data: bytes, table: bytes) -> Iterator[int]:
    """Where a run of a small text may begin: for a few of them arrays cost more than trying."""
    for match in _LONG_RUN.finditer(table):
        yield match.start()
        if match.end() - match.start() > LEAST + 2:
            yield match.start() + 1
            yield match.start() + 2
        yield from (
            joint + 1 for joint in range(*match.span()) if data[joint] in _JOINTS and joint + LEAST < match.end()
        )


def _joined_end(data: bytes, table: bytes, start: int, end: int) -> int:
    """Where a run ends that goes on over lines of its own: a wrapped block of base64."""
    first = end - start
    if first < _LEAST_LINE:
        line = data.rfind(b"\n", max(start - _WIDEST, 0), start) + 1
        wide = end - line if _LEAST_WIDTH <= end - line <= _WIDEST else 0
        first = max(first, wide)
    # A narrower block has lines of whole groups of four.
    least = _LEAST_LINE if first >= _LEAST_LINE or first % 4 else LEAST
    while first >= least and end - start < _RUN_CAP:
        match = BREAK.match(data, end)
        if match is None or (data[end : end + 1] == b"=" and (end - start) % 4 == 3):
            break  # nothing goes on behind its padding
        indent = INDENT.match(data, match.end())
        begin = indent.end() if indent else match.end()
        stop = _run_end(table, begin)
        behind = data[stop : stop + 2].lstrip(b"=")
        if data[stop : stop + 1] == b"=" and (behind[:1].isalnum() or behind[:1] in _OPENINGS):
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


def _decoded(data: bytes, start: int, end: int) -> Run | None:
    """One run and the text behind it, whole or up to a mark where something else goes on."""
    text = _text_of(data[start:end])
    if text is None:
        for mark in _MARKS:
            stop = data.find(mark, start + LEAST, end)
            if stop > 0 and (text := _text_of(data[start:stop])) is not None:
                end = stop
                break
    if text is None:
        return None
    while data[end : end + 1] == b"=":
        end += 1
    return start, end, text


def _inflated(packed: bytes) -> bytes | None:
    """What is packed by gzip or zlib, as far as it can be read; at most as much as a run may be."""
    reader = zlib.decompressobj(zlib.MAX_WBITS | _ANY_HEADER)
    try:
        text = reader.decompress(packed, _RUN_CAP)
    except zlib.error:
        return None
    return _printed(text)


def _begins(head: bytes) -> bool:
    """Whether a run may decode to text, by its first bytes: there are as many in a path as it has folders."""
    if not head.translate(None, HEX_DIGITS):
        return True
    raw = _base64(head)
    return raw is not None and bool(
        _PACKED.match(raw) or len(raw.translate(None, _PRINTED + b"\x00")) <= 1 or _is_utf8(raw)
    )


def _text_of(run: bytes) -> bytes | None:
    """What a run that begins like one decodes to, if that is text."""
    hexadecimal = not run[:LEAST].translate(None, HEX_DIGITS)
    digits = _NOT_OF_A_RUN.sub(b"", run) if hexadecimal and not run.isalnum() else run
    if hexadecimal and len(digits) % 2 == 0 and not digits.translate(None, HEX_DIGITS):
        raw = binascii.unhexlify(digits[:_RUN_CAP])
        text = _inflated(raw) if _PACKED.match(raw) else _printed(raw)
        if text is not None:
            return text
    whole = _base64(_NOT_OF_A_RUN.sub(b"", run)[:_RUN_CAP]) if _begins(run[:LEAST]) else None
    if whole is None:
        return None
    return _inflated(whole) if _PACKED.match(whole) else _printed(whole)


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
    if len(text) >= _FEW and (strange * 20 <= len(text) or _is_utf8(text) or _PLAIN.fullmatch(text)):
        return text
    return None


def _is_utf8(text: bytes) -> bool:
    """Whether a text is UTF-8 that prints; the last letter may be cut."""
    try:
        return _decoder().decode(text).translate(_BREAKS).isprintable()
    except UnicodeDecodeError:
        return False
