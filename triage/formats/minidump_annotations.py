"""What a minidump says in words: Crashpad's annotations, process data, assertions, comments, copies of Linux files.

Layouts: Crashpad's minidump extensions (public headers; 0x43500001), Breakpad's AssertionInfo and Linux streams
(0x4767....), Microsoft's MiscInfo and comment streams. Linux streams are plain copies of files below /proc and of
/etc/lsb-release.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Final, NamedTuple

from triage.formats.minidump_bytes import BrokenError, Bytes, Span

__all__ = (
    "FILES",
    "Crashpad",
    "assertion",
    "comment",
    "crashpad",
    "environment",
    "executable_maps",
    "key_values",
    "misc",
    "raw_text",
)

_PAIRS: Final = 65_536
_STRING_TYPE: Final = 1

# Stream type to the name, the role and the description of the file that it is a copy of.
FILES: Final[dict[int, tuple[str, str, str]]] = {
    0x47670003: ("linux/cpuinfo.txt", "system", "/proc/cpuinfo: the processors"),
    0x47670004: ("linux/proc_status.txt", "process", "/proc/self/status: the state of the process"),
    0x47670005: ("linux/lsb_release.txt", "system", "/etc/lsb-release: the distribution"),
    0x47670006: ("linux/cmdline.txt", "process", "/proc/self/cmdline: how the process was started"),
    0x47670007: ("linux/environ.txt", "process", "/proc/self/environ: the environment variables"),
    0x47670008: ("linux/auxv.bin", "process", "/proc/self/auxv: the auxiliary vector"),
    0x47670009: ("linux/maps.txt", "process", "/proc/self/maps: the memory map"),
    0x4767000A: ("linux/dso_debug.bin", "process", "data of the dynamic linker"),
    0x4D7A0003: ("linux/limits.txt", "process", "/proc/self/limits: the resource limits"),
    0x4D7A0004: ("linux/soft_errors.json", "process", "errors that the writer of the dump met and survived"),
}


class Crashpad(NamedTuple):
    """CrashpadInfo: ids undashed, and keys with their values."""

    report_id: str | None
    client_id: str | None
    pairs: list[tuple[str, str]]


def crashpad(file: Bytes, span: Span, names: list[str | None]) -> Crashpad:
    """Read Crashpad's stream; `names` are those of the modules, whose annotations it points at by number."""
    fields = file.unpack("4x16s16sIIII", span.rva)
    report_id, client_id = (_uuid(raw, file.order) for raw in fields[:2])
    simple, listing = Span(*fields[2:4]), Span(*fields[4:6])
    pairs: list[tuple[str, str]] = []
    file.attempt("Crashpad's annotations", simple, lambda: _dictionary(file, simple, "", pairs))
    file.attempt("Crashpad's module list", listing, lambda: _modules(file, listing, names, pairs))
    return Crashpad(report_id, client_id, pairs[:_PAIRS])


def _uuid(raw: bytes, order: str) -> str | None:
    value = uuid.UUID(bytes_le=raw) if order == "<" else uuid.UUID(bytes=raw)
    return value.hex if value.int else None


def _dictionary(file: Bytes, span: Span, prefix: str, pairs: list[tuple[str, str]]) -> None:
    """A list of key and value strings."""
    if not span.size:
        return
    for key_rva, value_rva in file.listed("a dictionary of annotations", "II", span, _PAIRS):
        file.charge(8)
        key = file.plain_text(key_rva)
        if key:
            pairs.append((prefix + key, file.plain_text(value_rva) or ""))


def _modules(file: Bytes, span: Span, names: list[str | None], pairs: list[tuple[str, str]]) -> None:
    """The modules that carry annotations; keys of others than the program itself get the module's name in front."""
    if not span.size:
        return
    for index, size, rva in file.listed("Crashpad's module list", "III", span, _PAIRS):
        if size < 28:
            raise BrokenError("the information on a module is cut short")
        file.charge(28)
        name = (names[index] if index < len(names) else None) or f"module {index}"
        prefix = f"{name}." if index else ""
        fields = file.unpack("4xIIIIII", rva)
        plain, simple, objects = Span(*fields[0:2]), Span(*fields[2:4]), Span(*fields[4:6])
        _messages(file, plain, prefix, pairs)
        _dictionary(file, simple, prefix, pairs)
        _objects(file, objects, prefix, pairs)


def _messages(file: Bytes, span: Span, prefix: str, pairs: list[tuple[str, str]]) -> None:
    """A list of strings without keys."""
    if not span.size:
        return
    for number, (rva,) in enumerate(file.listed("a list of annotations", "I", span, _PAIRS)):
        file.charge(4)
        text = file.plain_text(rva)
        if text:
            pairs.append((f"{prefix}list[{number}]", text))


