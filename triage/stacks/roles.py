"""The role of a frame: application, library or noise, by the rules of `roles.toml` and the word of the writer."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from triage.stacks.names import basename

__all__ = ("Role", "role_of")

_PREFIX_ENDS: Final = (":", ".", "/", "*")


@dataclass(frozen=True, slots=True)
class Role:
    """What a frame is, and the rule that says so ("" where none had to)."""

    role: str
    rule: str


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    role: str
    languages: frozenset[str]
    names: frozenset[str]
    prefixes: tuple[str, ...]
    modules: tuple[str, ...]
    parts: tuple[str, ...]

    def matches(self, function: str, module: str, file: str, language: str) -> bool:
        if self.languages and language not in self.languages:
            return False
        if function and (function in self.names or function.startswith(self.prefixes)):
            return True
        return bool(module and module.startswith(self.modules)) or any(part in file for part in self.parts)


@cache
def _rules() -> tuple[_Rule, ...]:
    """The rules of `roles.toml` in their order."""
    table = tomllib.loads(files("triage.stacks").joinpath("roles.toml").read_text("utf-8"))
    rules = []
    for rule in table["rule"]:
        functions = rule.get("function", [])
        rules.append(
            _Rule(
                name=rule["name"],
                role=rule["role"],
                languages=frozenset(rule.get("language", [])),
                names=frozenset(name for name in functions if not name.endswith(_PREFIX_ENDS)),
                prefixes=tuple(name.rstrip("*") for name in functions if name.endswith(_PREFIX_ENDS)),
                modules=tuple(rule.get("module", [])),
                parts=tuple(rule.get("file", [])),
            )
        )
    return tuple(rules)


def role_of(
    *, kind: str, name: str, module: str | None, file: str | None, language: str | None, in_app: bool | None
) -> Role:
    """Give the role of one distinct frame; `name` is the normalised function.

    Examples
    --------
    >>> role_of(kind="frame", name="memcpy", module=None, file=None, language=None, in_app=None).role
    'library'
    """
    if kind == "signal":
        return Role("sentinel", "a signal was handled here")
    if kind != "frame":
        return Role("noise", f"not a call: {kind}")
    path = (file or "").replace("\\", "/").lower()
    image = (module or "").lower()
    if not image.startswith(("package:", "dart:")):  # Dart's libraries are named by a scheme, not by a file
        image = basename(image)
    for rule in _rules():
        if rule.matches(name, image, path, language or ""):
            if in_app and rule.role == "library":
                break
            return Role(rule.role, rule.name)
    if in_app is False:
        return Role("library", "the writer says: not in-app")
    if not name and not path and not image:
        return Role("noise", "nothing is known of this frame")
    return Role("application", "the writer says: in-app" if in_app else "")
