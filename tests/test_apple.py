"""Apple's crash reports in text; every report here was made by hand after the layouts of the tools."""

# ruff: noqa: E501 - lines of reports are as long as their tools make them

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import triage
from tests.reading import CORPUS
from tests.scanned import scan_grows
from triage.formats.traces.scanning import Found, scan
from triage.stacks import signature

MAC = """Process:               Shop [123]
Path:                  /Applications/Shop.app/Contents/MacOS/Shop
Identifier:            com.example.shop
Version:               1.4 (77)
Code Type:             ARM-64 (Native)
Parent Process:        launchd [1]
User ID:               501

Date/Time:             2026-02-10 10:30:00.500 +0100
OS Version:            macOS 14.3.1 (23D60)
Report Version:        12

System Integrity Protection: enabled

Crashed Thread:        0  Dispatch queue: com.apple.main-thread

Exception Type:        EXC_BAD_ACCESS (SIGSEGV)
Exception Codes:       KERN_INVALID_ADDRESS at 0x0000000000000018
Exception Codes:       0x0000000000000001, 0x0000000000000018

Termination Reason:    Namespace SIGNAL, Code 11 Segmentation fault: 11
Terminating Process:   exc handler [123]

VM Region Info: 0x18 is not in any region.
      REGION TYPE                    START - END         [ VSIZE] PRT/MAX SHRMOD  REGION DETAIL
--->
      __TEXT                      104f00000-104f08000    [   32K] r-x/r-x SM=COW  /Applications/Shop.app

Thread 0 Crashed:: Dispatch queue: com.apple.main-thread
0   Shop                          \t       0x104f01234 ns::Cart::add(ns::Item const&) + 20 (cart.cpp:42)
1   Shop                          \t       0x104f01300 closure #1 in Pay.run(_:) + 8 (Pay.swift:7) [inlined]
2   Shop                          \t       0x104f01300 Pay.run(_:) + 64 (Pay.swift:9)
3   Shop Framework                \t       0x105001000 -[Till open:] + 12
4   dyld                          \t       0x18871fe00 start + 6992

Thread 1:: com.apple.NSEventThread
0   libsystem_kernel.dylib        \t       0x188a99c34 mach_msg2_trap + 8

Thread 2:

Thread 0 crashed with ARM Thread State (64-bit):
    x0: 0x0000000000000000   x1: 0x0000000000000001
    fp: 0x000000016ad00000   lr: 0x0000000104f01300
    pc: 0x0000000104f01234 cpsr: 0x80001000
   far: 0x0000000000000018  esr: 0x92000006 (Data Abort) byte read Translation fault

Binary Images:
       0x104f00000 -        0x104f07fff com.example.shop (1.4) <11112222-3333-4444-5555-666677778888> /Applications/Shop.app/Contents/MacOS/Shop
       0x105000000 -        0x10500ffff com.example.frame (*) <21112222-3333-4444-5555-666677778888> /Applications/Shop.app/Contents/Frameworks/Shop Framework
               0x0 - 0xffffffffffffffff ??? (*) <00000000-0000-0000-0000-000000000000> ???

External Modification Summary:
  Calls made by other processes targeting this process:
    task_for_pid: 0

VM Region Summary:
ReadOnly portion of Libraries: Total=800.1M resident=0K(0%) swapped_out_or_unallocated=800.1M(100%)
                                VIRTUAL   REGION
REGION TYPE                        SIZE    COUNT (non-coalesced)
===========                     =======  =======
Kernel Alloc Once                   32K        1
TOTAL                              1.7G      500

EOF

-----------
Full Report
-----------

{"app_name":"Shop","bug_type":"309"}
{
  "procName" : "Shop",
  "asi" : {"CoreFoundation":["*** Terminating app due to uncaught exception 'X', reason: 'y'"]}
}
"""

