"""What a case shows of itself: structured fields, bounded in number, for everything that draws.

It takes a `RedactedCase` and reads nothing else, so that nothing on screen (pages, widgets, the command line's `show`)
holds what was not masked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from triage.share.printable import size_of
from triage.share.redacted import RedactedCase
from triage.stacks.names import basename

__all__ = ("FileRow", "FrameRow", "IncidentRow", "View", "bundle_of", "file_rows", "frame_row", "shown", "text_of")

# What one page holds; the widget asks for further files by page.
FRAMES: Final = 200
INCIDENTS: Final = 20
FILES: Final = 100


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """One incident as a row of a page."""

    incident_id: str
    title: str
    status: str
    count: int
    first_seen: str
    last_seen: str


@dataclass(frozen=True, slots=True)
class FrameRow:
    """One frame: what was called, where, and whose code it is, in words."""

    number: int
    function: str
    where: str
    role: str
    kind: str


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file with what became of it."""

    source_id: str
    path: str
    depth: int
    bytes: int
    size: str
    description: str
    status: str
    reason: str


@dataclass(frozen=True, slots=True)
class View:
    """The first page of a case."""

    title: str
    crash_id: str
    bundle: str
    incident_id: str
    facts: tuple[tuple[str, str], ...]
    stack_title: str
    frames: tuple[FrameRow, ...]
    frames_in_all: int
    incidents: tuple[IncidentRow, ...]
    incidents_in_all: int
    files: tuple[FileRow, ...]
    files_in_all: int
    quarantined: int
    notes: tuple[str, ...]


def shown(case: RedactedCase, incident: str | None = None) -> View:
    """The first page of a case: one incident (the one seen last by default), its stack, and what else there is.

    Raises
    ------
    TypeError
        This is a raw case.
    """
    if not isinstance(case, RedactedCase):
        raise TypeError("only a RedactedCase is shown: RedactedCase.lazy(case)")
    incidents = case.incidents()
    files = case.files()
    quarantined = len(case.quarantine())
    rows = tuple(_incident_row(row) for row in incidents.head(INCIDENTS).to_dict("records"))
    common: dict[str, Any] = {
        "bundle": bundle_of(files.loc[files["depth"] == 0, "path"].tolist()),
        "incidents": rows,
        "incidents_in_all": len(incidents),
        "files": file_rows(case, 0),
        "files_in_all": len(files),
        "quarantined": quarantined,
    }
    if incidents.empty:
        return _without_incident(case, common)
    wanted = incident or incidents["incident_id"].iloc[0]
    event = case.newest(wanted).iloc[0]
    chosen = incidents[incidents["incident_id"] == wanted].iloc[0]
    frames = case.frames(event=event["event_id"])
    stacks = case.stacks(event=event["event_id"])
    crashing = frames[frames["stack_no"] == 0]
    return View(
        title=chosen["title"],
        crash_id=event["event_id"],
        incident_id=chosen["incident_id"],
        facts=_facts(event, chosen),
        stack_title=_stack_title(stacks),
        frames=tuple(frame_row(number, row) for number, row in enumerate(crashing.head(FRAMES).to_dict("records"))),
        frames_in_all=len(crashing),
        notes=tuple(str(note) for note in _listed(event["notes"])[:20]),
        **common,
    )


def _without_incident(case: RedactedCase, common: dict[str, Any]) -> View:
    """The page of a case in which nothing crashed."""
    told = ("The files below were read; none of them tells of a crash that a reader knows.",)
    return View(
        title="No crash found" if common["files_in_all"] else "Nothing to read",
        crash_id="",
        incident_id="",
        facts=_facts_without_incident(case),
        stack_title="",
        frames=(),
        frames_in_all=0,
        notes=told if common["files_in_all"] else (),
        **common,
    )


def file_rows(case: RedactedCase, start: int) -> tuple[FileRow, ...]:
    """One page of the list of files, from a row on."""
    return tuple(_file_row(row) for row in case.files().iloc[start : start + FILES].to_dict("records"))


def bundle_of(paths: list[str]) -> str:
    """The name of the one input, or of the folder that all inputs lie in, or how many there are.

    >>> bundle_of(["a/b.log"]), bundle_of(["a/b", "a/c"]), bundle_of(["a", "b"])
    ('b.log', 'a', '2 inputs')
    """
    if len(paths) == 1:
        return basename(paths[0])
    tops = {path.partition("/")[0] for path in paths if "/" in path}
    return tops.pop() if len(tops) == 1 and all("/" in path for path in paths) else f"{len(paths):,} inputs"


