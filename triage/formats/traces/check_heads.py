r"""What native programs print when a check of their own fails, before any stack: one pattern for each writer.

Facts: general knowledge of the messages of Chromium, glog, absl, V8's embedders, the C libraries (glibc, musl, BSD,
bionic, newlib, Microsoft), libstdc++, libc++, GLib, Qt, WebKit, Mozilla, Skia, Unreal, Unity, LLVM, PostgreSQL, MySQL
and others, held against reports that fuzzers collected.

The rules stand in `check.toml`. A rule has literal anchors; its pattern matches the line from its beginning, without
prefix or, where a logger's prefix could be part of it, anywhere in the raw line. Its groups are ``value``, ``file``,
``line``, ``function``, ``process``, ``pid``, ``tid``, ``time``, ``type``, ``address`` and ``message``; the lines that
follow may give more of them. Every pattern is bounded or has one open group before a literal.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Final

from ahocorasick_rs import BytesAhoCorasick, Implementation

from triage.formats.traces.patterns import lazy
from triage.formats.traces.window import Window

__all__ = ("Head", "Rule", "asserted", "head", "matches", "rules")


@dataclass(slots=True)
class Head:
    """What the first lines of a report say; lines count from the anchor."""

    kind: str = "assertion"
    error_type: str = "Assertion failed"
    first: int = 0
    end: int = 1
    level: str = "fatal"
    leads: bool = True
    follows: bool = False
    # whether the message may go on until a stack begins
    open: bool = False
    said: dict[str, str] = field(default_factory=dict)
    signal: str | None = None
    code: int | None = None
    access_address: int | None = None
    ts: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One writer's message."""

    anchors: tuple[str, ...]
    pattern: re.Pattern[str]
    error_type: str = "Assertion failed"
    kind: str = "assertion"
    level: str = "fatal"
    leads: bool = True
    open: bool = False
    # search the raw line, for a prefix may have been taken for a logger's
    anywhere: bool = False
    # one of which the raw line must hold too
    holds: tuple[str, ...] = ()
    # what the lines that follow may say, and which groups must be there in the end
    more: tuple[re.Pattern[str], ...] = ()
    must: tuple[str, ...] = ()


_MORE_LINES: Final = 12
_LONGEST: Final = 16_384
_SAID: Final = lazy(
    r"(?P<type>Security D?CHECK failed|D?CHECK failed|(?:Debug c|C)heck failed|NOTREACHED hit|V8 error|ASSERTION FAILED"
    r"|[Aa]ssertion failed|SkASSERT failed)(?:[:.]\s?|$)(?P<value>.*)",
    re.DOTALL,
)
_TYPES: Final = {
    "assertion failed": "Assertion failed",
    "ASSERTION FAILED": "Assertion failed",
    "CHECK failed": "Check failed",
}
_EMPTY: Final = lazy(r"\s*$")


# What stands in the patterns and anchors of the data file for pieces that many have.
_PIECES: Final = {
    "$FILE": r"(?P<file>[^\s:()\[\]'\"`]{1,400})",
    "$PATH": r"(?P<file>(?:[A-Za-z]:)?[^:\n\"]{1,400})",
    "$LINE": r"(?P<line>\d{1,9})",
}
_MONTHS: Final = (*(f"F{month:02}{ten}" for month in range(1, 13) for ten in range(4)), "F202", "F203")


@cache
def rules() -> tuple[Rule, ...]:
    """The rows of `check.toml`."""
    table = tomllib.loads(files("triage.formats.traces").joinpath("check.toml").read_text("utf-8"))
    return tuple(_rule(**row) for row in table["rule"])


def _rule(
    *, anchors: list[str], pattern: str, type: str = "Assertion failed", more: list[str] | None = None, **rest: Any
) -> Rule:
    """A rule from its row."""
    for name, piece in _PIECES.items():
        pattern = pattern.replace(name, piece)
    named = [_MONTHS if anchor == "$MONTHS" else (anchor,) for anchor in anchors]
    return Rule(
        anchors=tuple(anchor for group in named for anchor in group),
        pattern=lazy(pattern),
        error_type=type,
        more=tuple(lazy(text) for text in more or ()),
        **{**rest, "must": tuple(rest.get("must", ())), "holds": tuple(rest.get("holds", ()))},
    )


