"""Ruby stacks, written by hand in the forms of Ruby 2.5 to 3.4."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from triage.formats.traces import parse as parse_any
from triage.formats.traces import ruby
from triage.records import Trace

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
