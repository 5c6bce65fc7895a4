"""Addresses in a network by parser: IPv4, IPv6 and MAC.

`ipaddress` says what could be one; what stands around says whether it is a version, a clock time, a digest written in
pairs or a scope of C++ instead. Addresses that every machine has tell of none.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from triage.redact.pii import versions
from triage.redact.text import DIGITS, HEX_DIGITS, WORD, Found, digits_in, expression, letters_in, touches

__all__ = (
    "MAC",
    "OF_A_MACHINE",
    "V4",
    "forget",
    "hexadecimal",
    "ipv4",
    "stands_as_ipv4",
    "worth_of",
)

V4: Final = re.compile(rb"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
MAC: Final = re.compile(rb"(?i)(?:[0-9a-f]{2}([:-]))(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}|(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}")
_PAIR_BEFORE: Final = re.compile(rb"(?:\A|[^0-9A-Za-z])[0-9A-Fa-f]{2}[:-]\Z")
# A firewall writes the addresses of a frame's sender and receiver and its type in one.
_FRAME: Final = re.compile(rb"(?i)[0-9a-f]{2}(?::[0-9a-f]{2}){5,13}")
_FRAME_NAME: Final = b"MAC="
_WORD_AND_COLON: Final = re.compile(rb"[A-Za-z]{0,20}[g-zG-Z][A-Za-z]{0,20}6?:\Z")
# An address of a link that was put together wrongly, the middle of a MAC in one group, is one all the same.
_OF_A_LINK: Final = re.compile(rb"(?i)fe80::(?:[0-9a-f]{1,6}:){1,3}[0-9a-f]{1,6}")
_ZONE: Final = re.compile(rb"%[A-Za-z0-9._-]{1,16}")
# tcpdump and netstat write a port behind a dot.
_DOTTED_PORT: Final = re.compile(rb"\.(?:[0-9]{4,5}(?![0-9.])|[0-9]{2,5}(?=:| >| {1,12}(?:[0-9]{1,3}\.[0-9]|\*\.\*)))")
# Looked for by RE2: `re` would try each word of these at each place before an address.
_NETWORK_BEFORE: Final = (
    r"(?i)(?:(?:\b|_)(?:ip|ips|addr|address|from|to|host|client|peer|server|via|dst|src|source|dest"
    r"|destination|gateway|remote|"
    r"resolver|nameserver|dns|connect|connected|connecting|listen|bind|forwarded|real-ip)(?:\b|_)[\w-]{0,12}[\"'\\]{0,4}"
    r"[ \t]{0,3}[:=(]{0,2}[ \t\"'\\]{0,4}|://|[@\[])\z"
)
_VERSION_BEFORE: Final = (
    r"(?i)(?:\.(?:sys|dll|exe|so|drv|ocx|dylib|jar|pdb)\|?|\b(?:version|ver|release|build|driver|fileversion|"
    r"productversion|assembly|revision|rev[0-9]{0,3}[\"'\\ :=]|kernel|os|firmware|nuget|package|sdk|chrome|edg|opr"
    r"|windows|nvidia|amd|intel|realtek|cuda|cudnn|tensorrt|bootloader|baseband|modem|uefi|microcode|bitstream|fpga|"
    r"oid|directx|openssl|libcurl|glibc)\w{0,10}\.?|"
    r"version[ ][0-9.]{5,20},?[ ](?:to|and|or|->|=>)|up(?:dated|graded)[ ]from(?:[ ][0-9.]{5,20}[ ]to)?|"
    r"(?:expected|requires?|needs?|want(?:ed)?)[ ](?:at least|>=|version)|"
    r"(?:\A|[^\w])p[0-9]{1,2}|sig\[[0-9]{1,2}\]\.value|sections?(?:[ ][0-9.]{5,20},?[ ]and)?|"  # of a report of Windows
    r"grad(?:e|ed|ing)(?:[ ]from)?(?:[ ][0-9.]{5,20})?(?:[ ]to)?|version"
    r"|\bup(?:dat|grad)(?:e|ed|es|ing)[ ](?:package|app|application|plug-?in|module|browser|agent|product"
    r"|software|library|(?-i:V8|[A-Z][a-z][\w.+-]{0,22}))[ ]to[ ]v?\z"
    r"|\b(?:update|upgrade)(?: (?:available|found|ready|applied))?:?[ ]v?[0-9.]{5,15}[ ](?:->|=>|to)|(?:\A|[^/\w])v"
    r"|\b(?:npm|yarn|pnpm|package|module|dependency|dependencies|deprecated|requires?|node_modules)\b[^\n@]{0,40}"
    r"[ /\"'=:]@?[a-z][\w./-]{0,40}@)"
    r"(?:[\"'\\]{0,4}\]?|%22|&#x27;|&quot;)(?:</key>[ \t]{0,8}<string>|[ ]value|[ \t]{0,3})"
    r"(?:[:=/ (]{0,3}|=>|=?&gt;|%3A|>)(?:[ \t\"'\\v]{0,24}|[ ]?&#x27;|&quot;)\z"
)
# Behind these four numbers are a version more often than an address, unless it is one of a network inside.
_PRODUCT_BEFORE: Final = (
    r"(?:(?i:umd|kmd|runtime|redistributable|update|installer|setup|plug-?in|extension|add-?in|engine"
    r"|tools|library|framework|component|patch|hotfix"
    r"|edition|studio|webview2?|codec|bios|reader|suite|launcher|redist|professional|enterprise"
    r"|nuget [\w.-]{2,40}|choco [\w.-]{2,40}"
    r"|bios(?: [\w.-]{2,20}){0,3}|php|python|ruby|perl|java|jdk|jre|dotnet|clr|firefox|msedge|iexplore|brave"
    r"|vivaldi|opera|thunderbird|chromium|electron"
    r"|qt|unity|unreal|zoom|teams|discord|outlook|excel|word|powerpoint|office|acrobat|silverlight|virtualbox"
    r"|(?:install(?:ed|ing)?|upgrad(?:ed?|ing)|unpacking|removing|updat(?:ed?"
    r"|ing)) [\w.: +-]{2,40})(?:[ ]\(x(?:64|86)\))?[ /,:=]{1,2}[(\"']?"
    r"|\b[A-Z]\w{1,30}(?:\.[A-Z]\w{1,30}){1,5}[ /,]{1,2}(?:[0-9.]{5,15} (?:-&gt;|->|=>|to) )?)\z"
)
# What says of two versions that the second is a newer one, before and behind it, and of one what changed in it.
_TO: Final = rb"[ ](?:->|=>|to|\xe2\x86\x92)[ ]v?"
_OLDER: Final = re.compile(rb"[0-9]" + _TO + rb"\Z")
# Of two numbers with such a sign between, one that is no address says that both are versions.
_BEFORE_ARROW: Final = re.compile(rb"(?<![0-9.])([0-9]{1,5}(?:\.[0-9]{1,5}){3})" + _TO + rb"\Z")
_BEHIND_ARROW: Final = re.compile(_TO + rb"([0-9]{1,5}(?:\.[0-9]{1,5}){3})(?![0-9.]*[0-9])")
# What was brought from one to another, if that is said.
_GRADED: Final = re.compile(
    rb"(?i)\b(?:(?:up|down)grad(?:e|ed|es|ing)|bump(?:s|ed|ing)?) "
    rb"(?!conn|sess|sock|client|peer|link|tunnel|stream|request)[\w.+@/-]{2,40} from v?(?:[0-9.]{5,20} to v?)?\Z"
)
_NEWER: Final = re.compile(rb"[ ,;:(]{1,3}(?:an? |new )?(?:update|upgrade|patch)\b")
_CHANGED: Final = re.compile(
    rb"(?:" + _TO + rb"[0-9]{1,5}(?:\.[0-9]{1,5}){1,3})?[ ,;:(]{1,3}(?:release notes|changelog)\b"
    rb"|" + _TO + rb"[0-9]{1,5}(?:\.[0-9]{1,5}){1,3}[ ,;:(]{1,3}(?:an? |new )?(?:update|upgrade|patch)\b"
)
# A revision of a package behind what is the version of its source.
_REVISION: Final = re.compile(
    rb"-[0-9]{1,2}(?:[,)\s]|\Z|ubuntu|deb|build|\+|~|\.el[0-9]|\.fc[0-9]|_(?:amd64|all|i386|arm64))"
)
# What a browser says of its system behind its own name and version.
_OF_AN_AGENT: Final = re.compile(
    rb" \((?:Windows NT|Macintosh|X11|Linux|Android|iPhone|iPad|compatible|Darwin|CPU |U;|Wayland)[ ;)]"
)
# Addresses of manuals, where they are said to be examples.
_IN_MANUALS: Final = re.compile(rb"192\.0\.2\.|198\.51\.100\.|203\.0\.113\.")
_OF_MANUALS: Final = frozenset({b"192", b"198", b"203"})
_FOR_EXAMPLE: Final = (
    r"(?i)(?:examples?[ :,(=]|e\.g\.|sample|documentation|placeholder|such as|for instance|rfc ?5737"
    r"|test-net)[^\n]{0,20}\z"
)
_INSIDE: Final = re.compile(rb"10\.|192\.168\.|172\.(?:1[6-9]|2[0-9]|3[01])\.")
# No version of anything begins like these.
_OF_NO_VERSION: Final = re.compile(rb"192\.168\.|172\.(?:1[6-9]|2[0-9]|3[01])\.")
_RANGE_BEFORE: Final = re.compile(rb"(?:\A|[^0-9.])[0-9]{1,3}(?:\.[0-9]{1,3}){3} ?-\Z")
_FIRST_OF_A_PAIR: Final = re.compile(
    rb"(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9a-fA-F]:[0-9a-fA-F:]{2,38})(?:\[[0-9]{1,5}\])?\.{3}\Z"
)
# An address in the name of a file of a log or a dump.
_IN_FILE: Final = re.compile(
    rb"(?:[.:_-][0-9]{1,14})?(?:[._-][\w-]{1,40})?\.(?:log|txt|pcap|pcapng|cap|dmp|json|csv|xml"
    rb"|conf|cfg|out|err|html|bak|trace|core|evtx|etl|key|pem|crt)\b|/"
)
# In the name of a thread: before it what is spoken with whom, behind it a port, what the thread does, or nothing.
_SPEAKS: Final = re.compile(
    rb"(?i)(?:\A|[^A-Za-z])(?:ldaps?|https?|h2c?|wss?|tcp|udp|tls|ssl|ssh|sftp|ftp|rmi|jmx|jdbc|smtp|imap|pop3|snmp|sip|amqp"
    rb"|mqtt|stomp|xmpp|grpc|thrift|ajp|smb|nfs|rdp|vnc|mysql|pgsql|postgres|mongo|redis|kafka|zk|zookeeper|cassandra"
    rb"|websocket|socket|conn|connection|session|peer|client|remote|poller|listener|reader|writer|sender|receiver"
    rb"|keepalive|heartbeat|probe|ping)(?:(\([0-9]{1,6}\))|[0-9]{1,4})?[-_]\Z"
)
_LONG_OCTET: Final = re.compile(rb"[12][0-9]{2}")
_BEHIND_OCTETS: Final = re.compile(rb"[-_:][0-9]{3,5}(?![0-9])")
_OF_THREAD: Final = re.compile(
    rb"(?:[-_:][0-9]{2,5})?(?:[-_](?:exec|worker|reader|writer|poller|acceptor|thread|io|rx|tx|conn|session|pool|client"
    rb"|read|write|send|recv)(?:[-_]?[0-9]{1,5})?|[-_]#?[0-9]{1,5}){0,2}(?=[\s\"'\]),;]|\Z)"
)
_EVERY_MACHINE: Final = (b"0.", b"127.", b"255.")
# Groups of machines, and the numbers of extensions of certificates.
_EVERYBODY: Final = re.compile(rb"224\.0\.[01]\.[0-9]{1,3}|239\.255\.255\.25[0-5]|2\.5\.29\.[1-5]?[0-9]")
_OF_EVERYBODY: Final = frozenset({b"22", b"23", b"2."})
_EVERY_ROUTER: Final = frozenset({b"fe80::1", b"ff02::1", b"ff02::2", b"ff02::fb"})
_BEFORE: Final = 32
_PAIR_REACH: Final = 32
_MOST_OF_A_BYTE: Final = 255
# Where a text is kept, before its quote, as debuggers write it.
_POINTER: Final = re.compile(rb"0x[0-9a-fA-F`]{1,17}[ ](?:<[^<>\n]{1,40}>[ ])?[@LuU]?\"\Z")
_POINTED: Final = 64
_QUOTE: Final = ord('"')
_PART_OF_A_NAME: Final = frozenset(b".-vV_~^")
_MOST_OF_A_VERSION: Final = 25
# Node and netstat write a port behind an address without brackets: it is none of its groups where it has five digits
# or where there are eight.
_LOOPBACK: Final = re.compile(rb"::1:[0-9]{1,5}")
# Nobody writes an address of IPv6 with zeros before each short number: these are bytes, or the number of a device
# where it is said to be one.
_EIGHT_BYTES: Final = re.compile(rb"(?=[0-9A-Fa-f:]{0,21}\b0[0-9A-Fa-f])(?:[0-9A-Fa-f]{2}:){7}[0-9A-Fa-f]{2}")
_BEFORE_EUI: Final = re.compile(
    rb"(?i)(?:eui|mac|ieee|wwn|wwpn|wwnn|guid|addr|address|hwaddr|lladdr|ether|device|node|peer|zigbee|thread|radio|dev|port|nic|host|id)"
    rb"[\w-]{0,12}[\"' \t:=(\[]{1,4}\Z"
)
_COLONS: Final = 7
_PORT: Final = re.compile(rb":[0-9]{1,5}(?![\w:.])")
_LONG_GROUP: Final = re.compile(rb"[0-9A-Fa-f]{3}")
_LONG_PORT: Final = re.compile(rb":[1-6][0-9]{4}")
_OCTETS: Final = {str(number).encode(): number for number in range(256)}
_SMALL: Final = 1
_LARGE: Final = 2
_JOINTS: Final = frozenset(b".-+_")
_BEHIND_ADDRESSES: Final = frozenset(b":/")
_IN_NUMBERS: Final = frozenset(DIGITS + b"_")
_NEWLINE: Final = ord("\n")
_BEHIND_CELLS: Final = frozenset(b" \t\r\n|,;")
_BEHIND_A_COLON: Final = frozenset({b" ", b"", b"\n", b"\r", b"\t"})
_DOT: Final = ord(".")
_SIGN: Final = ord("@")
_PERCENT: Final = ord("%")
_HYPHEN: Final = ord("-")
_WORD_OR_COLON: Final = frozenset(WORD + b":")
_WORD_OR_MARK: Final = frozenset(WORD + b":.")
OF_A_MACHINE: Final = re.compile(
    rb"(?:10(?:\.[0-9]{1,3}){3}|172\.(?:1[6-9]|2[0-9]|3[01])(?:\.[0-9]{1,3}){2}|192\.168(?:\.[0-9]{1,3}){2}"
    rb"|(?=[0-9.]{0,12}[12][0-9]{2}\.[0-9.]{0,8}[12][0-9]{2})[0-9]{1,3}(?:\.[0-9]{1,3}){3}"
    rb"|[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?=(?::[0-9]{1,5})?[ ,\"']{1,3}(?:has |is |was )?(?:(?:dis|re)?connect|clos|log"
    rb"|auth|timed|reject|refus|accept|fail|den|join|left|open)))(?![\w.-])"
)
"""An address such as no version of a package is, or of which is said what one of a machine does."""


def ipv4(data: bytes, start: int, end: int) -> Iterator[Found]:
    """Four numbers with dots between them, if they are an address."""
    if (worth := worth_of(data[start:end])) and _is_ipv4(data, start, end, worth):
        yield start, end, "ipv4", "ipv4"


def stands_as_ipv4(data: bytes, start: int, end: int, worth: int) -> bool:
    """Whether four numbers that are worth something are an address where they stand, by themselves."""
    if (start and data[start - 1] in _IN_NUMBERS) or (end < len(data) and data[end] in _IN_NUMBERS):
        return False
    return _is_ipv4(data, start, end, worth)


def hexadecimal(data: bytes, start: int, end: int) -> Iterator[Found]:
    """IPv6 and MAC addresses; clock times, digests in pairs and scopes of C++ are neither."""
    frame = _FRAME.match(data, start) if data[max(start - len(_FRAME_NAME), 0) : start].upper() == _FRAME_NAME else None
    if frame:
        yield *frame.span(), "mac", "mac"
    elif MAC.fullmatch(data, start, end):
        if _is_mac(data, start, end):
            yield start, end, "mac", "mac"
    else:
        # As mail has it in brackets, the name of the protocol runs into the address.
        start += len(b"6:") * (data[max(start - 3, 0) : start + 2].lower() == b"ipv6:")
        if stop := _ipv6_end(data, start, end):
            yield start, stop, "ipv6", "ipv6"


def _is_ipv4(data: bytes, start: int, end: int, worth: int) -> bool:
    """Whether four numbers are an IPv4 address: not a version by what stands before and behind them."""
    last = data[start - 1] if start else _NEWLINE
    if last in _PART_OF_A_NAME and not (_in_name(data, start, end, last) or _ends_pair(data, start, last)):
        return False
    if last == _PERCENT and data[start : start + 2].isdigit():
        return False  # its first digits are those of a character that is written out
    mark = data[end] if end < len(data) else _NEWLINE
    port = None
    if mark in _JOINTS:
        port = _DOTTED_PORT.match(data, end)
        behind = data[end + 1 : end + 2]
        if mark == _HYPHEN and behind.isdigit() and not _INSIDE.match(data, start) and _REVISION.match(data, end):
            return False
        if behind.isalpha() if mark != _DOT else behind.isdigit() and not port:
            return False
    if mark in _BEHIND_CELLS and _is_version(data, start, end):
        return False
    # No expression for what stands before reaches over these marks.
    before = b""
    if last != _NEWLINE:
        at = _before_pointer(data, start) if last == _QUOTE else start
        before = data[at - _BEFORE if at > _BEFORE else 0 : at].rpartition(b"\n")[2].rpartition(b",")[2]
        # No version has a port; an account before one may begin as the word for a version does.
        ported = data.startswith(b" port ", end)
        if before and not ported and not _OF_NO_VERSION.match(data, start) and _matches(_VERSION_BEFORE, before):
            return False
        if (
            before
            and mark not in _BEHIND_ADDRESSES
            and not _INSIDE.match(data, start)
            and _matches(_PRODUCT_BEFORE, before)
            and not _matches(_NETWORK_BEFORE, before)
        ):
            return False
    # Four small numbers are a version or a section more often than an address, unless something says so.
    if (
        before
        and data[start : start + 3] in _OF_MANUALS
        and _IN_MANUALS.match(data, start)
        and _matches(_FOR_EXAMPLE, before)
    ):
        return False
    if worth == _SMALL and last != _SIGN:
        return mark in _BEHIND_ADDRESSES or port is not None or _matches(_NETWORK_BEFORE, before)
    return True


def _before_pointer(data: bytes, start: int) -> int:
    """Where the pointer begins that a debugger shows before a text; where that begins if none is there."""
    pointer = _POINTER.search(data, max(start - _POINTED, 0), start)
    return pointer.start() if pointer else start


def _is_version(data: bytes, start: int, end: int) -> bool:
    """Whether four numbers are a version by the column that they stand in, or by what follows them.

    That is what changed in it, that it is newer than one before, or the system that a browser names.
    """
    if (not _OF_NO_VERSION.match(data, start) and versions.in_column(data, start, end)) or _CHANGED.match(data, end):
        return True
    if data[start - 1 : start] == b"/" and _OF_AN_AGENT.match(data, end):
        return True
    other = _BEHIND_ARROW.match(data, end) or _BEFORE_ARROW.search(data, max(start - _PAIR_REACH, 0), start)
    if other and any(int(part) > _MOST_OF_A_BYTE for part in other[1].split(b".")):
        return True
    if not _OF_NO_VERSION.match(data, start) and _GRADED.search(data, max(start - 3 * _PAIR_REACH, 0), start):
        return True
    return _NEWER.match(data, end) is not None and _OLDER.search(data, max(start - 8, 0), start) is not None


def _ends_pair(data: bytes, start: int, last: int) -> bool:
    """Whether an address is the second of two with dots between them, as IPsec writes who talks to whom."""
    return last == _DOT and _FIRST_OF_A_PAIR.search(data, max(start - 50, 0), start) is not None


def _in_name(data: bytes, start: int, end: int, last: int) -> bool:
    """Whether an address is a part of the name of a thread that speaks with it, or one inside of that of a file.

    Or the last one of a range.
    """
    if last not in b"-_.":
        return False
    if last == _HYPHEN and _INSIDE.match(data, start) and _RANGE_BEFORE.search(data, max(start - 18, 0), start):
        return True
    if last != _DOT and _of_thread(data, start, end):
        return True
    inside = _INSIDE.match(data, start) is not None and data[start - 2 : start - 1].isalpha()
    return inside and _IN_FILE.match(data, end) is not None


def _of_thread(data: bytes, start: int, end: int) -> bool:
    """Whether an address stands in the name of a thread that speaks with it, and may be no version."""
    if _OF_THREAD.match(data, end) is None:
        return False
    sure = _OF_NO_VERSION.match(data, start) or _LONG_OCTET.search(data, start, end) or _BEHIND_OCTETS.match(data, end)
    speaks = _SPEAKS.search(data, max(start - _BEFORE, 0), start)
    return speaks is not None and (sure is not None or speaks[1] is not None)


def worth_of(text: bytes) -> int:
    """What four numbers are by themselves: 0 for no address or one that every machine has, `_SMALL`, or an address."""
    if text.startswith(_EVERY_MACHINE) or text.endswith(b".0.0.0"):
        return 0
    try:
        first, second, third, fourth = [_OCTETS[part] for part in text.split(b".")]
    except KeyError:
        return 0
    if text[:2] in _OF_EVERYBODY and _EVERYBODY.fullmatch(text):
        return 0
    if first > _MOST_OF_A_VERSION or second > _MOST_OF_A_VERSION or first == 10:
        return _LARGE
    return _LARGE if third > _MOST_OF_A_VERSION or fourth > _MOST_OF_A_VERSION else _SMALL


@lru_cache(maxsize=4_096)
def _matches(pattern: str, before: bytes) -> bool:
    """Whether an expression matches in what stands before."""
    return expression(pattern).first(before, 0) is not None


def forget() -> None:
    """Keep nothing of a text: after each."""
    _matches.cache_clear()


def _is_mac(data: bytes, start: int, end: int) -> bool:
    """Whether six pairs are the address of an interface, and no part of a digest, no zeros, no date."""
    text = data[start:end]
    joint = text[2:3]
    goes_on = data[end : end + 1] == joint and (joint != b":" or data[end + 1 : end + 2] not in _BEHIND_A_COLON)
    if goes_on or touches(data, start, end, HEX_DIGITS):
        return False
    if _PAIR_BEFORE.search(data, max(start - 4, 0), start):
        return False
    plain = text.translate(None, b":-.").lower()
    # With zeros only behind its first pair it is what systems give that hide their own.
    return len(set(plain)) > 1 and plain[2:].strip(b"0") != b"" and (joint != b"-" or letters_in(plain) > 0)


def _ipv6_end(data: bytes, start: int, end: int) -> int:
    """Where an IPv6 address ends with its zone; 0 where none stands there."""
    address, dot, port = data[start:end].rstrip(b":").rpartition(b".")
    if dot and port.isdigit() and b"." not in address:
        end = start + len(address)
    while end > start and data[end - 1] in b":." and data[end - 2 : end] != b"::":
        end -= 1
    text = data[start:end]
    if (
        data[end : end + 1] == b":"
        and text.count(b":") == _COLONS
        and _PORT.match(data, end)
        and _LONG_GROUP.search(text)
    ):
        behind = b""
    elif (port_at := text.rfind(b":")) > 0 and _LONG_PORT.fullmatch(text, port_at):
        end, text, behind = start + port_at, text[:port_at], b""
    else:
        behind = data[end : end + 1]
    said = behind == b":" and data[end + 1 : end + 2] in _BEHIND_A_COLON
    if text.count(b":") < 2 or (behind and behind[0] in _WORD_OR_COLON and not said):
        return 0
    labelled = _WORD_AND_COLON.search(data, max(start - 24, 0), start)
    if start and data[start - 1] in _WORD_OR_MARK and not labelled:
        return 0
    if data[end : end + 1] == b"." and data[end + 1 : end + 2].isalnum() and not _DOTTED_PORT.match(data, end):
        return 0
    if _EIGHT_BYTES.fullmatch(text) and not _BEFORE_EUI.search(data, max(start - _BEFORE, 0), start):
        return 0
    return _address_end(data, text, end, behind)


def _address_end(data: bytes, text: bytes, end: int, behind: bytes) -> int:
    """Where an address that stands by itself ends with its zone; 0 where it is that of every machine, or none."""
    try:
        parsed = ipaddress.IPv6Address(text.decode("latin-1"))
    except ValueError:
        return end if _OF_A_LINK.fullmatch(text) else 0
    groups = [group for group in text.split(b":") if group]
    if (
        (parsed.ipv4_mapped or parsed).is_loopback
        or parsed.is_multicast
        or (text.endswith(b"::") and behind == b"/" and data[end + 1 : end + 2].isalpha())
        or _LOOPBACK.fullmatch(text)
        or (parsed.ipv4_mapped or parsed).is_unspecified
        or not digits_in(text)
        or text.lower() in _EVERY_ROUTER
    ):
        return 0
    if len(groups) < 2 and not parsed.is_link_local:
        return 0
    if len(groups) < 3 and all(len(group) < 3 for group in groups):
        return 0
    zone = _ZONE.match(data, end)
    return zone.end() if zone else end
