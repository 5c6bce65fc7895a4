r"""Frames of native code as Android prints them, in tombstones, in traces of ANRs and by the tools that look them up.

Facts: general knowledge of debuggerd and libunwindstack, of ndk-stack and of ClusterFuzz's symboliser; held against the
tombstones that ClusterFuzz collected. Grammar, one line each::

    frame    = "#" n " pc " hex "  " image [ " (offset 0x" hex ")" ] [ " (" function [ "+" n ] ")" ] [ build ]
    build    = " (BuildId: " hex ")"
    image    = path [ " (deleted)" ] | apk "!" library | "[" name "]" | "<" name ">"
    looked   = "#" n " 0x" hex ( " in " function [ " " file [ ":" line [ ":" column ] ] ] | " (" image "+0x" hex ")" )
    ndk      = "#" n " 0x" hex " " image …  followed by lines of a function and its place

The number behind `pc` is relative to the image: `module_offset`, not an address.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from msgspec.structs import replace

from triage.formats.traces.gdb import call
from triage.formats.traces.patterns import lazy, remembered
from triage.records import Frame

__all__ = ("Image", "frame", "image", "looked_up")

_PC: Final = lazy(r"#(\d{1,4})\s{1,4}pc (?:0x)?([0-9a-f]{4,16})(?:\s{1,4}(\S.*))?$")
_NDK: Final = lazy(r"#(\d{1,4})\s{1,4}0x([0-9a-f]{4,16})\s{1,4}((?:/|\[|<anonymous|base\.apk|lib)\S.*)$")
_IN: Final = lazy(r"#(\d{1,4})\s{1,4}0x([0-9a-f]{1,16})(?: in(?: (.*))?|  ?(\(.{1,400}\+0x[0-9a-f]{1,16}\)))$")
_BUILD: Final = lazy(r" {1,2}\(BuildId: ([0-9a-f]{2,64})\)$")
_OFFSET: Final = lazy(r" \(offset (?:0x)?([0-9a-f]{1,16})\)")
_PLACE: Final = lazy(r"(?:^| {1,2})(\S{1,400}?):(\d{1,9})(?::(\d{1,9}))?$")
_IMAGE_OFFSET: Final = lazy(r"(?:^| {1,2})\((\S{1,400})\+0x([0-9a-f]{1,16})\)$")
_ALONE: Final = lazy(r"(\S{1,400}?\.(?:c|cc|cpp|cxx|h|hpp|S|rs|java|kt)):(\d{1,9})(?::(\d{1,9}))?$")
_MANAGED: Final = lazy(
    r"\.(?:oat|odex|vdex|dex|art|jar)$|jit-(?:zygote-)?cache|\[anon:dalvik-|^dex-|^\[anon_shmem:dalvik"
)
_SYMBOL: Final = lazy(r"(.{1,2000})\+(\d{1,12})$", re.DOTALL)


class Image(NamedTuple):
    """The image of a frame: its path, the file in an archive, its build id."""

    path: str
    name: str
    build_id: str | None


@remembered
def frame(line: str) -> Frame | None:
    """A line as a frame, None where it is none.

    Examples
    --------
    >>> found = frame("#01 pc 0001f2c4  /data/app/a/base.apk!libfoo.so (offset 0x5000) (a::f(int)+12)")
    >>> found.function, found.args, found.module, hex(found.module_offset), found.symbol_offset
    ('a::f', 'int', 'libfoo.so', '0x1f2c4', 12)
    """
    found = _PC.match(line) or _NDK.match(line)
    if found is None:
        found = _IN.match(line)
        return _looked_up(int(found[2], 16), (found[3] or found[4] or "").strip()) if found else None
    place, name = _parts(found[3] or "")
    known = _SYMBOL.match(name) if name else None
    raw = known[1] if known else name
    function, args = call(raw) if raw else (None, None)
    place = place or "<unknown>"
    module = _library(place)
    managed = _MANAGED.search(place.removesuffix(" (deleted)")) is not None
    return Frame(
        function=function,
        function_raw=raw if raw != function else None,
        args=args or None,
        module=None if place == "<unknown>" else module,
        module_offset=int(found[2], 16),
        symbol_offset=int(known[2]) if known else None,
        language="java" if managed else None,
        trust="text",
    )


@remembered
def image(line: str) -> Image | None:
    """The image that the frame on a line lies in, where it has a file.

    Examples
    --------
    >>> image("#00 pc 0004f9a4  /system/lib/libc.so (abort+64) (BuildId: 0a1b2c3d)").build_id
    '0a1b2c3d'
    """
    found = _PC.match(line) or _NDK.match(line)
    if found is None:
        return None
    place, _ = _parts(found[3] or "")
    build = _BUILD.search(line)
    if not place.startswith("/"):
        return None
    return Image(place.partition("!")[0], _library(place).rpartition("/")[2], build[1] if build else None)


def looked_up(frame_: Frame, line: str) -> Frame | None:
    """The frame with what ndk-stack says below it, its function or its place; None where the line says neither."""
    text = line.strip()
    place = _ALONE.match(text)
    if place:
        return replace(frame_, file=place[1], line=int(place[2]), column=int(place[3]) if place[3] else None)
    return None


def _library(place: str) -> str:
    """The image of a place; that of a library in an archive is the library."""
    return place.rpartition("!")[2] if "!" in place else place


def _parts(rest: str) -> tuple[str, str | None]:
    """Image and function of what stands behind the address."""
    rest = _BUILD.sub("", rest.rstrip())
    name = None
    if rest.endswith(")") and not rest.endswith(("(deleted)", "(unreadable)")):
        start = _opening(rest)
        inside = rest[start + 1 : -1] if start > 0 else ""
        if inside and not inside.startswith(("offset ", "BuildId")):
            rest, name = rest[:start].rstrip(), inside
    return _OFFSET.sub("", rest).strip(), name


def _opening(text: str) -> int:
    """Where the bracket opens that the last character closes; -1 where none does."""
    depth = 0
    for place in range(len(text) - 1, max(-1, len(text) - 4_000), -1):
        depth += (text[place] == ")") - (text[place] == "(")
        if depth == 0:
            return place
    return -1


def _looked_up(address: int, text: str) -> Frame:
    """A frame that a symboliser wrote."""
    file: str | None = None
    line: int | None = None
    column: int | None = None
    module: str | None = None
    offset: int | None = address
    if found := _PLACE.search(text[-440:]):
        file, line, column = found[1], int(found[2]), int(found[3]) if found[3] else None
        text = text[: len(text) - len(found[0])]
    elif found := _IMAGE_OFFSET.search(text[-440:]):
        module, offset = found[1], int(found[2], 16)
        text = text[: len(text) - len(found[0])]
    elif " /" in text and " " not in text.rpartition(" /")[2]:
        text, _, path = text.rpartition(" /")
        file = f"/{path}"
    function, args = call(text) if text else (None, None)
    return Frame(
        function=function,
        function_raw=text if text != function and text else None,
        args=args or None,
        module=module,
        module_offset=offset,
        file=file,
        line=line,
        column=column,
        trust="text",
    )
