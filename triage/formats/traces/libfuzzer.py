r"""What fuzzing engines say of a crash: libFuzzer, Centipede and FuzzTest, AFL++.

Facts: general knowledge of libFuzzer's `FuzzerLoop.cpp`, of Centipede's runner and FuzzTest's adaptor and of AFL++'s
`debug.h`, held against reports that fuzzers collected. Grammar::

    report   = [ alarm ] "==" pid "== ERROR: libFuzzer: " error body [ tail ]
    error    = "deadly signal" | "timeout after " n " seconds" | "out-of-memory (" words ")" | "fuzz target exited"
             | "fuzz target overwrites its const input"
    alarm    = "ALARM: working on the last Unit for " n " seconds" line [ tail ]
    limit    = "========= " what " exceeded: " n " > " n " (" unit "); aborting"                       (Centipede)
    fuzztest = "=== BUG FOUND!" place ": Counterexample found for " test "." argument* [ "=== Reproducer test" lines ]
    afl      = "[-] PROGRAM ABORT : " words "Location : " function "(), " file ":" line
             | "[-]  SYSTEM ERROR : " words "Stop location : " ... "OS message : " words

`body` is that of the sanitizers. A deadly signal, an exit, and what FuzzTest found are consequences: of a failed
assertion, a panic, an abort that was reported above.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec.structs import replace

from triage.formats.traces import sanitizer_brief
from triage.formats.traces.brief import Brief
from triage.formats.traces.glance import Glance
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.sanitizer_body import SUMMARY, Body
from triage.formats.traces.sanitizer_collect import collect, tail
from triage.formats.traces.sanitizer_frames import read as read_frame
from triage.formats.traces.window import BACK, Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "brief", "read")

NAME: Final = "libfuzzer"
TITLE: Final = "Fuzzer report (libFuzzer, Centipede, FuzzTest, AFL++)"
PLATFORM: Final = "native"
ANCHORS: Final = (
    "ERROR: libFuzzer: ", "SUMMARY: libFuzzer: ", "ALARM: working on the last Unit", "RSS limit exceeded: ",
    "Stack limit exceeded: ", "-input timeout exceeded: ", "-batch timeout exceeded: ", "=== BUG FOUND!",
    "PROGRAM ABORT : ", "SYSTEM ERROR : ",
)  # fmt: skip

_ERROR: Final = lazy(r"\s{0,16}(?:={2} ?(?P<pid>\d{1,10}) ?={2} ?)?ERROR: libFuzzer: (?P<text>\S.{0,1000})")
_LATE: Final = lazy(r"(?<![\"'`=])==(?P<pid>\d{1,10})== ERROR: libFuzzer: (?P<text>\S.{0,1000})")
_ALARM: Final = lazy(r"\s{0,16}(?P<text>ALARM: working on the last Unit for \d{1,9} seconds)")
_LIMIT: Final = lazy(
    r"={5,20} (?P<what>[\w -]{1,40}) exceeded: (?P<value>\d{1,20}) > (?P<limit>\d{1,20}) "
    r"\((?P<unit>\w{1,10})\); (?:aborting|exiting)"
)
_RULE: Final = lazy(r"={20,200}\s*$")
_FOUND: Final = lazy(r"(?P<file>.{1,1000}?):(?P<line>\d{1,9}): Counterexample found for (?P<test>[\w./]{1,400})\.$")
_ARGUMENT: Final = lazy(r"(argument \d{1,4}): (.{0,2000})")
_AFL: Final = lazy(r"\s{0,4}(?:\[-\])?\s{0,4}(?P<what>PROGRAM ABORT|SYSTEM ERROR) : (?P<text>\S.{0,1000})")
_AFL_PLACE: Final = lazy(
    r"\s{0,16}(?:Stop location|Location) : (?P<function>[\w:~<>]{1,200})\(\), (?P<file>.{1,400}?):(?P<line>\d{1,9})\s*$"
)
_AFL_REASON: Final = lazy(r"\s{0,16}OS message : (\S.{0,400})")
_LINES: Final = 60
# What another report tells the cause of.
_ENDS: Final = frozenset({"deadly signal", "fuzz target exited"})


def read(window: Window) -> Report | None:
    """The report that begins at the anchor line, or whose summary it is."""
    line = window[0] or ""
    if found := _ERROR.match(line) or _LATE.search(line[:2000]):
        return _report(window, found["text"], found["pid"], 0, 1)
    if alarm := _ALARM.match(line):
        return _alarm(window, alarm["text"])
    if limit := _LIMIT.match(line):
        return _limit(window, limit)
    if line.startswith("=== BUG FOUND!"):
        return _fuzztest(window)
    if afl := _AFL.match(line):
        return _afl(window, afl)
    summary = SUMMARY.match(line)
    if not summary or summary[1] != "libFuzzer":
        return None
    first = at = 0
    while at > 1 - BACK and (above := window[at - 1]) is not None:
        at -= 1
        if read_frame(above, at):
            first = at
        elif above.strip() and not above.startswith(("NOTE: libFuzzer", "      Combine libFuzzer")):
            break
    return _report(window, summary[2], None, first, first, complete=False)


def brief(lines: Glance, text: str) -> Brief | None:
    """The report that begins at the anchor line, for its key alone."""
    line = lines[0] or ""
    found = _ERROR.match(line) or _LATE.search(line[:2000])
    place = lines.place(1) if found else None
    if found is None or place is None:
        return None
    said = found["text"].strip()
    error, kind = _named(said)
    pid = int(found["pid"]) if found["pid"] else None
    ends = error in _ENDS
    rows = sanitizer_brief.stack(lines, text, place, pid, ends=lines.held or ends)
    if rows is None:
        return None
    return Brief(
        kind, error, said if said != error else None, None, None, rows.frames, sanitizer_brief.frame, ends, pid,
        rows.leads or (ends and not rows.last), rows.last,
    )  # fmt: skip


def _named(text: str) -> tuple[str, str]:
    """The name of an error, and its kind."""
    if text.startswith("timeout"):
        return "timeout", "timeout"
    if text.startswith("out-of-memory"):
        return "out-of-memory", "oom"
    if "overwrites" in text:
        return "overwrites-const-input", "crash"
    if text.startswith("fuzz target exited"):
        return "fuzz target exited", "abort"
    return text.partition(" (")[0].strip()[:200], "crash"


def _report(window: Window, text: str, pid: str | None, first: int, start: int, *, complete: bool = True) -> Report:
    """The report below a header."""
    error, kind = _named(text.strip())
    body = Body()
    end = collect(window, body, start)
    end, unit = tail(window, end)
    sections = [section for section in body.sections if section.frames]
    crash = Trace(
        frames=sections[0].trace().frames if sections else (),
        error_type=error,
        error_value=text.strip() if text.strip() != error else None,
        crashed=True,
        registers=body.registers_json(),
        unwinder="text",
    )
    facts = {"tool": "libFuzzer", "summary": body.summary[1] if body.summary else "", **dict(body.fact_rows())}
    ends = error in _ENDS
    return Report(
        first=first,
        end=max(end, 1),
        kind=kind,
        traces=(crash, *(section.trace() for section in sections[1:])),
        error_type=error,
        error_value=crash.error_value,
        process_id=int(pid) if pid else None,
        facts=tuple((key, value) for key, value in facts.items() if value) + unit,
        modules=body.images.rows(),
        complete=complete and (body.done or bool(sections)),
        leads=ends,
        follows=ends,
    )


def _alarm(window: Window, text: str) -> Report:
    """A timeout: the alarm, the unit, then the error with its stack."""
    end = 2 if (window[1] or "").lstrip().startswith("and the timeout value is ") else 1
    end, unit = tail(window, end)
    for at in range(end, end + 4):
        line = window[at]
        found = _ERROR.match(line) if line else None
        if found and found["text"].startswith("timeout"):
            report = _report(window, found["text"], found["pid"], 0, at + 1)
            return report if report.facts[-1:] == unit[-1:] else _with(report, unit)
        if line is None or line.strip():
            break
    crash = Trace(error_type="timeout", error_value=text, crashed=True)
    return Report(end=end, kind="timeout", traces=(crash,), error_type="timeout", error_value=text,
                  facts=(("tool", "libFuzzer"), *unit), complete=False)  # fmt: skip


def _with(report: Report, facts: tuple[tuple[str, str], ...]) -> Report:
    """The report with what was said before its header."""
    held = dict(report.facts)
    return replace(report, facts=report.facts + tuple(fact for fact in facts if fact[0] not in held))


def _limit(window: Window, found: re.Match[str]) -> Report:
    """A limit of Centipede's runner, which then aborts; newer ones say so once more."""
    end = 1
    for at in range(1, 5):
        line = window[at] or ""
        if "is set to" in line or line.startswith("Find out how to adjust"):
            end = at + 1
    what = found["what"].strip().lower()
    kind = "timeout" if "timeout" in what else "oom" if "rss" in what else "crash"
    error = f"{found['what'].strip()} exceeded"
    value = f"{found['value']} > {found['limit']} ({found['unit']})"
    trace = Trace(error_type=error, error_value=value, crashed=True)
    return Report(
        end=end,
        kind=kind,
        traces=(trace,),
        error_type=error,
        error_value=value,
        facts=(("tool", "Centipede"),),
        leads=True,
    )


