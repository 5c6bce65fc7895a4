"""The messages of an incident as templates with what their slots held, in numbers."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from triage.incidents.templates import templates


def found(*messages):
    return templates(pa.chunked_array([pa.array(messages, pa.string())]))


def test_slots_say_how_many_values_they_held():
    one, two = found(
        "order 12 of bob@example.com failed",
        "order 13 of bob@example.com failed",
        "order 12 of bob@example.com failed",
        "disk full",
        None,
    )
    assert (one.text, one.events) == ("order {number} of {email} failed", 3)
    assert (one.kinds, one.values) == (("number", "email"), (2, 1))
    assert (two.text, two.events, two.kinds, two.values) == ("disk full", 1, (), ())


def test_white_space_and_further_lines_do_not_matter():
    (one,) = found("read  of\n 12   bytes\nand more", "read of 13\tbytes")
    assert (one.text, one.events, one.values) == ("read of {number} bytes", 2, (2,))


def test_what_looks_like_a_slot_or_a_pattern_is_text():
    (one,) = found("(a+)+$ {number} [x] \\d 7")
    assert one.kinds[-1] == "number"
    assert one.values == (1,) * len(one.kinds)


@given(st.lists(st.text(max_size=60) | st.from_regex(r"[a-z ]{1,9}\d{1,4}[ .]\d{1,3}", fullmatch=True), max_size=6))
def test_any_messages_have_templates_in_one_order(messages):
    told = found(*messages)
    assert told == found(*reversed(messages))
    assert sum(one.events for one in told) <= len(messages)
    assert all(len(one.kinds) == len(one.values) for one in told)


def test_a_hostile_message_takes_linear_time():
    (one,) = found("1 " * 499)
    assert len(one.kinds) == 499
    assert set(one.values) == {1}
