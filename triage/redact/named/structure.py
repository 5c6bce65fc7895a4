"""Values that stand under a sensitive name, wherever names and values stand together.

JSON and its escaped forms, YAML, settings files, environment, headers, cookies, URLs, connection strings, Prometheus
labels, typed declarations, XML elements and attributes, property lists, forms, pairs in lists. One RE2 alternation
finds a name with what joins it to a value; `keys` says what the name means, `values` where the value ends, `judging`
whether it is one. What a name alone does not decide (``key``) is left to gitleaks' generic rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact import masks
from triage.redact.lines import Lines
from triage.redact.named import arrays, beside, credentials, extents, lists, tags, values
from triage.redact.named.joints import assignment, foreign
from triage.redact.named.judging import judged
from triage.redact.named.keys import Names, Sense, sense, vocabulary
from triage.redact.phrases import calls
from triage.redact.text import WORD, Found, Span, digits_in, line_of

__all__ = (
    "NAME_ENDINGS", "NAME_KEY", "NAME_TABLE", "NAME_WORDS", "assigned", "assignments", "meaning_of", "named_value",
    "value_behind",
)  # fmt: skip

NAME_TABLE: Final = bytes(0x61 if code in WORD + b".-" else 0x20 for code in range(256))
_WORD_BEFORE: Final = re.compile(rb"([A-Za-z]{2,20})[ ]\Z")
_WORDS_BEFORE: Final = re.compile(rb"([A-Za-z]{2,20} [A-Za-z]{2,20})[ ]\Z")
_OF_THREE: Final = frozenset({"number", "birth", "name", "nascimento", "nacimiento", "nascita", "naissance", "sociale"})
NAME_WORDS: Final = frozenset(b"name key header field id param label property variable setting".split())
NAME_ENDINGS: Final = (b"name", b"key")
_CODE_ENDINGS: Final = frozenset(
    b"c cc cpp cs dart go h hpp html java js json jsx kt lua md mjs php pl py rb rs scala swift toml ts tsx txt vue xml"
    b" yaml yml zig".split()
)
# The bytes of a key in base64: 32 or 64.
_KEY: Final = re.compile(
    rb"""[ \t]{0,8}\\{0,15}["']?([A-Za-z0-9+/]{43}=|[A-Za-z0-9_-]{43}=|"""
    rb"""[A-Za-z0-9+/]{86}==|[A-Za-z0-9+/]{22}==)(?![A-Za-z0-9+/=])"""
)
_TABS: Final = re.compile(rb"[ ]?(?:\\{1,4}t){1,8}")
_SETTER: Final = re.compile(rb"(?:[\w]{0,40}\.)?(?:set|with|use|add|put)_?(?=[A-Z]|[a-z]{2,20}_?)")
# A type of one word but for what stands before and around such, and apart from the sign unless it is one by its name.
_TYPED: Final = re.compile(
    rb"""[ \t]*(?:&'|(?:(?:const|static|mut|readonly|final|volatile|unsigned|immutable|shared|ref)[ ]{1,4}){0,3})"""
    rb"""(?:[&*\w<>\[\].?|']{1,60}(?:[ ]?[|*&][ ]?[&*\w<>\[\].?]{0,40}|[ ](?:mut|const|str|string)){0,3}[ \t]{1,8}"""
    rb"""|(?:[A-Z]\w{1,30}|str|string|bytes|text)\??)=[ \t]*(?=(?:[A-Z][A-Za-z]{1,20}(?:::[a-z]{1,12})?\("""
    rb"""|[bBrRuUfFN$@]{0,2})\\{0,15}["'])"""
)
_THEN: Final = re.compile(rb"""[ \t]*(?:->|=>|to)[ \t]*(?=\\{0,15}["'])""")
# What is asked for before a value that stands where there is none.
_DEFAULT: Final = re.compile(
    rb"""[A-Za-z_][\w.:]{0,40}\([ ]?["'][\w.-]{1,60}["'],[ ]?(?=["'])"""
    rb"""|[A-Za-z_$][\w.$:>-]{0,60}(?:[(\[{]["']?[\w.-]{1,60}["']?[)\]}])?[ ](?:\|\||\?\?|\?:|or|//)[ ](?=["'`])"""
)
# What a shell puts in place of a variable that is not set, or says of it.
_UNSET: Final = re.compile(rb"(?::?[-=](?:([^${}\s]{4,200})\})?|:?[?+])")
_LINE_START: Final = re.compile(
    rb"""(?ix)[ \t]*(?:[-+>#|*~][ \t]+)?
    (?:export[ \t]+|set[ \t]+|setx[ \t]+|env[ \t]+|declare[ \t]+-x[ \t]+|ENV[ \t]+|\$env:)?["']?\Z"""
)
_INNER_VALUE: Final = re.compile(
    rb"""\{[^{}\n]{0,200}?["'](?:value|val|text|\#text|string|stringValue|content|raw|plain|plaintext|default"""
    rb"""|secret|data|current|_|S|\$|\$t|\$value|_value)\\{0,15}["'][ \t]*:[ \t]*"""
)
_NEXT_LINE: Final = re.compile(rb"[ \t]*\r?\n([ \t]+)(?=[^\s#-][^\s:=]{5,80}[ \t\r]*(?:\n|\Z))")
_WRAPPER: Final = re.compile(
    rb"(?:Optional|Some|Just|Ok)(?:\((?=[\w.+/=-]{4,400}\))"
    rb"|\[(?=[^\s()\[\]\"',0-9]{0,200}[0-9][^\s()\[\]\"',]{0,200}\]))"
)
_XML_VALUE: Final = re.compile(rb"[^<>\n]{0,120}>\s{0,40}<value[^<>]{0,40}>")
_INNER_HOST: Final = re.compile(rb"""\{\s{0,40}\\{0,15}"[\w-]{1,60}(?:\.[\w-]{1,60}){1,6}\\{0,15}"\s{0,4}:\s{0,4}""")
_INNER_ID: Final = re.compile(
    rb"""\{\s{0,40}(?:[^{}]{0,200},\s{0,40})?\\{0,15}["']id\\{0,15}["'][ \t]{0,4}:[ \t]{0,4}"""
)
_INNER_NAME: Final = re.compile(rb"""\{[^{}]{0,200}?["'](?:name|username|login|user_name)\\{0,15}["'][ \t]*:[ \t]*""")
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
NAME_KEY: Final = re.compile(
    rb"""(?i)\b[\w.:-]{0,30}?(?:name|key|header|field|param|label|property|variable|setting"""
    rb"""|id)\\{0,15}["'`]?[ \t+]{0,4}[:=][ \t+]{0,4}"""
    rb"""\\{0,15}["'`]?(?:https://[\w.-]{1,80}/|/)?(?:[\w.-]{1,60}[/:]){0,8}([\w.\-]{2,80})"""
    rb"""(?:/versions/\w{1,20}|/[0-9a-f]{32})?(?![/\w])(?:\\{0,15}["'`])?"""
)
_FORM: Final = re.compile(rb"""[^\r\n]{0,200}\r?\n(?:[\w-]{1,60}: [^\r\n]{0,200}\r?\n){0,4}\r?\n""")
_OTHER_VALUE: Final = re.compile(
    rb"""(?i)\]?(?:,\s{0,40}\\{0,15}["'][\w-]{1,30}\\{0,15}["']\s{0,4}:\s{0,4}(?:\\{0,15}["']"""
    rb"""[^"'{}\\\r\n]{0,80}\\{0,15}["']|[\w.-]{1,40}|\{\}|\[\])"""
    rb"""|\r?\n[ ]{1,40}[\w-]{1,30}:[ ][^\s"'{}:]{1,40}"""
    rb"""|[ \t]{1,8}(?!value|content|data|text)[\w:.-]{1,40}=\\{0,15}["'][^"'<>\r\n]{0,80}["']){0,3}"""
    rb"""(?:[,\s]|\\{1,15}[nrt]){1,80}(?:\\{0,15}"payload\\{0,15}"\s{0,4}:\s{0,4}\{\s{0,40})?"""
    rb"""(?:-[ \t]*)?\\{0,15}["'`]?(?:[\w-]{0,20}[_:-]|parameter|secure|attribute|env)?"""
    rb"""(?:value|content|data|text|val|new|current"""
    rb"""|contents)\\{0,15}["'`]?[ \t]{0,4}[:=]"""
)
_BLOCK_SCALAR: Final = re.compile(rb"[|>][+-]?[0-9]?[ \t]*\r?\n")
_QUOTES: Final = frozenset({b'"', b"'", b"`"})
_OF_ENTRIES: Final = (b"secrets", b"tokens", b"passwords", b"apikeys", b"api_keys", b"api-keys")
_FIRST_CELL: Final = re.compile(rb"\|[ *`]{0,3}(?:[A-Za-z0-9]{1,20} ){0,3}\Z")
_OR: Final = (b"||", b"??", b"?:", b" or")
_OF_MACHINES: Final = frozenset({b"host", b"machine", b"computer"})
_WRAPPED: Final = frozenset({b"O", b"S", b"J"})
_BEFORE_ITEMS: Final = frozenset({b"[", b"\n", b"\r", b" ", b"\t"})
_IN_QUERY: Final = frozenset({b"?", b"&", b"#"})
_LINE_ENDS: Final = frozenset({b"\n", b"\r"})
_IN_ARN: Final = re.compile(rb"arn:[^\s\"',]*\Z")
_CLOSES_NAMES: Final = frozenset({b'"', b"'", b"\\"})
_NEXT_SETTING: Final = re.compile(rb"[ \t][A-Za-z_][\w.-]{0,40}=")
_CALLED: Final = frozenset({b"(", b")", b",", b".", b"!", b"{"})
_TAG_END: Final = re.compile(
    rb"""(?:[ \t]{1,8}(?!value|content|data|text)[\w:.-]{1,40}=\\{0,15}["'][^"'<>\n]{0,80}["']){0,4}>"""
)
# The calls that led to an error of R.
_CALLS: Final = re.compile(rb"Calls: [^\n]{0,190}\Z")
# Where a system looks accounts up.
_SOURCES: Final = re.compile(rb"[ \t]+(?:files|compat|sss|ldap|nis|db|winbind|systemd)[ \t\r\n\[]")
# Where a shell stands, and stood before.
_FOLDER: Final = re.compile(rb"""[ \t]{0,4}\\{0,15}["']?(?:/|~/|[A-Za-z]:[\\/])""")
_QUERY_KEY: Final = re.compile(rb"(?=[A-Za-z_-]{0,60}[0-9])([A-Za-z0-9_]{20,128})(?![\w.%-])")
_BLOCK_LINES: Final = 64
_BEYOND_ASCII: Final = 0x80
_PASSWORD: Final = Sense("password")
_TOKEN: Final = Sense("token", "long")
_ESCAPES: Final = frozenset({b"\\n", b"\\r", b"\\t"})
_BACKSLASHES: Final = re.compile(rb"""[ \t]*\\{2,16}(?!["'])""")
_ARRAY: Final = re.compile(rb"""[ \t\r\n]{0,40}\[""")


