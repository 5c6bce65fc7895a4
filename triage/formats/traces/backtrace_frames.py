r"""Rows of stacks that programs print by a few lines of their own, and where the handler of a signal ends in them.

Facts: general knowledge of programs that walk their stack by libunwind, `backtrace` or `dladdr`, of the C
libraries of BSD and Solaris, of the sample in Microsoft's manual, and of PyTorch.
Grammar, one line each, `A` an address in hexadecimal digits behind `0x`::

    row    = [ mark ] ( A [ ":" | " -" | " :" | " in" ] " " [ "(" ] called [ ")" ] | called " " ( "[" A "]" | in ) )
    in     = "(" A " in " image ")"
    mark   = [ "frame " ] "#" n [ ":" ] | "[" n "]" | n ( ":" | "." | ")" )
           | A " <" called "> at " image | path ":" called words | [ mark ] name " - " A
    called = [ image ( "!" | ": " ) ] name ( "+0x" hex | " + 0x" hex | " + " n )
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from triage.formats.traces.gdb_frames import call
from triage.formats.traces.patterns import integer, lazy
from triage.records import Frame

__all__ = ("HANDLER", "handled", "printed")

HANDLER: Final = "<signal handler called>"

_MARK: Final = r"\s{0,8}(?:(?:frame )?#\d{1,4}:?\s{1,4}|\[\s{0,3}\d{1,4}\]:?\s{1,4}|\d{1,4}[:.)]\s{1,4})?"
_NAME: Final = (
    r"(?P<name>[A-Za-z_~$?<(][^\n]{0,4000}?)"
    r"(?:\+0x(?P<hex>[0-9a-f]{1,8})| \+ (?:0x(?P<far>[0-9a-f]{1,8})|(?P<count>\d{1,8})))"
)
_BEFORE: Final = lazy(
    rf"{_MARK}\[?0x(?P<address>[0-9a-fA-F]{{5,16}})\]?(?: ?[:-]| in)?\s{{1,4}}"
    rf"(?P<open>\()?{_NAME}(?(open)\)|)\s{{0,8}}$"
)
_BEHIND: Final = lazy(
    rf"{_MARK}{_NAME}\s{{1,4}}(?:\[0x(?P<address>[0-9a-fA-F]{{5,16}})\]"
    r"|\(0x(?P<other>[0-9a-fA-F]{5,16}) in (?P<image>[^()]{1,400})\))\s{0,8}$"
)
_BSD: Final = lazy(
    r"\s{0,8}(?:\[\d{1,4}\] )?0x(?P<address>[0-9a-f]{1,16}) <(?P<name>[^\s<>][^\n]{0,4000}?)"
    r"\+(?P<at>0x[0-9a-f]{1,8}|\d{1,10})> at (?P<image>\S.{0,400}?)\s{0,8}$"
)
_SOLARIS: Final = lazy(
    r"\s{0,8}(?P<image>/[^\s:]{1,400}):(?P<name>[A-Za-z_][^\s+]{0,1000})\+(?P<at>0x[0-9a-f]{1,8})"
    r"(?: \[ Signal \d{1,3} \(\w{1,10}\) \]| \[0x[0-9a-f]{1,16}\])?\s{0,8}$"
)
_SAMPLE: Final = lazy(
    r"\s{0,8}\[?\d{1,4}[\]:] {1,4}(?P<name>[A-Za-z_~?][^\s\n]{0,2000}) - 0x(?P<address>[0-9A-Fa-f]{6,16})\s{0,8}$"
)
_IMAGE: Final = lazy(r"(?P<image>[\w./\\+-]{1,300})(?:!|: )(?=[^:\s])")
_PLACED: Final = lazy(r"\s<{1,2}[^<>]{0,400}>{1,2}$")
_NAMELESS: Final = frozenset({"??", "???", "<unknown>", "(unknown)", "<unknown function>"})
# The C library holds what the kernel returns to from a handler, and nobody may name it.
_LIBRARY: Final = lazy(r"(?:.*/)?(?:libc|libpthread)(?:-2\.\d{1,2})?\.so(?:\.\d)?$")
# What of the library calls the program back.
_CALLS: Final = (
    "qsort", "bsearch", "tsearch", "twalk", "tdelete", "lfind", "lsearch", "exit", "__cxa_", "__libc_start",
    "pthread_once", "ftw", "nftw", "scandir", "glob",
)  # fmt: skip
_HANDLERS: Final = 4
# No function is so long: the last one that an image names stands for whatever lies behind it.
_FAR: Final = 1 << 28


def printed(line: str) -> Frame | None:
    """The frame of a row that has an address, a name and an offset; None where it has not.

    Examples
    --------
    >>> printed("0x55010b912b54: (pay+0x817)").function, printed("#1 0x55010b912b54 in ns::pay(int) + 0x1d").function
    ('pay', 'ns::pay')
    >>> printed("frame #0: c10::Error::Error() + 0x57 (0x7f1e4a in /usr/lib/libc10.so)").module
    '/usr/lib/libc10.so'
    """
    if "0x" not in line or len(line) > 8_192:
        return None
    if found := _SAMPLE.match(line):
        named, given = call(found["name"])
        return Frame(function=named, args=given or None, address=int(found["address"], 16), trust="text")
    if "+" not in line:
        return None
    if found := _BSD.match(line) or _SOLARIS.match(line):
        return _placed(found.groupdict())
    found = _BEFORE.match(line) or _BEHIND.match(line)
    if found is None:
        return None
    said = found.groupdict()
    name, image = said["name"].strip(), said.get("image")
    if of := _IMAGE.match(name):
        image, name = of["image"], name[of.end() :]
    if (" " in name and not any(mark in name for mark in "(<[")) or _PLACED.search(name):
        # words, or a place in an image behind a name
        return None
    function, args = (None, None) if name in _NAMELESS else call(name)
    address = said["address"] or said.get("other")
    return Frame(
        function=function,
        function_raw=name if function is not None and function != name else None,
        args=args or None,
        module=image,
        address=int(address, 16) if address else None,
        symbol_offset=int(said["count"]) if said["count"] else int(said["hex"] or said["far"], 16),
        trust="text",
    )


def _placed(said: dict[str, str]) -> Frame:
    """The frame of a row in which a C library names the image too."""
    name, at = said["name"], integer(said["at"])
    known = name not in _NAMELESS and at < _FAR
    function, args = call(name) if known else (None, None)
    return Frame(
        function=function,
        function_raw=name if name != function else None,
        args=args or None,
        module=said["image"] if said["image"] not in _NAMELESS else None,
        address=int(said["address"], 16) if said.get("address") else None,
        symbol_offset=at if known else None,
        trust="text",
    )


def handled(frames: list[Frame]) -> list[Frame]:
    """The frames of a signal's handler, with the mark behind it where the C library has a frame that nobody can name.

    The kernel returns from a handler to a function that the library does not export: the first one without a name that
    the program called nothing of, and which called the handler.
    """
    at = next((n for n, frame in enumerate(frames[: _HANDLERS + 1]) if _is_library(frame)), 0)
    if not at or frames[at].function:
        return frames
    run = next((n for n in range(at, len(frames)) if not _is_library(frames[n])), None)
    if run is None or any((frame.function or "").startswith(_CALLS) for frame in frames[at:run]):
        return frames
    return [*frames[:at], replace(frames[at], function=HANDLER), *frames[at + 1 :]]


def _is_library(frame: Frame) -> bool:
    """Whether a frame is of the C library."""
    return frame.module is not None and _LIBRARY.match(frame.module) is not None
