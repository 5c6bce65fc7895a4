"""Plain scalars of YAML: the values and keys without quotes, which a mask at their beginning would make a list of.

Only as much of YAML is followed as tells these from what is quoted, a block of text or a comment. A scalar that a mask
begins, or that holds one inside of brackets, is put in single quotes as a whole, so that it stays one text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

__all__ = ("Scalar", "is_yaml", "plain")

_BLANKS: Final = re.compile(rb"[ \t\r]*+")
_INDENT: Final = re.compile(rb" *+")
_MARKER: Final = re.compile(rb"(?:---|\.\.\.)(?=[ \t\r\n]|\Z)")
# What opens a value or an entry; a tag, an anchor or an alias stands before a value or in place of it.
_INDICATOR: Final = re.compile(rb"[-?:](?=[ \t\r\n]|\Z)")
_PROPERTY: Final = re.compile(rb"[!&*][^\s,\[\]{}]*+")
_BLOCK: Final = re.compile(rb"[|>][-+0-9]{0,2}[ \t\r]*+(?:#[^\n]*+)?(?=\n|\Z)")
_QUOTED: Final = re.compile(rb""""(?:[^"\\]|\\.)*+"|'(?:[^']|'')*+'""", re.DOTALL)
_PLAIN_END: Final = re.compile(rb":(?=[ \t\r\n]|\Z)|[ \t]#|\n|\Z")
_FLOW: Final = re.compile(
    rb"""(?xs)
    (?: "(?:[^"\\]|\\.)*+" | '(?:[^']|'')*+' | (?<=\s)\#[^\n]*+ | [:?](?=[\s,\[\]{}"']) | , | [!&*][^\s,\[\]{}]*+ )
    | (?P<open> [\[{] ) | (?P<close> [\]}] )
    | (?P<plain> [^\s,\[\]{}] (?: [^,\[\]{}:\#] | :(?![\s,\[\]{}]|\Z) | (?<!\s)\# )*+ )
    """
)
_OPENING: Final = frozenset(b"[{")
_QUOTES: Final = frozenset(b"\"'")
_HASH: Final = ord("#")
_PERCENT: Final = ord("%")
_COLON: Final = ord(":")
_BEFORE_TEXT: Final = b"\xef\xbb\xbf \t\r\n"
_SAYS_SO: Final = re.compile(rb"(?:#[^\n]*\n\s*+)*+(?:%YAML[ \t]|---[ \t]*+\r?\n)")
_LINE: Final = re.compile(rb"""\s*+(?:\Z|\#|%|---|\.\.\.|-(?:\s|\Z)|["']?[\w./$-]+["']?:(?:\s|\Z))|\s+""", re.VERBOSE)
_SAMPLE: Final = 40


class Scalar(NamedTuple):
    """A plain scalar, over several lines perhaps, and whether it stands inside of brackets."""

    start: int
    end: int
    in_brackets: bool


def is_yaml(head: bytes) -> bool:
    """Whether a text that begins so says that it is YAML, and looks like it.

    Examples
    --------
    >>> is_yaml(b"---\\nuser: ada\\n"), is_yaml(b"---\\nit failed at 10:00\\n"), is_yaml(b"user: ada\\n")
    (True, False, False)
    """
    text = head.lstrip(_BEFORE_TEXT)
    return bool(_SAYS_SO.match(text)) and all(_LINE.match(line) for line in text.split(b"\n")[:_SAMPLE])


def plain(data: bytes) -> Iterator[Scalar]:
    """The plain scalars of a text in YAML, in order.

    Examples
    --------
    >>> text = b"a: b c # d\\n- [e, 'f']\\n"
    >>> [text[one.start : one.end] for one in plain(text)]
    [b'a', b'b c', b'e']
    """
    return _Reader(data).scalars()


