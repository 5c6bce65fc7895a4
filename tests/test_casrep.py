"""CASR's reports: real ones from the corpus where it is there, and of the other languages made by hand."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import triage
from tests.reading import CORPUS, read
from triage.formats import casrep

REPORT = {
    "Date": "2026-02-10T10:30:00.143735+03:00",
    "Uname": "Linux box 5.11.0-25-generic #27 SMP x86_64 GNU/Linux",
    "OS": "Ubuntu",
    "OSRelease": "20.04",
    "Architecture": "amd64",
    "ExecutablePath": "/srv/shop/till",
    "ProcEnviron": ["SHELL=/bin/zsh", "LANG=C"],
    "ProcCmdline": "till ./crashes/id:000124",
    "Stdin": "",
    "ProcStatus": ["process 77", "Name:\ttill", "Pid:\t77"],
    "ProcMaps": [
        "          Start Addr           End Addr       Size     Offset  Perms  objfile",
        "            0x400000           0x401000     0x1000        0x0  r--p   /srv/shop/till",
        "            0x401000           0x405000     0x4000     0x1000  r-xp   /srv/shop/till",
        "      0x7ffff7a75000     0x7ffff7a79000     0x4000        0x0  rw-p   ",
        "      0x7ffff7a79000     0x7ffff7a9b000    0x22000        0x0  /usr/lib/libc-2.31.so",
    ],
    "CrashSeverity": {
        "Type": "EXPLOITABLE",
        "ShortDescription": "DestAv",
        "Description": "Access violation on destination operand",
        "Explanation": "words",
    },
    "Stacktrace": [
        "#0  0x000000000040112b in pay (c=0) at /srv/shop/till.c:6",
        "#1  0x0000000000401183 in main (argc=1) at /srv/shop/till.c:13",
    ],
    "Registers": {"rip": 4198699, "rax": 10},
    "Disassembly": ["=> 0x40112b:\tidiv DWORD PTR [rbp-0x8]"],
    "CrashLine": "/srv/shop/till.c:6",
    "Source": ["--->6 return 10 / c;"],
    "AsanReport": [],
}
ASAN = {
    "CrashSeverity": {"Type": "EXPLOITABLE", "ShortDescription": "heap-buffer-overflow(write)", "Description": "d"},
    "Registers": {},
    "AsanReport": ["not understood by anybody"],
    "Stacktrace": [
        "    #0 0x4eaf0c in ns::pay(int, char const*) /srv/shop/till.cc:6:11",
        "    #1 0x4eb2a1 in main C:\\shop\\main.cc:9",
        "    #2 0x7f3c59 in __libc_start_main (/lib/libc.so.6+0x26bf9) (BuildId: 0123abcd)",
        "    #3 0x41c1e9  (/srv/shop/till+0x41c1e9)",
    ],
}
PYTHON = {
    "PythonReport": [
        "Traceback (most recent call last):",
        '  File "/srv/shop/till.py", line 5, in pay',
        "    total / count",
        "ZeroDivisionError: division by zero",
    ],
    "CrashSeverity": {"Type": "UNDEFINED", "ShortDescription": "ZeroDivisionError", "Description": "division by zero"},
    "Stacktrace": ['  File "/srv/shop/till.py", line 5, in pay'],
}
JAVA = {
    "JavaReport": [
        "== Java Exception: a.b.NoRate: XTS",
        "\tat a.b.Till.pay(Till.java:7)",
        "\tat a.b.Till.main(Till.java:2)",
    ],
    "Stacktrace": ["    at a.b.Till.pay(Till.java:7)", "    at a.b.Till.main(Till.java:2)"],
    "CrashSeverity": {},
}


def of(*parts: dict) -> bytes:
    document = dict(REPORT)
    for part in parts:
        document |= part
    return json.dumps(document, indent=4).encode()


def test_a_crash_under_gdb():
    rows = read(of())
    (event,) = rows["events"]
    assert (event["format"], event["event_kind"], event["error_type"], event["signal"]) == (
        "casrep",
        "crash",
        "DestAv",
        "SIGSEGV",
    )
    assert (event["service"], event["os_name"], event["os_version"], event["arch"]) == (
        "till",
        "Linux",
        "Ubuntu 20.04",
        "x86_64",
    )
    assert event["ts"].isoformat() == "2026-02-10T07:30:00.143735+00:00"
    assert (event["thread_id"], event["parse_status"]) == (77, "ok")
    (stack,) = rows["stacks"]
    assert json.loads(stack["registers"]) == {"rip": "0x40112b", "rax": "0xa"}
    assert [(f["function"], f["file"], f["line"]) for f in rows["frames"]] == [
        ("pay", "/srv/shop/till.c", 6),
        ("main", "/srv/shop/till.c", 13),
    ]
    assert [(m["name"], m["base"], m["size"]) for m in rows["modules"]] == [
        ("till", 0x400000, 0x5000),
        ("libc-2.31.so", 0x7FFFF7A79000, 0x22000),
    ]
    notes = {(row["scope"], row["key"]): row["value"] for row in rows["annotations"]}
    assert notes["severity", "Type"] == "EXPLOITABLE"
    assert (notes["environ", "LANG"], notes["report", "access"]) == ("C", "WRITE")
    assert notes["report", "ProcCmdline"] == "till ./crashes/id:000124"


def test_a_sanitizer_by_its_lines_alone():
    rows = read(of(ASAN, {"AsanReport": []}))
    (event,) = rows["events"]
    assert (event["error_type"], event["error_value"]) == ("heap-buffer-overflow", "d")
    assert [(f["function"], f["args"], f["file"], f["line"], f["column"]) for f in rows["frames"]] == [
        ("ns::pay", "int, char const*", "/srv/shop/till.cc", 6, 11),
        ("main", None, "C:\\shop\\main.cc", 9, None),
        ("__libc_start_main", None, None, None, None),
        (None, None, None, None, None),
    ]
    assert [(f["module"], f["module_offset"]) for f in rows["frames"]][2:] == [
        ("/lib/libc.so.6", 0x26BF9),
        ("/srv/shop/till", 0x41C1E9),
    ]
    rows = read(of(ASAN))
    assert [f["function"] for f in rows["frames"]][:2] == ["ns::pay", "main"]


def test_languages():
    rows = read(of(PYTHON))
    (event,) = rows["events"]
    assert (event["platform"], event["event_kind"], event["error_type"], event["error_value"], event["signal"]) == (
        "python",
        "exception",
        "ZeroDivisionError",
        "division by zero",
        None,
    )
    assert (rows["frames"][0]["function"], rows["frames"][0]["line"]) == ("pay", 5)
    rows = read(of(JAVA))
    assert [f["function"] for f in rows["frames"]] == ["a.b.Till.pay", "a.b.Till.main"]
    go = ["panic: no rate", "", "goroutine 1 [running]:", "main.pay(...)", "\t/srv/shop/main.go:9 +0x1d"]
    rows = read(of({"GoReport": go, "Stacktrace": go[3:], "CrashSeverity": {}}))
    assert (rows["events"][0]["error_value"], rows["frames"][0]["function"]) == ("no rate", "main.pay")
    js = ["Error: no rate", "    at pay (/srv/shop/till.js:3:9)", "    at main (/srv/shop/till.js:8:1)"]
    rows = read(of({"JsReport": js, "Stacktrace": js[1:], "CrashSeverity": {}}))
    assert (rows["events"][0]["platform"], rows["frames"][1]["function"]) == ("javascript", "main")


def test_lines_that_nobody_knows_are_kept():
    rows = read(of({"LuaReport": ["words"], "Stacktrace": ["one strange line", "another"], "CrashSeverity": {}}))
    assert [(f["frame_kind"], f["function_raw"]) for f in rows["frames"]] == [
        ("note", "one strange line"),
        ("note", "another"),
    ]


@pytest.mark.parametrize("part", [0.5, 0.8, 0.95])
def test_cut_files_give_what_can_be_read(part):
    data = of()
    rows = read(data[: int(len(data) * part)])
    (event,) = rows["events"]
    assert (event["parse_status"], event["service"]) == ("partial", "till")
    assert rows["quarantine"]


def test_one_per_line_and_arrays():
    line = json.dumps(REPORT).encode()
    rows = read(line + b"\n\n" + line + b"\nrubbish\n", reader=casrep)
    assert (len(rows["events"]), rows["quarantine"][0]["line"]) == (2, 4)
    assert rows["events"][1]["offset"] == len(line) + 2
    assert len(read(b"[" + line + b"," + line + b"]")["events"]) == 2


def test_reports_of_the_corpus():
    paths = sorted((CORPUS / "casrep").glob("*.casrep")) if CORPUS.is_dir() else []
    if not paths:
        pytest.skip("no corpus of real crash files")
    for path in paths:
        data = path.read_bytes()
        document = json.loads(data)
        rows = read(data, path.name)
        (event,) = rows["events"]
        assert (event["format"], event["parse_status"]) == ("casrep", "ok")
        (stack,) = rows["stacks"]
        frames = [row for row in rows["frames"] if row["stack_key"] == stack["stack_key"]]
        assert len(frames) == len(document["Stacktrace"])
        assert sum(f["function"] is None for f in frames) == sum(" ?? " in line for line in document["Stacktrace"])
        assert all(f["line"] for f in frames if f["function"])
        assert stack["registers"]
        assert len(rows["modules"]) >= 5


def test_the_whole_way():
    case = triage.loads(of())
    assert case.incidents()["culprit"].tolist() == ["pay (till.c:6)"]


@pytest.mark.parametrize("data", [b"{}", b'{"Date": "x", "OS": "y"}', b'{"Stacktrace": []}', b"CrashSeverity"])
def test_what_is_none(data):
    assert all(row["format"] != "casrep" for row in read(data)["events"])


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from([*REPORT, "GoReport", "XReport", "Prstatus"]), VALUES))
def test_odd_values_never_raise(document):
    read(json.dumps(document).encode(), reader=casrep)
    read(of(document), reader=casrep)


@given(st.binary(max_size=300))
def test_any_bytes_never_raise(data):
    read(data, reader=casrep)
