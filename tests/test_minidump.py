"""Minidumps: real ones of four platforms, some put together by hand, and all of them damaged."""

from __future__ import annotations

import datetime as dt
import json
import random
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import minidumps
from tests.minidumps import DLL, EXE, STACK, Builder
from tests.reading import SAMPLES, Rows, corpus, read, read_many
from triage.formats import minidump
from triage.formats.head import Head

REAL = ("test.dmp", "linux-mini.dmp", "pipeline-inlines-macos-segv.dmp", "invalid-record-count.dmp")
UUID = "5b2f5e0c-3f0c-4f57-9d0f-6a1c0f3f7b21"


def real(name: str) -> Rows:
    return read(corpus("minidumps", name).read_bytes(), name)


def event(rows: Rows) -> dict[str, Any]:
    assert len(rows["events"]) == 1
    return rows["events"][0]


def frames(rows: Rows, stack_no: int = 0) -> list[tuple[str | None, int | None, str | None, str | None]]:
    """Module, offset, trust and function of each frame of a stack."""
    key = rows["stacks"][stack_no]["stack_key"]
    found = sorted((row for row in rows["frames"] if row["stack_key"] == key), key=lambda row: row["idx"])
    return [(row["module"], row["module_offset"], row["trust"], row["function"]) for row in found]


def notes(rows: Rows, scope: str) -> dict[str, str]:
    return {row["key"]: row["value"] for row in rows["annotations"] if row["scope"] == scope}


def breakpad_dump() -> bytes:
    """The dump inside the Breakpad envelope: the item's header says how long it is."""
    envelope = corpus("envelopes", "breakpad.envelope").read_bytes()
    at = envelope.index(b"MDMP")
    header = json.loads(envelope[:at].rstrip(b"\n").rpartition(b"\n")[2])
    assert header["attachment_type"] == "event.minidump"
    return envelope[at : at + header["length"]]


# Real dumps.


def test_windows_xp() -> None:
    rows = real("test.dmp")
    row = event(rows)
    expected = {
        "format": "minidump",
        "event_class": "incident_signal",
        "event_kind": "crash",
        "parse_status": "ok",
        "ts": dt.datetime(2007, 2, 14, 19, 13, 55, tzinfo=dt.UTC),
        "ts_source": "minidump header",
        "level": "fatal",
        "handled": False,
        "platform": "native",
        "service": "test_app.exe",
        "os_name": "Windows",
        "os_version": "5.1.2600 Service Pack 2",
        "arch": "x86",
        "error_type": "EXCEPTION_ACCESS_VIOLATION",
        "error_value": "write to address 0x45",
        "error_code": 0xC0000005,
        "error_code_name": "EXCEPTION_ACCESS_VIOLATION / WRITE",
        "fault_address": 0x45,
        "signal": None,
        "thread_id": 3060,
        "offset": 0,
        "length": 11317,
        "notes": None,
    }
    assert {key: row[key] for key in expected} == expected
    crashed, dumping = rows["stacks"]
    assert (crashed["thread_id"], crashed["role"], crashed["crashed"]) == (3060, "crash", True)
    assert (dumping["thread_id"], dumping["role"], dumping["crashed"]) == (4544, "thread", False)
    # The symbols say: CrashFunction, main, __tmainCRTStartup, and kernel32 below them.
    assert [frame[:3] for frame in frames(rows)] == [
        ("test_app.exe", 0x429E, "context"),
        ("test_app.exe", 0x4200, "frame_pointer"),
        ("test_app.exe", 0x53EC, "frame_pointer"),
        ("kernel32.dll", 0x16FD7, "frame_pointer"),
    ]
    assert crashed["addresses"] == [0x40429E, 0x404200, 0x4053EC, 0x7C816FD7]
    assert crashed["unwinder"] == "frame_pointer"
    registers = json.loads(crashed["registers"])
    assert (registers["eip"], registers["eax"], registers["esp"]) == ("0x40429e", "0x45", "0x12fe84")
    assert dumping["registers"] is None
    assert notes(rows, "minidump")["process_id"] == "3932"
    assert not rows["quarantine"]


