r"""Panics of programs on Espressif's chips, with the stack that ESP-IDF's monitor looks up.

Facts: general knowledge of ESP-IDF 3 to 5 on Xtensa and RISC-V. Grammar, one line each::

    report = ( guru | abort | assert | overflow ) other* [ "Backtrace:" pair+ row* ]
    guru   = "Guru Meditation Error: Core " n " panic'ed (" words ")" [ ". " words ]
    abort  = "abort() was called at PC 0x" A " on core " n
    assert = "assert failed: " function " " file ":" line " (" expression ")"
    overflow = "***ERROR*** A stack overflow in task " name " has been detected."
    pair   = "0x" A ":0x" A
    row    = [ "--- " ] ( "0x" A ": " | "(inlined by) " ) function " at " file ":" line

Without the monitor there are addresses alone.
"""

from __future__ import annotations

import re
from typing import Final

from triage.formats.traces.block import Block
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "SIGNALS", "TITLE", "read")

NAME: Final = "esp-idf"
TITLE: Final = "Panic of an ESP chip"
PLATFORM: Final = "native"
ANCHORS: Final = (
    "Guru Meditation Error: ",
    "abort() was called at PC ",
    "assert failed: ",
    "***ERROR*** A stack overflow in task ",
)

_GURU: Final = lazy(r"Guru Meditation Error: Core\s{1,4}\d panic'ed \((?P<type>[^()\n]{1,100})\)(?P<text>.*)$")
_ABORT: Final = lazy(r"(?P<text>abort\(\) was called at PC 0x[0-9a-f]{8}(?: on core \d)?)\s*$")
_ASSERT: Final = lazy(r"assert failed: (?P<text>\S{1,200} \S{1,300}:\d{1,9} \(.{0,400}\))\s*$")
_OVERFLOW: Final = lazy(r"\*\*\*ERROR\*\*\* (?P<text>A stack overflow in task \S{1,60} has been detected)")
_BACKTRACE: Final = lazy(r"Backtrace: ?(?:0x[0-9a-f]{8}:0x[0-9a-f]{8} ?){1,200}(?:\|<-\w{1,20})?\s*$", re.IGNORECASE)
_PAIR: Final = lazy(r"0x([0-9a-f]{8}):", re.IGNORECASE)
_ROW: Final = lazy(
    r"\s{0,4}(?:--- )?(?:0x(?P<address>[0-9a-f]{8}): )?\s?(?:\(inlined by\) )?(?P<name>[A-Za-z_~].{0,600}?)"
    r" at (?P<file>\S.{0,400}?):(?P<line>\d{1,9})(?: \(discriminator \d{1,6}\))?\s*$"
)
_ADDRESS: Final = lazy(r"(?:EXCVADDR|MTVAL)\s{0,4}: 0x(?P<address>[0-9a-f]{8})", re.IGNORECASE)
_END: Final = lazy(r"Rebooting\.\.\.|ELF file SHA256:")
SIGNALS: Final = {
    "LoadProhibited": "SIGSEGV",
    "StoreProhibited": "SIGSEGV",
    "InstrFetchProhibited": "SIGSEGV",
    "LoadStoreError": "SIGBUS",
    "LoadStoreAlignment": "SIGBUS",
    "IllegalInstruction": "SIGILL",
    "IntegerDivideByZero": "SIGFPE",
    "Load access fault": "SIGSEGV",
    "Store access fault": "SIGSEGV",
    "Instruction access fault": "SIGSEGV",
    "Illegal instruction": "SIGILL",
}
_AHEAD, _GAP, _MOST = 60, 2, 2_000


def read(window: Window) -> Report | None:
    """The panic that begins at the anchor line."""
    line = window[0] or ""
    found = _GURU.match(line) or _ABORT.match(line) or _ASSERT.match(line) or _OVERFLOW.match(line)
    if found is None:
        return None
    block = Block(window)
    title, address = 1, None
    while title < _AHEAD and (text := block[title]) is not None and not _BACKTRACE.match(text):
        address = address or _ADDRESS.search(text)
        if _END.match(text):
            break
        title += 1
    backtrace = _BACKTRACE.match(block[title] or "")
    if backtrace is None and found.re.pattern != _GURU.pattern:
        return None
    frames, end = _frames(block, title, backtrace[0]) if backtrace else ([], 1)
    return _report(found, frames, end, int(address["address"], 16) if address else None)


def _frames(block: Block, title: int, text: str) -> tuple[list[Frame], int]:
    """The frames that were looked up below the line of the addresses, else the addresses."""
    frames: list[Frame] = []
    at = end = title + 1
    while at - end < _GAP and len(frames) < _MOST and (line := block[at]) is not None:
        at += 1
        row = _ROW.match(line)
        if row:
            frames.append(
                Frame(
                    function=row["name"].partition("(")[0],
                    address=int(row["address"], 16) if row["address"] else None,
                    file=row["file"],
                    line=int(row["line"]),
                    language="c",
                    trust="text",
                    text_line=at - 1,
                )
            )
            end = at
        elif line.strip():
            break
    if frames:
        return frames, end
    return [
        Frame(address=int(pair, 16), language="c", trust="text", text_line=title) for pair in _PAIR.findall(text)
    ], end


def _report(found: re.Match[str], frames: list[Frame], end: int, address: int | None) -> Report:
    """The report of what the first line says."""
    said = found.groupdict()
    value = (said.get("text") or "").strip(" .") or None
    kind, error, signal = "crash", said.get("type"), SIGNALS.get(said.get("type") or "")
    if error and "wdt" in error:
        kind = "hang"
    elif found.re.pattern == _ASSERT.pattern:
        kind, error = "assertion", "Assertion failed"
    elif found.re.pattern == _ABORT.pattern:
        error = signal = "SIGABRT"
    elif error is None:
        error = "stack overflow"
    return Report(
        end=end,
        kind=kind,
        traces=(Trace(frames=tuple(frames), error_type=error, error_value=value, crashed=True, unwinder="text"),),
        error_type=error,
        error_value=value,
        signal=signal,
        fault_address=address,
        complete=bool(frames),
        leads=True,
    )