IOS = """Incident Identifier: 11111111-2222-3333-4444-555555555555
CrashReporter Key:   0123456789abcdef0123456789abcdef01234567
Hardware Model:      iPhone14,5
Process:             Shop [2400]
Version:             0.3.8 (62)
Code Type:           ARM-64 (Native)

Date/Time:           2026-02-10 10:30:00.500 +0000
OS Version:          iPhone OS 17.4 (21E219)
Report Version:      104

Exception Type:  EXC_CRASH (SIGABRT)
Exception Codes: 0x0000000000000000, 0x0000000000000000
Triggered by Thread:  0

Application Specific Information:
*** Terminating app due to uncaught exception 'NSRangeException', reason: '*** -[__NSArray0 objectAtIndex:]: index 0 beyond bounds'
abort() called

Last Exception Backtrace:
(0x100004010 0x100004020 0x1f0000000)

Thread 0 name:  Dispatch queue: com.apple.main-thread
Thread 0 Crashed:
0   libsystem_kernel.dylib        \t0x00000001b5a1c42c 0x1b59f6000 + 156716
1   Shop Widgets                  \t0x0000000100004020 0x100000000 + 16416

Thread 1 name:  com.apple.uikit.eventfetch-thread
Thread 1:
0   libsystem_kernel.dylib        \t0x00000001b5a1c42c mach_msg_trap + 8

Thread 0 crashed with ARM Thread State (64-bit):
    x0: 0x0000000000000000   x1: 0x0000000000000000

Binary Images:
0x100000000 - 0x100007fff Shop Widgets arm64  <11112222333344445555666677778888> /private/var/Shop.app/Shop Widgets
"""

THROWN = """2026-02-10 10:30:00.500 Shop[34972:1928364] *** Terminating app due to uncaught exception 'NSRangeException', reason: '*** -[__NSArrayI objectAtIndex:]: index 2
beyond bounds [0 .. 1]'
*** First throw call stack:
(
\t0   CoreFoundation                      0x000000010d0c6b0b __exceptionPreprocess + 171
\t1   libobjc.A.dylib                     0x000000010cb2b141 objc_exception_throw + 48
\t2   Shop                                0x000000010c5a5b66 -[Cart add:] + 118
)
libc++abi.dylib: terminating with uncaught exception of type NSException
"""

ARM_PANIC = """panic(cpu 1 caller 0xfffffff020e75424): "zone element was used after free" @zalloc.c:492
Debugger message: panic
Memory ID: 0x6
OS version: 17B111
Kernel version: Darwin Kernel Version 19.0.0: Wed Oct  9 22:41:51 PDT 2019; root:xnu-6153~1/RELEASE_ARM64_T8010
Kernel slide:     0x0000000019cf0000
Epoch Time:        sec       usec
  Boot    : 0x5ec9b036 0x0004cf8d
  Calendar: 0x5ec9b138 0x0004b68b

Panicked task 0xffffffe0008a4800: 9619 pages, 230 threads: pid 222: shopd
Panicked thread: 0xffffffe004303a18, backtrace: 0xffffffe00021b2f0, tid: 4884
\t\t  lr: 0xfffffff007135e70  fp: 0xffffffe00021b330
\t\t  lr: 0xfffffff007135cd0  fp: 0xffffffe00021b3a0

"""

INTEL_PANIC = """panic(cpu 0 caller 0xffffff801b3866a2): nvme: "Command timeout" @IONVMeController.cpp:6090
Backtrace (CPU 0), Frame : Return Address
0xffffffffa974ba20 : 0xffffff8018a7de9d mach_kernel : _panic + 0x54
0xffffffffa974ba70 : 0xffffff801b361010
      Kernel Extensions in backtrace:
         com.apple.iokit.IONVMeFamily(2.1)[DD1246CA-DCEA-310E-A5EF-D93F9E3160E0]@0xffffff801b361000->0xffffff801b38dfff
            dependency: com.apple.driver.AppleMobileFileIntegrity(1.0.5)[36925945-96D0-3B8B-9F74-D8D4AB5C4C5D]@0xffffff80

BSD process name corresponding to current thread: kernel_task

Mac OS version:
20G1116

System model name: MacBookPro11,4 (Mac-06F11FD93F0323C5)
"""

CRASHLYTICS = """# Crashlytics - Stack trace
# Application: com.example.shop
# Platform: ios
# Version: 1.2.3 (45)
# Date: 2026-02-10T10:30:00Z

Fatal Exception: NSInvalidArgumentException
*** -[__NSPlaceholderArray initWithObjects:count:]: attempt to insert nil object
0  CoreFoundation                 0x183d1a248 __exceptionPreprocess
1  Shop                           0x104f01300 -[Cart add:] + 42 (Cart.m:42)

--

com.apple.uikit.eventfetch-thread
0  libsystem_kernel.dylib         0x1b5a1c42c mach_msg_trap + 8
1  CoreFoundation                 0x183d1a000 __CFRunLoopRun + 1188
"""

