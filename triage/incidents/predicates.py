"""What tells the sides of a split apart: a value that every event has, those that come later too.

variant
    The variant key: the exact error type and the frames that count beyond those of the group.
frame
    The name of one frame: counted outward from the first that counts for the key, over the frames of its role
    (application, else library), that at the first depth where the stacks of the incident differ when it is split. The
    depth stands in the entry; an event whose stack ends before it is on the side without a name.
file
    The file of one frame, counted as for `frame`: its name, and where the names are the same the folder with it. The
    number in the entry is twice the depth, one more with the folder. A name is the same in any checkout; a folder is
    where it is not that of the checkout itself.
service
    The service.
message_slot
    The value of one variable part of the message: of those that differ when it is split the one with the fewest values.
    Its place among them stands in the entry, with digests of the words around it, by which it is known in later
    messages (`triage.incidents.wordings`); one that has no such part has no value.

Values do not go into the journal; their digests do, made with a salt of the entry, so that one entry tells nothing of
another. A short value can be tried out all the same by whoever has the journal: it is as private as the repository.

A mask with an ordinal, `[email:1:8-15]`, hides a value: the same ordinal is another value in another archive. Such
values are told apart by their archive and never looked up. A mask with a pseudonym (`redact(key=)`) is a value as any.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from triage.incidents import wordings
from triage.redact.masks import MASK_TEXT
from triage.stacks import messages
from triage.stacks.frame_table import TRAITS, FrameTable, file_name
from triage.stacks.joining import isin

__all__ = ("Values", "ends", "is_hidden", "kind_at", "places", "side_id", "telling", "value_digest", "values")

_DEEPEST: Final = 64
_OF_FRAMES: Final = frozenset({"frame", "file"})


class Values(NamedTuple):
    """The distinct values, and the number of its value for each event, -1 for one that has none to go by."""

    codes: npt.NDArray[np.int64]
    distinct: list[str]


def values(
    tables: dict[str, pa.Table], events: pa.Table, by: str, slot: int = 0, known: wordings.Known | None = None
) -> Values:
    """The value of each event by which a split parts them; `known` is what may stand around a variable part."""
    if by in _OF_FRAMES:
        return _apart(
            _spread(events["stack_key"], lambda keys: _nth(_telling(tables, keys, by), keys, slot)), tables, events
        )
    if by == "message_slot":
        told = _spread(events["error_value"], lambda texts: [_said(text, slot, known) for text in texts])
        return _apart(told, tables, events)
    return _apart(
        _spread(events["variant_key" if by == "variant" else "service"], lambda texts: [text or "" for text in texts]),
        tables,
        events,
    )


def is_hidden(value: str) -> bool:
    """Whether a value stands behind a mask that says nothing outside of its archive.

    Examples
    --------
    >>> is_hidden("[email:1:8-15]"), is_hidden("[email:K7QZJ2M4XW3YA:8-15]")
    (True, False)
    """
    return "[" in value and any(mask.split(":")[1].isdigit() for mask in MASK_TEXT.findall(value))


def kind_at(message: str | None, place: int) -> str:
    """The kind of a variable part of a message, "" where it has none there."""
    found = messages.slots(message)[1] if message else ()
    return found[place].kind if place < len(found) else ""


def places(tables: dict[str, pa.Table], events: pa.Table, by: str) -> list[int]:
    """Which frames or slots tell these events apart, the best first; only 0 where there is no choice, or none does."""
    if by in _OF_FRAMES:
        stacks = list(_telling(tables, events["stack_key"].unique().to_pylist(), by).values())
        depths = range(max(map(len, stacks), default=0))
        return [depth for depth in depths if len({_at(names, depth) for names in stacks}) > 1] or [0]
    if by == "message_slot":
        found = [slots(text) for text in events["error_value"].unique().to_pylist()]
        counts = [len({_at(each, place) for each in found}) for place in range(max(map(len, found), default=0))]
        return [place for count, place in sorted(zip(counts, range(len(counts)), strict=True)) if count > 1] or [0]
    return [0]


def telling(tables: dict[str, pa.Table], events: pa.Table, by: str) -> tuple[int, Values] | None:
    """The best frame or slot whose values say something outside of their archive too, and these; None for none."""
    for slot in places(tables, events, by):
        told = values(tables, events, by, slot)
        if not any(map(is_hidden, told.distinct)):
            return slot, told
    return None


def slots(message: str | None) -> list[str]:
    """The values of the variable parts of a message, in order."""
    return [slot.value for slot in messages.slots(message)[1]] if message else []


def value_digest(by: str, slot: int, value: str, salt: str = "") -> str:
    """What stands in the journal for a value; older entries have no salt.

    Examples
    --------
    >>> value_digest("service", 0, "checkout")
    'val_2be503d0cdb0e59c'
    """
    return "val_" + _digest(by, str(slot), value, *([salt] if salt else []))


def side_id(incident: str, *told: str) -> str:
    """The id of a side of an incident, made of what tells it: events, or the digest of a value that came later."""
    return "inc_" + _digest("side", incident, *told)


def _said(message: str | None, slot: int, known: wordings.Known | None) -> str | None:
    """The value of a variable part; None where the message is of another wording."""
    return _at(slots(message), slot) if known is None else wordings.value(message, slot, known)


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=8).hexdigest()


def _at(items: list[str], place: int) -> str:
    return items[place] if place < len(items) else ""


def _nth(telling: dict[str, list[str]], keys: list[str | None], depth: int) -> list[str]:
    return [_at(telling.get(key or "", []), depth) for key in keys]


def _spread(column: pa.ChunkedArray, told: Any) -> Values:
    """Tell the value of each distinct cell, and spread it over the rows."""
    encoded = column.combine_chunks().dictionary_encode(null_encoding="encode")
    per_cell = told(encoded.dictionary.to_pylist())
    distinct = sorted({text for text in per_cell if text is not None})
    place = {text: at for at, text in enumerate(distinct)}
    codes = np.array([-1 if text is None else place[text] for text in per_cell], np.int64)
    return Values(codes[encoded.indices.to_numpy(zero_copy_only=False)], distinct)


def _apart(told: Values, tables: dict[str, pa.Table], events: pa.Table) -> Values:
    """Values in which those that a mask hides are one for each archive that they are in."""
    hidden = np.array([*map(is_hidden, told.distinct), False], bool)
    if not hidden.any():
        return told
    files = tables["files"].select(["source_id", "container_id"]).to_pydict()
    parents = dict(zip(files["source_id"], files["container_id"], strict=True))
    roots = [_root(parents, source) for source in events["source_id"].to_pylist()]
    told_as = [*told.distinct, None]
    texts = [
        f"{told_as[code]}\0{root}" if hidden[code] else told_as[code]
        for code, root in zip(told.codes.tolist(), roots, strict=True)
    ]
    distinct = sorted({text for text in texts if text is not None})
    place: dict[str | None, int] = {text: at for at, text in enumerate(distinct)} | {None: -1}
    return Values(np.array([place[text] for text in texts], np.int64), distinct)


def _root(parents: dict[str, str | None], source: str | None) -> str:
    """The input that a file is in."""
    place = source or ""
    for _ in range(_DEEPEST):
        above = parents.get(place)
        if not above:
            break
        place = above
    return place


def _telling(tables: dict[str, pa.Table], keys: list[str | None], by: str) -> dict[str, list[str]]:
    """The names or files of the frames of each stack, from the first that counts on, of that one's role."""
    frames = isin(tables["frames"], "stack_key", [key for key in keys if key])
    frames = frames.filter(pc.equal(frames["frame_kind"], "frame"))
    found: dict[str, list[str]] = {}
    role_of: dict[str, str] = {}
    known = FrameTable.default().known  # names do not depend on the rules of a user
    columns = ("stack_key", "role", "counted", "file", *TRAITS)
    for key, role, counted, file, *traits in zip(*(frames[name].to_pylist() for name in columns), strict=True):
        if counted:
            role_of.setdefault(key, role)
        if role_of.get(key) == role and len(found.setdefault(key, [])) < _DEEPEST:
            found[key] += ends(file) if by == "file" else [known(tuple(traits)).name]
    return found


def ends(file: str | None) -> tuple[str, str]:
    """The name of a file without what a build puts into it, and that with its folder."""
    name = file_name(file)
    folder = (file or "").replace("\\", "/").rpartition("/")[0].rpartition("/")[2]
    return name, f"{folder}/{name}" if name and folder else name
