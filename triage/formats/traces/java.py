"""Java, Kotlin, Scala, Groovy, Clojure and JRuby stacks: `Throwable.printStackTrace`, its variants, and thread dumps.

Facts: run with OpenJDK 17; the suffix of jars as logback prints it; heads of fuzzers and of Android's log held against
reports that were collected. Grammar, one line each::

    stack    = [ log ] [ 'Exception in thread "' name '" ' ] section ( "Caused by: " section | "Wrapped by: " section
               | "Driver stacktrace:" frame* )*
    section  = class [ ": " message lines ] ( frame | "... " n " more" | tab "Suppressed: " section )*
    frame    = "at " [ loader "/" ] [ module [ "@" version ] "/" ] class "." method "(" source ")" [ jar ] [ made ]
             | "(Coroutine boundary)"
    jar      = [ "~" ] "[" image "]"
    image    = name ":" version | "?:?" | "na:na"
    made     = "{" [ what ":" words ] "}"
    source   = file [ ":" line ] | "Native Method" | "Unknown Source" [ ":" line ] | "SourceFile:" line
    fuzzed   = "== Java Exception: " section
    android  = "FATAL EXCEPTION: " thread [ "Process: " name ", PID: " n ] section

Frames are printed innermost first. With `Wrapped by:` the root cause comes first and the exception that surfaced last.
Thread dumps are read by `java_dump`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from msgspec.structs import replace

from triage.formats.traces import java_dump
from triage.formats.traces.java_frames import frame, gap, is_frame
from triage.formats.traces.log_lines import is_log
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report, shifted
from triage.formats.traces.window import Window
from triage.formats.traces.wrappers import unwrapped
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "parse", "probe", "read")

NAME: Final = "java"
TITLE: Final = "Java or Kotlin stack trace"
PLATFORM: Final = "java"
ANCHORS: Final = (
    "\tat ",
    "    at ",
    ".java:",
    ".kt:",
    ".scala:",
    ".groovy:",
    "(Native Method)",
    "(Unknown Source",
    "(SourceFile",
    "Exception in thread ",
    "UncaughtExceptionHandler in thread ",
    "Java Exception: ",
    "Java Assertion Error: ",
    java_dump.STATE,
    *java_dump.HEADS,
)

# A message may have so many lines, and so many blank ones may stand between two frames.
_MESSAGE_LINES: Final = 40
_GAP: Final = 3
_HEAD_CHARS: Final = 4_000
_PROBE: Final = lazy(
    r"^[ \t]*+at [\w$.<>/@+-]+\((?:[^():\n]+\.(?:java|kts?|scala|groovy|clj)(?::\d+)?|Native Method|Unknown Source)\)"
    r"|^[ \t]*+\.\.\. \d+ (?:more$|common frames omitted)",
    re.MULTILINE,
)
_SECTION: Final = lazy(
    r"(\s*)(?:\|-\s*)?(?:(Caused by|Suppressed|Wrapped by|\[CIRCULAR REFERENCE|Driver stacktrace): ?"
    r"|(Caused by) (?=(?:[a-z][\w$]{0,200}\.){1,30}[\w$]{1,200}(?:: |$)))(.*)$"
)
_IN_THREAD: Final = lazy(r'Exception in thread "([^"]*)" (.*)$')
_QUALIFIED: Final = lazy(r"(?:[^\W\d][\w$]{0,200}\.){1,30}[^\W\d][\w$-]{0,200}(?:: |:?$)")
_CLASS: Final = lazy(r"((?:[^\W\d][\w$]{0,200}\.){0,30}[^\W\d][\w$-]{0,200})(?:: ?(.*))?$", re.DOTALL)
# A class that says by its name what it is, anywhere in a line.
_LOUD: Final = lazy(
    r"(?<![\w.$])(?:[a-zA-Z_$][\w$]{0,200}\.){0,30}[A-Za-z_$][\w$]{0,200}"
    r"(?:(?<=Exception)|(?<=Error)|(?<=Throwable)|(?<=Failure)|(?<=Failed)|(?<=Timeout)|(?<=Violation))"
    r"(?:\$[\w$]{1,100})?(?=: |:?\s*$)"
)
_FUZZED: Final = lazy(r"== Java (?:Exception|Assertion Error): (.*)$")
_ANDROID: Final = lazy(r"(?:FATAL EXCEPTION: |\*\*\* FATAL EXCEPTION IN SYSTEM PROCESS: )(.*)$")
_PROCESS: Final = lazy(r"Process: ([\w.:]{1,200}), PID: (\d{1,9})")
# What Crashlytics writes before the class.
_COLLECTED: Final = lazy(r"(?:Fatal|Non-fatal) Exception: (?=(?:[a-z][\w$]{0,200}\.){1,30}[\w$]{1,200}(?:: |$))")
_THROWN: Final = lazy(r'Exception: (\S{1,300}) thrown from the UncaughtExceptionHandler in thread "([^"]{0,200})"')
_DEDUP: Final = lazy(r"DEDUP_TOKEN: (\S+)")
_MEMORY: Final = "java.lang.OutOfMemoryError"


@dataclass(slots=True)
class _Section:
    """One throwable or thread as it is read."""

    role: str
    head: list[str] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    thread: str | None = None
    state: str | None = None

    def trace(self, role: str, chain_no: int) -> Trace:
        """The throwable as records know it; what stands above its class is the log that it was printed into."""
        start = next((index for index, line in enumerate(self.head) if _QUALIFIED.match(line.strip())), 0)
        text = "\n".join(self.head[start:]).strip()
        named = _CLASS.match(text)
        return Trace(
            frames=tuple(self.frames),
            role=role,
            chain_no=chain_no,
            error_type=named[1] if named else None,
            error_value=(named[2] or None) if named else text or None,
            thread_name=self.thread,
            state=self.state,
        )


def probe(text: str) -> bool:
    """Whether the text holds a line `at class.method(File.java:n)` or its kin."""
    return _PROBE.search(text) is not None


def parse(text: str) -> list[Trace]:
    """Read a Java stack, innermost frames first, `function` as `package.Class.method`.

    Examples
    --------
    >>> crash, cause = parse("a.E: x\\n\\tat a.B.c(B.java:3)\\nCaused by: d.F\\n\\tat java.base/d.G.h(Native Method)")
    >>> crash.error_value, crash.frames[0].function, cause.error_type, cause.frames[0].module
    ('x', 'a.B.c', 'd.F', 'java.base')
    """
    sections = _sections(text)
    wrapped = [index for index, section in enumerate(sections) if section.role == "wrapper"]
    if wrapped:
        # the root cause was printed first: turn the chain around
        chain = [s for s in sections if s.role in {"crash", "cause", "wrapper"}]
        rest = [s for s in sections if s.role not in {"crash", "cause", "wrapper"}]
        sections = [*reversed(chain), *rest]
        for place, section in enumerate(sections[: len(chain)]):
            section.role = "cause" if place else "crash"
    traces = [section.trace(section.role, number) for number, section in enumerate(_surfaced(sections))]
    return list(unwrapped(traces, "java"))


def read(window: Window) -> Report | None:
    """The throwable with its causes, or the thread dump, around a line that is a frame or announces one."""
    line = window[0] or ""
    if len(line) > _HEAD_CHARS:
        return None
    if java_dump.STATE in line or any(head in line for head in java_dump.HEADS):
        return java_dump.report(window)
    if is_frame(line):
        place: int | None = 0
    elif _IN_THREAD.search(line) or _FUZZED.match(line):
        place = _first_frame(window)
        if place is not None and _head(window, place)[0] > 0:
            place = None
    elif _THROWN.search(line):
        place = None
    else:
        return None
    if place is None:
        return _alone(window, line)
    return _stack(window, place)


def _stack(window: Window, place: int) -> Report | None:
    """The throwable whose first frame is at a line."""
    if frame(window[place] or "") is None:
        return None
    first, start = _head(window, place)
    end = _end(window, place)
    lines = window.slice(first, end)
    head = window[first] or ""
    if first < place:
        lines[0] = head[start:]
        if start and head[:start].isspace():
            # A cause further to the right than the throwable is of one that was suppressed.
            lines = [line.removeprefix(head[:start]) for line in lines]
    traces = shifted(parse("\n".join(lines)), first)
    if not traces:
        return None
    if java_dump.is_thread(head):
        return java_dump.report(window, first)
    begin, above = _above(window, first)
    thread = above.get("thread") or traces[0].thread_name
    traces = (replace(traces[0], thread_name=thread, role="crash"), *traces[1:])
    fuzzed, dead = head.startswith("== Java "), "thread" in above or _IN_THREAD.search(head) is not None
    token = _DEDUP.match(window[end] or "")
    return Report(
        first=begin,
        end=end + bool(token),
        kind="oom" if traces[0].error_type == _MEMORY else "exception",
        level="fatal" if fuzzed or dead else "error",
        handled=False if fuzzed or dead else None,
        traces=traces,
        error_type=traces[0].error_type,
        error_value=traces[0].error_value,
        process=above.get("process"),
        process_id=int(above["pid"]) if "pid" in above else None,
        facts=(("dedup_token", token[1]),) if token else (),
        complete=traces[0].error_type is not None,
        leads=fuzzed or dead,
    )


def _alone(window: Window, line: str) -> Report | None:
    """A throwable of which nothing but the head is there."""
    if thrown := _THROWN.search(line):
        line = f'Exception in thread "{thrown[2]}" {thrown[1]}'
    found = _FUZZED.match(line) or _IN_THREAD.search(line)
    text = found[found.lastindex or 1] if found else ""
    named = _CLASS.match(text.strip())
    if found is None or named is None or not (_QUALIFIED.match(text.strip()) or _LOUD.match(text)):
        return None
    thread = found[1] if found.lastindex == 2 else None
    kind = "oom" if named[1] == _MEMORY else "exception"
    trace = Trace(error_type=named[1], error_value=named[2] or None, thread_name=thread)
    return Report(
        kind=kind,
        handled=False,
        traces=(trace,),
        error_type=named[1],
        error_value=named[2] or None,
        complete=window[1] is not None,
        leads=True,
    )


def _first_frame(window: Window) -> int | None:
    """The first frame below the head of a throwable; only message lines may stand between."""
    for index in range(1, _MESSAGE_LINES):
        line = window[index]
        if line is None or window.is_record(index) or _IN_THREAD.search(line):
            return None
        if frame(line):
            return index
    return None


def _head(window: Window, place: int) -> tuple[int, int]:
    """Where the throwable of a first frame begins: the line that names its class, and where in it."""
    weak: tuple[int, int] | None = None
    blank = False
    for index in range(place - 1, place - _MESSAGE_LINES, -1):
        line = window[index]
        if line is None or is_frame(line) or len(line) > _HEAD_CHARS:
            break
        if found := _named(line):
            return index, found[0]
        if weak is None and not blank:
            if _QUALIFIED.match(line.strip()):
                weak = index, len(line) - len(line.lstrip())
            elif java_dump.is_thread(line) or _SECTION.match(line):
                return index, 0
        blank = blank or not line.strip()
        if window.is_record(index) or is_log(line):
            break
    return weak or (place, 0)


def _named(line: str) -> tuple[int, str] | None:
    """Where a line names an exception by its class, which may follow what a logger wrote."""
    if found := _IN_THREAD.search(line) or _FUZZED.match(line):
        return (found.start() if found.lastindex == 2 else found.start(1)), ""
    if found := _COLLECTED.match(line):
        return found.end(), ""
    if _SECTION.match(line):
        return 0, ""
    loud = None
    for loud in _LOUD.finditer(line):
        # the first that stands alone; of a logger's own words the last is the nearest to the message
        if loud.end() < len(line) or loud.start() == 0:
            break
    return (loud.start(), loud[0]) if loud else None


def _above(window: Window, first: int) -> tuple[int, dict[str, str]]:
    """What Android writes above a throwable that ended a process."""
    said: dict[str, str] = {}
    begin = first
    for index in (first - 1, first - 2):
        line = (window[index] or "").strip()
        if found := _PROCESS.match(line):
            said |= {"process": found[1], "pid": found[2]}
        elif found := _ANDROID.match(line):
            said["thread"] = found[1]
        else:
            break
        begin = index
    return begin, said


def _end(window: Window, place: int) -> int:
    """Where it ends: behind the last frame, section or thread that follows without anything else between."""
    end = index = place + 1
    message = blanks = 0
    while (line := window[index]) is not None and not window.is_record(index) and message < _MESSAGE_LINES:
        index += 1
        blanks = 0 if line.strip() else blanks + 1
        if is_frame(line):
            end, message = index, 0
        elif _SECTION.match(line):
            end, message = index, 1
        elif message:
            message += 1
        elif line.strip() or blanks > _GAP:
            break
    return end


def _surfaced(sections: list[_Section]) -> list[_Section]:
    """Leave out the log between the throwables, and make the first that is left the crash."""
    kept = [s for s in sections if s.frames or s.role in {"cause", "suppressed", "wrapper"}]
    if kept and kept[0].role != "thread" and not any(section.role == "crash" for section in kept):
        kept[0].role = "crash"
    return kept


def _sections(text: str) -> list[_Section]:
    """Cut the text into throwables and threads."""
    sections = [_Section("crash")]
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n")):
        current = sections[-1]
        if found := gap(line, number) or frame(line, number):
            current.frames.append(found)
        elif opened := _opened(line):
            sections.append(opened)
        elif java_dump.STATE in line and current.role == "thread":
            current.state = line.partition(java_dump.STATE)[2].strip()
        elif current.frames:
            # what follows the frames of a throwable is the next one, or the log going on
            if line.strip() and not line.lstrip().startswith(("- ", "at ")):
                sections.append(_started(line))
        elif started := _IN_THREAD.match(line):
            current.thread, current.head = started[1], [started[2]]
        elif (line.strip() or current.head) and current.role != "thread":
            current.head.append(line)
    return sections


def _opened(line: str) -> _Section | None:
    """A section that a line announces by name."""
    if found := _SECTION.match(line):
        # Spark's driver says where it was when a task failed elsewhere.
        roles = {"Caused by": "cause", "Wrapped by": "wrapper", "Driver stacktrace": "other"}
        said = found[2] or found[3]
        role = roles.get(said, "suppressed")
        return _Section(
            "suppressed" if found[1] and role == "cause" else role,
            [found[4].rstrip("]") if "[" in said else found[4]],
        )
    if java_dump.is_thread(line):
        return _Section("thread", thread=line.split('"')[1])
    return None


def _started(line: str) -> _Section:
    """A section that begins without being announced."""
    found = _IN_THREAD.match(line)
    return _Section("other", [found[2]], thread=found[1]) if found else _Section("other", [line])
