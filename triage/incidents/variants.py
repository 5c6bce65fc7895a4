"""The variants of an incident: how often each came, and in what they differ from the one that is shown."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Final, NamedTuple

import pandas as pd

from triage.incidents.sides import Side
from triage.stacks.counting import REPEATED, SCANNED, VARIANT_FRAMES
from triage.tables import to_pandas

if TYPE_CHECKING:
    from datetime import datetime

    import pyarrow as pa

__all__ = ("COMPARED", "Apart", "Variant", "apart", "in_words", "variants")

# So many variants, the commonest ones, are compared with the one that is shown.
COMPARED: Final = 12


class Variant(NamedTuple):
    """A variant: its key, the type of its newest event, how many events it has, when the last was, and the newest."""

    key: str
    error_type: str | None
    events: int
    last_seen: datetime | None
    row: int


def variants(events: pa.Table) -> list[Variant]:
    """The variants among the events of an incident, the commonest first; of equally common ones the one seen last."""
    table = to_pandas(events.select(["variant_key", "error_type", "ts", "event_id"]))
    table["row"] = range(len(table))
    table["variant_key"] = table["variant_key"].fillna("")
    table = table.sort_values(["ts", "event_id"], na_position="first", kind="stable")
    found = table.groupby("variant_key", sort=True).agg(events=("row", "size"), row=("row", "last"))
    newest = table.set_index("row").loc[found["row"]]
    found["last_seen"], found["error_type"] = newest["ts"].array, newest["error_type"].array
    found = found.reset_index().sort_values(
        ["events", "last_seen", "variant_key"], ascending=[False, False, True], na_position="last", kind="stable"
    )
    columns = ("variant_key", "error_type", "events", "last_seen", "row")
    return [
        Variant(key, None if pd.isna(kind) else kind, count, None if pd.isna(last) else last, row)
        for key, kind, count, last, row in zip(*(found[name].tolist() for name in columns), strict=True)
    ]


class Apart(NamedTuple):
    """In what a variant differs: whether in its type, and in which of the frames that tell variants apart.

    `number` counts these frames from 1, 0 where none differs; `row` and `other` are its row in the stack that is shown
    and in the other one, -1 where one has no frame there.
    """

    typed: bool
    number: int = 0
    row: int = -1
    other: int = -1


def apart(shown: Side, other: Side) -> Apart:
    """In what a variant differs from the one that is shown."""
    typed = shown.event["error_type"] != other.event["error_type"]
    pairs = zip_longest(_telling(shown), _telling(other), fillvalue=-1)
    for number, (one, two) in enumerate(pairs, 1):
        if min(one, two) < 0 or shown.names[one] != other.names[two]:
            return Apart(typed, number, one, two)
    return Apart(typed)


def in_words(found: Apart, shown: Side, other: Side) -> str:
    """The difference in words, of sides raw or masked."""
    words = [f"the type is {other.event['error_type'] or 'unknown'}"] if found.typed else []
    one = (shown.names[found.row] or "?") if found.row >= 0 else ""
    two = (other.names[found.other] or "?") if found.other >= 0 else ""
    if one and two:
        words.append(f"frame {found.number} of those that count is {two} instead of {one}")
    elif one or two:
        words.append(f"frame {found.number} of those that count, {one or two}, is {'missing' if one else 'there too'}")
    return " and ".join(words)


def _telling(side: Side) -> list[int]:
    """The rows of the frames that tell variants apart: the first eight of the kind that counts."""
    if not side.used:
        return []
    kinds = [(role, trust in SCANNED) for role, trust in zip(side.frames["role"], side.frames["trust"], strict=True)]
    told = zip(kinds, side.frames["rule"], strict=True)
    wanted = kinds[side.used[0]]
    return [row for row, (kind, rule) in enumerate(told) if kind == wanted and rule != REPEATED][:VARIANT_FRAMES]
