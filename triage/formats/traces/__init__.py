"""Stack traces as text: one module per language or tool, each with `parse(text) -> list[Trace]`.

A trace parser takes the text of one exception with its causes, or of one report with its threads, gives frames
innermost first, keeps what it cannot read as rows (`frame_kind="note"`) and never raises. `parse` below picks the
module by the first probe that the text holds, or by the language that the writer names.
"""

from __future__ import annotations

import importlib
from functools import cache
from typing import Final, Protocol, cast

from triage.records import Trace

__all__ = ("TraceParser", "parse", "parser")

# Languages as writers name them, to the module that reads their stacks.
_MODULES: Final = {
    "dart": "dart",
    "flutter": "dart",
    "gdb": "gdb",
    "go": "go",
    "golang": "go",
    "java": "java",
    "jvm": "java",
    "kotlin": "java",
    "browser": "javascript",
    "bun": "javascript",
    "deno": "javascript",
    "javascript": "javascript",
    "js": "javascript",
    "node": "javascript",
    "nodejs": "javascript",
    "node.js": "javascript",
    "typescript": "javascript",
    "php": "php",
    "python": "python",
    "ruby": "ruby",
    "rust": "rust",
    "stackwalker": "stackwalker",
}


class TraceParser(Protocol):
    """What a trace module offers."""

    def probe(self, text: str) -> bool:
        """Whether the text looks like a stack of this kind; cheap, by literal strings or one anchored pattern."""
        ...

    def parse(self, text: str) -> list[Trace]:
        """The stacks in the text: the exception that surfaced first, its causes after it."""
        ...


@cache
def parser(name: str) -> TraceParser:
    """The trace module of that name."""
    return cast("TraceParser", importlib.import_module(f"{__name__}.{name}"))


def parse(text: str, language: str | None = None) -> list[Trace]:
    """Read a stack text by the language that its writer names, else by what the text looks like.

    Examples
    --------
    >>> [frame.function for frame in parse("Error: x\\n    at f (a.js:1:2)\\n    at g (b.js:3:4)")[0].frames]
    ['f', 'g']
    """
    named = _MODULES.get((language or "").lower())
    if named and parser(named).probe(text):
        return parser(named).parse(text)
    for name in dict.fromkeys(_MODULES.values()):
        if name != named and parser(name).probe(text):
            return parser(name).parse(text)
    return []
