r"""Texts that are written as a list of their lines: `["Ship to:\n", "Ada\n"]` in a notebook, a log of JSON, a repr.

Every rule that looks at more than one line, or at a value behind the end of one, sees them as the text that they are.
The outputs of one stream that follow each other in a notebook are one text too, wherever it was flushed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from triage.redact.decoding.origins import Piece, View, build

__all__ = ("lines_joined",)

_OPENING: Final = re.compile(rb"""\[\s{0,80}(?=["'])""")
_STRING: Final = re.compile(rb""""(?:[^"\\\n]|\\.)*+"|'(?:[^'\\\n]|\\.)*+'""")
_NEXT: Final = re.compile(rb"""\s{0,80},\s{0,80}(?=["'])""")
# The next output of a notebook, where it is one of a stream too.
_OUTPUT: Final = re.compile(
    rb"""\s{0,80}\]\s{0,80}\}\s{0,80},\s{0,80}\{\s{0,80}"""
    rb"""(?:"(?:name|output_type)"\s{0,8}:\s{0,8}"(?:stdout|stderr|stream)"\s{0,8},\s{0,80}){2}"""
    rb""""text"\s{0,8}:\s{0,8}\[\s{0,80}(?=["'])"""
)
_END: Final = re.compile(rb"(?:\\r)?\\n\Z")
_TAIL: Final = 4
# What begins the next line: not the one byte that stands for something left out.
_BREAK: Final = b"\r\n"


def lines_joined(data: bytes) -> View | None:
    """The lists of lines in a text as the texts that they are; None where there is none."""
    if b'",' not in data and b"'," not in data:
        return None
    apart: set[int] = set()
    view = build(data, _pieces(data, apart))
    if view is None or not apart:
        return view
    return replace(view, apart=tuple(number for number, begin in enumerate(view.begins) if begin in apart))


def _pieces(data: bytes, apart: set[int]) -> Iterator[Piece]:
    """What stands around the lines, of every list in turn; what parts two outputs is told in `apart`."""
    at = 0
    while opening := _OPENING.search(data, at):
        at = opening.end()
        strings: list[tuple[int, int]] = []
        outputs: set[int] = set()
        while string := _STRING.match(data, at):
            strings.append(string.span())
            at = string.end()
            following = _NEXT.match(data, at)
            if following is None and (following := _OUTPUT.match(data, at)):
                outputs.add(len(strings))
            if following is None:
                break
            at = following.end()
        if len(strings) > 1 and (joints := [*_joints(data, strings, outputs)]):
            apart.update(joints[number][0] for number in outputs if number < len(joints))
            yield from joints


def _joints(data: bytes, strings: list[tuple[int, int]], outputs: set[int]) -> Iterator[Piece]:
    """What is before, between and behind strings that are the lines of one text; nothing where they are not."""
    ends = [_END.search(data, max(stop - 1 - _TAIL, start), stop - 1) for start, stop in strings]
    ended = any(ends)
    if not (ended or outputs or _reads(data, strings)):
        return
    yield strings[0][0], strings[0][0] + 1, _BREAK
    for number, (end, (_, stop), (start, _)) in enumerate(zip(ends, strings, strings[1:], strict=False), 1):
        breaks = end or not (ended or number in outputs)
        yield end.start() if end else stop - 1, start + 1, _BREAK if breaks else b""
    stop = strings[-1][1]
    yield ends[-1].start() if ends[-1] else stop - 1, stop, _BREAK


def _reads(data: bytes, strings: list[tuple[int, int]]) -> bool:
    """Whether strings that hold no ends of lines are lines of a text: half of them of words, or announcing the next."""
    worded = sum(b" " in data[start:stop] or data[stop - 2 : stop - 1] == b":" for start, stop in strings)
    return 2 * worded >= len(strings)
