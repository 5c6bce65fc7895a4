r"""Findings of the detectors that watch a fuzzed program from outside: SystemSan and PySecSan.

Facts: general knowledge of both tools in OSS-Fuzz, held against reports that fuzzers collected. Grammar::

    finding  = [ "--- Found a sign of shell corruption ---" lines "----"* ] "===BUG DETECTED: " words "==="
               ( "===" name ": " value "===" )*
    pysecsan = "===BUG DETECTED: PySecSan: " words "===" ( "[PYSECSAN] " words | words )*
               "[PYSECSAN] Stacktrace:" ( '  File "' file '", line ' n ", in " function )* "[PYSECSAN] Exiting"

The engine then reports the signal that the finding ended the program with. PySecSan prints frames innermost last.
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "systemsan"
TITLE: Final = "SystemSan or PySecSan finding"
PLATFORM: Final = "native"
ANCHORS: Final = ("===BUG DETECTED: ",)

_FINDING: Final = lazy(r"={3}BUG DETECTED: (?P<text>[^=\n]{1,400}?) ?={3}\s*$")
_MORE: Final = lazy(r"={3}(?P<key>[A-Za-z][\w ]{0,60}): (?P<value>.{0,1000}?) ?={3}\s*$")
_FRAME: Final = lazy(r'\s{1,16}File "(?P<file>[^"]{1,1000})", line (?P<line>\d{1,9}), in (?P<function>\S.{0,400})')
_SIGN: Final = lazy(r"--- Found a sign of .{1,100} ---\s*$")
_RULE: Final = lazy(r"[-=]{8,200}\s*$")
_LINES: Final = 64


def read(window: Window) -> Report | None:
    """The finding at the anchor line."""
    line = window[0] or ""
    found = _FINDING.search(line[:2000])
    if found is None:
        return None
    text = found["text"].strip()
    if text.startswith("PySecSan:"):
        return _python(window, text.partition(":")[2].strip())
    end, facts = 1, {"tool": "SystemSan"}
    while (more := _MORE.match(window[end] or "")) and end < _LINES:
        facts[more["key"].strip().lower().replace(" ", "_")] = more["value"].strip()
        end += 1
    first, sign = _sign(window)
    if sign:
        facts["sign"] = sign
    value = facts.get("domain_resolved") or facts.get("file_opened") or sign or None
    trace = Trace(error_type=text, error_value=value, crashed=True)
    return Report(
        first=first,
        end=end,
        traces=(trace,),
        error_type=text,
        error_value=value,
        facts=tuple(facts.items()),
        leads=True,
    )


def _sign(window: Window) -> tuple[int, str]:
    """What a shell said, above the finding: where that begins, and the words."""
    words: list[str] = []
    for at in range(-1, -8, -1):
        line = window[at]
        if line is None:
            break
        if _SIGN.match(line):
            return at, " ".join(reversed(words))
        if not _RULE.match(line):
            words.append(line.strip())
    return 0, ""


def _python(window: Window, text: str) -> Report:
    """A finding of PySecSan with its stack."""
    end = at = 1
    frames: list[Frame] = []
    said: list[str] = []
    complete = False
    while at < _LINES and (line := window[at]) is not None:
        if frame := _FRAME.match(line):
            frames.append(Frame(function=frame["function"].strip(), file=frame["file"], line=int(frame["line"]),
                                language="python", trust="text", text_line=at))  # fmt: skip
            end = at + 1
        elif line.startswith("[PYSECSAN] "):
            end = at + 1
            if line.startswith("[PYSECSAN] Exiting"):
                complete = True
                break
            if not line.startswith("[PYSECSAN] Stacktrace"):
                said.append(line.partition("] ")[2].strip())
        elif (frames and not line.startswith("    ")) or at > end + 2:
            break
        at += 1
    first = -1 if (above := window[-1]) and _RULE.match(above) else 0
    value = said[0] if said else None
    trace = Trace(frames=tuple(reversed(frames)), error_type=text, error_value=value, crashed=True, unwinder="text")
    return Report(
        first=first,
        end=end,
        traces=(trace,),
        error_type=text,
        error_value=value,
        facts=(("tool", "PySecSan"),),
        complete=complete and bool(frames),
        leads=True,
    )
