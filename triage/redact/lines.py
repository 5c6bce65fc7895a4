"""The lines of a text that hold anything to look at: a few passes find them, and the expressions read no others.

An automaton takes the same time whatever it looks for, as long as its states are few. So several expressions are looked
for at once, without the numbers of their repeats, which would multiply the states: that finds every line that one of
them matches on, and a few more. Not all of them at once: their states multiply too, and to make them takes ten times as
long as to use them on a megabyte. A match may run on over the lines that follow, as a value in the next line does: so
far as `_REACH` says they are kept too.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from triage.redact.text import Expression, Span

__all__ = ("Lines", "Wanted", "any_of")

Wanted = Callable[[], Sequence[Expression]]
"""Gives the expressions of what a line holds that is worth looking at."""

_REPEATS: Final = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\\\]])*\]|\{([0-9]+)(,?)([0-9]*)\}|(\()(?!\?)", re.DOTALL)
_FEW: Final = 4
# A smaller text is read whole or not at all.
_SMALL: Final = 4_096
# How far a match reaches beyond the end of its line, in bytes, and then to the end of that line.
_REACH: Final = 256
# Where line after line holds a match so many bytes are kept without a look, at most.
_MOST_SKIPPED: Final = 1 << 16
_LONGEST: Final = 8_192
_SAMPLE: Final = 8_192
# Ten elevenths of a text are not worth to be told from it.
_MOST_KEPT: Final = 1.1


def any_of(patterns: Iterable[str]) -> Expression:
    """An expression without groups that matches where one of some does, and in a few more places."""
    return Expression("|".join(f"(?:{_REPEATS.sub(_loosened, pattern)})" for pattern in patterns))


def _loosened(part: re.Match[str]) -> str:
    """A group that captures nothing; a repeat that allows all that the numbered one does, if its numbers are large."""
    least, comma, most, group = part.groups()
    if group:
        return "(?:"
    if least is None or int(most or least) <= (2 if comma else _FEW):
        return part[0]
    return "+" if int(least) else "*"


class Lines:
    """Lines of a text put together, and where they stand in it; all of the text where nothing is `wanted`.

    `wanted` gives the expressions if they are needed. Each run of lines stands there with the line end before it and
    its own, as what expressions look at.
    """

    __slots__ = ("_begins", "_shifts", "_whole", "data")

    def __init__(self, data: bytes, wanted: Wanted | None = None) -> None:
        self._whole = self.data = data
        self._begins = [0]
        self._shifts = [0]
        if wanted is not None and len(data) > _SMALL:
            self._keep(_runs(data, wanted()))
        elif wanted is not None and all(expression.first(data, 0) is None for expression in wanted()):
            self.data = b""

    def _keep(self, runs: list[Span]) -> None:
        """Leave out everything but these runs of lines; nothing where that is little."""
        if sum(end - start for start, end in runs) * _MOST_KEPT > len(self._whole):
            return
        size = 0
        for start, end in runs:
            self._begins.append(size)
            self._shifts.append(start - size)
            size += end - start
        self.data = b"".join([self._whole[start:end] for start, end in runs])

    def place(self, at: int) -> int:
        """Where in the text a place in the lines is."""
        return at + self._shifts[bisect_right(self._begins, at) - 1]

    def _moved(self, places: Iterable[Sequence[int]]) -> Iterator[tuple[int, bool]]:
        """For ranges in order: how much further in the text each begins, and whether all of it stands together."""
        begins, shifts = [*self._begins[1:], len(self.data)], self._shifts
        index = 0
        for start, end, *_ in places:
            while begins[index] <= start:
                index += 1
            yield shifts[index], end <= begins[index]

    def spans(self, expression: Expression) -> list[Span]:
        """Where an expression matches in the text."""
        found = expression.spans(self.data) if self.data else []
        if self.data is self._whole:
            return found
        out: list[Span] = []
        for (start, end), (shift, together) in zip(found, self._moved(found), strict=True):
            if together:
                out.append((start + shift, end + shift))
            elif again := self._again(expression, start + shift):
                out.append(again[0])
        return out

    def parts(self, expression: Expression) -> list[tuple[int, int, int]]:
        """Where the one group of an expression that takes part matches in the text, after its number."""
        found = expression.parts(self.data) if self.data else []
        if self.data is self._whole:
            return [part[2:] for part in found]
        out: list[tuple[int, int, int]] = []
        for (start, _, number, begin, stop), (shift, together) in zip(found, self._moved(found), strict=True):
            if together:
                out.append((number, begin + shift, stop + shift))
            elif again := self._again(expression, start + shift):
                out.append(next((group, *span) for group, span in enumerate(again) if group and span[0] >= 0))
        return out

    def _again(self, expression: Expression, at: int) -> list[Span] | None:
        """The match at a place of the text where one in the lines runs over what was left out."""
        return expression.match(self._whole, at, min(at + _LONGEST, len(self._whole)))

    def __repr__(self) -> str:
        """Sizes only."""
        return f"<Lines of {len(self.data):,} of {len(self._whole):,} bytes>"


def _runs(data: bytes, wanted: Sequence[Expression]) -> list[Span]:
    """The runs of lines that hold a match of some expression, in order and disjoint; all of a text with many."""
    runs: list[Span] = []
    # The one first that may tell by itself that there are many.
    wanted = sorted(wanted, key=lambda one: len(one.spans(data, 0, _SAMPLE)), reverse=True)
    for expression in wanted:
        joined: list[Span] = []
        for start, end in sorted([*runs, *_runs_of(data, expression)]):
            if joined and start < joined[-1][1]:
                joined[-1] = joined[-1][0], max(joined[-1][1], end)
            else:
                joined.append((start, end))
        runs = joined
        # To ask another one takes longer then than to read the lines that it would leave out.
        if expression is not wanted[-1] and sum(end - start for start, end in runs) * 2 > len(data):
            return [(0, len(data))]
    return runs


def _runs_of(data: bytes, wanted: Expression) -> Iterator[Span]:
    """The runs of lines that hold a match, and as much behind it as another may reach over; in order and disjoint."""
    start = end = -1
    at = skip = 0
    first = wanted.first
    while found := first(data, at):
        begin = max(data.rfind(b"\n", at, found[0] + 1), at)
        if begin >= end:
            if end >= 0:
                yield start, end
            start = begin
        skip = min(2 * skip + 1, _MOST_SKIPPED) if begin <= end else 0
        at = _line_end(data, found[1] + skip)
        end = min(_line_end(data, at + _REACH) + 1, len(data))
    if end >= 0:
        yield start, end


def _line_end(data: bytes, at: int) -> int:
    """Where the line of a place ends, without its end."""
    end = data.find(b"\n", at)
    return end if end >= 0 else len(data)
