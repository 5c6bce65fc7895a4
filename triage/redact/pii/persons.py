"""People in fields that do not say so by their names alone: `name`, `cn`, `holder`, `address`, `zip`.

In a crash most things have a name. One of a person stands beside an e-mail address, a phone number, a day of birth, or
under a role: the object, the element, the block of lines around it tells. Formats of people are read by `registers`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Final

from triage.redact.named import extents, users
from triage.redact.named.judging import judged
from triage.redact.named.keys import Sense, sense, vocabulary
from triage.redact.pii import forms, given, people, registers, segments, towns
from triage.redact.pii.neighbours import BEGINS_NAMES, LINES, beside, fields_of_people, starts_line
from triage.redact.pii.word_lists import places
from triage.redact.text import BACKSLASH, WORD_START, Found, Span, letters_in, line_of

__all__ = ("BEGINS_NAMES", "CANDIDATES", "beside", "field", "is_of_a_name", "is_person", "meaning_beside")


def _any_of(words: frozenset[bytes]) -> str:
    """An expression of some words, for RE2 over bytes."""
    return "|".join(
        re.escape(word).replace(b"\\ ", b"[ _-]?").decode("latin-1") for word in sorted(words, reverse=True)
    )


_NAMES: Final = _any_of(frozenset(name for name in fields_of_people().names if name[:1].isascii()))
# No boundary of a word stands before a letter beyond ASCII.
_BEYOND: Final = _any_of(frozenset(name for name in fields_of_people().names if not name[:1].isascii()))
_ADDRESSES: Final = _any_of(fields_of_people().addresses)
_ZIPS: Final = _any_of(fields_of_people().zips | fields_of_people().cities | fields_of_people().numbers)
_PHONES: Final = _any_of(fields_of_people().phones | fields_of_people().births)
_NATIVE: Final = _any_of(fields_of_people().houses | fields_of_people().users)
# Blanks, and those that French puts before a colon and no line breaks at.
_BLANK: Final = r"(?:[ \t]|\xc2\xa0|\xe2\x80\xaf)"
_SIGN: Final = (
    rf"[*_]*\\*[\"'`]?[\]}}]?{_BLANK}*(?:::?|[=-]>|,<<|\n\$[0-9]{{1,4}} =|[=>]|[*_]+:|\xef\xbc\x9a|REG_SZ)"
    rf"[*_]*{_BLANK}*"
    r"(?:N?\\*[\"'`](?:\\*')?)?"
)
# The next cell of a table, what a term means.
_CELL: Final = (
    r"[ :]{0,3}</(?:td|th|dt|b|strong|label|span|key)>\s{0,20}<(?:td|dd|span|p|string|real)(?: [^<>\n]{0,60})?>"
)
_VALUED: Final = r"\\*[\"'] value=\\*[\"']"
CANDIDATES: Final = (
    rf"{WORD_START}(?:{_NAMES}|{_ADDRESSES}|{_ZIPS})(?:{_SIGN}|{_CELL})",
    rf"(?:{_PHONES}|{_BEYOND}|{_NATIVE})\.?(?:{_SIGN}|{_CELL}|{_VALUED})",
    rf"{WORD_START}(?:{forms.LABELS})\.?(?: \([\w /,.-]{{2,24}}\))?(?:{_SIGN}|{_CELL}|[ \t]*\|[ \t]*)",
    r"\b(?:my|his|her|their) (?:[a-z_']+ ){1,4}(?:is|was):? ",
    r":[x*!]:[0-9]+:[0-9]+:",
    r"\b(?:begin|end):vcard\b|(?:\A|\n)(?-i:FN(?:;[^:\n]{0,60})?:)",
    r"\b(?:pid|nk1|in1|gt1|pv1)\|[0-9]*\|",
    r"\b[0-9a-f]{7}[0-9a-f]* (?:[\w./-]+ +)?\(",
    r"\br[0-9]+ \| ",
    r"\b[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2,4}, [0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?: ?[ap]m)?(?:\]| -) ",
    r"p[<a-z][a-z]{3}[a-z]+<<[a-z<]+<<<",
)
"""What such a field, or such a format, begins with; see `personal`."""
# What stands before a string: its length, where it is kept, what it is wrapped in.
_FIELD: Final = re.compile(
    rb"(?is)((?:[^\x00-\x1f\x21-\x2c\x2f:;<=>?@\[\]^`{|}~]|(?<=[\x80-\xff])'(?=[\x80-\xff])"
    rb"|(?<=[\x80-\xff]),(?= [\x80-\xff]))+?)(?: \([\w /,.-]{2,24}\))?"
    rb"([ :]{0,3}</(?:td|th|dt|b|strong|label|span|key)>\s{0,20}<(?:td|dd|span|p|string|real)(?: [^<>\n]{0,60})?>"
    rb"|[*_]*\\*[\"'`]?[\]}]?(?: value)?(?:[ \t]|\xc2\xa0|\xe2\x80\xaf)*(?:::?|[=-]>|,<<|\n\$[0-9]{1,4} =|[=>|]"
    rb"|[*_]+:|\xef\xbc\x9a|REG_SZ)[*_]*(?:[ \t]|\xc2\xa0|\xe2\x80\xaf)*"
    rb"(?:(?:N|\r?\n[ \t]{1,64}string\([0-9]{1,7}\)[ ]|0x[0-9a-f`]{1,17}[ ](?:<[^<>\n]{1,80}>[ ])?[@lu]?"
    rb"|Some\(|Just[ ]|Optional\()?"
    rb"(?:\\*[\"`](?=\\*'))?(\\*)([\"'`]))?)"
)
_PASCAL: Final = re.compile(rb"(?!Mc|Mac|De|Di|La|Le|Van|Von|Fitz|O')[A-Z][A-Za-z]*[a-z][A-Z]")
_DISTINGUISHED: Final = re.compile(
    rb"(?i)[^,=+\n\"]{2,60},\s?(?:ou=(?:users|people|staff|employees|persons|members|accounts|sales"
    rb"|hr|benutzer|mitarbeiter)\b|cn=users\b)"
)
_CALLED: Final = re.compile(rb"(?i)([^\"\n:;]{2,60})(?:;[^\n:]{0,100})?:mailto:")
_CALENDAR: Final = re.compile(rb"(?i)\"?[^\"\n:;]{2,60}\"?(?:;[^\n:]{0,100})?:mailto:")
_NOT_OF_A_PERSON: Final = re.compile(
    rb"(?i)objectclass:\s{0,4}(?:group|posixgroup|organizational(?:unit|role)|device|computer|container|application)"
)
_ENTRY: Final = re.compile(
    rb"(?im)^(?:dn|objectclass|givenname|mail|uid|telephonenumber|userpassword|samaccountname)::? "
)
# What makes an address one of a house, before it; and the roles under whose name a person stands by itself.
_WORD_BEFORE: Final = re.compile(
    rb"(?i)\b(?:home|street|postal|mailing|billing|shipping|residential|work|delivery|customer"
    rb"|patient|permanent|current|legal|client|employee|user|member|tenant|owner)(?:'s|s'|\xe2\x80\x99s)?[ _-]\Z"
)
_IN_DIRECTORIES: Final = frozenset({b"cn", b"sn", b"gecos"})
_FORMS: Final = people.FORMS | frozenset(
    ("phone", "digits", "device", "made device", "serial", "mac", "degrees", "place", "ssid", "user", "handle")
)
_ROLES_ALONE: Final = frozenset(
    b"patient employee mitarbeiter passenger applicant beneficiary attendee insured student payee reporter"
    b" caller callee requestor requester claimant landlord guardian attention attn nurse doctor physician teacher"
    b" resident".split()
) | {
    b"ship to",
    b"sold to",
    b"bill to",
    b"deliver to",
    b"opened by",
    b"reported by",
    b"requested by",
    b"submitted by",
    b"registered owner",
    b"registered user",
    b"user name",
    b"signed by",
    b"requested for",
    b"queued by",
    b"raised by",
    b"on call",
    b"oncall",
    b"on duty",
    b"duty engineer",
    b"duty manager",
    b"incident commander",
    b"point of contact",
    b"escalation contact",
}
# A full name in Chinese, Japanese or Korean, which has no blank.
_OF_THE_EAST: Final = re.compile(
    rb"(?:[\xe3-\xed][\x80-\xbf]{2}){2,5}(?:[ \xc2]?[ \xb7](?:[\xe3-\xed][\x80-\xbf]{2}){1,6})?"
)
_GROUPED: Final = re.compile(
    rb"0[1-9](?:[ .-][0-9]{2}){4}(?![\w.-])|0[0-9]{2,4}[ /-][0-9]{5,8}(?![\w.-])"
    rb"|[6-9][0-9]{2}(?:[ .][0-9]{2}){3}(?![\w.-])"
)
_LISTED: Final = 120
_MANY: Final = 3
_SAID: Final = re.compile(rb"(?i)(?:my|his|her|their) ([a-z_' ]{2,60}) (?:is|was):? ")
_SPACED: Final = bytes.maketrans(b"_-", b"  ")
# The account in parentheses behind a full name.
_SHORT: Final = re.compile(rb" \(([a-z_][\w.-]{1,31})\)")
# An account before its name, as `finger` writes them.
_FINGERED: Final = re.compile(rb"(?i)(?:login|user|username)(?: name)?: \S{2,32} {2,40}\Z")
# What an exported chat, `git blame` and `svn log` begin a line with, and who wrote it: two by name, one by account.
_LINE: Final = re.compile(
    rb"[0-9a-fA-F]{7,40} (?:[\w./-]{1,120} +)?\(([A-Z][^\n()]{2,50}?) +[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8} [+-]"
    rb"|[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2,4}, [0-9]{1,2}:[^\n\]]{2,12}(?:\]| -) ([A-Z][^\n:]{2,40}): "
    rb"|r[0-9]{1,9} \| ([a-z][\w.-]{2,31}) \| [0-9]{4}-"
)
_ACCOUNT: Final = 3
_OF_ACCOUNTS: Final = Sense("username", "user")
# A line end or a tab that is written out.
_ESCAPED: Final = 2
# The next field on a line.
_NEXT: Final = re.compile(rb"[,;]?[ \t][\w.-]{2,40}=")
# What a number may begin with, and a name on a service.
_SIGNS: Final = frozenset({b"-", b"+", b"(", b"@"})
_NO_VALUE: Final = frozenset(b" \t\r\n\"'`{}[]<>():;,.&|-+!?/$@%*#")


def is_of_a_name(text: bytes) -> bool:
    """Whether a candidate is a field of names: what begins with a small letter or a digit is none."""
    match = _FIELD.fullmatch(text, _ESCAPED * (text[0] == BACKSLASH))
    if match is None:
        return False
    name = match[1].lower().strip(b"*_ ")
    lists = fields_of_people()
    known = name in lists.names or name.translate(None, b" -_") in _spaceless()
    return (
        known and name not in lists.addresses | lists.zips | lists.cities | lists.numbers | lists.phones | lists.births
    )


def field(data: bytes, start: int, end: int) -> Iterator[Found] | None:
    """What stands in a field that a candidate begins, or in a format; None where it is neither."""
    start += _ESCAPED * (data[start] == BACKSLASH)
    end = extents.behind_pointer(data, end)
    first = data[start : start + 1]
    if first == b":":
        return registers.of_account(data, start, end) if data[start + 2 : start + 3] == first else None
    head = data[start : start + 5].lower()
    if (card := registers.card_at(data, start, end)) is not None:
        return card
    if head[3:4] == b"|" and head[:3] in segments.HL7:
        return segments.segment(data, start)
    if data[start + 5 : end].endswith(b"<<<"):
        return iter([(start, line_of(data, start, most=120)[1], "passport", "mrz")])
    if (line := _LINE.match(data, start, end + 80)) and line.lastindex:
        return _written_by(line)
    if said := _SAID.fullmatch(data, start, end):
        return _told(data, said)
    match = _FIELD.fullmatch(data, start, end)
    if match is None:
        return None
    name = match[1].strip(b"*_ ")
    judge = _judge_of(name)
    if judge is None and name.endswith(b"."):
        judge = _judge_of(name[:-1])
    signed = judge in {_labelled, registers.phone} and data[end : end + 1] in _SIGNS
    if end == len(data) or (data[end] in _NO_VALUE and not signed):
        return iter(())
    return _valued(data, match, judge) if judge else None


def _judge_of(name: bytes) -> _Judge | None:
    """What judges the values of a field of such a name."""
    small, lists = name.lower(), fields_of_people()
    for names, judge in (
        (lists.addresses, _address),
        (lists.phones, registers.phone),
        (lists.births, _birth),
        (lists.zips, _zip),
        (lists.cities, _city),
        (lists.numbers, _number),
        (lists.houses, _address),
        (lists.users, _user),
        (lists.names, _name),
    ):
        if small in names or small.replace(b"_", b" ") in names:
            return judge
    if small.translate(None, b" -_") in _spaceless():
        return _name
    return _labelled if sense(forms.plain(name)) else None


@cache
def _spaceless() -> frozenset[bytes]:
    """The names of fields of two words without what stands between."""
    return frozenset(name.replace(b" ", b"").replace(b"_", b"") for name in fields_of_people().names)


_Judge = Callable[[bytes, "re.Match[bytes]", Span], Iterator[Found]]


def _valued(data: bytes, match: re.Match[bytes], judge: _Judge) -> Iterator[Found]:
    """The value behind the sign of a field, as a judge takes it."""
    at = match.end(2)
    sign = match[2].rstrip(b" \t")
    stop: int | None
    if match[4]:
        stop = extents.closing(data, at, len(match[3]), match[4])
    elif sign.endswith(b">") and not sign.endswith((b"=>", b"->")):
        stop = data.find(b"<", at, at + 200)
    elif sign.endswith(b"|"):
        stop = data.find(b"|", at, at + 200)
        stop = at + len(data[at:stop].rstrip(b" \t")) if stop >= 0 else None
    else:
        stop = people.line_end(data, at)
        if data[match.start() - 1 : match.start()] in {b"&", b"?"}:
            stop = next((n for n in range(at, stop) if data[n] in b"& \"'"), stop)
    if stop is not None and at < stop <= at + 200:
        yield from judge(data, match, (at, stop))


def _names_element(data: bytes, span: Span) -> bool:
    """Whether a name is that of what the element holds whose tag ends behind it."""
    return data[span[1] + 1 : span[1] + 2] == b">" and sense(data[slice(*span)].decode("latin-1")) is not None


def _name(data: bytes, match: re.Match[bytes], span: Span) -> Iterator[Found]:
    """The name of a person, if what stands around says that it is one's."""
    if data[span[0]] not in BEGINS_NAMES:
        return
    if called := _CALLED.match(data, span[0]):
        span = called.span(1)
    found = people.part(data, span, "name", in_quotes=match[4] == b"'" or called is not None)
    if found is None:
        return
    comma = data.find(b",", *found)
    if comma >= 0 and b" " in data[found[0] : comma].strip() and not match[4]:  # what follows is where to
        found = found[0], comma
    if not is_person(data[slice(*found)]) or _names_element(data, found):
        return
    whole = (
        found[1] == span[1]
        or (called is not None and found[1] == called.end(1))
        or not (match[4] or data[span[1] : span[1] + 1] == b"<")
    )
    known = match[1].lower().translate(_SPACED).strip(b"* ")
    somebody = whole and given.is_name_of_somebody(data[slice(*found)])
    if not whole or (known in _IN_DIRECTORIES and not _in_directory(data, match)):
        if not somebody and not (whole and known == b"cn" and beside(data, match.span())):
            return
        yield *found, "person", "field"
    elif known == b"user name" and not people.full_name(data[slice(*found)]):
        return  # an account
    elif somebody or known in _IN_DIRECTORIES or _is_role(data, match, found) or beside(data, match.span()):
        yield *found, "person", "field"
        if short := _SHORT.match(data, found[1]):
            yield *short.span(1), "username", "field"
        if house := people.house_behind(data, found[1], span[1]):
            yield *house, "street_address", "field"


