"""Signs that take a line end back, where they do and where they end a value, a folder, or base64."""

from __future__ import annotations

import pytest

import triage
from triage.redact import mask, spans

LOG = """\
2026-01-02 03:04:05,123 ERROR app.main: auth rejected: token=Qx7mPa9LkT2v=
2026-01-02 03:04:06,124 ERROR app.main: queue is full
2026-01-02 03:04:07,124 ERROR app.main: auth rejected: Qx7mPa9LkT2v=
2026-01-02 03:04:08,124 ERROR app.main: pool is empty
"""


@pytest.mark.parametrize("sign", ["=", "\\"])
@pytest.mark.parametrize(
    "below",
    [
        "ERROR boom",
        "[WARN] queue is full",
        "2026-01-02 03:04:06,124 queue is full",
        "Jan  2 03:04:06 host app: queue",
        "E/App: queue is full",
        '203.0.113.9 - - [02/Jan/2026:03:04:06 +0000] "GET / HTTP/1.1" 200 1',
        "Traceback (most recent call last):",
        "panic: runtime error",
        "goroutine 1 [running]:",
        "stringData:",
        "type: Opaque",
        "queue_size = 12",
        "then it stopped",
        "done",
    ],
)
def test_what_says_something_of_its_own_is_none_of_the_value_above(sign, below):
    text = f"api_token=Qx7mPa9LkT2v{sign}\n{below}\n"
    start, end, _ = spans(text)[0]
    assert text[start:end].rstrip(sign) == "Qx7mPa9LkT2v"


@pytest.mark.parametrize("text", ["password=cGFzc3dvcmQxMjM=\n12 rows\n", "password: cGFzc3dvcmQxMjM=\n3rd try\n"])
def test_whole_base64_ends_with_its_padding(text):
    assert [text[start:end] for start, end, _ in spans(text)] == ["cGFzc3dvcmQxMjM="]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("password=hunter=\n2Zq9x\n", "hunter=\n2Zq9x"),
        ('{"password": "hunt=\ner2Zq9x"}\n', "hunt=\ner2Zq9x"),
        ("export TOKEN=abcd1234\\\nefgh5678\n", "abcd1234\\\nefgh5678"),
        ("password=hunter\\\n    2Zq9x\n", "hunter\\\n    2Zq9x"),
    ],
)
def test_the_rest_of_a_value_is_read_with_it(text, wanted):
    assert [text[start:end] for start, end, _ in spans(text)] == [wanted]


def test_the_next_argument_of_a_command_is_none_of_the_value_before():
    text = "curl -u admin:hunter2xyz\\\n  https://shop.example/v1\n"
    assert mask(text).endswith("\\\n  https://shop.example/v1\n")


@pytest.mark.parametrize("below", ["2026-01-02 03:04:06,123 ERROR queue full", "next line", "x7Kd93jf"])
def test_a_folder_ends_with_its_backslash(below):
    text = f"dir is C:\\Users\\jroe\\\n{below}\n"
    assert next(text[start:end] for start, end, _ in spans(text)) == "jroe"


def test_masking_a_log_loses_no_record_and_finds_the_value_again():
    case = triage.load(LOG.encode())
    masked = case.redact()
    assert len(masked.logs()) == len(case.logs()) == 4
    assert mask(LOG).count("[token:1:") == 2


def test_what_failed_is_still_told_below_a_token():
    log = "starting, api token=cGFzc3dvcmQxMjM=\nTraceback (most recent call last):\n"
    case = triage.load(
        (log + '  File "/srv/w.py", line 31, in run\n    self.step()\nRuntimeError: queue closed\n').encode()
    )
    assert case.redact().incidents()["title"].tolist() == case.incidents()["title"].tolist()
