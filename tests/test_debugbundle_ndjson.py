"""DebugBundle's errors, one per line: its short form, the documented one, envelopes among them, damage."""

import json

import triage
from tests.envelopes import exception, log
from tests.reading import SAMPLES, read
from triage import formats

SAMPLE = (SAMPLES / "logs" / "debugbundle-errors.ndjson").read_bytes()
SHORT = {
    "type": "error",
    "error_type": "TypeError",
    "message": "no rate",
    "stack": "TypeError: no rate\n    at pay (/srv/pay.js:3:9)",
    "file": "/srv/pay.js",
    "line": 3,
    "timestamp": "2026-01-26T02:25:59+01:00",
    "environment": "production",
    "service": "checkout",
}


def lines(*items):
    return "".join((item if isinstance(item, str) else json.dumps(item)) + "\n" for item in items).encode()


def test_the_short_form():
    (row,) = read(lines(SHORT))["events"]
    assert row["ts"].isoformat() == "2026-01-26T01:25:59+00:00"
    assert (row["service"], row["environment"], row["error_type"], row["level"]) == (
        "checkout",
        "production",
        "TypeError",
        "error",
    )
    assert row["http_status"] is None
    assert triage.load(lines(SHORT)).incidents()["title"].tolist() == ["TypeError in pay"]


def test_the_documented_example_is_read():
    """The original refuses it, and with it the whole file."""
    rows = read(lines({"timestamp": "2026-01-26T01:25:59Z", "error_class": "PaymentError", "message": "declined"}))
    assert [(row["error_type"], row["error_value"]) for row in rows["events"]] == [("PaymentError", "declined")]


def test_envelopes_and_short_forms_are_mixed():
    data = lines(exception(1), SHORT, log(2), SHORT | {"message": "other"})
    rows = read(data)
    assert [row["format"] for row in rows["events"]] == [
        "debugbundle-events",
        "debugbundle-ndjson",
        "debugbundle-events",
        "debugbundle-ndjson",
    ]
    for row, line in zip(rows["events"], data.split(b"\n"), strict=False):
        assert data[row["offset"] : row["offset"] + row["length"]] == line


def test_a_place_without_a_stack_is_a_frame():
    case = triage.load(lines({key: SHORT[key] for key in SHORT if key != "stack"}))
    assert case.frames()[["file", "line"]].to_dict("records") == [{"file": "/srv/pay.js", "line": 3}]


def test_damage_costs_only_its_line():
    rows = read(SAMPLE)
    assert len(rows["events"]) == 3
    assert [(row["line"], row["reason"]) for row in rows["quarantine"]] == [
        (4, "an error whose message is not text"),
        (5, "damaged JSON"),
    ]
    for row in rows["quarantine"]:
        assert SAMPLE[row["offset"] : row["offset"] + row["length"]] == SAMPLE.split(b"\n")[row["line"] - 1]


def test_nuls_before_a_line_are_lost_alone():
    whole = lines(SHORT, SHORT | {"message": "other"})
    data = whole.replace(b"\n", b"\n" + bytes(300), 1) + bytes(7)
    rows = read(data)
    assert [row["error_value"] for row in rows["events"]] == [SHORT["message"], "other"]
    assert data[rows["events"][1]["offset"] :].startswith(b"{")
    assert [(row["line"], row["length"], row["reason"]) for row in rows["quarantine"]] == [
        (2, 300, "NUL bytes before the text of a line"),
        (3, 7, "NUL bytes instead of JSON"),
    ]


def test_a_time_without_zone_is_told():
    (row,) = read(lines(SHORT | {"timestamp": "2026-01-26T01:25:59"}))["events"]
    assert (row["ts_source"], row["parse_status"]) == ("event without zone", "repaired")


def test_detection():
    assert formats.detect(SAMPLE)[0].format == "debugbundle-ndjson"
    assert formats.detect(lines(exception(1), SHORT))[0].format == "debugbundle-ndjson"
    assert formats.detect(lines(exception(1), log(2)))[0].format == "debugbundle-events"