def _objects(file: Bytes, span: Span, prefix: str, pairs: list[tuple[str, str]]) -> None:
    """Typed annotations: strings as text, what a program defines itself as hex of its first 64 bytes."""
    if not span.size:
        return
    for name_rva, kind, value_rva in file.listed("a list of annotation objects", "IH2xI", span, _PAIRS):
        file.charge(12)
        key = file.plain_text(name_rva)
        if not key or not kind:
            continue
        if kind == _STRING_TYPE:
            pairs.append((prefix + key, file.plain_text(value_rva) or ""))
        elif value_rva:
            (length,) = file.unpack("I", value_rva)
            pairs.append((prefix + key, bytes(file.take(Span(min(length, 64), value_rva + 4))).hex()))


def misc(file: Bytes, span: Span) -> dict[str, str]:
    """Process number, start time and build strings of MiscInfo, as far as its flags vouch for them."""
    size, flags, process_id, created = file.unpack("IIII", span.rva)
    size = min(size, span.size)
    found = {}
    if flags & 0x1:
        found["process_id"] = str(process_id)
    if flags & 0x2 and created:
        found["process_started"] = datetime.fromtimestamp(created, UTC).isoformat()
    if flags & 0x100 and size >= 832:
        build, debug = file.unpack("232x520s80s", span.rva)
        found["build"] = _wide(build, file.order)
        found["build_debug"] = _wide(debug, file.order)
    return {key: value for key, value in found.items() if value}


def assertion(file: Bytes, span: Span) -> dict[str, str]:
    """Expression, function, file and line of a failed assertion."""
    expression, function, path, line, kind = file.unpack("256s256s256sII", span.rva)
    found = {
        "expression": _wide(expression, file.order),
        "function": _wide(function, file.order),
        "file": _wide(path, file.order),
        "line": str(line) if line else "",
        "kind": {1: "invalid parameter", 2: "pure virtual call"}.get(kind, ""),
    }
    return {key: value for key, value in found.items() if value}


def comment(file: Bytes, span: Span, *, wide: bool) -> str | None:
    """A comment that the writer of the dump left."""
    raw = raw_text(file, span)
    return (_wide(raw, file.order) if wide else raw.partition(b"\0")[0].decode("utf-8", "replace")) or None


def raw_text(file: Bytes, span: Span) -> bytes:
    """The bytes of a stream, as many as the file still has."""
    kept = Span(max(0, min(span.size, file.size - span.rva)), span.rva)
    return bytes(file.take(kept)) if kept.size else b""


def key_values(raw: bytes, separator: bytes) -> dict[str, str]:
    """Lines of key, separator and value; quotes around a value are dropped, the first of equal keys stands.

    Examples
    --------
    >>> key_values(b'DISTRIB_ID=Ubuntu\\nDISTRIB_DESCRIPTION="Ubuntu 16.04"\\n', b"=")
    {'DISTRIB_ID': 'Ubuntu', 'DISTRIB_DESCRIPTION': 'Ubuntu 16.04'}
    """
    found: dict[str, str] = {}
    for line in raw.split(b"\n", _PAIRS)[:_PAIRS]:
        key, mark, value = line.partition(separator)
        if mark:
            text = value.decode("utf-8", "replace").strip()
            found.setdefault(key.decode("utf-8", "replace").strip(), text.strip('"'))
    return found


def environment(raw: bytes) -> dict[str, str]:
    """The variables of a NUL-separated environment.

    Examples
    --------
    >>> environment(b"HOME=/home/user\\0TERM=xterm\\0")
    {'HOME': '/home/user', 'TERM': 'xterm'}
    """
    found: dict[str, str] = {}
    for entry in raw.split(b"\0", _PAIRS)[:_PAIRS]:
        key, mark, value = entry.partition(b"=")
        if mark and key:
            found.setdefault(key.decode("utf-8", "replace"), value.decode("utf-8", "replace"))
    return found


def executable_maps(raw: bytes) -> list[tuple[int, int]]:
    """The executable ranges of a Linux memory map, as start and end.

    Examples
    --------
    >>> executable_maps(b"00400000-00401000 r-xp 00000000 00:00 1 /bin/x\\n00600000-00601000 rw-p 0 0 0\\n")
    [(4194304, 4198400)]
    """
    ranges = []
    for line in raw.split(b"\n", _PAIRS)[:_PAIRS]:
        span, _, rest = line[:64].partition(b" ")
        start, _, end = span.partition(b"-")
        if rest[2:3] == b"x":
            try:
                ranges.append((int(start, 16), int(end, 16)))
            except ValueError:
                continue
    return [(start, end) for start, end in ranges if 0 <= start < end < 1 << 64]


def _wide(raw: bytes, order: str) -> str:
    return raw.decode("utf-16-le" if order == "<" else "utf-16-be", "replace").partition("\0")[0]
