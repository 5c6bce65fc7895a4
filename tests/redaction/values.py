"""Values made at run time: nothing in this file is a secret, a number or an address of anyone."""

from __future__ import annotations

import base64
import json
import random
import string
from ipaddress import IPv4Address, IPv6Address


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ALNUM = string.ascii_letters + string.digits
LOWER = string.ascii_lowercase + string.digits
UPPER = string.ascii_uppercase + string.digits
HEX = "0123456789abcdef"
DIGITS = string.digits
URLSAFE = ALNUM + "-_"
BASE64 = ALNUM + "+/"
WORDS = words("""
frame window bridge worker render queue flush socket retry plugin theme layout cache shard replica bucket
cart order invoice ledger basket quote parcel route courier depot crane beacon harbor meadow copper violet amber
falcon otter badger walnut cedar maple granite pebble river canyon glacier summit lantern candle anchor saddle""")
FIRST = words("""
anna bjorn carla david elena farid greta hiro ines jonas kavya lukas maria nadia oscar petra quentin rosa
samir tanya ulrich vera wendy xenia yusuf zoe mohammed sofia liam noah""")
LAST = words("""
keller novak santos okafor lindqvist moreau tanaka weber rossi kowalski haddad jensen oneill petrov silva
fischer dubois nguyen yamada costa brandt vogel stone rivera schmidt larsen""")
COMPANIES = words("acme globex initech umbrella hooli vandelay contoso fabrikam northwind wayne tyrell soylent")
ROLES = words("web db app cache mail build ci gw vpn proxy node worker kafka mq ldap ad dc fs print backup log mon")
TLDS = ["com", "org", "net", "io", "de", "fr", "co.uk", "dev", "se", "example"]
IBANS = {
    "DE": "n18",
    "GB": "a4n14",
    "FR": "n10c11n2",
    "NL": "a4n10",
    "ES": "n20",
    "IT": "a1n10c12",
    "PL": "n24",
    "CH": "n5c12",
    "AT": "n16",
    "BE": "n12",
    "SE": "n20",
    "NO": "n11",
    "PT": "n21",
    "IE": "a4n14",
    "FI": "n14",
    "DK": "n14",
    "LU": "n3c13",
}
PEM_TITLES = tuple(
    f"{kind}PRIVATE KEY{tail}"
    for kind, tail in (("RSA ", ""), ("", ""), ("EC ", ""), ("OPENSSH ", ""), ("ENCRYPTED ", ""), ("PGP ", " BLOCK"))
)
CARDS = (
    ("4", 16),
    ("51", 16),
    ("53", 16),
    ("55", 16),
    ("2221", 16),
    ("2720", 16),
    ("34", 15),
    ("37", 15),
    ("6011", 16),
    ("65", 16),
    ("3530", 16),
    ("3589", 16),
    ("36", 14),
    ("38", 14),
    ("62", 16),
    ("4", 16),
)


