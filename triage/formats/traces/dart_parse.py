"""The rows of Dart's stacks and how narrow consoles cut them. See `dart`."""

from __future__ import annotations

import re
from typing import Final

from msgspec.structs import replace

from triage.formats.traces.patterns import lazy, remembered
from triage.records import Frame, Trace

__all__ = ("HEAD_STARTS", "NUMBERED", "header", "is_echo", "is_row", "join", "parse", "probe", "rejoin", "row")

# A row longer than this is kept as a note without being looked into.
_ROW_CHARS: Final = 8_192
_PIECES: Final = 6
_MESSAGE_CHARS: Final = 65_536
_ECHO_CHARS: Final = 200

_PROBE: Final = lazy(
    r"^[ \t]{0,16}(?:#\d{1,6} +\S[^\n]*\((?:package:|dart:|file:|org-dartlang|[^\s()]*\.dart[:)])"
    r"|(?:package:|dart:|file:)?[^\s:#(]\S*\.dart \d{1,9}(?::\d{1,9})?  +\S)",
    re.MULTILINE,
)
NUMBERED: Final = lazy(r"#(\d{1,9})(?:\s+|$)")
_AOT: Final = lazy(
    r"(?:unparsed\s+)?#(\d{1,9}) abs ([0-9a-fA-F]{1,16})(?: virt ([0-9a-fA-F]{1,16}))?"
    r"(?: (\S+?)(?:\+0x([0-9a-fA-F]{1,16}))?)?$"
)
_FRIENDLY: Final = lazy(r"(\S+)(?: (\d{1,9})(?::(\d{1,9}))?)?[ \t]{2,}(\S.*)$")
_LOCATION: Final = lazy(r"(:\d{1,9})?(:\d{1,9})?$")
_ELIDED: Final = lazy(r"\(elided (one|\d{1,9}) frames? from (.+)\)$")
_FOLDED: Final = lazy(r"\.\.\.\s+(.*\S)\s*\((\d{1,9}) frames?\)$")
_ECHO: Final = lazy(r"[\w.-]{1,120}\.dart:\d{1,9}(?::\d{1,9})?$")
_SHOWN: Final = lazy(r"(?:package:|dart:|file:|lib/)\S*:\d{1,9}(?::\d{1,9})?$")
_PUB: Final = lazy(r"\.pub-cache/(?:hosted/[^/]+|git)/([A-Za-z0-9_]+)-")
_PUB_WINDOWS: Final = lazy(r"Pub/Cache/(?:hosted/[^/]+|git)/([A-Za-z0-9_]+)-")
_HEAD_KEYS: Final = ("pid", "tid", "name", "os", "arch", "comp", "sim", "build_id", "isolate_dso_base", "vm_dso_base")
_HEAD_KEYS_2: Final = ("isolate_instructions", "vm_instructions", "loading_unit")
_HEAD: Final = lazy(rf"\b({'|'.join(_HEAD_KEYS + _HEAD_KEYS_2)}):? ('[^']{{0,128}}'|[^\s,]{{1,128}})")
HEAD_STARTS: Final = (
    "pid: ", "os: ", "build_id: ", "isolate_dso_base: ", "isolate_instructions: ", "loading_unit: ",
    "*** *** ***", "Warning: This VM has been configured", "warning:  This VM has been configured",
)  # fmt: skip
_URIS: Final = ("package:", "dart:", "file:", "org-dartlang", "http")
_OPENINGS: Final = tuple(f" ({uri}" for uri in _URIS)


def probe(text: str) -> bool:
    """Whether the text holds a Dart stack: a numbered or friendly row with a Dart URI, or an AOT row.

    Examples
    --------
    >>> probe("#0      main (package:app/main.dart:15:3)"), probe("#0  main () at main.c:3")
    (True, False)
    """
    if "_kDart" in text or "isolate_dso_base" in text:
        return True
    return (".dart" in text or "(dart:" in text or "(package:" in text) and _PROBE.search(text) is not None


def parse(text: str) -> list[Trace]:
    """Read a Dart stack; what stands before its first row is the message, other lines in it become notes.

    Parameters
    ----------
    text : str
        One exception as printed, with or without its message. A second stack in it (numbered from 0 again without an
        asynchronous gap before) is a second trace.

    Returns
    -------
    list of Trace
        Frames innermost first. Empty where no row is a frame.

    Examples
    --------
    >>> trace = parse("#0      Cart.total (package:shop/cart.dart:57:29)\\n<asynchronous suspension>")[0]
    >>> [(frame.frame_kind, frame.function, frame.module, frame.line) for frame in trace.frames]
    [('frame', 'Cart.total', 'shop', 57), ('async_gap', None, None, None)]
    """
    reading = _Reading()
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        line, used = join(lines, at)
        reading.line = at
        reading.take(line.strip())
        at += used
    return reading.traces(header(text))


