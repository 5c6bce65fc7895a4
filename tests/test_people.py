import pytest

from triage.redact import spans
from triage.redact.pii import people


def found(text):
    return [text[start:end] for start, end, _ in spans(text)]


@pytest.mark.parametrize(
    ("hint", "value"),
    [
        ("date", "1974-04-07"),
        ("date", "7 April 1974"),
        ("date", "07.04.1974"),
        ("date", r"06\/04\/1952"),
        ("date", "datetime.date(1974, 4, 7)"),
        ("date", "1974年4月7日"),
        ("street", "Hauptstraße 37"),
        ("street", "12 Harbour Lane, Leeds"),
        ("postal", "SW7 4AA"),
        ("postal", "94107-1234"),
        ("postal", "91-642"),
        ("id", "529.982.247-25"),
        ("id", "H3668L634"),
        ("id", "RSSMRA85T10A562S"),
        ("name", "Ana de la Cruz"),
        ("name", "O'Brien"),
        ("name", "Øystein"),
    ],
)
def test_a_value_has_the_form_of_its_field(hint, value):
    data = value.encode()
    for in_quotes in (True, False):
        assert people.part(data, (0, len(data)), hint, in_quotes=in_quotes) == (0, len(data))


@pytest.mark.parametrize(
    ("hint", "value"),
    [
        ("date", "invalid date"),
        ("date", "0000-00-00"),
        ("street", "0x7fff5fbff8a0"),
        ("street", "baker"),
        ("street", "10.2.3.4"),
        ("street", "/usr/lib/x"),
        ("postal", "archive.zip"),
        ("postal", "true"),
        ("id", "42"),
        ("id", "00000000"),
        ("name", "string"),
        ("name", "Last name is required"),
        ("name", "first_name"),
    ],
)
def test_what_stands_there_instead_is_nobody_s(hint, value):
    data = value.encode()
    for in_quotes in (True, False):
        assert people.part(data, (0, len(data)), hint, in_quotes=in_quotes) is None


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('{"firstName":"Anna","street":"Hauptstraße 37","zipCode":"10115"}', ["Anna", "Hauptstraße 37", "10115"]),
        ("first_name=Anna&last_name=Smith&street=12+Main+St", ["Anna", "Smith", "12+Main+St"]),
        ("level=info first_name=Anna last_name=Smith user_id=12", ["Anna", "Smith"]),
        ("Person(firstName=Anna, street=12 Main Street, zipCode=94107)", ["Anna", "12 Main Street", "94107"]),
        ("<FirstName>Øystein</FirstName><Street>ul. Polna 180/4</Street>", ["Øystein", "ul. Polna 180/4"]),
        ("geburtsdatum: 07.04.1974", ["07.04.1974"]),
        ("Date of birth: 7 April 1974", ["7 April 1974"]),
        ("pesel=44051401359", ["44051401359"]),
        ("tel: 089 \u2013 36058003", ["089 \u2013 36058003"]),
        ("phone=+49+30+123456", ["+49+30+123456"]),
        ('{"firstName":"string","lastName":"Last name is required"}', []),
        ("fg-color=0,0,0 family-name=Tinos size=12pt", []),
        ("val lastName: String = person.lastName", []),
    ],
)
def test_fields_wherever_names_and_values_stand(text, values):
    assert found(text) == values


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("mobile = MDMwLzQ0NTMxNzY=\n", "MDMwLzQ0NTMxNzY=", "phone"),
        ("app.dni=TVRNd05UYzNOVEZH\n", "TVRNd05UYzNOVEZH", "national_id"),
        ("{'dni': '37343838353139324b'}", "37343838353139324b", "national_id"),
        ("docker run -e SOCIAL_SECURITY_NUMBER=NjMxLTcwLTg4NTM= acme/agent", "NjMxLTcwLTg4NTM=", "ssn"),
        ('{"first_name":"RWxpZg=="}', "RWxpZg==", "person"),
        ("action=save&national_insurance_number=HJ+30+32+09+B&submit=1", "HJ+30+32+09+B", "national_id"),
        ("phone=%2B1+%28319%29+384-5135&x=1", "%2B1+%28319%29+384-5135", "phone"),
        ('{"nir": "269054958815780"}', "269054958815780", "national_id"),
    ],
)
def test_numbers_of_people_are_known_as_they_are_sent(text, value, kind):
    assert [(text[start:end], kind) for start, end, kind in spans(text)] == [(value, kind)]


@pytest.mark.parametrize(
    "text",
    [
        "mobile = responsive-layout\n",
        "phone_number: deadbeefcafe1234\n",
        "ssn: abcdefgh\n",
        "passport: Strategy\n",
        '{"nir": 0.2345678, "red": 0.123456}',
        '{"nino": "C+20+11+x"}',
    ],
)
def test_words_and_measures_under_names_of_people_stay(text):
    assert spans(text) == []


def test_what_is_coded_more_than_once_is_read():
    assert people.coded(b"x=TVRNd05UYzNOVEZH ", 2) == ((2, 18), b"13057751F")
    assert people.coded(b"x=deadbeef", 2) is None
