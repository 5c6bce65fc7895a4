"""The crashes and hangs that Windows writes to its event log, as text: events 1000 and 1002 (1026 is one of `dotnet`).

Facts: general knowledge of Windows XP to 11. Event Viewer, wevtutil and PowerShell print the same message, alone, in a
cell of a table, or behind a name. Grammar, one line each; words are translated, order and numbers are not::

    crash = words ":" app "," words ":" version "," words ": 0x" stamp
            words ":" module "," words ":" version "," words ": 0x" stamp
            words ": 0x" code    words ": 0x" offset    ( words ":" value )*        process, start, paths, report
    old   = "Faulting application " app ", version " v [ ", time stamp " n ] ", faulting module " module ", version " v
            ( [ ", time stamp " n ] ", exception code " n ", fault offset " n | ", fault address " n ) ...
    hang  = "The program " app " version " v " stopped interacting with Windows and was closed." ( words ":" value )*
"""

from __future__ import annotations

import re
from typing import Final

from msgspec.structs import replace

from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.formats.traces.windows_faults import dated, fault

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "windows-event"
TITLE: Final = "Crash in the Windows event log"
PLATFORM: Final = "native"
ANCHORS: Final = (
    "aulting application",
    ", time stamp: 0x",
    "fehlerhaften Anwendung",
    ", Zeitstempel: 0x",
    ", horodatage : 0x",
    ", horodatage: 0x",
    ", marca de tiempo: 0x",
    ", timestamp: 0x",
    ", carimbo de data/hora: 0x",
    ", \u043c\u0435\u0442\u043a\u0430 \u0432\u0440\u0435\u043c\u0435\u043d\u0438: 0x",
    ", tijdstempel: 0x",
    ", sygnatura czasowa: 0x",
    "\u30bf\u30a4\u30e0 \u30b9\u30bf\u30f3\u30d7: 0x",
    "\u65f6\u95f4\u6233: 0x",
    "\u65f6\u95f4\u6233\uff1a0x",
    "stopped interacting with Windows",
    "funktioniert nicht mehr mit Windows",
)

# A comma and a colon, and those of Chinese and Japanese.
_COMMA: Final = lazy(r"[,\uff0c\u3001]")
_COLON: Final = lazy(r"[:\uff1a]")
_VERSION: Final = lazy(r"[^:\uff1a]{2,40}[:\uff1a] ?(?P<value>[\d.]{1,40}|unknown)$")
_STAMPED: Final = lazy(r"[^:\uff1a]{2,40}[:\uff1a] ?(?P<value>0x[0-9a-fA-F]{1,16})$")
_NUMBER: Final = lazy(r"\s{0,40}[^:\uff1a\n]{3,60}[:\uff1a] ?(?P<value>0x[0-9a-fA-F]{1,16})\s*$")
_ROW: Final = lazy(r"\s{0,40}(?P<key>[^:\uff1a\n]{2,60}?) ?[:\uff1a] ?(?P<value>.{0,600})$")
_OLD: Final = lazy(
    r"(?P<before>.{0,300}?)Faulting application (?P<app>[^,\n]{1,200}), version (?P<app_version>[^,\n]{1,40}),"
    r"(?: time stamp (?P<app_stamp>0x[0-9a-f]{1,16}),)? faulting module (?P<module>[^,\n]{1,200}),"
    r" version (?P<module_version>[^,\n]{1,40})(?:, time stamp (?P<module_stamp>0x[0-9a-f]{1,16}))?"
    r"(?:, exception code (?P<code>0x[0-9a-f]{1,8}))?, fault (?:offset|address) (?P<offset>0x[0-9a-f]{1,16})"
    r"(?:, process id (?P<process_id>0x[0-9a-f]{1,8}))?"
)
_HANG: Final = lazy(
    r"(?P<before>.{0,300}?)(?:The program|Programm) (?P<app>\S[^\n]{0,200}?),? [Vv]ersion (?P<app_version>[\d.]{1,40})"
    r" (?:stopped interacting with|hat die Interaktion mit|funktioniert nicht mehr mit)"
)
_TABBED: Final = lazy(r"\s{0,40}[^:\uff1a\n]{2,40}[:\uff1a] ?(?P<value>\S.{0,600})$")
_BEFORE, _LINE_CHARS = 300, 1_000
_REST: Final = ("process_id", "start_time", "app_path", "path", "report_id", "package", "package_app")


def read(window: Window) -> Report | None:
    """The crash or the hang of the message that begins in the anchor line."""
    line = (window[0] or "").rstrip()
    if found := _OLD.match(line):
        return dated(window, _made("appcrash", found, {}, {}), found["before"])
    if found := _HANG.match(line):
        return _hang(window, found)
    app = _image(line, "app")
    module = _image(window[1] or "", "module") if app else None
    code = _NUMBER.match(window[2] or "") if module else None
    if app is None or module is None or code is None:
        return None
    said = {**app, **module, "code": code["value"]}
    end = 3
    if offset := _NUMBER.match(window[3] or ""):
        said["offset"] = offset["value"]
        end = 4
    facts: dict[str, str] = {}
    for name in _REST:
        row = _ROW.match(window[end] or "")
        if row is None or window.is_record(end):
            break
        said |= {name: value} if (value := row["value"].strip().strip('",')) else {}
        end += 1
    for name in ("report_id", "start_time"):
        if name in said:
            facts[name] = said.pop(name)
    if not said.get("process_id", "0x").startswith("0x"):
        # newer versions write it in decimal
        said["process_id"] = f"{int(said['process_id']):x}" if said["process_id"].isdecimal() else "n/a"
    report = fault("appcrash", {key: value for key, value in said.items() if value}, facts)
    return dated(window, replace(report, end=end), line[:_BEFORE])


def _image(line: str, name: str) -> dict[str, str] | None:
    """The image that a line tells of, its version and its stamp, by the places of the commas."""
    fields = _COMMA.split(line[-_LINE_CHARS:])
    version = _VERSION.match(fields[-2].strip()) if len(fields) > 2 else None
    stamp = _STAMPED.match(fields[-1].strip()) if version else None
    if version is None or stamp is None:
        return None
    words = _COLON.split(fields[-3])
    # some languages write no colon before the name
    image = words[-1].strip() if len(words) > 1 else words[-1].strip().rpartition(" ")[2]
    if not image:
        return None
    return {name: image, f"{name}_version": version["value"], f"{name}_stamp": stamp["value"]}


def _made(event: str, found: re.Match[str], more: dict[str, str], facts: dict[str, str]) -> Report:
    """The report of what a line says and what stands below it."""
    said = {key: value.strip() for key, value in found.groupdict().items() if value and key != "before"}
    return fault(event, said | more, facts)


def _hang(window: Window, found: re.Match[str]) -> Report:
    """A program that stopped responding; numbers and paths stand below."""
    said: dict[str, str] = {}
    end = 1
    names = ("process_id", "start_time", "termination_time", "app_path", "report_id")
    for name in names:
        row = _TABBED.match(window[end] or "")
        if row is None or window.is_record(end):
            break
        said[name] = row["value"].strip().strip('"')
        end += 1
    facts = {name: said.pop(name) for name in names if name in said and name not in {"process_id", "app_path"}}
    return dated(window, replace(_made("apphang", found, said, facts), end=end), found["before"])
