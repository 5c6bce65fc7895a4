"""Problems of Windows Error Reporting: its files, the texts of event 1001, its dialogs; made by hand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import triage
from tests.scanned import one, reports, scan_grows, surrounded
from triage.formats.traces.windows_faults import problem

VALUES = ["shop.exe", "1.2.3.4", "60b5f3a1", "cart.dll", "1.2.0.0", "60b5f3a2", "c0000005", "0000000000012345"]
BEX = [*VALUES[:6], "0000000000012345", "c0000409", "0000000000000007"]
CLR = ["shop.exe", "1.2.3.4", "60b5f3a1", "Shop", "1.2.0.0", "60b5f3a2", "1f", "2", "System.InvalidOperationException"]


def written(event, values):
    signed = "\n".join(f"Sig[{at}].Name=Name {at}\nSig[{at}].Value={value}" for at, value in enumerate(values))
    return f"""Version=1
EventType={event}
EventTime=133497651234567890
ReportType=2
ReportIdentifier=6b1a1e3f
Response.type=4
{signed}
DynamicSig[1].Name=OS Version
DynamicSig[1].Value=10.0.19045.2.0.0.256.48
UI[2]=C:\\Shop\\shop.exe
LoadedModule[0]=C:\\Shop\\shop.exe
LoadedModule[1]=C:\\Windows\\SYSTEM32\\ntdll.dll
FriendlyEventName=Stopped working
AppPath=C:\\Shop\\shop.exe"""


def told(values):
    rows = "\n".join(f"P{at}: {value}" for at, value in enumerate([*values, *[""] * 10][:10], 1))
    return f"""Fault bucket 1234567890, type 4
Event Name: APPCRASH
Response: Not available
Cab Id: 0

Problem signature:
{rows}

Attached files:

These files may be available here:

Analysis symbol:
Rechecking for solution: 0
Report Id: 6b1a1e3f"""


def test_a_file_in_utf_16():
    text = written("APPCRASH", VALUES)
    for data in (text.encode(), b"\xff\xfe" + text.replace("\n", "\r\n").encode("utf-16-le")):
        case = triage.loads(data, name="Report.wer")
        (event,) = case.events().to_dict("records")
        assert (event["error_type"], event["culprit"]) == ("EXCEPTION_ACCESS_VIOLATION", "cart.dll+0x12345")
        assert (event["release"], event["os_version"]) == ("1.2.3.4", "10.0.19045.2.0.0.256.48")
        assert str(event["ts"]) == "2024-01-15 04:05:23.456789+00:00"
        assert case.modules()["name"].tolist() == ["shop.exe", "cart.dll", "ntdll.dll"]


def test_the_file_takes_its_own_lines():
    assert surrounded(written("APPCRASH", VALUES), "wer").report.process == "shop.exe"


def test_event_1001_and_a_dialog_say_the_same():
    details = "Problem signature:\n  Problem Event Name:\tAPPCRASH\n" + "\n".join(
        f"  Name {at}:\t{value}" for at, value in enumerate(VALUES)
    )
    for text in (told(VALUES), details, f'Information,1/26/2026 1:25:59 AM,WER,1001,None,"{told(VALUES)}"'):
        report = one(text, "wer").report
        assert (report.error_code, report.process) == (0xC0000005, "shop.exe")
        assert [frame.module_offset for frame in report.traces[0].frames] == [0x12345, None]
    assert surrounded(told(VALUES), "wer").report.release == "1.2.3.4"


@pytest.mark.parametrize(("event", "values", "kind", "error"), [
    ("BEX64", BEX, "crash", "STATUS_STACK_BUFFER_OVERRUN"),
    ("CLR20r3", CLR, "exception", "System.InvalidOperationException"),
    ("AppHangB1", ["shop.exe", "1.2.3.4", "60b5f3a1", "9f3a", "512"], "hang", "hang"),
    ("MoAppCrash", ["Shop_1.2_x64", *VALUES], "crash", "EXCEPTION_ACCESS_VIOLATION"),
    ("LiveKernelEvent", ["141", "ffff8", "0", "0", "0"], "crash", "LiveKernelEvent 0x141"),
    ("BlueScreen", ["50", "1", "2", "3", "4"], "crash", "BugCheck 0x50"),
    ("RADAR_PRE_LEAK_64", ["shop.exe", "1.2.3.4", "10.0.19045"], "leak", "memory leak"),
])  # fmt: skip
def test_every_kind_of_problem(event, values, kind, error):
    report = one(written(event, values), "wer").report
    assert (report.kind, report.error_type) == (kind, error)


def test_other_events_are_no_crash():
    assert problem("StoreAgentScanForUpdatesFailure0", ["Update"], {}) is None
    assert not reports(written("WindowsUpdateFailure3", ["10", "8024402f"]), "wer")
    assert not reports("EventType=APPCRASH\nAppName=shop.exe", "wer")


LINES = [*written("APPCRASH", VALUES).split("\n"), *told(VALUES).split("\n")]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(LINES) | st.text(max_size=60), max_size=40))
def test_any_lines_are_scanned(lines):
    lines = [line.replace("\n", " ") for line in lines]
    for found in reports("\n".join(lines), "wer"):
        assert 1 <= found.first <= found.last <= len(lines)


@pytest.mark.parametrize("text", [
    written("APPCRASH", VALUES), told(VALUES), "EventType=APPCRASH", "EventType=APPCRASH\nSig[0].Value=a", "P1: a",
    "Event Name: APPCRASH\nP1: a\nx", "Problem Event Name:\tAPPCRASH\n  a:\tb",
])  # fmt: skip
def test_time_is_linear(text):
    scan_grows(text, "wer")
