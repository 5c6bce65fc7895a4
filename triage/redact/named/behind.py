"""The value behind a sign of assignment: a string, a word, the rest of a line, the lines below, what a brace holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact import masks
from triage.redact.named import beside, credentials, extents, labels, lists, tags, values
from triage.redact.named.judging import judged
from triage.redact.named.keys import Sense
from triage.redact.text import Found, Span, line_of

__all__ = ("value_behind",)

# Tabs that are written out, or what YAML names a value for others.
_BEFORE_VALUES: Final = re.compile(rb"[ ]?(?:\\{1,4}t){1,8}|[ ]{1,4}&[A-Za-z][\w-]{0,60}(?=[ ]{1,4}[^\s#])")
# A type of one word but for what stands before and around such, and apart from the sign unless it is one by its name.
_TYPED: Final = re.compile(
    rb"""[ \t]*(?:&'|(?:(?:const|static|mut|readonly|final|volatile|unsigned|immutable|shared|ref)[ ]{1,4}){0,3})"""
    rb"""(?:[&*\w<>\[\].?|']{1,60}(?:[ ]?[|*&][ ]?[&*\w<>\[\].?]{0,40}|[ ](?:mut|const|str|string)){0,3}[ \t]{1,8}"""
    rb"""|(?:[A-Z]\w{1,30}|str|string|bytes|text)\??)=[ \t]*(?=(?:[A-Z][A-Za-z]{1,20}(?:::[a-z]{1,12})?\("""
    rb"""|[bBrRuUfFN$@]{0,2})\\{0,15}["'])"""
    # as R shows what an object holds
    rb"""|[ ]{1,2}(?:Named )?(?:chr|'\w{1,20}' chr)[ ](?:\[[0-9:(d)]{1,16}\][ ])?(?=")"""
)
_THEN: Final = re.compile(rb"""[ \t]*(?:->|=>|to)[ \t]*(?=\\{0,15}["'])""")
# What is asked for before a value that stands where there is none.
_DEFAULT: Final = re.compile(
    rb"""[A-Za-z_][\w.:]{0,40}\([ ]?["'][\w.-]{1,60}["'],[ ]?(?=["'])"""
    rb"""|[A-Za-z_$][\w.$:>-]{0,60}(?:[(\[{]["']?[\w.-]{1,60}["']?[)\]}])?[ ](?:\|\||\?\?|\?:|or|//)[ ](?=["'`])"""
)
_LINE_START: Final = re.compile(
    rb"""(?ix)[ \t]*(?:[-+>#|*~][ \t]+)?
    (?:[A-Z]:\\[^<>|\r\n]{0,80}>[ ]?)?
    (?:export[ \t]+|set[ \t]+|setx[ \t]+|env[ \t]+|declare[ \t]+-x[ \t]+|(?:ENV|ARG)[ \t]+|\$env:)?["']?\Z"""
)
_INNER_VALUE: Final = re.compile(
    rb"""\{[^{}\n]{0,200}?["'](?:value|val|text|\#text|string|stringValue|content|raw|plain|plaintext|default"""
    rb"""|secret|data|current|_|S|\$|\$t|\$value|_value)\\{0,15}["'][ \t]*:[ \t]*"""
    # over lines, where a catalogue of texts has more names than these
    rb"""|\{[^{}]{0,200}?["'](?:value|val|stringValue|plaintext|current|\#text|S|\$t|\$value|_value)"""
    rb"""\\{0,15}["'][ \t]*:[ \t]*"""
)
_NEXT_LINE: Final = re.compile(rb"[ \t]*\r?\n([ \t]+)(?=[^\s#-][^\s:=]{5,80}[ \t\r]*(?:\n|\Z))")
_WRAPPER: Final = re.compile(
    rb"(?:Optional|Some|Just|Ok)(?:\((?=[\w.+/=-]{4,400}\))"
    rb"|\[(?=[^\s()\[\]\"',0-9]{0,200}[0-9][^\s()\[\]\"',]{0,200}\]))"
)
# The object that a debugger shows of a string, up to its text.
_INNER_STRING: Final = re.compile(
    rb"""\{(?=<|_|static |members |d |ptr|data|str )[^"\n]{0,240}?"""
    rb"""\b(?:_M_p|_M_str|_M_local_buf|__data_?|__s|_Ptr|_Buf|ptr|data|str|d)[ ]?[=:][ ]?"""
    rb"""(?:0x[0-9a-fA-F]{1,16}[ ](?:<[^<>"\n]{1,80}>[ ])?)?(?=")"""
)
_INNER_HOST: Final = re.compile(rb"""\{\s{0,40}\\{0,15}"[\w-]{1,60}(?:\.[\w-]{1,60}){1,6}\\{0,15}"\s{0,4}:\s{0,4}""")
_INNER_ID: Final = re.compile(
    rb"""\{\s{0,40}(?:[^{}]{0,200},\s{0,40})?\\{0,15}["']id\\{0,15}["'][ \t]{0,4}:[ \t]{0,4}"""
)
# The same in YAML, on lines that are indented deeper.
_ID_BELOW: Final = re.compile(
    rb"""[ \t]*\r?\n([ \t]+)(?:[\w-]{1,40}:[ \t][^\n]{1,200}\n\1){0,8}"""
    rb"""(?:id|sid|session_?id|value):[ \t]+[\"']?(?=[^\s\"'])"""
)
# A number of JSON, on a line below its name.
_NUMBER_BELOW: Final = re.compile(rb"[ \t]*[\r\n]\s{0,80}(-?[0-9][0-9.eE+-]{0,40})(?=[\s,}\]])")
# The same behind its name: what follows is of other names, however long the line is.
_NUMBER_BESIDE: Final = re.compile(rb"-?[0-9][0-9.eE+-]{0,40}(?=[,}\]])")
_INNER_NAME: Final = re.compile(
    rb"""\{[^{}]{0,200}?["'](?:name|username|login|user_name|value)\\{0,15}["'][ \t]*:[ \t]*"""
)
_BRACED: Final = re.compile(rb"\{([^{}\s\"'$]{3,200})\}")
# A password among the parts of a connection string: in braces, or of several words up to what ends its part.
_IN_BRACES: Final = re.compile(
    rb"\{((?:[^}\r\n\"]|\}\}){3,200})\}(?=[;\s\"'&\\]|\Z)|\{((?![\"'])[^{}\r\n]{3,200})\}(?=;)"
)
_OF_WORDS: Final = re.compile(
    rb"[^\s;\"'<>={}\\\x00\x1b]{1,60}(?: [^\s;\"'<>={}\\\x00\x1b]{1,60}){1,7}(?=;|&quot;|\\{0,7}[\"']|\r?\n|\Z)"
)
# No blank and no other name: all of a string behind its name.
_ALL: Final = re.compile(rb"(?:[^\s\"'`<>\\&;,]|[&;,](?![\w.-]{1,60}=)){4,400}(?<![\[({=])")
_ABSENT: Final = re.compile(rb"\([a-z]{2,20}(?: [a-z]{2,20}){0,4}\)", re.IGNORECASE)
_BEFORE_KEY: Final = re.compile(rb"[ \t]*+(?:-[ \t]+)*+")
# Kinds that a value shows by its form, or is none of.
_BY_FORM: Final = frozenset({"degrees", "device", "made device", "serial", "lone serial", "mac", "host", "numbered"})
_BLOCK_SCALAR: Final = re.compile(rb"[|>][+-]?[0-9]?[ \t]*\r?\n")
_GOES_ON: Final = re.compile(
    rb" (?:to|of|for|from|that|which|used|issued|given|with|where|whose|in|on|is) [a-z]{1,20} "
)
_QUOTES: Final = frozenset({b'"', b"'", b"`"})
_OF_ENTRIES: Final = (b"secrets", b"tokens", b"passwords", b"apikeys", b"api_keys", b"api-keys")
# Kinds of which a name that is a plural has several on the lines below.
_OF_PERSONS: Final = frozenset({"user", "name", "ssid"})
_PLURAL: Final = frozenset({b"s", b"S"})
_OF_MACHINES: Final = frozenset({b"host", b"machine", b"computer"})
_WRAPPED: Final = frozenset({b"O", b"S", b"J"})
_BEFORE_ITEMS: Final = frozenset({b"[", b"a", b"\n", b"\r", b" ", b"\t"})
_SHORTEST: Final = 3
_IN_QUERIES: Final = frozenset({b"?", b"&"})
_FOLDED: Final = ord(">")
_PUBLIC: Final = (
    b"-----BEGIN PUBLIC KEY",
    b"-----BEGIN RSA PUBLIC KEY",
    b"-----BEGIN CERTIFICATE",
    b"-----BEGIN X509",
    b"---- BEGIN SSH2 PUBLIC",
    b"-----BEGIN PGP PUBLIC",
    b"ssh-rsa ",
    b"ssh-ed25519 ",
    b"ecdsa-sha2-",
)
_LINE_ENDS: Final = frozenset({b"\n", b"\r"})
_CLOSES_NAMES: Final = frozenset({b'"', b"'", b"\\"})
_NEXT_SETTING: Final = re.compile(
    rb",?[ \t](?:[A-Za-z_][\w.-]{0,40}=|--?[A-Za-z][\w.-]{0,40}(?:[=: ]|\Z)|[A-Z][A-Za-z0-9]{1,40}:[^\s:])"
)
# What stands before a name that is one of a process's variables, or a line of an array of PHP's.
_ALONE: Final = frozenset({b"\0", b"["})
# As Go writes what maps and structures hold.
_NEXT_IN_MAP: Final = re.compile(rb"[ ][A-Za-z_][\w.-]{0,60}:(?![\s:])|[\]}]{1,8}(?=[ \])}.,;]|\Z)|\Z")
_BLOCK_LINES: Final = 64
_BACKSLASHES: Final = re.compile(rb"""[ \t]*\\{2,16}(?!["'])""")
_ARRAY: Final = re.compile(rb"""[ \t\r\n]{0,40}(?:\[|array\()""")


