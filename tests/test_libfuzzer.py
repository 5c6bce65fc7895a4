"""Reports of fuzzing engines. The texts are made by hand after real ones; the corpus holds those that fuzzers collected."""

# ruff: noqa: E501 - lines of reports are as long as their tools make them
from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.formats.traces.scanning import Found, scan

STACKS = Path(__file__).parents[2] / "shared" / "corpus" / "stacks"

DEADLY = """\
INFO: Seed: 1
#2\tINITED cov: 3 ft: 4 corp: 1/1b exec/s: 0 rss: 30Mb
==12== ERROR: libFuzzer: deadly signal
    #0 0x4e0861 in __sanitizer_print_stack_trace (/src/fuzz+0x4e0861)
    #1 0x43f183 in fuzzer::Fuzzer::CrashCallback() (/src/fuzz+0x43f183)
    #2 0x7f7fba16f1ff  (/lib/x86_64-linux-gnu/libpthread.so.0+0x121ff)
    #3 0x50d01f in parse(unsigned char const*) /src/parse.cc:26:3

NOTE: libFuzzer has rudimentary signal handlers.
      Combine libFuzzer with AddressSanitizer or similar for better crash reports.
SUMMARY: libFuzzer: deadly signal
MS: 2 ChangeByte-InsertByte-; base unit: adc83b19e793491b1c6ea0fd8b46cd9f32e592fc
0xa,0x50,
\\x0aP
artifact_prefix='./'; Test unit written to ./crash-58e6b3a414a1e090dfc6029add0f3555ccba127f
Base64: ClA=
after
"""
MEMORY = """\
==9== ERROR: libFuzzer: out-of-memory (used: 2061Mb; limit: 2048Mb)
   To change the out-of-memory limit use -rss_limit_mb=<N>

Live Heap Allocations: 2147486 bytes in 30 chunks; quarantined: 0 bytes in 0 chunks; 5 other chunks; total chunks: 35
2147 byte(s) (99%) in 2 allocation(s)
    #0 0x4 in malloc (/fuzz+0x4)
    #1 0x5 in grow /a.c:4:3

SUMMARY: libFuzzer: out-of-memory
MS: 0 ; base unit: 0000000000000000000000000000000000000000


artifact_prefix='./'; Test unit written to ./oom-da39a3ee5e6b4b0d3255bfef95601890afd80709
"""
SLOW = """\
ALARM: working on the last Unit for 26 seconds
       and the timeout value is 25 (use -timeout=N to change)
MS: 0 ; base unit: 0000000000000000000000000000000000000000
0x61,
a
artifact_prefix='./'; Test unit written to ./timeout-86f7e437faa5a7fce15d1ddcb9eaeaea377667b8
Base64: YQ==
==10== ERROR: libFuzzer: timeout after 26 seconds
    #0 0x4 in __sanitizer_print_stack_trace (/fuzz+0x4)
    #1 0x5 in loop /a.c:4:3
SUMMARY: libFuzzer: timeout
"""
LIMIT = """\
========= Stack limit exceeded: 982784 > 131072 (byte); aborting
AddressSanitizer:DEADLYSIGNAL
=================================================================
==477==ERROR: AddressSanitizer: ABRT on unknown address 0x0539000001dd (pc 0x7e7f bp 0x7ffc sp 0x7ffb T0)
    #0 0x7e7f in raise raise.c:51:1
    #1 0x57a2 in grow_stack(int) src/wasm.cc:10:3
SUMMARY: AddressSanitizer: ABRT raise.c:51:1 in raise
==477==ABORTING
=================================================================
=== BUG FOUND!

./wasm_fuzztest.cc:50: Counterexample found for ModuleTest.TestMVP.
The test fails with input:
argument 0: 2
argument 1: "pp"

=================================================================
=== Reproducer test

TEST(ModuleTest, TestMVPRegression) {
}

=================================================================
end
"""
AFL = """\
[*] Spinning up the fork server...
[-] PROGRAM ABORT : Unable to request new process from fork server (OOM?)
         Location : afl_fsrv_run_target(), src/afl-forkserver.c:1234

[-]  SYSTEM ERROR : Unable to create './out'
    Stop location : setup_dirs_fds(), src/afl-fuzz-init.c:1200
       OS message : Permission denied
"""


def reports(text: str, only: str | None = "libfuzzer") -> list[Found]:
    return list(scan(enumerate(text.split("\n")), only=only))


def one(text: str) -> Any:
    (found,) = reports(text)
    return found.report


def test_a_deadly_signal_is_a_consequence_with_its_test_unit():
    (found,) = reports(DEADLY)
    report = found.report
    assert (found.first, found.last) == (3, 16)
    assert (report.error_type, report.kind, report.process_id, report.follows) == ("deadly signal", "crash", 12, True)
    frames = report.traces[0].frames
    assert (frames[3].function, frames[3].file, frames[3].line, frames[3].text_line) == (
        "parse",
        "/src/parse.cc",
        26,
        7,
    )
    facts = dict(report.facts)
    assert facts["test_unit"].startswith("./crash-58e6")
    assert facts["test_unit_base64"] == "ClA="


