"""Numbers of people's papers by form and checksum: of taxes, insurances and identity cards of several countries.

A bare number is one only where its form is nobody else's and its checksum holds; beside its name (`PESEL 44051401359`)
the form has to fit. What stands under such a name in a field is read by `people`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from triage.redact.text import BACKSLASH, DIGITS, LETTERS, WORD_START, Found, digits_in, touches

__all__ = ("BARE", "LABELLED", "READERS", "SPELT", "bare", "labelled")

_LABELS: Final = (
    r"medicare beneficiary identifier|pesel|bsn|burgerservicenummer|cpf|dni|nie|nif|nino"
    r"|ni (?:no\.?|number)|national insurance(?: (?:no\.?|number))?"
    r"|aadhaa?r|pan(?: card)?|permanent account|codice fiscale|steuer-?id(?:nr|entifikationsnummer)?"
    r"|steuernummer|id-?nr|personnummer|personal (?:id|identity) number|f\xc3\xb8dselsnummer"
    r"|henkil\xc3\xb6tunnus|sin|nir|insee|s\xc3\xa9cu|s\xc3\xa9curit\xc3\xa9 sociale|curp|rut|nhs"
    r"|passport|reisepass|passeport|pasaporte|passaporto|paszport(?:u)?|paspoort|personalausweis|ausweis|identity card"
    r"|id card|national id(?:entity)?|citizen id|tckn|cccd|cmnd"
    r"|driving licen[cs]e|driver'?s? licen[cs]e|dl (?:no|number)"
    r"|social insurance|tax(?:payer)? id|itin|medicare|nip|cnh|rfc|tfn|tax file number|ahv|avs|cpr|nric|hkid"
    r"|(?:t\.?c\.? ?)?kimlik|rodn\xc3\xa9 \xc4\x8d\xc3\xadslo|rodne cislo|num\xc3\xa9ro fiscal|numero fiscal"
    r"|sozialversicherungsnummer|rentenversicherungsnummer|sv-?nummer|svnr|kvnr|krankenversichertennummer"
    r"|versichertennummer|f\xc3\xbchrerschein|emirates id|iqama|c[e\xa9\xc3]{1,2}dula|cuit|cuil|ruc|jmbg|oib|egn|cnp"
    r"|amka|taj|isikukood|asmens kodas|personas kods|kennitala|ppsn?|niss|rijksregisternummer|ird|my number|mrn"
    r"|medical record|patient id|health card|hetu|insurance (?:id|policy)|member id|voter id|resident id"
    r"|medical licen[cs]e|dea|npi|patente di guida|partita iva|uen|abn|rrn|resident registration|cnpj|mbi"
    r"|vin|vehicle identification|fahrgestell(?:nummer)?|fahrzeug-?ident(?:ifizierungs|ifikations)?-?(?:nummer)?"
)
_BEYOND: Final = (
    r"\xd1\x81\xd0\xbd\xd0\xb8\xd0\xbb\xd1\x81|\xd0\xa1\xd0\x9d\xd0\x98\xd0\x9b\xd0\xa1|\xd0\xb8\xd0\xbd\xd0\xbd|\xd0\x98\xd0\x9d\xd0\x9d"
    r"|\xd0\xbf\xd0\xb0\xd1\x81\xd0\xbf\xd0\xbe\xd1\x80\xd1\x82|\xd0\x9f\xd0\xb0\xd1\x81\xd0\xbf\xd0\xbe\xd1\x80\xd1\x82"
    r"|\xe8\xba\xab\xe4\xbb\xbd\xe8\xaf\x81(?:\xe5\x8f\xb7(?:\xe7\xa0\x81)?)?|\xe3\x83\x9e\xe3\x82\xa4\xe3\x83\x8a\xe3\x83\xb3\xe3\x83\x90\xe3\x83\xbc|\xe5\x80\x8b\xe4\xba\xba\xe7\x95\xaa\xe5\x8f\xb7"
    r"|\xec\xa3\xbc\xeb\xaf\xbc\xeb\x93\xb1\xeb\xa1\x9d\xeb\xb2\x88\xed\x98\xb8"
)
# Between the name of a paper and its number.
_LINK: Final = (
    r"\)?\.?(?: (?:del|de la|de|do|da|du|der|des|van|of(?: the)?) [a-z]{3,15})?"
    r"(?:[ -]?(?:no\.?|nr\.?|num\.?|number|n\.\xc2\xba|n\xc2\xba|id|#))?"
    r"(?:[ ](?:code|entered|given|provided|supplied|submitted|received|on file|used|recorded|registered))?[ ]?"
    r"(?:is|was|ist|est|es|lautet|reads)?"
    # a column of a form, a name in bold
    r"(?:[ \t]*(?:\*\*|__)?[:=|](?:\*\*|__)?[ ]{1,3}|(?:\xef\xbc\x9a|[:#= ]){1,3})[\"'(]?"
)
LABELLED: Final = (
    rf"(?:{WORD_START}(?:{_LABELS})|{_BEYOND})"
    rf"{_LINK}(?-i:[A-Z]{{0,12}}[0-9])"
)
"""What a number stands behind that has its name."""
BARE: Final = (
    r"[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}\b",
    r"(?-i:\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?[0-9]{2} [0-9]{2} [0-9]{2} ?[A-D]\b)",
    r"(?-i:\b[A-Z]{6}[0-9]{2}[A-EHLMPRST][0-9]{2}[A-Z][0-9]{3}[A-Z]\b)",
    r"(?-i:\b[XYZ]-?[0-9]{7}-?[A-HJ-NP-TV-Z]\b)",
    r"(?-i:\b[0-9]{8}-[A-HJ-NP-TV-Z]\b)",
)
"""What may be a number without its name."""
_LABELLED: Final = re.compile(rb"(?i)(?:" + f"{_LABELS}|{_BEYOND}".encode("latin-1") + rb")" + _LINK.encode("latin-1"))
_NUMBER: Final = re.compile(
    rb"(?=[A-Z]{0,16}[0-9])[A-HJ-NPR-Z0-9]{17}(?![A-Za-z0-9])|[A-Z]{6}[0-9]{2}[A-Z][0-9]{2}[A-Z][0-9]{3}[A-Z](?![A-Za-z0-9])"
    rb"|[A-Z]{5}[0-9]{4}[A-Z](?![A-Za-z0-9])|[A-Z]{4}[0-9]{6}[A-Z0-9]{3,8}(?![A-Za-z0-9])|[A-Z]{1,2}[0-9]{6}\([0-9A]\)"
    rb"|[CFGHJKLMNPRTVWXYZ]{4,8}[0-9][0-9CFGHJKLMNPRTVWXYZ]{0,5}(?![A-Za-z0-9])"
    rb"|[A-Z]{0,3}[0-9][A-Z0-9]{0,17}(?:(?:[./+-]|[ ](?![A-Z]{3,12}(?![A-Z0-9])))[A-Z0-9]{1,12}(?![A-Za-z])){0,6}"
)
_IN_CAPITALS: Final = re.compile(rb"[A-Z]{5}[0-9]{4}[A-Z]")
_MEDICARE: Final = re.compile(rb"[1-9][A-Z][A-Z0-9][0-9]-?[A-Z][A-Z0-9][0-9]-?[A-Z]{2}[0-9]{2}")
_CPF: Final = re.compile(rb"[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}")
_NINO: Final = re.compile(rb"[A-Z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]")
_FISCALE: Final = re.compile(rb"[A-Z]{6}[0-9]{2}[A-Z][0-9]{2}[A-Z][0-9]{3}[A-Z]")
_DNI: Final = re.compile(rb"(?:[XYZ]-?[0-9]{7}|[0-9]{8})-?[A-Z]")
_NIR: Final = re.compile(rb"[1-4] ?[0-9]{2} ?[0-9]{2} ?(?:[0-9]{2}|2[AB]) ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}")
_NO_NINO: Final = frozenset({b"BG", b"GB", b"KN", b"NK", b"NT", b"TN", b"ZZ"})
_DNI_LETTERS: Final = b"TRWAGMYFPDXBNJZSQVHLCKE"
_ODD: Final = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)
_FEWEST: Final = 6
# Names of papers that are also those of a function or a word: behind these a number stands in groups of its own.
_ALSO_WORDS: Final = frozenset({b"sin", b"rut", b"nir", b"nie", b"nif"})
# The number of a card of payment is called so too.
_OF_TAXPAYERS: Final = (b"pan", b"perm")
# And these, but not where a colon stands behind them.
_ALSO_SHORT: Final = frozenset(
    b"nip cnh rfc tfn ahv avs cpr ruc oib egn cnp taj pps ird mrn dea npi uen abn rrn mbi vin".split()
)
_GROUPED: Final = re.compile(
    rb"[0-9]{3}([ -])[0-9]{3}\1[0-9]{3}|[0-9]{6}-[0-9]{4}|756\.[0-9]{4}\.[0-9]{4}\.[0-9]{2}"
    rb"|[0-9]{6}-[0-9]{7}|[0-9]{2} [0-9]{3} [0-9]{3} [0-9]{3}|[A-Z]{2}[0-9]{7}|[A-Z]{4}[0-9]{6}[A-Z0-9]{3}"
    rb"|(?=[A-Z]{0,16}[0-9])[A-HJ-NPR-Z0-9]{17}|[0-9]{2}\.[0-9]{3}\.[0-9]{3}/[0-9]{4}-[0-9]{2}"
    rb"|[0-9]{1,2}\.[0-9]{3}\.[0-9]{3}-[0-9K]|[XYZ]?-?[0-9]{7,8}-?[A-Z]|[1-4](?: ?[0-9]{2,3}){5,6}"
)
_PASSPORTS: Final = frozenset({b"pas", b"rei", b"dri"})
# Of German papers, whose numbers may have one digit only, and no vowels.
_SERIAL: Final = re.compile(rb"[CFGHJKLMNPRTVWXYZ][0-9CFGHJKLMNPRTVWXYZ]{8}[0-9]?")
_SAME: Final = 2
_BESIDE: Final = frozenset(LETTERS + DIGITS + b"_.")


def bare(data: bytes, start: int, end: int) -> Iterator[Found]:
    """A number that its form and its checksum alone make one of a person."""
    text = data[start:end]
    form = next((check for shape, check in _CHECKS if shape.fullmatch(text)), None)
    if form is not None and form(text) and not touches(data, start, end, bytes(_BESIDE)):
        yield start, end, "national_id", "papers"


def labelled(data: bytes, start: int, end: int) -> Iterator[Found]:
    """A number behind the name of a paper."""
    if data[start] == BACKSLASH:  # of a line end that is written out
        start += 2
    label = _LABELLED.match(data, start, end)
    match = _NUMBER.match(data, label.end(), label.end() + 60) if label else None
    if match is None:
        return
    text = match.group().rstrip(b" ./+-")
    word = data[start : start + 3].lower()
    if data[start : start + 4].lower().startswith(_OF_TAXPAYERS) and not _IN_CAPITALS.fullmatch(text):
        return
    unsure = word in _ALSO_WORDS or (word in _ALSO_SHORT and b":" not in data[start : match.start()])
    if unsure and not _GROUPED.fullmatch(text) and not _IN_CAPITALS.fullmatch(text):
        return
    serial = word in _PASSPORTS and _SERIAL.fullmatch(text)
    if (
        digits_in(text) < _FEWEST and not serial and not (_IN_CAPITALS.fullmatch(text) or _MEDICARE.fullmatch(text))
    ) or len(set(text.translate(None, b" ./+-"))) <= _SAME:
        return
    behind = data[match.start() + len(text) : match.start() + len(text) + 1]
    if not (behind and behind[0] in _BESIDE - frozenset(b".")):
        kind = "passport" if word in _PASSPORTS else "national_id"
        yield match.start(), match.start() + len(text), kind, "papers"


def _is_cpf(text: bytes) -> bool:
    """Whether the two last digits of a number of Brazil's taxpayers are those of the others."""
    digits = [byte - 48 for byte in text.translate(None, b".-")]
    if len(set(digits)) == 1:
        return False
    for place in (9, 10):
        total = sum(digit * (place + 1 - at) for at, digit in enumerate(digits[:place]))
        if total * 10 % 11 % 10 != digits[place]:
            return False
    return True


