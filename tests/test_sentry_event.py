"""Sentry event JSON: columns, threads by the desktop reporter's rules, chains, images, damage."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reading import read
from triage.formats import sentry_event, sentry_json
from triage.formats.head import Head

ID = "0f3c2d9a7b6e4c51a8d24e6f90b1c3d5"


def load(event: Any) -> dict[str, Any]:
    return read(json.dumps(event).encode(), "event.json", reader=sentry_event)


def only(event: Any) -> dict[str, Any]:
    (row,) = load(event)["events"]
    return row


def stacks(event: Any) -> list[tuple[Any, ...]]:
    """(role, thread, crashed, functions innermost first) of every stack, in order."""
    tables = load(event)
    frames: dict[str, list[str]] = {}
    for row in tables["frames"]:
        frames.setdefault(row["stack_key"], []).append(row["function"])
    return [
        (row["role"], row["thread_id"], row["crashed"], frames.get(row["stack_key"], [])) for row in tables["stacks"]
    ]


def frame_rows(frames: list[dict[str, Any]], **event: Any) -> list[dict[str, Any]]:
    error = {"type": "E", "stacktrace": {"frames": frames}}
    return load({"event_id": ID, "exception": {"values": [error]}, **event})["frames"]


def stack(*functions: str) -> dict[str, Any]:
    return {"frames": [{"function": name} for name in functions]}


def annotations(event: Any, scope: str) -> dict[str, str]:
    return {row["key"]: row["value"] for row in load(event)["annotations"] if row["scope"] == scope}


# What the desktop reporter does with threads.


def test_threads_keep_their_order_and_the_crashed_one_takes_the_stack_of_its_exception():
    event = {
        "exception": {"values": [{"type": "SIGSEGV", "thread_id": 1000, "stacktrace": stack("main", "crash_here")}]},
        "threads": {
            "values": [
                {"id": 1000, "crashed": True, "name": "main"},
                {"id": "1001", "crashed": False, "stacktrace": stack("start", "futex_wait")},
                {"id": 1002, "stacktrace": stack("start", "poll")},
            ]
        },
    }
    assert stacks(event) == [
        ("crash", 1000, True, ["crash_here", "main"]),
        ("thread", 1001, False, ["futex_wait", "start"]),
        ("thread", 1002, False, ["poll", "start"]),
    ]
    assert only(event)["thread_id"] == 1000
    assert load(event)["stacks"][0]["thread_name"] == "main"


def test_an_exception_without_a_thread_goes_to_the_crashed_thread():
    event = {
        "exception": {"values": [{"type": "SIGSEGV", "stacktrace": stack("main", "trigger_crash")}]},
        "threads": {"values": [{"id": 7, "stacktrace": stack("idle")}, {"id": 18732, "crashed": True}]},
    }
    assert stacks(event) == [("crash", 18732, True, ["trigger_crash", "main"]), ("thread", 7, False, ["idle"])]


def test_the_stack_of_a_thread_serves_its_exception():
    event = {
        "exception": {"values": [{"type": "E", "thread_id": 2}]},
        "threads": {
            "values": [{"id": 1, "stacktrace": stack("a")}, {"id": 2, "stacktrace": stack("b"), "crashed": True}]
        },
    }
    assert stacks(event) == [("crash", 2, True, ["b"]), ("thread", 1, False, ["a"])]


def test_threads_without_frames_are_left_out():
    event = {
        "threads": {
            "values": [
                {"id": 1, "crashed": True, "stacktrace": stack("f")},
                {"id": 2},
                {"id": 3, "stacktrace": stack()},
            ]
        }
    }
    assert stacks(event) == [("crash", 1, True, ["f"])]


def test_the_crashed_threads_own_other_stack_is_kept():
    event = {
        "exception": {"values": [{"type": "E", "thread_id": 1, "stacktrace": stack("raise")}]},
        "threads": {"values": [{"id": 1, "crashed": True, "stacktrace": stack("handler")}]},
    }
    assert stacks(event) == [("crash", 1, True, ["raise"]), ("thread", 1, True, ["handler"])]


def test_without_threads_each_exception_is_a_stack():
    event = {
        "exception": [{"type": "A", "stacktrace": stack("cause")}, {"type": "B", "stacktrace": stack("main", "f")}]
    }
    assert stacks(event) == [("crash", None, None, ["f", "main"]), ("cause", None, None, ["cause"])]


def test_an_exception_may_be_a_single_object():
    event = {"exception": {"type": "SIGSEGV", "stacktrace": stack("segfault")}}
    assert stacks(event) == [("crash", None, None, ["segfault"])]
    assert only(event)["error_type"] == "SIGSEGV"


def test_no_threads_and_no_exceptions_give_no_stack():
    assert stacks({"level": "fatal", "threads": {"values": []}}) == []
    assert stacks({"level": "fatal", "exception": {"values": [{"type": "SIGSEGV"}]}}) == []


def test_a_message_keeps_the_stack_of_the_current_thread():
    event = {
        "message": "slow",
        "level": "error",
        "threads": [{"id": 1, "current": True, "stacktrace": stack("a", "b")}],
    }
    assert stacks(event) == [("crash", 1, False, ["b", "a"])]
    assert stacks({"message": "slow", "stacktrace": stack("a", "b")}) == [("crash", None, None, ["b", "a"])]


IMAGES = {
    "images": [
        {"type": "elf", "code_file": "/lib/libc.so.6", "image_addr": "0x7f0000000000", "image_size": 4096},
        {"type": "pe", "code_file": "C:\\app\\editor.exe", "image_addr": str(0x400000), "image_size": "8192"},
        {"type": "macho", "code_file": "/usr/lib/dyld", "image_addr": 0x900000},
        {
            "type": "sourcemap",
            "code_file": "https://example.com/app.js",
            "debug_id": "7a1c2d3e-4f50-4162-8738-49a0b1c2d3e4",
        },
    ]
}


@pytest.mark.parametrize(
    ("address", "module", "offset"),
    [
        ("0x7f0000000010", "libc.so.6", 0x10),
        (str(0x400500), "editor.exe", 0x500),
        (0x401FFF, "editor.exe", 0x1FFF),
        ("0x402000", None, None),
        ("0x3fffff", None, None),
        ("0x900001", "dyld", 1),
        ("nonsense", None, None),
        (-5, None, None),
    ],
)
def test_an_image_is_found_by_a_hex_or_decimal_address(address, module, offset):
    (frame,) = frame_rows([{"instruction_addr": address}], debug_meta=IMAGES, platform="native")
    assert (frame["module"], frame["module_offset"]) == (module, offset)


def test_package_and_module_come_before_the_address():
    frames = [
        {"package": "/usr/bin/p", "module": "m", "instruction_addr": "0x400500", "symbol_addr": "0x4004f0"},
        {"module": "m", "filename": "f.py", "abs_path": "/a/f.py"},
        {"abs_path": "/a/g.py"},
    ]
    rows = frame_rows(frames, debug_meta=IMAGES)
    assert [(row["module"], row["file"]) for row in rows] == [(None, "/a/g.py"), ("m", "f.py"), ("p", None)]
    assert (rows[2]["module_offset"], rows[2]["symbol_offset"]) == (0x500, 0x10)


def test_an_address_may_be_relative_to_a_numbered_image():
    event = {
        "exception": [{"type": "E", "stacktrace": {"frames": [{"instruction_addr": "0x20", "addr_mode": "rel:1"}]}}],
        "debug_meta": IMAGES,
    }
    tables = load(event)
    assert tables["stacks"][0]["addresses"] == [0x400020]
    assert tables["frames"][0]["module"] == "editor.exe"


def test_images_become_modules():
    rows = load({"event_id": ID, "level": "fatal", "debug_meta": IMAGES})["modules"]
    assert [(row["name"], row["base"], row["size"], row["symbol_type"]) for row in rows] == [
        ("libc.so.6", 0x7F0000000000, 4096, "elf"),
        ("editor.exe", 0x400000, 8192, "pe"),
        ("dyld", 0x900000, None, "macho"),
        ("app.js", None, None, "sourcemap"),
    ]
    assert rows[3]["debug_id"] == "7a1c2d3e-4f50-4162-8738-49a0b1c2d3e4"


def test_frames_of_one_address_are_inlined_into_the_outermost():
    frames = [
        {"function": "main", "instruction_addr": "0x1"},
        {"function": "outer", "instruction_addr": "0x2"},
        {"function": "inlined", "instruction_addr": "0x2"},
        {"function": "deeper", "instruction_addr": "0x2"},
        {"function": "loop", "instruction_addr": "0x3"},
        {"function": "loop", "instruction_addr": "0x3"},
    ]
    rows = frame_rows(frames, platform="native")
    assert [(row["function"], row["inline_depth"]) for row in rows] == [
        ("loop", 0),
        ("loop", 0),
        ("deeper", 2),
        ("inlined", 1),
        ("outer", 0),
        ("main", 0),
    ]


def test_a_frame_keeps_all_that_it_says():
    frame = {
        "function": "ns::Job::run(int, char const*) const",
        "raw_function": "_ZNK2ns3Job3runEiPKc",
        "filename": "job.cpp",
        "lineno": 3,
        "colno": "7",
        "context_line": "  run();",
        "vars": {"x": "1"},
        "in_app": False,
        "trust": "fp",
        "instruction_addr": "0x10",
    }
    (row,) = frame_rows([frame], platform="native")
    assert (row["function"], row["args"]) == ("ns::Job::run", "int, char const*")
    assert row["function_raw"] == "_ZNK2ns3Job3runEiPKc"
    assert (row["file"], row["line"], row["column"]) == ("job.cpp", 3, 7)
    assert (row["context_line"], row["variables"], row["in_app"]) == ("  run();", '{"x":"1"}', False)
    assert row["trust"] == "frame_pointer"


# Exceptions.


def test_the_last_exception_is_the_one_that_surfaced():
    errors = [
        {"type": "KeyError", "value": "'XTS'"},
        {"type": "RateError"},
        {"type": "PaymentError", "value": "no rate"},
    ]
    tables = load({"event_id": ID, "exception": {"values": errors}})
    assert (tables["events"][0]["error_type"], tables["events"][0]["error_value"]) == ("PaymentError", "no rate")
    assert [(row["chain_no"], row["role"], row["error_type"]) for row in tables["stacks"]] == [
        (0, "crash", "PaymentError"),
        (1, "cause", "RateError"),
        (2, "cause", "KeyError"),
    ]


def test_an_exception_group_is_a_tree():
    def error(name: str, own: int, parent: int | None = None) -> dict[str, Any]:
        return {"type": name, "mechanism": {"exception_id": own, "parent_id": parent, "is_exception_group": own == 0}}

    errors = [error("KeyError", 3, 2), error("ValueError", 2, 0), error("TypeError", 1, 0), error("ExceptionGroup", 0)]
    assert [(row["chain_no"], row["error_type"]) for row in load({"exception": {"values": errors}})["stacks"]] == [
        (0, "ExceptionGroup"),
        (1, "TypeError"),
        (1, "ValueError"),
        (2, "KeyError"),
    ]


def test_a_circle_of_exceptions_falls_back_to_their_order():
    errors = [{"type": name, "mechanism": {"exception_id": own, "parent_id": 1 - own}} for own, name in enumerate("AB")]
    assert [(row["chain_no"], row["error_type"]) for row in load({"exception": errors})["stacks"]] == [
        (0, "B"),
        (1, "A"),
    ]


@pytest.mark.parametrize(
    ("meta", "code", "name", "signal"),
    [
        ({"signal": {"number": 11, "name": "SIGSEGV", "code": 1}}, 11, "SIGSEGV", "SIGSEGV"),
        (
            {"mach_exception": {"exception": 1, "name": "EXC_BAD_ACCESS"}, "signal": {"name": "SIGBUS"}},
            1,
            "EXC_BAD_ACCESS",
            "SIGBUS",
        ),
        ({"errno": {"number": 2, "name": "ENOENT"}}, 2, "ENOENT", None),
        ({"ns_error": {"code": 257, "domain": "NSCocoaErrorDomain"}}, 257, "NSCocoaErrorDomain", None),
        ({"ns_error": {"code": -1, "domain": "D"}, "signal": "odd"}, None, None, None),
    ],
)
def test_codes_come_from_the_mechanism(meta, code, name, signal):
    row = only({"exception": {"values": [{"type": "E", "mechanism": {"handled": False, "meta": meta}}]}})
    assert (row["error_code"], row["error_code_name"], row["signal"], row["handled"]) == (code, name, signal, False)


# Columns and annotations.


def test_the_columns_of_an_event():
    row = only(
        {
            "event_id": "0F3C2D9A-7b6e-4c51-a8d2-4e6f90b1c3d5",
            "timestamp": 1769390759.123,
            "platform": "node",
            "release": "shop@2.4.1",
            "environment": "production",
            "transaction": "/orders/{id}",
            "fingerprint": ["payment", "{{ default }}"],
            "user": {"id": 4711},
            "request": {
                "method": "POST",
                "url": "https://shop.example.com/orders/1?x=1",
                "headers": [["X-Request-Id", "req-1"]],
            },
            "contexts": {
                "os": {"name": "Linux", "version": "6.1"},
                "device": {"arch": "AMD64"},
                "browser": {"name": "Firefox", "version": "147"},
                "trace": {"trace_id": "7e1d0c5b9a384f26b0c3d2e1f4a59687"},
                "response": {"status_code": 502},
            },
            "exception": {"values": [{"type": "TypeError", "value": "x is not a function"}]},
        }
    )
    expected = {
        "event_id": ID,
        "native_id": ID,
        "format": "sentry-event",
        "event_class": "incident_signal",
        "event_kind": "exception",
        "ts": datetime(2026, 1, 26, 1, 25, 59, 123000, tzinfo=UTC),
        "ts_source": "event",
        "level": "error",
        "platform": "javascript",
        "release": "shop@2.4.1",
        "environment": "production",
        "route": "/orders/{id}",
        "http_method": "POST",
        "http_status": 502,
        "request_id": "req-1",
        "native_fingerprint": "payment, {{ default }}",
        "user_hash": sentry_event.digest("4711"),
        "os_name": "Linux",
        "os_version": "6.1",
        "arch": "x86_64",
        "device": "Firefox 147",
        "trace_id": "7e1d0c5b9a384f26b0c3d2e1f4a59687",
        "error_type": "TypeError",
        "error_value": "x is not a function",
        "parse_status": "ok",
    }
    assert {name: row[name] for name in expected} == expected
    assert "4711" not in row["user_hash"]


def test_what_has_no_column_becomes_annotations():
    event = {
        "tags": [["region", "eu"], {"key": "tier", "value": "gold"}],
        "contexts": {
            "order": {"id": 1, "lines": [{"sku": "A"}, {"sku": "B"}], "flags": ["gift", True, None]},
            "odd": "text",
        },
        "extra": {"cart": {"coupon": None, "total": 12.5}},
        "modules": {"shop": "2.4.1"},
        "user": {"username": "ana"},
        "request": {"url": "https://example.com/a", "headers": [["Accept", "*/*"]], "query_string": [["q", "1"]]},
        "server_name": "web-3",
        "dist": "7",
        "message": "broken",
    }
    assert annotations(event, "tag") == {"region": "eu", "tier": "gold"}
    assert annotations(event, "context") == {
        "order.id": "1",
        "order.lines[0].sku": "A",
        "order.lines[1].sku": "B",
        "order.flags": "gift, true, null",
        "odd": "text",
    }
    assert annotations(event, "extra") == {"cart.total": "12.5"}
    assert annotations(event, "package") == {"shop": "2.4.1"}
    assert annotations(event, "user") == {"username": "ana"}
    assert annotations(event, "request") == {
        "url": "https://example.com/a",
        "headers.Accept": "*/*",
        "query_string.q": "1",
    }
    assert annotations(event, "event") == {"server_name": "web-3", "dist": "7", "message": "broken"}


@pytest.mark.parametrize(
    ("event", "kind", "group"),
    [
        ({"message": "m", "level": "info"}, "log", "context"),
        ({"logentry": {"message": "m %s", "formatted": "m x"}, "level": "error"}, "log", "incident_signal"),
        ({"exception": {"values": [{"type": "E"}]}, "level": "warning"}, "exception", "incident_signal"),
        ({"level": "fatal"}, "crash", "incident_signal"),
        (
            {"exception": {"values": [{"type": "EXC_BAD_ACCESS", "mechanism": {"handled": False}}]}},
            "crash",
            "incident_signal",
        ),
        (
            {"exception": {"values": [{"type": "SIGSEGV", "mechanism": {"handled": True}}]}},
            "exception",
            "incident_signal",
        ),
        ({"exception": {"values": [{"type": "E", "mechanism": {"handled": False}}]}}, "exception", "incident_signal"),
        ({"type": "transaction", "timestamp": 2.5, "start_timestamp": 1.0, "spans": []}, "transaction", "context"),
        ({"contexts": {"feedback": {"message": "m"}}}, "feedback", "context"),
    ],
)
def test_class_and_kind(event, kind, group):
    row = only({"event_id": ID, **event})
    assert (row["event_kind"], row["event_class"]) == (kind, group)
    assert row["duration_ms"] == (1500.0 if kind == "transaction" else None)


def test_a_message_is_the_value_where_nothing_was_thrown():
    assert (
        only({"logentry": {"message": "order %s", "params": ["7"], "formatted": "order 7"}})["error_value"] == "order 7"
    )
    assert only({"message": {"message": "plain"}})["error_value"] == "plain"
    assert only({"message": "m", "exception": [{"type": "E", "value": "thrown"}]})["error_value"] == "thrown"


def test_breadcrumbs_become_logs():
    crumbs = [
        {"timestamp": "2026-01-30T11:05:10Z", "category": "ui", "message": "click", "level": "log", "data": {"x": 1}},
        {"timestamp": 1769771111.5, "type": "http", "data": {"type": "xhr"}},
        {"data": "text"},
        "odd",
    ]
    for written in (crumbs, {"values": crumbs}):
        rows = load({"event_id": ID, "breadcrumbs": written})["logs"]
        assert [(row["level"], row["logger"], row["message"], row["fields"]) for row in rows] == [
            ("info", "ui", "click", '{"x":1}'),
            (None, None, None, '{"breadcrumb_type":"http","type":"xhr"}'),
            (None, None, None, '{"data":"text"}'),
        ]
        assert {row["event_id"] for row in rows} == {ID}
        assert {row["origin"] for row in rows} == {"breadcrumb"}
        assert rows[1]["ts"] == datetime(2026, 1, 30, 11, 5, 11, 500000, tzinfo=UTC)


def test_feedback_alone_in_a_file():
    feedback = {
        "message": "it broke",
        "name": "Ana",
        "contact_email": "ana@example.com",
        "associated_event_id": "AB" * 16,
    }
    tables = load({"event_id": ID, "contexts": {"feedback": feedback}})
    (row,) = tables["feedback"]
    assert (row["event_id"], row["message"], row["contact_masked"]) == (ID, "it broke", "a***@***.com")
    assert [(row["scope"], row["key"], row["value"]) for row in tables["annotations"]] == [
        ("feedback", "associated_event_id", "ab" * 16)
    ]
    assert not any("example.com" in str(value) for value in row.values())


def test_old_interface_names_are_known():
    event = {
        "event_id": ID,
        "sentry.interfaces.Exception": {"values": [{"type": "ValueError", "stacktrace": stack("f")}]},
    }
    assert only(event)["error_type"] == "ValueError"
    assert sentry_event.sniff(Head(json.dumps(event).encode())) is not None


# Files and damage.


def test_one_event_per_line():
    lines = [
        b'{"event_id":"a","message":"one"}',
        b"",
        b'{"event_id":"b","message":"two"}',
        b"[1]",
        b'{"event_id":"c","message":"th',
    ]
    tables = read(b"\n".join(lines), reader=sentry_event)
    assert [(row["native_id"], row["offset"], row["parse_status"]) for row in tables["events"]] == [
        ("a", 0, "ok"),
        ("b", 34, "ok"),
        ("c", 71, "partial"),
    ]
    assert [(row["offset"], row["line"]) for row in tables["quarantine"] if row["line"]] == [(67, 4)]


def test_a_cut_event_gives_what_was_written():
    whole = json.dumps(
        {
            "event_id": ID,
            "level": "fatal",
            "exception": {"values": [{"type": "SIGSEGV", "value": "x"}]},
            "extra": {"a": 1},
        }
    )
    cut = whole[: whole.index('"extra"') + 12]
    tables = read(cut.encode(), reader=sentry_event)
    (row,) = tables["events"]
    assert (row["native_id"], row["error_type"], row["parse_status"]) == (ID, "SIGSEGV", "partial")
    assert tables["quarantine"][0]["reason"] == "event: JSON is cut or broken"
    assert tables["files"][0]["parse_status"] == "partial"


def test_json_that_is_nearly_json_is_repaired():
    data = b'{"event_id":"' + ID.encode() + b'","message":"bad \xff byte","extra":{"n":NaN,"s":"\\ud800","big":1e999}}'
    (row,) = read(data, reader=sentry_event)["events"]
    assert (row["parse_status"], row["error_value"]) == ("repaired", "bad \ufffd byte")


def test_what_is_no_json_is_a_partial_event_with_a_quarantine_row():
    tables = read(b"not JSON at all", reader=sentry_event)
    assert tables["events"][0]["parse_status"] == "partial"
    assert [(row["offset"], row["length"]) for row in tables["quarantine"]] == [(0, 15)]


def test_utf_16_is_read():
    (row,) = read(json.dumps({"event_id": ID, "message": "größer"}).encode("utf-16"), reader=sentry_event)["events"]
    assert (row["native_id"], row["error_value"]) == (ID, "größer")


def test_every_truncation_of_an_event_is_an_event():
    event = {
        "event_id": ID,
        "exception": {"values": [{"type": "E", "stacktrace": stack("a", "b")}]},
        "tags": {"k": 'v"\\'},
    }
    whole = json.dumps(event).encode()
    for length in range(len(whole)):
        assert len(read(whole[:length], reader=sentry_event)["events"]) == 1


def test_sniffing():
    def score(text: str) -> int:
        match = sentry_event.sniff(Head(text.encode()))
        return match.score if match else 0

    assert score('{"event_id":"1","sdk":{"name":"sentry.python"},"exception":{}}') == 90
    assert score('{"exception":{"values":[{"type":"E","stacktrace":{"frames":[]}}]}}') == 85
    assert score('{"event_id":"1","platform":"native","contexts":{"os":{}}}') == 75
    assert score('{"event_id":"1","message":"m","level":"error"}') == 75
    assert score('{"schema_version":"1","event_id":"1","event_type":"log_event","message":"m","level":"info"}') == 0
    assert score('{"message":"m","level":"error"}') == 0
    assert score("[1]") == 0
    long = '{"event_id":"1","platform":"native","contexts":{"a":"' + "x" * 70_000
    assert score(long) == 75


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
# fmt: off
INTERFACES = [
    "event_id", "timestamp", "start_timestamp", "level", "platform", "release", "user", "tags", "contexts", "extra",
    "exception", "threads", "breadcrumbs", "debug_meta", "request", "sdk", "message", "logentry", "fingerprint",
    "type", "stacktrace", "modules",
]
# fmt: on


@given(st.dictionaries(st.sampled_from(INTERFACES), json_values, max_size=8))
def test_any_values_anywhere(event):
    assert len(load(event)["events"]) == 1


# fmt: off
FIELDS = [
    "type", "value", "thread_id", "id", "stacktrace", "frames", "function", "instruction_addr", "lineno",
    "mechanism", "meta", "handled", "exception_id", "parent_id", "crashed", "images", "image_addr", "image_size",
    "addr_mode", "vars",
]
# fmt: on


@given(
    st.dictionaries(
        st.sampled_from(["exception", "threads", "debug_meta"]),
        st.recursive(
            st.none() | st.integers(-3, 9) | st.text(max_size=4) | st.booleans(),
            lambda inner: (
                st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*FIELDS, "values"]), inner, max_size=5)
            ),
            max_leaves=30,
        ),
    )
)
def test_any_shape_of_stacks(event):
    assert len(load(event)["events"]) == 1


@given(st.binary(max_size=200))
def test_any_bytes(data):
    tables = read(data, reader=sentry_event)
    assert tables["files"][0]["bytes"] == len(data)


@given(st.text(alphabet='{}[]",:\\ab1 tn.-', max_size=80))
def test_decoding_never_raises_and_gives_values_that_can_be_encoded(text):
    decoded = sentry_json.decode(text.encode())
    msgspec.json.encode(decoded.value)
    assert 0 <= decoded.offset <= len(text.encode())


@given(json_values)
def test_flattening_any_value(value):
    assert all(isinstance(key, str) for key, _ in sentry_json.flatten(value))


def test_long_paths_and_deep_values_stay_linear():
    deep: Any = 1
    for _ in range(200):
        deep = {"k" * 40: deep, "leaf": 1}
    rows = list(sentry_json.flatten(deep))
    assert sum(len(key) for key, _ in rows) < 100 * len(json.dumps(deep))
    assert max(len(key) for key, _ in rows) < 400
    assert len(json.dumps(sentry_json.decode(b"[" * 100_000).value)) < 300


def test_an_event_with_a_value_too_deep_keeps_the_rest():
    deep = (
        b'{"extra":{"d":'
        + b"[" * 10_000
        + b"]" * 10_000
        + b'},"exception":{"values":[{"type":"KeyError","value":"k"}]}}'
    )
    tables = read(deep, reader=sentry_event)
    (event,) = tables["events"]
    assert (event["error_type"], event["error_value"], event["parse_status"]) == ("KeyError", "k", "partial")
    assert [row["reason"] for row in tables["quarantine"]] == ["event: JSON nested too deeply; the depths are left out"]


def test_control_characters_in_strings_are_read():
    (event,) = read(b'{"event_id":"x","message":"one\ntwo\0","level":"error"}', reader=sentry_event)["events"]
    assert (event["error_value"], event["parse_status"]) == ("one\ntwo\0", "repaired")


def test_one_event_per_line_where_the_first_is_longer_than_the_head():
    events = [
        {"event_id": str(number) * 32, "message": "m", "level": "error", "platform": "other"} for number in (1, 2, 3)
    ]
    events[0]["extra"] = {"long": "x" * 70_000}
    lines = [json.dumps(event).encode() for event in events]
    tables = read(b"\n".join(lines))
    assert [row["native_id"] for row in tables["events"]] == ["1" * 32, "2" * 32, "3" * 32]
    assert [row["offset"] for row in tables["events"]] == [0, len(lines[0]) + 1, len(lines[0]) + len(lines[1]) + 2]
    assert not tables["quarantine"]
    assert len(read(lines[0] + b"\n")["events"]) == 1


def test_a_broken_first_line_costs_only_itself():
    line = json.dumps({"event_id": "2" * 32, "message": "m", "level": "error", "platform": "other"}).encode()
    tables = read(b'{"event_id":"1","message":\n' + line + b"\n", reader=sentry_event)
    assert tables["events"][-1]["native_id"] == "2" * 32
