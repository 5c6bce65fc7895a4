"""Reports that compilers, runtimes and debuggers print here: `programs/*` run to their end, each output one sample.

All of it is real output. What is replaced: the folder that the programs were built and run in (`/srv/shop`), folders of
the tools (`/usr/lib/...`), and numbers that differ from run to run (process and thread ids, times, and in the fatal error
log of the Java VM what it tells of the machine).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from common import put

PROGRAMS = Path(__file__).resolve().parent / "programs"
PLACE = "/srv/shop"
# Nothing of who runs this; addresses and ids stay the same from run to run as far as the system lets them.
CLEAN = {
    "PATH": os.environ["PATH"],
    "LANG": "C.UTF-8",
    "HOME": "/home/user",
    "RUST_BACKTRACE": "1",
    "GOTRACEBACK": "all",
}
FIXED = ["setarch", "-R"]


class Workshop:
    """A folder in which programs are built and run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for source in PROGRAMS.iterdir():
            if source.is_file():
                shutil.copy(source, folder)

    def build(self, *command: str) -> None:
        """Run a compiler."""
        environment = CLEAN | {name: os.environ[name] for name in ("CARGO_HOME", "RUSTUP_HOME") if name in os.environ}
        environment |= {
            "HOME": os.environ.get("HOME", "/"),
            "GOCACHE": str(self.folder / "cache"),
            "GO111MODULE": "off",
        }
        subprocess.run(command, cwd=self.folder, check=True, env=environment)

    def run(self, *command: str, extra: dict[str, str] | None = None) -> str:
        """What a program says until its end."""
        done = subprocess.run(
            [*FIXED, *command],
            cwd=self.folder,
            env=CLEAN | (extra or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=120,
            check=False,
        )
        return self.placed(done.stdout.decode())

    def placed(self, text: str) -> str:
        """Without the places of this machine."""
        text = text.replace(str(self.folder), PLACE)
        home = os.path.realpath(sys.base_prefix)
        return text.replace(f"{home}/lib/", "/usr/lib/").replace(f"{home}/bin/", "/usr/bin/")


def numbered(text: str, *patterns: str) -> str:
    """With the numbers in the first group of each pattern replaced by small ones, each number always by the same."""
    known: dict[str, str] = {}
    for pattern in patterns:
        for found in re.findall(pattern, text):
            known.setdefault(found, str(4242 + len(known)))
    for number, fixed in known.items():
        text = re.sub(rf"(?<![\dA-Za-z]){number}(?![\dA-Za-z])", fixed, text)
    return text


def sanitizers(shop: Workshop) -> None:
    """The sanitizers of gcc."""
    flags = ("-g", "-O1", "-fno-omit-frame-pointer", f"-ffile-prefix-map={shop.folder}={PLACE}", "cart.c", "-o")
    pids = (r"==(\d+)==", r"pid=(\d+)", r"tid=(\d+)")
    shop.build("gcc", "-fsanitize=address", *flags, "asan")
    for what in ("free", "end", "null"):
        put(f"traces/asan-{what}.txt", numbered(shop.run(str(shop.folder / "asan"), what), *pids))
    # Optimised, the only pointer stays in a register, and so the leak is none yet.
    shop.build("gcc", "-fsanitize=leak", *(flag for flag in flags if flag != "-O1"), "lsan")
    put("traces/lsan-leak.txt", numbered(shop.run(str(shop.folder / "lsan"), "leak"), *pids))
    shop.build("gcc", "-fsanitize=thread", *flags, "tsan")
    put("traces/tsan-race.txt", numbered(shop.run(str(shop.folder / "tsan"), "race"), *pids))
    shop.build("gcc", "-fsanitize=undefined", *flags, "ubsan")
    stack = {"UBSAN_OPTIONS": "print_stacktrace=1"}
    put("traces/ubsan-shift.txt", shop.run(str(shop.folder / "ubsan"), extra=stack))


def grouping(shop: Workshop) -> None:
    """One bug in three releases and under two tools, and another bug on the same way down: for what groups them."""
    pids = (r"==(\d+)==", r"LWP (\d+)", r"process (\d+)")
    source = (shop.folder / "invoice.c").read_text()
    (shop.folder / "later.c").write_text("/* What release 1.5 added stands here. */\n" * 30 + source)

    def build(name: str, *flags: str, file: str = "invoice.c") -> str:
        place = f"-ffile-prefix-map={shop.folder}={PLACE}-{name}"
        shop.build("gcc", "-g", "-fno-omit-frame-pointer", place, *flags, file, "-o", name)
        return str(shop.folder / name)

    asan = build("1.4", "-O1", "-fsanitize=address")
    put("grouping/rate-1.4-asan.txt", numbered(shop.run(asan, "rate"), *pids))
    put("grouping/discount-1.4-asan.txt", numbered(shop.run(asan, "discount"), *pids))
    gdb = ("gdb", "-nx", "-batch", "-ex", "set debuginfod enabled off", "-ex", "run", "-ex", "bt", "--args")
    put("grouping/rate-1.5-gdb.txt", numbered(shop.run(*gdb, build("1.5", "-O2", file="later.c"), "rate"), *pids))
    asan = build("2.0", "-O1", "-fsanitize=address", "-DRELEASE_2")
    put("grouping/rate-2.0-asan.txt", numbered(shop.run(asan, "rate"), *pids))


def valgrind(shop: Workshop) -> None:
    """Valgrind's memcheck and DRD."""
    flags = ("-g", "-O1", f"-ffile-prefix-map={shop.folder}={PLACE}")
    shop.build("gcc", *flags, "cart.c", "-o", "cart-checked")
    program = str(shop.folder / "cart-checked")
    for what in ("free", "null"):
        said = shop.run("valgrind", "--leak-check=full", program, what)
        put(f"traces/valgrind-{what}.txt", numbered(said, r"==(\d+)=="))
    put("traces/drd-race.txt", numbered(shop.run("valgrind", "--tool=drd", program, "race"), r"==(\d+)=="))


def debugger(shop: Workshop) -> None:
    """Run gdb on a program that ends by a null pointer, and on one that aborts; glibc's own words."""
    flags = ("-g", "-O0", f"-ffile-prefix-map={shop.folder}={PLACE}")
    shop.build("gcc", *flags, "cart.c", "-o", "cart")
    shop.build("gcc", *flags, "ledger.c", "-o", "ledger")
    gdb = ("gdb", "-nx", "-batch", "-ex", "set debuginfod enabled off", "-ex", "run")
    backtraces = ("-ex", "bt full", "-ex", "thread apply all bt", "--args")
    lwp = (r"LWP (\d+)", r"process (\d+)")
    put("traces/gdb-null.txt", numbered(shop.run(*gdb, *backtraces, str(shop.folder / "cart"), "null"), *lwp))
    put("traces/gdb-abort.txt", numbered(shop.run(*gdb, *backtraces, str(shop.folder / "ledger")), *lwp))
    put("traces/glibc-assert.txt", shop.run(str(shop.folder / "ledger")))


def python(shop: Workshop) -> None:
    """CPython's tracebacks and faulthandler's dump."""
    for what in ("chain", "group", "deep", "fault"):
        put(f"traces/python-{what}.txt", shop.run(sys.executable, str(shop.folder / "rates.py"), what))


def java(shop: Workshop) -> None:
    """An exception, a thread dump of a deadlock by jstack, and the fatal error log of the VM."""
    shop.build("javac", "-Xlint:-removal", "-nowarn", "Shop.java")
    put("traces/java-chain.txt", shop.run("java", "-cp", str(shop.folder), "Shop", "pay"))
    waiting = subprocess.Popen(["java", "-Xmx64m", "-cp", str(shop.folder), "Shop", "deadlock"], env=CLEAN)
    time.sleep(3)
    dump = subprocess.run(["jstack", "-l", str(waiting.pid)], env=CLEAN, capture_output=True, text=True, check=True)
    waiting.kill()
    waiting.wait()
    put(
        "traces/java-deadlock.txt",
        re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "2026-01-26 01:25:59", shop.placed(dump.stdout)),
    )
    log = shop.folder / "hs_err.log"
    shop.run(
        "java",
        "-Xmx64m",
        f"-XX:ErrorFile={log}",
        "-XX:-CreateCoredumpOnCrash",
        "-cp",
        str(shop.folder),
        "Shop",
        "crash",
    )
    put("traces/java-hs-err.txt", trimmed(shop.placed(log.read_text())))


