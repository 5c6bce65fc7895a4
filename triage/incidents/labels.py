"""What the sides of a split are called in the journal: something that people recognise and that gives nothing away.

variant         the exact type of the error, and the function at the first depth where the stacks differ
frame           the name of the frame
service         the service
message_slot    the kind of the variable part and a number, `email 2`; a number of at most three digits as it is

Of a slot nothing else is told: a PIN, a phone number and a name are plain numbers and words too. A type, a function or
a service in which something secret or personal is found is told by its number alone.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from triage.incidents import predicates
from triage.redact import spans

if TYPE_CHECKING:
    from triage.redact.policy import Policy

__all__ = ("labels",)

_LONGEST: Final = 80
_HARMLESS: Final = re.compile(r"[0-9]{1,3}")


def labels(tables: dict[str, pa.Table], sides: list[pa.Table], by: str, slot: int, *, policy: Policy) -> list[str]:
    """A label for each side, given by its events; no two are the same."""
    if by == "message_slot":
        told = [_of_slot(side["error_value"][0].as_py(), slot) for side in sides]
    elif by in {"frame", "file"}:
        told = [_joined(predicates.values(tables, side, by, slot).distinct) for side in sides]
    elif by == "service":
        told = [_joined(sorted({name or "" for name in side["service"].unique().to_pylist()})) for side in sides]
    else:
        told = _of_variants(tables, sides)
    return _numbered(["" if spans(text, policy=policy) else text[:_LONGEST] for text in told], by.replace("_", " "))


def _of_slot(message: str | None, slot: int) -> str:
    """The kind of a variable part, or the part itself where it is a short number."""
    found = predicates.slots(message)
    value = found[slot] if slot < len(found) else ""
    return value if _HARMLESS.fullmatch(value) else predicates.kind_at(message, slot) or "no value"


def _joined(names: list[str]) -> str:
    """The first few of the values of a side."""
    return ", ".join(name or "none" for name in names[:3])


def _of_variants(tables: dict[str, pa.Table], sides: list[pa.Table]) -> list[str]:
    """The type of the error of each side, and where its stack is another than those of the others."""
    heads = [side.slice(0, 1) for side in sides]
    depth = predicates.places(tables, pa.concat_tables(heads), "frame")[0]
    frames = [predicates.values(tables, head, "frame", depth).distinct[0] for head in heads]
    types = [head["error_type"][0].as_py() or "" for head in heads]
    differ = len(set(frames)) > 1
    return [
        " in ".join(part for part in (kind, frame * differ) if part) for kind, frame in zip(types, frames, strict=True)
    ]


def _numbered(told: list[str], word: str) -> list[str]:
    """Labels of which no two are the same: those that say too little with a number behind them."""
    names = [text or word for text in told]
    often, seen = Counter(names), Counter[str]()
    made = []
    for name, text in zip(names, told, strict=True):
        seen[name] += 1
        made.append(name if text and often[name] == 1 else f"{name} {seen[name]}")
    return made
