"""What is packed without a magic number of its own: what is told of it, and what only looks like it."""

from __future__ import annotations

import gzip
import io
import lzma
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reading import ROOT
from triage.redact.policy import Policy
from triage.share.audit import scan
from triage.share.packs import Behind, history, is_stream

TEXT = b"connect with password=orchard-7-Qm4xT-plums\n" * 40
NOISE = bytes(range(256)) * 40


def zipped(comment: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.log", TEXT)
        archive.comment = comment
    return out.getvalue()


def reason(data: bytes, step: int = 1 << 16) -> str | None:
    behind = Behind(data[: 1 << 16])
    assert b"".join(behind.watch(data[at : at + step] for at in range(0, len(data), step))) == data
    return behind.reason


@pytest.mark.parametrize("level", [0, 1, 6, 9])
def test_a_stream_of_zlib_inflates(level):
    assert is_stream(zlib.compress(TEXT, level))
    assert is_stream(zlib.compress(b"", level))
    assert is_stream(zlib.compress(NOISE * 20, level)[:4_000])  # the rest comes later


@pytest.mark.parametrize(
    "data",
    [b"", b"x", b"x^2 + y^2 = z^2\n" * 90, b"x\x9c", b"x\x9c" + TEXT, b"x\x01" + NOISE, zlib.compress(TEXT)[:20],
     gzip.compress(TEXT, mtime=0), zlib.compress(TEXT, wbits=-15)],
)  # fmt: skip
def test_what_only_begins_like_one_is_none(data):
    assert not is_stream(data)


def test_objects_and_packs_of_git_are_its_history():
    for kind in (b"blob", b"tree", b"commit", b"tag"):
        loose = zlib.compress(kind + b" %d\0" % len(TEXT) + TEXT)
        assert history("shop/.git/objects/3b/18e5", loose) == "shop/.git"
    assert history("a.tar!/shop.git/objects/pack/pack-1.pack", b"PACK\0\0\0\x02\0\0\0\x03") == "a.tar!/shop.git"
    assert history("all.bundle", b"# v2 git bundle\n") == "all.bundle"
    assert history("a.z", zlib.compress(b"blobs 12\0" + TEXT)) is None
    assert history("shop/.git/objects/info/packs", b"P pack-1.pack\n") is None
    assert history("shop/.git/objects/pack/pack-1.idx", b"\xfftOc\0\0\0\x02") is None


@pytest.mark.parametrize("step", [7, 1_000, 1 << 16])
@pytest.mark.parametrize("comment", [b"", b"made by hand"])
def test_a_zip_behind_a_program(step, comment):
    for program in (b"MZ\x90\0", b"\x7fELF\x02", b"#!/usr/bin/env python3\n"):
        told = reason(program + NOISE * 20 + zipped(comment), step)
        assert told is not None
        assert told.startswith("something is packed behind the ")


@pytest.mark.parametrize("step", [5, 1 << 16])
@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, lambda text: zipped() + text])
def test_an_archive_behind_a_script(step, pack):
    assert "script" in str(reason(b"#!/bin/sh\ntail -n +3 $0 | tar x\n" + pack(TEXT), step))


@pytest.mark.parametrize(
    "data",
    [b"MZ\x90\0" + NOISE, b"\x7fELF" + NOISE + b"PK\x05\x06" + NOISE, b"MZ" + b"PK\x05\x06" + bytes(18),
     b"MZ" + NOISE + b"PK\x05\x06" + bytes(4) + b"\1\0\1\0\x40\0\0\0\0\0\0\0\0\0",
     b"#!/bin/sh\necho '\\x1f\\x8b' BZh91AY\n",
     b"#!/bin/sh\nprintf 'PK\x03\x04'\n", b"a log\n" + gzip.compress(TEXT, mtime=0), zipped()],
)  # fmt: skip
def test_ordinary_programs_scripts_and_whatever_is_neither(data):
    assert reason(data) is None
    assert reason(data, 3) is None


@given(st.binary(max_size=200), st.sampled_from([b"", b"x\x9c", b"MZ", b"#!", b"PK\x05\x06"]))
def test_any_bytes_are_told_of_or_not(data, magic):
    is_stream(magic + data)
    history("a", magic + data)
    reason(magic + data, 9)


def test_an_audit_tells_of_each_and_of_a_history_once(tmp_path):
    objects = tmp_path / "shop" / ".git" / "objects"
    files = {
        objects / "3b" / "18e5": zlib.compress(b"blob 5\0hello"),
        objects / "4c" / "29f6": zlib.compress(b"tree 0\0"),
        objects / "pack" / "pack-1.pack": b"PACK\0\0\0\x02" + NOISE,
        tmp_path / "a.z": zlib.compress(TEXT),
        tmp_path / "b.lzma": lzma.compress(TEXT, format=lzma.FORMAT_ALONE),
        tmp_path / "c.deb": b"!<arch>\ndebian-binary   1700000000  0     0     100644  4         `\n2.0\n" + NOISE,
        tmp_path / "d.xar": b"xar!\0\x1c\0\x01" + NOISE,
        tmp_path / "e.exe": b"MZ\x90\0" + NOISE + zipped(),
        tmp_path / "f.run": b"#!/bin/sh\ntail -n +3 $0 | tar x\n" + gzip.compress(TEXT, mtime=0),
        tmp_path / "lib.a": b"!<arch>\n/               0           0     0     0       4         `\n" + NOISE,
        tmp_path / "plain.exe": b"MZ\x90\0" + NOISE,
    }
    for path, data in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    report = scan(tmp_path, policy=Policy.default())
    told = {path.partition("/")[2]: why for path, why in report.unread}
    assert sorted(told) == ["a.z", "b.lzma", "c.deb", "d.xar", "e.exe", "f.run", "shop/.git"]
    assert len(report.unread) == len(told)
    assert "such as gitleaks" in told.pop("shop/.git")
    assert all("unpack it and " in why for why in told.values())


def test_pictures_are_told_of_as_such():
    (unread,) = scan(ROOT / "notebooks" / "review.png", policy=Policy.default()).unread
    assert unread[1].startswith("a picture")
