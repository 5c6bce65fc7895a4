"""How far a JavaScript error reaches in a text: from its head to the last of its causes and properties."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from triage.formats.traces.javascript_frames import HEAD, error_head, frame
from triage.formats.traces.log_lines import is_log
from triage.formats.traces.patterns import lazy, remembered
from triage.formats.traces.window import Window

__all__ = ("EMITTED", "Extent", "around")

# What Node writes above a second stack of the same error.
EMITTED: Final = lazy(r"(?:Emitted '.{1,80}' event (?:on .{1,200} instance )?at|Thrown at):\s*$")

_LINE_CHARS: Final = 8_000
# A message may have so many lines; so many may be what an error has for properties.
_MESSAGE_LINES: Final = 40
_PROPERTY_LINES: Final = 2_000
_JAZZER: Final = lazy(r"==(\d{1,9})== Uncaught Exception: Jazzer\.js: ?(.*)$")
_SAID: Final = lazy(
    r"(?<![\w.$-])[A-Za-z_$][\w$.]{0,120}(?:(?<=Error)|(?<=Exception)|(?<=Rejection)|(?<=Violation))"
    r"(?: \[[A-Z][A-Z0-9_]{0,80}\])?(?=: |:?\s*$)"
)
_CAUSE: Final = lazy(r"[ \t]*(?:\[cause\]: |[Cc]aused by: )\S")
_MATCHING: Final = lazy(r"[ \t]*\.\.\. \d{1,6} lines matching cause stack trace \.\.\.")
_UNCAUGHT: Final = lazy(r"Uncaught\b|UnhandledPromiseRejection|Unhandled (?:promise )?[Rr]ejection|uncaughtException")
_NUMBERED: Final = lazy(r"[ \t]*\d{1,5}: ")
_CODE_FRAME: Final = lazy(r"[ \t]*+(?:> ?[ \t]*+)?\d{0,6} ?\||[ \t]*\^[\^~]*[ \t]*$")
_EXCERPT: Final = lazy(r"(\S.{0,400}:\d{1,9})$")
_CARET: Final = lazy(r"\s*\^[\^~]*\s*$")
_MAPPED: Final = lazy(r"\.(?:[cm]?[jt]sx?|vue|svelte)(?:\?[\w-]{1,40})?$")
_RUNTIME: Final = lazy(r"(Node\.js v\d\S{0,40}|Bun v\d.{0,60})$")
_PROPERTY: Final = lazy(r"  ([A-Za-z_$][\w$]{0,60}): (.{1,400}?),?$")
_TITLE: Final = lazy(r"[ \t]*● (\S.{0,300})$")


@dataclass(frozen=True, slots=True)
class Extent:
    """The lines of one error: the first of all, the head and where in it the error begins, the end."""

    first: int
    head: int
    column: int
    end: int
    uncaught: bool
    process_id: int | None = None
    facts: tuple[tuple[str, str], ...] = ()


def around(window: Window) -> Extent | None:
    """The lines of the error in which the anchor lies, a frame or what a fuzzer says of it; None where it is none."""
    line = window[0] or ""
    if len(line) > _LINE_CHARS:
        return None
    fuzzed = _JAZZER.match(line)
    place = _first_frame(window) if fuzzed else 0 if _is_frame(line) else None
    if place is None or _NUMBERED.match((window[place - 1] or "")[:40]):
        return None
    head, column = _head(window, place)
    end, facts = _end(window, place)
    if head == place and end - place < 2:
        return None
    said = window[head] or ""
    first, above = _excerpt(window, head)
    if fuzzed:
        first = 0
    uncaught = fuzzed is not None or _UNCAUGHT.search(said) is not None or "thrown_at" in dict(above)
    ended = _runtime(window, end)
    if ended:
        end, facts, uncaught = ended[0], (*facts, ("runtime", ended[1])), True
    pid = int(fuzzed[1]) if fuzzed else None
    return Extent(min(first, head), head, column, end, uncaught, pid, (*above, *facts))


@remembered
def _is_frame(line: str) -> bool:
    """Whether a line is a frame beyond doubt: one with a column, or of the engine itself."""
    found = frame(line) if len(line) <= _LINE_CHARS else None
    if found is None:
        return False
    if found.line is not None and (found.file or "").endswith(".sol"):
        return True  # Hardhat: a function of a contract
    if found.function and found.line is not None and _MAPPED.search(found.file or ""):
        return True  # a source map of lines alone
    return found.column is not None or found.args is not None or (found.line is None and found.file is not None)


def _first_frame(window: Window) -> int | None:
    """The first frame below the anchor."""
    for index in range(1, _MESSAGE_LINES):
        line = window[index]
        if line is None or window.is_record(index):
            break
        if _is_frame(line):
            return index
    return None


def _head(window: Window, place: int) -> tuple[int, int]:
    """The line that names the error and where in it, the first frame itself where none does."""
    weak: tuple[int, int] | None = None
    quoted = blank = False
    for index in range(place - 1, place - _MESSAGE_LINES, -1):
        line = window[index]
        if line is None or len(line) > _LINE_CHARS or _is_frame(line):
            break
        quoted = quoted or _CODE_FRAME.match(line) is not None
        if error_head(line):
            return index, 0
        if not blank and (said := _SAID.search(line)):
            start = line.rfind("Uncaught ", 0, said.start())
            return index, start if start >= 0 else said.start()
        weak = weak or _weak(line, index, place, quoted=quoted)
        blank = blank or not line.strip()
        if window.is_record(index) or is_log(line):
            break
        # Jest sets the source that it quotes apart
        if blank and not quoted and not _CODE_FRAME.match(window[index - 1] or ""):
            break
    return weak or (place, 0)


def _weak(line: str, index: int, place: int, *, quoted: bool) -> tuple[int, int] | None:
    """A line right above the frames, or above the source between, that names an error of no known kind."""
    if index == place - 1 or quoted:
        match = HEAD.match(line)
        if match and match[3] and not line[:1].isspace():
            return index, 0
    return None


def _excerpt(window: Window, head: int) -> tuple[int, tuple[tuple[str, str], ...]]:
    """The source that a runtime shows above an error: where it begins and what it says."""
    blank = head - 1
    if window[blank] is None or (window[blank] or "").strip():
        blank = head
    caret = window[blank - 1]
    if caret is None or not _CARET.match(caret):
        title = _TITLE.match(window[head - 2] or "")
        return (head - 2, (("test", title[1]),)) if title else (head, ())
    for index in range(blank - 2, blank - 10, -1):
        line = window[index]
        if line is None:
            break
        if found := _EXCERPT.match(line):
            source = (window[blank - 2] or "").strip()
            return index, (("thrown_at", found[1]), ("source", source))
        if not _CODE_FRAME.match(line):
            continue
        while (above := window[index - 1]) is not None and _CODE_FRAME.match(above) and blank - index < 12:
            index -= 1  # noqa: PLW2901 - the block is walked to its start
        return index, (("thrown_at", (window[blank - 2] or "").strip()),)
    return head, ()


def _end(window: Window, place: int) -> tuple[int, tuple[tuple[str, str], ...]]:
    """Where the error ends: behind its last frame, its causes, and the properties that Node prints in brackets."""
    end = index = place + 1
    depth = _opens(window[place] or "")
    message = blanks = properties = 0
    facts: list[tuple[str, str]] = []
    while (line := window[index]) is not None and not window.is_record(index):
        index += 1
        text = line.strip()
        if depth > 0 and properties < _PROPERTY_LINES:
            properties += 1
            if depth == 1 and (found := _PROPERTY.match(line)):
                facts.append((found[1], found[2].strip("'\"")))
            depth += _opens(line)
            end = index
        elif frame(line) is not None or _MATCHING.match(line):
            depth, end, message, blanks = _opens(line), index, 0, 0
        elif not text:
            blanks += 1
            if blanks > 1 or message:
                break
        elif EMITTED.match(line):
            message, end = 1, index
        elif _CAUSE.match(line) or (message and message < _MESSAGE_LINES and not is_log(line)):
            message += 1
            end = index if message == 1 else end
        else:
            break
    return end, tuple(facts)


@remembered
def _opens(line: str) -> int:
    """How many brackets a line of printed properties opens, less those that it closes."""
    text = line.strip()
    return text.endswith(("{", "[", "(")) - text.startswith(("}", "]", ")"))


def _runtime(window: Window, end: int) -> tuple[int, str] | None:
    """The version of the runtime, which ends its words on an error that nobody caught."""
    for index in range(end, end + 2):
        line = window[index]
        if line is not None and (found := _RUNTIME.match(line.strip())):
            return index + 1, found[1]
        if line is None or line.strip():
            break
    return None
