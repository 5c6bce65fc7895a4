"""The first bytes of a file, as the sniffers look at them: decoded once, whoever asks."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import msgspec

from triage.sources.returns import are_ends, ended_text
from triage.sources.source import HEAD_BYTES

if TYPE_CHECKING:
    from triage.formats.traces.scanning import Found

__all__ = ("Head",)

_TOKEN: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[{}\[\]:,]', re.DOTALL)
# NULs inside of a line, so seldom that no machine wrote them between its words; and what texts hold none of.
_INSIDE: Final = re.compile(r"(?<=[^\x00-\x1f])\0(?=[^\x00-\x1f])")
_SELDOM: Final = 32
_CONTROL: Final = re.compile(r"[\x01-\x08\x0b\x0e-\x1a\x1c-\x1f\ufffd]")
# How JSON begins, however damaged it is further on: a brace before a key, brackets before that or before a text.
_OBJECT: Final = r'\{\s*+(?:["}]|\Z)'
_BEGINS: Final = re.compile(rf'\s*+(?:{_OBJECT}|\[[\[\s,]*+(?:["\]]|\Z|{_OBJECT}))')
# What follows an array that is no mark of a log: another of them, or the end of the line.
_NEXT: Final = re.compile(r"[ \t\r]*+(?:[\n,\[]|\Z)")


class Head:
    """What a sniffer sees: the first 65,536 bytes, the name, and cheap views on them."""

    def __init__(self, data: bytes, *, path: str = "", size: int | None = None, encoding: str = "utf-8") -> None:
        self.data = data
        self.path = path
        self.size = size
        self.encoding = encoding

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.replace("\\", "/").rpartition("/")[2]

    @property
    def is_whole(self) -> bool:
        """Whether this is the whole file."""
        return len(self.data) < HEAD_BYTES

    @cached_property
    def text(self) -> str:
        """The head as text, without a byte order mark or NULs before it, bad bytes replaced, returns as line feeds."""
        text = self.data.decode(self.encoding, "replace").removeprefix("\ufeff").lstrip("\0")
        return ended_text(text) if are_ends(self.data, self.encoding, whole=self.is_whole) else text

    @cached_property
    def lines(self) -> list[str]:
        """The first 400 lines, without their ends."""
        return [line.rstrip("\r") for line in self.text.split("\n", 400)[:400]]

    @cached_property
    def reports(self) -> list[Found]:
        """The stack traces and crash reports that stand among the lines of the head."""
        from triage.formats.traces.scanning import scan

        return list(scan((0, line) for line in self.text.split("\n"))) if self.is_text else []

    @cached_property
    def is_text(self) -> bool:
        """Whether it looks like text: no more than a tenth of control characters, which fuzzers print, and no NUL.

        But that of lines that were lost among others, and before the first: a log that was cut while it was written;
        and few that stand inside of lines, as in PHP's names of classes without a name.
        """
        sample = self.text[:4096]
        if "\0" in sample or not sample:
            sample = _readable(sample)
        controls = sum(1 for char in sample if char < " " and char not in "\t\n\r\f\x1b")
        return (sample != "" or not self.data) and controls * 10 <= len(sample)

    @cached_property
    def is_json(self) -> bool:
        """Whether the text begins as JSON does, and not as a line of a log or of code that begins with a bracket."""
        return _BEGINS.match(self.text) is not None

    @cached_property
    def reported(self) -> bool:
        """Whether a report stands among its lines as it is, and not as a text of JSON."""
        lines = self.text.split("\n") if self.reports else []
        return any(not lines[found.first - 1].lstrip().startswith(('"', "{", "[")) for found in self.reports)

    @cached_property
    def quotes(self) -> bool:
        """Whether the brackets at its top are a line that a report shows or that was printed before one: no JSON.

        Such a line ends the brackets that it opens, and no later line begins as JSON.
        """
        if not self.is_json or self.document is not None or self.first_line is not None:
            return False
        first, _, rest = self.text.lstrip().partition("\n")
        later = any(_BEGINS.match(line) for line in rest.split("\n") if line[:1] in {"{", "["})
        return _closed(first) and not later and self.reported

    @cached_property
    def document(self) -> Any:
        """The file decoded as one JSON document, None where it is none or longer than the head."""
        if not self.is_whole or self.text.lstrip()[:1] not in {"{", "["}:
            return None
        return _json(self.text)

    @cached_property
    def first_line(self) -> Any:
        """The first line that is not blank, decoded as JSON, None where it is none."""
        line = next((line for line in self.lines if line.strip()), "")
        return _json(line) if line.lstrip()[:1] in {"{", "["} else None

    @cached_property
    def keys(self) -> frozenset[str]:
        """The keys of the first JSON object at the top (or first inside an array), even where the head cuts it."""
        return frozenset(_keys(self.text))


def _readable(sample: str) -> str:
    """The lines of a text that hold no NULs, nothing where these are not most of it; all where few stand in words."""
    few = sample.count("\0")
    if few * _SELDOM <= len(sample) and len(_INSIDE.findall(sample)) == few and not _CONTROL.search(sample):
        return sample.replace("\0", "")
    lines = [line for line in (line.lstrip("\0") for line in sample.split("\n")) if "\0" not in line]
    kept = "\n".join(lines)
    return kept if len(kept) * 4 >= (len(sample) - sample.count("\0")) * 3 else ""


def _json(text: str) -> Any:
    try:
        return msgspec.json.decode(text.encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError):
        return None


def _closed(line: str) -> bool:
    """Whether a line closes the brackets that it opens."""
    depth = sum((mark.group() in "{[") - (mark.group() in "}]") for mark in _TOKEN.finditer(line))
    return depth == 0


def _keys(text: str) -> list[str]:
    """Walk tokens, not values: the keys at the depth of the first object. Linear, and indifferent to a cut end.

    Brackets that close before an object begins on their line are those of a log: `[main] sent {"a": 1}`.
    """
    start = text.lstrip()
    if start[:1] not in {"{", "["}:
        return []
    keys: list[str] = []
    depth, level, last = 0, 0, ""
    for token in _TOKEN.finditer(start):
        mark = token.group()
        if mark in "{[":
            depth += 1
            if mark == "{" and not level:
                level = depth
        elif mark in "}]":
            depth -= 1
            if level and depth < level:
                break
            if not level and depth <= 0 and not _NEXT.match(start, token.end()):
                break
        elif mark == ":" and depth == level and last:
            keys.append(last)
        last = mark[1:-1] if mark[0] == '"' and mark[-1] == '"' and len(mark) > 1 else ""
    return keys
