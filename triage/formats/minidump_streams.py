"""The standard streams of a minidump, one function each: system, exception, threads, modules, memory.

Structures are those of Microsoft's minidumpapiset.h; the build-id record (``BpEL``), the platform numbers from 0x8000
and the use of the version fields on Linux are Breakpad's. Ids are spelled as Breakpad's symbol files spell them:
`debug_id` is the GUID in upper case followed by the age in hex, `code_id` of a Windows image its timestamp and size.
"""

from __future__ import annotations

import struct
from typing import Any, Final, NamedTuple

from triage.formats.minidump_bytes import BrokenError, Bytes, Span

__all__ = (
    "ExceptionRecord",
    "Module",
    "Region",
    "System",
    "Thread",
    "base_name",
    "exception",
    "executable_ranges",
    "guid_text",
    "memory",
    "modules",
    "system",
    "thread_names",
    "threads",
    "unloaded_modules",
)

_THREADS: Final = 65_536
_MODULES: Final = 65_536
_REGIONS: Final = 262_144
_CODEVIEW_BYTES: Final = 4096
# Lists that tell the size of their entries: what a later version may add to them.
_ENTRY_BYTES: Final = 4096
_VERSION_SIGNATURE: Final = 0xFEEF04BD

_ARCHITECTURES: Final = {
    0: "x86",
    1: "mips",
    3: "ppc",
    5: "arm",
    6: "ia64",
    9: "x86_64",
    10: "x86",
    12: "arm64",
    0x8001: "sparc",
    0x8002: "ppc64",
    0x8003: "arm64",
    0x8004: "mips64",
    0x8005: "riscv32",
    0x8006: "riscv64",
}
_SYSTEMS: Final = {
    1: "Windows",
    2: "Windows",
    3: "Windows CE",
    0x8000: "Unix",
    0x8101: "macOS",
    0x8102: "iOS",
    0x8201: "Linux",
    0x8202: "Solaris",
    0x8203: "Android",
    0x8204: "PS3",
    0x8205: "NaCl",
    0x8206: "Fuchsia",
}


class System(NamedTuple):
    """SystemInfo: where it happened. `os_version` is the number, with service pack or build where written."""

    arch: str
    arch_id: int
    platform: int
    os_name: str
    os_version: str | None
    build: str | None
    cpus: int
    cpu: str | None


class ExceptionRecord(NamedTuple):
    """The exception stream: who, what, where, and the registers at that moment."""

    thread_id: int
    code: int
    flags: int
    address: int
    parameters: tuple[int, ...]
    context: Span


class Thread(NamedTuple):
    """One thread: its stack memory and its registers."""

    thread_id: int
    stack_start: int
    stack: Span
    context: Span


class Module(NamedTuple):
    """One image of the module list, or of the list of unloaded ones."""

    base: int
    size: int
    name: str | None
    path: str | None
    version: str | None = None
    code_id: str | None = None
    debug_id: str | None = None
    debug_file: str | None = None
    symbol_type: str | None = None
    unloaded: bool = False


class Region(NamedTuple):
    """Memory that the dump holds: its address, its size, and where it lies in the file."""

    base: int
    size: int
    rva: int


def base_name(path: str | None) -> str | None:
    """The last part of a path of Windows or Unix.

    Examples
    --------
    >>> base_name("c:\\\\app\\\\test_app.exe"), base_name("/usr/lib/libc.so.6")
    ('test_app.exe', 'libc.so.6')
    """
    return path.replace("\\", "/").rpartition("/")[2] or path if path else None


def guid_text(raw: bytes) -> str:
    """A GUID of 16 bytes, its first three fields little-endian, as 32 hex digits in upper case.

    Examples
    --------
    >>> guid_text(bytes(range(16)))
    '030201000504070608090A0B0C0D0E0F'
    """
    one, two, three = struct.unpack_from("<IHH", raw)
    return f"{one:08X}{two:04X}{three:04X}{raw[8:16].hex().upper()}"


