r"""People by their accounts: in paths of home folders, listings and access logs.

`/home/account`, `C:\Users\account`, `~account/`, a line of `ls -l`. Accounts of services and of images tell of nobody
and stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact.named.keys import vocabulary
from triage.redact.pii import host_lines, hosts, network
from triage.redact.pii.signs import FILE_ENDINGS
from triage.redact.pii.word_lists import places
from triage.redact.text import Found, digits_in

__all__ = (
    "HOMES",
    "LISTED",
    "behind_machine",
    "behind_tilde",
    "in_access_log",
    "in_listing",
    "in_path",
)

HOMES: Final = (
    r"(?:/home|/users|/documents and settings|\\users|\\documents and settings|\\home|/usr/home|/run/media|/media"
    r"|\\(?:benutzer|dokumente und einstellungen|utilisateurs|usu(?:a|\xc3\xa1)rios|utilizadores|utenti|gebruikers"
    r"|brugere|brukere|anv(?:a|\xc3\xa4)ndare|k(?:a|\xc3\xa4)ytt(?:a|\xc3\xa4)j(?:a|\xc3\xa4)t"
    r"|u(?:z|\xc5\xbc)ytkownicy|u(?:z|\xc5\xbe)ivatel(?:e|\xc3\xa9)|felhaszn(?:a|\xc3\xa1)l(?:o|\xc3\xb3)k"
    r"|kullan(?:i|\xc4\xb1)c(?:i|\xc4\xb1)lar|\xd0[\x9f\xbf]\xd0\xbe\xd0\xbb\xd1\x8c\xd0\xb7\xd0\xbe"
    r"\xd0\xb2\xd0\xb0\xd1\x82\xd0\xb5\xd0\xbb\xd0\xb8"
    r"|\xe3\x83\xa6\xe3\x83\xbc\xe3\x82\xb6\xe3\x83\xbc|\xe7\x94\xa8\xe6\x88\xb7)"
    r"|/var/mail|/var/spool/mail|/var/spool/cron/crontabs|/var/spool/cron/tabs|/var/spool/cron|%2fhome|%2fusers)(?:/|\\{1,16}|%2f|%5c)"
)
"""The folders that hold those of people, in small letters; backslashes may be escaped, slashes be percent-encoded."""
LISTED: Final = re.compile(
    rb"(?i)[-dlhbcps][rwxst-]{9}[.+@]? +(?:[0-9]+ +([a-z][\w.-]{1,31})"
    rb"|([a-z][\w.-]{1,31})/(?:[0-9]|([a-z][\w.-]{1,31})))"
    rb"|([a-z][\w.-]{1,31}) +(?:(?:pts/[0-9]{1,5}|tty[0-9]{1,3}|:[0-9]{1,3}) "
    rb"|[0-9]+ +[0-9]+\.[0-9] +[0-9]+\.[0-9] +(?:[0-9]+ |[/\[]?[a-z]|\(sd-)"
    rb"|[0-9]+ +[0-9]+ +[0-9]+ +(?:[0-9]{2}:[0-9]{2}|[a-z]{3}[0-9]{2}) +(?:\?|tty|pts/)"
    rb"|(?:[0-9]{1,2}|rt) +-?[0-9]{1,2} +(?:(?:[0-9]{3,}|[0-9.]+[kmgt]|0) +){2,3}[rsdzti] "
    rb"|(?:cwd|rtd|txt|mem|[0-9]+[urw]{1,2}) +(?:dir|reg|ipv[46]|unix|chr|fifo|sock|a_inode) )"
    rb"|\(([a-z][\w.-]{1,31})\) cmd \("
    rb"|([a-z][\w.-]{1,31}) ?\(uid[ =][0-9]{1,10}(?![0-9a-z-])"
    rb"|\[([a-z][\w.-]{1,31})\] (?:ok|fail) [a-z]"
    rb"|postgres: ([a-z][\w.-]{1,31}) [\w.-]{1,40} (?:\[local\]|[0-9.]{7,15}\()"
    rb"|([a-z][\w.-]{1,31}) : user not in sudoers"
    rb"|([a-z][\w.-]{1,31}) is not in the sudoers"
    rb"|su: \(to [\w.-]{1,31}\) ([a-z][\w.-]{1,31}) on "
)
"""A line of `ls -l`, `tar tv`, `who`, `ps`, top, lsof, cron, su or sudo, with the account as its one group."""
_GROUP: Final = 3
_SHORTEST: Final = 3
_BEFORE_TERMINALS: Final = frozenset({b"from", b"for", b"the", b"via", b"terminal", b"console", b"line"})
_ADDRESS_LAST: Final = re.compile(rb" ([0-9]{1,3}(?:\.[0-9]{1,3}){3})\(\Z")
_HOME: Final = re.compile(rb"(?i)" + HOMES.encode() + rb"(?:(?:staff|students|faculty|people)/)?")
# A folder of folders at the end of a line, whose end is written out.
_LINE_END: Final = re.compile(rb"[^/\\]\\[nrt](?![\w/\\.-])")
_FOLDERS: Final = frozenset(
    {b"app", b"node", b"www", b"git", b"www-data", b"jenkins", b"postgres", b"nginx", b"nobody"}
)
_SHARED_HOME: Final = re.compile(rb"(?i)(?:users|home|homes|profiles)\$?\\{1,8}")
_LOCAL_SHARE: Final = re.compile(rb"(?i)\\{2,16}(?:wsl\$|wsl\.localhost|\?|\.)\\{1,8}[\w.: -]{1,40}(?=\\)")
_ACCOUNT: Final = re.compile(
    rb"""[^/\\\s"'`<>:;,|?*()\[\]{}&%=\x00]{1,64}(?:%(?:25)?20[^/\\\s"'`<>:;,|?*()\[\]{}&%=\x00]{1,40}){0,3}"""
    rb"""(?:\ (?!HTTP/)[A-Z][^/\\\s"'`<>:;,|?*()\[\]{}&%=]{0,40}(?=[/\\"'>]|[ \t]*(?:\r?\n|\\{1,8}[rn]|\Z)))?"""
)
# An instance of SQL Server behind its machine, by its name or by what stands before both.
_INSTANCE: Final = re.compile(rb"(?i)(?:ms)?sql[\w$-]{0,20}|ms(?:sql|olap|rs)\w{0,20}|tew_sqlexpress|localdb\w{0,10}")
_OF_A_SERVER: Final = re.compile(
    rb"(?i)(?:\b(?:data source|server|addr|address|network address|instance|server ?instance)[ ]?=|[ ]-S|[ ]-S[ ]"
    rb"|-ServerInstance[ ])[ ]?[\"']?(?:tcp:|np:|lpc:|admin:)?[\w.-]{1,64}\Z"
)
_BEHIND_MACHINE: Final = re.compile(rb"\\{1,4}(?!u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2})([A-Za-z][\w.-]{2,40})(?![\w\\])")
# Where a path begins that is not one of the system's.
_OF_A_PROJECT: Final = re.compile(
    rb"(?:\A|[\s\"'(=@,`>;|])(?:\.{1,2}/){0,4}(?:src|third_party|vendor|external|node_modules|apps?|libs?|packages|modules|tests?|specs?|server|client|backend"
    rb"|frontend|internal|pkg|cmd|components|pages|routes|views|controllers|services|features|domain|core|templates|docs)"
    rb"(?:(?:/|%2[fF])[\w.@-]{1,40}){0,6}\Z"
)
# Line ends and tabs as they are written out, and how many of them stand together.
_OF_LINES: Final = frozenset({b"n", b"r", b"t"})
_MANY: Final = 3
_NEAR: Final = 400
_NO_DOMAINS: Final = frozenset(
    b"HKLM HKCU HKCR HKCC HKU REGISTRY MACHINE SOFTWARE SYSTEM WINDOWS DEVICE BUILTIN".split()
)
_PART_OF_A_PATH: Final = frozenset({b"/", b"\\", b":", b"%"})
_OF_AN_ACCOUNT: Final = re.compile(
    rb"(?i)(?:\b|LoggedOn|LastUsed|Subject|Target)"
    rb"(?:user(?:name)?|security id|owner|account|login|logon|principal|identity|run ?as|signed in as|by"
    rb"|(?:log(?:in|on|off|out|ged (?:in|on|off|out))|sign(?:-?in|ed in)|auth[a-z]{0,12})(?: [a-z]{2,12})? for"
    rb"|on behalf of|granted to|revoked from|assigned to|denied to|denied for|session of|session for|profile of|job of"
    rb"|mailbox of|impersonat(?:e|ed|ing)|credentials (?:of|for)|password (?:of|for))"
    rb"(?: is| name)?[\"']?[ \t]*[:= ][ \t]*[\"']?\Z"
)
_DOES_SOMETHING: Final = re.compile(
    rb"[\"']? (?:(?:successfully |already )?(?:logged|signed|locked|unlocked|(?:dis)?connected|authenticated|requested"
    rb"|attempted|tried|accessed|opened|closed|changed|deleted|created|modified|removed|added|started|stopped|granted"
    rb"|entered|joined|left|registered|enrolled|uploaded|downloaded|renamed|approved|rejected|ran|executed|installed)"
    rb"|(?:was|is|has been|is not|was not|has not been|got|could not be|cannot be) (?:now |already |not |temporarily )?"
    rb"(?:denied|locked|unlocked|disabled|enabled|logged|signed|authenticated|authori[sz]ed|granted|allowed|permitted"
    rb"|found|recogni[sz]ed|connected|disconnected|added|removed|blocked|expired|rejected|refused|a member)"
    rb"|(?:failed|tried|attempted|wants) to (?:log|sign|connect|authenticate|access|open|read|write|delete|change|reset"
    rb"|start|stop|run|unlock)|(?:denied|refused|rejected|allowed|granted|blocked) (?:on|to|for|from|access|by)"
    rb"|(?:has|had) (?:no|insufficient|already|exceeded)|(?:does not|doesn't) (?:have|exist)"
    rb"|(?:lacks|exceeded|owns|cannot|could not)|(?:logon|login|sign-in) (?:failed|failure|denied|succeeded))\b"
)
# What Perl and Ruby do with an expression behind `=~`.
_OPERATORS: Final = frozenset({b"m", b"s", b"y", b"tr", b"qr"})
_BEFORE_A_TILDE: Final = frozenset(b" \t\n\"'=:(,/")
_ACCESS: Final = re.compile(rb" - ([A-Za-z][\w.@-]{1,62}) ")


