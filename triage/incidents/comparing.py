"""Two incidents side by side: what they share, and what splits them.

As an explanation, a `Comparison` has DataFrames of what was read, and a text and HTML of masked words.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from triage.errors import TriageError, is_one_of, no_incident
from triage.incidents import groups, parting
from triage.incidents.layout import typed
from triage.incidents.parting import Cause, Keyed, about
from triage.incidents.ruled import READ, in_key, masked_rules, ruled
from triage.incidents.sides import EVENT, Difference, Side, differences, masked, newest, side_of
from triage.incidents.titles import bounded
from triage.stacks.explanation import align

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from triage.incidents.decisions import Decider
    from triage.incidents.ruled import Ruled
    from triage.journal import Entry
    from triage.stacks.settings import Rules

    Mask = Callable[[str, pd.DataFrame], pd.DataFrame]

__all__ = ("Compared", "Comparison", "compare")

_BESIDE: Final = {
    "idx_a": "int64", "name_a": "string", "role_a": "string", "in_key_a": "bool", "relation": "string",
    "idx_b": "int64", "name_b": "string", "role_b": "string", "in_key_b": "bool",
}  # fmt: skip
_FACTS: Final = {"what": "string", "A": "string", "B": "string", "relation": "string", "splits": "bool"}
_WHERE: Final = ("in A", "in B")

Pairs = list[tuple[int | None, int | None]]


@dataclass(frozen=True, slots=True, repr=False)
class Compared:
    """What is said of two incidents, in words raw or masked."""

    incident_ids: tuple[str, str]
    titles: tuple[str, str]
    verdict: str
    causes: list[str]
    facts: pd.DataFrame
    frames: pd.DataFrame
    decisions: pd.DataFrame


@dataclass(frozen=True, slots=True, repr=False)
class _Pair:
    """What a comparison rests on.

    `rules` are what makes the keys of the two sides where class, type and frames do not. `rows` lays the rows of the
    two beside each other, `same` says where their names are the same; `causes` are why they are two; the keys have
    `shared` of `of` names in common.
    """

    left: Side
    right: Side
    rules: list[Ruled | None]
    rows: Pairs
    same: list[bool]
    found: list[Difference]
    causes: list[Cause]
    shared: int
    of: int
    decisions: pd.DataFrame


class Comparison:
    """Two incidents side by side; A is the first, B the second.

    The DataFrames (`frame`, `facts`, `decisions`) are raw, as all plain tables of the case that was asked; `text` and
    the HTML form are masked.

    Examples
    --------
    >>> import triage
    >>> trace = 'Traceback (most recent call last):\\n  File "a.py", line 1, in {}\\nValueError: x\\n\\n'
    >>> case = triage.loads(trace.format("pay") + trace.format("scan"))
    >>> one, two = sorted(case.incidents()["incident_id"], key=lambda one: case.explain(one).frame["name"][0])
    >>> case.compare(one, two).text.splitlines()[0]
    'Two incidents, because frame 1 is pay in A instead of scan in B; no frame of the key is in both.'
    """

    def __init__(self, pair: _Pair, mask: Mask | None) -> None:
        self._pair = pair
        self._mask = mask

    @property
    def incident_ids(self) -> tuple[str, str]:
        """The two incidents."""
        return self._pair.left.incident_id, self._pair.right.incident_id

    @property
    def frame(self) -> pd.DataFrame:
        """One row per pair of frames, innermost first; `relation` is same, different, only in A or only in B."""
        return self._raw.frames

    @property
    def facts(self) -> pd.DataFrame:
        """Service, class, type, message and frames of the key of both; `splits` where it is why they are two."""
        return self._raw.facts

    @property
    def decisions(self) -> pd.DataFrame:
        """What people decided about either; `entry_id` is that of `case.journal()`."""
        return self._raw.decisions

    def masked(self, mask: Mask, journal: pd.DataFrame) -> Comparison:
        """The same comparison with masked DataFrames, and the decisions of a masked journal."""
        pair = replace(self._pair, decisions=about(journal, *self.incident_ids))
        return Comparison(_masked(pair, mask), None)

    @property
    def text(self) -> str:
        """The comparison as plain, masked text."""
        from triage.incidents.plain import comparison_text

        return comparison_text(self.shown)

    @cached_property
    def shown(self) -> Compared:
        """What is shown: the masked words."""
        return self._raw if self._mask is None else _tell(_masked(self._pair, self._mask))

    @cached_property
    def _raw(self) -> Compared:
        return _tell(self._pair)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<triage.Comparison of {' and '.join(self.incident_ids)}>"

    def _repr_html_(self) -> str:
        """Static, masked HTML that needs neither a kernel nor a script."""
        from triage_widgets.explanation_page import comparison_page

        return comparison_page(self.shown)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self._repr_html_()}


def compare(
    tables: dict[str, pa.Table],
    first: str,
    second: str,
    *,
    mask: Mask,
    decider: Decider | None = None,
    journal: pd.DataFrame | None = None,
    entries: Sequence[Entry] = (),
    rules: Rules | None = None,
) -> Comparison:
    """Compare two incidents by the newest event of each.

    Parameters
    ----------
    tables
        The annotated tables of a case.
    first, second
        Their ids.
    mask
        Masks the texts of rows of the table of a name.
    decider
        What people decided about which events make an incident.
    journal, entries
        The decisions as `case.journal()` gives them, and as the journal has them.
    rules
        Those by which the keys are made.

    Raises
    ------
    TriageError
        No incident has one of the ids.
    """
    events, codes, ids = groups.members(tables, decider=decider)
    for incident in (first, second):
        if not is_one_of(incident, ids):
            raise TriageError(no_incident(incident, ids, groups.grouped(tables, decider).replayed.became))
    rows = newest(events, codes, len(ids))
    chosen = events.select(READ).take(pa.array([rows[ids.index(first)], rows[ids.index(second)]], pa.int64()))
    one, two = chosen.select(EVENT).to_pylist()
    left, right = side_of(first, one, tables), side_of(second, two, tables)
    keyed = [Keyed(side, ruled(side, chosen.slice(at, 1), tables, rules)) for at, side in enumerate((left, right))]
    replayed = groups.grouped(tables, decider).replayed
    decided = parting.decided(first, second, replayed, entries, (one["event_id"], two["event_id"]))
    found = differences(left, right)
    pairs = align(left.names, right.names)
    names = set(left.counted), set(right.counted)
    by_frames = all(each.ruled is None or each.ruled.takes_default for each in keyed)
    pair = _Pair(
        left=left,
        right=right,
        rules=[each.ruled for each in keyed],
        rows=pairs,
        same=[a is not None and b is not None and left.names[a] == right.names[b] != "" for a, b in pairs],
        found=found,
        causes=parting.causes(keyed[0], keyed[1], found, decided),
        shared=len(names[0] & names[1]),
        of=max(map(len, names)) if by_frames else 0,
        decisions=about(journal, first, second),
    )
    return Comparison(pair, mask)


def _masked(pair: _Pair, mask: Mask) -> _Pair:
    """The same pair in masked words."""
    left, right = masked([pair.left, pair.right], mask)
    return replace(
        pair,
        left=left,
        right=right,
        rules=masked_rules(pair.rules, mask),
        causes=parting.masked_causes([pair.causes], mask)[0],
        decisions=mask("decisions", pair.decisions),
    )


def _tell(pair: _Pair) -> Compared:
    left, right = pair.left, pair.right
    keyed = Keyed(left, pair.rules[0]), Keyed(right, pair.rules[1])
    causes = [parting.told(one, *keyed, _WHERE) for one in pair.causes]
    return Compared(
        incident_ids=(left.incident_id, right.incident_id),
        titles=(bounded(left.title), bounded(right.title)),
        verdict=_verdict(pair, causes),
        causes=causes,
        facts=typed(_FACTS, [*_facts(pair), *_by_rules(pair.causes, *keyed)]),
        frames=typed(_BESIDE, _beside(pair)),
        decisions=pair.decisions,
    )


def _verdict(pair: _Pair, causes: list[str]) -> str:
    """What to think of the two, in a sentence."""
    if pair.left.incident_id == pair.right.incident_id:
        return "The same incident."
    if not causes:
        return (
            "Two incidents by a decision that is not in the journal here, or by keys that the input brought: nothing "
            "that is said here parts them."
        )
    told = f"Two incidents, because {causes[0]}"
    if not pair.of:
        return f"{told}."
    if not any(one.what in {"frame", "stack"} for one in pair.found):
        return f"{told}; every frame of the key is in both."
    if not pair.shared:
        return f"{told}; no frame of the key is in both."
    return f"{told}; of {pair.of} frames of the key {pair.shared} {'is' if pair.shared == 1 else 'are'} in both."


def _facts(pair: _Pair) -> list[tuple[Any, ...]]:
    """Service, class, type, message and frames of the key of both."""
    left, right = pair.left, pair.right
    splitting = {one.difference.what for one in pair.causes if one.difference is not None}
    differing = {one.what for one in pair.found}
    rows: list[tuple[Any, ...]] = []
    values = [
        ("service", left.event["service"], right.event["service"]),
        ("class", left.kind, right.kind),
        ("type", left.event["error_type"], right.event["error_type"]),
        ("message", left.message, right.message),
    ]
    for what, a, b in values:
        if a or b:
            rows.append((what, a or None, b or None, _relation(what in differing), what in splitting))
    parted = bool(splitting & {"frame", "stack"})
    a, b = (" | ".join(side.counted) or None for side in (left, right))
    if a or b:
        rows.append(("frames of the key", a, b, _relation(bool(differing & {"frame", "stack"})), parted))
    return rows


def _by_rules(causes: list[Cause], left: Keyed, right: Keyed) -> list[tuple[Any, ...]]:
    """The rules that make the keys, or what a rule takes, where these part the two."""
    return [
        (one.variable, parting.value_of(one, left), parting.value_of(one, right), "different", True)
        for one in causes
        if one.is_of_a_rule
    ]


def _relation(differs: bool) -> str:
    return "different" if differs else "same"


def _beside(pair: _Pair) -> list[tuple[Any, ...]]:
    """The rows of both stacks, beside each other."""
    rows = []
    for (a, b), same in zip(pair.rows, pair.same, strict=True):
        relation = "same" if same else "only in B" if a is None else "only in A" if b is None else "different"
        one, two = _half(pair.left, pair.rules[0], a), _half(pair.right, pair.rules[1], b)
        rows.append((*one, relation, *two))
    return rows


def _half(side: Side, rule: Ruled | None, row: int | None) -> tuple[Any, ...]:
    if row is None:
        return None, None, None, None
    kind = side.frames["frame_kind"][row]
    unnamed = "?" if kind == "frame" else f"({kind.replace('_', ' ')})"
    return side.frames["idx"][row], side.names[row] or unnamed, side.frames["role"][row], row in in_key(rule, side)
