"""The stack texts of an event store, each distinct one parsed once, whatever its addresses.

Address space randomisation makes equal stacks distinct texts. So texts are remembered by their form, with a mark in
place of the digits of long addresses: the first of a form is parsed with stand-ins for them, and where the stand-ins
come back as the addresses of frames, and nowhere else, every other text of that form is that stack with its own
addresses. Where they come back otherwise (in a name, in the frames' content), the texts of that form are parsed one by
one.
"""

from __future__ import annotations

import hashlib
import re
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import msgspec
import numpy as np
import pyarrow as pa

from triage.columns import array
from triage.formats.debugbundle_envelope import parser, stem, unescaped
from triage.formats.debugbundle_lines import at_lines
from triage.tables import TABLES

if TYPE_CHECKING:
    from triage.formats.debugbundle_batch import Places
    from triage.records import Records, Trace

__all__ = ("ADDRESS", "MARK", "NOTHING", "Form", "Found", "Stems", "digest", "marked")

# Nine digits and more: what is shorter is an offset, a size or a number, and part of the form.
ADDRESS: Final = re.compile(r"0x(0{0,8})([1-9a-eA-E][0-9a-fA-F]{8,15})")
# Stands for each digit of an address; a text that holds it already is its own form.
MARK: Final = "\1"
_MARKED: Final = re.compile(f"{MARK}{{9,16}}")
# Stand-ins begin so: as good an address as any, and found again in whatever they get into.
_STAND_IN: Final = "5eed5"
# What nine digits are at least.
_LEAST: Final = 1 << 32
# Forms that are remembered at once; a store with more falls back to parsing, not to more memory.
_FORMS: Final = 65_536
_FIXED: Final = -1
# What a form gives of the rows of its stacks.
_COLUMNS: Final = {
    field.name: field.type for field in TABLES["stacks"].schema if field.name not in {"event_id", "stack_no"}
}

_encode = msgspec.json.Encoder().encode


# Language, the error of a text that had a head ("" for none), and the digest of the text without the head, its
# addresses marked: the texts themselves, a kilobyte each, would take a fifth of the reading to hash and compare.
Form = tuple[str, str, bytes]


class Found(NamedTuple):
    """The stack of an event: the number of its form, whether its head was the event's error, and its addresses."""

    form: int
    headed: bool
    addresses: tuple[int, ...] = ()


# The form of no stack, and of a text that is none.
NOTHING: Final = 0
_UNKNOWN: Final = -1


