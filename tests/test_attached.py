"""Files written out in base64: their strings are read, and they do not leave."""

import base64
import json
import random

import pytest

import triage
from triage import redact
from triage.redact.decoding.attached import ATTACHMENT, attached, places, what_begins
from triage.redact.masks import MASK_TEXT
from triage.redact.policy import Policy
from triage.redact.redactor import Redactor

NOISE = random.Random(7).randbytes(1_200)
PNG = b"\x89PNG\r\n\x1a\n" + NOISE
SECRET = PNG + b"tEXtComment\0password=Quartz-orchard-9\0" + NOISE


def masked(text, policy=None):
    redactor = Redactor(policy)
    redactor.learn(text.encode(), place="")
    result = redactor.mask(text.encode())
    assert redactor.residue(result.data, place="") == []
    return result.data.decode()


@pytest.mark.parametrize(
    "text",
    [
        "data:image/png;base64,{}",
        "data:font/woff2;base64,{}",
        "shot={} end",
        json.dumps({"screenshot": "data:image/png;base64,{}"}),
    ],
)
def test_a_file_in_base64_does_not_leave(text):
    for file in (PNG, b"\xff\xd8\xff\xe0" + NOISE, b"PK\3\4" + NOISE, b"%PDF-1.7\n" + NOISE):
        given = text.replace("{}", base64.b64encode(file).decode())
        assert masked(given) == text.replace("{}", "[attachment:1:1024-2047]")
        assert redact.spans(given) == []
        assert masked(given, Policy(disabled=frozenset({ATTACHMENT}))) == given


def test_lines_of_base64_are_one_file_and_what_stands_below_is_none_of_it():
    lines = base64.encodebytes(PNG).decode()
    assert masked(f"shot: {lines}next line\n") == "shot: [attachment:1:1024-2047]\nnext line\n"
    document = json.loads(masked(json.dumps({"image/png": lines, "text/plain": "a plot"})))
    assert document == {"image/png": "[attachment:1:1024-2047]\n", "text/plain": "a plot"}
    assert masked(json.dumps({"a": lines}).replace("/", "\\/")).startswith('{"a": "[attachment:1:')


@pytest.mark.parametrize(
    "text",
    [
        "data:text/plain;base64," + base64.b64encode(b"nothing to see here, but a plain text of some length").decode(),
        "data:image/png;base64,iVBORw0KGgo=",
        "iVBORw0KGgo is how a picture begins",
        "/9j/ and /srv/9j/x/y",
        base64.b64encode(NOISE).decode(),
    ],
)
def test_text_and_what_is_short_is_no_file(text):
    assert [*places(text.encode())] == []
    assert masked(text) == text


def test_a_secret_among_its_strings_is_found():
    text = f'{{"shot": "{base64.b64encode(SECRET).decode()}"}}'
    assert [kind for _, _, kind in redact.spans(text)] == ["password"]
    assert MASK_TEXT.fullmatch(json.loads(masked(text))["shot"])
    ((_, _, strings),) = attached(text.encode(), places(text.encode()))
    assert b"password=Quartz-orchard-9" in strings


def test_what_is_packed_is_known_by_how_it_begins():
    assert what_begins(PNG) == "a picture"
    assert what_begins(b"MDMP\x93\xa7\0\0") == what_begins(b"a log") == ""


def test_an_audit_says_what_it_could_not_look_into():
    found = triage.audit(json.dumps({"a": 1, "shot": base64.b64encode(PNG).decode()}).encode())
    assert len(found) == 0
    ((path, reason),) = found.attrs["unread"]
    assert (path, reason.partition(":")[0]) == ("input", "line 1")
    for file in (PNG, b"%PDF-1.7\n" + NOISE):
        ((path, reason),) = triage.audit(file).attrs["unread"]
        assert path == "input"
        assert "printable strings" in reason
    assert triage.audit(base64.b64encode(SECRET))["kind"].tolist() == ["password"]
