"""The messages of an incident without what changes: each template, how often it came, and what its slots held.

How many distinct values a slot had tells whether it says something: an order number that is always the same one is no
accident. The values themselves stand nowhere here.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from triage.stacks.messages import slots

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ("Template", "templates")

# Distinct messages that are looked at; the commonest ones.
_MESSAGES: Final = 10_000


class Template(NamedTuple):
    """A message without what changes.

    `example` is the message that comes first in order, for those who may see one; `kinds` are those of the slots,
    `values` how many distinct values each had, -1 where that cannot be told.
    """

    text: str
    events: int
    example: str
    kinds: tuple[str, ...]
    values: tuple[int, ...]

    def masked(self, example: str) -> Template:
        """The same template in words of its example masked; where a mask took other words than a slot, no numbers."""
        text, found = slots(example)
        values = self.values if len(found) == len(self.values) else (-1,) * len(found)
        return self._replace(text=text, example="", kinds=tuple(slot.kind for slot in found), values=values)


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
    events: Counter[str] = Counter()
    examples: dict[str, str] = {}
    held: dict[str, list[tuple[str, set[str]]]] = {}
    for message, count in sorted(pairs, key=lambda pair: (-pair[1], pair[0]))[:_MESSAGES]:
        text, found = slots(message)
        events[text] += count
        examples[text] = min(examples.get(text, message), message)
        for slot, (_, values) in zip(found, held.setdefault(text, [(one.kind, set()) for one in found]), strict=True):
            values.add(slot.value)
    made = [
        Template(
            text, count, examples[text], tuple(kind for kind, _ in held[text]), tuple(len(v) for _, v in held[text])
        )
        for text, count in events.items()
        if text
    ]
    return sorted(made, key=lambda one: (-one.events, one.text))
