from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import stat
import struct
import subprocess
import sys
import tarfile
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reading import ROOT
from triage.errors import LimitError
from triage.loading import read_back, read_tables
from triage.records import Records
from triage.sources import archives
from triage.sources.compression import PIECE_OUT, Inflated, ZlibCodec
from triage.sources.context import Context
from triage.sources.inputs import Inputs
from triage.sources.limits import Limits
from triage.sources.reader import Feed, Gauge
from triage.sources.source import OverLimitError, Source

try:
    import zstandard
except ImportError:
    zstandard = None

needs_zstd = pytest.mark.skipif(zstandard is None, reason="the extra zstd is not installed")
LOG = b"".join(b"2026-01-01T00:00:%02d line %d of a log that says little\n" % (n % 60, n) for n in range(2_000))
FILES = {"crash/manifest.json": b'{"version": "1.2.3"}\n', "crash/world.log": LOG, "crash/empty.txt": b""}


@dataclass
class Seen:
    """What came of reading one input."""

    files: list[dict[str, Any]]
    quarantine: list[dict[str, Any]]
    content: dict[str, bytes]
    over: str | None = None
    ids: dict[str, str] = field(default_factory=dict)

    def row(self, path: str) -> dict[str, Any]:
        (row,) = [row for row in self.files if row["path"] == path]
        return row

    @property
    def top(self) -> dict[str, Any]:
        (row,) = [row for row in self.files if row["depth"] == 0]
        return row

    @property
    def paths(self) -> list[str]:
        return [row["path"] for row in self.files if row["depth"]]

    def check_sums(self, size: int) -> None:
        assert self.top["bytes"] == size
        for row in self.files:
            inside = [member["bytes"] for member in self.files if member["container_id"] == row["source_id"]]
            if row["overhead_bytes"] is None:
                assert not inside
            else:
                assert row["bytes"] == sum(inside) + row["overhead_bytes"]


def load(data: bytes, name: str = "case", **limits: Any) -> Seen:
    """Read bytes as the loader does, keeping what every file gave."""
    content: dict[str, bytes] = {}
    over: list[str] = []

    def dispatch(source: Source) -> None:
        try:
            if source.parse_status is None and not archives.read(source):
                content[source.path] = b""
                for chunk in source.chunks():
                    content[source.path] += chunk
        except OverLimitError as error:
            if source.depth == 0:
                over.append(error.limit)
            source.parse_status = "quarantined"
            source.note(str(error))
            source.quarantine(str(error), offset=0)
        source.close()

    records = Records()
    context = Context(records=records, limits=Limits(**limits), read=dispatch)
    dispatch(Source(context, name, data=data))
    tables = records.finish()
    seen = Seen(tables["files"].to_pylist(), tables["quarantine"].to_pylist(), content, over[0] if over else None)
    seen.check_sums(len(data))
    return seen


