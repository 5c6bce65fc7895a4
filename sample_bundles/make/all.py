"""Make every sample anew: `python sample_bundles/make/all.py [--without NAME ...]`, in the project's environment.

Needs, beside the development packages: rustc, node, javac and java, gcc, g++, gdb, valgrind, go, ruby, php, lua5.4, erlang, R with rlang, setarch, Chromium. A script whose tool is not there
fails by name and the others still run; the samples of a failed script stay as they are.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

SCRIPTS = [
    "flutter",
    "eqemu_windows",
    "eqemu_linux",
    "oxgen",
    "windows_minidump",
    "chromium_minidump",
    "sentry_written",
    "sentry_python",
    "debugbundle_store",
    "debugbundle_week",
    "debugbundle_ndjson",
    "traces",
]


def main() -> int:
    """Run the scripts, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--without", nargs="*", default=[], choices=SCRIPTS)
    left_out = parser.parse_args().without
    here = Path(__file__).resolve().parent
    failed = []
    for name in SCRIPTS:
        if name not in left_out:
            done = subprocess.run([sys.executable, str(here / f"{name}.py")], cwd=here, check=False)
            failed += [name] if done.returncode else []
    print(f"failed: {', '.join(failed)}" if failed else "all made")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
