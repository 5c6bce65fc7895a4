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
    "ended": "./run.sh: line 3: 12345 Segmentation fault      (core dumped) ./server --flag",
    "abrt": "reason:         server killed by SIGSEGV\ncmdline:        ./server --flag\nuid:            1000 (x)\n"
    "count:          3",
    "windows-event": "Faulting application name: shop.exe, version: 1.2.3.4, time stamp: 0x60b5f3a1\n"
    "Faulting module name: cart.dll, version: 1.2.0.0, time stamp: 0x60b5f3a2\nException code: 0xc0000005\n"
    "Fault offset: 0x0000000000012345\nFaulting process id: 0x1a2c",
    "wer": "Version=1\nEventType=APPCRASH\nSig[0].Name=Application Name\nSig[0].Value=shop.exe\n"
    "Sig[3].Name=Fault Module Name\nSig[3].Value=cart.dll\nSig[6].Name=Exception Code\nSig[6].Value=c0000005\n"
    "LoadedModule[0]=C:\\shop.exe\nAppPath=C:\\shop.exe",
    "zig": "thread 7 panic: index out of bounds: index 5, len 3\n/srv/main.zig:12:20: 0x1036d7e in pay (shop)\n"
    "    return rates[id];\n                ^\n/srv/main.zig:6:8: 0x1035a1c in main (shop)",
    "ocaml": 'Fatal error: exception Failure("no rate")\n'
    'Raised at Stdlib.failwith in file "stdlib.ml", line 29, characters 17-33\n'
    'Called from Shop__Cart.pay in file "src/cart.ml" (inlined), line 12, characters 4-20',
    "nim": "Traceback (most recent call last)\n/srv/shop.nim(10)     shop\n/srv/shop.nim(6)      pay\n"
    "Error: unhandled exception: index 5 not in 0 .. 2 [IndexDefect]",
    "crystal": "Unhandled exception: Index out of bounds (IndexError)\n  from src/shop.cr:5:3 in 'pay'\n"
    "  from src/shop.cr:9:1 in '__crystal_main'",
    "fortran": "Program received signal SIGSEGV: Segmentation fault - invalid memory reference.\n\n"
    "Backtrace for this error:\n#0  0x55d0a0b0c1a9 in pay_\n\tat /srv/shop.f90:12\n#1  0x55d0a0b0c2a9 in MAIN__",
    "unreal": "=== Critical error: ===\n\n"
    "Unhandled Exception: EXCEPTION_ACCESS_VIOLATION reading address 0x0000000000000008\n\n"
    "[Callstack] 0x00007ff6a1b2c3d4 Shop.exe!ACart::Pay() [C:\\build\\Cart.cpp:120]\n"
    "[Callstack] 0x00007ffb11112222 KERNEL32.DLL!BaseThreadInitThunk() []",
    "godot": "SCRIPT ERROR: Invalid call. Nonexistent function 'pay' in base 'Nil'.\n"
    "          at: _on_pay (res://shop/cart.gd:12)\n          GDScript backtrace (most recent call first):\n"
    "              [0] _on_pay (res://shop/cart.gd:12)\n              [1] _ready (res://main.gd:3)",
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
