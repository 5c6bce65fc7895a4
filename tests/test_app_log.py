"""Applications' logs: which files are taken for one, and what whole ones give."""

import gzip
import json

import pytest

import triage
from tests.reading import SAMPLES, read
from triage import formats

LOGS = SAMPLES / "logs"


@pytest.mark.parametrize("name", ["python-app.log", "spring-boot.log", "pino.ndjson", "syslog-20260211"])
def test_samples_are_known(name):
    assert formats.detect(LOGS / name)[0].format == "app-log"


@pytest.mark.parametrize(
    "text",
    [
        "a line of a log\n" * 9,
        "a,b\n2026-01-26,5\n2026-01-27,6\n",
        "# Changes\n\n2026-01-26 something\n",
        '{"name": "shop", "version": 1}\n',
        '{"type": "FeatureCollection"}\n{"type": "Feature"}\n',
        "time=\n",
        "INFO\n",
    ],
)
def test_other_texts_are_not(text):
    assert "app-log" not in [hit.format for hit in formats.detect(text.encode())]


def test_lines_of_errors_without_a_trace_are_rows_and_no_events():
    case = triage.loads("2026-01-26 01:25:59 ERROR the payment failed, see the exception\n" * 9)
    assert case.events().empty
    assert case.logs()["level"].tolist() == ["error"] * 9


def test_a_trace_has_time_level_logger_and_thread_of_the_line_above():
    case = triage.load(LOGS / "spring-boot.log")
    (event,) = case.events().to_dict("records")
    assert (event["ts"].isoformat(), event["level"], event["ts_source"]) == (
        "2026-02-10T08:15:27.730000+00:00",
        "error",
        "log line",
    )
    said = case.annotations(event=event["event_id"]).query("scope == 'log'").set_index("key")["value"].to_dict()
    assert said == {
        "logger": "com.example.orders.OrderService",
        "thread": "nio-8080-exec-4",
        "message": "order 48214 was not reserved",
    }
    (row,) = case.logs(event=event["event_id"]).to_dict("records")
    assert row["message"] == "order 48214 was not reserved"


def test_a_warning_is_context_and_what_ended_the_program_is_fatal():
    trace = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\nValueError: x\n'
    panic = "panic: no rate\n\ngoroutine 1 [running]:\nmain.pay(0x2)\n\t/srv/shop.go:7 +0x1d\n"
    for word, level, event_class in (
        ("WARNING", "warning", "context"),
        ("ERROR", "error", "incident_signal"),
        ("CRITICAL", "fatal", "incident_signal"),
        # an exception that nobody caught, behind a line that has nothing to do with it
        ("INFO", "error", "incident_signal"),
    ):
        (event,) = triage.loads(f"2026-01-26 01:25:59 {word} shop: no rate\n{trace}").events().to_dict("records")
        assert (event["level"], event["event_class"]) == (level, event_class)
    (event,) = triage.loads(f"2026-01-26 01:25:59 WARN shop: no rate\n{panic}").events().to_dict("records")
    assert (event["level"], event["event_class"]) == ("fatal", "incident_signal")


def test_gzip_and_rotated_names(tmp_path):
    data = (LOGS / "python-app.log").read_bytes()
    (tmp_path / "app.log.2.gz").write_bytes(gzip.compress(data))
    case = triage.load(tmp_path)
    plain = triage.load(LOGS / "python-app.log")
    assert case.incidents()["incident_id"].tolist() == plain.incidents()["incident_id"].tolist()
    member = case.events()["source_id"].iloc[0]
    for event in case.events().to_dict("records"):
        text = case.read(member, offset=event["offset"], length=event["length"])
        assert text.startswith(b"Traceback")
        assert text.rstrip().endswith((b"example.com", b"XTS"))


