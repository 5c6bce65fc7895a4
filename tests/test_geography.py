import pytest

from triage import redact


def found(text):
    return [text[start:end] for start, end, kind in redact.spans(text) if kind == "coordinates"]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("last fix: latitude 42.34761, longitude -29.7754", ["42.34761", "-29.7754"]),
        ("The latitude is 42.34761.", ["42.34761"]),
        ("lat 42.34761 lon -29.77543", ["42.34761", "-29.77543"]),
        ("lat 42.34761, lng: 129.77543", ["42.34761", "129.77543"]),
    ],
)
def test_degrees_behind_their_word(text, places):
    assert found(text) == places


@pytest.mark.parametrize(
    "text",
    ["lat 12.3456 ms", "p50 lat 12.34567 p99 lat 99.12345", "latitude 42.3", "longitude 942.34761", "flat 42.34761"],
)
def test_what_is_measured_otherwise_stays(text):
    assert found(text) == []
