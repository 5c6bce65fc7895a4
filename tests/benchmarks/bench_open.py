"""What opening costs: the import beside pandas' own, and a small bundle from `load` to `incidents()`.

    make bench, or python -m pytest -s tests/benchmarks/bench_open.py

Figures are printed, never asserted by the clock; each ratio is to a peer in the same run, pair by pair.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from pathlib import Path
from time import perf_counter

from tests.reading import SAMPLES

PAIRS = 11
HEAVY = {"altair", "anywidget", "duckdb", "google.genai", "ipywidgets", "triage_widgets", "typer", "rich"}


def seconds(code: str) -> float:
    """Wall time of a fresh interpreter that runs the code."""
    start = perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return perf_counter() - start


def test_import_beside_pandas():
    bare = statistics.median(seconds("pass") for _ in range(PAIRS))
    cases = {"import triage": "import triage", "import triage; triage.load": "import triage; triage.load"}
    print()
    for name, code in cases.items():
        pairs = [(seconds(code) - bare, seconds("import pandas") - bare) for _ in range(PAIRS)]
        ours, pandas = (statistics.median(column) for column in zip(*pairs, strict=True))
        ratio = statistics.median(a / b for a, b in pairs)
        print(f"{name:<28} {ours * 1e3:6.0f} ms   import pandas {pandas * 1e3:6.0f} ms   ratio {ratio:.2f}")
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, triage; triage.load; print(*sys.modules)"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    assert not HEAVY & set(loaded)


def small_bundles() -> list[Path]:
    """Every sample that is one crash."""
    found = [*SAMPLES.glob("0xgen/*.gz"), *SAMPLES.glob("sentry/*.envelope"), *SAMPLES.glob("minidump/*.dmp")]
    return sorted([*found, *SAMPLES.glob("flutter/*.*"), *SAMPLES.glob("eqemu/*.*")])


def test_a_small_bundle_from_load_to_incidents():
    import triage

    print()
    for path in small_bundles():
        times = []
        for _ in range(7):
            start = perf_counter()
            incidents = triage.load(path).incidents()
            times.append(perf_counter() - start)
        first, median = times[0] * 1e3, statistics.median(times) * 1e3
        print(f"{path.name:<48} first {first:6.1f} ms   median {median:6.1f} ms   {len(incidents)} incidents")
