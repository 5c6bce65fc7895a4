"""A folder with a planted value in every place that a crash can hold one, and what finds them again in any encoding.

Each place has values of its own, so that a leak names the place it came from, and no value helps to find another one.
All are put together when this runs: none stands in the repository.
"""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import lzma
import random
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from tests.minidumps import DLL, EXE, STACK, WINDOWS, X64, Builder, x64_context
from tests.redaction import tokens
from tests.redaction.values import Fake

KINDS: Final = ("password", "token", "email", "card", "user", "host")
# Where all of them are.
PLACES: Final = (
    *("log", "json value", "json escaped", "base64", "utf16", "bad utf-8", "gzip"),
    *("event message", "frame variables", "frame paths", "breadcrumb", "context", "tag", "request", "exception chain"),
    *("feedback", "envelope header", "metric", "environment", "memory", "crashpad", "zip member", "ndjson"),
    *("bundle", "logcat", "stack text", "attachment"),
)
# Where there is room for some of them only.
NAMED: Final = {
    "file name": ("email", "token", "host"),
    "directory": ("email", "token", "user"),
    "input": ("email", "user"),
    "json key": ("email", "token", "card"),
    "thread name": ("email", "token"),
    "module path": ("user",),
    "tar name": ("email", "token", "user"),
    "tar uname": ("user",),
    "tar gname": ("user",),
    "tar link": ("email", "token"),
    "tar pax": ("password", "email"),
    "gzip name": ("email", "token"),
    "gzip comment": ("password",),
    "zip comment": ("password", "email"),
    "zip member comment": ("token",),
    "broken": ("password", "email"),
    "image": ("password", "token"),
}


@cache
def value(place: str, kind: str) -> str:
    """The value of a kind that is planted in a place."""
    chance = random.Random(f"{place}/{kind}")
    fake = Fake(chance)
    letters = "bcdfghjkmnpqrstvwxz"
    name = "".join(chance.choice(letters) + chance.choice("aeou") for _ in range(4))
    return {
        "password": lambda: f"{name}-{chance.randint(10, 99)}-{name[::-1]}Q",
        "token": lambda: tokens.common(fake, "github"),
        "email": lambda: f"{name}.{chance.randint(100, 999)}@post.example.org",
        "card": fake.card,
        "user": lambda: f"{name}{chance.choice(letters)}",
        "host": lambda: f"{name}-{chance.randint(10, 99)}.corp.internal",
    }[kind]()


@cache
def planted() -> dict[tuple[str, str], str]:
    """Every value by its place and kind."""
    places = dict.fromkeys(PLACES, KINDS) | NAMED
    return {(place, kind): value(place, kind) for place, kinds in places.items() for kind in kinds}


