"""What stands under the keys of a policy: all of it, in whatever names it, however short.

A person named these keys, so that nothing of the value has to look like a secret. A name is one in JSON, YAML, TOML
and INI, XML, headers, settings and flags, or one of a column; objects, lists, sections and elements are taken whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Final

from triage.redact import masks
from triage.redact.named import own_values
from triage.redact.named.keys import Names, is_own, parts
from triage.redact.text import Expression, Found, Span

__all__ = ("OwnKeys",)

_LITERALS: Final = frozenset({b"null", b"true", b"false", b"none", b"", b"~"})
_QUOTES: Final = frozenset({b'"', b"'"})
_JOINT: Final = re.compile(rb"[\"']\s{0,16}(?::|=>?)\s{0,16}")
_ASSIGNED: Final = re.compile(rb"[ \t]{0,16}(?:=>?(?![=~])|:=)[ \t]{0,16}")
_COLON: Final = re.compile(rb":[ \t]{1,16}|:(?=\r?\n)")
_BLANKS: Final = re.compile(rb"[ \t]{1,4}(?=[^\s-])")
_SECTION: Final = re.compile(rb"[ \t]{0,16}\[{1,2}\Z")
_ELEMENT: Final = re.compile(rb"<(?:[\w-]{1,20}:)?\Z")
_BEFORE: Final = 40


class OwnKeys:
    """Finds what stands under some names."""

    __slots__ = ("_expression", "_names")

    def __init__(self, names: Names) -> None:
        self._names = names
        spelt = "|".join("[^A-Za-z0-9]?".join(map(re.escape, parts(name))) for name in names if parts(name))
        self._expression = Expression(
            rf'(?i)"([\w .-]{{0,60}}(?:{spelt})[\w .-]{{0,60}})"|([\w.-]{{0,60}}(?:{spelt})[\w.-]{{0,60}})'
        )

    def found(self, data: bytes) -> Iterator[Found]:
        """Every value under one of the names; of one inside of another nothing more."""
        done = 0
        spread = own_values.Spread(data)
        for _, quoted, bare in self._expression.groups(data):
            start, end = quoted if quoted[0] >= 0 else bare
            name = data[start:end]
            if start < done or not is_own(name.strip(b"-.").decode("latin-1"), self._names):
                continue
            under = [*_under(data, (start, end), spread)]
            done = max([done, *(stop for _, stop in under)])
            for begin, stop in chain(under, spread.column((start, end))):
                value = data[begin:stop]
                if value.lower() not in _LITERALS and not masks.FOREIGN.fullmatch(value.lower()):
                    yield begin, stop, "secret", "key"

    def __repr__(self) -> str:
        """Their number."""
        return f"<{len(self._names)} own keys>"


def _under(data: bytes, name: Span, spread: own_values.Spread) -> Iterator[Span]:
    """The values that a name stands for, by what joins them to it."""
    start, end = name
    before = data[max(start - _BEFORE, 0) : start]
    line = before[before.rfind(b"\n") + 1 :]
    if before[-1:] in _QUOTES and (joint := _JOINT.match(data, end)):
        yield from own_values.value(data, joint.end(), alone=False)
    elif _ELEMENT.search(before):
        yield from spread.element(name)
    elif _SECTION.fullmatch(line) and data[end : end + 1] in {b"]", b"."}:
        yield from own_values.section(data, end)
    elif data[start : start + 1] == b"-" and (joint := _ASSIGNED.match(data, end) or _BLANKS.match(data, end)):
        yield from own_values.value(data, joint.end(), alone=False)
    elif joint := _ASSIGNED.match(data, end):
        yield from own_values.value(data, joint.end(), alone=own_values.is_alone(line))
    elif joint := _COLON.match(data, end):
        alone = own_values.is_alone(line)
        yield from own_values.value(data, joint.end(), alone=alone)
        if alone:
            yield from own_values.below(data, joint.end(), len(line) - len(line.lstrip(b" ")))
