"""What events keep under their masks: their ids and group keys, and which of these an archive has to tell."""

from __future__ import annotations

from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ("by_path", "renamed")

_BY_EVENT: Final = ("stacks", "logs", "metrics", "modules", "annotations", "feedback")


def by_path(tables: dict[str, pa.Table], unruled: dict[str, pa.Table]) -> dict[str, list[tuple[str, str | None, bool]]]:
    """Id, group key and whether both are read again by anybody, of the events of each file.

    That is where the id is native, and the key the same without settings: in the tables `unruled`.
    """
    files = tables["files"]
    names = dict(zip(files["source_id"].to_pylist(), files["path"].to_pylist(), strict=True))
    found: dict[str, list[tuple[str, str | None, bool]]] = {}
    rows = tables["events"].select(["event_id", "source_id", "group_key", "native_id"]).to_pylist()
    for row, plain in zip(rows, unruled["events"]["group_key"].to_pylist(), strict=True):
        again = row["native_id"] is not None and row["group_key"] == plain
        found.setdefault(names[row["source_id"]], []).append((row["event_id"], row["group_key"], again))
    return found


def renamed(tables: dict[str, pa.Table], names: dict[str, tuple[str | None, str | None]]) -> dict[str, pa.Table]:
    """The tables with other ids and group keys for some events."""
    old = pa.array(list(names), pa.string())
    ids = pa.array([name for name, _ in names.values()], pa.string())
    keys = pa.array([key for _, key in names.values()], pa.string())
    out = dict(tables)
    for name in ("events", *_BY_EVENT):
        table = out[name]
        place = pc.index_in(table["event_id"], value_set=old)
        if name == "events":
            table = _set(table, "group_key", pc.coalesce(keys.take(place.combine_chunks()), table["group_key"]))
        out[name] = _set(table, "event_id", pc.coalesce(ids.take(place.combine_chunks()), table["event_id"]))
    return out


def _set(table: pa.Table, name: str, values: Any) -> pa.Table:
    index = table.schema.get_field_index(name)
    return table.set_column(index, table.schema.field(index), values)
