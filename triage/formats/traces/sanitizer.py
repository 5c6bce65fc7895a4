r"""Reports of the sanitizers: address, hardware-assisted address, memory, thread, leak, undefined behaviour and others.

Facts: general knowledge of compiler-rt's runtimes (clang, also on Android, macOS, Windows and Fuchsia) and of gcc's
libsanitizer, held against reports that fuzzers collected. Grammar, one report::

    report   = [ "="* ] [ tool ":DEADLYSIGNAL" ] header body
    header   = [ "==" pid "==" ] ( "ERROR" | "WARNING" | "FATAL" ) ": " tool ": " words
             | [ "==" pid "==" ] tool ": CHECK failed: " words | "*** GWP-ASan detected a memory error ***"
    body     = see `sanitizer_body`, `sanitizer_headings`, `sanitizer_frames`
    leak     = "Direct leak of " words stack ( "Indirect leak of " words stack )*
               (an event of its own, the first with the header: what is lost with another is no leak of its own)
    finding  = place ": runtime error: " words [ stack ]               (see `sanitizer_undefined`)

A report whose header is lost is known by its `SUMMARY:` line and the frames above it.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from msgspec.structs import replace

from triage.formats.traces import sanitizer_brief, sanitizer_undefined
from triage.formats.traces.brief import Brief
from triage.formats.traces.glance import Glance
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.sanitizer_body import SUMMARY, Body, Section
from triage.formats.traces.sanitizer_collect import collect, followed, tail
from triage.formats.traces.sanitizer_frames import read as read_frame
from triage.formats.traces.sanitizer_globals import globals_of
from triage.formats.traces.sanitizer_headings import Heading, heading
from triage.formats.traces.sanitizer_kinds import Named, named, on_purpose
from triage.formats.traces.window import BACK, Window
from triage.records import Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "brief", "read")

NAME: Final = "sanitizer"
TITLE: Final = "Sanitizer report"
PLATFORM: Final = "native"
ANCHORS: Final = (
    "Sanitizer: ", "Sanitizer:DEADLYSIGNAL", "ASAN:DEADLYSIGNAL", "ASAN:SIG", "Sanitizer CHECK failed",
    "Sanitizer failed to ", "Sanitizer crashed on ", "Sanitizer has encountered", "ERROR: AddressSanitizer ",
    "Direct leak of ", "Indirect leak of ", ": runtime error: ", "ubsan: ", "Scudo ERROR: ",
    "GWP-ASan detected a memory error",
)  # fmt: skip

_PID: Final = r"(?:={1,3} ?(?P<pid>\d{1,10}) ?={1,3} ?)"
_HEADER: Final = lazy(
    rf"\s{{0,16}}{_PID}?(?P<level>ERROR|WARNING|FATAL): ?(?P<tool>\w{{1,30}}Sanitizer):? (?P<text>\S.{{0,4000}})"
)
# the header behind what a program wrote without ending its line
_LATE: Final = lazy(
    r"(?<![\"'`=])==(?P<pid>\d{1,10})== ?(?P<level>ERROR|WARNING|FATAL): ?"
    r"(?P<tool>\w{1,30}Sanitizer):? (?P<text>\S.{0,4000})"
)
_DYING: Final = lazy(
    rf"\s{{0,16}}{_PID}?(?P<tool>\w{{0,30}}Sanitizer):? (?P<text>CHECK failed: \S.{{0,4000}}"
    r"|(?:hard rss limit exhausted|nested bug in the same|has encountered a fatal error|[Oo]ut of memory).{0,400})"
)
_DEADLY: Final = lazy(r"\s{0,16}(?:\w{1,30}Sanitizer|ASAN):(?:DEADLYSIGNAL|SIG[A-Z]{2,8})\s*$")
_RULE: Final = lazy(r"\s{0,4}={10,200}\s*$")
_ABOVE: Final = lazy(r"\s{0,16}(?:Uninitialized bytes in |dso: id=)")
_SCUDO: Final = lazy(r"\s{0,16}Scudo ERROR: (?P<text>\S.{0,1000})")
_GWP: Final = lazy(r"\s{0,16}\*{3} GWP-ASan detected a memory error \*{3}")
_ADDRESS: Final = lazy(r"(?: address| on|\(\)-ed:) (0x[0-9a-fA-F]{1,16})|^[\w-]{1,60}:? (0x[0-9a-fA-F]{1,16})")
_POINTER: Final = lazy(r"\b(pc|bp|sp) (0x[0-9a-fA-F]{1,16})")
_THREAD: Final = lazy(r"(?:in thread |thread | )T(\d{1,10})(?: \(([^()]{1,80})\))?(?=[):]|\s*$)")
_TSAN_PID: Final = lazy(r"\(pid=(\d{1,10})\)")
_VALUE_END: Final = lazy(r" \(pc | at pc | \(pid=| \(tid=|,? \(thread T")
_LEAKED: Final = lazy(r"\d{1,20} byte\(s\) leaked in")
_RECOVERED: Final = frozenset({"ThreadSanitizer", "LeakSanitizer", "DataflowSanitizer", "NumericalStabilitySanitizer"})
_ODR: Final = "odr-violation"
_WARNS: Final = frozenset({"MemorySanitizer", "ThreadSanitizer", "NumericalStabilitySanitizer"})


class _Header(NamedTuple):
    """The first line of a report, in its parts."""

    tool: str
    text: str
    pid: int | None
    named: Named


def read(window: Window) -> Report | None:
    """The report that begins at the anchor line, or whose summary it is."""
    line = window[0] or ""
    if ": runtime error: " in line and (found := sanitizer_undefined.read(window)):
        return found
    if line.lstrip().startswith("ubsan: "):
        return sanitizer_undefined.minimal(line)
    if _DEADLY.match(line):
        return _deadly(window)
    if head := _header(window, 0):
        return _report(window, head, _begin(window), 1)
    if "leak of " in line and (first := heading(line)) and first.error:
        kind = Named(first.error, "leak")
        return _report(window, _Header("LeakSanitizer", line.strip(), None, kind), 0, 0)
    if _GWP.match(line):
        return _report(window, _Header("GWP-ASan", "", None, Named("unknown", "crash")), 0, 1)
    if scudo := _SCUDO.match(line):
        return _report(window, _Header("Scudo", scudo["text"], None, named(scudo["text"])), 0, 1)
    return _headless(window)


def brief(lines: Glance, text: str) -> Brief | None:
    """The report that begins at the anchor line, for its key alone."""
    line = lines[0] or ""
    if ": runtime error: " in line:
        return sanitizer_undefined.brief(lines, text)
    if line.lstrip().startswith("ubsan: "):
        return None
    head, at = _notice(lines)[1:] if _DEADLY.match(line) else (_header(lines, 0), 1)
    if head is None or head.tool in _RECOVERED or any(lines.is_record(above) for above in range(at)):
        return None
    place = lines.place(at)
    found = sanitizer_brief.stack(lines, text, place, head.pid, ends=lines.held) if place is not None else None
    if found is None:
        return None
    what = head.named
    if what.type == _ODR:
        return None
    said = _value(head, Section(Heading("crash", "")))
    spot = _ADDRESS.search(head.text)
    follows = on_purpose(what.type, int(spot[1] or spot[2], 16) if spot and what.signal != "SIGABRT" else None)
    return Brief(
        what.kind, what.type, said, what.signal, what.code_name, found.frames, sanitizer_brief.frame, follows, head.pid,
        found.leads, found.last,
    )  # fmt: skip


def _header(window: Window | Glance, at: int) -> _Header | None:
    """The header of a report, None where the line is none."""
    line = window[at] or ""
    found = _HEADER.match(line) or _LATE.search(line[:2000]) or _DYING.match(line)
    if found is None:
        return None
    tool, text = found["tool"], found["text"].strip()
    level = found.groupdict().get("level")
    if (level == "WARNING" and tool not in _WARNS) or (level and not found["pid"] and not _supported(window, at, text)):
        return None
    number = found["pid"] or ((own := _TSAN_PID.search(text)) and own[1])
    return _Header(tool, text, int(number) if number else None, named(text))


def _supported(window: Window | Glance, at: int, text: str) -> bool:
    """Whether a header without a process id is more than words of somebody: it names an address, or frames follow."""
    if "0x" in text or "(pid=" in text or text.startswith(("detected memory leaks", "CHECK failed")):
        return True
    lines = (window[at + ahead] for ahead in range(1, 5))
    return any(line and (read_frame(line, 0, bare=True) or heading(line)) for line in lines)


def _begin(window: Window) -> int:
    """Where a report begins: at the rule and the notice above its header."""
    first = at = 0
    while at > -BACK and (line := window[at - 1]) is not None:
        at -= 1
        if _DEADLY.match(line) or _RULE.match(line) or _ABOVE.match(line):
            first = at
        elif line.strip() or at < first - 2:
            break
    return first


def _deadly(window: Window) -> Report:
    """The report that a deadly signal announces; the notice alone where none follows."""
    end, head, at = _notice(window)
    if head:
        return _report(window, head, 0, at)
    return Report(end=end, error_type="DEADLYSIGNAL", error_value=(window[0] or "").strip(), complete=False, leads=True)


def _notice(window: Window | Glance) -> tuple[int, _Header | None, int]:
    """Where the notices of a deadly signal end, the header below them, and where that ends."""
    at = end = 1
    while (line := window[at]) is not None and at < end + 8:
        at += 1
        if _DEADLY.match(line):
            end = at
        elif head := _header(window, at - 1):
            return end, head, at
        elif line.strip() and not _RULE.match(line):
            break
    return end, None, at


def _report(window: Window, head: _Header, first: int, start: int) -> Report:
    """The report below a header."""
    body = Body(bare=head.tool in {"ThreadSanitizer", "GWP-ASan"})
    for at in range(first, min(start, 0)):
        body.take(window[at] or "", at)
    rule, foreign = head.tool == "ThreadSanitizer", 0 if head.tool == "Scudo" else 4
    end = collect(window, body, start, rule=rule, foreign=foreign, pid=head.pid)
    end, unit = tail(window, end)
    end = max(end, 1)
    # a race and a leak are no end, whatever comes next; on Android the system reports the abort under another tag
    ends = head.tool == "Scudo" or window.anchor.stream[:1] == ("logcat",) or followed(window, end)
    leads = ends and head.tool not in _RECOVERED
    report = _made(head, body, first, end, unit)
    signal = report.signal is not None or report.error_code is not None
    return replace(report, leads=leads, follows=report.follows or (signal and _adjacent(window, first)))


def _adjacent(window: Window, first: int) -> bool:
    """Whether another report ends right above: a signal there is what that one led to."""
    at = first
    while at > first - 3 and (line := window[at - 1]) is not None and not line.strip():
        at -= 1
    number = window.number(at)
    return number is not None and number > 0 and window[at - 1] is None


def _headless(window: Window) -> Report | None:
    """A report of which the summary is left, and what stands right above and below it."""
    found = SUMMARY.match(window[0] or "")
    if found is None or not found[1].endswith("Sanitizer"):
        return None
    first = at = 0
    above = Body(bare=True)
    while at > 1 - BACK and (line := window[at - 1]) is not None:
        at -= 1
        if above.take(line, at) and not above.done:
            first = at
        elif line.strip() or at < first - 2:
            break
    text = found[2].strip()
    what = named("detected memory leaks") if _LEAKED.match(text) else named(_summarised(text))
    head = _Header(found[1], text, None, what)
    return replace(_report(window, head, first, first), complete=False)


def _summarised(text: str) -> str:
    """The name in a summary: words up to the place."""
    for words in (
        "data race on vptr",
        "data race",
        "signal-unsafe call inside of a signal",
        "thread leak",
        "UNKNOWN SIGNAL",
    ):
        if text.startswith(words):
            return words
    return text.split(" ", 1)[0]


def _made(head: _Header, body: Body, first: int, end: int, unit: tuple[tuple[str, str], ...]) -> Report:
    """The report from its parts."""
    leak = body.sections[0].heading.error
    what = Named(leak, "leak" if leak.endswith("leak") else "crash") if leak else head.named
    access = body.access or body.sections[0].heading
    found = _ADDRESS.search(head.text)
    at = int(found[1] or found[2], 16) if found else None
    address = access.address if at is None else at
    if what.signal == "SIGABRT":
        # the kernel keeps the ids of who sent a signal where the address of an access would be
        address = None
    pointers = {name: hex(int(value, 16)) for name, value in _POINTER.findall(head.text)}
    thread = _THREAD.search(head.text)
    thread_id = access.thread_id if access.thread_id is not None else int(thread[1]) if thread else None
    crash = body.sections[0]
    traces = _traces(body, Trace(
        role="crash", error_type=what.type, error_value=_value(head, crash), thread_id=thread_id,
        thread_name=access.thread_name or (thread[2] if thread else None), crashed=True, unwinder="text",
        registers=body.registers_json() or (_pointers(pointers) if pointers else None),
    ))  # fmt: skip
    facts = {"tool": head.tool, "summary": body.summary[1] if body.summary else "", **dict(body.fact_rows())}
    if what.type == _ODR and (places := globals_of(body.facts.get("global", []))):
        rest = (replace(traces[0], role="other", crashed=None), *traces[1:]) if traces[0].frames else traces[1:]
        traces = (replace(traces[0], frames=places), *rest)
    stacked = bool(traces[0].frames)
    return Report(
        first=first,
        end=end,
        kind=what.kind,
        level="error" if head.tool in _RECOVERED else "fatal",
        traces=traces,
        error_type=what.type,
        error_value=traces[0].error_value,
        error_code=what.code,
        error_code_name=what.code_name,
        signal=what.signal,
        fault_address=address,
        thread_id=thread_id,
        access=body.signal_access or (access.access if not leak else None),
        access_size=access.size,
        process_id=head.pid,
        os_name="Windows" if what.code is not None else None,
        facts=tuple((key, value) for key, value in facts.items() if value) + unit,
        modules=body.images.rows(),
        complete=stacked and (body.done or head.tool in {"LeakSanitizer", "Scudo"}),
        follows=on_purpose(what.type, address),
    )


def _value(head: _Header, crash: Section) -> str | None:
    """What the tool says of an error: the header up to its registers; of a race and a leak the line above the stack."""
    said = crash.heading.text
    if crash.heading.error or (head.tool == "ThreadSanitizer" and said):
        return said
    end = _VALUE_END.search(head.text)
    said = head.text[: end.start() if end else 1000].strip()
    return said if said and said != head.named.type else None


def _pointers(pointers: dict[str, str]) -> str:
    """The registers that a header names, as JSON."""
    body = Body()
    body.registers = pointers
    return body.registers_json() or ""


def _traces(body: Body, crash: Trace) -> tuple[Trace, ...]:
    """All stacks: that of the crash first, which is the first at all where none stands under its own heading."""
    sections = [section for section in body.sections if section.frames]
    if not sections:
        return (crash,)
    own = next((section for section in sections if section.heading.role == "crash"), sections[0])
    first = replace(
        own.trace(),
        **{name: getattr(crash, name) for name in ("role", "error_type", "error_value", "crashed", "registers")},
    )
    if own is body.sections[0]:
        first = replace(first, thread_id=crash.thread_id, thread_name=crash.thread_name)
    return (first, *(section.trace() for section in sections if section is not own))
