"""What people write into the journal: looked through for secrets, for what does not show, and for its length.

Journals are shared, and read in terminals and diffs. A text that holds something secret or personal is refused by its
kind and place, as is one with control characters, which a terminal obeys; line ends and tabs stay. What only does not
print (joiners, marks that turn the direction of text) is kept, and written as `\\uXXXX` by `triage.journal_lines`.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from triage.errors import JournalError, demand

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ("LONGEST", "Place", "reason", "shows", "signature")

# Where something stands in a text, by characters, and of what kind it is.
Place = tuple[int, int, str]

LONGEST: Final = 10_000
_NAME: Final = 200
# What people are told by: who decides may be one of those that the case tells of.
_NAMES: Final = frozenset({"email", "username", "person"})
_LINES: Final = "\n\t"
# Letters and symbols that are drawn as nothing.
_BLANK: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def reason(text: object, places: Callable[[str], list[Place]]) -> str:
    """A note or a reason as it goes into the journal; `places` says where a text holds something secret or personal.

    Raises
    ------
    JournalError
        It is too long, not in UTF-8, or holds a control character, or something secret or personal.
    TriageError
        It is no text.
    """
    demand(text, str, "a note or a reason is a text")
    said = str(text).replace("\r\n", "\n")
    if len(said) > LONGEST:
        raise JournalError(f"the text has {len(said):,} characters, and {LONGEST:,} is the most; say it shorter")
    for at, char in enumerate(said, 1):
        if unicodedata.category(char) == "Cc" and char not in _LINES:
            raise JournalError(f"the text holds a control character at character {at:,}; say it without that")
        if "\ud800" <= char <= "\udfff":
            raise JournalError(f"the text is not in UTF-8 from character {at:,} on; give it in UTF-8")
    if not shows(said):
        return ""
    for start, end, kind in places(said):
        raise JournalError(
            f"the text holds something of the kind {kind} at characters {start + 1} to {end}, and journals are "
            "shared; say it without that"
        )
    return said.strip()


def shows(text: str) -> bool:
    """Whether anything of a text can be seen.

    Examples
    --------
    >>> shows(" fixed "), shows(" \\u200b\\u3164 ")
    (True, False)
    """
    return any(char.isprintable() and not char.isspace() and char not in _BLANK for char in text)


def signature(who: object, places: Callable[[str], list[Place]]) -> str:
    """Who decides, as it goes into the journal: an account or an address is told; `places` as for `reason`.

    Raises
    ------
    JournalError
        It is empty or too long, or holds what does not print, or something secret.
    TriageError
        It is no text.
    """
    demand(who, str, "who decides is a text")
    name = str(who)
    wrong = ""
    if len(name) > _NAME:
        wrong = f"has more than {_NAME} characters"
    elif not name.isprintable():
        wrong = "holds a character that does not print"
    elif not shows(name):
        wrong = "is empty"
    else:
        kinds = [kind for _, _, kind in places(name) if kind not in _NAMES]
        wrong = f"holds something of the kind {kinds[0]}" if kinds else ""
    if wrong:
        raise JournalError(
            f"the name of who decides {wrong}, and journals are shared; name them: Journal(PATH, who=NAME)"
        )
    return name
