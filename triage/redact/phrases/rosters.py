"""Lists of accounts with their passwords, as programs read them: chpasswd, newusers, cloud-init, clients of Postgres.

`chpasswd <<EOF` over lines of `user:password`; `chpasswd:` with a list below it; `chpasswd: {list: ["user:password"]}`;
`host:port:database:user:password`; the secrets of pppd, in columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact.named import extents, values
from triage.redact.named.judging import judged
from triage.redact.named.keys import Sense, vocabulary
from triage.redact.pii.hosts import in_words, is_host
from triage.redact.plain_words import is_plain_word
from triage.redact.text import Found, line_of

__all__ = ("PROGRAMS", "dialled", "is_entry", "lettered", "listed", "members", "owned")

PROGRAMS: Final = (b"chpasswd", b"newusers")
_OPENED: Final = re.compile(
    rb"""[^\n|;&]{0,40}<<-?[ \t]{0,4}\\?["']?([A-Za-z_]{1,20})["']?[^\n]{0,80}\n|["']?:[ \t]*\r?\n"""
)
_INLINE: Final = re.compile(rb"""["']?:[ ]?\{[^\n]{0,40}\[""")
_ENTRY: Final = re.compile(
    rb"""[ \t]{0,40}(?:-[ \t]+)?["']?[A-Za-z_][\w.-]{0,31}:([^\s:"']{4,200})(?::[^\s]{0,200})?["']?[ \t\r]*(?:\n|\Z)"""
)
_STRING: Final = re.compile(rb"""["'][A-Za-z_][\w.-]{0,31}:([^\s"']{4,200})["']""")
_MOST: Final = 64
_PORTS: Final = frozenset({b"5432", b"5433", b"6432", b"5439", b"26257", b"*"})
_LEAST_OF_LETTERS: Final = 6
_ACCOUNT: Final = Sense("username", "user")
# The account of a list of YAML, and that of one of JSON. Who a cluster knows by a certificate or a token is a program
# or a cluster, unless it is called as people are.
_MEMBER: Final = re.compile(
    rb"([ \t]{0,40})(-[ \t]+)?[\"']?name[\"']?:[ \t]+[\"']?([a-z_][\w.-]{1,31})[\"']?[ \t\r]*(?:#[^\n]*)?(?=\n|\Z)"
    rb"(\n[ \t]*user:[ \t\r]*\n(?![ \t]*auth-provider:))?"
)
_OF_PEOPLE: Final = re.compile(rb"[a-z]{3,20}[0-9]{0,4}|[a-z]{2,20}[._][a-z]{2,20}[0-9]{0,4}")
_IN_OBJECTS: Final = re.compile(rb"[{,]\s{0,20}\"name\"\s?:\s?\"([a-z_][\w.-]{1,31})\"")
_REACH: Final = 4_096
# Of pppd: the client, the server and what they share, and from where the client may come.
_REST: Final = re.compile(rb"[^\n]{0,200}\n")
_LONGEST_HEADING: Final = 160
_HEADING: Final = re.compile(rb"(?i)secrets for|(?:chap|pap|srp)-secrets|client\s{1,40}server\s{1,40}secret")
_PEERS: Final = re.compile(
    rb"""(?:"([^"\n]{1,80})"|([^\s"#]{1,80}))[ \t]+(?:"[^"\n]{1,80}"|[^\s"]{1,80})[ \t]+"""
    rb"""(?:"([^"\n]{1,200})"|([^\s"]{3,200}))"""
    rb"""(?:[ \t]+(?:\*|-|"[^"\n]{0,40}"|!?[0-9][0-9.:/]{2,40})){0,8}[ \t]*(?:\#[^\n]*)?\r?(?=\n|\Z)"""
)
_NONE: Final = frozenset({b"random", b"none", b"null"})
_REST_OF_ENTRY: Final = re.compile(rb"[^\s:]{4,80}\s{0,4}")


def listed(data: bytes, at: int) -> Iterator[Found]:
    """The passwords of a list that begins at the name of such a program, or at the key that cloud-init has for it."""
    end = at + len(PROGRAMS[0])
    if inline := _INLINE.match(data, end):
        stop = line_of(data, end, most=600)[1]
        for string in _STRING.finditer(data, inline.end(), stop):
            yield from _told(string)
        return
    opened = _OPENED.match(data, end)
    if opened is None:
        return
    place = opened.end()
    indent = at - line_of(data, at, most=80)[0]
    for _ in range(_MOST):
        stop = line_of(data, place, most=600)[1]
        line = data[place:stop]
        text = line.strip()
        shallow = opened[1] is None and len(line) - len(line.lstrip(b" \t")) <= indent and text[:1] != b"-"
        if place >= len(data) or text == (opened[1] or b"") or shallow:
            return
        if entry := _ENTRY.match(data, place):
            yield from _told(entry)
        place = stop + 1