def text_of(value: Any) -> str:
    """A cell as text, "" where it is null."""
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value)
    if value is None or value is pd.NA or (not isinstance(value, str) and pd.isna(value)):
        return ""
    return f"{value:%Y-%m-%d %H:%M:%S} UTC" if isinstance(value, pd.Timestamp) else str(value)


def _listed(value: Any) -> list[Any]:
    return list(value) if value is not None and value is not pd.NA and not isinstance(value, float) else []


def _incident_row(row: dict[Any, Any]) -> IncidentRow:
    return IncidentRow(
        incident_id=row["incident_id"],
        title=text_of(row["title"]),
        status=text_of(row["status"]),
        count=int(row["count"]),
        first_seen=text_of(row["first_seen"]),
        last_seen=text_of(row["last_seen"]),
    )


def frame_row(number: int, row: dict[Any, Any]) -> FrameRow:
    """A row of `frames` as it is shown."""
    file, line = text_of(row["file"]), text_of(row["line"])
    module, offset = text_of(row["module"]), row["module_offset"]
    where = f"{file}:{line}" if file and line else file
    if not where and module:
        where = basename(module) + (f"+0x{int(offset):x}" if text_of(offset) else "")
    function = text_of(row["function"]) or text_of(row["function_raw"]) or ("?" if row["frame_kind"] == "frame" else "")
    # A sentinel is the field's word for where a walk starts over; on screen it says what it means.
    role = "crash handling" if row["role"] == "sentinel" else text_of(row["role"])
    return FrameRow(number, function, where, role, text_of(row["frame_kind"]))


def _file_row(row: dict[Any, Any]) -> FileRow:
    size = int(row["bytes"])
    return FileRow(
        source_id=row["source_id"],
        path=row["path"],
        depth=int(row["depth"]),
        bytes=size,
        size=size_of(size),
        description=text_of(row["description"]) or text_of(row["role"]),
        status=text_of(row["parse_status"]),
        reason=text_of(row["reason"]),
    )


def _stack_title(stacks: pd.DataFrame) -> str:
    """`Crashing thread main (1 of 14 stacks)`."""
    if stacks.empty:
        return ""
    first = stacks.iloc[0]
    name = text_of(first["thread_name"]) or (f"{int(first['thread_id'])}" if text_of(first["thread_id"]) else "")
    title = f"Crashing thread {name}" if name else "Crashing stack"
    return f"{title} (1 of {len(stacks)} stacks)" if len(stacks) > 1 else title


def _facts(event: pd.Series[Any], incident: pd.Series[Any]) -> tuple[tuple[str, str], ...]:
    """What crashed, where, when, how often and on what; empty ones left out."""
    kind, value = text_of(event["error_type"]), text_of(event["error_value"])
    address = event["fault_address"]
    os_name = " ".join(
        part for part in (text_of(event["os_name"]), text_of(event["os_version"]), text_of(event["arch"])) if part
    )
    often = f"{int(incident['count']):,} times, {text_of(incident['first_seen'])} to {text_of(incident['last_seen'])}"
    pairs = [
        # Some tools begin the message with the type.
        ("What", value if kind and value.startswith(kind) else ": ".join(part for part in (kind, value) if part)),
        ("Where", text_of(event["culprit"])),
        ("When", text_of(event["ts"])),
        ("How often", often if int(incident["count"]) > 1 else "once"),
        ("Code", text_of(event["error_code_name"])),
        ("Address", f"0x{int(address):x}" if text_of(address) else ""),
        ("Release", text_of(event["release"])),
        ("Environment", text_of(event["environment"])),
        ("Service", text_of(event["service"])),
        ("System", os_name),
        ("Device", text_of(event["device"])),
        (
            "Request",
            " ".join(
                p for p in (text_of(event["http_method"]), text_of(event["route"]), text_of(event["http_status"])) if p
            ),
        ),
        ("Format", text_of(event["format"])),
    ]
    return tuple((label, text) for label, text in pairs if text)


def _facts_without_incident(case: RedactedCase) -> tuple[tuple[str, str], ...]:
    events = case.events()
    counts = events.groupby("event_kind", dropna=False).size()
    return tuple((f"Events: {text_of(kind) or 'unnamed'}", f"{count:,}") for kind, count in counts.items())
