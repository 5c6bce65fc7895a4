"""Planted values: a case that holds one in every place that a crash can hold one, and where they may not turn up.

All are made up, and none looks like a key of a vendor.
"""

from __future__ import annotations

import io
import json
import tarfile
from typing import Any, Final

from tests.minidumps import DLL, EXE, STACK, WINDOWS, X64, Builder, x64_context

USER: Final = "zebulonq"
PLANTED: Final = {
    "file name": "nadia.fern@post.example.org",
    "log line": "quartz-otter-77",
    "JSON": "velvet-crane-31",
    "escaped JSON": "amber-heron-52",
    "exception": "cobalt-lynx-19",
    "feedback": "ines.rook@post.example.org",
    "breadcrumb": "saffron-mole-88",
    "context": "indigo-wren-64",
    "annotation": "copper-stoat-23",
    "user name": USER,
    "metric": "maroon-ibex-45",
}
# What only the headers of an archive hold, which never leave.
HEADERS: Final = ("owner-of-archive", "group-of-archive", "comment-in-pax")


def dump() -> bytes:
    """A minidump with a user name in module paths and thread names, and secrets in its annotations and memory."""
    build = Builder()
    build.system(X64, WINDOWS)
    memory = b"password=memory-only-5150 " * 8
    build.threads((1, STACK, memory, b""))
    build.thread_names({1: f"worker of {PLANTED['annotation']}@post.example.org"})
    build.exception(1, 0xC0000005, x64_context(rip=EXE + 16, rsp=STACK), address=EXE + 16)
    images = ((EXE, "editor.exe"), (DLL, "png.dll"))
    build.modules(*(build.module(base, 0x10000, f"C:\\Users\\{USER}\\app\\{name}", b"") for base, name in images))
    build.stream(0x47670006, f"editor\0--token\0{PLANTED['annotation']}\0".encode())
    build.stream(0x47670007, f"API_TOKEN={PLANTED['annotation']}\0TERM=xterm\0".encode())
    return build.dump()


def event() -> dict[str, Any]:
    """An event with values in its message, stack, breadcrumbs, contexts, user and images."""
    frame = {"function": "pay", "filename": f"/home/{USER}/shop/pay.py", "vars": {"password": PLANTED["context"]}}
    return {
        "event_id": "5b2f5e0c3f0c4f579d0f6a1c0f3f7b21",
        "level": "fatal",
        "platform": "python",
        "timestamp": "2026-02-10T09:26:07Z",
        "user": {"email": PLANTED["feedback"], "username": USER},
        "contexts": {"app": {"api_key": PLANTED["context"]}},
        "breadcrumbs": [{"message": f"retry with password={PLANTED['breadcrumb']}", "timestamp": 1770715567}],
        "exception": {
            "values": [
                {
                    "type": "PaymentError",
                    "value": f"refused: token={PLANTED['exception']}",
                    "stacktrace": {"frames": [frame]},
                }
            ]
        },
    }


def envelope() -> bytes:
    """An envelope of that event and a word of the person who met it."""
    body = json.dumps(event()).encode()
    said = {"event_id": event()["event_id"], "name": "Ines", "email": PLANTED["feedback"], "comments": "it broke"}
    report = json.dumps(said).encode()
    header = json.dumps({"event_id": event()["event_id"], "dsn": f"https://{PLANTED['JSON']}@errors.example.com/4"})
    parts = [header.encode()]
    for kind, payload in (("event", body), ("user_report", report)):
        parts += [json.dumps({"type": kind, "length": len(payload)}).encode(), payload]
    return b"\n".join(parts) + b"\n"


def files() -> dict[str, bytes]:
    """Every file of the case by its name."""
    inner = json.dumps({"api_key": PLANTED["escaped JSON"]})
    document = {"service": "shop", "config": {"password": PLANTED["JSON"]}, "raw": inner}
    return {
        f"logs/mail of {PLANTED['file name']}.log": b"started\n",
        "logs/app.log": f"INFO start\nWARN login with password={PLANTED['log line']} failed\nstopped\n".encode(),
        "settings.json": json.dumps(document, indent=1).encode(),
        "metrics.prom": f'# TYPE up gauge\nup{{token="{PLANTED["metric"]}"}} 1\n'.encode(),
        "wide.log": f"login with password={PLANTED['log line']} failed\n".encode("utf-16"),
        "bad.log": f"login with password={PLANTED['log line']} failed \xff\n".encode("latin-1"),
        "crash.dmp": dump(),
        "crash.envelope": envelope(),
        "shot.png": b"\x89PNG\r\n\x1a\n\0\0" + PLANTED["log line"].encode(),
    }


def archive() -> bytes:
    """The files as a tar.gz whose headers tell of its maker."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz", format=tarfile.PAX_FORMAT) as tar:
        for name, data in files().items():
            info = tarfile.TarInfo(f"bundle/{name}")
            info.size, info.mtime = len(data), 1_770_000_000
            info.uname, info.gname = HEADERS[:2]
            info.uid = info.gid = 4711
            info.pax_headers = {"comment": HEADERS[2]}
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def held(text: str) -> list[str]:
    """Which places have leaked into a text."""
    values = {**PLANTED, "memory": "memory-only-5150"}
    found = [place for place, value in values.items() if value in text]
    return found + [header for header in HEADERS if header in text]
