"""Secrets behind fixed words: commands of protocols, consoles of devices, calls, links to reset a password.

Each lead in leads.toml is what text begins with, and what may stand between it and the value. They are found in the
one pass for keywords, so that a lead more costs a text nothing that does not hold it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final, NamedTuple

from triage.redact.named import credentials, declared, examples, extents, values, variables
from triage.redact.named.judging import judged
from triage.redact.named.keys import Sense, sense, vocabulary
from triage.redact.phrases import calls
from triage.redact.pii.hosts import in_words, is_host
from triage.redact.text import Expression, Found, Span, digits_in, expression, is_word, line_of

__all__ = ("CHARACTERS", "READERS", "USINGS", "Reader", "Sized", "behind", "prompted")

Reader = Callable[[bytes, int], Iterator[Found]]
Sized = Callable[[int, bytes, int], Iterator[Found]]

_REACH: Final = 300
_NEAR: Final = 400
# From so many characters on even a string has to look like a secret.
_LONG: Final = 8
# From so many on not even a slash before it makes it a path.
_RANDOM: Final = 32
_QUOTES: Final = frozenset({b'"', b"'", b"`"})
_NAME_BEFORE: Final = re.compile(
    rb"""(?i)(?:--?(?:name|key|path|id)[ \t=]+["']?([\w./:-]{1,120})["']?[ \t]+"""
    rb"""|/v[ ]"?([\w-]{1,60})"?[ ]+/t[ ]\w{1,20}[ ]+)\Z"""
)
_STORED: Final = re.compile(
    rb"""(?:--?[A-Za-z][\w-]{0,30}[ \t]+){0,3}["']?([\w./:-]{1,120})["']?[ \t]+(?=[^\s=-]|-[0-9])"""
)
_ACCOUNT: Final = Sense("username", "user")
_FLAGS: Final = re.compile(rb"(?:-[A-Za-z-]{1,20}[ \t]+)*")
_LAST: Final = re.compile(rb"[ \t]([a-z_][\w.-]{1,40})[ \t]*(?:\r?\n|\Z)")
_NAMED: Final = re.compile(rb"([A-Za-z][\w.-]{2,40})(?=[\"',;\s]|\Z)")
_SIGNS_IN: Final = re.compile(
    rb"\b(?:log(?:ged|ging|s)?[ _-]?(?:in|on|out|off)|sign(?:ed|ing|s)?[ _-]?(?:in|on|out))\b"
)
_BESIDE: Final = 120
_IDENTITY: Final = re.compile(rb"[ \t]*(?:\([ ]*)?[0-9]{1,10}(?:[ ]?\(|/[ ]*)(?=[a-z_][\w.-]{1,31}\))([a-z_])")
_SHARE: Final = re.compile(rb"([A-Za-z][A-Za-z0-9-]{1,62}(?:\.[A-Za-z0-9-]{1,62}){0,5})/[\w$]")
_PREFIX: Final = re.compile(rb"\[([a-z]{2,12}(?:-[a-z]{2,12}){1,3}-[0-9]{1,4})\Z")
_OF_THREADS: Final = frozenset(
    b"thread pool exec executor nio http https task job worker main epoll loop event scheduler timer process".split()
)
_HOST: Final = re.compile(rb"(?:[ .]{4,60}:)?[ \t]*([A-Za-z][A-Za-z0-9.-]{1,62})")
# What the name of a resource or of an identity begins with, before a colon.
_OF_IDENTIFIERS: Final = frozenset(
    b"arn urn acct did tag crn srn uri oid spiffe mailto ldap http https principal principalset serviceaccount"
    b" domain auth0 oidc saml".split()
)
_OF_FORMS: Final = frozenset({b"][", b"]=", b']"', b"]'"})
_OF_VARIABLES: Final = frozenset(b"$%{")
_OTHER_FIELD: Final = re.compile(rb"[(=]| - ")
_BEFORE: Final = re.compile(rb"(?:\A|[\s\"'\[(:])([A-Za-z][A-Za-z0-9.-]{2,62})[ \t]{0,40}\Z")
_TARGET: Final = re.compile(rb"(?:[^\s@/\"'<>]{1,100}@)?([A-Za-z][A-Za-z0-9.-]{1,120})(?=[:/,?\s\"'<>;)\]\\]|\Z)")
_MARKED: Final = re.compile(rb"([\w./-]{1,120})(?:::|;[^\]\n]{0,80}\]|\])(?=[^\s])")
_USING: Final = re.compile(rb"(?i)(?:user|account|login|role|auth\w{0,12})\W{1,4}[\w.@-]{1,40}[\"']\Z")
_COUNTED: Final = re.compile(
    rb"(?i)(?:worker|replica|queue|step|test|build|release|feature|pr|state|stage|phase|link|item|record|file|folder|case"
    rb"|channel|session|consumer|producer|container|version|page|slot|group|issue|ticket|run|pod|chapter|level)-[0-9]+"
    rb"|(?:eth|wlan|docker|veth|br|bond|tun|step|stage|phase|test|state|slot|page|file|folder|level|case|round)[0-9]+"
)
_DOER: Final = re.compile(rb"(?:\A|[\n\"']|: | - )([a-z][\w.-]{2,31})\Z")
_SWITCHING: Final = re.compile(
    rb"\bsu(?:\[[0-9]{1,8}\])?: (?:(?:BAD SU )?([a-z][\w.-]{2,31}) to [\w.-]{1,20}"
    rb"|(?:FAILED SU )?\(to [\w.-]{1,31}\) ([a-z][\w.-]{2,31}))\Z"
)
# Who became another account, before what sudo says of it.
_COMMANDING: Final = re.compile(rb"(?:\A|[\n\"'=:>\]]|\\n)[ \t]{0,16}([A-Za-z_][\w.@-]{1,31})(?: : [\w ()'-]{3,60})?\Z")
_TASKED: Final = re.compile(rb"\[(?:[\w.-]{1,40}@)?([A-Za-z][\w.-]{2,62})(?::[0-9]{1,5})?\Z")
_ENTRY: Final = re.compile(rb"(?i)\b(?:uid|cn)=([a-z][\w.-]{2,40}|[a-z][a-z]{1,20} [a-z]{2,20})\Z")
_CODE_BEFORE: Final = re.compile(rb"(?:\A|[\s:\"'>])(?:G-)?([0-9]{4,8}|[0-9]{3}[ -][0-9]{3})\Z")
_CODE_BEHIND: Final = re.compile(rb"(?i)[\w' -]{0,40}?\b(?:code|pin|otp|passcode|password)\b")
_CHARACTERS: Final = re.compile(rb"\"([^\"\s]{4,80})\Z")
CHARACTERS: Final = '".tochararray('
USINGS: Final = ('" using "', "' using '", "' with '", '" with "')
# What people and their devices are known by, that a shell sets as well as a secret.
_OF_PERSONS: Final = frozenset({"phone", "digits", "degrees", "date", "device", "serial", "mac", "ssid"})
_HINTS: Final = frozenset({"entropy", "docker", "long"})
# What stands before the word for a password and makes what is before it one.
# Behind these a password is the name in a document: nothing is compared or printed.
_BEFORE_NAMES: Final = frozenset({b'"', b"'"})
_IS_BEFORE: Final = re.compile(
    rb"""(?:(["'`])([^"'`\s]{5,80})\1|(?:\A|[\s(])([^\s"'`]{5,80}))"""
    rb"""(?:[ ]?[!=]==?[ ]?[\w.>$-]{0,40}|\.equals(?:IgnoreCase)?\([\w.]{0,40}|,[ ]?[\w.>]{0,40}(?:get)?"""
    rb"""|[ ]as[ ](?:the[ ]|a[ ]|my[ ])?|[ ]is[ ](?:the|my|your|our|an?|not[ ]an?)[ ]"""
    rb"""(?:(?:new|valid|correct|right|wrong)[ ])?)p\Z""",
    re.IGNORECASE,
)
_ASSERTED: Final = re.compile(rb"(?i)(?:assert\w{0,20}|equals?|compare\w{0,10}|strn?cmp|is_deeply)!?\(\Z")
_ANSWER: Final = re.compile(rb"""\w{0,20}\)?\r?\n(?:(?:Out\[[0-9]{1,5}\]: |\(\w{2,4}\) )?(?=')|[^\n"]{0,60}")?""")
_ASKED: Final = re.compile(
    rb"(?:>>>|In \[[0-9]{1,5}\]:)[ ][\w.]{0,40}p\Z"
    rb"|(?:\A|[\s)>])(?:p|po|print|p/s|x/s|output|call|display)[ \t]+\(?[\w.>$*-]{0,40}p\Z",
    re.IGNORECASE,
)


class _Lead(NamedTuple):
    """What stands before a value and between, and how long the value is at least; one with capitals is `exact`."""

    start: bytes
    between: Expression
    least: int
    exact: bool
    near: tuple[bytes, ...] = ()
    """Of what one has to stand near, where any does."""
    anything: bool = False
    """Whether letters or digits alone are a value too."""
    whole: bool = False
    """Whether the value goes on to the next blank, whatever marks it holds."""


def _behind(lead: _Lead, data: bytes, at: int) -> Iterator[Found]:
    """The value behind a lead: a string, or a word that mixes letters with digits or marks."""
    size, least = len(lead.start), lead.least
    if lead.exact and not data.startswith(lead.start, at):
        return
    if lead.near and not any(word in data[max(at - _NEAR, 0) : at + _NEAR] for word in lead.near):
        return
    found = lead.between.match(data, at + size, min(at + size + _REACH, len(data)))
    if found is None:
        return
    end = found[0][1]
    quote = data[end - 1 : end] if data[end - 1 : end] in _QUOTES else b""
    span = extents.to_line_end(data, end, words=False) if lead.whole else extents.after(data, end, quote)
    if span is None or (lead is _CALLED and declared.is_argument(data, span)):
        return
    if quote and data[span[1] - 2 : span[1]] == b'\\"':  # a string in a string
        span = span[0], span[1] - 2
    value = data[slice(*span)]
    if value[:1] == b"$":
        yield from variables.handed_over(data, span, Sense("password"))
    if value[:1] in b"-=:" or _is_no_value(lead, value):
        return
    if (lead.near and b"://" in value) or (lead.start == b"PASS " and examples.is_test(data, span)):
        return
    opened = data[span[0] - 1 : span[0]] in _QUOTES and len(value) >= 4 and b" " not in value
    padded = (value.endswith(b"=") and len(value) >= 8) or (lead.exact and values.is_shuffled(value))
    padded = padded or values.is_of_letters(value)
    told = lead.start == b"PASS " and _alone(data, at, span)
    sure = padded or told or (opened and least < _LONG)
    sure = sure or (lead.anything and len(value) >= least and not is_word(value))
    if sure or values.mixed(value, least=least):
        yield *span, "password", "lead"
        for own in found[1:]:
            if own[0] >= 0 and b"@" not in data[slice(*own)]:
                yield from judged(data, own, _ACCOUNT, in_quotes=True, assigned=True, name=(at, at))


def _is_no_value(lead: _Lead, value: bytes) -> bool:
    """Whether what stands behind a lead stands for a value, or is code."""
    code = values.in_code(value) and not (lead.anything and values.is_shuffled(value))
    return code or values.placeholder(value) or values.is_plain(value)


_CALLED: Final = _Lead(b"assword(", expression(r"[ ]?"), 5, exact=False)


def _alone(data: bytes, start: int, span: Span) -> bool:
    """Whether a command of a protocol is all of its line."""
    line, stop = line_of(data, start)
    value = data[slice(*span)]
    return start - line <= 4 and stop - span[1] <= 1 and len(value) >= 6 and not set(value) & set(b"/.")


def _called(reader: Callable[[bytes, int], Iterator[Found]], size: int, data: bytes, at: int) -> Iterator[Found]:
    """The secret among the arguments of a call."""
    yield from reader(data, at + size)


def _stored(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The word behind the name of a setting, as shells and the tools of services set one."""
    found = _STORED.match(data, at + size, at + size + _REACH)
    if found:
        yield from _set(data, found[1], found.end())


def _marked(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The word behind the name of a variable and a mark, as builds set one."""
    found = _MARKED.match(data, at + size)
    if found:
        yield from _set(data, found[1], found.end())


def _valued(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The word behind `--value`, where `--name` before it says what it is."""
    found = _NAME_BEFORE.search(data, max(at - 160, 0), at)
    if found:
        yield from _set(data, found[1] or found[2], at + size)


def _set(data: bytes, name: bytes, at: int) -> Iterator[Found]:
    """The value at a place, under a name."""
    meaning = sense(name.decode("latin-1"))
    span = extents.after(data, at)
    if meaning is None or span is None:
        return
    if meaning.weak == "header" and data[span[0]] not in _OF_VARIABLES:
        for start, end, kind, rule in credentials.header(data, span, at):
            yield start, credentials.unscoped(data, start, end), kind, rule
        return
    value = data[slice(*span)]
    sure = (
        values.mixed(value, least=5)
        or values.looks_random(value, least=_RANDOM)
        or data[span[0] - 1 : span[0]] in _QUOTES
    )
    if (not meaning.weak and sure) or (meaning.weak in _HINTS and values.looks_random(value, least=12)):
        plain = Sense("api_key" if meaning.weak else meaning.kind)
        yield from judged(data, span, plain, in_quotes=False, assigned=True, name=(at, at))
    elif meaning.weak in _OF_PERSONS:
        yield from judged(data, span, meaning, in_quotes=False, assigned=True, name=(at, at))


def _account(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The account that a program is told behind its flags."""
    found = _FLAGS.match(data, at + size, at + size + _REACH)
    yield from _person(found.end() - at if found else size, data, at)


def _made(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The account that a program for accounts is told as its last word."""
    stop = line_of(data, at, most=_REACH)[1]
    last = _LAST.search(data, at + size - 1, stop)
    if last:
        yield from _person(last.start(1) - at, data, at)


def _person(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The account that is named behind words, and not the fields of a header of syslog."""
    span = extents.after(data, at + size)
    if span is None:
        return
    start, end = span
    name = data[start:end].partition(b":")[0].rstrip(b"!?")
    end = start + len(name)
    small = data[start:end].lower()
    known = vocabulary()
    if data[end : end + 2] in _OF_FORMS and data[at + size - 1 : at + size] == b"[":
        return  # the name of a field
    thread = data[end : end + 1] == b'"' and data.endswith(b"which is ", 0, at)  # that holds what others wait for
    identifier = small in _OF_IDENTIFIERS and data[end : end + 1] == b":"
    pair = b"=" in small  # another field of what is in brackets
    nobody = thread or identifier or pair or small in known.nobody or small in known.things or small.startswith(b"team")
    if not nobody and not _OTHER_FIELD.match(data, end):
        yield from judged(data, (start, end), _ACCOUNT, in_quotes=False, assigned=True, name=(start, start))


def _signed(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The account of an event, if somebody signs in or out there."""
    around = data[max(at - _BESIDE, 0) : at + size + _BESIDE].lower()
    if b"log" not in around and b"sign" not in around:
        return
    found = _NAMED.match(data, at + size)
    if found and found[1].lower() not in vocabulary().services and _SIGNS_IN.search(around):
        yield from judged(data, found.span(1), _ACCOUNT, in_quotes=True, assigned=True, name=(at, at))


def _numbered(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The account beside its number, as `stat` and those who keep core dumps write it."""
    found = _IDENTITY.match(data, at + size)
    if found:
        yield from _person(found.start(1) - at, data, at)


def _machine(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The machine that is named behind words."""
    found = _HOST.match(data, at + size)
    if found is None or data.startswith(b"://", found.end(1)):
        return
    if not (digits_in(found[1]) and b"." not in found[1]) and not in_words(found[1]):
        return
    # What is looked up as a host is one, whatever is counted elsewhere.
    if _COUNTED.fullmatch(found[1]) and b"unknownhost" not in data[at : at + size].lower():
        return
    if is_host(found[1], named=True):
        yield *found.span(1), "hostname", "lead"


def _doer(form: re.Pattern[bytes], _size: int, data: bytes, at: int) -> Iterator[Found]:
    """The account before what its person does, or before the folder of its entry."""
    found = form.search(data, max(at - 112, 0), at)
    group = (found.lastindex or 0) if found else 0
    if found and found[group].lower() not in vocabulary().nobody:
        yield from judged(data, found.span(group), _ACCOUNT, in_quotes=True, assigned=True, name=(at, at))


def _tasked(_size: int, data: bytes, at: int) -> Iterator[Found]:
    """The machine in brackets before what a tool runs there; no thread."""
    found = _TASKED.search(data, max(at - 110, 0), at)
    if found and found[1].partition(b"-")[0].lower() not in _OF_THREADS and _is_machine(found[1]):
        yield *found.span(1), "hostname", "lead"


def _coded(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The digits before words that say that they are a code."""
    found = _CODE_BEFORE.search(data, max(at - 16, 0), at)
    if found and _CODE_BEHIND.match(data, at + size):
        yield *found.span(1), "pin", "lead"


def _characters(_size: int, data: bytes, at: int) -> Iterator[Found]:
    """The string that is turned into characters, as calls of Java take passwords."""
    found = _CHARACTERS.search(data, max(at - 90, 0), at)
    if found and values.mixed(found[1], least=6):
        yield *found.span(1), "password", "lead"


def _is_machine(name: bytes) -> bool:
    """Whether a word is the name of a machine, and no part of a work that is counted."""
    return in_words(name) and not _COUNTED.fullmatch(name)


def _doing(_size: int, data: bytes, at: int) -> Iterator[Found]:
    """The machine before what it does."""
    found = _BEFORE.search(data, max(at - 110, 0), at)
    if found and _is_machine(found[1]):
        yield *found.span(1), "hostname", "lead"


def _target(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The machine in the URL of a server, if its name is more than a word."""
    found = _TARGET.match(data, at + size)
    if found and in_words(found[1].rstrip(b".")):
        yield *found.span(1), "hostname", "lead"


def _using(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The string that an account was refused with: user "app" using "..."."""
    span = extents.after(data, at + size, data[at + size - 1 : at + size])
    if span and _USING.search(data, max(at - 80, 0), at + 1) and values.mixed(data[slice(*span)], least=6):
        yield *span, "password", "lead"


def _shared(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The machine of `//machine/share`."""
    found = _SHARE.match(data, at + size)
    if found and (digits_in(found[1]) or in_words(found[1])) and is_host(found[1], named=True):
        yield *found.span(1), "hostname", "lead"


def _prefixed(_size: int, data: bytes, at: int) -> Iterator[Found]:
    """The machine in brackets before what it does, with a number behind two parts at least; no thread."""
    found = _PREFIX.search(data, max(at - 48, 0), at)
    if found and not _OF_THREADS & {*found[1].split(b"-")} and is_host(found[1], named=True):
        yield *found.span(1), "hostname", "lead"


def prompted(data: bytes, at: int) -> Iterator[Found]:
    """What the word for a password, whose second letter stands at a place, says of what is before and behind it."""
    line = max(data.rfind(b"\n", max(at - 160, 0), at) + 1, at - 160, 0)
    behind = data[at + 7 : at + 8]
    quoted = data[at - 2 : at - 1] in _BEFORE_NAMES
    before = None if quoted else _IS_BEFORE.search(data, line, at)
    if before:
        group = 2 if before[2] is not None else 3
        comma = b"," in data[before.end(group) : before.end(group) + 2]
        value = before[group]
        sure = values.mixed(value, least=6) and not values.in_code(value) and not values.placeholder(value)
        sure = sure and not values.is_name(value)
        if sure and b"(" not in value and (not comma or _ASSERTED.search(data, line, before.start())):
            yield *before.span(group), "password", "compared"
    if behind == b"(":
        yield from _behind(_CALLED, data, at)
    elif not quoted and _ASKED.search(data, line, at):
        answer = _ANSWER.match(data, at + 7)
        if answer:
            yield from calls.printed(data, answer.end())


def behind(lead: Mapping[str, Any]) -> Iterator[tuple[bytes, Reader]]:
    """What an entry of leads.toml begins with, each with what reads the value behind it."""
    between = expression(f"(?i){lead.get('between', '')}[ \\t]{{0,8}}")
    near = tuple(word.encode() for word in lead.get("near", ()))
    for start in lead["starts"]:
        flags = start != start.lower(), near, lead.get("any", False), lead.get("whole", False)
        known = _Lead(start.encode(), between, lead.get("least", 5), *flags)
        yield start.lower().encode(), partial(_behind, known)


READERS: Final[dict[str, Sized]] = {
    "accounts": _account,
    "made": _made,
    "signed": _signed,
    "identities": _numbered,
    "people": _person,
    "shares": _shared,
    "prefixed": _prefixed,
    "machines": _machine,
    "before": _doing,
    "schemes": _target,
    "doers": partial(_doer, _DOER),
    "entries": partial(_doer, _ENTRY),
    "commanding": partial(_doer, _COMMANDING),
    "codes": _coded,
    "targets": partial(_doer, _SWITCHING),
    "tasks": _tasked,
    "marked": _marked,
    "values": _valued,
    "stored": _stored,
    "characters": _characters,
    "usings": _using,
    "logins": partial(_called, calls.logged_in),
    "ciphers": partial(_called, calls.enciphered),
    "phrases": partial(_called, calls.words),
    "answered": partial(_called, calls.answered),
}
"""What reads the values at the words of leads.toml, by their lists."""
