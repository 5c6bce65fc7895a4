"""What a crash tells of an access whose address the report does not tell: registers, arguments, bytes of code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.hypotheses.checks_addresses import poison_of, zone_of
from triage.hypotheses.rules_crash import Crash, Evidence
from triage.hypotheses.rules_signs import Seen, named

__all__ = ("NO_FAULT", "SORTS_OF_MEANING", "untold")

NO_FAULT: Final = frozenset({"SIGABRT", "SIGTRAP", "SIGFPE", "SIGILL", "SIGKILL", "SIGTERM", "SIGQUIT"})
SORTS_OF_MEANING: Final = {
    "freed": ("use after free", 0.75),
    "uninitialised": ("uninitialised memory", 0.7),
    "guard": ("out of bounds", 0.6),
    "input": ("out of bounds", 0.65),
}
_FAULT: Final = re.compile(r"segv|sigbus|access.?violation|bad_access|general protection|page fault")
# The start of the kernel's shadow memory on x86-64: code that checks itself adds an eighth of each address to it.
_SHADOW: Final = 0xDFFFFC0000000000
# The bytes at which a kernel stopped, the first of them marked: a byte is read at the sum of two registers.
# REX, the operation (compare with a constant, load), the operands.
_SUM_OF_TWO: Final = re.compile(
    r"<(?:4([0-9a-f])>\s+)?(?:<?(?:80|8a)>?|<?0f>?\s+b6)\s+([0-3][4c])\s+([0-9a-f]{2})\b", re.IGNORECASE
)
_ORDER: Final = ("rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", *(f"r{number}" for number in range(8, 16)))


def untold(crash: Crash) -> Iterator[Seen]:
    """All of it."""
    yield from _poisoned_registers(crash)
    yield from _null_arguments(crash)
    yield from _access_alone(crash)
    yield from _shadow(crash)


def _poisoned_registers(crash: Crash) -> Iterator[Seen]:
    """A register of a fault whose address is not told may hold a pattern."""
    if crash.text("signal") in NO_FAULT or not _FAULT.search(f"{crash.words} {crash.message}"):
        return
    for name, value in sorted(crash.registers.items()):
        poison = poison_of(value)
        if poison is not None and name not in {"eflags", "flags"}:
            sort, weight = SORTS_OF_MEANING[poison.meaning]
            says = f"the register {name} holds a pattern that {poison.by} writes: {poison.meaning}"
            rows = (crash.row("stacks", stack_no=crash.stacks[0]["stack_no"]), crash.row("events"))
            yield Seen(sort, weight * 0.7, Evidence(named(crash), says, rows))
            return


def _null_arguments(crash: Crash) -> Iterator[Seen]:
    """Gdb prints the arguments of the innermost function: a null pointer among them, where no address is told."""
    place = crash.place
    if crash.address is not None or place is None or crash.text("platform") != "native" or not place["args"]:
        return
    if crash.text("event_kind") != "crash" or crash.text("signal") in NO_FAULT:
        return
    if any(frame["role"] not in {"noise", "sentinel"} for frame in crash.handling):
        return
    found = re.search(r"(?:^|[ ,(])(\w{1,60})=(?:0x)?0+(?=[,) ]|$)", place["args"][:500])
    if found is None:
        return
    this = found[1] == "this"
    if this or f"{found[1]}=0x" in place["args"]:
        text = f"{place['function']} ({found[0].strip(' ,(')})"
        says = "the function was called on a null object" if this else "an argument of the function is null"
        yield Seen("null dereference", 0.7 if this else 0.45, Evidence(text, says, crash.of_frame(place, says).rows))


def _access_alone(crash: Crash) -> Iterator[Seen]:
    """A sanitizer that tells addresses tells none of an access."""
    tool, access = crash.note("tool"), crash.note("access")
    if tool is not None and access is not None and tool["value"] == "UndefinedBehaviorSanitizer":
        says = "an access, and no address of it: the sanitizer tells each address that is not null"
        yield Seen("null dereference", 0.7, crash.of_note(access, says))


def _shadow(crash: Crash) -> Iterator[Seen]:
    """A kernel that checks its accesses met an address without a shadow: it is an eighth of the register beside."""
    held = {name.replace("r0", "r"): value for name, value in crash.registers.items()}
    if crash.text("platform") != "kernel" or _SHADOW not in held.values():
        return
    rows = (crash.row("stacks", stack_no=crash.stacks[0]["stack_no"]), crash.row("events"))
    name = next(name for name, value in held.items() if value == _SHADOW)
    says = f"the register {name} holds the start of the shadow memory: what was checked has no shadow"
    code = crash.note("code")
    found = _SUM_OF_TWO.search(code["value"][:1_000]) if code is not None else None
    if code is None or found is None:
        yield Seen("wild access", 0.5, Evidence(named(crash), says, rows))
        yield Seen("null dereference", 0.35, Evidence(named(crash), says, rows))
        return
    rex, operands = int(found[1] or "0", 16), int(found[3], 16)
    numbers = (operands & 7) | (rex & 1) << 3, (operands >> 3 & 7) | (rex & 2) << 2
    added = [held.get(_ORDER[number]) for number in numbers]
    if _SHADOW not in added:
        return
    other = added[1 - added.index(_SHADOW)]
    if other is not None:
        address = other << 3 & (1 << 64) - 1
        near = zone_of(address) in {"null", "near null"}
        text = f"the instruction checked the address 0x{address:x}" + (", near null" if near else "")
        yield Seen("null dereference" if near else "wild access", 0.75, crash.of_note(code, text))
