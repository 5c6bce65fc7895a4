"""Each report alone, among the lines of an unrelated log, behind the prefix of a container, and cut in the middle.

The samples are real; the texts below are made by hand in the words of their tools.
"""

from __future__ import annotations

import pytest

from tests.reading import SAMPLES
from tests.scanned import AFTER, BEFORE, reports

HAND_MADE = {
    "segfault": "traps: chrome[7] general protection fault ip:7f10 sp:7f error:0 in libc.so.6[7f00+100]",
    "loader": "dyld[77]: Library not loaded: @rpath/libfoo.dylib\n"
    "  Referenced from: <0123-ABCD> /Applications/X.app/X\n"
    "  Reason: tried: '/usr/lib/libfoo.dylib' (no such file)",
    "systemsan": "===BUG DETECTED: PySecSan: Command injection ===\n[PYSECSAN] code injection by way of os.system\n"
    'Fuzzer-controlled data in command string.\n[PYSECSAN] Stacktrace:\n  File "inject.py", line 43, in <module>\n'
    '  File "inject.py", line 25, in list_files\n[PYSECSAN] Exiting',
    "honggfuzz": "DESCRIPTION:\nORIG_FNAME: seed\nFUZZ_FNAME: ./SIGSEGV.PC.555555.STACK.badbad.fuzz\nPID: 1234\n"
    "SIGNAL: SIGSEGV (11)\nPC: 0x55555555\nFAULT ADDRESS: 0x10\nSTACK HASH: 0000000badbad\nSTACK:\n"
    " <0x0000555555554a10> [func:parse file:/src/a.c line:55 module:/src/fuzz]\n"
    " <0x0000555555554b10> [main():60 at a.c]",
    "jazzer": "== Java Exception: java.lang.IllegalStateException: no rate\n\tat com.shop.Cart.pay(Cart.java:31)\n"
    "\tat com.shop.Fuzz.fuzzerTestOneInput(Fuzz.java:7)\nDEDUP_TOKEN: 5b4d2b1c0e",
    "jazzer_js": "==14== Uncaught Exception: Jazzer.js: no rate\nError: no rate\n    at pay (/srv/cart.js:27:9)\n"
    "    at module.exports.fuzz (/srv/cart.js:36:2)",
    "cdb": "(1b2c.3d4): Access violation - code c0000005 (!!! second chance !!!)\n0:000> kn\n"
    " # Child-SP          RetAddr               Call Site\n"
    "00 000000bc`aeaaa440 00007ff8`c045e70d     app!crash+0x7f [C:\\src\\a.cpp @ 12]\n"
    "01 000000bc`aeaafc00 00000000`00000000     ntdll!RtlUserThreadStart+0x34",
    "java": "com.shop.PayError: no rate\n\tat com.shop.Cart.pay(Cart.java:31)\n\tat com.shop.Shop.main(Shop.java:7)\n"
    "Caused by: java.lang.NullPointerException\n\tat com.shop.Rates.of(Rates.java:3)\n\t... 1 more",
}
NAMES = {
    "asan": "sanitizer",
    "lsan": "sanitizer",
    "tsan": "sanitizer",
    "ubsan": "sanitizer",
    "node": "javascript",
    "drd": "valgrind",
}
OTHERS = {"glibc-assert.txt": "check", "java-hs-err.txt": "hs_err"}
REAL = {
    path.name: (OTHERS.get(path.name) or NAMES.get(path.name.partition("-")[0], path.name.partition("-")[0]), text)
    for path in sorted((SAMPLES / "traces").glob("*.txt"))
    if (text := path.read_text("utf-8").strip("\n"))
}
EVERY = {name: (name, text) for name, text in HAND_MADE.items()} | REAL


def told(found):
    report = found.report
    stacks = [[frame.function for frame in trace.frames] for trace in report.traces]
    return report.error_type, report.error_value, report.signal, stacks


@pytest.mark.parametrize("name", EVERY)
def test_a_report_among_the_lines_of_a_log_is_the_same(name):
    module, text = EVERY[name]
    alone, among = reports(text, module), reports("\n".join([*BEFORE, text, *AFTER]), module)
    assert alone
    assert [told(found) for found in among] == [told(found) for found in alone]
    assert [found.first - len(BEFORE) for found in among] == [found.first for found in alone]
    assert among[-1].last <= len(BEFORE) + text.count("\n") + 1


@pytest.mark.parametrize("name", EVERY)
def test_a_report_behind_the_prefix_of_a_container_is_the_same(name):
    module, text = EVERY[name]
    lines = [line for body in text.split("\n") for line in (f"web_1  | {body}", "db_1   | checkpoint")]
    found = reports("\n".join(lines), module)
    assert [told(one) for one in found] == [told(one) for one in reports(text, module)]
    assert all(one.first % 2 and one.last % 2 for one in found)


@pytest.mark.parametrize("name", EVERY)
def test_a_report_cut_anywhere_keeps_what_was_read_before(name):
    module, text = EVERY[name]
    lines = text.split("\n")
    whole = reports(text, module)
    for count in range(1, min(len(lines), 60)):
        for found in reports("\n".join(lines[:count]), module):
            assert found.last <= count
    # Three quarters of it still tell something; Python and jstack say at the end what it was.
    kept = reports("\n".join(lines[: max(1, len(lines) * 3 // 4)]), module)
    assert kept
    types = {whole[0].report.error_type, *(trace.error_type for trace in whole[0].report.traces)}
    assert kept[0].report.error_type in types | {None}
    assert kept[0].report.error_type or any(trace.frames for trace in kept[0].report.traces)
