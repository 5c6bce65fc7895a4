"""Whether a value under the name of somebody is a person's account, or what somebody is called on a service."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from triage.redact.named.keys import parts, sense, vocabulary
from triage.redact.pii import national
from triage.redact.pii.neighbours import fields_of_people
from triage.redact.text import Span, letters_in

__all__ = ("account", "handle", "is_free", "is_of_service", "is_role")

_ACCOUNT: Final = re.compile(rb"[A-Za-z0-9._@+\-\x80-\xff]{2,64}")
_UUID_LENGTH: Final = 36
_UUID: Final = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DOMAIN: Final = re.compile(rb"\\{1,15}([A-Za-z][\w.\-]{2,40})(?![\\\w])")
_SMALL_DOMAIN: Final = re.compile(rb"[a-z][a-z0-9.-]{1,30}|\.")
_ESCAPES: Final = frozenset({b"n", b"r", b"t", b"u", b"x"})
# Capitals of Latin letters with marks, of Greek and of Cyrillic ones.
_CAPITAL: Final = rb"(?:[A-Z]|\xc3[\x80-\x9e]|[\xc4\xc5\xc8\xce\xd0][\x80-\xbf])"
_WORD: Final = _CAPITAL + rb"[\w'\x80-\xff-]{1,60}"
_PARTICLES: Final = rb"(?: (?:von|van|de|da|di|del|della|dos|den|der|ten|ter|la|le|al|bin|af|av)){0,3}"
_FULL_NAME: Final = re.compile(_WORD + rb"(?:" + _PARTICLES + rb" " + _WORD + rb"){1,3}")
_STARTS_A_NAME: Final = re.compile(_CAPITAL)
_HANDLE_MARKS: Final = re.compile(rb"[._-]")
# What stands behind the first word of a full name without quotes, up to the end of its line.
_REST_OF_NAME: Final = re.compile(rb"(?: [A-Z\x80-\xff][A-Za-z'\x80-\xff-]{1,30}){1,2}(?=[ \t]*(?:[\r\n(<|,;]|\Z))")
# A name of a database or a store, among other parts of a connection string.
_IN_CONNECTION: Final = re.compile(rb";[A-Za-z][A-Za-z ]{1,30}=|(?:&|%26)(?i:account_?key|sharedaccess\w{3,9})=")
# Who connects, whose name is that of a part of such a string.
_CONNECTS: Final = re.compile(rb"(?i)(?:\A|[;:\s\"'?&{(])(?:user(?: ?id| ?name)?|uid|login|usr)[ ]?=[ ]?[\"']?\Z")
# The password of who connects, in the same string.
_WITH_PASSWORD: Final = re.compile(rb"(?i);[ ]?(?:password|pwd)[ ]?=[ ]?[^;\s]")
_REACH: Final = 240
# What stands behind a name that is called, indexed or made of others: it is code.
_CODE_MARKS: Final = frozenset({b"(", b"[", b"<"})
# What code asks of an object that stands for somebody.
_ATTRIBUTES: Final = frozenset(b"user username uid id name login email value get current currentuser".split())
# What accounts of services end in.
_ROLES: Final = frozenset(b"rw ro etl batch usr sysdba dba job migrate sql jdbc odbc pool prd stg uat".split())
# A thread by its number, and what stands behind a function in a trace.
_THREAD: Final = re.compile(rb"[A-Z][0-9]{1,4}")
_FRAME: Final = re.compile(rb"(?:\r?\n|\\{1,4}n)[^\r\n]{1,200}?\.go:[0-9]| in goroutine |\.\(")
# Files, and what is done, behind "by".
_OF_SCRIPTS: Final = (b".js", b".css", b".ts", b".py")
_GERUND: Final = 7


def account(data: bytes, start: int, end: int, *, in_quotes: bool) -> Span | None:
    """A person's account; those of services stay. In `DOMAIN\\account` only the account is one."""
    domain = _DOMAIN.search(data, start, end) or (None if in_quotes else _DOMAIN.match(data, end))
    if domain and (data[start : domain.start()].isupper() or _in_small_domain(data, start, domain)):
        start, end = domain.span(1)
    value = data[start:end]
    small = value.lower()
    known = vocabulary()
    if _FULL_NAME.fullmatch(data, start, end):
        return None if _of_things(small) else (start, end)
    if not _ACCOUNT.fullmatch(value) or small in known.services or small in known.words or small in known.empty:
        return None
    if small in fields_of_people().users:  # what other languages call one
        return None
    if small in known.nobody or small.endswith((b"bot", b"[bot]")) or small.startswith(b"team-"):
        return None
    if data[end : end + 2] == b" <":  # what an e-mail address follows
        return None
    if len(value) == _UUID_LENGTH and _UUID.fullmatch(small):
        return None
    if len(value) < 3 or value[:1].isdigit() or value[:1] == b"-" or not letters_in(value) or _names_a_field(value):
        return None
    if not in_quotes and _is_of_text(data, end, value):
        return None
    rest = None if in_quotes or not _STARTS_A_NAME.match(value) else _REST_OF_NAME.match(data, end)
    if rest and _of_things(small + rest.group().lower()):
        return None
    return start, rest.end() if rest else end