def assignments(data: bytes, extra: Names = (), lines: Lines | None = None) -> Iterator[Found]:
    """The values under sensitive names in a text; `extra` are names that a policy adds."""
    for start, end in (lines or Lines(data)).spans(assignment(extra)):
        yield from assigned(data, (start, end), extra)


def assigned(data: bytes, place: Span, extra: Names) -> Iterator[Found]:
    """What stands under one name that is joined to something."""
    start, end = place
    begin, stop, meaning = meaning_of(data, start + (data[start] in b"?&;#.-_"), extra)
    if (meaning is None or stop <= start) and (data[start] >= _BEYOND_ASCII or data[stop : stop + 1] >= b"\x80"):
        word = foreign().match(data, start, end)
        begin, stop, meaning = (
            (min(begin, start), word[0][1], _foreign(data, word[0])) if word else (begin, stop, meaning)
        )
    small = data[begin:stop].lower()
    if small in NAME_WORDS or small.endswith(NAME_ENDINGS):
        yield from named_value(data, begin, extra)
    if meaning is None and data[stop : stop + 1] == b"(" and (setter := _SETTER.match(data, begin)):
        meaning = sense(data[setter.end() : stop].decode("latin-1"), extra)
    if meaning is None or (data[begin - 1 : begin] == b"[" and masks.MASK.match(data, begin - 1)):
        return
    if numbered := arrays.numbers(data, end, meaning):
        yield *numbered, "secret", "key"
        return
    if meaning.weak == "entropy":
        key = _KEY.match(data, end)
        if key is None and small == b"key" and data[begin - 1 : begin] in _IN_QUERY:
            key = _QUERY_KEY.match(data, end)
        yield (*key.span(1), "api_key", "key") if key else (begin, end, "", "entropy")
        return
    if _is_no_name(data, begin, small, end) or (data[begin - 2 : begin] == b"${" and data[stop : stop + 1] == b"}"):
        return
    if data[begin - 2 : begin] == b"${" and (unset := _UNSET.match(data, stop)):
        if unset[1] and not meaning.weak:
            yield from judged(data, unset.span(1), meaning, in_quotes=False, assigned=True, name=(begin, stop))
        return
    yield from _joined(data, (begin, stop), end, meaning)
    if data[stop : stop + 16].lstrip(b"\\")[:1] in {b'"', b"'"}:
        yield from named_value(data, begin, extra)


