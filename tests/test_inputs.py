from __future__ import annotations

import gzip
import io
import os
import pickle
import socket
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

import pytest

from triage.errors import SourceError
from triage.loading import read_back
from triage.records import Records
from triage.sources import archives
from triage.sources.context import Context
from triage.sources.disk import MAPPED_BYTES
from triage.sources.inputs import KEPT_BYTES, Inputs
from triage.sources.limits import Limits
from triage.sources.source import Source


def walk(inputs: Inputs, **limits: Any) -> list[dict[str, Any]]:
    """The rows of `files`, with what each file gave under `content`."""
    content: dict[str, bytes] = {}

    def read(source: Source) -> None:
        if source.parse_status is None and not archives.read(source):
            content[source.source_id] = b"".join(source.chunks())
        source.close()

    records = Records()
    for source in inputs.walk(Context(records=records, limits=Limits(**limits), read=read)):
        read(source)
    tables = records.finish()
    rows = tables["files"].to_pylist()
    quarantined = {row["source_id"] for row in tables["quarantine"].to_pylist()}
    return [
        {**row, "content": content.get(row["source_id"]), "quarantined": row["source_id"] in quarantined}
        for row in rows
    ]


def contents(inputs: Inputs) -> dict[str, bytes]:
    return {row["path"]: row["content"] for row in walk(inputs) if row["content"] is not None}


@pytest.fixture
def tree(tmp_path):
    root = tmp_path / "case"
    files = {"b.log": b"b", "a/2.log": b"two", "a/10.log": b"ten", ".debugbundle/state.json": b"{}", "Z.txt": b""}
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root


def test_one_file_goes_by_its_name(tree):
    inputs = Inputs(tree / "a" / "2.log")
    assert inputs.single
    (row,) = walk(inputs)
    assert (row["path"], row["bytes"], row["depth"], row["content"]) == ("2.log", 3, 0, b"two")
    assert walk(Inputs(str(tree / "a" / "2.log")))[0]["source_id"] == row["source_id"]


def test_a_directory_in_the_order_of_names(tree):
    inputs = Inputs(tree)
    assert not inputs.single
    assert [row["path"] for row in walk(inputs)] == [
        "case/.debugbundle/state.json",
        "case/Z.txt",
        "case/a/10.log",
        "case/a/2.log",
        "case/b.log",
    ]
    assert sum(row["bytes"] for row in walk(inputs)) == 9


def test_a_directory_by_other_ways(tree, monkeypatch):
    ids = [row["source_id"] for row in walk(Inputs(tree))]
    monkeypatch.chdir(tree)
    inputs = Inputs(".")
    assert [row["source_id"] for row in walk(inputs)] == ids
    monkeypatch.chdir("/")
    assert [row["source_id"] for row in walk(inputs)] == ids
    (tree.parent / "link").symlink_to(tree)
    assert walk(Inputs(tree.parent / "link"))[0]["path"] == "link/.debugbundle/state.json"


def test_deep_folders_do_not_recurse(tmp_path):
    deep = tmp_path / "top"
    for _ in range(300):
        deep = deep / "d"
    deep.mkdir(parents=True)
    (deep / "a.log").write_bytes(b"deep")
    assert list(contents(Inputs(tmp_path / "top")).values()) == [b"deep"]


def test_a_pattern(tree):
    inputs = Inputs(str(tree / "**" / "*.log"))
    assert not inputs.single
    assert [row["path"] for row in walk(inputs)] == ["a/10.log", "a/2.log", "b.log"]
    assert not Inputs(str(tree / "b*")).single
    with pytest.raises(SourceError, match="nothing matches the pattern"):
        Inputs(str(tree / "*.dmp"))


def test_a_name_that_looks_like_a_pattern(tmp_path):
    (tmp_path / "crash[1].log").write_bytes(b"brackets")
    assert contents(Inputs(str(tmp_path / "crash[1].log"))) == {"crash[1].log": b"brackets"}


