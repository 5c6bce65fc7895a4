"""Real stacks of other languages: each function runs the program beside this file and returns what it printed."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent


def javascript(script: Path, url: str) -> tuple[str, str]:
    """Run a script in node's V8 under the address it would have in a page; return the error's text and its stack."""
    runner = (
        "const vm=require('vm');const source=require('fs').readFileSync(process.argv[1],'utf8');"
        "const report=(e)=>console.log(JSON.stringify([String(e),e.stack]));"
        "const box=vm.createContext({report});new vm.Script(source,{filename:process.argv[2]}).runInContext(box);"
    )
    done = subprocess.run(["node", "-e", runner, str(script), url], capture_output=True, text=True, check=True)
    text, stack = json.loads(done.stdout)
    # what lies below the script's own top level is this runner, which a page does not have
    lines = [line for line in stack.splitlines() if "node:" not in line and "[eval]" not in line]
    return text, "\n".join(lines)


def java() -> str:
    """Compile and run the Java program; return the stack that it printed."""
    with tempfile.TemporaryDirectory() as folder:
        source = HERE / "com/example/orders/OrderService.java"
        subprocess.run(["javac", "-d", folder, str(source)], check=True)
        command = ["java", "-cp", folder, "com.example.orders.OrderService"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.rstrip("\n")


def rust() -> tuple[str, str, str]:
    """Compile and run the Rust program of the 0xGen sample; return message, `file:line` and the backtrace."""
    program = HERE.parent / "oxgen_panic"
    with tempfile.TemporaryDirectory() as folder:
        binary = Path(folder) / "oxgen-panic"
        options = [
            "--edition",
            "2021",
            "-g",
            "--crate-name",
            "oxgen_shell",
            "--remap-path-prefix",
            f"{program}=/build/app",
        ]
        subprocess.run(["rustc", *options, "-o", str(binary), str(program / "src/main.rs")], check=True)
        done = subprocess.run([str(binary)], cwd=folder, capture_output=True, text=True, check=True)
    message, place, trace = done.stdout.rstrip("\n").split("\x1f")
    return message, place, trace
