"""Whose something is, as formats and programs write it: accounts of password files and networks, numbers, contacts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from triage.redact.named import values
from triage.redact.named.judging import judged
from triage.redact.named.keys import Sense, sense, vocabulary
from triage.redact.pii import people
from triage.redact.pii.hosts import is_host
from triage.redact.text import Found, Span, digits_in

__all__ = ("READERS", "SPELT")

_ACCOUNT: Final = Sense("username", "user")
_PHONE: Final = Sense("phone", "phone")
_HASHED: Final = re.compile(rb"(?:\A|[\s\"'>]|\\n)([A-Za-z_][\w.@-]{2,63})\Z")
_DIGEST: Final = re.compile(rb"[\w./+=,$:-]{8}")
# In brackets how often it was hashed, and behind the name of a cipher only a colon or a bracket.
_DUMPED: Final = re.compile(
    rb"(?:[ \t]{0,24}(?:[0-9]{1,2})?(?:[ \t]{0,24}\([0-9]{1,5}\))?[ \t]{0,24}(?::|=|is)[ \t]{0,4}|\)[ \t]{1,4}\()"
    rb"(?:0x)?((?:[0-9a-fA-F]{32}:)?[0-9a-fA-F]{16,128})(?![\w.-])"
)
_FEWEST_KINDS: Final = 6
_MACHINE: Final = re.compile(
    rb"[^\s]{1,120}(?:\s{1,40}(?!machine\b)[a-z]{3,8}\s{1,20}[^\s]{1,200}){0,2}?\s{1,40}login\s{1,20}([^\s]{3,64})"
    rb"(?=(?:\s|\\n){1,40}(?:password|passwd|account|macdef)\b)"
)
# Of the entry for every other machine.
_DEFAULT: Final = re.compile(rb"([^\s]{3,64})(?=(?:\s|\\n){1,40}(?:password|passwd|account|macdef)\b)")
_REFUSED: Final = re.compile(rb"[^\n()]{0,40}\(['\"]([A-Za-z][\w.-]{2,40})['\"]\)")
_PEER: Final = re.compile(
    rb"[\[\"'<]?([a-z][\w.-]{2,40})[\]\"'>]?:? (?:(?:has |was |is )?(?:(?:been )?(?:assigned|allocated|given"
    rb"|leased|connected"
    rb"|disconnected|authenticated|reconnected|roamed|rejected|timed out|logged)|got (?:ip|address|[0-9]))\b)"
)
_OF_PROTOCOLS: Final = frozenset(
    b"certificate cert certificates connection connections handshake verification identity node address host port id"
    b" version count protocol socket stream channel group cluster discovery negotiation is was has not".split()
)
_CHANNEL: Final = re.compile(rb"(?:[\w.-]{1,30}/){0,3}(\+?[0-9]{7,15})(?=[@/&,;:)\s\"'-]|\Z)")
_NUMBER_BEFORE: Final = re.compile(rb"(?:\A|[\s\"':=(])([+(]?[0-9][0-9 ()./-]{5,20}[0-9])[\"')]? ?\Z")
_SORT_CODE: Final = re.compile(
    rb"(?:[ ](?:is|no\.?|number|nr\.?)|[ ]?[:=#]){0,2}[ ]?[\"']?"
    rb"([0-9]{2}([ -])[0-9]{2}\2[0-9]{2}|[0-9]{3}[ -]?[0-9]{3}(?:[ ]?[0-9]{2})?|[0-9]{9})(?![\w.-]*[0-9A-Za-z])"
)
_FIELD: Final = re.compile(
    rb"(?i)(N|NAME|SOUND|NICKNAME|TEL|TEL-AV|ADR|BDAY|X|T|M|F|B|A):((?:[^;\\\n]|\\[^n]){1,200})(?:;|\\?\n|\Z)"
    rb"|[A-Z-]{1,12}:[^;\n]{0,200};"
)
_OF_RIGHTS: Final = frozenset({b"grant ", b"revoke "})
_MOST_FIELDS: Final = 12
_CARD: Final[dict[bytes, Sense]] = {
    **dict.fromkeys((b"n", b"name", b"nickname", b"x"), Sense("person", "name")),
    **dict.fromkeys((b"tel", b"tel-av", b"t", b"m", b"f", b"b"), _PHONE),
    **dict.fromkeys((b"adr", b"a"), Sense("street_address", "street")),
    b"bday": Sense("birth_date", "date"),
}
_PAPER: Final = (
    rb"\\{0,7}\"(?:(?:document|doc|id|card|passport|licen[cs]e)?[_-]?(?:number|num|no|nr|value|id))\\{0,7}\"\s{0,4}:"
    rb"\s{0,4}\\{0,7}\"([A-Z0-9][A-Z0-9 -]{4,19})\\{0,7}\""
)
_PAPER_BEHIND: Final = re.compile(rb"[^{}]{0,200}?" + _PAPER, re.IGNORECASE)
_PAPER_BEFORE: Final = re.compile(_PAPER + rb"[^{}]{0,160}\Z", re.IGNORECASE)
_TYPE: Final = re.compile(rb"(?i)\"\w{0,24}(?:type|kind|category|document)\\{0,7}\Z")
_FEWEST: Final = 5
# Letters without vowels, and a digit at least.
_MIXED: Final = re.compile(rb"(?=[A-Z]{1,8}[0-9])[0-9CFGHJKLMNPRTVWXYZ]{9,10}")


# Whom rights are given to, or taken from.
_GRANTED: Final = re.compile(rb"(?i)[^;\n]{1,160}?\s(?:to|from)\s{1,4}(?=\\{0,3}[\"'`])")
_STATED: Final = re.compile(
    rb"(?i)(?:if (?:not )?exists )?\\{0,3}[\"'`\[]?([a-z_][\w.@$-]{1,62})\\{0,3}[\"'`\]]?"
    rb"(?:@\\{0,3}[\"'`]?[\w.%:-]{1,80}\\{0,3}[\"'`]?)?"
    rb"(?:\s{0,4}(?:[;=]|\Z)|\s{1,4}(?:with|to|password|encrypted|identified|login|nologin|superuser|createdb|valid"
    rb"|in role|inherit|default|from|for login|rename|require|account|set|enable|disable|resource|connection limit)\b)"
)


def _is_account(data: bytes, span: Span) -> Iterator[Found]:
    """The account at a place, unless it is nobody's."""
    if data[slice(*span)].lower() not in vocabulary().nobody:
        yield from judged(data, span, _ACCOUNT, in_quotes=True, assigned=True, name=(span[0], span[0]))


