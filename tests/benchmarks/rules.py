"""How well rules tell what a crash is: `python -m tests.benchmarks.rules [--failures] [--all]`.

Five questions, on the corpus beside the repository (skipped where absent) and on the samples:

- the class: the labelled corpus by the committed table `rule_classes.toml`, with the whole report and with its headline
  removed: without error type, message, code, kind and summary, so that stack, address and access decide; in a third run
  the tool and the place in the source are gone too, which stand in the lines of the headline, in a fourth the signal.
  Told are agreement, abstentions, agreement where the rules spoke, and the confusion;
- the class again, of reports in `rule_reports.toml` that were written by hand after the ways of other tools and
  languages, and before rules were made for what the corpus showed: whether the rules hold elsewhere;
- the severity: against CASR's own word in casrep files, taken away before the rules look;
- the cost: milliseconds for an opinion with its checks;
- what is said of the samples, with `--all`, for reading.

The event of a file that is judged is the first that ended the program, else the first, as `signature` takes it.
"""

from __future__ import annotations

import argparse
import json
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import process_time
from typing import TypeAlias

import pandas as pd

import triage
from tests.reading import CORPUS, SAMPLES
from triage.case import Case
from triage.hypotheses.rules import Opinion, hypothesize

HEADLINE = ("error_type", "error_value", "error_code", "error_code_name")
SIGNAL = ("signal",)
# Notes that repeat the headline, or say what another tool made of it.
TOLD = ("summary", "scariness", "report_title", "reason")
# Notes that are of the same lines as the headline, though they do not name the crash: who writes, and from where in the
# source; of a kernel, its own name for what it met.
BESIDE = ("tool", "file", "line", "function", "oops")
ENDS = ("crash", "exception", "assertion", "abort", "oom", "leak", "race", "hang")
BANDS = ((0.95, "0.95 and more"), (0.8, "0.80 to 0.94"), (0.5, "0.50 to 0.79"), (0.0, "below 0.50"))
LEVELS = {
    "EXPLOITABLE": "exploitable",
    "PROBABLY_EXPLOITABLE": "probably exploitable",
    "NOT_EXPLOITABLE": "probably not exploitable",
    "CRITICAL": "exploitable",
    "POSSIBLE_CRITICAL": "probably exploitable",
    "NOT_CRITICAL": "probably not exploitable",
    "UNDEFINED": "unknown",
}


Told: TypeAlias = tuple[str, str, list[str], Case, str]


class Beheaded:
    """A case without the headline of its reports."""

    def __init__(self, case: Case, *, gone: Iterable[str]) -> None:
        self._case, self._gone = case, tuple(gone)
        self._untold = {*TOLD, *(set(BESIDE) & set(self._gone))}

    def _without(self, frame: pd.DataFrame) -> pd.DataFrame:
        frame = frame.copy()
        for column in set(self._gone) & set(frame.columns):
            frame[column] = pd.Series(pd.NA, index=frame.index, dtype=frame[column].dtype)
        if "event_kind" in frame.columns:
            frame["event_kind"] = pd.Series("crash", index=frame.index, dtype=frame["event_kind"].dtype)
        return frame

    def events(self, incident: str | None = None) -> pd.DataFrame:
        return self._without(self._case.events(incident))

    def stacks(self, incident: str | None = None) -> pd.DataFrame:
        return self._without(self._case.stacks(incident))

    def frames(self, incident: str | None = None) -> pd.DataFrame:
        return self._case.frames(incident)

    def logs(self, incident: str | None = None) -> pd.DataFrame:
        return self._case.logs(incident)

    def metrics(self, incident: str | None = None) -> pd.DataFrame:
        return self._case.metrics(incident)

    def modules(self, incident: str | None = None) -> pd.DataFrame:
        return self._case.modules(incident)

    def annotations(self, incident: str | None = None) -> pd.DataFrame:
        notes = self._case.annotations(incident)
        kept = ~(notes["key"].isin(self._untold) | notes["scope"].isin(["severity"]))
        return notes[kept.fillna(value=True).astype(bool)].reset_index(drop=True)

    def table(self, name: str) -> pd.DataFrame:
        return self._without(self._case.table(name))


@dataclass(slots=True)
class Tally:
    """How often the rules were right, wrong and silent."""

    right: int = 0
    silent: int = 0
    of: int = 0
    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    sure: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))

    def add(self, opinion: Opinion, wanted: list[str], label: str, name: str) -> None:
        """Count one."""
        said = opinion.name
        self.of += 1
        if said:
            confidence = opinion.findings.hypotheses[0].confidence
            self.sure[next(band for least, band in BANDS if confidence >= least)].append(said in wanted)
        self.right += said in wanted
        self.silent += not said
        self.confusion[wanted[0], said if said not in wanted else wanted[0]] += 1
        if said not in wanted:
            self.failures.append(f"{name}: {label!r} is {' or '.join(wanted)}, said {said or 'nothing'}")

    def told(self) -> str:
        """The figures in one line."""
        spoke = max(self.of - self.silent, 1)
        return (
            f"agreement {self.right / self.of:.1%} ({self.right} of {self.of}), "
            f"abstentions {self.silent / self.of:.1%}, where it spoke {self.right / spoke:.1%}"
        )

    def lines(self, *, failures: bool) -> Iterator[str]:
        """How right it was by its confidence, and what it took for what."""
        for _, band in BANDS:
            if held := self.sure.get(band):
                yield f"    confidence {band}: {sum(held)} of {len(held)} right ({sum(held) / len(held):.0%})"
        for (wanted, said), count in sorted(self.confusion.items()):
            if wanted != said:
                yield f"    {wanted} said as {said or 'nothing'}: {count}"
        if failures:
            yield from (f"      {line}" for line in self.failures)


