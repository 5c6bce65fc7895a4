"""The stack texts of an event store, each distinct one parsed once, whatever its addresses.

Address space randomisation makes equal stacks distinct texts. So texts are remembered by their form, the digits of
long addresses aside: the first of a form is parsed with stand-ins for them, and where the stand-ins come back as the
addresses of frames, and nowhere else, every other text of that form is that stack with its own addresses. Where they
come back otherwise (in a name, in the frames' content), the texts of that form are parsed one by one.

`Stems.find` is for one text, `stacks` for the stacks of a block of events: there the texts without addresses are told
apart by Arrow, the error's line aside, and only the distinct ones are looked at.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from triage.columns import array
from triage.formats.debugbundle_blocks import truth
from triage.formats.debugbundle_columns import said
from triage.formats.debugbundle_envelope import parser, stem, unescaped
from triage.formats.debugbundle_lines import at_lines
from triage.tables import TABLES

if TYPE_CHECKING:
    from triage.formats.debugbundle_blocks import Decoded
    from triage.records import Records, Trace

__all__ = ("NOTHING", "Form", "Found", "Stems", "Texts", "find_all", "stack_columns", "texts")

# Nine digits and more: what is shorter is an offset, a size or a number, and part of the form.
_ADDRESS: Final = re.compile(r"0x(0{0,8}[1-9a-eA-E][0-9a-fA-F]{8,15})")
_USUAL: Final = 12
_HEX: Final = frozenset("0123456789abcdefABCDEF")
_UNLIKELY: Final = frozenset("0fF")
# Stand-ins begin so: as good an address as any, and found again in whatever they get into.
_MARK: Final = "5eed5"
# What nine digits are at least.
_LEAST: Final = 1 << 32
# Forms that are remembered at once; a store with more falls back to parsing, not to more memory.
_FORMS: Final = 65_536

_encode = msgspec.json.Encoder().encode


Codes = npt.NDArray[np.int64]


class Form(NamedTuple):
    """One distinct stack text: its rows of `stacks`, and for each row which address of the text each frame has."""

    rows: tuple[dict[str, Any], ...]
    slots: tuple[tuple[int | None, ...] | None, ...]


class Found(NamedTuple):
    """The stack of an event: its form, whether its head was the event's error and message, and its addresses."""

    form: Form
    headed: bool
    # eight bytes each, the first the most significant
    addresses: bytes = b""


class Stems:
    """What is known of the stack texts of one reading; the frames of a form are interned when it is first seen."""

    __slots__ = ("_forms",)

    def __init__(self) -> None:
        self._forms: dict[tuple[str | int, ...], Form | None] = {}

    def find(self, records: Records, text: str, said: tuple[str | None, str | None], language: str) -> Found | None:
        """The stack of an event; None where its text has no form that is known, or must be kept as it is written."""
        plain = unescaped(text)
        rest, headed = stem(plain, *said)
        if not rest.strip():
            return NOTHING
        if plain is not text and at_lines(text) != at_lines(plain):
            return None
        stemmed = f"{said[0]}{rest}" if headed else plain
        addresses = b""
        form = None
        if "0x" in stemmed and len(pieces := _pieces(stemmed)) > 1:
            form = self._moved(records, language, pieces)
            addresses = _packed(pieces[1::2]) if form is not None else b""
        if form is None:
            form = self._known(records, language, stemmed)
        return None if form is _UNKNOWN else Found(form, headed, addresses)

    def _moved(self, records: Records, language: str, pieces: list[str]) -> Form | None:
        """The form of a text with addresses, every other piece one; None where they are more than those of frames."""
        digits = pieces[1::2]
        key: tuple[str | int, ...] = (language, "0x".join(pieces[::2]), *map(len, digits))
        if key not in self._forms:
            self._room()
            stand_ins = [_stand_in(at, written) for at, written in enumerate(digits)]
            marked = pieces.copy()
            marked[1::2] = [f"0x{stand_in}" for stand_in in stand_ins]
            numbers = {int(stand_in, 16): at for at, stand_in in enumerate(stand_ins)}
            self._forms[key] = self._form(records, language, "".join(marked), numbers)
        return self._forms[key]

    def _known(self, records: Records, language: str, text: str) -> Form:
        """The form of a text that is parsed as it is; `_UNKNOWN` where it is no stack."""
        key = (language, text)
        form = self._forms.get(key)
        if form is None:
            self._room()
            made = self._form(records, language, text, {})
            form = self._forms[key] = _UNKNOWN if made is None else made
        return form

    def _room(self) -> None:
        if len(self._forms) >= _FORMS:
            self._forms.clear()

    def _form(self, records: Records, language: str, text: str, numbers: dict[int, int]) -> Form | None:
        """Parse a text; None where it is no stack, or its stand-ins are not where they should be."""
        traces = parser(language)(text)
        if not any(trace.frames for trace in traces):
            return None
        slots: list[tuple[int | None, ...] | None] = []
        for trace in traces:
            own = tuple(numbers.get(frame.address or 0) for frame in trace.frames)
            if numbers and not _plain(trace, own):
                return None
            slots.append(own if any(slot is not None for slot in own) else None)
        return Form(tuple(records.stack_row(trace) for trace in traces), tuple(slots))


