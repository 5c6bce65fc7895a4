r"""Reports of honggfuzz: a block of keys and a stack for each crash, in HONGGFUZZ.REPORT.TXT.

Facts: general knowledge of honggfuzz's `report.c` and of its Linux tracer. Grammar::

    report  = rule "TIME: " time rule [ "FUZZER ARGS:" ( " " name " : " value )* ]
              ( key ": " value )* "STACK:" frame* rule
    key     = "ORIG_FNAME" | "FUZZ_FNAME" | "PID" | "EXIT CODE" | "SIGNAL" | "PC" | "FAULT ADDRESS" | "INSTRUCTION"
            | "STACK HASH" | "DESCRIPTION"
    frame   = " <0x" hex "> [func:" name " file:" file " line:" n " module:" image "]"
            | " <0x" hex "> [" name "():" n " at " file "]" | " <0x" hex "> [" name [ "+0x" hex ] "]"
"""

from __future__ import annotations

import re
from typing import Final

from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "honggfuzz"
TITLE: Final = "honggfuzz report"
PLATFORM: Final = "native"
ANCHORS: Final = ("FUZZ_FNAME: ",)

_KEY: Final = lazy(
    r"(?P<key>ORIG_FNAME|FUZZ_FNAME|PID|EXIT CODE|SIGNAL|PC|FAULT ADDRESS|INSTRUCTION|EXCEPTION|CRASH FRAME PC"
    r"|STACK HASH|DESCRIPTION|STACK):\s?(?P<value>.{0,2000})"
)
_FRAME: Final = lazy(r"\s{1,4}<(?:0x)?(?P<address>[0-9a-fA-F]{1,16})> \[(?P<text>.{0,4000})\]\s*$")
_NAMED: Final = lazy(
    r"func:(?P<function>.{0,2000}?) file:(?P<file>.{0,1000}?) line:(?P<line>\d{1,9}) module:(?P<module>.{0,1000})$"
)
_AT: Final = lazy(r"(?P<function>.{0,2000}?)\(\):(?P<line>\d{1,9})(?: at (?P<file>.{1,1000}))?$")
_SIGNAL: Final = lazy(r"(SIG[A-Z]{2,8})(?: \((\d{1,3})\))?")
_MOST: Final = 512


def read(window: Window) -> Report | None:
    """The report around the line that names the file."""
    if not (window[0] or "").startswith("FUZZ_FNAME: "):
        return None
    first = 0
    while first > -24 and (above := _KEY.match(window[first - 1] or "")) and above["key"] != "FUZZ_FNAME":
        first -= 1
    keys: dict[str, str] = {}
    frames: list[Frame] = []
    at = first
    while (line := window[at]) is not None and len(frames) < _MOST:
        if (found := _KEY.match(line)) and found["key"] not in keys:
            keys[found["key"]] = found["value"].strip()
        elif frame := _frame(line, at) if "STACK" in keys else None:
            frames.append(frame)
        else:
            break
        at += 1
    if "SIGNAL" not in keys and "PC" not in keys:
        return None
    signal = _SIGNAL.match(keys.get("SIGNAL", ""))
    address = keys.get("FAULT ADDRESS", "").split(" ")[0]
    known = re.fullmatch(r"(?:0x)?[0-9a-fA-F]{1,16}", address) and signal and signal[1] in {"SIGSEGV", "SIGBUS"}
    error = signal[1] if signal else keys.get("SIGNAL") or "crash"
    value = keys.get("INSTRUCTION") or None
    trace = Trace(frames=tuple(frames), error_type=error, error_value=value, crashed=True, unwinder="text")
    pid = keys.get("PID", "")
    return Report(
        first=first,
        end=at,
        traces=(trace,),
        error_type=error,
        error_value=value,
        signal=signal[1] if signal else None,
        error_code=int(signal[2]) if signal and signal[2] else None,
        fault_address=int(address, 16) if known else None,
        process_id=int(pid) if pid.isdecimal() and len(pid) < 11 else None,
        facts=(
            ("tool", "honggfuzz"),
            *((k.lower().replace(" ", "_"), v) for k, v in keys.items() if v and k not in {"STACK", "PID"}),
        ),
        complete=bool(frames),
    )


def _frame(line: str, index: int) -> Frame | None:
    """One frame of the stack."""
    found = _FRAME.match(line)
    if found is None:
        return None
    address, text = int(found["address"], 16), found["text"]
    if parts := _NAMED.match(text) or _AT.match(text):
        groups = parts.groupdict()
        function, file, module = (_known(groups.get(name)) for name in ("function", "file", "module"))
        number = int(groups["line"] or 0) or None
        return Frame(function=function, file=file, line=number if file else None, module=module,
                     address=address, trust="text", text_line=index)  # fmt: skip
    name, _, offset = text.partition("+0x")
    digits = re.fullmatch(r"[0-9a-fA-F]{1,16}", offset)
    return Frame(function=_known(name), symbol_offset=int(offset, 16) if digits else None,
                 address=address, trust="text", text_line=index)  # fmt: skip


def _known(text: str | None) -> str | None:
    """A word that means something."""
    return text.strip() if text and text.strip() not in {"UNKNOWN", "???", "[UNKNOWN]", "??"} else None
