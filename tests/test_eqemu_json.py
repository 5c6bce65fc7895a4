"""EQEmu's crash reports as JSON: Spire, the two webhook bodies, arrays and lines of them, wrappers, damage."""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reading import CORPUS, SAMPLES, Rows, read, read_many
from triage.formats import eqemu_json, rank
from triage.formats.head import Head

FOLDER = SAMPLES / "eqemu"
REPORTS = ("spire-report.json", "webhook.json", "webhook-stacktrace.json")
GDB = "#0  0x10 in wait4 ()\n#1  <signal handler called>\n#2  0x20 in Zone::f (this=0x0) at ../zone/zone.cpp:7\n"


def sample(name: str) -> Rows:
    return read((FOLDER / name).read_bytes(), name)


def load(value: Any) -> Rows:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return read(data, "report.json", reader=eqemu_json)


def has(row: dict[str, Any], **expected: Any) -> bool:
    """Whether a row holds the values; a failure shows the difference."""
    assert {name: row[name] for name in expected} == expected
    return True


def keys(tables: Rows, scope: str) -> dict[str, str]:
    return {row["key"]: row["value"] for row in tables["annotations"] if row["scope"] == scope}


def sniffed(value: Any) -> list[tuple[str, int]]:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return [(reader.NAME, match.score) for match, reader in rank(Head(data, path="x.json", size=len(data)))]


def test_a_report_to_spire():
    tables = sample("spire-report.json")
    [event] = tables["events"]
    assert has(
        event,
        format="eqemu-json",
        event_class="incident_signal",
        event_kind="crash",
        level="fatal",
        platform="native",
        service="zone",
        release="22.60.0",
        os_name="Windows",
        os_version="10.0.19045",
        arch="x86_64",
        error_type=None,
        error_value=None,
        error_code=None,
        ts=None,
        parse_status="ok",
        notes=["the report does not name the exception: the server logs it apart from the stack"],
    )
    assert len(tables["modules"]) == 6
    assert len(tables["frames"]) == 18
    assert keys(tables, "report") == {
        "platform_name": "Zone",
        "server_version": "22.60.0",
        "compile_date": "Jan 12 2026",
        "compile_time": "18:40:31",
        "server_name": "Halls of Example",
        "server_short_name": "example",
        "uptime": "86423",
        "os_machine": "x86_64",
        "os_release": "10.0.19045",
        "os_version": "Windows 10 Pro",
        "os_sysname": "Windows",
        "process_id": "9412",
        "rss_memory": "731.52",
        "cpus": "16",
        "origination_info": "zone [qeynos2] instance [0]",
    }
    assert keys(tables, "symbols")["user_name"] == "raidhost"
    assert keys(tables, "symbols")["options"] == "530"


def test_a_webhook_with_the_text_of_the_report():
    tables = sample("webhook.json")
    [event] = tables["events"]
    assert has(
        event,
        event_id="wh-example-0001",
        native_id="wh-example-0001",
        service="world",
        release="22.60.0",
        error_type="EXCEPTION_INT_DIVIDE_BY_ZERO",
        error_code=0xC0000094,
        ts=datetime(2026, 1, 27, 3, 40, 12, tzinfo=UTC),
        ts_source="receivedAt",
        os_version="10.0.19045",
        parse_status="ok",
        notes=None,
    )
    assert [row["function"] for row in tables["frames"]][4:6] == ["LauncherList::Balance", "main"]
    assert [row["name"] for row in tables["modules"]] == ["world.exe", "ntdll.dll"]
    assert keys(tables, "report")["server.name"] == "Halls of Example"
    assert keys(tables, "symbols") == {"search_path": ".;C:\\eqemu\\server\\bin;C:\\Windows;C:\\Windows\\system32"}


def test_a_webhook_with_a_stack_trace():
    tables = sample("webhook-stacktrace.json")
    [event] = tables["events"]
    assert has(
        event,
        native_id="wh-example-0002",
        service="zone",
        error_type="EXCEPTION_ACCESS_VIOLATION",
        error_code=0xC0000005,
        os_name="Windows",
        ts=datetime(2026, 1, 27, 4, 11, 55, tzinfo=UTC),
        parse_status="ok",
    )
    assert [(row["function"], row["line"]) for row in tables["frames"]][:3] == [
        ("UnhandledExceptionFilter", None),
        ("EntityList::ScanCloseMobs", 2944),
        ("NPC::Process", 871),
    ]
    assert tables["modules"] == []
    assert keys(tables, "report")["crash.process"] == "zone"


def test_the_first_line_is_never_taken_for_the_exception():
    tables = load({"crash_report": "0x00007ffff7 in wait4 ()\n" + GDB, "platform_name": "Zone", "os_sysname": "Linux"})
    [event] = tables["events"]
    assert has(event, error_type=None, os_name="Linux", service="zone", notes=["the report does not name the signal"])
    assert [row["function"] for row in tables["frames"]] == ["wait4", "<signal handler called>", "Zone::f"]
    assert [row["message"] for row in tables["logs"]] == ["0x00007ffff7 in wait4 ()"]