def tar(files: dict[str, bytes], *, form: int = tarfile.PAX_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def tar_of(*infos: tarfile.TarInfo, data: bytes = b"") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for info in infos:
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def entry(name: str, kind: bytes = tarfile.REGTYPE, *, size: int = 0, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.size, info.linkname = kind, size, link
    return info


def zipped(files: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()


def zst(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=3).compress(data)


COMPRESSORS = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, **({"zst": zst} if zstandard else {})}
KINDS = {
    "tar": tar(FILES),
    **{f"tar.{kind}": pack(tar(FILES)) for kind, pack in COMPRESSORS.items()},
    "zip": zipped(FILES),
    "stored.zip": zipped(FILES, method=zipfile.ZIP_STORED),
    "bz2.zip": zipped(FILES, method=zipfile.ZIP_BZIP2),
}


@pytest.mark.parametrize("kind", KINDS)
def test_members_of_every_kind(kind):
    data = KINDS[kind]
    seen = load(data, f"case.{kind}")
    assert seen.content == FILES
    assert seen.paths == sorted(FILES, key=list(FILES).index)
    assert {row["depth"] for row in seen.files} == {0, 1}
    assert {row["parse_status"] for row in seen.files} == {"ok"}
    assert seen.row("crash/empty.txt")["reason"] == "empty file"
    assert seen.top["overhead_bytes"] == len(data) - sum(map(len, FILES.values()))
    assert seen.top["reason"] is None
    assert not seen.quarantine


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_tar_forms_and_long_names(form):
    deep = "/".join(["a-folder-with-a-long-name"] * 5) + "/file.log"
    umlaut = "crash/Überlauf.log"
    assert len(deep) > 100
    names = [deep, umlaut] + ([] if form == tarfile.USTAR_FORMAT else ["x" * 300])
    seen = load(tar({name: name.encode() for name in names}, form=form))
    assert seen.content == {name: name.encode() for name in names}


def test_old_tar_without_a_magic():
    block = bytearray(tar({"a.log": b"text"}, form=tarfile.USTAR_FORMAT))
    block[257:345] = bytes(88)
    block[156] = 0
    block[148:156] = b"        "
    block[148:156] = b"%06o\0 " % sum(block[:512])
    assert load(bytes(block)).content == {"a.log": b"text"}


def test_overhead_of_a_plain_tar_is_its_headers_and_padding():
    data = tar({"a": b"x" * 700, "b": b"y" * 512}, form=tarfile.USTAR_FORMAT)
    seen = load(data)
    # two headers, 324 bytes of padding, and the zeros up to the record of 10,240 bytes
    assert len(data) == 10_240
    assert seen.top["overhead_bytes"] == 10_240 - 1_212


@pytest.mark.parametrize(("kind", "pack"), COMPRESSORS.items())
def test_one_compressed_file_is_named_without_its_suffix(kind, pack):
    seen = load(pack(LOG), f"logs/world.log.{kind}")
    assert seen.content == {"world.log": LOG}
    assert seen.top["overhead_bytes"] == len(pack(LOG)) - len(LOG)


def test_the_name_in_a_gzip_header_is_not_used():
    out = io.BytesIO()
    with gzip.GzipFile("../../etc/evil", "wb", fileobj=out) as packed:
        packed.write(LOG)
    assert load(out.getvalue(), "world.log.gz").content == {"world.log": LOG}


def test_gzip_header_fields():
    raw = zlib.compressobj(6, zlib.DEFLATED, -15)
    body = raw.compress(LOG) + raw.flush()
    fields = struct.pack("<H", 5) + b"extra" + b"a name\0" + b"a comment " * 20_000 + b"\0" + b"\x12\x34"
    trailer = struct.pack("<II", zlib.crc32(LOG), len(LOG))
    seen = load(b"\x1f\x8b\x08\x1e\0\0\0\0\0\xff" + fields + body + trailer, "a.gz")
    assert seen.content == {"a": LOG}
    assert seen.top["parse_status"] == "ok"


@pytest.mark.parametrize(("kind", "pack"), COMPRESSORS.items())
def test_streams_that_follow_each_other_are_one(kind, pack):
    seen = load(pack(LOG) + pack(b"second") + pack(b"third"), f"a.log.{kind}")
    assert seen.content == {"a.log": LOG + b"secondthird"}
    assert seen.top["parse_status"] == "ok"


@pytest.mark.parametrize(("kind", "pack"), COMPRESSORS.items())
def test_bytes_after_the_end_are_noted(kind, pack):
    seen = load(pack(LOG) + bytes(8) + b"what is this", f"a.log.{kind}")
    assert seen.content == {"a.log": LOG}
    assert seen.top["parse_status"] == "partial"
    assert seen.top["reason"] == f"12 bytes after the end of the {kind} stream were not read"


def test_bytes_after_a_tar_and_a_zip():
    assert load(tar(FILES) + b"tail").top["reason"] == "4 bytes after the end of the tar archive were not read"
    assert load(zipped(FILES) + b"tail").top["reason"] == "4 bytes after the end of the zip archive were not read"
    for padded in (tar(FILES) + bytes(5_000), zipped(FILES) + bytes(5_000)):
        assert (load(padded).top["reason"], load(padded).top["parse_status"]) == (None, "ok")


@needs_zstd
def test_skippable_frames_of_zstandard():
    skip = struct.pack("<II", 0x184D2A53, 5) + b"12345"
    assert load(skip + zst(LOG) + skip + zst(b"more"), "a.zst").content == {"a": LOG + b"more"}


@needs_zstd
def test_xz_and_zstd_as_zip_methods():
    data = bytearray(zipped({"a.log": b"12345"}, method=zipfile.ZIP_STORED))
    for method, pack in ((93, zst), (95, lzma.compress)):
        packed = pack(LOG)
        local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, method, 0, 0, zlib.crc32(LOG), len(packed), len(LOG), 5, 0)
        central = struct.pack(
            "<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, method, 0, 0, zlib.crc32(LOG), len(packed), len(LOG), 5, *[0] * 6
        )
        place = len(local) + 5 + len(packed)
        end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(central) + 5, place, 0)
        data = local + b"a.log" + packed + central + b"a.log" + end
        assert load(data).content == {"a.log": LOG}


