"""Personal data with a form of its own: cards, accounts, addresses of people and machines."""

from __future__ import annotations

from tests.redaction.classes import Class, Value, templates
from tests.redaction.values import DIGITS, Fake

CARD = (
    "card «S!» declined",
    '{"cardNumber":"«S!»","exp":"12/29"}',
    "pan=«S!»&cvv=***",
    "charge(«S!», «small».00) -> 402",
    "<CardNumber>«S!»</CardNumber>",
    "payment: number '«S!»' failed check",
    "«time» order «small» paid with «S!».",
    '{"payment":{"number":«S!»,"ok":false}}',
    "INSERT INTO payments VALUES ('«S!»', «small»)",
)
IBAN = (
    "IBAN «S!»",
    '{"iban":"«S!»"}',
    "transfer to «S!» failed",
    "account=«S!»;bic=«word»",
    "<IBAN>«S!»</IBAN>",
    "sepa debit («S!») rejected: AC04",
    "iban: '«S!»'",
    "payee «word» «S!», amount «small».00 EUR",
)
EMAIL = (
    "user «S!» not found",
    '{"email":"«S!»","id":«number»}',
    "From: «S!»",
    "mailto:«S!»?subject=crash",
    "email=«S!»&next=/«word»",
    "duplicate key value (email)=(«S!»)",
    "<email>«S!»</email>",
    "sent to '«S!»'.",
    "login,«S!»,«time»",
    "smtp; 550 5.1.1 «S!»: user unknown",
    '{"user":{"id":"«number»","email":"«S!»","ip_address":null}}',
    "git author «S!» 1700000000 +0100",
    "[«S!»] signed in",
)
EMAIL_ANGLE = (
    "To: <«S!»>",
    'From: "«word»" <«S!»>',
    "RCPT TO:<«S!»>",
    "Author: «word» <«S!»>",
    "MAIL FROM:<«S!»> SIZE=«number»",
    "Signed-off-by: «word» <«S!»>",
    "Return-Path: <«S!»>",
)
PHONE = (
    "phone: «S!»",
    '{"phone":"«S!»"}',
    "sms to «S!» failed: «number»",
    "tel:«S!»",
    "call «S!» for help",
    "mobile=«S!»",
    "<phone>«S!»</phone>",
    '{"phoneNumber":"«S!»","verified":false}',
    "Twilio: 'To' number «S!» is not valid",
    "contact «word» at «S!».",
)
NATIONAL = (
    "phone: «S!»",
    '{"phone":"«S!»"}',
    "Tel. «S!»",
    "mobile: «S!», «word»",
    '{"phone_number":"«S!»"}',
    "fax «S!»",
    "Telefon: «S!»",
    "callback to phone «S!» scheduled",
    "<telephone>«S!»</telephone>",
    "you can call me at «S!».",
    "Phone (home): «S!»",
    "Key (phone)=(«S!») already exists.",
)
ADVERTISING = (
    "idfa=«S!»",
    '{"advertisingId":"«S!»"}',
    "Identifier for vendor: «S!»",
    "<udid>«S!»</udid>",
)
LATITUDE = (
    "latitude=«S!» longitude=«W!»",
    '{"lat":«S!»,"lng":«W!»}',
    "geo:«S!»,«W!»",
    "Location[gps «S!»,«W!» hAcc=«small»]",
)
IPV4 = (
    "connection from «S!» closed",
    '{"ip":"«S!»"}',
    '«S!» - - [26/Jan/2026:22:14:05 +0000] "GET / HTTP/1.1" 200 «number»',
    "client_ip=«S!» status=«small»",
    "X-Forwarded-For: «S!», «T!»",
    "dial tcp «S!»:«port»: connect: connection refused",
    "Failed to connect to /«S!» (port «port»)",
    "http://«S!»:«port»/«word»",
    "[«clock»] [World] [Login] «word» logged in from [«S!»]",
    '{"user":{"ip_address":"«S!»","id":"«number»"}}',
    "bind(«S!»)",
    "peer «S!»: handshake timeout.",
    "route «S!»/24 via «T!» dev eth0",
    '«word»_up{instance="«S!»:9100"} 1',
    "socket 7 -> «S!»:«number»",
)
IPV6 = (
    "connection from «S!» closed",
    '{"ip":"«S!»"}',
    "http://[«S!»]:«port»/«word»",
    "client_ip=«S!» status=«small»",
    "dial tcp [«S!»]:«port»: i/o timeout",
    "X-Forwarded-For: «S!»",
    "inet6 «S!»/64 scope global",
    "peer («S!») reset",
    "AAAA «S!»",
    "listening on '«S!»', port «port»",
)
MAC = (
    "ether «S!» txqueuelen 1000",
    '{"mac":"«S!»"}',
    "DHCPACK to «S!» via eth0",
    "hwaddr=«S!» up",
    "Physical Address. . . : «S!»",
    "wlan0: associated with «S!»",
    "bssid «S!», rssi -«small»",
    "device '«S!»' disconnected",
    "link/ether «S!» brd ff:ff:ff:ff:ff:ff",
)
SSN = (
    "ssn: «S!»",
    '{"ssn":"«S!»"}',
    "SSN «S!» invalid",
    "social security number: «S!»",
    "social_security_number=«S!»",
    "<SSN>«S!»</SSN>",
    "taxpayer «word», SSN: «S!».",
)
IMEI = (
    "imei: «S!»",
    '{"imei":"«S!»"}',
    "IMEI=«S!»",
    "device IMEI «S!» blocked",
    "<imei>«S!»</imei>",
    '{"device":{"imei":"«S!»","model":"«word»"}}',
    "IMEI: «S!», slot «small»",
)