def luhn_digit(digits: str) -> str:
    """The digit that makes the number pass."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


class Fake:
    """Values by name, all from one chance."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def pick(self, among):
        return self.chance.choice(among)

    def some(self, alphabet: str, low: int, high: int | None = None) -> str:
        return "".join(self.chance.choices(alphabet, k=self.chance.randint(low, high or low)))

    def mixed(self, alphabet: str, low: int, high: int | None = None) -> str:
        """Random, and with a letter and a digit, so that no rule on entropy may call it a word."""
        while True:
            out = self.some(alphabet, low, high)
            if any(map(str.isdigit, out)) and any(map(str.isalpha, out)) and len(set(out)) > min(5, len(out) // 2):
                return out

    def pattern(self, text: str) -> str:
        """`n4a2c3x8` and so on: digits, capitals, capitals and digits, hex."""
        out = []
        at = 0
        while at < len(text):
            end = at + 1
            while end < len(text) and text[end].isdigit():
                end += 1
            alphabet = {"n": DIGITS, "a": string.ascii_uppercase, "c": UPPER, "x": HEX}[text[at]]
            out.append(self.some(alphabet, int(text[at + 1 : end])))
            at = end
        return "".join(out)

    # ordinary
    def word(self) -> str:
        return self.pick(WORDS)

    def noun(self) -> str:
        return self.pick(WORDS)

    def name(self) -> str:
        return f"{self.pick(WORDS)}_{self.pick(WORDS)}"

    def small(self) -> str:
        return str(self.chance.randint(1, 99))

    def number(self) -> str:
        return str(self.chance.randint(100, 99_999))

    def port(self) -> str:
        return str(self.pick((80, 443, 3000, 5432, 6379, 8080, 8443, 9090)))

    def address(self) -> str:
        return f"0x{self.chance.getrandbits(44) | 1 << 43:x}"

    def hex8(self) -> str:
        return self.some(HEX, 8)

    def hex12(self) -> str:
        return self.some(HEX, 12)

    def hex16(self) -> str:
        return self.some(HEX, 16)

    def hex32(self) -> str:
        return self.mixed(HEX, 32)

    def hex40(self) -> str:
        return self.mixed(HEX, 40)

    def hex64(self) -> str:
        return self.mixed(HEX, 64)

    def uuid(self) -> str:
        text = self.some(HEX, 32)
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"

    def clock(self) -> str:
        return f"{self.chance.randrange(24):02}:{self.chance.randrange(60):02}:{self.chance.randrange(60):02}"

    def day(self) -> str:
        return f"20{self.chance.randint(23, 26)}-{self.chance.randint(1, 12):02}-{self.chance.randint(1, 28):02}"

    def time(self) -> str:
        return f"{self.day()}T{self.clock()}.{self.chance.randrange(1000):03}Z"

    def version(self) -> str:
        return f"{self.chance.randint(0, 30)}.{self.chance.randint(0, 20)}.{self.chance.randint(0, 99)}"

    # people and machines
    def person(self) -> str:
        return self.pick(FIRST)

    def account(self) -> str:
        """A name that a service has, which is nobody's."""
        return self.pick(("app", "root", "postgres", "sa", "service", "admin", "backup", "reporting", "worker"))

    def user(self) -> str:
        first, last = self.pick(FIRST), self.pick(LAST)
        return self.pick(
            (
                first,
                first + last[0],
                first[0] + last,
                f"{first}.{last}",
                f"{first}_{last}",
                last + self.some(DIGITS, 2),
                f"{first}-{last}",
            )
        )

    def windows_user(self) -> str:
        first, last = self.pick(FIRST).title(), self.pick(LAST).title()
        return self.pick(
            (first, first + last, f"{first}.{last}", self.user(), last.lower()[:5], f"{first} {last}", first[0] + last)
        )

    def domain(self) -> str:
        if self.chance.random() < 0.2:
            return self.pick(("gmail.com", "outlook.com", "web.de", "proton.me", "example.com", "example.org"))
        return f"{self.pick(COMPANIES)}{self.pick(('', '-mail', '-group', 'labs'))}.{self.pick(TLDS)}"

    def email(self) -> str:
        return f"{self.user()}@{self.domain()}"

    def internal(self) -> str:
        """A machine inside a network, by its full name."""
        company = self.pick(COMPANIES)
        head = f"{self.pick(ROLES)}{self.pick(('', '-'))}{self.chance.randint(1, 40):02}"
        zone = self.pick(("prod", "dc1", "stage", "eu-west", "int", "hq", "lab"))
        return self.pick(
            (
                f"{head}.{zone}.{company}.internal",
                f"{head}.{company}.local",
                f"{head}.corp.{company}.com",
                f"{head}.{zone}.{company}.corp",
                f"{head}.{company}.lan",
                f"{head}.intra.{company}.net",
                f"{self.pick(LAST)}-{self.pick(('pc', 'ws', 'dev'))}.{company}.intranet",
            )
        )

    def box(self) -> str:
        """A machine by its short name."""
        role, last = self.pick(ROLES), self.pick(LAST)
        return self.pick(
            (
                f"{role}-{self.chance.randint(1, 40):02}",
                f"{role}-prod-{self.chance.randint(1, 40)}",
                f"{last}-{self.pick(('pc', 'ws', 'thinkpad', 'xps13', 'desktop'))}",
                f"{self.pick(COMPANIES)}-{role}{self.chance.randint(1, 9)}",
                f"{role}{self.chance.randint(1, 40):03}",
            )
        )

    def public_ipv4(self) -> str:
        while True:
            address = IPv4Address(self.chance.getrandbits(32))
            if address.is_global and not address.is_multicast:
                return str(address)

    def ipv4(self) -> str:
        if self.chance.random() < 0.3:
            last = f"{self.chance.randint(1, 254)}.{self.chance.randint(2, 254)}"
            return self.pick((f"192.168.{last}", f"10.{self.chance.randint(0, 254)}.{last}", f"172.20.{last}"))
        return self.public_ipv4()

    def ipv6(self) -> str:
        groups = [self.chance.getrandbits(16) for _ in range(8)]
        groups[0] = self.pick((0x2A01, 0x2A02, 0x2600, 0x2607, 0x2001, 0xFD12))
        shape = self.chance.random()
        if shape < 0.5:
            at, width = self.chance.randint(2, 4), self.chance.randint(2, 4)
            groups[at : at + width] = [0] * width
        address = IPv6Address(b"".join(group.to_bytes(2, "big") for group in groups))
        text = str(address) if shape < 0.85 else address.exploded
        return text.upper() if shape > 0.95 else text

    def mac(self, separator: str = ":") -> str:
        pairs = [f"{self.chance.getrandbits(8):02x}" for _ in range(6)]
        pairs[0] = f"{self.chance.getrandbits(6) << 2:02x}"
        text = separator.join(pairs)
        return text.upper() if self.chance.random() < 0.4 else text

    # numbers with a check
    def card(self) -> str:
        prefix, length = self.pick(CARDS)
        digits = prefix + self.some(DIGITS, length - 1 - len(prefix))
        return digits + luhn_digit(digits)

    def iban(self) -> str:
        country = self.pick(sorted(IBANS))
        account = self.pattern(IBANS[country])
        moved = "".join(str(int(character, 36)) for character in f"{account}{country}00")
        return f"{country}{98 - int(moved) % 97:02}{account}"

    def imei(self) -> str:
        digits = "35" + self.some(DIGITS, 12)
        return digits + luhn_digit(digits)

    # secrets
    def password(self) -> str:
        """What people choose, and what managers of passwords choose; nothing in it needs escaping anywhere."""
        word, other = self.word(), self.word()
        return self.pick(
            (
                f"{word.title()}{self.chance.randint(1000, 9999)}!",
                f"{word}{other.title()}{self.small()}",
                f"{word}-{other}-{self.word()}-{self.small()}",
                self.mixed(ALNUM, 8, 12),
                self.mixed(ALNUM, 14, 24),
                self.mixed(ALNUM + "!*-_.~^", 12, 20).strip("-_.~^!*") + "7x",
                f"{self.person()}{self.pick(('19', '20'))}{self.some(DIGITS, 2)}",
                f"{word[0].upper()}{word[1:]}_{self.some(LOWER, 5)}",
            )
        )

    def odd_password(self) -> str:
        """A password with characters that containers must escape."""
        return self.mixed(ALNUM, 4, 7) + self.pick("\"\\&<>%'@/:+#=? ") + self.mixed(ALNUM + "$%&@#!", 5, 9) + "k4"

    def secret(self) -> str:
        """What programs make."""
        return self.pick(
            (
                self.mixed(ALNUM, 20, 48),
                self.mixed(HEX, 32),
                self.mixed(HEX, 40),
                self.mixed(HEX, 64),
                self.mixed(URLSAFE, 22, 43).strip("-_") + "Q7",
                base64.b64encode(self.chance.randbytes(self.pick((16, 24, 32, 48)))).decode(),
                self.uuid(),
                self.mixed(LOWER, 24, 32),
            )
        )

    def plain_secret(self) -> str:
        return self.mixed(ALNUM, 16, 40)

    def jwt(self) -> str:
        def part(value: object) -> str:
            return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).decode().rstrip("=")

        head = {"alg": self.pick(("HS256", "RS256", "ES256")), "typ": "JWT"}
        if self.chance.random() < 0.3:
            head["kid"] = self.some(LOWER, 8)
        body = {"sub": self.some(DIGITS, 8), "name": self.person(), "iat": self.chance.randint(16 * 10**8, 18 * 10**8)}
        return f"{part(head)}.{part(body)}.{self.some(URLSAFE, 43).strip('-_') or 'x'}"

    def pem(self, title: str = "", newline: str = "\n", rows: int = 0) -> str:
        """The body of a key is random: nobody can use it."""
        title = title or self.pick(PEM_TITLES)
        body = [self.some(BASE64, 64) for _ in range(rows or self.chance.randint(4, 14))]
        body.append(self.some(BASE64, self.chance.randint(5, 60)) + "==")
        return newline.join([f"-----BEGIN {title}-----", *body, f"-----END {title}-----"])