def _of_things(small: bytes) -> bool:
    """Whether no word of a full name is one that people have: "crash reporter", "build system"."""
    fields, known = fields_of_people(), vocabulary()
    return all(
        word in fields.nobody or word in fields.things or word in known.services or word in known.things
        for word in small.split()
    )


def _is_of_text(data: bytes, end: int, value: bytes) -> bool:
    """Whether what stands for an account without quotes is a word of code, a file or what somebody does."""
    if b"." in value:
        small = value.lower()
        dotted = small.rpartition(b".")[2] in _ATTRIBUTES or small.endswith(_OF_SCRIPTS) or _FRAME.match(data, end)
        if dotted or (value.islower() and value.count(b".") > 1):
            return True
    done = len(value) >= _GERUND and value.endswith(b"ing")
    if done or _THREAD.fullmatch(value) or data[end : end + 1] in _CODE_MARKS:
        return True
    if not _IN_CONNECTION.match(data, end):
        return False
    start = end - len(value)
    if _CONNECTS.search(data, max(start - 24, 0), start) is None:
        return True
    return not (is_free(value) or (is_role(value) and _has_password(data, start, end)))


def _has_password(data: bytes, start: int, end: int) -> bool:
    """Whether a password stands in the connection string of an account."""
    line = data.rfind(b"\n", max(start - _REACH, 0), start) + 1
    stop = data.find(b"\n", end, end + _REACH)
    behind = _WITH_PASSWORD.search(data, end, stop if stop >= 0 else end + _REACH)
    return behind is not None or _WITH_PASSWORD.search(data, line or max(start - _REACH, 0), start) is not None


def is_free(value: bytes) -> bool:
    """Whether no word of an account is that of a service or a thing."""
    words = _words(value)
    return words.isdisjoint(_things()) and words.isdisjoint(vocabulary().services) and words.isdisjoint(_ROLES)


def _is_no_thing(value: bytes) -> bool:
    """Whether no word of an account is one of screens, of code or of things."""
    return _words(value).isdisjoint(_things())


@cache
def _things() -> frozenset[bytes]:
    """The words of screens, of code and of things."""
    known = vocabulary()
    return known.screens | known.words | known.things | known.nobody


def _words(value: bytes) -> set[bytes]:
    """The words of an account, as code writes them and as marks part them."""
    return {word.encode() for word in parts(value.decode("latin-1"))} | {*_HANDLE_MARKS.split(value.lower())}


def handle(data: bytes, start: int, end: int, *, in_quotes: bool) -> Span | None:
    """What somebody is called on a service: one word in small letters or with digits, and none that screens have."""
    span = account(data, start + data.startswith(b"@", start), end, in_quotes=in_quotes)
    value = data[slice(*span)] if span else b""
    plain = value.islower() and value.rstrip(b"0123456789").rpartition(b"screen")[1:] != (b"screen", b"")
    return span if plain and _is_no_thing(value) and b" " not in value else None


def is_of_service(value: bytes) -> bool:
    """Whether every word of an account is that of a service or of what it does: `orders_rw`."""
    words = {*_HANDLE_MARKS.split(value.lower())}
    known = vocabulary()
    return not words.isdisjoint(_ROLES) and words <= known.services | known.nobody | _ROLES


def is_role(value: bytes) -> bool:
    """Whether an account is of two words or more, with what it is for: `orders_rw`, `app-batch`."""
    words = [word for word in _HANDLE_MARKS.split(value.lower()) if word]
    known = vocabulary()
    in_part = _ROLES.isdisjoint(words) and value.lower() in known.services
    return len(words) > 1 and letters_in(value) > 2 and not in_part and value.lower() not in known.nobody


def _names_a_field(value: bytes) -> bool:
    """Whether a value is the name of a field itself; a word for birth behind a dot or with a number is a family too."""
    meaning = sense(value.decode("latin-1"))
    if meaning is not None and meaning.weak in national.HINTS and len(parts(value.decode("latin-1"))) > 1:
        return False  # the first letters of a family
    family = b"." in value or value[-1:].isdigit()
    return meaning is not None and not (meaning.kind == "birth_date" and family)


def _in_small_domain(data: bytes, start: int, domain: re.Match[bytes]) -> bool:
    """Whether an account stands behind a domain in small letters, and no end of a line that is written out."""
    return _SMALL_DOMAIN.fullmatch(data, start, domain.start()) is not None and domain[1][:1] not in _ESCAPES