def test_a_zip_method_that_is_not_read():
    seen = load(zipped({"a.log": LOG}, method=zipfile.ZIP_LZMA))
    assert seen.row("a.log")["parse_status"] == "unknown"
    assert "method 14" in seen.row("a.log")["reason"]


def test_zip64_and_data_descriptors():
    class Unseekable(io.BytesIO):
        def seekable(self):
            return False

        def seek(self, *_):
            raise OSError("no")

        def tell(self):
            raise OSError("no")

    out = Unseekable()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in FILES.items():
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(data)
    assert load(out.getvalue()).content == FILES


@pytest.mark.parametrize("kind", ["tar", "tar.gz", "zip"])
def test_archives_in_archives(kind):
    inner = zipped({"deep/a.log": LOG, "b.gz": gzip.compress(b"packed twice")})
    middle = gzip.compress(tar({"inner.zip": inner, "c.log": b"c"}))
    outer = {"tar": tar, "tar.gz": lambda files: gzip.compress(tar(files)), "zip": zipped}[kind](
        {"middle.tgz": middle, "d.log": b"d"}
    )
    seen = load(outer)
    assert seen.content == {"deep/a.log": LOG, "b": b"packed twice", "c.log": b"c", "d.log": b"d"}
    assert {path: seen.row(path)["depth"] for path in seen.paths} == {
        "d.log": 1,
        "middle.tgz": 1,
        "c.log": 2,
        "inner.zip": 2,
        "deep/a.log": 3,
        "b.gz": 3,
        "b": 4,
    }


def test_nesting_is_bounded():
    data = LOG
    for depth in range(4):
        data = gzip.compress(tar({f"level-{depth}": data}))
    seen = load(data, nesting=3)
    closed = seen.row("level-0") if "level-0" in seen.paths else seen.row("level-1")
    assert closed["path"] == "level-1"
    assert closed["depth"] == 3
    assert closed["parse_status"] == "quarantined"
    assert "nesting=3" in closed["reason"]
    assert "triage.Limits(nesting=...)" in closed["reason"]
    assert [row["source_id"] for row in seen.quarantine] == [closed["source_id"]]
    assert load(data, nesting=4).content == {"level-0": LOG}


