"""What is left where it lies is there when somebody asks: of a case, of what is masked, and of what leaves."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import triage
from tests.benchmarks import store_events
from triage.capture.ingesting import ingest
from triage.loading import read_tables
from triage.share.redacted import RedactedCase
from triage.sources.inputs import Inputs
from triage.store import DEFERRED

if TYPE_CHECKING:
    from triage.case import Case


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("store") / "events.ndjson"
    log = (
        b'{"schema_version":"2026-03-01","event_id":"00000000-0000-4000-8000-000000000001","event_type":"log_event",'
        b'"occurred_at":"2026-01-20T00:00:00Z","service":{"name":"shop","environment":"p","runtime":"node"},'
        b'"payload":{"level":"error","message":"no stock","attributes":{"owner":"ada@example.org"}}}'
    )
    made.write_bytes(b"\n".join([*store_events.lines(4_500, seed=2), log]))
    return made


@pytest.fixture(scope="module")
def case(path: Path) -> Case:
    return triage.load(path, cache=False)


def test_annotations_and_logs_are_read_when_they_are_asked_for(case: Case) -> None:
    assert case.raw.tables[DEFERRED].num_rows == 4_501
    assert len(case.annotations()) > 4_500 * 5
    log = case.logs()
    assert log["message"].tolist() == ["no stock"]
    event = log["event_id"].iloc[0]
    assert case.logs(event=event).equals(log)
    assert case.annotations(event=event).query("scope == 'attributes'")["value"].tolist() == ["ada@example.org"]
    assert case.table("logs").equals(log)
    assert case.sql("select count(*) n from annotations")["n"].iloc[0] == len(case.annotations())


def test_what_is_masked_has_them_masked(case: Case) -> None:
    incident = case.incidents().set_index("title")["incident_id"]["log: no stock"]
    annotations = RedactedCase.lazy(case).annotations(incident=incident)
    (row,) = annotations.query("key == 'owner'")["value"]
    assert row.startswith("[")


def test_what_leaves_of_one_incident_has_all_of_it(case: Case, tmp_path: Path) -> None:
    incident = case.incidents().set_index("title")["incident_id"]["log: no stock"]
    redacted = case.redact(incident=incident)
    assert len(redacted.annotations()) == len(case.annotations(incident=incident))
    assert redacted.logs()["message"].tolist() == ["no stock"]
    redacted.approve(by="Ada").save(tmp_path / "one.tar.gz")
    again = triage.load(tmp_path / "one.tar.gz")
    assert again.incidents()["incident_id"].tolist() == [incident]
    (owner,) = again.annotations().query("key == 'owner'")["value"]
    assert owner.startswith("[")


def test_what_is_ingested_of_a_large_file_is_whole(path: Path, case: Case, tmp_path: Path) -> None:
    done = ingest(path, tmp_path / "store")
    assert done.events == 4_501
    again = triage.load(tmp_path / "store", cache=False)
    assert len(again.events()) == 4_501
    assert sorted(again.incidents()["incident_id"]) == sorted(case.incidents()["incident_id"])
    assert len(again.annotations()) >= len(case.annotations())


def test_what_is_watched_of_a_large_file_is_the_same(path: Path, case: Case, tmp_path: Path) -> None:
    told = {notice.incident_id for notice in triage.watch(path, state=tmp_path / "state.db", once=True)}
    assert told == set(case.incidents()["incident_id"])


def test_what_stands_before_a_limit_is_read(tmp_path: Path, path: Path) -> None:
    packed = tmp_path / "events.ndjson.gz"
    packed.write_bytes(gzip.compress(path.read_bytes(), 1))
    inputs, limits = Inputs([packed, b"beside it"]), triage.Limits(member_bytes=5 << 20)
    quick, slow = (read_tables(inputs, limits=limits, bulk_bytes=least) for least in (1 << 20, None))
    assert 2_000 < quick["events"].num_rows < 4_000
    for name in ("events", "stacks", "files", "quarantine"):
        assert quick[name].equals(slow[name]), name


def test_an_input_that_has_moved_is_told_of(tmp_path: Path) -> None:
    made = tmp_path / "events.ndjson"
    store_events.write(made, 4_500)
    case = triage.load(made, cache=False)
    made.rename(tmp_path / "moved.ndjson")
    with pytest.raises(triage.SourceError, match="again"):
        case.annotations()
    assert len(case.incidents())
