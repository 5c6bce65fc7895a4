r"""What reporters of crashes say above the stack that they took from gdb: which signal ended the program.

Facts: general knowledge of the reports of Ubuntu (apport: a list of rows) and of KDE (DrKonqi). Grammar, a line each::

    apport  = ( key ": " value )*  ( "Signal: " n | "SignalName: " name )  ( key ": " value )*  "Stacktrace:"  frame*
    drkonqi = "Application: " title " (" program "), signal: " words  blank*  frame*
"""

from __future__ import annotations

from typing import Final

from triage.formats.exception_codes import name as code_name
from triage.formats.traces.patterns import lazy
from triage.formats.traces.signal_names import spoken
from triage.formats.traces.window import Window

__all__ = ("signal_above",)

_APPORT: Final = "Stacktrace:"
_ROW: Final = lazy(r"Signal(?:: (?P<number>\d{1,3})|Name: (?P<name>SIG[A-Z]{2,6}))\s*$")
_DRKONQI: Final = lazy(r"Application: .{0,200}\(.{1,100}\), signal: (?P<words>[A-Z][\w/ ]{2,40}?)\s*$")
_ROWS, _NEAR = 40, 6


def signal_above(window: Window, first: int) -> str | None:
    """The name of the signal that a reporter gives above a line, None where there is none."""
    if (window[first - 1] or "").strip() == _APPORT:
        return _apport(window, first - 2)
    for index in range(first - 1, first - _NEAR, -1):
        line = window[index]
        if line is None or window.is_record(index):
            return None
        if found := _DRKONQI.match(line.strip()):
            return spoken(found["words"])
        if line.strip():
            return None
    return None


def _apport(window: Window, last: int) -> str | None:
    """The signal among the rows above, which have no blank line between them."""
    for index in range(last, last - _ROWS, -1):
        line = window[index]
        if line is None or not line.strip() or window.is_record(index):
            return None
        if row := _ROW.match(line.strip()):
            return row["name"] or code_name("linux", int(row["number"]))
    return None
