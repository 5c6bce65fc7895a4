"""The stacks of a kernel report in the making, and what codes and registers say of the processor.

Facts: the error codes of page faults on x86, the fault status of 32-bit ARM and the syndrome of ARM64, as their
architectures number them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from triage.formats.traces.kernel_frames import inlined
from triage.records import Frame, Trace, json_text

__all__ = ("Stack", "accessed", "architecture", "fault", "same")

_ARM_FAULTS: Final = {
    1: "alignment",
    5: "translation fault, section",
    7: "translation fault, page",
    8: "external abort",
    9: "domain fault, section",
    11: "domain fault, page",
    13: "permission fault, section",
    15: "permission fault, page",
}
# A register that only one architecture has.
_TELLING: Final = {
    "x29": "arm64",
    "pstate": "arm64",
    "rsp": "x86_64",
    "eax": "x86",
    "epc": "riscv",
    "psr": "arm",
    "r10": "arm",
}


@dataclass(slots=True)
class Stack:
    """One stack as it is read."""

    role: str
    frames: list[Frame] = field(default_factory=list)
    thread_id: int | None = None
    thread_name: str | None = None
    state: str | None = None
    # where the processor was, with what is inlined there; often not printed among the frames
    pcs: list[Frame] = field(default_factory=list)
    registers: dict[str, str] = field(default_factory=dict)
    # the caller that the last line of ARM's names
    last: Frame | None = None

    def trace(self, *, above: bool) -> Trace:
        """The stack as records know it."""
        frames = inlined(self.frames)
        if self.last is not None and frames:
            frames.append(self.last)
        if self.pcs and (not frames or (above and not same(self.pcs[-1], frames))):
            frames = inlined(self.pcs) + frames
        return Trace(
            frames=tuple(frames),
            role=self.role,
            thread_id=self.thread_id,
            thread_name=self.thread_name,
            state=self.state,
            crashed=True if self.role == "crash" else None,
            registers=json_text(self.registers) if self.registers else None,
            unwinder="text",
        )


def accessed(code: int | None, arch: str | None) -> str | None:
    """What was done with an address, as the error code of the oops tells it.

    Examples
    --------
    >>> accessed(2, "x86_64"), accessed(0x96000046, "arm64"), accessed(5, "arm")
    ('WRITE', 'WRITE', 'READ')
    """
    if code is None:
        return None
    if arch in {"x86", "x86_64"}:
        return "EXECUTE" if code & 16 else "WRITE" if code & 2 else "READ"
    if arch == "arm64":
        return "EXECUTE" if code >> 26 in {0x20, 0x21} else "WRITE" if code & 0x40 else "READ"
    return ("WRITE" if code & 0x800 else "READ") if arch == "arm" else None


def fault(code: int) -> str | None:
    """The name of a fault status of 32-bit ARM.

    Examples
    --------
    >>> fault(0x805)
    'translation fault, section'
    """
    return _ARM_FAULTS.get((code & 15) | (code >> 6 & 16))


def architecture(values: dict[str, str]) -> str | None:
    """The processor that has such registers.

    Examples
    --------
    >>> architecture({"rsp": "0x0"})
    'x86_64'
    """
    return next((arch for name, arch in _TELLING.items() if name in values), None)


def same(pc: Frame, frames: list[Frame]) -> bool:
    """Whether the first frame that can be trusted is where the processor was."""
    row = next((row for row in frames if row.trust != "unreliable"), None)
    return row is not None and (row.function, row.symbol_offset) == (pc.function, pc.symbol_offset)
