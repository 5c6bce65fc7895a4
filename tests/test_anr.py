"""Android's ANRs: what ActivityManager logs and the threads that ART dumps; made by hand in their forms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scanned import scan_grows
from triage.formats.traces.scanning import Found, scan

LOGGED = """\
I/ActivityManager(  812): Start proc
E/ActivityManager(  812): ANR in com.example.app (com.example.app/.MainActivity)
E/ActivityManager(  812): PID: 4321
E/ActivityManager(  812): Reason: Input dispatching timed out (Waiting to send)
E/ActivityManager(  812): Load: 1.0 / 2.0 / 3.0
E/ActivityManager(  812): CPU usage from 0ms to 5000ms later:
E/ActivityManager(  812):   99% 1234/com.example: 80% user + 19% kernel / faults: 123 minor
E/ActivityManager(  812): 20% TOTAL: 10% user
E/ActivityManager(  812): Something else
""".splitlines()

DUMP = """\
----- pid 4321 at 2020-01-01 10:00:00.500000000+0100 -----
Cmd line: com.example.app
Build fingerprint: 'google/razor/flo:6.0/MRA37C/2145366:userdebug/dev-keys'
ABI: 'arm64'
Zygote loaded classes=3682 post zygote classes=3750
Heap: 10% free
Total number of allocations 12

DALVIK THREADS (3):
"main" prio=5 tid=1 Blocked
  | group="main" sCount=1 dsCount=0 flags=1 obj=0x74 self=0xb4
  | sysTid=4321 nice=-10 cgrp=default sched=0/0 handle=0x7
  at com.example.A.f(A.java:12)
  - waiting to lock <0x0f5c> (a java.lang.Object) held by thread 12
  at java.lang.Object.wait!(Native method)

"worker" daemon prio=5 tid=12 Native
  | sysTid=4350 nice=0
  native: #00 pc 0000000000019a3c  /system/lib64/libc.so (syscall+28)
  native: #01 pc 0000000000019a3c  /system/lib64/libart.so (art::Foo::bar(int, char const*)+28) (BuildId: aabbccdd)
  (no managed stack frames)

"x" prio=5 (not attached)
  | sysTid=99
  kernel: __switch_to+0x70/0x7c

----- end 4321 -----

----- pid 99 at 2020-01-01 10:00:01 -----
Cmd line: /system/bin/foo
ABI: 'arm64'

"foo" sysTid=99
    #00 pc 000000000001a3c  /system/lib64/libc.so (syscall+28)

----- end 99 -----
""".splitlines()

PLAY = """\
"main" tid=1 Native
#00  pc 0x000000000009a3c libc.so (syscall+28)
  at java.lang.Object.wait (Native method)
- waiting on <0x0> (a X)
  at com.foo.Bar.baz (Bar.java:12)
""".splitlines()

HOTSPOT = """\
"main" #1 prio=5 os_prio=0 tid=0x00007f nid=0x1 waiting on condition  [0x0001]
   java.lang.Thread.State: TIMED_WAITING (sleeping)
\tat java.lang.Thread.sleep(java.base@17.0.15/Native Method)
""".splitlines()


def anrs(lines: list[str]) -> list[Found]:
    return list(scan(enumerate(lines), only="anr"))


def test_what_activity_manager_logs():
    (found,) = anrs(LOGGED)
    report = found.report
    assert (found.first, found.last) == (2, 8)
    assert (report.kind, report.error_type) == ("hang", "ANR")
    assert report.error_value == "Input dispatching timed out (Waiting to send)"
    assert (report.process, report.process_id) == ("com.example.app", 4321)
    assert dict(report.facts)["load"] == "1.0 / 2.0 / 3.0"
    assert dict(report.facts)["activity"] == "com.example.app/.MainActivity"


def test_the_threads_of_the_process_that_hangs_and_of_another():
    hung, other = anrs(["before", *DUMP, "after"])
    report = hung.report
    assert (hung.first, hung.last) == (2, 29)
    assert (report.kind, report.process_id, report.process) == ("hang", 4321, "com.example.app")
    assert (report.os_version, report.device, report.arch) == ("6.0", "flo", "arm64")
    assert report.ts == 1_577_869_200_500_000
    assert [(trace.role, trace.thread_id, trace.thread_name, trace.state) for trace in report.traces] == [
        ("crash", 4321, "main", "Blocked"),
        ("thread", 4350, "worker", "Native"),
        ("thread", 99, "x", None),
    ]
    assert [(row.function, row.file, row.line, row.text_line) for row in report.traces[0].frames] == [
        ("com.example.A.f", "A.java", 12, 14),
        ("java.lang.Object.wait", None, None, 16),
    ]
    assert [(row.function, row.module) for row in report.traces[1].frames] == [
        ("syscall", "/system/lib64/libc.so"),
        ("art::Foo::bar", "/system/lib64/libart.so"),
    ]
    assert dict(report.facts)["held_by"] == "worker"
    assert (other.report.kind, other.report.process, other.last) == ("dump", "/system/bin/foo", 37)
    assert [row.function for row in other.report.traces[0].frames] == ["syscall"]


def test_reason_and_threads_of_one_process_are_one_report():
    (found, _) = anrs([*LOGGED[1:8], "dumped", *DUMP])
    assert found.report.error_value == "Input dispatching timed out (Waiting to send)"
    assert found.report.traces[0].frames[0].function == "com.example.A.f"


def test_the_reason_above_the_threads():
    (found, _) = anrs(["x", "Subject: Broadcast of Intent { act=a.B }", "RssHwmKb: 12", "", *DUMP])
    assert (found.first, found.report.error_value) == (2, "Broadcast of Intent { act=a.B }")


def test_threads_as_google_play_shows_them():
    (found,) = anrs([*PLAY, "", "the end"])
    assert found.last == len(PLAY)
    assert [row.function for row in found.report.traces[0].frames] == [
        "syscall",
        "java.lang.Object.wait",
        "com.foo.Bar.baz",
    ]


def test_one_that_is_cut():
    (found,) = anrs(DUMP[:14])
    assert [row.function for row in found.report.traces[0].frames] == ["com.example.A.f"]
    assert not found.report.complete
    (found,) = anrs(DUMP[14:20])
    assert found.report.traces[0].thread_name == "worker"


@pytest.mark.parametrize(
    "lines",
    [HOTSPOT, ["An ANR in com.example is bad"], ['"x" prio=5 tid=1 Native', "prose"], ["----- pid 3 -----"]],
    ids=["hotspot", "prose", "alone", "line"],
)
def test_others_are_none(lines):
    assert anrs(lines) == []


@given(st.lists(st.one_of(st.sampled_from([*LOGGED, *DUMP, *PLAY, *HOTSPOT]), st.text(max_size=60)), max_size=60))
def test_no_text_raises(lines):
    for found in anrs(lines):
        assert found.last <= len(lines)


@pytest.mark.parametrize("block", [DUMP, LOGGED, [DUMP[0]], DUMP[9:11]], ids=["dump", "logged", "heads", "threads"])
def test_four_times_the_text_takes_about_four_times_the_time(block):
    scan_grows("\n".join(block), "anr")
