import json
from pathlib import Path

import pandas as pd
import pytest

import triage
from tests.benchmarks import store_events
from triage import converting, records
from triage.errors import TriageError
from triage.exporting import manifest

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
    """Parts of some events, so that samples have many."""
    monkeypatch.setattr(records, "_TAKEN_BYTES", 40_000)


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
