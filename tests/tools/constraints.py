"""Prints constraints.txt: one pinned version for everything that any extra needs, on any platform.

Run by `make constraints` with the Python of a clean environment that holds all extras. What is installed there is
pinned as it stands. What only another platform or another Python needs (appnope on macOS, pywinpty on Windows ...)
is found by evaluating every requirement's marker for each of them, and pinned at the newest version that pip finds.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PLATFORMS = (
    {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "x86_64"},
    {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "aarch64"},
    {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix", "platform_machine": "arm64"},
    {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64"},
)
CPYTHON = {"implementation_name": "cpython", "platform_python_implementation": "CPython"}
HEADER = """\
# Every version that the extras and the build need, on Linux, macOS and Windows. Written by `make constraints`.
"""


def project_requirements() -> list[str]:
    """Everything that pyproject.toml asks for: to build, to run, and in every extra."""
    table = tomllib.loads(PROJECT.read_text("utf-8"))
    extras = table["project"]["optional-dependencies"].values()
    return [*table["build-system"]["requires"], *table["project"]["dependencies"], *(r for e in extras for r in e)]


def environments() -> Iterator[dict[str, str]]:
    """One marker environment for each platform and Python that we support."""
    for python in PYTHONS:
        for platform in PLATFORMS:
            yield {**CPYTHON, **platform, "python_version": python, "python_full_version": f"{python}.0"}


def newest(name: str) -> tuple[str, list[str]]:
    """Version and requirements of the newest Windows or pure wheel of `name` that pip finds."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--no-deps", "--ignore-installed"]
    command += ["--target=.", "--only-binary=:all:", "--report=-"]
    for platform in ("any", "win_amd64", "macosx_11_0_arm64"):
        done = subprocess.run([*command, f"--platform={platform}", name], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            metadata = json.loads(done.stdout)["install"][0]["metadata"]
            return metadata["version"], metadata.get("requires_dist", [])
    raise SystemExit(f"pip finds no wheel of {name} for any platform: pin it by hand, or drop what needs it")


def pins(requirements: Iterable[str]) -> dict[str, str]:
    """Name -> version of all that `requirements` lead to in any environment."""
    found: dict[str, tuple[str, list[str]]] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    queue = [(Requirement(text), frozenset({""})) for text in requirements]
    while queue:
        requirement, extras = queue.pop()
        if requirement.marker and not any(
            requirement.marker.evaluate({**environment, "extra": extra})
            for environment in environments()
            for extra in extras
        ):
            continue
        name, wanted = canonicalize_name(requirement.name), frozenset(requirement.extras) | {""}
        if (name, wanted) in seen:
            continue
        seen.add((name, wanted))
        if name not in found:
            try:
                here = distribution(name)
                found[name] = here.version, here.requires or []
            except PackageNotFoundError:
                found[name] = newest(name)
        queue += [(Requirement(text), wanted) for text in found[name][1]]
    own = canonicalize_name(tomllib.loads(PROJECT.read_text("utf-8"))["project"]["name"])
    return {name: version for name, (version, _) in found.items() if name != own}


if __name__ == "__main__":
    sys.stdout.write(HEADER)
    for name, version in sorted(pins(project_requirements()).items()):
        sys.stdout.write(f"{name}=={version}\n")
