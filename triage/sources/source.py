"""One file to read: an input, or a member of one, as every reader sees it.

A `Source` is read once, from the front, by one reader, and never leaves memory or the disk it lies on: `data` for
documents, `lines` for logs, `chunks` for anything. What the reader leaves is drained when it closes, so that the digest
and the bytes in the `files` table are those of the whole. Members that a reader finds inside (an attachment of an
envelope) become sources by `child`.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from triage.sources.ahead import ahead
from triage.sources.lines import Lines, looked_at
from triage.sources.nuls import Nuls, begin
from triage.sources.returns import RETURNS, are_ends, ended, wide_end

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator, Mapping

    from triage.sources.context import Context

__all__ = ("HEAD_BYTES", "Origin", "OverLimitError", "Source", "Stream")

HEAD_BYTES: Final = 65_536
# Pieces of a file that is small, and of a large one that are read before their turn.
_SMALL, _AHEAD = 8, 24
_CHUNK: Final = 1 << 20
_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_SAID: Final = ("parse_status", "role", "description", "media")
# These rows say themselves why nothing was read.
_UNREAD: Final = frozenset({"refused", "skipped", "quarantined"})


class OverLimitError(Exception):
    """A piece is over a limit; whoever reads the container turns it into a quarantine row or a `LimitError`."""

    def __init__(self, limit: str, allowed: float, what: str) -> None:
        super().__init__(f"{what} is over the limit {limit}={allowed:,}; raise it by limits=triage.Limits({limit}=...)")
        self.limit = limit


class Origin(NamedTuple):
    """Where a file lies on this machine's disk, and what it was when it was opened."""

    path: str
    status: os.stat_result


class Stream(Protocol):
    """Bytes from the front; the only thing that a source asks of what it reads from."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes, b"" at the end."""
        ...


