"""Lua tracebacks, written by hand in the forms of Lua 5.1 to 5.4, LuaJIT, OpenResty, LÖVE and Roblox."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scanned import functions, one, prefixed, reports, scan_grows, surrounded, text_lines

STANDARD = """lua: shop.lua:3: attempt to index a nil value (local 'x')
stack traceback:
\t[C]: in function 'error'
\tshop.lua:3: in function 'rate'
\tshop.lua:6: in upvalue 'pay'
\t(...tail calls...)
\tshop.lua:9: in function <shop.lua:8>
\t...\t(skipping 12 levels)
\tshop.lua:20: in main chunk
\t[C]: in ?
"""

RESTY = """2026/01/26 01:25:59 [error] 31#31: *1 lua entry thread aborted: runtime error: /srv/x.lua:3: no such f
stack traceback:
coroutine 0:
\t/srv/x.lua: in function 'f'
\t/srv/x.lua:3: in function </srv/x.lua:1>
coroutine 1:
\t[C]: in function 'resume', client: 1.2.3.4, server: localhost, request: "GET / HTTP/1.1"
"""

LOVE = """main.lua:3: attempt to index global 'x' (a nil value)


Traceback

[love "callbacks.lua"]:228: in function 'handler'
main.lua:3: in function 'draw'
[C]: in function 'xpcall'
"""

ROBLOX = """12:00:00.000  Workspace.Script:3: attempt to index nil with 'x'  -  Server - Script:3
12:00:00.000  Stack Begin  -  Studio
12:00:00.000  Script 'Workspace.Script', Line 3 - function f  -  Studio - Script:3
12:00:00.000  Script 'Workspace.Script', Line 9  -  Studio - Script:9
12:00:00.000  Stack End  -  Studio
"""


def test_traceback_between_log_lines():
    found = surrounded(STANDARD, "lua")
    report = found.report
    assert (report.error_type, report.error_value) == ("error", "attempt to index a nil value (local 'x')")
    assert dict(report.facts) == {"program": "lua", "place": "shop.lua:3"}
    assert functions(found) == ["error", "rate", "pay", "<anonymous>", "main chunk", None]
    assert (text_lines(found)[:2], report.traces[0].frames[5].repeat) == ([5, 6], 12)
    assert prefixed(STANDARD, "lua").report.error_value == report.error_value


def test_openresty():
    found = one("x\n" + RESTY + "2026/01/26 01:26:59 [info] 31#31: next", "lua")
    assert (found.first, found.last, found.report.error_type) == (2, 8, "runtime error")
    assert [(trace.role, trace.thread_name) for trace in found.report.traces] == [
        ("crash", "coroutine 0"),
        ("thread", "coroutine 1"),
    ]


def test_love_and_roblox():
    found = one(LOVE, "lua")
    assert (found.first, functions(found)) == (1, ["handler", "draw", "xpcall"])
    found = one(ROBLOX, "lua")
    assert (found.last, found.report.error_value) == (5, "attempt to index nil with 'x'")
    assert functions(found) == ["f", None]


def test_luajit_and_messages_of_several_lines():
    text = (
        'luajit: [string "x = 1"]:1: boom\nof two lines\nstack traceback:\n\t[builtin:pcall]: at 0x7f\n\t[C]: at 0x55'
    )
    report = surrounded(text, "lua").report
    assert (report.error_value, report.traces[0].frames[1].address) == ("boom\nof two lines", 0x55)


def test_damaged_tracebacks_and_other_tools():
    lost = one("\n".join(STANDARD.split("\n")[3:]), "lua").report
    assert (lost.kind, lost.complete) == ("dump", False)
    assert len(one("\n".join(STANDARD.split("\n")[:4]), "lua").report.traces[0].frames) == 2
    text = "main.c: In function 'main':\nmain.c:5: in function main: error\nstack traceback: none\nin main chunk"
    assert not reports(text, "lua")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*(STANDARD + RESTY + LOVE + ROBLOX).splitlines(), "", "x"]), max_size=60))
def test_lines_in_any_order_are_scanned(lines):
    for found in reports("\n".join(lines), "lua"):
        assert 1 <= found.first <= found.last <= len(lines)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_scanned(text):
    reports("a.lua:1: x\nstack traceback:\n\t[C]: in ?\n" + text + "\n\ta.lua:1: in function 'f'\n" + text, "lua")


@pytest.mark.parametrize(
    "line", ["stack traceback:", "\ta.lua:1: in function 'f'", "[C]: in ?", "coroutine 0:\nStack Begin"]
)
def test_time_is_linear(line):
    scan_grows(line, "lua")


def test_the_clock_of_roblox_stands_further_to_the_right_below():
    lines = ROBLOX.replace(" - Script", "  -  Script").strip().split("\n")
    text = "\n".join([lines[0], *(f"  {line}" for line in lines[1:])])
    found = one(text, "lua")
    assert (found.first, found.last, functions(found)) == (1, 5, ["f", None])
    assert not reports(text.replace(", Line", ", Row"), "lua")
