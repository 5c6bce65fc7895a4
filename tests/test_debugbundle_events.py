"""Event files: arrays, single events, lines, damage and detection."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.benchmarks import store_events
from tests.envelopes import envelope, exception, lines, log
from tests.reading import SAMPLES, read, read_many
from triage.formats import debugbundle_events, detect
from triage.loading import read_tables
from triage.sources.inputs import Inputs
from triage.sources.limits import Limits

EVENTS = [log(1), exception(2), log(3)]
ARRAY = json.dumps(EVENTS).encode()
NDJSON = lines(EVENTS)
STORE = SAMPLES / "debugbundle" / "store"


def ids(rows):
    return [row["native_id"][-1] for row in rows["events"]]


def found(data, name="x"):
    return [(item.format, item.score) for item in detect(data)][:1]


@pytest.mark.parametrize(
    "data",
    [
        ARRAY,
        NDJSON,
        json.dumps(EVENTS, indent=2).encode(),
        b"\xef\xbb\xbf" + ARRAY,
        b"\xef\xbb\xbf" + NDJSON,
        NDJSON.replace(b"\n", b"\r\n"),
        NDJSON.rstrip(b"\n"),
        b"\n\n" + NDJSON,
        b"[\n" + b",\n".join(NDJSON.split()[:0] or [json.dumps(event).encode() for event in EVENTS]) + b"\n]\n",
        b"".join(json.dumps(event, indent=1).encode() + b"\n" for event in EVENTS),
        NDJSON.decode().encode("utf-16"),
        ARRAY.decode().encode("utf-16"),
        b"not json at all\n" + NDJSON,
        json.dumps(EVENTS[:1]).encode() + b"\n" + json.dumps(EVENTS[1:]).encode() + b"\n",
    ],
)
def test_every_shape_of_file(data):
    rows = read(data)
    assert ids(rows) == ["1", "2", "3"]
    assert {row["format"] for row in rows["events"]} == {"debugbundle-events"}
    assert rows["files"][0]["role"] == "events"


def test_one_event_is_a_file_too():
    for data in (json.dumps(EVENTS[0]).encode(), json.dumps(EVENTS[0], indent=2).encode()):
        rows = read(data)
        assert ids(rows) == ["1"]
        assert (rows["events"][0]["offset"], rows["events"][0]["length"]) == (0, len(data))


@pytest.mark.parametrize("data", [ARRAY, NDJSON, b"\xef\xbb\xbf" + ARRAY, b"\xef\xbb\xbf" + NDJSON])
def test_places_lead_back_to_the_event(data):
    for row, event in zip(read(data)["events"], EVENTS, strict=True):
        assert json.loads(data[row["offset"] : row["offset"] + row["length"]]) == event


def test_bad_lines_are_quarantined_with_their_place():
    data = NDJSON.replace(b"\n", b'\n{"event_id": \n', 1) + b"\x00\x00\x00\n17\n"
    rows = read(data)
    assert ids(rows) == ["1", "2", "3"]
    first = NDJSON.index(b"\n") + 1
    assert [(row["line"], row["offset"], row["length"], row["reason"]) for row in rows["quarantine"]] == [
        (2, first, 13, "damaged JSON"),
        (5, data.index(b"\0"), 3, "NUL bytes instead of JSON"),
        (6, data.index(b"17\n"), 2, "not an object"),
    ]
    assert rows["files"][0]["parse_status"] == "partial"
    assert "3 of 6 pieces are in quarantine" in rows["files"][0]["reason"]


@pytest.mark.parametrize("nuls", [1, 597, 3_000])
def test_nuls_before_an_event_are_lost_alone(nuls):
    data = NDJSON.replace(b"\n", b"\n" + bytes(nuls), 1)
    rows = read(data, limits=Limits(line_bytes=2_500))
    assert ids(rows) == ["1", "2", "3"]
    assert [json.loads(data[row["offset"] : row["offset"] + row["length"]]) for row in rows["events"]] == EVENTS
    (lost,) = rows["quarantine"]
    assert (lost["line"], lost["offset"], lost["length"]) == (2, NDJSON.index(b"\n") + 1, nuls)
    assert rows["files"][0]["parse_status"] == "partial"


def test_lines_are_lines_however_many_at_the_top_are_damaged():
    bad = [json.dumps(log(number)).encode()[:-30] for number in range(60)]
    good = [json.dumps(log(number)).encode() for number in range(60, 70)]
    data = b"\n".join(bad + good)
    rows = read(data, reader=debugbundle_events)
    assert [row["native_id"] for row in rows["events"]] == [json.loads(line)["event_id"] for line in good]
    assert [(row["line"], row["reason"]) for row in rows["quarantine"]] == [
        (number, "damaged JSON") for number in range(1, 61)
    ]
    assert all(data[row["offset"] : row["offset"] + row["length"]] in bad for row in rows["quarantine"])


def test_an_event_nested_too_deeply_is_read_without_its_depths():
    event = json.dumps(log(1)).replace('"disk": 1}', '"disk": ' + "[" * 10_000 + "]" * 10_000 + "}").encode()
    rows = read(b"[" + event + b"]", reader=debugbundle_events)
    (row,) = rows["events"]
    assert (row["error_value"], row["parse_status"]) == ("disk 1 is full", "partial")
    assert row["notes"] == ["nested too deeply; the depths were left out"]
    assert (row["offset"], row["length"], rows["quarantine"]) == (1, len(event), [])


def test_invalid_utf8_and_control_characters_are_read_and_noted():
    data = NDJSON.replace(b"disk 1", b"d\xffsk 1").replace(b"disk 3", b"d\x01sk 3")
    rows = read(data)
    assert [row["parse_status"] for row in rows["events"]] == ["repaired", "ok", "repaired"]
    assert rows["events"][0]["error_value"] == "d\ufffdsk 1 is full"
    assert rows["events"][2]["error_value"] == "d\x01sk 3 is full"
    assert "bytes that are not UTF-8 were replaced" in rows["events"][0]["notes"]


@pytest.mark.parametrize("number", range(3))
def test_a_damaged_element_of_an_array_loses_only_itself(number):
    texts = [json.dumps(event).encode() for event in EVENTS]
    texts[number] = texts[number].replace(b'"payload": {', b'"payload": {,', 1)
    data = b"[" + b", ".join(texts) + b"]"
    rows = read(data)
    assert ids(rows) == [str(index + 1) for index in range(3) if index != number]
    (lost,) = rows["quarantine"]
    assert data[lost["offset"] : lost["offset"] + lost["length"]] == texts[number]


@pytest.mark.parametrize("data", [ARRAY, NDJSON])
def test_truncation_keeps_the_whole_events_before_it(data):
    whole = [row["offset"] + row["length"] for row in read(data)["events"]]
    for end in [*range(1, len(data), 13), *(place + step for place in whole for step in (-2, -1, 0, 1)), len(data)]:
        rows = read(data[:end], reader=debugbundle_events)
        assert len(rows["events"]) == sum(place <= end for place in whole)
        assert rows["files"][0]["bytes"] == min(end, len(data))


def test_overlong_lines_are_left_out_and_numbers_stay_true():
    data = lines([log(1)]) + b'{"a": "' + b"x" * 2000 + b'"}\n' + lines([log(2)]) + b"bad\n"
    rows = read(data, limits=Limits(line_bytes=1000))
    assert ids(rows) == ["1", "2"]
    assert [row["line"] for row in rows["quarantine"] if row["reason"] == "damaged JSON"] in ([None], [4])


def test_a_half_written_file_is_listed_and_not_read():
    rows = read(ARRAY[:-300], "1770717011000-2-shop.events.json.tmp-00112233445566ff")
    assert rows["events"] == rows["quarantine"] == []
    assert (rows["files"][0]["role"], rows["files"][0]["parse_status"]) == ("temporary", "skipped")


def test_a_repeated_event_counts_once():
    rows = read_many([("1-1-a.events.json", ARRAY), ("batch.ndjson", NDJSON)])
    assert ids(rows) == ["1", "2", "3"]
    assert len(rows["logs"]) == 2
    assert "counted once" in str(rows["files"] + rows["quarantine"])


def test_detection():
    assert found(ARRAY) == [("debugbundle-events", 96)]
    assert found(lines([envelope("log_event", {}, schema_version=...)])) == [("debugbundle-events", 80)]
    assert found(b"garbage\n" + NDJSON) == [("debugbundle-events", 62)]
    assert found(json.dumps({"exception": {"values": []}, "event_id": "x"}).encode()) != [("debugbundle-events", 96)]


TRACE = """Traceback (most recent call last):
  File "/srv/relay/send.py", line 30, in send
    enc(body)
  File "/srv/relay/enc.py", line 3, in enc
    {shown}
