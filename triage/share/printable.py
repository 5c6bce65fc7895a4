"""Text for people: counts with their word, and control and direction characters as symbols that move nothing."""

from __future__ import annotations

__all__ = ("plural", "printable", "size_of")


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


def plural(count: int, word: str, many: str = "") -> str:
    """The count and its word; `many` where the plural is not the word with an s.

    Examples
    --------
    >>> plural(1, "file"), plural(1200, "file")
    ('1 file', '1,200 files')
    """
    return f"{count:,} {word if count == 1 else many or f'{word}s'}"


def size_of(size: int) -> str:
    """1,024-based with one decimal, as the crash dialogs of the field show it.

    Examples
    --------
    >>> size_of(900), size_of(2_500)
    ('900 B', '2.4 KiB')
    """
    amount = float(size)
    for unit in ("B", "KiB", "MiB"):
        if amount < 1024:
            return f"{size:,} B" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} GiB"


def _symbol(code: int) -> str:
    return chr(0x2400 + code) if code < 0x20 else f"\\u{{{code:x}}}"