SAMPLE = """Analysis of sampling Shop (pid 4321) every 1 millisecond
Process:         Shop [4321]
Path:            /usr/local/bin/Shop
Code Type:       ARM64

Date/Time:       2026-02-10 10:30:00.471 +0900
OS Version:      macOS 14.3 (23D56)
Analysis Tool:   /usr/bin/sample
----

Call graph:
    100 Thread_111: Main Thread   DispatchQueue_1: com.apple.main-thread  (serial)
    + 100 start  (in dyld) + 6992  [0x1]
    +   100 main  (in Shop) + 24  [0x2]  main.c:9
    +     10 quick(int)  (in Shop) + 1  [0x5]
    +     90 slow  (in Shop) + 1188  [0x3]
    +       90 mach_msg  (in libsystem_kernel.dylib) + 24  [0x4]
    100 Thread_222
      100 thread_start  (in libsystem_pthread.dylib) + 8  [0x6]

Total number in stack (recursive counted multiple, when >=5):

Sort by top of stack, same collapsed (when >= 5):
        mach_msg  (in libsystem_kernel.dylib)        90

Binary Images:
       0x104f00000 -        0x104f07fff +Shop (0) <11112222-3333-4444-5555-666677778888> /usr/local/bin/Shop
"""

SPINDUMP = """Date/Time:        2026-02-10 10:30:00.000 -0800
End time:         2026-02-10 10:30:07.000 -0800
OS Version:       macOS 13.6 (Build 22G120)
Architecture:     x86_64

Command:          Shop
Path:             /Applications/Shop.app/Contents/MacOS/Shop
Version:          1.2 (3)
PID:              777

Event:            hang
Duration:         7.23s

Heaviest stack for the main thread of the target process:
  49  start + 462 (dyld + 21806) [0x115b4652e]
  49  static ShopApp.$main() + 35 (ShopApp.swift:31,1 in Shop + 17460019) [0x10772db33]
  49  mach_msg_trap + 10 (libsystem_kernel.dylib + 4302) [0x7ff80390f0ce]

Process:          Shop [777]
Path:             /Applications/Shop.app/Contents/MacOS/Shop

  Thread 0x47a    DispatchQueue "com.apple.main-thread"(1)    49 samples (1-49)    priority 46 (base 46)
  49  start + 462 (dyld + 21806) [0x115b4652e] 1-49
    40  static ShopApp.$main() + 35 (ShopApp.swift:31,1 in Shop + 17460019) [0x10772db33] 1-40
     *40  ??? (kernel + 7123) [0xffffff8000285bd3] 1-40
    9  idle() + 3 (Shop + 12) [0x10772d00c] 41-49
"""


def found(text: str) -> list[Found]:
    return list(scan(enumerate(text.split("\n"))))


def test_a_crash_report_of_macos():
    (one,) = found(MAC)
    report = one.report
    assert (one.module.NAME, one.first, one.last) == ("apple", 1, MAC.count("\n"))
    assert (report.kind, report.error_type, report.signal) == ("crash", "EXC_BAD_ACCESS", "SIGSEGV")
    assert (report.error_code, report.error_code_name) == (1, "EXC_BAD_ACCESS / KERN_INVALID_ADDRESS")
    assert (report.fault_address, report.process, report.process_id) == (0x18, "Shop", 123)
    assert (report.os_name, report.os_version, report.arch) == ("macOS", "14.3.1 23D60", "arm64")
    assert (report.release, report.ts, report.complete) == ("1.4 (77)", 1770715800500000, True)
    assert dict(report.facts)["Identifier"] == "com.example.shop"
    crash, other, empty = report.traces
    assert (crash.role, crash.thread_id, crash.thread_name, crash.crashed) == (
        "crash",
        0,
        "com.apple.main-thread",
        True,
    )
    assert json.loads(crash.registers or "")["pc"] == "0x104f01234"
    assert (other.role, other.thread_name, other.frames[0].function) == (
        "thread",
        "com.apple.NSEventThread",
        "mach_msg2_trap",
    )
    assert (empty.thread_id, empty.frames) == (2, ())


