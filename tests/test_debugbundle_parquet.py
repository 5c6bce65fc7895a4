"""Envelopes in Parquet give the same events as the same envelopes in JSON."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pyarrow as pa
import pytest
from pyarrow import parquet

import triage
from tests.benchmarks import store_events
from triage.sources.limits import Limits

EVENTS = [json.loads(line) for line in store_events.lines(60)]
for _event in EVENTS:  # Parquet has no structs without fields
    for _name in ("query", "headers"):
        _event["payload"]["request"].pop(_name, None)
PLACED = ["source_id", "offset", "length", "format", "notes"]


def told(path):
    case = triage.load(path, cache=False)
    events = case.events().drop(columns=PLACED).sort_values("event_id", ignore_index=True)
    return case, events


@pytest.fixture(scope="module")
def lines(tmp_path_factory):
    path = tmp_path_factory.mktemp("lines") / "events.ndjson"
    path.write_text("\n".join(map(json.dumps, EVENTS)))
    return told(path)[1]


def as_json(events):
    return [
        {key: json.dumps(value) if isinstance(value, dict) else value for key, value in event.items()}
        for event in events
    ]


@pytest.mark.parametrize(
    "table",
    [
        pa.Table.from_pylist(EVENTS),
        pa.Table.from_pylist(as_json(EVENTS)),
        pa.table({"line": [json.dumps(event) for event in EVENTS]}),
        pa.table({"line": pa.array([json.dumps(event) for event in EVENTS]).dictionary_encode()}),
        pa.table({"value": pa.array([json.dumps(event).encode() for event in EVENTS], pa.binary())}),
        pa.table({"value": pa.array([json.dumps(event).encode() for event in EVENTS]).dictionary_encode()}),
    ],
    ids=["nested", "json", "lines", "categories", "bytes", "categories of bytes"],
)
@pytest.mark.parametrize("compression", ["zstd", "snappy"])
def test_rows_are_the_events_that_lines_are(table, compression, tmp_path, lines):
    parquet.write_table(table, tmp_path / "events.parquet", compression=compression, row_group_size=17)
    case, events = told(tmp_path / "events.parquet")
    assert events.equals(lines)
    assert case.quarantine().empty
    (row,) = case.files().to_dict("records")
    assert (row["role"], row["description"]) == ("events", "DebugBundle events: 60")


def test_bytes_that_are_no_text_are_in_quarantine_by_their_row(tmp_path):
    rows = [json.dumps(EVENTS[0]).encode(), b"\xff\xfe{", None, b"", b'{"event_type": "\xff"}']
    parquet.write_table(pa.table({"value": pa.array(rows, pa.large_binary())}), tmp_path / "events.parquet")
    case = triage.load(tmp_path / "events.parquet", cache=False)
    assert len(case.events()) == 1
    assert case.quarantine()["line"].tolist() == [2, 3, 4, 5]


def test_times_and_maps_are_those_of_json(tmp_path):
    when = datetime(2026, 1, 20, 12, 0, 0, 250_000, tzinfo=UTC)
    item = EVENTS[0] | {"occurred_at": when, "context": [("release", "9.9.9"), ("none", None)]}
    schema = pa.Table.from_pylist(EVENTS[:1]).schema
    for name, kind in (("occurred_at", pa.timestamp("ms", "UTC")), ("context", pa.map_(pa.string(), pa.string()))):
        schema = schema.set(schema.get_field_index(name), pa.field(name, kind))
    parquet.write_table(pa.Table.from_pylist([item], schema), tmp_path / "one.parquet")
    (event,) = triage.load(tmp_path).events().to_dict("records")
    assert (event["ts"], event["release"], event["parse_status"]) == (when, "9.9.9", "ok")


def test_uuids_are_their_text(tmp_path):
    """As DuckDB writes the columns that it takes for some."""
    item = EVENTS[0] | {"event_id": str(UUID(int=7)), "correlation": {"trace_id": str(UUID(int=9))}}
    (tmp_path / "lines.ndjson").write_text(json.dumps(item))
    table = pa.Table.from_pylist([item])
    ids = pa.array([UUID(int=7).bytes], pa.uuid())
    traces = pa.StructArray.from_arrays([pa.array([UUID(int=9).bytes], pa.uuid())], ["trace_id"])
    for name, column in (("event_id", ids), ("correlation", traces)):
        table = table.set_column(table.schema.get_field_index(name), name, column)
    parquet.write_table(table, tmp_path / "one.parquet")
    case = triage.load(tmp_path)
    (event,) = case.events().to_dict("records")
    assert (event["native_id"], event["trace_id"]) == (str(UUID(int=7)), str(UUID(int=9)))


def test_a_row_that_is_no_event_is_in_quarantine_by_its_number(tmp_path):
    rows = as_json(EVENTS[:3])
    rows[1] |= {"payload": "[]"}
    parquet.write_table(pa.Table.from_pylist(rows), tmp_path / "events.parquet")
    case = triage.load(tmp_path)
    assert len(case.events()) == 2
    assert case.quarantine()[["line", "reason"]].to_numpy().tolist() == [[2, "an event whose payload is no object"]]


def test_another_table_is_told_of(tmp_path):
    parquet.write_table(pa.table({"a": [1], "b": ["x"]}), tmp_path / "other.parquet")
    (row,) = triage.load(tmp_path).files().to_dict("records")
    assert row["parse_status"] == "unknown"
    assert "opened by their folder" in row["reason"]


@pytest.mark.parametrize("cut", [4, 60, 2_000, -9])
def test_what_is_damaged_raises_nothing(cut, tmp_path):
    parquet.write_table(pa.Table.from_pylist(EVENTS), tmp_path / "events.parquet")
    data = (tmp_path / "events.parquet").read_bytes()
    case = triage.load(data[:cut])
    (row,) = case.files().to_dict("records")
    assert row["parse_status"] == "partial"
    assert "damaged" in case.quarantine()["reason"].iloc[0]


def test_what_grows_too_large_is_refused(tmp_path):
    parquet.write_table(
        pa.table({"line": [" " * 1_000_000] * 400}), tmp_path / "bomb.parquet", compression="zstd", use_dictionary=False
    )
    (tmp_path / "other.txt").write_text("nothing")
    case = triage.load(tmp_path, limits=Limits(ratio=100))
    assert case.quarantine()["reason"].str.contains("ratio=100").any()
    assert case.events().empty
