"""The masking of how a person can be reached."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.formats.sentry_feedback import mask


@pytest.mark.parametrize(
    ("written", "masked"),
    [
        ("ana@example.com", "a***@***.com"),
        (" Ana.Example+x@mail.example.co.uk ", "A***@***.uk"),
        ("@handle", "***@***"),
        ("ana@localhost", "a***@***"),
        ("ana@203.0.113.9", "a***@***"),
        ("+49 30 1234567", "+***"),
        ("a***@example.com", "a***@example.com"),
        ("[Filtered]", "[Filtered]"),
        ("", None),
        ("  ", None),
        (None, None),
        ({"mail": "x"}, None),
    ],
)
def test_masks(written, masked):
    assert mask(written) == masked


@given(st.from_regex(r"[a-z]{3,12}\.[a-z]{3,12}@[a-z]{3,12}\.(com|org|de)", fullmatch=True))
def test_neither_name_nor_domain_is_left(address):
    local, _, domain = address.partition("@")
    assert local not in (mask(address) or "")
    assert domain not in (mask(address) or "")
