"""Reports of the corpus through `triage.load`: `python -m tests.benchmarks.traces [--failures] [--speed MB]`.

For each file of `../shared/corpus/stacks`: which module reads it, whether the crash type that its project expects is
told (`crash_types.toml`), and whether the state frames that it expects stand among the first frames that are no noise.
Then the confusion table of corpus, samples and plain texts: which module claims how many files of
each family. With --speed, a log of so many MB with 500 traces: time, memory, and four times the size.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import process_time
from typing import Any

import pandas as pd

import triage
from tests.reading import CORPUS, ROOT, SAMPLES
from triage.stacks.names import basename, normalise

STACKS = CORPUS / "stacks"
TYPES = {
    name: re.compile(pattern)
    for name, pattern in tomllib.loads(Path(__file__).with_name("crash_types.toml").read_text("utf-8")).items()
}
# State frames are looked for among so many frames that count.
FRAMES = 12
NULL_PAGE = 4096
# The module that a file of the corpus belongs to, by the words that its project names its files with, in this order.
FAMILIES = (
    ("casr-gdb/", {"gdb"}),
    ("casr-asan/", {"sanitizer"}),
    ("golang_|go_braces", {"go"}),
    ("python_|pysecsan", {"python", "libfuzzer", "systemsan"}),
    ("rust_", {"rust"}),
    ("jazzer_js", {"javascript", "libfuzzer", "jazzer_js"}),
    ("gdb_", {"gdb"}),
    ("cdb_", {"cdb"}),
    ("kasan|kernel|lkl", {"kernel"}),
    ("injection|file_open|^cf/dns", {"systemsan"}),
    ("missing_library", {"libfuzzer", "sanitizer", "check", "loader", "logcat"}),
    (
        "check_|_check|v8_|glib_|assert_|absl_|log_fatal|notreached|linux_gate|wtfcrash",
        {"check", "sanitizer", "libfuzzer", "tombstone"},
    ),
    ("android_null", {"tombstone", "sanitizer"}),
    ("", {"sanitizer", "libfuzzer", "check", "tombstone"}),
)


@dataclass(slots=True)
class Tally:
    """What was found in the files of one module."""

    files: int = 0
    typed: int = 0
    stated: int = 0
    with_state: int = 0
    failures: list[str] = field(default_factory=list)


def expected(name: str) -> set[str]:
    """The modules that may read a file of the corpus."""
    return next(modules for pattern, modules in FAMILIES if re.search(pattern, name))


def words(event: dict[str, Any], access: str) -> str:
    """What the rows tell of a crash, as the patterns of `crash_types.toml` see it."""
    near = event["fault_address"]
    null = "null" if pd.notna(near) and near < NULL_PAGE else ""
    parts = (event["event_kind"], f"{event['error_type']} {null}", event["signal"], access, event["error_value"])
    return "|".join(str(part or "") for part in parts).lower()


def named(text: str) -> str:
    """A name as it is compared: normalised, without Rust's hash and the folders of a Go package."""
    name = re.sub(r"::h[0-9a-f]{8,16}$", "", normalise(text.removeprefix("void ")))
    return name.rpartition("/")[2].lower()


def squeezed(text: str) -> str:
    """Letters and digits alone."""
    return re.sub(r"\W+", "", text.lower())


