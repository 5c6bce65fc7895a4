"""Logs that several writers share: every record keeps its time and level, whichever reader the file has."""

import itertools
import json

import pytest

import triage
from tests.reading import read
from tests.watching import Watch, add
from triage import formats
from triage.capture.ingesting import ingest
from triage.formats import log_line
from triage.stacks import signature

TRACE = 'Traceback (most recent call last):\n  File "/srv/app.py", line 3, in pay\n    x()\nValueError: {n}\n'
CALLS = "Stack trace:\n#0 /srv/y.php(3): f()\n#1 {{main}}\n  thrown in /srv/x.php on line 7\n"
RECORDS = {
    "php": "[20-Nov-2026 09:{n:02}:00 UTC] PHP Fatal error:  Uncaught AError: {n} in /srv/x.php:7\n" + CALLS,
    "apache": "[Fri Nov 20 09:{n:02}:00.5 2026] [php:error] [pid 1:tid 2] [client 192.0.2.7:5] "
    "PHP Fatal error:  Uncaught AError: {n} in /srv/x.php:7\n",
    "app": "2026-11-20 09:{n:02}:00,123 ERROR shop.pay: failed\n" + TRACE,
    "json": '{{"time":"2026-11-20T09:{n:02}:00Z","level":"error","msg":"no","stack":"E: {n}\\n    at f (/a:1:2)"}}\n',
}
ODD = {
    "php": "[20-Nov-2026 09:59:00 UTC] PHP Warning:  a b in /x.php on line 3\n",
    "apache": "[Fri Nov 20 09:59:00.5 2026] [core:error] [pid 1:tid 2] AH00124: Request exceeded the limit\n",
    "app": "2026-11-20 09:59:00,000 WARNING shop.pay: slow\n",
    "json": '{"time":"2026-11-20T09:59:00Z","level":"warn","msg":"slow"}\n',
}
READERS = {"php": "php-log", "apache": "apache-error", "app": "app-log", "json": "app-log"}


def mixed(name, odd, place, count=12):
    """Records of one writer, and one of another among them."""
    lines = [RECORDS[name].format(n=n) for n in range(count)]
    lines.insert(place, ODD[odd])
    return "".join(lines)


@pytest.mark.parametrize("place", [0, 2, 12])
@pytest.mark.parametrize(("name", "odd"), [*itertools.permutations(ODD, 2)])
def test_one_record_of_another_writer_costs_none_of_the_others(name, odd, place):
    data = mixed(name, odd, place).encode()
    assert formats.detect(data)[0].format == READERS[name]
    rows = read(data)
    signals = [row for row in rows["events"] if row["event_class"] == "incident_signal"]
    assert sorted(row["ts"].minute for row in signals) == list(range(12))
    assert sorted(row["ts"].minute for row in rows["logs"]) == [*range(12), 59]
    assert {row["level"] for row in rows["logs"] if row["ts"].minute == 59} <= {"warning", "error"}
    assert not rows["quarantine"]


@pytest.mark.parametrize(("name", "other"), [*itertools.combinations(RECORDS, 2)])
def test_records_of_two_writers_alternate(name, other):
    text = "".join(RECORDS[(name, other)[n % 2]].format(n=n) for n in range(20))
    rows = read(text.encode())
    assert sorted(row["ts"].minute for row in rows["events"]) == list(range(20))
    assert sorted(row["ts"].minute for row in rows["logs"]) == list(range(20))
    assert not rows["quarantine"]


@pytest.mark.parametrize("reader", ["php-log", "apache-error", "app-log"])
def test_whoever_reads_it_reads_the_same(reader, tmp_path):
    text = "".join(RECORDS[name].format(n=n) for n, name in enumerate([*RECORDS] * 3))
    path = tmp_path / "error.log"
    path.write_text(text)
    told = triage.load(path, format=reader).events()[["ts", "level", "error_type", "offset", "length"]]
    assert len(told) == 12
    assert told.equals(triage.load(path, format="app-log").events()[told.columns])


def test_the_same_is_ingested_and_watched(tmp_path):
    text = mixed("apache", "php", 2)
    (tmp_path / "error.log").write_text(text)
    assert ingest(tmp_path / "error.log", tmp_path / "store", service="shop").events == 13
    watch = Watch(tmp_path)
    add(watch.path / "error.log", text)
    watch.told()
    add(watch.path / "error.log", RECORDS["apache"].format(n=40).replace("x.php", "new.php"))
    told = watch.settled()
    assert [notice.title for notice in told if "new.php" in notice.title] == ["AError in new.php"]


