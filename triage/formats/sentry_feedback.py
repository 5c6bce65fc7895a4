"""What a person said, as Sentry's clients write it: the feedback event and the older user report.

A feedback event is an event whose ``contexts.feedback`` holds message, name, contact_email and associated_event_id. A
user report is ``{"event_id": ..., "name": ..., "email": ..., "comments": ...}``. Either becomes one row of
`feedback`. The contact is masked here (`mask`): the first character, and the last part of the domain; the whole
address is in the file itself only. A contact that its writer has masked stays as written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from triage.formats.sentry_json import event_id, flatten, mapping, moment, text

if TYPE_CHECKING:
    from triage.records import Records

__all__ = ("associated", "is_feedback", "mask", "put_event", "put_report")

_IN_ROW = frozenset({"message", "name", "contact_email"})


def mask(contact: Any) -> str | None:
    """Mask how a person can be reached.

    Examples
    --------
    >>> mask("ana@mail.example.com"), mask("+49 30 1234"), mask("[email]")
    ('a***@***.com', '+***', '[email]')
    """
    written = (text(contact) or "").strip()
    if not written:
        return None
    if (written[0] == "[" and written[-1] == "]" and len(written) <= 40) or "***" in written:
        return written
    local, at, domain = written.rpartition("@")
    if not at:
        return f"{written[0]}***"
    last = domain.rpartition(".")[2] if "." in domain else ""
    ending = f".{last}" if 0 < len(last) <= 12 and last.isalpha() else ""
    return f"{local[:1]}***@***{ending}"


def is_feedback(event: dict[str, Any]) -> bool:
    """Whether an event is feedback."""
    return event.get("type") == "feedback" or bool(mapping(mapping(event.get("contexts")).get("feedback")))


def associated(payload: dict[str, Any]) -> str | None:
    """The id of the event that feedback or a report is about, None where it names none."""
    feedback = mapping(mapping(payload.get("contexts")).get("feedback"))
    if feedback or payload.get("type") == "feedback":
        return event_id(feedback.get("associated_event_id"))
    return event_id(payload.get("event_id"))


def put_event(records: Records, number: int, event: dict[str, Any], *, row_of: int | None = None) -> None:
    """Append the row of a feedback event, on `row_of` where that is known, and what else it says as annotations."""
    feedback = mapping(mapping(event.get("contexts")).get("feedback"))
    for key, value in flatten({name: value for name, value in feedback.items() if name not in _IN_ROW}):
        written = event_id(value) if key == "associated_event_id" else value
        records.annotation(number, "feedback", key, written)
    records.feedback(
        number if row_of is None else row_of,
        ts=moment(event.get("timestamp")),
        name=text(feedback.get("name")),
        contact_masked=mask(feedback.get("contact_email")),
        message=text(feedback.get("message")),
        origin="feedback",
    )


def put_report(records: Records, number: int, report: dict[str, Any]) -> None:
    """Append the row of a user report."""
    records.feedback(
        number,
        name=text(report.get("name")),
        contact_masked=mask(report.get("email")),
        message=text(report.get("comments")),
        origin="user_report",
    )
