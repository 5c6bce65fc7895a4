r"""User programs that a signal ended, in one line of the Linux kernel's log.

Facts: general knowledge of `show_signal_msg` and of the traps of x86 and ARM64. Grammar, one line each::

    report  = name "[" pid "]: segfault at " hex " ip " hex " sp " hex " error " hex [ mapping ] [ " likely on CPU " … ]
            | [ "traps: " ] name "[" pid "] " [ "trap " ] trap " ip:" hex " sp:" hex " error:" hex [ mapping ]
            | name "[" pid "]: unhandled " ( "signal " n | "exception: " words ) … [ mapping ]
    mapping = " in " image "[" [ offset "," ] start "+" size "]"
    code    = "Code: " bytes                                      may stand below

The only frame is where the processor was, by its offset in the mapping (or in the file, where the kernel prints that).
"""

from __future__ import annotations

import re
from typing import Final

from triage.formats.exception_codes import name as code_name
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.signal_names import number
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "segfault"
TITLE: Final = "Program ended by a signal (kernel log)"
PLATFORM: Final = "native"
ANCHORS: Final = (
    ": segfault at ",
    "traps: ",
    "] general protection ip:",
    "] trap ",
    ": unhandled signal ",
    ": unhandled exception: ",
)

_MAPPING: Final = (
    r"(?: in (?P<image>\S.{0,200}?)\[(?:(?P<offset>[0-9a-f]{1,16}),)?(?P<start>[0-9a-f]{1,16})"
    r"\+(?P<size>[0-9a-f]{1,16})\])?"
)
_WHO: Final = r"(?:traps: )?(?P<process>[^\s\[\]].{0,40}?)\[(?P<pid>\d{1,9})\]"
_SEGFAULT: Final = lazy(
    rf"{_WHO}: segfault at (?P<address>[0-9a-f]{{1,16}}) [re]?ip (?P<ip>[0-9a-f]{{1,16}}) [re]?sp "
    rf"(?P<sp>[0-9a-f]{{1,16}}) "
    rf"error (?P<error>[0-9a-f]{{1,8}}){_MAPPING}"
)
_TRAP: Final = lazy(
    rf"{_WHO} (?:trap )?(?P<trap>general protection(?: fault)?|invalid opcode|int3|divide error|stack segment|bounds"
    rf"|alignment check|coprocessor error|overflow)"
    rf" ip:(?P<ip>[0-9a-f]{{1,16}}) sp:(?P<sp>[0-9a-f]{{1,16}}) error:(?P<error>[0-9a-f]{{1,8}}){_MAPPING}"
)
_ARM: Final = lazy(
    rf"{_WHO}: unhandled (?:signal (?P<signal>\d{{1,2}})|exception: )(?P<words>[^\[\n]{{0,160}}?){_MAPPING}$"
)
_AT: Final = lazy(r"at (0x[0-9a-f]{1,16})")
_SIGNALS: Final = {
    "general protection": "SIGSEGV",
    "stack segment": "SIGBUS",
    "invalid opcode": "SIGILL",
    "int3": "SIGTRAP",
    "divide error": "SIGFPE",
    "alignment check": "SIGBUS",
    "coprocessor error": "SIGFPE",
}


def read(window: Window) -> Report | None:
    """The program that a line of the kernel tells of."""
    text = (window[0] or "").strip()
    found = _SEGFAULT.match(text)
    if found:
        return _report(window, found, "SIGSEGV", "segfault", int(found["address"], 16))
    found = _TRAP.match(text)
    if found:
        trap = found["trap"]
        return _report(window, found, _SIGNALS.get(trap.removesuffix(" fault"), "SIGSEGV"), trap, None)
    found = _ARM.match(text)
    if found:
        number = int(found["signal"]) if found["signal"] else 11
        at = _AT.search(found["words"])
        return _report(
            window,
            found,
            code_name("linux", number) or f"signal {number}",
            "unhandled signal",
            int(at[1], 16) if at else None,
        )
    return None


def _report(window: Window, found: re.Match[str], signal: str, word: str, address: int | None) -> Report:
    """The report, with the bytes of code that may stand below."""
    parts = found.groupdict()
    code = window[1] or ""
    coded = code.lstrip().startswith("Code: ")
    error = int(parts["error"], 16) if parts.get("error") else None
    ip = int(parts["ip"], 16) if parts.get("ip") else None
    frames, modules = _place(parts, ip)
    bits = error if word == "segfault" and error is not None else None
    facts = {"trap": word, "error_code": parts.get("error"), "sp": parts.get("sp")}
    if coded:
        facts["code"] = code.strip().removeprefix("Code: ")[:400]
    value = f"{word} at 0x{address:x}" if address is not None else word
    pid = int(parts["pid"])
    return Report(
        end=2 if coded else 1,
        kind="crash",
        traces=(
            Trace(
                frames=frames,
                error_type=signal,
                error_value=value,
                thread_id=pid,
                thread_name=parts["process"],
                crashed=True,
                unwinder="text",
            ),
        ),
        error_type=signal,
        error_value=value,
        error_code=number(signal),
        error_code_name=signal,
        signal=signal,
        fault_address=address,
        access=None if bits is None else "EXECUTE" if bits & 16 else "WRITE" if bits & 2 else "READ",
        process_id=pid,
        process=parts["process"],
        thread_id=pid,
        os_name="Linux",
        facts=tuple((key, fact) for key, fact in facts.items() if fact),
        modules=modules,
        leads=True,
    )


def _place(parts: dict[str, str | None], ip: int | None) -> tuple[tuple[Frame, ...], tuple[dict[str, object], ...]]:
    """Where the processor was, and in which image."""
    image = parts.get("image")
    if ip is None and not image:
        return (), ()
    start = int(parts["start"] or "0", 16) if image else 0
    known = parts.get("offset")
    offset = int(known, 16) if known else ip - start if image and ip is not None else None
    module: dict[str, object] = {"name": image, "base": start, "size": int(parts["size"] or "0", 16)}
    frame = Frame(
        module=image,
        module_offset=offset if offset is None or offset >= 0 else None,
        trust="context",
        address=ip,
        text_line=0,
    )
    return (frame,), (module,) if image else ()
