"""Who works where, as files and lines of single programs write it: RDP, FIX, exchanges, archives, sessions of X.

`username:s:account`, `|553=account|`, `[6001]` over `type=friend` and a secret, `adding: home/account/.config/x`,
`SESSION_MANAGER=local/machine:@/tmp/.ICE-unix/1`, `cifs/machine.corp.example@CORP`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from triage.redact.named import users
from triage.redact.named.judging import judged
from triage.redact.named.keys import Sense
from triage.redact.pii import hosts
from triage.redact.pii.word_lists import places
from triage.redact.text import Found, Span

__all__ = ("READERS", "SPELT", "served_by")

_ACCOUNT: Final = Sense("username", "user")
_SETTING: Final = re.compile(rb"(?:[A-Za-z0-9._-]{1,40}\\{1,2})?([^\s\\:@\"]{2,64})(?=[ \t\r]*(?:\n|\Z)|\\[rn])")
_MACHINE: Final = re.compile(rb"([A-Za-z][A-Za-z0-9.-]{1,120})(?=[:;\s\"',)\\]|\Z)")
_FIELD: Final = re.compile(rb"([A-Za-z][\w.@-]{2,63})(?=[|;\x01\s\\^<]|\Z)")
# The type of a message of FIX before its other fields.
_OF_FIX: Final = re.compile(rb"(?:\A|[^0-9])(?:35=[A-Za-z0-9]{1,3}|8=FIXT?\.[0-9.]{3,5})")
_NEAR: Final = 400
_SECTION: Final = re.compile(rb"(?:\A|\n|\\n)[ \t]{0,8}\[([0-9]{2,8})(?:-?(?:auth|aor|reg))?\][^\[]{0,400}?\Z")
_WITH_SECRET: Final = re.compile(
    rb"(?i)(?:\n|\\n|;)[ \t]{0,8}(?:md5|remote)?(?:secret|password)[ \t]?=[>]?|auth_type"
    rb"|(?:\n|\\n)[ \t]{0,8}(?:aors|callerid|mailbox)[ \t]?="
)
_SESSION: Final = re.compile(rb"([A-Za-z][\w.-]{1,62}):@?/tmp/\.")
_AUTHORITY: Final = re.compile(rb"(?:\A|[\s\"'])([A-Za-z][\w.-]{1,62})\Z")
_COOKIE: Final = re.compile(rb"(?i)unix:[0-9]{0,4}[ \t]{1,8}(?:MIT-MAGIC-COOKIE|\.[ \t]|XDM-AUTH)")
_PRINCIPAL: Final = re.compile(rb"([A-Za-z0-9][A-Za-z0-9-]{0,62}(?:\.[A-Za-z0-9-]{1,63}){1,8})(?=[@:\s\"',;)\]]|\Z)")
_SERVED: Final = re.compile(
    rb"(?:\A|[\s\"'(\[:=,<])[A-Za-z][\w-]{1,24}/([A-Za-z0-9][A-Za-z0-9-]{0,62}(?:\.[A-Za-z0-9-]{1,63}){0,8})\Z"
)
_REALM: Final = re.compile(rb"@[A-Z][A-Z0-9-]{1,40}(?![\w.-])")
_FOLDER: Final = re.compile(rb"(?i:home|users)/([A-Za-z][\w.-]{1,40})/([\w.@-]{0,60})")
# A letter for what is done begins its line.
_LINE_BEFORE: Final = re.compile(rb"(?:\A|[\n$#>|]|\\n)[ \t]{0,30}\Z")
# Folders of applications that are called `home`, and of projects below them.
_OF_A_PROJECT: Final = frozenset(
    b"templates static views components migrations urls models tests test src lib assets images img css js scss pages"
    b" styles fonts locale include controllers services public private common shared base core data docs widgets layout"
    b" screens store hooks utils api index partials fragments presentation domain bloc cubit".split()
)
# What stands in the folder of a person.
_OF_A_PERSON: Final = frozenset(
    b"documents downloads desktop pictures music videos public templates library applications movies bin snap dokumente"
    b" bilder schreibtisch escritorio documentos descargas bureau documents go workspace projects work".split()
)


def _is_account(data: bytes, span: Span) -> Iterator[Found]:
    """The account at a place, if no word in it is one for a service or a thing."""
    if users.is_free(data[slice(*span)]):
        yield from judged(data, span, _ACCOUNT, in_quotes=True, assigned=True, name=(span[0], span[0]))


def _configured(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The account or the machine in a file of settings of a remote desktop."""
    if b"user" in data[at : at + size].lower():
        if match := _SETTING.match(data, at + size):
            yield from judged(data, match.span(1), _ACCOUNT, in_quotes=True, assigned=True, name=(at, at))
    elif (match := _MACHINE.match(data, at + size)) and hosts.is_host(match[1], named=True):
        yield *match.span(1), "hostname", "rdp"


