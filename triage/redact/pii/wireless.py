"""Names of wireless networks, by which places and families are found: `SSID: "Weber-5G"`, `wifi connect Weber-5G`.

What a field of one holds, for `judging`; and what systems and their programs say of networks in words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from triage.redact.named import extents, values
from triage.redact.named.keys import vocabulary
from triage.redact.text import Found, Span, digits_in, letters_in

__all__ = ("READERS", "part")

_SHORTEST: Final = 2
# As the standard has it, in bytes.
_LONGEST: Final = 32
_FEWEST_DIGITS: Final = 4
_LEAST: Final = 4
_BEYOND_ASCII: Final = 0x80
_WORD: Final = re.compile(rb"[^\s\"'`,;&<>{}()\[\]|\\=]{1,64}")
_WORDS: Final = re.compile(rb"[^\x00-\x20\"'`,;<>{}()\[\]|\\=][^\x00-\x1f\"`,;<>{}()\[\]|\\=]{0,64}")
# Where a network's name ends that stands in no quotes: before blanks of a table, or the next field.
_NEXT: Final = re.compile(rb"[ ]{2}|[ ][\w.-]{1,30}:")
_OF_CODE: Final = re.compile(rb"(?i)[\w$.>-]{0,60}ssid\w{0,20}|%[a-z@]|[a-z]\w{0,40}(?:\.[a-z]\w{0,40}){1,4}")
# What stands there and is no network: states, types, kinds of networks.
_NONE: Final = frozenset(
    b"string str text varchar char bytes nsstring object number integer boolean optional required type value field name"
    b" hidden visible broadcast unknown none null nil any off on auto wildcard disabled enabled connected disconnected"
    b" available unavailable associated roaming scanning wifi wi-fi wlan wireless ethernet cellular mobile true false"
    b" mixed empty off/any not-associated off\\any"
    b" oculto oculta verborgen versteckt nascosto nascosta nieznany inconnu desconocido".split()
)
# Words of its family beside a word for a network; what a card of a machine is called, and networks of other kinds.
_FAMILY: Final = re.compile(
    rb"(?:[A-Z][\w']{2,20}[-_.](?i:wi-?fi|wlan|guest|gast|home|hotspot|iot|airport|network|net))|[A-Z][a-z]{2,20}(?:WiFi|Wifi|WLAN|Wlan|Home|Guest|Gast|Net)"
)
_NO_FAMILY: Final = re.compile(
    rb"(?i)(?:eth|en[ospx]?|wl|wlan|wlp|tun|tap|br|bond|veth|docker|lo|ppp|virbr|wwan|utun|ethernet|bridge|lte|umts|gsm|nr)"
    rb"[-_]?[a-z]?[0-9]{1,3}(?:s[0-9]{1,3})?|(?:main|test|dev|local|side|stage)net[\w.-]{0,20}"
)
_TITLED: Final = re.compile(
    rb"((?!Ethernet|Wired|Connected|Local|Unidentified|Public|Private|Mobile|Cell|VPN|Virtual)[A-Z][^\s,;=()]{3,20}"
    rb"(?: (?=[a-z]{0,12}[A-Z0-9])[^\s,;=()]{1,16}){1,3})(?=[ \t\r]*(?:\n|\Z))"
)
_MAC: Final = re.compile(rb"(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}")
_NAMED: Final = re.compile(
    rb"(?i)(?:[ ]?(?:name|named|called|ssid|is|to)){0,2}[ \t]{0,32}(?:(:|=)[ \t]{0,4})?"
    rb"(\\{0,3}[\"']|\xc2\xab|\xe2\x80[\x98\x9c\x9e])?(?=\S)"
)
_CLOSING: Final = re.compile(rb"\\{0,3}[\"'\n]|\xc2\xbb|\xe2\x80[\x98-\x9d]")
# What any connection begins with, of which network card it may be.
_ACTIVATION: Final = b"activation"
_ITEM: Final = re.compile(rb"[0-9]{1,3}[ \t]{1,8}:[ ]")
_EXTRA: Final = re.compile(rb"[^\n]{0,160}?\bextra(?:Info)?: \"?([^\",\n]{2,34})")
_CODE: Final = re.compile(rb"(?:[TRHIE]:[^;\n]{0,64};){0,4}S:((?:[^;\\\n]|\\.){2,64});")


def part(data: bytes, span: Span, *, in_quotes: bool) -> Span | None:
    """The name of a network in a value, which goes on beyond a blank where no quote ends it.

    Examples
    --------
    >>> part(b"SSID : Weber 5G, RSSI: -60", (7, 12), in_quotes=False)
    (7, 15)
    """
    start, end = span
    if in_quotes:
        return span if _is_network(data[start:end]) else None
    alone = data[start - 1 : start] == b"="
    match = (_WORD if alone else _WORDS).match(data, start)
    if match is None or data[match.end() : match.end() + 1] in {b"(", b"["}:
        return None
    stop = match.end()
    if data[stop : stop + 1] == b"=":
        stop = data.rfind(b" ", start, stop)
    following = None if alone else _NEXT.search(data, start, max(stop, start))
    text = data[start : following.start() if following else max(stop, start)].rstrip(b" .'")
    if len(text) > _LONGEST:
        text = text.partition(b" ")[0]
    return (start, start + len(text)) if not _is_prose(text) and _is_network(text) else None


def _is_prose(text: bytes) -> bool:
    """Whether words without quotes around them say something of a network, and name none."""
    words = text.split(b" ")
    if len(words) == 1 or not words[0].islower():
        return False
    return words[0] in vocabulary().words | _NONE or (len(words) > _SHORTEST and all(map(bytes.islower, words)))


def _is_network(text: bytes) -> bool:
    """Whether a text may be the name of a network."""
    small = text.lower()
    if not _SHORTEST <= len(text) <= _LONGEST or small.strip(b"&*?!") in _NONE or small in vocabulary().empty:
        return False
    marked = not (text[:1].isalnum() or text[0] >= _BEYOND_ASCII) and values.placeholder(text)
    if marked or values.in_code(text) or values.is_plain(text) or _OF_CODE.fullmatch(text) or _MAC.match(text):
        return False
    return letters_in(text) > 0 or digits_in(text) >= _FEWEST_DIGITS


def _named(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The network that is named behind words for one: in quotes, or behind a colon."""
    match = _NAMED.match(data, at + size)
    if match is None or not (match[1] or match[2]):
        return
    if data[at : at + 10].lower() == _ACTIVATION and b"(wl" not in data[max(at - 24, 0) : at]:
        return
    closing = _CLOSING.search(data, match.end(), match.end() + 2 * _LONGEST) if match[2] else None
    span = (match.end(), closing.start() if closing else match.end())
    found = part(data, span, in_quotes=closing is not None) if closing or not match[2] else None
    if found:
        yield *found, "ssid", "network"