HOSTILE = {
    "/etc/passwd": "an absolute path",
    "../up.log": "the path leads out of the archive (..)",
    "a/../../up.log": "the path leads out of the archive (..)",
    "a\\..\\up.log": "the path leads out of the archive (..)",
    "C:\\Windows\\x.log": "a drive letter in the name",
    "c:x.log": "a drive letter in the name",
    "\\\\server\\share": "a network path",
    "//server/share": "a network path",
    "\\absolute": "an absolute path",
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("make", [tar, zipped])
def test_names_that_lead_elsewhere_are_refused(make, name):
    seen = load(make({name: LOG, "fine.log": b"fine"}))
    row = seen.row(name)
    assert seen.content == {"fine.log": b"fine"}
    assert row["parse_status"] == "refused"
    assert row["reason"] == HOSTILE[name]
    assert row["bytes"] == len(LOG)
    assert not seen.quarantine


def test_a_nul_in_a_name_and_control_characters():
    data = zipped({"aXb.log": LOG, "red\x1b[31m.log": b"1", "right\u202eleft.log": b"2"}).replace(b"aXb", b"a\0b")
    seen = load(data)
    assert seen.row("a\\x00b.log")["reason"] == "a NUL in the name"
    assert seen.content == {"red\\x1b[31m.log": b"1", "right\\u202eleft.log": b"2"}


def test_names_that_are_not_utf8():
    data = tar({"zone-XX.log": LOG}, form=tarfile.USTAR_FORMAT)
    header = bytearray(data[:512].replace(b"XX", b"\xff\xfe"))
    header[148:156] = b"        "
    header[148:156] = b"%06o\0 " % sum(header)
    assert load(bytes(header) + data[512:]).content == {"zone-\\xff\\xfe.log": LOG}


def test_links_devices_and_fifos_are_rows_with_a_reason():
    kinds = {
        "sym": (tarfile.SYMTYPE, "a symbolic link, never followed"),
        "hard": (tarfile.LNKTYPE, "a hard link, never followed"),
        "fifo": (tarfile.FIFOTYPE, "a FIFO"),
        "char": (tarfile.CHRTYPE, "a device"),
        "block": (tarfile.BLKTYPE, "a device"),
    }
    infos = [entry(name, kind, link="/etc/passwd") for name, (kind, _) in kinds.items()]
    seen = load(tar_of(*infos, entry("last.log", size=4), data=b"last"))
    assert seen.content == {"last.log": b"last"}
    for name, (_, reason) in kinds.items():
        assert (seen.row(name)["parse_status"], seen.row(name)["reason"]) == ("refused", reason)
        assert seen.row(name)["bytes"] == 0


def test_sparse_files_are_refused_and_passed():
    pax = entry("sparse.log", size=1_000)
    pax.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "real.log"}
    seen = load(tar_of(pax, data=b"x" * 1_000))
    assert seen.row("real.log")["reason"] == "a sparse file"
    assert seen.row("real.log")["bytes"] == 1_000
    # The old form: a map in the header and in one more block, then the data.
    block = bytearray(entry("old.log", tarfile.GNUTYPE_SPARSE, size=600).tobuf(tarfile.GNU_FORMAT))
    block[482] = 1
    block[148:156] = b"        "
    block[148:156] = b"%06o\0 " % sum(block)
    data = bytes(block) + bytes(512) + b"y" * 600 + bytes(424) + tar({"next.log": b"next"})
    seen = load(data)
    assert seen.row("old.log")["reason"] == "a sparse file"
    assert seen.content == {"next.log": b"next"}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("make", [tar, zipped])
def test_the_same_name_by_case_or_composition_is_refused(make):
    names = ["A/World.log", "a/world.LOG", "a//./world.log", "Grüße.log", "Gru\u0308ße.log", "straße", "STRASSE"]
    seen = load(make({name: name.encode() for name in names}))
    assert list(seen.content) == ["A/World.log", "Grüße.log", "straße"]
    refused = [row for row in seen.files if row["parse_status"] == "refused"]
    assert len(refused) == 4
    assert all("the same name" in row["reason"] and row["bytes"] for row in refused)
    assert all("folds case" in row["reason"] for row in refused)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_comes_again_is_no_matter_of_case():
    again = [entry("a.log", size=1), entry("./a.log", size=1), entry("A.log", size=1)]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for info in again:
            archive.writestr(info.name.removeprefix("./"), b"x")
    for data in (tar_of(*again, data=b"x"), out.getvalue()):
        seen = load(data)
        assert [row["reason"] for row in seen.files if row["parse_status"] == "refused"] == [
            "the same name as a member before it",
            "the same name as a member before it, on a file system that folds case",
        ]


