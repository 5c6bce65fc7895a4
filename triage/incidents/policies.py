"""Capture policies of a case: what a caller asks for, what the tables tell of them, and the classes that they give.

A policy is an annotation of no event: its scope is ``capture``, its key the id of the file whose events it is for, ""
for all, its value a JSON object: ``{"preset": "minimal", "statuses": [404], "paths": [[404, "/orders/*", ["GET"]]]}``.
So it goes with the tables, and from there into an archive. A policy adds incidents and takes none away; what an archive
tells holds for its own members only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from triage.errors import TriageError, demand
from triage.incidents.classes import Capture, PathRule, classify
from triage.records import json_text
from triage.share.printable import plural
from triage.stacks import keys
from triage.stacks.joining import isin

if TYPE_CHECKING:
    from triage.stacks.settings import Rules

__all__ = ("SCOPE", "applied", "asked", "classified", "described", "masked", "of_files", "told")

SCOPE: Final = "capture"
_PATHS: Final = "each of paths is a status and a path, and maybe methods: (404, '/orders/*', ['GET'])"
# Policies that one case can be under, file by file, and the characters of one.
_MOST: Final = 16
_LONGEST: Final = 65_536


def asked(preset: str, statuses: Iterable[int], paths: Iterable[Any]) -> Capture:
    """The policy that a caller names.

    Raises
    ------
    TriageError
        It is none that DebugBundle takes.
    """
    demand(statuses, Iterable, "statuses are some numbers, as statuses=[422]")
    demand(paths, Iterable, "paths are some rules, as paths=[(404, '/orders/*')]")
    rules = []
    methods: Any
    for rule in paths:
        if isinstance(rule, str | bytes) or not isinstance(rule, Sequence) or len(rule) not in {2, 3}:
            raise TriageError(_PATHS)
        methods = rule[2] if len(rule) > 2 else ()
        if isinstance(methods, str | bytes) or not isinstance(methods, Iterable):
            raise TriageError(f"{_PATHS}; the methods are a list, even of one")
        rules.append(PathRule(rule[0], rule[1], tuple(methods)))
    return Capture(preset, tuple(statuses), tuple(rules))


def told(tables: dict[str, pa.Table], capture: Capture) -> dict[str, pa.Table]:
    """The tables with a policy for all of their events, in place of those that they told of."""
    notes = tables["annotations"]
    left = notes.filter(pc.invert(_is_told(notes)))
    if capture != Capture():
        row = {"event_id": None, "scope": SCOPE, "key": "", "value": json_text(_object(capture))}
        left = pa.concat_tables([left, pa.Table.from_pylist([row], notes.schema)])
    return tables | {"annotations": left}


def _is_told(notes: pa.Table) -> pa.ChunkedArray:
    """Which annotations tell of a policy."""
    return pc.and_(pc.equal(notes["scope"], SCOPE), pc.is_null(notes["event_id"]))


def _object(capture: Capture) -> dict[str, Any]:
    """A policy as an object of JSON."""
    paths = [[int(rule.status), rule.path, list(rule.methods)] for rule in capture.paths]
    return {"preset": capture.preset, "statuses": [int(status) for status in capture.statuses], "paths": paths}


def _read(text: str) -> Capture | None:
    """A policy from that; None where it is none."""
    try:
        value = msgspec.json.decode(text) if len(text) <= _LONGEST else None
        return asked(value["preset"], value.get("statuses", []), value.get("paths", [])) if value else None
    except (msgspec.DecodeError, RecursionError, TriageError, TypeError, KeyError, AttributeError, OverflowError):
        return None


def _sources(tables: Mapping[str, pa.Table]) -> dict[str, list[str]]:
    """The policies that the tables tell of, and the files that each is for."""
    notes = tables["annotations"]
    notes = notes.filter(_is_told(notes))
    found: dict[str, list[str]] = {}
    for source, text in zip(notes["key"].to_pylist(), notes["value"].to_pylist(), strict=True):
        found.setdefault(text, []).append(source)
    return found


def _known(tables: Mapping[str, pa.Table]) -> list[tuple[Capture, list[str]]]:
    """The policies that hold, and the files that each is for."""
    read = ((_read(text), sources) for text, sources in list(_sources(tables).items())[:_MOST])
    return [(capture, sources) for capture, sources in read if capture is not None]


def of_files(tables: Mapping[str, pa.Table]) -> dict[str, Capture]:
    """The policy by the id of the file that it is for, "" for all."""
    return {source: capture for capture, sources in _known(tables) for source in sources}


def masked(capture: Capture, mask: Callable[[str], str]) -> dict[str, Any]:
    """A policy as it may leave; a path that masks make none is left out."""
    rules = [PathRule(rule.status, mask(rule.path), rule.methods) for rule in capture.paths]
    return _object(Capture(capture.preset, capture.statuses, tuple(rule for rule in rules if rule.is_path)))


def classified(tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """The tables with the classes that their policies give; the same where they tell of none."""
    policies = _known(tables)
    if not policies:
        return tables
    events = tables["events"]
    made = events["event_class"]
    for capture, sources in policies:
        notes = tables["annotations"]
        found = classify(events, capture.preset, statuses=capture.statuses, paths=capture.paths, notes=notes)
        here = pc.is_in(events["source_id"], value_set=pa.array(sources, pa.string()))
        made = found if "" in sources else pc.if_else(here, found, made)
    place = events.schema.get_field_index("event_class")
    events = events.set_column(place, events.schema.field(place), made.cast(events.schema.field(place).type))
    return tables | {"events": events}


def applied(tables: dict[str, pa.Table], rules: Rules | None = None) -> dict[str, pa.Table]:
    """The same of tables that have their keys, with those of what makes incidents by the policies."""
    made = classified(tables)
    return tables if made is tables else keys.annotate(made, rules)


def described(tables: Mapping[str, pa.Table]) -> list[str]:
    """Under which policy a case is shown, in words that hold no content; nothing where that is the readers' own."""
    known, every = _known(tables), _sources(tables)
    parts = []
    if len(known) == 1:
        parts.append(f"under {_said(*known)}{_reach(tables, known[0][1])}")
    elif known:
        parts.append(f"under {len(known)} capture policies, each for some files")
    if len(every) > len(known):
        wrong = len(every) - len(known)
        parts.append(f"{wrong:,} unknown capture {'policy' if wrong == 1 else 'policies'} passed over")
    return parts


def _said(of: tuple[Capture, list[str]]) -> str:
    """A policy in a few words."""
    capture, _ = of
    more = [f"status {status}" for status in sorted(set(capture.statuses))]
    if capture.paths:
        more.append(plural(len(capture.paths), "path"))
    return f"the capture policy {capture.preset}{' with ' if more else ''}{' and '.join(more)}"


def _reach(tables: Mapping[str, pa.Table], sources: list[str]) -> str:
    """Whether a policy is for some of the files with events only."""
    if "" in sources:
        return ""
    events = tables["events"].select(["source_id"])
    whole = isin(events, "source_id", sources).num_rows == events.num_rows
    return "" if whole else " for some files"
