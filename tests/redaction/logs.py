"""A large log of mostly ordinary lines, and texts that are slow to search for some."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

from tests.redaction.context import ORDINARY, PLAIN_HEADS, headed, values
from tests.redaction.generator import classes
from tests.redaction.sample import fill
from tests.redaction.values import Fake

SOMETHING = 0.04


def log(megabytes: float, seed: int = 3, something: float = SOMETHING) -> str:
    """So many megabytes of lines; a share of them holds a secret, personal data, or what looks like it."""
    chance = random.Random(seed)
    fake = Fake(chance)
    kinds = [one for one in classes() if one.inline]
    out: list[str] = []
    size = 0
    while size < megabytes * 1_000_000:
        if chance.random() < something:
            line = headed(fake, chance.choice(kinds).make(fake)).text
        else:
            line = fill(chance.choice(PLAIN_HEADS) + chance.choice(ORDINARY), values(fake), "", "").text
        out.append(line)
        size += len(line) + 1
    return "\n".join(out)


AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
    "curl/8.4.0",
)
PAGES = ("/index.html", "/static/app.js", "/api/v1/orders/{}", "/search?q=red+shoes&page={}", "/login")
WORDS = ("payment", "order", "cart", "retry", "queue", "worker", "cache", "index", "shard")
MESSAGES = (
    "User {name} session={token} key=orchard took {n} ms",
    "handled path=/api/orders/{n} status=200 host=web-{small} client={ip}",
    "cache key=order:{n}:items miss, loading from node {small}",
    "connecting to db-{small}.prod.internal:5432 as user=app",
    "\tat com.acme.shop.Order.process(Order.java:{n})",
)


def kinds(megabytes: float, seed: int = 5) -> dict[str, str]:
    """So many megabytes of each of some kinds of text in which much is found: on every line, or on most."""
    chance = random.Random(seed)
    fake = Fake(chance)
    return {
        name: _many(lambda make=make: make(fake, chance), megabytes)
        for name, make in (
            ("server log", _server),
            ("access log", _access),
            ("JSON lines", _event),
            ("JSON lines, people", _person),
        )
    }


def _many(line: Callable[[], str], megabytes: float) -> str:
    """Lines until they are so many megabytes."""
    out: list[str] = []
    size = 0
    while size < megabytes * 1_000_000:
        out.append(line())
        size += len(out[-1]) + 1
    return "\n".join(out)


def _time(chance: random.Random) -> str:
    return f"{chance.randint(0, 23):02}:{chance.randint(0, 59):02}:{chance.randint(0, 59):02}"


def _server(fake: Fake, chance: random.Random) -> str:
    values = {"name": fake.user(), "token": fake.hex16(), "ip": fake.ipv4()}
    said = chance.choice(MESSAGES).format(n=chance.randint(1, 99_999), small=chance.randint(1, 20), **values)
    return (
        f"2026-01-26 {_time(chance)},{chance.randint(100, 999)} INFO [exec-{chance.randint(1, 20)}] com.acme - {said}"
    )


def _access(fake: Fake, chance: random.Random) -> str:
    page = chance.choice(PAGES).format(chance.randint(1, 99_999))
    who = fake.user() if chance.random() < 0.1 else "-"
    end = f'"GET {page} HTTP/1.1" 200 {chance.randint(100, 90_000)} "-" "{chance.choice(AGENTS)}"'
    return f"{fake.ipv4()} - {who} [26/Jan/2026:{_time(chance)} +0000] {end}"


def _event(fake: Fake, chance: random.Random) -> str:
    who = {"host": f"web-{chance.randint(1, 9)}", "user": f"user{chance.randint(1, 500)}", "ip": fake.ipv4()}
    return json.dumps({"time": f"2026-01-26T{_time(chance)}Z", "msg": " ".join(chance.choices(WORDS, k=8)), **who})


def _person(fake: Fake, chance: random.Random) -> str:
    user = {"id": chance.randint(1, 99_999), "name": fake.person(), "email": fake.email(), "username": fake.user()}
    return json.dumps({"ts": f"2026-01-26T{_time(chance)}Z", "event": "login", "user": user, "ip": fake.ipv4()})


def hostile(size: int) -> dict[str, str]:
    """Texts of that size on which a backtracking search takes long."""
    pieces = {
        "key=": "key=",
        "password spaces": " ",
        "quotes": '"',
        "backslashes": "\\",
        "at signs": "a@",
        "dots": "a.",
        "octets": "1.",
        "digits": "4",
        "digits and spaces": "4 ",
        "colons": "a:",
        "percent": "%25",
        "base64": "QUFB",
        "hex": "6b",
        "braces": '{"a":',
        "brackets": "[",
        "begin": "-----BEGIN ",
        "urls": "http://a:",
        "dashes": "--a-",
        "ansi": "\x1b[",
        "token": "gh" + "p_",
        "jwt": "eyJ" + "hbGci.",
        "home": "/home/",
        "users": "C:\\\\Users\\\\",
        "newlines": "\n",
        "returns": "a\r\n",
        "unicode": "\\u0040",
        "entities": "&#64;",
        "equals": "a=",
        "nul": "a\0",
        "tags": "<a>",
        "plus": "+1 ",
        "password": "password ",
        "sessions": "session_id=",
        "telephones": "telephone: ",
        "calls": "login(",
        "ciphers": "createHmac(",
        "headings": "2fa-codes\n",
        "phrases": "secret_phrase: a ",
        "rows of two cells": "a b|user_name call api_key email\n",
        "zeros in lines of base64": "A" * 76 + "\n",
        "texts in lines of base64": "aGVsbG8gd29ybGQgYW5kIGFsbCBvZiB5b3UgdGhlcmUg" + "\n",
    }
    out = {name: (piece * (size // len(piece) + 1))[:size] for name, piece in pieces.items()}
    out["password spaces"] = "password" + out["password spaces"]
    return out


# What stands beside them: things that are found, many of them, and things that lie in one another.
PIECES = {
    "nested quotes": '\\"',
    "quotes of quotes": '"\\\\\\"',
    "line ends of JSON": "\\n",
    "base64 and hex": "QUFB6b6b",
    "runs of base64": "QUFBQUFBQUFBQUFBQUFB ",
    "runs of hex": "6b6b6b6b6b6b6b6b6b6b ",
    "deep percent": "%252525",
    "percent signs": "%",
    "quoted-printable": "=\n",
    "continued lines": "\\\n",
    "short lines": "a b\n",
    "whole lines of letters": "abcdefghijklmnop\n",
    "pairs in lines": "password=hunter7x\n",
    "pairs in a line": "password=hunter7x ",
    "pairs in continued lines": "token=abcd\\\n",
    "JSON in a line": '"password":"hunter7x",',
    "almost names": "".join(f'"password": "{chr(97 + n % 26)}_{chr(97 + n // 26)}_{"a_" * 55}A"\n' for n in range(520)),
    "JSON objects": '{"password":"hunter7x"},',
    "deep JSON": '[{"a":',
    "YAML": "password:\n  - a\n",
    "objects under names in one another": '{"password":{"a":',
    "lists under names in one another": '"tokens":[',
    "columns": '"passwords":{"0":"Abc7qxyz12",',
    "maps of YAML": "passwords:\n  ada: Abc7qxyz12\n",
    "maps of YAML in one another": "passwords:\n" + "".join(f"{' ' * n}secrets:\n" for n in range(1, 40)),
    "long map of YAML": "passwords:\n" + "  ada: Abc7qxyz12\n  grace_h: k8Kd93jfp\n" * 3_000,
    "comments before lists": "passwords:\n" + "# a comment of some length\n" * 7,
    "sections": '[secrets]\ndb = "Abc7qxyz12"\n',
    "long section": "[secrets]\n" + "db = Abc7qxyz12\nqueue_2 = k8Kd93jfp\n" * 3_000,
    "elements under names": "<passwords><ada>",
    "closed elements": "<passwords><ada>Abc7qxyz12</ada></passwords>",
    "strings over lines": 'password = """\nAbc7qxyz12\n',
    "backticks over lines": "password = `\nAbc7qxyz12\n",
    "here-documents": "password=$(cat <<EOF\nAbc7qxyz12\n",
    "labels": 'up{token="a7b2c3d4e5"} 1\n',
    "tokens": "ghp" + "_a7B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8 ",
    "mails": "ada7@b.example.org ",
    "addresses": "10.1.2.7 ",
    "addresses of six": "::7 ",
    "cards": "4111111111111111 ",
    "accounts": "DE89370400440532013000 ",
    "phones": "+49 30 123456 ",
    "cookies": "Cookie: a=b; ",
    "cookies in one another": "cookie=x ",
    "cookies of lists": "cookies = 1;",
    "names of dates": "dob: ",
    "names of sessions": "sid=",
    "names of passwords": "password=",
    "pairs of a query": "$token=a&",
    "blanks behind a string": 'password="abcd1234"' + " " * 2_000,
    "names of columns in objects": '{"name":"a"} ',
    "rows of names": '"columns":[{"a":1} {"a":1} {"a":1} ',
    "calls": "ftp(",
    "parted runs": "QUFBQUFBa1b2c3d4e5f6rdme_",
    "lists of names": "\n  - \tsession:",
    "folded lines": "abcdefgh12345678\n\t",
    "entries of a directory": "dn: a\n b\n",
    "wrapped beginnings of tokens": "ghr" + "_\nx1",
    "rows of a name": 'full_name",|\\\n',
    "headers": "Authorization: ",
    "bearers": "Bearer ",
    "command lines": "curl -u a:b ",
    "options": "--password ",
    "connections": "postgres://a:b@c/",
    "keys": "-----BEGIN RSA PRIVATE KEY-----\n",
    "masks": "[password:1:8-15]",
    "half masks": "[password:",
    "marks of direction": "\u200b",
    "escaped backslashes": "\\u005c",
    "underscores": "_",
    "slashes": "/",
    "hyphens": "-----",
    "values before names": 'value="a" name="password" ',
    "people with addresses": "Ada Bell <ada7@b.example.org> ",
    "clauses": "password that a b c ",
    "keys in base64": "LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVkt\n",
}


def nested(size: int) -> dict[str, str]:
    """More texts of that size, of what is found and of what is nested."""
    return {name: (piece * (size // len(piece) + 1))[:size] for name, piece in PIECES.items()}