def test_dot_slash_is_dropped_and_folders_have_no_row():
    folder, bad = entry("./crash", tarfile.DIRTYPE), entry("../out", tarfile.DIRTYPE)
    seen = load(tar_of(folder, bad, entry("./crash/a.log", size=1), data=b"a"))
    assert seen.paths == ["../out", "crash/a.log"]
    assert seen.row("../out")["parse_status"] == "refused"


def test_links_in_a_zip_are_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, mode in (
            ("link", stat.S_IFLNK),
            ("pipe", stat.S_IFIFO),
            ("-", stat.S_IFIFO),
            ("a.log", stat.S_IFREG),
        ):
            info = zipfile.ZipInfo(name)
            info.create_system, info.external_attr = 3, (mode | 0o666) << 16
            archive.writestr(info, "" if name == "pipe" else "/etc/passwd")
    seen = load(out.getvalue())
    # Info-ZIP marks as a FIFO what it was given on its standard input
    assert seen.content == {"-": b"/etc/passwd", "a.log": b"/etc/passwd"}
    assert seen.row("link")["reason"] == "a symbolic link, never followed"
    assert seen.row("pipe")["reason"] == "a device, FIFO or socket"


def test_encrypted_members_are_refused():
    data = bytearray(zipped({"secret.log": LOG}))
    data[6] |= 1
    data[data.rindex(b"PK\1\2") + 8] |= 1
    seen = load(bytes(data))
    assert seen.content == {}
    assert seen.row("secret.log")["parse_status"] == "refused"
    assert seen.row("secret.log")["reason"].startswith("encrypted")


def test_zip_entries_that_share_bytes_are_refused():
    data = zipped({"kernel": bytes(100_000), "fine.log": b"fine"})
    central = data.index(b"PK\1\2")
    end = data.rindex(b"PK\5\6")
    first = data[central : data.index(b"PK\1\2", central + 4)]
    extra = b"".join(first.replace(b"kernel", b"copy%02d" % n) for n in range(20))
    body = data[:central] + data[central:end] + extra
    tail = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 22, 22, len(body) - central, central, 0)
    seen = load(body + tail)
    assert seen.content == {"fine.log": b"fine"}
    refused = [row for row in seen.files if row["parse_status"] == "refused"]
    assert len(refused) == 21
    assert {row["bytes"] for row in refused} == {0}


def test_a_local_header_with_another_name_is_refused():
    data = zipped({"seen.log": LOG})
    assert load(data.replace(b"seen", b"else", 1)).row("seen.log")["reason"] == "its local header has another name"


def bomb(size: int) -> bytes:
    return gzip.compress(bytes(size))


def test_a_member_over_its_limit_is_quarantined_and_the_archive_goes_on():
    files = {"big.log": LOG, "small.log": b"small"}
    for data in (tar(files), gzip.compress(tar(files)), zipped(files)):
        seen = load(data, member_bytes=5_000)
        assert seen.over is None
        assert seen.content["small.log"] == b"small"
        assert seen.row("big.log")["parse_status"] == "quarantined"
        assert "member_bytes=5,000" in seen.row("big.log")["reason"]
        assert [row["source_id"] for row in seen.quarantine] == [seen.row("big.log")["source_id"]]


def test_a_member_that_says_nothing_of_its_size_is_cut_at_the_limit():
    seen = load(gzip.compress(LOG), "a.gz", member_bytes=5_000)
    assert seen.row("a")["bytes"] == 5_000
    assert seen.row("a")["parse_status"] == "quarantined"
    assert load(gzip.compress(LOG), "a.gz", member_bytes=len(LOG)).row("a")["parse_status"] == "ok"


def test_a_member_that_no_reader_reads_is_still_held_to_its_limit():
    rows = read_tables(Inputs(tar({"big.bin": bytes(9_000)}), name="x"), limits=Limits(member_bytes=5_000))
    (row,) = [row for row in rows["files"].to_pylist() if row["depth"]]
    assert row["parse_status"] == "quarantined"


