r"""Stacks that native programs print of themselves: one reader for each way in which a line can be written.

Facts: general knowledge of Chromium's and V8's `StackTrace`, glibc's and Apple's `backtrace_symbols`, glog, absl,
folly, LLVM, WebKit, Mozilla, Boost.Stacktrace and Unreal, held against reports that fuzzers collected. Grammar, one
line each, `A` an address in hexadecimal digits::

    numbered = "#" n [":"] " 0x" A " " ( "<unknown>" | name ["()"] [" [" file ":" line [":" column] "]"]
               | "(" image "+0x" offset ")" | image "+0x" offset | name " " file ":" line ":" column )
    windows  = name " [0x" A ["+" offset] "]" [" (" file ":" line ")"]
    symbols  = image "(" [name] ["+0x" offset] ")" [" "] "[0x" A "]" | "[0x" A "]"
    apple    = n "  " image "  0x" A " " name " + " offset
    counted  = n ": " ["0x"] A [" " name] [" [" image "]"] | n ": " name
    at       = "@ " ["0x"] A ["  " (size | "(unknown)")] "  " name
    webkit   = n "   0x" A " " name
    mozilla  = "#" nn ": " name "[" image " +0x" offset "]" | "#" nn ": " name " (" file ":" line ")"
    boost    = n "# " name " at " file ":" line | n "# " [name] " in " image
    unreal   = "[Callstack] 0x" A " " image "!" name " [" file ":" line "]"
    envoy    = "#" n ": " name " [0x" A "]"
    unwind   = "0x" A ": (" name "+0x" offset ")"

A stack keeps to one form; a number that goes down begins another. Everything is cut at literal strings, not by patterns
that could look twice at the same characters.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from msgspec.structs import replace

from triage.formats.traces.backtrace_frames import printed
from triage.formats.traces.check_places import PLACE, placed
from triage.formats.traces.gdb_frames import call
from triage.formats.traces.patterns import integer, lazy, opening, remembered
from triage.formats.traces.window import Window
from triage.records import Frame

__all__ = ("Form", "form", "placed", "stack")

_NUMBERED: Final = lazy(r"\s{0,8}#(\d{1,4}):?\s{1,4}0x([0-9a-fA-F]{1,16})(?:\s{1,4}(\S.*))?\s*$")
_WINDOWS: Final = lazy(r"0x([0-9a-fA-F]{1,16})(?:\+(0x[0-9a-fA-F]{1,8}|\d{1,10}))?\](?:\s\((.*)\))?\s*$")
# A server that shows in its name what it does: the first word is the program.
_TITLE: Final = lazy(r"([\w./-]{1,200}): \S")
_APPLE: Final = lazy(r"\s{0,8}(\d{1,4})\s{1,6}(\S.{0,120}?)\s{1,60}0x([0-9a-fA-F]{6,16})\s(\S.*)$")
_COUNTED: Final = lazy(r"\s{0,4}(\d{1,3}):\s(?:(0x[0-9a-fA-F]{1,16}|[0-9A-F]{8,16})(?=\s|$)\s?)?(.*)$")
_AT: Final = lazy(
    r"(?:\[?[^\]\n@]{1,80}\] )?(?:[^\s:@]{1,60}:\d{1,6}: {1,4})?\s{0,8}@\s{1,20}(?:0x)?([0-9a-fA-F]{3,16})(?:\s{1,20}"
    r"(\d{1,10}|\(unknown\))(?=\s))?(?:\s{1,4}(.*))?$"
)
_WEBKIT: Final = lazy(r"\s{0,8}(\d{1,4})\s{1,6}0x([0-9a-fA-F]{6,16})(?:\s(.*))?$")
_MOZILLA: Final = lazy(r"\s{0,4}#(\d{2,4}): (\S.*)$")
_BOOST: Final = lazy(r"\s{0,4}(\d{1,4})# (\S.*)$")
_UNREAL: Final = lazy(r"\[Callstack\] 0x([0-9a-fA-F]{1,16}) (?:(\S{1,200}?)!)?(.*)$")
_ENVOY: Final = lazy(r"\s{0,4}#(\d{1,4}): (\S.*)\[0x([0-9a-fA-F]{1,16})\]$")
_UNWIND: Final = lazy(r"\s{0,8}0x([0-9a-fA-F]{1,16}): ?(?:\((.*)\)|-- error.*)$")
_BT: Final = lazy(r"\s{0,8}\[bt\] \(\d{1,4}\) ")
_HEX: Final = lazy(r"0x[0-9a-fA-F]{1,16}$")
_SOURCE: Final = lazy(r"\s{8,40}(\S.{0,1000}?):(\d{1,9})$")
_NAMELESS: Final = frozenset({"<unknown>", "(unknown)", "???", "??", "(No symbol)", "0x0", "<NULL>", ""})


class _Line(NamedTuple):
    """One line of a stack: its number, where it has one, and the frame."""

    number: int | None
    frame: Frame


Form = Callable[[str], _Line | None]


@remembered
def form(line: str) -> tuple[Form, _Line] | None:
    """Which form a line is of, and what it says; None where it is no frame.

    Examples
    --------
    >>> form("#3 0x7f4 blink::Foo::bar() [a/b.cc:7:1]")[1].frame.function
    'blink::Foo::bar'
    """
    if len(line) > 65_536:
        return None
    for candidate in _FORMS:
        found = candidate(line)
        if found:
            return candidate, found
    return None


def stack(window: Window, start: int, *, gap: int = 1) -> tuple[list[Frame], int]:
    """The frames that begin at a line, and where they end (exclusive); at most `gap` blank lines between two.

    `[], start` where no frame stands there.
    """
    line = window[start]
    first = form(line) if line is not None else None
    if first is None:
        return [], start
    reader = first[0]
    frames: list[Frame] = []
    last, end, at = -1, start, start
    lean = window.lean
    if lean and reader is _numbered:
        reader = _unplaced
    while at - end <= gap and (line := window[at]) is not None and not (at > start and window.is_record(at)):
        found = reader(line)
        if found:
            if found.number is not None and found.number <= last:
                break
            last = last if found.number is None else found.number
            frames.append(found.frame if lean else replace(found.frame, text_line=at))
            end = at + 1
        elif reader is _at and frames and (source := _SOURCE.match(line)):
            frames[-1] = replace(frames[-1], file=source[1], line=int(source[2]))
            end = at + 1
        elif line.strip():
            break
        at += 1
    return frames, end


def _frame(
    name: str | None,
    *,
    address: str | None = None,
    module: str | None = None,
    offset: int | None = None,
    in_module: int | None = None,
    place: tuple[str | None, int | None, int | None] = (None, None, None),
) -> Frame:
    """A frame, its placeholders as nulls and its parameters apart."""
    raw = (name or "").strip()
    known = raw not in _NAMELESS and not _HEX.match(raw)
    function, args = call(raw) if known else (None, None)
    file, line, column = place
    return Frame(
        function=function,
        function_raw=raw if function is not None and function != raw else None,
        args=args or None,
        module=module or None,
        module_offset=in_module,
        symbol_offset=offset,
        file=file,
        line=line,
        column=column,
        trust="text",
        address=int(address, 16) if address else None,
    )


def _offset(text: str) -> tuple[str, int | None]:
    """Part a name or image from `+0x…` or ` + n` at its end."""
    head, found, tail = text.rpartition("+")
    tail = tail.strip()
    try:
        value = int(tail, 16) if tail.startswith("0x") else int(tail) if tail.isascii() and tail.isdigit() else None
    except ValueError:
        value = None
    if not found or value is None or not 0 <= value < 1 << 64:
        return text, None
    return head.rstrip(), value


def _numbered(line: str) -> _Line | None:
    """Chromium on Linux, Android, ChromeOS; LLVM's stack dumps."""
    if not (found := _NUMBERED.match(line)):
        return None
    frame = _behind((found[3] or "").strip())
    return None if frame is None else _Line(int(found[1]), replace(frame, address=int(found[2], 16)))


