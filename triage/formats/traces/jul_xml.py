r"""Exceptions in records that java.util.logging writes as XML (`XMLFormatter`, what a `FileHandler` has by default).

Facts: the DTD of JDK 1.4 to 24. Grammar, one line each::

    report = [ "<record>" member* ] "<exception>" "<message>" type [ ": " text ] "</message>" frame+ "</exception>"
    frame  = "<frame>" "<class>" name "</class>" "<method>" name "</method>" [ "<line>" n "</line>" ] "</frame>"
"""

from __future__ import annotations

from html import unescape
from typing import Final

from triage.formats.traces.block import Block
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import BACK, Window
from triage.records import Frame, Trace
from triage.times import iso

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "jul-xml"
TITLE: Final = "Record of java.util.logging in XML"
PLATFORM: Final = "java"
ANCHORS: Final = ("<exception>",)

_TAG: Final = lazy(r"\s*<(?P<tag>class|method|line)>(?P<text>[^<>\n]{0,2000})</(?P=tag)>\s*$")
_SAID: Final = lazy(r"(?P<type>[A-Za-z_$][\w$.]{0,300})(?:: (?P<text>.*))?$")
_DATE: Final = lazy(r"\s*<date>(\d{4}-\d\d-\d\dT[\d:.]{5,24}(?:Z|[+-]\d\d:\d\d))</date>\s*$")
_OPEN, _CLOSE = "<message>", "</message>"
_MESSAGE, _ROWS = 40, 100_000


def read(window: Window) -> Report | None:
    """The record whose exception begins at the anchor line."""
    block = Block(window)
    if (block[0] or "").strip() != ANCHORS[0] or not (block[1] or "").lstrip().startswith(_OPEN):
        return None
    said: list[str] = []
    at = 1
    while at < _MESSAGE and (line := block[at]) is not None:
        said.append(line.strip() if not said else line.rstrip())
        at += 1
        if line.rstrip().endswith(_CLOSE):
            break
    frames, end = _frames(block, at)
    text = unescape("\n".join(said).removeprefix(_OPEN).removesuffix(_CLOSE))
    head, _, rest = text.partition("\n")
    named = _SAID.match(head)
    if not frames or named is None:
        return None
    value = "\n".join(filter(None, [named["text"], rest])) or None
    first = next((row for row in range(-1, -BACK, -1) if (window[row] or "").strip() == "<record>"), 0)
    dates = (_DATE.match(window[row] or "") for row in range(first, 0))
    return Report(
        first=first,
        end=end,
        kind="exception",
        level="error",
        traces=(Trace(frames=tuple(frames), error_type=named["type"], error_value=value),),
        error_type=named["type"],
        error_value=value,
        ts=next((iso(found[1]) for found in dates if found), None),
        complete=(block[end - 1] or "").strip() in {"</exception>", "</record>"},
    )


def _frames(block: Block, at: int) -> tuple[list[Frame], int]:
    """The frames below the message, and where the record ends."""
    frames: list[Frame] = []
    names: dict[str, str] = {}
    start = at
    while at - start < _ROWS and (line := block[at]) is not None:
        mark = line.strip()
        if found := _TAG.match(line):
            names[found["tag"]] = unescape(found["text"]).strip()
        elif mark == "</frame>" and "method" in names:
            digits = names.get("line", "")
            frames.append(
                Frame(
                    function=f"{names.get('class', '')}.{names['method']}".lstrip("."),
                    line=int(digits) if digits.isdecimal() and len(digits) < 10 else None,
                    language="java",
                    trust="text",
                    text_line=at - len(names),
                )
            )
            names = {}
        elif mark == "</exception>":
            at += 1
            return frames, at + ((block[at] or "").strip() == "</record>")
        elif mark != "<frame>":
            break
        at += 1
    return frames, at
