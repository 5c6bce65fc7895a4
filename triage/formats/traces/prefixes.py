"""What loggers put before each line: times, levels, processes, containers; taken off before a trace is read.

A prefix has a kind and a key. Lines of one stream have the same kind and key (process and tag of logcat, the container
of docker-compose, host and program of syslog); lines of other streams between them belong to somebody else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import msgspec

from triage.times import iso

__all__ = ("Line", "split")

_LEVELS: Final = r"TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|SEVERE|CRITICAL|FATAL|FINE|ALERT|EMERG"
_CLOCK: Final = r"\d\d:\d\d:\d\d(?:[.,]\d{1,9})?"
_DATE: Final = r"\d{4}[-/]\d\d[-/]\d\d"
_ZONE: Final = r"(?:Z| ?[+-]\d\d:?\d\d(?!\d)| UTC| GMT)?"

# kind, pattern; a group `key` (or several: key1, key2) tells streams apart. In this order; what is left is looked at again.
_PREFIXES: Final = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (
            "logcat",
            rf"(?P<time>(?:\d{{4}}-)?\d\d-\d\d {_CLOCK}) {{1,4}}(?:[\w-]{{1,20}} {{1,4}})?(?P<key1>\d{{1,9}}) {{1,6}}(?P<key2>\d{{1,9}}) "
            r"(?P<level>[VDIWEFA]) (?P<key3>[^:\n]{0,80}?) {0,24}: ?",
        ),
        (
            "logcat",
            rf"(?P<time>{_DATE} {_CLOCK}) (?P<key1>\d{{1,9}})-(?P<key2>\d{{1,9}}) {{1,4}}(?P<key3>[^\s\n]{{1,60}}) {{1,40}}[\w.:-]{{1,100}} {{1,40}}"
            r"(?P<level>[VDIWEFA])  ?",
        ),
        (
            "logcat",
            rf"(?:(?P<time>(?:\d{{4}}-)?\d\d-\d\d {_CLOCK}) {{1,4}})?(?:\d{{1,9}}-\d{{1,9}}/[\w.:?-]{{1,100}} )?"
            r"(?P<level>[VDIWEFA])/(?P<key1>[^\s():/][^():/\n]{0,60}?) {0,24}(?:\( {0,6}(?P<key2>\d{1,9})\))?: ",
        ),
        ("kernel", r"(?:<\d{1,3}>)?\[ {0,8}\d{1,9}\.\d{3,9}\](?:\[ {0,6}(?P<key>[TC] {0,6}\d{1,8})\])? ?"),
        (
            "syslog",
            rf"(?:<\d{{1,3}}>)?(?:[A-Z][a-z]{{2}} [ \d]\d {_CLOCK}|{_DATE}T{_CLOCK}{_ZONE}) (?P<key1>[\w.:-]{{1,64}}) "
            r"(?P<key2>[\w./@()-]{1,64}(?:\[\d{1,9}\])?): ?",
        ),
        ("cri", rf"(?P<time>{_DATE}T{_CLOCK}{_ZONE}) (?P<key>stdout|stderr) [FP] ?"),
        ("pod", r"\[(?P<key>pod/[\w./-]{1,200})\] ?"),
        ("compose", r"(?P<key>[a-zA-Z][\w.-]{0,63}[_-]\d{1,4}|[a-zA-Z][\w-]{0,40}) {1,30}\| ?"),
        (
            "time",
            rf"[\[(]?(?P<time>{_DATE}[T ]{_CLOCK}{_ZONE})[\])]?(?: (?P<level>{_LEVELS})(?= )| \[(?:{_LEVELS})\])?(?:: | - | \| |\t| |$)",
        ),
        ("clock", rf"[\[(]?{_CLOCK}[\])]?(?: - |: | )"),
        ("level", rf"(?:{_LEVELS}):[\w.]{{1,80}}:|\[(?:{_LEVELS})\] ?"),
        ("nested level", rf"\[?(?:{_LEVELS})\]?(?:: | {{1,5}}-? ?)(?=\S)(?!EXCEPTION|\w+Sanitizer)"),
        ("thread", r"\[[\w.#:/ -]{1,60}\] (?=\S)(?:[\w.$]{1,100} - )?"),
        ("stream", r"\[(?P<key1>stderr|stdout|Crash|crash)\] ?|(?P<key2>stderr|stdout)(?:: | \| )"),
        ("quote", r"(?:> ){1,4}|>(?=$)"),
    )
)
_MOST: Final = 5
# What stands behind another prefix only, and what may stand at both places.
_INNER: Final = frozenset({"nested level", "thread"})
_BOTH: Final = frozenset({"level", "stream", "clock", "time", "kernel", "quote"})
_LAST: Final = frozenset({"logcat", "thread", "quote"})
_ANSI: Final = re.compile(r"\x1b\[[0-9;:?]{0,24}[A-Za-z]")
_STARTS: Final = re.compile(
    r"[\[(<{>\d]|[A-Z][a-z]{2} [ \d]\d |[VDIWEFA]/|[a-zA-Z][\w.-]{0,63} {1,30}\||\[?(?:"
    + _LEVELS
    + r")\b|stderr|stdout|Crash"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its prefix; `stream` is () where it had none."""

    text: str
    stream: tuple[str, ...] = ()
    ts: int | None = None
    level: str | None = None


def split(raw: str) -> Line:
    """Take the prefixes off a line; what is left keeps its indentation.

    Examples
    --------
    >>> split("2026-01-26T01:25:59Z   File \\"a.py\\", line 3, in f").text
    '  File "a.py", line 3, in f'
    >>> split("01-26 01:25:59.123  1200  1234 E AndroidRuntime: \\tat a.B.c(B.java:3)")
    Line(text='\\tat a.B.c(B.java:3)', stream=('logcat', '1200', '1234', 'AndroidRuntime'), ts=None, level='E')
    """
    text = _ANSI.sub("", raw) if "\x1b" in raw else raw
    text = text.rstrip("\r")
    if not _STARTS.match(text):
        return Line(text)
    if text.startswith('{"log":'):
        return _docker(text)
    stream: list[str] = []
    ts: int | None = None
    level: str | None = None
    for place in range(_MOST):
        found = _first(text, nested=place > 0)
        if found is None:
            break
        kind, match = found
        groups = match.groupdict()
        stream.append(kind)
        stream.extend(value for name, value in groups.items() if name.startswith("key") and value)
        if ts is None and groups.get("time"):
            ts = iso(groups["time"].replace("/", "-").replace(",", ".").replace(" UTC", "Z").replace(" GMT", "Z"))
        level = level or groups.get("level")
        text = text[match.end() :]
        if kind in _LAST:
            break
    return Line(text, tuple(stream), ts, level)


def _first(text: str, *, nested: bool) -> tuple[str, re.Match[str]] | None:
    """The prefix that a text begins with; some stand behind another only, some never do."""
    for kind, pattern in _PREFIXES:
        fits = kind in _BOTH or (kind in _INNER) == nested
        if fits and (match := pattern.match(text)) and match.end():
            return kind, match
    return None


def _docker(text: str) -> Line:
    """A line of Docker's json-file driver."""
    try:
        record = msgspec.json.decode(text.encode("utf-8", "replace"))
        inner, stream = record["log"], record.get("stream", "")
    except (msgspec.DecodeError, KeyError, TypeError, AttributeError, RecursionError):
        return Line(text)
    if not isinstance(inner, str) or not isinstance(stream, str):
        return Line(text)
    return Line(inner.rstrip("\r\n"), ("docker", stream), iso(record.get("time")))
