"""Write the 0xGen samples: two crash archives and a feedback archive in the application's file layout.

Real: the Rust backtrace (compiles and runs `oxgen_panic/`, needs rustc) and the JavaScript stack (runs
`oxgen_panic/renderer.js` in node's V8 under the name that a packaged web view would give it). Written by hand: everything
around them, to the layout of the application's crash.rs and feedback.rs. Log and metric lines pass through `redactor`, which
damages them in the ways that the application's own redactor is known to. Secrets are invented and of no real form.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import stacks
from common import pretty, put, tar_gz

HERE = Path(__file__).resolve().parent
MASK = "[REDACTED]"
NAMES = r"(?:api[-_]?key|token|secret|password)"
SCRIPT_URL = "tauri://localhost/assets/index-4c1d2e9a.js"
RULES = [
    (re.compile(r"(?i)(authorization\s*:\s*).*"), rf"\g<1>{MASK}"),
    (re.compile(rf'(?i)("{NAMES}"\s*:\s*")[^"]*'), rf'\g<1>{MASK}"'),
    (re.compile(rf"(?i)\b({NAMES}\s*[:=]\s*)[^\s,;]+"), rf"\g<1>{MASK}"),
    (re.compile(r"(?i)(bearer\s+)[A-Za-z0-9._~+/=-]+"), rf"\g<1>{MASK}"),
]


def redactor(line: str) -> str:
    """Mask one line as the application does: to the end of the line, with a quote too many, with quotes and brace lost."""
    for rule, mask in RULES:
        line = rule.sub(mask, line)
    return line


def diagnostics(captured: str) -> dict[str, object]:
    """Return diagnostics.json; the memory figures are 1024 times too high, as the application writes them."""
    return {
        "capturedAt": captured,
        "version": "0.9.3",
        "os": "linux",
        "osVersion": "Debian GNU/Linux 12",
        "kernelVersion": "6.1.0-18-amd64",
        "architecture": "x86_64",
        "uptimeSeconds": 40213,
        "logicalCpus": 8,
        "physicalCpus": 4,
        "totalMemoryBytes": 16_709_287_936 * 1024,
        "availableMemoryBytes": 9_120_346_112 * 1024,
        "hostnameHash": hashlib.sha256(b"workstation.example").hexdigest()[:24],
        "timezoneOffsetMinutes": 60,
        "apiHostname": "127.0.0.1",
    }


def manifest(captured: str, pid: int, reason: dict[str, str]) -> dict[str, object]:
    """Return manifest.json."""
    return {
        "version": "0.9.3",
        "os": "linux",
        "arch": "x86_64",
        "createdAt": captured,
        "baseUrl": "http://127.0.0.1:8713",
        "processId": pid,
        "reason": reason,
    }


def log(second: float, level: str, target: str, message: str, **fields: object) -> str:
    """Return one tracing-subscriber line, before the redactor."""
    span = fields.pop("span", None)
    line: dict[str, object] = {
        "timestamp": f"2026-01-26T01:25:{second:09.6f}Z",
        "level": level,
        "fields": {"message": message, **fields},
        "target": target,
    }
    if span:
        line |= {"span": {"name": span}, "spans": [{"name": "session", "id": "scan-0007"}, {"name": span}]}
    return json.dumps(line, ensure_ascii=False, separators=(",", ":"))


def panic_logs() -> str:
    """Return logs.ndjson of the panic: sound lines, and lines that the redactor broke or did not see."""
    core, net = "oxgen_shell::core", "oxgen_shell::net"
    lines = [
        log(1.004211, "INFO", core, "shell started", version="0.9.3"),
        log(2.118034, "INFO", core, "opened /home/ana/.config/0xgen/settings.json"),
        log(4.500120, "DEBUG", net, "sign in", user="ana@example.com", token="not-a-real-token-0001"),
        log(
            4.731882,
            "DEBUG",
            net,
            "GET /v1/scans authorization: Basic bm90LWEtcmVhbC1zZWNyZXQ= accept: */*",
            status=200,
        ),
        log(5.009100, "DEBUG", net, "retry with Bearer not-a-real-bearer-0002", attempt=1),
        log(5.204417, "WARN", net, 'reply {"token": "not-a-real-token-0003", "ttl": 60}'),
        log(6.330900, "INFO", "app::pipeline", "packet accepted", kind=1, bytes=4, span="parse"),
        log(7.000000, "INFO", net, "database url password=hunter2-not-real host=db.example.com"),
        log(8.871203, "WARN", "app::pipeline", "packet is shorter than it says", kind=2, bytes=1, span="parse"),
        log(9.120774, "ERROR", core, "worker pipeline-2 panicked", thread="pipeline-2"),
    ]
    return "".join(f"{redactor(line)}\n" for line in lines)


def metrics() -> str:
    """Return metrics.prom: sound samples and one that lost its closing brace to the redactor."""
    text = """\
