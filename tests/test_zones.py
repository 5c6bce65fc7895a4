"""What local times are of that name no zone: as it is given to `load`, and as an archive says it of its members."""

import json
import tarfile

import pytest

import triage
from tests.running import run

APACHE = b"[Mon Jan 26 02:25:59.5 2026] [core:error] [pid 1] [client 10.1.2.3:50] AH00124: too many redirects\n"
PYTHON = b"""2026-07-26 02:26:59,000 ERROR app: it broke for mara@example.org
Traceback (most recent call last):
  File "/srv/app/m.py", line 3, in main
    run()
ValueError: no
2026-07-26T02:27:59Z INFO app: fine
"""
STACK = b'"stack":"TypeError: x\\n    at f (/srv/a.js:1:2)"'
NDJSON = b'{"name":"TypeError","message":"x",%b,"timestamp":"2026-07-26T02:25:59"}\n' % STACK
ZONES = {"Europe/Berlin": (1, 2), "+05:30": (5.5, 5.5), "UTC-03:00": (-3, -3), "UTC": (0, 0)}


@pytest.fixture
def logs(tmp_path):
    """A folder of logs of one machine."""
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "error.log").write_bytes(APACHE)
    (folder / "app.log").write_bytes(PYTHON)
    return folder


def times(case):
    """The times of events and of lines of logs, in order."""
    return [sorted(map(str, case.table(name)["ts"])) for name in ("events", "logs")]


def saved(case, path):
    """The archive of a case, loaded again."""
    case.redact().approve(by="Ada").save(path)
    return triage.load(path)


def zones(case):
    """What files were read in, as the case tells it."""
    notes = case.annotations()
    return set(notes.loc[notes["scope"] == "zone", "value"])


@pytest.mark.parametrize("zone", ZONES)
def test_local_times_are_of_the_zone_that_is_given(zone, logs):
    winter, summer = (round(hours * 3_600) for hours in ZONES[zone])
    utc, local = triage.load(logs).logs(), triage.load(logs, zone=zone).logs()
    moved = dict(zip(utc["message"], (utc["ts"] - local["ts"]).dt.total_seconds(), strict=True))
    assert list(moved.values()) == [summer, 0, winter]
    assert len(moved) == 3


def test_a_time_that_names_its_zone_is_left(logs):
    (logs / "error.log").write_bytes(PYTHON.splitlines()[-1])
    case = triage.load(logs / "error.log", zone="Asia/Tokyo")
    assert str(case.logs()["ts"][0]) == "2026-07-26 02:27:59+00:00"
    assert not zones(case)


def test_records_of_debugbundle_follow_too():
    for zone, hour in ((None, 2), ("Europe/Berlin", 0)):
        assert triage.load(NDJSON, zone=zone).events()["ts"][0].hour == hour


@pytest.mark.parametrize("zone", ["Europe/Berlin", "+05:30"])
def test_an_archive_says_in_which_zone_its_logs_were_read(zone, logs, tmp_path):
    case = triage.load(logs, zone=zone)
    archive = saved(case, tmp_path / "one.tar.gz")
    assert times(archive) == times(case)
    assert sorted(archive.events()["event_id"]) == sorted(case.events()["event_id"])
    assert zones(archive) == zones(case) == {zone}
    assert times(saved(archive, tmp_path / "two.tar.gz")) == times(case)


def test_an_unpacked_archive_says_it_too(logs, tmp_path):
    case = triage.load(logs, zone="Europe/Berlin")
    saved(case, tmp_path / "one.tar.gz")
    with tarfile.open(tmp_path / "one.tar.gz") as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    assert times(triage.load(tmp_path / "unpacked")) == times(case)


def test_logs_of_two_zones_leave_together(logs, tmp_path):
    saved(triage.load(logs, zone="Europe/Berlin"), tmp_path / "berlin.tar.gz")
    both = triage.load([tmp_path / "berlin.tar.gz", logs / "app.log"], zone="Asia/Tokyo")
    assert zones(both) == {"Europe/Berlin", "Asia/Tokyo"}
    assert times(saved(both, tmp_path / "both.tar.gz")) == times(both)


