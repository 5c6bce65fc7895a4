"""Event stores beside their peers: `python -m tests.benchmarks.store [EVENTS] [--rounds N] [--only NAME ...]`.

The events are those of `tests.benchmarks.store_events`, made once into `--folder` (a temporary one by default). Every
measure runs in a process of its own, so that its peak of memory is its own; the best of the rounds is printed, in wall
seconds, with the ratio to the peer. `load` is to tables (quarantine, places and distinct stacks included), `to
incidents` also computes the keys and `incidents()`. What a peer gives differs: pandas has nested values, and fails at
the first bad line, where "none" is printed.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tests.benchmarks import store_events

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT: Final = Path(__file__).resolve().parents[2]
FILES: Final = 100_000
BAD: Final = 0.0001


def _tables(path: str) -> Any:
    """Load into the tables of the schema."""
    from triage.loading import read_tables
    from triage.sources.inputs import Inputs
    from triage.sources.limits import Limits

    return read_tables(Inputs(path), limits=Limits())["events"].num_rows


def _cached(path: str) -> Any:
    """Load a second time."""
    from triage.loading import read_tables
    from triage.sources.inputs import Inputs
    from triage.sources.limits import Limits
    from triage.store.cache import Cache

    return read_tables(Inputs(path), limits=Limits(), cache=Cache(Path(os.environ["TRIAGE_CACHE"])))["events"].num_rows


def _incidents(path: str) -> Any:
    """From the file to incidents."""
    import triage

    return len(triage.load(path, cache=False).incidents())


def _parquet(path: str) -> Any:
    """Part by part to a folder of tables."""
    import triage

    with tempfile.TemporaryDirectory() as folder:
        return triage.to_parquet(path, f"{folder}/tables").name


def _pandas(path: str) -> Any:
    import pandas as pd

    return len(pd.read_json(path, lines=True))


def _pandas_pyarrow(path: str) -> Any:
    import pandas as pd

    return len(pd.read_json(path, lines=True, engine="pyarrow", dtype_backend="pyarrow"))


def _pathlib(path: str) -> Any:
    import pandas as pd

    rows = [event for file in Path(path).rglob("*.json") for event in json.loads(file.read_text())]
    return len(pd.DataFrame(rows))


def _tarfile(path: str) -> Any:
    import pandas as pd

    rows = []
    with tarfile.open(path, "r|gz") as archive:
        for member in archive:
            rows += [json.loads(line) for line in archive.extractfile(member) or ()]
    return len(pd.DataFrame(rows))


def _keys(path: str) -> Any:
    """Keys of stacks whose frames are in tables; the seconds are those of the keys alone."""
    from triage.loading import read_tables
    from triage.sources.inputs import Inputs
    from triage.sources.limits import Limits
    from triage.stacks import keys

    tables = read_tables(Inputs(path), limits=Limits())
    began = time.perf_counter()
    keys.annotate(tables)
    return time.perf_counter() - began


def _siggen(path: str) -> Any:
    """Signatures of the same stacks by siggen, of the first thousand events, scaled to all."""
    from tests.benchmarks import grouping_peers

    python = grouping_peers.interpreter()
    if python is None:
        return None
    with Path(path).open("rb") as file:
        texts = [json.loads(next(file))["payload"]["stack"] for _ in range(1_000)]
        rest = sum(1 for _ in file)
    _, _, seconds = grouping_peers.siggen(texts, python)
    return seconds * (rest + 1_000) / 1_000


def _occurrences(path: str) -> tuple[Any, Any]:
    """When each event of a store happened, in microseconds, and the number of its group."""
    import triage

    events = triage.load(path, cache=False).events()
    return events["ts"].astype("int64[pyarrow]").to_numpy("int64"), events["group_key"].factorize()[0]


def _counters(path: str) -> Any:
    """The counters at every event; the seconds are those of the counting alone."""
    from triage.incidents import counters

    micros, codes = _occurrences(path)
    began = time.perf_counter()
    counters.at_every(micros, codes)
    return time.perf_counter() - began


def _rolling(path: str) -> Any:
    """The same four windows by pandas."""
    import pandas as pd

    from triage.incidents.counters import WINDOWS

    def count(micros: Any, codes: Any) -> None:
        ones = pd.DataFrame({"code": codes, "one": 1}, index=pd.to_datetime(micros // 1_000_000, unit="s")).sort_index()
        groups = ones.groupby("code")["one"]
        pd.DataFrame({name: groups.rolling(f"{span}s").sum() for name, span in WINDOWS.items()})

    micros, codes = _occurrences(path)
    # What pandas imports for the first is not its time.
    count(micros[:100], codes[:100])
    began = time.perf_counter()
    count(micros, codes)
    return time.perf_counter() - began


JOBS: Final[dict[str, Callable[[str], Any]]] = {
    "load": _tables,
    "load again": _cached,
    "to incidents": _incidents,
    "to parquet": _parquet,
    "pandas": _pandas,
    "pandas pyarrow": _pandas_pyarrow,
    "pathlib+json": _pathlib,
    "tarfile+json": _tarfile,
    "keys": _keys,
    "siggen": _siggen,
    "counters": _counters,
    "rolling": _rolling,
}
# Jobs that time a part of themselves.
_OWN: Final = ("keys", "siggen", "counters", "rolling")


def run(job: str, path: Path, rounds: int) -> dict[str, float] | None:
    """The best of some rounds: seconds and peak megabytes; None where the peer fails."""
    best: dict[str, float] | None = None
    for _ in range(rounds):
        command = [sys.executable, "-m", "tests.benchmarks.store", "--job", job, str(path)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            return None
        made: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
        if made["seconds"] is None:  # a peer that is not installed
            return None
        if best is None or made["seconds"] < best["seconds"]:
            best = made
    return best


def _job(job: str, path: str) -> None:
    began, cpu = time.perf_counter(), time.process_time()
    gave = JOBS[job](path)
    seconds = gave if job in _OWN else time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(json.dumps({"seconds": seconds, "cpu": time.process_time() - cpu, "peak": peak}))


def _line(what: str, ours: dict[str, float] | None, peer: dict[str, float] | None = None, asked: str = "") -> None:
    """One row: ours, the peer's, and the ratio."""
    mine = f"{ours['seconds']:8.2f} s {ours['peak']:7.0f} MB" if ours else f"{'none':>21}"
    other = f"{peer['seconds']:8.2f} s {peer['peak']:7.0f} MB" if peer else f"{'none':>21}"
    ratio = f"{peer['seconds'] / ours['seconds']:8.2f}" if ours and peer else f"{'-':>8}"
    print(f"{what:44} {mine} {other} {ratio}  {asked}", flush=True)


