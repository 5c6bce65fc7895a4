"""The work that a hostile text makes grows as the text does: at three times the length about three times as much.

No clock, which neighbours' load would move: work is counted. Calls of Python and C functions, the bytes that RE2 is
handed and gets through, and the bytes that are searched, counted or copied of the text itself. What a single call of a
regular expression of `re` takes inside is not seen here; `python -m tests.benchmarks.redaction --speed` has the clock.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import astuple, dataclass
from typing import Any

import pytest
import re2

from tests.growth import grows_evenly
from tests.redaction import logs
from triage.redact import mask
from triage.redact.redactor import Redactor
from triage.redact.text import Expression

SMALL, LARGE = 12 << 10, 36 << 10
# Linear work is three times as much; what grows with the square is nine times. Between them: windows of 8 KiB around
# a place, which a text of 12 KiB does not fill everywhere.
RATIO = 5
# Too little to tell how it grows: what a call costs however short the text is.
NOTHING = 20_000
# Calls per byte at which 64 KiB take half a second on the machine where the limit was set.
CALLS_PER_BYTE = 74

_SEARCHES = {call.__code__ for call in (re2._Regexp._match, Expression._every, Expression.first, Expression.match)}


class Seen(bytes):
    """A text that notes how much of it is looked at."""

    looked = 0

    def _noted(self, start: int, end: int) -> None:
        Seen.looked += max(end - start, 0)

    def _bounds(self, start: int | None, end: int | None) -> tuple[int, int]:
        start, end, _ = slice(start, end).indices(len(self))
        return start, end

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, slice):
            self._noted(*self._bounds(key.start, key.stop))
        return super().__getitem__(key)

    def find(self, sub: Any, start: int | None = None, end: int | None = None, /) -> int:
        first, last = self._bounds(start, end)
        at = super().find(sub, start, end)
        self._noted(first, at if at >= 0 else last)
        return at

    def rfind(self, sub: Any, start: int | None = None, end: int | None = None, /) -> int:
        first, last = self._bounds(start, end)
        at = super().rfind(sub, start, end)
        self._noted(at if at >= 0 else first, last)
        return at

    def count(self, sub: Any, start: int | None = None, end: int | None = None, /) -> int:
        self._noted(*self._bounds(start, end))
        return super().count(sub, start, end)

    def lower(self) -> Seen:
        self._noted(0, len(self))
        return Seen(super().lower())

    def translate(self, *given: Any) -> Seen:
        self._noted(0, len(self))
        return Seen(super().translate(*given))

    def replace(self, *given: Any) -> Seen:
        self._noted(0, len(self))
        return Seen(super().replace(*given))

    def split(self, *given: Any, **named: Any) -> list[bytes]:
        self._noted(0, len(self))
        return super().split(*given, **named)

    def strip(self, *given: Any) -> bytes:
        self._noted(0, len(self))
        return super().strip(*given)


@dataclass(frozen=True)
class Work:
    """What a text took."""

    calls: int = 0
    searched: int = 0
    looked: int = 0


def counted(call: Callable[[], object]) -> Work:
    """What a call takes."""
    calls = searched = 0

    def note(frame: Any, event: str, _: Any) -> None:
        nonlocal calls, searched
        if event in {"call", "c_call"}:
            calls += 1
        elif event == "return" and frame.f_code in _SEARCHES:
            known = frame.f_locals
            spans = known.get("spans")
            if spans is not None:
                end = spans[0][1] if spans[0][0] >= 0 else known["endpos"]
                searched += max(end - known["pos"], 0)

    Seen.looked = 0
    before = sys.getprofile()
    sys.setprofile(note)
    try:
        call()
    finally:
        sys.setprofile(before)
    return Work(calls, searched, Seen.looked)


def work(text: str, *, learn: bool) -> Work:
    """Mask a text and count; with `learn`, what was found is looked for everywhere again."""
    data, redactor = Seen(text.encode()), Redactor()

    def masked() -> None:
        if learn:
            redactor.learn(data, place="")
        redactor.mask(data)

    return counted(masked)


def grows(small: Work, large: Work) -> list[str]:
    """Which kinds of work grow faster than the text."""
    pairs = zip(Work.__dataclass_fields__, astuple(small), astuple(large), strict=True)
    return [f"{name}: {few:,} to {many:,}" for name, few, many in pairs if many > max(RATIO * few, NOTHING)]


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """What is compiled and built at first use does not count."""
    for text in (*logs.hostile(300).values(), *logs.nested(300).values()):
        mask(text)


NAMES = [*logs.hostile(16), *logs.nested(16)]


def text_of(name: str, size: int) -> str:
    return (logs.hostile(size) | logs.nested(size))[name]


@pytest.mark.parametrize("name", NAMES)
def test_work_grows_as_the_text(name):
    small, large = work(text_of(name, SMALL), learn=False), work(text_of(name, LARGE), learn=False)
    assert grows(small, large) == []
    assert large.calls <= CALLS_PER_BYTE * LARGE, f"{large.calls / LARGE:.0f} calls for each byte"


@pytest.mark.parametrize("name", ["tokens", "mails", "pairs in a line", "pairs in lines", "JSON in a line", "labels"])
def test_looking_for_what_is_known_grows_as_the_text(name):
    def made(size):
        # A thousand different values, each of which is then looked for.
        piece = logs.PIECES[name]
        return "".join(piece.replace("7", f"{n:05}") for n in range(size // (len(piece) + 4)))

    small, large = work(made(SMALL), learn=True), work(made(LARGE), learn=True)
    assert grows(small, large) == []


def test_a_line_without_an_end():
    line = "INFO worker took order from queue with token=a7b7c7d7e7f7g7h7 ok; " * (SMALL // 66)
    small, large = work(line, learn=True), work(line * 16, learn=True)
    assert large.calls <= 16 * 1.5 * small.calls
    assert large.searched <= 16 * 1.5 * small.searched
    # Eight KiB to either side of a place are looked at, which 12 KiB do not have everywhere.
    assert large.looked <= 16 * 2 * small.looked


def test_a_work_that_grows_with_the_square_is_seen():
    def square(size):
        data = Seen(b"x" * size)
        return counted(lambda: [data.find(b"y") for _ in range(size // 64)])

    assert grows(square(SMALL), square(LARGE)) != []


def test_the_digits_around_the_head_of_a_key_are_no_numbers_side_by_side():
    def text(size):
        return f"-----BEGIN RSA PRIVATE KEY----- {'0' * 300}x\n{'0' * 400}y\n" * (size // 800)

    grows_evenly(mask, text, 4_000, enlarged=0)
