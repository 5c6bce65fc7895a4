r"""Stacks of .NET as its debuggers show them: SOS in WinDbg, lldb and dotnet-dump, and dotnet-stack.

Facts: general knowledge of SOS for .NET Framework 2 to 4.8 and .NET Core 2 to 9, and of dotnet-stack 6 to 9. Grammar,
one line each::

    report  = ( thread heading row* )+ | error | ( shown image* )+
    thread  = "OS Thread Id: 0x" hex " (" n ")"
    heading = ( "Child SP" | "Child-SP" | "ESP" | "SP" ) ( "IP" | "EIP" ) [ "Call Site" | "Function" ]
    row     = hex " " ( hex | "(MethodDesc" words ")" ) " " [ "[" kind ":" words "]" ] [ call ]
    call    = [ image "!" ] type "." method "(" types ")" [ ( " + " n ) | ( "+0x" hex ) ] [ " [" file " @ " n "]" ]
    error   = "Exception object: " hex  "Exception type: " type  "Message: " words  "InnerException: " words
              "StackTrace (generated):" heading row*  "StackTraceString: " words  "HResult: " hex
    shown   = "Thread (0x" hex "):"
    image   = "  " image "!" call | "  [Native Frames]"

With `-a` the arguments and variables stand below a row; they are left out. The innermost frame comes first.
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.block import Block, rows
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "dotnet-sos"
TITLE: Final = "Stacks of .NET in a debugger"
PLATFORM: Final = "dotnet"
ANCHORS: Final = ("OS Thread Id: 0x", " IP Call Site", "Exception type: ", "Thread (0x")

_THREAD: Final = lazy(r"\s{0,4}OS Thread Id: 0x(?P<id>[0-9a-fA-F]{1,8})(?: \(-?\d{1,9}\))?\s*$")
_HEADING: Final = lazy(r"\s{0,20}(?:Child[ -]SP|ESP|SP)\s{1,20}(?:IP|EIP)(?:\s{1,20}(?:Call Site|Function))?\s*$")
_ROW: Final = lazy(
    r"\s{0,8}[0-9a-fA-F]{8,16} (?:(?P<address>[0-9a-fA-F]{8,16})|\(MethodDesc [^()]{1,400}\)|\s{8,16})"
    r" {0,4}(?:\[(?P<kind>\w{2,60}Frame\w{0,20}|GCFrame)(?::[^\[\]]{0,80})?\] ?)?(?P<call>\S.*)?$"
)
_CALL: Final = lazy(
    r"(?:(?P<image>[^\s!()\[\]]{1,300})!)?(?P<name>[^\s(][^(]{0,2000}?)"
    r"(?:\((?P<args>[^()]{0,3000}(?:\([^()]{0,400}\)[^()]{0,400}){0,40})\))?"
    r"(?:(?: \+ 0x|\+0x| \+ )(?P<offset>[0-9a-fA-F]{1,8}))?"
    r"(?: \[(?P<file>[^\[\]]{1,1000}?) @ (?P<line>\d{1,9})\])?\s*$"
)
_HELD: Final = lazy(r"\s{4,12}(?:PARAMETERS:|LOCALS:|<no data>|[\w<>`.+-]{1,200}(?: \([^()]{1,80}\))? = )|\s*$")
_SHOWN: Final = lazy(r"Thread \(0x(?P<id>[0-9A-Fa-f]{1,8})\):\s*$")
_IMAGE: Final = lazy(r" {2}(?=[^\s!()]{1,300}![^\s(]{1,2000}\()(?P<call>.*)$")
_NATIVE: Final = lazy(r" {2}(?P<call>\[Native Frames\]|UNMANAGED_CODE_TIME|CPU_TIME)\s*$")
_SAID: Final = lazy(r"(?P<key>Exception type|Message|InnerException|HResult|StackTraceString):\s{1,20}(?P<value>.*)$")
_OBJECT: Final = lazy(r"Exception object: [0-9a-fA-F]{8,16}\s*$")
_GENERATED: Final = "StackTrace (generated):"
_RAISED: Final = ("FaultingExceptionFrame", "SoftwareExceptionFrame")
_MESSAGE, _THREADS, _HELD_MOST = 12, 10_000, 4_000


def read(window: Window) -> Report | None:
    """The stacks or the exception that begin at the anchor line."""
    line = window[0] or ""
    block = Block(window)
    if _THREAD.match(line) or _HEADING.match(line):
        return _stacks(block)
    if line.startswith("Exception type: "):
        return _exception(block)
    return _snapshot(block) if _SHOWN.match(line) else None


def _stacks(block: Block) -> Report | None:
    """The threads that `clrstack` shows."""
    found: list[tuple[int | None, list[Frame]]] = []
    at = end = 0
    raised = 0
    while len(found) < _THREADS:
        thread = _THREAD.match(block[at] or "")
        start = at + bool(thread)
        if (not thread and found) or not _HEADING.match(block[start] or ""):
            break
        frames, end = _rows(block, start + 1)
        if any(frame.function_raw in _RAISED for frame in frames) and not raised:
            raised = len(found)
        found.append((int(thread["id"], 16) if thread else None, frames))
        at = block.skip_blank(end)
    found.insert(0, found.pop(raised)) if found else None
    return _dump(found, end)


def _rows(block: Block, start: int) -> tuple[list[Frame], int]:
    """The rows of a stack, without what stands below them of arguments and variables, and where they end."""
    frames: list[Frame] = []
    at = end = start
    while at - end < _HELD_MOST and (line := block[at]) is not None:
        if row := _row(line, at):
            frames.append(row)
            end = at + 1
        elif not _HELD.match(line) or (not line.strip() and not (block[at + 1] or "").strip()):
            break
        at += 1
    return frames, end


def _row(line: str, at: int) -> Frame | None:
    """The frame of a row; a mark of the runtime between two frames is a note."""
    row = _ROW.match(line) if len(line) < 8_192 else None
    if row is None or not (row["kind"] or row["call"]):
        return None
    frame = _called(row["call"], at) if row["call"] else None
    if frame is None:
        return Frame(frame_kind="note", function_raw=row["kind"], text_line=at) if row["kind"] else None
    return frame


def _called(text: str, at: int) -> Frame | None:
    """The frame that a call names."""
    call = _CALL.match(text)
    if call is None or not (call["args"] is not None or call["offset"] or call["image"]):
        return None
    # what is not managed has an offset and no arguments
    managed = "." in call["name"]
    return Frame(
        function=call["name"].strip(),
        args=call["args"] or None,
        module=call["image"],
        file=call["file"],
        line=int(call["line"]) if call["line"] else None,
        language="csharp" if managed else None,
        trust="text",
        text_line=at,
    )


def _dump(found: list[tuple[int | None, list[Frame]]], end: int) -> Report | None:
    """Stacks of which nobody says what happened; the first is that of the thread that was looked at."""
    traces = tuple(
        Trace(
            frames=tuple(frames),
            role="thread" if place else "crash",
            thread_id=number,
            crashed=not place,
            unwinder="text",
        )
        for place, (number, frames) in enumerate(found)
    )
    if not any(frame.function for trace in traces for frame in trace.frames):
        return None
    return Report(end=end, kind="dump", level="error", traces=traces, thread_id=found[0][0])


def _snapshot(block: Block) -> Report | None:
    """All threads as dotnet-stack shows them."""
    found: list[tuple[int | None, list[Frame]]] = []
    at = end = 0
    while len(found) < _THREADS and (thread := _SHOWN.match(block[at] or "")):
        frames, end = rows(block, at + 1, _shown)
        if not frames:
            break
        found.append((int(thread["id"], 16), frames))
        at = block.skip_blank(end)
    return _dump(found, end)


def _shown(line: str, at: int) -> Frame | None:
    """The frame of a row of dotnet-stack."""
    if native := _NATIVE.match(line):
        return Frame(frame_kind="note", function_raw=native["call"], text_line=at)
    image = _IMAGE.match(line) if len(line) < 8_192 else None
    return _called(image["call"], at) if image else None


def _exception(block: Block) -> Report | None:
    """What `pe` shows of an exception."""
    said: dict[str, str] = {}
    key, at = "", 0
    while at < _MESSAGE and (line := block[at]) is not None and not line.startswith(_GENERATED):
        if found := _SAID.match(line):
            key = found["key"]
            said[key] = found["value"].strip()
        elif key == "Message":
            said[key] += f"\n{line.strip()}"
        at += 1
    end, frames = at, list[Frame]()
    if (block[at] or "").startswith(_GENERATED) and _HEADING.match(block[at + 1] or ""):
        frames, end = _rows(block, at + 2)
    if not frames and "HResult" not in said:
        return None
    after = block.skip_blank(end)
    while (tail := _SAID.match(block[after] or "")) and tail["key"] in {"StackTraceString", "HResult"}:
        said[tail["key"]] = tail["value"].strip()
        after = end = after + 1
    error, value = said["Exception type"], said.get("Message", "").strip()
    value = "" if value == "<none>" else value
    return Report(
        first=-1 if _OBJECT.match(block.at(-1) or "") else 0,
        end=end,
        kind="oom" if error == "System.OutOfMemoryException" else "exception",
        level="error",
        traces=(
            Trace(frames=tuple(frames), error_type=error, error_value=value or None, crashed=True, unwinder="text"),
        ),
        error_type=error,
        error_value=value or None,
        complete=bool(frames),
    )
