"""The grammar of Go's stacks: pairs of lines, goroutines, wrapped errors, places with addresses. See `go`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from msgspec.structs import replace

from triage.formats.traces.patterns import lazy
from triage.records import Frame, Trace

__all__ = (
    "ELIDED",
    "GOROUTINE",
    "INNER",
    "LISTED",
    "LISTED_NAME",
    "PANIC",
    "RAISED",
    "errors",
    "goroutines",
    "listed",
    "named",
    "pair",
    "panics",
    "parse",
    "probe",
    "trace_of",
)

_PROBE: Final = lazy(r"^goroutine \d+ [^\n]*\[|^[ \t]+\S*\.go:\d|^\S*\.(?:go|s):\d+ \(0x", re.MULTILINE)
GOROUTINE: Final = lazy(r"goroutine (\d{1,18})(?: [^\[\]]{0,200})? \[([^\]]{0,400})\]:?\s*$")
_OTHER_STACK: Final = lazy(r"(runtime stack|\[originating from goroutine \d{1,18}\]):\s*$")
_BRACKET: Final = lazy(r"[()]")
_SPACE: Final = lazy(r"\s")
_PLACE: Final = lazy(r"(\s*)(\S.*?):(\d{1,9})(?: \+0x([0-9a-fA-F]{1,16}))?((?: \w+=0x[0-9a-fA-F]{1,16})*)\s*$")
LISTED: Final = lazy(r"\s*(\S+?\.(?:go|s|c|h)):(\d{1,9}) \(0x([0-9a-fA-F]{1,16})\)\s*$")
LISTED_NAME: Final = lazy(r"\s+(\S+): (.*)$")
# What raises a panic, where the program prints a stack; the runtime itself calls it by a shorter name.
RAISED: Final = "runtime.gopanic"
PANIC: Final = lazy(r"(?:(panic|fatal error)|.{0,4000}?http2?: (panic) serving \S{1,200}): (.*)$")
INNER: Final = lazy(r"\s+panic: (.*)$")
_CREATED: Final = lazy(r"created by (.+?)(?: in goroutine \d+)?$")
ELIDED: Final = lazy(r"\s*\.\.\.(?:(\d{1,9}) |additional )?frames? elided\.\.\.\s*$")
_TAGS: Final = lazy(r" \[(?:recovered|recovered, repanicked|repanicked|goexit)\]$")
_BARE: Final = lazy(r"[\w./~%@()*\[\]{}…-]+$")
_SHORT: Final = 2_048
_SAID: Final = ("[signal ", "runtime: ", "goroutine ")


@dataclass(slots=True)
class _Goroutine:
    """One goroutine, or the frames of a stack that names none."""

    number: int | None
    state: str | None
    frames: list[Frame] = field(default_factory=list)
    name: str | None = None


def probe(text: str) -> bool:
    """Whether the text holds a goroutine's head or a pair of lines that is a Go frame."""
    return _PROBE.search(text) is not None


def parse(text: str) -> list[Trace]:
    """Read a Go stack: the crashed goroutine with the panic, the panics before it, the other goroutines.

    Examples
    --------
    >>> text = "panic: no rate\\n\\ngoroutine 1 [running]:\\nmain.(*Shop).pay(0xc0, 0x2)\\n\\t/a/shop.go:7 +0x1d"
    >>> (crash,) = parse(text)
    >>> crash.error_value, crash.frames[0].function, crash.frames[0].args, crash.frames[0].module
    ('no rate', 'main.(*Shop).pay', '0xc0, 0x2', 'main')
    """
    lines = text.replace("\r\n", "\n").split("\n")
    found = goroutines(lines)
    if found:
        return found
    return listed(lines) or errors(lines)


def goroutines(lines: Sequence[str]) -> list[Trace]:
    """The panic with the goroutine that it ended, the panics before it, the other goroutines; [] without any."""
    found = list(_goroutines(lines))
    return _crashed(found, panics(lines)) if found else []


