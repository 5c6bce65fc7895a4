"""Stacks of SOS and dotnet-stack, written by hand in the forms of .NET Framework 2 to .NET 9."""

from __future__ import annotations

import pytest

from tests.scanned import functions, one, prefixed, reports, scan_grows, surrounded
from triage.stacks import signature

THREAD = """\
OS Thread Id: 0x8a57 (0)
        Child SP               IP Call Site
00007FFC12EFBA00 00007F022B1121D0 [HelperMethodFrame: 00007ffc12efba00]
00007FFC12EFBA01 00007F022B1121D1 [InlinedCallFrame: 00007ffc12efba00] Interop+Sys.Read(SafeHandle, Byte*, Int32)
00007FFC12EFBA02 00007F022B1121D2 ILStubClass.IL_STUB_PInvoke(Byte*, Int32)
00007FFC12EFBA08 00007F022B1121DE Shop.Cart.Pay(Int32) [/home/tom/src/Cart.cs @ 619]
    PARAMETERS:
        this (0x00007FFC12EFBA08) = 0x00007f0200
        id (<CLR reg>) = 0x0000000000000001

00007FFC12FEE800 00007F022B1D4CE9 Shop.Cart+<AddAsync>d__3.MoveNext() [/home/tom/src/Cart.cs @ 689]
00007FFC12FEE801 00007F022B1D4CE9 libcoreclr.so!CallDescrWorkerInternal + 123 [/src/call.S @ 8]"""
OLD = """\
OS Thread Id: 0x1a4 (0)
ESP       EIP
0012f3e4 7c90eb94 [InlinedCallFrame: 0012f3e4] Shop.Native.Wait()
0012f3e0 7b1d8e48 Shop.Cart.Pay(Int32, Int32)"""
RAISED = """\
Exception object: 00000000029a1d88
Exception type:   Shop.RateException
Message:          no rate
InnerException:   <none>
StackTrace (generated):
    SP               IP               Function
    000000000014E9B0 000007FE8EAD0219 App!Shop.Cart.Pay(System.String[])+0x39
    000000000014E9B0 000007FE8EAD0219 App!Shop.Program.Main(System.String[])+0x39

StackTraceString: <none>
HResult: 80004003"""
SHOWN = """\
Thread (0x48839B):
  [Native Frames]
  System.Console.il!System.IO.StdInReader.ReadKey(bool&)
  Shop!Shop.Cart.Pay(class System.String[])

Thread (0x48839C):
  [Native Frames]
  Shop!Shop.Worker.Run()"""


def test_a_thread_with_its_arguments() -> None:
    found = surrounded(THREAD, "dotnet-sos")
    assert functions(found) == [
        "Interop+Sys.Read",
        "ILStubClass.IL_STUB_PInvoke",
        "Shop.Cart.Pay",
        "Shop.Cart+<AddAsync>d__3.MoveNext",
        "CallDescrWorkerInternal",
    ]
    frame = found.report.traces[0].frames[3]
    assert (frame.args, frame.file, frame.line, found.report.thread_id) == (
        "Int32",
        "/home/tom/src/Cart.cs",
        619,
        0x8A57,
    )
    prefixed(THREAD, "dotnet-sos")


def test_the_first_runtimes() -> None:
    assert functions(surrounded(OLD, "dotnet-sos")) == ["Shop.Native.Wait", "Shop.Cart.Pay"]


def test_all_threads_and_the_one_that_failed() -> None:
    failed = THREAD.replace("0x8a57 (0)", "0x8a58 (1)").replace("HelperMethodFrame", "FaultingExceptionFrame")
    report = surrounded(f"{THREAD}\n{failed}", "dotnet-sos").report
    assert [(trace.thread_id, trace.role) for trace in report.traces] == [(0x8A58, "crash"), (0x8A57, "thread")]


def test_an_exception() -> None:
    found = surrounded(RAISED, "dotnet-sos")
    assert (found.report.error_type, found.report.error_value) == ("Shop.RateException", "no rate")
    assert functions(found) == ["Shop.Cart.Pay", "Shop.Program.Main"]


def test_an_exception_has_the_key_that_the_runtime_s_own_text_has() -> None:
    own = (
        "Unhandled exception. Shop.RateException: no rate\n   at Shop.Cart.Pay(String[] args) in /src/Cart.cs:line 9\n"
        "   at Shop.Program.Main(String[] args) in /src/Program.cs:line 3"
    )
    assert signature(own) == signature(RAISED) != signature(RAISED.replace("Cart.Pay", "Cart.Add"))


def test_all_threads_of_a_process() -> None:
    report = surrounded(SHOWN, "dotnet-sos").report
    assert [[frame.function for frame in trace.frames if frame.function] for trace in report.traces] == [
        ["System.IO.StdInReader.ReadKey", "Shop.Cart.Pay"],
        ["Shop.Worker.Run"],
    ]


@pytest.mark.parametrize("text", [THREAD, OLD, SHOWN])
def test_what_counts(text: str) -> None:
    moved = text.replace("00007F022B1", "00007E033C1").replace("/home/tom", "/build").replace("@ 619", "@ 700")
    assert signature(text) == signature(moved) != signature(text.replace("Cart.Pay", "Cart.Add"))


@pytest.mark.parametrize(
    "text",
    [
        "OS Thread Id: 0x1a4 (0)\nUnable to walk the managed stack.",
        "Child SP IP Call Site",
        "Exception type: fatal\nMessage: none",
        "Thread (0x12):\n  waits for it",
        "Thread (0x12): started",
    ],
)
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "dotnet-sos")


def test_a_message_over_several_lines() -> None:
    assert one(RAISED.replace("no rate", "no rate\nfor EUR"), "dotnet-sos").report.error_value == "no rate\nfor EUR"


@pytest.mark.parametrize(
    "text", [THREAD, RAISED, SHOWN, "OS Thread Id: 0x1 (0)", f"{OLD}\n0012f3e4 7c90eb94 f({'(a)' * 300}"]
)
def test_time_is_linear(text: str) -> None:
    scan_grows(text, "dotnet-sos")