def test_a_list_in_any_order(tree):
    what = [tree / "b.log", str(tree / "a"), b"pasted", tree / "b.log", str(tree / "*.txt")]
    inputs = Inputs(what)
    assert not inputs.single
    rows = walk(inputs)
    assert [row["path"] for row in rows if not row["path"].startswith("bytes-")] == [
        "Z.txt",
        "a/10.log",
        "a/2.log",
        "b.log",
    ]
    assert [row["source_id"] for row in walk(Inputs(what[::-1]))] == [row["source_id"] for row in rows]
    assert not Inputs([tree / "b.log"]).single
    with pytest.raises(SourceError, match="empty list"):
        Inputs([])


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_bytes(kind):
    inputs = Inputs(kind(b"some text"), name="pasted")
    assert inputs.single
    assert contents(inputs) == {"pasted": b"some text"}
    assert contents(Inputs(kind(b"x"))) == {"input": b"x"}


def test_an_open_file_can_be_walked_again(tree):
    with (tree / "a" / "2.log").open("rb") as file:
        inputs = Inputs(file)
        first = walk(inputs)
    assert inputs.single
    assert (first[0]["path"], first[0]["content"]) == ("2.log", b"two")
    assert walk(inputs) == first


def test_a_pipe_as_standard_input(tree):
    code = (
        "import sys; from triage.sources.inputs import Inputs; from triage.loading import read_tables;"
        "from triage.sources.limits import Limits;"
        "print(read_tables(Inputs(sys.stdin.buffer), limits=Limits())['files'].to_pylist()[0])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=b"piped", capture_output=True, check=True, cwd=Path(__file__).parents[1]
    )
    assert b"'path': 'stdin'" in done.stdout
    assert b"'bytes': 5" in done.stdout


def test_a_long_stream_cannot_be_read_again():
    class Zeros(io.RawIOBase):
        left = KEPT_BYTES + 1

        def read(self, size: int = -1) -> bytes:
            size = min(size, self.left)
            self.left -= size
            return bytes(size)

    inputs = Inputs(Zeros(), name="zeros")
    assert sum(len(chunk) for source in inputs.walk(context()) for chunk in source.chunks()) == KEPT_BYTES + 1
    with pytest.raises(SourceError, match="cannot be read again"):
        next(inputs.walk(context()))


def context() -> Context:
    return Context(records=Records(), limits=Limits(), read=lambda source: source.close())


def test_streams_that_are_none():
    with pytest.raises(SourceError, match="mode 'rb'"):
        Inputs(io.StringIO("text"))
    with pytest.raises(SourceError, match="a dict cannot be loaded"):
        Inputs({"a": 1})
    file = io.BytesIO(b"x")
    file.close()
    (row,) = walk(Inputs(file))
    assert (row["parse_status"], row["reason"]) == ("partial", "the stream broke off: it is closed; empty file")


@pytest.mark.parametrize(
    "text", ["thread 'main' panicked\n at src/main.rs", '{"a": 1}', "x" * 5_000, "a\0b", "Traceback:\r"]
)
def test_pasted_text_is_told_apart(text):
    with pytest.raises(SourceError, match=r"triage\.loads") as caught:
        Inputs(text)
    assert text[:9] not in str(caught.value)


def test_what_is_not_there(tree):
    with pytest.raises(SourceError, match=r"there is nothing at '.*b\.lgo'; in '.*case' there are 'b\.log'"):
        Inputs(tree / "b.lgo")
    with pytest.raises(SourceError, match=r"in '.*' there are 'case'"):
        Inputs(tree.parent / "cases" / "b.log")
    with pytest.raises(SourceError, match="check it from the folder"):
        Inputs(tree / "qqqqqq")
    with pytest.raises(SourceError, match="empty path"):
        Inputs("")
    with pytest.raises(SourceError, match="address"):
        Inputs("https://example.org/crash.tar.gz")
    (tree / "dangling").symlink_to("nowhere")
    with pytest.raises(SourceError, match="leads nowhere"):
        Inputs(tree / "dangling")