def _crashed(found: list[_Goroutine], said: list[tuple[str, str]]) -> list[Trace]:
    """The first goroutine is the one that ended the program, where one did."""
    kind, message = said[-1] if said else (None, None)
    first = next((number for number, goroutine in enumerate(found) if goroutine.name is None), 0)
    if not said:
        found[first].frames[:] = map(_recovered, found[first].frames)
    crash = trace_of(found[first], "crash", kind, message, crashed=True if said else None)
    causes = [
        Trace(role="cause", chain_no=number, error_type=earlier, error_value=text)
        for number, (earlier, text) in enumerate(reversed(said[:-1]), 1)
    ]
    others = [
        trace_of(goroutine, "other" if goroutine.name else "goroutine", None, None, crashed=None)
        for number, goroutine in enumerate(found)
        if number != first
    ]
    return [crash, *causes, *others]


def _recovered(frame: Frame) -> Frame:
    """A frame of a stack that the program printed itself: what raised the panic has its whole name there."""
    if frame.function != "panic":
        return frame
    return replace(frame, function=RAISED, function_raw=frame.function_raw or "panic")


def trace_of(
    goroutine: _Goroutine, role: str, error: str | None, message: str | None, *, crashed: bool | None
) -> Trace:
    """A goroutine as records know it."""
    number = goroutine.number
    return Trace(
        frames=tuple(goroutine.frames),
        role=role,
        error_type=error,
        error_value=message,
        thread_id=number,
        thread_name=goroutine.name or (None if number is None else f"goroutine {number}"),
        state=goroutine.state,
        crashed=crashed,
    )


def panics(lines: Sequence[str]) -> list[tuple[str, str]]:
    """The panics in the order in which they happened, up to the first goroutine; a message may have several lines."""
    found: list[tuple[str, list[str]]] = []
    for line in lines:
        if GOROUTINE.match(line) or _OTHER_STACK.match(line):
            break
        panic = PANIC.match(line) if line.startswith(("panic", "fatal")) or "http" in line else None
        inner = INNER.match(line) if panic is None else None
        if inner and found:
            found.append(("panic", [_untagged(inner[1])]))
        elif panic:
            found.append((panic[1] or panic[2], [_untagged(panic[3])]))
        elif found and line.strip() and not line.startswith(_SAID):
            found[-1][1].append(line)
    return [named(kind, "\n".join(message)) for kind, message in found]


def named(kind: str, message: str) -> tuple[str, str]:
    """Type and message: what the runtime raised itself says so.

    Examples
    --------
    >>> named("panic", "runtime error: index out of range [5] with length 3")
    ('runtime error', 'index out of range [5] with length 3')
    """
    mark = "runtime error: "
    return ("runtime error", message.removeprefix(mark)) if message.startswith(mark) else (kind, message)


def _untagged(message: str) -> str:
    """The message without what the runtime adds of its fate."""
    return _TAGS.sub("", message.rstrip())


def _goroutines(lines: Sequence[str]) -> Iterator[_Goroutine]:
    """Every goroutine with its frames: pairs of lines until something else comes."""
    current: _Goroutine | None = None
    index = 0
    while index < len(lines):
        line = lines[index]
        if head := GOROUTINE.match(line) or _OTHER_STACK.match(line):
            if current:
                yield current
            is_other = head.re.pattern == _OTHER_STACK.pattern
            current = (
                _Goroutine(None, None, name=head[1].strip("[]")) if is_other else _Goroutine(int(head[1]), head[2])
            )
        elif current and (elided := ELIDED.match(line)):
            count = int(elided[1]) if elided[1] else 1
            current.frames.append(
                Frame(frame_kind="elided", repeat=count, language="go", function_raw=line.strip(), text_line=index)
            )
        elif current and line.strip():
            frame = pair(line, lines[index + 1] if index + 1 < len(lines) else None, index)
            if frame:
                current.frames.append(frame)
                index += 1
            elif current.frames or not line[0].isspace():
                yield current
                current = None
        index += 1
    if current:
        yield current


def pair(call: str, below: str | None, index: int) -> Frame | None:
    """The frame of two lines, None where they are none."""
    frame = _paired(call, below) if below is not None and len(call) + len(below) < _SHORT else _frame(call, below)
    return replace(frame, text_line=index) if frame else None


# Every pair is read twice, for where a stack ends and for what it says, and crashes of one build print the same ones.
@lru_cache(maxsize=8_192)
def _paired(call: str, below: str) -> Frame | None:
    """The frame of two lines that are not long."""
    return _frame(call, below)


