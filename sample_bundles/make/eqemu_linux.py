"""Write the EQEmu Linux sample: a real gdb backtrace of a real crash, in the server's log prefixes.

Compiles `eqemu_world/`, lets it crash on a null client, and keeps what gdb prints. Process numbers are replaced by
2211 and 2212 so that the text does not change; addresses are those of the run (`setarch -R`: no randomisation, but another
compiler or libc gives others). Needs g++, gdb and setarch.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from common import put

HERE = Path(__file__).resolve().parent


def crash(folder: Path) -> str:
    """Build and run the program in the folder; return what gdb printed."""
    shutil.copytree(HERE / "eqemu_world" / "world", folder / "world")
    build = folder / "build"
    build.mkdir()
    sources = [f"../world/{name}" for name in ("main.cpp", "client_list.cpp")]
    options = ["-g", "-O0", f"-fdebug-prefix-map={folder}=/home/eqemu/source"]
    subprocess.run(["g++", *options, "-o", "world-bin", *sources], cwd=build, check=True)
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    command = ["setarch", "-R", "./world-bin"]
    done = subprocess.run(command, cwd=build, env=environment, capture_output=True, text=True, check=False)
    return done.stdout.replace(str(folder), "/home/eqemu/source")


def main() -> None:
    """Write the sample."""
    with tempfile.TemporaryDirectory() as name:
        printed = crash(Path(name).resolve())
    for form in (r"(?<=LWP )\d+", r"(?<=\(process )\d+"):
        printed = re.sub(form, "2211", printed)
    printed = re.sub(r"(?<=\(pid=)\d+", "2212", printed)
    lines = [line for line in printed.splitlines() if line.strip()]
    put("eqemu/crash_world_2211_linux.log", "".join(f"[01-28-2026 19:47:03] [World] [Crash] {x} \n" for x in lines))


if __name__ == "__main__":
    main()
