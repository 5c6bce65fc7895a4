r"""Applications that do not respond, on Android: what ActivityManager logs, and the threads that ART dumps.

Facts: general knowledge of ActivityManager, of ART's and Dalvik's thread lists, of `debuggerd -b` and of how Google
Play shows both. Grammar, one line each::

    report  = logged | [ "Subject: " reason line* ] dump
    logged  = "ANR in " process [ " (" activity ")" ] ( "PID: " n | "Reason: " words | "Load: " … | usage )*
    dump    = [ "----- pid " n " at " time " -----" header* ] thread* [ "----- end " n " -----" ]
    header  = "Cmd line: " process | "Build fingerprint: '…'" | "ABI: '…'" | anything up to the first thread
    thread  = '"' name '"' [ " daemon" ] [ " prio=" n ] id line*
    id      = " tid=" n " " state | " sysTid=" n | " (not attached)"
    line    = "| " words | frame | lock | "(no managed stack frames)" | "kernel: " words
    frame   = "at " class "." method [ " " ] "(" source ")" | [ "native: " ] native            tombstone_frames
    lock    = "- waiting on <0x…> (a …)" | "- waiting to lock <0x…> (a …) held by thread " n | "- locked <0x…> (a …)"

The stack of the crash is that of the thread `main`. What it waits for is a fact, and so is the thread that holds it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from msgspec.structs import replace

from triage.formats.traces import tombstone_frames
from triage.formats.traces.patterns import lazy, remembered
from triage.formats.traces.reports import Report
from triage.formats.traces.tombstone_report import fingerprint
from triage.formats.traces.window import Window
from triage.records import Frame, Trace
from triage.times import iso

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "anr"
TITLE: Final = "Android ANR"
PLATFORM: Final = "java"
ANCHORS: Final = ("----- pid ", "ANR in ", "DALVIK THREADS", '" prio=', '" daemon prio=', '" tid=', '" sysTid=')

_PID: Final = lazy(
    r"----- pid (?P<pid>\d{1,9}) at (?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[+-]\d{4})?) -----$"
)
_END: Final = lazy(r"----- end (\d{1,9}) -----$")
_THREAD: Final = lazy(
    r'"(?P<name>.{0,200}?)" (?:daemon )?(?:prio=\d{1,3} )?(?:tid=(?P<tid>\d{1,9})(?: (?P<state>[A-Za-z][\w -]{1,60}))?'
    r"|sysTid=(?P<sys>\d{1,9})"
    r"|\(not attached\))(?: \|.{0,200})?$"
)
_ATTRIBUTE: Final = lazy(r"\| ")
_SYS_TID: Final = lazy(r"\bsysTid=(\d{1,9})")
_FRAME: Final = lazy(r"at (?P<name>[^\s(]{1,1000}) ?\((?P<source>[^()]{0,400})\)$")
_LOCK: Final = lazy(r"- (?P<what>waiting on|waiting to lock|locked|sleeping on|waiting for)\b(?P<rest>.{0,600})$")
_HOLDER: Final = lazy(r"held by (?:thread|tid=?) ?(\d{1,9})")
_OTHER: Final = lazy(
    r"kernel: |native: |\(no managed stack frames\)|\(couldn't |DALVIK THREADS|\(mutexes:|N(?:OTE|ote): "
    r"|\(native backtrace"
)
_CMD: Final = lazy(r"(?P<key>Cmd ?line|Build fingerprint|ABI|Build type): ?(?P<value>.{0,600})$")
_ANR: Final = lazy(r"ANR in (?P<process>[\w.:$-]{1,200})(?: \((?P<activity>[^()]{1,300})\))?(?:, time=\d+)?$")
_ANR_LINE: Final = lazy(
    r"(?P<key>PID|Reason|Parent|ErrorId|Frozen|Load|Annotation|Critical event log): ?(?P<value>.{0,2000})$"
)
_USAGE: Final = lazy(
    r"CPU usage from |[+ ]{0,4}\d{1,4}(?:\.\d+)?% (?:\d{1,9}/|TOTAL)|----- (?:Output from|End output from) |(?:some"
    r"|full) avg10=|\d{1,9}(?:\.\d+)?% |Android time"
)
_SUBJECT: Final = lazy(r"Subject: ?(.{1,2000})$")
_BACK: Final = 40
_MOST_HEADERS: Final = 400
_LOGGED: Final = 400
_UNKNOWN: Final = 3


@dataclass(slots=True)
class _Thread:
    """One thread as it is read."""

    name: str
    tid: int | None
    state: str | None
    sys_tid: int | None = None
    frames: list[Frame] = field(default_factory=list)
    waits: str | None = None
    holder: str | None = None


def read(window: Window) -> Report | None:
    """The ANR or the threads that the line begins."""
    text = (window[0] or "").strip()
    if found := _ANR.match(text):
        return _logged(window, found)
    if found := _PID.match(text):
        return _dump(window, 1, found)
    if text.startswith("DALVIK THREADS"):
        return _dump(window, 1, None) if _ahead(window, 1) else None
    if _THREAD.match(text) and _ahead(window, 0):
        return _dump(window, 0, None)
    return None


def _ahead(window: Window, start: int) -> bool:
    """Whether a thread of Android stands here: its attributes, a frame or what it waits for come next."""
    at = next((index for index in range(start, start + 4) if _THREAD.match((window[index] or "").strip())), None)
    if at is None:
        return False
    text = (window[at + 1] or "").strip()
    return bool(_ATTRIBUTE.match(text) or _OTHER.match(text) or _frame(text) or _LOCK.match(text))


def _logged(window: Window, found: re.Match[str]) -> Report:
    """The block that ActivityManager logs."""
    facts: dict[str, str] = {}
    if found["activity"]:
        facts["activity"] = found["activity"]
    index = end = 1
    while index < _LOGGED and (line := window[index]) is not None and not window.is_record(index):
        text = line.strip()
        told = _ANR_LINE.match(text)
        if told is not None:
            facts.setdefault(told["key"].lower().replace(" ", "_"), told["value"].strip())
        elif _USAGE.match(text):
            if "TOTAL" in text:
                facts.setdefault("cpu_total", text)
        elif text:
            break
        index += 1
        end = index if text else end
    pid = facts.pop("pid", "")
    reason = facts.pop("reason", None)
    number = int(pid) if pid.isdigit() else None
    return Report(
        end=end,
        kind="hang",
        level="error",
        traces=(Trace(error_type="ANR", error_value=reason, thread_name="main"),),
        error_type="ANR",
        error_value=reason,
        process_id=number,
        process=found["process"],
        os_name="Android",
        facts=tuple(facts.items()),
        complete=reason is not None,
        leads=True,
    )


def _dump(window: Window, start: int, found: re.Match[str] | None) -> Report | None:
    """The threads of a process; `found` is the line that names it."""
    threads: list[_Thread] = []
    facts: dict[str, str] = {}
    index = end = start
    unknown, closed = 0, False
    while (line := window[index]) is not None and not window.is_record(index):
        text = line.strip()
        if _END.match(text):
            end, closed = index + 1, True
            break
        if _PID.match(text):
            break
        if _took(threads, facts, text, index):
            end, unknown = index + 1, 0
        elif text:
            unknown += 1
            if unknown > (_UNKNOWN if threads or found is None else _MOST_HEADERS):
                break
        index += 1
    if not threads and found is None:
        return None
    first = _above(window, facts) if found is not None else 0
    while closed and (line := window[end]) is not None and not line.strip():
        end += 1
    return replace(_report(window, threads, facts, end, found, closed=closed), first=first)


def _above(window: Window, facts: dict[str, str]) -> int:
    """Where the lines begin that say above the threads why they were dumped; 0 where there are none."""
    for index in range(-1, -_BACK, -1):
        line = window[index]
        if line is None or window.is_record(index) or _END.match(line.strip()):
            break
        told = _SUBJECT.match(line.strip())
        if told is not None:
            facts["subject"] = told[1].strip()
            return index
    return 0


def _took(threads: list[_Thread], facts: dict[str, str], text: str, index: int) -> bool:
    """Whether a line is one of the dump's."""
    if found := _THREAD.match(text):
        tid = found["tid"] or found["sys"]
        threads.append(_Thread(found["name"], int(tid) if tid else None, (found["state"] or "").strip() or None))
        return True
    if not threads:
        told = _CMD.match(text)
        if told is not None:
            facts.setdefault(told["key"].lower().replace(" ", "_"), told["value"].strip().strip("'"))
        return told is not None or text.startswith("DALVIK THREADS")
    thread = threads[-1]
    row = _frame(text)
    if row is not None:
        thread.frames.append(replace(row, text_line=index))
        return True
    if lock := _LOCK.match(text):
        if lock["what"] != "locked" and thread.waits is None:
            thread.waits = text[2:]
            holder = _HOLDER.search(lock["rest"])
            thread.holder = holder[1] if holder else None
        return True
    if _ATTRIBUTE.match(text):
        told = _SYS_TID.search(text)
        thread.sys_tid = int(told[1]) if told else thread.sys_tid
        return True
    return _OTHER.match(text) is not None


