"""Marks of redaction by other tools: what is one, in text and in bytes alike, and what only looks like one."""

import re

import pytest

from tests.growth import grows_evenly
from triage import marks

MARK = re.compile(marks.pattern(), re.VERBOSE)
OF_BYTES = re.compile(marks.pattern().encode(), re.VERBOSE)


@pytest.mark.parametrize(
    "text",
    [
        "[Filtered]",
        "<redacted>",
        "[redacted by policy 7]",
        "[REDACTED:email]",
        "[REDACTED_EMAIL]",
        "<EMAIL_ADDRESS>",
        "<PHONE_NUMBER>",
        "<PERSON>",
        "[PERSON_1]",
        "[US_SOCIAL_SECURITY_NUMBER]",
        "__REDACTED__",
        "%REDACTED%",
        "--MASKED--",
        "(redacted)",
        "(sensitive value)",
        "<private>",
        "<mask.hash: 'Yw2r=='>",
        "[PII of type 'System.String' is hidden. For more details, see https://aka.ms/IdentityModel/PII.]",
        "%5Bredacted%5D",
    ],
)
def test_marks(text):
    assert MARK.fullmatch(text)
    assert OF_BYTES.fullmatch(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        "[INVALID_ADDRESS]",
        "[ERR_INVALID_URL]",
        "[E_ACCESSDENIED]",
        "<T>",
        "[main]",
        "[crypto]",
        "__hidden__",
        "__init__",
        "--hidden-columns",
        "redacted",
        "[1]",
    ],
)
def test_what_only_looks_like_a_mark(text):
    assert not MARK.fullmatch(text)
    assert not OF_BYTES.fullmatch(text.encode())


def test_types_are_no_marks():
    assert not MARK.search("List<STRING>")
    assert not MARK.search("Vec<int>")


@pytest.mark.parametrize("piece", ["[redacted", "__", "%5Bredacted", "[PII of type ", "<mask.hash: ", "_redacted"])
def test_the_cost_is_linear(piece):
    grows_evenly(MARK.findall, lambda chars: (piece * chars)[:chars], 2_000)
