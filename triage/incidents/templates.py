"""The messages of an incident without what changes: each template, how often it came, and what its slots held.

How many distinct values a slot had tells whether it says something: an order number that is always the same one is no
accident. The values themselves stand nowhere here.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

import re2

from triage.stacks.messages import parameterise

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ("Template", "templates")

# Distinct messages that are looked at; the commonest ones.
_MESSAGES: Final = 10_000
_CHARS: Final = 4_000
_SLOT: Final = re2.compile(r"\{([a-z]{2,10})\}")


class Template(NamedTuple):
    """A message without what changes.

    `example` is the message that comes first in order, for those who may see one; `values` how many distinct values
    each slot had, -1 where that cannot be told.
    """

    text: str
    events: int
    example: str
    slots: tuple[str, ...]
    values: tuple[int, ...]

    def masked(self, example: str) -> Template:
        """The same template in words of its example masked; where a mask took other words than a slot, no numbers."""
        text = parameterise(example)
        slots = tuple(_SLOT.findall(text))
        values = self.values if len(slots) == len(self.slots) else (-1,) * len(slots)
        return self._replace(text=text, example="", slots=slots, values=values)


def templates(messages: pa.ChunkedArray) -> list[Template]:
    """The templates of some messages, the commonest first.

    Examples
    --------
    >>> import pyarrow as pa
    >>> templates(pa.chunked_array([["order 12 failed", "order 13 failed", None, "order 12 failed"]]))[0].values
    (2,)
    """
    counts = messages.drop_null().value_counts()
    pairs = zip(counts.field("values").to_pylist(), counts.field("counts").to_pylist(), strict=True)
    ordered = sorted(pairs, key=lambda pair: (-pair[1], pair[0]))[:_MESSAGES]
    grouped: dict[str, list[str]] = {}
    events: Counter[str] = Counter()
    for message, count in ordered:
        text = parameterise(message)
        grouped.setdefault(text, []).append(message)
        events[text] += count
    found = [_template(text, sorted(grouped[text]), events[text]) for text in grouped if text]
    return sorted(found, key=lambda one: (-one.events, one.text))


def _template(text: str, messages: list[str], events: int) -> Template:
    slots = tuple(_SLOT.findall(text))
    # The words around the slots find the values again, in linear time.
    pieces = [r"\s+".join(map(re2.escape, piece.split(" "))) for piece in _SLOT.split(text)[::2]]
    pattern = re2.compile("(?s)" + "(.+?)".join(pieces) + r"\s*$")
    distinct: list[set[str]] = [set() for _ in slots]
    known = True
    for message in messages if slots else ():
        found = pattern.match(_prepared(message))
        known = known and found is not None
        for values, value in zip(distinct, found.groups() if found else (), strict=False):
            values.add(value)
    return Template(text, events, messages[0], slots, tuple(len(values) if known else -1 for values in distinct))


def _prepared(message: str) -> str:
    """What templates are made of: the first two lines that are not empty."""
    lines = [line.strip() for line in message[:_CHARS].splitlines() if line.strip()][:2]
    return " ".join(" ".join(lines)[:1_000].split())
