"""Runs on disk: pending at once, whole or not at all, interrupted where nobody works on them, found again, pruned."""

import json
import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import triage
from triage.errors import ModelError
from triage.hypotheses.runs import FAILED, PENDING, SUCCESS, Run, Runs, named, table
from triage.tables import TABLES

KEY = "5f0c1d2e3a4b" + "0" * 52
OTHER = "a" * 64


def kept(runs, key=KEY, **fields):
    """A run that has come to its end."""
    with runs.working(named("gemini", "inc_1", key, model="m")) as run:
        ended = run.changed(status=SUCCESS, answer={"findings": {}}, **fields)
        runs.write(ended)
    return ended


@pytest.fixture
def runs(tmp_path):
    return Runs(tmp_path / ".triage" / "hypotheses")


def test_a_run_is_pending_while_somebody_works_on_it_and_then_what_it_became(runs):
    other = Runs(runs.folder)
    with runs.working(named("gemini", "inc_1", KEY)) as run:
        assert [each.status for each in other.all()] == [PENDING]
        assert other.answered(KEY) is None
        runs.write(run.changed(status=SUCCESS, duration_ms=3.5))
    (found,) = other.all()
    assert (found.status, found.duration_ms) == (SUCCESS, 3.5)
    assert other.answered(KEY) == found
    assert other.answered(OTHER) is None
    assert [path.name for path in runs.folder.iterdir()] == [f"{found.run_id}.json"]
    assert repr(found) == f"<triage.Run {found.run_id}: gemini SUCCESS, hypotheses, unverified>"
    assert repr(runs) == "<triage.Runs: 1>"


def test_what_nobody_works_on_any_more_was_interrupted(runs):
    with runs.working(named("gemini", "inc_1", KEY)) as run:
        pass
    seen = Runs(runs.folder).all()
    assert [(each.status, each.kind) for each in seen] == [(FAILED, "interrupted")]
    assert "ask again" in seen[0].error
    assert json.loads((runs.folder / f"{run.run_id}.json").read_text()).get("status", PENDING) == PENDING
    kept(runs, OTHER)
    assert json.loads((runs.folder / f"{run.run_id}.json").read_text())["status"] == FAILED


