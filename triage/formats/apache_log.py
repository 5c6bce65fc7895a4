"""Apache's error log, of 2.2 and of 2.4: PHP's messages in it as events, every other line as a row of `logs`.

Facts: Apache's documentation of `ErrorLogFormat` and its defaults. Grammar of a line::

    line   = "[" stamp "] [" [ module ":" ] level "] " [ "[pid " n [ ":tid " n ] "] " ] [ os ] [ client ] message
    stamp  = day " " month " " date " " clock [ "." microseconds ] " " year            ; local time, no zone
    client = "[client " address "] "
    os     = "(" number ")" text ": "

The code (``AH01071``) stays in the message and is a field too. Line ends in messages are written as ``\\n``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from triage.formats import Match
from triage.formats.log_heads import Said, level_of
from triage.formats.log_records import Reading
from triage.formats.php_entries import Entries

if TYPE_CHECKING:
    from triage.formats.head import Head
    from triage.sources.source import Source

__all__ = ("NAME", "TITLE", "heads", "read", "sniff")

NAME: Final = "apache-error"
TITLE: Final = "Apache error log"

_HEAD: Final = re.compile(
    r"\[(?P<time>[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,9})? \d{4})\] "
    r"\[(?:(?P<module>[\w-]{0,40}):)?(?P<level>[a-z]{3,6}[1-8]?)\] "
    r"(?:\[pid (?P<pid>\d{1,10})(?::tid (?P<tid>\d{1,20}))?\] )?"
    r"(?P<os>\(\d{1,10}\)[^:\[\n]{1,120}: )?(?:\[(?:client|remote) (?P<client>[^\]\n]{1,80})\] ?)?(?P<message>.*)",
    re.DOTALL,
)
_CODE: Final = re.compile(r"AH\d{5}(?=: )")


def sniff(head: Head) -> Match | None:
    """By the stamp and the level in brackets."""
    if not head.is_text:
        return None
    found = sum(1 for line in head.lines if line[:1] == "[" and heads(line))
    return Match(86, f"lines of Apache's error log: {found}") if found else None


def heads(line: str) -> Said | None:
    """What the head of a line says.

    Examples
    --------
    >>> said = heads("[Mon Jan 26 01:25:59.5 2026] [core:error] [pid 35:tid 43] [client 192.0.2.7:5] AH00037: no link")
    >>> said.level, said.logger, said.fields["code"], said.fields["pid"]
    ('error', 'core', 'AH00037', '35')
    """
    found = _HEAD.match(line)
    if found is None:
        return None
    code = _CODE.match(found["message"])
    fields: dict[str, Any] = {key: found[key] for key in ("pid", "tid", "client") if found[key]}
    if found["os"]:
        fields["os"] = found["os"].removesuffix(": ")
    if code:
        fields["code"] = code[0]
    level = level_of(found["level"].rstrip("12345678"))
    return Said(found["message"], found["time"], level, found["module"] or None, fields=fields or None)


def read(source: Source) -> None:
    """Read every line."""
    Reading(source, NAME, heads, Entries).read()
