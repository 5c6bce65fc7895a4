"""What a script keeps in a variable that it hands over as a secret: `$p = 'x'; Connect-Db -Password $p`.

The assignment is looked for before the place where the variable stands, as far as a short script reaches.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact.named import extents, values
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
        if value and value[1] <= span[0] and _is_secret(data[slice(*value)]):
            yield *value, meaning.kind, "variable"
            return


def _is_secret(value: bytes) -> bool:
    """Whether what is assigned is a word that no language has, and neither code nor a path nor another reference."""
    if values.placeholder(value) or values.is_plain(value) or values.in_code(value) or values.is_name(value):
        return False
    return b" " not in value and b"://" not in value and value[:1] not in b"-/$%" and values.mixed(value, least=_LEAST)
