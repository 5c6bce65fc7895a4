"""Watching: files that grow, rotate, come late and come twice give what loading all of them gives, each once."""

import bz2
import gzip
import json
import os
import random
import shutil
import stat
import tarfile
from pathlib import Path

import pytest

import triage
from tests.deciding import event
from tests.watching import AFTER, TRACE, Watch, add, loaded, put, titles
from triage.errors import SourceError, TriageError
from triage.watching import Watcher, state, watch


@pytest.fixture
def watched(tmp_path):
    found = Watch(tmp_path)
    yield found
    found.watcher.close()


def line(number, **more):
    return json.dumps(event(number, **more)) + "\n"


def test_an_event_of_several_lines_is_told_when_others_follow_it_or_nothing_does(watched):
    log = watched.path / "app.log"
    add(log, "12:00:00 started\n" + TRACE.format(name="f")[:60])
    assert watched.told() == []
    add(log, TRACE.format(name="f")[60:])
    assert watched.told() == []
    add(log, AFTER)
    assert titles(watched.told()) == ["ValueError in f"]
    add(log, TRACE.format(name="g"))
    assert watched.told() == []
    assert titles(watched.settled()) == ["ValueError in g"]
    assert watched.counts() == loaded(watched.path)


def test_an_event_of_one_line_is_told_when_the_line_is_whole(watched):
    log = watched.path / "a.ndjson"
    text = line(1)
    add(log, text + line(2, function="g")[:100])
    assert titles(watched.told()) == ["ValueError in parse"]
    add(log, line(2, function="g")[100:])
    assert titles(watched.told()) == ["ValueError in g"]
    assert watched.told() == []


def test_the_last_line_may_have_no_end(watched):
    put(watched.path / "a.ndjson", line(1) + line(2, function="g").rstrip())
    assert sorted(titles(watched.told())) == ["ValueError in g", "ValueError in parse"]
    assert watched.settled() == []
    add(watched.path / "a.ndjson", "\n" + line(3, function="h"))
    assert titles(watched.told()) == ["ValueError in h"]
    assert watched.counts() == loaded(watched.path)


def rename(log):
    log.rename(f"{log}.1")


def copy_and_cut(log):
    shutil.copyfile(log, f"{log}.1")
    os.truncate(log, 0)


def pack(log):
    put(log.with_name(f"{log.name}.1.gz"), gzip.compress(log.read_bytes()))
    log.unlink()


def pack_otherwise(log):
    put(log.with_name("old-ones.bz2"), bz2.compress(log.read_bytes()))
    os.truncate(log, 0)


@pytest.mark.parametrize("rotate", [rename, copy_and_cut, pack, pack_otherwise])
@pytest.mark.parametrize("unseen", [False, True])
@pytest.mark.parametrize("restarted", [False, True])
def test_a_rotated_log_is_read_once_and_to_its_end(watched, rotate, unseen, restarted):
    log = watched.path / "app.log"
    add(log, TRACE.format(name="a") + AFTER)
    told = titles(watched.told())
    if unseen:
        add(log, TRACE.format(name="b") + AFTER)
    rotate(log)
    if restarted:
        watched.again()
    add(log, TRACE.format(name="c") + AFTER)
    told += titles(watched.told()) + titles(watched.told())
    told += titles(watched.settled())
    assert sorted(told) == [f"ValueError in {name}" for name in ("abc" if unseen else "ac")]
    assert set(watched.counts().values()) == {1}


def test_a_copy_beside_a_log_that_is_still_there_is_not_read(watched):
    log = watched.path / "app.log"
    add(log, TRACE.format(name="a") + AFTER)
    assert len(watched.told()) == 1
    shutil.copyfile(log, f"{log}.1")
    put(watched.path / "app.log.1.gz", gzip.compress(log.read_bytes()))
    assert watched.told() == []
    assert watched.settled() == []
    assert watched.counts() == loaded(log)


def test_logs_of_before_are_read_each_once(watched):
    for at, name in enumerate("abc"):
        text = TRACE.format(name=name) + AFTER
        if at == 2:
            put(watched.path / "app.log.2.gz", gzip.compress(text.encode()))
        else:
            put(watched.path / f"app.log.{at}", text)
    put(watched.path / "app.log.1.gz", gzip.compress((watched.path / "app.log.1").read_bytes()))
    assert sorted(titles(watched.told())) == [f"ValueError in {name}" for name in "abc"]
    assert set(watched.counts().values()) == {1}


