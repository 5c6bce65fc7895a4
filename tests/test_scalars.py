"""Plain scalars of YAML, and documents of it that stay what they are under their masks."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.growth import grows_evenly
from triage import redact
from triage.redact.policy import Policy
from triage.redact.redactor import Redactor
from triage.redact.scalars import is_yaml, plain
from triage.share import passes

yaml = pytest.importorskip("yaml")

TEXT = """\
owner: Ada Lovelace <ada@example.com>
mail: ada@example.com   # bob@example.com
note: 10.20.30.40 was it's down
more: 10.20.30.40 was
  down
token: !secret &a ghp_A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8
ada@example.com: {list: [10.20.30.40, up 10.20.30.40], 'b': "10.20.30.40"}
block: |
  10.20.30.40 is
  note: 10.20.30.40 was
- 10.20.30.40
url: see 10.20.30.40/x
"""


def texts(data):
    return [data[one.start : one.end] for one in plain(data)]


def masked(text):
    return Redactor().mask(text.encode(), media="yaml").data.decode()


def test_a_scalar_that_a_mask_begins_is_quoted_as_a_whole():
    assert masked(TEXT).splitlines() == [
        "owner: '[person:1:8-15] <[email:1:8-15]>'",
        "mail: '[email:1:8-15]'   # [email:2:8-15]",
        "note: '[ipv4:1:8-15] was it''s down'",
        "more: '[ipv4:1:8-15] was",
        "  down'",
        "token: !secret &a '[github_token:1:32-63]'",
        "'[email:1:8-15]': {list: ['[ipv4:1:8-15]', 'up [ipv4:1:8-15]'], 'b': \"[ipv4:1:8-15]\"}",
        "block: |",
        "  [ipv4:1:8-15] is",
        "  note: [ipv4:1:8-15] was",
        "- '[ipv4:1:8-15]'",
        "url: see [ipv4:1:8-15]/x",
    ]
    assert masked(masked(TEXT)) == masked(TEXT)


def test_a_value_that_seems_to_go_on_in_another_scalar_is_masked_in_both():
    text = "a: so and more\nbob@example.com: {b: c}\nada@example.com: [1]\n"
    assert len(yaml.safe_load(masked(text))) == 3


@pytest.mark.parametrize(
    ("text", "scalars"),
    [
        (b"a: b\n", [b"a", b"b"]),
        (b"--- a b\n---\nc:\n  d e\n  f\n", [b"a b", b"c", b"d e\n  f"]),
        (b"- - a\n  - b: c#d\n", [b"a", b"b", b"c#d"]),
        (b"a: >-\n  b: c\n\n  d\ne: |2 # f\n   g\n", [b"a", b"e"]),
        (b"'a': b\n\"c\\\"d: \": e\n'f\n  g: h': i\n", [b"b", b"e", b"i"]),
        (b"a: [b, {c: d e, 'f': g\n  h}] # i\nj: *k\n", [b"a", b"b", b"c", b"d e", b"g\n  h", b"j"]),
        (b"a: [b\nc: d\n", [b"a", b"b\nc", b"d"]),
        (b"%YAML 1.2\n# a\n? b\n: c\n", [b"b", b"c"]),
        (b"a:\r\n  b\r\nc: d\r\n", [b"a", b"b", b"c", b"d"]),
    ],
)
def test_plain_scalars(text, scalars):
    assert texts(text) == scalars


NODES = st.recursive(
    st.sampled_from(
        ["10.20.30.40 was down", "it's ada@example.com", "plain", "ada@example.com, x: y", "a\nb 10.20.30.40\n"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "ada@example.com", "it's 10.20.30.40"]), inner, max_size=3)
    ),
    max_leaves=8,
)


def shape(node):
    if isinstance(node, dict):
        return [shape(value) for value in node.values()]
    return [shape(value) for value in node] if isinstance(node, list) else type(node)


@given(NODES, st.sampled_from([True, False, None]), st.sampled_from([20, 80, 900]), st.booleans())
def test_any_document_keeps_its_shape(node, flow, width, start):
    text = yaml.safe_dump(node, default_flow_style=flow, width=width, explicit_start=start, sort_keys=False)
    assert shape(yaml.safe_load(masked(text))) == shape(node)


@given(st.text(alphabet="ab:-?[]{},'\"#&!*|> \n\\", max_size=60))
def test_any_text_is_read_in_order(text):
    found = list(plain(text.encode()))
    assert all(one.start < one.end for one in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


@pytest.mark.parametrize(
    "piece", [b"- 'a\n", b'- "a\n', b"[", b"a: b\n", b"a\n ", b"- |\n  a\n", b"a: [b\n", b" ", b"'' ", b"- \n"]
)
def test_reading_is_linear(piece):
    grows_evenly(lambda text: list(plain(text)), lambda size: piece * size, 10_000)


def test_yaml_is_told_by_its_name_or_its_first_line_and_a_log_is_none():
    text = "note: 10.20.30.40 was down\n"
    for name, quoted in (("a.yaml", True), ("b.YML", True), ("c.log", False), ("d.json", False)):
        data = text.encode()
        (out,) = passes.masked_text(Redactor(), iter([data]), len(data), name)
        assert out.startswith(b"note: '[") is quoted
    assert redact.mask(f"---\n{text}").startswith("---\nnote: '[")
    assert redact.mask(text, policy=Policy()).startswith("note: [")
    for log in (
        b"---\nit failed at 10:00\n",
        b"--- a/x.py\n+++ b/x.py\n",
        b"--- started ---\n",
        b"2026-01-01 INFO: x\n",
    ):
        assert not is_yaml(log)
