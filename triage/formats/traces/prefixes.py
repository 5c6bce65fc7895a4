"""What loggers put before each line: times, levels, processes, containers; taken off before a trace is read.

The prefixes are data, `prefixes.toml`. One has a kind and a key; the kind is that of the outermost. Lines of one
stream have the same kind and key (process and tag of logcat, the container of docker-compose, host and program of
syslog); lines of other streams between them belong to somebody else.
"""

from __future__ import annotations

import re
import string
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

import msgspec

from triage.formats import log_times
from triage.formats.traces.patterns import lazy
from triage.times import iso

__all__ = (
    "HELD",
    "Line",
    "carried",
    "docker",
    "is_marked",
    "is_numbered",
    "led",
    "prefixed",
    "prefixes",
    "same",
    "split",
    "uncoloured",
)

# The key of what containers wrote, where lines are objects of JSON.
HELD: Final = '"log":'
_MOST: Final = 5
# A logger wrote these: what it writes behind them is a prefix too. Behind the name of a container is the bare output.
_LOGGED: Final = frozenset({"time", "clock", "level", "nested level", "thread", "runner"})
# What writes down whatever a program writes, line by line: behind it any prefix may stand that stands first elsewhere.
_CARRIED: Final = frozenset(
    {"cri", "compose", "docker", "dyno", "plugin", "pod", "quote", "runner", "stamp", "step", "stream", "syslog"}
)
# What a logger begins its records with.
_BEGUN: Final = frozenset({"apache", "celery", "clock", "level", "nginx", "php", "time"})
# What an offset begins with: the fifth or sixth character from the end.
_SIGNS: Final = "+-"
_ANSI: Final = lazy(r"\x1b\[[0-9;:?]{0,24}[A-Za-z]")
# The name of a pod, as `prefixes.toml` has it.
_POD: Final = (
    r"[a-z0-9][a-z0-9-]{0,160}-(?:[bcdfghjklmnpqrstvwxz2456789]{6,10}|[0-9a-f]{8,10})"
    r"-(?:[bcdfghjklmnpqrstvwxz0-9]{5}|(?=[a-f]{0,4}\d)[0-9a-f]{5})"
)
_NODE: Final = r"[a-z][\w.]{0,80}-\d{1,4}"
_SET: Final = r"(?P<set>[a-z][a-z0-9-]{0,62})-(?:\d{1,3}|[bcdfghjklmnpqrstvwxz2456789]{5}) (?P=set) "
# What a prefix can begin with; most lines of a trace are told by it to have none.
_BARE: Final = (
    r"\[(?:[A-Z][a-z]{2} [A-Z]|\d\d-|\d{4}[-/]\d\d[-/]| {0,8}\d{1,9}\.\d|pod/|std|STD|[Cc]rash|mono-rt\]|task |\d\d:\d"
    rf"|[A-Z]{{4,8}}\]|(?:error|warn|info|debug)\]|{_POD}[\] ]|{_NODE}\] )"
    r"|\((?:task \d|\d{4}[-/]\d|\d\d:\d)|<\d|>{1,6}(?: |\n|$)|\{\"log\":"
    r"|#\d{1,4} \d{1,5}\.\d|##\[[a-z]"
    r"|\d{1,9}[-/:]\d|\d{1,4}: |CRASH LOG: |[A-Z]{4,8}:[\w.]|[A-Z][a-z]{2} (?:[ \d]\d |\d{4}-)"
    rf"|[VDIWEFA]/|std(?:err|out)|@4[0-9a-f]{{23}} |\d{{10}}\.\d{{6}} |{_POD} |{_SET}"
)
_NAMED: Final = r"[a-zA-Z][\w.@-]{0,159}+ {1,30}\||\d{1,3}\|[A-Za-z]|\w[^\t\n]{0,79}+\t[^\t\n]{1,80}+\t\ufeff?\d{4}-"
_STARTS: Final = lazy(f"{_BARE}|{_NAMED}")
# The same of texts that hold neither a `|` nor a step of a job: see `is_marked`.
_UNPIPED: Final = lazy(_BARE)
# What the kernel's ring buffer puts before its lines: a time alone, as all its patterns read it; behind that of
# journalctl stand a host and a program, as the two words of a program's name may of which the kernel tells.
_RING: Final = lazy(
    r"\[ {0,8}\d{1,9}\.\d{3,9}\](?! ?\[)"
    r"(?! [\w.:-]{1,64} (?:[\w./@()-]{1,64}\[\d{1,9}\]|kernel): (?!segfault at |trap |unhandled |bad frame ))"
    " ?"
)
_RINGED: Final = ("kernel",)
# The same at the beginning of any line but the first of a text.
_LED, _UNPIPED_LED = lazy(rf"\n(?={_BARE}|{_NAMED})"), lazy(rf"\n(?={_BARE})")
_NUMBER: Final = lazy(r"(\d{1,4}): ")
_DIGITS: Final = frozenset(string.digits)
# What fluentd writes to its output or a file: a time, a tag, an object that may hold what Docker's does.
_TAGGED: Final = lazy(
    r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z| ?[+-]\d\d:?\d\d))"
    r"(?: ([\w./-]{1,400}): |\t([\w./-]{1,400})\t)(?=\{\")"
)
# Of all of these the first character.
_FIRST: Final = frozenset("[(<>{#@" + string.digits + string.ascii_letters)