def test_windows_modules_are_named_as_their_symbols() -> None:
    rows = real("test.dmp")
    assert len(rows["modules"]) == 13
    main = rows["modules"][0]
    first = corpus("minidumps", "test_app.sym").read_text("utf-8", "replace").split("\n", 1)[0].split()
    assert first[0] == "MODULE"
    assert (
        (main["debug_id"], main["debug_file"])
        == (first[3], first[4])
        == ("5A9832E5287241C1838ED98914E9B7FF1", "test_app.pdb")
    )
    assert (main["name"], main["path"], main["base"], main["size"]) == (
        "test_app.exe",
        "c:\\test_app.exe",
        0x400000,
        184320,
    )
    assert (main["code_id"], main["version"], main["unloaded"]) == ("45D35F6C2d000", None, False)
    ntdll = rows["modules"][1]
    assert (ntdll["version"], ntdll["symbol_type"]) == ("5.1.2600.2180", "PDB")


def test_crashing_frames_lie_in_the_functions_of_the_symbol_file() -> None:
    functions = []
    for line in corpus("minidumps", "test_app.sym").read_text("utf-8", "replace").splitlines():
        if line.startswith("FUNC "):
            _, start, size, _, name = line.split(" ", 4)
            functions.append((int(start, 16), int(size, 16), name))
    names = [
        next(name for start, size, name in functions if start <= offset < start + size)
        for module, offset, _, _ in frames(real("test.dmp"))
        if module == "test_app.exe" and offset is not None
    ]
    assert names == ["`anonymous namespace'::CrashFunction", "main", "__tmainCRTStartup"]


def test_linux_breakpad() -> None:
    rows = real("linux-mini.dmp")
    row = event(rows)
    assert (row["error_type"], row["signal"], row["error_code"], row["fault_address"]) == (
        "SIGSEGV",
        "SIGSEGV",
        11,
        0x45,
    )
    assert (row["os_name"], row["os_version"], row["arch"]) == ("Linux", "Ubuntu 16.04.3 LTS", "x86_64")
    assert (row["service"], row["thread_id"], row["parse_status"]) == ("crash", 1304, "ok")
    assert [frame[:3] for frame in frames(rows)][:2] == [
        ("crash", 0x1D72, "context"),
        ("libc-2.23.so", 0x20830, "frame_pointer"),
    ]
    assert {frame[2] for frame in frames(rows)[2:]} == {"scan"}
    main = rows["modules"][0]
    assert main["code_id"] == "f1c3bcc0279865fe3058404b2831d9e64135386c"
    assert main["debug_id"] == "C0BCC3F19827FE653058404B2831D9E60"
    facts = notes(rows, "minidump")
    assert facts["cmdline"] == "./crash"
    assert facts["os_build"].startswith("Linux 4.9.60-linuxkit-aufs #1 SMP")
    assert facts["proc_status.Name"] == "crash"
    assert facts["lsb_release.DISTRIB_CODENAME"] == "xenial"
    assert notes(rows, "environ")["PWD"] == "/work/linux/build"
    assert json.loads(facts["streams"])["LinuxMaps"] == 3382


def test_linux_files_are_members() -> None:
    rows = real("linux-mini.dmp")
    files = {row["path"]: row for row in rows["files"]}
    dump = files["linux-mini.dmp"]
    members = [row for row in rows["files"] if row["container_id"] == dump["source_id"]]
    assert len(members) == 9
    assert files["linux/maps.txt"]["bytes"] == 3382
    assert files["linux/lsb_release.txt"]["description"] == "/etc/lsb-release: the distribution"
    assert dump["bytes"] == dump["overhead_bytes"] + sum(row["bytes"] for row in members)


def test_macos() -> None:
    rows = real("pipeline-inlines-macos-segv.dmp")
    row = event(rows)
    assert (row["error_type"], row["error_code_name"]) == ("EXC_BAD_ACCESS", "EXC_BAD_ACCESS / KERN_INVALID_ADDRESS")
    assert (row["signal"], row["error_code"], row["fault_address"]) == ("SIGSEGV", 1, 0xFFFFFFFF80000042)
    assert (row["os_name"], row["os_version"], row["service"]) == ("macOS", "11.6.7 20G630", "crash-client")
    assert len(rows["stacks"]) == 11
    crashed = rows["stacks"][0]
    assert (crashed["thread_id"], crashed["thread_name"]) == (4611, "main")
    assert frames(rows)[0][:3] == ("crash-client", 0x14CD4, "context")
    assert [frame[2] for frame in frames(rows)[1:]] == ["frame_pointer"] * 6
    assert frames(rows)[-1][0] == "libdyld.dylib"
    main = rows["modules"][0]
    assert (main["debug_id"], main["code_id"]) == (
        "509C0610949836F7B70BD88BCF03E5400",
        "509c0610949836f7b70bd88bcf03e540",
    )
    assert rows["modules"][2]["version"] == "0.2038.120.1"


