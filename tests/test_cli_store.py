"""The command `triage ingest`."""

import pytest
from typer.testing import CliRunner

import triage
from tests.reading import SAMPLES
from triage.cli import app

LOG = str(SAMPLES / "logs" / "php-error.log")


@pytest.fixture
def run():
    return lambda *words: CliRunner().invoke(app, list(words))


def test_each_file_is_acknowledged(run, tmp_path):
    store = str(tmp_path / "store")
    done = run("ingest", LOG, "--to", store)
    assert done.exit_code == 0, done.output
    first, last, lost = done.output.splitlines()
    word, name, *count = first.split()
    assert (word, count) == ("written", ["5", "events"])
    assert (tmp_path / "store" / ".debugbundle" / "local" / "events" / name).exists()
    assert last == "5 events in 1 file, 1 line that is no event"
    assert lost.startswith("1 piece could not be read")
    assert run("ingest", LOG, "--to", store).output.split()[0] == "kept"
    assert len(triage.load(store).incidents()) == 2


def test_several_logs_and_options(run, tmp_path):
    other = str(SAMPLES / "logs" / "pino.ndjson")
    done = run("ingest", LOG, other, "--to", str(tmp_path), "--service", "shop", "--redact", "--lines")
    assert done.exit_code == 0, done.output
    assert {tuple(row) for row in triage.load(tmp_path).incidents()["services"]} == {("shop",)}


def test_the_help_says_that_it_is_raw(run):
    assert "secrets included" in " ".join(run("ingest", "--help").output.split())


def test_a_store_becomes_a_folder_of_tables(run, tmp_path):
    store, folder = SAMPLES / "debugbundle" / "store", tmp_path / "tables"
    done = run("to-parquet", str(store), LOG, "--to", str(folder))
    assert (done.exit_code, done.output) == (0, f"written  {folder}\n")
    usual = triage.load([store, LOG], cache=False).incidents()
    assert triage.load(folder).incidents()["incident_id"].tolist() == usual["incident_id"].tolist()
    again = run("to-parquet", LOG, "--to", str(tmp_path))
    assert "holds something else" in str(again.exception)


def test_what_is_not_there(run, tmp_path):
    done = run("ingest", str(tmp_path / "none"), "--to", str(tmp_path))
    assert done.exit_code != 0
    assert isinstance(done.exception, triage.SourceError)


def test_what_no_reader_recognises_is_named(run, tmp_path):
    (tmp_path / "notes.md").write_text("# Notes\n\nnothing happened\n")
    done = run("ingest", str(tmp_path / "notes.md"), "--to", str(tmp_path / "store"))
    assert done.exit_code == 4
    assert "no reader recognises notes.md; name one by --as" in done.output
    both = run("ingest", str(tmp_path / "notes.md"), LOG, "--to", str(tmp_path / "store"))
    assert both.exit_code == 0
    assert "/notes.md; name one by --as" in both.output


def test_what_does_not_go_along_is_said(run, tmp_path):
    done = run("ingest", str(SAMPLES / "debugbundle" / "week.tar.gz"), "--to", str(tmp_path))
    assert done.exit_code == 0, done.output
    assert "left out: 2 incident states; event files have no place for them: open their files beside" in done.output
    assert "left out" not in run("ingest", str(tmp_path), "--to", str(tmp_path / "again")).output
    (tmp_path / "1.bundle.json").write_text('{"bundle_version": 1, "bundle_id": "bnd_1", "signal": {}, "summary": {}}')
    alone = run("ingest", str(tmp_path / "1.bundle.json"), "--to", str(tmp_path / "none"))
    assert alone.exit_code == 4
    assert "left out: 1 bundle; event files have no place for it: open its file beside the store" in alone.output
