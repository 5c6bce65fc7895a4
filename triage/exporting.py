"""Tables on disk: a folder with one Parquet file per table, and a manifest that says what is in it.

    triage-tables.json      {"triage_tables": 1, "schema": 3, "tables": {"events": {"rows", "bytes", "sha256"}, ...}}
    events.parquet ...      zstd, the columns of `triage/TABLES.md` in their order

A new folder appears whole or not at all: it is written beside its place and renamed. The tables are raw, as those of a
case are: nothing in them is masked, and they are the analyst's. `triage.exported` reads such a folder back.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from triage.errors import TriageError
from triage.locking import keep, locked
from triage.tables import SCHEMA_VERSION, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pyarrow as pa

__all__ = ("MANIFEST", "ROWS", "VERSION", "filled", "manifest", "write")

MANIFEST: Final = "triage-tables.json"
_PART: Final = ".part"
_LOCK: Final = ".lock"
VERSION: Final = 1
_LONGEST: Final = 1 << 20
ROWS: Final = 1 << 17
_NAMES: Final = frozenset({MANIFEST, *(f"{name}.parquet" for name in TABLES)})


def manifest(folder: Path) -> dict[str, Any] | None:
    """What the manifest of a folder says, None where there is none that triage wrote.

    Examples
    --------
    >>> manifest(Path("nowhere"))
    """
    path = folder / MANIFEST
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > _LONGEST:
            return None
        told = msgspec.json.decode(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    known = isinstance(told, dict) and type(told.get("triage_tables")) is int and isinstance(told.get("tables"), dict)
    return told if known else None


def write(tables: Iterable[tuple[str, pa.Table]], folder: Path, *, overwrite: bool = False) -> Path:
    """Write tables as Parquet, and the manifest; see `Case.to_parquet`.

    Parameters
    ----------
    tables
        Names and tables, taken one at a time.
    folder
        Where to; its parent must be there.
    overwrite
        Whether to write into a folder that holds something else.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    TriageError
        The folder holds something that triage did not write, or cannot be written.
    """
    from pyarrow import parquet

    with filled(folder, overwrite=overwrite) as made:
        for name, table in tables:
            parquet.write_table(table, made / f"{name}.parquet", compression="zstd", row_group_size=ROWS)
    return folder


@contextlib.contextmanager
def filled(folder: Path, *, overwrite: bool = False) -> Iterator[Path]:
    """A new folder to write tables into, which takes its place with the manifest when all are there.

    Raises
    ------
    TriageError
        As `write`.
    """
    target = folder.resolve()
    taken = target.is_dir() and any(target.iterdir())
    own = taken and _is_own(target)
    if (target.exists() and not target.is_dir()) or (taken and not own and not overwrite):
        raise TriageError(
            f"{folder} holds something else than tables that triage wrote; name a new folder, or say overwrite=True, "
            "which replaces files of the same names and leaves the others"
        )
    try:
        _sweep(target)
        made = Path(tempfile.mkdtemp(prefix=_prefix(target), suffix=_PART, dir=target.parent))
        try:
            with locked(made / _LOCK):
                yield made
            (made / _LOCK).unlink()
            _vouch(made)
            (_into if taken and not own else _replaced)(made, target)
        finally:
            shutil.rmtree(made, ignore_errors=True)
        keep(target.parent)
    except OSError as error:
        raise TriageError(f"cannot write {folder}: {error.strerror or 'it failed'}; name another folder") from None


def _prefix(target: Path) -> str:
    """What the folder is called while it is written, up to what makes the name its own."""
    return f".{target.name[:100]}."


def _sweep(target: Path) -> None:
    """Delete what was left half-written for a folder: nobody holds its lock any more."""
    for left in target.parent.iterdir():
        if left.name.startswith(_prefix(target)) and left.suffix == _PART and (left / _LOCK).exists():
            with contextlib.suppress(OSError):  # that somebody is still writing is one too
                with locked(left / _LOCK, patience=0):
                    pass
                shutil.rmtree(left)


def _is_own(folder: Path) -> bool:
    """Whether there is nothing in a folder but what triage wrote."""
    return manifest(folder) is not None and {path.name for path in folder.iterdir()} <= _NAMES


def _vouch(folder: Path) -> None:
    """Write the manifest of the files in a folder, and see to it that all are on disk."""
    from pyarrow import parquet

    told: dict[str, Any] = {}
    for name in TABLES:
        path = folder / f"{name}.parquet"
        if not path.exists():
            continue
        with path.open("rb+") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
        rows = parquet.read_metadata(path).num_rows
        told[name] = {"rows": rows, "bytes": path.stat().st_size, "sha256": digest}
    said = {"triage_tables": VERSION, "schema": SCHEMA_VERSION, "tables": told}
    with (folder / MANIFEST).open("wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(said), indent=1) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    keep(folder)


def _replaced(made: Path, target: Path) -> None:
    """Put a folder in the place of an empty one, of none, or of an older export, which is deleted then."""
    aside = made.with_suffix(".old")
    if target.exists():
        target.rename(aside)
    try:
        made.rename(target)
    except BaseException:
        with contextlib.suppress(OSError):
            aside.rename(target)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _into(made: Path, target: Path) -> None:
    """Put the files into a folder that holds others: file by file, and the manifest, which vouches for them, last."""
    (target / MANIFEST).unlink(missing_ok=True)
    for path in sorted(made.iterdir(), key=lambda path: (path.name == MANIFEST, path.name)):
        path.replace(target / path.name)
    keep(target)
