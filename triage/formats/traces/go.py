"""Go: panics, fatal errors and signals with their goroutines, data races, `debug.Stack`, wrapped errors, recovery.

Facts: general knowledge of Go 1.5 to 1.25, held against panics that fuzzers collected. Grammar, one line each::

    panic     = "panic: " message [ " [recovered]" ] ( tab "panic: " message )* [ "[signal " ... "]" ] blank goroutine*
    fatal     = [ "runtime: " ... ] [ "unexpected fault address " ... ] "fatal error: " message goroutine*
    native    = "SIGSEGV: segmentation violation"  "PC=" ... "sigcode=" n  goroutine*  registers
    goroutine = "goroutine " n " [" state "]:" ( function "(" arguments ")"  indent file ":" line [ " +0x" offset ] )*
                [ "created by " function [ " in goroutine " n ]  indent file ":" line [ " +0x" offset ] ]
    errors    = ( message lines ( function  tab file ":" line )* )*          the root cause first
    places    = ( file ":" line " (0x" address ")" [ tab function ": " source ] )*
    race      = "WARNING: DATA RACE" ( access " at 0x" address " by " goroutine ":" frame* )*
                ( goroutine " (" state ") created at:" frame* )*

A test's `--- FAIL` line above the panic and the exit status below it belong to the report; what a test caught itself
stands below `file ":" line ": panic: " message`, further to the right. Grammar: `go_parse`.
"""

from __future__ import annotations

import dataclasses
from typing import Final

from msgspec.structs import replace

from triage.formats.traces.block import AHEAD, Block, Indented
from triage.formats.traces.go_head import Head, head_of, logged, thrown
from triage.formats.traces.go_parse import (
    ELIDED,
    GOROUTINE,
    INNER,
    LISTED,
    LISTED_NAME,
    RAISED,
    bare,
    errors,
    goroutines,
    listed,
    pair,
    parse,
    probe,
)
from triage.formats.traces.go_race import read_race
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report, shifted
from triage.formats.traces.window import Window

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "parse", "probe", "read")

NAME: Final = "go"
TITLE: Final = "Go panic or stack trace"
PLATFORM: Final = "go"
ANCHORS: Final = (
    "goroutine ",
    "panic: ",
    "fatal error: ",
    "panic serving ",
    "panic recovered",
    "Observed a panic",
    "sigcode=",
    "SIGQUIT: quit",
    "unexpected fault address ",
    "runtime: goroutine stack exceeds",
    "WARNING: DATA RACE",
    ".go:",
)

# What the runtime says of itself: no goroutine needs to follow.
_KNOWN: Final = (
    "all goroutines are asleep - deadlock!",
    "concurrent map ",
    "unexpected signal during runtime execution",
    "sync: ",
    "stack overflow",
    "runtime: ",
)
_HEADS: Final = (
    "panic: ", "fatal error: ", "unexpected fault address ", "runtime: goroutine stack exceeds", "SIGQUIT: quit",
)  # fmt: skip
_SERVED: Final = lazy(r".{0,4000}?(?:http2?: panic serving |panic recovered|Observed a panic)")
_STACK: Final = lazy(r"(?:runtime stack|\[originating from goroutine \d{1,18}\]):\s*$")
_AWAY: Final = lazy(r"\s*(?:goroutine running on other thread; stack unavailable|\.\.\.additional frames elided)")
_REGISTER: Final = lazy(r"([a-z][a-z0-9]{1,6}) {1,8}(0x[0-9a-fA-F]{1,16})\s*$")
_EXIT: Final = lazy(r"exit status (\d{1,3})\s*$|FAIL\t\S")
_FAILED: Final = lazy(r"\s*--- FAIL: (\S{1,400})")
_BY: Final = lazy(r"[\w.-]{1,200}\.go:\d{1,9}: (?=panic: )")
# Tests that stand in each other, and the lines that say of each that it failed.
_NESTED: Final = 8
_CALL: Final = lazy(r"[\w./~%-]{1,400}[\w.()*\[\]{}~-]{0,400}\(.*\)?$")


