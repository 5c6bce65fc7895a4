"""Keys that a user gives to events by rules: which events a rule takes, and what their group key is made of instead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import re2

from triage.stacks.digests import Words, chained, word
from triage.stacks.messages import key_text
from triage.stacks.numbering import numbered

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ("FIELDS", "FRAME_FIELDS", "Fingerprint", "taken", "variables")

# The columns of `events` and of `frames` behind the words of a rule.
FIELDS: Final = {
    "kind": "event_kind",
    "type": "error_type",
    "message": "error_value",
    "signal": "signal",
    "level": "level",
    "platform": "platform",
    "service": "service",
    "environment": "environment",
    "release": "release",
}
FRAME_FIELDS: Final = {"function": "function", "module": "module", "file": "file"}
_VARIABLE: Final = re.compile(r"\{\{ ?([a-z_.]{1,30}) ?\}\}")
_FINGERPRINT: Final = word("fingerprint of triage.toml")

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """One rule: patterns on fields of the event and of a frame, and the parts of the key."""

    event: tuple[tuple[str, Any], ...]
    frame: tuple[tuple[str, Any], ...]
    parts: tuple[str, ...]

    @classmethod
    def made(cls, when: dict[str, str], parts: tuple[str, ...]) -> Fingerprint:
        """Compile a rule whose fields are known."""
        globs = {name: _glob(pattern) for name, pattern in when.items()}
        return cls(
            tuple((FIELDS[name], glob) for name, glob in globs.items() if name in FIELDS),
            tuple((FRAME_FIELDS[name], glob) for name, glob in globs.items() if name in FRAME_FIELDS),
            parts,
        )


def variables(parts: Iterable[str]) -> list[str]:
    """The names that stand in double braces.

    Examples
    --------
    >>> variables(["{{ default }}", "in {{service}}"])
    ['default', 'service']
    """
    return [name for part in parts for name in _VARIABLE.findall(part)]


def taken(rules: Iterable[Fingerprint], events: pa.Table, frames: pa.Table, default: Words) -> tuple[Words, Flags]:
    """The group keys of the events that a rule takes, and which these are.

    Parameters
    ----------
    rules
        In their order; the first that fits an event decides.
    events, frames
        The tables of a case.
    default
        uint64, the key of each event without rules.
    """
    keys = default.copy()
    left = np.ones(events.num_rows, np.bool_)
    for rule in rules:
        fits = left & _fits(events, rule.event)
        if rule.frame:
            rows = frames.filter(pa.array(_fits(frames, rule.frame)))
            stacks = rows["stack_key"].unique()
            fits &= pc.is_in(events["stack_key"], value_set=stacks).to_numpy(zero_copy_only=False).astype(bool)
        rows_ = np.flatnonzero(fits)
        if len(rows_):
            keys[rows_] = _keys(rule.parts, events.take(pa.array(rows_)), frames, default[rows_])
            left &= ~fits
    return keys, ~left


def _fits(table: pa.Table, globs: tuple[tuple[str, Any], ...]) -> Flags:
    """Which rows fit every pattern; each distinct value is looked at once."""
    fits = np.ones(table.num_rows, np.bool_)
    for column, glob in globs:
        code, distinct = numbered(table, (column,))
        found = [value is not None and glob.fullmatch(value) is not None for (value,) in distinct]
        fits &= np.array(found, np.bool_)[code]
    return fits


def _keys(parts: tuple[str, ...], events: pa.Table, frames: pa.Table, default: Words) -> Words:
    """Keys of the parts, their variables filled."""
    columns: list[Words | int] = [_FINGERPRINT]
    for part in parts:
        at = 0
        for found in _VARIABLE.finditer(part):
            columns.append(word(part[at : found.start()]))
            columns.append(default if found[1] == "default" else _values(found[1], events, frames))
            at = found.end()
        columns.append(word(part[at:]))
    return chained(events.num_rows, *columns)


def _values(name: str, events: pa.Table, frames: pa.Table) -> Words:
    """The words of a field of some events; of a frame's that of the first frame that counts."""
    if name in FIELDS:
        code, distinct = numbered(events, (FIELDS[name],))
        values = [key_text(value) if name == "message" and value else value or "" for (value,) in distinct]
    else:
        first = frames.filter(pc.fill_null(frames["counted"], fill_value=False))
        place = pc.index_in(events["stack_key"], value_set=first["stack_key"].combine_chunks())
        found = first[FRAME_FIELDS[name]].combine_chunks().take(place.combine_chunks())
        code, distinct = numbered(pa.table({name: found}), (name,))
        values = [value or "" for (value,) in distinct]
    return np.array([word(value) for value in values], np.uint64)[code]


def _glob(pattern: str) -> Any:
    """A pattern with `*` and `?` for RE2, which is linear in what it reads."""
    options = re2.Options()
    options.case_sensitive = False
    options.dot_nl = True
    pieces = [".*" if char == "*" else "." if char == "?" else re2.escape(char) for char in pattern]
    return re2.compile("".join(pieces), options)
