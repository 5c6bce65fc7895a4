"""Fatal error logs of the JVM (`hs_err_pid<n>.log`) and their short form on the console.

Facts: general knowledge of HotSpot 6 to 23 (vmError.cpp writes it), of OpenJ9 nothing. Grammar, one line each::

    log      = "#" head* section* "END."
    head     = "A fatal error has been detected by the Java Runtime Environment:"
             | "There is insufficient memory for the Java Runtime Environment to continue."
             | SIGNAL " (0x" hex ") at pc=0x" hex ", pid=" n ", tid=" ( n | "0x" hex )
             | ( "Internal Error" | "Out of Memory Error" ) " (" file ":" n "), pid=" n ", tid=" n
             | "Error: " text | "fatal error: " text | "guarantee(" text ") failed: " text
             | "JRE version: " text | "Java VM: " text | "Core dump ..." | "Problematic frame:" LF frame
    section  = "---------------  T H R E A D  ---------------" ( current | siginfo | registers | stack )*
             | P R O C E S S | S Y S T E M | S U M M A R Y
    stack    = ( "Native frames: (J=compiled" ... | "Java frames: (J=compiled" ... ) LF frame*
    frame    = ( "C" | "V" | "A" ) "  [" image "+0x" hex "]" [ "  " symbol "+0x" hex ]
             | "j  " class "." method signature "+" bci [ " " module "@" version ]
             | "J " id [ "%" ] [ " c1" | " c2" ] " " class "." method signature
               " (" n " bytes) @ 0x" hex " [0x" hex "+0x" hex "]"
             | "v  ~" stub
"""

from __future__ import annotations

import re
from typing import Final

from triage.formats.exception_codes import name as code_name
from triage.formats.traces import hs_err_system
from triage.formats.traces.hs_err_frames import frame
from triage.formats.traces.patterns import either, integer, lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "hs_err"
TITLE: Final = "JVM fatal error log"
PLATFORM: Final = "java"
ANCHORS: Final = (
    "A fatal error has been detected by the Java Runtime Environment",
    "An unexpected error has been detected by Java Runtime Environment",
    "An unexpected error has been detected by HotSpot Virtual Machine",
    "There is insufficient memory for the Java Runtime Environment to continue",
    "# Problematic frame:",
    "Native frames: (",
    "Java frames: (J=",
)

