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
    ("text", "value"),
    [
        ('  thai-id: "1-2345-67890-12-1"\n', "1-2345-67890-12-1"),
        ("thai.id=1234567890121\n", "1234567890121"),
        ("userThaiId=1234567890121", "1234567890121"),
        ("user_thai_id_number=1234567890121", "1234567890121"),
        ("THAIID='1234567890121'", "1234567890121"),
        ('ENV EMIRATES_ID "784-1985-1234567-0"\n', "784-1985-1234567-0"),
        ("setx CNIC 12345-1234567-0 /M", "12345-1234567-0"),
        ("serve --israeli-id 123456782 --port 80", "123456782"),
        ('execve("/bin/app", ["app", "--inn", "500100732259"], 0x7f) = 0', "500100732259"),
        ("| inn | 500100732259 |\n| region | eu |", "500100732259"),
        ("  rut -> 12.345.678-5\n", "12.345.678-5"),
        ('["rut"]=>\n  string(12) "12.345.678-5"', "12.345.678-5"),
        ('(gdb) p cfg->avs\n$1 = 0x55ff "756.1234.5678.97"', "756.1234.5678.97"),
        ("$ENV{AVS} = '756.1234.5678.97';", "756.1234.5678.97"),
        ('{avs,<<"756.1234.5678.97">>}', "756.1234.5678.97"),
        ("<inn>500100732259</inn>", "500100732259"),
        ("<td>Taiwan ID</td><td>A123456789</td>", "A123456789"),
        ("<key>EmiratesId</key>\n<string>784-1985-1234567-0</string>", "784-1985-1234567-0"),
        ("name,thai_id,town\nx,1234567890121,y\n", "1234567890121"),
        ("id_number=8001015009087", "8001015009087"),
        ("idNumber: A123456789", "A123456789"),
        ("id_card=11010519491231002X", "11010519491231002X"),
        ("身份证号码\uff1a11010519491231002X", "11010519491231002X"),
        ("ИНН 500100732259", "500100732259"),
        ("เลขประจำตัวประชาชน: 1-2345-67890-12-1", "1-2345-67890-12-1"),
        ("کد ملی: 1234567891", "1234567891"),
        ("medicare_id: 1EG4TE5MK73", "1EG4TE5MK73"),
        ("subscriberId=262011234567890", "262011234567890"),
        ("kojin-bango = 123456789018", "123456789018"),
        ("national_number: 85.07.30-033.57", "85.07.30-033.57"),
    ],
)
def test_names_of_papers_lead_to_their_numbers_whatever_joins_them(text, value):
    assert value in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "thai_id: 1-2345-67890-12-2",
        "thai_id_count=1234567890121",
        "womanthai_ids=1234567890121",
        "emirates_id=785-1985-1234567-0",
        "cnic: required",
        "israeli_id=123456783",
        "inn -> 500100732258",
        "inns: 500100732259",
        "id_number=9001015009082",
        "id_number: 17",
        "id_card: card-1234567",
        "subscriber_id=1700000000000",
        "subscriberId: billing-worker-3",
        "ENV AVS 12\n",
        "the rut - 12 deep - is 3.456 long",
        "medicare_id=null",
    ],
)
def test_such_names_lead_to_nothing_else(text):
    assert found(text) == []


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
        ("thai id", b"1234567890121"),
        ("taiwan id", b"A123456789"),
        ("japanese id", b"123456789018"),
        ("iranian id", b"1234567891"),
        ("belgian id", b"85073003357"),
        ("dutch id", b"123456782"),
        ("bulgarian id", b"7523169263"),
        ("polish id", b"44051401359"),
        ("romanian id", b"1800101123450"),
        ("moldovan id", b"2000123456788"),
        ("hong kong id", b"A1234563"),
        ("belarusian id", b"3070880A001PB5"),
        ("dui", b"12345678-4"),
    ],
)
def test_sums_hold_and_no_other_last_digit_does(name, text):
    assert part(text, 0, len(text), NAMES[name]) == (0, len(text))
    last = text[-1:]
    other = text[:-1] + (b"1" if last in {b"X", b"0"} else b"%d" % (int(last) - 1))
    assert part(other, 0, len(other), NAMES[name]) is None


def test_every_name_has_a_hint():
    assert {*NAMES.values()} == HINTS