def behind_tilde(data: bytes, start: int, end: int) -> Iterator[Found]:
    """The account in `~account/`."""
    name = data[start + 1 : end - 1].lower()
    first = not start or data[start - 1] in _BEFORE_A_TILDE
    matched = data[start - 1 : start] == b"=" and name in _OPERATORS
    if first and not matched and name not in places().homes and name not in vocabulary().services:
        yield start + 1, end - 1, "username", "home"


def in_listing(data: bytes, match: re.Match[bytes]) -> Iterator[Found]:
    """The account in a line of `ls -l`, `who`, `ps`, cron, su or sudo."""
    before = match.start()
    if before and data[before - 1 : before].isalnum():
        return
    for number, name in enumerate(match.groups(), 1):
        known = vocabulary()
        small = name.lower() if name else b""
        group = number == _GROUP and name != match[_GROUP - 1]  # of an account's own it is called the same
        nobody = group or small in known.services or small in known.nobody or small in _BEFORE_TERMINALS
        if len(small) >= _SHORTEST and not nobody:
            yield *match.span(number), "username", "listing"
    address = _ADDRESS_LAST.search(match.group())
    if address:
        yield from network.ipv4(data, before + address.start(1), before + address.end(1))


def in_access_log(data: bytes, start: int) -> Iterator[Found]:
    """The account in a line of an access log."""
    match = _ACCESS.match(data, start)
    if match and match[1].lower() not in vocabulary().services:
        yield *match.span(1), "username", "access log"


