"""Stack traces and crash reports as text: one module per language or tool.

A trace module finds reports in the lines of any text and reads them. It has

- ``NAME``, ``TITLE``: the word for `format=` and `events.format`, and a few words for people;
- ``PLATFORM``: what stands in `events.platform`;
- ``ANCHORS``: literal strings; every report of the kind has a line that holds one of them, ordinary logs rarely do;
- ``read(window) -> Report | None``: the report in which the line `window[0]`, which holds an anchor, lies; None where
  it is none. It looks at `window[-BACK:64]` at most before it is sure, takes the lines of its own grammar and no more,
  and never raises.

Modules that also read texts which hold nothing but one trace (a field of an event) have ``probe(text)`` and
``parse(text) -> list[Trace]``; `parse` below picks among these. Frames come innermost first; what cannot be read is
kept as a row (`frame_kind="note"`).

For a key alone (`triage.stacks.signature`) a module may do less: ``brief`` says a report without reading it to its
end, where it is sure (see `triage.formats.traces.brief`); ``refuses(line)`` tells of an anchor line without a prefix
that ``read`` would give None there, whatever stands around it; one with ``SETTLES`` asks ``window.settled`` of what it
has; where ``window.lean`` is true, what tells of neither stacks nor extent may be left out.

Adding a module is adding a file here, or in another package under the entry-point group ``triage.traces``; nothing else
changes, but that `modules.json` can spare those who do not need it the import.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

import msgspec
from msgspec.structs import replace

from triage.records import Trace

if TYPE_CHECKING:
    from triage.formats.traces.reports import Report
    from triage.formats.traces.window import Window

__all__ = ("TraceModule", "TraceParser", "described", "modules", "parse", "parser")

_SAID: Final = ("NAME", "TITLE", "PLATFORM", "ANCHORS")

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


class TraceModule(Protocol):
    """What a trace module offers."""

    NAME: str
    TITLE: str
    PLATFORM: str
    ANCHORS: tuple[str, ...]

    def read(self, window: Window) -> Report | None:
        """The report in which the anchor line lies."""
        ...


class TraceParser(Protocol):
    """What a trace module offers to those who hold the text of one trace."""

    def probe(self, text: str) -> bool:
        """Whether the text looks like a stack of this kind; cheap, by literal strings or one anchored pattern."""
        ...

    def parse(self, text: str) -> list[Trace]:
        """The stacks in the text: the exception that surfaced first, its causes after it."""
        ...


class _Known:
    """A trace module of which the table tells what it is; it is imported when a text holds one of its anchors."""

    def __init__(self, stem: str, said: dict[str, Any]) -> None:
        self._stem = stem
        self.NAME, self.TITLE, self.PLATFORM = said["NAME"], said["TITLE"], said["PLATFORM"]
        self.ANCHORS = tuple(said["ANCHORS"])

    def __getattr__(self, name: str) -> Any:
        module = importlib.import_module(f"{__name__}.{self._stem}")
        # Attributes of the instance are found before this is called again.
        self.__dict__.update((key, value) for key, value in vars(module).items() if not key.startswith("__"))
        return getattr(module, name)


@cache
def modules() -> Mapping[str, TraceModule]:
    """Every trace module by name: those beside this one, then those of other packages, which cannot replace ours."""
    found: dict[str, TraceModule] = {}
    table = msgspec.json.decode(files(__name__).joinpath("modules.json").read_bytes())
    for info in pkgutil.iter_modules(__path__):
        said = table[info.name] if info.name in table else described(info.name)
        if said:
            found[said["NAME"]] = cast("TraceModule", _Known(info.name, said))
    for entry in entry_points(group="triage.traces"):
        module = entry.load()
        found.setdefault(module.NAME, cast("TraceModule", module))
    return found


def described(stem: str) -> dict[str, Any] | None:
    """What a module beside this one says of itself, as `modules.json` holds it; None of one that reads nothing alone.

    The table is there so that the first text of a process need not import all of them; `python -m
    tests.tools.trace_modules` writes it.
    """
    module = importlib.import_module(f"{__name__}.{stem}")
    return {key: getattr(module, key) for key in _SAID} if hasattr(module, "NAME") else None


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
    names = dict.fromkeys([named, *_MODULES.values()] if named else _MODULES.values())
    name = next((name for name in names if parser(name).probe(text)), None)
    return [_unplaced(trace) for trace in parser(name).parse(text)] if name else []


def _unplaced(trace: Trace) -> Trace:
    """Without the lines of the text: they are those of a field, and nobody could look them up."""
    return replace(
        trace,
        frames=tuple(f if f.text_line is None else replace(f, text_line=None) for f in trace.frames),
    )
