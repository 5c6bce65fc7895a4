r"""Crashes in native code as Mono shows them: the signal, the native stack, the managed one.

Facts: general knowledge of Mono 5.18 to 6.12 and of the Mono of .NET 5 to 9. A rule is a line of `=`. Grammar::

    report  = rule "Native Crash Reporting" rule "Got a " SIGNAL " while executing native code." words* rule section*
            | rule "Managed Stacktrace:" rule managed+ [ rule ]
    section = rule title rule line*
    title   = "Native stacktrace:" | "Managed Stacktrace:" | words
    native  = "0x" hex " - " image " : " ( name | "(null)" ) | "(No frames)"
    managed = "at " [ "(" wrapper words ")" ] ( type ":" method [ " (" types ")" ] | "<unknown>" ) " <0x" hex ">"

The stack that counts is the native one where it has names of others than the runtime, else the managed one.
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.block import Block, rows
from triage.formats.traces.gdb_frames import call
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "mono-crash"
TITLE: Final = "Crash report of Mono"
PLATFORM: Final = "dotnet"
ANCHORS: Final = ("Native Crash Reporting", "Managed Stacktrace:")

_RULE: Final = lazy(r"\s{0,4}={40,200}\s*$")
_GOT: Final = lazy(r"\s{0,4}Got an? (?P<signal>SIG[A-Z]{2,6}) while executing native code\b")
_TITLE: Final = lazy(r"(?:\s|#011){0,12}(?P<title>[A-Z][A-Za-z ]{2,60}?):?\s*$")
_NATIVE: Final = lazy(
    r"(?:\s|#011){0,12}0x(?P<address>[0-9a-fA-F]{1,16}) - (?P<image>\S.{0,600}?) : ?(?P<name>\S.{0,2000}?)?\s*$"
)
_MANAGED: Final = lazy(
    r"(?:\s|#011){0,12}at (?:\((?P<wrapper>wrapper [\w-]{1,60})\) )?(?P<name><unknown>|[^\s(][^(]{0,1500}?)"
    r"(?: \((?P<args>[^()]{0,3000})\))?(?: <0x[0-9a-f]{1,16}(?: \+ 0x[0-9a-f]{1,16})?>)?$"
)
_RUNTIME: Final = lazy(
    r"(?:.*/)?(?:mono(?:-sgen)?(?:64)?|libmono\S{0,60}|libc\.\S{0,20}|libpthread\S{0,20}|libsystem\S{0,60})$"
)
_RAISED: Final = frozenset({"SIGABRT", "SIGTRAP", "SIGILL"})
_NAMELESS, _MOST, _LONG = "(null)", 40_000, 4_000


def read(window: Window) -> Report | None:
    """The crash whose title the anchor line is."""
    if not _RULE.match(window[-1] or "") or not _RULE.match(window[1] or ""):
        return None
    block = Block(window)
    if "Managed" in (window[0] or ""):
        return _alone(block)
    got = _GOT.match(block[2] or "")
    if got is None:
        return None
    native, managed, end = _sections(block)
    named = any(frame.function and not _RUNTIME.match(frame.module or "") for frame in native)
    crash, other = (native, managed) if named or not managed else (managed, native)
    signal = got["signal"]
    others = (Trace(frames=tuple(other), role="other", unwinder="text"),) if other else ()
    return Report(
        first=-1,
        end=end,
        traces=(Trace(frames=tuple(crash), error_type=signal, crashed=True, unwinder="text"), *others),
        error_type=signal,
        signal=signal,
        complete=bool(crash),
        leads=True,
        follows=signal in _RAISED,
    )


def _alone(block: Block) -> Report | None:
    """The managed stack, where the log has lost what stood above it."""
    frames, end = rows(block, 2, _managed)
    if not any(frame.function for frame in frames):
        return None
    end += bool(_RULE.match(block[end] or ""))
    trace = Trace(frames=tuple(frames), crashed=True, unwinder="text")
    return Report(first=-1, end=end, traces=(trace,), complete=False, leads=True)


def _sections(block: Block) -> tuple[list[Frame], list[Frame], int]:
    """The native and the managed stack, and where the last section ends (exclusive)."""
    native: list[Frame] = []
    managed: list[Frame] = []
    title = ""
    at = end = 3
    while at - end < _LONG and at < _MOST and (line := block[at]) is not None:
        if _RULE.match(line):
            if managed and title.startswith("Managed"):
                return native, managed, at + 1
            below = _TITLE.match(block[at + 1] or "")
            title = below["title"] if below and _RULE.match(block[at + 2] or "") else ""
            at += 2 if title else 0
            end = at + 1
        elif title.startswith("Native") and (frame := _native(line, at)):
            native.append(frame)
            end = at + 1
        elif title.startswith("Managed"):
            if (frame := _managed(line, at)) is None and line.strip():
                break
            managed += [frame] if frame else []
            end = at + 1 if frame else end
        at += 1
    return native, managed, end


def _native(line: str, at: int) -> Frame | None:
    """The frame of a row of the native stack."""
    row = _NATIVE.match(line)
    if row is None:
        return None
    name = row["name"] if row["name"] != _NAMELESS else None
    function, args = call(name) if name else (None, None)
    return Frame(
        function=function,
        args=args or None,
        module=row["image"],
        address=int(row["address"], 16),
        trust="text",
        text_line=at,
    )


def _managed(line: str, at: int) -> Frame | None:
    """The frame of a row of the managed stack."""
    row = _MANAGED.match(line.rstrip())
    if row is None:
        return None
    known = row["name"] != "<unknown>"
    return Frame(
        function=row["name"].replace(":", ".", 1) if known else None,
        function_raw=row["wrapper"],
        args=row["args"] or None,
        language="csharp",
        trust="text",
        text_line=at,
    )
