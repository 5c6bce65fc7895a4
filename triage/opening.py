"""Opening what crashed: `triage.load` and `triage.loads`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from triage.errors import JournalError, SourceError, TriageError, demand
from triage.formats.log_times import zone_named
from triage.journal import FOLDER, Journal
from triage.sources.inputs import Inputs
from triage.sources.limits import Limits
from triage.upward import is_inside, is_there

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from triage.case import Case
    from triage.store.cache import Cache
    from triage.store.partitions import Client

__all__ = ("load", "loads")

_LIMITS: Final = Limits()


def load(  # noqa: PLR0913 - every option is named, and each is used alone
    path: Any,
    *,
    format: str | None = None,
    symbols: str | os.PathLike[str] | None = None,
    config: str | os.PathLike[str] | None = None,
    journal: str | os.PathLike[str] | Journal | None = None,
    cache: bool | str | os.PathLike[str] = True,
    client: Client | None = None,
    zone: str | None = None,
    limits: Limits = _LIMITS,
    strict: bool = False,
    progress: Callable[[str, int], None] | None = None,
) -> Case:
    """Open crash files of any known kind as one case.

    Parameters
    ----------
    path
        A file, a directory, a glob pattern, an open binary file, bytes, or a list of these. Archives (tar, tar.gz,
        tar.xz, tar.zst, zip, gz) are read where they lie, to a depth; nothing is extracted to disk. A folder that
        `Case.to_parquet` or `triage.to_parquet` wrote gives the case that it was written from.
    format
        Read every file by this reader instead of by detection; see `triage.formats.registry`.
    symbols
        A folder of symbol files (Breakpad .sym, ELF, PDB, PE, dSYM, ProGuard mappings, source maps), found by their
        ids. Frames that are offsets in a module get their functions, files, lines and inlined calls, and minidumps are
        unwound by call frame information. Needs the extra `symbols` (Linux and macOS).
    config
        A settings file: which frames are yours, fingerprints of your own, and what to mask beside the defaults; see
        `triage.config`. Default: the `triage.toml` that is found upward from the working directory.
    journal
        What people decided: a file, the folder that holds `.triage` (or will: one that is not there yet is named with
        a slash at its end), or a `triage.journal.Journal`. Default: the investigation folder `.triage` that is found
        upward from the working directory; the first decision makes it there. One that is named and not there yet is
        told of by the case (`repr`) until the first decision makes it. A journal inside the input is shown, never
        applied.
    cache
        Whether what is read of large event files and of folders with many is kept in the user's cache folder, so that
        the next time only what is new is read; or another folder for it. `triage cache info` tells where it is.
    client
        A Dask client (extra `cluster`): large event files are read in partitions by its workers, which must see the
        same paths. With a client, addresses (`s3://...`) are opened too, by fsspec (extra `remote`).
    zone
        What the times of logs are that name no zone: a name of the IANA database (`Europe/Berlin`) or an offset
        (`+02:00`). Default: UTC. A reviewed archive says it itself. Ids of events that have none of their own are made
        of these times too: what was pinned under one zone is found under the same.
    limits
        Bounds on what is read. What is over them inside an archive, or in one of many inputs, is quarantined.
    strict
        Raise at the first input that meets a limit, even if it is one of many.
    progress
        Called after each input with its path and the bytes read so far in all.

    Returns
    -------
    Case
        Content never raises: what is damaged or unknown is in `case.files()` and `case.quarantine()`, with the reason.

    Raises
    ------
    SourceError
        There is nothing at that path, or it is not something that can be opened; or `symbols` was given and there is
        no such folder, or the extra is not installed; or `config` is not there.
    TriageError
        The settings file holds something unknown, an option is of another type than this takes, or there is no such
        `zone`.
    FormatError
        `format` names no reader.
    LimitError
        A single input is over one of the limits.
    JournalError
        `journal` lies inside the input or in a folder whose own folder is not there, is something else than a journal,
        or cannot be read.

    Examples
    --------
    >>> import triage
    >>> triage.load(b"not a crash").files()["parse_status"].tolist()
    ['unknown']
    """
    demand(limits, Limits, "limits are a triage.Limits, as limits=triage.Limits(members=1_000)")
    places = {"symbols": symbols, "config": config, "cache": None if isinstance(cache, bool) else cache}
    places["journal"] = None if isinstance(journal, Journal) else journal
    for name, place in places.items():
        demand(place, (str, os.PathLike, type(None)), f"{name}= is a path")
    if client is not None and not all(callable(getattr(client, verb, None)) for verb in ("map", "gather")):
        demand(client, type(None), "client= is a Dask client, as dask.distributed.Client()")
    if getattr(client, "status", None) in {"closed", "closing"}:
        raise TriageError("the Dask client is closed; load within its `with`, or make another")
    if not (progress is None or callable(progress)):
        demand(progress, type(None), "progress= is a function of a path and a number of bytes")
    demand(zone, (str, type(None)), "zone= is the name of a zone, as Europe/Berlin")
    inputs = Inputs(path, remote=client is not None)
    return _open(
        inputs,
        _journal(journal, inputs),
        format=format,
        symbols=symbols,
        config=config,
        cache=_cache(cache),
        client=client,
        zone=zone_named(zone),
        limits=limits,
        strict=strict,
        progress=progress,
    )


def loads(text: str | bytes, name: str = "pasted", *, config: str | os.PathLike[str] | None = None) -> Case:
    """Open pasted text, such as a report or a log, as a case.

    Parameters
    ----------
    text
        The text, or its bytes.
    name
        What to call it in `case.files()`.
    config
        A settings file, as `load` takes it.

    Raises
    ------
    SourceError
        It is neither text nor bytes, or `config` is not there.
    TriageError
        The settings file holds something unknown.

    Examples
    --------
    >>> import triage
    >>> triage.loads("nothing in particular").incidents().shape[0]
    0
    """
    if not isinstance(text, str | bytes | bytearray | memoryview):
        raise SourceError(f"a {type(text).__name__} is no text; give text or bytes, or a path to triage.load")
    demand(name, str, "the name of a pasted text is a text")
    demand(config, (str, os.PathLike, type(None)), "config= is a path")
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else bytes(text)
    inputs = Inputs(data, name=name)
    return _open(inputs, _journal(None, inputs), config=config)


def _journal(given: str | os.PathLike[str] | Journal | None, inputs: Inputs) -> Journal:
    """The journal that was given, else the one that is found; never one inside the input."""
    places = [place for place in inputs.location.split("\n") if place]
    if given is None:
        return Journal.found(places)
    journal = given if isinstance(given, Journal) else Journal(given)
    if journal.path is not None and is_inside(journal.path, places):
        raise JournalError(f"{journal.path} lies inside the input, where no journal is applied; copy it out of there")
    if journal.path is not None and journal.awaited:
        folder = journal.path.parent
        folder = folder.parent if folder.name == FOLDER else folder
        # The first decision makes a folder, but more that is not there is mistyped.
        if not is_there(folder) and not is_there(folder.parent):
            raise JournalError(f"there is no folder {folder} for the journal; make it, or name another: journal=PATH")
    return journal


def _cache(given: bool | str | os.PathLike[str]) -> Cache | None:
    """The cache that was asked for."""
    from triage.store import cache

    if given is False:
        return None
    demand(given, (bool, str, os.PathLike), "cache= is True, False or a folder")
    return cache.default() if given is True else cache.Cache(Path(given))


def _open(  # noqa: PLR0913 - the options of `load`
    inputs: Inputs,
    journal: Journal,
    *,
    format: str | None = None,
    symbols: str | os.PathLike[str] | None = None,
    config: str | os.PathLike[str] | None = None,
    cache: Cache | None = None,
    client: Client | None = None,
    zone: tzinfo | None = None,
    limits: Limits = _LIMITS,
    strict: bool = False,
    progress: Callable[[str, int], None] | None = None,
) -> Case:
    from triage import exported, formats, loading
    from triage.case import Case
    from triage.config import load_rules
    from triage.stacks import keys
    from triage.symbols import apply, folder

    reader = formats.by_name(format) if format else None
    files = None if symbols is None else folder.SymbolFolder(symbols)
    rules = load_rules(config, outside=[path for path in inputs.location.split("\n") if path])
    kept = exported.held(inputs, limits) if reader is None else None
    if kept is not None:
        tables, inputs = kept
    else:
        tables = loading.read_tables(
            inputs,
            reader=reader,
            limits=limits,
            strict=strict,
            progress=progress,
            symbols=files,
            cache=cache,
            client=client,
            zone=zone,
        )
    tables = apply(tables, files)
    annotated = keys.annotate(tables, rules)
    case = Case(annotated, inputs=inputs, limits=limits, reader=format, rules=rules, config=config, journal=journal)
    return case.by_policy()
