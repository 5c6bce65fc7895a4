"""The labelled corpus: so many samples of every class, the same for the same seed.

python -m tests.redaction.generator [CLASS ...]     # print some samples, with the labels marked
"""

from __future__ import annotations

import random
import sys
from dataclasses import dataclass, replace

from tests.redaction import (
    documents,
    held_out,
    negatives,
    obfuscated,
    pii_numbers,
    pii_people,
    pii_places,
    secret_containers,
    secret_programs,
    secret_tokens,
)
from tests.redaction.classes import Class
from tests.redaction.context import headed, surrounded
from tests.redaction.sample import Sample
from tests.redaction.values import Fake

POSITIVE = frozenset({"secret", "pii", "obfuscated"})
MODULES = (
    secret_tokens,
    secret_containers,
    secret_programs,
    pii_numbers,
    pii_people,
    pii_places,
    obfuscated,
    documents,
    negatives,
)


@dataclass(frozen=True, slots=True)
class Corpus:
    """The samples, and the group of every class."""

    samples: tuple[Sample, ...]
    groups: dict[str, str]


def classes(*, held: bool = False) -> list[Class]:
    """Every class, positive and negative; or those that are held out."""
    return [one for module in ((held_out,) if held else MODULES) for one in module.classes()]


def groups(*, held: bool = False) -> dict[str, str]:
    """The group of every kind of label."""
    return {
        "aws_signature": "secret",
        **{one.kind: one.group for one in (*classes(), *classes(held=held)) if one.group in POSITIVE},
    }


def one(kind: Class, fake: Fake) -> Sample:
    """One sample: made, put behind a head of a log line or into a JSON line, and put among other lines."""
    sample = kind.make(fake)
    if kind.inline:
        sample = headed(fake, sample)
    return surrounded(fake, sample)


def grouped(sample: Sample, known: dict[str, str]) -> Sample:
    """Every label in the group of its kind."""
    return replace(sample, labels=tuple(replace(label, group=known[label.kind]) for label in sample.labels))


def corpus(seed: int = 1, per_class: int = 20, kinds: frozenset[str] | None = None, *, held: bool = False) -> Corpus:
    """The corpus; a class has the same samples whatever other classes there are."""
    samples: list[Sample] = []
    known = groups(held=held)
    for kind in classes(held=held):
        if kinds and kind.kind not in kinds:
            continue
        fake = Fake(random.Random(f"{seed}/{kind.kind}"))
        samples += [grouped(one(kind, fake), known) for _ in range(per_class)]
    return Corpus(tuple(samples), known)


def marked(sample: Sample) -> str:
    """The text with its labels in guillemets and its negatives in braces."""
    marks = [(start, 1, "«") for label in sample.labels for start, _ in label.pieces()]
    marks += [(end, 0, "»") for label in sample.labels for _, end in label.pieces()]
    marks += [(one.start, 1, "⟨") for one in sample.negatives] + [(one.end, 0, "⟩") for one in sample.negatives]
    text = sample.text
    for at, _, mark in sorted(marks, reverse=True):
        text = text[:at] + mark + text[at:]
    return text


def main() -> None:
    made = corpus(per_class=3, kinds=frozenset(sys.argv[1:]) or None)
    for sample in made.samples:
        print(f"--- {sample.kind}\n{marked(sample)}")


if __name__ == "__main__":
    main()
