"""The stack texts of a batch of events, told apart by Arrow and numpy; only the distinct ones are looked at.

`texts` runs beside the reading; `find_all` gives each event its stack, and `stack_columns` the rows of `stacks`. What a
single text would be found by (`Stems.find`) is found here for all: the error's line taken off, addresses marked.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from triage.formats.debugbundle_batch import Mask, Places
from triage.formats.debugbundle_blocks import truth
from triage.formats.debugbundle_columns import said
from triage.formats.debugbundle_stems import MARK, NOTHING, Form, digest

if TYPE_CHECKING:
    from triage.formats.debugbundle_blocks import Decoded
    from triage.formats.debugbundle_stems import Stems
    from triage.records import Records

__all__ = ("Stacks", "Texts", "find_all", "marked", "stack_columns", "texts")

# What may make a single line of a message one that DebugBundle's own fingerprint counts, or more than one line.
_UNSURE: Final = r"\n|\\n|^[^!-~]*at "
# The zeros that an address may begin with, its digits, and the least of them; `Stems` has the same as an expression.
_ZEROS, _DIGITS, _LEAST = 8, 16, 9
# Blanks behind a head that are looked past.
_BLANKS: Final = 24
_WIDTH: Final = _ZEROS + _DIGITS
_NO_DIGIT: Final = 16
_UNKNOWN: Final = -1

Addresses = npt.NDArray[np.uint64]
Octets = npt.NDArray[np.uint8]


class Spans(NamedTuple):
    """Where each text begins and ends in the bytes of all."""

    starts: Places
    ends: Places


class Forms(NamedTuple):
    """Distinct forms, and the marked text of each."""

    keys: list[Form]
    texts: pa.Array


class Texts(NamedTuple):
    """The stack texts of a batch.

    `places` are the rows that have one, `form` says which of the distinct `forms` each has, -1 where it must be looked
    for by itself. Each has the next `counts[at]` of `addresses`.
    """

    size: int
    places: Places
    form: Places
    forms: Forms
    headed: Mask
    counts: Places
    addresses: Addresses
    # text, error, message and language of each place
    said: tuple[pa.Array, pa.Array, pa.Array, pa.Array]

    def alone(self, at: int) -> tuple[str, tuple[str | None, str | None], str]:
        """Text, error with message, and language of one of the places."""
        text, error, message, language = (column[at].as_py() for column in self.said)
        return text, (error, message), language


class Stacks(NamedTuple):
    """The stack of each event: its form, -1 for unknown, whether its head was the event's error, and its addresses.

    These are `addresses` from `starts` on.
    """

    form: Places
    headed: Mask
    starts: Places
    addresses: Addresses

    def take(self, rows: Places) -> Stacks:
        """The stacks of these events."""
        return self._replace(form=self.form[rows], headed=self.headed[rows], starts=self.starts[rows])


def texts(decoded: Decoded, languages: pa.Array) -> Texts:
    """The stack texts of the usual exceptions of a batch."""
    fields = decoded.fields
    kind, stack = fields["event_type"], fields["payload.stack"]
    failed = pc.or_(pc.equal(kind, "backend_exception"), pc.equal(kind, "frontend_exception"))
    places = np.flatnonzero(decoded.usual & truth(failed) & truth(pc.match_substring_regex(stack, r"\S")))
    columns = (stack, said(fields["payload.name"]), said(fields["payload.message"]), languages)
    every = len(places) == len(stack) and stack.offset == 0
    rows = columns if every else tuple(column.take(pa.array(places)) for column in columns)
    octets, spans = _bytes(rows[0])
    headed, odd, begins = _heads(octets, spans, rows[0], *rows[1:3])
    changed, counts, addresses = marked(octets, spans._replace(starts=begins))
    form, forms = np.full(len(odd), _UNKNOWN), Forms([], rows[0][:0])
    sure = np.flatnonzero(~odd)
    if len(sure):
        form[sure], forms = _distinct(changed, Spans(begins, spans.ends), sure, headed, rows[1], rows[3])
    return Texts(len(kind), places, form, forms, headed, counts, addresses, rows)


def _bytes(texts: pa.Array) -> tuple[Octets, Spans]:
    """The bytes of texts, one behind the other, and where each begins and ends."""
    _, ends, data = texts.buffers()
    bounds = np.frombuffer(ends, np.int32)[: len(texts) + 1].astype(np.int64) if len(texts) else np.zeros(1, np.int64)
    return np.frombuffer(data or b"", np.uint8)[: bounds[-1]], Spans(bounds[:-1], bounds[1:])


def _heads(
    octets: Octets, spans: Spans, stacks: pa.Array, errors: pa.Array, messages: pa.Array
) -> tuple[Mask, Mask, Places]:
    """Which texts begin with error and message, where that is not sure, and where the texts begin without the message.

    A text with such a head begins with a line that is error and message, where these are of one line; the rest begins
    with the end of that line.
    """
    line = pc.binary_join_element_wise(errors, messages, ": ")
    breaks = pc.find_substring(stacks, "\n").to_numpy()
    parted = breaks >= 0
    ends = np.where(parted, spans.starts + breaks, spans.ends)
    odd = _holding(stacks, "\r") | _holding(stacks, MARK) | _holding(errors, "\n")
    odd[~parted] |= truth(pc.match_substring(stacks.filter(pa.array(~parted)), "\\n"))
    odd |= truth(pc.is_valid(line)) & truth(pc.match_substring_regex(messages, _UNSURE))
    headed = _equal(octets, spans.starts, ends, line) & ~odd
    odd |= headed & ~_filled(octets, ends, spans.ends)
    headed &= ~odd
    return headed, odd, np.where(headed, ends, spans.starts)


def _equal(octets: Octets, starts: Places, ends: Places, texts: pa.Array) -> Mask:
    """Which texts stand there, each between its start and its end; null is not equal to anything."""
    sizes = pc.fill_null(pc.binary_length(texts), 0).to_numpy()
    equal: Mask = truth(pc.is_valid(texts)) & (ends - starts == sizes)
    which = np.flatnonzero(equal)
    _, _, data = texts.take(pa.array(which)).buffers()
    bounds = np.cumsum(sizes[which])
    total = int(sizes[which].sum())
    places = np.repeat(starts[which] - bounds + sizes[which], sizes[which]) + np.arange(total)
    other = np.flatnonzero(octets[places] != np.frombuffer(data or b"", np.uint8)[:total])
    equal[which[np.searchsorted(bounds, other, side="right")]] = False
    return equal


def _filled(octets: Octets, starts: Places, ends: Places) -> Mask:
    """Where something other than blanks stands soon after a start; what begins with many blanks is not sure to."""
    filled = np.zeros(len(starts), np.bool_)
    left = np.arange(len(starts))
    for step in range(_BLANKS):
        left = left[starts[left] + step < ends[left]]
        there = ~_IS_BLANK[octets[starts[left] + step]]
        filled[left[there]] = True
        left = left[~there]
    return filled


def _holding(texts: pa.Array, byte: str) -> Mask:
    """Which texts hold an ASCII character; Arrow is asked only where one does."""
    _, _, data = texts.buffers()
    if data is None or not np.any(np.frombuffer(data, np.uint8) == ord(byte)):
        return np.zeros(len(texts), np.bool_)
    return truth(pc.match_substring(texts, byte))


def marked(octets: Octets, spans: Spans) -> tuple[Octets, Places, Addresses]:
    """The bytes with the addresses in these spans marked, how many each has, and these one after the other."""
    at, row, nibbles = _numbers(octets, spans)
    zeros = np.where(nibbles[:, 0] == 0, np.argmax(nibbles != 0, axis=1), 0)
    end = np.argmax(nibbles == _NO_DIGIT, axis=1)
    digits = np.minimum(end - zeros, _DIGITS)
    leading = nibbles[np.arange(len(at)), zeros]
    taken = (zeros <= _ZEROS) & (digits >= _LEAST) & (leading > 0) & (leading < 0xF)
    taken = _apart(np.flatnonzero(taken), at - 2, at + zeros + digits)
    at, row, zeros, digits, nibbles = at[taken], row[taken], zeros[taken], digits[taken], nibbles[taken]
    changed = octets.copy()
    values = np.zeros(len(at), np.uint64)
    # addresses of one store have two or three forms
    shape = zeros * (_DIGITS + 1) + digits
    for form in np.unique(shape).tolist():
        which = np.flatnonzero(shape == form)
        first, length = divmod(form, _DIGITS + 1)
        np.lib.stride_tricks.sliding_window_view(changed, length, writeable=True)[at[which] + first] = ord(MARK)
        halves = np.zeros((len(which), _DIGITS), np.uint8)
        halves[:, _DIGITS - length :] = nibbles[which, first : first + length]
        values[which] = (halves[:, 0::2] << 4 | halves[:, 1::2]).view(">u8").ravel()
    return changed, np.bincount(row, minlength=len(spans.starts)), values


def _apart(rows: Places, starts: Places, ends: Places) -> Places:
    """The rows that begin behind the end of the one kept before them: the last digit of one is the zero of no other."""
    kept = np.ones(len(rows), np.bool_)
    for row in (np.flatnonzero(starts[rows[1:]] < ends[rows[:-1]]) + 1).tolist():
        kept[row] = not kept[row - 1]
    return rows[kept]


def _numbers(octets: Octets, spans: Spans) -> tuple[Places, Places, Octets]:
    """Where what may be an address begins behind its `0x`, the text it is in, and its digits up to what is none."""
    at = np.flatnonzero(octets == ord("x"))
    at = at[(at > 0) & (at < len(octets) - _LEAST)]
    at = at[(octets[at - 1] == ord("0")) & (_NIBBLES[octets[at + _LEAST]] < _NO_DIGIT)] + 1
    row = np.searchsorted(spans.ends, at, side="right")
    at, row = at[row < len(spans.ends)], row[row < len(spans.ends)]
    room = spans.ends[row] - at
    enough = (room >= _LEAST) & (at - 1 > spans.starts[row])
    at, row, room = at[enough], row[enough], room[enough]
    nibbles = np.full((len(at), _WIDTH + 1), _NO_DIGIT, np.uint8)
    padded = np.pad(octets, (0, _WIDTH)) if at.max(initial=0) + _WIDTH > len(octets) else octets
    nibbles[:, :_WIDTH] = _NIBBLES[np.lib.stride_tricks.sliding_window_view(padded, _WIDTH)[at]]
    cut = np.flatnonzero(room < _WIDTH)
    nibbles[cut] = np.where(np.arange(_WIDTH + 1) < room[cut, None], nibbles[cut], _NO_DIGIT)
    return at, row, nibbles


def _distinct(
    octets: Octets, spans: Spans, rows: Places, headed: Mask, errors: pa.Array, languages: pa.Array
) -> tuple[Places, Forms]:
    """Which of the distinct forms each of these rows has, and the forms."""
    bounds = np.stack(spans, axis=1).ravel().astype(np.int32)
    # every other one is a text, between them is what was left out
    parts = pa.StringArray.from_buffers(len(bounds) - 1, pa.py_buffer(bounds), pa.py_buffer(octets))
    heads = pc.if_else(pa.array(headed), errors, pa.scalar("", pa.string()))
    columns = (languages.take(pa.array(rows)), heads.take(pa.array(rows)), parts.take(pa.array(2 * rows)))
    codes = np.zeros(len(rows), np.int64)
    for column in columns:
        encoded = column.dictionary_encode()
        codes = codes * len(encoded.dictionary) + encoded.indices.to_numpy()
    _, first, which = np.unique(codes, return_index=True, return_inverse=True)
    spoken, said, texts = (column.take(pa.array(first)) for column in columns)
    return which, Forms(list(zip(spoken.to_pylist(), said.to_pylist(), _digests(texts), strict=True)), texts)


def _digests(texts: pa.Array) -> list[bytes]:
    """The digest of each text; none of them becomes a text of Python's for it."""
    _, ends, data = texts.buffers()
    bounds = np.frombuffer(ends, np.int32)[texts.offset : texts.offset + len(texts) + 1].tolist()
    view = memoryview(data or b"")
    return [digest(view[start:end]) for start, end in pairwise(bounds)]


