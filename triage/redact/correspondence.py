"""People in what people write: who signs a letter, who says something in a chat, who calls, where somebody lives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact import people
from triage.redact.judging import judged
from triage.redact.keys import Sense
from triage.redact.persons import is_person
from triage.redact.text import Found

__all__ = ("calling", "home", "introduced", "signature")

_SIGNED: Final = re.compile(
    rb"[^\n\\:=]{0,24}?[ \t,.!]{0,4}(?:\r?\n|(?:\\r)?\\n|<br ?/?>){1,3}(?:[>| \t]{0,8})"
    rb"(?:--? ?)?((?:(?:Dr|Mr|Mrs|Ms|Prof|Herr|Frau)\.? )?[A-Z\x80-\xff][A-Za-z'.\x80-\xff-]{1,30}"
    rb"(?: [A-Z\x80-\xff][A-Za-z'.\x80-\xff-]{0,30}){1,3})[ \t]{0,4}(?=\r?\n|\\[rn]|<|\"|,|\||\Z| \()"
)
_LIVES: Final = re.compile(rb"[ \t]{0,2}:?[ \t]{0,2}([0-9A-Z\x80-\xff][^\r\n\"<>;|]{5,80})")
_SENTENCE_END: Final = re.compile(rb"[.!?](?:\s|\Z)|\\n| and | since | but | with | my | phone| tel")
_CALLER: Final = re.compile(
    rb"""(?:id)?(?:name|num)?[\"']?[ \t]{0,2}[:=(][ \t]{0,2}\\{0,3}["']?([A-Z\x80-\xff][\w.'\x80-\xff -]{2,40}?)"""
    rb"""\\{0,3}["']? ?<([+0-9]{5,16})>"""
)
_SPOKEN: Final = re.compile(
    rb"[ \t]{0,40}([A-Z\x80-\xff][\w.'\x80-\xff-]{1,30}(?: [A-Z\x80-\xff][\w.'\x80-\xff-]{0,30}){1,3})"
)


def signature(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The name below the closing words of a letter."""
    match = _SIGNED.match(data, at + size)
    if match and is_person(match[1]):
        yield *match.span(1), "person", "signature"


def home(size: int, data: bytes, at: int) -> Iterator[Found]:
    """Where somebody says to live."""
    match = _LIVES.match(data, at + size)
    if match is None:
        return
    start, stop = match.span(1)
    if ended := _SENTENCE_END.search(data, start, stop):
        stop = ended.start()
    if people.is_street(data[start:stop]):
        yield from judged(
            data, (start, stop), Sense("street_address", "street"), in_quotes=True, assigned=True, name=(at, at)
        )


def calling(size: int, data: bytes, at: int) -> Iterator[Found]:
    """Who calls, by name and number."""
    if match := _CALLER.match(data, at + size):
        yield *match.span(1), "person", "caller"
        yield *match.span(2), "phone", "caller"


def introduced(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The full name of somebody behind words that say whose it is."""
    match = _SPOKEN.match(data, at + size)
    if match and people.full_name(match[1]) and is_person(match[1]):
        yield *match.span(1), "person", "said"
