"""Java crashes as Android logs them; the logs are made by hand in the forms of logcat."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scanned import scan_grows
from triage.formats.traces.scanning import Found, scan

THREADTIME = """\
11-25 10:00:00.123  1200  1234 I ActivityManager: Start proc
11-25 10:00:00.124  1200  1200 E AndroidRuntime: FATAL EXCEPTION: main
11-25 10:00:00.124  1200  1200 E AndroidRuntime: Process: com.example.app:remote, PID: 1200
11-25 10:00:00.124  1200  1200 E AndroidRuntime: java.lang.RuntimeException: Unable to start activity
11-25 10:00:00.124  1200  1200 E AndroidRuntime: second line
11-25 10:00:00.124  1200  1200 E AndroidRuntime: \tat android.app.ActivityThread.launch(ActivityThread.java:3449)
11-25 10:00:00.124  9999  9999 I Other: noise
11-25 10:00:00.124  1200  1200 E AndroidRuntime: Caused by: java.lang.NullPointerException: x
11-25 10:00:00.124  1200  1200 E AndroidRuntime: \tat com.example.A.b(SourceFile:12)
11-25 10:00:00.124  1200  1200 E AndroidRuntime: \t... 11 more
11-25 10:00:00.125  1200  1200 I Process : Sending signal. PID: 1200 SIG: 9
""".splitlines()

BRIEF = """\
E/AndroidRuntime(  457): FATAL EXCEPTION: AsyncTask #1
E/AndroidRuntime(  457): java.lang.IllegalStateException
E/AndroidRuntime(  457): \tat a.b.C.d(C.java:3)
W/ActivityManager(   61):   Force finishing activity a/.C
""".splitlines()

SYSTEM = """\
*** FATAL EXCEPTION IN SYSTEM PROCESS: watchdog
java.lang.OutOfMemoryError: Failed to allocate
    at com.android.server.Watchdog.run(Watchdog.java:12)
done
""".splitlines()

STRICT = """\
D/StrictMode( 300): StrictMode policy violation; ~duration=12 ms: android.os.strictmode.DiskReadViolation
D/StrictMode( 300): \tat android.os.StrictMode.onReadFromDisk(StrictMode.java:1)
D/StrictMode( 300): \tat com.example.A.load(A.java:9)
D/Other( 300): x
""".splitlines()


def crashes(lines: list[str]) -> list[Found]:
    return list(scan(enumerate(lines), only="logcat"))


def test_an_uncaught_exception_with_its_process_and_cause():
    (found,) = crashes(THREADTIME)
    report = found.report
    assert (found.first, found.last) == (2, 10)
    assert (report.kind, report.level, report.handled) == ("exception", "fatal", False)
    assert (report.error_type, report.error_value) == (
        "java.lang.RuntimeException",
        "Unable to start activity\nsecond line",
    )
    assert (report.process, report.process_id, report.os_name) == ("com.example.app:remote", 1200, "Android")
    crash, cause = report.traces
    assert (crash.thread_name, crash.crashed) == ("main", True)
    assert [(row.function, row.line, row.text_line) for row in crash.frames] == [
        ("android.app.ActivityThread.launch", 3449, 6)
    ]
    assert (cause.role, cause.error_type) == ("cause", "java.lang.NullPointerException")
    assert [(row.function, row.frame_kind, row.text_line) for row in cause.frames] == [
        ("com.example.A.b", "frame", 9),
        (None, "elided", 10),
    ]


def test_the_process_of_older_versions_stands_in_the_prefix():
    (found,) = crashes(BRIEF)
    assert (found.first, found.last) == (1, 3)
    assert (found.report.process_id, found.report.traces[0].thread_name) == (457, "AsyncTask #1")
    assert (found.report.error_type, found.report.error_value) == ("java.lang.IllegalStateException", None)


def test_a_crash_of_the_system_without_prefixes():
    (found,) = crashes(SYSTEM)
    assert (found.first, found.last) == (1, 3)
    assert (found.report.error_type, found.report.traces[0].thread_name) == ("java.lang.OutOfMemoryError", "watchdog")


def test_a_violation_does_not_end_the_process():
    (found,) = crashes(STRICT)
    report = found.report
    assert (found.first, found.last) == (1, 3)
    assert (report.kind, report.level, report.handled) == ("assertion", "warning", True)
    assert (report.error_type, dict(report.facts)) == (
        "android.os.strictmode.DiskReadViolation",
        {"duration_ms": "12"},
    )
    assert [row.function for row in report.traces[0].frames] == [
        "android.os.StrictMode.onReadFromDisk",
        "com.example.A.load",
    ]
    assert [row.text_line for row in report.traces[0].frames] == [2, 3]


def test_one_that_is_cut():
    (found,) = crashes(THREADTIME[:4])
    assert (found.report.error_type, found.report.complete) == ("java.lang.RuntimeException", False)
    (found,) = crashes(THREADTIME[:3])
    assert (found.report.process_id, found.report.complete) == (1200, False)


@pytest.mark.parametrize(
    "lines",
    [
        ["What does FATAL EXCEPTION: main mean?"],
        ["FATAL EXCEPTION: main"],
        ["StrictMode policy violation: see below", "x"],
    ],
)
def test_prose_is_none(lines):
    assert crashes(lines) == []


@given(
    st.lists(st.one_of(st.sampled_from([*THREADTIME, *BRIEF, *SYSTEM, *STRICT, ""]), st.text(max_size=60)), max_size=60)
)
def test_no_text_raises(lines):
    for found in crashes(lines):
        assert found.last <= len(lines)


@pytest.mark.parametrize("block", [THREADTIME, ["FATAL EXCEPTION: main"], SYSTEM], ids=["whole", "heads", "plain"])
def test_four_times_the_text_takes_about_four_times_the_time(block):
    scan_grows("\n".join(block), "logcat")
