"""Android's native crashes: the texts here are made by hand in the forms of debuggerd, the corpus is real."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reading import CORPUS
from tests.scanned import scan_grows
from triage.formats.traces.scanning import Found, scan
from triage.formats.traces.tombstone_frames import frame
from triage.stacks import signature

STARS = "*** *** *** *** *** *** *** *** *** *** *** *** *** *** *** ***"
SPLIT = "--- --- --- --- --- --- --- --- --- --- --- --- --- --- --- ---"

WHOLE = f"""\
{STARS}
Build fingerprint: 'google/oriole/oriole:14/UP1A.231005.007/10754064:user/release-keys'
Revision: 'MP1.0'
ABI: 'arm64'
Timestamp: 2023-11-25 10:00:00.123456789+0100
Process uptime: 12s
Cmdline: com.example.app
pid: 12345, tid: 12399, name: RenderThread  >>> com.example.app <<<
uid: 10234
esr: 0000000092000006 (Data Abort Exception 0x24)
signal 11 (SIGSEGV), code 9 (SEGV_MTESERR), fault addr 0x0a00007b9c5d4320 (write)
Abort message: 'first line
second line: x=1
last'
    x0  0a00007b9c5d4320  x1  0000000000000041  x2  0000000000000000  x3  0000000000000000
    lr  0000007b12345678  sp  0000007b9ab12340  pc  0000007b12345690  pst 0000000060001000

4 total frames
backtrace:
      #00 pc 0000000000012690  /data/app/~~A==/x-y==/base.apk!libnative.so (offset 0x3a000) (ns::F::g(int) const+16) (BuildId: 0123)
      #01 pc 0000000000222244  /apex/com.android.art/lib64/libart.so (art_quick_generic_jni_trampoline+148) (BuildId: aabb)
      #02 pc 000000000000de34  /memfd:jit-cache (deleted) (offset 0x2000000) (com.example.app.Main.onCreate+88)
      #03 pc 0000000000000000  <unknown>

Cause: [MTE]: Use After Free, 0 bytes into a 32-byte allocation at 0x7b9c5d4320

deallocated by thread 12345:
      #00 pc 00000000000126a0  /data/app/base.apk!libnative.so (ns::destroy()+8)

allocated by thread 12346:
      #00 pc 0000000000050000  /apex/com.android.runtime/lib64/bionic/libc.so (malloc+100)

stack:
         0000007b9ab122c0  0000000000000000
    #00  0000007b9ab12340  0000000000000000
         ................  ................

memory near x0 ([anon:scudo:primary]):
    0000007b9c5d4310 0000000000000000 0000000000000000  ................

memory map (3 entries):
    0000006f'00000000-0000006f'00000fff r--         0      1000  /system/bin/app_process64 (BuildId: eeff) (load bias 0x1000)
--->Fault address falls at 0x0a00007b'9c5d4320 after mapping
    0000007b'12350000-0000007b'1235ffff rw-         0     10000  [anon:.bss]

open files:
    fd 0: /dev/null (unowned)

--------- tail end of log main
11-25 10:00:00.000 12345 12345 I foo: bar
{SPLIT}
pid: 12345, tid: 12345, name: example.app  >>> com.example.app <<<
    x0  fffffffffffffffc  x1  0000007ff0000000
backtrace:
      #00 pc 00000000000d5d88  /apex/com.android.runtime/lib64/bionic/libc.so (__epoll_pwait+8) (BuildId: ccdd)
