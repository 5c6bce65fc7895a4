"""Values that are written as lists of their bytes, and addresses that are written for people."""

from __future__ import annotations

import base64

import pytest

from tests.growth import grows_evenly
from triage.redact import mask, spans

PASSWORD = "Kupfer_Kaffee97"
MAIL = "jana.kovar" + "@posteo.cz"


def numbers(text: str, joint: str = ", ") -> str:
    return joint.join(str(byte) for byte in text.encode())


def hexadecimal(text: str) -> str:
    return ", ".join(f"0x{byte:02x}" for byte in text.encode())


@pytest.mark.parametrize(
    "text",
    [
        f"config: &{{Debug:false DbPassword:[{numbers(PASSWORD, ' ')}] Timeout:30s}}",
        f"level=error password=[{numbers(PASSWORD, ' ')}] n=3",
        f"    got password [{numbers(PASSWORD, ' ')}]",
        f"    got iban [{numbers('DE89370400440532013000', ' ')}]",
        f"D/Dump: db_password [{numbers(PASSWORD)}]",
        f"thread panicked: api_key: Vec([{numbers('k9' + PASSWORD)}])",
        f'{{"db_password":{{"type":"Buffer","data":[{numbers(PASSWORD, ",")}]}},\n',
        f"byte[] password = {{{numbers(PASSWORD)}}}",
        f"password = new byte[] {{ {numbers(PASSWORD)} }};",
        f"password: Uint8Array(15) [\n  {numbers(PASSWORD[:8])},\n  {numbers(PASSWORD[8:])}\n]",
        f"val password: ByteArray = byteArrayOf({numbers(PASSWORD)})",
        f"password=<<{numbers(PASSWORD, ',')}>>;",
        f"Password:[]byte{{{hexadecimal(PASSWORD)}}}",
        f"password=[{numbers('Käsebrot_77')}, 0, 0, 0]",
        f"password: [{', '.join(str(byte - 256 * (byte > 127)) for byte in 'Käsebrot_77'.encode())}]",
        f'"password": [{numbers(PASSWORD)}, ... 3 more items]',
        f"name: [{numbers('Jürgen Hofmann')}]",
        f"phone=[{numbers('+49' + '17668899001', ' ')}]",
        f"sent [{numbers(MAIL, ' ')}] ok",
        f"sent ({numbers('ghp' + '_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8')}) ok",
    ],
)
def test_what_is_listed_byte_by_byte_is_read_behind_its_name(text):
    masked = mask(text)
    assert masked != text
    assert not any(
        f"{one}{joint}{other}" in masked for one, other in ((112, 102), (53, 53)) for joint in (" ", ", ", ",")
    )
    assert masked.rstrip()[-1:] == text.rstrip()[-1:]


@pytest.mark.parametrize(
    "text",
    [
        f"sent [{numbers('plain words of a log', ' ')}] ok",
        "histogram=[45 52 61 70 88 92 64 33]",
        "pixels: [72, 85, 101, 99, 64, 80, 120, 33]",
        "password lengths [40 41 52 43 44 35]",
        "key_sizes=[64, 96, 128, 112, 80, 72]",
        "token_ids: [101, 72, 99, 104, 65, 33, 50]",
        "token counts [72, 65, 66, 77, 71, 90]",
        "pins=[48, 49, 50, 51, 52, 53, 54]",
        "password: [48, 49, 50, 51, 52, 53, 54]",
        "version (10, 13, 45, 46, 99, 101)",
        "secret: [72, 65, 300, 77, 71, 90]",
        "password attempts by hour [9, 13, 33, 200, 240, 60]",
        "Users: [72, 65, 66, 77, 71, 90]",
        "score by user [72, 65, 66, 77, 71, 90]",
    ],
)
def test_other_lists_of_numbers_stay(text):
    assert mask(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Maintainer: «jana+beet AT acme [dot] co [dot] uk»",
        '{"contact":"«jana+beet AT acme[dot]me»"}',
        "# author «jana.kovar at corp dot org»",
        "write to «jkovar AT corp DOT org»",
        "mail: «jana at corp dot com» please",
        "«jana dot kovar at corp dot com»",
        "«jana@corp[dot]com»",
        "«jana [@] corp [.] com»",
        "«jana_at_corp[dot]com»",
        "«jana [ at ] corp [ dot ] com»",
        "«anna (at) firma (punkt) de»",
    ],
)
def test_an_address_with_words_for_its_signs_is_found(text):
    plain = text.replace("«", "").replace("»", "")
    found = [plain[start:end] for start, end, _ in spans(plain)]
    assert found == [text.partition("«")[2].partition("»")[0]]


@pytest.mark.parametrize(
    "text",
    [
        "look at evil[.]com now",
        "LOOK AT EVIL DOT COM",
        "failed AT line 3 [dot] product",
        "the dot product at a dot b",
        "we met at corp dot com",
        "stopped at x.y dot product of z",
        "blocked 10[.]0[.]0[.]1 at 10:00",
        "at index_3 dot product",
    ],
)
def test_words_of_sentences_make_no_address(text):
    assert mask(text) == text


@pytest.mark.parametrize(
    "text", [f"\0jkovar\0{PASSWORD}", "\0jkovar\0herbstlaub", f"admin\0jkovar\0{PASSWORD}", f"\0{MAIL}\0{PASSWORD}"]
)
@pytest.mark.parametrize("before", ["sasl_msg: PLAIN ", "first message ", "12:01:02 INFO plum 12 34 56\n" * 800])
def test_what_sasl_sends_is_found(before, text):
    encoded = base64.b64encode(text.encode()).decode()
    assert mask(f"{before}{encoded}\nrc=-13\n").startswith(f"{before}[")


@pytest.mark.parametrize("text", ["ls\0-la\0notes.txt", "one\0two\0three", "\0\0\0abcdefghijk"])
def test_other_texts_with_nuls_stay(text):
    line = f"blob {base64.b64encode(text.encode()).decode()} end"
    assert mask(line) == line


@pytest.mark.parametrize(
    "value", [r"Kup9fer\u002697kaffee\u003d95", r"Ku\u0026p9f\u003c97\u003d95", r"K9up\u0026fe_r"], ids=range(3)
)
def test_a_sign_that_is_written_out_in_a_value_ends_nothing(value):
    assert mask(f"status=403 password={value} n=1").endswith("] n=1")
    assert value[-4:] not in mask(f"status=403 password={value} n=1")


@pytest.mark.parametrize(
    "text",
    [
        r"url=https://shop.org/?q=1\u0026token=Kx93jd83jdk2\u0026page=2 n=1",
        r'{"url":"https://shop.org/?q=1\u0026token=Kx93jd83jdk2\u0026page\u003d2"}',
    ],
)
def test_one_before_another_parameter_does(text):
    assert r"\u0026page" in mask(text)
    assert "jd83" not in mask(text)


@pytest.mark.parametrize(
    "unit",
    [
        "[72, 85, ",
        "[[[[72 85 ",
        "[72, 85, 91, 94, 50, 66, 71] ",
        "a[dot]",
        "a AT b [dot] c ",
        " a dot",
        "bytes(bytes(",
        "(.)",
    ],
)
def test_repeats_are_read_in_linear_time(unit):
    grows_evenly(spans, lambda size: unit * (size // len(unit)), 16 << 10)
