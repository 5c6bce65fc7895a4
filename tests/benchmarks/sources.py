"""Stream a 200 MB log out of a tar.gz, beside tarfile and zlib: `python -m tests.benchmarks.sources [MB]`.

Each way runs in a process of its own, so that its peak of memory is its own, and all of them in turn, three times; the
best of three is printed. "bytes" only takes the content; "lines" cuts it into lines as a log reader does. Ours also
computes the SHA-256 of every file, the archive included; "with digests" does the same with tarfile, and "isal alone" is
our decompressor with nothing around it.
"""

from __future__ import annotations

import gzip
import hashlib
import random
import resource
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

from triage.records import Records
from triage.sources import archives, compression
from triage.sources.context import Context
from triage.sources.inputs import Inputs
from triage.sources.limits import Limits
from triage.sources.reader import Feed, Gauge
from triage.sources.source import Source

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 3
WAYS = (
    "triage bytes",
    "triage lines",
    "tarfile+zlib bytes",
    "tarfile+zlib bytes with digests",
    "tarfile+zlib lines",
    "isal alone",
)


def build(path: Path, megabytes: int) -> int:
    """Write a tar.gz with three files of log lines in it; gives the bytes of the content."""
    chooser = random.Random(7)
    words = [f"{chooser.getrandbits(24):x}" for _ in range(3_000)]
    block = "".join(
        f'{{"timestamp":"2026-01-01T00:{n % 60:02d}:{chooser.getrandbits(15) % 60:02d}.{chooser.getrandbits(19):06d}Z",'
        f'"level":"INFO","target":"app::{chooser.choice(words)}",'
        f'"fields":{{"message":"{chooser.choice(words)} {chooser.choice(words)} {chooser.getrandbits(30)}"}}}}\n'
        for n in range(80_000)
    ).encode()
    times = -(-megabytes * 1_000_000 // (len(block) * 3))
    with gzip.open(path, "wb", 6) as packed, tarfile.open(fileobj=packed, mode="w|") as archive:
        for number in range(3):
            info = tarfile.TarInfo(f"logs/app-{number}.ndjson")
            info.size = len(block) * times
            archive.addfile(info, _Repeated(block, times))
    return len(block) * times * 3


class _Repeated:
    """The same block again and again, so that building takes no memory."""

    def __init__(self, block: bytes, times: int) -> None:
        self._block, self._at, self._end = block, 0, len(block) * times

    def read(self, size: int) -> bytes:
        start = self._at % len(self._block)
        out = self._block[start : min(start + size, start + self._end - self._at)]
        self._at += len(out)
        return out + self.read(size - len(out)) if out and len(out) < size else out


def run(way: str, path: str) -> int:
    """Go through the archive one way; gives the bytes or lines seen."""
    if way.startswith("tarfile"):
        return _tarfile(path, lines=way.endswith("lines"), digests=way.endswith("digests"))
    if way.startswith("isal"):
        return _isal(path)
    return _triage(path, lines=way.endswith("lines"))


def _triage(path: str, *, lines: bool) -> int:
    seen = 0

    def take(source: Source) -> None:
        nonlocal seen
        if not archives.read(source):
            seen += sum(1 for _ in source.lines()) if lines else sum(map(len, source.chunks()))
        source.close()

    context = Context(records=Records(), limits=Limits(), read=take)
    for source in Inputs(path).walk(context):
        take(source)
    return seen


def _tarfile(path: str, *, lines: bool, digests: bool) -> int:
    seen = 0
    with Path(path).open("rb") as raw, tarfile.open(fileobj=raw, mode="r|gz", bufsize=1 << 20) as archive:
        for info in archive:
            file = archive.extractfile(info)
            if lines:
                seen += sum(1 for _ in file)
                continue
            digest = hashlib.sha256()
            while chunk := file.read(1 << 20):
                seen += len(chunk)
                if digests:
                    digest.update(chunk)
    return seen


def _isal(path: str) -> int:
    context = Context(records=Records(), limits=Limits(), read=lambda _: None)
    gauge = Gauge(Source(context, "gauge", data=b""))
    with Path(path).open("rb") as raw:
        stream = compression.Inflated("gz", Feed(iter(lambda: raw.read(1 << 20), b""), gauge), gauge)
        return sum(map(len, iter(lambda: stream.read(1 << 20), b"")))


def main() -> None:
    """Build in a process of its own, for a child inherits the peak of its parent; then run every way in turn."""
    if len(sys.argv) == 4 and sys.argv[2] == "build":
        print(build(Path(sys.argv[3]), int(sys.argv[1])))
        return
    if len(sys.argv) == 4:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start = time.perf_counter()
        seen = run(sys.argv[2], sys.argv[3])
        seconds = time.perf_counter() - start
        print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, before, seen)
        return
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "logs.tar.gz"
        size = int(_child(str(megabytes), "build", str(path))[0])
        print(f"{size / 1e6:.0f} MB of log lines in {path.stat().st_size / 1e6:.1f} MB of tar.gz")
        print(f"pieces of {compression.PIECE_IN >> 10} KiB in and {compression.PIECE_OUT >> 10} KiB out")
        best: dict[str, list[float]] = {}
        for _ in range(ROUNDS):
            for way in WAYS:
                best[way] = min(best.get(way, [9e9]), _child("-", way, str(path)))
        print(f"{'way':32}{'seconds':>9}{'MB/s':>8}{'peak MiB':>10}{'added MiB':>11}{'seen':>12}")
        for way, (seconds, peak, before, seen) in best.items():
            added = (peak - before) / 1024
            print(f"{way:32}{seconds:9.2f}{size / 1e6 / seconds:8.0f}{peak / 1024:10.1f}{added:11.1f}{seen:12,.0f}")


def _child(*words: str) -> list[float]:
    command = [sys.executable, "-m", "tests.benchmarks.sources", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return [float(word) for word in done.stdout.split()]


if __name__ == "__main__":
    main()