def test_an_input_that_has_moved(tree):
    inputs = Inputs(tree / "b.log")
    (tree / "b.log").unlink()
    with pytest.raises(SourceError, match="not there any more"):
        walk(inputs)


def test_nothing_is_followed_or_opened_inside_a_directory(tree):
    (tree / "link.log").symlink_to("/etc/passwd")
    (tree / "loop").symlink_to(tree)
    os.mkfifo(tree / "fifo")
    (tree / "state.json.tmp-0123456789abcdef").write_bytes(b"half")
    with socket.socket(socket.AF_UNIX) as server:
        folder = Path.cwd()
        os.chdir(tree)  # the name of a socket may not be long
        try:
            server.bind("sock")
        finally:
            os.chdir(folder)
        rows = {row["path"].removeprefix("case/"): row for row in walk(Inputs(tree))}
    reasons = {name: row["reason"] for name, row in rows.items() if row["parse_status"] == "skipped"}
    assert reasons == {
        "link.log": "a symbolic link, never followed",
        "loop": "a symbolic link, never followed",
        "fifo": "a FIFO, never opened",
        "sock": "a socket, never opened",
        "state.json.tmp-0123456789abcdef": "its writer had not finished it",
    }
    # What a writer had not finished is on disk and counts; the others hold nothing of their own.
    assert {name: rows[name]["bytes"] for name in reasons if rows[name]["bytes"]} == {
        "state.json.tmp-0123456789abcdef": 4
    }
    assert not any(row["quarantined"] for row in rows.values())
    assert len(rows) == 10


def test_what_the_user_names_is_followed_but_no_device_is_opened(tree):
    (tree / "link.log").symlink_to("b.log")
    assert contents(Inputs(tree / "link.log")) == {"link.log": b"b"}
    os.mkfifo(tree / "fifo")
    with pytest.raises(SourceError, match="fifo cannot be read: a FIFO, never opened"):
        walk(Inputs(tree / "fifo"))
    rows = walk(Inputs([tree / "fifo", tree / "b.log"]))
    assert [(row["path"], row["parse_status"]) for row in rows] == [("b.log", "ok"), ("fifo", "skipped")]


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="needs the rights of Unix")
def test_files_without_permission_are_quarantined():
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        root.chmod(0o755)
        for name in ("closed.log", "open.log", "shut/a.log"):
            (root / name).parent.mkdir(exist_ok=True)
            (root / name).write_bytes(b"text")
        (root / "closed.log").chmod(0)
        (root / "shut").chmod(0)
        inputs, single = Inputs(root), Inputs(root / "closed.log")
        me = os.geteuid()
        if me == 0:
            os.seteuid(65_534)  # root may read everything
        try:
            rows = {row["path"].rpartition("/")[2]: row for row in walk(inputs)}
            with pytest.raises(SourceError, match=r"closed\.log cannot be read: Permission denied"):
                walk(single)
        finally:
            if me == 0:
                os.seteuid(0)
            (root / "shut").chmod(0o755)
    assert rows["open.log"]["content"] == b"text"
    for name in ("closed.log", "shut"):
        assert rows[name]["parse_status"] == "quarantined"
        assert rows[name]["reason"] == "Permission denied"
        assert rows[name]["quarantined"]


def test_names_that_are_not_utf8(tmp_path):
    (tmp_path / "case").mkdir()
    try:
        (tmp_path / "case" / "zone-\udcff.log").write_bytes(b"text")
    except OSError:
        pytest.skip("this file system takes names in UTF-8 only")
    assert contents(Inputs(tmp_path / "case")) == {"case/zone-\\xff.log": b"text"}


