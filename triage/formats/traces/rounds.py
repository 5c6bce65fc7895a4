"""What a runtime prints once and says that it is repeated: written out so often that it is a cycle, the rest counted.

.NET, Julia and Crystal fold the rounds of a recursion, each with words of its own. Python prints three of them first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from triage.records import Frame

__all__ = ("more",)

# With the round that is printed these are a cycle (`triage.stacks.cycles`).
_WRITTEN: Final = 2


def more(printed: Sequence[Frame], times: int, text_line: int | None, words: str | None = None) -> list[Frame]:
    """The rows that stand for further rounds of some frames.

    Parameters
    ----------
    printed
        The frames of a round.
    times
        How often they come again.
    text_line, words
        Where that is said, and how.

    Examples
    --------
    >>> rows = more([Frame(function="a"), Frame(function="b")], 4, None)
    >>> [(row.frame_kind, row.function, row.repeat) for row in rows]
    [('frame', 'a', 1), ('frame', 'b', 1), ('frame', 'a', 1), ('frame', 'b', 1), ('repeated', 'a', 4)]
    """
    rows = list(printed) * min(times, _WRITTEN)
    if printed and times > _WRITTEN:
        rest = (times - _WRITTEN) * len(printed)
        rows.append(replace(printed[0], frame_kind="repeated", repeat=rest, function_raw=words, text_line=text_line))
    return rows