def test_out_of_memory_and_timeout():
    report = one(MEMORY)
    assert (report.kind, report.error_type, report.error_value) == (
        "oom",
        "out-of-memory",
        "out-of-memory (used: 2061Mb; limit: 2048Mb)",
    )
    assert [frame.function for frame in report.traces[0].frames] == ["malloc", "grow"]
    (found,) = reports(SLOW)
    assert (found.first, found.last) == (1, 11)
    assert (found.report.kind, found.report.process_id, found.report.complete) == ("timeout", 10, True)
    assert dict(found.report.facts)["test_unit"].startswith("./timeout-86f7")


@pytest.mark.parametrize(
    ("text", "error", "kind"),
    [
        ("fuzz target exited", "fuzz target exited", "abort"),
        ("fuzz target overwrites its const input", "overwrites-const-input", "crash"),
        ("out-of-memory (malloc(2147483648))", "out-of-memory", "oom"),
        ("timeout after 2 seconds", "timeout", "timeout"),
    ],
)
def test_names_of_errors(text, error, kind):
    report = one(f"some output==4== ERROR: libFuzzer: {text}\n    #0 0x4 in f /a.c:1:2\nSUMMARY: libFuzzer: x")
    assert (report.error_type, report.kind, report.process_id, report.complete) == (error, kind, 4, True)


def test_a_limit_the_abort_and_the_counterexample_are_one_event():
    (found,) = reports(LIMIT, only=None)
    report = found.report
    assert (found.first, found.last) == (1, 23)
    assert (report.error_type, report.error_value) == ("Stack limit exceeded", "982784 > 131072 (byte)")
    assert report.traces[0].frames[1].function == "grow_stack"
    assert dict(report.facts)["argument 1"] == '"pp"'
    assert "TestMVPRegression" in dict(report.facts)["reproducer"]


def test_a_counterexample_alone():
    (found,) = reports(LIMIT[LIMIT.index("=== BUG") :])
    assert (found.report.kind, found.report.traces[0].frames[0].file) == ("assertion", "./wasm_fuzztest.cc")
    assert dict(found.report.facts)["argument 0"] == "2"


def test_ends_of_afl():
    first, second = reports(AFL)
    assert (first.report.error_type, first.report.traces[0].frames[0].function) == (
        "PROGRAM ABORT",
        "afl_fsrv_run_target",
    )
    assert (second.first, second.last, dict(second.report.facts)["os_message"]) == (5, 7, "Permission denied")


def test_cut_reports_and_lost_headers():
    report = one("\n".join(DEADLY.split("\n")[:5]))
    assert (len(report.traces[0].frames), report.error_type) == (2, "deadly signal")
    report = one("\n".join(DEADLY.split("\n")[4:]))
    assert (report.error_type, report.complete) == ("deadly signal", False)
    assert report.traces[0].frames[-1].function == "parse"
    assert not one(SLOW[:180]).complete


def test_a_report_in_the_log_of_a_container():
    lines = [f"fuzz_1  | {line}" for line in DEADLY.split("\n")[2:15]]
    other = ["db_1    | ready", "fuzz_1  | starting"]
    (found,) = reports("\n".join(other + lines + ["fuzz_1  | restarting"]))
    assert (found.first, found.last) == (3, 15)


@pytest.mark.parametrize(
    "text",
    [
        "INFO: libFuzzer disabled leak detection after every mutation.",
        "==12== libFuzzer: run interrupted; exiting",
        "the quota was exceeded: 5 > 4 (MB); aborting",
        "=== BUG FOUND! please report",
        "PROGRAM ABORT : no place given",
        "SUMMARY: libFuzzer is a library",
    ],
)
def test_other_texts_are_no_reports(text):
    assert reports(text) == []


def labelled() -> list[dict[str, str]]:
    """The labels of the files whose event is the engine's own: an exit, a limit."""
    path = STACKS / "labels.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    texts = {
        row["file"]: (STACKS / row["file"]).read_text("utf-8", "replace")
        for row in rows
        if (STACKS / row["file"]).exists()
    }
    return [row for row in rows if re.match("Unexpected-exit|Stack-overflow", row.get("type") or "")
            and re.search(r"ERROR: libFuzzer|limit exceeded:", texts.get(row["file"], ""))]  # fmt: skip


@pytest.mark.parametrize("row", labelled() or [None], ids=lambda row: row["file"] if row else "none")
def test_real_reports(row):
    if row is None:
        pytest.skip("no ../shared/corpus beside this checkout: real crash files that cannot be published")
    found = list(scan(enumerate((STACKS / row["file"]).read_text("utf-8", "replace").split("\n"))))
    frames = [
        f"{frame.function} {frame.module} {frame.file}"
        for one in found
        for trace in one.report.traces
        for frame in trace.frames
    ]
    rest = iter(frames)
    assert all(any(line in text for text in rest) for line in row["state"].split("\n") if line)


@given(st.lists(st.sampled_from((DEADLY + MEMORY + SLOW + LIMIT + AFL).split("\n")), max_size=50))
def test_any_order_of_lines_is_read_without_an_error(lines):
    last = 0
    for found in reports("\n".join(lines)):
        assert last < found.first <= found.last <= len(lines)
        last = found.last


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_error(text):
    for head in (
        "==1== ERROR: libFuzzer: ",
        "ALARM: working on the last Unit for 3 seconds",
        "=== BUG FOUND!",
        "PROGRAM ABORT : ",
    ):
        reports(f"{head}{text}\n{text}\nMS: 0 {text}\n0x1,\n{text}")
