from __future__ import annotations

import json

import pytest

import triage
from tests.reading import SAMPLES, corpus
from triage import stacks
from triage.stacks import signature

TEXTS = sorted(path for path in (SAMPLES / "traces").rglob("*") if path.is_file())


def agrees(path):
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError:
        return True
    events = triage.loads(text).events(event_class="incident_signal")
    fatal = events[(events["level"] == "fatal").fillna(value=False)]
    wanted = (fatal if len(fatal) else events)["group_key"].tolist()
    return triage.stacks.signature(text) == (wanted[0] if wanted else "")


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_a_signature_is_the_group_key_that_a_case_gives(path):
    assert agrees(path)


def test_so_it_is_for_every_file_of_the_corpus():
    paths = [path for path in sorted(corpus("stacks").rglob("*.txt")) if path.stat().st_size < 100_000]
    assert [path.name for path in paths if not agrees(path)] == []


def test_so_it_is_for_every_sample_that_is_text():
    paths = [path for path in sorted(SAMPLES.rglob("*")) if path.is_file() and path.stat().st_size < 60_000]
    texts = [path for path in paths if path.suffix in {".txt", ".log", ".json", ".ips", ".crash", ".ndjson"}]
    assert len(texts) > 20
    # A warning of a log has a key, and makes no incident.
    assert [path.name for path in texts if not agrees(path)] == ["python-app.log"]


_ROWS = """
#0      Cart.total (package:shop/cart.dart:3:5)
#1      Shop.pay (package:shop/shop.dart:9:3)
#2      main (file:///w/x.dart:3:3)
"""


@pytest.mark.parametrize("said", [
    "Instance of 'PaymentException'", "Instance of 'StackOverflowError'", "Exception: bad", "Bad state: No element",
    "FormatException: Invalid number (at character 1)", "type 'Null' is not a subtype of type 'String'", "no rate",
    "RangeError (index): Invalid value: Valid value range is empty: 0", "PlatformException(error, msg, null, null)",
    "NoSuchMethodError: The method 'x' was called on null.\nReceiver: null\nTried calling: x()", "CacheFailure",
    "'package:shop/cart.dart': Failed assertion: line 3 pos 5: 'x > 0': is not true.", "Stack Overflow",
    "Out of Memory", "TimeoutException after 0:00:05.000000: Future not completed", 'Assertion failed: "x"',
    "_CartError: empty",
])  # fmt: skip
@pytest.mark.parametrize("head", [
    "Unhandled exception:\n{}", "[ERROR:flutter/runtime/a.cc(41)] Unhandled Exception: {}",
    "E/flutter ( 12): [ERROR:a.cc(41)] Unhandled Exception: {}",
])  # fmt: skip
def test_so_it_is_for_what_dart_calls_an_exception(head, said):
    lines = (head.format(said) + _ROWS).split("\n")
    tag = "E/flutter ( 12): "
    text = "\n".join(tag + line.removeprefix(tag) for line in lines) if head.startswith(tag) else "\n".join(lines)
    (key,) = triage.loads(text).incidents()["group_key"]
    assert signature(text) == key
    assert signature(text) != signature(text.replace(said.split("\n")[0], "Instance of 'Other'"))


def test_what_is_no_crash_has_no_signature():
    assert triage.stacks.signature("") == triage.stacks.signature("all is well\nand nothing crashed") == ""
    assert triage.stacks.signature("{") == ""


def test_what_a_case_takes_for_binary_has_no_signature():
    text = "==1==ERROR: AddressSanitizer: SEGV on unknown address 0x0 \0\n    #0 0x1 in f a.c:1\n"
    assert triage.loads(text).events().empty
    assert triage.stacks.signature(text) == ""


def test_a_nul_in_a_name_makes_no_binary_of_a_text():
    said = "PHP Fatal error:  Uncaught RuntimeException: bad in /srv/a.php:3\nStack trace:\n"
    said += "#0 /srv/b.php(5): {}->total()\n"
    rest = "#1 /srv/c.php(7): pay()\n#2 {main}\n  thrown in /srv/a.php on line 3\n"
    names = [
        f"class@anonymous{nul}/srv/{at}$0" for nul in ("\0", "\\0", "%00", "") for at in ("a.php:12", "w/a.php:15")
    ]
    texts = [said.format(name) + rest for name in ["class@anonymous", *names]]
    (key,) = {signature(text) for text in texts}
    assert triage.loads(texts[1]).incidents()["group_key"].tolist() == [key]
    assert signature(texts[1].replace("total", "sum")) not in {key, ""}


