"""Patterns of lines in a session of cdb or WinDbg: headings, warnings, commands, images, threads, registers."""

from __future__ import annotations

from typing import Final

from triage.formats.traces.patterns import lazy

__all__ = (
    "ADDRESS", "ARGUMENT", "BANNER", "BUGCHECK", "BUGCHECKED", "EVERY", "IMAGE", "OTHER", "REGISTER", "REGISTERS",
    "THREAD", "banner",
)  # fmt: skip

ADDRESS: Final = r"[0-9a-fA-F]{8}`?(?:[0-9a-fA-F]{8})?"
BUGCHECK: Final = lazy(r"([A-Z][A-Z0-9_]{5,60}) \(([0-9a-f]{1,8})\)\s*$")
BUGCHECKED: Final = lazy(r"BugCheck ([0-9A-F]{1,8}), \{([0-9a-f, `]{0,120})\}")
ARGUMENT: Final = lazy(r"Arg(\d): ([0-9a-f`]{8,17})")
THREAD: Final = lazy(
    r'([.# ])\s{0,4}\d{1,5}\s{1,4}Id: ([0-9a-f]{1,8})\.([0-9a-f]{1,8}) Suspend: [^"]{0,100}(?:"(.{0,100})")?\s*$'
)
REGISTERS: Final = lazy(r"(?:\s{0,2}[er]?[a-z0-9]{2,3}=[0-9a-f`]{2,17}\s{0,20}){1,8}$")
REGISTER: Final = lazy(r"\b([a-z][a-z0-9]{1,3})=([0-9a-f`]{2,17})")
IMAGE: Final = lazy(rf"ModLoad: ({ADDRESS}) ({ADDRESS})\s{{1,8}}(\S.*)$")
BANNER: Final = lazy(r"\*{3,}|\*\s.*\*\s*$|Copyright \(c\) Microsoft|Microsoft \(R\) Windows Debugger")
OTHER: Final = lazy(
    r"\d{1,3}:\d{3}(?::x86)?> |[a-z0-9]{0,4}kd> |quit:|Followup: |---------|iopl=|[+]?0x[0-9a-f]{1,16}\s*$|Key  : "
    r"|\s{4}(?:Key  : |Value: )|Arguments:"
    r"|Debugging Details:|First chance exceptions are|This exception may be expected|No \.natvis|ERROR: |WARNING: "
    r"|Probably caused by|Symbol search path is"
    r"|Executable search path is|CommandLine: |SHIMVIEW|Page heap: |Loading Dump File|User Mini Dump|Kernel .* Dump"
    r"|OS Thread Id"
    r"|Windows .{0,40}Version|Product: |Debug session time|System Uptime|Process Uptime|MachineName|Machine Name"
    r"|Use !analyze|Unable to load image"
    r"|start\s{4,}end\s{4,}module name|Response\s|Deferred\s|Scope: |Missing image name|This dump file has"
)
EVERY: Final = (BANNER, OTHER, REGISTERS, IMAGE, THREAD, BUGCHECK, BUGCHECKED)


def banner(line: str) -> bool:
    """Whether a line is of a heading from which nothing is read, one of those that `BANNER` matches.

    Examples
    --------
    >>> banner("*** ERROR: Symbol file could not be found."), banner("* x *"), banner("* x")
    (True, True, False)
    """
    return line.startswith("***") or (line.startswith("* ") and len(line) > 2 and line.rstrip().endswith("*"))
