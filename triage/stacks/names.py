"""Function names without what a compiler, a build or a call adds: the words that stay the same across builds.

A balanced-bracket scanner, not a pattern: arguments, template arguments, return types, hashes, clone suffixes and
generated numbers go; namespaces and methods stay. Every distinct name is normalised once.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

__all__ = ("basename", "normalise")

_OPEN: Final = {"(": ")", "<": ">", "[": "]", "{": "}"}
_CLOSE: Final = frozenset(_OPEN.values())
# Operators whose name is made of brackets; shielded before the scanner counts them.
_OPERATORS: Final = ("operator<<", "operator>>", "operator->", "operator<=", "operator>=", "operator<", "operator>",
                     "operator()", "operator[]")  # fmt: skip
_ANONYMOUS: Final = re.compile(r"\(anonymous namespace\)|\{anonymous\}|`anonymous namespace'|\?A0x[0-9a-f]{1,16}")
_LAMBDA: Final = re.compile(
    r"<lambda_[0-9a-f]{1,40}>|\{lambda\([^{}]{0,400}\)#?\d*\}|\$_\d+|\{\{closure\}\}|\{closure#\d+\}|<lambda>"
    r"|\$\$Lambda\$?[\w/]*|lambda\$\w+\$\d+|__lambda\d*"
)
_SUFFIX: Final = re.compile(
    r"(?:\.(?:cold|isra|part|constprop|llvm|lto_priv)(?:\.\d+)?|::h[0-9a-f]{16}|@@?[A-Z]+_[\d.]+|@\d+"
    r"| ?\[clone [^\]]{0,80}\]|\[abi:\w+\])$"
)
_GENERATED: Final = re.compile(r"(?<=[$_.])\d+(?=$|[$_.:])|(?<![0-9a-zA-Z])0x[0-9a-f]{4,16}|\b[0-9a-f]{16,40}\b")
_MAX: Final = 2_000


@lru_cache(maxsize=65_536)
def normalise(name: str) -> str:
    """Give a function name without arguments, templates, hashes and generated parts.

    Examples
    --------
    >>> normalise("void ns::Map<int, std::string>::insert(int, std::string const&) [clone .cold.3]")
    'ns::Map::insert'
    >>> normalise("core::panicking::panic_fmt::h0123456789abcdef")
    'core::panicking::panic_fmt'
    """
    name = name.strip()[:_MAX]
    if name.startswith(("-[", "+[")):  # Objective-C: the brackets are the name
        return name
    for _ in range(8):  # suffixes stack up: `.isra.0.cold`
        shorter = _SUFFIX.sub("", name)
        if shorter == name:
            break
        name = shorter
    name = _LAMBDA.sub("lambda", _ANONYMOUS.sub("anonymous", name))
    if name.startswith("<") and " as " in name:
        name = _trait_method(name)
    shielded = ""
    for operator in _OPERATORS:
        if operator in name:
            shielded = operator
            name = name.replace(operator, "operator\0", 1)
            break
    kept = _outside_brackets(name).replace("operator\0", shielded or "operator")
    kept = _GENERATED.sub("", kept)
    return _last_word(kept) or name


def _trait_method(name: str) -> str:
    """`<T as Trait>::method` is named by T, the type that the code lies in."""
    depth = 0
    for index, char in enumerate(name):
        depth += (char == "<") - (char == ">" and name[index - 1] != "-")
        if depth == 0:
            return name[1:index].split(" as ", 1)[0].lstrip("&") + name[index + 1 :]
    return name


def _outside_brackets(name: str) -> str:
    """What stands outside of every bracket; an unbalanced close is kept as it is."""
    kept: list[str] = []
    expected: list[str] = []
    for index, char in enumerate(name):
        # A bracket opens arguments only behind a name: `Object.<anonymous>` and Go's `(*T)` are names themselves.
        if char in _OPEN and (expected or (index and (name[index - 1].isalnum() or name[index - 1] in "_>~)] \0"))):
            expected.append(_OPEN[char])
        elif expected and char == expected[-1]:
            expected.pop()
        elif not expected:
            kept.append(char)
    return "".join(kept)


def _last_word(name: str) -> str:
    """Drop a return type and qualifiers: `void f const` is f."""
    words = [word for word in name.split() if word not in {"const", "volatile", "&", "&&", "noexcept", "override"}]
    if "operator" in name and len(words) > 1:
        return " ".join(words[next(i for i, word in enumerate(words) if "operator" in word) :])
    return words[-1].strip(":,") if words else ""


def basename(path: str) -> str:
    """The last part of a path of any system.

    Examples
    --------
    >>> basename(r"C:\\app\\bin\\app.exe")
    'app.exe'
    """
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2]
