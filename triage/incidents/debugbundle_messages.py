"""Messages by DebugBundle's rules, as its fingerprints take them: tokens that change become ``{dynamic}``.

The order of the steps and the texts for errors of databases (`debugbundle.toml`) are facts of its normaliser; patterns
that are quadratic there are taken apart here, with the same result.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from triage.formats.debugbundle_lines import BLANKS

__all__ = ("normal_message",)

_DYNAMIC: Final = "{dynamic}"
_TRIMMED: Final = re.compile(f"[{re.escape(BLANKS)}]+")
_UUID: Final = re.compile(
    r"\b[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b", re.ASCII | re.IGNORECASE
)
_LOCAL: Final = re.compile(r"\b[A-Z0-9._%+-]+", re.ASCII | re.IGNORECASE)
_DOMAIN: Final = re.compile(r"@[A-Z0-9.-]+\.[A-Z]{2,}\b", re.ASCII | re.IGNORECASE)
_TIME: Final = re.compile(r"\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z\b", re.ASCII)
_IPV4: Final = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b", re.ASCII)
_HEX: Final = re.compile(r"\b0x[0-9a-f]+\b", re.ASCII | re.IGNORECASE)
_BARE_HEX: Final = re.compile(r"\b(?=[0-9]*[a-f])[0-9a-f]{8,}\b", re.ASCII | re.IGNORECASE)
_TOKEN: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{14,}[A-Za-z0-9_]")
_LETTER: Final = re.compile("[A-Za-z]")
_DIGIT: Final = re.compile("[0-9]")
_NUMBER: Final = re.compile(r"\b\d{2,}\b", re.ASCII)
_TIMER: Final = re.compile(r"WFLYEJB002[02]:([^\n]*)")
_TIMED_OBJECT: Final = re.compile(r"\btimedObjectId=", re.ASCII)
_TIMER_DATE: Final = re.compile(
    r"\b(previousRun|initialExpiration|nextExpiration)=(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)_(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug"
    r"|Sep|Oct|Nov|Dec)_\d{1,2}_\d{2}:\d{2}:\d{2}_[A-Za-z][A-Za-z0-9:+-]{0,15}_\d{4}\b".replace("_", _TRIMMED.pattern),
    re.ASCII,
)


def normal_message(message: str, version: str = "v2") -> str:
    """A message by DebugBundle's rules, of `v1_7`, `v1_10` or `v2`.

    Examples
    --------
    >>> normal_message("order 48213 for user bob@example.com failed in 5 s")
    'order {dynamic} for user {dynamic} failed in 5 s'
    """
    if version == "v1_7":
        return _NUMBER.sub(_DYNAMIC, _tokens(message))
    summary = _summary(message.lower())
    if summary is not None:
        return summary
    if version == "v2" and message.startswith("WFLYEJB002"):
        message = _timer(message)
    text = _NUMBER.sub(_DYNAMIC, _TOKEN.sub(_long, _tokens(message)))
    return _TRIMMED.sub(" ", text).strip(BLANKS)


@lru_cache(maxsize=1_024)
def _tokens(message: str) -> str:
    """What all versions replace first, in their order; a step is skipped where a cheap look says that it can be."""
    digits = _DIGIT.search(message) is not None
    if digits and "-" in message:
        message = _UUID.sub(_DYNAMIC, message)
    if "@" in message:
        message = _emails(message)
    if digits:
        if ":" in message:
            message = _TIME.sub(_DYNAMIC, message)
        if "." in message:
            message = _IPV4.sub(_DYNAMIC, message)
        message = _HEX.sub(_DYNAMIC, message)
    return _BARE_HEX.sub(_DYNAMIC, message)


def _long(match: re.Match[str]) -> str:
    text = match[0]
    return _DYNAMIC if _LETTER.search(text) and _DIGIT.search(text) else text


def _emails(message: str) -> str:
    """Addresses replaced. As one pattern this is quadratic; here each sign is looked at once."""
    parts: list[str] = []
    done = 0
    at = message.find("@")
    while at >= 0:
        domain = _DOMAIN.match(message, at)
        start = at
        while start > done and message[start - 1] in _OF_LOCAL:
            start -= 1
        local = _LOCAL.search(message, start, at) if domain and start < at else None
        if domain and local and local.end() == at:
            parts += (message[done : local.start()], _DYNAMIC)
            done = domain.end()
        at = message.find("@", max(at + 1, done))
    return "".join(parts) + message[done:]


_OF_LOCAL: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._%+-")


def _timer(message: str) -> str:
    """The dates in WildFly's two messages about timers replaced; its code and state stay."""
    head = _TIMER.match(message)
    if head is None:
        return message
    for piece in head[1].split("]"):
        _, mark, rest = piece.partition("[id=")
        if mark and _TIMED_OBJECT.search(rest):
            return _TIMER_DATE.sub(r"\1={dynamic}", message)
    return message


@cache
def _families() -> tuple[tuple[re.Pattern[str], tuple[tuple[tuple[str, ...], str], ...]], ...]:
    """For each family of databases what tells it, and its summaries with their words."""
    data = tomllib.loads(files("triage.incidents").joinpath("debugbundle.toml").read_text("utf-8"))
    return tuple(
        (
            re.compile("|".join(map(re.escape, words))),
            tuple(
                (tuple(row["words"]), f"{family} {row['text']}") for row in data["summary"] if row["family"] == family
            ),
        )
        for family, words in data["families"].items()
    )


def _summary(lower: str) -> str | None:
    for words, summaries in _families():
        if words.search(lower):
            for said, summary in summaries:
                if any(word in lower for word in said):
                    return summary
    return None
