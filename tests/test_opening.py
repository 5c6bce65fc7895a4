"""The two ways in."""

import pytest

import triage
from triage import opening


def test_the_public_names_are_these():
    assert triage.load is opening.load
    assert triage.loads is opening.loads


def test_text_with_lone_surrogates_is_opened_too():
    assert len(triage.loads("a\udc80b").files()) == 1


def test_the_reader_that_was_named_is_remembered():
    assert triage.load(b"x", format="prometheus").raw.reader == "prometheus"
    assert triage.load(b"x").raw.reader is None


def test_settings_hold_for_pasted_text_too(tmp_path):
    text = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\n  File "a.py", line 2, in g\nKeyError: 5\n'
    config = tmp_path / "own.toml"
    config.write_text('[[stacks.fingerprint]]\nwhen = { type = "KeyError" }\nfingerprint = ["missing"]\n')
    (given,) = triage.loads(text, config=config).events()["group_key"]
    assert given == triage.load(text.encode(), config=config).events()["group_key"][0]
    assert given != triage.loads(text).events()["group_key"][0]
    with pytest.raises(triage.SourceError):
        triage.loads(text, config=tmp_path / "none.toml")
    with pytest.raises(triage.TriageError, match="config= is a path"):
        triage.loads(text, config=3)