def test_frames_of_a_crash_report():
    frames = found(MAC)[0].report.traces[0].frames
    assert [(f.function, f.args, f.module, f.file, f.line, f.inline_depth) for f in frames] == [
        ("ns::Cart::add", "ns::Item const&", "Shop", "cart.cpp", 42, 0),
        ("closure #1 in Pay.run", "_:", "Shop", "Pay.swift", 7, 1),
        ("Pay.run", "_:", "Shop", "Pay.swift", 9, 0),
        ("-[Till open:]", None, "Shop Framework", None, None, 0),
        ("start", None, "dyld", None, None, 0),
    ]
    assert (frames[0].address, frames[0].symbol_offset, frames[0].module_offset) == (0x104F01234, 20, 0x1234)
    assert MAC.split("\n")[(frames[3].text_line or 0) - 1].startswith("3   Shop Framework")


def test_an_exception_that_nobody_caught_is_the_crash_and_the_abort_its_signal():
    (one,) = found(IOS)
    report = one.report
    assert (report.kind, report.error_type) == ("exception", "NSRangeException")
    assert report.error_value == "*** -[__NSArray0 objectAtIndex:]: index 0 beyond bounds"
    assert (report.device, report.os_name, report.os_version) == ("iPhone14,5", "iOS", "17.4 21E219")
    crash, abort, thread = report.traces
    assert [(f.module, f.module_offset, f.address) for f in crash.frames] == [
        ("Shop Widgets", 0x4010, 0x100004010),
        ("Shop Widgets", 0x4020, 0x100004020),
        (None, None, 0x1F0000000),
    ]
    assert (crash.role, abort.role, abort.thread_id, abort.crashed) == ("crash", "signal", 0, True)
    assert (abort.frames[0].function, abort.frames[0].module_offset) == (None, 156716)
    assert (thread.thread_name, thread.role) == ("com.apple.uikit.eventfetch-thread", "thread")
    assert report.modules[0]["debug_id"] == "111122223333444455556666777788880"


def test_exceptions_in_logs():
    log = "2026-02-10 10:29:59.000 Shop[34972:1928364] ready\n" + THROWN + "2026-02-10 10:30:01.000 other\n"
    (one,) = found(log)
    assert (one.first, one.last, one.report.error_type) == (2, 10, "NSRangeException")
    assert one.report.error_value == "*** -[__NSArrayI objectAtIndex:]: index 2\nbeyond bounds [0 .. 1]"
    frames = one.report.traces[0].frames
    assert [(f.function, f.module, f.symbol_offset, f.text_line) for f in frames][-1] == (
        "-[Cart add:]",
        "Shop",
        118,
        8,
    )
    assert one.report.complete
    raw = "*** Terminating app due to uncaught exception 'E', reason: 'r'\n*** First throw call stack:\n(0x1a 0x2b 0x3c)\nnext"
    (one,) = found(raw)
    assert ([f.address for f in one.report.traces[0].frames], one.last) == ([0x1A, 0x2B, 0x3C], 3)


def test_crashlytics():
    (one,) = found("# notes\nx\n" + CRASHLYTICS + "bye\n")
    report = one.report
    assert (one.first, one.last, report.error_type) == (3, 18, "NSInvalidArgumentException")
    assert report.error_value == "*** -[__NSPlaceholderArray initWithObjects:count:]: attempt to insert nil object"
    assert (report.process, report.release, report.os_name) == ("com.example.shop", "1.2.3 (45)", "iOS")
    crash, other = report.traces
    assert [(f.function, f.file, f.line) for f in crash.frames] == [
        ("__exceptionPreprocess", None, None),
        ("-[Cart add:]", "Cart.m", 42),
    ]
    assert (other.thread_name, other.role, len(other.frames)) == ("com.apple.uikit.eventfetch-thread", "thread", 2)
    text = "Crashed: com.apple.main-thread\n0  libswiftCore.dylib  0x1a5f1f0b8 _assertionFailure(_:_:) + 188\n"
    (one,) = found(text)
    assert (one.report.kind, one.report.traces[0].thread_name) == ("crash", "com.apple.main-thread")
    assert found("Fatal Exception: java.lang.RuntimeException\nwords\nnothing") == []


