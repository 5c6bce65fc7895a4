r"""People by their accounts: in paths of home folders, listings, access logs, URLs and prompts, and their e-mail.

`/home/account`, `C:\Users\account`, `~account/`, a line of `ls -l`, `scheme://account:password@host`,
`account@machine:~$`. Accounts of services and of images tell of nobody and stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact.named import values
from triage.redact.named.keys import vocabulary
from triage.redact.pii import display, halves, hosts, network, protocols, rows
from triage.redact.text import DIGITS, LETTERS, Found, digits_in, letters_in

__all__ = (
    "HOMES",
    "LISTED",
    "around_signs",
    "behind_machine",
    "behind_tilde",
    "in_access_log",
    "in_listing",
    "in_path",
)

HOMES: Final = (
    r"(?:/home|/users|/documents and settings|\\users|\\documents and settings|\\home|/usr/home|/run/media|/media"
    r"|/var/mail|/var/spool/mail|/var/spool/cron/crontabs|/var/spool/cron/tabs|/var/spool/cron|%2fhome|%2fusers)(?:/|\\{1,16}|%2f|%5c)"
)
"""The folders that hold those of people, in small letters; backslashes may be escaped, slashes be percent-encoded."""
LISTED: Final = re.compile(
    rb"(?i)[-dl][rwxst-]{9}[.+@]? +[0-9]+ +([a-z][\w.-]{1,31})"
    rb"|([a-z][\w.-]{1,31}) +(?:(?:pts/[0-9]|tty[0-9]|:[0-9]) "
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
"""A line of `ls -l`, `who`, `ps`, top, lsof, cron, su or sudo, with the account as its one group."""
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
    rb"""[^/\\\s"'`<>:;,|?*()\[\]{}&%=\x00]{1,64}"""
    rb"""(?:\ (?!HTTP/)[A-Z][^/\\\s"'`<>:;,|?*()\[\]{}&%=]{0,40}(?=[/\\"'>]|[ \t]*(?:\r?\n|\\{1,8}[rn]|\Z)))?"""
)
_BEHIND_MACHINE: Final = re.compile(rb"\\{1,4}(?!u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2})([A-Za-z][\w.-]{2,40})(?![\w\\])")
# Where a path begins that is not one of the system's.
_OF_A_PROJECT: Final = re.compile(
    rb"(?:\A|[\s\"'(=@,`>;|])(?:\.{1,2}/){0,4}(?:src|apps?|libs?|packages|modules|tests?|specs?|server|client|backend"
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
    rb"|start|stop|run|unlock)|(?:has|had) (?:no|insufficient|already|exceeded)|(?:does not|doesn't) (?:have|exist)"
    rb"|(?:lacks|exceeded|owns|cannot|could not)|(?:logon|login|sign-in) (?:failed|failure|denied|succeeded))\b"
)
_BEFORE_A_TILDE: Final = frozenset(b" \t\n\"'=:(,/")
_ACCESS: Final = re.compile(rb" - ([A-Za-z][\w.@-]{1,62}) ")
# What ends like this is a file or a unit, not a person's folder and not a domain.
_FILE_ENDINGS: Final = frozenset(
    b"so py js ts rb go rs java class dll exe jar map jsx tsx mjs cjs html css json png svg php lua cpp c h webp gif "
    b"jpg jpeg bmp ico cur service socket timer mount target slice scope device path swap kt cs swift dart vue scss "
    b"less md txt log tgz zip gz tar whl rpm deb apk nupkg gem crate bz2 xz "
    b"proto thrift avsc graphql wasm yaml yml toml ini json5 ipynb sql parquet csv tsv pdf".split()
)
_LOCAL: Final = frozenset(LETTERS + DIGITS + b"._%+-'!#$&*/=?^`{|}~" + bytes(range(0x80, 0x100)))
_LOCAL_TABLE: Final = bytes(0x61 if code in _LOCAL else 0x20 for code in range(256))
_LONGEST_LOCAL: Final = 64
# Legal in an address, yet far more often what precedes one.
_BEFORE_AN_ADDRESS: Final = (b"=", b"'", b"/", b"`", b"{", b"|", b"&", b"?", b"#", b"$", b"*")
# What a terminal is told before an address.
_COLOUR: Final = re.compile(rb"(?:\x1b|\\(?:u001b|x1b|033|e))\[[0-9;]{0,16}m")
# A quote or a bracket that is written out, behind its backslash.
_WRITTEN: Final = re.compile(rb"(?i)(?:x|u00)[23][0-9a-f](?=[^@])")
_ESCAPED: Final = frozenset({b"3a", b"3d", b"3c", b"22", b"20"})
_DOMAIN: Final = re.compile(
    rb"(?:[A-Za-z0-9\x80-\xff](?:[A-Za-z0-9\x80-\xff-]{0,61}[A-Za-z0-9\x80-\xff])?\.){1,8}"
    rb"(?:[A-Za-z\x80-\xff]{2,24}|xn--[A-Za-z0-9-]{1,40})(?![\w\x80-\xff-])"
)
_COMBINATION: Final = re.compile(rb"""[:;|]([^\s:;|,"'/.\\]{6,64})[ \t\r|,;]{0,8}(?:\n|\\{1,4}[rn]|"[,\s}]|\Z)""")
# With a blank to either side a password may hold a dot, and it is no name of a machine.
_APART: Final = re.compile(rb"""[ ][/:][ ]([^\s:;|,"'/\\@]{8,64})[ \t\r]{0,8}(?:\n|\\{1,4}[rn]|["<,}]|\Z)""")
_BEFORE_A_COMBINATION: Final = frozenset({b"", b"\n", b" ", b'"'})
_OF_MESSAGES: Final = re.compile(
    rb"(?i)(?:(?:message|content)[-_ ]?id|in-reply-to|references|x-[a-z-]{1,30}-id)[\"']?[:=] ?[\"']?"
    rb"(?:<[^\s<>]{1,60}> )?<?\Z"
)
# Whom manuals write to, and what answers to nobody.
_IN_MANUALS: Final = re.compile(
    rb"(?i)(?:you|your[\w.-]{0,12}|user|username|user\.name|name|first\.last|someone|somebody|me|email|foo|recipient|sender|address)"
    rb"@(?:example\.(?:com|org|net|edu)|(?:my|your|some)?[-_]?(?:domain|company|site|host|org|server)(?:\.(?:com|org|net|tld|domain|name)){1,2})"
    rb"|(?:no-?reply|do-?not-?reply)@(?:github|gitlab|bitbucket|google|microsoft|apple|amazon)\.(?:com|org)"
)
_BRACKETS: Final = frozenset({b"<", b"("})
_LONG: Final = 12
_MADE: Final = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_OF_REPOSITORIES: Final = frozenset({b"git", b"hg", b"svn", b"deploy", b"gitea"})
_USERINFO: Final = re.compile(
    rb"""(?:[^\s/?#"'\\@]{1,400}|[^\s/?#"'\\@:]{1,100}:(?!\d{1,5}/)[^\s"'\\@<>]{1,300})"""
    rb"""(?:@(?:[^\s/?#"'\\@]{0,200}|[A-Za-z0-9.-]{0,60}[^A-Za-z0-9.,:/?#\s"'\\@\[-][^\s/"'\\@]{0,200})){0,4}"""
)
# The same with a password that its line was too short for.
_WRAPPED_USERINFO: Final = re.compile(
    rb"""[^\s/?#"'\\@:]{1,100}:(?!\d{1,5}\s)[^\s"'\\@<>/]{2,300}(?:\r?\n|\\{1,4}n)[ \t>|]{0,16}[^\s"'\\@<>/:=]{1,300}"""
)
# What a port is, before the parts of a connection string.
_PORT: Final = re.compile(rb"[0-9]{1,5};[A-Za-z ]{2,40}=")
_SCHEME_REACH: Final = 512
_USERINFO_REACH: Final = 256
_NOBODY: Final = frozenset({b"oauth2", b"x-token-auth", b"x-access-token", b"gitlab-ci-token"})
# Nor is what stands before a colon in such a place the account of a URL.
_BROWSER: Final = re.compile(rb"(?i)https?://|file://|webpack|chrome|moz-extension|safari|resource:|blob:|app:")
_ORACLE: Final = re.compile(
    rb"(?i)(?:oracle:(?:thin|oci8?):|sqlplus |sqlldr |userid=)[\w$#.-]{1,60}/([^\s@/\"']{1,128})\Z"
)
_ORACLE_ALONE: Final = re.compile(rb"(?:\A|[\s\"'=:(])[\w$#.-]{1,60}/([^\s@/\"']{1,128})\Z")
_GO_DSN: Final = re.compile(rb"[\w.$-]{1,60}:([^\s\"'@]{1,200})\Z")
# Machines of one person, as systems and people call them.
_OF_ONE: Final = re.compile(
    rb"(?i)(?:(?:desktop|laptop|win)-[a-z0-9]{5,11}|[a-z0-9-]{2,20}-(?:pc|laptop|desktop|notebook|mbp|macbook|thinkpad|xps))\Z"
)
# Two slashes are those of a URL: browsers write `function@https://...` in a stack trace.
_AT_MACHINE: Final = re.compile(
    rb"([A-Za-z0-9][A-Za-z0-9.-]{1,80})"
    rb"(:(?:~|/(?!/))[^\s]{0,80}|[ \t][^\s\]]{0,80}\][#$]|[ \t][~/][^\s\]]{0,80}[#$]|'s password)?"
)
_AT_ACCOUNT: Final = re.compile(rb"(?:\A|[^\w.+-])([a-z_][\w.-]{1,31})\Z")
_AT_PROMPT: Final = re.compile(
    rb"'s password|[ \t][^\s\]]{0,80}\][#$]|:[~/][^\s]{0,80}[#$]|[ \t][~/][^\s\]]{0,80}\]?[#$]"
)
_REMOTE: Final = re.compile(
    rb"(?:ssh|scp|sftp|rsync|mosh)[: \t][^\n]{0,120}\Z|(?:sips?|h323|xmpp):\Z"
    rb"|(?i:connect(?:ed|ing|ion)?|logged in|login|session|tunnel|channel|copy(?:ing)?) (?:to|from|as|with) \Z"
)
# Schemes of programs that a person logs in with.
_OF_LOGINS: Final = (b"ssh", b"sftp", b"scp", b"rsync", b"ftp", b"ftps", b"mosh", b"vnc", b"rdp", b"smb", b"davs")


