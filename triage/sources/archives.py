"""Archives as containers: what is in them becomes sources, one by one, and nothing is extracted.

Which kind a file is, its first bytes say, never its name: tar (ustar, pax, GNU, old), gz, bz2, xz, zst, zip. A
compressed tar is one container, not two. Members are read as they come by; only a zip inside another archive has to be
in memory, for its directory stands at its end. Names that lead elsewhere, links, devices, encrypted and repeated
members are rows of `files` with the reason and are not read. Damage ends a container where it is; what came before it
stays. Bytes behind its end are not read, which makes it partial; padding with zeros is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from triage.sources import zip as zips
from triage.sources.compression import Inflated, compression, has_zstd
from triage.sources.names import Seen, hostile, inner, printable
from triage.sources.reader import Feed, Gauge, Member, Reader
from triage.sources.source import OverLimitError, Source
from triage.sources.tar import TarData, TarReader, is_tar

if TYPE_CHECKING:
    from triage.sources.reader import Tail

__all__ = ("Container", "is_archive", "read")

_MEDIA: Final = {
    "tar": "application/x-tar",
    "gz": "application/gzip",
    "bz2": "application/x-bzip2",
    "xz": "application/x-xz",
    "zst": "application/zstd",
    "zip": "application/zip",
}
_ZIPS: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08PK\x03\x04")
_FOREIGN: Final = {
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!\x1a\x07": "a rar archive",
    b"\x04\x22\x4d\x18": "an lz4 file",
    b"MSCF\0\0\0\0": "a cab archive",
    b"!<arch>\ndebian-binary": "a Debian package",
    b"\xed\xab\xee\xdb": "an RPM package",
    b"xar!\0": "a xar archive",
    b"MSWIM\0\0\0": "a wim archive",
    b"LZIP\x01": "an lzip file",
    b"\x89LZO\0\r\n\x1a\n": "an lzop file",
    b"\x1f\x9d\x90": "a file of compress",
    # Properties, and a dictionary of 64 KiB to 64 MiB.
    **{b"]\0\0" + (1 << power).to_bytes(2, "little"): "an lzma file" for power in range(11)},
}


def is_archive(head: bytes) -> str | None:
    """Which kind of container begins like this: tar, gz, bz2, xz, zst or zip; None for anything else.

    >>> is_archive(b"PK\\x03\\x04 and so on"), is_archive(b"a line of a log")
    ('zip', None)
    """
    if head.startswith(_ZIPS):
        return "zip"
    return compression(head) or ("tar" if is_tar(head) else None)


def read(source: Source) -> bool:
    """Read the members of a container through `source.context.read`; False where the source is none.

    Raises
    ------
    OverLimitError
        A limit ends the container; what was read up to there is accounted for.
    """
    kind = is_archive(source.head)
    if kind is None:
        return _foreign(source)
    source.media = source.media or _MEDIA[kind]
    if kind == "zst" and not has_zstd():
        source.parse_status = "unknown"
        source.note("zstandard needs the extra: pip install 'crash-triage[zstd]'")
        return True
    if source.depth >= source.limits.nesting:
        raise OverLimitError("nesting", source.limits.nesting, "the depth of this archive in others")
    container = Container(source)
    if kind == "zip":
        container.read_zip()
    elif kind == "tar":
        container.read_tar(Feed(source.chunks(), container.gauge))
    else:
        container.read_compressed(kind)
    return True


def _foreign(source: Source) -> bool:
    """Say of archives that triage cannot read what to do with them."""
    for magic, name in _FOREIGN.items():
        if source.head.startswith(magic):
            source.parse_status = "unknown"
            source.note(f"{name}, which triage does not read; unpack it and load the folder")
            return True
    return False


class Container:
    """One container while it is read: its members get their names and their share of the limits here."""

    __slots__ = ("_members", "_seen", "gauge", "source")

    def __init__(self, source: Source) -> None:
        self.source = source
        self.gauge = Gauge(source)
        self._members = 0
        self._seen = Seen()
        source.members_bytes = source.members_bytes or 0

    def read_compressed(self, kind: str) -> None:
        """Read a compressed tar as a tar, any other compressed file as its one member."""
        source = self.source
        inflated = Inflated(kind, Feed(source.chunks(), self.gauge), self.gauge, head=source.head)
        block = inflated.exactly(512)
        inflated.push(block)
        if is_tar(block):
            self.read_tar(inflated, packed=inflated)
        else:
            self._member(inner(source.path) or "content", inflated)
        if inflated.damage:
            self._damaged(inflated.damage, inflated.where)
        if inflated.trailing:
            self._behind(inflated.trailing, f"{kind} stream")

    def read_tar(self, reader: Reader, *, packed: Reader | None = None) -> None:
        """Read the members of a tar; `packed` is the decompressor whose damage explains that of the tar."""
        tar = TarReader(reader, self.gauge)
        for entry in tar:
            if entry.folder:
                self._folder(entry.name, entry.refused)
            else:
                tail = TarData(reader, entry.size)
                self._member(entry.name, tail, declared=entry.size, refused=entry.refused)
        if tar.damage and not (packed and packed.damage):
            if packed:
                self._damaged(f"{tar.damage} (at byte {tar.damaged_at:,} of the uncompressed archive)", None)
            else:
                self._damaged(tar.damage, tar.damaged_at)
        if tar.trailing:
            self._behind(tar.trailing, "tar archive")
        self._done()

    def read_zip(self) -> None:
        """Read the members of a zip in the order of the file."""
        data = self.source.data()
        found, trailing = zips.entries(data, limit=self.gauge.limits.members + 1)
        for entry in found:
            if entry.folder:
                self._folder(entry.name, entry.refused)
            elif entry.broken or entry.refused:
                self._unread(entry.name, entry.refused, broken=entry.broken, at=entry.header)
            elif unread := zips.unread_method(entry):
                self._unread(entry.name, None, unknown=unread)
            else:
                self._zip_member(zips.ZipData(data, entry, self.gauge), entry)
        if trailing is None:
            self._damaged("the zip archive is damaged: its directory is cut off or broken", None)
        elif trailing:
            self._behind(trailing, "zip archive")
        self._done()

    def _zip_member(self, tail: zips.ZipData, entry: zips.Entry) -> None:
        limits, inside = self.gauge.limits, self.gauge.context.inside
        if entry.size and entry.size <= limits.member_bytes and inside + entry.size > limits.archive_bytes:
            raise self.gauge.exceed("archive_bytes", "what this input declares to hold, uncompressed,")
        self._member(entry.name, tail, declared=entry.size or 0)
        if tail.damage and not self.gauge.over:
            self._damaged(f"a member is damaged: {tail.damage}", entry.start)

    def _member(self, name: str, tail: Tail, *, declared: int = 0, refused: str | None = None) -> None:
        """Make a source of a member and have it read; one that is refused is counted only."""
        refused = self._count(name) or refused
        stream = Member(tail, self.gauge, declared=declared)
        member = Source(self.source.context, _shown(name), stream, container=self.source, size=declared or None)
        if refused:
            member.parse_status = "refused"
            member.note(refused)
        self._read(member)

    def _folder(self, name: str, refused: str | None) -> None:
        """Folders are no files: only one whose name leads elsewhere has a row."""
        self._members += 1
        refused = hostile(name) or refused
        if self._members > self.gauge.limits.members:
            raise self.gauge.exceed("members", "the number of files in an archive")
        if refused:
            self._row(name, "refused", refused)

    def _unread(
        self, name: str, refused: str | None, *, broken: str | None = None, unknown: str | None = None, at: int = 0
    ) -> None:
        """Write the row of a member whose content is not read."""
        refused = self._count(name) or refused
        if refused:
            self._row(name, "refused", refused)
        elif unknown:
            self._row(name, "unknown", unknown)
        elif broken:
            self._row(name, "quarantined", broken)
            self._damaged(f"a member is damaged: {broken}", at)

    def _row(self, name: str, status: str, reason: str) -> None:
        member = Source(self.source.context, _shown(name), data=b"", container=self.source)
        member.parse_status = status
        member.note(reason)
        self._read(member)

    def _count(self, name: str) -> str | None:
        """Count a member and say why its name is refused, if it is."""
        self._members += 1
        if self._members > self.gauge.limits.members:
            raise self.gauge.exceed("members", "the number of files in an archive")
        return hostile(name) or self._seen.before(name)

    def _read(self, member: Source) -> None:
        """Have a member read and account for it; a limit that the whole container met ends it here."""
        source, gauge = self.source, self.gauge
        source.context.read(member)
        source.members_bytes = (source.members_bytes or 0) + member.taken
        if gauge.over:
            raise gauge.over
        if gauge.context.inside > gauge.limits.archive_bytes:
            raise gauge.exceed("archive_bytes", "what this input holds, uncompressed,")

    def _behind(self, count: int, what: str) -> None:
        """Tell of bytes behind the end: nobody has looked into them."""
        self.source.parse_status = "partial"
        self.source.note(f"{count:,} bytes after the end of the {what} were not read")

    def _damaged(self, reason: str, at: int | None) -> None:
        self.source.parse_status = "partial"
        self.source.note(reason)
        self.source.quarantine(reason, offset=at)

    def _done(self) -> None:
        if not self._members:
            self.source.note("an archive without members")


def _shown(name: str) -> str:
    return printable(name.removeprefix("./")) or "(no name)"
