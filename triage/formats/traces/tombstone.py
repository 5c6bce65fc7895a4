r"""Crashes of native code on Android: tombstones as files, in logcat, and what ndk-stack makes of them.

Facts: general knowledge of debuggerd and crash_dump of Android 4 to 15, held against the tombstones that ClusterFuzz
collected. Grammar, one line each; of all this one of `stars`, `who` and a first frame must be there::

    report   = [ stars ] header* who line* stack* rest* ( split who line* stack* rest* )*
    stars    = "*** *** … ***" | "********** Crash dump: **********"
    split    = "--- --- … ---"
    header   = "Build fingerprint: '…'" | "Revision: …" | "ABI: '…'" | "Timestamp: …" | "Cmdline: …" | …
    who      = "pid: " n ", tid: " n [ ", name: " name ] "  >>> " process " <<<"
    line     = "signal " n " (" name "), code " n [ " (" name [ " from pid " n … ] ")" ] ", fault addr " hex
             | "Cause: " words | "Abort message: '" lines "'" | registers
    stack    = ( "backtrace:" | "allocated by thread " n ":" | "deallocated by thread " n ":" ) frame*
    rest     = ( "stack:" | "memory near " name ":" | "code around " name ":" ) words of memory        taken, not kept
             | "memory map" … mapping*  | "open files:" …                                              modules
    log      = "--------- " [ "tail end of " ] "log " name …                                           skipped

The frames are those of `tombstone_frames`. Bug reports of ClusterFuzz put the tag above the lines of each, as
"--------- DEBUG (1239):"; lines of other tags are not ours.
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces import tombstone_signal
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.tombstone_frames import frame
from triage.formats.traces.tombstone_report import KNOWN, SKIP, STOP, Reader, group
from triage.formats.traces.window import Window

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "tombstone"
TITLE: Final = "Android native crash"
PLATFORM: Final = "native"
ANCHORS: Final = (
    "*** *** *** *** ***",
    "* Crash dump: *",
    ", tid: ",
    "Fatal signal ",
    ", fault addr ",
    "#00 pc ",
    "#00  pc ",
    "backtrace:",
)

_STARS: Final = lazy(r"(?:\*\*\* ){5,40}\*\*\*\s*$|\*{5,20} Crash dump: \*{5,20}\s*$")
_WHO: Final = lazy(r"pid: \d{1,9}, tid: \d{1,9}.{0,300}>>> ")
_SIGNAL: Final = lazy(r"signal \d{1,3} \([\w+-]{1,24}\), code .{0,80}, fault addr ")
_FIRST: Final = lazy(r"#0?0\s{1,4}pc (?:0x)?[0-9a-f]{4,16}\s")
_ABOVE: Final = lazy(
    r"Build fingerprint: |Revision: |ABI: |Timestamp: |Process uptime: |Cmdline: |signal \d{1,3} \(|Cause: "
    r"|Abort message: |uid: \d|backtrace:"
    r"|esr: |tagged_addr_ctrl: |\d{1,4} total frames|(?:[a-z][a-z0-9]{1,4} {1,3}[0-9a-f]{8,16} {0,4}){1,4}$"
    r"|pid: \d{1,9}, tid: |Native Crash|Kernel Release: |ZygotePid: "
)
_WITHIN: Final = 24
_BACK: Final = 24
_UNKNOWN: Final = 4
# Lines of the log that a tombstone holds, and lines of other tags, that may stand between two parts.
_SKIPPED: Final = 600


def read(window: Window) -> Report | None:
    """The tombstone that the line begins, or that it lies in where the beginning is lost."""
    text = (window[0] or "").strip()
    if text.startswith("Fatal signal "):
        return tombstone_signal.read(window)
    if _STARS.match(text):
        return _report(window, 0) if _begins(window) else None
    if _WHO.match(text) or _SIGNAL.match(text):
        return _report(window, _top(window))
    if (
        text == "backtrace:"
        and not _FIRST.match((window[1] or "").strip())
        and not _FIRST.match((window[2] or "").strip())
    ):
        return None
    if text == "backtrace:" or (_FIRST.match(text) and frame(text) is not None):
        return _report(window, _top(window))
    return None


def _begins(window: Window) -> bool:
    """Whether a tombstone stands below a line of stars; Dart draws such a line over its stacks too."""
    for index in range(1, _WITHIN):
        text = (window[index] or "").strip()
        if _WHO.match(text) or _FIRST.match(text) or text.startswith(("Build fingerprint: ", "ABI: ", "#00 0x")):
            return True
        if text.startswith("pid: "):
            return False
    return False


def _top(window: Window) -> int:
    """Where the lines above that belong to the tombstone begin."""
    first = 0
    while (
        first > -_BACK and (line := window[first - 1]) is not None and (_ABOVE.match(line.strip()) or not line.strip())
    ):
        first -= 1
    while first < 0 and not (window[first] or "").strip():
        first += 1
    return first


def _report(window: Window, first: int) -> Report | None:
    """Everything from the first line on."""
    own = next((tag for back in range(1, 40) if (tag := group(window[first - back] or ""))), None)
    reader = Reader(own)
    index = end = first
    unknown = skipped = 0
    while unknown <= _UNKNOWN and skipped <= _SKIPPED and (line := window[index]) is not None:
        if window.is_record(index) and not reader.in_log:
            break
        found = reader.feed(line, index)
        if found == STOP:
            break
        index += 1
        if found == KNOWN:
            end, unknown = index, 0
        elif found == SKIP:
            skipped += 1
        elif line.strip():
            unknown += 1
    return reader.report(first, max(end, first + 1))
