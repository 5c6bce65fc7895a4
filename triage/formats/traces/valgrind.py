r"""Errors that the tools of Valgrind print: memcheck, helgrind, DRD.

Facts: real output of Valgrind 3.19, and general knowledge of 3.5 to 3.24. Each line begins with the number of the
process, `==4242== `, with `--time-stamp=yes` the time before it. Grammar of what follows, one line each::

    report   = announced* [ "Thread " n [ " " name ] ":" ] words stack ( [ empty ] aux stack )*
    stack    = ( "   at " | "   by " ) "0x" hex ": " ( function | "???" ) [ " (" ( file ":" n | "in " image ) ")" ]
    aux      = "Address 0x" hex " is " words | "Block was alloc'd at" | "This conflicts with a previous write ..." | ...
    announced = "---Thread-Announcement---..." "Thread #" n ( " was created" stack | " is the program's root thread" )
    end      = "Process terminating with default action of signal " n " (" name ")" words* stack
    lost     = "LEAK SUMMARY:" ( kind ": " n " bytes in " n " blocks" )* "Rerun with --leak-check=full ..."

What the words mean stands in `valgrind.toml`. A bad access that ends the process is one report with its signal.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Final

from triage.formats.traces import lambdas
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import BACK, Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "valgrind"
TITLE: Final = "Valgrind error"
PLATFORM: Final = "native"
ANCHORS: Final = (
    "==    at 0x", "==    by 0x", "== Invalid read of size ", "== Invalid write of size ",
    "== Conditional jump or move depends", "== Use of uninitialised value", "== Invalid free()",
    "== Possible data race during ", " lost in loss record ", "== LEAK SUMMARY:",
    "== Process terminating with default action",
)  # fmt: skip

_LINE: Final = lazy(r"\s{0,40}==(?:\d\d:){3}\d\d\.\d{3} (\d{1,10})== ?(.*)$|\s{0,40}==(\d{1,10})== ?(.*)$")
_FRAME: Final = lazy(r"\s{1,4}(?:at|by) 0x([0-9A-Fa-f]{1,16}): (\S.*)$")
_ENDED: Final = lazy(r"Process terminating with default action of signal (\d{1,3}) \((SIG\w{1,12})\)")
_THREAD: Final = lazy(r"Thread (\d{1,9})(?: ([^:]{1,64}))?:$")
_OF_THREAD: Final = lazy(r"(?:by|[Tt]hread) (?:thread )?#?(\d{1,9})\b")
_RULE: Final = lazy(r"-{3,}")
_ADDRESS: Final = lazy(
    r"(?:Address|region at address|at address|^Integer divide by zero at address) 0x([0-9A-Fa-f]{1,16})"
)
_RACED: Final = lazy(r"(read|write|load|store) (?:of size|by thread \d{1,9} at 0x)")
_AT: Final = lazy(r" at 0x([0-9A-Fa-f]{1,16})\b")
_SIZE: Final = lazy(r" size (\d{1,12})\b")
_LOST: Final = lazy(r"\s*(definitely lost|indirectly lost|possibly lost|still reachable): (.{1,80})$")
# Lines of the program, or of another process, between two of one report; lines without frames in one.
_FOREIGN: Final = 8
_WORDS: Final = 64
# How far the announcements of threads may reach.
_SURE: Final = 40


@dataclass(slots=True)
class _Section:
    """One stack and the line that announces it."""

    text: str
    role: str
    at: int
    frames: list[Frame] = field(default_factory=list)


class _Lines:
    """The lines of one process; others give None."""

    def __init__(self, window: Window, pid: str) -> None:
        self._window = window
        self.pid = pid
        self._read: dict[int, str | None] = {}

    def __getitem__(self, index: int) -> str | None:
        if index not in self._read:
            found = _split(self._window[index])
            self._read[index] = found[1] if found and found[0] == self.pid else None
        return self._read[index]

    def next(self, index: int) -> int | None:
        """The next line of this process, over a few of others."""
        for at in range(index, index + _FOREIGN + 1):
            if self[at] is not None:
                return at
            if self._window[at] is None:
                break
        return None


def read(window: Window) -> Report | None:
    """The error in which the anchor line lies."""
    found = _split(window[0])
    if found is None:
        return None
    lines = _Lines(window, found[0])
    if found[1].startswith("LEAK SUMMARY:"):
        return _lost(lines)
    sections, end = _sections(lines, _first(lines))
    own = next((section for section in sections if section.role == "crash"), None)
    if own is None:
        return None
    ended = _ENDED.match(own.text)
    if ended:
        return _ended(lines, sections, end, ended[2], int(ended[1]))
    error = _named(own.text)
    if error is None and not own.frames:
        return None
    signal = None
    after, then = _ending(lines, end)
    if then and after and (_names(after[0].frames) == _names(own.frames) or _is_cut(lines, own, end, after[0], then)):
        # the same access, and what the system did about it
        signal, end = _ENDED.match(after[0].text), then
    return _report(lines, sections, own, end, error or {"type": "Misc"}, signal[2] if signal else None)


def _report(
    lines: _Lines, sections: list[_Section], own: _Section, end: int, error: dict[str, Any], signal: str | None
) -> Report:
    """The report of an error."""
    thread, name = _thread(sections, own)
    words = _said(lines, sections[0].at, end)
    access, size = _RACED.search(own.text), _SIZE.search(own.text)
    address = _AT.search(own.text) or next((found for word in words if (found := _ADDRESS.search(word))), None)
    traces = _traces(sections, own, error["type"], thread, name)
    return Report(
        first=sections[0].at,
        end=end,
        kind=error.get("kind", "crash"),
        level="fatal" if signal else "error",
        traces=traces,
        error_type=error["type"],
        error_value=traces[0].error_value,
        signal=signal,
        fault_address=int(address[1], 16) if address and error.get("kind", "crash") == "crash" else None,
        thread_id=thread,
        access=error.get("access") or (_ACCESS.get(access[1]) if access else None),
        access_size=int(size[1]) if size else None,
        process_id=int(lines.pid),
        facts=tuple(("said", word) for word in words if word.startswith(("Address ", "Location ", "declared ")))[:8],
        complete=bool(own.frames),
    )


_ACCESS: Final = {"read": "READ", "load": "READ", "write": "WRITE", "store": "WRITE"}


def _ended(lines: _Lines, sections: list[_Section], end: int, signal: str, number: int) -> Report:
    """The report of a process that a signal ended."""
    own = sections[0]
    words = _said(lines, own.at, end)
    address = next((found for word in words if (found := _ADDRESS.search(word))), None)
    overflow = any(word.startswith("Stack overflow in thread ") for word in words)
    said = next((word for word in words[1:] if word[:1].isupper()), own.text)
    traces = _traces(sections, own, "stack-overflow" if overflow else signal, None, None)
    return Report(
        first=own.at,
        end=end,
        traces=traces,
        error_type=traces[0].error_type,
        error_value=said,
        signal=signal,
        error_code=number,
        fault_address=int(address[1], 16) if address else None,
        process_id=int(lines.pid),
        complete=bool(own.frames),
        follows=signal in {"SIGABRT", "SIGTRAP", "SIGILL"},
    )


def _lost(lines: _Lines) -> Report | None:
    """Leaks of which only the sum is told; where each is told, each is a report."""
    facts: list[tuple[str, str]] = []
    index = 1
    while (line := lines[index]) and index < _WORDS:
        if found := _LOST.match(line):
            facts.append((found[1].replace(" ", "_"), found[2].strip()))
        index += 1
        if line.startswith("Rerun with --leak-check=full"):
            break
    else:
        return None
    lost = dict(facts).get("definitely_lost", "0 ")
    if lost.startswith("0 "):
        return None
    return Report(
        end=index,
        kind="leak",
        level="warning",
        error_type="Leak_DefinitelyLost",
        error_value=f"{lost} are definitely lost",
        process_id=int(lines.pid),
        facts=tuple(facts),
    )


def _split(line: str | None) -> tuple[str, str] | None:
    """Process and words of a line of Valgrind's."""
    found = _LINE.match(line) if line is not None else None
    return (found[1] or found[3], found[2] if found[1] else found[4]) if found else None


