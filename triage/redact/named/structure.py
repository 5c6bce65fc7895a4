"""Values that stand under a sensitive name, wherever names and values stand together.

JSON and its escaped forms, YAML, settings files, environment, headers, cookies, URLs, connection strings, Prometheus
labels, typed declarations, XML elements and attributes, property lists, forms, pairs in lists. One RE2 alternation
finds a name with what joins it to a value; `keys` says what the name means, `extents` where the value ends, `judging`
whether it is one. What a name alone does not decide (``key``) is left to gitleaks' generic rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Final

from triage.redact import masks
from triage.redact.lines import Lines
from triage.redact.named import arrays, beside, extents, long_strings, values
from triage.redact.named.behind import value_behind
from triage.redact.named.joints import assignment, foreign
from triage.redact.named.judging import judged
from triage.redact.named.keys import Names, Sense, sense, vocabulary
from triage.redact.named.nested import nested
from triage.redact.named.reports import CODE_ENDINGS, names_a_thing
from triage.redact.phrases import calls
from triage.redact.text import WORD, Found, Span, digits_in

__all__ = (
    "NAME_ENDINGS", "NAME_KEY", "NAME_TABLE", "NAME_WORDS", "assigned", "assignments", "behind_name", "meaning_of",
    "named_value",
)  # fmt: skip

NAME_TABLE: Final = bytes(0x61 if code in WORD + b".-" else 0x20 for code in range(256))
_WORD_BEFORE: Final = re.compile(rb"([A-Za-z]{2,20})[ ]\Z")
_WORDS_BEFORE: Final = re.compile(rb"([A-Za-z]{2,20} [A-Za-z]{2,20})[ ]\Z")
_OUTER_NAME: Final = re.compile(rb"([A-Za-z][\w-]{1,40})\[\Z")
_OF_THREE: Final = frozenset({"number", "birth", "name", "nascimento", "nacimiento", "nascita", "naissance", "sociale"})
NAME_WORDS: Final = frozenset(b"name key header field id param label property variable setting".split())
NAME_ENDINGS: Final = (b"name", b"key")
# The bytes of a key in base64: 32 or 64.
_KEY: Final = re.compile(
    rb"""[ \t]{0,8}\\{0,15}["']?([A-Za-z0-9+/]{43}=|[A-Za-z0-9_-]{43}=|"""
    rb"""[A-Za-z0-9+/]{86}==|[A-Za-z0-9+/]{22}==)(?![A-Za-z0-9+/=])"""
)
_SETTER: Final = re.compile(rb"(?:[\w]{0,40}\.)?(?:set|with|use|add|put)_?(?=[A-Z]|[a-z]{2,20}_?)")
# What a shell puts in place of a variable that is not set, or says of it.
_UNSET: Final = re.compile(rb"(?::?[-=](?:([^${}\s]{4,200})\})?|:?[?+])")
_XML_VALUE: Final = re.compile(rb"[^<>\n]{0,120}>\s{0,40}<value[^<>]{0,40}>")
NAME_KEY: Final = re.compile(
    rb"""(?i)\b[\w.:-]{0,30}?(?:name|key|header|field|param|label|property|variable|setting"""
    rb"""|id)\\{0,15}["'`]?[ \t+]{0,4}[:=][ \t+]{0,4}"""
    rb"""\\{0,15}["'`]?(?:https://[\w.-]{1,80}/|/)?(?:[\w.-]{1,60}[/:]){0,8}([\w.\-\x80-\xff]{2,80}(?:\[[\w-]{0,40}\]){0,4})"""
    rb"""(?:/versions/\w{1,20}|/[0-9a-f]{32})?(?![/\w])(?:\\{0,15}["'`])?"""
)
_FORM: Final = re.compile(
    rb"""["']?[ \t]{0,4}(?:;[^\r\n<>]{0,200})?\r?\n(?:[\w-]{1,60}: [^\r\n]{0,200}\r?\n){0,4}\r?\n"""
)
_OTHER_VALUE: Final = re.compile(
    # what becomes of a name in a plan of Terraform, and the mark of what becomes of a value
    rb"""(?i)\]?(?:[ ]->[ ](?:null|\([a-z ]{4,30}\)|"[^"\r\n]{0,80}"))?"""
    rb"""(?:,\s{0,40}\\{0,15}["'][\w-]{1,30}\\{0,15}["']\s{0,4}:\s{0,4}(?:\\{0,15}["']"""
    rb"""[^"'{}\\\r\n]{0,80}\\{0,15}["']|[\w.-]{1,40}|\{\}|\[\])"""
    rb"""|\r?\n[ ]{1,40}[\w-]{1,30}:[ ][^\s"'{}:]{1,40}"""
    rb"""|[ \t]{1,8}(?!value|content|data|text)[\w:.-]{1,40}=\\{0,15}["'][^"'<>\r\n]{0,80}["']){0,3}"""
    rb"""(?:[,\s]|\\{1,15}[nrt]){1,80}(?:\\{0,15}"payload\\{0,15}"\s{0,4}:\s{0,4}\{\s{0,40})?"""
    rb"""(?:[-+~][ \t]*)?\\{0,15}["'`]?(?:[\w-]{0,20}[_:-]|parameter|secure|attribute|env)?"""
    rb"""(?:value|content|data|text|val|new|current"""
    rb"""|contents)\\{0,15}["'`]?[ \t]{0,4}[:=]"""
)
_QUOTES: Final = frozenset({b'"', b"'", b"`"})
# What a value that is a mask ends at.
_ENDS: Final = frozenset({b"", b"\r", b"\n", b"\\", b'"', b"'"})
# What may begin a value that is nested, or that stands on the lines below.
_OPENS_MORE: Final = frozenset(bytes([code]) for code in b" \t\r\n{[\\&!#(\"'`<$")
_FIRST_CELL: Final = re.compile(rb"\|[ *`]{0,3}(?:[A-Za-z0-9]{1,20} ){0,3}\Z")
# A cell of bytes, all of which print, as PostgreSQL shows them.
_BYTES: Final = re.compile(rb"[ \t]{0,8}\\x(?:[2-7][0-9a-f]){5,512}(?![0-9A-Za-z])")
_OR: Final = (b"||", b"??", b"?:", b" or")
_IN_QUERY: Final = frozenset({b"?", b"&", b"#"})
_IN_ARN: Final = re.compile(rb"arn:[^\s\"',]*\Z")
_CALLED: Final = frozenset({b"(", b")", b",", b".", b"!", b"{"})
_TAG_END: Final = re.compile(
    rb"""(?:[ \t]{1,8}(?!value|content|data|text)[\w:.-]{1,40}=\\{0,15}["'][^"'<>\n]{0,80}["']){0,4}>"""
)
# The calls that led to an error of R.
_CALLS: Final = re.compile(rb"Calls: [^\n]{0,190}\Z")
# Where a system looks accounts up.
_SOURCES: Final = re.compile(rb"[ \t]+(?:files|compat|sss|ldap|nis|db|winbind|systemd)[ \t\r\n\[]")
# What logs, as frameworks of Java shorten it, before what it says.
_LOGGER: Final = re.compile(rb"(?:[a-z][\w$]{0,30}\.){2,8}[A-Z][\w$]{0,60}[ \t]{1,32}:")
# And where the level stands before it, with a setting of its own behind it.
_LEVEL: Final = re.compile(
    rb"(?i)\b(?:trace|debug|info|notice|warn(?:ing)?|error|fatal|crit(?:ical)?|severe)\]?"
    rb"(?:[ \t]{1,8}\[[\w./-]{1,12}\])?[ \t]{1,8}\Z"
)
_JOINED_WORDS: Final = re.compile(rb"[a-z][._-][a-z]")
_SETTING: Final = re.compile(rb"[A-Za-z_][A-Za-z_.-]{1,40}=(?![=\s])")
# Where a shell stands, and stood before.
# A keyword of EDN before its string.
_KEYWORD_BEFORE: Final = re.compile(rb":[A-Za-z][\w./*?!-]{0,60}[ ]{1,4}\"\Z")
_FOLDER: Final = re.compile(rb"""[ \t]{0,4}\\{0,15}["']?(?:/|~/|[A-Za-z]:[\\/])""")
_QUERY_KEY: Final = re.compile(rb"(?=[A-Za-z_-]{0,60}[0-9])([A-Za-z0-9_]{20,128})(?![\w.%-])")
_BEYOND_ASCII: Final = 0x80
_PASSWORD: Final = Sense("password")
_TOKEN: Final = Sense("token", "long")
_ESCAPES: Final = frozenset({b"\\n", b"\\r", b"\\t"})
_OF_LOGGERS: Final = frozenset({"user", "host", "numbered"})


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
    if not _is_no_name(data, begin, small, end):
        yield from behind_name(data, (begin, stop), end, meaning)
        if data[stop : stop + 16].lstrip(b"\\")[:1] in {b'"', b"'"}:
            yield from named_value(data, begin, extra)