def header(text: str) -> dict[str, str]:
    """What the head of an AOT stack says: pid, tid, name, os, arch, build_id, isolate_dso_base and so on.

    Examples
    --------
    >>> header("pid: 7, tid: 9, name 1.ui\\nbuild_id: 'ab12'")
    {'pid': '7', 'tid': '9', 'name': '1.ui', 'build_id': 'ab12'}
    """
    found: dict[str, str] = {}
    if "pid: " not in text and "build_id: " not in text:
        return found
    for line in text.split("\n"):
        start = line.strip()[:_ROW_CHARS]
        if start.startswith(HEAD_STARTS):
            for key, value in _HEAD.findall(start):
                found.setdefault(key, value.strip("'"))
    return found


def is_row(line: str) -> bool:
    """Whether a line is a row of a stack or belongs to the head of an AOT stack.

    Examples
    --------
    >>> is_row("(elided one frame from dart:async)"), is_row("Handler: onTap")
    (True, False)
    """
    text = line.strip()
    if text[:1] == "#":
        return text[1:2].isdigit()
    if text[:1] in {"<", "(", ".", "="}:
        return _gap(text) or _elided(text) is not None
    return text.startswith((*HEAD_STARTS, "unparsed ")) or _friendly(text) is not None


def is_echo(line: str) -> bool:
    """Whether a line is a place that an IDE's console puts beside what was printed, `binding.dart:1347`.

    Examples
    --------
    >>> is_echo("binding.dart:1347"), is_echo("package:app/main.dart:3")
    (True, False)
    """
    return _ECHO.match(line[:_ECHO_CHARS]) is not None


def rejoin(lines: list[str]) -> list[str]:
    """Join frames that a narrow console cut into pieces; all other lines stay as they are.

    Examples
    --------
    >>> rejoin(["#0      main (package:app/ma", "in.dart:15:3)"])
    ['#0      main (package:app/main.dart:15:3)']
    """
    out: list[str] = []
    at = 0
    while at < len(lines):
        joined, used = join(lines, at)
        out.append(joined)
        at += used
    return out


def join(lines: list[str], at: int) -> tuple[str, int]:
    """The logical line that begins there and how many lines it takes."""
    first = lines[at].rstrip("\r")
    text = first.lstrip()
    if not NUMBERED.match(text) or text.rstrip().endswith(")") or " abs " in text or len(first) > _ROW_CHARS:
        return first, 1
    joined = first
    for used in range(1, _PIECES):
        if at + used >= len(lines):
            break
        piece = lines[at + used].strip()
        if not piece or len(piece) > _ROW_CHARS or (is_row(piece) and not piece.startswith("(")) or _elided(piece):
            break
        if used == 1 and " (" not in joined and _SHOWN.match(piece):
            return f"{first.rstrip()} ({piece})", 2
        if is_echo(piece) and "(" not in joined:
            break
        spaced = piece.startswith("(") or joined.rstrip().endswith((" new", "<anonymous"))
        joined = f"{joined.rstrip()} {piece}" if spaced else joined + piece
        if piece.endswith(")"):
            place = joined[joined.rfind("(") + 1 :]
            return (joined, used + 1) if place.startswith(_URIS) or ".dart" in place else (first, 1)
    return first, 1


class _Reading:
    """Rows on their way to traces."""

    def __init__(self) -> None:
        self.done: list[list[Frame]] = []
        self.rows: list[Frame] = []
        self.message: list[str] = []
        self.number = -1
        self.open_gap: int | None = None
        self.line = 0

    def take(self, text: str) -> None:
        """One logical line."""
        if not text or text.startswith(HEAD_STARTS) or (self.rows and is_echo(text)):
            return
        if len(text) > _ROW_CHARS:
            self._other(text)
        elif _gap(text):
            self._add(Frame(frame_kind="async_gap", function_raw=text, language="dart"))
        elif elided := _elided(text):
            self._add(Frame(frame_kind="elided", repeat=elided, function_raw=text, language="dart"))
            self.open_gap = len(self.rows) - 1 if text == "..." else None
        elif numbered := NUMBERED.match(text.removeprefix("unparsed").lstrip()):
            self._number(int(numbered.group(1)))
            self._add(_aot(text) or _vm(text[numbered.end() :]))
        elif friendly := _friendly(text):
            self._add(friendly)
        else:
            self._other(text)

    def traces(self, head: dict[str, str]) -> list[Trace]:
        """What was read; a stack without any frame is none."""
        self.done.append(self.rows)
        kept = [rows for rows in self.done if any(row.frame_kind == "frame" for row in rows)]
        message = "\n".join(self.message)[:_MESSAGE_CHARS] or None
        tid = head.get("tid", "")
        return [
            Trace(
                frames=tuple(rows),
                role="thread" if index else "crash",
                error_value=None if index else message,
                thread_id=int(tid) if tid.isascii() and tid.isdigit() and len(tid) < 19 else None,
                thread_name=head.get("name"),
                unwinder="text",
            )
            for index, rows in enumerate(kept)
        ]

    def _number(self, number: int) -> None:
        """Begin another trace where the numbers start again; count what a bare `...` stands for."""
        after_gap = bool(self.rows) and self.rows[-1].frame_kind == "async_gap"
        if number == 0 and self.number >= 0 and not after_gap:
            self.done.append(self.rows)
            self.rows = []
        elif self.open_gap is not None and number > self.number + 1:
            at = self.open_gap
            row = self.rows[at]
            self.rows[at] = replace(row, repeat=number - self.number - 1)
        self.number, self.open_gap = number, None

    def _add(self, frame: Frame) -> None:
        if frame.function_raw == "..." and self.open_gap is not None:
            return
        self.rows.append(replace(frame, text_line=self.line))

    def _other(self, text: str) -> None:
        """A line that is no row: the message before the stack, a note in it."""
        if self.rows:
            self.rows.append(Frame(frame_kind="note", function_raw=text, language="dart", text_line=self.line))
        elif not self.done:
            self.message.append(text)


