"""Kill -9 at random moments: nothing acknowledged is lost, nothing doubled. 5 rounds each, 100 in `make soak`."""

import gzip
import itertools
import json
import os
import shutil
from collections import Counter

import pytest
import typer

import triage
from tests import kill
from tests.deciding import event, incident_of, store
from triage import cli
from triage.incidents import groups
from triage.journal import Journal
from triage.watching import Watcher

TRACE = 'Traceback (most recent call last):\n  File "app.py", line {line}, in {name}\nValueError: no\n'


class World:
    """A folder that logs are written into, rotated, cut and packed; and the same events in one that stays as it is.

    Every event is of an incident of its own, or of one of a few that come again; text, lines and files.
    """

    def __init__(self, folder, pause=lambda: None, halves=0.3):
        self.pause = pause
        self._halves = halves
        self.live, self.kept = folder / "live", folder / "kept"
        for each in (self.live, self.kept):
            each.mkdir()
        self._numbers = itertools.count(1)
        self._held = {"a.ndjson": b"", "app.log": b""}

    def __call__(self, rng):
        number = next(self._numbers)
        name = f"f{number}" if rng.random() < 0.5 else f"again{rng.randrange(5)}"
        doing = rng.randrange(10)
        if doing < 3:
            self._append(rng, "a.ndjson", json.dumps(event(number, function=name)).encode() + b"\n")
        elif doing < 6:
            self._append(rng, "app.log", TRACE.format(line=number, name=name).encode() + b"12:00:00 went on\n" * 12)
        elif doing < 8:
            data = json.dumps([event(number, function=name)]).encode()
            self._whole(f"{rng.randrange(10**6)}-{number}-api.events.json", data)
        else:
            self._rotate(rng, f"{number:06d}")

    def end(self):
        """What was written by half is written whole."""
        for name, rest in self._held.items():
            self._write(self.live / name, rest)
            self._held[name] = b""

    def _append(self, rng, name, data):
        self._write(self.kept / name, data)
        data = self._held[name] + data
        cut = rng.randrange(len(data)) if rng.random() < self._halves else len(data)
        self._write(self.live / name, data[:cut])
        self._held[name] = data[cut:]

    def _whole(self, name, data):
        (self.kept / name).write_bytes(data)
        self._appear(self.live / name, data)

    def _rotate(self, rng, number):
        log = self.live / rng.choice(list(self._held))
        if self._held[log.name] or not log.exists():
            return  # loggers rotate between lines
        rotated = log.with_name(f"{log.name}.{number}")
        if rng.random() < 0.5:
            log.rename(rotated)
        else:
            shutil.copyfile(log, rotated)
            self.pause()
            os.truncate(log, 0)
        older = sorted(self.live.glob(f"{log.name}.*[0-9]"))[:-1]
        for each in older:
            packed = each.with_name(f"{each.name}.gz")
            self._appear(packed, gzip.compress(each.read_bytes()))
            self.pause()
            each.unlink()

    @staticmethod
    def _appear(path, data):
        """A file that is whole when it is there, and that nobody has to wait for."""
        temporary = path.with_name(f"{path.name}.tmp-0123456789abcdef")
        temporary.write_bytes(data)
        os.utime(temporary, (1_770_000_000, 1_770_000_000))
        temporary.rename(path)

    @staticmethod
    def _write(path, data):
        with path.open("ab") as file:
            file.write(data)


def counts_of(tables):
    """How many events each incident has."""
    return {row["incident_id"]: row["count"] for row in groups.build(tables).to_pylist()}


def everything_was_taken_in_once(world, state, path):
    with Watcher(path, state=state) as watcher:
        found = counts_of(watcher._ledger.tables())
    expected = triage.load(world.kept).incidents().set_index("incident_id")["count"].to_dict()
    assert found == expected
    return expected


def test_watch_into_a_file_tells_each_notice_exactly_once(tmp_path):
    world = World(tmp_path)
    state, out = tmp_path / "state.watch", tmp_path / "out.ndjson"
    arguments = ["watch", str(world.live), "--state", str(state), "--out", str(out), "--settle", "1000"]
    seen = []

    def check():
        told = kill.lines(out)
        assert told[: len(seen)] == seen  # what was there stays
        assert len(set(told)) == len(told)
        seen[:] = told

    printed = tmp_path / "printed"
    alive = kill.hunt(kill.command, [*arguments, "--interval", "0.02"], printed, check=check, longest=1.2, world=world)
    world.end()
    kill.finished(kill.command, [*arguments, "--once", "--settle", "0.05"], printed)
    check()
    assert out.read_bytes().endswith(b"\n")
    ids = Counter(json.loads(line)["incident_id"] for line in seen if json.loads(line)["kind"] == "incident")
    assert set(ids.values()) == {1}
    assert set(ids) == set(everything_was_taken_in_once(world, state, world.live))
    assert alive == kill.ROUNDS


