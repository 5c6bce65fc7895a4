"""The shapes of an incident: its variants with what is known of each, and the call tree that its stacks merge into."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from triage.incidents import predicates
from triage.journal import WAYS
from triage.stacks.joining import isin
from triage.stacks.tree import merged

if TYPE_CHECKING:
    import pandas as pd

__all__ = ("call_tree", "sides_of", "variants")

# What a variant tells of its newest event, beside its time.
_NEWEST: Final = ("event_id", "stack_key", "event_kind", "error_type", "signal", "error_code_name", "error_value")
_NEEDED: Final = ("ts", "variant_key", "release", "suppressed_count", *_NEWEST)
_MOMENT: Final = pa.timestamp("us", tz="UTC")
_VARIANTS: Final = pa.schema(
    [
        ("variant_key", pa.string()),
        ("events", pa.int64()),
        ("first_seen", _MOMENT),
        ("last_seen", _MOMENT),
        ("releases", pa.list_(pa.string())),
        *((name, pa.string()) for name in _NEWEST),
    ]
)


def call_tree(tables: dict[str, pa.Table], events: list[str], *, share: float = 0.01) -> pa.Table:
    """The crashing stacks of some events as one call tree, each stack as often as it happened; see `tree.merged`.

    Frames that are noise are left out: two tools see another start of the program and another end of it.
    """
    chosen = _chosen(tables, events)
    weights = chosen.dropna(subset="stack_key").groupby("stack_key")["weight"].sum()
    frames = tables["frames"]
    telling = frames.filter(pc.not_equal(frames["role"], "noise"))
    return merged(telling, {str(key): int(weight) for key, weight in weights.items()}, share=share)


def sides_of(tables: dict[str, pa.Table], events: list[str]) -> dict[str, int]:
    """How many incidents a split of some events would make, by each way to split."""
    table = isin(tables["events"], "event_id", events)
    found = {by: predicates.telling(tables, table, by) for by in WAYS}
    return {by: len(told[1].distinct) if told else 1 for by, told in found.items()}


def variants(tables: dict[str, pa.Table], events: list[str]) -> pa.Table:
    """The variants among some events, the most frequent first.

    Returns
    -------
    Table
        variant_key, events (int64, stored and suppressed), first_seen and last_seen (timestamp[us, UTC]), releases
        (list<string>, sorted); and of its newest event: event_id, stack_key (of the crashing stack), event_kind,
        error_type, signal, error_code_name and error_value.
    """
    chosen = _chosen(tables, events)
    chosen["variant_key"] = chosen["variant_key"].fillna("")
    found = chosen.groupby("variant_key", sort=True).agg(
        events=("weight", "sum"), first_seen=("ts", "min"), last_seen=("ts", "max")
    )
    newest = chosen.sort_values(["ts", "event_id"], na_position="first").drop_duplicates("variant_key", keep="last")
    found = found.join(newest.set_index("variant_key")[list(_NEWEST)])
    pairs = chosen[["variant_key", "release"]].dropna().drop_duplicates().sort_values("release")
    releases = pairs.groupby("variant_key")["release"].agg(list).to_dict()
    found["releases"] = [releases.get(key, []) for key in found.index]
    found = found.reset_index().sort_values(["events", "variant_key"], ascending=[False, True])
    return pa.Table.from_pandas(found[_VARIANTS.names], schema=_VARIANTS, preserve_index=False)


def _chosen(tables: dict[str, pa.Table], events: list[str]) -> pd.DataFrame:
    """Some events with what they weigh: themselves, and what was suppressed beside them."""
    table = isin(tables["events"], "event_id", events).select(list(_NEEDED))
    frame: pd.DataFrame = table.to_pandas()
    told = frame["event_kind"] == "incident_bundle"
    # A bundle tells of occurrences that may lie beside it: it counts where nothing else does.
    if not told.all():
        frame = frame[~told]
    weight = np.nan_to_num(pc.fill_null(table["suppressed_count"], 0).to_numpy(zero_copy_only=False))
    frame["weight"] = 1 + weight[frame.index].astype(np.int64)
    return frame
