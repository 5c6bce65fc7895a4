r"""Common Lisp: conditions that nobody handled in SBCL, with the backtrace that it prints.

Facts: general knowledge of SBCL 1.0 to 2.4. Grammar, one line each::

    report = head message line* blank* [ "Backtrace for: #<" thread ">" ] row+ [ quit ]
    head   = ( "Unhandled " | "debugger invoked on a " ) TYPE [ " in thread #<" thread ">" ] ":"
    quit   = "unhandled condition in --disable-debugger mode, quitting"
    row    = n ": (" ( NAME | "(" kind words ")" ) words ")" [ " [" words "]" ]
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.block import Block, rows
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "lisp"
TITLE: Final = "Common Lisp condition"
PLATFORM: Final = "lisp"
ANCHORS: Final = (" in thread #<SB-THREAD", "debugger invoked on a", "Backtrace for: #<SB-THREAD")

_HEAD: Final = lazy(
    r"(?:Unhandled|debugger invoked on an?) (?P<type>[A-Z][^\s]{1,200}?)"
    r"(?: in thread(?: #<SB-THREAD:.{1,200}?>)?(?=:|$)| @[0-9A-F]{1,16})?:?(?: (?P<text>.*))?$"
)
_THREAD: Final = lazy(r"\s{0,4}#<SB-THREAD:.{1,200}?>:\s*(?P<text>.*)$")
_TITLE: Final = lazy(r"Backtrace for: #<SB-THREAD:")
_ROW: Final = lazy(r"\s{0,4}\d{1,6}: (?P<text>\(.{1,4000}|\S.{0,400}|#<.{1,400})$")
_NAME: Final = lazy(r"\((?P<name>[^\s()]{1,300})[\s)]")
_KIND: Final = lazy(r"\(\((?P<kind>:?[A-Z-]{2,30})(?: (?P<what>[^\s()]{1,300}))?[\s)]")
_IN: Final = lazy(r" :IN (?P<name>\"[^\"]{1,300}\"|[^\s()]{1,300})\)")
_QUIT: Final = "unhandled condition in --disable-debugger mode"
_AHEAD: Final = 24


def read(window: Window) -> Report | None:
    """The condition that begins at the anchor line."""
    head = _HEAD.match(window[0] or "")
    if head is None:
        return None
    block = Block(window)
    said, title = [head["text"] or ""], 1
    while title < _AHEAD and (line := block[title]) is not None and not (_TITLE.match(line) or _ROW.match(line)):
        thread = _THREAD.match(line) if title == 1 else None
        said.append(thread["text"] if thread else line.strip())
        title += 1
    start = title + bool(_TITLE.match(block[title] or ""))
    frames, end = rows(block, start, _frame)
    if not any(frame.function for frame in frames):
        return None
    after = block.skip_blank(end)
    if (block[after] or "").startswith(_QUIT):
        end = after + 1
    value = " ".join(text for text in said if text) or None
    return Report(
        end=end,
        kind="exception",
        handled=False,
        traces=(Trace(frames=tuple(frames), error_type=head["type"], error_value=value, crashed=True),),
        error_type=head["type"],
        error_value=value,
        leads=True,
    )


def _frame(line: str, at: int) -> Frame | None:
    """The frame of a row."""
    found = _ROW.match(line)
    if found is None:
        return None
    return Frame(function=_named(found["text"]), language="lisp", trust="text", text_line=at)


def _named(text: str) -> str | None:
    """The function of a call: that in which a local one stands, the generic function of a method.

    Its arguments are left out.
    """
    if plain := _NAME.match(text):
        return plain["name"]
    kind = _KIND.match(text)
    if kind is None:
        return None
    if kind["kind"] in {":METHOD", "SETF", "SB-PCL::FAST-METHOD"}:
        return kind["what"]
    within = _IN.search(text)
    local = f"{kind['kind']} {kind['what']}" if kind["what"] and kind["kind"] != "LAMBDA" else kind["kind"]
    return f"({local} :IN {within['name'].strip(chr(34))})" if within else f"({local})"
