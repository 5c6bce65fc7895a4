"""The class of an exception of Dart by what it says.

Facts: the messages of the Dart SDK's core errors (`toString` of each), whose text does not always begin with the class.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ("error_type", "said")

_NAMED: Final = re.compile(r"([A-Za-z_$][\w$.]{0,120}(?:Error|Exception|Failure)_?)(?=[\s:(\[<]|$)")
_WORD: Final = re.compile(r"([A-Z_$][\w$.]{0,120}): ")
_INSTANCE: Final = re.compile(r"Instance of '([^']{1,200})'")
_UNHANDLED: Final = re.compile(r"unhandled exception:\s{0,8}", re.IGNORECASE)
_CALLED: Final = re.compile(r"([A-Z]\w{0,120})\(")
_ASSERTED: Final = re.compile(r"(?:^|': )Failed assertion: |Failed assertion: line ")
# Messages of the SDK that do not name their class.
_MESSAGES: Final = (
    ("Null check operator used on a null value", "_TypeError"),
    ("type '", "_TypeError"),
    ("Bad state: ", "StateError"),
    ("Invalid argument", "ArgumentError"),
    ("Concurrent modification during iteration", "ConcurrentModificationError"),
    ("Unsupported operation: ", "UnsupportedError"),
    ("Stack Overflow", "StackOverflowError"),
    ("Out of Memory", "OutOfMemoryError"),
)


def error_type(message: str) -> str | None:
    """The class of an exception by what it says, None where that tells nothing.

    Examples
    --------
    >>> error_type("SocketException: Connection refused"), error_type("Bad state: No element"), error_type("no")
    ('SocketException', 'StateError', None)
    """
    text = message.lstrip()
    if match := _UNHANDLED.match(text):
        text = text[match.end() :]
    if match := _NAMED.match(text):
        return match.group(1)
    for start, name in _MESSAGES:
        if text.startswith(start):
            return name
    if _ASSERTED.search(text[:2_000]):
        return "AssertionError"
    match = _INSTANCE.match(text) or _WORD.match(text) or _CALLED.match(text)
    return match.group(1) if match else None


def said(message: str | None, error: str | None) -> str | None:
    """What is left of a message without the class that it begins with.

    Examples
    --------
    >>> said("FormatException: bad", "FormatException"), said("Bad state: none", "StateError")
    ('bad', 'Bad state: none')
    """
    if message and error and message.startswith(f"{error}: "):
        return message[len(error) + 2 :].strip() or None
    return message or None