def _first(lines: _Lines) -> int:
    """Where the report begins in which line 0 lies: up through its paragraph, and those that belong before it."""
    at = _paragraph(lines, 0)
    while at > 2 - BACK and not lines[at - 1] and (above := lines[at - 2]):
        words = lines[at] or ""
        begin = _paragraph(lines, at - 2)
        said = lines[begin] or ""
        announces = _RULE.match(above) or (said.startswith("Thread #") and said.endswith((" was created", " thread")))
        if not (announces or ((aux := _aux(words)) and aux.get("open"))):
            break
        at = begin
    return at


def _paragraph(lines: _Lines, at: int) -> int:
    """The first line of the paragraph that a line lies in."""
    while at > 1 - BACK and lines[at - 1]:
        at -= 1
    return at


def _sections(lines: _Lines, first: int) -> tuple[list[_Section], int]:
    """The stacks of the report that begins there, each under its line, and where it ends (exclusive)."""
    found: list[_Section] = []
    end = at = first
    words = 0
    empty = False
    while words < _WORDS and (here := lines.next(at)) is not None:
        line = lines[here] or ""
        at = here + 1
        if here > _SURE and not any(section.role == "crash" for section in found):
            break
        if not line.strip():
            empty = True
            continue
        if frame := _frame(line, here):
            if not found or empty:
                if found:
                    break
                found.append(_Section("", "crash", here))
            found[-1].frames.append(frame)
            words = 0
        elif not _opens(found, line.strip(), here, empty=empty):
            break
        else:
            words += 1
        empty, end = False, at
    return found, end


