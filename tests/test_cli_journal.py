"""Deciding from the command line, as a user would, piped."""

import csv
import io
import json
import subprocess
import sys

import pytest
import typer

from tests.deciding import event, name, store
from triage import cli
from triage.console import worded
from triage.errors import TriageError

EVENTS = [event(1), event(2), event(3, function="render")]


@pytest.fixture
def run(capsys):
    """Run a command as `main` does, in this process; gives what it prints and what it complains of."""

    def run(*arguments):
        try:
            cli.app([str(each) for each in arguments], standalone_mode=False)
        finally:
            printed = capsys.readouterr()
        return printed.out, printed.err

    return run


@pytest.fixture
def text(run):
    """What a command prints that has nothing to complain of."""

    def text(*arguments):
        out, err = run(*arguments)
        assert err == ""
        return out

    return text


@pytest.fixture
def incidents(text):
    """The incidents as the command line gives them, by their id."""

    def incidents(*more):
        rows = json.loads(text("incidents", "in", "--format", "json", *more))
        return {row["incident_id"]: row for row in rows}

    return incidents


@pytest.fixture
def desk(tmp_path, monkeypatch, incidents):
    """The working directory with a store in it, and the ids of its incidents by their number of events."""
    store(tmp_path / "in", EVENTS)
    monkeypatch.chdir(tmp_path)
    return tmp_path, {row["count"]: each for each, row in incidents().items()}


def test_decisions_are_written_into_the_folder_of_the_investigation_and_listed(desk, text, incidents):
    folder, ids = desk
    said = text("resolve", "in", ids[2], ids[1], "-m", "fixed in 1.2", "--who", "Ada")
    assert set(said.splitlines()) == {f"{ids[2]}  resolved  2 events", f"{ids[1]}  resolved  1 event"}
    assert {row["status"] for row in incidents().values()} == {"resolved"}
    assert text("reopen", "in", ids[1]) == f"{ids[1]}  open  1 event\n"
    assert text("ignore", "in", ids[1], "-m", "a test") == f"{ids[1]}  ignored  1 event\n"
    assert text("note", "in", ids[1], "-m", "seen before") == f"{ids[1]}  ignored  1 event\n"
    listed = list(csv.DictReader(io.StringIO(text("journal", "--format", "csv"))))
    assert [row["what"] for row in listed] == ["resolve", "resolve", "reopen", "ignore", "note"]
    assert listed[0]["who"] == "Ada"
    assert text("journal", folder) == text("journal")
    told = json.loads(text("journal", "--of", "in", "--format", "json"))
    assert [row["effect"] for row in told] == ["applied", "overridden", "overridden", "applied", "applied"]
    assert (folder / ".triage" / "journal.ndjson").read_bytes().count(b"\n") == 5


@pytest.mark.parametrize("command", [["show", "in"], ["incidents", "in"], ["table", "events", "in"], ["explain", "in"]])
def test_what_only_reads_says_that_a_journal_is_not_there(desk, run, command):
    for place in ("mine.ndjsn", "gone/mine.ndjson", "in"):
        with pytest.raises(TriageError, match=f"there is no journal at {place}; check the name"):
            run(*command, "--journal", place)


def test_merge_split_pin_and_undo(desk, text, incidents):
    _, ids = desk
    (line,) = text("merge", "in", ids[1], ids[2], "-m", "one bug").splitlines()
    merged = line.split()[0]
    assert line == f"{merged}  open  3 events"
    sides = text("split", "in", merged, "--by", "variant").splitlines()
    assert sorted(side.split(maxsplit=1)[1] for side in sides) == ["open  1 event", "open  2 events"]
    (small,) = (side.split()[0] for side in sides if side.endswith("1 event"))
    assert text("pin", "in", name(1), "--to", small, "-m", "it too") == f"{small}  open  2 events\n"
    entries = [json.loads(line) for line in text("journal", "--format", "ndjson").splitlines()]
    assert set(text("undo", "in", entries[2]["entry_id"]).splitlines()) == set(sides)
    (large,) = {side.split()[0] for side in sides} - {small}
    assert text("split", "in", large, "--event", name(2)).count("  open  1 event\n") == 2


