r"""Simulators of hardware: assertions and stops of Verilator, fatal messages and errors of UVM.

Facts: general knowledge of Verilator 4 and 5 and of UVM 1.1 to 2020. Grammar, one line each::

    verilator = [ "[" time "] " ] ( "%Error: " | "%Fatal: " ) place "Assertion failed in " scope [ ": " message ] stop*
    stop      = ( "%Error: " | "%Fatal: " ) place "Verilog $stop" | "Aborting..."
    place     = file ":" line ": "
    uvm       = ( "UVM_FATAL " | "UVM_ERROR " ) [ file "(" line ") " ] "@ " time ": " scope " [" id "] " message
"""

from __future__ import annotations

import re
from typing import Final

from triage.formats.traces.block import Block
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "verilog"
TITLE: Final = "Failure in a simulation of hardware"
PLATFORM: Final = "verilog"
ANCHORS: Final = ("Assertion failed in ", "UVM_FATAL ", "UVM_ERROR ")

_ASSERTED: Final = lazy(
    r"(?:\[\d{1,20}\] )?%(?:Error|Fatal): (?P<file>\S[^:\n]{0,600}):(?P<line>\d{1,9}): "
    r"Assertion failed in (?P<scope>[^\s:]{1,600})(?:: (?P<text>\S.{0,4000}))?$"
)
_STOP: Final = lazy(r"%(?:Error|Fatal): \S.{0,600}: Verilog \$stop\s*$|Aborting\.\.\.\s*$")
_UVM: Final = lazy(
    r"(?:# )?(?P<level>UVM_FATAL|UVM_ERROR) (?:(?P<file>\S[^()\n]{0,600})\((?P<line>\d{1,9})\) )?"
    r"@ [\d.]{1,24} ?[a-z]{0,2}: (?P<scope>[^\s\[\]]{1,600}) \[(?P<id>[^\[\]]{1,200})\] (?P<text>\S.{0,4000})$"
)
_STOPS: Final = 2


def read(window: Window) -> Report | None:
    """The failure that the anchor line tells of."""
    line = (window[0] or "").rstrip()
    if found := _ASSERTED.match(line):
        block, end = Block(window), 1
        while end <= _STOPS and _STOP.match(block[end] or ""):
            end += 1
        # it says no more where the assertion has no message
        value = (found["text"] or found["scope"]).strip()
        return _report(found, "assertion", "Assertion failed", value, end)
    if found := _UVM.match(line):
        return _report(found, "exception", found["id"], found["text"].strip(), 1)
    return None


def _report(found: re.Match[str], kind: str, error: str, value: str, end: int) -> Report:
    """The report of a line: its scope is the one frame that there is."""
    frame = Frame(
        function=found["scope"],
        file=found["file"],
        line=int(found["line"]) if found["line"] else None,
        language="verilog",
        trust="text",
        text_line=0,
    )
    fatal = found.groupdict().get("level") != "UVM_ERROR"
    return Report(
        end=end,
        kind=kind,
        level="fatal" if fatal else "error",
        traces=(Trace(frames=(frame,), error_type=error, error_value=value),),
        error_type=error,
        error_value=value,
        leads=fatal,
    )