def test_panics():
    (one,) = found("boot\n" + ARM_PANIC + "Thank you\n")
    report = one.report
    assert (report.error_type, report.error_value, one.first, one.last) == (
        "panic",
        "zone element was used after free",
        2,
        15,
    )
    assert (report.process, report.process_id, report.arch, report.os_version) == ("shopd", 222, "arm64", "17B111")
    assert [f.address for f in report.traces[0].frames] == [0xFFFFFFF007135E70, 0xFFFFFFF007135CD0]
    assert dict(report.facts)["place"] == "zalloc.c:492"
    (one,) = found(INTEL_PANIC)
    first, second = one.report.traces[0].frames
    assert (first.function, first.module, first.symbol_offset) == ("_panic", "mach_kernel", 0x54)
    assert (second.module, second.module_offset) == ("com.apple.iokit.IONVMeFamily", 0x10)
    assert (one.report.process, one.report.device, one.report.os_version) == (
        "kernel_task",
        "MacBookPro11,4",
        "20G1116",
    )


def test_an_extension_is_to_blame_for_a_panic_of_the_kernel():
    trap = [
        ("mach_kernel", "_handle_debugger_trap"),
        ("mach_kernel", "_kernel_trap"),
        ("mach_kernel", "_return_from_trap"),
    ]
    rows = [
        *trap,
        ("com.shop.driver", "_pay_cart"),
        ("com.shop.driver", "_run_shop"),
        ("mach_kernel", "_call_continuation"),
    ]
    text = "panic(cpu 3 caller 0xffffff803eedccc9): Kernel trap at 0xffffff7feebc8547, type 14=page fault, registers:\n"
    text += "Backtrace (CPU 3), Frame : Return Address\n" + "".join(
        f"0xffffff916d85dc{at:02x} : 0xffffff8071d791{at:02x} {module} : {name} + 0x4{at}\n"
        for at, (module, name) in enumerate(rows)
    )
    assert triage.loads(text).events()["culprit"].tolist() == ["_pay_cart"]
    assert signature(text) != signature(text.replace("_pay_cart", "_add_cart")) != ""
    assert signature(text) == signature(text.replace("_handle_debugger_trap", "_panic_trap_to_debugger"))


def test_samples_and_hangs():
    (one,) = found("x\n" + SAMPLE + "\nbye\n")
    assert (one.first, one.last, one.report.kind, one.report.process_id) == (2, SAMPLE.count("\n") + 1, "dump", 4321)
    main, other = one.report.traces
    assert [f.function for f in main.frames] == ["mach_msg", "slow", "main", "start"]
    assert (main.frames[2].file, main.frames[2].line, main.thread_name, main.thread_id) == (
        "main.c",
        9,
        "Main Thread",
        111,
    )
    assert (other.thread_id, other.frames[0].module) == (222, "libsystem_pthread.dylib")
    (one,) = found(SPINDUMP)
    report = one.report
    assert (report.kind, report.error_type, report.error_value) == ("hang", "hang", "hang for 7.23s")
    assert (report.process, report.process_id, report.os_version) == ("Shop", 777, "13.6 22G120")
    heavy, thread = report.traces
    assert [f.function for f in heavy.frames] == ["mach_msg_trap", "static ShopApp.$main", "start"]
    assert (heavy.frames[1].file, heavy.frames[1].line, heavy.frames[1].module) == ("ShopApp.swift", 31, "Shop")
    assert (thread.thread_id, thread.thread_name) == (0x47A, "com.apple.main-thread")
    assert (thread.frames[0].function, thread.frames[0].module) == (None, "kernel")


