"""Personal data: three RE2 alternations over the text find what could be some, and the rooms beside decide.

`network` (addresses), `numbers` (cards, bank accounts, phones), `papers` (numbers of identity cards and taxes),
`persons` (fields of people), `accounts` (paths, listings), `signs` (URLs, e-mail), `hosts` (names of machines) and
`host_lines` (machines in lines of a form) each say whether a candidate is one of theirs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final

from triage.redact.pii import accounts, host_lines, hosts, network, numbers, papers, peers, persons, principals, signs
from triage.redact.pii.word_lists import ENDINGS
from triage.redact.text import DIGITS, HEX_DIGITS, Expression, Found, Span, at_edges, touches

__all__ = ("candidates", "personal")

_NUMBERS: Final = (
    # IPv4
    r"(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3})",
    # IPv6, MAC
    r"\b(?:[0-9a-f]{1,4}:){1,7}:[0-9a-f:.]*",
    r"(?:^|[\s\[(\"'=,/])::[0-9a-f]{1,4}[0-9a-f:.]*",
    r"\b(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}",
    r"\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}",
    r"(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}",
    # papers of people
    *papers.BARE,
    # cards, IBAN, phones, social security numbers
    r"[0-9](?:[ +-]?[0-9]){12,18}",
    r"(?-i:\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?)",
    r"\b00[1-9][0-9]{0,2}[ -][0-9]{2,4}[ -][0-9]{5,9}\b",
    r"\+[0-9][0-9 ()./-]{6,22}[0-9]",
    r"\([2-9][0-9]{2}\)[ .-]?[0-9]{3}[ .-][0-9]{4}",
    r"[2-9][0-9]{2}[ .-][0-9]{3}[ .-][0-9]{4}",
    r"[0-9]{3}-[0-9]{2}-[0-9]{4}",
)
_WORDS: Final = (
    # a line of syslog: time, machine, program
    r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:z|[+-][0-9:]{4,6})? [a-z][a-z0-9.-]* [a-z][\w./-]*(?:\[[0-9]+\])?: ",
    # accounts of Windows
    principals.CANDIDATE,
    # papers of people
    papers.LABELLED,
    # what uname prints
    r"linux [a-z][\w.-]* [0-9]+\.[0-9]+\.[0-9]",
    # folders of people
    rf"{accounts.HOMES}[^/\\]",
    r"~[a-z][\w.-]*/",
    # machines: by an ending, by the form of a maker or a cloud, by a number, by a site among the labels
    rf"[a-z0-9][a-z0-9_-]*(?:\.[a-z0-9_-]+)*\.(?:{ENDINGS})\b",
    r"\b(?:desktop|laptop|win|pc)-[a-z0-9]{5,11}\b",
    r"(?-i:\b[A-Z0-9]{2,15}-(?:PC|LAPTOP)\b)",
    r"(?-i:\b(?:PC|WKST?|WS|NT?B|LT|LAP|DT|SRV|VDI|KIOSK|POS|TERM)-[A-Z0-9]+-[A-Z]*[0-9][A-Z0-9]*\b)",
    r"\b(?:ip|ec2)(?:-[0-9]{1,3}){4}\b",
    r"\b[a-z]+(?:-s)?(?:-[0-9]+vcpu)?-[0-9]+gb-[a-z]{3}[0-9](?:-[0-9]+)?\b|\bgke-[a-z0-9-]+|\baks-[a-z0-9-]+-vmss",
    r"-mbp\b|macbook|\bimac\b|mac-mini|iphone|ipad",
    r"[a-z][a-z0-9-]*[0-9](?:\.[a-z0-9-]+){2,6}\b",
    r"://[a-z0-9]+(?:-[a-z0-9]+)+[:/]",
    r",[a-z0-9]+(?:-[a-z0-9]+)+:[0-9]{3}",
    (
        r"[a-z][a-z0-9-]*\.(?:corp|int|internal|intra|hq|mgmt|infra|prod|stage|staging|qa|uat|dev|build|office|ops|dc[0-9]{1,2}"
        r"|[a-z]{2,4}[0-9]{1,2}|ams|fra|lon|lhr|nyc|iad|sfo|sjc|lax|sea|ord|dfw|atl|mia|cdg|par|mad|dub|fsn|nbg|hel|arn"
        r"|osl|waw|vie|zrh|mil|sin|hkg|nrt|hnd|syd|bom|gru|yyz)(?:\.[a-z0-9-]+){1,4}\b"
    ),
    # lines of ls, who, ps and cron
    r"[-dlhbcps](?:[rwxst-]{9})[.+@]? +(?:[0-9]+ +[a-z]|[a-z][\w.-]*/[a-z0-9])",
    r"[a-z][\w.-]* +(?:pts/[0-9]{1,5}|tty[0-9]{1,3}|:[0-9]{1,3}) ",
    r"[a-z][\w.-]* ?\(uid[ =][0-9]",
    r"\[[a-z][\w.-]*\] (?:ok|fail) [a-z]",
    r"\bpostgres: [a-z][\w.-]* [\w.-]+ (?:\[local\]|[0-9.]+\()",
    # a node as kubectl lists it
    r"[a-z][a-z0-9.-]* +(?:not)?ready(?:,schedulingdisabled)? ",
    r"[a-z][\w.-]* : user not in sudoers",
    r"[a-z][\w.-]* +[0-9]+ +[0-9]+\.[0-9] +[0-9]+\.[0-9] +[0-9]+ +[0-9]+ ",
    r"[a-z][\w.-]* +[0-9]{3,8} +[0-9]+\.[0-9] +[0-9]+\.[0-9] +(?:[/\[]?[a-z]|\(sd-)",
    r"[a-z][\w.-]* +[0-9]+ +[0-9]+ +[0-9]+ +(?:[0-9]{2}:[0-9]{2}|[a-z]{3}[0-9]{2}) +(?:\?|tty|pts/)",
    r"[a-z][\w.-]* +(?:[0-9]{1,2}|rt) +-?[0-9]{1,2} +(?:(?:[0-9]{3,}|[0-9.]+[kmgt]|0) +){2,3}[rsdzti] ",
    r"[a-z][\w.-]* +(?:cwd|rtd|txt|mem|[0-9]+[urw]{1,2}) +(?:dir|reg|ipv[46]|unix|chr|fifo|sock|a_inode) ",
    r"\([a-z][\w.-]*\) cmd \(",
    # what su and sudo say
    r"[a-z][\w.-]* is not in the sudoers",
    r"\bsu: \(to [\w.-]+\) [a-z][\w.-]* on ",
    # a header of RFC 5424, a line of an access log
    r"<[0-9]{1,3}>1 [0-9t:.z+-]{19,35} [a-z][a-z0-9.-]* ",
    r" - [a-z][\w.@-]* \[[0-9]{2}/[a-z]{3}/[0-9]{4}:",
    # a path of the network, a machine of one alone, an account with its domain
    r"\\{2,16}[0-9-]*[a-z][a-z0-9._$-]*\\{1,8}[a-z0-9$]",
    r"(?-i:\B\\{2,4}[A-Z][A-Z0-9-]*[0-9-][A-Z0-9-]*\b)",
    r"(?-i:\b[A-Z][A-Z0-9-]{1,14}\\{1,8}[a-z][a-z0-9._-]*)",
)
# The last are fields of people. As one automaton they have more states than fit, and numbers multiply those of words.
_LOOKED_FOR: Final = tuple(Expression("(?i)" + "|".join(some)) for some in (_NUMBERS, _WORDS, persons.CANDIDATES))
# Of a candidate that has not been read, and of one that is not four numbers.
_UNREAD: Final = -2
_ANOTHER: Final = -1
# Of the name of a field with its sign.
_NAMED: Final = -3
# An address in the name of a file.
_ADDRESS: Final = re.compile(rb"(?<=[_-])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![0-9])")
_DOTS: Final = 3
_DOTTED_MAC: Final = 14
# What the name of a field ends in with its sign, and what begins a format of people.
_OF_FIELDS: Final = frozenset(b":=>\"'`*_ \t|<dD(\x9a")
_CAPITALS: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_BEFORE_ADDRESSES: Final = frozenset({b"/", b"{", b"[", b"("})
_HYPHEN: Final = ord("-")
_NUMERIC: Final = HEX_DIGITS + b".:- ()/+"


def candidates(data: bytes) -> list[Span]:
    """Where something stands in a text that may be personal."""
    return [span for expression in _LOOKED_FOR for span in expression.spans(data)]


def personal(data: bytes, places: Sequence[Span] | None = None) -> list[Found]:
    """Everything personal in a text that its form shows; `places` are its `candidates` if they are known."""
    found: list[Found] = []
    # Of this text: what four numbers are by themselves, and what another candidate is that is all of a string.
    worths: dict[bytes, int] = {}
    strings: dict[bytes, list[Found]] = {}
    for begin, end in at_edges(data, candidates(data) if places is None else places):
        text = data[begin:end]
        worth = worths.get(text, _UNREAD)
        if worth == _UNREAD:
            worth = worths[text] = _worth(text)
        if worth > 0:
            if network.stands_as_ipv4(data, begin, end, worth):
                found.append((begin, end, "ipv4", "ipv4"))
                if data[end : end + 2] == b" (":
                    found += peers.behind_address(data, end)
                if data[begin - 1 : begin] in _BEFORE_ADDRESSES:
                    found += peers.before_address(data, begin - 1, end)
        elif worth == _NAMED and (end >= len(data) or data[end] not in persons.BEGINS_NAMES):
            if data[end : end + 2] == b"0x" or (data[end - 2 : end] == b"=>" and data[end : end + 1] == b"\n"):
                found += _decided(data, begin, end)
        elif worth < 0:
            # What stands before an account in a domain says that it is one.
            if data[begin - 1 : begin] == b'"' == data[end : end + 1] and b"\\" not in text:
                if text not in strings:
                    strings[text] = [*_decided(b'"' + text + b'"', 1, end - begin + 1)]
                at = begin - 1
                found += [(start + at, stop + at, kind, rule) for start, stop, kind, rule in strings[text]]
            else:
                found += _decided(data, begin, end)
    found += signs.around_signs(data)
    # What is looked for apart is found twice here and there.
    return sorted(dict.fromkeys(found))


def _worth(text: bytes) -> int:
    """What a candidate is worth as four numbers; what else it is where it is none."""
    if network.V4.fullmatch(text):
        return network.worth_of(text)
    return _NAMED if text[-1] in _OF_FIELDS and persons.is_of_a_name(text) else _ANOTHER


def _decided(data: bytes, start: int, end: int) -> Iterator[Found]:
    """What a candidate is, by how it begins."""
    # An address that begins with nothing is found with what stands before it.
    if data[start + 1 : start + 3] == b"::":
        start += 1
    first = data[start : start + 1]
    if first in b"sS" and principals.begins(data[start:end]):
        return principals.account(data, start)
    if (held := _of_people(data, start, end)) is not None:
        return held
    if first in b"0123456789+:,":
        return _numeric(data, start, end)
    if first == b"~":
        return accounts.behind_tilde(data, start, end)
    if listed := accounts.LISTED.match(data, start):
        return accounts.in_listing(data, listed)
    if node := host_lines.NODE.match(data, start, end):
        return host_lines.in_nodes(data, node)
    if first == b"<":
        return host_lines.in_header(data, start)
    if first == b" ":
        return accounts.in_access_log(data, start)
    if first in b"/\\%":
        return accounts.in_path(data, start)
    if first == b"(":
        return _numeric(data, start, end)
    return _lettered(data, start, end)


def _of_people(data: bytes, start: int, end: int) -> Iterator[Found] | None:
    """What a candidate is that may be a field or a number of a person's paper; None where it is neither."""
    last = data[end - 1]
    if last in _OF_FIELDS and (held := persons.field(data, start, end)) is not None:
        return held
    if last in DIGITS and data[start] not in DIGITS and (labelled := [*papers.labelled(data, start, end)]):
        return iter(labelled)
    if (last in _CAPITALS or data[end - 3] == _HYPHEN) and (paper := [*papers.bare(data, start, end)]):
        return iter(paper)
    return None


