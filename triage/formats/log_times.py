"""The stamps that loggers write, as microseconds since 1970 in UTC, and what had to be assumed for it.

Facts: RFC 3164, RFC 5424 and RFC 3339; the documented formats of PHP's and Apache's error logs, of klog, Go's `log`,
`java.util.logging` and journalctl. Zones are offsets, names of the IANA database (``Europe/Berlin``) or what clocks
abbreviate (`log_zones.toml`); where that means several, it is said that the zone is not known. A stamp without a zone
is taken as UTC, or as the zone that a person gives for such stamps, and that is said; one without a year gets that of
the date in the file's name, or no time. A local time that the change of clocks repeats is taken as the first of the
two, or as the second where the order of the log says so.
"""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from difflib import get_close_matches
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from triage.errors import TriageError
from triage.times import LEAST, MOST

if TYPE_CHECKING:
    from triage.sources.source import Source

__all__ = (
    "NO_ZONE",
    "Moment",
    "Order",
    "abbreviated",
    "here",
    "named_date",
    "placed",
    "read",
    "zone_named",
    "zone_told",
)

_TAKEN: Final = "the time has no zone; taken as"
NO_ZONE: Final = f"{_TAKEN} UTC"
_UNKNOWN: Final = "the zone of the time is not known; taken as"
_UNKNOWN_ZONE: Final = f"{_UNKNOWN} UTC"
_TWICE: Final = "a local time that the change of clocks makes ambiguous"
# Lines of one log may be written in another order than they were stamped, by no more than that.
_SLACK: Final = 60 * 1_000_000
_NEVER: Final = "a local time that the change of clocks leaves out"
_NONE: Final = "the time is none of the calendar"
_NO_YEAR: Final = "the time names no year"
_NAMED_YEAR: Final = "the year is that of the date in the file's name"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NAMES: Final = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
_MONTHS: Final = {name: place for place, name in enumerate(_NAMES.split(), 1)}
_MONTH: Final = "[A-Z][a-z]{2}"
_CLOCK: Final = r"(?P<clock>\d{1,2}:\d\d:\d\d)"
_ZONE: Final = r"(?: (?P<half>[AaPp][Mm])(?!\w))?(?: ?(?P<zone>[A-Za-z+-][\w/+:-]{0,39}))?"
_FORMS: Final = tuple(
    re.compile(form)
    for form in (
        rf"(?P<year>\d{{4}})[-/.](?P<month>\d\d)[-/.](?P<day>\d\d)(?:T|,? ){_CLOCK}{_ZONE}$",
        rf"(?P<day>\d{{1,2}})[-/ ](?P<month>[A-Z][a-z]{{2}})[-/ ](?P<year>\d{{4}})[ :]{_CLOCK}{_ZONE}$",
        rf"(?:{_MONTH} )?(?P<month>{_MONTH}) {{1,2}}(?P<day>\d{{1,2}}) {_CLOCK}{_ZONE} (?P<year>\d{{4}})$",
        rf"(?P<month>[A-Z][a-z]{{2}}) {{1,2}}(?P<day>\d{{1,2}}) {_CLOCK}$",
        rf"(?P<month>[A-Z][a-z]{{2}}) (?P<day>\d{{1,2}}), (?P<year>\d{{4}}) {_CLOCK} (?P<half>[AP]M)$",
        rf"(?P<month>\d\d)(?P<day>\d\d) {_CLOCK}$",
        rf"(?P<day>\d\d)\.(?P<month>\d\d)\.(?P<year>\d{{4}}),? {_CLOCK}{_ZONE}$",
        rf"(?P<month>\d{{1,2}})/(?P<day>\d{{1,2}})/(?P<year>\d{{4}}),? {_CLOCK} (?P<half>[AaPp][Mm])$",
    )
)
_BASIC: Final = re.compile(r"^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(?!\d)")
_FRACTION: Final = re.compile(r"(?<=:\d\d)[.,](\d{1,9})")
_OFFSET: Final = re.compile(r"(?:UTC|GMT)?([+-])(\d\d):?(\d\d)?$")
_UTC_NAMES: Final = frozenset(("Z", "z", "UTC", "GMT", "Etc/UTC"))
_DATED: Final = re.compile(r"(?<!\d)(20\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?([0-2]\d|3[01])(?!\d)")


class Moment(NamedTuple):
    """A time in microseconds since 1970, None where there is none, and what is to be said of it."""

    micros: int | None
    note: str | None = None
    again: int | None = None
    """Of a local time that the change of clocks repeats: when it came again."""

    def moved(self, micros: int) -> Moment:
        """So much later."""
        if self.micros is None or not micros:
            return self
        return Moment(self.micros + micros, self.note, None if self.again is None else self.again + micros)


