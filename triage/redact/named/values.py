"""Where a value begins and ends after its name, and whether it is one: quotes, escapes, line ends, code and prose.

Positions only: nothing here keeps a value. Every expression is one class repeated, or bounded: linear.
"""

from __future__ import annotations

import base64
import binascii
import re
from itertools import pairwise
from typing import Final

from triage.redact import masks
from triage.redact.named import examples, labels
from triage.redact.named.keys import parts, sense, vocabulary
from triage.redact.text import BACKSLASH, LETTERS, Span, digits_in

__all__ = (
    "after", "bare", "before", "before_host", "beyond_backslash", "closing", "forget", "heads_message",
    "holds_secret", "in_code", "is_digest", "is_joined", "is_name", "is_plain", "is_setting", "is_shuffled",
    "is_slug", "looks_random", "mixed", "names_user_and_password", "placeholder", "quoted", "to_line_end",
)  # fmt: skip

_LONGEST: Final = 4_096
# How far a value is read once the long ones of a text have been read so many times its length: they lie in one another.
_SHORT: Final = 128
_READ_AGAIN: Final = 16
_KEY_LENGTH: Final = 24
_BARE: Final = re.compile(rb"""[^\s"'`,;&<>{}()\[\]|\\\x00]{1,4096}""")
# A sign that joins pairs is part of a value where no other pair follows, and no entity is meant.
_BEYOND: Final = re.compile(
    rb"""&(?!&|[\w.%\[\]-]{1,60}=|(?:amp|quot|lt|gt|apos|\#))[^\s"'`,;&<>{}()\[\]|\\\x00]{1,200}"""
)
_BACKSLASH: Final = re.compile(
    rb"""\\{1,2}(?=[^\s\\nrtbfuvx0"'`/<>&;,{}()\[\]|$])[^\s"'`,;&<>{}()\[\]|\\\x00]{1,200}"""
)
_DRIVE: Final = re.compile(rb"[A-Za-z]:")
# In a file of settings a value may hold what would end it elsewhere.
_LINE: Final = re.compile(rb"[^\r\n\x00]{1,4096}")
_WORD: Final = re.compile(rb"[^\s\x00]{1,4096}")
_OPEN: Final = re.compile(
    rb"""(?:(?:Some|Ok|Just|Optional|(?:Secret|SecretStr|SecretString|SecretBox|Zeroizing|Box|Rc|Arc|CString"""
    rb"""|String|Password|ApiKey"""
    rb"""|Token|SecretVec|SecretValue|SecureString|GString|Protected|Sensitive)(?:::new|::from|\.of|\.new)?"""
    rb"""|QString|QStringLiteral|TEXT|_T"""
    rb"""|new[ ]String|std::string|string_view|std::string_view|Cow::Borrowed|Some\(String::from|Some\(Secret::new"""
    rb"""|NSString stringWithUTF8String:|\[\]byte|str|bytes|bytearray"""
    rb"""|[Bb]uffer\.from|String::from|strdup|(?i:md5|sha1|sha2|sha256|password|crypt|encrypt|hash|bcrypt"""
    rb"""|sha256_hex|base64_decode|atob))\("""
    rb"""|(?:by[ ])?lazy[ ]?\{[ ]?|\[\]string\{|(?i:string)(?:[ ]?\([0-9]{1,6}\))?[ ]|std::string[ ]"""
    rb"""|<<|0x[0-9a-fA-F]{1,16}[ ][@LuU]?|\([A-Za-z_][\w.: *&]{0,40}\)[ ]?(?:0x[0-9a-fA-F]{1,16}[ ])?[@LuU]?"""
    rb"""|\{ptr=[\w=, ]{0,60}\}[ ]?|NSString[ ]@"""
    rb"""|<(?!class|type|module|function)[A-Za-z_][\w.:]{0,40}(?:[ ]object)?:?[ ]?(?:0x[0-9a-fA-F]{1,16})?>?["""
    rb""" ]?|[bBuUrRfFN@$L]{0,2})"""
    rb"""\s{0,20}?(\\{0,15})(\"\"\"|\'\'\'|["'`])"""
)
_BEFORE_REACH: Final = 480
_VALUE_BEFORE: Final = re.compile(
    rb"""(?i)value\\{0,15}["'`]?[ \t+]{0,4}[:=][ \t+]{0,4}(\\{0,15})(["'`])([^"'`<>{}\r\n]{1,400})\1\2"""
    rb"""(?:[ \t]{1,8}(?:[\w:-]{1,30}=(\\{0,15})(["'])[^"'<>\r\n]{0,60}\4\5[ \t]{1,8}){0,3}|,?\s{1,40}"""
    rb"""|,|(?:,[ \t+]{0,8}[\w.]{1,40}[ \t+]{0,4}=[ \t+]{0,4}(?:'[^'\r\n]{0,60}'|[\w.()+: -]{1,60})){1,6}[\s+]{1,20})"""
    rb"""(?:(?:-|where|and)[ \t+]*)?\\{0,15}["'`]?"""
)
# What stands behind a quote that does not end its string: the same again and more, or more of a word and then its end.
_DOUBLED: Final = re.compile(rb"""(["'])(?=[^\s,;:)\]}"'][^"'\r\n]{0,80}\1)""")
_WITHIN: Final = re.compile(rb"""(?=[^\s"',;:=<>(){}\[\]\\]{1,40}(["'])(?:[\s;,)}\]<>&]|\Z))""")
_NEXT_PAIR: Final = re.compile(rb"[;&][A-Za-z_][\w. -]{0,40}=|,[A-Za-z]{2,30}=[\w.]")
# A host of several parts, that of an address: of those in a value the last, so that no password is cut short.
_HOST: Final = re.compile(
    rb"@(?:(?:(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}|localhost)(?::[0-9]{1,5})?|[A-Za-z][A-Za-z0-9-]{0,62}:[0-9]{2,5})"
    rb"(?=[/?\#]|\Z)"
)
_CLOSING_TAGS: Final = re.compile(rb"(?:<\\?/[A-Za-z][\w:-]{0,20}>){1,8}\Z")
_COMMENT: Final = re.compile(rb"[ \t]+#")
_WORDS_JOINED: Final = re.compile(rb"[a-z]{3,12}(?:-[a-z]{3,12}){3,7}")
_REFERENCE: Final = re.compile(
    rb"""(?x)
    \$ (?: \{ [^{}]{0,200} \} | \( [^()]{0,200} \)? | [A-Z_][A-Z0-9_]{0,60}
        | [a-z]{1,4} | [0-9@*] | env: \w{1,60}
        | [a-z_]{0,20} (?:pass|pw|pwd|word|secret|token|key|cred|creds) )
    | (?:env|file|fd|prompt) : [\w./~-]{1,120} | (?:[@~]|\.{1,2})? / (?:[\w.-]{1,60}/){0,12} [\w-]{1,60} \. [a-z]{2,5}
    | /(?:run|etc|var|usr|opt|tmp|dev|srv|mnt)/ [\w./-]{1,200} | %[A-Za-z_]{1,60}%
    | ENC\[ [^\]]{1,200} \] | \$[A-Za-z_]\w{1,40}- | arn:aws[\w-]{0,12}:[\w:/.*-]{1,200}
    | (?:op|vault|ref\+\w{1,20}|secretsmanager|ssm|awssm|gcpsm|azurekv|keyring|k8s|sops):// [^\s]{1,200}
    | \{\{ [^{}]{0,200} \}\} | \{ [A-Za-z_.]{0,60} \} | %\(? [\w]{0,40} \)? [sdr]? | \#\{ [^{}]{0,200} \}
    | %env \( [\w:]{1,60} \) % | ![a-z]{2,20} | @[A-Za-z_]{1,60}@ | < \|? [A-Za-z _.-]{1,60} \|? > | :\w{1,30}
    | \( [A-Za-z]{2,20} (?:[ ][a-z]{2,20}){0,6} \) | @@ \w{1,60} @@ | __ [A-Z_]{1,60} __
    | \[[A-Za-z][A-Za-z _.-]{1,40}\] | (?i:your|my|some|example|dummy|sample|the)[-_ ][A-Za-z_ -]{1,40}
    | (?:self|this|cls|var|local|data|module|each|config|settings|request|req|env|os|process|args|options|params|user
        |ctx|props|state) \. [\w.\[\]]{1,80}
    | (?:X|[A-Z][a-z]{2,12}|Convert(?:To|From))(?:-[A-Z][A-Za-z]{2,20}){1,3} | \$ANSIBLE_VAULT;[\w.;-]{1,60}
    """
)
# What stands under such a name and is none: a pointer, a measure, a version or what names a package with one, a type,
# the identifier of an account of Windows, which `principals` reads.
_NOT_SECRET: Final = re.compile(
    rb"""(?x)-?0x[0-9a-fA-F]{1,16} | [-+]?[0-9]{1,12}\.[0-9]{1,17}(?:[eE][-+]?[0-9]{1,3})?
        (?:%|[mun]?s|[mhdx]|[KMG]i?B?)?(?:/s)? | [0-9]{1,3}(?:[ ]?%|[KMGT](?:i?B)?)
    | (?:\^|~>?|[<>=!]=?|v)[ ]?v?[0-9]{1,5}(?:\.[0-9x*]{1,6}){0,3}(?:[-+.][A-Za-z][\w.-]{0,30})?
        (?:[ ,|]{1,4}[<>=^~]{1,2}[ ]?[0-9.x*]{1,20})?
    | v?[0-9]{1,5}(?:\.[0-9]{1,6}){2,3}(?:[-+.][A-Za-z][\w.-]{0,30})?
    | [A-Za-z@][\w./:@-]{0,80}[:@]v?[0-9]{1,5}(?:\.[0-9]{1,6}){1,3}(?:[-+.][A-Za-z][\w.-]{0,30})?
    | <[A-Za-z_][\w.:]{0,60}(?:[ ][a-z][a-z ]{0,40})?>? | workspace:[*^~]
    | [A-Z][A-Za-z]{1,20}<[A-Za-z<>, ]{1,40}> | <<[-~]?["']?[A-Z_]{2,20}["']? | [0-9]{1,2}:[0-9]{2}(?::[0-9.]{2,10})?
    | [0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:.,]{4,18}(?:Z|[+-][0-9:]{4,6})?)?
    | S-1-[0-9]{1,2}(?:-[0-9]{1,10}){1,14}"""
)
# What content is known by: that of an image, a certificate, a file of a package.
_DIGEST: Final = re.compile(rb"sha(?:1|224|256|384|512)(?::[0-9a-f]{40,128}|-[A-Za-z0-9+/]{27,88}={0,2})")
# What begins and goes on like this is neither reference nor mask.
_NO_REFERENCE: Final = re.compile(
    rb"(?!(?i:[rfhmx]|your|some|example|dummy|sample|the))(?:[a-z0-9][^:.]*|[A-Z][^:.\[-]*)"
)
_MASKED_WORDS: Final = frozenset({b"redacted", b"filtered", b"masked"})
_ERROR: Final = re.compile(rb"[A-Z]{1,10}[-_]?[0-9]{2,7}[A-Z]?")
_IDENTIFIER: Final = re.compile(rb"[A-Za-z_$][A-Za-z_$]*(?:(?:\.|::|->)[A-Za-z_$]+)*")
# A phrase of several words without quotes has no marks of a sentence or of code.
_NOT_A_PHRASE: Final = re.compile(rb"[?!;:(){}|<>=]|, ")
_CODE_MARKS: Final = frozenset(b"([")
_LESS: Final = ord("<")
# A place in a source file, as frames have them.
_SOURCE: Final = re.compile(
    rb"[\w./\\$@~-]{1,200}\.(?:c|cc|cjs|clj|coffee|cpp|cr|cs|cxx|dart|erl|ex|exs|fs|go|groovy|h|hh|hpp|hs|java|jl|js|jsx|kt|kts"
    rb"|lua|m|mjs|ml|mm|nim|php|pl|pm|py|pyx|r|rb|rs|scala|svelte|swift|ts|tsx|vb|vue|zig):[0-9]{1,7}(?::[0-9]{1,7})?\)?"
)
_CALL: Final = re.compile(
    rb"[A-Za-z_][\w.:]{0,60}(?:\([^()]{0,80}\)(?:\?\.|\.|->|::)[A-Za-z_]\w{0,60}){1,6}(?:[\[(]|$)"
    rb"|[A-Za-z_][\w.]{0,60}\([^)]{0,200}\){0,4}$|(?:[A-Za-z_]\w*\.)+\w+[\[(]|[A-Za-z_][\w.]{0,60}\[[\w\"':-]{0,40}\](?:$|\[|\.)"
)
_JOINED: Final = re.compile(rb"[a-z]{1,20}(?:[_.:-][a-z_]{1,20}){1,6}|[A-Z]{1,20}(?:_[A-Z]{1,20}){1,6}")
_SLUG: Final = re.compile(rb"[A-Za-z]{2,20}[0-9]{0,12}(?:[_.-](?:[A-Za-z]{1,20}[0-9]{0,12}|[0-9]{1,20})){1,8}")
_LETTERS: Final = re.compile(rb"[A-Za-z]+")
# A name has few digits and few words.
_NAME_DIGITS: Final = 2
_NAME_PARTS: Final = 6
_NAME_WORD: Final = 3
_SHUFFLED: Final = 12
_CAPITALS: Final = re.compile(rb"[A-Z]+")
_SETTING: Final = re.compile(rb"[A-Za-z_][A-Za-z_.]{0,30}=(?:[^=]|$)")
_LETTER_BYTES: Final = frozenset(LETTERS)
_MARKS: Final = frozenset(b"!@#$%^&*+~?_")
_SENTENCE: Final = re.compile(
    rb"(?i)\b(?:must|should|cannot|required?|invalid|incorrect|wrong|missing|expired?|not|does|least|characters?|enter|"
    rb"please|failed|was|were|is|are|has|been|too|contains?|change|reset|forgot|field|the|your|for)\b"
)


