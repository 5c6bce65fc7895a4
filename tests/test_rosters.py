import pytest

from tests.finding import told
from triage.redact.phrases import prose


def found(text):
    data = text.encode()
    return told(prose.said(data), data)


@pytest.mark.parametrize(
    ("text", "owners"),
    [
        ("render-25:5432:orders:mfern:hunter2x\n", [("render-25", "hostname"), ("mfern", "username")]),
        ("db.corp.fern.net:5432:orders:mfern:hunter2x", [("db.corp.fern.net", "hostname"), ("mfern", "username")]),
        ("localhost:5432:*:mfern:hunter2x", [("mfern", "username")]),
        ("*:*:*:postgres:hunter2x", []),
    ],
)
def test_an_entry_of_pgpass_and_whose_it_is(text, owners):
    assert sorted(found(text)) == sorted([("hunter2x", "password"), *owners])


@pytest.mark.parametrize("text", ["frame:12:main:loop:ok", "a:5432:b:c:", "render-25:5432:orders:mfern:null"])
def test_other_fields_with_colons(text):
    assert found(text) == []
