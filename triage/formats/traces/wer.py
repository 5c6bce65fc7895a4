"""Problems that Windows Error Reporting tells: `Report.wer`, the details of its dialogs, the texts of event 1001.

Facts: general knowledge of Windows Vista to 11. Grammar, one line each; names are translated, order and marks are not::

    file    = ( key "=" value )*         EventType, EventTime, Sig[n].Name, Sig[n].Value, DynamicSig[n], LoadedModule[n]
    event   = "Fault bucket " id ", type " n  "Event Name: " name  ...  "Problem signature:"  ( "P" n ": " value )*
              ...  "Report Id: " id
    details = "Problem signature:"  ( name ":" tab value )*       the first of them is the name of the event
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.formats.traces.windows_faults import problem

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "wer"
TITLE: Final = "Windows Error Reporting"
PLATFORM: Final = "native"
ANCHORS: Final = (
    "EventType=",
    "Event Name:",
    "EventName:",
    "P1: ",
    "P1 : ",
    ":\tAPPCRASH",
    ":\tBEX",
    ":\tCLR20r3",
    ":\tAppHang",
)

_FILE: Final = lazy(r"EventType=(?P<event>\w{2,60})\s*$")
_PAIR: Final = lazy(r"(?P<key>[A-Za-z][\w.]{0,60}(?:\[\d{1,5}\])?(?:\.\w{1,40})?)=(?P<value>.{0,4000})$")
_SIGNED: Final = lazy(r"(?P<kind>Sig|DynamicSig|LoadedModule)\[(?P<at>\d{1,5})\](?P<part>\.Name|\.Value)?$")
_NUMBERED: Final = lazy(r"\s{0,24}P(?P<at>\d{1,2}) ?: ?(?P<value>.{0,1000})$")
_NAMED: Final = lazy(r"\s{0,24}[^:\n]{2,60}[^:\s] ?: ?(?P<event>[A-Za-z][\w]{2,40})\s*$")
_DETAIL: Final = lazy(r"\s{0,8}(?P<key>[^:\t\n]{2,60}):\t\s{0,4}(?P<value>.{0,1000})$")
_TAIL: Final = lazy(r"\s{0,24}(?P<key>[^:\n]{2,40}[^:\s]) ?: ?(?P<value>\S.{0,400})$")
_BACK: Final = 40
_FORWARD: Final = 40
_EPOCH: Final = 116_444_736_000_000_000
_KEPT: Final = {"AppPath": "app_path", "ReportIdentifier": "report_id", "FriendlyEventName": "event_title"}
_EVENTS: Final = (
    "APPCRASH",
    "BEX",
    "CLR20",
    "AppHang",
    "MoApp",
    "MoBEX",
    "LiveKernel",
    "BlueScreen",
    "InPage",
    "RADAR",
)


def read(window: Window) -> Report | None:
    """The problem that the anchor line names, or whose first parameter it is."""
    line = window[0] or ""
    if found := _FILE.match(line.strip()):
        return _file(window, found["event"])
    if (numbered := _NUMBERED.match(line)) and numbered["at"] == "1":
        return _event(window)
    if (detail := _DETAIL.match(line)) and detail["value"].strip().startswith(_EVENTS):
        return _details(window, detail["value"].strip())
    return None


def _file(window: Window, event: str) -> Report | None:
    """A file of Windows Error Reporting; a line of it is never blank."""
    first = 0
    while first > -_BACK and (line := window[first - 1]) is not None and _PAIR.match(line.strip()):
        first -= 1
    values: dict[int, str] = {}
    dynamic: dict[str, dict[int, str]] = {".Name": {}, ".Value": {}}
    images: dict[int, str] = {}
    rest: dict[str, str] = {}
    end = first
    while (line := window[end]) is not None and (pair := _PAIR.match(line.strip())):
        key, value = pair["key"], pair["value"].strip()
        end += 1
        if key == "EventType" and end - 1 > 0:
            end -= 1
            break
        signed = _SIGNED.match(key)
        if signed is None:
            rest[key] = value
        elif signed["kind"] == "LoadedModule":
            images[int(signed["at"])] = value
        elif signed["kind"] == "DynamicSig" and signed["part"]:
            dynamic[signed["part"]][int(signed["at"])] = value
        elif signed["part"] == ".Value":
            values[int(signed["at"])] = value
    if not values:
        return None
    facts = {said: rest[key] for key, said in _KEPT.items() if rest.get(key)}
    report = problem(event, [values.get(at, "") for at in range(min(max(values), 40) + 1)], facts)
    if report is None:
        return None
    more = {name: dynamic[".Value"][at] for at, name in dynamic[".Name"].items() if dynamic[".Value"].get(at)}
    known = {str(module["name"]).lower(): module for module in report.modules}
    for path in (images[at] for at in sorted(images)):
        name = path.rpartition("\\")[2]
        known[name.lower()] = {"name": name, **known.get(name.lower(), {}), "path": path}
    moment = rest.get("EventTime", "")
    return replace(
        report,
        first=first,
        end=end,
        os_version=report.os_version or dynamic[".Value"].get(1),
        ts=(int(moment) - _EPOCH) // 10 if moment.isdecimal() and len(moment) == 18 else None,
        facts=(*report.facts, *((key.lower().replace(" ", "_"), value) for key, value in more.items())),
        modules=tuple(known.values()),
    )


def _event(window: Window) -> Report | None:
    """The text of event 1001, by its first parameter."""
    first, event = 0, None
    for index in range(-1, -_BACK, -1):
        line = window[index]
        if line is None or (index < -8 and event is None):
            break
        named = _NAMED.search(line[-120:]) if event is None else None
        if named and named["event"].startswith(_EVENTS):
            first, event = index, named["event"]
        elif event is not None:
            # the line above it tells the bucket
            first = index if line.strip() and index == first - 1 and any(char.isdigit() for char in line) else first
            break
    if event is None:
        return None
    values, end = list[str](), 0
    while (
        (line := window[end]) is not None and (found := _NUMBERED.match(line)) and int(found["at"]) == len(values) + 1
    ):
        values.append(found["value"].strip().strip('"'))
        end += 1
    facts: dict[str, str] = {}
    for index in range(end, end + _FORWARD):
        line = window[index]
        if line is None or window.is_record(index) or _NAMED.match(line) or _NUMBERED.match(line):
            break
        tail = _TAIL.match(line)
        if tail and tail["key"].strip().endswith(("Id", "bucket", "ID", "-ID")):
            facts[tail["key"].strip().lower().replace(" ", "_")] = tail["value"].strip().strip('"')
            end = index + 1
    report = problem(event, values, facts)
    return replace(report, first=first, end=end) if report else None


def _details(window: Window, event: str) -> Report | None:
    """What a dialog shows; the parameters stand below the name of the event."""
    values, end = list[str](), 1
    while (line := window[end]) is not None and (found := _DETAIL.match(line)):
        values.append(found["value"].strip())
        end += 1
    above = window[-1] or ""
    report = problem(event, values, {})
    if report is None or len(values) < 3:
        return None
    return replace(report, first=-1 if above.rstrip().endswith(":") else 0, end=end)