@cache
def _spelled() -> list[tuple[tuple[str, str], list[bytes]]]:
    """Each value as it may stand somewhere: plain, in UTF-16, percent, base64 at each of three offsets, hex."""
    found = []
    for place, text in planted().items():
        data = text.encode()
        spelled = {data, data.lower(), text.encode("utf-16-le"), quote(text, safe="").encode(), data.hex().encode()}
        spelled.add(json.dumps(text)[1:-1].encode())
        for shift in range(3):
            whole = base64.b64encode(b"\0" * shift + data)
            # Only what does not depend on what stands before and behind.
            start, end = -(-shift * 4 // 3) if shift else 0, len(data) * 4 // 3 - 2
            spelled.add(whole[start + 1 : end])
        found.append((place, sorted(spelled)))
    return found


def held(data: bytes | str) -> list[tuple[str, str]]:
    """The places and kinds whose values stand in some bytes."""
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    lowered = raw.lower()
    return [place for place, spelled in _spelled() if any(one in raw or one.lower() in lowered for one in spelled)]


def lines(place: str) -> list[str]:
    """A log line for each kind."""
    return [
        f"WARN login with password={value(place, 'password')} failed",
        f"INFO push with token {value(place, 'token')} done",
        f"INFO mail to {value(place, 'email')} bounced",
        f"INFO card {value(place, 'card')} was charged",
        f"ERROR cannot open /home/{value(place, 'user')}/shop/orders.db",
        f"ERROR connect to {value(place, 'host')}:5432 refused",
    ]


def pairs(place: str) -> dict[str, str]:
    """The same as values of JSON."""
    return {
        "password": value(place, "password"),
        "accessToken": value(place, "token"),
        "contact": value(place, "email"),
        "card": value(place, "card"),
        "cwd": f"/home/{value(place, 'user')}/shop",
        "hostname": value(place, "host"),
    }


def text(place: str) -> str:
    return "\n".join(lines(place)) + "\n"


def said(place: str) -> str:
    return "; ".join(line.partition(" ")[2] for line in lines(place))


def event(number: int = 1) -> dict[str, Any]:
    """An event with values wherever one has room."""
    user = value("frame paths", "user")
    frame = {
        "function": "pay",
        "filename": f"/home/{user}/shop/pay.py",
        "abs_path": f"/home/{user}/shop/pay.py",
        "context_line": f"connect('{value('frame paths', 'email')}', password='{value('frame paths', 'password')}')",
        "pre_context": [f"# {value('frame paths', 'token')} on host={value('frame paths', 'host')}"],
        "post_context": [f"# card {value('frame paths', 'card')}"],
        "lineno": 7,
        "in_app": True,
        "vars": pairs("frame variables"),
    }
    return {
        "event_id": f"{number:032x}",
        "level": "fatal",
        "platform": "python",
        "timestamp": "2026-02-10T09:26:07Z",
        "server_name": value("context", "host"),
        "user": {"email": value("context", "email"), "username": value("context", "user")},
        "contexts": {"app": pairs("context")},
        "tags": pairs("tag"),
        "breadcrumbs": [{"message": line, "timestamp": 1770715567, "data": {}} for line in lines("breadcrumb")],
        "request": {
            "url": f"https://shop.example/pay?token={value('request', 'token')}&email={value('request', 'email')}",
            "headers": {"Authorization": f"Bearer {value('request', 'password')}", "X-Host": value("request", "host")},
            "data": {"card": value("request", "card"), "path": f"C:\\Users\\{value('request', 'user')}\\x"},
        },
        "exception": {
            "values": [
                {"type": "CauseError", "value": said("exception chain"), "stacktrace": {"frames": [frame]}},
                {"type": "PaymentError", "value": said("event message"), "stacktrace": {"frames": [frame]}},
            ]
        },
    }


def envelope() -> bytes:
    """An envelope with the event, what a person said, and an attachment."""
    told = pairs("envelope header")
    dsn = f"https://{value('envelope header', 'password')}@{value('envelope header', 'host')}/4"
    header = {"event_id": event()["event_id"], "dsn": dsn, "trace": told}
    report = {
        "event_id": event()["event_id"],
        "name": value("feedback", "user"),
        "email": value("feedback", "email"),
        "comments": said("feedback"),
    }
    parts = [json.dumps(header).encode()]
    items = [
        ({"type": "event"}, json.dumps(event()).encode()),
        ({"type": "user_report"}, json.dumps(report).encode()),
        ({"type": "attachment", "filename": "notes.txt"}, text("attachment").encode()),
    ]
    for head, payload in items:
        parts += [json.dumps(head | {"length": len(payload)}).encode(), payload]
    return b"\n".join(parts) + b"\n"


def dump() -> bytes:
    """A minidump with values in thread names, module paths, annotations, environment and memory."""
    build = Builder()
    build.system(X64, WINDOWS)
    build.threads((1, STACK, text("memory").encode() + text("memory").encode("utf-16-le"), b""))
    name = f"worker of {value('thread name', 'email')} {value('thread name', 'token')}"
    build.thread_names({1: name})
    build.exception(1, 0xC0000005, x64_context(rip=EXE + 16, rsp=STACK), address=EXE + 16)
    user = value("module path", "user")
    images = ((EXE, "editor.exe"), (DLL, "png.dll"))
    build.modules(*(build.module(base, 0x10000, f"C:\\Users\\{user}\\app\\{name}", b"") for base, name in images))
    crashpad = pairs("crashpad")
    rows = [(build.plain(key), build.plain(text)) for key, text in crashpad.items()]
    packed = build.pack("I", len(rows)) + b"".join(build.pack("II", *row) for row in rows)
    build.stream(
        0x43500001, build.pack("I", 1) + bytes(32) + build.pack("IIII", *build.place(packed), 0, 0) + bytes(12)
    )
    environ = "\0".join(f"{key.upper()}={text}" for key, text in pairs("environment").items())
    build.stream(0x47670006, f"editor\0--token\0{value('environment', 'token')}\0".encode())
    build.stream(0x47670007, environ.encode() + b"\0TERM=xterm\0")
    return build.dump()


def metrics() -> bytes:
    told = ",".join(f'{key}="{text}"' for key, text in pairs("metric").items())
    return f"# HELP up Whether it is up.\n# TYPE up gauge\nup{{{told}}} 1\n".encode()


def stack() -> str:
    """A traceback of Python in a text file."""
    user = value("stack text", "user")
    return (
        "Traceback (most recent call last):\n"
        f'  File "/home/{user}/shop/pay.py", line 7, in pay\n'
        f"    connect(host='{value('stack text', 'host')}', password='{value('stack text', 'password')}')\n"
        f"ValueError: no card {value('stack text', 'card')} of {value('stack text', 'email')} "
        f"with token {value('stack text', 'token')}\n"
    )


def files() -> dict[str, bytes]:
    """The files of a bundle by their names."""
    keys = {value("json key", kind): 1 for kind in NAMED["json key"]}
    whole = {
        "service": "shop",
        "config": pairs("json value"),
        "by": keys,
        "raw": json.dumps({"deep": json.dumps(pairs("json escaped"))}),
        "blob": base64.b64encode(json.dumps(pairs("base64")).encode()).decode(),
    }
    rows = [{"level": "error", "message": line} for line in lines("ndjson")]
    logcat = [f"E/flutter ( 7346): {line}" for line in lines("logcat")]
    name = f"mail of {value('file name', 'email')} {value('file name', 'token')} on {value('file name', 'host')}.log"
    return {
        "logs/app.log": text("log").encode(),
        f"logs/{name}": b"started\n",
        "settings.json": json.dumps(whole, indent=1).encode(),
        "events.ndjson": "".join(json.dumps(row) + "\n" for row in rows).encode(),
        "metrics.prom": metrics(),
        "wide.log": text("utf16").encode("utf-16"),
        "bad.log": text("bad utf-8").encode() + b"\xff\n",
        "logcat.txt": ("\n".join(logcat) + "\n").encode(),
        "trace.txt": stack().encode(),
        "crash.dmp": dump(),
        "crash.envelope": envelope(),
        "broken.json": b'{"password": "%s", "contact": "%s"'
        % (value("broken", "password").encode(), value("broken", "email").encode()),
        "shot.png": b"\x89PNG\r\n\x1a\n\0\0" + value("image", "password").encode() + value("image", "token").encode(),
    }


def packed_tar() -> bytes:
    """A tar.gz that tells of its maker in every header that there is."""
    raw = io.BytesIO()
    names = [f"note of {value('tar name', 'email')}/{value('tar name', 'token')}.log"]
    names.append(f"home/{value('tar name', 'user')}/app.log")
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, data in [*((name, b"started\n") for name in names), ("bundle.log", text("bundle").encode())]:
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), 1_770_000_000
            info.uname, info.gname = value("tar uname", "user"), value("tar gname", "user")
            info.uid = info.gid = 4711
            info.pax_headers = {"comment": f"{value('tar pax', 'email')} password={value('tar pax', 'password')}"}
            tar.addfile(info, io.BytesIO(data))
        link = tarfile.TarInfo("link")
        link.type = tarfile.SYMTYPE
        link.linkname = f"/srv/{value('tar link', 'email')}/{value('tar link', 'token')}"
        tar.addfile(link)
    return _gzip(
        raw.getvalue(),
        f"{value('gzip name', 'email')} {value('gzip name', 'token')}.tar",
        f"password={value('gzip comment', 'password')}",
    )


