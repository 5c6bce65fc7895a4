import json

import pytest
from prometheus_client.parser import text_string_to_metric_families

from triage import redact
from triage.redact.documents import Edit, apply, kind_of

MASK = b"[x:1:4-7]"


def masked(data, *values, media=None):
    """The text with each of some values replaced, and the places of the masks as they stand in it."""
    edits = [Edit(data.index(value), data.index(value) + len(value), MASK) for value in values]
    out, places = apply(data, edits, media or kind_of(data))
    assert all(out[at : at + length] == MASK for _, at, length in places)
    assert [number for number, _, _ in places] == sorted(number for number, _, _ in places)
    return out


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b'{"a": 1}', "json"),
        (b'\xef\xbb\xbf  [1, {"a": 2}]', "json"),
        (b'{"a": 1}\n{"a": 2}\n', "ndjson"),
        (b'{\n "a": 1\n}', "json"),
        (b'{\r "a": 1\r}', "json"),
        (b'{"a": 1}\r{"a": 2}\r', "ndjson"),
        (b"# TYPE up gauge\rup 1\r", "prometheus"),
        (b'{"a": 1}\nB-739154 was refused\n', None),
        (b"# TYPE up gauge\nup 1\n", "prometheus"),
        (b'up{job="a"} 1 1700000000\n', "prometheus"),
        (b"psql -Uapp\n", None),
        (b"<?xml version='1.0'?>", "xml"),
        (b"<plist>", "xml"),
        (b"[main] INFO started", None),
        (b"{not json", None),
        (b"< 5 items", None),
        (b"a line of text", None),
        (b"", None),
    ],
)
def test_what_a_text_is(data, kind):
    assert kind_of(data) == kind


def test_a_mask_in_a_string_of_json_takes_no_quote_with_it():
    assert masked(b'{"a": "hunter2", "b": 1}', b"hunter2") == b'{"a": "[x:1:4-7]", "b": 1}'


@pytest.mark.parametrize("number", [b"4111111111111111", b"-12.5e3", b"true"])
@pytest.mark.parametrize("around", [b'{"a": %s}', b'{"a":%s,"b":[]}', b"[1, %s]", b'{"a": 1}\n{"b": %s}'])
def test_a_number_of_json_becomes_a_string(around, number):
    out = masked(around % number, number)
    for line in out.split(b"\n"):
        json.loads(line)
    assert b'"' + MASK + b'"' in out


def test_a_part_of_a_number_takes_the_whole():
    assert masked(b'{"a": 4111111111111111}', b"1111") == b'{"a": "[x:1:4-7]"}'


@pytest.mark.parametrize("before", [b'{"a": 1}\n', b'{"a": 1}\n{"b": 2}\n'])
def test_a_line_of_text_behind_lines_of_json_is_text(before):
    assert masked(before + b"B-739154 was refused\n", b"739154") == before + b"B-[x:1:4-7] was refused\n"
    assert masked(before + b"start\n" + b'{"pin": 739154}\n', b"739154").endswith(b'\n{"pin": "[x:1:4-7]"}\n')


def test_a_number_of_json_in_a_log_line_becomes_one_too():
    assert masked(b'body {"pin": 4711} sent', b"4711") == b'body {"pin": "[x:1:4-7]"} sent'
    assert masked(b'body "{\\"pin\\": 4711}" sent', b"4711") == b'body "{\\"pin\\": \\"[x:1:4-7]\\"}" sent'
    assert masked(b"the pin: 4711, yes", b"4711") == b"the pin: [x:1:4-7], yes"


@pytest.mark.parametrize("cut", [b"ab\\", b'\\"cd', b"u00e9", b"\\u00", b"\\n"])
def test_no_escape_is_cut(cut):
    data = b'{"a": "ab\\"cd\\u00e9\\n", "b": 2}'
    assert json.loads(masked(data, cut))["b"] == 2