@pytest.mark.parametrize("kind", ["tar", "tar.gz", "zip"])
def test_too_many_members_end_the_archive(kind):
    seen = load(KINDS[kind], members=2)
    assert seen.over == "members"
    assert list(seen.content) == list(FILES)[:2]
    assert seen.top["parse_status"] == "quarantined"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "stored.zip"])
def test_too_many_bytes_end_the_archive(kind):
    seen = load(KINDS[kind], archive_bytes=10_000)
    assert seen.over == "archive_bytes"
    assert "crash/manifest.json" in seen.content
    assert "crash/empty.txt" not in seen.content


def test_bytes_of_nested_archives_count_for_the_input():
    inner = zipped({"a.log": LOG})
    outer = tar({f"{n}.zip": inner for n in range(10)})
    seen = load(outer, archive_bytes=3 * len(LOG))
    assert seen.over == "archive_bytes"
    assert sum(row["bytes"] for row in seen.files if row["path"] == "a.log") <= 3 * len(LOG)


def test_the_last_member_may_be_the_one_that_is_too_much():
    assert load(tar({"a.zip": zipped({"a.log": LOG})}), archive_bytes=len(LOG)).over == "archive_bytes"


@pytest.mark.parametrize(("kind", "pack"), COMPRESSORS.items())
def test_bombs_end_by_their_ratio(kind, pack):
    seen = load(pack(bytes(20 << 20)), f"bomb.{kind}", ratio_from_bytes=1 << 20)
    assert seen.over == "ratio"
    assert sum(row["bytes"] for row in seen.files) < 10 << 20
    assert load(pack(bytes(1 << 19)), f"bomb.{kind}", ratio_from_bytes=1 << 20).over is None


def test_a_bomb_in_a_zip_and_in_a_tar():
    limits = {"ratio_from_bytes": 1 << 20}
    assert load(zipped({"bomb": bytes(20 << 20)}), **limits).over == "ratio"
    seen = load(tar({"x.gz": bomb(20 << 20), "after.log": b"after"}), **limits)
    assert seen.over is None
    assert seen.row("x.gz")["parse_status"] == "quarantined"
    assert seen.content["after.log"] == b"after"


def test_a_zip_in_an_archive_has_to_fit_in_memory():
    data = tar({"inner.zip": zipped(FILES, method=zipfile.ZIP_STORED), "after.log": b"after"})
    seen = load(data, document_bytes=10_000)
    assert seen.row("inner.zip")["parse_status"] == "quarantined"
    assert "document_bytes" in seen.row("inner.zip")["reason"]
    assert seen.content["after.log"] == b"after"


def test_a_zip_that_gives_more_than_it_declares():
    data = zipped({"a.log": LOG})
    small = data.replace(struct.pack("<L", len(LOG)), struct.pack("<L", 100))
    seen = load(small)
    assert seen.row("a.log")["bytes"] == 100
    assert seen.row("a.log")["parse_status"] == "partial"
    assert seen.top["parse_status"] == "partial"


def test_a_single_input_raises_and_one_of_many_is_quarantined(tmp_path):
    (tmp_path / "a.tar").write_bytes(tar(FILES))
    with pytest.raises(LimitError, match=r"a\.tar: .*members=2.*triage\.Limits\(members=\.\.\.\)"):
        read_tables(Inputs(tmp_path / "a.tar"), limits=Limits(members=2))
    rows = read_tables(Inputs(tmp_path), limits=Limits(members=2))
    assert [row["parse_status"] for row in rows["files"].to_pylist() if row["depth"] == 0] == ["quarantined"]
    assert rows["quarantine"].num_rows == 1


def test_huge_extended_headers_are_not_held():
    info = entry("a.log", size=4)
    info.pax_headers = {"path": "x" * (3 << 20)}
    seen = load(tar_of(info, data=b"text"))
    assert len(seen.files) == 2
    (row,) = [row for row in seen.files if row["depth"]]
    assert row["parse_status"] == "refused"
    assert "extended header" in row["reason"]
    long = load(tar({"y" * 5_000: b"text"}, form=tarfile.GNU_FORMAT))
    assert "more than 4,096 characters" in long.files[1]["reason"]
    assert len(long.files[1]["path"]) == 4_096


