"""What stands around an `@`: accounts and passwords in URLs, e-mail addresses, accounts on machines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact.named import users, values
from triage.redact.named.keys import vocabulary
from triage.redact.pii import display, halves, hosts, network, protocols, rows
from triage.redact.pii.clients import served_by
from triage.redact.pii.word_lists import places
from triage.redact.text import DIGITS, LETTERS, Found, Span, digits_in, letters_in

__all__ = ("FILE_ENDINGS", "around_signs")

_SHORTEST: Final = 3
# What ends like this is a file or a unit, not a person's folder and not a domain.
FILE_ENDINGS: Final = frozenset(
    b"so py js ts rb go rs java class dll exe jar map jsx tsx mjs cjs html css json png svg php lua cpp c h webp gif "
    b"jpg jpeg bmp ico cur service socket timer mount target slice scope device path swap kt cs swift dart vue scss "
    b"less md txt log tgz zip gz tar whl rpm deb apk nupkg gem crate bz2 xz "
    b"proto thrift avsc graphql wasm yaml yml toml ini json5 ipynb sql parquet csv tsv pdf "
    b"ttf otf woff woff2 eot avif jxl heic heif tif tiff psd icns xcassets lottie webm mp3 wav ogg flac glb gltf ktx "
    b"ktx2".split()
)
# What also ends the name of a file, and no domain.
_OF_FILES: Final = frozenset(
    b"txt log json csv xml png jpe?g gif webp bmp heic pdf docx? xlsx? odt zip gz tgz bz2 xz zst 7z tar"
    b" eml mbox vcf ics ost pst db sqlite3? bak tmp old orig swp dmp pcap har html? md ya?ml ini conf cfg plist key pem"
    b" crt cer p12 pfx asc gpg lock pid cache dat bin mp4 mov wav mp3 lnk rdp ovpn".split()
)
# What parts the copies of one picture by how dense a screen is, or how bright: `logo@2x.png`, `icon@xxhdpi.webp`.
_COPY: Final = re.compile(
    rb"(?i)(?:(?:[0-9]\.)?[0-9]{1,2}x|(?:x{0,3}h|[ml]|tv|no|any)dpi|dark|light)(?:-[\w-]{1,20})?(?:\.[\w-]{1,40}){0,2}\.([a-z][a-z0-9]{1,11})"
)
_LOCAL: Final = frozenset(LETTERS + DIGITS + b"._%+-'!#$&*/=?^`{|}~" + bytes(range(0x80, 0x100)))
_LOCAL_TABLE: Final = bytes(0x61 if code in _LOCAL else 0x20 for code in range(256))
_LONGEST_LOCAL: Final = 64
# Legal in an address, yet far more often what precedes one.
# Signs of the width of a letter, behind the name of a field or a sentence: colons, commas, brackets, blanks.
_WIDE: Final = re.compile(rb"\xef\xbc[\x81-\x8f\x9a-\x9f]|\xe3\x80[\x80-\x9f]|\xd8\x8c|\xd8\x9b|\xc2\xa0|\xe2\x80\xaf")
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
# An address that other words or the ending of a file are joined to, and what stands before it in such a name.
_JOINED: Final = re.compile(
    rb"(?:(?=[\w-]{0,62}[A-Za-z])[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,4}?([A-Za-z]{2,24})"
    rb"(?=[-_][A-Za-z0-9#]|\.(?:" + b"|".join(sorted(_OF_FILES)) + rb")(?![\w-]))"
)
_IN_NAME: Final = re.compile(
    rb"(?i)\A(?:(?:session|screen-?shot|notes?|user|mail|e-?mail|inbox|mailbox|outbox|account|profile|login|export|import|backup"
    rb"|archive|report|dump|log|crash|trace|cache|config|settings|prefs|avatar|photo|image|img|pic|scan|file|doc|invoice"
    rb"|receipt|message|msg|chat|call|history|contacts?|calendar|sync|imap|smtp|pop3|idle|poll(?:er)?|worker|thread|task"
    rb"|job|queue|watch(?:er)?|fetch(?:er)?|listener|conn(?:ection)?|client|peer|token|oauth|subscription|push|upload"
    rb"|download|attachment)[-_])+(?=[A-Za-z0-9])"
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
_TOKEN: Final = 30
_MADE: Final = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_OF_REPOSITORIES: Final = frozenset({b"git", b"hg", b"svn", b"deploy", b"gitea"})
_USERINFO: Final = re.compile(
    rb"""(?:[^\s/?#"'\\@]{1,400}|[^\s/?#"'\\@:]{1,100}:(?!\d{1,5}/)[^\s"'\\@<>]{1,300})"""
    rb"""(?:@(?:[^\s/?#"'\\@]{0,200}|[A-Za-z0-9.-]{0,60}[^A-Za-z0-9.,:/?#\s"'\\@\[-][^\s/"'\\@]{0,200})){0,4}"""
)
# A URL without a path that is the value of a field, before the others of its query: no account is there.
_NEXT_FIELD: Final = re.compile(
    rb"[A-Za-z0-9.-]{1,100}(?::[0-9]{1,5})?(?:&(?:amp;)?[\w.\[\]-]{1,60}=[^\s&=:@/\"'<>]{0,200}){1,16}"
)
# The same with a password that its line was too short for.
_WRAPPED_USERINFO: Final = re.compile(
    rb"""[^\s/?#"'\\@:]{1,100}:(?!\d{1,5}\s)[^\s"'\\@<>/]{2,300}(?:\r?\n|\\{1,4}n)[ \t>|]{0,16}[^\s"'\\@<>/:=]{1,300}"""
)
# What a port is, before the parts of a connection string.
_PORT: Final = re.compile(rb"[0-9]{1,5};[A-Za-z ]{2,40}=")
_SCHEME_REACH: Final = 512
_USERINFO_REACH: Final = 256
_DISTINGUISHED: Final = re.compile(rb"(?i)(?:cn|uid)=(?=[\w.-]{2,60}\Z)")
_NOBODY: Final = frozenset({b"oauth2", b"x-token-auth", b"x-access-token", b"gitlab-ci-token"})
# Nor is what stands before a colon in such a place the account of a URL.
_BROWSER: Final = re.compile(rb"(?i)https?://|file://|webpack|chrome|moz-extension|safari|resource:|blob:|app:")
_ORACLE: Final = re.compile(
    rb"(?i)(?:oracle:(?:thin|oci8?):|sqlplus |sqlldr |userid=)(?P<user>[\w$#.-]{1,60})/([^\s@/\"']{1,128})\Z"
)
_ORACLE_ALONE: Final = re.compile(rb"(?:\A|[\s\"'=:(])(?P<user>[\w$#.-]{1,60})/([^\s@/\"']{1,128})\Z")
_GO_DSN: Final = re.compile(rb"(?P<user>[\w.$-]{1,60}):([^\s\"'@]{1,200})\Z")
# A number that somebody adds to a name, a name with an apostrophe; and a machine by its address in brackets (RFC 5321).
_SUFFIXED: Final = re.compile(rb"[A-Za-z][\w.+-]{1,40}#[0-9]{1,6}|(?i:(?:[a-z][\w-]{0,30}[._-])?[od]'[a-z]{3,30})")
_LITERAL: Final = re.compile(rb"@\[(?:IPv6:)?[0-9A-Fa-f.:]{7,45}\]")
_OBJECT: Final = re.compile(rb"@[0-9a-f]{5,8}\.[a-z]\w{1,60}(?![\w.-])")
_CLASS: Final = re.compile(rb"[.$][A-Z]\w{0,80}\Z")
_MACHINE_IN_CALL: Final = re.compile(rb"@tcp\(([A-Za-z0-9][\w.-]{1,100})[:)]")
_MACHINE_OF_ORACLE: Final = re.compile(rb"@(?://)?([A-Za-z][\w.-]{1,100})(?=[:/])")
_MACHINE_OF_URL: Final = re.compile(
    rb"@([A-Za-z0-9][A-Za-z0-9-]{1,62}(?:\.[A-Za-z0-9-]{1,62}){0,6})(?=[:/?\"'\s,;)]|\Z)"
)
# The name of a function as compilers for Windows write it, up to a sign of its own.
_MANGLED: Final = re.compile(rb"(?:\A|[^\w@?$])\?[\w@?$]{0,150}@\Z")
# Machines of one person, as systems and people call them.
_OF_ONE: Final = re.compile(
    rb"(?i)(?:(?:desktop|laptop|win)-[a-z0-9]{5,11}|[a-z0-9-]{2,20}-(?:pc|laptop|desktop|notebook|mbp|macbook(?:-?(?:pro|air))?|thinkpad|xps))\Z"
)
# Two slashes are those of a URL: browsers write `function@https://...` in a stack trace.
_AT_MACHINE: Final = re.compile(
    rb"([A-Za-z0-9][A-Za-z0-9.-]{1,80})"
    rb"(:(?:~|/(?!/))[^\s]{0,80}|[ \t][^\s\]]{0,80}\][#$]|[ \t][~/][^\s\]]{0,80}(?:[#$]|[ ]%[ ])|'s password)?"
)
_AT_ACCOUNT: Final = re.compile(rb"(?:\A|[^\w.+-])([a-z_][\w.-]{1,31})\Z")
_AT_PROMPT: Final = re.compile(
    rb"'s password|[ \t][^\s\]]{0,80}\][#$]|:[~/][^\s]{0,80}[#$]|[ \t][~/][^\s\]]{0,80}(?:\]?[#$]|[ ]%[ ])"
)
_REMOTE: Final = re.compile(
    rb"(?:ssh|scp|sftp|rsync|mosh)[: \t][^\n]{0,120}\Z|(?:sips?|h323|xmpp):\Z"
    rb"|(?i:connect(?:ed|ing|ion)?|logged in|login|session|tunnel|channel|copy(?:ing)?) (?:to|from|as|with) \Z"
)
# Schemes of programs that a person logs in with.
_OF_LOGINS: Final = (b"ssh", b"sftp", b"scp", b"rsync", b"ftp", b"ftps", b"mosh", b"vnc", b"rdp", b"smb", b"davs")


def around_signs(data: bytes) -> Iterator[Found]:
    """What stands around each `@`: accounts in URLs, and e-mail addresses."""
    at, done = -1, 0
    while (at := data.find(b"@", at + 1)) >= 0:
        password = _before_machine(data, at)
        if password:
            yield *password.span(password.lastindex or 1), "password", "userinfo"
            yield from _beside_password(data, password.span("user"), at)
            continue
        scheme = data.rfind(b"://", max(at - _SCHEME_REACH, 0), at)
        if scheme >= done and _NEXT_FIELD.fullmatch(data, scheme + 3, at):
            yield from _email(data, at)
        elif scheme >= done and _USERINFO.fullmatch(data, scheme + 3, at):
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


def _beside_password(data: bytes, user: Span, at: int) -> Iterator[Found]:
    """The account of a name of a database, and the machine as Go's drivers write it."""
    if not _is_nobody(data[slice(*user)], alone=False):
        yield *user, "username", "userinfo"
    machine = _MACHINE_IN_CALL.match(data, at)
    if machine and hosts.is_host(machine[1], named=True):
        yield *machine.span(1), "hostname", "userinfo"
    other = _MACHINE_OF_ORACLE.match(data, at)
    if other and hosts.in_words(other[1]):
        yield *other.span(1), "hostname", "userinfo"


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
    machine = _MACHINE_OF_URL.match(data, end) if password else None
    own = machine and not values.placeholder(password) and hosts.is_private(machine[1])
    if machine and (own or hosts.in_words(machine[1])):
        yield *machine.span(1), "hostname", "userinfo"
    if password and not values.placeholder(password) and not values.is_name(password):
        yield middle + 1, end, "password", "userinfo"
    if values.looks_random(user, least=16 if colon else 10):
        yield start, middle, "token", "userinfo"
        return
    logs_in = colon or b"@" in user or data[max(start - 12, 0) : start - 3].lower().endswith(_OF_LOGINS)
    if (named := _DISTINGUISHED.match(user)) and password:  # the first part of a name in a directory
        start, user = start + named.end(), user[named.end() :]
    if user and logs_in and not _is_nobody(user, alone=not password) and b"=" not in user and not _BROWSER.match(user):
        yield start, middle, "username", "userinfo"


def _is_nobody(user: bytes, *, alone: bool) -> bool:
    """Whether the account of a URL is that of a service, or none at all; a password beside it makes a role somebody."""
    small = user.lower()
    service = small.rstrip(DIGITS) in vocabulary().services or users.is_of_service(user)
    service = service and (alone or not users.is_role(user))
    return small in _NOBODY or small.isdigit() or service or values.placeholder(user)


def _email(data: bytes, at: int) -> Iterator[Found]:
    """An e-mail address around an `@`, or else the account on a machine."""
    domain, joined = _domain(data, at + 1)
    broken = halves.whole(data, at) if domain is None else None
    if broken and data[slice(*broken)].rpartition(b".")[2].lower() not in FILE_ENDINGS:
        yield *broken, "email", "email"
        return
    if domain is None or _AT_PROMPT.match(data, domain.end()):
        yield from _at_machine(data, at)
        return
    local = _IN_NAME.sub(b"", _local_part(data, at)) if joined else _local_part(data, at)
    begin = halves.beginning(data, at - len(local))
    if begin == at or local.endswith(b".") or _is_file(domain.group()):
        return
    behind = data[domain.end() : domain.end() + 1]
    if len(local) >= _TOKEN and values.looks_random(local) and not local.islower():
        return  # what a URL logs in with
    if (
        _is_mangled(data, begin)
        or _is_object(data, at, local)
        or (len(local) >= _LONG and _calls_a_message(data, at - len(local), local))
    ):
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


def _domain(data: bytes, at: int) -> tuple[re.Match[bytes] | None, bool]:
    """The domain behind a sign, and whether other words or the ending of a file are joined to it."""
    domain = _DOMAIN.match(data, at)
    if domain is not None and not _is_file(domain.group()):
        return domain, False
    joined = _JOINED.match(data, at)
    if joined is None or joined[1].lower() not in places().public:
        return domain, False
    return joined, True


def _is_file(domain: bytes) -> bool:
    """Whether what stands behind a sign is the rest of the name of a file, or says how dense a picture is."""
    if domain.rpartition(b".")[2].lower() in FILE_ENDINGS:
        return True
    copy = _COPY.fullmatch(domain)
    return copy is not None and copy[1].lower() not in places().public


def _is_object(data: bytes, at: int, local: bytes) -> bool:
    """Whether what looks like an address is an object of Java, by its class and its digest."""
    return _OBJECT.match(data, at) is not None and _CLASS.search(local) is not None


def _is_password(value: bytes) -> bool:
    """Whether a word beside an address is a password, and no machine, number or file."""
    return (
        digits_in(value) > 0 and values.mixed(value, least=8) and not _DOMAIN.fullmatch(value) and letters_in(value) > 3
    )


def _calls_a_message(data: bytes, start: int, local: bytes) -> bool:
    """Whether what looks like an address is what a program calls a message."""
    return _MADE.fullmatch(local) is not None or _OF_MESSAGES.search(data, max(start - 60, 0), start) is not None


def _is_mangled(data: bytes, begin: int) -> bool:
    """Whether what looks like an address goes on in the name of a function."""
    return data[begin - 1 : begin] == b"@" and _MANGLED.search(data, max(begin - 160, 0), begin) is not None


def _local_part(data: bytes, at: int) -> bytes:
    """What stands before the `@` of an address, without what precedes it."""
    first = at - _LONGEST_LOCAL if at > _LONGEST_LOCAL else 0
    around = data[first:at]
    local = around[around.translate(_LOCAL_TABLE).rfind(b" ") + 1 :]
    if b"[" in around and (colours := [*_COLOUR.finditer(around)]):
        local = local[-min(len(local), len(around) - colours[-1].end()) :] if colours[-1].end() < len(around) else b""
    if _SUFFIXED.fullmatch(local.lstrip(b"'`")):
        local = local.lstrip(b"'`")
    elif not local.isalnum():
        for mark in _BEFORE_AN_ADDRESS:
            local = local.rpartition(mark)[2]
        local = local.lstrip(b".-!^~}%")
    if not local.isascii():
        local = _WIDE.split(local)[-1]
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
    if literal := _LITERAL.match(data, at):
        local = _local_part(data, at)
        if not _calls_a_message(data, at - len(local), local):
            yield at - len(local), literal.end(), "email", "email"
        return
    yield from served_by(data, at)
    around = _AT_MACHINE.match(data, at + 1)
    before = _AT_ACCOUNT.search(data, max(at - 40, 0), at)
    if around is None or before is None or before[1].endswith(b".git"):
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