def is_entry(data: bytes, start: int, end: int) -> bool:
    """Whether an entry of `.pgpass` is all of its line, of a machine that is one by its name."""
    host, port, _, _, _ = data[start:end].split(b":")
    line, stop = line_of(data, start, most=400)
    rest = _REST_OF_ENTRY.fullmatch(data, end, stop)
    told = rest is not None and not values.placeholder(rest.group())
    return line == start and told and port.isdigit() and in_words(host)


def lettered(data: bytes, start: int, end: int) -> Iterator[Found]:
    """The password of an entry of `.pgpass` of letters alone: it ends the line, behind a port of databases."""
    port = data[start:end].split(b":")[1]
    span = extents.to_line_end(data, end, words=False)
    value = data[slice(*span)] if span else b""
    whole = span is not None and span[1] == line_of(data, end, most=600)[1]
    lettered = value.isalpha() and len(value) >= _LEAST_OF_LETTERS
    if span and whole and lettered and port in _PORTS and not (values.placeholder(value) or is_plain_word(value)):
        yield *span, "password", "roster"


def owned(data: bytes, start: int, end: int) -> Iterator[Found]:
    """The machine and the account of an entry of `.pgpass`, of which all but the password stands in a range."""
    host, _, _, user, _ = data[start:end].split(b":")
    if is_host(host, named=True):
        yield start, start + len(host), "hostname", "roster"
    span = end - 1 - len(user), end - 1
    yield from judged(data, span, _ACCOUNT, in_quotes=True, assigned=True, name=(start, start))


def members(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The accounts of a list under `users`, as cloud-init, Ignition and brokers have them."""
    place = at + size
    if data[place - 1 : place] == b"{":
        ends = (data.find(mark, place, place + _REACH) for mark in (b"]", data[at : at + size]))
        for named in _IN_OBJECTS.finditer(
            data, place - 1, min((end for end in ends if end >= 0), default=place + _REACH)
        ):
            yield from _account(data, named.span(1))
        return
    indent = at - line_of(data, at, most=80)[0]
    depth = -1
    for _ in range(4 * _MOST):
        start, stop = line_of(data, place, most=600)
        text = data[start:stop].lstrip(b" \t")
        deep = stop - start - len(text)
        item = text[:2] == b"- "
        if place >= len(data) or (text.strip() and (deep < indent or (deep == indent and not item))):
            return
        if depth < 0:
            if not item:
                return
            depth = deep + len(text) - len(text[1:].lstrip(b" \t"))
        member = _MEMBER.match(data, start)
        called = member and (member[4] is None or _is_called(member[3]))
        if member and called and len(member[1]) + len(member[2] or b"") == depth:
            yield from _account(data, member.span(3))
        place = stop + 1


def _is_called(name: bytes) -> bool:
    """Whether who a cluster knows is called as people are, not as clusters and programs."""
    return _OF_PEOPLE.fullmatch(name) is not None and name.rstrip(b"0123456789") not in vocabulary().clusters


def dialled(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The clients and what each shares with its server, in the columns of a file of pppd from its heading on."""
    heading = _REST.match(data, at + size)
    line = line_of(data, at, most=_LONGEST_HEADING)[0]
    if heading is None or not _HEADING.search(data, line, at + size):
        return
    place = heading.end()
    for _ in range(_MOST):
        stop = line_of(data, place, most=600)[1]
        if place >= len(data):
            return
        text = data[place:stop].strip()
        peer = _PEERS.match(data, place, min(stop + 1, len(data))) if text[:1] not in {b"", b"#"} else None
        if peer:
            client, secret = 1 if peer[1] is not None else 2, 3 if peer[3] is not None else 4
            told = secret == 3 or values.mixed(peer[4], least=5)
            if not told or values.placeholder(peer[secret]) or peer[secret].startswith(b"@/"):
                return
            yield from _account(data, peer.span(client))
            yield *peer.span(secret), "password", "roster"
        elif text[:1] not in {b"", b"#"}:
            return
        place = stop + 1


def _account(data: bytes, span: tuple[int, int]) -> Iterator[Found]:
    """The account at a place."""
    yield from judged(data, span, _ACCOUNT, in_quotes=True, assigned=True, name=(span[0], span[0]))


def _told(entry: re.Match[bytes]) -> Iterator[Found]:
    """The password of an entry, unless one is to be made."""
    if entry[1].lower() not in _NONE and not values.placeholder(entry[1]):
        yield *entry.span(1), "password", "roster"
