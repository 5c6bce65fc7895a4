"""Flutter's console and device logs: exception blocks, one-line repeats, unhandled exceptions, Logger boxes, lines.

`BlockParser` is the state machine for programs that have lines and not a file; `read` uses it on log files, as they
come from `flutter run`, IDE consoles, `adb logcat` and Xcode.

Grammar of a file::

    file = { block | "Another exception was thrown: " text | unhandled report | logger box | line }

See `triage.formats.flutter_block`, `flutter_unhandled`, `flutter_logger` and `flutter_lines` for each.

Examples
--------
>>> parser = BlockParser()
>>> _ = parser.feed_line("══╡ EXCEPTION CAUGHT BY RENDERING LIBRARY ╞═════════")
>>> _ = parser.feed_line("A RenderFlex overflowed by 42 pixels on the right.")
>>> parser.feed_line("═" * 100).block.summary
'[EXCEPTION] RENDERING LIBRARY: A RenderFlex overflowed by 42 pixels on the right.'
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from triage.formats import Match
from triage.formats.flutter_block import (
    ANOTHER,
    MAX_BLOCK_CHARS,
    MAX_BLOCK_LINES,
    BlockParser,
    ExceptionBlock,
    Fed,
    header_of,
)
from triage.formats.flutter_console import Console, byte_length
from triage.formats.flutter_lines import read_line
from triage.formats.flutter_unhandled import Report
from triage.formats.traces import dart

if TYPE_CHECKING:
    from collections.abc import Iterator

    from triage.formats.head import Head
    from triage.sources.source import Source

__all__ = (
    "MAX_BLOCK_CHARS",
    "MAX_BLOCK_LINES",
    "NAME",
    "TITLE",
    "BlockParser",
    "ExceptionBlock",
    "Fed",
    "read",
    "sniff",
)

NAME: Final = "flutter-log"
TITLE: Final = "Flutter console, logcat and Xcode logs"

# Below these, a file that only mentions Flutter would be taken.
_FEW: Final = 2
_LOOKED_AT: Final = 64
_NOT_LOGS: Final = ("{", "[{", "<?xml", "<!", "<html")
_TAGGED: Final = re.compile(r"^(?:[^\n]{0,40} )?[VDIWEF](?:/flutter(?: {0,4}\(| :)| flutter {0,12}:)", re.MULTILINE)
_AOT: Final = re.compile(r"#\d\d abs [0-9a-f]{8,16} ")
_PREFIXED: Final = re.compile(r"^(?:\x1b\[[\d;]{0,20}m)?flutter: ", re.MULTILINE)


def sniff(head: Head) -> Match | None:
    """Say how sure this reader is: by headers and reports, else by prefixes.

    Examples
    --------
    >>> from triage.formats.head import Head
    >>> sniff(Head(b"Another exception was thrown: Bad state\\n")).score
    78
    >>> sniff(Head(b"name: shop\\nflutter:\\n  assets: []\\n")) is None
    True
    """
    text = head.text
    if not head.is_text or text.lstrip().startswith(_NOT_LOGS):
        return None
    headers = [line for line in _lines_with(text, "XCEPTION CAUGHT BY ", "xception caught by ") if header_of(line)]
    if any(line.lstrip()[:2] in {"══", "=="} for line in headers):
        return Match(88, "the header of an exception block")
    if any(line.startswith("EXCEPTION CAUGHT BY ") for line in headers):
        return Match(72, "the header of an exception block")
    if any(line.startswith("[") and Report.begins(line) for line in _lines_with(text, "Unhandled Exception: ")):
        return Match(80, "the engine's report of an unhandled exception")
    if any(line.startswith(ANOTHER) for line in _lines_with(text, ANOTHER)):
        return Match(78, "a one-line exception of Flutter")
    if "_kDart" in text and _AOT.search(text):
        return Match(76, "an ahead-of-time compiled Dart stack")
    if any(line.lstrip()[:3] == "#0 " and dart.probe(line) for line in _lines_with(text, "#0 ")):
        return Match(66, "Dart stack frames")
    if _TAGGED.search(text):
        return Match(55, "log lines of the tag flutter")
    if sum(1 for _ in zip(range(_FEW), _PREFIXED.finditer(text), strict=False)) >= _FEW:
        return Match(45, "lines that begin with `flutter: `")
    return None


def _lines_with(text: str, *marks: str) -> Iterator[str]:
    """The first lines that hold one of the marks, without their prefixes."""
    for mark in marks:
        at, looked = text.find(mark), 0
        while at >= 0 and looked < _LOOKED_AT:
            start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
            end = len(text) if end < 0 else end
            yield read_line(text[start:end].rstrip("\r")).text.lstrip("│ ")
            at, looked = text.find(mark, end), looked + 1


def read(source: Source) -> None:
    """Read a log: exceptions to events with their stacks, every other line to `logs`."""
    source.role = source.role or "log"
    source.media = source.media or "text/plain"
    encoding = source.encoding
    console = Console(source, NAME)
    for offset, text in source.text_lines():
        console.feed(text, offset, offset + byte_length(text, encoding))
    console.close()
