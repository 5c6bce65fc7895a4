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
# Lines of papers (ICAO 9303, parts 4 to 7), with the fields in them that a digit behind checks.
_OF_LINES: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<")
_LONGEST_LINE: Final = 44
_OF_CARDS: Final = 30
_LINE: Final = re.compile(rb"(?<![A-Z0-9<])[A-Z0-9<]{28,44}(?![A-Za-z0-9<])")
_NAMES_BELOW: Final = re.compile(
    rb"(?:\r?\n|\\{1,4}n)(?:[ \t]{0,16}|[\w .-]{1,20}[:=][ \t]{0,4})([A-Z]{2,28}<<[A-Z<]{2,28})(?![A-Z0-9<])"
)
_CHECKED: Final = (
    (
        re.compile(rb"[A-Z0-9<]{9}[0-9][A-Z<]{3}[0-9]{6}[0-9][MFX<][0-9]{6}[0-9][A-Z0-9<]{7,16}"),
        ((0, 9), (13, 19), (21, 27)),
    ),
    (re.compile(rb"[0-9]{6}[0-9][MFX<][0-9]{6}[0-9][A-Z<]{3}[A-Z0-9<]{11}[0-9]"), ((0, 6), (8, 14))),
    (re.compile(rb"[ACI][A-Z<][A-Z<]{3}[A-Z0-9<]{9}[0-9][A-Z0-9<]{15}"), ((5, 14),)),
)
_WEIGHTS: Final = (7, 3, 1)
_FILLER: Final = ord("<")
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


def _second_line(_size: int, data: bytes, at: int) -> Iterator[Found]:
    """The line of a passport, a visa or a card that machines read, around what fills it: told by its checks."""
    if data[at - 1 : at] == b"<":  # read where what fills it begins
        return
    start = at
    first = max(at - _LONGEST_LINE, 0)
    while start > first and data[start - 1] in _OF_LINES:
        start -= 1
    line = _LINE.match(data, start)
    if line is None or line.end() < at or not any(_holds(line.group(), form) for form in _CHECKED):
        return
    yield *line.span(), "passport", "papers"
    names = _NAMES_BELOW.match(data, line.end())
    if names and len(line.group()) == _OF_CARDS:
        yield *names.span(1), "passport", "papers"


def _holds(line: bytes, form: tuple[re.Pattern[bytes], tuple[tuple[int, int], ...]]) -> bool:
    """Whether a line is of a form, and digits behind its fields are those that check them: all but one may be."""
    fields, checked = form
    if fields.fullmatch(line) is None:
        return False
    right = sum(_check(line[begin:end]) == line[end] - 48 for begin, end in checked)
    return right >= max(len(checked) - 1, 1)


def _check(field: bytes) -> int:
    """The digit that checks a field: ICAO 9303, part 3, 4.9.

    Examples
    --------
    >>> _check(b"L898902C3"), _check(b"740812")
    (6, 2)
    """
    total = 0
    for place, byte in enumerate(field):
        value = byte - 48 if byte < 58 else 0 if byte == _FILLER else byte - 55
        total += value * _WEIGHTS[place % 3]
    return total % 10


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
    "filled": _second_line,
}
"""What reads the values at the words of leads.toml, by their lists."""
