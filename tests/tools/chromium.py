"""A Chromium for the browser tests: one that is here, else the system's package, else Playwright's download.

`find()` only looks, and believes no path: each candidate must really show a page. `python -m tests.tools.chromium`
(part of `make test`) also installs one where none is found; it never fails, since the tests themselves decide
between failing (`CI=true`) and skipping.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

# Headless, without a sandbox (root in a container has none), and quiet: nothing but loopback is spoken to.
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC_APPS = ("Chromium.app/Contents/MacOS/Chromium", "Google Chrome.app/Contents/MacOS/Google Chrome")
MISSING = "no Chromium here that starts: `make test` tries to get one, CHROMIUM=path names one"


def candidates() -> Iterator[str]:
    """Paths that may be a Chromium, best first: $CHROMIUM, the PATH, macOS applications, Playwright's own."""
    if named := os.environ.get("CHROMIUM"):
        yield named
        return
    yield from filter(None, map(shutil.which, NAMES))
    for folder in (Path("/Applications"), Path.home() / "Applications"):
        yield from (str(folder / app) for app in MAC_APPS)
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    yield own


def starts(path: str) -> bool:
    """Whether the program at `path` shows an empty page."""
    command = [path, *FLAGS, "--dump-dom", "about:blank"]
    try:
        done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and b"<html" in done.stdout


@functools.cache
def find() -> str | None:
    """Path of the first Chromium here that starts, or None."""
    return next((path for path in candidates() if Path(path).is_file() and starts(path)), None)


def look_again() -> str | None:
    """What `find` says now that something was installed."""
    find.cache_clear()
    return find()


def may_install() -> list[str] | None:
    """What to put before a command that installs system packages ([] for root), or None where nobody lets us."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return [sudo, "-n"]
    return None


def run(command: list[str]) -> bool:
    """Run an installer, its output shown, with no one to answer questions; whether it went well."""
    print("+", *command, flush=True)
    return subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode == 0


def install() -> None:
    """Get a Chromium: the system's package where we may install it, else Playwright's build into its own cache."""
    rights = may_install()
    # Ubuntu's package is an empty one that asks for snap, which containers do not have.
    if rights is not None and shutil.which("apt-get") and "ubuntu" not in Path("/etc/os-release").read_text("utf-8"):
        apt = [*rights, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
        packages = ["chromium", "fonts-dejavu-core"]
        run([*apt, "update", "-qq"])
        if run([*apt, "install", "-y", "-qq", "--no-install-recommends", *packages]) and look_again():
            return
    playwright = [sys.executable, "-m", "playwright", "install"]
    if rights is not None and shutil.which("apt-get") and run([*playwright, "--with-deps", "chromium"]):
        return
    run([*playwright, "chromium"])


def main() -> None:
    """Find or get a Chromium, and say which."""
    if find() is None and "CHROMIUM" not in os.environ:
        print("No Chromium here: getting one for the browser tests.", flush=True)
        install()
    print(look_again() or MISSING)


if __name__ == "__main__":
    main()