def test_windows_x64_in_an_envelope() -> None:
    rows = read(breakpad_dump(), "minidump.dmp")
    row = event(rows)
    assert (row["error_code_name"], row["error_value"]) == (
        "EXCEPTION_ACCESS_VIOLATION / WRITE",
        "write to address 0x20",
    )
    assert (row["os_version"], row["arch"], row["thread_id"]) == ("10.0.22621", "x86_64", 12996)
    assert frames(rows)[0][:3] == ("VCRUNTIME140D.dll", 0x20476, "context")
    assert frames(rows)[1][:3] == ("sentry_example.exe", 0x17FD, "scan")
    assert rows["stacks"][0]["unwinder"] == "scan"
    assert notes(rows, "minidump")["build"] == "22621.1.amd64fre.ni_release.220506-1250"


def test_hostile_directory_is_partial() -> None:
    rows = real("invalid-record-count.dmp")
    row = event(rows)
    assert (row["parse_status"], row["event_kind"], row["error_type"]) == ("partial", "dump", None)
    assert len(rows["quarantine"]) == 9
    assert all("lies past the end of the file" in place["reason"] for place in rows["quarantine"])
    assert rows["files"][0]["parse_status"] == "partial"


def test_a_dump_that_is_cut_tells_of_each_stream_once_and_is_a_crash() -> None:
    data = (SAMPLES / "minidump" / "windows-access-violation.dmp").read_bytes()
    whole = event(read(data, "a.dmp"))
    rows = read(data[:600], "a.dmp")
    row = event(rows)
    assert (whole["event_kind"], row["event_kind"], row["parse_status"]) == ("crash", "crash", "partial")
    reasons = [place["reason"] for place in rows["quarantine"]]
    told = [reason.removeprefix("stream ").partition(" ")[0].rstrip(":") for reason in reasons]
    assert len(told) == len(set(told)) > 3
    assert sorted(row["notes"]) == sorted(set(reasons))


def test_the_crashpad_sample() -> None:
    path = SAMPLES / "minidump" / "chromium-crashpad.dmp"
    rows = read(path.read_bytes(), path.name)
    row = event(rows)
    said = notes(rows, "crashpad")
    assert row["native_id"] == said["report_id"] == row["event_id"]
    assert (row["release"], said["prod"]) == (said["ver"], "Chrome_Linux")
    assert (row["error_type"], row["error_code_name"], row["fault_address"]) == ("SIGSEGV", "SIGSEGV / SEGV_MAPERR", 0)
    assert row["os_version"] == said["lsb-release"]
    assert (row["service"], row["parse_status"]) == ("chromium", "ok")
    assert rows["stacks"][0]["thread_name"] == "chromium"
    assert [frame[2] for frame in frames(rows)][:12] == ["context"] + ["frame_pointer"] * 11
    assert row["notes"] == ["streams of unknown types: 1 (0x4b6b0002)"]


def test_the_sample_with_embedded_stacks() -> None:
    path = SAMPLES / "minidump" / "windows-access-violation.dmp"
    rows = read(path.read_bytes(), path.name)
    row = event(rows)
    assert (row["error_type"], row["error_value"]) == ("EXCEPTION_ACCESS_VIOLATION", "write to address 0x18")
    assert (row["service"], row["release"], row["parse_status"]) == ("editor.exe", "5.0.2", "ok")
    assert frames(rows)[0] == ("editor.exe", 0x228D4, "sentry_stream", "editor::PngWriter::WriteRow")
    assert [stack["thread_name"] for stack in rows["stacks"]] == ["export", "main", "idle \u2615"]
    assert [module["unloaded"] for module in rows["modules"]] == [False, False, False, True]
    assert notes(rows, "crashpad")["list[0]"] == "render thread started"


