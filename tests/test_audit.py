import gzip
import io
import json
import tarfile
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

import triage
from triage.errors import SourceError
from triage.redact.policy import Policy
from triage.share import audit as audits
from triage.sources.limits import Limits

SECRET = "orchard-7-Qm4xT-plums"
LINE = f"connect with password={SECRET}"
MAIL = "ada.plum@orchard-mail.net"
DTYPES = {
    "path": "string",
    "line": "int64",
    "offset": "int64",
    "length": "int64",
    "kind": "string",
    "rule": "string",
    "bucket": "string",
    "where": "string",
}


def scan(path, **more):
    return audits.scan(path, policy=more.pop("policy", Policy.default()), **more)


def found(path, **more):
    """Path, line, kind and where of each finding; no column holds a value."""
    frame = scan(path, **more).findings
    everything = frame.to_csv() + repr(frame)
    for value in (SECRET, MAIL, "ada.plum", "plum-user"):
        assert value not in everything
    return [
        tuple(row) for row in frame[["path", "line", "kind", "where"]].astype(object).fillna(-1).to_numpy().tolist()
    ]


def test_a_line_of_a_log_with_its_place(tmp_path):
    data = f"start\nwrote to {MAIL}\n{LINE}\nend\n".encode()
    (tmp_path / "a.log").write_bytes(data)
    frame = scan(tmp_path).findings
    assert {name: str(dtype).removesuffix("[pyarrow]") for name, dtype in frame.dtypes.items()} == DTYPES
    assert list(zip(frame["line"], frame["kind"], strict=True)) == [(2, "email"), (3, "password")]
    for row, value in zip(frame.itertuples(), (MAIL, SECRET), strict=True):
        assert data[row.offset : row.offset + row.length].decode() == value
    assert frame["bucket"].tolist() == ["16-31", "16-31"]
    assert set(frame["where"]) == {"text"}
    assert found(tmp_path)[0][0].endswith("a.log")


def test_clean_is_an_empty_table_with_its_columns(tmp_path):
    (tmp_path / "a.log").write_text("started 3f1c9a5 in 12 ms\n")
    report = scan(tmp_path)
    assert len(report.findings) == 0
    assert list(report.findings.columns) == list(DTYPES)
    assert (report.unread, report.files, report.bytes) == ((), 1, 25)


def test_masked_values_are_no_findings(tmp_path):
    (tmp_path / "a.log").write_text("password=[password:1:16-31] user=[username:2:8-15] mail [email:1:16-31]\n")
    assert found(tmp_path) == []


def test_what_is_plain_in_one_file_is_found_bare_in_an_earlier_one(tmp_path):
    (tmp_path / "a.log").write_text(f"retry with {SECRET} again\n")
    (tmp_path / "b.log").write_text(f"{LINE}\n")
    assert [(path[-5:], line) for path, line, _, _ in found(tmp_path)] == [("a.log", 1), ("b.log", 1)]