def _fuzztest(window: Window) -> Report | None:
    """What FuzzTest says of the input that failed."""
    found: re.Match[str] | None = None
    facts: dict[str, str] = {"tool": "FuzzTest"}
    end = 1
    for at in range(1, _LINES):
        line = window[at]
        if line is None or _RULE.match(line):
            break
        if place := _FOUND.match(line):
            found, end = place, at + 1
        elif argument := _ARGUMENT.match(line):
            facts[argument[1]], end = argument[2].strip(), at + 1
        elif line.startswith("The test fails with input:"):
            end = at + 1
    if found is None:
        return None
    end = _reproducer(window, end, facts)
    above = window[-1]
    frame = Frame(function=found["test"], file=found["file"], line=int(found["line"]), trust="text")
    value = f"Counterexample found for {found['test']}"
    return Report(
        first=-1 if above and _RULE.match(above) else 0,
        end=end,
        kind="assertion",
        traces=(Trace(frames=(frame,), role="crash", error_type="counterexample", error_value=value),),
        error_type="counterexample",
        error_value=value,
        facts=tuple(facts.items()),
        leads=True,
        follows=True,
    )


def _reproducer(window: Window, end: int, facts: dict[str, str]) -> int:
    """The test that FuzzTest writes for the input, where it stands next; where it ends."""
    at = end
    while (line := window[at]) is not None and at < end + 4 and (not line.strip() or _RULE.match(line)):
        at += 1
    if line is None or not line.startswith(("=== Reproducer test", "=== Regression test")):
        return end
    lines: list[str] = []
    at += 1
    while (line := window[at]) is not None and len(lines) < _LINES and not _RULE.match(line):
        lines.append(line)
        at += 1
    facts["reproducer"] = "\n".join(lines).strip()
    return at + 1 if line is not None and _RULE.match(line) else at


def _afl(window: Window, found: re.Match[str]) -> Report | None:
    """AFL's own end: what it could not do, and where."""
    end, frames, reason = 1, list[Frame](), ""
    for at in range(1, 4):
        line = window[at] or ""
        if place := _AFL_PLACE.match(line):
            frames.append(
                Frame(
                    function=place["function"], file=place["file"], line=int(place["line"]), trust="text", text_line=at
                )
            )
            end = at + 1
        elif message := _AFL_REASON.match(line):
            reason, end = message[1].strip(), at + 1
    if not frames:
        return None
    value = found["text"].strip()
    trace = Trace(frames=tuple(frames), error_type=found["what"], error_value=value, crashed=True)
    facts = (("tool", "AFL"), *((("os_message", reason),) if reason else ()))
    return Report(end=end, kind="abort", traces=(trace,), error_type=found["what"], error_value=value, facts=facts)