def _is_nino(text: bytes) -> bool:
    """Whether the two first letters of a British number of insurance are given out."""
    return text[:2] not in _NO_NINO


def _is_dni(text: bytes) -> bool:
    """Whether the last letter of a Spanish identity number is that of its digits."""
    plain = text.replace(b"-", b"")
    digits = plain[:-1].translate(bytes.maketrans(b"XYZ", b"012"))
    return _DNI_LETTERS[int(digits) % 23] == plain[-1]


def _is_fiscale(text: bytes) -> bool:
    """Whether the last letter of an Italian code of taxes is that of what stands before it."""
    total = 0
    for place, byte in enumerate(text[:15]):
        value = byte - 48 if byte < 65 else byte - 65
        total += _ODD[value] if place % 2 == 0 else value
    return total % 26 + 65 == text[15]


def is_nir(text: bytes) -> bool:
    """Whether digits are a French number of insurance: in groups, with its key.

    Examples
    --------
    >>> is_nir(b"1 85 05 78 006 084 91"), is_nir(b"1 85 05 78 006 084 92")
    (True, False)
    """
    if not _NIR.fullmatch(text):
        return False
    plain = text.replace(b" ", b"").replace(b"2A", b"19").replace(b"2B", b"18")
    return 97 - int(plain[:13]) % 97 == int(plain[13:])


