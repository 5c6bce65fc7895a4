"""Write the hand-made Sentry samples: feedback, a cached native crash's envelope, an event with attachments of all kinds.

Written by hand after the envelope format and the cache layout of the desktop crash reporter. The dump that belongs to the
cached envelope is real; `chromium_minidump.py` writes it.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from chromium_minidump import CACHED
from common import SAMPLES, put

if TYPE_CHECKING:
    from collections.abc import Mapping

DSN = "https://00000000000000000000000000000000@errors.example.com/42"
CRASHED = "c1d5a7e09b3f4e2d8a6c0f1e2d3b4a59"


def line(value: object) -> bytes:
    """Return one JSON line without its line feed."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def envelope(header: Mapping[str, object], *items: tuple[Mapping[str, object], bytes]) -> bytes:
    """Join a header and items; an item whose header has `length` None is written with an implicit length."""
    parts = [line(header)]
    for given, payload in items:
        head = {key: value for key, value in given.items() if key != "length"}
        if "length" not in given:
            head["length"] = len(payload)
        parts += [line(head), payload]
    return b"\n".join(parts) + b"\n"


def feedback() -> bytes:
    """Return the reporter's feedback: a header with the DSN only, an item without length."""
    body = {
        "event_id": "3a6c0f1e2d3b4a59c1d5a7e09b3f4e2d",
        "timestamp": "2026-01-31T16:20:11Z",
        "platform": "native",
        "contexts": {
            "feedback": {
                "message": "I pressed Export and the window vanished. It happens every time with the large project.",
                "name": "Ana Example",
                "contact_email": "ana@example.com",
                "associated_event_id": CRASHED,
            }
        },
    }
    return envelope({"dsn": DSN}, ({"type": "feedback", "length": None}, line(body)))


