"""Credentials in headers: what follows the scheme of an authorization, its parameters, and the values of cookies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote_to_bytes

from triage.redact.named import extents, values
from triage.redact.named.keys import parts, sense, vocabulary
from triage.redact.text import Found, Span, letters_in

__all__ = ("account", "cookie", "cookies", "cookies_of", "header", "unscoped", "without_scheme")

_SCHEME: Final = re.compile(
    rb"(?i)(bearer|basic|token|apikey|api-key|ssws|negotiate|bot|oauth|hmac|jwt|key|sharedkey|sharedaccesssignature|pat|"
    rb"digest|aws4-hmac-sha256|hawk|signature|ntlm|genieKey|splunk|snowflake token)(?:[ \t]+|%20|\+)"
)
# A header that goes on in the next line, behind its scheme.
_FOLDED: Final = re.compile(rb"[ \t]{0,8}\r?\n[ \t]{1,40}")
_ALONE: Final = frozenset({b"bearer", b"basic", b"token"})
_LINE: Final = re.compile(rb"""[^\r\n`\x00]{1,4096}""")
# What follows the sign is no sign: the end of base64 is no parameter.
_PARAMETER: Final = re.compile(
    rb"""([A-Za-z_][\w-]{0,40})[ \t]?=[ \t]?"""
    rb"""(?:\\{0,7}"([^"\\\r\n]{1,2000})\\{0,7}"|([^\s,;"'\\=][^\s,;"'\\]{0,1999}))"""
)
# A key and, behind it, day, region and service.
_SCOPED: Final = re.compile(rb"[A-Z0-9]{16,128}(?=(?:/|%2[fF])[0-9]{8}(?:/|%2[fF]).{1,90}aws4_request)")
_TELLING: Final = frozenset(
    b"response signature sig oauth_signature oauth_token mac hash credential key cnonce".split()
)
_COOKIE: Final = re.compile(rb"([^=;,\s\"'\\]{1,80})=([^;\s\"'\\,]{1,4096})")
# All of a text; what stands behind a name of something else is hexadecimal, a number, or more than one part.
_ACCOUNT: Final = re.compile(rb"[a-z][\w.+-]{1,40}(?:@[\w-]{1,40}(?:\.[\w-]{1,40}){1,4})?:([!-9;-~]{8,128})[\r\n]{0,2}")
# The same as SASL sends it: on whose behalf, who, and the password.
_PLAIN: Final = re.compile(rb"[!-~]{0,80}\0[A-Za-z0-9][\w.@+-]{0,79}\0([!-~]{4,200})")
_SHORTEST: Final = 4
_HEXADECIMAL: Final = re.compile(rb"[0-9A-Fa-f-]+")
# What is written out with percent signs, once or twice, and is read as such.
_DOCUMENT: Final = re.compile(rb"(?i)%(?:25)?(?:7b|5b)")
_DIGEST: Final = re.compile(rb"(?=[0-9]{0,64}[A-Fa-f])(?:[0-9A-F]{32,128}|[0-9a-f]{32,128})")
# The cookies of a request as an object holds them.
_PAIRED: Final = re.compile(rb"(\\{0,3}[\"'])([^\"'\\\s]{1,80})\1\s?(?::|=>)\s?(\\{0,3}[\"'])([^\"'\\\s]{1,4096})\3")
_OBJECT: Final = re.compile(rb"\s{0,40}\{([^{}]{0,8000})")
_MARKS: Final = frozenset({b"path", b"expires", b"domain", b"max-age", b"samesite", b"version", b"priority", b"secure"})


def account(text: bytes) -> Iterator[Found]:
    """The password of a text that is nothing but `user:password`, as clients encode it."""
    match = _ACCOUNT.fullmatch(text)
    if match and values.mixed(match[1], least=8) and not (_HEXADECIMAL.fullmatch(match[1]) or b"//" in match[1]):
        yield *match.span(1), "password", "header"
        return
    match = _PLAIN.fullmatch(text)
    sure = match and (text[:1] == b"\0" or values.mixed(match[1], least=_SHORTEST))
    if match and sure and not values.placeholder(match[1]):
        yield *match.span(1), "password", "header"


def without_scheme(data: bytes, start: int, end: int) -> Span:
    """A token without the word of its scheme."""
    match = _SCHEME.match(data, start, end)
    return (match.end(), end) if match and match.end() < end else (start, end)


def unscoped(data: bytes, start: int, end: int) -> int:
    """Where a value ends: a key of AWS before day, region and service, anything else where it does."""
    match = _SCOPED.match(data, start, end)
    return match.end() if match else end


def header(data: bytes, span: Span | None, at: int) -> Iterator[Found]:
    """The credentials of an authorization header, whose value is in quotes where `span` says so."""
    start, end = span or extents.header(data, at)
    scheme = _SCHEME.match(data, start, end)
    begin = scheme.end() if scheme else start
    if scheme and _PARAMETER.match(data, begin):
        line = _LINE.match(data, begin, end if span else len(data))
        yield from _parameters(data, line.span() if line else (begin, end))
        return
    if span and not scheme:
        if values.holds_secret(data[begin:end], in_quotes=True, assigned=True, after=-1, name=b"authorization"):
            yield begin, end, "authorization", "header"
        return
    value = extents.bare(data, begin)
    if value is None:
        return
    text = data[slice(*value)]
    folded = _FOLDED.match(data, value[1]) if text.lower() in _ALONE else None
    if folded and (lower := extents.bare(data, folded.end())) and values.looks_random(data[slice(*lower)], least=12):
        yield *lower, "authorization", "header"
        return
    if values.placeholder(text) or len(text) < 4 or text.lower() in vocabulary().words:
        return
    if scheme or values.looks_random(text):
        yield value[0], min(value[1], end), "authorization", "header"


def _parameters(data: bytes, span: Span) -> Iterator[Found]:
    """The parameters of a header that prove something: `Digest ..., response="..."`."""
    for match in _PARAMETER.finditer(data, *span):
        group = 2 if match[2] is not None else 3
        meaning = sense(match[1].decode("latin-1"))
        telling = match[1].lower() in _TELLING or (meaning is not None and meaning.weak in {"", "long"})
        if telling and not values.placeholder(match[group]):
            yield *match.span(group), "authorization", "header"


def _spelt(value: bytes) -> bool:
    """Whether a value is words, paths or settings with their marks escaped: its digits are those of the escapes."""
    return b"%" in value and not any(byte in b"0123456789" for byte in unquote_to_bytes(value))


def cookies(data: bytes, span: Span) -> Iterator[Found]:
    """The values of a cookie header that identify: by their name, or by looking made by a program."""
    for match in _COOKIE.finditer(data, *span):
        yield from cookie(data, match.span(1), match.span(2))


def cookies_of(data: bytes, at: int) -> Iterator[Found]:
    """The values of the cookies in an object that begins at a place: `"cookies": {"sid": "...", "lang": "en"}`."""
    held = _OBJECT.match(data, at)
    for match in _PAIRED.finditer(data, *held.span(1)) if held else ():
        yield from cookie(data, match.span(2), match.span(4))


def cookie(data: bytes, name: Span, span: Span) -> Iterator[Found]:
    """The value of one cookie, if it identifies."""
    text, value = data[slice(*name)], data[slice(*span)]
    meaning = sense(text.decode("latin-1"))
    if text.lower() in _MARKS or values.placeholder(value) or _spelt(value):
        return
    if meaning and meaning.weak in {"", "long", "header"} and len(value) >= 4:
        yield *span, "cookie" if meaning.weak == "header" else meaning.kind, "cookie"
    elif (
        values.looks_random(value, least=12)
        and (letters_in(value) >= 4 or _DIGEST.fullmatch(value))
        and not _DOCUMENT.match(value)
        and " ".join(parts(text.decode("latin-1"))).encode() not in vocabulary().builds
    ):
        yield *span, "cookie", "cookie"
