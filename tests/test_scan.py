import base64
import json
from itertools import pairwise
from urllib.parse import quote

import pytest

from tests.finding import GITHUB
from triage.redact.decoding.layers import read_layers
from triage.redact.known import Known
from triage.redact.policy import Pattern, Policy
from triage.redact.scan import Scanner

PLAIN = json.dumps({"password": "hunter2-quartz"})


def found(text, policy=None, known=None):
    data = text.encode()
    hits = Scanner(policy or Policy.default()).find(data, known)
    assert all(first.end <= second.start for first, second in pairwise(hits))
    return [(data[hit.start : hit.end].decode(), hit.kind) for hit in hits]


ENCODED = {
    "plain": PLAIN,
    "JSON": json.dumps(PLAIN)[1:-1],
    "JSON in JSON": json.dumps(json.dumps(PLAIN))[1:-1],
    "percent": quote(PLAIN, safe=""),
    "twice percent": quote(quote(PLAIN, safe=""), safe=""),
    "HTML": PLAIN.replace('"', "&quot;"),
    "UTF-16": "\0".join(PLAIN),
    "terminal": PLAIN.replace("hunter2", "hun\x1b[31mter2"),
}


@pytest.mark.parametrize("text", ENCODED.values(), ids=ENCODED)
def test_a_value_is_found_in_every_encoding_where_it_stands(text):
    ((value, kind),) = found(f"body: {text} end")
    assert kind == "password"
    assert value.replace("\0", "").replace("\x1b[31m", "") == "hunter2-quartz"


RUNS = {
    "base64": lambda text: base64.b64encode(text).decode(),
    "hexadecimal": bytes.hex,
    "base64 in base64": lambda text: base64.b64encode(base64.b64encode(text)).decode(),
}


@pytest.mark.parametrize("encode", RUNS.values(), ids=RUNS)
def test_a_run_is_found_whole_under_the_kind_of_what_it_holds(encode):
    run = encode(PLAIN.encode())
    assert found(f"x={run} end") == [(run, "password")]
    both = encode(b'{"password": "hunter2-quartz", "email": "mara@example.org"}')
    assert found(f"x={both} end") == [(both, "encoded")]


@pytest.mark.parametrize("joint", ['" + "', '"\n    "', "' .\n '", "\\\n"])
@pytest.mark.parametrize("start", ["ghp_", "sk-"], ids=["by its keyword", "by its beginning"])
def test_a_token_that_code_joins_is_found_whole(start, joint):
    halves = start + "A1b2C3d4E5f6G7h8I9j0K1l2M3", "n4O5p6Q7r8"
    ((value, _),) = found(f's = "{joint.join(halves)}"')
    assert value == joint.join(halves)


def test_of_two_at_one_place_the_surer_names_the_kind():
    assert found(f"token={GITHUB}") == [(GITHUB, "github_token")]


def test_what_a_policy_switches_off_or_allows_is_not_found():
    text = "mara@example.org from 203.0.113.7 password=hunter2-quartz"
    assert [kind for _, kind in found(text)] == ["email", "ipv4", "password"]
    assert [kind for _, kind in found(text, Policy(disabled=frozenset({"ipv4"})))] == ["email", "password"]
    assert [kind for _, kind in found(text, Policy(allow=("hunter2-quartz",)))] == ["email", "ipv4"]
    assert [kind for _, kind in found(text, Policy(allow_patterns=(r".*@example\.org",)))] == ["ipv4", "password"]


def test_what_a_policy_adds_is_found():
    text = "badge B-123456, tenant=orchard7"
    assert found(text) == []
    policy = Policy(patterns=(Pattern("badge", "B-([0-9]{6})"),), keys=("tenant",))
    assert found(text, policy) == [("123456", "badge"), ("orchard7", "secret")]


def test_masks_are_no_findings():
    assert found("password=[password:1:8-15] [email:1:8-15]@example.org") == []


def test_known_values_are_found_decoded_too():
    known = Known([("password", b"hunter2/quartz")])
    assert found("it was hunter2/quartz", known=known) == [("hunter2/quartz", "password")]
    assert found("it was hunter2%2Fquartz", known=known) == [("hunter2%2Fquartz", "password")]
    data = b"hunter2/quartz hunter2%2Fquartz"
    scanner = Scanner(Policy.default())
    hits = scanner.find_known(known, read_layers(data), [])
    assert [(hit.start, hit.end) for hit in hits] == [(0, 14), (15, 31)]
    assert [(hit.start, hit.end) for hit in scanner.find_known(known, read_layers(data), hits[:1])] == [(15, 31)]


def test_a_value_runs_on_over_the_end_of_its_line():
    assert found("api_token=a1B2c3D4e5F6g7H8\n  i9J0k1L2m3N4o5\n") == [("a1B2c3D4e5F6g7H8\n  i9J0k1L2m3N4o5", "token")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "at pay (app.js:3:9)\nat run (app.js:9:1)",
        "pay@https://shop.example.org/app.js:3:9\n@https://shop.example.org/app.js:9:1",
        "Traceback (most recent call last):\n  File \"/srv/app/pay.py\", line 3, in pay\nKeyError: 'card'",
        "#0 0x00007f1e in raise () from /lib64/libc.so.6",
        "2026-02-10T09:26:07.001Z INFO started in 1.2.3 build 20260210.4",
        "Exception 0xC0000005 at 0x00007FF6A1B2C3D4",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "550e8400-e29b-41d4-a716-446655440000",
    ],
)
def test_crashes_without_secrets_stay_as_they_are(text):
    assert found(text) == []


@pytest.mark.parametrize("text", ENCODED.values(), ids=ENCODED)
def test_a_text_that_is_scanned_again_gives_the_same(text):
    data = f"{'started ' * 9}\nbody: {text} end\nmail to ada@firma.de\n".encode()
    scanner = Scanner(Policy.default())
    known = Known([("host", b"started")], [])
    first, second = scanner.find(data), scanner.find(data)
    assert first == second == Scanner(Policy.default()).find(data)
    assert scanner.find(data, known) == Scanner(Policy.default()).find(data, known)


def test_what_is_kept_of_a_text_holds_no_value():
    scanner = Scanner(Policy.default())
    scanner.find(f"{'started ' * 9}\n{PLAIN}\nmail to ada@firma.de\n".encode())
    kept = [hit.value for hits in scanner._found.values() for hit in hits]
    assert len(kept) == 2
    assert not any(kept)
