"""What people and their devices are known by on services and platforms, by the form of it or the word that leads to it.

`76561198...` (Steam), `00008110-...` (Apple), what a phone is pushed messages by, tickets of game services, and where a
phone was. The words that lead to each stand in leads.toml.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from triage.redact.named import users
from triage.redact.text import Found, digits_in

__all__ = ("READERS",)

_SIGN: Final = rb"\\{0,3}[\"']?[ \t]{0,4}[:=]?[ \t]{0,4}\\{0,3}[\"']?"
# The 64-bit form of an account, and both short ones: Valve, developer.valvesoftware.com/wiki/SteamID.
_PLAYER: Final = re.compile(
    rb"7656119[0-9]{10}(?![0-9])|(?i:\[U:1:[0-9]{3,11}\]|STEAM_[0-5]:[01]:[0-9]{3,11})(?![0-9])"
)
# What the player is called: behind the number, or before it as game servers write it.
_BESIDE: Final = re.compile(
    rb"[)\]]?[ ,;|]{1,3}(?:\(|(?:name|nick|player|persona)(?:name)?[=:] ?)[\"']?([\w.-]{3,32})(?![\w.(-])"
)
_BEFORE: Final = re.compile(rb"\"([^\"<>\n]{2,32})<[0-9]{1,4}><\Z")
_APPLE: Final = re.compile(rb"0000[0-9A-Fa-f]{4}-[0-9A-Fa-f]{16}(?![\w-])")
_NUMBER: Final = re.compile(_SIGN + rb"([0-9]{15,19}|[0-9a-f]{32})(?!\w)")
_CALLED: Final = re.compile(_SIGN + rb"(?=[\w.-]{0,31}[0-9A-Z])([A-Za-z][\w.-]{2,31})(?![\w.(-])")
_JOINED: Final = re.compile(rb"(?:\A|[ \]:])([A-Za-z0-9_]{3,16})\[\Z")
_PLAYS: Final = re.compile(rb"(?:\?name=)?([A-Za-z0-9][\w-]{2,31})(?=[\s,?&\"')]|\.?(?:\s|\Z))")
_PLAYING: Final = re.compile(rb"(?:\A|\n|[\]>:*] )([A-Za-z0-9_]{3,16})\Z")
_KNOWN_BY: Final = re.compile(
    rb"(?:\w{3,16} is )?([0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12})(?![0-9A-Za-z-])"
)
_OF_A_GAME: Final = re.compile(rb"--(?:user[nN]ame|accessToken|assetIndex|userType|xuid)\b|minecraft")
# Thirty-two bytes, as APNs has them or as an object of them prints.
_PUSHED: Final = re.compile(
    rb"\\{0,3}[\"']?[ \t]{0,2}[:=]?[ \t]{0,2}[\"'<{]{0,2}"
    rb"([0-9a-fA-F]{64}|[0-9a-fA-F]{8}(?: [0-9a-fA-F]{8}){7})(?![0-9a-fA-F])"
)
_TICKET: Final = re.compile(_SIGN + rb"([0-9A-Fa-f]{64,4096})(?![0-9A-Za-z])")
# What Firebase registers a device by: an id, and what follows its sign.
_REGISTERED: Final = re.compile(rb"([\w-]{11,40})\Z")
_REGISTRATION: Final = re.compile(rb"[\w-]{100,400}")
_LINES: Final = re.compile(rb"P<[A-Z<]{3}[A-Z<]{20,41}(?:(?:\r?\n|\\{1,4}n)[ \t]{0,16}[A-Z0-9<]{28,44})?(?![A-Z0-9<])")
_PLACE: Final = re.compile(rb"[<(]([+-]?[0-9]{1,2}\.[0-9]{4,17}), ?([+-]?[0-9]{1,3}\.[0-9]{4,17})\Z")


def _player(_size: int, data: bytes, at: int) -> Iterator[Found]:
    """An account by the form of its number."""
    match = _PLAYER.match(data, at)
    if match is None or data[at - 1 : at].isalnum() or data[at - 1 : at] in {b".", b"-"}:
        return
    yield *match.span(), "username", "player"
    beside = _BESIDE.match(data, match.end()) or _BEFORE.search(data, max(at - 48, 0), at)
    if beside:
        yield *beside.span(1), "username", "player"


def _numbered(size: int, data: bytes, at: int) -> Iterator[Found]:
    """An account by the word for its number."""
    if match := _NUMBER.match(data, at + size):
        yield *match.span(1), "username", "player"


def _called(size: int, data: bytes, at: int) -> Iterator[Found]:
    """What a player is called: a word with a digit or a capital."""
    match = _CALLED.match(data, at + size)
    if match and users.account(data, *match.span(1), in_quotes=True):
        yield *match.span(1), "username", "player"


def _joined(_size: int, data: bytes, at: int) -> Iterator[Found]:
    """Who joins a game, before an address."""
    bracket = data.rfind(b"[/", max(at - 64, 0), at)
    match = _JOINED.search(data, max(bracket - 17, 0), bracket + 1) if bracket >= 0 else None
    if match:
        yield *match.span(1), "username", "player"


def _named(size: int, data: bytes, at: int) -> Iterator[Found]:
    """Who joins a game, behind the words for that."""
    match = _PLAYS.match(data, at + size)
    if match and (digits_in(match[1]) or users.is_free(match[1])):
        yield *match.span(1), "username", "player"


def _doing(_size: int, data: bytes, at: int) -> Iterator[Found]:
    """Who plays, before what happens."""
    match = _PLAYING.search(data, max(at - 40, 0), at)
    if match and (digits_in(match[1]) or users.is_free(match[1])):
        yield *match.span(1), "username", "player"


def _player_id(size: int, data: bytes, at: int) -> Iterator[Found]:
    """What a player is known by, among the arguments of a game or behind the name."""
    match = _KNOWN_BY.match(data, at + size)
    if match and (b"player" in data[at : at + size].lower() or _OF_A_GAME.search(data, max(at - 600, 0), at + 600)):
        yield *match.span(1), "username", "player"


def _apple(_size: int, data: bytes, at: int) -> Iterator[Found]:
    """A device of Apple's by the number of its processor and its own."""
    match = _APPLE.match(data, at)
    if match and not data[at - 1 : at].isalnum():
        yield *match.span(), "device_id", "device"


