"""Values that are known: found once, or given by a policy, and to be found wherever they stand.

The only place that holds values beyond one text. Its repr is constant, and it is neither pickled nor copied.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Final, NoReturn
from urllib.parse import quote, unquote_to_bytes

import ahocorasick_rs
import msgspec

from triage.redact.hits import KNOWN, Hit
from triage.redact.keys import sense, vocabulary
from triage.redact.text import WORD, Span, digits_in, letters_in

__all__ = ("Known", "spellings", "unescaped", "worth_finding")

_HEAD: Final = 8
_MANY: Final = 2_048
_JSON_LEVELS: Final = 3
_PLAIN: Final = bytes(code for code in range(0x20, 0x7F) if code not in b'"\\')
_AS_IT_IS: Final = _PLAIN.replace(b"%", b"")
# A word between these is a part of a path, a name or a call.
_JOINS: Final = frozenset(b"/.-_(\\$")
_WORD: Final = frozenset(WORD)
_WORD_OR_JOIN: Final = _WORD | _JOINS
_NOTHING: Final = frozenset[int]()
_BLANK: Final = 0x20
# Kinds whose values are also words; they are looked for where they are long enough to be told from one.
_WORDLIKE: Final = frozenset({"username", "person", "hostname", "pin", "birth_date", "passport", "serial"})

_Spelling = tuple[str, bytes, frozenset[int], frozenset[int]]
"""Of a way of writing a value: its kind, the value, and what it must not touch before and behind it."""


def worth_finding(kind: str, value: bytes) -> bool:
    """Whether a value is so much its own that every other occurrence of it is the same secret."""
    if not _is_long_enough(kind, value):
        return False
    small = value.lower()
    words = vocabulary()
    known = small in words.words or small in words.services or small in words.empty
    return not known and sense(value.decode("latin-1")) is None


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


def spellings(value: bytes) -> set[bytes]:
    """The ways of writing a value that no view gives back: JSON inside of JSON, percent signs of its own."""
    if not value.translate(None, _AS_IT_IS):
        return {value}
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


def _automaton(values: list[bytes]) -> ahocorasick_rs.BytesAhoCorasick | None:
    """The automaton over some values."""
    if not values:
        return None
    # The tables of many values take longer to make than they save.
    kinds = ahocorasick_rs.Implementation
    return ahocorasick_rs.BytesAhoCorasick(
        values,
        matchkind=ahocorasick_rs.MatchKind.Standard,
        implementation=kinds.DFA if len(values) < _MANY else kinds.ContiguousNFA,
    )


def _spelling(text: bytes, kind: str, value: bytes) -> _Spelling:
    """A way of writing a value: it is no part of a longer word or, where it is a word, of a path or name."""
    word = kind in _WORDLIKE and text.isalpha()
    before, behind = (_WORD_OR_JOIN if word else _WORD if code in _WORD else _NOTHING for code in (text[0], text[-1]))
    return kind, value, before, behind


class Known:
    """A set of values with their kinds, and the automaton that finds them."""

    __slots__ = ("_automaton", "_of")

    def __init__(self, values: Iterable[tuple[str, bytes]]) -> None:
        # The automaton knows how the values begin; what stands at the places that it finds is looked up by its length.
        heads: dict[bytes, dict[int, dict[bytes, _Spelling]]] = {}
        for kind, value in values:
            for text in spellings(value):
                alike = heads.setdefault(text[:_HEAD], {}).setdefault(len(text), {})
                if text not in alike:
                    alike[text] = _spelling(text, kind, value)
        self._of = [sorted(lengths.items(), reverse=True) for lengths in heads.values()]
        self._automaton = _automaton(list(heads))

    def __bool__(self) -> bool:
        """Whether there is anything to look for."""
        return self._automaton is not None

    def hits(self, data: bytes, places: AbstractSet[Span] = frozenset()) -> list[Hit]:
        """Where the values stand by themselves, however they are written; not as a part of a longer word.

        What stands at `places` is not given.
        """
        found: list[Hit] = []
        if self._automaton is None:
            return found
        done = 0
        for index, start, _ in self._automaton.find_matches_as_indexes(data, overlapping=True):
            if start < done:
                continue
            before = data[start - 1] if start else _BLANK
            for length, alike in self._of[index]:
                end = start + length
                spelling = alike.get(data[start:end])
                if spelling is None or before in spelling[2]:
                    continue
                if end == len(data) or data[end] not in spelling[3]:
                    if (start, end) not in places:
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
