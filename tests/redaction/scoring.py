"""Measures of one peer over the corpus.

A label is found when no four consecutive characters of it are left. A span is right when it overlaps a label, and does
not count when it overlaps only what is neutral. Characters are over-redacted that are covered and belong to no label. A
literal is residual that stands anywhere in the text after masking.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tests.redaction.generator import Corpus
from tests.redaction.peers import Span
from tests.redaction.sample import Label, Sample

LEAK = 4
GROUPS = ("secret", "pii", "obfuscated")


@dataclass(slots=True)
class Score:
    """Counts; the properties are the measures."""

    name: str
    labels: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    negatives: Counter[str] = field(default_factory=Counter)
    touched: Counter[str] = field(default_factory=Counter)
    spans: Counter[str] = field(default_factory=Counter)  # by the class of the sample
    wrong: Counter[str] = field(default_factory=Counter)
    residual: int = 0
    outside: int = 0
    over: int = 0
    missed: list[tuple[Sample, Label]] = field(default_factory=list)
    excess: list[tuple[Sample, Span]] = field(default_factory=list)

    def recall(self, kinds: Iterable[str]) -> float:
        kinds = list(kinds)
        total = sum(self.labels[kind] for kind in kinds)
        return sum(self.found[kind] for kind in kinds) / total if total else float("nan")

    @property
    def precision(self) -> float:
        total = self.spans.total()
        return 1 - self.wrong.total() / total if total else float("nan")

    @property
    def negatives_touched(self) -> float:
        return self.touched.total() / max(1, self.negatives.total())

    @property
    def over_redacted(self) -> float:
        return self.over / max(1, self.outside)


def covered(text: str, spans: Iterable[Span]) -> bytearray:
    """One where a span is."""
    out = bytearray(len(text))
    for start, end, _ in spans:
        out[start:end] = b"\1" * (end - start)
    return out


def masked(text: str, cover: bytearray) -> str:
    """The text with one sign for every covered run."""
    out = []
    at = 0
    while at < len(text):
        end = cover.find(1 - cover[at], at)
        end = len(text) if end < 0 else end
        out.append("\ufffc" if cover[at] else text[at:end])
        at = end
    return "".join(out)


def leaks(cover: bytearray, start: int, end: int) -> bool:
    """Whether four characters in a row are left (all of them, of a shorter one)."""
    return bytes(min(LEAK, end - start)) in cover[start:end]


def _overlap(span: Span, start: int, end: int) -> bool:
    return span[0] < end and start < span[1]


def add(score: Score, sample: Sample, spans: list[Span]) -> None:
    """Count one sample."""
    text = sample.text
    cover = covered(text, spans)
    after = masked(text, cover)
    for label in sample.labels:
        score.labels[label.kind] += 1
        if any(leaks(cover, *piece) for piece in label.pieces()):
            score.missed.append((sample, label))
        else:
            score.found[label.kind] += 1
        score.residual += any(text[start:end] in after for start, end in label.pieces())
    for negative in sample.negatives:
        score.negatives[negative.kind] += 1
        score.touched[negative.kind] += any(_overlap(span, negative.start, negative.end) for span in spans)
    for span in spans:
        right = any(_overlap(span, label.start, label.end) for label in sample.labels)
        if not right and any(_overlap(span, *place) for place in sample.neutral):
            continue
        score.spans[sample.kind] += 1
        if not right:
            score.wrong[sample.kind] += 1
            score.excess.append((sample, span))
    for start, end in (*sample.neutral, *((label.start, label.end) for label in sample.labels)):
        cover[start:end] = b"\2" * (end - start)
    score.over += cover.count(1)
    score.outside += len(cover) - cover.count(2)


def score(name: str, spans: Callable[[str], list[Span]], corpus: Corpus) -> Score:
    """Count every sample."""
    out = Score(name)
    for sample in corpus.samples:
        add(out, sample, list(spans(sample.text)))
    return out