def _foreign(data: bytes, word: Span) -> Sense:
    """What a word says that is not in ASCII: a password, or a key that has to look like one."""
    text, known = data[slice(*word)], vocabulary()
    return _PASSWORD if any(one in text for one in known.foreign) else _TOKEN


def _is_no_name(data: bytes, begin: int, name: bytes, at: int) -> bool:
    """Whether a name in small letters is part of code or of a path, and what is joined to it no value of it."""
    behind = data[at : at + 1]
    if data[begin - 4 : begin] == b"def ":
        return True
    if data[at - 1 : at] == b":":
        in_source = behind.isdigit() and name.rpartition(b".")[2] in _CODE_ENDINGS  # a file and its line
        if data[at : at + 2] == b"//" or (behind == b":" and data[at + 1 : at + 2] != b" ") or in_source:
            return True
    if name == b"passwd" and (data[begin - 1 : begin] == b"/" or _SOURCES.match(data, at)):
        return True
    if data[begin - 9 : begin] == b"checksum/" or (
        data[at - 2 : at] == b"->" and _CALLS.search(data, max(begin - 200, 0), begin)
    ):
        return True
    if name in {b"pwd", b"oldpwd"} and _FOLDER.match(data, at):
        return True
    return _IN_ARN.search(data, max(begin - 120, 0), begin) is not None


