r"""EurekaLog's reports of exceptions in programs of Delphi and C++Builder.

Facts: EurekaLog's help (`bug_report_call_stack`) and reports in public trackers, versions 6 and 7. The columns of the
table are configured, so that its head tells which there are. Grammar, one line each::

    report = [ "Exception:" rule ( "  2." n " " key " : " value )+ ] "Call Stack Information:" rule head rule body
    head   = "|" ( column "|" )+                     of them "Unit", "Class", "Procedure/Method"
    body   = ( thread fact* rule call* rule )+
    thread = "|*" words " Thread: ID=" n ";" words "|"
    fact   = "|" key "=" words "|"
    call   = "|" ( cell "|" )+                       a line is a number, with that in its procedure: "28[1]"
    rule   = "-"+ | "|-" "-"+
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from triage.formats.traces.block import Block
from triage.formats.traces.pascal import reported
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import BACK, Window
from triage.records import Frame

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "eurekalog"
TITLE: Final = "EurekaLog report"
PLATFORM: Final = "native"
ANCHORS: Final = ("|Procedure/Method",)

_FACT: Final = lazy(r"\s{0,4}2\.\d{1,2} (?P<key>Type|Message|Module Name) {0,30}: ?(?P<value>.*)$")
_RULE: Final = lazy(r"\|?-{8,}\|?\s*$")
_THREAD: Final = lazy(r"\|\*(?P<name>[^|:]{1,100}): ID=(?P<id>\d{1,9});")
_LINE: Final = lazy(r"(?P<line>\d{1,9})(?:\[\d{1,9}\])?$")
_HEX: Final = lazy(r"[0-9A-Fa-f]{4,16}$")
_NEEDED: Final = frozenset({"Address", "Unit", "Procedure/Method"})
_MOST: Final = 10_000


def read(window: Window) -> Report | None:
    """The report of whose table the anchor line is the head."""
    columns = _cells(window[0] or "")
    if columns is None or not _NEEDED.issubset(columns):
        return None
    stacks, end = _stacks(Block(window), columns)
    if not any(frames for *_, frames in stacks):
        return None
    said, first = _above(window)
    report = reported(stacks, said.get("Type"), said.get("Message"), first, end)
    return replace(report, process=said.get("Module Name"), complete="Type" in said)


def _cells(line: str) -> list[str] | None:
    """The cells of a row, None where a line is none."""
    text = line.strip()
    return [cell.strip() for cell in text[1:-1].split("|")] if len(text) > 1 and text[0] == text[-1] == "|" else None


def _stacks(block: Block, columns: list[str]) -> tuple[list[tuple[int | None, str | None, list[Frame]]], int]:
    """The stacks below the head, the exception's first, and where they end."""
    stacks: list[tuple[int | None, str | None, list[Frame]]] = []
    at = 1
    while at < (_MOST if stacks and stacks[0][2] else BACK) and (line := block[at]) is not None:
        cells = _cells(line)
        if cells == columns:
            break
        if thread := _THREAD.match(line):
            stacks.append((int(thread["id"]), None, []))
        elif cells is not None and len(cells) == len(columns):
            frame = _frame(dict(zip(columns, cells, strict=True)), at)
            if frame is not None:
                stacks = stacks or [(None, None, [])]
                stacks[-1][2].append(frame)
        elif not _RULE.match(line) and cells is None:
            break
        at += 1
    return stacks, at


def _frame(said: dict[str, str], at: int) -> Frame | None:
    """The frame of a row, by the names of its columns."""
    address = said["Address"]
    if not _HEX.match(address):
        return None
    line = _LINE.match(said.get("Line", ""))
    owner, name = said.get("Class"), said["Procedure/Method"]
    return Frame(
        function=(f"{owner}.{name}" if owner else name) if name else None,
        module=said.get("Module") or None,
        file=said.get("Source") or said["Unit"] or None,
        line=int(line["line"]) if line else None,
        address=int(address, 16),
        language="pascal",
        trust="text",
        text_line=at,
    )


def _above(window: Window) -> tuple[dict[str, str], int]:
    """What the section of the exception says, and where it begins."""
    said: dict[str, str] = {}
    first = 0
    for index in range(-1, -BACK, -1):
        line = window[index]
        if line is None or window.is_record(index):
            break
        if fact := _FACT.match(line):
            said.setdefault(fact["key"], fact["value"].strip())
        elif line.strip() in {"Exception:", "Call Stack Information:"}:
            first = index
            if line.strip() == "Exception:":
                break
    return said, first