class _Reach:
    """How far a value of a text is read."""

    __slots__ = ("_data", "_left")

    def __init__(self) -> None:
        self._data = b""
        self._left = 0

    def end(self, data: bytes, at: int) -> int:
        """Where a value that begins at a place ends at the latest."""
        if self._data is not data:
            self._data, self._left = data, len(data) * _READ_AGAIN
        return at + (_LONGEST if self._left > 0 else _SHORT)

    def read(self, start: int, end: int) -> None:
        """Count a value that was read."""
        if end - start > _SHORT:
            self._left -= end - start

    def forget(self) -> None:
        """Keep no text."""
        self._data = b""


_reach: Final = _Reach()


def forget() -> None:
    """Keep nothing of a text."""
    _reach.forget()


def quoted(data: bytes, at: int) -> tuple[Span, int] | None:
    """The value of a string that opens at `at`, and where it ends with its quote; None where no quote opens.

    A string inside of a string opens with a backslash, or three, or seven: it ends at a quote with as many.
    """
    match = _OPEN.match(data, at)
    if match is None:
        return None
    depth, quote = len(match[1]), match[2]
    start = match.end()
    end = closing(data, start, depth, quote)
    if end is None:
        stop = _LINE.match(data, start, _reach.end(data, start))
        end = stop.end() if stop else start
        return (start, end), end
    return (start, end), end + depth + len(quote)


