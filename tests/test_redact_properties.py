"""What holds of every text that is masked: masks are stable and final, and a document stays one."""

from __future__ import annotations

import base64
import json
from functools import cache
from itertools import pairwise
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from tests.finding import pem
from tests.redaction import generator
from triage import redact
from triage.redact.blocks import iter_blocks
from triage.redact.masks import MASK, MASK_TEXT
from triage.redact.redactor import Redactor

# 200 where the examples are the same each time (`make test`), 10,000 where new ones are looked for (`make soak`).
HARD = settings(
    max_examples=200 if settings().derandomize else 10_000,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


@cache
def fragments() -> tuple[str, ...]:
    """Texts of every class, without the ordinary lines around them."""
    found = []
    for kind in generator.classes():
        fake = generator.Fake(generator.random.Random(f"properties/{kind.kind}"))
        found += [kind.make(fake).text for _ in range(4)]
    return tuple(text for text in found if len(text) < 2_000)


@cache
def lines() -> tuple[str, ...]:
    """Those of them that are one line."""
    return tuple(text for text in fragments() if "\n" not in text and "\r" not in text)


@cache
def values() -> tuple[str, ...]:
    """Secrets that are long enough to be found again wherever they stand."""
    fake = generator.Fake(generator.random.Random("values"))
    made = [fake.password() for _ in range(40)] + [fake.plain_secret() for _ in range(40)]
    made += [fake.odd_password() for _ in range(40)] + [fake.email() for _ in range(20)]
    return tuple(value for value in made if len(value) >= 12 and not value[0].isspace())


GLUE = st.sampled_from(
    [
        *(" ", "\n", "\t", "\r\n", '"', "'", "\\", '\\"', "\\n", "\\u00e9", "%40", "%", "=", ":", ": ", ",", ";", "@"),
        *("{", "}", "[", "]", "<", ">", "\0", "\x1b[0m", "\x7f", "\u202e", "\u200b", "\ufeff", "\u00e9", "\u6f22"),
        *("\U0001f600", "\ud800", "\udc00", "[password:1:8-15]", "[password:", ":8-15]", "password=", "-----BEGIN "),
    ]
)
ANY = st.text(alphabet=st.characters(), max_size=30)  # surrogates, NULs and control characters too


def cut(text: str, start: int, length: int) -> str:
    return text[start % (len(text) + 1) :][: length % (len(text) + 1)]


# By their numbers: a strategy over the texts themselves would be named by all of them.
FRAGMENT = st.integers(0, 9_999).map(lambda number: fragments()[number % len(fragments())])
CUT = st.builds(cut, FRAGMENT, st.integers(0, 2_000), st.integers(0, 2_000))
TEXT = st.lists(st.one_of(FRAGMENT, FRAGMENT, CUT, ANY, GLUE, GLUE), max_size=6).map("".join)
LINE = st.integers(0, 9_999).map(lambda number: lines()[number % len(lines())])
VALUE = st.integers(0, 9_999).map(lambda number: values()[number % len(values())])

KEYS = ("password", "api_key", "user", "email", "token", "ip", "pin", "message", "host", "a", "", "DB_PASSWORD", "data")
KEY = st.one_of(st.sampled_from(KEYS), st.sampled_from(KEYS), st.text(max_size=8), LINE)
NUMBER = st.one_of(
    st.integers(),
    st.integers(4_111_111_111_111_111, 4_111_111_111_111_120),
    st.integers(10**8, 10**11),
    st.floats(allow_nan=False, allow_infinity=False),
)
SCALAR = st.one_of(st.none(), st.booleans(), NUMBER, TEXT, LINE, LINE)


def containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(KEY, inner, max_size=4),
        st.builds(lambda value, ascii_only: json.dumps(value, ensure_ascii=ascii_only), inner, st.booleans()),
    )


JSON = st.recursive(SCALAR, containers, max_leaves=8)
DOCUMENT = st.one_of(st.lists(JSON, max_size=4), st.dictionaries(KEY, JSON, max_size=4))
FORM = st.fixed_dictionaries(
    {
        "ensure_ascii": st.booleans(),
        "indent": st.sampled_from([None, None, 0, 1, "\t"]),
        "separators": st.sampled_from([None, (",", ":"), (" , ", " : ")]),
    }
)


def shape(value: Any) -> Any:
    """A JSON value with its keys in order and with every scalar; duplicate keys stay."""
    return json.loads(value, object_pairs_hook=lambda pairs: ("object", pairs))