def _unplaced(line: str) -> _Line | None:
    """As `_numbered`, without the address."""
    if not (found := _NUMBERED.match(line)):
        return None
    frame = _behind((found[3] or "").strip())
    return None if frame is None else _Line(int(found[1]), frame)


@remembered
def _behind(rest: str) -> Frame | None:
    """What stands behind an address, as a frame without it."""
    if rest.startswith("in ") or rest == "in":
        return None
    if rest.startswith("(") and rest.endswith(")") and "+0x" in rest:
        module, in_module = _offset(rest[1:-1])
        return _frame(None, module=module, in_module=in_module)
    if rest.startswith("/") and "+0x" in rest:
        module, in_module = _offset(rest)
        return _frame(None, module=module, in_module=in_module)
    name, found_place, place = rest.rpartition(" [")
    if found_place and place.endswith("]") and PLACE.match(place[:-1]):
        return _frame(name, place=placed(place[:-1]))
    name, found_place, place = rest.rpartition(" (")
    if found_place and "+0x" in place and place.endswith(")"):
        module, in_module = _offset(place[:-1])
        return _frame(name, module=module, in_module=in_module)
    name, found_place, place = rest.rpartition(" ")
    if (
        found_place
        and place[:1] not in {"(", "<"}
        and PLACE.match(place)
        and ("/" in place or "\\" in place or "." in place)
    ):
        return _frame(name, place=placed(place))
    return _frame(rest)