ValueError: bad
"""
IN_CODE = '{"schema_version": 2, "event_id": uid(), "event_type": kind, "payload": body, "occurred_at": now()}'
IN_NODE = f"""/app/relay.js:12
const e = {IN_CODE};
                                ^

ReferenceError: uid is not defined
    at build (/app/relay.js:12:33)
    at send (/app/relay.js:20:5)
"""


@pytest.mark.parametrize(
    "text",
    [
        TRACE.format(shown=f"return {IN_CODE}"),
        TRACE.format(shown=IN_CODE),
        TRACE.format(shown=json.dumps(EVENTS[0])),
        f"$ curl -d '{json.dumps(EVENTS[0])}' https://relay.example/v1\n" + TRACE.format(shown="raise"),
        "sending\n" + json.dumps(EVENTS[0], indent=2) + "\n" + TRACE.format(shown="raise"),
        json.dumps(EVENTS[0]) + "\n" + TRACE.format(shown="raise"),
        IN_NODE,
    ],
)
def test_a_report_that_shows_an_envelope_is_read(text):
    rows = read(text.encode())
    (event,) = rows["events"]
    assert event["format"] in {"python", "javascript"}
    assert event["error_type"] in {"ValueError", "ReferenceError"}
    assert rows["quarantine"] == []


def test_a_log_that_tells_of_an_envelope_is_searched_for_reports():
    assert found(b"sent " + json.dumps(EVENTS[0]).encode() + b"\n" * 400 + b"done\n" * 14_000) == []


@pytest.mark.parametrize(
    "data",
    [ARRAY[200:], ARRAY[200:] + ARRAY[:200], NDJSON[200:], b"garbage\n" + json.dumps(EVENTS, indent=2).encode()],
)
def test_a_damaged_beginning_hides_no_events(data):
    assert found(data) == [("debugbundle-events", 62)]


def store():
    return [
        (path.relative_to(STORE).as_posix(), path.read_bytes()) for path in sorted(STORE.rglob("*")) if path.is_file()
    ]


def test_the_sample_store():
    rows = read_many([(name, data) for name, data in store() if "/events/" in name])
    kinds = Counter((row["event_kind"], row["event_class"]) for row in rows["events"])
    assert kinds == {
        ("exception", "incident_signal"): 15,
        ("log", "incident_signal"): 9,
        ("log", "context"): 2,
        ("request", "incident_signal"): 6,
        ("request", "context"): 2,
        ("breadcrumb", "context"): 4,
        ("probe", "operational"): 5,
        ("deploy", "context"): 1,
        ("error_suppressed", "operational"): 1,
    }
    assert {row["parse_status"] for row in rows["events"]} == {"ok"}
    assert [(row["length"], row["reason"]) for row in rows["quarantine"]] == [(406, "damaged JSON")]
    suppressed = [row["suppressed_count"] for row in rows["events"] if row["event_kind"] == "error_suppressed"]
    assert suppressed == [37]
    failed = [row for row in rows["events"] if row["error_type"] == "PaymentError"]
    assert len({row["stack_key"] for row in failed}) == 1
    frames = [row for row in rows["frames"] if row["stack_key"] == failed[0]["stack_key"]]
    assert [(row["function"], row["file"], row["line"]) for row in frames[:2]] == [
        ("convert", "/srv/shop/shop/rates.py", 23),
        ("<genexpr>", "/srv/shop/shop/checkout.py", 13),
    ]
    page = [row for row in rows["events"] if row["service"] == "shop-page" and row["event_kind"] == "exception"]
    assert len(page) == 4
    assert all(row["stack_key"] for row in page)


def test_the_sample_of_many_languages():
    path = SAMPLES / "debugbundle" / "events.ndjson"
    rows = read(path.read_bytes())
    tops = {row["stack_key"]: row["function"] for row in rows["frames"] if row["idx"] == 0}
    found = {row["platform"]: tops[row["stack_key"]] for row in rows["events"] if row["stack_key"] in tops}
    found.pop("rust", None)
    assert found == {
        "python": "convert",
        "javascript": "formatPrice",
        "java": "com.example.orders.OrderService.reserve",
        "php": "PDO->__construct",
        "ruby": "total",
        "go": "example.com/shop/stock.(*Ledger).Take",
    }
    assert [row["line"] for row in rows["quarantine"]] == [12, 14]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([*NDJSON.splitlines(), b"", b"\x00", b"{", b"]", b"\xff", ARRAY]), max_size=12),
    st.binary(max_size=30),
)
def test_lines_and_noise_never_raise(parts, noise):
    data = b"\n".join([*parts, noise])
    rows = read(data, reader=debugbundle_events)
    assert rows["files"][0]["bytes"] == len(data)


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_never_raise(data):
    rows = read(data, reader=debugbundle_events)
    assert rows["files"][0]["bytes"] == len(data)


def test_an_event_file_that_is_cut_in_its_first_event_is_in_quarantine():
    rows = read(b'[{"schema_version":"2026-03-01","event_id":"7b1f', "1700000000000-1-shop.events.json")
    assert [(row["offset"], row["reason"]) for row in rows["quarantine"]] == [(1, "damaged JSON")]


@pytest.mark.parametrize("bulk", [True, False])
def test_a_line_of_nuls_is_in_quarantine_with_its_place(bulk, tmp_path):
    written = [*store_events.lines(40)]
    written[3:3] = [bytes(50)]
    path = tmp_path / "events.ndjson"
    path.write_bytes(b"\n".join(written))
    tables = read_tables(Inputs(path), limits=Limits(), bulk_bytes=0 if bulk else None)
    (row,) = tables["quarantine"].to_pylist()
    place = sum(len(line) + 1 for line in written[:3])
    assert (row["offset"], row["length"], row["line"]) == (place, 50, 4)
    assert tables["events"].num_rows == 40
