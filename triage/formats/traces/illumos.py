r"""Panics of the kernels of illumos and Solaris, with the stack that they print.

Facts: general knowledge of Solaris 10 and 11 and of illumos. Grammar, one line each::

    report = "panic[cpu" n "]/thread=" hex ":" [ words ] other* row+
    other  = "BAD TRAP: type=" hex " (" words ") ..." | key "=" value words | words | ""
    row    = hex " " module ":" function "+" hex " (" [ arguments ] ")"
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.block import Block, rows
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "illumos-panic"
TITLE: Final = "Panic of a kernel of illumos"
PLATFORM: Final = "native"
ANCHORS: Final = ("panic[cpu",)

_PANIC: Final = lazy(r"panic\[cpu\d{1,5}\]/thread=[0-9a-f]{6,16}:\s{0,4}(?P<text>\S.{0,1000})?$")
_ROW: Final = lazy(
    r"(?:%fp=)?[0-9a-f]{8,16} (?P<module>[A-Za-z][\w-]{0,60}):(?P<name>[A-Za-z_][\w.$]{0,200})"
    r"\+(?P<offset>[0-9a-f]{1,8}) \((?P<args>[^()]{0,400})\)\s*$"
)
_TRAP: Final = lazy(r"BAD TRAP: type=[0-9a-f]{1,4} \((?:#\w{2} )?(?P<type>[^()]{1,100})\)")
_ADDRESS: Final = lazy(r"\baddr=(?:0x)?(?P<address>[0-9a-f]{1,16})\b")
_SIGNALS: Final = {"Page fault": "SIGSEGV", "Divide error": "SIGFPE", "Invalid opcode": "SIGILL"}
_ASSERTED: Final = "assertion failed: "
_AHEAD: Final = 64


def read(window: Window) -> Report | None:
    """The panic that begins at the anchor line."""
    panic = _PANIC.match(window[0] or "")
    if panic is None:
        return None
    block = Block(window)
    start = next((at for at, line in enumerate(block.head(1, _AHEAD), 1) if _ROW.match(line)), 0)
    frames, end = rows(block, start, _frame) if start else ([], 0)
    if not frames:
        return None
    # a message that is long stands on a line of its own
    value = (panic["text"] or block[block.skip_blank(1)] or "").strip() or None
    trap = _TRAP.match(value or "")
    address = _ADDRESS.search(value or "") if trap else None
    error = trap["type"].strip() if trap else "panic"
    asserted = bool(value and value.startswith(_ASSERTED))
    return Report(
        end=end,
        kind="assertion" if asserted else "crash",
        traces=(Trace(frames=tuple(frames), error_type=error, error_value=value, crashed=True, unwinder="text"),),
        error_type=error,
        error_value=value,
        signal=_SIGNALS.get(error),
        fault_address=int(address["address"], 16) if address else None,
        process="kernel",
    )


def _frame(line: str, at: int) -> Frame | None:
    """The frame of a row; its first column is the frame's pointer, no address of code."""
    row = _ROW.match(line)
    if row is None:
        return None
    return Frame(
        function=row["name"],
        module=row["module"],
        args=row["args"] or None,
        symbol_offset=int(row["offset"], 16),
        language="c",
        trust="text",
        text_line=at,
    )
