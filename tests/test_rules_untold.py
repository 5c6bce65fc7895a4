"""What is seen of an access whose address is not told, each with a crash that only looks like it."""

import json

import pytest

import triage
from tests.hypothesising import Made, scene_of, trace
from triage.hypotheses.rules import hypothesize
from triage.hypotheses.rules_crash import Crash
from triage.hypotheses.rules_untold import untold

SHADOW = "0xdffffc0000000000"


def seen(*, notes=(), registers=None, args=None, **columns) -> dict[str, str]:
    """What is seen of one crash: the class, and what it says."""
    made = Made()
    stack = trace(["meter_sum", "main"], registers=json.dumps(registers) if registers else None, crashed=True)
    event = made.event(stack, **{"error_type": None, **columns})
    for key, value in notes:
        made.records.annotation(event, "report", key, value)
    return {one.name: one.evidence.says for one in untold(Crash(scene_of(made.case())))}


def test_an_access_of_the_sanitizer_without_an_address_was_of_null():
    notes = [("tool", "UndefinedBehaviorSanitizer"), ("access", "WRITE")]
    assert list(seen(notes=notes)) == ["null dereference"]
    assert seen(notes=[("tool", "AddressSanitizer"), ("access", "WRITE")]) == {}
    assert seen(notes=notes[:1]) == {}


@pytest.mark.parametrize(
    ("code", "registers", "wanted"),
    [
        # cmpb $0, (%rdx,%rax): rdx is an eighth of the address.
        ("74 05 <80> 3c 02 00 74 05", {"rax": SHADOW, "rdx": "0x1"}, "null dereference"),
        ("74 05 <80> 3c 02 00 74 05", {"rax": SHADOW, "rdx": "0x1ffffff1"}, "wild access"),
        # The registers change places; and with REX, in which r15 has its fourth bit.
        ("<80> 3c 10 00", {"rax": SHADOW, "rdx": "0x1"}, "null dereference"),
        ("<42> 80 3c 38 00", {"rax": "0x2", "r15": SHADOW}, "null dereference"),
        ("<42> 80 3c 38 00", {"rax": "0x1bd5a00000000021", "r15": SHADOW}, "wild access"),
        # movzbl (%rdx,%rax), %eax.
        ("<0f> b6 04 02", {"rax": SHADOW, "rdx": "0x0"}, "null dereference"),
        ("<0f> b6 04 02", {"rax": "0x0", "r08": SHADOW}, None),
    ],
)
def test_a_kernel_that_checks_itself_holds_an_eighth_of_the_address(code, registers, wanted):
    given = {"platform": "kernel", "notes": [("code", code)], "registers": registers}
    assert list(seen(**given)) == ([wanted] if wanted else [])
    assert seen(**{**given, "platform": "native"}) == {}
    assert seen(**{**given, "registers": {**registers, **dict.fromkeys(registers, "0x10")}}) == {}


def test_without_the_bytes_both_are_said_and_the_wider_leads():
    found = seen(platform="kernel", registers={"rax": SHADOW, "rdx": "0x1"})
    assert list(found) == ["wild access", "null dereference"]
    assert "rax" in found["wild access"]


@pytest.mark.parametrize(
    "kind", ["SIGSEGV", "EXCEPTION_ACCESS_VIOLATION", "EXC_BAD_ACCESS", "general protection fault"]
)
def test_a_pattern_in_a_register_of_any_fault(kind):
    registers = {"ecx": "0xdddddddd", "eax": "0x10"}
    assert list(seen(error_type=kind, registers=registers)) == ["use after free"]
    assert seen(error_type="SIGABRT", signal="SIGABRT", registers=registers) == {}
    assert seen(error_type=kind, registers={"ecx": "0x1d1d2d3d"}) == {}


def test_the_debugger_of_windows_shows_what_could_not_be_read():
    text = (
        "(1a2c.2f10): Access violation - code c0000005 (first chance)\n"
        "eax=00000001 ebx=00b8f000 ecx=00000000 edx=00000001 esi=00d41298 edi=00d41298\n"
        "depot!Depot::Count+0x1c:\n"
        "00411a3c 8b4108          mov     eax,dword ptr [ecx+8]  ds:002b:00000008=????????\n"
        "0:000> kb\n"
        "ChildEBP RetAddr  Args to Child\n"
        "0133f8b4 00411c20 00d41298 00000000 00b8f000 depot!Depot::Count+0x1c\n"
        "0133f8c8 00411d90 00000001 00d3f1a0 00d41298 depot!Report::Print+0x40\n"
    )
    case = triage.loads(text)
    said = hypothesize(case, case.incidents()["incident_id"][0])
    assert said.name == "null dereference"
    assert said.severity.level == "probably not exploitable"
