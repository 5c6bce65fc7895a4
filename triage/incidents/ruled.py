"""Keys by rules of `triage.toml` as an explanation tells of them: which rule it is, and the values that it takes.

A key may also have come with the input, as those of a reviewed archive do. Where the rules of today make another one of
what stands there, that is said.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from triage.incidents.layout import typed
from triage.incidents.sides import EVENT, Side, ended_by, key_as_told, roots_of
from triage.stacks.fingerprints import DEFAULT, FIELDS, FRAME_FIELDS, VARIABLE, frame_value, taken, variables
from triage.stacks.frame_table import TRAITS
from triage.stacks.joining import isin
from triage.stacks.messages import key_text, parameterise

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from triage.stacks.settings import Rules

    Mask = Callable[[str, pd.DataFrame], pd.DataFrame]

__all__ = ("READ", "Ruled", "in_key", "masked_rules", "ruled", "spread", "told_reasons")

# What is read of an event, for its side and for a rule.
READ: Final = tuple(dict.fromkeys((*EVENT, *FIELDS.values())))


@dataclass(frozen=True, slots=True, repr=False)
class Ruled:
    """What makes the key of an event where it is not made of class, type and frames.

    `number` is the place of the rule in the file, from 1, and 0 where the key came with the input; `when` and `parts`
    are as written, `held` has the field of each variable; `fitting` are the rows of the frames by which the rule
    takes the event, `used` those of the frames that are in the key.
    """

    number: int
    when: tuple[tuple[str, str], ...] = ()
    parts: tuple[str, ...] = ()
    held: dict[str, str | None] = field(default_factory=dict)
    fitting: tuple[int, ...] = ()
    used: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """The rule in the words of its file."""
        return f"[[stacks.fingerprint]] {self.number} of triage.toml" if self.number else "the input"

    @property
    def takes_default(self) -> bool:
        """Whether what triage would take is in the key."""
        return not self.number or DEFAULT in variables(self.parts)

    def value(self, name: str) -> str:
        """The value of a variable as it is told: a message without what changes."""
        text = self.held.get(name) or ""
        return parameterise(text) if name == "message" and text else text

    def same(self, name: str, other: Ruled) -> bool:
        """Whether a variable is the same for the keys of two events."""
        one, two = (each.held.get(name) or "" for each in (self, other))
        return key_text(one) == key_text(two) if name == "message" and one and two else one == two

    def told(self, side: Side) -> list[tuple[str, str]]:
        """What the key is made of: (part, value)."""
        conditions = " and ".join(f"{name} = {pattern}" for name, pattern in self.when)
        rows = [("rule", f"{self.name}: {conditions}")]
        for part in self.parts:
            names = variables((part,))
            if names != [DEFAULT] or VARIABLE.sub("", part).strip():
                alone = len(names) == 1 and not VARIABLE.sub("", part).strip()
                rows.append((names[0] if alone else "text", VARIABLE.sub(self._filled, part).strip() or "none"))
            if DEFAULT in names:
                rows += [(f"{DEFAULT}: {what}", value) for what, value in side.told]
        return rows

    def _filled(self, found: Any) -> str:
        return str(found[0]) if found[1] == DEFAULT else self.value(found[1])


def ruled(side: Side, event: pa.Table, tables: dict[str, pa.Table], rules: Rules | None) -> Ruled | None:
    """What makes the key of an event; None where it is made of class, type and frames alone.

    Parameters
    ----------
    side
        The event with all frames of its stack.
    event
        Its row of `events`.
    tables, rules
        Those of the case.
    """
    prints = rules.fingerprints if rules is not None else ()
    if not prints:
        return None if side.exact else Ruled(0)
    stack = side.event["stack_key"]
    frames = isin(tables["frames"], "stack_key", [stack] if stack else []).sort_by("idx")
    number = next((at for at, rule in enumerate(prints, 1) if rule.takes(event, frames)[0]), 0)
    made, _ = taken(prints, event, frames, np.array([int(_default(side, tables), 16)], np.uint64))
    if f"{int(made[0]):016x}" != side.event["group_key"] or not number:
        return None if side.exact else Ruled(0)
    rule = prints[number - 1]
    names = variables(rule.parts)
    counted = [row for row, counts in enumerate(side.frames["counted"]) if counts][:1]
    values: dict[str, str | None] = {name: event[FIELDS[name]][0].as_py() for name in names if name in FIELDS}
    of_frame = [name for name in names if name in FRAME_FIELDS]
    traits = [tuple(each.values()) for row in counted for each in frames.slice(row, 1).select(TRAITS).to_pylist()]
    values |= {name: frame_value(name, each) for name in of_frame for each in traits}
    fitting = np.flatnonzero(rule.deciding(frames)).tolist() if rule.frame else []
    used = {*(side.used if DEFAULT in names else ()), *(counted if of_frame else ())}
    return Ruled(number, rule.when, rule.parts, values, tuple(fitting), tuple(sorted(used)))


def _default(side: Side, tables: dict[str, pa.Table]) -> str:
    """The key that the event would have without a rule."""
    if side.exact:
        return str(side.event["group_key"])
    ending = ended_by(side.event, side.names, side.frames)
    roots = roots_of(side.event["event_id"], tables)
    return key_as_told(side.kind, side.event, side.counted, side.evidence, roots, ending, cycle=bool(side.cycle))


def spread(events: pa.Table, tables: dict[str, pa.Table], rules: Rules | None) -> dict[int, int]:
    """How many of some events each rule takes, by its place from 1; 0 for those that none does."""
    prints = rules.fingerprints if rules is not None else ()
    stacks = events["stack_key"].drop_null().unique().to_pylist() if prints else []
    frames = isin(tables["frames"], "stack_key", stacks)
    left, found = np.ones(events.num_rows, np.bool_), {}
    for number, rule in enumerate(prints, 1):
        fits = left & rule.takes(events, frames)
        found[number] = int(fits.sum())
        left &= ~fits
    return {number: count for number, count in (found | {0: int(left.sum())}).items() if count}


def in_key(found: Ruled | None, side: Side) -> tuple[int, ...]:
    """The rows of the frames in the key."""
    return side.used if found is None or not found.number else found.used


def told_reasons(found: Ruled | None, side: Side, reasons: Sequence[str]) -> list[str]:
    """The reason of each frame, where a rule decides what is in the key."""
    if found is None or not found.number:
        return list(reasons)
    taken_in = " and ".join(name for name in variables(found.parts) if name in FRAME_FIELDS)
    told = []
    for row, reason in enumerate(reasons):
        sentence = reason
        if row in found.used and not (found.takes_default and row in side.used):
            sentence = f"counts: the rule takes its {taken_in} into the key"
        elif reason.startswith("counts: ") and row not in found.used:
            sentence = "would count, but the key is made by a rule of triage.toml"
        told.append(f"{sentence}; fits the rule" if row in found.fitting else sentence)
    return told


def masked_rules(rules: Sequence[Ruled | None], mask: Mask) -> list[Ruled | None]:
    """The same with masked values, and masked words of the settings."""
    there = [one for one in rules if one is not None]
    texts = [text for one in there for text in (*(pattern for _, pattern in one.when), *one.parts)]
    shown = mask("settings", typed({"text": "string"}, [(text,) for text in texts]))["text"]
    words = dict(zip(texts, _plain(shown), strict=True))
    values: dict[str, list[str | None]] = {}
    for table, fields in (("events", FIELDS), ("frames", FRAME_FIELDS)):
        columns = dict.fromkeys(fields.values(), "string")
        rows = [[one.held.get(name) for name in fields] for one in there]
        cells = mask(table, typed(columns, rows))
        values |= {name: _plain(cells[column]) for name, column in fields.items()}
    made = iter(
        replace(
            one,
            when=tuple((name, words[pattern] or "") for name, pattern in one.when),
            parts=tuple(words[part] or "" for part in one.parts),
            held={name: values[name][at] for name in one.held},
        )
        for at, one in enumerate(there)
    )
    return [None if one is None else next(made) for one in rules]


def _plain(column: pd.Series[Any]) -> list[str | None]:
    values: list[str | None] = pa.array(column.array).to_pylist()
    return values
