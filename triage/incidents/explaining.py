"""Why the events of an incident are one: its frames, its key, its variants, its message and what it is not.

An `Explanation` has two layers of the same words: its DataFrames are what was read, as every table of a case; its text
and its HTML are made of masked words only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from triage.errors import TriageError, is_one_of, no_incident
from triage.incidents import groups, parting
from triage.incidents.layout import cell, typed
from triage.incidents.neighbours import Near, nearest
from triage.incidents.parting import Cause, Keyed, about
from triage.incidents.ruled import READ, Ruled, in_key, masked_rules, ruled, spread, told_reasons
from triage.incidents.sides import EVENT, Side, differences, masked, newest, side_of
from triage.incidents.spots import Spot, spots
from triage.incidents.templates import Template, templates
from triage.incidents.variants import COMPARED, Apart, Variant, apart, variants
from triage.incidents.variants import in_words as in_other_words
from triage.share.printable import plural
from triage.stacks.explanation import places_of, reasons

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from triage.incidents.decisions import Decider, Replayed
    from triage.journal import Entry
    from triage.stacks.settings import Rules

    Mask = Callable[[str, pd.DataFrame], pd.DataFrame]

__all__ = ("Explanation", "Story", "explain")

# Messages that are shown; the DataFrame holds all.
_TEMPLATES: Final = 5

_FRAMES: Final = {
    "event_id": "string", "stack_key": "string", "idx": "int64", "function_raw": "string", "name": "string",
    "where": "string", "frame_kind": "string", "role": "string", "rule": "string", "in_app": "bool",
    "counted": "bool", "in_key": "bool", "reason": "string",
}  # fmt: skip
_KEY: Final = {"part": "string", "value": "string"}
_SPOTS: Final = {"frame": "int64", "file": "string", "events": "int64"}
_SPREAD: Final = {
    "variant_key": "string", "error_type": "string", "events": "int64", "last_seen": "timestamp", "shown": "bool",
    "differs": "string",
}  # fmt: skip
_MESSAGES: Final = {
    "number": "int64", "template": "string", "events": "int64", "slot": "int64", "kind": "string",
    "distinct_values": "int64",
}  # fmt: skip
_NEAREST: Final = {
    "incident_id": "string", "title": "string", "near": "string", "shared": "int64", "why": "string",
}  # fmt: skip


@dataclass(frozen=True, slots=True, repr=False)
class Story:
    """What is said of an incident, in words raw or masked."""

    incident_id: str
    title: str
    which: str
    made: str
    frames: pd.DataFrame
    key: pd.DataFrame
    spots: pd.DataFrame
    variants: pd.DataFrame
    messages: pd.DataFrame
    templates: int
    nearest: pd.DataFrame
    decisions: pd.DataFrame


@dataclass(frozen=True, slots=True, repr=False)
class _Facts:
    """What an explanation rests on: the side of the incident, those of its neighbours and those of its variants.

    Of `templates` messages the masked form holds only those that are shown; `brought` says what a key that came with
    the input may be made of.
    """

    side: Side
    others: list[Side]
    rules: list[Ruled | None]
    spread: dict[int, int]
    near: list[Near]
    parted: list[list[Cause]]
    brought: str
    spots: list[Spot]
    variants: list[Variant]
    alike: list[Side]
    apart: list[Apart]
    messages: list[Template]
    templates: int
    decisions: pd.DataFrame


class Explanation:
    """Why the events of an incident are one.

    The DataFrames (`frame`, `key`, `spots`, `variants`, `messages`, `nearest`, `decisions`) are raw, as all plain
    tables of the case that was asked; `text` and the HTML form are masked.

    Examples
    --------
    >>> import triage
    >>> case = triage.loads("Traceback (most recent call last):\\n  File \\"a.py\\", line 1, in pay\\nValueError: x\\n")
    >>> why = case.explain(case.incidents()["incident_id"][0])
    >>> why.frame[["name", "reason"]].to_dict("records")
    [{'name': 'pay', 'reason': 'counts: the only application frame'}]
    >>> why.text.splitlines()[0]
    'exception: ValueError | pay'
    """

    def __init__(self, facts: _Facts, mask: Mask | None) -> None:
        self._facts = facts
        self._mask = mask

    @property
    def incident_id(self) -> str:
        """The incident that is explained."""
        return self._facts.side.incident_id

    @property
    def frame(self) -> pd.DataFrame:
        """One row per frame of the stack: names as written and as keys take them, role, rule, and why it counts.

        `counted` is that of the table `frames`; `in_key` says whether the frame is part of this incident's key: the
        two differ where a stack overflow is keyed by its cycle.
        """
        return self._raw.frames

    @property
    def key(self) -> pd.DataFrame:
        """What the group key is made of, in order; of a key by a rule of `triage.toml` the rule and what it takes."""
        return self._raw.key

    @property
    def spots(self) -> pd.DataFrame:
        """The files of the first frame of the key that is in several, with their events; no row where none is.

        Functions that are called alike in two files are one incident until `case.split(id, by="file")` parts them.
        """
        return self._raw.spots

    @property
    def variants(self) -> pd.DataFrame:
        """One row per variant, the commonest first: its events, and in what it differs from the one `shown`.

        Only the first twelve are compared.
        """
        return self._raw.variants

    @property
    def messages(self) -> pd.DataFrame:
        """One row per slot of each message template (one without a slot where it has none), the commonest first."""
        return self._raw.messages

    @property
    def nearest(self) -> pd.DataFrame:
        """The nearest other incidents, and why they are others."""
        return self._raw.nearest

    @property
    def decisions(self) -> pd.DataFrame:
        """What people decided about it; `entry_id` is that of `case.journal()`."""
        return self._raw.decisions

    def masked(self, mask: Mask, journal: pd.DataFrame) -> Explanation:
        """The same explanation with masked DataFrames, and the decisions of a masked journal."""
        facts = replace(self._facts, decisions=about(journal, self.incident_id))
        return Explanation(_masked(facts, mask, len(facts.messages)), None)

    @property
    def text(self) -> str:
        """The explanation as plain, masked text."""
        from triage.incidents.plain import explanation_text

        return explanation_text(self.shown)

    @cached_property
    def shown(self) -> Story:
        """What is shown: the masked words."""
        return self._raw if self._mask is None else _tell(_masked(self._facts, self._mask, _TEMPLATES))

    @cached_property
    def _raw(self) -> Story:
        return _tell(self._facts)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<triage.Explanation of {self.incident_id}>"

    def _repr_html_(self) -> str:
        """Static, masked HTML that needs neither a kernel nor a script."""
        from triage_widgets.explanation_page import explanation_page

        return explanation_page(self.shown)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self._repr_html_()}


def explain(
    tables: dict[str, pa.Table],
    incident: str,
    *,
    mask: Mask,
    decider: Decider | None = None,
    journal: pd.DataFrame | None = None,
    entries: Sequence[Entry] = (),
    rules: Rules | None = None,
    brought: str = "",
) -> Explanation:
    """Explain an incident.

    Parameters
    ----------
    tables
        The annotated tables of a case.
    incident
        Its id.
    mask
        Masks the texts of rows of the table of a name.
    decider
        What people decided about which events make an incident.
    journal
        The decisions as `case.journal()` gives them.
    entries
        The same as the journal has them.
    rules
        Those by which the keys are made.
    brought
        What a key may be made of that came with the input.

    Raises
    ------
    TriageError
        No incident has that id.
    """
    events, codes, ids = groups.members(tables, decider=decider)
    if not is_one_of(incident, ids):
        raise TriageError(no_incident(incident, ids, groups.grouped(tables, decider).replayed.became))
    number = ids.index(incident)
    own = events.filter(pa.array(codes == number))
    found = variants(own)
    chosen = own.select(READ).take(pa.array([one.row for one in found[:COMPARED]], pa.int64()))
    side, *alike = (side_of(incident, event, tables) for event in chosen.select(EVENT).to_pylist())
    standing = events.select(READ).take(pa.array(newest(events, codes, len(ids)), pa.int64()))
    near = nearest(standing, ids, tables["frames"], number, side.counted)
    rows = standing.take(pa.array([one.number for one in near], pa.int64()))
    whole = [
        side_of(ids[one.number], row, tables) for one, row in zip(near, rows.select(EVENT).to_pylist(), strict=True)
    ]
    keyed = Keyed(side, ruled(side, chosen.slice(0, 1), tables, rules))
    others = [Keyed(other, ruled(other, rows.slice(at, 1), tables, rules)) for at, other in enumerate(whole)]
    replayed = groups.grouped(tables, decider).replayed
    said = templates(own["error_value"])
    facts = _Facts(
        side=side,
        others=whole,
        rules=[one.ruled for one in (keyed, *others)],
        spread=spread(own, tables, rules),
        near=near,
        parted=[_parted(keyed, other, replayed, entries) for other in others],
        brought=brought,
        spots=spots(own, tables["frames"]) if side.used else [],
        variants=found,
        alike=alike,
        apart=[apart(side, other) for other in alike],
        messages=said,
        templates=len(said),
        decisions=about(journal, incident),
    )
    return Explanation(facts, mask)


def _parted(one: Keyed, other: Keyed, replayed: Replayed, entries: Sequence[Entry]) -> list[Cause]:
    """Why two incidents are two."""
    events = one.side.event["event_id"], other.side.event["event_id"]
    found = parting.decided(one.side.incident_id, other.side.incident_id, replayed, entries, events)
    return parting.causes(one, other, differences(one.side, other.side), found)


def _masked(facts: _Facts, mask: Mask, most: int) -> _Facts:
    """The same facts in masked words; of the messages so many at most."""
    messages = facts.messages[:most]
    examples = typed({"error_value": "string"}, [(one.example,) for one in messages])
    told = mask("events", examples)["error_value"]
    side, *rest = masked([facts.side, *facts.others, *facts.alike], mask)
    types = typed({"error_type": "string"}, [(one.error_type,) for one in facts.variants])
    typed_as = mask("events", types)["error_type"]
    files = mask("frames", typed({"file": "string"}, [(one.file,) for one in facts.spots]))["file"]
    return replace(
        facts,
        side=side,
        others=rest[: len(facts.others)],
        rules=masked_rules(facts.rules, mask),
        parted=parting.masked_causes(facts.parted, mask),
        spots=[one._replace(file=cell(text)) for one, text in zip(facts.spots, files, strict=True)],
        alike=rest[len(facts.others) :],
        variants=[
            one._replace(error_type=cell(text) or None) for one, text in zip(facts.variants, typed_as, strict=True)
        ],
        messages=[one.masked(text) for one, text in zip(messages, told, strict=True)],
        decisions=mask("decisions", facts.decisions),
    )


def _tell(facts: _Facts) -> Story:
    side, found = facts.side, facts.rules[0]
    mine = Keyed(side, found)
    others = [Keyed(other, rule) for other, rule in zip(facts.others, facts.rules[1:], strict=True)]
    brought = found is not None and not found.number
    return Story(
        incident_id=side.incident_id,
        title=side.title,
        which=_which(facts),
        made="What the key would be made of here" if brought else "What the key is made of",
        frames=_frames(side, found),
        key=typed(_KEY, side.told if found is None or brought else found.told(side)),
        spots=typed(_SPOTS, facts.spots),
        variants=typed(_SPREAD, _spread(facts)),
        messages=typed(_MESSAGES, [row for at, one in enumerate(facts.messages, 1) for row in _slots(at, one)]),
        templates=facts.templates,
        nearest=typed(_NEAREST, [_near(mine, *one) for one in zip(others, facts.near, facts.parted, strict=True)]),
        decisions=facts.decisions,
    )


def _which(facts: _Facts) -> str:
    """Whose stack this is."""
    event, often, size = facts.side.event["event_id"], facts.variants[0].events, len(facts.variants)
    stack = f"The stack is that of event {event}" if facts.side.names else f"No stack; this is event {event}"
    if (found := facts.rules[0]) is not None:
        stack = f"{_made(found, facts)} {stack}"
    if size > 1:
        return f"{stack}, the newest of the commonest variant ({plural(often, 'event')}; {size:,} variants in all)."
    return f"{stack}, the only one." if often == 1 else f"{stack}, the newest of {often:,}."


def _made(found: Ruled, facts: _Facts) -> str:
    """What makes the key, and what else makes those of other events."""
    if not found.number:
        return f"Its key came with the input: {facts.brought}."
    others = [
        f"{plural(count, 'event')} by {replace(found, number=number).name if number else 'no rule'}"
        for number, count in sorted(facts.spread.items())
        if number != found.number
    ]
    more = f" ({', '.join(others)})" if others else ""
    return f"Its key is made by {found.name}{more}."


def _frames(side: Side, found: Ruled | None) -> pd.DataFrame:
    columns = side.frames
    used = in_key(found, side)
    size = len(side.names)
    values = {
        "event_id": [side.event["event_id"]] * size,
        "stack_key": [side.event["stack_key"]] * size,
        "function_raw": [raw or plain for raw, plain in zip(columns["function_raw"], columns["function"], strict=True)],
        "name": [name or None for name in side.names],
        "where": [place or None for place in places_of(columns)],
        "in_key": [row in used for row in range(size)],
        "reason": told_reasons(found, side, reasons(columns, side.cycle, max(len(side.used), 1))),
    }
    told = columns | values
    return typed(_FRAMES, zip(*(told[name] for name in _FRAMES), strict=True))


def _spread(facts: _Facts) -> list[tuple[Any, ...]]:
    """A row per variant; the first is the one that is shown."""
    words = [""] + [in_other_words(one, facts.side, side) for one, side in zip(facts.apart, facts.alike, strict=True)]
    return [
        (one.key, one.error_type, one.events, one.last_seen, at == 0, (words[at] if at < len(words) else "") or None)
        for at, one in enumerate(facts.variants)
    ]


def _slots(number: int, template: Template) -> list[tuple[Any, ...]]:
    """A row per slot of a template, which is the `number`th."""
    head = number, template.text, template.events
    return [
        (*head, at, kind, None if values < 0 else values)
        for at, (kind, values) in enumerate(zip(template.kinds, template.values, strict=True), 1)
    ] or [(*head, None, None, None)]


def _near(mine: Keyed, other: Keyed, near: Near, parted: list[Cause]) -> tuple[Any, ...]:
    """A row of the nearest incidents: why it is near, and why it is another one."""
    causes = [parting.told(one, mine, other) for one in parted]
    why = " and ".join(causes[:2]) or "of a decision that is not in the journal here, or of keys that the input brought"
    words = near.why(mine.side.counted)
    if mine.ruled is not None and not mine.ruled.takes_default:
        words = words.replace(" of the key in common", " in common of those that count", 1)
    return other.side.incident_id, other.side.title, words, len(near.shared), why