CHILD = """
import sys, time
from pathlib import Path
from triage.hypotheses.runs import Runs, named
runs = Runs(Path(sys.argv[1]))
with runs.working(named("gemini", "inc_1", "0" * 64)):
    print("begun", flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(os.name != "posix", reason="kills as POSIX does")
def test_a_run_of_another_process_is_pending_until_that_is_killed(runs):
    command = [sys.executable, "-c", CHILD, str(runs.folder)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as child:
        assert child.stdout.readline() == "begun\n"
        assert [each.status for each in runs.all()] == [PENDING]
        kept(runs)
        assert sorted(each.status for each in runs.all()) == [PENDING, SUCCESS]
        child.send_signal(signal.SIGKILL)
        child.wait()
    assert sorted(each.status for each in runs.all()) == [FAILED, SUCCESS]


def test_several_at_once_each_have_a_file(runs):
    threads = [threading.Thread(target=kept, args=(Runs(runs.folder),)) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(runs.all()) == 12
    assert {each.status for each in runs.all()} == {SUCCESS}
    assert {path.suffix for path in runs.folder.iterdir()} == {".json"}


def test_the_newest_answer_to_a_question_is_the_one(runs):
    first, second = kept(runs), kept(runs)
    assert first.run_id < second.run_id
    assert runs.answered(KEY) == second


def put(runs, age, status=SUCCESS):
    """A run of some days ago."""
    created = datetime.now(UTC) - timedelta(days=age)
    name = f"run_{created:%Y%m%dT%H%M%S%f}Z_{KEY[:12]}"
    runs.folder.mkdir(parents=True, exist_ok=True)
    runs.write(Run(run_id=name, incident_id="inc_1", engine="rules", status=status, question=KEY))


def test_what_is_too_old_is_deleted_by_the_next_run(runs):
    for age in (59, 61, 400):
        put(runs, age)
    kept(runs)
    assert len(runs.all()) == 2


def test_what_is_too_much_is_deleted_oldest_first(tmp_path):
    runs = Runs(tmp_path, days=30, most=3)
    for age in (1, 2, 3, 4, 5):
        put(runs, age)
    newest = kept(runs)
    found = runs.all()
    assert len(found) == 3
    assert found[-1].run_id == newest.run_id


def test_nothing_is_deleted_by_looking_and_nothing_that_is_worked_on(tmp_path):
    runs = Runs(tmp_path, most=1)
    with runs.working(named("gemini", "inc_1", KEY)):
        kept(Runs(tmp_path, most=1))
        assert sorted(each.status for each in runs.all()) == [PENDING, SUCCESS]
    put(runs, 100)
    assert len(runs.all()) == 3


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(path.read_bytes()[:40]),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"[" * 100_000),
        lambda path: path.write_bytes(b'{"runId": 7}'),
        lambda path: path.rename(path.with_name("run_20260101T000000000000Z_000000000000.json")),
        lambda path: path.rename(path.with_name("notes.json")),
    ],
)
def test_what_is_no_run_is_passed_over(runs, damage):
    damage(runs.folder / f"{kept(runs).run_id}.json")
    assert runs.all() == []
    assert runs.answered(KEY) is None
    assert len([kept(runs), *runs.all()]) == 2


def test_a_folder_that_cannot_be_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    runs = Runs(tmp_path / "file" / "hypotheses")
    assert runs.all() == []
    with pytest.raises(ModelError, match="name another place"):
        kept(runs)


def test_without_a_folder_runs_live_as_long_as_the_case():
    runs = Runs(None)
    run = kept(runs)
    assert runs.all() == [run] == [runs.answered(KEY)]


def test_the_table_has_the_columns_of_the_schema_newest_first(runs):
    kept(runs, attempts=2, input_chars=10, output_chars=5, duration_ms=1.5)
    newest = kept(runs, OTHER, error="x")
    made = table(runs.all())
    assert made.schema == TABLES["hypotheses"].schema
    rows = made.to_pylist()
    assert rows[0]["run_id"] == newest.run_id
    assert rows[0]["error"] == "x"
    assert (rows[1]["attempts"], rows[1]["input_chars"], rows[1]["output_chars"]) == (2, 10, 5)
    assert json.loads(rows[1]["answer"]) == {"findings": {}}
    assert rows[0]["created"].tzinfo is not None


TRACE = b'Traceback (most recent call last):\n  File "a.py", line 1, in f\nKeyError: 1\n'


def test_a_case_shows_the_runs_of_its_own_incidents(tmp_path):
    case = triage.load(TRACE, journal=tmp_path)
    incident = case.incidents()["incident_id"].iloc[0]
    assert case.runs.folder == tmp_path / ".triage" / "hypotheses"
    assert case.redact().runs.folder == case.runs.folder
    kept(case.runs)
    with case.runs.working(named("rules", incident, OTHER)) as run:
        case.runs.write(run.changed(status=SUCCESS))
    assert case.hypotheses()["incident_id"].tolist() == [incident]
    assert case.table("hypotheses")["run_id"].tolist() == [run.run_id]
    assert case.redact().hypotheses()["run_id"].tolist() == [run.run_id]


def test_runs_inside_of_an_input_are_not_taken(tmp_path, monkeypatch):
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    (bundle / "trace.txt").write_bytes(TRACE)
    incident = triage.load(bundle, journal=tmp_path / "else").incidents()["incident_id"].iloc[0]
    inside = Runs(bundle / ".triage" / "hypotheses")
    with inside.working(named("rules", incident, KEY)) as run:
        inside.write(run.changed(status=SUCCESS))
    monkeypatch.chdir(bundle)
    case = triage.load(Path())
    assert incident in case.incidents()["incident_id"].tolist()
    assert case.hypotheses().empty
    assert case.runs.folder is None


def test_how_long_runs_are_kept_stands_in_the_settings(tmp_path):
    (tmp_path / "triage.toml").write_text("[hypotheses]\nretentionDays = 5\nretentionRuns = 2\n")
    case = triage.load(TRACE, journal=tmp_path, config=tmp_path / "triage.toml")
    for age in (1, 2, 3, 9):
        put(case.runs, age)
    kept(case.runs)
    assert len(case.runs.all()) == 2