def closing(data: bytes, start: int, depth: int, quote: bytes) -> int | None:
    """Where the quote that ends a string stands with its backslashes; None where the line ends before."""
    limit = min(_reach.end(data, start), len(data))
    newline = data.find(b"\n", start, limit)
    limit = newline if newline >= 0 else limit
    at = start
    while (at := data.find(quote, at, limit)) >= 0:
        slashes = 0
        while at - slashes > start and data[at - slashes - 1] == BACKSLASH:
            slashes += 1
        if slashes <= depth or (depth == 0 and slashes % 2 == 0):
            more = at if depth else _on(data, start, at, limit, quote)
            if more == at:
                _reach.read(start, at)
                return at - slashes if depth else at
            at = more
        else:
            at += 1
    _reach.read(start, limit)
    return None


def _on(data: bytes, start: int, at: int, limit: int, quote: bytes) -> int:
    """Where to look on for the end of a string behind a quote; where it stands, if that is the end."""
    behind = data[at + 1 : at + 2]
    if behind == quote:
        more = _DOUBLED.match(data, at + 1, limit) if at > start else None
        return at + 2 if more else at
    if behind.isalnum() and data[at - 1 : at].isalnum():
        more = _WITHIN.match(data, at + 1, limit)
        return at + 1 if more and more[1] == quote else at
    return at


