"""Cases for explanations: stacks written by hand, and a case with a secret in every word that an explanation shows."""

from __future__ import annotations

import io
import json
import tarfile
from html.parser import HTMLParser
from typing import Any, Final

import triage
from triage.case import Case

# Every place of which an explanation shows something. All are made up.
SECRETS: Final = {
    "function": "nadia.fern@post.example.org",
    "type": "velvet-crane-31",
    "message": "cobalt-lynx-kite",
    "file": "ines.rook@post.example.org",
}


def trace(*functions: str, error: str = "ValueError", message: str = "x") -> str:
    """A Python trace, innermost function first."""
    frames = "".join(f'  File "/srv/app/{name}.py", line 7, in {name}\n' for name in reversed(functions))
    return f"Traceback (most recent call last):\n{frames}{error}: {message}\n\n"


def case(*traces: str) -> Case:
    """A case of some traces."""
    return triage.loads("".join(traces))


def planted(*, large: bool = False) -> Case:
    """Two incidents with secrets in their words; `large` is too large to be learned as a whole."""
    files = {"a.json": _event(1, "pay"), "b.json": _event(2, "scan"), "c.json": _event(3, "pay")}
    if large:
        files["service.log"] = "all is fine here\n" * 300_000
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, text in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text.encode()))
    return triage.load(out.getvalue())


def _event(number: int, function: str) -> str:
    frames = [
        {"function": "main", "filename": f"/srv/{SECRETS['file']}", "lineno": 3},
        {"function": f"{SECRETS['function']} {function}", "filename": "/srv/pay.py", "lineno": 9},
    ]
    error = {
        "type": f"Refused password={SECRETS['type']}",
        "value": f"order {number} refused: token={SECRETS['message']}",
        "stacktrace": {"frames": frames},
    }
    event: dict[str, Any] = {
        "event_id": f"{number:032x}",
        "level": "error",
        "platform": "python",
        "timestamp": f"2026-02-10T09:26:0{number}Z",
        "server_name": "web",
        "exception": {"values": [error]},
    }
    return json.dumps(event)


def held(text: str) -> list[str]:
    """Which secrets stand in a text."""
    return [place for place, value in SECRETS.items() if value in text]


class Page(HTMLParser):
    """A page as a browser has it: tags, attributes, and each table with its caption, headers and rows."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.tables: list[dict[str, Any]] = []
        self.text = ""
        self._cell: list[str] | None = None
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag == "table":
            self.tables.append({"caption": "", "columns": [], "rows": [], "headed": []})
        elif tag == "tr":
            self.tables[-1]["rows"].append([])
        elif tag in {"th", "td", "caption"}:
            self._cell = []
            if tag == "th":
                self.tables[-1]["headed"].append(dict(attrs).get("scope"))

    def handle_endtag(self, tag: str) -> None:
        if tag in {"th", "td", "caption"} and self._cell is not None:
            text = "".join(self._cell)
            if tag == "caption":
                self.tables[-1]["caption"] = text
            else:
                self.tables[-1]["rows"][-1].append(text)
            self._cell = None
        elif tag == "thead":
            self.tables[-1]["columns"] = self.tables[-1]["rows"].pop()

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._cell is not None:
            self._cell.append(data)
