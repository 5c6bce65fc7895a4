"""React Native's errors, written by hand in the forms of 0.60 to 0.76: console, logcat, crash logs."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import triage.stacks
from tests.scanned import functions, one, prefixed, reports, scan_grows, surrounded, text_lines

CONSOLE = """TypeError: Cannot read property 'rate' of undefined

This error is located at:
    at Cart (address at index.android.bundle:1:900)
    in RCTView (at View.js:12)

    at anonymous (native)
    at convert (address at index.android.bundle:1:123456)
    at pay (address at index.android.bundle:1:123700)
    at anonymous (address at index.android.bundle:1:124000)
    at apply (native)
"""
SHORT = """TypeError: undefined is not an object (evaluating 'e.rate'), js engine: hermes, stack:
convert@1:123456
pay@1:123700
anonymous@1:124000
apply@-1:-1
"""
LOGCAT = """11-25 20:28:34.863  4242  4271 E AndroidRuntime: FATAL EXCEPTION: mqt_native_modules
11-25 20:28:34.863  4242  4271 E AndroidRuntime: Process: com.shop, PID: 4242
11-25 20:28:34.863  4242  4271 E AndroidRuntime: com.facebook.react.common.JavascriptException: TypeError: x, stack:
11-25 20:28:34.863  4242  4271 E AndroidRuntime: convert@1:123456
11-25 20:28:34.863  4242  4271 E AndroidRuntime: pay@1:123700
11-25 20:28:34.863  4242  4271 E AndroidRuntime:
11-25 20:28:34.863  4242  4271 E AndroidRuntime: \tat com.facebook.react.modules.core.X.report(X.java:72)
11-25 20:28:34.863  4242  4271 E AndroidRuntime: \tat java.lang.reflect.Method.invoke(Native Method)
"""
LOGGED = """11-25 20:28:34.863  4242  4270 E ReactNativeJS: TypeError: Cannot read property 'rate' of undefined
11-25 20:28:34.864  4300  4301 I Other: in between
11-25 20:28:34.863  4242  4270 E ReactNativeJS:     at convert (address at index.android.bundle:1:123456)
11-25 20:28:34.863  4242  4270 E ReactNativeJS:     at pay (address at index.android.bundle:1:99), js engine: hermes
"""
APPLE = """*** Terminating app due to uncaught exception 'Fatal', reason: 'Unhandled JS Exception: TypeError: x, stack:
convert@1:123456
pay@1:123700
<unknown>@1:124000
'
"""
BRIDGE = """com.facebook.react.common.JavascriptException: TypeError: x, stack:
convert@1:123456
pay@1:123700

    at com.facebook.react.modules.core.ExceptionsManagerModule.reportException(ExceptionsManagerModule.java:72)
    at java.lang.reflect.Method.invoke(Native Method)