def bare(data: bytes, at: int) -> Span | None:
    """A value without quotes in running text: up to a blank or a mark that ends it."""
    match = _BARE.match(data, at, _reach.end(data, at))
    if match is None:
        return None
    start, end = match.span()
    _reach.read(start, end)
    while data[end : end + 1] == b"&" and (more := _BEYOND.match(data, end)):
        end = more.end()
    while end > start and data[end - 1] in b".:":  # the end of a sentence is not part of it
        end -= 1
    return (start, end) if end > start else None


def beyond_backslash(data: bytes, start: int, end: int) -> int:
    """Where a password ends that a backslash seems to end: one that begins no escape and no folder is part of it."""
    if _DRIVE.fullmatch(data, start, end):
        return end
    while more := _BACKSLASH.match(data, end) or _BEYOND.match(data, end):
        end = more.end()
    return end


def to_line_end(data: bytes, at: int, *, words: bool) -> Span | None:
    """A value of a settings file: one word or, where `words`, the rest of the line without its comment."""
    match = (_LINE if words else _WORD).match(data, at, _reach.end(data, at))
    if match is None:
        return None
    start, end = match.span()
    _reach.read(start, end)
    pair = _NEXT_PAIR.search(data, start, end)
    if pair:
        end = pair.start()
    comment = _COMMENT.search(data, start, end) if words else None
    end = comment.start() if comment else end
    closed = _CLOSING_TAGS.search(data, start, end) if data[end - 1 : end] == b">" else None
    end = closed.start() if closed else end
    while end > start and data[end - 1] in b" \t\r,;":
        end -= 1
    if end > start and data[end - 1] in b"\"'" and data.count(data[end - 1 : end], start, end) == 1:
        end -= 1  # that of a string which the whole line ends
    return (start, end) if end > start else None


