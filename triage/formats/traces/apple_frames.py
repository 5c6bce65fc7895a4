r"""Lines of Apple's crash reports in text: frames, images, registers, and the words for system and processor.

Facts: general knowledge of ReportCrash, of symbolicatecrash, of PLCrashReporter's text form and of reports that people
paste into issues. Grammar, one line each::

    frame     = number " " ["+ "] image " 0x" address " " place
    place     = name [" + " offset] [" (" file ":" line ")"] [" [inlined]"] | ("0x" base | image) " + " offset
    image     = "0x" base " - 0x" end " " ["+"] name " " [arch] ["(" version ")"] " <" uuid "> " path
    registers = (name ": 0x" hex)*

A frame without an address is read where a name and an offset stand behind two blanks or a tab.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import Any, Final

from msgspec.structs import replace

from triage.formats import exception_codes as codes
from triage.formats.traces.gdb import call
from triage.formats.traces.patterns import lazy, remembered
from triage.records import Frame

__all__ = ("Images", "arch", "code_of", "frame", "image", "inlined", "module", "named", "registers", "system")

_NUMBERED: Final = lazy(r"[ \t>]{0,16}(\d{1,6})[ \t]{1,60}(?:\+[ \t]{1,8})?(?=\S)")
_ADDRESS: Final = lazy(r"[ \t]0x([0-9a-fA-F]{1,16})(?=[ \t]|$)")
_OFFSET: Final = lazy(r" \+ (0x[0-9a-fA-F]{1,16}|\d{1,20})$")
_PLACE: Final = lazy(r"[ \t]\(([^()\n]{1,1000}):(\d{1,9})(?:[:,]\d{1,9})?\)$")
_WITHIN: Final = lazy(r"[ \t]\(in [^()\n]{1,300}\)")
_BASE: Final = lazy(r"0x([0-9a-fA-F]{1,16})$")
_BLANKS: Final = lazy(r"\t|  ")
_OBJECTIVE: Final = lazy(r"(?:__\d{1,5})?[-+]\[")
_INLINED: Final = "[inlined]"
_SPAN: Final = lazy(
    r"[ \t>]{0,40}\+?0x([0-9a-fA-F]{1,16})[ \t]{0,8}-[ \t]{0,20}\+?(?:0x([0-9a-fA-F]{1,16})|\?\?\?)"
    r"[ \t]{1,20}[+*]?(?=\S)"
)
_UUID: Final = lazy(r"[0-9A-Fa-f-]{32,40}")
_ARCHES: Final = frozenset(
    ("arm64", "arm64e", "arm64_32", "armv6", "armv7", "armv7f", "armv7k", "armv7s", "x86_64", "x86_64h", "i386")
)
_REGISTER: Final = lazy(r"(?:^|(?<=[ \t]))([a-z][a-z0-9_]{0,11}):[ \t]{1,4}0x([0-9a-fA-F]{1,32})(?![\w])")
_SYSTEM: Final = lazy(
    r"(Mac OS X|macOS|OS X|iPhone OS|iPad OS|iPadOS|iOS|Apple TVOS|tvOS|Watch OS|watchOS|xrOS|visionOS|[Bb]ridge ?OS)"
    r"(?: ([\d.]{1,20}(?: ?(?:beta|Beta) ?\d{0,3})?))?(?: ?\((?:Build )?(\w{1,20})\))?"
)
_SYSTEMS: Final = {
    "Mac OS X": "macOS",
    "OS X": "macOS",
    "iPhone OS": "iOS",
    "iPad OS": "iPadOS",
    "Apple TVOS": "tvOS",
    "Watch OS": "watchOS",
    "xrOS": "visionOS",
    "Bridge OS": "bridgeOS",
}
_MACH: Final = {codes.name("macos", number): number for number in range(1, 14)}


@remembered
def frame(line: str) -> tuple[int, Frame] | None:
    """The number and the frame of a line, None where it is none.

    Examples
    --------
    >>> number, read = frame("3   My App  \t0x0000000100004010 A.b(_:) + 16 (A.swift:42)")
    >>> number, read.module, read.function, read.symbol_offset, read.file, read.line
    (3, 'My App', 'A.b', 16, 'A.swift', 42)
    """
    numbered = _NUMBERED.match(line)
    if numbered is None or len(line) > 20_000:
        return None
    found = _ADDRESS.search(line, numbered.end() - 1)
    if found is not None and found.start() >= numbered.end():
        image, rest = line[numbered.end() : found.start()].strip(), line[found.end() :].strip()
        address = int(found[1], 16)
    elif (blanks := _BLANKS.search(line, numbered.end())) is not None:
        image, rest, address = line[numbered.end() : blanks.start()].strip(), line[blanks.end() :].strip(), None
        if not _OFFSET.search(_WITHIN.sub("", _PLACE.sub("", rest))):
            return None
    else:
        return None
    if len(image) > 200:
        return None
    return int(numbered[1]), named(rest, image, address)


def named(rest: str, image: str | None, address: int | None) -> Frame:
    """A frame from what stands behind its address."""
    is_inlined = rest.endswith(_INLINED) or rest.startswith(_INLINED)
    rest = rest.removesuffix(_INLINED).removeprefix(_INLINED).strip()
    file: str | None = None
    line: int | None = None
    if place := _PLACE.search(rest):
        file, line, rest = place[1], int(place[2]) or None, rest[: place.start()].rstrip()
    rest = _WITHIN.sub("", rest)
    offset: int | None = None
    if found := _OFFSET.search(rest):
        offset, rest = int(found[1], 16 if found[1].startswith("0x") else 10), rest[: found.start()].rstrip()
    elif rest.startswith("+ "):
        rest = rest[2:]
    in_image = rest == image or _BASE.match(rest) is not None
    name = "" if in_image or rest in {"???", "<unknown>", "(null)"} else rest
    function, args = (name, None) if _OBJECTIVE.match(name) else call(name)
    small = offset is not None and offset < 1 << 63
    return Frame(
        function=function or None,
        function_raw=name if name != function else None,
        args=args or None,
        module=None if image in {"???", None, ""} else image,
        module_offset=offset if in_image and small else None,
        symbol_offset=offset if name and small else None,
        file=file,
        line=line,
        trust="text",
        # marks it until `inlined` has counted
        inline_depth=1 if is_inlined else 0,
        address=address,
    )


def inlined(frames: list[Frame]) -> list[Frame]:
    """Count how deep each frame was inlined into the next one that was not."""
    depth = 0
    for index in range(len(frames) - 1, -1, -1):
        depth = depth + 1 if frames[index].inline_depth else 0
        if depth > 1:
            frames[index] = replace(frames[index], inline_depth=depth)
    return frames


def image(line: str) -> dict[str, object] | None:
    """A line of `Binary Images:` as columns of `modules`.

    Examples
    --------
    >>> read = image("0x104000000 - 0x104007fff +My App arm64  <11112222333344445555666677778888> /x/My App.app/My App")
    >>> read["name"], read["base"], read["size"], read["code_id"][:8]
    ('My App', 4362076160, 32768, '11112222')
    """
    found = _SPAN.match(line)
    if found is None or len(line) > 4_000:
        return None
    start, end = int(found[1], 16), int(found[2], 16) if found[2] else None
    rest = line[found.end() :]
    words, opened, tail = rest.partition(" <")
    uuid, closed, path = tail.partition(">")
    if not (opened and closed and _UUID.fullmatch(uuid)):
        words, uuid, path = rest, "", ""
        slash = rest.find(" /")
        if slash >= 0:
            words, path = rest[:slash], rest[slash:]
    name, version = _titled(words.strip())
    path = path.strip()
    return module(
        name=path.rpartition("/")[2] if path.startswith("/") else name,
        path=path if path not in {"", "???"} else None,
        base=start,
        size=end - start + 1 if end is not None and end >= start else None,
        uuid=uuid,
        version=version,
    )


def _titled(words: str) -> tuple[str, str | None]:
    """Name and version of an image before its id: `com.foo.bar arm64 (1.2 - 3)`, `Foo arm64`, `??? unknown-arch`."""
    version = None
    if words.endswith(")") and " (" in words:
        words, _, inside = words.rpartition(" (")
        version = inside.rstrip(")").partition(" - ")[0].strip() or None
    name, _, last = words.rstrip().rpartition(" ")
    return (name.strip() if last in _ARCHES or last == "unknown-arch" else words.strip()) or "???", version


def module(
    *, name: str | None, path: str | None, base: int | None, size: int | None, uuid: str, version: str | None
) -> dict[str, object]:
    """One image as columns of `modules`, with its id as minidumps of the same image have it."""
    digits = uuid.replace("-", "").lower()
    known = len(digits) == 32 and digits.strip("0") != ""
    return {
        "name": name,
        "path": path,
        "base": base,
        "size": size,
        "version": version,
        "code_id": digits if known else None,
        "debug_id": f"{digits.upper()}0" if known else None,
        "debug_file": name if known else None,
        "symbol_type": "Mach-O",
        "unloaded": False,
    }


class Images:
    """The images of a report by address."""

    def __init__(self, rows: Iterable[dict[str, Any]]) -> None:
        placed = sorted(
            ((row["base"], row["size"], row["name"]) for row in rows if row["base"] is not None and row["size"]),
            key=lambda row: row[0],
        )
        self._bases = [base for base, _, _ in placed]
        self._placed = placed

    def place(self, frame: Frame) -> Frame:
        """The frame with its image and its offset there, where the report gives an address only."""
        if frame.address is None or (frame.module_offset is not None and frame.module):
            return frame
        index = bisect_right(self._bases, frame.address) - 1
        if index < 0:
            return frame
        base, size, name = self._placed[index]
        if frame.address >= base + size:
            return frame
        return replace(frame, module=frame.module or name, module_offset=frame.address - base)


def registers(line: str) -> dict[str, str]:
    """The registers of a line, empty where it is no line of them.

    Examples
    --------
    >>> registers("   x12: 0x0000000000003fff  x13: 0x0")
    {'x12': '0x3fff', 'x13': '0x0'}
    """
    found = {match[1]: f"0x{int(match[2], 16):x}" for match in _REGISTER.finditer(line[:400])}
    return found if found and line.strip()[:1].isalpha() else {}


def system(text: str) -> tuple[str | None, str | None]:
    """Name and version of the system, as in `macOS 26.5.1 (25F80)`.

    Examples
    --------
    >>> system("iPhone OS 13.5 (17F75)")
    ('iOS', '13.5 17F75')
    """
    found = _SYSTEM.match(text.strip())
    if found is None:
        return (None, None)
    return _SYSTEMS.get(found[1], found[1]), " ".join(part for part in found.groups()[1:] if part) or None


def arch(text: str) -> str | None:
    """The processor, as in `ARM-64 (Native)` or `X86-64 (Translated)`.

    Examples
    --------
    >>> arch("ARM-64 (Native)"), arch("X86-64"), arch("X86 (Native)")
    ('arm64', 'x86_64', 'x86')
    """
    word = text.strip().partition(" (")[0].lower().replace("-", "").replace("_", "").rstrip("e")
    if word.startswith("arm64"):
        return "arm64"
    if word in {"x8664", "x8664h", "x64"}:
        return "x86_64"
    if word.startswith("armv") or word == "arm":
        return "arm"
    return {"x86": "x86", "i386": "x86", "ppc": "ppc", "powerpc": "ppc"}.get(word, text.strip() or None)


def code_of(name: str | None) -> int | None:
    """The number of a Mach exception by its name.

    Examples
    --------
    >>> code_of("EXC_BAD_ACCESS")
    1
    """
    return _MACH.get(name) if name else None
