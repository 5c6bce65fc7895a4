"""Write `minidump/windows-access-violation.dmp`: a Windows x64 minidump put together with struct, not by Windows.

It holds what the real dumps at hand lack: thread names, module and process annotations of Crashpad, the stack stream that
Sentry's native SDK embeds (0x53790001), version records, an unloaded module. Program, addresses and paths are invented and
agree with each other: return addresses on the stacks lie in the modules, the exception's context is the crashing thread's.
"""

from __future__ import annotations

import struct
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime

from common import put

TIME = int(datetime(2026, 2, 12, 8, 30, 15, tzinfo=UTC).timestamp())
EDITOR, NTDLL, KERNEL32 = 0x7FF621000000, 0x7FFD609B0000, 0x7FFD5F5D0000
CRASHED, MAIN, IDLE = 7120, 7104, 7133
ACCESS_VIOLATION, WRITE, FAULT = 0xC0000005, 1, 0x18
REGISTERS = {"rax": 0x78, "rcx": 0x80, "rdx": 0x88, "rbx": 0x90, "rsp": 0x98, "rbp": 0xA0, "rsi": 0xA8, "rdi": 0xB0}
REGISTERS |= {f"r{n}": 0xB8 + 8 * (n - 8) for n in range(8, 16)} | {"rip": 0xF8}

MODULES = [
    (
        EDITOR,
        0xA0000,
        r"C:\Program Files\Editor\editor.exe",
        (5, 0, 2, 1181),
        "7a1c2d3e4f504162873849a0b1c2d3e4",
        "editor.pdb",
    ),
    (
        NTDLL,
        0x212000,
        r"C:\Windows\System32\ntdll.dll",
        (10, 0, 22621, 4111),
        "0d1e2f304152637485960a1b2c3d4e5f",
        "ntdll.pdb",
    ),
    (KERNEL32, 0xC4000, r"C:\Windows\System32\kernel32.dll", (10, 0, 22621, 4111), None, None),
]
THREADS = [
    (MAIN, "main", 0x9F1BFFF000, [(NTDLL + 0x9D0C4, "NtWaitForSingleObject"), (EDITOR + 0x16C0, "main")]),
    (
        CRASHED,
        "export",
        0x9F1C2FF6D0,
        [
            (EDITOR + 0x228D4, "editor::PngWriter::WriteRow"),
            (EDITOR + 0x21A40, "editor::ExportJob::Run"),
            (EDITOR + 0x21C18, "std::thread::_Invoke<editor::ExportJob>"),
            (KERNEL32 + 0x17374, "BaseThreadInitThunk"),
            (NTDLL + 0x4CC91, "RtlUserThreadStart"),
        ],
    ),
    (IDLE, "idle \u2615", 0x9F1C4FF7A0, [(NTDLL + 0x9DA54, ""), (KERNEL32 + 0x17374, "BaseThreadInitThunk")]),
]


@dataclass
class Dump:
    """A dump under construction: the bytes after the header and the streams' places."""

    streams: list[tuple[int, int, int]] = field(default_factory=list)
    data: bytearray = field(default_factory=lambda: bytearray(32 + 12 * 10))

    def add(self, piece: bytes, *, align: int = 8) -> int:
        """Append a piece and return its place."""
        self.data += bytes(-len(self.data) % align)
        place = len(self.data)
        self.data += piece
        return place

    def wide(self, text: str) -> int:
        """Append a MINIDUMP_STRING."""
        raw = text.encode("utf-16-le")
        return self.add(struct.pack("<I", len(raw)) + raw + b"\0\0")

    def narrow(self, text: str, *, nul: bool = True) -> int:
        """Append one of Crashpad's UTF-8 strings, or a byte array."""
        raw = text.encode()
        return self.add(struct.pack("<I", len(raw)) + raw + (b"\0" if nul else b""), align=4)

    def location(self, piece: bytes) -> bytes:
        """Append a piece and return its size and place as a location descriptor."""
        return struct.pack("<II", len(piece), self.add(piece))

    def stream(self, kind: int, piece: bytes) -> None:
        """Append a stream."""
        self.streams.append((kind, len(piece), self.add(piece)))

    def finish(self) -> bytes:
        """Write header and directory into the space kept for them."""
        head = struct.pack("<4sIIIIIQ", b"MDMP", 0xA793, len(self.streams), 32, 0, TIME, 0)
        directory = b"".join(struct.pack("<III", *entry) for entry in self.streams)
        self.data[: len(head)] = head
        self.data[32 : 32 + len(directory)] = directory
        return bytes(self.data)


