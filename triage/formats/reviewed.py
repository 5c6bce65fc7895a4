"""Reviewed archives: what triage itself lets leave, read back.

``MANIFEST.json``
    The members with size and SHA-256, one a line, and for those whose ids the masks would change the id and the group
    key of every event in the order of the table: ``{"triage_manifest": 1, "review_sha256", "members": [{"path",
    "bytes", "sha256", "ids": [[event_id, group_key], ...]}, ...]}``. Ids in an archive are content, as native ids are:
    they hold for the members of that archive and for nothing else, and only where the number of events agrees.
    ``"zone": "Europe/Berlin"`` says what the local times of a member were taken as that name no zone; ``"capture":
    {"preset", "statuses", "paths"}`` by which capture policy its events were classed (see `triage.incidents.policies`).
    Where masks hide which event a report of suppressed occurrences is given to (`triage.incidents.suppression`),
    ``"given": [[event_id of the report, event_id, whether they are one client's], ...]`` of its member
    says it: annotations of no event, scope ``given`` or ``given_alone``.
``REVIEW.json``
    Who approved what, when and by which policy: annotations of no event, scope ``review``.
``derived/*.json``
    The rows that were read of a file that cannot leave as it is, one a line; see `triage.share.derived`.

Text members are read by the reader that knew them before they were masked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from triage.formats import Match
from triage.formats.log_times import zone_told
from triage.records import Frame, Trace, json_text
from triage.tables import TABLES
from triage.times import iso

if TYPE_CHECKING:
    from collections.abc import Callable

    from triage.formats.head import Head
    from triage.sources.source import Source

__all__ = ("NAME", "TITLE", "read", "sniff")

NAME: Final = "reviewed"
TITLE: Final = "Archive that triage saved after a review"

_FOLDER: Final = "derived/"
_KEYS: Final = {
    "triage_manifest": "the manifest of a reviewed archive",
    "triage_review": "the record of a review",
    "triage_derived": "rows that were read of another file",
}
_HEX: Final = frozenset({"fault_address", "error_code", "module_offset", "symbol_offset", "base", "size"})
_JSON: Final = frozenset({"registers", "variables", "fields", "labels"})
_IDS: Final = frozenset(
    {"event_id", "source_id", "offset", "length", "culprit", "stack_key", "variant_key", "group_key", "family_key"}
)
_COLUMNS: Final = {
    name: frozenset(TABLES[name].names) - _IDS for name in ("events", "modules", "feedback", "logs", "metrics")
}
_FRAME: Final = frozenset(Frame.__struct_fields__) - {"address", "text_line"}
_TRACE: Final = frozenset(Trace.__struct_fields__) - {"frames"}
_MOST: Final = 1 << 64


def sniff(head: Head) -> Match | None:
    """By the first key of the document, which is a name of ours."""
    found = next((key for key in _KEYS if key in head.keys), None) if head.text[:1] in {"{", "["} else None
    return Match(97, _KEYS[found]) if found else None


def read(source: Source) -> None:
    """Read a manifest, a record of a review or derived rows."""
    source.media = "application/json"
    start = source.head[:400]
    if b'"triage_derived"' in start:
        _Derived(source).read()
        return
    value = _object(source)
    if b'"triage_manifest"' in start:
        source.role, source.description = "manifest", "What is in the archive, with digests and ids"
        _manifest(source, value)
    else:
        source.role, source.description = "review", "Who reviewed the archive, when and by which policy"
        for key, item in value.items():
            source.records.annotation(None, "review", key, item)


def _object(source: Source) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(source.data())
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        value = None
    if isinstance(value, dict):
        return value
    source.parse_status = "partial"
    source.quarantine("not a JSON object", offset=0, length=source.size)
    return {}


def _manifest(source: Source, value: dict[str, Any]) -> None:
    """Hand the ids to the records; members are named from the folder that the manifest lies in."""
    members = value.get("members")
    base = f"{source.folder}/" if source.folder else ""
    for member in members if isinstance(members, list) else ():
        if not isinstance(member, dict) or not isinstance(member.get("path"), str):
            continue
        pairs = member.get("ids")
        if isinstance(pairs, list) and all(map(_is_pair, pairs)):
            source.records.claim_ids(source.container_id, base + member["path"], [tuple(pair) for pair in pairs])
        if isinstance(member.get("zone"), str):
            _zone(source, base + member["path"], member["zone"])
        if isinstance(member.get("capture"), dict):
            source.records.policies[source.container_id, base + member["path"]] = json_text(member["capture"])
        given = member.get("given")
        for each in given if isinstance(given, list) else ():
            if isinstance(each, list) and _is_pair(each[:2]) and None not in each and each[2:] in ([True], [False]):
                source.records.annotation(None, "given_alone" if each[2] else "given", *each[:2])


def _zone(source: Source, path: str, name: str) -> None:
    """Have the times of a member read in the zone in which they were read before."""
    zone = zone_told(name)
    if zone is None:
        source.note("it names a zone that is not known here; times without one are taken as UTC")
    else:
        source.context.zones[source.container_id, path] = zone


def _is_pair(pair: Any) -> bool:
    if not isinstance(pair, list) or len(pair) != 2:
        return False
    return all(item is None or (isinstance(item, str) and 0 < len(item) <= 1_000) for item in pair)


class _Derived:
    """One file of rows while it is read."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._records = source.records
        self._stacks: dict[int, list[Frame]] = {}
        self._events: list[int] = []
        self._offset = 0
        self._length = 0

    def read(self) -> None:
        """Read every line; one that is none goes to quarantine."""
        for offset, line in self._source.lines():
            body = line.rstrip(b", \t")
            if body in {b"", b"[", b"]", b"[]"}:
                continue
            self._offset, self._length = offset, len(body)
            try:
                row = msgspec.json.decode(body)
            except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
                row = None
            if not isinstance(row, dict) or not self._row(row):
                self._source.parse_status = "partial"
                self._source.quarantine("not a row that triage writes", offset=offset, length=len(line))

    def _row(self, row: dict[str, Any]) -> bool:
        """Take one row in; whether it was one."""
        row = {name.removeprefix("_"): value for name, value in row.items()}
        if "triage_derived" in row:
            told = row.get("description")
            self._source.description = (
                f"What was read of: {told}" if isinstance(told, str) else "What was read of a file"
            )
            return True
        word = row.pop("row", None)
        take = _ROWS.get(word.removeprefix("_")) if isinstance(word, str) else None
        if take is None:
            return False
        take(self, self._event_of(row), _columns(row))
        return True

    def _event_of(self, row: dict[str, Any]) -> int | None:
        number = row.pop("of", None)
        return self._events[number] if type(number) is int and 0 <= number < len(self._events) else None

    def _here(self, columns: dict[str, Any], *, length: bool = False) -> dict[str, Any]:
        columns |= {"source_id": self._source.source_id, "offset": self._offset}
        return columns | ({"length": self._length} if length else {})

    def event(self, _: int | None, columns: dict[str, Any]) -> None:
        self._events.append(self._records.event(**self._here(_known(columns, "events"), length=True)))

    def frame(self, _: int | None, columns: dict[str, Any]) -> None:
        """One frame of a distinct stack, in order."""
        number = columns.get("stack")
        if type(number) is int:
            frame = Frame(**{key: columns[key] for key in columns.keys() & _FRAME})
            self._stacks.setdefault(number, []).append(frame)

    def stack(self, event: int | None, columns: dict[str, Any]) -> None:
        """One stack of an event."""
        number = columns.get("stack")
        frames = tuple(self._stacks.get(number, ())) if type(number) is int else ()
        addresses = columns.get("addresses")
        if isinstance(addresses, list) and len(addresses) == len(frames):
            places = map(_number, addresses)
            frames = tuple(
                msgspec.structs.replace(frame, address=place) for frame, place in zip(frames, places, strict=True)
            )
        lines = columns.get("text_lines")
        if isinstance(lines, list) and len(lines) == len(frames):
            known = (line if type(line) is int and 0 <= line < _MOST else None for line in lines)
            frames = tuple(
                msgspec.structs.replace(frame, text_line=line) for frame, line in zip(frames, known, strict=True)
            )
        if event is not None:
            trace = Trace(frames=frames, **{key: columns[key] for key in columns.keys() & _TRACE})
            self._records.stacks(event, [trace])

    def annotation(self, event: int | None, columns: dict[str, Any]) -> None:
        pair, scope = columns.get("pair"), columns.get("scope")
        if event is None and scope == "capture":
            return  # the manifest says it, of its own members
        for key, value in pair.items() if isinstance(pair, dict) else ():
            self._records.annotation(event, scope if isinstance(scope, str) else "", key, value)

    def attachment(self, event: int | None, columns: dict[str, Any]) -> None:
        name, (base, mark, _) = columns.get("name"), self._source.path.partition(_FOLDER)
        if event is not None and isinstance(name, str):
            folder, _, leaf = f"{base if mark else ''}{name}".rpartition("/")
            self._records.claim(f"{self._source.container_id or ''}\0{folder}", leaf, event)

    def module(self, event: int | None, columns: dict[str, Any]) -> None:
        self._records.module(event, **_known(columns, "modules"))

    def feedback(self, event: int | None, columns: dict[str, Any]) -> None:
        self._records.feedback(event, **_known(columns, "feedback"))

    def log(self, event: int | None, columns: dict[str, Any]) -> None:
        self._records.log(event, **self._here(_known(columns, "logs")))

    def metric(self, event: int | None, columns: dict[str, Any]) -> None:
        self._records.metric(event, **_known(columns, "metrics") | {"source_id": self._source.source_id})

    def quarantine(self, _: int | None, columns: dict[str, Any]) -> None:
        reason = columns.get("reason")
        told = reason if isinstance(reason, str) else "a piece that could not be read"
        self._source.quarantine(told, offset=self._offset, length=self._length)


