"""Passwords by their place among the arguments of a call, as source code and traces of PHP have them.

`new PDO('mysql:host=h', 'app', 'x')`, `DBI connect('db','app',"x")`; what call has it where stands in leads.toml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact.named import users, values
from triage.redact.named.judging import judged
from triage.redact.named.keys import Sense
from triage.redact.text import Found, Span, digits_in

__all__ = ("arguments", "given")

_PASSWORD: Final = Sense("password")
_ACCOUNT: Final = Sense("username", "user")
_REACH: Final = 600
# Brackets in one another that no call has.
_DEEPEST: Final = 16
# A string that is all of an argument, with what a language writes before or around it.
_STRING: Final = re.compile(
    rb"""\s{0,40}(?:[bBuUrRN@$]{0,2}|(?:new[ ])?[A-Za-z_][\w.:]{0,40}\()\\{0,3}(["'])"""
    rb"""((?:(?!\1)[^\\\n]|\\.){0,200})\1\)?\s{0,40}\Z"""
)
_BARE: Final = re.compile(rb"[ ]?([A-Za-z0-9][^\s()\[\]{}\"',;<>=_]{6,80})\Z")
_OPENING: Final = frozenset(b"([{")
_CLOSING: Final = frozenset(b")]}")
_QUOTES: Final = frozenset(b"\"'`")
_COMMA: Final = ord(",")
_BACKSLASH: Final = ord("\\")


def given(number: int, size: int, data: bytes, at: int) -> Iterator[Found]:
    """The argument with such a number, from 0 on, of the call whose bracket opens before a place."""
    places = [*arguments(data, at + size)]
    if number >= len(places):
        return
    start, end = places[number]
    string = _STRING.match(data, start, end)
    if string:
        span = string.span(2)
        if string[2] and not values.is_name(string[2]) and b"://" not in string[2]:
            yield from judged(data, span, _PASSWORD, in_quotes=True, assigned=True, name=(at, at))
            yield from _user(data, places[number - 1] if number else (at, at))
        return
    bare = _BARE.match(data, start, end)
    if bare and digits_in(bare[1]) and values.mixed(bare[1], least=7):
        yield *bare.span(1), "password", "call"


def _user(data: bytes, place: Span) -> Iterator[Found]:
    """The account in the argument before a password."""
    string = _STRING.match(data, *place)
    if string and users.is_free(string[2]):
        yield from judged(data, string.span(2), _ACCOUNT, in_quotes=True, assigned=True, name=place)


def arguments(data: bytes, at: int) -> Iterator[Span]:
    """The arguments of a call, up to where it is closed."""
    limit = min(at + _REACH, len(data))
    start, depth, quote = at, 0, 0
    while at < limit:
        sign = data[at]
        if quote:
            if sign == _BACKSLASH:
                at += 1
            elif sign == quote:
                quote = 0
        elif sign in _QUOTES:
            quote = sign
        elif sign in _OPENING:
            depth += 1
            if depth > _DEEPEST:
                return
        elif sign in _CLOSING:
            depth -= 1
            if depth < 0:
                yield start, at
                return
        elif sign == _COMMA and not depth:
            yield start, at
            start = at + 1
        at += 1
