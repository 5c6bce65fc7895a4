"""Names, places and single frames of Rust's backtraces. See `rust`."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from triage.formats.traces.patterns import lazy, remembered
from triage.records import Frame

__all__ = ("FRAME", "fuchsia", "is_symbol", "named", "omitted", "place", "plain_name")

FRAME: Final = lazy(r"[ \t]*(\d{1,5}):[ \t]+(?:0x([0-9a-fA-F]{1,16})[ \t]+-[ \t]+)?(\S.*)$")
_OMITTED: Final = lazy(r"\s*(?:\[\.\.\. omitted|\u22ee) *(\d{1,9}) frames?(?: \.\.\.\]| hidden)")
_HASH: Final = lazy(r"::h[0-9a-f]{16}$")
_CRATE_HASH: Final = lazy(r"(?<=\w)\[[0-9a-f]{6,16}\]")
_ESCAPE: Final = lazy(r"\$(?:(SP|BP|RF|LT|GT|LP|RP|C)|u([0-9a-f]{1,6}))\$")
_ESCAPES: Final = {"SP": "@", "BP": "*", "RF": "&", "LT": "<", "GT": ">", "LP": "(", "RP": ")", "C": ","}
_NUMBERED: Final = lazy(r"\s*#(\d{1,5})(?:\.(\d{1,3}))?\s+0x([0-9a-fA-F]{1,16}) in (\S.*)$")
_MARKUP: Final = lazy(r"\s*\{\{\{bt:(\d{1,5}):0x([0-9a-fA-F]{1,16})(?::(?:ra|pc))?\}\}\}\s*$")


@remembered
def plain_name(name: str) -> str:
    """A symbol without the compiler's hash and with the escapes of the old mangling undone.

    Examples
    --------
    >>> plain_name("core::ops::_$LT$impl$u20$FnOnce$GT$::call::h0123456789abcdef")
    'core::ops::<impl FnOnce>::call'
    """
    name = _CRATE_HASH.sub("", _HASH.sub("", name))
    if "$" not in name:
        return name
    name = name.removeprefix("_") if name.startswith("_$") else name.replace("::_$", "::$")
    return _ESCAPE.sub(_unescape, name).replace("..", "::")


def place(text: str) -> tuple[str, int | None, int | None]:
    r"""File, line and column of `FILE:LINE[:COL]`, read from the right: a Windows path has a colon of its own.

    Examples
    --------
    >>> place("C:\\app\\main.rs:7:5")
    ('C:\\app\\main.rs', 7, 5)
    """
    head, _, last = text.rpartition(":")
    if not head or not is_number(last):
        return text, None, None
    file, _, line = head.rpartition(":")
    if file and is_number(line):
        return file, int(line), int(last) or None
    return head, int(last), None


@remembered
def omitted(line: str) -> int | None:
    """How many frames a line says were left out, None where it says nothing of that."""
    found = _OMITTED.match(line)
    return int(found[1]) if found else None


def fuchsia(line: str, text_line: int) -> Frame | None:
    """A frame as Fuchsia's symbolizer prints it, or the markup that it is made from.

    Examples
    --------
    >>> frame = fuchsia("   #0.1  0x7f10 in a::f::h0123456789abcdef src/a.rs:7 <>+0x10", 0)
    >>> frame.function, frame.inline_depth, frame.line, frame.module_offset
    ('a::f', 1, 7, 16)
    """
    if "0x" not in line:
        return None
    if found := _MARKUP.match(line):
        return Frame(address=int(found[2], 16), language="rust", trust="text", text_line=text_line)
    numbered = _NUMBERED.match(line)
    if numbered is None:
        return None
    return msgspec.structs.replace(
        _behind(numbered[4]),
        address=int(numbered[3], 16),
        text_line=text_line,
        inline_depth=int(numbered[2] or 0),
    )


@remembered
def _behind(text: str) -> Frame:
    """What stands behind the address of a frame of Fuchsia's, as a frame without it."""
    rest, _, image = text.rstrip().rpartition(" <")
    name, _, spot = rest.rpartition(" ")
    module, _, offset = image.partition(">+0x")
    file, number, column = place(spot) if name else (None, None, None)
    if number is None:
        name, file = rest or image, None
    frame = named(name, None, None, file=file, line=number)
    return msgspec.structs.replace(
        frame,
        column=column,
        module=module or None,
        module_offset=int(offset, 16) if _is_hex(offset) else None,
    )


def named(
    name: str, address: int | None, text_line: int | None, *, file: str | None = None, line: int | None = None
) -> Frame:
    """A frame of that symbol; `<unknown>` is no name."""
    known = name.removeprefix("- ")
    function = None if known in {"<unknown>", "<no info>"} else plain_name(known)
    raw = known if known != function else None
    return Frame(
        function=function,
        function_raw=raw,
        address=address,
        file=file,
        line=line,
        language="rust",
        text_line=text_line,
    )


def is_symbol(text: str) -> bool:
    """Whether an unnumbered line can be the name of a function."""
    return "::" in text or "<" in text or not any(char.isspace() for char in text.strip())


def _unescape(match: re.Match[str]) -> str:
    if match[1]:
        return _ESCAPES[match[1]]
    code = int(match[2], 16)
    return chr(code) if code < 0xD800 or 0xDFFF < code < 0x110000 else match[0]


def _is_hex(text: str) -> bool:
    return 0 < len(text) <= 16 and all(char in "0123456789abcdefABCDEF" for char in text)


def is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9
