"""Names of machines: inside of a network, as their makers name them, or under a name that says so.

A name is a finding where its ending only exists inside of a network, where a maker's form shows (`DESKTOP-...`,
`...-MacBook-Pro`, `ip-10-0-0-1`), where its first label ends in a number under a public ending, or where it stands
under a key such as `hostname`. Hosts of public services tell of nobody and stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final

from triage.redact.pii.owned import owned
from triage.redact.pii.word_lists import places
from triage.redact.plain_words import is_plain_word
from triage.redact.text import LETTERS, Found, Span, digits_in, line_of

__all__ = (
    "alone",
    "around",
    "forget",
    "in_authority",
    "in_words",
    "is_host",
    "is_own",
    "is_private",
    "is_sited",
    "numbered",
    "told",
)

_LABELS: Final = re.compile(
    rb"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?){0,8}\.?"
)
_AWS: Final = rb"-\d{1,3}-\d{1,3}-\d{1,3}-\d{1,3}(?:\.[\w.-]{1,80})?"
_MACHINE: Final = re.compile(
    rb"(?i)(?:DESKTOP|LAPTOP|WIN|PC)-[A-Z0-9]{5,11}|[A-Z0-9]{2,15}-(?:PC|LAPTOP|NB|WS)"
    rb"|(?-i:(?:PC|WKS|WKST|WS|NB|NTB|LT|LAP|DT|SRV|VDI|KIOSK|POS|TERM)-[A-Z0-9]{2,8}-[A-Z]{0,4}[0-9][A-Z0-9]{0,5})"
    rb"|[\w-]{2,40}-MBP(?:-\d{1,2})?"
    rb"|[\w'\xe2\x80\x99-]{0,40}(?:MacBook(?:-?(?:Pro|Air))?|iMac(?:-?Pro)?|Mac-?(?:mini|Studio|Pro)|iPhone|iPad)"
    rb"(?:-\d{1,3})?"
    rb"|(?:MacBook(?:-?(?:Pro|Air))?|iMac|Mac-?mini|iPhone|iPad)-(?:von|de|van|di|av)-[\w-]{2,40}"
    rb"|(?:ec2|ip)"
    + _AWS
    # as clouds name them: DigitalOcean, Hetzner, GKE, AKS
    + rb"|[a-z]{2,10}(?:-s)?(?:-\d{1,2}vcpu)?-\d{1,3}gb-[a-z]{3}\d(?:-\d{1,3})?"
    rb"|gke-[a-z0-9-]{1,60}-[0-9a-f]{8}-[a-z0-9]{4}|aks-[a-z0-9]{1,20}-\d{8}-vmss[0-9a-z]{6}"
)
# As Windows names a machine that nobody named, in the name of a file.
_IN_FILE: Final = re.compile(rb"(?:\A|[._-])(DESKTOP-[A-Z0-9]{7}|LAPTOP-[A-Z0-9]{8}|WIN-[A-Z0-9]{11})(?=[._-])")
# A word that is joined to what a maker calls machines, and what programs are built for.
_WORDS_OF_CODE: Final = re.compile(rb"(?i:win|pc)-(?:[a-z]{5,11}|arm64|amd64)")
# All of one or what of it stands behind two digits that look like an escape.
_UUID: Final = re.compile(rb"[0-9a-f]{6,8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# What Docker calls a container, and its host, that has no name.
_BEFORE_ADDRESS: Final = re.compile(rb"(?:\A|[\s(\[\"'=,])([A-Za-z][A-Za-z0-9.-]{2,62})\Z")
_ENDS_MADE: Final = re.compile(rb"-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
_CONTAINER: Final = re.compile(rb"(?=[a-f]{0,11}[0-9])(?=[0-9]{0,11}[a-f])[0-9a-f]{12}")
_UUID_LENGTH: Final = 34
# One of these is in every name that a maker or a cloud gives; see `_MACHINE`.
_IN_MACHINES: Final = (b"-", b"mac", b"iphone", b"ipad")
_MODEL: Final = re.compile(rb"(?i)(?:macbook(?:-?(?:pro|air))?|imac|mac-mini|iphone|ipad)\d*(?:pro|air|mini)?[\d,-]*")
_CAPITALS: Final = re.compile(rb"[a-z][A-Z]|^[A-Z][a-z]")
_SITE: Final = re.compile(rb"dc[0-9]{1,2}|[a-z]{2,4}[0-9]{1,2}|(?:us|eu|ap|sa|ca|af|me)-[a-z]{4,9}-[0-9]")
# Where a cloud or a game has its machines.
_REGION: Final = re.compile(
    rb"(?:us|eu|ap|sa|ca|af|me|il|mx|cn|na|oc|apac|emea|latam|europe|asia|australia|northamerica|southamerica|africa)"
    rb"(?:-(?:gov|iso[a-z]?))?-(?:north|south|east|west|central){1,2}(?:-?[0-9]{1,2}(?:-?[a-z])?)?"
)
_LONE: Final = re.compile(rb"\\{2,4}([A-Z][A-Z0-9-]{1,14})(?![\w\\-])")
_BEFORE_ALONE: Final = frozenset({b"", b" ", b"\t", b"\n", b"="})
# A line of a file of hosts: an address and the names of its machine.
_HOSTS: Final = re.compile(
    rb"[ \t]{0,8}[0-9a-fA-F:][0-9a-fA-F.:]{2,44}[ \t]{1,40}"
    rb"([A-Za-z][A-Za-z0-9.-]{0,80}(?:[ \t]{1,40}[A-Za-z][A-Za-z0-9.-]{0,80}){1,5})"
    rb"[ \t\r]{0,40}(?:\#[^\n]*)?\Z"
)
_TOLD: Final = re.compile(rb"(?:(?:tcp|np|lpc|admin):)?([A-Za-z][A-Za-z0-9.-]{1,80})(?=[\\,:;]|\Z)")
_BLANKS: Final = frozenset({b" ", b"\t"})
_LINE_REACH: Final = 320
# Before a domain inside of a network a word of code all the same, but no module has one.
_EVEN_BARE: Final = frozenset({b"git"})
# What no machine is called, and reversed domains begin with.
# A commit, and a product as its maker numbers it.
_COMMIT: Final = re.compile(rb"g?[0-9a-f]{7,40}|[A-Z][0-9]{3}-[A-Z]{1,3}")
_REVERSED: Final = frozenset(b"com org net io edu gov java javax jakarta android androidx kotlin scala".split())
_OF_A_HOST: Final = frozenset(LETTERS + b"0123456789-_.'")
_AROUND_A_HOST: Final = frozenset(b".-_'")
_ESCAPED: Final = re.compile(rb"(?i)[0-9a-f]{2}[a-z0-9]")
# In a path only what a maker or a cloud calls so is a machine, not a folder.
_EVEN_IN_A_PATH: Final = (b"desktop-", b"laptop-", b"ip-", b"ec2-")
# What stands before the two slashes of a machine without a scheme: Oracle, registries of packages, links of HTML.
_BEFORE_AUTHORITY: Final = frozenset(b"@= \t\r\n\"'`(,;[{>|")
_WRITTEN_ENDS: Final = frozenset({b"\\n", b"\\t", b"\\r"})
_BEFORE_AN_ESCAPE: Final = re.compile(rb"[0-9.:,;=][ ]?\Z")
_LONGEST: Final = 128
_SHORTEST: Final = 4
_SIZE: Final = re.compile(
    rb"(?:db\.|cache\.)?[a-z][0-9][a-z]{0,4}(?:-[a-z0-9]+)?\.(?:nano|micro|small|medium|large|metal|\d{0,2}xlarge)"
)
# What the pages of a company for everybody begin with.
_PUBLIC: Final = frozenset({b"www", b"docs", b"blog", b"help", b"support", b"community", b"forum", b"wiki"})
_OWN_LABELS: Final = 3
# From so many labels on a name under one that says so needs no number.
_QUALIFIED: Final = 4
_SITED: Final = re.compile(rb"[A-Z]{2,6}[0-9]{0,2}-(?:[A-Z]{2,4}-)?[A-Z]{1,6}[0-9]{2,6}")
_NOT_A_MACHINE: Final = re.compile(
    rb"(?i)(?:debug|ubuntu|windows|macos|debian|thread|pool|task|job|batch|shard|partition|segment|chunk|process|pid|port"
    rb"|attempt|try|line|v|http|utf|sha|md|x)[-_]?[0-9]+(?![0-9]*gb-)"
)
_OWN: Final = re.compile(
    rb"(?i:[a-z]-(?:pc|ws|desktop|laptop|thinkpad|macbook|workstation|notebook|nuc|vm|dev|server|srv|surface|elitebook"
    rb"|probook|zbook|latitude|precision|optiplex|xps|ideapad|zenbook|vivobook|mbp|imac|tower|rig|raspberrypi|rpi)\Z)"
    # a kind of machine before whose it is
    rb"|(?:PC|WKST?|WS|NTB?|NB|LT|LAP|LAPTOP|DT|DESKTOP|NOTEBOOK|WORKSTATION|VDI|KIOSK|SRV)-[A-Z]{3,15}\Z"
)
# Standards that begin like one.
_STANDARDS: Final = frozenset(
    b"WS-SECURITY WS-TRUST WS-POLICY WS-ADDRESSING WS-FEDERATION WS-DISCOVERY WS-EVENTING WS-MANAGEMENT WS-MAN WS-I"
    b" WS-BPEL WS-TRANSFER WS-SECURECONVERSATION NB-IOT PC-LINT PC-BSD PC-CARD".split()
)
# What relays of everybody's mail are called.
_RELAYS: Final = frozenset(b"mail mx smtp mta mout mailout out relay outbound sender mxout".split())
# What ends the name of one machine of several, and of one version of a service.
_OF_SEVERAL: Final = re.compile(rb"[A-Za-z-][0-9]{1,4}\Z")
_COUNTED: Final = re.compile(rb"(?i)-v[0-9]{1,4}\Z")


@cache
def _dotted_providers() -> tuple[bytes, ...]:
    """The domains of providers, each with a dot before it."""
    return tuple(b"." + provider for provider in places().providers)


@cache
def _dotted_rented() -> tuple[bytes, ...]:
    """The domains of providers under which customers have machines, each with a dot before it."""
    return tuple(b"." + domain for domain in places().rented)


@cache
def _dotted_endings() -> tuple[bytes, ...]:
    """The endings inside of networks, each with a dot before it."""
    return tuple(b"." + ending for ending in places().internal)


@lru_cache(maxsize=16_384)
def is_host(text: bytes, *, named: bool) -> bool:
    """Whether a text is the name of a machine; `named` where it stands under a name that says so.

    Memoised until `forget`.

    Examples
    --------
    >>> is_host(b"db-01.prod.internal", named=False), is_host(b"api.github.com", named=True)
    (True, False)
    """
    lists = places()
    small = text.rstrip(b".").lower()
    if not 2 <= len(small) <= 253 or small in lists.no_machine or not small.islower():
        return False
    if (len(small) >= _UUID_LENGTH and _UUID.fullmatch(small)) or (len(small) == 12 and _CONTAINER.fullmatch(small)):
        return False
    if any(part in small for part in _IN_MACHINES) and _is_made(text, small):
        return True
    if not _LABELS.fullmatch(text) or _REGION.fullmatch(small):
        return False
    labels = small.split(b".")
    if (b"." + small).endswith(_dotted_providers()):
        return small.endswith(_dotted_rented()) and _is_rented(labels)
    inside = small.endswith(_dotted_endings())
    # As packages are, and a machine all the same where it is said to be one.
    begun = named and inside and len(labels) > 2 and text.islower() and labels[0] not in _REVERSED
    if b"._" in small or small[:1] == b"_" or small[:2] == b"0x" or (not begun and _is_code(text, labels)):
        return False
    if inside:
        ending = next(ending for ending in lists.internal if small.endswith(b"." + ending))
        unsure = ending in lists.ambiguous and len(labels) == 2
        if ending in lists.longer and (len(labels) < 3 or not text.islower()):
            return False
        sure = begun or (len(labels) > 2 and labels[0] in _EVEN_BARE)
        return (sure or labels[0] not in lists.not_hosts) and (not unsure or numbered(labels[0]))
    if len(labels) >= 3 and _is_of_a_network(labels, named=named):
        return True
    if not named:
        return False
    if len(labels) == 1:
        return numbered(small) or (len(small) >= 3 and b"_" not in small)
    return labels[-1].isalpha() and len(labels[-1]) >= 2 and (numbered(labels[0]) or len(labels) >= _QUALIFIED)


def _is_made(text: bytes, small: bytes) -> bool:
    """Whether a name is one that a maker or a cloud gives, alone or before an ending inside of a network."""
    first, dot, ending = small.partition(b".")
    if dot and ending in places().internal - places().longer:
        text = text[: len(first)]
    return _MACHINE.fullmatch(text) is not None and not _WORDS_OF_CODE.fullmatch(text)


def forget() -> None:
    """Keep no name that was asked about: after each text."""
    is_host.cache_clear()
    in_words.cache_clear()


@lru_cache(maxsize=4_096)
def in_words(name: bytes) -> bool:
    """Whether a word beside one that speaks of machines is one: qualified, or with a number or a maker's mark.

    Memoised until `forget`.
    """
    if len(name) < _SHORTEST or name.isalpha() or _NOT_A_MACHINE.match(name) or _ENDS_MADE.search(name):
        return False
    if is_host(name, named=False):
        return True
    labels = name.split(b".")
    if len(labels) >= _QUALIFIED:
        return is_host(name, named=True)
    marked = digits_in(name) > 0 or (_OWN.search(name) is not None and name not in _STANDARDS)
    alone = len(labels) == 1 and marked and (b"-" in name or name[-1:].isdigit()) and not name[:1].isdigit()
    return alone and not _COMMIT.fullmatch(name) and is_host(name, named=True)


def is_own(name: bytes) -> bool:
    """Whether a word where a relay or a peer stands is a machine of somebody's: no relay of everybody's mail.

    Examples
    --------
    >>> is_own(b"web-3.acme.de"), is_own(b"WS-ANDERSEN"), is_own(b"mail-ej1-f41.google.com")
    (True, True, False)
    """
    first, dot, _ = name.partition(b".")
    own = in_words(first) and first.partition(b"-")[0].lower() not in _RELAYS
    return (own and not (b"." + name.lower()).endswith(_dotted_providers())) or (not dot and in_words(name))


def is_sited(name: bytes) -> bool:
    """Whether a word is what a company calls a machine by its place and its kind, or is qualified.

    Examples
    --------
    >>> is_sited(b"BER-WS0417"), is_sited(b"UTC-0800"), is_sited(b"GPT-4")
    (True, False, False)
    """
    return _SITED.fullmatch(name) is not None or is_host(name, named=False)


def is_private(name: bytes) -> bool:
    """Whether a qualified name that one logs in to is that of somebody's own server: a service before a domain.

    Examples
    --------
    >>> is_private(b"git.lumenworks.fr"), is_private(b"gitlab.com"), is_private(b"docs.python.org")
    (True, False, False)
    """
    small = name.lower()
    labels = small.split(b".")
    if len(labels) < _OWN_LABELS or labels[-1] not in places().public or labels[0] in _PUBLIC or not small.islower():
        return False
    if (b"." + small).endswith(_dotted_providers()) or small in places().no_machine or _is_code(name, labels):
        return False
    return labels[0].rstrip(b"0123456789-") in places().servers


def told(word: bytes) -> Span | None:
    """The machine in what a program is told, without a protocol before it, an instance or a port behind it."""
    found = _TOLD.match(word)
    return found.span(1) if found and in_words(found[1]) else None


def around(data: bytes, start: int, end: int) -> Iterator[Found]:
    """The name of a machine around a place, if it is one."""
    first, last = max(start - _LONGEST - 1, 0), min(end + _LONGEST + 1, len(data))
    while start > first and data[start - 1] in _OF_A_HOST:
        start -= 1
    while end < last and data[end] in _OF_A_HOST:
        end += 1
    while start < end and data[start] in _AROUND_A_HOST:
        start += 1
    while end > start and data[end - 1] in _AROUND_A_HOST:
        end -= 1
    before = data[start - 1 : start]
    if before == b"%" and _ESCAPED.match(data, start):
        start += 2
        before = data[start - 1 : start]
    elif before == b"\\" and data[start : start + 1] in b"nrt" and _BEFORE_AN_ESCAPE.search(data, start - 8, start - 1):
        start += 1
        before = b""
    text = data[start:end]
    if len(text) > _LONGEST or data[end : end + 1] == b"(" or before == b"$" or _is_in_path(data, start, text):
        return
    imported = data.startswith((b" import ", b"%20import%20"), end) and data.endswith((b"from ", b"from%20"), 0, start)
    if imported or (data[end : end + 1] == b"[" and text.endswith(b".loc")):
        return
    if _MODEL.fullmatch(text):
        yield from owned(data, start, end)
    elif is_host(text, named=False) or (_is_authority(data, start, text) and is_host(text, named=True)):
        yield start, end, "hostname", "hostname"
        if before in _BLANKS:
            yield from _called_too(data, start)
    else:
        yield from _in_file(start, text)


def _in_file(start: int, text: bytes) -> Iterator[Found]:
    """The machine that a file is named after."""
    made = _IN_FILE.search(text)
    if made and not is_plain_word(made[1].rpartition(b"-")[2]):
        yield start + made.start(1), start + made.end(1), "hostname", "hostname"


def _is_authority(data: bytes, start: int, text: bytes) -> bool:
    """Whether a name inside of a network stands in a URL, or behind an account."""
    addressed = data[start - 3 : start] == b"://" or data[start - 1 : start] == b"@"
    return addressed and text.lower().endswith(_dotted_endings())


def _called_too(data: bytes, at: int) -> Iterator[Found]:
    """The other names of a machine on its line of a file of hosts, of which nothing else is there."""
    line = _HOSTS.match(data, *line_of(data, at, most=_LINE_REACH))
    names = line[1].split() if line else []
    first = data[at : at + _LONGEST].partition(b".")[0].split()[0]
    if line and len(names) > 1 and all(name == first or in_words(name) for name in names):
        start = line.start(1)
        for name in names:
            start = data.index(name, start)
            if is_host(name, named=True):
                yield start, start + len(name), "hostname", "hosts"
            start += len(name)


def before_address(data: bytes, at: int) -> Iterator[Found]:
    """The machine before its address, as Java writes both: `web-3/10.0.0.3`."""
    match = _BEFORE_ADDRESS.search(data, max(at - _LONGEST, 0), at)
    if match and in_words(match[1]):
        yield *match.span(1), "hostname", "hostname"


def alone(data: bytes, start: int) -> Iterator[Found]:
    r"""The machine in `\\MACHINE`, without a share."""
    lone = _LONE.match(data, start)
    if lone and data[start - 1 : start] in _BEFORE_ALONE and is_host(lone[1], named=True):
        yield *lone.span(1), "hostname", "unc"


def in_authority(data: bytes, start: int, end: int) -> Iterator[Found]:
    """The machine of one label behind the sign of a URL or in a list: whose it is shows, or it is one of several."""
    name = data[start:end].lstrip(b":/,").partition(b":")[0].rstrip(b"/")
    start += data[start:end].index(name)
    several = _OF_SEVERAL.search(name) is not None and not _COUNTED.search(name)
    if in_words(name) and (several or _OWN.search(name)):
        yield start, start + len(name), "hostname", "authority"


def _is_in_path(data: bytes, start: int, text: bytes) -> bool:
    """Whether a name is a part of a path, and not the first of a URL, with its scheme or without, or of a share."""
    if data[start - 1 : start] not in {b"/", b"\\"} or data[start - 3 : start] == b"://":
        return False
    if data[start - 2 : start] == b"//" and (
        start == 2 or data[start - 3] in _BEFORE_AUTHORITY or data[start - 4 : start - 2] in _WRITTEN_ENDS
    ):
        return False
    shared = data[max(start - 6, 0) : start].rstrip(b"\\").lower().endswith(b"unc")
    return not shared and not text.lower().startswith(_EVEN_IN_A_PATH)


def _is_of_a_network(labels: list[bytes], *, named: bool) -> bool:
    """Whether one of several labels says that they name a machine: a site inside, a number first."""
    if labels[-1] not in places().public:
        return False
    if labels[0] in _PUBLIC:
        return False
    sites = labels[1:-1] if named else [label for label in labels[1:-1] if label in places().sites] + labels[1:-2]
    return labels[0][-1:].isdigit() or (named and numbered(labels[0])) or any(map(_is_site, sites))


def _is_code(text: bytes, labels: list[bytes]) -> bool:
    """Whether a dotted name is one of code: reversed as packages are, with capitals inside of words, or a number."""
    if text[:2].lower() == b"0x" or _SIZE.fullmatch(text):
        return True
    if len(labels) < 2:
        return False
    return labels[0] in places().packages or (not text.islower() and any(map(_CAPITALS.search, text.split(b"."))))


def _is_site(label: bytes) -> bool:
    """Whether a label inside of a name says that it is one of a network: `corp`, `int`, `dc2`, `eu1`."""
    return label in places().sites or bool(_SITE.fullmatch(label))


def _is_rented(labels: list[bytes]) -> bool:
    """Whether one of labels under a provider is what a customer calls a machine, and not its region alone."""
    return not labels[0].startswith(b"_") and not _SITE.fullmatch(labels[0]) and len(labels) > 3


def numbered(label: bytes) -> bool:
    """Whether a label has a digit or a hyphen, as machines of a row have."""
    return b"-" in label or digits_in(label) > 0
