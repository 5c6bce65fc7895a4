"""The context of a crash report of Unreal Engine: `CrashContext.runtime-xml`, in the folder of the report.

Facts: general knowledge of Unreal Engine 4.2x and 5. An element `FGenericCrashContext` holds properties as elements of
text. The stack of the crashing thread is in `CallStack` (names) or `PCallStack` (module, base and offset), those of all
threads in `Threads`, times in ticks since the year 1. Nothing is resolved that XML could refer to: elements are looked
for in the text.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from triage.formats import Match
from triage.formats.traces.unreal import Head as Said
from triage.formats.traces.unreal import frame_of, head_of
from triage.records import Frame, Trace

if TYPE_CHECKING:
    from triage.formats.head import Head
    from triage.sources.source import Source

__all__ = ("NAME", "TITLE", "read", "sniff")

NAME: Final = "unreal-context"
TITLE: Final = "Crash context of Unreal Engine"

_ROOT: Final = "<FGenericCrashContext>"
_LEAF: Final = re.compile(r"<(?P<name>[A-Za-z][\w.]{0,80})>(?P<text>[^<]*)</(?P=name)>")
_THREAD: Final = re.compile(r"<Thread>")
_PORTABLE: Final = re.compile(
    r"(?P<module>\S.{0,200}?)\s{1,8}0x(?P<base>[0-9a-fA-F]{1,16}) \+ (?P<offset>[0-9a-fA-F]{1,16})\s*$"
)
_TICKS: Final = 621_355_968_000_000_000
_KINDS: Final = {
    "assert": ("assertion", "fatal"),
    "ensure": ("assertion", "error"),
    "stall": ("hang", "error"),
    "hang": ("hang", "fatal"),
    "gpucrash": ("crash", "fatal"),
    "outofmemory": ("oom", "fatal"),
    "abnormalshutdown": ("abort", "fatal"),
}
_STACKS: Final = frozenset({"CallStack", "PCallStack", "PCallStackHash", "Registers", "Modules", "SourceContext"})
_LONGEST, _THREADS, _FRAMES = 4_000, 4_000, 4_000


def sniff(head: Head) -> Match | None:
    """By the root element.

    Examples
    --------
    >>> from triage.formats.head import Head
    >>> sniff(Head(b"<FGenericCrashContext><RuntimeProperties/></FGenericCrashContext>")).score
    95
    """
    start = head.text[:1_000].lstrip()
    if not head.is_text or start[:1] != "<" or _ROOT not in start:
        return None
    return Match(95, "the element FGenericCrashContext")


def read(source: Source) -> None:
    """Give the event of the report, with the stacks of all threads."""
    source.role, source.media, source.description = "report", "application/xml", TITLE
    text = source.text()
    begin = text.find("<Threads>")
    end = text.find("</Threads>", begin) if begin >= 0 else -1
    inner = text[begin:end] if end > begin else ""
    outer = text[:begin] + text[end:] if inner else text
    said: dict[str, str] = {}
    for leaf in _LEAF.finditer(outer):
        value = html.unescape(leaf["text"]).strip()
        if value:
            said.setdefault(leaf["name"], value)
    whole = "</FGenericCrashContext>" in text
    kind, level = _KINDS.get(said.get("CrashType", "").lower(), ("crash", "fatal"))
    if said.get("IsEnsure") == "true":
        kind, level = "assertion", "error"
    elif said.get("IsAssert") == "true":
        kind = "assertion"
    message = said.get("ErrorMessage", "")
    head = _said(message) or Said(0, kind, said.get("CrashType") or "crash", message or None)
    frames = _stack(said.get("CallStack", "")) or _portable(said.get("PCallStack", ""))
    threads = _threads(inner)
    own = next((thread for thread in threads if thread.crashed), None)
    crash = Trace(
        frames=tuple(frames) or (own.frames if own else ()),
        error_type=head.error,
        error_value=head.value,
        thread_id=own.thread_id if own else None,
        thread_name=own.thread_name if own else None,
        crashed=level == "fatal",
        unwinder="text",
    )
    ticks = said.get("TimeOfCrash", "")
    ts = (int(ticks) - _TICKS) // 10 if ticks.isdecimal() and len(ticks) == 18 else None
    event = source.records.event(
        source_id=source.source_id,
        offset=0,
        length=source.size,
        format=NAME,
        native_id=said.get("CrashGUID"),
        event_class="incident_signal",
        event_kind=head.kind if head.rank and kind == "crash" else kind,
        ts=ts,
        ts_source="report" if ts is not None else None,
        level=level,
        handled=level != "fatal",
        platform="native",
        service=said.get("GameName") or said.get("ExecutableName"),
        release=said.get("BuildVersion") or said.get("EngineVersion"),
        os_name=(said.get("PlatformName") or said.get("PlatformFullName", "").partition(" ")[0]).partition("Editor")[0]
        or None,
        os_version=said.get("Misc.OSVersionMajor"),
        error_type=head.error,
        error_value=head.value,
        signal=head.signal,
        fault_address=head.address,
        thread_id=crash.thread_id,
        parse_status="ok" if whole and crash.frames else "partial",
        notes=None if whole else ["the report is cut or damaged"],
    )
    source.records.stacks(event, [crash, *(thread for thread in threads if thread is not own)])
    for name, value in said.items():
        if name not in _STACKS:
            source.records.annotation(event, "report", name, value[:_LONGEST])
    if not whole:
        source.parse_status = "partial"


def _said(message: str) -> Said | None:
    """What the message says, by the line that says most."""
    heads = [found for line in message.split("\n")[:20] if (found := head_of(line.strip())) is not None]
    return max(heads, key=lambda one: one.rank, default=None)


def _stack(text: str) -> list[Frame]:
    """The frames of a stack with names, one on each line."""
    lines = [line.strip() for line in text.split("\n")[:_FRAMES]]
    found = []
    for line in lines:
        address, _, body = line.partition(" ") if line.startswith("0x") else ("", "", line)
        number = int(address, 16) if re.fullmatch(r"0x[0-9a-fA-F]{1,16}", address) else None
        plain = "!" not in body and "(" not in body and " " not in body
        frame = (
            Frame(module=body, language="c++", trust="text", address=number)
            if plain and body
            else frame_of(body, number, 0)
        )
        if frame is not None:
            found.append(frame)
    return [replace(frame, text_line=None) for frame in found]


def _portable(text: str) -> list[Frame]:
    """The frames of a stack without names."""
    found = (_PORTABLE.match(line.strip()) for line in text.split("\n")[:_FRAMES])
    return [
        Frame(
            module=row["module"].strip(),
            module_offset=int(row["offset"], 16),
            language="c++",
            trust="text",
            address=int(row["base"], 16) + int(row["offset"], 16),
        )
        for row in found
        if row is not None
    ]


def _threads(text: str) -> list[Trace]:
    """The stacks of all threads."""
    found: list[Trace] = []
    for piece in _THREAD.split(text)[1 : _THREADS + 1]:
        said = {leaf["name"]: html.unescape(leaf["text"]).strip() for leaf in _LEAF.finditer(piece)}
        stack = said.get("CallStack", "")
        frames = _portable(stack) or _stack(stack)
        number = said.get("ThreadID", "")
        if frames:
            crashed = said.get("IsCrashed", "").lower() == "true"
            found.append(
                Trace(
                    frames=tuple(frames),
                    role="crash" if crashed else "thread",
                    thread_id=int(number) if number.isdecimal() and len(number) < 19 else None,
                    thread_name=said.get("ThreadName") or None,
                    crashed=crashed,
                    unwinder="text",
                )
            )
    return found
