"""What Erlang says: real output of OTP 25 in the samples, and texts by hand in the forms of OTP 17 to 27."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import triage.stacks
from tests.reading import SAMPLES
from tests.scanned import functions, one, prefixed, reports, scan_grows, surrounded, text_lines
from triage.formats.traces.erlang_terms import elements, ended, frame, term_end

SERVED = (SAMPLES / "traces/erlang-served.txt").read_text().strip()
SPAWNED = (SAMPLES / "traces/erlang-spawned.txt").read_text().strip()
ESCRIPT = (SAMPLES / "traces/erlang-escript.txt").read_text().strip()
SHELL = """** exception error: no function clause matching lists:sum(a) (lists.erl, line 4)
     in function  lists:sum/1 (lists.erl, line 4)
     in call from shop:pay/2 (src/shop.erl, line 9)
"""
STACK = '[{shop,rate,1,[{file,"shop.erl"},{line,6}]},{shop,pay,1,[]}]'
SINGLE = (
    f"2026-01-26T01:25:59.120000+00:00 error: Generic server shop_server terminating. Reason: "
    f"{{{{badkey,xts}},{STACK}}}. "
    'Last message: {pay,"}",[]}. State: #{}.'
)
DIED = (
    "2026-01-26T01:25:59.120000+00:00 error: crasher: initial call: shop:init/1, pid: <0.79.0>, registered_name: [], "
    f"error: {{{{badkey,xts}},{STACK}}}, ancestors: [<0.9.0>], reductions: 133; neighbours:"
)
MACHINE = f"""=ERROR REPORT==== 26-Jan-2026::01:25:59.123456 ===
** State machine doors terminating
** When server state  = {{open,data}}
** Reason for termination = error:{{badkey,xts}}
** Stacktrace =
**  {STACK}
"""
SUPERVISED = f"""=SUPERVISOR REPORT==== 26-Jan-2026::01:25:59.123456 ===
    supervisor: {{<0.79.0>,shop_sup}}
    errorContext: start_error
    reason: {{'EXIT',{{{{badkey,xts}},
                     {STACK}}}}}
    offender: [{{pid,undefined}},
               {{id,w}}]
