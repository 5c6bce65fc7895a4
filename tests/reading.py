"""Read bytes with one reader, or by detection, into lists of dicts: what the format tests stand on."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from triage import formats
from triage.formats.head import Head
from triage.records import Records
from triage.sources.context import Context
from triage.sources.limits import Limits
from triage.sources.source import OverLimitError, Source

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "sample_bundles"
CORPUS = ROOT.parent / "shared" / "corpus"

Rows = dict[str, list[dict[str, Any]]]


def corpus(*parts: str) -> Path:
    """A file of the corpus of real crashes; skips the test where the corpus is not there."""
    path = CORPUS.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the corpus of real crash files is not at {CORPUS.name}/: {'/'.join(parts)}")
    return path


def read(data: bytes, name: str = "input", *, reader: ModuleType | None = None, limits: Limits | None = None) -> Rows:
    """Read one file; with `reader` by that module, else by detection."""
    return read_many([(name, data)], reader=reader, limits=limits)


def read_many(
    files: Iterable[tuple[str, bytes]], *, reader: ModuleType | None = None, limits: Limits | None = None
) -> Rows:
    """Read several files of one folder as one load, in the order given."""

    def dispatch(source: Source) -> None:
        if source.parse_status is not None:
            source.close()
            return
        chosen: Any = reader if source.depth == 0 else None
        if chosen is None:
            head = Head(source.head, path=source.path, size=source.size, encoding=source.encoding)
            ranked = formats.rank(head)
            chosen = ranked[0][1] if ranked else None
        try:
            if chosen is not None:
                chosen.read(source)
        except OverLimitError as error:
            source.quarantine(str(error))
        source.close()

    records = Records()
    context = Context(records=records, limits=limits or Limits(), read=dispatch)
    for name, data in files:
        dispatch(Source(context, name, data=data))
    return {name: table.to_pylist() for name, table in records.finish().items()}
