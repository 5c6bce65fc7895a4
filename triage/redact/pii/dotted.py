"""Addresses of e-mail that people write for people: `jana.kovar [at] corp [dot] org`, `jkovar AT corp DOT org`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from triage.redact.text import DIGITS, Found

__all__ = ("READERS",)

_DOT: Final = rb"(?:[ ]?(?:\[|\(|\{|<)[ ]?(?i:dot|punkt|punto|point|ponto|\.)[ ]?(?:\]|\)|\}|>)[ ]?|[ ](?:DOT|dot)[ ])"
_LABEL: Final = rb"[A-Za-z0-9][A-Za-z0-9-]{0,62}"
_NAME: Final = rb"(?:\A|[^\w.+-])([A-Za-z0-9_][\w.+-]{0,62}(?:" + _DOT + rb"[\w+-]{1,30}){0,3})"
_LOCAL: Final = re.compile(_NAME + rb" ?\Z")
_DOMAIN: Final = re.compile(
    rb"[\[({<][ ]?(?:[aA][tT]|\xc3\xa4t)[ ]?[\])}>] ?([A-Za-z0-9][A-Za-z0-9-]{0,62}"
    rb"(?:(?:\.|" + _DOT + rb")[A-Za-z0-9-]{2,62}){1,4})(?![\w-])"
)
_SIGN: Final = re.compile(rb"[ ](?:AT|at)[ ]|@\]?[ ]?|_(?:at|AT)_")
_HOST: Final = re.compile(_LABEL + rb"(?:(?:" + _DOT + rb"|\.)" + _LABEL + rb"){0,4}")
_OPENED: Final = re.compile(rb"[ ]?\[?\Z")
_BEHIND: Final = re.compile(_DOT + _LABEL + rb"(?:(?:" + _DOT + rb"|\.)" + _LABEL + rb"){0,3}")
_LAST: Final = re.compile(rb"[A-Za-z]{2,24}\Z")
# Where a dot is a word like any other, what ends the domain has to be known, and no word itself.
_BARE: Final = re.compile(
    rb"(?i)[ ](?:com|org|net|edu|gov|mil|info|io|dev|app|eu|uk|de|fr|nl|pl|cz|ch|se|fi|dk|pt|br|ru|jp|cn|au|ca|hu|ro|sk"
    rb"|gr)\Z"
)
_REACH: Final = 130
_BRACKETS: Final = b"[({<"
# What no word of a sentence holds.
_MARKS: Final = DIGITS + b"._+- "
# Who is written to, before an address whose sign is a word of every sentence.
_WRITTEN_TO: Final = re.compile(
    rb"(?i)(?:e-?mail|mail|mailto|contact|author|maintainer|reporter|from|cc|reach me|write to|write|kontakt|courriel"
    rb"|correo)"
    rb"[\"'>)\]]{0,2}[ \t]{0,2}[:=]?[ \t]{0,4}[\"'<(]?\Z"
)


def _spelt_out(_size: int, data: bytes, at: int) -> Iterator[Found]:
    """An address of e-mail whose sign is written as a word in brackets."""
    before = _LOCAL.search(data, max(at - 130, 0), at)
    behind = _DOMAIN.match(data, at)
    if before and behind:
        yield before.start(1), behind.end(1), "email", "email"


def _dotted(_size: int, data: bytes, at: int) -> Iterator[Found]:
    """An address of e-mail whose dots are written as words, and whose sign is a word or none."""
    at -= data[at - 1 : at] == b" " and data[at : at + 1] != b" "
    signs = [*_SIGN.finditer(data, max(at - _REACH, 0), at)]
    sign = signs[-1] if signs else None
    behind = _BEHIND.match(data, at) if sign and _HOST.fullmatch(data, sign.end(), at) else None
    if sign is None or behind is None:
        return
    opened = _OPENED.search(data, max(sign.start() - 2, 0), sign.start())
    stop = opened.start() if opened and sign[0][:1] == b"@" else sign.start()
    local = _LOCAL.search(data, max(stop - _REACH, 0), stop)
    if local and _is_address(local, sign[0], data[sign.end() : behind.end()]):
        yield local.start(1), behind.end(), "email", "email"


def _is_address(local: re.Match[bytes], sign: bytes, domain: bytes) -> bool:
    """Whether what is written around a word for a sign is an address, and no sentence."""
    bracketed = domain.translate(None, _BRACKETS) != domain
    if not _LAST.search(domain) or not (bracketed or _BARE.search(domain)):
        return False
    if sign == b" at " and local[1].translate(None, _MARKS) == local[1]:
        first = local.start(1)
        return _WRITTEN_TO.search(local.string, max(first - 24, 0), first) is not None
    return bracketed or sign != b" AT " or not local[1].isupper()


READERS: Final[dict[str, Callable[[int, bytes, int], Iterator[Found]]]] = {"signs": _spelt_out, "dots": _dotted}
"""What reads the addresses at the words of leads.toml, by their lists."""
