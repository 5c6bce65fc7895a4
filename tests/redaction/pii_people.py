"""Personal data in fields: names, addresses, days of birth, numbers of papers, in the containers that hold them."""

from __future__ import annotations

from tests.redaction.classes import Class, Value, templates
from tests.redaction.values import DIGITS, FIRST, LAST, UPPER, Fake

NAME = (
    '{"user":{"id":«number»,"email":"«e!email»","name":"«S!»"}}',
    '{"customer":{"full_name":"«S!»","id":«number»}}',
    "maintainers:\n  - name: «S!»\n    email: «e!email»\n",
    "<Customer><Name>«S!»</Name><Email>«e!email»</Email></Customer>",
    "<Cdtr><Nm>«S!»</Nm></Cdtr>",
    "BEGIN:VCARD\nVERSION:3.0\nFN:«S!»\nEND:VCARD\n",
    "dn: uid=x«small»,ou=people,dc=corp\nobjectClass: inetOrgPerson\ncn: «S!»\n",
    "Name: «S!»\nDate of birth: «d!birth_date»\n",
    "name;email\n«S!»;«e!email»\n",
    "Contact person: «S!»",
    "Kind regards,\n«S!»\n",
    '{"log":"email = «e!email»\\n\\tname = «S!»"}',
    "> user_id;name;last_seen;ip\n> «small»;«S!»;never;\n",
)
GIVEN = (
    '{"firstName":"«S!»","locale":"en"}',
    "first_name=«S!»&lang=de",
    "givenName: «S!»",
    "<FirstName>«S!»</FirstName>",
    "id,first_name,active\n«small»,«S!»,1\n",
    "INSERT INTO customers (id, last_name) VALUES («small», '«S!»');",
    "vorname: «S!»",
)
BIRTH = (
    '{"dob":"«S!»"}',
    "birth_date=«S!» sex=F",
    "Date of birth: «S!»",
    "geburtsdatum: «S!»",
    "<BirthDate>«S!»</BirthDate>",
    "BEGIN:VCARD\nBDAY:«S!»\nEND:VCARD\n",
    "id,birth_date\n«small»,«S!»\n",
    "Birth date: «S!»",
    "Date de naissance : «S!»",
    "geboren am «S!» in Linz",
)
STREET = (
    '{"address":{"street":"«S!»","country":"DE"}}',
    '"address_line1": "«S!»"',
    "street_address: «S!»",
    "homePostalAddress: «S!»",
    "<Street>«S!»</Street>",
    "Address: «S!»",
    "Address line 1: «S!»",
    "Adresse de livraison : «S!»",
    "id;Straße;Telefon\n«small»;«S!»;\n",
)
PASSPORT = (
    '{"passport_number":"«S!»"}',
    "passport no. «S!» expired",
    "reisepassnummer: «S!»",
    "<PassportNumber>«S!»</PassportNumber>",
)


def full_name(fake: Fake) -> str:
    return f"{fake.pick(FIRST).title()} {fake.pick(LAST).title()}"


def day_of_birth(fake: Fake) -> str:
    year, month, day = fake.chance.randint(1940, 2005), fake.chance.randint(1, 12), fake.chance.randint(13, 28)
    return fake.pick((f"{year}-{month:02}-{day}", f"{day}.{month:02}.{year}", f"{month:02}/{day}/{year}"))


def street(fake: Fake) -> str:
    number = fake.chance.randint(1, 199)
    return fake.pick(
        (f"{number} Harbour Lane", f"Hauptstraße {number}", f"{number} rue de la Paix", f"ul. Polna {number}/4")
    )


def passport(fake: Fake) -> str:
    return fake.pick(UPPER.translate(str.maketrans("", "", DIGITS))) + fake.some("23456789", 7) + fake.some("01", 1)


def classes() -> list[Class]:
    """All of them."""
    rows: tuple[tuple[str, tuple[str, ...], Value], ...] = (
        ("person", NAME, full_name),
        ("given_name", GIVEN, lambda fake: fake.pick(FIRST).title()),
        ("birth_date", BIRTH, day_of_birth),
        ("street_address", STREET, street),
        ("passport", PASSPORT, passport),
    )
    given: dict[str, Value] = {"e": Fake.email, "d": day_of_birth}
    return [templates(kind, "pii", texts, inline=False, S=value, **given) for kind, texts, value in rows]