def has_state(state: list[str], frames: list[dict[str, Any]], event: dict[str, Any], facts: list[str]) -> bool:
    """Whether every line of the state is a frame near the top, the message, a file or module of a frame, or a fact."""
    names = {named(frame["function"]) for frame in frames if frame["function"]}
    leaves = {name.rpartition("::")[2] for name in names}
    raw = [
        squeezed(f"{frame['function_raw'] or frame['function'] or frame['module'] or ''}{frame['args'] or ''}")
        for frame in frames
    ]
    files = {basename(frame[name] or "").lower() for frame in frames for name in ("file", "module")}
    files |= {basename(fact).lower() for fact in facts}
    said = squeezed(f"{event['error_type']} {event['error_value']} {event['culprit']}")
    for line in state:
        wanted, message = named(line), squeezed(re.sub(r" in [\w.-]+$", "", line).replace("NUMBER", ""))
        # A state is cut at 80 characters.
        cut = len(line) >= 79 and any(text.startswith(squeezed(line.removeprefix("void "))[:70]) for text in raw)
        if cut or wanted in names or wanted.rpartition("::")[2] in leaves:
            continue
        if basename(line.partition("+")[0]).lower() in files or (message and message[:50] in said):
            continue
        return False
    return True


def counting(case: triage.Case, event_id: str) -> list[dict[str, Any]]:
    """The first frames of every stack of an event that are not noise; where none is, all."""
    rows = case.frames(event=event_id).to_dict("records")
    ours = [row for row in rows if row["role"] not in {"noise", "sentinel"}]
    by_stack: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in ours or rows:
        by_stack[row["stack_no"]].append(row)
    return [row for stack in by_stack.values() for row in stack[:FRAMES]]


def judged(label: dict[str, Any]) -> tuple[str, bool, bool | None, str]:
    """The module that read a file, whether the type is right, whether the state is, and what there was instead."""
    case = triage.load(STACKS / label["file"])
    events = case.events(event_class="incident_signal").to_dict("records")
    kind = (label.get("type") or "").split("\n")[0]
    state = [line for line in (label.get("state") or "").split("\n") if line]
    notes = case.annotations()
    best = ("none", not kind, None if not state else False, "no event")
    for event in events:
        mine = notes[notes["event_id"] == event["event_id"]]
        told = words(event, "".join(mine[mine["key"] == "access"]["value"].head(1)))
        typed = not kind or bool(TYPES[kind].search(told))
        frames = counting(case, event["event_id"])
        facts = mine[mine["key"].isin(["file", "process", "library"])]["value"].tolist()
        stated = has_state(state, frames, event, facts) if state else None
        result = (event["format"], typed, stated, f"{told[:110]} / {[f['function'] for f in frames[:4]]}")
        if best[0] == "none" or (typed, bool(stated)) > (best[1], bool(best[2])):
            best = result
    return best


def shares(name: str, tallies: list[Tally]) -> str:
    """One line of the table."""
    files, states = sum(tally.files for tally in tallies), sum(tally.with_state for tally in tallies)
    typed, stated = sum(tally.typed for tally in tallies), sum(tally.stated for tally in tallies)
    return f"{name:<14}{files:>6}{typed / files:>8.3f}{stated / max(states, 1):>8.3f}"


