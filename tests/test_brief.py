"""What is read of a text for its key alone gives the key that reading all of it gives."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.grouping import material
from tests.grouping.mutations import SPLIT, STAY, TOLD
from triage.formats.traces.scanning import scan
from triage.stacks import raw, signature
from triage.stacks.frame_table import FrameTable

# What may be read in brief, and what may stand around it.
EVERY = [*material.samples(), *material.corpus(), *material.held_out()]
TRACES = [trace for trace in EVERY if len(trace.text) < 30_000]
SHORT = [trace.text for trace in TRACES if len(trace.text) < 8_000]


def in_full(text):
    """The key by all reports of a text."""
    if raw.is_document(text):
        return signature(text)
    reports = [found.report for found in scan(enumerate(text.split("\n")), len(text))]
    fatal = [report for report in reports if report.level == "fatal"]
    return raw.key((fatal or reports)[0], FrameTable.default()) if reports else ""


def differing(texts):
    return [text[:200] for text in texts if signature(text) != in_full(text)]


def test_every_trace():
    assert differing(trace.text for trace in EVERY) == []


@pytest.mark.parametrize("name", [*STAY, *TOLD, *SPLIT])
def test_every_mutation(name):
    chosen = random.Random(name)
    texts = []
    for trace in TRACES:
        seed = chosen.randrange(100)
        told = (
            SPLIT["replaced"](trace.text, seed, trace.state)
            if name in SPLIT
            else {**STAY, **TOLD}[name](trace.text, seed)
        )
        texts.append(told or "")
    assert differing(texts) == []


@pytest.mark.parametrize(
    "changed",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\n".join(f"2026-01-26T01:25:59Z {line}" for line in text.split("\n")),
        lambda text: "\n".join(f"web_1  | {line}" for line in text.split("\n")),
        lambda text: "\n".join(f"    {line}" for line in text.split("\n")),
        lambda text: "\n".join(f"\x1b[31m{line}\x1b[0m" for line in text.split("\n")),
        lambda text: text.replace("\n", "\n\n"),
        lambda text: "\n".join(part for line in text.split("\n") for part in (line, "2026-01-26 01:25:59 INFO tick")),
        lambda text: text.rstrip("\n"),
        lambda text: f"ü€\n{text}\udce4",
    ],
)
def test_texts_as_logs_and_systems_change_them(changed):
    assert differing(changed(text) for text in SHORT[::2]) == []


@given(st.sampled_from(SHORT), st.sampled_from(SHORT), st.integers(0, 100), st.integers(0, 30))
def test_one_text_behind_another(one, two, lines, lost):
    between = "\n" * lines if lines % 2 else "\n".join(["INFO: tick"] * lines)
    assert differing(["\n".join([one, between, *two.split("\n")[lost:]])]) == []


@given(st.sampled_from(SHORT), st.data())
def test_pieces_of_a_text(text, data):
    lines = text.split("\n")
    start, end = sorted((data.draw(st.integers(0, len(lines))), data.draw(st.integers(0, len(lines)))))
    assert differing(["\n".join(lines[start:end]), "\n".join(lines[:start] + lines[end:])]) == []
    at = data.draw(st.integers(0, len(text)))
    assert differing([text[:at], text[at:]]) == []


@given(st.lists(st.sampled_from(SHORT), min_size=2, max_size=3), st.randoms(use_true_random=False))
def test_lines_of_several_texts_mixed(texts, chosen):
    rows = [text.split("\n") for text in texts]
    mixed = []
    while any(rows):
        row = chosen.choice([row for row in rows if row])
        count = chosen.randint(1, 12)
        mixed += row[:count]
        del row[:count]
    assert differing(["\n".join(mixed)]) == []
