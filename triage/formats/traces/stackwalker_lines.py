"""One line of what StackWalker prints: symbols, the system, an image, a frame; the grammar stands in `stackwalker`."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from triage.formats.traces.gdb_frames import call
from triage.formats.traces.patterns import lazy
from triage.records import Frame

__all__ = ("Image", "Symbols", "System", "address_frame", "image", "line_frame", "symbols", "system")

# Names and places longer than this are not StackWalker's; it has buffers of 1,024.
_LINE_CHARS: Final = 65_536
_HEX: Final = lazy(r"(0x)?([0-9A-Fa-f]{8,16}) \(")
_PLACE: Final = lazy(r" \((\d{1,9})\): ")
_IMAGE: Final = lazy(
    r"(-?\d{1,20})(?: \(result: -?\d{1,20}\))?(?:, SymType: '([^']{0,64})'?)?(?:, PDB: '(.*))?", re.DOTALL
)
_VERSION: Final = lazy(r"', fileVersion: (\d{1,10}(?:\.\d{1,10}){3})$")
_SYSTEM: Final = lazy(
    r"OS-Version: (\d{1,6}(?:\.\d{1,10}){0,3})(?: \(([^)]{0,128})\))?(?: (0x[0-9a-fA-F]{1,8})-(0x[0-9a-fA-F]{1,8}))?"
)
_NO_FILE: Final = "(filename not available)"
_NO_FUNCTION: Final = "(function-name not available)"
_SIGN_BIT: Final = 1 << 32


class Symbols(NamedTuple):
    """The line of `OnSymInit`; None where it was cut."""

    search_path: str
    options: int | None
    user_name: str | None
    cut: bool


class System(NamedTuple):
    """The line of the operating system."""

    version: str
    service_pack: str | None
    suite: str | None
    product: str | None


class Image(NamedTuple):
    """A loaded module."""

    name: str
    path: str
    base: int
    size: int
    symbol_type: str | None
    debug_file: str | None
    version: str | None
    cut: bool


def symbols(line: str) -> Symbols | None:
    """Read the line of the symbol search path.

    Examples
    --------
    >>> symbols("SymInit: Symbol-SearchPath: '.;C:\\\\app', symOptions: 530, UserName: 'me'").options
    530
    """
    lead = "SymInit: Symbol-SearchPath: '"
    if not line.startswith(lead):
        return None
    rest = line.rstrip()[len(lead) :]
    path, found, tail = rest.rpartition("', symOptions: ")
    if not found:
        return Symbols(rest.removesuffix("'"), None, None, not rest.endswith("'"))
    number, _, user = tail.partition(", UserName: '")
    known = number.isascii() and number.isdigit() and len(number) < 12
    whole = user.endswith("'") or (known and not user)
    return Symbols(path, int(number) if known else None, user.removesuffix("'") or None, not whole)


def system(line: str) -> System | None:
    """Read the line of the operating system.

    Examples
    --------
    >>> system("OS-Version: 10.0.19045 () 0x100-0x1").version
    '10.0.19045'
    """
    match = _SYSTEM.match(line)
    return System(match[1], match[2] or None, match[3], match[4]) if match else None


def image(line: str) -> Image | None:
    """Read the line of a loaded module.

    Examples
    --------
    >>> line = r"C:\\a\\z.exe:z.exe (00007FF6A1D20000), size: 4096 (result: 0), SymType: 'PDB', PDB: 'C:\\a\\z.pdb'"
    >>> found = image(line)
    >>> found.name, hex(found.base), found.debug_file
    ('z.exe', '0x7ff6a1d20000', 'C:\\\\a\\\\z.pdb')
    """
    left, found, right = line.partition("), size: ")
    if not found:
        return None
    names, _, base = left.rpartition(" (")
    path, colon, name = names.rpartition(":")
    rest = _IMAGE.match(right)
    if not colon or not path or '"' in path or not rest or not 8 <= len(base) <= 18:
        return None
    try:
        address = int(base, 16)
    except ValueError:
        return None
    if not 0 <= address < 1 << 64:
        return None
    size = int(rest[1])
    pdb = rest[3]
    version = _VERSION.search(pdb) if pdb else None
    if pdb is not None:
        pdb = pdb[: version.start()] if version else pdb.rstrip().partition("', fileVersion")[0]
    cut = pdb is None or not (version or rest[3].rstrip().endswith("'"))
    return Image(
        name=name,
        path=path,
        base=address,
        size=size + _SIGN_BIT if -_SIGN_BIT < size < 0 else size,  # the writer prints an unsigned number as signed
        symbol_type=rest[2],
        debug_file=(pdb or "").removesuffix("'") or None,
        version=version[1] if version else None,
        cut=cut,
    )


def address_frame(line: str) -> Frame | None:
    """Read a line of the forms A, U and error: those that nothing else prints.

    Examples
    --------
    >>> address_frame("0x00007FF6A2F1C0B8 (zone.exe) EQ::Timer::Execute").function
    'EQ::Timer::Execute'
    """
    line = line.strip()
    if line.startswith("ERROR: "):
        return _error(line)
    head = _HEX.match(line)
    if not head or len(line) > _LINE_CHARS:
        return None
    address = int(head[2], 16)
    module, found, rest = line[head.end() :].partition("): ")
    if found and not (head[1] and ") " in module.removeprefix("(")):
        file, _, name = rest.partition(": ")
        if name:
            return _made(name, address=address, module=module, file=None if file == _NO_FILE else file)
    if not head[1]:
        return None
    return _unity(line[head.end() :], address)


def _unity(rest: str, address: int) -> Frame | None:
    """What stands behind the address in the form U."""
    if rest.startswith("("):
        module, found, name = rest.partition(")) ")
        module += ")"
    else:
        module, found, name = rest.partition(") ")
    if not found or not name:
        return None
    file: str | None = None
    number: int | None = None
    if name.startswith("[") and "] " in name:
        place, _, after = name[1:].partition("] ")
        path, _, digits = place.rpartition(":")
        if path and digits.isascii() and digits.isdigit() and len(digits) < 10:
            file, number, name = path, int(digits), after
    managed = "csharp" if module == "Mono JIT Code" else None
    return _made(name, address=address, module=module, file=file, line=number, language=managed)


def line_frame(line: str) -> Frame | None:
    """Read a line of the form L; whether it is StackWalker's has to be known from elsewhere.

    Examples
    --------
    >>> line_frame("C:\\\\src\\\\a.cpp (12): A::f").line
    12
    """
    line = line.strip()
    if "): " not in line or len(line) > _LINE_CHARS:
        return None
    places = list(_PLACE.finditer(line))
    if not places or not places[-1].start() or places[-1].end() == len(line):
        return None
    place = places[-1]
    return _made(line[place.end() :], file=line[: place.start()], line=int(place[1]))


def _error(line: str) -> Frame | None:
    """The line of a call into dbghelp.dll that failed."""
    api, found, rest = line[len("ERROR: ") :].partition(", GetLastError: ")
    if not found:
        return None
    code, _, tail = rest.rpartition(" (Address: ")
    digits = tail.rstrip().removesuffix(")").removeprefix("0x")
    known = bool(code) and 1 <= len(digits) <= 16 and all(char in "0123456789abcdefABCDEF" for char in digits)
    return Frame(
        frame_kind="unwind_error",
        function_raw=api,
        args=(code if known else rest).strip("'") or None,
        address=int(digits, 16) if known else None,
    )


def _made(
    name: str,
    *,
    address: int | None = None,
    module: str | None = None,
    file: str | None = None,
    line: int | None = None,
    language: str | None = None,
) -> Frame:
    """A frame, its placeholders as nulls and its parameters apart."""
    raw = name.strip()
    function, args = (None, None) if raw == _NO_FUNCTION else call(raw)
    return Frame(
        function=function,
        function_raw=raw if function is not None and function != raw else None,
        args=args or None,
        module=None if not module or module == "(module-name not available)" else module,
        file=file or None,
        line=line,
        language=language,
        trust="text",
        address=address,
    )