def test_one_file_is_followed_where_it_goes_and_its_neighbours_are_not(tmp_path):
    log = tmp_path / "app.log"
    add(log, TRACE.format(name="a") + AFTER)
    put(tmp_path / "app.log.9", TRACE.format(name="other") + AFTER)
    watched = Watch(tmp_path, log)
    assert titles(watched.told()) == ["ValueError in a"]
    add(log, TRACE.format(name="b") + AFTER)
    rename(log)
    add(log, TRACE.format(name="c") + AFTER)
    assert sorted(titles(watched.told())) == ["ValueError in b", "ValueError in c"]
    assert watched.settled() == []
    watched.watcher.close()


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("packed", [False, True])
def test_what_one_file_was_between_two_looks_is_read(tmp_path, restarted, packed):
    log, old = tmp_path / "app.log", tmp_path / "app.log.1"
    add(log, TRACE.format(name="a") + AFTER)
    watched = Watch(tmp_path, log)
    put(tmp_path / "app.log.9", TRACE.format(name="before") + AFTER)
    assert titles(watched.told()) == ["ValueError in a"]
    add(log, TRACE.format(name="b") + AFTER)
    rename(log)
    add(log, TRACE.format(name="c") + AFTER)
    old.rename(tmp_path / "app.log.2")
    rename(log)
    if packed:
        (tmp_path / "app.log.1.gz").write_bytes(gzip.compress(old.read_bytes()))
        old.unlink()
    if restarted:
        watched.again()
    add(log, TRACE.format(name="d") + AFTER)
    told = titles(watched.told()) + titles(watched.settled())
    assert sorted(told) == ["ValueError in b", "ValueError in c", "ValueError in d"]
    assert set(watched.counts().values()) == {1}
    watched.watcher.close()


def test_one_file_that_is_away_for_a_while_is_followed_when_it_is_back(tmp_path):
    log = tmp_path / "app.log"
    add(log, TRACE.format(name="a") + AFTER)
    watched = Watch(tmp_path, log)
    assert len(watched.told()) == 1
    log.unlink()
    assert watched.again().told() == []
    add(log, TRACE.format(name="b") + AFTER)
    assert titles(watched.told()) == ["ValueError in b"]
    watched.watcher.close()


def test_a_pattern_is_looked_up_at_each_look(tmp_path):
    watched = Watch(tmp_path, tmp_path / "*.log")
    assert watched.told() == []
    add(tmp_path / "a.log", TRACE.format(name="a") + AFTER)
    add(tmp_path / "b.txt", TRACE.format(name="b") + AFTER)
    assert titles(watched.told()) == ["ValueError in a"]
    watched.watcher.close()


def test_late_files_are_found_whatever_their_names_and_times(watched):
    for at, number in enumerate((5, 3, 9, 1)):
        path = put(watched.path / f"{number}-1-api.events.json", json.dumps([event(number, function=f"f{number}")]))
        os.utime(path, (1_770_000_000 - at, 1_770_000_000 - at))
        assert titles(watched.told()) == [f"ValueError in f{number}"]
    assert watched.told() == []


def test_an_event_counts_once_however_often_it_comes(watched):
    put(watched.path / "1-1-api.events.json", json.dumps([event(1)]))
    assert len(watched.told()) == 1
    put(watched.path / "2-1-api.events.json", json.dumps([event(1), event(2, function="g")]))
    add(watched.path / "a.ndjson", line(2, function="g") + line(3, function="h"))
    assert sorted(titles(watched.told())) == ["ValueError in g", "ValueError in h"]
    put(watched.path / "1-1-api.events.json", json.dumps([event(1), event(4)]))
    assert watched.again().told() == []
    assert watched.counts() == loaded(watched.path)


def test_a_report_without_an_id_that_is_read_again_counts_only_what_is_new(watched):
    report = watched.path / "crash_world.log"
    text = "[02-03-2026 :: 10:00:00] [Zone] [Crash] EXCEPTION_ACCESS_VIOLATION \n"
    put(report, text)
    watched.told()
    first = watched.counts()
    report.write_text(text + text)
    watched.settled()
    assert watched.counts() == loaded(watched.path)
    assert sum(first.values()) == 1


def test_a_bundle_that_is_dropped_is_one_event(watched, samples):
    with tarfile.open(samples / "0xgen" / "crash-20260126T012559123Z.tar.gz") as archive:
        archive.extractall(watched.path / "one", filter="data")
    shutil.copytree(samples / "sentry" / "cache", watched.path / "cache")
    shutil.copy(samples / "sentry" / "feedback.envelope", watched.path)
    told = watched.settled()
    assert {each.incident_id for each in told} == set(loaded(watched.path))
    assert watched.told() == []


