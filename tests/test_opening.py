"""The two ways in."""

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