@pytest.mark.parametrize("name", REAL[:3])
def test_another_reader_sees_the_same(name: str, caplog: pytest.LogCaptureFixture) -> None:
    """PyPI's `minidump`, where it is installed, agrees on threads and modules."""
    module = pytest.importorskip("minidump.minidumpfile")
    rows = real(name)
    with caplog.at_level("CRITICAL"):
        other = module.MinidumpFile.parse_bytes(corpus("minidumps", name).read_bytes())
    assert [(row["base"], row["size"], row["path"]) for row in rows["modules"]] == [
        (image.baseaddress, image.size, image.name) for image in other.modules.modules
    ]
    assert {row["thread_id"] for row in rows["stacks"]} == {thread.ThreadId for thread in other.threads.threads}


# Dumps by hand.


def test_by_hand_windows_x64() -> None:
    rows = read(minidumps.windows_x64(), "shop.dmp")
    row = event(rows)
    assert (row["parse_status"], row["error_value"], row["fault_address"]) == ("ok", "read of address 0x20", 0x20)
    assert (row["service"], row["release"], row["os_version"]) == ("shop.exe", "1.2.3", "10.0.19045")
    assert row["native_id"] == "01020304050607080" + "90a0b0c0d0e0f10"
    assert row["ts"] == dt.datetime.fromtimestamp(minidumps.STAMP, dt.UTC)
    assert row["notes"] == ["streams of unknown types: 1 (0x4b6b0002)"]
    assert rows["quarantine"] == []


def test_embedded_stacks_come_first_and_others_are_unwound() -> None:
    rows = read(minidumps.windows_x64(), "shop.dmp")
    crashed, other = rows["stacks"]
    assert (crashed["thread_id"], crashed["thread_name"], crashed["unwinder"]) == (77, "main", "sentry_stream")
    assert frames(rows) == [
        ("shop.exe", 0x1111, "sentry_stream", "shop::Cart::total"),
        ("shop.exe", 0x1200, "sentry_stream", "main"),
        ("ntdll.dll", 0x10, "sentry_stream", None),
    ]
    assert json.loads(crashed["registers"])["rax"] == "0xabc"
    assert json.loads(crashed["registers"])["eflags"] == "0x246"
    # The other thread's stack lies in Memory64List; its chain ends, so nothing is scanned.
    assert (other["thread_id"], other["thread_name"], other["unwinder"]) == (78, "w\u00f6rker", "frame_pointer")
    assert frames(rows, 1) == [
        ("ntdll.dll", 0x1000, "context", None),
        ("ntdll.dll", 0x2222, "frame_pointer", None),
        ("shop.exe", 0x3333, "frame_pointer", None),
    ]
    assert other["addresses"] == [DLL + 0x1000, DLL + 0x2222, EXE + 0x3333]


def test_by_hand_modules() -> None:
    main, library, gone = read(minidumps.windows_x64(), "shop.dmp")["modules"]
    assert main["debug_id"] == "030201000504070608090A0B0C0D0E0F1A"
    assert (main["code_id"], main["version"], main["debug_file"]) == ("5F3C000110000", "1.2.3.4", "shop.pdb")
    assert (library["debug_id"], library["debug_file"]) == ("ABCDEF012", "nt.pdb")
    assert (gone["name"], gone["unloaded"], gone["base"], gone["code_id"]) == (
        "gone.dll",
        True,
        0x6000_0000,
        "4A5B00012000",
    )


def test_by_hand_annotations() -> None:
    rows = read(minidumps.windows_x64(), "shop.dmp")
    said = notes(rows, "crashpad")
    assert said == {
        "report_id": "0102030405060708090a0b0c0d0e0f10",
        "ver": "1.2.3",
        "prod": "Shop",
        "ptype": "browser",
        "ntdll.dll.list[0]": "last words",
        "ntdll.dll.gpu": "llvmpipe",
        "ntdll.dll.counter": "01ff",
    }
    facts = notes(rows, "minidump")
    assert (facts["comment"], facts["comment_wide"], facts["handles"]) == ("made by hand", "by h\u00e4nd", "5")
    assert (facts["process_id"], facts["process_started"]) == ("4242", "2023-11-14T22:12:20+00:00")
    assert (facts["memory_info_regions"], facts["memory_regions"], facts["memory_bytes"]) == ("3", "1", "1024")
    assert json.loads(facts["streams"])["0x4b6b0002"] == 26


