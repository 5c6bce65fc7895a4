"""What a script keeps in a variable that it hands over as a secret: `$p = 'x'; Connect-Db -Password $p`.

The assignment is looked for before the place where the variable stands, as far as a short script reaches.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact.named import declared, extents, values
from triage.redact.named.keys import Sense
from triage.redact.text import Found, Span

__all__ = ("handed_over",)

_REACH: Final = 4_096
_LEAST: Final = 5
# A variable of a shell, of PowerShell, PHP and Perl, of a batch file.
_VARIABLE: Final = re.compile(rb"(?i)(?:\$(?:env:|script:|global:|local:)?\{?|%|!)([A-Z_]\w{0,60})[}%!]?")
_MARKS: Final = frozenset({b"$", b"%", b"!"})
_SIGNS: Final = (b"=", b" =")
# What a name may stand behind that is assigned to.
_BEFORE: Final = frozenset(b"$ \t\n;:&|(\"'{")
# What stands between the sign and the value: blanks, and what a shell or a language writes before a string.
_TO_VALUE: Final = re.compile(rb"""=[ \t]{0,8}(?:\[[\w.]{1,40}\][ \t]{0,4})?(?=[^\s=])""")
_SURE: Final = frozenset({"", "word", "long"})
# Behind a variable, a member of what it holds; behind a word, a call of it.
_MEMBER: Final = re.compile(rb"->|::|[\[{]|\.[A-Za-z_]")
_OF_CALLS: Final = frozenset({b"(", b"["})
_QUOTES: Final = frozenset({b'"', b"'"})


def handed_over(data: bytes, span: Span, meaning: Sense) -> Iterator[Found]:
    """The value of the variable at a place, where it was assigned before; of one that is a secret by its use."""
    marked = data[span[0] : span[0] + 1] in _MARKS and meaning.weak in _SURE
    variable = _VARIABLE.match(data, span[0]) if marked else None
    if variable is None:
        return
    first = max(span[0] - _REACH, 0)
    for sign in _SIGNS:
        at = data.rfind(variable[1] + sign, first, span[0])
        if at < 0 or (at and data[at - 1] not in _BEFORE):
            continue
        opening = _TO_VALUE.match(data, at + len(variable[1]) + len(sign) - 1)
        value = extents.after(data, opening.end()) if opening else None
        if value is None or value[1] > span[0] or not _is_secret(data[slice(*value)]):
            continue
        if data[value[0] - 1 : value[0]] in _QUOTES or not _is_code(data, value, (at, variable.end())):
            yield *value, meaning.kind, "variable"
            return


def _is_code(data: bytes, value: Span, variable: Span) -> bool:
    """Whether what is assigned without quotes is a call, a word of code, or something whose member is handed over."""
    name = variable[0], variable[0]
    return (
        data[value[1] : value[1] + 1] in _OF_CALLS
        or _MEMBER.match(data, variable[1]) is not None
        or declared.is_bareword(data, name, value)
    )


def _is_secret(value: bytes) -> bool:
    """Whether what is assigned is a word that no language has, and neither code nor a path nor another reference."""
    if values.placeholder(value) or values.is_plain(value) or values.in_code(value) or values.is_name(value):
        return False
    return b" " not in value and b"://" not in value and value[:1] not in b"-/$%" and values.mixed(value, least=_LEAST)
