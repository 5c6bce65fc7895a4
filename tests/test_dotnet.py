"""Stacks of .NET, Mono, Unity and PowerShell; all texts are made by hand after what the runtimes print."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reading import CORPUS
from tests.scanned import scan_grows
from triage.formats.traces import dotnet
from triage.formats.traces.scanning import scan

UNHANDLED = """\
2026-01-26T10:00:00Z INFO start
Unhandled exception. System.InvalidOperationException: outer
second line
 ---> System.ArgumentNullException: Value cannot be null. (Parameter 'x')
   at Shop.Api.<>c__DisplayClass0_0.<Pay>b__0(String id) in /src/Api.cs:line 12
   --- End of inner exception stack trace ---
   at Shop.Api.<Run>d__1.MoveNext() in C:\\src\\Api.cs:line 20
--- End of stack trace from previous location ---
   at System.Runtime.CompilerServices.TaskAwaiter.HandleNonSuccess(Task task)
   at Program.<Main>$(String[] args)
Aborted (core dumped)
"""

AGGREGATE = """\
System.AggregateException: One or more errors occurred. (a) (b) ---> System.Exception: a
   at A.B.C() in C:\\src\\A.cs:line 3
   --- End of inner exception stack trace ---
   at System.Threading.Tasks.Task.WaitAll(Task[] tasks)
