r"""Stacks that programs print from handlers of their own, under a heading of their own words or none.

Facts: general knowledge of glibc's `backtrace_symbols`, Open MPI, MySQL, the X server, Boost.Stacktrace,
`std::stacktrace`, libunwind and backward-cpp. Grammar, one line each::

    report   = [head lines] frame frame frame*
    head     = … "Segmentation fault" … | … "signal " n … | … "SIG" name … | … "address" … A
    frame    = [ "[" host ":" pid "] " ] [ "[ " n "] " | "(EE) " n ": " | n ": " | "#" n " " ] symbols | boost | printed
    mysql    = … ( "mysqld got signal " n " ;" | "Redis " version " crashed by signal: " n ) words* frame*
    backward = "Stack trace (most recent call last):" object*          the innermost comes last
    object   = "#" n ( 'Object "' image '", at 0x' A ", in " name | 'Source "' file '", line ' n ", in " name )
               [ source lines ]

The forms `symbols` and `boost` stand in `check_frames`, `printed` in `backtrace_frames`; below a heading Apple's form
counts too. One frame alone is no stack; a line that speaks of a signal belongs to it where it stands right above.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec.structs import replace

from triage.formats.exception_codes import name as code_name
from triage.formats.traces.backtrace_frames import handled, printed
from triage.formats.traces.check_frames import form
from triage.formats.traces.gdb_frames import call
from triage.formats.traces.patterns import lazy, remembered
from triage.formats.traces.reports import Report
from triage.formats.traces.signal_names import spoken
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read", "refuses")

NAME: Final = "backtrace"
TITLE: Final = "Backtrace that a native program printed"
PLATFORM: Final = "native"
_SURE: Final = (
    ") [0x",
    ")[0x",
    " 0# ",
    "Stack trace (most recent call last)",
    "*** Process received signal ***",
    " got signal ",
    " crashed by signal: ",
)
_OFFSETS: Final = ("+0x", " + 0x", "> at /", " - 0x")
_TITLES: Final = ("acktrace:", "ack trace:")
ANCHORS: Final = (*_SURE, *_OFFSETS, *_TITLES)

_AHEAD: Final = 8
_BELOW: Final = 3
_FAR: Final = 64
_HEAD_LINES: Final = 8
_BEFORE: Final = lazy(
    r"(?:\[[\w.-]{1,80}:\d{1,9}\] {1,4})?(?:\[ {0,3}\d{1,4}\] |\(EE\) (?:\d{1,4}: )?|\d{1,4}: {1,4}(?=[/.\[])"
    r"|#?\d{1,4} {1,4}(?=[/.]))?"
)
_SPACED: Final = lazy(r"(?<=\S) \((?=[^()]{0,400}\+0x)")
_BACKWARD: Final = lazy(r"Stack trace \(most recent call last\)(?: in thread (\d{1,10}))?:\s*$")
_OBJECT: Final = lazy(r'(?:#\d{1,4})?\s{1,8}(?:\| )?Object "([^"\n]{0,1000})", at 0x([0-9a-fA-F]{1,16}), in ?(.*)$')
_SOURCE: Final = lazy(r'(?:#\d{1,4})?\s{1,8}(?:\| )?Source "([^"\n]{0,1000})", line (\d{1,9}), in ?(.*)$')
_CODE: Final = lazy(r"\s{4,12}(?:\| )?\s{0,8}>?\s{0,6}\d{1,7}:|#\d{1,4} ")
_SIGNAL: Final = lazy(
    r"\b(?:[Ss]ignal:? ?#?(?:[A-Z][a-z ]{1,40})?\(?(\d{1,2})\b|(SIG(?:SEGV|ABRT|BUS|FPE|ILL|TRAP|SYS)))"
)
_WORDS: Final = lazy(
    r"\b([Ss]egmentation [Ff]ault|[Bb]us error|[Aa]borted|Illegal instruction|Floating[ -]point exception)\b"
)
_ADDRESS: Final = lazy(r"\baddress:? ?(?:=|is|at)? ?\[?(0x[0-9a-fA-F]{1,16})")
_GOT: Final = lazy(
    r".{0,60}\b(?:mysqld|mariadbd|mysqld_safe) got signal \d{1,2} ?;|.{0,80}\b[\w.-]{1,40} crashed by signal: \d{1,2}\b"
)
_TITLE: Final = lazy(r"(?:Backtrace|EIP):\s*$")
_MPI: Final = lazy(r"\[[\w.-]{1,80}:(\d{1,9})\]")
_OWN: Final = lazy(
    r"(?:\(EE\) |\[[\w.-]{1,80}:\d{1,9}\] ?)|(?:Obtained|backtrace\(\) returned) \d|.{0,40}[Bb]acktrace:\s*$"
    r"|.{0,40}[Ss]tack ?[Tt]race:?\s*$|\*{3} backtrace of \d{1,9} \*{3}"
)
_RAISED: Final = frozenset({"SIGABRT", "SIGTRAP", "SIGILL"})


def read(window: Window) -> Report | None:
    """The stack of which the anchor is a frame or the heading."""
    line = window[0] or ""
    if backward := _BACKWARD.match(line.strip()):
        return _backward(window, int(backward[1]) if backward[1] else None)
    ended = _GOT.match(line)
    far = _FAR if ended else _far(line)
    start = next((index for index in range(far) if _frame(window[index] or "")), None)
    if start is None:
        return _report(window, 0, 1, [], [line]) if ended else None
    frames: list[Frame] = []
    end = at = start
    while (line_ := window[at]) is not None and not (at and window.is_record(at)) and at - end <= 1:
        at += 1
        if frame := _frame(line_):
            frames.append(replace(frame, text_line=at - 1))
            end = at
        elif line_.rstrip().endswith(("*** End of error message ***", "*** end of backtrace ***")):
            end = at
            break
        elif ended and _TITLE.match(line_):
            # the place of the crash was shown by itself above
            frames, end = [], at
        elif line_.strip():
            break
    if len(frames) < 2 and not ended:
        return None
    first, said = (0, [line]) if ended else _head(window, start)
    return _report(window, min(first, 0), end, frames, said)


def refuses(line: str) -> bool:
    """Whether `read` would give None for an anchor line without a prefix, whatever stands around it."""
    return not any(word in line for word in _SURE) and not _far(line)


def _far(line: str) -> int:
    """How many lines from one on the first frame may stand; none where a line is neither a frame nor a heading."""
    if any(word in line for word in _SURE):
        return _AHEAD
    return _BELOW if line.rstrip().endswith(_TITLES) else int(_frame(line) is not None)


def _head(window: Window, start: int) -> tuple[int, list[str]]:
    """The lines right above the stack that are of it: those that speak of a signal, and what stands below them."""
    first, said = start, list[str]()
    for index in range(start - 1, start - 1 - _HEAD_LINES, -1):
        line = window[index]
        begun = window.is_record(index)
        # a logger puts its prefix before the first line of a record only
        if line is None or (begun and first != index + 1):
            break
        if _SIGNAL.search(line[:400]) or _WORDS.search(line[:400]) or _OWN.match(line) or _ADDRESS.search(line[:400]):
            first = index
            said.append(line)
        elif line.strip():
            break
        if begun:
            break
    return first, said


def _report(
    window: Window, first: int, end: int, frames: list[Frame], said: list[str], thread_id: int | None = None
) -> Report:
    """The stack, and what the lines of its head say."""
    text = "\n".join(line[:400] for line in reversed(said))
    signal = None
    if found := _SIGNAL.search(text):
        signal = found[2] or code_name("linux", int(found[1]))
    if signal is None and (words := _WORDS.search(text)):
        signal = spoken(words[1])
    frames = handled(frames) if signal else frames
    address = _ADDRESS.search(text)
    process = _MPI.match(window[first] or "")
    return Report(
        first=first,
        end=end,
        kind="crash" if signal else "dump",
        level="fatal" if signal else "error",
        traces=(Trace(frames=tuple(frames), error_type=signal, thread_id=thread_id, crashed=True, unwinder="text"),)
        if frames
        else (),
        error_type=signal,
        signal=signal if signal and signal.startswith("SIG") else None,
        complete=bool(frames),
        fault_address=int(address[1], 16) if address else None,
        thread_id=thread_id,
        process_id=int(process[1]) if process else None,
        leads=signal is not None,
        follows=signal in _RAISED,
    )


@remembered
def _frame(line: str) -> Frame | None:
    """A frame of one of the forms."""
    if len(line) > 16_384:
        return None
    return (_named(line) if "[0x" in line or "# " in line[:8] or " + " in line else None) or printed(line)


def _named(line: str) -> Frame | None:
    """A frame as `backtrace_symbols` or Boost name it, what programs put before it taken off."""
    before = _BEFORE.match(line.lstrip())
    text = line.lstrip()[before.end() :] if before else line
    found = form(_SPACED.sub("(", text, count=1))
    if found is None or found[0].__name__ not in {"_symbols", "_boost", "_apple"}:
        return None
    frame = found[1].frame
    # a call with its value in brackets looks like a symbol: an image is a path, a symbol has an offset
    symbolic = frame.symbol_offset is not None or frame.module_offset is not None or "/" in (frame.module or "")
    return frame if symbolic or found[0].__name__ == "_boost" or text.startswith("[0x") else None


def _backward(window: Window, thread_id: int | None) -> Report | None:
    """backward-cpp: outermost first, with lines of source between."""
    rows: list[Frame] = []
    end = at = 1
    while (line := window[at]) is not None and not window.is_record(at) and at - end < 16:
        at += 1
        if found := _OBJECT.match(line):
            name = found[3].strip()
            function, args = call(name) if name else (None, None)
            frame = Frame(function=function, args=args or None, module=found[1] or None, address=int(found[2], 16))
        elif found := _SOURCE.match(line):
            name, _, tail = found[3].partition(" [0x")
            digits = tail.removesuffix("]")
            function, args = call(name.strip()) if name.strip() else (None, None)
            place = int(digits, 16) if re.fullmatch(r"[0-9a-fA-F]{1,16}", digits) else None
            frame = Frame(
                function=function, args=args or None, file=found[1] or None, line=int(found[2]), address=place
            )
        elif _CODE.match(line):
            end = at
            continue
        elif not line.strip():
            continue
        else:
            break
        rows.append(replace(frame, trust="text", text_line=at - 1))
        end = at
    if not rows:
        return None
    below = window[end] or ""
    said = [below] if _WORDS.match(below) or _SIGNAL.search(below[:200]) else []
    return _report(window, 0, end + len(said), rows[::-1], said, thread_id)