def test_a_pasted_log_inside_of_a_webhook():
    text = (FOLDER / "crash_zone_9412.log").read_text()
    tables = load({"crashReportText": text})
    [event] = tables["events"]
    assert has(event, service="zone", error_type="EXCEPTION_ACCESS_VIOLATION", ts_source="log line, zone unknown")
    assert has(event, ts=datetime(2026, 1, 26, 22, 14, 5, tzinfo=UTC))
    assert len(tables["frames"]) == 18


def test_two_crashes_in_one_text():
    text = "EXCEPTION_BREAKPOINT\na.cpp (1): f\nEXCEPTION_STACK_OVERFLOW\n"
    tables = load({"id": "w1", "crashReportText": text})
    assert [(row["error_type"], row["native_id"]) for row in tables["events"]] == [
        ("EXCEPTION_BREAKPOINT", "w1"),
        ("EXCEPTION_STACK_OVERFLOW", None),
    ]


def test_arrays_lines_and_wrappers():
    one = {"crash_report": "0x00007FF6A2F1C0B8 (zone) f", "platform_name": "Zone"}
    assert len(load([one, one])["events"]) == 2
    other = {**one, "platform_name": "World"}
    data = b"\n".join((json.dumps(one).encode(), b"", b'{"broken', b'{"a": 1}', json.dumps(other).encode()))
    tables = load(data)
    assert [row["service"] for row in tables["events"]] == ["zone", "world"]
    for row in tables["events"]:
        assert json.loads(data[row["offset"] : row["offset"] + row["length"]])["crash_report"]
    assert [(row["line"], row["reason"]) for row in tables["quarantine"]] == [
        (3, "not JSON"),
        (4, "no crash report in this line"),
    ]
    wrapped = load({"type": "crash", "payload": {"crashReportText": "EXCEPTION_BREAKPOINT", "process": "ucs"}})
    assert has(wrapped["events"][0], error_type="EXCEPTION_BREAKPOINT", service="ucs")
    assert keys(wrapped, "report") == {"type": "crash", "payload.process": "ucs"}


@pytest.mark.parametrize(
    ("value", "service", "error_type", "status"),
    [
        ({"crashReportText": ""}, None, None, "raw"),
        ({"crashReportText": ["EXCEPTION_BREAKPOINT", "a.cpp (1): f"]}, None, "EXCEPTION_BREAKPOINT", "ok"),
        ({"crash": {"stacktrace": GDB, "exception": "SIGSEGV", "process": "Zone"}}, "zone", "SIGSEGV", "ok"),
        ({"crash": {"stacktrace": "x", "exception": "EXCEPTION_BREAKPOINT (1)"}}, None, "EXCEPTION_BREAKPOINT", "ok"),
        ({"crashReportText": "x", "process": "zone.exe", "exception": 5}, "zone", None, "raw"),
    ],
)  # fmt: skip
def test_thin_reports(value, service, error_type, status):
    [event] = load(value)["events"]
    assert (event["service"], event["error_type"], event["parse_status"]) == (service, error_type, status)


def test_a_signal_named_by_the_webhook_has_its_number():
    [event] = load({"crash": {"stacktrace": GDB, "exception": "SIGSEGV"}})["events"]
    assert has(event, signal="SIGSEGV", error_code=11, notes=None)


@pytest.mark.parametrize(
    ("value", "ts"),
    [
        (1769390759, datetime(2026, 1, 26, 1, 25, 59, tzinfo=UTC)),
        (1769390759123, datetime(2026, 1, 26, 1, 25, 59, 123000, tzinfo=UTC)),
        ("2026-01-26T02:25:59+01:00", datetime(2026, 1, 26, 1, 25, 59, tzinfo=UTC)),
        ("yesterday", None),
        (True, None),
        (10**40, None),
    ],
)
def test_times(value, ts):
    assert has(load({"crashReportText": "EXCEPTION_BREAKPOINT", "receivedAt": value})["events"][0], ts=ts)


def test_json_that_is_not_strict_or_cut():
    bare = (
        b'{"crashReportText": "EXCEPTION_BREAKPOINT\nSymInit: Symbol-SearchPath: \'.\'\n0x00400000 (zone) f", "n": NaN}'
    )
    tables = load(bare)
    assert has(tables["events"][0], error_type="EXCEPTION_BREAKPOINT", parse_status="repaired")
    data = (FOLDER / "spire-report.json").read_bytes()
    for end in (data.index(b"EntityList"), data.index(b'",\n  "server_version"'), data.index(b"compile_date")):
        tables = load(data[:end])
        assert has(tables["events"][0], parse_status="partial", service="zone")
        assert len(tables["modules"]) == 6
        assert tables["files"][0]["parse_status"] == "partial"
    broken = load(b'{"crashReportText": "EXCEPTION_BREAKPOINT", "a": 1 oops "b": 2}')
    assert has(broken["events"][0], error_type="EXCEPTION_BREAKPOINT", parse_status="partial")