def _joined(data: bytes, name: Span, end: int, meaning: Sense) -> Iterator[Found]:
    """The value, by what joins it to its name."""
    joint = data[name[1] : end]
    last = joint[-1:]
    if last in _QUOTES and joint[:1] in _CALLED:
        yield from calls.compared(data, name, end, meaning)
    elif joint.lower().endswith(b"<string>") or b"</" in joint[:4]:
        yield from beside.neighbour(data, name, end, meaning)
    elif last in _QUOTES and b"," not in joint:
        stop = extents.closing(data, end, 0, last)
        unset = joint[:-1].rstrip().endswith(_OR) or b"\n" in joint
        if stop is not None and (not unset or digits_in(data[end:stop])):
            yield from judged(data, (end, stop), meaning, in_quotes=True, assigned=True, name=name)
    elif last in _QUOTES:
        yield from beside.pair(data, name[0], end, meaning)
    elif last >= b"\x80":
        yield from calls.pointed(data, name, end, meaning)
    elif last == b">" and joint[:1] == b":":
        yield from beside.neighbour(data, name, end, meaning)
    elif last == b">" and joint[-2:] not in {b"=>", b"->"}:
        yield from beside.element(data, name, end, meaning)
    elif last == b"|" or joint.endswith(b"...."):
        if last == b"." or _FIRST_CELL.search(data, max(name[0] - 40, 0), name[0]):
            yield from beside.cell(data, name, end, meaning)
    else:
        yield from value_behind(data, name, end, meaning)


