"""Logs into a store: the same incidents, nothing twice, nothing lost by a kill."""

import io
import json
import os
import signal
import subprocess
import sys
import tarfile

import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

import triage
from tests.benchmarks import store_events
from tests.envelopes import PROJECT, envelope, exception
from tests.reading import ROOT, SAMPLES
from triage.capture.envelopes import is_valid
from triage.capture.ingesting import ingest
from triage.errors import FormatError, LimitError, SourceError, TriageError
from triage.formats.debugbundle_json import elements

LOGS = sorted((SAMPLES / "logs").iterdir())
TRACES = sorted((SAMPLES / "traces").iterdir())
ASIDE = ["formats", "native_ids"]


def told(case):
    frame = case.incidents().drop(columns=ASIDE)
    return frame.sort_values("incident_id", ignore_index=True)


def files(store):
    folder = store / ".debugbundle" / "local" / "events"
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("path", LOGS + TRACES, ids=lambda path: path.name)
def test_a_store_tells_the_same_incidents_as_its_log(path, tmp_path):
    done = ingest(path, tmp_path)
    log, store = triage.load(path), triage.load(tmp_path)
    assert told(store).equals(told(log))
    assert len(store.events()) == len(log.events()) == done.events
    assert done.quarantined == len(log.quarantine())
    assert store.quarantine().empty


def test_the_same_log_makes_the_same_files(tmp_path):
    first = ingest(SAMPLES / "logs", tmp_path)
    before = files(tmp_path)
    again = ingest(SAMPLES / "logs", tmp_path)
    assert files(tmp_path) == before
    assert [written.path for written in first.files] == [written.path for written in again.files]
    assert {written.is_new for written in first.files} == {True}
    assert {written.is_new for written in again.files} == {False}


def test_a_log_that_grew_or_was_rotated_doubles_nothing(tmp_path):
    whole = (SAMPLES / "logs" / "php-error.log").read_bytes()
    log, store = tmp_path / "php.log", tmp_path / "store"
    log.write_bytes(whole[:675])
    ingest(log, store)
    log.write_bytes(whole)
    ingest(log, store)
    log.rename(tmp_path / "php.log.1")
    ingest(tmp_path / "php.log.1", store)
    assert told(triage.load(store)).equals(told(triage.load(tmp_path / "php.log.1")))
    assert triage.load(store).quarantine().empty


def test_equal_events_of_two_logs_are_two(tmp_path):
    text = '2026-01-26 01:25:59 ERROR shop: no\nTraceback (most recent call last):\n  File "a.py", line 1, in f\nE: x\n'
    for name in ("a.log", "b.log"):
        (tmp_path / name).write_text(text)
    ingest([tmp_path / "a.log", tmp_path / "b.log"], tmp_path / "store")
    assert triage.load(tmp_path / "store").incidents()["count"].tolist() == [2]


def test_equal_events_of_two_machines_are_two_whichever_way_they_come(tmp_path):
    text = '2026-01-26 01:25:59 ERROR shop: no\nTraceback (most recent call last):\n  File "a.py", line 1, in f\nE: x\n'
    (tmp_path / "app.log").write_text(text)
    for host in ("web-1", "web-2", "web-1"):
        ingest(tmp_path / "app.log", tmp_path / "store", host=host)
    case = triage.load(tmp_path / "store")
    assert case.incidents()["count"].tolist() == [2]
    assert sorted(case.annotations().query("key == 'log.host'")["value"]) == ["web-1", "web-2"]


@pytest.mark.parametrize(
    "text",
    [
        "[Mon Jan 26 02:25:59 2026] [error] [client 10.0.0.1] PHP Fatal error:  boom in /srv/a.php on line 3\n",
        '2026-01-26 02:25:59 ERROR shop: no\nTraceback (most recent call last):\n  File "a.py", line 1, in f\nE: x\n',
        '{"type":"error","error_type":"E","message":"x","stack":"","file":"a.py","timestamp":"2026-01-26T02:25:59"}\n',
        "[26-Jan-2026 02:25:59] PHP Fatal error:  boom in /srv/a.php on line 3\n",
        "[26-Jan-2026 01:25:59 UTC] PHP Fatal error:  boom in /srv/a.php on line 3\n",
    ],
    ids=["apache", "traceback", "ndjson", "php", "php with a zone"],
)
def test_local_times_are_of_the_zone_that_is_given(text, tmp_path):
    ingest(text.encode() * 2, tmp_path, zone="Europe/Berlin")
    assert {f"{ts}" for ts in triage.load(tmp_path).events()["ts"]} == {"2026-01-26 01:25:59+00:00"}


