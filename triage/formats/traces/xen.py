r"""Panics of the Xen hypervisor, with the calls that led to them.

Facts: general knowledge of Xen 4.0 to 4.19. A line begins with "(XEN) " and, where it is told to, a time in brackets.
Grammar behind that, one line each::

    report = [ bug ] "----[ Xen-" version words "]----" other* "Xen call trace:" row+ other* [ panic ]
    bug    = "Xen BUG at " file ":" line | "Assertion '" words "' failed at " file ":" line
    row    = "   [<" hex ">] " [ ( "R" | "S" | "F" ) " " ] [ file "#" ] function "+0x" offset "/0x" size
    panic  = "Panic on CPU " n ":" words+

A letter tells how a caller was found: S on the stack, which need not have been one.
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.block import Block
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "xen"
TITLE: Final = "Panic of Xen"
PLATFORM: Final = "native"
ANCHORS: Final = ("Xen call trace:",)

_LED: Final = lazy(r"\(XEN\) ?(?:\[[^\]]{4,40}\] ?)?")
_ROW: Final = lazy(
    r" {1,8}\[<(?P<address>[0-9a-f]{8,16})>\] (?:(?P<how>[RSF]) )?(?:(?P<file>[\w./-]{1,200})#)?"
    r"(?P<name>[A-Za-z_][\w.$]{0,200})\+0x(?P<offset>[0-9a-f]{1,8})/0x[0-9a-f]{1,8}\s*$"
)
_BARE: Final = lazy(r" {1,8}\[<(?P<address>[0-9a-f]{8,16})>\] (?:[RSF] )?0*(?P=address)\s*$")
_BEGIN: Final = lazy(r"----\[ Xen-(?P<version>\S{1,60})")
_BUG: Final = lazy(r"(?P<type>Xen (?:BUG|WARN)) at (?P<text>\S.{0,400})$|(?P<said>Assertion '.{1,600}) failed at \S")
_PANIC: Final = lazy(r"Panic on CPU \d{1,5}:")
_STARS: Final = lazy(r"\*{20,80}\s*$")
_FAULT: Final = lazy(r"(?:FATAL )?PAGE FAULT|DOUBLE FAULT|GENERAL PROTECTION FAULT|FATAL TRAP\b.{0,100}")
_ADDRESS: Final = lazy(r"Faulting linear address: (?P<address>[0-9a-f]{8,16})")
_BACK, _AHEAD, _MOST = 62, 24, 1_000


def read(window: Window) -> Report | None:
    """The panic to whose calls the anchor line leads."""
    block = Block(window)
    if _bare(block.at(0)) != "Xen call trace:":
        return None
    frames: list[Frame] = []
    end = 1
    while end < _MOST and (frame := _frame(block.at(end), end)) is not None:
        frames.append(frame)
        end += 1
    if not any(frame.function for frame in frames):
        return None
    first, version, error, value = _above(window)
    stop, said, address = _below(block, end)
    error, value = (error, value) if error else said
    asserted = error is not None and error.startswith(("Xen", "Assertion"))
    return Report(
        first=first,
        end=stop,
        kind="assertion" if asserted else "crash",
        traces=(Trace(frames=tuple(frames), error_type=error, error_value=value, crashed=True, unwinder="text"),),
        error_type=error,
        error_value=value,
        signal="SIGSEGV" if error and error.endswith("PAGE FAULT") else None,
        fault_address=address,
        process="xen",
        release=version,
    )


def _bare(line: str | None) -> str | None:
    """A line behind what Xen puts before it."""
    if line is None:
        return None
    found = _LED.match(line)
    return (line[found.end() :] if found else line).rstrip()


def _above(window: Window) -> tuple[int, str | None, str | None, str | None]:
    """Where the report begins, the version, and what failed where that was said first."""
    for index in range(-1, -_BACK, -1):
        line = _bare(window[index])
        if line is None or window.is_record(index + 1):
            break
        if found := _BEGIN.match(line):
            bug = _BUG.match(_bare(window[index - 1]) or "")
            if bug is None:
                return index, found["version"], None, None
            error = bug["type"] or "Assertion failed"
            return index - 1, found["version"], error, (bug["text"] or bug["said"]).strip()
    return 0, None, None, None


def _below(block: Block, start: int) -> tuple[int, tuple[str | None, str | None], int | None]:
    """Where the report ends, what the panic says, and the address that nothing was at."""
    panic = address = None
    said: list[str] = []
    for index in range(start, start + _AHEAD):
        line = _bare(block[index])
        if line is None:
            break
        address = address or _ADDRESS.match(line)
        if panic is None:
            panic = index if _PANIC.match(line) else None
        elif _STARS.match(line):
            fault = next((found for text in said if (found := _FAULT.match(text))), None)
            error = fault[0].strip() if fault else "panic"
            value = "\n".join(said) or None
            return index + 1, (error, value), int(address["address"], 16) if address else None
        else:
            said.append(line)
    return start, (None, None), None


def _frame(line: str | None, at: int) -> Frame | None:
    """The frame of a row; the size of the function is left."""
    bare = _bare(line)
    if bare is None:
        return None
    row = _ROW.match(bare)
    if row is None:
        found = _BARE.match(bare)
        return found and Frame(address=int(found["address"], 16), language="c", trust="text", text_line=at)
    return Frame(
        function=row["name"],
        file=row["file"],
        address=int(row["address"], 16),
        symbol_offset=int(row["offset"], 16),
        language="c",
        trust="unreliable" if row["how"] == "S" else "text",
        text_line=at,
    )
