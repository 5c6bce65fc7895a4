"""Reading back what was saved: the manifest, the record of a review, derived rows; and what others put there."""

import gzip
import io
import json
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

import triage
from tests import canaries
from tests.reading import SAMPLES, read
from triage.formats import detect, reviewed

LOG = SAMPLES / "flutter" / "renderflex-overflow.log"


def packed(members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def manifest(path, ids):
    return json.dumps(
        {"triage_manifest": 1, "members": [{"path": path, "bytes": 1, "sha256": "", "ids": ids}]}
    ).encode()


def ids_of(case):
    return case.events()[["event_id", "group_key"]].astype(object).where(lambda f: f.notna(), None).to_numpy().tolist()


def claimed():
    """The log in an archive, with other ids than its own."""
    events = triage.load(LOG).events()
    pairs = [[f"own-{number}", f"key-{number}"] for number in range(len(events))]
    return packed({"MANIFEST.json": manifest("a/app.log", pairs), "a/app.log": LOG.read_bytes()}), pairs


def test_ids_and_group_keys_of_a_manifest_hold_for_its_members():
    data, pairs = claimed()
    case = triage.load(data)
    assert ids_of(case) == pairs
    plain = triage.load(LOG)
    for name in ("stacks", "logs"):
        own, given_ids = plain.table(name)["event_id"], case.table(name)["event_id"]
        ours = dict(zip(plain.events()["event_id"], case.events()["event_id"], strict=True))
        assert own.map(ours, na_action="ignore").fillna("").tolist() == given_ids.fillna("").tolist()
    assert len(case.incidents()) == len({key for _, key in pairs if key})


def test_the_order_of_the_members_does_not_matter_nor_does_a_folder_around_them(tmp_path):
    data, pairs = claimed()
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        members = {info.name: tar.extractfile(info).read() for info in tar}
    assert ids_of(triage.load(packed(dict(reversed(members.items()))))) == pairs
    assert ids_of(triage.load(packed({f"x/{name}": body for name, body in members.items()}))) == pairs
    for name, body in members.items():
        target = tmp_path / "unpacked" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)
    assert ids_of(triage.load(tmp_path / "unpacked")) == pairs


def test_claims_reach_no_further_than_their_archive(tmp_path):
    data, _ = claimed()
    (tmp_path / "a").mkdir()
    (tmp_path / "claims.tar").write_bytes(data)
    (tmp_path / "a" / "app.log").write_bytes((SAMPLES / "flutter" / "logcat.txt").read_bytes())
    case = triage.load(tmp_path)
    alone = triage.load(SAMPLES / "flutter" / "logcat.txt")
    assert set(alone.events()["event_id"]) < set(case.events()["event_id"])


@pytest.mark.parametrize("more", [1, -1])
def test_a_claim_of_another_number_of_events_is_not_followed(more):
    _, pairs = claimed()
    wrong = [*pairs, ["more", None]] if more > 0 else pairs[:-1]
    case = triage.load(packed({"MANIFEST.json": manifest("a/app.log", wrong), "a/app.log": LOG.read_bytes()}))
    assert ids_of(case) == ids_of(triage.load(LOG))
    told = case.files().set_index("path").loc["a/app.log", "reason"]
    assert f"tells the ids of {len(wrong)} events, {len(pairs)} were read" in told


def test_the_same_reviewed_archive_twice_counts_once():
    archive = triage.load(canaries.archive()).redact().approve(by="Ada").bytes
    once, twice = triage.load(archive), triage.load([archive, gzip.compress(gzip.decompress(archive), 1)])
    assert len(twice.events()) == len(once.events())


@pytest.mark.parametrize("mtime", range(6))  # inputs are read in the order of their digests: either one first
def test_a_reviewed_archive_and_its_original_are_the_same_incidents(mtime):
    original = gzip.compress(gzip.decompress(canaries.archive()), mtime=mtime)
    archive = triage.load(original).redact().approve(by="Ada", when="2026-02-10").bytes
    both = triage.load([original, archive])
    assert sorted(both.incidents()["incident_id"]) == sorted(triage.load(original).incidents()["incident_id"])
    assert sorted(both.events()["event_id"]) == sorted(triage.load(original).events()["event_id"])


def test_the_record_of_a_review_is_read():
    case = triage.load(triage.loads("started").redact().approve(by="Ada", when="2026-02-10").bytes)
    notes = case.annotations().query("scope == 'review'").set_index("key")["value"]
    assert (notes["by"], notes["when"], notes["skipped"]) == ("Ada", "2026-02-10T00:00:00Z", "[]")
    roles = case.files().set_index("path")["role"]
    assert (roles["MANIFEST.json"], roles["REVIEW.json"]) == ("manifest", "review")


def test_detection_says_what_it_is(tmp_path):
    target = triage.load(canaries.dump()).redact().approve(by="Ada").save(tmp_path / "x.tar.gz")
    found = {hit.path: hit for hit in detect(target) if hit.format == reviewed.NAME}
    assert len(found) == 3
    assert {hit.score for hit in found.values()} == {97}


def test_a_damaged_row_spoils_itself_only():
    lines = [
        b"[",
        b'{"triage_derived":1},',
        b'{"_row":"_event","_format":"minidump","_event_kind":"crash"},',
        b"{oops,",
    ]
    lines += [b'{"_row":"_stack","_of":7},', b'{"_row":"_nobody"},', b'{"_row":"_log","_of":0,"_message":"m"}', b"]"]
    rows = read(b"\n".join(lines), "derived/x.json", reader=reviewed)
    assert [row["event_kind"] for row in rows["events"]] == ["crash"]
    assert [row["message"] for row in rows["logs"]] == ["m"]
    assert rows["logs"][0]["event_id"] == rows["events"][0]["event_id"]
    assert [row["reason"] for row in rows["quarantine"]] == ["not a row that triage writes"] * 2
    assert rows["files"][0]["parse_status"] == "partial"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 1 << 70) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
WORDS = st.sampled_from(["event", "frame", "stack", "annotation", "attachment", "module", "feedback", "log", "metric"])
NAMES = st.sampled_from(
    [
        "of",
        "stack",
        "ts",
        "base",
        "fields",
        "addresses",
        "pair",
        "scope",
        "name",
        "line",
        "notes",
        "function",
        "thread_id",
    ]
)


@given(st.lists(st.tuples(WORDS, st.dictionaries(NAMES, VALUES)), max_size=12))
def test_any_rows_give_rows_and_no_error(rows):
    lines = ['{"triage_derived":1}']
    lines += [json.dumps({"_row": f"_{word}"} | {f"_{key}": value for key, value in row.items()}) for word, row in rows]
    read(("[\n" + ",\n".join(lines) + "\n]\n").encode("utf-8", "replace"), "derived/x.json", reader=reviewed)


@given(VALUES, st.binary(max_size=40))
def test_any_manifest_gives_rows_and_no_error(value, junk):
    for key in ("triage_manifest", "triage_review"):
        text = json.dumps({key: 1, "members": value, "by": value}).encode("utf-8", "replace")
        read(text, "MANIFEST.json", reader=reviewed)
        read(text[:20] + junk, "MANIFEST.json", reader=reviewed)