def trimmed(log: str) -> str:
    """A fatal error log without what tells of the machine: its environment and the part on the system."""
    kept = re.sub(r"(?ms)^-+  S Y S T E M  -+.*?(?=^END\\.)", "", log)
    kept = re.sub(r"(?m)^[^\n]*/tmp/[^\n]*\n", "", kept)
    kept = re.sub(r"(?m)^Environment Variables:\n.*?(?=\n\n)", "", kept, flags=re.DOTALL)
    return numbered(re.sub(r"\n{3,}", "\n\n", kept), r"pid=(\d+)", r"tid=(\d+)", r"id=(\d{3,})")


def node(shop: Workshop) -> None:
    """V8's stacks in node."""
    script = str(shop.folder / "cart.js")
    put("traces/node-cause.txt", shop.run("node", script))
    put("traces/node-promise.txt", shop.run("node", script, "promise"))
    heap = shop.run("node", "--max-old-space-size=20", script, "heap")
    put("traces/node-heap.txt", numbered(heap, r"\[(\d+):0x"))


def others(shop: Workshop) -> None:
    """Rust, Go, Ruby, PHP, Lua."""
    shop.build("rustc", "-g", "--remap-path-prefix", f"{shop.folder}={PLACE}", "shop.rs", "-o", "rust")
    rust = (r"\((\d{4,})\) panicked",)
    put("traces/rust-index.txt", numbered(shop.run(str(shop.folder / "rust")), *rust))
    put(
        "traces/rust-unwrap.txt",
        numbered(shop.run(str(shop.folder / "rust"), "rate", extra={"RUST_BACKTRACE": "full"}), *rust),
    )
    shop.build("go", "build", "-trimpath", "-o", "go-shop", "shop.go")
    for what in ("nil", "index", "deadlock"):
        put(f"traces/go-{what}.txt", shop.run(str(shop.folder / "go-shop"), what))
    put("traces/ruby-cause.txt", shop.run("ruby", str(shop.folder / "shop.rb")))
    php = ("php", "-n", "-d", "display_errors=0", "-d", "log_errors=1", "-d", "error_log=")
    put("traces/php-previous.txt", shop.run(*php, str(shop.folder / "shop.php")))
    put("traces/lua-nil.txt", shop.run("lua5.4", str(shop.folder / "shop.lua")))


