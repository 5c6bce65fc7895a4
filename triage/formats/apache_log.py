"""Apache's error log, of 2.2 and of 2.4: PHP's messages in it as events, every other line as a row of `logs`.

Facts: Apache's documentation of `ErrorLogFormat` and its defaults. Grammar of a line::

    line   = "[" stamp "] [" [ module ":" ] level "] " [ "[pid " n [ ":tid " n ] "] " ] [ os ] [ client ] message
    stamp  = day " " month " " date " " clock [ "." microseconds ] " " year            ; local time, no zone
    client = "[client " address "] "
    os     = "(" number ")" text ": "

The code (``AH01071``) stays in the message and is a field too. Line ends in messages are written as ``\\n``. Records of
other writers among them are read as well.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from triage.formats import Match, log_line
from triage.formats.log_records import Reading
from triage.formats.php_entries import Entries

if TYPE_CHECKING:
    from triage.formats.head import Head
    from triage.sources.source import Source

__all__ = ("NAME", "TITLE", "read", "sniff")

NAME: Final = "apache-error"
TITLE: Final = "Apache error log"

_STAMP: Final = re.compile(r"\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d")


def sniff(head: Head) -> Match | None:
    """By the stamp and the level in brackets, where most records have them.

    Examples
    --------
    >>> from triage.formats.head import Head
    >>> sniff(Head(b"[Mon Jan 26 01:25:59.5 2026] [core:error] [pid 35:tid 43] AH00037: no link")).score
    86
    """
    if not _STAMP.search(head.text) or not head.is_text:
        return None
    found, most = log_line.among(head, NAME)
    return Match(86 if most else log_line.FEW, f"lines of Apache's error log: {len(found)}") if found else None


def read(source: Source) -> None:
    """Read every line."""
    Reading(source, NAME, Entries).read()