@pytest.mark.parametrize("size", [b"-5", b"1" * 30, "٣".encode(), b""])
def test_an_extended_header_with_a_bad_size(size):
    record = b"size=" + size + b"\n"
    line = b"%d " % (len(record) + 3) + record
    pax = entry("x", tarfile.XHDTYPE, size=len(line)).tobuf(tarfile.USTAR_FORMAT)
    data = pax + line + bytes(-len(line) % 512) + tar({"a.log": b"text"}, form=tarfile.USTAR_FORMAT)
    seen = load(data)
    assert seen.row("a.log")["parse_status"] == "refused"


def test_a_bad_checksum_keeps_the_content():
    data = bytearray(gzip.compress(LOG))
    data[-8] ^= 1
    seen = load(bytes(data), "a.log.gz")
    assert seen.content == {"a.log": LOG}
    assert seen.row("a.log")["parse_status"] == "partial"
    assert seen.top["reason"] == "the gz stream is damaged: its checksum does not match"
    assert [row["source_id"] for row in seen.quarantine] == [seen.top["source_id"]]
    zipfile_ = bytearray(zipped({"a.log": LOG}))
    zipfile_[14] ^= 1
    zipfile_[zipfile_.rindex(b"PK\1\2") + 16] ^= 1
    seen = load(bytes(zipfile_))
    assert seen.content == {"a.log": LOG}
    assert seen.row("a.log")["reason"] == "its checksum does not match"


@pytest.mark.parametrize(("kind", "pack"), COMPRESSORS.items())
def test_damage_in_the_middle_keeps_what_came_before(kind, pack):
    chooser = random.Random(3)
    noise = b"".join(b"%d\n" % chooser.getrandbits(64) for _ in range(2_000))
    data = bytearray(pack(noise))
    at = len(data) * 3 // 4
    data[at : at + 40] = bytes(255 - byte for byte in data[at : at + 40])
    seen = load(bytes(data), f"a.{kind}")
    got = seen.content["a"]
    assert seen.top["parse_status"] == "partial"
    assert len(seen.quarantine) == 1
    if kind == "gz":  # the others check whole blocks before they give anything
        assert noise.startswith(got[:20_000])
        assert len(got) > 20_000


@pytest.mark.parametrize("kind", KINDS)
def test_truncation_anywhere_keeps_what_was_there(kind):
    data = KINDS[kind]
    chooser = random.Random(11)
    for at in sorted({*range(1, 700, 23), *(chooser.randrange(1, len(data)) for _ in range(60)), len(data) - 1}):
        seen = load(data[:at], f"case.{kind}")
        for path, content in seen.content.items():
            if path in FILES:
                assert FILES[path].startswith(content)
        if archives.is_archive(data[:at]) and FILES.keys() - seen.content.keys():
            assert seen.top["parse_status"] == "partial"
            assert seen.quarantine


def test_a_zip_without_its_end_is_read_from_the_front():
    data = zipped(FILES)
    seen = load(data[: data.index(b"PK\1\2")])
    assert seen.content == FILES
    assert seen.top["parse_status"] == "partial"


def test_a_tar_without_its_end_mark_is_partial():
    data = tar({"a": b"x" * 512}, form=tarfile.USTAR_FORMAT)[:1_024]
    seen = load(data)
    assert seen.content == {"a": b"x" * 512}
    assert seen.top["reason"] == "the tar archive is damaged: it has no end mark and may be cut short"
    assert seen.quarantine[0]["offset"] == 1_024


def test_three_hundred_members_in_order():
    files = {f"logs/{n:03}.log": b"%d\n" % n for n in range(300)}
    for data in (gzip.compress(tar(files)), zipped(files)):
        seen = load(data)
        assert seen.content == files
        assert seen.paths == list(files)