def test_members_of_archives_in_archives_where_they_lie(tmp_path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("deep/c.log", f"one\n{LINE}\n")
    outer = io.BytesIO()
    with tarfile.open(fileobj=outer, mode="w:gz") as archive:
        for name, data in (("in.zip", inner.getvalue()), ("x.log.gz", gzip.compress(LINE.encode()))):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    path = tmp_path / "case.tar.gz"
    path.write_bytes(outer.getvalue())
    before = sorted(tmp_path.rglob("*"))
    assert found(path) == [
        ("case.tar.gz!/in.zip!/deep/c.log", 2, "password", "text"),
        ("case.tar.gz!/x.log.gz!/x.log", 1, "password", "text"),
    ]
    assert sorted(tmp_path.rglob("*")) == before


def test_names_of_files_and_members(tmp_path):
    (tmp_path / f"{MAIL} today").write_text("fine\n")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(f"{MAIL}/b.log", "fine")
    rows = found(tmp_path)
    assert {(line, kind, where) for _, line, kind, where in rows} == {(-1, "email", "file name")}
    assert len(rows) == 2
    assert all("[email:1:16-31]" in path for path, _, _, _ in rows)


def test_owners_links_and_comments_of_archives(tmp_path):
    with tarfile.open(tmp_path / "a.tar", "w", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("x.log")
        info.uname, info.gname = "plum-user", "root"
        info.pax_headers = {"comment": f"ask {MAIL}"}
        archive.addfile(info)
        link = tarfile.TarInfo("latest")
        link.type, link.linkname = tarfile.SYMTYPE, f"/mnt/{MAIL}/x.log"
        archive.addfile(link)
    with (tmp_path / "b.gz").open("wb") as out, gzip.GzipFile(f"{MAIL}.txt", "wb", fileobj=out, mtime=0) as file:
        file.write(b"fine\n")
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        archive.writestr("x", "fine")
        archive.comment = f"for {MAIL}".encode()
    rows = [(path[-5:].lstrip("/"), kind) for path, _, kind, where in found(tmp_path) if where == "archive metadata"]
    assert sorted(rows) == [
        ("a.tar", "email"),
        ("a.tar", "email"),
        ("a.tar", "username"),
        ("b.gz", "email"),
        ("c.zip", "email"),
    ]


def test_members_that_loading_refuses_for_their_name_are_looked_at(tmp_path):
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        info = tarfile.TarInfo("../../etc/x")
        info.size = len(LINE)
        archive.addfile(info, io.BytesIO(LINE.encode()))
    report = scan(tmp_path)
    assert report.findings["kind"].tolist() == ["password"]
    assert report.unread == ()


def test_binary_files_by_their_printable_runs(tmp_path):
    noise = bytes(range(256)) * 40
    data = noise + f"\0{LINE}\0".encode() + noise + f"mail={MAIL}".encode("utf-16-le") + noise
    (tmp_path / "memory.dmp").write_bytes(data)
    frame = scan(tmp_path).findings
    assert frame["kind"].tolist() == ["password", "email"]
    assert frame["line"].isna().all()
    (password, mail) = frame.itertuples()
    assert data[password.offset : password.offset + password.length].decode() == SECRET
    assert data[mail.offset : mail.offset + mail.length].decode("utf-16-le") == MAIL


def test_utf_16_text(tmp_path):
    data = f"\ufeffüber\r\n{LINE}\r\n".encode("utf-16-le")
    (tmp_path / "report.txt").write_bytes(data)
    (row,) = scan(tmp_path).findings.itertuples()
    assert (row.line, row.kind) == (2, "password")
    assert data[row.offset : row.offset + row.length].decode("utf-16-le") == SECRET


def test_a_notebook_with_its_outputs_and_widget_state(tmp_path):
    document = {
        "cells": [{"cell_type": "code", "outputs": [{"text": [f"{LINE}\n"]}], "source": [], "metadata": {}}],
        "metadata": {"widgets": {"state": {"a": {"value": f"mail {MAIL}"}}}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (tmp_path / "a.ipynb").write_text(json.dumps(document, indent=1))
    kinds = {kind for _, _, kind, _ in found(tmp_path)}
    assert kinds == {"password", "email"}


def test_what_cannot_be_looked_into_is_said(tmp_path):
    (tmp_path / "a.7z").write_bytes(b"7z\xbc\xaf\x27\x1c" + bytes(100))
    (tmp_path / "b.tar.gz").write_bytes(gzip.compress(LINE.encode() * 1000)[:-30])
    (tmp_path / "c.parquet").write_bytes(b"PAR1" + bytes(60))
    (tmp_path / "d.link").symlink_to(tmp_path / "a.7z")
    report = scan(tmp_path)
    assert [path.rpartition("/")[2].partition("!/")[0] for path, _ in report.unread][:1] == ["a.7z"]
    reasons = {path.rpartition("/")[2]: reason for path, reason in report.unread}
    assert "unpack it" in reasons["a.7z"]
    assert "damaged" in reasons["b.tar.gz"]
    assert "Parquet" in reasons["c.parquet"]
    assert "d.link" not in reasons
    frame = audits.audit(tmp_path, policy=Policy.default())
    assert [path for path, _ in frame.attrs["unread"]] == [path for path, _ in report.unread]


def test_a_bomb_ends_at_the_limits_and_is_said(tmp_path):
    (tmp_path / "bomb.gz").write_bytes(gzip.compress(bytes(8 << 20)))
    report = scan(tmp_path, limits=Limits(ratio=10, ratio_from_bytes=1 << 20))
    assert any("ratio=10" in reason for _, reason in report.unread)


def test_known_values_and_patterns_of_a_policy(tmp_path, monkeypatch):
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    (tmp_path / "project" / "triage.toml").write_text("[[redact.patterns]]\nkind = 'badge'\nregex = 'B-([0-9]{6})'\n")
    (tmp_path / "a.log").write_text("badge B-471123 seen\n")
    assert audits.audit(tmp_path / "a.log")["kind"].tolist() == ["badge"]
    assert audits.audit(tmp_path)["kind"].tolist() == []  # the settings lie inside the input


def test_bytes_and_nothing_there(tmp_path):
    assert audits.audit(LINE.encode(), policy=Policy.default())["kind"].tolist() == ["password"]
    with pytest.raises(SourceError, match="there is nothing at"):
        audits.audit(tmp_path / "gone")


def test_places_go_on_over_blocks_and_memory_stays_flat(tmp_path):
    filler = b"2026-01-26T01:25:59Z INFO worker finished chunk of the queue without remarks\n"
    count = (9 << 20) // len(filler)
    path = tmp_path / "long.log"
    path.write_bytes(filler * count + LINE.encode() + b"\n" + filler)
    scan(LINE.encode())  # what is loaded once is not what is measured
    import tracemalloc

    tracemalloc.start()
    try:
        (row,) = scan(path).findings.itertuples()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert row.line == count + 1
    assert row.offset == path.read_bytes().index(SECRET.encode())
    assert peak < 64 << 20


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"\x1f\x8b\x08\x18", b"PK\x03\x04", b"\xff\xfe", b"7z\xbc\xaf\x27\x1c"]),
)
def test_any_bytes_give_a_table(data, magic):
    frame = scan(magic + data).findings
    assert list(frame.columns) == list(DTYPES)


def test_what_stands_behind_the_end_of_an_archive_is_told_of_and_does_not_leave(tmp_path):
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        archive.addfile(tarfile.TarInfo("a.log"), io.BytesIO())
    with (tmp_path / "a.tar").open("ab") as file:
        file.write(f"{LINE}\n".encode())
    reason = f"{len(LINE) + 1} bytes after the end of the tar archive were not read"
    assert audits.scan(tmp_path / "a.tar").unread == (("a.tar", reason),)
    missing = triage.load(tmp_path / "a.tar").redact().working.missing
    assert missing == [("case/a.tar", f"not all of it could be read: {reason}")]