def context(rip: int, rsp: int, **others: int) -> bytes:
    """Return an AMD64 CONTEXT with the given registers."""
    raw = bytearray(1232)
    struct.pack_into("<II", raw, 0x30, 0x10001F, 0x1F80)
    struct.pack_into("<HHHHHHI", raw, 0x38, 0x33, 0x2B, 0x2B, 0x53, 0x2B, 0x2B, 0x10206)
    for name, value in {"rip": rip, "rsp": rsp, **others}.items():
        struct.pack_into("<Q", raw, REGISTERS[name], value)
    return bytes(raw)


def stack_memory(start: int, frames: list[tuple[int, str]]) -> bytes:
    """Return a stack of 1 kB: every 0x48 bytes a saved frame pointer (the last is 0) and a return address; text behind."""
    raw = bytearray(1024)
    for number, (address, _) in enumerate(frames[1:], 1):
        following = start + 0x48 * (number + 1) - 8 if number + 1 < len(frames) else 0
        struct.pack_into("<QQ", raw, 0x48 * number - 8, following, address)
    note = b"export of big.example for ana@example.com, key not-a-real-secret-0008\0"
    raw[0x300 : 0x300 + len(note)] = note
    return bytes(raw)


def system(dump: Dump) -> None:
    """Add SystemInfo (Windows 10.0.22621 on x64) and MiscInfo (process number and start time)."""
    cpu = struct.pack("<QQQ", 0x178BFBFF, 0, 0)
    head = struct.pack("<HHHBB", 9, 25, 0x2102, 16, 1)
    version = struct.pack("<IIIIIHH", 10, 0, 22621, 2, dump.wide(""), 0x100, 0)
    dump.stream(7, head + version + cpu)
    dump.stream(15, struct.pack("<IIIIII", 24, 3, 6872, TIME - 478, 12, 3))


def threads(dump: Dump) -> bytes:
    """Add threads with contexts, their stacks as the memory list, and names; return the crashed context's location."""
    rows, memory, names, crashed = [], [], [], b""
    for tid, name, rsp, frames in THREADS:
        registers = {"rbp": rsp + 0x40} | ({"rcx": FAULT, "rdx": 4096} if tid == CRASHED else {})
        stack = struct.pack("<Q", rsp) + dump.location(stack_memory(rsp, frames))
        where = dump.location(context(frames[0][0], rsp, **registers))
        crashed = where if tid == CRASHED else crashed
        rows.append(struct.pack("<IIIIQ", tid, 0, 32, 0, 0x9F1B000000 + tid * 0x1000) + stack + where)
        memory.append(stack)
        names.append(struct.pack("<IQ", tid, dump.wide(name)))
    dump.stream(3, struct.pack("<I", len(rows)) + b"".join(rows))
    dump.stream(5, struct.pack("<I", len(memory)) + b"".join(memory))
    dump.stream(24, struct.pack("<I", len(names)) + b"".join(names))
    return crashed


