"""Stacks of Sentry's mails, made by hand in the words of its templates."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scanned import functions, one, prefixed, reports, scan_grows, surrounded, text_lines
from triage.stacks import signature

PYTHON = """shop.errors.NoRate: no rate for XTS
in the table

Stacktrace (most recent call last):

  File "shop/web.py", line 31, in checkout
    return pay(order)
...
  File "shop/cart.py", line 12, in pay
    return convert(order)
  File "shop/rates.py", line 7, in convert
    raise NoRate(code)
"""
SCRIPT = """TypeError: Cannot read properties of null (reading 'rate')

Stacktrace (most recent call first):

  File "app:///src/rates.js", line 7, col 12, in Rates.convert
  File "app:///src/cart.js", line 12, col 9, in async pay
  File "app:///node_modules/express/lib/router/layer.js", line 95, col 5, in Layer.handle [as handle_request]
  File "app:///node_modules/express/lib/router/index.js", line 284, col 15, in <anonymous>
(12 additional frame(s) were not displayed)
"""
TRACEBACK = """Traceback (most recent call last):
  File "/srv/shop/web.py", line 35, in checkout
    return pay(order)
  File "/srv/shop/cart.py", line 14, in pay
    return convert(order)
  File "/srv/shop/rates.py", line 9, in convert
    raise NoRate(code)
shop.errors.NoRate: no rate for XTS
in the table
"""
V8 = """TypeError: Cannot read properties of null (reading 'rate')
    at Rates.convert (/srv/src/rates.js:9:12)
    at async pay (/srv/src/cart.js:14:9)
    at Layer.handle [as handle_request] (/srv/node_modules/express/lib/router/layer.js:95:5)
"""


def test_python():
    found = surrounded(PYTHON, "python")
    assert functions(found) == ["convert", "pay", "checkout"]
    report = found.report
    assert (report.kind, report.error_type, report.error_value) == (
        "exception",
        "shop.errors.NoRate",
        "no rate for XTS\nin the table",
    )
    frames = report.traces[0].frames
    assert (frames[0].file, frames[0].line, frames[0].context_line) == ("shop/rates.py", 7, "raise NoRate(code)")
    assert [frame.frame_kind for frame in frames] == ["frame", "frame", "elided", "frame"]
    assert text_lines(one(PYTHON, "python")) == [11, 9, 8, 6]
    assert functions(prefixed(PYTHON, "python")) == ["convert", "pay", "checkout"]
    newest = "shop.errors.NoRate: x\n\nStacktrace (most recent call first):\n\n" + "".join(
        f'  File "shop/a.py", line {line}, in {name}\n    {name}()\n' for line, name in enumerate("fgh", 1)
    )
    assert functions(one(newest, "python")) == ["f", "g", "h"]


def test_javascript():
    found = surrounded(SCRIPT, "javascript")
    assert functions(found) == ["Rates.convert", "pay", "Layer.handle", None]
    assert (found.report.error_type, found.report.kind) == ("TypeError", "exception")
    frame = found.report.traces[0].frames[0]
    assert (frame.file, frame.line, frame.column, frame.language) == ("app:///src/rates.js", 7, 12, "javascript")
    assert not reports(SCRIPT, "python")
    assert not reports(PYTHON, "javascript")


@pytest.mark.parametrize(("mail", "own"), [(PYTHON, TRACEBACK), (SCRIPT, V8)])
def test_the_key_is_that_of_what_the_runtime_prints(mail, own):
    assert signature(mail) == signature(own)
    assert signature(mail.replace("convert", "refund")) not in {"", signature(own)}
    assert signature(mail.replace("NoRate:", "NoCart:").replace("TypeError", "RangeError")) != signature(own)


def test_without_the_error_and_without_frames():
    (alone,) = reports(PYTHON.split("\n\n", 1)[1], "python")
    assert (alone.report.kind, alone.report.error_type, alone.report.complete) == ("dump", None, False)
    assert not reports("KeyError: x\n\nStacktrace (most recent call last):\n\n...\n", "python")
    assert not reports("E: x\n\nStacktrace (most recent call first):\n\nnothing was sent\n", "javascript")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*PYTHON.split("\n"), *SCRIPT.split("\n"), "x"]) | st.text(max_size=60), max_size=40))
def test_lines_in_any_order_are_scanned(lines):
    lines = [line.replace("\n", " ") for line in lines]
    for name in ("python", "javascript"):
        last = 0
        for found in reports("\n".join(lines), name):
            assert last < found.first <= found.last <= len(lines)
            last = found.last


@pytest.mark.parametrize(
    "text", [PYTHON, "Stacktrace (most recent call last):", 'Stacktrace (most recent call last):\n  File "']
)
def test_time_is_linear(text):
    scan_grows(text, "python")
    scan_grows(text, "javascript")
