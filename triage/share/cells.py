"""Cells masked on demand: each distinct text once, with masks that do not depend on what was asked before.

Where all files together are small they are learned as `case.redact()` learns them, so that a mask on screen is the
mask in the archive. In a large case that would take a scan of everything; there each view (a table, of the case or of
one incident or event, or a page of a file) has a numbering of its own, learned from what is in it: the same view has
the same masks, and the same value one mask within a view.
"""

from __future__ import annotations

import threading
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NoReturn

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from triage.redact.documents import kind_of
from triage.redact.redactor import Redactor
from triage.share import leaving as leave
from triage.share import passes
from triage.share.derived import Rows, is_of_process

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from triage.redact.policy import Policy
    from triage.share.leaving import Leaving
    from triage.share.passes import Raw

__all__ = ("Masker",)

# Files that are learned as a whole before anything is shown: a fraction of a second.
_SMALL: Final = 4 << 20
# Texts that are scanned together, and how many there must be for that to be worth it.
_TOGETHER: Final = 1 << 20
_MANY: Final = 500
# Digests and ids made here; what is in them cannot be read back, and masking them would break every link.
_KEPT: Final = frozenset(
    {"source_id", "container_id", "stack_key", "variant_key", "group_key", "family_key"}
    | {"incident_id", "incident_ids", "other_id", "run_id", "registers"}
)
# Digests of what stood there before it was masked: a short message can be guessed from them.
_GUESSED: Final = ("sha256", "debugbundle_v1_7", "debugbundle_v1_10", "debugbundle_v2", "debugbundle_v3")


class Masker:
    """Masks the tables and pages of a case."""

    __slots__ = ("_guard", "_policy", "_raw", "_small", "_whole")

    def __init__(self, raw: Raw, *, policy: Policy) -> None:
        self._raw = raw
        self._policy = policy
        self._whole: Redactor | None = None
        self._guard = threading.RLock()  # what waits for a model masks in a thread of its own
        files = raw.tables["files"]
        around = files["container_id"].drop_null().unique()
        held = files.filter(pc.invert(pc.is_in(files["source_id"], value_set=around)))["bytes"]
        self._small = (pc.sum(held).as_py() or 0) <= _SMALL >= (pc.sum(files["bytes"]).as_py() or 0) / 2

    @property
    def is_small(self) -> bool:
        """Whether all files were learned first, so that a value has one mask everywhere."""
        return self._small

    @property
    def policy(self) -> Policy:
        """What is masked by."""
        return self._policy

    def frame(self, name: str, frame: pd.DataFrame) -> pd.DataFrame:
        """The table with its texts masked; without the environment of a process, and without digests of raw files."""
        with self._guard:
            return self._frame(name, frame)

    def _frame(self, name: str, frame: pd.DataFrame) -> pd.DataFrame:
        """The same, while no other thread masks."""
        if name == "annotations" and not self._policy.minidump_memory and {"scope", "key"} <= set(frame.columns):
            pairs = zip(frame["scope"].array, frame["key"].array, strict=True)
            kept = [not is_of_process(_none(scope), _none(key)) for scope, key in pairs]
            frame = frame[np.array(kept, bool)].reset_index(drop=True)
        columns: dict[Any, Any] = {column: pa.array(frame[column].array) for column in frame.columns}
        texts = [
            column
            for column, values in columns.items()
            if column not in _KEPT and column not in _GUESSED and _is_text(values.type)
        ]
        redactor = self._learned() if self._small else self._of(columns, texts)
        for column in texts:
            keyed = name == "annotations" and column == "value" and "key" in columns
            told = partial(passes.masked_path, redactor) if column == "path" else redactor.text
            columns[column] = _masked(redactor, columns[column], columns["key"] if keyed else None, told)
        for column in columns.keys() & set(_GUESSED):
            columns[column] = pa.nulls(len(frame), pa.string())
        made = {column: pd.array(values, dtype=pd.ArrowDtype(values.type)) for column, values in columns.items()}
        return pd.DataFrame(made, index=frame.index, columns=frame.columns)

    def text(self, text: str, head: bytes) -> str:
        """A piece of a file, masked as the form of the file asks, which shows in its head."""
        with self._guard:
            redactor = self._learned() if self._small else Redactor(self._policy)
            return redactor.mask(text.encode("utf-8", "replace"), media=kind_of(head)).data.decode()

    def __reduce__(self) -> NoReturn:
        raise TypeError("what masks a case is not pickled")

    def __repr__(self) -> str:
        return "<Masker>"

    def _of(self, columns: dict[Any, Any], texts: list[Any]) -> Redactor:
        """A redactor that has learned what is in a view, column by column."""
        redactor = Redactor(self._policy)
        for column in texts:
            found = _distinct(columns[column])
            if column == "path":
                found = [spelled for path in found for spelled in passes.spellings(path)]
            for block in _blocks(found):
                redactor.learn("\n".join(block).encode("utf-8", "replace"), place="")
        return redactor

    def _learned(self) -> Redactor:
        """The redactor of a small case, after both passes."""
        if self._whole is None:
            raw = self._raw
            textual = leave.texts(raw.inputs, raw.limits) if raw.reader is None else frozenset()
            plan = leave.plan(raw.tables, textual)
            redactor = Redactor(self._policy)
            rows = Rows(raw.tables, plan, process=self._policy.minidump_memory)
            passes.learn(redactor, raw, plan, rows)
            # Masks get their numbers as they are written.
            passes.mask(redactor, raw, plan, rows, _forgotten)
            self._whole = redactor
        return self._whole


