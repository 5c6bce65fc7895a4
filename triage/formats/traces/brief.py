"""What the key of a crash needs of a report, read straight from the text where it is sure that nothing else matters.

A trace module may have ``brief(lines, text) -> Brief | None`` beside ``read``: `text` is the whole, its lines without
carriage returns or colours, and `lines` a `triage.formats.traces.glance.Glance` at the anchor line, which has no
prefix. It gives None wherever it is not sure that

- `read` would give a report that ended the program (or did not, and is the `last`), leads to no other (`Report.leads`)
  but where `leads` is True here, and says the same, but that it may follow another where `follows` is False here;
- the frames here are those of its crashing stack, all of them, each read alone as `read` reads it there.

So what comes behind the stack need not be read, however long it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from triage.records import Frame

__all__ = ("NUMBERS", "Brief")

# The numbers of frames as they are written, for comparison.
NUMBERS = tuple(str(number) for number in range(1024))


class Brief(NamedTuple):
    """A crash in short.

    `frames` are pieces of text, innermost first; `read` gives the frame that one stands for, None where it is none.
    Places and addresses do not count there: two pieces may be one frame.
    """

    kind: str
    error_type: str | None
    error_value: str | None
    signal: str | None
    error_code_name: str | None
    frames: list[str]
    read: Callable[[str], Frame | None]
    follows: bool
    process_id: int | None
    # whether another report may show the same end, for all that is known
    leads: bool = False
    # whether nothing stands behind it that any module could read
    last: bool = False
    level: str = "fatal"
    # the number of the anchor line in the text, from 1; whoever asked puts it in
    line: int = 0