def value_behind(data: bytes, name: Span, at: int, meaning: Sense) -> Iterator[Found]:
    """The value behind a sign of assignment, unless a tag says that it is kept elsewhere."""
    if meaning.weak == "cookies" and data[at : at + 2].lstrip(b" ")[:1] == b"{":
        yield from credentials.cookies_of(data, at)
    elif data[at - 1 : at] != b":" or not tags.names_a_place(data, at):
        yield from _behind_sign(data, name, at, meaning)


def _behind_sign(data: bytes, name: Span, at: int, meaning: Sense) -> Iterator[Found]:
    """The value behind a sign of assignment."""
    assigned = data[at - 1 : at] != b":"
    typed = None if assigned or meaning.weak in {"header", "cookies"} else _TYPED.match(data, at)
    if typed:
        at, assigned = typed.end(), True
    shares = _BACKSLASHES.match(data, at) if meaning.weak in {"host", "numbered"} else None
    at = shares.end() if shares else at
    led = None if assigned else _BEFORE_VALUES.match(data, at)
    at = led.end() if led else at
    spaced = data[at : at + 1] == b" "
    blanks = beside.SKIP.match(data, at)
    at = blanks.end() if blanks else at
    first = data[at : at + 1]
    if first == b"{":
        named = meaning.weak == "user" or data[slice(*name)].lower() in _OF_MACHINES
        inner = (_INNER_NAME if named else _INNER_VALUE).match(data, at)
        inner = inner or _INNER_STRING.match(data, at)
        inner = inner or (_INNER_ID.match(data, at) if meaning.kind == "session_id" else None)
        inner = inner or (_INNER_HOST.match(data, at) if meaning.kind == "token" else None)
        if inner is None and not named and data[slice(*name)].lower().endswith(_OF_ENTRIES):
            yield from lists.entries(data, at + 1, meaning)
            return
        at, first = (inner.end(), data[inner.end() : inner.end() + 1]) if inner else (at, first)
    elif first in _WRAPPED and (wrapper := _WRAPPER.match(data, at)):
        at, first = wrapper.end(), b""
    opened = extents.quoted(data, at)
    if opened is None and (scalar := None if assigned else _BLOCK_SCALAR.match(data, at)):
        yield from _block(data, scalar.end(), meaning, folded=data[scalar.start()] == _FOLDED)
    elif first in _LINE_ENDS and (lower := [*_below(data, name, at, meaning)]):
        yield from lower
    elif opened is None and first in _BEFORE_ITEMS and (array := _ARRAY.match(data, at)):
        yield from lists.items(data, array.end(), meaning)
    elif meaning.weak == "header":
        yield from credentials.header(data, opened[0] if opened else None, at)
    elif meaning.weak == "cookies":
        yield from credentials.cookies(data, opened[0] if opened else extents.header(data, at, until=b"ookie:"))
    elif opened:
        yield from judged(data, opened[0], meaning, in_quotes=True, assigned=assigned, name=name)
        then = _THEN.match(data, opened[1])
        changed = extents.quoted(data, then.end()) if then else None
        if changed:
            yield from judged(data, changed[0], meaning, in_quotes=True, assigned=True, name=name)
    else:
        yield from _unquoted(data, name, at, meaning, assigned=assigned, spaced=spaced)


