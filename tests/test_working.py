"""The working copy: what it keeps of the original, and what it does when a text does not survive its masks."""

import io
import json
import tarfile

import pytest

import triage
from tests import canaries
from tests.deciding import event, held, store
from tests.reading import SAMPLES
from triage.redact.policy import Policy
from triage.share.redacted import RedactedCase
from triage.share.review import Review


def test_every_text_leaves_masked_under_its_own_name():
    working = triage.load(canaries.archive()).redact().working
    names = {name.rpartition("/")[2]: member for name, member in working.members.items()}
    assert not names["app.log"].derived
    assert working.spool.read(names["app.log"].piece).startswith(b"INFO start\nWARN login with password=[password:")
    assert json.loads(working.spool.read(names["settings.json"].piece))["config"]["password"].startswith("[password:")
    assert names["crash.dmp.json"].derived
    assert any("[email-" in name for name in working.members)


def test_the_bundle_has_its_own_name():
    assert triage.load(SAMPLES / "flutter").redact().working.bundle == "flutter"
    assert triage.loads("x", name="nadia.fern@post.example.org").redact().working.bundle == "[email:1:16-31]"


def test_names_of_what_does_not_leave_are_learned_before_their_suffixes():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        info = tarfile.TarInfo("ok.log")
        archive.addfile(info, io.BytesIO())
        link = tarfile.TarInfo("nadia.fern@post.example.org.log")
        link.type, link.linkname = tarfile.SYMTYPE, "ok.log"
        archive.addfile(link)
    redacted = triage.loads(out.getvalue(), name="omar.reed@post.example.org.tar.gz").redact()
    reason = "a symbolic link, never followed"
    assert redacted.working.absent == [("case/[email:1:16-31].tar.gz/[email:2:16-31].log", reason)]
    review = redacted.approve(by="Ada").review
    assert "example.org" not in json.dumps(review)


def test_the_container_of_a_lone_crash_shows_no_name():
    data = (SAMPLES / "0xgen" / "crash-20260126T012559123Z.tar.gz").read_bytes()
    case = triage.loads(data, name="nadia.fern@post.example.org.tar.gz")
    assert case.redact().working.bundle == "[email:1:16-31].tar.gz"
    shown = RedactedCase.lazy(case)
    assert "nadia" not in shown.files().to_csv() + shown._repr_mimebundle_()["text/html"]


def test_a_user_is_masked_as_a_key_of_nested_contexts_in_rows_too():
    event = {
        "event_id": "0" * 32, "level": "error", "platform": "python", "user": {"username": "mfernley"},
        "exception": {"values": [{"type": "E", "value": "x"}]},
        "contexts": {"sessions": {"mfernley": 3, "mfernley/x": 1}}, "extra": {"seats": {"mfernley": 3}},
    }  # fmt: skip
    payload = json.dumps(event).encode()
    envelope = b'{"event_id":"%s"}\n{"type":"event","length":%d}\n%s\n' % (b"0" * 32, len(payload), payload)
    for data, name in ((envelope, "a.envelope"), (payload, "a.json")):
        redacted = triage.loads(data, name=name).redact()
        (member,) = redacted.working.members.values()
        text = redacted.working.spool.read(member.piece).decode()
        assert "mfernley" not in text
        assert "mfernley" not in redacted.annotations().to_csv()


def test_a_value_is_masked_as_a_key_of_nested_contexts_behind_the_dot():
    values = ["10.20.30.40", "4111111111111111", "+49 30 90182055", "fe80::1234:5678:9abc:def0", "db7.corp.internal"]
    event = {
        "event_id": "0" * 32,
        "level": "error",
        "platform": "python",
        "exception": {"values": [{"type": "E", "value": "x"}]},
        "extra": {"peers": dict.fromkeys(values, 1)},
    }
    payload = json.dumps(event).encode()
    case = triage.loads(b'{"event_id":"%s"}\n{"type":"event","length":%d}\n%s\n' % (b"0" * 32, len(payload), payload))
    for annotations in (case.redact().annotations(), RedactedCase.lazy(case).annotations()):
        keys = sorted(key.partition(":")[0] for key in annotations["key"] if "[" in key)
        assert keys == ["[hostname", "peers.[card", "peers.[ipv4", "peers.[ipv6", "peers.[phone"]


def test_a_second_member_of_a_name_is_told_of_in_the_review_too(tmp_path):
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        for _ in range(2):
            archive.addfile(tarfile.TarInfo("a.log"), io.BytesIO())
    redacted = triage.load(tmp_path / "a.tar").redact()
    ((name, reason),) = redacted.working.missing
    assert name in redacted.working.members
    assert Review(redacted).summary()["absent"] == [{"path": name, "reason": reason}]
    assert redacted.approve(by="Ada").review["absent"] == [{"path": name, "reason": reason}]


def test_masked_native_ids_keep_events_apart():
    lines = [
        json.dumps(
            {"event_id": f"n{n}@example.org", "level": "error", "platform": "python",
             "exception": {"values": [{"type": "E", "value": "same"}]}}
        )
        for n in range(3)
    ]  # fmt: skip
    case = triage.load([line.encode() for line in lines])
    redacted = case.redact()
    assert len(redacted.events()) == len(case.events()) == 3
    assert "@example.org" not in redacted.events().to_csv()
    back = triage.load(redacted.approve(by="Ada").bytes)
    assert sorted(back.events()["event_id"]) == sorted(redacted.events()["event_id"])


def test_a_text_that_loses_events_under_its_masks_leaves_as_rows():
    case = triage.load(SAMPLES / "flutter" / "renderflex-overflow.log")
    # A policy that masks what the reader knows its blocks by.
    from triage.redact.policy import Pattern

    redacted = case.redact(Policy(patterns=(Pattern("banner", r"EXCEPTION CAUGHT BY"),)))
    (member,) = redacted.working.members.values()
    assert member.derived
    assert sorted(redacted.events()["event_id"]) == sorted(case.events()["event_id"])
    assert len(redacted.logs()) == len(case.logs())


def test_nothing_is_left_behind_when_masking_fails(tmp_path, monkeypatch):
    path = tmp_path / "app.log"
    path.write_text("started\n")
    case = triage.load(path)
    path.unlink()
    with pytest.raises(triage.SourceError):
        case.redact()
    assert list(tmp_path.iterdir()) == []


def test_a_reviewer_is_told_of_ids_that_are_digests_of_what_is_masked():
    head = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\n'
    crash = head + "ValueError: no answer from +33 6 12 34 56 78\n"
    told = triage.loads(crash, name="app.log").redact().working.kept_ids
    assert told.startswith("1 event keeps the original id or group key")
    harmless = triage.loads(crash.replace("+33 6 12 34 56 78", "it"), name="app.log")
    assert harmless.redact().working.kept_ids == ""


def test_the_archive_of_a_store_keeps_the_keys_that_a_rule_made(tmp_path):
    rules = tmp_path / "rules.toml"
    rules.write_text('[[stacks.fingerprint]]\nwhen = { function = "zz" }\nfingerprint = ["z"]\n')
    events = [event(1), event(3, function="zz"), event(4, function="zz", inner=("deep",))]
    case = triage.load(store(tmp_path / "in", events), config=rules)
    assert sorted(held(case).values()) == [[1], [3, 4]]
    back = triage.load(case.redact().approve(by="Ada").bytes)
    assert held(back) == held(case)
