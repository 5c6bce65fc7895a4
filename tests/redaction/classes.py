"""Classes of the corpus: each has a name, a group, and a way to make one sample of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.redaction.sample import Sample, fill
from tests.redaction.values import Fake

Value = Callable[[Fake], str]


@dataclass(frozen=True, slots=True)
class Class:
    """`kind` is the name, `group` one of secret, pii, obfuscated, negative."""

    kind: str
    group: str
    make: Callable[[Fake], Sample]
    inline: bool = True  # one line that may stand behind the head of a log line or inside a JSON message


def named(fake: Fake, given: dict[str, Value]) -> Callable[[str], str]:
    """Values of fields: those given, else the method of the fake with that name."""
    return lambda name: given[name](fake) if name in given else getattr(fake, name)()


def templates(
    kind: str, group: str, texts: Sequence[str], *, inline: bool = True, whole: bool = False, **given: Value
) -> Class:
    """A class whose samples are templates with `«S!»` in them."""

    def make(fake: Fake) -> Sample:
        sample = fill(fake.pick(texts), named(fake, given), kind, group)
        return Sample(sample.text, sample.labels, sample.negatives, sample.neutral, kind, whole)

    return Class(kind, group, make, inline)


# Names of values that are secret, in every spelling.
BASES = (
    ("password",),
    ("password",),
    ("passwd",),
    ("pwd",),
    ("passphrase",),
    ("secret",),
    ("client", "secret"),
    ("api", "key"),
    ("api", "key"),
    ("apikey",),
    ("access", "token"),
    ("auth", "token"),
    ("refresh", "token"),
    ("token",),
    ("secret", "key"),
    ("encryption", "key"),
    ("signing", "key"),
    ("webhook", "secret"),
    ("app", "secret"),
    ("session", "secret"),
    ("jwt", "secret"),
    ("private", "token"),
    ("api", "secret"),
    ("api", "token"),
    ("bot", "token"),
    ("deploy", "token"),
    ("id", "token"),
    ("shared", "secret"),
    ("master", "key"),
)
PREFIXES = (
    (),
    (),
    (),
    ("db",),
    ("smtp",),
    ("admin",),
    ("ldap",),
    ("redis",),
    ("my", "app"),
    ("user",),
    ("proxy",),
    ("ftp",),
    ("prod",),
    ("billing",),
    ("wifi",),
    ("keystore",),
    ("root",),
    ("service",),
)


def key(fake: Fake, style: str = "") -> str:
    """A name of a secret value; style is one of snake, kebab, camel, upper, pascal, dotted."""
    words = [*fake.pick(PREFIXES), *fake.pick(BASES)]
    style = style or fake.pick(("snake", "snake", "camel", "kebab", "upper", "pascal"))
    if style == "camel":
        return words[0] + "".join(word.title() for word in words[1:])
    if style == "pascal":
        return "".join(word.title() for word in words)
    if style == "upper":
        return "_".join(words).upper()
    return {"snake": "_", "kebab": "-", "dotted": "."}[style].join(words)


def snake(fake: Fake) -> str:
    return key(fake, "snake")


def camel(fake: Fake) -> str:
    return key(fake, fake.pick(("camel", "snake", "camel", "pascal")))


def upper(fake: Fake) -> str:
    return key(fake, "upper")


def kebab(fake: Fake) -> str:
    return key(fake, "kebab")


def dotted(fake: Fake) -> str:
    return f"{fake.word()}.{key(fake, fake.pick(('dotted', 'kebab', 'camel')))}"


def simple(fake: Fake) -> str:
    """A secret value without a character that means something anywhere."""
    return fake.pick((fake.password, fake.plain_secret, fake.secret))()


def odd(fake: Fake) -> str:
    """A secret value, at times with characters that must be escaped."""
    return fake.odd_password() if fake.chance.random() < 0.35 else simple(fake)


def bare(fake: Fake) -> str:
    """A secret value that no shell and no URL would split."""
    return fake.pick(
        (fake.plain_secret, lambda: fake.mixed(LETTERS, 8, 14), lambda: f"{fake.word()}{fake.number()}x")
    )()


LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
KEYS: dict[str, Value] = {"key": snake, "camel": camel, "upper": upper, "kebab": kebab, "dotted": dotted}
