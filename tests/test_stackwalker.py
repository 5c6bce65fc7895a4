"""StackWalker's lines: EQEmu's sample, the forms of Unity and of Node's segfault-handler, cuts, and what is not its."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reading import SAMPLES, corpus
from triage.formats.traces import parse as parse_any
from triage.formats.traces import stackwalker
from triage.formats.traces.scanning import Found, scan
from triage.records import Frame

MARK = "[Crash] "

# The form of a Unity player on Windows: two walks and a second thread.
UNITY = """\
Crash!!!
SymInit: Symbol-SearchPath: '.;C:/Games/Example;SRV*C:\\websymbols*https://symbols.example.com;', symOptions: 534, \
UserName: 'someone'
OS-Version: 10.0.0
C:\\Games\\Example\\Example.exe:Example.exe (00007FF6A1D20000), size: 667648 (result: 0), SymType: '-deferred-', PDB: ''

========== OUTPUTTING STACK TRACE ==================

  ERROR: SymGetSymFromAddr64, GetLastError: 'Attempt to access invalid address.' (Address: 00007FFC5AFB36A0)
0x00007FFC5AFB36A0 (UnityPlayer) (function-name not available)
0x00007FF96D740CB9 (ktx_unity) [H:\\git\\ktx\\lib\\texture.c:529] ktxTexture_GetElementSize
0x00000266BD67295B (Mono JIT Code) [Scene.cs:41] Scene:Start (int,string)
0x00000266BD679AEB (Mono JIT Code) (wrapper managed-to-native) UnityEngine.DebugLogHandler:Internal_Log (intptr)
0x00007FFCF8857344 (KERNEL32) BaseThreadInitThunk

Call Stack for Thread 18368:
0x00007FF9F1109F34 (ntdll) NtWaitForSingleObject