def _frame(call: str, below: str | None) -> Frame | None:
    """The frame of two lines, without the number of its line."""
    place = _PLACE.match(below) if below is not None else None
    # without its indentation a place is told by what it is a place in
    if place is None or not (place[1] or place[2].endswith((".go", ".s", ".c", ".cc", ".cpp"))):
        return None
    call = call.strip() if call[:1].isspace() else call.rstrip()
    created = _CREATED.match(call)
    name, args = _split(created[1] if created else call)
    if _SPACE.search(name) or name[:1] in "=#[":
        return None
    registers = dict(item.split("=") for item in place[5].split())
    address = registers.get("pc")
    return Frame(
        function=name,
        function_raw=call if created else None,
        args=args,
        module=_package(name),
        file=place[2],
        line=int(place[3]),
        symbol_offset=int(place[4], 16) if place[4] else None,
        language="go",
        trust="text",
        frame_kind="async_gap" if created else "frame",
        address=int(address, 16) if address else None,
    )


def _split(call: str) -> tuple[str, str | None]:
    """A call as name and arguments: the last balanced brackets, unless a name goes on after them."""
    if not call.endswith(")"):
        return call, None
    depth = 0
    for index in reversed([bracket.start() for bracket in _BRACKET.finditer(call)]):
        depth += 1 if call[index] == ")" else -1
        if not depth:
            return (call[:index], call[index + 1 : -1] or None) if index else (call, None)
    return call, None


def _package(name: str) -> str | None:
    """The import path of a function: up to the first dot after the last slash before any bracket."""
    plain = name.partition("(")[0].partition("[")[0]
    slash = plain.rfind("/") + 1
    dot = plain.find(".", slash)
    return plain[:dot] if dot > 0 else None


def listed(lines: Sequence[str]) -> list[Trace]:
    """Places with addresses, as recovery middleware prints them: the first run of them below the error, else at all."""
    mark = "runtime error: "
    start = next((index for index, line in enumerate(lines) if mark in line), None)
    said = None if start is None else lines[start].partition(mark)[2]
    frames = _places(lines, start) if start is not None else []
    frames = frames or _places(lines, 0)
    kind = "runtime error" if said else None
    return [Trace(frames=tuple(frames), error_type=kind, error_value=said)] if frames else []


def _places(lines: Sequence[str], start: int) -> list[Frame]:
    """The first run of places; the line below one may name its function and quote its source."""
    frames: list[Frame] = []
    for index in range(start, len(lines)):
        line = lines[index]
        found = LISTED.match(line)
        if found:
            address = int(found[3], 16)
            frames.append(
                Frame(file=found[1], line=int(found[2]), address=address, language="go", trust="text", text_line=index)
            )
        elif frames and frames[-1].function is None and (source := LISTED_NAME.match(line)):
            frames[-1] = replace(frames[-1], function=source[1], context_line=source[2])
        elif frames:
            break
    return frames


def errors(lines: Sequence[str]) -> list[Trace]:
    """Messages with stacks below each, the root cause first: turned around, so that what surfaced comes first."""
    sections: list[tuple[list[str], list[Frame]]] = [([], [])]
    index = 0
    while index < len(lines):
        line = lines[index]
        frame = bare(line, lines[index + 1] if index + 1 < len(lines) else None, index)
        if frame:
            sections[-1][1].append(frame)
            index += 1
        elif line.strip():
            if sections[-1][1]:
                sections.append(([], []))
            sections[-1][0].append(line)
        index += 1
    out: list[Trace] = []
    for message, frames in reversed([section for section in sections if section[1]]):
        said = "\n".join(message).strip() or None
        panic = PANIC.match(said or "")
        error, said = named(panic[1] or panic[2], _untagged(panic[3])) if panic else (None, said)
        out.append(
            Trace(
                frames=tuple(frames),
                role="cause" if out else "crash",
                chain_no=len(out),
                error_type=error,
                error_value=said,
            )
        )
    return out


def bare(line: str, below: str | None, index: int) -> Frame | None:
    """The frame of two lines of which the first is the name of a function and nothing else."""
    return pair(line, below, index) if "." in line and _BARE.match(line) else None
