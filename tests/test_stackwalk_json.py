"""Minidumps' stacks as JSON: made by hand after the schema of rust-minidump and the crashes of Socorro."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import triage
from tests.reading import read
from triage.formats import stackwalk_json

UUID = "c6c4fa24-8fd7-4b25-8a5b-a0a4c1260126"
FRAMES = [
    {
        "frame": 0,
        "function": "ns::pay(int)",
        "function_offset": "0x1c",
        "file": "hg:hg.example.org/shop:src/pay.cc:524df7136a1f401f317d472f7945e6a284bd66f5",
        "line": 58,
        "module": "shop.exe",
        "module_offset": "0x0000429e",
        "offset": "0x0040429e",
        "trust": "context",
        "inlines": [{"function": "ns::Cart::add", "file": "src/cart.cc", "line": 9}],
        "registers": {"rip": "0x0040429e", "rax": "0x45"},
    },
    {"frame": 1, "module": "kernel32.dll", "module_offset": "0x16fd6", "offset": "0x7c816fd6", "trust": "scan"},
]
DUMP = {
    "status": "OK",
    "crash_info": {"type": "SIGSEGV / SEGV_MAPERR", "address": "0x0000000000000045", "crashing_thread": 1},
    "system_info": {"os": "Linux", "os_ver": "5.4.0", "cpu_arch": "amd64", "cpu_count": 4, "cpu_info": "family 6"},
    "main_module": 0,
    "modules": [
        {
            "base_addr": "0x00400000",
            "end_addr": "0x0042d000",
            "code_id": "8675309",
            "debug_file": "shop.pdb",
            "debug_id": "ABCDEF",
            "filename": "shop.exe",
            "version": "1.0.0",
        },
        {"base_addr": "0x7c800000", "end_addr": "0x7c8f4000", "filename": "kernel32.dll"},
    ],
    "unloaded_modules": [{"base_addr": "0x1000", "end_addr": "0x2000", "filename": "gone.dll"}],
    "thread_count": 2,
    "threads": [
        {"thread_name": "idle", "thread_id": 7, "frame_count": 1, "frames": [FRAMES[1]]},
        {
            "thread_name": "main",
            "thread_id": 8,
            "frame_count": 2,
            "frames": FRAMES,
            "last_error_value": "ERROR_SUCCESS",
        },
    ],
    "crashing_thread": {"threads_index": 1, "thread_name": "main", "frames": FRAMES},
    "sensitive": {"exploitability": "low"},
}
PROCESSED = {
    "uuid": UUID,
    "signature": "ns::pay",
    "product": "Shop",
    "version": "1.4",
    "build": "20260126000000",
    "release_channel": "nightly",
    "date_processed": "2026-01-26T01:25:59.123000+00:00",
    "reason": "SIGSEGV / SEGV_MAPERR",
    "address": "0x45",
    "crashing_thread": 1,
    "moz_crash_reason": None,
    "json_dump": DUMP,
    "uptime": 17,
}
TRACES = {
    "status": "OK",
    "crash_info": {"type": "SIGILL", "address": "0x10", "crashing_thread": 0},
    "main_module": 0,
    "modules": [{"base_addr": "0x1000", "end_addr": "0x9000", "filename": "shop", "debug_id": "AB"}],
    "threads": [{"frames": [{"ip": "0x1234", "module_index": 0, "trust": "context"}, {"ip": "0x99", "trust": "cfi"}]}],
}
PING = {
    "type": "crash",
    "id": "4f1a",
    "creationDate": "2026-01-26T01:25:59.123Z",
    "application": {"name": "Shop", "version": "1.4", "channel": "beta", "architecture": "x86-64"},
    "payload": {"crashId": UUID, "processType": "main", "metadata": {"MozCrashReason": "oh no"}, "stackTraces": TRACES},
}


def test_what_minidump_stackwalk_writes():
    rows = read(json.dumps(DUMP, indent=2).encode())
    (event,) = rows["events"]
    assert (event["format"], event["event_kind"], event["error_type"]) == ("stackwalk-json", "crash", "SIGSEGV")
    assert (event["error_code_name"], event["signal"], event["fault_address"]) == (
        "SIGSEGV / SEGV_MAPERR",
        "SIGSEGV",
        0x45,
    )
    assert (event["os_name"], event["os_version"], event["arch"]) == ("Linux", "5.4.0", "x86_64")
    assert (event["service"], event["thread_id"], event["parse_status"]) == ("shop.exe", 8, "ok")
    crash, other = rows["stacks"]
    assert (crash["role"], crash["thread_name"], crash["state"], crash["crashed"]) == (
        "crash",
        "main",
        "ERROR_SUCCESS",
        True,
    )
    assert json.loads(crash["registers"]) == {"rip": "0x40429e", "rax": "0x45"}
    assert (other["role"], other["thread_id"]) == ("thread", 7)
    frames = [row for row in rows["frames"] if row["stack_key"] == crash["stack_key"]]
    assert [(f["function"], f["args"], f["file"], f["line"], f["inline_depth"], f["trust"]) for f in frames] == [
        ("ns::Cart::add", None, "src/cart.cc", 9, 1, "inline"),
        ("ns::pay", "int", "src/pay.cc", 58, 0, "context"),
        (None, None, None, None, 0, "scan"),
    ]
    assert (frames[1]["symbol_offset"], frames[2]["module"], frames[2]["module_offset"]) == (
        0x1C,
        "kernel32.dll",
        0x16FD6,
    )
    assert crash["addresses"] == [0x40429E, 0x40429E, 0x7C816FD6]
    assert [(m["name"], m["size"], m["unloaded"]) for m in rows["modules"]] == [
        ("shop.exe", 0x2D000, False),
        ("kernel32.dll", 0xF4000, False),
        ("gone.dll", 0x1000, True),
    ]


@pytest.mark.parametrize("dump", [DUMP, json.dumps(DUMP)])
def test_a_crash_that_socorro_processed(dump):
    rows = read(json.dumps(PROCESSED | {"json_dump": dump}).encode())
    (event,) = rows["events"]
    assert (event["native_id"], event["native_fingerprint"], event["service"]) == (UUID, "ns::pay", "Shop")
    assert (event["release"], event["environment"]) == ("1.4 20260126000000", "nightly")
    assert event["ts"].isoformat() == "2026-01-26T01:25:59.123000+00:00"
    assert (event["error_type"], event["error_value"]) == ("SIGSEGV", "access to address 0x45")
    assert len(rows["modules"]) == 3
    notes = {(row["scope"], row["key"]): row["value"] for row in rows["annotations"]}
    assert notes["report", "uptime"] == "17"
    assert notes["dump", "sensitive.exploitability"] == "low"


def test_java_exceptions():
    raised = {
        "exception": {
            "values": [
                {
                    "type": "IllegalStateException",
                    "module": "java.lang",
                    "value": "no rate",
                    "stacktrace": {
                        "frames": [{"module": "a.Till", "function": "open", "filename": "Till.java", "lineno": 3}]
                    },
                }
            ]
        }
    }
    rows = read(json.dumps(PROCESSED | {"java_exception": raised, "json_dump": None}).encode())
    (event,) = rows["events"]
    assert (event["error_type"], event["error_value"], event["platform"]) == (
        "java.lang.IllegalStateException",
        "no rate",
        "java",
    )
    assert (rows["frames"][0]["function"], rows["frames"][0]["line"]) == ("a.Till.open", 3)
    text = "java.lang.E: x\n\tat a.B.c(B.java:1)\nCaused by: a.F: y\n\tat a.B.d(B.java:2)"
    raw = {"ProductName": "Shop", "Version": "1", "JavaStackTrace": text, "CrashTime": "1769390759"}
    rows = read(json.dumps(raw).encode())
    assert [stack["error_type"] for stack in rows["stacks"]] == ["java.lang.E", "a.F"]
    assert rows["events"][0]["ts"].isoformat() == "2026-01-26T01:25:59+00:00"


def test_annotations_of_a_crash_with_stack_traces():
    raw = {
        "ProductName": "Shop",
        "Version": "1",
        "StackTraces": json.dumps(TRACES),
        "MozCrashReason": "MOZ_RELEASE_ASSERT(x)",
    }
    rows = read(json.dumps(raw).encode())
    (event,) = rows["events"]
    assert (event["error_type"], event["error_value"]) == ("SIGILL", "MOZ_RELEASE_ASSERT(x)")
    assert [(f["module"], f["module_offset"], f["trust"]) for f in rows["frames"]] == [
        ("shop", 0x234, "context"),
        (None, None, "cfi"),
    ]


def test_crash_pings():
    rows = read(json.dumps(PING).encode())
    (event,) = rows["events"]
    assert (event["native_id"], event["service"], event["release"], event["environment"]) == (
        UUID,
        "Shop",
        "1.4",
        "beta",
    )
    assert (event["error_type"], event["error_value"]) == ("SIGILL", "oh no")
    assert rows["stacks"][0]["addresses"] == [0x1234, 0x99]


def test_one_crash_per_line_and_arrays():
    lines = [json.dumps(PROCESSED), "", json.dumps(DUMP), "rubbish"]
    rows = read("\n".join(lines).encode())
    assert [event["offset"] for event in rows["events"]] == [0, len(lines[0]) + 2]
    assert [row["line"] for row in rows["quarantine"]] == [4]
    assert len(read(json.dumps([PROCESSED, PROCESSED | {"uuid": "2"}]).encode())["events"]) == 2


@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_cut_files_give_what_can_be_read(part):
    data = json.dumps(DUMP).encode()
    rows = read(data[: int(len(data) * part)], reader=stackwalk_json)
    (event,) = rows["events"]
    assert (event["parse_status"], event["error_type"]) == ("partial", "SIGSEGV")
    assert rows["quarantine"]


def test_the_whole_way():
    case = triage.loads(json.dumps(PROCESSED))
    assert case.incidents()["error_type"].tolist() == ["SIGSEGV"]


@pytest.mark.parametrize(
    "data",
    [b"{}", b'{"uuid": "x"}', b'{"type": "crash", "payload": {}}', b'{"modules": [], "threads": []}', b"crash_info"],
)
def test_what_is_none(data):
    assert all(row["format"] != "stackwalk-json" for row in read(data)["events"])


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["frames", "inlines", "module", "function", "offset", "ip", "module_index", "values", "base_addr"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(sorted(set(DUMP) | set(PROCESSED) | {"java_exception", "payload"})), VALUES))
def test_odd_values_never_raise(document):
    read(json.dumps(document).encode(), reader=stackwalk_json)
    read(json.dumps(PROCESSED | document).encode(), reader=stackwalk_json)
    read(json.dumps(DUMP | document).encode(), reader=stackwalk_json)


@given(st.binary(max_size=300))
def test_any_bytes_never_raise(data):
    read(data, reader=stackwalk_json)