class Order:
    """The order of one log, by which the two passes of an hour that the change of clocks repeats are told apart.

    Examples
    --------
    >>> order, berlin = Order(), zone_named("Europe/Berlin")
    >>> lines = ("2026-10-25 02:59:59", "2026-10-25 02:00:01", "2026-10-25 02:30:00", "2026-10-25 03:00:00")
    >>> [order.again(placed(read(line), berlin)) for line in lines]
    [False, True, True, False]
    """

    def __init__(self) -> None:
        self._last: int | None = None

    def again(self, moment: Moment) -> bool:
        """Whether a stamp, the next of the log, is of the second pass: as one of the first it would go back."""
        if moment.micros is None:
            return False
        last, again = self._last, moment.again
        goes_back = last is not None and again is not None and moment.micros + _SLACK < last <= again + _SLACK
        self._last = again if goes_back else moment.micros
        return goes_back


# Digits of milliseconds since 1970, from 2001 to 2286.
_MILLIS: Final = 13


def read(text: str, dated: tuple[int, int] | None = None) -> Moment:
    """Read a stamp; `dated` is the year and month of the file, where it is known.

    Examples
    --------
    >>> read("26-Jan-2026 02:25:59 Europe/Berlin")
    Moment(micros=1769390759000000, note=None, again=None)
    >>> read("Mon Jan 26 01:25:59.5 2026")
    Moment(micros=1769390759500000, note='the time has no zone; taken as UTC', again=None)
    >>> read("Jan 26 01:25:59")
    Moment(micros=None, note='the time names no year', again=None)
    >>> read("1769390759123")
    Moment(micros=1769390759123000, note=None, again=None)
    """
    if len(text) == _MILLIS and text.isascii() and text.isdecimal():
        return Moment(int(text) * 1_000)
    part = 0
    text = _BASIC.sub(r"\1-\2-\3T\4:\5:\6", text, 1)
    fraction = _FRACTION.search(text)
    if fraction:
        part = int(fraction[1][:6].ljust(6, "0"))
        text = text[: fraction.start()] + text[fraction.end() :]
    return _second(text, dated).moved(part)


def zone_named(name: str | None) -> tzinfo | None:
    """The zone of a name of the IANA database or of an offset, for `placed`; None of None.

    Raises
    ------
    TriageError
        There is no such zone.

    Examples
    --------
    >>> zone_named("Europe/Berlin"), zone_named("+02:00")
    (zoneinfo.ZoneInfo(key='Europe/Berlin'), datetime.timezone(datetime.timedelta(seconds=7200)))
    """
    if name is None:
        return None
    zone, remark = _zone(str(name))
    if remark:
        close = get_close_matches(str(name), sorted(available_timezones()), n=1)
        meant = f"; did you mean {close[0]}?" if close else "; give one as Europe/Berlin, UTC or +02:00"
        raise TriageError(f"there is no zone {name!r}{meant}")
    return zone


def _name(zone: tzinfo) -> str:
    """What `zone_named` makes the zone of."""
    name = str(zone)
    return name.removeprefix("UTC") or name


def zone_told(name: str) -> tzinfo | None:
    """The zone that a file names; None where there is no such zone."""
    zone, remark = _zone(name)
    return None if remark else zone


def placed(moment: Moment, zone: tzinfo | None) -> Moment:
    """A time without a zone, or with one that is not known, taken as that of a zone; any other as it is.

    Examples
    --------
    >>> placed(read("2026-01-26 02:25:59"), zone_named("Europe/Berlin"))
    Moment(micros=1769390759000000, note='the time has no zone; taken as Europe/Berlin', again=None)
    """
    told = next((note for note in (NO_ZONE, _UNKNOWN_ZONE) if moment.note and note in moment.note), None)
    if zone is None or moment.micros is None or moment.note is None or told is None:
        return moment
    seconds, part = divmod(moment.micros, 1_000_000)
    second = _placed(seconds, zone).moved(part)
    words = (second.note or NO_ZONE).replace(_TAKEN, _UNKNOWN) if told == _UNKNOWN_ZONE else second.note or NO_ZONE
    return second._replace(note=moment.note.replace(told, words))


def here(moment: Moment, source: Source) -> Moment:
    """A time that had no zone, in that of the file it stands in, which is told then; any other as it is."""
    zone = source.context.zone_of(source)
    moved = placed(moment, zone)
    if zone is not None and moved is not moment:
        source.context.tell_zone(source, _name(zone))
    return moved


