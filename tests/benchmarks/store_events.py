"""Events for the benchmark of stores: DebugBundle envelopes of a made-up shop, as many as asked, the same every time.

The shape is that of the specification's measurements: 10,000 incidents whose frequencies fall as Zipf's with exponent
0.9, seven days, 14 to 26 frames each, about 1.9 KB per event, and addresses in three events of ten: there the stack is
a native one, moved as a whole by address space randomisation, so that hardly two of these texts are equal.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ("SPOILED", "lines", "write", "write_files")

INCIDENTS: Final = 10_000
_DAYS: Final = 7
_START_MS: Final = 1_768_867_200_000
_FRAMES: Final = (14, 26)
_NATIVE: Final = 0.3
_EXPONENT: Final = 0.9
# The services of the shop, their runtimes, and how often an incident is theirs.
_SERVICES: Final = (("checkout", "python"), ("catalogue", "node"), ("billing", "java"), ("media", "native"))
_WORDS: Final = (
    *("order", "cart", "price", "stock", "user", "session", "invoice", "label", "route", "image", "cache", "queue"),
    *("token", "parcel", "refund", "voucher", "batch", "search", "index", "tax", "basket", "address", "region"),
    *("carrier", "ledger", "filter", "page", "thumb", "upload", "review"),
)
_VERBS: Final = (
    *("load", "save", "check", "merge", "fetch", "apply", "parse", "render", "send", "pick", "lock", "count"),
    *("total", "resolve", "open"),
)
_ERRORS: Final = {
    "python": ("ValueError", "KeyError", "TimeoutError", "TypeError", "ConnectionError"),
    "node": ("TypeError", "RangeError", "AggregateError", "SyntaxError"),
    "java": ("java.lang.IllegalStateException", "java.lang.NullPointerException", "java.sql.SQLException"),
    "native": ("SIGSEGV", "SIGABRT", "heap-use-after-free"),
}
# One defect each, in a line of its own: cut short, no JSON, text instead of a map, bytes that are no UTF-8.
SPOILED: Final = (b'{"schema_version":"2026-03-01","event_id":"', b"not json at all", b'"a string"', b'{"\xff\xfe":1}')


@dataclass(frozen=True, slots=True)
class _Incident:
    """A line with places for what differs between its events: ids, the number (so often), addresses of frames."""

    line: bytes
    numbers: int
    bases: tuple[int, ...]


def lines(count: int, *, seed: int = 7, spoiled: float = 0.0) -> Iterator[bytes]:
    """The events as lines without their ends, by time; a share of `spoiled` ones is put between them."""
    random = np.random.default_rng(seed)
    incidents: dict[int, _Incident] = {}
    weights = 1 / np.arange(1, INCIDENTS + 1) ** _EXPONENT
    chosen = random.choice(INCIDENTS, size=count, p=weights / weights.sum())
    times = np.sort(random.integers(0, _DAYS * 86_400_000, size=count)) + _START_MS
    broken = random.random(count) < spoiled
    for start in range(0, count, 65_536):
        stop = min(start + 65_536, count)
        stamps = np.datetime_as_string(times[start:stop].astype("datetime64[ms]"), unit="ms").astype("S23").tolist()
        numbers = random.integers(1_000, 999_999, size=stop - start).tolist()
        bits = random.bytes(32 * (stop - start)).hex()
        slides = (random.integers(0x5500_0000_0, 0x7FFF_FFFF_0, size=stop - start) << 12).tolist()
        for at, (which, stamp) in enumerate(zip(chosen[start:stop].tolist(), stamps, strict=True)):
            one = incidents.get(which)
            if one is None:
                one = incidents[which] = _incident(np.random.default_rng([seed, which]), which)
            token = bits[at * 64 : at * 64 + 64]
            event = f"{token[:8]}-{token[8:12]}-4{token[13:16]}-8{token[17:20]}-{token[20:32]}"
            values = (event.encode(), stamp, token[32:48].encode(), token[32:64].encode(), token[:16].encode())
            yield one.line % (*values, *(numbers[at],) * one.numbers, *(base + slides[at] for base in one.bases))
            if broken[start + at]:
                yield SPOILED[(start + at) % len(SPOILED)]


def write(path: Path, count: int, *, seed: int = 7, spoiled: float = 0.0) -> int:
    """Write one file of lines; gives its size in bytes."""
    with path.open("wb") as out:
        held: list[bytes] = []
        for line in lines(count, seed=seed, spoiled=spoiled):
            held.append(line)
            if len(held) >= 4_096:
                out.write(b"\n".join(held) + b"\n")
                held.clear()
        out.write(b"".join(line + b"\n" for line in held))
    return path.stat().st_size


def write_files(folder: Path, count: int, *, seed: int = 7) -> None:
    """Write a folder with one event per file, 1,000 files per subfolder, named as an SDK names them."""
    for at, line in enumerate(lines(count, seed=seed)):
        inside = folder / f"{at // 1_000:04d}"
        if at % 1_000 == 0:
            inside.mkdir(parents=True)
        (inside / f"{_START_MS + at}-{at}-shop.events.json").write_bytes(b"[" + line + b"]")


def _incident(random: np.random.Generator, number: int) -> _Incident:
    """Everything that the events of one incident share."""
    native = random.random() < _NATIVE
    service, runtime = _SERVICES[3] if native else _SERVICES[int(random.integers(3))]
    name = str(random.choice(_ERRORS[runtime]))
    message = f"could not {random.choice(_VERBS)} {random.choice(_WORDS)} @N for {random.choice(_WORDS)} {number}"
    frames = [_frame(random) for _ in range(int(random.integers(_FRAMES[0], _FRAMES[1] + 1)))]
    stack, bases = _STACKS[runtime](name, message, frames, random)
    envelope = {
        "schema_version": "2026-03-01",
        "event_id": "@E",
        "event_type": "backend_exception",
        "occurred_at": "@TZ",
        "sdk_name": f"debugbundle-{runtime}",
        "sdk_version": "2.0.1",
        "service": {"name": service, "environment": "production", "runtime": runtime, "framework": None},
        "correlation": {"request_id": "req-@R", "trace_id": "@X", "session_id": None, "user_id_hash": "@U"},
        "payload": {
            "name": name,
            "message": message,
            "stack": stack,
            "handled": bool(random.random() < 0.7),
            "request": {"method": "POST", "path": f"/{frames[0][0]}/{number % 40}", "query": {}, "headers": {}},
            "response": {"status_code": 500},
        },
        "context": {"release": f"1.{number % 7}.0"},
    }
    text = json.dumps(envelope, separators=(",", ":")).replace("%", "%%")
    numbers = text.count("@N")
    for place, form in (("@E", "%s"), ("@T", "%s"), ("@R", "%s"), ("@X", "%s"), ("@U", "%s"), ("@N", "%d")):
        text = text.replace(place, form)
    return _Incident(text.replace("@A", "0x%x").encode(), numbers, bases)


def _frame(random: np.random.Generator) -> tuple[str, str, int]:
    words = [str(word) for word in random.choice(_WORDS, size=2)]
    return words[0], f"{random.choice(_VERBS)}_{words[1]}", int(random.integers(10, 900))


_Frames = list[tuple[str, str, int]]


def _python(name: str, message: str, frames: _Frames, random: np.random.Generator) -> tuple[str, tuple[int, ...]]:
    del random
    places = (f"  File /srv/shop/{area}/{verb}.py, line {line}, in {verb}" for area, verb, line in reversed(frames))
    return "\n".join((f"{name}: {message}", *places)), ()


def _node(name: str, message: str, frames: _Frames, random: np.random.Generator) -> tuple[str, tuple[int, ...]]:
    del random
    places = (f"    at {verb} (/srv/shop/{area}/{verb}.js:{line}:{line % 40 + 1})" for area, verb, line in frames)
    return "\n".join((f"{name}: {message}", *places)), ()


def _java(name: str, message: str, frames: _Frames, random: np.random.Generator) -> tuple[str, tuple[int, ...]]:
    del random
    places = (f"\tat shop.{area}.{verb.title()}.{verb}({verb.title()}.java:{line})" for area, verb, line in frames)
    return "\n".join((f"{name}: {message}", *places)), ()


def _native(name: str, message: str, frames: _Frames, random: np.random.Generator) -> tuple[str, tuple[int, ...]]:
    del name, message
    places = (
        f"#{at}  @A in {verb} () at /srv/media/{area}/{verb}.cc:{line}" for at, (area, verb, line) in enumerate(frames)
    )
    return "\n".join(places), tuple(int(base) for base in random.integers(0x1000, 0xFFFFF, size=len(frames)))


_STACKS: Final = {"python": _python, "node": _node, "java": _java, "native": _native}
