"""One frame of the JVM's fatal error logs: native, of the VM, interpreted, compiled, a stub."""

from __future__ import annotations

import re
from typing import Final

from msgspec.structs import replace

from triage.formats.traces.gdb import call
from triage.formats.traces.patterns import integer, lazy, remembered
from triage.records import Frame

__all__ = ("frame",)

_NATIVE: Final = lazy(
    r"(?P<kind>[CVAc])  ?(?:\[(?P<image>[^\[\]]{1,400}?)(?:\+(?P<offset>0x[0-9a-fA-F]{1,16}))?\]"
    r"(?: {1,4}(?P<symbol>\S.*))?"
    r"|(?P<bare>0x[0-9a-fA-F]{1,16}))\s*$"
)
_INTERPRETED: Final = lazy(
    r"j  ?(?P<name>[^\s(]{1,600})(?P<args>\([^)]*\)\S*?)?(?:\+(?P<bci>-?\d{1,9}))?"
    r"(?: (?P<module>[\w.]{1,100})(?:@(?P<version>\S{1,60}))?)?\s*$"
)
_COMPILED: Final = lazy(
    r"[JR] {1,2}(?:(?P<id>\d{1,9})(?P<osr>%)? *(?:[!snb*]{1,3} )?(?:(?P<tier>c[12]|jvmci|aot\[\d+\]) )?)?"
    r"(?P<name>[^\s(]{1,600})"
    r"(?P<args>\([^)]*\)\S*)?(?: (?P<module>[\w.]{1,100})(?:@(?P<version>\S{1,60}))?)?"
    r" ?(?:\(\d{1,9} bytes\))? ?(?:@ (?P<address>0x[0-9a-fA-F]{1,16}) "
    r"\[0x[0-9a-fA-F]{1,16}\+(?P<offset>0x[0-9a-fA-F]{1,16})\])?\s*$"
)
_STUB: Final = lazy(
    r"v  ?~?(?P<name>[^\s@]{1,200})(?: [a-z][^@]{1,200}?)?"
    r"(?: @? ?(?P<address>0x[0-9a-fA-F]{1,16}))?(?: \[0x\S{1,60})?\s*$"
)
_SYMBOL: Final = lazy(r"(?P<name>.{1,2000}?)\+(?P<offset>0x[0-9a-fA-F]{1,16})(?: {1,4}\((?P<place>.{1,400})\))?$")
_PLACE: Final = lazy(r"(.{1,400}?):(\d{1,9})$")
_LINE_CHARS: Final = 4_000


def frame(line: str, number: int | None = None) -> Frame | None:
    """The frame that a line holds, None where it holds none.

    Examples
    --------
    >>> found = frame("V  [libjvm.so+0x8d4]  JNIHandles::resolve(_jobject*)+0x14")
    >>> found.function, found.module, found.module_offset, found.symbol_offset
    ('JNIHandles::resolve', 'libjvm.so', 2260, 20)
    """
    found = _frame(line)
    return found if found is None or number is None else replace(found, text_line=number)


@remembered
def _frame(line: str) -> Frame | None:
    """The frame that a line holds, without the number of the line."""
    if len(line) > _LINE_CHARS:
        return None
    if found := _NATIVE.match(line):
        return _native(found)
    if found := _INTERPRETED.match(line):
        return _java(found, trust="interpreted")
    if (found := _COMPILED.match(line)) and "." in found["name"]:
        return _java(found, trust="compiled")
    if found := _STUB.match(line):
        address = found["address"]
        return Frame(
            function=found["name"],
            function_raw=line.strip()[1:].strip(),
            address=int(address, 16) if address else None,
            trust="stub",
        )
    return None


def _native(found: re.Match[str]) -> Frame:
    """A frame of a library or of the VM."""
    if found["bare"]:
        return Frame(address=int(found["bare"], 16), trust="text")
    symbol = (found["symbol"] or "").strip()
    parts = _SYMBOL.match(symbol)
    raw = parts["name"] if parts else symbol
    place = _PLACE.match(parts["place"]) if parts and parts["place"] else None
    name, args = call(raw)
    return Frame(
        function=name or None,
        function_raw=raw if raw != name else None,
        args=args,
        module=found["image"],
        module_offset=int(found["offset"], 16) if found["offset"] else None,
        symbol_offset=int(parts["offset"], 16) if parts else None,
        file=place[1] if place else None,
        line=int(place[2]) if place else None,
        trust="text",
    )


def _java(found: re.Match[str], *, trust: str) -> Frame:
    """A frame of Java, interpreted or compiled."""
    groups = found.groupdict()
    offset = groups.get("offset") or groups.get("bci")
    address = groups.get("address")
    return Frame(
        function=found["name"],
        function_raw=f"{found['name']}{found['args']}" if found["args"] else None,
        args=(found["args"] or "").partition("(")[2].partition(")")[0] or None,
        module=found["module"],
        symbol_offset=integer(offset) if offset and not offset.startswith("-") else None,
        address=int(address, 16) if address else None,
        language="java",
        trust=trust,
    )
