"""How MongoDB's servers end, written by hand in the form of their logs."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scanned import functions, one, reports, scan_grows
from triage.stacks import signature


def line(severity, msg, attr=None, ctx="conn7"):
    head = {"t": {"$date": "2026-01-26T03:11:10.220+00:00"}, "s": severity, "c": "-", "id": 1, "ctx": ctx, "msg": msg}
    return json.dumps(head | ({"attr": attr} if attr else {}), separators=(",", ":"))


def frame(name, address):
    return line("I", "Frame", {"frame": {"a": address, "b": "55E7", "o": "1A", "C": name, "s+": "31"}})


def crash(function="mongo::Vault::rotate(int)", base="55E7B01C2A3"):
    names = ["mongo::printStackTrace()", "abort", "mongo::invariantFailed(char const*)", function, "mongo::Job::run()"]
    return [
        line("F", "Invariant failure", {"expr": "_sealed", "file": "src/vault.cpp", "line": 164}),
        line("F", "\n\n***aborting after invariant() failure\n\n"),
        line("I", "BACKTRACE", {"bt": {"backtrace": [{"a": "1", "s": "_ZN5mongo15printStackTraceEv"}]}}),
        *(frame(name, f"{base}{number}") for number, name in enumerate(names)),
    ]


def test_an_invariant_with_its_frames():
    lines = [line("I", "Connection accepted", ctx="listener"), *crash(), line("I", "x", ctx="other")]
    found = one("\n".join(lines), "mongodb")
    assert (found.first, found.last) == (2, 9)
    assert (found.report.kind, found.report.error_type, found.report.error_value) == (
        "assertion",
        "Invariant failure",
        "_sealed",
    )
    assert functions(found)[3:] == ["mongo::Vault::rotate", "mongo::Job::run"]


def test_other_addresses_are_one_and_another_function_is_another():
    one_, other = "\n".join(crash()), "\n".join(crash(base="55AAB01C2A3"))
    assert signature(one_) == signature(other) != ""
    assert signature(one_) != signature("\n".join(crash("mongo::Vault::seal()")))


def test_lines_that_a_container_keeps():
    lines = crash()
    kept = [json.dumps({"log": f"{line}\n", "stream": "stdout"}) for line in lines]
    for told in ([f"db-1  | {line}" for line in lines], kept):
        assert signature("\n".join(told)) == signature("\n".join(lines)) != ""


def test_a_signal_and_a_trace_in_one_line():
    rows = [{"a": "5A", "s": "abort"}, {"a": "5B", "s": "_ZN5mongo5Vault6rotateEv", "C": "mongo::Vault::rotate()"}]
    lines = [
        line("F", "Writing fatal message", {"message": "Got signal: 11 (Segmentation fault).\n"}),
        line("I", "BACKTRACE", {"bt": {"backtrace": rows}}),
    ]
    report = one("\n".join(lines), "mongodb").report
    assert (report.kind, report.signal, report.traces[0].frames[1].function) == (
        "crash",
        "SIGSEGV",
        "mongo::Vault::rotate",
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*crash(), '{"t":1,"ctx":"a","msg":"Frame"}', '{"t":', "x"]), max_size=30))
def test_lines_in_any_order_are_scanned(lines):
    for found in reports("\n".join(lines), "mongodb"):
        assert 1 <= found.first <= found.last <= len(lines)


@pytest.mark.parametrize("text", ["\n".join(crash()), frame("f", "1")])
def test_time_is_linear(text):
    scan_grows(text, "mongodb")


@pytest.mark.parametrize(("said", "same"), [("Invalid access at address: 0x18\n", True), ("Goodbye\n", False)])
def test_the_handler_of_a_fault_says_what_it_was(said, same):
    names = ["mongo::Vault::rotate(int)", "mongo::Job::run()", "mongo::main()"]
    lines = [line("F", "Writing fatal message", {"message": said}), *(frame(name, "55E7B0") for name in names)]
    debugger = "Program received signal SIGSEGV, Segmentation fault.\n" + "".join(
        f"#{nth}  0x0000556b27e8a10{nth} in {name.partition('(')[0]} () at vault.cpp:3\n"
        for nth, name in enumerate(names)
    )
    assert (signature("\n".join(lines)) == signature(debugger) != "") is same