@dataclass(frozen=True, slots=True)
class _Prefix:
    kind: str
    at: str
    last: bool
    pattern: re.Pattern[str]
    # what of it can be told from two characters
    begins: re.Pattern[str]
    # which of its groups are keys, and whether it has a time and a level
    keys: tuple[str, ...]
    timed: bool
    levelled: bool


@cache
def _prefixes() -> tuple[_Prefix, ...]:
    """The rows of `prefixes.toml`."""
    table = tomllib.loads(files("triage.formats.traces").joinpath("prefixes.toml").read_text("utf-8"))
    rows = []
    for row in table["prefix"]:
        pattern = row["pattern"].replace('""', "")
        for name, piece in (table["pieces"] | {"ABBREVIATED": "|".join(log_times.abbreviated())}).items():
            pattern = pattern.replace(f"${name}", piece)
        pattern = pattern.replace("\\\n", "")
        begins = re.compile(row["begins"])
        names = re.findall(r"\(\?P<(\w+)>", pattern)
        keys = tuple(name for name in names if name.startswith("key"))
        at, last, said = row.get("at", "first"), row.get("last", False), ("time" in names, "level" in names)
        rows.append(_Prefix(row["kind"], at, last, lazy(pattern), begins, keys, *said))
    return tuple(rows)


@lru_cache(maxsize=4_096)
def _candidates(begin: str, first: bool, logged: bool) -> tuple[_Prefix, ...]:
    """The prefixes that a text can have, by the two characters that it begins with."""
    return tuple(
        prefix
        for prefix in _prefixes()
        if prefix.begins.match(begin) and (prefix.at == "both" or (logged if prefix.at == "inner" else first))
    )


class Line(msgspec.Struct, frozen=True, gc=False):
    """One line without its prefix; `stream` is () where it had none.

    `inner` says that a logger's own prefix stood behind that of the container, the daemon or the runner; `local` that
    the time has no zone and was taken as UTC.
    """

    text: str
    stream: tuple[str, ...] = ()
    ts: int | None = None
    level: str | None = None
    inner: bool = False
    local: bool = False


def split(raw: str) -> Line:
    """Take the prefixes off a line; what is left keeps its indentation.

    Examples
    --------
    >>> split("2026-01-26T01:25:59Z   File \\"a.py\\", line 3, in f").text
    '  File "a.py", line 3, in f'
    >>> line = split("01-26 01:25:59.123  1200  1234 E AndroidRuntime: \\tat a.B.c(B.java:3)")
    >>> line.text, line.stream, line.level
    ('\\tat a.B.c(B.java:3)', ('logcat', '1200', '1234', 'AndroidRuntime'), 'E')
    """
    text = raw
    if "\x1b" in raw or raw[-1:] == "\r":
        text = uncoloured(raw).rstrip("\r")
    if text[:1] == "[" and (ring := _RING.match(text)):
        return Line(text[ring.end() :], _RINGED)
    if not _STARTS.match(text):
        return Line(text)
    return (_in_json(text) if text[-1:] == "}" or text.startswith('{"log":') else None) or _behind_prefixes(text)


