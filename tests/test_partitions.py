"""A file in partitions gives what it gives as a whole: in a loop, on a cluster, and with a worker that is lost."""

from __future__ import annotations

import json
import os
import signal
import time
from functools import reduce
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import triage
from tests.benchmarks import store_events
from triage.loading import read_tables
from triage.sources.inputs import Inputs
from triage.sources.limits import Limits
from triage.store import DEFERRED, partitions
from triage.store.cache import Cache
from triage.store.cached import named
from triage.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa
    from distributed import Client

LINES = [
    *store_events.lines(60, seed=4),
    b"{broken",
    b"",
    b"\xef\xbb\xbf" + next(store_events.lines(1, seed=8)),
    b'{"event_type":"log_event","payload":{"message":"x"}}',
    b'[{"event_type":"log_event","payload":{"message":"y"}},7]',
    *store_events.lines(5, seed=5),
]


PIECES = [b"\n", b"{", b'{"event_type":"a","payload":{}}', b"\xef\xbb\xbf", b" "]


def assert_equal(one: dict[str, pa.Table], other: dict[str, pa.Table]) -> None:
    for name in (*TABLES, DEFERRED):
        keys = {"frames": ("stack_key", "idx")}.get(name, ())
        order = [(key, "ascending") for key in keys]
        first, second = (made[name].sort_by(order) if order else made[name] for made in (one, other))
        assert first.equals(second), name


class Steps:
    """A client that is a loop, with partitions of another size."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
        monkeypatch.setattr(partitions, "_RANGE_BYTES", step)

    def map(self, function, units):
        return list(map(function, units))

    def gather(self, futures):
        return futures


@pytest.mark.parametrize("step", [997, 2_048, 10_000, 1 << 20])
@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_any_partition_gives_the_whole(tmp_path: Path, step: int, end: bytes) -> None:
    path = tmp_path / "events.ndjson"
    path.write_bytes((end or b"\n").join(LINES) + end)
    whole = read_tables(Inputs(path), limits=Limits(), bulk_bytes=0)
    size = path.stat().st_size
    source_id = whole["files"]["source_id"][0].as_py()
    units = partitions.ranges(str(path), size, Limits().line_bytes, step=step)
    parts = [partitions.partition(unit) for unit in units]
    assert sum(part.events for part in parts) == whole["events"].num_rows
    left = reduce(partitions.combine, parts)
    right = reduce(lambda late, early: partitions.combine(early, late), reversed(parts))
    for made in (left, right):
        assert made.lines == len(LINES)
        assert named(made.tables, source_id)["quarantine"].equals(whole["quarantine"])
    assert left.tables["events"].equals(right.tables["events"])


@given(
    st.lists(st.sampled_from([b"\n", b"{", b'{"event_type":"a","payload":{}}', b"\xef\xbb\xbf", b" "])),
    st.integers(1, 40),
)
def test_lines_are_cut_nowhere(tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes], step: int) -> None:
    path = tmp_path_factory.mktemp("lines") / "a"
    path.write_bytes(data := b"".join(pieces))
    units = partitions.ranges(str(path), len(data), 1_000, step=step)
    found = [partitions._lines(unit) for unit in units]
    assert b"".join(part for _, part in found) == data
    for base, part in found:
        assert data[base : base + len(part)] == part
        assert not part or base == 0 or data[base - 1 : base] == b"\n"


def test_a_client_gives_the_same_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "events.ndjson"
    path.write_bytes(b"\n".join(LINES))
    plain = read_tables(Inputs(path), limits=Limits(), bulk_bytes=0)
    parted = read_tables(Inputs(path), limits=Limits(), bulk_bytes=0, client=Steps(monkeypatch, 5_000))
    assert_equal(plain, parted)


class Told(Steps):
    """A client that tells the order of what it was asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
        super().__init__(monkeypatch, step)
        self.asked: list[str] = []

    def map(self, function, units):
        self.asked.append(f"map {Path(units[0].address).name} {len(units)}")
        return super().map(function, units)

    def gather(self, futures):
        self.asked.append("gather")
        return super().gather(futures)


