"""Ruby: uncaught exceptions, `full_message`, backtrace arrays, Rails, Sidekiq and RSpec, JRuby, and `[BUG]` reports.

Facts: general knowledge of Ruby 1.9 to 3.4, JRuby 9, Rails and RSpec. Grammar, one line each::

    uncaught = place ": " message " (" class ")" ( tab "from " place | tab " ... " n " levels..." )* [ uncaught ]
    reversed = "Traceback (most recent call last):" ( tab n ": from " place )* place ": " message " (" class ")"
    list     = [ class ": " message | class " (" message "):" | message " (" class ")" ] place*
    place    = file ":" line [ ":in " ( "`" | "'" ) label "'" ]
    jruby    = class ": " message ( spaces label " at " file ":" line )*
    crash    = file ":" n ": [BUG] " message ... "-- Ruby level backtrace information" place*     (oldest first)
               ... "-- C level backtrace information" native* ... [ "[NOTE]" advice ]

A cause follows the exception that it caused, as another uncaught form. Ruby's own logger (`E, [time #pid] ERROR -- :`),
the request ids of Rails and the `# ` of RSpec are taken off each line.
"""

from __future__ import annotations

import re
from typing import Final

from triage.formats.traces.block import AHEAD, Block
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report, shifted
from triage.formats.traces.ruby_bug import read_bug
from triage.formats.traces.ruby_frames import LEVELS, PLACE, clean, is_place
from triage.formats.traces.ruby_parse import ENDING, NAMED, OF_JAVA, RAILS, parse, probe
from triage.formats.traces.window import Window

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "parse", "probe", "read")

NAME: Final = "ruby"
TITLE: Final = "Ruby exception"
PLATFORM: Final = "ruby"
ANCHORS: Final = (":in `", ":in '", ".rb:", "[BUG] ", "(most recent call last):")

_REVERSED: Final = lazy(r"(?:.{0,200}[: ])?Traceback \(most recent call last\):\s*$")
_FROM: Final = lazy(r"\s*\d{1,9}: from \S")
_CARETS: Final = lazy(r"\s*\^[\^~]{0,400}\s*$|\s*~{1,400}\^|Did you mean\? ")
_EXTRACT: Final = lazy(r"\s+(?:=> )?\d{1,6}: |\s*$")
_JRUBY: Final = lazy(r"\s+[^\s:]{1,200}(?: in [^\s:]{1,200})? at \S[^:]{0,1000}\.(?:rb|java|erb):\d{1,9}$")
# A script may have no ending.
_JRUBY_SCRIPT: Final = lazy(r"\s+(?:<main>|\(root\)) at \S[^:]{0,1000}:\d{1,9}$")
_BACK: Final = 24


def read(window: Window) -> Report | None:
    """The exception with its causes, the list of places, or the interpreter's own report around the anchor line."""
    block = Block(window)
    line = clean(block[0] or "")
    if "[BUG] " in line:
        return read_bug(block)
    if _REVERSED.match(line):
        return _reversed(block) if _FROM.match(clean(block[1] or "")) else None
    if _JRUBY.match(line):
        return _jruby(block)
    place = PLACE.match(line)
    if place is None or not is_place(place):
        return None
    if place["from"]:
        return _report(block, 0, _calls(block, 0), complete=False)
    if place["rest"] is not None:
        return _uncaught(block, place)
    return _list(block)


def _uncaught(block: Block, place: re.Match[str]) -> Report | None:
    """`place: message (Class)` with the calls below it, and the causes that follow."""
    is_named = ENDING.match(place["rest"]) is not None
    start = _message(block)
    if start is None or (place["label"] is None and block[start] is None):
        if not is_named or place["label"] is None:
            return None
        start = _snippet(block, 1)
    elif not is_named and place["rest"].startswith("warning: "):
        return None
    end = _calls(block, start)
    while (line := block[end]) is not None:
        cause = PLACE.match(clean(line))
        if not cause or cause["from"] or cause["label"] is None or not ENDING.match(cause["rest"] or ""):
            break
        end = _calls(block, _snippet(block, end + 1))
    return _report(block, 0, end, leads=True)


