"""Keys that are written as lists of numbers: of radio networks, of wallets, of constants in code, of buffers in JSON.

`network_key: [36, 188, ...]`, `uint8_t aes_key[16] = { 0x2b, ... }`, `{"type": "Buffer", "data": [...]}`, a list of
YAML. As many bytes as keys have, no counting and no repetition.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from triage.redact.named.keys import Sense
from triage.redact.text import Span

__all__ = ("numbers",)

_BYTE: Final = rb"(?:0[xX][0-9a-fA-F]{1,2}|-?[0-9]{1,3})(?:[uU]|u8)?"
_LIST: Final = re.compile(
    rb"""[ \t]{0,8}(?:\\{0,7}["'])?(?::?[ ]?&?\[u8;[ ]?[\w:]{1,40}\][ ]?=[ ]?)?"""
    rb"""(?:(?:new[ ]|&|\(byte\[\]\)[ ]?)?(?:\[[\w:]{0,20}\][ ]?)?[A-Za-z][\w.:]{0,30}(?:\[[0-9]{0,3}\])?[ ]?\(?)?"""
    rb"""(?:\{\s{0,20}\\{0,7}["']type\\{0,7}["']\s?:\s?\\{0,7}["']Buffer\\{0,7}["']\s?,\s{0,20}"""
    rb"""\\{0,7}["']data\\{0,7}["']\s?:\s?)?"""
    rb"""[\[{(](?:\s|\\[nrt]){0,40}(("""
    + _BYTE
    + rb""")(?:(?:\s|\\[nrt]){0,8},(?:\s|\\[nrt]){0,40}"""
    + _BYTE
    + rb"""){15,127}),?(?:\s|\\[nrt]){0,40}[\]})]"""
)
_LINES: Final = re.compile(
    rb"[ \t]*(?:\r?\n[ \t]*-[ \t]+(?:0[xX][0-9a-fA-F]{1,2}|[0-9]{1,3})[ \t]*(?=[\r\n]|\Z)){16,128}"
)
_PAIRS: Final = re.compile(rb"[ \t]{0,8}\\{0,7}[\"']?((?:[0-9A-Fa-f]{2} ){15,63}[0-9A-Fa-f]{2})(?![\w ])")
_NUMBER: Final = re.compile(rb"0[xX][0-9a-fA-F]{1,2}|[0-9]{1,3}")
_FIRST: Final = re.compile(rb"[0-9]")
_SIZES: Final = frozenset({16, 24, 32, 48, 64, 96, 128})
_HINTS: Final = frozenset({"", "entropy", "long", "made"})
_OPENING: Final = re.compile(
    rb"[ \t]{0,8}\\{0,7}[\"']?[ ]?(?:[\[{(&:\r\n]|new |bytes|bytearray|Uint8|Data\(|Buffer|array\(|byte\["
    rb"|[0-9A-Fa-f]{2} )"
)


def numbers(data: bytes, at: int, meaning: Sense) -> Span | None:
    """Where the numbers of a key stand, behind its name and a sign; None if there are none."""
    if meaning.weak not in _HINTS or meaning.kind == "token" or not _OPENING.match(data, at):
        return None
    match = _LIST.match(data, at)
    span = match.span(1) if match else None
    if span is None and (match := _LINES.match(data, at)):
        first = _FIRST.search(data, match.start(), match.end())
        span = (first.start(), match.end()) if first else None
    if span is None:
        pairs = _PAIRS.match(data, at)
        return pairs.span(1) if pairs and _is_key([*bytes.fromhex(pairs[1].decode())]) else None
    values = [int(one, 16 if one[1:2] in b"xX" and len(one) > 1 else 10) for one in _NUMBER.findall(data, *span)]
    return span if _is_key(values) else None


def _is_key(values: list[int]) -> bool:
    """Whether bytes are those of a key: as many as one has, most of them different, and no steps of one length."""
    steps = {second - first for first, second in pairwise(values)}
    return len(values) in _SIZES and max(values) <= 0xFF and len({*values}) * 2 > len(values) and len(steps) > 4