def system(file: Bytes, span: Span) -> System:
    """Read SystemInfo."""
    arch_id, _, _, cpus, _, major, minor, build, platform, csd_rva = file.unpack("HHHBBIIIII", span.rva)
    arch = _ARCHITECTURES.get(arch_id, f"0x{arch_id:x}")
    name = _SYSTEMS.get(platform, f"0x{platform:x}")
    csd = file.attempt("the service pack", Span(4, csd_rva), lambda: file.wide_text(csd_rva))
    csd = (csd or "").strip() or None
    number = f"{major}.{minor}.{build}" if major or minor or build else ""
    if platform in {0x8201, 0x8203}:
        version = _linux_version(number, csd)
    else:
        version = " ".join(part for part in (number, csd) if part)
    cpu = None
    if arch_id == 0:
        vendor = bytes(file.data[span.rva + 32 : span.rva + 44])
        cpu = vendor.decode("ascii", "replace").strip("\0 ") if vendor.isascii() else None
    return System(arch, arch_id, platform, name, version or None, csd, cpus, cpu or None)


def _linux_version(number: str, uname: str | None) -> str:
    """Breakpad writes the whole uname line (`Linux 4.9.60-x #1 ...`), Crashpad a number and what comes after it."""
    words = (uname or "").split(None, 2)
    if words[:1] == ["Linux"] and len(words) > 1:
        return words[1]
    return number + words[0] if words and words[0].startswith("-") else number


def exception(file: Bytes, span: Span) -> ExceptionRecord:
    """Read the exception stream; at most 15 parameters."""
    thread_id, code, flags, _, address, count = file.unpack("I4xIIQQI4x", span.rva)
    parameters = file.unpack("15Q", span.rva + 40)[: min(count, 15)]
    context: tuple[int, int] = (0, 0)
    if span.size >= 168:
        context = file.unpack("II", span.rva + 160)
    return ExceptionRecord(thread_id, code, flags, address, parameters, Span(*context))


def threads(file: Bytes, span: Span) -> list[Thread]:
    """Read the thread list."""
    rows = file.listed("the thread list", "I12x8xQIIII", span, _THREADS)
    return [Thread(row[0], row[1], Span(row[2], row[3]), Span(row[4], row[5])) for row in rows]


def thread_names(file: Bytes, span: Span) -> dict[int, str]:
    """Read the names of threads; a broken name is left out and counted."""
    names: dict[int, str] = {}
    broken = 0
    for thread_id, rva in file.listed("the list of thread names", "IQ", span, _THREADS):
        try:
            names[thread_id] = file.wide_text(rva) or ""
        except BrokenError:
            broken += 1
    if broken:
        file.damage(f"{broken:,} thread names cannot be read", span.rva, span.size)
    return {thread_id: name for thread_id, name in names.items() if name}


def modules(file: Bytes, span: Span, platform: int) -> list[Module]:
    """Read the module list: the program itself comes first."""
    found, broken = [], 0
    for row in file.listed("the module list", "QIIII13IIIII16x", span, _MODULES):
        base, size, _, timestamp, name_rva = row[:5]
        path, codeview = None, None
        try:
            path = file.wide_text(name_rva)
            codeview = _codeview(file, Span(row[18], row[19]), platform)
        except BrokenError:
            broken += 1
        code_id, debug_id, debug_file, symbol_type = codeview or (None, None, None, None)
        if code_id is None and timestamp and platform in {1, 2, 3}:
            code_id = f"{timestamp:08X}{size:x}"
        version = _version(row[5:18], platform)
        found.append(
            Module(base, size, base_name(path), path, version, code_id, debug_id, base_name(debug_file), symbol_type)
        )
    if broken:
        file.damage(f"{broken:,} modules have a name or debug record that cannot be read", span.rva, span.size)
    return found


def _version(info: tuple[Any, ...], platform: int) -> str | None:
    """The file version of a VS_FIXEDFILEINFO; Breakpad's Linux writer gives each number a field of its own."""
    signature, _, high, low, product_high, product_low = info[:6]
    if signature != _VERSION_SIGNATURE or not (high or low or product_high or product_low):
        return None
    if platform in {0x8201, 0x8203}:
        return f"{high}.{low}.{product_high}.{product_low}"
    return f"{high >> 16}.{high & 0xFFFF}.{low >> 16}.{low & 0xFFFF}"