@pytest.mark.parametrize(
    "data", [b"", b"x", b"[]", b"{}", b"null", b'{"crash_report": null}', b"[" * 100_000, b'{"a":' * 9]
)
def test_what_holds_no_report_is_quarantined(data):
    tables = load(data)
    assert tables["events"] == []
    assert len(tables["quarantine"]) == 1
    assert tables["files"][0]["bytes"] == len(data)


def test_odd_values_beside_the_text_cost_nothing_of_it():
    text = "EXCEPTION_BREAKPOINT\\nC:\\\\a.cpp (12): half a pair \\ud83d"
    rest = '"x": ' + "9" * 5_000 + ', "y": NaN, "z": "\\udfff"'
    rows = read(f'{{"crash_report": "{text}", "platform_name": "Zone", {rest}}}'.encode())
    (event,) = rows["events"]
    assert (event["error_type"], event["service"], event["parse_status"]) == (
        "EXCEPTION_BREAKPOINT",
        "zone",
        "repaired",
    )
    assert [(frame["function"], frame["line"]) for frame in rows["frames"]] == [("half a pair ?", 12)]
    deep = '{"crash_report": "EXCEPTION_BREAKPOINT", "uptime": ' + "[" * 10_000 + "]" * 10_000 + "}"
    (event,) = read(deep.encode())["events"]
    assert (event["error_type"], event["parse_status"]) == ("EXCEPTION_BREAKPOINT", "partial")
    (first, second) = read(f'{{"crash_report": "{text}", "cpus": NaN}}\n{{"crash_report": "b"}}\n'.encode())["events"]
    assert (first["parse_status"], second["parse_status"]) == ("repaired", "raw")


def test_what_is_recognised():
    assert [sniffed((FOLDER / name).read_bytes())[0] for name in REPORTS] == [
        ("eqemu-json", 90),
        ("eqemu-json", 90),
        ("eqemu-json", 85),
    ]
    long = {"platform_name": "Zone", "crash_report": "0x00400000 (zone) f\n" * 9_000}
    assert sniffed(long)[0] == ("eqemu-json", 90)
    nested = {"crash": {"exception": "EXCEPTION_BREAKPOINT", "stacktrace": "a.cpp (1): f\n" * 9_000}}
    assert sniffed(nested)[0] == ("eqemu-json", 65)
    for value in ({"crash": {"stacktrace": "at f (a.js:1:2)"}}, {"crash": 1}, [], {"message": "crash_report"}):
        assert "eqemu-json" not in dict(sniffed(value))


def test_no_real_file_of_another_writer_is_claimed():
    if not CORPUS.exists():
        pytest.skip("the corpus of real crash files is not beside this checkout")
    for path in CORPUS.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                assert eqemu_json.sniff(Head(file.read(65_536), path=path.name)) is None, path.name


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["crash_report", "crashReportText", "crash", "stacktrace", "exception", "id", "server", "time"])
        | st.text(max_size=4), inner, max_size=4
    ),
)  # fmt: skip


@given(st.one_of(st.binary(), JSON.map(lambda value: json.dumps(value).encode())))
def test_any_bytes(data):
    tables = read(data, "report.json", reader=eqemu_json)
    assert [row["bytes"] for row in tables["files"]] == [len(data)]
    assert len(tables["events"]) + len(tables["quarantine"]) >= 1


@pytest.mark.parametrize("name", REPORTS)
def test_samples_cut_anywhere(name):
    data = (FOLDER / name).read_bytes()
    ends = list(range(min(len(data), 4_096)))
    if len(data) > 4_096:
        ends += random.Random(5).choices(range(4_096, len(data)), k=500)
    tables = read_many([(f"{number}/{name}", data[:end]) for number, end in enumerate(ends)], reader=eqemu_json)
    assert sum(row["bytes"] for row in tables["files"]) == sum(ends)
    text = max(data.find(key) for key in (b'"crash_report": "', b'"crashReportText": "', b'"stacktrace": "')) + 20
    other = "has the id of an earlier event but other content; the earlier one counts"
    differing = {row["source_id"] for row in tables["quarantine"] if row["reason"] == other}
    unread = [row for row in tables["quarantine"] if row["reason"] != other]
    assert len(unread) <= text
    told = "1 event stands in another place too; counted once"
    repeats = differing | {row["source_id"] for row in tables["files"] if told in (row["reason"] or "")}
    assert bool(repeats) == bool(differing) == (tables["events"][0]["native_id"] is not None)
    assert len(tables["events"]) == (1 if repeats else len(ends) - len(unread))
    accounted = Counter([row["source_id"] for row in tables["events"] + unread] + sorted(repeats))
    assert accounted == Counter(row["source_id"] for row in tables["files"])