def test_another_journal_is_named(desk, text, incidents):
    folder, ids = desk
    text("ignore", "in", ids[1], "--journal", "mine.ndjson")
    assert not (folder / ".triage").exists()
    assert incidents()[ids[1]]["status"] == "open"
    assert incidents("--journal", "mine.ndjson")[ids[1]]["status"] == "ignored"
    assert "ignored" in text("show", "in", "--journal", "mine.ndjson")


def test_what_is_wrong_is_said_and_not_written(desk, run):
    folder, ids = desk

    def refused(*arguments):
        with pytest.raises(TriageError) as caught:
            run(*arguments)
        return f"{type(caught.value).__name__}: {caught.value}"

    for words in ((), ("a", "-m", "b")):
        with pytest.raises(typer.BadParameter, match="say what to write down, once"):
            run("note", "in", ids[1], *words)
    told = refused("note", "in", ids[1], "mail ada@example.org")
    assert told.startswith("JournalError")
    assert "of the kind email at characters 6 to 20" in told
    assert "ada@" not in told
    assert "no incident has the id 'inc_none'" in refused("resolve", "in", "inc_none")
    assert "two incidents or more" in refused("merge", "in", ids[1])
    assert "nothing tells these events apart" in refused("split", "in", ids[2], "--by", "variant")
    assert refused("resolve", "nowhere", ids[1]).startswith("SourceError")
    assert refused("journal", "nowhere").startswith("SourceError: there is no nowhere; name a journal")
    assert not (folder / ".triage").exists()


def test_a_journal_inside_the_input_is_told_of(desk, run, text, incidents):
    folder, ids = desk
    text("ignore", "in", ids[1], "--journal", "mine.ndjson")
    (folder / "in" / ".triage").mkdir()
    (folder / "mine.ndjson").replace(folder / "in" / ".triage" / "journal.ndjson")
    assert incidents()[ids[1]]["status"] == "open"
    out, err = run("note", "in", ids[1], "mine")
    assert "lies inside the input and was not applied" in err
    assert out == f"{ids[1]}  open  1 event\n"


