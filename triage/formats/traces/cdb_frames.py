r"""Stacks as cdb and WinDbg print them, one line a frame: `k`, `kb`, `kp`, `kv`, `kn`, `kf` and STACK_TEXT.

Facts: general knowledge of the debugger's commands, held against reports that fuzzers collected. Grammar::

    header = ["#" | "Memory"] ("ChildEBP RetAddr" | "Child-SP  RetAddr") ["Args to Child"] ["Call Site"]
    frame  = [number] [memory] (sp | "(Inline Function)") return [": "] [word*] [": "] callee
    callee = module ["!" name ["(" arguments ")"]] ["+0x" offset] [" (FPO: " … ")"] [" [" file " @ " line "]"]
           | "0x" address
    note   = "WARNING: Frame IP not in any known module. …" | "WARNING: Stack unwind information not available. …"

A call that was inlined stands above the physical frame that holds it. The return address of a frame is the address of
the next outer one. Behind a warning the rows are the debugger's guess.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from msgspec.structs import replace

from triage.formats.traces.patterns import lazy, remembered
from triage.records import Frame

__all__ = ("Rows", "called", "header", "number", "row", "warning")

_ADDRESS: Final = r"(?:[0-9a-f]{8}`?[0-9a-f]{8}|[0-9a-f]{8})"
_NONE: Final = r"-{8}`?-{8}|-{8}|\(Inline(?: Function)?\)"
_HEADER: Final = lazy(r"\s{0,4}(?:#\s{1,4}|Memory\s{1,4})*(?:ChildEBP|Child-SP)\s{1,16}RetAddr")
_ROW: Final = lazy(
    rf"\s{{0,4}}(?:(?P<number>[0-9a-f]{{2,3}})\s{{1,4}})?(?:\s{{0,10}}(?P<memory>[0-9a-f]{{1,7}})\s{{1,4}})?"
    rf"(?P<sp>{_ADDRESS}|{_NONE})\s{{1,8}}"
    rf"(?P<back>{_ADDRESS}|{_NONE})\s{{1,16}}(?P<rest>\S.*)$",
    re.IGNORECASE,
)
_WORD: Final = lazy(rf"(?:{_ADDRESS}|-{{8}}`?-{{8}}|-{{8}})\s{{1,4}}", re.IGNORECASE)
# The first characters of rows.
_BEGINS: Final = frozenset("0123456789abcdefABCDEF-(")
# How most rows look: two addresses, then the arguments between colons, or up to four words.
_PLAIN: Final = lazy(
    r"(?:[0-9a-f]{2,3} )?[0-9a-f]{8}(?:`[0-9a-f]{8})? [0-9a-f]{8}(?:`[0-9a-f]{8})? (?=\S)"
    rf"(:)?(?(1)|(?i:(?:{_ADDRESS}|-{{8}}`?-{{8}}|-{{8}})\s{{1,4}}){{0,4}}+)(.*)"
)
_PLACE: Final = lazy(r" \[([^\[\]]{1,1000}) @ (\d{1,9})(?: \+ 0x[0-9a-f]{1,8})?\]\s*$", re.IGNORECASE)
_EXTRA: Final = lazy(r" \((?:FPO|CONV|TLS|Managed|No FPO|HybridCode)[^()]{0,80}(?:\[[^\]]{0,40}\])?[^()]{0,20}\)\s*$")
_OFFSET: Final = lazy(r"\+0x([0-9a-f]{1,16})$", re.IGNORECASE)
_BARE: Final = lazy(r"0x([0-9a-f`]{1,17})$", re.IGNORECASE)
_WARNING: Final = lazy(r"WARNING: (?:Frame IP not in any known module|Stack unwind information not available)")


def number(text: str) -> int:
    """An address as the debugger writes it.

    Examples
    --------
    >>> hex(number("00007ff8`c02ed674"))
    '0x7ff8c02ed674'
    """
    return int(text.replace("`", "").removeprefix("0x"), 16)


def header(line: str) -> bool:
    """Whether a line heads a stack."""
    return "RetAddr" in line and _HEADER.match(line) is not None


def warning(line: str) -> bool:
    """Whether a line warns that the rows below it may be wrong."""
    return line.startswith("WARNING: ") and _WARNING.match(line) is not None


# A line is asked for more than once by those who read on from it.
@lru_cache(maxsize=1_024)
def row(line: str) -> tuple[Frame, int | None, bool] | None:
    """A frame, its return address, and whether it was inlined; None where the line is none.

    Examples
    --------
    >>> frame, back, inlined = row("002df7e4 00fd1423 app!crash+0x1e [c:\\\\a.cpp @ 8]")
    >>> frame.module, frame.function, frame.symbol_offset, frame.line, hex(back)
    ('app', 'crash', 30, 8, '0xfd1423')
    """
    found = _ROW.match(line) if len(line) <= 16_384 else None
    if not found:
        return None
    rest, args = found["rest"], None
    if rest.startswith(":"):
        words, cut, callee = rest[1:].partition(" : ")
        rest, args = (callee, words.strip()) if cut else (rest[1:], None)
    else:
        words = []
        while len(words) < 4 and (word := _WORD.match(rest)):
            words.append(word.group().strip())
            rest = rest[word.end() :]
        args = " ".join(words) or None
    frame = _callee(rest.strip())
    if frame is None:
        return None
    inlined = not found["sp"][0].isalnum()
    back = None if inlined or found["back"][0] in "-(" else number(found["back"])
    if args and not inlined and frame.args is None and not args.startswith("-"):
        frame = replace(frame, args=args)
    return frame, back, inlined


def called(line: str) -> tuple[Frame, bool] | None:
    """As `row`, of which neither addresses nor arguments are wanted: the frame, and whether it was inlined.

    Examples
    --------
    >>> called("002df7e4 00fd1423 00fd1078 app!crash+0x1e")[0].function
    'crash'
    """
    plain = _PLAIN.match(line) if len(line) <= 16_384 else None
    if plain is not None:
        colon, rest = plain.groups()
        if colon:
            words, cut, callee = rest.partition(" : ")
            rest = callee if cut else words
        frame = _callee(rest.strip())
        return None if frame is None else (frame, False)
    if line.lstrip()[:1] not in _BEGINS:
        return None
    found = row(line)
    return None if found is None else (found[0], found[2])


@remembered
def _callee(text: str) -> Frame | None:
    """What a row calls: module, name, arguments, offset and place."""
    file, line = None, None
    if place := _PLACE.search(text[-1_100:]):
        file, line = place[1], int(place[2])
        text = text[: len(text) - (len(place.group()))]
    while extra := _EXTRA.search(text[-200:]):
        text = text[: len(text) - len(extra.group())]
    text = text.strip()
    if bare := _BARE.match(text):
        return Frame(address=number(bare[1]), function_raw=text, trust="text")
    raw = text
    offset = None
    if tail := _OFFSET.search(text[-24:]):
        offset, text = int(tail[1], 16), text[: len(text) - len(tail.group())]
    module, named, name = text.partition("!")
    if (
        not module
        or (not named and (offset is None or " " in module))
        or (" " in module and not module.startswith("<"))
    ):
        return None
    args = None
    if name.endswith(")") and "(" in name and not name.endswith("()"):
        name, args = _called(name)
    name = name.removesuffix("()") if not name.endswith("operator()") else name
    return Frame(
        function=name or None,
        function_raw=raw if raw != name else None,
        args=args,
        module=module,
        module_offset=None if named else offset,
        symbol_offset=offset if named else None,
        file=file,
        line=line,
        trust="text",
    )


def _called(name: str) -> tuple[str, str | None]:
    """Part the arguments that `kp` prints from a name."""
    depth = 0
    for place in range(len(name) - 1, -1, -1):
        depth += (name[place] == ")") - (name[place] == "(")
        if depth == 0:
            return (name[:place].rstrip(), name[place + 1 : -1].strip()) if place else (name, None)
    return name, None


class Rows:
    """The rows of one stack in the making."""

    __slots__ = ("_back", "_guessed", "_inner", "frames", "thread")

    def __init__(self, thread: tuple[int, str | None] | None = None, start: int | None = None) -> None:
        self.thread = thread
        self.frames: list[Frame] = []
        self._back = start
        self._guessed = False
        self._inner = 0

    def add(self, found: tuple[Frame, int | None, bool], at: int) -> None:
        """Add a row; the inlined ones above a physical one learn how deep they are when it comes."""
        frame, back, inlined = found
        if frame.address is None:
            frame = replace(frame, address=self._back)
        self.frames.append(replace(frame, text_line=at, trust="unreliable" if self._guessed else "text"))
        if inlined:
            self._inner += 1
            return
        for depth in range(1, self._inner + 1):
            place = len(self.frames) - 1 - depth
            self.frames[place] = replace(self.frames[place], inline_depth=depth)
        self._inner = 0
        self._back = back

    def call(self, frame: Frame) -> None:
        """Add a row of which neither address nor place is wanted."""
        self.frames.append(replace(frame, trust="unreliable") if self._guessed else frame)

    def note(self, line: str, at: int) -> None:
        """Add a warning."""
        self.frames.append(Frame(frame_kind="note", function_raw=line.strip(), text_line=at))
        self._guessed = True

    def wrapped(self, text: str) -> bool:
        """Join the rest of a row that the debugger wrapped; whether it fitted."""
        last = self.frames[-1] if self.frames else None
        if last is None or last.frame_kind != "frame" or not last.function_raw or " " in text or len(text) > 200:
            return False
        whole = _callee(last.function_raw + text)
        if whole is None or last.file:
            return False
        self.frames[-1] = replace(
            whole,
            args=last.args,
            address=last.address,
            text_line=last.text_line,
            trust=last.trust,
            inline_depth=last.inline_depth,
        )
        return True
