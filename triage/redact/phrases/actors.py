"""Who and what sentences of logs tell of: accounts that do something, machines that are reached, writers in a chat."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact.named import extents, users
from triage.redact.named.judging import judged
from triage.redact.named.keys import Sense, vocabulary
from triage.redact.pii import given
from triage.redact.pii.hosts import in_words, is_sited
from triage.redact.pii.persons import is_person
from triage.redact.text import Found

__all__ = ("CHATS", "DOES", "NEAR_HOST", "audited", "chatting", "greeted", "machine", "paired", "person", "talking")

NEAR_HOST: Final = (
    r"nslookup|dig|connect(?:ing|ed|ion)?(?:[ \t]+(?:to|refused by))?(?:[ \t]+(?:host|server))?|enotfound|econnrefused"
    r"|resolv(?:e|ing)(?:[ \t]+host(?:name)?)?|lookup|upstream|replica|ptr|sni|ssh|ping(?: -c[0-9]{1,3})?|telnet"
    r"|reach(?:ing)?|on host|from host|host(?: ?name)?|node|machine name|machine|kubelet,?|server|member|vm|agent"
    r"|runner(?:[ \t]name)?|minion"
    r"|nodename|remotely on|running on|elected|computer|heartbeat from|received: from|workstation name"
    r"|assigned [\w./-]+ to|cordoned|uname -n|broker|leader|primary|standby|runs-on:?(?:[ \t]+\[[\w, -]{1,60},)?"
)
DOES: Final = (
    "logged|signed|connected|disconnected|authenticated|locked|from|does|did|has|is|was|not|created|deleted"
    "|added|removed"
    "|killed|registered|joined|denied|exceeded|attempted|tried|invited|banned|cannot|already|closed|opened"
    "|started|ended|terminated|timed out|blocked|disabled|expired|suspended|rejected|failed|left|posted|uploaded"
    "|downloaded|changed|updated|requested|granted|revoked|may not|must|lacks|needs|owns|could not|\\(id"
)
CHATS: Final = (
    r"(?:[0-9](?: ?[ap]m)?\][ \t]{1,2}|, [0-9]{1,2}:[0-9]{2}(?: ?[ap]m)? - )((?-i:[A-Z\x80-\xff][a-z'\x80-\xff-]+"
    r"(?:(?: (?:d[aeio]s?|van|von|de[lnr]|la)){0,2} [A-Z\x80-\xff][a-z'\x80-\xff-]+){0,2}"
    r"|[a-z]+[._][a-z]+[0-9]{0,4})(?: |\xc2\xa0|\xe2\x80\xaf)?: )"
)
# French puts one before a colon.
_BLANK_AT_END: Final = re.compile(rb"(?:[ ]|\xc2\xa0|\xe2\x80\xaf)\Z")
_ACCOUNT: Final = Sense("username", "user")
# A hyphen, or another heading of a table.
_BEHIND_NO_ACCOUNT: Final = re.compile(rb" - |[ \t]+[A-Z@%]{3,12}[ \t\r\n]")
# Behind the name of a call, an account, a path or a setting.
_NO_MACHINES: Final = frozenset({b"(", b"@", b"/", b"="})
_HOSTNAME: Final = re.compile(rb"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,120}[A-Za-z0-9])?")
# Behind these anything is said of a machine.
_SAYS: Final = re.compile(rb"(?i)[ \t](?:is|was|called|named)[ \t]+\\{0,3}[\"']?\Z")
_AND_PASSWORD: Final = re.compile(
    rb"(?i)\\{0,3}[\"'`]?(?:[ \t]{1,2}(?:(?:and|with|/)[ \t]+)?|,[ \t]*(?:and )?)(?:the |a |this )?"
    rb"(?:temporary |initial )?(?:passw|passc|passp|pw|pin\b)"
)


# A sign that a string writes out, behind its backslash.
_ESCAPED: Final = re.compile(rb"u[0-9a-f]{4}")
# The account that a client of FTP or a mailbox says it is, alone behind its command; and the answer or what follows.
_GREETED: Final = re.compile(rb"([^\s:*<>(){}\[\]|]{2,64})(?:[ \t\r]*(?=\n|\Z)|(?=\\[rn]))")
_LOGS_IN: Final = re.compile(
    rb"\bPASS\b|\b(?:331|230|530)[ -]|\+OK|-ERR|(?i:password|anonymous|logged (?:in|on)|login|user name)"
)
_PROMPT: Final = b"ftp>"
_NEAR: Final = 200


def greeted(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The account behind the command of a protocol that names it, if a password is asked for or sent near it."""
    command = data[at : at + size].strip()
    told = command.endswith(b"USER") or data.endswith(_PROMPT, 0, at + 1)
    found = _GREETED.match(data, at + size) if told else None
    if (
        found
        and _LOGS_IN.search(data, found.end(), found.end() + _NEAR)
        and found[1].lower() not in vocabulary().things
    ):
        yield from judged(data, found.span(1), _ACCOUNT, in_quotes=True, assigned=True, name=(at, at))