def spaced_card(fake: Fake) -> str:
    digits = fake.card()
    sizes = {16: (4, 4, 4, 4), 15: (4, 6, 5), 14: (4, 6, 4)}[len(digits)]
    separator = fake.pick((" ", "-", " "))
    out, at = [], 0
    for size in sizes:
        out.append(digits[at : at + size])
        at += size
    return separator.join(out)


def spaced_iban(fake: Fake) -> str:
    text = fake.iban()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def plus_email(fake: Fake) -> str:
    return f"{fake.user()}+{fake.pick((fake.word(), fake.small(), fake.word() + '-test'))}@{fake.domain()}"


def unicode_email(fake: Fake) -> str:
    domain = fake.pick(("bücher", "müller-gmbh", "käse", "città", "société", "почта", "例え", "señal"))
    local = fake.pick((fake.user(), fake.user(), "jörg." + fake.pick(("weiß", "brandt"))))
    return f"{local}@{domain}.{fake.pick(('de', 'com', 'example', 'org', 'xn--p1ai'))}"


def e164(fake: Fake) -> str:
    return fake.pick(
        (
            lambda: "+1" + fake.pick(("415", "212", "646", "303")) + fake.some("23456789", 3) + fake.some(DIGITS, 4),
            lambda: "+4915" + fake.some(DIGITS, 9),
            lambda: "+447" + fake.some(DIGITS, 9),
            lambda: "+336" + fake.some(DIGITS, 8),
            lambda: "+3467" + fake.some(DIGITS, 7),
            lambda: "+4670" + fake.some(DIGITS, 7),
            lambda: "+9198" + fake.some(DIGITS, 8),
            lambda: "+8190" + fake.some(DIGITS, 8),
            lambda: "+5511" + "9" + fake.some(DIGITS, 8),
        )
    )()


def international(fake: Fake) -> str:
    some = fake.some
    return fake.pick(
        (
            lambda: f"+1 {some('23456789', 3)}-{some('23456789', 3)}-{some(DIGITS, 4)}",
            lambda: f"+1 ({some('23456789', 3)}) {some('23456789', 3)}-{some(DIGITS, 4)}",
            lambda: f"+44 20 7{some(DIGITS, 3)} {some(DIGITS, 4)}",
            lambda: f"+49 30 {some('123456789', 1)}{some(DIGITS, 6)}",
            lambda: f"+49 (0) 151 {some(DIGITS, 8)}",
            lambda: f"+33 6 {some(DIGITS, 2)} {some(DIGITS, 2)} {some(DIGITS, 2)} {some(DIGITS, 2)}",
            lambda: f"+41 44 {some('123456789', 1)}{some(DIGITS, 2)} {some(DIGITS, 2)} {some(DIGITS, 2)}",
            lambda: f"0049 170 {some(DIGITS, 7)}",
        )
    )()


