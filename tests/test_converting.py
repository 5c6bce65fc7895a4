import gzip
import io
import json
import tarfile
from functools import partial
from pathlib import Path

import pandas as pd
import pytest
from pyarrow import compute as pc
from pyarrow import parquet

import triage
from tests.benchmarks import store_events
from tests.test_debugbundle_bulk import ARRAYS, DEFECTS, REAL
from triage import converting, loading, records
from triage.errors import TriageError
from triage.exporting import manifest
from triage.formats import debugbundle_bulk
from triage.sources import disk, source
from triage.sources.inputs import Inputs
from triage.sources.limits import Limits
from triage.store import files

SAMPLES = Path(__file__).parent.parent / "sample_bundles"
MADE = list(store_events.lines(400, seed=9))


def rows(case, name):
    """The rows of a table, in an order that does not hang on that of reading."""
    return sorted(json.dumps(row, default=str, sort_keys=True) for row in case.table(name).to_dict("records"))


def assert_same(one, other, *, but=()):
    for name in set(converting._WRITTEN) - set(but):
        assert rows(one, name) == rows(other, name), name
    pd.testing.assert_frame_equal(one.incidents(), other.incidents())


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    """Parts of some events and batches of some lines, so that samples have many; whatever lies in lines is read so."""
    monkeypatch.setattr(source, "_CHUNK", 50_000)
    monkeypatch.setattr(records, "_TAKEN_BYTES", 20_000)
    monkeypatch.setattr(debugbundle_bulk, "_FEWER", 50_000)
    monkeypatch.setattr(files, "_FEWER", 20_000)
    monkeypatch.setattr(files, "_PART", 60_000)
    monkeypatch.setattr(disk, "_MANY", 20)
    monkeypatch.setattr(loading, "read_into", partial(loading.read_into, bulk_bytes=0))


