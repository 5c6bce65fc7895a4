"""The backtraces of Swift's runtime: threads, frames, registers and images. See `swift`."""

from __future__ import annotations

import re
from typing import Final

from msgspec.structs import replace

from triage.formats.traces.block import Block
from triage.formats.traces.patterns import lazy
from triage.records import Frame, Trace, json_text

__all__ = ("Backtrace", "old_row")

_THREAD: Final = lazy(r'Thread (\d{1,9})(?: "([^"\n]{0,200})")?( crashed)?:$')
_FRAME: Final = lazy(r"\s*(\d{1,7})((?: \[[a-z ]{1,16}\]){0,4}) {1,24}(?:0x([0-9a-fA-F]{1,16}) )?(\S.*)$")
_OFFSET: Final = lazy(r"(.*) \+ (\d{1,12})$")
_PLACE: Final = lazy(r"(.{1,1000}?):(\d{1,9})(?::(\d{1,9}))?$")
_ELIDED: Final = lazy(r"\s*(?:\.\.\.|\u2026)(?: \((\d{1,9}) frames? omitted\))?$")
_SOURCE: Final = lazy(r"\s*\d{0,7}\s?(?:\u2502|\|)|\s+\d{1,7} \* |\s*[\u25b2^]\s*$|\s{4,}")
_REGISTER: Final = lazy(r"\s*([a-z][a-z0-9]{1,6}) 0x([0-9a-fA-F]{2,16})\b")
_REGISTERS: Final = lazy(r"\b([a-z][a-z0-9]{1,6}) 0x([0-9a-fA-F]{2,16})\b")
_IMAGE: Final = lazy(
    r"\s*0x([0-9a-fA-F]{1,16})\s?[-\u2013]\s?0x([0-9a-fA-F]{1,16}) (\S{1,80}|<no build ID>) {1,40}"
    r"(\S.{0,400}?)(?: {2,40}|\t)(\S.*)$"
)
_IMAGES: Final = lazy(r"Images(?: \((\d{1,9}) omitted\))?:$")
_PLATFORM: Final = lazy(r"Platform: (\S{1,40}) (\S.{0,80})$")
_OTHER: Final = ("*** Signal ", "Backtrace took ", "Press space to ", "Crash PC is ", "Thread ")
_OLD: Final = lazy(r"\s*(\d{1,5}) {1,8}(\S{1,200})\s{1,60}0x([0-9a-fA-F]{1,16}) (\S.*)$")


def old_row(line: str, text_line: int) -> Frame | None:
    """A row of `Current stack trace:`: number, image, address, symbol and offset."""
    found = _OLD.match(line[:4096])
    if found is None:
        return None
    name, offset = _offset(found[4].rstrip())
    return Frame(
        function=name if name != "<unavailable>" else None,
        module=found[2],
        address=int(found[3], 16),
        symbol_offset=offset,
        language="swift",
        trust="text",
        text_line=text_line,
    )


def _offset(text: str) -> tuple[str, int | None]:
    found = _OFFSET.match(text)
    return (found[1], int(found[2])) if found else (text, None)


