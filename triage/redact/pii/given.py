"""Full names of people that a given name tells: `Ana de la Cruz`, `Petrov, Rafael`."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Final
from unicodedata import combining, normalize

from triage.redact.named.keys import vocabulary
from triage.redact.pii import people
from triage.redact.pii.neighbours import fields_of_people
from triage.redact.text import Span

__all__ = ("is_given_name", "is_name_of_somebody", "is_of_the_east", "owns", "shown")

_EASTERN: Final = re.compile(
    rb"(?:[\xe3-\xed][\x80-\xbf]{2}){1,4}(?: |\xe3\x80\x80)?(?:[\xe3-\xed][\x80-\xbf]{2}){1,4}"
)
# A given name of three signs is rare where the family's has one.
_SHORTEST: Final = 3
_LONGEST_GIVEN: Final = 3

# What a name without quotes ends before.
_ENDS: Final = frozenset({b",", b";", b"<", b"(", b")", b"}", b"]", b"|", b'"', b"'", b"&"})
_FILE: Final = Path(__file__).with_name("given_names.toml")


def is_name_of_somebody(text: bytes) -> bool:
    """Whether a text is a full name that begins with a given name, or ends with one behind a comma.

    Examples
    --------
    >>> [is_name_of_somebody(name) for name in (b"Ana de la Cruz", b"Petrov, Rafael", b"Night Batch")]
    [True, True, False]
    """
    if not people.full_name(text):
        return is_of_the_east(text)
    family, comma, given = text.decode("utf-8", "replace").lower().partition(",")
    words = (given if comma else family).split()
    return bool(words) and _plain(words[0].partition("-")[0]) in _given_names()


def is_of_the_east(text: bytes) -> bool:
    """Whether a text is a full name in Chinese, Japanese or Korean that begins with a family's.

    Examples
    --------
    >>> [is_of_the_east(name.encode()) for name in ("李建国", "황민서", "佐藤 健", "错误", "系统管理员")]
    [True, True, True, False, False]
    """
    if not _EASTERN.fullmatch(text):
        return False
    name = text.decode("utf-8", "replace").replace(" ", "").replace("\u3000", "")
    one, two = _families()
    rest = next((len(name) - len(family) for family in two if name.startswith(family)), 0)
    return 1 <= rest <= _LONGEST_GIVEN or (name[0] in one and _SHORTEST <= len(name) <= _SHORTEST + 1)


def shown(data: bytes, start: int, end: int, *, in_quotes: bool) -> Span | None:
    """The full name of a person that is all of what something is shown as, or a part that a sign ends."""
    span = people.part(data, (start, end), "name", in_quotes=in_quotes)
    if span is None or not is_name_of_somebody(data[slice(*span)]):
        return None
    rest = data[span[1] : end].strip(b" \t\r\\") if in_quotes else data[span[1] : end].lstrip(b" \t\r\\")[:1]
    if rest and (in_quotes or rest not in _ENDS):
        return None
    known, own = vocabulary(), fields_of_people()
    words = {*data[slice(*span)].lower().replace(b",", b" ").split()}
    return span if words.isdisjoint(own.nobody | own.things | known.things | known.services | known.words) else None


def is_given_name(word: bytes) -> bool:
    """Whether a word is a given name."""
    return _plain(word.decode("utf-8", "replace").lower()) in _given_names()


def owns(word: bytes) -> bool:
    """Whether a word is a given name that something belongs to, with its ending but without an apostrophe.

    Examples
    --------
    >>> [owns(word) for word in (b"Anas", b"Jonas", b"Ana", b"News")]
    [True, True, False, False]
    """
    name = word.decode("utf-8", "replace").lower()
    return (name[-1:] == "s" and _plain(name[:-1]) in _given_names()) or (
        name[-1:] in {"s", "x", "z"} and _plain(name) in _given_names()
    )


def _plain(name: str) -> str:
    """A name without its accents."""
    return "".join(letter for letter in normalize("NFKD", name) if not combining(letter))


@cache
def _given_names() -> frozenset[str]:
    """The given names of given_names.toml, without their accents."""
    lists = tomllib.loads(_FILE.read_text("utf-8")).values()
    names = " ".join(names for names in lists if isinstance(names, str))
    return frozenset(_plain(name).partition("-")[0] for name in names.split())


@cache
def _families() -> tuple[frozenset[str], tuple[str, ...]]:
    """The names of families of one sign and of more, where no blank stands behind them."""
    lists = tomllib.loads(_FILE.read_text("utf-8"))["families"]
    return frozenset(lists["chinese"] + lists["korean"]), tuple(lists["double"].split())
