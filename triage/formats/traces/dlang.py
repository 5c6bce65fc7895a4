r"""D: what nobody caught, with the stack that druntime prints.

Facts: general knowledge of druntime's `rt.dmain2` and `core.runtime` on Linux, macOS and Windows. Grammar, one line
each::

    report = error rule frame* ( blank* error rule frame* )*                    what an error was chained to follows it
    error  = type "@" file "(" line ")" [ ": " message lines ]
    rule   = "----------------"
    frame  = ( file ":" line | "??:?" ) " " call " [0x" hex "]" | image "(" [ symbol "+0x" hex ] ")" " [0x" hex "]"
             | "0x" hex [ " in " call [ " at " file "(" line ")" ] ] | n image "0x" hex symbol " + " offset
    call   = attributes type name "(" arguments ")" attributes | symbol
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.block import Block
from triage.formats.traces.check_frames import form
from triage.formats.traces.patterns import lazy, opening
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "dlang"
TITLE: Final = "D exception"
PLATFORM: Final = "native"
ANCHORS: Final = (".d(", ".d-mixin-", ".di(")

_HEAD: Final = lazy(
    r"(?P<type>[a-z_]\w{0,80}(?:\.\w{1,80}){1,12}(?:!\([^()]{0,200}\))?)@(?P<file>[^()\n]{1,400})\((?P<line>\d{1,9})\)"
    r"(?:: ?(?P<text>.*))?$"
)
_RULE: Final = lazy(r"-{8,40}\s*$")
_FRAME: Final = lazy(
    r"(?:(?P<file>\S.{0,400}?):(?P<line>\d{1,9})|\?\?:\?) (?P<call>\S.{0,4000}) \[0x(?P<address>[0-9a-fA-F]{1,16})\]$"
)
_WINDOWS: Final = lazy(
    r"0x(?P<address>[0-9a-fA-F]{4,16})"
    r"(?: in (?P<call>\S.{0,4000}?)(?: at (?P<file>\S.{0,400}?)\((?P<line>\d{1,9})\))?)?$"
)
_QUALIFIERS: Final = ("const", "immutable", "inout", "shared", "pure", "nothrow", "return", "scope")
_CHAINED: Final = 12
_MESSAGE: Final = 40


def read(window: Window) -> Report | None:
    """The error that begins at the anchor line, with those that it is chained to."""
    block = Block(window)
    traces: list[Trace] = []
    first = end = 0
    while len(traces) < _CHAINED and (found := _error(block, first, len(traces))):
        trace, end = found
        traces.append(trace)
        first = block.skip_blank(end)
    if not traces:
        return None
    crash = traces[0]
    return Report(
        end=end,
        kind="exception",
        handled=False,
        traces=tuple(traces),
        error_type=crash.error_type,
        error_value=crash.error_value,
        leads=True,
    )


def _error(block: Block, first: int, number: int) -> tuple[Trace, int] | None:
    """An error with its stack, and where it ends."""
    head = _HEAD.match((block[first] or "").rstrip())
    if head is None:
        return None
    rule = next((at for at in range(first + 1, first + _MESSAGE) if _RULE.match(block[at] or "")), None)
    if rule is None:
        return None
    said = "\n".join([head["text"] or "", *(block[at] or "" for at in range(first + 1, rule))]).strip()
    frames: list[Frame] = []
    end = rule + 1
    while (frame := _frame((block[end] or "").strip(), end)) is not None:
        frames.append(frame)
        end += 1
    if not frames:
        # without symbols nothing but the place is known
        frames = [Frame(file=head["file"], line=int(head["line"]), language="d", trust="location", text_line=first)]
    role = "cause" if number else "crash"
    trace = Trace(frames=tuple(frames), role=role, chain_no=number, error_type=head["type"], error_value=said or None)
    return trace, end


def _frame(text: str, at: int) -> Frame | None:
    """The frame that a line holds."""
    found = _FRAME.match(text) or _WINDOWS.match(text)
    if found is None:
        native = form(text)
        if native is None or native[0].__name__ not in {"_symbols", "_apple"}:
            return None
        frame = native[1].frame
        return Frame(
            function=frame.function,
            module=frame.module,
            symbol_offset=frame.symbol_offset,
            address=frame.address,
            language="d",
            trust="text",
            text_line=at,
        )
    raw = found["call"]
    name, args = _called(raw) if raw else (None, None)
    return Frame(
        function=name,
        function_raw=raw if raw != name else None,
        args=args,
        file=found["file"],
        line=int(found["line"]) if found["line"] else None,
        address=int(found["address"], 16),
        language="d",
        trust="text",
        text_line=at,
    )


def _called(text: str) -> tuple[str | None, str | None]:
    """Name and arguments: the type stands before the name, attributes stand on both sides.

    Examples
    --------
    >>> _called("pure @safe const(char)[] app.Reader.next!(int, long).next(ubyte[]) const")
    ('app.Reader.next.next', 'ubyte[]')
    """
    while (tail := text.rpartition(" ")[2]) in _QUALIFIERS or tail.startswith("@"):
        text = text[: -len(tail)].rstrip()
    args = None
    if text.endswith(")"):
        opened = opening(text)
        args, text = text[opened + 1 : -1] or None, text[:opened]
    name: list[str] = []
    depth = 0
    for char in reversed(text):
        depth += (char in ")]") - (char in "([")
        if char == " " and not depth:
            break
        if not depth and char not in ")]([!":
            name.append(char)
    return "".join(reversed(name)) or None, args
