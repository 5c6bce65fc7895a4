"""The group key of one raw trace, without the tables of a case: what `triage.load` gives, for a script or a grep."""

from __future__ import annotations

import re
from functools import lru_cache, partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, cast

from ahocorasick_rs import BytesAhoCorasick, MatchKind

from triage.formats import log_line
from triage.formats.traces.brief import Brief
from triage.formats.traces.patterns import remembered
from triage.formats.traces.reports import settled
from triage.formats.traces.scanning import OVERFLOWS, first
from triage.stacks.counting import SCANNED, counted
from triage.stacks.digests import NONE, word
from triage.stacks.endings import stated
from triage.stacks.frame_table import FIRM, TRAITS, FrameTable, Known, placed
from triage.stacks.keys import Crash, crash, group_word
from triage.stacks.messages import key_text
from triage.stacks.roots import ROOTS, Evidence, Root, came_from
from triage.stacks.stack_table import cycle_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from triage.formats.traces.reports import Report
    from triage.records import Frame, Trace

__all__ = ("is_document", "key", "signature")

# Texts that a reader of whole files takes, and no module for traces: found by detection, as `triage.load` does.
_DOCUMENT: Final = re.compile(r'\s*(?:\{\s*["}]|\[\s*[\[\]{"])')
_WORDS: Final = (
    b"XCEPTION CAUGHT BY", b"xception caught by", b"nother exception was thrown", b"nhandled Exception:",
    b"SymInit: ", b"[Crash]", b"# TYPE ", b"/win/2004/08/events/event", b"<FGenericCrashContext>",
    "\u2502 #0".encode(), b":error] [pid ",
)  # fmt: skip
_MARKS: Final = BytesAhoCorasick(list(_WORDS), matchkind=MatchKind.LeftmostFirst)
# These, and what `first` asks for: in most texts none of both is found.
_SIGNS: Final = BytesAhoCorasick([*_WORDS, *OVERFLOWS], matchkind=MatchKind.LeftmostFirst)


def signature(text: str, table: FrameTable) -> str:
    """See `triage.stacks.signature`."""
    text = text.removeprefix("\ufeff")  # it says how a file is written, and no line begins with it
    data = text.encode("utf-8", "replace")
    signs = bool(_SIGNS.find_matches_as_indexes(data))
    if is_document(text) if signs else _is_typed(text):
        return _document(text, table)
    found = first(text, settled=partial(_settled, table=table), data=data, overflows=None if signs else False)
    if isinstance(found, Brief):
        known = _pieces(table, found.read).all(found.frames)
        if known is not None:
            top, cycle, said = _counted(known)
            return _group(found, top, cycle, said, [])
        found = first(text)
    if found is None and _may_hold(text):
        return _document(text, table)
    if found is None or isinstance(found, Brief):
        return ""
    return key(found, table)


def _may_hold(text: str) -> bool:
    """Whether fields of a log, or objects of JSON behind what a container writes, may hold a stack."""
    if "\\n" in text or "#012" in text:
        return '{"' in text or '="' in text or log_line.holds_escaped(text)
    return '{"' in text and ('"    at ' in text or ':[{"' in text or ': [{"' in text)


def is_document(text: str) -> bool:
    """Whether a text may be one that a reader of whole files takes, or none to `triage.load` for the NUL in it."""
    return _is_typed(text) or bool(_MARKS.find_matches_as_indexes(text.encode("utf-8", "replace")))


def _is_typed(text: str) -> bool:
    """Whether a text begins as JSON does, or as what is no text."""
    return "\0" in text[:4096] or _DOCUMENT.match(text) is not None


def key(report: Report, table: FrameTable) -> str:
    """The group key of one report."""
    top, cycle, said = _frames(min(report.traces, key=_order).frames, table) if report.traces else ([], NONE, "")
    return _group(report, top, cycle, said, _roots(report, table))


_ABORT: Final = frozenset({"abort"})


def _settled(report: Report, table: FrameTable) -> bool:
    """Whether a report that follows cannot change the key; the signal of an abort counts where its stack is weak."""
    if report.kind not in _ABORT:
        return settled(report)
    if not settled(report, _ABORT):
        return False
    top, _, _ = _frames(min(report.traces, key=_order).frames, table)
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
_FEW: Final = 1 << 13
_DEEP: Final = 512
_PLACE: Final = re.compile(r":\d{1,9}(?::\d{1,9})?\s{0,20}$")


@lru_cache(maxsize=64)
def _pieces(table: FrameTable, read: Callable[[str], Frame | None]) -> _Pieces:
    """The pieces that were met under a table, as one module reads them."""
    return _Pieces(table, read)


