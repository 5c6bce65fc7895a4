"""What the parameters of a problem mean that Windows tells, by its kind; when it was, by what stands above a message.

Facts: general knowledge of the event names of Windows Error Reporting. The names of parameters are translated, their
order is not: the parameters are read by their place.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from msgspec.structs import replace

from triage.formats.exception_codes import name as code_name
from triage.formats.log_times import NO_ZONE
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace
from triage.times import iso

__all__ = ("dated", "fault", "problem")

_NATIVE: Final = ("app", "app_version", "app_stamp", "module", "module_version", "module_stamp")
_PLACES: Final = {
    "appcrash": (*_NATIVE, "code", "offset"),
    "inpageerror": (*_NATIVE, "code", "offset"),
    "bex": (*_NATIVE, "offset", "code", "data"),
    "bex64": (*_NATIVE, "offset", "code", "data"),
    "moappcrash": ("package", *_NATIVE, "code", "offset"),
    "mobex": ("package", *_NATIVE, "offset", "code", "data"),
    "clr20r3": (*_NATIVE, "method_token", "il_offset", "type"),
    "apphangb1": ("app", "app_version", "app_stamp", "hang_signature", "hang_type"),
    "apphangxprocb1": ("app", "app_version", "app_stamp", "hang_signature", "hang_type", "waiting_on"),
    "moapphang": ("package", "app", "app_version", "app_stamp", "hang_signature", "hang_type"),
    "livekernelevent": ("code", "parameter_1", "parameter_2", "parameter_3", "parameter_4", "os"),
    "bluescreen": ("code", "parameter_1", "parameter_2", "parameter_3", "parameter_4", "os"),
    "radar_pre_leak_32": ("app", "app_version", "os"),
    "radar_pre_leak_64": ("app", "app_version", "os"),
    "radar_pre_leak_wow64": ("app", "app_version", "os"),
    "criticalprocessfault2": (*_NATIVE, "code", "offset"),
}
_HEX: Final = lazy(r"(?:0x)?([0-9a-fA-F]{1,16})$")
_STAMP: Final = lazy(
    r"(?P<iso>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:[.,]\d{1,9})?(?P<zone>Z|[+-]\d\d:\d\d)?"
    r"|(?P<american>\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d\d:\d\d [AP]M)"
)
# What Event Viewer, wevtutil and PowerShell write above the message.
_DATED: Final = lazy(r"\s{0,8}(?:Date|TimeCreated|TimeGenerated|Datum|Time)\s{0,16}: ?(?P<value>.{0,60})$")
_ABOVE: Final = 24
_UNKNOWN: Final = frozenset({"", "unknown", "StackHash"})


def number(text: str | None) -> int | None:
    """A number in hexadecimal, with or without `0x`.

    Examples
    --------
    >>> number("c0000005"), number("0x1f"), number("n/a")
    (3221225477, 31, None)
    """
    found = _HEX.match((text or "").strip())
    return int(found[1], 16) if found else None


def problem(event: str, values: list[str], facts: dict[str, str]) -> Report | None:
    """The report of a problem by the name of its event and its parameters; None of an event that is no crash.

    Examples
    --------
    >>> report = problem("AppHangB1", ["shop.exe", "1.2", "60b5f3a1", "9f3a"], {})
    >>> report.kind, report.process, report.release
    ('hang', 'shop.exe', '1.2')
    """
    places = _PLACES.get(event.lower())
    if places is None:
        return None
    said = {name: value for name, value in zip(places, values, strict=False) if value}
    rest = {f"p{at}": value for at, value in enumerate(values[len(places) :], len(places) + 1) if value}
    return fault(event, said, {"event": event, **facts, **rest})


def fault(event: str, said: dict[str, str], facts: dict[str, str]) -> Report:
    """The report of a fault whose parameters are known by name."""
    kind, error, value, code = _error(event.lower(), said)
    app, module = said.get("app"), said.get("module")
    where = None if module is None or module.partition("_")[0] in _UNKNOWN else module
    offset = number(said.get("offset"))
    # The program itself is below whatever library it failed in.
    fault_frame = Frame(module=where, module_offset=offset, trust="context", text_line=0) if where else None
    below = Frame(module=app, trust="text", text_line=0) if app and app != where and kind != "exception" else None
    frames = tuple(frame for frame in (fault_frame, below) if frame is not None)
    images = [
        (app, said.get("app_version"), said.get("app_path")),
        (where, said.get("module_version"), said.get("path")),
    ]
    modules: dict[str, dict[str, object]] = {}
    for name, version, path in images:
        if name:
            modules.setdefault(name, {"name": name, "version": version, "path": path})
    kept = {key: text for key, text in said.items() if key not in {"app", "module", "code", "type", "os"}}
    process = said.get("process_id")
    return Report(
        kind=kind,
        traces=(Trace(frames=frames, error_type=error, error_value=value, crashed=True, unwinder="text"),),
        error_type=error,
        error_value=value,
        error_code=code,
        error_code_name=code_name("windows", code) if code is not None and kind == "crash" else None,
        process=app,
        process_id=number(process),
        release=said.get("app_version"),
        os_name="Windows",
        os_version=said.get("os"),
        facts=tuple((kept | facts).items()),
        modules=tuple(modules.values()),
        complete=error is not None or event != "APPCRASH",
    )


def _error(event: str, said: dict[str, str]) -> tuple[str, str | None, str | None, int | None]:
    """The kind of a fault, its type, its value and its code."""
    app = said.get("app") or "the program"
    if "hang" in event:
        return "hang", "hang", f"{app} stopped responding", None
    if event == "clr20r3":
        return "exception", said.get("type") or "CLR exception", None, None
    if "leak" in event:
        return "leak", "memory leak", f"{app} uses more and more memory", None
    code = number(said.get("code"))
    if event in {"livekernelevent", "bluescreen"}:
        words = [said[f"parameter_{at}"] for at in range(1, 5) if f"parameter_{at}" in said]
        what = "LiveKernelEvent" if event == "livekernelevent" else "BugCheck"
        return "crash", f"{what} 0x{code or 0:x}", " ".join(words) or None, code
    name = (code_name("windows", code) or f"0x{code:08x}") if code is not None else None
    place = f" at 0x{offset:x}" if (offset := number(said.get("offset"))) is not None else ""
    return "crash", name, f"{app} in {said.get('module') or 'an unknown module'}{place}", code


def dated(window: Window, report: Report, before: str, at: int = 0) -> Report:
    """With the time of a line or of the rows above it; those without a zone are taken as UTC."""
    stamp = _STAMP.search(before)
    for index in range(at - 1, at - _ABOVE, -1):
        if stamp is not None or (line := window[index]) is None:
            break
        if row := _DATED.match(line):
            stamp = _STAMP.search(row["value"])
            break
    if stamp is None:
        return report
    if stamp["iso"]:
        ts = iso(f"{stamp['iso'].replace(' ', 'T')}{stamp['zone'] or 'Z'}")
        return replace(report, ts=ts, notes=() if stamp["zone"] else (NO_ZONE,))
    try:
        moment = datetime.strptime(stamp["american"], "%m/%d/%Y %I:%M:%S %p").replace(tzinfo=UTC)
    except ValueError:
        return report
    return replace(report, ts=int(moment.timestamp()) * 1_000_000, notes=(NO_ZONE,))
