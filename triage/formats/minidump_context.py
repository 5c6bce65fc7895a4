"""Processor contexts of minidumps: x86, x86_64, ARM and ARM64 registers at their offsets.

Offsets are those of Microsoft's CONTEXT structures (winnt.h) and of Breakpad's for ARM and its older ARM64 form. Both
ARM64 forms hold x0 to x28, fp, lr, sp and pc from offset 8; they differ in where flags and cpsr stand. Vector and
floating registers are not read. A context may be longer than its structure (extended state), never shorter than its
integers.
"""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

import msgspec

from triage.formats.minidump_bytes import BrokenError, Bytes, Span

__all__ = ("Context", "arch_of_size", "read_context")

# The whole of Breakpad's older ARM64 form; Microsoft's has 912 bytes.
_ARM64_OLD_BYTES: Final = 796
_SIZES: Final = {716: "x86", 1232: "x86_64", 368: "arm", 912: "arm64", _ARM64_OLD_BYTES: "arm64"}

_X86: Final = ("edi", "esi", "ebx", "edx", "ecx", "eax", "ebp", "eip", "cs", "eflags", "esp", "ss")
_X86_64: Final = ("rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", *(f"r{n}" for n in range(8, 16)), "rip")
_ARM: Final = (*(f"r{n}" for n in range(13)), "sp", "lr", "pc", "cpsr")
_ARM64: Final = (*(f"x{n}" for n in range(29)), "fp", "lr", "sp", "pc")

# Architecture to: struct layout, register names, and the names of pc, sp, fp and lr.
_LAYOUTS: Final[dict[str, tuple[str, tuple[str, ...], tuple[str, str, str, str]]]] = {
    "x86": ("156x12I", _X86, ("eip", "esp", "ebp", "")),
    "x86_64": ("120x17Q", _X86_64, ("rip", "rsp", "rbp", "")),
    "arm": ("4x17I", _ARM, ("pc", "sp", "r11", "lr")),
    "arm64": ("8x33Q", _ARM64, ("pc", "sp", "fp", "lr")),
}


class Context(NamedTuple):
    """The integer registers of one thread, and those that unwinding starts from."""

    registers: dict[str, int]
    pc: int
    sp: int
    fp: int
    lr: int

    @property
    def json(self) -> str:
        """The registers as JSON: name to hex value."""
        return msgspec.json.encode({name: f"0x{value:x}" for name, value in self.registers.items()}).decode()


def arch_of_size(size: int) -> str:
    """The architecture whose context has exactly that size, "" where none has.

    Examples
    --------
    >>> arch_of_size(1232)
    'x86_64'
    """
    return _SIZES.get(size, "")


def read_context(file: Bytes, span: Span, arch: str, *, apple: bool = False) -> Context | None:
    """The registers of a context record; None where there is none or its architecture is not one of the four."""
    layout = _LAYOUTS.get(arch)
    if layout is None or not span.size:
        return None
    form, names, (pc, sp, fp, lr) = layout
    if span.size < struct.calcsize(f"<{form}"):
        raise BrokenError("a processor context is cut short")
    file.charge(span.size)
    values = file.unpack(form, span.rva)
    registers = dict(zip(names, values, strict=True))
    if arch == "x86_64":
        registers = {"rip": registers.pop("rip"), **registers, "eflags": file.unpack("68xI", span.rva)[0]}
    elif arch == "arm64":
        old = span.size == _ARM64_OLD_BYTES
        registers["cpsr"] = file.unpack("272xI" if old else "4xI", span.rva)[0]
    elif arch == "arm" and (apple or registers["cpsr"] & 0x20):
        # Apple's frames hang on r7 always, Thumb code on r7 elsewhere.
        fp = "r7"
    return Context(registers, registers[pc], registers[sp], registers[fp], registers.get(lr, 0))
