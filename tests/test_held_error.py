"""Errors inside of objects, in the forms of many writers; the objects are made by hand."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.growth import grows_evenly
from triage.formats.held_error import find
from triage.formats.held_text import report
from triage.stacks import signature

JS = "TypeError: no rate\n    at pay (/srv/cart.js:12:5)"
FRAME = {"filename": "/srv/cart.py", "lineno": 3, "name": "pay"}
JAVA = {"class": "shop.Cart", "method": "pay", "file": "Cart.java", "line": 3}
PHP = {"file": "/srv/shop.php", "line": 8, "function": "pay", "class": "App\\Cart", "type": "->"}
OBJECTS = {
    "pino": ({"level": 50, "err": {"type": "TypeError", "message": "no rate", "stack": JS}}, "TypeError", "pay"),
    "bunyan": ({"name": "shop", "err": {"name": "TypeError", "message": "no rate", "stack": JS}}, "TypeError", "pay"),
    "nest": ({"level": "error", "message": "failed", "stack": JS.split("\n")}, "TypeError", "pay"),
    "a graph": ({"errors": [{"message": "no rate", "extensions": {"exception": {"stacktrace": JS.split("\n")}}}]},
                "TypeError", "pay"),
    "frames alone": ({"name": "TypeError", "message": "no rate", "stack": "    at pay (/srv/cart.js:12:5)"},
                     "TypeError", "pay"),
    "escaped twice": ({"stack": JS.replace("\n", "\\n")}, "TypeError", "pay"),
    "structlog": ({"exception": [{"exc_type": "ValueError", "exc_value": "no rate", "frames": [FRAME]}]},
                  "ValueError", "pay"),
    "python of lambda": ({"errorType": "ValueError", "errorMessage": "no rate",
                          "stackTrace": ['  File "/srv/cart.py", line 3, in pay\n    raise\n']}, "ValueError", "pay"),
    "java of lambda": ({"errorType": "a.E", "errorMessage": "no rate", "stackTrace": ["shop.Cart.pay(Cart.java:3)"]},
                       "a.E", "shop.Cart.pay"),
    "log4j": ({"level": "ERROR", "thrown": {"name": "a.E", "message": "no rate", "extendedStackTrace": [JAVA]}},
              "a.E", "shop.Cart.pay"),
    "laravel": ({"message": "no rate", "exception": "ErrorException", "file": "/srv/cart.php", "line": 3,
                 "trace": [PHP]}, "ErrorException", "App\\Cart->pay"),
}  # fmt: skip


@pytest.mark.parametrize("name", OBJECTS)
def test_the_stack_is_found_and_read(name):
    held, kind, function = OBJECTS[name]
    error = find(held)
    assert error is not None
    read = report(error.stack)
    assert read is not None
    assert (read.error_type, read.error_value, read.traces[0].frames[0].function) == (kind, "no rate", function)


def test_a_cause_stands_before_what_it_led_to():
    cause = {"exc_type": "KeyError", "exc_value": "'XTS'", "frames": [FRAME]}
    error = find({"exception": [{"exc_type": "ValueError", "exc_value": "no rate", "frames": [FRAME]}, cause]})
    assert error is not None
    assert error.stack.index("KeyError") < error.stack.index("ValueError")
    causes = [
        {"exc_type": "KeyError", "exc_value": "'XTS'", "is_cause": led, "frames": [FRAME]} for led in (True, False)
    ]
    texts = [find({"exception": [{"exc_type": "E", "exc_value": "no rate", "frames": [FRAME]}, one]}) for one in causes]
    assert ["direct cause" in one.stack for one in texts if one] == [True, False]
    for one in texts:
        read = report(one.stack) if one else None
        assert read is not None
        assert [(trace.role, trace.error_type) for trace in read.traces] == [("crash", "E"), ("cause", "KeyError")]


def test_the_kind_of_an_error_stands_beside_frames_alone():
    stack = "/srv/cart.rb:3:in `pay'\n/srv/main.rb:9:in `<main>'"
    record = {"ddsource": "ruby", "status": "error", "message": "failed", "date": 1769390759123}
    held = {"error": {"kind": "KeyError", "message": "no rate", "stack": stack}}
    text = "/srv/cart.rb:3:in `pay': no rate (KeyError)\n\tfrom /srv/main.rb:9:in `<main>'"
    assert signature(json.dumps(record | held)) == signature(text) != ""
    assert signature(json.dumps(record | held).replace("KeyError", "IOError")) not in {"", signature(text)}


@pytest.mark.parametrize(
    "held",
    [
        {"stack": "LAMP\nMEAN"},
        {"stack": ["a", "b"]},
        {"error": "no rate\nfor XTS"},
        {"trace": "4bf92f3577b34da6a3ce929d0e0e4736"},
        {"exception": None, "frames": [], "stack": 7, "calls": [{}]},
        {"a": {"b": {"c": {"d": {"e": {"stack": JS}}}}}},
    ],
)
def test_what_is_no_stack(held):
    assert find(held) is None


def test_the_name_of_a_logger_is_no_type():
    error = find({"level": "error", "name": "shop", "message": "failed", "stack": JS})
    assert error is not None
    assert (error.type, error.value) == (None, None)


LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.just(JS)
NAMES = st.sampled_from(["stack", "frames", "exception", "exc_type", "lineno", "filename", "class", "method", "line"])
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(max_size=5), inner, max_size=5),
    max_leaves=12,
)


@given(st.dictionaries(NAMES, VALUES))
def test_no_object_raises(held):
    error = find(held)
    assert error is None or isinstance(error.stack, str)


@pytest.mark.parametrize("text", ["at x ", "a" * 50 + "\n", "x:", "\n", "(" * 30 + "\n"])
def test_time_is_linear(text):
    grows_evenly(lambda held: find({"stack": held, "a": {"error": held}}), lambda count: text * count, 2_000)
    # No larger: what is left to measure there is how memory is got.
    grows_evenly(lambda held: find({"stack": [held] * 20}), lambda count: text * count, 2_000, enlarged=1)
