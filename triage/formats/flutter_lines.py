r"""One line of a Flutter console: colours off, prefix off, and what the prefix said.

Facts: `flutter run` puts ``flutter: `` before what an iOS or desktop program prints; Android's logcat has its own
prefixes (brief, time and threadtime); the system log of iOS names the process. Colours are ECMA-48 sequences, which
macOS shows as ``\^[[…m``.

Grammar::

    line     = [container] [step] [time] [prefix] ["flutter: "] text | indent prefix text
    container = what docker compose, Kubernetes, syslog, GitHub's jobs or a mail that quotes write, see
                `triage.formats.traces.prefixes`
    step     = "[" blanks, digits, "+ms" "] "                     ; flutter run --verbose
    prefix   = LETTER "/" tag "(" pid "): "                       ; logcat brief and time
             | pid tid LETTER tag ": "                            ; logcat threadtime
             | process "[" pid [":" tid] "] " ["<level>: "]       ; iOS
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from triage.formats.traces.prefixes import carried, led
from triage.times import iso

__all__ = ("Line", "read_line", "strip_colours")

_ANSI: Final = re.compile(r"\x1b\[[0-9;:?]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\\?\^\[\[[0-9;]{0,40}m")
_STEP: Final = re.compile(r"\[[ +\dms]{3,20}\] |\[(?:Android|iOS)\] ")
_TIME: Final = re.compile(
    r"(?P<date>(?:\d{4}-)?\d\d-\d\d)[T ](?P<clock>\d\d:\d\d:\d\d(?:[.,]\d{1,9})?)"
    r" ?(?P<zone>Z|[+-]\d\d:?\d\d)?(?=[\s|:-])[\s|:-]{1,3}"
)
_BRIEF: Final = re.compile(r"([VDIWEFA])/(?:([^(:]{1,60}?) {0,20}\( {0,8}(\d{1,9})\)|(flutter) ?): ?")
_THREADTIME: Final = re.compile(r" {0,8}(\d{1,9}) {1,8}(\d{1,9}) ([VDIWEFA]) ([^:]{0,60}?) {0,40}: ?")
_IOS: Final = re.compile(r"([\w.() -]{1,60})\[(\d{1,9})(?::(\d{1,12}))?\] (?:<(\w{1,12})>: ?)?(?:\[[^\]]{1,60}\] )?")
_SYSLOG: Final = re.compile(r"[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d (?:\S{1,60} )?")
_LETTERS: Final = {"V": "trace", "D": "debug", "I": "info", "W": "warning", "E": "error", "F": "fatal", "A": "fatal"}
_WORDS: Final = {
    "debug": "debug",
    "info": "info",
    "notice": "info",
    "warning": "warning",
    "error": "error",
    "fault": "fatal",
}
# Streams that any program's output goes through.
_CONTAINERS: Final = frozenset({"compose", "cri", "dyno", "pod", "quote", "step", "syslog"})
_BLANKS: Final = frozenset({" ", "\t"})
# A prefix is looked for in the first characters only, so that a long line costs nothing more.
_PREFIX_CHARS: Final = 400


class Line(NamedTuple):
    """A line without its prefix, and what the prefix said.

    ``kind`` is "" without a prefix, "flutter" for ``flutter: ``, else "logcat" or "ios"; ``time`` is as written.
    """

    text: str
    raw: str
    kind: str = ""
    tag: str | None = None
    pid: str | None = None
    tid: str | None = None
    level: str | None = None
    time: str | None = None

    @property
    def ts(self) -> int | None:
        """Microseconds since 1970 where the time names its year, else None."""
        return iso(self.time.replace(",", ".")) if self.time and self.time[4:5] == "-" else None


def strip_colours(text: str) -> str:
    r"""Take terminal colours out of a text.

    Examples
    --------
    >>> strip_colours("\x1b[38;5;196mred\x1b[0m")
    'red'
    """
    return _ANSI.sub("", text) if "\x1b" in text or "^[[" in text else text


def read_line(raw: str) -> Line:
    """Split a line of a console or device log into its prefix and its text.

    Examples
    --------
    >>> read_line("I/flutter ( 7346): cart saved")[:5]
    ('cart saved', 'I/flutter ( 7346): cart saved', 'logcat', 'flutter', '7346')
    >>> read_line("web-1  | flutter: cart saved").text
    'cart saved'
    >>> read_line("    E/flutter ( 7346):   at pay").text
    '  at pay'
    >>> read_line("01-26 01:25:59.123  1234  1240 E flutter : boom").level
    'error'
    """
    text = strip_colours(raw)
    line = _read(text, raw)
    if text[:1] in _BLANKS and text.strip():
        # a log that was quoted by its indentation; without one of its prefixes it may be text
        inner = _read(text.lstrip(), raw)
        return inner if inner.kind == "logcat" else line
    if line.kind or not led(text):
        return line
    held = carried(text)
    # Tables have a word in front of a bar as well.
    if (
        not held.stream
        or held.stream[0] not in _CONTAINERS
        or (held.stream[0] == "compose" and held.stream[1].isalpha())
    ):
        return line
    inner = _read(held.text, raw)
    return inner if inner.time else inner._replace(time=line.time)


def _read(text: str, raw: str) -> Line:
    """A line without what containers and colours add to it."""
    time, start = None, 0
    kind, tag, pid, tid, level = "", None, None, None, None
    if text[:1] == "[" and (step := _STEP.match(text)):
        start = step.end()
    if text[start : start + 1].isdigit() and (stamp := _TIME.match(text, start, start + _PREFIX_CHARS)):
        time, start = f"{stamp['date']} {stamp['clock']}{stamp['zone'] or ''}", stamp.end()
        if thread := _THREADTIME.match(text, start, start + _PREFIX_CHARS):
            kind, start, (pid, tid, letter, tag) = "logcat", thread.end(), thread.groups()
            level = _LETTERS[letter]
        elif ios := _IOS.match(text, start, start + _PREFIX_CHARS):
            kind, start, (tag, pid, tid, word) = "ios", ios.end(), ios.groups()
            level = _WORDS.get((word or "").lower())
    elif text[3:4] == " " and (stamp := _SYSLOG.match(text)) and (ios := _IOS.match(text, stamp.end())):
        time, kind, start, (tag, pid, tid, word) = stamp.group().strip(), "ios", ios.end(), ios.groups()
        level = _WORDS.get((word or "").lower())
    if not kind and text[start + 1 : start + 2] == "/" and (brief := _BRIEF.match(text, start, start + _PREFIX_CHARS)):
        kind, start, (letter, tag, pid, bare) = "logcat", brief.end(), brief.groups()
        tag, level = tag or bare, _LETTERS[letter]
    text = text[start:] if start else text
    if text.startswith("flutter:"):
        text, kind = text[9:] if text[8:9] == " " else text[8:], kind if kind == "logcat" else "flutter"
    return Line(text, raw, kind, tag.strip() if tag else None, pid, tid, level, time)
