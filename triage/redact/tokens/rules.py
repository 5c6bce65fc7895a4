"""Rules as data: gitleaks' own file, unchanged, and a small one beside it in the same form.

`gitleaks.toml` is that of a commit of https://github.com/gitleaks/gitleaks (MIT, `gitleaks.LICENSE`); `python -m
tests.tools.gitleaks_rules` replaces it by another and says what changed. A rule is tried only near one of its
keywords (one Aho-Corasick pass), on the line around it, by RE2; entropy, stop words and allow-lists hold as the file
says. Two things are read differently, since crash files are no source code: a token may also be followed by any mark
that cannot be part of it (`&`, `)`, `<`), and keywords that are in every log ("key", "s.", "ey") are replaced by more
telling ones where the expression allows it.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import ahocorasick_rs

from triage.redact import masks
from triage.redact.named.keys import vocabulary
from triage.redact.text import WORD_START, Beginnings, Expression, anywhere

__all__ = (
    "GENERIC_RULE",
    "RULES_COMMIT",
    "RULES_VERSION",
    "Rule",
    "beginnings",
    "entropy",
    "globally_allowed",
    "led",
    "names",
    "rules",
)

_FOLDER: Final = Path(__file__).parent
GENERIC_RULE: Final = "generic-api-key"
RULES_VERSION: Final = "v8.30.1"
RULES_COMMIT: Final = "83d9cd684c87d95d656c1458ef04895a7f1cbd8e"
_END: Final = r"""(?:[\x60'"\s;]|\\[nr]|$)"""
_WIDER_END: Final = r"""(?:[^A-Za-z0-9_-]|$)"""
# Rules that need whole documents or are no expression of text; their ground is covered by names and structure.
_LEFT_OUT: Final = frozenset(
    {
        "pkcs12-file",
        "private-key",
        "kubernetes-secret-yaml",
        "hashicorp-tf-password",
        "curl-auth-user",
        "curl-auth-header",
    }
)
_KEYWORDS: Final[dict[str, tuple[str, ...]]] = {
    "jwt": ("eyj", "ewog", "eya"),
    "intra42-client-secret": ("s-s4t2ud-", "s-s4t2af-"),
    "1password-service-account-token": ("ops_eyj",),
    "authress-service-client-access-key": (".acc_", ".acc-"),
}
# Rules without a telling keyword are led to their places by the beginning of their form.
_LEADS: Final = {
    "airtable-personnal-access-token": r"\bpat[A-Za-z0-9]{14}\.",
    "twilio-api-key": r"\bSK[0-9a-fA-F]{32}",
    "vault-service-token": r"\bs\.[A-Za-z0-9]{24}|\bhvs\.",
    "octopus-deploy-api-key": r"\bAPI-[A-Z0-9]{26}",
    "sendgrid-api-token": r"\bSG\.[A-Za-z0-9=_.-]{66}",
    "1password-secret-key": r"\bA3-[A-Z0-9]{6}-",
    "facebook-page-access-token": r"\bEAA[MC][A-Za-z0-9]{20}",
}
# What may stand around a value that a rule finds by its vendor's name and not by its form.
_VENDOR: Final = (r"(?i)[\w.-]{0,50}?", r"[\w.-]{0,50}?")
# What expressions of keys that reach over many lines ask for.
_BLOCKS: Final = ("PRIVATE KEY", "Private-Lines")
_OPEN_REPEATS: Final = ("+", "*", ",}", "?")
# Kinds of what is found without a rule of a file.
_KINDS: Final = frozenset(
    {"email", "ipv4", "ipv6", "mac", "card", "iban", "phone", "ssn", "hostname", "username", "windows_sid"}
    | {"password", "token", "encoded", "known", "attachment"}
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what finds it, and what makes its match a secret."""

    name: str
    kind: str
    keywords: tuple[bytes, ...]
    lead: str
    pattern: str
    secret_group: int
    entropy: float
    allowed: tuple[tuple[str, str], ...]
    stopwords: tuple[bytes, ...]
    exact: bool
    by_form: bool
    of_blocks: bool
    check: str = ""
    """The sum that its token has to pass; see `sums`."""

    @property
    def expression(self) -> Expression:
        """The compiled expression, made when first used."""
        return _compiled(self.pattern)

    def has_stopword(self, value: bytes) -> bool:
        """Whether a value, in small letters, holds a word that makes it no secret."""
        return bool(self.stopwords) and bool(_stopwords(self.stopwords).find_matches_as_indexes(value))

    @property
    def group(self) -> int:
        """The group that holds the secret: as the file says, else the first, else the whole match."""
        return self.secret_group or min(1, self.expression.group_count)


@cache
def _stopwords(words: tuple[bytes, ...]) -> ahocorasick_rs.BytesAhoCorasick:
    """Make the automaton over some stop words, once."""
    return ahocorasick_rs.BytesAhoCorasick(words)


@cache
def _compiled(pattern: str) -> Expression:
    """Compile an expression, once."""
    return Expression(pattern)


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule, ours first: they know the form of a token, and what they find need not be asked for again."""
    found = [_rule(entry) for entry in _read("gitleaks.toml")["rules"] if entry["id"] not in _LEFT_OUT]
    return (*(_rule(entry) for entry in _read("shapes.toml")["rules"]), *found)


@cache
def led() -> tuple[Expression, tuple[Rule, ...]]:
    """The rules that have a lead instead of keywords, and one expression of all leads."""
    found = tuple(rule for rule in rules() if rule.lead)
    return Expression("|".join(rule.lead for rule in found)), found


@cache
def beginnings() -> Beginnings:
    """The leads, to be told apart."""
    return Beginnings(rule.lead for rule in led()[1])


@cache
def names() -> frozenset[str]:
    """What a policy may switch off: ids of rules, kinds, and the ways by which others are found."""
    ways = {way for found in _read("ways.toml").values() for way in found}
    kinds = {sense.kind for sense in vocabulary().senses.values() if sense.kind}
    return frozenset(_KINDS | kinds | ways | {rule.name for rule in rules()} | {rule.kind for rule in rules()})


@cache
def _read(name: str) -> dict[str, Any]:
    """Read a file of rules, once."""
    return tomllib.loads((_FOLDER / name).read_text("utf-8"))


def _rule(entry: dict[str, Any]) -> Rule:
    """A rule of a file."""
    pattern = entry["regex"]
    if pattern.endswith(_END):
        pattern = pattern.removesuffix(_END) + _WIDER_END
    pattern = anywhere(pattern)
    allowed: list[tuple[str, str]] = []
    stopwords: set[bytes] = set()
    for allow in entry.get("allowlists", ()):
        if allow.get("condition") == "AND" or "paths" in allow:
            continue
        target = allow.get("regexTarget", "secret")
        allowed += [(target, regex) for regex in allow.get("regexes", ())]
        stopwords |= {word.lower().encode() for word in allow.get("stopwords", ())}
    leads = [_LEADS.get(entry["id"], entry.get("lead", ""))]
    if "broken" in entry:
        leads.append(entry["broken"] + r"[\w.-]*[\r\n\\]")
    lead = "|".join(WORD_START + one.removeprefix(r"\b") if one.startswith(r"\b") else one for one in leads)
    words = _KEYWORDS.get(entry["id"], tuple(entry.get("keywords", ())))
    return Rule(
        name=entry["id"],
        kind=masks.kind_of(entry["id"]),
        keywords=() if lead else tuple(word.encode() for word in words),
        lead=lead,
        pattern=pattern,
        secret_group=entry.get("secretGroup", 0),
        entropy=float(entry.get("entropy", 0.0)),
        allowed=tuple(allowed),
        stopwords=tuple(sorted(stopwords)),
        exact=_has_one_length(pattern),
        by_form=not pattern.startswith(_VENDOR),
        of_blocks=entry.get("wide", False) or any(words in pattern for words in _BLOCKS),
        check=entry.get("check", ""),
    )


@cache
def globally_allowed() -> tuple[Expression, ...]:
    """The expressions of values that are never secrets, as gitleaks has them."""
    return tuple(Expression(regex) for regex in _read("gitleaks.toml")["allowlist"]["regexes"])


def _has_one_length(pattern: str) -> bool:
    """Whether every match of an expression's token has one length: no repeat but counted ones."""
    body = pattern.replace(_WIDER_END, "").replace(_END, "")
    if any(mark in body.replace("(?", "") for mark in _OPEN_REPEATS):
        return False
    return "," not in "".join(part.partition("}")[0] for part in body.split("{")[1:])


def entropy(value: bytes) -> float:
    """Shannon entropy in bits per byte.

    Examples
    --------
    >>> entropy(b"aaaa"), entropy(b"abcd")
    (0.0, 2.0)
    """
    size = len(value)
    shares = [value.count(code) / size for code in dict.fromkeys(value)]
    return abs(-sum(share * math.log2(share) for share in shares))