def test_what_a_head_says_in_every_form():
    said = log_line.read("[Mon Jan 26 01:25:59.5 2026] [core:trace3] [pid 35:tid 43] (2)No: [client ::1:5] AH00037: no")
    assert (said.level, said.logger, said.message, said.form) == ("trace", "core", "AH00037: no", "apache-error")
    assert said.fields == {"pid": "35", "tid": "43", "client": "::1:5", "os": "(2)No", "code": "AH00037"}
    said = log_line.read("[26-Jan-2026 01:25:59 +02:00]   thrown in /a.php on line 3")
    assert (said.level, said.message, said.form) == (None, "  thrown in /a.php on line 3", "php-log")
    said = log_line.read("[26-Jan-2026 01:25:59] WARNING: [pool www] child 7 exited")
    assert (said.level, said.message) == ("warning", "[pool www] child 7 exited")


def test_a_log_of_accesses_is_not_taken_for_one_of_a_program():
    line = '192.0.2.7 - - [26/Jan/2026:01:25:59 +0000] "GET / HTTP/1.1" 200 5\n'
    assert not formats.detect((line * 9).encode())
    assert formats.detect((ODD["app"] + line * 3).encode())[0].format == "app-log"


CALLS_OF_GO = "shop.total(...)\n\t/srv/cart.go:12 +0x3\nshop.pay(...)\n\t/srv/cart.go:20 +0x4\n"
GO = (
    "goroutine 7 [running]:\nmain.serve.func1()\n\t/srv/shop.go:9 +0x1\n"
    f"panic({{0x1, 0x2}})\n\t/go/runtime/panic.go:884 +0x2\n{CALLS_OF_GO}"
)
UNCAUGHT = f"goroutine 7 [running]:\n{CALLS_OF_GO}exit status 2\n"
RUST = (
    "   0: rust_begin_unwind\n             at /rustc/a/src/panicking.rs:692:5\n   1: shop::cart::total\n"
    "             at ./src/cart.rs:12:5\n   2: shop::pay\n             at ./src/main.rs:3:5\n"
)
NODE = "Error: no rate\n    at total (/var/task/cart.mjs:12:5)\n    at pay (/var/task/cart.mjs:20:5)"
ZAP = (
    "main.serve.func1\n\t/srv/shop.go:9\nruntime.gopanic\n\t/go/runtime/panic.go:884\n"
    "shop.total\n\t/srv/cart.go:12\nshop.pay\n\t/srv/cart.go:20"
)
VERBOSE = "shop.total\n\t/srv/cart.go:12\nshop.pay\n\t/srv/cart.go:20"
PYTHON = (
    'Traceback (most recent call last):\n  File "/srv/shop.py", line 3, in pay\n    total()\n'
    "  File \"/srv/cart.py\", line 12, in total\n    x[k]\nKeyError: 'a'\n"
)
RANGE = "runtime error: index out of range [5] with length 3"
NIL = "runtime error: invalid memory address or nil pointer dereference"
CAUSED = f"no rate\n\nCaused by:\n    not found\n\nStack backtrace:\n{RUST}"
T = "2026-01-26T01:25:59.123Z"


def quoted(text):
    return json.dumps(text)


