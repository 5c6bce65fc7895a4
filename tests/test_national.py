import pytest

from triage.redact import spans
from triage.redact.pii.national import HINTS, NAMES, part


def found(text):
    return [text[start:end] for start, end, _ in spans(text)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"sin": "046 454 286", "province": "ON"}', "046 454 286"),
        ('Parameters: {"sin"=>"046454286", "utf8"=>"x"}', "046454286"),
        ("applicant_sin: 046454286", "046454286"),
        ("applicantSin=046454286", "046454286"),
        ("applicant[sin]=046454286&x=1", "046454286"),
        (r"payload: {\"sin\": \"046454286\"}", "046454286"),
        ("sg_nric=S9876543F", "S9876543F"),
        ("cust-nric: S1234567D", "S1234567D"),
        ("fin=S1234567D", "S1234567D"),
        ("client_dni=12345678Z", "12345678Z"),
        ("clientDni=12345678Z", "12345678Z"),
        ("cust_oib=94577403194", "94577403194"),
        ('{"customer_cpf":"52998224725"}', "52998224725"),
        ("emp_rut: 12.345.678-5", "12.345.678-5"),
        ("npi: 1234567893", "1234567893"),
        ("sin,province\n046454286,ON\n", "046454286"),
    ],
)
def test_short_names_of_papers_lead_to_their_numbers(text, value):
    assert value in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "sin = 046454287",
        "sin: 0.4645",
        "using=046454286",
        "y = sin(x)  # sin: 30 degrees",
        "fin=S1234567A",
        "tz: Europe/Paris",
        "npi=1234567890",
        "x,sin,cos\n0.1,0.0998,0.995\n",
        "name,tz\nWest Plant,CET\n",
        "basin: 046454286",
        "dry_run_as_user: 12345678",
    ],
)
def test_words_that_are_such_names_lead_to_nothing_else(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sin", b"046-454-286"),
        ("nip", b"526-000-12-46"),
        ("taj", b"123456788"),
        ("tc", b"10000000146"),
        ("emso", b"0101006500006"),
        ("sfz", b"11010519491231002X"),
        ("ruc", b"10467793549"),
        ("afm", b"094014298"),
        ("dea", b"AB1234563"),
        ("pnr", b"811218-9876"),
        ("tz", b"123456782"),
    ],
)
def test_sums_hold_and_no_other_last_digit_does(name, text):
    assert part(text, 0, len(text), NAMES[name]) == (0, len(text))
    last = text[-1:]
    other = text[:-1] + (b"1" if last in {b"X", b"0"} else b"%d" % (int(last) - 1))
    assert part(other, 0, len(other), NAMES[name]) is None


def test_every_name_has_a_hint():
    assert {*NAMES.values()} == HINTS