def erlang(shop: Workshop) -> None:
    """The reports of OTP's logger, and the words of the shell."""
    shop.build("erlc", "shop.erl")
    for what in ("spawned", "served"):
        said = shop.run("erl", "-noshell", "-pa", str(shop.folder), "-eval", f"shop:{what}(), halt().")
        said = re.sub(r"==== \S+ ===", "==== 26-Jan-2026::01:25:59.123456 ===", said)
        put(f"traces/erlang-{what}.txt", re.sub(r"reductions: \d+", "reductions: 9602", said))
    script = shop.folder / "pay.escript"
    script.write_text(f'#!/usr/bin/env escript\nmain(_) -> code:add_path("{shop.folder}"), shop:pay([{{3, xts}}]).\n')
    put("traces/erlang-escript.txt", shop.run("escript", str(script)))


def r(shop: Workshop) -> None:
    """R's own words, and those of rlang."""
    extra = {name: os.environ[name] for name in ("R_HOME", "R_LIBS", "LD_LIBRARY_PATH") if name in os.environ}
    for what in ("calls", "traceback", "rlang", "segfault"):
        command = ("R", "--vanilla", "--no-echo", f"--file={shop.folder / 'shop.R'}", "--args", what)
        put(f"traces/r-{what}.txt", re.sub(r"address 0x\w+,", "address 0x541f,", shop.run(*command, extra=extra)))


def main() -> None:
    """Make the samples of every tool that is here; the others stay as they are."""
    missing = []
    with tempfile.TemporaryDirectory() as folder:
        shop = Workshop(Path(folder).resolve())
        for make in (sanitizers, grouping, valgrind, debugger, python, java, node, others, erlang, r):
            try:
                make(shop)
            except FileNotFoundError as error:
                missing.append(f"{make.__name__}: {Path(error.filename).name}")
    if missing:
        raise SystemExit(f"not here: {', '.join(missing)}")


if __name__ == "__main__":
    main()
