"""Which incidents look like the same crash: a score, what they share, what keeps them apart; and merges to consider.

Nothing here merges. A merge is suggested where two incidents of one service are at least `MERGE` alike and nothing
speaks against it: somebody has parted them (a person, or a fingerprint of `triage.toml`), another class of crash,
another exception type or assertion, another way in which the program failed, or two first functions of which neither
stands near the top of the other stack (two functions called from one place are two bugs). Each two incidents of a
suggested group are related, none of them with something against it, and alike enough on average. An incident that is
like many others which are not like each other says nothing, and takes no part. All of it is independent of the order of
the input.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import pyarrow as pa

from triage.errors import TriageError, demand, is_one_of, no_incident
from triage.incidents.prototypes import Prototypes, apart
from triage.stacks.postings import Postings, pairs, post, query

__all__ = ("ALIKE", "GROUP", "MERGE", "Likeness", "Pair")

# From here on a merge is suggested; see tests/benchmarks/similarity.py, which prints what it gives.
MERGE: Final = 0.65
# From here on two incidents are related.
ALIKE: Final = 0.5
# Shared frames below which two stacks say too little.
FEW: Final = 3
# Frames from the top among which the first function of the other stack must stand, as inlined or wrapped code does.
NEAR: Final = 5
# Incidents of one suggestion.
GROUP: Final = 25
_HUB_SHARE, _HUB_LEAST, _HUB_MOST = 0.2, 5, 10
_TOLD: Final = 3

SIMILAR: Final = pa.schema(
    [
        ("other_id", pa.string()),
        ("title", pa.string()),
        ("score", pa.float64()),
        ("suggested", pa.bool_()),
        ("shared", pa.list_(pa.string())),
        ("only_here", pa.list_(pa.string())),
        ("only_there", pa.list_(pa.string())),
        ("why", pa.string()),
    ]
)
SUGGESTIONS: Final = pa.schema(
    [
        ("incident_ids", pa.list_(pa.string())),
        ("titles", pa.list_(pa.string())),
        ("score", pa.float64()),
        ("shared", pa.list_(pa.string())),
        ("why", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two incidents beside each other; `against` is what speaks against a merge, "" where nothing does."""

    shared: list[str]
    only_here: list[str]
    only_there: list[str]
    against: str

    @property
    def why(self) -> str:
        """One sentence."""
        frames = len(self.shared) + max(len(self.only_here), len(self.only_there))
        text = f"{len(self.shared)} of {frames} {'frame' if frames == 1 else 'frames'} shared"
        if self.shared:
            text += f", first {_told(self.shared)}"
        for names, place in ((self.only_here, "here"), (self.only_there, "there")):
            if names:
                text += f"; only {place} {_told(names)}"
        return f"{text}; no merge: {self.against}" if self.against else text


def _told(names: list[str]) -> str:
    """The first few names."""
    rest = len(names) - _TOLD
    return ", ".join(names[:_TOLD]) + (f" and {rest} more" if rest > 0 else "")


def _together(*_: str) -> str:
    """Nobody has parted any two incidents."""
    return ""


class Likeness:
    """The incidents of a case, ready to be compared; `parted` says who has parted two of them, "" where nobody has."""

    def __init__(self, known: Prototypes, parted: Callable[[str, str], str] = _together) -> None:
        self.known = known
        self._parted = parted
        self._number = {incident: at for at, incident in enumerate(known.ids)}

    @cached_property
    def posted(self) -> Postings:
        """Where stacks are found by their rare frames."""
        return post(self.known.stacks)

    @cached_property
    def alike(self) -> list[tuple[float, int, int]]:
        """Every pair that is found and at least `ALIKE`: its score and two numbers; the most alike first."""
        left, right, score = pairs(self.known.stacks, self.posted, least=ALIKE)
        ids = self.known.ids
        found = [
            (round(each, 6), *sorted((one, other), key=ids.__getitem__))
            for each, one, other in zip(score.tolist(), left.tolist(), right.tolist(), strict=True)
        ]
        return sorted(found, key=lambda pair: (-pair[0], ids[pair[1]], ids[pair[2]]))

    def pair(self, one: int, other: int) -> Pair:
        """Two incidents by their numbers, frame by frame."""
        (here, own), (there, theirs) = self.known.frames(one), self.known.frames(other)
        return Pair(*apart(here, there), self._facts_against(one, other) or _frames_against(here, own, there, theirs))

    def similar(self, incident: str, *, limit: int, titles: dict[str, str]) -> pa.Table:
        """The incidents that look most like one; see `Case.similar`."""
        if not is_one_of(incident, self._number):
            raise TriageError(no_incident(incident, self._number))
        number = self._number[incident]
        others, scores = query(self.known.stacks, self.posted, number)
        ranked = zip(scores.round(6).tolist(), others.tolist(), strict=True)
        best = sorted(ranked, key=lambda found: (-found[0], self.known.ids[found[1]]))
        return pa.Table.from_pylist([self._row(number, *found, titles) for found in best[: max(limit, 0)]], SIMILAR)

    def suggestions(self, *, least: float | None, titles: dict[str, str]) -> pa.Table:
        """Groups of incidents that may be one; see `Case.suggestions`."""
        least = MERGE if least is None else least
        told = f"least is a score, a number from {ALIKE} to 1"
        demand(least, (int, float), told)
        if isinstance(least, bool) or not ALIKE <= least <= 1:
            raise TriageError(told)
        good = [found for found in self.alike if not self.pair(*found[1:]).against]
        rows = [self._group(group, score, titles) for group, score in linked(good, len(self.known.ids), least)]
        rows.sort(key=lambda row: (-row["score"], row["incident_ids"]))
        return pa.Table.from_pylist(rows, SUGGESTIONS)

    def _row(self, number: int, score: float, other: int, titles: dict[str, str]) -> dict[str, Any]:
        pair = self.pair(number, other)
        other_id = self.known.ids[other]
        return {
            "other_id": other_id,
            "title": titles.get(other_id),
            "score": score,
            "suggested": score >= MERGE and not pair.against,
            "shared": pair.shared,
            "only_here": pair.only_here,
            "only_there": pair.only_there,
            "why": pair.why,
        }

    def _group(self, group: list[int], score: float, titles: dict[str, str]) -> dict[str, Any]:
        ids = sorted(self.known.ids[number] for number in group)
        first, *rest = sorted(group, key=self.known.ids.__getitem__)
        shared, _ = self.known.frames(first)
        for number in rest:
            shared, _, _ = apart(shared, self.known.frames(number)[0])
        if len(rest) == 1:
            why = self.pair(first, rest[0]).why
        else:
            why = f"each two of the {len(ids)} are alike; frames of all: {_told(shared)}"
        return {
            "incident_ids": ids,
            "titles": [titles.get(one) for one in ids],
            "score": score,
            "shared": shared,
            "why": f"{why}; score {score:.2f}",
        }

    def _facts_against(self, one: int, other: int) -> str:
        """What is known of two incidents beside their frames that speaks against a merge."""
        known = self.known
        if told := self._parted(known.ids[one], known.ids[other]):
            return told
        if known.services[one] != known.services[other]:
            return "another service"
        if known.platforms[one] and known.platforms[other] and known.platforms[one] != known.platforms[other]:
            return f"another platform, {known.platforms[one]} and {known.platforms[other]}"
        if known.classes[one] != known.classes[other]:
            return f"another class of crash, {known.classes[one] or 'none'} and {known.classes[other] or 'none'}"
        if known.details[one] != known.details[other]:
            return "another assertion" if known.classes[one] == "assertion" else "another exception type"
        ways, others = known.sentinels[one], known.sentinels[other]
        if ways and others and not ways & others:
            return f"failed in another way, {min(ways)} and {min(others)}"
        return ""


