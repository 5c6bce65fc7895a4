"""The traces that are measured: the labelled corpus, the samples, and the held-out set, each as a `Trace`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.grouping.builds import addresses, pids
from tests.grouping.frames import crash_stacks
from tests.reading import CORPUS, SAMPLES

HELD_OUT: Final = Path(__file__).parent / "held_out"


@dataclass(frozen=True, slots=True)
class Trace:
    """One text, where it is from and the group it belongs to; of some the state, the input and the look-alikes."""

    origin: str
    name: str
    text: str
    group: str
    format: str
    state: tuple[str, ...] = ()
    kind: str = ""
    input: str = ""
    like: str = ""


def family(text: str) -> str:
    """The family of the frames of a text, by the look of them; `message` where there are none."""
    found = crash_stacks(text)
    return found[0][0].family if found else "message"


def _labelled(origin: str, folder: Path) -> list[Trace]:
    labels = folder / "labels.jsonl"
    if not labels.exists():
        return []
    found = []
    for line in labels.read_text("utf-8").splitlines():
        label = json.loads(line)
        text = (folder / label["file"]).read_bytes().decode("utf-8", "replace")
        found.append(
            Trace(
                origin,
                label["file"],
                text,
                label["group"],
                label.get("format") or family(text),
                tuple(part for part in (label.get("state") or "").split("\n") if part),
                (label.get("type") or "").partition("\n")[0],
                label.get("input") or "",
                label.get("like") or "",
            )
        )
    return found


def corpus() -> list[Trace]:
    """The labelled corpus of real reports; empty where it is not there."""
    return _labelled("corpus", CORPUS / "stacks")


def held_out() -> list[Trace]:
    """The traces written by hand that nobody tunes on."""
    return _labelled("held out", HELD_OUT)


def samples() -> list[Trace]:
    """The sample traces of the repository, and the two browsers' stacks of the corpus, each a group of its own."""
    paths = [*sorted((SAMPLES / "traces").glob("*.txt")), *sorted((CORPUS / "js").glob("*.log"))]
    texts = [(path.name, path.read_bytes().decode("utf-8", "replace")) for path in paths]
    return [Trace("samples", name, text, name, family(text)) for name, text in texts]


def distinct(traces: list[Trace], count: int) -> list[str]:
    """So many texts, no two alike: traces again and again, each time with other addresses and other processes."""
    texts = []
    for at in range(count):
        text = traces[at % len(traces)].text
        for mutation in (addresses, pids):
            text = mutation(text, at) or text
        texts.append(f"{text.rstrip()}\n# run {at}\n")
    return texts
