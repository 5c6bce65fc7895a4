"""Prefixes of log lines, as the tools named print them; the lines are made by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.growth import grows_evenly
from triage.formats.traces.prefixes import carried, prefixed, prefixes, same, split
from triage.stacks import signature

HASH = "0123456789abcdef" * 2
FRAME = '  File "a.py", line 3, in f'


@pytest.mark.parametrize(
    ("prefix", "stream"),
    [
        ("2026-01-26 01:25:59.123456+0000 My App[1200:1a2b] ", ("nslog", "My App", "1200")),
        ("2026-01-26 01:25:59.123 App[1200:1234] ", ("nslog", "App", "1200")),
        ("01-26 01:25:59.123  1200  1234 E python  : ", ("logcat", "1200", "1234", "python")),
        ("2026-01-26 01:25:59.123  1200  1234 E python  : ", ("logcat", "1200", "1234", "python")),
        ("01-26 01:25:59.123  root  1200  1234 E python  : ", ("logcat", "1200", "1234", "python")),
        ("E/python  ( 1200): ", ("logcat", "python", "1200")),
        ("01-26 01:25:59.123 E/python  ( 1200): ", ("logcat", "python", "1200")),
        ("2026-01-26 01:25:59.123 1200-1234/com.shop E/python: ", ("logcat", "python")),
        (
            "2026-01-26 01:25:59.123  1200-1234  python                com.shop                E  ",
            ("logcat", "1200", "1234", "python"),
        ),
        ("[   12.345678] ", ("kernel",)),
        ("<4>[12.345678][ T123] ", ("kernel", "T123")),
        ("[   12.345678] [   T123] ", ("kernel", "T123")),
        ("[Mon Jan 26 01:25:59 2026] ", ("kernel",)),
        ("Jan 26 01:25:59 host kernel: [   12.345678] ", ("syslog", "host", "kernel")),
        (">>>> ", ("quote",)),
        ("> [   12.345678] ", ("quote",)),
        ("Jan 26 01:25:59 host shop[7]: ", ("syslog", "host", "shop[7]")),
        ("<13>Jan  6 01:25:59 host shop[7]: ", ("syslog", "host", "shop[7]")),
        ("2026-01-26T01:25:59.123456+00:00 host shop[7]: ", ("syslog", "host", "shop[7]")),
        ("2026-01-26T01:25:59.123456+00:00 host shop: ", ("syslog", "host", "shop")),
        ("2026-01-26T01:25:59.123456Z web-3 shop: ", ("syslog", "web-3", "shop")),
        ("2026-01-26T01:25:59.123456Z localhost shop: ", ("syslog", "localhost", "shop")),
        ("Jan 26 01:25:59 host shop: ", ("syslog", "host", "shop")),
        ("Jan 26 01:25:59 192.0.2.7 shop: ", ("syslog", "192.0.2.7", "shop")),
        ("Jan 26 01:25:59 Host shop[7]: ", ("syslog", "Host", "shop[7]")),
        ("Jan 26 01:25:59 Web-3 shop: ", ("syslog", "Web-3", "shop")),
        ("2026-01-26T01:25:59Z 01-26 01:25:59.123  1200  1234 E python  : ", ("time", "1200", "1234", "python")),
        ("2026-01-26T01:25:59.123456789Z stderr F ", ("cri", "stderr")),
        ("2026-01-26T01:25:59.123456789Z web-7c9f stderr F ", ("cri", "web-7c9f", "stderr")),
        ("[pod/shop-5d8/web] ", ("pod", "pod/shop-5d8/web")),
        ("2026-01-26T01:25:59.123456+00:00 app[web.1]: ", ("dyno", "app[web.1]")),
        ("[Mon Jan 26 01:25:59.123456 2026] [wsgi:error] [pid 7:tid 140] [client 192.0.2.1:80] ", ("apache", "7")),
        ("[Mon Jan 26 01:25:59 2026] [error] [client 192.0.2.1] ", ("apache",)),
        ("[26-Jan-2026 01:25:59 UTC] ", ("php",)),
        ("[2026-01-26 01:25:59,123: ERROR/ForkPoolWorker-1] ", ("celery", "ForkPoolWorker-1")),
        ("[task 2026-01-26T01:25:59.123Z] ", ("time",)),
        ("web_1  | ", ("compose", "web_1")),
        ("shop-web-1  | ", ("compose", "shop-web-1")),
        ("2026-01-26T01:25:59Z ", ("time",)),
        ("[2026-01-26 01:25:59,123] ", ("time",)),
        ("2026/01/26 01:25:59 ", ("time",)),
        ("2026-01-26 01:25:59.123 ERROR ", ("time",)),
        ("2026-01-26 01:25:59.123 [ERROR] ", ("time",)),
        ("2026-01-26 01:25:59.123 | ", ("time",)),
        ("2026-01-26 01:25:59.123 [4242] E ", ("time", "4242")),
        ("2026-01-26T01:25:59Z [4242:4250] W ", ("time", "4242:4250")),
        ("2026-01-26 01:25:59.123 [4242] ERROR ", ("time", "4242")),
        ("2026-01-26 01:25:59.123 UTC [4242] ERROR:  ", ("time", "4242")),
        ("2026-01-26 01:25:59.123 ERROR [4242] ", ("time", "4242")),
        ("[2026-01-26 01:25:59.123] [4242] [E] ", ("time", "4242")),
        ("[2026-01-26 01:25:59.123] [error] ", ("time",)),
        ("[2026-01-26 01:25:59.123] [shop] [error] ", ("time",)),
        ("2026-01-26 01:25:59.123 +00:00 [ERR] ", ("time",)),
        ("[01:25:59 ERR] ", ("clock",)),
        ("[01:25:59] [Server thread/ERROR]: ", ("clock",)),
        ("[01:25:59] [Server thread/INFO] [STDERR]: ", ("clock", "STDERR")),
        ("2026-01-26 01:25:59.123 4242 ERROR shop.api [req-7 a b] [instance: 9] ", ("time", "4242")),
        ("2026-01-26 01:25:59.123 4242 ERROR shop.api ", ("time", "4242")),
        ("[error] ", ("level",)),
        ("<11>1 2026-01-26T01:25:59.123Z host shop 4242 - - ", ("syslog", "host", "shop", "4242")),
        ('<11>1 2026-01-26T01:25:59.123Z host shop 4242 m [a@1 b="c d"] ', ("syslog", "host", "shop", "4242")),
        ("Mon 2026-01-26 01:25:59 UTC host shop[7]: ", ("syslog", "host", "shop[7]")),
        ("[ 1234.567890] host shop[7]: ", ("syslog", "host", "shop[7]")),
        ("[ 1234.567890] host kernel: ", ("syslog", "host", "kernel")),
        ("1769390759.123456 host shop[7]: ", ("syslog", "host", "shop[7]")),
        ("Jan 26 01:25:59 phone Shop(ShopKit)[7] <Error>: ", ("syslog", "phone", "Shop(ShopKit)[7]")),
        ("shop-web-7d4f9c6b8x-x2x4z app ", ("pod", "shop-web-7d4f9c6b8x-x2x4z", "app")),
        ("[shop-7d4f9c6b8x-x2x4z] ", ("pod", "shop-7d4f9c6b8x-x2x4z")),
        ("[shop-7d4f9c6b8x-x2x4z app] ", ("pod", "shop-7d4f9c6b8x-x2x4z app")),
        ("2026-01-26T01:25:59Z app[148e21] ams [info] ", ("dyno", "app[148e21]")),
        (f"2026-01-26T01:25:59+00:00 2026/01/26/[$LATEST]{HASH} ", ("dyno", f"2026/01/26/[$LATEST]{HASH}")),
        (f"2026-01-26T01:25:59+00:00 ecs/app/{HASH} ", ("dyno", f"ecs/app/{HASH}")),
        ("2026-01-26T01:25:59.123456Z 01E ", ("step", "01E")),
        ("2026-01-26T01:25:59.123456Z 01E+", ("step", "01E")),
        ("shop-web-1564180365-khv13 app ", ("pod", "shop-web-1564180365-khv13", "app")),
        ("hello-28391040-x7k2p hello ", ("pod", "hello-28391040-x7k2p", "hello")),
        ("shop-5f3b9c0d1e-4fa1b app ", ("pod", "shop-5f3b9c0d1e-4fa1b", "app")),
        ("redis-0 redis ", ("pod", "redis-0", "redis")),
        ("fluentd-x7k2p fluentd ", ("pod", "fluentd-x7k2p", "fluentd")),
        ("2026-01-26T01:25:59.123Z [ERROR] shop.tank: ", ("plugin", "shop.tank")),
        ("2026-01-26T01:25:59.123-0400 [DEBUG] provider.tank_v3.36.0_x5: ", ("plugin", "provider.tank_v3.36.0_x5")),
        ("2026-01-26T01:25:59.123Z [WARN]  tank: ", ("plugin", "tank")),
        ("2026-01-26 01:25:59,123 DEBG 'tank' stderr output: ", ("plugin", "tank", "stderr")),
        ("2026-01-26T01:25:59.1234567Z ##[error]", ("runner",)),
        ("##[error]", ("step",)),
        ("@4000000065d3f00c2a3b4c5d ", ("stamp",)),
        ("2026-01-26 01:25:59.123456789  ", ("time",)),
        ("2026-01-26_01:25:59.12345 ", ("time",)),
        ("01:25:59.123 ", ("clock",)),
        ("ERROR:shop.cart:", ("level",)),
        ("[ERROR] ", ("level",)),
        ("[Crash] ", ("stream", "Crash")),
        ("[mono-rt] ", ("stream", "mono-rt")),
        ("[shop_node-1] ", ("compose", "shop_node-1")),
        ("[shop_node-12] [ERROR] ", ("compose", "shop_node-12")),
        ("CRASH LOG: ", ("stream", "CRASH LOG")),
        ("[ 1234.567890] [0:     kworker: 4242] ", ("kernel",)),
        ("stderr | ", ("stream", "stderr")),
        ("> ", ("quote",)),
        ("> > ", ("quote",)),
        ("\x1b[31m", ()),
        ("", ()),
    ],
)
def test_the_prefix_goes_and_the_indentation_stays(prefix, stream):
    line = split(prefix + FRAME)
    assert (line.text, line.stream) == (FRAME, stream)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("2026-01-26 01:25:59,123 ERROR [main] c.e.Shop - java.lang.E: x", "java.lang.E: x"),
        ("2026-01-26 01:25:59,123 [main] ERROR c.e.Shop - java.lang.E: x", "c.e.Shop - java.lang.E: x"),
        ("Jan 26 01:25:59 host kernel: [   12.345678] BUG: KASAN: x", "BUG: KASAN: x"),
        ("2026-01-26T01:25:59.1234567Z shop.errors.NoRate: db1:5432", "shop.errors.NoRate: db1:5432"),
        ("2026-01-26T01:25:59Z panic: cart: empty", "panic: cart: empty"),
        ("2026-01-26T01:25:59Z fatal error: all goroutines are asleep", "fatal error: all goroutines are asleep"),
        ("2026-01-26T01:25:59Z FATAL ERROR: Reached heap limit", "FATAL ERROR: Reached heap limit"),
        ("2026-01-26T01:25:59Z FATAL EXCEPTION: main", "FATAL EXCEPTION: main"),
        ("2026-01-26T01:25:59Z WARNING: DATA RACE", "WARNING: DATA RACE"),
        ("2026-01-26T01:25:59Z ERROR STOP 3", "ERROR STOP 3"),
        ("2026-01-26T01:25:59Z FATAL cart: empty", "cart: empty"),
        ("2026-01-26T01:25:59Z ERROR: E: x", "E: x"),
        ("2026-01-26T01:25:59Z [4242] E ", ""),
        ("2026-01-26T01:25:59Z [4242] E: x", "E: x"),
        ("2026-01-26T01:25:59Z [0] E is no number", "is no number"),
        ("[0] E (res://a.gd:3)", "[0] E (res://a.gd:3)"),
        ("2026-01-26T01:25:59Z [4242] FATAL EXCEPTION: main", "FATAL EXCEPTION: main"),
        ("2026-01-26T01:25:59Z [4242] ERROR: LoadError: x", "LoadError: x"),
        ("2026-01-26T01:25:59Z 4242 errors were found", "4242 errors were found"),
        ("2026-01-26T01:25:59Z [errors]: [", "[errors]: ["),
        ("2026-01-26T01:25:59Z 00 ends", "00 ends"),
        ("2026-01-26T01:25:59Z app[148e21] is up", "app[148e21] is up"),
        ("[   12.345678] systemd[1]: started", "systemd[1]: started"),
        ("[   12.345678] traps: shop[7] trap divide error", "traps: shop[7] trap divide error"),
        ("web_1  | [4242:0x572ac60] 131 ms: Mark-Compact", "[4242:0x572ac60] 131 ms: Mark-Compact"),
        ("web_1  | ERROR: LoadError", "ERROR: LoadError"),
        ("web_1  | 2026-01-26 01:25:59 ERROR [main] java.lang.E: x", "java.lang.E: x"),
        ("2026-01-26T01:25:59.123Z [ERROR] panic: cart: empty", "panic: cart: empty"),
        ("2026-01-26T01:25:59.123Z [ERROR] socket.error: x", "socket.error: x"),
        ("2026-01-26T01:25:59.123Z [ERROR] com.shop.RateException: x", "com.shop.RateException: x"),
        ("2026-01-26T01:25:59.123Z [ERROR] runtime: out of memory", "runtime: out of memory"),
        (
            '2026-01-26 01:25:59.123456789 +0000 kube.shop.log: {"stream":"stderr","log":"\\tat a.B.c(B.java:3)"}',
            "\tat a.B.c(B.java:3)",
        ),
        ('2026-01-26T01:25:59+00:00\tshop.web\t{"log":"  b"}', "  b"),
        ('2026-01-26 01:25:59 +0000 shop.web: {"rate":3}', 'shop.web: {"rate":3}'),
        (
            '{"log":"\\tat a.B.c(B.java:3)\\n","stream":"stderr","time":"2026-01-26T01:25:59.1Z"}',
            "\tat a.B.c(B.java:3)",
        ),
    ],
)
def test_prefixes_within_prefixes(line, text):
    assert split(line).text == text


@pytest.mark.parametrize(
    ("outer", "stream"),
    [
        ("> ", ("quote",)),
        (">> ", ("quote",)),
        ("web-1  | ", ("compose", "web-1")),
        ("2026-01-26T01:25:59.123456789Z stderr F ", ("cri", "stderr")),
        ("[pod/shop-5d8/web] ", ("pod", "pod/shop-5d8/web")),
        ("Jan 26 01:25:59 host shop[7]: ", ("syslog", "host", "shop[7]")),
        ("2026-01-26T01:25:59.1234567Z ", ("runner",)),
        ("> web-1  | ", ("quote", "web-1")),
    ],
)
@pytest.mark.parametrize(
    ("inner", "keys"),
    [
        ("E/python  ( 1200): ", ("python", "1200")),
        ("01-26 01:25:59.123  1200  1234 E python  : ", ("1200", "1234", "python")),
        ("[Mon Jan 26 01:25:59.123456 2026] [wsgi:error] [pid 7:tid 140] [client 192.0.2.1:80] ", ("7",)),
        ("[2026-01-26 01:25:59,123: ERROR/ForkPoolWorker-1] ", ("ForkPoolWorker-1",)),
        ("2026-01-26 01:25:59.123 [4242] E ", ("4242",)),
    ],
)
def test_what_is_carried_may_have_any_prefix(outer, stream, inner, keys):
    line = split(outer + inner + FRAME)
    assert (line.text, line.stream) == (FRAME, stream + keys)
    assert carried(outer + inner + FRAME).text == inner + FRAME


@pytest.mark.parametrize("line", ["web-1  | Expected | Actual", "[pod/a-5d8/b] [pod/a-5d8/c] x"])
def test_two_of_a_kind_are_not_taken_off(line):
    assert split(line).text == line.partition("| " if "|" in line else "] ")[2]


def test_a_runner_stamps_lines_of_any_thread():
    assert same(("runner", "4242"), ("runner",))
    assert not same(("time", "4242"), ("time",))


def test_an_empty_quoted_line_is_found_in_a_text():
    lines = ["a", "> b", ">", "> c", ">>", "> >", ">x", "->", ">=1"]
    assert {at: line.text for at, line in prefixes("\n".join(lines), lines).items()} == {
        1: "b",
        2: "",
        3: "c",
        4: "",
        5: "",
    }


@pytest.mark.parametrize(
    "line",
    [
        FRAME,
        "    #0 0x4f5e21 in f /src/a.c:3:5",
        "FATAL EXCEPTION: main",
        "WARNING: ThreadSanitizer: data race (pid=7)",
        "F0813 00:29:27.775753  384244 file.cc:130] Check failed: x",
        "[18457:18457:0129/154606:FATAL:browser.cc(171)] Check failed: x",
        "[<ffffffff81234567>] dump_stack+0x12/0x34",
        "Crash reason:  SIGSEGV /SEGV_MAPERR",
        "  | Traceback (most recent call last):",
        "==7==ERROR: AddressSanitizer: SEGV",
        "{not json",
        "[ 0] pay (shop.gd:3)",
        "[pool-2-thread-1] pay",
        "[node-1]",
        "[node-1]: process has died",
        "[mono] x",
        "[errors]: [",
        "parse-html5 at line 3",
        "shop-web-5 app started",
        "order-20260126-batch is late",
        "order-20260126-added is late",
        "utf-8 codec",
        "web-0 shop started",
        "## [error] x",
        "10: 0x4f5e21 - shop::pay",
        "@400 is no time",
        "1769390759.123456 0x1234",
        '{"log": 3}',
        "[1] pry(main)> ",
        "Line |",
    ],
)
def test_what_a_trace_is_made_of_stays(line):
    assert split(line).text == line


@pytest.mark.parametrize("stamp", ["Jan 26 01:25:59 ", "2026-01-26T01:25:59Z ", "2026-01-26T01:25:59+02:00 "])
@pytest.mark.parametrize(
    "line",
    [
        "stack traceback:",
        "runtime stack:",
        "fatal error: all goroutines are asleep",
        "Caused by: a.E: b",
        "caused by: b",
        "Uncaught TypeError: b",
        "Crash reason:  SIGSEGV",
        "Thread 1:",
        "1 Cart.total(of:) + 10 in shop at /w/a.swift:3:5",
    ],
)
def test_two_words_behind_a_time_are_no_host_and_program(stamp, line):
    assert split(stamp + line).text == line


def test_the_time_and_level_are_kept():
    line = split("2026-01-26T01:25:59.123Z ERROR x")
    assert (line.ts, line.level, line.text) == (1_769_390_759_123_000, "ERROR", "x")


@pytest.mark.parametrize(
    ("prefix", "local"),
    [
        ("[Mon Jan 26 01:25:59 2026] ", True),
        ("[Mon Jan 26 01:25:59 2026] [error] [client 192.0.2.1] ", True),
        ("[26-Jan-2026 02:25:59 Europe/Berlin] ", False),
        ("[26-Jan-2026 01:25:59] ", True),
        ("2026-01-26 01:25:59 ", True),
        ("2026/01/26 01:25:59 ", True),
        ("2026-01-26 01:25:59 UTC ", False),
        ("2026-01-26T02:25:59+01:00 ", False),
        ("2026-01-26T01:25:59Z ", False),
    ],
)
def test_a_time_without_a_zone_is_told(prefix, local):
    line = split(prefix + "x")
    assert (line.ts, line.local) == (1_769_390_759_000_000, local)


@given(st.text() | st.from_regex(r"\A[\[<(>{0-9A-Z/:. |-]{0,80}\Z"))
def test_any_line(line):
    assert line.rstrip("\r").endswith(split(line).text) or "\x1b" in line or line.startswith('{"log":')


def test_the_number_of_a_test_is_before_each_of_its_lines():
    lines = ["10: Thread 0 (crashed)", "10:  0  shop!pay", "10: ", "11: x", " 1: y"]
    told = [(0, "Thread 0 (crashed)"), (1, " 0  shop!pay"), (2, "")]
    assert [(at, line.text) for at, line in prefixed(lines)] == told
    assert prefixes("\n".join(lines), lines) == dict(prefixed(lines))
    # those of a list go up, and a line knows those around what was looked at
    assert prefixed(["0: a", "1: b", "2: c"]) == []
    assert [line.text for _, line in prefixed(["10: a"], around=("10: b", ""))] == ["a"]


@given(
    st.lists(
        st.from_regex(r"\A[\[<(>{0-9A-Za-z/:. |-]{0,80}\Z")
        | st.from_regex(r"\A[ \t#=]{1,4}(?:INFO: x|2026-01-26T01:25:59Z x|web_1 \| x)\Z")
        | st.sampled_from(
            [
                "2026-01-26T01:25:59Z a",
                "web_1  | b",
                "[ERROR] c",
                "01-26 01:25:59.123  12  13 E T: d",
                "[    1.5] e",
                "> f",
                "1234-1299/a.b E/T: g",
                "E/T( 12): h",
                '{"log": "i\\n", "stream": "stdout"}',
                "\x1b[31mj\x1b[0m",
                "k\r",
                "01:25:59 INFO l",
                "Jan 26 01:25:59 host m[1]: n",
                "stderr: o",
                "<6>[    1.5] p",
                "(2026-01-26 01:25:59) q",
                "shop-7d4f9c6b8x-x2x4z app r",
                "[shop-7d4f9c6b8x-x2x4z] s",
                "@4000000065d3f00c2a3b4c5d t",
                "1769390759.123456 host u[1]: v",
                "[error] w",
                "Mon 2026-01-26 01:25:59 UTC host x[1]: y",
                "[    1.567890] host z[1]: a",
            ]
        ),
        max_size=8,
    )
)
def test_lines_with_a_prefix_are_found_among_others(lines):
    wanted = [(at, line) for at, line in enumerate(map(split, lines)) if line.stream or line.text != lines[at]]
    assert prefixed(lines) == wanted
    if not any("\x1b" in line or line.endswith("\r") for line in lines):
        assert prefixed(lines, clean=True) == wanted


@pytest.mark.parametrize(
    "piece",
    [
        "> ",
        "[",
        "0",
        "A ",
        "E/",
        "2026-01-26 ",
        "01:25:59 ",
        "[ERROR] ",
        "x ",
        "(1",
        "b-",
        "[b-",
        "[1] ",
        "a-1 ",
        "##[",
        "1: ",
    ],
)
def test_a_long_line_takes_time_in_proportion(piece):
    grows_evenly(split, lambda count: piece * count, 2_000)


def test_a_trace_of_one_node_among_the_lines_of_others():
    lines = ["TypeError: x is null", "    at pay (/srv/shop.js:3:4)", "    at run (/srv/run.js:9:1)"]
    told = [piece for line in lines for piece in (f"[cart-1] {line}", "[stock-2] counted", "[INFO] [stock-2]: started")]
    assert signature("\n".join(told)) == signature("\n".join(lines)) != ""


def test_an_error_that_monos_runtime_writes():
    text = "FATAL UNHANDLED EXCEPTION: System.NullReferenceException: x\n   at Shop.Cart.Pay()\n   at Shop.App.Main()"
    told = "\n".join(f"[mono-rt] {'[ERROR] ' * (not at)}{line}" for at, line in enumerate(text.split("\n")))
    assert signature(told) == signature(text) != signature(told.replace("Pay", "Add"))