def _traded(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The account of a message of FIX."""
    match = _FIELD.match(data, at + size)
    if match and _OF_FIX.search(data, max(at - _NEAR, 0), at):
        yield from judged(data, match.span(1), _ACCOUNT, in_quotes=True, assigned=True, name=(at, at))


def _extension(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The number of a telephone as the name of its section, in which its secret stands."""
    section = _SECTION.search(data, max(at - _NEAR, 0), at)
    if section is None:
        return
    end = data.find(b"[", at + size, at + _NEAR)
    if _WITH_SECRET.search(data, section.end(1), end if end >= 0 else at + _NEAR):
        yield *section.span(1), "username", "extension"


def _displayed(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The machine of a session of X, in the name of its socket."""
    match = _SESSION.match(data, at + size)
    if match and hosts.is_host(match[1], named=True):
        yield *match.span(1), "hostname", "session"


def _authorized(_size: int, data: bytes, at: int) -> Iterator[Found]:
    """The machine whose display a cookie of X opens."""
    before = _AUTHORITY.search(data, max(at - 66, 0), at)
    if before and _COOKIE.match(data, at + 1) and hosts.is_host(before[1], named=True):
        yield *before.span(1), "hostname", "session"


def _principal(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The machine of a service, as Kerberos names both."""
    match = _PRINCIPAL.match(data, at + size)
    if match is None or data[at - 1 : at] in {b"/", b".", b"-", b"\\"}:
        return
    if hosts.in_words(match[1]):
        yield *match.span(1), "hostname", "principal"


def served_by(data: bytes, at: int) -> Iterator[Found]:
    """The machine of a service before a realm without a domain, as old ones of Kerberos are."""
    if data[at + 1 : at + 2].isupper() and data[at - 1 : at].isalnum() and data.rfind(b"/", max(at - 120, 0), at) >= 0:
        match = _SERVED.search(data, max(at - 150, 0), at) if _REALM.match(data, at) else None
        if match and (hosts.in_words(match[1]) or (b"." in match[1] and hosts.is_host(match[1], named=True))):
            yield *match.span(1), "hostname", "principal"


def _archived(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The account whose folder a program for archives names, without a slash before it."""
    lead = data[at : at + size]
    root = lead.rstrip(b"/").rpartition(b"/")[2].split()[-1].strip(b"\"'")
    match = _FOLDER.match(data, at + size - len(root) - 1)
    alone = not lead[1:2].isalpha() and lead[:1].isalpha() and _LINE_BEFORE.search(data, max(at - 40, 0), at) is None
    if match is None or alone:
        return
    name, below = match[1].lower(), match[2].lower()
    told = below[:1] == b"." or below in _OF_A_PERSON or len(lead.split()) > 1
    if told and name not in _OF_A_PROJECT and name not in places().homes:
        yield from _is_account(data, match.span(1))


SPELT: Final = {"archived": tuple(("", root) for root in ("home/", "./home/", "users/", "./users/"))}
"""What stands before and behind the words of such a list, where they lead to something."""
READERS: Final[dict[str, Callable[[int, bytes, int], Iterator[Found]]]] = {
    "desktops": _configured,
    "traded": _traded,
    "extensions": _extension,
    "displays": _displayed,
    "cookies_of_x": _authorized,
    "services": _principal,
    "archived": _archived,
}
"""What reads the values at the words of leads.toml, by their lists."""