def behind_tilde(data: bytes, start: int, end: int) -> Iterator[Found]:
    """The account in `~account/`."""
    name = data[start + 1 : end - 1].lower()
    first = not start or data[start - 1] in _BEFORE_A_TILDE
    if first and name not in hosts.places().homes and name not in vocabulary().services:
        yield start + 1, end - 1, "username", "home"


def in_listing(data: bytes, match: re.Match[bytes]) -> Iterator[Found]:
    """The account in a line of `ls -l`, `who`, `ps`, cron, su or sudo."""
    before = match.start()
    if before and data[before - 1 : before].isalnum():
        return
    for number, name in enumerate(match.groups(), 1):
        known = vocabulary()
        small = name.lower() if name else b""
        nobody = small in known.services or small in known.nobody or small in _BEFORE_TERMINALS
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
    if home is None and (share := hosts.in_share(data, start)):
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
    if len(name) < _SHORTEST or nobody or name.rpartition(b".")[2] in _FILE_ENDINGS:
        return
    escape = len(account) == len(name) and name[:1] in b"nrt"
    if _OF_AN_ACCOUNT.search(data, max(start - 40, 0), start) or (not escape and _DOES_SOMETHING.match(data, end)):
        yield at, at + len(name), "username", "domain"
        if b"-" in domain and digits_in(domain):
            yield start, start + len(domain), "hostname", "domain"


