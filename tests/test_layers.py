import base64
from urllib.parse import quote

import pytest

from triage.redact.decoding.layers import read_layers
from triage.redact.hits import KEY, Hit

VALUE = b"hunter2-quartz"


def placed(data):
    """Where the value is found in each layer, as it stands in the text."""
    for layer in read_layers(data):
        at = layer.data.find(VALUE)
        if at >= 0:
            for hit in layer.placed([Hit(at, at + len(VALUE), "password", "test", KEY, VALUE)]):
                yield data[hit.start : hit.end], hit.value


def percent(text):
    return "".join(f"%{byte:02X}" for byte in text).encode()


def test_a_text_is_its_own_first_layer():
    first, *others = read_layers(b"plain")
    assert (first.data, first.views, first.run, others) == (b"plain", (), None, [])
    assert repr(first) == "<Layer of 5 bytes>"


def test_a_value_in_views_of_views_is_placed_byte_by_byte():
    once = percent(VALUE)
    twice = once.replace(b"%", b"\\u0025")
    assert [*placed(b"a='" + once + b"' b")] == [(once, VALUE)]
    assert [*placed(b"a='" + twice + b"' b")] == [(twice, VALUE)]


@pytest.mark.parametrize("encode", [base64.b64encode, lambda text: text.hex().encode()], ids=["base64", "hexadecimal"])
def test_a_value_in_a_run_is_placed_as_the_whole_of_it(encode):
    text = b"password=" + VALUE + b"; ok"
    run = encode(text)
    assert (run, text) in [*placed(b"x=" + run + b"\n")]
    inner = base64.b64encode(run)
    assert inner in {place for place, _ in placed(b"x=" + inner)}


def test_a_run_in_an_encoded_text_is_placed_where_that_stood():
    run = base64.b64encode(b"password=" + VALUE)
    data = b"url?p=" + quote(run, safe="").encode() + b"&x"
    assert data[6:-2] in {place for place, _ in placed(data)}


def test_a_return_that_stands_alone_ends_lines_in_all_layers_and_moves_nothing():
    text = b"password=" + VALUE + b"\rnext\r\nlast\r\r\n"
    first, *_ = read_layers(text)
    assert first.data == b"password=" + VALUE + b"\nnext\r\nlast\r\r\n"
    encoded = b'{"m": "' + percent(text) + b'"}'
    assert [place for place, _ in placed(encoded)] == [percent(VALUE)]
    assert not any(b"\rnext" in layer.data for layer in read_layers(encoded))
