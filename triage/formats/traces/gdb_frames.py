"""One frame as gdb prints it: its call, arguments, place and local variables; the grammar stands in `gdb`."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from triage.formats.traces.patterns import lazy, remembered
from triage.records import Frame, json_text

__all__ = ("balance", "call", "frame", "inlined", "variables")

HANDLER: Final = "<signal handler called>"
_ADDRESS: Final = lazy(r"0x([0-9a-fA-F]{1,16})(?: in |$)")
# One step of the walk over a call: a string, a character, a bracket. Strings that do not end run to the end.
_QUOTED: Final = lazy(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|\'(?:\\[^\']{1,4}|\\\'|[^\'\\])\'|[()]', re.DOTALL)
_BRACKET: Final = lazy(r"[()]")
_LOCAL: Final = lazy(r"([A-Za-z_][\w.$@:]{0,200}) = (.*)", re.DOTALL)
# What most rows are: a plain name, no quote and no further bracket anywhere.
_USUAL: Final = lazy(
    r"([A-Za-z_][\w:]{0,200}) \(([^()\"'\\\n]{0,300})\) at ([^\s()\"'\\][^()\"'\\\n]{0,400}):([0-9]{1,9})\Z"
)
_QUALIFIERS: Final = (" const", " volatile", " noexcept", " &", " &&")


def call(name: str) -> tuple[str, str | None]:
    """Part a function name from the parameters written at its end.

    Examples
    --------
    >>> call("ns::f(std::vector<int> const&) const"), call("A::operator()"), call("A::operator()(int)")
    (('ns::f', 'std::vector<int> const&'), ('A::operator()', None), ('A::operator()', 'int'))
    """
    head = name.rstrip()
    for _ in range(6):
        end = next((tail for tail in _QUALIFIERS if head.endswith(tail)), None)
        if end:
            head = head[: -len(end)].rstrip()
        elif head.endswith("]") and " [clone " in head:
            head = head[: head.rindex(" [clone ")].rstrip()
        else:
            break
    if not head.endswith(")"):
        return name, None
    depth = 0
    for bracket in reversed(list(_BRACKET.finditer(head))):
        depth += 1 if bracket.group() == ")" else -1
        if depth == 0:
            start = bracket.start()
            before = head[:start].rstrip()
            inside = head[start + 1 : -1]
            if not before or before.endswith("::") or (before.endswith("operator") and not inside):
                return name, None
            return before, inside
    return name, None


def balance(text: str) -> int:
    """Opened less closed brackets outside of strings."""
    return sum((token.group() == "(") - (token.group() == ")") for token in _QUOTED.finditer(text))


def frame(text: str) -> Frame:
    """One frame without its number."""
    found = _ADDRESS.match(text)
    if found is None:
        return _unplaced(text)
    address, text = int(found[1], 16), text[found.end() :]
    return msgspec.structs.replace(_unplaced(text), address=address) if text else Frame(address=address, trust="text")


@remembered
def _unplaced(text: str) -> Frame:
    """One frame without its number and address."""
    if text.startswith("<") and text.endswith(">"):
        kind = "signal" if text == HANDLER else "note"
        return Frame(frame_kind=kind, function=text if kind == "signal" else None, function_raw=text)
    if not text:
        return Frame(frame_kind="note", trust="text")
    if usual := _USUAL.match(text):
        name, args, file, number = usual.groups()
        return Frame(function=name, args=args.strip() or None, file=file, line=int(number), trust="text")
    raw, args, place = _parts(text)
    function, _ = call(raw)
    file = None
    line: int | None = None
    module: str | None = None
    if place.startswith("at "):
        file, _, number = place[3:].rpartition(":")
        if file and number.isascii() and number.isdigit() and len(number) < 10:
            line = int(number)
        else:
            file = place[3:]
    elif place.startswith("from "):
        module = place[5:]
    known = function != "??"
    return Frame(
        function=function if known else None,
        function_raw=raw if raw != function or not known else None,
        args=(args or "").strip() or None,
        module=module,
        file=file,
        line=line,
        trust="text",
    )


def _parts(text: str) -> tuple[str, str | None, str]:
    """Name, arguments and place of a call; see the grammar for where the arguments begin."""
    depth, start, opened = 0, 0, -1
    for token in _QUOTED.finditer(text):
        mark = token.group()
        if mark == "(":
            if depth == 0:
                start = token.start()
                opened = start if start and text[start - 1] == " " else opened
            depth += 1
        elif mark == ")" and depth:
            depth -= 1
            after = text[token.end() : token.end() + 6]
            if depth == 0 and start and text[start - 1] == " " and (not after or after.startswith((" at ", " from "))):
                return text[:start].rstrip(), text[start + 1 : token.start()], text[token.end() :].strip()
    if depth and opened > 0:  # cut inside of the arguments
        return text[:opened].rstrip(), text[opened + 1 :], ""
    name, found, file = text.rpartition(" at ")
    return (name, None, f"at {file}") if found else (text, None, "")


def variables(lines: list[str]) -> str | None:
    """The local variables of `bt full` as JSON: the lines indented least begin one, the others go on with it."""
    least = min(len(line) - len(line.lstrip()) for line in lines)
    found: dict[str, list[str]] = {}
    last: list[str] = []
    for line in lines:
        text = line.strip()
        local = _LOCAL.match(text) if len(line) - len(line.lstrip()) == least else None
        if local:
            last = found[local[1]] = [local[2]]
        else:
            last.append(text)
    return json_text({name: " ".join(parts) for name, parts in found.items()}) if found else None


def inlined(frames: list[Frame]) -> list[Frame]:
    """Count how deep each frame was inlined: a frame without an address holds the one before it."""
    physical = [frame for frame in frames[1:] if frame.frame_kind == "frame"]
    if not any(frame.address is not None for frame in physical):
        return frames
    depth, out = 0, []
    for index in range(len(frames) - 1, -1, -1):
        frame = frames[index]
        outer = frames[index + 1] if index + 1 < len(frames) else None
        held = outer is not None and outer.frame_kind == frame.frame_kind == "frame" and outer.address is None
        depth = depth + 1 if held else 0
        out.append(msgspec.structs.replace(frame, inline_depth=depth) if depth else frame)
    out.reverse()
    return out