class Stems:
    """What is known of the stack texts of one reading; the frames of a form are interned when it is first seen.

    A form is one distinct stack text: `rows` says which of `columns`, those of the table `stacks`, are its own. The
    `slots` of a row say which address of the text each of its frames has; -1 is for the one that the row has.
    """

    def __init__(self) -> None:
        self._clear()

    def _clear(self) -> None:
        self._forms: dict[Form, int] = {}
        self._plain: dict[tuple[str, bytes], int] = {}
        self._firsts = [0]
        self._sizes = [0]
        self._new: list[dict[str, Any]] = []
        self._new_slots: list[Places] = []
        self._slots = self._ends = np.zeros(0, np.int64)
        self._rows = np.zeros(0, np.int64), np.zeros(0, np.int64)
        self._columns = {name: pa.array([], kind) for name, kind in _COLUMNS.items()}

    def room(self) -> None:
        """Forget what is too much; forms that were found until now have no meaning any more."""
        if len(self._forms) + len(self._plain) >= _FORMS:
            self._clear()

    def find(self, records: Records, text: str, said: tuple[str | None, str | None], language: str) -> Found | None:
        """The stack of an event; None where its text has no form that is known, or must be kept as it is written."""
        plain = unescaped(text)
        rest, headed = stem(plain, *said)
        if not rest.strip():
            return Found(NOTHING, headed=False)
        if plain is not text and at_lines(text) != at_lines(plain):
            return None
        head = f"{said[0]}" if headed else ""
        addresses = () if MARK in plain else tuple(int(found[2], 16) for found in ADDRESS.finditer(rest))
        form = _UNKNOWN
        if addresses:
            text = marked(rest)
            key = (language, head, digest(text.encode("utf-8", "surrogatepass")))
            form = self.forms(records, [key], [text])[0]
        if form == _UNKNOWN:
            addresses = ()
            form = self._known(records, language, head + rest)
        return None if form == _UNKNOWN else Found(form, headed, addresses)

    def forms(self, records: Records, keys: list[Form], texts: Any) -> list[int]:
        """The forms of marked texts; -1 for those that are to be looked for by themselves.

        These are no stacks, or have more addresses than those of frames. Of the texts, a list or an Arrow array, only
        those are looked at that are new.
        """
        found = list(map(self._forms.get, keys))
        for at, form in enumerate(found):
            if form is None:
                language, head, _ = keys[at]
                found[at] = self._forms[keys[at]] = self._marked(records, language, head, str(texts[at]))
        return cast("list[int]", found)

    def _marked(self, records: Records, language: str, head: str, text: str) -> int:
        """The form of a marked text that is not known yet."""
        marks = _MARKED.findall(text)
        stand_ins = [f"{_STAND_IN}{at:0{len(mark) - len(_STAND_IN)}x}" for at, mark in enumerate(marks)]
        parts = chain(*zip(_MARKED.split(text), [*stand_ins, ""], strict=True))
        numbers = {int(stand_in, 16): at for at, stand_in in enumerate(stand_ins)}
        form = self._form(records, language, head + "".join(parts), numbers)
        return _UNKNOWN if form is None else form

    def rows(self, forms: Places) -> tuple[Places, Places]:
        """The first row of each of these forms, and how many it has."""
        self._settle()
        return self._rows[0][forms], self._rows[1][forms]

    def columns(self) -> dict[str, pa.Array]:
        """The rows of all forms."""
        self._settle()
        return self._columns

    def slots(self) -> tuple[Places, Places]:
        """The slots of all rows, one after the other, and where those of each row end."""
        self._settle()
        return self._slots, self._ends

    def _settle(self) -> None:
        """Append what is new to the columns."""
        if len(self._rows[0]) == len(self._firsts):
            return
        self._rows = np.array(self._firsts), np.array(self._sizes)
        for name, kind in _COLUMNS.items():
            new = array([row[name] for row in self._new], kind)
            self._columns[name] = pa.concat_arrays([self._columns[name], new])
        ends = len(self._slots) + np.cumsum([len(slots) for slots in self._new_slots])
        self._ends = np.concatenate((self._ends, ends))
        self._slots = np.concatenate((self._slots, *self._new_slots))
        self._new, self._new_slots = [], []

    def _known(self, records: Records, language: str, text: str) -> int:
        """The form of a text that is parsed as it is; `_UNKNOWN` where it is no stack."""
        key = (language, digest(text.encode("utf-8", "surrogatepass")))
        form = self._plain.get(key)
        if form is None:
            made = self._form(records, language, text, {})
            form = self._plain[key] = _UNKNOWN if made is None else made
        return form

    def _form(self, records: Records, language: str, text: str, numbers: dict[int, int]) -> int | None:
        """Parse a text; None where it is no stack, or its stand-ins are not where they should be."""
        traces = parser(language)(text)
        if not any(trace.frames for trace in traces):
            return None
        slots = [
            np.array([numbers.get(frame.address or 0, _FIXED) for frame in trace.frames], np.int64) for trace in traces
        ]
        if numbers and not all(map(_plain, traces, slots)):
            return None
        self._firsts.append(self._firsts[-1] + self._sizes[-1])
        self._sizes.append(len(traces))
        self._new += [records.stack_row(trace) for trace in traces]
        self._new_slots += slots
        return len(self._sizes) - 1


def digest(text: bytes | memoryview) -> bytes:
    """What stands for a text: blake2b-128."""
    return hashlib.blake2b(text, digest_size=16).digest()


def marked(text: str) -> str:
    """A text with its addresses marked."""
    return ADDRESS.sub(lambda found: f"0x{found[1]}{MARK * len(found[2])}", text)


def _plain(trace: Trace, slots: Places) -> bool:
    """Whether nothing of a stack but the addresses of its frames comes from a stand-in, as text or as a number."""
    bare = tuple(msgspec.structs.replace(frame, address=None) for frame in trace.frames)
    if _STAND_IN in _encode(msgspec.structs.replace(trace, frames=bare)).decode().lower():
        return False
    numbers = [trace.thread_id]
    for frame, slot in zip(trace.frames, slots.tolist(), strict=True):
        numbers += (frame.module_offset, frame.symbol_offset, frame.address if slot == _FIXED else None)
    return all(number is None or number < _LEAST for number in numbers)
