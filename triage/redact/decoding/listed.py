"""Text that programs print as a list of bytes: `[112 97 ...]`, `Vec([112, 97, ...])`, `byte[] password = {112, ...}`.

Letter by letter too: `{'h', 'u', ...}`, `{104 'h', 117 'u', ...}`.

Unlike other bytes that are written out it is read in its place, behind its name, as the string that it is. Only a list
all of which reads as text is one: no pixels, no sizes, nothing that only rises.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

from triage.redact.decoding.origins import Piece, View, build
from triage.redact.text import DIGITS, LETTERS, Span

__all__ = ("LISTED", "OPENINGS", "spelt")

OPENINGS: Final = b"[{(<"
"""What such a list begins with."""
_LEAST: Final = 6
# Behind a name with no sign between.
_LEAST_BESIDE: Final = 8
_MOST: Final = 1 << 16
# A byte that may be of a text in UTF-8, with a sign too, and what stands between two; NULs behind the last fill up.
_BYTE: Final = r"(?:9|1[03]|3[2-9]|[4-9][0-9]|1[0-9][0-9]|2[0-4][0-9]|-[1-9][0-9]{0,2}|0[xX][0-9a-fA-F]{2})"
_JOINT: Final = r"(?:,\s{0,40}| )"
# One of its letters in quotes, with its number as debuggers print it.
_LETTER: Final = r"(?:-?[0-9]{1,3} )?(?:'(?:[^'\\\n]|\\(?:[0-7]{3}|[^\n]))'|\"(?:[^\"\\\n]|\\[^\n])\")"
# Four are as many as are still counted where lines are looked for.
LISTED: Final = (
    rf"(?:[\[{{(]|<<)\s{{0,40}}{_BYTE}(?:{_JOINT}{_BYTE}){{4}}(?:{_JOINT}{_BYTE})+(?:{_JOINT}0)*"
    r",?\s{0,40}(?:[\]})]|>>|\.\.\.)"
    rf"|[\[{{(]\s{{0,40}}{_LETTER}(?:{_JOINT}{_LETTER}){{4}}(?:{_JOINT}{_LETTER})+(?:{_JOINT}0)*,?\s{{0,40}}(?:[\]}})]|\.\.\.)"
)
"""An expression of six such bytes and more, with their brackets."""
_NUMBER: Final = re.compile(
    rb"""(?:-?[0-9]{1,3}[ ])?(?:'(?:[^'\\\n]|\\(?:[0-7]{3}|[^\n]))'|"(?:[^"\\\n]|\\[^\n])")"""
    rb"""|0[xX][0-9a-fA-F]{2}|-?[0-9]{1,3}"""
)
_ESCAPES: Final = {b"n": 0x0A, b"r": 0x0D, b"t": 0x09, b"0": 0}
# Types and calls that hold bytes and say nothing of them.
_HOLDER: Final = re.compile(
    rb"""(?:\b(?:new[ ])?(?:std::|bytes::|java\.util\.|np\.|numpy\.)?(?:vec!?|Vec|[Bb]uffer|ByteBuffer|[Bb]ytes?"""
    rb"""|ByteString|ByteVector|bytearray|ByteArray|Uint8(?:Clamped)?Array|Int8Array|U[Ii]nt8List|IntArray|[Aa]rrays?|List"""
    rb"""|[Ss]tring|Data|(?:byte|ubyte|int|char)ArrayOf|listOf|Some|Ok|Just|Box|Zeroizing|Secret(?:Vec|Box|String|Slice)?"""
    rb"""|fromCharCode)(?:(?:::|\.)(?:from|of|new|asList|wrap|copyOf|copyFrom|fromCharCode|fromList))?"""
    rb"""(?:\([0-9]{1,6}\)[ ]?|\(|[ ]|\[[ ]?\]|(?=\Z))(?:'[bB]',[ ]?)?"""
    rb"""|\b(?:new[ ])?(?:u?int8(?:_t)?|u8|i8|s?byte|char)[ ]?\[[0-9]{0,6}\][ ]?|\((?:s?byte|char)\[\]\)[ ]?"""
    rb"""|\[(?:u8;[ ]?)?[0-9]{0,6}\](?:byte|u?int8)[({]?|&"""
    rb"""|\{\s{0,20}\\{0,7}["']type\\{0,7}["']\s?:\s?\\{0,7}["']Buffer\\{0,7}["']\s?,\s{0,20}"""
    rb"""\\{0,7}["']data\\{0,7}["']\s?:\s?){1,3}\Z"""
)
_REACH: Final = 96
_IN_A_NAME: Final = re.compile(rb"[\w)\]][ \t]{0,8}\Z")
# What counts tokens or users, and holds none.
_OF_NUMBERS: Final = re.compile(
    rb"""(?i)(?:ids|counts|lengths|sizes|indices|offsets|types)["']?[ \t]{0,8}[:=]?[ \t]{0,8}\Z"""
)
_BLANKS: Final = dict.fromkeys(b"\t\r\n", b" ")
_QUOTES: Final = frozenset({b"'", b'"'})
_QUOTE: Final = 0x22
_BACKSLASH: Final = 0x5C
_ENDS_A_WORD: Final = b"{}<>= ,;&"


