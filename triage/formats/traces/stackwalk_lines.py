r"""Lines of minidump-stackwalk's text: frames, registers, images, and what it says of the crash.

Facts: general knowledge of Breakpad's and rust-minidump's printing (`stackwalk_common.cc`, `process_state.rs`)::

    frame     = number "  " (image "!" name [" [" file " : " line [" + 0x" off] "]" | " + 0x" off] | image " + 0x" off
                | "0x" pc)
    registers = (name " = 0x" hex)*
    trust     = "Found by: " words
    image     = "0x" base " - 0x" end "  " name "  " version ["  (main)"] ["  (WARNING: " words ")"]
"""

from __future__ import annotations

import re
from typing import Final

from triage.formats.traces.gdb import call
from triage.formats.traces.patterns import lazy, remembered
from triage.records import Frame

__all__ = ("access", "frame", "image", "reason", "registers", "source", "trust")

_NUMBERED: Final = lazy(r"[ \t>]{0,8}(\d{1,5})[ \t]{1,6}(?=\S)")
_ADDRESS: Final = lazy(r"0x([0-9a-fA-F]{1,16})[ \t]{0,8}$")
_PLACE: Final = lazy(
    r" \[(.{1,1000}?) : (\d{1,9})(?: \+ 0x[0-9a-fA-F]{1,16})?\](?: \+ 0x[0-9a-fA-F]{1,16})?$", re.DOTALL
)
_OFFSET: Final = lazy(r" \+ 0x([0-9a-fA-F]{1,16})$")
_UNLOADED: Final = lazy(r"\(unloaded ([^@()]{1,300})@0x([0-9a-fA-F]{1,16})")
_REVISION: Final = lazy(
    r"^(?:[a-z0-9]{1,8}:[\w.-]{1,80}(?:/[\w./-]{1,120})?:)?(.{1,800}?)(?::[0-9a-f]{7,64}(?::\d{0,9})?)?$"
)
_REGISTER: Final = lazy(r"(?:^|(?<=[ \t]))([a-z][a-z0-9_]{1,7}) = 0x([0-9a-fA-F]{1,16})(?![\w])")
_IMAGE: Final = lazy(r"[ \t>]{0,8}0x([0-9a-fA-F]{1,16}) - 0x([0-9a-fA-F]{1,16})[ \t]{1,4}(\S.{0,600})$", re.DOTALL)
_TITLE: Final = lazy(
    r"(.{1,400}?)(?:[ \t]{2,4}(\S{1,80}))?(?:[ \t]{1,4}\((?:main|WARNING|[^()]{1,200})[^()]{0,300}\)){0,3}$", re.DOTALL
)
_WARNED: Final = lazy(r"\(WARNING: [^,()]{1,60}, [^,()]{1,200}, ([0-9A-Fa-f]{32,41})\)")
_FOUND: Final = "Found by: "
# What the two tools say, to the words that minidumps' own stacks have.
_TRUST: Final = {
    "given as instruction pointer in context": "context",
    "call frame info": "cfi",
    "call frame info with scanning": "cfi_scan",
    "previous frame's frame pointer": "frame_pointer",
    "stack scanning": "scan",
    "inlining": "inline",
    "pre-walked": "prewalked",
}
_ACCESS: Final = {"READ": "READ", "WRITE": "WRITE", "EXEC": "EXECUTE"}
_PROGRAM: Final = {"rip", "eip", "pc", "srr0"}


@remembered
def frame(line: str) -> tuple[int, Frame] | None:
    """Number and frame of a line, None where it is none.

    Examples
    --------
    >>> number, read = frame(" 0  libshop.so!ns::pay(int) [pay.cc : 12 + 0x3]")
    >>> number, read.module, read.function, read.args, read.file, read.line
    (0, 'libshop.so', 'ns::pay', 'int', 'pay.cc', 12)
    """
    numbered = _NUMBERED.match(line)
    if numbered is None or len(line) > 20_000:
        return None
    rest = line[numbered.end() :].rstrip()
    number = int(numbered[1])
    if (bare := _ADDRESS.match(rest)) is not None:
        return number, Frame(address=int(bare[1], 16))
    if (gone := _UNLOADED.search(rest)) is not None and gone.start() <= 24:
        return number, Frame(module=gone[1], module_offset=int(gone[2], 16), function_raw=rest)
    module, found, name = rest.partition("!")
    if not found or " + 0x" in module:
        offset = _OFFSET.search(rest)
        if offset is None or len(rest) > 400:
            return None
        return number, Frame(module=rest[: offset.start()].strip() or None, module_offset=int(offset[1], 16))
    file: str | None = None
    row: int | None = None
    shift: int | None = None
    if place := _PLACE.search(name):
        file, row, name = place[1], int(place[2]) or None, name[: place.start()]
    elif offset := _OFFSET.search(name):
        shift, name = int(offset[1], 16), name[: offset.start()]
    function, args = call(name)
    return number, Frame(
        function=function or None,
        function_raw=name if name != function else None,
        args=args or None,
        module=module.strip() or None,
        symbol_offset=shift,
        file=source(file),
        line=row,
    )


