"""DebugBundle event files: a JSON array of envelopes, one envelope, or one envelope per line.

The three namings of event files (`<epoch ms>-<seq>-<service>.events.json` of SDKs and relay, `<epoch ms>-<8
hex>-<service>` of `ingest`, `<ts>_batch_<n>.ndjson` of the documentation) hold the same; this reader goes by content.
Lines stream, arrays are bounded by `Limits.document_bytes`. A damaged element or line goes to quarantine alone, with
its place. Files that a writer left behind half-written (`<name>.tmp-<16 hex>`) are listed and not read, as the
product does.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Final

from triage.formats import Match
from triage.formats.debugbundle_batch import BLANK
from triage.formats.debugbundle_json import DAMAGED, EVENT_LINE, EVENT_START, FIRST_KEY, decode, elements
from triage.formats.debugbundle_payload import add_event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from triage.formats.debugbundle_batch import Block, Line
    from triage.formats.head import Head
    from triage.sources.source import Source

__all__ = (
    "DOCUMENT",
    "LINES",
    "NAME",
    "TITLE",
    "EventLines",
    "describe",
    "described",
    "in_lines",
    "read",
    "read_piece",
    "sniff",
)

NAME: Final = "debugbundle-events"
TITLE: Final = "DebugBundle events"
DOCUMENT: Final = "application/json"
LINES: Final = "application/x-ndjson"

_TEMPORARY: Final = re.compile(r"\.tmp-[0-9a-f]{16}$")
# A line that begins as an envelope, and one that is of JSON or in which another envelope begins.
_BEGUN: Final = re.compile(r"\0*+\{[ \t]*+" + FIRST_KEY.decode())
_OF_JSON: Final = re.compile(r'^[\s\0]*+(?:["{}]|[\[\],](?!\w))|' + EVENT_START.pattern.decode())
# Lines of the head that are tried for a whole envelope before the file is taken for one document.
_TRIED: Final = 50


def sniff(head: Head) -> Match | None:
    """Tell by the envelope's own keys."""
    if _TEMPORARY.search(head.name) and '"schema_version"' in head.text:
        return Match(70, "the beginning of an event file, under the name that its writer renames at the end")
    keys = head.keys
    if keys >= {"event_type", "payload"} and (head.document is not None or _is_mostly_json(head) or not head.reported):
        if keys >= {"schema_version", "event_id"}:
            return Match(96, "JSON with schema_version, event_id, event_type and payload")
        if keys & {"schema_version", "event_id", "occurred_at", "sdk_name"}:
            return Match(80, "JSON with event_type, payload and another key of the envelope")
    if not keys & {"incidents", "bundle_id", "items"} and _holds_envelopes(head):
        return Match(62, "lines that hold keys of the envelope as JSON does")
    if head.name.endswith(".events.json") and head.text.lstrip()[:1] == "[":
        return Match(40, "an array in a file named *.events.json")
    return None


def _holds_envelopes(head: Head) -> bool:
    """Whether envelopes stand behind a damaged beginning, and no report that quotes one.

    A report may show a line of source that makes an envelope, and a program print one before it fails.
    """
    if not head.is_text or '"event_type"' not in head.text or '"payload"' not in head.text:
        return False
    if sum(f'"{key}"' in head.text for key in ("schema_version", "event_id", "occurred_at", "sdk_name")) < 2:
        return False
    return _is_mostly_json(head) and (
        sum(_BEGUN.match(line) is not None for line in head.lines) >= 2 or not head.reported
    )


def _is_mostly_json(head: Head) -> bool:
    """Whether the text is one line, or half of its first lines are of JSON."""
    if "\n" not in head.text.strip():
        return True
    lines = [line for line in head.lines if line.strip(" \t\0")]
    return 2 * sum(_OF_JSON.search(line) is not None for line in lines) >= len(lines)


def read(source: Source) -> None:
    """Read every envelope of the file; what is none goes to quarantine."""
    if _TEMPORARY.search(source.name):
        source.role = "temporary"
        source.description = "a half-written event file that its writer left behind"
        source.parse_status = "skipped"
        source.note("left over by a writer that did not finish; not read, as its whole may stand beside it")
        return
    source.role = "events"
    source.media = DOCUMENT
    wide = source.encoding != "utf-8"
    head = source.head.decode(source.encoding, "replace").encode("utf-8", "replace") if wide else source.head
    if in_lines(head):
        source.media = LINES
        events, lost = _read_lines(source, wide=wide)
    elif wide:
        source.note("its events have no places")
        events, lost = _read_document(source, source.text().encode("utf-8", "replace"), placed=False)
    else:
        events, lost = _read_document(source, source.data(), placed=True)
    describe(source, events, lost)


def described(events: int) -> str:
    """What `files` says of so many events."""
    return f"DebugBundle events: {events:,}"


def describe(source: Source, events: int, lost: int) -> None:
    """Say in `files` what was read."""
    source.description = described(events)
    if lost:
        source.parse_status = "partial"
        source.note(f"{lost:,} of {events + lost:,} pieces are in quarantine")


