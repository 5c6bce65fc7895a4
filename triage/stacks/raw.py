"""The group key of one raw trace, without the tables of a case: what `triage.load` gives, for a script or a grep."""

from __future__ import annotations

import re
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Final, cast

from ahocorasick_rs import BytesAhoCorasick, MatchKind

from triage.formats.traces.brief import Brief
from triage.formats.traces.reports import settled
from triage.stacks.counting import SCANNED, counted
from triage.stacks.digests import NONE
from triage.stacks.frame_table import FIRM, FrameTable, Known
from triage.stacks.keys import Evidence, cause_word, crash, group_word
from triage.stacks.stack_table import cycle_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from triage.formats.traces.reports import Report
    from triage.records import Frame, Trace

__all__ = ("is_document", "key", "signature")

# Texts that a reader of whole files takes, and no module for traces: found by detection, as `triage.load` does.
_DOCUMENT: Final = re.compile(r'\s*(?:\{\s*["}]|\[\s*[\[\]{"])')
_MARKS: Final = BytesAhoCorasick(
    [b"XCEPTION CAUGHT BY", b"xception caught by", b"nother exception was thrown", b"nhandled Exception:",
     b"SymInit: ", b"[Crash]", b"# TYPE "], matchkind=MatchKind.LeftmostFirst,
)  # fmt: skip


def signature(text: str, table: FrameTable) -> str:
    """See `triage.stacks.signature`."""
    if is_document(text):
        return _loaded(text)
    from triage.formats.traces.scanning import first

    found = first(text, settled=partial(_settled, table=table))
    if isinstance(found, Brief):
        known = _pieces(table, found.read).all(found.frames)
        if known is not None:
            top, cycle = _counted(known, [one.word or -1 - row for row, one in enumerate(known)], [])
            return f"{_group(found, top, cycle, [], cause_word(None, NONE)):016x}"
        found = first(text)
    if found is None or isinstance(found, Brief):
        return ""
    return key(found, table)


def is_document(text: str) -> bool:
    """Whether a text may be one that a reader of whole files takes, or none to `triage.load` for the NUL in it."""
    return "\0" in text[:4096] or bool(
        _DOCUMENT.match(text) or _MARKS.find_matches_as_indexes(text.encode("utf-8", "replace"))
    )


def key(report: Report, table: FrameTable) -> str:
    """The group key of one report."""
    top, cycle = _frames(min(report.traces, key=_order).frames, table) if report.traces else ([], NONE)
    return f"{_group(report, top, cycle, *_cause(report, table)):016x}"


_ABORT: Final = frozenset({"abort"})


def _settled(report: Report, table: FrameTable) -> bool:
    """Whether a report that follows cannot change the key; the signal of an abort counts where its stack is weak."""
    if report.kind not in _ABORT:
        return settled(report)
    if not settled(report, _ABORT):
        return False
    top, _ = _frames(min(report.traces, key=_order).frames, table)
    return bool(top) and top[0].telling == FIRM


class _Pieces(dict[str, "Known | None"]):
    """What is known of the frames that pieces of text stand for; None where one is no frame."""

    def __init__(self, table: FrameTable, read: Callable[[str], Frame | None]) -> None:
        super().__init__()
        self._table, self._read = table, read
        self._plain: dict[str, Known | None] = {}

    def all(self, texts: list[str]) -> list[Known] | None:
        """What is known of some frames, None where one is no frame."""
        if len(self) > _MOST:
            self.clear()
            self._plain.clear()
        known = [self[text] for text in texts]
        return None if None in known else cast("list[Known]", known)

    def __missing__(self, text: str) -> Known | None:
        # Which line it is does not count, only that there is one.
        plain = _PLACE.sub(":1", text)
        if plain not in self._plain:
            frame = self._read(plain)
            self._plain[plain] = None if frame is None else self._table.known(_traits(frame))
        known = self[text] = self._plain[plain]
        return known


_MOST: Final = 1 << 17
_PLACE: Final = re.compile(r":\d{1,9}(?::\d{1,9})?\s{0,20}$")


@lru_cache(maxsize=64)
def _pieces(table: FrameTable, read: Callable[[str], Frame | None]) -> _Pieces:
    """The pieces that were met under a table, as one module reads them."""
    return _Pieces(table, read)


def _loaded(text: str) -> str:
    """The key by way of a whole case."""
    import triage

    events = triage.loads(text).events(event_class="incident_signal")
    fatal = events[(events["level"] == "fatal").fillna(value=False)]
    chosen = fatal if len(fatal) else events
    return str(chosen["group_key"].iloc[0]) if len(chosen) else ""


def _group(report: Report | Brief, top: list[Known], cycle: int, root: list[Known], cause: int) -> int:
    """The group key of a report, by the frames that count, of its own stack and of the root of its chain."""
    code, said = report.error_code_name, report.error_value
    event = crash(report.kind, report.error_type, report.signal, code, said, max(_evidence(top), _evidence(root)))
    return group_word(event, [one.word for one in top], cycle, cause)


def _evidence(top: list[Known]) -> Evidence:
    """What the frames that count tell."""
    return Evidence.NONE if not top else Evidence.FIRM if top[0].telling == FIRM else Evidence.WEAK


def _cause(report: Report, table: FrameTable) -> tuple[list[Known], int]:
    """The frames that count of the root of a chain of exceptions, and the word of the root."""
    causes = [trace for trace in report.traces if trace.role == "cause"]
    if not causes:
        return [], cause_word(None, NONE)
    root = max(enumerate(causes), key=lambda each: (each[1].chain_no, each[0]))[1]
    top, _ = _frames(root.frames, table)
    return top, cause_word(root.error_type, top[0].word if top else NONE)


def _order(trace: Trace) -> int:
    """Which stack of an event is the crashing one: see `triage.identity`."""
    if trace.role == "crash":
        return min(trace.chain_no, 1) * 2 + (not trace.crashed)
    return 4 + (not trace.crashed)


def _traits(frame: Frame) -> tuple[Any, ...]:
    """The `TRAITS` of a frame."""
    return (
        frame.frame_kind,
        frame.function,
        frame.module,
        frame.module_offset,
        frame.file,
        frame.language,
        frame.in_app,
    )


def _frames(frames: Sequence[Frame], table: FrameTable) -> tuple[list[Known], int]:
    """The frames that count, and the word of a cycle."""
    known = [table.known(_traits(frame)) for frame in frames]
    names = [
        one.word if one.word and frame.frame_kind == "frame" else -1 - row
        for row, (one, frame) in enumerate(zip(known, frames, strict=True))
    ]
    return _counted(known, names, [frame.trust in SCANNED for frame in frames])


def _counted(known: list[Known], names: list[int], scanned: list[bool]) -> tuple[list[Known], int]:
    """The frames that count, and the word of a cycle."""
    rows, cycle = counted(known, names, scanned)
    return [known[row] for row in rows], cycle_words([known[row].name for row in cycle])[0] if cycle else NONE
