"""What devices and accounts of systems are known by, where programs write it without a name: serial numbers, ids.

`adb: device R58M... offline`, `AdvertisingIdClient.Info{id=...}`. The words that lead to
each stand in leads.toml.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from triage.redact.pii import hosts, owned
from triage.redact.text import Found, digits_in

__all__ = ("READERS",)

_UUID: Final = rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![\w-])"
# Capitals or letters of hexadecimal with digits, and no word, address or emulator.
_FORM: Final = (
    rb"(?:(?=[A-Z]{0,12}[0-9])(?=[0-9]{0,15}[A-Z])[A-Z0-9]{8,20}|(?=[a-f]{0,15}[0-9])[0-9a-f]{8}(?:[0-9a-f]{8})?"
    rb"|(?i:[0-9a-f]{8}-[0-9a-f]{16}|[0-9a-f]{40}|" + _UUID + rb"))(?![\w.:-])"
)
_SERIAL: Final = re.compile(rb"[\"'=]?(" + _FORM + rb")")
_BEFORE: Final = re.compile(rb"(?:\A|[\s\"'])(" + _FORM + rb")\Z")
_ROW: Final = re.compile(rb"\r?\n(?:(" + _FORM + rb")|[\w.:-]{3,60})[ \t]+[a-z]{4,12}[^\n]{0,120}")
_MOST: Final = 16
_ADVERTISED: Final = re.compile(
    rb"(?i)[\w.$]{0,40}(?:[ \t]?[({\[:=][ \t]?|(?:[ \t]\(?[a-z]{2,12}\)?){1,4}[ \t]?[:=]?[ \t])?[\"']?"
    rb"(?:(?:advertising|ad)?_?id[ ]?[=:][ ]?[\"']?)?(" + _UUID + rb")"
)
_NUMBER: Final = re.compile(rb"[\[({'\"<]?([0-9]{14,20}|[0-9A-F]{14})(?![0-9A-Za-z])")
_NEXT_NUMBER: Final = re.compile(rb",[ ]?([0-9]{14,20}|[0-9A-F]{8,14})(?![0-9A-Za-z])")
# The object of a device or a machine up to its name.
_NAMED: Final = re.compile(
    rb"\s{0,40}(?:\\{0,3}\"\w{1,30}\\{0,3}\":\s?(?:\\{0,3}\"[^\"\\\n]{0,80}\\{0,3}\"|[\w.-]{1,40}),\s{0,40}){0,6}"
    rb"\\{0,3}\"name\\{0,3}\":\s?\\{0,3}\"([^\"\\\n]{2,64})\\{0,3}\""
)
_FEWEST: Final = 2
_OF_IMEI: Final = (b"imei", b"gsn")


def _is_made(text: bytes) -> bool:
    """Whether a number is none that is repeated or written out to fill a place."""
    return digits_in(text) >= _FEWEST and len(set(text)) > _FEWEST * 2


def _attached(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The serial number of a device behind words of a tool."""
    match = _SERIAL.match(data, at + size)
    if match and _is_made(match[1]):
        yield *match.span(1), "device_id", "device"


def _listed(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The serial numbers at the beginnings of the lines below a heading."""
    place = at + size
    for _ in range(_MOST):
        row = _ROW.match(data, place)
        if row is None:
            return
        if row[1] and _is_made(row[1]):
            yield *row.span(1), "device_id", "device"
        place = row.end()


def _stated(_size: int, data: bytes, at: int) -> Iterator[Found]:
    """The serial number before the state of its device."""
    match = _BEFORE.search(data, max(at - 48, 0), at)
    if match and _is_made(match[1]):
        yield *match.span(1), "device_id", "device"


def _advertised(size: int, data: bytes, at: int) -> Iterator[Found]:
    """What advertisers know a device by, behind words for it or in the object that holds it."""
    match = _ADVERTISED.match(data, at + size)
    if match and _is_made(match[1]):
        yield *match.span(1), "device_id", "device"


def _numbered(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The number of a telephone or its card, in brackets or quotes behind its name."""
    match = _NUMBER.match(data, at + size)
    lead = data[at : at + size].lower()
    kind = "imei" if any(word in lead for word in _OF_IMEI) or lead.startswith(b"device") else "device_id"
    while match and len(set(match[1])) > _FEWEST:
        yield *match.span(1), kind, "device"
        match = _NEXT_NUMBER.match(data, match.end())


def _owned(size: int, data: bytes, at: int) -> Iterator[Found]:
    """A device that is called by its owner."""
    yield from owned.owned(data, at + 2, at + size)


def _in_object(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The name of a device or a machine in the object that describes it."""
    match = _NAMED.match(data, at + size)
    if match is None:
        return
    if called := owned.called(match[1], in_quotes=True):
        begin = match.start(1)
        yield begin + called[0], begin + called[1], "hostname", "owner"
    elif digits_in(match[1]) and hosts.in_words(match[1]):
        yield *match.span(1), "hostname", "device"


READERS: Final[dict[str, Callable[[int, bytes, int], Iterator[Found]]]] = {
    "attached": _attached,
    "devices": _listed,
    "states": _stated,
    "advertised": _advertised,
    "numbered": _numbered,
    "owned": _owned,
    "objects": _in_object,
}
"""What reads the numbers at the words of leads.toml, by their lists."""
