"""Attachments of Sentry envelopes that hold text: logs and traces, read by whichever reader knows them.

What is an event of Sentry itself is left as a file, as it would count one crash twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from triage.formats.head import Head
from triage.sources.archives import is_archive
from triage.sources.source import OverLimitError

if TYPE_CHECKING:
    from triage.sources.source import Source

__all__ = ("ROLES", "is_container", "read")

ROLES: Final = frozenset({"event.attachment", "unreal.logs"})
_OWN: Final = ("sentry", "minidump")


def is_container(member: Source) -> bool:
    """Whether an attachment is an archive, whole as far as the envelope tells: its members are read, not itself."""
    return member.role in ROLES and member.parse_status is None and is_archive(member.head) is not None


def read(member: Source, event: int | None) -> None:
    """Read the lines and the traces of an attachment; what nobody knows stays a file."""
    from triage import formats
    from triage.formats import trace_text

    head = Head(member.head, path=member.path, size=member.size, encoding=member.encoding)
    ranked = formats.rank(head)
    if is_archive(member.head) or (ranked and ranked[0][1].NAME.startswith(_OWN)):
        return
    before, role = member.parse_status, member.role
    member.event = event
    try:
        if ranked:
            ranked[0][1].read(member)
        elif head.is_text and not head.is_whole:
            trace_text.search(member)
    except OverLimitError as error:
        member.parse_status = "quarantined"
        member.note(str(error))
        member.quarantine(str(error), offset=0, length=member.size)
    member.role = role
    if before is not None or member.parse_status == "unknown":
        member.parse_status = before
