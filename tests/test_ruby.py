"""Ruby stacks, written by hand in the forms of Ruby 2.5 to 3.4."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import triage
from tests.scanned import functions, one, prefixed, reports, scan_grows, surrounded, text_lines
from triage.formats.traces import parse as parse_any
from triage.formats.traces import ruby
from triage.records import Trace
from triage.stacks import signature

UNCAUGHT = """/srv/shop/rates.rb:4:in `fetch': key not found: "XTS" (KeyError)
\tfrom /srv/shop/rates.rb:4:in `convert'
\tfrom /srv/shop/checkout.rb:9:in `block (2 levels) in <main>'
\tfrom /srv/shop/checkout.rb:8:in `each'
\tfrom /srv/shop/checkout.rb:8
"""

CAUSED = """/srv/shop/checkout.rb:12:in 'Shop::Checkout#pay': cannot pay (Shop::PaymentError)
of two lines
\tfrom /srv/shop/checkout.rb:20:in '<main>'
/srv/shop/rates.rb:4:in 'Hash#fetch': key not found: "XTS" (KeyError)
\tfrom /srv/shop/checkout.rb:10:in 'Shop::Checkout#pay'
\t ... 3 levels...
\tfrom /srv/shop/checkout.rb:20:in '<main>'
"""

REVERSED = """Traceback (most recent call last):
\t2: from a.rb:9:in `<main>'
\t1: from a.rb:5:in `outer'
a.rb:2:in `inner': no (RuntimeError)
"""

RAILS = """ActionView::Template::Error (undefined method `price' for nil):
    1: <p>
app/views/cart.html.erb:7:in `_app_views_cart'
app/controllers/cart_controller.rb:12:in `show'
"""

LISTED = """Shop::PaymentError: cannot pay
  /srv/shop/checkout.rb:12:in `pay'
  <internal:kernel>:187:in `loop'
"""

BUG = """/srv/shop/a.rb:3: [BUG] Segmentation fault at 0x0000000000000008
ruby 3.2.2 (2023-03-30 revision e51014f9c0) [x86_64-linux]

-- Control frame information -----------------------------------------------
c:0003 p:---- s:0011 e:000010 CFUNC  :poke

-- Ruby level backtrace information ----------------------------------------
/srv/shop/a.rb:9:in `<main>'
/srv/shop/a.rb:3:in `poke'

