"""Secrets in code and in what debuggers print: arguments of calls, comparisons, the answer to `print password`.

`login("app", "x")`, `jwt.sign(payload, "x")`, `"x".equals(password)`, `{password, <<"x">>}`, and the words of a
recovery phrase. What leads to them stands in leads.toml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact.named import extents, values
from triage.redact.named.judging import judged
from triage.redact.named.keys import Sense
from triage.redact.pii.people import TOLD
from triage.redact.text import Found, Span, digits_in

__all__ = ("answered", "compared", "enciphered", "logged_in", "printed", "words")

_SIGN: Final = re.compile(rb"[\"'(){}\[\]]")
_QUOTES: Final = frozenset({b'"', b"'"})
_STRING: Final = re.compile(rb"""\"([^"\\\n]{0,200})\\{0,3}"|'([^'\\\n]{0,200})\\{0,3}'""")
_ALGORITHM: Final = re.compile(
    rb"(?i)(?:sha|hs|rs|es|ps|md|aes|des|rsa|ed|hmac|utf|iso|ascii|latin|base|x|tls|pbkdf)[\w./-]{0,16}"
)
_METHOD: Final = re.compile(rb"(?i)(?:pbkdf2|hmac|sha|aes|rsa)[\w./-]{0,20}(?:sha|hmac|cbc|gcm|ecb|with)[\w./-]{0,20}")
_ARGUMENTS: Final = 400
_ACCOUNT: Final = Sense("username", "user")
_DEEPEST: Final = 12
# A call around an argument, as `Some("...")`.
_WRAPPED: Final = re.compile(rb"(?:[\w.]{1,40}|\[\]byte)\(\Z")
_WORDS: Final = re.compile(rb"(?:[a-z]{3,8}(?:, ?|[ \t]{1,2}|[ \t]*\r?\n[ \t]*|\\n)){11,24}[a-z]{3,8}\b")
_IN_A_LINE: Final = re.compile(
    rb"(?:[a-z]{3,8}(?:, ?|[ \t]{1,2})){11,23}[a-z]{3,8}(?=[ \t]*(?:\r?\n|\\n|[\"'\x60)\]]|\Z))"
)
_FEWER: Final = re.compile(
    rb"""\W{0,3}[:=]\s{0,4}["'`\[]?((?:[a-z]{3,8} ){3,10}[a-z]{3,8})["'`\]]?[ \t]*(?:\\{1,4}[nr]|["',}]|\r?\n|\Z)"""
    rb"""|[ ]["'`]((?:[a-z]{3,8} ){3,10}[a-z]{3,8})["'`]"""
)
_SECOND: Final = re.compile(
    rb"[\w.@-]{1,40},[ ]?([A-Za-z0-9][^\s()\[\]{}\"',;<>=]{6,80})\)(?:[ ](?:->|=|:)|[ \t]*(?:\r?\n|\Z))"
)
_ANSWER: Final = re.compile(rb'(?:[^\n"]{0,60}")?')
_OF_WORDS: Final = re.compile(
    rb"""[ \t]*(?:\([^()\n]{1,30}\)[ \t]*)?(?:(?:is|was|are|for [\w-]{1,30})[ \t]*)?"""
    rb"""(?:["'`]|[*_]{1,2})?[ \t]*[:=]?(?:[*_]{1,2})?\s{0,8}["'(`\[]?"""
)
_OF_SENTENCES: Final = frozenset(
    b"the and for was are from not has have with your this that must will can should please enter keep write store "
    b"before when then into been were you does did only all any none never invalid missing required word phrase".split()
)
# Those of them that are words of recovery phrases too: among twelve they say nothing.
_OF_PHRASES: Final = frozenset(
    b"have this that must will can enter keep write before when then into you only all any word phrase".split()
)


def logged_in(data: bytes, end: int) -> Iterator[Found]:
    """The last string among the arguments of a call that takes an account first."""
    found = [*_strings(data, end, nested=True)]
    if not found:
        bare = _SECOND.match(data, end)
        if (
            bare
            and digits_in(bare[1])
            and values.mixed(bare[1], least=7)
            and b"_" not in bare[1]
            and not _is_place(bare[1])
        ):
            yield *bare.span(1), "password", "call"
        return
    for start, stop in reversed(found[1:] or found):
        before = _WRAPPED.sub(b"", data[end:start].rstrip(b"\\\"'bBuUrRN@"))
        value = data[start:stop]
        if before.rstrip()[-1:] == b"," and values.mixed(value, least=5) and not _is_place(value):
            yield start, stop, "password", "call"
            if start != found[0][0]:
                yield from judged(data, found[0], _ACCOUNT, in_quotes=True, assigned=True, name=(end, end))
            return


