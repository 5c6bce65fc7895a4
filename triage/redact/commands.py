"""Secrets on the command lines of programs whose flags say too little, in pipes to programs that read one, and in SQL.

`mysql -px`, `curl -u user:x`, `net use ... x /user:y`, `echo x | sudo -S`, `INSERT INTO users (..., password) VALUES
(...)`. The programs stand in keys.toml.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from typing import Final

from triage.redact import values
from triage.redact.keys import Program, sense, vocabulary
from triage.redact.text import Found, line_of

__all__ = ("PROMPT", "STARTERS", "commands")

PROMPT: Final = b"assword"
"""What a script expects before it sends a password; its first letter is a capital or none."""
_WORD: Final = re.compile(rb"""[^\s"'\\]*(?:\\{0,3}"[^"]{0,400}"|'[^']{0,400}')|[^\s"']+""")
_QUOTES: Final = b"\"'\\"
_ECHO: Final = re.compile(
    rb"""\becho[ \t]+(?:-[neE]{1,3}[ \t]+)?(?:"([^"\n]{3,200})"|'([^'\n]{3,200})'|([^\s|"'\n]{3,200}))[ \t]*\|"""
)
_SEND: Final = re.compile(rb"""[^\n]{0,80}?send[ \t]+(?:--[ \t]+)?\\{0,3}"([^"\\\n]{3,200})""")
_INSERT: Final = re.compile(
    rb"(?i)insert[ \t]+into[ \t]+[^\s(]{1,80}[ \t]*\(([^()]{1,600})\)[ \t]*values[ \t]*\(([^()]{1,2000})\)"
)
_ARGUMENT: Final = re.compile(rb"""\s*(?:N?'((?:[^'\\]|\\.|'')*)'|\\{0,3}"([^"\\]*)\\{0,3}"|([^,]*))\s*(?:,|$)""")
_CRYPT: Final = re.compile(
    rb"(?i)(?:pgp_sym_(?:en|de)crypt(?:_bytea)?|aes_(?:en|de)crypt|crypt)\([^,()\n]{1,200},[ \t]*'([^'\n]{3,200})'"
)


COMMAND_REACH: Final = 2_048
"""How far a line is read from the name of a program on, in bytes."""


def commands(data: bytes, at: int, *, programs: bool = True) -> Iterator[Found]:
    """The secrets on the line that begins at a place with the name of a program or with one of `STARTERS`.

    Without `programs` only those of `STARTERS`: the line of a program is read from its first one on.
    """
    line = data[at : line_of(data, at, most=COMMAND_REACH)[1]]
    for starter, reader in STARTERS.items():
        if line[: len(starter)].lower() == starter:
            yield from reader(data, at)
    if not programs:
        return
    asked = [known for known in _programs().get(line[: line.find(b" ") + 1], ()) if line.startswith(known[0])]
    if asked:
        name, program = max(asked, key=lambda known: len(known[0]))
        yield from _options(line, at, len(name) - 1, program)


@cache
def _programs() -> dict[bytes, list[tuple[bytes, Program]]]:
    """The names of programs, each with a space behind it, under their first words."""
    found = defaultdict(list)
    for program in vocabulary().programs:
        for name in program.names:
            word, _, _ = name.partition(" ")
            found[word.encode() + b" "].append((name.encode() + b" ", program))
    return dict(found)


def _options(line: bytes, base: int, after: int, program: Program) -> Iterator[Found]:
    """The words of one command line."""
    words = [*_WORD.finditer(line, after)]
    for index, match in enumerate(words):
        word = match.group().decode("latin-1")
        following = words[index + 1] if index + 1 < len(words) else None
        beside = word.startswith(program.before)
        if beside and index and _is_value(words[index - 1].group()):
            yield from _whole(base, line, words[index - 1])
        elif following and (word in program.flags or beside):
            yield from _whole(base, line, following)
        elif following and word in program.pairs:
            yield from _behind(base, following, program.pairs[word])
        elif program.slash and word.count("/") == 1 and not word.startswith(("/", "-", "@")):
            yield from _behind(base, match, b"/", until=b"@")
        elif program.place == index + 1 and not word.startswith(("-", "/")):
            yield from _whole(base, line, match)
        else:
            yield from _joined(base, line, match, program)


