"""The class of a crash: memory, assertion, exception, leak ... What two tools that saw the same crash agree on.

ASan says heap-use-after-free and gdb SIGSEGV of the same bug; a key that holds the exact word parts them. The word
itself stays in `error_type`, and in the variant key.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ("crash_class",)


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    kinds: frozenset[str]
    pattern: re.Pattern[str] | None


@cache
def _rules() -> tuple[_Rule, ...]:
    """The rules of `classes.toml` in their order."""
    table = tomllib.loads(files("triage.stacks").joinpath("classes.toml").read_text("utf-8"))
    return tuple(
        _Rule(rule["class"], frozenset(rule.get("kind", ())), re.compile(rule["type"]) if "type" in rule else None)
        for rule in table["rule"]
    )


def crash_class(
    kind: str | None, error_type: str | None, signal: str | None = None, code: str | None = None, said: str = ""
) -> str:
    """Give the class of a crash; the kind itself where no rule fits.

    Parameters
    ----------
    kind, error_type, signal, code
        What the event says: `event_kind`, `error_type`, `signal`, `error_code_name`.
    said
        How its message or the frames of its stack say that the program ended (`triage.stacks.endings`).

    Examples
    --------
    >>> crash_class("crash", "heap-use-after-free"), crash_class("crash", "SIGSEGV"), crash_class("crash", "SIGABRT")
    ('memory', 'memory', 'abort')
    >>> crash_class("exception", "RecursionError"), crash_class("exception", "KeyError"), crash_class("request", None)
    ('stack overflow', 'exception', 'request')
    >>> crash_class("crash", "SIGABRT", said="heap corruption")
    'memory'
    """
    words = " ".join(part for part in (error_type, signal, code) if part)[:400].lower()
    words = f"{words} {said}" if said else words
    for rule in _rules():
        if (not rule.kinds or kind in rule.kinds) and (rule.pattern is None or rule.pattern.search(words)):
            return rule.name
    return kind or ""
