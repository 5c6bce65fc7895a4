"""Cells masked on demand: each distinct text once, with masks that do not depend on what was asked before.

What is found anywhere is looked for everywhere, as far as it is learned before anything is shown:

- up to 4 MiB in all: everything is learned and masked, as `case.redact()` does, so that a mask on screen is the mask
  in the archive. Beyond, each view (a table, of the case or of one incident or event, or a page of a file) has a
  numbering of its own: the same view has the same masks, and the same value one mask within a view;
- up to 32 MiB in all: everything is learned, once, when something is first shown: 1 to 4 seconds;
- beyond: the smallest inputs that are 32 MiB together, what is in the view and, where it is of few events, all that was
  read of these. A secret that shows itself as one only in another event of such a store is not known on screen.

What leaves is not made of views: it is masked by what is found anywhere, however large the case is (`everything`). That
scan is made once, for the first prompt or extract: 100 MB took 11 seconds as DebugBundle's envelopes (9 MB/s, one core)
and take 2 to 4 as logs.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NoReturn

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from triage.errors import SourceError
from triage.redact.documents import kind_of
from triage.share import leaving as leave
from triage.share import passes
from triage.share.derived import Rows, is_of_process

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from triage.redact.policy import Policy
    from triage.redact.redactor import Redactor
    from triage.share.leaving import Leaving
    from triage.share.passes import Raw

__all__ = ("Masker",)

# Files that are learned and masked as a whole before anything is shown: a fraction of a second.
_SMALL: Final = 4 << 20
# Files that are learned before anything is shown: some seconds, once; to walk very many would take longer.
_QUICK: Final = 32 << 20
_MOST_FILES: Final = 20_000
# Events of which everything is learned before a view of them is shown, and for how many views that is kept.
_FEW: Final = 256
_KEPT_VIEWS: Final = 8
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

    __slots__ = (
        *("_everything", "_guard", "_later", "_learned", "_policy", "_raw", "_rows", "_small", "_views", "_whole"),
    )

    def __init__(self, raw: Raw, *, policy: Policy) -> None:
        self._raw = raw
        self._policy = policy
        self._whole: Redactor | None = None
        self._learned: Redactor | None = None
        self._everything: Redactor | None = None
        self._rows: Redactor | None = None
        self._views: dict[tuple[str, ...], Redactor] = {}
        self._guard = threading.RLock()  # what waits for a model masks in a thread of its own
        self._small = _size(raw.tables["files"]) <= _SMALL
        self._later = frozenset() if self._small else _later(raw.tables["files"])

    @property
    def is_small(self) -> bool:
        """Whether all files were learned first, so that a value has one mask everywhere."""
        return self._small

    @property
    def policy(self) -> Policy:
        """What is masked by."""
        return self._policy

    def everything(self) -> Redactor:
        """What is found anywhere in the case, for what leaves: a large case is scanned for it, once."""
        with self._guard:
            if not self._later:
                return self._quick()
            if self._everything is None:
                self._everything = passes.learn_everything(self._raw, self._policy)
            return self._everything

    def spans(self, text: str, events: Sequence[str] = ()) -> list[tuple[int, int, str]]:
        """Where a text holds something that is known on screen, in a view of these events (the last of many), and what.

        Of inputs that cannot be read again, what was read of them is known.
        """
        with self._guard:
            if self._rows is None:
                try:
                    return self._of_events(events[-_FEW:] if self._later else ()).spans(text)
                except SourceError:
                    self._rows = passes.learn_everything(self._raw, self._policy, again=False)
            return self._rows.spans(text)

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
        redactor = self._numbered() if self._small else self._of(columns, texts)
        for column in texts:
            keyed = name == "annotations" and column == "value" and "key" in columns
            told = partial(_OTHERWISE.get(column, _by_itself), redactor)
            columns[column] = _masked(redactor, columns[column], columns["key"] if keyed else None, told)
        for column in columns.keys() & set(_GUESSED):
            columns[column] = pa.nulls(len(frame), pa.string())
        made = {column: pd.array(values, dtype=pd.ArrowDtype(values.type)) for column, values in columns.items()}
        return pd.DataFrame(made, index=frame.index, columns=frame.columns)

    def text(self, text: str, head: bytes, name: str = "") -> str:
        """A piece of a file, masked as the form of the file asks, which shows in its head or its name."""
        with self._guard:
            redactor = self._numbered() if self._small else self._quick().heir()
            return redactor.mask(text.encode("utf-8", "replace"), media=kind_of(head, name)).data.decode()

    def __reduce__(self) -> NoReturn:
        raise TypeError("what masks a case is not pickled")

    def __repr__(self) -> str:
        return "<Masker>"

    def _of(self, columns: dict[Any, Any], texts: list[Any]) -> Redactor:
        """A redactor that has learned what is in a view, column by column, beside what was learned before."""
        events = _distinct(columns["event_id"]) if self._later and "event_id" in columns else []
        redactor = self._of_events(events).heir()
        for column in texts:
            found = _distinct(columns[column])
            if column == "path":
                found = [spelled for path in found for spelled in passes.spellings(path)]
            if column == "key":
                found += sorted({part for key in found for part in passes.parts(key)})
            for block in _blocks(found):
                redactor.learn("\n".join(block).encode("utf-8", "replace"), place="")
        return redactor

    def _quick(self) -> Redactor:
        """What is found in the files that are learned before anything is shown."""
        if self._learned is None:
            self._learned = passes.learn_everything(self._raw, self._policy, without=self._later)
        return self._learned

    def _of_events(self, events: Sequence[str]) -> Redactor:
        """The same and what is found in all that was read of these events, where they are few."""
        asked = tuple(events)
        if not asked or len(asked) > _FEW:
            return self._quick()
        if asked not in self._views:
            from triage.store import details

            raw = self._raw
            tables = details.whole(raw.tables, asked, inputs=raw.inputs, limits=raw.limits)
            plan = leave.plan(tables, frozenset(), only=asked)
            redactor = self._quick().heir()
            passes.learn_rows(redactor, plan, Rows(tables, plan, only=asked, process=self._policy.minidump_memory))
            while len(self._views) >= _KEPT_VIEWS:
                del self._views[next(iter(self._views))]
            self._views[asked] = redactor
        return self._views[asked]

    def _numbered(self) -> Redactor:
        """The redactor of a small case, after both passes."""
        if self._whole is None:
            raw = self._raw
            textual = leave.texts(raw.inputs, raw.limits) if raw.reader is None else frozenset()
            plan = leave.plan(raw.tables, textual)
            redactor = self.everything().heir()
            rows = Rows(raw.tables, plan, process=self._policy.minidump_memory)
            passes.learn_rows(redactor, plan, rows)
            # Masks get their numbers as they are written.
            passes.mask(redactor, raw, plan, rows, _forgotten)
            self._whole = redactor
        return self._whole


def _leaves(files: pa.Table) -> pa.Table:
    """The files that hold no others."""
    around = files["container_id"].drop_null().unique()
    return files.filter(pc.invert(pc.is_in(files["source_id"], value_set=around)))


def _size(files: pa.Table) -> int:
    """How much there is to read: what is in the files, or half of what is in them and around them."""
    held = pc.sum(_leaves(files)["bytes"]).as_py() or 0
    return max(held, (pc.sum(files["bytes"]).as_py() or 0) // 2)


def _later(files: pa.Table) -> frozenset[str]:
    """The ids of the files that are not learned before something is shown, by their size."""
    if _size(files) <= _QUICK:
        return frozenset()
    if files.num_rows > _MOST_FILES:
        return frozenset(files["source_id"].to_pylist())
    # An archive is read as a whole, however little of it is wanted: it counts with all that is in it.
    inputs = {row["source_id"]: row for row in files.select(["source_id", "container_id", "bytes", "path"]).to_pylist()}
    top: dict[str, str] = {}
    for source, row in inputs.items():
        above, at = row, source
        while above["container_id"] is not None:
            at, above = above["container_id"], inputs[above["container_id"]]
        top[source] = at
    sizes = Counter(dict.fromkeys(top.values(), 0))
    for source, at in top.items():
        sizes[at] += inputs[source]["bytes"] or 0
    learned, read = set(), 0
    for source in sorted(sizes, key=lambda source: (sizes[source], inputs[source]["path"], source)):
        read += sizes[source]
        if read > _QUICK:
            break
        learned.add(source)
    return frozenset(source for source, at in top.items() if at not in learned)


def _by_itself(redactor: Redactor, text: str) -> str:
    return redactor.text(text)


def _user(redactor: Redactor, text: str) -> str:
    """A pseudonym of a user, which nothing in it shows to be one."""
    return redactor.text(text, key="user_hash")


# How columns are masked that say more than their texts do.
_OTHERWISE: Final[dict[str, Callable[[Redactor, str], str]]] = {"path": passes.masked_path, "user_hash": _user}


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
    alike = isinstance(told, partial) and told.func is _by_itself
    masked = _together(redactor, texts) if len(texts) >= _MANY and alike else list(map(told, texts))
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
