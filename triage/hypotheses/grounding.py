"""Grounding: whether what an answer quotes stands in what was sent, and whether it names files that do not.

Evidence is looked for as it was written, then with case, space, quotation marks and the slashes of paths made equal. A
place counts only in a line of data, and only where a word ends on both sides: line 294 is not in `entity.cpp:2944`.
What is found has the rows of the tables that it tells of; what is not is marked, whatever else speaks for it. Words of
the report put in another order are a conclusion, no evidence.

File names, and line numbers beside them, are looked for in every text of the answer: one that the report does not hold
was made up or guessed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from triage.hypotheses.extract import Extract
    from triage.hypotheses.findings import Findings

__all__ = ("NOT_FOUND", "Evidence", "Flag", "Grounds", "Place", "ground")

NOT_FOUND: Final = "not found in the report"
# Letters and digits that evidence needs to tell anything: `0` stands in every report.
_LEAST: Final = 4
_PLACES: Final = 200
_QUOTES: Final = dict.fromkeys(map(ord, "\"'`\u2018\u2019\u201c\u201d\u00b4*"))
_SPACE: Final = re.compile(r"\s+")
_EDGE: Final = re.compile(r"\w")
_DIGITS: Final = re.compile(r"\d+")
_AFTER: Final = re.compile(r"(?::|\s?\(|, line |,? (?:at |in |on )?line |#L)\s{0,2}(\d{1,7})(?!\d)", re.IGNORECASE)
_ALONE: Final = re.compile(r"\bline (?:number )?(\d{1,7})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """A row that evidence tells of, as `Line` has it."""

    table: str
    row: int
    source_id: str
    section: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence: how it was found (exact, normalised, or `NOT_FOUND`), and where."""

    text: str
    found: str
    places: tuple[Place, ...] = ()

    @property
    def is_found(self) -> bool:
        """Whether it stands in what was sent."""
        return self.found != NOT_FOUND


@dataclass(frozen=True, slots=True)
class Flag:
    """A file or line that the report does not hold; `where` is the text that names it: summary, hypotheses[0].title."""

    where: str
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Grounds:
    """The evidence of each hypothesis, in its order, and what is flagged."""

    evidence: tuple[tuple[Evidence, ...], ...]
    flags: tuple[Flag, ...]

    def written(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "evidence": [
                [
                    {
                        "text": each.text,
                        "found": each.found,
                        "places": [
                            {"table": p.table, "row": p.row, "sourceId": p.source_id, "section": p.section}
                            for p in each.places
                        ],
                    }
                    for each in pieces
                ]
                for pieces in self.evidence
            ],
            "flags": [{"where": flag.where, "text": flag.text, "why": flag.why} for flag in self.flags],
        }


def ground(found: Findings, sent: Extract) -> Grounds:
    """Look for all evidence of an answer in what was sent, and for files that were not.

    Examples
    --------
    >>> import triage
    >>> from triage.hypotheses.findings import read
    >>> case = triage.loads("Traceback (most recent call last):\\n  File \\"a.py\\", line 1, in f\\nKeyError: 1\\n")
    >>> one = {"title": "t", "confidence": 0.5, "evidence": ["keyerror: 1", "b.py:2"], "nextSteps": []}
    >>> answer = {"summary": "s", "hypotheses": [one], "missingInfo": [], "recommendedNextSteps": []}
    >>> grounds = ground(read(answer), case.extract(case.incidents()["incident_id"][0]))
    >>> [each.found for each in grounds.evidence[0]], [flag.text for flag in grounds.flags]
    (['normalised', 'not found in the report'], ['b.py'])
    """
    text = _Sent(sent)
    evidence = tuple(tuple(text.evidence(piece) for piece in each.evidence) for each in found.hypotheses)
    flags = tuple(flag for where, said in _texts(found.written()) for flag in text.flags(where, said))
    return Grounds(evidence, flags)