_SIGNAL: Final = lazy(
    r"#? *(?P<name>SIG[A-Z]{2,10}|EXCEPTION_[A-Z_]{2,40}|[A-Z][A-Z_]{3,60}) \((?P<code>0x[0-9a-fA-F]{1,8}|\d{1,10})\)"
    r" at pc=(?P<pc>0x[0-9a-fA-F]{1,16}), pid=(?P<pid>\d{1,9}), tid=(?P<tid>0x[0-9a-fA-F]{1,16}|\d{1,20})"
)
_UNKNOWN: Final = lazy(
    r"#? *\(?(?P<code>0x[0-9a-fA-F]{1,8})\)? at pc=(?P<pc>0x[0-9a-fA-F]{1,16}), pid=(?P<pid>\d{1,9}), "
    r"tid=(?P<tid>\w{1,20})"
)
_INTERNAL: Final = lazy(
    r"#? *(?P<name>Internal Error|Out of Memory Error)"
    r"(?:,? \(?(?P<file>[^()]{1,300}?):(?P<line>\d{1,9})\)?| \([^)]{0,40}\))?"
    r"(?:, pid=(?P<pid>\d{1,9}), tid=(?P<tid>0x[0-9a-fA-F]{1,16}|\d{1,20}))?\s*$"
)
_SAID: Final = lazy(
    r"#? *(?:(?:fatal )?[Ee]rror: .{1,1000}|(?:assert|guarantee)\(.{1,1000}"
    r"|Native memory allocation \(.{1,400}|[A-Z]\w+\(\) .{1,400})"
)
_CURRENT: Final = lazy(
    r"Current thread(?: is native thread)? ?(?:\((?P<address>0x[0-9a-fA-F]{1,16})\))?:? *(?P<rest>.*)$"
)
_THREAD_ID: Final = lazy(r"\bid=(\d{1,10})\b")
_THREAD: Final = lazy(r'(?P<kind>\w+) "(?P<name>[^"]{0,300})"(?P<rest>.*)$')
_STATE: Final = lazy(r"\[(_thread_\w+)")
_LISTED: Final = lazy(r'(?:=>)?(?:0x[0-9a-fA-F]{1,16}) (?P<kind>\w*Thread) "(?P<name>[^"]{0,300})"(?P<rest>.*)$')
_INFO: Final = lazy(r"siginfo: ?(.*)$")
_ADDRESS: Final = lazy(
    r"(?:si_addr[:=] ?|accessing address |(?:reading|writing|executing) address )(0x[0-9a-fA-F]{1,16})"
)
_ACCESS: Final = lazy(r"\b(reading|writing|executing) address")
_STACK: Final = lazy(r"(?P<kind>Native|Java) frames: \(")
_KEYED: Final = lazy(
    r"#? *(JRE version|Java VM|Core dump(?: will be)? written|Command Line|Host|vm_info|elapsed time): ?(.*)$"
)
_MORE: Final = lazy(r"\.\.\.<?(?:more|truncated) frames?")
_OPENS: Final = lazy(r"(?:-{5,} {1,4}[A-Z](?: [A-Z]){2,20} {1,4}-{5,})\s*$")
# What a line of the head or of a thread begins with.
_TELLS: Final = lazy(
    r"[#(]|0x|=>|[A-Z_]{4,64} \(|Internal Error|Out of Memory Error|JRE version|Java VM|Core dump|Command Line|Host"
    r"|vm_info|elapsed time|Current thread|siginfo:"
)
# Beside that what begins or ends a part of the log.
_SPEAKS: Final = either((_TELLS, lazy(r"END\.|Native frames: \(|Java frames: \(|Problematic frame:")))
_SIGNALS_OOM: Final = "insufficient memory"
_GAP: Final = 3
_SURE: Final = 64