def store(folder, *, lines=MADE, chunk=7):
    """A store of one large file of lines and of small ones."""
    folder.mkdir()
    whole = lines[: len(lines) // 2]
    (folder / "large.ndjson").write_bytes(b"\n".join(whole))
    rest = lines[len(lines) // 2 :]
    for at in range(0, len(rest), chunk):
        (folder / f"{1_700_000_000_000 + at}-{at}-web.events.json").write_bytes(
            b"[" + b",".join(rest[at : at + chunk]) + b"]"
        )
    return folder


@pytest.mark.parametrize("sample", ["debugbundle", "sentry", "0xgen", "logs", "grouping"])
def test_the_folder_is_the_case(tmp_path, sample):
    usual = triage.load(SAMPLES / sample, cache=False)
    made = triage.load(triage.to_parquet(SAMPLES / sample, tmp_path / "tables"))
    assert_same(usual, made)


def test_a_store_is_taken_part_by_part(tmp_path, monkeypatch):
    parts = []
    take = converting._Parts.take
    monkeypatch.setattr(converting._Parts, "take", lambda *given: parts.append(take(*given)))
    path = store(tmp_path / "store")
    made = triage.load(triage.to_parquet(path, tmp_path / "tables"))
    assert len(parts) >= 4
    assert_same(triage.load(path, cache=False), made)
    assert len(made.table("events")) == len(MADE)


# Events that say something else under the id of another one, or are of another kind, near it and far from it.
OTHER = [MADE[at].replace(b'"handled":', b'"handled":true,"was":') for at in (0, 3, 395)]
KINDS = [
    json.dumps(
        json.loads(MADE[at]) | {"event_type": "log_event", "payload": {"level": "error", "message": "no"}}
    ).encode()
    for at in (1, 1, 396)
]
LINES = {
    "every kind of event": [*REAL, *ARRAYS, *MADE],
    "every defect": [
        line for at, defect in enumerate(DEFECTS.values()) for line in (*MADE[at * 4 : at * 4 + 4], defect)
    ],
    "repeats": [*MADE[:200], *MADE[150:300], *MADE[:50], *MADE[200:], *REAL, *REAL],
    "repeats that say something else": [*MADE, *OTHER, *OTHER, *MADE[:10], *KINDS, MADE[1], *OTHER],
    "an id of two kinds, the rarer first": [*KINDS, *MADE, *KINDS, *MADE[:5]],
    "no event": [b"x"] * 50,
}


def in_one_file(folder, lines):
    (folder / "events.ndjson").write_bytes(b"\n".join(lines))
    return folder / "events.ndjson"


def packed(folder, lines):
    (folder / "events.ndjson.gz").write_bytes(gzip.compress(b"\n".join(lines)))
    return folder / "events.ndjson.gz"


def in_an_archive(folder, lines):
    with tarfile.open(folder / "events.tar.gz", "w:gz") as archive:
        for at in range(0, len(lines), 150):
            data = b"\n".join(lines[at : at + 150])
            member = tarfile.TarInfo(f"store/{at}.ndjson")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return folder / "events.tar.gz"


def in_files(folder, lines):
    """One event in a file, and now and then some, or what is no event file by its name."""
    for at, line in enumerate(lines):
        name = f"{1_700_000_000_000 + at}-{at}-web.events.json" if at % 90 else f"{1_700_000_000_000 + at}.json"
        data = line if at % 7 else b"[" + b",".join(lines[at : at + 3]) + b"]"
        (folder / name).write_bytes(data)
    (folder / "large.ndjson").write_bytes(b"\n".join(lines))
    return folder


@pytest.mark.parametrize("laid", [in_one_file, packed, in_an_archive, in_files])
@pytest.mark.parametrize("which", LINES)
def test_the_tables_are_those_that_come_of_reading_one_by_one(tmp_path, which, laid):
    (tmp_path / "store").mkdir()
    path = laid(tmp_path / "store", LINES[which])
    slow = loading.read_tables(Inputs(path), limits=Limits(), bulk_bytes=None)
    folder = triage.to_parquet(path, tmp_path / "tables")
    for name in converting._WRITTEN:
        one, other = parquet.read_table(folder / f"{name}.parquet"), slow[name]
        if name == "frames":  # while rows come, those of an event that repeats one in other words may be needed yet
            there = pc.is_in(one["stack_key"], value_set=slow["stacks"]["stack_key"].combine_chunks())
            one = one.filter(there)
        # frames come as they are met; of files that lie together those that are not usual are read first
        if name == "frames" or (name == "quarantine" and laid is in_files):
            one, other = (
                table.sort_by([(column, "ascending") for column in table.column_names]) for table in (one, other)
            )
        assert one.equals(other), name
    assert parquet.ParquetFile(folder / "events.parquet").num_row_groups > (5 if which != "no event" else -1)


def nameless(number, message):
    event = json.loads(MADE[0])
    del event["event_id"]
    event["payload"] |= {"message": message, "stack": None}
    event["occurred_at"] = f"2026-01-01T00:00:{number % 60:02d}Z"
    return json.dumps(event).encode()


def test_repeats_count_once_over_parts(tmp_path):
    again = [*MADE, *MADE[:30], *[nameless(at, "x") for at in range(60)], *[nameless(at, "x") for at in range(60)]]
    path = tmp_path / "again.ndjson"
    path.write_bytes(b"\n".join(again))
    usual, made = triage.load(path, cache=False), triage.load(triage.to_parquet(path, tmp_path / "tables"))
    assert len(made.table("events")) == len(MADE) + 120
    assert_same(usual, made)
    assert "30 events stand in another place too" in made.files()["reason"].iloc[0]


def test_an_id_of_two_kinds_is_two_events_over_parts(tmp_path):
    log = json.loads(MADE[0]) | {"event_type": "log_event", "payload": {"level": "error", "message": "no"}}
    path = tmp_path / "kinds.ndjson"
    path.write_bytes(b"\n".join([*MADE, json.dumps(log).encode(), json.dumps(log).encode()]))
    usual, made = triage.load(path, cache=False), triage.load(triage.to_parquet(path, tmp_path / "tables"))
    assert len(made.table("events")) == len(MADE) + 1
    assert rows(usual, "events") == rows(made, "events")


def test_broken_lines_are_in_quarantine_with_their_places(tmp_path):
    path = tmp_path / "bad.ndjson"
    path.write_bytes(b"\n".join([*MADE[:120], b"{broken", *MADE[120:], b'{"event_type":', b""]))
    usual, made = triage.load(path, cache=False), triage.load(triage.to_parquet(path, tmp_path / "tables"))
    assert_same(usual, made)
    assert made.quarantine()["line"].tolist() == [121, 402]


def test_a_folder_that_is_somebody_elses_is_left_alone(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    with pytest.raises(TriageError, match="holds something else"):
        triage.to_parquet(SAMPLES / "logs", tmp_path / "mine")
    with pytest.raises(triage.SourceError):
        triage.to_parquet(tmp_path / "nowhere", tmp_path / "tables")
    assert not (tmp_path / "tables").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
    triage.to_parquet(SAMPLES / "logs", tmp_path / "mine", overwrite=True)
    assert manifest(tmp_path / "mine") is not None
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "x"
