"""Prometheus text: sound lines by the library, broken ones as far as they go, none lost."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reading import read, read_many
from triage.formats import prometheus

SOUND = """\
# HELP http_requests_total Requests, by method.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total{method="get",path="C:\\\\DIR\\"x\\"\\n"}    3.5e2
# TYPE temperature gauge
temperature NaN
temperature{room="a, b}"} -Inf

# TYPE rpc_seconds histogram
rpc_seconds_bucket{le="0.1"} 24054
rpc_seconds_bucket{le="+Inf"} 144320
rpc_seconds_sum 53423
rpc_seconds_count 144320
# TYPE gc summary
gc{quantile="0.5"} 4.773e-05
gc_sum 1.7
# some comment
up 1
# TYPE odd untyped
odd 2
"""


def metrics(text, **options):
    return read(text.encode(), "some.txt", reader=prometheus, **options)["metrics"]


def test_samples_with_labels_types_and_times():
    rows = metrics(SOUND)
    assert [(row["name"], row["type"]) for row in rows] == [
        ("http_requests_total", "counter"),
        ("http_requests_total", "counter"),
        ("temperature", "gauge"),
        ("temperature", "gauge"),
        ("rpc_seconds_bucket", "histogram"),
        ("rpc_seconds_bucket", "histogram"),
        ("rpc_seconds_sum", "histogram"),
        ("rpc_seconds_count", "histogram"),
        ("gc", "summary"),
        ("gc_sum", "summary"),
        ("up", "unknown"),
        ("odd", "unknown"),
    ]
    assert (rows[0]["value"], rows[0]["ts"].isoformat()) == (1027.0, "2014-03-17T14:26:03+00:00")
    assert json.loads(rows[0]["labels"]) == {"method": "post", "code": "200"}
    assert json.loads(rows[1]["labels"])["path"] == 'C:\\DIR"x"\n'
    assert math.isnan(rows[2]["value"])
    assert (rows[3]["value"], rows[3]["labels"]) == (-math.inf, '{"room":"a, b}"}')
    assert (rows[10]["labels"], rows[10]["ts"], rows[10]["event_id"]) == (None, None, None)


def test_found_by_content():
    assert read(SOUND.encode(), "anything.bin")["files"][0]["media"] == "text/plain; version=0.0.4"
    assert len(read(b'a 1\nb 2\nc{x="y"} 3\n')["metrics"]) == 3
    assert read(b"hello world\nthis is text\nname: 5\n")["metrics"] == []


def test_openmetrics_times_are_seconds_and_exemplars_are_passed_over():
    text = '# TYPE a counter\na_total{x="y"} 5 1395066363.5 # {trace_id="abc"} 0.7 1395066363\n# EOF\n'
    (row,) = metrics(text)
    assert (row["type"], row["value"], row["ts"].isoformat()) == ("counter", 5.0, "2014-03-17T14:26:03.500000+00:00")
    assert json.loads(row["labels"]) == {"x": "y"}


def test_lines_that_a_redactor_broke_keep_what_they_have():
    text = """\
# TYPE x counter
x{token=[REDACTED] 5
x{token=[REDACTED],client="d"} 6
x{token="[REDACTED]"",client="d"} 7
x{authorization=[REDACTED]
"""
    tables = read(text.encode(), reader=prometheus)
    assert [(row["name"], json.loads(row["labels"]), row["value"], row["type"]) for row in tables["metrics"]] == [
        ("x", {"token": "[REDACTED]"}, 5.0, "counter"),
        ("x", {"token": "[REDACTED]", "client": "d"}, 6.0, "counter"),
        ("x", {"token": "[REDACTED]", "client": "d"}, 7.0, "counter"),
        ("x", {"authorization": "[REDACTED]"}, None, "counter"),
    ]
    assert tables["files"][0]["reason"] == "broken lines: 4 read as far as they go"
    assert tables["quarantine"] == []


def test_lines_that_are_none_go_to_quarantine_with_their_place():
    tables = read(b"# TYPE a gauge\na 1\n{}{} ?\nwhat is this\na 2\n", reader=prometheus)
    assert [row["value"] for row in tables["metrics"]] == [1.0, 2.0]
    assert [(row["offset"], row["length"], row["line"]) for row in tables["quarantine"]] == [(19, 6, 3), (26, 12, 4)]
    assert (tables["files"][0]["parse_status"], tables["files"][0]["reason"]) == ("partial", "2 lines are no metrics")


def test_a_time_is_no_value():
    (row,) = metrics('x{a="b",token=[REDACTED] 7 1395066363000\n')
    assert (row["value"], json.loads(row["labels"])) == (7.0, {"a": "b", "token": "[REDACTED]"})
    assert row["ts"] == datetime(2014, 3, 17, 14, 26, 3, tzinfo=UTC)


def test_huge_numbers_and_long_lines():
    labels = ",".join(f'l{number}="v"' for number in range(2000))
    rows = metrics(f"# TYPE a gauge\na {'9' * 400}\na{{{labels}}} 4\n")
    assert [row["value"] for row in rows] == [math.inf, 4.0]
    assert len(json.loads(rows[1]["labels"])) == 2000


@settings(max_examples=100, deadline=None)
@given(st.binary() | st.text('ab{}="\\,# TYPE1.e+\n\t[REDACTED]').map(str.encode))
def test_any_bytes(data):
    tables = read(data, reader=prometheus)
    # Every line that is neither blank nor a comment is a sample or in quarantine.
    lines = [line.strip() for line in data.decode("utf-8", "replace").split("\n")] if data.isascii() else []
    wanted = [line for line in lines if line and not line.startswith("#")]
    assert not lines or "\0" in data.decode() or len(tables["metrics"]) + len(tables["quarantine"]) == len(wanted)


def test_every_cut():
    data = SOUND.encode()
    tables = read_many([(str(end), data[:end]) for end in range(len(data))], reader=prometheus)
    assert [row["bytes"] for row in tables["files"]] == list(range(len(data)))