def read(window: Window) -> Report | None:
    """The panic, fatal error, race, dump or error with a stack in which the anchor line lies."""
    line = window[0] or ""
    block = Block(window)
    if "WARNING: DATA RACE" in line:
        return read_race(block)
    if GOROUTINE.match(line):
        return _dump(block, _above(block))
    if line[:1] == " " and GOROUTINE.match(quoted := line.lstrip(" ")):
        return _quoted(Logged(window, line[: -len(quoted)]))
    if "sigcode=" in line:
        return _dump(block, -1) if line.startswith("PC=") and (window[-1] or "").startswith("SIG") else None
    if line.startswith(_HEADS) or _SERVED.match(line):
        found = _dump(block, 0)
        return found or (_listing(block) if "panic" in line else None)
    if LISTED.match(line):
        return _listing(block)
    return _wrapped(block) if ".go:" in line else None


def _above(block: Block) -> int:
    """Where the report of a goroutine begins whose head has no anchor: at the line that says panic, else at it."""
    for index in (-1, -2):
        line = block[index]
        if line is None or line.startswith("goroutine "):
            break
        if "panic" in line.lower() or line.startswith("[signal "):
            return index
        if line.strip():
            break
    return 0


def _dump(block: Block, first: int) -> Report | None:
    """A head, and all goroutines below it."""
    start = _goroutine(block, first)
    head = block.head(first, 8) if start is None else block.lines(first, start)
    said = head_of(head)
    if start is None:
        return _alone(block, said, head)
    end, registers = _stacks(block, start)
    traces = shifted(goroutines(block.lines(first, end)), first)
    if not traces:
        return None
    end, facts = _tail(block, end, said.facts)
    begin = first
    if first == 0 and (test := _FAILED.match(block.window[-1] or "")):
        begin, facts = -1, (*facts, ("test", test[1]))
    return said.report(traces, first=begin, end=end, registers=registers, facts=facts)


class Logged(Indented):
    """A goroutine that a test logged, below the line that says which line of the test did."""

    def __getitem__(self, index: int) -> str | None:
        found = super().__getitem__(index)
        return found and _BY.sub("", found, count=1) if index < 0 else found


def _quoted(block: Logged) -> Report | None:
    """The goroutine of a panic that the test framework caught, further to the right than what it says of the test."""
    first = _above(block)
    found = _dump(block, first)
    if found is None or first == 0:
        return found
    above, name = first, ""
    while above > first - _NESTED and (test := _FAILED.match(block.window[above - 1] or "")):
        above, name = above - 1, name or test[1]
    return replace(found, first=above, facts=(*found.facts, ("test", name))) if name else found


def _goroutine(block: Block, first: int) -> int | None:
    """Where the first stack below a head begins."""
    for index in range(first, first + AHEAD):
        line = block[index]
        if line is None:
            break
        if GOROUTINE.match(line) or _STACK.match(line):
            return index if _is_begun(block, index + 1) else None
        if index > 0 and line.startswith("panic: "):
            break
    return None


def _is_begun(block: Block, index: int) -> bool:
    """Whether a frame, or what stands in its place, is the first line of a goroutine."""
    at = block.skip_blank(index, 1)
    line = block[at] or ""
    return bool(pair(line, block[at + 1], at) or ELIDED.match(line) or _AWAY.match(line) or _CALL.match(line))


def _alone(block: Block, said: Head, head: list[str]) -> Report | None:
    """A panic whose goroutines were not printed or are lost."""
    if said.error_type is None or not head:
        return None
    end = 1
    while end < len(head) and (INNER.match(head[end]) or head[end].startswith(("[signal ", "PC="))):
        end += 1
    below = block[block.skip_blank(end)] or ""
    if said.error_type == "runtime error" or (said.error_value or "").startswith(_KNOWN):
        pass
    elif said.error_type != "panic" or not (end > 1 or below.startswith(("goroutine ", "exit status ", "Aborted"))):
        return None
    said = head_of(head[:end])
    end, facts = _tail(block, end, said.facts)
    return said.report((), first=0, end=end, facts=facts, complete=False)