# A record, and what the program prints where nobody catches the same.
CARRIED = {
    "logfmt": (f'time="{T}" level=error msg="recovered" error={quoted(RANGE)} stack={quoted(GO)}',
               f"panic: {RANGE}\n\n{UNCAUGHT}"),
    "logrus, the error": (f'time="{T}" level=error msg="failed" error={quoted(CAUSED)}', f"Error: {CAUSED}"),
    "tracing": (f'{T} ERROR shop::hook: A panic panic.payload="no rate" panic.backtrace={quoted(RUST)}',
                f"thread 'main' panicked at src/cart.rs:12:5:\nno rate\nstack backtrace:\n{RUST}"),
    "tracing's json": (json.dumps({"timestamp": T, "level": "ERROR", "target": "shop", "fields": {
                           "message": "A panic", "panic.payload": "no rate", "panic.backtrace": RUST}}),
                       f"thread 'main' panicked at src/cart.rs:12:5:\nno rate\nstack backtrace:\n{RUST}"),
    "an error of anyhow": (json.dumps({"timestamp": T, "level": "ERROR", "fields": {"message": "x", "error": CAUSED}}),
                           f"Error: {CAUSED}"),
    "node of lambda": (f"{T}\ta7473e07-0992-4ff1-a724-11dfa11cc93c\tERROR\tUncaught Exception \t" + json.dumps(
                           {"errorType": "Error", "errorMessage": "no rate", "stack": NODE.split("\n")}), NODE),
    "zap's console": (f'{T}\tERROR\tshop/main.go:9\trecovered\t{{"error": {quoted(NIL)}}}\n{ZAP}\n',
                      f"panic: {NIL}\n[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x1]\n\n{UNCAUGHT}"),
    "zap's json": (json.dumps({"level": "error", "ts": 1769390759.1, "error": RANGE, "msg": "x", "stacktrace": ZAP}),
                   f"panic: {RANGE}\n\n{UNCAUGHT}"),
    "slog": (json.dumps({"time": T, "level": "ERROR", "msg": "recovered", "panic": "no rate", "stack": GO}),
             f"panic: no rate\n\n{UNCAUGHT}"),
    "zap's error": (json.dumps({"level": "error", "ts": 1769390759.1, "msg": "x", "error": "no rate",
                                "errorVerbose": f"no rate\n{VERBOSE}", "stacktrace": "main.f\n\t/srv/shop.go:9"}),
                    f"no rate\n{VERBOSE}"),
    "loguru": (json.dumps({"text": f"{T} | ERROR | x\n{PYTHON}", "record": {
                   "exception": {"type": "KeyError", "value": "'a'", "traceback": True}, "message": "x",
                   "level": {"name": "ERROR", "no": 40}, "time": {"repr": T, "timestamp": 1769390759.1}}}), PYTHON),
    "pino, with a cause": (json.dumps({"level": 50, "time": 1769390759123, "msg": "x", "err": {
                               "type": "Error", "message": "x", "stack": f"{NODE}\ncaused by: TypeError: no\n"
                               "    at find (/var/task/rates.mjs:7:5)"}}),
                           f"{NODE} {{\n  [cause]: TypeError: no\n      at find (/var/task/rates.mjs:7:5)\n}}"),
}  # fmt: skip


@pytest.mark.parametrize("name", CARRIED)
def test_a_stack_that_a_record_carries_has_the_key_of_its_own_text(name):
    record, text = CARRIED[name]
    (event,) = triage.loads(record).events().to_dict("records")
    assert signature(record) == event["group_key"] == signature(text) != ""
    assert signature(record.replace("total", "count")) not in {"", signature(record)}
    assert signature(record.replace("pay", "buy").replace("find", "seek")) not in {"", signature(record)}


@pytest.mark.parametrize(
    "line",
    [
        f'time="{T}" level=error msg="no rate" note="a\\nb" path="/srv/x"',
        f'time="{T}" level=info msg="no rate" hint={quoted(NODE)}',
        f'{T} ERROR shop::hook: note="a\\nb"',
        f'{T}\tERROR\tshop/main.go:9\tno rate\t{{"error": "no"}}',
        f'{T}\tERROR\tshop/main.go:9\tno rate\t{{"error": no}}',
        json.dumps(
            {"text": "no rate", "record": {"level": {"name": "ERROR"}, "message": "x", "time": {"timestamp": 1}}}
        ),
    ],
)
def test_fields_without_a_stack_make_no_event(line):
    said = log_line.read(line)
    assert said.stack is None
    assert signature(line) == ""


def test_an_error_without_a_stack_of_its_own_leaves_that_of_the_record():
    held = {"level": "error", "ts": 1769390759.1, "msg": "x", "errorVerbose": "no\nrate", "stacktrace": VERBOSE}
    assert log_line.read(json.dumps(held)).stack == VERBOSE


ESCAPED = [
    "CEF:0|acme|shop|1.4|100|Unhandled|8|rt=1769390759123 dvchost=w1 msg={}",
    "Jan 26 01:25:59 web1 shop[77]: {}",
    "2026-01-26T01:25:59Z ERROR shop.Cart - {}",
]


@pytest.mark.parametrize("newline", ["\\n\t", "\\n\\t", "#012#011", "\\n    "])
@pytest.mark.parametrize("head", ESCAPED)
def test_a_stack_whose_newlines_were_escaped(head, newline):
    rows = ["shop.RateException: no rate", "at shop.Rates.parse(Rates.java:8)", "at shop.Cart.total(Cart.java:3)"]
    text = head.format(newline.join(rows))
    (event,) = triage.loads(text).events().to_dict("records")
    assert (event["error_type"], event["error_value"]) == ("shop.RateException", "no rate")
    assert event["group_key"] == signature(text) == signature("\n\t".join(rows))
    assert not signature(text.replace("at shop", "shop").replace("(", " "))


def test_the_time_of_cef():
    said = log_line.read(ESCAPED[0].format("no rate"))
    assert (said.logger, said.moment(None).micros) == ("shop", 1769390759123000)