def corpus() -> tuple[dict[str, Tally], list[str]]:
    """What was found for each module, and the files that a module read that they do not belong to."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    wrong: list[str] = []
    for line in (STACKS / "labels.jsonl").read_text("utf-8").splitlines():
        label = json.loads(line)
        module, typed, stated, told = judged(label)
        tally = tallies[module]
        tally.files += 1
        tally.typed += typed
        tally.with_state += stated is not None
        tally.stated += bool(stated)
        if module not in expected(label["file"]):
            wrong.append(f"{label['file']}: read by {module}")
        if not typed or stated is False:
            tally.failures.append(f"{label['file']}: {label.get('type')!r} {label.get('state')!r}\n      {told}")
    return tallies, wrong


def print_corpus(*, failures: bool) -> None:
    """The share of each module, and with `failures` what was not told as expected."""
    tallies, wrong = corpus()
    print(f"{'module':<14}{'files':>6}{'type':>8}{'state':>8}")
    for module, tally in sorted(tallies.items()):
        print(shares(module, [tally]))
    print(shares("all", list(tallies.values())))
    print(f"read by a module that it does not belong to: {len(wrong)}", *wrong, sep="\n  ")
    if failures:
        for module, tally in sorted(tallies.items()):
            print(f"\n{module}:", *tally.failures, sep="\n  ")


def families() -> Iterator[tuple[str, Path]]:
    """Every file with the family that it is of."""
    for line in (STACKS / "labels.jsonl").read_text("utf-8").splitlines() if STACKS.exists() else ():
        name = json.loads(line)["file"]
        yield "corpus " + "/".join(sorted(expected(name))), STACKS / name
    for path in sorted(SAMPLES.rglob("*")):
        if path.is_file() and "make" not in path.parts and path.suffix != ".md":
            yield "sample " + path.relative_to(SAMPLES).parts[0], path
    for path in (
        *sorted(ROOT.glob("*.md")),
        # Not those of triage/formats: their docstrings show what traces look like.
        *(path for path in sorted(ROOT.glob("triage/**/*.py")) if "formats" not in path.parts),
        *sorted(ROOT.glob("widgets/src/*.ts")),
    ):
        yield "plain text", path


def confusion() -> dict[str, Counter[str]]:
    """For each family, how many of its files are claimed by which format first."""
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for family, path in families():
        hits = triage.formats.detect(path)
        tops = {hit.path: hit.format for hit in reversed(hits)}
        table[family].update(set(tops.values()) or {"-"})
    return table


def write_log(path: Path, megabytes: int) -> None:
    """An application log with 500 traces among other lines."""
    java = "com.shop.PayError: no rate\n" + "".join(f"\tat com.shop.Cart.f{n}(Cart.java:{n})\n" for n in range(1, 21))
    python = "Traceback (most recent call last):\n" + "".join(
        f'  File "/srv/shop/a{n}.py", line {n}, in f{n}\n    return g(x)\n' for n in range(1, 21)
    )
    traces = (java, python + "ValueError: no rate\n")
    size, every, done = megabytes * 1_000_000, megabytes * 2_000, 0
    with path.open("w") as file:
        written = number = 0
        while written < size or done < 500:
            number += 1
            written += file.write(
                f"2026-01-26T01:{number // 60 % 60:02}:{number % 60:02}.{number % 1000:03}Z INFO  [http-{number % 16}] "
                f"com.shop.api.Requests - request {number} done in {number % 113} ms by node {number % 7}\n"
            )
            if written > done * every and done < 500:
                written += file.write(traces[done % 2])
                done += 1


MEASURE = """
import resource, sys, time, triage
triage.load
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
start = time.process_time()
case = triage.load(sys.argv[1])
events = len(case.events())
print(time.process_time() - start, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024, events)
"""


def speed(megabytes: int) -> None:
    """A log, and one of a quarter: CPU seconds, memory above the bare library, events."""
    with tempfile.TemporaryDirectory() as folder:
        for size in (megabytes // 4, megabytes):
            path = Path(folder) / f"{size}.log"
            write_log(path, size)
            done = subprocess.run(
                [sys.executable, "-c", MEASURE, str(path)], check=True, capture_output=True, text=True
            )
            seconds, memory, events = done.stdout.split()
            print(
                f"{size:>5} MB, 500 traces: {float(seconds):6.2f} s CPU, {float(memory):6.0f} MB above, {events} events"
            )


def main() -> None:
    """Print the tables that were asked for."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--failures", action="store_true")
    options.add_argument("--speed", type=int, default=0, metavar="MB")
    chosen = options.parse_args()
    if STACKS.exists():
        print_corpus(failures=chosen.failures)
    else:
        print("the corpus of real reports is not at ../shared/corpus: only samples and plain texts below")
    print()
    for family, claims in sorted(confusion().items()):
        print(f"{family:<44}", ", ".join(f"{name} {count}" for name, count in claims.most_common()))
    if chosen.speed:
        print()
        speed(chosen.speed)
    print(f"\n{process_time():.1f} s CPU, {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB at most")


if __name__ == "__main__":
    main()