def _forgotten(_name: str, _file: Leaving, blocks: Iterator[bytes]) -> None:
    deque(blocks, maxlen=0)


def _masked(
    redactor: Redactor, values: pa.Array | pa.ChunkedArray, keys: pa.Array | None, told: Callable[[str], str]
) -> pa.Array:
    """A column with each distinct text masked by `told`, under its key where there are keys."""
    values = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    if pa.types.is_list(values.type):
        rows = ([item and redactor.text(item) for item in row] if row else row for row in values.to_pylist())
        return values if values.null_count == len(values) else pa.array(rows, values.type)
    if keys is not None:
        pairs = zip(values.to_pylist(), keys.to_pylist(), strict=True)
        return pa.array([value and redactor.text(value, key=key) for value, key in pairs], values.type)
    encoded = values.dictionary_encode()
    texts = encoded.dictionary.to_pylist()
    masked = _together(redactor, texts) if len(texts) >= _MANY and told == redactor.text else list(map(told, texts))
    return pa.array(masked, values.type).take(encoded.indices)


def _together(redactor: Redactor, texts: list[str]) -> list[str]:
    """Many texts, scanned as the lines of one; those in which something was found are masked by themselves."""
    masked: list[str] = []
    for block in _blocks(texts):
        lines = redactor.mask("\n".join(block).encode("utf-8", "replace")).data.decode().split("\n")
        if len(lines) != len(block):
            lines = [""] * len(block)
        masked += [text if text == line else redactor.text(text) for text, line in zip(block, lines, strict=True)]
    return masked


def _blocks(texts: list[str]) -> Iterator[list[str]]:
    """The texts by blocks of about 1 MiB."""
    block: list[str] = []
    size = 0
    for text in texts:
        block.append(text)
        size += len(text) + 1
        if size >= _TOGETHER:
            yield block
            block, size = [], 0
    if block:
        yield block


def _distinct(column: pa.Array | pa.ChunkedArray) -> list[str]:
    if pa.types.is_list(column.type):
        column = pc.list_flatten(column)
    found: list[str] = sorted(column.drop_null().unique().to_pylist())
    return found


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or (pa.types.is_list(kind) and pa.types.is_string(kind.value_type)))


def _none(value: Any) -> Any:
    return None if value is pd.NA else value
