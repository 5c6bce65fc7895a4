"""Whether a value under a name is what the name says: a secret, a number of a person, an account, a machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact.named import credentials, declared, examples, extents, reports, users, values, variables
from triage.redact.named.keys import Sense, sense, vocabulary
from triage.redact.pii import geography, given, people, serials, wireless
from triage.redact.pii.hosts import in_words, is_host
from triage.redact.pii.owned import called
from triage.redact.text import Found, Span, digits_in, letters_in, line_of

__all__ = ("bared", "judged", "named")

_PHONE: Final = re.compile(
    rb"[+(\[]{0,3}\d(?:[\d ()\[\]./\-]|\xe2\x80[\x90-\x95]|\xc2\xa0|\+(?=[\d(])){4,28}\d"
    rb"(?:[ ]?(?:(?:x|ext\.?)[ ]?\d{1,6}|\((?:x|ext\.?)[ ]?\d{1,6}\)))?"
)
# What a device is known by.
_DEVICE: Final = re.compile(rb"(?=[A-Z0-9-]{8})[A-Z0-9]{1,40}(?:-[A-Z0-9]{2,20}){0,5}(?![\w.])", re.IGNORECASE)
_MADE_DEVICE: Final = re.compile(
    rb"\{?(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{40}|[0-9a-f]{32}|[0-9a-f]{15,16})(?![\w.-])",
    re.IGNORECASE,
)
_PLAIN_MAC: Final = re.compile(rb"[0-9a-f]{12}(?![\w.:-])", re.IGNORECASE)
# The form of each, how many digits it has at least, and how many different letters and digits.
_OF_DEVICES: Final = {"device": (_DEVICE, 2, 4), "made device": (_MADE_DEVICE, 5, 5), "mac": (_PLAIN_MAC, 0, 4)}
_DIGITS: Final = re.compile(rb"[A-Z]{0,2}\d[\d ./+\-]{1,40}|[A-Z0-9][A-Z0-9 ./+\-]{3,40}", re.IGNORECASE)
# A code in groups of one length, as those of debuggers and of pairing are.
_FOUR_NUMBERS: Final = re.compile(rb"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_GROUPS: Final = re.compile(rb"[0-9]{3}([ -])[0-9]{3}(?:\1[0-9]{3})?|[0-9]{4}([ -])[0-9]{4}")
_SHORT: Final = 4
# What stands under these is a person only if it has the form of an account.
_OF_THINGS: Final = frozenset({b"author", b"owner", b"actor", b"committer", b"reviewer", b"usr", b"uid"})
_AUTH: Final = re.compile(
    rb"(?i)(?!oauth|basic|bearer|ldap|saml|jwt|krb|kerberos|oidc|sasl|scram|plain|http|sso|mtls"
    rb"|tls)[a-z0-9+=_.!*#$~-]{6,400}"
)
_LOGIN: Final = re.compile(rb"[A-Za-z][\w.@-]{1,40}:([^\s:/]{6,200})")
# Ids of containers, of what clouds run, and of anything: no machine's name, and no person's.
_LONGEST_NAME: Final = 80
_CONTAINER: Final = re.compile(
    rb"[0-9a-f]{12}|[0-9a-f]{64}|[0-9]{8,20}|(?:i|mi|vol|eni|sg|subnet|vpc|vpce|snap|ami|rtb|igw|nat|lt|fs|tgw|acl|pcx|r|db|cache|node)"
    rb"-[0-9a-f]{8,17}|(?i:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
)
# What is no word: one of a sentence under such a name is said of it.
_NO_WORDS: Final = frozenset({"token", "secret", "api_key"})
# India's number of a taxpayer is called as that of a card is; its fourth letter says what the taxpayer is.
_TAXPAYER: Final = re.compile(rb"[A-Z]{3}[ABCFGHJLPT][A-Z][0-9]{4}[A-Z](?![A-Za-z0-9])")
# So many letters has the name of a token of a grammar.
_OF_GRAMMAR: Final = 12
_GOES_ON: Final = re.compile(rb" [a-z]{2,16}(?=[ ,.;:!?(\r\n]|\Z)")
# Words behind a word that says what something is.
_SENTENCE: Final = re.compile(rb"(?: [a-z]{1,12}){3}")
# Two words written in one, without quotes.
# Security identifiers that every Windows has.
_EVERYBODYS: Final = re.compile(
    rb"(?i)s-1-(?:[0-4]-[0-9]{1,3}|5-[0-9]{1,3}|5-32-[0-9]{3}|15-[0-9-]{1,80}|16-[0-9]{1,6})"
)
# What a name is compared with; that of a node of a document is a word.
_AFTER_COMPARING: Final = (b'== "', b"== '", b'!= "', b"!= '")
_COMPARED: Final = re.compile(rb"[!=]==?[ \t]{0,2}[\"']?\Z")
_LEAST_COMPARED: Final = 8
# Threads and what holds them.
_POOL: Final = re.compile(rb"(?i)(?:pool|thread|executor|exec)-[0-9]{1,6}\Z")
_PRODUCT: Final = re.compile(rb"[A-Z][a-z]")
_IDENTIFIER: Final = re.compile(rb"[A-Za-z]{0,40}[a-z][A-Z][A-Za-z]{0,40}")
# What stands around a value inside of its quotes, and what says how its bytes are written or where they are.
_OPENING: Final = (b"'", b'"', b'\\"', b"\\'", b"&", b"hex:", b"hex(", b"pass:")
_INNER_QUOTE: Final = re.compile(
    rb"((?:&(?:quot|apos|#0?3[49]|#x2[27]);)|\\?['\"])(?=[^'\"&])|hex(?:\([0-9a-b]\))?:(?=[0-9a-fA-F]{2},)|pass:(?=[^\s/])"
)
_BUILT_FOR: Final = re.compile(
    rb"(?:amd64|arm64|armhf|armel|i386|i686|ppc64el|ppc64le|s390x|riscv64|mips64el|x86_64|aarch64|noarch)"
    rb"(?:[ \t(,:;=)]|\\n|\Z)"
)
# Where a value is kept, as debuggers write it before the value itself.
_POINTER: Final = re.compile(rb"0x[0-9a-fA-F]{6,16}(?![\w-])")
_PROCESSORS: Final = frozenset(b"amd arm i38 i68 ppc s39 ris mip x86 aar noa".split())
# Beside the name of the file that a process runs, in the notes of its dump.
_OF_A_PROCESS: Final = re.compile(rb"psargs|\bpr_(?:pid|ppid|sname|uid|gid|pgrp|flag|nice|cursig)\b")
_BESIDE_A_PROCESS: Final = 240
_ENDS_OF_OBJECTS: Final = frozenset({b"t", b"T", b"s", b"S", b"y", b"Y"})
_OBJECT: Final = re.compile(rb"[a-z][a-z0-9]{1,30}(?:[.-][a-z][a-z0-9]{0,30}){0,6}")
_OF_OBJECTS: Final = re.compile(
    rb"(?i)(?:[\w.-]{0,40}[._-])?(?:existing|(?:image[_-]?)?pull|tls|ssl|ca|certs?|certificates?|credentials?|password"
    rb"|registry|docker[_-]?config|admin|auth|basic[_-]?auth)[_-]?secrets?|[\w.-]{0,60}passwords?[_-]?keys?"
)
_OWN_ID: Final = frozenset({b"uid", b"uuid", b"owner", b"actor", b"principal"})
# As Java's clients write the end of a line.
_WRITTEN_END: Final = b"[\\r]"
# A setting of its own that counts something.
_COUNT: Final = re.compile(rb"[A-Za-z_.]{1,30}=-?[0-9]{1,20}(?:\.[0-9]{1,12})?[A-Za-z%]{0,3}")
_LEAST_PADDED: Final = 16
_LEAST_MADE: Final = 20
_OF_CALLS: Final = frozenset({b"(", b"["})
_ENDS_A_LINE: Final = frozenset({b"", b"\r", b"\n"})
_WITHOUT_BLANKS: Final = frozenset({"token", "api_key", "session_id"})
# Hints of what people are known by, in whatever encoding.
_DECODED: Final = people.FORMS | {"phone", "digits"}
_NOT_ALONE: Final = frozenset({"entropy", "query", "docker"})


def judged(data: bytes, span: Span, meaning: Sense, *, in_quotes: bool, assigned: bool, name: Span) -> Iterator[Found]:
    """The value if it is one of its kind; `name` is where its name stands."""
    if data.startswith(_OPENING, span[0]) and (inner := bared(data, span)):
        yield from judged(data, inner, meaning, in_quotes=True, assigned=assigned, name=name)
    elif kept := [*variables.handed_over(data, span, meaning)]:
        yield from kept
    else:
        yield from _judged(data, span, meaning, in_quotes=in_quotes, assigned=assigned, name=name)


def _judged(data: bytes, span: Span, meaning: Sense, *, in_quotes: bool, assigned: bool, name: Span) -> Iterator[Found]:
    """The value itself, of one that is no variable."""
    start, end = span
    value = data[start:end]
    label = data[name[0] : name[1]]
    # What begins with the rest of a sign of quoted-printable is read in the view of it.
    written = value.startswith(b"3D") and extents.is_written_out(data, start)
    if (
        written
        or (b" " in value and data.startswith(b"`", start - 1))
        or reports.is_of_a_thing(value)
        or (meaning.weak and value.startswith(b"0x") and _POINTER.match(value))
        or _is_of_a_thing(value, label, in_quotes=in_quotes)
        or (label[-5:] == b"fname" and _is_of_a_process(data, span))
    ):
        return
    decodes = meaning.weak in _DECODED and data[start : start + 1].isalnum()
    decodes = decodes or (meaning.weak == "user" and value[-1:] == b"=")
    padded = decodes or values.looks_random(value.rstrip(b"="), least=_LEAST_PADDED)
    if b"=" in (value.rstrip(b"=") if padded else value) and values.is_name(value.partition(b"=")[0]):
        return  # a name and value of its own
    if not in_quotes and values.heads_message(data, span):
        return
    if meaning.weak in {"", "word"}:
        if _is_secret(data, span, meaning, name, in_quotes=in_quotes, assigned=assigned):
            yield *credentials.without_scheme(data, start, end), meaning.kind, "key"
    elif (values.placeholder(value) and meaning.weak != "ssid" and not _is_pin(value, meaning)) or (
        not in_quotes and (value.isalpha() or len(value) < _SHORT) and label.lower() in _OF_THINGS
    ):
        return
    elif meaning.weak in {"long", "made", "docker", "query", "pseudonym"}:
        yield from _hinted(data, span, meaning, name, in_quotes=in_quotes, assigned=assigned)
    elif meaning.weak == "user" and assigned and (pair := _LOGIN.fullmatch(value)) and values.mixed(pair[1], least=6):
        yield start + pair.start(1), end, "password", "key"
    else:
        found = _personal(data, start, end, meaning, in_quotes=in_quotes, name=name)
        if found is None and decodes and (coded := people.coded(data, start)):
            place, text = coded
            found = place if _personal(text, 0, len(text), meaning, in_quotes=True) else None
        if found and not (label.lower() in _OWN_ID and _CONTAINER.fullmatch(value)):
            # what stands for an account may be the full name of its person
            full = meaning.weak == "user" and b" " in data[slice(*found)]
            yield (*found, "person" if full else meaning.kind, "key")
            if meaning.weak == "user" and found[0] > start and data[found[0] - 1 : found[0]] == b"\\":
                domain = data[start : found[0]].rstrip(b"\\")  # a machine where it is none of a network
                yield from [(start, start + len(domain), "hostname", "key")] * in_words(domain)


def bared(data: bytes, span: Span) -> Span | None:
    """The value between quotes of its own, or behind the word of how it is written; None where none are around it."""
    begin, end = span
    opened = _INNER_QUOTE.match(data, begin, end)
    if opened is None:
        return None
    begin += len(opened.group())
    closing = opened[1]
    if closing is not None and not data.endswith(closing, begin, end):
        return None
    end -= len(closing or b"")
    return (begin, end) if begin < end else None


def _is_of_a_thing(value: bytes, label: bytes, *, in_quotes: bool) -> bool:
    """Whether a value is a processor, a product, a group of Windows, or the name of what a cluster keeps secret."""
    if not in_quotes and value[:3] in _PROCESSORS and _BUILT_FOR.match(value):
        return True
    if (label == b"Server" and _PRODUCT.match(value)) or (value[:2] in {b"S-", b"s-"} and _EVERYBODYS.fullmatch(value)):
        return True
    named = label[-1:] in _ENDS_OF_OBJECTS and _OF_OBJECTS.fullmatch(label) is not None
    return named and _OBJECT.fullmatch(value) is not None


def _is_of_a_process(data: bytes, span: Span) -> bool:
    """Whether the notes of the dump of a process stand around a value."""
    start, end = span
    return _OF_A_PROCESS.search(data, max(start - _BESIDE_A_PROCESS, 0), end + _BESIDE_A_PROCESS) is not None


def _is_secret(data: bytes, span: Span, meaning: Sense, name: Span, *, in_quotes: bool, assigned: bool) -> bool:
    """Whether a value under the name of a secret is one."""
    value, label = data[slice(*span)], data[slice(*name)]
    if meaning.weak and (value.isdigit() or (value.isalpha() and values.is_of_words(value)) or b" " in value):
        return False
    small = label.lower()
    if label == b"PASS" and not in_quotes and examples.is_test(data, span):
        return False
    if meaning.kind == "token" and declared.of_grammar(data, name[0], value):
        return False
    if meaning.kind in _NO_WORDS and _is_said(data, span, meaning, in_quotes=in_quotes, assigned=assigned):
        return False
    if (
        declared.is_code(label, value)
        or declared.is_tag(data, name, span)
        or (not in_quotes and (declared.is_type(data, name, span) or declared.is_bareword(data, name, span)))
    ):
        return False
    if not (in_quotes or assigned) and value.isalpha() and _SENTENCE.match(data, span[1]):
        return False
    if (
        (not in_quotes or (meaning.kind == "token" and len(value) < _LEAST_COMPARED))
        and value.isalpha()
        and _COMPARED.search(data, max(span[0] - 6, 0), span[0])
    ):
        return False
    words = meaning.kind in _WITHOUT_BLANKS and b" " in value and not digits_in(value)
    if words and credentials.without_scheme(data, *span) == span:
        return False
    if meaning.kind == "token" and value.isdigit() and len(value) < 6 and b"code" not in small and b"otp" not in small:
        return False
    after = data[span[1]] if span[1] < len(data) and not data.startswith(_WRITTEN_END, span[1]) else -1
    following = data[span[1] : span[1] + 1]
    attached = span[0] - name[1] <= 1 and following not in _OF_CALLS
    alone = following in _ENDS_A_LINE and not data[line_of(data, name[0], most=80)[0] : name[0]].strip(b" \t-")
    if meaning.kind == "password" and not meaning.weak and (attached or alone) and values.is_passphrase(value):
        return True
    return values.holds_secret(value, in_quotes=in_quotes, assigned=assigned, after=after, name=label)


def _is_said(data: bytes, span: Span, meaning: Sense, *, in_quotes: bool, assigned: bool) -> bool:
    """Whether what stands behind a name is said of it, or is a token of a grammar."""
    value = data[slice(*span)]
    if meaning.kind == "token" and value.isalpha() and value.isupper() and len(value) <= _OF_GRAMMAR:
        return True
    if in_quotes or assigned:
        return False
    # What an exception says that it is called after: an address; words of a sentence.
    return value.startswith((b"http://", b"https://")) or (
        value.islower()
        and _GOES_ON.match(data, span[1]) is not None
        and not values.looks_random(value, least=_LEAST_MADE)
    )


def _is_pseudonym(value: bytes, *, in_quotes: bool) -> bool:
    """Whether a value is a digest or number, and not the call that makes one."""
    return in_quotes or (digits_in(value) > 0 and b"(" not in value)


def _hinted(data: bytes, span: Span, meaning: Sense, name: Span, *, in_quotes: bool, assigned: bool) -> Iterator[Found]:
    """A value whose form has to confirm what its name hints at."""
    start, end = span
    value = data[start:end]
    if meaning.weak == "pseudonym":
        yield from [(start, end, meaning.kind, "key")] * _is_pseudonym(value, in_quotes=in_quotes)
        return
    if values.is_plain(value) or values.is_digest(value) or _COUNT.fullmatch(value) or _is_called(data, end, value):
        return
    if meaning.weak == "made":
        if values.mixed(value, least=16) and not values.is_slug(value) and not _is_code(value):
            yield start, end, meaning.kind, "key"
    elif meaning.weak == "long":
        if not (_is_code(value) or values.is_name(value)) and (
            values.looks_random(value) or (len(value) >= 20 and (value.isalnum() or values.is_shuffled(value)))
        ):
            yield start, end, meaning.kind, "key"
    elif meaning.weak == "query":
        inside = data[name[0] - 1 : name[0]] in {b"?", b"&", b";", b"#"}
        least = 8 if data[slice(*name)].lower().endswith(b"code") else 16
        if inside and not values.is_slug(value) and (len(value) >= 16 or values.looks_random(value, least=least)):
            yield start, end, meaning.kind, "key"
    elif values.names_user_and_password(value) or _is_auth(value, data[slice(*name)]):
        yield start, end, meaning.kind, "key"
    elif assigned and values.looks_random(value, least=10) and not _is_code(value):
        begin = start + value.find(b":") + 1 if value.count(b":") == 1 else start
        yield begin, end, meaning.kind, "key"
    else:
        user, colon, rest = value.partition(b":")
        if colon and user.isalnum() and len(rest) >= 6 and rest[:1] != b":" and not rest.isalpha() and b"/" not in rest:
            yield start + len(user) + 1, end, "password", "key"
        yield name[0], start, "", "entropy"


def _is_called(data: bytes, end: int, value: bytes) -> bool:
    """Whether a value is the function of a module that is called: `uuid.uuid4()`."""
    return data.startswith(b"(", end) and b"." in value


def _is_code(value: bytes) -> bool:
    """Whether a value is an address or code."""
    return b"://" in value or values.in_code(value)


def _is_pin(value: bytes, meaning: Sense) -> bool:
    """Whether a digit repeated is a code all the same, as one in a hundred is, or the first of others."""
    return (
        (meaning.kind == "pin" or meaning.weak in {"date", "phone"})
        and value.isdigit()
        and (value.strip(b"0") != b"" or meaning.weak == "phone")
    )


def _is_auth(value: bytes, label: bytes) -> bool:
    """Whether what stands under "auth" is a secret, with digits, and not the name of a way to log in."""
    least = 6 if label.isupper() and label.endswith(b"_AUTH") else 12
    if values.is_setting(value):
        return False  # a logger before a setting of its message
    return _AUTH.fullmatch(value) is not None and len(value) >= least and digits_in(value) > 1 and letters_in(value) > 1


def _personal(
    data: bytes, start: int, end: int, meaning: Sense, *, in_quotes: bool, name: Span = (0, 0)
) -> Span | None:
    """The part of a value that is a personal datum of the kind that its name says."""
    if meaning.weak in {"phone", "digits"}:
        return _numbered(data, start, meaning)
    if meaning.weak in people.FORMS:
        return people.part(data, (start, end), meaning.weak, in_quotes=in_quotes)
    if meaning.weak in _OF_DEVICES:
        form, digits, different = _OF_DEVICES[meaning.weak]
        match = form.match(data, start)
        told = match and digits_in(match.group()) >= digits and len(set(match.group().lower())) >= different
        told = told or (meaning.weak == "device" and match and serials.SERIAL.fullmatch(match.group()) is not None)
        return match.span() if match and told else None
    if meaning.weak in {"serial", "lone serial"}:
        return serials.part(data, start, name[0], lone=meaning.weak == "lone serial")
    if meaning.weak == "shown":
        return given.shown(data, start, end if in_quotes else people.line_end(data, start), in_quotes=in_quotes)
    if meaning.weak == "degrees":
        return geography.degree(data, start, name)
    if meaning.weak == "place":
        return geography.both(data, start)
    if meaning.weak == "ssid":
        return wireless.part(data, (start, end), in_quotes=in_quotes)
    if meaning.weak in {"user", "handle"}:
        read = users.account if meaning.weak == "user" else users.handle
        return read(data, start, end, in_quotes=in_quotes)
    if meaning.weak in {"host", "numbered"}:
        return _machine(data, start, end, meaning, in_quotes=in_quotes)
    return None


def _machine(data: bytes, start: int, end: int, meaning: Sense, *, in_quotes: bool) -> Span | None:
    """The machine in a value: one that is called by its owner, or a host before its port or folder."""
    line = end if in_quotes else line_of(data, start, most=_LONGEST_NAME)[1]
    if device := called(data[start:line], in_quotes=in_quotes):
        return start + device[0], start + device[1]
    while data[start : start + 1] == b"\\":
        start += 1
    value = data[start:end]
    if b"://" in value or data[end : end + 3] == b"://":
        return None
    host = value.partition(b":")[0].partition(b"/")[0].partition(b"\\")[0]
    plain = host.isalpha() and (meaning.weak == "numbered" or data[start - 5 : start].endswith(_AFTER_COMPARING))
    plain = (
        plain
        or _POOL.search(host) is not None
        or host.lower() in vocabulary().words
        or (not in_quotes and bool(_IDENTIFIER.fullmatch(host)))
    )
    told = not plain and is_host(host, named=True) and not _CONTAINER.fullmatch(host)
    return (start, start + len(host)) if told else None


def _numbered(data: bytes, start: int, meaning: Sense) -> Span | None:
    """A number of a person: of enough digits for its kind."""
    if meaning.kind == "card" and (taxpayer := _TAXPAYER.match(data, start)):
        return taxpayer.span()
    match = (_PHONE if meaning.weak == "phone" else _DIGITS).match(data, start, line_of(data, start, most=64)[1])
    if match is None:
        return None
    text = match.group().rstrip(b" ./+-")
    if meaning.kind == "phone" and _FOUR_NUMBERS.fullmatch(text):
        return None  # an address
    digits = digits_in(text)
    if meaning.kind == "pin":
        grouped = _GROUPS.fullmatch(text) is not None
        return (start, start + len(text)) if grouped or (3 <= digits <= 8 and len(text) == digits) else None
    if meaning.kind == "imei" and (serial := serials.SERIAL.match(data, start)):
        return serial.span()
    if meaning.kind == "imei" and serials.SIGNED.match(data, start + len(text)):
        return None
    enough = digits >= (6 if meaning.kind == "phone" else 5) and len(set(text) - set(b" -./+")) > 2
    return (start, start + len(text)) if enough else None


def named(data: bytes, key: str, extra: tuple[str, ...] = ()) -> Iterator[Found]:
    """The part of a whole text that must not leave because of the name that it stands under."""
    meaning = sense(key, extra)
    if meaning is None or not data:
        return
    if meaning.weak == "header":
        yield from credentials.header(data, (0, len(data)), 0)
    elif meaning.weak == "cookies":
        yield from credentials.cookies(data, (0, len(data)))
    elif meaning.weak not in _NOT_ALONE:
        yield from judged(data, (0, len(data)), meaning, in_quotes=True, assigned=True, name=(0, 0))
