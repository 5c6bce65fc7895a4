"""What was read of event stores is read once: the same rows come from the cache, until a file is another."""

from __future__ import annotations

import json
import os
import random
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.benchmarks import store_events
from triage.loading import read_tables
from triage.sources.inputs import Inputs
from triage.sources.limits import Limits
from triage.store.cache import Cache
from triage.tables import TABLES

FILES = 300


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def aged(path: Path) -> None:
    """Let the clock pass the time in which a change could go unseen."""
    newest = max(file.stat().st_ctime_ns for file in ([path] if path.is_file() else path.rglob("*")))
    while time.time_ns() < newest + 2_100_000_000:
        time.sleep(0.05)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of fifty events that has been left alone for long enough."""
    path = tmp_path / "events.ndjson"
    path.write_bytes(b"\n".join(store_events.lines(50)))
    aged(path)
    return path


def read(path: Path, cache: Cache | None = None, *, bulk_bytes: int | None = 0) -> dict[str, pa.Table]:
    return read_tables(Inputs(path), limits=Limits(), bulk_bytes=bulk_bytes, cache=cache)


def assert_equal(one: dict[str, pa.Table], other: dict[str, pa.Table], *, without: tuple[str, ...] = ()) -> None:
    for name in set(TABLES) - set(without):
        keys = {"frames": ("stack_key", "idx"), "annotations": ("event_id", "scope", "key")}.get(name, ())
        order = [(key, "ascending") for key in keys]
        first, second = (made[name].sort_by(order) if order else made[name] for made in (one, other))
        assert first.equals(second), name


def events(folder: Path, count: int = FILES) -> Path:
    folder.mkdir()
    for at, line in enumerate(store_events.lines(count, seed=5)):
        (folder / f"{1_700_000_000_000 + at}-{at}-shop.events.json").write_bytes(b"[" + line + b"]")
    return folder


def test_a_large_file_is_read_once(tmp_path: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "events.ndjson"
    path.write_bytes(b"\n".join([*store_events.lines(100), b"{broken", b'{"event_type":"x"}']))
    aged(path)
    first = read(path, cache)
    assert_equal(first, read(path))
    assert cache.info()["entries"] == 1
    monkeypatch.setattr("triage.formats.debugbundle_events.read", None)
    again = read(path, cache)
    assert_equal(first, again)
    assert again["quarantine"].num_rows == 2


def test_a_file_that_is_another_is_read_anew(tmp_path: Path, cache: Cache) -> None:
    path = tmp_path / "events.ndjson"
    lines = list(store_events.lines(100))
    path.write_bytes(b"\n".join(lines))
    aged(path)
    read(path, cache)
    status = path.stat()
    path.write_bytes(b"\n".join(lines).replace(b"checkout", b"checkin_"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert path.stat().st_size == status.st_size
    assert_equal(read(path, cache), read(path))


def test_what_was_just_written_is_not_trusted(tmp_path: Path, cache: Cache) -> None:
    path = tmp_path / "events.ndjson"
    path.write_bytes(b"\n".join(store_events.lines(20)))
    read(path, cache)
    assert cache.info()["entries"] == 0


def test_of_a_folder_only_what_is_new_is_read(tmp_path: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = events(tmp_path / "store")
    names = sorted(folder.iterdir())
    names[7].write_bytes(b"[" + next(store_events.lines(1, seed=9)) + b", {]")
    names[8].write_bytes(b"not an event")
    aged(folder)
    first = read(folder, cache)
    assert_equal(first, read(folder, bulk_bytes=None), without=("annotations", "logs"))
    assert first["events"].num_rows == FILES - 1
    opened: list[str] = []
    from triage.store import files

    contents = files._contents
    monkeypatch.setattr(files, "_contents", lambda path: opened.append(path) or contents(path))
    assert_equal(read(folder, cache), first)
    assert {Path(path) for path in opened} == {names[7], names[8]}
    opened.clear()
    names[3].unlink()
    late = folder / "1699999999999-1-shop.events.json"
    late.write_bytes(b"[" + json.dumps(json.loads(next(store_events.lines(1, seed=11)))).encode() + b"]")
    assert_equal(read(folder, cache), read(folder))
    assert late in {Path(path) for path in opened}


def test_an_entry_of_another_version_counts_as_none(
    tmp_path: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "events.ndjson"
    path.write_bytes(b"\n".join(store_events.lines(20)))
    aged(path)
    first = read(path, cache)
    monkeypatch.setattr("triage.store.cache._VERSION", "another")
    assert_equal(read(path, cache), first)
    assert cache.info()["entries"] == 2


def test_a_damaged_entry_counts_as_none(path: Path, cache: Cache) -> None:
    first = read(path, cache)
    (entry,) = cache.folder.iterdir()
    for file in entry.glob("*.parquet"):
        file.write_bytes(file.read_bytes()[:50])
    assert_equal(read(path, cache), first)
    (entry,) = cache.folder.iterdir()
    (entry / "entry.json").write_bytes(b"{")
    assert_equal(read(path, cache), first)


@pytest.mark.parametrize("seed", range(3))
def test_a_flipped_bit_makes_an_entry_count_as_none(path: Path, cache: Cache, seed: int) -> None:
    first = read(path, cache)
    chance = random.Random(seed)
    (entry,) = cache.folder.iterdir()
    for name in sorted(file.name for file in entry.iterdir()):
        (entry,) = cache.folder.iterdir()
        data = bytearray((entry / name).read_bytes())
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        (entry / name).write_bytes(data)
        assert_equal(read(path, cache), first)


def test_tables_of_somebody_else_count_as_none(path: Path, cache: Cache) -> None:
    first = read(path, cache)
    (entry,) = cache.folder.iterdir()
    pq.write_table(pa.table({"answer": [42]}), entry / "events.parquet")
    assert_equal(read(path, cache), first)


@pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX")
def test_a_folder_that_others_may_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "events.ndjson"
    path.write_bytes(b"\n".join(store_events.lines(5)))
    aged(path)
    (tmp_path / "cache").mkdir(mode=0o777)
    (tmp_path / "cache").chmod(0o777)
    read(path, Cache(tmp_path / "cache"))
    assert (tmp_path / "cache").stat().st_mode & 0o777 == 0o700


def test_the_cache_keeps_to_its_size_and_is_the_users_own(tmp_path: Path) -> None:
    path = tmp_path / "events.ndjson"
    path.write_bytes(b"\n".join(store_events.lines(50)))
    aged(path)
    cache = Cache(tmp_path / "cache", most_bytes=1_000)
    read(path, cache)
    assert cache.info()["entries"] == 0
    roomy = Cache(tmp_path / "cache")
    read(path, roomy)
    assert roomy.info()["entries"] == 1
    if os.name == "posix":
        assert (tmp_path / "cache").stat().st_mode & 0o777 == 0o700
    (entry,) = roomy.folder.iterdir()
    os.utime(entry, (time.time() - 40 * 86_400,) * 2)
    roomy.trim()
    assert roomy.info()["entries"] == 0
    assert roomy.clear() == 0