class _Reader:
    """Where a text is read, and in which column the key or dash stands that the next value belongs to."""

    __slots__ = ("at", "column", "data", "line")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = self.line = 0
        self.column = -1

    def scalars(self) -> Iterator[Scalar]:
        """Line by line; what runs over lines is read where it begins."""
        data, size = self.data, len(self.data)
        while self.at < size:
            self.line = self.at
            marker = _MARKER.match(data, self.at)
            if marker:
                self.at, self.column = marker.end(), -1
            if data[self.at] != _PERCENT if self.at < size else False:
                yield from self._rest()
            self.at = self._line_end(self.at) + 1

    def _line_end(self, at: int) -> int:
        end = self.data.find(b"\n", at)
        return end if end >= 0 else len(self.data)

    def _rest(self) -> Iterator[Scalar]:
        """The scalars from a place to the end of its line, or of what begins in it."""
        data, size = self.data, len(self.data)
        while True:
            blanks = _BLANKS.match(data, self.at)
            self.at = blanks.end() if blanks else self.at
            if self.at >= size or data[self.at] in b"\n#":
                return
            code = data[self.at]
            if _INDICATOR.match(data, self.at):
                if code != _COLON:
                    self.column = self.at - self.line
                self.at += 1
            elif found := _PROPERTY.match(data, self.at):
                self.at = found.end()
            elif block := _BLOCK.match(data, self.at):
                self.at = self._behind_block(block.end())
                return
            elif code in _QUOTES and (quoted := _QUOTED.match(data, self.at)):
                self._key(self.at, quoted.end())
            elif code in _OPENING:
                start = self.at
                yield from self._brackets()
                self._key(start, self.at)
            else:
                yield self._plain()

    def _key(self, start: int, end: int) -> None:
        """Go on behind what is no plain scalar; it may be a key."""
        if self.data.find(b"\n", start, end) >= 0:
            self.line = self.data.rfind(b"\n", start, end) + 1
        elif (blanks := _BLANKS.match(self.data, end)) and self.data[blanks.end() : blanks.end() + 1] == b":":
            self.column = start - self.line
        self.at = end

    def _plain(self) -> Scalar:
        """A plain scalar, with the lines that it goes on over."""
        data, start = self.data, self.at
        found = _PLAIN_END.search(data, start)
        stop = found.start() if found else len(data)
        end = start + len(data[start:stop].rstrip())
        if data[stop : stop + 1] == b":":
            self.column, self.at = start - self.line, stop + 1
            return Scalar(start, end, in_brackets=False)
        self.at = stop
        while data[self.at : self.at + 1] == b"\n":
            line = self.at + 1
            indent = _INDENT.match(data, line)
            text = indent.end() if indent else line
            found = _PLAIN_END.search(data, text)
            stop = found.start() if found else len(data)
            words = data[text:stop].rstrip()
            if words and (text - line <= self.column or data[stop : stop + 1] == b":" or words[0] == _HASH):
                break
            if _MARKER.match(data, line) or (not words and stop >= len(data)):
                break
            self.at = stop
            end = text + len(words) if words else end
            self.line = line
        return Scalar(start, end, in_brackets=False)

    def _behind_block(self, end: int) -> int:
        """The end of a block of text: of the last line that is indented further than what it belongs to."""
        data = self.data
        while end < len(data):
            indent = _INDENT.match(data, end + 1)
            text = indent.end() if indent else end + 1
            stop = self._line_end(text)
            if data[text:stop].strip() and text - end - 1 <= self.column:
                break
            end = stop
        return end

    def _brackets(self) -> Iterator[Scalar]:
        """The scalars inside of brackets; they end with what is indented too little to be in them, too."""
        data, depth, size = self.data, 0, len(self.data)
        while self.at < size:
            found = _FLOW.search(data, self.at)
            if found is None:
                self.at = size
                return
            newline = data.rfind(b"\n", self.at, found.start())
            closes = found["close"] is not None
            if newline >= 0 and not closes and found.start() - newline - 1 <= self.column:
                self.at = newline
                return
            self.at = found.end()
            if found["plain"] is not None:
                yield Scalar(found.start(), found.start() + len(found["plain"].rstrip()), in_brackets=True)
            depth += (found["open"] is not None) - closes
            if depth <= 0:
                return