@pytest.mark.parametrize("text", [MAC, IOS, THROWN, ARM_PANIC, SAMPLE, SPINDUMP])
def test_cut_reports_give_what_can_be_read(text):
    lines = text.split("\n")
    for end in range(0, len(lines), 3):
        for one in found("\n".join(lines[:end])):
            assert one.module.NAME == "apple"
    half = found("\n".join(lines[: len(lines) * 2 // 3]))
    assert len(half) == 1
    assert half[0].report.error_type


def test_a_report_without_its_beginning():
    (one,) = found(IOS[IOS.index("Last Exception") :])
    assert (one.report.complete, len(one.report.traces)) == (False, 3)
    (one,) = found(MAC[MAC.index("Thread 0 Crashed") :])
    assert one.report.traces[0].frames[0].function == "ns::Cart::add"


@pytest.mark.parametrize("prefix", ["> ", "2026-02-10 10:00:00,123 ", "\x1b[31m"])
def test_in_a_log_with_prefixes(prefix):
    before, after = "starting the shop", "stopped"
    lines = [before, *IOS.rstrip().split("\n"), "", after]
    text = "\r\n".join(prefix + line for line in lines)
    (one,) = found(text)
    assert (one.first, one.last) == (2, len(lines) - 2)
    assert one.report.error_type == "NSRangeException"
    assert len(one.report.traces) == 3


def test_two_reports_one_after_the_other():
    one, two = found(IOS + IOS.replace("[2400]", "[2401]"))
    assert (one.report.process_id, two.report.process_id) == (2400, 2401)


def test_tabs_as_blanks_and_blank_lines_between_frames():
    text = IOS.replace("\t", " ").replace("\n1   Shop", "\n\n1   Shop")
    (one,) = found(text)
    assert [f.module for f in one.report.traces[1].frames] == ["libsystem_kernel.dylib", "Shop Widgets"]


def test_the_whole_way():
    case = triage.loads(MAC)
    (event,) = case.events().to_dict("records")
    assert (event["format"], event["error_type"], event["parse_status"]) == ("apple", "EXC_BAD_ACCESS", "ok")
    assert len(case.modules()) == 3


@pytest.mark.parametrize(
    "text",
    [
        "Process:  we do it like this\nException Type:  none\nnothing else",
        "The log says Terminating app due to uncaught exception when it ends",
        "print(\"*** Terminating app due to uncaught exception '%s', reason: '%s'\\n\")",
        'printf("panic(cpu %d caller 0x%llx): %s", cpu, caller, text);',
        "Call graph:\n  main -> f\n  f -> g",
        "Thread 0 crashed with a bang\nsaid the report",
        "E AndroidRuntime: Process:  com.example, PID: 123\njava.lang.E: x\n\tat a.B.c(B.java:1)",
    ],
)
def test_what_only_looks_like_it(text):
    assert [one for one in found(text) if one.module.NAME == "apple"] == []


def test_nothing_of_the_corpus_is_taken():
    if not CORPUS.is_dir():
        pytest.skip("no corpus of real crash files")
    for path in sorted((CORPUS / "stacks").glob("*/*.txt")):
        lines = path.read_text("utf-8", "replace").split("\n")
        assert list(scan(enumerate(lines), only="apple")) == [], path.name


@given(
    st.lists(
        st.sampled_from(
            [*MAC.split("\n"), *IOS.split("\n"), *SAMPLE.split("\n"), *ARM_PANIC.split("\n"), *SPINDUMP.split("\n")]
        ),
        max_size=60,
    )
)
def test_lines_in_any_order_never_raise(lines):
    list(scan(enumerate(lines), only="apple"))


@given(
    st.text(max_size=300),
    st.sampled_from(
        ["Exception Type:  EXC_", "panic(cpu 0): ", "Call graph:", "Thread 0 Crashed:", "Last Exception Backtrace:"]
    ),
)
def test_any_text_never_raises(text, anchor):
    list(scan(enumerate([anchor + text, *text.split("\n"), "0   a   0x1 b + 1"]), only="apple"))


@pytest.mark.parametrize(
    "lines",
    [
        ["Thread 0 Crashed:"],
        ["Process:  a [1]", "Exception Type:  EXC_BAD"],
        ["Exception Type:  EXC_CRASH (SIGABRT)", "Triggered by Thread:  0", "Thread 0 Crashed:", "0   a   0x1 b + 1"],
        ["*** First throw call stack:", "(", "0   a   0x1 b + 1"],
        ["*** Terminating app due to uncaught exception 'a', reason: 'b"],
        ["panic(cpu 0): a"],
        ["Call graph:", "    1 Thread_1", "      1 a  (in b) + 1  [0x1]"],
        ["Thread 0 Crashed:" + " " * 1000],
        ["Last Exception Backtrace:", "(" + "0x1 " * 400],
    ],
)
def test_work_grows_as_the_text(lines):
    scan_grows("\n".join(lines), "apple")
