"""The role of a frame: application, library, prefix, noise or sentinel, by rules and the word of the writer.

The rules are data: `roles.toml`, and in front of them those of the user (`[stacks]` in `triage.toml`). Of the rules
that fit a frame the first decides. They are held by their first two letters, so that the role of a distinct frame costs
a few look-ups, however many rules there are.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final

from ahocorasick_rs import AhoCorasick

from triage.stacks.names import basename

__all__ = ("ROLES", "Role", "Roles", "Rule")

ROLES: Final = ("noise", "prefix", "library", "application", "sentinel")
_PREFIX_ENDS: Final = (":", ".", "/", "*")
_LETTERS: Final = 2


@dataclass(frozen=True, slots=True)
class Role:
    """What a frame is, and the rule that says so ("" where none had to)."""

    role: str
    rule: str
    weak: bool = False  # application code that everything runs through, such as `main`


@dataclass(frozen=True, slots=True)
class Rule:
    """Frames that have a role of their own.

    `functions` are normalised names, beginnings of them where they end in `:`, `.`, `/` or `*`, ends where they begin
    with `*`; `modules` beginnings of
    the image or package without folder, `files` parts of the path with `/` as separator, both in lower case.
    `languages` narrows it to frames of these, "" among them for a frame that does not say.
    """

    name: str
    role: str
    functions: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    languages: frozenset[str] = frozenset()
    weak: bool = False
    firm: bool = False  # a user's: it holds whatever the writer says


class Roles:
    """Rules in their order, ready to be asked.

    Examples
    --------
    >>> Roles.default().of(kind="frame", name="memcpy", module=None, file=None, language=None, in_app=None).role
    'prefix'
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = tuple(rules)
        self._functions = _Starts()
        self._modules = _Starts()
        self._ends: list[tuple[str, int]] = []
        parts: list[str] = []
        self._owners: list[int] = []
        for number, rule in enumerate(self._rules):
            for name in rule.functions:
                if name.startswith("*"):
                    self._ends.append((name[1:], number))
                else:
                    self._functions.add(name.rstrip("*"), number, whole=not name.endswith(_PREFIX_ENDS))
            for name in rule.modules:
                self._modules.add(name, number, whole=False)
            parts += rule.files
            self._owners += [number] * len(rule.files)
        self._weak = frozenset(rule.name for rule in self._rules if rule.weak)
        self._parts = AhoCorasick(parts) if parts else None
        self._last = tuple(end for end, _ in self._ends)
        # A file has many functions, a module many files, and programs share the names of functions.
        self._in_path = lru_cache(maxsize=16_384)(self._path)
        self._of_module = lru_cache(maxsize=1_024)(self._modules.find)
        self._of_name = lru_cache(maxsize=16_384)(self._named)

    @staticmethod
    @cache
    def default() -> Roles:
        """The rules of `roles.toml` alone."""
        return Roles(_shipped())

    @classmethod
    def with_user(cls, rules: Iterable[Rule]) -> Roles:
        """The rules of `roles.toml` behind those of a user."""
        return cls((*rules, *_shipped()))

    def is_weak(self, rule: str) -> bool:
        """Whether frames of that rule are the program's but everything runs through them."""
        return rule in self._weak

    def of(
        self, *, kind: str, name: str, module: str | None, file: str | None, language: str | None, in_app: bool | None
    ) -> Role:
        """Give the role of one distinct frame; `name` is the normalised function."""
        if kind == "signal":
            return Role("sentinel", "a signal was handled here")
        if kind != "frame":
            return Role("noise", f"not a call: {kind}")
        path = (file or "").replace("\\", "/").lower()
        image = (module or "").lower()
        if not image.startswith(("package:", "dart:")):  # Dart's libraries are named by a scheme, not by a file
            image = basename(image)
        rule = self._first(name, image, path, language or "")
        if rule is not None and not (in_app and rule.role == "library" and not rule.firm):
            return Role(rule.role, rule.name, rule.weak)
        if in_app is False:
            return Role("library", "the writer says: not in-app")
        if not name and not path and not image:
            return Role("noise", "nothing is known of this frame")
        return Role("application", "the writer says: in-app" if in_app else "")

    def _first(self, name: str, image: str, path: str, language: str) -> Rule | None:
        """The first rule that fits."""
        for number in sorted({*self._of_name(name), *self._of_module(image), *self._in_path(path)}):
            rule = self._rules[number]
            if not rule.languages or language in rule.languages:
                return rule
        return None

    def _named(self, name: str) -> tuple[int, ...]:
        """The rules of which a function has the name, the beginning or the end."""
        ends = [number for end, number in self._ends if name.endswith(end)] if name.endswith(self._last) else ()
        return (*self._functions.find(name), *ends)

    def _path(self, path: str) -> tuple[int, ...]:
        """The rules of which a part stands in a path."""
        if not path or self._parts is None:
            return ()
        return tuple(self._owners[part] for part, _, _ in self._parts.find_matches_as_indexes(path, overlapping=True))


class _Starts:
    """Names and beginnings of names, found by their first letters."""

    def __init__(self) -> None:
        self._whole: dict[str, list[int]] = {}
        self._begun: dict[str, list[tuple[str, int]]] = {}

    def add(self, name: str, number: int, *, whole: bool) -> None:
        if whole:
            self._whole.setdefault(name, []).append(number)
        else:
            self._begun.setdefault(name[:_LETTERS], []).append((name, number))

    def find(self, name: str) -> tuple[int, ...]:
        if not name:
            return ()
        begun = [
            number
            for length in range(min(_LETTERS, len(name)) + 1)
            for beginning, number in self._begun.get(name[:length], ())
            if name.startswith(beginning)
        ]
        return (*self._whole.get(name, ()), *begun)


@cache
def _shipped() -> tuple[Rule, ...]:
    """The rules of `roles.toml` in their order."""
    table: dict[str, list[dict[str, Any]]] = tomllib.loads(
        files("triage.stacks").joinpath("roles.toml").read_text("utf-8")
    )
    return tuple(
        Rule(
            name=rule["name"],
            role=rule["role"],
            functions=tuple(rule.get("function", ())),
            modules=tuple(rule.get("module", ())),
            files=tuple(rule.get("file", ())),
            languages=frozenset(rule.get("language", ())),
            weak=rule.get("weak", False),
        )
        for rule in table["rule"]
    )
