"""How severe a crash is as a weakness, in the manner of CASR and !exploitable: by what an attacker might make of it.

The levels are those of !exploitable. Most grades agree with CASR's classes: writes beyond a buffer and jumps to an
address that is not null are exploitable, reads are probably not. Apart from it, a read of freed memory counts as
probably exploitable (what the object says decides what follows), and so does whatever damages the heap. Nothing here
is proof.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from triage.hypotheses.rules_crash import MANAGED, Crash

__all__ = ("Level", "Severity", "severity")

Level = Literal["exploitable", "probably exploitable", "probably not exploitable", "unknown"]

_CORRUPTION: Final = ("use after free", "out of bounds")
_HARMLESS: Final = {
    "assertion": "the program noticed by itself and stopped",
    "abort": "the program stopped itself",
    "exception": "the language noticed and stopped",
    "uncaught exception": "the language noticed and stopped",
    "arithmetic": "a number has no result; nothing was overwritten",
    "stack overflow": "recursion met the guard page",
    "out of memory": "it stops the program, and nothing more",
    "out of resources": "it stops the program, and nothing more",
    "deadlock": "it stops the program, and nothing more",
    "hang": "it stops the program, and nothing more",
    "leak": "memory is lost, and nothing more",
    "killed": "somebody else ended it",
    "missing library": "the program did not start",
    "trap": "the program met a trap that was put there to stop it",
    "misaligned access": "the processor refused the access",
}


class Severity(msgspec.Struct, frozen=True):
    """The level and the reasons for it."""

    level: Level
    reasons: tuple[str, ...]


def severity(crash: Crash, classes: Sequence[str]) -> Severity:
    """Grade a crash.

    Parameters
    ----------
    crash
        What is known of it.
    classes
        The classes of the rules that are likely, the likeliest first.
    """
    top = classes[0] if classes else ""
    for grade in (_jump(crash, top), _guarded(crash, top), _corrupting(crash, top), _fault(crash, top)):
        if grade is not None:
            return grade
    if top in _HARMLESS:
        return Severity("probably not exploitable", (_HARMLESS[top],))
    return Severity("unknown", ("the report does not tell what was accessed, and how",))


def _jump(crash: Crash, top: str) -> Severity | None:
    """The program ran to where no code is."""
    if crash.text("platform") in MANAGED or top not in {
        "wild access",
        "null dereference",
        "out of bounds",
        "use after free",
    }:
        return None
    if crash.instruction == "return":
        return Severity("exploitable", ("it crashed in a return: the stack was overwritten",))
    jumps = crash.instruction == "call" or (crash.executes and top in {"wild access", "null dereference"})
    if not jumps:
        return None
    if crash.zone in {"null", "near null"}:
        return Severity("probably exploitable", ("it called a function through a pointer that is near null",))
    return Severity(
        "exploitable", ("it jumped to an address that is no code: who decides the address decides what runs",)
    )


def _guarded(crash: Crash, top: str) -> Severity | None:
    """A guard of the compiler or the library stopped it."""
    names = [frame["function"] or "" for frame in crash.handling]
    if any(name.startswith(("__stack_chk_fail", "__report_gsfailure")) for name in names):
        return Severity("probably exploitable", ("the guard of the stack was overwritten, and noticed",))
    if top == "out of bounds" and any("_chk" in name or "fortify_fail" in name for name in names):
        return Severity("probably not exploitable", ("a safe function of the library refused the copy",))
    return None


def _corrupting(crash: Crash, top: str) -> Severity | None:
    """Memory was, or may have been, overwritten."""
    if top in _CORRUPTION:
        what = "freed memory" if top == "use after free" else "memory beyond a buffer"
        if crash.access == "write":
            return Severity("exploitable", (f"{what} was written",))
        if crash.access == "read":
            if top == "use after free":
                return Severity(
                    "probably exploitable", ("freed memory was read: what stands there decides what follows",)
                )
            return Severity("probably not exploitable", (f"{what} was read: it can leak what stands there",))
        return Severity("probably exploitable", (f"{what} was accessed; whether it was written is not told",))
    if top in {"heap corruption", "invalid free"}:
        return Severity("probably exploitable", ("the records of the heap are damaged or misused",))
    if top in {"bad cast", "pure virtual call"}:
        return Severity("probably exploitable", ("an object is taken for one of another class",))
    if top == "uninitialised memory":
        return Severity("unknown", ("what stands in memory that nobody wrote may be chosen, or not",))
    if top == "injection":
        return Severity("exploitable", ("input reached a command, a path or a name",))
    if top == "illegal instruction":
        return Severity(
            "probably exploitable", ("an instruction that does not exist was reached: code may have been overwritten",)
        )
    if top in {"data race", "undefined behaviour"}:
        return Severity("unknown", ("what follows depends on timing or on the compiler",))
    return None


def _fault(crash: Crash, top: str) -> Severity | None:
    """An address that is not the program's was accessed."""
    if top == "null dereference":
        if crash.access == "write":
            return Severity("unknown", ("it wrote near null: harmless unless the offset can be chosen",))
        return Severity("probably not exploitable", ("it followed a pointer that is near null",))
    if top != "wild access":
        return None
    if crash.access == "write":
        return Severity("exploitable", ("it wrote to an address that is not the program's",))
    if crash.access == "read":
        return Severity("probably not exploitable", ("it read from an address that is not the program's",))
    return Severity("unknown", ("whether it read or wrote is not told",))
