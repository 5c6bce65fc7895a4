"""Logs of EQEmu servers: the samples with their values, many crashes in a file, consoles, pasted text, damage."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reading import CORPUS, SAMPLES, Rows, read, read_many
from triage.formats import eqemu, eqemu_report, rank
from triage.formats.head import Head

FOLDER = SAMPLES / "eqemu"
LOGS = ("crash_zone_9412.log", "crash_world_2210.log", "crash_world_2211_linux.log")


def sample(name: str) -> Rows:
    return read((FOLDER / name).read_bytes(), f"logs/crashes/{name}")


def load(*lines: str, name: str = "zone.log") -> Rows:
    return read("\n".join(lines).encode(), name, reader=eqemu)


def has(row: dict[str, Any], **expected: Any) -> bool:
    """Whether a row holds the values; a failure shows the difference."""
    assert {name: row[name] for name in expected} == expected
    return True


def keys(tables: Rows, scope: str) -> dict[str, str]:
    return {row["key"]: row["value"] for row in tables["annotations"] if row["scope"] == scope}


def at(log: Rows, index: int = 0) -> list[dict[str, Any]]:
    """The frames of the crashing stack of an event."""
    key = log["events"][index]["stack_key"]
    return [row for row in log["frames"] if row["stack_key"] == key]


def sniffed(data: bytes, name: str = "x") -> list[tuple[str, int]]:
    return [(reader.NAME, match.score) for match, reader in rank(Head(data, path=name, size=len(data)))]


def test_a_windows_crash():
    tables = sample("crash_zone_9412.log")
    [event] = tables["events"]
    assert has(
        event,
        format="eqemu-log",
        event_class="incident_signal",
        event_kind="crash",
        level="fatal",
        platform="native",
        service="zone",
        ts=datetime(2026, 1, 26, 22, 14, 5, tzinfo=UTC),
        ts_source="log line, zone unknown",
        error_type="EXCEPTION_ACCESS_VIOLATION",
        error_code=0xC0000005,
        os_name="Windows",
        os_version="10.0.19045",
        offset=0,
        length=4572,
        parse_status="partial",
        notes=["1 line ends early: cut by the writer's buffer of 1,024 bytes, or with the text"],
    )
    frames = at(tables)
    assert len(frames) == 18
    assert [row["frame_kind"] for row in frames].count("unwind_error") == 2
    assert has(frames[4], function="EntityList::ScanCloseMobs", line=2944, module=None)
    assert has(frames[11], function="EQ::Event::Timer::Execute", module="zone.exe", module_offset=0x11FC0B8)
    assert has(frames[9], function=None, module="lua51", module_offset=0x84D0)
    assert has(frames[10], function=None, module=None, module_offset=None, file=None)
    assert has(frames[7], frame_kind="unwind_error", function_raw="SymGetSymFromAddr64", args="487")
    addresses = tables["stacks"][0]["addresses"]
    assert addresses[:3] == [None, None, 0x7FFC4D038C77]
    assert (addresses[7], addresses[-1]) == (0x7FFC2A1184D0, 0x7FFC4F71CC91)


def test_the_modules_and_annotations_of_a_windows_crash():
    tables = sample("crash_zone_9412.log")
    modules = {row["name"]: row for row in tables["modules"]}
    assert list(modules) == ["zone.exe", "ntdll.dll", "KERNEL32.DLL", "KERNELBASE.dll", "lua51.dll", "libmysql.dll"]
    assert has(
        modules["zone.exe"],
        path="C:\\eqemu\\server\\bin\\zone.exe",
        base=0x7FF6A1D20000,
        size=21962752,
        symbol_type="PDB",
        debug_file="C:\\eqemu\\server\\bin\\zone.pdb",
        version=None,
    )
    assert has(modules["KERNELBASE.dll"], symbol_type="-deferred-", debug_file=None, version="10.0.19041.3996")
    assert has(modules["libmysql.dll"], base=0x180000000, symbol_type="CV", version="6.1.11.0")
    symbols = keys(tables, "symbols")
    assert symbols["search_path"].startswith(".;C:\\eqemu\\server\\bin;C:\\Windows;")
    assert symbols["search_path"].endswith("component-20\\bin;C:\\Program Files\\")
    assert set(symbols) == {"search_path"}
    assert keys(tables, "os") == {"version": "10.0.19045", "suite": "0x100", "product": "0x1"}
    assert keys(tables, "report") == {"process_id": "9412"}
    assert tables["logs"] == tables["quarantine"] == []


def test_a_stack_overflow_is_one_line():
    tables = sample("crash_world_2210.log")
    [event] = tables["events"]
    assert has(
        event,
        error_type="EXCEPTION_STACK_OVERFLOW",
        error_code=0xC00000FD,
        service="world",
        stack_key=None,
        ts=datetime(2026, 1, 19, 3, 2, 44, tzinfo=UTC),
        length=67,
        parse_status="ok",
        notes=None,
    )
    assert tables["stacks"] == tables["frames"] == []


def test_a_linux_crash():
    tables = sample("crash_world_2211_linux.log")
    [event] = tables["events"]
    assert has(
        event,
        service="world",
        os_name="Linux",
        error_type=None,
        error_code=None,
        thread_id=2211,
        ts=datetime(2026, 1, 28, 19, 47, 3, tzinfo=UTC),
        notes=["the report does not name the signal"],
        parse_status="ok",
    )
    frames = at(tables)
    assert [row["function"] for row in frames] == [
        "__GI___wait4",
        "print_trace",
        "<signal handler called>",
        "Client::GetInstanceVersion",
        "ClientList::CountInstances",
        "HandleZoneBoot",
        "main",
    ]
    assert has(frames[2], frame_kind="signal", file=None)
    assert has(frames[3], args="this=0x0", file="../world/client_list.h", line=9)
    assert has(frames[4], args='this=0x7fffffffec40, zone_name="qeynos2"')
    assert [row["message"] for row in tables["logs"]] == [
        "[Thread debugging using libthread_db enabled]",
        'Using host libthread_db library "/lib/x86_64-linux-gnu/libthread_db.so.1".',
        f"0x00007ffff7af1bd3 in __GI___wait4 ({frames[0]['args']}) at {frames[0]['file']}:30",
        "[Inferior 1 (process 2211) detached]",
    ]
    assert {row["event_id"] for row in tables["logs"]} == {event["event_id"]}
    assert keys(tables, "report") == {"process_id": "2211"}


def test_several_crashes_of_several_processes_among_other_lines():
    tables = load(
        "[01-26-2026 22:14:00] [Zone] [Info] Booting zone [qeynos2] ",
        "[01-26-2026 22:14:05] [Zone] [Crash] EXCEPTION_ACCESS_VIOLATION ",
        "[01-26-2026 22:14:05] [World] [Crash] EXCEPTION_INT_OVERFLOW ",
        "[01-26-2026 22:14:05] [Zone] [Crash] SymInit: Symbol-SearchPath: '.;C:\\Win', symOptions: 530, UserName: 'u'",
        "[01-26-2026 22:14:06] [World] [MySQL Error] 1146: no such table ",
        "[01-26-2026 22:14:06] [Zone] [Crash] z\\a.cpp (4): A::f ",
        "[01-26-2026 22:14:06] [World] [Crash] w\\b.cpp (5): B::g ",
        "[01-26-2026 22:20:00] [Zone] [Crash] Unknown Exception ",
        "[01-26-2026 22:20:00] [Zone] [Crash] z\\c.cpp (6): C::h ",
        "[01-26-2026 22:21:00] [Zone] [Inventory] Packet: Client -> Server [1] ",
    )
    events = sorted(tables["events"], key=lambda row: row["offset"])
    assert [(row["service"], row["error_type"], row["error_code"]) for row in events] == [
        ("zone", "EXCEPTION_ACCESS_VIOLATION", 0xC0000005),
        ("world", "EXCEPTION_INT_OVERFLOW", 0xC0000095),
        ("zone", "Unknown Exception", None),
    ]
    index = {row["stack_key"]: row["function"] for row in tables["frames"]}
    assert [index[row["stack_key"]] for row in events] == ["A::f", "B::g", "C::h"]
    assert [(row["logger"], row["level"], row["message"], row["event_id"]) for row in tables["logs"]] == [
        ("Info", "info", "Booting zone [qeynos2]", None),
        ("MySQL Error", "error", "1146: no such table", None),
        ("Inventory", None, "Packet: Client -> Server [1]", None),
    ]
    assert keys(tables, "symbols") == {"search_path": ".;C:\\Win", "options": "530", "user_name": "u"}


def test_two_crashes_without_the_line_of_the_exception_are_parted_by_syminit():
    one = ["SymInit: Symbol-SearchPath: '.'", "a.cpp (1): f"]
    tables = load(*(f"[01-26-2026 22:14:05] [Zone] [Crash] {line} " for line in one * 2))
    assert len(tables["events"]) == 2
    assert {row["error_type"] for row in tables["events"]} == {None}


def test_a_console_with_colours_places_and_two_crashes():
    body = [
        "stack trace for /home/eqemu/bin/zone pid=1684",
        "[New LWP 1685]",
        "[Current thread is 1 (Thread 0x7fe79fbb1b00 (LWP 1684))]",
        "#0  0x00007fe79fce1207 in __waitpid (pid=1754) at ../sysdeps/unix/sysv/linux/waitpid.c:27",
        "#1  0x0000562daedd7c64 in print_trace () at ../common/crash.cpp:213",
        "#2  <signal handler called>",
        "#3  0x0000562dae09acb0 in Zone::GetInstanceVersion (this=0x0) at ../zone/zone.h:168",
    ]
    lines = [f"\x1b[31m[Zone] [Crash] [crash.cpp::print_trace:218] {line} \x1b[0m" for line in body]
    tables = load(
        "[Zone] [Info] [main.cpp::CatchSignal:461] Caught signal [15]", *lines, "30\t../x.c: No such file", *lines
    )
    assert len(tables["events"]) == 2
    for event in tables["events"]:
        assert has(event, service="zone", ts=None, ts_source=None, thread_id=1684, os_name="Linux")
    assert at(tables)[3]["function"] == "Zone::GetInstanceVersion"
    assert keys(tables, "report") == {"program": "/home/eqemu/bin/zone", "process_id": "1684"}
    free = [row for row in tables["logs"] if row["event_id"] is None]
    assert [(row["message"], row["parse_status"]) for row in free] == [
        ("Caught signal [15]", "ok"),
        ("30\t../x.c: No such file", "raw"),
    ]
    assert json.loads(free[0]["fields"]) == {"process": "zone", "place": "main.cpp::CatchSignal:461"}


def test_a_crash_on_linux_without_gdb():
    line = "[World] [Crash] [Error] GDB is not installed, if you want crash dumps you will need GDB installed"
    tables = load(line, line)
    assert len(tables["events"]) == 2
    assert has(tables["events"][0], parse_status="raw", error_type=None)
    assert "gdb could not be called, so there is no stack" in tables["events"][0]["notes"]
    assert len(tables["logs"]) == 2


def test_pasted_text_without_prefixes():
    text = "\n".join(line.partition("[Crash] ")[2] for line in (FOLDER / LOGS[0]).read_text().splitlines())
    tables = read(text.encode(), "pasted")
    [event] = tables["events"]
    assert has(event, format="eqemu-log", error_type="EXCEPTION_ACCESS_VIOLATION", service="zone", ts=None)
    assert len(at(tables)) == 18
    assert tables["logs"] == []


def test_stackwalker_s_text_in_another_log():
    noise = [f"2026-01-26 INFO step {number} of main.cpp (12): fine" for number in range(30)]
    stack = [
        "src\\StackWalker.cpp (941): StackWalker::ShowCallstack",
        "00007FF6954ADC7D (node): (filename not available): SSL_select_next_proto",
        "src\\app.cpp (7): run",
    ]
    tables = load(*noise, *stack, *noise)
    [event] = tables["events"]
    assert [row["function"] for row in at(tables)] == ["StackWalker::ShowCallstack", "SSL_select_next_proto", "run"]
    assert has(event, os_name="Windows", error_type=None, offset=len("\n".join(noise)) + 1)
    assert len(tables["logs"]) == 60


def test_frames_without_an_address_need_company():
    tables = load("src\\a.cpp (12): one", "src\\a.cpp (13): two", "plain")
    assert tables["events"] == []
    assert [row["message"] for row in tables["logs"]] == ["src\\a.cpp (12): one", "src\\a.cpp (13): two", "plain"]


def test_a_frame_as_long_as_the_buffer_is_marked():
    for length in (1_023, 1_024):
        line = "a.cpp (1): " + "f" * (length - len("a.cpp (1): "))
        tables = load(f"[Zone] [Crash] {line} ")
        assert has(tables["events"][0], parse_status="partial")
    assert has(load("[Zone] [Crash] a.cpp (1): " + "f" * 1_100)["events"][0], parse_status="ok")


def test_more_frames_than_a_crash_may_have_are_counted():
    lines = ["[Zone] [Crash] EXCEPTION_BREAKPOINT", *(f"[Zone] [Crash] a.cpp ({n}): f" for n in range(1, 20_003))]
    tables = load(*lines)
    assert len(tables["frames"]) == eqemu_report.MAX_ROWS
    assert has(tables["events"][0], parse_status="partial")
    assert "2 lines over the 20,000 of one kind that a crash may have were left out" in tables["events"][0]["notes"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_other_encodings_and_line_ends(encoding):
    text = (FOLDER / LOGS[0]).read_text(encoding="utf-8").replace("\n", "\r\n")
    tables = read(text.encode(encoding), LOGS[0])
    assert has(tables["events"][0], error_type="EXCEPTION_ACCESS_VIOLATION")
    assert len(at(tables)) == 18
    assert tables["events"][0]["stack_key"] == sample(LOGS[0])["events"][0]["stack_key"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("[01-26-2026 22:14:05] [Zone] [Crash] x", ("zone", "Crash", None, "x")),
        ("[01-26-2026 :: 22:14:05] [Other] [Zone Server] x ", ("other", "Zone Server", None, "x ")),
        ("[UCS] [Info] [a.cpp::f:1] x", ("ucs", "Info", "a.cpp::f:1", "x")),
        ("[Other] [Info] x", None),
        ("[01-26-2026 22:14] [Zone] [Crash] x", None),
        ("[Zone] x", None),
    ],
)
def test_prefixes(line, expected):
    head = eqemu_report.prefix(line)
    assert (head[1:] if head else None) == expected


def test_a_time_that_is_none_is_null():
    tables = load("[13-45-2026 22:14:05] [Zone] [Crash] EXCEPTION_BREAKPOINT")
    assert has(tables["events"][0], ts=None, ts_source=None, error_type="EXCEPTION_BREAKPOINT")


def test_all_twenty_exceptions_have_their_number():
    assert len(eqemu_report._CODE_OF) == 20
    assert all(name and name.startswith("EXCEPTION_") for name in eqemu_report._CODE_OF)


def test_what_is_recognised():
    assert sniffed((FOLDER / LOGS[0]).read_bytes())[0] == ("eqemu-log", 92)
    assert sniffed(b"SymInit: Symbol-SearchPath: '.;C:\\x', symOptions: 530, UserName: 'u'\n")[0] == ("eqemu-log", 90)
    assert sniffed(b"[01-26-2026 22:14:05] [Zone] [Info] hello\n")[0] == ("eqemu-log", 65)
    assert sniffed(b"EXCEPTION_ACCESS_VIOLATION\n")[0] == ("eqemu-log", 50)
    gdb = "#0  0x1 in f () at a.c:1\n#1  <signal handler called>\n#2  0x2 in main () at a.c:2\n"
    for text in (gdb, "Program received signal SIGSEGV, Segmentation fault.\n" + gdb, "[INFO] [Crash] no\n", "x\n", ""):
        assert "eqemu-log" not in dict(sniffed(text.encode()))


def test_no_real_file_of_another_writer_is_claimed():
    if not CORPUS.exists():
        pytest.skip("the corpus of real crash files is not beside this checkout")
    for path in CORPUS.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                assert eqemu.sniff(Head(file.read(65_536), path=path.name)) is None, path.name


def test_the_same_crash_has_the_same_stack_in_log_and_report():
    log, spire = sample(LOGS[0]), read((FOLDER / "spire-report.json").read_bytes(), "spire-report.json")
    assert log["events"][0]["stack_key"] == spire["events"][0]["stack_key"]


PIECES = st.sampled_from([
    "[01-26-2026 22:14:05] ", "[Zone] ", "[World] ", "[Crash] ", "[Info] ", "EXCEPTION_BREAKPOINT", "Unknown Exception",
    "SymInit: Symbol-SearchPath: '", "OS-Version: 1.2.3", "0x00007FF6A2F1C0B8", " (", "): ", ") ", "a.cpp (1): f",
    "#0  ", "<signal handler called>", "[New LWP 1]", "stack trace for z pid=1", "\n", "\n", "\r\n", "\x1b[31m",
    "    ", "\x00", "C:\\z.exe:z.exe (00400000), size: 4 (result: 0), SymType: 'PDB', PDB: 'z'",
    "\ufeff", "\N{SUPERSCRIPT TWO}",
])  # fmt: skip


@given(st.one_of(st.binary(), st.lists(PIECES).map(lambda parts: "".join(parts).encode())))
def test_any_bytes(data):
    tables = read(data, "crash_zone_1.log", reader=eqemu)
    assert [row["bytes"] for row in tables["files"]] == [len(data)]
    for event in tables["events"]:
        assert event["parse_status"] in {"ok", "partial", "raw"}
        assert 0 <= event["offset"] <= event["offset"] + event["length"] <= len(data)
    assert sum(len(row["message"]) for row in tables["logs"]) <= len(data.decode("utf-8", "replace"))


@pytest.mark.parametrize("name", LOGS)
def test_samples_cut_anywhere(name):
    data = (FOLDER / name).read_bytes()
    ends = list(range(min(len(data), 4_096)))
    if len(data) > 4_096:
        ends += random.Random(5).choices(range(4_096, len(data)), k=500)
    tables = read_many([(f"{number}/{name}", data[:end]) for number, end in enumerate(ends)], reader=eqemu)
    assert sum(row["bytes"] for row in tables["files"]) == sum(ends)
    whole = {row["source_id"] for row in tables["events"]}
    named = data.index(b"EXCEPTION_") if b"EXCEPTION_" in data else data.index(b"[Crash]") + 12
    assert len(whole) >= sum(end > named + 30 for end in ends)