@pytest.mark.parametrize("old", [False, True])
def test_by_hand_arm64(old: bool) -> None:
    rows = read(minidumps.macos_arm64(old=old), "shop.dmp")
    row = event(rows)
    assert (row["arch"], row["os_version"], row["error_code_name"]) == (
        "arm64",
        "14.5.0 23F79",
        "EXC_BAD_ACCESS / KERN_INVALID_ADDRESS",
    )
    assert (row["signal"], row["fault_address"], row["parse_status"]) == ("SIGSEGV", 0x10, "ok")
    # The leaf's caller stands in lr; pointer authentication is stripped.
    assert frames(rows) == [
        ("libsystem_c.dylib", 0x9000, "context", None),
        ("Shop", 0x1000, "frame_pointer", None),
        ("Shop", 0x2000, "frame_pointer", None),
        ("libsystem_c.dylib", 0x5000, "frame_pointer", None),
    ]
    registers = json.loads(rows["stacks"][0]["registers"])
    assert (registers["fp"], registers["cpsr"], registers["pc"]) == (f"0x{STACK + 0x20:x}", "0x60000000", "0x180009000")


@pytest.mark.parametrize("thumb", [False, True])
def test_by_hand_arm(thumb: bool) -> None:
    builder = Builder()
    builder.system(5, minidumps.ANDROID, (0, 0, 0), "Linux 5.4.0-android #1 armv8l")
    stack = struct.pack("<4I", 0, 0, 0, 0) + struct.pack("<II", 0, 0x40_2001) + bytes(64)
    context = minidumps.arm_context(pc=0x40_1000, sp=STACK, fp=STACK + 16, lr=0x40_1100, thumb=thumb)
    builder.modules(builder.module(0x40_0000, 0x4000, "/data/app/libshop.so", b"LEpB" + bytes(range(20))))
    builder.exception(9, 6, context, flags=0xFFFFFFFA, address=9)
    builder.threads((9, STACK, stack, context))
    rows = read(builder.dump(), "shop.dmp")
    row = event(rows)
    assert (row["os_name"], row["os_version"], row["arch"]) == ("Android", "5.4.0-android", "arm")
    assert (row["error_type"], row["error_code_name"], row["fault_address"]) == ("SIGABRT", "SIGABRT / SI_TKILL", None)
    assert [frame[:3] for frame in frames(rows)] == [
        ("libshop.so", 0x1000, "context"),
        ("libshop.so", 0x2000, "frame_pointer"),
    ]
    assert rows["modules"][0]["code_id"] == bytes(range(20)).hex()


def test_by_hand_big_endian_and_a_call_to_nowhere() -> None:
    builder = Builder(order=">")
    builder.system(0, minidumps.LINUX, (6, 1, 0), "-amd64 #1 SMP")
    stack = struct.pack(">3I", 0x40_1234, 0, 0x40_1300)
    context = minidumps.x86_context(eip=0, esp=STACK, order=">")
    builder.modules(builder.module(0x40_0000, 0x4000, "/usr/bin/shop", b""))
    builder.exception(5, 11, context, flags=1)
    builder.threads((5, STACK, stack, context))
    rows = read(builder.dump(), "shop.dmp")
    row = event(rows)
    assert (row["service"], row["os_version"], row["fault_address"]) == ("shop", "6.1.0-amd64", 0)
    assert [frame[:3] for frame in frames(rows)] == [
        (None, None, "context"),
        ("shop", 0x1234, "scan"),
        ("shop", 0x1300, "scan"),
    ]


def test_a_requested_dump_is_no_crash() -> None:
    builder = Builder()
    builder.system(9, minidumps.LINUX)
    builder.exception(5, 0xFFFFFFFF, minidumps.x64_context(rip=1, rsp=0))
    row = event(read(builder.dump(), "asked.dmp"))
    assert (row["event_kind"], row["error_type"], row["level"], row["handled"]) == (
        "dump",
        "DUMP_REQUESTED",
        None,
        None,
    )


