"""The archive that leaves: its bytes, and how they are written."""

import gzip
import hashlib
import io
import os
import signal
import subprocess
import sys
import tarfile
import textwrap
import time

import pytest

import triage
from tests import canaries
from tests.reading import SAMPLES
from triage.share.archive import ReviewedArchive, fitting, frozen
from triage.share.spool import Spool

PANIC = SAMPLES / "0xgen" / "crash-20260126T012559123Z.tar.gz"


def approved(what, **options):
    case = triage.load(what)
    return case.redact().approve(by="Ada", when="2026-02-10", **options)


def members(archive):
    with tarfile.open(fileobj=io.BytesIO(archive.bytes)) as tar:
        return {info.name: (info, tar.extractfile(info).read()) for info in tar}


def test_a_single_crash_keeps_the_root_and_the_names_of_0xgen():
    archive = approved(PANIC)
    with tarfile.open(PANIC) as original:
        names = {info.name for info in original if info.isfile()}
    assert set(archive.files) == names | {"MANIFEST.json", "REVIEW.json"}
    assert all(name.startswith("crash/") for name in names)


def test_a_folder_of_a_crash_leaves_as_the_same_bundle(tmp_path):
    with tarfile.open(PANIC) as original:
        for info in original:
            if info.isfile():
                target = tmp_path / "crash-20260126T012559123Z" / info.name.rpartition("/")[2]
                target.parent.mkdir(exist_ok=True)
                target.write_bytes(original.extractfile(info).read())
    assert approved(tmp_path / "crash-20260126T012559123Z").files == approved(PANIC).files


def test_headers_tell_nothing():
    archive = approved(canaries.archive())
    data = archive.bytes
    assert data[:10] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
    assert list(members(archive)) == sorted(archive.files)
    for info, _ in members(archive).values():
        assert (info.uid, info.gid, info.uname, info.gname, info.mtime, info.mode) == (0, 0, "", "", 0, 0o644)
        assert (info.isfile(), info.linkname, info.pax_headers) == (True, "", {})
    raw = gzip.decompress(data)
    assert raw[257:263] == b"ustar\0"
    assert canaries.held(raw.decode("utf-8", "replace")) == []


def test_the_same_input_gives_the_same_bytes_in_any_order(tmp_path):
    once, again = approved(canaries.archive()), approved(canaries.archive())
    assert once.digest == again.digest
    paths = [PANIC, SAMPLES / "sentry" / "python-crash.envelope", SAMPLES / "flutter" / "logcat.txt"]
    assert approved(paths).bytes == approved(paths[::-1]).bytes


def test_the_order_of_members_in_an_archive_does_not_matter(tmp_path):
    made = []
    for names in (sorted(canaries.files()), sorted(canaries.files(), reverse=True)):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w") as tar:
            for name in names:
                info = tarfile.TarInfo(name)
                info.size = len(canaries.files()[name])
                tar.addfile(info, io.BytesIO(canaries.files()[name]))
        made.append(members(approved(out.getvalue())))
    first, second = ({name: data for name, (_, data) in each.items() if "/" in name} for each in made)
    assert first == second


def test_the_bytes_saved_are_those_that_were_approved(tmp_path):
    archive = approved(PANIC)
    written = archive.save(tmp_path / "out.tar.gz")
    assert written.read_bytes() == archive.bytes
    assert [path.name for path in tmp_path.iterdir()] == ["out.tar.gz"]
    assert archive.size == written.stat().st_size
    assert archive.digest == hashlib.sha256(written.read_bytes()).hexdigest()


def test_an_archive_that_is_there_is_replaced_as_a_whole(tmp_path):
    target = tmp_path / "out.tar.gz"
    approved(b"another case").save(target)
    approved(PANIC).save(target)
    assert target.read_bytes() == approved(PANIC).bytes


def test_a_place_that_cannot_be_written_is_an_error_and_leaves_nothing(tmp_path):
    target = tmp_path / "folder"
    target.mkdir()
    (target / "inside").touch()
    with pytest.raises(triage.TriageError, match="name another place"):
        approved(PANIC).save(target)
    with pytest.raises(triage.TriageError, match="name another place"):
        approved(PANIC).save(tmp_path / "nowhere" / "out.tar.gz")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_a_process_killed_while_it_saves_leaves_nothing_under_the_name(tmp_path):
    script = textwrap.dedent(
        """
        import signal, sys, time
        from triage.share import archive
        from triage.share.spool import Spool

        signal.signal(signal.SIGINT, signal.default_int_handler)  # shells in the background ignore it
        spool = Spool()
        piece = spool.write([bytes(1 << 20)] * 3)
        made = archive.ReviewedArchive(spool, piece, files=(), review={})
        def slow(chunks):
            for chunk in chunks:
                yield chunk
                print("wrote", flush=True)
                time.sleep(30)
        archive._write(slow(spool.chunks(piece)), __import__("pathlib").Path(sys.argv[1]))
        """
    )
    target = tmp_path / "out.tar.gz"
    with subprocess.Popen([sys.executable, "-c", script, target], stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"wrote\n"
        assert not target.exists()
        os.kill(process.pid, signal.SIGKILL)
    assert not target.exists()
    with subprocess.Popen([sys.executable, "-c", script, target], stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"wrote\n"
        left = set(tmp_path.iterdir())
        os.kill(process.pid, signal.SIGINT)
        process.wait()
        time.sleep(0.1)
    assert not target.exists()
    assert len(list(tmp_path.iterdir())) == len(left) - 1


def test_a_reviewed_archive_is_made_by_an_approval_only_and_tells_no_content():
    archive = approved(canaries.archive())
    assert canaries.held(repr(archive)) == []
    with pytest.raises(TypeError, match="save"):
        archive.__reduce__()
    assert repr(archive).startswith(f"<triage.ReviewedArchive: {len(archive.files)} files, {archive.size:,} bytes, ")
    assert not hasattr(archive, "approve")


@pytest.mark.parametrize(
    "name",
    ["a.log", "x" * 101 + ".log", "d" * 156 + "/a.log", "é" * 80 + ".json", f"{'f' * 90}/{'g' * 90}/{'h' * 99}"],
)
def test_every_name_fits_a_plain_header(name):
    short = fitting(name)
    assert fitting(short) == short
    with Spool() as spool:
        piece = spool.write([b"text"])
        archive = frozen({short: (spool, piece)}, review={})
    ((info, data),) = members(archive).values()
    assert (info.name, data, info.pax_headers) == (short, b"text", {})
    assert isinstance(archive, ReviewedArchive)


def test_long_names_that_begin_alike_stay_apart_and_masks_stay_whole():
    first, second = fitting("x" * 120 + "1.log"), fitting("x" * 120 + "2.log")
    assert first != second
    assert first.endswith(".log")
    cut = fitting("y" * 80 + "[username:1:8-15]" * 3)
    assert cut.count("[") == cut.count("]")
