r"""Decoded views of a text, each with a byte-exact map back to the places that it was decoded from.

Terminal colours and invisible characters taken out, odd blanks within numbers made plain, escapes of JSON and C
resolved, percent signs and entities decoded, NULs of UTF-16 dropped. Only lines that hold something to decode are in a
view, so that a view costs what is encoded.
"""

from __future__ import annotations

import html
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Final

from triage.redact.decoding import quoted_printable, soft_breaks
from triage.redact.decoding.directories import CODED
from triage.redact.decoding.listed import LISTED, OPENINGS
from triage.redact.decoding.octets import OCTETS
from triage.redact.decoding.origins import Piece, View, build
from triage.redact.text import BACKSLASH, HEX_DIGITS, WORD, Expression, Span, digits_in, letters_in

__all__ = ("ENCODED", "views")

_RETURN: Final = 0x0D
_NEWLINE: Final = 0x0A
# Blanks and hyphens that are no plain ones, as pages and word processors set them within numbers.
_PLAIN: Final = {
    **{
        blank.encode(): b" "
        for blank in "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f"
    },
    **{hyphen.encode(): b"-" for hyphen in "\u2010\u2011\u2012"},
}
_OF_NUMBERS: Final = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_BLANKS: Final = b"\0\t\r"
_BACK: Final = 0x08
_PERCENT: Final = ord("%")
_TWICE: Final = b"%25"
# What digits of other scripts and of full width begin with, and the marks among these.
_OF_DIGITS: Final = frozenset({0xD9, 0xDB, 0xE0, 0xEF, 0xF0})
_WIDE: Final = 0xEF
_AMONG_DIGITS: Final = frozenset("+-.")
# Of so many, and no more than so many bytes to each, nobody wrote the layers by hand or in an address.
_MANY: Final = 256
_DENSE: Final = 64
_PLUS: Final = re.compile(rb"(?<=[\w.:=])\+(?=[\w(])")
_BLANKED: Final = bytes(0x20 if code in b" \t\r\n" else code for code in range(256))
_BESIDE: Final = 1_024
_ITSELF: Final = frozenset({b"/", b'"', b"'"})
ENCODED: Final = Expression(
    r"(?:\\x(?:[2-7][0-9a-fA-F]|0[9aAdD])){8,}|"
    r"(?:\\(?:033|x1[bB]|u001[bB]|e)|\^\[)\[[0-9;]{0,16}[A-Za-z]"
    r"|\\(?:[\"']|u[0-9a-fA-F]{4}|x[0-7][0-9a-fA-F]|x[c-fC-F][0-9a-fA-F]\\x[89abAB][0-9a-fA-F]"
    r"|u\{[0-9a-fA-F]{1,6}\}|/|[01][0-7][0-7]|\r?\n[ \t]{0,64})"
    r"|%(?:25){0,3}(?:[0-9a-fA-F]{2}\+?|u[0-9a-fA-F]{4})"
    r"|&(?:#[0-9]{1,5}|#[xX][0-9a-fA-F]{1,4}|amp|lt|gt|quot|apos|commat|period|colon|equals|sol|num|lowbar);"
    r"|&(?:nbsp|ensp|emsp|thinsp|numsp|hyphen|dash);[0-9A-Z]"
    r"|\x1b(?:\[[0-?]{0,32}[ -/]{0,4}[@-~]|\][^\x07\x1b\n]{0,256}(?:\x07|\x1b\\)|[@-Z\\^_])"
    r"|\xe2\x80(?:[\x8b-\x8f\xaa-\xae]|[\x80-\x8a\x90-\x92\xaf][0-9A-Z])|\xe2\x81[\xa0-\xa4\xa6-\xaf]|\xe1\xa0\x8e|\xef\xbb\xbf|\xc2(?:\xad|\xa0[0-9A-Z])|\x00|\x08|\r[0-9A-Za-z+/_-]"
    r"|=(?:3D|3C|3E|40|2E|5F|22|26|3A|2F|[C-F][0-9A-F]=[89AB][0-9A-F]|\r?\n)"
    r"|[+.]\s{0,40}[\"'][0-9A-Za-z_@]"
    r"|\"\"[A-Za-z_][\w. -]{0,60}\"\":|\n\|(?:[ ]+\|)+[ ]*[^\s|]+[ ]*\||"
    + CODED
    + "|"
    + LISTED
    + "|"
    + OCTETS
    + r"|(?:\xef\xbc[\x8b\x8d\x8e\x90-\x99]){3,}|(?:\xd9[\xa0-\xa9]){3,}|(?:\xdb[\xb0-\xb9]){3,}"
    r"|(?:\xe0(?:\xa5[\xa6-\xaf]|\xa7[\xa6-\xaf]|\xb9[\x90-\x99])){3,}|(?:\xf0\x9d\x9f[\x8e-\xbf]){3,}"
)
"""Everything that a view decodes: escapes, percent signs, entities, terminal codes, zero-width and direction marks,
NULs, quoted-printable, strings that are joined, digits of other scripts and of full width; and names in doubled
quotes, rows that go on with those above and bytes that are written out, which other rooms read."""