========== END OF STACKTRACE ===========
"""


def body() -> str:
    text = (SAMPLES / "eqemu" / "crash_zone_9412.log").read_text()
    return "\n".join(line.partition(MARK)[2] for line in text.splitlines())


def brief(frame: Frame) -> tuple[object, ...]:
    return frame.function, frame.module, frame.file, frame.line, frame.address


def test_every_form_of_the_sample():
    [trace] = stackwalker.parse(body())
    source = "D:\\builds\\eqemu\\server"
    assert [brief(frame) for frame in trace.frames] == [
        ("StackWalker::ShowCallstack", None, f"{source}\\common\\StackWalker\\StackWalker.cpp", 924, None),
        ("windows_exception_handler", None, f"{source}\\common\\crash.cpp", 143, None),
        ("UnhandledExceptionFilter", "KERNELBASE", None, None, 0x7FFC4D038C77),
        ("KiUserExceptionDispatcher", "ntdll", None, None, 0x7FFC4F7792F1),
        ("EntityList::ScanCloseMobs", None, f"{source}\\zone\\entity.cpp", 2944, None),
        ("NPC::Process", None, f"{source}\\zone\\npc.cpp", 871, None),
        (
            "LuaParser::_EventNPC<std::basic_string<char,std::char_traits<char>,std::allocator<char> > >",
            None,
            f"{source}\\zone\\lua_parser.cpp",
            1187,
            None,
        ),
        (None, None, None, None, 0x7FFC2A1184D0),
        (None, None, None, None, 0x7FFC2A1184D0),
        (None, "lua51", None, None, 0x7FFC2A1184D0),
        (None, None, None, None, 0x7FFC2A1193A2),
        ("EQ::Event::Timer::Execute", "zone.exe", None, None, 0x7FF6A2F1C0B8),
        ("EQ::Timer::Start", "zone", f"{source}\\common\\event\\timer.h", None, 0x7FF6A2F1C0B8),
        ("`main'::`2'::<lambda_1>::operator()", None, f"{source}\\zone\\main.cpp", 628, None),
        ("main", None, f"{source}\\zone\\main.cpp", 641, None),
        (
            "__scrt_common_main_seh",
            None,
            "D:\\a\\_work\\1\\s\\src\\vctools\\crt\\vcstartup\\src\\startup\\exe_common.inl",
            288,
            None,
        ),
        ("BaseThreadInitThunk", "KERNEL32", None, None, 0x7FFC4E2C7374),
        ("RtlUserThreadStart", "ntdll", None, None, 0x7FFC4F71CC91),
    ]
    errors = [frame for frame in trace.frames if frame.frame_kind == "unwind_error"]
    assert [(frame.function_raw, frame.args) for frame in errors] == [
        ("SymGetSymFromAddr64", "487"),
        ("SymGetLineFromAddr64", "Attempt to access invalid address."),
    ]
    assert (trace.role, trace.crashed, trace.unwinder) == ("crash", True, "text")


def test_unity_s_form_found_alone():
    assert stackwalker.probe(UNITY)
    crash, thread = parse_any(UNITY)
    assert [brief(frame) for frame in crash.frames] == [
        (None, None, None, None, 0x7FFC5AFB36A0),
        (None, "UnityPlayer", None, None, 0x7FFC5AFB36A0),
        ("ktxTexture_GetElementSize", "ktx_unity", "H:\\git\\ktx\\lib\\texture.c", 529, 0x7FF96D740CB9),
        ("Scene:Start", "Mono JIT Code", "Scene.cs", 41, 0x266BD67295B),
        (
            "(wrapper managed-to-native) UnityEngine.DebugLogHandler:Internal_Log",
            "Mono JIT Code",
            None,
            None,
            0x266BD679AEB,
        ),
        ("BaseThreadInitThunk", "KERNEL32", None, None, 0x7FFCF8857344),
    ]
    assert (crash.frames[3].args, crash.frames[3].language) == ("int,string", "csharp")
    assert (thread.role, thread.thread_id, thread.frames[0].function) == ("thread", 18368, "NtWaitForSingleObject")


def test_the_form_of_segfault_handler_found_alone():
    text = (
        "PID 7764 received SIGSEGV for address: 0x954adc7d\n"
        "C:\\app\\node_modules\\segfault-handler\\src\\StackWalker.cpp (941): StackWalker::ShowCallstack\n"
        "00007FFCFD13459E (ntdll): (filename not available): KiUserExceptionDispatcher\n"
        "00007FF6954ADC7D (node): (filename not available): SSL_select_next_proto\n"
    )
    [trace] = stackwalker.parse(text)
    assert [frame.function for frame in trace.frames] == [
        "StackWalker::ShowCallstack",
        "KiUserExceptionDispatcher",
        "SSL_select_next_proto",
    ]


def test_a_second_walk_is_a_second_stack():
    first, second = stackwalker.parse(
        "0x00007FFC5AFB36A0 (a) f\nSymInit: Symbol-SearchPath: '.'\n0x00007FFC5AFB36A1 (a) g"
    )
    assert (first.frames[0].function, first.role, second.frames[0].function, second.role) == (
        "f",
        "crash",
        "g",
        "thread",
    )


def test_lines_of_the_form_l_alone_are_nobody_s():
    assert stackwalker.parse("src\\main.cpp (12): main\nsrc\\main.cpp (13): other\n") == []
    assert not stackwalker.probe("a (deadbeef): b: c\nERROR: the disk is full\n#0  0x00005555 in f () at a.c:3\n")


def test_nothing_of_the_corpus_is_taken():
    folder = corpus("stacks", "cf")
    assert [path.name for path in folder.iterdir() if stackwalker.probe(path.read_text(errors="replace"))] == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("00007FF6A2F1C0B8 (zone): D:\\t.h: EQ::Timer::Start", ("EQ::Timer::Start", "zone", "D:\\t.h", None)),
        ("0x0042C0B8 (zone): (filename not available): int A::f(int)", ("int A::f", "zone", None, None)),
        ("7FF6A2F1C0B8 ((module-name not available)): (filename not available): f", ("f", None, None, None)),
        ("0x00007FF6A2F1C0B8 ((module-name not available)) f", ("f", None, None, None)),
        ("0x00007ff6a2f1c0b8 (Unity) g (a): b", ("g (a): b", "Unity", None, None)),
        ("0x00007ff6a2f1c0b8 (Unity) [a] g", ("[a] g", "Unity", None, None)),
    ],
)  # fmt: skip
def test_forms_with_an_address(line, expected):
    frame = stackwalker.address_frame(line + " ")
    assert frame is not None
    assert (frame.function, frame.module, frame.file, frame.line) == expected


@pytest.mark.parametrize(
    "line", ["", "zone", "00007FF6A2F1C0B8", "00007FF6A2F1C0B8 (zone)", "1234567 (a): b: c", "ERROR: no"]
)
def test_what_is_no_frame(line):
    assert stackwalker.address_frame(line) is None


def test_a_form_l_with_brackets_in_the_path():
    frame = stackwalker.line_frame("C:\\Program Files (x86)\\a (1)\\b.cpp (44): A::f(int) const ")
    assert frame is not None
    assert brief(frame) == ("A::f", None, "C:\\Program Files (x86)\\a (1)\\b.cpp", 44, None)
    assert (frame.function_raw, frame.args) == ("A::f(int) const", "int")
    assert stackwalker.line_frame("(12): f") is None
    assert stackwalker.line_frame("a (b): f") is None


def test_the_line_of_symbols_whole_and_cut():
    whole = stackwalker.symbols("SymInit: Symbol-SearchPath: '.;C:\\it's', symOptions: 530, UserName: 'me' ")
    assert whole == (".;C:\\it's", 530, "me", False)
    assert stackwalker.symbols("SymInit: Symbol-SearchPath: '.;C:\\Win'") == (".;C:\\Win", None, None, False)
    assert stackwalker.symbols("SymInit: Symbol-SearchPath: '.;C:\\Win") == (".;C:\\Win", None, None, True)
    assert stackwalker.symbols("SymInit: Symbol-SearchPath: '.', symOptions: 530, UserName: 'm") == (
        ".",
        530,
        "m",
        True,
    )
    assert stackwalker.symbols("SymInit: ") is None


def test_the_line_of_the_system():
    assert stackwalker.system("OS-Version: 6.1.7601 (Service Pack 1) 0x100-0x1") == (
        "6.1.7601",
        "Service Pack 1",
        "0x100",
        "0x1",
    )
    assert stackwalker.system("OS-Version: 10.0.0") == ("10.0.0", None, None, None)
    assert stackwalker.system("OS-Version: ?") is None


def test_the_line_of_a_module_whole_and_cut():
    line = "C:\\a\\m.dll:m.dll (0000000180000000), size: 5017600 (result: 487), SymType: 'CV', PDB: 'C:\\it's\\m.dll'"
    found = stackwalker.image(f"{line}, fileVersion: 6.1.11.0 ".rstrip())
    assert found == ("m.dll", "C:\\a\\m.dll", 0x180000000, 5017600, "CV", "C:\\it's\\m.dll", "6.1.11.0", False)
    plain = stackwalker.image(line)
    assert plain is not None
    assert (plain.version, plain.cut) == (None, False)
    straight = line.replace("it's", "its")
    for end in range(straight.index(", size: ") + 9, len(straight)):
        cut = stackwalker.image(straight[:end])
        assert cut is not None
        assert (cut.name, cut.base, cut.cut) == ("m.dll", 0x180000000, True)
    huge = stackwalker.image("a:b (00400000), size: -4096 (result: 0), SymType: '-deferred-', PDB: ''")
    assert huge is not None
    assert (huge.size, huge.debug_file) == (0xFFFFF000, None)
    assert stackwalker.image("a (00400000), size: 1") is None
    assert stackwalker.image("a:b (0x), size: 1") is None


PIECES = st.sampled_from([
    "SymInit: Symbol-SearchPath: '", "', symOptions: ", "UserName: '", "OS-Version: ", "1.2.3", "ERROR: ",
    " (Address: ", ", GetLastError: ", "00007FF6A2F1C0B8", "0x", " (", "): ", ") ", "), size: ", "12", ":", "a", "\n",
    "'", "[", "] ", "-", "\N{SUPERSCRIPT TWO}", "(module-name not available)", "(filename not available)", "SymType: '",
    ", PDB: '", "', fileVersion: 1.2.3.4",
])  # fmt: skip


@given(st.one_of(st.text(), st.lists(PIECES).map("".join)))
def test_any_text(text):
    stackwalker.probe(text)
    stackwalker.parse(text)
    for line in text.split("\n"):
        for read in (
            stackwalker.symbols,
            stackwalker.system,
            stackwalker.image,
            stackwalker.address_frame,
            stackwalker.line_frame,
        ):
            read(line)


def test_every_prefix_of_the_sample():
    text = body()
    for end in range(0, len(text), 7):
        for trace in stackwalker.parse(text[:end]):
            assert len(trace.frames) <= 18


def found(text: str) -> list[Found]:
    return list(scan(enumerate(text.split("\n")), only="stackwalker"))


def test_a_player_s_crash_in_its_log():
    (one,) = found("loading\n" + UNITY + "bye\n")
    report = one.report
    assert (one.first, one.last) == (2, 19)
    assert (report.os_version, [m["name"] for m in report.modules]) == ("10.0.0", ["Example.exe"])
    assert [(t.role, t.thread_id) for t in report.traces] == [("crash", None), ("thread", 18368)]
    assert [(f.function, f.text_line) for f in report.traces[0].frames][2] == ("ktxTexture_GetElementSize", 11)


def test_a_server_s_crash_with_the_name_of_its_exception():
    text = (SAMPLES / "eqemu" / "crash_zone_9412.log").read_text()
    (one,) = found("server up\n" + text)
    assert one.first == 2
    assert (one.report.error_type, len(one.report.modules)) == ("EXCEPTION_ACCESS_VIOLATION", 6)
    frames = one.report.traces[0].frames
    assert [f.function for f in frames[:2]] == ["StackWalker::ShowCallstack", "windows_exception_handler"]


def test_a_report_that_was_cut_and_lines_that_are_none():
    (one,) = found(UNITY[UNITY.index("0x00007FF96D740CB9") : UNITY.index("Call Stack")])
    assert len(one.report.traces[0].frames) == 4
    for text in (
        "FormatMessage failed, GetLastError: 5",
        "see (UnityPlayer) docs",
        "a (function-name not available) b",
    ):
        assert found(text) == []


@given(st.text(max_size=200), st.integers(0, len(UNITY)))
def test_any_text_around_a_report_is_read(text, place):
    for one in found(UNITY[:place] + text + "\n" + UNITY[place:] + text):
        assert 1 <= one.first <= one.last