def in_lines(head: bytes) -> bool:
    """Whether the file holds one envelope per line: two lines begin as one, or the first whole line is one."""
    body = head.removeprefix(b"\xef\xbb\xbf").lstrip(BLANK)
    if body[:1] == b"[":
        return False
    lines = body.split(b"\n", _TRIED + 1)
    whole = lines if len(lines) > 1 else []
    if sum(EVENT_LINE.match(line) is not None for line in whole) > 1:
        return True  # however damaged these are
    for line in whole[:_TRIED]:
        if line.strip(BLANK)[:1] == b"{" and line.strip(BLANK)[-1:] in b"},":
            value, _ = decode(line)
            if isinstance(value, dict) and "event_type" in value:
                return True
    # one line, longer than the head or without an end: the same either way
    return body[:1] != b"{" or (len(lines) == 1 and len(head) >= 65_536)


def _read_lines(source: Source, *, wide: bool) -> tuple[int, int]:
    """One envelope per line; a line may also hold an array of them."""
    lines = EventLines(source, wide=wide)
    lines.read()
    return lines.events, lines.lost


class EventLines:
    """The lines of a source, or of a range of it that begins at byte `base`."""

    def __init__(self, source: Source, *, wide: bool = False, base: int = 0) -> None:
        self.events = self.lost = 0
        self._source = source
        self._wide = wide
        self._base = base

    def read(self) -> None:
        """Read every line; of large files in batches, and of what is packed from where it turns out to be large."""
        if self._wide:
            for number, (offset, line) in enumerate(self._source.lines(), 1):
                self._line(line, offset, number)
            return
        blocks = self._blocks()
        if not self._source.bulky:
            blocks = chain(self._begun(blocks), blocks)
        for first in blocks:
            self._bulk(chain((first,), blocks))

    def _begun(self, blocks: Iterator[Block]) -> Iterator[Block]:
        """Read lines one by one, up to where the file turns out to be large; gives the rest of the block there."""
        least = self._source.context.bulk_bytes
        for offset, first, view in blocks:
            block = bytes(view)
            end = len(block) if least is None else block.find(b"\n", max(least - offset, 0)) + 1 or len(block)
            place, number = offset, first
            for line in block[:end].split(b"\n")[:-1]:
                self._line(line.removesuffix(b"\r"), place, number)
                place += len(line) + 1
                number += 1
            self._source.records.rest()
            if end < len(block):
                yield place, number, view[end:]
            if least is not None and place >= least:
                return

    def _bulk(self, blocks: Iterator[Block]) -> None:
        """Read lines in batches."""
        from triage.formats.debugbundle_bulk import Bulk, Lines, known

        source = self._source
        bulk = Bulk(source.records, NAME, known(source.context), self._alone)
        lines = Lines(bulk, source.source_id)
        with bulk.pool:
            try:
                for block in blocks:
                    lines.add(block)
            finally:  # what was taken before a limit was met stays
                lines.finish()
                self.events += bulk.events

    def _blocks(self) -> Iterator[Block]:
        """Whole lines, many at once."""
        for offset, number, block in self._source.blocks():
            yield self._base + offset, number, block

    def _line(self, line: bytes, place: int, number: int) -> None:
        if text := line.strip(BLANK):
            kept = line.lstrip(b"\0")
            if nuls := len(line) - len(kept):
                self.lost += 1
                self._source.quarantine("NUL bytes before the text of a line", offset=place, length=nuls, line=number)
            self._pieces(kept, text, place + nuls, number)
        elif b"\0" in line:
            self.lost += 1
            self._source.quarantine("NUL bytes instead of JSON", offset=place, length=len(line), line=number)

    def _pieces(self, line: bytes, text: bytes, place: int, number: int) -> None:
        """Read a line by itself; it may hold an array."""
        if text[:1] == b"[":
            found = [(place + piece.offset, piece.length, piece.value, piece.note) for piece in elements(line)]
        else:
            found = [(place, len(line), *decode(text))]
        for at, length, value, note in found:
            reason = _reason(self._source, value, at, length, note)
            self.events += reason is None
            self.lost += reason is not None
            if reason:
                self._source.quarantine(reason, offset=at, length=length, line=number)

    def _alone(self, line: Line) -> None:
        """Read a line of a batch by itself."""
        self._line(line.text, line.offset, line.number)


def _read_document(source: Source, data: bytes | memoryview, *, placed: bool) -> tuple[int, int]:
    """An array of envelopes, one envelope, or several that follow each other."""
    events = lost = 0
    for piece in elements(data):
        offset, length = (piece.offset, piece.length) if placed else (None, None)
        reason = _reason(source, piece.value, offset, length, piece.note)
        events += reason is None
        lost += reason is not None
        if reason:
            source.quarantine(reason, offset=offset, length=length)
    return events, lost


def read_piece(source: Source, text: bytes, offset: int) -> bool:
    """Read one envelope again that was read before; whether it still is one."""
    value, note = decode(text)
    return _reason(source, value, offset, len(text), note) is None


def _reason(source: Source, value: object, offset: int | None, length: int | None, note: str | None) -> str | None:
    """Append one event; why not, where it is none."""
    if value is DAMAGED:
        return "damaged JSON"
    return add_event(source, value, reader=NAME, offset=offset, length=length, note=note)
