"""Flutter's exception blocks, line by line: the state machine and what it gives.

Facts: `FlutterError.dumpErrorToConsole` and the text tree renderer of Flutter's foundation library, public logs of IDE
consoles and of logcat. The states are Idle, InBody and InStackTrace.

Grammar of a block, each line maybe behind a prefix (see `triage.formats.flutter_lines`), or all to the right as one::

    block   = header body [stack body] [footer]
    header  = … "EXCEPTION CAUGHT BY " library [" ╞═══"] | border "Exception caught by " library border
    body    = {line | "The relevant error-causing widget was:" name [location]}
    stack   = ["When the exception was thrown, this was the stack:"] {row of triage.formats.traces.dart}
    footer  = 4 or more "═", or 10 or more "=" where the header is drawn with "="

A console that is too narrow cuts all lines at one width; the cut header tells that width, and the pieces are joined.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, Literal

from triage.formats.flutter_exception import ExceptionBlock
from triage.formats.flutter_lines import Line, read_line
from triage.formats.traces import dart

__all__ = (
    "ANOTHER",
    "MAX_BLOCK_CHARS",
    "MAX_BLOCK_LINES",
    "BlockParser",
    "ExceptionBlock",
    "Fed",
    "header_of",
    "rest_of_footer",
)

# A block is given as it stands after so many lines or characters, its header counted, whatever lines they are.
MAX_BLOCK_LINES: Final = 500
MAX_BLOCK_CHARS: Final = 1 << 20

_HEADER_CHARS: Final = 4_096
_MARK: Final = "EXCEPTION CAUGHT BY "
_SMALL: Final = re.compile(r"[═=]{4,4096}[╡ ]{1,3}Exception caught by ")
ANOTHER: Final = "Another exception was thrown: "
_STACK_MARK: Final = "When the exception was thrown, this was the stack"
_WIDGET_MARKS: Final = (
    "The relevant error-causing widget was",
    "User-created ancestor of the error-causing widget was",
)
_PLACE: Final = re.compile(r"\S+\.dart:\d{1,9}(?::\d{1,9})?$")
# The widths that Flutter and the IDEs draw a header at.
_WIDTHS: Final = (100, 80)
# A raw line of that length may have been cut by a terminal, so that a line without a prefix goes on with it.
_CUT_CHARS: Final = 72
# A frame of that length that is not closed goes on in the next line, whatever that looks like.
_CUT_ROW_CHARS: Final = 60


@dataclass(frozen=True, slots=True)
class Fed:
    """What became of a line.

    Attributes
    ----------
    state : {"passed", "buffered", "complete"}
        "passed": not of a block, the caller's to handle. "buffered": kept. "complete": `block` is finished by this
        line, which may be its footer or the header of the next block (then `BlockParser.pending` is true).
    block : ExceptionBlock or None
    """

    state: Literal["passed", "buffered", "complete"]
    block: ExceptionBlock | None = None


_PASSED: Final = Fed("passed")
_BUFFERED: Final = Fed("buffered")


@dataclass(slots=True)
class _Draft:
    """The block that is being read."""

    library: str
    header: Line
    border: str
    first_line: int
    last_line: int = 0
    raw: list[str] = field(default_factory=list)
    chars: int = 0
    body: list[str] = field(default_factory=list)
    described: int = 0
    stack: list[str] = field(default_factory=list)
    in_stack: bool = False
    in_sections: bool = False
    capturing: bool = False
    widget: str | None = None
    location: str | None = None
    width: int | None = None
    piece: str = ""
    prefixed: int = 0
    bare: int = 0
    indent: str = ""


class BlockParser:
    """Finds Flutter's exception blocks in lines that come one by one.

    Lines are taken as they come off a console, with colours and prefixes. Memory is bounded by `MAX_BLOCK_LINES` and
    `MAX_BLOCK_CHARS`: at either the block is given unfinished. Lines of other programs between those of a block pass.

    Examples
    --------
    >>> parser = BlockParser()
    >>> lines = ["hello", "══╡ EXCEPTION CAUGHT BY GESTURE ╞══", "Bad state: No element", "═" * 40, "bye"]
    >>> [parser.feed_line(line).state for line in lines]
    ['passed', 'buffered', 'buffered', 'complete', 'passed']
    >>> parser.feed_line("Another exception was thrown: Bad state").block.description
    'Bad state'
    """

    __slots__ = ("_draft", "_number")

    def __init__(self) -> None:
        self._draft: _Draft | None = None
        self._number = 0

    @property
    def pending(self) -> bool:
        """Whether a block has begun and is not finished."""
        return self._draft is not None

    def feed_line(self, line: str) -> Fed:
        """Take one line, without its end.

        Examples
        --------
        >>> BlockParser().feed_line("flutter: cart saved")
        Fed(state='passed', block=None)
        """
        return self.feed(read_line(line))

    def flush(self) -> ExceptionBlock | None:
        """Give the block that has begun, unfinished as it is, and be idle.

        Examples
        --------
        >>> parser = BlockParser()
        >>> fed = parser.feed_line("══╡ EXCEPTION CAUGHT BY GESTURE ╞══")
        >>> parser.flush().complete, parser.flush()
        (False, None)
        """
        return self._finish(complete=False) if self._draft else None

    def feed(self, line: Line) -> Fed:
        """Take one line whose prefix is already off."""
        self._number += 1
        text = line.text
        if text[:1] == "│":
            text = text[1:].removeprefix(" ")
        draft = self._draft
        if draft is None:
            return self._idle(line, text)
        if draft.indent:
            text = text.removeprefix(draft.indent)
        if _foreign(draft, line, text):
            return _PASSED
        if started := header_of(text):
            block = self._finish(complete=False)
            self._start(line, text, *started)
            return Fed("complete", block)
        draft.raw.append(line.raw)
        draft.chars += len(line.raw)
        draft.last_line = self._number
        if _is_border(text, draft.border):
            if len(draft.raw) == 2 and len(draft.header.text) + len(text.strip()) in _WIDTHS:
                draft.width = len(draft.header.text)
                return _BUFFERED
            return Fed("complete", self._finish(complete=True))
        draft.prefixed, draft.bare = draft.prefixed + bool(line.kind), draft.bare + (not line.kind)
        _logical(draft, text)
        if len(draft.raw) >= MAX_BLOCK_LINES or draft.chars >= MAX_BLOCK_CHARS:
            return Fed("complete", self._finish(complete=False))
        return _BUFFERED

    def _idle(self, line: Line, text: str) -> Fed:
        if ANOTHER in text and (said := text[text.find(ANOTHER) + len(ANOTHER) :].strip()):
            number = self._number
            return Fed(
                "complete",
                ExceptionBlock(
                    kind="one_liner", description=said, raw=(line.raw,), first_line=number, last_line=number
                ),
            )
        if started := header_of(text):
            self._start(line, text, *started)
            return _BUFFERED
        return _PASSED

    def _start(self, line: Line, text: str, library: str, border: str) -> None:
        self._draft = _Draft(library, line, border, self._number, self._number, [line.raw], len(line.raw))
        # what was quoted by its indentation
        self._draft.indent = text[: len(text) - len(text.lstrip(" \t"))]

    def _finish(self, *, complete: bool) -> ExceptionBlock:
        draft, self._draft = self._draft, None
        assert draft is not None
        if draft.piece:
            _line(draft, draft.piece)
        if not draft.in_stack:
            draft.described = len(draft.body)
        return ExceptionBlock(
            kind="block",
            library=draft.library,
            description="\n".join(draft.body[: draft.described]).strip("\n").rstrip(),
            details="\n".join(draft.body[draft.described :]).strip("\n").rstrip(),
            widget=draft.widget,
            widget_location=draft.location,
            stack=tuple(dart.rejoin(draft.stack)),
            body=tuple(draft.body),
            raw=tuple(draft.raw),
            first_line=draft.first_line,
            last_line=draft.last_line,
            complete=complete,
        )


def rest_of_footer(first: str, text: str) -> bool:
    """Whether a line is what a narrow console cut off the footer before it.

    Examples
    --------
    >>> rest_of_footer("═" * 72, "═" * 28), rest_of_footer("═" * 100, "═" * 28)
    (True, False)
    """
    text, first = text.strip(), first.strip()
    return bool(text) and set(text) == set(first) <= {"═", "="} and len(first) + len(text) in _WIDTHS


def header_of(text: str) -> tuple[str, str] | None:
    """The library and the border character of a header, None where the line is none."""
    if len(text) > _HEADER_CHARS:
        return None
    at = text.find(_MARK)
    if at >= 0:
        at += len(_MARK)
    elif "Exception caught by " in text and (small := _SMALL.search(text)):
        at = small.end()
    else:
        return None
    library = text[at:].partition(" ╞")[0].strip()
    border = "=" if library.endswith("=") or text.startswith("==") else "═"
    return library.rstrip("═= "), border


def _is_border(text: str, border: str) -> bool:
    line = text.strip()
    return len(line) >= (4 if border == "═" else 10) and line.count(border) == len(line)


def _foreign(draft: _Draft, line: Line, text: str) -> bool:
    """Whether a line between those of a block is another program's or the tool's."""
    head = draft.header
    if line.kind in {"logcat", "ios"}:
        same = head.kind == line.kind and (head.tag, head.pid, head.level) == (line.tag, line.pid, line.level)
        return not (same or (head.kind in {"", "flutter"} and line.tag == "flutter" and line.level != "error"))
    if line.kind or not head.kind or draft.prefixed < 2 or draft.bare or not text.strip():
        return False
    if draft.piece or text.startswith("  ") or dart.is_row(text) or len(draft.raw[-1]) >= _CUT_CHARS:
        return False
    if draft.in_stack and draft.stack and _is_cut(draft.stack[-1], text.strip()):
        return False
    return not (header_of(text) or _is_border(text, draft.border) or _STACK_MARK in text)


def _logical(draft: _Draft, text: str) -> None:
    """Join the pieces that a narrow console made of one line, then read it."""
    if draft.width is not None:
        if draft.piece and dart.is_row(text) and not text.startswith(("(", ".")):
            _line(draft, draft.piece)
            draft.piece = ""
        if len(text) == draft.width and len(draft.piece) < _HEADER_CHARS:
            draft.piece += text
            return
        text, draft.piece = draft.piece + text, ""
    _line(draft, text)


def _line(draft: _Draft, text: str) -> None:
    """Read one whole line of a block."""
    if draft.in_stack:
        _stack_line(draft, text)
    elif _STACK_MARK in text:
        _enter_stack(draft)
    elif _begins_stack(text):
        _enter_stack(draft)
        _stack_line(draft, text)
    elif text.lstrip().startswith(_WIDGET_MARKS):
        draft.capturing = True
    elif not (draft.capturing and _widget_line(draft, text.strip())):
        draft.body.append(text)


def _enter_stack(draft: _Draft) -> None:
    draft.in_stack, draft.capturing, draft.described = True, False, len(draft.body)


def _begins_stack(text: str) -> bool:
    """Whether a line of the body is a row of a stack already."""
    start = text.lstrip()
    if start[:1] == "#":
        return start[1:2].isdigit()
    return start.startswith(("package:", "dart:", "*** *** ***")) and dart.is_row(start)


def _widget_line(draft: _Draft, text: str) -> bool:
    """Take the widget's name, then its place; False for a line that is neither."""
    if not text:
        draft.capturing = draft.widget is None
        return True
    if draft.widget is None:
        draft.widget, draft.location = _named(text)
        draft.capturing = draft.location is None
        return True
    draft.capturing = False
    if (text.startswith(draft.widget) and ":" in text) or _PLACE.match(text[-1024:]):
        draft.location = text
        return True
    return False


