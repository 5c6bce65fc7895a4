"""Thread dumps of the JVM (jstack, SIGQUIT, jcmd): every thread with its state and locks, and the deadlocks at the end.

Facts: general knowledge of HotSpot 8 to 23. Grammar, one line each::

    dump     = "Full thread dump " vm ":" [ smr ] thread* deadlock* [ "Heap" ... ]
    thread   = '"' name '" ' attributes [ "java.lang.Thread.State: " state ] ( frame | "- " lock )* [ synchronizers ]
    deadlock = "Found one Java-level deadlock:" rule ( '"' name '":' waits )* "Java stack information ..." rule
               ( '"' name '":' frame* )* "Found " n " deadlock" [ "s" ] "."
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from triage.formats.traces.java_frames import frame, gap
from triage.formats.traces.patterns import integer, lazy, remembered
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("HEADS", "STATE", "is_thread", "report")

HEADS: Final = ("Full thread dump ", "Java-level deadlock")
STATE: Final = "java.lang.Thread.State: "
_THREAD: Final = lazy(r'"(?P<name>[^"]*)"(?: #\d{1,9})?[^"]*?(?: prio=| tid=| nid=| os_prio=| #\d{1,9} \[)')
_NATIVE: Final = lazy(r"\bnid=(0x[0-9a-fA-F]{1,16}|\d{1,18})|#\d{1,9} \[(\d{1,9})\]")
_STATE_WORD: Final = lazy(r"nid=\S{1,20} ([a-zA-Z][\w .()-]{0,80}?) *(?:\[0x|$)")
_LISTED: Final = lazy(r'"([^"]*)":$')
_KNOWN: Final = lazy(
    r"\s*(?:- |Locked ownable synchronizers|Threads class SMR info|_java_thread_list="
    r"|(?:0x[0-9a-f]{4,16},? ?){1,4}$|\}$"
    r"|JNI global ref|=====|waiting (?:to lock|for)|which is held by|in JNI, which|Java stack information for"
    r"|Found \d|Found one Java|No compile task|Compiling: |Mounted virtual|Carrying virtual|_to_delete_list"
    r"|\| |native: #)"
)
_DEADLOCKS: Final = lazy(r"Found (\d{1,6}|one|a total of \d{1,6}) (?:Java-level )?deadlock")
_HEAP: Final = lazy(
    r"\s*(?:[\w-]{2,40}(?: [\w-]{1,40}){0,3} {1,20}(?:total|used|capacity)"
    r"|[a-z]{1,30} space \d{1,12}K, {1,4}\d{1,3}% used"
    r"|region size |class space )"
)
_GAP: Final = 3
_SURE: Final = 64


@dataclass(slots=True)
class _Thread:
    """One thread as it is read."""

    name: str
    thread_id: int | None = None
    state: str | None = None
    frames: list[Frame] = field(default_factory=list)


@remembered
def is_thread(line: str) -> bool:
    """Whether a line begins a thread of a dump."""
    return _THREAD.match(line) is not None


class _Dump:
    """Takes the lines of a dump."""

    def __init__(self) -> None:
        self.threads: list[_Thread] = []
        self.stuck: list[_Thread] = []
        self.waits: list[str] = []
        self.locked = False
        self.listing = False
        self.heap = False
        self.current: _Thread | None = None

    def feed(self, line: str, number: int) -> bool | None:
        """True where the line is of the dump, None where it is blank, False where the dump is over."""
        mark = line.strip()
        if not mark:
            return None
        if found := _THREAD.match(line):
            self._thread(found, line)
        elif called := frame(line, number) or gap(line, number):
            if self.current is not None:
                self.current.frames.append(called)
        elif STATE in line:
            if self.current is not None:
                self.current.state = mark.partition(STATE)[2]
        elif mark == "Heap":
            self.heap = True
        else:
            return self._deadlock(line, mark) or (self.heap and _HEAP.match(line) is not None)
        return True

    def _deadlock(self, line: str, mark: str) -> bool:
        """Take a line of what is said of threads that wait for each other, or one that says nothing of a stack."""
        if self.locked and (found := _LISTED.match(mark)):
            self.current = None
            if self.listing:
                self.current = _Thread(found[1])
                self.stuck.append(self.current)
            else:
                self.waits.append(mark)
        elif mark.startswith("Java stack information for"):
            self.listing = True
        elif "Java-level deadlock" in mark or _DEADLOCKS.match(mark):
            self.locked, self.listing = True, False
        elif _KNOWN.match(line):
            if self.locked and not self.listing and not mark.startswith(("=", "-")):
                self.waits.append(mark)
        else:
            return False
        return True

    def _thread(self, found: re.Match[str], line: str) -> None:
        native = _NATIVE.search(line)
        identity = integer(native[1] or native[2]) if native else None
        state = _STATE_WORD.search(line)
        self.current = _Thread(found["name"], identity, state[1] if state else None)
        self.threads.append(self.current)

    def traces(self) -> tuple[Trace, ...]:
        """The stacks: threads that wait for each other first, then the others as printed."""
        names = {thread.name for thread in self.stuck}
        known = {thread.name: thread for thread in self.threads}
        first = [known.get(thread.name, thread) for thread in self.stuck]
        rest = [thread for thread in self.threads if thread.name not in names]
        ordered = [*dict.fromkeys(map(id, first)), *map(id, rest)]
        by_id = {id(thread): thread for thread in (*first, *rest)}
        return tuple(
            Trace(
                frames=tuple(by_id[key].frames),
                role="crash" if names and place == 0 else "thread",
                chain_no=place,
                thread_id=by_id[key].thread_id,
                thread_name=by_id[key].name,
                state=by_id[key].state,
                crashed=(by_id[key].name in names) if names else None,
            )
            for place, key in enumerate(ordered)
        )


def report(window: Window, first: int = 0) -> Report | None:
    """The dump in whose beginning the anchor lies: its head, a thread or the state of one."""
    head = window[first] or ""
    if STATE in head:
        above = next((i for i in (0, -1, -2) if is_thread(window[i] or "")), None)
        if above is None:
            return None
        first = above
    headed = head.startswith(HEADS[0])
    dump = _Dump()
    index = first + headed
    end = index
    while (line := window[index]) is not None and not window.is_record(index) and index - end <= _GAP:
        taken = dump.feed(line, index)
        if taken is False:
            break
        index += 1
        end = index if taken else end
        if index - first > _SURE and not any(thread.frames for thread in (*dump.threads[:4], *dump.stuck[:4])):
            break
    traces = dump.traces()
    if not any(trace.frames for trace in traces) and not (headed and traces):
        return None
    facts = [("vm", head.partition(HEADS[0])[2].strip().rstrip(":"))] if headed else []
    if dump.waits:
        facts.append(("deadlock", "\n".join(dump.waits)))
    return Report(
        first=first,
        end=end,
        kind="hang" if dump.stuck else "dump",
        level="error" if dump.stuck else "info",
        traces=traces,
        error_type="deadlock" if dump.stuck else None,
        error_value=", ".join(dict.fromkeys(thread.name for thread in dump.stuck)) or None,
        thread_id=traces[0].thread_id if dump.stuck else None,
        facts=tuple(facts),
        complete=headed or bool(dump.stuck),
    )
