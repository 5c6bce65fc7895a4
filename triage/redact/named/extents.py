"""Where a value begins and ends after its name: quotes, escapes, the ends of lines and of pairs.

Positions only: nothing here keeps a value. Every expression is one class repeated, or bounded: linear.
"""

from __future__ import annotations

import re
from typing import Final

from triage.redact.text import BACKSLASH, Span

__all__ = (
    "after", "bare", "before", "before_fragment", "before_host", "before_query", "behind_pointer", "beyond_backslash",
    "closing", "forget", "header", "is_written_out", "quoted", "to_line_end",
)  # fmt: skip

_LONGEST: Final = 4_096
# How far a value is read once the long ones of a text have been read so many times its length: they lie in one another.
_SHORT: Final = 128
_READ_AGAIN: Final = 16
_BARE: Final = re.compile(rb"""[^\s"'`,;&<>{}()\[\]|\\\x00]{1,4096}""")
# A sign that joins pairs is part of a value where no other pair follows, and no entity is meant.
_BEYOND: Final = re.compile(
    rb"""(?:&(?!&|[\w.%\[\]-]{1,60}=|(?:amp|quot|lt|gt|apos|\#))[^\s"'`,;&<>{}()\[\]|\\\x00]{1,200}){1,8}|&(?=\s|\Z)"""
)
# At the end it is none of a parameter's.
_PARAMETER_NAME: Final = re.compile(rb"[?&][\w.\[\]-]{1,60}=\Z")
_NAME_REACH: Final = 64
# So many backslashes are in one value.
_MOST_SIGNS: Final = 8
_BACKSLASH: Final = re.compile(
    rb"""(?:\\{1,2}(?=[^\s\\nrtbfuvx0"'`/<>&;,{}()\[\]|$]|u(?![0-9a-fA-F]{4})|x(?![0-9a-fA-F]{2}))"""
    # a backslash that is escaped where line ends are not
    rb"""|\\\\(?=[nrtbfv0][^\s"'`,;&<>{}()\[\]|\\\x00]{1,200}\\(?:n|r|")))[^\s"'`,;&<>{}()\[\]|\\\x00]{1,200}"""
)
_DRIVE: Final = re.compile(rb"[A-Za-z]:")
# In a file of settings a value may hold what would end it elsewhere.
_LINE: Final = re.compile(rb"[^\r\n\x00]{1,4096}")
_HEADER: Final = re.compile(rb"""[^\r\n"'`\\\x00]{1,4096}""")
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
    rb"""|<<|0x[0-9a-fA-F]{1,16}[ ](?:<[^<>\n"']{1,80}>[ ])?[@LuU]?"""
    rb"""|\([A-Za-z_][\w.: *&]{0,40}\)[ ]?(?:0x[0-9a-fA-F]{1,16}[ ])?[@LuU]?"""
    rb"""|\{ptr=[\w=, ]{0,60}\}[ ]?|NSString[ ]@"""
    rb"""|<(?!class|type|module|function)[A-Za-z_][\w.:]{0,40}(?:[ ]object)?:?[ ]?(?:0x[0-9a-fA-F]{1,16})?>?[ ]?"""
    rb"""(?=[ \t]{0,20}\\{0,15}["'`])|[bBuUrRfFN@$L]{0,2})"""
    rb"""\s{0,20}?(\\{0,15})(\"\"\"|\'\'\'|["'`])"""
)
# Where a text is kept, which debuggers show before it.
_POINTER: Final = re.compile(rb"0x[0-9a-fA-F`]{1,17}[ ](?:<[^<>\n]{1,80}>[ ])?[@LuU]?[\"']")
_DUMPED: Final = re.compile(rb"\r?\n[ \t]{1,64}string\([0-9]{1,7}\)[ ]\"")
# What is there where there may be nothing, as Rust, Swift and Haskell write it.
_WRAPPED: Final = re.compile(rb"(?:Some\(|Optional\(|Just[ ])[\"']")
_WRAPPERS: Final = frozenset({b"So", b"Op", b"Ju"})
_BELOW: Final = frozenset({b"\n ", b"\n\t", b"\r\n"})
_BEFORE_REACH: Final = 480
_VALUE_BEFORE: Final = re.compile(
    rb"""(?i)value\\{0,15}["'`]?[ \t+]{0,4}[:=][ \t+]{0,4}(\\{0,15})(["'`])([^"'`<>{}\r\n]{1,400})\1\2"""
    rb"""(?:[ \t]{1,8}(?:[\w:-]{1,30}=(\\{0,15})(["'])[^"'<>\r\n]{0,60}\4\5[ \t]{1,8}){0,3}|,?\s{1,40}"""
    rb"""|,|(?:,[ \t+]{0,8}[\w.]{1,40}[ \t+]{0,4}=[ \t+]{0,4}(?:'[^'\r\n]{0,60}'|[\w.()+: -]{1,60})){1,6}[\s+]{1,20})"""
    rb"""(?:(?:-|where|and)[ \t+]*)?\\{0,15}["'`]?"""
)
# The same in YAML, without quotes, on the line before that of the name.
_LINE_BEFORE: Final = re.compile(rb"""(?i)value:[ \t]{1,8}(?![|>&*!\[{#"'])([^\r\n]{1,400})\r?\n[ \t]{1,40}[\"']?""")
# What stands behind a quote that does not end its string: the same again and more, or more of a word and then its end.
_DOUBLED: Final = re.compile(rb"""(["'])(?=[^\s,;:)\]}"'][^"'\r\n]{0,80}\1)""")
_WITHIN: Final = re.compile(rb"""(?=[^\s"',;:=<>(){}\[\]\\]{1,40}(["'])(?:[\s;,)}\]<>&]|\Z))""")
# A quote that shells take as part of a string, between two parts of it.
_ESCAPED: Final = re.compile(rb"""'(?:\\'|"'")'(?=[^\s'"][^'\r\n]{0,200}')|"'"'"(?=[^\s'"][^"\r\n]{0,200}")""")
_JOINS_PARTS: Final = frozenset({b"\\", b'"', b"'"})
_ESCAPES: Final = (b"'\\''", b"'\"'\"'", b'"\'"\'"')
# A parameter before or behind another one whose sign of assignment is written as it is.
_PARAMETER_BEFORE: Final = re.compile(rb"=(?![0-9A-F]{2})[^\s=&\"']{0,160}&[\w.\[\]-]{1,60}=\Z")
_PARAMETER_BEHIND: Final = re.compile(rb"[^\s=&\"']{0,400}&[\w.\[\]-]{1,60}=(?![0-9A-F]{2})")
_PARAMETER_REACH: Final = 240
_NEXT_PAIR: Final = re.compile(rb"[;&][A-Za-z_][\w. -]{0,40}=|,[A-Za-z]{2,30}=[\w.]")
# A host of several parts, that of an address: of those in a value the last, so that no password is cut short.
# The name of a part of a page behind an address, and the address before a parameter.
_FRAGMENT: Final = re.compile(rb"#(?:[A-Za-z][\w-]{0,40})?\Z")
_ADDRESSED: Final = re.compile(rb"(?:://|[\s\"'=(]/)[^\s\"'<>]{1,200}[?&]\Z")
_ADDRESS_REACH: Final = 240
_HOST: Final = re.compile(
    rb"@(?:(?:(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}|localhost)(?::[0-9]{1,5})?|[A-Za-z][A-Za-z0-9-]{0,62}:[0-9]{2,5})"
    rb"(?=[/?\#]|\Z)"
)
_CLOSING_TAGS: Final = re.compile(rb"(?:<\\?/[A-Za-z][\w:-]{0,20}>){1,8}\Z")
_COMMENT: Final = re.compile(rb"[ \t]+#")