-- Machine register context ------------------------------------------------
"""


def places(trace: Trace) -> list[tuple[str | None, str | None, int | None]]:
    return [(frame.function, frame.file, frame.line) for frame in trace.frames]


def test_uncaught_exception():
    (crash,) = ruby.parse(UNCAUGHT)
    assert (crash.error_type, crash.error_value) == ("KeyError", 'key not found: "XTS"')
    assert places(crash) == [
        ("fetch", "/srv/shop/rates.rb", 4),
        ("convert", "/srv/shop/rates.rb", 4),
        ("block (2 levels) in <main>", "/srv/shop/checkout.rb", 9),
        ("each", "/srv/shop/checkout.rb", 8),
        (None, "/srv/shop/checkout.rb", 8),
    ]


def test_cause_follows_and_levels_are_elided():
    crash, cause = ruby.parse(CAUSED)
    assert (crash.error_type, crash.error_value) == ("Shop::PaymentError", "cannot pay\nof two lines")
    assert places(crash)[0] == ("Shop::Checkout#pay", "/srv/shop/checkout.rb", 12)
    assert (cause.role, cause.chain_no, cause.error_type) == ("cause", 1, "KeyError")
    assert [(frame.frame_kind, frame.repeat) for frame in cause.frames] == [
        ("frame", 1),
        ("frame", 1),
        ("elided", 3),
        ("frame", 1),
    ]


def test_oldest_call_first_is_turned_around():
    (crash,) = ruby.parse(REVERSED)
    assert (crash.error_type, crash.error_value) == ("RuntimeError", "no")
    assert [frame.function for frame in crash.frames] == ["inner", "outer", "<main>"]


def test_rails_and_lists():
    (crash,) = ruby.parse(RAILS)
    assert crash.error_type == "ActionView::Template::Error"
    assert places(crash)[1] == ("show", "app/controllers/cart_controller.rb", 12)
    (crash,) = ruby.parse(LISTED)
    assert (crash.error_type, crash.error_value) == ("Shop::PaymentError", "cannot pay")
    assert places(crash)[1] == ("loop", "<internal:kernel>", 187)


def test_report_of_the_interpreter():
    (crash,) = ruby.parse(BUG)
    assert (crash.error_type, crash.error_value) == ("[BUG]", "Segmentation fault at 0x0000000000000008")
    assert [frame.function for frame in crash.frames] == ["poke", "<main>"]


def test_language_or_looks_choose_this_parser():
    assert parse_any(UNCAUGHT, "ruby")[0].error_type == "KeyError"
    assert parse_any(LISTED)[0].error_type == "Shop::PaymentError"
    assert not ruby.probe("Error: x\n    at f (a.js:1:2)")


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from([*(UNCAUGHT + CAUSED + REVERSED + RAILS + BUG).splitlines(), "", "x"]), max_size=40))
def test_lines_in_any_order_never_raise(lines):
    for trace in ruby.parse("\n".join(lines)):
        assert isinstance(trace, Trace)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_never_raises(text):
    ruby.probe(text)
    ruby.parse(text + "\na.rb:1:in `f': x\n" + text)


def test_reports_between_log_lines():
    found = surrounded(UNCAUGHT, "ruby")
    assert (found.report.kind, found.report.error_type, found.report.leads) == ("exception", "KeyError", True)
    assert text_lines(found) == [3, 4, 5, 6, 7]
    assert [trace.role for trace in surrounded(CAUSED, "ruby").report.traces] == ["crash", "cause"]
    assert text_lines(surrounded(REVERSED, "ruby")) == [6, 5, 4]
    assert functions(prefixed(LISTED, "ruby")) == ["pay", "loop"]
    assert one(RAILS, "ruby").report.error_type == "ActionView::Template::Error"


def test_rails_log_with_loggers_prefixes():
    before = "F, [2026-01-26T01:25:59.123456 #1234] FATAL -- : [0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f] "
    found = one("\n".join(before + line for line in RAILS.strip().split("\n")) + "\nI, [x] INFO -- : next", "ruby")
    assert (found.first, found.last, found.report.error_type) == (1, 4, "ActionView::Template::Error")


@pytest.mark.parametrize(
    "told",
    ["pid=33 tid=b58 class=PayJob jid=35fac4 elapsed=0.7 WARN: ", "33 TID-b58 PayJob JID-35fac4 WARN: ", ""],
)
def test_what_failed_in_a_job_of_sidekiq(told):
    places = "/srv/cart.rb:3:in `pay'\n/srv/job.rb:9:in `perform'\n"
    stamp = "2026-01-26T01:25:59.330Z " if told else ""
    log = f"{stamp}{told}KeyError: no rate\n{stamp}{told}{places}"
    [event] = triage.loads(log).events().to_dict("records")
    assert (event["error_type"], event["error_value"]) == ("KeyError", "no rate")
    alone = "/srv/cart.rb:3:in `pay': no rate (KeyError)\n\tfrom /srv/job.rb:9:in `perform'\n"
    assert signature(log) == signature(alone) != signature(log.replace("KeyError", "IOError"))
    # what another said above is no head of it
    other = f"{stamp}{told.replace('WARN', 'INFO')}no rate was found: {3}\n{stamp}{told}{places}"
    assert signature(other) not in {"", signature(alone)}


def test_source_with_carets():
    text = "a.rb:1:in `<main>': undefined method `foo' for nil (NoMethodError)\n\nnil.foo\n   ^^^^\nDid you mean?  for"
    report = surrounded(text, "ruby").report
    assert (report.error_type, len(report.traces[0].frames)) == ("NoMethodError", 1)


def test_jruby_and_rspec():
    found = surrounded("RuntimeError: boom\n  foo at a.rb:3\n  <main> at a.rb:9", "ruby")
    assert (found.report.error_type, functions(found)) == ("RuntimeError", ["foo", "<main>"])
    text = "     Failure/Error: expect(1).to eq(2)\n\n       expected: 2\n     # ./spec/a_spec.rb:5:in `block in <top>'"
    report = one(text, "ruby").report
    assert (report.kind, report.error_type) == ("assertion", "Failure/Error")


NATIVE = (
    BUG
    + """ RIP: 0x00007f1122334455 RBP: 0x0000000000000000

