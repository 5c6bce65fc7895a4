"""Streams of events with and without spikes, and how well a rule finds them.

Each stream is seven days of one incident. Labels are the intervals in which an alarm is right. The kinds follow what
specs/performance.md F names; their sizes are drawn anew for every stream, and none is a constant of the rule under
test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

DAY = 86_400.0
HOUR = 3_600.0
SPAN = 7 * DAY
START_NS = 1_772_409_600 * 10**9  # a Monday
STEP = 60.0
# Alarms closer than this are one, and this long after its beginning the alarm of a regression is in time.
NEAR_NS = 30 * 60 * 10**9
IN_TIME = 6 * HOUR

Floats = npt.NDArray[np.float64]
Detector = Callable[[npt.NDArray[np.int64]], list[tuple[int, int, float]]]


@dataclass(frozen=True)
class Series:
    """One stream: its kind, its times in nanoseconds, and the intervals (start, end, whether a regression)."""

    kind: str
    ns: npt.NDArray[np.int64]
    labels: tuple[tuple[int, int, bool], ...] = ()


@dataclass
class _Maker:
    """One stream in the making; times are seconds after its beginning."""

    rng: np.random.Generator
    times: list[Floats] = field(default_factory=list)
    labels: list[tuple[float, float, bool]] = field(default_factory=list)

    def stream(self, rate: Floats, *, shape: float = 0.0, block: float = 300.0) -> None:
        """A Poisson stream of a rate per minute; with a shape the rate of each block is drawn from a gamma."""
        if shape:
            per = round(block / STEP)
            noise = self.rng.gamma(shape, 1 / shape, -(-len(rate) // per))
            rate = rate * np.repeat(noise, per)[: len(rate)]
        counts = self.rng.poisson(rate)
        starts = np.repeat(np.arange(len(rate)) * STEP, counts)
        self.times.append(starts + self.rng.random(len(starts)) * STEP)

    def retries(self, per_day: float, size: float, width: float) -> None:
        """Clients that try again and again for a while, and give up."""
        for start in self.rng.random(self.rng.poisson(per_day * SPAN / DAY)) * SPAN:
            self.times.append(start + np.sort(self.rng.random(1 + self.rng.geometric(1 / size))) * width)

    def spikes(self, level: Callable[[float], float], least: float) -> None:
        """Two spikes after the second day, of 10 to 60 minutes and 4 to 12 times the level, of some events at least."""
        for start in (self.rng.uniform(2.2, 4.2) * DAY, self.rng.uniform(4.7, 6.8) * DAY):
            length = self.rng.uniform(600, 3_600)
            rate = level(start) * self.rng.uniform(3, 11)
            count = max(self.rng.poisson(rate * length / STEP), self.rng.poisson(least))
            self.times.append(start + self.rng.random(count) * length)
            self.labels.append((start, start + length, False))

    def made(self, kind: str) -> Series:
        times = np.sort(np.concatenate(self.times))
        times = times[(times >= 0) & (times < SPAN)]
        ns = START_NS + np.round(times * 1e9).astype(np.int64)
        labels = [
            (START_NS + round(start * 1e9), START_NS + round(end * 1e9), late) for start, end, late in self.labels
        ]
        return Series(kind, ns, tuple(labels))


def _flat(rate: float) -> Floats:
    return np.full(round(SPAN / STEP), rate)


def _rhythm(rng: np.random.Generator, rate: float, *, week: bool = False) -> Floats:
    """A rate with a day's rhythm, and quiet weekends where asked."""
    at = np.arange(round(SPAN / STEP)) * STEP
    shape = 1 + rng.uniform(0.6, 0.9) * np.sin(2 * np.pi * (at / DAY - rng.random()))
    if week:
        shape = np.where(at >= 5 * DAY, shape * rng.uniform(0.2, 0.5), shape)
    found: Floats = rate * shape
    return found


def _level(rate: Floats) -> Callable[[float], float]:
    return lambda at: float(rate[int(at / STEP)])


def flat_high(make: _Maker) -> None:
    rate = _flat(make.rng.uniform(2, 20))
    make.stream(rate)
    make.spikes(_level(rate), 0)


def flat_low(make: _Maker) -> None:
    rate = _flat(make.rng.uniform(1, 6) / 60)
    make.stream(rate)
    make.spikes(_level(rate), make.rng.uniform(10, 25))


def diurnal(make: _Maker) -> None:
    rate = _rhythm(make.rng, make.rng.uniform(0.5, 8))
    make.stream(rate)
    make.spikes(_level(rate), 15)


def weekly_over(make: _Maker) -> None:
    rate = _rhythm(make.rng, make.rng.uniform(1, 8), week=True)
    make.stream(rate, shape=make.rng.uniform(2, 6), block=make.rng.choice([300.0, 900.0, 3_600.0]))
    make.spikes(_level(rate), 25)


def bursty_spikes(make: _Maker) -> None:
    rate = _flat(make.rng.uniform(0.05, 0.5))
    make.stream(rate)
    make.retries(make.rng.uniform(5, 30), make.rng.uniform(5, 20), make.rng.uniform(5, 45))
    make.spikes(_level(rate), 40)


