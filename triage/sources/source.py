"""One file to read: an input, or a member of one, as every reader sees it.

A `Source` is read once, from the front, by one reader, and never leaves memory or the disk it lies on: `data` for documents,
`lines` for logs, `chunks` for anything. What the reader leaves is drained when it closes, so that the digest and the bytes
in the `files` table are those of the whole. Members that a reader finds inside (an attachment of an envelope) become
sources by `child`.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, Protocol

from triage.records import Records
from triage.sources.limits import Limits

__all__ = ("HEAD_BYTES", "Context", "OverLimitError", "Source", "Stream")

HEAD_BYTES: Final = 65_536
_CHUNK: Final = 1 << 20
_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


class OverLimitError(Exception):
    """A piece is over a limit; whoever reads the container turns it into a quarantine row or a `LimitError`."""

    def __init__(self, limit: str, allowed: float, what: str) -> None:
        super().__init__(f"{what} is over the limit {limit}={allowed:,}; raise it by limits=triage.Limits({limit}=...)")
        self.limit = limit


class Stream(Protocol):
    """Bytes from the front; the only thing that a source asks of what it reads from."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes, b"" at the end."""
        ...


@dataclass(slots=True, kw_only=True)
class Context:
    """What all sources of one load share."""

    records: Records
    limits: Limits
    read: Callable[[Source], None]
    ids: Counter[str] = field(default_factory=Counter)

    def source_id(self, container_id: str | None, path: str) -> str:
        """Digest of the container and the path in it, made unique by an ordinal."""
        digest = hashlib.blake2b(f"{container_id or ''}\0{path}".encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
        self.ids[digest] += 1
        return digest if self.ids[digest] == 1 else f"{digest}-{self.ids[digest]}"


class Source:
    """One file to read.

    Attributes
    ----------
    path : str
        As its container names it; at depth 0 relative to the input.
    scope : str
        What files of one bundle have in common: the container and the folder. Drafts of a bundle are keyed by it.
    head : bytes
        The first 65,536 bytes, to detect the format by.
    parse_status, reason, role, description, media
        What `files` will say; a reader may set them.
    """

    def __init__(
        self,
        context: Context,
        path: str,
        stream: Stream | None = None,
        *,
        data: memoryview | bytes | None = None,
        container: Source | None = None,
        size: int | None = None,
    ) -> None:
        self.context = context
        self.records = context.records
        self.limits = context.limits
        self.path = path
        self.container_id = container.source_id if container else None
        self.depth = container.depth + 1 if container else 0
        self.source_id = context.source_id(self.container_id, path)
        self.parse_status: str | None = None
        self.role: str | None = None
        self.description: str | None = None
        self.media: str | None = None
        self.members_bytes: int | None = None
        self._reasons: list[str] = []
        self._hash = hashlib.sha256()
        self._stream = stream
        self._data = memoryview(data) if data is not None else None
        self._taken = 0
        self.size = len(self._data) if self._data is not None else size
        self._bad_lines = 0
        self.head = self._peek()

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.replace("\\", "/").rpartition("/")[2]

    @property
    def folder(self) -> str:
        """The path without its last part, "" at the top."""
        return self.path.replace("\\", "/").rpartition("/")[0]

    @property
    def scope(self) -> str:
        """The container and the folder: equal for the files of one bundle."""
        return f"{self.container_id or ''}\0{self.folder}"

    @property
    def encoding(self) -> str:
        """utf-8, or utf-16-le and utf-16-be where a byte order mark or NUL bytes at every other place say so."""
        for bom, name in _BOMS:
            if self.head.startswith(bom):
                return name
        sample = self.head[:512]
        if len(sample) >= 8 and len(sample) % 2 == 0 and sample.count(0) >= len(sample) // 3:
            if not any(sample[0::2]):
                return "utf-16-be"
            if not any(sample[1::2]):
                return "utf-16-le"
        return "utf-8"

    def note(self, reason: str) -> None:
        """Say something of this file in `files.reason`, once."""
        if reason not in self._reasons:
            self._reasons.append(reason)

    def quarantine(self, reason: str, *, offset: int | None = None, length: int | None = None, line: int | None = None) -> None:
        """Put a piece of this file into quarantine; the reason never quotes content."""
        self.records.quarantine(source_id=self.source_id, offset=offset, length=length, line=line, reason=reason)

    def data(self) -> memoryview:
        """Everything, in memory or mapped from disk.

        Raises
        ------
        OverLimitError
            Over `Limits.document_bytes` where the bytes are not mapped; the loader quarantines the file.
        """
        if self._data is None:
            if (self.size or 0) > self.limits.document_bytes:
                raise OverLimitError("document_bytes", self.limits.document_bytes, "a document that must be in memory as a whole")
            pieces, total = [], 0
            for chunk in self.chunks():
                total += len(chunk)
                if total > self.limits.document_bytes:
                    raise OverLimitError("document_bytes", self.limits.document_bytes, "a document that must be in memory as a whole")
                pieces.append(chunk)
            self._data = memoryview(b"".join(pieces))
        return self._data

    def text(self) -> str:
        """Everything as text: byte order mark dropped, UTF-16 decoded, invalid bytes replaced and noted."""
        data = bytes(self.data())
        bom = next((bom for bom, _ in _BOMS if data.startswith(bom)), b"")
        return self._decode(data[len(bom) :], self.encoding)

    def chunks(self) -> Iterator[bytes]:
        """Everything in pieces of at most 1 MiB, from the front; once."""
        if self._data is not None:
            for start in range(0, len(self._data), _CHUNK):
                yield bytes(self._data[start : start + _CHUNK])
            return
        if self.head and not self._taken:
            self._taken = len(self.head)
            yield self.head
        while chunk := self._pull(_CHUNK):
            self._taken += len(chunk)
            yield chunk

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Offset and bytes of each line without its end (LF or CRLF) and without a byte order mark, as UTF-8.

        A line over `Limits.line_bytes` goes to quarantine and is left out. In UTF-16 files the offsets are those of the file.
        """
        encoding = self.encoding
        if encoding != "utf-8":
            self.note(f"{encoding} text decoded")
            for offset, text in self._wide_lines(encoding):
                yield offset, text.encode("utf-8", "replace")
            return
        offset, tail, skipping, number = 0, b"", False, 0
        for chunk in self.chunks():
            parts = (tail + chunk if tail else chunk).split(b"\n")
            tail = parts.pop()
            for part in parts:
                number += 1
                if skipping or len(part) > self.limits.line_bytes:
                    skipping = self._skip_line(offset, len(part), number)
                elif offset == 0 and part.startswith(_BOMS[0][0]):
                    yield 3, part[3:].rstrip(b"\r")
                else:
                    yield offset, part[:-1] if part.endswith(b"\r") else part
                offset += len(part) + 1
            if len(tail) > self.limits.line_bytes and not skipping:
                skipping = True
            if skipping:
                offset, tail = offset + len(tail), b""
        if skipping:
            self._skip_line(offset, 0, number + 1)
        elif tail:
            yield (3, tail[3:].rstrip(b"\r")) if offset == 0 and tail.startswith(_BOMS[0][0]) else (offset, tail.rstrip(b"\r"))

    def text_lines(self) -> Iterator[tuple[int, str]]:
        """Offset and text of each line; invalid bytes replaced and noted."""
        for offset, line in self.lines():
            try:
                yield offset, line.decode()
            except UnicodeDecodeError:
                self._bad_lines += 1
                yield offset, line.decode("utf-8", "replace")

    def child(self, path: str, data: memoryview | bytes, *, role: str | None = None, description: str | None = None) -> Source:
        """Read a member that lies in this source, by detection, and give it back closed.

        The bytes of members count against this source's own: the rest is its `overhead_bytes`.
        """
        member = Source(self.context, path, data=data, container=self)
        member.role, member.description = role, description
        self.members_bytes = (self.members_bytes or 0) + len(data)
        self.context.read(member)
        return member

    def close(self) -> None:
        """Drain what is left and write the row of `files`."""
        if self._stream is not None:
            for _ in self.chunks():
                pass
        elif self._data is not None:
            self._hash.update(self._data)
            self._taken = len(self._data)
        if self._bad_lines:
            self.note(f"{self._bad_lines:,} lines are not valid UTF-8; bad bytes were replaced")
        damage = getattr(self._stream, "damage", None)
        if damage:
            self.note(damage)
            self.parse_status = "partial" if self.parse_status in {None, "ok"} else self.parse_status
        if self._taken == 0:
            self.note("empty file")
        self.records.file(
            source_id=self.source_id,
            container_id=self.container_id,
            depth=self.depth,
            path=self.path,
            bytes=self._taken,
            overhead_bytes=None if self.members_bytes is None else self._taken - self.members_bytes,
            sha256=self._hash.hexdigest(),
            media=self.media,
            role=self.role,
            description=self.description,
            parse_status=self.parse_status or "ok",
            reason="; ".join(self._reasons) or None,
        )

    def _peek(self) -> bytes:
        """The first bytes, kept so that `chunks` can give them again."""
        if self._data is not None:
            return bytes(self._data[:HEAD_BYTES])
        head = b""
        while len(head) < HEAD_BYTES and (chunk := self._pull(HEAD_BYTES - len(head))):
            head += chunk
        return head

    def _pull(self, size: int) -> bytes:
        chunk = self._stream.read(size) if self._stream is not None else b""
        self._hash.update(chunk)
        return chunk

    def _decode(self, data: bytes, encoding: str) -> str:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            self.note(f"not valid {encoding}; bad bytes were replaced")
            return data.decode(encoding, "replace")

    def _wide_lines(self, encoding: str) -> Iterator[tuple[int, str]]:
        """Lines of a UTF-16 file with their byte offsets."""
        newline = "\n".encode(encoding)
        offset, tail = 0, b""
        for chunk in self.chunks():
            block = tail + chunk
            start = 0
            at = block.find(newline)
            while at >= 0:
                if at % 2 == 0:
                    yield offset, self._decode(block[start:at], encoding).strip("\ufeff").rstrip("\r")
                    offset += at + 2 - start
                    start = at + 2
                at = block.find(newline, at + 1 if at % 2 else at + 2)
            tail = block[start:]
            if len(tail) > self.limits.line_bytes:
                self._skip_line(offset, len(tail), None)
                offset, tail = offset + len(tail), b""
        if tail:
            yield offset, self._decode(tail, encoding).strip("\ufeff").rstrip("\r")

    def _skip_line(self, offset: int, length: int, number: int | None) -> bool:
        """Quarantine an overlong line; gives False, so that the next line is read."""
        reason = f"a line is over the limit line_bytes={self.limits.line_bytes:,}"
        self.quarantine(reason, offset=offset, length=length, line=number)
        return False
