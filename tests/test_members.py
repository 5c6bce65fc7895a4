"""Members of objects whose names are equal once they are masked."""

import json

import pytest

from triage import redact
from triage.redact.members import told_apart

MASK = b"[email:1:8-15]"


def places(data):
    found, at = [], data.find(MASK)
    while at >= 0:
        found.append((len(found), at, len(MASK)))
        at = data.find(MASK, at + 1)
    return found


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('{"ada@example.com": 1, "ADA@example.com": 2}', ["[email:1:8-15]", "[email:1:8-15]-2"]),
        (
            '{"ada@example.com":1,"Ada@example.com":2,"ADA@example.com":3}',
            [f"[email:1:8-15]{n}" for n in ("", "-2", "-3")],
        ),
        ('{"to ada@example.com": 1, "to ADA@example.com": 2}', ["to [email:1:8-15]", "to [email:1:8-15]-2"]),
        ('{"ada@example.com": 1, "eve@example.com": 2}', ["[email:1:8-15]", "[email:2:8-15]"]),
    ],
)
def test_no_member_is_lost_under_equal_masks(text, names):
    assert [*json.loads(redact.mask(text))] == names
    for around in ('{"a": [%s, %s]}', '{"a": {\n "b": %s}, "c": %s}', "%s\n%s\n", "2026 got %s\n%s\n"):
        masked = redact.mask(around % (text, text))
        for name in names:
            assert masked.count(f'"{name}"') == (2 if around[0] != "2" else masked.count(f'"{name}"'))


def test_names_that_were_equal_before_and_those_of_other_objects_stay():
    for text in ('{"a": 1, "a": 2, "ada@example.com": 3}', '[{"ada@example.com": 1}, {"ADA@example.com": 2}]'):
        assert "-2" not in redact.mask(text)


def test_masks_are_told_where_they_stand_then():
    data = b'{"%s":1,"%s":"%s","%s-2":{"%s":1},"%s":0} %s' % ((MASK,) * 7)
    out, moved = told_apart(data, places(data), whole=True)
    assert all(out[at : at + length] == MASK for _, at, length in moved)
    assert [number for number, _, _ in moved] == [*range(7)]
    assert [*json.loads(out.rpartition(b" ")[0])] == [f"{MASK.decode()}{n}" for n in ("", "-2", "-2-2", "-3")]


def test_what_is_no_document_raises_nothing():
    for data in (b'}]}{"%s":1,"%s' % (MASK, MASK), b'"%s":' % MASK, b'{"%s":"' % MASK, b"[" * 5_000 + b'"%s":' % MASK):
        assert told_apart(data, places(data), whole=True)[0] == data
