"""Problems that ABRT lists (Fedora, RHEL): what `abrt list`, `abrt info` and its mails say of a crash, without a stack.

Facts: general knowledge of ABRT 1 and 2. Grammar, one line each, in any order::

    report = key ":" value               one key is "reason", the others around it: cmdline, package, time, uid ...
    reason = program " killed by " SIGNAL
           | [ program " " ] "crashed in " function "()"
           | file ":" n ":" function ":" type ": " message              of Python
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from triage.formats.traces.ended import command_name
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace
from triage.times import iso

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "abrt"
TITLE: Final = "ABRT problem"
PLATFORM: Final = "native"
ANCHORS: Final = ("reason:", "Reason:", "reason ")

_REASON: Final = lazy(r"\s{0,16}[Rr]eason:?\s{1,24}(?P<text>\S.{0,1000})$")
_ROW: Final = lazy(r"\s{0,16}(?P<key>[A-Za-z][\w-]{0,24}(?: [a-z][\w-]{0,12}){0,2}):?\s{1,24}(?P<value>\S.{0,1000})$")
_KILLED: Final = lazy(r"(?P<program>\S{1,200}) (?:was )?killed by (?:signal )?(?P<signal>SIG[A-Z0-9]{2,6}|\d{1,2})\b")
_CRASHED: Final = lazy(r"(?:Process )?(?:(?P<program>\S{1,200}) )?crashed in (?P<function>[^()\s]{1,400})\(\)")
_PYTHON: Final = lazy(
    r"(?P<file>[^\s:]{1,300}):(?P<line>\d{1,7}):(?P<function>[\w.<>]{1,200}):(?P<type>[\w.]{1,200}): (?P<text>.{0,600})"
)
# Rows that only a problem of ABRT has.
_KNOWN: Final = frozenset(
    {"cmdline", "command line", "package", "directory", "uid", "user id", "count", "component", "executable", "id"}
)
_STAMP: Final = lazy(r"(?:[A-Z][a-z]{2} )?(\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [AP]M) UTC$")
_ISO: Final = lazy(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?: ?UTC|Z|\+00:00)$")
_MOST: Final = 24


def read(window: Window) -> Report | None:
    """The problem whose reason is the anchor line."""
    reason = _REASON.match(window[0] or "")
    if reason is None:
        return None
    text = reason["text"].strip()
    found = _KILLED.match(text) or _CRASHED.match(text) or _PYTHON.match(text)
    if found is None:
        return None
    first = _edge(window, -1)
    end = _edge(window, 1)
    rows: dict[str, str] = {}
    for index in range(first + 1, end):
        if row := _ROW.match(window[index] or ""):
            rows.setdefault(row["key"].lower(), row["value"].strip())
    if len(_KNOWN.intersection(rows)) < 2:
        return None
    said = {key: value for key, value in found.groupdict().items() if value}
    program = (
        said.get("program") or rows.get("executable") or command_name(rows.get("cmdline", rows.get("command line")))
    )
    signal = said.get("signal", "") if said.get("signal", "").startswith("SIG") else None
    error = signal or said.get("type") or "crash"
    python = "type" in said
    frame = Frame(
        function=said.get("function"),
        module=None if python else (program or "").rpartition("/")[2] or None,
        file=said.get("file"),
        line=int(said["line"]) if "line" in said else None,
        language="python" if python else None,
        trust="text",
        text_line=0,
    )
    value = said.get("text") or text
    return Report(
        first=first + 1,
        end=end,
        kind="exception" if python else "crash",
        traces=(Trace(frames=(frame,), error_type=error, error_value=value, crashed=True, unwinder="text"),),
        error_type=error,
        error_value=value,
        signal=signal,
        process=program,
        release=rows.get("package"),
        os_name="Linux",
        ts=_moment(rows.get("time", "")),
        facts=tuple((key.replace(" ", "_"), value) for key, value in rows.items() if key not in {"reason", "time"}),
    )


def _edge(window: Window, step: int) -> int:
    """The first line above or below that is no row of the problem."""
    at = step
    while abs(at) < _MOST and (line := window[at]) is not None and _ROW.match(line):
        if window.is_record(at) or _REASON.match(line) or (line.lower().startswith("id ") and step > 0):
            break
        at += step
    return at


def _moment(text: str) -> int | None:
    """A time in UTC; others name zones that cannot be told."""
    if found := _ISO.match(text):
        return iso(f"{found[1]}T{found[2]}Z")
    if found := _STAMP.match(text):
        try:
            passed = datetime.strptime(found[1], "%d %b %Y %I:%M:%S %p").replace(tzinfo=UTC)
        except ValueError:
            return None
        return int(passed.timestamp()) * 1_000_000
    return None
