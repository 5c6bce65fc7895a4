"""From the header of a report to its end: which lines a body takes, and what a fuzzer says behind it.

A report may be interrupted by a few lines of others (a second thread, a symbolizer that complains), as long as it goes
on behind them; after its summary nothing may stand between. What libFuzzer prints last is grammar too::

    tail     = "MS: " words "; base unit: " hex [ bytes in hex "," ] [ the bytes as text ]
               "artifact_prefix='" path "'; Test unit written to " path [ "Base64: " text ]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from triage.formats.traces.patterns import lazy, remembered
from triage.formats.traces.sanitizer_frames import read
from triage.formats.traces.sanitizer_headings import Heading

if TYPE_CHECKING:
    from triage.formats.traces.sanitizer_body import Body
    from triage.formats.traces.window import Window

__all__ = ("begins", "collect", "followed", "tail")

# How many lines of others, and how many blank ones, may stand between two lines of a report.
_FOREIGN, _BLANK = 4, 4
# Lines at which another report begins.
_OTHER: Final = lazy(
    r".{0,200}(?:ERROR|WARNING|FATAL): ?\w{0,30}Sanitizer:? |.{0,200}== ERROR: libFuzzer: |.{0,1000}: runtime error: "
    r"|.{0,200}Sanitizer(?::DEADLYSIGNAL|:? (?:CHECK failed: |hard rss limit |has encountered ))"
    r"|.{0,200}(?:ASAN:(?:SIG|DEADLY)|GWP-ASan detected)|\+-{10,}|={3} ?BUG |={2} Java Exception"
    r"|={1,3} ?\d{1,10} ?={1,3} (?:Uncaught Exception|[A-Z][\w ]{1,60} in )"
)
_PID: Final = lazy(r"\s{0,4}={1,3} ?(\d{1,10}) ?={1,3}")
# Words that any log has: they do not bring a report back that was interrupted.
_WEAK: Final = lazy(r"\s{0,16}(?:NOTE|Note|HINT|Hint|Executed|Running)\b")
_RULE: Final = lazy(r"\s{0,4}={10,200}\s*$")
_LEAK: Final = lazy(r"\s{0,16}(?:Direct|(?P<indirect>Indirect)) leak of ")
_ANNOUNCES: Final = lazy(r".{0,400}(?::| at| here| from| in frame)\s{0,8}$")
# What stands right below a report where the program's end is told once more: by the system, the fuzzer, the service.
_FOLLOWS: Final = lazy(
    r"={0,2}\d{0,10}={0,2} ?ERROR: libFuzzer: (?:deadly|fuzz)|={3} BUG FOUND!|\*{3} \*{3} \*{3} |.{0,40}Fatal signal 6 "
    r"|Received signal 6|\+-{10,200}.{1,60}Unsymbolized Stacktrace"
)
_ABORTS: Final = lazy(r"\w{1,30}Sanitizer:DEADLYSIGNAL|.{0,40}Sanitizer: (?:ABRT|TRAP|ILL) ")
_NEAR: Final = 12
_UNIT: Final = lazy(r"MS: \d{1,6} ")
_HEX: Final = lazy(r"(?:0x[0-9a-f]{1,2},)+$")
_ARTIFACT: Final = lazy(r"artifact_prefix='[^']{0,1000}'; Test unit written to (.{1,1000})")
_BASE64: Final = lazy(r"Base64: ?(.{0,2000})")


def collect(
    window: Window, body: Body, start: int, *, foreign: int = _FOREIGN, rule: bool = False, pid: int | None = None
) -> int:
    """Give a body the lines from `start` on, and say where the report ends; `rule` takes the `=` that stand there."""
    end = at = start
    others = blank = leaks = 0
    while (line := window[at]) is not None:
        at += 1
        begin = line.lstrip()[:1]
        if begin == "#" and not window.is_record(at - 1) and body.take(line, at - 1):
            if window.lean:
                at += body.more(window.ahead(at))
            end, others, blank = at, 0, 0
            continue
        if not begin:
            body.take(line, at - 1)
            blank += 1
            if blank > _BLANK:
                break
            continue
        if begin == "=" and _RULE.match(line):
            return at if rule and body.done else end
        leak = _LEAK.match(line) if begin in {"D", "I"} else None
        if (leaks and leak and not leak["indirect"]) or (not leak and begins(line)):
            break
        leaks += leak is not None
        other = _elsewhere(window, at - 1, line, pid) or (others and _WEAK.match(line))
        if not other and (body.take(line, at - 1) or _announced(window, body, line, at)):
            end, others, blank = at, 0, 0
        elif body.done or others >= foreign:
            break
        else:
            others += 1
    return end


@remembered
def begins(line: str) -> bool:
    """Whether another report begins at a line that is no head of a leak."""
    return "#" not in line[:60] and _OTHER.match(line) is not None


def _elsewhere(window: Window, at: int, line: str, pid: int | None) -> bool:
    """Whether a line is of another process, or of a log that went on."""
    if window.is_record(at):
        return True
    own = _PID.match(line) if pid is not None and "==" in line[:8] else None
    return own is not None and int(own[1]) != pid


def _announced(window: Window, body: Body, line: str, below: int) -> bool:
    """Open a stack under a line that is in no list, but stands right above a first frame and ends as a heading does."""
    if body.done or not _ANNOUNCES.match(line):
        return False
    first = window[below]
    found = read(first, below) if first and "#0" in first[:40] else None
    if found is None:
        return False
    body.open(Heading("other", line.strip()))
    return True


def followed(window: Window, end: int, *, near: int = _NEAR, aborts: bool = False) -> bool:
    """Whether what another tool says of the same end stands right below; a log may hold many runs of one process id.

    `aborts`: or a sanitizer's own report of the abort, which only a finding that is no crash leads to.
    """
    lines = (line for at in range(end, end + near) if (line := window[at]))
    return any(_FOLLOWS.match(line) or (aborts and _ABORTS.match(line)) for line in lines)


def tail(window: Window, end: int) -> tuple[int, tuple[tuple[str, str], ...]]:
    """Read what libFuzzer prints last, if it stands here: where that ends, and the test unit."""
    at = end
    while (
        (line := window[at]) is not None and at < end + 3 and (not line.strip() or line.startswith("INFO: to ignore"))
    ):
        at += 1
    facts: dict[str, str] = {}
    if line is not None and _UNIT.match(line):
        facts["mutations"] = line.partition(": ")[2].strip()
        at += 1
        end = at
        if (line := window[at]) is not None and _HEX.match(line):
            # the bytes again, as text: a line of anything
            end = at + 2 if (window[at + 1] or "").strip() else at + 1
            at += 2
    for ahead in range(4):
        line = window[at + ahead]
        if line is None:
            break
        if unit := _ARTIFACT.match(line):
            facts["test_unit"] = unit[1].strip()
            end = at + ahead + 1
            if (line := window[end]) is not None and (encoded := _BASE64.match(line)):
                facts["test_unit_base64"] = encoded[1].strip()
                end += 1
            break
        if line.strip() and not facts:
            break
    return end, tuple((key, value) for key, value in facts.items() if value)
