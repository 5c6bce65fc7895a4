"""Lines of a program that a daemon or a cloud made records of, one each: the traces in them are put together again."""

from __future__ import annotations

import json

import pytest

import triage

TRACE = """Traceback (most recent call last):
  File "/srv/app/orders.py", line 8, in load_orders
    fetch_total(order)
  File "/srv/app/totals.py", line 3, in fetch_total
    return row["total"]
KeyError: 'total'
""".splitlines()
NODE = [
    "TypeError: x is not a function",
    "    at showCart (/srv/web/cart.js:7:1)",
    "    at drawPage (/srv/web/page.js:2:3)",
]
MICROS = 1_767_261_600_000_000


def journald(at, line, who="71"):
    return {
        "__REALTIME_TIMESTAMP": str(MICROS + at),
        "MESSAGE": line,
        "_PID": who,
        "_HOSTNAME": "web1",
        "PRIORITY": "6",
    }


def google(at, line, who="shop-1"):
    return {
        "textPayload": line,
        "timestamp": f"2026-01-01T10:00:00.{at:06}Z",
        "logName": "projects/shop/logs/stderr",
        "resource": {"type": "k8s_container", "labels": {"pod_name": who}},
        "severity": "ERROR",
    }


def amazon(at, line, who="a"):
    return {"timestamp": MICROS // 1000 + at, "message": line, "logStreamName": who, "ingestionTime": MICROS // 1000}


def loki(at, line, who="shop-1"):
    return {"line": line, "timestamp": f"2026-01-01T10:00:00.{at:06}Z", "labels": {"pod": who}}


def azure(at, line, who="shop-1"):
    return {
        "TimeGenerated": f"2026-01-01T10:00:00.{at:06}Z",
        "LogMessage": line,
        "PodName": who,
        "ContainerName": "app",
    }


CARRIERS = pytest.mark.parametrize("record", [journald, google, amazon, loki, azure])


def lines_of(records):
    return "".join(json.dumps(record) + "\n" for record in records)


def titles(case):
    return sorted(case.incidents()["title"])


@CARRIERS
def test_a_trace_is_found_over_its_records_and_has_the_time_of_the_first(record):
    case = triage.loads(lines_of(record(at, line) for at, line in enumerate(["starting", *TRACE])))
    (event,) = case.events().to_dict("records")
    assert titles(case) == ["KeyError in fetch_total"]
    assert event["ts"].value // 1000 in {MICROS + 1, MICROS + 1000}
    assert [row for row in case.logs()["message"] if row == "starting"]
    assert case.quarantine().empty


@CARRIERS
def test_the_key_is_that_of_the_text(record):
    (plain,) = triage.loads("\n".join(TRACE)).events()["group_key"]
    (own,) = triage.loads(lines_of(record(at, line) for at, line in enumerate(TRACE))).events()["group_key"]
    assert own == plain


@CARRIERS
@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize("indent", [None, 2])
def test_lists_are_read_in_the_order_of_time_and_program_by_program(record, newest_first, indent):
    records = [
        each
        for at, pair in enumerate(zip(TRACE, [*NODE, "", "", ""], strict=True))
        for each in (record(2 * at, pair[0], "one"), record(2 * at + 1, pair[1], "two"))
    ]
    if newest_first:
        records.reverse()
    text = json.dumps(records, indent=indent)
    case = triage.loads(text)
    assert titles(case) == ["KeyError in fetch_total", "TypeError in showCart"]
    for event in case.events().to_dict("records"):
        assert 0 <= event["offset"] < event["offset"] + event["length"] <= len(text)


def test_a_long_list_is_known_by_its_keys():
    records = [google(at, line) for at, line in enumerate([*["started " * 40] * 400, *TRACE])]
    case = triage.loads(json.dumps(records))
    assert titles(case) == ["KeyError in fetch_total"]
    assert len(case.logs()) == 401


def test_a_wrapped_list_is_read_too():
    case = triage.loads(json.dumps({"events": [amazon(at, line) for at, line in enumerate(TRACE)]}))
    assert titles(case) == ["KeyError in fetch_total"]


def test_records_of_loggers_are_not_put_together():
    case = triage.loads(lines_of({"time": MICROS + at, "level": 30, "msg": line} for at, line in enumerate(TRACE)))
    assert case.events().empty
    assert len(case.logs()) == len(TRACE)


def test_a_message_with_its_lines_is_one_record():
    case = triage.loads(lines_of([journald(1, "\n".join(TRACE)), journald(2, "done")]))
    assert titles(case) == ["KeyError in fetch_total"]
    assert case.logs()["message"].tolist()[-1] == "done"


@CARRIERS
def test_what_was_written_a_second_later_is_no_part_of_the_message(record):
    later = 2_000 if record is amazon else 999_000
    early = [record(0, line) for line in TRACE]
    after = [record(later + at, line) for at, line in enumerate(["worker 7 is ready", "listening"])]
    if record is not amazon:  # its times are thousandths, those of the others are all within one second
        after = [
            json.loads(json.dumps(each).replace("10:00:00", "10:00:02").replace("1767261600", "1767261602"))
            for each in after
        ]
    case = triage.loads(lines_of([*early, *after]))
    assert case.events()["error_value"].tolist() == ["'total'"]
    assert case.logs()["message"].tolist()[-2:] == ["worker 7 is ready", "listening"]


def test_containers_say_when_each_line_was_written():
    def cri(second, line):
        return f"2026-01-01T10:00:{second:02}.000000001Z stderr F {line}\n"

    case = triage.loads("".join(cri(1, line) for line in [*TRACE, "of 7"]) + cri(9, "worker 7 is ready"))
    assert case.events()["error_value"].tolist() == ["'total'\nof 7"]


@pytest.mark.parametrize(
    "ts", ["0", "9" * 20, "-5", "253402300799999999", "-62135596800000000", "x", 7, 1.5, True, [], {}]
)
def test_any_time_is_taken_as_it_comes(ts):
    records = [journald(0, line) | {"__REALTIME_TIMESTAMP": ts, "PRIORITY": "3"} for line in TRACE]
    for text in (lines_of(records), json.dumps(records)):
        assert titles(triage.loads(text)) == ["KeyError in fetch_total"]


@pytest.mark.parametrize("indent", [None, 1])
def test_a_damaged_record_of_a_list_costs_itself(indent):
    records = [google(at, line) for at, line in enumerate(["starting", *TRACE])]
    text = json.dumps(records, indent=indent).replace('"severity"', "severity", 1)
    case = triage.loads(text)
    assert titles(case) == ["KeyError in fetch_total"]
    (row,) = case.quarantine().to_dict("records")
    assert "starting" in text[row["offset"] : row["offset"] + row["length"]]
