"""How a line of a log begins a record: its time, level, logger, thread and program, and where its message starts.

The forms are data, `log_heads.toml`. A line that begins in none of them continues the record before it. What a syslog
daemon wrote may hold a record of another logger, whose level and name count then.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final

import msgspec

from triage.formats import log_times
from triage.formats.traces.patterns import lazy
from triage.formats.traces.prefixes import uncoloured

__all__ = ("Said", "level_of", "pairs", "read", "severity")

# A head is looked for in the first characters only, so that a long line costs nothing more.
_FRONT: Final = 600
_LOGFMT: Final = re.compile(r'(?:^|\s)([A-Za-z_@][\w.@-]{0,40})=("(?:[^"\\]|\\.){0,16000}+"|[^\s"]{0,4000}+)')
_LOGFMT_START: Final = re.compile(r"(?:time|ts|t|timestamp|level|lvl|severity)=")
_FIELD_NAMES: Final = ("pid", "tid", "client", "host", "os", "code", "db")
_FIELDS: Final = frozenset(_FIELD_NAMES)
_SEVERITIES: Final = ("fatal", "fatal", "fatal", "error", "warning", "info", "info", "debug")


class Said(msgspec.Struct, gc=False):
    """What the head of a record says, and its message as far as it stands on the same line."""

    message: str
    time: str | None = None
    level: str | None = None
    logger: str | None = None
    thread: str | None = None
    service: str | None = None
    fields: dict[str, Any] | None = None
    # microseconds, where the time was no text
    ts: int | None = None
    # the text of a stack in a field, and what its error is called
    stack: str | None = None
    error_type: str | None = None
    error_value: str | None = None
    # who a daemon says wrote it: host, program, process; and whether that had a logger with a head of its own
    program: tuple[str | None, ...] | None = None
    inner: bool = False
    # whether it was an object of JSON behind a head
    json: bool = False
    # whether it is of the second pass of an hour that clocks repeat, by the order of its log
    again: bool = False
    # what the row of the form says of it
    form: str | None = None
    # whose output it is a line of, where a daemon or a cloud made a record of each
    carried: str | None = None

    def moment(self, dated: tuple[int, int] | None) -> log_times.Moment:
        """When it was written."""
        if self.ts is not None or not self.time:
            return log_times.Moment(self.ts)
        return log_times.read(self.time, dated)

    @property
    def is_strong(self) -> bool:
        """Whether more than a time stands there, so that it is certainly a log."""
        return bool((self.time or self.ts is not None) and (self.level or self.logger))


@dataclass(frozen=True, slots=True)
class _Form:
    pattern: re.Pattern[str]
    begins: re.Pattern[str]
    nested: bool
    form: str | None


@dataclass(frozen=True, slots=True)
class _Forms:
    wrappers: tuple[_Form, ...]
    heads: tuple[_Form, ...]
    times: tuple[_Form, ...]
    last: tuple[_Form, ...]
    after: tuple[re.Pattern[str], ...]
    levels: dict[str, str]


@cache
def _forms() -> _Forms:
    """The rows of `log_heads.toml`."""
    table = tomllib.loads(files("triage.formats").joinpath("log_heads.toml").read_text("utf-8"))

    def compiled(pattern: str) -> re.Pattern[str]:
        pattern = pattern.replace("\\\n", "").replace('""', "")
        for name, piece in (table["pieces"] | {"ABBREVIATED": "|".join(log_times.abbreviated())}).items():
            pattern = pattern.replace(f"${name}", piece)
        return lazy(pattern)

    def forms(name: str) -> tuple[_Form, ...]:
        return tuple(
            _Form(compiled(row["pattern"]), re.compile(row["begins"]), row.get("nested", False), row.get("form"))
            for row in table[name]
        )

    after = tuple(compiled(row["pattern"]) for row in table["after"])
    return _Forms(forms("wrapper"), forms("head"), forms("time"), forms("last"), after, table["levels"])


def level_of(word: str | None) -> str | None:
    """The level that a word or a letter stands for.

    Examples
    --------
    >>> level_of("SEVERE"), level_of("W"), level_of("notice"), level_of("pay")
    ('error', 'warning', 'info', None)
    """
    return _forms().levels.get(word.lower()) if word else None


def severity(number: int) -> str:
    """The level of a severity of syslog, or of the priority that holds it.

    Examples
    --------
    >>> severity(3), severity(34)
    ('error', 'fatal')
    """
    return _SEVERITIES[number % 8]


def read(line: str) -> Said | None:
    """The head of a line, None where it begins no record.

    Examples
    --------
    >>> said = read("2026-01-26 01:25:59,123 ERROR [main] shop.Cart - no rate")
    >>> said.level, said.thread, said.logger, said.message
    ('error', 'main', 'shop.Cart', 'no rate')
    >>> read("    at shop.Cart.pay(Cart.java:3)") is None
    True
    """
    text = uncoloured(line)
    if not text or text[0].isspace():
        return None
    for form in _able(text[:2])[0]:
        if (found := form.pattern.match(text, 0, _FRONT)) and (said := _bare(text[found.end() :])):
            return said
    return _bare(text)


def _bare(text: str) -> Said | None:
    """The head of a line that nobody wrapped."""
    _, heads, times, last = _able(text[:2])
    for form in heads:
        if found := form.pattern.match(text, 0, _FRONT):
            return _said(found, text[found.end() :], form)
    for form in times:
        if stamp := form.pattern.match(text, 0, _FRONT):
            for pattern in _forms().after:
                if found := pattern.match(text, stamp.end(), _FRONT):
                    said = _said(found, text[found.end() :], form)
                    said.time = stamp["time"]
                    return said
            return Said(text[stamp.end() :].lstrip(), stamp["time"], form=form.form)
    for form in last:
        if found := form.pattern.match(text, 0, _FRONT):
            return _said(found, text[found.end() :], form)
    return _logfmt(text) if _LOGFMT_START.match(text) else None


@lru_cache(maxsize=4_096)
def _able(begin: str) -> tuple[tuple[_Form, ...], ...]:
    """The wrappers, heads, times and last forms that a text can have, by the two characters that it begins with."""
    kinds = (_forms().wrappers, _forms().heads, _forms().times, _forms().last)
    return tuple(tuple(form for form in forms if form.begins.match(begin)) for forms in kinds)


def _said(found: re.Match[str], message: str, form: _Form) -> Said:
    """What the groups of a form say, or of what stands behind the time of one."""
    groups = found.groupdict()
    level = level_of(groups.get("level") or groups.get("letter"))
    said = Said(
        message,
        groups.get("time"),
        level,
        groups.get("logger") or groups.get("logger2") or None,
        groups.get("thread") or groups.get("thread2"),
        form=form.form,
    )
    if not _FIELDS.isdisjoint(groups):
        said.fields = {key: groups[key] for key in _FIELD_NAMES if groups.get(key) not in (None, "-")} or None
    if form.nested:
        said.service = said.logger
        said.program = (groups.get("host"), said.logger, groups.get("pid"))
        if groups.get("pri"):
            said.level = severity(int(groups["pri"]))
        inner = _bare(message) if message else None
        if inner is not None and inner.level:
            said.level, said.message = inner.level, inner.message
            said.logger, said.thread, said.inner = inner.logger or said.logger, inner.thread, True
            if inner.time and inner.time[:4].isdecimal() and not (said.time or "")[:4].isdecimal():
                said.time = inner.time  # the one with a year
    return said


def _logfmt(text: str) -> Said | None:
    """A line of `key=value` pairs."""
    held = pairs(text)
    message = held.pop("msg", held.pop("message", None))
    time = held.pop("time", held.pop("ts", held.pop("timestamp", held.pop("t", None))))
    level = held.pop("level", held.pop("lvl", held.pop("severity", None)))
    if message is None or not (time or level):
        return None
    logger = held.pop("logger", held.pop("caller", None))
    return Said(
        message,
        time,
        level_of(level),
        logger,
        fields=dict(held) or None,
        error_value=held.get("err") or held.get("error"),
        stack=held.get("stack") or held.get("stacktrace"),
    )


def pairs(text: str) -> dict[str, str]:
    """The `key=value` pairs of a line.

    Examples
    --------
    >>> pairs('no rate code=7 at="a\\\\nb"')
    {'code': '7', 'at': 'a\\nb'}
    """
    return {key: _unquoted(value) for key, value in _LOGFMT.findall(text)}


def _unquoted(value: str) -> str:
    """A value without its quotes and escapes."""
    if value[:1] != '"':
        return value
    try:
        return str(msgspec.json.decode(value.encode("utf-8", "replace")))
    except (msgspec.DecodeError, UnicodeError):
        return value[1:-1]