def _gzip(data: bytes, name: str, comment: str) -> bytes:
    body = zlib.compressobj(6, zlib.DEFLATED, -15)
    head = b"\x1f\x8b\x08\x18" + bytes(6) + name.encode() + b"\0" + comment.encode() + b"\0"
    tail = zlib.crc32(data).to_bytes(4, "little") + len(data).to_bytes(4, "little")
    return head + body.compress(data) + body.flush() + tail


def packed_zip() -> bytes:
    """A zip with comments."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        info = zipfile.ZipInfo("inner/app.log")
        info.comment = f"by {value('zip member comment', 'token')}".encode()
        pack.writestr(info, text("zip member"))
        pack.comment = f"{value('zip comment', 'email')} password={value('zip comment', 'password')}".encode()
    return out.getvalue()


def plant(root: Path) -> Path:
    """Write all of it into a folder whose path holds values too; gives the folder."""
    folder = root / "home" / value("input", "user") / f"crash of {value('input', 'email')}"
    for name, data in files().items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    secret = folder / f"of {value('directory', 'email')} {value('directory', 'token')}"
    (secret / "Users" / value("directory", "user")).mkdir(parents=True)
    (secret / "Users" / value("directory", "user") / "app.log").write_text("started\n")
    (folder / "old.log.gz").write_bytes(gzip.compress(text("gzip").encode()))
    (folder / "bundle.tar.gz").write_bytes(packed_tar())
    (folder / "inner.zip").write_bytes(packed_zip())
    return folder


_BASE64: Final = re.compile(rb"[A-Za-z0-9+/_-]{40,}={0,2}")


def unpacked(data: bytes, depth: int = 3) -> Iterator[bytes]:
    """Some bytes, and everything that is packed or encoded in them."""
    yield data
    if not depth:
        return
    for unpack in (gzip.decompress, bz2.decompress, lzma.decompress, zlib.decompress):
        try:
            yield from unpacked(unpack(data), depth - 1)
        except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError):
            continue
    for match in _BASE64.finditer(data):
        try:
            yield from unpacked(base64.b64decode(match[0] + b"==", altchars=b"-_"), depth - 1)
        except ValueError:
            continue


def leaks(told: Iterable[bytes | str]) -> list[tuple[str, str]]:
    """The places and kinds that stand in anything that was told, packed and encoded or not."""
    found: set[tuple[str, str]] = set()
    for each in told:
        raw = each.encode("utf-8", "surrogatepass") if isinstance(each, str) else each
        for data in unpacked(raw):
            found.update(held(data))
    return sorted(found)