def _pushed(size: int, data: bytes, at: int) -> Iterator[Found]:
    """What a device is pushed messages by."""
    if match := _PUSHED.match(data, at + size):
        yield *match.span(1), "token", "pushed"


def _ticket(size: int, data: bytes, at: int) -> Iterator[Found]:
    """A ticket that logs in to a game."""
    if match := _TICKET.match(data, at + size):
        yield *match.span(1), "token", "ticket"


def _registered(size: int, data: bytes, at: int) -> Iterator[Found]:
    """What Firebase registers a device by."""
    before = _REGISTERED.search(data, max(at - 40, 0), at)
    behind = _REGISTRATION.match(data, at + size)
    if before and behind and digits_in(behind.group()):
        yield before.start(1), behind.end(), "token", "pushed"


def _located(_size: int, data: bytes, at: int) -> Iterator[Found]:
    """Where a device was: both degrees before how exact they are."""
    if match := _PLACE.search(data, max(at - 48, 0), at):
        yield *match.span(1), "coordinates", "located"
        yield *match.span(2), "coordinates", "located"


def _read_by_machines(_size: int, data: bytes, at: int) -> Iterator[Found]:
    """The lines of a passport that machines read (ICAO 9303): name and number."""
    if match := _LINES.match(data, at):
        yield *match.span(), "passport", "papers"


READERS: Final[dict[str, Callable[[int, bytes, int], Iterator[Found]]]] = {
    "players": _player,
    "player_numbers": _numbered,
    "player_names": _called,
    "players_joined": _joined,
    "players_named": _named,
    "players_doing": _doing,
    "player_uuids": _player_id,
    "apples": _apple,
    "pushed": _pushed,
    "tickets": _ticket,
    "registered": _registered,
    "located": _located,
    "machine_read": _read_by_machines,
}
"""What reads the values at the words of leads.toml, by their lists."""