# What ends a value unless it stands in a word, what words of secrets are made of, and how long tags are.
_ENDING: Final = frozenset({b"<", b">", b'"', b"'"})
# In a body that is written in percent signs brackets of a password are too; elsewhere they are code.
_ENDING_IN_BODIES: Final = _ENDING | {b"(", b")", b"[", b"]"}
_JOINING: Final = frozenset({b"&", b"\\"})
_QUOTES: Final = frozenset({b'"', b"'"})
_BEHIND_WORDS: Final = frozenset({b" ", b"<", b"\n", b""})
_OF_WORDS: Final = frozenset(bytes([code]) for code in (*WORD, *b"!#$%*+?@^~", *range(0x80, 0x100)))
_TAG: Final = 200
# Of bytes all of which are written as escapes, four characters each; no other escape is as long.
_WRITTEN_OUT: Final = 32
# A variable of Windows, whose name begins with two digits of hexadecimal.
# The next pair of a query, whatever stands for its sign.
_OTHER_PAIR: Final = re.compile(rb"[A-Za-z_][\w.\[\]-]{0,60}(?:=|\\{1,8}(?:u003[dD]|x3[dD]))")
_VARIABLE: Final = re.compile(rb"%[A-Z][A-Z0-9]{1,30}(?:_[A-Z0-9]{1,30}){1,4}%(?![0-9A-Fa-f]{2})")
# A string that ends before a sign that joins it with the next one, in the middle of a word.
_STRING_BEFORE: Final = re.compile(rb"[0-9A-Za-z_@-](\\{0,3}[\"'])\s{0,40}\Z")
_JOINT: Final = 44
# What of a value stands before a mark that is written out.
_BEFORE_MARK: Final = re.compile(rb"=([^\s=:/\"'&;,\\]{6,64})\Z")
_SETTING: Final = re.compile(rb"[A-Za-z_]\w{0,80}=|--?[A-Za-z]")
_NO_VALUE: Final = frozenset({b"\n", b""})
_INDENTS: Final = frozenset({b" ", b"\t"})
# The next argument of a command: a flag, a path, a URL, a string.
_ARGUMENT: Final = re.compile(rb"--?[A-Za-z]|\.{0,2}/[A-Za-z]|[a-z][a-z0-9+.-]{1,12}://|[\"'|&;<>$]")
_WORDED: Final = re.compile(rb"[\w.+/=-]")
# What bytes that are written out begin with, a digit of hexadecimal, the word for it or a bracket; names in doubled
# quotes, and rows that go on with those above.
_READ_ELSEWHERE: Final = HEX_DIGITS + OPENINGS + b'hH"\n:'


