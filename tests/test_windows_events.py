"""The Windows event log as XML, in one line and in many; made by hand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import triage
from tests.growth import grows_evenly

NAMESPACE = "http://schemas.microsoft.com/win/2004/08/events/event"


def event(provider, number, data, level=2, message=""):
    rows = "".join(f"<Data>{value}</Data>" if value else "<Data/>" for value in data)
    shown = f"<RenderingInfo Culture='en-US'><Message>{message}</Message></RenderingInfo>" if message else ""
    return (
        f"<Event xmlns='{NAMESPACE}'><System><Provider Name='{provider}'/><EventID Qualifiers='0'>{number}</EventID>"
        f"<Level>{level}</Level><TimeCreated SystemTime='2026-01-26T01:25:59.1234567Z'/><Channel>Application</Channel>"
        f"</System><EventData>{rows}</EventData>{shown}</Event>"
    )


CRASH = event("Application Error", 1000, [
    "shop.exe", "1.2.3.4", "60b5f3a1", "cart.dll", "1.2.0.0", "60b5f3a2", "c0000005", "12345", "1a2c", "01d7", "a.exe"
])  # fmt: skip
REPORTED = event("Windows Error Reporting", 1001, [
    "77", "4", "APPCRASH", "Not available", "0", "shop.exe", "1.2.3.4", "60b5f3a1", "cart.dll", "1.2.0.0", "60b5f3a2",
    "c0000005", "12345", "", "",
], level=4)  # fmt: skip
HANG = event("Application Hang", 1002, ["shop.exe", "1.2.3.4", "1a2c", "01d7", "4", "C:\\shop.exe", "6b1a"])
TEXT = (
    "Application: Shop.exe\nFramework Version: v4.0.30319\nDescription: The process was terminated due to an unhandled "
    "exception.\nException Info: System.InvalidOperationException\n   at Shop.Cart.&lt;Pay&gt;b__0(Int32)\n"
    "   at Shop.Program.Main(System.String[])\n"
)
RUNTIME = event(".NET Runtime", 1026, [TEXT])
CALM = event("Service", 7, ["ready"], level=4)
ALL = [CRASH, REPORTED, HANG, RUNTIME, CALM]


@pytest.mark.parametrize("text", [
    "<?xml version='1.0'?><Events>" + "".join(ALL) + "</Events>", "\n".join(ALL),
    "\n\n".join(ALL).replace("><", ">\n  <"),
])  # fmt: skip
def test_all_events_are_read(text):
    case = triage.loads(text, name="log.xml")
    events = case.events(event_class="incident_signal")
    assert events["event_kind"].tolist() == ["crash", "crash", "hang", "exception"]
    assert events["culprit"].tolist() == ["cart.dll+0x12345", "cart.dll+0x12345", "shop.exe", "Shop.Cart.Pay.lambda"]
    assert {str(ts) for ts in events["ts"]} == {"2026-01-26 01:25:59.123456+00:00"}
    assert len(case.logs()) == 5
    assert case.logs()["logger"].iloc[4] == "Service"


def test_utf_16_and_a_rendered_message():
    shown = (
        "Faulting application name: a.exe, version: 1.0, time stamp: 0x1\nFaulting module name: b.dll, version: 1.0, "
    )
    shown += "time stamp: 0x2\nException code: 0xc0000094\nFault offset: 0x3"
    text = event("Application Error", 1000, ["x"], message=shown)
    case = triage.loads(b"\xff\xfe" + text.encode("utf-16-le"))
    assert case.events()["error_type"].tolist() == ["EXCEPTION_INT_DIVIDE_BY_ZERO"]


def test_what_event_viewer_copies_is_one_event():
    copied = f"Log Name:      Application\nSource:        .NET Runtime\nDescription:\n{TEXT}\nEvent Xml:\n{RUNTIME}\n"
    assert triage.loads(copied * 2).events()["event_kind"].tolist() == ["exception", "exception"]
    alone = copied.split("Event Xml:", maxsplit=1)[0].replace(
        "Description:\nA", "Date:   1/26/2026 1:25:59 AM\nDescription:\nA"
    )
    assert triage.loads(alone).events()["ts"].astype(str).tolist() == ["2026-01-26 01:25:59+00:00"]


def test_an_event_that_is_cut_is_quarantined():
    case = triage.loads(CRASH + CRASH[:200])
    assert len(case.events()) == 1
    assert case.quarantine()["reason"].tolist() == ["an event without an end"]


def test_the_key_of_the_text_alone_is_that_of_the_case():
    assert triage.stacks.signature(CRASH) == triage.loads(CRASH).events()["group_key"].iloc[0]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([*ALL, "</Event>", "<Event>", "<Data>", "&lt;", "<!DOCTYPE x>"]) | st.text(max_size=30))
)
def test_any_pieces_are_read(pieces):
    triage.loads(CALM + "".join(pieces))


@pytest.mark.parametrize("piece", [CRASH, "<Event>", "<Event ", "<Data>x", "</Event>", "<Event></Event>"])
def test_time_is_linear(piece):
    grows_evenly(triage.loads, lambda count: CALM + piece * count, 100)
