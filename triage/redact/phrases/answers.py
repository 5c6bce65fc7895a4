"""What a call says it gave, codes that are listed below a heading, and values whose name stands behind them.

`os.getlogin() -> 'x'`, `getDeviceId() = 4711`; "recovery codes" over lines of them; `"x" (password)`. The words that
lead to each are in leads.toml; `leads` hands over where one stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from triage.redact.named import extents, values
from triage.redact.named.judging import judged
from triage.redact.named.keys import Sense, sense
from triage.redact.pii.hosts import in_words, is_host
from triage.redact.text import Found, Span, digits_in, letters_in, line_of

__all__ = (
    "enrolled",
    "given",
    "grouped",
    "keyed_behind",
    "linked",
    "listed",
    "meant",
    "named_behind",
    "queried",
    "sectioned",
    "switched",
)

_SENSES: Final = {
    "username": Sense("username", "user"),
    "hostname": Sense("hostname", "host"),
    "imei": Sense("imei", "digits"),
    "phone": Sense("phone", "phone"),
    "password": Sense("password"),
}
_GAVE: Final = re.compile(
    rb"""[^()\n]{0,40}\)(?:\.\w{1,20}(?:\(\))?|\)){0,2}"""
    rb"""(?:[ \t]{0,4}(->|=>|==?|:=?|\xe2\x86\x92|returned|returns|gave|gives|is|was|yields|yielded)[ \t]{0,4}"""
    rb"""|\r?\n(?:Out\[[0-9]{1,5}\]: |=> |\$[0-9]{1,4} = )?(?=["']))(?:@|[LuU]{1,2}(?=["']))?(\\{0,3}["'])?"""
)
# Behind these a word of letters alone is what was given without quotes, and no type and no word of a sentence.
_TELLING: Final = frozenset({b"=", b":="})
_BELOW: Final = re.compile(rb"[^\n]{0,80}\r?\n(?:[ \t]{0,20}[=_~*-]{0,80}[ \t]{0,20}\r?\n){0,3}")
_ITEM: Final = re.compile(rb"[ \t]{0,40}(?:[-*+>|] ?|\xe2\x80\xa2 ?|\(?[0-9]{1,2}[.):][ \t]{1,4})?[ \t]{0,20}")
_GAP: Final = re.compile(rb"[ \t]*[,|;\t][ \t]*|[ ]{2,20}")
_CODE: Final = re.compile(rb"[A-Za-z0-9]{3,12}(?:[- ][A-Za-z0-9]{3,12}){0,4}")
# What grants something, as the first parameter of a form or of the column of a log that has queries alone.
_FIRST_PARAMETER: Final = re.compile(rb"(?:\A|[\s\"'`])(?:code|magic|invite)\Z")
_PARAMETER: Final = re.compile(rb"[\w.~/%+-]{8,400}")
_LONGEST_CODE: Final = 400
_LONG_CODE: Final = 16
# Several of them behind their heading on its line.
_OPENING: Final = re.compile(
    rb"""(?: ?\([^()\n]{1,40}\))?(?: (?:are|were|is|sind|sont|son|sono))?[:=]?(?:[ \t]|\\t){0,8}\\{0,7}[\["'`(]{0,2}"""
)
_IN_ROW: Final = re.compile(
    rb"""[A-Za-z0-9]{3,12}(?:-[A-Za-z0-9]{3,12}){0,4}"""
    rb"""(?:(?:[ ]?[,;|/][ ]?|[ ]{1,3})\\{0,7}["'`]?[A-Za-z0-9]{3,12}(?:-[A-Za-z0-9]{3,12}){0,4}\\{0,7}["'`]?){1,31}"""
    rb"""(?![\w-])"""
)
_ONE: Final = re.compile(rb"[A-Za-z0-9]{3,12}(?:-[A-Za-z0-9]{3,12}){0,4}")
_GROUPS: Final = re.compile(
    rb"""(?:[ ][\w@.'()-]{1,40}){0,5}?"""
    rb"""(?:["'`]?[ ]?[:=][ ]?|[ ](?:is|was|ist|est|es|lautet|jest|\xc3[\xa8\xa9])[ :]{1,2}|[ ])["'`]?"""
    rb"""([a-z]{4}(?:[ -][a-z]{4}){3}|[A-Za-z0-9]{4}(?: [A-Za-z0-9]{4}){5})(?![\w-])"""
    rb"""(?: [a-z]|["'`]?[.,;)]?([ \t\r]*(?:\n|\Z)))?"""
)
_OF_GROUPS: Final = re.compile(rb"[ -]")
_VOWELS: Final = re.compile(rb"[aeiouy]")
# Up to it a colon, a line end or a word.
_KEY: Final = re.compile(
    rb"(?:[^\n]{0,100}?[:=]|[^\n:=]{0,60}?(?: is| lautet| est| es| \xc3[\xa8\xa9])?)"
    rb"(?:[ \t\"'`*]{0,8}|[ \t]{0,8}(?:\r?\n){1,2}[ \t]{0,12})"
    rb"(?<![A-Za-z0-9])([A-Z2-7]{16,128}={0,6}|(?:[A-Z2-7]{4}[ -]){3,31}[A-Z2-7]{2,4}"
    rb"|(?:[a-z2-7]{4}[ -]){3,31}[a-z2-7]{4})"
    rb"(?![\w-])"
)
_SHORTEST: Final = 6
_MOST: Final = 32
_LONGEST_LINE: Final = 200
_BEFORE_ITS_NAME: Final = re.compile(
    rb"""(?:(["'`])([^"'`\s]{4,80})\1|(?:\A|[\s:=/])([^\s"'`(),;:=]{6,80}))[,;]?[ ]\Z"""
)
_KEYED: Final = re.compile(rb"""[ ]?@?\\{0,3}["']([\w.-]{2,60})\\{0,3}["']""")
_BEFORE_ITS_KEY: Final = re.compile(rb"""\\{0,3}(["'])([^"'\s\\]{4,200})\\{0,3}\1,?[ ]{1,4}\Z""")
_SU: Final = re.compile(rb"(?i)\bsu(?:\[[0-9]{1,8}\])?:?[ ]")
_SWITCHED: Final = re.compile(rb"[0-9?a-z]{0,6}[ ]([a-z][\w.-]{2,31}?)[:-][a-z][\w-]{1,31}\b")
# A line of a section: a comment, or a name, a value, and what an account may do.
_ENTRY: Final = re.compile(
    rb"(?:\r?\n|\\{1,4}n)[ \t]*(?:[;#][^\n\\]{0,200}|(?:[\w.@-]{1,60}[ \t]{0,20}=[ \t]{0,20}([^\s,\\]{1,200})"
    rb"(?:,[^\n\\]{0,200})?)?(?=[ \t\r\n\\]|\Z))[ \t]*"
)
_BEFORE_SECTION: Final = frozenset({b"", b"\n", b" ", b"n", b'"'})
# Some words without a mark that ends a sentence or joins code, and one that is no word.
_CLAUSE: Final = re.compile(
    rb"s?(?: [A-Za-z']{1,14},?){1,9} ([A-Za-z0-9][A-Za-z0-9!%^&*$@#?+._~-]{6,38}[A-Za-z0-9!*$^&])"
    rb"(?=[ \t]*(?:[\r\n,;\"<]|[.](?:\s|\Z)|\\n|\Z| [a-z]))"
)
_AFTER_WORD: Final = len(b"assword")
_PLAIN: Final = bytes(code for code in range(256) if code not in b"!^*")
_JOINED: Final = frozenset({b"_", b"-", b".", b"/", b"$"})
_REACH: Final = 100
_IN_CODE: Final = frozenset({b"(", b"[", b"=", b".", b"_"})


def given(kind: str, size: int, data: bytes, at: int) -> Iterator[Found]:
    """What a call is said to have given, behind its arguments and a sign or a word."""
    match = _GAVE.match(data, at + size, at + size + _REACH)
    if match is None:
        return
    quote = match[2][-1:] if match[2] else b""
    span = extents.after(data, match.end(), quote)
    if span is None or values.placeholder(data[slice(*span)]):
        return
    if match[2] and len(match[2]) > 1 and data[span[1] - 1 : span[1]] == b"\\":  # a string in a string
        span = span[0], span[0] + len(data[slice(*span)].rstrip(b"\\"))
    value = data[slice(*span)]
    if not quote and kind in {"username", "hostname"} and match[1] not in _TELLING and value.isalpha():
        return
    if kind == "hostname":
        if is_host(value, named=True) if quote else in_words(value):
            yield *span, "hostname", "given"
    else:
        yield from judged(data, span, _SENSES[kind], in_quotes=bool(quote), assigned=True, name=(at, at))


def listed(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The codes on the lines below a heading: of one form all, with digits in most."""
    yield from _beside(data, at + size)
    heading = _BELOW.match(data, at + size)
    cells = [*islice(_cells(data, heading.end()), _MOST)] if heading else []
    if not cells:
        return
    forms = {_form(data[slice(*cell)]) for cell in cells}
    told = sum(digits_in(data[slice(*cell)]) > 0 for cell in cells)
    form = forms.pop()
    parts = len(form)  # of a form with several parts half of them tell
    # One alone is a code if its parts are of one length.
    if not forms and told * 2 + (parts > 1) > len(cells) and (len(cells) > 1 or len(form) >= 2 * len({*form})):
        for cell in cells:
            yield *cell, "secret", "listed"


def enrolled(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The key in base32 that an authenticator is set up with, in one piece or in groups of four."""
    found = _KEY.match(data, at + size, at + size + _REACH + _LONGEST_LINE)
    if found is None:
        return
    key = found[1]
    plain = key.translate(None, b" -")
    if digits_in(plain) and letters_in(plain) > 4 and len(set(plain)) > 6 and not values.placeholder(key):
        yield *found.span(1), "secret", "enrolled"


def grouped(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The password in groups of four letters behind words for one: all of its line, or no words of a language."""
    found = _GROUPS.match(data, at + size, at + size + _REACH)
    if found is None:
        return
    told = found[2] is not None or any(not _VOWELS.search(group) for group in _OF_GROUPS.split(found[1]))
    if told or digits_in(found[1]):
        yield *found.span(1), "password", "grouped"


def _beside(data: bytes, at: int) -> Iterator[Found]:
    """The codes on the line of their heading: two and more of one form, with digits in most."""
    opening = _OPENING.match(data, at)
    row = _IN_ROW.match(data, opening.end()) if opening else None
    if row is None:
        return
    cells = [match.span() for match in _ONE.finditer(data, *row.span())]
    texts = [data[slice(*cell)] for cell in cells]
    told = sum(digits_in(text) > 0 for text in texts)
    shortest = _SHORTEST if len(cells) < 4 or not all(map(bytes.isdigit, texts)) else 4
    parts = len(_form(texts[0]))  # of a form with several parts half of them tell
    sure = told * 2 + (parts > 1) > len(cells)
    if len({_form(text) for text in texts}) == 1 and sure and len(texts[0]) >= shortest:
        for cell in cells:
            yield *cell, "secret", "listed"


def _form(code: bytes) -> tuple[int, ...]:
    """How long the parts of a code are."""
    return tuple(map(len, code.replace(b" ", b"-").split(b"-")))


def _cells(data: bytes, at: int) -> Iterator[Span]:
    """Where codes stand on lines that hold nothing else."""
    for _ in range(_MOST):
        item = _ITEM.match(data, at)
        stop = line_of(data, at, most=_LONGEST_LINE)[1]
        start = min(item.end(), stop) if item else at
        end = start + len(data[start:stop].rstrip(b" \t\r|,;"))
        found = [*_parts(data, start, end)]
        if b"code" in data[start:end].lower():  # another heading
            return
        if not found or not all(_CODE.fullmatch(data, *span) and span[1] - span[0] >= _SHORTEST for span in found):
            return
        yield from found
        at = stop + 1


def _parts(data: bytes, start: int, end: int) -> Iterator[Span]:
    """What stands beside each other in a line: digits with a blank between are one."""
    at = start
    for gap in [*_GAP.finditer(data, start, end), None]:
        stop = gap.start() if gap else end
        words = data[at:stop].split(b" ")
        if len(words) > 1 and not all(map(bytes.isdigit, words)):
            for word in words:
                yield at, at + len(word)
                at += len(word) + 1
        elif stop > at:
            yield at, stop
        at = gap.end() if gap else end


def sectioned(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The passwords of a section of a settings file in which each account stands with its own."""
    end = at + size
    if data[at - 1 : at] not in _BEFORE_SECTION:
        return
    for _ in range(_MOST):
        entry = _ENTRY.match(data, end)
        if entry is None:
            return
        if entry[1] and values.mixed(entry[1], least=5) and not values.placeholder(entry[1]):
            yield *entry.span(1), "password", "section"
        end = entry.end()


def named_behind(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The value before the name that stands behind it in brackets or an arrow: "x" (password)."""
    name = data[at : at + size].lower()
    if name[:1] != b"(" and (data[at + size : at + size + 1] in _IN_CODE or data[at + size : at + size + 1].isalnum()):
        return
    found = _BEFORE_ITS_NAME.search(data, max(line_of(data, at, most=_REACH)[0], at - _REACH), at)
    if found is None:
        return
    group = 2 if found[2] is not None else 3
    value = found[group]
    if values.placeholder(value) or values.in_code(value) or values.is_name(value) or values.is_plain(value):
        return
    if b"pass" in name or b"pw" in name:
        sure = values.mixed(value, least=5 if group == 2 else 6)
    else:
        sure = values.looks_random(value, least=10) and not values.is_slug(value) and values.mixed(value, least=10)
    joined = group != 2 and b"_" in value and values.is_slug(value)
    joined = joined or (name[:1] in b"=!" and group != 2)
    if sure and not joined and b"://" not in value:
        yield *found.span(group), "password" if b"pass" in name or b"pw" in name else "secret", "named behind"


def meant(data: bytes, at: int) -> Iterator[Found]:
    """The one word of a sentence about a password that letters, digits and marks tell to be it."""
    start = at + _AFTER_WORD
    sentence = _CLAUSE.match(data, start, min(start + _REACH, len(data)))
    if sentence is None or data[at - 2 : at - 1] in _JOINED:
        return
    value = sentence[1]
    strange = value.translate(None, _PLAIN)
    mixed = strange and digits_in(value) and letters_in(value) > 2
    if mixed and not values.placeholder(value) and not values.in_code(value):
        yield *sentence.span(1), "password", "sentence"


def switched(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The account that became another one at a terminal, as su writes it: `+ pts/1 account:root`."""
    found = _SWITCHED.match(data, at + size)
    if found and _SU.search(data, max(at - 40, 0), at):
        yield from judged(data, found.span(1), _SENSES["username"], in_quotes=True, assigned=True, name=(at, at))


def keyed_behind(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The value before the key that it is kept under: `set("x", forKey: "password")`."""
    key = _KEYED.match(data, at + size)
    found = _BEFORE_ITS_KEY.search(data, max(at - 220, 0), at) if key else None
    meaning = sense(key[1].decode("latin-1")) if key and found else None
    if key and found and meaning and meaning.weak in {"", "word", "long"} and values.mixed(found[2], least=6):
        yield from judged(data, found.span(2), meaning, in_quotes=True, assigned=True, name=key.span(1))


def linked(size: int, data: bytes, at: int) -> Iterator[Found]:
    """What a link to reset a password or to confirm something holds."""
    span = extents.bare(data, at + size)
    if span:
        value = data[slice(*span)].partition(b"?")[0].partition(b"/")[0]
        if values.mixed(value, least=16) and digits_in(value) > 1:
            yield span[0], span[0] + len(value), "token", "lead"


def queried(_size: int, data: bytes, at: int) -> Iterator[Found]:
    """The code that is the first parameter of a query, where no question mark stands before it."""
    first = max(at - _LONGEST_CODE, 0)
    sign = data.rfind(b"=", first, at)
    name = _FIRST_PARAMETER.search(data, max(sign - 8, 0), sign) if sign >= 0 else None
    value = data[sign + 1 : at]
    if name is None or not _PARAMETER.fullmatch(value) or values.is_plain(value) or values.is_slug(value):
        return
    if values.looks_random(value, least=8) or len(value) >= _LONG_CODE:
        yield sign + 1, at, "secret", "lead"
