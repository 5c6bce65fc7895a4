"""PHP stacks, written by hand in the forms of PHP 7 and 8, Xdebug and Monolog."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import triage
from tests.scanned import functions, one, prefixed, reports, scan_grows, surrounded, text_lines
from triage.formats.traces import parse as parse_any
from triage.formats.traces import php
from triage.records import Trace
from triage.stacks import signature

FATAL = """PHP Fatal error:  Uncaught App\\RateException: no rate for XTS in the table in /srv/shop/src/Rates.php:23
Stack trace:
#0 /srv/shop/src/Checkout.php(41): App\\Rates->convert(8.0, 'XTS')
#1 [internal function]: App\\Checkout->App\\{closure}(Array)
#2 /srv/shop/src/Checkout.php(40): array_map(Object(Closure), Array)
#3 /srv/shop/public/index.php(12): App\\Checkout::pay()
#4 {main}
  thrown in /srv/shop/src/Rates.php on line 23
"""

CHAINED = """Exception: first in /a.php:3
Stack trace:
#0 /a.php(9): f()
#1 {main}

Next RuntimeException: second
over two lines in /a.php:5
Stack trace:
#0 /a.php(9): f()
#1 {main}
"""

XDEBUG = """PHP Fatal error:  Uncaught Error: Call to undefined function g() in /a.php:3
PHP Stack trace:
PHP   1. {main}() /a.php:0
PHP   2. Shop->pay($order = 7) /a.php:9
"""

CALLS = """Call Stack:
    0.0001     393432   1. {main}() /a.php:0
    0.0002     393840   2. f() /a.php:9
"""
AGAIN = f"""Fatal error: Uncaught RateException: no rate in /a.php on line 9

RateException: no rate in /a.php on line 9

