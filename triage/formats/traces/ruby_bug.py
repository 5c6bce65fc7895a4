"""The report that Ruby's interpreter writes when it crashes itself. See `ruby`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from triage.formats.traces.block import Block
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report, shifted
from triage.formats.traces.ruby_frames import PLACE, frame_of
from triage.formats.traces.signal_names import spoken
from triage.records import Frame, Trace, json_text

__all__ = ("parse_bug", "read_bug")

_BUG: Final = lazy(r"(?:(.*?):(\d{1,9})(?::in [`'][^'`]*')?: )?\[BUG\] (.*)$")
_TITLE: Final = lazy(r"-- (\S.{0,80}?) -{3,}\s*$")
_RUBY: Final = lazy(r"j?ruby (\d\S{0,40}) .*\[([\w.-]{1,80})\]\s*$")
_NATIVE: Final = lazy(
    r"\s*([^\s(][^(]{0,1000}?)(?:\(([^()+]{0,1000}?)(?:\+?0x([0-9a-fA-F]{1,16}))?\))? "
    r"\[0x([0-9a-fA-F]{1,16})\](?: (\S.*))?$"
)
_REGISTER: Final = lazy(r"\b([A-Za-z][A-Za-z0-9]{1,7}): 0x([0-9a-fA-F]{1,16})")
_AT: Final = lazy(r".* at 0x([0-9a-fA-F]{1,16})")
_MAP: Final = lazy(r"[0-9a-f]{4,16}-[0-9a-f]{4,16} ")
_ADVICE_LINES: Final = 12
_BACK_LINES: Final = 4


def parse_bug(lines: Sequence[str]) -> list[Trace]:
    """The Ruby frames, printed oldest first, then the native ones."""
    bug = next((found for line in lines if (found := _BUG.match(line))), None)
    frames: list[Frame] = []
    native: list[Frame] = []
    registers: dict[str, str] = {}
    title = ""
    for number, line in enumerate(lines):
        if found := _TITLE.match(line):
            title = found[1]
        elif title.startswith("Ruby level") and (place := PLACE.match(line)) and place["label"] is not None:
            frames.append(frame_of(place, number))
        elif title.startswith("C level") and (frame := _native(line, number)):
            native.append(frame)
        elif title.startswith("Machine register"):
            registers.update((name.lower(), "0x" + value.lower()) for name, value in _REGISTER.findall(line[:400]))
    frames.reverse()
    if not frames and bug and bug[1]:
        frames.append(Frame(file=bug[1], line=int(bug[2]), language="ruby", trust="text"))
    crash = Trace(
        frames=tuple(frames),
        error_type="[BUG]",
        error_value=bug[3].rstrip() if bug else None,
        registers=json_text(registers) if registers else None,
    )
    return [crash, Trace(frames=tuple(native), role="other", thread_name="C level")] if native else [crash]


def _native(line: str, number: int) -> Frame | None:
    """A row of the C level backtrace: `image(symbol+0x12) [0xADDR] file.c:12`."""
    found = _NATIVE.match(line[:4096])
    if found is None:
        return None
    file, _, at = (found[5] or "").rpartition(":")
    is_placed = at.isdecimal() and len(at) < 10
    return Frame(
        function=found[2] or None,
        module=found[1],
        symbol_offset=int(found[3], 16) if found[3] and found[2] else None,
        module_offset=int(found[3], 16) if found[3] and not found[2] else None,
        address=int(found[4], 16),
        file=file or None if is_placed else None,
        line=int(at) if is_placed else None,
        trust="text",
        text_line=number,
    )


def read_bug(block: Block) -> Report | None:
    """The interpreter's report, whose first line holds `[BUG]`."""
    bug = _BUG.match(block[0] or "")
    if bug is None:
        return None
    end = _end(block)
    lines = block.lines(0, end)
    ruby = next((found for line in lines[:_BACK_LINES] if (found := _RUBY.match(line))), None)
    if ruby is None and end < 2:
        return None
    traces = shifted(parse_bug(lines), 0)
    address = _AT.match(bug[3][:400])
    signal = spoken(bug[3].partition(" at 0x")[0].strip())
    arch, _, system = (ruby[2] if ruby else "").partition("-")
    return Report(
        end=end,
        kind="crash" if signal else "abort",
        traces=traces,
        error_type="[BUG]",
        error_value=bug[3].rstrip(),
        signal=signal,
        fault_address=int(address[1], 16) if address else None,
        arch=arch or None,
        os_name=system or None,
        facts=(("runtime", f"ruby {ruby[1]}"),) if ruby else (),
        complete=any(line.startswith(("[NOTE]", "[IMPORTANT]", "-- Other runtime")) for line in lines),
        leads=True,
    )


def _end(block: Block) -> int:
    """Where the report ends (exclusive)."""
    index = end = 1
    title = ""
    while (line := block[index]) is not None:
        if found := _TITLE.match(line):
            title = found[1]
        elif line.startswith(("[NOTE]", "[IMPORTANT]")):
            return _advice(block, index)
        elif not line.strip():
            index += 1
            continue
        elif not _belongs(line, title, index):
            break
        index = end = index + 1
    return end


def _belongs(line: str, title: str, index: int) -> bool:
    """Whether a line belongs to the section of that title."""
    if not title:
        return index < _BACK_LINES and _RUBY.match(line) is not None
    if title.startswith("Control frame"):
        return line.startswith(("c:", " "))
    if title.startswith("Ruby level"):
        return PLACE.match(line) is not None
    if title.startswith("Other runtime"):
        return line.startswith(("* ", " ")) or _MAP.match(line) is not None
    if title.startswith("C level"):
        return _NATIVE.match(line[:4096]) is not None or line.startswith((" ", "SEGV received"))
    if title.startswith("Machine register"):
        return _REGISTER.search(line[:400]) is not None
    return title.startswith("Threading") and (": " in line or line.startswith(" "))


def _advice(block: Block, index: int) -> int:
    """Where the advice below the report ends (exclusive)."""
    end = index + 1
    while end < index + _ADVICE_LINES and (line := block[end]) is not None and line.strip():
        end += 1
    return end
