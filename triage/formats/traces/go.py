"""Go stacks: panics and fatal errors with their goroutines, `debug.Stack`, `%+v` of pkg/errors, recovery middleware.

Facts: general knowledge of Go 1.5 to 1.23, held against panics that fuzzers collected. Grammar, one line each::

    panic     = "panic: " message [ " [recovered]" ] ( tab "panic: " message )* [ "[signal " ... "]" ] blank goroutine*
    fatal     = "fatal error: " message ...
    goroutine = "goroutine " n " [" state "]:" ( function "(" arguments ")"  indent file ":" line [ " +0x" offset ] )*
                [ "created by " function [ " in goroutine " n ]  indent file ":" line [ " +0x" offset ] ]
    errors    = ( message lines ( function  tab file ":" line )* )*          the root cause first
    places    = ( file ":" line " (0x" address ")" [ tab function ": " source ] )*
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from msgspec.structs import replace

from triage.records import Frame, Trace

__all__ = ("parse", "probe")

_PROBE: Final = re.compile(r"^goroutine \d+ [^\n]*\[|^[ \t]+\S*\.go:\d|^\S*\.(?:go|s):\d+ \(0x", re.MULTILINE)
_GOROUTINE: Final = re.compile(r"goroutine (\d{1,18})(?: [^\[\]]*)? \[([^\]]*)\]:?\s*$")
_PLACE: Final = re.compile(r"\s+(\S.*?):(\d{1,9})(?: \+0x([0-9a-fA-F]{1,16}))?((?: \w+=0x[0-9a-fA-F]{1,16})*)\s*$")
_LISTED: Final = re.compile(r"\s*(\S+?\.(?:go|s|c|h)):(\d{1,9}) \(0x([0-9a-fA-F]{1,16})\)\s*$")
_LISTED_NAME: Final = re.compile(r"\s+(\S+): (.*)$")
_PANIC: Final = re.compile(r"(?:(panic|fatal error)|.*?http: (panic) serving \S+): (.*)$")
_INNER: Final = re.compile(r"\s+panic: (.*)$")
_CREATED: Final = re.compile(r"created by (.+?)(?: in goroutine \d+)?$")
_ELIDED: Final = re.compile(r"\.\.\.(?:(\d{1,9}) |additional )?frames? elided\.\.\.$")
_TAGS: Final = re.compile(r" \[(?:recovered|recovered, repanicked|repanicked)\]$")
_BARE: Final = re.compile(r"[\w./~%@()*\[\]{}…-]+$")


@dataclass(slots=True)
class _Goroutine:
    """One goroutine, or the frames of a stack that names none."""

    number: int | None
    state: str | None
    frames: list[Frame] = field(default_factory=list)


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
    goroutines = list(_goroutines(lines))
    if goroutines:
        return _crashed(goroutines, _panics(lines))
    return _listed(lines) or _errors(lines)


def _crashed(goroutines: list[_Goroutine], panics: list[tuple[str, str]]) -> list[Trace]:
    """The first goroutine is the one that ended the program, where one did."""
    kind, message = panics[-1] if panics else (None, None)
    crash = _trace(goroutines[0], "crash", kind, message, crashed=True if panics else None)
    causes = [
        Trace(role="cause", chain_no=number, error_type=earlier, error_value=said)
        for number, (earlier, said) in enumerate(reversed(panics[:-1]), 1)
    ]
    others = [_trace(goroutine, "goroutine", None, None, crashed=None) for goroutine in goroutines[1:]]
    return [crash, *causes, *others]


def _trace(goroutine: _Goroutine, role: str, error: str | None, message: str | None, *, crashed: bool | None) -> Trace:
    number = goroutine.number
    return Trace(
        frames=tuple(goroutine.frames),
        role=role,
        error_type=error,
        error_value=message,
        thread_id=number,
        thread_name=None if number is None else f"goroutine {number}",
        state=goroutine.state,
        crashed=crashed,
    )


def _panics(lines: list[str]) -> list[tuple[str, str]]:
    """The panics in the order in which they happened, up to the first goroutine; a message may have several lines."""
    found: list[tuple[str, list[str]]] = []
    for line in lines:
        if _GOROUTINE.match(line):
            break
        panic, inner = _PANIC.match(line), _INNER.match(line)
        if inner and found:
            found.append(("panic", [_untagged(inner[1])]))
        elif panic:
            found.append((panic[1] or panic[2], [_untagged(panic[3])]))
        elif found and line.strip() and not line.startswith("[signal "):
            found[-1][1].append(line)
    return [(kind, "\n".join(message)) for kind, message in found]


def _untagged(message: str) -> str:
    """The message without what the runtime adds of its fate."""
    return _TAGS.sub("", message.rstrip())


def _goroutines(lines: list[str]) -> Iterator[_Goroutine]:
    """Every goroutine with its frames: pairs of lines until something else comes."""
    current: _Goroutine | None = None
    index = 0
    while index < len(lines):
        line = lines[index]
        head = _GOROUTINE.match(line)
        if head:
            if current:
                yield current
            current = _Goroutine(int(head[1]), head[2])
        elif current:
            if elided := _ELIDED.match(line.strip()):
                count = int(elided[1]) if elided[1] else 1
                current.frames.append(
                    Frame(frame_kind="elided", repeat=count, language="go", function_raw=line.strip())
                )
            elif line.strip():
                place = _PLACE.match(lines[index + 1]) if index + 1 < len(lines) else None
                frame = _frame(line.rstrip(), place) if place else None
                if frame:
                    current.frames.append(frame)
                    index += 1
                elif current.frames or not line[0].isspace():
                    yield current
                    current = None
        index += 1
    if current:
        yield current


def _frame(call: str, place: re.Match[str]) -> Frame | None:
    """One pair of lines, None where the first is no function."""
    created = _CREATED.match(call)
    name, args = _split(created[1] if created else call)
    if any(char.isspace() for char in name) or name[:1] in "=#[":
        return None
    registers = dict(item.split("=") for item in place[4].split())
    address = registers.get("pc")
    return Frame(
        function=name,
        function_raw=call if created else None,
        args=args,
        module=_package(name),
        file=place[1],
        line=int(place[2]),
        symbol_offset=int(place[3], 16) if place[3] else None,
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
    for index in range(len(call) - 1, -1, -1):
        if call[index] == ")":
            depth += 1
        elif call[index] == "(":
            depth -= 1
            if not depth:
                return (call[:index], call[index + 1 : -1] or None) if index else (call, None)
    return call, None


def _package(name: str) -> str | None:
    """The import path of a function: up to the first dot after the last slash before any bracket."""
    plain = name.partition("(")[0].partition("[")[0]
    slash = plain.rfind("/") + 1
    dot = plain.find(".", slash)
    return plain[:dot] if dot > 0 else None


def _listed(lines: list[str]) -> list[Trace]:
    """Places with addresses, as recovery middleware prints them: the first run of them below the error, else at all."""
    mark = "runtime error: "
    start = next((index for index, line in enumerate(lines) if mark in line), None)
    said = None if start is None else mark + lines[start].partition(mark)[2]
    frames = _places(lines[start:]) if start is not None else []
    frames = frames or _places(lines)
    return [Trace(frames=tuple(frames), error_type="panic" if said else None, error_value=said)] if frames else []


def _places(lines: list[str]) -> list[Frame]:
    """The first run of places; the line below one may name its function and quote its source."""
    frames: list[Frame] = []
    for line in lines:
        found = _LISTED.match(line)
        if found:
            address = int(found[3], 16)
            frames.append(Frame(file=found[1], line=int(found[2]), address=address, language="go", trust="text"))
        elif frames and frames[-1].function is None and (named := _LISTED_NAME.match(line)):
            frames[-1] = replace(frames[-1], function=named[1], context_line=named[2])
        elif frames:
            break
    return frames


def _errors(lines: list[str]) -> list[Trace]:
    """Messages with stacks below each, the root cause first: turned around, so that what surfaced comes first."""
    sections: list[tuple[list[str], list[Frame]]] = [([], [])]
    index = 0
    while index < len(lines):
        line = lines[index]
        bare = _BARE.match(line) and "." in line and index + 1 < len(lines)
        place = _PLACE.match(lines[index + 1]) if bare else None
        if place and (frame := _frame(line, place)):
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
        panic = _PANIC.match(said or "")
        error, said = (panic[1] or panic[2], _untagged(panic[3])) if panic else (None, said)
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
