"""Values that run over the ends of lines: wrapped by a terminal, a mail, a log, or joined again by code.

What the next line begins with is left out: an indent, a mark of quotation, a quote that opens again, or a prefix that
all lines share but for its digits (a log's time and level).
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import replace
from operator import ne
from typing import Final

import numpy as np

from triage.redact.decoding.apart import is_message, is_row
from triage.redact.decoding.origins import Piece, View, build
from triage.redact.decoding.soft_breaks import OWN_LINE, is_padded
from triage.redact.hits import Hit
from triage.redact.named.keys import vocabulary
from triage.redact.text import DIGITS, HEX_DIGITS, LETTERS, Allowance, Span, digits_in, is_word, letters_in, line_of

__all__ = ("BREAK", "INDENT", "closed", "continued", "holds", "rejoined", "unwrapped")

_WRAPPED_LINES: Final = 60
_GUESSES: Final = 4
# How long the lines are that terminals and mails wrap.
_LEAST_WIDTH: Final = 60
_MOST_WIDTH: Final = 200
BREAK: Final = re.compile(
    rb"(?:[ \t]{0,80}\xe2(?:\x94[\x82\x83]|\x95\x91))?[\\^]{0,4}\r?\n|\\{1,4}r\\{1,4}n|\\{1,4}n|=\r?\n"
    rb"|[\"'][ \t]*+[+.&]?+[ \t]*+(?:\\?\r?\n[ \t]*+)?+[+.&]?+[ \t]*+(?=[\"'])"
)
INDENT: Final = re.compile(rb"[ \t>|#*+.]{0,64}(?:\xe2(?:\x94[\x82\x83]|\x95\x91)[ \t]{0,64})?(?:\\t){0,4}[\"']?")
# The rest of a string, up to the quote that closes it; of one without blanks, or of words.
_REST: Final = rb"""[^\s\"'\\]{1,300}(?=\\{0,15}([\"'])(?:[\s,;:)\]}/>&\\]|\Z))"""
_OF_WORD: Final = re.compile(_REST)
_OF_WORDS: Final = re.compile(_REST.replace(rb"\s\"", rb"\r\n\"=:", 1))
_TOKEN_END: Final = re.compile(rb"[A-Za-z0-9+/=_.~-]*(?:%[0-9A-F]{2}[A-Za-z0-9+/=_.~-]*)*(?:[+ \t]|\\(?=\r?\n)){0,4}")
# What may follow a token at the end of a line and is none of it.
_AFTER_TOKEN: Final = b"\"'\\+ \t"
_TOKEN_BYTES: Final = frozenset(LETTERS + DIGITS + b"+/_-.=~%")
_CLASSES: Final = bytes(
    0x61 if 97 <= code <= 122 else 0x41 if 65 <= code <= 90 else 0x30 if 48 <= code <= 57 else 0x2E
    for code in range(256)
)
_KINDS: Final = frozenset(b"aA0")
_QUOTES: Final = frozenset({b'"', b"'"})
# A name, and no more of a string.
_NAME_IN_QUOTES: Final = re.compile(rb"""[\w. -]{1,60}\\{0,3}["'][ \t]{0,4}(?:=|:)""")
_SAME_DIGIT: Final = bytes(0x30 if code in DIGITS else code for code in range(256))
# How wide the lines are that somebody wrapped, at the least and the most, and how many are too many to be joined.
_LEAST_WRAP: Final = 16
_MOST_WRAP: Final = 400
_MOST_JOINED: Final = 200
_OFTEN: Final = 3
# No name with its sign, and nothing that opens or lists: these begin a line of their own.
_WRAP: Final = re.compile(
    rb"(?<=\S)\r?\n[ \t]{0,16}(?=[\w%&+./:=@~-])"
    rb"(?![\w./-]{1,60}(?:\[[0-9]{1,9}\])?(?::(?:[\s\"']|\Z)|[ \t]{1,4}[=:]|\(|=[\"'])|- |-{2,}\w)"
)
# How the record of a log begins, and a line of one word, which is no name with its sign, no path and no frame.
_RECORD: Final = re.compile(
    rb"[\[<]?(?:[0-9]{4}[-/][0-9]{2}[-/][0-9]{2}[T ][0-9]{2}:|[0-9]{2}:[0-9]{2}:[0-9]{2}[.,Z \]])"
)
_ALONE: Final = re.compile(
    rb"\r?\n[ \t]{0,16}(?![/.<(\[{}-]|[\w./-]{1,60}(?:[=:(]|\Z))([^\s\"'<>]{2,80})(?<![:,;{(\[])\r?\n"
)
# What a token of Atlassian begins and ends with.
_ATLASSIAN: Final = re.compile(rb"AT[A-Z]{2,3}3x")
_SUMMED: Final = re.compile(rb"[\w-]{0,200}=[0-9A-F]{8}")
_NEWLINE: Final = ord("\n")
_RETURN: Final = ord("\r")
_CLOSING: Final = frozenset({b'"', b"'", b";", b"&", b"<", b")", b"}", b"]", b","})
# What stands behind words too, and the number that a row begins with.
_PARTING: Final = frozenset({b",", b";", b")"})
_FIRST_CELL: Final = re.compile(rb"[0-9]{1,8}[,;]")
_GENITIVE: Final = re.compile(rb"'[a-z]")
_OF_FORM: Final = frozenset({"email", "ipv4", "ipv6", "mac", "card", "bank_account", "iban", "hostname"})
# What systemd runs, at the end of a sentence.
_UNIT: Final = re.compile(rb"\.(?:service|socket|timer|mount|target|slice|scope|device|swap|path)\.?\r?\Z")
_OPENING: Final = frozenset({b'"', b"'"})
_LEAST_PREFIX: Final = 6
_LONGEST_PREFIX: Final = 240
_HALF: Final = 16
_VENDORS: Final = 16
_HEX: Final = re.compile(rb"[0-9a-f]{1,128}(?![\w-])")
_HEX_BEFORE: Final = re.compile(rb"(?:\A|[^0-9A-Za-z])((?=[a-f]{0,24}[0-9])(?=[0-9]{0,24}[a-f])[0-9a-f]{16,128})\Z")
_LONGEST_HEX: Final = 129
_DIGEST: Final = re.compile(rb"[0-9a-f]{16,128}\r?")
# What stands on lines of its own in the strings of a dump: an address, a name that a compiler made.
_OWN_WORD: Final = re.compile(
    rb"0x[0-9a-fA-F]{4,16}(?![\w+/=-])|_{1,3}(?:Z[0-9A-Z]|R[A-Z]|\$s)\w{0,200}[a-z]{3}|\?\?[\w@]"
)
# A value of so many letters shows whether it has capitals and small ones.
_LEAST_OF_ALPHABET: Final = 12
_HEX_LENGTHS: Final = frozenset({32, 40, 48, 56, 64, 96, 128})


_joined: Final = Allowance(200)
"""The lines of a text that were joined with others, for each place that a token may begin at."""


def rejoined(data: bytes) -> View | None:
    """The longest lines of a text joined with what follows them: all that is as wide as a terminal or a mail was.

    Of a text that nobody wrapped that is one line, and seldom more.
    """
    if b"\n" not in data:
        return None
    stops = np.flatnonzero(np.frombuffer(data, np.uint8) == _NEWLINE)
    widths = np.diff(stops, prepend=-1)
    if not _LEAST_WRAP < widths.max() <= _MOST_WRAP:
        return None
    each, count = np.unique(widths, return_counts=True)
    longest = stops[np.isin(widths, [*each[(count >= _OFTEN) & (each > _LEAST_WRAP)], each[-1]])]
    if len(longest) > _MOST_JOINED:
        return None
    broken = [_WRAP.match(data, stop - (data[stop - 1] == _RETURN)) for stop in longest.tolist()]
    pieces = [
        (*one.span(), b"")
        for one in broken
        if one and not OWN_LINE.match(data, one.end()) and not is_padded(data, one.start())
        if not _OWN_WORD.match(data, one.end())
        if not (_RECORD.match(data, one.end()) or is_row(data, one.start(), data.index(b"\n", one.start()) + 1))
    ]
    view = build(data, pieces)
    return replace(view, guessed=True) if view else None


def holds(data: bytes, hit: Hit, ends: Container[int]) -> bool:
    """Whether what was found in lines that were joined by their width is more than the value at the end of one.

    Either something closes it below, or it has a form and nothing was found that ends with its line. The account of a
    service begins an address of its own, and no name of a machine begins with a digest.
    """
    breaks = [at for at in range(hit.start, hit.end) if data[at] == _NEWLINE]
    if not breaks:
        return False
    below = data[breaks[-1] + 1 : hit.end]
    closing = data[hit.end : hit.end + 1]
    is_own = b"://" in below or (closing in _PARTING and below.isalpha() and is_word(below))
    if is_own or _FIRST_CELL.match(data, breaks[-1] + 1):
        return False
    if closing in _CLOSING and not _GENITIVE.match(data, hit.end):
        return True
    if hit.kind not in _OF_FORM or any(at in ends or at - 1 in ends for at in breaks):
        return False
    if _UNIT.search(data, hit.start, breaks[0]):
        return False
    if hit.kind == "email" and data[breaks[-1] + 1 : hit.end].partition(b"@")[0].lower() in vocabulary().services:
        return False
    if hit.kind == "email" and data.startswith(b"@", breaks[-1] + 1) and data[hit.start : breaks[0]].strip().isdigit():
        return False  # a decorator below a number
    if hit.kind == "hostname" and _DIGEST.fullmatch(data, hit.start, breaks[0]):
        return False
    return hit.kind != "hostname" or b"." in data[breaks[-1] : hit.end]


def unwrapped(data: bytes, at: int, *, complete: bool) -> Iterator[tuple[View, int]]:
    """The lines from a place on, joined where a token runs over their ends, and where they begin; the likeliest first.

    Nothing where the text at the place does not reach a line's end. A token that is `complete` as it stands is joined
    only with what looks like more of it.
    """
    token = _TOKEN_END.match(data, at)
    if token is None or BREAK.match(data, token.end()) is None or not _joined.left(data):
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
    if is_padded(data, end):
        return end
    line = line_of(data, start)[0]
    if rest := _rest_of_record(data, line, end):
        return rest
    wrapped = _LEAST_WIDTH <= end - line <= _MOST_WIDTH and b" " not in value
    if not (wrapped or (len(value) >= 8 and digits_in(value) >= 2) or _is_random(value) or _is_shuffled(value)):
        return end
    pieces, random = _breaks(data, line, start + value.rfind(b":") + 1, guesses=0)
    if not random or pieces[0][0] + data.count(b"+", pieces[0][0], end) != end:
        return end
    token = _TOKEN_END.match(data, pieces[random - 1][1])
    return pieces[random - 1][1] + len(token.group().rstrip(_AFTER_TOKEN)) if token else end


def _rest_of_record(data: bytes, line: int, end: int) -> int:
    """Where what is no plain word ends that stands alone between a log's line and the next; 0 where there is none.

    Records begin with their times: what stands below one that ends with a value is the rest of it.
    """
    if not _RECORD.match(data, line) or not _LEAST_WIDTH <= end - line <= _MOST_WIDTH:
        return 0
    rest = _ALONE.match(data, end)
    return rest.end(1) if rest and not rest[1].isalpha() and _RECORD.match(data, rest.end()) else 0


def closed(data: bytes, start: int, end: int) -> int:
    """Where the string ends that a value opens and its line does not close; its own end where the next does neither.

    What is below must be no more than the rest of it.
    """
    quote = data[start - 1 : start]
    broken = BREAK.match(data, end) if quote in _OPENING else None
    if broken is None or broken.group()[:1] in _OPENING:
        return end
    begin = INDENT.match(data, broken.end())
    words = b" " in data[start:end]
    rest = (_OF_WORDS if words else _OF_WORD).match(data, begin.end() if begin else broken.end())
    return rest.end() if rest is not None and rest[1] == quote else end


def _breaks(data: bytes, line: int, at: int, *, guesses: int) -> tuple[list[Piece], int]:
    """The line ends that a token at a place runs over, and how many of them lead to more that looks random.

    Past those at most `guesses` more.
    """
    prefix = data[line : min(at, line + _LONGEST_PREFIX)].translate(_SAME_DIGIT)
    pieces: list[Piece] = []
    columns: list[Span] = []
    random = 0
    place = at
    for _ in range(_WRAPPED_LINES):
        token = _TOKEN_END.match(data, place)
        broken = BREAK.match(data, token.end()) if token else None
        if token is None or broken is None:
            break
        end = len(token.group().rstrip(_AFTER_TOKEN)) + place
        begin = _continued(data, broken.end(), prefix)
        if broken.group()[-1:] == b"\n" and (
            is_row(data, broken.start(), broken.end()) or _says_again(data, (line, at), (broken.end(), begin))
        ):
            break
        if begin >= len(data) or data[begin] not in _TOKEN_BYTES or OWN_LINE.match(data, begin):
            break
        if broken.group()[-1:] == b"\n" and _is_another(data, (at, end), begin):
            break
        if data[begin - 1 : begin] in _QUOTES and _NAME_IN_QUOTES.match(data, begin):
            break
        pieces.append((end, begin, b""))
        more = _TOKEN_END.match(data, begin)
        column = end - max(data.rfind(b"\n", line, end) + 1, line)
        columns.append((column, end - place))
        on = more and (
            _goes_on(data, more) or _is_hex(data, end, more) or _is_rest(data, more, columns) or _is_sum(data, at, more)
        )
        if on and random == len(pieces) - 1:
            random += 1
        elif len(pieces) - random >= guesses:
            break
        place = begin
    _joined.spend(len(pieces))
    return pieces, random


def _is_another(data: bytes, value: Span, begin: int) -> bool:
    """Whether a line begins with a word that is none of the value above it: it is of another alphabet."""
    if _OWN_WORD.match(data, begin):
        return True
    above, match = data[slice(*value)], _TOKEN_END.match(data, begin)
    if match is None or letters_in(above) < _LEAST_OF_ALPHABET:
        return False
    below = match.group().rstrip(_AFTER_TOKEN)
    if _DIGEST.fullmatch(below):
        return len(below) in _HEX_LENGTHS and above.translate(None, HEX_DIGITS + b"_-") != b"" and not above.islower()
    return (above.islower() and below != below.lower()) or (above.isupper() and below != below.upper())


def _says_again(data: bytes, lead: Span, again: Span) -> bool:
    """Whether a line begins with all that leads to a value in the one before, and that is more than a log's head."""
    before = data[lead[0] : min(lead[1], lead[0] + _LONGEST_PREFIX)]
    if data[slice(*again)].translate(_SAME_DIGIT) != before.translate(_SAME_DIGIT):
        return False
    value, other = (data[at : at + _VENDORS] for at in (lead[1], again[1]))
    return is_message(before, value, other)


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
    return alone and (kinds == len(_KINDS) or (len(token) >= 5 and kinds >= 2)) and not _is_title(token)


def _is_title(token: bytes) -> bool:
    """Whether a word begins with its only capital."""
    return token[:1].isalpha() and token.istitle()


def _is_rest(data: bytes, match: re.Match[bytes], columns: list[Span]) -> bool:
    """Whether a short word alone on its line is the rest of a token that was broken twice at one column at least.

    Or into parts as wide as one another: the value alone may have been wrapped, whatever stood before it.
    """
    rest = match.group().rstrip(_AFTER_TOKEN)
    kinds = len(set(rest.translate(_CLASSES)) & _KINDS)
    ends = data[match.start() + len(rest) : match.start() + len(rest) + 1] in {b"", b"\r", b"\n"}
    even = len(columns) > 1 and any(len(set(widths)) == 1 for widths in zip(*columns, strict=True))
    return even and ends and kinds > 1 and not rest.istitle()


def _is_sum(data: bytes, at: int, match: re.Match[bytes]) -> bool:
    """Whether a line is the end of a token of Atlassian, with the sum that closes it."""
    rest = match.group().rstrip(_AFTER_TOKEN)
    ends = data[match.start() + len(rest) : match.start() + len(rest) + 1] in {b"", b"\r", b"\n", b"\\"}
    return ends and _ATLASSIAN.match(data, at) is not None and _SUMMED.fullmatch(rest) is not None


def _is_hex(data: bytes, end: int, match: re.Match[bytes]) -> bool:
    """Whether a line begins with more of a hexadecimal number that ended the one before.

    It is long, or makes the number as long as those of keys are.
    """
    rest = _HEX.match(match.group())
    whole = _HEX_BEFORE.search(data, max(end - _LONGEST_HEX, 0), end) if rest else None
    if rest is None or whole is None:
        return False
    return rest.end() >= _HALF or rest.end() + len(whole[1]) in _HEX_LENGTHS


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
    if same >= _LEAST_PREFIX and not prefix[:same].replace(b" ", b"").isalpha():
        return at + same
    indent = INDENT.match(data, at)
    return indent.end() if indent else at
