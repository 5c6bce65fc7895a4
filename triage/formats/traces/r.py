r"""R: errors with their calls, `traceback()`, backtraces of rlang, and signals that R caught.

Facts: real output of R 4.2 and rlang 1.0, general knowledge of R 3 and 4 and rlang 0.4 to 1.1. Grammar, one line each::

    error  = "Error in " call " : " message | "Error: " message | "Error in `" call "`:" told
    told   = ( "! " | "x " | "i " | ... ) text                                           (rlang: one and more)
    after  = "Calls: " name ( " -> " name | " ... " )* | "Execution halted" | cause | tree | rows
    cause  = "Caused by error in `" call "`:" told
    tree   = "Backtrace:" branch*
    branch = n ". " [ package ( "::" | ":::" | " (local) " ) | "global " ] call [ " at " place ]
    rows   = ( n ": " call [ " at " file "#" line ] )*                           (innermost has the highest n)
    signal = "*** caught " ( "segfault" | "bus error" | "illegal operation" ) " ***"
             "address " hex ", cause '" words "'" "Traceback:" ( n ": " call )*  (innermost is the 1)

A place is where a call was made: it belongs to the function around. Frames are without their package, which stands in
`module`, for `Calls:` and `traceback()` do not tell it.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec.structs import replace

from triage.formats.traces.block import Block
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.signal_names import spoken
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "r"
TITLE: Final = "R error"
PLATFORM: Final = "r"
ANCHORS: Final = ("Error in ", "Calls: ", "Execution halted", "Backtrace:", "*** caught ", ".R#", ".r#")

_NAME: Final = r"(?:[A-Za-z.][\w.]{0,100}:::?)?(?:`[^`\n]{1,200}`|[A-Za-z.][\w.]{0,200})(?:[$@][\w.]{1,100}){0,4}"
_HEAD: Final = lazy(
    rf"Error in (?P<call>{_NAME}|[(\w.][^\n]{{0,200}}?)\(.{{0,4000}}\) : ?(?P<text>.*)$"
    r"|Error in `(?P<told>[^\n]{1,400}?)`(?: at (?P<place>\S{1,400}:\d{1,9}))?:(?P<more> ?.*)$"
    r"|Error: (?P<bare>\S.*)$|Error:\s*$"
)
_CAUSE: Final = lazy(r"Caused by error(?: in `(?P<call>[^\n]{1,400}?)`)?(?: at \S{1,400})?:(?P<text>.*)$")
_CALLS: Final = lazy(r"Calls: (?P<calls>\S.{0,4000})$")
_TREE: Final = lazy(
    r"\s{0,6}(?P<number>\d{1,5})\. (?P<branch>[\s│├└─]*)(?P<call>\S.{0,4000}?)"
    r"(?: at (?P<file>[^\s:]{1,400}):(?P<line>\d{1,9})(?::\d{1,9})?)?$"
)
_ROOT: Final = lazy(r"\s{1,8}[▆█]\s*$")
_ROW: Final = lazy(r"\s{0,3}(?P<number>\d{1,5}): (?P<call>\S.{0,4000}?)(?: at (?P<file>\S{0,400})#(?P<line>\d{1,9}))?$")
_SIGNAL: Final = lazy(r"\s*\*\*\* caught (?P<what>segfault|bus error|illegal operation) \*\*\*\s*$")
_ADDRESS: Final = lazy(r"address (?P<address>\(nil\)|0x[0-9a-fA-F]{1,16}), cause '(?P<cause>[^'\n]{1,80})'")
_PART: Final = lazy(rf"(?:global )?(?:(?P<package>[\w.]{{1,100}}) \(local\) )?(?P<name>{_NAME})\(")
_STOP: Final = lazy(
    r"Calls: |Backtrace:|Execution halted|In addition: |Warning |Traceback|Caused by error|> |---$|Run `rlang::|Error "
    r"|\s{0,3}\d{1,5}: \S|There were |traceback\(\)"
)
_DEEP: Final = lazy(r"C stack usage|evaluation nested too deeply|node stack overflow|infinite recursion|stack overflow")
_MEMORY: Final = lazy(r"cannot allocate (?:vector|memory|buffer)|memory exhausted|vector memory limit")
_MESSAGE: Final = 24
# A call is cut behind so many characters.
_CALL: Final = 3_000


def read(window: Window) -> Report | None:
    """The error around the anchor line."""
    block = Block(window)
    line = block[0] or ""
    if caught := _SIGNAL.match(line):
        return _signal(block, caught["what"])
    if line.startswith("Error in "):
        return _error(block, 0)
    if not line.startswith(("Calls: ", "Execution halted", "Backtrace:")):
        return _bare(block) if ".R#" in line or ".r#" in line else None
    for at in range(-1, -_MESSAGE, -1):
        above = window[at]
        if above is None or window.is_record(at):
            break
        if _HEAD.match(above):
            return _error(block, at)
        if _STOP.match(above) and not above.startswith(("Caused by error", "---", "In addition", "Warning ")):
            break
    return _bare(block, 1) if line.startswith("Backtrace:") else None


def _error(block: Block, first: int) -> Report | None:
    """An error from its head on."""
    head = _HEAD.match(_line(block, first) or "")
    if head is None:
        return None
    call = head["call"] or head["told"]
    end, text = _message(block, first + 1, (head["text"] or head["more"] or head["bare"] or "").strip())
    causes: list[Trace] = []
    while cause := _CAUSE.match(_line(block, end) or ""):
        end, said = _message(block, end + 1, cause["text"].strip())
        causes.append(Trace(role="cause", chain_no=len(causes) + 1, error_type=_type(said), error_value=said or None))
    frames, end, halted = _after(block, end)
    if not frames and call and (own := _frame(call, None)):
        frames = (replace(own, text_line=first),)
    if not frames and not halted:
        return None
    error = _type(text)
    crash = Trace(frames=frames, error_type=error, error_value=text or None)
    return Report(
        first=first,
        end=end,
        kind="exception",
        level="fatal" if halted else "error",
        traces=(crash, *causes),
        error_type=error,
        error_value=text or None,
        complete=len(frames) > 1,
    )


def _line(block: Block, index: int) -> str | None:
    return block[index] if index >= 0 else block.window[index]


def _message(block: Block, index: int, text: str) -> tuple[int, str]:
    """What an error says, and where that ends: at what R writes next, else behind what is indented or marked."""
    lines, sure, end = [text], index, index
    for at in range(index, index + _MESSAGE):
        line = _line(block, at)
        if line is None or not line.strip():
            break
        if _STOP.match(line):
            sure = at
            break
        lines.append(line.strip())
        end = at + 1
        if line.startswith(("  ", "! ", "ℹ ", "✖ ", "• ", "✔ ", "x ", "i ", "* ")) and sure == at:  # noqa: RUF001
            sure = at + 1
    else:
        sure = min(sure, end)
    said = "\n".join(part for part in lines[: 1 + sure - index] if part)
    return sure, said.removeprefix("! ")


def _type(text: str) -> str:
    """What an error is called; R names only its class, and that seldom."""
    return "stack overflow" if _DEEP.search(text) else "out of memory" if _MEMORY.search(text) else "Error"


def _after(block: Block, index: int) -> tuple[tuple[Frame, ...], int, bool]:
    """The calls below a message, of which the fullest list counts; where that ends, and whether R did."""
    best: tuple[Frame, ...] = ()
    halted, end, warned = False, index, False
    for _ in range(_MESSAGE):
        line = _line(block, index)
        if line is None:
            break
        frames: tuple[Frame, ...] = ()
        if calls := _CALLS.match(line):
            frames, index = _calls(calls["calls"], index), index + 1
        elif line.startswith("Backtrace:"):
            frames, index = _tree(block, index + 1)
        elif not warned and _ROW.match(line) and (rows := _rows(block, index)):
            frames, index = rows
        elif line.startswith("Execution halted"):
            return best, index + 1, True
        elif (
            warned
            or not line.strip()
            or line.startswith(("In addition: ", "Warning ", "> traceback()", "traceback()", "---", "  "))
        ):
            # warnings stand between an error and the end
            warned = warned or line.startswith(("In addition: ", "Warning "))
            index += 1
            continue
        else:
            break
        end = index
        # Of as long ones the later: `Calls:` comes first, and tells no place.
        best = frames if frames and len(frames) >= len(best) else best
    return best, end, halted


def _calls(text: str, text_line: int) -> tuple[Frame, ...]:
    """The functions behind `Calls:`, the innermost first."""
    frames: list[Frame] = []
    for part in reversed(re.split(r" -> | (?=\.\.\. )|(?<= \.\.\.) ", text.strip())):
        if part.strip() == "...":
            frames.append(Frame(frame_kind="elided", language="r", trust="text", text_line=text_line))
        elif name := part.strip():
            package, _, own = name.rpartition("::")
            frames.append(_made(own, package.rstrip(":") or None, None, text_line))
    return tuple(frames)


def _tree(block: Block, index: int) -> tuple[tuple[Frame, ...], int]:
    """The calls of a tree, the innermost first, and where it ends."""
    frames: list[Frame] = []
    if _ROOT.match(_line(block, index) or ""):
        index += 1
    while (line := _line(block, index)) is not None and (found := _TREE.match(line)):
        _placed(frames, found)
        if made := _frame(found["call"], index):
            frames.append(made)
        index += 1
    return tuple(reversed(frames)), index


def _rows(block: Block, index: int) -> tuple[tuple[Frame, ...], int] | None:
    """The rows of `traceback()` from there on, if they count down, or up from one; the last may have been cut off."""
    texts: list[str] = []
    places: list[int] = []
    last = 0
    while (line := _line(block, index)) is not None:
        row = _ROW.match(line)
        number = int(row["number"]) if row else 0
        if row and (not texts or abs(number - last) == 1):
            texts.append(line)
            places.append(index)
            last = number
        elif row or not texts or not line.startswith("   "):
            break
        elif len(texts[-1]) < _CALL:
            texts[-1] += f" {line.strip()}"
        index += 1
    calls = [(row, at) for text, at in zip(texts, places, strict=True) if (row := _ROW.match(text))]
    first, last = (int(calls[at][0]["number"]) for at in (0, -1)) if calls else (0, 0)
    if first != 1 and first <= last:
        return None
    frames: list[Frame] = []
    # outermost first, so that each place goes to the function that the call was made in
    for row, at in reversed(calls):
        _placed(frames, row)
        frames.append(_frame(row["call"], at) or Frame(function_raw=row["call"], language="r", text_line=at))
    return tuple(reversed(frames)), index


def _placed(frames: list[Frame], call: re.Match[str]) -> None:
    """Give the place of a call to the function around it, which was read just before."""
    if frames and call["line"] and frames[-1].line is None:
        frames[-1] = replace(frames[-1], file=call["file"] or None, line=int(call["line"]))


def _frame(call: str, text_line: int | None) -> Frame | None:
    """The frame of a call, None where it names no function."""
    found = _PART.match(call if "(" in call else f"{call}(")
    if found is None:
        return _made("<anonymous>", None, call, text_line) if call.startswith("(function") else None
    package, _, name = found["name"].rpartition("::")
    return _made(name, found["package"] or package.rstrip(":") or None, call, text_line)


def _made(name: str, package: str | None, call: str | None, text_line: int | None) -> Frame:
    """A frame; a function without a name has none."""
    return Frame(
        function=None if name in {"<Anonymous>", "<anonymous>"} else name.strip("`"),
        function_raw=call if call and call != name else None,
        module=package,
        language="r",
        trust="text",
        text_line=text_line,
    )


def _bare(block: Block, start: int = 0) -> Report | None:
    """A stack whose error is not there."""
    if start:
        frames, end = _tree(block, start)
    else:
        first = 0
        while first > -_MESSAGE and (line := block.window[first - 1]) is not None and _ROW.match(line):
            first -= 1
        frames, end = _rows(block, first) or ((), 0)
        start = first
    if len(frames) < 2:
        return None
    return Report(
        first=min(start, 0), end=end, kind="dump", level="error", traces=(Trace(frames=frames),), complete=False
    )


def _signal(block: Block, what: str) -> Report:
    """A signal that R caught, with the calls of R code that it was in."""
    address, end = _ADDRESS.match(block[1] or ""), 1
    if address:
        end = 2
    at = block.skip_blank(end)
    frames: tuple[Frame, ...] = ()
    if (block[at] or "").startswith("Traceback:") and (rows := _rows(block, at + 1)):
        frames, end = rows
    if (block[end] or "").startswith("An irrecoverable exception occurred"):
        end += 1
    signal = spoken(what)
    cause = address["cause"] if address else None
    return Report(
        end=end,
        traces=(Trace(frames=frames, error_type=signal, error_value=cause, crashed=True),),
        error_type=signal,
        error_value=cause,
        signal=signal,
        fault_address=0
        if address and "nil" in address["address"]
        else int(address["address"], 16)
        if address
        else None,
        complete=bool(frames),
    )
