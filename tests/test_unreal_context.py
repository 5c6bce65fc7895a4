"""Crash contexts of Unreal Engine, made by hand in the forms of UE 4 and 5."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import triage
from tests.growth import grows_evenly

THREADS = """<Threads>
<Thread><CallStack>Shop 0x00007ff6a1b00000 + 2c3d4
Shop 0x00007ff6a1b00000 + 2c3d5</CallStack><IsCrashed>true</IsCrashed><Registers></Registers>
<ThreadID>77</ThreadID><ThreadName>GameThread</ThreadName></Thread>
<Thread><CallStack>ntdll 0x00007ffb11100000 + 9f3a4</CallStack><IsCrashed>false</IsCrashed><ThreadID>78</ThreadID>
<ThreadName>RenderThread</ThreadName></Thread>
</Threads>"""
TEXT = f"""<?xml version="1.0" encoding="UTF-8"?>
<FGenericCrashContext>
<RuntimeProperties>
<CrashVersion>3</CrashVersion>
<CrashGUID>UECC-Windows-AAAA_0000</CrashGUID>
<IsEnsure>false</IsEnsure>
<IsAssert>false</IsAssert>
<CrashType>Crash</CrashType>
<ErrorMessage>Unhandled Exception: EXCEPTION_ACCESS_VIOLATION reading address 0x0000000000000008</ErrorMessage>
<GameName>UE-Shop</GameName>
<EngineVersion>5.3.2-29314046+++UE5+Release-5.3</EngineVersion>
<PlatformName>WindowsEditor</PlatformName>
<TimeOfCrash>638418291591230000</TimeOfCrash>
<CallStack>Shop!TArray&lt;int&gt;::Pay() [C:\\build\\Cart.cpp:120]
Shop!FEngineLoop::Tick() [C:\\build\\LaunchEngineLoop.cpp:5000]
kernel32</CallStack>
<PCallStack>Shop 0x00007ff6a1b00000 + 2c3d4</PCallStack>
{THREADS}
</RuntimeProperties>
</FGenericCrashContext>"""


def test_a_crash_with_its_threads():
    case = triage.loads(TEXT, name="CrashContext.runtime-xml")
    (event,) = case.events().to_dict("records")
    assert (event["error_type"], event["fault_address"]) == ("EXCEPTION_ACCESS_VIOLATION", 8)
    assert (event["native_id"], event["service"], event["os_name"]) == ("UECC-Windows-AAAA_0000", "UE-Shop", "Windows")
    assert (event["culprit"], event["parse_status"]) == ("TArray::Pay (Cart.cpp:120)", "ok")
    assert str(event["ts"]) == "2024-01-26 01:25:59.123000+00:00"
    frames = case.frames(event=event["event_id"])
    assert frames["function"].dropna().tolist()[0] == "TArray<int>::Pay()"
    stacks = case.stacks()
    assert stacks["thread_name"].tolist() == ["GameThread", "RenderThread"]
    assert stacks["role"].tolist() == ["crash", "thread"]


@pytest.mark.parametrize(("kind", "message", "expected"), [
    ("Assert", "Assertion failed: Rate &gt; 0 [File:D:\\a.cpp] [Line: 12]", ("assertion", "fatal", "Rate > 0")),
    ("Ensure", "Ensure condition failed: Cart [File:D:\\a.cpp] [Line: 12]", ("assertion", "error", "Cart")),
    ("GPUCrash", "GPU Crash dump Triggered", ("crash", "fatal", "GPU Crash dump Triggered")),
    ("OutOfMemory", "Ran out of memory", ("oom", "fatal", "Ran out of memory")),
    ("Stall", "Stalled", ("hang", "error", "Stalled")),
])  # fmt: skip
def test_every_kind(kind, message, expected):
    said = TEXT.split("<ErrorMessage>")[1].split("</ErrorMessage>", maxsplit=1)[0]
    text = TEXT.replace("<CrashType>Crash<", f"<CrashType>{kind}<").replace(said, message)
    (event,) = triage.loads(text).events().to_dict("records")
    assert (event["event_kind"], event["level"], event["error_value"]) == expected


def test_a_stack_without_names_and_a_context_that_is_cut():
    bare = TEXT[: TEXT.index("<CallStack>Shop!")] + TEXT[TEXT.index("<PCallStack>") :]
    case = triage.loads(bare.replace(THREADS, ""))
    assert case.frames(event=case.events()["event_id"].iloc[0])["module_offset"].tolist() == [0x2C3D4]
    cut = triage.loads(TEXT[: TEXT.index("<PlatformName>")])
    assert cut.events()["parse_status"].tolist() == ["partial"]


def test_the_key_of_the_text_alone_is_that_of_the_case():
    assert triage.stacks.signature(TEXT) == triage.loads(TEXT).events()["group_key"].iloc[0]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*TEXT.split("\n"), "<Threads>", "<Thread>", "<", "&#0;"]) | st.text(max_size=30)))
def test_any_pieces_are_read(pieces):
    triage.loads("<FGenericCrashContext>" + "\n".join(pieces))


@pytest.mark.parametrize(
    "piece", ["<CallStack>", "<a>b</c>", THREADS, "<Thread>", "x\n", "<CallStack>a!b [c:1]\n</CallStack>"]
)
def test_time_is_linear(piece):
    grows_evenly(triage.loads, lambda count: "<FGenericCrashContext>" + piece * count, 200)
