import pytest

from triage.redact import spans


def found(text):
    return [text[start:end] for start, end, _ in spans(text)]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("customer 529.982.247-25 not found", "529.982.247-25"),
        ("holder AB 12 34 56 C applied", "AB 12 34 56 C"),
        ("RSSMRA85T10A562S posted", "RSSMRA85T10A562S"),
        ("12345678-Z refused", "12345678-Z"),
        ("NIE X1234567L", "X1234567L"),
        ("PESEL 44051401359", "44051401359"),
        ("passport no. C01X00T47 expired", "C01X00T47"),
        ("Steuer-ID 12 345 678 901", "12 345 678 901"),
        ("insured 1 85 05 78 006 084 91", "1 85 05 78 006 084 91"),
        ("SIN 130 692 544", "130 692 544"),
    ],
)
def test_a_number_by_its_form_and_checksum_or_beside_its_name(text, number):
    assert found(text) == [number]


@pytest.mark.parametrize(
    "text",
    [
        "customer 529.982.247-24 not found",
        "12345678-A refused",
        "sin 0.84147098",
        "passport 0.6.0",
        "passport.js loaded",
        "version 123.456.789-01",
        "nif 2024",
        "insured 1 85 05 78 006 084 92",
    ],
)
def test_other_numbers_stay(text):
    assert found(text) == []


def test_a_long_text_of_beginnings_takes_no_longer_by_the_byte():
    once = "passport no. " * 2_000 + "Name: " * 2_000
    assert spans(once) == []