def _is_place(value: bytes) -> bool:
    """Whether a string is a path, a URL or a name with an ending."""
    if value.startswith((b"/", b"./", b"../", b"~/")) or b"://" in value or b" " in value:
        return True
    return values.is_name(value)


def enciphered(data: bytes, end: int) -> Iterator[Found]:
    """The key among the arguments of a call that signs or encrypts."""
    for start, stop in _strings(data, end, nested=True):
        value = data[start:stop]
        if values.mixed(value, least=8) and not _ALGORITHM.fullmatch(value) and not _is_place(value):
            yield start, stop, "secret", "call"


def _strings(data: bytes, at: int, *, nested: bool = False) -> Iterator[Span]:
    """The strings among the arguments of a call, up to where it is closed; `nested` ones in calls of one as well."""
    limit = data.find(b"\n", at, at + _ARGUMENTS)
    limit = limit if limit >= 0 else min(at + _ARGUMENTS, len(data))
    depth = braces = 0
    while (found := _SIGN.search(data, at, limit)) is not None:
        at, sign = found.end(), found.group()
        string = _STRING.match(data, found.start(), limit) if sign in _QUOTES else None
        if string:
            if not depth or (nested and not braces and depth == 1):
                yield string.span(string.lastindex or 0)
            at = string.end()
            continue
        depth += (sign in {b"(", b"{", b"["}) - (sign in {b")", b"}", b"]"})
        braces += (sign in {b"{", b"["}) - (sign in {b"}", b"]"})
        if not 0 <= depth <= _DEEPEST:
            return


def compared(data: bytes, name: Span, end: int, meaning: Sense) -> Iterator[Found]:
    """The string that a secret is compared with, or that stands beside its name in a tuple or among arguments."""
    beside = data[name[1] : end].lstrip(b"()").startswith(b",")
    before = data[max(name[0] - 2, 0) : name[0]]
    if (
        beside
        and before[-1:] not in {b"(", b"{", b"&", b"$", b"@"}
        and before not in {b", ", b" :", b"{:", b"(:", b"[:"}
    ):
        return
    span = extents.after(data, end, data[end - 1 : end])
    if meaning.weak in TOLD and span is not None:
        yield from judged(data, span, meaning, in_quotes=True, assigned=True, name=name)
        return
    if meaning.weak not in {"", "word"} or span is None or values.placeholder(data[slice(*span)]):
        return
    value = data[slice(*span)]
    rule = value.rpartition(b":")[2].isdigit() and b":" in value  # as validators are told: min:8
    named = values.is_name(value) or _METHOD.fullmatch(value)
    told = values.mixed(value, least=5) or values.is_of_letters(value)
    if told and b" " not in value and not named and not rule:
        yield *span, meaning.kind, "compared"


def pointed(data: bytes, name: Span, end: int, meaning: Sense) -> Iterator[Found]:
    """The value that an arrow leads to: no word, as menus have them."""
    at = end
    while data[at : at + 1] in {b" ", b"\t"} and at < end + 4:
        at += 1
    opened = extents.quoted(data, at)
    span = opened[0] if opened else extents.bare(data, at)
    if span and values.mixed(data[slice(*span)], least=6):
        yield from judged(data, span, meaning, in_quotes=opened is not None, assigned=True, name=name)


def answered(data: bytes, at: int) -> Iterator[Found]:
    """What a debugger answers on the line that begins at a place."""
    answer = _ANSWER.match(data, at)
    if answer:
        yield from printed(data, answer.end())


def printed(data: bytes, end: int) -> Iterator[Found]:
    """What a debugger answers to the name of a secret."""
    span = extents.after(data, end, b'"' if data[end - 1 : end] == b'"' else b"")
    if span and values.mixed(data[slice(*span)], least=5):
        yield *span, "secret", "printed"


def words(data: bytes, at: int) -> Iterator[Found]:
    """The twelve to twenty-four words of a recovery phrase: small letters, no words of sentences."""
    lead = _OF_WORDS.match(data, at, at + 80)
    match = lead and (
        _IN_A_LINE.match(data, lead.end(), lead.end() + 400) or _WORDS.match(data, lead.end(), lead.end() + 400)
    )
    if match and not (_OF_SENTENCES - _OF_PHRASES) & {*match.group().replace(b",", b" ").split()}:
        yield *match.span(), "secret", "words"
    elif fewer := _FEWER.match(data, at):
        group = 1 if fewer[1] is not None else 2
        if not _OF_SENTENCES & {*fewer[group].split()}:
            yield *fewer.span(group), "secret", "words"
