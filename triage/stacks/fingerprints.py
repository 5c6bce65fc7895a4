"""Keys that a user gives to events by rules: which events a rule takes, and what their group key is made of instead.

A fingerprint of `{{ default }}` alone is the key that triage would give; the rule then only keeps later ones off.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from triage.stacks.digests import Words, chained, word
from triage.stacks.frame_table import TRAITS, FrameTable, file_name
from triage.stacks.globs import glob
from triage.stacks.messages import key_text
from triage.stacks.names import basename
from triage.stacks.numbering import numbered

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = (
    "DEFAULT", "FIELDS", "FRAME_FIELDS", "VARIABLE", "Condition", "Fingerprint", "frame_value", "taken", "variables",
    "wrong",
)  # fmt: skip

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
DEFAULT: Final = "default"
VARIABLE: Final = re.compile(r"\{\{[ \t]{0,20}([A-Za-z_.]{1,30})[ \t]{0,20}\}\}")
# What looks like a variable and is none: a name of one in single braces, or double braces around something else.
_BRACED: Final = re.compile(r"\{\{[^{}]{0,40}\}{0,2}|\}\}|\{[ \t]{0,20}([A-Za-z_.]{1,30})[ \t]{0,20}\}")
_FINGERPRINT: Final = word("fingerprint of triage.toml")

Flags = npt.NDArray[np.bool_]


class Condition(NamedTuple):
    """A pattern on a column; where it is `not_so` it must not fit."""

    column: str
    pattern: Any
    not_so: bool

    @classmethod
    def made(cls, column: str, pattern: str) -> Condition:
        """Of a pattern as it is written, with `!` in front where it must not fit."""
        return cls(column, glob(pattern.removeprefix("!")), pattern.startswith("!"))

    def holds(self, value: str | None) -> bool:
        """Whether it holds of a value; where there is none nothing fits."""
        return (value is not None and self.pattern.fullmatch(value) is not None) != self.not_so


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """One rule: conditions on fields of the event and of a frame, and the parts of the key; `when` as written."""

    event: tuple[Condition, ...]
    frame: tuple[Condition, ...]
    parts: tuple[str, ...]
    when: tuple[tuple[str, str], ...] = ()

    @classmethod
    def made(cls, when: dict[str, str], parts: tuple[str, ...]) -> Fingerprint:
        """Compile a rule whose fields are known."""
        return cls(
            tuple(Condition.made(FIELDS[name], pattern) for name, pattern in when.items() if name in FIELDS),
            tuple(
                Condition.made(FRAME_FIELDS[name], pattern) for name, pattern in when.items() if name in FRAME_FIELDS
            ),
            parts,
            tuple(when.items()),
        )

    @property
    def is_default(self) -> bool:
        """Whether the key is the one that triage would give."""
        return (
            len(self.parts) == 1 and variables(self.parts) == [DEFAULT] and not VARIABLE.sub("", self.parts[0]).strip()
        )

    def deciding(self, frames: pa.Table) -> Flags:
        """Which frames decide whether the rule takes an event: those that fit, or those that must not be there."""
        fits = _holding(frames, self.frame)
        return ~fits if self._is_absence else fits

    def takes(self, events: pa.Table, frames: pa.Table) -> Flags:
        """Which events the rule takes, whatever other rules do."""
        found = _holding(events, self.event)
        if not self.frame:
            return found
        stacks = frames.filter(pa.array(self.deciding(frames)))["stack_key"].unique()
        there: Flags = pc.is_in(events["stack_key"], value_set=stacks).to_numpy(zero_copy_only=False).astype(bool)
        found &= ~there if self._is_absence else there
        return found

    @property
    def _is_absence(self) -> bool:
        """Whether all conditions on frames are on what no frame may be."""
        return all(each.not_so for each in self.frame)


def variables(parts: Iterable[str]) -> list[str]:
    """The names that stand in double braces.

    Examples
    --------
    >>> variables(["{{ default }}", "in {{service}}"])
    ['default', 'service']
    """
    return [name for part in parts for name in VARIABLE.findall(part)]


def wrong(part: str) -> str:
    """What in a part is meant to be a variable and would be taken as it stands; "" where nothing is.

    Examples
    --------
    >>> wrong("in { service }"), wrong("{{service}"), wrong("{{ service }} {x}")
    ('{ service }', '{{service}', '')
    """
    for found in _BRACED.finditer(VARIABLE.sub("", part)):
        if found[1] is None or found[1].lower() in {DEFAULT, *FIELDS, *FRAME_FIELDS}:
            return found[0]
    return ""


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
        fits = left & rule.takes(events, frames)
        rows = np.flatnonzero(fits)
        if len(rows):
            if not rule.is_default:
                keys[rows] = _keys(rule.parts, events.take(pa.array(rows)), frames, default[rows])
            left &= ~fits
    return keys, ~left


def _holding(table: pa.Table, conditions: tuple[Condition, ...]) -> Flags:
    """Of which rows every condition holds; each distinct value is looked at once."""
    fits = np.ones(table.num_rows, np.bool_)
    for one in conditions:
        code, distinct = numbered(table, (one.column,))
        fits &= np.array([one.holds(value) for (value,) in distinct], np.bool_)[code]
    return fits


def _keys(parts: tuple[str, ...], events: pa.Table, frames: pa.Table, default: Words) -> Words:
    """Keys of the parts, their variables filled."""
    columns: list[Words | int] = [_FINGERPRINT]
    for part in parts:
        at = 0
        for found in VARIABLE.finditer(part):
            columns.append(word(part[at : found.start()]))
            columns.append(default if found[1] == DEFAULT else _values(found[1], events, frames))
            at = found.end()
        columns.append(word(part[at:]))
    return chained(events.num_rows, *columns)


def frame_value(name: str, traits: Sequence[Any]) -> str:
    """The value of a field of a frame in a key, by its `TRAITS`: as keys take names, images and files without folders.

    Examples
    --------
    >>> frame = ("frame", "cart<int>(int)", "/opt/lib/shop.so", None, "/home/ada/src/cart.cc", "c++", None)
    >>> [frame_value(name, frame) for name in FRAME_FIELDS]
    ['cart', 'shop.so', 'cart.cc']
    """
    told = dict(zip(TRAITS, traits, strict=True))
    if name == "function":
        return FrameTable.default().known(tuple(traits)).name if told["function"] else ""
    return file_name(told["file"]) if name == "file" else basename(told["module"] or "")


def _values(name: str, events: pa.Table, frames: pa.Table) -> Words:
    """The words of a field of some events; of a frame's that of the first frame that counts."""
    if name in FIELDS:
        code, distinct = numbered(events, (FIELDS[name],))
        values = [key_text(value) if name == "message" and value else value or "" for (value,) in distinct]
    else:
        first = frames.filter(pc.fill_null(frames["counted"], fill_value=False)).select(["stack_key", *TRAITS])
        place = pc.index_in(events["stack_key"], value_set=first["stack_key"].combine_chunks())
        code, distinct = numbered(first.take(place.combine_chunks()), TRAITS)
        values = [frame_value(name, traits) for traits in distinct]
    return np.array([word(value) for value in values], np.uint64)[code]