def _below(data: bytes, name: Span, at: int, meaning: Sense) -> Iterator[Found]:
    """What stands on the lines below a name: a word, a number of JSON, or a list of YAML."""
    lower = _lower(data, name, at) if not meaning.weak else None
    inner = _ID_BELOW.match(data, at) if meaning.kind == "session_id" else None
    if inner and not data[line_of(data, name[0], most=200)[0] : name[0]].strip(b" \t-"):
        span = extents.to_line_end(data, inner.end(), words=False)
        yield from judged(data, span, meaning, in_quotes=False, assigned=True, name=name) if span else ()
    elif lower:
        yield from judged(data, lower, meaning, in_quotes=False, assigned=True, name=name)
    elif data[name[1] : name[1] + 1] == b'"' and (number := _NUMBER_BELOW.match(data, at)):
        yield from judged(data, number.span(1), meaning, in_quotes=False, assigned=False, name=name)
    elif meaning.weak in {"", "long"} or (meaning.weak in _OF_PERSONS and data[name[1] - 1 : name[1]] in _PLURAL):
        yield from lists.below(data, at, meaning)
        if data[slice(*name)].lower().endswith(_OF_ENTRIES):
            yield from lists.mapped(data, at, meaning)


def _lower(data: bytes, name: Span, at: int) -> Span | None:
    """The word on the next line that is indented deeper than the name."""
    following = _NEXT_LINE.match(data, at)
    line, _ = line_of(data, name[0], most=200)
    if following is None or data[line : name[0]].strip() or len(following[1]) <= name[0] - line:
        return None
    span = extents.to_line_end(data, following.end(), words=False)
    return span if span and values.mixed(data[slice(*span)], least=6) else None