def _stacks(block: Block, start: int) -> tuple[int, dict[str, str]]:
    """Where the stacks end (exclusive) and the registers below them; a foreign line may stand between two frames."""
    registers: dict[str, str] = {}
    index, end = start, start
    while (line := block[index]) is not None:
        if GOROUTINE.match(line) or _STACK.match(line) or ELIDED.match(line) or _AWAY.match(line):
            index = end = index + 1
        elif not line.strip():
            index += 1
            if index - end > 3:
                break
        elif found := _REGISTER.match(line):
            registers[found[1]] = found[2].lower()
            index = end = index + 1
        elif pair(line, block[index + 1], index):
            index = end = index + 2
        else:
            if index == end and _CALL.match(line) and not (block[index + 1] or "").strip():
                # a stack cut between the two lines of a frame
                end = index + 1
            break
    return end, registers


def _tail(block: Block, end: int, facts: tuple[tuple[str, str], ...]) -> tuple[int, tuple[tuple[str, str], ...]]:
    """Take what `go run` and `go test` say of the end of the program."""
    for _ in range(2):
        index = block.skip_blank(end, 1)
        found = _EXIT.match(block[index] or "")
        if not found:
            break
        end = index + 1
        if found[1]:
            facts = (*facts, ("exit_status", found[1]))
    return end, facts


def _listing(block: Block) -> Report | None:
    """Places with addresses, below the message of a recovered panic or alone."""
    start = next((i for i in range(AHEAD) if (line := block[i]) is not None and LISTED.match(line)), None)
    if start is None:
        return None
    first = 0
    if start == 0:
        above = block.window[-1] or ""
        first = -1 if "runtime error: " in above or "panic" in above.lower() else 0
    end = start
    while (line := block[end]) is not None and (LISTED.match(line) or (end > start and LISTED_NAME.match(line))):
        end += 1
    traces = shifted(listed(block.lines(first, end)), first)
    if not traces or len(traces[0].frames) < 2:
        return None
    said = head_of(block.lines(first, start))
    kind, value = traces[0].error_type or said.error_type, traces[0].error_value or said.error_value
    if panic := thrown(f"{kind}: {value}"):
        return dataclasses.replace(panic, handled=True).report(traces, first=first, end=end)
    return Report(
        first=first,
        end=end,
        kind=said.kind or ("exception" if kind else "dump"),
        level="error",
        handled=True if kind else None,
        traces=traces,
        error_type=kind,
        error_value=value,
        complete=kind is not None,
    )


def _wrapped(block: Block) -> Report | None:
    """An error with the stacks of those that wrapped it, as pkg/errors and zap write them."""
    window = block.window
    if not bare(window[-1] or "", window[0], 0) or not bare(block[1] or "", block[2], 1):
        return None
    first, end = -1, 1
    above = window[-2]
    if above is not None and above.strip() and not above[:1].isspace():
        first = -2
    while (line := block[end]) is not None and line.strip():
        if bare(line, block[end + 1], end):
            end += 2
        elif bare(block[end + 1] or "", block[end + 2], end + 1):
            end += 3
        else:
            break
    traces = shifted(errors(block.lines(first, end)), first)
    if not traces:
        return None
    crash = traces[0]
    error = logged(crash.error_value)
    if panic := thrown(error):
        return dataclasses.replace(panic, handled=True).report(traces, first=first, end=end)
    raised = "panic" if any(frame.function == RAISED for frame in crash.frames) else "error"
    if error:
        crash = replace(crash, error_value=error)
        traces = (crash, *traces[1:])
    return Report(
        first=first,
        end=end,
        kind="exception",
        level="error",
        handled=True,
        traces=traces,
        error_type=crash.error_type or (raised if crash.error_value or raised == "panic" else None),
        error_value=crash.error_value,
        complete=crash.error_value is not None,
    )