def views(data: bytes, encoded: Iterable[Span] | None = None) -> Iterator[View]:
    """Every view of a text that differs from it: one for each way in which something in it is encoded.

    `encoded` is where something is, if that is known.
    """
    pieces: dict[int, list[Piece]] = {}
    for start, end in ENCODED.spans(data) if encoded is None else encoded:
        if data[start] in _READ_ELSEWHERE:
            continue
        if end - start >= _WRITTEN_OUT and data.startswith(b"\\x", start):
            row = pieces.setdefault(BACKSLASH, [])
            row += ((at, at + 4, _blank_or(int(data[at + 2 : at + 4], 16))) for at in range(start, end, 4))
            continue
        if data[start] in _OF_DIGITS and (digits := [*_plain_digits(data, start, end)]):
            pieces.setdefault(_WIDE, []).extend(digits)
            continue
        sign = data[start] if data[start] in _DECODERS else 0
        piece = _DECODERS[sign](data, start, end)
        if piece is not None:
            pieces.setdefault(sign, []).append(piece)
    if ord("=") in pieces and (printable := quoted_printable.decoded_all(data)):
        pieces[ord("=")] = [*printable]
    if ord("%") in pieces and b"+" in data:
        pieces[ord("%")] = [*_with_blanks(data, pieces[ord("%")])]
    for sign, found in pieces.items():
        for shown in (found, _in_words(data, found)):
            view = build(data, shown)
            if view is not None:
                yield view
        if sign == _PERCENT and _TWICE in data and (view := build(data, _outermost(data, found))):
            yield replace(view, last=True)


def _plain_digits(data: bytes, start: int, end: int) -> Iterator[Piece]:
    """The digits of another script, or of full width with the marks between them; nothing of what is none."""
    for letter in data[start:end].decode("utf-8", "replace"):
        size = len(letter.encode())
        plain = unicodedata.normalize("NFKC", letter)
        digit = unicodedata.digit(plain, -1)
        if digit < 0 and plain not in _AMONG_DIGITS:
            return
        yield start, start + size, plain.encode() if digit < 0 else b"%d" % digit
        start += size


def _blank_or(code: int) -> bytes:
    """A character; a blank for what moves on, as a line end would be where something was left out."""
    return bytes([code]) if code >= ord(" ") else b" "


def _outermost(data: bytes, pieces: list[Piece]) -> list[Piece]:
    """The pieces with one layer of percent signs taken off, where only some have more: what is inside ends nothing."""
    inner = [end - start > len(_TWICE) and data.startswith(_TWICE, start) for start, end, _ in pieces]
    many = sum(inner)
    if many in {0, len(inner)} or (many > _MANY and many * _DENSE > len(data)):
        return []
    return [
        (piece[0], piece[0] + len(_TWICE), b"%") if more else piece for piece, more in zip(pieces, inner, strict=True)
    ]


def _with_blanks(data: bytes, pieces: list[Piece]) -> Iterator[Piece]:
    """The pieces of bodies of forms, and what stands for the blanks of their words beside them."""
    done = 0
    for number, piece in enumerate(pieces):
        start, end, _ = piece
        begin = max(start - _BESIDE, done)
        words = data[begin:start].translate(_BLANKED)
        begin += words.rfind(b" ") + 1
        yield from _blanks(data, begin, start)
        yield piece
        done = end
        following = pieces[number + 1][0] if number + 1 < len(pieces) else len(data)
        words = data[end : min(following, end + _BESIDE)].translate(_BLANKED)
        blank = words.find(b" ")
        if blank >= 0 or number + 1 == len(pieces):
            done = end + (blank if blank >= 0 else len(words))
            yield from _blanks(data, end, done)


def _blanks(data: bytes, start: int, end: int) -> Iterator[Piece]:
    """The signs of plus between words in a range."""
    for plus in _PLUS.finditer(data, start, end):
        yield *plus.span(), b" "


