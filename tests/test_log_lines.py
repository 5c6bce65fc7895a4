"""Where a message ends and the log goes on: records behind a prefix of a container or a daemon, Markdown's fences."""

from __future__ import annotations

import pytest

import triage
from triage.formats.traces.scanning import scan

TRACE = [
    "Traceback (most recent call last):",
    '  File "/srv/count.py", line 3, in count',
    "    return 1 / n",
    "ZeroDivisionError: division by zero",
]
RECORDS = {
    "time": "2026-03-01 10:00:03,000 INFO shop.mail: sent",
    "bracketed": "[2026-03-01 10:00:03] shop.INFO: sent",
    "clock": "10:00:03 sent",
    "level": "INFO:shop.mail:sent",
    "logfmt": 'time=2026-03-01T10:00:03Z level=info msg="sent"',
    "Django": "[01/Mar/2026 10:00:03] ERROR [django.request:241] Internal Server Error: /sent",
    "Ruby's Logger": "E, [2026-03-01T10:00:03.123456 #12] ERROR -- : sent",
    "access": '192.0.2.7 - - [01/Mar/2026 10:00:03] "GET / HTTP/1.1" 500 -',
    "Celery": "[2026-03-01 10:00:03,476: INFO/ForkPoolWorker-2] Task shop.mail[aa] succeeded in 0.1s: None",
}
OUTER = {
    "bare": "",
    "compose": "web-1  | ",
    "journald": "Mar 01 10:00:02 host1 app[812]: ",
    "Kubernetes": "2026-03-01T10:00:02.123456789Z stderr F ",
    "Actions": "2026-03-01T10:00:02.1234567Z ",
    "docker logs -t": "2026-03-01T10:00:02.123456789Z ",
    "Heroku": "2026-03-01T10:00:02.123456+00:00 app[web.1]: ",
}


@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS)
@pytest.mark.parametrize("outer", OUTER.values(), ids=OUTER)
def test_the_next_record_is_no_part_of_the_message(outer, record):
    lines = [outer + line for line in [*TRACE, record]]
    [found] = scan(enumerate(lines))
    assert (found.report.error_value, found.last) == ("division by zero", len(TRACE))


@pytest.mark.parametrize(
    "record",
    [
        'time=2026-03-01T10:0{n}:00Z level=error msg="no rate"',
        "2026/03/01 10:0{n}:00 [error] 12#12: *3 no rate",
        "E, [2026-03-01T10:0{n}:00.123456 #12] ERROR -- : no rate",
        "[01/Mar/2026 10:0{n}:00] ERROR [django.request:241] no rate",
        "[01-Mar-2026 10:0{n}:00] no rate",
        "[Sun Mar 01 10:0{n}:00 2026] [php:error] [pid 1] no rate",
        "[2026-03-01T10:0{n}:00.123+0000] {{pay.py:3}} ERROR - no rate",
        "2026-03-01 10:0{n}:00,123 12 ERROR db odoo.http: no rate",
    ],
)
def test_each_traceback_has_the_time_of_the_record_above_it(record):
    text = "".join(f"{record.format(n=n)}\n" + "".join(f"{line}\n" for line in TRACE) for n in range(5))
    case = triage.loads(text)
    assert [ts.minute for ts in case.events()["ts"]] == [0, 1, 2, 3, 4]
    assert set(case.events()["error_value"]) == {"division by zero"}
    assert list(case.logs()["message"]) == ["no rate"] * 5


@pytest.mark.parametrize(
    "outer", [OUTER[name] for name in ("bare", "compose", "journald", "Kubernetes", "Actions", "docker logs -t")]
)
def test_the_record_is_a_row_of_the_logs(outer):
    text = "".join(f"{outer}{line}\n" for line in [RECORDS["time"], *TRACE, RECORDS["time"].replace("sent", "next")])
    case = triage.loads(text)
    assert [value for value in case.logs()["message"] if value in {"sent", "next"}] == ["sent", "next"]
    assert list(case.events()["error_value"]) == ["division by zero"]


def test_a_message_of_several_lines_stays_whole_behind_a_container():
    lines = [f"web-1  | {line}" for line in [*TRACE[:-1], "ValueError: first", "second 10:00:03", "third"]]
    [found] = scan(enumerate(lines))
    assert found.report.error_value == "first\nsecond 10:00:03\nthird"


@pytest.mark.parametrize("fence", ["```", "~~~~"])
def test_the_fence_that_closes_the_block_is_no_part_of_the_message(fence):
    lines = ["# Bug", "", f"{fence}python", *TRACE, fence, "", "It worked before."]
    [found] = scan(enumerate(lines))
    assert (found.report.error_value, found.last) == ("division by zero", 3 + len(TRACE))


def test_a_fence_that_nobody_opened_is_the_message_s():
    [found] = scan(enumerate([*TRACE[:-1], "ValueError: bad answer", "```", "{}", "```"]))
    assert found.report.error_value == "bad answer\n```\n{}\n```"


@pytest.mark.parametrize("outer", OUTER.values(), ids=OUTER)
@pytest.mark.parametrize("error", ["shop.errors.NoRate", "NoRate"])
def test_an_error_behind_a_time_is_no_host(outer, error):
    lines = [outer + line for line in [*TRACE[:-1], f"{error}: db1:5432", RECORDS["time"]]]
    [found] = scan(enumerate(lines))
    assert (found.report.error_type, found.report.error_value) == (error, "db1:5432")


REPORTS = {
    "java": ["java.lang.IllegalStateException: empty", "\tat com.shop.Cart.total(Cart.java:7)"],
    "javascript": ["TypeError: x is not a function", "    at pay (/srv/a.js:3:5)"],
    "dotnet": ["System.InvalidOperationException: no rate", "   at Shop.Cart.Total() in /src/Cart.cs:line 7"],
    "rust": ["thread 'main' panicked at src/main.rs:3:5:", "index out of bounds"],
    "ruby": ["a.rb:3:in `pay': no rate (ShopError)", "\tfrom a.rb:9:in `<main>'"],
    "php": ["Exception: no rate in /srv/a.php:9", "Stack trace:", "#0 /srv/a.php(3): Shop->pay(7)", "#1 {main}"],
}


@pytest.mark.parametrize("outer", OUTER.values(), ids=OUTER)
@pytest.mark.parametrize("name", REPORTS)
def test_a_record_parts_two_reports_of_any_language(outer, name):
    record = "2026-03-01 10:00:03,000 ERROR shop.mail: next"
    lines = [record, *REPORTS[name], record, *REPORTS[name]]
    found = list(scan(enumerate(outer + line for line in lines)))
    size = len(REPORTS[name])
    assert [(one.module.NAME, one.first, one.last) for one in found] == [
        (name, 2, size + 1),
        (name, size + 3, 2 * size + 2),
    ]
