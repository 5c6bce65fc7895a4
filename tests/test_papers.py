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
        ("medical license: BK1235563", "BK1235563"),
        ("DEA number AB1234563 of a doctor", "AB1234563"),
        ("RRN 960121-1234567", "960121-1234567"),
        ("ABN 51 824 753 556", "51 824 753 556"),
        ("VIN 1HGCM82633A004352", "1HGCM82633A004352"),
        ("RFC GODE561231GR8", "GODE561231GR8"),
        ("patente di guida: AA1234567B", "AA1234567B"),
        ("mbi: 1EG4-TE5-MK73", "1EG4-TE5-MK73"),
        ("CNPJ 11.222.333/0001-81", "11.222.333/0001-81"),
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
        "see RFC 7231 section 6",
        "RFC: 7231",
        "VIN 12.5 V",
        "npi 5 of 6",
        "DEA 500 units",
        "insured 1 85 05 78 006 084 92",
    ],
)
def test_other_numbers_stay(text):
    assert found(text) == []


def test_a_long_text_of_beginnings_takes_no_longer_by_the_byte():
    once = "passport no. " * 2_000 + "Name: " * 2_000
    assert spans(once) == []


@pytest.mark.parametrize(
    ("before", "number"),
    [("burgerservicenummer ", "264812761"), ("IdNr. ", "85405239672"), ("Steuer-IdNr.: ", "85405239672"),
     ("NIF del titular: ", "92655771H"), ("DNI de la clienta: ", "92655771H"), ("DL number ", "K361265661605"),
     ("Nr paszportu: ", "FPMWKT9J3"), ("numero fiscal do cliente: ", "264812761")],
)  # fmt: skip
def test_a_number_behind_whose_it_is(before, number):
    text = f"x {before}{number}\n"
    assert [text[start:end] for start, end, _ in spans(text)] == [number]


@pytest.mark.parametrize("text", ["dl number of 3 files", "IdNr. unknown", "sin of the angle: 0.5", "dl no 12"])
def test_words_with_no_number_behind_them(text):
    assert spans(text) == []