def test_without_exception_the_asking_thread_is_the_subject() -> None:
    builder = Builder()
    builder.system(9, minidumps.WINDOWS)
    context = minidumps.x64_context(rip=EXE + 0x1000, rsp=0)
    builder.modules(builder.module(EXE, 0x10000, "C:\\shop.exe", b""))
    builder.threads((1, 0, b"", context), (2, 0, b"", context))
    builder.stream(0x47670001, builder.pack("III", 3, 1, 2))
    raw = "x > 0".encode("utf-16-le").ljust(256, b"\0") + bytes(256) + "cart.cc".encode("utf-16-le").ljust(256, b"\0")
    builder.stream(0x47670002, raw + builder.pack("II", 58, 1))
    rows = read(builder.dump(), "asked.dmp")
    row = event(rows)
    assert (row["event_kind"], row["thread_id"], row["error_value"]) == (
        "dump",
        2,
        "assertion failed: x > 0 (cart.cc:58)",
    )
    assert [(stack["thread_id"], stack["role"], stack["crashed"]) for stack in rows["stacks"]] == [
        (2, "crash", None),
        (1, "thread", False),
    ]
    assert notes(rows, "assertion")["kind"] == "invalid parameter"


def test_without_system_info_the_context_tells_the_processor() -> None:
    builder = Builder()
    builder.exception(5, 11, minidumps.x64_context(rip=EXE + 0x1000, rsp=0))
    builder.modules(builder.module(EXE, 0x10000, "/usr/bin/shop", b""))
    rows = read(builder.dump(), "shop.dmp")
    assert event(rows)["error_type"] == "0x0000000b"
    assert frames(rows) == [("shop", 0x1000, "context", None)]


# Several files of one crash.


def test_the_name_joins_what_belongs_together() -> None:
    dump = minidumps.macos_arm64()
    rows = read_many([(f"cache/{UUID}.dmp", dump), (f"cache/{UUID}-1.dmp", minidumps.windows_x64())], reader=minidump)
    row = event(rows)
    assert row["native_id"] == UUID.replace("-", "")
    assert (row["error_type"], row["service"]) == ("EXC_BAD_ACCESS", "Shop")
    assert rows["stacks"][0]["error_type"] == "EXC_BAD_ACCESS"
    assert row["notes"][0].startswith("a further minidump of the same event")
    turned = read_many([(f"cache/{UUID}-1.dmp", minidumps.windows_x64()), (f"cache/{UUID}.dmp", dump)], reader=minidump)
    assert (event(turned)["error_type"], event(turned)["event_id"]) == (row["error_type"], row["event_id"])
    apart = read_many([(f"a/{UUID}.dmp", dump), ("b/other.dmp", dump)], reader=minidump)
    assert len(apart["events"]) == 2


def test_the_id_survives_a_move() -> None:
    dump = minidumps.macos_arm64()
    assert event(read(dump, "a.dmp"))["event_id"] == event(read(dump, "b/c.dmp"))["event_id"]


# Damage.


def test_sniff() -> None:
    assert minidump.sniff(Head(minidumps.windows_x64())).score == 98  # type: ignore[union-attr]
    assert minidump.sniff(Head(b"MDMP")).score == 70  # type: ignore[union-attr]
    assert minidump.sniff(Head(b"MZ and so on")) is None


def test_what_is_no_minidump_gives_no_event() -> None:
    rows = read(b"{}", "minidump.dmp", reader=minidump)
    assert rows["events"] == []
    assert [row["reason"] for row in rows["quarantine"]] == ["not a minidump: it does not begin with its signature"]
    assert read(b"", "minidump.dmp", reader=minidump)["events"] == []


def test_counts_are_capped_by_what_is_there() -> None:
    builder = Builder()
    builder.system(9, minidumps.LINUX)
    raw = builder.module(EXE, 0x10000, "/usr/bin/shop", b"")
    builder.stream(4, builder.pack("I", 0xFFFFFFFF) + raw)
    builder.stream(3, builder.pack("I", 0x7FFFFFFF))
    rows = read(builder.dump(), "shop.dmp")
    assert (event(rows)["service"], event(rows)["parse_status"]) == ("shop", "partial")
    reasons = [row["reason"] for row in rows["quarantine"]]
    assert "the module list says it has 4,294,967,295 entries, 1 can be read" in reasons
    assert "the thread list says it has 2,147,483,647 entries, 0 can be read" in reasons


def test_a_stream_that_is_the_dump_itself() -> None:
    builder = Builder()
    builder.system(9, minidumps.LINUX)
    builder.directory.append((0x47670003, len(builder.blob), 0))
    rows = read(builder.dump(), "inside.dmp")
    assert [(row["path"], row["depth"]) for row in rows["files"]] == [("inside.dmp", 0), ("linux/cpuinfo.txt", 1)]
    assert len(rows["events"]) == 1


