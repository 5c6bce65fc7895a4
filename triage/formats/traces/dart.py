"""Stack traces of Dart and Flutter: the VM's form, `package:stack_trace`'s friendly form, and the AOT form.

Facts: `StackTrace.toString` of the Dart VM, `FlutterError.defaultStackFilter` (which leaves the elision rows),
`Trace.terse` and `Chain` of package:stack_trace, and the
non-symbolic traces of release builds made with ``--split-debug-info``.

Grammar, one row per line::

    frame    = "#" number function " (" uri [":" line [":" column]] ")"
    friendly = uri [" " line [":" column]] 2*" " function
    gap      = "<asynchronous suspension>" | "===== asynchronous gap ====="
    elided   = "(elided one frame from X)" | "(elided N frames from X, Y, and Z)" | "...  why (N frames)" | "..."
    aot      = "#" number "abs" hex ["virt" hex] [symbol "+0x" hex | path]

    error    = "Unhandled exception:" message lines | [ "[ERROR:" source "] " ] "Unhandled Exception: " message lines

A frame that a narrow console cut in two or more lines is joined again. ``file`` is the URI as written, ``module`` the
package (`package:app/main.dart` and `.pub-cache/…/bloc-8.1.4/lib/…` alike) or the library of the SDK (``dart:async``).
"""

from __future__ import annotations

import re
from typing import Final

from msgspec.structs import replace

from triage.formats.traces.block import AHEAD, Block
from triage.formats.traces.dart_errors import error_type, said
from triage.formats.traces.dart_parse import (
    HEAD_STARTS,
    NUMBERED,
    header,
    is_echo,
    is_row,
    join,
    parse,
    probe,
    rejoin,
    row,
)
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report, shifted
from triage.formats.traces.window import Window

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "header", "is_echo", "is_row", "parse", "probe", "read", "rejoin")

NAME: Final = "dart"
TITLE: Final = "Dart exception or stack trace"
PLATFORM: Final = "dart"
ANCHORS: Final = (
    "Unhandled exception:",
    "Unhandled Exception: ",
    ".dart:",
    ".dart)",
    "(dart:",
    "(package:",
    "*** *** ***",
    "_kDartIsolateSnapshotInstructions",
    "_kDartVmSnapshotInstructions",
    " abs 0",
)

_UNHANDLED: Final = lazy(r"(?:\[ERROR:[^\]\n]{1,200}\] )?Unhandled [eE]xception: ?(.*)$")
_TYPE: Final = lazy(r"_?([A-Z][\w$]{0,100}(?:Error|Exception|Failure))(?: \([^)\n]{0,200}\))?(?:: (.*))?$", re.DOTALL)
# What Dart's own errors print in place of their class.
_WORDS: Final = lazy(
    r"Bad state: |Invalid argument|Unsupported operation: |Concurrent modification during iteration"
    r"|Null check operator used on a null value|Stack Overflow|Out of Memory"
)
_CAST: Final = lazy(r"type '.{1,1000}' is not a subtype of type ")
_ASSERTED: Final = lazy(r"'[^'\n]{1,1000}': Failed assertion: |Failed assertion: ")
# Lines of a message between its head and the first row, where no head says that one comes.
_ABOVE: Final = 3


def read(window: Window) -> Report | None:
    """The exception or stack in which the anchor line lies."""
    block = Block(window)
    line = block[0] or ""
    if _UNHANDLED.match(line.strip()):
        start = _start(block, 1)
        return _report(block, 0, start)
    if "*** *** ***" in line:
        # Android's native crashes begin so too.
        if not any("isolate_" in text or "build_id" in text for text in block.lines(1, AHEAD + 1)):
            return None
        start = _start(block, 1)
        is_dart = start is not None and any("isolate_" in text or "build_id" in text for text in block.lines(1, start))
        above = window[-1] or ""
        return _report(block, -1 if "This VM has been configured" in above else 0, start) if is_dart else None
    if not row(_whole(block, 0)[0]):
        return None
    return _report(block, _above(block), 0)


def _whole(block: Block, index: int) -> tuple[str, int]:
    """The logical line that begins there, and how many lines it takes."""
    line = block[index] or ""
    if not NUMBERED.match(line.lstrip()) or line.rstrip().endswith(")") or " abs " in line:
        return line, 1
    return join(block.head(index, 6), 0)


def _start(block: Block, index: int) -> int | None:
    """The first row below a head, None where none comes."""
    for at in range(index, index + AHEAD):
        line = block[at]
        if line is None:
            return None
        if row(_whole(block, at)[0]):
            return at
    return None


def _above(block: Block) -> int:
    """Where the message above a first row begins, 0 where there is none."""
    number = NUMBERED.match((block[0] or "").strip())
    if number and int(number[1]) > 0:
        return 0
    for index in range(-1, -_ABOVE - 1, -1):
        line = block.window[index]
        if line is None or not line.strip() or is_row(line):
            return index + 1
        if _named(line.strip()) is not None:
            return index
    above = block.window[-1]
    return -1 if above and above.strip() else 0


def _end(block: Block, start: int) -> int:
    """Where the rows end (exclusive)."""
    index = end = start
    number, after_gap = -1, False
    while index - end <= 1 and block[index] is not None:
        text, used = _whole(block, index)
        text = text.strip()
        numbered = NUMBERED.match(text)
        if text.startswith(HEAD_STARTS):
            break
        if numbered and is_row(text):
            found = int(numbered[1])
            if found <= number and not after_gap:
                break
            number, after_gap = found, False
        elif text and is_row(text):
            after_gap = text.startswith(("<asynchronous", "====="))
        elif text and not is_echo(text):
            break
        index += used
        end = index if text else end
    return end


def _report(block: Block, first: int, start: int | None) -> Report | None:
    """The report of a head and the rows below it."""
    if start is None:
        return None
    end = _end(block, start)
    if end <= start:
        return None
    lines = block.lines(first, end)
    traces = shifted(parse("\n".join(lines)), first)
    if not traces:
        return None
    message = (traces[0].error_value or "").strip()
    unhandled = _UNHANDLED.match((lines[0] if first < start else "").strip())
    if unhandled:
        message = "\n".join([unhandled[1], *message.split("\n")[1:]]).strip()
    # What a heading announces is an exception, whatever it says.
    error = error_type(message) if unhandled else _named(message)
    value = said(message, error)
    head = header("\n".join(lines[: start - first + 1]))
    crash = replace(traces[0], error_type=error, error_value=value, crashed=True if unhandled else None)
    return Report(
        first=first,
        end=end,
        kind="exception" if error or unhandled else "dump",
        level="fatal" if unhandled else "error",
        handled=False if unhandled else None,
        traces=(crash, *traces[1:]),
        error_type=error,
        error_value=value,
        thread_id=crash.thread_id,
        process_id=int(head["pid"]) if head.get("pid", "").isdecimal() and len(head["pid"]) < 10 else None,
        os_name=head.get("os"),
        arch=head.get("arch"),
        facts=tuple((key, head[key]) for key in ("build_id", "isolate_dso_base", "vm_dso_base") if key in head),
        complete=bool(error or unhandled or head),
        leads=bool(unhandled),
    )


def _named(text: str) -> str | None:
    """The class of what is surely an exception: where it is printed, else the one that prints these words."""
    sure = any(pattern.match(text) for pattern in (_TYPE, _WORDS, _CAST, _ASSERTED))
    return error_type(text) if sure else None