def _in_words(data: bytes, pieces: list[Piece]) -> list[Piece]:
    """The pieces near a quote or an angle bracket that stands inside of a word and is no part of a tag.

    It may be part of a password, that it would end: a mark that ends nothing stands for it. So may an entity that ends
    a word, if it closes nothing that another opened.
    """
    marks: list[int] = []
    tag = -1
    opened: dict[bytes, int] = {}
    few = len(pieces) <= _MANY or len(pieces) * _DENSE < len(data)
    found = pieces
    endings = _ENDING_IN_BODIES if pieces and data[pieces[0][0]] == ord("%") else _ENDING
    for index, (start, end, text) in enumerate(pieces):
        if text not in endings and text not in _JOINING:
            continue
        closes = text == b">" and tag >= 0 and start - tag < _TAG
        if text in _QUOTES:
            closes = start - opened.pop(text, -_TAG) < _TAG
        joins = text == b"&" and data[start] == BACKSLASH and not _OTHER_PAIR.match(data, end)
        joins = joins or (text == b"\\" and end - start > 2 and _is_marked(data, start, marks))
        if ((joins or (text in endings and not closes)) and _is_within(data, pieces, index)) or (
            few and not closes and _is_last(data, pieces, index)
        ):
            found = [*pieces] if found is pieces else found
            found[index] = start, end, b"~"
            marks.append(start)
        elif text == b"<":
            tag = start
        elif text == b">":
            tag = -1
        elif text in _QUOTES and not closes:
            opened[text] = start
    if not marks:
        return []
    marks = [-_TAG, *marks, len(data) + _TAG]
    places = ((bisect_left(marks, piece[0]), piece) for piece in found)
    return [piece for at, piece in places if min(piece[0] - marks[at - 1], marks[at] - piece[0]) < _TAG]


def _is_marked(data: bytes, start: int, marks: list[int]) -> bool:
    """Whether a mark stands for a quote in the word before a place, or that word is no folder and no domain."""
    if marks and start - marks[-1] < _TAG and len(data[marks[-1] : start].split()) == 1:
        return True
    value = _BEFORE_MARK.search(data, max(start - _TAG, 0), start)
    return value is not None and digits_in(value[1]) > 0 and letters_in(value[1]) > 0


def _is_within(data: bytes, pieces: list[Piece], index: int) -> bool:
    """Whether letters, digits or marks of a word stand on both sides of what a piece stands for."""
    start, end, _ = pieces[index]
    before = pieces[index - 1][2][-1:] if index and pieces[index - 1][1] == start else data[start - 1 : start]
    if before not in _OF_WORDS:
        return False
    following = index + 1 < len(pieces) and pieces[index + 1][0] == end
    return (pieces[index + 1][2][:1] if following else data[end : end + 1]) in _OF_WORDS


def _is_last(data: bytes, pieces: list[Piece], index: int) -> bool:
    """Whether what an entity stands for ends a word before a blank or a tag."""
    start, end, _ = pieces[index]
    before = pieces[index - 1][2][-1:] if index and pieces[index - 1][1] == start else data[start - 1 : start]
    return data[start : start + 1] == b"&" and before in _OF_WORDS and data[end : end + 1] in _BEHIND_WORDS


def _decoded_mark(data: bytes, start: int, end: int) -> Piece | None:
    """Terminal codes, invisible marks, NULs and lone returns stand for nothing, odd blanks for a plain one.

    A NUL before a setting parts it. Between two others it is one of the text itself, as UTF-16 writes it: what ends a
    string. So is one that stands alone: in the text of UTF-16 there is another one two bytes before or behind.
    """
    if data[start] == 0:
        if _SETTING.match(data, end):
            return None
        if data[start - 1 : start] == b"\0" == data[end : end + 1]:
            return start, end, b"\n"
        if start and data[start - 2 : start - 1] != b"\0" != data[end + 1 : end + 2]:
            return start, end, b" "
    if data[end - 1] in _OF_NUMBERS and (plain := _PLAIN.get(data[start : end - 1])):
        return (start, end - 1, plain) if start and data[start - 1] in _OF_NUMBERS else None
    if data[start] == _BACK and start and data[start - 1 : start] == data[end : end + 1]:  # printed twice: bold
        return start, end + 1, b""
    return start, start + 1 if data[start] == _RETURN else end, b""


