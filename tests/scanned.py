"""Reports of one trace module in a text: what the tests of the runtimes' modules stand on."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import cycle, islice
from typing import Any

from tests.growth import grows_evenly
from tests.reading import CORPUS
from triage.formats.traces.scanning import Found, scan

BEFORE = ["2026-02-10 08:59:58 INFO shop: listening on 8080", "2026-02-10 08:59:59 DEBUG shop: first request"]
AFTER = ["2026-02-10 09:00:02 INFO shop: still here", "2026-02-10 09:00:03 WARNING shop: slow (300 ms)"]


def reports(text: str, only: str) -> list[Found]:
    """What the module finds in the text."""
    return list(scan(enumerate(text.split("\n")), only=only))


def one(text: str, only: str) -> Found:
    """The one report of the text."""
    (found,) = reports(text, only)
    return found


def surrounded(text: str, only: str) -> Found:
    """The one report of the text when log lines stand around it; it must take exactly its own lines."""
    body = text.strip("\n").split("\n")
    found = one("\n".join([*BEFORE, *body, *AFTER]), only)
    assert (found.first, found.last) == (len(BEFORE) + 1, len(BEFORE) + len(body))
    return found


def prefixed(text: str, only: str) -> Found:
    """The one report of the text when every line has the prefix of a container, and another's lines stand between."""
    body = text.strip("\n").split("\n")
    lines = ["web_1  | ready"]
    for line in body:
        lines += [f"web_1  | {line}", "db_1   | checkpoint"]
    found = one("\n".join([*lines, "web_1  | 200 GET /"]), only)
    assert (found.first, found.last) == (2, 2 * len(body))
    return found


def functions(found: Found, place: int = 0) -> list[str | None]:
    """The functions of one stack, elisions and notes left out."""
    return [frame.function for frame in found.report.traces[place].frames if frame.frame_kind == "frame"]


def text_lines(found: Found, place: int = 0) -> list[int | None]:
    """The lines of the file that the frames of one stack stand on."""
    return [frame.text_line for frame in found.report.traces[place].frames]


def labelled(*words: str) -> list[dict[str, Any]]:
    """The labels of the corpus for files whose name holds one of the words; none where the corpus is absent."""
    path = CORPUS / "stacks" / "labels.jsonl"
    if not path.exists():
        return []
    labels = [json.loads(line) for line in path.read_text().splitlines()]
    return [label for label in labels if any(word in label["file"] for word in words)]


def scan_grows(text: str, only: str) -> None:
    """Assert that the text, over and over, is scanned in time that grows with its lines."""
    block = text.split("\n")
    grows_evenly(lambda lines: list(scan(enumerate(lines), only=only)), lambda count: cycled(block, count), 200)


def cycled(lines: Iterable[str], count: int) -> list[str]:
    """So many lines: those that are given, over and over."""
    return list(islice(cycle(lines), count))
