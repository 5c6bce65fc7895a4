"""What a panel of hypotheses shows, as plain rows: what would be sent, runs, and one run with all that became of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import msgspec

__all__ = (
    "CheckRow",
    "Engine",
    "EvidenceRow",
    "HypothesisCard",
    "KeyedRow",
    "Place",
    "PlaceRow",
    "Reading",
    "RunPage",
    "RunRow",
    "SectionRow",
    "Sent",
    "Stored",
    "engine_name",
    "mapped",
    "predicted",
)

_STATUS: Final = {"PENDING_REVIEW": "pending", "SUCCESS": "answered", "FAILED": "failed"}
# Columns that tell rows from others and tell a person nothing.
_KEYS: Final = frozenset({"event_id", "incident_id", "source_id", "stack_key"})


@dataclass(frozen=True, slots=True)
class SectionRow:
    """A section of what would be sent; `line` is where it begins, among the lines of the whole."""

    name: str
    title: str
    lines: int
    lines_cut: int
    chars: int
    chars_cut: int
    line: int


@dataclass(frozen=True, slots=True)
class Sent:
    """What would be sent; `error` says why nothing can be."""

    chars: int
    sections: tuple[SectionRow, ...]
    error: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The text that would be sent, line by line, and whether each line is of the report (else a heading)."""

    lines: tuple[str, ...]
    data: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Engine:
    """Who can be asked; `why` says why not."""

    name: str
    label: str
    about: str
    why: str


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run in a line. `elapsed` is of one that is pending, in seconds; `mine` says whether it can be cancelled."""

    run_id: str
    name: str
    status: str
    created: str
    took: float | None
    elapsed: float | None
    mine: bool
    about: str


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """Where something stands: in words, and the line of what would be sent, -1 where it is in none."""

    words: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """A piece of evidence: as it was written, how it was found ("" where it was not), and where."""

    text: str
    found: str
    places: tuple[PlaceRow, ...]


@dataclass(frozen=True, slots=True)
class CheckRow:
    """A prediction in words, its verdict, why, and the rows that it rests on."""

    predicts: str
    verdict: str
    why: str
    rows: tuple[PlaceRow, ...]


@dataclass(frozen=True, slots=True)
class HypothesisCard:
    """One hypothesis."""

    title: str
    confidence: float
    evidence: tuple[EvidenceRow, ...]
    checks: tuple[CheckRow, ...]
    next_steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RunPage:
    """A run with all that became of it. `remarks` is what a reader should know beside the answer."""

    run: RunRow
    facts: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...]
    error: str
    summary: str
    signature: str
    severity: str
    hypotheses: tuple[HypothesisCard, ...]
    flags: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    steps: tuple[str, ...]


class Place(msgspec.Struct, frozen=True, rename="camel"):
    """A row that evidence stands in, as `grounding` writes it."""

    table: str
    row: int
    source_id: str = ""
    section: str = ""


class _Evidence(msgspec.Struct, frozen=True):
    text: str
    found: str
    places: tuple[Place, ...] = ()


class _Flag(msgspec.Struct, frozen=True):
    where: str
    text: str
    why: str


class _Grounds(msgspec.Struct, frozen=True):
    evidence: tuple[tuple[_Evidence, ...], ...] = ()
    flags: tuple[_Flag, ...] = ()


class KeyedRow(msgspec.Struct, frozen=True):
    """A row that a check rests on, as `checks_scene` writes it."""

    table: str
    key: dict[str, str | int]


class _Checked(msgspec.Struct, frozen=True):
    verdict: str
    why: str
    rows: tuple[KeyedRow, ...] = ()


class _Severity(msgspec.Struct, frozen=True):
    level: str
    reasons: tuple[str, ...] = ()


class Stored(msgspec.Struct, frozen=True):
    """The answer of a run as its file has it: read anew, since whoever can write into the folder can write it."""

    findings: dict[str, Any]
    grounds: _Grounds = _Grounds()
    checks: tuple[tuple[_Checked, ...], ...] = ()
    severity: _Severity | None = None


def engine_name(engine: str, model: str) -> str:
    """Who was asked, in words."""
    return "rules, no model" if engine == "rules" else model or engine


def status_word(status: str) -> str:
    """What became of a run, in a word."""
    return _STATUS.get(status, "failed")


def key_words(table: str, key: dict[str, str | int]) -> str:
    """A row of a table in words: what of its key tells a person something."""
    told = [f"{name} {value}" for name, value in key.items() if name not in _KEYS]
    return f"{table}: {', '.join(told)}" if told else table


def predicted(check: dict[str, Any]) -> str:
    """A prediction in words, whatever a model wrote in the place of one.

    Examples
    --------
    >>> predicted({"kind": "top_frame", "function": "parse", "expected": False})
    'not top frame: function parse'
    """
    fields = dict(check)
    kind = str(fields.pop("kind", "prediction")).replace("_", " ")
    mark = "not " if fields.pop("expected", True) is False else ""
    told = ", ".join(f"{name} {_value(value)}" for name, value in fields.items())
    return f"{mark}{kind}: {told}" if told else f"{mark}{kind}"


def _value(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return "yes" if value else "no"
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def mapped(value: Any, change: Callable[[str], str]) -> Any:
    """A decoded JSON value with every text changed, names of keys included."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list | tuple):
        return [mapped(item, change) for item in value]
    if isinstance(value, dict):
        return {change(str(key)): mapped(item, change) for key, item in value.items()}
    return value
