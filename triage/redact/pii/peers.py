"""Who and what an address is of, right before it.

`web-3/10.0.0.3`, `account/10.0.0.3:1194`, `{node-3}{10.0.0.3}`, `relay=web-3[10.0.0.3]`, `web-3 (10.0.0.3)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact.named import users
from triage.redact.named.judging import judged
from triage.redact.named.keys import Sense
from triage.redact.pii import hosts
from triage.redact.text import Found, Span

__all__ = ("before_address", "behind_address")

_ACCOUNT: Final = Sense("username", "user")
_LONGEST: Final = 64
# A word of its own before the bracket around an address, and what closes that.
_NAMED: Final = re.compile(rb"(?:\A|[\s='\"(<,:])([A-Za-z][\w.-]{2,62}) ?\Z")
_CLOSED_BY: Final = {b"[": b"]", b"(": b")"}
# A client of OpenVPN: an account, and behind the address the port of UDP or TCP.
_CLIENT: Final = re.compile(rb"(?:\A|[\s'\"\[(>])([A-Za-z][\w.@-]{2,60})\Z")
_PORT: Final = re.compile(rb":[0-9]{2,5}(?![\w.:])")
_OF_CLIENTS: Final = re.compile(
    rb"\b(?:MULTI|PUSH|TLS|SIGUSR1|SIGTERM|SENT CONTROL|VERIFY (?:OK|ERROR|X509)|(?:Data|Control|Outgoing Data) Channel"
    rb"|peer[- ]info|Connection reset, restarting|Inactivity timeout)\b|(?i:\bopenvpn\b|\bovpn)"
)
_NEAR: Final = 200
_BRACKETED: Final = re.compile(rb" \(([A-Za-z][\w.-]{2,62})\)")
_NODE: Final = re.compile(rb"[A-Za-z][\w.-]{2,62}")
# Where the machine of a node of Elasticsearch stands: behind its name, an id, and one for this start.
_MACHINE: Final = 3
_MOST: Final = 6
_REACH: Final = 82


def before_address(data: bytes, at: int, end: int) -> Iterator[Found]:
    """The machine or the account before an address, whose slash or brace stands at a place."""
    sign = data[at : at + 1]
    if sign == b"{":
        yield from _node(data, at)
        return
    if sign in _CLOSED_BY:
        yield from _resolved(data, at, end)
        return
    found = [*hosts.before_address(data, at)]
    yield from found
    client = None if found or not _PORT.match(data, end) else _CLIENT.search(data, max(at - _LONGEST, 0), at)
    if client and users.is_free(client[1]) and _OF_CLIENTS.search(data, max(at - _NEAR, 0), end + _NEAR):
        yield from judged(data, client.span(1), _ACCOUNT, in_quotes=True, assigned=True, name=(at, at))


def _resolved(data: bytes, at: int, end: int) -> Iterator[Found]:
    """The machine before its address in brackets, as servers of mail and tools for networks write both."""
    if data[end : end + 1] != _CLOSED_BY[data[at : at + 1]]:
        return
    match = _NAMED.search(data, max(at - _LONGEST, 0), at)
    if match and hosts.is_own(match[1]):
        yield *match.span(1), "hostname", "peer"


def behind_address(data: bytes, end: int) -> Iterator[Found]:
    """The machine in brackets behind an address, which ends at a place."""
    match = _BRACKETED.match(data, end)
    if match and hosts.is_sited(match[1]) and hosts.in_words(match[1]):
        yield *match.span(1), "hostname", "peer"


def _node(data: bytes, at: int) -> Iterator[Found]:
    """The name of a node in braces, and that of its machine."""
    parts: list[Span] = []
    end = at
    while data[end - 1 : end] == b"}":
        opened = data.rfind(b"{", max(end - _REACH, 0), end - 1)
        if opened < 0 or len(parts) == _MOST:
            return
        parts.insert(0, (opened + 1, end - 1))
        end = opened
    for number, span in enumerate(parts):
        if number in {0, _MACHINE} and _NODE.fullmatch(data, *span) and hosts.in_words(data[slice(*span)]):
            yield *span, "hostname", "node"
