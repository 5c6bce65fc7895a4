"""Short names of papers as parts of the names of fields: `applicant_sin`, `custNric`, `sg-fin-number`.

They are too short, and too much like words, to be looked for among the names of `joints`. What stands behind one is
read by the form of its number, and where the name is a word too by its checksum.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from triage.redact.named import extents
from triage.redact.named.judging import judged
from triage.redact.named.keys import Sense, sense
from triage.redact.pii import national
from triage.redact.text import Found

__all__ = ("READERS", "SPELT")

_NAME_BEFORE: Final = re.compile(rb"[\w.-]{0,40}\Z")
_JOINED: Final = re.compile(
    rb"(?:[_ -]?(?:numbers?|num|nr|no|id|value|code)\b\.?)?\\{0,7}[\"'\x60]?\]?\s{0,8}(?:=>|:=|==|[:=])\s{0,8}"
    rb"\[?(?:\\{0,7}[\"'\x60])?(?=[A-Za-z]{0,6}[0-9][A-Za-z0-9 ./+-]{5})"
)
_SIGN: Final = re.compile(rb"(?i)(?:[\"'\\=:\]]|[ ][=:]|[ _-]n|_id|num)\Z")
_QUOTES: Final = frozenset({b'"', b"'", b"`"})
_REACH: Final = 60


def _valued(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The number behind the short name of a paper, which a longer name ends with."""
    stop = at + len(_SIGN.sub(b"", data[at : at + size]))
    at += data[at : at + 1] == b"_"
    word, before = data[at:stop], data[at - 1 : at]
    if before.isalpha() and not (before.islower() and word[:1].isupper()):
        return
    match = _JOINED.match(data, stop, stop + _REACH)
    if match is None:
        return
    quote = data[match.end() - 1 : match.end()]
    span = extents.after(data, match.end(), quote if quote in _QUOTES else b"")
    begun = _NAME_BEFORE.search(data, max(at - 40, 0), at)
    name = (begun.start() if begun else at, stop)
    hint = national.NAMES.get(word.decode("latin-1").lower().replace("_", " "))
    meaning = sense(data[slice(*name)].decode("latin-1"))
    if hint and meaning is not None and meaning.weak == "id":
        meaning = Sense("national_id", hint)
    if span and meaning and meaning.kind == "national_id":
        yield from judged(data, span, meaning, in_quotes=quote in _QUOTES, assigned=True, name=name)


_SIGNS: Final = ('"', "'", "\\", "=", ":", "_n", "num")
_MORE: Final = (" =", " :", " n", "-n", "_id", "]")
SPELT: Final = {
    "short_ids": (*((before, sign) for before in ("", "_") for sign in _SIGNS), *(("", sign) for sign in _MORE))
}
"""What stands before and behind the words of such a list, where they lead to something."""
READERS: Final[dict[str, Callable[[int, bytes, int], Iterator[Found]]]] = {"short_ids": _valued}
"""What reads the numbers at the words of leads.toml, by their lists."""