def before_host(data: bytes, name: Span, span: Span) -> Span:
    """What stands before the host of an address, whose user is the name; any other value as it is."""
    hosts = [*_HOST.finditer(data, *span)] if data[name[0] - 3 : name[0]] == b"://" else []
    return (span[0], hosts[-1].start()) if hosts and hosts[-1].start() > span[0] else span


def after(data: bytes, at: int, quote: bytes = b"") -> Span | None:
    """The next word or string; a string that `quote` has opened already."""
    if quote:
        stop = closing(data, at, 0, quote)
        return (at, stop) if stop is not None else None
    opened = quoted(data, at)
    return opened[0] if opened else bare(data, at)


def before(data: bytes, begin: int) -> Span | None:
    """The string of `value="..." name="password"`, where the name begins that stands behind it."""
    first = max(begin - _BEFORE_REACH, 0)
    at = data[first:begin].lower().rfind(b"value")
    match = _VALUE_BEFORE.fullmatch(data, first + at, begin) if at >= 0 else None
    return match.span(3) if match else None


def mixed(value: bytes, *, least: int) -> bool:
    """Whether a word mixes letters with digits or marks, as a secret does and no word of a language."""
    mixes = digits_in(value) > 0 or (least < 8 and not _MARKS.isdisjoint(value))
    if value.endswith((b"()", b"(")) or b"::" in value or _SETTING.match(value) or value.startswith(b"HTTP/"):
        return False
    if b":" in value and _SOURCE.fullmatch(value):
        return False
    if b"." in value and not digits_in(value) and _IDENTIFIER.fullmatch(value):
        return False
    if value.startswith(b"/") and not (value.endswith(b"=") and len(value) >= _KEY_LENGTH):
        return False  # a path, and no key in base64
    return len(value) >= least and mixes and not _LETTER_BYTES.isdisjoint(value)


