"""Texts that are written as a list of their lines are searched as the text that they are."""

import json

import pytest

import triage
from tests.growth import grows_evenly
from triage.redact import mask, spans
from triage.redact.decoding.arrays import lines_joined

PASSWORD = "orchard-9-plums"
TOKEN = "ghp" + "_a7B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
KEY_LINES = [
    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8c"[at:] + "Kj0o1p2q3"[:at] for at in range(9)
]
KEY = "\n".join(["-----BEGIN " + "PRIVATE KEY-----", *KEY_LINES, "-----END " + "PRIVATE KEY-----", ""])
TEXTS = {
    "a sentence that goes on": (f"DB password is:\n{PASSWORD}\n", PASSWORD),
    "a block of YAML": (f"password: >-\n  {PASSWORD}\n", PASSWORD),
    "a command over lines": (f"!mysql --user ada \\\n  --password \\\n  {PASSWORD}", PASSWORD),
    "an address": ("Ship to:\nAda Lovelace\n12 Baker Street\nLondon NW1 6XE\n", "Ada Lovelace"),
}


def stream(text, name="stdout"):
    return {"output_type": "stream", "name": name, "text": text.splitlines(keepends=True)}


def notebook(*outputs, source=()):
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": list(source), "execution_count": 1}
    return {"cells": [cell | {"outputs": list(outputs)}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


@pytest.mark.parametrize(("text", "value"), TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("indent", [1, None])
def test_lines_of_a_notebook_are_read_as_one_text(text, value, indent):
    lines = text.splitlines(keepends=True)
    for document in (notebook(stream(text)), notebook(source=lines), {"output": [line.rstrip("\n") for line in lines]}):
        masked = mask(json.dumps(document, indent=indent))
        assert value not in masked
        assert json.loads(masked).keys() == document.keys()


@pytest.mark.parametrize("value", ["rep" + "r", "json"])
def test_a_list_that_a_program_printed(value):
    lines = ["DB password is:\n", f"{PASSWORD}\n"]
    text = f"lines = {repr(lines) if value != 'json' else json.dumps(lines)}\n"
    assert [text[start:end] for start, end, _ in spans(text)] == [PASSWORD]


@pytest.mark.parametrize(("secret", "at"), [(TOKEN, 17), (KEY, 200), (KEY, len(KEY_LINES[0]) * 3)])
@pytest.mark.parametrize("sort", [True, False])
def test_what_two_outputs_share_is_found_and_the_notebook_stays_one(secret, at, sort):
    text = json.dumps(notebook(stream(secret[:at]), stream(secret[at:] + "\nready\n")), indent=1, sort_keys=sort)
    masked = mask(text)
    outputs = json.loads(masked)["cells"][0]["outputs"]
    assert [(output["output_type"], output["name"]) for output in outputs] == [("stream", "stdout")] * 2
    assert not any(line in masked for line in [secret[:at], secret[at:], *KEY_LINES])
    assert outputs[1]["text"][-1] == "ready\n"


def test_the_audit_and_the_archive_see_what_the_plain_text_shows(tmp_path):
    (tmp_path / "run.ipynb").write_text(json.dumps(notebook(stream(f"DB password is:\n{PASSWORD}\n")), indent=1))
    assert triage.audit(tmp_path / "run.ipynb")["kind"].tolist() == ["password"]
    saved = triage.load(tmp_path / "run.ipynb").redact().approve(by="Ada").save(tmp_path / "out.tar.gz")
    assert len(triage.audit(saved)) == 0
    assert PASSWORD not in "".join(triage.load(saved).text(one) for one in triage.load(saved).files()["source_id"])


@pytest.mark.parametrize(
    "value",
    [
        ["user name", "password", "home city", "token"],
        ["user name:", "email:", "phone:"],
        ["What is your name?", "Password:", "Repeat password:"],
        {"stack": ["Error: x", "at parse (a.js:1:2)", "at main (b.js:2:3)"]},
        {"args": ["--user", "bob smith", "--verbose"]},
    ],
)
def test_lists_of_names_and_frames_give_nothing(value):
    assert spans(json.dumps(value, indent=1)) == []


@pytest.mark.parametrize(
    "data", [b"", b"[", b'["a"]', b'["a", "b"]', b'["one", ["two"]]', b"[x', 'y]", b'"a b", "c d"']
)
def test_words_and_what_is_no_list_are_left(data):
    assert lines_joined(data) is None


@pytest.mark.parametrize(
    "piece", ['["a b", ', '["a b\\n", "c d"]', "['a\", ", '["a b", "c', '["\\"', '"]},{"name":"stdout","text":["a", ']
)
def test_time_is_linear(piece):
    grows_evenly(lines_joined, lambda count: (piece * count).encode(), 20_000)
