"""Loaded images as the sanitizers' runtimes print them: module maps, Fuchsia's lists, symbolizer markup.

Facts: general knowledge of compiler-rt's `print_module_map` and of Fuchsia's loggers. Grammar, one image a line::

    map      = "0x" hex "-0x" hex blank path [ " (" processor ")" ] [ " <" uuid ">" ]
    fuchsia  = "dso: id=" hex " base=0x" hex " name=" path
             | "[[[ELF module #" number ' "' name '" BuildID=' hex " 0x" hex "]]]"
    markup   = "{{{module:" id ":" name ":elf:" build id "}}}" | "{{{mmap:0x" hex ":0x" hex ":load:" ... "}}}"
             | "{{{reset}}}"
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.patterns import lazy

__all__ = ("Images",)

_MAP: Final = lazy(
    r"\s{0,16}0x([0-9a-fA-F]{1,16})-0x([0-9a-fA-F]{1,16})[ \t]{1,16}(\S.{0,1000}?)"
    r"(?: \((\w{1,12})\))?(?: <([0-9A-Fa-f-]{32,36})>)?\s{0,16}$"
)
_DSO: Final = lazy(r"\s{0,16}dso: id=([0-9a-f]{0,64}) base=0x([0-9a-f]{1,16}) name=(.{0,400})")
_ELF: Final = lazy(
    r'\s{0,16}\[\[\[ELF module #\w{1,8} "([^"]{0,400})" BuildID=([0-9a-f]{0,64}) 0x([0-9a-f]{1,16})\]\]\]'
)
_MODULE: Final = lazy(r"\s{0,16}\{\{\{module:(\w{1,8}):([^:}]{0,400}):elf:([0-9a-fA-F]{0,64})\}\}\}")
_MMAP: Final = lazy(r"\s{0,16}\{\{\{mmap:0x([0-9a-fA-F]{1,16}):0x([0-9a-fA-F]{1,16}):load:(\w{1,8})")
_MOST: Final = 4_000


class Images:
    """The images of one report, in the order in which it names them."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, object]] = {}
        self._ids: dict[str, str] = {}

    def rows(self) -> tuple[dict[str, object], ...]:
        """The images as columns of `modules`."""
        return tuple(self._rows.values())

    def built(self, path: str, build_id: str) -> None:
        """An image that a frame names with its build id."""
        self._row(path).setdefault("code_id", build_id)

    def take(self, line: str, *, mapped: bool = False) -> bool:
        """Read a line if it tells of an image; rows of a map are known by the line that announced the map."""
        if "dso: id=" in line or "[[[ELF module" in line:
            return self._fuchsia(line)
        if "{{{" in line:
            return self._markup(line)
        found = _MAP.match(line) if mapped else None
        if not found:
            return False
        row, base, end = self._row(found[3]), int(found[1], 16), int(found[2], 16)
        first = min(base, int(str(row.get("base", base))))
        last = max(end, first + int(str(row.get("size", 0))))
        row.update(base=first, size=last - first)
        if found[5]:
            row["debug_id"] = found[5].replace("-", "").upper()
        return True

    def _fuchsia(self, line: str) -> bool:
        """An image of Fuchsia's loader or of a symbolized log."""
        if dso := _DSO.match(line):
            code_id, base, path = dso[1], dso[2], dso[3].strip()
        elif elf := _ELF.match(line):
            path, code_id, base = elf[1], elf[2], elf[3]
        else:
            return False
        self._row(path or "<application>").update(base=int(base, 16), **({"code_id": code_id} if code_id else {}))
        return True

    def _markup(self, line: str) -> bool:
        """Markup for a symbolizer that did not run."""
        if module := _MODULE.match(line):
            self._ids[module[1]] = name = module[2] or "<application>"
            if module[3]:
                self._row(name)["code_id"] = module[3].lower()
            return True
        if mapped := _MMAP.match(line):
            row, base = self._row(self._ids.get(mapped[3], mapped[3])), int(mapped[1], 16)
            first = min(base, int(str(row.get("base", base))))
            last = max(base + int(mapped[2], 16), first + int(str(row.get("size", 0))))
            row.update(base=first, size=last - first)
            return True
        return "{{{reset}}}" in line

    def _row(self, path: str) -> dict[str, object]:
        """The row of an image."""
        if path not in self._rows and len(self._rows) < _MOST:
            name = path.replace("\\", "/").rstrip("/").rpartition("/")[2]
            self._rows[path] = {"name": name or path, "path": path}
        return self._rows.get(path, {})