def _written_by(line: re.Match[bytes]) -> Iterator[Found]:
    """Who wrote a line: of a chat, of a file whose history is shown, of a list of changes."""
    name = line[line.lastindex or 0]
    if line.lastindex == _ACCOUNT or people.full_name(name):
        nobody = name.lower() in vocabulary().services if line.lastindex == _ACCOUNT else not is_person(name)
        if not nobody:
            yield *line.span(line.lastindex or 0), "username" if line.lastindex == _ACCOUNT else "person", "line"


def _told(data: bytes, said: re.Match[bytes]) -> Iterator[Found]:
    """What somebody says of a person: `my street is: ...`."""
    words = said[1].decode("latin-1").replace(" ", "_")
    meaning = Sense("person", "name") if words.lower() == "name" else sense(words)
    quoted = extents.quoted(data, said.end())
    start, stop = quoted[0] if quoted else (said.end(), people.line_end(data, said.end()))
    if meaning is None or meaning.weak not in people.FORMS | {"phone", "digits"} or start >= stop:
        return
    for found in judged(data, (start, stop), meaning, in_quotes=quoted is not None, assigned=True, name=said.span(1)):
        if meaning.kind != "person" or is_person(data[found[0] : found[1]]):
            yield found


def _labelled(data: bytes, match: re.Match[bytes], span: Span) -> Iterator[Found]:
    """What stands behind the label of a form."""
    meaning = sense(forms.plain(match[1]))
    if meaning is None or meaning.weak not in _FORMS:
        return
    in_quotes = bool(match[4]) or data[span[1] : span[1] + 1] == b"<"
    if not in_quotes and (following := _NEXT.search(data, *span)):
        span = span[0], following.start()
    for found in judged(data, span, meaning, in_quotes=in_quotes, assigned=True, name=match.span(1)):
        value = data[found[0] : found[1]]
        titled = match[2].rstrip().endswith(b"|") and not people.full_name(value)  # the name of the next column
        if meaning.kind != "person" or (is_person(value) and not titled):
            yield found