def _pieces(text: str) -> list[str]:
    """A text cut at its addresses: every other piece is one."""
    parts = text.split("0x")
    digits = [part[:_USUAL] for part in parts[1:]]
    behind = "".join([part[_USUAL : _USUAL + 1] for part in parts[1:]])
    joined = "".join(digits)
    # twelve digits each, as where programs of 64 bits lie, is most of what there is and quickly seen
    if (
        len(joined) == _USUAL * len(digits)
        and _HEX.issuperset(joined)
        and _HEX.isdisjoint(behind)
        and _UNLIKELY.isdisjoint(joined[::_USUAL])
    ):
        pieces = [""] * (2 * len(parts) - 1)
        pieces[0], pieces[1::2] = parts[0], digits
        pieces[2::2] = [part[_USUAL:] for part in parts[1:]]
        return pieces
    return _ADDRESS.split(text)


def _packed(addresses: list[str]) -> bytes:
    """The addresses as bytes."""
    return bytes.fromhex("".join([digits.rjust(16, "0")[-16:] for digits in addresses]))


def _plain(trace: Trace, slots: tuple[int | None, ...]) -> bool:
    """Whether nothing of a stack but the addresses of its frames comes from a stand-in, as text or as a number."""
    bare = tuple(msgspec.structs.replace(frame, address=None) for frame in trace.frames)
    if _MARK in _encode(msgspec.structs.replace(trace, frames=bare)).decode().lower():
        return False
    numbers = [trace.thread_id]
    for frame, slot in zip(trace.frames, slots, strict=True):
        numbers += (frame.module_offset, frame.symbol_offset, frame.address if slot is None else None)
    return all(number is None or number < _LEAST for number in numbers)


def _stand_in(at: int, written: str) -> str:
    """The digits that stand for the address of that number: as many, with as many zeros in front."""
    digits = len(written.lstrip("0"))
    return f"{_MARK}{at:0{digits - len(_MARK)}x}".rjust(len(written), "0")


class Texts(NamedTuple):
    """The stack texts of a block: where they stand, those that stand for all, and which of them stands for each."""

    size: int
    places: Codes
    distinct: list[tuple[str, str | None, str | None, str]]
    which: Codes


def texts(decoded: Decoded, languages: pa.Array) -> Texts:
    """The stack texts of the usual exceptions of a block, with error, message and the language that each is read by."""
    fields = decoded.fields
    kind, stack = fields["event_type"], fields["payload.stack"]
    failed = pc.or_(pc.equal(kind, "backend_exception"), pc.equal(kind, "frontend_exception"))
    places = np.flatnonzero(decoded.usual & truth(failed) & truth(pc.match_substring_regex(stack, r"\S")))
    columns = (stack, said(fields["payload.name"]), said(fields["payload.message"]), languages)
    rows = [column.take(pa.array(places)) for column in columns]
    first, which = _alike(*rows)
    distinct = zip(*(column.take(pa.array(first)).to_pylist() for column in rows), strict=True)
    return Texts(len(kind), places, list(distinct), which)


def find_all(stems: Stems, records: Records, block: Texts) -> list[Found | None]:
    """The stack of each event of a block: None where it must be read by itself, `NOTHING` where it has none."""
    looked = [
        stems.find(records, text, (error, message), language) for text, error, message, language in block.distinct
    ]
    found: list[Found | None] = [NOTHING] * block.size
    for place, at in zip(block.places.tolist(), block.which.tolist(), strict=True):
        found[place] = looked[at]
    return found