def same_but_for_masks(before: Any, after: Any) -> bool:
    """Whether two values differ only in strings that hold a mask, and in scalars that became one."""
    if isinstance(before, tuple):
        return (
            isinstance(after, tuple)
            and len(before[1]) == len(after[1])
            and all(
                same_but_for_masks(old, new) and same_but_for_masks(key, name)
                for (key, old), (name, new) in zip(before[1], after[1], strict=True)
            )
        )
    if isinstance(before, list):
        return (
            isinstance(after, list)
            and len(before) == len(after)
            and all(same_but_for_masks(old, new) for old, new in zip(before, after, strict=True))
        )
    if isinstance(after, str) and MASK_TEXT.search(after):
        return True
    return type(before) is type(after) and before == after


def parsed(text: str) -> Any:
    """The shape of a text of JSON; None where it is none."""
    try:
        return [shape(text)]
    except (ValueError, RecursionError):
        return None


def is_exposition(text: str) -> bool:
    """Whether the parser of Prometheus takes it."""
    try:
        for _ in text_string_to_metric_families(text):
            pass
    except Exception:  # noqa: BLE001 - it raises whatever comes up
        return False
    return True


# Text.


@HARD
@given(TEXT)
def test_a_masked_text_is_final(text):
    once = redact.mask(text)
    assert redact.mask(once) == once
    assert redact.spans(once) == []


@HARD
@given(TEXT)
def test_spans_are_sorted_disjoint_and_inside(text):
    found = redact.spans(text)
    assert all(0 <= start < end <= len(text) for start, end, _ in found)
    assert all(one[1] <= other[0] for one, other in pairwise(found))
    assert all(kind for _, _, kind in found)


@HARD
@given(st.lists(st.tuples(st.text(alphabet="é漢\U0001f600\u202e b", max_size=6), LINE), min_size=1, max_size=3))
def test_spans_of_text_that_is_not_ascii_lie_between_characters(parts):
    wide = "\n".join(before + line for before, line in parts)
    data = wide.encode()
    found = redact.spans(wide)
    begins = {0, *(len(wide[:at].encode()) for at in range(len(wide) + 1))}
    # A span says the same of the bytes: what is masked decodes, and what is not stays as it was.
    for start, end, _ in found:
        assert {len(wide[:start].encode()), len(wide[:end].encode())} <= begins
    redactor = Redactor()
    redactor.learn(data, place="")
    masked = redactor.mask(data)
    assert masked.data.decode()
    for finding in masked.findings:
        assert masked.data[finding.offset : finding.offset + finding.length].decode() == finding.mask


@HARD
@given(st.binary(max_size=60), TEXT)
def test_any_bytes_can_be_masked(noise, text):
    data = noise + text.encode("utf-8", "surrogatepass") + noise
    redactor = Redactor()
    redactor.learn(data, place="")
    masked = redactor.mask(data)
    assert redactor.residue(masked.data, place="") == []
    assert redactor.mask(masked.data).data == masked.data


@HARD
@given(TEXT)
def test_a_cell_is_masked_once(text):
    redactor = Redactor()
    redactor.learn_text(text)
    once = redactor.text(text)
    assert redactor.text(once) == once


MARK = st.sampled_from(
    [
        *(
            "[email:1:16-31]",
            "[password:999999999:8-15]",
            "[password:1000000:4]",
            "[username:7:4-7]",
            "[pin:999999:4-7]",
        ),
        *(
            "[password:ABCDEFGHIJKLM:8-15]",
            "[a_b:1:3]",
            "[github_token:999999999:32-63]",
            "[redacted]",
            "<hidden>",
            "***",
        ),
        *("[password:1:", ":8-15]", "[", "]", ":"),
    ]
)


@HARD
@given(st.lists(st.one_of(MARK, MARK, LINE, VALUE, GLUE), max_size=8).map("".join))
def test_masks_in_a_text_stay_and_hide_nothing(text):
    data = text.encode("utf-8", "surrogatepass")
    redactor = Redactor()
    redactor.learn(data, place="")
    masked = redactor.mask(data)
    assert redactor.residue(masked.data, place="") == []
    assert redact.mask(masked.data.decode("utf-8", "surrogatepass")).encode("utf-8", "surrogatepass") == masked.data
    made = {finding.mask for finding in masked.findings}
    assert made == {one.decode() for one in MASK.findall(masked.data)} - {one.decode() for one in MASK.findall(data)}
    for mask in made:
        redactor.allow_mask(mask)


# Documents.