def spelt(data: bytes, encoded: Iterable[Span]) -> View | None:
    """The lines of lists of bytes, with a string for each."""
    pieces: list[Piece] = []
    for start, end in encoded:
        if data[start] in OPENINGS:
            pieces += _as_string(data, start, end, pieces[-1][1] if pieces else 0)
    return build(data, pieces)


def _as_string(data: bytes, start: int, end: int, least: int) -> Iterator[Piece]:
    """What stands for a list: a quote, a character for each number, a quote; nothing where it is no text."""
    numbers = [number.span() for number in _NUMBER.finditer(data, start, min(end, start + 4 * _MOST))]
    text = bytes(_value(data[slice(*number)]) for number in numbers)
    whole = text.rstrip(b"\0")
    first = max(start - _REACH, least)
    if not _reads(whole) or _OF_NUMBERS.search(data, max(start - 32, least), start):
        return
    holder = _HOLDER.search(data, first, start)
    begin = holder.start() if holder else start
    named = _IN_A_NAME.search(data, max(begin - 16, least), begin)
    if named and not holder and len(whole) < _LEAST_BESIDE:
        return
    if named:
        begin = named.start() + 1
    last = len(whole) - 1
    yield begin, numbers[0][0], b'="' if named else b'"'
    worded = whole.translate(None, _ENDS_A_WORD) == whole
    for at, byte in enumerate(whole):
        stop = numbers[at + 1][0] if at < last else numbers[-1][1]
        yield numbers[at][0], stop, _shown(byte, worded=worded)
    yield numbers[-1][1], end, b'"'


def _value(number: bytes) -> int:
    """The byte that a number or a letter in quotes is; of those that none is, one that no text holds."""
    if number[-1:] in _QUOTES:
        letter = number[-2:-1]
        if number[-5:-4] == b"\\":
            return int(number[-4:-1], 8)
        return _ESCAPES.get(letter, letter[0]) if number[-3:-2] == b"\\" else letter[0]
    value = int(number, 16 if number[1:2] in {b"x", b"X"} else 10)
    return value & 0xFF if -0x80 <= value <= 0xFF else 0xFF


def _shown(byte: int, *, worded: bool) -> bytes:
    """A character; a blank for the end of a line, and in a word nothing that would end the string."""
    if worded and byte in {_QUOTE, _BACKSLASH}:
        return b"~"
    return _BLANKS.get(byte) or bytes([byte])


def _reads(text: bytes) -> bool:
    """Whether bytes are a text: they print, most are letters and digits, and they do not only rise or fall."""
    try:
        letters = text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    marks = text.translate(None, LETTERS + DIGITS)
    few = len(marks) * 2 <= len(text) or sum(map(str.isalnum, letters)) * 2 >= len(letters)
    if len(text) < _LEAST or not few or not letters.replace("\n", "").replace("\r", "").replace("\t", "").isprintable():
        return False
    steps = {(second > first) - (second < first) for first, second in pairwise(text)}
    return {1, -1} <= steps