def _windows(line: str) -> _Line | None:
    """Chromium, V8 and ChromeDriver on Windows."""
    cut = line.rfind(" [0x")
    found = _WINDOWS.match(line, cut + 2) if cut > 0 else None
    name = line[:cut].strip() if found else ""
    if not found or not name or name.startswith(("[", "#")) or (found[2] is None and name != "(No symbol)"):
        return None
    offset = integer(found[2]) if found[2] else None
    place = placed(found[3]) if found[3] else (None, None, None)
    return _Line(None, _frame(name, address=found[1], offset=offset, place=place))


def _symbols(line: str) -> _Line | None:
    """What backtrace_symbols of glibc gives, as it stands or behind a number of somebody else."""
    text = line.strip()
    if text.startswith("[bt]") and (marked := _BT.match(line)):
        text = line[marked.end() :].strip()
        if apple := _apple(text):
            return _Line(None, apple.frame)
    if not text.endswith("]"):
        return None
    head, found, address = text[:-1].rpartition("[0x")
    head = head.rstrip()
    if not found or not 1 <= len(address) <= 16 or not _HEX.match("0x" + address):
        return None
    if not head:
        return _Line(None, _frame(None, address=address))
    if head.startswith(("/", "./")) and " " not in head and "(" not in head:
        return _Line(None, _frame(None, address=address, module=head))
    opened = opening(head)
    module, inner = head[:opened], head[opened + 1 :]
    titled = _TITLE.match(module)
    module = titled[1] if titled else module
    if not inner or not module or " 0x" in module or module.endswith(" "):
        return None
    if not (inner == ")" or "+0x" in inner or inner.rstrip(")").isidentifier()):
        return None
    name, offset = _offset(inner[:-1])
    named = bool(name)
    return _Line(
        None,
        _frame(
            name,
            address=address,
            module=module,
            offset=offset if named else None,
            in_module=None if named else offset,
        ),
    )


def _apple(line: str) -> _Line | None:
    """Apple's backtrace_symbols: a number, an image, an address and a name."""
    found = _APPLE.match(line)
    if not found or found[2].startswith("0x") or found[2].endswith(":") or " + " not in found[4]:
        return None
    rest = found[4].rstrip()
    place: tuple[str | None, int | None, int | None] = (None, None, None)
    if rest.endswith(")") and " (" in rest:
        head, _, where = rest.rpartition(" (")
        if " + " in head and (" in " not in where):
            rest, place = head, placed(where[:-1])
    name, offset = _offset(rest)
    if offset is None:
        return None
    return _Line(int(found[1]), _frame(name, address=found[3], module=found[2], offset=offset, place=place))


def _counted(line: str) -> _Line | None:
    """V8's and Node's C stacks."""
    found = _COUNTED.match(line)
    if not found or not (found[2] or found[3].strip()):
        return None
    rest, module = found[3].strip(), None
    if rest.endswith("]"):
        head, cut, image = rest.rpartition("[")
        if cut and (not head or head.endswith(" ")):
            rest, module = head.strip(), image[:-1]
    if not found[2] and (" " in rest or not rest.replace("::", "").replace("~", "").isidentifier()):
        return None
    name, offset = _offset(rest)
    return _Line(int(found[1]), _frame(name, address=found[2], module=module, offset=offset))