def national(fake: Fake) -> str:
    some = fake.some
    area, exchange = some("23456789", 3), some("23456789", 3)
    return fake.pick(
        (
            lambda: f"({area}) {exchange}-{some(DIGITS, 4)}",
            lambda: f"{area}-{exchange}-{some(DIGITS, 4)}",
            lambda: f"{area}.{exchange}.{some(DIGITS, 4)}",
            lambda: f"020 7{some(DIGITS, 3)} {some(DIGITS, 4)}",
            lambda: f"07{some(DIGITS, 3)} {some(DIGITS, 6)}",
            lambda: f"030/{some('123456789', 1)}{some(DIGITS, 6)}",
            lambda: f"0151 {some(DIGITS, 8)}",
            lambda: f"06 {some(DIGITS, 2)} {some(DIGITS, 2)} {some(DIGITS, 2)} {some(DIGITS, 2)}",
        )
    )()


def extension(fake: Fake) -> str:
    tail = fake.some("123456789", 3, 4)
    return fake.pick((international, national))(fake) + fake.pick(
        (f" x{tail}", f" ext. {tail}", f" ext {tail}", f"x{tail}")
    )


def zoned(fake: Fake) -> str:
    words = [f"{fake.chance.getrandbits(16):x}" for _ in range(4)]
    return "fe80::" + ":".join(words) + "%" + fake.pick(("eth0", "en0", "wlan0", "12", "lo0", "enp3s0"))


def dotted_mac(fake: Fake) -> str:
    text = fake.mac("").lower()
    return ".".join((text[:4], text[4:8], text[8:]))


def degrees(fake: Fake) -> str:
    return f"{fake.pick(('', '-'))}{fake.chance.randint(1, 89)}.{fake.some(DIGITS, 5)}{fake.chance.randint(1, 9)}"


def ssn(fake: Fake) -> str:
    area = fake.pick([number for number in range(100, 800) if number != 666])
    return f"{area}-{fake.chance.randint(10, 99)}-{fake.chance.randint(1000, 9999)}"


def classes() -> list[Class]:
    """All of them."""
    dash: Value = lambda fake: fake.mac("-")  # noqa: E731
    mapped: Value = lambda fake: "::ffff:" + fake.public_ipv4()  # noqa: E731
    rows = (
        ("card", CARD, Fake.card),
        ("card_separated", [text for text in CARD if ":«S!»," not in text], spaced_card),
        ("iban", IBAN, Fake.iban),
        ("iban_spaced", IBAN, spaced_iban),
        ("email", EMAIL, Fake.email),
        ("email_plus", EMAIL, plus_email),
        ("email_unicode", EMAIL, unicode_email),
        ("email_angle", EMAIL_ANGLE, Fake.email),
        ("phone_e164", PHONE, e164),
        ("phone_international", PHONE, international),
        ("phone_national", NATIONAL, national),
        ("phone_extension", NATIONAL, extension),
        ("ipv4", IPV4, Fake.ipv4),
        ("ipv6", IPV6, Fake.ipv6),
        ("ipv6_zone", IPV6, zoned),
        ("ipv6_mapped", IPV6, mapped),
        ("mac", MAC, Fake.mac),
        ("mac_dash", MAC, dash),
        ("mac_dotted", MAC, dotted_mac),
        ("ssn", SSN, ssn),
        ("advertising_id", ADVERTISING, Fake.uuid),
        ("coordinates", LATITUDE, degrees),
        ("imei", IMEI, Fake.imei),
    )
    given: dict[str, Value] = {"T": Fake.ipv4, "W": degrees}
    return [templates(kind, "pii", texts, S=value, **given) for kind, texts, value in rows]
