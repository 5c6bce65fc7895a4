"""The failures that pytest reports, in its long and its short form.

Facts: general knowledge of pytest 3 to 8. Grammar, one line each::

    failure = "____ " title " ____" entry*
    long    = ( source | "> " source )* ( "E " message )* blank file ":" n ": " [ type ] [ "_ _ _ _" ]
    short   = file ":" n ": in " function source* ( "E   " message )*
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from msgspec.structs import replace

from triage.formats.traces.log_lines import Tail
from triage.formats.traces.patterns import lazy
from triage.formats.traces.python_traceback import ERROR, LINKS, is_error
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("failure",)

_TITLE: Final = lazy(r"_{3,} (\S.{0,200}?) _{3,}$")
_IN: Final = lazy(r"(\S.{0,400}?):(\d{1,9}): in (\S.{0,200})$")
_AT: Final = lazy(r"(\S.{0,400}?):(\d{1,9}):(?: ([^\W\d][\w.]{0,200}))?\s*$")
_SAID: Final = lazy(r"E(?:   +(.*))?$")
_DEF: Final = lazy(r"\s{4,}(?:async +)?def (\w{1,200})")
_RULE: Final = lazy(r"(?:_ ){5,}_?$")
_SOURCE: Final = lazy(r"(?: {4}|>(?: |$)|\?\?\?|\w{1,100} +(?:= )|self +=)")
_SURE: Final = 64
_BACK: Final = 32


@dataclass(slots=True)
class _Failure:
    """One exception of a failure in the making; entries oldest first."""

    frames: list[Frame] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    function: str | None = None
    source: str | None = None
    named: str | None = None

    def trace(self, role: str, chain_no: int) -> Trace:
        """The exception as records know it."""
        text = "\n".join(self.said).strip()
        error = ERROR.match(text) if is_error(text.partition("\n")[0]) else None
        kind = (
            error[1]
            if error and not (self.named and error[1] != self.named.rpartition(".")[2] and "." not in error[1])
            else self.named
        )
        value = error[2] if error and kind == error[1] else text
        if kind is None and text:
            kind = "AssertionError"
        return Trace(
            frames=tuple(reversed(self.frames)),
            role=role,
            chain_no=chain_no,
            error_type=kind,
            error_value=value or None,
        )


class _Reader:
    """Takes the lines of one failure."""

    def __init__(self) -> None:
        self.chain = [_Failure()]

    def feed(self, line: str, number: int) -> bool | None:
        """True where the line is of the failure for sure, None where it may be, False where it ends it."""
        current = self.chain[-1]
        if not line.strip():
            return None
        if line.strip() in LINKS:
            self.chain.append(_Failure())
        elif found := _SAID.match(line):
            current.said.append(found[1] or "")
        elif found := _IN.match(line):
            current.frames.append(_frame(found, found[3], None, number))
        elif (found := _AT.match(line)) and ("." in found[1] or found[1].startswith("<")):
            current.named = found[3] or current.named
            current.frames.append(_frame(found, current.function, current.source, number))
            current.function = current.source = None
        elif _RULE.match(line):
            pass
        elif _SOURCE.match(line):
            self._source(current, line)
            return None
        else:
            return False
        return True

    def _source(self, current: _Failure, line: str) -> None:
        if line.startswith(">"):
            current.source = line[1:].strip()
        elif found := _DEF.match(line):
            current.function = current.function or found[1]
        elif current.frames and not current.function and current.frames[-1].context_line is None:
            current.frames[-1] = replace(current.frames[-1], context_line=line.strip())


def _frame(found: re.Match[str], function: str | None, source: str | None, number: int) -> Frame:
    return Frame(
        function=function,
        file=found[1],
        line=int(found[2]),
        context_line=source,
        language="python",
        trust="text",
        text_line=number,
    )


def failure(window: Window) -> tuple[int, int, list[Trace], str | None] | None:
    """The failure at the anchor, its title or a line of what it says: first, end, stacks and the title."""
    head = window[0] or ""
    title = _TITLE.match(head.strip())
    if title is None and (not _SAID.match(head) or _SAID.match(window[-1] or "")):
        # of several lines that say something the first has been looked at
        return None
    first = 0 if title else _first(window)
    if first is None:
        return None
    named = title or _TITLE.match((window[first] or "").strip())
    reader, index = _Reader(), first + 1 if named else first
    end, sure = index, False
    tail, each = Tail(window, first), bool(window.stream(first + 1))
    while (line := _line(window, index)) is not None and (sure or index - first <= _SURE):
        # A runner that writes its prefix before each line begins no record by it.
        if tail.ended(index, strict=not each) and not line.startswith(">"):
            break
        taken = reader.feed(line, index)
        if taken is False:
            break
        index += 1
        if taken:
            end = index
            sure = sure or bool(reader.chain[0].said and reader.chain[0].frames)
    chain = [part for part in reader.chain if part.frames]
    if not chain or not any(part.said or part.named for part in chain):
        return None
    traces = [part.trace("cause" if depth else "crash", depth) for depth, part in enumerate(reversed(chain))]
    return first, end, traces, named[1] if named else None


def _line(window: Window, index: int) -> str | None:
    """A line; the mark of the one that failed looks like a quote, and is put back."""
    line = window.line(index)
    if line is None:
        return None
    return f"> {line.text}" if _marked(window, index) and not _marked(window, 0) else line.text


def _marked(window: Window, index: int) -> bool:
    """Whether the last of what was taken off a line is the mark of a quote."""
    line, raw = window.line(index), window.raw(index)
    return bool(line and raw and line.stream and line.text and raw[: -len(line.text)].endswith("> "))


def _first(window: Window) -> int | None:
    """Where a failure begins whose title is lost, looked for above a line of what it says."""
    first = 0
    probe = _Reader()
    for index in range(-1, -_BACK, -1):
        line = _line(window, index)
        if line is None or _TITLE.match(line.strip()):
            return first if line is None else index
        taken = probe.feed(line, index)
        if taken is False:
            break
        first = index if taken or line[:1] in {" ", ">"} else first
    return first
