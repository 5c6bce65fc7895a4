r"""Programs that could not start because a library or a symbol is missing: what dynamic loaders say.

Facts: general knowledge of glibc's and bionic's loaders and of dyld. Grammar, one line (dyld: with those below)::

    glibc  = program ": error while loading shared libraries: " library ": " words
           | program ": symbol lookup error: " library ": undefined symbol: " symbol
    bionic = 'CANNOT LINK EXECUTABLE "' program '": ' words
    dyld   = "dyld" [ "[" pid "]" ] ": " ( "Library not loaded: " | "Symbol not found: " ) words
             ( "  Referenced from: " path | "  Expected in: " path | "  Reason: " words )*
"""

from __future__ import annotations

import re
from typing import Final

from msgspec.structs import replace

from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "loader"
TITLE: Final = "Dynamic loader error"
PLATFORM: Final = "native"
ANCHORS: Final = (
    ": error while loading shared libraries: ",
    ": symbol lookup error: ",
    "CANNOT LINK EXECUTABLE",
    ": Library not loaded: ",
    ": Symbol not found: ",
)

_LOADING: Final = lazy(
    r"(?P<program>[^\s:\"'`][^:\"'`\n]{0,400}): "
    r"(?:error while loading shared libraries: (?P<library>[^:\n]{1,400}): (?P<text>\S.{0,1000})"
    r"|symbol lookup error: (?P<image>[^:\n]{1,400}): undefined symbol: (?P<symbol>\S{1,1000}))"
)
_BIONIC: Final = lazy(r"\s{0,16}CANNOT LINK EXECUTABLE(?: \"(?P<program>[^\"]{1,400})\")?: (?P<text>\S.{0,1000})")
_BIONIC_LIBRARY: Final = lazy(r'library "(?P<library>[^"]{1,400})" not found')
_BIONIC_SYMBOL: Final = lazy(r'cannot locate symbol "(?P<symbol>[^"]{1,1000})"')
_DYLD: Final = lazy(
    r"\s{0,16}dyld(?:\[(?P<pid>\d{1,10})\])?: "
    r"(?:Library not loaded: (?P<library>\S.{0,400})|Symbol not found: (?P<symbol>\S.{0,1000}))"
)
_DYLD_MORE: Final = lazy(r"\s{1,8}(?P<key>Referenced from|Expected in|Reason): (?P<value>\S.{0,1000})")


def read(window: Window) -> Report | None:
    """The error at the anchor line."""
    line = window[0] or ""
    if found := _LOADING.match(line):
        text = found["text"] or f"undefined symbol: {found['symbol']}"
        report = _made(found["library"], found["symbol"], text)
        if found["library"] and "No such file" not in text:
            report = replace(report, error_type="library-load-error")
        return replace(report, process=found["program"], os_name="Linux")
    if found := _BIONIC.match(line):
        library, symbol = _BIONIC_LIBRARY.search(found["text"]), _BIONIC_SYMBOL.search(found["text"])
        report = _made(library and library[1], symbol and symbol[1], found["text"].strip())
        return replace(report, process=found["program"], os_name="Android")
    if found := _DYLD.match(line):
        return _dyld(window, found)
    return None


def _dyld(window: Window, found: re.Match[str]) -> Report:
    """An error of dyld, which says who asked for what on the lines below."""
    facts: dict[str, str] = {}
    end = 1
    while (more := _DYLD_MORE.match(window[end] or "")) and end < 6:
        facts[more["key"].lower().replace(" ", "_")] = more["value"].strip()
        end += 1
    text = facts.get("reason") or (window[0] or "").partition(": ")[2].strip()
    report = _made(found["library"], found["symbol"], text)
    return replace(
        report,
        end=end,
        os_name="macOS",
        process=facts.get("referenced_from"),
        process_id=int(found["pid"]) if found["pid"] else None,
        facts=(*report.facts, *facts.items()),
    )


def _made(library: str | None, symbol: str | None, text: str) -> Report:
    """The report of a library or of a symbol."""
    error = "missing-library" if library else "missing-symbol" if symbol else "link-error"
    value = (library or symbol or text).strip()
    trace = Trace(error_type=error, error_value=value)
    return Report(kind="abort", traces=(trace,), error_type=error, error_value=value, facts=(("message", text),))
