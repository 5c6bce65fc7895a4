"""Names of papers that no name of `joints` is in: `applicant_sin`, `custNric`, `thai-id-number`, `emiratesId`.

Short ones are too much like words to be looked for there, and long ones too many. What stands behind one is read by
the form of its number, and where that is no one's own by its checksum.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from triage.redact.named import grids, structure
from triage.redact.named.joints import joint
from triage.redact.named.keys import Sense, sense
from triage.redact.pii import national
from triage.redact.text import Found, Span

__all__ = ("LEADS", "READERS", "SPELT")

_NAME_BEFORE: Final = re.compile(rb"[\w.-]{0,40}\Z")
_NAME_BEHIND: Final = re.compile(
    rb"(?i)(?:[_. -]?(?:numbers?|numarasi|numero|nummer|num|nr|no|id|value|code|card)(?![A-Za-z])){0,2}\.?"
)
_SIGN: Final = re.compile(rb"(?i)(?:,<|[ ][=:|\"-]|\n\$|[\"'\\=:\]<}>\s]|[ _-]n|_id|num)\Z")
# What stands between a name and its number where nothing joins them: of a flag, of `ENV` and `setx`, of a sentence.
_GAP: Final = re.compile(
    rb"(?:[ ](?:is|was|ist|es|no\.?|nr\.?|number|#|\xe2\x84\x96)){0,2}"
    rb"(?:[\"']?[ \t:=,#>(\[<|-]{1,16}|\xef\xbc\x9a|(?=[0-9]))[\"'(<]{0,3}"
)
_ENDS_OF_CELLS: Final = frozenset({b",", b";", b"\t", b"|", b'"', b"\r", b"\n"})
_REACH: Final = 300


def _valued(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The number behind the short name of a paper, which a longer name ends with."""
    stop = at + len(_SIGN.sub(b"", data[at : at + size]))
    at += data[at : at + 1] == b"-"
    word = data[at:stop]
    if _is_in_word(data, at, word):
        return
    begun = _NAME_BEFORE.search(data, max(at - 40, 0), at)
    begin = begun.start() if begun else at
    hint = national.NAMES.get(word.decode("latin-1").lower().replace("_", " "))
    meaning = sense(data[begin:stop].decode("latin-1"))
    if hint and meaning is not None and meaning.weak == "id":
        meaning = Sense("national_id", hint)
    if meaning and meaning.kind == "national_id":
        yield from _behind(data, (begin, stop), meaning)


def _led(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The number behind a name that leads by itself."""
    stop = at + size
    hint = national.LEADS.get(data[at:stop].lower())
    if hint and not _is_in_word(data, at, data[at:stop]):
        if data[stop : stop + 1] in _ENDS_OF_CELLS:
            yield from grids.columns(data, at)
        yield from _behind(data, (at, stop), Sense(national.KINDS[hint], hint))


def _is_in_word(data: bytes, at: int, word: bytes) -> bool:
    """Whether a name goes on before a place, and does not begin with a capital there."""
    before = data[at - 1 : at]
    return before.isalpha() and not (before.islower() and word[:1].isupper())


def _behind(data: bytes, name: Span, meaning: Sense) -> Iterator[Found]:
    """The number behind a name."""
    begin, stop = name
    more = _NAME_BEHIND.match(data, stop)
    stop = more.end() if more else stop
    joined = joint().match(data, stop, min(stop + _REACH, len(data)))
    found = [*structure.behind_name(data, (begin, stop), joined[0][1], meaning)] if joined else []
    gap = None if found else _GAP.match(data, stop)
    place = national.part(data, gap.end(), len(data), meaning.weak) if gap and meaning.weak in national.HINTS else None
    yield from [(*place, meaning.kind, "key")] if place else found


_SIGNS: Final = (
    *('"', "'", "\\", "=", ":", "_n", "num", " =", " :", " n", "-n", "_id", "]", " -", " |", "<", ' "', "}", ">", ",<"),
    *("\t", "\n$"),
)
SPELT: Final = {
    "short_ids": (
        *(("", sign) for sign in _SIGNS),
        ("-", " "),
    )
}
"""What stands before and behind the words of such a list, where they lead to something."""
READERS: Final[dict[str, Callable[[int, bytes, int], Iterator[Found]]]] = {"short_ids": _valued}
"""What reads the numbers at the words of leads.toml, by their lists."""
LEADS: Final = ([*national.LEADS], _led)
"""The names that lead by themselves, with what reads the numbers behind them."""
