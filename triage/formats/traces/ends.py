"""What led to the end of a program and the report of its stack as one: an assertion and the abort that it raised."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import SETTLED, Report
from triage.records import Trace

if TYPE_CHECKING:
    from triage.formats.traces.brief import Brief
    from triage.formats.traces.scanning import Found

__all__ = ("NEAR", "announced", "joined")

# A report that follows from another begins so many lines after its end at most.
NEAR: Final = 80


def announced(before: Found, end: Brief) -> Brief | Found | None:
    """One report of what led to an end and the end in brief, None where it is not sure: see `joined` and `settled`."""
    lead = before.report
    announces = lead.kind == "crash" and not any(trace.frames for trace in lead.traces)
    if lead.level != "fatal" or end.line - before.last > NEAR or not (end.follows or announces):
        return None
    if end.kind == "assertion" or end.level != "fatal":
        return None
    if lead.process_id and end.process_id and lead.process_id != end.process_id:
        return None
    own = _own(lead, end.signal)
    said = {name: getattr(lead if name in own or getattr(lead, name) is not None else end, name) for name in _SAID}
    # The class of an abort hangs on no signal either, but that there is one may count.
    fits = lead.kind in SETTLED or (lead.kind == "abort" and said["signal"])
    if not (end.last or (fits and said["error_type"] and said["error_value"])):
        return None
    if _named(lead):
        return before._replace(report=replace(lead, **said))
    crash = end.read(end.frames[0]) if end.frames else None
    if crash is None or not crash.function or any(trace.role == "cause" for trace in lead.traces):
        return None
    return end._replace(kind=lead.kind, leads=False, **said)


# What a key takes of a report beside its stack and its kind.
_SAID: Final = ("error_type", "error_value", "signal", "error_code_name")
# What names a signal or an exception of a system, and what such a name decides.
_SIGNAL: Final = lazy(r"(?:SIG|EXCEPTION_|STATUS_|EXC_)[A-Z]")
_ENDING: Final = frozenset({"error_value", "signal", "error_code", "error_code_name"})


def joined(before: Found, after: Found) -> Found | None:
    """One report of two where the second is what the first led to: an assertion and the abort that it raised."""
    lead, end = before.report, after.report
    # A crash without any stack is the headline of the next one.
    bare = not any(trace.frames for trace in lead.traces)
    announces = lead.kind == "crash" and bare
    # What the kernel prints of other processors and tasks when it ends has no head of its own.
    dumped = lead.level == "fatal" and end.kind == "dump" and before.module.NAME == after.module.NAME == "kernel"
    if not (lead.leads and (end.follows or announces or dumped or _shows(lead, end))):
        return None
    if after.first - before.last > NEAR:
        return None
    if lead.process_id and end.process_id and lead.process_id != end.process_id and not dumped:
        return None
    if end.kind == "assertion" and lead.kind != "assertion" and bare:
        # The headline names the signal only; the report below says what was asserted.
        lead = replace(lead, kind=end.kind, error_type=end.error_type, error_value=end.error_value, traces=())
    stacks = _joined_stacks(lead, end)
    own = frozenset[str]() if bare else _own(lead, end.signal)
    empty = {name for name in Report.__struct_fields__ if getattr(lead, name) is None and name not in own}
    taken = {name: getattr(end, name) for name in empty}
    report = replace(
        lead,
        **taken,
        traces=stacks,
        facts=lead.facts + tuple(fact for fact in end.facts if fact[0] not in dict(lead.facts)),
        modules=lead.modules + end.modules,
        notes=lead.notes + end.notes,
        # the abort may itself be followed by what the fuzzer says of it
        leads=True,
    )
    return before._replace(
        report=report,
        last=after.last,
        end_offset=after.end_offset,
        ts=before.ts if before.ts is not None else after.ts,
        local=before.local if before.ts is not None else after.local,
    )


def _own(lead: Report, signal: str | None) -> frozenset[str]:
    """What is not taken of an end by another signal than that of the crash: the abort of what told of the crash."""
    named = lead.signal or (lead.error_type if lead.error_type and _SIGNAL.match(lead.error_type) else None)
    return _ENDING if lead.kind == "crash" and named and signal not in {None, named} else frozenset()


def _shows(lead: Report, end: Report) -> bool:
    """Whether the second shows the stack of the process that the first knows no more than an address of."""
    same = lead.process_id is not None and lead.process_id == end.process_id
    told = lead.kind == end.kind == "crash" and end.signal in {None, lead.signal}
    return same and told and not _named(lead) and _named(end)


def _named(lead: Report) -> bool:
    """Whether the stack of the crash has names."""
    return any(frame.function for trace in lead.traces if trace.role == "crash" for frame in trace.frames)


def _joined_stacks(lead: Report, end: Report) -> tuple[Trace, ...]:
    """The stacks of both: the crash is the lead's own where it has names, else the end's under the lead's error."""
    shown = any(frame.function for trace in end.traces for frame in trace.frames)
    if _named(lead) or (not shown and any(trace.frames for trace in lead.traces)):
        return lead.traces + tuple(
            replace(trace, role="signal" if trace.role == "crash" else trace.role, crashed=None) for trace in end.traces
        )
    if not end.traces:
        return lead.traces
    said = lead.traces[0] if lead.traces else Trace(error_type=lead.error_type, error_value=lead.error_value)
    crash = replace(end.traces[0], error_type=said.error_type, error_value=said.error_value)
    rest = (replace(t, role="other" if t.role == "crash" else t.role, crashed=None) for t in lead.traces if t.frames)
    return (crash, *end.traces[1:], *rest)