def _birth(data: bytes, _match: re.Match[bytes], span: Span) -> Iterator[Found]:
    """A day under a name beyond ASCII."""
    if found := people.part(data, span, "date", in_quotes=False):
        yield *found, "birth_date", "field"


def _user(data: bytes, match: re.Match[bytes], span: Span) -> Iterator[Found]:
    """An account under a name beyond ASCII: all of a string, or a word."""
    whole = bool(match[4]) or data[span[1] : span[1] + 1] == b"<"
    found = span if whole else extents.after(data, span[0])
    if found and data[slice(*found)].isascii() and users.is_free(data[slice(*found)]):
        yield from judged(data, found, _OF_ACCOUNTS, in_quotes=whole, assigned=True, name=match.span(1))


def _is_role(data: bytes, match: re.Match[bytes], found: Span) -> bool:
    """Whether a full name stands under the role of somebody, in quotes or on a line of its own."""
    if match[1].strip(b"*_ ") in fields_of_people().surely:
        return True
    value = data[slice(*found)]
    full = people.full_name(value) or _OF_THE_EAST.fullmatch(value) is not None
    if full and _FINGERED.search(data, max(match.start() - 80, 0), match.start()):
        return True
    alone = full and match[1].lower().translate(_SPACED).strip(b"* ") in _ROLES_ALONE
    return alone and (bool(match[4]) or starts_line(data, match.start()))