def _is_value(word: bytes) -> bool:
    """Whether a word beside an account is its password, and not a flag, a path or a drive."""
    return not word.startswith((b"/", b"\\", b"-")) and not word.endswith(b":")


def _whole(base: int, line: bytes, match: re.Match[bytes], start: int = 0) -> Iterator[Found]:
    """A word without the quotes around it."""
    text = line[match.start() + start : match.end()]
    begin = match.start() + start + len(text) - len(text.lstrip(_QUOTES))
    end = match.end() - (len(text) - len(text.rstrip(_QUOTES)))
    if begin < end and not values.placeholder(line[begin:end]):
        yield base + begin, base + end, "password", "flag"


def _behind(base: int, match: re.Match[bytes], mark: bytes, *, until: bytes = b"") -> Iterator[Found]:
    """The part of a word behind a mark: `user:password`."""
    text = match.group()
    at = text.find(mark)
    end = text.find(until, at) if until else -1
    value = text[at + 1 : end if end > 0 else len(text)].rstrip(_QUOTES)
    if at > 0 and value and not text.startswith(b"<") and not values.placeholder(value):
        begin = base + match.start() + at + 1
        yield begin, begin + len(value), "password", "flag"


def _joined(base: int, line: bytes, match: re.Match[bytes], program: Program) -> Iterator[Found]:
    """A value that its flag runs into."""
    word = match.group().decode("latin-1")
    for prefix in program.joined:
        if word.startswith(prefix) and len(word) > len(prefix) + 2 and not word[len(prefix) :].isdigit():
            yield from _whole(base, line, match, len(prefix))


def _piped(data: bytes, at: int) -> Iterator[Found]:
    """What is echoed into a program that reads a password."""
    start, _ = line_of(data, at, most=600)
    *_, last = (None, *_ECHO.finditer(data, start, at))
    if last is None:
        return
    begin, end = last.span(last.lastindex or 0)
    colon = data.find(b":", begin, end)
    yield (colon + 1 if colon > 0 and data.startswith(b"chpasswd", at) else begin), end, "password", "pipe"


def _expected(data: bytes, at: int) -> Iterator[Found]:
    """What a script sends after it expected a prompt for a password."""
    match = _SEND.match(data, at)
    if match:
        yield *match.span(1), "password", "prompt"


def _inserted(data: bytes, at: int) -> Iterator[Found]:
    """The values of columns with a sensitive name in an INSERT."""
    match = _INSERT.match(data, at)
    if match is None:
        return
    names = [name.strip(b' \t"`[]\\') for name in match[1].split(b",")]
    place = match.start(2)
    for name in names:
        argument = _ARGUMENT.match(data, place, match.end(2))
        if argument is None:
            return
        meaning = sense(name.decode("latin-1"))
        group = next((number for number in (1, 2, 3) if argument[number] is not None), 3)
        if meaning and meaning.weak in {"", "long"} and group < 3 and not values.placeholder(argument[group]):
            yield *argument.span(group), meaning.kind, "sql"
        place = argument.end()


def _crypted(data: bytes, at: int) -> Iterator[Found]:
    """The key of a function of SQL that encrypts."""
    match = _CRYPT.match(data, at)
    if match:
        yield *match.span(1), "password", "sql"


STARTERS: Final[dict[bytes, Callable[[bytes, int], Iterator[Found]]]] = {
    b"sudo -s": _piped,
    b"chpasswd": _piped,
    b"passwd --stdin": _piped,
    b"--password-stdin": _piped,
    PROMPT: _expected,
    b"insert into": _inserted,
    b"pgp_sym_": _crypted,
    b"aes_encrypt(": _crypted,
    b"aes_decrypt(": _crypted,
}
"""What begins such a place, in small letters, and what reads it."""