def tiny(make: _Maker) -> None:
    rate = _flat(make.rng.uniform(0.5, 4) / 1_440)
    make.stream(rate)
    make.spikes(_level(rate), make.rng.uniform(8, 16))


def step(make: _Maker) -> None:
    rate = _flat(make.rng.uniform(4, 60) / 60)
    at = make.rng.uniform(2.5, 6) * DAY
    rate[int(at / STEP) :] *= make.rng.uniform(3, 6)
    make.stream(rate)
    make.labels.append((at, at + IN_TIME, True))


def return_after_silence(make: _Maker) -> None:
    rate = _flat(make.rng.uniform(4, 60) / 60)
    ended = make.rng.uniform(1, 2) * DAY
    at = make.rng.uniform(ended + 2 * DAY, 6.5 * DAY)
    rate[int(ended / STEP) : int(at / STEP)] = 0
    make.stream(rate)
    make.labels.append((at, at + IN_TIME, True))


def quiet_flat(make: _Maker) -> None:
    make.stream(_flat(10 ** make.rng.uniform(-1.5, 1.3)))


def quiet_diurnal(make: _Maker) -> None:
    make.stream(_rhythm(make.rng, 10 ** make.rng.uniform(-0.7, 1.2), week=bool(make.rng.integers(2))))


def quiet_over(make: _Maker) -> None:
    rate = _rhythm(make.rng, make.rng.uniform(0.3, 8)) if make.rng.integers(2) else _flat(make.rng.uniform(0.3, 8))
    make.stream(rate, shape=make.rng.uniform(1, 4), block=make.rng.choice([300.0, 900.0, 3_600.0]))


def quiet_rare(make: _Maker) -> None:
    make.stream(_flat(make.rng.uniform(0.5, 8) / 1_440))


def quiet_bursty(make: _Maker) -> None:
    make.stream(_flat(make.rng.uniform(0.01, 0.5)))
    make.retries(make.rng.uniform(3, 40), make.rng.uniform(4, 25), make.rng.uniform(3, 50))


def quiet_gap(make: _Maker) -> None:
    rate = _flat(10 ** make.rng.uniform(-0.7, 1))
    at = make.rng.uniform(2, 5) * DAY
    rate[int(at / STEP) : int((at + make.rng.uniform(2, 12) * HOUR) / STEP)] = 0
    make.stream(rate)


def quiet_trend(make: _Maker) -> None:
    make.stream(_flat(10 ** make.rng.uniform(-0.7, 0.7)) * np.linspace(1, make.rng.uniform(2, 6), round(SPAN / STEP)))


def quiet_new(make: _Maker) -> None:
    rate = _flat(10 ** make.rng.uniform(-1.3, 0.7))
    rate[: int(make.rng.uniform(1, 5) * DAY / STEP)] = 0
    make.stream(rate)


SPIKING = (flat_high, flat_low, diurnal, weekly_over, bursty_spikes, tiny)
REGRESSING = (step, return_after_silence)
QUIET = (quiet_flat, quiet_diurnal, quiet_over, quiet_rare, quiet_bursty, quiet_gap, quiet_trend, quiet_new)


def series(seed: int, each: int = 12) -> list[Series]:
    """So many streams of each kind."""
    found = []
    for number, fill in enumerate(SPIKING + REGRESSING + QUIET):
        for copy in range(each):
            make = _Maker(np.random.default_rng([seed, number, copy]))
            fill(make)
            found.append(make.made(fill.__name__))
    return found


@dataclass
class Score:
    """What a rule found: labels, those that were found, alarms, wrong ones, and delays in minutes."""

    labels: int = 0
    hits: int = 0
    alarms: int = 0
    wrong: int = 0
    quiet_days: float = 0.0
    quiet_alarms: int = 0
    delays: list[float] = field(default_factory=list)

    def add(self, one: Series, alarms: list[tuple[int, int, float]]) -> None:
        starts: list[int] = []
        last = None
        for start, _, _ in sorted(alarms):
            if last is None or start - last > NEAR_NS:
                starts.append(start)
            last = start
        right = set()
        for start, end, _ in one.labels:
            inside = [at for at in starts if start <= at <= end + NEAR_NS // 3]
            right.update(inside)
            if inside:
                self.hits += 1
                self.delays.append((inside[0] - start) / 60e9)
        self.labels += len(one.labels)
        self.alarms += len(starts)
        self.wrong += len(starts) - len(right)
        if not one.labels:
            self.quiet_days += SPAN / DAY
            self.quiet_alarms += len(starts)

    @property
    def precision(self) -> float:
        return 1 - self.wrong / self.alarms if self.alarms else 0.0

    @property
    def recall(self) -> float:
        return self.hits / self.labels if self.labels else 0.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    @property
    def per_quiet_day(self) -> float:
        return self.quiet_alarms / self.quiet_days if self.quiet_days else 0.0


def scored(detect: Detector, streams: list[Series]) -> dict[str, Score]:
    """The score of each kind, and of all under the name of nothing."""
    found: dict[str, Score] = {"": Score()}
    for one in streams:
        alarms = detect(one.ns)
        for name in ("", one.kind):
            found.setdefault(name, Score()).add(one, alarms)
    return found
