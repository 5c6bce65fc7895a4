"""What Valgrind says: its real output in the samples, and a few more texts of real runs of 3.19."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import triage.stacks
from tests.reading import SAMPLES
from tests.scanned import functions, one, prefixed, reports, scan_grows, surrounded, text_lines

FREED = "\n".join((SAMPLES / "traces/valgrind-free.txt").read_text().split("\n")[5:19])
NULL = (SAMPLES / "traces/valgrind-null.txt").read_text()
RACE = """==4242== ---Thread-Announcement------------------------------------------
==4242==
==4242== Thread #3 was created
==4242==    at 0x496CB3F: clone (clone.S:76)
==4242==    by 0x496D988: __clone_internal (clone-internal.c:83)
==4242==    by 0x48ECDEF: create_thread (pthread_create.c:295)
==4242==    by 0x48ED8EC: pthread_create@@GLIBC_2.34 (pthread_create.c:831)
==4242==    by 0x484C5D7: ??? (in /usr/libexec/valgrind/vgpreload_helgrind-amd64-linux.so)
==4242==    by 0x1092DD: raced (cart.c:55)
==4242==    by 0x1092DD: main (cart.c:76)
==4242==
==4242== ---Thread-Announcement------------------------------------------
==4242==
==4242== Thread #2 was created
==4242==    at 0x496CB3F: clone (clone.S:76)
==4242==    by 0x496D988: __clone_internal (clone-internal.c:83)
==4242==    by 0x48ECDEF: create_thread (pthread_create.c:295)
==4242==    by 0x48ED8EC: pthread_create@@GLIBC_2.34 (pthread_create.c:831)
==4242==    by 0x484C5D7: ??? (in /usr/libexec/valgrind/vgpreload_helgrind-amd64-linux.so)
==4242==    by 0x1092C6: raced (cart.c:54)
==4242==    by 0x1092C6: main (cart.c:76)
==4242==
==4242== ----------------------------------------------------------------
==4242==
==4242== Possible data race during read of size 4 at 0x10C03C by thread #3
==4242== Locks held: none
==4242==    at 0x10917C: count (cart.c:48)
==4242==    by 0x484C7D6: ??? (in /usr/libexec/valgrind/vgpreload_helgrind-amd64-linux.so)
==4242==    by 0x48ED1F4: start_thread (pthread_create.c:442)
==4242==    by 0x496CB4F: clone (clone.S:100)
==4242==
==4242== This conflicts with a previous write of size 4 by thread #2
==4242== Locks held: none
==4242==    at 0x10917C: count (cart.c:48)
==4242==    by 0x484C7D6: ??? (in /usr/libexec/valgrind/vgpreload_helgrind-amd64-linux.so)
==4242==    by 0x48ED1F4: start_thread (pthread_create.c:442)
==4242==    by 0x496CB4F: clone (clone.S:100)
==4242==  Address 0x10c03c is 0 bytes inside data symbol "rounds"
==4242==
==4242== ----------------------------------------------------------------
==4242==
==4242== Possible data race during write of size 4 at 0x10C03C by thread #3
==4242== Locks held: none
==4242==    at 0x10917C: count (cart.c:48)
==4242==    by 0x484C7D6: ??? (in /usr/libexec/valgrind/vgpreload_helgrind-amd64-linux.so)
==4242==    by 0x48ED1F4: start_thread (pthread_create.c:442)
==4242==    by 0x496CB4F: clone (clone.S:100)
==4242==
==4242== This conflicts with a previous write of size 4 by thread #2
==4242== Locks held: none
==4242==    at 0x10917C: count (cart.c:48)
==4242==    by 0x484C7D6: ??? (in /usr/libexec/valgrind/vgpreload_helgrind-amd64-linux.so)
==4242==    by 0x48ED1F4: start_thread (pthread_create.c:442)
==4242==    by 0x496CB4F: clone (clone.S:100)
==4242==  Address 0x10c03c is 0 bytes inside data symbol "rounds"
"""
OVERFLOW = """==7== Stack overflow in thread #1: can't grow stack to 0x1ffe801000
==7==
==7== Process terminating with default action of signal 11 (SIGSEGV)
==7==  Access not within mapped region at address 0x1FFE801DF0
==7== Stack overflow in thread #1: can't grow stack to 0x1ffe801000
==7==    at 0x109250: deep(int) (more.cpp:16)
==7==  If you believe this happened as a result of a stack
==7==  overflow in your program's main thread (unlikely but
==7==  possible), you can try to increase the size of the
==7==  main thread stack using the --main-stacksize= flag.
"""
ABORTED = """==7== Process terminating with default action of signal 6 (SIGABRT): dumping core
==7==    at 0x4B1FEEC: __pthread_kill_implementation (pthread_kill.c:44)
==7==    by 0x4AD0FB1: raise (raise.c:26)
==7==    by 0x4ABB471: abort (abort.c:79)
==7==    by 0x109584: void pay<std::vector<int> >(std::vector<int>&, int (*)(int)) (more.cpp:27)
==7==    by 0x4ABC249: (below main) (libc_start_call_main.h:58)
"""
ORDER = """==7== ---Thread-Announcement------------------------------------------
==7==
==7== Thread #3 was created
==7==    at 0x4BA6B3F: clone (clone.S:76)
==7==    by 0x10955A: main (more.cpp:25)
==7==
==7== ----------------------------------------------------------------
==7==
==7== Thread #3: lock order "0x10C120 before 0x10C0E0" violated
==7==
==7== Observed (incorrect) order is: acquisition of lock at 0x10C0E0
==7==    at 0x484976E: ??? (in /usr/libexec/valgrind/vgpreload_helgrind-amd64-linux.so)
==7==    by 0x109283: ba(void*) (more.cpp:15)
==7==
==7==  followed by a later acquisition of lock at 0x10C120
==7==    at 0x109292: ba(void*) (more.cpp:15)
==7==
==7== Required order was established by acquisition of lock at 0x10C120
==7==    at 0x1092C3: ab(void*) (more.cpp:14)
==7==
==7==  Lock at 0x10C120 was first observed
==7==    at 0x1092C3: ab(void*) (more.cpp:14)
==7==  Address 0x10c120 is 0 bytes inside data symbol "_ZL1a"
"""
UNNAMED = """==7== Thread 2 worker:
==7== Conditional jump or move depends on uninitialised value(s)
==7==    at 0x4AF2027: ??? (in /usr/lib/libshop.so.1)
==7==    by 0x1094A4: use (more.cpp:11)
==7==  Uninitialised value was created by a stack allocation
==7==    at 0x109304: main (more.cpp:18)
"""


def test_use_after_free_between_log_lines():
    found = surrounded(FREED, "valgrind")
    report = found.report
    assert (report.error_type, report.kind, report.level, report.signal) == ("InvalidRead", "crash", "error", None)
    assert (report.access, report.access_size, report.process_id) == ("READ", 4, 4242)
    assert report.fault_address is not None
    assert [trace.role for trace in report.traces] == ["crash", "free", "alloc"]
    assert functions(found) == ["cart_total", "used_after_free", "main"]
    assert functions(found, 1)[:2] == ["free", "cart_close"]
    assert text_lines(found) == [4, 5, 6]
    first = report.traces[0].frames[0]
    assert (first.file, first.line) == ("cart.c", 23)
    assert functions(prefixed(FREED, "valgrind")) == ["cart_total", "used_after_free", "main"]
    stamped = FREED.replace("==4242==", "==00:00:00:01.234 4242==")
    assert functions(surrounded(stamped, "valgrind")) == ["cart_total", "used_after_free", "main"]


def test_an_access_that_ends_the_process_is_one_report():
    access, leak = reports(NULL, "valgrind")
    assert (access.report.error_type, access.report.signal, access.report.level) == ("InvalidRead", "SIGSEGV", "fatal")
    assert (access.report.fault_address, access.last) == (0, 20)
    assert (leak.report.kind, leak.report.error_value) == ("leak", "16 bytes in 1 blocks are definitely lost")


def test_the_end_of_the_process_without_its_stack_belongs_to_the_access_before():
    lines = NULL.split("\n")
    at = next(number for number, line in enumerate(lines) if "Process terminating" in line)
    cut = "\n".join(line for number, line in enumerate(lines) if number < at or " 0x" not in line or "region" in line)
    access, *_ = reports(cut, "valgrind")
    assert (access.report.error_type, access.report.signal) == ("InvalidRead", "SIGSEGV")
    assert triage.stacks.signature(cut) == triage.stacks.signature(NULL)
    other = cut.replace("mapped region at address 0x0", "mapped region at address 0x60")
    assert other != cut
    access, end, *_ = reports(other, "valgrind")
    assert (access.report.signal, end.report.signal) == (None, "SIGSEGV")


def test_signals():
    deep = one(OVERFLOW, "valgrind").report
    assert (deep.error_type, deep.signal, deep.fault_address) == ("stack-overflow", "SIGSEGV", 0x1FFE801DF0)
    found = surrounded(ABORTED, "valgrind")
    assert (found.report.signal, found.report.follows) == ("SIGABRT", True)
    assert functions(found)[3:] == ["void pay<std::vector<int> >(std::vector<int>&, int (*)(int))", "(below main)"]
    # what the C++ runtime said above stays what happened
    thrown = (
        "terminate called after throwing an instance of 'std::runtime_error'\n  what():  no rate\n==7== \n" + ABORTED
    )
    case = triage.loads(thrown)
    assert case.events()["error_type"].tolist() == ["std::runtime_error"]


def test_threads():
    read, write = reports(RACE, "valgrind")
    assert (read.report.kind, read.report.access, write.report.access) == ("race", "READ", "WRITE")
    assert [trace.role for trace in read.report.traces] == ["crash", "thread", "thread", "access"]
    assert [trace.thread_id for trace in read.report.traces] == [3, 3, 2, 2]
    assert functions(read)[0] == functions(read, 3)[0] == "count"
    order = surrounded(ORDER, "valgrind")
    assert (order.report.error_type, order.report.kind, order.report.thread_id) == ("LockOrder", "hang", 3)
    assert functions(order) == [None, "ba(void*)"]
    assert [trace.role for trace in order.report.traces] == ["crash", "thread", "access", "access", "other"]
    of_thread = surrounded(UNNAMED, "valgrind").report
    assert (of_thread.thread_id, of_thread.traces[0].thread_name) == (2, "worker")
    assert of_thread.traces[0].frames[0].module == "/usr/lib/libshop.so.1"
    assert of_thread.traces[1].role == "alloc"


def test_the_sum_of_leaks_counts_where_none_is_told():
    sums = (
        "==7== LEAK SUMMARY:\n==7==   definitely lost: 40 bytes in 1 blocks\n==7== possibly lost: 0 bytes in 0 blocks"
    )
    rerun = "\n==7== Rerun with --leak-check=full to see details of leaked memory"
    found = surrounded(sums + rerun, "valgrind").report
    assert (found.kind, found.error_value) == ("leak", "40 bytes in 1 blocks are definitely lost")
    assert dict(found.facts)["possibly_lost"] == "0 bytes in 0 blocks"
    assert not reports(sums, "valgrind")
    assert not reports(sums.replace(": 40 bytes", ": 0 bytes") + rerun, "valgrind")


def test_the_same_crash_has_the_key_of_asan():
    asan = (SAMPLES / "traces/asan-null.txt").read_text()
    assert triage.stacks.signature(NULL) == triage.stacks.signature(asan)


def test_damaged_and_other_texts():
    cut = one("==7== Invalid read of size 8\n", "valgrind").report
    assert (cut.error_type, cut.complete, cut.traces[0].frames) == ("InvalidRead", False, ())
    headless = one("\n".join(FREED.split("\n")[1:4]), "valgrind").report
    assert (headless.error_type, len(headless.traces[0].frames)) == ("Misc", 3)
    late = FREED.replace("\n==4242==    by", "\npaid 3\n==4242==    by", 1)
    assert functions(surrounded(late, "valgrind")) == ["cart_total", "used_after_free", "main"]
    mixed = FREED.replace("\n==4242==    by", "\n==4250== Invalid write of size 1\n==4242==    by", 1)
    assert functions(reports(mixed, "valgrind")[0]) == ["cart_total", "used_after_free", "main"]
    quiet = "==7== HEAP SUMMARY:\n==7==     in use at exit: 0 bytes in 0 blocks\n==7== ERROR SUMMARY: 0 errors"
    assert not reports(quiet, "valgrind")
    assert not reports("x ==    at 0x10: f\n==8==ERROR: AddressSanitizer: SEGV\n #0 0x1 in f", "valgrind")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*(FREED + "\n" + NULL + ORDER + OVERFLOW).splitlines(), "", "x"]), max_size=60))
def test_lines_in_any_order_are_scanned(lines):
    for found in reports("\n".join(lines), "valgrind"):
        assert 1 <= found.first <= found.last <= len(lines)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_scanned(text):
    reports(FREED + text + "\n==7==" + text + "\n==7==    at 0x1: " + text + "\n" + FREED, "valgrind")


@pytest.mark.parametrize(
    "line",
    [
        "==7==    at 0x1: f (in a (in b)",
        "==7== Invalid read of size 4",
        "==7== Thread #3 was created\n==7==    at 0x1: f\n==7== ",
        "==7== Invalid read of size 4\n==7==    at 0x1: f\n==7== \n==7== Process terminating with default action",
    ],
)
def test_time_is_linear(line):
    scan_grows(line, "valgrind")
