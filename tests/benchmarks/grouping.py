"""How well keys group traces: `python -m tests.benchmarks.grouping [--failures] [--speed] [--peer siggen]`.

Three sets: the labelled corpus beside the repository (skipped where absent), the sample traces, and a held-out set
written by hand, of which only rates are printed unless `--failures` is given. Told are: agreement with the labels
(pairs kept and split, F1, ARI, F averaged over groups, coverage; an empty key is a group of its own), by format; the
same input seen by two tools; for each mutation of `tests.grouping.mutations` how often the key stays, or for another
first function how often it changes. With `--speed`, traces a second from raw text, cold (a fresh process, every text
another: mutations) and again, and stacks a second from a DataFrame.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from tests.benchmarks import grouping_peers
from tests.benchmarks.grouping_scores import Score, confusion, own, score
from tests.grouping import material
from tests.grouping.material import Trace
from tests.grouping.mutations import SPLIT, STAY, TOLD, Mutation, replaced
from triage.stacks import signature

SEEDS = (1, 2)

Keys = Callable[[Sequence[str]], list[str]]


def key(text: str) -> str:
    """The key under test."""
    return signature(text)


def ours(texts: Sequence[str]) -> list[str]:
    """The key of each of some texts."""
    return [key(text) for text in texts]


@dataclass(slots=True)
class Rate:
    """How often a mutation did what it should, and where it did not."""

    done: int = 0
    good: int = 0
    failures: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Of those to which the mutation applied; 1 where there was none."""
        return self.good / self.done if self.done else 1.0

    def add(self, *, good: bool, name: str) -> None:
        """Count one."""
        self.done += 1
        self.good += good
        if not good:
            self.failures.append(name)


def mutated(traces: Iterable[Trace], seeds: Iterable[int] = SEEDS) -> list[tuple[str, Trace, str]]:
    """Every mutation of every trace that changes it: the name of the mutation, the trace, the new text."""
    kinds: dict[str, Mutation] = {**STAY, **TOLD}
    found = [
        (name, trace, mutation(trace.text, seed))
        for trace in traces
        for name, mutation in kinds.items()
        for seed in seeds
    ]
    found += [("replaced", trace, replaced(trace.text, seed, trace.state)) for trace in traces for seed in seeds]
    return [(name, trace, text) for name, trace, text in found if text is not None]


def metamorphic(traces: Sequence[Trace], changed: Sequence[tuple[str, Trace, str]], keys: Keys) -> dict[str, Rate]:
    """The rate of each mutation: the key stays (an empty one never does), and for `replaced` is another."""
    texts = [trace.text for trace in traces]
    known = dict(zip(texts, keys(texts), strict=True))
    rates: dict[str, Rate] = {name: Rate() for name in (*STAY, *SPLIT, *TOLD)}
    for (name, trace, _), new in zip(changed, keys([text for _, _, text in changed]), strict=True):
        old = known[trace.text]
        good = bool(old) and (new != old if name in SPLIT else new == old)
        rates[name].add(good=good, name=trace.name)
    return rates


def across_tools(traces: Sequence[Trace], keys: Sequence[str]) -> Rate:
    """The same input seen by two tools: pairs of traces of other formats with the same input and group."""
    rate = Rate()
    rows = [(trace, told) for trace, told in zip(traces, own(keys), strict=True) if trace.input]
    for at, (one, first) in enumerate(rows):
        for two, second in rows[:at]:
            if one.input == two.input and one.format != two.format and one.group == two.group:
                rate.add(good=first == second, name=f"{two.name} / {one.name}")
    return rate


def pairs(traces: Sequence[Trace], keys: Sequence[str]) -> dict[str, Rate]:
    """Pairs by what they are: two builds of a bug, two tools that saw it, look-alikes that are other bugs."""
    rates = {"two builds": Rate(), "two tools": Rate(), "look-alikes": Rate()}
    told = own(keys)
    for at, one in enumerate(traces):
        for before, two in enumerate(traces[:at]):
            name = f"{two.name} / {one.name}"
            if one.group == two.group:
                kind = "two builds" if one.format == two.format else "two tools"
                rates[kind].add(good=told[at] == told[before], name=name)
            elif one.like and one.like == two.like:
                rates["look-alikes"].add(good=told[at] != told[before], name=name)
    return rates


def by_format(traces: Sequence[Trace], keys: Sequence[str]) -> dict[str, Score]:
    """The agreement within each format, and of all together."""
    rows: dict[str, list[int]] = defaultdict(list)
    for at, trace in enumerate(traces):
        rows[trace.format].append(at)
    told = own(keys)
    scores = {
        name: score([traces[at].group for at in ats], [told[at] if keys[at] else "" for at in ats])
        for name, ats in sorted(rows.items())
    }
    return scores | {"all": score([trace.group for trace in traces], keys)}


