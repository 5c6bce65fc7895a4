"""How well keys agree with labels: pairs kept and split, adjusted Rand index, F averaged over groups, coverage."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import comb


@dataclass(frozen=True, slots=True)
class Score:
    """Agreement of keys with labels; shares are of 1."""

    traces: int
    precision: float
    recall: float
    f1: float
    ari: float
    macro_f: float
    coverage: float
    same_pairs: int
    wrong_pairs: int


def own(keys: Sequence[str]) -> list[str]:
    """The keys, an empty one as a group of its own, so that empty answers cannot win."""
    return [key or f"\0{at}" for at, key in enumerate(keys)]


def _pairs(counts: Counter[object]) -> int:
    return sum(comb(count, 2) for count in counts.values())


def score(groups: Sequence[str], keys: Sequence[str]) -> Score:
    """The agreement of some keys with the groups that the labels name."""
    told = own(keys)
    both: Counter[object] = Counter(zip(groups, told, strict=True))
    true, found, agreed = _pairs(Counter(groups)), _pairs(Counter(told)), _pairs(both)
    precision = agreed / found if found else 1.0
    recall = agreed / true if true else 1.0
    expected = true * found / max(comb(len(groups), 2), 1)
    most = (true + found) / 2
    per_group: dict[str, list[tuple[float, float]]] = defaultdict(list)
    group_sizes, key_sizes = Counter(groups), Counter(told)
    for group, key in zip(groups, told, strict=True):
        shared = both[group, key]
        per_group[group].append((shared / key_sizes[key], shared / group_sizes[group]))
    shares = []
    for rows in per_group.values():
        p, r = (sum(column) / len(rows) for column in zip(*rows, strict=True))
        shares.append(2 * p * r / (p + r))
    return Score(
        traces=len(groups),
        precision=precision,
        recall=recall,
        f1=2 * precision * recall / (precision + recall) if precision + recall else 0.0,
        ari=(agreed - expected) / (most - expected) if most != expected else 1.0,
        macro_f=sum(shares) / max(len(shares), 1),
        coverage=sum(bool(key) for key in keys) / max(len(keys), 1),
        same_pairs=true,
        wrong_pairs=found - agreed,
    )


def confusion(
    names: Sequence[str], groups: Sequence[str], keys: Sequence[str]
) -> tuple[list[list[str]], list[list[str]]]:
    """Names that share a key though their groups differ, and names of a group whose keys differ."""
    told = own(keys)
    by_key: dict[str, list[int]] = defaultdict(list)
    by_group: dict[str, list[int]] = defaultdict(list)
    for at, (group, key) in enumerate(zip(groups, told, strict=True)):
        by_key[key].append(at)
        by_group[group].append(at)
    merged = [[names[at] for at in ats] for ats in by_key.values() if len({groups[at] for at in ats}) > 1]
    apart = [[names[at] for at in ats] for ats in by_group.values() if len({told[at] for at in ats}) > 1]
    return merged, apart
