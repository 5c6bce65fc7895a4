"""gitleaks' rules alone, replayed as its program replays them: keywords, regular expression, entropy, allow-lists.

No decoding, no archives, no paths: a text has no path, so rules and allow-lists that ask for one never apply.
"""

from __future__ import annotations

import math
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RULES = Path(__file__).resolve().parents[2] / "triage" / "redact" / "tokens" / "gitleaks.toml"
SMALL = 10_000  # a text up to this is searched whole; of a longer one only the lines around a keyword
LOWER = str.maketrans({chr(code): chr(code + 32) for code in range(65, 91)})


def entropy(text: str) -> float:
    """Shannon's, in bits per character."""
    return -sum(count / len(text) * math.log2(count / len(text)) for count in Counter(text).values()) if text else 0.0


@dataclass(frozen=True, slots=True)
class Allow:
    """One allow-list."""

    regexes: tuple[Any, ...]
    stopwords: tuple[str, ...]
    target: str
    every: bool
    paths: bool

    def allows(self, secret: str, match: str, line: str) -> bool:
        text = {"match": match, "line": line}.get(self.target, secret)
        checks = [bool(self.regexes) and any(regex.search(text) for regex in self.regexes)]
        if self.stopwords:
            lowered = secret.lower()
            checks.append(any(word in lowered for word in self.stopwords))
        if not self.every:
            return any(checks)
        return not self.paths and all(checks)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule."""

    name: str
    regex: Any
    keywords: tuple[str, ...]
    entropy: float
    group: int
    allow: tuple[Allow, ...]

    def find(self, text: str, general: Allow) -> Iterator[tuple[int, int, str]]:
        for match in self.regex.finditer(text):
            group = self.group or next((n for n in range(1, self.regex.groups + 1) if match.group(n)), 0)
            secret = match.group(group)
            if not secret or (self.entropy and entropy(secret) <= self.entropy):
                continue
            first = text.rfind("\n", 0, match.start()) + 1
            last = text.find("\n", match.end())
            line = text[first : last if last >= 0 else len(text)]
            if not any(allow.allows(secret, match.group(), line) for allow in (general, *self.allow)):
                yield *match.span(group), self.name


class Gitleaks:
    """All rules that look at content."""

    def __init__(self) -> None:
        import ahocorasick_rs
        import re2

        self._re2 = re2
        told = tomllib.loads(RULES.read_text())
        self.general = self._allow(told["allowlist"])
        self.rules = [self._rule(rule) for rule in told["rules"] if "regex" in rule and "path" not in rule]
        words = sorted({word for rule in self.rules for word in rule.keywords})
        self._by_word = [[rule for rule in self.rules if word in rule.keywords] for word in words]
        self._words = ahocorasick_rs.AhoCorasick(words)

    def _rule(self, told: dict[str, Any]) -> Rule:
        return Rule(
            told["id"],
            self._re2.compile(told["regex"], self._options()),
            tuple(word.lower() for word in told.get("keywords", ())),
            told.get("entropy", 0.0),
            told.get("secretGroup", 0),
            tuple(self._allow(one) for one in told.get("allowlists", ())),
        )

    def _allow(self, told: dict[str, Any]) -> Allow:
        regexes = tuple(self._re2.compile(text, self._options()) for text in told.get("regexes", ()))
        words = tuple(word.lower() for word in told.get("stopwords", ()))
        every = told.get("condition", "OR").upper() in {"AND", "&&"}
        return Allow(regexes, words, told.get("regexTarget", "secret"), every, bool(told.get("paths")))

    def _options(self) -> Any:
        options = self._re2.Options()
        options.log_errors = False
        options.max_mem = 64 << 20
        return options

    def _windows(self, text: str) -> Iterator[tuple[Rule, int, int]]:
        found: dict[tuple[str, int], tuple[Rule, int, int]] = {}
        for word, start, end in self._words.find_matches_as_indexes(text.translate(LOWER), overlapping=True):
            first, last = 0, len(text)
            for rule in self._by_word[word]:
                if len(text) > SMALL:
                    first = text.rfind("\n", 0, start) + 1
                    last = text.find("\n", end + 4_000 if rule.name == "private-key" else end)
                    last = last if last >= 0 else len(text)
                found[rule.name, first] = (rule, first, last)
        yield from found.values()

    def spans(self, text: str) -> list[tuple[int, int, str]]:
        """Secrets by place and rule."""
        out = set()
        for rule, start, end in self._windows(text):
            found = rule.find(text[start:end], self.general)  # a piece, for RE2 copies what it is given
            out.update((start + first, start + last, name) for first, last, name in found)
        return sorted(out)
