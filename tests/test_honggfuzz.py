"""Reports of honggfuzz; the text is made by hand after its report files."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from triage.formats.traces.scanning import Found, scan

REPORT = """\
=====================================================================
TIME: 2026-01-01.12:00:00
=====================================================================
FUZZER ARGS:
 mutationsPerRun : 6
=====================================================================

DESCRIPTION:
ORIG_FNAME: seed
FUZZ_FNAME: ./SIGSEGV.PC.555555.STACK.badbad.fuzz
PID: 1234
SIGNAL: SIGSEGV (11)
PC: 0x55555555
FAULT ADDRESS: 0x10
INSTRUCTION: mov_(%rax),%eax
STACK HASH: 0000000badbad
STACK:
 <0x0000555555554a10> [func:parse file:/src/a.c line:55 module:/src/fuzz]
 <0x0000555555554b10> [main():60 at a.c]
 <0x00007fffff0b10> [__libc_start_main+0xf3]
=====================================================================
"""


def reports(text: str) -> list[Found]:
    return list(scan(enumerate(text.split("\n")), only="honggfuzz"))


def test_keys_and_stack():
    first, second = reports(REPORT * 2)
    report = first.report
    assert (report.error_type, report.signal, report.fault_address, report.process_id) == (
        "SIGSEGV",
        "SIGSEGV",
        0x10,
        1234,
    )
    assert [(f.function, f.file, f.line, f.module, f.symbol_offset) for f in report.traces[0].frames] == [
        ("parse", "/src/a.c", 55, "/src/fuzz", None),
        ("main", "a.c", 60, None, None),
        ("__libc_start_main", None, None, None, 0xF3),
    ]
    assert (first.first, first.last, second.first) == (8, 20, 29)
    assert dict(report.facts)["stack_hash"] == "0000000badbad"


def test_a_cut_report_and_other_texts():
    (found,) = reports("\n".join(REPORT.split("\n")[:13]))
    assert (found.report.signal, found.report.complete) == ("SIGSEGV", False)
    assert reports("FUZZ_FNAME: x\nnothing more") == []
    assert reports("see FUZZ_FNAME: x\nPID: 3") == []


@given(st.lists(st.sampled_from(REPORT.split("\n")), max_size=40))
def test_any_order_of_lines_is_read_without_an_error(lines):
    for found in reports("\n".join(lines)):
        assert found.first <= found.last
