"""A server on loopback that answers as the API of Gemini does, or as a chat: one prepared answer for each request."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "AIzaNotARealKey-quartz-0001"


def answer(text: str | None, *, finish: str | None = "STOP", **more: Any) -> dict[str, Any]:
    """The body of an answer."""
    content = {"role": "model", "parts": [{"text": text}] if text is not None else []}
    usage = {"promptTokenCount": 900, "candidatesTokenCount": 120, "thoughtsTokenCount": 300, "totalTokenCount": 1_320}
    return {
        "candidates": [{"content": content, "finishReason": finish, "index": 0}],
        "usageMetadata": usage,
        "modelVersion": "gemini-2.5-pro",
    } | more


def refusal(code: int, word: str, **more: Any) -> tuple[int, dict[str, Any]]:
    """The body of an error, as Google writes it, quoting what no message of ours may hold."""
    return code, {"error": {"code": code, "status": word, "message": f"server words {KEY}", **more}}


class Api:
    """Answers in their order, the last one again and again; and what was asked."""

    def __init__(self) -> None:
        self.answers: list[Any] = []
        self.requests: list[dict[str, Any]] = []
        self.times: list[float] = []
        self.asked = threading.Event()
        self.gone = threading.Event()
        self.url = ""
        self.extra: dict[str, str] = {}

    def will(self, *answers: Any) -> None:
        """Prepare answers: a body, a pair of code and body, bytes, a word (reset, drip), or seconds of silence, or a
        pair of these and a body."""
        self.answers = list(answers)

    def next(self) -> Any:
        """What the next request gets."""
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        api: Api = self.server.api  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers["Content-Length"]))
        api.times.append(time.monotonic())
        api.requests.append({"path": self.path, "headers": dict(self.headers), "body": body})
        api.asked.set()
        came = api.next()
        if isinstance(came, int | float):
            came = (float(came), answer("{}"))
        if isinstance(came, tuple) and isinstance(came[0], float):
            self._wait(api, came[0])
            came = came[1]
        if came == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
        elif came == "drip":
            self._drip(api)
        elif isinstance(came, bytes):
            self._send(200, came)
        else:
            code, value = came if isinstance(came, tuple) else (200, came)
            self._send(code, json.dumps(value).encode())

    def _wait(self, api: Api, seconds: float) -> None:
        """Say nothing, and notice where the other side hangs up."""
        self.connection.settimeout(seconds)
        try:
            if self.connection.recv(1, socket.MSG_PEEK) == b"":
                api.gone.set()
        except (TimeoutError, OSError):
            pass

    def _drip(self, api: Api) -> None:
        """A byte now and then: no read ever times out."""
        try:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "100000")
            self.end_headers()
            for _ in range(400):
                self.wfile.write(b" ")
                self.wfile.flush()
                time.sleep(0.05)
        except OSError:
            api.gone.set()
        self.close_connection = True

    def _send(self, code: int, data: bytes) -> None:
        try:
            self.send_response(code)
            if 300 <= code < 400:
                self.send_header("Location", self.server.api.url + "/elsewhere")  # type: ignore[attr-defined]
            for name, value in self.server.api.extra.items():  # type: ignore[attr-defined]
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
        except OSError:
            self.close_connection = True

    do_GET = do_POST  # noqa: N815 - the name that http.server looks for

    def log_message(self, *_: Any) -> None:
        """Nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """A client that hung up is what some tests are about."""


@contextmanager
def serving() -> Any:
    """The server, while it runs."""
    api = Api()
    server = _Server(("127.0.0.1", 0), _Handler)
    server.api = api  # type: ignore[attr-defined]
    api.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