def _decoded_escape(data: bytes, start: int, end: int) -> Piece | None:
    """An escape of a character, whatever the number of backslashes before it; of a line end, where one is continued."""
    code = data[start + 1 : end]
    begin = start
    while start and data[start - 1] == BACKSLASH:
        start -= 1
    if code[:1] in b"ux":  # layers double the backslashes of one: three are an escaped one and that of the escape
        count = begin - start + 1
        start = begin + 1 - (count & -count)
    if b"[" in code:  # a terminal code, written out
        return start, end, b""
    if code[:1] == b"x" and BACKSLASH in code:  # a character of two bytes
        return start, end, bytes.fromhex(code.replace(b"\\", b"").replace(b"x", b"").decode())
    if code[:1] in b"ux":
        number = int(code[1:].strip(b"{}"), 16)
        text = chr(number).encode("utf-8", "replace") if number < 0x11_0000 else b"?"
    elif code in _ITSELF:
        text = code
    elif code[:1] in b"\r\n":
        return _joined_line(data, start, end)
    else:
        number = int(code, 8)
        if number == 0 and _is_amid(data, start, end):  # what is left in a buffer of an end before
            return start, end, b""
        if not 32 <= number < 127:
            return None
        text = bytes([number])
    return start, end, _PLAIN.get(text, text) if text not in {b"\n", b"\r"} else b" "


def _joined_line(data: bytes, start: int, end: int) -> Piece | None:
    """A line end that a backslash takes back: nothing, or a blank before the next argument of a command."""
    if data[start - 1 : start] in _NO_VALUE or soft_breaks.is_path(data, start) or soft_breaks.is_own(data, start, end):
        return None
    if data[end - 1 : end] in _INDENTS:
        return start, end, b" " if _ARGUMENT.match(data, end) else b""
    return (start, end, b"") if soft_breaks.is_rest(data, end) else None


def _is_amid(data: bytes, start: int, end: int) -> bool:
    """Whether an escape stands in the middle of a word, and no other and no setting stands behind it."""
    return (
        _WORDED.match(data, start - 1) is not None
        and _WORDED.match(data, end) is not None
        and not _SETTING.match(data, end)
    )


def _decoded_percent(data: bytes, start: int, end: int) -> Piece | None:
    """A byte written with a percent sign, with the blank that a plus behind it is."""
    if _VARIABLE.match(data, start):
        return None
    if end - start > 5 and data[end - 5 : end - 4] == b"u":
        text = chr(int(data[end - 4 : end], 16)).encode("utf-8", "replace")
        return start, end, text if text not in {b"\n", b"\r"} else b" "
    plus = data[end - 1 : end] == b"+"
    byte = int(data[end - 2 - plus : end - plus], 16)
    # No text holds other control characters: a sign of percent in a password looks like one.
    text = b"\n" if byte == _NEWLINE else bytes([byte]) if byte >= 32 else b" " if byte in _BLANKS else b"~"
    return start, end, text + b" " * plus


def _decoded_entity(data: bytes, start: int, end: int) -> Piece:
    """A character written as an entity of HTML or XML."""
    end -= data[end - 1] != ord(";")
    text = html.unescape(data[start:end].decode("latin-1")).encode("utf-8", "replace")
    return start, end, _PLAIN.get(text, text) if text != b"\n" else b" "


def _decoded_joint(data: bytes, start: int, end: int) -> Piece | None:
    """What joins two strings that are parts of one word."""
    before = _STRING_BEFORE.search(data, max(start - _JOINT, 0), start)
    behind = data[start + 1 : end - 1].lstrip()
    return (before.start(1), end - 1, b"") if before and before[1] == behind else None


_DECODERS: Final[dict[int, Callable[[bytes, int, int], Piece | None]]] = {
    BACKSLASH: _decoded_escape,
    ord("%"): _decoded_percent,
    ord("&"): _decoded_entity,
    ord("="): quoted_printable.decoded,
    ord("\x1b"): _decoded_mark,
    ord("\0"): _decoded_mark,
    ord("+"): _decoded_joint,
    ord("."): _decoded_joint,
}
