"""Write two real minidumps with Chromium's Crashpad: a renderer at chrome://crash, a utility process killed by a signal.

Runs a headless Chromium with an empty environment and a home folder of a neutral name, which is made for the run and must
not exist before (the profile's path stands in the dumps). Needs Chromium on Linux and the right to make that folder. Not
deterministic: addresses, process numbers and times are those of the run. One change is made to the files: the suffix that
a kernel's builder gave its version (`-fc-v123` and the like) is overwritten in place by as many letters of `generic`.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from common import put

if TYPE_CHECKING:
    from collections.abc import Callable

Found = TypeVar("Found")
CACHED = "5b2f5e0c-3f0c-4f57-9d0f-6a1c0f3f7b21"
KERNEL = re.compile(rb"(?:\d\x00)+(?:\.\x00(?:\d\x00)+)+-\x00((?:[0-9a-z_.-]\x00)+) \x00#\x00")


def start(binary: str, home: Path) -> subprocess.Popen[bytes]:
    """Start the browser with a clean environment and Crashpad's database below the home folder."""
    dumps = home / "crashes"
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(home), "TMPDIR": str(home / "tmp"), "LANG": "C.UTF-8"}
    environment["BREAKPAD_DUMP_LOCATION"] = str(dumps)
    options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-port=0"]
    options += ["--enable-crash-reporter", f"--crash-dumps-dir={dumps}", f"--user-data-dir={home / '.config/chromium'}"]
    quiet = subprocess.DEVNULL
    return subprocess.Popen([binary, *options, "about:blank"], env=environment, cwd=home, stdout=quiet, stderr=quiet)


def wait_for(condition: Callable[[], Found], what: str, seconds: float = 30.0) -> Found:
    """Poll a callable until it returns something true, and return that."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        value = condition()
        if value:
            return value
        time.sleep(0.2)
    raise SystemExit(f"no {what} within {seconds:.0f} s")


def dumps_in(home: Path) -> set[Path]:
    """Return the finished dumps."""
    return {path for path in (home / "crashes/pending").glob("*.dmp") if path.with_suffix(".meta").exists()}


def visit_crash_page(home: Path) -> None:
    """Ask the browser, over its debugging port, to open chrome://crash in a new tab."""
    port_file = home / ".config/chromium/DevToolsActivePort"
    wait_for(port_file.exists, "debugging port")
    port = port_file.read_text().splitlines()[0]
    request = urllib.request.Request(f"http://127.0.0.1:{port}/json/new?chrome://crash", method="PUT")
    urllib.request.urlopen(request, timeout=10).close()


def storage_process(browser: int) -> int:
    """Return the number of our own browser's storage service process, or 0."""
    listing = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in listing.splitlines()[1:]]
    ours = {browser}
    for _ in range(4):
        ours |= {int(pid) for pid, parent, _ in rows if int(parent) in ours}
    return next((int(pid) for pid, _, args in rows if "storage.mojom.StorageService" in args and int(pid) in ours), 0)


def neutral(dump: bytes) -> bytes:
    """Overwrite the builder's suffix of the kernel version, keeping every length."""
    found = KERNEL.search(dump)
    if found is None:
        return dump
    suffix = found.group(1)
    letters = "generic".ljust(len(suffix) // 2, "c")[: len(suffix) // 2]
    return dump.replace(b"-\x00" + suffix, b"-\x00" + letters.encode("utf-16-le"))


def record(binary: str, home: Path) -> tuple[bytes, bytes]:
    """Crash a renderer, then a utility process; return their dumps."""
    for folder in ("tmp", "crashes", ".config"):
        (home / folder).mkdir(parents=True)
    browser = start(binary, home)
    try:
        visit_crash_page(home)
        first = wait_for(lambda: dumps_in(home), "dump of the renderer")
        process = wait_for(lambda: storage_process(browser.pid), "storage service")
        os.kill(process, signal.SIGSEGV)
        second = wait_for(lambda: dumps_in(home) - first, "dump of the utility process")
        return first.pop().read_bytes(), second.pop().read_bytes()
    finally:
        browser.terminate()
        browser.wait(timeout=20)


def main() -> None:
    """Write both dumps."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", default="/usr/lib/chromium/chromium")
    parser.add_argument("--home", type=Path, default=Path("/home/user"))
    arguments = parser.parse_args()
    if arguments.home.exists():
        parser.error(f"{arguments.home} exists; give --home a folder that does not")
    try:
        renderer, utility = record(arguments.binary, arguments.home)
    finally:
        shutil.rmtree(arguments.home, ignore_errors=True)
    put("minidump/chromium-crashpad.dmp", neutral(renderer))
    put(f"sentry/cache/{CACHED}.dmp", neutral(utility))


if __name__ == "__main__":
    main()
