"""`triage watch` as a user runs it."""

import json

import pytest

from tests.deciding import event
from tests.watching import add, put
from triage import cli
from triage.errors import SourceError


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    """Run it once on the folder `in`, as `main` does; gives what it prints."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "home"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "in").mkdir()
    put(tmp_path / "in" / "a.ndjson", json.dumps(event(1)) + "\n")

    def run(*arguments):
        cli.app(["watch", "in", "--once", *arguments], standalone_mode=False)
        return capsys.readouterr().out

    return run


def test_it_prints_what_is_new_and_nothing_the_next_time(run, tmp_path):
    first = run()
    assert "NEW" in first
    assert "ValueError in parse (1 event)" in first
    assert run() == ""
    add(tmp_path / "in" / "a.ndjson", json.dumps(event(2, function="g")) + "\n")
    assert run().count("\n") == 1


def test_lines_of_json(run):
    [row] = map(json.loads, run("--json").splitlines())
    assert row["kind"] == "incident"
    assert row["title"] == "ValueError in parse"
    assert "again" not in row


def test_each_notice_stands_in_the_file_once(run, tmp_path):
    run("--out", "out.ndjson")
    add(tmp_path / "in" / "a.ndjson", json.dumps(event(2, function="g")) + "\n")
    run("--out", "out.ndjson")
    run("--out", "out.ndjson")
    rows = [json.loads(line) for line in (tmp_path / "out.ndjson").read_text().splitlines()]
    assert [row["title"] for row in rows] == ["ValueError in parse", "ValueError in g"]
    assert [row["seq"] for row in rows] == [1, 2]


def test_what_is_there_may_be_skipped(run, tmp_path):
    assert run("--skip-existing") == ""
    add(tmp_path / "in" / "a.ndjson", json.dumps(event(2, function="g")) + "\n")
    assert "ValueError in g" in run("--skip-existing")


def test_nothing_there(run):
    with pytest.raises(SourceError):
        cli.app(["watch", "none", "--once"], standalone_mode=False)


def test_lines_of_the_journal_that_cannot_be_read_are_told_of(run, tmp_path, capsys):
    (tmp_path / ".triage").mkdir()
    (tmp_path / ".triage" / "journal.ndjson").write_text('{"id": "dec_1"\n')
    cli.app(["watch", "in", "--once"], standalone_mode=False)
    told = "1 line of the journal cannot be read, and nothing decided there is applied"
    assert told in " ".join(capsys.readouterr().err.split())
    (tmp_path / ".triage" / "journal.ndjson").unlink()
    cli.app(["watch", "in", "--once"], standalone_mode=False)
    assert "journal" not in capsys.readouterr().err