def test_large_logs_are_several_files(tmp_path):
    text = "".join(
        f"2026-01-26 01:{n // 60:02}:{n % 60:02} ERROR shop: no\nTraceback (most recent call last):\n"
        f'  File "a.py", line {n}, in f\nE: x\n'
        for n in range(2_100)
    )
    seen = []
    done = ingest(text.encode(), tmp_path, told=seen.append)
    assert [written.events for written in seen] == [2_000, 100]
    assert done.files == seen
    assert triage.load(tmp_path).incidents()["count"].tolist() == [2_100]


def test_service_and_environment_where_a_log_names_none(tmp_path):
    ingest(SAMPLES / "logs" / "python-app.log", tmp_path / "a", service="checkout", environment="staging")
    (row,) = triage.load(tmp_path / "a").incidents().to_dict("records")
    assert (list(row["services"]), list(row["environments"])) == (["checkout"], ["staging"])
    ingest(SAMPLES / "logs" / "syslog-20260211", tmp_path / "b", service="checkout")
    (row,) = triage.load(tmp_path / "b").incidents().to_dict("records")
    assert list(row["services"]) == ["ledger"]


def test_lines_are_events_where_that_is_wanted(tmp_path):
    done = ingest(SAMPLES / "logs" / "python-app.log", tmp_path, lines=True)
    case = triage.load(tmp_path)
    assert (done.events, done.lines) == (4, 0)
    assert case.events(event_kind="log")["level"].tolist() == ["info", "debug"]


def test_secrets_are_masked_where_that_is_wanted(tmp_path):
    text = "2026-01-26 01:25:59 ERROR shop: token of ada@example.org password=hunter2-not-real\n"
    text += "Traceback (most recent call last):\n"
    text += '  File "/home/ada/a.py", line 1, in f\nValueError: ada@example.org\n'
    ingest((text * 3).encode(), tmp_path, redact=True)
    (data,) = files(tmp_path).values()
    assert b"hunter2" not in data
    assert b"ada@example.org" not in data
    assert len(json.loads(data)) == 3
    assert triage.load(tmp_path).incidents()["count"].tolist() == [3]
    ingest((text * 3).encode(), tmp_path / "raw")
    assert b"hunter2-not-real" in next(iter(files(tmp_path / "raw").values()))


def test_whole_envelopes_of_a_log_stay_as_they_are(tmp_path):
    short = {"type": "error", "error_type": "E", "message": "x", "timestamp": "2026-01-26T01:25:59Z", "service": "shop"}
    whole = exception(1)
    broken = exception(2) | {"payload": {"message": 7}}
    text = "".join(json.dumps(item) + "\n" for item in (short, whole, broken, short))
    ingest(text.encode(), tmp_path)
    written = [item for data in files(tmp_path).values() for item in json.loads(data)]
    assert whole in written
    assert [item["event_type"] for item in written].count("backend_exception") == 3
    assert told(triage.load(tmp_path)).equals(told(triage.load(text.encode())))


def test_archives_and_crashes_of_any_kind(tmp_path):
    path = SAMPLES / "0xgen" / "crash-20260126T012559123Z.tar.gz"
    ingest(path, tmp_path)
    assert triage.load(tmp_path).incidents()["title"].tolist() == triage.load(path).incidents()["title"].tolist()


def test_wrong_calls_say_so(tmp_path):
    with pytest.raises(SourceError):
        ingest(tmp_path / "none.log", tmp_path / "store")
    with pytest.raises(FormatError):
        ingest(b"x", tmp_path / "store", format="none")
    with pytest.raises(TriageError, match="there is no zone 'Mars'"):
        ingest(b"x", tmp_path / "store", zone="Mars")
    document = io.BytesIO(json.dumps([exception(1)]).encode())
    with pytest.raises(LimitError):
        ingest(document, tmp_path / "store", limits=triage.Limits(document_bytes=100))