def test_tables_that_were_written_keep_the_times(logs, tmp_path):
    case = triage.load(logs, zone="Europe/Berlin")
    case.to_parquet(tmp_path / "tables")
    again = triage.load(tmp_path / "tables")
    assert times(again) == times(case)
    assert times(saved(again, tmp_path / "one.tar.gz")) == times(case)


def test_an_archive_that_names_no_zone_is_read_as_utc(logs, tmp_path):
    (logs / "MANIFEST.json").write_text(
        json.dumps({"triage_manifest": 1, "members": [{"path": "app.log", "zone": "Mars/Olympus"}]}), encoding="utf-8"
    )
    case = triage.load(logs)
    assert str(case.logs()["ts"][0]) == "2026-07-26 02:26:59+00:00"
    assert "a zone that is not known here" in " ".join(case.files()["reason"].dropna())


def test_no_such_zone():
    with pytest.raises(triage.errors.TriageError, match=r"no zone 'Europe/Berln'; did you mean Europe/Berlin\?"):
        triage.load(b"x", zone="Europe/Berln")
    with pytest.raises(triage.errors.TriageError, match="zone= is the name of a zone, as Europe/Berlin"):
        triage.load(b"x", zone=2)


def test_the_command_line_takes_it(logs):
    out = run(
        "table", "events", str(logs / "app.log"), "--zone", "Europe/Berlin", "--columns", "ts", "--format", "csv"
    ).stdout
    assert out.splitlines() == [b"ts", b"2026-07-26 00:26:59+00:00"]


# Lines are a second or so out of order where the passes meet, and after the hour.
REPEATED = ["01:59:58", "02:00:00", "02:59:59", "02:59:58", "02:00:01", "02:59:59", "02:30:01", "03:00:00", "02:59:59"]
IN_UTC = ["23:59:58", "00:00:00", "00:59:59", "00:59:58", "01:00:01", "00:59:59", "01:30:01", "02:00:00", "01:59:59"]


@pytest.mark.parametrize(
    "line",
    ["2026-10-25 {},000 ERROR app: no\n", "[Sun Oct 25 {}.000000 2026] [core:error] [pid 1] AH00124: no\n"],
    ids=["app", "Apache"],
)
def test_the_order_of_a_log_tells_the_passes_of_an_hour_that_comes_twice(line):
    log = "".join(map(line.format, REPEATED)).encode()
    case = triage.load(log, zone="Europe/Berlin")
    assert [str(ts)[11:19] for ts in case.logs()["ts"]] == IN_UTC
    assert "ambiguous" in case.files()["reason"].dropna().str.cat()
    assert triage.load(log, zone="+01:00").logs()["ts"].is_monotonic_increasing is False
    alone = "".join(map(line.format, ["02:00:01", "02:30:01"])).encode()
    taken = triage.load(alone, zone="Europe/Berlin").logs()["ts"]
    assert taken.dt.strftime("%H:%M").tolist() == ["00:00", "00:30"]


def test_a_trace_and_an_entry_of_php_are_of_the_pass_of_their_line():
    trace = "".join(
        f"2026-10-25 {at},000 ERROR app: no\nTraceback (most recent call last):\n"
        f'  File "/srv/app/m.py", line {row}, in main\n    run()\nValueError: no\n'
        for row, at in enumerate(("02:50:00", "02:10:00", "03:10:00"))
    )
    events = triage.load(trace.encode(), zone="Europe/Berlin").events().sort_values("offset")
    assert events["ts"].dt.strftime("%H:%M").tolist() == ["00:50", "01:10", "02:10"]
    php = "".join(
        f"[25-Oct-2026 {at} Europe/Berlin] PHP Fatal error:  Uncaught TypeError: {at} in /srv/a.php:{row}\n"
        for row, at in enumerate(("02:50:00", "02:10:00", "03:10:00"), 1)
    )
    events = triage.load(php.encode()).events().sort_values("offset")
    assert events["ts"].dt.strftime("%H:%M").tolist() == ["00:50", "01:10", "02:10"]
    assert ["ambiguous" in str(notes) for notes in events["notes"].tolist()] == [True, True, False]