{CALLS}"""

MONOLOG = """[2026-02-10 09:00:00] production.ERROR: no rate {"exception":"[object] (App\\RateException(code: 7): no rate at /srv/Rates.php:23)
[stacktrace]
#0 /srv/Checkout.php(41): App\\Rates->convert()
#1 {main}
"}
"""  # noqa: E501 - a log line is as long as it is

SHOWN = """In Rates.php line 23:
                                        
  [App\\RateException (7)]               
  no rate for XTS                       
  in the table                          
                                        

Exception trace:
  at /srv/shop/src/Rates.php:23
 App\\Rates->convert() at /srv/shop/src/Checkout.php:41
 App\\Checkout->App\\{closure}() at n/a:n/a
 array_map() at /srv/shop/src/Checkout.php:40
 App\\Checkout::pay() at /srv/shop/public/index.php:12

In Table.php line 9:
            
  [Error]   
  no row    
            

Exception trace:
  at /srv/shop/src/Table.php:9
 App\\Table->row() at /srv/shop/src/Rates.php:22
"""  # noqa: W291, W293 - the console fills its lines


def places(trace: Trace) -> list[tuple[str | None, str | None, int | None]]:
    return [(frame.function, frame.file, frame.line) for frame in trace.frames]


def test_each_function_has_the_place_inside_it():
    (crash,) = php.parse(FATAL)
    assert (crash.error_type, crash.error_value) == ("App\\RateException", "no rate for XTS in the table")
    assert places(crash) == [
        ("App\\Rates->convert", "/srv/shop/src/Rates.php", 23),
        ("App\\Checkout->App\\{closure}", "/srv/shop/src/Checkout.php", 41),
        ("array_map", None, None),
        ("App\\Checkout::pay", "/srv/shop/src/Checkout.php", 40),
        ("{main}", "/srv/shop/public/index.php", 12),
    ]
    assert crash.frames[0].args == "8.0, 'XTS'"


def test_next_is_what_surfaced():
    crash, cause = php.parse(CHAINED)
    assert (crash.role, crash.error_type, crash.error_value) == ("crash", "RuntimeException", "second\nover two lines")
    assert (cause.role, cause.error_type, cause.error_value) == ("cause", "Exception", "first")
    assert places(crash) == [("f", "/a.php", 5), ("{main}", "/a.php", 9)]


def test_symfony_shows_what_surfaced_first():
    found = surrounded(SHOWN, "php")
    crash, cause = found.report.traces
    assert (crash.error_type, crash.error_value) == ("App\\RateException", "no rate for XTS\nin the table")
    assert (cause.error_type, cause.error_value, cause.role) == ("Error", "no row", "cause")
    assert places(crash) == [
        ("App\\Rates->convert", "/srv/shop/src/Rates.php", 23),
        ("App\\Checkout->App\\{closure}", "/srv/shop/src/Checkout.php", 41),
        ("array_map", None, None),
        ("App\\Checkout::pay", "/srv/shop/src/Checkout.php", 40),
        (None, "/srv/shop/public/index.php", 12),
    ]
    assert functions(prefixed(SHOWN, "php")) == functions(found)
    alone = SHOWN.split("\n\nIn Table", maxsplit=1)[0]
    fatal = FATAL.replace("no rate for XTS in the table", "no rate")
    assert signature(alone) == signature(fatal)
    assert signature(alone.replace("Rates->convert", "Rates->refund")) not in {"", signature(fatal)}


def test_symfony_without_a_trace():
    short = "In Rates.php line 23:\n                   \n  no rate for XTS  \n                   \n\nshop:pay [--now]\n"
    report = one(short, "php").report
    assert (report.error_type, report.error_value, report.complete) == (None, "no rate for XTS", False)
    assert places(report.traces[0]) == [(None, "Rates.php", 23)]
    for other in (
        short.replace("  no", "no"),
        short.replace("                   \n", "", 1),
        "In Rates.php line 23: x",
    ):
        assert not reports(other, "php")


def test_calls_alone_have_no_place_for_the_innermost():
    (crash,) = php.parse("#0 /a.php(9): f('(1): x')\n#1 /b.php(2): include('/a.php')\n#2 {main}")
    assert places(crash) == [("f", None, None), ("include", "/a.php", 9), ("{main}", "/b.php", 2)]
    assert crash.frames[0].args == "'(1): x'"


def test_calls_without_main_end_with_the_place_of_the_last():
    assert places(php.parse("#0 /a.php(9): f()")[0]) == [("f", None, None), (None, "/a.php", 9)]


@pytest.mark.parametrize(("text", "last"), [(XDEBUG, "Shop->pay"), (CALLS, "f")])
def test_xdebug_prints_the_oldest_call_first(text, last):
    (crash,) = php.parse(text)
    assert places(crash) == [(last, "/a.php", 9), ("{main}", "/a.php", 0)]


def test_xdebug_error_and_arguments():
    (crash,) = php.parse(XDEBUG)
    assert (crash.error_type, crash.error_value) == ("Error", "Call to undefined function g()")
    assert crash.frames[0].args == "$order = 7"


def test_monolog():
    (crash,) = php.parse(MONOLOG)
    assert (crash.error_type, crash.error_value) == ("App\\RateException", "no rate")
    assert places(crash) == [("App\\Rates->convert", "/srv/Rates.php", 23), ("{main}", "/srv/Checkout.php", 41)]


def test_warning_is_a_level_not_a_class():
    (crash,) = php.parse("PHP Warning:  Division by zero in /a.php on line 3")
    assert (crash.error_type, crash.error_value) == ("Warning", "Division by zero")


def test_language_or_looks_choose_this_parser():
    assert parse_any(FATAL, "php")[0].error_type == "App\\RateException"
    assert parse_any(CHAINED)[0].error_type == "RuntimeException"
    assert not php.probe("    #0 0x5b2061 in runtime.raise (/lib/x.so+0x1)")


WARNED = r"""[2026-03-01 10:00:00] production.ERROR: Undefined array key "rate" {"exception":"[object] (ErrorException(code: 0): \
Undefined array key \"rate\" at /srv/shop/app/Rates.php:17)
[stacktrace]
#0 /srv/shop/vendor/laravel/framework/src/HandleExceptions.php(255): Illuminate\\HandleExceptions->handleError(2, 'Undefined ...', '/srv/shop/app/R...', 17)
#1 /srv/shop/app/Rates.php(17): Illuminate\\HandleExceptions->Illuminate\\{closure}(2, 'Undefined ...', '/srv/shop/app/R...', 17)
#2 /srv/shop/app/Pay.php(30): App\\Rates->rate('XTS')
#3 {main}
"}
""".replace("\\\n", "")  # noqa: E501 - as Laravel writes it


def test_a_handler_that_makes_an_exception_of_a_warning_is_not_to_blame():
    (trace,) = php.parse(WARNED)
    assert (trace.error_type, trace.error_value) == ("ErrorException", 'Undefined array key "rate"')
    assert [(frame.function, frame.line, frame.in_app) for frame in trace.frames] == [
        ("Illuminate\\HandleExceptions->handleError", None, False),
        ("Illuminate\\HandleExceptions->Illuminate\\{closure}", 255, False),
        ("App\\Rates->rate", 17, None),
        ("{main}", 30, None),
    ]


@pytest.mark.parametrize(
    ("error", "args", "handled"),
    [
        ("ErrorException", "", True),  # as without `zend.exception_ignore_args`
        ("App\\Oops", "2, 'Undefined ...', '/srv/rates.php', 17", True),
        ("App\\Oops", "8, 'Undefined ...', '/srv/rates.php', 17, Array", True),
        ("App\\Oops", "2, 'Undefined ...', '/srv/rates.php', 18", False),
        ("App\\Oops", "", False),  # a function that calls itself from the line on which it throws
    ],
)
def test_handlers_of_errors_are_told_by_where_they_were_called(error, args, handled):
    (trace,) = php.parse(f"""PHP Fatal error:  Uncaught {error}: Undefined variable $x in /srv/rates.php:17
Stack trace:
#0 /srv/rates.php(17): report({args})
#1 /srv/pay.php(30): rate('XTS')
#2 {{main}}
  thrown in /srv/rates.php on line 17
""")
    first, second, _ = trace.frames
    assert (first.function, first.line, first.in_app) == ("report", None if handled else 17, False if handled else None)
    assert (second.function, second.line, second.in_app) == ("rate", 17, None)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.sampled_from([*(FATAL + CHAINED + XDEBUG + CALLS + MONOLOG + SHOWN).splitlines(), "", "x"]), max_size=40
    )
)
def test_lines_in_any_order_never_raise(lines):
    for number, trace in enumerate(php.parse("\n".join(lines))):
        assert trace.chain_no == number


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_never_raises(text):
    php.probe(text)
    php.parse(text + "\n#0 /a.php(9): f()\n" + text)


def test_reports_between_log_lines():
    found = surrounded(FATAL, "php")
    report = found.report
    assert (report.kind, report.error_type, report.level) == ("exception", "App\\RateException", "fatal")
    assert text_lines(found) == [5, 6, 7, 8, 9]
    assert [trace.role for trace in surrounded(CHAINED, "php").report.traces] == ["crash", "cause"]
    assert functions(surrounded(XDEBUG, "php")) == ["Shop->pay", "{main}"]
    assert functions(prefixed(FATAL, "php"))[0] == "App\\Rates->convert"


@pytest.mark.parametrize(
    "prefix",
    [
        "[26-Jan-2026 01:25:59 UTC] ",
        "[Mon Jan 26 01:25:59.123456 2026] [php:error] [pid 1234] [client 1.2.3.4:5] ",
        '2026/01/26 01:25:59 [error] 31#31: *1 FastCGI sent in stderr: "PHP message: ',
    ],
)
def test_prefixes_of_servers(prefix):
    found = one(f"{prefix}{FATAL}{prefix}PHP Notice:  x in /a.php on line 3", "php")
    assert (found.first, found.last, found.report.error_type) == (1, 8, "App\\RateException")


def test_monolog_on_one_line():
    head, _, rest = MONOLOG.rstrip().partition("\n")
    folded = "\\n".join([head, *rest.split("\n")])
    found = surrounded(folded, "php")
    assert (functions(found), text_lines(found)) == (["App\\Rates->convert", "{main}"], [3, 3])
    assert signature(folded) == signature(MONOLOG) != signature(folded.replace("convert", "round"))
    # a namespace may begin with an n
    named = folded.replace("App\\Rates->", "App\\net\\Rates->")
    assert functions(surrounded(named, "php"))[0] == "App\\net\\Rates->convert"


def test_monolog_with_a_previous_exception():
    previous = (
        '\n[previous exception] [object] (PDOException(code: 2): refused at /srv/Db.php:5)\n[stacktrace]\n#0 {main}\n"}'
    )
    found = one(MONOLOG.replace('\n"}', previous), "php")
    assert [(trace.role, trace.error_type) for trace in found.report.traces] == [
        ("crash", "App\\RateException"),
        ("cause", "PDOException"),
    ]


@pytest.mark.parametrize(
    ("text", "kind", "error"),
    [
        (
            "PHP Fatal error:  Allowed memory size of 134 bytes exhausted (tried to allocate 20) in /a.php on line 3",
            "oom",
            "Fatal error",
        ),
        (
            "PHP Fatal error:  Maximum execution time of 30 seconds exceeded in /a.php on line 3",
            "timeout",
            "Fatal error",
        ),
        ('PHP Parse error:  syntax error, unexpected token ";" in /a.php on line 3', "crash", "Parse error"),
        ("[pool www] child 1234 exited on signal 11 (SIGSEGV - core dumped) after 1.2 seconds", "crash", "SIGSEGV"),
    ],
)
def test_errors_without_a_stack(text, kind, error):
    report = surrounded(text, "php").report
    assert (report.kind, report.error_type) == (kind, error)


def test_damaged_stacks_and_other_tools():
    cut = one("\n".join(FATAL.split("\n")[:4]), "php").report
    assert (cut.complete, cut.error_type, len(cut.traces[0].frames)) == (False, "App\\RateException", 2)
    lost = one("\n".join(FATAL.split("\n")[2:6]), "php").report
    assert (lost.complete, lost.error_type) == (False, None)
    text = "clang: fatal error: no input\nUncaught TypeError: x is not a function\nPHP Warning:  x in /a.php on line 3"
    assert not reports(text, "php")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from([*(FATAL + CHAINED + XDEBUG + CALLS + MONOLOG + SHOWN).splitlines(), "", "x"]), max_size=60
    )
)
def test_lines_in_any_order_are_scanned(lines):
    for found in reports("\n".join(lines), "php"):
        assert 1 <= found.first <= found.last <= len(lines)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_scanned(text):
    reports("PHP Fatal error:  Uncaught " + text + "\nStack trace:\n#0 /a.php(3): f()\n" + text, "php")


@pytest.mark.parametrize(
    "line",
    [
        "Stack trace:",
        "#0 /a.php(1): f()",
        "PHP Fatal error:  Uncaught E: x in /a.php:1",
        "[object] (E(code: 0): x",
        SHOWN,
    ],
)
def test_time_is_linear(line):
    scan_grows(line, "php")


def test_what_xdebug_says_twice():
    (event,) = triage.loads(AGAIN).events().to_dict("records")
    assert (event["error_type"], event["error_value"], event["level"]) == ("RateException", "no rate", "fatal")
    assert event["culprit"] == "f (a.php:9)"
    other = AGAIN.replace("\nRateException: no rate", "\nCartException: no cart")
    assert len(triage.loads(other).events()) == 2
