"""Values that are known: found once, or given by a policy, and to be found wherever they stand.

The only place that holds values beyond one text. Its repr is constant, and it is neither pickled nor copied.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Final, NoReturn
from urllib.parse import quote, unquote_to_bytes

import msgspec

from triage.redact.heads import HEAD, Heads
from triage.redact.hits import KNOWN, Hit
from triage.redact.named.keys import sense, vocabulary
from triage.redact.text import WORD, digits_in, letters_in

__all__ = ("Known", "spellings", "unescaped", "worth_finding")

_JSON_LEVELS: Final = 3
_PLAIN: Final = bytes(code for code in range(0x20, 0x7F) if code not in b'"\\')
_AS_IT_IS: Final = _PLAIN.replace(b"%", b"")
# A word between these is a part of a path, a name or a call.
_JOINS: Final = frozenset(b"/.-_(\\$")
_WORD: Final = frozenset(WORD)
_WORD_OR_JOIN: Final = _WORD | _JOINS
_NOTHING: Final = frozenset[int]()
_NOWHERE: Final[Mapping[int, int]] = MappingProxyType({})
_BLANK: Final = 0x20
# Kinds whose values are also words; they are looked for where they are long enough to be told from one.
_WORDLIKE: Final = frozenset({"username", "person", "hostname", "pin", "birth_date", "passport", "serial"})

# Accounts that clients and servers are told are often those of programs, which are called by a word of their trade.
_OF_PROGRAMS: Final = frozenset({"flag", "statement", "sql"})

_Spelling = tuple[str, bytes, frozenset[int], frozenset[int]]
"""Of a way of writing a value: its kind, the value, and what it must not touch before and behind it."""


def worth_finding(kind: str, value: bytes, rule: str = "") -> bool:
    """Whether a value is so much its own that every other occurrence of it is the same secret."""
    if not _is_long_enough(kind, value) or (rule in _OF_PROGRAMS and kind == "username" and value.isalpha()):
        return False
    small = value.lower()
    words = vocabulary()
    if small in words.words or small in words.services or small in words.empty:
        return False
    return not letters_in(value) or sense(value.decode("latin-1")) is None


def _is_long_enough(kind: str, value: bytes) -> bool:
    """Whether a value is as long as one of its kind has to be to be its own."""
    if kind in _WORDLIKE:
        return len(value) >= 5 or (len(value) >= 4 and _is_mixed(value))
    if len(value) >= 8:
        return True
    return not value.isdigit() and ((len(value) >= 6 and _is_mixed(value)) or (len(value) >= 7 and not value.islower()))


def _is_mixed(value: bytes) -> bool:
    """Whether a value has letters and digits."""
    return digits_in(value) > 0 and letters_in(value) > 0


def unescaped(value: bytes) -> bytes | None:
    """What a value with escapes of JSON reads without them; None where it has none."""
    if b"\\" not in value:
        return None
    try:
        plain = msgspec.json.decode(b'"' + value + b'"', type=str)
    except (ValueError, UnicodeDecodeError):
        return None
    return plain.encode("utf-8", "surrogatepass") if plain else None


def spellings(value: bytes) -> Collection[bytes]:
    """The ways of writing a value that no view gives back: JSON inside of JSON, percent signs of its own."""
    if not value.translate(None, _AS_IT_IS):
        return (value,)
    plain = unescaped(value) or value
    found = {value, plain}
    escaped = plain
    for _ in range(_JSON_LEVELS if plain.translate(None, _PLAIN) or b"\\" in plain or b'"' in plain else 0):
        escaped = msgspec.json.encode(escaped.decode("utf-8", "replace"))[1:-1]
        found.add(escaped)
    if b"%" in plain:
        once = quote(plain, safe="").encode()
        found |= {once, quote(once, safe="").encode(), unquote_to_bytes(plain)}
    return found


def _spelling(text: bytes, kind: str, value: bytes) -> _Spelling:
    """A way of writing a value: it is no part of a longer word or, where it is a word, of a path or name."""
    if kind in _WORDLIKE and text.isalpha():
        return kind, value, _WORD_OR_JOIN, _WORD_OR_JOIN
    return kind, value, _WORD if text[0] in _WORD else _NOTHING, _WORD if text[-1] in _WORD else _NOTHING


class Known:
    """A set of values with their kinds, and where they begin in a text; those of another set are found with them."""

    __slots__ = ("_beside", "_heads", "_lengths", "_spellings")

    def __init__(self, values: Iterable[tuple[str, bytes]], *, beside: Known | None = None) -> None:
        self._beside = beside
        # What stands at the places where a value may begin is looked up by its length, the longest first.
        self._spellings: dict[bytes, _Spelling] = {}
        lengths: dict[bytes, tuple[int, ...]] = {}
        for kind, value in values:
            for text in spellings(value):
                if text in self._spellings:
                    continue
                self._spellings[text] = _spelling(text, kind, value)
                head, size = text[:HEAD], len(text)
                known = lengths.get(head)
                if known is None:
                    lengths[head] = (size,)
                elif size not in known:
                    lengths[head] = tuple(sorted({*known, size}, reverse=True))
        self._lengths = lengths
        self._heads = Heads([*lengths])

    def __bool__(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self._spellings) or bool(self._beside)

    def hits(self, data: bytes, places: Mapping[int, int] = _NOWHERE) -> list[Hit]:
        """Where the values stand by themselves, however they are written; not as a part of a longer word.

        What stands at `places`, the ends under the starts, is not given.
        """
        found: list[Hit] = self._beside.hits(data, places) if self._beside else []
        if not self._spellings:
            return found
        lengths, known, size, done = self._lengths, self._spellings, len(data), 0
        for start, stop in self._heads.places(data):
            if start < done:
                continue
            before = data[start - 1] if start else _BLANK
            for length in lengths.get(data[start:stop], ()):
                end = start + length
                spelling = known.get(data[start:end])
                if spelling is None or end > size or before in spelling[2]:
                    continue
                if end == size or data[end] not in spelling[3]:
                    if places.get(start) != end:
                        found.append(Hit(start, end, spelling[0], "known", KNOWN, spelling[1]))
                    done = end
                    break
        return found

    def __repr__(self) -> str:
        """Constant: what is known is not shown."""
        return "<Known values>"

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled or copied."""
        raise TypeError("known values hold secrets and are neither pickled nor copied; make them where they are used")