def judged_incident(case: Case) -> str | None:
    """The incident of the event by which a file is judged."""
    events = case.events(event_class="incident_signal").sort_values("offset", kind="stable")
    ending = events[events["event_kind"].isin(ENDS) & (events["error_type"] != "WARNING").fillna(value=True)]
    if not len(events):
        return None
    event = (ending if len(ending) else events)["event_id"].iloc[0]
    return next((one for one in case.incidents()["incident_id"] if event in set(case.events(one)["event_id"])), None)


def classes() -> dict[str, list[str]]:
    """The committed table."""
    return tomllib.loads((Path(__file__).parent / "rule_classes.toml").read_text("utf-8"))


def labelled(every: int) -> Iterator[Told]:
    """File, type, classes that agree, case and incident of the labelled corpus."""
    table = classes()
    for line in (CORPUS / "stacks" / "labels.jsonl").read_text("utf-8").splitlines()[::every]:
        entry = json.loads(line)
        kind = entry.get("type") or ""
        wanted = table.get(kind) or table.get(kind.partition("\n")[0])
        if not wanted:
            continue
        case = triage.load(CORPUS / "stacks" / entry["file"])
        if (one := judged_incident(case)) is not None:
            yield entry["file"], kind, wanted, case, one


def written(every: int, *, later: bool | None = None) -> Iterator[Told]:
    """The same of the reports written by hand, all or those of one of the two times; copies of lines are made here."""
    held = tomllib.loads((Path(__file__).parent / "rule_reports.toml").read_text("utf-8"))["report"]
    for entry in held[::every]:
        if later is not None and entry.get("later", False) != later:
            continue
        lines = entry["text"].lstrip("\n").splitlines(keepends=True)
        text = "".join(
            line.removeprefix("REPEAT") * (entry["repeat"] if line.startswith("REPEAT") else 1) for line in lines
        )
        case = triage.loads(text)
        yield entry["name"], entry["classes"][0], entry["classes"], case, judged_incident(case) or ""


RUNS = {
    "whole report": None,
    "headline removed": HEADLINE,
    "headline, tool and place removed": (*HEADLINE, *BESIDE),
    "headline and signal removed": (*HEADLINE, *SIGNAL),
}


def by_class(
    runs: Iterable[str] = RUNS, *, every: int = 1, source: Callable[[int], Iterator[Told]] = labelled
) -> dict[str, Tally]:
    """The runs over the labelled corpus (or over other reports), or over one file of so many."""
    wanted_runs = tuple(runs)
    tallies: dict[str, Tally] = defaultdict(Tally)
    for name, kind, wanted, case, one in source(every):
        for run in wanted_runs:
            columns = RUNS[run]
            shown = case if columns is None else Beheaded(case, gone=columns)
            tallies[run].add(hypothesize(shown, one), wanted, kind, name)
    return tallies


def by_severity() -> Iterator[tuple[str, str, str, str, str]]:
    """File, CASR's class and level, our level and class, of each casrep file."""
    for path in sorted((CORPUS / "casrep").glob("*.casrep")):
        case = triage.load(path)
        notes = case.annotations().set_index("key")["value"]
        one = judged_incident(case)
        if one is not None and "Type" in notes:
            said = hypothesize(Beheaded(case, gone=HEADLINE), one)
            theirs = LEVELS.get(str(notes["Type"]), "unknown")
            yield path.name, str(notes["ShortDescription"]), theirs, said.severity.level, said.name


def severities(*, every: bool) -> Iterator[str]:
    """The severity against CASR's, and where the two differ."""
    graded = list(by_severity())
    agree = sum(theirs == ours for _, _, theirs, ours, _ in graded)
    yield f"severity against CASR: {agree} of {len(graded)} agree"
    for name, kind, theirs, ours, said in graded:
        if theirs != ours or every:
            yield f"    {name} ({kind}): {theirs} there, {ours} here ({said})"


def said_of(path: Path) -> Iterator[tuple[Opinion, float]]:
    """The opinion on each incident of a sample, and what it cost."""
    case = triage.load(path)
    for one in case.incidents()["incident_id"].tolist()[:20]:
        start = process_time()
        yield hypothesize(case, one), (process_time() - start) * 1000


def samples() -> list[Path]:
    """The samples, one entry for each file or store."""
    kept = [path for path in sorted(SAMPLES.rglob("*")) if path.is_file() and ".debugbundle" not in path.parts]
    return [path for path in kept if not {"make", "debugbundle"} & set(path.parts) and path.suffix not in {".md", ""}]


def told(tallies: dict[str, Tally], *, failures: bool) -> None:
    """Print what some runs came to."""
    for run, tally in tallies.items():
        print(f"{run}: {tally.told()}")
        print(*tally.lines(failures=failures), sep="\n")


def main() -> None:
    """Print the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--failures", action="store_true")
    options.add_argument("--all", action="store_true")
    asked = options.parse_args()
    if CORPUS.is_dir():
        told(by_class(), failures=asked.failures)
        print(*severities(every=asked.failures), sep="\n")
    else:
        print("the corpus beside the repository is not there: skipped")
    for later, when in ((False, "before"), (True, "after")):
        print(f"reports written by hand {when} the corpus was looked at:")
        told(by_class(source=partial(written, later=later)), failures=asked.failures)
    costs = []
    for path in samples():
        for opinion, cost in said_of(path):
            costs.append(cost)
            if asked.all:
                print(f"{path.relative_to(SAMPLES)}: {opinion.findings.summary}")
    costs.sort()
    print(f"cost of an opinion with its checks: median {costs[len(costs) // 2]:.0f} ms, most {costs[-1]:.0f} ms")


if __name__ == "__main__":
    main()
