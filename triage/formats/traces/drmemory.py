r"""Errors that Dr. Memory prints: bad accesses, uninitialised reads, bad frees, leaks of memory and of handles.

Facts: general knowledge of Dr. Memory 1.4 to 2.6 and its options -brief and -callstack_style. Each line may begin with
`~~Dr.M~~ ` or the number of the process, `~~4242~~ `. Grammar of what follows, one line each::

    report = "Error #" n ": " words row* note*
    words  = NAME [ " " where ] ": " action | [ KIND " " ] "LEAK " n " direct bytes " range " + " n " indirect bytes"
    row    = "#" n " " callee [ " +0x" hex ] [ " (0x" hex " <" image "+0x" hex ">)" ] [ " [" file ":" line "]" ]
    callee = [ image "!" ] name | "system call " name words | "<not in a module>"
    note   = "Note: " ( words | row )

The words of a note say of the rows below it whether the memory was allocated or freed there.
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.block import Block
from triage.formats.traces.gdb_frames import call
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "drmemory"
TITLE: Final = "Dr. Memory error"
PLATFORM: Final = "native"
ANCHORS: Final = (
    ": UNADDRESSABLE ACCESS",
    ": UNINITIALIZED READ",
    ": INVALID HEAP ARGUMENT",
    ": GDI USAGE ERROR",
    ": GDI Usage Error",
    ": HANDLE LEAK",
    ": LEAK ",
    ": POSSIBLE LEAK ",
    ": REACHABLE LEAK ",
)

_OWN: Final = lazy(r"\s{0,8}~~(?:Dr\.M|\d{1,10})~~ ?")
_HEAD: Final = lazy(
    r"Error #\s{0,3}\d{1,9}: (?P<name>(?:(?:POSSIBLE |REACHABLE |HANDLE )?LEAK|UNADDRESSABLE ACCESS|UNINITIALIZED READ"
    r"|INVALID HEAP ARGUMENT|GDI (?:USAGE ERROR|Usage Error))(?: (?:beyond|of|below|above|at)\b[^:\d]{1,40})?)"
    r"[: ] ?(?P<value>.*)$"
)
_ROW: Final = lazy(
    r"#\s{0,3}\d{1,5} (?:(?P<image>[^\s!<>()]{1,200})!)?(?P<name>[^\s\[+(].{0,2000}?)??"
    r"(?:\s{1,80}\+0x(?P<offset>[0-9a-f]{1,16}))?(?:\s{1,80}\((?:0x[0-9a-f]{8,16}\s?)?(?:<[^<>]{1,400}>)?\))?"
    r"(?:\s{1,80}\[(?P<file>[^\[\]]{1,1000}):(?P<line>\d{1,9})\])?\s{0,8}$"
)
_CALLED: Final = lazy(r"system call (?P<name>\w{1,100})\b")
_NOTE: Final = lazy(r"Note: ?(?P<text>.*)$")
_RANGE: Final = lazy(r"0x(?P<low>[0-9a-fA-F]{1,16})-0x[0-9a-fA-F]{1,16}(?: (?P<size>\d{1,9}) byte)?")
_ACCESS: Final = {"reading": "READ", "writing": "WRITE", "executing": "EXECUTE"}
_THREAD: Final = lazy(r"@\d{1,4}:\d\d:\d\d\.\d{3} in thread (?P<id>\d{1,10})")
_NOWHERE: Final = frozenset({"<not in a module>", "?"})
_MOST: Final = 20_000


def read(window: Window) -> Report | None:
    """The error that the anchor line names."""
    head = _HEAD.match(_plain(window[0] or ""))
    if head is None:
        return None
    block = Block(window)
    stacks: list[tuple[str, list[Frame]]] = [("crash", [])]
    notes: list[str] = []
    end = 1
    while end < _MOST and (line := block[end]) is not None:
        text = _plain(line)
        note = _NOTE.match(text)
        if frame := _frame(note["text"] if note else text, end):
            if note is None and len(stacks) > 1:
                break
            stacks[-1][1].append(frame)
        elif note is None:
            break
        else:
            notes.append(note["text"].strip())
            if (role := _role(notes[-1])) is not None:
                stacks.append((role, []))
        end += 1
    return _report(head.groupdict(), stacks, notes, end) if stacks[0][1] else None


def _report(said: dict[str, str], stacks: list[tuple[str, list[Frame]]], notes: list[str], end: int) -> Report:
    """The error with its stacks and what the notes say."""
    error, value = said["name"].strip(), said["value"].strip()
    found = _RANGE.search(value)
    access = _ACCESS.get(value.partition(" ")[0])
    thread = next((int(of["id"]) for note in notes if (of := _THREAD.match(note))), None)
    traces = tuple(
        Trace(
            frames=tuple(frames),
            role=role,
            error_type=None if place else error,
            error_value=None if place else value,
            thread_id=None if place else thread,
            crashed=not place,
            unwinder="text",
        )
        for place, (role, frames) in enumerate(stacks)
        if frames
    )
    return Report(
        end=end,
        kind="leak" if error.endswith("LEAK") else "crash",
        level="error",
        traces=traces,
        error_type=error,
        error_value=value,
        fault_address=int(found["low"], 16) if found and access else None,
        thread_id=thread,
        access=access,
        access_size=int(found["size"]) if found and found["size"] and access else None,
        facts=tuple(("said", note) for note in notes if not _THREAD.match(note))[:8],
    )


def _plain(line: str) -> str:
    """A line without what Dr. Memory puts before it."""
    found = _OWN.match(line)
    return line[found.end() :] if found else line


def _role(note: str) -> str | None:
    """Whose stack the rows below a note are, None where none follows."""
    if not note.rstrip().endswith("here:"):
        return None
    return "free" if "freed" in note else "alloc" if "allocated" in note else "other"


def _frame(text: str, at: int) -> Frame | None:
    """The frame of a row."""
    row = _ROW.match(text) if text[:1] == "#" and len(text) < 4_096 else None
    if row is None:
        return None
    raw = (row["name"] or "").strip()
    system = _CALLED.match(raw)
    name = system["name"] if system else raw
    function, args = (None, None) if not name or name in _NOWHERE else call(name)
    return Frame(
        function=function,
        function_raw=raw if raw and raw != function else None,
        args=args or None,
        module=row["image"],
        symbol_offset=int(row["offset"], 16) if row["offset"] else None,
        file=row["file"],
        line=int(row["line"]) if row["line"] else None,
        # the kernel's part of a call has no code that one could mend
        in_app=False if system else None,
        trust="text",
        text_line=at,
    )
