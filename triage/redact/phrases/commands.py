"""Secrets on the command lines of programs whose flags say too little, in pipes to programs that read one, and in SQL.

`mysql -px`, `curl -u user:x`, `net use ... x /user:y`, `echo x | sudo -S`, `INSERT INTO users (..., password) VALUES
(...)`. The programs stand in keys.toml; a line of them may be a shell's, a list of arguments, or an audit record.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import pairwise
from typing import Final

from triage.redact.named import grids, headings, manifests, values
from triage.redact.named.judging import judged
from triage.redact.named.keys import Program, Sense, vocabulary
from triage.redact.phrases import answers, command_lines, inserts, leads, rosters, starters
from triage.redact.phrases.command_lines import QUOTES, Word, read_to, stripped, words
from triage.redact.pii import hosts
from triage.redact.text import Found, Span, digits_in, letters_in, line_of

__all__ = ("ENDS_OF_WORDS", "PROMPT", "STARTERS", "commands", "in_name", "in_word", "keywords")

PROMPT: Final = b"assword"
"""What a script expects before it sends a password; its first letter is a capital or none."""
_LISTS: Final = (b'"', b"'", b", -", b".exe")
"""What stands behind the name of a program in a list of arguments."""
# What arguments on lines of their own stand below.
_ARGUMENTS: Final = (
    b"<arguments>", b"args:\n", b"arguments:\n", b"argv[0]", b"cmd:\n", b"command:\n", b"entrypoint:\n",
    b"programarguments</key>",
)  # fmt: skip
# And as the kernel keeps its arguments.
_KEPT: Final = (b"\0", b"^@")
_TELLING: Final = 4
_ACCOUNT: Final = Sense("username", "user")
# What a manual has for a password.
_EXAMPLES: Final = frozenset({b"", b"password", b"pass", b"passwd"})
_OPERATORS: Final = frozenset({b"|", b"||", b"&&", b";", b"&", b">", b">>", b"2>", b"<", b"<<<"})
# What follows a command that is itself a value of a form or stands on a page.
_MORE: Final = re.compile(
    rb"&[A-Za-z_]\w{0,30}=|&(?:quot|apos|#0?3[49]|#x2[27]);\Z|(?:<\\?/[A-Za-z][\w:-]{0,20}>){1,8}\Z"
)
# What stands for a password that a log hides or a shell knows.
_HIDDEN: Final = re.compile(
    rb"(?i)\*{2,80}|x{3,80}|\$[\w{(]\S{1,80}|%\w{2,40}%|[\[<(](?:redacted|masked|hidden|filtered|secret)[\])>]|(?:\xe2\x80\xa2|\xe2\x97\x8f){2,80}"
)
_CLUSTER: Final = re.compile(rb"-[A-Za-z]{1,6}")
_ECHO: Final = re.compile(
    rb"""\b(?:echo|printf|yes|print|write-output)[ \t]+"""
    rb"""(?:-[neErR]{1,3}[ \t]+|--[ \t]+|["']?%s(?:\\{1,4}n)?["']?[ \t]+)*"""
    rb"""(?:\\?"([^"\n]{3,200}?)\\?"|'([^'\n]{3,200})'|([^\s|"';)\n]{3,200}))[ \t]*[|;)]"""
)
# A digest beside the file that it is of, as programs that check them read it.
_CHECKSUM: Final = re.compile(
    rb"(?:SHA[0-9-]{1,7}|MD5|BLAKE2[a-z0-9-]{1,6})[ ]?\([^()\n]{1,200}\)[ ]?=[ ]?[0-9a-f]{32,128}"
    rb"|(?i:[0-9a-f]{128}|[0-9a-f]{96}|[0-9a-f]{64}|[0-9a-f]{56}|[0-9a-f]{40}|[0-9a-f]{32})"
    rb"(?:[ ]{1,2}|[ ]?\*)[\w./~${}@+-]"
    rb"|\$\{?\w{1,60}\}?(?:[ ]{2}|[ ]?\*)[\w./~${}@+-]"
)
# Of a program that is not named: an account and its password before a URL, or each behind its flag without a blank.
_LOGIN_FLAGS: Final = re.compile(
    rb"""[ =]["']?[\w.@+-]{1,40}:([^\s:/"'\\]{8,200})["']?[ \t]+(?:-[\w-]{1,30}[ \t]+){0,4}["']?https?://"""
    rb"""|[A-Za-z_][\w.@-]{1,40}[ ]-p(?![A-Za-z-]{1,40}[0-9]{0,8}(?:\s|\Z))([^\s"'=\\]{8,200})(?=[\s"'\\]|\Z)"""
)
_HERE: Final = re.compile(
    rb"""[^\n|;]{0,160}?(?:<<<|<\((?:echo|printf|cat <<<)(?:[ \t]+-[neE]{1,3})?)[ \t]*"""
    rb"""(?:"([^"\n]{3,200})"|'([^'\n]{3,200})'|([^\s|"'()\n]{3,200}))"""
)
_DOCUMENT: Final = re.compile(rb"""<<-?[ \t]{0,4}["']?[A-Za-z_]{1,20}["']?[ \t|]""")
_FIRST_LINE: Final = re.compile(rb"\r?\n[ \t]*([^\s]{3,200})[ \t\r]*(?=\n)")
# What compares the sum of a file.
_CHECKED: Final = re.compile(rb"\w{3,10}sum(?:[ \t]+--?[\w=-]{1,30}){0,4}?[ \t]+(?:-[a-z]{0,4}c[a-z]{0,4}|--check)\b")
_SEND: Final = re.compile(rb"""[^\n]{0,80}?send[ \t]+(?:--[ \t]+)?\\{0,3}"([^"\\\n]{3,200})""")
_SENT: Final = re.compile(rb"""send[ \t]+(?:--[ \t]+)?\\{0,3}"([^"\\\s]{5,80})\\{1,4}[rn]""")
_ANSWER: Final = re.compile(
    rb"""334 \w{8,12}={0,2}[^\n]{0,40}\n(?:[^\n]{0,80}[ :>\]-])?([A-Za-z0-9+/]{4,200}={0,2})[ \t\r]*(?:\n|\Z)"""
)
_CRYPT: Final = re.compile(
    rb"(?i)(?:pgp_sym_(?:en|de)crypt(?:_bytea)?|aes_(?:en|de)crypt|crypt)\([^,()\n]{1,200},[ \t]*'([^'\n]{3,200})'"
)


# A flag for an account that this may run into, and the least of one there: less are flags together.
_RUN_INTO: Final = frozenset({"-u", "-U"})
_SHORTEST_ACCOUNT: Final = 4


_Commands = dict[bytes, list[tuple[tuple[bytes, ...], Program]]]


def commands(data: bytes, at: int, *, programs: bool = True) -> Iterator[Found]:
    """The secrets on the line that begins at a place with the name of a program or with one of `STARTERS`.

    Without `programs` only those of `STARTERS`: the line of a program is read from its first one on.
    """
    small = data[at : at + _LONGEST].lower()
    for size in _starters().get(small[:3], ()):
        reader = STARTERS.get(small[:size])
        if reader is not None:
            yield from reader(data, at)
    if programs:
        yield from _programs_in(words(data[at : read_to(data, at)]), at)


def in_name(data: bytes, at: int) -> Iterator[Found]:
    """What stands below or behind a name that a place is within: in a table `accessToken,`, and `applicantSin=`."""
    small = data[at : at + _LONGEST].lower()
    sizes = _starters().get(small[:3], ())
    if data[at : at + 1].isupper() and any(small[:size] in _COLUMNS for size in sizes):
        yield from grids.columns(data, at)
    for size in sizes:
        if small[:size] in starters.IN_NAMES:
            yield from STARTERS[small[:size]](data, at)


def in_word(data: bytes, at: int) -> Iterator[Found]:
    """What a word leads to that ends in what begins at a place: `Lindenstrasse 12, ...`."""
    small = data[at : at + _LONGEST_IN_WORD].lower()
    for size in _IN_WORD_SIZES:
        if reader := starters.IN_WORDS.get(small[:size]):
            yield from reader(data, at)


@cache
def _starters() -> dict[bytes, list[int]]:
    """How long the starters are that begin with the same."""
    found = defaultdict(set)
    for starter in STARTERS:
        found[starter[:3]].add(len(starter))
    return {begin: sorted(sizes) for begin, sizes in found.items()}


@cache
def keywords() -> frozenset[bytes]:
    """What a line begins with that names a program, in small letters."""
    found: set[bytes] = set()
    for program in vocabulary().programs:
        for name in program.names:
            small = name.lower().encode()
            first, _, rest = small.partition(b" ")
            found.add((first if rest[:1] == b"-" else small) + b" ")
            found |= {first + form for form in _LISTS if len(first) >= _TELLING or form == b".exe"}
            found |= {first + form for form in _KEPT}
    return frozenset(found)


@cache
def _programs() -> _Commands:
    """The names of programs as their words, under their first ones."""
    found = defaultdict(list)
    for program in vocabulary().programs:
        for name in program.names:
            words = tuple(name.lower().encode().split())
            found[words[0]].append((words, program))
    return dict(found)


def _called(words: list[Word], index: int) -> list[tuple[int, Program]]:
    """The programs that are named at a word, and by how many words each."""
    text = words[index].text.lower()
    if b"/" in text or b"\\" in text:
        text = text.replace(b"\\", b"/").rpartition(b"/")[2]
    found = []
    text = text.removesuffix(b".exe")
    for name, program in _programs().get(text, ()):
        rest = words[index + 1 : index + len(name)]
        if len(rest) == len(name) - 1 and all(map(_is_same, name[1:], rest)):
            found.append((len(name), program))
    return found


def _is_same(part: bytes, word: Word) -> bool:
    """Whether a word is the part of a program's name: `-b` is also one letter of `-cb`."""
    if part == word.text.lower():
        return True
    flag = len(part) == 2 and part[:1] == b"-" and _CLUSTER.fullmatch(word.text)
    return bool(flag) and part[1:] in word.text


def _programs_in(words: list[Word], base: int) -> Iterator[Found]:
    """The secrets behind every program on a line."""
    called = [(at, _called(words, at)) for at in range(len(words))]
    starts = [(at, found) for at, found in called if found or words[at].text in _OPERATORS]
    for (at, found), (end, _) in pairwise([*starts, (len(words), [])]):
        for size, program in found:
            yield from _options(words[at + size : end], base, program)


def _options(words: list[Word], base: int, program: Program) -> Iterator[Found]:
    """The secrets among the words of one command."""
    places = [at for at, word in enumerate(words) if _is_bare(word)]
    for index, word in enumerate(words):
        text = word.text.decode("latin-1")
        following = words[index + 1] if index + 1 < len(words) else None
        beside = text.startswith(program.before)
        if beside and index and _is_value(words[index - 1].text):
            yield from _whole(base, words[index - 1])
        elif following and (text in program.flags or (beside and not following.text.startswith(b"/"))):
            yield from _whole(base, following)
        elif following and text in program.users:
            yield from _person(base, following)
        elif following and text in program.hosts:
            yield from _machine(base, following)
        elif following and text in program.pairs:
            yield from _behind(base, following, program.pairs[text])
        elif program.slash and text.count("/") == 1 and not text.startswith(("/", "-", "@")):
            yield from _behind(base, word, b"/", until=b"@")
        elif program.place and index in places and program.place in {places.index(index) + 1, index - places[-1] + 99}:
            yield from _positional(base, word)
        elif program.account and len(places) >= program.place and index == places[program.account - 1]:
            yield from _person(base, word)
        else:
            yield from _joined(base, word, program)
            if b" " in word.text and word.text != words[0].text:
                yield from _options(command_lines.inner(word), base + word.start, program)


def _is_bare(word: Word) -> bool:
    """Whether a word is no flag."""
    return not word.text.startswith((b"-", b"/add", b"/domain", b"/delete", b"/active", b"$", b"<"))


def _is_value(word: bytes) -> bool:
    """Whether a word beside an account is its password, and not a flag, a path or a drive."""
    return not word.startswith((b"/", b"\\", b"-")) and not word.endswith(b":")


def _positional(base: int, word: Word) -> Iterator[Found]:
    """A word that is a secret by its place."""
    if len(word.text) >= 4 and _is_value(word.text) and b"=" not in word.text[:-2] and b"://" not in word.text:
        yield from _whole(base, word)


def _whole(base: int, word: Word, start: int = 0) -> Iterator[Found]:
    """A word, or what of it stands behind its flag."""
    part = stripped(start, len(word.text), word.text)
    if found := _MORE.search(part.text):
        part = part._replace(text=part.text[: found.start()])
    if part.text and not part.text.startswith(b"--") and not values.placeholder(part.text):
        begin = base + word.start + part.start
        yield begin, begin + len(part.text), "password", "flag"


def _person(base: int, word: Word, span: Span | None = None) -> Iterator[Found]:
    """The account that a program is told, without what stands behind a sign of percent or a domain before it."""
    first, last = span or (0, len(word.text))
    start = word.text.rfind(b"\\", first, last) + 1 or first
    name = word.text[start:last].partition(b"%")[0]
    if b"@" in name:
        return
    begin, span = base + word.start + start, (start, start + len(name))
    for _, _, kind, _ in judged(word.text, span, _ACCOUNT, in_quotes=True, assigned=True, name=(start, start)):
        yield begin, begin + len(name), kind, "flag"


def _machine(base: int, word: Word) -> Iterator[Found]:
    """The machine that a program is told."""
    if span := hosts.told(word.text):
        begin = base + word.start
        yield begin + span[0], begin + span[1], "hostname", "flag"


def _behind(base: int, word: Word, mark: bytes, *, until: bytes = b"", start: int = 0) -> Iterator[Found]:
    """The part of a word behind a mark: `user:password`."""
    text = word.text
    at = text.find(mark, start)
    end = text.find(until, at) if until else -1
    value = text[at + 1 : end if end > 0 else len(text)].removesuffix(b"&quot;").rstrip(QUOTES)
    if at > start and value not in _EXAMPLES and not text.startswith(b"<") and not values.placeholder(value):
        begin = base + word.start + at + 1
        yield begin, begin + len(value), "password", "flag"
        yield from _person(base, word, (start, at))
    elif at > start and _HIDDEN.fullmatch(value):
        yield from _person(base, word, (start, at))


def _joined(base: int, word: Word, program: Program) -> Iterator[Found]:
    """A value that its flag runs into."""
    text = word.text.decode("latin-1")
    for prefix in program.joined:
        if text.startswith(prefix) and len(text) > len(prefix) + 2 and not text[len(prefix) :].isdigit():
            yield from _whole(base, word, len(prefix))
            return
    for prefix in program.users:
        if prefix.endswith(":") and text.startswith(prefix):
            yield from _person(base, word, (len(prefix), len(word.text)))
            return
    flag, name = text[:2], word.text[2:]
    if flag in _RUN_INTO & program.users and len(name) >= _SHORTEST_ACCOUNT and name[:1].isalpha():
        yield from _person(base, word, (2, len(word.text)))
        return
    for flag, mark in program.pairs.items():
        short = len(flag) == 2
        if text.startswith(flag if short else flag + "=") and len(text) > len(flag) + 3 and "://" not in text:
            yield from _behind(base, word, mark, start=len(flag) + (not short))
            return


def _argued(size: int, data: bytes, at: int) -> Iterator[Found]:
    """What the arguments of a program hold that stand below a word for them."""
    yield from _programs_in(command_lines.below(data, at + size), 0)


def _flagged(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The password behind a flag for an account."""
    match = _LOGIN_FLAGS.match(data, at + size)
    span = match.span(match.lastindex or 0) if match else (0, 0)
    value = data[slice(*span)]
    if digits_in(value) and letters_in(value) and not values.placeholder(value):
        yield *span, "password", "flag"


def _piped(data: bytes, at: int) -> Iterator[Found]:
    """What is echoed into a program that reads a password, or stands behind it in place of a file."""
    start, stop = line_of(data, at, most=600)
    colon = data.startswith(b"chpasswd", at)
    if b"|" in data[start : at + 1]:
        for match in _ECHO.finditer(data, start, at + 1):
            yield from _fed(data, match, colon=colon)
    document = _DOCUMENT.search(data, start, at)
    if document and (first := _FIRST_LINE.match(data, stop)):
        yield from _fed(data, first, colon=colon)
    here = _HERE.match(data, at, stop)
    if here:
        yield from _fed(data, here, colon=colon)


def _listed(data: bytes, at: int) -> Iterator[Found]:
    """What is piped into a program for accounts, and what is listed behind it."""
    yield from _piped(data, at)
    yield from rosters.listed(data, at)


def _summed(data: bytes, at: int) -> Iterator[Found]:
    """What a program for sums reads, unless that is the sum of a file to be checked."""
    if not _CHECKED.match(data, at):
        yield from _piped(data, at)


def _fed(data: bytes, match: re.Match[bytes], *, colon: bool) -> Iterator[Found]:
    """The value that is fed to a program, without the account before it."""
    begin, end = match.span(match.lastindex or 0)
    mark = data.find(b":", begin, end) if colon else -1
    begin = mark + 1 if mark > 0 else begin
    if not values.placeholder(data[begin:end]) and not _CHECKSUM.match(data, begin, end):
        yield begin, end, "password", "pipe"


def _expected(data: bytes, at: int) -> Iterator[Found]:
    """What a script sends after it expected a prompt for a password, and what else the word for one tells."""
    yield from leads.prompted(data, at)
    yield from answers.meant(data, at)
    match = _SEND.match(data, at)
    if match and not values.placeholder(match[1]):
        yield *match.span(1), "password", "prompt"


def _sent(data: bytes, at: int) -> Iterator[Found]:
    """What a script sends as a line, if it is no word and no command."""
    match = _SENT.match(data, at)
    if match and digits_in(match[1]) and letters_in(match[1]) and not values.placeholder(match[1]):
        yield *match.span(1), "password", "prompt"


def _answered(data: bytes, at: int) -> Iterator[Found]:
    """What a client of SMTP answers in base64 to `334 UGFzc3dvcmQ6`."""
    match = _ANSWER.match(data, at)
    if match:
        yield *match.span(1), "password", "prompt"


def _crypted(data: bytes, at: int) -> Iterator[Found]:
    """The key of a function of SQL that encrypts."""
    match = _CRYPT.match(data, at)
    if match:
        yield *match.span(1), "password", "sql"


STARTERS: Final[dict[bytes, Callable[[bytes, int], Iterator[Found]]]] = {
    **starters.STARTERS,
    **dict.fromkeys((word.encode() for word in vocabulary().readers), _piped),
    **dict.fromkeys((b"md5sum", b"sha1sum", b"sha256sum"), _summed),
    **dict.fromkeys(rosters.PROGRAMS, _listed),
    **dict.fromkeys(manifests.WORDS, manifests.entries),
    b" -u": partial(_flagged, len(" -u")),
    b" --user": partial(_flagged, len(" --user")),
    **{word: partial(_argued, len(word)) for word in _ARGUMENTS},
    PROMPT: _expected,
    b"send ": _sent,
    b"334 ugfzc3dvcmq6": _answered,
    b"334 vxnlcm5hbwu6": _answered,
    b"create table": inserts.created,
    b"insert into": inserts.inserted,
    b"insert or ": inserts.inserted,
    b"replace into": inserts.inserted,
    b"pgp_sym_": _crypted,
    b"aes_encrypt(": _crypted,
    b"aes_decrypt(": _crypted,
}
"""What begins such a place, in small letters, and what reads it."""
_IN_WORD_SIZES: Final = sorted({len(word) for word in starters.IN_WORDS})
_LONGEST_IN_WORD: Final = _IN_WORD_SIZES[-1]
ENDS_OF_WORDS: Final = frozenset(word[:3] for word in starters.IN_WORDS)
"""What those begin with that end a word, by three letters."""
_LONGEST: Final = max(map(len, STARTERS))
_COLUMNS: Final = frozenset(name.encode() for name in headings.NAMES)