@remembered
def _frame(text: str) -> Frame | None:
    """A frame of Java or of native code."""
    found = _FRAME.match(text)
    if found is None:
        native = text.removeprefix("native: ")
        return tombstone_frames.frame(native) if native.startswith("#") and " pc " in native[:12] else None
    file, _, line = found["source"].rpartition(":")
    if not line.isdecimal() or len(line) > 9:
        file, line = found["source"], ""
    known = file.lower() not in {"native method", "unknown source", "unavailable", ""}
    return Frame(
        function=found["name"].rstrip("!"),
        function_raw=found["name"] if found["name"].endswith("!") else None,
        file=file if known else None,
        line=int(line) if line else None,
        language="java",
        trust="text",
    )


def _report(
    window: Window,
    threads: list[_Thread],
    facts: dict[str, str],
    end: int,
    found: re.Match[str] | None,
    *,
    closed: bool,
) -> Report:
    """The report of the threads, `main` first."""
    main = next(
        (thread for thread in threads if thread.tid == 1 or thread.name == "main"), threads[0] if threads else None
    )
    # of several processes in one file the first is the one that did not respond
    hangs = found is not None and ((window.number(0) or 0) == 0 or window[-1] is not None)
    reason = facts.pop("subject", None)
    if main is not None and main.waits:
        facts["waits"] = main.waits
        held = next((thread for thread in threads if main.holder and str(thread.tid) == main.holder), None)
        if held is not None:
            facts["held_by"] = held.name
    version, device = fingerprint(facts.get("build_fingerprint", ""))
    ordered = [main, *(thread for thread in threads if thread is not main)] if main is not None else []
    traces = tuple(
        Trace(
            frames=tuple(thread.frames),
            role="crash" if thread is main and hangs else "thread",
            error_type="ANR" if thread is main and hangs else None,
            error_value=reason if thread is main and hangs else None,
            thread_id=thread.sys_tid if thread.sys_tid is not None else thread.tid,
            thread_name=thread.name,
            state=thread.state,
            crashed=True if thread is main and hangs else None,
            unwinder="text",
        )
        for thread in ordered
    )
    return Report(
        end=end,
        kind="hang" if hangs else "dump",
        level="error" if hangs else "info",
        traces=traces,
        error_type="ANR" if hangs else None,
        error_value=reason if hangs else None,
        thread_id=traces[0].thread_id if traces else None,
        process_id=int(found["pid"]) if found else None,
        process=facts.pop("cmd_line", None) or facts.pop("cmdline", None),
        os_name="Android",
        os_version=version,
        arch=facts.pop("abi", None),
        device=device,
        ts=iso(found["time"].replace(" ", "T", 1)) if found else None,
        facts=tuple(facts.items()),
        complete=bool(threads) and (closed or found is None),
        follows=hangs,
    )