class Backtrace:
    """What stands below the line that tells the crash."""

    def __init__(self) -> None:
        self.stacks: list[tuple[int, str | None, bool, list[Frame]]] = []
        self.registers: dict[str, str] = {}
        self.images: list[dict[str, object]] = []
        self.omitted: str | None = None
        self.platform: tuple[str | None, str | None] = (None, None)
        self._section = ""

    @staticmethod
    def is_thread(line: str) -> bool:
        """Whether a line is the title of a thread."""
        return _THREAD.match(line) is not None

    def read(self, block: Block, index: int) -> int:
        """Take all lines of the report; where they end (exclusive)."""
        end = index
        while (line := block[index]) is not None and index - end <= 3:
            text = line.rstrip()
            index += 1
            if not text:
                continue
            if not self._take(text, index - 1):
                break
            end = index
        return end

    def _take(self, line: str, index: int) -> bool:
        """Take one line; False where it is none of the report."""
        if found := _THREAD.match(line):
            self.stacks.append((int(found[1]), found[2] or None, bool(found[3]), []))
            self._section = "thread"
        elif line in {"Registers:", "Registers"}:
            self._section = "registers"
        elif found := _IMAGES.match(line):
            self.omitted, self._section = found[1], "images"
        elif found := _PLATFORM.match(line):
            self.platform = (found[1], found[2].strip())
        elif line.startswith(_OTHER):
            return True
        elif self._section == "thread":
            return self._row(line, index)
        elif self._section == "registers" and _REGISTER.match(line):
            self.registers.update((name, "0x" + value.lower()) for name, value in _pairs(line))
        elif self._section == "images" and (found := _IMAGE.match(line)):
            self.images.append(_image(found))
        else:
            return False
        return True

    def _row(self, line: str, index: int) -> bool:
        """A frame, an elision or a line of source between frames."""
        frames = self.stacks[-1][3]
        if elided := _ELIDED.match(line):
            count = int(elided[1]) if elided[1] else 1
            row = Frame(frame_kind="elided", repeat=count, function_raw=line.strip(), language="swift", text_line=index)
            frames.append(row)
            return True
        if not _SOURCE.match(line) and (found := _FRAME.match(line)):
            frames.append(_frame(found, index))
            return True
        return bool(frames) and _SOURCE.match(line) is not None

    def traces(self, error: str | None, value: str | None) -> tuple[Trace, ...]:
        """The crashed thread first, with the registers."""
        ordered = sorted(self.stacks, key=lambda stack: not stack[2])
        return tuple(
            Trace(
                frames=_depths(frames),
                role="thread" if place else "crash",
                thread_id=number,
                thread_name=name,
                crashed=crashed or None,
                error_type=None if place else error,
                error_value=None if place else value,
                registers=json_text(self.registers) if self.registers and not place else None,
            )
            for place, (number, name, crashed, frames) in enumerate(ordered)
        )


def _pairs(line: str) -> list[tuple[str, str]]:
    """Names and values: one, with the memory that it points to behind it, or several segment registers."""
    found = _REGISTERS.findall(line[:400])
    return found if found and found[0][0] in {"cs", "es"} else found[:1]


def _image(found: re.Match[str]) -> dict[str, object]:
    base, end = int(found[1], 16), int(found[2], 16)
    known = not found[3].startswith("<")
    return {
        "name": found[4].strip(),
        "path": found[5].strip(),
        "base": base,
        "size": end - base if end > base else None,
        "code_id": found[3] if known else None,
    }


def _frame(found: re.Match[str], index: int) -> Frame:
    """A frame: function and offset, then image, then place."""
    rest = found[4].rstrip()
    file = line = column = None
    before, _, place = rest.rpartition(" at ")
    if before and (spot := _PLACE.match(place)):
        rest, file, line = before, spot[1], int(spot[2])
        column = int(spot[3]) if spot[3] else None
    elif before and place.endswith("<compiler-generated>"):
        rest = before
    name, _, module = rest.rpartition(" in ")
    name, offset = _offset(name or rest)
    plain = None if name.startswith(("0x", "<unknown>")) else name.partition("(")[0] or name
    args = name.partition("(")[2].removesuffix(")") if plain and name.endswith(")") else ""
    return Frame(
        function=plain,
        function_raw=name if name != plain else None,
        args=args or None,
        module=module or None,
        address=int(found[3], 16) if found[3] else None,
        symbol_offset=offset,
        file=file,
        line=line,
        column=column or None,
        language="swift",
        trust="text",
        in_app=False if "[system]" in found[2] else None,
        inline_depth=1 if "[inlined]" in found[2] else 0,
        text_line=index,
    )


def _depths(frames: list[Frame]) -> tuple[Frame, ...]:
    """Inlined rows above one physical frame count up, the innermost the most."""
    out: list[Frame] = []
    depth = 0
    for frame in reversed(frames):
        depth = depth + 1 if frame.inline_depth else 0
        out.append(_at_depth(frame, depth))
    return tuple(reversed(out))


def _at_depth(frame: Frame, depth: int) -> Frame:
    return replace(frame, inline_depth=depth) if frame.inline_depth != depth else frame