def test_what_is_remembered_is_what_is_read_and_no_text_is_kept():
    read = stacks._reader()
    texts = [f"Traceback (most recent call last):\n  File 'a.py', line 3, in f{at}\nKeyError: 'a'\n" for at in range(3)]
    texts = [text.replace("'a.py'", '"a.py"') for text in texts]
    once = [stacks.signature(text) for text in texts]
    assert [stacks.signature(text) for text in reversed(texts)] == once[::-1]
    assert len(set(once)) == 3
    assert stacks.signature("\udc80") == ""
    (known,) = (cell.cell_contents for cell in read.__closure__ if isinstance(cell.cell_contents, dict))
    assert all(len(digest) == 16 for digest in known)


def test_no_more_is_remembered_than_is_said(monkeypatch):
    monkeypatch.setattr(stacks, "_REMEMBERED", 2)
    read = stacks._reader.__wrapped__()
    assert [read(f"nothing {at}") for at in range(5)] == [""] * 5
    (known,) = (cell.cell_contents for cell in read.__closure__ if isinstance(cell.cell_contents, dict))
    assert len(known) <= 2


_SENTRY = {"event_id": "a" * 32, "platform": "native", "level": "fatal"}


def _sentry(function, **more):
    value = {
        "type": "SIGSEGV",
        "value": "bad",
        "stacktrace": {"frames": [{"function": "main"}, {"function": function}]},
    }
    return json.dumps({**_SENTRY, "exception": {"values": [value]}, **more})


def _envelope(number, **payload):
    head = {"schema_version": "2026-03-01", "event_id": f"0b1fc1bd-4a2d-4507-85e6-77fc40047{number:03}"}
    head |= {"occurred_at": "2026-01-20T00:00:00.511Z", "sdk_name": "x", "sdk_version": "1", "service": {"name": "s"}}
    return json.dumps({**head, **payload})


_FAILED = {"event_type": "request_event", "payload": {"method": "GET", "path": "/orders/7", "response_status": 503}}
_CRASH = {
    "event_type": "backend_exception",
    "payload": {"name": "E", "message": "no", "stack": "E\n    at f (a.js:1:2)"},
}


@pytest.mark.parametrize("text", [
    _sentry("parse"), _sentry("_ZN4shop5parseEv"), _sentry("\udc80"), _sentry(""),
    _sentry("parse", level="warning"),
    _envelope(1, **_FAILED), _envelope(1, **_CRASH), "\n".join([_envelope(1, **_CRASH), _envelope(1, **_FAILED)]),
    "\n".join([_envelope(1, **_FAILED), _envelope(2, **_CRASH)]), "\n".join([_envelope(1, **_CRASH)] * 2),
], ids=str.__len__)  # fmt: skip
def test_so_it_is_for_documents(text):
    events = triage.loads(text).events(event_class="incident_signal")
    fatal = events[events["level"] == "fatal"]
    assert signature(text) == (fatal if len(fatal) else events)["group_key"].iloc[0] != ""


def test_no_tables_are_made_of_a_document(monkeypatch):
    text = _sentry("parse", message="once")
    monkeypatch.setattr("triage.records.ColumnBuilder", None)
    assert len(signature(text)) == 16


@pytest.mark.parametrize("name", ["php-previous.txt", "gdb-null.txt"])
def test_a_byte_order_mark_before_a_text_changes_nothing(name):
    text = (SAMPLES / "traces" / name).read_text("utf-8")
    assert signature("\ufeff" + text) == signature(text) == triage.loads("\ufeff" + text).events()["group_key"][0]
    assert signature("\ufeff") == ""


def test_so_it_is_before_json():
    text = '{"event_id":"e-1","level":"error","exception":{"values":[{"type":"E","value":"x"}]}}'
    assert signature("\ufeff" + text) == signature(text) != ""