@HARD
@given(DOCUMENT, FORM)
def test_json_stays_json_of_the_same_shape(value, form):
    text = json.dumps(value, **form)
    masked = redact.mask(text)
    after = parsed(masked)
    assert after is not None, "no JSON any more"
    assert same_but_for_masks(shape(text), after[0])
    assert redact.mask(masked) == masked
    assert redact.spans(masked) == []


@HARD
@given(st.lists(st.tuples(st.dictionaries(KEY, JSON, min_size=1, max_size=3), st.booleans()), min_size=1, max_size=4))
def test_ndjson_stays_ndjson(rows):
    text = "".join(json.dumps(row, ensure_ascii=ascii_only) + "\n" for row, ascii_only in rows)
    masked = redact.mask(text)
    before, after = text.split("\n"), masked.split("\n")
    assert len(before) == len(after)
    for one, other in zip(before[:-1], after[:-1], strict=True):
        told = parsed(other)
        assert told is not None, "no JSON any more"
        assert same_but_for_masks(shape(one), told[0])
    assert redact.mask(masked) == masked


@HARD
@given(st.lists(st.one_of(LINE, st.dictionaries(KEY, JSON, max_size=3).map(json.dumps)), max_size=5))
def test_lines_of_json_among_others_stay_json(rows):
    text = "\n".join(rows)
    before, after = text.split("\n"), redact.mask(text).split("\n")
    assume(len(before) == len(after))  # a token that ran over a line end is one mask
    for one, other in zip(before, after, strict=True):
        if one.lstrip()[:1] in {"{", "["} and (told := parsed(one)):
            again = parsed(other)
            assert again is not None, "no JSON any more"
            assert same_but_for_masks(told[0], again[0])


NAME = st.sampled_from(["up", "shop_requests_total", "a:b", "process_cpu_seconds", "token", "api_key_seconds"])
LABEL = st.sampled_from(["instance", "user", "token", "password", "path", "le", "a", "email", "code"])
NUMBERS = st.sampled_from(["1", "0.5", "NaN", "+Inf", "-3", "1e9", "4111111111111111", "1770715567000"])
STAMP = st.sampled_from(["", "", " 1770715567000", " -5"])


def escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


@st.composite
def exposition(draw: st.DrawFn) -> str:
    out = []
    for _ in range(draw(st.integers(1, 4))):
        name = draw(NAME)
        if draw(st.booleans()):
            said = draw(st.one_of(LINE, st.text(max_size=20))).replace("\\", "\\\\").replace("\n", "\\n")
            out.append(f"# HELP {name} {said}")
        if draw(st.booleans()):
            out.append(f"# TYPE {name} {draw(st.sampled_from(['gauge', 'counter', 'untyped']))}")
        for _ in range(draw(st.integers(1, 3))):
            value = st.one_of(LINE, LINE, TEXT, st.text(max_size=20))
            pairs = draw(st.dictionaries(LABEL, value, max_size=3))
            told = ",".join(f'{key}="{escaped(one)}"' for key, one in pairs.items())
            out.append(f"{name}{{{told}}} {draw(NUMBERS)}{draw(STAMP)}" if pairs else f"{name} {draw(NUMBERS)}")
    return "\n".join(out) + "\n"


@HARD
@given(exposition())
def test_prometheus_text_is_still_accepted(text):
    assume(is_exposition(text))
    masked = redact.mask(text)
    assert is_exposition(masked)
    assert masked.count("\n") == text.count("\n")
    assert redact.mask(masked) == masked
    assert redact.spans(masked) == []


# One numbering.


@HARD
@given(
    VALUE,
    st.sampled_from(["json", "json json", "percent", "percent twice", "base64", "base64url", "hex", "plain"]),
)
def test_a_value_has_one_mask_in_every_encoding(value, encoding):
    data = value.encode()
    encoded = {
        "plain": data,
        "json": json.dumps(value)[1:-1].encode(),
        "json json": json.dumps(json.dumps(value)[1:-1])[1:-1].encode(),
        "percent": quote(value, safe="").encode(),
        "percent twice": quote(quote(value, safe=""), safe="").encode(),
        "base64": base64.b64encode(data),
        "base64url": base64.urlsafe_b64encode(data).rstrip(b"="),
        "hex": data.hex().encode(),
    }[encoding]
    redactor = Redactor()
    redactor.learn(json.dumps({"password": value}).encode(), place="a.json")
    (first,) = {one.mask for one in redactor.mask(json.dumps({"password": value}).encode()).findings}
    again = redactor.mask(b"it was " + encoded + b" there").data
    assert again == b"it was " + first.encode() + b" there"