# Other fields of a record of who did what; before it the word for such records.
_RECORDED: Final = re.compile(
    rb"[ \t,;|]{1,3}(?:action|verb|operation|op|event|outcome|result|target|object|resource)=[\"'\w]"
)
_ONE: Final = re.compile(rb"([a-z][a-z0-9._-]{2,31})(?=[\s,;|]|\Z)")
_AUDIT: Final = b"audit"
_BEFORE: Final = 60


def audited(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The account that a record of who did what names, in whose field programs stand elsewhere."""
    name = _ONE.match(data, at + size)
    if name is None or not users.is_free(name[1]):
        return
    if (
        _RECORDED.match(data, name.end())
        or _AUDIT in data[max(at - _BEFORE, data.rfind(b"\n", 0, at) + 1, 0) : at].lower()
    ):
        yield from judged(data, name.span(1), _ACCOUNT, in_quotes=True, assigned=True, name=(at, at))


def machine(data: bytes, start: int, end: int) -> Iterator[Found]:
    """The machine that something was sent to: a qualified name, or one with a number or a hyphen and a number."""
    match = _HOSTNAME.match(data, end)
    # A product that serves is written with a capital.
    if match is None or (data.startswith(b"Server:", start) and match.group()[:2].istitle()):
        return
    # The state of a neighbour; what an address begins with.
    if data.startswith(b"REACH", start) or data.startswith(b"://", match.end()):
        return
    if _SAYS.search(data, start, end) and not is_sited(match.group()):
        return
    if in_words(match.group()) and data[match.end() : match.end() + 1] not in _NO_MACHINES:
        yield *match.span(), "hostname", "prose"


def person(data: bytes, start: int, end: int) -> Iterator[Found]:
    """The account behind "for user", "logged in as" and the like."""
    if data[start - 1 : start] == b"/" and data[end - 1 : end] == b"[":  # what a path ends in
        return
    at = start + len(data[start:end].rstrip(b"\\\"'"))
    span = extents.after(data, at)
    if span is None or data[slice(*span)].lower() in vocabulary().things or _BEHIND_NO_ACCOUNT.match(data, span[1]):
        return
    yield from judged(data, span, _ACCOUNT, in_quotes=at < end, assigned=True, name=(start, end))


def talking(data: bytes, start: int, end: int) -> Iterator[Found]:
    """The account that does something: "user x logged in"."""
    if data[start:end].lower() not in vocabulary().things and end - start >= 3:
        yield from judged(data, (start, end), _ACCOUNT, in_quotes=False, assigned=True, name=(start, start))


def paired(data: bytes, start: int, end: int) -> Iterator[Found]:
    """The account that is named with its password: "log in as user x and password y"."""
    name = data[start:end]
    escaped = data[start - 1 : start] == b"\\" and _ESCAPED.fullmatch(name)
    if not (escaped or name.isupper() or name.endswith(b".")) and _AND_PASSWORD.match(data, end):
        yield from talking(data, start, end)


def chatting(data: bytes, start: int, end: int) -> Iterator[Found]:
    """Who writes in a chat, behind the time: a given name, or an account that begins with one."""
    name = _BLANK_AT_END.sub(b"", data[start : end - 2])
    end = start + len(name)
    if b" " in name:
        if given.is_name_of_somebody(name) and is_person(name):
            yield start, end, "person", "chat"
        return
    if given.is_given_name(name.replace(b"_", b".").partition(b".")[0]):
        yield start, end, "person" if name.istitle() else "username", "chat"
