"""Where an archive may be saved, and what is never replaced."""

import os
import stat
import subprocess
import sys

import pytest

import triage
from triage.share.saving import clear, target


@pytest.fixture
def case(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.log").write_text("started\n")
    (folder / "old.tar.gz").write_bytes(b"an archive that was read")
    return folder


@pytest.mark.parametrize("given", ["in", "in/*", "in/a.log"])
def test_what_was_read_is_never_replaced(case, given):
    archive = triage.load(str(case.parent / given)).redact().approve(by="Ada")
    for name in ("a.log", "old.tar.gz") if given != "in/a.log" else ("a.log",):
        with pytest.raises(triage.TriageError, match="stays as it is; save under another name"):
            archive.save(case / name)
    (case.parent / "link.tar.gz").symlink_to(case / "a.log")
    with pytest.raises(triage.TriageError, match="stays as it is"):
        archive.save(case.parent / "link.tar.gz")
    assert (case / "a.log").read_text() == "started\n"
    # What was not there when it was read may be, and be replaced.
    assert archive.save(archive.save(case / "new.tar.gz")).read_bytes() == archive.bytes


def test_only_a_regular_file_that_is_an_archive_is_replaced(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "notes.tar.gz").write_text("mine")
    (tmp_path / "NOTES.tgz").write_bytes(b"\n")
    (tmp_path / "made.tar.gz").touch()
    assert target(tmp_path / "made.tar.gz") == tmp_path / "made.tar.gz"
    (tmp_path / "no-suffix").write_bytes(b"\x1f\x8b\x08")
    (tmp_path / "link.tar.gz").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(tmp_path / "pipe")
    assert target(tmp_path / "no-suffix") == tmp_path / "no-suffix"
    for name, message in (
        ("notes.txt", "is no tar.gz, and is not replaced"),
        ("notes.tar.gz", "is no tar.gz, and is not replaced"),
        ("NOTES.tgz", "is no tar.gz, and is not replaced"),
        ("link.tar.gz", "a link or a device"),
        ("pipe", "a link or a device"),
        ("", "is a folder"),
        ("x" * 300, "cannot write"),
        ("a\0b", "this is no file name"),
    ):
        with pytest.raises(triage.TriageError, match=message):
            target(tmp_path / name)
    for given in ("", " "):
        with pytest.raises(triage.TriageError, match="this is no file name"):
            target(given)
    with pytest.raises(triage.TriageError, match="of the type int"):
        target(3)


def test_it_is_readable_to_whom_the_umask_lets(tmp_path):
    archive = triage.loads("started").redact().approve(by="Ada")
    before = os.umask(0o077)
    try:
        assert stat.S_IMODE(archive.save(tmp_path / "out.tar.gz").stat().st_mode) == 0o600
    finally:
        os.umask(before)


def test_what_a_killed_process_left_is_taken_away_and_nothing_else(tmp_path):
    names = [".out.tar.gz.1234abcd.part", ".out.tar.gz.live.part", ".other.tar.gz.1234abcd.part"]
    for name in names:
        (tmp_path / name).write_bytes(b"half")
    script = (
        "import sys, time, pathlib\nfrom triage.locking import locked\n"
        "with locked(pathlib.Path(sys.argv[1])):\n    print('held', flush=True)\n    time.sleep(60)\n"
    )
    command = [sys.executable, "-c", script, tmp_path / names[1]]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        clear(tmp_path / "out.tar.gz")
        process.kill()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names[1:])