def behind_machine(data: bytes, end: int) -> Iterator[Found]:
    r"""The account in `DESKTOP-...\account`."""
    found = _BEHIND_MACHINE.match(data, end)
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
    nobody = text.lower() in hosts.places().homes or text.lower() in _FOLDERS
    if (blank and first in {b"default", b"all"}) or nobody or text.isdigit():
        return
    if text.startswith((b"$", b".", b"~", b"[", b"*")):
        return
    # A last part with an ending is a file, not the folder of a person.
    last = data[name.end() : name.end() + 1] not in {b"/", b"\\"}
    if last and b"." in text and text.rpartition(b".")[2].lower() in _FILE_ENDINGS:
        return
    yield at, at + len(text.rstrip(b".")), "username", "home"


def around_signs(data: bytes) -> Iterator[Found]:
    """What stands around each `@`: accounts in URLs, and e-mail addresses."""
    at, done = -1, 0
    while (at := data.find(b"@", at + 1)) >= 0:
        password = _before_machine(data, at)
        if password:
            yield *password.span(1), "password", "userinfo"
            continue
        scheme = data.rfind(b"://", max(at - _SCHEME_REACH, 0), at)
        if scheme >= done and _USERINFO.fullmatch(data, scheme + 3, at):
            at = done = _last_sign(data, scheme + 3, at)
            yield from _userinfo(data, scheme + 3, at)
        elif scheme >= done and _WRAPPED_USERINFO.fullmatch(data, scheme + 3, at):
            yield from _userinfo(data, scheme + 3, at)
        else:
            yield from _email(data, at)