def is_joined(value: bytes) -> bool:
    """Whether a value is of four words or more in small letters, as managers of passwords join them."""
    return _WORDS_JOINED.fullmatch(value) is not None


def placeholder(value: bytes) -> bool:
    """Whether a text stands for a value and holds none: null, a mask of any tool, a reference, an example's word."""
    stripped = value.strip()
    small = stripped.lower()
    if small in vocabulary().empty or small == small[:1] * len(small):
        return True
    if examples.is_example(stripped):
        return True
    if small.isalnum():  # without a mark only these are a mask, and nothing is a reference
        return small in _MASKED_WORDS
    if _NO_REFERENCE.fullmatch(stripped):
        return False
    if masks.FOREIGN.fullmatch(small) or (_REFERENCE.fullmatch(stripped) and not is_shuffled(stripped)):
        return True
    return stripped[:1] == b"[" and masks.MASK.fullmatch(stripped) is not None


def is_plain(value: bytes) -> bool:
    """Whether a value is a pointer, a measure, a version or a type, and so no secret."""
    return _NOT_SECRET.fullmatch(value) is not None


def is_digest(value: bytes) -> bool:
    """Whether a value is what an image, a certificate or a package is known by."""
    return value.startswith(b"sha") and _DIGEST.fullmatch(value) is not None


def heads_message(data: bytes, span: Span) -> bool:
    """Whether what stands without quotes is the code of an error, with a colon and what it says behind it."""
    value = data[slice(*span)]
    colon = value.endswith(b":") or data[span[1] : span[1] + 2] == b": "
    return colon and _ERROR.fullmatch(value.rstrip(b":")) is not None


def holds_secret(value: bytes, *, in_quotes: bool, assigned: bool, after: int, name: bytes) -> bool:
    """Whether what stands under a secret's name is one, and not code, prose, or a word for nothing.

    `after` is the byte behind it (-1 at the end), `assigned` whether an equals sign stands between name and value.
    """
    if value.lower().strip(b"_") in {name.lower().strip(b"_-"), name.lower().rpartition(b".")[2].strip(b"_")}:
        return False
    if placeholder(value) or is_plain(value) or (is_digest(value) and b"pass" not in name.lower()):
        return False
    return _in_quotes(value) if in_quotes else _without_quotes(value, assigned=assigned, after=after)


def _in_quotes(value: bytes) -> bool:
    """Whether a string is a secret: no rest of an expression whose quote closed a string, no word, no sentence."""
    if value.startswith((b" ", b"+ ", b", ", b',"', b"; ", b") ", b")\\", b");", b"),")):
        return False
    if value.lower() in vocabulary().words and len(value) > 3:
        return False
    if _JOINED.fullmatch(value) and is_name(value):
        return False  # the name under which something else keeps it
    if labels.is_label(value):
        return False
    blanks = value.count(b" ")
    if blanks >= 2 and _SENTENCE.search(value):
        return False
    return not (blanks and value.endswith((b".", b"!", b"?", b":")))


