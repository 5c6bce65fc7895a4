"""Java and Kotlin stacks: `Throwable.printStackTrace`, logback's and Log4j's variants, and thread dumps.

Facts: run with OpenJDK 17; the suffix of jars as logback prints it. Grammar, one line each::

    stack    = [ 'Exception in thread "' name '" ' ] section ( "Caused by: " section | "Wrapped by: " section )*
    section  = class [ ": " message lines ] ( frame | "... " n " more" | tab "Suppressed: " section )*
    frame    = "at " [ loader "/" ] [ module [ "@" version ] "/" ] class "." method "(" source ")" [ jar ]
    jar      = [ "~" ] "[" image "]"
    image    = name ":" version | "?:?" | "na:na"
    source   = file [ ":" line ] | "Native Method" | "Unknown Source"
    thread   = '"' name '" ' attributes "java.lang.Thread.State: " state frame*

Frames are printed innermost first. With `Wrapped by:` the root cause comes first and the exception that surfaced last.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from msgspec.structs import replace

from triage.formats.traces.reports import Report, shifted
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "parse", "probe", "read")

NAME: Final = "java"
TITLE: Final = "Java or Kotlin stack trace"
PLATFORM: Final = "java"
ANCHORS: Final = ("\tat ", "    at ", "Exception in thread ", "\t... ", "java.lang.Thread.State: ")

# A message may have so many lines.
_MESSAGE_LINES: Final = 40
_PROBE: Final = re.compile(
    r"^[ \t]*+at [\w$.<>/@+-]+\((?:[^():\n]+\.(?:java|kts?|scala|groovy|clj)(?::\d+)?|Native Method|Unknown Source)\)"
    r"|^[ \t]*+\.\.\. \d+ (?:more$|common frames omitted)",
    re.MULTILINE,
)
_FRAME: Final = re.compile(r"\s*at (?P<name>[^\s(]+)\((?P<source>[^()]*)\)(?:\s*~?\[(?P<jar>[^\]]*)\])?\s*$")
_ELIDED: Final = re.compile(r"\s*\.\.\. (\d{1,9}) (?:more|common frames omitted)")
_SECTION: Final = re.compile(r"(\s*)(Caused by|Suppressed|Wrapped by|\[CIRCULAR REFERENCE): ?(.*)$")
_IN_THREAD: Final = re.compile(r'Exception in thread "([^"]*)" (.*)$')
_THREAD: Final = re.compile(r'"([^"]*)"(?: #\d+)?[^"]*\b(?:prio|tid|nid)=')
_STATE: Final = "java.lang.Thread.State: "
_QUALIFIED: Final = re.compile(r"(?:[^\W\d][\w$]*\.)+[^\W\d][\w$-]*(?:: |:?$)")
_CLASS: Final = re.compile(r"((?:[^\W\d][\w$]*\.)*[^\W\d][\w$-]*)(?:: ?(.*))?$", re.DOTALL)


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
    return [section.trace(section.role, number) for number, section in enumerate(_surfaced(sections))]


def read(window: Window) -> Report | None:
    """The throwable with its causes, or the thread dump, around a line that is a frame or announces one."""
    place = _first_frame(window)
    if place is None:
        return None
    first, end = _head(window, place), _end(window, place)
    traces = shifted(parse("\n".join(window.slice(first, end))), first)
    if not traces:
        return None
    crash = traces[0]
    return Report(
        first=first,
        end=end,
        kind="exception" if crash.role == "crash" else "dump",
        level="error",
        traces=traces,
        error_type=crash.error_type,
        error_value=crash.error_value,
        complete=any(trace.frames for trace in traces),
    )


def _first_frame(window: Window) -> int | None:
    """The first frame at or below the anchor; only message lines may stand between."""
    for index in range(_MESSAGE_LINES):
        line = window[index]
        if line is None or (index and window.is_record(index)):
            return None
        if _frame(line) and _PROBE.match(line):
            return index
    return None


def _head(window: Window, frame: int) -> int:
    """Where the throwable of a first frame begins: at the nearest line above that names its class."""
    for index in range(frame - 1, frame - _MESSAGE_LINES, -1):
        line = window[index]
        if line is None:
            break
        if _IN_THREAD.search(line) or _QUALIFIED.search(line.strip()) or _THREAD.match(line):
            return index
        if window.is_record(index) or not line.strip():
            break
    return frame


def _end(window: Window, frame: int) -> int:
    """Where it ends: behind the last frame, section or thread that follows without anything else between."""
    end, index, message = frame + 1, frame + 1, 0
    while (line := window[index]) is not None and not window.is_record(index) and message < _MESSAGE_LINES:
        index += 1
        if _frame(line) or _ELIDED.match(line) or line.lstrip().startswith("- ") or _STATE in line:
            end, message = index, 0
        elif _opened(line):
            message = 1
        elif message:
            message += 1
        elif line.strip():
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
        if frame := _frame(line):
            current.frames.append(replace(frame, text_line=number))
        elif opened := _opened(line):
            sections.append(opened)
        elif elided := _ELIDED.match(line):
            current.frames.append(
                Frame(
                    frame_kind="elided",
                    repeat=int(elided[1]),
                    language="java",
                    function_raw=line.strip(),
                    text_line=number,
                )
            )
        elif _STATE in line and current.role == "thread":
            current.state = line.partition(_STATE)[2].strip()
        elif current.frames:
            # what follows the frames of a throwable is the next one, or the log going on
            if line.strip() and not line.lstrip().startswith(("- ", "at ")):
                sections.append(_started(line))
        elif started := _IN_THREAD.match(line):
            current.thread, current.head = started[1], [started[2]]
        elif line.strip() and current.role != "thread":
            current.head.append(line)
    return sections


def _opened(line: str) -> _Section | None:
    """A section that a line announces by name."""
    if found := _SECTION.match(line):
        role = {"Caused by": "cause", "Wrapped by": "wrapper"}.get(found[2], "suppressed")
        return _Section(
            "suppressed" if found[1] and role == "cause" else role,
            [found[3].rstrip("]") if "[" in found[2] else found[3]],
        )
    if found := _THREAD.match(line):
        return _Section("thread", thread=found[1])
    return None


def _started(line: str) -> _Section:
    """A section that begins without being announced."""
    found = _IN_THREAD.match(line)
    return _Section("other", [found[2]], thread=found[1]) if found else _Section("other", [line])


def _frame(line: str) -> Frame | None:
    """A frame line, None where it is none."""
    found = _FRAME.match(line)
    if found is None:
        return None
    module, _, name = found["name"].rpartition("/")
    file, _, number = found["source"].rpartition(":")
    if not number.isdecimal() or len(number) > 9:
        file, number = found["source"], ""
    known = file not in {"Native Method", "Unknown Source", ""}
    jar = (found["jar"] or "").partition(":")[0]
    return Frame(
        function=name,
        function_raw=found["name"] if module else None,
        module=module.strip("/").rpartition("/")[2].partition("@")[0]
        or (jar if jar not in {"?", "na"} else "")
        or None,
        file=file if known else None,
        line=int(number) if number else None,
        language="java",
        trust="text",
    )
