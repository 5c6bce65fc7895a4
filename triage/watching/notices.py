"""What a watch tells: one notice for each new incident, spike and regression, masked, with an id that stays."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
import pandas as pd

from triage.redact.redactor import Redactor
from triage.share.printable import plural, printable

if TYPE_CHECKING:
    from triage.redact.policy import Policy

__all__ = ("Masks", "Notice")

_WORDS: Final = {"incident": "NEW", "spike": "SPIKE", "regression": "REGRESSION"}
# What masks must not touch, for it is made here, and what the values of an event are that name nobody.
_KEPT: Final = frozenset({"id", "kind", "at", "incident_id", "status", "level", "count", "seq", "again"})


class Notice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that happened; every text in it is masked.

    Attributes
    ----------
    id
        Digest of what is told: the same in every watch that tells it.
    seq
        Its number in this watch.
    kind
        `incident` (one that was not there before), `spike` or `regression`.
    at
        ISO time in UTC: the first event of the incident, the alarm, or the event that shows the regression; "" where
        the events have no time.
    incident_id, title, status, level, culprit, services, environments, release
        As in `Case.incidents`; of a spike or regression the release that carries it.
    count
        The events of the incident, or of the spike.
    why
        One sentence.
    again
        It may have been told before: the watch ended before it could note that it was.

    Examples
    --------
    >>> Notice(id="ntc_1", kind="incident", incident_id="inc_1", title="ValueError in f", count=1).text
    'NEW         inc_1  ValueError in f (1 event)'
    """

    id: str
    kind: str
    incident_id: str
    title: str
    seq: int = 0
    at: str = ""
    status: str = ""
    level: str = ""
    count: int = 0
    culprit: str = ""
    services: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    release: str = ""
    why: str = ""
    again: bool = False

    @property
    def text(self) -> str:
        """The notice as a line for people; nothing in it moves a cursor."""
        told = self.why or plural(self.count, "event")
        parts = [f"{self.at.replace('T', ' ').partition('.')[0].rstrip('Z')}  " if self.at else ""]
        parts.append(f"{_WORDS.get(self.kind, self.kind):<10}  {self.incident_id}  {self.title} ({told})")
        parts.append("  again" if self.again else "")
        return printable("".join(parts)).replace("\n", "⏎").replace("\t", " ")

    @property
    def line(self) -> bytes:
        """The notice as a line of NDJSON."""
        return msgspec.json.encode(self) + b"\n"


def notice_id(*parts: str) -> str:
    """The id of what is told.

    >>> notice_id("incident", "inc_1")
    'ntc_c2905f09f9258942'
    """
    return "ntc_" + hashlib.blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=8).hexdigest()


class Masks:
    """Masks notices, each by what is in it and in the newest event of its incident.

    As in a view of a large case (`triage.share.cells`): the numbering of masks is that of the notice alone, so that it
    is the same whatever was told before. A secret that shows itself as one only in another event is not known here.
    """

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    def masked(self, notice: Notice, event: dict[str, Any]) -> Notice:
        """The notice with every secret and personal datum masked."""
        redactor = Redactor(self._policy)
        said = [value for name, value in sorted(event.items()) if isinstance(value, str) and not name.endswith("_key")]
        fields = {name: value for name, value in msgspec.structs.asdict(notice).items() if name not in _KEPT}
        for value in fields.values():
            said += [value] if isinstance(value, str) else list(value)
        for text in said:
            redactor.learn_text(text)
        told = {
            name: redactor.text(value) if isinstance(value, str) else tuple(map(redactor.text, value))
            for name, value in fields.items()
        }
        return msgspec.structs.replace(notice, **told)


def text_of(value: Any) -> str:
    """A cell as text, "" where it is null."""
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds").replace("+00:00", "Z")
    return str(value)
