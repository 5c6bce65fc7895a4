"""Names that say what stands under them: `DB_PASSWORD`, `x-api-key`, `sessionId`, `hostname`.

A name is taken apart into words and looked up in `keys.toml` and among the numbers of `pii.national`; the answer is
memoised per distinct name, until `forget`: values are asked about as well.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from triage.redact.pii import national

__all__ = ("Names", "Program", "Sense", "Vocabulary", "forget", "is_own", "parts", "sense", "vocabulary")

Names = tuple[str, ...]

_FILE: Final = Path(__file__).with_name("keys.toml")
_PARTS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[A-Z]")
# What names end in that are written in one.
_ENDINGS: Final = (
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "pwd",
    "apikey",
    "secretkey",
    "privatekey",
    "accesskey",
    "pass",
    "host",
    "api",
)
_ENDED: Final = re.compile(rf"(?:{'|'.join(_ENDINGS)})(?:\n|\Z)")
_WHOLE: Final = frozenset(
    {
        "bypass",
        "compass",
        "encompass",
        "overpass",
        "trespass",
        "surpass",
        "underpass",
        "multipass",
        "ghost",
        "localhost",
    }
)
# What stands between user and password behind a flag.
_MARKS: Final = {"pairs": b":", "percent": b"%", "comma": b","}
_PLACES: Final = {"": 0, "first": 1, "second": 2, "third": 3, "last": 99}
# How a value is written, at the end of its name.
_ENCODINGS: Final = frozenset({"b", "64", "base", "base64", "hex", "raw", "32"})
_OF_DEVICES: Final = frozenset({"serial", "lone serial", "device", "made device", "mac", "degrees", "place", "handle"})
# What such a name begins with is no secret, for all that it says besides.
_PUBLIC: Final = "public"
_LONGEST: Final = 120
_MOST_PARTS: Final = 12


@dataclass(frozen=True, slots=True)
class Sense:
    """What a name says of its value: the kind, and how weak the hint is ("" where the name alone decides)."""

    kind: str
    weak: str = ""


# A host of gems, whose account and password Bundler keeps in a variable: "__" stands for each dot of it.
_BUNDLE: Final = "bundle_"
_BUNDLED: Final = re.compile(
    r"(?i)bundle_(?!build|local|mirror)[a-z0-9_-]{2,80}__(?:com|net|org|io|dev|co|app|cloud|sh|de|eu|uk)"
)
_OF_HOSTS: Final = Sense("password")


@dataclass(frozen=True, slots=True)
class Program:
    """The flags of a program that take a secret; see keys.toml."""

    names: Names
    flags: frozenset[str]
    joined: Names
    pairs: dict[str, bytes]
    before: Names
    slash: bool
    place: int
    """Which bare word is the secret: from 1 on, 99 for the last one, 0 for none."""
    account: int = 0
    """Which bare word is the account, where there is a secret."""
    users: frozenset[str] = frozenset()
    """The flags that take an account."""
    hosts: frozenset[str] = frozenset()
    """The flags that take a machine."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What keys.toml says."""

    senses: dict[Names, Sense]
    about: frozenset[str]
    asking: frozenset[str]
    controls: frozenset[str]
    ordinary: frozenset[str]
    empty: frozenset[bytes]
    words: frozenset[bytes]
    services: frozenset[bytes]
    nobody: frozenset[bytes]
    things: frozenset[bytes]
    foreign: frozenset[bytes]
    foreign_keys: frozenset[bytes]
    qualities: frozenset[bytes]
    copulas: frozenset[bytes]
    screens: frozenset[bytes]
    kinds: frozenset[bytes]
    builds: frozenset[bytes]
    clusters: frozenset[bytes]
    readers: Names
    programs: tuple[Program, ...]


@cache
def vocabulary() -> Vocabulary:
    """Read keys.toml, once."""
    data = tomllib.loads(_FILE.read_text("utf-8"))
    senses: dict[Names, Sense] = {}
    for entry in data["key"]:
        for name in entry["names"]:
            senses.setdefault(tuple(name.split()), Sense(entry["kind"], entry.get("weak", "")))
    for name, hint in national.NAMES.items():
        senses.setdefault(tuple(name.split()), Sense(national.KINDS[hint], hint))
    programs = tuple(
        Program(
            tuple(entry["names"]),
            frozenset(entry.get("flags", ())),
            tuple(entry.get("joined", ())),
            {flag: mark for name, mark in _MARKS.items() for flag in entry.get(name, ())},
            tuple(entry.get("before", ())),
            slash=entry.get("slash", False),
            place=_PLACES[entry.get("place", "")],
            account=_PLACES[entry.get("account", "")],
            users=frozenset(entry.get("users", ())),
            hosts=frozenset(entry.get("hosts", ())),
        )
        for entry in data["program"]
    )
    encoded = {
        name: frozenset(word.encode() for word in data[name])
        for name in (
            "empty",
            "words",
            "services",
            "nobody",
            "things",
            "foreign",
            "foreign_keys",
            "qualities",
            "copulas",
            "screens",
            "kinds",
            "builds",
            "clusters",
        )
    }
    return Vocabulary(
        senses,
        frozenset(data["about"]),
        frozenset(data["asking"]),
        frozenset(data["controls"]),
        frozenset(data["ordinary"]),
        readers=tuple(data["readers"]),
        programs=programs,
        **encoded,
    )


def parts(name: str) -> list[str]:
    """The words of a name, in small letters.

    Examples
    --------
    >>> parts("dbPassword"), parts("X-Api-Key"), parts("JSESSIONID")
    (['db', 'password'], ['x', 'api', 'key'], ['jsessionid'])
    """
    return _split(_PARTS.findall(name))