def test_files_in_pieces_give_what_they_give_as_a_whole(tmp_path, samples):
    rng = random.Random(7)
    found = [*samples.glob("flutter/*.log"), *samples.glob("traces/*.txt"), *samples.glob("debugbundle/*.ndjson")]
    texts = {path.name: path.read_bytes() * rng.choice((1, 2)) for path in rng.sample(sorted(found), 12)}
    watched, at = Watch(tmp_path), dict.fromkeys(texts, 0)
    told = []
    while any(at[name] < len(text) for name, text in texts.items()):
        for name, text in texts.items():
            size = rng.randint(0, len(text) // 2 + 1)
            add(watched.path / name, text[at[name] : at[name] + size])
            at[name] += size
        told += watched.told()
        if rng.random() < 0.3:
            watched.again()
    told += watched.settled()
    assert watched.counts() == loaded(watched.path)
    assert sorted(each.incident_id for each in told if each.kind == "incident") == sorted(watched.counts())
    watched.watcher.close()


def test_all_samples_give_the_incidents_of_a_case(tmp_path, samples):
    watched = Watch(tmp_path, samples, settle=0.0)
    told = {each.incident_id for each in watched.told() if each.kind == "incident"}
    assert told == set(loaded(samples))
    watched.watcher.close()


def test_what_was_not_acknowledged_comes_again(tmp_path):
    put(tmp_path / "a.ndjson", line(1) + line(2, function="g") + line(3, function="h"))
    options = {"state": tmp_path / "state", "once": True}
    given = watch(tmp_path / "a.ndjson", **options)
    first = next(given)
    second = next(given)  # this acknowledges the first
    given.close()
    assert not first.again
    again = list(triage.watch(tmp_path / "a.ndjson", **options))
    assert again[0].id == second.id
    assert [each.again for each in again] == [True, True]
    assert list(triage.watch(tmp_path / "a.ndjson", **options)) == []


def test_the_state_is_for_its_user_only_and_may_lie_inside(tmp_path):
    put(tmp_path / "a.ndjson", line(1))
    where = tmp_path / "deep" / "state.watch"
    assert len(list(watch(tmp_path, state=where, once=True))) == 1
    if os.name == "posix":
        assert stat.S_IMODE(where.stat().st_mode) == 0o600
        assert stat.S_IMODE(where.parent.stat().st_mode) == 0o700
    with Watcher(tmp_path, state=where) as watcher:
        watcher.round()
        names = {record.name for record in watcher._follower.records(range(100))}
    assert names == {"a.ndjson"}


def test_a_state_has_one_watch_at_a_time(tmp_path):
    with (
        Watcher(tmp_path, state=tmp_path / "state"),
        pytest.raises(TriageError, match="another watch holds"),
    ):
        Watcher(tmp_path, state=tmp_path / "state")


@pytest.mark.parametrize("content", [b"no database at all" * 100, None])
def test_a_file_that_is_no_state_is_left_alone(tmp_path, content):
    path = tmp_path / "state"
    if content is None:
        import sqlite3

        with sqlite3.connect(path) as db:
            db.execute("CREATE TABLE mine (a)")
        db.close()
    else:
        path.write_bytes(content)
    before = path.read_bytes()
    with pytest.raises(TriageError, match="is not the state of a watch"):
        Watcher(tmp_path, state=path)
    assert path.read_bytes() == before


def test_local_times_are_of_the_zone_that_is_given(tmp_path):
    add(tmp_path / "app.log", "2026-01-26 02:25:59 ERROR shop: no\n" + TRACE.format(name="f"))
    with pytest.raises(TriageError, match="no zone"):
        Watcher(tmp_path, zone="Mars")
    (notice,) = watch(tmp_path / "app.log", state=tmp_path / "state", once=True, zone="Europe/Berlin")
    assert json.loads(notice.line)["at"] == "2026-01-26T01:25:59.000000Z"


def test_nothing_at_a_path_is_said(tmp_path):
    with pytest.raises(SourceError, match="there is nothing at"):
        watch(tmp_path / "none", state=tmp_path / "state")


def test_states_lie_in_the_users_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    found = state.default_path("logs")
    assert found == state.default_path(Path.cwd() / "logs")
    assert found != state.default_path("other")
    if os.name == "posix" and os.uname().sysname == "Linux":
        assert found.is_relative_to(tmp_path)


def test_small_batches_are_joined(watched):
    log = watched.path / "a.ndjson"
    for number in range(1, 70):
        add(log, line(number))
        watched.told()
    assert watched.watcher._state.rows("SELECT count(*) FROM batches")[0][0] < 64
    assert list(watched.counts().values()) == [69]
    watched.again()
    assert list(watched.counts().values()) == [69]
    assert watched.counts() == loaded(watched.path)


def test_what_cannot_be_read_is_counted_by_file_and_costs_only_itself(watched):
    log = watched.path / "a.ndjson"
    add(log, line(1) + line(2)[:200] + "\n" + line(3, function="g"))
    assert sorted(titles(watched.told())) == ["ValueError in g", "ValueError in parse"]
    assert watched.watcher.unread == 1
    add(log, line(4)[:200] + "\n")
    watched.told()
    assert watched.watcher.unread == 1
