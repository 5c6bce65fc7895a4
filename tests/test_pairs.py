"""Pairs that stand again are judged by themselves: as where they stand, and only where that reads nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.redaction import generator
from triage.redact import scan
from triage.redact.lines import Lines
from triage.redact.named import keys
from triage.redact.named.pairs import assignments
from triage.redact.named.structure import assignments as in_place
from triage.redact.redactor import Redactor

LINES = (
    '{"user":"admin","host":"localhost","key":"session","node":12,"server":"db-01.corp.internal"}',
    "level=info host=web-01 user=j.doe key=aGVsbG8gd29ybGQxMjM0 msg=done",
    '  - name: DB_HOST\n    value: localhost\n  user: j.doe\n  "port": 12\n  token: 8f3a9c2e7b1d4f60',
    'export API_KEY="8f3a9c2e7b1d4f60a2"\nDB_USER=deploy\nNODE_NAME=kernel7\n',
    'up{instance="db-7",node="pool",host="x"} 1',
    'arn:aws:iam::1:role/user="j.doe",x\n{"user":"j.doe","x":1}',
    '{"user":"j.doe" -> "a.roe","host":"a" to "db-01"}{"user":"j.doe", "x":1}',
    '["x-api-key","8f3a9c2e7b1d4f60a2"] {"key":"host.name","value":{"stringValue":"db-01"}}',
    "declare -X NODE_NAME=kernel7 rest\nx declare -X NODE_NAME=kernel7 rest",
    "caller=main.go:12 caller=5551234567 caller=b phone=x1 sms=+49 151 23456789 mobile=0x1f ",
    '{"sessionToken":"xXybNF6jdPFIM7otujAI","id":"x","auth":"bob:hunter22xyz","x":"y"}',
    'arn:aws:iam::1:user/x {"sessionToken":"xXybNF6jdPFIM7otujAI","id":"x"}',
    '{"user": "db-user", "host": "token=8f3a9c2e7b1d4f60", "secret":"superuser","next":"a", "user":"[user:1:4-7]"}',
    "the secret user=j.doe x user=j.doe\nsecret user=j.doe x\nuser=j.doe x y\n",
    "host db-1 as user=j.doe\n2026 x\n set user=j.doe x\n  Export user=j.doe y\n env user=j.doe z\nx set user=j.doe\n",
    '{"a":1,"user": {"id":7,"name":"j.doe"},"x-user":{"login" : "a.roe"},"username":{"name":"j.doe"},"user": {}}',
    '"arn:aws:iam::1:", {"user": {"id":7,"name":"j.doe"}}',
)


def same(text: bytes) -> None:
    """Both ways find the same in a text."""
    lines = Lines(text)

    def told(found):
        kept = {one for one in found if one[2] or scan._confirmed(text, one[0], one[1])}
        return sorted(kept)

    assert told(assignments(text, (), lines, scan._confirmed)) == told(in_place(text, (), lines))


@pytest.mark.parametrize("joint", ["\n", " ", ","])
def test_pairs_read_again_are_as_where_they_stand(joint):
    for one in LINES:
        for other in LINES:
            same(joint.join([one, other, one, other, one]).encode())


NAMES = ("user", "db_user", "hostname", "password", "sessionId", "key", "auth", "phone", "cookie", "name", "serverName")
WORDS = (
    "j.doe",
    "db-01",
    "hunter2-not-real",
    "8f3a9c2e7b1d4f60",
    "password",
    "token=abc123def456",
    "a b",
    "+49 151 23456789",
)


@given(
    st.lists(
        st.tuples(st.sampled_from(NAMES), st.sampled_from(WORDS), st.sampled_from(("", "arn:aws:iam::1:x ", " user "))),
        min_size=4,
        max_size=24,
    ),
    st.sampled_from((",", ", ", ",\n  ", "},{")),
)
def test_strings_of_json_are_as_where_they_stand(pairs, joint):
    text = joint.join(f'{before}"{name}":{" " * (len(name) % 2)}"{value}"' for name, value, before in pairs)
    same(("{" + text + "}\n").encode() * 3)


def test_samples_read_twice_are_as_where_they_stand():
    texts = [sample.text.encode("utf-8", "surrogatepass") for sample in generator.corpus(5, 1).samples]
    for number in range(0, len(texts), 20):
        group = texts[number : number + 20]
        same(b"\n".join([*group, *reversed(group)]))


def test_nothing_that_was_asked_about_outlives_a_text():
    text = b'{"user":"j.doe","password":"hunter2-not-real"} password is hunter2-not-real'
    redactor = Redactor()
    redactor.learn(text, place="")
    assert keys.sense.cache_info().currsize == 0
    redactor.mask(text)
    assert keys.sense.cache_info().currsize == 0
    redactor.text("hunter2-not-real", key="password")
    assert keys.sense.cache_info().currsize == 0


def test_a_block_without_findings_is_read_once_and_still_searched_for_what_is_known(monkeypatch):
    block = b"INFO the lantern of quartz-otter was lit\n" * 400
    redactor = Redactor()
    redactor.learn(block, place="")
    read = []
    monkeypatch.setattr(redactor._scanner, "_told", lambda layers: read.append(layers) or [])
    assert redactor.mask(block).data == block
    redactor._register([scan.Hit(0, 12, "password", "key", 5, b"quartz-otter")])
    assert b"quartz-otter" not in redactor.mask(block).data
    assert len(read) == 1  # the masked text is another
