"""What goes on behind a mask is looked at as if the mask were not there."""

import pytest

from triage import redact
from triage.redact.decoding.shields import unshielded
from triage.redact.lines import Lines

MARKS = [
    "[password:1:8-15]",
    "[a_b:1:3]",
    "[REDACTED]",
    "[filtered by proxy]",
    "{redacted}",
    "(masked)",
    "[pin:2:4-7][removed]",
]


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize(
    "form",
    [
        "password={}",
        "password: {}",
        "--password {}",
        "the password is {}",
        "https://[username:3:4-7]:{}@shop.example/x",
        "mysql -h db -p{}",
        "Authorization: Bearer {}",
    ],
)
def test_a_value_behind_a_mask_is_found(form, mark):
    masked = redact.mask(form.format(f"{mark}orchard9plums4k"))
    assert "orchard9" not in masked
    assert mark[0] != "[" or ":" not in mark or mark.partition("]")[0] in masked
    assert redact.mask(masked) == masked


@pytest.mark.parametrize(
    "text",
    [
        "password=[password:1:8-15]",
        "password=[REDACTED], user=[redacted]",
        "password=[REDACTED] was refused",
        "[main:12:34]started in 3 s",
        "token=[token:1:16-31]&page=2",
        "password=[0] of 3",
    ],
)
def test_nothing_behind_a_mask_is_left_alone(text):
    assert redact.mask(text) == text


def test_only_lines_with_something_behind_a_mask_are_read_again():
    data = b"one\ntwo [pin:1:4-7] more\nthree [pin:1:4-7]more\n"
    view = unshielded(data, Lines(data))
    assert view is not None
    assert view.data.strip() == b"three more"
    nothing = b"one\ntwo [pin:1:4-7] more\n"
    assert unshielded(nothing, Lines(nothing)) is None
