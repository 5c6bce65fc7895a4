"""Why two incidents are two: what people decided, what their keys are made of, or the rules that make their keys.

A decision comes first: what it parts would be one without it. Keys part what has different ones, and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pandas as pd

from triage.incidents.decisions import token
from triage.incidents.layout import cell, typed
from triage.incidents.sides import Difference, Side, in_words
from triage.stacks.fingerprints import DEFAULT, variables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from triage.incidents.decisions import Replayed
    from triage.incidents.ruled import Ruled
    from triage.journal import Entry

    Mask = Callable[[str, pd.DataFrame], pd.DataFrame]

__all__ = ("DECISIONS", "Cause", "Decided", "Keyed", "about", "causes", "decided", "masked_causes", "told", "value_of")

DECISIONS: Final = {
    "when": "string", "who": "string", "entry_id": "string", "what": "string", "effect": "string", "why": "string",
}  # fmt: skip
_REST: Final = "another one"
_RULE: Final = "rule"
_INPUT: Final = "input"
# How a split tells its sides apart.
_BY: Final = {
    "variant": "the variant is",
    "service": "the service is",
    "frame": "frame {} from the first that counts is",
    "message_slot": "slot {} of the message is",
    "events": "what it names is",
}


class Keyed(NamedTuple):
    """A side, and what makes its key where its class, type and frames do not."""

    side: Side
    ruled: Ruled | None


@dataclass(frozen=True, slots=True, repr=False)
class Decided:
    """A decision that parts two incidents: its entry, who, when and why, by what, and the side of each in words."""

    entry_id: str
    what: str
    by: str
    slot: int
    sides: tuple[str, str]
    note: str

    def in_words(self, where: tuple[str, str]) -> str:
        """In a sentence."""
        head = f"the {self.what} {self.entry_id} ({self.note})"
        if self.what == "pin":
            return f"{head} moved events that are {where[0] if self.sides[0] else where[1]}"
        (one, two), (here, there) = self.sides, where
        return f"{head} parts them by {self.by}: {_BY[self.by].format(self.slot + 1)} {one} {here} and {two} {there}"


@dataclass(frozen=True, slots=True, repr=False)
class Cause:
    """One thing that parts two incidents: a difference, a decision, or what a rule takes: a variable, or the rule."""

    difference: Difference | None = None
    decision: Decided | None = None
    variable: str = ""

    @property
    def is_of_a_rule(self) -> bool:
        """Whether it is the rule of a key, or what a rule takes."""
        return self.variable not in {"", _INPUT}


def causes(left: Keyed, right: Keyed, found: Iterable[Difference], decisions: Iterable[Decided] = ()) -> list[Cause]:
    """What parts two incidents, as raw words see it.

    Parameters
    ----------
    left, right
        Their sides.
    found
        `triage.incidents.sides.differences` of them.
    decisions
        `decided` of them.
    """
    parting = [Cause(decision=one) for one in decisions]
    splits = [Cause(one) for one in found if one.splits]
    parting += [one for one in splits if one.difference is not None and one.difference.what == "service"]
    if left.side.event["group_key"] == right.side.event["group_key"]:
        return parting
    splits = [one for one in splits if one not in parting]
    one, two = left.ruled, right.ruled
    if one is None and two is None:
        return parting + splits
    if any(each is not None and not each.number for each in (one, two)):
        return parting + (splits or [Cause(variable=_INPUT)])
    if one is None or two is None or one.number != two.number:
        return [*parting, Cause(variable=_RULE)]
    names = [name for name in dict.fromkeys(variables(one.parts)) if name != DEFAULT and not one.same(name, two)]
    return parting + [Cause(variable=name) for name in names] + (splits if one.takes_default else [])


def told(cause: Cause, left: Keyed, right: Keyed, where: tuple[str, str] = ("here", "there")) -> str:
    """A cause in a sentence, of sides raw or masked."""
    here, there = where
    if cause.difference is not None:
        return in_words(cause.difference, left.side, right.side, where)
    if cause.decision is not None:
        return cause.decision.in_words(where)
    if cause.variable == _INPUT:
        return "their keys came with the input, and what is said here makes none of them"
    one, two = value_of(cause, left), value_of(cause, right)
    if cause.variable == _RULE:
        return f"the key is made by {one} {here} and by {two} {there}"
    name = left.ruled.name if left.ruled is not None else ""
    return f"the {cause.variable} is {one} {here} and {two} {there}, and {name} takes it into the key"


def value_of(cause: Cause, keyed: Keyed) -> str:
    """The rule of a side, or its value of a variable."""
    if keyed.ruled is None:
        return "no rule"
    return keyed.ruled.name if cause.variable == _RULE else keyed.ruled.value(cause.variable) or "none"


def decided(
    one: str, other: str, replayed: Replayed, entries: Sequence[Entry], events: tuple[str, str] = ("", "")
) -> list[Decided]:
    """The decisions that part two incidents: the splits by which they became two, else the pins of their events.

    Parameters
    ----------
    one, other
        Their ids.
    replayed
        What the decisions made.
    entries
        The journal.
    events
        The events that stand for them.
    """
    by_id = {entry.id: entry for entry in entries}
    lines = [_line(each, replayed.made, by_id) for each in (one, other)]
    common = next((name for name in lines[0] if name in lines[1]), "")
    if one == other or not common:
        return [] if one == other else _pinned((one, other), replayed, entries, events)
    # Where the two lines leave what they have in common: the sides of one split, or of two.
    left = [line[max(line.index(common) - 1, 0)] for line in lines]
    found: list[Decided] = []
    for name in left:
        entry = by_id.get(replayed.made.get(name, ""))
        if name != common and entry is not None and entry.id not in {each.entry_id for each in found}:
            labels = {side.incident_id: side.label for side in entry.sides}
            sides = labels.get(left[0]) or _REST, labels.get(left[1]) or _REST
            found.append(Decided(entry.id, entry.what, entry.by, entry.slot, sides, _note(entry)))
    return found


def _pinned(
    ids: tuple[str, str], replayed: Replayed, entries: Sequence[Entry], events: tuple[str, str]
) -> list[Decided]:
    """The pins that hold and name the event that stands for one of two incidents."""
    found = []
    for entry in entries:
        effect = replayed.effects.get(entry.id)
        if entry.what != "pin" or effect is None or effect.word != "applied":
            continue
        for at, (incident, event) in enumerate(zip(ids, events, strict=True)):
            if incident in effect.incidents and {event, token(event)} & set(entry.events):
                sides = ("", _REST) if at else (_REST, "")
                found.append(Decided(entry.id, "pin", "events", 0, sides, _note(entry)))
    return found


def _note(entry: Entry) -> str:
    """Who decided it, when and why."""
    head = f"{entry.who or 'unknown'}, {cell(pd.Timestamp(entry.micros, unit='us', tz='UTC'))}"
    return f"{head}: {entry.why}" if entry.why else head


def _line(incident: str, made: Mapping[str, str], by_id: Mapping[str, Entry]) -> list[str]:
    """An incident, that which it was split from, and so on."""
    line = [incident]
    while (entry := by_id.get(made.get(line[-1], ""))) is not None and entry.subjects:
        parent = entry.subjects[0].incident_id
        if parent in line:
            break
        line.append(parent)
    return line


def masked_causes(listed: Sequence[Sequence[Cause]], mask: Mask) -> list[list[Cause]]:
    """The same with masked words of decisions."""
    there = [one.decision for each in listed for one in each if one.decision is not None]
    texts = [text for one in there for text in (*one.sides, one.note)]
    shown = mask("settings", typed({"text": "string"}, [(text,) for text in texts]))["text"]
    words = {text: cell(word) for text, word in zip(texts, shown, strict=True)}
    return [
        [
            one
            if one.decision is None
            else replace(
                one,
                decision=replace(
                    one.decision,
                    sides=(words[one.decision.sides[0]], words[one.decision.sides[1]]),
                    note=words[one.decision.note],
                ),
            )
            for one in each
        ]
        for each in listed
    ]


def about(journal: pd.DataFrame | None, *incidents: str) -> pd.DataFrame:
    """The decisions that are or were about some incidents, as rows of texts."""
    rows = [] if journal is None else journal.to_dict("records")
    chosen = [
        row
        for row in rows
        if any(one in _listed(row[name]) for one in incidents for name in ("incident_ids", "subjects"))
    ]
    return typed(DECISIONS, [[cell(row.get(name)) or None for name in DECISIONS] for row in chosen])


def _listed(value: Any) -> list[str]:
    return [] if value is None or value is pd.NA else list(value)
