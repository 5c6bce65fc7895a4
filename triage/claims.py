"""Ids that an archive brings along for its members, as a reviewed archive does: there what is masked keeps its ids.

A claim names a member by its container and path and lists the id and the group key of each of its events, in their
order. It is content: it reaches no further than its own archive, and where the number of events does not agree it is
not followed and the file says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ("Claims", "Named", "claimed", "follow", "linked")

_T = TypeVar("_T")
Claims = dict[tuple[str | None, str], list[tuple[str | None, str | None]]]


class Named(NamedTuple):
    """The ids of the events, which repeat an earlier one, their claimed group keys, and what to say of files."""

    ids: pa.Array
    repeated: pa.Array
    keys: pa.Array
    told: Mapping[str, str]


def claimed(claims: Mapping[tuple[str | None, str], _T], files: pa.Table) -> dict[str, _T]:
    """The claims by the id of the file that they speak of; of the files of one id the first one's."""
    wanted: dict[str, _T] = {}
    for source, container, path in zip(
        *(files[n].to_pylist() for n in ("source_id", "container_id", "path")), strict=True
    ):
        found = claims.get((container, path))
        if found is not None:
            wanted.setdefault(source, found)
    return wanted


def follow(claims: Claims, files: pa.Table, events: pa.Table, ids: pa.Array, repeated: pa.Array) -> Named:
    """Put the claimed ids in place of the computed ones.

    Parameters
    ----------
    claims
        By container id and path.
    files, events
        The tables in the making; `events` in order.
    ids, repeated
        What was computed for the events.
    """
    wanted = claimed(claims, files)
    own: dict[str, list[int]] = {source: [] for source in wanted}
    again = repeated.to_pylist()
    for at, source in enumerate(events["source_id"].to_pylist()):
        if source in own and not again[at]:
            own[source].append(at)
    names = ids.to_pylist()
    keys: list[str | None] = [None] * len(names)
    renamed: dict[str, str] = {}
    told: dict[str, str] = {}
    for source, places in own.items():
        if len(places) != len(wanted[source]):
            told[source] = _told(len(wanted[source]), len(places))
            continue
        for at, (name, key) in zip(places, wanted[source], strict=True):
            keys[at] = key
            if name is not None and name != names[at]:
                renamed[names[at]] = name
    seen: set[str] = set()
    for at, name in enumerate(names):
        names[at] = renamed.get(name, name)
        again[at] = again[at] or names[at] in seen
        seen.add(names[at])
    return Named(pa.array(names, pa.string()), pa.array(again, pa.bool_()), pa.array(keys, pa.string()), told)


def _told(claimed: int, read: int) -> str:
    return (
        f"the manifest of its archive tells the ids of {claimed:,} events, {read:,} were read; they have other ids here"
    )


def linked(
    claims: Mapping[tuple[str, str], int], files: pa.Table, annotate: Callable[[int, str, str, str], None]
) -> pa.Table:
    """Link the files that events claim by scope and begin of name: an annotation, and a role where there is none."""
    if not claims:
        return files
    lengths = {len(prefix) for _, prefix in claims}
    roles = files["role"].to_pylist()
    places = zip(*(files[name].to_pylist() for name in ("source_id", "container_id", "path")), strict=True)
    for row, (source_id, container, path) in enumerate(places):
        folder, _, name = path.replace("\\", "/").rpartition("/")
        events = (claims.get((f"{container or ''}\0{folder}", name[:length])) for length in lengths)
        event = next((event for event in events if event is not None), None)
        if event is not None and roles[row] is None:
            roles[row] = "attachment"
            annotate(event, "attachment", path, source_id)
    return files.set_column(files.schema.get_field_index("role"), "role", pa.array(roles, pa.string()))