def _address(data: bytes, match: re.Match[bytes], span: Span) -> Iterator[Found]:
    """A street with its number; one without a word for streets where a person stands beside it."""
    whole = bool(match[4]) or data[span[1] : span[1] + 1] == b"<"
    found = people.part(data, span, "street", in_quotes=whole)
    if found is None:
        return
    value = data[slice(*found)]
    sure = people.is_street(value) or towns.has_town(value)
    start = match.start()
    told = sure and (whole or starts_line(data, start) or _WORD_BEFORE.search(data, max(start - 24, 0), start))
    if told or ((sure or people.is_numbered(value)) and beside(data, match.span())):
        yield *found, "street_address", "field"


def _zip(data: bytes, match: re.Match[bytes], span: Span) -> Iterator[Found]:
    """A postal code, where a person or an address stands beside it."""
    found = people.part(data, span, "postal", in_quotes=False)
    if found and beside(data, match.span()):
        yield *found, "postal_code", "field"


def _number(data: bytes, match: re.Match[bytes], span: Span) -> Iterator[Found]:
    """A number of a telephone by its groups, where a person stands beside it."""
    if (number := _GROUPED.match(data, *span)) and not _is_of_many(data, match) and beside(data, match.span()):
        yield *number.span(), "phone", "field"


def _city(data: bytes, match: re.Match[bytes], span: Span) -> Iterator[Found]:
    """A city, where a person or an address stands beside it."""
    if data[span[0]] not in BEGINS_NAMES:
        return
    found = people.part(data, span, "name", in_quotes=bool(match[4]) or data[span[1] : span[1] + 1] == b"<")
    if found and not _is_of_many(data, match) and beside(data, match.span()):
        yield *found, "street_address", "field"


