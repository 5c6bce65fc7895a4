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
from typing import Any, Final, NamedTuple

from ahocorasick_rs import AhoCorasick

from triage.stacks.names import basename

__all__ = ("OF_USER", "ROLES", "Globs", "Role", "Roles", "Rule")

ROLES: Final = ("noise", "prefix", "library", "application", "sentinel")
# How the names of a user's rules end.
OF_USER: Final = " of triage.toml"
_PREFIX_ENDS: Final = (":", ".", "/", "*")
_LETTERS: Final = 2


@dataclass(frozen=True, slots=True)
class Role:
    """What a frame is, and the rule that says so ("" where none had to)."""

    role: str
    rule: str
    weak: bool = False  # application code that everything runs through, such as `main`
    package: bool = False  # a library that is no part of a platform: more than the fuzz target that tests it


_SIGNAL: Final = Role("sentinel", "a signal was handled here")
_NOT_IN_APP: Final = Role("library", "the writer says: not in-app")
_IN_APP: Final = Role("application", "the writer says: in-app")
_APPLICATION: Final = Role("application", "")
_UNKNOWN: Final = Role("noise", "nothing is known of this frame")


class Globs(NamedTuple):
    """Patterns that the whole of a name, of an image or package without folder, or of a path must fit."""

    function: Any = None
    module: Any = None
    file: Any = None


@dataclass(frozen=True, slots=True)
class Rule:
    """Frames that have a role of their own.

    `functions` are normalised names, beginnings of them where they end in `:`, `.`, `/` or `*`, ends where they begin
    with `*`; `modules` beginnings of the image or package without folder, or all of it where they end in `$`; `files`
    parts of the path with `/` as separator; these two in lower case.
    `languages` narrows it to frames of these, "" among them for a frame that does not say.
    """

    name: str
    role: str
    functions: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    languages: frozenset[str] = frozenset()
    weak: bool = False
    package: bool = False
    firm: bool = False  # a user's: it holds whatever the writer says
    globs: tuple[Globs, ...] = ()


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
                self._modules.add(name.removesuffix("$"), number, whole=name.endswith("$"))
            parts += rule.files
            self._owners += [number] * len(rule.files)
        self._weak = frozenset(rule.name for rule in self._rules if rule.weak)
        self._packages = frozenset(rule.name for rule in self._rules if rule.package)
        self._roles = tuple(Role(rule.role, rule.name, rule.weak, rule.package) for rule in self._rules)
        self._parts = AhoCorasick(parts) if parts else None
        self._last = tuple(end for end, _ in self._ends)
        self._globs = [(each, number) for number, rule in enumerate(self._rules) for each in rule.globs]
        # A file has many functions, a module many files.
        self._around = lru_cache(maxsize=16_384)(self._place)

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

    def is_package(self, rule: str) -> bool:
        """Whether frames of that rule are of packages, which count before the fuzz target that tests them."""
        return rule in self._packages

    def of(
        self, *, kind: str, name: str, module: str | None, file: str | None, language: str | None, in_app: bool | None
    ) -> Role:
        """Give the role of one distinct frame; `name` is the normalised function."""
        if kind != "frame":
            return _SIGNAL if kind == "signal" else Role("noise", f"not a call: {kind}")
        placed, first = self._around(module or "", file or "", language or "")
        for number in self._named(name):
            if number < first and self._speaks(number, language or ""):
                first = number
        if first < len(self._rules):
            role = self._roles[first]
            if in_app is False and role.package:
                return Role(role.role, role.rule)  # the writer knows its own, so that no package stands for it
            if not (in_app and role.role == "library" and not self._rules[first].firm):
                return role
        if in_app is False:
            return _NOT_IN_APP
        if not name and not placed:
            return _UNKNOWN
        return _IN_APP if in_app else _APPLICATION

    def _place(self, module: str, file: str, language: str) -> tuple[bool, int]:
        """Whether a frame has a path or an image, and the first rule that fits these."""
        path = file.replace("\\", "/").lower()
        image = module.lower()
        if not image.startswith(("package:", "dart:")):  # Dart's libraries are named by a scheme, not by a file
            image = basename(image)
        found = (*self._modules.find(image), *self._path(path), *self._like("module", image), *self._like("file", path))
        fit = (number for number in found if self._speaks(number, language))
        return bool(path or image), min(fit, default=len(self._rules))

    def _speaks(self, number: int, language: str) -> bool:
        """Whether a rule is one for a language."""
        languages = self._rules[number].languages
        return not languages or language in languages

    def _named(self, name: str) -> tuple[int, ...]:
        """The rules of which a function has the name, the beginning or the end."""
        found = self._functions.find(name)
        if name.endswith(self._last):
            found = (*found, *(number for end, number in self._ends if name.endswith(end)))
        return (*found, *self._like("function", name)) if self._globs else found

    def _like(self, field: str, text: str) -> tuple[int, ...]:
        """The rules of which a pattern fits."""
        if not text or not self._globs:
            return ()
        patterns = ((getattr(globs, field), number) for globs, number in self._globs)
        return tuple(number for pattern, number in patterns if pattern is not None and pattern.fullmatch(text))

    def _path(self, path: str) -> tuple[int, ...]:
        """The rules of which a part stands in a path."""
        if not path or self._parts is None:
            return ()
        return tuple(self._owners[part] for part, _, _ in self._parts.find_matches_as_indexes(path, overlapping=True))


class _Starts:
    """Names and beginnings of names, found by their first letters."""

    def __init__(self) -> None:
        self._whole: dict[str, tuple[int, ...]] = {}
        self._begun: dict[str, list[tuple[str, int]]] = {}
        self._near: dict[str, tuple[tuple[str, ...], tuple[tuple[str, int], ...]]] = {}

    def add(self, name: str, number: int, *, whole: bool) -> None:
        if whole:
            self._whole[name] = (*self._whole.get(name, ()), number)
        else:
            self._begun.setdefault(name[:_LETTERS], []).append((name, number))

    def find(self, name: str) -> tuple[int, ...]:
        if not name:
            return ()
        letters = name[:_LETTERS]
        near = self._near.get(letters)
        if near is None:
            near = self._nearby(letters)
        whole = self._whole.get(name, ())
        if not name.startswith(near[0]):
            return whole
        return (*whole, *(number for beginning, number in near[1] if name.startswith(beginning)))

    def _nearby(self, letters: str) -> tuple[tuple[str, ...], tuple[tuple[str, int], ...]]:
        """The beginnings that a name with these first letters may have."""
        found = [each for length in range(len(letters) + 1) for each in self._begun.get(letters[:length], ())]
        near = tuple(beginning for beginning, _ in found), tuple(found)
        if letters.isascii():
            self._near[letters] = near
        return near


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
            package=rule.get("package", False),
        )
        for rule in table["rule"]
    )