def _opens(found: list[_Section], line: str, at: int, *, empty: bool) -> bool:
    """Take a line that is no frame; False where it belongs to what comes next."""
    crashed = any(section.role == "crash" for section in found)
    if _RULE.match(line) or _THREAD.match(line) or line.endswith(" is the program's root thread"):
        if crashed:
            return not empty
        found.append(_Section(line, "note", at))
        return True
    aux = _aux(line)
    announced = aux is not None and aux["role"] == "thread" and line.startswith("Thread #")
    if aux is not None and (announced or (crashed and (aux.get("open") or not empty))):
        role = aux["role"]
        if role == "crash":
            # the lock order is what is wrong, and the first stack that shows it comes next
            return True
        found.append(_Section(line, role, at))
        return True
    if not crashed:
        found.append(_Section(line, "crash", at))
        return True
    return not empty


def _ending(lines: _Lines, end: int) -> tuple[list[_Section], int]:
    """The words on the end of the process that stand next, and where they end; nothing where others do."""
    at = end
    for _ in range(3):
        here = lines.next(at)
        line = lines[here] if here is not None else None
        if here is None or line is None:
            break
        if _ENDED.match(line):
            sections, then = _sections(lines, here)
            return [section for section in sections if section.role == "crash"], then
        if line.strip():
            break
        at = here + 1
    return [], 0


def _is_cut(lines: _Lines, own: _Section, end: int, after: _Section, then: int) -> bool:
    """Whether the words on the end of the process have lost their stack and tell the address of the error before."""
    if after.frames:
        return False
    reached = {found[1] for word in _said(lines, own.at, end) if (found := _ADDRESS.search(word))}
    told = {found[1] for word in _said(lines, after.at, then) if (found := _ADDRESS.search(word))}
    return not reached.isdisjoint(told)


def _said(lines: _Lines, first: int, end: int) -> list[str]:
    """The lines of a report that are no frames."""
    found = (lines[at] for at in range(first, end))
    return [line.strip() for line in found if line and line.strip() and not _frame(line, 0)]


def _thread(sections: list[_Section], own: _Section) -> tuple[int | None, str | None]:
    """Number and name of the thread that the error happened in."""
    for section in sections:
        if section.role == "note" and (found := _THREAD.match(section.text)):
            return int(found[1]), found[2]
    found = _OF_THREAD.search(own.text)
    return (int(found[1]), None) if found else (None, None)


def _traces(
    sections: list[_Section], own: _Section, error: str, thread: int | None, name: str | None
) -> tuple[Trace, ...]:
    """The stack of the error, then the others."""
    crash = Trace(
        frames=tuple(lambdas.named(own.frames)),
        error_type=error,
        error_value=own.text.partition(" in loss record ")[0],
        thread_id=thread,
        thread_name=name,
        crashed=True,
        unwinder="text",
    )
    rest = []
    for section in sections:
        if section is own or not section.frames:
            continue
        of = _OF_THREAD.search(section.text)
        role = "other" if section.role in {"crash", "note"} else section.role
        rest.append(Trace(frames=tuple(lambdas.named(section.frames)), role=role, thread_id=int(of[1]) if of else None))
    return (crash, *rest)


def _frame(line: str, text_line: int) -> Frame | None:
    """A frame, None where the line is none."""
    found = _FRAME.match(line)
    if found is None:
        return None
    name, image, file, number = found[2].rstrip(), None, None, None
    if name.endswith(")"):
        cut = name.rfind(" (in ")
        if cut >= 0:
            name, image = name[:cut], name[cut + 5 : -1]
        elif (cut := name.rfind(" (")) >= 0:
            path, colon, digits = name[cut + 2 : -1].rpartition(":")
            if colon and path and digits.isascii() and digits.isdigit() and len(digits) < 10:
                name, file, number = name[:cut], path, int(digits)
    return Frame(
        function=None if name in {"???", "UnknownInlinedFun"} else name,
        module=image,
        file=file,
        line=number,
        address=int(found[1], 16),
        language="native",
        trust="text",
        text_line=text_line,
    )


def _names(frames: list[Frame]) -> list[str | None]:
    return [frame.function for frame in frames[:4]]


def _named(text: str) -> dict[str, Any] | None:
    """What an error is called."""
    return next((entry for entry in _table()["error"] if _fits(entry, text)), None)


def _aux(text: str) -> dict[str, Any] | None:
    """What a line says of the stack below it."""
    stripped = text.strip()
    return next((entry for entry in _table()["stack"] if _fits(entry, stripped)), None)


def _fits(entry: dict[str, Any], text: str) -> bool:
    return text.startswith(entry["start"]) if "start" in entry else entry["holds"] in text


@cache
def _table() -> dict[str, Any]:
    """The names."""
    return tomllib.loads(files("triage.formats.traces").joinpath("valgrind.toml").read_text("utf-8"))
