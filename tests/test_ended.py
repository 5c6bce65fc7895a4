"""Lines that say that a signal ended a program, in the forms of shells, managers and servers; made by hand."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import triage
from tests.scanned import one, prefixed, reports, scan_grows
from triage.formats.traces.ended import command_name

LINES = {
    "./run.sh: line 3: 12345 Segmentation fault      (core dumped) ./server --flag": ("SIGSEGV", "./server", 12345),
    "/srv/run.sh: line 30: 77 Killed                  python3 train.py --epochs 3": ("SIGKILL", "python3", 77),
    "./run.sh: 3: 12345 Aborted                 (core dumped) ./server": ("SIGABRT", "./server", 12345),
    "sh: line 1: 12345 Abort trap: 6  ./server": ("SIGABRT", "./server", 12345),
    "[1]+  Segmentation fault      (core dumped) ./server": ("SIGSEGV", "./server", None),
    "[1]  + 12345 segmentation fault (core dumped)  ./server": ("SIGSEGV", "./server", 12345),
    "zsh: segmentation fault  ./server --flag": ("SIGSEGV", "./server", None),
    "zsh: illegal hardware instruction (core dumped)  ./server": ("SIGILL", "./server", None),
    "fish: Job 1, './server --flag' terminated by signal SIGBUS (Misaligned address error)": (
        "SIGBUS", "./server", None),
    "Segmentation fault (core dumped)": ("SIGSEGV", None, None),
    "Segmentation fault: 11": ("SIGSEGV", None, None),
    "Floating point exception (core dumped)": ("SIGFPE", None, None),
    "Trace/BPT trap: 5": ("SIGTRAP", None, None),
    "Killed": ("SIGKILL", None, None),
    "make: *** [Makefile:3: run] Segmentation fault (core dumped)": ("SIGSEGV", None, None),
    "gmake[1]: *** [run] Error 139": ("SIGSEGV", None, None),
    "Jan 26 01:25:59 web systemd[1]: shop.service: Main process exited, code=dumped, status=11/SEGV": (
        "SIGSEGV", "shop.service", None),
    "2026/01/26 01:25:59 [alert] 12#12: worker process 123 exited on signal 11 (core dumped)": (
        "SIGSEGV", "worker", 123),
    "[Mon Jan 26 01:25:59.123 2026] [core:notice] [pid 12] AH00052: child pid 1234 exit signal Segmentation fault (11)":
        ("SIGSEGV", None, 1234),
    "2026-01-26 01:25:59.123 UTC [12] LOG:  server process (PID 123) was terminated by signal 11: Segmentation fault":
        ("SIGSEGV", "server", 123),
    "2026-01-26 01:25:59,123 INFO exited: shop (terminated by SIGSEGV (core dumped); not expected)": (
        "SIGSEGV", "shop", None),
    "[2026-01-26 01:25:59 +0000] [12] [ERROR] Worker (pid:123) was sent SIGKILL! Perhaps out of memory?": (
        "SIGKILL", "Worker", 123),
    "DAMN ! worker 1 (pid: 5) died, killed by signal 11 :( trying respawn ...": ("SIGSEGV", "worker 1", 5),
    "PM2      | App [shop:0] exited with code [0] via signal [SIGABRT]": ("SIGABRT", "shop", None),
    "mpirun noticed that process rank 0 with PID 123 on node web exited on signal 11 (Segmentation fault).": (
        "SIGSEGV", None, 123),
    "=   YOUR APPLICATION TERMINATED WITH THE EXIT STRING: Segmentation fault (signal 11)": ("SIGSEGV", None, None),
    "srun: error: node1: task 0: Bus error (core dumped)": ("SIGBUS", None, None),
    "Command terminated by signal 6": ("SIGABRT", None, None),
    "web_1 exited with code 139": ("SIGSEGV", "web_1", None),
    "pid 123 (server), jid 0, uid 1000: exited on signal 11 (core dumped)": ("SIGSEGV", "server", 123),
    "Fri 2026-01-23 01:25:59 UTC 12345 1000 1000 SIGSEGV present  /srv/shop/server 60.5K": (
        "SIGSEGV", "/srv/shop/server", 12345),
    "Process finished with exit code 139 (interrupted by signal 11:SIGSEGV)": ("SIGSEGV", None, None),
    "error: process didn't exit successfully: `target/debug/shop --x` (signal: 11, SIGSEGV: invalid memory reference)":
        ("SIGSEGV", "target/debug/shop", None),
    "signal: segmentation fault (core dumped)": ("SIGSEGV", None, None),
    "##[error]Process completed with exit code 134.": ("SIGABRT", None, None),
    "ERROR: Job failed: exit code 139": ("SIGSEGV", None, None),
    'error Command failed with signal "SIGKILL".': ("SIGKILL", None, None),
    "12/40 Test #12: test_cart .................***Exception: SegFault  0.12 sec": ("SIGSEGV", "test_cart", None),
}  # fmt: skip


@pytest.mark.parametrize("line", [
    "Process finished with exit code -1073741819 (0xC0000005)",
    "The program '[77] shop.exe' has exited with code -1073741819 (0xc0000005) 'Access violation'.",
    "error: process didn't exit successfully: `debug\\shop.exe` (exit code: 0xc0000005, STATUS_ACCESS_VIOLATION)",
])  # fmt: skip
def test_a_status_of_windows(line):
    report = one(line, "ended").report
    assert (report.error_type, report.error_code, report.signal) == ("EXCEPTION_ACCESS_VIOLATION", 0xC0000005, None)


@pytest.mark.parametrize("line", LINES)
def test_each_form(line):
    report = one(f"ready\n{line}", "ended").report
    assert (report.signal, report.process, report.process_id) == LINES[line]
    assert (report.kind, report.level, report.error_type) == ("crash", "fatal", report.signal)


@pytest.mark.parametrize("line", [
    "I had a Segmentation fault when I ran ./server", "the app was Killed", "12345 Segmentation fault", "zsh: command",
    "Segmentation fault at 0x10", "shop.service: Main process exited, code=killed, status=15/TERM",
    "web_1 exited with code 1", "make: *** [run] Error 1", "Worker (pid:1) was sent SIGTERM!", "Killed\nby a friend",
    "worker process 1 exited on signal 99", "App [shop:0] exited with code [0] via signal [SIGINT]", "Aborted\n\nyes",
    "Process finished with exit code 1", "Process finished with exit code -1 (0xFFFFFFFF)", "signal: interrupt",
])  # fmt: skip
def test_what_is_no_crash(line):
    assert not reports(line, "ended")


def test_the_program_is_the_culprit_and_the_group():
    texts = (
        "./run.sh: line 3: 1 Segmentation fault      (core dumped) ./server --flag",
        "bash: line 9: 2 Segmentation fault      (core dumped) /srv/server --other",
        "./run.sh: line 3: 1 Segmentation fault      (core dumped) ./client",
    )
    events = [triage.loads(text).events().iloc[0] for text in texts]
    assert [event["culprit"] for event in events] == ["server", "server", "client"]
    assert events[0]["group_key"] == events[1]["group_key"] != events[2]["group_key"]


def test_lines_below_each_other_tell_of_programs_of_their_own():
    texts = "a.sh: line 1: 7 Segmentation fault ./a\na.sh: line 2: 8 Aborted ./b\nmake: *** [run] Error 134"
    assert [found.report.process_id for found in reports(texts, "ended")] == [7, 8]


def test_what_stands_beside_a_report_is_part_of_it():
    asserted = "shop: cart.c:12: pay: Assertion `rate' failed.\nAborted (core dumped)"
    debugged = (
        "Segmentation fault (core dumped)\n$ gdb ./server core\nProgram terminated with signal SIGSEGV, "
        "Segmentation fault.\n#0  0x0000000000401136 in pay (id=5) at cart.c:12\n"
        "#1  0x0000000000401156 in main () at main.c:3"
    )
    for text, kind in ((asserted, "assertion"), (debugged, "crash")):
        (event,) = triage.loads(text).events().to_dict("records")
        assert event["event_kind"] == kind
        assert triage.stacks.signature(text) == event["group_key"]


def test_a_line_behind_the_prefix_of_a_container():
    assert prefixed("Segmentation fault (core dumped)", "ended").report.signal == "SIGSEGV"


@pytest.mark.parametrize(("command", "name"), [
    ("DEBUG=1 ./server -v", "./server"), ("sudo nice -n 5 ./server", "5"), ("'./my server' x", "./my server"),
    ("( ./server )", "./server"), ("./it's", "./it's"), ("", None), (None, None), ("--", None),
])  # fmt: skip
def test_the_program_of_a_command_line(command, name):
    assert command_name(command) == name


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from([*LINES, "", "x", "(gdb) bt"]) | st.text(max_size=80), max_size=20))
def test_any_lines_are_scanned(lines):
    last = 0
    for found in reports("\n".join(line.replace("\n", " ") for line in lines), "ended"):
        assert last < found.first == found.last
        last = found.last


@pytest.mark.parametrize("line", [
    "Segmentation fault (core dumped)", "Killed", "a: line 1: 2 Aborted " + "x" * 400, "zsh: " + "abort " * 60,
    "[1]" + " " * 60 + "Killed" + " " * 300, "(core dumped)" * 30 + "Aborted",
])  # fmt: skip
def test_time_is_linear(line):
    scan_grows(line, "ended")


def test_a_line_that_only_says_the_end_does_not_stand_for_the_report_above_it():
    race = (
        "==================\nWARNING: ThreadSanitizer: data race (pid=7)\n  Write of size 8 at 0x7b04 by thread T1:\n"
        "    #0 refill /srv/shop/tank.cc:8:3 (shop+0x8e)\n==================\n"
    )
    end = "shop-1 exited with code 134\n"
    assert triage.stacks.signature(f"{race}{end}") == triage.stacks.signature(race)
    # far below, or without a function above, it is what is known of the end
    far = race + "all is well\n" * 100 + end
    assert triage.stacks.signature(far) == triage.stacks.signature(end) != triage.stacks.signature(race)


def test_the_abort_of_what_told_of_a_crash_is_not_its_signal():
    crash = (
        "Program terminated with signal SIGSEGV, Segmentation fault.\n"
        "#0  0x0000000000401136 in pay (id=5) at cart.c:12\n#1  0x0000000000401156 in main () at main.c:3\n"
    )
    for code in (134, 139):
        text = f"{crash}shop-1 exited with code {code}\n"
        assert triage.stacks.signature(text) == triage.stacks.signature(crash)
        (event,) = triage.loads(text).events().to_dict("records")
        assert event["signal"] == "SIGSEGV"
    aborted = crash.replace("SIGSEGV, Segmentation fault", "SIGABRT, Aborted")
    assert triage.stacks.signature(f"{aborted}shop-1 exited with code 134\n") != triage.stacks.signature(crash)


def test_an_end_in_a_container_does_not_stand_for_the_report_above_it():
    race = [
        "==================", "WARNING: ThreadSanitizer: data race (pid=7)",
        "  Write of size 8 at 0x7b04 by thread T1:", "    #0 refill /srv/shop/tank.cc:8:3 (shop+0x8e)",
        "==================",
    ]  # fmt: skip
    end = ["process exited with code 134"]

    def kept(lines):
        return "\n".join(json.dumps({"log": f"{line}\n", "stream": "stderr"}) for line in lines)

    assert triage.stacks.signature(kept(race + end)) == triage.stacks.signature("\n".join(race)) != ""
    far = kept(race + ["all is well"] * 100 + end)
    assert triage.stacks.signature(far) != triage.stacks.signature("\n".join(race))
