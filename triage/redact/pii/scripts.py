"""Names of people in scripts that write them otherwise than Latin does: without capitals, or without blanks."""

from __future__ import annotations

import re
from typing import Final

from triage.redact.pii import given

__all__ = ("first_words", "is_written_as_a_name")

# Hebrew and Arabic, whose words for `and` and `the` are one with what they stand before.
_JOINED: Final = re.compile("[\u0590-\u05ff\u0600-\u06ff]")
_EASTERN: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
# What a part of a name stands behind, or begins with.
_BEFORE: Final = frozenset(("بن", "بنت", "ابن", "آل", "عبد", "أبو", "ابو", "أم", "ام", "בן", "בת"))
_ARTICLE: Final = "ال"
_FULL: Final = 2


def first_words(name: bytes) -> bytes:
    """The words of a text that are a name's: up to one that begins with a small letter, or to what a script joins.

    Examples
    --------
    >>> [first_words(text.encode()).decode() for text in ("Ана Петрова прошу", "خالد بن سعيد الشمري والتطبيق لا")]
    ['Ана Петрова', 'خالد بن سعيد الشمري']
    """
    if name.isascii():
        return name
    words = name.split(b" ")
    for number, word in enumerate(words):
        if word[:1] >= b"\x80" and _ends(words, number):
            return b" ".join(words[:number])
    return name


def _ends(words: list[bytes], number: int) -> bool:
    """Whether a word is none of the name that the words before it are."""
    text = words[number].decode("utf-8", "replace")
    if not _JOINED.match(text):
        return text[0].islower()
    before = words[number - 1].decode("utf-8", "replace")
    more = text.startswith(_ARTICLE) or text in _BEFORE or before in _BEFORE or given.is_given_name(words[number])
    return number >= _FULL and not more


def is_written_as_a_name(text: bytes) -> bool:
    """Whether a text is written as its script writes names; where that tells nothing, whether a given name begins it.

    Examples
    --------
    >>> [is_written_as_a_name(name.encode()) for name in ("Оксана Бондар", "Команда підтримки", "فريق الدعم")]
    [True, False, False]
    """
    if text.isascii():
        return True
    name = text.decode("utf-8", "replace")
    if _EASTERN.search(name):
        return given.is_of_the_east(text)
    words = name.split()
    if any(word[0].islower() and not word[0].isascii() for word in words):
        return False
    cased = any(word[0].isupper() for word in words)
    return cased or given.is_given_name(words[0].encode())