class _Sent:
    """What was sent, prepared for looking things up."""

    def __init__(self, sent: Extract) -> None:
        self._sent = sent
        self._normal, self._back = _normalised(sent.text)
        self._files: dict[str, set[str]] = {}
        for name, line, _, _ in _named(sent.text):
            self._files.setdefault(name, set()).update([line] if line else [])
        self._numbers = set(_DIGITS.findall(sent.text))
        self._words = sent.text.lower().replace("\\", "/")

    def evidence(self, text: str) -> Evidence:
        """One piece of evidence, located."""
        wanted = text.strip()
        if sum(char.isalnum() for char in wanted) >= _LEAST:
            if spans := list(_occurrences(self._sent.text, wanted)):
                return self._located(text, "exact", spans)
            normal = _normalised(wanted)[0].strip()
            if sum(char.isalnum() for char in normal) >= _LEAST:
                back = self._back
                spans = [(back[start], back[end - 1] + 1) for start, end in _occurrences(self._normal, normal)]
                if spans:
                    return self._located(text, "normalised", spans)
        return Evidence(text, NOT_FOUND)

    def _located(self, text: str, found: str, spans: list[tuple[int, int]]) -> Evidence:
        """The rows of the places that lie in data; a heading is no evidence."""
        places: dict[Place, None] = {}
        for start, end in spans:
            if self._sent.is_data(start, end):
                section = self._sent.section_at(start)
                for line in self._sent.rows_at(start, end):
                    places[Place(line.table, line.row, line.source_id, section)] = None
        return Evidence(text, found, tuple(places)) if places else Evidence(text, NOT_FOUND)

    def flags(self, where: str, text: str) -> Iterator[Flag]:
        """The files and lines of a text that are not in what was sent."""
        lines: set[int] = set()
        for name, line, start, at in _named(text):
            spoken = text[start : start + len(name)]
            if line:
                lines.add(at)
            if name not in self._files and not re.search(rf"(?<![\w.-]){re.escape(name)}", self._words):
                yield Flag(where, spoken, "a file that the report does not name")
            elif line and line not in self._files.get(name, ()) and not self._beside(name, line):
                yield Flag(where, f"{spoken}:{line}", "a line of that file that the report does not name")
        for match in _ALONE.finditer(text):
            if match.start(1) not in lines and match[1] not in self._numbers:
                yield Flag(where, match[0], "a line that the report does not name")

    def _beside(self, name: str, line: str) -> bool:
        """Whether some line of the report holds both the file and the number."""
        pattern = re.compile(rf"(?<!\d){line}(?!\d)")
        return any(name in each and pattern.search(each) for each in self._words.splitlines())


def _occurrences(text: str, wanted: str) -> Iterator[tuple[int, int]]:
    """Where a text stands in another one, not within longer words."""
    at, count = text.find(wanted), 0
    before, after = bool(_EDGE.match(wanted[0])), bool(_EDGE.match(wanted[-1]))
    while at >= 0 and count < _PLACES:
        end = at + len(wanted)
        begins = not (before and at and _EDGE.match(text[at - 1]))
        if begins and not (after and end < len(text) and _EDGE.match(text[end])):
            count += 1
            yield at, end
        at = text.find(wanted, at + 1)


def _normalised(text: str) -> tuple[str, list[int]]:
    """The text with case, space, quotation marks and slashes made equal, and where each character of it stood."""
    made: list[str] = []
    back: list[int] = []
    space = True
    for at, char in enumerate(text):
        if char.isspace():
            if not space:
                made.append(" ")
                back.append(at)
            space = True
            continue
        plain = char if char.isascii() else unicodedata.normalize("NFKC", char)
        for part in plain.translate(_QUOTES).replace("\\", "/").lower():
            made.append(part)
            back.append(at)
            space = False
    return "".join(made), back


def _named(text: str) -> Iterator[tuple[str, str, int, int]]:
    """The file names of a text: the last part of the path, its line or "", where the name and the line begin."""
    for match in _file().finditer(text):
        name = match[0].replace("\\", "/").rpartition("/")[2]
        if name.lower() in _listed()[1]:
            continue
        line = _AFTER.match(text, match.end())
        yield name.lower(), line[1] if line else "", match.end() - len(name), line.start(1) if line else -1


@cache
def _listed() -> tuple[tuple[str, ...], frozenset[str]]:
    """The suffixes of files, longest first, and names that end in one and are of no file."""
    text = resources.files("triage.hypotheses").joinpath("suffixes.txt").read_text("utf-8")
    lines = [line.strip() for line in text.splitlines() if line.strip() and line[0] != "#"]
    suffixes = sorted((line for line in lines if line[0] != "!"), key=lambda suffix: (-len(suffix), suffix))
    return tuple(suffixes), frozenset(line[1:] for line in lines if line[0] == "!")


@cache
def _file() -> re.Pattern[str]:
    """A path or name that ends in the suffix of a source file or image."""
    suffixes = "|".join(map(re.escape, _listed()[0]))
    return re.compile(rf"(?<![\w.])[\w./\\:+-]{{0,200}}\w\.(?:{suffixes})(?![\w/\\])", re.IGNORECASE)


def _texts(value: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Every text of an answer with the path that leads to it."""
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _texts(item, f"{where}[{number}]")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, f"{where}.{key}" if where else key)
