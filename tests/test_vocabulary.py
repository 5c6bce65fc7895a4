import json
import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.hypotheses import vocabulary
from triage.hypotheses.vocabulary import KINDS, NotUnderstood, describe, schema, understand, written

EXAMPLES = [
    {"kind": "frame_present", "function": "cart_total", "where": "free", "thread": "worker*"},
    {"kind": "top_frame", "function": "cart_total", "of": "application"},
    {"kind": "thread_state", "state": "BLOCKED", "at_least": 2},
    {"kind": "recursion", "function": "walk", "at_least": 50},
    {"kind": "log_before", "text": "disk full", "within_seconds": 5, "level": "error"},
    {"kind": "metric", "name": "queue_depth", "is": "above", "value": 100},
    {"kind": "memory_near_limit", "share": 0.95},
    {"kind": "fault_address", "zone": "near null", "access": "write"},
    {"kind": "register", "register": "rax", "zone": "null", "expected": False},
    {"kind": "module_version", "module": "ntdll.dll", "is": "<", "version": "10.0.1"},
    {"kind": "module_state", "module": "plugin.dll", "state": "without symbols"},
    {"kind": "several_versions", "module": "libssl"},
    {"kind": "first_seen_with", "release": "2.4.1"},
    {"kind": "count_change", "to": "more", "release": "2.4.1"},
    {"kind": "seen_where", "field": "environment", "value": "staging"},
    {"kind": "annotation", "key": "region", "value": "eu-*"},
    {"kind": "exception_in_chain", "type": "KeyError"},
]

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def test_every_kind_has_an_example_that_is_understood_and_comes_back_the_same():
    assert {example["kind"] for example in EXAMPLES} == set(KINDS)
    for example in EXAMPLES:
        found = understand(example)
        assert isinstance(found, KINDS[example["kind"]])
        assert understand(written(found)) == found
        assert understand(json.loads(json.dumps(written(found)))) == found


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "object"),
        ([{"kind": "top_frame", "function": "f"}], "object"),
        ({"function": "f"}, "object"),
        ({"kind": 3}, "object"),
        ({"kind": "run", "code": "1"}, "no such kind"),
        ({"kind": "top_frame"}, "function"),
        ({"kind": "top_frame", "function": ""}, "length >= 1"),
        ({"kind": "top_frame", "function": "f" * 201}, "length <= 200"),
        ({"kind": "top_frame", "function": ["f"]}, "array"),
        ({"kind": "top_frame", "function": "f", "file": "/etc/passwd"}, "unknown field"),
        ({"kind": "top_frame", "function": "\ud800"}, "printed"),
        ({"kind": "top_frame", "function": "a\x00b"}, "printed"),
        ({"kind": "fault_address", "zone": "hunter2"}, "invalid enum value"),
        ({"kind": "metric", "name": "m", "is": "above", "value": math.nan}, "finite"),
        ({"kind": "metric", "name": "m", "is": "above", "value": math.inf}, "finite"),
        ({"kind": "metric", "name": "m", "is": "above", "value": 10**400}, "range"),
        ({"kind": "memory_near_limit", "share": 7}, "<= 1"),
        ({"kind": "count_change", "to": "more"}, "either"),
        ({"kind": "count_change", "to": "more", "release": "1", "at": "2026-01-01"}, "either"),
    ],
)
def test_what_is_no_prediction_is_not_understood_and_says_why(value, reason):
    found = understand(value)
    assert isinstance(found, NotUnderstood)
    assert reason in found.reason


def test_a_reason_never_holds_what_was_written():
    for bad in ({"kind": "fault_address", "zone": "hunter2"}, {"kind": "top_frame", "function": "f", "hunter2": 1}):
        assert "hunter2" not in understand(bad).reason
    assert len(understand({"kind": "x" * 10_000}).kind) == 40


def test_null_is_absent():
    assert understand({"kind": "top_frame", "function": "f", "module": None}) == vocabulary.TopFrame("f")


@given(anything)
def test_anything_is_read_without_raising(value):
    assert isinstance(understand(value), NotUnderstood)


@given(
    st.sampled_from(EXAMPLES), st.dictionaries(st.sampled_from(["function", "value", "is", "at", "share"]), anything)
)
def test_a_prediction_that_is_bent_is_understood_within_its_bounds_or_not_at_all(example, bent):
    found = understand(example | bent)
    if not isinstance(found, NotUnderstood):
        assert understand(written(found)) == found
        assert all(len(item) <= 200 for item in msgspec.structs.asdict(found).values() if isinstance(item, str))


def test_the_schema_is_plain_and_holds_every_kind():
    text = json.dumps(schema())
    assert not any(word in text for word in ("$ref", "$defs", "discriminator", "const", "exclusive"))
    parts = schema()["anyOf"]
    assert [part["properties"]["kind"]["enum"] for part in parts] == [[kind] for kind in KINDS]
    for part in parts:
        assert part["additionalProperties"] is False
        assert part["description"]
        assert set(part["required"]) <= set(part["properties"])


def test_the_description_names_every_kind_and_what_it_needs():
    lines = describe().splitlines()
    assert [line.split("(")[0] for line in lines] == [f"- {kind}" for kind in KINDS]
    assert any(line.startswith("- metric(name, is, value, labels?): ") for line in lines)
