import threading

import pytest

from triage.redact.ahead import Ahead
from triage.redact.decoding.layers import read_layers
from triage.redact.decoding.runs import beginnings
from triage.redact.pii import personal

LARGE = b"2026-11-26 10:00:00 a quiet line of a log, and 10.20.30.40 asked\n" * 3_000


def threads(data):
    return {"thread": threading.get_ident(), "size": len(data)}


def test_a_large_text_is_read_beside_and_a_small_one_when_asked_for():
    here = threading.get_ident()
    for data, beside in ((LARGE, True), (b"small", False)):
        told = Ahead(data, [threads]).of(threads)
        assert told["size"] == len(data)
        assert (told["thread"] != here) is beside


def test_what_was_not_begun_is_made():
    assert Ahead(LARGE).of(threads) == {"thread": threading.get_ident(), "size": len(LARGE)}


def test_what_fails_fails_where_it_is_asked_for():
    def fails(data):
        raise ValueError(len(data))

    ahead = Ahead(LARGE, [fails, threads])
    assert ahead.of(threads)["size"] == len(LARGE)
    with pytest.raises(ValueError, match=str(len(LARGE))):
        ahead.of(fails)


def test_a_layer_gives_what_its_text_gives():
    layer = read_layers(LARGE, None, (personal.candidates,))[0]
    assert layer.ahead.of(personal.candidates) == personal.candidates(LARGE)
    assert len(layer.ahead.of(personal.candidates)) >= 3_000
    assert layer.ahead.of(beginnings)[0] == beginnings(LARGE)[0]
    assert "quiet" not in repr(layer.ahead)
