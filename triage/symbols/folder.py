"""A folder of symbol files, found by what they hold and not by where they lie.

Whatever is in it is looked at once: Breakpad .sym files, ELF, PDB, PE, Mach-O and dSYM bundles by their debug and code
ids; ProGuard's mapping files; source maps, by the name of the script that they belong to. Files are opened through
`symbolic` (Linux and macOS) when a frame first asks for them. Layouts of symbol servers need nothing of their own.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from triage.errors import SourceError
from triage.stacks.names import basename
from triage.symbols.unwinding import Rules

__all__ = ("NEEDED", "Symbol", "SymbolFolder")

NEEDED: Final = "pip install 'crash-triage[symbols]' on Linux or macOS"
_FILES: Final = 100_000
_MAGIC: Final = (
    b"\x7fELF",
    b"MZ",
    b"Microsoft C/C++ MSF 7.00",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"BSJB",
)
_NO_ID: Final = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class Symbol:
    """One function at an address: with inlining the innermost first, its caller after it."""

    function: str
    file: str | None
    line: int | None
    language: str | None
    start: int


@dataclass(slots=True)
class _Image:
    """One file with the symbols of a module; what is opened stays open."""

    path: Path
    object: Any
    cache: Any = None
    failed: bool = False
    rules: Rules | None = None
    found: dict[int, tuple[Symbol, ...]] = field(default_factory=dict)


class SymbolFolder:
    """The symbol files under a folder.

    Parameters
    ----------
    path
        A folder, or one symbol file.

    Raises
    ------
    SourceError
        There is nothing at that path, or `symbolic` is not installed; the message has the line that installs it.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        if not self.path.exists():
            raise SourceError(f"there is no folder of symbols at {self.path}")
        try:
            self._library = import_module("symbolic")
        except ImportError:
            raise SourceError(f"symbols need the library symbolic: {NEEDED}") from None
        self.unreadable: list[str] = []

    def image(self, debug_id: str | None, code_id: str | None = None) -> _Image | None:
        """The symbols of a module by its debug id, else by its code id."""
        images = self._images
        for name in (self._debug_id(debug_id), (code_id or "").lower()):
            if name and name in images:
                return images[name]
        return None

    def named(self, module: str) -> _Image | None:
        """The symbols of a module of which no id is known, by its name; None where several files could be meant."""
        found = self._named.get(basename(module).lower(), [])
        return found[0] if len(found) == 1 else None

    def lookup(self, image: _Image, offset: int) -> tuple[Symbol, ...]:
        """The functions at an offset of a module, inlined ones first; () where the file knows nothing there."""
        known = image.found.get(offset)
        if known is None:
            known = image.found[offset] = self._lookup(image, offset)
        return known

    def rules(self, debug_id: str | None, code_id: str | None = None) -> Rules | None:
        """The call frame information of a module, None where there is no file for it or the file has none."""
        image = self.image(debug_id, code_id)
        if image is None:
            return None
        if image.rules is None:
            try:
                text = bytes(image.object.make_cficache().open_stream().read()).decode("utf-8", "replace")
            except (self._library.SymbolicError, AttributeError, ValueError, OSError):
                text = ""
            image.rules = Rules(text)
        return image.rules or None

    @property
    def mappings(self) -> tuple[Path, ...]:
        """ProGuard's mapping files."""
        return self._index[1]

    @property
    def source_maps(self) -> dict[str, Path]:
        """Source maps by the name of the script: `main.abc123.js`."""
        return self._index[2]

    def _lookup(self, image: _Image, offset: int) -> tuple[Symbol, ...]:
        if image.cache is None and not image.failed:
            try:
                image.cache = image.object.make_symcache()
            except self._library.SymbolicError:
                image.failed = True
                self.unreadable.append(image.path.name)
        if image.cache is None:
            return ()
        try:
            found = image.cache.lookup(offset)
        except self._library.SymbolicError:
            return ()
        return tuple(
            Symbol(
                function=one.symbol,
                file=one.full_path or None,
                line=one.line or None,
                language=None if one.lang in {"unknown", ""} else one.lang,
                start=one.sym_addr,
            )
            for one in found
            if one.symbol
        )

    def _debug_id(self, text: str | None) -> str:
        """A debug id as symbolic writes it; Breakpad's 33 digits and Microsoft's GUIDs are others."""
        if not text:
            return ""
        try:
            found = str(self._library.normalize_debug_id(text))
        except (self._library.SymbolicError, ValueError):
            return ""
        return "" if found.startswith(_NO_ID) else found

    @cached_property
    def _images(self) -> dict[str, _Image]:
        """Every file with symbols by its ids; of several for one id that with debug information wins."""
        found: dict[str, tuple[int, _Image]] = {}
        for path in self._index[0]:
            try:
                objects = list(self._library.Archive.open(os.fspath(path)).iter_objects())
            except (self._library.SymbolicError, OSError, ValueError):
                self.unreadable.append(path.name)
                continue
            for one in objects:
                features = one.features
                worth = 2 * ("debug" in features) + ("symtab" in features)
                image = _Image(path, one)
                for name in (self._debug_id(one.debug_id), (one.code_id or "").lower()):
                    if name and (name not in found or found[name][0] < worth):
                        found[name] = (worth, image)
        return {name: image for name, (_, image) in found.items()}

    @cached_property
    def _named(self) -> dict[str, list[_Image]]:
        """Every image by the name of its file, without what symbol files add to it."""
        found: dict[str, list[_Image]] = {}
        for image in {id(image): image for image in self._images.values()}.values():
            found.setdefault(image.path.name.lower(), []).append(image)
            stem, dot, ending = image.path.name.lower().rpartition(".")
            if dot and ending in {"sym", "debug", "pdb", "dwarf"}:
                found.setdefault(stem, []).append(image)
        return found

    @cached_property
    def _index(self) -> tuple[tuple[Path, ...], tuple[Path, ...], dict[str, Path]]:
        """What lies under the folder, by its first bytes."""
        images: list[Path] = []
        mappings: list[Path] = []
        maps: dict[str, Path] = {}
        for path in self._files():
            try:
                with path.open("rb") as file:
                    head = file.read(512)
            except OSError:
                continue
            if head.startswith((*_MAGIC, b"MODULE ")):
                images.append(path)
            elif path.suffix == ".map" and head.lstrip()[:1] == b"{":
                maps.setdefault(path.name.removesuffix(".map"), path)
            elif path.suffix == ".txt" and (b" -> " in head or head.startswith(b"# compiler")):
                mappings.append(path)
        return tuple(images), tuple(mappings), maps

    def _files(self) -> list[Path]:
        """The files under the folder, sorted, a bounded number of them; links out of it are not followed."""
        if self.path.is_file():
            return [self.path]
        found: list[Path] = []
        for root, folders, names in os.walk(self.path):
            folders.sort()
            found += [Path(root) / name for name in sorted(names)]
            if len(found) >= _FILES:
                break
        return [path for path in found[:_FILES] if path.is_file()]