def in_path(data: bytes, start: int) -> Iterator[Found]:
    """The account in the path of a home folder, and the machine in a path of the network."""
    slashes = start
    while data[slashes : slashes + 2] == b"\\\\":
        slashes += 1
    home = _HOME.match(data, slashes)
    if home is None and (share := host_lines.in_share(data, start)):
        yield *share.span(2), "hostname", "unc"
        home = _SHARED_HOME.match(data, share.end())
    elif home is None:
        yield from hosts.alone(data, start)
    if home is None and (local := _LOCAL_SHARE.match(data, start)):
        home = _HOME.match(data, local.end())
    if home and not _LINE_END.match(data, home.end() - 2) and not _is_inside(data, home):
        yield from _folder(data, home.end())


def _is_inside(data: bytes, home: re.Match[bytes]) -> bool:
    """Whether a folder of such a name is one of a project, or stands inside of another path."""
    if home.group().lower().startswith(b"/media"):
        return data[home.start() - 1 : home.start()].isalnum()
    return _OF_A_PROJECT.search(data, max(home.start() - 120, 0), home.start()) is not None


def in_domain(data: bytes, start: int, end: int) -> Iterator[Found]:
    r"""The account in `DOMAIN\account`, where words around it speak of one; or else the machine in `UNC\machine`."""
    domain, _, account = data[start:end].partition(b"\\")
    name = account.lstrip(b"\\").rstrip(b".-")
    at = start + data[start:end].index(name, len(domain))
    if domain == b"UNC":
        yield from hosts.around(data, at, end)
        return
    if domain in _NO_DOMAINS or data[start - 1 : start] in _PART_OF_A_PATH or data[end : end + 1] in _PART_OF_A_PATH:
        return
    known = vocabulary()
    nobody = name.lower() in known.services or name.lower() in known.nobody
    if len(name) < _SHORTEST or nobody or name.rpartition(b".")[2] in FILE_ENDINGS:
        return
    escape = len(account) == len(name) and name[:1] in b"nrt"
    if _OF_AN_ACCOUNT.search(data, max(start - 40, 0), start) or (not escape and _DOES_SOMETHING.match(data, end)):
        yield at, at + len(name), "username", "domain"
        if b"-" in domain and digits_in(domain):
            yield start, start + len(domain), "hostname", "domain"