-- C level backtrace information -------------------------------------------
/usr/lib/libruby.so.3.2(rb_vm_bugreport+0x6d4) [0x7f1122330000] vm_dump.c:770
/usr/bin/ruby [0x5566]

-- Other runtime information -----------------------------------------------

* Loaded script: a.rb

[NOTE]
You may have encountered a bug in the Ruby interpreter or extension libraries.
"""
)


def test_report_of_the_interpreter_with_its_native_stack():
    found = surrounded(NATIVE, "ruby")
    report = found.report
    assert (report.signal, report.fault_address, report.arch, report.leads) == ("SIGSEGV", 8, "x86_64", True)
    assert [(trace.role, len(trace.frames)) for trace in report.traces] == [("crash", 2), ("other", 2)]
    assert report.traces[0].registers == '{"rip":"0x00007f1122334455","rbp":"0x0000000000000000"}'
    native = report.traces[1].frames[0]
    assert (native.function, native.symbol_offset, native.file, native.line) == (
        "rb_vm_bugreport",
        0x6D4,
        "vm_dump.c",
        770,
    )
    assert not one("\n".join(NATIVE.split("\n")[:9]), "ruby").report.complete


def test_damaged_stacks_and_warnings():
    lost = one("\n".join(UNCAUGHT.split("\n")[1:]), "ruby").report
    assert (lost.complete, lost.error_type, len(lost.traces[0].frames)) == (False, None, 4)
    assert not reports("a.rb:12:in `f': warning: deprecated\nsee a.rb:3 for more\nFoo: bar", "ruby")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*(UNCAUGHT + CAUSED + REVERSED + RAILS + NATIVE).splitlines(), "", "x"]), max_size=60))
def test_lines_in_any_order_are_scanned(lines):
    for found in reports("\n".join(lines), "ruby"):
        assert 1 <= found.first <= found.last <= len(lines)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_scanned(text):
    reports(text + "\na.rb:1:in `f': x (E)\n" + text + "\na.rb:1: [BUG] x\n" + text, "ruby")


@pytest.mark.parametrize("line", ["a.rb:1:in `f': x (E)", "a.rb:1:in `f'", "E: x\n  f at a.rb:1", "a.rb:1: [BUG] x"])
def test_time_is_linear(line):
    scan_grows(line, "ruby")


JRUBY = """\
java.lang.NullPointerException: no cart
                            total at com/shop/Cart.java:212
                              pay at com/shop/Cart.java:629
                         pay_cart at /srv/lib/shop.rb:40
                           <main> at /srv/bin/shop:9"""


def test_rows_of_jruby_stand_at_the_right_and_may_be_of_java():
    found = surrounded(JRUBY, "ruby")
    assert (found.report.error_type, found.report.error_value) == ("java.lang.NullPointerException", "no cart")
    assert functions(found) == ["com.shop.Cart.total", "com.shop.Cart.pay", "pay_cart", "<main>"]
    assert [frame.language for frame in found.report.traces[0].frames] == ["java", "java", "ruby", "ruby"]
    assert signature(JRUBY) != signature(JRUBY.replace("total", "count")) != ""
    # rows alone, and words that only look like one
    for text in (JRUBY.partition("\n")[2], "Cart: paid\n  looked at a.rb:3", "Cart: paid\n  and looked at a.rb:3\n  x"):
        assert not [one_found for one_found in reports(text, "ruby") if one_found.report.error_type]