class _Reach:
    """How far a value of a text is read."""

    __slots__ = ("_data", "_left", "headed")

    def __init__(self) -> None:
        self._data = b""
        self._left = self.headed = 0

    def end(self, data: bytes, at: int) -> int:
        """Where a value that begins at a place ends at the latest."""
        if self._data is not data:
            self._data, self._left, self.headed = data, len(data) * _READ_AGAIN, 0
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
    short = at - start < _SHORT
    if short and behind in _JOINS_PARTS and not data[max(start - 5, 0) : start].endswith(_ESCAPES):
        joined = _ESCAPED.match(data, at, limit)
        if joined:
            return joined.end()
    if behind == quote:
        more = _DOUBLED.match(data, at + 1, limit) if at > start else None
        return at + 2 if more else at
    if behind.isalnum() and data[at - 1 : at].isalnum():
        more = _WITHIN.match(data, at + 1, limit)
        return at + 1 if more and more[1] == quote else at
    return at


def bare(data: bytes, at: int) -> Span | None:
    """A value without quotes in running text: up to a blank or a mark that ends it."""
    limit = _reach.end(data, at)
    match = _BARE.match(data, at, limit)
    if match is None:
        return None
    start, end = match.span()
    if data[end : end + 1] == b"&" and (more := _BEYOND.match(data, end, limit)):
        _, stop = more.span()
        if stop > end + 1 or not _PARAMETER_NAME.search(data, max(start - _NAME_REACH, 0), start):
            end = stop
    _reach.read(start, end)
    while end > start and data[end - 1] in b".:":  # the end of a sentence is not part of it
        end -= 1
    return (start, end) if end > start else None


