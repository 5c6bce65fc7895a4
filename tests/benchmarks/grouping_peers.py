"""The peer beside ours: siggen (Socorro's signatures), fed by a neutral extraction, in an interpreter that has it.

siggen is development-only and not among the pins: `python -m venv X && X/bin/pip install siggen`, then name that
interpreter in TRIAGE_SIGGEN_PYTHON. Where it is absent the benchmark says so.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from time import process_time
from typing import Any

from tests.grouping.frames import crash_stacks

_PLACES = (sys.executable, "/tmp/bench-venv/bin/python")
_RUN = r"""
import json, sys, time
from siggen.generator import SignatureGenerator
generator = SignatureGenerator()
data = [json.loads(line) for line in sys.stdin]
start = time.process_time()
signatures = [generator.generate(one).signature for one in data]
print(json.dumps([time.process_time() - start, signatures]))
"""


def interpreter() -> str | None:
    """A Python that can import siggen, if there is one."""
    for place in (os.environ.get("TRIAGE_SIGGEN_PYTHON", ""), *_PLACES):
        if place and Path(place).exists():
            done = subprocess.run([place, "-c", "import siggen"], capture_output=True, check=False)
            if done.returncode == 0:
                return place
    return None


def crash_data(text: str) -> dict[str, Any]:
    """What siggen asks for of the first stack that crashed: function, file, line and module per frame, the reason."""
    found = crash_stacks(text)
    frames = [
        {
            "frame": at,
            "function": frame.part(text, "function") or None,
            "file": frame.part(text, "file") or None,
            "line": int(frame.part(text, "line") or 0) or None,
            "module": re.sub(r".*[\\/]", "", frame.part(text, "module")) or None,
        }
        for at, frame in enumerate(found[0] if found else ())
    ]
    data: dict[str, Any] = {"crashing_thread": 0, "threads": [{"frames": frames}], "os": "Linux"}
    if found and found[0][0].family == "java":
        data["java_stack_trace"] = text
    if "stack-overflow" in text or "Stack overflow" in text:
        data["reason"] = "EXCEPTION_STACK_OVERFLOW"
    return data


def siggen(texts: list[str], python: str) -> tuple[list[str], float, float]:
    """The signature of each text, the CPU seconds of the extraction, and those of siggen alone."""
    start = process_time()
    data = [crash_data(text) for text in texts]
    extraction = process_time() - start
    lines = "\n".join(json.dumps(one) for one in data)
    done = subprocess.run([python, "-c", _RUN], input=lines, capture_output=True, text=True, check=True)
    seconds, signatures = json.loads(done.stdout)
    return ["" if name.startswith("EMPTY") else name for name in signatures], extraction, seconds
