"""Memory of a large bundle: a tar.gz with 200 MB of logs, from `load` to frames.

    make bench, or python -m pytest -s tests/benchmarks/bench_memory.py

Peak memory is that of a process of its own, less what the imports took, less the Arrow bytes of the tables returned.
"""

from __future__ import annotations

import io
import json
import random
import resource
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from time import perf_counter

MEGABYTES = 200
WORDS = (
    "frame",
    "window",
    "bridge",
    "worker",
    "render",
    "queue",
    "flush",
    "socket",
    "retry",
    "plugin",
    "theme",
    "layout",
)


def log_lines(size: int):
    """Lines as a tracing subscriber writes them, about 130 bytes each, until there are `size` bytes."""
    chance = random.Random(5)
    written = 0
    while written < size:
        minute, second, micros = chance.randrange(60), chance.randrange(60), chance.randrange(10**6)
        line = {
            "timestamp": f"2026-01-26T01:{minute:02}:{second:02}.{micros:06}Z",
            "level": chance.choice(("INFO", "INFO", "DEBUG", "WARN", "ERROR")),
            "fields": {"message": " ".join(chance.choices(WORDS, k=6)), "id": chance.randrange(10**9)},
            "target": f"shell::{chance.choice(WORDS)}",
        }
        data = json.dumps(line, separators=(",", ":")).encode() + b"\n"
        written += len(data)
        yield data


def write_bundle(path: Path) -> None:
    """A crash bundle whose log has `MEGABYTES` MB."""
    logs = b"".join(log_lines(MEGABYTES * 1_000_000))
    manifest = {"version": "1.0", "os": "linux", "arch": "x86_64", "createdAt": "2026-01-26T01:59:59.123Z"}
    manifest["reason"] = {"kind": "rust-panic", "message": "slice out of range", "location": "src/main.rs:7"}
    with tarfile.open(path, "w:gz", compresslevel=6) as archive:
        for name, data in (("crash/manifest.json", json.dumps(manifest).encode()), ("crash/logs.ndjson", logs)):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))


def peak_bytes() -> int:
    """The peak of this process; on Linux by VmHWM, since ru_maxrss starts at the peak of the parent."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def measure(path: str) -> None:
    """Load in this process and print the figures as JSON."""
    import triage
    from triage import formats
    from triage.incidents import groups  # noqa: F401 - imports are not what is measured

    formats.registry()
    triage.load(b"warm up").incidents()
    before = peak_bytes()
    start = perf_counter()
    case = triage.load(path)
    seconds = perf_counter() - start
    peak = peak_bytes()
    frames = sum(table.nbytes for table in case._tables.values())
    rows = len(case._tables["logs"])
    print(json.dumps({"seconds": seconds, "peak": peak - before, "frames": frames, "rows": rows}))


def test_memory_of_a_large_bundle():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "crash-20260126T015959123Z.tar.gz"
        write_bundle(path)
        packed = path.stat().st_size
        done = subprocess.run([sys.executable, __file__, str(path)], check=True, capture_output=True, text=True)
    told = json.loads(done.stdout)
    print(
        f"\n{MEGABYTES} MB of logs, {packed / 1e6:.0f} MB as tar.gz: {told['rows']:,} rows in {told['seconds']:.1f} s "
        f"({MEGABYTES / told['seconds']:.0f} MB/s); tables {told['frames'] / 1e6:.0f} MB, "
        f"peak above them {(told['peak'] - told['frames']) / 1e6:.0f} MB"
    )
    assert told["rows"] > 1_000_000


if __name__ == "__main__":
    measure(sys.argv[1])
