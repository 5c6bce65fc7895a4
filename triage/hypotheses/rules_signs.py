"""The signs of `rules.toml`: which of them a crash shows, and for which class each speaks."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import translate
from functools import cache, partial
from importlib.resources import files
from itertools import takewhile
from typing import Any, TypeAlias

from triage.hypotheses.rules_crash import Crash, Evidence, one_line

__all__ = ("Seen", "data", "signs")

_LONGEST_NAME = 300


@dataclass(frozen=True, slots=True)
class Seen:
    """A sign that a crash shows: the class that it speaks for, how strongly, and the evidence."""

    name: str
    weight: float
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class _Sign:
    """One entry of `rules.toml`."""

    name: str
    weight: float
    says: str
    type: re.Pattern[str] | None
    message: re.Pattern[str] | None
    function: re.Pattern[str] | None
    note: tuple[tuple[str, re.Pattern[str]], ...]
    kind: frozenset[str]
    platform: frozenset[str]
    signal: frozenset[str]
    without: frozenset[str]
    where: str
    wild: bool
    bare: bool
    unnamed: bool


_Looked: TypeAlias = Callable[[str, bool], list[dict[str, Any]]]


@cache
def data(name: str) -> dict[str, Any]:
    """A data file of the rules."""
    return tomllib.loads(files("triage.hypotheses").joinpath(f"{name}.toml").read_text("utf-8"))


@cache
def _signs() -> tuple[_Sign, ...]:
    """The entries of `rules.toml`, compiled."""

    def pattern(text: str | None) -> re.Pattern[str] | None:
        return re.compile(text, re.IGNORECASE | re.MULTILINE) if text is not None else None

    return tuple(
        _Sign(
            name=entry["class"],
            weight=entry["weight"],
            says=entry["says"],
            type=pattern(entry.get("type")),
            message=pattern(entry.get("message")),
            function=re.compile("|".join(map(translate, entry["function"]))) if "function" in entry else None,
            note=tuple((key, re.compile(text, re.IGNORECASE)) for key, text in entry.get("note", {}).items()),
            kind=frozenset(entry.get("kind", ())),
            platform=frozenset(entry.get("platform", ())),
            signal=frozenset(entry.get("signal", ())),
            without=frozenset(entry.get("without", ())),
            where=entry.get("where", "handling"),
            wild=entry.get("wild", False),
            bare=entry.get("bare", False),
            unnamed=entry.get("unnamed", False),
        )
        for entry in data("rules")["sign"]
    )


def signs(crash: Crash) -> Iterator[Seen]:
    """The signs that a crash shows."""
    kind, platform, signal = (crash.text(name) for name in ("event_kind", "platform", "signal"))
    frames = cache(partial(_frames, crash))
    for sign in _signs():
        if sign.kind and kind not in sign.kind:
            continue
        if sign.platform and platform not in sign.platform:
            continue
        if sign.signal and signal not in sign.signal:
            continue
        if sign.without & crash.roles:
            continue
        if sign.wild and crash.zone in {"null", "near null"}:
            continue
        if sign.unnamed and crash.text("error_type"):
            continue
        if sign.bare and (signal or crash.address is not None or crash.access):
            continue
        found = _shown(crash, sign, frames)
        if found is not None:
            yield Seen(sign.name, sign.weight, found)


def _shown(crash: Crash, sign: _Sign, frames: _Looked) -> Evidence | None:
    """The evidence of a sign whose conditions hold; None where what it looks for is not there."""
    found: Evidence | None = None
    if sign.type is not None:
        if not sign.type.search(crash.words):
            return None
        found = crash.of_event(named(crash), sign.says)
    if sign.message is not None:
        if not sign.message.search(crash.message):
            return None
        found = crash.of_event(f"message: {one_line(crash.text('error_value'), 200)}", sign.says)
    if sign.function is not None:
        # How a program was stopped says what went wrong; that it stopped itself, the signal says already.
        among = frames(sign.where, sign.name != "abort")
        frame = next((one for one in among if _is(one, sign.function)), None)
        if frame is None:
            return None
        found = crash.of_frame(frame, sign.says)
    for key, pattern in sign.note:
        note = crash.note(key)
        if note is None or not pattern.search(note["value"][:1_000]):
            return None
        found = crash.of_note(note, sign.says)
    return found or crash.of_event(named(crash), sign.says)


def named(crash: Crash) -> str:
    """What the event is called, as the extract has it."""
    for column, label in (
        ("error_type", "type"),
        ("signal", "signal"),
        ("error_code_name", "code"),
        ("event_kind", "kind"),
    ):
        if crash.text(column):
            return f"{label}: {one_line(crash.text(column), 200)}"
    return "type: unknown"


@cache
def _machinery() -> re.Pattern[str]:
    """The functions that signs look for among crash handling, whatever role the tables give them."""
    return re.compile(
        "|".join(sign.function.pattern for sign in _signs() if sign.function and sign.where == "handling")
    )


def _frames(crash: Crash, where: str, caught: bool) -> list[dict[str, Any]]:
    """The frames among which a sign looks; also those of the stack on which the signal was caught, where asked for."""
    if where == "handling":
        ours = any(frame["role"] == "application" for frame in crash.frames)
        inner = _before(crash.frames) if ours else crash.handling
        return [*inner, *(_before(crash.signalled) if caught else ())]
    if where == "thrown":
        return [*crash.frames[:1], *crash.caused[:1]]
    if where == "any":
        return [*crash.frames, *(crash.signalled if caught else ())]
    return crash.frames[: 1 if where == "first" else 3]


def _before(frames: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The frames before the first of the application, machinery that signs look for not being of it."""
    return list(takewhile(lambda one: one["role"] != "application" or _is(one, _machinery()), frames))


def _is(frame: dict[str, Any], pattern: re.Pattern[str]) -> bool:
    """Whether a frame is of one of some functions, by its name with or without template arguments and parameters."""
    name = (frame["function"] or "")[:_LONGEST_NAME]
    if not name:
        return False
    return bool(pattern.match(name) or pattern.match(name.partition("(")[0].partition("<")[0]))
