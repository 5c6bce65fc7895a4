"""What a labelled text is, and how one is put together from a template.

A template is text with fields in guillemets: `«name»` is filled and not labelled, `«name!kind»` is filled and labelled,
`«name?»` is filled and neutral (two judges may differ about it, so that masking it is neither right nor wrong), and
`«name~kind»` is a hard negative. `«name|json»` escapes the value as the container needs it. `S!` alone means the class
that is being made.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from urllib.parse import quote

FIELD = re.compile(r"«(?P<name>\w+)(?:(?P<mark>[!?~])(?P<kind>\w*))?(?:\|(?P<escape>\w+))?»")

ESCAPES: dict[str, Callable[[str], str]] = {
    "json": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "ascii": lambda text: json.dumps(text)[1:-1],
    "xml": lambda text: html.escape(text, quote=True),
    "url": lambda text: quote(text, safe=""),
    "repr": lambda text: text.replace("\\", "\\\\").replace("'", "\\'"),
}


@dataclass(frozen=True, slots=True)
class Label:
    """Something that must not leave; `parts` are its pieces where something harmless stands between them."""

    start: int
    end: int
    kind: str
    group: str
    parts: tuple[tuple[int, int], ...] = ()

    def pieces(self) -> tuple[tuple[int, int], ...]:
        return self.parts or ((self.start, self.end),)

    def shifted(self, by: int) -> Label:
        parts = tuple((start + by, end + by) for start, end in self.parts)
        return replace(self, start=self.start + by, end=self.end + by, parts=parts)


@dataclass(frozen=True, slots=True)
class Negative:
    """Something that looks like a secret and is none."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A labelled text."""

    text: str
    labels: tuple[Label, ...] = ()
    negatives: tuple[Negative, ...] = ()
    neutral: tuple[tuple[int, int], ...] = ()
    kind: str = ""
    whole: bool = field(default=False, compare=False)  # a document of its own: nothing is put around it

    def around(self, before: str, after: str) -> Sample:
        """The same between two texts."""
        by = len(before)
        return replace(
            self,
            text=before + self.text + after,
            labels=tuple(label.shifted(by) for label in self.labels),
            negatives=tuple(Negative(one.start + by, one.end + by, one.kind) for one in self.negatives),
            neutral=tuple((start + by, end + by) for start, end in self.neutral),
        )

    def mapped(self, change: Callable[[str], str]) -> Sample:
        """The same with every character changed on its own, as escaping does."""
        offsets = [0]
        out = []
        for character in self.text:
            out.append(change(character))
            offsets.append(offsets[-1] + len(out[-1]))

        def moved(start: int, end: int) -> tuple[int, int]:
            return offsets[start], offsets[end]

        return replace(
            self,
            text="".join(out),
            labels=tuple(
                Label(*moved(one.start, one.end), one.kind, one.group, tuple(moved(*part) for part in one.parts))
                for one in self.labels
            ),
            negatives=tuple(Negative(*moved(one.start, one.end), one.kind) for one in self.negatives),
            neutral=tuple(moved(*span) for span in self.neutral),
        )

    def escaped(self) -> Sample:
        """The same as the inside of a JSON string."""
        return self.mapped(ESCAPES["json"])

    def named(self, kind: str) -> Sample:
        return replace(self, kind=kind)


def join(samples: list[Sample]) -> Sample:
    """One after the other."""
    whole = Sample("")
    for sample in samples:
        tail = sample.around(whole.text, "")
        whole = Sample(
            tail.text,
            whole.labels + tail.labels,
            whole.negatives + tail.negatives,
            whole.neutral + tail.neutral,
            whole.kind or sample.kind,
        )
    return whole


def fill(
    template: str,
    values: Callable[[str], str],
    kind: str,
    group: str,
) -> Sample:
    """Fill a template; `values` gives the value of a field, the same one again where its name has a capital."""
    known: dict[str, str] = {}
    out: list[str] = []
    labels: list[Label] = []
    negatives: list[Negative] = []
    neutral: list[tuple[int, int]] = []
    at = length = 0
    for found in FIELD.finditer(template):
        out.append(template[at : found.start()])
        length += len(out[-1])
        at = found.end()
        name, mark, other, escape = found["name"], found["mark"], found["kind"] or kind, found["escape"]
        text = known.get(name) or values(name)
        if name[0].isupper():
            known[name] = text
        value = ESCAPES[escape](text) if escape else text
        out.append(value)
        span = (length, length + len(value))
        length = span[1]
        if mark == "!":
            labels.append(Label(*span, other, group))
        elif mark == "~":
            negatives.append(Negative(*span, other))
        elif mark == "?":
            neutral.append(span)
    out.append(template[at:])
    return Sample("".join(out), tuple(labels), tuple(negatives), tuple(neutral), kind)