def _unquoted(data: bytes, name: Span, at: int, meaning: Sense, *, assigned: bool, spaced: bool) -> Iterator[Found]:
    """A value without quotes: a word, the rest of the line in a settings file, what stands for an unset variable."""
    if default := _DEFAULT.match(data, at):
        yield from value_behind(data, name, default.end(), meaning)
        return
    if _is_absent(data, at):
        return
    before = data[name[0] - 1 : name[0]]
    if before == b";" and (found := [*_connecting(data, name, at, meaning)]):
        yield from found
        return
    braced = _BRACED.match(data, at) if data[at : at + 1] == b"{" and assigned and not spaced else None
    line, _ = line_of(data, name[0], most=200)
    phrase = data[slice(*name)].lower().endswith((b"phrase", b"mnemonic"))
    number = _NUMBER_BESIDE.match(data, at) if data[name[1] : name[1] + 1] == b'"' and not assigned else None
    item = _item(data, name, at) if assigned and not spaced and meaning.weak in {"", "word", "long"} else None
    item = number.span() if number else item
    if braced or item:
        span: Span | None = braced.span(1) if braced else item
    elif phrase:
        span = values.mnemonic(data, at) or _phrase(data, name, at)
    elif (
        meaning.weak != "user"
        and (before in _ALONE or _LINE_START.match(data, line, name[0]))
        and _is_setting(data, name, at)
    ):
        whole = not assigned or spaced or before == b"\0"
        span = _set(data, name, at, words=whole and meaning.weak in {"", "name"})
    else:
        span = extents.bare(data, at)
        if span and spaced and _told_of(data, span):
            return
        if span and meaning.kind == "password" and data[span[1] : span[1] + 1] == b"\\":
            span = span[0], extents.beyond_backslash(data, *span)
        if span and span[1] - span[0] > _SHORTEST and before in _IN_QUERIES:
            span = extents.before_fragment(data, name[0], span)
        if span and meaning.kind == "session_id":
            span = extents.before_query(data, name[0], span)
    if span is not None:
        span = extents.before_host(data, name, span)
        yield from judged(data, span, meaning, in_quotes=False, assigned=assigned, name=name)


def _is_absent(data: bytes, at: int) -> bool:
    """Whether words in brackets stand at a place that say why there is no value, or one in braces that masks it."""
    braced = _BRACED.match(data, at)
    masked = braced is not None and masks.FOREIGN.fullmatch(braced.group().lower()) is not None
    return masked or _ABSENT.match(data, at) is not None