def head(window: Window) -> Head | None:
    """What the anchor line says failed, None where it is no such message."""
    text, raw = window[0], window.raw(0)
    if text is None or raw is None:
        return None
    return next((made for rule, found in matches(text, raw) if (made := _made(window, rule, found))), None)


def matches(text: str, raw: str) -> Iterator[tuple[Rule, re.Match[str]]]:
    """The rules whose pattern a line matches, without its prefix and with it, and what they found."""
    if len(raw) > _LONGEST or "Abort message: " in raw:
        return
    automaton, owners = _anchored()
    found_anchors = automaton.find_matches_as_indexes(raw.encode("utf-8", "replace"), overlapping=True)
    for number in sorted({owners[anchor] for anchor, _, _ in found_anchors}):
        rule = rules()[number]
        if rule.holds and not any(words in raw for words in rule.holds):
            continue
        found = rule.pattern.match(text) or (rule.pattern.search(raw) if rule.anywhere else None)
        if found:
            yield rule, found


def asserted(text: str) -> tuple[str, str] | None:
    """Type and expression of a failed assertion that a report quotes, as a message of its own would give them.

    Examples
    --------
    >>> asserted('/x/slot.cpp:152: Slot::take(int): assertion "count > 0" failed')
    ('Assertion failed', 'count > 0')
    """
    line = text.strip().partition("\n")[0].strip()
    for rule, found in matches(line, line):
        said = {name: each for name, each in found.groupdict().items() if each is not None}
        made = None if rule.more or rule.kind != "assertion" else _typed(Head(error_type=rule.error_type, said=said))
        if made is not None and made.kind == "assertion" and made.said.get("value"):
            return made.error_type, made.said["value"].strip()
    return None


@cache
def _anchored() -> tuple[BytesAhoCorasick, list[int]]:
    """The automaton of all anchors, and the rule that each is of."""
    pairs = [(anchor, number) for number, rule in enumerate(rules()) for anchor in rule.anchors]
    anchors = [anchor.encode() for anchor, _ in pairs]
    return BytesAhoCorasick(anchors, implementation=Implementation.DFA), [number for _, number in pairs]


def _made(window: Window, rule: Rule, found: re.Match[str]) -> Head | None:
    """The head that a rule reads, None where something must be there and is not."""
    said = {name: text for name, text in found.groupdict().items() if text is not None}
    made = Head(rule.kind, rule.error_type, level=rule.level, leads=rule.leads, open=rule.open, said=said)
    for index in range(1, _MORE_LINES if rule.more else 1):
        line = window[index]
        more = next((m for m in (p.match(line) for p in rule.more) if m), None) if line is not None else None
        if more is None:
            break
        said.update((name, text) for name, text in more.groupdict().items() if text is not None)
        if not _EMPTY.match(line or ""):
            made.end = index + 1
    if any(not said.get(name) for name in rule.must):
        return None
    return _typed(made)


def _typed(made: Head) -> Head | None:
    """Type and message by what the message says; None where the severity is not that of an end."""
    said = made.said
    for name in [name for name in said if name.endswith("2")]:
        said[name[:-1]] = said.pop(name)
    named = _SAID.match(said.get("value", "")) if made.open or made.error_type == "Assertion failed" else None
    severity, log = said.pop("severity", ""), said.pop("log", "")
    if named:
        made.error_type = _TYPES.get(named["type"], named["type"])
        said["value"] = named["value"]
    elif severity in {"ERROR", "E"} or (log == "CRITICAL" and "assertion " not in said["value"]):
        return None
    elif severity:
        made.error_type, made.kind = "Fatal error", "abort"
    if severity == "ERROR" or log == "CRITICAL":
        # the program goes on after it
        made.leads, made.level = False, "error"
    elif log:
        made.error_type, made.kind = "ERROR", "abort"
    if said.get("value") in {"0", "false"} and "panic" in said.get("function", ""):
        made.follows = True  # the end of a function that has told why before
    if said.get("type") == "NSException":
        made.follows = True  # its reason was logged above
    if said.get("type") and not named:
        made.error_type = said["type"]
        said["value"] = said.get("value", "").removeprefix(": ")
    if not made.error_type:
        made.error_type = said.get("value", "abort")
    return made
