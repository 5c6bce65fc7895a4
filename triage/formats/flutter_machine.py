"""`flutter run --machine`: one JSON array per line, as the Flutter daemon speaks to IDEs.

Facts: the daemon protocol page of flutter_tools. Lines that are no JSON are what tools print beside it; they are read
as lines of a console. Exceptions come as text in `app.log`, line by line, or with a `stackTrace` of their own.

Grammar, one message per element of an array::

    message   = {"event": name, "params": {…}} | {"id": n, "result" | "error": …}
    app.log   = {"appId", "log", "error"?: true, "stackTrace"?: text}
    logMessage= {"level", "message", "stackTrace"?: text}                ; daemon.logMessage
    app.start = {"appId", "deviceId", "directory", "supportsRestart", "launchMode"?, "mode"?}
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from triage.formats import Match
from triage.formats.flutter_console import Console, byte_length
from triage.formats.flutter_event import append_exception
from triage.formats.flutter_json import decode
from triage.records import json_text

if TYPE_CHECKING:
    from triage.formats.head import Head
    from triage.sources.source import Source

__all__ = ("NAME", "TITLE", "read", "sniff")

NAME: Final = "flutter-machine"
TITLE: Final = "flutter run --machine (daemon messages)"

_LEVELS: Final = {"status": "info", "info": "info", "trace": "trace", "warning": "warning", "error": "error"}
_DOMAINS: Final = ("app.", "daemon.", "device.", "devtools.", "emulator.")
# Programs of one file beyond that many share one console.
_MAX_CONSOLES: Final = 64
_LOOKED_AT: Final = 40


def sniff(head: Head) -> Match | None:
    """Say how sure this reader is: by a line that is an array with a daemon event.

    Examples
    --------
    >>> from triage.formats.head import Head
    >>> sniff(Head(b'[{"event":"app.started","params":{"appId":"a"}}]\\n')).score
    94
    """
    if "[{" not in head.text:
        return None
    looked = 0
    for line in head.lines:
        if line.startswith("[{"):
            looked += 1
            first = next(iter(_decode(line)[0] or []), None)
            if isinstance(first, dict) and str(first.get("event", "")).startswith(_DOMAINS):
                return Match(94, "daemon events of `flutter run --machine`")
        if looked >= _LOOKED_AT:
            break
    return None


def read(source: Source) -> None:
    """Read daemon messages: exceptions and the program's start to events, texts to `logs`."""
    source.role = source.role or "log"
    source.media = "application/x-ndjson"
    machine = _Machine(source)
    encoding = source.encoding
    for number, (offset, text) in enumerate(source.text_lines(), 1):
        end = offset + byte_length(text, encoding)
        line = text.strip()
        if line.startswith("[{"):
            messages, note = _decode(line)
            if note:
                source.note(note)
            if messages is None:
                source.quarantine("a line is not valid JSON", offset=offset, length=end - offset, line=number)
            for message in messages or []:
                machine.take(message, offset, end)
        elif line:
            machine.console(None).feed(text, offset, end)
    machine.close()


def _decode(line: str) -> tuple[list[Any] | None, str | None]:
    """The messages of a line, None where it is no array, and how they were decoded."""
    value, note = decode(line.encode("utf-8", "replace"))
    return (value, note) if isinstance(value, list) else (None, None)


class _Machine:
    """What the messages of one file add up to."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._consoles: dict[str | None, Console] = {}

    def console(self, app: str | None) -> Console:
        """The console of a program, made at its first line."""
        key = app if app in self._consoles or len(self._consoles) < _MAX_CONSOLES else None
        console = self._consoles.get(key)
        if console is None:
            columns: dict[str, Any] = {"session_id": key} if key else {}
            console = self._consoles[key] = Console(self._source, NAME, columns=columns)
        return console

    def close(self) -> None:
        """End every console."""
        for console in self._consoles.values():
            console.close()

    def take(self, message: Any, offset: int, end: int) -> None:
        """One message."""
        if not isinstance(message, dict):
            return
        name, params = message.get("event"), message.get("params")
        params = params if isinstance(params, dict) else {}
        app = _text(params.get("appId"))
        if not isinstance(name, str):
            self._answer(message, offset)
        elif name == "app.log":
            level = "error" if params.get("error") is True else None
            self._say(app, _text(params.get("log")), params, offset, end, level)
        elif name == "daemon.logMessage":
            level = _LEVELS.get(str(params.get("level")).lower())
            self._say(app, _text(params.get("message")), params, offset, end, level)
        elif name in {"app.progress", "daemon.showMessage", "device.log"}:
            text = _text(params.get("message")) or _text(params.get("title")) or _text(params.get("id"))
            self._log(name, text, offset, _LEVELS.get(str(params.get("level")).lower(), "info"))
        elif name == "app.stop" and isinstance(params.get("error"), str):
            self._say(app, params["error"], {"stackTrace": params.get("trace")}, offset, end, "error")
        else:
            self._context(name, app, params, offset, end)

    def _say(
        self, app: str | None, text: str | None, params: dict[str, Any], offset: int, end: int, level: str | None
    ) -> None:
        """A text of the program or the tool: with a stack it is an exception, else lines of a console."""
        stack = params.get("stackTrace")
        if isinstance(stack, str) and stack.strip():
            columns = self.console(app).columns
            append_exception(
                self._source,
                _without_prefix(text),
                stack=stack,
                handled=False if text and "nhandled exception:" in text[:40].lower() else None,
                **{**columns, "format": NAME, "offset": offset, "length": end - offset, "level": _graver(level)},
            )
            return
        console = self.console(app)
        for line in (text or "").split("\n"):
            console.feed(line.rstrip("\r"), offset, end, level=level)

    def _context(self, name: str, app: str | None, params: dict[str, Any], offset: int, end: int) -> None:
        """What is known of the run: an event of its own, with the parameters as annotations."""
        device = _text(params.get("deviceId"))
        if name == "app.start" and device:
            self.console(app).columns["device"] = device
        records = self._source.records
        event = records.event(
            source_id=self._source.source_id,
            offset=offset,
            length=end - offset,
            format=NAME,
            event_class="context",
            event_kind=name,
            platform="dart",
            session_id=app,
            device=device,
            parse_status="ok",
        )
        for key, value in params.items():
            if key != "appId":
                records.annotation(event, "context", key, value)

    def _answer(self, message: dict[Any, Any], offset: int) -> None:
        """A response to a command of the IDE."""
        error = message.get("error")
        text = error if isinstance(error, str) else f"response to {json_text(message.get('id'))}"
        self._log("response", text, offset, "error" if error else "debug", json_text(message))

    def _log(self, name: str, text: str | None, offset: int, level: str, fields: str | None = None) -> None:
        self._source.records.log(
            source_id=self._source.source_id,
            offset=offset,
            level=level,
            logger=name,
            message=text,
            fields=fields,
            origin="daemon",
            parse_status="ok",
        )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _graver(level: str | None) -> str:
    """The level of an exception: what its message says where that is a warning, else error."""
    return "warning" if level == "warning" else "error"


def _without_prefix(text: str | None) -> str | None:
    """A message without `flutter: ` and without the words `Unhandled exception:`."""
    if text is None:
        return None
    text = text.removeprefix("flutter: ")
    for words in ("Unhandled exception:", "Unhandled Exception:"):
        text = text.removeprefix(words)
    return text.strip() or None
