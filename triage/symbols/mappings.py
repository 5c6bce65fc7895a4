"""Names that a shrinker or a bundler took away: ProGuard and R8 mappings for Java, source maps for JavaScript.

One mapping of a folder serves every obfuscated class that it knows; a source map serves the script of its name. Source
maps are cut by the line and column of a frame, both counted from 1 as engines print them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from triage.stacks.names import basename

if TYPE_CHECKING:
    from pathlib import Path

    from triage.symbols.folder import SymbolFolder

__all__ = ("remap",)

_JAVA: Final = pa.array(["java", "kotlin", "scala"])
_SCRIPT: Final = pa.array(["javascript", "typescript"])
_COLUMNS: Final = ("function", "function_raw", "module", "file", "line", "column")


def remap(tables: dict[str, pa.Table], folder: SymbolFolder) -> dict[str, pa.Table]:
    """Give frames of Java and JavaScript the names and places of the source."""
    frames = tables["frames"]
    if folder.mappings:
        frames = _Java(folder.mappings).table(frames)
    if folder.source_maps:
        frames = _Script(folder.source_maps).table(frames)
    return {**tables, "frames": frames}


class _Remapper:
    """Rows of one language through a mapping, each distinct place once."""

    languages: pa.Array

    def __init__(self) -> None:
        self._library = import_module("symbolic")
        self._known: dict[tuple[Any, ...], dict[str, Any] | None] = {}

    def table(self, frames: pa.Table) -> pa.Table:
        """The table with what the mapping knows; the number of rows stays."""
        rows = pc.indices_nonzero(
            pc.fill_null(pc.is_in(frames["language"], value_set=self.languages), fill_value=False)
        )
        if not len(rows):
            return frames
        columns = {name: frames[name].to_pylist() for name in _COLUMNS}
        for row in rows.to_pylist():
            place = tuple(columns[name][row] for name in _COLUMNS)
            if place not in self._known:
                self._known[place] = self.found(dict(zip(_COLUMNS, place, strict=True)))
            for name, value in (self._known[place] or {}).items():
                columns[name][row] = value
        for name, values in columns.items():
            at = frames.schema.get_field_index(name)
            frames = frames.set_column(at, frames.schema.field(at), pa.array(values, frames.schema.field(at).type))
        return frames

    def found(self, frame: dict[str, Any]) -> dict[str, Any] | None:
        """The columns that change, None where the mapping knows nothing."""
        raise NotImplementedError


class _Java(_Remapper):
    languages = _JAVA

    def __init__(self, paths: tuple[Path, ...]) -> None:
        super().__init__()
        self._mappers = []
        for path in paths:
            try:
                self._mappers.append(self._library.ProguardMapper.open(str(path)))
            except (self._library.SymbolicError, OSError):
                continue

    def found(self, frame: dict[str, Any]) -> dict[str, Any] | None:
        name, line = frame["function"] or "", frame["line"] or 0
        cls, _, method = name.rpartition(".")
        for mapper in self._mappers if cls and method else ():
            rows = mapper.remap_frame(cls, method, line)
            if rows:
                # With inlining the innermost comes first: that is where the code stood.
                new = f"{rows[0].class_name}.{rows[0].method}"
                file = rows[0].file or f"{rows[0].class_name.rpartition('.')[2].partition('$')[0]}.java"
                changed = {"function": new, "file": file, "line": rows[0].line or frame["line"]}
            elif original := mapper.remap_class(cls):
                changed = {"function": f"{original}.{method}"}
            else:
                continue
            if changed["function"] != name:
                changed["function_raw"] = frame["function_raw"] or name
            return changed
        return None


class _Script(_Remapper):
    languages = _SCRIPT

    def __init__(self, maps: dict[str, Path]) -> None:
        super().__init__()
        self._maps = maps
        self._open: dict[str, Any] = {}

    def found(self, frame: dict[str, Any]) -> dict[str, Any] | None:
        cache = self._map(basename((frame["file"] or "").partition("?")[0]))
        if cache is None or not frame["line"]:
            return None
        try:
            token = cache.lookup(frame["line"], frame["column"] or 1, 0)
        except self._library.SymbolicError:
            return None
        if token is None or not token.src:
            return None
        changed = {"file": token.src, "line": token.line or None, "column": token.col or None}
        if token.function_name and token.function_name != frame["function"]:
            changed["function"] = token.function_name
            changed["function_raw"] = frame["function_raw"] or frame["function"]
        return changed

    def _map(self, script: str) -> Any:
        """The source map of a script, opened once; the script itself, where it lies beside, gives function names."""
        if script not in self._open:
            self._open[script] = None
            path = self._maps.get(script)
            if path is not None:
                source = path.with_name(script)
                try:
                    minified = source.read_bytes() if source.is_file() else b""
                    self._open[script] = self._library.SourceMapCache.from_bytes(minified, path.read_bytes())
                except (self._library.SymbolicError, OSError):
                    pass
        return self._open[script]