def _message(block: Block) -> int | None:
    """Where the calls below a message begin; None where none follow."""
    for index in range(1, AHEAD):
        line = block[index]
        if line is None:
            return None
        text = clean(line)
        place = PLACE.match(text)
        if (place and place["from"] and not place["nth"]) or LEVELS.match(text):
            return index
        if place and is_place(place) and place["label"] is not None:
            return None
    return None


def _snippet(block: Block, index: int) -> int:
    """Where the source line with carets below a message ends, `index` itself where there is none."""
    for at in range(index, index + 5):
        line = block[at]
        if line is None or PLACE.match(clean(line)):
            break
        if _CARETS.match(line):
            hint = block[at + 1] or ""
            return at + 2 if hint.startswith("Did you mean") else at + 1
    return index


def _calls(block: Block, index: int) -> int:
    """Where a run of calls ends (exclusive); a blank line may stand between two."""
    end = index
    while index - end <= 1 and (line := block[index]) is not None:
        text = clean(line)
        place = PLACE.match(text)
        index += 1
        if (place and place["from"]) or LEVELS.match(text):
            end = index
        elif text.strip():
            break
    return end


def _reversed(block: Block) -> Report | None:
    """The form that prints the oldest call first."""
    index = 1
    while (line := block[index]) is not None and (_FROM.match(clean(line)) or LEVELS.match(line)):
        index += 1
    place = PLACE.match(clean(block[index] or ""))
    is_whole = bool(place and is_place(place) and place["rest"])
    end = _snippet(block, index + 1) if is_whole else index
    return _report(block, 0, end, complete=is_whole, leads=True)


def _list(block: Block) -> Report | None:
    """Places alone, below a head that names the exception where there is one."""
    end = 0
    index = labels = 0
    while index - end <= 1 and (line := block[index]) is not None:
        text = clean(line)
        place = PLACE.match(text)
        index += 1
        if place and is_place(place) and not place["from"] and place["rest"] is None:
            end = index
            labels += place["label"] is not None
        elif text.strip():
            break
    first = _head(block)
    if not labels or (labels < 2 and first == 0):
        return None
    return _report(block, first, end, complete=first < 0)


def _head(block: Block) -> int:
    """Where the exception above a list of places is named, 0 where it is not."""
    for index in range(-1, -_BACK, -1):
        line = block.window[index]
        if line is None:
            break
        text = clean(line).strip()
        if RAILS.match(text) or (NAMED.match(text) and index >= -2):
            return index
        if index >= -2 and (found := ENDING.match(text)) and not text.startswith(("#", "/")) and found[2][0].isupper():
            return index
        if text.startswith("Failure/Error:"):
            return index
        if text and not _EXTRACT.match(clean(line)) and not line.startswith("     "):
            break
    return 0


def _jruby(block: Block) -> Report | None:
    """A stack of JRuby: the head and at least two rows, of which the first may be of Java and the anchor any."""
    first = 0
    while first > -AHEAD and _JRUBY.match(above := block.window[first - 1] or ""):
        first -= 1
    above = clean(block.window[first - 1] or "").strip()
    if not (NAMED.match(above) or OF_JAVA.match(above)):
        return None
    end = 1
    while (line := block[end]) is not None and (_JRUBY.match(line) or _JRUBY_SCRIPT.match(line)):
        end += 1
    return _report(block, first - 1, end) if end - first > 1 else None


def _report(block: Block, first: int, end: int, *, complete: bool = True, leads: bool = False) -> Report | None:
    """The report of these lines."""
    traces = shifted(parse("\n".join(block.lines(first, end))), first)
    if not traces or end <= first:
        return None
    crash = traces[0]
    error = crash.error_type
    return Report(
        first=first,
        end=end,
        kind="assertion" if error == "Failure/Error" else "exception",
        level="fatal" if leads else "error",
        traces=traces,
        error_type=error,
        error_value=crash.error_value,
        complete=complete and crash.error_type is not None,
        leads=leads,
    )
