"""Deciding from the command line, as a user would, piped."""

import csv
import io
import json
import subprocess
import sys

import pytest

from tests.deciding import event, name, store
from tests.test_cli import text, triage

EVENTS = [event(1), event(2), event(3, function="render")]


@pytest.fixture
def desk(tmp_path):
    """A folder with a store in it, and the ids of its incidents by their number of events."""
    store(tmp_path / "in", EVENTS)
    rows = json.loads(text("incidents", "in", "--format", "json", cwd=tmp_path))
    return tmp_path, {row["count"]: row["incident_id"] for row in rows}


def incidents(folder, *more):
    return {
        row["incident_id"]: row for row in json.loads(text("incidents", "in", "--format", "json", *more, cwd=folder))
    }


def test_decisions_are_written_into_the_folder_of_the_investigation_and_listed(desk):
    folder, ids = desk
    said = text("resolve", "in", ids[2], ids[1], "-m", "fixed in 1.2", "--who", "Ada", cwd=folder)
    assert set(said.splitlines()) == {f"{ids[2]}  resolved  2 events", f"{ids[1]}  resolved  1 event"}
    assert {row["status"] for row in incidents(folder).values()} == {"resolved"}
    assert text("reopen", "in", ids[1], cwd=folder) == f"{ids[1]}  open  1 event\n"
    assert text("ignore", "in", ids[1], "-m", "a test", cwd=folder) == f"{ids[1]}  ignored  1 event\n"
    assert text("note", "in", ids[1], "seen before", cwd=folder) == f"{ids[1]}  ignored  1 event\n"
    listed = list(csv.DictReader(io.StringIO(text("journal", "--format", "csv", cwd=folder))))
    assert [row["what"] for row in listed] == ["resolve", "resolve", "reopen", "ignore", "note"]
    assert listed[0]["who"] == "Ada"
    assert text("journal", folder, cwd="/") == text("journal", cwd=folder)
    told = json.loads(text("journal", "--of", "in", "--format", "json", cwd=folder))
    assert [row["effect"] for row in told] == ["applied", "overridden", "overridden", "applied", "applied"]
    assert (folder / ".triage" / "journal.ndjson").read_bytes().count(b"\n") == 5


def test_merge_split_pin_and_undo(desk):
    folder, ids = desk
    (line,) = text("merge", "in", ids[1], ids[2], "-m", "one bug", cwd=folder).splitlines()
    merged = line.split()[0]
    assert line == f"{merged}  open  3 events"
    sides = text("split", "in", merged, "--by", "variant", cwd=folder).splitlines()
    assert sorted(side.split(maxsplit=1)[1] for side in sides) == ["open  1 event", "open  2 events"]
    (small,) = (side.split()[0] for side in sides if side.endswith("1 event"))
    assert text("pin", "in", name(1), "--to", small, "-m", "it too", cwd=folder) == f"{small}  open  2 events\n"
    entries = [json.loads(line) for line in text("journal", "--format", "ndjson", cwd=folder).splitlines()]
    assert set(text("undo", "in", entries[2]["entry_id"], cwd=folder).splitlines()) == set(sides)
    (large,) = {side.split()[0] for side in sides} - {small}
    assert text("split", "in", large, "--event", name(2), cwd=folder).count("  open  1 event\n") == 2


def test_another_journal_is_named(desk, tmp_path):
    folder, ids = desk
    text("ignore", "in", ids[1], "--journal", "mine.ndjson", cwd=folder)
    assert not (folder / ".triage").exists()
    assert incidents(folder)[ids[1]]["status"] == "open"
    assert incidents(folder, "--journal", "mine.ndjson")[ids[1]]["status"] == "ignored"
    assert "ignored" in text("show", "in", "--journal", "mine.ndjson", cwd=folder)


def refused(folder, *arguments):
    done = triage(*arguments, cwd=folder)
    assert done.stdout == b""
    return done.returncode, " ".join(done.stderr.decode().split())


def test_what_is_wrong_is_said_and_not_written(desk):
    folder, ids = desk
    code, told = refused(folder, "note", "in", ids[1], "mail ada@example.org")
    assert (code, "ada@" in told) == (4, False)
    assert "of the kind email at characters 6 to 20" in told
    assert refused(folder, "resolve", "in", "inc_none")[0] == 4
    assert refused(folder, "merge", "in", ids[1]) == (
        4,
        "a merge takes two incidents or more; case.incidents()['incident_id'] lists them",
    )
    assert refused(folder, "split", "in", ids[2], "--by", "variant")[0] == 4
    assert refused(folder, "resolve", "nowhere", ids[1])[0] == 3
    assert not (folder / ".triage").exists()


def test_a_journal_inside_the_input_is_told_of(desk):
    folder, ids = desk
    text("ignore", "in", ids[1], "--journal", "mine.ndjson", cwd=folder)
    (folder / "in" / ".triage").mkdir()
    (folder / "mine.ndjson").replace(folder / "in" / ".triage" / "journal.ndjson")
    assert incidents(folder)[ids[1]]["status"] == "open"
    done = triage("note", "in", ids[1], "mine", cwd=folder)
    assert done.returncode == 0
    assert "lies inside the input and was not applied" in " ".join(done.stderr.decode().split())
    assert done.stdout.decode() == f"{ids[1]}  open  1 event\n"


def test_damaged_lines_are_listed(desk):
    folder, ids = desk
    text("ignore", "in", ids[1], cwd=folder)
    with (folder / ".triage" / "journal.ndjson").open("ab") as file:
        file.write(b'{"torn')
    (good, bad) = json.loads(text("journal", "--format", "json", cwd=folder))
    assert (good["what"], good["effect"]) == ("ignore", None)
    assert (bad["effect"], bad["told"]) == ("unreadable", "line 2: torn or no JSON")


def test_two_people_at_once(desk):
    folder, ids = desk
    command = [sys.executable, "-m", "triage.cli", "note", "in", ids[1]]
    running = [subprocess.Popen([*command, word], cwd=folder, stdout=subprocess.PIPE) for word in ("one", "two")]
    assert [process.wait() for process in running] == [0, 0]
    for process in running:
        process.communicate()
    rows = json.loads(text("journal", "--format", "json", cwd=folder))
    assert sorted(row["why"] for row in rows) == ["one", "two"]
    assert rows[1]["parents"] == [rows[0]["entry_id"]]
