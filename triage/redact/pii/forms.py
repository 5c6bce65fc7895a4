"""Labels of forms that name a datum of a person in words: `Address line 1`, `Fecha de nacimiento`.

`joints` finds the names that sensitive words tell, written in one. Here are those of several words, with whatever
stands between and whatever accents their languages write, and words that only such names hold.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from triage.redact.named.joints import assignment
from triage.redact.named.keys import Names, vocabulary
from triage.redact.pii import national
from triage.redact.text import branches

__all__ = ("LABELS", "plain")

_KINDS: Final = frozenset(
    {
        "person",
        "birth_date",
        "street_address",
        "postal_code",
        "national_id",
        "passport",
        "phone",
        "device_id",
        "bank_account",
        "coordinates",
        "mac",
        "ssid",
    }
)
_BETWEEN: Final = r"[ ._-]{0,2}"
_STEP: Final = re.compile("ss|.", re.DOTALL)
# Letters with marks that no decomposition takes off.
_WHOLE: Final = str.maketrans(
    {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "\u0131": "i", "ß": "ss", "æ": "ae"}
)
# The letters that have marks, two bytes of UTF-8 each.
_MARKED: Final = frozenset("acdegilnorstuyz")


def plain(name: bytes) -> str:
    """A name in ASCII.

    Examples
    --------
    >>> plain("Straße und Hausnummer".encode()), plain("Imię".encode())
    ('Strasse und Hausnummer', 'Imie')
    """
    text = name.decode("utf-8", "replace")
    if text.isascii():
        return text
    return unicodedata.normalize("NFKD", text.translate(_WHOLE)).encode("ascii", "ignore").decode()


def _is_a_label(names: Names, kind: str) -> bool:
    """Whether a name is one that neither `joints` nor `short_names` finds: in several words, or not at all."""
    if (kind not in _KINDS and kind != "username") or vocabulary().senses[names].weak in national.HINTS:
        return False
    if len(names) > 1 and kind in _KINDS:
        return True
    return assignment(()).first(f'"{"_".join(names)}": "'.encode(), 0) is None


def _spelt(names: Names) -> list[str]:
    """The steps of an expression of a name in the spellings of its language."""
    return [step for word in names for step in (_BETWEEN, *map(_letter, _STEP.findall(word)))][1:]


def _letter(letter: str) -> str:
    """An expression of a letter with whatever mark."""
    if letter == "ss":
        return r"(?:ss|\xc3\x9f)"
    return rf"(?:{letter}|[\xc3-\xc5][\x80-\xbf])" if letter in _MARKED else letter


LABELS: Final = branches(
    _spelt(names) for names in vocabulary().senses if _is_a_label(names, vocabulary().senses[names].kind)
)
"""The labels, as a part of an expression."""
