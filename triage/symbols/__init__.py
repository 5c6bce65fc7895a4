"""Symbols: names, files and lines for frames that have none, as far as a folder of symbol files and libraries can tell.

- `demangling`: C++, Rust and Swift names as their compilers wrote them, into names that people read;
- `folder`: Breakpad .sym, ELF, PDB, Mach-O and dSYM files by their debug ids, ProGuard mappings, source maps;
- `native`: functions, files, lines and inlined calls for frames that are offsets in a module;
- `unwinding`: call frame information for the stacks of minidumps;
- `mappings`: ProGuard for Java, source maps for JavaScript.

They need the extra `symbols`. Without it nothing fails: the rows say what would be gained.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from triage.symbols.folder import SymbolFolder

__all__ = ("apply",)

_MANGLED = r"^(?:_{1,4}Z|_R[a-zA-Z0-9]|_?\$[sS]|_T0|\?[\w?@$])"


def apply(tables: dict[str, pa.Table], folder: SymbolFolder | None) -> dict[str, pa.Table]:
    """Symbolicate the frames of a case: by the folder where one was given, then by demangling."""
    if folder is not None:
        from triage.symbols import mappings, native

        tables = mappings.remap(native.symbolicate(tables, folder), folder)
    names = tables["frames"]["function"]
    if pc.any(pc.match_substring_regex(names, _MANGLED)).as_py():
        from triage.symbols import demangling

        tables = demangling.demangle_tables(tables)
    return tables if folder is not None or find_spec("symbolic") else _lacking(tables)


def _lacking(tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """Say what symbols would give, in the notes of events whose frames are offsets in a module without a name."""
    frames, stacks = tables["frames"], tables["stacks"]
    bare = pc.and_(pc.is_null(frames["function"]), pc.is_valid(frames["module_offset"]))
    keys = frames.filter(bare)["stack_key"].unique()
    if not len(keys):
        return tables
    from triage.symbols import demangling

    ids = set(stacks.filter(pc.is_in(stacks["stack_key"], value_set=keys))["event_id"].to_pylist())
    return demangling.note(tables, ids, f"some frames have no name: {demangling.EXTRA}, then load with symbols=FOLDER")