@remembered
def row(line: str) -> bool:
    """Whether a line is surely a frame of Dart: a number with a place in a library or package, or an AOT frame.

    Examples
    --------
    >>> row("#0      main (package:app/main.dart:15:3)"), row("#0 main () at main.c:3")
    (True, False)
    """
    text = line.strip()
    if len(text) > _ROW_CHARS:
        return False
    if not NUMBERED.match(text):
        return ".dart " in text and _friendly(text) is not None
    if _AOT.match(text):
        return True
    place = text[text.rfind(" (") + 2 : -1] if text.endswith(")") and " (" in text else ""
    return place.startswith(_URIS[:4]) or ".dart:" in place or place.endswith(".dart")


def _gap(text: str) -> bool:
    return text == "<asynchronous suspension>" or text.startswith("===== asynchronous gap")


def _elided(text: str) -> int | None:
    """How many frames a row of elision stands for, None where it is no such row."""
    if text.startswith("(elided ") and (match := _ELIDED.match(text[:_ROW_CHARS])):
        return 1 if match.group(1) == "one" else max(int(match.group(1)), 1)
    if text.startswith("..."):
        if text == "...":
            return 1
        if match := _FOLDED.match(text[:_ROW_CHARS]):
            return max(int(match.group(2)), 1)
    return None


def _aot(text: str) -> Frame | None:
    match = _AOT.match(text)
    if match is None:
        return None
    _, absolute, virtual, symbol, offset = match.groups()
    return Frame(
        module=symbol.rpartition("/")[2] if symbol else None,
        symbol_offset=int(offset, 16) if offset else None,
        module_offset=int(virtual, 16) if virtual else None,
        address=int(absolute, 16),
        function_raw=f"{symbol}+0x{offset}" if offset else symbol,
        language="dart",
    )


def _vm(text: str) -> Frame:
    """`function (uri:line:column)`; without a place the whole is the function."""
    function, location = text.strip(), ""
    if function.endswith(")"):
        places = [at for opening in _OPENINGS if (at := function.find(opening)) >= 0]
        at = min(places) if places else function.rfind(" (")
        if at >= 0:
            function, location = function[:at].strip(), function[at + 2 : -1]
    file, line, column = _place(location)
    return Frame(function=function or None, module=_module(file), file=file, line=line, column=column, language="dart")


def _friendly(text: str) -> Frame | None:
    """`uri line:column  function`, and the folded form `dart:async  function`."""
    if not ((".dart " in text or text.startswith(("package:", "dart:"))) and "  " in text):
        return None
    match = _FRIENDLY.match(text[:_ROW_CHARS])
    if match is None:
        return None
    uri, line, column, function = match.groups()
    if not (uri.endswith(".dart") or uri.startswith(("package:", "dart:", "file:"))):
        return None
    return Frame(
        function=function.strip(),
        module=_module(uri),
        file=uri,
        line=int(line) if line else None,
        column=int(column) if column else None,
        language="dart",
    )


def _place(location: str) -> tuple[str | None, int | None, int | None]:
    """File, line and column of `uri[:line[:column]]`; `dart:ui` keeps its colon."""
    match = _LOCATION.search(location[-24:])
    tail = match.group() if match else ""
    file = location[: len(location) - len(tail)] if tail else location
    numbers = [int(part) for part in tail.split(":") if part]
    return file or None, numbers[0] if numbers else None, numbers[1] if len(numbers) > 1 else None


def _module(file: str | None) -> str | None:
    """The package or the SDK library that a URI belongs to."""
    if not file:
        return None
    if file.startswith("package:"):
        return file[8:].partition("/")[0] or None
    if file.startswith("dart:"):
        return file.partition("/")[0]
    if ".pub-cache/" in file and (match := _PUB.search(file)):
        return match.group(1)
    if "Pub/Cache/" in file and (match := _PUB_WINDOWS.search(file)):
        return match.group(1)
    return None