def _is_of_many(data: bytes, match: re.Match[bytes]) -> bool:
    """Whether a field comes again and again: it is one of a list of such, and of no person."""
    return data.count(match[1], max(match.start() - _LISTED, 0), match.start()) > _MANY


def is_person(value: bytes) -> bool:
    """Whether a value may be the name of a person: letters, and no word of those that things are called by.

    Examples
    --------
    >>> is_person(b"Ana de la Cruz"), is_person(b"Google Chrome"), is_person(b"Main Thread")
    (True, False, False)
    """
    words = value.lower().replace(b",", b" ").split()
    if not words or letters_in(value) < 3 or len(words) > 6:
        return False
    known, own = vocabulary(), fields_of_people()
    if len(words) == 1 and (words[0] in known.services or words[0] in known.nobody or words[0] in known.things):
        return False
    if _PASCAL.match(value):
        return False
    return own.nobody.isdisjoint(words) and places().teams.isdisjoint(words)


def meaning_beside(name: str) -> Sense | None:
    """What the name of a column says beside other columns of people."""
    word, lists = name.encode(), fields_of_people()
    if word in lists.names:
        return Sense("person", "name")
    if word in lists.addresses:
        return Sense("street_address", "street")
    if word in lists.cities:
        return Sense("street_address", "city")
    return Sense("postal_code", "postal") if word in lists.zips else None


def _in_directory(data: bytes, match: re.Match[bytes]) -> bool:
    """Whether the common name or surname is that of a person: of an entry, an invitation, a distinguished name."""
    start, at = match.start(), match.end(2)
    if match[2].strip() == b"=":
        return bool(_DISTINGUISHED.match(data, at) or _CALENDAR.match(data, at))
    if not starts_line(data, start):
        return False
    first = max(data.rfind(b"\n\n", max(start - LINES, 0), start), start - LINES, 0)
    last = data.find(b"\n\n", at, at + LINES)
    block = data[first : last if last >= 0 else at + LINES]
    return _NOT_OF_A_PERSON.search(block) is None and _ENTRY.search(block) is not None