def measure(folder: Path, events: int, rounds: int, only: list[str]) -> None:
    """Print every row for so many events."""
    clean, bad = folder / f"{events}.ndjson", folder / f"{events}-bad.ndjson"
    for path, part in ((clean, 0.0), (bad, BAD)):
        if not path.exists():
            size = store_events.write(path, events, spoiled=part)
            print(f"{path.name}: {events:,} events, {size / 1e6:,.0f} MB")
    rows: dict[str, Callable[[], None]] = {
        "load": lambda: _loads(clean, bad, rounds, small=events <= 200_000),
        "cache": lambda: _second(clean, rounds),
        "incidents": lambda: _line("to incidents (asked of a million: <= 15 s)", run("to incidents", clean, rounds)),
        "parquet": lambda: _line("to parquet (asked: within 512 MB)", run("to parquet", clean, 1)),
        "keys": lambda: _line("keys, against siggen", run("keys", clean, 1), run("siggen", clean, 1), ">= 100"),
        "counters": lambda: _line(
            "counters at every event, against rolling", run("counters", clean, 1), run("rolling", clean, 1), ">= 5"
        ),
        "tar": lambda: _packed(clean, folder / f"{events}.tar.gz"),
    }
    print(f"{'':44} {'triage':>21} {'peer':>21} {'ratio':>8}")
    for name, show in rows.items():
        if not only or name in only:
            show()


def _loads(clean: Path, bad: Path, rounds: int, *, small: bool) -> None:
    """Loading beside pandas, whose default engine is asked of a small store only."""
    ours = run("load", clean, rounds)
    if small:
        _line("load, against pandas.read_json", ours, run("pandas", clean, 1), ">= 10")
    _line("load, against its engine pyarrow", ours, run("pandas pyarrow", clean, rounds), ">= 1.3")
    spoiled = run("load", bad, rounds)
    _line("  with bad lines among them", spoiled, run("pandas pyarrow", bad, 1), "pandas fails")
    _line("  with bad lines, against pandas on clean ones", spoiled, run("pandas pyarrow", clean, 1), ">= 1.3")


def _second(clean: Path, rounds: int) -> None:
    """A second load beside the first, which also fills the cache."""
    with tempfile.TemporaryDirectory() as cache:
        os.environ["TRIAGE_CACHE"] = cache
        # What has just been written is not kept.
        time.sleep(2.5)
        first = run("load again", clean, 1)
        _line("second load, against the first", run("load again", clean, rounds), first, ">= 3")


def _packed(clean: Path, archive: Path) -> None:
    """The same events in a tar.gz."""
    if not archive.exists():
        with tarfile.open(archive, "w:gz", compresslevel=6) as out:
            out.add(clean, "events.ndjson")
    _line("tar.gz, against tarfile+zlib+json", run("load", archive, 1), run("tarfile+json", archive, 1), ">= 2.5")


def main() -> None:
    """Make the events, run every measure, print the ratios."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("events", type=int, nargs="*", default=[200_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path)
    parser.add_argument(
        "--only", nargs="+", default=[], help="load, cache, incidents, parquet, keys, counters, tar, files"
    )
    parser.add_argument("--job", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.job:
        _job(*asked.job)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.folder or Path(temporary)
        folder.mkdir(exist_ok=True)
        for events in asked.events:
            measure(folder, events, asked.rounds, asked.only)
        if not asked.only or "files" in asked.only:
            files = folder / "files"
            if not files.exists():
                store_events.write_files(files, FILES)
            what = f"a folder of {FILES:,} files, against pathlib+json"
            _line(what, run("load", files, asked.rounds), run("pathlib+json", files, asked.rounds), ">= 2.5")


if __name__ == "__main__":
    main()
