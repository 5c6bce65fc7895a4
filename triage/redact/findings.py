"""What is told of a text that was masked: where something stood, of what kind, and its mask; never the value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import msgspec

from triage.redact import masks
from triage.redact.hits import Hit
from triage.sources.returns import ended_bytes

__all__ = ("Finding", "Masked", "findings", "residues")


class Finding(msgspec.Struct, frozen=True, gc=False):
    """One place in one text: what stood there, and what replaces it; never the value.

    `offset` and `length` are bytes of the masked text; of the text that was scanned where nothing was replaced.
    """

    kind: str
    rule: str
    place: str
    line: int
    offset: int
    length: int
    mask: str
    bucket: str


@dataclass(frozen=True, slots=True, repr=False)
class Masked:
    """A masked text and what was masked in it."""

    data: bytes
    findings: tuple[Finding, ...]

    def __repr__(self) -> str:
        """Sizes only."""
        return f"<Masked {len(self.data):,} bytes, {len(self.findings):,} findings>"


def findings(data: bytes, rules: Mapping[str, str], place: str) -> Iterator[Finding]:
    """The masks of a masked text that were put there, by the rule that found what they stand for."""
    told = {label.encode(): (label, rule, *label[1:-1].split(":")) for label, rule in rules.items()}
    line, at = 1, 0
    lines = ended_bytes(data) if told else data
    for match in masks.MASK.finditer(data) if told else ():
        if found := told.get(match.group()):
            label, rule, kind, _, bucket = found
            start = match.start()
            line += lines.count(b"\n", at, start)
            at = start
            yield Finding(kind, rule, place, line, at, len(label), label, bucket)


def residues(data: bytes, hits: Iterable[Hit], place: str) -> Iterator[Finding]:
    """What is found in a text that nothing replaced."""
    line, at = 1, 0
    lines = ended_bytes(data)
    for hit in hits:
        line += lines.count(b"\n", at, hit.start)
        at = hit.start
        yield Finding(hit.kind, hit.rule, place, line, at, hit.end - at, "", masks.bucket(len(hit.value)))