def _at(line: str) -> _Line | None:
    """glog, absl and folly."""
    found = _AT.match(line)
    if not found:
        return None
    name, module, in_module = (found[3] or "").strip(), None, None
    if name.startswith("(/") and name.endswith(")") and "+0x" in name:
        module, in_module = _offset(name[1:-1])
        name = ""
    head, offset = _offset(name) if "+0x" in name else (name, None)
    return _Line(None, _frame(head, address=found[1], module=module, in_module=in_module, offset=offset))


def _webkit(line: str) -> _Line | None:
    """WebKit's WTFReportBacktrace."""
    found = _WEBKIT.match(line)
    if not found:
        return None
    rest = (found[3] or "").strip()
    inner = _symbols(rest) if rest.endswith("]") else None
    if inner:
        return _Line(int(found[1]), replace(inner.frame, address=int(found[2], 16)))
    return _Line(int(found[1]), _frame(rest, address=found[2]))


def _mozilla(line: str) -> _Line | None:
    """Mozilla's walk of the stack, before and after its symbols were added."""
    found = _MOZILLA.match(line)
    if not found:
        return None
    number, rest = int(found[1]), found[2].rstrip()
    if rest.endswith("]"):
        name, cut, place = rest[:-1].rpartition("[")
        module, in_module = _offset(place)
        if cut and in_module is not None:
            return _Line(number, _frame(name, module=module.strip(), in_module=in_module))
        if cut and PLACE.match(place):
            return _Line(number, _frame(name, place=placed(place)))
    if rest.endswith(")"):
        name, cut, place = rest[:-1].rpartition(" (")
        if cut and PLACE.match(place):
            return _Line(number, _frame(name, place=placed(place)))
    return _Line(number, _frame(rest)) if rest == "???" else None


def _boost(line: str) -> _Line | None:
    """Boost.Stacktrace and std::stacktrace."""
    found = _BOOST.match(line)
    if not found:
        return None
    rest, address = found[2].rstrip(), None
    if rest.endswith("]") and " [0x" in rest:
        rest, _, address = rest[:-1].rpartition(" [0x")
        address = address if _HEX.match("0x" + address) else None
    name, cut, place = rest.rpartition(" at ")
    if cut:
        return _Line(int(found[1]), _frame(name, address=address, place=placed(place)))
    name, cut, module = rest.rpartition(" in ")
    if not cut and address is None and not _HEX.match(rest):
        return None
    name = name if cut else rest
    if _HEX.match(name):
        name, address = "", name[2:]
    return _Line(int(found[1]), _frame(name, address=address, module=module if cut else None))


def _unreal(line: str) -> _Line | None:
    """Unreal's callstack; what its log writes before each line stays outside."""
    cut = line.find("[Callstack] 0x")
    found = _UNREAL.match(line, cut) if cut >= 0 else None
    if not found:
        return None
    name, opened, place = found[3].rpartition(" [")
    where = placed(place[:-1]) if opened and place.endswith("]") else (None, None, None)
    return _Line(None, _frame(name if opened else found[3], address=found[1], module=found[2], place=where))


def _envoy(line: str) -> _Line | None:
    """Envoy's backtraces, behind their log prefix or not."""
    cut = line.find("] #") + 2 if line.startswith("[") else 0
    found = _ENVOY.match(line, cut)
    return _Line(int(found[1]), _frame(found[2], address=found[3])) if found else None


def _unwind(line: str) -> _Line | None:
    """What programs print that walk with libunwind as its manual shows."""
    found = _UNWIND.match(line)
    if not found:
        return None
    name, offset = _offset(found[2] or "")
    return _Line(None, _frame(name, address=found[1], offset=offset))


def _printed(line: str) -> _Line | None:
    """PyTorch, and programs that walk their stack themselves."""
    frame = printed(line)
    return _Line(None, frame) if frame else None


_FORMS: Final[tuple[Form, ...]] = (
    _numbered,
    _unreal,
    _envoy,
    _at,
    _apple,
    _webkit,
    _symbols,
    _windows,
    _mozilla,
    _boost,
    _counted,
    _unwind,
    _printed,
)
