r"""Stacks of Linux kernels as the crash utility shows them, of a core file of kdump or of a running kernel.

Facts: general knowledge of crash 5 to 8, its commands sys and bt (-a, -l, -f) on x86 and ARM64. Grammar, a line each::

    report = [ panic other* ] task+
    panic  = "PANIC: " quote words quote
    task   = "PID: " n "  TASK: " A "  CPU: " n "  COMMAND: " quote name quote ( row | where | place | other )*
    row    = "#" n " [" A "] " function " at " A [ " [" module "]" ]
    where  = "[exception RIP: " function "+" n "]" | "PC: " A "  [" function "+" n "]"
    place  = file ": " n                                                     on a line of its own
    other  = registers | "--- <" words "> ---" | words of the stack

What stands above the exception handled it. The task with an exception, or whose frames end the kernel, is the one that
crashed; a stack without both is that of a task that waits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from msgspec.structs import replace

from triage.formats.traces import kernel_heads
from triage.formats.traces.block import Block
from triage.formats.traces.kernel_heads import Head
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "crash-utility"
TITLE: Final = "Stacks of the crash utility"
PLATFORM: Final = "kernel"
ANCHORS: Final = ("TASK: ",)

_TASK: Final = lazy(
    r"\s{0,8}PID: (?P<pid>\d{1,9})\s{1,12}TASK: [0-9a-f]{8,16}\s{1,12}CPU: \d{1,5}\s{1,12}"
    r"COMMAND: \"(?P<name>[^\"]{0,80})\"\s*$"
)
_PANIC: Final = lazy(r"\s{0,12}PANIC: \"(?P<text>[^\"]{1,400})\"")
_ROW: Final = lazy(
    r"\s{0,6}#\d{1,4} \[[0-9a-f]{8,16}\] (?P<name>[^\s\[]\S{0,250}) at (?P<address>[0-9a-f]{8,16})"
    r"(?: \[(?P<module>[\w.-]{1,100})\])?\s*$"
)
_WHERE: Final = lazy(
    r"\s{2,12}(?:\[exception (?:RIP|EIP|PC): |PC: [0-9a-f]{8,16}\s{1,4}\[)"
    r"(?P<name>unknown or invalid address|[^\s+\]]{1,250})(?:\+(?P<offset>\d{1,9}))?\]\s*$"
)
_PLACE: Final = lazy(r"\s{2,8}(?P<file>/\S{1,400}): (?P<line>\d{1,9})\s*$")
_OTHER: Final = lazy(
    r"\s{1,8}(?:\w{1,12}: (?:[0-9a-f]{2,16}\b|\[)|--- <.{1,60}> ---|\[[A-Z].{0,60}\]|[0-9a-f]{8,16}: )|bt: "
)
_HANDLERS: Final = (
    (("asm_exc_page_fault", "exc_page_fault", "page_fault", "do_page_fault", "el1_da", "do_mem_abort"), "page fault"),
    (
        ("asm_exc_general_protection", "exc_general_protection", "general_protection", "do_general_protection"),
        "general protection fault",
    ),
    (("asm_exc_divide_error", "exc_divide_error", "divide_error", "do_divide_error"), "divide error"),
    (("asm_exc_invalid_op", "exc_invalid_op", "invalid_op", "do_invalid_op"), "invalid opcode"),
    (("panic", "vpanic", "nmi_panic"), "Kernel panic"),
)
_DIES: Final = frozenset({"machine_kexec", "__crash_kexec", "crash_kexec", "crash_nmi_callback", "die", "oops_end"})
_SIGNAL: Final = Frame(frame_kind="signal", function="<exception>", language="kernel", trust="text")
_BACK, _MOST, _BLANK = 16, 200_000, 2


@dataclass(slots=True)
class _Task:
    """One task and its stack."""

    pid: int
    name: str
    frames: list[Frame] = field(default_factory=list)
    caught: bool = False

    @property
    def dies(self) -> bool:
        """Whether it is the one that crashed; the other processors are stopped by an NMI."""
        names = {frame.function for frame in self.frames}
        return "crash_nmi_callback" not in names and (self.caught or bool(names & _DIES))


def read(window: Window) -> Report | None:
    """The tasks from the anchor line on."""
    if not (_TASK.match(window[0] or "") and _ROW.match(window[1] or "")):
        return None
    tasks, end = _tasks(Block(window))
    first, head = _said(window)
    tasks.sort(key=lambda task: not task.dies)
    crashed = tasks[0].dies
    kind, error, value = _error(tasks[0], head) if crashed else ("dump", None, None)
    traces = [
        Trace(
            frames=tuple(task.frames),
            role="crash" if crashed and not place else "thread",
            error_type=None if place else error,
            error_value=None if place else value,
            thread_id=task.pid,
            thread_name=task.name,
            crashed=True if crashed and not place else None,
            unwinder="text",
        )
        for place, task in enumerate(tasks)
    ]
    return Report(
        first=first if crashed else 0,
        end=end,
        kind=kind,
        level="fatal" if crashed else "error",
        traces=tuple(traces),
        error_type=error,
        error_value=value,
        fault_address=head.address if head and crashed else None,
        thread_id=tasks[0].pid,
        process_id=tasks[0].pid,
        process=tasks[0].name,
        os_name="Linux",
    )


def _tasks(block: Block) -> tuple[list[_Task], int]:
    """The tasks, and where they end (exclusive)."""
    tasks: list[_Task] = []
    index = end = 0
    while index - end <= _BLANK and index < _MOST and (line := block.at(index)) is not None:
        if found := _TASK.match(line):
            tasks.append(_Task(int(found["pid"]), found["name"]))
        elif line.strip() and not _taken(tasks[-1], line, index):
            break
        index += 1
        end = index if line.strip() else end
    return tasks, end


def _taken(task: _Task, line: str, at: int) -> bool:
    """Whether a line is of the stack of a task, to which it is added."""
    if row := _ROW.match(line):
        task.frames.append(_frame(row, at, address=int(row["address"], 16), module=row["module"]))
    elif where := _WHERE.match(line):
        if not task.caught and task.frames:
            task.frames.append(replace(_SIGNAL, text_line=at))
        task.caught = True
        if where["offset"]:
            task.frames.append(_frame(where, at, symbol_offset=int(where["offset"])))
    elif (place := _PLACE.match(line)) and task.frames:
        task.frames[-1] = replace(task.frames[-1], file=place["file"], line=int(place["line"]))
    else:
        return _OTHER.match(line) is not None
    return True


def _frame(
    found: re.Match[str],
    at: int,
    *,
    address: int | None = None,
    module: str | None = None,
    symbol_offset: int | None = None,
) -> Frame:
    """The function that a line names."""
    return Frame(
        function=found["name"],
        module=module,
        address=address,
        symbol_offset=symbol_offset,
        language="kernel",
        trust="text",
        text_line=at,
    )


def _said(window: Window) -> tuple[int, Head | None]:
    """Where the report begins, and what the kernel said when it died, which `sys` shows above the stack."""
    for index in range(-1, -_BACK, -1):
        line = window[index]
        if line is None:
            break
        if found := _PANIC.match(line):
            return index, kernel_heads.head(found["text"].strip())
    return 0, None


def _error(task: _Task, head: Head | None) -> tuple[str, str, str | None]:
    """Kind, type and message, by what the kernel said, else by who handled it."""
    if head is not None:
        return head.kind, head.type, head.value or head.text.removeprefix("BUG: ")
    names = {frame.function for frame in task.frames}
    found = next((error for handlers, error in _HANDLERS if names.intersection(handlers)), "Oops")
    return "abort" if found == "Kernel panic" else "crash", found, None