def test_a_kill_loses_nothing_that_was_acknowledged_and_doubles_nothing(tmp_path):
    log = tmp_path / "app.log"
    log.write_text(
        "".join(
            f"2026-01-26 01:{n // 60 % 60:02}:{n % 60:02} ERROR shop: no {n}\nTraceback (most recent call last):\n"
            f'  File "a.py", line {n % 7}, in f\nE: x {n}\n'
            for n in range(9_000)
        )
    )
    command = [sys.executable, "-m", "triage.cli", "ingest", str(log), "--to", str(tmp_path / "store")]
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "widgets")])}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as running:
        acknowledged = [running.stdout.readline().split()[1] for _ in range(2)]
        os.kill(running.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    there = {name for name in files(tmp_path / "store") if ".tmp-" not in name}
    assert set(acknowledged) <= there
    assert len(there) < 5
    kept = {name: data for name, data in files(tmp_path / "store").items() if name in acknowledged}
    ingest(log, tmp_path / "store")
    ingest(log, tmp_path / "whole")
    now = {name: data for name, data in files(tmp_path / "store").items() if ".tmp-" not in name}
    assert now == files(tmp_path / "whole")
    assert kept.items() <= now.items()
    assert triage.load(tmp_path / "store").incidents()["count"].sum() == 9_000


def test_a_line_without_a_time_has_none_in_the_store(tmp_path):
    log = b"[32-Nov-2026 09:00:00 UTC] PHP Warning:  x in /a.php on line 3\n[26-Nov-2026 09:00:00 UTC] program said\n"
    ingest(log, tmp_path, lines=True)
    rows = triage.load(tmp_path).logs().to_dict("records")
    assert [row["ts"] is pd.NaT or pd.isna(row["ts"]) for row in rows] == [True, False]
    assert [row["parse_status"] for row in rows] == ["partial", "ok"]


def test_what_nobody_reads_is_told_of(tmp_path):
    (tmp_path / "notes.md").write_text("# Notes\n\nnothing happened\n")
    done = ingest(tmp_path, tmp_path / "store")
    assert (done.events, done.unread) == (0, [f"{tmp_path.name}/notes.md"])


TOKEN = "ghp_" + "9f3kQ2mZx8LwB7vT1cRyH5nJd0PsEuAoG6iK"


@pytest.mark.parametrize("service", [TOKEN, "ada.smith@corp.example.org", "10.20.30.40"])
def test_a_file_has_no_name_that_its_content_does_not_show(tmp_path, service):
    short = {"type": "error", "error_type": "E", "message": "x", "timestamp": "2026-01-26T01:25:59Z"}
    whole = exception(1)
    whole["service"] = whole["service"] | {"name": service}
    ingest(
        "".join(json.dumps(item) + "\n" for item in (short | {"service": service}, whole)).encode(),
        tmp_path,
        redact=True,
    )
    for name, data in files(tmp_path).items():
        (called, *_) = {item["service"]["name"] for item in json.loads(data)}
        assert called.strip("[]").replace(":", "-") in name
        assert service not in name
        assert service not in data.decode()


@pytest.mark.parametrize("stem", [TOKEN, "ada.smith@corp.example.org"])
def test_the_name_of_a_log_is_masked_too(tmp_path, stem):
    log = tmp_path / f"{stem}.log"
    trace = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\nValueError: x\n'
    log.write_text(f"2026-01-26 01:25:59 ERROR app: failed\n{trace}", "utf-8")
    done, raw = ingest(log, tmp_path / "masked", redact=True), ingest(log, tmp_path / "raw")
    assert (done.events, raw.events) == (1, 1)
    assert stem[:3] in raw.files[0].path.name
    for name, data in files(tmp_path / "masked").items():
        assert stem[:3] not in name + data.decode()
    again = ingest(log, tmp_path / "masked", redact=True)
    assert [(each.path, each.is_new) for each in again.files] == [(done.files[0].path, False)]


WEEK = SAMPLES / "debugbundle" / "week.tar.gz"
TABLES = ("incidents", "spikes", "regressions", "improvements", "anomalies")


def envelopes_of(store):
    """The envelopes of a store; one file of the sample is cut."""
    pieces = [piece for data in files(store).values() for piece in elements(data)]
    return [piece.value for piece in pieces if isinstance(piece.value, dict)]


def same(case, other):
    """Whether two cases have the same events and tell the same of them."""
    rows = [
        each.events().drop(columns=["source_id", "offset", "length"]).sort_values(["event_id"], ignore_index=True)
        for each in (case, other)
    ]
    told = [getattr(case, name)().equals(getattr(other, name)()) for name in TABLES]
    return [rows[0].equals(rows[1]), *told] == [True] * 6


@pytest.fixture(scope="module")
def week(tmp_path_factory):
    """The files of the sample without what DebugBundle made of its events."""
    folder = tmp_path_factory.mktemp("week")
    with tarfile.open(WEEK) as archive:
        archive.extractall(folder, filter="data")
    state = folder / ".debugbundle" / "local" / "state.json"
    return folder, state.rename(folder.with_name("state.json"))


@pytest.mark.parametrize("redact", [False, True])
def test_a_store_that_is_ingested_tells_what_it_told(week, tmp_path, redact):
    folder, state = week
    done = ingest(folder, tmp_path / "a", redact=redact)
    assert (done.events, done.left) == (756, {})
    told, kept = triage.load(folder), triage.load(tmp_path / "a")
    assert redact or same(told, kept)
    assert [getattr(kept, name)().equals(getattr(told, name)()) for name in TABLES] == [True] * 5
    beside = triage.load([tmp_path / "a", state])
    assert [len(beside.spikes()), len(beside.regressions())] == [1, 2]


def test_envelopes_are_written_as_they_came(week, tmp_path):
    folder, _ = week
    came = {item["event_id"]: item for item in envelopes_of(folder)}
    ingest(folder, tmp_path / "a")
    assert {item["event_id"]: item for item in envelopes_of(tmp_path / "a")} == came
    assert len({item["event_type"] for item in came.values()}) == 7
    ingest(tmp_path / "a", tmp_path / "b")
    assert {item["event_id"]: item for item in envelopes_of(tmp_path / "b")} == came


def shape(value):
    """The keys and kinds of what a value holds; a mask is text where text stood."""
    if isinstance(value, dict):
        return {key: shape(held) for key, held in value.items()}
    return [shape(held) for held in value] if isinstance(value, list) else type(value)


def test_masked_envelopes_keep_their_structure(week, tmp_path):
    folder, _ = week
    came = {item["event_id"]: item for item in envelopes_of(folder)}
    ingest(folder, tmp_path, redact=True)
    written = {item["event_id"]: item for item in envelopes_of(tmp_path)}
    assert {key: shape(item) for key, item in written.items()} == {key: shape(item) for key, item in came.items()}
    assert any("ana@example.com" in json.dumps(item) for item in came.values())
    assert not any("ana@example.com" in json.dumps(item) for item in written.values())


@pytest.mark.parametrize("form", ["lines", "array", "one", "parquet"])
def test_envelopes_of_every_form_of_file_stay(form, tmp_path):
    made = list(store_events.lines(1 if form == "one" else 300))
    came = [json.loads(line) for line in made]
    path = tmp_path / {"lines": "a.ndjson", "parquet": "a.parquet"}.get(form, "1-1-shop.events.json")
    if form == "parquet":
        parquet.write_table(pa.table({"event": [line.decode() for line in made]}), path)
    else:
        path.write_bytes({"lines": b"\n".join(made), "one": made[0]}.get(form, b"[" + b",".join(made) + b"]"))
    ingest(path, tmp_path / "store")
    by_id = {item["event_id"]: item for item in envelopes_of(tmp_path / "store")}
    assert by_id == {item["event_id"]: item for item in came}
    assert same(triage.load(path), triage.load(tmp_path / "store"))


UNUSUAL = {
    "deploy": envelope(
        "deploy_metadata",
        {
            "commit_sha": "9c1", "version": "2", "branch": "main", "environment": "eu",
            "deployed_at": "2026-02-10T09:20:00Z",
        },
    ),
    "suppressed": envelope(
        "error_suppressed",
        {
            "fingerprint": "e0" * 32, "suppressed_count": 37, "window_seconds": 30,
            "first_seen": "2026-02-10T09:25:00Z", "last_seen": "2026-02-10T09:25:30Z",
        },
    ),
    "probe": envelope("probe_event", {"label": "cart", "data": {"n": [1, 2]}, "activation_id": None}),
    "crumb": envelope("frontend_breadcrumb", {"breadcrumb_type": "click", "data": {"target": "#pay"}}),
    # of a service in Python
    "page": envelope(
        "frontend_exception",
        {
            "name": "TypeError", "message": "x is not a function", "browser": {"name": "Firefox", "version": "140"},
            "stack": "TypeError: x is not a function\n    at pay (https://shop.example/app.js:3:7)",
        },
    ),
    "unknown": envelope("analytics_event", {"visits": 3}),
    "surplus": envelope("log_event", {"level": "info", "message": "m", "attributes": {}, "shard": 3}),
    "numbers": envelope("log_event", {"level": "info", "message": "m", "attributes": {"a": 1 << 70, "b": 1.10}}),
}  # fmt: skip
HEADS = {
    "valid": ({}, True),
    "no correlation": ({"correlation": ..., "context": None}, True),
    "of a language": ({"sdk_language": "python"}, True),
    "an id that is none": ({"event_id": "evt-1"}, False),
    "an id that is a number": ({"event_id": 7}, False),
    "no id": ({"event_id": ...}, False),
    "an offset": ({"occurred_at": "2026-02-10T10:26:01+01:00"}, False),
    "no time": ({"occurred_at": ...}, False),
    "another schema": ({"schema_version": "2027-01-01"}, False),
    "another key": ({"shard": {"name": "eu-1"}}, False),
    "no service": ({"service": ...}, False),
    "a service by name": ({"service": "shop"}, False),
    "no environment": ({"service": {"name": "shop", "runtime": "node", "region": "eu"}}, False),
    "numbers": ({"correlation": {"request_id": 5, "tenant": "blue"}}, None),
    "a project": ({"project_id": PROJECT, "project_token": "p", "event_id": "evt-1"}, False),
}


@pytest.mark.parametrize(
    ("kind", "head"),
    [(kind, "valid") for kind in UNUSUAL] + [(kind, head) for kind in ("page", "deploy") for head in HEADS],
)
def test_an_envelope_keeps_what_it_says_whatever_its_head(kind, head, tmp_path):
    more, stays = HEADS[head]
    came = {key: value for key, value in (UNUSUAL[kind] | more).items() if value is not ...}
    ingest(json.dumps([came]).encode(), tmp_path)
    (written,) = envelopes_of(tmp_path)
    assert stays is None or (written == came) is stays
    assert [written[key] for key in ("event_type", "payload", "sdk_name")] == [
        came[key] for key in ("event_type", "payload", "sdk_name")
    ]
    assert is_valid(written)
    case, store = triage.load(json.dumps([came]).encode()), triage.load(tmp_path)
    place = ["event_id", "native_id", "source_id", "offset", "length"]
    assert store.events().drop(columns=place).equals(case.events().drop(columns=place))
    kept = {(row["key"], row["value"]) for row in case.annotations().to_dict("records")}
    assert kept - {("envelope.schema_version", "2027-01-01")} <= {
        (row["key"], row["value"]) for row in store.annotations().to_dict("records")
    }


def test_envelopes_without_an_id_are_of_their_machine(tmp_path):
    came = {key: value for key, value in exception(1).items() if key != "event_id"}
    for host in ("web-1", "web-2", "web-1"):
        for context in ({"release": "1"}, {"log": "app"}):
            ingest(json.dumps([came | {"context": context}]).encode(), tmp_path, host=host)
    assert triage.load(tmp_path).incidents()["count"].tolist() == [3]
    assert sorted(
        item["context"]["log"]["host"] for item in envelopes_of(tmp_path) if "release" in item["context"]
    ) == [
        "web-1",
        "web-2",
    ]


def test_json_that_is_read_leniently_says_so_in_the_store_too(tmp_path):
    data = b"[" + json.dumps(UNUSUAL["crumb"]).replace('"#pay"', "NaN").encode() + b"]"
    ingest(data, tmp_path)
    assert triage.load(tmp_path).events()["notes"].tolist() == triage.load(data).events()["notes"].tolist()


def test_what_debugbundle_made_of_events_is_left_and_counted(week, tmp_path):
    folder, state = week
    bundle = {"bundle_version": 1, "bundle_id": "bnd_1", "signal": {"occurrence_count": 9}, "summary": {"title": "t"}}
    (tmp_path / "1.bundle.json").write_text(json.dumps(bundle))
    repeat = {"possible": True, "confidence": 0.8, "reason": "r", "incident_id": "inc_1", "artifacts": {}}
    (tmp_path / "1.reproduction.json").write_text(json.dumps(repeat))
    done = ingest([folder, state, tmp_path / "1.bundle.json", tmp_path / "1.reproduction.json"], tmp_path / "store")
    assert done.left == {"incident_state": 2, "incident_bundle": 1, "reproduction": 1}
    assert triage.load(tmp_path / "store").incidents().equals(triage.load(folder).incidents())
