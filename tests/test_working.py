"""The working copy: what it keeps of the original, and what it does when a text does not survive its masks."""

import json

import pytest

import triage
from tests import canaries
from tests.deciding import event, held, store
from tests.reading import SAMPLES
from triage.redact.policy import Policy


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
