"""Crash reports of Mono, written by hand in the forms of Mono 6."""

from __future__ import annotations

import pytest

import triage
from tests.scanned import functions, prefixed, reports, scan_grows, surrounded
from triage.stacks import signature

RULE = "=" * 65
TEXT = f"""\
{RULE}
\tNative Crash Reporting
{RULE}
Got a SIGSEGV while executing native code. This usually indicates
a fatal error in the mono runtime or one of the native libraries
used by your application.
{RULE}

{RULE}
\tNative stacktrace:
{RULE}
\t0x55d0c812a1b2 - /usr/bin/mono : (null)
\t0x55d0c812a1b3 - /usr/bin/mono : mono_dump_native_crash_info
\t0x7f1a2b3c4140 - /opt/shop/libshop.so : shop_pay
\t0x7f1a2b3c4141 - Unknown

{RULE}
\tBasic Fault Address Reporting
{RULE}
Memory around native instruction pointer (0x7f1a2b3c4140):
0x7f1a2b3c4130  d0 1f 1e 00 70 1f 1e 00 10 00 90 e5 1e ff 2f e1  ....p.........

{RULE}
\tManaged Stacktrace:
{RULE}
\t  at <unknown> <0xffffffff>
\t  at Shop.Native:pay <0x000b7>
\t  at (wrapper managed-to-native) Shop.Cart:Total (int) <0x0001a>
\t  at <Module>:runtime_invoke_void_object <0x00087>
{RULE}"""
NAMELESS = TEXT.replace("shop_pay", "(null)")


def test_both_stacks() -> None:
    found = surrounded(TEXT, "mono-crash")
    assert functions(found) == [None, "mono_dump_native_crash_info", "shop_pay"]
    assert functions(found, 1) == [None, "Shop.Native.pay", "Shop.Cart.Total", "<Module>.runtime_invoke_void_object"]
    assert (found.report.signal, found.report.kind) == ("SIGSEGV", "crash")
    assert triage.loads(TEXT).events()["culprit"].tolist() == ["shop_pay"]
    prefixed(TEXT, "mono-crash")


def test_the_managed_stack_counts_where_the_native_one_has_no_names() -> None:
    assert triage.loads(NAMELESS).events()["culprit"].tolist() == ["Shop.Native.pay"]
    assert signature(NAMELESS) != signature(NAMELESS.replace("Native:pay", "Native:add"))


@pytest.mark.parametrize("text", [TEXT, NAMELESS])
def test_what_counts(text: str) -> None:
    moved = text.replace("0x7f1a2b3c", "0x7e2b3c4d").replace("0x000b7", "0x000c9").replace("/opt/", "/home/ana/")
    other = text.replace("shop_pay", "shop_add").replace("Native:pay", "Native:add")
    assert signature(text) == signature(moved) != signature(other)


def test_the_shell_s_word_on_the_end_is_of_it() -> None:
    assert len(triage.loads(f"{TEXT}\nAborted (core dumped)\n").events()) == 1


@pytest.mark.parametrize(
    "text", ["\tNative Crash Reporting\nis on", f"{RULE}\n\tNative Crash Reporting\n{RULE}\nis enabled", RULE]
)
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "mono-crash")


@pytest.mark.parametrize("text", [TEXT, "\n".join(TEXT.split("\n")[:7]), RULE, f"{TEXT[:-66]}"])
def test_time_is_linear(text: str) -> None:
    scan_grows(text, "mono-crash")


def test_the_managed_stack_alone() -> None:
    text = f"{RULE}\n{TEXT[TEXT.index('	Managed') :]}"
    found = surrounded(text, "mono-crash")
    assert functions(found) == [None, "Shop.Native.pay", "Shop.Cart.Total", "<Module>.runtime_invoke_void_object"]
    assert found.report.complete is False
    assert signature(text) == signature(text.replace("0x000b7", "0x000c1")) != ""
    assert signature(text) != signature(text.replace("Native:pay", "Native:add"))
    for other in (text.replace(RULE, "-" * 65), text.replace(" at ", " in "), "Managed Stacktrace:"):
        assert not reports(other, "mono-crash")
