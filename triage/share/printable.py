"""Text that cannot move a cursor or reorder a page: control and direction characters become symbols."""

from __future__ import annotations

__all__ = ("printable",)


def printable(text: str) -> str:
    """The text with every character that does not print shown as a symbol; line ends and tabs stay.

    Examples
    --------
    >>> printable("red \\x1b[31m and \\u202e back")
    'red ␛[31m and \\\\u{202e} back'
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char in "\n\t" else _symbol(ord(char)) for char in text)


def _symbol(code: int) -> str:
    return chr(0x2400 + code) if code < 0x20 else f"\\u{{{code:x}}}"