def overlapping(threads: int, stack_bytes: int) -> bytes:
    """Many threads that share one stack, of modules that share one very long name."""
    builder = Builder()
    builder.system(9, minidumps.LINUX)
    name = builder.wide("/" + "n" * 30_000)
    image = struct.pack("<QIIII13IIIII16x", EXE, 0x10000, 0, 0, name, *[0] * 17)
    builder.stream(4, builder.pack("I", 2000) + image * 2000)
    memory = bytearray(stack_bytes)
    for at in range(0, stack_bytes - 16, 16):
        struct.pack_into("<QQ", memory, at, STACK + at + 16, EXE + 0x1000)
    stack, context = (
        builder.add(bytes(memory)),
        builder.add(minidumps.x64_context(rip=EXE + 0x1000, rsp=STACK, rbp=STACK)),
    )
    rows = (builder.pack("IIIIQQIIII", n, 0, 0, 0, 0, STACK, stack_bytes, stack, 1232, context) for n in range(threads))
    builder.stream(3, builder.pack("I", threads) + b"".join(rows))
    return builder.dump()


def test_overlapping_pieces_stay_within_the_size_of_the_file() -> None:
    dump = overlapping(5000, 0x4000)
    rows = read(dump, "hostile.dmp")
    assert event(rows)["parse_status"] == "partial"
    allowed = 4 * len(dump) + (1 << 20)
    assert sum(len(row["addresses"] or ()) for row in rows["stacks"]) * 16 <= allowed
    assert sum(len(row["path"] or "") for row in rows["modules"]) <= allowed
    assert len(rows["modules"]) == 2000


def whole(name: str) -> bytes:
    return minidumps.SAMPLES[name]() if name in minidumps.SAMPLES else corpus("minidumps", name).read_bytes()


def cuts(data: bytes, count: int) -> list[int]:
    """Places to cut at: evenly drawn, seeded, and more of them near the front, where the directory lies."""
    draw = random.Random(len(data))
    return sorted(
        {draw.randrange(len(data)) for _ in range(count * 4 // 5)} | {draw.randrange(400) for _ in range(count // 5)}
    )


@pytest.mark.parametrize("name", [*minidumps.SAMPLES, *REAL])
def test_a_cut_dump_loads(name: str) -> None:
    data = whole(name)
    for at in cuts(data, 500):
        rows = read(data[:at], "cut.dmp", reader=minidump)
        if at >= 4:
            assert event(rows)["parse_status"] in {"ok", "partial"}
        if name in minidumps.SAMPLES and 32 <= at < 32 + 12 * 4:
            assert event(rows)["parse_status"] == "partial"
            assert rows["quarantine"]


@pytest.mark.parametrize("name", [*minidumps.SAMPLES, "linux-mini.dmp", "test.dmp"])
@given(seed=st.integers(0, 2**32), flips=st.integers(1, 64))
def test_flipped_bytes_never_raise(name: str, seed: int, flips: int) -> None:
    data, draw = bytearray(whole(name)), random.Random(seed)
    for _ in range(flips):
        # Half of them in the pieces that point at others.
        at = draw.randrange(4, 1200 if draw.random() < 0.5 else len(data))
        data[at] = draw.choice((0, 0xFF, 0x7F, data[at] ^ 1 << draw.randrange(8)))
    rows = read(bytes(data), "flipped.dmp", reader=minidump)
    assert len(rows["events"]) == 1


@given(st.binary(max_size=600), st.booleans())
def test_any_bytes_never_raise(data: bytes, big: bool) -> None:
    for head in (b"PMDM" if big else b"MDMP", b""):
        read(head + data, "any.dmp", reader=minidump)


def test_read_into_takes_part_in_another_readers_event() -> None:
    """As an envelope does: its own JSON has a higher rank, the dump fills what that lacks."""
    from triage.records import Records
    from triage.sources.context import Context
    from triage.sources.limits import Limits
    from triage.sources.source import Source

    records = Records()
    source = Source(
        Context(records=records, limits=Limits(), read=lambda member: member.close()), "e", data=minidumps.windows_x64()
    )
    draft = records.draft("sentry", "scope", "id")
    assert minidump.read_into(source, draft)
    draft.fill(rank=2, release="shop@9", native_id="id")
    (row,) = records.finish()["events"].to_pylist()
    assert (row["release"], row["native_id"], row["error_type"]) == ("shop@9", "id", "EXCEPTION_ACCESS_VIOLATION")