---> (Inner Exception #0) System.Exception: a
   at A.B.C() in C:\\src\\A.cs:line 3<---

---> (Inner Exception #1) System.IO.IOException (0x80070005): b
   at A.B.D(Dictionary`2 d, Int32 n)<---

log goes on
"""

MONO = """\
[ERROR] FATAL UNHANDLED EXCEPTION: System.NullReferenceException: Object reference not set
  at Foo.Bar (System.String s) [0x00012] in <af23>:0
  at (wrapper managed-to-native) Foo.Baz(intptr)
  at Foo.Main (System.String[] args) [0x00001] in /src/x.cs:12
"""

GERMAN = """\
Unbehandelte Ausnahme: System.FormatException: Die Eingabe hat das falsche Format.
   bei System.Number.StringToNumber(String str, NumberStyles options)
   bei Foo.Bar() in C:\\src\\x.cs:Zeile 12.
"""

EVENT_LOG = """\
Application: Foo.exe
CoreCLR Version: 6.0.1
Description: The process was terminated due to an unhandled exception.
Exception Info: System.NullReferenceException: x
   at Foo.Bar()
   at Foo.Main(String[])
"""

OVERFLOW = """\
Stack overflow.
Repeat 16105 times:
--------------------------------
   at Program.Foo(Int32)
--------------------------------
   at Program.Main(System.String[])
"""

UNITY = """\
NullReferenceException: Object reference not set to an instance of an object
Foo.Bar () (at Assets/Scripts/Foo.cs:12)
UnityEngine.Object.Instantiate[T] (T original) (at <1234>:0)

"""

POWERSHELL = """\
Get-Item : Cannot find path 'C:\\nope' because it does not exist.
At C:\\x.ps1:3 char:5
+     Get-Item C:\\nope
+     ~~~~~~~~~~~~~~~~
    + CategoryInfo          : ObjectNotFound: (C:\\nope:String) [Get-Item], ItemNotFoundException
    + FullyQualifiedErrorId : PathNotFound,Microsoft.PowerShell.Commands.GetItemCommand

"""

ALL = (UNHANDLED + AGGREGATE + MONO + GERMAN + EVENT_LOG + OVERFLOW + UNITY + POWERSHELL).split("\n")


def found(text):
    return list(scan(enumerate(text.split("\n")), only="dotnet"))


def heads(report):
    return [(trace.role, trace.error_type, trace.error_value) for trace in report.traces]


def functions(trace):
    return [frame.function for frame in trace.frames]


def test_inner_exception_and_the_borders_of_an_asynchronous_call():
    (one,) = found(UNHANDLED)
    assert (one.first, one.last, one.report.handled, one.report.leads) == (2, 10, False, True)
    assert heads(one.report) == [
        ("crash", "System.InvalidOperationException", "outer\nsecond line"),
        ("cause", "System.ArgumentNullException", "Value cannot be null. (Parameter 'x')"),
    ]
    crash, cause = one.report.traces
    assert [(f.frame_kind, f.function, f.file, f.line, f.text_line) for f in crash.frames] == [
        ("frame", "Shop.Api.<Run>d__1.MoveNext", "C:\\src\\Api.cs", 20, 7),
        ("async_gap", None, None, None, 8),
        ("frame", "System.Runtime.CompilerServices.TaskAwaiter.HandleNonSuccess", None, None, 9),
        ("frame", "Program.<Main>$", None, None, 10),
    ]
    assert (cause.frames[0].args, cause.frames[0].line) == ("String id", 12)


def test_members_of_an_aggregate():
    (one,) = found(AGGREGATE)
    assert (one.first, one.last) == (1, 9)
    assert [(trace.error_type, functions(trace)) for trace in one.report.traces] == [
        ("System.Exception", ["A.B.C"]),
        ("System.Exception", ["A.B.C"]),
        ("System.IO.IOException", ["A.B.D"]),
        ("System.AggregateException", ["System.Threading.Tasks.Task.WaitAll"]),
    ]


def test_mono_and_unity():
    (one,) = found(MONO)
    assert (one.first, one.last, one.report.error_type) == (1, 4, "System.NullReferenceException")
    assert [(f.function, f.file, f.line) for f in one.report.traces[0].frames] == [
        ("Foo.Bar", None, None),
        ("Foo.Baz", None, None),
        ("Foo.Main", "/src/x.cs", 12),
    ]
    (one,) = found("log\n" + UNITY)
    assert (one.first, one.last, one.report.error_type) == (2, 4, "NullReferenceException")
    assert one.report.traces[0].frames[0].file == "Assets/Scripts/Foo.cs"


@pytest.mark.parametrize(
    ("at", "place"),
    [
        ("bei", "in C:\\a.cs:Zeile 12"),
        ("à", "dans C:\\a.cs:ligne 12"),
        ("в", "в C:\\a.cs:строка 12"),
        ("at", "in C:\\a.cs:line 12"),
    ],
)
def test_languages(at, place):
    (one,) = found(f"System.FormatException: x\r\n   {at} Foo.Bar(String s) {place}\r\n   {at} Foo.Main()\r\n")
    assert [(f.function, f.file, f.line) for f in one.report.traces[0].frames] == [
        ("Foo.Bar", "C:\\a.cs", 12),
        ("Foo.Main", None, None),
    ]
    assert found(GERMAN)[0].report.error_type == "System.FormatException"


def test_event_log():
    (one,) = found("x\n" + EVENT_LOG)
    assert (one.first, one.last, one.report.process, one.report.level) == (2, 7, "Foo.exe", "fatal")
    assert dict(one.report.facts)["coreclr_version"] == "6.0.1"
    native = (
        EVENT_LOG[: EVENT_LOG.index("Exception Info")]
        + "Exception Info: exception code c0000005, exception address 0\n"
    )
    (one,) = found(native)
    assert (one.report.error_code, one.report.error_type) == (0xC0000005, "EXCEPTION_ACCESS_VIOLATION")


def test_stack_overflow_and_fail_fast():
    (one,) = found(OVERFLOW)
    assert (one.last, one.report.kind, one.report.error_type) == (6, "crash", "Stack overflow")
    assert [(f.frame_kind, f.function, f.repeat) for f in one.report.traces[0].frames] == [
        *[("frame", "Program.Foo", 1)] * 3,
        ("repeated", "Program.Foo", 16102),
        ("frame", "Program.Main", 1),
    ]
    (one,) = found("Process terminated. Assertion failed.\nx\n   at A.B.Fail(String m)\n   at A.B.C(Int32 x)\n")
    assert (one.report.kind, one.report.error_value) == ("assertion", "Assertion failed.\nx")


def test_powershell():
    (one,) = found("PS C:\\> .\\x.ps1\n" + POWERSHELL)
    assert (one.first, one.last, one.report.error_type) == (2, 7, "ItemNotFoundException")
    assert one.report.error_value == "Cannot find path 'C:\\nope' because it does not exist."
    frame = one.report.traces[0].frames[0]
    assert (frame.file, frame.line, frame.column) == ("C:\\x.ps1", 3, 5)
    new = "Get-Item: C:\\x.ps1:3:5\nLine |\n   3 |      Get-Item C:\\nope\n     | ~~~~\n     | Cannot find it.\nend\n"
    (one,) = found(new)
    assert (one.first, one.last, one.report.error_value) == (1, 5, "Cannot find it.")


def test_powershell_with_its_script_stack():
    stack = "at Get-Rate, C:\\x.ps1: line 3\nat <ScriptBlock>, C:\\x.ps1: line 20\nat <ScriptBlock>, <No file>: line 1"
    (below,) = found(f"{POWERSHELL}\n\n{stack}\nend\n")
    assert [frame.function for frame in below.report.traces[0].frames] == ["Get-Rate", "<ScriptBlock>", "<ScriptBlock>"]
    assert (below.report.error_type, below.report.traces[0].frames[0].column) == ("ItemNotFoundException", 5)
    for title in ("ScriptStackTrace:", "Script stack trace:\n", "StackTrace:"):
        (told,) = found(f"{POWERSHELL}\n{title}\n{stack}\nend\n")
        functions = [frame.function for frame in told.report.traces[0].frames]
        assert functions == ["Get-Rate", "<ScriptBlock>", "<ScriptBlock>"]
    new = "Get-Item: C:\\x.ps1:3:5\nLine |\n   3 |      Get-Item C:\\nope\n     | ~~~~\n     | Cannot find it.\n"
    (told,) = found(f"{new}\nScriptStackTrace:\n{stack}\n")
    assert [frame.function for frame in told.report.traces[0].frames] == ["Get-Rate", "<ScriptBlock>", "<ScriptBlock>"]
    other = stack.replace("x.ps1: line 3", "y.ps1: line 3")
    assert len(found(f"{POWERSHELL}\nScriptStackTrace:\n{other}\n")) == 2
    assert len(found(f"{POWERSHELL}\n\n{other}\n")) == 2
    rows = stack.replace("\n", "\n" + " " * 24)
    listed = (
        "Exception             : System.Management.Automation.RuntimeException: no rate\n"
        "TargetObject          : no rate\nCategoryInfo          : OperationStopped: (no rate:String) []\n"
        f"FullyQualifiedErrorId : no rate\nScriptStackTrace      : {rows}\nPSMessageDetails      :\n"
    )
    (one,) = found(listed)
    assert (one.report.error_type, one.report.error_value) == (
        "System.Management.Automation.RuntimeException",
        "no rate",
    )
    assert (one.first, one.last, len(one.report.traces[0].frames)) == (1, 7, 3)
    shown = f"Exception  :\n    Type       : System.Exception\n    Message    : no rate\nScriptStackTrace : {rows}"
    (one,) = found(shown)
    assert (one.report.error_type, one.report.error_value) == ("System.Exception", "no rate")


TWICE = "\nUnhandled Exception:\n" + MONO.removeprefix("[ERROR] FATAL UNHANDLED EXCEPTION: ") + MONO


def test_what_mono_prints_twice_is_one_report():
    (one,) = found(TWICE)
    assert (one.report.error_type, one.last) == ("System.NullReferenceException", TWICE.count("\n"))
    other = TWICE.replace("Foo.Bar", "Foo.Open", 1)
    assert [functions(each.report.traces[0])[0] for each in found(other)] == ["Foo.Open", "Foo.Bar"]
    assert len(found(MONO + MONO.replace("NullReference", "InvalidCast"))) == 2


def test_damaged_and_logged():
    (cut,) = found("\n".join(UNHANDLED.split("\n")[6:9]))
    assert (cut.first, cut.report.error_type, cut.report.complete) == (1, None, False)
    logged = (
        'fail: Microsoft.AspNetCore.Server.Kestrel[13]\n      Connection id "x" failed.\n      System.Exception: boom\n'
        "         at A.B.C() in /src/A.cs:line 3\n         at D.E.F(IApplicationBuilder app)\ninfo: next\n"
    )
    (one,) = found(logged)
    assert (one.first, one.last, one.report.error_type, one.report.leads) == (3, 5, "System.Exception", False)


@pytest.mark.parametrize(
    "text",
    [
        "\tat a.b.C.d(D.java:1)\n\tat a.b.C.e(Native Method)",
        "    at Object.f (a.js:1:2)\n    at g (b.js:3:4)",
        "we meet at Foo.Bar() tonight",
        "   at the end (of the day)",
        "Stack overflow. The site is down.",
        "   in foo.bar(x)",
        "Unhandled exception. Nobody knows.",
    ],
)
def test_what_is_no_report(text):
    assert found(text) == []


def files():
    return sorted((CORPUS / "stacks").glob("*/*.txt")) if CORPUS.exists() else []


@pytest.mark.parametrize("path", files(), ids=lambda path: path.name)
def test_reports_of_other_tools_are_left_to_them(path):
    assert found(path.read_text(errors="replace")) == []


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from([*ALL, "x"]), max_size=40))
def test_lines_in_any_order_are_read(lines):
    for one in found("\n".join(lines)):
        assert 1 <= one.first <= one.last <= len(lines)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.sampled_from(ALL))
def test_any_text_is_scanned(text, line):
    found(f"{line}\n{text}\n   at A.B.C({text})\nUnhandled exception. {text}\n{line}")


@pytest.mark.parametrize(
    "line", ["   at A.B.C(Int32 n)", "Unhandled exception. System.A: x", "   at A.B(" + "(a)" * 300, OVERFLOW]
)
def test_time_grows_with_the_text(line):
    scan_grows(line, dotnet.NAME)


def test_native_aot_and_methods_that_the_runtime_makes():
    text = """Unhandled exception. System.NullReferenceException: Object reference not set.
   at Gauge.Sensor.Calibrate(Double) + 0x5d
   at lambda_method42(Closure, Object, Object[])
   at Gauge.Program.Main(String[]) in /src/P.cs:line 3 + 0x2b
   at gauge!<BaseAddress>+0x1f2b3c
"""
    (found,) = scan(enumerate(text.split("\n")), only="dotnet")
    rows = [(frame.function, frame.module) for frame in found.report.traces[0].frames]
    assert rows == [
        ("Gauge.Sensor.Calibrate", None),
        ("lambda_method42", None),
        ("Gauge.Program.Main", None),
        (None, "gauge"),
    ]


def test_powershell_tells_what_was_thrown_above_a_titled_stack():
    rows = "at Pay, /srv/shop.ps1: line 3\nat Sum, /srv/shop.ps1: line 9"
    (told,) = found(f"System.Exception: no rate\n\nScriptStackTrace:\n{rows}\n")
    assert (told.report.error_type, told.report.error_value) == ("System.Exception", "no rate")
    assert functions(told.report.traces[0]) == ["Pay", "Sum"]
    assert (told.first, told.last) == (1, 5)
    (bare,) = found(f"nothing of the kind\n\nScriptStackTrace:\n{rows}\n")
    assert (bare.first, bare.report.error_type) == (3, None)
    assert not found("ScriptStackTrace:\nat the end")


def test_lines_that_stand_in_xml():
    text = UNHANDLED.replace("<", "&lt;").replace(">", "&gt;")
    assert [found.report.traces for found in scan(enumerate(text.split("\n")))] == [
        found.report.traces for found in scan(enumerate(UNHANDLED.split("\n")))
    ]
