"""PHP's error log: `[26-Jan-2026 01:25:59 Europe/Berlin] PHP Warning:  ...`, and what programs log by `error_log`.

Facts: PHP 7 and 8. The zone of the stamp is a name of the IANA database or an offset. PHP's own messages are read by
`php_entries`; other records, of other writers too, are rows of `logs`, with the traces in them as events. Lines before
the first record go to quarantine.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from triage.formats import Match, log_line
from triage.formats.log_records import Reading
from triage.formats.php_entries import Entries, is_entry

if TYPE_CHECKING:
    from triage.formats.head import Head
    from triage.sources.source import Source

__all__ = ("NAME", "TITLE", "read", "sniff")

NAME: Final = "php-log"
TITLE: Final = "PHP error log"

_STAMP: Final = re.compile(r"\[\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d")


def sniff(head: Head) -> Match | None:
    """By a stamp of PHP before a message of PHP, or by stamps alone, where most records have one.

    Examples
    --------
    >>> from triage.formats.head import Head
    >>> sniff(Head(b"[26-Jan-2026 01:25:59 Europe/Berlin] PHP Notice:  x")).score
    88
    """
    if not _STAMP.search(head.text) or not head.is_text:
        return None
    found, most = log_line.among(head, NAME)
    if any(is_entry(said.message) for said in found):
        return Match(88 if most else log_line.FEW, "a stamp and a message of PHP")
    return Match(64, "stamps as PHP's error log has them") if len(found) >= 2 and most else None


def read(source: Source) -> None:
    """Read every entry."""
    Reading(source, NAME, Entries).read()
