"""The forms of names with their values, cut out with as much beside them as judging reads; their name is a group."""

from __future__ import annotations

import re
from typing import Final

__all__ = ("ITEMS", "LINES", "NAMED", "STRINGS", "WORDS")

_NAME: Final = rb"[A-Za-z0-9_](?:[\w-]|\.(?!\.)){0,58}"
# Before a name without quotes: where a word stands there, all of it.
_BESIDE: Final = rb"(?:[{,(\n]|[^A-Za-z][A-Za-z]{0,20}[ ])"
# Such that the name begins no line, with which a setting reads on to its end.
_INSIDE: Final = (
    rb"(?:[{,]|(?!-[xX][ ])[^A-Za-z\s][A-Za-z]{1,20}[ ]|[^A-Za-z\s+>#|*~-][ ]"
    rb"|[ ](?![eE][xX][pP][oO][rR][tT][ ]|[sS][eE][tT][xX]?[ ]|[eE][nN][vV][ ])[A-Za-z]{1,20}[ ])"
)
# Nothing that changes a value follows: no arrow, no "to".
_STRING: Final = rb'"[^"\\\r\n\x00]+"(?:[,}\])\n][\s\S]?|[ ][^\s=t-])'
# Two letters, or a number such as 0x1f, may be what opens a string.
_WORDLIKE: Final = rb"(?!0x)[\w/.:+%-]{2,80}[\w/+%-](?:[,}\n][\s\S]?|[ ][^<])"
_LITERAL: Final = rb"[\w.+-]{0,40}[\w+-][,}][\s\S]?"
# A string that opens at the end of the line goes on below.
_REST: Final = rb"""(?!0x|string\(|std::|[bBuUrRfFN]{1,2}\n)[^\s"'`\\{}\[\]|<>!&*$@,;:=][^\r\n\x00]*(?<![\s("'`])\n"""
_SENTENCE: Final = rb'"[^"\\\r\n\x00]+",?\n'

STRINGS: Final = re.compile(
    rb'(?:[\s\S]{0,2}"(' + _NAME + rb')"[ ]?:[ ]?|' + _BESIDE + rb"(" + _NAME + rb")=)" + _STRING
)
"""A string under its name."""
WORDS: Final = re.compile(
    rb'(?:(?:[{,][ ]?|.[{,])"('
    + _NAME
    + rb')"[ ]?:[ ]?(?='
    + _LITERAL
    + rb")|"
    + _INSIDE
    + rb"("
    + _NAME
    + rb")=(?="
    + _WORDLIKE
    + rb"))[\s\S]+"
)
"""A word under its name, inside of a line."""
LINES: Final = re.compile(
    rb'\n[ \t]*(?:-[ \t]+|export[ ])?(?:"('
    + _NAME
    + rb')"|('
    + _NAME
    + rb"))[ ]?[:=][ ]?(?:"
    + _REST
    + rb"|"
    + _SENTENCE
    + rb")"
)
"""A setting on a line of its own."""
NAMED: Final = re.compile(
    rb'(?:"(' + _NAME + rb')"[ ]?(?::|,\s{0,4}")|' + _BESIDE + rb"(" + _NAME + rb')(?:[=:]|"[ ]?,\s{0,4}"))'
)
"""A name with its sign, and what stands before it."""
ITEMS: Final = re.compile(rb'[\s\S]{0,9}"(' + _NAME + rb')"[ ]?,[ ]?"[^"\\\r\n\x00]+"[\s\S]{0,9}')
"""Two items of a list, with what tells whether it holds more."""
