"""Events that are judged part by part are judged as if there was one part."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.records import Frame, Records, Trace
from triage.seen import Seen, _Known

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa


class Event(NamedTuple):
    """What tells events apart: their id and kind, and what they say."""

    native: str | None
    kind: str
    value: str
    function: str


class Part(NamedTuple):
    """What was resolved together."""

    tables: dict[str, pa.Table]

    def read(self, name: str, columns: Iterable[str] | None = None) -> pa.Table:
        table = self.tables[name]
        return table if columns is None else table.select(list(columns))


def add(records: Records, events: list[Event], first: int = 0) -> None:
    for at, event in enumerate(events, first):
        number = records.event(
            source_id=f"file{at % 2}",
            offset=at,
            length=1,
            native_id=event.native,
            event_kind=event.kind,
            error_value=event.value,
        )
        records.stacks(number, [Trace(frames=(Frame(function=event.function),))])


def at_once(events: list[Event]) -> dict[str, pa.Table]:
    records = Records()
    add(records, events)
    for order in range(2):
        records.file(order=order, source_id=f"file{order}", depth=0, path=f"{order}", bytes=1, parse_status="ok")
    return records.finish()


EVENTS = st.lists(
    st.builds(
        Event, st.sampled_from(["a", "b", None]), st.sampled_from("xy"), st.sampled_from("12"), st.sampled_from("fg")
    ),
    max_size=12,
)


@given(EVENTS, st.integers(1, 5))
def test_parts_are_judged_as_the_whole(events: list[Event], size: int) -> None:
    whole, seen, parts = at_once(events), Seen(), []
    for start in range(0, len(events), size):
        records = Records()
        add(records, events[start : start + size], start)
        parts.append(Part(records.finish(seen)))
    counts, others = seen.repeats(parts)
    for name in ("events", "stacks"):
        rows = [row for part in parts for row in part.tables[name].to_pylist()]
        assert rows == whole[name].to_pylist()
    assert others.to_pylist() == whole["quarantine"].to_pylist()
    told = {f"file{at}": (row["reason"] or "0").split()[0] for at, row in enumerate(whole["files"].to_pylist())}
    assert told == {name: str(counts[name]) for name in told}


def test_nothing_that_repeats_is_nothing_to_tell() -> None:
    counts, others = Seen().repeats([])
    assert not counts
    assert others.num_rows == 0


@pytest.mark.parametrize("size", [1, 7, 1_000])
def test_numbers_that_were_seen_are_held_in_few_pieces(size: int) -> None:
    numbers = np.random.default_rng(size).integers(0, 1 << 63, 5_000, dtype=np.uint64)
    known = _Known()
    for start in range(0, len(numbers), size):
        assert not known.hold(numbers[start : start + size]).any()
        known.add(numbers[start : start + size])
    assert known.hold(numbers).all()
    assert not known.hold(numbers + np.uint64(1)).any()
    assert len(known._pieces) <= 13
    assert sum(map(len, known._pieces)) == len(numbers)