def _codeview(file: Bytes, span: Span, platform: int) -> tuple[str | None, str | None, str | None, str | None] | None:
    """Code id, debug id, debug file and kind of symbols of a CodeView record: RSDS, NB10, or Breakpad's build id."""
    if span.size < 4:
        return None
    raw = bytes(file.take(Span(min(span.size, _CODEVIEW_BYTES), span.rva)))
    # The mark is a number: in a little-endian file PDB 7 spells RSDS, an ELF build id LEpB.
    (mark,) = struct.unpack_from(f"{file.order}I", raw)
    apple = platform in {0x8101, 0x8102}
    if mark == 0x53445352 and len(raw) >= 24:
        guid = guid_text(raw[4:20]) if file.order == "<" else raw[4:20].hex().upper()
        (age,) = struct.unpack_from(f"{file.order}I", raw, 20)
        kind = "Mach-O" if apple else "PDB" if platform in {1, 2, 3} else None
        return (guid.lower() if apple else None), f"{guid}{age:X}", _c_text(raw[24:]), kind
    if mark == 0x3031424E and len(raw) >= 16:
        signature, age = struct.unpack_from(f"{file.order}II", raw, 8)
        return None, f"{signature:08X}{age:X}", _c_text(raw[16:]), "PDB"
    if mark == 0x4270454C and len(raw) > 4:
        build_id = raw[4:]
        guid = guid_text(build_id[:16].ljust(16, b"\0"))
        return build_id.hex(), f"{guid}0", None, "ELF"
    return None


def _c_text(raw: bytes) -> str | None:
    return raw.partition(b"\0")[0].decode("utf-8", "replace") or None


def unloaded_modules(file: Bytes, span: Span) -> list[Module]:
    """Read the list of modules that were unloaded before; its header says how long an entry is."""
    head, entry, count = file.unpack("III", span.rva)
    if head < 12 or not 24 <= entry <= _ENTRY_BYTES:
        raise BrokenError("the header of the list is not valid")
    body = Span(max(0, span.size - head), span.rva + head)
    found, broken = [], 0
    layout = f"QI4xII{entry - 24}x"
    for base, size, timestamp, name_rva in file.rows("the unloaded modules", layout, body, count, _MODULES):
        path = None
        try:
            path = file.wide_text(name_rva)
        except BrokenError:
            broken += 1
        code_id = f"{timestamp:08X}{size:x}" if timestamp else None
        found.append(Module(base, size, base_name(path), path, code_id=code_id, unloaded=True))
    if broken:
        file.damage(f"{broken:,} unloaded modules have a name that cannot be read", span.rva, span.size)
    return found


def memory(file: Bytes, short: Span | None, full: Span | None) -> list[Region]:
    """Read MemoryList and Memory64List: regions with bytes in the file, by address."""
    regions: list[Region] = []
    if short is not None:
        rows = file.attempt("MemoryList", short, lambda: file.listed("the memory list", "QII", short, _REGIONS))
        regions += [Region(base, size, rva) for base, size, rva in rows or ()]
    if full is not None:
        regions += file.attempt("Memory64List", full, lambda: _memory64(file, full)) or []
    whole = [region for region in regions if region.size and region.rva + region.size <= file.size]
    if len(whole) < len(regions):
        span = full or short or Span(0, 0)
        file.damage(f"{len(regions) - len(whole):,} memory regions lie past the end of the file", span.rva, span.size)
    whole.sort()
    return whole


def _memory64(file: Bytes, span: Span) -> list[Region]:
    """The regions of a full dump: their bytes follow each other from one base offset."""
    count, rva = file.unpack("QQ", span.rva)
    regions = []
    for base, size in file.rows("the 64-bit memory list", "QQ", Span(span.size - 16, span.rva + 16), count, _REGIONS):
        regions.append(Region(base, size, rva))
        rva += size
    return regions


def executable_ranges(file: Bytes, span: Span) -> list[tuple[int, int]]:
    """Read MemoryInfoList: the committed ranges that a program may execute, as start and end."""
    head, entry, count = file.unpack("IIQ", span.rva)
    if head < 16 or not 48 <= entry <= _ENTRY_BYTES:
        raise BrokenError("the header of the list is not valid")
    body = Span(max(0, span.size - head), span.rva + head)
    rows = file.rows("the memory information list", f"Q16xQII8x{entry - 48}x", body, count, _REGIONS)
    committed, execute = 0x1000, 0xF0
    return [(base, base + size) for base, size, state, protect in rows if state & committed and protect & execute]