def test_a_file_that_shrinks_and_one_that_grows(tmp_path):
    path = tmp_path / "a.log"
    path.write_bytes(b"x" * 200_000)
    (source,) = _opened(Inputs(path), lambda: os.truncate(path, 100_000))
    row = source.records.finish()["files"].to_pylist()[0]
    assert (row["bytes"], row["parse_status"]) == (100_000, "partial")
    assert row["reason"] == "the file was cut to 100,000 bytes while it was read"
    (source,) = _opened(Inputs(path), lambda: os.truncate(path, 150_000))
    assert source.records.finish()["files"].to_pylist()[0]["bytes"] == 100_000


def _opened(inputs: Inputs, meanwhile: Any) -> Any:
    for source in inputs.walk(context()):
        meanwhile()
        source.close()
        yield source


def test_large_files_are_mapped_and_small_ones_are_read(tmp_path):
    path = tmp_path / "large.dmp"
    path.write_bytes(b"MDMP")
    os.truncate(path, MAPPED_BYTES)
    for source in Inputs(path).walk(context()):
        assert len(source.data()) == MAPPED_BYTES
        assert source.taken == 0
        source.close()
        assert source.taken == MAPPED_BYTES
    for source in Inputs(path).walk(Context(records=Records(), limits=Limits(document_bytes=10), read=print)):
        assert bytes(source.data()[:4]) == b"MDMP"
        source.close()


def test_reading_back_by_the_ids_of_the_first_walk(tree):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        archive.add(tree / "a", "logs")
    (tree / "logs.tar.gz").write_bytes(out.getvalue())
    for inputs in (Inputs(tree), Inputs([tree]), Inputs(io.BytesIO(out.getvalue())), Inputs(out.getvalue())):
        rows = {row["path"]: row for row in walk(inputs)}
        row = rows["logs/10.log"]
        chain = (row["container_id"], row["source_id"])
        assert read_back(inputs, chain, offset=1, length=2, limits=Limits()) == b"en"
    with pytest.raises(SourceError, match="cannot be read again"):
        read_back(Inputs(tree), ("000000000000",), offset=0, length=1, limits=Limits())


def test_nothing_of_the_content_shows_or_travels(tree):
    inputs = [Inputs(b"fake-content", name="pasted"), Inputs(io.BytesIO(b"fake-content")), Inputs([b"fake-content"])]
    for one in inputs:
        walk(one)
        assert "fake-content" not in repr(one)
        assert b"fake-content" not in pickle.dumps(one)
        with pytest.raises(SourceError, match="cannot be read again"):
            walk(pickle.loads(pickle.dumps(one)))
    assert repr(Inputs(list(tree.glob("*")))) == "<Inputs: .debugbundle, Z.txt, a, and 1 more>"
    again = pickle.loads(pickle.dumps(Inputs(tree)))
    assert walk(again) == walk(Inputs(tree))


def test_a_gzip_in_a_folder_is_a_container(tree):
    (tree / "x.log.gz").write_bytes(gzip.compress(b"packed"))
    rows = {row["path"]: row for row in walk(Inputs(tree))}
    assert rows["x.log"]["content"] == b"packed"
    assert rows["x.log"]["container_id"] == rows["case/x.log.gz"]["source_id"]


@pytest.mark.skipif(sys.platform == "win32", reason="names are text there")
def test_names_are_the_same_under_an_encoding_that_cannot_read_them(tmp_path):
    for name in ("z\u00e9.log", "\u00e4.log", "a.log"):
        (tmp_path / name).write_text("x\n")
    code = "import sys, triage; print(ascii(triage.load(sys.argv[1]).files()['path'].tolist()))"
    told = {
        subprocess.run(
            [sys.executable, *flags, "-c", code, str(tmp_path)],
            env=os.environ | locale,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for flags, locale in (
            (["-X", "utf8=1"], {}),
            (["-X", "utf8=0"], {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0"}),
        )
    }
    assert len(told) == 1
    assert "z\\xe9.log" in told.pop()
