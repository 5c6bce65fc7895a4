"""The extract: what of one incident a model is shown, and what a person can read before it is sent.

It is made of the tables of a `RedactedCase`, whatever format they were read from: the exception and the system first,
then the frames from the crashing one outward, then everything else that fits. Each line knows the row that it tells of,
each section how much of it was cut. The numbers are those of the crash-review plan (see `settings`); there the modules
stand before the frames, so that a long list of them pushes the crash out of what is sent.

Lines of data are indented, headings are not: no text of a log can pass for a heading.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple

from triage.errors import RedactionError, TriageError, no_incident
from triage.hypotheses import sections as made
from triage.hypotheses.settings import ALWAYS, SECTIONS, Settings
from triage.incidents.layout import typed
from triage.redact import mask, spans
from triage.share.printable import plural
from triage.share.redacted import RedactedCase

if TYPE_CHECKING:
    import pandas as pd

    from triage.hypotheses.sections import Line
    from triage.redact.policy import Policy

__all__ = ("Extract", "Section", "extract", "rescan")

INDENT: Final = "  "
# What one line and one section that is always in may have, whatever else is cut.
_LONGEST: Final = 2_000
_ALWAYS_CHARS: Final = 8_000
# The longest mask, and what the heading of a section and the line that tells of its cut take.
_MASK: Final = 80
_HEADING: Final = 120
_DEFAULT: Final = Settings()


class Cap(NamedTuple):
    """How much of a section is kept: lines, characters, and which part: its head, its tail, or both ends."""

    lines: int
    chars: int
    side: str


_CAPS: Final = {
    "exception": Cap(40, _ALWAYS_CHARS, "head"),
    "system": Cap(20, _ALWAYS_CHARS, "head"),
    "frames": Cap(400, 50_000, "ends"),
    "incident": Cap(40, 6_000, "head"),
    "threads": Cap(300, 20_000, "head"),
    "logs": Cap(300, 30_000, "tail"),
    "annotations": Cap(200, 15_000, "head"),
    "metrics": Cap(100, 8_000, "head"),
    "feedback": Cap(40, 4_000, "head"),
}


@dataclass(frozen=True, slots=True)
class Section:
    """One section: the lines that are kept, and how many lines and characters there were.

    `gap` is how many of the kept lines stand before what was cut.
    """

    name: str
    title: str
    lines: tuple[Line, ...]
    lines_in_all: int
    chars_in_all: int
    gap: int

    @property
    def chars(self) -> int:
        """Characters that are kept, line ends included."""
        return sum(len(line.text) + 1 for line in self.lines)

    @property
    def lines_cut(self) -> int:
        """Lines that are not sent."""
        return self.lines_in_all - len(self.lines)

    @property
    def chars_cut(self) -> int:
        """Characters that are not sent."""
        return self.chars_in_all - self.chars

    def written(self) -> list[tuple[str, Line | None]]:
        """The section as lines of text, each with the line of data that it is."""
        rows: list[tuple[str, Line | None]] = [(f"{self.name}: {self.title}", None)]
        rows += [(INDENT + line.text, line) for line in self.lines]
        if self.chars_cut:
            told = plural(self.lines_cut, "line") if self.lines_cut else f"{self.chars_cut:,} characters"
            rows.insert(1 + self.gap, (f"({told} cut here)", None))
        return rows


@dataclass(frozen=True, slots=True, repr=False)
class Extract:
    """What is sent of one incident, as text and by section. Masked, and scanned again.

    Attributes
    ----------
    incident_id, event_id : str
        Whose it is; the event is the newest one of the incident.
    sections : tuple of Section
        In their order.
    text : str
        What is sent.
    sha256 : str
        Of the whole text, before anything was cut.
    digest : str
        SHA-256 of `text`.
    """

    incident_id: str
    event_id: str
    sections: tuple[Section, ...]
    text: str
    sha256: str
    digest: str
    _rows: tuple[Line | None, ...] = field(default=(), compare=False)
    _starts: tuple[int, ...] = field(default=(), compare=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per section: section, title, lines, lines_cut, chars, chars_cut."""
        counts = dict.fromkeys(("lines", "lines_cut", "chars", "chars_cut"), "int64")
        rows = [
            (each.name, each.title, len(each.lines), each.lines_cut, each.chars, each.chars_cut)
            for each in self.sections
        ]
        return typed({"section": "string", "title": "string"} | counts, rows)

    @property
    def cuts(self) -> tuple[str, ...]:
        """What was cut, one sentence for each section that is not whole."""
        return tuple(
            f"{each.name}: {plural(each.lines_cut, 'line')} and {plural(each.chars_cut, 'character')} of "
            f"{each.chars_in_all:,} cut"
            for each in self.sections
            if each.chars_cut
        )

    def rows_at(self, start: int, end: int) -> list[Line]:
        """The lines of data that a stretch of `text` touches."""
        first = max(bisect_right(self._starts, start) - 1, 0)
        last = bisect_right(self._starts, max(end - 1, start))
        return [row for row in self._rows[first:last] if row is not None]

    def is_data(self, start: int, end: int) -> bool:
        """Whether a stretch of `text` lies in lines of data only, not in a heading."""
        first = max(bisect_right(self._starts, start) - 1, 0)
        return all(row is not None for row in self._rows[first : bisect_right(self._starts, max(end - 1, start))])

    def section_at(self, at: int) -> str:
        """The name of the section in which a character of `text` stands."""
        return self._heading(at)[0]

    def place(self, at: int) -> str:
        """Where a character of `text` stands, in words without content."""
        name, line = self._heading(at)
        return f"{name or 'the extract'}, line {line}"

    def _heading(self, at: int) -> tuple[str, int]:
        """The section, and how many lines after its heading."""
        line = max(bisect_right(self._starts, at) - 1, 0)
        for number in range(line, -1, -1):
            if self._rows and self._rows[number] is None:
                name = self.text[self._starts[number] :].partition(":")[0]
                if name in SECTIONS:
                    return name, line - number
        return "", line

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        cut = ", ".join(each.name for each in self.sections if each.chars_cut)
        told = f", cut: {cut}" if cut else ""
        return f"<triage.Extract: {plural(len(self.sections), 'section')}, {len(self.text):,} characters{told}>"