def meaning_of(data: bytes, start: int, extra: Names) -> tuple[int, int, Sense | None]:
    """The whole name around a place and what it means, with the word before it where that makes it one."""
    first = max(start - 80, 0)
    around = data[first : start + 120].translate(NAME_TABLE)
    begin = around.rfind(b" ", 0, start - first) + 1 + first
    while data[begin : begin + 1] in {b"-", b"."}:
        begin += 1
    if data[begin - 1 : begin + 1] == b"-D":
        begin += 1
    stop = around.find(b" ", start - first)
    stop = (stop if stop >= 0 else len(around)) + first
    while stop > start and data[stop - 1] == 0x2E:
        stop -= 1
    name = data[begin:stop].decode("latin-1")
    meaning = sense(name, extra)
    if meaning is None and data[begin - 1 : begin + 1] in _ESCAPES and begin < start:  # an end that is written out
        begin, name = begin + 1, name[1:]
        meaning = sense(name, extra)
    if (meaning is None or meaning.weak) and data[begin - 1 : begin] == b" ":
        word = _WORD_BEFORE.search(data, max(begin - 24, 0), begin)
        before = word[1].decode("latin-1").lower() if word else ""
        both = sense(f"{before}_{name}", extra) if before else None
        if both is None and meaning is None and name.lower() in _OF_THREE:
            words = _WORDS_BEFORE.search(data, max(begin - 48, 0), begin)
            both = sense(f"{words[1].decode('latin-1')}_{name}".lower().replace(" ", "_"), extra) if words else None
        if both is not None and both != meaning and (meaning is None or not both.weak):
            return begin, stop, both
        if (
            meaning is not None
            and meaning.weak == "entropy"
            and both is None
            and not vocabulary().ordinary.isdisjoint({before, before[1:]})
        ):
            return begin, stop, None
    return begin, stop, meaning


def value_behind(data: bytes, name: Span, at: int, meaning: Sense) -> Iterator[Found]:
    """The value behind a sign of assignment, unless a tag says that it is kept elsewhere."""
    if data[at - 1 : at] != b":" or not tags.names_a_place(data, at):
        yield from _behind_sign(data, name, at, meaning)


def _behind_sign(data: bytes, name: Span, at: int, meaning: Sense) -> Iterator[Found]:
    """The value behind a sign of assignment."""
    assigned = data[at - 1 : at] != b":"
    typed = None if assigned or meaning.weak in {"header", "cookies"} else _TYPED.match(data, at)
    if typed:
        at, assigned = typed.end(), True
    shares = _BACKSLASHES.match(data, at) if meaning.weak in {"host", "numbered"} else None
    at = shares.end() if shares else at
    tabs = None if assigned else _TABS.match(data, at)
    at = tabs.end() if tabs else at
    spaced = data[at : at + 1] == b" "
    blanks = beside.SKIP.match(data, at)
    at = blanks.end() if blanks else at
    if data[at : at + 1] == b"{":
        named = meaning.weak == "user" or data[slice(*name)].lower() in _OF_MACHINES
        inner = (_INNER_NAME if named else _INNER_VALUE).match(data, at)
        inner = inner or (_INNER_ID.match(data, at) if meaning.kind == "session_id" else None)
        inner = inner or (_INNER_HOST.match(data, at) if meaning.kind == "token" else None)
        if inner is None and not named and data[slice(*name)].lower().endswith(_OF_ENTRIES):
            yield from lists.entries(data, at + 1, meaning)
            return
        at = inner.end() if inner else at
    elif data[at : at + 1] in _WRAPPED and (wrapper := _WRAPPER.match(data, at)):
        at = wrapper.end()
    opened = extents.quoted(data, at)
    if opened is None and (scalar := None if assigned else _BLOCK_SCALAR.match(data, at)):
        yield from _block(data, name, scalar.end(), meaning)
    elif data[at : at + 1] in _LINE_ENDS and (lower := [*_below(data, name, at, meaning)]):
        yield from lower
    elif opened is None and data[at : at + 1] in _BEFORE_ITEMS and (array := _ARRAY.match(data, at)):
        yield from lists.items(data, array.end(), meaning)
    elif meaning.weak == "header":
        yield from credentials.header(data, opened[0] if opened else None, at)
    elif meaning.weak == "cookies":
        yield from credentials.cookies(data, opened[0] if opened else credentials.header_span(data, at))
    elif opened:
        yield from judged(data, opened[0], meaning, in_quotes=True, assigned=assigned, name=name)
        then = _THEN.match(data, opened[1])
        changed = extents.quoted(data, then.end()) if then else None
        if changed:
            yield from judged(data, changed[0], meaning, in_quotes=True, assigned=True, name=name)
    else:
        yield from _unquoted(data, name, at, meaning, assigned=assigned, spaced=spaced)