class _Log:
    """What the lines of one log said."""

    def __init__(self, *, lean: bool = False) -> None:
        self.lean = lean
        self.values: dict[str, str] = {}
        self.error: str | None = None
        self.said: list[str] = []
        self.signal: re.Match[str] | None = None
        self.internal: re.Match[str] | None = None
        self.thread: Trace = Trace(crashed=True)
        self.native: list[Frame] = []
        self.java: list[Frame] = []
        self.problematic: Frame | None = None
        self.others: list[Trace] = []
        self.info: str | None = None
        self.system = hs_err_system.System()
        self.part = "head"
        self.ended = False
        self.memory = False

    @property
    def sure(self) -> bool:
        """Whether something was said that only such a log says."""
        said = self.signal or self.internal or self.memory or self.problematic
        return bool(said or any(frame.frame_kind == "frame" for frame in (*self.native[:8], *self.java[:8])))

    def feed(self, line: str, number: int) -> None:
        """Take one line."""
        mark = line.strip()
        if self.lean and self.part == "head" and not (_SPEAKS.match(mark) or _SIGNALS_OOM in mark):
            return
        if mark == "END.":
            self.ended = True
        elif found := _STACK.match(mark):
            self.part = found["kind"].lower()
        elif self.part in {"native", "java"}:
            self._called(line, mark, number)
        elif mark.lstrip("# ") == "Problematic frame:":
            self.part = "problematic"
        elif self.part == "problematic":
            self.problematic = frame(mark.lstrip("# "), number)
            self.part = "head"
        elif (_TELLS.match(mark) or _SIGNALS_OOM in mark) and (self._head(mark) or self._thread(mark)):
            pass
        elif not self.lean:
            self.system.feed(line)

    def _called(self, line: str, mark: str, number: int) -> None:
        """A line of a stack."""
        frames = self.native if self.part == "native" else self.java
        if found := frame(mark, number):
            frames.append(found)
        elif _MORE.match(mark):
            frames.append(Frame(frame_kind="elided", function_raw=mark, text_line=number))
        elif not mark:
            self.part = "head"
        elif _OPENS.match(mark) or ":" in mark:
            self.part = "head"
            self.feed(line, number)
        else:
            frames.append(Frame(frame_kind="note", function_raw=mark, text_line=number))

    def _head(self, mark: str) -> bool:
        """A line of the head, or a key and its value."""
        if _SIGNALS_OOM in mark:
            self.memory = True
        elif found := _SIGNAL.match(mark) or _UNKNOWN.match(mark):
            self.signal = self.signal or found
        elif found := _INTERNAL.match(mark):
            self.internal = self.internal or found
        elif found := _KEYED.match(mark):
            self.values.setdefault(found[1], found[2])
        elif mark.startswith("#") and _SAID.match(mark):
            self.said.append(mark.lstrip("# "))
        else:
            return mark.startswith("#")
        return True

    def _thread(self, mark: str) -> bool:
        """A line that tells of a thread or of the signal."""
        if found := _INFO.match(mark):
            self.info = self.info or found[1]
        elif (found := _CURRENT.match(mark)) and self.thread.thread_name is None:
            named = _THREAD.search(found["rest"])
            state = _STATE.search(found["rest"])
            identity = _THREAD_ID.search(found["rest"])
            self.thread = Trace(
                thread_name=named["name"] if named else found["rest"].partition(" ")[0].rstrip(":") or None,
                thread_id=int(identity[1]) if identity else None,
                state=state[1] if state else None,
                crashed=True,
            )
        elif found := _LISTED.match(mark):
            state, identity = _STATE.search(found["rest"]), _THREAD_ID.search(found["rest"])
            self.others.append(
                Trace(
                    role="thread",
                    thread_name=found["name"],
                    thread_id=int(identity[1]) if identity else None,
                    state=state[1] if state else None,
                    crashed=False,
                )
            )
        else:
            return False
        return True


def read(window: Window) -> Report | None:
    """The log that begins at or just above the anchor."""
    line = (window[0] or "").strip()
    if not (line.startswith(("#", "Native frames: (", "Java frames: (")) and len(line) < 400):
        return None
    first = _first(window)
    log, index, end, whole = _Log(lean=window.lean), first, 1, False
    while (text := window[index]) is not None and not log.ended and not (index > 0 and window.is_record(index)):
        if whole and log.lean and log.part == "head" and index > 0:
            silent, last = _silent(window.ahead(index))
            end, index = index + last if last else end, index + silent
            if silent:
                if index > _SURE and not log.sure:
                    return None
                continue
        mark = text.strip()
        whole = whole or _OPENS.match(mark) is not None
        if index > 0 and not whole and ((mark and not _short(mark, log)) or index - end > _GAP):
            break
        if index > 0 and ANCHORS[0] in text:
            break
        log.feed(text, index)
        index += 1
        end = index if mark else end
        if index > _SURE and not log.sure:
            return None
    if not log.sure:
        return None
    return _report(log, first, end, whole=whole)


def _silent(lines: list[str]) -> tuple[int, int]:
    """How many lines of a log tell nothing that a key needs, and how many of them up to the last that is not blank."""
    speaks, last = _SPEAKS.match, 0
    for place, line in enumerate(lines):
        mark = line.strip()
        if speaks(mark) or _SIGNALS_OOM in mark or ANCHORS[0] in line:
            return place, last
        if mark:
            last = place + 1
    return len(lines), last


def _first(window: Window) -> int:
    """The first line of the box of hashes."""
    first = 0
    while first > -8 and (window[first - 1] or "").strip().startswith("#"):
        first -= 1
    return first


