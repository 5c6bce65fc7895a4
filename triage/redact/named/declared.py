"""What stands behind a name in source code and is no value of it: a base class, a type, the number of an error.

And what compilers say of a token that they did not want: `found keyword token: 'secret'`.
"""

from __future__ import annotations

import re
from typing import Final

from triage.redact.named.keys import parts, sense, vocabulary
from triage.redact.text import Span

__all__ = (
    "is_argument",
    "is_bareword",
    "is_class",
    "is_code",
    "is_comment",
    "is_named",
    "is_tag",
    "is_type",
    "is_variable",
    "of_grammar",
)

_REACH: Final = 16
# Before the name of what has a base behind its colon, and before that of what has a type there.
_OF_CLASSES: Final = re.compile(
    rb"(?:\A|[^\w.-])(?:class|interface|struct|protocol|extension|trait|enum|record|object|actor|union|dispinterface|coclass"
    rb"|final)[ ]\Z"
)
_OF_VARIABLES: Final = re.compile(rb"(?:\A|[^\w.-])(?:val|var|let|const|mut|lateinit|inout|field)[ ]\Z")
_ACCESS: Final = frozenset({b"public", b"private", b"protected", b"virtual", b"internal"})
# What joins a function to the type that it gives.
_RETURNS: Final = re.compile(rb"\([^()\n]{0,120}\)[ \t]{0,4}:[ \t]{0,4}\Z")
_COLON: Final = re.compile(rb"[ \t]{0,8}:[ \t]{0,4}\Z")
_TYPE: Final = re.compile(rb"\??\\?[A-Za-z_]{2,60}(?:[.\\|&][A-Za-z_]{2,60}){0,4}[?!]{0,2}")
_MOST_JOINED: Final = 140
_HUMP: Final = re.compile(rb"[A-Za-z][a-z]{1,20}(?:[A-Z][a-z]{0,20}){1,8}|[a-z]{2,20}(?:_[a-z]{2,20}){1,6}")
# What a constant for an error is named with.
_LONGEST_NUMBER: Final = 5
_OF_ERRORS: Final = frozenset(
    {
        "err", "error", "errno", "status", "exit", "fault", "invalid", "wrong", "bad", "expired", "missing", "weak",
        "incorrect", "empty", "mismatch", "unknown", "failed", "failure", "denied",
    }
)  # fmt: skip
_QUOTES: Final = frozenset({b'"', b"'", b"`"})
# Among arguments without quotes: a name with its type behind it, and one of words or of an object.
_DECLARED: Final = re.compile(rb"[ \t]{1,4}[*&]{0,2}[A-Za-z_]")
_ARGUMENT: Final = re.compile(rb"[a-z]{1,20}(?:_[a-z]{1,20}){1,6}[0-9]?|[a-z]{1,10}[0-9]{0,2}\.[a-z_]{1,30}")
# A name of several parts, and the variable of a statement.
_CONSTANT: Final = re.compile(rb"[A-Z]{2,20}(?:_[A-Z]{2,20}){1,6}")
_VARIABLE: Final = re.compile(rb"[@&:]?([A-Za-z]{1,20}(?:[._][A-Za-z]{1,20}){1,6})|[@&:]([A-Za-z]{1,30})")
_SIGILS: Final = frozenset({b"$", b"@", b"%"})
_OF_PERL: Final = re.compile(rb"[$@%][a-z]{1,12}(?:_[a-z]{1,20}){1,4}")
# Before the name of a variable of Perl, PHP or PowerShell, or of what one holds; and a word without digits.
_SIGIL: Final = re.compile(rb"\$(?:[A-Za-z_]\w{0,40}(?:->|::))?\Z")
_SIGIL_REACH: Final = 44
_BAREWORD: Final = re.compile(rb"[A-Za-z_]{1,80}[;,)]{0,3}")
# What is said of a column.
_COMMENT: Final = re.compile(rb"(?i)\bcomment[ \t\r\n]{1,8}on[ \t\r\n]{1,8}[a-z]{4,12}[ \t\r\n]{1,8}[\w.\"`]{0,80}\Z")
_COMMENT_REACH: Final = 120
# A token of a grammar, by the word before: surely, or if it is itself a word that secrets are called by.
_PARSED: Final = re.compile(
    rb"(?i)(?:\A|[^\w-])(?:(keyword|reserved(?: word)?|contextual|identifier|ident|unexpected|expecting|look-?ahead"
    rb"|operator|punctuation|literal|stray|extraneous|unrecogni[sz]ed|lexer|parser|preprocessor|kw)"
    rb"|expected|invalid|illegal|bad|found|got|unknown|next|previous|current|last|first|starting|ending|missing"
    rb"|raw|terminal|scanner)[ _-]\Z"
)
_WORD_OF_CODE: Final = re.compile(
    rb"(?:[a-z_]{1,24}|[A-Z_]{1,24}|[A-Za-z][a-z]{1,16}(?:[A-Z][a-z]{1,16}){0,3})[0-9]{0,2}[(){};,.]{0,2}"
    rb"|[^\w\s]{1,3}|[a-z]{2,12}=[0-9]{1,4}"
)
_PARSED_REACH: Final = 24
_RUN_AS: Final = re.compile(rb"=[ \t]{0,8}(?:\([\w%#+, :!@.-]{0,80}\))?[ \t]{0,8}(?:[A-Z]{4,12}:[ \t]{0,4}){0,4}\Z")
_RUN_AS_REACH: Final = 120


