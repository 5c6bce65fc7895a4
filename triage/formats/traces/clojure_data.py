r"""Clojure: exceptions as data, as its printer writes them at a REPL, in a log, in the files of `clojure.main`.

Facts: general knowledge of Clojure 1.7 to 1.12. Grammar, white space anywhere::

    report = "#error" "{" ":cause" text [ ":data" map ] ":via" "[" one+ "]" ":trace" "[" call* "]" "}"
           | "{" … ":via" "[" one+ "]" ":trace" "[" call* "]" … "}"
    one    = "{" ":type" class [ ":message" text ] [ ":data" map ] [ ":at" call ] "}"
    call   = "[" class method file line "]"

What surfaced comes first in `:via`; the calls are those of the last, which has the calls of the others at its end.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from triage.formats.traces.block import Block
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import BACK, Window
from triage.formats.traces.wrappers import unwrapped
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "clojure-data"
TITLE: Final = "Clojure exception as data"
PLATFORM: Final = "jvm"
ANCHORS: Final = (":trace",)

_NAME: Final = r"[\w$.<>?!*+=/'&%-]{1,400}"
_TEXT: Final = r'"(?:[^"\\]|\\.){0,4000}"'
_CALL: Final = lazy(rf"\[(?P<class>{_NAME}) (?P<method>{_NAME}) (?:(?P<file>{_TEXT})|nil) (?P<line>-?\d{{1,9}})\]")
_TRACE: Final = lazy(r"\s{0,40}(?:[{\[]{1,2})?:trace\s*(?P<rest>\[.*)?$")
_TYPE: Final = lazy(rf"(?:^|[\s{{]):type (?P<name>{_NAME})(?=[\s,}}]|$)")
_MESSAGE: Final = lazy(rf"(?:^|[\s{{]):message (?P<text>{_TEXT})")
_AT: Final = ":at "
_NOWHERE: Final = frozenset({"Native Method", "Unknown Source", "NO_SOURCE_FILE"})
_MOST: Final = 20_000


class _One(NamedTuple):
    """One exception of a chain: its class, its message, where it was thrown."""

    type: str
    said: str | None
    at: Frame | None


def read(window: Window) -> Report | None:
    """The exception whose calls begin at the anchor line or below it."""
    found = _TRACE.match(window[0] or "")
    if found is None:
        return None
    block = Block(window)
    first = _first(window)
    if first is None:
        return None
    chain = _chain([window[row] or "" for row in range(first, 0)])
    at = 0 if found["rest"] else 1
    frames: list[Frame] = []
    while len(frames) < _MOST and (call := _CALL.search((block[at] or "")[:2_000])):
        frames.append(_frame(call, at))
        at += 1
    if not frames or not chain:
        return None
    traces = tuple(
        Trace(
            frames=tuple(frames if place == len(chain) - 1 else _shared(one, frames)),
            role="cause" if place else "crash",
            chain_no=place,
            error_type=one.type,
            error_value=one.said,
        )
        for place, one in enumerate(chain)
    )
    whole = unwrapped(traces, "java")
    return Report(
        first=first,
        end=at + ((block[at] or "").strip() in {"}", "]}", "]"}),
        kind="exception",
        level="error",
        traces=whole,
        error_type=whole[0].error_type,
        error_value=whole[0].error_value,
    )


def _first(window: Window) -> int | None:
    """The line above the calls that opens the data, else the one that opens the chain."""
    chain: int | None = None
    for row in range(-1, -BACK, -1):
        line = window[row]
        if line is None or _TRACE.match(line):
            break
        if "#error {" in line:
            return row
        if chain is None and line.lstrip().startswith(("{:via", ":via")):
            chain = row
    return chain


def _chain(lines: list[str]) -> list[_One]:
    """The exceptions that `:via` lists."""
    chain: list[_One] = []
    for line in lines:
        if named := _TYPE.search(line):
            chain.append(_One(named["name"], None, None))
        if chain and chain[-1].said is None and (said := _MESSAGE.search(line)):
            chain[-1] = chain[-1]._replace(said=_plain(said["text"]))
        if chain and _AT in line and (call := _CALL.search(line, line.index(_AT))):
            chain[-1] = chain[-1]._replace(at=_frame(call, None))
    return chain


def _shared(one: _One, frames: list[Frame]) -> list[Frame]:
    """The calls of an exception that came from another: where it was thrown, and those below that place."""
    if one.at is None:
        return []
    name = _around(one.at)
    below = next((place for place, frame in enumerate(frames) if _around(frame) == name), None)
    return [one.at] if below is None else [one.at, *frames[below + 1 :]]


def _around(frame: Frame) -> str:
    """The function of a call, without how it is called."""
    return (frame.function or "").rpartition(".")[0]


def _frame(call: re.Match[str], at: int | None) -> Frame:
    """The frame of a call."""
    file = _plain(call["file"]) if call["file"] else None
    line = int(call["line"])
    return Frame(
        function=f"{call['class']}.{call['method']}",
        file=None if file in _NOWHERE else file,
        line=line if line > 0 else None,
        language="java",
        trust="text",
        text_line=at,
    )


def _plain(text: str) -> str:
    """A text without its quotes."""
    return text[1:-1].replace('\\"', '"').replace("\\n", "\n").replace("\\\\", "\\")