"""
BOOT = f'{{"init terminating in do_boot",{{{{badkey,xts}},{STACK}}}}}'


def test_a_server_and_its_crash_report_are_one():
    found = surrounded(SERVED, "erlang")
    report = found.report
    assert (report.error_type, report.error_value, report.process) == ("badkey", "{badkey,xts}", "<0.79.0>")
    assert dict(report.facts) == {"last_message": "{pay,[{3,xts}]}"}
    assert functions(found)[:3] == ["erlang:map_get/2", "shop:rate/1", "shop:convert/2"]
    assert functions(found)[-1] == "gen_server:handle_msg/6"
    assert (report.traces[1].role, report.traces[1].thread_name) == ("other", "<0.9.0>")
    # of another process it is another report
    other = SERVED.replace("    pid: <0.79.0>", "    pid: <0.80.0>")
    assert [found.report.process for found in reports(other, "erlang")] == ["<0.79.0>", "<0.80.0>"]
    assert functions(prefixed(SERVED, "erlang"))[1] == "shop:rate/1"


def test_a_process_that_ended():
    found = surrounded(SPAWNED, "erlang")
    row = found.report.traces[0].frames[1]
    assert (row.function, row.module, row.file, row.line) == ("shop:rate/1", "shop", "shop.erl", 6)
    assert found.ts == 1769390759123456
    crashed = SERVED[SERVED.index("=CRASH") :]
    alone = surrounded(crashed, "erlang")
    assert (alone.report.error_type, alone.report.error_value) == ("badkey", "bad key: xts")
    assert dict(alone.report.facts)["initial_call"] == "shop:init/1"
    assert text_lines(alone)[:2] == [9, 12]


def test_the_shell():
    found = surrounded(SHELL, "erlang")
    assert (found.report.error_type, functions(found)) == ("function_clause", ["lists:sum/1", "shop:pay/2"])
    assert functions(surrounded(ESCRIPT, "erlang"))[1:3] == ["shop:rate/1", "shop:convert/2"]
    top = one("3> ** exception error: no function clause matching shop:clause(2,[a,b]) (shop.erl, line 9)", "erlang")
    assert functions(top) == ["shop:clause/2"]
    gone = one(
        "** exception exit: {{{badkey,xts},\n         " + STACK + "},\n    {gen_server,call,[x]}}", "erlang"
    ).report
    assert (gone.error_type, len(gone.traces[0].frames)) == ("badkey", 2)
    assert one("** exception throw: oops", "erlang").report.error_type == "throw"


def test_all_forms_have_one_key():
    texts = [SINGLE, DIED, MACHINE, SUPERVISED, BOOT]
    assert [functions(one(text, "erlang")) for text in texts] == [["shop:rate/1", "shop:pay/1"]] * len(texts)
    assert len({triage.stacks.signature(text) for text in texts}) == 1
    assert len({triage.stacks.signature(text) for text in (SERVED, SPAWNED, ESCRIPT)}) == 1


def test_terms():
    assert elements("{a,[b,{c}],\"},\",'d,',$,,#{k => {v}}}") == ["a", "[b,{c}]", '"},"', "'d,'", "$,", "#{k => {v}}"]
    assert elements("[]") == elements("atom") == []
    assert term_end("{a,b} c", 0) == 5
    assert term_end("{a,b", 0) == 4
    assert ended("{shutdown,{failed,[{a,b}]}}").frames == ()
    named = frame("{'Elixir.Shop.Rates',rate,[1,[2]],[{file,\"lib/shop/rates.ex\"},{line,4}]}")
    assert named is not None
    assert (named.function, named.language, named.line) == ("'Elixir.Shop.Rates':rate/2", "elixir", 4)
    called = frame("{#Fun<shop.0.123>,[],[]}")
    assert called is not None
    assert called.function == "#Fun<shop.0.123>/0"
    assert frame("{a,b,c,d}") is None


def test_damaged_and_other_texts():
    cut = one("Error in process <0.79.0> with exit value:\n{{badkey,xts},\n [{erlang,map", "erlang").report
    assert (cut.complete, cut.error_type) == (False, "badkey")
    assert not reports("we saw an exception error: none\n  here\nGeneric server terminating soon", "erlang")
    half = "\n".join(SERVED.split("\n")[:9])
    assert functions(one(half, "erlang"))[:1] in ([], ["erlang:map_get/2"])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from([*f"{SERVED}\n{SPAWNED}\n{SHELL}{SUPERVISED}{MACHINE}".splitlines(), "", "x"]), max_size=60
    )
)
def test_lines_in_any_order_are_scanned(lines):
    for found in reports("\n".join(lines), "erlang"):
        assert 1 <= found.first <= found.last <= len(lines)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.text("{}[],\"'$\\ab1#<>", max_size=60))
def test_any_text_is_scanned(text, term):
    for said in (text, term):
        reports(f"** exception error: {said}\n{said}\nError in process <0.1.0> with exit value:\n{said}\n", "erlang")
        reports(
            f"{BOOT[:31]}{said}\n** Generic server x terminating\n** Reason for termination ==\n** {said}", "erlang"
        )
        ended(said)
        frame(said)


@pytest.mark.parametrize(
    "line",
    [
        "** exception error: x\n in function a:b/1",
        "Error in process <0.1.0> with exit value:\n{{{{{",
        "** Generic server x terminating\n** Reason for termination ==\n** {a,[{b",
        "  crasher:\n    pid: <0.1.0>\n    exception error: x",
        "Generic server x terminating. Reason: {{{a,[{b,",
        "    errorContext: start_error\n    reason: {a",
    ],
)
def test_time_is_linear(line):
    scan_grows(line, "erlang")