def behind_name(data: bytes, name: Span, end: int, meaning: Sense) -> Iterator[Found]:
    """What is joined to a name, be it one value or many."""
    begin, stop = name
    if data[begin - 2 : begin] == b"${":
        if data[stop : stop + 1] == b"}":
            return
        if unset := _UNSET.match(data, stop):
            if unset[1] and not meaning.weak:
                yield from judged(data, unset.span(1), meaning, in_quotes=False, assigned=True, name=name)
            return
    around = data[end - 1 : end + 6]
    masked = masks.MASK.match(data, end) if around[1:2] == b"[" else None
    if masked and data[masked.end() : masked.end() + 1] in _ENDS:
        return
    one = around[:1] != b"\n" or data[stop : stop + 1] != b"]"
    found = [*_joined(data, name, end, meaning)] if one else []
    yield from found
    if around[1:2] in _OPENS_MORE or around[:1] in {b">", b"\n"} or around[1:] == b"array(":
        told = {span[:2] for span in found}
        more = chain(nested(data, name, end, meaning), long_strings.below(data, name, end, meaning))
        yield from (span for span in more if span[:2] not in told)


def _foreign(data: bytes, word: Span) -> Sense:
    """What a word says that is not in ASCII: a password, or a key that has to look like one."""
    text, known = data[slice(*word)], vocabulary()
    return _PASSWORD if any(one in text for one in known.foreign) else _TOKEN


