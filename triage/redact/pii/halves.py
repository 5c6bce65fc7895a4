"""E-mail addresses that a line end breaks, behind a word for whose they are: `user mara.fe` and `rn@...` below it.

What is above an address that begins its line is a part of it only behind such a word; so is what is below a sign. Where
each half has a line of its own, indented alike, the word ends the line above.
"""

from __future__ import annotations

import re
from typing import Final

from triage.redact.text import Span

__all__ = ("beginning", "whole")

_WHOSE: Final = (
    rb"\b(?:users?|accounts?|login|logon|recipients?|mailbox|e-?mail|mail|address|sender|customer|member|contact"
    rb"|subscriber|rcpt|username|benutzer|utilisateur|usuario|utente)[ :=\"'<(]{1,4}"
)
_BEGUN: Final = re.compile(rb"(?i)" + _WHOSE + rb"([\w.+-]{0,39}[\w+-])\r?\n[ \t]{0,8}\Z")
_NAMED: Final = re.compile(rb"(?i)" + _WHOSE + rb"([\w.+-]{2,64})\Z")
# Alone on a line, below what ends with a word for where a message goes and above a line that is indented alike.
_HEADED: Final = (
    rb"(?i)(?:\b(?:to|for|from|an|von|para|pour|recipients?|address(?:es)?|users?|accounts?|mailbox|e-?mails?|login|rcpt|sender"
    rb"|cc|bcc):?)[ \t]{0,4}\r?\n([ \t]{2,40})"
)
_ABOVE: Final = re.compile(_HEADED + rb"([\w.+-]{1,48})\r?\n\1\Z")
_FIRST: Final = re.compile(_HEADED + rb"([\w.+-]{1,64})\Z")
_GOES_ON: Final = re.compile(
    rb"[A-Za-z0-9-]{1,60}(?:\.[A-Za-z0-9-]{1,60}){0,3}\r?\n[ \t]{0,8}"
    rb"(?:[A-Za-z0-9-]{1,60}\.|\.)(?:[A-Za-z0-9-]{1,60}\.){0,3}[A-Za-z]{2,24}(?=[ \t,;)\"'>\r\n]|\Z)"
)
_BEFORE: Final = 96


def beginning(data: bytes, start: int) -> int:
    """Where an address begins whose rest begins its line; where that does if nothing of it is above."""
    if data[start - 1 : start] not in {b"\n", b" ", b"\t"}:
        return start
    first = max(start - _BEFORE, 0)
    if above := _BEGUN.search(data, first, start):
        return above.start(1)
    alone = _ABOVE.search(data, first, start)
    return alone.start(2) if alone else start


def whole(data: bytes, at: int) -> Span | None:
    """The address around a sign whose machine goes on in the next line."""
    below = _GOES_ON.match(data, at + 1)
    if below is None:
        return None
    if named := _NAMED.search(data, max(at - _BEFORE, 0), at):
        return named.start(1), below.end()
    first = _FIRST.search(data, max(at - _BEFORE, 0), at)
    return (first.start(2), below.end()) if first and b"\n" + first[1] in below.group() else None
