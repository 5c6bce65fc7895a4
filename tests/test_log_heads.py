"""The heads of records, form by form; what is no head; time that does not grow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.growth import grows_evenly
from triage.formats.log_heads import Said, level_of, read, severity

T = "2026-01-26 01:25:59,123"


@pytest.mark.parametrize(
    ("line", "level", "logger", "thread", "message"),
    [
        (f"{T} - shop.pay - ERROR - no rate", "error", "shop.pay", None, "no rate"),
        (f"{T} ERROR [main] com.shop.Cart - no rate", "error", "com.shop.Cart", "main", "no rate"),
        (f"{T} [main] WARN  com.shop.Cart - no rate", "warning", "com.shop.Cart", "main", "no rate"),
        (f"{T} ERROR OrderService:42 - no rate", "error", "OrderService:42", None, "no rate"),
        (f"{T} ERROR com.shop.Cart: no rate", "error", "com.shop.Cart", None, "no rate"),
        (f"{T} [ERROR] no rate", "error", None, None, "no rate"),
        (f"{T} error: no rate", "error", None, None, "no rate"),
        (f"[{T}] ERROR in app: no rate", "error", "app", None, "no rate"),
        ("[2026-01-26 01:25:59 +0000] [7] [CRITICAL] no rate", "fatal", None, None, "no rate"),
        (f"[{T}: ERROR/ForkPoolWorker-1] no rate", "error", None, "ForkPoolWorker-1", "no rate"),
        ("[2026-01-26 01:25:59] production.ERROR: no rate", "error", "production", None, "no rate"),
        (
            "2026-01-26T02:25:59.123+01:00  INFO 1 --- [nio-1] c.e.Orders   : no rate",
            "info", "c.e.Orders", "nio-1", "no rate",
        ),
        ("2026/01/26 01:25:59 [error] 12#0: *1 no rate", "error", None, None, "no rate"),
        ("2026/01/26 01:25:59 pay.go:7: no rate", None, "pay.go:7", None, "no rate"),
        ("2026/01/26 01:25:59 no rate", None, None, None, "no rate"),
        ("2026-01-26 01:25:59.123 UTC [99] shop@db ERROR:  no rate", "error", None, None, "no rate"),
        (f"{T} | WARNING  | shop.pay:total:7 - no rate", "warning", "shop.pay:total:7", None, "no rate"),
        ("2026-01-26T01:25:59.123Z\tERROR\tshop/pay.go:7\tno rate", "error", "shop/pay.go:7", None, "no rate"),
        ("E, [2026-01-26T01:25:59.123456 #12] ERROR -- shop: no rate", "error", "shop", None, "no rate"),
        ("E0126 01:25:59.123456   12 pay.go:7] no rate", "error", "pay.go:7", None, "no rate"),
        ("ERROR:shop.pay:no rate", "error", "shop.pay", None, "no rate"),
        (f"ERROR {T} views 12 140 no rate", "error", "views", None, "no rate"),
        (f"[ERROR] {T} no rate", "error", None, None, "no rate"),
        ("<11>Jan 26 01:25:59 web-1 shop[12]: no rate", "error", "shop", None, "no rate"),
        ("Jan 26 01:25:59 web-1 shop: ERROR:shop.pay:no rate", "error", "shop.pay", None, "no rate"),
        ("<34>1 2026-01-26T01:25:59.003Z web-1 su - ID47 - no rate", "fatal", "su", None, "no rate"),
        (
            '<165>1 2026-01-26T01:25:59Z web-1 shop 12 ID47 [a@1 b="c\\"]"][d e="f"] no rate',
            "info", "shop", None, "no rate",
        ),
        ("2026-01-26T01:25:59+0100 web-1 shop[12]: no rate", None, "shop", None, "no rate"),
        ('time="2026-01-26T01:25:59Z" level=error msg="no \\"rate\\"" cart=7', "error", None, None, 'no "rate"'),
        ("2026-01-26T01:25:59.1Z stdout F 2026-01-26 01:25:59 ERROR no rate", "error", None, None, "no rate"),
        ("2026-01-26 01:25:59.123 +01:00 [ERR] no rate", "error", None, None, "no rate"),
        ("2026-01-26 01:25:59.123 +01:00 [INF] no rate", "info", None, None, "no rate"),
        ("2026-01-26 01:25:59.123 +01:00 [inf] no rate", None, None, None, "[inf] no rate"),
        ("2026-01-26T01:25:59.1234567Z 2026-01-26 01:25:59 WRN pay: no rate", "warning", "pay", None, "no rate"),
        ("2026-01-26T01:25:59Z shop.errors.NoRate: db1:5432", None, None, None, "shop.errors.NoRate: db1:5432"),
        ("2026-01-26T01:25:59Z fe80::1 shop[12]: no rate", None, "shop", None, "no rate"),
        ("web_1  | 2026-01-26 01:25:59 ERROR no rate", "error", None, None, "no rate"),
        ("[2026-01-26T01:25:59.123+0000] {pay.py:7} ERROR - no rate", "error", "pay.py:7", None, "no rate"),
        ("[2026-01-26, 01:25:59 UTC] {pay.py:7} ERROR - no rate", "error", "pay.py:7", None, "no rate"),
        (f"{T} 12 ERROR shop odoo.http: no rate", "error", "odoo.http", None, "no rate"),
        ("26 Jan 2026 01:25:59,123 [main] ERROR shop.Cart - no rate", "error", "shop.Cart", "main", "no rate"),
        ("web_1  | [26-Jan-2026 01:25:59 UTC] PHP Notice:  no rate", None, None, None, "PHP Notice:  no rate"),
        ('192.0.2.7 - - [26/Jan/2026 01:25:59] "GET / HTTP/1.1" 500 -', None, None, None, '"GET / HTTP/1.1" 500 -'),
        ("\x1b[31m2026-01-26 01:25:59 ERROR no rate\x1b[0m", "error", None, None, "no rate"),
    ],
)  # fmt: skip
def test_the_head_of_a_record(line, level, logger, thread, message):
    said = read(line)
    assert said is not None
    assert (said.level, said.logger, said.thread, said.message) == (level, logger, thread, message)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "    at shop.Cart.pay(Cart.java:3)",
        "Traceback (most recent call last):",
        "java.lang.IllegalStateException: empty",
        "Error: no rate",
        "#0 /srv/a.php(3): f()",
        "2026-01-26",
        "2026-01-26,5,7",
        "a, b, c",
        "key=value only",
        "name: shop",
    ],
)
def test_what_is_no_head(line):
    assert read(line) is None


def test_the_program_of_a_syslog_line_is_the_service():
    said = read("Jan 26 01:25:59 web-1 shop[12]: no rate")
    assert said is not None
    assert (said.service, said.fields) == ("shop", {"pid": "12", "host": "web-1"})


def test_a_year_that_only_the_program_wrote():
    said = read("Jan 26 01:25:59 web-1 shop[12]: E, [2026-01-26T01:25:59.5 #12] ERROR -- shop: no rate")
    assert said is not None
    assert said.time == "2026-01-26T01:25:59.5"


@pytest.mark.parametrize("time", ["2026-01-26, 01:25:59 UTC", "2026-01-26T01:25:59.000+0000"])
def test_the_times_of_airflow(time):
    said = read(f"[{time}] {{pay.py:7}} ERROR - no rate")
    assert said is not None
    assert said.moment(None)[:2] == (1_769_390_759_000_000, None)


def test_levels_of_every_kind():
    assert [level_of(word) for word in ("SEVERE", "crit", "Notice", "WARN", "finest", "F", None, "pay")] == [
        "error", "fatal", "info", "warning", "trace", "fatal", None, None,
    ]  # fmt: skip
    assert [severity(number) for number in range(8)] == [
        "fatal", "fatal", "fatal", "error", "warning", "info", "info", "debug",
    ]  # fmt: skip


@given(st.text(alphabet='<>[]()0123456789-: TZ.,|ERRORabc="\\\t', max_size=300))
def test_no_line_raises(line):
    assert read(line) is None or isinstance(read(line), Said)


@pytest.mark.parametrize(
    "piece",
    ['a="\\', "[x ", '<1>1 - a b c d [e f="', "2026-01-26 01:25:59 [", "a=b ", 'level="a\\"', "| ", "web  | "],
)
def test_time_grows_with_the_line_at_most(piece):
    grows_evenly(read, lambda count: ('level=x msg="' if "=" in piece else "") + piece * count, 1_000)