def _short(mark: str, log: _Log) -> bool:
    """Whether a line may stand in the short form, or in a piece of a log whose beginning is lost."""
    return (
        mark.startswith(("#", "[thread ", "[error occurred"))
        or (
            log.part in {"native", "java", "problematic"} and (frame(mark) is not None or _MORE.match(mark) is not None)
        )
        or _STACK.match(mark) is not None
    )


def _report(log: _Log, first: int, end: int, *, whole: bool) -> Report:
    """The log as a report."""
    signal, internal = log.signal, log.internal
    code = integer(signal["code"]) if signal else None
    named = signal.groupdict().get("name") if signal else None
    name = named or (code_name("windows", code) if code is not None else None)
    error = name or (internal["name"] if internal else "Out of Memory Error" if log.memory else None)
    value = _value(log)
    ids = signal or internal
    fault = _ADDRESS.search(log.info or "")
    access = _ACCESS.search(log.info or "")
    memory = log.memory or error == "Out of Memory Error"
    kind = "oom" if memory else "assertion" if internal and signal is None else "crash"
    traces = _traces(log, error, value, ids)
    system = log.system
    return Report(
        first=first,
        end=end,
        kind=kind,
        handled=False,
        traces=traces,
        error_type=error,
        error_value=value,
        error_code=code,
        error_code_name=name if code is not None else None,
        signal=name if name and name.startswith("SIG") else None,
        fault_address=int(fault[1], 16) if fault else None,
        access={"reading": "READ", "writing": "WRITE", "executing": "EXECUTE"}[access[1]] if access else None,
        thread_id=traces[0].thread_id,
        process_id=int(ids["pid"]) if ids and ids["pid"] else None,
        os_name=system.os_name(log.values.get("Java VM", "")),
        os_version=system.os_version,
        arch=system.arch(log.values.get("Java VM", "")),
        ts=system.ts,
        facts=_facts(log),
        modules=tuple(system.modules),
        complete=log.ended or not whole,
        leads=not log.memory,
    )


def _value(log: _Log) -> str | None:
    """What the head says beside the signal: the message of an assertion, else the problematic frame."""
    if log.said:
        return "\n".join(log.said)
    if log.internal and log.internal["file"]:
        return f"{log.internal['file']}:{log.internal['line']}"
    return log.info


def _traces(log: _Log, error: str | None, value: str | None, ids: re.Match[str] | None) -> tuple[Trace, ...]:
    """The crash stack, of Java alone where it says more, then the other threads."""
    frames = log.native or log.java or ([log.problematic] if log.problematic else [])
    tid = ids["tid"] if ids else None
    thread = log.thread
    number = thread.thread_id if thread.thread_id is not None else integer(tid) if tid and tid[:1].isdigit() else None
    crash = Trace(
        frames=tuple(frames),
        error_type=error,
        error_value=value,
        thread_id=number,
        thread_name=thread.thread_name,
        state=thread.state,
        crashed=True,
        registers=log.system.registers_json(),
    )
    java = (
        [Trace(frames=tuple(log.java), role="other", chain_no=1, thread_id=number)] if log.native and log.java else []
    )
    rest = [t for t in log.others if t.thread_id is None or t.thread_id != number]
    return (crash, *java, *rest)


def _facts(log: _Log) -> tuple[tuple[str, str], ...]:
    """Versions, command line and what else the log says of itself."""
    keys = {
        "JRE version": "jre_version",
        "Java VM": "vm",
        "Command Line": "command_line",
        "Host": "host",
        "elapsed time": "elapsed",
        "vm_info": "vm_info",
    }
    facts = [(keys[key], value) for key, value in log.values.items() if key in keys and value]
    if log.signal:
        facts.append(("pc", log.signal["pc"]))
    if log.info:
        facts.append(("siginfo", log.info))
    if log.problematic and (said := log.problematic.function_raw or log.problematic.function):
        facts.append(("problematic_frame", said))
    if log.system.java_command:
        facts.append(("java_command", log.system.java_command))
    return tuple(facts)
