"""Addresses of houses as they are written on a letter: street, number, postal code and city, on a line or on several.

A word for a street leads to one, whose number and code must stand there too; below a heading (`Ship to:`) the lines
tell by themselves. `PLZ/Ort: 12345 Musterstadt` has two fields in one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from triage.redact.pii import people
from triage.redact.pii.persons import is_person
from triage.redact.pii.towns import NUMBER, PARTICLE, TOWN, WORD, has_town
from triage.redact.text import Found, line_of

__all__ = ("READERS", "SPELT")

_HOUSE: Final = "street_address"
_CODE: Final = "postal_code"
_BREAK: Final = rb",?[ \t]{0,4}(?:\r?\n|\\{1,4}n|<br[ ]?/?>)[ \t>|]{0,16}"
_BETWEEN: Final = rb"(?:,[ ]?|[ ](?:-|\xe2\x80\x93)[ ]|" + _BREAK + rb")"
_BROKEN: Final = re.compile(_BREAK)
# What stands behind a word for a street that begins its name, and behind one that ends it.
_NAMED: Final = re.compile(
    rb"(?:(?:" + PARTICLE + rb"|" + WORD + rb")[ ]){0,5}?" + WORD + rb"(?:,?[ ](?:n[.\xc2\xba\xb0ro]{1,4}[ ]?)?"
    rb"(?P<number>" + NUMBER + rb"))?(?:,[ ][\w.\xc2\xaa\xba -]{1,14}){0,2}?" + _BETWEEN + TOWN
)
_ENDED: Final = re.compile(
    rb"\.?(?:[ ][NSEW]{1,2}(?=[ ,\n]))?(?P<number>[ ]" + NUMBER + rb")?(?:,?[ ](?i:apt|apartment|suite|unit|flat|floor)"
    rb"\.?[ ]?#?[\w-]{1,6}|,?[ ]#[\w-]{1,6})?" + _BETWEEN + TOWN
)
_NUMBER_BEFORE: Final = re.compile(rb"(?<![\w.:/-])" + NUMBER + rb",?[ ]\Z")
_NAME_BEFORE: Final = re.compile(
    rb"(?:\A|(?<=[^\w.:/\x80-\xff-]))(?P<number>" + NUMBER + rb",?[ ])?" + WORD + rb"(?:[ ]" + WORD + rb"){0,4}\Z"
)
_REACH: Final = 80
# Words for streets are also those of a sentence, in small letters: not so an abbreviation.
_SMALL: Final = frozenset(b"abcdefghijklmnopqrstuvwxyz")
_MARKS: Final = frozenset(b"./")
_TOGETHER: Final = re.compile(
    rb"[ ]?(?:[/,&+|-]|und|et|and|oraz|[yei]|(?<=[^ ])(?=[ ]))[ ]?"
    rb"(?i:wohnort|orte?|stadt|ville|commune|localit(?:y|\xc3\xa9|\xc3\xa0)"
    rb"|localidade?|poblaci\xc3\xb3n|ciudad|cidade|munic\xc3\xadpio|citt\xc3\xa0|comune|plaats"
    rb"|woonplaats|town|city|sted|poststed|by"
    rb"|miasto|miejscowo\xc5\x9b\xc4\x87|m\xc4\x9bsto|obec|v\xc3\xa1ros"
    rb"|(?:state[/, ]{1,2})?zip(?:[ ]?code)?|postcode|postal[ ]code"
    rb"|cp|plz|c\xc3\xb3digo[ ]postal|code[ ]postal|cep|cap)[\"'*]{0,3}[ \t]{0,40}[:=|][ \t]{0,40}[\"']?" + TOWN
)
_JOINER: Final = re.compile(rb"(?:[ ]?[/&+|]|[ ](?:und|et|and|y))[ ]?\Z")
_LINE: Final = re.compile(rb"[ \t>|*]{0,16}([^\r\n\\<>]{2,80}?),?[ \t]{0,40}(?:(?P<end>\r?\n|\\{1,4}n|<br[ ]?/?>)|\Z)")
_LONGEST_LINE: Final = 120
_ALL_OF_LINE: Final = re.compile(rb"[ \t>|*]{0,16}([^\r\n\\<>:;=|]{5,80}?)[ \t\r]{0,40}")
_CONTACT: Final = re.compile(
    rb"[ \t>|*]{0,16}(?:(?i:tel|phone|telephone|telefono?|t\xc3\xa9l(?:\xc3\xa9phone)?|tel\xc3\xa9fono|mobile?|mob|cell"
    rb"|handy|celular|m\xc3\xb3vil|fax|office|direct|work|home|[tmpf])\.?[ ]?:?[ \t]{0,4}[+(0-9][0-9 ()./-]{6,24}"
    rb"|(?:(?i:e-?mail|mail)[ ]?:[ \t]{0,4})?[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4})[ \t\r]{0,8}(?:\n|\Z)"
)
_TOWN_ALONE: Final = re.compile(TOWN)
_QUOTED: Final = re.compile(rb"""[^\n"'`]{0,80}["'`]\\{0,3}(['"]?)([^"'`\n\\]{8,120})\1["'`\\]""")
# The seats of foundations, which every licence gives.
_OF_A_LICENCE: Final = re.compile(rb"(?:Foundation,?(?: Inc\.,?)?|Inc\.,|\boffice at)[\s#*;/]{0,12}\Z")
_DIGIT: Final = re.compile(rb"[0-9]")
# What such a word has behind it, and its number or a line end before the city.
_ENDS_LEADS: Final = frozenset(b", \n")
_MOST_LINES: Final = 5


def _street_first(size: int, data: bytes, at: int) -> Iterator[Found]:
    """An address whose street begins with the word for one: `12 rue ...`, `Calle ..., 12`."""
    match = _NAMED.match(data, at + size)
    if match is None:
        yield from _alone(data, at)
        return
    start = at
    if before := _NUMBER_BEFORE.search(data, max(at - 16, 0), at):
        start = before.start()
    elif match["number"] is None or (data[at] in _SMALL and data[at + size - 2] not in _MARKS):
        return
    yield from _whole(data, start, match)


def _street_last(size: int, data: bytes, at: int) -> Iterator[Found]:
    """An address whose street ends with the word for one: `12 ... Road, ...`."""
    end = at + size
    match = _ENDED.match(data, end - (data[end - 1] in _ENDS_LEADS))
    before = _NAME_BEFORE.search(data, max(at - _REACH, 0), at) if match else None
    if match and before and (before["number"] or match["number"]):
        yield from _whole(data, before.start(), match)
    elif match is None:
        yield from _alone(data, at)


def _alone(data: bytes, at: int) -> Iterator[Found]:
    """A street with its number that is all of a line, above or below one with a number of a telephone or a mailbox."""
    start, end = line_of(data, at, most=_LONGEST_LINE)
    line = _ALL_OF_LINE.fullmatch(data, start, end)
    if line is None or not people.is_street(line[1]):
        return
    above = line_of(data, start - 1, most=_LONGEST_LINE) if start else (0, 0)
    below = line_of(data, end + 1, most=_LONGEST_LINE) if end < len(data) else (0, 0)
    if any(_CONTACT.match(data, *near) for near in (above, below)):
        yield *line.span(1), _HOUSE, "address"


def _street_in_one(size: int, data: bytes, at: int) -> Iterator[Found]:
    """An address whose street has its name and the word for one together: `Exampleweg 12, ...`."""
    if data[at - 1 : at].isalpha():
        yield from _street_last(size, data, at)


def _whole(data: bytes, start: int, match: re.Match[bytes]) -> Iterator[Found]:
    """An address from its street to its city; on several lines what stands on each, and who lives there above."""
    if _OF_A_LICENCE.search(data, max(start - 40, 0), start):
        return
    end, town = match.end(), min(place for name in ("code", "town") if (place := match.start(name)) >= 0)
    broken = _BROKEN.search(data, start, town)
    if broken is None:
        yield start, end, _HOUSE, "address"
        return
    yield start, broken.start(), _HOUSE, "address"
    yield from _town(match)
    above = max(data.rfind(b"\n", max(start - _REACH, 0), start), data.rfind(b"\\n", max(start - _REACH, 0), start))
    if above >= 0 and not data[above + 1 : start].strip(b" \t>|n"):
        first = max(data.rfind(b"\n", max(above - _REACH, 0), above), data.rfind(b"\\n", max(above - _REACH, 0), above))
        line = _LINE.match(data, first + 1, above) if first >= 0 or above < _REACH else None
        if line and people.full_name(line[1]) and is_person(line[1]):
            yield *line.span(1), "person", "address"


def _town(match: re.Match[bytes]) -> Iterator[Found]:
    """A postal code and its city."""
    for name, kind in (("code", _CODE), ("zip", _CODE), ("city", _HOUSE), ("town", _HOUSE)):
        if match[name] is not None:
            yield *match.span(name), kind, "address"


def _together(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The code and the city of a field of both."""
    if match := _TOGETHER.match(data, at + len(_JOINER.sub(b"", data[at : at + size]))):
        yield from _town(match)


def _headed(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The lines below the heading of an address, if one of them is a street and the next a code with its city."""
    place, above = at + size, list[re.Match[bytes]]()
    if not _DIGIT.search(data, place, place + 2 * _REACH):
        return
    for _ in range(_MOST_LINES):
        line = _LINE.match(data, place)
        if line is None:
            return
        town = _TOWN_ALONE.fullmatch(data, *line.span(1))
        if town and above and people.is_numbered(above[-1][1]):
            yield *above[-1].span(1), _HOUSE, "address"
            yield from _town(town)
            name = above[0]
            if len(above) > 1 and people.full_name(name[1]) and is_person(name[1]):
                yield *name.span(1), "person", "address"
            return
        above.append(line)
        place = line.end()
        if line["end"] is None:
            return


def _sought(size: int, data: bytes, at: int) -> Iterator[Found]:
    """An address in quotes that a map is asked for."""
    match = _QUOTED.match(data, at + size)
    if match and (people.is_street(match[2]) or has_town(match[2])):
        yield *match.span(2), _HOUSE, "address"


SPELT: Final = {
    "addressed": tuple(("", sign + end) for sign in ("", ":", " :") for end in ("\n", "\r\n", "\\n")),
    "towns": tuple(("", sign) for sign in ("/", " /", " & ", "+", " + ", "|", " | ", " und ", " et ", " and ", " y ")),
}
"""What stands before and behind the words of such a list, where they lead to something."""
READERS: Final[dict[str, Callable[[int, bytes, int], Iterator[Found]]]] = {
    "ways": _street_first,
    "roads": _street_last,
    "compounds": _street_in_one,
    "towns": _together,
    "addressed": _headed,
    "sought": _sought,
}
"""What reads the values behind the words of leads.toml, by their lists."""
