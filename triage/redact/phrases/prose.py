"""Secrets and people in sentences and on command lines: after a flag, after "the password is", after "logged in as".

A word counts as a secret in prose only if it mixes letters with digits or marks, as no word of a language does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from triage.redact.lines import Lines
from triage.redact.named import declared, examples, extents, remarks, reports, tags, values
from triage.redact.named.judging import bared, judged
from triage.redact.named.keys import Sense, sense, vocabulary
from triage.redact.phrases import argv, rosters, schemes
from triage.redact.phrases.actors import CHATS, DOES, NEAR_HOST, chatting, machine, paired, person, talking
from triage.redact.pii import spoken
from triage.redact.pii.people import TOLD
from triage.redact.text import Expression, Found, Span, alternatives, anywhere, at_edges, digits_in, line_of

__all__ = ("SAID", "said")

_SECRETS: Final = (
    r"(?:one[ -]time|temporary|single[ -]use)[ _-](?:password|passcode|code)"
    r"|secret[ _-]?(?:access[ _-]?)?key(?:[ _-]?base)?|pass(?:\r?\n?word|wd|phrase|code)?|pwd|pw|psk"
    r"|shared secret|secret|token|api[ _-]?key|access[ _-]?key"
    r"|credentials?|session(?:[ _-]key)?|(?:php|j)?sess(?:ion)?[ _-]?id|sid|pin|otp|totp"
    r"|(?:with|using|encryption|private|signing|master|decryption|encrypt|decrypt|aes(?:-?[0-9]{3})?|wlan|wifi"
    r"|wi-fi|wpa2?|wireless|network|licen[sc]e|product|activation|deploy|recovery|stream|unseal|pre-?shared|fernet|hmac"
    r"|cipher|shared"
    r"|integration|server|service|subscription|account|storage|consumer|customer|tenant|vendor|reseller|developer|client|admin|ingest(?:ion)?|webhook|cookie|jwt"
    r"|sdk|partner|merchant|gateway|project|write|wrapping|root|vault|data|payload|wallet|app(?:lication)?"
    r"|symmetric|chacha20|des|xor|crypto|secretbox|the|my|our|your"
    r"|this|correct|wrong|valid|invalid|bad|old|new|current|previous)[ _-]key"
    r"|preshared-key|(?:backup|recovery)[ _-]codes?|secret[ _-]?id|security answer|bindpw|rootpw|community(?: string)?"
    r"|(?:reset|verification|security|otp|2fa|mfa|login|auth|confirmation|access|activation|unlock|sms|pairing|email"
    r"|sign[ -]?(?:in|on|up)|log[ -](?:in|on)|authentication|two[ -]factor|two[ -]step"
    r"|(?:your|use|enter)(?:[ ](?:this|the))?)[ _-](?:code|pin)"
    r"|(?:the|my|your) code(?: (?:i|we|you|they) (?:got|received|entered|typed|used|sent))|(?:typed"
    r"|entered)(?: the| my)? code"
)
_LINK: Final = (  # what stands between a name and its value; clauses of a few words among it
    "temporanea|provvisoria|to sign in|to log ?in|to verify|to continue"
    r"|(?:(?:that|which) )?(?:i|we|you|he|she|they|it|someone|support|admin)(?: [a-z']{1,12}){1,3} (?:is|was|were)"
    r"|(?:that|which)(?: [a-z']{1,12}){1,3} (?:is|was)|(?:that|which) (?:worked|works|failed|was used)|(?:i|we"
    r"|you|he|she|they|support)(?: [a-z']{1,12}){1,3}[,:]|expected|got|(?:i|we|you|he|she|they) (?:entered|typed"
    r"|used|tried|got|set|gave|have|received|sent|use|need|know|type|enter|remember|chose|picked|wrote|saved)"
    r"|(?:for|on|at|in|of|to|from|by)(?: [\w.'-]{1,20}){1,4} (?:is|was)"
    r"|to (?:decrypt|unlock|open|access|mount|restore|extract|unzip|import|read|activate|join)(?: [\w.'-]{1,20}){1,5}:"
    r"|(?:refreshed|created|generated|issued|rotated|renewed|updated|tried|found|received|invalid|rejected"
    r"|expired|revoked"
    r"|decoded|decrypted|loaded|saved|stored|attempted|supplied|accepted|obtained|fetched|retrieved|returned"
    r"|detected|leaked|wrong|(?:was )?not found):"
    "|is|was|es|est|ist|war|era|lautet|\xc3[\xa8\xa9]|ha[sd] been|reset|mismatch|to|from|of|for|set|changed|now|will"
    "|be|as|with|used|value|entered|provided"
    "|code|sent|id|token|here|bytes|octets|hex|base64|b64|raw|(?:as|in) (?:hex|base64|bytes|octets)"
    "|[=:-]|\xe2\x80[\x93\x94]|\xe2\x86\x92"
)
_NEXT_LINE: Final = r"[ \t]{0,4}(?:\r?\n|\\{1,4}(?:r\\{1,4})?n){1,2}[>| \t]{0,8}"
_FOREIGN: Final = alternatives(vocabulary().foreign)
_QUALITIES: Final = alternatives(vocabulary().qualities)
_COPULAS: Final = alternatives(vocabulary().copulas).replace(r"\b", "")
_FLAG: Final = (
    r"--?[\w-]*(?:pass|pwd|secret|token|key|cred|auth|user|login|session"
    r"|(?:server|node|machine|host|computer)-?name|[_-](?:id|no|nr)\b|number|card|serial|seed|mnemonic|phrase|phone|mobile"
    r"|im[es]i\b|iccid|msisdn|iban|ssn|birth|pin\b|pin-?code|otp|mfa|nummer|tunnus|licen[cs]e|rodne|t?ckn|kimlik|[kn]i[kf]\b|ktp\b|vin\b"
    r"|nie\b|dni\b|cpf\b|bsn\b|pesel|hetu\b|logname|gps\b|coord|position|latitude|longitude|surname|(?:first|last|full)-?name|uuid|guid|idf[av]\b|tfn\b|mbi\b|contribuinte|registration\b|plate\b)[\w-]*"
)
_NEXT_ARGUMENT: Final = r"[\"']?,?[ \t]{1,4}(?:argv?|args?|a|arg ?|argument ?|\$)?\[?[0-9]{1,3}\]?[ ]?[:=][ ]?[\"']?"
_FLAG_END: Final = (
    rf"(?:{_NEXT_ARGUMENT}|,?[ \t]+|\r?\n[ \t]*-[ \t]+[\"']?"
    r"|[\"'],\s{0,4}(?:0x[0-9a-f]{1,16} )?[\"']|\x00|\\{1,4}0|[\"'] a[0-9]{1,3}=[\"']|[\"']?\r?\n)"
)
_STRONG: Final = re.compile(rb"pass|pw|psk|community")
# A key of which no more is said has to look like one, and not like the name of a public key.
_KEYED: Final = re.compile(
    rb"\b(?:fernet|hmac|cipher|shared|integration|server|service|subscription|account|storage|consumer|customer|tenant|vendor|reseller|developer|client|admin|ingest"
    rb"|ingestion|webhook|cookie|jwt|sdk|partner|merchant|gateway|project|write|root|vault|data|payload|wallet|app"
    rb"|application|symmetric|chacha20|des|xor|crypto|the|my|our|your|this|correct|wrong|valid|invalid|bad|old|new"
    rb"|current|previous)[ _-]key\b"
)
_SESSIONS: Final = (b"sess", b"sid", b"phpsess", b"jsess")
_CLAUSE: Final = re.compile(rb"(?: [a-z']{1,20}){3}")
_FINGERPRINT: Final = re.compile(rb"[0-9A-F]{16}|[0-9A-F]{40}")
_OF_OTHERS: Final = (b"from", b"key")
_CODES: Final = re.compile(rb"code|pin|otp|one[- ]time")
_COMPOUNDS: Final = "[a-z0-9]Pass(?:word|phrase|wd)|[a-z0-9](?:Secret|Token|ApiKey|PSK|PresharedKey|PreSharedKey)"
_CLASSES: Final = "Token|Secret|Password|Credentials?|ApiKey|Session"
_FLAG_ENDINGS: Final = (b"pass", b"passwd", b"password", b"secret", b"token", b"pwd", b"passin", b"passout")
_NOT_OF_FLAGS: Final = frozenset({"entropy", "query", "docker", "header", "cookies"})
_IN_QUERIES: Final = frozenset({b"?", b"&"})
_QUOTES: Final = frozenset({b'"', b"'"})
_OF_DEVICES: Final = frozenset({"device", "made device", "serial", "mac"})
_SETS: Final = re.compile(rb"ENV|ARG|set")
# A word that nothing but a blank or a comma ends, and no quote opens.
_PLAIN: Final = re.compile(rb"(?!0x|std::)[\w/.:+%-]{3,80}(?=[ ,\n])")
_MOST: Final = 16_384
_LONGEST_LINE: Final = 300
# Letters alone are a key from so many on.
_LEAST_SHUFFLED: Final = 24
_NAME: Final = re.compile(rb"[\w.\-]+")
# A digest written in pairs and an address of IPv6 look like the fields of a password file.
_PAIRS: Final = re.compile(rb"(?i)(?:.{0,80}[: ])?(?:[0-9a-f]{2}:){3,4}|(?:[0-9a-f]{1,4}:){3,4}")
_CHANGED: Final = re.compile(rb"[ \t]+to[ \t]+([^\s,;\"']{4,200})")
_INSTEAD: Final = re.compile(
    rb"[\"']?,? (?:but )?(?:got|received|found|actual|instead of|and not|vs\.?|!=)(?: value| token"
    rb"| secret)?:? [\"']?([^\s,;\"']{8,200})"
)
_PATH: Final = re.compile(rb"[\w.@-]{2,80}(?:/[\w.@-]{2,80}){1,20}")
# A setting of its own, by the name that files of settings give it.
_OF_A_FILE: Final = re.compile(rb"[A-Za-z][\w-]{0,40}(?:\.[\w-]{1,40}){1,8}=")
# The words of quoted-printable behind the first sign of it.
_WRITTEN_MARKS: Final = frozenset({b"20", b"09", b"2C", b"3A"})
_WRITTEN_WORDS: Final = re.compile(rb"(?:20|09|2C|3A)[A-Za-z]{1,24}(?:=20|=09|=2C|=3A|=\Z)")
_TAB: Final = ord("\t")
_BOLD: Final = frozenset({b"*", b"_"})
_HEADING: Final = re.compile(rb"[a-z]{2,20}(?:_[a-z]{1,20}){1,5}")
_LABEL: Final = re.compile(rb"[A-Za-z]{2,30}(?::(?:\*{1,2}|_{1,2})|\*{2}|_{2})")
_TIME: Final = re.compile(
    rb"[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9A-Za-z]{6})|[0-9]{1,2}:[0-9]{2}(?!(?::[0-9A-Fa-f]{2}){4})"
)
# The next field of a structure that Go prints, behind a name that is a value.
_NEXT_FIELD: Final = re.compile(rb"[A-Z][A-Za-z0-9]{1,40}:[^\s:]{1,200}")


def said(data: bytes, lines: Lines | None = None) -> Iterator[Found]:
    """What follows flags of command lines, and names in sentences."""
    nothing: set[tuple[int, bytes]] = set()
    for number, start, end in at_edges(data, (lines or Lines(data)).parts(SAID)):
        reader = _PHRASES[number - 1][1]
        word = _PLAIN.match(data, end) if reader in _LOCAL and data[end - 1 : end] not in _QUOTES else None
        if word is None:
            yield from reader(data, start, end)
            continue
        # No more than this is read: what said nothing says nothing again.
        asked = (number, data[start : word.end() + 2])
        if asked not in nothing:
            found = [*reader(data, start, end)]
            yield from found
            if not found and len(nothing) < _MOST:
                nothing.add(asked)


def _flagged(data: bytes, start: int, end: int) -> Iterator[Found]:
    """The word behind a flag that names a secret."""
    words = data[start:end]
    quote = words[-1:] if words[-1:] in _QUOTES else b""
    name = _NAME.search(words.lstrip(b"-"))
    flag = name.group() if name else b""
    meaning = sense(flag.decode("latin-1"))
    if meaning is None and flag.lower().endswith(_FLAG_ENDINGS):
        meaning = Sense("password")
    place = (start, start + len(words.rstrip(b" \t\r\n,\"'")))
    if words.endswith(b"\n"):
        if meaning is not None and meaning.weak not in _NOT_OF_FLAGS:
            yield from argv.below(data, place, end, meaning)
        return
    span = extents.after(data, end, quote)
    if meaning is None or span is None or data[span[0] : span[0] + 1] in b"-=:":
        return
    if meaning.weak not in _NOT_OF_FLAGS and not argv.is_switch(data, start, flag):
        in_quotes = bool(quote) or data[span[1] : span[1] + 1] in _QUOTES
        yield from judged(data, span, meaning, in_quotes=in_quotes, assigned=True, name=place)


def _told(data: bytes, start: int, end: int) -> Iterator[Found]:
    """The password behind words that nothing else follows."""
    span = extents.after(data, end, data[end - 1 : end] if data[end - 1 : end] in _QUOTES else b"")
    if span is None or _PAIRS.fullmatch(data, start, end):
        return
    value = data[slice(*span)]
    opened = data[span[0] - 1 : span[0]] in _QUOTES
    if values.placeholder(value) or value[:1] in b"-=:" or values.in_code(value) or remarks.is_remark(value):
        return
    sure = values.mixed(value.rstrip(b"?"), least=5) or values.is_of_letters(value)
    if (opened and len(value) >= 4 and b" " not in value) or sure:
        yield *span, "password", "prose"


def _entry(data: bytes, start: int, end: int) -> Iterator[Found]:
    """The password behind the other fields of an entry of `.pgpass`, and whose it is."""
    found = [*_told(data, start, end)] or [*rosters.lettered(data, start, end)]
    yield from found
    if found or rosters.is_entry(data, start, end):
        yield from rosters.owned(data, start, end)


def _is_no_secret(data: bytes, lead: Span, span: Span, *, opened: bool) -> bool:
    """Whether what stands behind a name in a sentence is code, a place, a time or a name of its own."""
    value = data[slice(*span)]
    name = (lead[0], lead[0] + len(data[slice(*lead)].rstrip(b" \t:")))
    if declared.is_comment(data, name[0], span) if opened else declared.is_named(data, name, span):
        return True
    if values.placeholder(value) or value[:1] in b"-=:" or values.in_code(value) or values.is_plain(value):
        return True
    begin, end = span
    if data[begin - 1 : begin] == b"<" and data[end : end + 1] == b">" and values.placeholder(b"<" + value + b">"):
        return True
    if (
        b"://" in value
        or value.startswith(b"!!")
        or tags.names_a_place(data, span[0])
        or reports.is_of_a_thing(value)
        or data.startswith(b"=3D", span[0] - 1)
        or (value[:2] in _WRITTEN_MARKS and data[span[0] - 1 : span[0]] == b"=" and _WRITTEN_WORDS.match(value))
    ):
        return True
    if b"/" in value and not opened and not digits_in(value) and _PATH.fullmatch(value):
        return True
    if value.endswith((b"!", b"?")) and value[:-1].lower() in vocabulary().words:  # a type of GraphQL, of Swift
        return True
    if not opened and b"=" in value and b"." in value and _OF_A_FILE.match(value):
        return True
    if not opened and declared.is_bareword(data, (lead[0], lead[0]), span):
        return True
    if remarks.is_remark(value) or declared.is_variable(value) or (not opened and values.heads_message(data, span)):
        return True
    if opened:
        return value.isalpha() and (values.is_name(value) or value.lower() in vocabulary().words)
    if b":" in value and _NEXT_FIELD.fullmatch(value) and data[lead[0] - 1 : lead[0]] == b":":
        return True
    titled = (value[-1:] in _BOLD or data[lead[1] - 1] == _TAB) and _is_title(data, lead, value)
    return titled or bool(_TIME.match(value)) or data[span[1] : span[1] + 1] in {b"(", b"=", b"["}


def _is_title(data: bytes, lead: Span, value: bytes) -> bool:
    """Whether a word is the rest of a label in bold, or names the next column of a table."""
    if _LABEL.fullmatch(value):
        return data.find(value[-1:], line_of(data, lead[0])[0], lead[0]) >= 0
    return data[lead[1] - 1 : lead[1]] == b"\t" and _HEADING.fullmatch(value) is not None


def _names_another(data: bytes, lead: Span, value: bytes) -> bool:
    """Whether a lead is of another thing: SQL that reads from a table, what is kept in a cache with a key."""
    words = data[slice(*lead)].rstrip(b" \t:")
    if words.endswith(b" FROM"):
        return b"SELECT" in data[max(lead[0] - 200, 0) : lead[0]]
    return words.lower().endswith((b"with key", b"using key")) and values.is_slug(value)


def _secret(data: bytes, start: int, end: int) -> Iterator[Found]:
    """The word behind a name in a sentence, if it can be no word."""
    small = data[start:end].lower()
    opened = extents.quoted(data, end)
    span = opened[0] if opened else extents.bare(data, end)
    if span is None or (data[start - 1 : start] == b"/" and not opened):
        return
    span = (bared(data, span) or span) if opened else extents.before_query(data, start, span)
    value = data[slice(*span)]
    if b"#" in value and not opened and data[start - 1 : start] in _IN_QUERIES:
        span = extents.before_fragment(data, start, span)
        value = data[slice(*span)]
    strong = _STRONG.search(small) is not None
    whose = strong and opened and small.rstrip().endswith(b" for")
    another = small[-8:].strip(b" \t:").endswith(_OF_OTHERS)
    passed = small.strip(b" \t:") == b"pass" and not opened and examples.is_test(data, span)
    passed = passed or (small.startswith(b"pass to") and not digits_in(value))  # as functions are
    if (
        whose
        or passed
        or (another and _names_another(data, (start, end), value))
        or _is_no_secret(data, (start, end), span, opened=opened is not None)
    ):
        return
    if value.isdigit():
        if _CODES.search(small) and 4 <= len(value) <= 10:
            yield *span, "pin", "prose"
        return
    loose = small.startswith((*_SESSIONS, b"token"))
    if _CLAUSE.search(small) and not (strong or _CODES.search(small) or values.looks_random(value, least=16)):
        return
    if (_KEYED.search(small) and (values.is_slug(value) or not values.looks_random(value, least=16))) or (
        b"key" in small and (_FINGERPRINT.fullmatch(value) or reports.is_key_of_certificate(data, start, span[0]))
    ):
        return
    least = 16 if small.startswith((b"session ", b"sid ")) else 8
    if loose and not (values.looks_random(value, least=least) or (len(value) >= 20 and value.isalnum())):
        return
    kind = "password" if strong else "session_id" if small.startswith(_SESSIONS) else "secret"
    sure = len(value) >= 4 and b" " not in value if opened and strong else values.mixed(value, least=5 if strong else 8)
    sure = sure or (strong and values.is_joined(value))
    sure = sure or (
        values.is_shuffled(value)
        if strong
        else (b"secret" in small or len(value) >= _LEAST_SHUFFLED) and values.is_of_letters(value)
    )
    if sure:
        yield *span, kind, "prose"
        again = _CHANGED.match(data, span[1])
        if again and small.rstrip().endswith(b"from"):
            yield *again.span(1), kind, "prose"
        other = _INSTEAD.match(data, span[1])
        if other and values.looks_random(other[1]):
            yield *other.span(1), kind, "prose"


def _directive(data: bytes, start: int, end: int) -> Iterator[Found]:
    """The word behind a name of several words written in one, of a directive or a setting."""
    span = extents.after(data, end, data[end - 1 : end] if data[end - 1 : end] in _QUOTES else b"")
    meaning = sense(data[start:end].partition(b" ")[0].rstrip().decode("latin-1"))
    if span is None or meaning is None or meaning.weak or data[span[0] : span[0] + 1] in b"-=:":
        return
    if data[start - 1 : start] == b"=":  # the value of another name
        return
    alone = data[end - 1 : end] in _QUOTES and _is_setting(data, start, span[1] + 1)
    if alone or values.mixed(data[slice(*span)], least=6 if meaning.kind == "password" else 12):
        yield from judged(
            data, span, meaning, in_quotes=alone, assigned=True, name=(start, end) if alone else (end, end)
        )


def _is_setting(data: bytes, start: int, end: int) -> bool:
    """Whether a name and its string are all of a line."""
    line, stop = line_of(data, start, most=_LONGEST_LINE)
    return not data[line:start].strip() and end <= stop and not data[end:stop].strip(b" \t\r;")


def _keyed(data: bytes, start: int, end: int) -> Iterator[Found]:
    """The value beside a name that is no word of a sentence by its form."""
    quote = data[end - 1 : end] if data[end - 1 : end] in _QUOTES else b""
    span = extents.after(data, end, quote)
    meaning = sense(data[start:end].strip(b'#:*"@ \t').split()[-1].decode("latin-1"))
    if span is None or meaning is None or data[span[0] : span[0] + 1] in b"-=:":
        return
    told = meaning.weak in TOLD or meaning.weak in _OF_DEVICES
    quote = quote or (data[span[0] - 1 : span[0]] if data[span[0] - 1 : span[0]] in _QUOTES else b"")
    if _SETS.match(data, start) and not data[line_of(data, start)[0] : start].strip(b" \t>$#"):
        if meaning.weak not in _NOT_OF_FLAGS:
            yield from judged(data, span, meaning, in_quotes=True, assigned=True, name=(start, end))
    elif told or (meaning.weak in {"", "word", "long"} and (quote or values.mixed(data[slice(*span)], least=8))):
        yield from judged(data, span, meaning, in_quotes=bool(quote), assigned=True, name=(start, end))


def _wrapped(data: bytes, _start: int, end: int) -> Iterator[Found]:
    """What an object of such a class holds where it is printed."""
    span = extents.after(data, end, data[end - 1 : end] if data[end - 1 : end] in _QUOTES else b"")
    value = data[slice(*span)] if span else b""
    if span and values.looks_random(value, least=16) and not values.is_name(value.partition(b"=")[0]):
        yield *span, "token", "prose"


def _refused(data: bytes, start: int, end: int) -> Iterator[Found]:
    """A key of whatever service, of which is said that it is not let in."""
    value = data[start:end]
    if values.looks_random(value, least=20) and not _FINGERPRINT.fullmatch(value) and not values.is_slug(value):
        yield start, end, "api_key", "prose"


# What leads to a value, in the one group of its expression, and what reads it. They are tried in this order.
_PHRASES: Final[tuple[tuple[str, Callable[[bytes, int, int], Iterator[Found]]], ...]] = (
    (rf"\B({_FLAG}{_FLAG_END})", _flagged),
    (
        (
            rf"((?:{_FOREIGN})(?:[ \t]+(?:{_QUALITIES}))?"
            rf"(?:[ \t]+(?:{_COPULAS}))?"
            r"[ \t]*(?:[:= \t]|\xef\xbc\x9a|\xe6\x98\xaf|\xe3\x81\xaf|\xec\x9d\x80|\xeb\x8a\x94"
            r"|\xe0\xb8\x84\xe0\xb8\xb7\xe0\xb8\xad)[ \t]*)"
        ),
        _told,
    ),
    (
        (
            r"\bkey[ \t]+([A-Za-z0-9_-]{20,100})[ \t]+(?:is |was |has been )?(?:rejected|invalid|revoked|denied"
            r"|unauthori[sz]ed|disabled|blocked|forbidden|leaked|over quota|not (?:valid|authori[sz]ed|allowed|accepted"
            r"|recogni[sz]ed|permitted))\b"
        ),
        _refused,
    ),
    (r"\b((?:bearer|basic),?\\?[ \t]+(?:token[ \t]+|auth[ \t]+)?)", schemes.credentials),
    *spoken.PHRASES,
    (
        (
            r"\b((?:for|of|from|invalid|illegal|unknown|by|as|failed|authenticated|new)[ \t]+user[ \t]+\[?"
            r"|(?:invalid|illegal|unknown|bad)[ \t]+(?:username|login|logon|account|principal)[ \t:]+"
            r"|(?:failed|accepted)[ \t]+[\w/-]+[ \t]+for[ \t]+(?:invalid[ \t]+user[ \t]+)?"
            r"|(?:login|logon|auth|authentication|access)[ \t]+(?:failed|failure|denied|succeeded|successful|attempt"
            r"|rejected|refused|blocked|granted|revoked|error|success)[ \t]+"
            r"for[ \t]+(?:user[ \t]+)?|(?:account|user|login)[ \t]+\[|(?:user|role|account)[ \t]+\\{0,3}[\"']"
            r"|(?:(?:[ugp]|eu|su)id|groups)=[0-9]{1,10}\(|sudo(?:\[[0-9]{1,8}\])?: {1,8}|user=<|user ?name is[ \t]+"
            r"|user (?:id|name): "
            r"|(?:logged[ \t]+in|running|acting|authenticated|executing|ran)[ \t]+as[ \t]+|welcome back, "
            r"|su -[l ]{0,2} |sudo -u |\(to [a-z]+\) )"
        ),
        person,
    ),
    (r"(?:^|\n)[ \t]{0,8}((?-i:User|USER)[ \t]+)", person),
    (CHATS, chatting),
    (rf"\b((?:{NEAR_HOST})(?:[ \t]+|:[ \t]+)(?:(?:to|is|was|called|named)[ \t]+)?\\{{0,3}}[\"']?)", machine),
    (
        (
            rf"\buser[ \t]+([a-z][\w.-]+)(?:[ \t]+(?:{DOES}|ok)"
            r"|:[ \t]+(?:permission|access|auth\w{0,12}|log(?:in|on|ged)|account|not|invalid|password|unknown|no"
            r"|wrong|locked|disabled))\b"
        ),
        talking,
    ),
    (
        (
            r"\b(?:login|logon|sign-?in|account|employee|principal"
            r"|authentication of|credentials of|password (?:of|for))[ \t]+([a-z][\w.-]+)[ \t]+(?:(?:is|was"
            r"|has been|got)[ \t]+)?"
            r"(?:now |already |temporarily |permanently )?(?:rejected|failed|denied|refused|blocked"
            r"|locked(?: out)?|unlocked"
            r"|disabled|enabled|suspended|deactivated|banned|expired|not found|does not exist|not recogni[sz]ed|unknown"
            r"|accepted|succeeded|successful|reset|changed|updated"
            r"|logged (?:in|out|on|off)|signed (?:in|out)|has expired|has no)\b"
        ),
        talking,
    ),
    (
        (
            rf"\b((?:[\w-]*[_-])?(?:{_SECRETS})(?:{_NEXT_LINE}(?:is|was))?(?:[ \t]+(?:{_LINK}):?|:"
            r"|, (?:which|that)(?: [a-z']{1,12}){1,5}, (?:is|was)){0,3}"
            rf"(?:[ \t]+(?:(?:is|was|es|est|ist)(?: :|:)?{_NEXT_LINE})?|=|\xe3\x80\x8c|\xc2\xab)[\[(<]?)"
        ),
        _secret,
    ),
    (
        (r"\b(?:user(?:name)?|login|account)[ \t]+\\{0,3}[\"'\x60]?([a-z0-9][\w.@-]+)\\{0,3}[\"'\x60]?[, \t]"),
        paired,
    ),
    # directives and functions in one word
    (rf"\b((?-i:[A-Za-z][A-Za-z0-9]*(?:{_COMPOUNDS}))[ \t]+(?:REG_SZ[ \t]+)?[\"']?)", _directive),
    # a keyword of Clojure, a constant of C, a column of an environment
    (r"((?:#[ \t]*define|\((?:define|def|defvar|defparameter|setq|setf))[ \t]+[\w*.-]+[ \t]+[LuU@]?\")", _keyed),
    (
        (r"\b((?:(?-i:ENV|ARG|LABEL|SetEnv)|setx|setenv|fastcgi_param|set -g?x[gU]?)[ \t]+[\"']?\w+[\"']?[ \t]+)"),
        _keyed,
    ),
    (
        r"\B(:[a-z][\w.-]*(?:key|secret|token|pass\w*|pwd|pw|pin|otp|code|sid|cookie|sess(?:ion)?(?:-?id)?)[ \t]+\")",
        _keyed,
    ),
    (r"\b((?-i:[A-Z0-9_]{0,40}(?:PASSWORD|PASSWD|PASSPHRASE|PWD|SECRET|TOKEN|KEY))(?:  +|\t+))", _keyed),
    (r"(?:^|[\s\"'])([\w.*-]+:(?:[0-9]{2,5}|\*):[\w*.-]+:[a-z][\w.-]+:)", _entry),
    (
        rf"\b((?:[A-Z][A-Za-z0-9]*)?(?-i:{_CLASSES})[({{](?:(?:value|id|token|raw)=)?[\"']?)",
        _wrapped,
    ),
)
_LOCAL: Final = frozenset({_secret, machine, person})
SAID: Final = Expression("(?i)" + "|".join(anywhere(phrase) for phrase, _ in _PHRASES))