def _below(data: bytes, name: Span, at: int, meaning: Sense) -> Iterator[Found]:
    """What stands on the lines below a name: a word, or a list of YAML."""
    lower = _lower(data, name, at) if not meaning.weak else None
    if lower:
        yield from judged(data, lower, meaning, in_quotes=False, assigned=True, name=name)
    elif meaning.weak in {"", "long"}:
        yield from lists.below(data, at, meaning)


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
    if _ABSENT.match(data, at):
        return
    if data[name[0] - 1 : name[0]] == b";" and (found := [*_connecting(data, name, at, meaning)]):
        yield from found
        return
    braced = _BRACED.match(data, at) if data[at : at + 1] == b"{" and assigned and not spaced else None
    line, _ = line_of(data, name[0], most=200)
    phrase = data[slice(*name)].lower().endswith((b"phrase", b"mnemonic"))
    item = _item(data, name, at) if assigned and not spaced and meaning.weak in {"", "word", "long"} else None
    if braced or item:
        span: Span | None = braced.span(1) if braced else item
    elif phrase:
        span = _phrase(data, name, at)
    elif meaning.weak != "user" and _LINE_START.match(data, line, name[0]) and _is_setting(data, name):
        span = extents.to_line_end(data, at, words=(not assigned or spaced) and meaning.weak in {"", "name"})
        opening = data[name[0] - 1 : name[0]]
        if span and opening in _QUOTES and data[name[1] : name[1] + 1] != opening and data[span[1] - 1] == opening[0]:
            span = span[0], span[1] - 1
    else:
        span = extents.bare(data, at)
        if span and meaning.kind == "password" and data[span[1] : span[1] + 1] == b"\\":
            span = span[0], extents.beyond_backslash(data, *span)
    if span is not None:
        span = extents.before_host(data, name, span)
        yield from judged(data, span, meaning, in_quotes=False, assigned=assigned, name=name)


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
    following = _NEXT_SETTING.search(data, *span) if span else None
    return (span[0], following.start()) if span and following else span


def _connecting(data: bytes, name: Span, at: int, meaning: Sense) -> Iterator[Found]:
    """A value with blanks among the parts of a connection string."""
    braced = _IN_BRACES.match(data, at)
    part = braced or (_OF_WORDS.match(data, at) if meaning.kind == "password" else None)
    if part and not meaning.weak:
        span = part.span(part.lastindex or 0)
        yield from judged(data, span, meaning, in_quotes=braced is not None, assigned=True, name=name)


def _block(data: bytes, name: Span, at: int, meaning: Sense) -> Iterator[Found]:
    """The lines of a block scalar of YAML: those that are indented deeper than the name's."""
    line, _ = line_of(data, name[0], most=200)
    indent = name[0] - line
    ended = False
    for _ in range(_BLOCK_LINES):
        start, end = line_of(data, at)
        text = data[start:end]
        depth = len(text) - len(text.lstrip(b" "))
        if depth <= indent or not text.strip() or ended:
            return
        ended = b"-----END" in text
        if not values.placeholder(text.strip()):
            yield start + depth, start + len(text.rstrip()), meaning.kind, "key"
        at = end + 1


def _is_setting(data: bytes, name: Span) -> bool:
    """Whether the line is a setting: JSON and code close what they open."""
    line = data[name[1] : line_of(data, name[1], most=300)[1]].rstrip()
    return not line.endswith((b"{", b"(", b"[", b";", b",")) and b"{" not in line[:40] and b" => " not in line


def named_value(data: bytes, begin: int, extra: Names) -> Iterator[Found]:
    """`"name": "DB_PASSWORD", "value": "..."`: the name is itself a value."""
    match = NAME_KEY.match(data, begin)
    meaning = sense(match[1].decode("latin-1"), extra) if match else None
    if match is None or meaning is None or match[1].lower().rpartition(b".")[2] in _CODE_ENDINGS:
        return
    form = _FORM.match(data, match.end()) if data[begin : begin + 5].lower() == b"name=" else None
    line = extents.to_line_end(data, form.end(), words=True) if form else None
    if line and not values.placeholder(data[slice(*line)]):
        yield *line, meaning.kind, "key"
        return
    tag = _XML_VALUE.match(data, match.end()) or _TAG_END.match(data, match.end())
    element = beside.INNER_ELEMENT.match(data, tag.end()) if tag else None
    text = beside.XML_END.match(data, element.end() if element else tag.end()) if tag else None
    joined = _OTHER_VALUE.match(data, match.end()) if tag is None else None
    span = text.span() if text else None if joined else extents.before(data, begin)
    if joined:
        yield from value_behind(data, match.span(1), joined.end(), meaning)
    elif span:
        yield from judged(data, span, meaning, in_quotes=True, assigned=True, name=match.span(1))