def _alike(texts: pa.Array, errors: pa.Array, messages: pa.Array, languages: pa.Array) -> tuple[Codes, Codes]:
    """Rows that stand for all, and which of them stands for each.

    Texts without long addresses whose first line is the error and a message of one line differ by nothing but these.
    """
    plain = ~truth(pc.match_substring_regex(texts, _ADDRESS.pattern))
    line = pc.binary_join_element_wise(errors, messages, ": ")
    plain &= truth(pc.is_valid(line)) & ~truth(pc.match_substring_regex(messages, "\n|at "))
    split = pc.split_pattern(texts, "\n", max_splits=1)
    plain &= truth(pc.equal(pc.list_value_length(split), 2))
    parts = split.filter(pa.array(plain)).flatten()
    headed = truth(pc.equal(parts.take(pa.array(np.arange(0, len(parts), 2))), line.filter(pa.array(plain))))
    rests = parts.take(pa.array(np.arange(1, len(parts), 2)))
    own = np.arange(len(texts))
    rows = np.flatnonzero(plain)[headed]
    if not len(rows):
        return own, own
    code = _codes(rests.filter(pa.array(headed)))
    for column in (errors, languages):
        other = _codes(column.take(pa.array(rows)))
        code = code * (int(other.max()) + 1) + other
    _, first, inverse = np.unique(code, return_index=True, return_inverse=True)
    own[rows] = rows[first][inverse]
    kept, which = np.unique(own, return_inverse=True)
    return kept, which


def _codes(column: pa.Array) -> Codes:
    codes: Codes = pc.fill_null(column.dictionary_encode().indices, -1).to_numpy().astype(np.int64) + 1
    return codes


def stack_columns(found: list[Found], errors: pa.Array, messages: pa.Array) -> tuple[dict[str, Any], Codes]:
    """The rows of `stacks` for the stacks of events, and the place of the event of each; every form is made once."""
    starts: dict[int, int] = {}
    forms: list[dict[str, Any]] = []
    begins = []
    for one in found:
        if id(one.form) not in starts:
            starts[id(one.form)] = len(forms)
            forms += one.form.rows
        begins.append(starts[id(one.form)])
    sizes = np.array([len(one.form.rows) for one in found], np.int64)
    event = np.repeat(np.arange(len(found)), sizes)
    at = np.arange(len(event)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    rows = np.repeat(np.array(begins, np.int64), sizes) + at
    places = pa.array(rows)
    schema = TABLES["stacks"].schema
    columns: dict[str, Any] = {
        name: array([form[name] for form in forms], schema.field(name).type).take(places) for name in (forms or [{}])[0]
    }
    headed = np.array([one.headed for one in found], np.bool_)[event] & (at == 0)
    if headed.any():
        for name, own in (("error_type", errors), ("error_value", messages)):
            columns[name] = pc.if_else(pa.array(headed), own.take(pa.array(event)), columns[name])
    if any(one.addresses for one in found):
        stacks = [(found[number], stack) for number, stack in zip(event.tolist(), at.tolist(), strict=True)]
        columns["addresses"] = _addresses(stacks)
    return columns, event


def _addresses(stacks: list[tuple[Found, int]]) -> pa.Array:
    """The addresses of stacks: those of its own text where the form of one has places for them."""
    owned = [one.form.slots[stack] for one, stack in stacks]
    if all(slots is None or slots == _ALL[: len(slots)] for slots in owned) and not any(
        slots is None and one.form.rows[stack]["addresses"] for slots, (one, stack) in zip(owned, stacks, strict=True)
    ):
        own = [b"" if slots is None else one.addresses for slots, (one, _) in zip(owned, stacks, strict=True)]
        if all(slots is None or len(slots) * 8 == len(text) for slots, text in zip(owned, own, strict=True)):
            ends = np.cumsum([0, *map(len, own)], dtype=np.int64) // 8
            values = pa.array(np.frombuffer(b"".join(own), ">u8").astype(np.uint64))
            offsets = pa.array(ends.astype(np.int32), mask=np.array([*(slots is None for slots in owned), False]))
            return pa.ListArray.from_arrays(offsets, values)
    return array([_moved(one, stack) for one, stack in stacks], TABLES["stacks"].schema.field("addresses").type)


def _moved(one: Found, stack: int) -> list[int | None] | None:
    """The addresses of one stack of an event."""
    slots = one.form.slots[stack]
    fixed: list[int | None] | None = one.form.rows[stack]["addresses"]
    if slots is None or fixed is None:
        return fixed
    own = np.frombuffer(one.addresses, ">u8").tolist()
    return [old if slot is None else own[slot] for old, slot in zip(fixed, slots, strict=True)]


# The places of addresses where each frame has the next.
_ALL: Final = tuple(range(4_096))
NOTHING: Final = Found(Form((), ()), headed=False)
_UNKNOWN: Final = Form((), ())