def extract(case: RedactedCase, incident_id: str, settings: Settings = _DEFAULT) -> Extract:
    """What of an incident would be sent to a model.

    Parameters
    ----------
    case
        Masked; a raw case is refused.
    incident_id
        As in `case.incidents()`.
    settings
        Which sections, and their caps.

    Raises
    ------
    TypeError
        This is a raw case.
    TriageError
        No incident has that id.
    RedactionError
        Something that must be masked is still in it; the message says where and what kind.

    Examples
    --------
    >>> import triage
    >>> case = triage.loads("Traceback (most recent call last):\\n  File \\"a.py\\", line 1, in f\\nKeyError: 1\\n")
    >>> redacted = case.redact()
    >>> print(extract(redacted, case.incidents()["incident_id"][0]).text.partition("\\n\\n")[0])
    exception: what was raised, newest event
      type: KeyError
      message: 1
      kind: exception
      level: error
      where: f (a.py:1)
    """
    if not isinstance(case, RedactedCase):
        raise TypeError("an extract is made of a RedactedCase: case.redact(), or RedactedCase.lazy(case)")
    incidents = case.incidents()
    chosen = incidents[incidents["incident_id"] == incident_id]
    if chosen.empty:
        raise TriageError(no_incident(incident_id, incidents["incident_id"].tolist()))
    names = [name for name in SECTIONS if name in {*settings.sections, *ALWAYS}]
    with case.about(incident_id) as (masked, event):
        whole = made.Whole(masked, chosen.iloc[0], event)
        found = _masked({name: whole.lines(name) for name in names}, case.policy)
        unread = whole.unread if "tail" in names else 0
    return _assembled(incident_id, whole.event_id, found, settings, policy=case.policy, unread=unread)


def rescan(text: str, policy: Policy, found: Extract | None = None) -> None:
    """Look once more for what must not leave.

    Raises
    ------
    RedactionError
        There is something; the message says where and what kind, not what.
    """
    hits = spans(text, policy=policy)
    if hits:
        start, _, kind = hits[0]
        place = found.place(start) if found else f"line {text.count(chr(10), 0, start) + 1}"
        more = f", and {plural(len(hits) - 1, 'other place')}" if len(hits) > 1 else ""
        raise RedactionError(
            f"something of the kind {kind} is still in what would be sent ({place}{more}), so nothing is sent; "
            "leave that section out (includeSections), or add a pattern for it to triage.toml"
        )