def _in_json(text: str) -> Line | None:
    """What a collector holds in JSON, by itself or behind its tag; None for what is otherwise."""
    if text.startswith(HELD, 1):
        held = docker(text)
        return _behind_prefixes(held.text, held.stream, held.ts) if held.stream else held
    tagged = _TAGGED.match(text)
    if tagged is None:
        return None
    line = docker(text[tagged.end() :])
    if not line.stream:
        return None
    tag = tagged[2] or tagged[3]
    return Line(line.text, (*line.stream, tag), line.ts if line.ts is not None else _moment(tagged[1])[0])


def carried(raw: str) -> Line:
    """Take off a line what a container, a daemon or a mail put before it, and leave the prefixes of the program's own.

    Examples
    --------
    >>> carried("> web-1  | E/flutter ( 7): a").text, carried("E/flutter ( 7): a").stream
    ('E/flutter ( 7): a', ())
    """
    return _behind_prefixes(raw, of=_CARRIED) if _STARTS.match(raw) else Line(raw)


def _behind_prefixes(
    text: str, outer: tuple[str, ...] = (), ts: int | None = None, *, of: frozenset[str] | None = None
) -> Line:
    """What stands behind all prefixes of a line; `outer` is the stream of what wrapped it, `ts` its time."""
    stream = list(outer)
    level: str | None = None
    logged = inner = local = False
    kinds = {*outer[:1]}
    bare = True
    for place in range(1 if outer else 0, _MOST):
        found = _first(text, first=bare, logged=logged)
        # two of a kind are rows of a table
        if found is None or (found[0].kind in kinds & _CARRIED) or (of and found[0].kind not in of):
            break
        prefix, match = found
        kinds.add(prefix.kind)
        bare = prefix.kind in _CARRIED
        logged = logged or prefix.kind in _LOGGED
        if not place:
            stream.append(prefix.kind)
        elif prefix.kind in _BEGUN:
            inner = True
        stream += [value for name in prefix.keys if (value := match[name])]
        if ts is None and prefix.timed and (time := match["time"]):
            ts, local = _moment(time)
        if level is None and prefix.levelled:
            level = match["level"]
        text = text[match.end() :]
        if prefix.last:
            break
    return Line(text, tuple(stream), ts, level, inner, local)