def _split(pieces: list[str]) -> list[str]:
    """The pieces of a name in small letters, an ending that runs into the word before it on its own."""
    found: list[str] = []
    for piece in pieces:
        small = piece.lower()
        if small in _ENDINGS or not small.endswith(_ENDINGS):
            found.append(small)
            continue
        ending = next(ending for ending in _ENDINGS if small.endswith(ending))
        if small not in _WHOLE and (small,) not in vocabulary().senses:
            found += small.removesuffix(ending), ending
        else:
            found.append(small)
    return found


@lru_cache(maxsize=65_536)
def sense(name: str, extra: Names = ()) -> Sense | None:
    """What a name says of its value, or None; `extra` are names whose values are secrets by a policy.

    Examples
    --------
    >>> sense("DB_PASSWORD"), sense("token_count"), sense("requestId")
    (Sense(kind='password', weak=''), None, None)
    """
    pieces = _PARTS.findall(name)[-_MOST_PARTS:] if len(name) <= _LONGEST else []
    if not pieces or not (extra or _speaks(pieces) or name[:7].lower() == _BUNDLE):
        return None
    words = _split(pieces)[-_MOST_PARTS:]
    if words[:1] == ["bundle"] and _BUNDLED.fullmatch(name):
        return _OF_HOSTS
    if words[-2:] == ["64", "url"]:  # how it is written, not where
        words.pop()
    for own in extra:
        if _holds(words, parts(own)):
            return Sense("secret")
    known, begun = vocabulary(), _begun()
    # The surest sense, of those the longest, of those the last.
    best: tuple[bool, int, int] = (False, 0, 0)
    meaning: Sense | None = None
    for at, word in enumerate(words):
        for spelt, found in begun.get(word, ()):
            end = at + len(spelt)
            rank = (not found.weak or found.weak == _PUBLIC, end - at, at)
            if rank > best and words[at:end] == spelt and not _only_about(known, words, at, end, found):
                best, meaning = rank, found
    return None if meaning is not None and meaning.weak == _PUBLIC else meaning


def is_own(name: str, extra: Names) -> bool:
    """Whether a name is one of a policy's.

    Examples
    --------
    >>> is_own("defaultTenantId", ("tenant",)), is_own("tenants", ("tenant",))
    (True, False)
    """
    words = parts(name)
    return any(_holds(words, parts(own)) for own in extra)


def _speaks(pieces: list[str]) -> bool:
    """Whether a name of these pieces may have a sense: most values that are asked about do not."""
    words = "\n".join(pieces).lower()
    return not _begun().keys().isdisjoint(words.split("\n")) or _ENDED.search(words) is not None


@cache
def _begun() -> dict[str, list[tuple[list[str], Sense]]]:
    """The names of the senses as their words, under their first ones."""
    found: dict[str, list[tuple[list[str], Sense]]] = {}
    for words, meaning in vocabulary().senses.items():
        found.setdefault(words[0], []).append(([*words], meaning))
    return found


def forget() -> None:
    """Keep no name and no value that was asked about: after each text."""
    sense.cache_clear()


# What stands before the name of a device's number in headers and among the fields of programs.
_BEFORE_DEVICES: Final = frozenset(
    {
        "x",
        "device",
        "ios",
        "android",
        "user",
        "client",
        "app",
        "phone",
        "mobile",
        "apple",
        "google",
        "current",
        "my",
        "hashed",
    }
)
# Of degrees `lat` and `lng` are words of other things too; the long ones are not.
_SHORT_DEGREES: Final = 3
# What stands behind the name of a number of people's papers without making it another one.
_NUMBERED: Final = frozenset({"number", "no", "num", "nr", "id", "value", "code", "card"})
# Whose accounts are those of a server itself.
_OF_SERVERS: Final = frozenset({"master", "default", "admin"})


def _holds(words: list[str], wanted: list[str]) -> bool:
    """Whether a name holds some words in a row."""
    return bool(wanted) and any(words[at : at + len(wanted)] == wanted for at in range(len(words)))


def _only_about(known: Vocabulary, words: list[str], start: int, end: int, found: Sense) -> bool:
    """Whether the name tells of the value instead of holding it: `token_count`, `has_password`, `public_key`."""
    if found.weak in national.HINTS and not _NUMBERED.issuperset(words[end:]):
        return True
    if words[end:] and found.weak not in national.HINTS and (words[-1] in known.about or words[end] in known.about):
        return True
    if words[:1] and words[0] in known.asking and start > 0:
        return True
    if "public" in words[:end]:
        return True
    if found.weak == "entropy" and any(word in known.ordinary or word in known.about for word in words[:start]):
        return True
    if found.weak in {"entropy", "word"} and all(word in _ENCODINGS for word in words[end:]):
        return False
    if (
        found.weak in {"entropy", "query", "user", "host", "numbered", "word", "ssid"} or found.weak in _OF_DEVICES
    ) and end < len(words):
        return not (end == len(words) - 1 and words[-1].isdigit())
    # One word of a longer name is a weaker hint for what is only sensitive by itself.
    return (
        (found.weak in {"user", "host", "numbered", "query"} or found.weak in _OF_DEVICES)
        and start > 0
        and (words[start:end] != ["username"] or words[start - 1] in _OF_SERVERS)
        and words[start - 1] not in known.controls
        and found.kind != "hostname"
        and not (found.weak in {"device", "lone serial"} and words[start - 1] in _BEFORE_DEVICES)
        and not (found.weak == "degrees" and len(words[start]) > _SHORT_DEGREES)
        and end - start == 1
    )