def _document(text: str, table: FrameTable) -> str:
    """The key of a text that a reader of whole files takes."""
    from triage.stacks import documents
    from triage.stacks.settings import Rules

    report = documents.told(text)
    if isinstance(report, bool):
        return documents.loaded(text, Rules(table)) if report else ""
    return key(report, table)


def _group(report: Report | Brief, top: list[Known], cycle: int, said: str, roots: list[Root]) -> str:
    """The group key of a report, by what its own stack gives (`_frames`) and the roots of its chain."""
    evidence = max([_evidence(top), *(root.evidence for root in roots)])
    said = stated(report.error_type, report.error_value) or said
    event = _crash(report.kind, report.error_type, report.signal, report.error_code_name, evidence, said)
    if event.by_text and report.error_value:
        event = event._replace(text=_text(report.error_value))
    cause, surfaced = came_from(roots) if roots else _NOTHING
    return _key(event, tuple([one.word for one in top]), cycle, cause, surfaced)


@lru_cache(maxsize=_FEW)
def _crash(
    kind: str, error_type: str | None, signal: str | None, code: str | None, evidence: Evidence, said: str
) -> Crash:
    """The words of an event but for its message."""
    return crash(kind, error_type, signal, code, None, evidence, ending=said)


@remembered
def _text(said: str) -> int:
    """The word of a message."""
    return word(key_text(said))


@lru_cache(maxsize=_FEW)
def _key(event: Crash, top: tuple[int, ...], cycle: int, cause: int, surfaced: int) -> str:
    """The group key as it is written."""
    return f"{group_word(event, list(top), cycle, cause, surfaced):016x}"


def _evidence(top: list[Known]) -> Evidence:
    """What the frames that count tell."""
    return Evidence.NONE if not top else Evidence.FIRM if top[0].telling == FIRM else Evidence.WEAK


# What an event is given that came from nothing else.
_NOTHING: Final = came_from([])


def _roots(report: Report, table: FrameTable) -> list[Root]:
    """The root of a chain of exceptions and the members of a group."""
    traces = [trace for trace in report.traces if trace.role in ROOTS]
    if not traces:
        return []
    chained = [trace for trace in traces if trace.role == "cause"]
    last = max(reversed(chained), key=lambda cause: cause.chain_no, default=None)
    roots = []
    for trace in traces:
        if trace is last or trace.role == "member":
            top = _frames(trace.frames, table)[0]
            words = [one.word for one in top]
            roots.append(Root(trace.error_type, words, _evidence(top), trace.role == "member"))
    return roots


def _order(trace: Trace) -> int:
    """Which stack of an event is the crashing one: see `triage.identity`."""
    if trace.role == "crash":
        return min(trace.chain_no, 1) * 2 + (not trace.crashed)
    return 4 + (not trace.crashed)


# The `TRAITS` of a frame.
_traits: Final = cast("Callable[[Frame], tuple[Any, ...]]", attrgetter(*TRAITS))


def _frames(frames: Sequence[Frame], table: FrameTable) -> tuple[list[Known], int, str]:
    """The frames that count, the word of a cycle, and how the stack says that the program ended."""
    known = table.each(list(map(_traits, frames)))
    calls = [frame.frame_kind == "frame" for frame in frames]
    scanned = [frame.trust in SCANNED for frame in frames]
    return _counted(known, () if all(calls) else tuple(calls), tuple(scanned) if any(scanned) else ())


def _counted(
    known: list[Known], calls: tuple[bool, ...] = (), scanned: tuple[bool, ...] = ()
) -> tuple[list[Known], int, str]:
    """See `_frames`; `calls` and `scanned` are empty where all frames or none are."""
    # Two of one identity are the same as long as somebody holds them, as the memo does.
    mark = (*map(id, known), calls, scanned)
    found = _STACKS.get(mark)
    if found is None:
        names = [one.word if one.word and (not calls or calls[row]) else -1 - row for row, one in enumerate(known)]
        rows, cycle, said = counted(known, names, list(scanned))
        found = (
            known,
            placed([known[row] for row in rows]),
            cycle_words([known[row].name for row in cycle])[0] if cycle else NONE,
            said,
        )
        if len(known) <= _DEEP:
            if len(_STACKS) >= _FEW:
                _STACKS.clear()
            _STACKS[mark] = found
    return found[1:]


# Stacks that were met, so many at once: most crashes have happened before.
_STACKS: Final[dict[tuple[object, ...], tuple[list[Known], list[Known], int, str]]] = {}
