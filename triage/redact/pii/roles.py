"""People by what they are to something: `Owner: Ana Cruz` on a line of its own, `customer name Ana Cruz rejected`.

Teams and systems own things too: a full name has a given name in it, or no word of the trade.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from triage.redact.pii import given, people
from triage.redact.pii.neighbours import fields_of_people
from triage.redact.pii.persons import is_person
from triage.redact.plain_words import is_plain_word
from triage.redact.text import Found, Span

__all__ = ("READERS", "SPELT")

_NAME: Final = (
    rb"((?:(?:Dr|Prof|Mr|Mrs|Ms)\.? )?[A-Z\x80-\xff](?:[a-z\x80-\xff-]|'(?=[A-Za-z])|(?<=[-'a-z])[A-Z]){1,24}"
    rb"(?: (?:[A-Z]\.|de|da|do|dos|di|del|della|de la|van|von|van der|van den|bin|al|el|la|Mc)){0,2}"
    rb"(?: [A-Z\x80-\xff](?:[a-z\x80-\xff-]|'(?=[A-Za-z])|(?<=[-'a-z])[A-Z]){1,24}){1,2})"
)
_ENDED: Final = rb"(?=[ \t\r]{0,8}(?:\n|\\[rnt]|\Z|[\"'<(|;*_`]|,(?: |$)))"
_ON_ITS_LINE: Final = re.compile(rb"[*_]{0,2}:?[*_ \t]{0,20}" + _NAME + _ENDED)
_NEXT: Final = re.compile(rb", " + _NAME + _ENDED)
# Before the label: what lists and comments begin a line with, and words that say more of whose it is.
_BEGINS: Final = re.compile(
    rb"(?:\A|[\n\"]|\\[nrt])[ \t>*#|+/;-]{0,12}(?:[A-Z]?[a-z\x80-\xff-]{1,20}[ ]){0,2}[*_]{0,3}\Z"
)
_IN_SENTENCE: Final = re.compile(
    rb"[\"'*_\x60(\[<]{0,2}"
    + _NAME
    + rb"(?=[\"'*_\x60]{0,2}(?:[.,;!?)\]>]|:\s|\s{0,2}(?:\r?\n|\\[rn]|\Z)| [a-z\x80-\xff(<\[#-]))"
)
_REACH: Final = 64
_MOST: Final = 8


def _is_somebody(name: bytes) -> bool:
    """Whether a full name has a given name in it, or no word of those that things are called by."""
    if not people.full_name(name) or not is_person(name):
        return False
    words = name.replace(b"-", b" ").replace(b".", b"").split()
    return given.is_name_of_somebody(name) or not (
        any(map(is_plain_word, words)) or not fields_of_people().things.isdisjoint(name.lower().split())
    )


def _told(data: bytes, span: Span) -> Iterator[Found]:
    """The name at a place, if it is somebody's."""
    if _is_somebody(data[slice(*span)]):
        yield *span, "person", "role"


def _on_its_line(size: int, data: bytes, at: int) -> Iterator[Found]:
    """Who stands behind the name of a role that begins a line, as all that it says."""
    match = _ON_ITS_LINE.match(data, at + size)
    if match is None or not _BEGINS.search(data, max(at - _REACH, 0), at):
        return
    for _ in range(_MOST):
        yield from _told(data, match.span(1))
        following = _NEXT.match(data, match.end(1))
        if following is None:
            return
        match = following


def _in_sentence(size: int, data: bytes, at: int) -> Iterator[Found]:
    """Who stands in a sentence behind the name of a role and the word for a name."""
    if match := _IN_SENTENCE.match(data, at + size):
        yield from _told(data, match.span(1))


def _called(size: int, data: bytes, at: int) -> Iterator[Found]:
    """Who stands in a sentence behind the word for a name alone, by a given name."""
    match = _IN_SENTENCE.match(data, at + size)
    if match and given.is_name_of_somebody(match[1]) and is_person(match[1]):
        yield *match.span(1), "person", "role"


SPELT: Final = {
    "owning": tuple(("", sign) for sign in (":", " :", "**", "\t")),
    "named_roles": tuple(("", name) for name in (" name ", "_name ", "'s name ", " named ", " called ")),
}
"""What stands before and behind the words of such a list, where they lead to something."""
READERS: Final[dict[str, Callable[[int, bytes, int], Iterator[Found]]]] = {
    "owning": _on_its_line,
    "named_roles": _in_sentence,
    "role_names": _in_sentence,
    "called_names": _called,
}
"""What reads the names at the words of leads.toml, by their lists."""
