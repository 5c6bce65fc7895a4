"""Values that run over the ends of lines: wrapped by a terminal, a mail, a log, or joined again by code.

What the next line begins with is left out: an indent, a mark of quotation, a quote that opens again, or a prefix that
all lines share but for its digits (a log's time and level).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import ne
from typing import Final

from triage.redact.text import DIGITS, LETTERS, digits_in, line_of
from triage.redact.views import OWN_LINE, Piece, View, build

__all__ = ("BREAK", "INDENT", "continued", "unwrapped")

_WRAPPED_LINES: Final = 60
_GUESSES: Final = 4
# How long the lines are that terminals and mails wrap.
_LEAST_WIDTH: Final = 60
_MOST_WIDTH: Final = 200
BREAK: Final = re.compile(
    rb"\\{0,4}\r?\n|\\{1,4}r\\{1,4}n|\\{1,4}n|=\r?\n"
    rb"|[\"'][ \t]*[+.&]?[ \t]*(?:\\?\r?\n[ \t]*)?[+.&]?[ \t]*(?=[\"'])"
)
INDENT: Final = re.compile(rb"[ \t>|#*+.]{0,64}(?:\\t){0,4}[\"']?")
_TOKEN_END: Final = re.compile(rb"[A-Za-z0-9+/=_.~-]*(?:[+ \t]|\\(?=\r?\n)){0,4}")
# What may follow a token at the end of a line and is none of it.
_AFTER_TOKEN: Final = b"\"'\\+ \t"
_TOKEN_BYTES: Final = frozenset(LETTERS + DIGITS + b"+/_-.=~")
_CLASSES: Final = bytes(
    0x61 if 97 <= code <= 122 else 0x41 if 65 <= code <= 90 else 0x30 if 48 <= code <= 57 else 0x2E
    for code in range(256)
)
_KINDS: Final = frozenset(b"aA0")
_QUOTES: Final = frozenset({b'"', b"'"})
# A name, and no more of a string.
_NAME_IN_QUOTES: Final = re.compile(rb"""[\w. -]{1,60}\\{0,3}["'][ \t]{0,4}(?:=|:)""")
_SAME_DIGIT: Final = bytes(0x30 if code in DIGITS else code for code in range(256))
_LEAST_PREFIX: Final = 6
_HALF: Final = 16


def unwrapped(data: bytes, at: int, *, complete: bool) -> Iterator[tuple[View, int]]:
    """The lines from a place on, joined where a token runs over their ends, and where they begin; the likeliest first.

    Nothing where the text at the place does not reach a line's end. A token that is `complete` as it stands is joined
    only with what looks like more of it.
    """
    token = _TOKEN_END.match(data, at)
    if token is None or BREAK.match(data, token.end()) is None:
        return
    line, _ = line_of(data, at)
    pieces, random = _breaks(data, line, at, guesses=_GUESSES)
    guesses = () if complete else (*range(1, min(len(pieces), _GUESSES) + 1), len(pieces))
    for count in dict.fromkeys((random, *guesses)):
        if 0 < count <= len(pieces):
            limit = line_of(data, pieces[count - 1][1])[1]
            moved = [(start - line, end - line, text) for start, end, text in pieces[:count]]
            view = build(data[line:limit], moved, whole=True)
            if view is not None:
                yield view, line


def continued(data: bytes, start: int, end: int) -> int:
    """Where a value ends that runs on over the ends of lines: what follows looks as random as it does."""
    value = data[start:end]
    line = line_of(data, start)[0]
    wrapped = _LEAST_WIDTH <= end - line <= _MOST_WIDTH and b" " not in value
    if not (wrapped or (len(value) >= 8 and digits_in(value) >= 2) or _is_random(value) or _is_shuffled(value)):
        return end
    pieces, random = _breaks(data, line, start, guesses=0)
    if not random or pieces[0][0] != end:
        return end
    token = _TOKEN_END.match(data, pieces[random - 1][1])
    return pieces[random - 1][1] + len(token.group().rstrip(_AFTER_TOKEN)) if token else end


def _breaks(data: bytes, line: int, at: int, *, guesses: int) -> tuple[list[Piece], int]:
    """The line ends that a token at a place runs over, and how many of them lead to more that looks random.

    Past those at most `guesses` more.
    """
    prefix = data[line:at].translate(_SAME_DIGIT)
    pieces: list[Piece] = []
    random = 0
    place = at
    for _ in range(_WRAPPED_LINES):
        token = _TOKEN_END.match(data, place)
        broken = BREAK.match(data, token.end()) if token else None
        if token is None or broken is None:
            break
        end = len(token.group().rstrip(_AFTER_TOKEN)) + place
        begin = _continued(data, broken.end(), prefix)
        if begin >= len(data) or data[begin] not in _TOKEN_BYTES or OWN_LINE.match(data, begin):
            break
        if data[begin - 1 : begin] in _QUOTES and _NAME_IN_QUOTES.match(data, begin):
            break
        pieces.append((end, begin, b""))
        more = _TOKEN_END.match(data, begin)
        if random == len(pieces) - 1 and more and _goes_on(data, more):
            random += 1
        elif len(pieces) - random >= guesses:
            break
        place = begin
    return pieces, random


def _goes_on(data: bytes, match: re.Match[bytes]) -> bool:
    """Whether what a line begins with is more of a token: it looks random, or is all of the line and no word."""
    token = match.group().rstrip(_AFTER_TOKEN)
    if b"=" in token.rstrip(b"="):  # a name and a value of its own
        return False
    behind = match.start() + len(token)
    if data[behind : behind + 2] == b": ":
        return False
    if _is_random(token):
        return True
    alone = behind >= len(data) or data[behind] in b"\r\n&\"'\\"
    kinds = len(set(token.translate(_CLASSES)) & _KINDS)
    return alone and (kinds == len(_KINDS) or (len(token) >= 5 and kinds >= 2)) and not token.istitle()


def _is_random(token: bytes) -> bool:
    """Whether a token mixes small letters, capitals and digits as no word, name, time or address does."""
    classes = token.translate(_CLASSES)
    kinds = len(set(classes) & _KINDS)
    if len(token) >= 5 and kinds == 3:
        return True
    return len(token) >= 10 and kinds >= 2 and sum(map(ne, classes, classes[1:])) * 2 >= len(token)


def _is_shuffled(token: bytes) -> bool:
    """Whether letters alone, as half of a key may be, change their case more often than names do."""
    classes = token.translate(_CLASSES)
    return len(token) >= _HALF and token.isalpha() and sum(map(ne, classes, classes[1:])) * 3 >= len(token)


def _continued(data: bytes, at: int, prefix: bytes) -> int:
    """Where the text of a continued line begins."""
    begun = data[at : at + len(prefix)].translate(_SAME_DIGIT)
    same = bytes(map(ne, prefix, begun)).find(1)
    same = len(begun) if same < 0 else same
    while same and prefix[same - 1] not in b" :]|\t":
        same -= 1
    if same >= _LEAST_PREFIX:
        return at + same
    indent = INDENT.match(data, at)
    return indent.end() if indent else at
