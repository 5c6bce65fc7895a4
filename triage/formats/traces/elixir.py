"""Elixir: exceptions with their stack, what Logger says of a process that ended.

Facts: general knowledge of Elixir 1.4 to 1.18. Grammar, one line each::

    elixir  = [ reason line ] head message lines frame*  [ detail* ]
    head    = "** (" ( class | "exit" | "throw" | "EXIT from " pid ) ") " message
    frame   = [ "(" application [ " " version ] ") " ] file ":" line [ ":" column ] ": " function
            | "(" application [ " " version ] ") " function
    reason  = ( "GenServer " name | "Task " pid ... | "Process " pid ) ( " terminating" | " raised an exception" ... )
    detail  = ( "Last message" | "State" | "Function" | "Args" | "Server" | "Request" | "Initial Call" | ... ) ": " ...

Frames are printed innermost first. What Erlang itself prints is read in `erlang`.
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.block import Block
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "elixir"
TITLE: Final = "Elixir exception"
PLATFORM: Final = "elixir"
ANCHORS: Final = ("** (",)

_HEAD: Final = lazy(
    r"(?P<indent>\s*)\*\* \((?P<error>[A-Z][\w.]{1,200}|exit|throw|EXIT from [^)\n]{1,100})\)(?: (?P<text>.*))?$"
)
_FRAME: Final = lazy(
    r"\s+(?:\((?P<app>[a-z][\w]{0,80})(?: (?P<version>[^)\n]{1,60}))?\) )?"
    r"(?:(?P<file>[^\s:()]{1,400}):(?P<line>\d{1,9})(?::\d{1,9})?: )?(?P<name>[^\s(].{0,1000})$"
)
_ARITY: Final = lazy(r".*/\d{1,3}$|\(file\)$|\(module\)$|.*\)$")
_SOURCES: Final = (".ex", ".exs", ".erl", ".eex", ".heex", ".leex", "iex", "nofile", ".yrl", ".xrl")
_REASON: Final = lazy(
    r"(?:\[(?:error|warn|warning)\] )?(?P<what>GenServer .{1,400} terminating|Task .{1,400} terminating"
    r"|Process .{1,200} (?:raised an exception|terminating)|#PID<[\d.]{3,40}> .{1,400} terminated"
    r"|gen_statem .{1,400} terminating|Ranch .{1,400})\s*$"
)
_DETAIL: Final = lazy(
    r"(?:Last message(?: \(from [^)\n]{1,100}\))?|State|Function|Args|Server|Request|Initial Call|Ancestors"
    r"|Message Queue(?: Length)?|Messages|Links|Dictionary|Trapping Exits|Status|Heap Size|Stack Size|Reductions"
    r"|Client #?[^:\n]{1,100}|Start Call|Queue|Postponed): ?"
)
# Lines of a message below its first.
_MESSAGE: Final = 24


def read(window: Window) -> Report | None:
    """The exception whose head is the anchor line."""
    block = Block(window)
    line = block[0] or ""
    head = _HEAD.match(line)
    return _elixir(block, head["error"], head["text"] or "") if head else None


def _elixir(block: Block, error: str, text: str) -> Report | None:
    """A head with its message and frames, what Logger wrote above it, and the details below."""
    start, inner = 1, None
    below = block[1]
    if below is not None and below.lstrip().startswith("** (") and (inner := _HEAD.match(below)):
        # `an exception was raised:` and the exception itself
        error, text, start = inner["error"], inner["text"] or "", 2
    lines = [text]
    index = start
    while index < start + _MESSAGE and (line := block[index]) is not None:
        if _frame(line, 0) or not line.strip() or _DETAIL.match(line) or line.startswith("** ("):
            break
        lines.append(line.strip())
        index += 1
    end = _frames_end(block, index)
    if end == index:
        # without a stack only the head is sure
        lines, index, end = [text], start, start
    frames = [frame for at in range(index, end) if (frame := _frame(block[at] or "", at))]
    first, what = _reason(block)
    if not frames and first == 0 and not (error[0].isupper() and error.endswith("Error")):
        return None
    end, details = _details(block, end) if first or not frames else (end, ())
    value = "\n".join(lines).strip() or None
    trace = Trace(frames=tuple(frames), error_type=error, error_value=value, thread_name=what)
    return Report(
        first=first,
        end=end,
        kind="exception",
        level="error",
        traces=(trace,),
        error_type=error,
        error_value=value,
        process=what,
        facts=details,
        complete=bool(frames),
    )


def _frames_end(block: Block, index: int) -> int:
    """Where a run of frames ends (exclusive)."""
    while (line := block[index]) is not None and _frame(line, index):
        index += 1
    return index


def _reason(block: Block) -> tuple[int, str | None]:
    """Where the report begins: at the line that says which process ended, with details between, else at its head."""
    for index in range(-1, -6, -1):
        line = block.window[index]
        if line is None:
            break
        if found := _REASON.match(line.strip()):
            return index, found["what"]
        if not _DETAIL.match(line):
            break
    return 0, None


def _details(block: Block, index: int) -> tuple[int, tuple[tuple[str, str], ...]]:
    """What Logger tells of the process below the stack; where that ends (exclusive)."""
    facts: list[tuple[str, str]] = []
    while (line := block[index]) is not None and (found := _DETAIL.match(line)):
        key = found[0].strip().rstrip(":").lower().replace(" ", "_")
        if len(facts) < 24 and not key.startswith("last_message_("):
            facts.append((key, line[found.end() :].strip()[:2000]))
        index += 1
    return index, tuple(facts)


def _frame(line: str, text_line: int) -> Frame | None:
    """A frame line, None where it is none."""
    found = _FRAME.match(line)
    if found is None or not (found["file"] or found["app"]):
        return None
    if found["file"] and not found["file"].endswith(_SOURCES):
        return None
    if not found["file"] and not _ARITY.match(found["name"]):
        return None
    return Frame(
        function=found["name"].rstrip(),
        module=found["app"],
        file=found["file"],
        line=int(found["line"]) if found["line"] else None,
        language="elixir",
        trust="text",
        text_line=text_line,
    )
