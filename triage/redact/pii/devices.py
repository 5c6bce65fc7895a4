"""What devices and accounts of systems are known by, where programs write it without a name: serial numbers, ids.

`adb: device R58M... offline`, `AdvertisingIdClient.Info{id=...}`. The words that lead to
each stand in leads.toml.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from triage.redact.pii import hosts, owned
from triage.redact.text import Found, digits_in, line_of

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
    rb"(?i)[\w.$]{0,40}(?:[ \t]?[({\[:=][ \t]?|(?:[ \t]\(?[a-z]{2,12}\)?){0,4}[ \t]?[:=]?[ \t])?[\"']?"
    rb"(?:(?:advertising|ad)?_?id[ ]?[=:][ ]?[\"']?)?(" + _UUID + rb")"
)
# Between the name of a number and it: a word, a sign, what a modem answers in the next line.
_JOINED: Final = re.compile(
    rb"(?i)(?:[ _]?\(?(?:sim|slot)?[ _]?\#?[0-2](?![0-9])\)?)?"
    rb"(?:[ ]?(?:number|no\.?|nr\.?|code|value|#)(?![A-Za-z]))?(?:\(\))?(?:[ ]?(?:->|=>|[:=]|\xe2\x86\x92)[ ]?"
    rb"|[ ](?:is|was|returned|returns|gave|reads|ist|est|es)[ :]{0,2}|\s{1,4}(?:<{1,3}[ ]?)?(?:\+\w{3,6}:[ ]?)?|[ ])?"
)
_NUMBER: Final = re.compile(rb"[\[({'\"<]?([0-9]{14,20}|89[0-9]{30}|[0-9A-F]{14})(?![0-9A-Za-z])")
_NEXT_NUMBER: Final = re.compile(rb",[ ]?([0-9]{14,20}|[0-9A-F]{8,14})(?![0-9A-Za-z])")
# The object of a device or a machine up to its name.
_NAMED: Final = re.compile(
    rb"\s{0,40}(?:\\{0,3}\"\w{1,30}\\{0,3}\":\s?(?:\\{0,3}\"[^\"\\\n]{0,80}\\{0,3}\"|[\w.-]{1,40}),\s{0,40}){0,6}"
    rb"\\{0,3}\"name\\{0,3}\":\s?\\{0,3}\"([^\"\\\n]{2,64})\\{0,3}\""
)
# The value below a heading of its own, or below what asks for it, alone on its line.
_UNDER: Final = re.compile(
    rb"(?:[^\n]{0,60}[ \t\r]*\n[ \t]*(?i:serialnumber|identifyingnumber|uuid))?[ \t\r]{0,80}\n"
    rb"(?:[ \t]*-{3,60}[ \t\r]*\n)?(?:[ \t\r]*\n)?"
)
_VALUE: Final = re.compile(
    rb"[ \t]*((?=[A-Z-]{0,16}[0-9])[A-Z0-9]{1,20}(?:[-/][A-Z0-9]{1,12}){0,4}|[0-9a-f]{8}(?:[0-9a-f]{8})?"
    rb"|[0-9a-f]{40}|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})[ \t\r]*(?:\n|\Z)"
)
_SHORTEST: Final = 6
_HEADINGS: Final = frozenset({b"serialnumber", b"identifyingnumber", b"serial number"})
_FEWEST: Final = 2
_OF_EID: Final = 32
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
    joined = _JOINED.match(data, at + size)
    match = _NUMBER.match(data, joined.end() if joined else at + size)
    lead = data[at : at + size].lower()
    kind = (
        "imei" if any(word in lead for word in _OF_IMEI) or lead.startswith((b"device", b"getdevice")) else "device_id"
    )
    if lead == b"eid" and match and len(match[1]) != _OF_EID:  # that of an event
        return
    while match and len(set(match[1])) > _FEWEST:
        yield *match.span(1), kind, "device"
        match = _NEXT_NUMBER.match(data, match.end())


def _under(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The numbers on the lines below a heading of one column, or below what asks for one."""
    name = data[at : at + size].lower()
    line = line_of(data, at, most=80)[0]
    found = _UNDER.match(data, at + size)
    if found is None or (name in _HEADINGS and data[line:at].strip() and data[at - 1 : at] != b"."):
        return
    place = found.end()
    for _ in range(_MOST):
        value = _VALUE.match(data, place)
        if value is None:
            return
        if len(value[1]) >= _SHORTEST and digits_in(value[1]) and len(set(value[1])) > _FEWEST * 2:
            yield *value.span(1), "device_id", "device"
        place = value.end()


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
    "below": _under,
    "advertised": _advertised,
    "numbered": _numbered,
    "owned": _owned,
    "objects": _in_object,
}
"""What reads the numbers at the words of leads.toml, by their lists."""