def test_the_next_files_are_begun_while_one_is_gathered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, size = tmp_path / "store", 20_000
    store.mkdir()
    for number, name in enumerate("abcd"):
        lines = [*store_events.lines(30, seed=number), b"{broken"]
        (store / f"{name}.ndjson").write_bytes(b"\n".join(lines) + b"\n")
    (store / "bb.log").write_text("x\n" * size)
    (store / "c.json").write_text(json.dumps([1] * size))
    monkeypatch.setattr(partitions, "_AHEAD", 7)
    monkeypatch.setattr("triage.store.cache._RACY_NS", -(10**12))
    cache = Cache(tmp_path / "cache")
    options = {"limits": Limits(), "bulk_bytes": size}
    plain = read_tables(Inputs(store), **options)
    read_tables(Inputs(store / "b.ndjson"), **options, cache=cache)
    client = Told(monkeypatch, size)
    parted = read_tables(Inputs(store), **options, client=client, cache=cache)
    assert_equal(plain, parted)
    parts = -(-(store / "a.ndjson").stat().st_size // size)
    assert 2 <= parts <= 6
    # b is known from before; d had to wait until there was room for it
    asked = [f"map a.ndjson {parts}", f"map c.ndjson {parts}", "gather", f"map d.ndjson {parts}", "gather", "gather"]
    assert client.asked == asked


@pytest.fixture(scope="module")
def cluster() -> Iterator[Client]:
    """Two processes of one thread."""
    from distributed import Client, LocalCluster

    local = LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50)
    with local, Client(local) as client:
        yield client


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "events.ndjson"
    store_events.write(path, 6_000, spoiled=0.001)
    assert path.stat().st_size > 8 << 20
    return path


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_gives_the_same_case(cluster: Client, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions, "_RANGE_BYTES", 1 << 20)
    plain = triage.load(store, cache=False)
    parted = triage.load(store, cache=False, client=cluster)
    assert plain.incidents().equals(parted.incidents())
    assert plain.events().equals(parted.events())
    assert plain.quarantine().equals(parted.quarantine())
    assert plain.files().equals(parted.files())


@pytest.mark.filterwarnings("ignore")
def test_a_lost_worker_loses_nothing(cluster: Client, store: Path) -> None:
    whole = triage.load(store, cache=False)
    units = partitions.ranges(str(store), store.stat().st_size, Limits().line_bytes, step=1 << 20)
    futures = cluster.map(partitions.partition, units, pure=False)
    pids = list(cluster.run(os.getpid).values())
    while not any(future.done() for future in futures):
        time.sleep(0.01)
    os.kill(pids[0], signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    made = reduce(partitions.combine, cluster.gather(futures))
    assert made.events == len(whole.events())
    assert made.lost == len(whole.quarantine())


@pytest.mark.filterwarnings("ignore")
def test_an_address_is_opened_with_a_client_only(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fsspec

    monkeypatch.setattr(partitions, "_RANGE_BYTES", 1 << 20)
    with fsspec.open("memory://bucket/events.ndjson", "wb") as out:
        out.write(store.read_bytes())
    with pytest.raises(triage.SourceError, match="nothing is fetched"):
        triage.load("memory://bucket/events.ndjson")
    case = triage.load("memory://bucket/events.ndjson", client=Steps(monkeypatch, 1 << 20))
    assert case.incidents()["count"].tolist() == triage.load(store, cache=False).incidents()["count"].tolist()
    with pytest.raises(triage.SourceError, match="cannot be opened") as told:
        triage.load("memory://user:secret@bucket/none?key=secret", client=Steps(monkeypatch, 1 << 20))
    assert "secret" not in str(told.value)


@pytest.mark.skipif(find_spec("s3fs") is not None, reason="the package for such addresses is installed here")
def test_an_address_whose_package_is_missing_names_it():
    from triage.sources.remote import opened

    with pytest.raises(triage.TriageError, match=r"^s3:// addresses need another package: .*s3fs"):
        opened("s3://bucket/secret-name.ndjson")