def behind_machine(data: bytes, end: int) -> Iterator[Found]:
    r"""The account in `DESKTOP-...\account`."""
    found = _BEHIND_MACHINE.match(data, end)
    if found and (_INSTANCE.fullmatch(found[1]) or _OF_A_SERVER.search(data, max(end - 100, 0), end)):
        return
    if found and found[1].lower() not in vocabulary().services and not _ends_lines(data, end, found.start(1)):
        yield *found.span(1), "username", "domain"


def _ends_lines(data: bytes, start: int, at: int) -> bool:
    """Whether backslashes and the letter behind them end a line that is written out, as they do all around."""
    escape = data[start : at + 1]
    return escape[-1:] in _OF_LINES and data.count(escape, max(start - _NEAR, 0), at + _NEAR) >= _MANY


def _folder(data: bytes, at: int) -> Iterator[Found]:
    """The account whose folder begins at a place, if it is a person's."""
    name = _ACCOUNT.match(data, at)
    if name is None:
        return
    text = name.group()
    first, blank, _ = text.lower().partition(b" ")
    nobody = text.lower() in places().homes or text.lower() in _FOLDERS
    if (blank and first in {b"default", b"all"}) or nobody or text.isdigit():
        return
    if text.startswith((b"$", b".", b"~", b"[", b"*")):
        return
    # A last part with an ending is a file, not the folder of a person.
    last = data[name.end() : name.end() + 1] not in {b"/", b"\\"}
    if last and b"." in text and text.rpartition(b".")[2].lower() in FILE_ENDINGS:
        return
    yield at, at + len(text.rstrip(b".")), "username", "home"