def test_watch_that_is_killed_between_any_two_steps_tells_each_notice_exactly_once(tmp_path):
    world = World(tmp_path, halves=0)
    state, out = tmp_path / "state.watch", tmp_path / "out.ndjson"
    arguments = ["watch", str(world.live), "--state", str(state), "--out", str(out), "--settle", "0", "--once"]
    seen = []

    def go_on(rng):
        for _ in range(rng.randrange(1, 12)):
            world(rng)

    def check():
        told = kill.lines(out)
        assert told[: len(seen)] == seen
        assert len(set(told)) == len(told)
        seen[:] = told

    printed = tmp_path / "printed"
    killed = kill.hunt_by_steps(
        kill.command,
        arguments,
        printed,
        files=("watcher.py", "outlet.py", "state.py", "locking.py"),
        check=check,
        told=tmp_path / "steps",
        world=go_on,
        rounds=2 * kill.ROUNDS,
    )
    kill.finished(kill.command, arguments, printed)
    check()
    ids = Counter(json.loads(line)["incident_id"] for line in seen if json.loads(line)["kind"] == "incident")
    assert set(ids.values()) == {1}
    assert set(ids) == set(everything_was_taken_in_once(world, state, world.live))
    assert killed > kill.ROUNDS // 2


def test_watch_prints_at_least_once_and_says_again(tmp_path):
    world = World(tmp_path)
    state, printed = tmp_path / "state.watch", tmp_path / "printed"
    arguments = ["watch", str(world.live), "--state", str(state), "--settle", "1000", "--json"]
    alive = kill.hunt(
        kill.command,
        [*arguments, "--interval", "0.02"],
        printed,
        check=lambda: None,
        longest=1.2,
        world=world,
        seed=kill.SEED + 1,
    )
    world.end()
    kill.finished(kill.command, [*arguments, "--once", "--settle", "0.05"], printed)
    # A line that was torn by the kill has the next one behind it.
    rows = [json.loads(line[max(line.rfind(b'{"id"'), 0) :]) for line in kill.lines(printed)]
    first = Counter(row["id"] for row in rows if not row.get("again"))
    assert set(first.values()) <= {1}
    told = {row["incident_id"] for row in rows if row["kind"] == "incident"}
    assert told == set(everything_was_taken_in_once(world, state, world.live))
    assert alive == kill.ROUNDS


def deciding(folder, journal, acknowledged):
    """Write notes about an incident, and say of each when it is written."""
    case = triage.load(folder, journal=journal)
    handle = os.open(acknowledged, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    incident = incident_of(case, 1)
    for number in itertools.count():
        text = f"seen by {os.getpid()}, number {number}"
        case.note(incident, text)
        os.write(handle, text.encode() + b"\n")


def test_decisions_that_were_acknowledged_stand_in_the_journal_once(tmp_path):
    folder = store(tmp_path / "in", [event(1), event(2, function="render")])
    path, acknowledged = tmp_path / "desk" / "journal.ndjson", tmp_path / "acknowledged"

    def check():
        journal = Journal(path)
        written = Counter(entry.why for entry in journal.entries())
        assert set(written.values()) <= {1}
        done = [line.decode() for line in kill.lines(acknowledged)]
        assert not [text for text in done if text not in written]

    alive = kill.hunt(
        deciding,
        str(folder),
        str(path),
        str(acknowledged),
        check=check,
        longest=0.8,
        work=lambda: len(kill.lines(acknowledged)),
    )
    assert alive == kill.ROUNDS
    journal = Journal(path)
    assert kill.lines(acknowledged)
    # A line may be torn by each kill, and none else: the next one that is written closes it.
    assert len(journal.damaged()) <= kill.ROUNDS
    case = triage.load(folder, journal=path)
    case.resolve(incident_of(case, 1), "done")
    assert "resolved" in case.incidents()["status"].tolist()


def test_what_is_ingested_is_there_once(tmp_path):
    if "ingest" not in typer.main.get_command(cli.app).commands:
        pytest.skip("this triage has no command `ingest`")
    log = tmp_path / "app.log"
    stack = 'Traceback (most recent call last):\n  File "/srv/a.py", line {at}, in f{at}\nValueError: no {at}\n'
    with log.open("w") as file:
        for at in range(300):
            minute = f"{at // 60 % 60:02d}:{at % 60:02d}"
            file.write(f"2026-02-10 09:{minute} ERROR api: order failed\n{stack.format(at=at)}")
    clean, to = tmp_path / "clean", tmp_path / "store"
    printed = tmp_path / "printed"
    longest = kill.finished(kill.command, ["ingest", str(log), "--to", str(clean)], printed)
    arguments = ["ingest", str(log), "--to", str(to)]

    def events(folder):
        return Counter(triage.load(folder).events()["native_id"].tolist())

    def check():
        if to.exists():
            assert triage.load(to).quarantine().empty
            assert set(events(to).values()) <= {1}

    alive = kill.hunt(kill.command, arguments, printed, check=check, longest=longest)
    kill.finished(kill.command, arguments, printed)
    assert events(to) == events(clean)
    assert alive