def test_an_edit_over_several_values_masks_each():
    data = b'{"a": "one", "b": 2, "c": "three"}'
    out, _ = apply(data, [Edit(data.index(b"ne"), data.index(b"ree"), MASK)], "json")
    told = json.loads(out)
    assert list(told) != ["a", "b", "c"] or all("[x" in str(value) for value in told.values())
    assert b"one" not in out
    assert b"th" not in out


def test_two_edits_that_grow_into_each_other_leave_nothing_between():
    data = b'{"a": "x\\u00e9y"}'
    middle = data.index(b"00e9") + 2
    out, _ = apply(data, [Edit(data.index(b"x"), middle, MASK), Edit(middle, data.index(b"y") + 1, MASK)], "json")
    assert json.loads(out) == {"a": (MASK + MASK).decode()}


def samples(text):
    return [sample for family in text_string_to_metric_families(text) for sample in family.samples]


def test_a_line_of_json_among_samples_stays_json():
    text = 'up{job="a"} 1\n' * 9 + '{"password": -10}'
    assert redact.mask(text).split("\n")[-1] == '{"password": "[password:1:2-3]"}'


def test_a_label_of_prometheus_is_masked_in_place():
    out = masked(b'up{user="mara",job="a"} 1\n', b"mara")
    assert samples(out.decode())[0].labels == {"user": MASK.decode(), "job": "a"}


@pytest.mark.parametrize("values", [(b"4111111111111111",), (b"mara", b"4111111111111111"), (b"paid_by",)])
def test_a_line_of_prometheus_becomes_a_comment_where_more_than_a_label_is_masked(values):
    data = b'up 1\npaid_by{user="mara"} 4111111111111111\nup2 2\n'
    out = masked(data, *values)
    assert out.split(b"\n")[1].startswith(b"# ")
    assert out.count(b"#") == 1
    assert [sample.name for sample in samples(out.decode())] == ["up", "up2"]


@pytest.mark.parametrize(
    "label",
    [
        r'password="\""',
        r'password="\"\\\"true"',
        r'path="\"password%3A"',
        'email="passwordIw=="',
        r'token="\"Quartz-9 \"x\""',
    ],
)
def test_a_sample_stays_one_whatever_its_labels_seem_to_open(label):
    text = f'a_total{{{label}}} 2.5\nb_total{{job="a"}} 1\nc_total 3\n'
    out = redact.mask(text)
    assert [(sample.name, sample.value) for sample in samples(out)] == [
        ("a_total", 2.5),
        ("b_total", 1),
        ("c_total", 3),
    ]
    assert redact.mask(out) == out
    assert redact.spans(out) == []


def test_a_range_ends_where_the_labels_do():
    data = b'up{user="mara"} 41\nup2 2\n'
    for last in (b"mara", b'"', b"}", b" ", b"41", b"\n", b"up2"):
        start, end = data.index(b"mara"), data.index(last, 9) + len(last)
        out, places = apply(data, [Edit(start, end, MASK)], "prometheus")
        assert out == b'up{user="' + MASK + b'"} 41\nup2 2\n'
        assert places == [(0, start, len(MASK))]


def test_a_comment_of_prometheus_stays_one_where_its_sign_is_masked():
    data = b"up 1\n# TYPE up2 gauge\nup2 2\n"
    out, _ = apply(data, [Edit(data.index(b"#"), data.index(b"#") + 1, MASK)], "prometheus")
    assert out.split(b"\n")[1] == b"# " + MASK + b" TYPE up2 gauge"
    assert [sample.name for sample in samples(out.decode())] == ["up", "up2"]


def test_half_of_a_surrogate_pair_is_no_reason_to_write_a_number_bare():
    data = b'a line\n{"pin": [4711], "name": "\\ud800"}'
    out = masked(data, b"4711")
    assert json.loads(out.split(b"\n")[1])["pin"] == [MASK.decode()]


def test_a_text_without_edits_is_itself():
    data = b"as it was"
    assert apply(data, [], None) == (data, [])
