r"""Exceptions that nobody caught, as the engine and the Dart VM print them, line by line.

Facts: the unhandled-exception hook of Flutter's engine (`dart_vm_initializer.cc`, formerly `ui_dart_state.cc`) and the
error printer of the standalone VM.

Grammar::

    report  = start {message line} {row of triage.formats.traces.dart}
    start   = "[ERROR:flutter/" … "] Unhandled Exception: " message        ; `[VERBOSE-2:…]` on iOS
            | "Unhandled exception:" [message]
            | a first row of a stack, after a line that may be its message
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, Literal

from triage.formats.flutter_event import error_type
from triage.formats.flutter_lines import Line
from triage.formats.traces import dart

__all__ = ("MAX_MESSAGE_LINES", "MAX_REPORT_LINES", "Report")

# Lines after the start that are held until a stack follows; without one they were ordinary lines.
MAX_MESSAGE_LINES: Final = 30
MAX_REPORT_LINES: Final = 2_000
_REPORT_CHARS: Final = 1 << 20

_ENGINE: Final = re.compile(r"\[[A-Z]{1,12}[A-Z0-9-]{0,8}:[^\]]{1,200}\] Unhandled [Ee]xception: ?")
_PLAIN: Final = re.compile(r"Unhandled [Ee]xception: ?")
_FIRST: Final = re.compile(r"#0{1,2} ")
_STARS: Final = ("*** *** ***", "Warning: This VM has been configured")


@dataclass(slots=True)
class Held:
    """A line that may yet turn out to be an ordinary one."""

    line: Line
    offset: int
    end: int


@dataclass(slots=True)
class Report:
    """One report in the making.

    Attributes
    ----------
    message, rows : list of str
        The message so far and the rows of the stack.
    held : list of Held
        Lines since the start that are the message only if a stack follows.
    is_headed : bool
        Whether a heading said that nobody caught it; else only a stack was printed.
    is_cut : bool
        Whether rows of the stack were left to be ordinary lines, because there are too many.
    """

    line: Line
    offset: int
    end: int
    message: list[str]
    is_headed: bool = True
    rows: list[str] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    chars: int = 0
    framed: bool = False
    is_cut: bool = False

    @classmethod
    def start(cls, line: Line, offset: int, end: int, previous: Line | None) -> Report | None:
        """A report that begins with this line, None where none does."""
        text = line.text
        if match := _ENGINE.match(text) or _PLAIN.match(text):
            said = text[match.end() :].strip()
            return cls(line, offset, end, [said] if said else [])
        first = text.lstrip()
        if not (_FIRST.match(first) or first.startswith(_STARS)):
            return None
        if not (dart.probe(first) or first.startswith(_STARS)):
            return None
        message = []
        if previous is not None and _key(previous) == _key(line) and error_type(previous.text):
            message.append(previous.text.strip())
        report = cls(line, offset, end, message, is_headed=False)
        report._row(text, end)
        return report

    @staticmethod
    def begins(text: str) -> bool:
        """Whether a headed report begins there."""
        return bool(_ENGINE.match(text) or _PLAIN.match(text))

    def take(self, line: Line, offset: int, end: int) -> Literal["taken", "foreign", "ended"]:
        """Take a line of the report; "foreign" lines are somebody else's, "ended" is the first after it."""
        if _key(line) != _key(self.line) and not self._bare(line):
            return "foreign"
        text = line.text
        self.chars += len(text)
        if self.chars > _REPORT_CHARS or len(self.rows) >= MAX_REPORT_LINES:
            self.is_cut = dart.is_row(text)
            return "ended"
        if self.begins(text):
            return "ended"
        if self.rows:
            return self._row(text, end)
        if _is_first(text):
            self.message += [held.line.text for held in self.held]
            self.held.clear()
            return self._row(text, end)
        if not text.strip() and self.message and not self.held:
            return "ended"
        if len(self.held) >= MAX_MESSAGE_LINES or text.lstrip()[:1] == "┌":
            return "ended"
        if not self.message:
            self.message.append(text.strip()) if text.strip() else None
            self.end = end
        else:
            self.held.append(Held(line, offset, end))
        return "taken"

    def _row(self, text: str, end: int) -> Literal["taken", "ended"]:
        """A line of the stack, or the first one after it."""
        line = text.strip()
        gap = bool(self.rows) and self.rows[-1].strip().startswith(("<asynchronous", "====="))
        again = self.framed and not gap and _FIRST.match(line) is not None
        if not line or again or not (dart.is_row(line) or dart.is_echo(line) or self._goes_on(line)):
            return "ended"
        self.framed = self.framed or line[:1] == "#"
        self.rows.append(text)
        self.end = end
        return "taken"

    def _bare(self, line: Line) -> bool:
        """Whether a line without the prefix of the others belongs to them: iOS puts one before a text of many lines."""
        text = line.text.strip()
        return not line.kind and bool(self.rows) and (dart.is_row(text) or self._goes_on(text))

    def _goes_on(self, line: str) -> bool:
        """Whether a line is the rest of a frame that a narrow console cut."""
        last = self.rows[-1].strip() if self.rows else ""
        return last[:1] == "#" and not last.endswith(")") and line.endswith(")") and " abs " not in last


def _key(line: Line) -> tuple[str, str | None, str | None, str | None]:
    return line.kind, line.tag, line.pid, line.level


def _is_first(text: str) -> bool:
    """Whether a stack begins there."""
    first = text.lstrip()
    return bool(_FIRST.match(first)) or first.startswith((*_STARS, "<asynchronous suspension>"))
