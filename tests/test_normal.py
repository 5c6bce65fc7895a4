import pytest

from triage.redact import mask
from triage.redact.normal import normal
from triage.redact.redactor import Redactor


@pytest.mark.parametrize(
    ("kind", "spellings"),
    [
        ("phone", ["+43 664 1234567", "0043-664-1234567", "+436641234567", "00436641234567"]),
        ("iban", ["AT61 1904 3002 3457 3201", "at611904300234573201"]),
        ("bank_account", ["AT61 1904 3002 3457 3201", "AT611904300234573201"]),
        ("ipv6", ["2001:db8:0:0::1", "2001:0DB8::0001", "2001:db8::1"]),
        ("mac", ["00:1b:63:84:45:e6", "00-1B-63-84-45-E6", "001b.6384.45e6"]),
        ("email", ["Ada@Web.de", "ada@web.de"]),
    ],
)
def test_spellings_of_one_value_are_one(kind, spellings):
    assert len({normal(kind, one.encode()) for one in spellings}) == 1


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [("ipv6", "2001:db8::1", "2001:db8::10"), ("phone", "+43 664 1", "+44 664 1"), ("password", "Abc", "abc")],
)
def test_other_values_stay_apart(kind, one, other):
    assert normal(kind, one.encode()) != normal(kind, other.encode())


def test_what_is_no_address_is_compared_as_it_stands():
    assert normal("ipv6", b"FE80::1%eth0:x") == b"fe80::1%eth0:x"


def test_spellings_in_one_text_have_one_mask():
    masked = mask("id,ip\n1,2001:db8:0:0::1\n2,2001:0db8::0001\n")
    assert masked.count("[ipv6:1:") == 2


def test_a_key_gives_them_one_pseudonym():
    redactor = Redactor(key=b"k" * 32)
    texts = [b"call +43 664 1234567 now", b"phone: 00436641234567"]
    for text in texts:
        redactor.learn(text, place="a")
    assert len({one.mask for text in texts for one in redactor.mask(text).findings}) == 1
