import pytest

from triage.redact.decoding.octets import written_out
from triage.redact.decoding.views import ENCODED
from triage.redact.policy import Policy
from triage.redact.scan import Scanner

SECRET = b'{"password":"hunter2-plum"}'
FORMS = {
    "colons": lambda text: ":".join(f"{byte:02x}" for byte in text),
    "blanks": lambda text: " ".join(f"{byte:02X}" for byte in text) + " ",
    "list": lambda text: f"[{', '.join(map(str, text))}]",
    "tight list": lambda text: f"[{','.join(map(str, text))}]",
    "hexadecimal list": lambda text: "{" + ", ".join(f"0x{byte:02x}" for byte in text) + "}",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("filler", [0, 400], ids=["alone", "in a long log"])
def test_a_secret_in_bytes_written_out_is_found(form, filler):
    line = f"sent {FORMS[form](SECRET)}\n"
    text = ("12:01:02 INFO plum 12 34 56\n" * filler + line).encode()
    (hit,) = Scanner(Policy.default()).find(text)
    assert hit.kind == "password"
    assert len(text) - len(line) <= hit.start
    assert hit.end - hit.start >= len(FORMS[form](SECRET).strip("[]{} ")) - 1


@pytest.mark.parametrize(
    "text",
    [
        "[72, 101, 108, 108, 111, 32, 119, 111, 114, 108, 100, 33]",
        "48 65 6c 6c 6f 2c 20 77 6f 72 6c 64 21",
        "Code: 48 8b 05 a1 2c 00 00 48 89 e5 5d c3",
        "00:11:22:33:44:55:66:77:88:99:aa:bb",
        "0x70" * 12,
    ],
)
def test_other_bytes_stay(text):
    assert Scanner(Policy.default()).find(text.encode()) == []


def test_bytes_are_read_up_to_the_first_that_does_not_print():
    data = b"70 61 73 73 77 6f 72 64 3d 41 ff 42"
    assert [*written_out(data, ENCODED.spans(data))] == [(0, 30, b"password=A")]
