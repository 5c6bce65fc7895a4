"""Where a variable part stands in a message: the words around it, by which it is known in other messages too.

The place alone does not tell: where a build writes "attempt 3: shard 7 is away" for "shard 7 is away", the first
variable part is another one. So a part is known by the last word before it and the first behind it, as far as the next
variable part, and by how many parts before it in the message stand between the same. Its kind is not asked for: an id
in hexadecimal may be all digits, and a mask of another tool has no kind.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Final, NamedTuple

from triage.stacks import messages

__all__ = ("ANYTHING", "NOWHERE", "Around", "Known", "around", "at", "value")

_WORD: Final = re.compile(r"[^\W_]+")


class Around(NamedTuple):
    """The words before and behind a variable part, and how many parts before it stand between the same."""

    before: str
    behind: str
    number: int


# What stands in the journal where the words around a part say nothing.
ANYTHING: Final = "*"
# Of a message that has no variable part there.
NOWHERE: Final = Around("", "", -1)


def around(message: str | None) -> list[Around]:
    """What stands around each variable part of a message, in order.

    Examples
    --------
    >>> around("attempt 3: shard 7 is away")
    [Around(before='attempt', behind='shard', number=0), Around(before='shard', behind='is', number=0)]
    """
    return _around(*messages.slots(message)) if message else []


def at(told: list[Around], place: int) -> Around:
    """What stands around the variable part at a place."""
    return told[place] if place < len(told) else NOWHERE


class Known:
    """What may stand around a variable part: digests of a salt, as the journal has them, and what is known as it is.

    Examples
    --------
    >>> one = around("shard 7 is away")[0]
    >>> one in Known([Known.digest(one, "5f")], "5f"), one in Known([Known.digest(one, "60")], "5f")
    (True, False)
    """

    def __init__(self, digests: Iterable[str] = (), salt: str = "", plain: Iterable[Around] = ()) -> None:
        self._digests = frozenset(digests)
        self._salt = salt
        self._judged = dict.fromkeys(plain, True)

    def __contains__(self, one: Around) -> bool:
        if one not in self._judged:
            self._judged[one] = ANYTHING in self._digests or self.digest(one, self._salt) in self._digests
        return self._judged[one]

    @staticmethod
    def digest(one: Around, salt: str) -> str:
        """What stands in the journal for what stands around a part."""
        text = "\0".join(("around", one.before, one.behind, str(one.number), salt))
        return "val_" + hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()


def value(message: str | None, place: int, known: Known) -> str | None:
    """The value of a variable part that is known by what stands around it, first looked for where it was.

    Parameters
    ----------
    message
        Any text.
    place
        Where it was.
    known
        What may stand around it.

    Returns
    -------
    str or None
        "" where the message has no part there, as others had none; None where it is of another wording.

    Examples
    --------
    >>> known = Known(plain=around("shard 7 is away"))
    >>> value("attempt 3: shard 9 is away", 0, known), value("attempt 3 failed", 0, known)
    ('9', None)
    """
    text, slots = messages.slots(message) if message else ("", ())
    told = _around(text, slots)
    if at(told, place) in known:
        return slots[place].value if place < len(slots) else ""
    return next((slot.value for slot, each in zip(slots, told, strict=True) if each in known), None)


def _around(text: str, slots: Iterable[messages.Slot]) -> list[Around]:
    pieces, begin = [], 0
    for slot in slots:
        mark = f"{{{slot.kind}}}"
        end = text.find(mark, begin)
        pieces.append(_WORD.findall(text[begin:end].lower()))
        begin = end + len(mark)
    pieces.append(_WORD.findall(text[begin:].lower()))
    told: list[Around] = []
    seen: dict[tuple[str, str], int] = {}
    for left, right in pairwise(pieces):
        words = left[-1] if left else "", right[0] if right else ""
        told.append(Around(*words, seen.get(words, 0)))
        seen[words] = seen.get(words, 0) + 1
    return told