def _told_of(data: bytes, span: Span) -> bool:
    """Whether a word in small letters begins what is said of a value: "path to the key", "name of the account"."""
    word = data[slice(*span)]
    return word.isalpha() and word.islower() and _GOES_ON.match(data, span[1]) is not None


def _set(data: bytes, name: Span, at: int, *, words: bool) -> Span | None:
    """The value of a setting on a line of its own, unless all of the line is a label."""
    span = extents.to_line_end(data, at, words=words)
    if span and not words and data[span[1] : span[1] + 1] == b" ":
        rest = extents.to_line_end(data, at, words=True)
        if rest and labels.is_label(data[slice(*rest)]):
            return None
    opening = data[name[0] - 1 : name[0]]
    if span and opening in _QUOTES and data[name[1] : name[1] + 1] != opening and data[span[1] - 1] == opening[0]:
        return span[0], span[1] - 1
    return span


def _item(data: bytes, name: Span, at: int) -> Span | None:
    """The rest of a string that is all a name and its value, with a mark that would end the value elsewhere."""
    quote = data[name[0] - 1 : name[0]]
    if quote not in _QUOTES or at != name[1] + 1:
        return None
    slashes = 0
    while data[name[0] - 2 - slashes : name[0] - 1 - slashes] == b"\\":
        slashes += 1
    stop = extents.closing(data, at, slashes, quote)
    found = _ALL.fullmatch(data, at, stop) if stop is not None else None
    return found.span() if found else None


def _phrase(data: bytes, name: Span, at: int) -> Span | None:
    """The words of a phrase: up to the end of the line, of the field of a document or to the next setting."""
    if data[name[1] : name[1] + 1] in _CLOSES_NAMES:
        return extents.bare(data, at)
    span = extents.to_line_end(data, at, words=True)
    if span and data[name[1] : at] == b":":
        following = _NEXT_IN_MAP.search(data, *span)
    else:
        following = _NEXT_SETTING.search(data, *span) if span else None
    return (span[0], following.start()) if span and following else span


def _connecting(data: bytes, name: Span, at: int, meaning: Sense) -> Iterator[Found]:
    """A value with blanks among the parts of a connection string."""
    braced = _IN_BRACES.match(data, at)
    part = braced or (_OF_WORDS.match(data, at) if meaning.kind == "password" else None)
    if part and not meaning.weak:
        span = part.span(part.lastindex or 0)
        yield from judged(data, span, meaning, in_quotes=braced is not None, assigned=True, name=name)


def _block(data: bytes, at: int, meaning: Sense, *, folded: bool) -> Iterator[Found]:
    """The lines of a block scalar of YAML, or all of them where they are folded to one."""
    lines = [*_block_lines(data, at)]
    if folded and lines:
        lines = [(lines[0][0], lines[-1][1])]
    for span in lines:
        if meaning.weak in _BY_FORM:
            yield from judged(data, span, meaning, in_quotes=True, assigned=True, name=span)
        elif not values.placeholder(data[slice(*span)]):
            yield *span, meaning.kind, "key"


def _block_lines(data: bytes, at: int) -> Iterator[Span]:
    """The lines below one that are indented deeper than its key; none of a key that is public."""
    line, end = line_of(data, at - 1, most=400)
    before = _BEFORE_KEY.match(data, line, end)
    indent = before.end() - line if before else 0
    ended = False
    for _ in range(_BLOCK_LINES):
        start, end = line_of(data, at)
        text = data[start:end]
        depth = len(text) - len(text.lstrip(b" "))
        if depth <= indent or not text.strip() or ended or text.lstrip().startswith(_PUBLIC):
            return
        ended = b"-----END" in text
        yield start + depth, start + len(text.rstrip())
        at = end + 1


def _is_setting(data: bytes, name: Span, at: int) -> bool:
    """Whether the line is a setting: JSON and code close what they open; of a process, or of an array of PHP's."""
    if data[name[0] - 1 : name[0]] in _ALONE:
        return data[name[1] : at] == (b"=" if data[name[0] - 1] == 0 else b"] => ")
    line = data[name[1] : line_of(data, name[1], most=300)[1]].rstrip()
    return not line.endswith((b"{", b"(", b"[", b";", b",")) and b"{" not in line[:40] and b" => " not in line
