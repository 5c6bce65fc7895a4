"""PHP: fatal errors in logs, `Throwable::__toString`, `getTraceAsString`, Monolog, Xdebug, PHP-FPM, Symfony's console.

Facts: general knowledge of PHP 7 and 8, Xdebug 2 and 3 and Monolog. Grammar, one line each::

    fatal     = [ "PHP " ] "Fatal error:  Uncaught " throwable "  thrown in " file " on line " n
    throwable = class ": " message " in " file ":" n  "Stack trace:"  call*  [ blank "Next " throwable ]
    monolog   = "[object] (" class "(code: " n "): " message " at " file ":" n ")"  "[stacktrace]"  call*
    call      = "#" n " " place ": " function [ "(" arguments ")" ] | "#" n " {main}"
    place     = file "(" n ")" | "[internal function]"
    previous  = "[previous exception] [object] (" ...
    fpm       = "[pool " name "] child " pid " exited on signal " n " (" SIGNAL [ " - core dumped" ] ")" ...
    xdebug    = ( "PHP Stack trace:" | "Call Stack:" ) row*
    row       = [ "PHP" ] [ time memory ] n ". " function "(" arguments ") " file ":" n

A call names a function and the place that *calls* it. The frames here hold a function and the place *inside* it, as in
every other language: the place of a call goes to the function of the next one, and the place of the throw to the first.
Xdebug prints the oldest call first. `Next` introduces the exception that was thrown while the one before was in flight:
the last one surfaced.
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces import php_console
from triage.formats.traces.block import AHEAD, LINE_CHARS, Block
from triage.formats.traces.patterns import lazy
from triage.formats.traces.php_parse import CALL, LEVEL, LEVELS, MAIN, OBJECT, TABLE, THROWN, clean, parse, probe
from triage.formats.traces.reports import Report, placed, shifted
from triage.formats.traces.window import Window

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "parse", "probe", "read")

NAME: Final = "php"
TITLE: Final = "PHP error"
PLATFORM: Final = "php"
ANCHORS: Final = (
    "Fatal error: ",
    "Parse error: ",
    "PHP Warning: ",
    "PHP Notice: ",
    "PHP Deprecated: ",
    "Uncaught ",
    "[object] (",
    "Stack trace:",
    "[stacktrace]",
    "PHP Stack trace:",
    "Call Stack:",
    ".php(",
    "[internal function]",
    "{main}",
    "exited on signal ",
    php_console.ANCHOR,
)

_SPOT: Final = lazy(r"(?::\d{1,9}| on line \d{1,9}|\(\d{1,9})$")
_HEAD: Final = lazy(
    r"(?:Next |PHP |Uncaught )?(?:[A-Z][a-z ]{2,30}error: +)?(?:Uncaught )?[^\W\d][\w\\]{2,200}(?:: |$)"
)
_NUMBER: Final = lazy(r"(?:PHP )?\s*#(\d{1,6}) ")
_FPM: Final = lazy(
    r"(?:WARNING: )?\[pool ([^\]]{1,80})\] child (\d{1,9}) exited on signal (\d{1,3}) \((SIG[A-Z0-9]{1,10})"
)
_TITLES: Final = frozenset(("Stack trace:", "PHP Stack trace:", "Call Stack:", "[stacktrace]"))
_FATAL: Final = frozenset(("Fatal error", "Parse error", "Recoverable fatal error", "Catchable fatal error"))
# Monolog without breaks of lines within a record: those of the stack are written as in JSON.
_FOLDED: Final = r"\n[stacktrace]\n#"
_BREAK: Final = lazy(r"\\n(?=#\d{1,6} |\[stacktrace\]|\[previous exception\] |\"\})")
# A message may have so many lines.
_MESSAGE: Final = 12
# So many lines below a message its calls begin.
_BELOW: Final = min(AHEAD, _MESSAGE + 4)


def read(window: Window) -> Report | None:
    """The error in which the anchor line lies: with calls, with a table of Xdebug, or alone where it was fatal."""
    line = clean((window[0] or "")[:LINE_CHARS])
    if line.startswith("In ") and (shown := php_console.report(window)):
        return shown
    if "Uncaught " in line and _is_loose(window, line):
        return None
    block = Block(window)
    text = line.strip()
    if text in _TITLES:
        return _below(block, _above(block, 0))
    if fpm := _FPM.match(line):
        facts = (("pool", fpm[1]), ("child", fpm[2]))
        return Report(error_type=fpm[4], signal=fpm[4], error_code=int(fpm[3]), process_id=int(fpm[2]), facts=facts)
    level = LEVEL.match(line)
    if (level and level[1].lower() in LEVELS) or "[object] (" in line or "Uncaught " in line:
        return _headed(block, level[1] if level else None)
    if CALL.match(line) or MAIN.match(line):
        return _below(block, _above(block, 0))
    if TABLE.match(line) and text.startswith("PHP "):
        return _report(block, 0, _rows(block, 0), complete=False)
    return None


def _is_loose(window: Window, line: str) -> bool:
    """Whether words that others write too are not those of PHP: without a level, and no calls below."""
    if "[object] (" in line or _FPM.match(line) or ((level := LEVEL.match(line)) and level[1].lower() in LEVELS):
        return False
    below = window.below(_BELOW)
    near = "\n".join(below) if below is not None else "\x1b"
    return "Stack trace:" not in near and "\x1b" not in near


def _headed(block: Block, level: str | None) -> Report | None:
    """A report whose first line is the anchor."""
    line = clean(block[0] or "")
    if "[object] (" in line and OBJECT.search(line) and "[stacktrace]" not in (block[1] or ""):
        return _report(block, 0, 1)
    start, end = _title(block, 1), _said(block)
    is_below = start is not None and (end is None or start == end or _is_again(block, line, end, start))
    if start is not None and is_below and (level or "[object] (" in line or _is_told(block, start)):
        return _below(block, 0)
    is_fatal = level in _FATAL or "[object] (" in line
    return _report(block, 0, end) if is_fatal and end is not None else None


def _is_again(block: Block, head: str, first: int, end: int) -> bool:
    """Whether the head is said again between blank lines, as Xdebug does above its table."""
    said = [text for at in range(first, end) if (text := clean(block[at] or "").strip())]
    return len(said) == 1 and "Uncaught " in head and head.rstrip().endswith(said[0]) and _has_spot(said[0])


def _is_told(block: Block, start: int) -> bool:
    """Whether a message without a level is one of PHP: its place stands above the title of the calls."""
    above = clean(block[start - 1] or "")
    return clean(block[start] or "").strip() == "Stack trace:" and _has_spot(above)


def _has_spot(line: str) -> bool:
    """Whether a message ends with its place there."""
    text = line[-1200:].rstrip(' \t"})]{:,')
    return (" in " in text or " at " in text) and _SPOT.search(text[-24:]) is not None


def _said(block: Block) -> int | None:
    """Where a message without a stack ends (exclusive): at the line that tells the place."""
    for index in range(_MESSAGE):
        line = block[index]
        if line is None:
            break
        if _has_spot(clean(line)) and ("php" in line or " on line " in line or "[object]" in line):
            return index + 1
    return None


def _title(block: Block, start: int) -> int | None:
    """Where the calls or the table below a head begin, None where none do."""
    for index in range(start, start + _BELOW):
        line = block[index]
        if line is None:
            return None
        text = clean(line)
        if text.strip() in _TITLES or CALL.match(text) or MAIN.match(text):
            return index
        level = LEVEL.match(text)
        if index > start and level and level[1].lower() in LEVELS:
            return None
    return None


def _above(block: Block, index: int) -> int:
    """Where the message above a title or a call begins."""
    first = index
    for at in range(index - 1, index - _MESSAGE, -1):
        line = block.window[at]
        if line is None:
            break
        text = clean(line)
        if at == index - 1 and text.strip() in _TITLES:
            first = at
            continue
        if not _has_spot(text) and first in {index, index - 1} and at >= index - 2:
            # the last line of a message tells the place, unless somebody else wrote it
            return at if _HEAD.match(text) and ("xception" in text or "rror" in text) else first
        if _HEAD.match(text) or "Uncaught " in text or "[object] (" in text:
            return at
    return first


def _below(block: Block, first: int) -> Report | None:
    """A head, and all calls below it with those of the throwables that follow."""
    start = _title(block, min(first, 0))
    if start is None:
        return None
    end = index = start
    is_table = False
    while (line := block[index]) is not None and index - end <= 2:
        text = clean(line)
        mark = text.strip()
        if mark in _TITLES:
            if not _is_begun(block, index + 1):
                break
            end = index = index + 1
            continue
        taken = _rows(block, index) if TABLE.match(text) and not CALL.match(text) else _calls(block, index)
        is_table = is_table or bool(TABLE.match(text))
        if taken == index:
            taken = _next(block, index)
        if taken > index:
            end = index = taken
        elif mark:
            break
        else:
            index += 1
    if end == start or not (is_table or end > start):
        return None
    return _report(block, first, end)


def _is_begun(block: Block, index: int) -> bool:
    """Whether a call or a row of a table stands below a title."""
    text = clean(block[block.skip_blank(index, 1)] or "")
    return bool(CALL.match(text) or MAIN.match(text) or TABLE.match(text))


def _calls(block: Block, index: int) -> int:
    """Where a run of calls ends (exclusive); an argument with line breaks may tear one into several."""
    number = -1
    while (line := block[index]) is not None:
        text = clean(line)
        if CALL.match(text) or MAIN.match(text):
            found = _NUMBER.match(text)
            number = int(found[1]) if found else number
            index += 1
            if MAIN.match(text):
                break
            continue
        if number < 0:
            break
        wanted = f"#{number + 1} "
        step = next((s for s in range(1, 4) if (block[index + s] or "").startswith(wanted)), 0)
        if not step:
            break
        index += step
    return index


def _rows(block: Block, index: int) -> int:
    """Where a table of Xdebug ends (exclusive)."""
    while (line := block[index]) is not None and TABLE.match(clean(line)):
        index += 1
    return index


def _next(block: Block, index: int) -> int:
    """Where the line or message ends that goes on after calls, `index` itself where none does."""
    line = clean(block[index] or "")
    mark = line.strip()
    if THROWN.match(line) or (mark[:2] in {'"}', "')"} and len(mark) < 400):
        return index + 1
    if mark.startswith(("Next ", "[previous exception] ")):
        for at in range(index + 1, index + _MESSAGE):
            below = block[at]
            if below is None:
                break
            if clean(below).strip() in _TITLES:
                return at + 1
        return index + 1
    return index


def _report(block: Block, first: int, end: int, *, complete: bool = True) -> Report | None:
    """The report of these lines."""
    lines = block.lines(first, end)
    folded = end - first == 1 and _FOLDED in lines[0]
    lines = _BREAK.sub("\n", lines[0]).split("\n") if folded else lines
    made = parse("\n".join(lines))
    traces = placed(made, first) if folded else shifted(made, first)
    if not traces:
        return None
    crash = traces[0]
    level = LEVEL.match(clean(lines[0]))
    named = level[1] if level and level[1].lower() in LEVELS else None
    value = crash.error_value or ""
    kind = "exception" if crash.error_type else "dump"
    if value.startswith("Allowed memory size of "):
        kind = "oom"
    elif value.startswith("Maximum execution time of "):
        kind = "timeout"
    elif named in _FATAL and (crash.error_type or "").lower() in LEVELS:
        kind = "crash"
    has_calls = any(CALL.match(clean(line)) for line in lines)
    is_whole = not has_calls or any(MAIN.match(clean(line)) for line in lines)
    is_fatal = named in _FATAL
    return Report(
        first=first,
        end=end,
        kind=kind,
        level="fatal" if is_fatal else "error" if named in {None, *_FATAL} else "warning",
        handled=None,
        traces=traces,
        error_type=crash.error_type,
        error_value=crash.error_value,
        complete=complete and is_whole and crash.error_type is not None,
        leads=is_fatal,
    )