""".splitlines()  # noqa: E501 - as debuggerd prints it

BRIEF = f"""\
I/art     (  999): hello
I/DEBUG   (  123): {STARS}
I/DEBUG   (  123): Build fingerprint: 'generic/sdk/generic:4.4.2/KK/938007:eng/test-keys'
I/DEBUG   (  123): pid: 1234, tid: 1250, name: Thread-5  >>> com.example.app <<<
I/DEBUG   (  123): signal 11 (SIGSEGV), code 1 (SEGV_MAPERR), fault addr 00000000
I/ActivityManager(  200): something else
I/DEBUG   (  123):     r0 00000000  r1 00000001  r2 00000002  r3 00000003
I/DEBUG   (  123):     d0  0000000000000000  d1  0000000000000000
I/DEBUG   (  123):
I/DEBUG   (  123): backtrace:
I/DEBUG   (  123):     #00  pc 00012c10  /data/app-lib/com.example.app-1/libnative.so (Java_com_example_crash+16)
I/DEBUG   (  123):     #01  pc 0001e890  /system/lib/libdvm.so (dvmPlatformInvoke+112)
I/DEBUG   (  123):
I/DEBUG   (  123): stack:
I/DEBUG   (  123):          be8d7a08  00000000
I/BootReceiver(  200): Copying /data/tombstones/tombstone_02 to DropBox (SYSTEM_TOMBSTONE)
""".splitlines()

LOGCAT = f"""\
11-25 10:00:00.100  4321  4350 I App: working
11-25 10:00:00.123  4321  4350 F libc    : Fatal signal 6 (SIGABRT), code -1 (SI_QUEUE) in tid 4350 (worker), pid 4321 (ple.app)
11-25 10:00:00.200  5000  5000 I crash_dump64: obtaining output fd from tombstoned
11-25 10:00:00.300  5000  5000 F DEBUG   : {STARS}
11-25 10:00:00.300  5000  5000 F DEBUG   : ABI: 'arm64'
11-25 10:00:00.300  5000  5000 F DEBUG   : pid: 4321, tid: 4350, name: worker  >>> com.example.app <<<
11-25 10:00:00.300  5000  5000 F DEBUG   : signal 6 (SIGABRT), code -1 (SI_QUEUE), fault addr --------
11-25 10:00:00.300  5000  5000 F DEBUG   : Abort message: 'no such thing'
11-25 10:00:00.300  5000  5000 F DEBUG   : backtrace:
11-25 10:00:00.300  5000  5000 F DEBUG   :       #00 pc 000000000004f9a4  /system/lib64/libc.so (abort+164)
11-25 10:00:00.300  5000  5000 F DEBUG   :       #01 pc 0000000000012345  /data/app/lib/arm64/libx.so (x_check+12)
11-25 10:00:01.000  1200  1234 I ActivityManager: Process com.example.app has died
""".splitlines()  # noqa: E501 - as Android logs it

NDK_STACK = """\
********** Crash dump: **********
Build fingerprint: 'x/y/z:9/a/b:user/release-keys'
#00 0x0000000000059fbf /data/app/com.x/lib/arm64/libfoo.so (ns::f(int)+12)
ns::f(int)
/src/foo.cpp:12:3
#01 0x000000000045bb48 /data/app/com.x/base.apk!libbar.so (offset 0x1000) (g+4)
Crash dump is completed
""".splitlines()


def tombstones(lines: list[str]) -> list[Found]:
    return list(scan(enumerate(lines), only="tombstone"))


def functions(found: Found, stack: int = 0) -> list[str | None]:
    return [row.function for row in found.report.traces[stack].frames]


def test_a_tombstone_of_android_14_with_everything():
    (found,) = tombstones(["before", *WHOLE, "after"])
    report = found.report
    assert (found.first, found.last) == (2, len(WHOLE) + 1)
    assert (report.kind, report.signal, report.error_type) == ("crash", "SIGSEGV", "Use After Free")
    assert (report.error_code, report.error_code_name, report.access) == (11, "SIGSEGV / SEGV_MTESERR", "WRITE")
    assert (report.process_id, report.thread_id, report.process) == (12345, 12399, "com.example.app")
    assert (report.os_name, report.os_version, report.arch, report.device) == ("Android", "14", "arm64", "oriole")
    assert report.fault_address == 0x0A00007B9C5D4320
    assert report.ts == 1_700_902_800_123_456
    assert [(trace.role, trace.thread_id, trace.thread_name) for trace in report.traces] == [
        ("crash", 12399, "RenderThread"),
        ("free", 12345, None),
        ("alloc", 12346, None),
        ("thread", 12345, "example.app"),
    ]
    rows = [(row.function, row.module, row.module_offset, row.symbol_offset) for row in report.traces[0].frames]
    assert rows == [
        ("ns::F::g", "libnative.so", 0x12690, 16),
        ("art_quick_generic_jni_trampoline", "/apex/com.android.art/lib64/libart.so", 0x222244, 148),
        ("com.example.app.Main.onCreate", "/memfd:jit-cache (deleted)", 0xDE34, 88),
        (None, None, 0, None),
    ]
    assert json.loads(report.traces[0].registers or "{}")["pc"] == "0x7b12345690"
    images = [(module["name"], module.get("base"), module.get("code_id")) for module in report.modules]
    assert ("app_process64", 0x6F00000000, "eeff") in images
    assert ("libnative.so", None, "0123") in images


def test_one_in_a_log_of_android_4_takes_its_lines_only():
    (found,) = tombstones(BRIEF)
    assert (found.first, found.last) == (2, len(BRIEF) - 1)
    assert functions(found) == ["Java_com_example_crash", "dvmPlatformInvoke"]
    assert (found.report.error_value, found.report.fault_address) == ("access to address 0x0", 0)
    assert found.report.device == "generic"


def test_the_signal_that_was_logged_and_its_tombstone_are_one():
    (found,) = tombstones(LOGCAT)
    assert (found.first, found.last) == (2, len(LOGCAT) - 1)
    report = found.report
    assert (report.kind, report.signal, report.fault_address) == ("abort", "SIGABRT", None)
    assert (report.process_id, report.thread_id) == (4321, 4350)
    assert functions(found) == ["abort", "x_check"]


def test_tombstones_of_different_processes_stay_apart():
    other = [line.replace("4321", "4444") for line in LOGCAT[3:]]
    assert len(tombstones(LOGCAT + other)) == 2


def test_what_ndk_stack_makes_of_it():
    (found,) = tombstones(NDK_STACK)
    rows = [(row.function, row.module, row.file, row.line) for row in found.report.traces[0].frames]
    assert rows == [
        ("ns::f", "/data/app/com.x/lib/arm64/libfoo.so", "/src/foo.cpp", 12),
        ("g", "libbar.so", None, None),
    ]


def test_one_cut_at_its_beginning_and_one_cut_at_its_end():
    (found,) = tombstones(WHOLE[18:24])
    assert len(found.report.traces[0].frames) == 4
    assert not found.report.complete
    (found,) = tombstones(WHOLE[10:22])
    assert found.report.signal == "SIGSEGV"
    assert len(found.report.traces[0].frames) == 3
    (found,) = tombstones(WHOLE[:12])
    assert (found.report.signal, found.report.complete) == ("SIGSEGV", False)


def test_one_as_google_play_shows_it():
    lines = [
        STARS,
        "pid: 0, tid: 0 >>> com.example.app <<<",
        "",
        "backtrace:",
        "  #00  pc 0x00000000000a1b2c  /apex/com.android.runtime/lib64/bionic/libc.so (abort+168)",
        "  #01  pc 0x0000000000001234  /data/app/x/split_config.arm64_v8a.apk!libfoo.so (F::g(int)+12) (BuildId: 0a0b)",
    ]
    (found,) = tombstones([*lines, "the end"])
    assert (found.first, found.last) == (1, len(lines))
    assert functions(found) == ["abort", "F::g"]


def test_what_dart_prints_below_stars_is_none():
    lines = [STARS, "pid: 19871, tid: 19902, name 1.ui", "os: android arch: arm64 comp: yes sim: no"]
    assert tombstones([*lines, "    #00 abs 0000007b42fc1f94 virt 00000000003c1f94 _kDart+0x1"]) == []


def test_sections_of_other_tags_are_left_out():
    lines = [
        "--------- DEBUG (1239):",
        STARS,
        "ABI: x86",
        "--------- NativeCrashListener (1568):",
        "Couldnt find ProcessRecord for pid 1236",
        "--------- DEBUG (1239):",
        "pid: 1236, tid: 1544, name: surface  >>> /system/bin/surface <<<",
        "signal 11 (SIGSEGV), code 2 (SEGV_ACCERR), fault addr 0xb6e43000",
        "backtrace:",
        "    #0 0x00000333 in draw /src/draw.cpp:9",
        "--------- BootReceiver (1568):",
        "Copying it",
    ]
    (found,) = tombstones(lines)
    assert (found.first, found.last, found.report.arch) == (2, 10, "x86")
    assert functions(found) == ["draw"]


@pytest.mark.parametrize(
    "lines",
    [
        [STARS],
        [STARS, "a headline between stars", STARS],
        ["backtrace:", "  File x"],
        ["the pid: 1, tid: 2, name: x is in the log"],
        ["Fatal signal 11 was seen twice this week"],
        ["#00 pc is the first frame"],
        ["{STARS}", "pid: 3"],
    ],
)
def test_prose_is_none(lines):
    assert tombstones(lines) == []


FRAMES = {
    "#00 pc 000000000004f9a4  /apex/com.android.runtime/lib64/bionic/libc.so (abort+164) (BuildId: 0a1b2c3d)": (
        "abort",
        "/apex/com.android.runtime/lib64/bionic/libc.so",
        0x4F9A4,
    ),
    "#01  pc 00012c10  /system/lib/libc.so": (None, "/system/lib/libc.so", 0x12C10),
    "#02 pc 0000000000012340  [anon:dalvik-classes.dex extracted in memory from /data/app/base.apk] (a.b.C.d+12)": (
        "a.b.C.d",
        "[anon:dalvik-classes.dex extracted in memory from /data/app/base.apk]",
        0x12340,
    ),
    "#03 pc 001  <anonymous:7f8a>": (None, None, None),
    "#04 pc 000123ab  /vendor/lib/x.so (std::function<void (int)>::operator()(int) const+4)": (
        "std::function<void (int)>::operator()",
        "/vendor/lib/x.so",
        0x123AB,
    ),
    "#5 0x000173c1 in pthread_kill /bionic/libc/bionic/pthread_kill.cpp:45:3": ("pthread_kill", None, 0x173C1),
    "#6 0x0003a1b0 (/system/lib/libc.so+0x0003a1b0)": (None, "/system/lib/libc.so", 0x3A1B0),
}


@pytest.mark.parametrize("line", FRAMES)
def test_a_frame_in_all_its_forms(line):
    row = frame(line)
    assert ((row.function, row.module, row.module_offset) if row else (None, None, None)) == FRAMES[line]


def _labels() -> list[dict[str, str]]:
    path = CORPUS / "stacks" / "labels.jsonl"
    if not path.exists():
        return []
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [
        row
        for row in rows
        if row.get("type") in {"", "UNKNOWN"}
        and STARS in (CORPUS / "stacks" / row["file"]).read_text("utf-8", "replace")
    ]


@pytest.mark.parametrize("label", _labels(), ids=lambda label: label["file"])
def test_tombstones_that_fuzzers_collected(label):
    text = (CORPUS / "stacks" / label["file"]).read_text("utf-8", "replace")
    report = tombstones(text.split("\n"))[-1].report
    names = iter(
        [f"{row.module}+0x{row.module_offset:08x}" for row in report.traces[0].frames if row.module is not None]
        + [row.function_raw or row.function or "" for row in report.traces[0].frames]
        + [(report.traces[0].thread_name or "").capitalize()]
    )
    for name in label["state"].splitlines():
        assert any(other.startswith(name) for other in names), name


_PIECES = st.sampled_from([*WHOLE, *BRIEF, *LOGCAT, *NDK_STACK, "", "Abort message: '", "stack:", "memory map:"])


@given(st.lists(st.one_of(_PIECES, st.text(max_size=60)), max_size=80))
def test_no_text_raises(lines):
    for found in tombstones(lines):
        assert found.last <= len(lines)


@pytest.mark.parametrize(
    "block",
    [WHOLE, [STARS], ["backtrace:", "#00 pc 000123 /x/y.so (f+1)"], ["Abort message: 'x", WHOLE[7]], [WHOLE[7], SPLIT]],
    ids=["whole", "stars", "stacks", "messages", "threads"],
)
def test_four_times_the_text_takes_about_four_times_the_time(block):
    scan_grows("\n".join(block), "tombstone")


def test_an_exception_that_nobody_caught_is_named_in_the_abort_message():
    text = (
        f"{STARS}\nABI: 'arm64'\npid: 4242, tid: 4270, name: worker  >>> com.example.shop <<<\n"
        "signal 6 (SIGABRT), code -1 (SI_QUEUE), fault addr --------\n"
        "Abort message: 'terminating due to uncaught exception of type std::out_of_range: map::at:  key not found'\n"
        "\nbacktrace:\n      #00 pc 0000000000051234  /apex/com.android.runtime/lib64/bionic/libc.so (abort+164)\n"
        "      #01 pc 0000000000051234  /data/app/x/lib/arm64/libshop.so (shop::Cart::Pay()+60)\n"
    )
    (found,) = scan(enumerate(text.split("\n")), only="tombstone")
    report = found.report
    assert (report.kind, report.error_type, report.signal) == ("exception", "std::out_of_range", "SIGABRT")
    assert report.error_value == "map::at:  key not found"


def test_what_ndk_stack_leaves_out_was_a_fault_of_memory_unless_the_stack_says_another_end():
    rows = ["#00 pc 0000000000059fbf  /data/app/lib/arm64/libfoo.so (ns::f(int)+12)",
            "#01 pc 000000000045bb48  /data/app/lib/arm64/libbar.so (g+4)"]  # fmt: skip
    whole = ["signal 11 (SIGSEGV), code 1 (SEGV_MAPERR), fault addr 0x18", "backtrace:", *rows]
    key = signature("\n".join(NDK_STACK))
    assert key == signature("\n".join(["*** *** *** *** *** *** *** *** *** *** *** *** *** *** *** ***", *whole]))
    abort = "#00 0x0000000000012f51 /apex/com.android.runtime/lib64/bionic/libc.so (abort+164)"
    assert signature("\n".join([*NDK_STACK[:2], abort, *NDK_STACK[2:]])) not in {"", key}
    (found,) = tombstones(NDK_STACK)
    assert (found.report.error_type, found.report.signal) == ("crash", None)
