import gzip
import io
import tarfile
import zipfile

import pytest

from triage.records import Records
from triage.share import headers
from triage.sources.context import Context
from triage.sources.inputs import Inputs
from triage.sources.limits import Limits
from triage.sources.reader import Feed


def packed(*members, mode="w", form=tarfile.PAX_FORMAT):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, format=form) as archive:
        for member in members:
            archive.addfile(member, io.BytesIO(bytes(member.size)))
    return out.getvalue()


def member(name, **fields):
    info = tarfile.TarInfo(name)
    for field, value in fields.items():
        setattr(info, field, value)
    return info


def told(data):
    """The headers of a tar, as they go by while it is read."""
    found, read = [], []
    context = Context(
        records=Records(), limits=Limits(), read=lambda source: (read.append(source.path), source.close())
    )
    (source,) = Inputs(data).walk(context)
    container = headers.Told(source, found.append)
    if data.startswith(b"\x1f\x8b"):
        container.read_compressed("gz")
    else:
        container.read_tar(Feed(source.chunks(), container.gauge))
    return found, read


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_owners_and_links_with_their_places(mode):
    link = member("link", type=tarfile.SYMTYPE, linkname="/home/plum-user/x", uname="plum-user", gname="orchard")
    data = packed(member("a.log", size=700, uname="plum-user", gname="orchard"), link, mode=mode)
    found, read = told(data)
    assert read == ["a.log", "link"]
    assert [(header.name, header.value) for header in found] == [
        ("uname", b"plum-user"),
        ("gname", b"orchard"),
        ("link name", b"/home/plum-user/x"),
    ]
    plain = gzip.decompress(data) if mode == "w:gz" else data
    for header in found:
        assert plain[header.offset :].startswith(header.value)


def test_pax_records_but_for_names_and_times():
    long = "plüm-" * 30
    info = member(
        "x" * 200, size=3, uname=long, pax_headers={"comment": "by plum-user", "SCHILY.xattr.user.note": "plum"}
    )
    found, read = told(packed(info))
    assert read == ["x" * 200]
    assert {(header.name, header.value.decode()) for header in found if header.name == "pax"} == {
        ("pax", "comment=by plum-user"),
        ("pax", "SCHILY.xattr.user.note=plum"),
    }
    assert ("uname", long) in {(header.name, header.value.decode("utf-8", "replace")) for header in found}


def test_long_links_of_gnu():
    target = "/home/plum-user/" + "y" * 200
    info = member("z" * 200, type=tarfile.SYMTYPE, linkname=target)
    found, read = told(packed(info, form=tarfile.GNU_FORMAT))
    assert read == ["z" * 200]
    assert ("link name", target.encode()) in {(header.name, header.value) for header in found}


def test_damaged_pax_records_are_told_all_the_same():
    info = member("a", pax_headers={"comment": "plum"})
    data = bytearray(packed(info))
    at = data.index(b"16 comment=plum")
    data[at : at + 2] = b"99"
    found, _ = told(bytes(data))
    assert any(b"comment=plum" in header.value for header in found)


def test_gzip_name_and_comment():
    out = io.BytesIO()
    with gzip.GzipFile("plum-user.log", "wb", fileobj=out, mtime=0) as file:
        file.write(b"x")
    data = out.getvalue()
    (header,) = headers.gzip_headers(data)
    assert (header.offset, header.name, header.value) == (10, "gzip name", b"plum-user.log")
    commented = data[:3] + b"\x1c" + data[4:10] + b"\x03\0abc" + data[10:24] + b"plum\0" + data[24:]
    assert [header.value for header in headers.gzip_headers(commented)] == [b"plum-user.log", b"plum"]
    assert list(headers.gzip_headers(gzip.compress(b"x"))) == []
    assert list(headers.gzip_headers(b"\x1f\x8b\x08\xff")) == []


def test_zip_comments():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("a.log")
        info.comment = b"plum member"
        archive.writestr(info, "x")
        archive.writestr("b.log", "x")
        archive.comment = b"plum archive"
    data = out.getvalue()
    found = list(headers.zip_comments(memoryview(data)))
    assert [header.value for header in found] == [b"plum archive", b"plum member"]
    for header in found:
        assert data[header.offset :].startswith(header.value)
    assert list(headers.zip_comments(memoryview(data[:-40]))) == []
    assert list(headers.zip_comments(memoryview(b""))) == []