def source(file: str | None) -> str | None:
    """A source path without the repository and the revision that symbol files write around it.

    Examples
    --------
    >>> source("hg:hg.mozilla.org/mozilla-central:xpcom/base/nsError.cpp:524df7136a1f"), source("C:/x/a.cc")
    ('xpcom/base/nsError.cpp', 'C:/x/a.cc')
    """
    if not file:
        return None
    if file[1:3] in {":/", ":\\"}:
        return file
    found = _REVISION.match(file)
    return found[1] if found else file


def registers(line: str) -> dict[str, str]:
    """The registers of a line, empty where it is no line of them."""
    if " = 0x" not in line[:40]:
        return {}
    return {match[1]: f"0x{int(match[2], 16):x}" for match in _REGISTER.finditer(line[:400])}


def pointer(values: dict[str, str]) -> int | None:
    """The instruction pointer among registers."""
    return next((int(value, 16) for name, value in values.items() if name in _PROGRAM), None)


def trust(line: str) -> str | None:
    """How a frame was found, None where the line does not say so.

    Examples
    --------
    >>> trust("    Found by: call frame info")
    'cfi'
    """
    text = line.strip(" \t>")
    return _TRUST.get(words := text[len(_FOUND) :].strip(), words) if text.startswith(_FOUND) else None


def image(line: str, *, unloaded: bool = False) -> tuple[dict[str, object], bool] | None:
    """A loaded image as columns of `modules`, and whether it is the program.

    Examples
    --------
    >>> image("0x00400000 - 0x0042cfff  shop.exe  5.1.2  (main)")[0]["version"]
    '5.1.2'
    """
    found = _IMAGE.match(line)
    if found is None:
        return None
    title = _TITLE.match(found[3].rstrip())
    warned = _WARNED.search(found[3])
    base, end = int(found[1], 16), int(found[2], 16)
    name, version = (title[1], title[2]) if title else (found[3].strip(), None)
    row: dict[str, object] = {
        "name": name,
        "path": None,
        "base": base,
        "size": end - base + 1 if end >= base else None,
        "version": version if version and version not in {"???", "(main)"} and not version.startswith("(") else None,
        "code_id": None,
        "debug_id": warned[1].upper() if warned else None,
        "debug_file": None,
        "symbol_type": None,
        "unloaded": unloaded,
    }
    return row, "(main)" in found[3]


def reason(words: str) -> tuple[str | None, str | None, str | None]:
    """Error type, full name of the code and signal of a crash reason.

    Examples
    --------
    >>> reason("SIGSEGV /SEGV_MAPERR"), reason("EXCEPTION_ACCESS_VIOLATION_WRITE")[0]
    (('SIGSEGV', 'SIGSEGV / SEGV_MAPERR', 'SIGSEGV'), 'EXCEPTION_ACCESS_VIOLATION')
    """
    parts = [part.strip() for part in words.split("/") if part.strip()]
    if not parts:
        return None, None, None
    name = parts[0]
    tail = next((tail for tail in _ACCESS if name == f"EXCEPTION_ACCESS_VIOLATION_{tail}"), None)
    if tail is not None:
        name, parts = name.removesuffix(f"_{tail}"), [name.removesuffix(f"_{tail}"), tail, *parts[1:]]
    signal = name if name.startswith("SIG") and name.isalnum() else None
    return name, " / ".join(parts), signal


def access(words: str) -> str | None:
    """Whether a crash reason tells of reading, writing or executing."""
    name = words.partition("/")[0].strip()
    return next((kind for tail, kind in _ACCESS.items() if name.endswith(f"_VIOLATION_{tail}")), None)
