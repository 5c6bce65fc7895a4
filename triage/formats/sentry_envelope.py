"""Sentry envelopes: a header line, then items, each a header line and a payload.

Facts: Sentry's envelope protocol, the desktop crash reporter's reader and cache, and files written by sentry-native.

The grammar is that of `triage.formats.sentry_parts`. Every item is a member of the file, so that the bytes of the
members and the overhead (headers, line ends) add up. One envelope is one event: its first ``event`` item and its
first minidump fill one draft. In the reporter's cache the minidump of ``<uuid>.envelope`` lies beside it as
``<uuid>.dmp``, so an envelope of such a name shares its draft by that id, and its other attachments as
``<uuid>-<name>``, which it claims. Sessions, client reports, feedback,
transactions and further events have rows of their own; any other item is a row of `files` with its type as role.

Logs and traces among the attachments are read as anywhere else: their lines are those of the event, the crashes that
they tell of are events of their own. Archives among them are opened.

Pieces that are no items go to quarantine. Of the DSN only scheme, host and project are kept as annotation; the key is
masked. An envelope that an editor saved as UTF-16 is read as the UTF-8 that it was.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from triage.formats import Match, sentry_attachments, sentry_event
from triage.formats import sentry_feedback as feedback
from triage.formats.sentry_items import READERS, object_of, session_id
from triage.formats.sentry_json import decode, event_id, flatten, mapping, moment, text
from triage.formats.sentry_parts import TYPES, is_plausible, member_path, parse, payload_length
from triage.sources.source import Source

if TYPE_CHECKING:
    from triage.formats.head import Head
    from triage.formats.sentry_parts import Envelope, Item
    from triage.records import Draft

__all__ = ("NAME", "TITLE", "mask_dsn", "read", "sniff")

NAME: Final = "sentry-envelope"
TITLE: Final = "Sentry envelope"

_UUID_NAME: Final = re.compile(r"([0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12})\.envelope")
_HEADER_KEYS: Final = frozenset({"event_id", "dsn", "sdk", "sent_at", "trace", "cache_dir"})
_REPORTS: Final = frozenset({"user_report", "user_report_v2", "user_feedback", "feedback"})
_SPEAKING: Final = _REPORTS | READERS.keys() | {"transaction"}
_DESCRIPTIONS: Final = {
    "event": "event",
    "transaction": "transaction",
    "session": "session",
    "sessions": "session counts",
    "client_report": "what the client discarded",
    "feedback": "feedback",
    "user_report": "feedback",
    "event.minidump": "minidump",
    "event.applecrashreport": "Apple crash report",
    "event.view_hierarchy": "view hierarchy",
    "event.attachment": "attachment",
    "unreal.context": "Unreal context",
    "unreal.logs": "Unreal logs",
}


def sniff(head: Head) -> Match | None:
    """A first line with the keys of an envelope header and a second that is an item header."""
    lines = [line for line in head.lines[:64] if line.strip()][:2]
    if not lines or not lines[0].lstrip().startswith("{"):
        return None
    item = mapping(decode(lines[1].encode("utf-8", "replace")).value) if len(lines) > 1 else {}
    header = head.first_line
    if not isinstance(header, dict):
        return Match(40, "an item header of an envelope after a damaged line") if is_plausible(item) else None
    known = header.keys() & _HEADER_KEYS
    if "type" in header or (header and not known):
        return None
    if text(item.get("type")) in TYPES or ("type" in item and payload_length(item) is not None):
        return Match(95 if known else 80, "an envelope header and an item header")
    only = known == header.keys()
    if only and ("dsn" in header or "sent_at" in header):
        return Match(60, "an envelope header")
    return Match(50, "what looks like an envelope header") if only and header and len(lines) > 1 and not item else None


def mask_dsn(dsn: Any) -> str | None:
    """Scheme, host and project of a DSN; the keys are masked.

    Examples
    --------
    >>> mask_dsn("https://not-a-real-key@errors.example.com/42")
    'https://***@errors.example.com/42'
    """
    written = text(dsn)
    if written is None:
        return None
    scheme, mark, rest = written.partition("://")
    _, at, place = rest.rpartition("@")
    return f"{scheme}://***@{place.partition('?')[0]}" if mark and at else "***"


def read(source: Source) -> None:
    """Read an envelope: its items become members of the file, its event one draft."""
    is_plain = source.encoding == "utf-8"
    data = source.data() if is_plain else memoryview(source.text().encode("utf-8", "replace"))
    envelope = parse(data, max_items=source.limits.members, max_line=source.limits.line_bytes)
    for offset, length, reason in envelope.damage:
        source.parse_status = "partial"
        source.note(reason)
        source.quarantine(reason, offset=offset if is_plain else 0, length=length if is_plain else source.size)
    if not envelope.items:
        source.note("an envelope without items" if source.size else "empty file: not an envelope")
    _Reading(source, envelope, data).run()


class _Reading:
    """One envelope while it is read: which draft is its event, and what other rows link to."""

    def __init__(self, source: Source, envelope: Envelope, data: memoryview) -> None:
        self._source = source
        self._records = source.records
        self._header = envelope.header
        self._items = envelope.items
        self._payloads = [data[item.offset : item.offset + item.length] for item in envelope.items]
        self._event_at = next((at for at, item in enumerate(self._items) if item.type == "event"), None)
        dumps = [at for at in range(len(self._items)) if self._is_dump(at)]
        named = [at for at in dumps if self._items[at].role == "event.minidump"]
        self._dump_at = next(iter(named or dumps), None)
        native = event_id(self._header.get("event_id"))
        cached = _UUID_NAME.fullmatch(source.name)
        self._key = ("sentry", source.scope, cached[1].replace("-", "").lower()) if cached else (NAME, source.source_id)
        self._event_id = native or (self._key[-1] if cached else None)
        self._draft: Draft | None = None
        if cached or self._event_at is not None or self._dump_at is not None:
            self._draft = self._records.draft(*self._key)
        if cached and self._draft:
            # The reporter caches attachments beside the envelope, as `<uuid>-<name>`.
            self._records.claim(source.scope, f"{cached[1]}-", self._draft.event)

    def _is_dump(self, at: int) -> bool:
        """A minidump by what the item says, or by its first bytes."""
        return self._items[at].role == "event.minidump" or bytes(self._payloads[at][:4]) == b"MDMP"

    def run(self) -> None:
        """Read every item in its order, then what the header says."""
        for at, item in enumerate(self._items):
            member = self._member(at, item)
            self._read(at, item, member)
            self._close(member)
        if self._event_at is not None or self._dump_at is not None:
            self._fill()
        elif self._items and not any(item.type in _SPEAKING for item in self._items):
            self._source.note("attachments only: the event that they belong to is elsewhere")
        self._annotate()

    def _member(self, at: int, item: Item) -> Source:
        """The source of an item."""
        path, media, note = member_path(at, item)
        member = Source(self._source.context, path, data=self._payloads[at], container=self._source)
        member.role, member.media = item.role, media
        member.description = _DESCRIPTIONS.get(item.role)
        self._source.members_bytes = (self._source.members_bytes or 0) + item.length
        if note:
            member.note(note)
        if item.problem:
            member.note(item.problem)
            member.parse_status = "partial"
        if item.length < (payload_length(item.header) or 0):
            self._source.note("the file ends within an item")
            self._source.parse_status = "partial"
        return member

    def _close(self, member: Source) -> None:
        """Hand a member over as read: the loader then closes it only, or gives its bytes back where it was asked to."""
        if not sentry_attachments.is_container(member):
            member.parse_status = member.parse_status or "ok"
        self._source.context.read(member)

    def _read(self, at: int, item: Item, member: Source) -> None:
        """Read one item by its type."""
        if at == self._dump_at:
            self._read_dump(member)
        elif self._is_dump(at):
            member.note("only the first minidump of an envelope is read")
        elif item.type in {"event", "transaction"}:
            self._read_event(at, item, member)
        elif item.type in _REPORTS:
            self._read_feedback(member)
        elif item.type in READERS:
            READERS[item.type](member, NAME, self._draft.event if self._draft else None)
            if item.type == "session" and self._draft:
                self._session_of(member)
        elif item.type == "attachment" and item.role in sentry_attachments.ROLES:
            sentry_attachments.read(member, self._draft.event if self._draft else None)
        elif item.type not in TYPES:
            member.parse_status = member.parse_status or "unknown"
            member.note("no reader for items of this type")

    def _session_of(self, member: Source) -> None:
        """Link the event to the session beside it."""
        if self._draft and (self._event_at is not None or self._dump_at is not None):
            self._draft.fill(rank=1, session_id=session_id(mapping(decode(member.data()).value)))

    def _read_dump(self, member: Source) -> None:
        """The minidump fills what the event leaves open, and its walked stacks stand."""
        from triage.formats import minidump

        if self._draft is None:
            return
        if not minidump.read_into(member, self._draft):
            self._draft.fill(rank=0, event_class="incident_signal", event_kind="crash")
        if member.parse_status not in {None, "ok"}:
            self._draft.fill(rank=sentry_event.RANK + 1, parse_status="partial")
            self._draft.note("the minidump is damaged")

    def _read_event(self, at: int, item: Item, member: Source) -> None:
        """The first event joins the draft of the envelope, any other has its own."""
        is_main = at == self._event_at and self._draft
        draft = self._draft if is_main and self._draft else self._records.draft(NAME, member.source_id)
        event = sentry_event.read_into(member, draft, form=NAME)
        if item.problem:
            draft.fill(rank=sentry_event.RANK + 1, parse_status="partial")
            draft.note(item.problem)
        if not event and item.type == "transaction":
            draft.fill(rank=1, event_class="context", event_kind="transaction")
        if feedback.is_feedback(event):
            feedback.put_event(self._records, draft.event, event)
        own = event_id(event.get("event_id"))
        if is_main and own:
            if self._event_id and own != self._event_id:
                draft.note("the envelope names another event id")
            self._event_id = own

    def _read_feedback(self, member: Source) -> None:
        """Feedback is a context event; its row hangs on the event that it is about where that is in this envelope."""
        payload = object_of(member)
        about = feedback.associated(payload)
        here = self._draft.event if self._draft and self._event_at is not None and about == self._event_id else None
        if feedback.is_feedback(payload):
            draft = self._records.draft(NAME, member.source_id)
            sentry_event.fill(self._records, draft, payload)
            self._place(draft, member)
            feedback.put_event(self._records, draft.event, payload, row_of=here)
        elif here is not None:
            feedback.put_report(self._records, here, payload)
        elif payload:
            draft = self._records.draft(NAME, member.source_id)
            self._place(draft, member)
            draft.fill(event_class="context", event_kind="feedback")
            self._records.annotation(draft.event, "feedback", "associated_event_id", about)
            feedback.put_report(self._records, draft.event, payload)

    def _place(self, draft: Draft, member: Source) -> None:
        """Where the event of an item lies."""
        status = "partial" if member.parse_status == "partial" else "ok"
        place = {"source_id": member.source_id, "offset": 0, "length": member.size}
        draft.fill(rank=sentry_event.RANK, format=NAME, parse_status=status, **place)

    def _fill(self) -> None:
        """What the header says of the event, where the event does not say it."""
        if self._draft is None:
            return
        trace = mapping(self._header.get("trace"))
        self._draft.fill(rank=sentry_event.RANK, native_id=self._event_id, trace_id=event_id(trace.get("trace_id")))
        self._draft.fill(
            rank=0,
            format=NAME,
            source_id=self._source.source_id,
            release=text(trace.get("release")),
            environment=text(trace.get("environment")),
        )
        sent = moment(self._header.get("sent_at"))
        if sent is not None and self._draft.get("ts") is None:
            self._draft.fill(rank=0, ts=sent, ts_source="envelope")

    def _annotate(self) -> None:
        """The header, with the key of the DSN masked."""
        event = self._draft.event if self._draft else None
        trace = mapping(self._header.get("trace"))
        header = dict(self._header)
        if "dsn" in header:
            header["dsn"] = mask_dsn(header["dsn"])
        if "public_key" in trace:
            header["trace"] = {**trace, "public_key": "***"}
        for path, value in flatten(header):
            self._records.annotation(event, "envelope", path, value)