def relaxed(traces: Sequence[Trace]) -> list[str]:
    """The groups of labels, those of the same state frames as one: what remains without the exact type of crash."""
    return ["\n".join(trace.state) or trace.group for trace in traces]


def _print_scores(title: str, scores: dict[str, Score]) -> None:
    print(f"\n{title}")
    print(f"{'':<22}{'traces':>7}{'precision':>10}{'recall':>8}{'F1':>7}{'ARI':>7}{'macro-F':>9}{'cover':>7}")
    for name, one in scores.items():
        shares = (one.precision, one.recall, one.f1, one.ari, one.macro_f, one.coverage)
        cells = "".join(f"{100 * share:>{width}.1f}" for share, width in zip(shares, (10, 8, 7, 7, 9, 7), strict=True))
        print(f"{name:<22}{one.traces:>7}{cells}")


def _print_rates(columns: dict[str, dict[str, Rate]]) -> None:
    print(f"\n{'key stays, % (cases)':<24}" + "".join(f"{name:>20}" for name in columns))
    for name in (*STAY, *SPLIT, *TOLD):
        if name in SPLIT:
            print("key changes")
        if name == next(iter(TOLD)):
            print("no bar: told for interest")
        cells = (
            f"{100 * rates[name].share:.1f} ({rates[name].done})" if rates[name].done else "-"
            for rates in columns.values()
        )
        print(f"  {name:<22}" + "".join(f"{cell:>20}" for cell in cells))


def _print_failures(title: str, rates: dict[str, Rate]) -> None:
    print(f"\n{title}: where a key did not do what it should")
    for name, rate in rates.items():
        if rate.failures:
            print(f"  {name}: {', '.join(sorted(set(rate.failures)))}")


def _print_confusion(traces: Sequence[Trace], groups: Sequence[str], keys: Sequence[str]) -> None:
    merged, apart = confusion([trace.name for trace in traces], groups, keys)
    print(
        "  share a key, though they are labelled as different:", *(", ".join(names) for names in merged), sep="\n    "
    )
    print("  are labelled as one, but fall apart:", *(", ".join(names) for names in apart), sep="\n    ")


def measure(*, failures: bool, python: str | None) -> None:
    """Print agreement and rates of all sets, with the peer's beside ours where an interpreter has it."""
    sets = {"corpus": material.corpus(), "samples": material.samples(), "held out": material.held_out()}
    if not sets["corpus"]:
        print("the corpus of real reports is not at ../shared/corpus: only samples and the held-out set below")
    columns: dict[str, dict[str, Rate]] = {}
    for name, traces in sets.items():
        if not traces:
            continue
        engines: dict[str, Keys] = {"": ours}
        if python:
            engines[" siggen"] = lambda texts: grouping_peers.siggen(list(texts), python)[0]
        changed = mutated(traces)
        for engine, keys in engines.items():
            told = keys([trace.text for trace in traces])
            if name != "samples":
                _print_scores(
                    f"{name}{engine}: agreement with labels",
                    by_format(traces, told) if not engine else {"all": by_format(traces, told)["all"]},
                )
                if name == "corpus":
                    _print_scores(f"{name}{engine}: labels by their state alone", {"all": score(relaxed(traces), told)})
                tools = across_tools(traces, told)
                print(f"the same input seen by two tools, one key: {100 * tools.share:.1f} % of {tools.done} pairs")
                properties = pairs(traces, told)
                shares = (
                    f"{kind} {100 * rate.share:.1f} % of {rate.done}" for kind, rate in properties.items() if rate.done
                )
                print(f"pairs told rightly: {', '.join(shares)}")
            if not engine and (name == "corpus" or failures):
                _print_confusion(traces, [trace.group for trace in traces], told)
            columns[f"{name}{engine}"] = metamorphic(traces, changed, keys)
    _print_rates(columns)
    if failures:
        for name, rates in columns.items():
            if "siggen" not in name:
                _print_failures(name, rates)


_COLD = """
import json, sys, time
texts = json.load(sys.stdin)
from triage.stacks import signature
signature("")
start = time.process_time()
keys = [signature(text) for text in texts[:len(texts) // 10]]
first = time.process_time() - start
keys += [signature(text) for text in texts[len(texts) // 10:]]
cold = time.process_time() - start
from triage.stacks import frame_table, raw
table = frame_table.FrameTable.default()
seconds = []
# Read anew, with all that frames and lines are known by; then remembered.
for read in (lambda text: raw.signature(text, table), signature):
    start = time.process_time()
    for text in texts:
        read(text)
    seconds.append(time.process_time() - start)
print(json.dumps([first, cold, *seconds, sum(map(bool, keys))]))
"""