# HELP oxgen_packets_total Packets seen by the pipeline.
# TYPE oxgen_packets_total counter
oxgen_packets_total{kind="1"} 1842
oxgen_packets_total{kind="2"} 77
# HELP oxgen_queue_depth Packets waiting.
# TYPE oxgen_queue_depth gauge
oxgen_queue_depth 3
# HELP oxgen_api_requests_total Requests by client.
# TYPE oxgen_api_requests_total counter
oxgen_api_requests_total{token="not-a-real-token-0004"} 5
oxgen_api_requests_total{client="desktop"} 912
# HELP oxgen_parse_seconds Time to parse a packet.
# TYPE oxgen_parse_seconds histogram
oxgen_parse_seconds_bucket{le="0.001"} 1801
oxgen_parse_seconds_bucket{le="0.01"} 1912
oxgen_parse_seconds_bucket{le="+Inf"} 1919
oxgen_parse_seconds_sum 1.7342
oxgen_parse_seconds_count 1919
"""
    return "".join(f"{redactor(line)}\n" for line in text.splitlines())


def reports(captured: str, pid: int, reason: dict[str, str]) -> dict[str, str]:
    """Return manifest, minidump (which holds the same reason and stack) and diagnostics."""
    return {
        "manifest.json": pretty(manifest(captured, pid, reason)),
        "minidump.json": pretty({"reason": reason, "capturedAt": captured, "backtrace": reason["stack"]}),
        "diagnostics.json": pretty(diagnostics(captured)),
    }


def pack(root: str, files: dict[str, str]) -> bytes:
    """Pack the files below one root folder."""
    return tar_gz({f"{root}/{name}": text.encode() for name, text in files.items()})


def feedback(crash: dict[str, str]) -> dict[str, str]:
    """Return the feedback archive's files, the crash nested."""
    message = "It crashed when I opened the second report. Also: the font is tiny. Call me at home, 555-0100."
    return {
        "feedback.json": pretty(
            {
                "id": "feedback-20260204T090000000Z",
                "createdAt": "2026-02-04T09:00:00.000Z",
                "category": "bug",
                "message": message,
                "contact": "a***@example.com",
                "contactHash": hashlib.sha256(b"ana@example.com").hexdigest()[:24],
                "includeLogs": True,
                "includeCrash": True,
                "includeDiagnostics": True,
                "crashBundle": {
                    "id": "crash-20260203T174210456Z",
                    "createdAt": "2026-02-03T17:42:10.456Z",
                    "fileCount": len(crash),
                    "reason": json.loads(crash["manifest.json"])["reason"],
                },
            }
        ),
        "logs.ndjson": "".join(f"{line}\n" for line in panic_logs().splitlines()[:2]),
        "diagnostics.json": pretty(diagnostics("2026-02-04T09:00:00.000Z")),
        **{f"crash/{name}": text for name, text in crash.items()},
    }


def main() -> None:
    """Write the three archives."""
    message, place, trace = stacks.rust()
    reason = {"kind": "rust-panic", "message": message, "stack": trace, "location": place}
    files = reports("2026-01-26T01:25:59.123Z", 40511, reason)
    files |= {"logs.ndjson": panic_logs(), "metrics.prom": metrics()}
    put("0xgen/crash-20260126T012559123Z.tar.gz", pack("crash", files))

    text, stack = stacks.javascript(HERE / "oxgen_panic/renderer.js", SCRIPT_URL)
    files = reports("2026-02-03T17:42:10.456Z", 51877, {"kind": "renderer-error", "message": text, "stack": stack})
    put("0xgen/crash-20260203T174210456Z.tar.gz", pack("crash", files))
    put("0xgen/feedback-20260204T090000000Z.tar.gz", pack("feedback", feedback(files)))


if __name__ == "__main__":
    main()
