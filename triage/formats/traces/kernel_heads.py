"""Which lines of a kernel log begin a report, announce a stack or belong to a report: the rows of `kernel.toml`."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from triage.formats.traces.patterns import either, lazy, remembered

__all__ = ("Head", "Heading", "after", "head", "heading", "known")

_ACCESS: Final = {"read": "READ", "write": "WRITE", "read-write": "WRITE"}


@dataclass(frozen=True, slots=True)
class Head:
    """What the first line of a report says."""

    text: str
    kind: str
    type: str
    level: str = "fatal"
    tool: str | None = None
    value: str | None = None
    where: str | None = None
    address: int | None = None
    access: str | None = None
    code: int | None = None
    count: int | None = None
    process: str | None = None
    pid: int | None = None
    size: int | None = None
    # may stand inside of a report that another head began
    die: bool = False
    # is a report although nothing else follows
    sure: bool = False
    # many other lines stand between its stacks
    slow: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that a stack stands under; role "" is decided by what was read before."""

    role: str
    task: int | None = None
    access: str | None = None
    size: int | None = None
    address: int | None = None
    rest: str = ""


@remembered
def head(line: str) -> Head | None:
    """The head that a line is, without its indentation.

    Examples
    --------
    >>> found = head("BUG: KASAN: slab-out-of-bounds in f+0x1/0x2")
    >>> found.kind, found.type, found.tool, found.where
    ('crash', 'slab-out-of-bounds', 'KASAN', 'f+0x1/0x2')
    """
    if not _any()[0].match(line):
        return None
    for row, pattern in _rows()[0]:
        found = pattern.match(line)
        if found:
            return _head(row, found)
    return None


@remembered
def heading(line: str) -> Heading | None:
    """The announcement of a stack that a line is.

    Examples
    --------
    >>> heading("Freed by task 12:").role, heading("Call Trace: <TASK>").rest
    ('free', '<TASK>')
    """
    if not _any()[1].match(line):
        return None
    for role, pattern in _rows()[1]:
        found = pattern.match(line)
        if found:
            parts = found.groupdict()
            return Heading(
                role=role,
                task=_number(parts.get("task")),
                access=_ACCESS.get((parts.get("access") or "").lower()),
                size=_number(parts.get("size")),
                address=_hex(parts.get("address")),
                rest=line[found.end() :].strip() if role == "" and "address" not in parts else "",
            )
    return None


@remembered
def known(line: str) -> bool:
    """Whether a line belongs to reports and nothing is read from it."""
    return _rows()[2].match(line) is not None


@remembered
def after(line: str) -> bool:
    """Whether a line may stand behind the end mark of an oops."""
    return _rows()[3].match(line) is not None


def _head(row: dict[str, Any], found: re.Match[str]) -> Head:
    """The groups of a head as columns."""
    parts = {key: value.strip() for key, value in found.groupdict().items() if value}
    where = parts.get("where", "")
    return Head(
        text=found[0],
        kind=row["kind"],
        type=row.get("type") or parts.get("type") or "Oops",
        level=row.get("level", "fatal"),
        tool=row.get("tool") or parts.get("tool"),
        value=parts.get("value"),
        where=where if where not in {"", "null"} else None,
        address=_hex(parts.get("address") or parts.get("address2")),
        access=_ACCESS.get(parts.get("access", "")),
        code=_hex(parts.get("code")),
        process=parts.get("process"),
        die=row.get("die", False),
        sure=row.get("sure", False),
        slow=row.get("slow", False),
        **{name: _number(parts.get(name)) for name in ("count", "pid", "size")},
    )


@cache
def _rows() -> tuple[
    list[tuple[dict[str, Any], re.Pattern[str]]], list[tuple[str, re.Pattern[str]]], re.Pattern[str], re.Pattern[str]
]:
    """The heads, the headings and the other lines of the data file."""
    table = tomllib.loads(files("triage.formats.traces").joinpath("kernel.toml").read_text("utf-8"))

    def compiled(pattern: str) -> re.Pattern[str]:
        pattern = pattern.replace("\\\n", "")
        for name, piece in table["pieces"].items():
            pattern = pattern.replace(f"${name}", piece)
        return lazy(pattern)

    return (
        [(row, compiled(row["pattern"])) for row in table["head"]],
        [(row["role"], compiled(row["pattern"])) for row in table["stack"]],
        compiled("|".join(table["known"]["lines"])),
        compiled("|".join(table["known"]["after"])),
    )


@cache
def _any() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What every head, and every heading, matches."""
    heads, headings, _, _ = _rows()
    return either(pattern for _, pattern in heads), either(pattern for _, pattern in headings)


def _hex(text: str | None) -> int | None:
    """A hexadecimal number, None where the kernel wrote that it is null in words."""
    return int(text, 16) if text and "n" not in text else 0 if text else None


def _number(text: str | None) -> int | None:
    """A decimal number."""
    return int(text) if text else None