def cached() -> bytes:
    """Return a cached crash as the reporter leaves it: the minidump is split out into a file beside the envelope.

    Its times follow the time in the header of the real dump.
    """
    dump = (SAMPLES / f"sentry/cache/{CACHED}.dmp").read_bytes()
    crashed = datetime.fromtimestamp(int.from_bytes(dump[20:24], "little"), tz=UTC)

    def before(seconds: float) -> str:
        return (crashed - timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    event = {
        "event_id": CACHED,
        "timestamp": before(0),
        "platform": "native",
        "level": "fatal",
        "release": "chromium@156.0.8078.79",
        "environment": "production",
        "sdk": {"name": "sentry.native", "version": "0.11.2", "integrations": ["crashpad"]},
        "contexts": {
            "os": {"name": "Linux", "version": "6.18.44", "distribution_pretty_name": "Debian GNU/Linux 12 (bookworm)"},
            "trace": {"trace_id": "5c1d2e3f40516273849506a7b8c9dae1", "span_id": "849506a7b8c9dae1"},
        },
        "tags": {"process": "utility", "service": "storage"},
        "user": {"id": "installation-7", "email": "ana@example.com"},
        "breadcrumbs": [
            {
                "timestamp": before(2.9),
                "category": "lifecycle",
                "message": "service started",
                "level": "info",
            },
            {
                "timestamp": before(0.35),
                "category": "storage",
                "message": "opening session storage",
                "level": "debug",
                "data": {"bytes": 18211, "path": "/home/user/.config/chromium/Default/Session Storage"},
            },
        ],
    }
    session = {
        "sid": "9c0d1e2f-3a4b-4c5d-8e6f-708192a3b4c5",
        "did": "installation-7",
        "init": True,
        "status": "crashed",
        "errors": 1,
        "started": before(478.25),
        "duration": 478.25,
        "attrs": {"release": "chromium@156.0.8078.79", "environment": "production"},
    }
    header = {"dsn": DSN, "event_id": CACHED, "cache_dir": "/home/user/.config/chromium/reporter"}
    return envelope(header, ({"type": "event"}, line(event)), ({"type": "session"}, line(session)))


def with_attachments() -> bytes:
    """Return an event with a session and attachments: log, view hierarchy, empty, binary, unknown type, old feedback."""
    event = {
        "event_id": CRASHED,
        "timestamp": 1769876398.25,
        "platform": "native",
        "level": "fatal",
        "logger": "editor",
        "release": "editor@5.0.2+1181",
        "dist": "1181",
        "environment": "beta",
        "server_name": "desktop",
        "sdk": {
            "name": "sentry.native",
            "version": "0.11.2",
            "packages": [{"name": "example:native", "version": "0.11.2"}],
        },
        "contexts": {
            "os": {"name": "Windows", "version": "10.0.22631", "build": "4169"},
            "device": {"arch": "x86_64", "memory_size": 17179869184, "model": "Example Book 14"},
            "gpu": {"name": "Example Graphics 730", "vendor_id": "0x10ff", "features": ["vulkan", "dx12"]},
        },
        "tags": {"backend": "breakpad", "project.size": "large"},
        "extra": {
            "open_documents": [{"name": "big.example", "dirty": True}, {"name": "notes.example", "dirty": False}]
        },
        "user": {"username": "ana", "ip_address": "203.0.113.9"},
        "exception": {
            "values": [
                {
                    "type": "EXCEPTION_ACCESS_VIOLATION",
                    "value": "write to 0x0000000000000018",
                    "thread_id": 7120,
                    "mechanism": {"type": "minidump", "handled": False, "synthetic": True},
                }
            ]
        },
        "threads": {
            "values": [
                {
                    "id": 7104,
                    "name": "main",
                    "crashed": False,
                    "stacktrace": {
                        "frames": [
                            {
                                "function": "main",
                                "package": "C:\\Program Files\\Editor\\editor.exe",
                                "instruction_addr": "0x7ff6210016c0",
                                "filename": "main.cpp",
                                "lineno": 40,
                                "in_app": True,
                            },
                            {
                                "function": "NtWaitForSingleObject",
                                "package": "C:\\Windows\\System32\\ntdll.dll",
                                "instruction_addr": "0x7ffd60a4d0c4",
                            },
                        ]
                    },
                },
                {
                    "id": 7120,
                    "name": "export",
                    "crashed": True,
                    "current": True,
                    "stacktrace": {
                        "frames": [
                            {
                                "function": "BaseThreadInitThunk",
                                "package": "C:\\Windows\\System32\\kernel32.dll",
                                "instruction_addr": "0x7ffd5f5e7374",
                            },
                            {
                                "function": "editor::ExportJob::Run",
                                "package": "C:\\Program Files\\Editor\\editor.exe",
                                "instruction_addr": "0x7ff621021a40",
                                "filename": "export_job.cpp",
                                "lineno": 88,
                                "in_app": True,
                            },
                            {
                                "function": "editor::PngWriter::WriteRow",
                                "package": "C:\\Program Files\\Editor\\editor.exe",
                                "instruction_addr": "0x7ff6210228d4",
                                "filename": "png_writer.cpp",
                                "lineno": 131,
                                "in_app": True,
                            },
                        ],
                        "registers": {"rip": "0x7ff6210228d4", "rsp": "0x9f1c2ff6d0"},
                    },
                },
                {"id": 7133, "name": "idle"},
            ]
        },
        "debug_meta": {
            "images": [
                {
                    "type": "pe",
                    "code_file": "C:\\Program Files\\Editor\\editor.exe",
                    "image_addr": "0x7ff621000000",
                    "image_size": 655360,
                    "code_id": "65b0c2d1a0000",
                    "debug_id": "7a1c2d3e-4f50-4162-8738-49a0b1c2d3e4-1",
                    "debug_file": "editor.pdb",
                },
                {
                    "type": "pe",
                    "code_file": "C:\\Windows\\System32\\ntdll.dll",
                    "image_addr": "0x7ffd609b0000",
                    "image_size": "2170880",
                },
            ]
        },
        "breadcrumbs": {
            "values": [
                {
                    "timestamp": 1769876390.0,
                    "type": "user",
                    "category": "ui.click",
                    "message": "File > Export",
                    "level": "info",
                },
                {
                    "timestamp": 1769876397.5,
                    "category": "export",
                    "message": "row 4096 of 8192",
                    "level": "debug",
                    "data": {"zoom": 2},
                },
            ]
        },
    }
    session = {
        "sid": "1c0d1e2f-3a4b-4c5d-8e6f-708192a3b4c5",
        "init": True,
        "status": "crashed",
        "errors": 1,
        "started": "2026-01-31T15:58:02.000000Z",
        "duration": 1316.2,
        "attrs": {"release": "editor@5.0.2+1181"},
    }
    view = {
        "rendering_system": "Qt",
        "windows": [
            {
                "type": "MainWindow",
                "identifier": "main",
                "width": 1440.0,
                "height": 900.0,
                "visible": True,
                "children": [
                    {"type": "ExportDialog", "identifier": "export", "width": 480.0, "height": 320.0, "visible": True},
                ],
            }
        ],
    }
    log = b"16:19:50 INFO  export started: big.example\r\n16:19:57 WARN  row 4096 is empty\r\n16:19:58 ERROR null row buffer\r\n"
    report = {
        "event_id": CRASHED,
        "name": "Ana Example",
        "email": "ana@example.com",
        "comments": "Export never finishes.",
    }
    header = {
        "dsn": DSN,
        "event_id": CRASHED,
        "sent_at": "2026-01-31T16:20:02.000000Z",
        "sdk": {"name": "sentry.native", "version": "0.11.2"},
    }
    body = envelope(
        header,
        ({"type": "event"}, line(event)),
        ({"type": "session"}, line(session)),
        ({"type": "attachment", "filename": "editor.log", "content_type": "text/plain"}, log),
        (
            {
                "type": "attachment",
                "filename": "view-hierarchy.json",
                "content_type": "application/json",
                "attachment_type": "event.view_hierarchy",
            },
            line(view),
        ),
        ({"type": "attachment", "filename": "empty.txt", "attachment_type": "event.attachment"}, b""),
        ({"type": "attachment", "content_type": "application/octet-stream"}, bytes(range(48)) + b"\n\n{}\n"),
        ({"type": "user_report"}, line(report)),
        (
            {"type": "client_report"},
            line(
                {
                    "timestamp": "2026-01-31T16:20:02Z",
                    "discarded_events": [{"reason": "sample_rate", "category": "transaction", "quantity": 12}],
                }
            ),
        ),
        ({"type": "example_future_item", "version": 3}, b"not JSON at all"),
    )
    # blank lines between items, as the reporter's own files have them
    return body.replace(b'{"type":"session"', b'\n\n{"type":"session"', 1)


def main() -> None:
    """Write the samples."""
    put("sentry/feedback.envelope", feedback())
    put(f"sentry/cache/{CACHED}.envelope", cached())
    put(f"sentry/cache/{CACHED}-service.log", "16:19:55 INFO service started\n16:19:57 DEBUG opening session storage\n")
    put("sentry/session-with-attachments.envelope", with_attachments())


if __name__ == "__main__":
    main()
