"""Elixir's exceptions, written by hand in the forms of Elixir 1.4 to 1.18."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scanned import functions, one, prefixed, reports, scan_grows, surrounded, text_lines

RAISED = """** (RuntimeError) no rate for XTS
    (shop 0.1.0) lib/shop/rates.ex:12: Shop.Rates.convert/2
    (elixir 1.15.0) lib/enum.ex:1658: Enum."-map/2-lists^map/1-0-"/2
    lib/shop.ex:3: anonymous fn/1 in Shop.pay/1
    (stdlib) gen_server.erl:637: :gen_server.try_dispatch/4
"""

LOGGED = """[error] GenServer Shop.Server terminating
** (KeyError) key :rate not found in: %{a: 1}
    (shop 0.1.0) lib/shop/server.ex:20: Shop.Server.handle_call/3
    (stdlib 5.0) gen_server.erl:1113: :gen_server.try_handle_call/4
Last message (from #PID<0.200.0>): :pay
State: %{a: 1}
"""


def test_exception_between_log_lines():
    found = surrounded(RAISED, "elixir")
    assert (found.report.error_type, found.report.error_value) == ("RuntimeError", "no rate for XTS")
    assert functions(found)[::2] == ["Shop.Rates.convert/2", "anonymous fn/1 in Shop.pay/1"]
    frame = found.report.traces[0].frames[0]
    assert (frame.module, frame.file, frame.line, text_lines(found)[0]) == ("shop", "lib/shop/rates.ex", 12, 4)
    assert len(functions(prefixed(RAISED, "elixir"))) == 4


def test_a_process_that_ended():
    found = one("01:25:59.123 " + LOGGED + "01:26:00.000 [info] next", "elixir")
    assert (found.first, found.last, found.report.error_type) == (1, 6, "KeyError")
    assert dict(found.report.facts) == {"state": "%{a: 1}"}
    assert found.report.process == "GenServer Shop.Server terminating"


def test_damaged_and_other_texts():
    cut = one("** (RuntimeError) no rate\n", "elixir").report
    assert (cut.complete, cut.error_value) == (False, "no rate")
    assert not reports("see ** (below) for more\n** (exit) code\nnone", "elixir")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*(RAISED + LOGGED).splitlines(), "", "x"]), max_size=60))
def test_lines_in_any_order_are_scanned(lines):
    for found in reports("\n".join(lines), "elixir"):
        assert 1 <= found.first <= found.last <= len(lines)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_scanned(text):
    reports("** (RuntimeError) x\n" + text + "\n** (exit) x\n" + text, "elixir")


@pytest.mark.parametrize(
    "line", ["** (RuntimeError) x", "** (exit) x", "exception error: x", "exception error: x\n  y"]
)
def test_time_is_linear(line):
    scan_grows(line, "elixir")
