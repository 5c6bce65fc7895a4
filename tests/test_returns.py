"""Returns that end lines by themselves: what they are, and that texts with any ends read the same."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import triage
from tests.growth import grows_evenly
from tests.reading import SAMPLES
from triage.sources.returns import are_ends, ended, ended_text

TEXT = """2026-02-10 09:00:01,000 INFO shop: ready
Traceback (most recent call last):
  File "/srv/cart.py", line 12, in pay
    raise ValueError(text)
ValueError: no rate
2026-02-10 09:00:02,000 INFO shop: still here
"""


def told(data):
    case = triage.loads(data, name="app.log")
    (event,) = case.events().to_dict("records")
    logs = case.logs()["message"].tolist()
    return event["error_type"], event["error_value"], event["culprit"], event["group_key"], event["offset"], logs


def test_a_text_reads_the_same_whatever_ends_its_lines():
    plain = told(TEXT.encode())
    assert plain[:3] == ("ValueError", "no rate", "pay (cart.py:12)")
    assert told(TEXT.replace("\n", "\r").encode()) == plain
    lines = TEXT.splitlines()
    mixed = "".join(line + end for line, end in zip(lines, ["\n", "\r", "\r\n", "\r", "\n", "\r"], strict=True))
    assert told(mixed.encode())[:4] == plain[:4]
    assert told(b"\xff\xfe" + TEXT.replace("\n", "\r").encode("utf-16-le"))[:4] == plain[:4]


def test_the_key_of_the_text_alone_is_that_of_the_case():
    for end in ("\r", "\r\n", "\n"):
        text = TEXT.replace("\n", end)
        assert triage.stacks.signature(text) == told(text.encode())[3]


def test_lines_that_end_twice_are_not_parted_by_blank_ones():
    assert told(TEXT.replace("\n", "\r\r\n").encode())[:4] == told(TEXT.encode())[:4]


def test_json_has_blanks():
    case = triage.loads(b'{"name":\r"E",\r"stack": "E: x\\n    at f (a.js:1:2)"}')
    assert case.events()["error_type"].tolist() == ["E"]


@pytest.mark.parametrize("name", ["gdb-null.txt", "php-previous.txt"])
def test_a_report_that_begins_with_a_bracket_is_no_json(name):
    text = (SAMPLES / "traces" / name).read_text("utf-8")
    if name == "gdb-null.txt":
        assert text.startswith("[Thread ")
    case = triage.loads(text.replace("\n", "\r"))
    assert case.files()[["parse_status", "reason"]].values.tolist() == [["ok", "carriage returns end lines"]]
    assert case.events()["group_key"].tolist() == triage.loads(text).events()["group_key"].tolist()


@pytest.mark.parametrize("before", ["", " ", "\ufeff", "\n\n"])
@pytest.mark.parametrize(
    ("line", "is_json"),
    [
        ("[   12.345678] BUG: kernel NULL pointer dereference", False),
        ("[New Thread 0x7ffff7d8a740 (LWP 12)]", False),
        ("[main] ERROR shop: no rate", False),
        ("{main}", False),
        ('{ "a": 1}', True),
        ("{}", True),
        ('[{"a": 1}]', True),
        ("[[], [", True),
        ('["a", "b"]', True),
        ("[]", True),
        ("{", True),
    ],
)
def test_what_begins_as_json_has_blanks_where_others_have_ends(before, line, is_json):
    assert are_ends(f"{before}{line}".encode() + b"\rb" * (line != "{"), whole=True) == (not is_json)


BYTES = st.lists(st.sampled_from([b"\r", b"\n", b"\r\n", b"a", b"\r\r\r\r\r\r\n", b"bc"]), max_size=30)


@given(BYTES, st.lists(st.integers(0, 60), max_size=6))
def test_pieces_are_cut_anywhere(parts, cuts):
    data = b"".join(parts)
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    chunks = [data[first:end] for first, end in pairwise(places)]
    found = b"".join(ended(chunks))
    assert found == ended_text(data.decode()).encode()
    assert len(found) == len(data)
    assert are_ends(data, whole=True) == (found != data)


@pytest.mark.parametrize("piece", ["\r", "a\r", "\r\r\r\r\r\n", "\r\n"])
def test_time_is_linear(piece):
    grows_evenly(lambda text: list(ended([text[at : at + 99] for at in range(0, len(text), 99)])),
                 lambda count: piece.encode() * count, 20_000)  # fmt: skip
    grows_evenly(ended_text, lambda count: piece * count, 20_000)