def _masked(found: dict[str, list[Line]], policy: Policy) -> dict[str, list[Line]]:
    """The lines with masks for what shows only where a key and its value stand side by side, as they do here."""
    text = "\n".join("\n".join([f"{name}:", *(INDENT + line.text for line in lines)]) for name, lines in found.items())
    masked = iter(mask(text, policy=policy).split("\n"))
    kept: dict[str, list[Line]] = {}
    for name, lines in found.items():
        heading = next(masked, "")
        told = [next(masked, "") for _ in lines]
        if heading != f"{name}:" or not all(line.startswith(INDENT) for line in told):
            raise RedactionError("a value that must be masked runs over several lines of what would be sent")
        kept[name] = [_short(line._replace(text=text[len(INDENT) :])) for line, text in zip(lines, told, strict=True)]
    return kept


def _assembled(
    incident_id: str,
    event_id: str,
    found: dict[str, list[Line]],
    settings: Settings,
    *,
    policy: Policy,
    unread: int = 0,
) -> Extract:
    """Give each section its room, in their order, and write them down."""
    full = hashlib.sha256()
    for name, lines in found.items():
        full.update("\n".join([name, *(line.text for line in lines)]).encode("utf-8", "replace") + b"\n\n")
    left = max(settings.extract_chars - _HEADING * len(found), 0)
    kept: list[Section] = []
    for name in list(found):
        if found[name]:
            section = _cut(name, found[name], _cap(name, settings), left)
            if name == "head" and "tail" in found:
                rest = found["head"][len(section.lines) :]
                found["tail"] = rest + found["tail"]
                section = replace(section, lines_in_all=len(section.lines), chars_in_all=section.chars)
            elif name == "tail":
                section = replace(section, chars_in_all=section.chars_in_all + unread)
            left = max(left - section.chars - len(INDENT) * len(section.lines), 0)
            if section.chars_in_all:
                kept.append(section)
    texts: list[str] = []
    rows: list[Line | None] = []
    for section in kept:
        for text, row in section.written():
            texts.append(text)
            rows.append(row)
        texts.append("")
        rows.append(None)
    text = "\n".join(texts[:-1]) + "\n" if texts else ""
    starts = tuple(accumulate((len(each) + 1 for each in texts), initial=0))[: len(rows)]
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    made_of = Extract(incident_id, event_id, tuple(kept), text, full.hexdigest(), digest, tuple(rows), starts)
    rescan(text, policy, made_of)
    return made_of


def _cap(name: str, settings: Settings) -> Cap:
    if name == "modules":
        return Cap(settings.module_lines, settings.module_chars, "head")
    if name in {"head", "tail"}:
        return Cap(1 << 30, settings.head_chars if name == "head" else settings.tail_chars, name)
    return _CAPS[name]


def _cut(name: str, lines: list[Line], cap: Cap, left: int) -> Section:
    """The lines of a section that fit."""
    room = cap.chars if name in ALWAYS else min(cap.chars, left)
    sizes = [len(line.text) + 1 for line in lines]
    first = {"head": cap.lines, "tail": 0, "ends": cap.lines * 3 // 4}[cap.side]
    head = _fitting(sizes, first, room if cap.side == "head" else room * 3 // 4)
    if cap.side == "head" or (head == len(lines)):
        keep, gap = lines[:head], head
    else:
        spent = sum(sizes[:head])
        tail = _fitting(sizes[: head - 1 if head else None : -1], cap.lines - head, room - spent)
        keep, gap = [*lines[:head], *lines[len(lines) - tail :]], head
    return Section(name, made.TITLES[name], tuple(keep), len(lines), sum(sizes), gap)


def _fitting(sizes: list[int], lines: int, chars: int) -> int:
    """How many of the first lines fit."""
    count = 0
    for size in sizes[:lines]:
        chars -= size
        if chars < 0:
            break
        count += 1
    return count


def _short(line: Line) -> Line:
    """A line without what is too long in it."""
    if len(line.text) <= _LONGEST:
        return line
    kept = line.text[:_LONGEST]
    opened = kept.rfind("[", _LONGEST - _MASK)
    if opened > kept.rfind("]"):
        kept = kept[:opened]  # no mask is cut in two
    return line._replace(text=f"{kept}... ({len(line.text) - len(kept):,} characters cut)")