def _hashed(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The account before the digest of its password."""
    if _DIGEST.match(data, at + size) and (match := _HASHED.search(data, max(at - 66, 0), at)):
        yield from _is_account(data, match.span(1))


def _stated(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The account that a statement of SQL makes or changes."""
    begin = at + size
    if data[at : at + size].lower() in _OF_RIGHTS:
        granted = _GRANTED.match(data, begin)
        if granted is None:
            return
        begin = granted.end()
    if match := _STATED.match(data, begin):
        yield from ((*found[:3], "statement") for found in _is_account(data, match.span(1)))


def _machine(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The account at a machine, as `.netrc` has it."""
    form = _DEFAULT if data[at : at + size].endswith((b"login ", b"LOGIN ")) else _MACHINE
    if match := form.match(data, at + size):
        yield from _is_account(data, match.span(1))


def _refused(size: int, data: bytes, at: int) -> Iterator[Found]:
    """Who is refused, in parentheses and quotes."""
    if match := _REFUSED.match(data, at + size):
        yield from _is_account(data, match.span(1))


def _peer(size: int, data: bytes, at: int) -> Iterator[Found]:
    """Who is connected to a network."""
    match = _PEER.match(data, at + size)
    if (
        match
        and match[1].lower() not in vocabulary().things | _OF_PROTOCOLS
        and not (b"-" in match[1] and digits_in(match[1]))
    ):
        yield from _is_account(data, match.span(1))


def _channel(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The number that a telephone exchange calls; no path."""
    if data[at - 1 : at] != b"/" and (match := _CHANNEL.match(data, at + size)):
        yield *match.span(1), "phone", "channel"


def _undialled(_size: int, data: bytes, at: int) -> Iterator[Found]:
    """The number of which is said that it is none."""
    if match := _NUMBER_BEFORE.search(data, max(at - 32, 0), at):
        yield from judged(data, match.span(1), _PHONE, in_quotes=True, assigned=True, name=(at, at))


def _branch(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The number of a bank's branch, by which an account is named with its own."""
    match = _SORT_CODE.match(data, at + size)
    if match and len(set(match[1]) - set(b" -")) > 1:
        yield *match.span(1), "bank_account", "branch"


def _contact(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The fields of a contact in a code to scan."""
    place = at + size
    for _ in range(_MOST_FIELDS):
        match = _FIELD.match(data, place)
        if match is None:
            return
        place = match.end()
        meaning = _CARD.get(match[1].lower()) if match[1] else None
        if meaning is None:
            continue
        start = match.start(2)
        for text in match[2].split(b",") if meaning.kind == "person" else [match[2]]:
            span = start, start + len(text)
            yield from judged(data, span, meaning, in_quotes=True, assigned=True, name=(start, start))
            start = span[1] + 1


def _paper(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The number of a paper whose type stands beside it."""
    if not _TYPE.search(data, max(at - 40, 0), at):
        return
    match = _PAPER_BEHIND.match(data, at + size) or _PAPER_BEFORE.search(data, max(at - 200, 0), at)
    if match and (digits_in(match[1]) >= _FEWEST or _MIXED.fullmatch(match[1])) and len(set(match[1])) > 2:
        yield *match.span(1), "passport" if b"pass" in data[at : at + size].lower() else "national_id", "paper"


_BUILDER: Final = re.compile(
    rb"(?:[^\s()]{1,80} \()?([A-Za-z][\w.-]{1,31})@([A-Za-z](?:[\w-]{0,60}[A-Za-z0-9])?)(?![\w@:/-]|\.[a-z])"
)


def _builder(size: int, data: bytes, at: int) -> Iterator[Found]:
    """Who built something, and on which machine."""
    match = _BUILDER.match(data, at + size)
    if match is None:
        return
    yield from _is_account(data, match.span(1))
    if is_host(match[2], named=True):
        yield *match.span(2), "hostname", "built"


_SESSION: Final = re.compile(
    rb"(?i)(?:\.exe)?(?:[ \t]{0,4}[:=][ \t]{0,4}|\r?\n)([a-z][a-z0-9-]{1,30})\\([a-z][\w.-]{1,31})[ \t\r]{0,2}(?=\n|\Z)"
)


def _session(size: int, data: bytes, at: int) -> Iterator[Found]:
    """Whose session of Windows it is, behind the machine: an account with n before it looks like the end of a line."""
    match = _SESSION.match(data, at + size)
    if match and is_host(match[1], named=True):
        yield *match.span(1), "hostname", "session"
        yield from _is_account(data, match.span(2))


_ADDRESS: Final = re.compile(rb"[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9a-fA-F:]{2,39}")
_METHODS: Final = frozenset(b"GET POST HEAD PUT DELETE OPTIONS PATCH PROPFIND REPORT SEARCH RPC_OUT_DATA".split())
_SERVED: Final = re.compile(rb"([^\s\"',]{2,64}) ([^ \r\n]{3,45})[ \r\n]")
_ASKED: Final = re.compile(rb"([A-Z_]{3,16}) /")


def _served(size: int, data: bytes, at: int) -> Iterator[Found]:
    """Whose request a line of IIS tells of: `client user server PORT GET /`, `GET / query PORT user client`."""
    before = data[max(at - 400, 0) : at].rsplit(b" ", 3)
    if len(before) < 4:
        return
    asked, served = _ASKED.match(data, at + size), _SERVED.match(data, at + size)
    if asked and asked[1] in _METHODS and _ADDRESS.fullmatch(before[3]):
        start = at - len(before[3]) - 1 - len(before[2])
        if _ADDRESS.fullmatch(before[1]):
            yield from _is_account(data, (start, start + len(before[2])))
    elif served and before[1] in _METHODS and before[2][:1] == b"/" and _ADDRESS.fullmatch(served[2]):
        yield from _is_account(data, served.span(1))


def _dumped(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The hash or the key of an account behind what kind it is of."""
    found = _DUMPED.match(data, at + size)
    if found and digits_in(found[1]) and len({*found[1].lower()}) >= _FEWEST_KINDS:
        yield *found.span(1), "password", "lead"


SPELT: Final = {"papers": (('":"', '"'), ('": "', '"')), "quoted": (("", " '"), ("", ' "'), ("", " `"))}
"""What stands before and behind the words of such a list, where they lead to something."""
_FAULTY: Final = re.compile(
    rb"(?:value for |value of |field |column )?[\"'`]?([A-Za-z_][\w.-]{1,40})[\"'`]?"
    rb"(?: value| field)?[ :=]{1,3}([\"'`])([^\"'`\r\n]{3,80})\2"
)
# `rejected VALUE for API_TOKEN`: the name of a setting, no word of a sentence.
_BEFORE_NAME: Final = re.compile(
    rb"[\"'`]?([^\s\"'`]{8,400})[\"'`]? (?:for|as|of|in) [\"'`]?([A-Za-z]\w{0,40}_\w{1,40}|[a-z]{2,30}[A-Z]\w{1,40})"
)
_SECRET: Final = frozenset({"", "word", "long", "entropy"})
_PERSONAL: Final = people.FORMS | {"phone", "digits"}


def _faulty(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The value of which is said, behind its name or before it, that something is wrong with it."""
    if (before := _BEFORE_NAME.match(data, at + size)) and values.looks_random(before[1], least=12):
        meaning = sense(before[2].decode("latin-1"))
        if meaning and meaning.weak in _SECRET:
            yield from judged(data, before.span(1), meaning, in_quotes=True, assigned=True, name=before.span(2))
            return
    match = _FAULTY.match(data, at + size)
    meaning = sense(match[1].decode("latin-1")) if match else None
    if match and meaning and meaning.weak in _PERSONAL:
        yield from judged(data, match.span(3), meaning, in_quotes=True, assigned=True, name=match.span(1))


_IN_QUOTES: Final = re.compile(rb"([^\"'`\r\n]{2,80})[\"'`](?= |[.,;:)]|\\|\r?\n|\Z)")


def _quoted(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The value in quotes right behind the name of a field."""
    name = data[at : at + size - 2]
    match, meaning = _IN_QUOTES.match(data, at + size), sense(name.decode("latin-1"))
    if match and meaning and not data[at - 1 : at].isalnum():
        yield from judged(data, match.span(1), meaning, in_quotes=True, assigned=True, name=(at, at + size - 2))


_REACHED: Final = re.compile(rb"[^\s]{1,160} as ['\"]?([A-Za-z_][\w.-]{1,40})['\"]?(?=[\s,;]|\.?(?:\s|\Z))")


def _reached(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The account that a client logs in with at a machine."""
    if match := _REACHED.match(data, at + size):
        yield from _is_account(data, match.span(1))


_FIELD_BEFORE: Final = re.compile(
    rb"field[ ]['\"\x60]?(?:[\w$]{1,40}[.\[\]]{1,2}){0,4}([A-Za-z_]\w{1,60})['\"\x60]?:?[ ](?:has[ ])?\Z"
)
_HELD: Final = re.compile(rb"([^\]\r\n]{1,200})\]")


def _rejected(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The value that a field may not have, as frameworks of Java tell of it."""
    field, held = _FIELD_BEFORE.search(data, max(at - 140, 0), at), _HELD.match(data, at + size)
    meaning = sense(field[1].decode("latin-1")) if field else None
    if held and meaning:
        yield from judged(data, held.span(1), meaning, in_quotes=True, assigned=True, name=(at, at))


READERS: Final[dict[str, Callable[[int, bytes, int], Iterator[Found]]]] = {
    "digests": _hashed,
    "hashes": _dumped,
    "logins": _machine,
    "statements": _stated,
    "refusals": _refused,
    "peers": _peer,
    "channels": _channel,
    "undialled": _undialled,
    "branches": _branch,
    "contacts": _contact,
    "papers": _paper,
    "faults": _faulty,
    "quoted": _quoted,
    "builders": _builder,
    "served": _served,
    "sessions": _session,
    "reached": _reached,
    "rejected": _rejected,
}
"""What reads the values at the words of leads.toml, by their lists."""
