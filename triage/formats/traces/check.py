r"""Failed assertions of native programs, what they say when they abort, and the stacks that they print of themselves.

Facts: general knowledge of the writers named in `check_heads`, `check_signals`, `check_stacks`, `check_frames` and
`check_script`, held against reports that fuzzers collected. Grammar::

    report = head tail
    head   = a rule of check_heads (CHECK, assert, terminate, heap corruption) | a signal handler | V8's fatal error
    tail   = message lines, stacks, crash keys, registers, memory map (check_stacks)

The program ends after most of these, and a sanitizer, a debugger or the system may show its stack again: such a report
`leads`. That of a signal which a failed check raises (SIGABRT, SIGTRAP, SIGILL) `follows`.
"""

from __future__ import annotations

from typing import Final

from ahocorasick_rs import BytesAhoCorasick
from msgspec.structs import replace

from triage.formats.traces import check_heads, check_signals
from triage.formats.traces.check_frames import form
from triage.formats.traces.check_heads import Head
from triage.formats.traces.check_stacks import Tail, finish, stacked
from triage.formats.traces.reports import Report
from triage.formats.traces.window import BACK, Window
from triage.records import Trace, json_text

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read", "refuses")

NAME: Final = "check"
# asks its window what is settled
SETTLES: Final = True
TITLE: Final = "Failed check or abort of a native program"
PLATFORM: Final = "native"
ANCHORS: Final = tuple(
    dict.fromkeys([*check_signals.STARTS, *(a for rule in check_heads.rules() for a in rule.anchors)])
)

# Fields of the event; what else was said becomes facts.
_COLUMNS: Final = frozenset({"value", "message", "type", "pid", "tid", "process", "address"})
_SIGNS: Final = BytesAhoCorasick([start.removeprefix("# ").encode() for start in check_signals.STARTS])
_STACKS: Final = (
    "==== C stack trace ",
    "======= Backtrace: =",
    "*** Check failure stack trace: ",
    "[end of stack trace]",
)


def read(window: Window) -> Report | None:
    """The failed check, signal or fatal error that the anchor line announces, with the stacks behind it."""
    text = window[0] or ""
    signs = _SIGNS.find_matches_as_indexes(text.encode("utf-8", "replace"))
    head = check_signals.signal(window) or check_signals.v8(window) if signs else None
    head = head or check_heads.head(window) or (_beheaded(window) if signs else None)
    if head is None:
        return None
    doubtful = head.level == "error" and head.open
    rest = stacked(window, head.end, message=head.open)
    if doubtful and not rest.frames:
        return None  # an ordinary line of a log that speaks of a check
    if window.settled and rest.frames and window.settled(short := _report(head, rest)):
        return short
    finish(window, rest)
    if not head.error_type and not rest.frames and not rest.others:
        return None
    return _report(head, rest)


def refuses(line: str) -> bool:
    """Whether `read` would give None for an anchor line without a prefix, whatever stands around it."""
    return (
        not _SIGNS.find_matches_as_indexes(line.encode("utf-8", "replace"))
        and next(check_heads.matches(line, line), None) is None
    )


def _beheaded(window: Window) -> Head | None:
    """A stack whose head is lost: cut off, or in a line that nobody knows."""
    text = window[0] or ""
    if not text.startswith(_STACKS):
        return None
    if not text.startswith("[end"):
        return Head("dump", "", end=0, level="error", leads=True, follows=False)
    first = 0
    while first > -BACK and (line := window[first - 1]) is not None and _near(line):
        first -= 1
    while first < 0 and not form(window[first] or ""):
        first += 1
    return Head("dump", "", first=first, end=first, level="error") if first else None


def _near(line: str) -> bool:
    """Whether a line can stand in a stack above its end."""
    return not line.strip() or line.startswith("  ") or form(line) is not None


def _report(head: Head, rest: Tail) -> Report:
    """Head and tail as one report."""
    said = head.said
    message = "\n".join(
        part
        for part in (said.get("value"), said.get("message"), "\n".join(rest.message).strip("\n"))
        if part and part.strip()
    )
    kind = "oom" if "failed to allocate" in message or "Out of memory" in message else head.kind
    error_type, error_value = head.error_type or None, message.strip() or None
    thread_id = _number(said.get("tid"))
    crash = Trace(
        frames=tuple(rest.frames),
        error_type=error_type,
        error_value=error_value,
        thread_id=thread_id,
        crashed=True,
        registers=json_text(rest.registers) if rest.registers else None,
        unwinder="text",
    )
    traces = [crash, *rest.others] if rest.frames or rest.registers else rest.others
    script = next((trace for trace in rest.others if trace.role == "crash"), None)
    if script and not rest.frames:
        role = "other" if error_type == "PushStackTraceAndDie" else "crash"
        traces = [replace(crash, frames=script.frames, role=role), *(t for t in rest.others if t is not script)]
    facts = [(name, text) for name, text in said.items() if name not in _COLUMNS and text]
    address = head.access_address if head.access_address is not None else _hex(said.get("address"))
    return Report(
        first=min(head.first, 0),
        end=max(rest.end, head.end, 1),
        kind=kind,
        traces=tuple(traces),
        level=head.level,
        error_type=error_type,
        error_value=error_value,
        error_code=head.code,
        error_code_name=said.get("code"),
        signal=head.signal,
        fault_address=address,
        thread_id=thread_id,
        process_id=_number(said.get("pid")),
        process=said.get("process"),
        ts=head.ts,
        facts=tuple(facts + rest.facts),
        modules=tuple(rest.modules.values()),
        complete=bool(error_type) and not (rest.announced and not rest.frames),
        leads=head.leads,
        follows=head.follows,
    )


def _number(text: str | None) -> int | None:
    """A number that fits its column."""
    value = int(text) if text and text.isascii() and text.isdigit() else None
    return value if value is not None and value < 1 << 63 else None


def _hex(text: str | None) -> int | None:
    """An address."""
    return int(text, 16) if text else None