def raw_speed(texts: Sequence[str]) -> tuple[float, float, float, float, int]:
    """CPU seconds of a fresh process for the first tenth of some texts, for all, for all read anew and for all again.

    And how many had a key.
    """
    done = subprocess.run(
        [sys.executable, "-c", _COLD], input=json.dumps(texts), capture_output=True, text=True, check=True
    )
    first, cold, warm, again, found = json.loads(done.stdout)
    return first, cold, warm, again, found


def varied(traces: Sequence[Trace], count: int) -> list[str]:
    """So many texts, no two alike: every mutation of every trace, mixed, each with a mark of its own at its end."""
    changed = [Trace(trace.origin, name, text, "", "") for name, trace, text in mutated(traces)]
    random.Random(7).shuffle(changed)
    return material.distinct(changed, count)


_FRAMES = """
import json, sys
from time import perf_counter
import numpy as np
import pandas as pd
import pyarrow as pa
from triage.stacks import signatures

stacks, times = int(sys.argv[1]), int(sys.argv[2])
chosen = np.random.default_rng(7)
names = pa.array([f"shop::module{at % 97}::Class{at % 389}::method_{at}" for at in range(20_000)])
files = pa.array([f"/srv/shop/src/module{at % 97}.cc" for at in range(20_000)])
# Few functions are in most stacks, and stacks come again, as in a real store; each row has a line of its own.
kinds = (chosen.pareto(0.7, (stacks // times, 18)) * 50).astype(np.int64) % 20_000
at = pa.array(kinds[chosen.permutation(np.arange(stacks) % len(kinds))].ravel())
columns = {
    "stack_key": pa.array(np.repeat(np.arange(stacks), 18).astype(str)),
    "function": names.take(at),
    "file": files.take(at),
    "line": pa.array(chosen.integers(1, 900, len(at))),
}
frames = pd.DataFrame({name: pd.Series(column, dtype=pd.ArrowDtype(column.type)) for name, column in columns.items()})
signatures(frames.head(18))
seconds = []
for _ in range(4):
    start = perf_counter()
    keys = signatures(frames)
    seconds.append(perf_counter() - start)
    assert len(keys) == stacks
print(json.dumps([seconds[0], min(seconds), len(pa.compute.unique(at))]))
"""


def frame_speed(stacks: int, times: int) -> tuple[float, float, int]:
    """CPU seconds from a DataFrame of stacks of 18 frames to their keys, first and again, and how many frames differ.

    Each stack comes so many times. The process is fresh, its rules are loaded before.
    """
    command = [sys.executable, "-c", _FRAMES, str(stacks), str(times)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    cold, warm, distinct = json.loads(done.stdout)
    return cold, warm, distinct


def speed(python: str | None) -> None:
    """Print traces, megabytes and stacks a second."""
    small = [trace for trace in (*material.corpus(), *material.samples()) if len(trace.text) <= 100_000]
    print("\nspeed, one core")
    for name, traces in (("corpus and samples", small), ("held out", material.held_out())):
        if not traces:
            continue
        texts = varied(traces, 20 * len(traces))
        first, cold, warm, again, found = raw_speed(texts)
        count, size = len(texts), sum(len(text.encode()) for text in texts)
        print(
            f"  {name}: {count} texts, {size / count / 1000:.1f} kB each, {found} with a key:"
            f" cold {count / cold:,.0f} traces/s ({size / cold / 1e6:.0f} MB/s; behind the first tenth"
            f" {0.9 * count / (cold - first):,.0f}), read anew {count / warm:,.0f} traces/s, remembered"
            f" {count / again:,.0f}"
        )
        if python:
            _, extraction, alone = grouping_peers.siggen(material.distinct(list(traces), len(traces)), python)
            print(
                f"  {'':<{len(name)}}  siggen: {len(traces) / (extraction + alone):,.0f} traces/s with the neutral"
                f" extraction, {len(traces) / alone:,.0f} of parsed frames"
            )
    stacks = 100_000
    for times in (1, 5, 20):
        cold, warm, distinct = frame_speed(stacks, times)
        print(
            f"  frames in a DataFrame, {stacks:,} stacks of 18, each {times} times, {distinct:,} distinct frames:"
            f" cold {stacks / cold:,.0f} stacks/s, again {stacks / warm:,.0f}"
        )


def main() -> None:
    """Print the tables that were asked for."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--failures", action="store_true")
    options.add_argument("--speed", action="store_true")
    options.add_argument("--peer", choices=["siggen"])
    chosen = options.parse_args()
    python = grouping_peers.interpreter() if chosen.peer else None
    if chosen.peer and not python:
        print("siggen is in no interpreter here: see tests/benchmarks/grouping_peers.py for how to add it")
    measure(failures=chosen.failures, python=python)
    if chosen.speed:
        speed(python)


if __name__ == "__main__":
    main()