def _frames_against(here: list[str], own: list[bool], there: list[str], theirs: list[bool]) -> str:
    """What two stacks themselves tell against a merge."""
    if here == there:
        return ""
    if len(apart(here, there)[0]) < FEW:
        return "too few frames are shared to tell"
    ours, others = _own(here, own), _own(there, theirs)
    if ours[0] not in others[:NEAR] and others[0] not in ours[:NEAR]:
        return f"another function crashes, {ours[0]} and {others[0]}"
    return ""


def _own(names: list[str], own: list[bool]) -> list[str]:
    """The application's frames, or all where it has none."""
    return [name for name, is_own in zip(names, own, strict=True) if is_own] or names


def linked(good: list[tuple[float, int, int]], size: int, least: float = MERGE) -> list[tuple[list[int], float]]:
    """Link pairs to groups in which each two are a pair, and `least` alike on average.

    Parameters
    ----------
    good
        Score and two numbers, the most alike first; what is no pair is never in one group.
    size
        How many incidents there are.
    least
        The score from which two are linked.

    Returns
    -------
    list of (list of int, float)
        The groups, with the lowest score within each.

    Examples
    --------
    >>> linked([(0.9, 0, 1), (0.8, 1, 2), (0.6, 0, 2), (0.6, 2, 3)], 9)
    [([0, 1, 2], 0.6)]
    """
    near: dict[int, dict[int, float]] = {}
    for score, one, other in good:
        near.setdefault(one, {})[other] = score
        near.setdefault(other, {})[one] = score
    hubs = _hubs(near, size, least)
    group_of: dict[int, int] = {}
    groups: dict[int, list[int]] = {}
    lowest: dict[int, float] = {}
    for score, one, other in good:
        if score < least or one in hubs or other in hubs:
            continue
        a, b = group_of.setdefault(one, one), group_of.setdefault(other, other)
        left, right = groups.setdefault(a, [one]), groups.setdefault(b, [other])
        if a == b or len(left) + len(right) > GROUP or not all(y in near[x] for x in left for y in right):
            continue
        across = [near[x][y] for x in left for y in right]
        if sum(across) >= least * len(across):
            lowest[a] = min(lowest.get(a, 1.0), lowest.pop(b, 1.0), *across)
            groups[a] = sorted(left + groups.pop(b))
            group_of.update(dict.fromkeys(groups[a], a))
    return [(group, lowest[key]) for key, group in groups.items() if len(group) > 1]


def _hubs(near: dict[int, dict[int, float]], size: int, least: float) -> set[int]:
    """Those with too many neighbours of which less than half are neighbours of each other."""
    many = int(np.clip(_HUB_SHARE * size, _HUB_LEAST, _HUB_MOST))
    hubs = set()
    for number, others in near.items():
        nearest = sorted((other for other in others if others[other] >= least), key=lambda other: -others[other])
        if len(nearest) < many:
            continue
        nearest = nearest[:GROUP]
        met = sum(y in near[x] for at, x in enumerate(nearest) for y in nearest[:at])
        if 2 * met < len(nearest) * (len(nearest) - 1) // 2:
            hubs.add(number)
    return hubs