def header(data: bytes, at: int, until: bytes = b"") -> Span:
    """The rest of a header's line, up to a quote around it.

    Of one that ends at a word too, `until`, nothing where it lies in the last such: all of that was read.
    """
    match = _HEADER.match(data, at, _reach.end(data, at))
    if match is None or (until and at < _reach.headed):
        return at, at
    start, end = match.span()
    if until:
        another = data.find(until, start, end)
        end = _reach.headed = another if another >= 0 else end
    _reach.read(start, end)
    return start, end


def beyond_backslash(data: bytes, start: int, end: int) -> int:
    """Where a password ends that a backslash seems to end: one that begins no escape and no folder is part of it."""
    if _DRIVE.fullmatch(data, start, end):
        return end
    for _ in range(_MOST_SIGNS):
        more = _BACKSLASH.match(data, end) or _BEYOND.match(data, end)
        if more is None:
            break
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


def before_query(data: bytes, name: int, span: Span) -> Span:
    """The value of a parameter of a path, behind which a query may begin; any other value as it is."""
    query = data.find(b"?", *span) if data[name - 1 : name] == b";" else -1
    return (span[0], query) if query > span[0] else span


def before_fragment(data: bytes, name: int, span: Span) -> Span:
    """The value of a parameter of a URL, behind which a part of the page may be named; any other value as it is."""
    fragment = _FRAGMENT.search(data, *span)
    addressed = fragment and _ADDRESSED.search(data, max(name - _ADDRESS_REACH, 0), name)
    return (span[0], fragment.start()) if fragment and addressed and fragment.start() > span[0] else span


def before_host(data: bytes, name: Span, span: Span) -> Span:
    """What stands before the host of an address, whose user is the name; any other value as it is."""
    addressed = data[name[0] - 3 : name[0]] == b"://" or data[name[0] - 5 : name[0]] == b":\\/\\/"
    hosts = [*_HOST.finditer(data, *span)] if addressed else []
    return (span[0], hosts[-1].start()) if hosts and hosts[-1].start() > span[0] else span


def after(data: bytes, at: int, quote: bytes = b"") -> Span | None:
    """The next word or string; a string that `quote` has opened already."""
    if quote:
        stop = closing(data, at, 0, quote)
        return (at, stop) if stop is not None else None
    opened = quoted(data, at)
    return opened[0] if opened else bare(data, at)


def behind_pointer(data: bytes, at: int) -> int:
    """Where the text begins that is behind a pointer, below a name of PHP, in a bracket of Rust; or the same place."""
    first = data[at : at + 2]
    form = _POINTER if first == b"0x" else _DUMPED if first in _BELOW else _WRAPPED if first in _WRAPPERS else None
    shown = form.match(data, at) if form else None
    return shown.end() if shown else at


def before(data: bytes, begin: int) -> Span | None:
    """The value of `value="..." name="password"`, where the name begins that stands behind it."""
    first = max(begin - _BEFORE_REACH, 0)
    at = data[first:begin].lower().rfind(b"value")
    match = _VALUE_BEFORE.fullmatch(data, first + at, begin) if at >= 0 else None
    if match is None and at >= 0 and (plain := _LINE_BEFORE.fullmatch(data, first + at, begin)):
        return to_line_end(data, plain.start(1), words=True)
    return match.span(3) if match else None


def is_written_out(data: bytes, start: int) -> bool:
    """Whether a value begins with the rest of a sign of quoted-printable, and no other sign beside it is as it is."""
    if not data.startswith(b"=3D", start - 1):
        return False
    before = _PARAMETER_BEFORE.search(data, max(start - _PARAMETER_REACH, 0), start)
    return before is None and _PARAMETER_BEHIND.match(data, start) is None