def named_date(path: str) -> tuple[int, int] | None:
    """The year and the month of the last date in the name of a file, as rotated logs have it.

    Examples
    --------
    >>> named_date("log/syslog-20260126.gz"), named_date("app.log")
    ((2026, 1), None)
    """
    dates = _DATED.findall(path.replace("\\", "/").rpartition("/")[2])
    return (int(dates[-1][0]), int(dates[-1][1])) if dates else None


@lru_cache(maxsize=8_192)
def _second(text: str, dated: tuple[int, int] | None) -> Moment:
    """A stamp without its fraction; lines of one second share the work."""
    for form in _FORMS:
        found = form.match(text)
        if found:
            return _moment(found.groupdict(), dated)
    return Moment(None, "the time is in no form that is known")


def _moment(said: dict[str, str | None], dated: tuple[int, int] | None) -> Moment:
    """The time that the parts of a stamp name."""
    named = said["month"] or ""
    month = int(named) if named.isdigit() else _MONTHS.get(named, 0)
    notes: list[str] = []
    if said.get("year"):
        year = int(said["year"] or 0)
    elif dated is None:
        return Moment(None, _NO_YEAR)
    else:
        # what was written in December lies in a file that was rotated in January
        year = dated[0] - (month > dated[1])
        notes.append(_NAMED_YEAR)
    hour, minute, second = (int(part) for part in (said["clock"] or "").split(":"))
    if said.get("half"):
        hour = hour % 12 + 12 * ((said["half"] or "").upper() == "PM")
    zone, note = _zone(said.get("zone"))
    notes += [note] if note else []
    try:
        local = datetime(year, month, int(said["day"] or 0), hour, minute, second, tzinfo=zone)
        clocks, later = _clocks(local)
        notes += clocks
        passed = local - _EPOCH
    except (ValueError, OverflowError):
        return Moment(None, _NONE)
    micros = (passed.days * 86_400 + passed.seconds) * 1_000_000
    return Moment(micros, "; ".join(notes) or None, micros + later if later else None)


@lru_cache(maxsize=8_192)
def _placed(seconds: int, zone: tzinfo) -> Moment:
    """A whole second of a clock in that zone."""
    try:
        local = (_EPOCH + timedelta(seconds=seconds)).replace(tzinfo=zone)
        passed = local - _EPOCH
    except OverflowError:
        return Moment(None, _NONE)
    clocks, later = _clocks(local)
    notes = [f"{_TAKEN} {_name(zone)}", *clocks]
    micros = (passed.days * 86_400 + passed.seconds) * 1_000_000
    if not LEAST <= micros <= MOST:
        return Moment(None, _NONE)
    return Moment(micros, "; ".join(notes), micros + later if later else None)


def _clocks(local: datetime) -> tuple[list[str], int]:
    """What the change of clocks makes of a local time; of one that comes twice, after how many microseconds."""
    one, other = local.utcoffset(), local.replace(fold=1).utcoffset()
    if one is None or other is None or one == other:
        return [], 0
    return ([_TWICE], (one - other) // timedelta(microseconds=1)) if one > other else ([_NEVER], 0)


@lru_cache(maxsize=256)
def _zone(name: str | None) -> tuple[tzinfo, str | None]:
    """The zone of a name or an offset, UTC where there is none, with a remark."""
    if not name:
        return UTC, NO_ZONE
    if name in _UTC_NAMES:
        return UTC, None
    if found := _OFFSET.match(name):
        minutes = int(found[2]) * 60 + int(found[3] or 0)
        if minutes < 24 * 60:
            return timezone(timedelta(minutes=minutes if found[1] == "+" else -minutes)), None
        return UTC, _UNKNOWN_ZONE
    east, ambiguous = _abbreviations()
    if name in east:
        return timezone(timedelta(minutes=east[name])), None
    try:
        return (UTC, _UNKNOWN_ZONE) if name in ambiguous else (ZoneInfo(name), None)
    except (OSError, ValueError, KeyError):
        return UTC, _UNKNOWN_ZONE


@cache
def _abbreviations() -> tuple[dict[str, int], frozenset[str]]:
    """The rows of `log_zones.toml`: the minutes east of Greenwich of each, and those that mean several."""
    table = tomllib.loads(files("triage.formats").joinpath("log_zones.toml").read_text("utf-8"))
    return dict(table["minutes"]), frozenset(table["ambiguous"])


def abbreviated() -> list[str]:
    """All abbreviations of zones, the longest first.

    Examples
    --------
    >>> "CEST" in abbreviated(), read("2026-07-01 10:00:01 CEST").micros == read("2026-07-01 08:00:01Z").micros
    (True, True)
    """
    east, ambiguous = _abbreviations()
    return sorted({*east, *ambiguous}, key=lambda name: (-len(name), name))