def _numeric(data: bytes, start: int, end: int) -> Iterator[Found]:
    """A candidate that begins with a digit or a sign."""
    text = data[start:end]
    if text[:1] == b"," or text[:3] == b"://":
        return hosts.in_authority(data, start, end)
    colons = text.count(b":")
    logged = host_lines.SYSLOG.match(data, start, end) if colons >= 2 else None
    if not logged and text.translate(None, _NUMERIC) and not network.MAC.fullmatch(text):
        return hosts.around(data, start, end)
    if touches(data, start, end, DIGITS + b"_") and (colons < 2 or data[start - 1 : start] in HEX_DIGITS):
        return iter(())
    if logged:
        return host_lines.in_syslog(data, start, logged)
    if colons >= 2 or text.count(b"-") == 5 or (text.count(b".") == 2 and len(text) == _DOTTED_MAC):
        return network.hexadecimal(data, start, end)
    # Numbers with blanks between them up to an address: `2122260223 192.168.253.178`.
    if data[end : end + 1] == b"." and (address := network.V4.match(data, start + text.rfind(b" ") + 1)):
        return chain(numbers.number(data, start, address.start()), network.ipv4(data, *address.span()))
    return numbers.number(data, start, end)


def _lettered(data: bytes, start: int, end: int) -> Iterator[Found]:
    """A candidate that begins with a letter: an address in hexadecimal, an IBAN, a machine."""
    text = data[start:end]
    if b":" in text or network.MAC.fullmatch(text):
        return network.hexadecimal(data, start, end)
    if text[:6].lower() == b"linux ":
        return host_lines.in_uname(data, start, end)
    if data[start - 1 : start] == b"\\" and text[:1] in b"nrt" and network.V4.fullmatch(text, 1):
        return network.ipv4(data, start + 1, end)
    if b"\\" in text:
        return accounts.in_domain(data, start, end)
    if stop := numbers.iban_end(data, start, end):
        return iter([(start, stop, "iban", "iban")])
    if data[end : end + 1] == b"\\":
        return chain(hosts.around(data, start, end), accounts.behind_machine(data, end))
    inner = _ADDRESS.search(text) if text.count(b".") > _DOTS else None
    if inner:
        return chain(hosts.around(data, start, end), network.ipv4(data, start + inner.start(), start + inner.end()))
    return hosts.around(data, start, end)