def _named(text: str) -> tuple[str, str | None]:
    """`Row`, or as IDEs write it `Row Row:file:///…/cart.dart:48:14`."""
    for scheme in (":file:", ":package:", ":org-dartlang", ":http"):
        at = text.find(scheme)
        if at > 0:
            half = at // 2
            if at % 2 and text[half] == " " and text[:half] == text[half + 1 : at]:
                return text[:half], text[half + 1 :]
            break
    return text, None


def _stack_line(draft: _Draft, text: str) -> None:
    """A line after the stack has begun: a row, a piece of a row, or a section that follows the stack."""
    line = text.strip()
    if not line:
        draft.in_sections = bool(draft.stack)
        if draft.in_sections:
            draft.body.append(text)
    elif dart.is_row(line) and not (draft.in_sections and line.startswith("#0 ")):
        draft.in_sections = False
        draft.stack.append(text)
    elif dart.is_echo(line):
        return
    elif not draft.in_sections and draft.stack and _is_cut(draft.stack[-1], line):
        draft.stack.append(text)
    else:
        draft.in_sections = True
        draft.body.append(text)


def _is_cut(row: str, line: str) -> bool:
    """Whether a line may go on with the frame before it: that one is open, and this one closes it or it was cut."""
    row = row.strip()
    if row.endswith(")") or (row[:1] != "#" and dart.is_row(row)):
        return False
    return line.endswith(")") or _PLACE.match(line) is not None or len(row) >= _CUT_ROW_CHARS
