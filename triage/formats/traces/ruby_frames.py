"""The places of Ruby's stacks, and what its loggers put before them. See `ruby`."""

from __future__ import annotations

import re
from typing import Final

from triage.formats.traces.patterns import lazy
from triage.records import Frame

__all__ = ("LEVELS", "PLACE", "clean", "frame_of", "is_place")

PLACE: Final = lazy(
    r"\s*(?P<nth>\d{1,9}: )?(?P<from>from )?(?P<file>[^\s\"'][^\"]*?):(?P<line>\d{1,9})"
    r"(?::in [`'](?P<label>[^'`]*)')?(?:: (?P<rest>.*))?$"
)
LEVELS: Final = lazy(r"\s*\.\.\. (\d{1,9}) levels\.\.\.$")
_SOURCES: Final = (".rb", ".erb", ".rake", ".ru", ".haml", ".slim", ".gemspec", ".builder", ".jbuilder", ".cr")
_LOGGER: Final = lazy(
    r"[DIWEFAU], \[[\dT:.-]{10,40} #\d{1,9}\] {1,2}[A-Z]{3,7} -- [^:]{0,80}: |(?:\[[0-9a-f-]{32,40}\] ?)"
)
# Sidekiq's own logger, behind its time; from 6 on it names what it says of the job.
_SIDEKIQ: Final = lazy(
    r"(?:pid=\d{1,9} tid=\w{1,24}(?: [a-z_]{1,24}=\S{1,200}){0,12}|\d{1,9} TID-\w{1,24}(?: [\w:-]{1,200}){0,4})"
    r" [A-Z]{4,7}: "
)
_RSPEC: Final = lazy(r"(\s*)# (?=\S)")


def clean(line: str) -> str:
    """Without the prefix of Ruby's logger or of Sidekiq's, the request's id, and RSpec's mark before a place.

    Examples
    --------
    >>> clean("     # ./spec/a_spec.rb:5:in 'f'")
    "     ./spec/a_spec.rb:5:in 'f'"
    """
    if line[:1] in "DIWEFAU[":
        for _ in range(2):
            found = _LOGGER.match(line)
            if not found:
                break
            line = line[found.end() :]
    elif (line.startswith("pid=") or " TID-" in line[:20]) and (found := _SIDEKIQ.match(line)):
        line = line[found.end() :]
    return _RSPEC.sub(r"\1", line, count=1) if line.lstrip()[:2] == "# " else line


def is_place(place: re.Match[str]) -> bool:
    """Whether it is told by more than a number: a label, `from`, or the file of a Ruby source."""
    return place["label"] is not None or bool(place["from"]) or place["file"].endswith(_SOURCES)


def frame_of(place: re.Match[str], text_line: int) -> Frame:
    """The place as a frame."""
    return Frame(
        function=place["label"],
        file=place["file"],
        line=int(place["line"]),
        language="ruby",
        trust="text",
        text_line=text_line,
    )
