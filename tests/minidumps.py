"""Minidumps put together by hand, struct by struct: what the tests of the minidump reader stand on beside real ones."""

from __future__ import annotations

import struct
from typing import Final

STAMP: Final = 1_700_000_000
X64, ARM64_NEW, ARM64_OLD = 9, 12, 0x8003
WINDOWS, MACOS, LINUX, ANDROID = 2, 0x8101, 0x8201, 0x8203

EXE, DLL = 0x7FF6_0000_0000, 0x7FFE_0000_0000
STACK = 0x10_0000


class Builder:
    """Pieces in, a dump out; everything that is added gives the offset where it lies."""

    def __init__(self, *, streams: int = 24, order: str = "<") -> None:
        self.order = order
        self.blob = bytearray(32 + 12 * streams)
        self.directory: list[tuple[int, int, int]] = []

    def pack(self, layout: str, *values: object) -> bytes:
        return struct.pack(self.order + layout, *values)

    def add(self, raw: bytes) -> int:
        self.blob += bytes(-len(self.blob) % 8)
        self.blob += raw
        return len(self.blob) - len(raw)

    def wide(self, text: str) -> int:
        raw = text.encode("utf-16-le" if self.order == "<" else "utf-16-be")
        return self.add(self.pack("I", len(raw)) + raw + b"\0\0")

    def plain(self, text: str) -> int:
        raw = text.encode()
        return self.add(self.pack("I", len(raw)) + raw + b"\0")

    def place(self, raw: bytes) -> tuple[int, int]:
        """Size and offset, as location descriptors have them."""
        return (len(raw), self.add(raw)) if raw else (0, 0)

    def stream(self, kind: int, raw: bytes) -> int:
        rva = self.add(raw)
        self.directory.append((kind, len(raw), rva))
        return rva

    def dump(self) -> bytes:
        mark = b"MDMP" if self.order == "<" else b"PMDM"
        head = mark + self.pack("IIIIIQ", 0xA793, len(self.directory), 32, 0, STAMP, 0)
        entries = b"".join(self.pack("III", *entry) for entry in self.directory)
        blob = bytes(self.blob)
        return head + entries + blob[len(head) + len(entries) :]

    # Streams.

    def system(self, arch: int, platform: int, version: tuple[int, int, int] = (10, 0, 19045), csd: str = "") -> None:
        text = self.wide(csd) if csd else 0
        raw = self.pack("HHHBBIIIIIHH", arch, 6, 1, 8, 1, *version, platform, text, 0, 0) + bytes(24)
        self.stream(7, raw)

    def exception(
        self, thread: int, code: int, context: bytes, *, flags: int = 0, address: int = 0, info: tuple[int, ...] = ()
    ) -> None:
        padded = (*info, *([0] * (15 - len(info))))
        raw = self.pack("IIIIQQII15Q", thread, 0, code, flags, 0, address, len(info), 0, *padded)
        self.stream(6, raw + self.pack("II", *self.place(context)))

    def threads(self, *rows: tuple[int, int, bytes, bytes]) -> None:
        """Thread number, start of its stack, its memory, its context."""
        raw = self.pack("I", len(rows))
        for number, start, memory, context in rows:
            places = (*self.place(memory), *self.place(context))
            raw += self.pack("IIIIQQIIII", number, 0, 0, 0, 0, start, *places)
        self.stream(3, raw)

    def thread_names(self, names: dict[int, str]) -> None:
        rows = [(number, self.wide(name)) for number, name in names.items()]
        self.stream(24, self.pack("I", len(rows)) + b"".join(self.pack("IQ", *row) for row in rows))

    def module(self, base: int, size: int, name: str, codeview: bytes, *, stamp: int = 0, version: int = 0) -> bytes:
        info = (0xFEEF04BD, 0x10000, version, 0x00030004, 0, 0, 0, 0, 0, 0, 0, 0, 0) if version else (0,) * 13
        fixed = self.pack("QIIII13I", base, size, 0, stamp, self.wide(name), *info)
        return fixed + self.pack("IIII", *self.place(codeview), 0, 0) + bytes(16)

    def modules(self, *rows: bytes, padded: bool = False) -> None:
        self.stream(4, self.pack("I", len(rows)) + (bytes(4) if padded else b"") + b"".join(rows))

    def sentry(self, threads: list[tuple[int, list[tuple[int, str]]]]) -> None:
        pool, frames, rows = b"", b"", b""
        for number, stack in threads:
            rows += self.pack("III", number, len(frames) // 16, len(stack))
            for address, name in stack:
                frames += self.pack("QII", address, len(pool), len(name.encode()))
                pool += name.encode()
        head = self.pack("IIII", 1, len(threads), len(frames) // 16, len(pool)) + rows
        self.stream(0x53790001, head + bytes(-len(head) % 8) + frames + pool)


def rsds(name: str, age: int = 1) -> bytes:
    return b"RSDS" + bytes(range(16)) + struct.pack("<I", age) + name.encode() + b"\0"


def x64_context(*, rip: int, rsp: int, rbp: int = 0) -> bytes:
    raw = bytearray(1232)
    struct.pack_into("<I", raw, 48, 0x10001F)
    for offset, value in ((152, rsp), (160, rbp), (248, rip), (120, 0xABC)):
        struct.pack_into("<Q", raw, offset, value)
    struct.pack_into("<I", raw, 68, 0x246)
    return bytes(raw)


def x86_context(*, eip: int, esp: int, ebp: int = 0, order: str = "<") -> bytes:
    raw = bytearray(716)
    struct.pack_into(f"{order}I", raw, 0, 0x1001F)
    for offset, value in ((180, ebp), (184, eip), (196, esp), (176, 0x45)):
        struct.pack_into(f"{order}I", raw, offset, value)
    return bytes(raw)


def arm_context(*, pc: int, sp: int, fp: int, lr: int, thumb: bool) -> bytes:
    raw = bytearray(368)
    struct.pack_into("<I", raw, 4 + 4 * (7 if thumb else 11), fp)
    struct.pack_into("<IIII", raw, 4 + 4 * 13, sp, lr, pc, 0x20 if thumb else 0x10)
    return bytes(raw)


def arm64_context(*, pc: int, sp: int, fp: int, lr: int, old: bool = False) -> bytes:
    raw = bytearray(796 if old else 912)
    struct.pack_into("<4Q", raw, 8 + 29 * 8, fp, lr, sp, pc)
    struct.pack_into("<I", raw, 272 if old else 4, 0x6000_0000)
    return bytes(raw)


def crashpad(builder: Builder) -> bytes:
    """Crashpad's stream: two simple annotations, and a list, a dictionary and objects on the second module."""

    def dictionary(pairs: dict[str, str]) -> bytes:
        rows = [(builder.plain(key), builder.plain(value)) for key, value in pairs.items()]
        return builder.pack("I", len(rows)) + b"".join(builder.pack("II", *row) for row in rows)

    def objects(rows: list[tuple[str, int, int]]) -> bytes:
        packed = b"".join(builder.pack("IHHI", builder.plain(name), kind, 0, rva) for name, kind, rva in rows)
        return builder.pack("I", len(rows)) + packed

    simple = builder.place(dictionary({"ver": "1.2.3", "prod": "Shop"}))
    main = builder.pack("IIIIIII", 1, 0, 0, 0, 0, *builder.place(objects([("ptype", 1, builder.plain("browser"))])))
    custom = builder.add(builder.pack("I", 2) + b"\x01\xff")
    other = builder.pack(
        "IIIIIII",
        1,
        *builder.place(builder.pack("II", 1, builder.plain("last words"))),
        *builder.place(dictionary({"gpu": "llvmpipe"})),
        *builder.place(objects([("counter", 0x8001, custom), ("unset", 0, 0)])),
    )
    links = builder.pack("I", 2)
    for index, raw in enumerate((main, other)):
        links += builder.pack("III", index, *builder.place(raw))
    ids = bytes.fromhex("0403020106050807090a0b0c0d0e0f10") + bytes(16)
    return builder.pack("I", 1) + ids + builder.pack("IIII", *simple, *builder.place(links)) + bytes(12)


def windows_x64() -> bytes:
    """A program that read address 0x20: one thread in the embedded stacks, one unwound out of Memory64List."""
    builder = Builder()
    builder.system(X64, WINDOWS)
    stack = bytearray(0x400)
    # Frame pointers at +0x40 and +0x80, the second the last; before and after them a word that looks like code.
    struct.pack_into("<Q", stack, 0x10, EXE + 0x9999)
    struct.pack_into("<QQ", stack, 0x40, STACK + 0x80, DLL + 0x2222)
    struct.pack_into("<QQ", stack, 0x80, 0, EXE + 0x3333)
    struct.pack_into("<Q", stack, 0x100, EXE + 0x4444)
    crashed = x64_context(rip=EXE + 0x1111, rsp=0x50_0000)
    other = x64_context(rip=DLL + 0x1000, rsp=STACK, rbp=STACK + 0x40)
    builder.modules(
        builder.module(
            EXE, 0x10000, "C:\\shop\\shop.exe", rsds("D:\\b\\shop.pdb", 0x1A), stamp=0x5F3C0001, version=0x10002
        ),
        builder.module(
            DLL, 0x8000, "C:\\Windows\\ntdll.dll", b"NB10" + struct.pack("<III", 0, 0xABCDEF01, 2) + b"nt.pdb\0"
        ),
        padded=True,
    )
    builder.exception(77, 0xC0000005, crashed, address=EXE + 0x1111, info=(0, 0x20))
    builder.threads((77, 0, b"", crashed), (78, 0, b"", other))
    builder.thread_names({77: "main", 78: "w\u00f6rker"})
    unloaded = builder.pack("QIIII", 0x6000_0000, 0x2000, 0, 0x4A5B0001, builder.wide("C:\\old\\gone.dll"))
    builder.stream(14, builder.pack("III", 12, 24, 1) + unloaded)
    builder.stream(15, builder.pack("IIIIII", 24, 3, 4242, STAMP - 60, 0, 0))
    builder.stream(10, b"made by hand\0")
    builder.stream(11, "by h\u00e4nd\0".encode("utf-16-le"))
    builder.stream(12, builder.pack("IIII", 16, 32, 5, 0))
    builder.stream(16, memory_info(builder, [(EXE, 0x10000, 0x20), (DLL, 0x8000, 0x20), (STACK, 0x400, 0x04)]))
    builder.sentry([(77, [(EXE + 0x1111, "shop::Cart::total"), (EXE + 0x1200, "main"), (DLL + 0x10, "")])])
    builder.stream(0x43500001, crashpad(builder))
    builder.stream(0x4B6B0002, b"a stream that nobody knows")
    memory = builder.add(bytes(stack))
    builder.stream(9, builder.pack("QQQQ", 1, memory, STACK, len(stack)))
    return builder.dump()


def memory_info(builder: Builder, rows: list[tuple[int, int, int]]) -> bytes:
    packed = b"".join(
        builder.pack("QQIIQIIII", base, base, protect, 0, size, 0x1000, protect, 0, 0) for base, size, protect in rows
    )
    return builder.pack("IIQ", 16, 48, len(rows)) + packed


def macos_arm64(*, old: bool = False) -> bytes:
    """A program that went through a null pointer: a leaf function, then signed return addresses on x29."""
    builder = Builder()
    builder.system(ARM64_OLD if old else ARM64_NEW, MACOS, (14, 5, 0), "23F79")
    signed = 0xB7A0_0000_0000_0000
    main, lib = 0x1_0000_0000, 0x1_8000_0000
    stack = bytearray(0x200)
    struct.pack_into("<QQ", stack, 0x20, STACK + 0x60, signed | (main + 0x2000))
    struct.pack_into("<QQ", stack, 0x60, 0, lib + 0x5000)
    context = arm64_context(pc=lib + 0x9000, sp=STACK, fp=STACK + 0x20, lr=signed | (main + 0x1000), old=old)
    builder.modules(
        builder.module(main, 0x8000, "/Applications/Shop.app/Contents/MacOS/Shop", rsds("Shop", 0)),
        builder.module(lib, 0x10000, "/usr/lib/libsystem_c.dylib", rsds("libsystem_c.dylib", 0)),
    )
    builder.exception(259, 1, context, flags=1, address=0x10, info=(1, 1, 0x10))
    builder.threads((259, STACK, bytes(stack), context))
    builder.stream(0x47670001, builder.pack("III", 3, 999, 259))
    return builder.dump()


SAMPLES: Final = {"windows_x64": windows_x64, "macos_arm64": macos_arm64}