def find_all(stems: Stems, records: Records, block: Texts) -> Stacks:
    """The stack of each event of a batch."""
    stems.room()
    own = np.array([*stems.forms(records, *block.forms), _UNKNOWN], np.int64)[block.form]
    headed = block.headed.copy()
    starts = np.cumsum(block.counts) - block.counts
    more: list[int] = []
    for at in np.flatnonzero(own == _UNKNOWN).tolist():
        alone = stems.find(records, *block.alone(at))
        if alone is not None:
            own[at], headed[at], starts[at] = alone.form, alone.headed, len(block.addresses) + len(more)
            more += alone.addresses
    form = np.full(block.size, NOTHING, np.int64)
    form[block.places] = own
    addresses = np.concatenate((block.addresses, np.array(more, np.uint64)))
    return Stacks(form, _spread(headed, block), _spread(starts, block), addresses)


def _spread(values: npt.NDArray[Any], block: Texts) -> npt.NDArray[Any]:
    """What there is for the places, for all rows."""
    made = np.zeros(block.size, values.dtype)
    made[block.places] = values
    return made


def stack_columns(stems: Stems, stacks: Stacks, errors: pa.Array, messages: pa.Array) -> tuple[dict[str, Any], Places]:
    """The rows of `stacks` for the stacks of events, and the place of the event of each."""
    firsts, sizes = stems.rows(stacks.form)
    event = np.repeat(np.arange(len(sizes)), sizes)
    at = _within(sizes)
    rows = firsts[event] + at
    columns: dict[str, Any] = {name: column.take(pa.array(rows)) for name, column in stems.columns().items()}
    headed = stacks.headed[event] & (at == 0)
    if headed.any():
        for name, own in (("error_type", errors), ("error_value", messages)):
            columns[name] = pc.if_else(pa.array(headed), own.take(pa.array(event)), columns[name])
    if columns["addresses"].null_count < len(rows):
        columns["addresses"] = _moved(columns["addresses"], stems.slots(), rows, stacks.starts[event], stacks.addresses)
    return columns, event