# The rows by their word.
_ROWS: Final[dict[Any, Callable[[_Derived, int | None, dict[str, Any]], None]]] = {
    "event": _Derived.event,
    "frame": _Derived.frame,
    "stack": _Derived.stack,
    "annotation": _Derived.annotation,
    "attachment": _Derived.attachment,
    "module": _Derived.module,
    "feedback": _Derived.feedback,
    "log": _Derived.log,
    "metric": _Derived.metric,
    "quarantine": _Derived.quarantine,
}


def _columns(row: dict[str, Any]) -> dict[str, Any]:
    """The cells of a row as the tables take them: times in microseconds, hex as numbers, JSON as text."""
    if "ts" in row:
        row["ts"] = iso(row["ts"])
    for name in _HEX & row.keys():
        row[name] = _number(row[name])
    for name in _JSON & row.keys():
        row[name] = row[name] if isinstance(row[name], str) else json_text(row[name])
    return row


def _known(row: dict[str, Any], table: str) -> dict[str, Any]:
    """The cells that are columns of a table and not ids of ours."""
    return {name: row[name] for name in row.keys() & _COLUMNS[table]}


def _number(value: Any) -> int | None:
    """A number that stands as hex text."""
    if isinstance(value, str) and value.startswith("0x") and len(value) <= 18:
        try:
            return int(value, 16)
        except ValueError:
            return None
    return value if type(value) is int and 0 <= value < _MOST else None