def _told(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The network that a command is told: a string or a word."""
    span = extents.after(data, at + size)
    quoted = span is not None and span[0] > at + size
    found = part(data, (span[0], span[1]), in_quotes=True) if span else None
    if found and (quoted or data[found[0] : found[0] + 1] != b"-"):
        yield *found, "ssid", "network"


def _mentioned(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The network in a sentence, if it is no word; whatever stands in quotes."""
    if data[at + size : at + size + 1] in _QUOTED:
        yield from _told(size, data, at)
        return
    word = _WORD.match(data, at + size)
    text = word.group().rstrip(b".:") if word else b""
    # Behind a colon the rest of the line is one, if it is no sentence.
    line = _TITLED.match(data, at + size) if data[at + size - 2 : at + size] == b": " else None
    text = line[1] if line and line.end(1) - line.start() <= _LONGEST else text
    told = values.mixed(text, least=_LEAST) or _FAMILY.fullmatch(text)
    if word and told and not _NO_FAMILY.fullmatch(text) and not text[:1].isdigit() and _is_network(text):
        yield word.start(), word.start() + len(text), "ssid", "network"


def _item(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The network with its number in a list of those that are near."""
    match = _ITEM.match(data, at + size)
    found = part(data, (match.end(), match.end()), in_quotes=False) if match else None
    if found:
        yield *found, "ssid", "network"


def _within(form: re.Pattern[bytes], size: int, data: bytes, at: int) -> Iterator[Found]:
    """The network in a record of several fields, or in a code to scan."""
    match = form.match(data, at + size)
    if match and _is_network(match[1]):
        yield *match.span(1), "ssid", "network"


def _connected(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The network of a connection, as Android writes what it knows of one."""
    yield from _within(_EXTRA, size, data, at)


def _scanned(_size: int, data: bytes, at: int) -> Iterator[Found]:
    """The network in a code to scan."""
    yield from _within(_CODE, len(b"wifi:"), data, at)


_QUOTED: Final = frozenset({b'"', b"'"})
READERS: Final[dict[str, Callable[[int, bytes, int], Iterator[Found]]]] = {
    "networks": _named,
    "joined": _told,
    "mentioned": _mentioned,
    "neighbours": _item,
    "connections": _connected,
    "scanned": _scanned,
}
"""What reads the networks at the words of leads.toml, by their lists."""