def same(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two lines may be of one stream.

    Where a container or a daemon writes each line, the program's own logger names its thread in the first of a record.

    Examples
    --------
    >>> same(("compose", "web", "4242"), ("compose", "web")), same(("time", "4242"), ("time",)), same((), ("time",))
    (True, False, True)
    """
    if one == other:
        return True
    both = min(len(one), len(other))
    return one[:both] == other[:both] and (not both or one[0] in _CARRIED or one[0] not in _LOGGED)


def led(raw: str) -> bool:
    """Whether a line without colours may have a prefix, by what it begins with."""
    return raw[:1] in _FIRST and _STARTS.match(raw) is not None


def is_marked(text: str) -> bool:
    """Whether a text may hold what few do: prefixes that end with a `|`, or those of the steps of a job.

    Examples
    --------
    >>> is_marked("web_1  | started"), is_marked("at f (a.js:1:2)")
    (True, False)
    """
    return "|" in text or "\t20" in text or "\t\ufeff20" in text


def prefixes(text: str, lines: list[str]) -> dict[int, Line]:
    """Of the lines of a text without colours those that have a prefix, by number, and what they say.

    Examples
    --------
    >>> lines = ["a", "2026-01-26T01:25:59Z b"]
    >>> [(at, line.text) for at, line in prefixes("\\n".join(lines), lines).items()]
    [(1, 'b')]
    """
    found: dict[int, Line] = {}
    if led(lines[0]) and (line := _told(lines, 0)).stream:
        found[0] = line
    at = number = 0
    for match in (_LED if is_marked(text) else _UNPIPED_LED).finditer(text):
        end = match.end()
        number += text.count("\n", at, end)
        at = end
        if text[end] == "[" and (ring := _RING.match(raw := lines[number])):
            found[number] = Line(raw[ring.end() :], _RINGED)
        elif (line := _told(lines, number)).stream:
            found[number] = line
    return found


def prefixed(
    lines: list[str], *, clean: bool = False, marked: bool = True, around: tuple[str, str] = ("", "")
) -> list[tuple[int, Line]]:
    """Of some lines those that are not as they stand, with their places; none of `clean` ones has colours.

    Where it is known that none `is_marked`, less is looked for. `around` are the lines before and behind them.

    Examples
    --------
    >>> [(at, line.text) for at, line in prefixed(["a", "2026-01-26T01:25:59Z b"])]
    [(1, 'b')]
    """
    begins = _STARTS.match
    if clean:
        begins = begins if marked else _UNPIPED.match
        return [
            (at, line)
            for at, raw in enumerate(lines)
            if raw[:1] in _FIRST and begins(raw) and (line := _told(lines, at, around)).stream
        ]
    found = []
    for at, raw in enumerate(lines):
        if (raw[:1] in _FIRST and begins(raw)) or "\x1b" in raw or raw[-1:] == "\r":
            line = _told(lines, at, around)
            if line.stream or line.text is not raw:
                found.append((at, line))
    return found


def is_numbered(line: str) -> bool:
    """Whether a line begins as those of `ctest -V` do, or as the rows of a list."""
    return line[:1] in _DIGITS and _NUMBER.match(line) is not None


def _told(lines: list[str], at: int, around: tuple[str, str] = ("", "")) -> Line:
    """A line without its prefix; `ctest -V` has the number of the test before each, which no list of frames has."""
    line = split(lines[at])
    if line.stream or line.text[:1] not in _DIGITS or not (number := _NUMBER.match(line.text)):
        return line
    before = lines[at - 1] if at else around[0]
    behind = lines[at + 1] if at + 1 < len(lines) else around[1]
    if not any(uncoloured(other).startswith(number[0]) for other in (before, behind)):
        return line
    return Line(line.text[number.end() :], ("step", number[1]))


def uncoloured(line: str) -> str:
    """A line without the colours of a terminal."""
    return _ANSI.sub("", line) if "\x1b" in line else line


def _first(text: str, *, first: bool, logged: bool) -> tuple[_Prefix, re.Match[str]] | None:
    """The prefix that a text begins with."""
    for prefix in _candidates(text[:2], first, logged):
        match = prefix.pattern.match(text)
        if match and match.end():
            return prefix, match
    return None


def _moment(time: str) -> tuple[int | None, bool]:
    """A time that a prefix says, and whether it has no zone."""
    if time[4:5] in {"-", "/"}:
        plain = time.replace("/", "-").replace("_", " ").replace(",", ".").replace(" UTC", "Z").replace(" GMT", "Z")
        ts = iso(plain)
        if ts is not None:
            return ts, plain[-1] != "Z" and plain[-6] not in _SIGNS and plain[-5] not in _SIGNS
    moment = log_times.read(time)
    return moment.micros, moment.note is not None and log_times.NO_ZONE in moment.note


def docker(text: str) -> Line:
    """What a line of Docker's json-file driver holds, with the prefixes that the program itself wrote.

    Examples
    --------
    >>> docker('{"log":"INFO: a\\\\n","stream":"stdout","time":"2026-01-26T01:25:59Z"}').text
    'INFO: a'
    """
    try:
        record = msgspec.json.decode(text.encode("utf-8", "replace"))
        inner, stream = record["log"], record.get("stream", "")
    except (msgspec.DecodeError, KeyError, TypeError, AttributeError, RecursionError):
        return Line(text)
    if not isinstance(inner, str) or not isinstance(stream, str):
        return Line(text)
    return Line(inner.rstrip("\r\n"), ("docker", stream), iso(record.get("time")))