def is_type(data: bytes, name: Span, span: Span) -> bool:
    """Whether what stands without quotes behind a colon is the base of a class or the type of what is declared."""
    joint = data[name[1] : span[0]]
    if b":" not in joint or len(joint) > _MOST_JOINED or not _TYPE.fullmatch(data, *span):
        return False
    if joint[:1] == b"(":
        return _RETURNS.match(joint) is not None
    before = data[max(name[0] - _REACH, 0) : name[0]]
    if before[-1:] != b" " or not _COLON.match(joint):
        return False
    if _OF_VARIABLES.search(before):
        return True
    value = data[slice(*span)]
    capital = data[name[0] : name[0] + 1].isupper() and value[:1].isupper()
    return (capital or value in _ACCESS) and _OF_CLASSES.search(before) is not None


def is_class(value: bytes) -> bool:
    """Whether a word of several is what deals with a secret: `ApiKeyService`, `PasswordEncoder`, `fetch_token`."""
    if not _HUMP.fullmatch(value):
        return False
    words = parts(value.decode("latin-1"))
    known = vocabulary()
    if len(words) < 2 or not (words[-1] in known.about or words[0] in known.asking):
        return False
    return sense("_".join(words[:-1] if words[-1] in known.about else words[1:])) is not None


def is_code(label: bytes, value: bytes) -> bool:
    """Whether a number stands under the name of a constant for an error: `ERR_INVALID_PASSWORD = 9719`."""
    if not value.isdigit() or len(value) > _LONGEST_NUMBER or not label[:1].isupper():
        return False
    return not _OF_ERRORS.isdisjoint(parts(label.decode("latin-1")))


def is_bareword(data: bytes, name: Span, span: Span) -> bool:
    """Whether what is assigned to a `$variable` is a constant or a call: strings stand in quotes there."""
    before = data[max(name[0] - _SIGIL_REACH, 0) : name[0]]
    if b"$" not in before or b"=" not in data[name[0] : span[0]]:
        return False
    return _SIGIL.search(before) is not None and _BAREWORD.fullmatch(data, *span) is not None


def is_argument(data: bytes, span: Span) -> bool:
    """Whether what stands without quotes behind the name of a function is a parameter, a column or a variable."""
    if data[span[0] - 1 : span[0]] in _QUOTES:
        return False
    return bool(_DECLARED.match(data, span[1]) or _ARGUMENT.fullmatch(data, *span))


def is_variable(value: bytes) -> bool:
    """Whether a value is the name of a secret with what it belongs to, or as a statement has it: `form.password`."""
    if value[:1] in _SIGILS and _OF_PERL.fullmatch(value):
        return True
    match = _VARIABLE.fullmatch(value)
    return match is not None and sense(match[match.lastindex or 0].decode("latin-1")) is not None


def is_comment(data: bytes, start: int, span: Span) -> bool:
    """Whether some words are what SQL keeps as a comment on the column whose name begins at a place."""
    return b" " in data[slice(*span)] and _COMMENT.search(data, max(start - _COMMENT_REACH, 0), start) is not None


def is_tag(data: bytes, name: Span, span: Span) -> bool:
    """Whether a name is the word of sudoers for what asks for a password: `account ALL=(root) PASSWD: CMDS`."""
    tagged = data[slice(*name)] == b"PASSWD" and data[name[1] : name[1] + 1] == b":"
    command = data[slice(*span)]
    if not tagged or not (command.isupper() or command.startswith((b"/", b"!"))):
        return False
    return _RUN_AS.search(data, max(name[0] - _RUN_AS_REACH, 0), name[0]) is not None


def of_grammar(data: bytes, start: int, value: bytes) -> bool:
    """Whether a value is a word of code which a compiler calls a token, where that word begins."""
    parsed = _PARSED.search(data, max(start - _PARSED_REACH, 0), start)
    if parsed is None or not _WORD_OF_CODE.fullmatch(value):
        return False
    word = value.rstrip(b"(){};,.")
    return bool(parsed[1]) or b"=" in word or sense(word.decode("latin-1")) is not None


def is_named(data: bytes, name: Span, span: Span) -> bool:
    """Whether a word behind a name in running text is a type, a command of sudoers, or another constant of a list."""
    constant = data[name[1] - 1 : name[1]].isupper() and b":" not in data[name[1] : span[0]]
    return (
        is_tag(data, name, span)
        or is_type(data, name, span)
        or (constant and _CONSTANT.fullmatch(data, *span) is not None)
    )