def test_docker_wraps_lines_in_json():
    lines = [
        "2026-01-26 01:25:59,123 ERROR [main] shop.Cart - no rate",
        "java.lang.IllegalStateException: empty",
        "\tat com.shop.Cart.total(Cart.java:7)",
        "2026-01-26 01:26:00,123 INFO [main] shop.Cart - end",
    ]
    text = "".join(
        json.dumps({"log": line + "\n", "stream": "stdout", "time": "2026-01-26T01:25:59Z"}) + "\n" for line in lines
    )
    case = triage.loads(text)
    (event,) = case.events().to_dict("records")
    assert (event["error_type"], event["level"]) == ("java.lang.IllegalStateException", "error")
    assert case.logs()["message"].tolist() == ["no rate", "end"]


def test_containers_of_compose_keep_their_own():
    text = (
        "web_1  | 2026-01-26 01:25:59 ERROR shop: no rate\n"
        "db_1   | 2026-01-26 01:25:59 WARNING db: slow\n"
        "web_1  | Traceback (most recent call last):\n"
        'web_1  |   File "a.py", line 1, in f\n'
        "web_1  | ValueError: x\n"
    )
    case = triage.loads(text)
    (event,) = case.events().to_dict("records")
    assert (event["error_type"], event["level"], event["event_class"]) == ("ValueError", "error", "incident_signal")


def test_what_a_program_says_when_it_starts():
    banner = " ____  _\n/ ___|| |__   ___  _ __\n :: Spring Boot ::  (v3.2.0)\n\n"
    data = (
        banner + (LOGS / "spring-boot.log").read_text() + "2026-02-10T09:15:29.000+01:00  INFO 1 --- [a] b : c\n"
    ).encode()
    assert formats.detect(data)[0].format == "app-log"
    rows = read(data)
    assert len(rows["events"]) == 1
    assert not rows["quarantine"]
    first = rows["logs"][0]
    assert (first["message"], first["parse_status"], first["level"]) == (banner.rstrip(), "raw", None)


def test_java_util_logging_has_the_level_below():
    rows = read(
        b"Jan 26, 2026 1:25:59 AM com.shop.Cart pay\nSEVERE: no rate\n"
        b"Jan 26, 2026 1:26:00 AM com.shop.Cart pay\nINFO: x\n"
    )
    assert [(row["level"], row["logger"], row["message"]) for row in rows["logs"]] == [
        ("error", "com.shop.Cart pay", "no rate"),
        ("info", "com.shop.Cart pay", "x"),
    ]


HELD = json.dumps({"level": "error", "msg": "failed", "stack": "TypeError: no rate\n    at total (/srv/cart.js:12:1)"})


@pytest.mark.parametrize("wrap", ["web_1  | {}", "2026-01-26T01:25:59.123456789Z stderr F {}", "docker", "{}"])
def test_an_error_in_json_among_bare_lines(wrap):
    lines = ["cache warm, 7 entries", "GET /healthz 200", HELD, "GET /healthz 200"]
    if wrap == "docker":
        lines = [json.dumps({"log": f"{line}\n", "stream": "stderr", "time": "2026-01-26T01:25:59Z"}) for line in lines]
    else:
        lines = [wrap.format(line) for line in lines]
    case = triage.loads("\n".join(lines) + "\n")
    (event,) = case.events().to_dict("records")
    assert (event["error_type"], event["culprit"]) == ("TypeError", "total (cart.js:12)")
    assert triage.stacks.signature("\n".join(lines)) == triage.stacks.signature(HELD) == event["group_key"]
    calm = "\n".join(lines).replace("TypeError", "TypeFault").replace("    at total (/srv/cart.js:12:1)", "in cart")
    assert not len(triage.loads(calm.replace("\\n", " ")).events())


def test_a_logger_behind_docker():
    text = (
        "cache warm\n2026/01/26 01:25:59 [error] 7#7: *2 lua entry thread aborted: runtime error: /a.lua:4: no rate\n"
        "stack traceback:\n\t/a.lua:4: in function 'total'\n\t/b.lua:9: in function 'pay'"
    )
    lines = (json.dumps({"log": f"{line}\n", "stream": "stderr"}) for line in text.split("\n"))
    (event,) = triage.loads("\n".join(lines)).events().to_dict("records")
    assert (event["error_type"], event["error_value"]) == ("runtime error", "no rate")
