"""PHP's error log: `[26-Jan-2026 01:25:59 Europe/Berlin] PHP Warning:  ...`, and what programs log by `error_log`.

Facts: PHP 7 and 8. The zone of the stamp is a name of the IANA database or an offset. PHP's own messages are read by
`php_entries`; other records are rows of `logs`, with the traces in them as events. Lines before the first stamp go to
quarantine.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from triage.formats import Match
from triage.formats.log_heads import Said
from triage.formats.log_records import Reading
from triage.formats.php_entries import Entries, is_entry

if TYPE_CHECKING:
    from triage.formats.head import Head
    from triage.sources.source import Source

__all__ = ("NAME", "TITLE", "heads", "read", "sniff")

NAME: Final = "php-log"
TITLE: Final = "PHP error log"

_HEAD: Final = re.compile(
    r"\[(?P<time>\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d(?:\.\d{1,9})?(?: [\w/+:-]{1,40})?)\] ?(?P<message>.*)",
    re.DOTALL,
)


def sniff(head: Head) -> Match | None:
    """By a stamp of PHP before a message of PHP, or by stamps alone."""
    if not head.is_text:
        return None
    found = [said for line in head.lines if line[:1] == "[" and (said := heads(line))]
    if any(is_entry(said.message) for said in found):
        return Match(88, "a stamp and a message of PHP")
    return Match(64, "stamps as PHP's error log has them") if len(found) >= 2 else None


def heads(line: str) -> Said | None:
    """What the head of a line says.

    Examples
    --------
    >>> heads("[26-Jan-2026 01:25:59 Europe/Berlin] PHP Notice:  x").message
    'PHP Notice:  x'
    """
    found = _HEAD.match(line)
    return Said(found["message"], found["time"]) if found else None


def read(source: Source) -> None:
    """Read every entry."""
    Reading(source, NAME, heads, Entries).read()