"""


def test_hermes_in_the_console():
    found = surrounded(CONSOLE, "react-native")
    assert (found.report.error_type, found.report.error_value) == (
        "TypeError",
        "Cannot read property 'rate' of undefined",
    )
    assert functions(found) == [None, "convert", "pay", None, "apply"]
    frame = found.report.traces[0].frames[1]
    assert (frame.file, frame.line, frame.column, text_lines(found)[1]) == ("index.android.bundle", 1, 123456, 10)
    assert (found.report.traces[1].thread_name, functions(found, 1)) == ("components", ["Cart", "RCTView"])
    assert functions(prefixed(CONSOLE, "react-native"))[1:3] == ["convert", "pay"]


def test_a_stack_without_files():
    found = surrounded(SHORT, "react-native")
    assert dict(found.report.facts) == {"engine": "hermes"}
    rows = [(frame.function, frame.file, frame.column) for frame in found.report.traces[0].frames]
    assert rows == [
        ("convert", None, 123456),
        ("pay", None, 123700),
        (None, None, 124000),
        ("apply", "[native code]", None),
    ]


def test_what_android_and_apple_log():
    crash = one(LOGCAT, "logcat").report
    assert (crash.error_type, crash.error_value, crash.process) == ("TypeError", "x", "com.shop")
    assert [frame.function for frame in crash.traces[0].frames] == ["convert", "pay"]
    assert [frame.text_line for frame in crash.traces[0].frames] == [4, 5]
    assert crash.traces[1].error_type == "com.facebook.react.common.JavascriptException"
    logged = one(LOGGED, "react-native")
    assert functions(logged) == ["convert", "pay"]
    apple = surrounded(APPLE, "react-native").report
    assert (apple.error_type, apple.level, apple.handled) == ("TypeError", "fatal", False)
    bridge = surrounded(BRIDGE, "react-native")
    assert (functions(bridge), bridge.report.traces[1].thread_name) == (["convert", "pay"], "bridge")
    assert functions(bridge, 1)[1] == "java.lang.reflect.Method.invoke"


def test_neither_column_nor_bundle_is_part_of_the_key():
    one_key = {triage.stacks.signature(text) for text in (CONSOLE, SHORT, LOGCAT, LOGGED, APPLE, BRIDGE)}
    assert len(one_key) == 1
    moved = re.sub(r":1:(\d+)", lambda found: f":2:{int(found[1]) + 77}", CONSOLE)
    assert {triage.stacks.signature(moved)} == one_key
    updated = CONSOLE.replace("index.android.bundle", "/data/user/0/com.shop/files/.expo/3f2a9c81d0e4b7a6c5")
    assert {triage.stacks.signature(updated)} == one_key
    nameless = "TypeError: x\n" + "    at anonymous (address at /data/.expo/{}:1:5)\n" * 2
    keys = {
        triage.stacks.signature(nameless.replace("{}", name)) for name in ("3f2a9c81d0e4b7a6c5", "0000aaaa11112222")
    }
    assert len(keys) == 1


def test_metro_and_logbox():
    text = (
        " ERROR  TypeError: x\n\nThis error is located at:\n    in Cart (at App.tsx:12)\n    in App, js engine: hermes"
    )
    metro = surrounded(text, "react-native")
    assert (metro.report.error_type, functions(metro), metro.report.complete) == ("TypeError", ["Cart", "App"], False)
    boxed = surrounded(
        " ERROR  TypeError: Cannot read property 'rate' of undefined\n\nCode: App.tsx\n  11 |\n> 12 |   rate.of\n"
        "Call Stack\n  convert (src/App.tsx:12:5)\n  pay (src/shop.ts:40:3)",
        "react-native",
    )
    assert (functions(boxed), boxed.report.traces[0].frames[1].file) == (["convert", "pay"], "src/shop.ts")
    assert boxed.report.error_value == "Cannot read property 'rate' of undefined"
    plain = "TypeError: x\nCall Stack\n  convert (a.ts:1:1)\n  pay (a.ts:1:1)"
    assert triage.stacks.signature(plain) == triage.stacks.signature(SHORT)


def test_damaged_and_other_texts():
    first = one(
        "E ReactNativeJS: TypeError: bad\n    at render (address at index.android.bundle:1:2345)\n", "react-native"
    )
    assert (first.first, first.last, first.report.error_type, first.report.error_value) == (1, 2, "TypeError", "bad")
    lost = one("\n".join(SHORT.split("\n")[1:4]), "react-native").report
    assert (lost.complete, len(lost.traces[0].frames)) == (False, 3)
    assert not reports(
        "mail someone@1:2 about it\nsee index.android.bundle (address at home)\nx, stack:\n", "react-native"
    )
    assert not reports("Error: x\n    at f (/srv/a.js:1:2)\n    at g (/srv/a.js:3:4)", "react-native")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*f"{CONSOLE}{SHORT}{APPLE}{BRIDGE}".splitlines(), "", "x"]), max_size=60))
def test_lines_in_any_order_are_scanned(lines):
    for found in reports("\n".join(lines), "react-native"):
        assert 1 <= found.first <= found.last <= len(lines)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_scanned(text):
    reports(
        f"TypeError: {text}, js engine: {text}, stack:\n{text}\n{text}@1:{text}\n at {text} (native)", "react-native"
    )
    reports(CONSOLE + text + "\n" + SHORT, "react-native")


@pytest.mark.parametrize(
    "line",
    [
        "a@1:2",
        "This error is located at:",
        "TypeError: x, stack:",
        "    at f (address at a:1:2)",
        "x, js engine: hermes",
    ],
)
def test_time_is_linear(line):
    scan_grows(line, "react-native")


def test_frames_of_a_named_bundle_behind_the_components_are_the_stack():
    text = """TypeError: Cannot read property 'uri' of undefined

This error is located at:
    in Banner (created by Screen)
    in Screen (at SceneView.tsx:125)

Banner@index.android.bundle:1:882477
renderWithHooks@index.android.bundle:1:232277
open@main.jsbundle:1:77
"""
    found = one(text, "react-native")
    crash, components = found.report.traces
    assert functions(found) == ["Banner", "renderWithHooks", "open"]
    assert (crash.frames[0].file, components.role) == ("index.android.bundle", "other")
    wrapped = text.replace("TypeError", "com.facebook.react.common.JavascriptException: TypeError", 1)
    bare = re.sub(r"@\S+(?=:1:)", "@", wrapped).replace("@:1", "@1")
    assert triage.stacks.signature(text) == triage.stacks.signature(bare) != ""


@pytest.mark.parametrize("indent", ["  ", "    ", "\t"])
def test_what_the_bridge_threw_on_is_told_where_it_is_indented_too(indent):
    text = """com.facebook.react.common.JavascriptException: RangeError: x is 3, stack:
convert@1:123
pay@1:456

\tat com.facebook.react.modules.core.ExceptionsManagerModule.reportException(ExceptionsManagerModule.java:72)
"""
    quoted = "\n".join(indent + line if line else "" for line in text.split("\n"))
    assert one(f"Hi,\n\n{quoted}\nbye", "react-native").report.error_type == "RangeError"
    assert triage.stacks.signature(f"Hi,\n\n{quoted}\nbye") == triage.stacks.signature(text) != ""
