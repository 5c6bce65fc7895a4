"""Secrets and personal data that are encoded, escaped, coloured or split over lines."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import partial
from urllib.parse import quote

from tests.redaction import tokens
from tests.redaction.classes import KEYS, Class, simple
from tests.redaction.sample import Label, Sample, fill
from tests.redaction.values import ALNUM, Fake

INNER_JSON = (
    '{"«camel»":"«P!»"}',
    '{"user":"«account?»","«camel»":"«P!»","n":«small»}',
    '{"email":"«email!»","id":«number»}',
    '{"token":"«V!»","ttl":«small»}',
    '{"auth":{"«key»":"«P!»"},"ok":false}',
    '{"headers":{"Authorization":"Bearer «V!»"}}',
    '{"contact":"«email!»","«camel»":"«P!»"}',
    '{"password":"«P!»"}',
    '{"card":"«card!»","amount":«small»}',
)
INNER_PAIRS = (
    "«key»=«P!»&n=«small»",
    "user=«account?»&«key»=«P!»",
    "«key»=«P!»",
    "email=«email!»&id=«number»",
    "token=«V!»&v=3",
    "«upper»=«P!»\nMODE=fast",
)
JSON_OUT = (
    ('{"level":"error","body":"', '","n":1}'),
    ('{"message":"request was ', '"}'),
    ('{"payload":{"stack":"x","data":"', '"},"handled":false}'),
    ('{"breadcrumb":"POST ', ' 500"}'),
)
PLAIN_OUT = (
    ("data=", ""),
    ("payload: ", ""),
    ('{"body":"', '","size":120}'),
    ("decoded ", " in 3 ms"),
    ("[rpc] <- ", ""),
    ("cfg(", ")"),
    ("GET /cb?state=", "&v=1 302"),
    ("X-Context: ", ""),
)
URL_OUT = (
    ("GET /search?q=", "&page=2 200"),
    ("https://www.example/cb?d=", "#top"),
    ('{"referer":"https://www.example/?next=', '"}'),
    ("POST body ", ""),
    ("returnUrl=", "&lang=en"),
)
COLOURS = ("\x1b[31m", "\x1b[0m", "\x1b[1;33m", "\x1b[38;5;208m", "\x1b[7m", "\x1b[39m", "\x1b[K", "\x1b[01;31m\x1b[K")


def values(fake: Fake, name: str) -> str:
    given = {
        "P": simple,
        "V": lambda one: tokens.common(
            one, one.pick(("github", "gitlab", "aws_access_key", "stripe", "npm", "google_api"))
        ),
        **KEYS,
    }
    return given[name](fake) if name in given else getattr(fake, name)()


def inner(fake: Fake, texts: tuple[str, ...], kind: str) -> Sample:
    return fill(fake.pick(texts), partial(values, fake), kind, "obfuscated")


def run(kind: str, text: str) -> Sample:
    """A text that is one encoded run, to be masked as a whole."""
    return Sample(text, (Label(0, len(text), kind, "obfuscated"),), kind=kind)


def within(fake: Fake, sample: Sample, places: tuple[tuple[str, str], ...]) -> Sample:
    return sample.around(*fake.pick(places))


def escaped(kind: str, levels: int) -> Class:
    """JSON in a string of JSON, in a string of JSON."""

    def make(fake: Fake) -> Sample:
        sample = inner(fake, INNER_JSON, kind)
        for level in range(levels):
            if level:
                sample = within(fake, sample, JSON_OUT)
            sample = sample.escaped()
        return within(fake, sample, JSON_OUT).named(kind)

    return Class(kind, "obfuscated", make, inline=False)


def escaped_path(fake: Fake) -> Sample:
    """A Windows path in JSON in JSON."""
    template = "C:\\Users\\«windows_user!»\\AppData\\«word»\\«noun».log"
    sample = fill(template, partial(values, fake), "escaped_path", "obfuscated")
    for _ in range(fake.chance.randint(2, 3)):
        sample = within(fake, sample.escaped(), JSON_OUT)
    return sample.named("escaped_path")


def unicode_escape(fake: Fake) -> Sample:
    """`\\u0040` and its like, as encoders write them that care for HTML or for ASCII."""
    template = fake.pick(
        (
            '{"email":"«email!»","n":«small»}',
            '{"url":"https://www.example/cb?id=«small»&token=«V!»&v=3"}',
            '{"msg":"user <«email!»> not found"}',
            '{"«camel»":"«P!»"}',
            '{"line":"user=«account?»&«key»=«P!»"}',
            '{"to":"«email!»"}',
        )
    )
    sample = fill(template, partial(values, fake), "unicode_escape", "obfuscated")
    every = fake.chance.random() < 0.3
    upper = fake.chance.random() < 0.5

    def change(character: str) -> str:
        if character in "@=&<>'+" or (every and character.isalnum() and inside[0]):
            code = f"{ord(character):04x}"
            return "\\u" + (code.upper() if upper else code)
        return character

    inside = [False]
    out = []
    at = 0
    for label in sample.labels:
        out.append(Sample(sample.text[at : label.start]).mapped(change))
        inside[0] = True
        piece = Sample(sample.text[label.start : label.end]).mapped(change).text
        inside[0] = False
        out.append(run("unicode_escape", piece))
        at = label.end
    out.append(Sample(sample.text[at:]).mapped(change))
    return joined(out, "unicode_escape")


def joined(pieces: list[Sample], kind: str) -> Sample:
    from tests.redaction.sample import join

    return join(pieces).named(kind)


def percent(kind: str, times: int) -> Class:
    """Percent encoding of everything that is not a letter or digit."""

    def make(fake: Fake) -> Sample:
        texts = fake.pick((INNER_JSON, INNER_PAIRS, ("«email!»", "user:«email!»", "mailto:«email!»")))
        sample = inner(fake, texts, kind)
        lower = fake.chance.random() < 0.3

        def change(character: str) -> str:
            out = quote(character, safe="")
            return out.lower() if lower and out.startswith("%") else out

        for _ in range(times):
            sample = sample.mapped(change)
        return within(fake, sample, URL_OUT).named(kind)

    return Class(kind, "obfuscated", make)


def coded(kind: str, texts: tuple[str, ...], encode: Callable[[bytes], bytes]) -> Class:
    """A whole text encoded: the run is the label."""

    def make(fake: Fake) -> Sample:
        text = inner(fake, texts, kind).text
        return within(fake, run(kind, encode(text.encode()).decode()), PLAIN_OUT).named(kind)

    return Class(kind, "obfuscated", make)


def urlsafe(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def twice(data: bytes) -> bytes:
    return base64.b64encode(base64.b64encode(data))


def hexed(data: bytes) -> bytes:
    return data.hex().encode()


def secret_text(fake: Fake) -> tuple[str, str]:
    """A secret that is known by its form, and the text before it."""
    kind = fake.pick(("token", "token", "bearer", "key", "jwt"))
    if kind == "jwt":
        return fake.pick(("jwt ", "got ", "Authorization: Bearer ")), fake.jwt()
    if kind == "token":
        return fake.pick(("used ", "token: ", "found ")), values(fake, "V")
    if kind == "bearer":
        return "Authorization: Bearer ", fake.mixed(ALNUM, 40, 60)
    return f"{KEYS['key'](fake)}=", fake.mixed(ALNUM, 32, 60)


def split(fake: Fake, text: str, between: Callable[[], str], kind: str, count: int = 0) -> Sample:
    """A text with something between its pieces; every piece has four characters or more."""
    count = count or fake.chance.randint(1, 2)
    width = len(text) // (count + 1)
    cuts = sorted({max(4, min(len(text) - 4, width * (n + 1) + fake.chance.randint(-2, 2))) for n in range(count)})
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    out = pieces[0]
    parts = [(0, len(out))]
    for piece in pieces[1:]:
        out += between()
        parts.append((len(out), len(out) + len(piece)))
        out += piece
    label = Label(0, len(out), kind, "obfuscated", tuple(parts))
    return Sample(out, (label,), kind=kind)


def ansi(fake: Fake) -> Sample:
    """Colour inside a token, as a highlighter of matches leaves it."""
    before, text = secret_text(fake)
    sample = split(fake, text, lambda: fake.pick(COLOURS), "ansi", fake.chance.randint(1, 3))
    return sample.around(fake.pick(("", "\x1b[2m")) + before, "\x1b[0m " + fake.word())


def wrapped(kind: str, between: Callable[[Fake], str]) -> Class:
    """A token that a terminal, a mailer or a logger cut."""

    def make(fake: Fake) -> Sample:
        before, text = secret_text(fake)
        gap = between(fake)
        sample = split(fake, text, lambda: gap, kind)
        return sample.around(before, fake.pick(("", " " + fake.word(), "\ndone in 3 ms")))

    return Class(kind, "obfuscated", make, inline=False)


def prefixed(fake: Fake) -> Class:
    """A cut token whose every line has the head of its logger."""
    head = fake.pick(
        ("I/flutter ( 7346): ", "[01-26-2026 22:14:05] [Zone] [Error] ", "2026-01-26T01:25:59.123Z  INFO app: ")
    )
    before, text = secret_text(fake)
    return split(fake, text, lambda: "\n" + head, "wrapped_prefix").around(head + before, "")


def utf16(fake: Fake) -> Sample:
    """Wide characters read as bytes: a NUL behind every one."""
    sample = inner(
        fake, fake.pick((INNER_JSON, INNER_PAIRS, ("token «V!»", "C:\\Users\\«windows_user!»\\a.txt"))), "utf16"
    )
    return sample.mapped(lambda character: character + "\0").named("utf16")


def entities(fake: Fake) -> Sample:
    """HTML entities, by name and by number."""
    template = fake.pick(
        (*INNER_JSON, *INNER_PAIRS[:5], "user &lt;«email!»&gt;", '<input name="password" value="«P!»">')
    )
    sample = fill(
        template.replace("&lt;", "<").replace("&gt;", ">"), partial(values, fake), "html_entities", "obfuscated"
    )
    numeric = fake.pick(({}, {"@": "&#64;", '"': "&#34;"}, {"@": "&#x40;", '"': "&#x22;", "=": "&#61;", ".": "&#46;"}))
    names = {'"': "&quot;", "<": "&lt;", ">": "&gt;", "&": "&amp;", "'": "&#39;", **numeric}
    sample = sample.mapped(lambda character: names.get(character, character))
    return within(fake, sample, (("<pre>", "</pre>"), ("<td>body: ", "</td>"), ('data-x="', '"'))).named(
        "html_entities"
    )


def classes() -> list[Class]:
    """All of them."""
    return [
        Class("ansi", "obfuscated", ansi, inline=False),
        escaped("json_escape_1", 1),
        escaped("json_escape_2", 2),
        escaped("json_escape_3", 3),
        Class("escaped_path", "obfuscated", escaped_path, inline=False),
        Class("unicode_escape", "obfuscated", unicode_escape, inline=False),
        percent("percent_once", 1),
        percent("percent_twice", 2),
        coded("base64_json", INNER_JSON, base64.b64encode),
        coded("base64_pairs", INNER_PAIRS, base64.b64encode),
        coded("base64url_json", INNER_JSON, urlsafe),
        coded("base64_twice", INNER_JSON, twice),
        coded("hex_json", (*INNER_JSON, *INNER_PAIRS), hexed),
        wrapped("wrapped", lambda fake: fake.pick(("\n", "\r\n"))),
        wrapped("wrapped_indent", lambda fake: "\n" + fake.pick(("  ", "\t", "        "))),
        wrapped("wrapped_backslash", lambda fake: "\\\n" + fake.pick(("", "  ", "    "))),
        Class("wrapped_prefix", "obfuscated", prefixed, inline=False),
        Class("utf16", "obfuscated", utf16, inline=False),
        Class("html_entities", "obfuscated", entities, inline=False),
    ]