def _before_machine(data: bytes, at: int) -> re.Match[bytes] | None:
    """The password in a name of a database as Oracle's and Go's drivers write it: `account/password@`, `...@tcp(`."""
    if data.rfind(b"/", max(at - 130, 0), at) > 0:
        form = _ORACLE_ALONE if data[at + 1 : at + 3] == b"//" else _ORACLE
        if oracle := form.search(data, max(at - 200, 0), at):
            return oracle
    return _GO_DSN.search(data, max(at - 300, 0), at) if data[at + 1 : at + 5] in {b"tcp(", b"unix"} else None


def _last_sign(data: bytes, start: int, at: int) -> int:
    """The last `@` of a URL's account and password: a password may hold one."""
    following = data.find(b"@", at + 1, at + _USERINFO_REACH)
    while following > 0 and _USERINFO.fullmatch(data, start, following):
        at, following = following, data.find(b"@", following + 1, following + _USERINFO_REACH)
    return at


def _userinfo(data: bytes, start: int, end: int) -> Iterator[Found]:
    """Account and password of a URL; a lone key such as that of a Sentry DSN counts as one."""
    user, colon, password = data[start:end].partition(b":")
    if _PORT.match(password):
        return
    middle = start + len(user)
    if password and not values.placeholder(password) and not values.is_name(password):
        yield middle + 1, end, "password", "userinfo"
    if values.looks_random(user, least=16 if colon else 10):
        yield start, middle, "token", "userinfo"
        return
    small = user.lower()
    nobody = (
        small in _NOBODY or small.isdigit() or small.rstrip(DIGITS) in vocabulary().services or values.placeholder(user)
    )
    logs_in = colon or data[max(start - 12, 0) : start - 3].lower().endswith(_OF_LOGINS)
    if user and logs_in and not nobody and b"=" not in user and not _BROWSER.match(user):
        yield start, middle, "username", "userinfo"


