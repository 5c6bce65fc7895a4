"""What the headers of tables name: secrets, people and what is theirs, each alone or beside the others."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from triage.redact.named.keys import Sense, parts, sense
from triage.redact.pii import persons
from triage.redact.pii.forms import plain
from triage.redact.pii.national import HINTS, LEADS
from triage.redact.pii.neighbours import fields_of_people
from triage.redact.pii.people import FORMS
from triage.redact.text import WORD

__all__ = (
    "CELL", "CODE", "FULL", "NAMED", "NAMES", "PERSONAL", "SETTINGS", "VALUES", "is_title", "leads", "meaning_of",
    "meanings",
)  # fmt: skip

_WORDS: Final = (
    "assword", "passwd", "passwort", "pwd", "secret", "token", "api_key", "apikey", "api key", "_key", "_token",
    "_secret", "_hash", "passphrase", "_pass", "credential", "credentials", "username", "hostname", "node",
    "user", "user name", "run as user", "run as", "pin", "mfa_code", "totp", "totp_code", "sms_code",
    "verification_code", "auth_code", "security_code",
    "login_code", "access_code", "passcode", "cvv", "cvc", "_pin",
    "sessionid", "session_id", "_passwd", "_pwd", "_passphrase", "otp", "otp_code", "_otp", "pin_code", "_username",
)  # fmt: skip
# A place has both.
_DEGREES: Final = 2
_OF_PEOPLE: Final = (
    "imei", "imsi", "iccid", "serial_number", "serial number", "device_serial", "serial_no", "meid", "udid",
    "latitude", "longitude", "lat", "lon", "lng",
    "first_name", "firstname", "first name", "last_name", "lastname", "last name", "full_name", "fullname",
    "full name", "surname",
    "birth_date", "birthdate", "date_of_birth", "date of birth", "dob", "birthday", "phone", "phone_number",
    "mobile", "telefon", "telefono",
    "tel", "tel_nr", "msisdn",
    "telefone", "telephone", "telefoon", "email", "e-mail", "email_address", "email address", "iban", "ssn",
    "passport", "passport_number", "street", "address",
    "adresse", "vorname", "nachname", "geburtsdatum", "prenom", "apellidos", "nombre", "cognome", "national_id",
    "national_insurance_number", "insurance_number", "nhs_number", "medicare_number", "steuer_id", "driver_license",
    "social_security_number", "card_number", "postal_code", "postcode", "zip_code", "plz", "zip", "rut",
    "customer_name", "contact_name", "patient_name", "employee_name", "host_name", "user_name", "holder_name",
    "tax_id", "_mobile", "_phone", "_address", "_street", "_first_name", "_last_name", "_surname", "_ssn", "_iban",
    "_dob", "_birth_date", "_zip", "_postcode", "_fiscale", "_imei", "_imsi", "_iccid", "_passport", "_passport_number",
    "_national_id",
    "nome", "nom", "naam", "navn", "namn", "nimi", "imie", "nazwisko", "jmeno",
    "prijmeni", "soyad", "apellido", "apelido", "sobrenome", "nascimento", "nacimiento", "nascita", "naissance",
    "geburt", "geboortedatum", "urodzenia", "telemovel", "celular", "cellulare", "movil", "handy", "morada",
    "endereco", "direccion", "domicilio", "indirizzo", "adres", "anschrift", "straat", "voornaam", "achternaam",
    "fornavn", "etternavn", "fornamn", "efternamn", "cpf", "dni", "nif", "nino",
    "aadhaar", "aadhar", "pesel", "bsn", "nir", "curp",
    "sin", "nric", "fin", "tin", "ppsn", "cuil", "cuit", "oib", "cpr", "hetu", "tckn", "niss", "tfn", "rrn",
    "mrn", "nip",
    "_sin", "_nric", "_fin", "_tin", "_cpf", "_dni", "_nif", "_bsn", "_nino",
    "fiscale", "personnummer",
    "burgerservicenummer", "steuernummer", "ausweisnummer", "passnummer", "telefonnummer", "nummer", "host", "fqdn",
    "user_id", "userid", "user id", "customer_id", "customer id", "employee_id", "employee id", "member_id",
    "patient_id", "student_id",
    "location", "coordinates", "advertising_id", "idfa", "gaid", "imei", "android_id",
    "last_login", "last login", "last_seen", "last seen", "gender", "hire_date", "hire date",
)  # fmt: skip
_SIDES: Final = (",", ";", "\t", "|", " |", "  ", '",', '";', '"\t', '"\n', "\n", "\r")
# Those of several words are written in one too, `dateOfBirth` and `passwordHash`.
_ALL: Final = tuple(dict.fromkeys([*_WORDS, *_OF_PEOPLE, *(word.replace("_", "") for word in _WORDS + _OF_PEOPLE)]))
NAMES: Final = tuple(word + side for word in _ALL for side in _SIDES)
"""What a header holds that names such a column, in small letters, with what stands beside it there."""
_BESIDE_VALUES: Final = (
    "name", "key", "setting", "variable", "parameter", "property", "option", "field", "attribute",
)  # fmt: skip
SETTINGS: Final = tuple(
    f"{name}{mark}{value}"
    for name in (*_BESIDE_VALUES, "_name", "_key")
    for mark in (",", ";", "\t", "|", " | ", '","')
    for value in ("value", "val", "content", "config_value", "setting_value", "current_value")
)
"""How a header ends that names a column of names and one of values beside it, in small letters."""
_BESIDE: Final = (
    "setting",
    "option",
    "config",
    "meta",
    "param",
    "parameter",
    "property",
    "attribute",
    "field",
    "variable",
)
NAMED: Final = frozenset(
    {
        b"name",
        b"key",
        b"setting",
        b"variable",
        b"parameter",
        b"property",
        b"attribute",
        b"option",
        b"field",
        b"param",
        b"k",
    }
    | {f"{word}_{name}".encode() for word in _BESIDE for name in ("name", "key")}
)
"""What a column is called that holds names of values, in small letters."""
VALUES: Final = frozenset(
    {b"value", b"val", b"content", b"data", b"v"} | {f"{word}_value".encode() for word in _BESIDE}
)
"""What a column is called that holds their values."""
_ENDINGS: Final = tuple(word.encode() for word in _ALL)
PERSONAL: Final = FORMS | {"phone", "digits"}
"""The hints of columns whose values are personal by their form."""
_TAKEN: Final = PERSONAL | {"degrees", "place", "device", "serial", "", "long", "user", "host", "numbered", "word"}
_KINDS: Final = frozenset(
    {
        "person",
        "birth_date",
        "street_address",
        "postal_code",
        "national_id",
        "ssn",
        "passport",
        "phone",
        "card",
        "bank_account",
    }
)
_UNDERSCORE: Final = ord("_")
_BEFORE_ENDINGS: Final = frozenset(WORD)
# That leads within words too.
_PROMPT: Final = b"assword"
_TELEPHONE: Final = re.compile(rb"(?:^|[^a-z])tel$")
CELL: Final = re.compile(rb"[A-Za-z_#\x80-\xff][\w./#\x80-\xff-]{0,40}(?: [\w./#()\x80-\xff-]{1,20}){0,2}")
CODE: Final = "code"
"""The hint of a column of codes that are sent to somebody, of digits alone: `otp`, `sms_code`."""
_CODES: Final = frozenset({"otp", "totp", "hotp", "code"})
# A name is that of a person beside such columns if it is a full one.
FULL: Final = "full name"
_NAME: Final = Sense("person", "name")
_TOKEN: Final = Sense("token")
_NO_MAIL: Final = frozenset(
    [
        "key",
        "enabled",
        "verified",
        "confirmed",
        "sent",
        "count",
        "template",
        "body",
        "subject",
        "id",
        "opt",
        "status",
        "type",
    ]
)
_OF_PERSONS: Final = (
    ["hire", "date"], ["hired"], ["salary"], ["gender"], ["sex"], ["nationality"], ["blood", "type"], ["job", "title"],
    ["allergies"], ["diagnosis"], ["marital", "status"],
)  # fmt: skip
_OF_ACCOUNTS: Final = (
    ["last", "login"], ["last", "login", "at"], ["last", "seen"], ["last", "seen", "at"], ["last", "sign", "in"],
    ["ip"], ["mac"], ["ip", "address"], ["client", "ip"], ["login", "ip"], ["signup", "ip"], ["signed", "up"],
    ["signup", "date"], ["joined"], ["joined", "at"], ["username"], ["login"], ["age"], ["userid"], ["avatar"],
    ["department"], ["manager"], ["ip", "addr"], ["mac", "address"],
)  # fmt: skip


def is_title(cell: bytes) -> bool:
    """Whether a cell can be the name of a column."""
    return not cell or CELL.fullmatch(cell) is not None


def leads(cell: bytes) -> bool:
    """Whether a column is one of those that a table is found by."""
    small = cell.lower()
    if small in LEADS:
        return True
    if not small.endswith(_ENDINGS) or (small.endswith(b"tel") and not _TELEPHONE.search(small)):
        return False
    return any(small.endswith(ending) and _is_found(cell, len(cell) - len(ending)) for ending in _ENDINGS)


def _is_found(cell: bytes, at: int) -> bool:
    """Whether the ending of a name leads where it begins: with a capital or an underscore, or no letter before."""
    if at == 0 or cell[at] == _UNDERSCORE or cell[at : at + 1].isupper():
        return True
    return cell[at - 1] not in _BEFORE_ENDINGS or cell[at:].lower() == _PROMPT


def meanings(names: list[bytes]) -> list[Sense | None]:
    """What the names of columns say, those that only say it beside others too."""
    found = [meaning_of(name) for name in names]
    people = sum(meaning is not None and meaning.kind in _KINDS and meaning.weak not in HINTS for meaning in found)
    people += sum(_is_of_mail(name.lower()) for name in names)
    degrees = [meaning for meaning in found if meaning is not None and meaning.weak == "degrees"]
    if len(degrees) < _DEGREES and not people:
        found = [None if meaning in degrees else meaning for meaning in found]
    if not people:
        full = Sense("person", FULL) if sum(map(_of_accounts, names)) > 1 else None
        return [
            meaning or (full if persons.meaning_beside(plain(name).lower()) == _NAME else None)
            for meaning, name in zip(found, names, strict=True)
        ]
    return [meaning or persons.meaning_beside(plain(name).lower()) for meaning, name in zip(found, names, strict=True)]


def _is_of_mail(name: bytes) -> bool:
    """Whether a column holds addresses of e-mail: `E-mail`, `user_email`, `contactMail`."""
    words = parts(name.replace(b"-", b"").decode("latin-1"))
    return (words[:1] == ["mail"] or "email" in words or words[-1:] == ["mail"]) and words[-1] not in _NO_MAIL


def _of_accounts(name: bytes) -> int:
    """How much a column says that each row is somebody's: `user_id` and `ip` a little, `hire_date` enough."""
    words = parts(name.decode("latin-1"))
    numbered = len(words) > 1 and words[-1] in {"id", "no", "nr", "number"} and words[-2].encode() in _accounts()
    return int(numbered or words in _OF_ACCOUNTS) + 2 * (words in _OF_PERSONS)


@cache
def _accounts() -> frozenset[bytes]:
    """The roles of people whose names are not those of other things too."""
    return fields_of_people().roles - {
        b"to",
        b"from",
        b"owner",
        b"profile",
        b"billing",
        b"shipping",
        b"driver",
        b"lead",
    }


def meaning_of(cell: bytes) -> Sense | None:
    """What the name of a column says; None for one that a value has to confirm in other ways."""
    meaning = sense(plain(cell)) if CELL.fullmatch(cell) else None
    if meaning is not None and meaning == _TOKEN and parts(plain(cell))[-1] in _CODES:
        return Sense("token", CODE)
    return meaning if meaning is not None and meaning.weak in _TAKEN else None