def _without_quotes(value: bytes, *, assigned: bool, after: int) -> bool:
    """Whether a word or phrase is a secret: no prose, no call or index, no comparison or pointer, no name."""
    first, _, rest = value.partition(b" ")
    if rest and (
        first.lower().strip(b".,;?!") in vocabulary().words
        or is_name(first)
        or _SENTENCE.search(value)
        or _NOT_A_PHRASE.search(value)
        or (rest.count(b" ") and (value.endswith(b".") or b". " in value) and not digits_in(value))
    ):
        return False
    if (
        after in _CODE_MARKS
        or (after == _LESS and value.isalpha())
        or value[:1] in b"=!*&"
        or in_code(value.lstrip(b"("))
        or (value.islower() and b"-" in value and _JOINED.fullmatch(value) and is_name(value))
    ):
        return False
    if _LETTERS.fullmatch(value.rstrip(b"!")):
        return (
            value.rstrip(b"!").lower() not in vocabulary().words
            and len(value) >= (4 if assigned else 6)
            and not is_name(value)
        )
    if _IDENTIFIER.fullmatch(value) and not is_shuffled(value):
        joined = any(mark in value for mark in (b".", b":", b"->"))
        if not assigned and b"_" in value and not value.islower() and not value.isupper() and not joined:
            return len(value) >= 8 and not is_name(value)
        return assigned and not joined and len(value) >= 6 and not is_name(value)
    return len(value) >= (4 if value.isdigit() else 3)


def is_shuffled(value: bytes) -> bool:
    """Whether small letters and capitals change more often than in names of code."""
    changes = sum(one.islower() != two.islower() for one, two in pairwise(value.decode("latin-1")) if two.isalpha())
    return len(value) >= _SHUFFLED and changes * 3 >= len(value)


def in_code(value: bytes) -> bool:
    """Whether a word is a call or a place in a source file."""
    return bool(_CALL.match(value) or _SOURCE.match(value) or examples.is_of_code(value))


def is_name(value: bytes) -> bool:
    """Whether a word is itself the name of a secret: a variable, or what stands for a value in a manual."""
    if sense(value.decode("latin-1")) is None:
        return False
    value = examples.without_algorithm(value)
    digits = digits_in(value)
    words = [word for word in parts(value.decode("latin-1")) if not word.isdigit()]
    if digits and sum(map(len, words)) < _NAME_WORD * len(words):
        return False
    return value.islower() or (digits <= _NAME_DIGITS and len(_CAPITALS.findall(value)) <= _NAME_PARTS)


def is_setting(value: bytes) -> bool:
    """Whether a word is a name and a value of its own."""
    name, _, rest = value.partition(b"=")
    return rest.strip(b"=") != b"" and _IDENTIFIER.fullmatch(name) is not None


def is_slug(value: bytes) -> bool:
    """Whether words and numbers are joined by marks, as in names of things: no key."""
    return _SLUG.fullmatch(value) is not None


def looks_random(value: bytes, *, least: int = 8) -> bool:
    """Whether a value is long enough and mixed enough to be an identifier made by a program."""
    if len(value) < least or b" " in value:
        return False
    digits = digits_in(value)
    if b":" in value and _SOURCE.fullmatch(value):
        return False
    return digits > 0 and (len(value) >= 16 or digits < len(value) or len(value) >= 12)


def names_user_and_password(value: bytes) -> bool:
    """Whether a text is base64 of `user:password`, as clients keep it in their settings."""
    if not 8 <= len(value) <= 512 or len(value) % 4 == 1:
        return False
    try:
        decoded = base64.b64decode(value + b"=" * (-len(value) % 4), validate=True)
    except (binascii.Error, ValueError):
        return False
    return b":" in decoded and all(32 <= byte < 127 for byte in decoded)