def test_other_archives_are_named():
    seven, rar, lz4 = b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07\x01\0", b"\x04\x22\x4d\x18"
    for head, name in ((seven, "a 7z archive"), (rar, "a rar archive"), (lz4, "an lz4 file")):
        seen = load(head + bytes(600))
        assert seen.top["parse_status"] == "unknown"
        assert name in seen.top["reason"]


def test_zstandard_without_its_module():
    code = (
        "import sys; sys.modules['zstandard'] = sys.modules['compression.zstd'] = None;"
        "from triage.loading import read_tables; from triage.sources.inputs import Inputs;"
        "from triage.sources.limits import Limits;"
        "row = read_tables(Inputs(bytes.fromhex('28b52ffd00')), limits=Limits())['files'].to_pylist()[0];"
        "print(row['parse_status'], row['reason'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "unknown zstandard needs the extra: pip install 'crash-triage[zstd]'\n"


def test_detection_is_by_content():
    assert archives.is_archive(KINDS["tar.gz"]) == "gz"
    assert archives.is_archive(KINDS["tar"]) == "tar"
    assert archives.is_archive(KINDS["zip"]) == "zip"
    assert archives.is_archive(zipped({})) == "zip"
    assert archives.is_archive(b"BZh is how a line of text may begin") is None
    assert archives.is_archive(bytes(1_024)) is None
    assert archives.is_archive(b"") is None
    assert load(zipped({})).top["reason"] == "an archive without members"


def test_reading_back_a_nested_member():
    data = tar({"a.log": b"a", "inner.tgz": gzip.compress(tar({"deep/b.log": LOG})), "z.log": b"z"})
    inputs = Inputs(data, name="case.tar")
    rows = {row["path"]: row for row in read_tables(inputs, limits=Limits())["files"].to_pylist()}
    chain = tuple(rows[path]["source_id"] for path in ("case.tar", "inner.tgz", "deep/b.log"))
    assert read_back(inputs, chain, offset=100, length=50, limits=Limits()) == LOG[100:150]
    assert read_back(inputs, chain, offset=0, length=1 << 30, limits=Limits()) == LOG


def test_no_output_piece_is_large():
    for kind, pack in COMPRESSORS.items():
        context = Context(records=Records(), limits=Limits(), read=lambda _: None)
        gauge = Gauge(Source(context, "x", data=b""))
        stream = Inflated(kind, Feed(iter([pack(bytes(30 << 20))]), gauge), gauge)
        largest = max(map(len, iter(lambda: stream.read(1 << 30), b"")))  # noqa: B023 - read within the loop
        assert largest <= (16 << 20 if kind == "zst" else PIECE_OUT)


@given(st.binary(max_size=3_000), st.integers(1, 50), st.integers(1, 5_000))
def test_the_fallback_inflates_as_isal_does(data, step, bound):
    raw = zlib.compressobj(6, zlib.DEFLATED, -15)
    packed = raw.compress(data * 9) + raw.flush() + b"after"
    codec, out, at = ZlibCodec(), b"", 0
    while not codec.eof:
        piece = packed[at : at + step] if codec.needs_input else b""
        at += len(piece)
        got = codec.decompress(piece, bound)
        assert len(got) <= bound
        out += got
    assert out == data * 9
    assert codec.unused_data + packed[at:] == b"after"


SMALL = {"members": 20, "member_bytes": 200_000, "archive_bytes": 400_000, "ratio_from_bytes": 100_000}
HEADS = [b"", b"\x1f\x8b\x08\0", b"BZh91AY&SY", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd", b"PK\3\4", b"PK\5\6"]


@given(st.sampled_from(HEADS), st.binary(max_size=2_000))
def test_any_bytes_are_accounted_for(head, data):
    load(head + data, **SMALL)


@given(st.sampled_from(sorted(KINDS)), st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=4)), max_size=6))
def test_any_change_of_an_archive_is_accounted_for(kind, changes):
    data = bytearray(KINDS[kind])
    for place, piece in changes:
        at = int(place * (len(data) - 1))
        data[at : at + max(len(piece), 1)] = piece
    load(bytes(data), **SMALL)
