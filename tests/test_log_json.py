"""JSON lines of loggers: who names what how."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.formats.log_heads import Said
from triage.formats.log_json import read

WHEN, ISO = 1_769_390_759_000_000, "2026-01-26T01:25:59Z"


@pytest.mark.parametrize(
    ("record", "level", "ts", "logger", "message"),
    [
        ({"level": 50, "time": 1769390759000, "name": "shop", "msg": "no"}, "error", WHEN, "shop", "no"),
        ({"level": 60, "time": ISO, "name": "shop", "msg": "no", "v": 0}, "fatal", WHEN, "shop", "no"),
        ({"level": "warn", "ts": 1769390759.0, "logger": "pay", "msg": "no"}, "warning", WHEN, "pay", "no"),
        ({"@timestamp": ISO, "log.level": "ERROR", "log.logger": "a.B", "message": "no"}, "error", WHEN, "a.B", "no"),
        ({"@timestamp": ISO, "log": {"level": "ERROR", "logger": "a.B"}, "message": "no"}, "error", WHEN, "a.B", "no"),
        ({"event": "no", "level": "info", "timestamp": ISO}, "info", WHEN, None, "no"),
        ({"@t": ISO, "@mt": "no", "@l": "Error"}, "error", WHEN, None, "no"),
        ({"severity": "CRITICAL", "message": "no", "timestamp": ISO}, "fatal", WHEN, None, "no"),
        ({"level": 3, "short_message": "no", "timestamp": 1769390759.0}, "error", WHEN, None, "no"),
        ({"level": 400, "level_name": "ERROR", "channel": "app", "message": "no", "datetime": ISO},
         "error", WHEN, "app", "no"),
        ({"MESSAGE": "no", "PRIORITY": "3", "__REALTIME_TIMESTAMP": "1769390759000000", "SYSLOG_IDENTIFIER": "shop"},
         "error", WHEN, "shop", "no"),
        ({"level": "INFO", "time": "2026-01-26T02:25:59+01:00", "msg": "no"}, "info", WHEN, None, "no"),
    ],
)  # fmt: skip
def test_records_of_every_logger(record, level, ts, logger, message):
    said = read(json.dumps(record))
    assert isinstance(said, Said)
    assert (said.level, said.ts, said.logger, said.message) == (level, ts, logger, message)


def test_a_time_without_a_zone_is_told_later():
    said = read('{"asctime": "2026-01-26 01:25:59,123", "levelname": "ERROR", "message": "no"}')
    assert isinstance(said, Said)
    assert (said.ts, said.time) == (None, "2026-01-26 01:25:59,123")
    assert said.moment(None).micros == WHEN + 123_000


def test_errors_in_fields_and_what_is_left():
    error = {"type": "E", "message": "m", "stack": "E: m\n    at f (a.js:1:2)"}
    said = read(json.dumps({"level": 50, "time": 1, "msg": "no", "cart": 7, "err": error}))
    assert isinstance(said, Said)
    assert (said.error_type, said.error_value, (said.stack or "")[:4]) == ("E", "m", "E: m")
    assert said.fields is not None
    assert said.fields["cart"] == 7


@pytest.mark.parametrize("line", ['{"a": 1}', '{"message": "no"}', "[1]", '{"level": 50}'])
def test_what_is_no_record(line):
    assert read(line) is None


def test_a_torn_line_is_damaged():
    assert read('{"level":50,"ti') == "damaged JSON"


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.lists(st.integers()),
    st.dictionaries(st.text(), st.text()),
)


@given(st.dictionaries(st.sampled_from(["msg", "level", "time", "err", "stack", "name", "x"]), VALUES))
def test_no_object_raises(record):
    read(json.dumps(record))
