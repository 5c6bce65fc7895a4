"""The parts of a Sentry envelope: where its items lie, exactly.

    envelope = header LF item*
    item     = item-header LF payload [LF]      any number of blank lines before it
    payload  = `length` bytes where the item header has one, else up to LF or the end

Lines may end in CRLF; a byte order mark may come first. Nothing has to follow a payload of known length, so that a
payload whose line ends were changed after its length was counted is still read to its byte. A damaged item header is
set aside up to the next line that can only be an item header.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from triage.formats.sentry_json import decode, number, text

__all__ = ("TYPES", "Envelope", "Item", "is_plausible", "member_path", "parse", "payload_length")

_LF: Final = re.compile(rb"\n")
_BLANK: Final = re.compile(rb"[ \t\r\n]*")
_UNSAFE: Final = re.compile(r"[^a-z0-9_.-]+")
# Item types of the protocol. Those that no reader takes are kept as files.
# fmt: off
TYPES: Final = frozenset({
    "attachment", "check_in", "client_report", "event", "feedback", "form_data", "log", "metric_buckets",
    "metric_meta", "nel", "otel_log", "otel_span", "profile", "profile_chunk", "raw_security", "replay_event",
    "replay_recording", "replay_video", "security", "session", "sessions", "span", "statsd", "trace_metric",
    "transaction", "unreal_report", "user_feedback", "user_report", "user_report_v2",
})
# fmt: on
_EXTENSIONS: Final = {
    "application/json": ".json",
    "text/plain": ".txt",
    "application/x-dmp": ".dmp",
    "image/png": ".png",
}
_MEDIA: Final = {
    ".dmp": "application/x-dmp",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".log": "text/plain",
    ".png": "image/png",
    ".txt": "text/plain",
    ".webp": "image/webp",
    ".xml": "application/xml",
}
# An item header longer than this is not one when looking for the next after damage.
_PLAUSIBLE_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class Item:
    """One item: its header, where its payload lies, and what is wrong with it ("" if nothing)."""

    header: dict[str, Any]
    offset: int
    length: int
    problem: str = ""

    @property
    def type(self) -> str:
        """Its type, "" where it names none."""
        return text(self.header.get("type")) or ""

    @property
    def role(self) -> str:
        """The type of an attachment, else its own."""
        is_attachment = self.type == "attachment"
        return text(self.header.get("attachment_type")) or (
            "event.attachment" if is_attachment else self.type or "item"
        )


@dataclass(slots=True)
class Envelope:
    """A parsed envelope: its header, its items, and the pieces that could not be read (offset, length, reason)."""

    header: dict[str, Any] = field(default_factory=dict)
    items: list[Item] = field(default_factory=list)
    damage: list[tuple[int, int, str]] = field(default_factory=list)


def parse(data: memoryview | bytes, *, max_items: int = 100_000, max_line: int = 16 << 20) -> Envelope:
    """Split an envelope into its items; linear, and never fails.

    Examples
    --------
    >>> envelope = parse(b'{"event_id":"9ec7"}\\n\\n{"type":"attachment","length":3}\\nabc\\n{"type":"event"}\\n{}')
    >>> [(item.type, item.offset, item.length) for item in envelope.items]
    [('attachment', 54, 3), ('event', 75, 2)]
    """
    found = Envelope()
    size = len(data)
    at = 3 if bytes(data[:3]) == b"\xef\xbb\xbf" else 0
    at = _skip(data, at)
    if at == size:
        return found
    end, after = _line(data, at)
    header = _object(data[at:end]) if end - at <= max_line else None
    if header is None:
        found.damage.append((at, end - at, "envelope header: not a JSON object"))
    elif "type" in header and is_plausible(header):
        found.damage.append((at, 0, "envelope header: missing"))
        after = at
    found.header = header if header is not None and after != at else {}
    at = _skip(data, after)
    while at < size:
        if len(found.items) >= max_items:
            found.damage.append((at, size - at, f"more items than the limit members={max_items:,}"))
            break
        end, after = _line(data, at)
        header = _object(data[at:end]) if end - at <= max_line else None
        if header is None:
            begin, at = at, _resync(data, after)
            found.damage.append((begin, at - begin, "item header: not a JSON object"))
            continue
        item = _item(data, header, after, crlf=after - end == 2)
        found.items.append(item)
        at = _skip(data, item.offset + item.length)
    return found


def _item(data: memoryview | bytes, header: dict[str, Any], start: int, *, crlf: bool) -> Item:
    """The item whose header line ends at `start`."""
    length = payload_length(header)
    if length is None:
        end, after = _line(data, start)
        end = end if crlf or after - end < 2 else end + 1
        problem = "" if header.get("length") is None else "its length is not a number; taken up to the end of the line"
        return Item(header, start, end - start, problem)
    held = min(length, len(data) - start)
    problem = "" if held == length else f"{length - held:,} of {length:,} bytes are missing"
    return Item(header, start, held, problem)


def _line(data: memoryview | bytes, start: int) -> tuple[int, int]:
    """Where the line that begins here ends, without and with its end."""
    found = _LF.search(data, start)
    if found is None:
        return len(data), len(data)
    end = found.start()
    return (end - 1 if end > start and data[end - 1] == 0x0D else end), found.end()


def _skip(data: memoryview | bytes, start: int) -> int:
    """The next byte that is not blank."""
    found = _BLANK.match(data, start)
    return found.end() if found else start


def _object(line: memoryview | bytes) -> dict[str, Any] | None:
    """The JSON object in a line, None where it is damaged."""
    decoded = decode(line) if line[:1] == b"{" else None
    return decoded.value if decoded and decoded.whole and isinstance(decoded.value, dict) else None


def payload_length(header: dict[str, Any]) -> int | None:
    """The length that an item header gives, None where it gives none."""
    length = number(header.get("length"))
    return length if length is not None and length >= 0 else None


def is_plausible(header: dict[str, Any]) -> bool:
    """Whether an object can only be an item header; payloads have a type too, but then an id or a time of their own."""
    if not isinstance(header.get("type"), str) or header.keys() & {"event_id", "timestamp", "message"}:
        return False
    return header["type"] in TYPES or payload_length(header) is not None


def _strict(line: memoryview | bytes) -> dict[str, Any]:
    """The JSON object in a line if it is valid to the letter, else an empty one: quick, as it sees every line."""
    try:
        value = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _resync(data: memoryview | bytes, start: int) -> int:
    """The next line from here that can only be an item header, else the end."""
    while start < len(data):
        end, after = _line(data, start)
        if data[start] == 0x7B and end - start <= _PLAUSIBLE_BYTES and is_plausible(_strict(data[start:end])):
            return start
        start = after
    return len(data)


def member_path(at: int, item: Item) -> tuple[str, str | None, str]:
    """The path of an item among the members of its envelope, its media type, and what is odd about its file name."""
    kind = _UNSAFE.sub("-", item.type.lower())[:64].strip(".-") or "item"
    media = text(item.header.get("content_type"))
    written = text(item.header.get("filename")) or ""
    name = "".join(char for char in written.replace("\\", "/").rpartition("/")[2] if char.isprintable())[:200]
    name = name if name.strip(". ") else ""
    note = "" if name == written else "its file name is not a plain name; the last part is used"
    if name:
        ending = f".{name.rpartition('.')[2].lower()}" if "." in name else ""
        return f"{at}-{kind}/{name}", media or _MEDIA.get(ending), note
    is_json = item.type in TYPES and item.type not in {
        "attachment",
        "replay_recording",
        "replay_video",
        "unreal_report",
    }
    media = media or ("application/json" if is_json else None)
    return f"{at}-{kind}{_EXTENSIONS.get(media or '', '.bin')}", media, note