def _is_no_name(data: bytes, begin: int, name: bytes, at: int) -> bool:
    """Whether a name in small letters is part of code or of a path, and what is joined to it no value of it."""
    if data[begin - 4 : begin] == b"def " or names_a_thing(data, begin, name, at):
        return True
    if data[at - 1 : at] == b":":
        behind = data[at : at + 1]
        in_source = behind.isdigit() and name.rpartition(b".")[2] in CODE_ENDINGS  # a file and its line
        if data[at : at + 2] == b"//" or (behind == b":" and data[at + 1 : at + 2] != b" ") or in_source:
            return True
        if data[at - 2 : at - 1].isspace() and (
            _LOGGER.fullmatch(data, begin, at) or _KEYWORD_BEFORE.search(data, max(begin - 80, 0), begin)
        ):
            return True  # or a string of EDN, and the next keyword
        if behind == b" " and _JOINED_WORDS.search(name) and _SETTING.match(data, at + 1):
            return _LEVEL.search(data, max(begin - 24, 0), begin) is not None
    if name == b"pgpass" and data[begin - 1 : begin] == b"." and data.endswith(b"<==\n", 0, at):
        return True  # a file of entries, none of which is a password alone
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
    elif joint.lower().endswith(b"<string>") or b"</" in joint[:10]:
        yield from beside.neighbour(data, name, end, meaning)
    elif last in _QUOTES and b"," not in joint:
        stop = extents.closing(data, end, 0, last)
        unset = joint[:-1].rstrip().endswith(_OR) or b"\n" in joint
        if stop is not None and (not unset or b"$" in joint or digits_in(data[end:stop])):
            yield from judged(data, (end, stop), meaning, in_quotes=True, assigned=True, name=name)
    elif last in _QUOTES:
        yield from beside.pair(data, name[0], end, meaning)
    elif last >= b"\x80":
        yield from calls.pointed(data, name, end, meaning)
    elif last == b">" and joint[:1] == b":" and joint[-2:] != b"=>":
        yield from beside.neighbour(data, name, end, meaning)
    elif last == b">" and joint[-2:] not in {b"=>", b"->"}:
        yield from beside.element(data, name, end, meaning)
    elif last == b"|" and meaning.weak in {"", "word"} and _BYTES.match(data, end):
        yield from value_behind(data, name, end, meaning)
    elif last == b"|" or joint.endswith(b"...."):
        # A logger before its message is called by where its class lies.
        logger = meaning.weak in _OF_LOGGERS and b"." in data[slice(*name)]
        if last == b"." or (not logger and _FIRST_CELL.search(data, max(name[0] - 40, 0), name[0])):
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
    if meaning is None and data[begin - 1 : begin] == b"[" and data[stop : stop + 2] != b"] ":  # as forms name fields
        outer = _OUTER_NAME.search(data, max(begin - 64, 0), begin)
        meaning = sense(f"{outer[1].decode('latin-1')}_{name}", extra) if outer else None
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


def _in_other_letters(name: bytes) -> Sense | None:
    """What a name says that is itself a value and not in ASCII."""
    word = foreign().match(name, 0, len(name))
    return _foreign(name, word[0]) if word else None


def named_value(data: bytes, begin: int, extra: Names) -> Iterator[Found]:
    """`"name": "DB_PASSWORD", "value": "..."`: the name is itself a value."""
    match = NAME_KEY.match(data, begin)
    meaning = sense(match[1].decode("latin-1"), extra) if match else None
    if match and meaning is None and not match[1].isascii():
        meaning = _in_other_letters(match[1])
    if match is None or meaning is None or match[1].lower().rpartition(b".")[2] in CODE_ENDINGS:
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
    if joined and b"-" in data[match.end() : joined.end()] and (own := extents.before(data, begin)):
        joined, span = None, own  # what follows is of the next item
    if joined:
        yield from value_behind(data, match.span(1), joined.end(), meaning)
    elif span:
        yield from judged(data, span, meaning, in_quotes=True, assigned=True, name=match.span(1))