def _email(data: bytes, at: int) -> Iterator[Found]:
    """An e-mail address around an `@`, or else the account on a machine."""
    domain = _DOMAIN.match(data, at + 1)
    broken = halves.whole(data, at) if domain is None else None
    if broken and data[slice(*broken)].rpartition(b".")[2].lower() not in _FILE_ENDINGS:
        yield *broken, "email", "email"
        return
    if domain is None or _AT_PROMPT.match(data, domain.end()):
        yield from _at_machine(data, at)
        return
    local = _local_part(data, at)
    begin = halves.beginning(data, at - len(local))
    if begin == at or local.endswith(b".") or domain.group().rpartition(b".")[2].lower() in _FILE_ENDINGS:
        return
    behind = data[domain.end() : domain.end() + 1]
    if len(local) >= _LONG and _calls_a_message(data, at - len(local), local):
        return
    if local == b"git" or (behind == b":" and local in _OF_REPOSITORIES):
        return
    if _IN_MANUALS.fullmatch(local + data[at : domain.end()]) or protocols.is_of_ssh(local, domain.group()):
        return
    yield begin, domain.end(), "email", "email"
    if data[at - len(local) - 1 : at - len(local)] in _BRACKETS:
        yield from display.before_address(data, at - len(local) - 1)
    if data[at - len(local) - 1 : at - len(local)] != b"<":
        yield from rows.beside_address(data, at - len(local), domain.end())
    combination = _COMBINATION.match(data, domain.end())
    first = data[at - len(local) - 1 : at - len(local)] in _BEFORE_A_COMBINATION
    if combination and first and values.mixed(combination[1], least=6):
        yield *combination.span(1), "password", "combination"
    elif (apart := _APART.match(data, domain.end())) and first and _is_password(apart[1]):
        yield *apart.span(1), "password", "combination"


def _is_password(value: bytes) -> bool:
    """Whether a word beside an address is a password, and no machine, number or file."""
    return (
        digits_in(value) > 0 and values.mixed(value, least=8) and not _DOMAIN.fullmatch(value) and letters_in(value) > 3
    )


def _calls_a_message(data: bytes, start: int, local: bytes) -> bool:
    """Whether what looks like an address is what a program calls a message."""
    return _MADE.fullmatch(local) is not None or _OF_MESSAGES.search(data, max(start - 60, 0), start) is not None


def _local_part(data: bytes, at: int) -> bytes:
    """What stands before the `@` of an address, without what precedes it."""
    first = at - _LONGEST_LOCAL if at > _LONGEST_LOCAL else 0
    around = data[first:at]
    local = around[around.translate(_LOCAL_TABLE).rfind(b" ") + 1 :]
    if b"[" in around and (colours := [*_COLOUR.finditer(around)]):
        local = local[-min(len(local), len(around) - colours[-1].end()) :] if colours[-1].end() < len(around) else b""
    if not local.isalnum():
        for mark in _BEFORE_AN_ADDRESS:
            local = local.rpartition(mark)[2]
        local = local.lstrip(b".-!^~}%")
    before = data[at - len(local) - 1 : at - len(local)]
    written = _WRITTEN.match(local) if before == b"\\" else None
    if written:
        local = local[written.end() :]
    elif before == b"\\" and local[:1] in b"ntrbf":
        local = local[1:]
    elif before == b"%" and local[:2].lower() in _ESCAPED:
        local = local[2:]
    return local


def _at_machine(data: bytes, at: int) -> Iterator[Found]:
    """`account@machine`: a prompt, a target of ssh or scp, a worker of a queue."""
    around = _AT_MACHINE.match(data, at + 1)
    before = _AT_ACCOUNT.search(data, max(at - 40, 0), at)
    if around is None or before is None:
        return
    account, name = before[1], around[1]
    machine = hosts.is_host(name, named=True)
    numbered = machine and b"-" in name and digits_in(name) > 0
    remote = around[2] is not None or network.OF_A_MACHINE.match(data, at + 1) is not None
    remote = remote or bool(_OF_ONE.match(name)) or (numbered and b"." in account)
    remote = remote or bool(_REMOTE.search(data, max(at - 160, 0), at - len(account)))
    if remote and account.lower() not in vocabulary().services and len(account) >= _SHORTEST:
        yield *before.span(1), "username", "prompt"
    if machine and (remote or numbered):
        yield *around.span(1), "hostname", "prompt"
