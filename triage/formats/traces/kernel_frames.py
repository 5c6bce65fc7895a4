r"""Frames and registers as the Linux kernel prints them, and the tools that look its addresses up.

Facts: general knowledge of the printing of stacks on x86, ARM, RISC-V, PowerPC and under LKL, of
`decode_stacktrace.sh` and of syzkaller's symboliser; held against the kernel reports that ClusterFuzz collected. One
line each::

    frame    = [ "#" n ] [ address ] [ "?" ] ( symbol | hex ) [ image ] [ place ] [ " (" note ")" ]
    address  = "[<" hex ">]" | "[" hex "]" | "0x" hex " in" | "[<" spaces "inline" [ "d" ] spaces ">]"
    symbol   = name [ "+0x" offset "/0x" size ]
    image    = "[" module [ " " build id ] "]"
    place    = file ":" line [ ":" column ] [ " (discriminator " n ")" ] [ " [inline]" ]
             | "(" ( file ":" line )* ")" [ image ]
    arm      = [ address ] "(" symbol ")" " from " [ address ] "(" symbol ")" | name " from " symbol
    marker   = "<" word ">", "</" word ">"                           which stack the next frames are of; not a row

`?` and `(unreliable)` say that the address was found on the stack and need not have been called: trust "unreliable".
An inlined function stands above the one that it was inlined into: `inline_depth`.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec.structs import replace

from triage.formats.traces.patterns import lazy, remembered
from triage.records import Frame

__all__ = ("caller", "frame", "has_registers", "inlined", "marker", "plain", "registers", "symbol")

_NAME: Final = r"(?!0x)[^\s+()\[\]<>:=,\"'#/][^\s+()\[\]<>:=,\"']{0,250}"
_OFFSET: Final = r"\+(?:0x)?(?P<offset>[0-9a-f]{1,16})/(?:0x)?[0-9a-f]{1,16}"
_PLACE: Final = (
    r"(?P<file>[^\s:()\[\]]{1,400}):(?P<line>\d{1,9})(?::(?P<column>\d{1,9}))?(?: \(discriminator \d{1,9}\))?"
)
_CHAIN: Final = r"[^\s:()\[\]]{1,400}:\d{1,9}(?: \(discriminator \d{1,9}\))?"
_LOOKED_UP: Final = _PLACE.replace("<file>", "<file2>").replace("<line>", "<line2>").replace("<column>", "<column2>")
_ADDRESS: Final = (
    r"(?:\[<(?P<address>(?:0x)?[0-9a-f]{7,16})>\]|\[<\s{1,12}(?P<inline>inlined?|none)\s{1,12}>\]"
    r"|\[(?:[0-9a-f]{16})\] \[(?P<second>[0-9a-f]{16})\])"
)
_FRAME: Final = lazy(
    rf"(?:#\d{{1,4}} {{1,3}})?(?:{_ADDRESS} {{0,3}})?(?P<guess>\? )?(?P<name>{_NAME}){_OFFSET}"
    rf"(?: (?P<within>{_NAME})(?= {_CHAIN}))?"
    rf"(?: \[(?P<module>[\w.-]{{1,100}})(?: [0-9a-f]{{16,64}})?\])?(?: [0-9a-f]{{40}})?(?: {_PLACE})?"
    r"(?: \((?P<note>unreliable|P|L|PL|F|K|FK|T)\))?(?: \[(?P<last>inline)\])?$"
)
# Looked up: `fn (file:line) module`, `fn file:line [inline]`, `[<  inline  >] fn file:line`.
_PLACED: Final = lazy(
    rf"(?:#\d{{1,4}} {{1,3}})?(?:{_ADDRESS} {{0,3}})?(?:0x(?P<hex>[0-9a-f]{{6,16}}) in )?(?P<guess>\? )?"
    rf"(?P<name>{_NAME})"
    rf"(?: (?:{_PLACE}|\((?:{_CHAIN} ){{0,8}}{_LOOKED_UP}\)))(?: \[?(?P<module>[\w-]{{1,100}})\]?)??(?: \["
    rf"(?P<last>inline)\])?$"
)
_BARE: Final = lazy(
    r"(?:#\d{1,4} {1,3})?(?:\[<(?P<address>(?:0x)?[0-9a-f]{7,16})>\] {0,3})?(?P<guess>\? )?(?P<name>0x[0-9a-f]{1,16}"
    r"|\(null\))(?:/0x[0-9a-f]{1,16})?(?: \[(?P<module>[\w.-]{1,100})[^\]]{0,70}\])?$"
)
_ALONE: Final = lazy(r"(?:#\d{1,4} {1,3})?\[<(?P<address>(?:0x)?[0-9a-f]{7,16})>\] ?(?P<guess>\?)?$")
_ARM: Final = lazy(
    rf"(?:\[<(?P<address>[0-9a-f]{{8,16}})>\] )?\(?"
    rf"(?P<name>{_NAME})(?:{_OFFSET})?(?: \[(?P<module>[\w.-]{{1,100}})\])?\)?"
    rf" from (?:\[<(?P<caller_address>[0-9a-f]{{8,16}})>\] )?\(?(?P<caller>{_NAME})\+(?:0x)?"
    rf"(?P<caller_offset>[0-9a-f]{{1,16}})/"
    rf"(?:0x)?[0-9a-f]{{1,16}}(?: \[(?P<caller_module>[\w.-]{{1,100}})\])?\)?$"
)
_BEGIN: Final = lazy(r"(?:#\d{1,4} {1,3})?\[<(?:0x)?[0-9a-f]{7,16}>\] (?=[^\s\[<])")
_MARKER: Final = lazy(r"(?:</?[\w#!]{2,12}>+|<<EOE>>|=======================) *")
_SYMBOL: Final = lazy(
    rf"(?:\[(?:<[^>]{{1,24}}>|[0-9a-f]{{8,16}})\] {{0,3}}){{0,2}}(?:[0-9a-f]{{8,16}} )?"
    rf"(?P<name>{_NAME})(?:{_OFFSET})?(?: \[(?P<module>[\w.-]{{1,100}})[^\]]{{0,70}}\])?"
    rf"(?: (?:{_PLACE}|\((?:{_CHAIN} ){{0,8}}{_LOOKED_UP}\)(?: \[?(?P<within>[\w-]{{1,100}})[^\]]{{0,70}}\]?)?))?"
    r"(?: \[(?P<last>inline)\])?"
)
_REGISTER_LINE: Final = lazy(
    r"(?:RSP|RAX|RDX|RBP|RSI|RDI|R1[0-5]|R0?[89]|FS|CS|DS|CR[0-4]|DR[0-7]|EAX|ESI|EDI|EBP|ESP|ORIG_RAX|PKRU)[: ]"
    r"|(?:sp|ip|fp|gp|tp|ra|epc|pc|lr|pstate|psr|x\d\d?|r\d\d?|t[0-6]|s\d\d?|a[0-7]) {0,2}: {0,2}[\[<0-9a-f]"
)
_REGISTERS: Final = lazy(r"\b([A-Za-z_][A-Za-z0-9_]{1,7}) ?: ?\[?<?(?:[0-9a-f]{4}:)?([0-9a-f]{8,16})(?![\w.])")


def plain(line: str) -> Frame | None:
    """A line as the frame that it is but for its address, where it begins with one; None where it may be another.

    Examples
    --------
    >>> plain("[<ffffffff92af048c>] ? keyring_read+0x193/0x193").function
    'keyring_read'
    """
    begin = _BEGIN.match(line) if " from " not in line else None
    return _behind(line[begin.end() :]) if begin is not None else None


@remembered
def _behind(rest: str) -> Frame | None:
    """The frame of which this stands behind any address."""
    return frame(f"[<00000000>] {rest}")


@remembered
def frame(line: str) -> Frame | None:
    """One line as a frame, None where it is none; `inline_depth` is 1 for what was inlined, see `inlined`.

    Examples
    --------
    >>> frame("[<ffffffff92af048c>] ? keyring_read+0x193/0x193 [keys] security/keys/keyring.c:176").trust
    'unreliable'
    >>> found = frame("vfs_read+0x1f/0x30 fs/read_write.c:481 [inline]")
    >>> found.function, found.symbol_offset, found.line, found.inline_depth
    ('vfs_read', 31, 481, 1)
    """
    found = _FRAME.match(line) or _PLACED.match(line) or (_ARM.match(line) if " from " in line else None)
    if found is None:
        found = _BARE.match(line) or _ALONE.match(line)
        if found is None:
            return None
    parts = found.groupdict()
    name = parts.get("name")
    if found.re.pattern == _PLACED.pattern and not any(
        parts[key] for key in ("address", "inline", "second", "hex", "file2", "last")
    ):
        return None
    known = name is not None and not name.startswith(("0x", "(null"))
    address = parts.get("address") or parts.get("second") or parts.get("hex") or (None if known else name)
    module = parts.get("module")
    guess = parts.get("guess") or parts.get("note") == "unreliable"
    return Frame(
        language="kernel",
        function=(parts.get("within") or name) if known else None,
        function_raw=name if known and parts.get("within") else None,
        module=module,
        symbol_offset=_hex(parts.get("offset")) if not parts.get("within") else None,
        file=parts.get("file") or parts.get("file2"),
        line=_number(parts.get("line") or parts.get("line2")),
        column=_number(parts.get("column") or parts.get("column2")),
        trust="unreliable" if guess else "text",
        inline_depth=1 if parts.get("last") or (parts.get("inline") or "").startswith("inline") else 0,
        address=_hex(address),
    )


@remembered
def caller(line: str) -> Frame | None:
    """The frame behind `from`, which ARM prints on every line: that of the last is the outermost.

    Examples
    --------
    >>> caller("[<c0012a40>] (f+0x1c/0x20) from [<c0090864>] (g+0xf4/0x400)").function
    'g'
    """
    found = _ARM.match(line) if " from " in line else None
    if found is None or not found["caller"]:
        return None
    return Frame(
        language="kernel",
        function=found["caller"],
        module=found["caller_module"],
        symbol_offset=_hex(found["caller_offset"]),
        trust="text",
        address=_hex(found["caller_address"]),
    )


def symbol(text: str, *, trust: str) -> Frame | None:
    """The function that a register points into: what stands behind `RIP: 0010:`, `pc : ` and `PC is at `.

    Examples
    --------
    >>> symbol("[<ffffffff92af056e>]  [<ffffffff92af056e>] keyring_destroy+0xe2/0x186", trust="context").symbol_offset
    226
    >>> symbol("list_del (lib/list_debug.c:47 (discriminator 1)) nvidia", trust="context").line
    47
    """
    found = _SYMBOL.match(text.strip())
    if found is None or not (found["offset"] or found["file"] or found["file2"]):
        return None
    address = re.match(r"(?:\[<?)?([0-9a-f]{7,16})(?:>?\]| )", text.strip())
    return Frame(
        language="kernel",
        function=found["name"],
        module=found["module"] or found["within"],
        symbol_offset=_hex(found["offset"]),
        file=found["file"] or found["file2"],
        line=_number(found["line"] or found["line2"]),
        column=_number(found["column"] or found["column2"]),
        trust=trust,
        inline_depth=1 if found["last"] else 0,
        address=int(address[1], 16) if address else None,
    )


@remembered
def marker(line: str) -> str | None:
    """What is left of a line behind the names of stacks, `<IRQ>` and its kin; None where it has none.

    Examples
    --------
    >>> marker("<IRQ>  [<ffffffff81234567>] f+0x1/0x2"), marker("</TASK>"), marker("f+0x1/0x2")
    ('[<ffffffff81234567>] f+0x1/0x2', '', None)
    """
    found = _MARKER.match(line)
    return line[found.end() :].strip() if found else None


def inlined(frames: list[Frame]) -> list[Frame]:
    """Count how deep each inlined function lies in the physical frame that is printed below it."""
    depth, found = 0, []
    for row in reversed(frames):
        depth = depth + 1 if row.inline_depth else 0
        found.append(replace(row, inline_depth=depth) if row.inline_depth != depth else row)
    return found[::-1]


def has_registers(line: str) -> bool:
    """Whether a line is one of registers.

    Examples
    --------
    >>> has_registers("RSP: 0018:ffff880035e67c78"), has_registers("f+0x1/0x2")
    (True, False)
    """
    return _REGISTER_LINE.match(line) is not None


def registers(line: str) -> dict[str, str] | None:
    """The registers of a line, names in lower case; None where it is no line of registers.

    Examples
    --------
    >>> registers("RSP: 0018:ffff880035e67c78  EFLAGS: 00010202")
    {'rsp': '0xffff880035e67c78', 'eflags': '0x10202'}
    >>> registers("r10: 00000000  r9 : e7c96020")
    {'r10': '0x0', 'r9': '0xe7c96020'}
    """
    if not has_registers(line):
        return None
    return {name.lower(): hex(int(value, 16)) for name, value in _REGISTERS.findall(line[:400])}


def _hex(text: str | None) -> int | None:
    """A hexadecimal number."""
    return int(text, 16) if text and text != "(null)" else None


def _number(text: str | None) -> int | None:
    """A decimal number."""
    return int(text) if text else None
