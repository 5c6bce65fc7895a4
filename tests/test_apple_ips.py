"""Apple's .ips reports; made by hand after the layout of the format."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import triage
from tests.reading import read
from triage.formats import apple_ips

ID = "3080438B-D8BC-417C-8D89-05BF95D28C18"
HEADER = {
    "app_name": "Shop",
    "timestamp": "2026-03-17 22:50:42.00 -0700",
    "app_version": "1.0.0",
    "bug_type": "309",
    "os_version": "iPhone OS 17.3.1 (21D61)",
    "incident_id": ID,
    "name": "Shop",
}
IMAGES = [
    {
        "source": "P",
        "arch": "arm64",
        "base": 4371595264,
        "size": 16384,
        "uuid": "11ce3f57-6264-3e8d-8a89-86894d83b974",
        "path": "/private/var/containers/Shop.app/Shop",
        "name": "Shop",
        "CFBundleShortVersionString": "1.0.0",
    },
    {"base": 9418170368, "size": 239612, "uuid": "21ce3f57-6264-3e8d-8a89-86894d83b974", "path": "/usr/lib/libk.dylib"},
    {"size": 0, "source": "A", "base": 0, "uuid": "00000000-0000-0000-0000-000000000000"},
]
BODY = {
    "uptime": 120000,
    "procRole": "Foreground",
    "modelCode": "iPhone14,5",
    "osVersion": {"isEmbedded": True, "train": "iPhone OS 17.3.1", "releaseType": "User", "build": "21D61"},
    "captureTime": "2026-03-17 22:50:41.6409 -0700",
    "incident": ID,
    "isCorpse": 1,
    "pid": 2415,
    "cpuType": "ARM-64",
    "procName": "Shop",
    "procPath": "/private/var/containers/Shop.app/Shop",
    "bundleInfo": {"CFBundleShortVersionString": "1.2.3", "CFBundleVersion": "5"},
    "vmSummary": "ReadOnly portion of Libraries: Total=1G\n",
    "exception": {
        "codes": "0x0000000000000001, 0x0000000000000099",
        "rawCodes": [1, 153],
        "type": "EXC_BAD_ACCESS",
        "signal": "SIGSEGV",
        "subtype": "KERN_INVALID_ADDRESS at 0x0000000000000099",
    },
    "termination": {"code": 11, "namespace": "SIGNAL", "indicator": "Segmentation fault: 11", "byPid": 2415},
    "faultingThread": 1,
    "threads": [
        {"id": 1085650, "queue": "com.apple.main-thread", "frames": [{"imageOffset": 3284, "imageIndex": 1}]},
        {
            "triggered": True,
            "id": 1085670,
            "name": "worker",
            "threadState": {
                "x": [{"value": 268451845}, {"value": 7, "symbolLocation": 0, "symbol": "s"}],
                "flavor": "ARM_THREAD_STATE64",
                "pc": {"value": 4371600000, "matchesCrashFrame": 1},
            },
            "frames": [
                {
                    "imageOffset": 4736,
                    "symbol": "closure #1 in Cart.add(_:)",
                    "symbolLocation": 8,
                    "inline": True,
                    "sourceFile": "Cart.swift",
                    "sourceLine": 4,
                    "imageIndex": 0,
                },
                {
                    "imageOffset": 4736,
                    "symbol": "ns::pay(int)",
                    "symbolLocation": 20,
                    "sourceFile": "pay.cpp",
                    "sourceLine": 9,
                    "imageIndex": 0,
                },
                {"imageOffset": 12, "imageIndex": 2},
                {"imageOffset": 4736, "imageIndex": 99},
            ],
        },
    ],
    "usedImages": IMAGES,
}
THROWN = BODY | {
    "exception": {"codes": "0x0, 0x0", "rawCodes": [0, 0], "type": "EXC_CRASH", "signal": "SIGABRT"},
    "asi": {
        "CoreFoundation": ["*** Terminating app due to uncaught exception 'NSRangeException', reason: 'beyond bounds'"],
        "libsystem_c.dylib": ["abort() called"],
    },
    "lastExceptionBacktrace": [
        {"imageOffset": 1302, "symbol": "__exceptionPreprocess", "symbolLocation": 160, "imageIndex": 1},
        {"imageOffset": 8176, "symbol": "-[Cart add:]", "symbolLocation": 256, "imageIndex": 0},
    ],
}


def ips(body: object, header: object = HEADER, *, indent: int | None = 2) -> bytes:
    return (json.dumps(header) + "\n" + json.dumps(body, indent=indent)).encode()


def test_a_crash():
    rows = read(ips(BODY))
    (event,) = rows["events"]
    assert (event["format"], event["event_kind"], event["native_id"]) == ("apple-ips", "crash", ID)
    assert (event["error_type"], event["error_code"], event["signal"]) == ("EXC_BAD_ACCESS", 1, "SIGSEGV")
    assert (event["error_code_name"], event["fault_address"]) == ("EXC_BAD_ACCESS / KERN_INVALID_ADDRESS", 0x99)
    assert (event["os_name"], event["os_version"], event["arch"], event["device"]) == (
        "iOS",
        "17.3.1 21D61",
        "arm64",
        "iPhone14,5",
    )
    assert (event["service"], event["release"], event["thread_id"]) == ("Shop", "1.2.3", 1085670)
    assert event["ts"].isoformat() == "2026-03-18T05:50:41.640900+00:00"
    assert (event["parse_status"], event["error_value"]) == ("ok", "KERN_INVALID_ADDRESS at 0x0000000000000099")
    notes = {(row["scope"], row["key"]): row["value"] for row in rows["annotations"]}
    assert notes["report", "isCorpse"] == "1"
    assert notes["report", "termination.indicator"] == "Segmentation fault: 11"
    assert notes["report", "vmSummary"].startswith("ReadOnly")
    assert notes["header", "app_version"] == "1.0.0"


def test_stacks_and_frames():
    rows = read(ips(BODY))
    crash, other = rows["stacks"]
    assert (crash["role"], crash["thread_name"], crash["crashed"], other["role"]) == ("crash", "worker", True, "thread")
    assert json.loads(crash["registers"]) == {"x0": "0x10004005", "x1": "0x7", "pc": "0x104915280"}
    frames = [row for row in rows["frames"] if row["stack_key"] == crash["stack_key"]]
    assert [(f["function"], f["args"], f["module"], f["file"], f["line"], f["inline_depth"]) for f in frames] == [
        ("closure #1 in Cart.add", "_:", "Shop", "Cart.swift", 4, 1),
        ("ns::pay", "int", "Shop", "pay.cpp", 9, 0),
        (None, None, None, None, None, 0),
        (None, None, None, None, None, 0),
    ]
    assert (frames[1]["module_offset"], frames[1]["symbol_offset"]) == (4736, 20)
    assert crash["addresses"] == [4371600000, 4371600000, 12, None]
    assert (other["thread_name"], other["thread_id"]) == ("com.apple.main-thread", 1085650)
    assert rows["modules"][1]["name"] == "libk.dylib"
    assert rows["modules"][0]["debug_id"] == "11CE3F5762643E8D8A8986894D83B9740"


def test_an_exception_that_nobody_caught():
    rows = read(ips(THROWN))
    (event,) = rows["events"]
    assert (event["event_kind"], event["error_type"], event["error_value"]) == (
        "exception",
        "NSRangeException",
        "beyond bounds",
    )
    assert [(stack["role"], stack["thread_id"]) for stack in rows["stacks"]] == [
        ("crash", 1085670),
        ("signal", 1085670),
        ("thread", 1085650),
    ]
    assert event["stack_key"] == rows["stacks"][0]["stack_key"]
    reason = {"exceptionReason": {"name": "NSInvalidArgumentException", "composed_message": "no such key"}}
    (event,) = read(ips(THROWN | reason))["events"]
    assert (event["error_type"], event["error_value"]) == ("NSInvalidArgumentException", "no such key")
    printed = {
        "lastExceptionBacktrace": None,
        "asiBacktraces": ["0   CoreFoundation    0x00018d b + 1\n1   A   0x1 c + 2"],
    }
    rows = read(ips(THROWN | printed))
    assert [row["function"] for row in rows["frames"]][:2] == ["b", "c"]


def test_swift_and_watchdogs_and_recursions():
    asi = {"libswiftCore.dylib": ["Shop/Cart.swift:7: Fatal error: Index out of range\n"]}
    (event,) = read(ips(BODY | {"asi": asi}))["events"]
    assert event["error_value"].startswith("Shop/Cart.swift:7: Fatal error")
    watchdog = {"termination": {"code": 2343432205, "namespace": "FRONTBOARD", "details": ["explanation:scene-update"]}}
    exception = {"exception": {"type": "EXC_CRASH", "signal": "SIGKILL", "codes": "0x0, 0x0"}}
    (event,) = read(ips(BODY | watchdog | exception))["events"]
    assert (event["event_kind"], event["error_value"]) == ("hang", "explanation:scene-update")
    thread = BODY["threads"][1] | {"recursionInfoArray": [{"hottestElided": 2, "coldestElided": 101, "depth": 104}]}
    rows = read(ips(BODY | {"threads": [BODY["threads"][0], thread]}))
    frames = [row for row in rows["frames"] if row["stack_key"] == rows["stacks"][0]["stack_key"]]
    assert [(f["frame_kind"], f["repeat"]) for f in frames][1:4] == [("frame", 1), ("elided", 100), ("frame", 1)]


def test_a_panic():
    words = (
        'panic(cpu 1 caller 0xfffffff020e75424): "element was used after free" @zalloc.c:492\nDebugger message: panic\n'
        "Panicked task 0xffffffe0008a4800: 9619 pages, 230 threads: pid 222: shopd\n"
        "Panicked thread: 0xffffffe004303a18, backtrace: 0xffffffe00021b2f0, tid: 4884\n"
        "\t\t  lr: 0xfffffff007135e70  fp: 0xffffffe00021b330\n"
    )
    body = {
        "build": "iPhone OS 17.3 (21D50)",
        "product": "iPhone14,5",
        "panicString": words,
        "date": HEADER["timestamp"],
    }
    rows = read(ips(body, {"bug_type": "210", "timestamp": HEADER["timestamp"], "incident_id": ID}))
    (event,) = rows["events"]
    assert (event["error_type"], event["error_value"]) == ("panic", "element was used after free")
    assert (event["device"], event["os_name"], event["service"]) == ("iPhone14,5", "iOS", "shopd")
    assert rows["stacks"][0]["addresses"] == [0xFFFFFFF007135E70]


def test_memory_ran_out():
    body = {
        "product": "iPhone14,5",
        "memoryStatus": {"pageSize": 16384, "memoryPages": {"free": 9}},
        "largestProcess": "Shop",
        "processes": [
            {"name": "launchd", "pid": 1},
            {"name": "Shop", "pid": 9, "rpages": 5, "reason": "per-process-limit"},
        ],
    }
    rows = read(ips(body, {"bug_type": "298", "timestamp": HEADER["timestamp"], "incident_id": ID}))
    (event,) = rows["events"]
    assert (event["event_kind"], event["error_type"], event["error_value"], event["service"]) == (
        "oom",
        "jetsam",
        "per-process-limit",
        "Shop",
    )
    assert any(row["key"] == "process 9 Shop" and "per-process-limit" in row["value"] for row in rows["annotations"])


def test_stackshots():
    body = {
        "reason": "hang",
        "frontmostPids": [42],
        "binaryImages": [["11ce3f57-6264-3e8d-8a89-86894d83b974", 4096, "P"]],
        "processByPid": {
            "1": {"pid": 1, "procname": "launchd", "threadById": {"5": {"id": 5, "userFrames": [[0, 16]]}}},
            "42": {"pid": 42, "procname": "Shop", "threadById": {"7": {"id": 7, "userFrames": [[0, 32], [9, 1], 3]}}},
        },
    }
    rows = read(ips(body, {"bug_type": "288", "timestamp": HEADER["timestamp"], "os_version": "iPhone OS 17.0"}))
    (event,) = rows["events"]
    assert (event["event_kind"], event["service"], event["thread_id"]) == ("hang", "Shop", 7)
    assert [(stack["role"], stack["thread_name"]) for stack in rows["stacks"]] == [
        ("crash", "Shop"),
        ("thread", "launchd"),
    ]
    assert rows["stacks"][0]["addresses"] == [4128, None, None]


def test_a_text_report_behind_a_header_line():
    text = (
        "Incident Identifier: X\nProcess:             Shop [2]\nOS Version:          iPhone OS 12.1 (16B92)\n\n"
        "Exception Type:  EXC_CRASH (SIGABRT)\nTriggered by Thread:  0\n\nThread 0 Crashed:\n"
        "0   libk.dylib \t0x00000001b5a1c42c __pthread_kill + 8\n"
    )
    rows = read((json.dumps(HEADER | {"bug_type": "109"}) + "\n" + text).encode())
    (event,) = rows["events"]
    assert (event["format"], event["error_type"]) == ("apple", "EXC_CRASH")
    rows = read((json.dumps(HEADER | {"bug_type": "183"}) + "\nplain words\n").encode())
    assert (rows["events"][0]["event_class"], rows["events"][0]["native_id"]) == ("operational", ID)


def test_other_reports_are_operational():
    (event,) = read(ips({"agent": "x", "session": 3}, HEADER | {"bug_type": "313"}))["events"]
    assert (event["event_class"], event["event_kind"]) == ("operational", "report")


@pytest.mark.parametrize("part", [0.2, 0.5, 0.8, 0.97])
def test_cut_files_give_what_can_be_read(part):
    data = ips(BODY, indent=None)
    rows = read(data[: int(len(data) * part)])
    (event,) = rows["events"]
    assert (event["parse_status"], event["native_id"]) == ("partial", ID)
    assert rows["quarantine"]
    if part > 0.7:
        assert event["error_type"] == "EXC_BAD_ACCESS"
        assert rows["frames"]


def test_only_a_body_and_only_a_header():
    (event,) = read(json.dumps(BODY).encode(), reader=apple_ips)["events"]
    assert event["error_type"] == "EXC_BAD_ACCESS"
    (event,) = read(json.dumps(HEADER).encode())["events"]
    assert (event["native_id"], event["event_kind"]) == (ID, "crash")


def test_the_whole_way():
    case = triage.loads(ips(BODY))
    assert case.events()["event_id"].tolist() == [ID]
    assert case.incidents()["error_type"].tolist() == ["EXC_BAD_ACCESS"]


@pytest.mark.parametrize(
    "data", [b"{}", b"[]", b'{"bug_type": 1}', b'{"name": "x", "timestamp": "y"}\n{"a": 1}', b"", b"bug_type 309"]
)
def test_what_is_none(data):
    assert all(row["format"] != "apple-ips" for row in read(data)["events"])


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "threads",
                    "frames",
                    "id",
                    "imageIndex",
                    "imageOffset",
                    "symbol",
                    "threadState",
                    "x",
                    "value",
                    "name",
                    "reason",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(
        st.sampled_from(sorted(set(BODY) | set(THROWN) | {"processByPid", "binaryImages", "panicString"})), VALUES
    )
)
def test_odd_values_never_raise(body):
    read(ips(body), reader=apple_ips)
    read(ips(BODY | body), reader=apple_ips)


@given(st.binary(max_size=300))
def test_any_bytes_never_raise(data):
    read(data, reader=apple_ips)
    read(json.dumps(HEADER).encode() + b"\n" + data, reader=apple_ips)
