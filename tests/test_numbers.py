import pytest

from tests.finding import told
from tests.redaction.values import luhn_digit
from triage.redact.pii.numbers import iban_end, is_card
from triage.redact.pii.personal import personal


def found(text):
    data = text.encode()
    return told(personal(data), data)


def card(digits):
    return digits + str(luhn_digit(digits))


@pytest.mark.parametrize(
    "digits", ["411111111111111", "55555555555544" + "4", "37828224631000", "601111111111111", "3530111333" + "00000"]
)
def test_cards_by_network_length_and_checksum(digits):
    number = card(digits)
    assert is_card(number.encode())
    assert found(f"paid with {number} today") == [(number, "card")]
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert found(f"paid with {wrong} today") == []


def test_cards_are_grouped_by_one_sign():
    number = card("411111111111111")
    grouped = "-".join(number[at : at + 4] for at in range(0, 16, 4))
    assert found(grouped) == [(grouped, "card")]
    assert found(grouped.replace("-", " ", 1)) == []


@pytest.mark.parametrize("around", ["id_{}", "{}abc", "0x{}", "{}.5", "a.{}"])
def test_digits_of_something_longer_are_no_card(around):
    assert found(around.format(card("411111111111111"))) == []


@pytest.mark.parametrize("digits", ["0000000000000000", "1234567890123456", "9999999999999995"])
def test_digits_of_no_network_are_no_card(digits):
    assert not is_card(digits.encode())


@pytest.mark.parametrize("value", ["DE89370400440532013000", "GB29 NWBK 6016 1331 9268 19", "NL91ABNA0417164300"])
def test_ibans_by_country_and_checksum(value):
    assert found(f"to {value}, thanks") == [(value, "iban")]
    wrong = value[:-1] + ("1" if value[-1] != "1" else "2")
    assert found(f"to {wrong}, thanks") == []


def test_an_iban_ends_where_its_country_says():
    data = b"DE89370400440532013000 AND MORE"
    assert iban_end(data, 0, 22) == 22
    assert iban_end(b"XX89370400440532013000", 0, 22) == 0
    assert iban_end(b"DE8937040044053201300", 0, 21) == 0


@pytest.mark.parametrize(
    "value",
    ["+49 30 901820-12", "+14155550134", "(415) 555-0134", "415-555-0134", "415-555-0134 ext. 12", "0049 30 9018200"],
)
def test_phones_are_found(value):
    assert found(f"call {value}") == [(value, "phone")]


@pytest.mark.parametrize(
    "text", ["+0100", "2026-02-10T09:26:07+0100", "offset +12345:67", "x415-555-0134", "1.415.555.0134", "+1 2 3"]
)
def test_offsets_and_parts_of_numbers_are_no_phones(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "right"),
    [("219-09-9999", True), ("000-12-3456", False), ("666-12-3456", False), ("901-12-3456", False),
     ("219-00-9999", False), ("219-09-0000", False), ("1-219-09-9999", False)],
)  # fmt: skip
def test_social_security_numbers_by_what_is_given_out(text, right):
    assert found(text) == ([(text, "ssn")] if right else [])


@pytest.mark.parametrize("text", ["PN {}", "part no. {}", "SKU: {}", "lot={}", "item_number: {}"])
def test_a_number_of_a_part_is_no_persons(text):
    assert found(text.format("219-09-9999")) == []


@pytest.mark.parametrize("text", ["SSN {}", "patient {}", "spn {}", "his no. {}"])
def test_other_numbers_are(text):
    assert found(text.format("219-09-9999")) == [("219-09-9999", "ssn")]
