r"""Reports of `sample` and `spindump` in text: where the threads of a program that hangs were, counted.

Facts: general knowledge of the two tools, and reports that people paste into issues. Grammar::

    head    = key ": " value                       such as Process, Command, PID, Event, Duration, OS Version
    sample  = "Call graph:" (count " Thread_" id [": " name] [" DispatchQueue_" n ": " queue] node*)*
    node    = marks count " " name "  (in " image ")" [" + " offset] "  [0x" address "]"
    heavy   = "Heaviest stack for the " words ":" (count " " name " + " offset " (" [file ":" line " in "] image
              " + " offset ") [0x" address "]")*
    process = "Process: " name " [" pid "]" head* ("Thread 0x" id words node*)*

The tree of a thread is told by its heaviest path: from each node to the child that was seen most, the innermost last.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from msgspec.structs import replace

from triage.formats.traces import apple_frames as lines
from triage.formats.traces.gdb import call
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import BACK, Window
from triage.records import Frame, Trace
from triage.times import iso

__all__ = ("sampled",)

_KEY: Final = lazy(r"[ \t]{0,8}([A-Z][\w /()-]{1,30}?):[ \t]{1,40}(\S.{0,1000})", re.DOTALL)
_KEYS: Final = frozenset(
    (
        "Analysis of sampling", "Process", "Path", "Load Address", "Identifier", "Version", "Code Type", "Platform",
        "Parent Process", "Parent", "Responsible", "Target Type", "Date/Time", "End time", "Launch Time", "OS Version",
        "Report Version", "Analysis Tool", "Physical footprint", "Physical footprint (peak)", "Idle exit",
        "Architecture",
        "Command", "PID", "Event", "Duration", "Duration Sampled", "Duration (Sampling)", "Steps", "Hardware model",
        "Active cpus", "HW page size", "VM page size", "Boot args", "Time Since Fork", "Time Awake Since Boot",
        "Time Since Wake", "Action taken", "User", "UID", "UUID", "Shared Cache", "Coalition", "On Behalf Of",
        "Footprint",
        "Total CPU Time", "CPU Time", "Advisory levels", "Free disk space", "Fan speed", "Data Source", "Reason",
        "Vendor ID", "Note", "Notes", "Num samples", "Num threads", "Build Version", "Beta Identifier", "Memory Status",
        "Resource Coalition", "Start time", "Battery level", "Impact", "Wakeups Limit", "Writes", "Project Name",
        "Sudden Term", "Hang", "Time Unresponsive", "Codesigning ID", "Team ID", "Importance", "Unresponsive",
    )
)  # fmt: skip
_ANALYSIS: Final = lazy(r"Analysis of sampling (.{1,200}) \(pid (\d{1,9})\) every ", re.DOTALL)
# marks of the tree, count, and the rest; spindump also writes a star before frames of the kernel
_NODE: Final = lazy(r"([ \t+!:|*]{1,400})(\d{1,9})[ \t]{1,4}(?=\S)")
_SAMPLE: Final = lazy(r"[ \t]{1,4}\(in ([^()\n]{1,200})\)(?:[ \t]{1,4}\+ (0x[0-9a-fA-F]{1,16}|\d{1,12}))?", re.DOTALL)
_SPIN: Final = lazy(r" \(([^()\n]{1,300}) \+ (\d{1,15})\)(?= \[|$)")
_TAIL: Final = lazy(r"[ \t]{1,4}\[(0x[0-9a-fA-F]{1,16})(?:,0x[0-9a-fA-F]{1,16}){0,20}(?:,\.{3})?\]")
_PLACE: Final = lazy(r"[ \t]{1,4}([\w.+@<>-]{1,200}\.\w{1,8}):(\d{1,9})$|(.{1,200}?):(\d{1,9})(?:,\d{1,6})?$")
_OFFSET: Final = lazy(r" \+ (\d{1,15})$")
_SAMPLE_THREAD: Final = lazy(
    r"[ \t]{1,8}(\d{1,9})[ \t]{1,4}Thread_(\d{1,18}|<[^>]{1,20}>)(?:: (.{0,200}?))?"
    r"(?:[ \t]{1,8}DispatchQueue_.{0,200})?$",
    re.DOTALL,
)
_SPIN_THREAD: Final = lazy(r"[ \t]{1,4}Thread (0x[0-9a-fA-F]{1,16})(.{0,300})", re.DOTALL)
_QUOTED: Final = lazy(r'"([^"]{1,200})"')
_HEAVY: Final = "Heaviest stack for the "
_PROCESS: Final = lazy(r"Process:[ \t]{1,20}(.{1,200}?) \[(\d{1,9})\]", re.DOTALL)
_AHEAD: Final = 64


@dataclass(slots=True)
class _Tree:
    """The nodes of one thread: where each begins on its line, its count, its parent and its frame."""

    role: str
    thread_id: int | None = None
    name: str | None = None
    nodes: list[tuple[int, int, Frame]] = field(default_factory=list)
    children: list[list[int]] = field(default_factory=list)
    open: list[tuple[int, int]] = field(default_factory=list)
    roots: list[int] = field(default_factory=list)
    flat: bool = False

    def add(self, column: int, count: int, frame: Frame) -> None:
        """Hang a node on the last one that stands further left."""
        while self.open and self.open[-1][0] >= column and not self.flat:
            self.open.pop()
        number = len(self.nodes)
        if self.open:
            self.children[self.open[-1][1]].append(number)
        else:
            self.roots.append(number)
        self.nodes.append((column, count, frame))
        self.children.append([])
        self.open.append((column, number))

    def path(self) -> tuple[Frame, ...]:
        """The heaviest path, innermost first."""
        found = []
        at = max(self.roots, key=lambda number: self.nodes[number][1], default=-1)
        while at >= 0:
            found.append(self.nodes[at][2])
            at = max(self.children[at], key=lambda number: self.nodes[number][1], default=-1)
        return tuple(reversed(found))


class _Sampling:
    """The reading of one report."""

    def __init__(self) -> None:
        self.keys: dict[str, str] = {}
        self.trees: list[_Tree] = []
        self.images: list[dict[str, object]] = []
        self.section = "head"
        self.process: tuple[str, str] | None = None

    def feed(self, index: int, line: str) -> bool | None:
        """Take a line: True if it belongs to the report, None if it may."""
        if not line.strip():
            self.section = "head" if self.section == "heavy" and self.trees else self.section
            return None
        if self._heading(line):
            return True
        if self.section in {"graph", "heavy"} and self.trees and (node := _node(line, index)) is not None:
            self.trees[-1].add(*node)
            return True
        if self.section == "images" and (image := lines.image(line)) is not None:
            self.images.append(image)
            return True
        if self.section == "counts" and line[:1] in {" ", "\t"}:
            return True
        return True if line.startswith("-----") or (self.section != "images" and self._key(line)) else None

    def _heading(self, line: str) -> bool:
        """Whether the line begins a section or a thread."""
        if (found := _ANALYSIS.match(line)) is not None:
            self.process = self.process or (found[1], found[2])
        elif line.startswith(_HEAVY):
            self.section = "heavy"
            self.trees.append(_Tree("crash", flat=True))
        elif line.startswith("Call graph:"):
            self.section = "graph"
        elif (found := _SAMPLE_THREAD.match(line)) is not None and self.section == "graph":
            number = int(found[2]) if found[2].isdecimal() else None
            self.trees.append(_Tree("thread", number, (found[3] or "").strip() or _queue(line)))
        elif (found := _SPIN_THREAD.match(line)) is not None and self.section != "images":
            self.section = "graph"
            quoted = _QUOTED.search(found[2])
            self.trees.append(_Tree("thread", int(found[1], 16), quoted[1] if quoted else None))
        elif line.startswith(("Total number in stack", "Sort by top of stack")):
            self.section = "counts"
        elif line.lstrip().startswith("Binary Images:"):
            self.section = "images"
        elif (found := _PROCESS.match(line)) is not None:
            self.process = self.process or (found[1], found[2])
        else:
            return False
        return True

    def _key(self, line: str) -> bool:
        """A line of the head of the report or of one of its processes."""
        found = _KEY.match(line)
        if found is None or found[1] not in _KEYS:
            return False
        self.keys.setdefault(found[1], found[2].strip())
        return True


def _queue(line: str) -> str | None:
    """The name of the queue that a thread of `sample` works on."""
    return line.partition("DispatchQueue_")[2].partition(": ")[2].partition("  (")[0].strip() or None


def _node(line: str, index: int) -> tuple[int, int, Frame] | None:
    """Column, count and frame of a node."""
    found = _NODE.match(line)
    if found is None or len(line) > 20_000:
        return None
    rest = line[found.end() :].rstrip()
    address: int | None = None
    place = ""
    if tail := _TAIL.search(rest):
        address, place, rest = int(tail[1], 16), rest[tail.end() :], rest[: tail.start()].rstrip()
    frame = _sample_frame(rest, place) or _spin_frame(rest)
    if frame is None:
        if address is None and "???" not in rest:
            return None
        frame = lines.named(rest, None, None)
    return found.start(2), int(found[2]), replace(frame, address=address, text_line=index)


def _sample_frame(rest: str, place: str) -> Frame | None:
    """`name  (in image) + offset`, and a place behind the address."""
    found = _SAMPLE.search(rest)
    if found is None:
        return None
    frame = lines.named(rest[: found.start()] + (f" + {found[2]}" if found[2] else ""), found[1], None)
    where = _PLACE.search(place.rstrip())
    if where is None or not where[1]:
        return frame
    return replace(frame, file=where[1], line=int(where[2]))


def _spin_frame(rest: str) -> Frame | None:
    """`name + offset (file:line in image + offset)`."""
    found = _SPIN.search(rest)
    if found is None:
        return None
    name, inside = rest[: found.start()], found[1]
    offset: int | None = None
    if shift := _OFFSET.search(name):
        offset, name = int(shift[1]), name[: shift.start()]
    where, _, image = inside.rpartition(" in ")
    place = _PLACE.match(where) if where else None
    known = name.strip() not in {"???", ""}
    function, args = (name, None) if name.startswith(("-[", "+[")) else call(name)
    return Frame(
        function=function if known else None,
        function_raw=name if known and function != name else None,
        args=args or None,
        module=image,
        module_offset=int(found[2]),
        symbol_offset=offset if known else None,
        file=(place[1] or place[3]) if place else where or None,
        line=int(place[2] or place[4]) if place else None,
        trust="text",
    )


def sampled(window: Window) -> Report | None:
    """The report in which the anchor line lies."""
    if not _sure(window):
        return None
    first = _begin(window)
    read = _Sampling()
    end = index = first
    doubt = 0
    while doubt < 16 and (line := window[index]) is not None and not (index > 0 and window.is_record(index)):
        again = index > 0 and (
            _ANALYSIS.match(line) or (line.startswith(_HEAVY) and "main thread of the target" in line)
        )
        if again and read.trees:
            break
        taken = read.feed(index, line)
        index += 1
        doubt = 0 if taken else doubt + 1
        end = index if taken else end
    return _report(read, first, max(end, 1))


def _sure(window: Window) -> bool:
    """Whether nodes follow the anchor."""
    opened = False
    for index in range(_AHEAD):
        line = window[index]
        if line is None or (index and window.is_record(index)):
            return False
        opened = opened or line.startswith((_HEAVY, "Call graph:"))
        if opened and (_SAMPLE_THREAD.match(line) or _node(line, index) is not None):
            return True
    return False


def _begin(window: Window) -> int:
    """The first line of the head above the anchor."""
    first, blanks = 0, 0
    for index in range(-1, -BACK, -1):
        line = window[index]
        if line is None or blanks > 4:
            break
        key = _KEY.match(line)
        if (key is not None and key[1] in _KEYS) or _ANALYSIS.match(line):
            first, blanks = index, 0
        else:
            blanks += 1
    return first


def _report(read: _Sampling, first: int, end: int) -> Report:
    """The report, with the main thread of the program first."""
    keys = read.keys
    os_name, os_version = lines.system(keys.get("OS Version", ""))
    name, pid = read.process or (keys.get("Command"), keys.get("PID", ""))
    event = keys.get("Event") or ("hang" if read.trees[:1] and read.trees[0].role == "crash" else "sample")
    is_hang = event.partition(" ")[0] in {"hang", "unresponsive", "spin"}
    pid = keys.get("PID", pid) or ""
    traces = _traces(read)
    seconds = keys.get("Duration")
    value = f"{event} for {seconds}" if seconds else None
    when = keys.get("Date/Time", "").split()
    return Report(
        first=first,
        end=end,
        kind="hang" if is_hang else "dump",
        level="error",
        traces=traces,
        error_type="hang" if is_hang else event,
        error_value=value,
        thread_id=traces[0].thread_id if traces else None,
        process=keys.get("Command") or name,
        process_id=int(pid) if pid.isdecimal() else None,
        release=keys.get("Version") if keys.get("Version") != "???" else None,
        os_name=os_name,
        os_version=os_version,
        arch=lines.arch(keys.get("Code Type") or keys.get("Architecture") or ""),
        device=keys.get("Hardware model"),
        ts=iso(f"{when[0]}T{when[1]}{when[2] if len(when) > 2 else ''}") if len(when) > 1 else None,
        facts=tuple((key, text) for key, text in keys.items() if key not in {"Date/Time", "OS Version", "Version"}),
        modules=tuple(read.images),
        complete=any(trace.frames for trace in traces),
    )


def _traces(read: _Sampling) -> tuple[Trace, ...]:
    """The heaviest path of every thread; that of the main thread is the one of the hang."""
    images = lines.Images(read.images)
    found = []
    for place, tree in enumerate(tree for tree in read.trees if tree.nodes):
        found.append(
            Trace(
                frames=tuple(images.place(frame) for frame in tree.path()),
                role="crash" if place == 0 else "thread",
                thread_id=tree.thread_id,
                thread_name=tree.name or ("main thread" if tree.role == "crash" else None),
                state=f"{tree.nodes[0][1]} samples",
                unwinder="text",
            )
        )
    return tuple(found)
