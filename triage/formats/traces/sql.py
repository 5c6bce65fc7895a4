r"""Errors of procedures in databases: PL/pgSQL with its context, Oracle's PL/SQL, SQL Server's Transact-SQL.

Facts: general knowledge of PostgreSQL 9 to 17, Oracle 11 to 23 and sqlcmd. Grammar, one line each::

    pgsql   = "ERROR:  " message other*  [ "CONTEXT:  " ] ( row | statement )+ [ "STATEMENT:  " words ]
    row     = "PL/pgSQL function " name [ "(" types ")" ] [ " line " n " at " words ]
    statement = 'SQL statement "' words '"'                 over several lines too
    other   = ( "DETAIL:  " | "HINT:  " | "QUERY:  " ) words
    oracle  = "ORA-" n ": " message line*  ( "ORA-06512: at " ( '"' name '", line ' n | "line " n ) )+
    server  = "Msg " n ", Level " n ", State " n [ ", Server " name ] [ ", Procedure " name ] ", Line " n  message
"""

from __future__ import annotations

import re
from typing import Final

from triage.formats.traces.block import Block, rows
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "sql"
TITLE: Final = "Error of a procedure in a database"
PLATFORM: Final = "sql"
ANCHORS: Final = ("PL/pgSQL function ", "ORA-06512: at ", ", State ")

_FUNCTION: Final = lazy(
    r"\s{0,8}(?:CONTEXT: {1,4})?PL/pgSQL function \"?(?P<name>[^\s(\"]{1,200})\"?(?:\((?P<args>[^()]{0,400})\))?"
    r"(?: line (?P<line>\d{1,9}) at .{1,100})?\s*$"
)
_STATEMENT: Final = lazy(r"\s{0,8}(?:CONTEXT: {1,4})?SQL statement \"")
_RAISED: Final = lazy(r"(?:^|[\s:\]])(?:ERROR|FATAL|PANIC): {1,4}(?:(?P<code>[0-9A-Z]{5}): )?(?P<text>\S.*)$")
_OTHER: Final = lazy(r"(?:DETAIL|HINT|QUERY|LOCATION): |\s")
_ASKED: Final = lazy(r"STATEMENT: {1,4}\S")
_ORACLE: Final = lazy(r"(?P<type>ORA-(?!06512)\d{5}): (?P<text>\S.*)$")
_AT: Final = lazy(r"\s{0,8}ORA-06512: at (?:\"(?P<name>[^\"]{1,300})\", )?line (?P<line>\d{1,9})\s*$")
_SERVER: Final = lazy(
    r"Msg (?P<number>\d{1,9}), Level (?P<level>\d{1,2}), State \d{1,9}(?:, Server [^,]{1,200})?"
    r"(?:, Procedure (?P<name>[^,\[]{1,300}?)(?: \[Batch Start Line \d{1,9}\])?)?, Line (?P<line>\d{1,9})"
    r"(?: \[Batch Start Line \d{1,9}\])?\s*$"
)
_BACK, _QUERY, _MOST = 8, 60, 4_000
# Below it nothing failed.
_ERROR_LEVEL: Final = 11


def read(window: Window) -> Report | None:
    """The error around the anchor line."""
    line = window[0] or ""
    if found := _SERVER.match(line):
        return _server(window, found)
    if _AT.match(line):
        return _oracle(window)
    return _pgsql(window) if _FUNCTION.match(line) else None


def _pgsql(window: Window) -> Report | None:
    """An error of PostgreSQL, of whose context the anchor line is the first function."""
    raised, first = None, 0
    for first in range(-1, -_BACK, -1):
        above = window[first]
        if above is None or (raised := _RAISED.search(window.raw(first) or "")):
            break
        if not (_OTHER.match(above) or _STATEMENT.match(above)):
            break
    if raised is None:
        return None
    block, frames, at = Block(window), list[Frame](), 0
    while at < _MOST and (line := block.at(at)) is not None:
        if found := _FUNCTION.match(line):
            frames.append(_frame(found, at))
        elif _STATEMENT.match(line):
            ends = (index for index in range(at, at + _QUERY) if (block.at(index) or '"').rstrip().endswith('"'))
            at = next(ends, at)
        else:
            break
        at += 1
    at += bool(_ASKED.match(block.at(at) or ""))
    return _report(frames, raised["code"] or "ERROR", raised["text"].strip(), first, at)


def _oracle(window: Window) -> Report | None:
    """An error of Oracle's, of whose stack the anchor line is the first row."""
    first = next((at for at in range(-1, -_BACK, -1) if _ORACLE.match(window[at] or "")), 0)
    head = _ORACLE.match(window[first] or "") if first else None
    if head is None or _AT.match(window[-1] or ""):
        return None
    frames, end = rows(Block(window), 0, _at)
    return _report(frames, head["type"], head["text"].strip(), first, end)


def _at(line: str, at: int) -> Frame | None:
    """The frame of a row of Oracle's; the block that was asked for has no name."""
    found = _AT.match(line)
    return found and _frame(found, at)


def _server(window: Window, found: re.Match[str]) -> Report | None:
    """An error of SQL Server's; its words stand on the next line."""
    value = Block(window)[1]
    if int(found["level"]) < _ERROR_LEVEL or value is None or not value.strip():
        return None
    return _report([_frame(found, 0)], f"Msg {found['number']}", value.strip(), 0, 2)


def _frame(found: re.Match[str], at: int) -> Frame:
    """The frame of a row of any of them."""
    said = found.groupdict()
    return Frame(
        function=said["name"],
        args=said.get("args") or None,
        line=int(said["line"]) if said["line"] else None,
        language="sql",
        trust="text",
        text_line=at,
    )


def _report(frames: list[Frame], error: str, value: str, first: int, end: int) -> Report:
    """The report of what was read."""
    return Report(
        first=first,
        end=end,
        kind="exception",
        level="error",
        traces=(Trace(frames=tuple(frames), error_type=error, error_value=value),),
        error_type=error,
        error_value=value,
    )
