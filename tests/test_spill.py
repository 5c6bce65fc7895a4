from pathlib import Path

import pyarrow as pa
import pytest

from tests.benchmarks import store_events
from triage.columns import ColumnBuilder
from triage.loading import read_tables
from triage.sources.inputs import Inputs
from triage.sources.limits import Limits
from triage.store.cache import Cache
from triage.store.spill import Spill

SCHEMA = pa.schema({"a": pa.string(), "b": pa.list_(pa.int64())})
SAMPLES = Path(__file__).parent.parent / "sample_bundles"


def filled(spill: Spill | None, rows: int = 40) -> pa.Table:
    builder = ColumnBuilder(SCHEMA, extra={}, batch_rows=3, spill=spill)
    for row in range(rows):
        builder.append({"a": f"text {row}" if row % 5 else None, "b": [row, row + 1] if row % 3 else None})
    columns = {"a": [f"more {row}" for row in range(rows)], "b": None}
    builder.extend(columns, rows)
    return builder.table()


@pytest.mark.parametrize("most", [0, 200, 1_000_000])
def test_a_table_is_the_same_wherever_it_lies(tmp_path: Path, most: int) -> None:
    spill = Spill(most, tmp_path)
    table = filled(spill)
    table.validate(full=True)
    assert table.equals(filled(None))
    assert (spill.bytes > 0) == (most < 1_000)
    assert list(tmp_path.iterdir()) == []  # nothing has a name


def test_what_lies_on_disk_takes_no_memory(tmp_path: Path) -> None:
    before = pa.total_allocated_bytes()
    builder = ColumnBuilder(SCHEMA, extra={}, batch_rows=10_000, spill=Spill(0, tmp_path))
    text = "x" * 1_000
    for _ in range(20_000):
        builder.append({"a": text})
    assert builder.table().nbytes > 20_000_000
    assert pa.total_allocated_bytes() - before < 6_000_000


def test_a_disk_that_takes_no_more_leaves_the_table_in_memory(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="only Unix limits the size of files")
    spill = Spill(0, tmp_path)
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, usual[1]))
    try:
        table = filled(spill)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert table.equals(filled(None))
    assert spill.bytes == 0


def test_a_folder_that_cannot_be_made_is_no_reason_to_fail(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert filled(Spill(0, tmp_path / "file" / "folder")).equals(filled(None))


@pytest.mark.parametrize("cached", [True, False])
def test_a_store_is_read_the_same_within_little_memory(tmp_path: Path, cached: bool) -> None:
    path = tmp_path / "events.ndjson"
    path.write_bytes(b"\n".join(store_events.lines(300, seed=5)))
    inputs, cache = Inputs(path), Cache(tmp_path / "cache" / "events") if cached else None
    usual = read_tables(inputs, limits=Limits(), bulk_bytes=0)
    little = read_tables(inputs, limits=Limits(memory_bytes=0), bulk_bytes=0, cache=cache)
    for name, table in usual.items():
        assert little[name].equals(table), name


def test_samples_are_read_the_same_within_no_memory() -> None:
    inputs = Inputs(SAMPLES / "debugbundle")
    usual, little = (read_tables(inputs, limits=Limits(memory_bytes=most)) for most in (None, 0))
    for name, table in usual.items():
        assert little[name].equals(table), name
