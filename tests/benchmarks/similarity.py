"""Similarity of incidents: how well it tells same from other, and how quick it is.

    python -m tests.benchmarks.similarity [--stacks 100000] [--grid]

Quality stands on `../shared/corpus/stacks`: reports with labels, and changes made to each of them. What one bug becomes
in another build (a frame inlined away or added, frames renamed, the tail missing) must be alike; where another function
crashes, or the same one under other callers, it must not. Half of the files, by a digest of their text, are for
calibration (`--grid` looks at these alone); the other half is only reported.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.util import find_spec
from itertools import pairwise, product
from time import process_time

import numpy as np

import triage
from tests.reading import CORPUS
from triage.incidents import groups, similar
from triage.incidents.prototypes import LIBRARY, Prototypes, prototypes
from triage.stacks import postings, similarity

STACKS = CORPUS / "stacks"


@dataclass(frozen=True, slots=True)
class Stack:
    """One stack with what it is known to be."""

    file: str
    bug: str
    change: str
    same: bool
    names: tuple[str, ...]
    own: tuple[bool, ...]
    crash: str = ""
    detail: str = ""
    sentinels: frozenset[str] = frozenset()


def labelled() -> Iterator[tuple[bool, Stack]]:
    """The stack of each report of the corpus, and whether it is for calibration."""
    for line in (STACKS / "labels.jsonl").read_text("utf-8").splitlines():
        label = json.loads(line)
        path = STACKS / label["file"]
        case = triage.load(path)
        known = prototypes(case.raw.tables, groups.members(case.raw.tables))
        sizes = np.diff(known.offsets)
        if not len(sizes) or not sizes.max():
            continue
        best = int(sizes.argmax())
        names, own = known.frames(best)
        facts = (known.classes[best], known.details[best], known.sentinels[best])
        # The exact type is no part of a bug: two tools name it differently.
        bug = label["group"].partition("||")[2] or label["group"]
        half = hashlib.blake2b(path.read_bytes()).digest()[0] % 2 == 0
        yield half, Stack(label["file"], bug, "", True, tuple(names), tuple(own), *facts)


def changed(stack: Stack, others: list[Stack]) -> Iterator[Stack]:
    """The same bug in other builds, and other bugs in the same places."""
    chance = random.Random(stack.file)
    frames = list(zip(stack.names, stack.own, strict=True))
    # The frames of the key; behind them nothing is known to be the program's own.
    first = stack.own.index(True) if True in stack.own else 0
    size = len(frames)
    if size < 5:
        return

    def new(number: int) -> tuple[str, bool]:
        return f"other::f{chance.randrange(10**9)}_{number}", True

    deep = chance.randrange(first + 1, size - 1) if size - 1 > first + 1 else size - 1
    at = chance.randrange(first + 1, size)
    cut = frames[: max(3, size - int(size * 0.4))]
    forms = {
        "inlined": frames[:deep] + frames[deep + 1 :],
        "top inlined": frames[:first] + frames[first + 1 :],
        "wrapped": [*frames[:first], new(0), *frames[first:]],
        "tail missing": cut,
        "renamed": [*frames[:at], new(1), *frames[at + 1 :]],
        "rebuilt": [new(2) if n and n == deep % len(cut) else one for n, one in enumerate(cut) if n != first + 1],
        "other first": [*frames[:first], new(3), *frames[first + 1 :]],
        "other two": [*frames[:first], new(4), new(5), *frames[first + 2 :]],
    }
    other = chance.choice([one for one in others if one.bug != stack.bug and len(one.names) >= 5])
    behind = list(zip(other.names, other.own, strict=True))[1:]
    forms["other callers"] = [*frames[: first + 1], *behind]
    for change, made in forms.items():
        names, own = zip(*made, strict=True)
        same = not change.startswith("other")
        bug = stack.bug if same else f"{stack.file} {change}"
        yield replace(stack, change=change, same=same, bug=bug, names=names, own=own)


def together(stacks: list[Stack], *, alpha: float, beta: float, library: float) -> similar.Likeness:
    """All stacks as the incidents of one case."""
    texts = sorted({name for stack in stacks for name in stack.names})
    number = {text: at for at, text in enumerate(texts)}
    offsets = np.r_[0, np.cumsum([len(stack.names) for stack in stacks])].astype(np.int64)
    name = np.array([number[name] for stack in stacks for name in stack.names], np.int64)
    own = np.array([one for stack in stacks for one in stack.own], np.bool_)
    owner = np.repeat(np.arange(len(stacks)), np.diff(offsets))
    factor = np.where(own, 1.0, library)
    return similar.Likeness(
        Prototypes(
            ids=[f"{at:06}" for at in range(len(stacks))],
            services=[""] * len(stacks),
            platforms=[""] * len(stacks),
            classes=[stack.crash for stack in stacks],
            details=[stack.detail for stack in stacks],
            sentinels=[stack.sentinels for stack in stacks],
            names=texts,
            stacks=similarity.build(owner, name, factor, size=len(stacks), alpha=alpha, beta=beta),
            offsets=offsets,
            name=name,
            own=own,
        )
    )


def pairs_of(stacks: list[Stack]) -> dict[str, np.ndarray]:
    """The pairs to be judged, by what they are: two numbers and whether they are the same."""
    originals = [at for at, stack in enumerate(stacks) if not stack.change]
    found: dict[str, list[tuple[int, int, bool]]] = {"other reports": [], "same label": []}
    for place, one in enumerate(originals):
        for other in originals[:place]:
            same = stacks[one].bug == stacks[other].bug
            found["same label" if same else "other reports"].append((other, one, same))
    origin = {stacks[at].file: at for at in originals}
    for at, stack in enumerate(stacks):
        if stack.change:
            found.setdefault(stack.change, []).append((origin[stack.file], at, stack.same))
    return {kind: np.array(pairs, np.int64).reshape(-1, 3) for kind, pairs in found.items()}


def auc(scores: np.ndarray, same: np.ndarray) -> float:
    """How often a same pair scores higher than another one, ties by half."""
    good, bad = np.sort(scores[same]), np.sort(scores[~same])
    below = np.searchsorted(bad, good, "left") + np.searchsorted(bad, good, "right")
    return float(below.mean() / 2 / len(bad))


def grid(stacks: list[Stack]) -> None:
    """AUC for some parameters, the best first: of hard pairs that nothing else tells apart, of hard pairs, of all."""
    judged = pairs_of(stacks)
    hard = np.concatenate([pairs for kind, pairs in judged.items() if kind != "other reports"])
    every = np.concatenate(list(judged.values()))
    likeness = together(stacks, alpha=1, beta=0, library=1)
    left = hard[[not likeness.pair(*map(int, pair)).against for pair in hard[:, :2]]]
    rows = []
    for alpha, beta, library in product((0.2, 0.4, 0.6, 0.8, 1.0, 1.3), (0.0, 0.01, 0.02, 0.05), (0.25, 0.5, 1.0)):
        known = together(stacks, alpha=alpha, beta=beta, library=library).known.stacks
        for gamma in (0.0, 0.05, 0.1, 0.2, 0.4):
            values = [
                auc(similarity.scores(known, chosen[:, 0], chosen[:, 1], gamma=gamma), chosen[:, 2] == 1)
                for chosen in (left, hard, every)
            ]
            rows.append((*values, alpha, beta, gamma, library))
    print(f"{len(left)} hard pairs left: auc left, auc hard, auc all, alpha, beta, gamma, library")
    for row in [*sorted(rows, reverse=True)[:15], *sorted(rows, key=lambda row: -row[1])[:5]]:
        print(*(f"{value:.4f}" for value in row))


def quality(stacks: list[Stack], title: str) -> None:
    """AUC, and what is suggested at the threshold, by kind of pair."""
    likeness = together(stacks, alpha=similarity.ALPHA, beta=similarity.BETA, library=LIBRARY)
    judged = pairs_of(stacks)
    every = np.concatenate(list(judged.values()))
    hard = np.concatenate([pairs for kind, pairs in judged.items() if kind != "other reports"])

    def scored(pairs: np.ndarray) -> np.ndarray:
        return similarity.scores(likeness.known.stacks, pairs[:, 0], pairs[:, 1])

    print(f"\n{title}: {sum(not stack.change for stack in stacks)} reports, {len(every):,} pairs")
    print(
        f"  AUC of all pairs {auc(scored(every), every[:, 2] == 1):.4f}, without pairs of unrelated reports "
        f"{auc(scored(hard), hard[:, 2] == 1):.4f}"
    )
    print(f"  {'pairs':<16}{'':>8}{'count':>8}{'median':>8}{'above':>8}{'suggested':>11}")
    totals = np.zeros((2, 3), np.int64)
    for kind, pairs in judged.items():
        if not len(pairs):
            continue
        found = scored(pairs)
        above = found >= similar.MERGE
        told = sum(not likeness.pair(*map(int, pair)).against for pair in pairs[above][:, :2])
        same = bool(pairs[0, 2])
        totals[int(same)] += (len(pairs), above.sum(), told)
        print(
            f"  {kind:<16}{'same' if same else 'other':>8}{len(pairs):>8,}{np.median(found):>8.2f}"
            f"{above.mean():>8.3f}{told / len(pairs):>11.3f}"
        )
    left, right = np.triu_indices(len(stacks), 1)
    alike = int((similarity.scores(likeness.known.stacks, left, right) >= similar.ALIKE).sum())
    print(f"  of {alike:,} pairs of stacks at {similar.ALIKE} the postings find {len(likeness.alike) / alike:.4f}")
    (_, wrong_above, wrong), (size, right_above, right) = totals
    for what, good, bad in (("score alone", right_above, wrong_above), ("suggested", right, wrong)):
        print(f"  {what} at {similar.MERGE}: precision {good / max(good + bad, 1):.3f}, recall {good / size:.3f}")


def synthetic(size: int) -> similarity.Stacks:
    """Stacks of 10 to 25 frames, of which few are common and most are rare."""
    chance = np.random.default_rng(1)
    lengths = chance.integers(10, 26, size)
    names = (chance.pareto(0.7, lengths.sum()) * 20).astype(np.int64) % 200_000
    return similarity.build(np.repeat(np.arange(size), lengths), names)


def plain(stacks: similarity.Stacks, left: np.ndarray, right: np.ndarray) -> list[float]:
    """FaST with two pointers in plain Python, on lists made before."""
    bounds = stacks.offsets.tolist()
    lists = [
        list(zip(*(column[a:b].tolist() for column in (stacks.words, stacks.positions, stacks.weights)), strict=True))
        for a, b in pairwise(bounds)
    ]
    start = process_time()
    scores = []
    for one, other in zip(left.tolist(), right.tolist(), strict=True):
        a, b = lists[one], lists[other]
        i = j = 0
        shared = 0.0
        while i < len(a) and j < len(b):
            (x, p, w), (y, q, v) = a[i], b[j]
            if x == y:
                shared += (w + v) * (1 + math.exp(-similarity.GAMMA * abs(p - q)))
            i += x <= y
            j += y <= x
        scores.append(shared / 2 / (stacks.totals[one] + stacks.totals[other]))
    print(f"  plain Python     {len(left) / (process_time() - start):>14,.0f} pairs/s")
    return scores


def speed(size: int) -> None:
    """Pairs/s of both engines beside plain Python, and what postings take; CPU time."""
    start = process_time()
    stacks = synthetic(size)
    print(f"\n{size:,} synthetic stacks of {len(stacks.words) / size:.1f} frames")
    print(f"  build            {size / (process_time() - start):>14,.0f} stacks/s (inserts, in one batch)")
    chance = np.random.default_rng(2)
    pairs = np.sort(chance.integers(0, size, 2_000_000)), chance.integers(0, size, 2_000_000)
    few = pairs[0][::1_000], pairs[1][::1_000]
    expected = plain(stacks, *few)
    for engine in ("numpy", "numba"):
        if not find_spec(engine):
            print(f"  {engine} is not installed: pip install 'crash-triage[fast]'")
            continue
        start = process_time()
        found = similarity.scores(stacks, *few, engine=engine)
        first = process_time() - start
        assert np.allclose(found, expected, atol=1e-9)
        taken = []
        for _ in range(3):
            start = process_time()
            similarity.scores(stacks, *pairs, engine=engine)
            taken.append(process_time() - start)
        print(f"  {engine:<16} {len(pairs[0]) / min(taken):>14,.0f} pairs/s, the first call {first:.2f} s")
        _retrieval(stacks, engine)


def _retrieval(stacks: similarity.Stacks, engine: str) -> None:
    """Postings, queries and all pairs of a case."""
    similarity._WORTH = math.inf if engine == "numpy" else 0
    start = process_time()
    posted = postings.post(stacks)
    print(f"  postings         {len(stacks) / (process_time() - start):>14,.0f} stacks/s")
    start, found = process_time(), 0
    for number in range(200):
        found += len(postings.query(stacks, posted, number)[0])
    taken = process_time() - start
    print(f"  queries, {engine:<8}{200 / taken:>14,.0f} per s, {found / 200:,.0f} candidates each")
    start = process_time()
    postings.pairs(stacks, posted, least=similar.ALIKE)
    print(f"  all pairs, {engine:<6}{process_time() - start:>14.1f} s")


def main() -> None:
    """Print the tables that were asked for."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--stacks", type=int, default=100_000, metavar="N")
    options.add_argument("--grid", action="store_true", help="search parameters on the half for calibration")
    chosen = options.parse_args()
    if STACKS.exists():
        halves = list(labelled())
        for half, title in ((True, "for calibration"), (False, "held out")):
            ours = [stack for of, stack in halves if of is half]
            stacks = ours + [form for stack in ours for form in changed(stack, ours)]
            if chosen.grid and half:
                grid(stacks)
            quality(stacks, title)
    else:
        print("the corpus of real reports is not at ../shared/corpus: speed only")
    if chosen.stacks:
        speed(chosen.stacks)


if __name__ == "__main__":
    main()