@pytest.mark.parametrize(
    "damage",
    [
        lambda line: line.replace(b'"noise"', b'"noise."'),
        lambda line: line[: len(line) // 2] + b"\n",
        lambda line: line.replace(b'"ignore"', b'"forget"'),
    ],
    ids=["an id that is another's", "cut", "a verb that is not known"],
)
def test_every_verb_that_applies_the_journal_tells_of_lines_that_it_could_not_read(desk, run, text, damage):
    folder, ids = desk
    text("ignore", "in", ids[1], "-m", "noise")
    told = "1 line of the journal cannot be read, and nothing decided there is applied; `triage journal` tells"
    for verb in ("incidents in", "show in", f"explain in {ids[1]}", "table events in"):
        assert "journal" not in run(*verb.split())[1]
    journal = folder / ".triage" / "journal.ndjson"
    journal.write_bytes(damage(journal.read_bytes()))
    verbs = ("incidents in --format json", "show in", "table events in", f"explain in {ids[1]}", "redact in")
    for verb in (*verbs, f"compare in {ids[1]} {ids[2]}", f"resolve in {ids[2]}"):
        out, err = run(*verb.split())
        assert " ".join(err.split()).count(told) == 1, verb
        assert "noise" not in out + err
    assert "cannot be read" not in run("journal")[1]
    assert "unreadable" in run("journal")[0]


def test_damaged_lines_are_listed(desk, text, incidents):
    folder, ids = desk
    text("ignore", "in", ids[1])
    with (folder / ".triage" / "journal.ndjson").open("ab") as file:
        file.write(b'{"torn')
    (good, bad) = json.loads(text("journal", "--format", "json"))
    assert (good["what"], good["effect"]) == ("ignore", None)
    assert (bad["effect"], bad["told"]) == ("unreadable", "line 2: torn or no JSON")


def test_two_people_at_once(desk, text):
    _, ids = desk
    command = [sys.executable, "-m", "triage.cli", "note", "in", ids[1]]
    running = [
        subprocess.Popen([*command, word], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        for word in ("one", "two", "ada@example.org")
    ]
    errors = [process.communicate()[1].decode() for process in running]
    assert [process.returncode for process in running] == [0, 0, 4]
    assert errors[:2] == ["", ""]
    rows = json.loads(text("journal", "--format", "json"))
    assert sorted(row["why"] for row in rows) == ["one", "two"]
    assert rows[1]["parents"] == [rows[0]["entry_id"]]


def test_an_entry_is_named_by_the_beginning_of_its_id(desk, run, text):
    _, ids = desk
    text("ignore", "in", ids[1])
    (entry,) = json.loads(text("journal", "--format", "json"))
    text("undo", "in", entry["entry_id"][4:10])
    with pytest.raises(TriageError, match="was already taken back by dec_"):
        run("undo", "in", entry["entry_id"][:12])
    with pytest.raises(TriageError, match="no entry has an id that begins with 'dec_zz'; `triage journal` lists them"):
        run("undo", "in", "dec_zz")


def test_errors_speak_of_options(desk, run):
    _, ids = desk
    with pytest.raises(TriageError) as caught:
        run("split", "in", ids[2])
    assert worded(str(caught.value)).endswith("or --event EVENT")
    with pytest.raises(TriageError) as caught:
        run("note", "in", ids[2], "x", "--who", "Ada\n")
    assert worded(str(caught.value)).endswith("name them: --who NAME")


def test_a_folder_without_a_journal_and_a_file_that_is_none_are_told_of(desk, run):
    folder, _ = desk
    out, err = run("journal", folder)
    assert out.count("\n") == 1
    assert err.startswith(f"no decision: there is no journal in {folder}")
    (folder / "events.ndjson").write_text('{"event_id": 1}\n{"event_id": 2}\n')
    with pytest.raises(TriageError, match=r"events\.ndjson is no journal"):
        run("journal", folder / "events.ndjson")


def test_a_new_folder_is_named_with_a_slash_and_an_empty_one_in_the_input_is_not_told_of(desk, run, text):
    folder, ids = desk
    (folder / "in" / ".triage").mkdir()
    assert run("ignore", "in", ids[1], "--journal", "new/")[1] == ""
    assert (folder / "new" / ".triage" / "journal.ndjson").exists()
    assert run("ignore", "in", ids[1])[1] == ""


def test_the_sides_of_a_split_and_the_events_of_a_pin_are_listed(desk, text):
    _, ids = desk
    text("split", "in", ids[2], "--event", name(2))
    text("pin", "in", name(1), "--to", ids[1])
    first, second = csv.DictReader(io.StringIO(text("journal", "--format", "csv")))
    assert first["by"] == "events"
    assert first["sides"].endswith(" 1 event that nothing tells from the others")
    assert second["events"] == name(1)
    assert "sides" in text("journal").splitlines()[0].split("\t")


LOG = """2026-01-26 10:0{0}:00 ERROR shop f
Traceback (most recent call last):
  File "a.py", line 1, in f{0}
ValueError: x
"""


def test_what_decides_opens_its_input_as_what_looks_does(tmp_path, monkeypatch, text):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.log").write_text("".join(map(LOG.format, (1, 2))))
    (tmp_path / "symbols").mkdir()
    how = ["--zone", "Europe/Berlin", "--symbols", "symbols"]
    events = json.loads(text("table", "events", "t.log", "--format", "json", *how))
    ids = [row["incident_id"] for row in json.loads(text("incidents", "t.log", "--format", "json", *how))]
    plain = json.loads(text("table", "events", "t.log", "--format", "json"))
    assert not {each["event_id"] for each in events} & {each["event_id"] for each in plain}
    for command in (
        ["resolve", "t.log", ids[0]],
        ["reopen", "t.log", ids[0]],
        ["ignore", "t.log", ids[0]],
        ["note", "t.log", ids[0], "seen"],
        ["merge", "t.log", *ids],
        ["pin", "t.log", events[0]["event_id"], "--to", "inc_"],
        ["split", "t.log", "inc_", "--by", "frame"],
    ):
        assert "inc_" in text(*command, "--journal", "here/", *how)
    entries = json.loads(text("journal", "here", "--of", "t.log", "--format", "json", *how))
    assert [each["what"] for each in entries] == ["resolve", "reopen", "ignore", "note", "merge", "pin", "split"]
    assert {each["effect"] for each in entries} <= {"applied", "overridden"}
    assert "inc_" in text("undo", "t.log", entries[-1]["entry_id"], "--journal", "here", *how)
