"""Arguments of a program on lines of their own: a flag, and what it is given on the next line.

`argv[1]=--api-key`, `argv[2]=...`, as debuggers, crash reports and clusters print them; with an address, a number or
nothing before each. Both lines begin alike but for their numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact.named import values
from triage.redact.named.judging import judged
from triage.redact.named.keys import Sense
from triage.redact.text import Found, line_of

__all__ = ("below", "is_switch")

_PREFIX: Final = 48
_LONGEST: Final = 400
_LEAST: Final = 6
_KEY: Final = 16
_QUOTES: Final = frozenset({b'"', b"'"})
# Addresses and numbers, which differ from line to line.
_NUMBER: Final = re.compile(rb"0x[0-9A-Fa-f]{1,16}|[0-9]{1,20}")
# What stands before an argument: nothing, or its number with what it is called.
_BEFORE: Final = re.compile(
    rb"""[ \t>|]{0,16}(?:(?:[A-Za-z]{1,12}[ .]?|\$)?[\[(#]?0[\])]?[ \t]{0,4}[:=.)]?[ \t]{0,8}(?:0[ \t:]{1,3})?)?"""
)

# Programs that do something for the user who calls them, behind a flag that is given nothing.
_FOR_THE_USER: Final = re.compile(
    rb"(?:systemctl|journalctl|loginctl|busctl|systemd-[a-z]{2,12}|coredumpctl|flatpak|pipx?[0-9.]{0,4}|gem|easy_install"
    rb"|setup\.py|ensurepip|xdg-[a-z]{2,12}|jupyter(?:[ -][a-z]{2,12})?)\b[^|;&\n]{0,80}\Z"
)
_OF_KEYS: Final = re.compile(
    rb"(?:export|list|import|show|delete|edit|gen|generate|recv|receive|send|search|refresh|sign|quick-[a-z]{2,12}|full-gen(?:erate)?)"
    rb"-[a-z-]{0,20}(?:keys?|subkeys|tokens|secrets|credentials)"
)


def is_switch(data: bytes, start: int, flag: bytes) -> bool:
    """Whether a flag at a place is `--user` of a program that takes nothing behind it, or says what to do with keys."""
    if _OF_KEYS.fullmatch(flag):
        return True
    return flag == b"user" and _FOR_THE_USER.search(data, max(start - 120, 0), start) is not None


def below(data: bytes, name: tuple[int, int], at: int, meaning: Sense) -> Iterator[Found]:
    """What stands alone on the line that begins at a place, below a flag that ends the line before."""
    start, quote = name[0], data[name[0] - 1 : name[0]]
    quote = quote if quote in _QUOTES else b""
    before = data[line_of(data, start, most=_PREFIX)[0] : start - len(quote)]
    form = _NUMBER.sub(b"0", before)
    stop = line_of(data, at, most=_LONGEST)[1]
    line = data[at:stop].rstrip(b"\r \t,")
    begin = at + _as_long(line, before, form)
    if begin < at or not _BEFORE.fullmatch(form):
        return
    text = data[begin : at + len(line)]
    if quote and text[:1] == quote == text[-1:]:
        begin, text = begin + 1, text[1:-1]
    elif quote:
        return
    told = values.mixed(text, least=_LEAST) or (len(text) >= _KEY and values.is_shuffled(text))
    if told and text[:1] != b"-" and b" " not in text and not values.is_setting(text):
        yield from judged(data, (begin, begin + len(text)), meaning, in_quotes=True, assigned=True, name=name)


def _as_long(line: bytes, before: bytes, form: bytes) -> int:
    """How much of a line has the form of what stands before the flag; -1 where it has another one."""
    if not form.strip(b" \t"):
        return len(before) if line.startswith(before) and line[len(before) : len(before) + 1].strip() else -1
    at = 0
    for part in _NUMBER.split(before):
        if at and (number := _NUMBER.match(line, at)):
            at = number.end()
        elif at:
            return -1
        if not line.startswith(part, at):
            return -1
        at += len(part)
    return at
