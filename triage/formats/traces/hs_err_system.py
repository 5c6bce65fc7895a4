"""What a fatal error log of the JVM says of the machine: registers, loaded libraries, system and time."""

from __future__ import annotations

import re
from typing import Final

from triage.formats.traces.patterns import lazy
from triage.records import json_text
from triage.times import iso

__all__ = ("System",)

_REGISTER: Final = lazy(r"\b([A-Za-z][A-Za-z0-9]{1,9}) ?= ?0x([0-9a-fA-F]{4,16})(?=[,\s]|$)")
_NAMED: Final = lazy(
    r"(?:Registers|Register to memory mapping|Top of Stack|Instructions"
    r"|Dynamic libraries|OS|uname|Time|java_command|Host)\b"
)
# Linux and macOS: an address and a path; Linux since 6: a line of /proc/self/maps; Windows: a range and a path.
_MAPPED: Final = lazy(r"([0-9a-fA-F]{6,16})-([0-9a-fA-F]{6,16}) [r-][w-][x-][ps] ([0-9a-fA-F]{1,16}) \S+ \d+ +(/.+)$")
_RANGED: Final = lazy(r"0x([0-9a-fA-F]{6,16}) - 0x([0-9a-fA-F]{6,16}) +\t*(\S.*)$")
_LOADED: Final = lazy(r"0x([0-9a-fA-F]{6,16})\s+(/.+)$")
_OS: Final = lazy(r"(?:OS|uname): ?(.*)$")
_VM_OS: Final = lazy(r"(linux|windows|bsd|macos|solaris|aix)-(\w+)")
_TIME: Final = lazy(r"Time: ?\w{3} (\w{3}) +(\d{1,2}) (\d\d:\d\d:\d\d) (\d{4})(?: ([A-Z]{1,5}|[+-]\d{4})\b)?")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_COMMAND: Final = lazy(r"java_command: ?(.*)$")
_OS_NAMES: Final = {
    "linux": "Linux",
    "windows": "Windows",
    "bsd": "macOS",
    "macos": "macOS",
    "solaris": "Solaris",
    "aix": "AIX",
}
_ARCHS: Final = {"amd64": "x86_64", "x64": "x86_64", "x86": "x86", "aarch64": "arm64", "arm": "arm"}
_REGISTERS: Final = 80


class System:
    """Takes the lines that tell of neither head nor stack."""

    def __init__(self) -> None:
        self.registers: dict[str, str] = {}
        self.modules: list[dict[str, object]] = []
        self._paths: dict[str, dict[str, object]] = {}
        self.os: str | None = None
        self.os_lines = 0
        self.ts: int | None = None
        self.java_command: str | None = None
        self._part = ""

    def feed(self, line: str) -> None:
        """Take one line."""
        mark = line.strip()
        if found := _NAMED.match(mark):
            self._part = found[0]
        elif not mark:
            self._part = "" if self._part in {"Registers", "OS"} else self._part
        if self._part == "Registers" and not mark.endswith(":"):
            for register in _REGISTER.finditer(mark[:2_000]):
                if len(self.registers) < _REGISTERS:
                    self.registers[register[1].lower()] = "0x" + register[2].lower()
        elif self._part == "Dynamic libraries":
            self._library(mark)
        elif found := _OS.match(mark):
            self.os = self.os or found[1] or None
        elif self._part == "OS" and self.os is None and mark:
            self.os = mark
        elif found := _TIME.match(mark):
            self._time(found)
        elif found := _COMMAND.match(mark):
            self.java_command = found[1]

    def _library(self, mark: str) -> None:
        if found := _MAPPED.match(mark):
            base, end = int(found[1], 16), int(found[2], 16)
            held = self._paths.get(found[4])
            if held is not None and isinstance(base_held := held["base"], int):
                held["size"] = max(end - base_held, 0)
                return
            self._add(found[4], base, end - base)
        elif found := _RANGED.match(mark):
            base = int(found[1], 16)
            self._add(found[3], base, max(int(found[2], 16) - base, 0))
        elif found := _LOADED.match(mark):
            self._add(found[2], int(found[1], 16), None)

    def _add(self, path: str, base: int, size: int | None) -> None:
        name = path.replace("\\", "/").rpartition("/")[2]
        held: dict[str, object] = {"name": name, "path": path, "base": base, "size": size}
        self._paths[path] = held
        self.modules.append(held)

    def _time(self, found: re.Match[str]) -> None:
        """The time, where it says its zone as UTC or by offset."""
        if found[1] not in _MONTHS or self.ts is not None:
            return
        zone = "Z" if found[5] in {"UTC", "GMT"} else found[5] if (found[5] or "")[:1] in {"+", "-"} else None
        if zone:
            month = _MONTHS.index(found[1]) + 1
            self.ts = iso(f"{found[4]}-{month:02}-{int(found[2]):02}T{found[3]}{zone}")

    def registers_json(self) -> str | None:
        """The registers as the table holds them."""
        return json_text(self.registers) if self.registers else None

    def os_name(self, vm: str) -> str | None:
        """The system by what the VM was built for."""
        found = _VM_OS.search(vm)
        return _OS_NAMES[found[1]] if found else None

    def arch(self, vm: str) -> str | None:
        """The processor by what the VM was built for."""
        found = _VM_OS.search(vm)
        return _ARCHS.get(found[2], found[2]) if found else None

    @property
    def os_version(self) -> str | None:
        """What the system says of itself."""
        return self.os and self.os.removeprefix("PRETTY_NAME=").strip('" ')
