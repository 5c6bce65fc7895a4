"""Names of machines in lines of a form: of syslog, RFC 5424, `uname` and kubectl, and in paths of a network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact.pii.hosts import in_words, is_host, numbered
from triage.redact.text import Found

__all__ = ("NODE", "SYSLOG", "in_header", "in_nodes", "in_share", "in_syslog", "in_uname")

SYSLOG: Final = re.compile(
    rb"(?i)[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:z|[+-][0-9:]{4,6})? ([a-z][a-z0-9.-]{1,62}) "
)
"""The time in the header of a line of syslog, and the machine behind it."""
NODE: Final = re.compile(rb"(?i)([a-z][a-z0-9.-]{1,62}) +(?:not)?ready(?:,schedulingdisabled)? \Z")
"""A line of `kubectl get nodes`, with the machine as its group."""
_DAY: Final = re.compile(rb"[A-Z][a-z]{2} [ 0-9][0-9] \Z")
_ISO_DAY: Final = re.compile(rb"(?:\A|[\n>\"' ])[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt]\Z")
_HEADER: Final = re.compile(rb"<[0-9]{1,3}>1 [0-9TtZz:.+-]{19,35} ([A-Za-z][\w.@-]{1,62}) ")
_UNC: Final = re.compile(rb"(?i)(\\{2,16})([a-z0-9][a-z0-9._$-]{1,62})(\\{1,8})")
_DRIVE: Final = re.compile(rb"(?:(?:\A|[^A-Za-z0-9])[A-Za-z]:|[\\)\]])\Z")
_NO_SHARE: Final = frozenset({b"wsl$", b"wsl.localhost", b"device", b"pipe", b"localhost", b"globalroot"})


def in_syslog(data: bytes, start: int, match: re.Match[bytes]) -> Iterator[Found]:
    """The machine behind the time of a line of syslog, where a day stands before it."""
    day = _DAY.search(data, max(start - 8, 0), start)
    iso = _ISO_DAY.search(data, max(start - 12, 0), start)
    sure = b"[" in data[start : match.endpos] or in_words(match[1])
    if (day or (iso and sure)) and is_host(match[1], named=True):
        yield *match.span(1), "hostname", "syslog"


def in_header(data: bytes, start: int) -> Iterator[Found]:
    """The machine in a header of RFC 5424."""
    match = _HEADER.match(data, start)
    if match and is_host(match[1], named=True):
        yield *match.span(1), "hostname", "syslog"


def in_uname(data: bytes, start: int, end: int) -> Iterator[Found]:
    """The machine in what `uname -a` prints."""
    name = data[start:end].split(b" ")[1]
    if is_host(name, named=True):
        begin = start + len(b"linux ")
        yield begin, begin + len(name), "hostname", "uname"


def in_nodes(data: bytes, match: re.Match[bytes]) -> Iterator[Found]:
    """The machine in a line of `kubectl get nodes`, which begins with it."""
    before = data[match.start() - 1 : match.start()]
    if before in {b"", b"\n"} and is_host(match[1], named=True) and numbered(match[1]):
        yield *match.span(1), "hostname", "nodes"


def in_share(data: bytes, start: int) -> re.Match[bytes] | None:
    r"""The machine (group 2) in a path of the network: `\\machine\share`, escaped or not."""
    share = _UNC.match(data, start)
    if share is None or len(share[1]) != 2 * len(share[3]) or data[start - 1 : start].isalnum():
        return None
    if _DRIVE.search(data, max(start - 3, 0), start) or share[2].lower() in _NO_SHARE:
        return None
    return share if b"." in share[2] or is_host(share[2], named=True) else None