def modules(dump: Dump) -> None:
    """Add the module list with versions and CodeView records, and one unloaded module."""
    rows = []
    for base, size, path, (major, minor, build, patch), guid, pdb in MODULES:
        version = (major << 16 | minor, build << 16 | patch)
        fixed = struct.pack("<13I", 0xFEEF04BD, 0x10000, *version, *version, 0x3F, 0, 0x40004, 1, 0, 0, 0)
        codeview = b""
        if guid and pdb:
            codeview = b"RSDS" + uuid.UUID(guid).bytes_le + struct.pack("<I", 1) + pdb.encode() + b"\0"
        where = dump.location(codeview) if codeview else bytes(8)
        head = struct.pack("<QIIII", base, size, 0, 0x65B0C2D1, dump.wide(path))
        rows.append(head + fixed + where + bytes(8) + bytes(16))
    dump.stream(4, struct.pack("<I", len(rows)) + b"".join(rows))
    gone = struct.pack(
        "<QIIII", 0x7FFD3C000000, 0x1A000, 0, 0x65000000, dump.wide(r"C:\Program Files\Editor\plugin.dll")
    )
    dump.stream(14, struct.pack("<III", 12, 24, 1) + gone)


def exception(dump: Dump, crashed: bytes) -> None:
    """Add the exception: a write through a null pointer."""
    record = struct.pack("<IIQQII", ACCESS_VIOLATION, 0, 0, EDITOR + 0x228D4, 2, 0)
    parameters = struct.pack("<15Q", WRITE, FAULT, *[0] * 13)
    dump.stream(6, struct.pack("<II", CRASHED, 0) + record + parameters + crashed)


def dictionary(dump: Dump, values: dict[str, str]) -> bytes:
    """Append Crashpad's simple dictionary and return its location."""
    places = [struct.pack("<II", dump.narrow(key), dump.narrow(value)) for key, value in values.items()]
    return dump.location(struct.pack("<I", len(places)) + b"".join(places))


def crashpad(dump: Dump) -> None:
    """Add Crashpad's annotations: of the process, and of the first module (dictionary, list, typed objects)."""
    process = dictionary(dump, {"prod": "Editor", "ver": "5.0.2", "channel": "beta", "token": "not-a-real-token-0009"})
    notes = [struct.pack("<I", dump.narrow(text)) for text in ("render thread started", "export of 8192 rows")]
    listed = dump.location(struct.pack("<I", len(notes)) + b"".join(notes))
    simple = dictionary(dump, {"gpu": "Example Graphics 730"})
    typed = [("document", 1, "big.example"), ("unknown-type", 0x8001, "\x01\x02")]
    objects = [
        struct.pack("<IHHI", dump.narrow(name), kind, 0, dump.narrow(value, nul=False)) for name, kind, value in typed
    ]
    annotations = dump.location(struct.pack("<I", len(objects)) + b"".join(objects))
    module = dump.location(struct.pack("<I", 1) + listed + simple + annotations)
    links = dump.location(struct.pack("<II", 1, 0) + module)
    report = uuid.UUID("2f1e0d3c-4b5a-4968-8776-95a4b3c2d1e0").bytes_le
    client = uuid.UUID("6a7b8c9d-0e1f-4a2b-8c3d-4e5f60718293").bytes_le
    dump.stream(0x43500001, struct.pack("<I", 1) + report + client + process + links)


def sentry_stacks(dump: Dump) -> None:
    """Add the stack stream: threads, frames innermost first, a pool of symbol names."""
    pool, rows, frames = b"", b"", b""
    for tid, _, _, stack in THREADS:
        rows += struct.pack("<III", tid, len(frames) // 16, len(stack))
        for address, symbol in stack:
            name = symbol.encode()
            frames += struct.pack("<QII", address, len(pool), len(name))
            pool += name
    rows += bytes(-(16 + len(rows)) % 8)
    head = struct.pack("<IIII", 1, len(THREADS), len(frames) // 16, len(pool))
    dump.stream(0x53790001, head + rows + frames + pool)


def main() -> None:
    """Write the dump."""
    dump = Dump()
    system(dump)
    crashed = threads(dump)
    modules(dump)
    exception(dump, crashed)
    crashpad(dump)
    sentry_stacks(dump)
    put("minidump/windows-access-violation.dmp", dump.finish())


if __name__ == "__main__":
    main()