class Source:
    """One file to read.

    Attributes
    ----------
    path : str
        As its container names it; at depth 0 relative to the input.
    scope : str
        What files of one bundle have in common: the container and the folder. Drafts of a bundle are keyed by it.
    head : bytes
        The first 65,536 bytes, to detect the format by; behind NULs where there are nothing but NULs in as many, as in
        a log that was cut while its writer kept its place.
    parse_status, role, description, media
        What `files` will say; a reader may set them. What `note` was told stands in `files.reason`.
    event
        The event that its lines belong to, where its container says so.
    place
        Its id and its number among the files, where they were given before it was read.
    mapper
        Gives the bytes mapped from disk where they lie there, so that `data` costs no memory; tried first by `data`.
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
        mapper: Callable[[], memoryview | None] | None = None,
        place: tuple[str, int] | None = None,
    ) -> None:
        self.context = context
        self.records = context.records
        self.limits = context.limits
        self.path = path
        self.container_id = container.source_id if container else None
        self.depth: int = container.depth + 1 if container else 0
        if not container:
            context.inside = 0
        if place is None:
            context.sources += 1
            place = (context.source_id(self.container_id, path), context.sources)
        self.source_id: str = place[0]
        self._order: int = place[1]
        self.parse_status: str | None = None
        self.role: str | None = None
        self.description: str | None = None
        self.media: str | None = None
        self.event: int | None = None
        self.members_bytes: int | None = None
        self._reasons: list[str] = []
        self._hash = hashlib.sha256()
        self._stream = stream
        self._mapper = mapper
        self._data = memoryview(data) if data is not None else None
        self._taken = 0
        self.size = len(self._data) if self._data is not None else size
        self._bad_lines = 0
        self._over: OverLimitError | None = None
        # Where it lies on this machine's disk, if it does, and where whoever reads parts of it finds it.
        self.origin: Origin | None = None
        self.address: str | None = None
        self._digest: str | None = None
        self._first = self._peek()
        self._nuls = Nuls()
        self.head = self._first if self._first.strip(b"\0") or not self._first else self._behind_nuls()

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
    def bulky(self) -> bool:
        """Whether the file is so large that what few will ask for should not be made of it."""
        least = self.context.bulk_bytes
        return least is not None and (self.size or 0) >= least

    @property
    def taken(self) -> int:
        """Bytes read so far; all of them once the source is closed."""
        return self._taken

    @property
    def encoding(self) -> str:
        """utf-8, or utf-16-le and utf-16-be where a byte order mark or the NUL bytes at every other place say so."""
        for bom, name in _BOMS:
            if self.head.startswith(bom):
                return name
        sample = self.head[: min(len(self.head) & ~1, 512)]
        if len(sample) >= 8:
            even, odd = sample[0::2].count(0), sample[1::2].count(0)
            for name, zeros, others in (("utf-16-be", even, odd), ("utf-16-le", odd, even)):
                if zeros * 4 >= len(sample) and others * 100 <= len(sample):
                    return name
        return "utf-8"

    def note(self, reason: str) -> None:
        """Say something of this file in `files.reason`, once."""
        if reason not in self._reasons:
            self._reasons.append(reason)

    def quarantine(
        self, reason: str, *, offset: int | None = None, length: int | None = None, line: int | None = None
    ) -> None:
        """Put a piece of this file into quarantine; the reason never quotes content."""
        self.records.quarantine(source_id=self.source_id, offset=offset, length=length, line=line, reason=reason)

    def data(self) -> memoryview:
        """Everything, in memory or mapped from disk.

        Raises
        ------
        OverLimitError
            Over `Limits.document_bytes` where the bytes are not mapped; the loader quarantines the file.
        """
        if self._data is None and self._mapper is not None:
            self._data = self._mapper()
        if self._data is None:
            allowed = self.limits.document_bytes
            pieces, total = [], self.size or 0
            if total <= allowed:
                total = 0
                for chunk in self.chunks():
                    total += len(chunk)
                    if total > allowed:
                        break
                    pieces.append(chunk)
            if total > allowed:
                raise OverLimitError("document_bytes", allowed, "a document that must be in memory as a whole")
            self._data = memoryview(b"".join(pieces))
        return self._data

    def text(self) -> str:
        """Everything as text: byte order mark dropped, UTF-16 decoded, invalid bytes replaced; all of it noted."""
        data = bytes(self.data())
        encoding = self.encoding
        bom = next((bom for bom, _ in _BOMS if data.startswith(bom)), b"")
        self._note_encoding(encoding, bom=bool(bom))
        return self._decode(data[len(bom) :], encoding)

    def chunks(self) -> Iterator[bytes]:
        """Everything in pieces of at most 1 MiB, from the front; once."""
        if self._data is None:
            yield from self._rest()
            return
        for start in range(0, len(self._data), _CHUNK):
            yield bytes(self._data[start : start + _CHUNK])

    def piece(self, offset: int, length: int) -> bytes:
        """Some of the bytes, from what is in memory or from the front up to there; instead of reading the source."""
        if self._data is None and self._mapper is not None:
            self._data = self._mapper()
        if self._data is not None:
            return bytes(self._data[offset : offset + length])
        pieces, at, end = [], 0, offset + length
        for chunk in self.chunks():
            pieces.append(chunk[max(offset - at, 0) : max(end - at, 0)])
            at += len(chunk)
            if at >= end:
                break
        return b"".join(pieces)

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Offset and bytes of each line without its end (LF, CRLF or CR) and without a byte order mark, as UTF-8.

        A line over `Limits.line_bytes` goes to quarantine. Offsets are those of the file, in UTF-16 too. What was done
        to it on the way is noted.
        """
        encoding = self.encoding
        with self._cut() as cut:
            returns = are_ends(self.head, encoding, whole=len(self.head) < HEAD_BYTES)
            cut.noticed |= {RETURNS: None} if returns else {}
            if encoding == "utf-8":
                yield from cut.narrow(ended(self.chunks()) if returns else self.chunks())
            else:
                for offset, line in cut.wide(self.chunks(), wide_end(self.head, encoding)):
                    yield offset, self._decode(line, encoding).removesuffix("\r").encode()

    def blocks(self) -> Iterator[tuple[int, int, memoryview]]:
        """Whole lines but of UTF-16, up to a MiB at once, each with its LF: offset, number of the first, bytes."""
        with self._cut() as cut:
            yield from cut.blocks(ahead(looked_at(self.chunks()), after=_SMALL, most=_AHEAD))

    @contextmanager
    def _cut(self) -> Iterator[Lines]:
        """What cuts this file into lines; what it noticed is noted in the end."""
        bom = next((bom for bom, _ in _BOMS if self.head.startswith(bom)), b"")
        self._note_encoding(self.encoding, bom=bool(bom))
        cut = Lines(limit=self.limits.line_bytes, bom=bom, lost=self._left_out)
        try:
            yield cut
        finally:
            for what in cut.noticed:
                self.note(what)

    def text_lines(self) -> Iterator[tuple[int, str]]:
        """Offset and text of each line; invalid bytes replaced and noted."""
        for offset, line in self.lines():
            try:
                yield offset, line.decode()
            except UnicodeDecodeError:
                self._bad_lines += 1
                yield offset, line.decode("utf-8", "replace")

    def child(
        self, path: str, data: memoryview | bytes, *, role: str | None = None, description: str | None = None
    ) -> Source:
        """Read a member that lies in this source, by detection, and give it back closed.

        The bytes of members count against this source's own: the rest is its `overhead_bytes`.
        """
        member = Source(self.context, path, data=data, container=self)
        member.role, member.description = role, description
        self.members_bytes = (self.members_bytes or 0) + len(data)
        if member.depth > self.limits.nesting:
            # A member can be as large as its container, so readers that nest must end somewhere.
            member.parse_status = "quarantined"
            member.note(str(OverLimitError("nesting", self.limits.nesting, "a member of members")))
        self.context.read(member)
        return member

    def drain(self) -> None:
        """Read and drop what is left, so that the digest and the bytes are those of the whole.

        Raises
        ------
        OverLimitError
            What is left is over a limit.
        """
        if self._stream is not None:
            for _ in self._rest():
                pass
        elif self._data is not None and not self._taken:
            self._hash.update(self._data)
            self._taken = len(self._data)

    def told(self) -> dict[str, Any]:
        """What `files` will say of it, once it is drained; for `retell`."""
        said = {name: getattr(self, name) for name in _SAID}
        return said | {"bytes": self._taken, "sha256": self._hash.hexdigest(), "reasons": self._reasons}

    def retell(self, said: Mapping[str, Any]) -> None:
        """Say of it what was said before, in place of reading it: who calls knows that it is the same file."""
        for name in _SAID:
            setattr(self, name, said[name])
        self._reasons = list(said["reasons"])
        self._stream, self._taken, self._digest = None, said["bytes"], said["sha256"]

    def close(self) -> None:
        """Drain what is left and write the row of `files`."""
        try:
            self.drain()
        except OverLimitError as error:
            if self.parse_status not in _UNREAD:
                self.parse_status = "quarantined"
                self.quarantine(str(error), offset=self._taken)
            self.note(str(error))
            self.drain()
        if self._bad_lines:
            lines = "1 line is" if self._bad_lines == 1 else f"{self._bad_lines:,} lines are"
            self.note(f"{lines} not valid UTF-8; bad bytes were replaced")
        damage = getattr(self._stream, "damage", None)
        if damage:
            self.note(damage)
            self.parse_status = "partial" if self.parse_status in {None, "ok"} else self.parse_status
        if self._taken == 0 and self.parse_status not in _UNREAD:
            self.note("empty file")
        self.records.file(
            order=self._order,
            source_id=self.source_id,
            container_id=self.container_id,
            depth=self.depth,
            path=self.path,
            bytes=self._taken,
            overhead_bytes=None if self.members_bytes is None else self._taken - self.members_bytes,
            sha256=self._digest or self._hash.hexdigest(),
            media=self.media,
            role=self.role,
            description=self.description,
            parse_status=self.parse_status or "ok",
            reason="; ".join(self._reasons) or None,
        )

    def _peek(self) -> bytes:
        """The first bytes, kept so that `chunks` can give them again; a limit met here is raised there."""
        if self._data is not None:
            return bytes(self._data[:HEAD_BYTES])
        head = b""
        try:
            while len(head) < HEAD_BYTES and (chunk := self._pull(HEAD_BYTES - len(head))):
                head += chunk
        except OverLimitError as error:
            self._over = error
        return head

    def _behind_nuls(self) -> bytes:
        """The first bytes that are not NUL, of a file that begins with nothing else; its own where there are none."""
        if self._data is not None:
            start = begin(self._data)
            return bytes(self._data[start : start + HEAD_BYTES])
        try:
            return (self._nuls.read(self._pull) if self._over is None else b"")[:HEAD_BYTES] or self._first
        except OverLimitError as error:
            self._over = error
            return self._first

    def _rest(self) -> Iterator[bytes]:
        """What the stream still has, the head first."""
        if self._first and not self._taken:
            self._taken = len(self._first)
            yield self._first
        for chunk in self._nuls.again():
            self._taken += len(chunk)
            yield chunk
        if self._over is not None:
            error, self._over = self._over, None
            raise error
        while chunk := self._pull(_CHUNK):
            self._taken += len(chunk)
            yield chunk

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

    def _note_encoding(self, encoding: str, *, bom: bool) -> None:
        if encoding != "utf-8":
            self.note(f"{encoding} text decoded")
        elif bom:
            self.note("byte order mark dropped")

    def _left_out(self, reason: str, offset: int, length: int, number: int) -> None:
        """Quarantine what is longer than a line may be."""
        self.quarantine(reason, offset=offset, length=length, line=number)
        self.note(f"{reason}; in quarantine")
        self.parse_status = self.parse_status if self.parse_status in _UNREAD else "partial"
