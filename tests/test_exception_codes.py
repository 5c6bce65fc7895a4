"""Exception codes by platform, as the public headers name them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.formats import exception_codes as codes


@pytest.mark.parametrize(
    ("platform", "code", "name"),
    [
        ("windows", 0xC0000005, "EXCEPTION_ACCESS_VIOLATION"),
        ("windows", 0xC00000FD, "EXCEPTION_STACK_OVERFLOW"),
        ("windows", 0xC0000409, "STATUS_STACK_BUFFER_OVERRUN"),
        ("windows", 0xC0000374, "STATUS_HEAP_CORRUPTION"),
        ("windows", 0xE0000008, "OUT_OF_MEMORY"),
        ("windows", 0xE06D7363, "UNHANDLED_CPP_EXCEPTION"),
        ("windows", 0xE0434352, "MANAGED_EXCEPTION_CODE_V4"),
        ("windows", 0x0517A7ED, "SIMULATED"),
        ("linux", 6, "SIGABRT"),
        ("linux", 0xFFFFFFFF, "DUMP_REQUESTED"),
        (0x8203, 7, "SIGBUS"),
        ("macOS", 10, "EXC_CRASH"),
        ("macos", 0x43507378, "SIMULATED"),
        (0x8102, 1, "EXC_BAD_ACCESS"),
        (None, 11, None),
        ("Plan 9", 11, None),
        ("windows", 12345, None),
    ],
)
def test_names_by_platform(platform, code, name) -> None:
    assert codes.name(platform, code) == name


def test_a_general_protection_fault_is_a_segmentation_fault_on_macos() -> None:
    described = codes.describe("macos", 1, flags=13, arch="x86_64")
    assert (described.code_name, described.signal) == ("EXC_BAD_ACCESS / EXC_I386_GPFLT", "SIGSEGV")
    assert codes.describe("macos", 1, flags=2, arch="x86_64").signal == "SIGBUS"


def test_every_table_is_whole() -> None:
    linux = codes._names("linux")["exceptions"]
    assert sorted(linux) == [*range(1, 32), 0xFFFFFFFF]
    for system in ("windows", "linux", "macos"):
        for entry in codes._names(system)["exceptions"].values():
            assert len(entry) == 2
            assert all(entry)


def test_windows_access_kinds() -> None:
    sentences = [codes.describe(2, 0xC0000005, parameters=(kind, 0x45)).value for kind in (0, 1, 8, 3)]
    assert sentences == [
        "read of address 0x45",
        "write to address 0x45",
        "execution at address 0x45",
        "access to address 0x45",
    ]
    page = codes.describe(2, 0xC0000006, parameters=(0, 0x1000, 0xC000009C))
    assert page.value == "read of address 0x1000, the page could not be read (0xc000009c)"
    assert page.fault_address == 0x1000
    overflow = codes.describe(2, 0xC00000FD, parameters=(1, 0x2000))
    assert overflow.value == "the thread used up its stack: write to address 0x2000"


def test_windows_fast_fail_and_unknown() -> None:
    failed = codes.describe(2, 0xC0000409, parameters=(7,))
    assert failed.code_name == "STATUS_STACK_BUFFER_OVERRUN / FAST_FAIL_FATAL_APP_EXIT"
    assert failed.fault_address is None
    assert codes.describe(2, 0xC0000409, parameters=(0x77,)).value == "fast fail: FAST_FAIL 0x77"
    assert codes.describe(2, 0xDEAD)[:4] == ("0x0000dead", None, None, None)


def test_linux_codes() -> None:
    assert codes.describe("linux", 11, flags=2, address=0x10).code_name == "SIGSEGV / SEGV_ACCERR"
    kernel = codes.describe("linux", 11, flags=0x80)
    assert (kernel.code_name, kernel.fault_address) == ("SIGSEGV / SI_KERNEL", None)
    aborted = codes.describe("android", 6, flags=0xFFFFFFFA, address=1234)
    assert aborted == ("SIGABRT", "SIGABRT / SI_TKILL", "SIGABRT", "the program aborted itself", None)
    # A signal that was sent has a process number where a fault has its address.
    sent = codes.describe("linux", 11, flags=0, address=(1000 << 32) | 4321, exact=True)
    assert sent == ("SIGSEGV", "SIGSEGV / SI_USER", "SIGSEGV", "sent by process 4321", None)
    assert codes.describe("linux", 11, flags=0, address=0x45).fault_address == 0x45
    assert codes.describe("linux", 0xFFFFFFFF).signal is None


def test_mach_codes_and_signals() -> None:
    assert codes.describe("macos", 1, flags=1, address=8)[:3] == (
        "EXC_BAD_ACCESS",
        "EXC_BAD_ACCESS / KERN_INVALID_ADDRESS",
        "SIGSEGV",
    )
    assert codes.describe("macos", 1, flags=2, address=8).signal == "SIGBUS"
    general = codes.describe("macos", 1, flags=13, arch="x86_64")
    assert (general.code_name, general.fault_address) == ("EXC_BAD_ACCESS / EXC_I386_GPFLT", None)
    assert codes.describe("ios", 6, flags=1, arch="arm64").code_name == "EXC_BREAKPOINT / EXC_ARM_BREAKPOINT"
    assert codes.describe("macos", 6, flags=2, arch="x86_64").code_name == "EXC_BREAKPOINT / EXC_I386_BPT"
    assert codes.describe("macos", 10, flags=0x0B100001).signal == "SIGSEGV"
    assert codes.describe("macos", 11, flags=3 << 29).code_name == "EXC_RESOURCE / RESOURCE_TYPE_MEMORY"
    assert codes.describe("macos", 12, flags=2 << 29).code_name == "EXC_GUARD / GUARD_TYPE_FD"
    assert codes.describe("macos", 5, flags=0x10003, parameters=(5, 0x10003, 6)).signal == "SIGABRT"


@given(
    st.sampled_from([1, 2, 3, 0x8101, 0x8102, 0x8201, 0x8203, 0x9999, -1]),
    st.integers(0, 2**32 - 1) | st.integers(0, 40) | st.sampled_from([0xC0000005, 0xC0000006, 0xC0000409]),
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**64 - 1),
    st.lists(st.integers(0, 2**64 - 1), max_size=15),
)
def test_any_record_has_a_type(platform, code, flags, address, parameters) -> None:
    described = codes.describe(platform, code, flags=flags, address=address, parameters=tuple(parameters), arch="arm64")
    assert described.type
    assert described.fault_address in {None, address, *parameters[1:2]}