_CHECKS: Final[tuple[tuple[re.Pattern[bytes], Callable[[bytes], bool]], ...]] = (
    (_CPF, _is_cpf),
    (_NINO, _is_nino),
    (_FISCALE, _is_fiscale),
    (_DNI, _is_dni),
)


_IN_ELEMENT: Final = re.compile(rb"\s{0,8}([A-Z0-9][A-Z0-9 ./-]{5,24}[A-Z0-9])\s{0,8}</")
_REFUSED: Final = re.compile(rb"(?:\A|[\s\"'\x60:=(\[])([A-Z0-9][A-Z0-9 ./-]{5,20}[A-Z0-9])[\"'\x60)\]]?[ ]?\Z")


def _is_number(text: bytes) -> bool:
    """Whether a text has the digits of a paper's number, and more than two signs."""
    return digits_in(text) >= _FEWEST and len(set(text.translate(None, b" ./-"))) > _SAME


def _in_element(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The number in an element that is called as a paper is."""
    match = _IN_ELEMENT.match(data, at + size)
    if match and _is_number(match[1]):
        passport = data[at + 1 : at + 5].lower() == b"pass"
        yield *match.span(1), "passport" if passport else "national_id", "papers"


def _refused(_size: int, data: bytes, at: int) -> Iterator[Found]:
    """The number of which is said that it is none of a paper."""
    match = _REFUSED.search(data, max(at - 26, 0), at)
    if match and _is_number(match[1]):
        yield *match.span(1), "national_id", "papers"


# What stands on the plates of vehicles: British, German, French and Italian, Dutch, Spanish, Polish, American ones.
_PLATE: Final = re.compile(
    rb"[ ]?(?:is|was|#|no\.?|number|nr\.?|num\.?)?[ ]?[:=]?[ ]?[\"'\x60(\[]?"
    rb"([A-Z]{2}[0-9]{2} ?[A-Z]{3}|(?:[A-Z]|\xc3[\x84\x96\x9c]){1,3}[- ]"
    rb"(?:[A-Z]|\xc3[\x84\x96\x9c]){1,2}[- ]?[1-9][0-9]{0,3}[EH]?"
    rb"|[A-Z]{2}[- ]?[0-9]{3}[- ]?[A-Z]{2}|[0-9]{4}[- ]?[B-Z]{3}|[0-9][A-Z]{3}[0-9]{3}"
    rb"|[A-Z]{3}[- ][0-9]{3,4}|[A-Z]{2,3} [0-9A-Z]{0,2}[0-9]{2,3}[A-Z]{0,2}"
    rb"|[A-Z]{2}-[0-9]{2}-[A-Z]{2}|[0-9]{2}-[A-Z]{2,3}-[0-9]{1,2}|[A-Z]{2}-[A-Z]{2}-[0-9]{2}|[A-Z]-[0-9]{3}-[A-Z]{2}"
    rb"|[0-9]-[A-Z]{3}-[0-9]{2,3}|[A-Z]{2}-[0-9]{3}-[A-Z]|[0-9]{2}-[A-Z]{2}-[A-Z]{2})(?![\w-])"
)


def _plated(size: int, data: bytes, at: int) -> Iterator[Found]:
    """What is on the plates of a vehicle."""
    match = _PLATE.match(data, at + size)
    if match and digits_in(match[1]) > 1:
        yield *match.span(1), "national_id", "papers"


SPELT: Final = {
    "elements": (("<", ">"),),
    "unissued": tuple((said, "") for said in ("is not a valid ", "is not a ", "is an invalid ", "is no valid ")),
}
"""What stands before and behind the words of such a list, where they lead to something."""
READERS: Final[dict[str, Callable[[int, bytes, int], Iterator[Found]]]] = {
    "elements": _in_element,
    "unissued": _refused,
    "plates": _plated,
}
"""What reads the numbers at the words of leads.toml, by their lists."""
