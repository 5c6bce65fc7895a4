"""Events to the files of a store: gathered by log and service, written each 2,000 events or 4 MiB."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from triage.capture.envelopes import Event, Identities, envelope, is_valid
from triage.capture.event_files import Written, array, file_name, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from triage.redact.redactor import Redactor

__all__ = ("Names", "Writer")

_EVENTS, _BYTES = 2_000, 4 << 20
_STEM: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_encode: Final = msgspec.json.Encoder().encode


class _Named(msgspec.Struct):
    """Of an envelope, what it is of."""

    service: dict[str, Any]


_named: Final = msgspec.json.Decoder(list[_Named]).decode


class _Buffer:
    """The envelopes that wait for their file."""

    __slots__ = ("bytes", "held", "ids", "last")

    def __init__(self) -> None:
        self.held: list[bytes] = []
        self.ids: list[str] = []
        self.bytes = self.last = 0


class Names(NamedTuple):
    """What events are of whose log names none."""

    service: str | None
    environment: str
    host: str | None


class Writer:
    """Events to envelopes to files, by log and service."""

    def __init__(
        self,
        folder: Path,
        names: Names,
        *,
        told: Callable[[Written], None] | None,
        redactor: Redactor | None,
    ) -> None:
        self.files: list[Written] = []
        self.events = 0
        self._folder = folder
        self._names = names
        self._told = told
        self._redactor = redactor
        self._identities = Identities()
        self._paths: dict[str, str] = {}
        self._buffers: dict[tuple[str, str], _Buffer] = {}
        self._bytes = 0

    def add(self, event: Event) -> None:
        """Take one event."""
        columns, (service, environment, host) = event.columns, self._names
        if service and not columns.get("service"):
            columns["service"] = service
        if environment != "unknown" and not columns.get("environment"):
            columns["environment"] = environment
        if host and not any((scope, key) == ("log", "host") for scope, key, _ in event.annotations):
            event.annotations.append(("log", "host", host))
        if event.own is not None and event.is_strict and is_valid(event.own):
            data, identity, name = _encode(event.own), event.own["event_id"], event.own["service"]["name"]
        else:
            made = envelope(event, self._identities, service=_stem(self._called(event.path)), environment=environment)
            data, identity, name = _encode(made), made.event_id, str(made.service["name"])
        key = event.path, name
        buffer = self._buffers.setdefault(key, _Buffer())
        buffer.held.append(data)
        buffer.ids.append(identity)
        buffer.bytes += len(data)
        buffer.last = max(buffer.last, columns.get("ts") or 0)
        self._bytes += len(data)
        if len(buffer.held) >= _EVENTS or buffer.bytes >= _BYTES:
            self._write(key)
        elif self._bytes >= 4 * _BYTES:
            # many programs in one log: the one with the most goes first
            self._write(max(self._buffers, key=lambda one: (self._buffers[one].bytes, one)))

    def flush(self) -> None:
        """Write what waits."""
        for key in sorted(self._buffers):
            self._write(key)

    def _write(self, key: tuple[str, str]) -> None:
        buffer = self._buffers.pop(key)
        self._bytes -= buffer.bytes
        path, service = key
        data = array(buffer.held)
        if self._redactor is not None:
            data, service = self._masked(self._redactor, data, path, service)
        name = file_name(path, buffer.ids, buffer.last, service)
        written = write(self._folder, name, data, events=len(buffer.held))
        self.files.append(written)
        self.events += written.events
        if self._told:
            self._told(written)

    def _called(self, path: str) -> str:
        """The path of a log, masked where that is wanted: what its name holds may name the service."""
        if self._redactor is None or path in self._paths:
            return self._paths.get(path, path)
        from triage.share.passes import learn_name, spellings

        learn_name(self._redactor, path)
        masked = {spelled: self._redactor.text(spelled) for spelled in spellings(path)}
        self._paths[path] = next((text for spelled, text in masked.items() if text != spelled), path)
        return self._paths[path]

    def _masked(self, redactor: Redactor, data: bytes, path: str, service: str) -> tuple[bytes, str]:
        """The content of a file with masks, and the service as it reads there."""
        if self._called(path) == path:
            data = redactor.mask_alone(data).data
        else:
            # The envelopes name their log, and what is masked in the name may stand nowhere else.
            redactor.learn(data, place=path)
            data = redactor.mask(data, place=path).data
        with contextlib.suppress(msgspec.MsgspecError, LookupError):
            return data, str(_named(data)[0].service["name"]).strip("[]")
        return data, redactor.text(service).strip("[]")


def _stem(path: str) -> str:
    """The first word of a file's name: what a log of no named service is called."""
    found = _STEM.search(path.replace("\\", "/").rpartition("/")[2])
    return found[0] if found else "log"
