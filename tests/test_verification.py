"""What `verify` says of archives that are, or are no longer, what was reviewed."""

import gzip
import io
import json
import tarfile

import pytest

import triage
from tests.reading import SAMPLES
from triage.share.packing import compressed
from triage.share.verification import as_written, verify

PANIC = SAMPLES / "0xgen" / "crash-20260126T012559123Z.tar.gz"


@pytest.fixture(scope="module")
def archive():
    return triage.load(PANIC).redact().approve(by="Ada", when="2026-02-10T12:00:00+01:00")


def changed(archive, change):
    """The archive with its members changed by a function of their dict."""
    with tarfile.open(fileobj=io.BytesIO(archive.bytes)) as tar:
        members = {info.name: tar.extractfile(info).read() for info in tar}
    change(members)
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def test_a_saved_archive_is_what_was_reviewed(archive, tmp_path):
    checked = verify(archive.save(tmp_path / "out.tar.gz"))
    assert (checked.ok, checked.problems, checked.digest) == (True, (), archive.digest)
    assert (checked.files, checked.by, checked.when) == (5, "Ada", "2026-02-10T11:00:00Z")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda m: m.update({"crash/logs.ndjson": m["crash/logs.ndjson"] + b"\n"}), "is not what was reviewed"),
        (lambda m: m.pop("crash/logs.ndjson"), "crash/logs.ndjson is missing"),
        (lambda m: m.update({"crash/more.txt": b"x"}), "was not reviewed"),
        (lambda m: m.pop("REVIEW.json"), "nobody approved it"),
        (lambda m: m.pop("MANIFEST.json"), "was not saved by triage"),
        (lambda m: m.update({"REVIEW.json": m["REVIEW.json"].replace(b'"Ada"', b'""')}), "does not say who"),
        (lambda m: m.update({"MANIFEST.json": m["MANIFEST.json"] + b"\n"}), "not the one that was approved"),
        (lambda m: m.update({"../up": b"x"}), "was not reviewed"),
    ],
)  # fmt: skip
def test_a_change_is_told(archive, change, problem):
    checked = verify(changed(archive, change))
    assert not checked.ok
    assert any(problem in told for told in checked.problems), checked.problems


def test_a_cut_archive_and_other_files(archive):
    assert not verify(archive.bytes[:-200]).ok
    assert verify(gzip.compress(b"text")).problems[0].startswith("there is no MANIFEST.json")
    assert verify(PANIC).problems[0].startswith("there is no MANIFEST.json")
    with pytest.raises(triage.SourceError, match="folder"):
        verify(SAMPLES)


def repacked(archive, change, **header):
    """The archive packed as triage packs it, its members in a list that a function changed."""
    with tarfile.open(fileobj=io.BytesIO(archive.bytes)) as tar:
        members = [(info.name, tar.extractfile(info).read()) for info in tar]
    change(members)
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=header.pop("format", tarfile.USTAR_FORMAT), **header) as tar:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            info.type = tarfile.DIRTYPE if name.endswith("/") else tarfile.REGTYPE
            tar.addfile(info, io.BytesIO(data))
    return b"".join(compressed([out.getvalue()]))


@pytest.mark.parametrize(
    "carried",
    [
        lambda data: data + b"a token",
        lambda data: data + gzip.compress(b"a token"),
        lambda data: gzip.compress(gzip.decompress(data), mtime=1),
        lambda data: b"".join(compressed([gzip.decompress(data) + b"a token"])),
        lambda data: b"".join(compressed([gzip.decompress(data) + bytes(512)])),
        lambda data: b"".join(compressed([gzip.decompress(data)[:-512]])),
    ],
)
def test_nothing_stands_beside_the_members(archive, carried):
    checked = verify(carried(archive.bytes))
    assert not checked.ok
    said = ("not packed as triage packs it", "were not read")
    assert any(each in told for told in checked.problems for each in said), checked.problems


def test_members_are_as_they_were_written_each_once(archive):
    assert verify(repacked(archive, list.sort)).ok
    secret = {"comment": "a token"}
    assert not verify(repacked(archive, list.sort, format=tarfile.PAX_FORMAT, pax_headers=secret)).ok
    for more in (("MANIFEST.json", b"{}"), ("crash/empty/", b""), ("crash/logs.ndjson", b"x")):
        for at in (0, 100):
            assert not verify(repacked(archive, lambda members, at=at, more=more: members.insert(at, more))).ok

    def owned(members):
        members[0] = ("./" + members[0][0], members[0][1])

    assert not verify(repacked(archive, owned)).ok


@pytest.mark.parametrize(
    "change",
    [
        {"skipped": ["crash/logs.ndjson"]},
        {"files": 99},
        {"masked": []},
        {"unmasked": [{"mask": "[email:1:16-31]", "reason": "no"}]},
        {"note": "more"},
        {"by": "A\nB", "files": 1},
    ],
)
def test_what_the_review_says_is_what_was_recorded(archive, change):
    def changed_review(members):
        at = next(at for at, (name, _) in enumerate(members) if name == "REVIEW.json")
        members[at] = ("REVIEW.json", as_written(json.loads(members[at][1]) | change))

    checked = verify(repacked(archive, changed_review))
    assert any("not what was recorded at the approval" in told for told in checked.problems), checked.problems
    assert "\n" not in checked.by
