"""JSON in pieces: places, lenient reading, and damage that costs only itself."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.envelopes import exception, log
from tests.growth import grows_evenly
from triage.formats.debugbundle_json import DAMAGED, TOO_DEEP, cut, decode, elements

EVENTS = [log(1), exception(2), log(3), log(4)]
TEXTS = [json.dumps(event).encode() for event in EVENTS]


def read(data: bytes) -> list[object]:
    return [piece.value for piece in elements(data)]


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b'{"a": "x\x01y"}', {"a": "x\x01y"}),
        (b'{"a": "\\ud800"}', {"a": "?"}),
        (b'{"a": NaN, "b": -Infinity}', {"a": None, "b": None}),
        (b'{"a": 1e999}', {"a": None}),
        (b'{"a": "\xff"}', {"a": "\ufffd"}),
        (b'{"a": 1},', {"a": 1}),
        (b'\x00\x00{"a": 1}\x00', {"a": 1}),
        (b'{"a": ' + b"9" * 5000 + b"}", {"a": None}),
    ],
)
def test_lenient(raw, value):
    found, note = decode(raw)
    assert found == value
    assert note


@pytest.mark.parametrize("raw", [b"", b"{", b'{"a": }', b"nothing", b"[" * 100_000, b'{"a":' * 5000, b'"text"x'])
def test_what_is_no_json_is_damaged(raw):
    assert decode(raw) == (DAMAGED, None)


def test_places_of_an_array():
    data = b"\xef\xbb\xbf [ " + b" ,\n".join(TEXTS) + b" ]\n"
    pieces = list(elements(data))
    assert [piece.value for piece in pieces] == EVENTS
    assert [data[piece.offset : piece.offset + piece.length] for piece in pieces] == TEXTS


@pytest.mark.parametrize("joint", [b"\n", b"", b",", b"\n\n", b" , \n"])
def test_objects_that_follow_each_other(joint):
    pretty = [json.dumps(event, indent=2).encode() for event in EVENTS]
    data = joint.join(pretty)
    pieces = list(elements(data))
    assert [piece.value for piece in pieces] == EVENTS
    assert [data[piece.offset : piece.offset + piece.length] for piece in pieces] == pretty


@pytest.mark.parametrize("number", range(len(EVENTS)))
@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda text: text.replace(b'"message": "', b'"message": ', 1), id="a quote is missing"),
        pytest.param(lambda text: text.replace(b'"payload": ', b'"payload": ,', 1), id="a value is missing"),
        pytest.param(lambda text: text[:-1], id="the last brace is missing"),
        pytest.param(lambda text: text.replace(b'"sdk_name": "', b'"sdk_name": "\\', 1), id="a broken escape"),
        pytest.param(lambda text: text.replace(b"{", b"", 1), id="the first brace is missing"),
        pytest.param(lambda text: text + b"}", id="a brace too many"),
        pytest.param(lambda text: text.replace(b'"service": {', b'"service": [', 1), id="a wrong bracket"),
        pytest.param(lambda text: text[: len(text) // 2], id="half of it"),
        pytest.param(lambda _: b"null!", id="something else"),
    ],
)
def test_each_damaged_element_loses_only_itself(number, damage):
    texts = [damage(text) if index == number else text for index, text in enumerate(TEXTS)]
    data = b"[" + b", ".join(texts) + b"]"
    pieces = list(elements(data))
    read = [piece.value for piece in pieces if piece.value is not DAMAGED]
    assert [event for event in read if event in EVENTS] == [
        event for index, event in enumerate(EVENTS) if index != number or event in read
    ]
    assert len(read) >= len(EVENTS) - 1


def test_nested_lists_of_likely_starts_are_no_elements():
    event = log(1)
    event["payload"]["attributes"] = {"batch": [{"event_id": "a", "payload": {}}, {"event_id": "b"}]}
    data = b"[" + json.dumps(event).encode() + b", {, " + TEXTS[1] + b"]"
    assert [value for value in read(data) if value is not DAMAGED] == [event, EVENTS[1]]


def test_a_missing_end():
    whole = json.dumps({"a": {"b": [1, {"c": 2}], "d": "text, [with] {marks}"}, "e": 5}).encode()
    for end in range(1, len(whole)):
        value, _ = cut(whole[:end])
        assert value is DAMAGED or isinstance(value, dict)
    assert cut(whole[:-4])[0] == {"a": {"b": [1, {"c": 2}], "d": "text, [with] {marks}"}}
    assert cut(b'{"a": "x')[0] is DAMAGED


def test_many_damaged_pieces_stay_linear():
    def damaged(data):
        assert all(piece.value is DAMAGED for piece in elements(data))

    grows_evenly(damaged, lambda count: b"[" + b'{"event_id": "x", "payload": {"a": [' * count, 500)


def test_quotes_that_nothing_closes_stay_linear():
    def damaged(data):
        assert [piece.value is DAMAGED for piece in elements(data)] == [True]
        assert cut(data)[0] is DAMAGED

    grows_evenly(damaged, lambda count: b'[{"event_id": ' + b'\\"' * count, 50_000)


def test_values_nested_too_deeply_lose_only_their_depths():
    raw = b'{"event_id": "a", "x": ' + b"[" * 10_000 + b"]" * 10_000 + b', "y": 1}'
    value, note = decode(raw)
    assert (value["event_id"], value["y"], note) == ("a", 1, TOO_DEEP)
    assert [(piece.offset, piece.length, piece.note) for piece in elements(b"[" + raw + b"]")] == [
        (1, len(raw), TOO_DEEP)
    ]


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=120), st.integers(0, 3), st.integers(0, 2000))
def test_any_bytes_in_any_place_never_raise_and_stay_in_place(noise, number, at):
    texts = list(TEXTS)
    texts[number] = texts[number][:at] + noise + texts[number][at:]
    data = b"[" + b",".join(texts) + b"]"
    end = 0
    for piece in elements(data):
        assert end <= piece.offset
        end = piece.offset + piece.length
    assert end <= len(data)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_never_raise(data):
    list(elements(data))
    cut(data)