@HARD
@given(st.lists(TEXT, min_size=1, max_size=4))
def test_the_same_texts_have_the_same_masks(texts):
    def made() -> list[bytes]:
        redactor = Redactor()
        for text in texts:
            redactor.learn(text.encode("utf-8", "surrogatepass"), place="")
        return [redactor.mask(text.encode("utf-8", "surrogatepass")).data for text in texts]

    first = made()
    assert first == made()


@HARD
@given(st.lists(LINE, min_size=1, max_size=8), st.integers(1, 400))
def test_blocks_are_masked_as_the_whole(rows, size):
    data = "".join(f"2026-01-26T01:25:{n % 60:02}.123Z  INFO app: {row} .\n" for n, row in enumerate(rows)).encode()
    whole, parts = Redactor(), Redactor()
    whole.learn(data, place="a.log")
    blocks = list(iter_blocks([data], size=size))
    assert b"".join(blocks) == data
    for block in blocks:
        parts.learn(block, place="a.log")
    assert b"".join(parts.mask(block).data for block in blocks) == whole.mask(data).data


@HARD
@given(st.lists(st.binary(max_size=300), max_size=12), st.integers(1, 100))
@example([b"-----BEGIN RSA PRIVATE KEY-----\n", b"QUJD\n" * 40, b"-----END RSA PRIVATE KEY-----\n"], 8)
def test_blocks_lose_nothing(chunks, size):
    blocks = list(iter_blocks(chunks, size=size))
    assert b"".join(blocks) == b"".join(chunks)
    assert all(blocks)


@pytest.mark.parametrize("kind", ["secret", "pii", "obfuscated"])
def test_every_mask_that_is_made_is_one(kind):
    made = generator.corpus(seed=21, per_class=1)
    for sample in made.samples:
        if made.groups.get(sample.kind) == kind:
            redactor = Redactor()
            data = sample.text.encode()
            redactor.learn(data, place="")
            for finding in redactor.mask(data).findings:
                assert MASK.fullmatch(finding.mask.encode())
                assert finding.kind in finding.mask


def with_returns(text: str) -> str:
    """A text of lines whose lines end in carriage returns."""
    return text.replace("\n", "\r")


@pytest.mark.parametrize("number", range(8))
def test_lines_may_end_in_carriage_returns(number: int) -> None:
    texts = [text for text in fragments() if "\n" in text and "\r" not in text][number::8]
    for text in (*texts, "\n".join(texts)):
        assert redact.spans(with_returns(text)) == redact.spans(text)
        assert redact.mask(with_returns(text)) == with_returns(redact.mask(text))


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("token=orchard-9-plums\r10:02 disk full\r", "token=[token:1:8-15]\r10:02 disk full\r"),
        ("token=orchard-9-plums\rit was orchard-9-plums\r", "token=[token:1:8-15]\rit was [token:1:8-15]\r"),
        ("10%\r20%\rpassword=hunter2-not-real\r40%\r", "10%\r20%\rpassword=[password:1:16-31]\r40%\r"),
        ("password=hunter2-not-real\r\r\nnext\r\n", "password=[password:1:16-31]\r\r\nnext\r\n"),
        ('{\r"pin": 4711,\r"user":\r"ada"}', '{\r"pin": "[pin:1:4-7]",\r"user":\r"[username:1:2-3]"}'),
        ('{"pin": 4711, "m": "a"}\r{"m": "b\r', '{"pin": "[pin:1:4-7]", "m": "a"}\r{"m": "b\r'),
        ('{"m": "one\rpin: 4711\rtwo"}', '{"m": "one\rpin: [pin:1:4-7]\rtwo"}'),
        ("pin: 4711\rstate: up\r", "pin: [pin:1:4-7]\rstate: up\r"),
    ],
)  # fmt: skip
def test_a_mask_never_takes_the_next_record_with_it(text: str, masked: str) -> None:
    assert redact.mask(text) == masked
    for start, end, _ in redact.spans(text):
        assert "\r" not in text[start:end]


def test_a_key_block_has_one_mask_whatever_ends_its_lines() -> None:
    key = pem(rows=4, newline="\n")
    redactor = Redactor()
    redactor.learn(key.encode(), place="a")
    masks = {redactor.mask(key.replace("\n", end).encode()).data for end in ("\n", "\r")}
    assert len(masks) == 1
    assert MASK.fullmatch(masks.pop().strip())
