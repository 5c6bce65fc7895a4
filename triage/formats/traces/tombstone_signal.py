r"""The line that Android's C library logs when a signal ends a process, before the tombstone is written.

Facts: general knowledge of bionic's linker/debuggerd handler. Grammar, one line each::

    line = "Fatal signal " n " (" name ")" [ ", code " n [ " (" name … ")" ] ] [ ", fault addr " hex ]
           [ " in tid " n [ " (" name ")" ] [ ", pid " n [ " (" name ")" ] ] ]
         | "Fatal signal " n " (" name ") at 0x" hex " (code=" n "), thread " n [ " (" name ")" ]
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.tombstone_report import SENT, TRAPS, group
from triage.formats.traces.window import Window
from triage.records import Trace

__all__ = ("read",)

# Threads of one process that the same signal met at once.
_MOST: Final = 32
_LINE: Final = lazy(
    r"Fatal signal (?P<number>\d{1,3}) \((?P<name>\w{1,24})\)(?: at (?P<old>0x[0-9a-f]{1,16}) \(code="
    r"(?P<old_code>-?\d{1,9})\))?"
    r"(?:, code (?P<code>-?\d{1,9})(?: \((?P<code_name>\w{1,32})[^()]{0,60}\))?)?(?:,? fault addr "
    r"(?P<address>0x[0-9a-f]{1,16}|-{8,16}))?"
    r"(?:,? (?:in tid|thread) (?P<tid>\d{1,9})(?: \((?P<thread>.{0,60}?)\))?(?:, pid (?P<pid>\d{1,9})(?: \("
    r"(?P<process>.{0,60}?)\))?)?)?\s*$"
)


def read(window: Window) -> Report | None:
    """The signal, with whose it was."""
    found = _LINE.match((window[0] or "").strip())
    if found is None:
        return None
    name, code_name = found["name"], found["code_name"]
    address = found["address"] or found["old"]
    known = (
        address is not None
        and not address.startswith("-")
        and (code_name or "") not in SENT
        and int(found["code"] or 1) > 0
    )
    pid = int(found["pid"]) if found["pid"] else _process(window)
    value = f"access to address {address}" if known and name in {"SIGSEGV", "SIGBUS"} else None
    thread = Trace(
        error_type=name,
        error_value=value,
        thread_id=int(found["tid"]) if found["tid"] else None,
        thread_name=found["thread"] or None,
        crashed=True,
    )
    end = 1
    while end < _MOST and (other := _LINE.match((window[end] or "").strip())) and other["number"] == found["number"]:
        end += 1
    return Report(
        end=end,
        kind="abort" if name == "SIGABRT" else "crash",
        traces=(thread,),
        error_type=name,
        error_value=value,
        error_code=int(found["number"]),
        error_code_name=" / ".join(part for part in (name, code_name) if part),
        signal=name,
        fault_address=int(address or "0", 16) if known else None,
        thread_id=thread.thread_id,
        process_id=pid,
        process=found["process"] or None,
        os_name="Android",
        leads=True,
        follows=name in TRAPS,
    )


def _process(window: Window) -> int | None:
    """The process that the prefix of the line tells, or the line above that gathers those of a tag."""
    stream = window.anchor.stream
    if stream[:1] == ("logcat",):
        told = stream[1] if len(stream) == 4 else stream[2] if len(stream) == 3 else ""
        return int(told) if told.isdigit() else None
    for index in range(-1, -6, -1):
        tag = group(window[index] or "")
        if tag:
            return int(tag[1])
    return None