def _moved(
    lists: pa.ListArray, slots: tuple[Places, Places], rows: Places, starts: Places, addresses: Addresses
) -> pa.ListArray:
    """The addresses of stacks, those of the own text where the form has places for them."""
    every, ends = slots
    told = truth(pc.is_valid(lists))
    lengths = np.where(told, np.diff(ends, prepend=0)[rows], 0)
    stack = np.repeat(np.arange(len(rows)), lengths)
    within = _within(lengths)
    slot = every[np.concatenate(([0], ends))[rows][stack] + within]
    moved = slot >= 0
    own = np.zeros(len(slot), np.uint64)
    own[moved] = addresses[starts[stack][moved] + slot[moved]]
    values = pc.if_else(pa.array(moved), pa.array(own), lists.flatten())
    bounds = np.concatenate(([0], np.cumsum(lengths))).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(bounds, mask=np.concatenate((~told, [False]))), values)


def _within(sizes: Places) -> Places:
    """The numbers from 0 on for each of these sizes."""
    made: Places = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return made


_NIBBLES: Final = np.full(256, _NO_DIGIT, np.uint8)
for _digit in "0123456789abcdefABCDEF":
    _NIBBLES[ord(_digit)] = int(_digit, 16)
_IS_BLANK: Final = np.isin(np.arange(256), [ord(blank) for blank in "\t\n\f\r "])
