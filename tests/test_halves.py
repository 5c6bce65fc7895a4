import pytest

from tests.finding import told
from triage.redact.pii.signs import around_signs


def found(text):
    data = text.encode()
    return [value for value, kind in told(around_signs(data), data) if kind == "email"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n    "])
@pytest.mark.parametrize("parts", ["mara.fe|rn@mail.example.org", "mara|@example.org", "mara.fern@ex|ample.org"])
@pytest.mark.parametrize("around", ["user {} not found", "mailbox: {}, full", 'recipient="{}"'])
def test_an_address_that_a_line_end_breaks_is_whole(around, parts, end):
    address = parts.replace("|", end)
    assert found(around.format(address)) == [address]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("see the user\nmara@example.org", "mara@example.org"),
        ("user fern.\nmara@example.org", "mara@example.org"),
        ("the details\nmara@example.org", "mara@example.org"),
        ("user fern\nwith mara@example.org", "mara@example.org"),
    ],
)
def test_what_is_above_an_address_is_no_part_of_it(text, value):
    assert found(text) == [value]


@pytest.mark.parametrize(
    "text",
    [
        "return user\n@example.org",
        "user mara@web1\nmain.py failed",
        "user mara@web1\nis down",
        "x = 1\n@app.route",
        "@a\nb.org",
    ],
)
def test_other_signs_are_none(text):
    assert found(text) == []
