"""Failures of simulations, written by hand in the forms of Verilator 4 and 5 and of UVM 1.2."""

from __future__ import annotations

import pytest

from tests.growth import grows_evenly
from tests.scanned import functions, one, reports, scan_grows, surrounded
from triage.formats.traces.scanning import scan
from triage.stacks import signature

TEXT = """\
[1787] %Error: shop.sv:337: Assertion failed in TOP.shop.u_cart.pay: fifo overflow
%Error: /src/rtl/shop.sv:337: Verilog $stop
Aborting..."""
UVM = "UVM_FATAL /src/tb/shop.sv(176) @ 5363: uvm_test_top.env.cart [PAY] unexpected beat at 9326"


def test_an_assertion() -> None:
    found = surrounded(TEXT, "verilog")
    report = found.report
    assert (report.kind, report.error_value) == ("assertion", "fifo overflow")
    assert functions(found) == ["TOP.shop.u_cart.pay"]
    assert signature(TEXT) != signature(TEXT.replace("u_cart.pay", "u_cart.add")) != ""
    assert signature(TEXT) != signature(TEXT.replace("fifo overflow", "no credit"))


def test_the_shell_tells_of_the_end_below() -> None:
    ended = TEXT + "\nAborted (core dumped)"
    other = ended.replace("[1787]", "[9]").replace(":337", ":341").replace("%Error: s", "%Fatal: s")
    assert signature(other) == signature(ended) == signature(TEXT)
    assert signature(ended) != signature(ended.replace("u_cart.pay", "u_cart.add"))


def test_a_fatal_message_and_an_error_of_uvm() -> None:
    found = surrounded(UVM, "verilog")
    report = found.report
    assert (report.level, report.error_type, report.error_value) == ("fatal", "PAY", "unexpected beat at 9326")
    other = (
        UVM.replace("9326", "7").replace("(176)", "(180)").replace("@ 5363", "@ 12.50 ns").replace("/src/", "/home/")
    )
    assert signature(other) == signature(UVM) != signature(UVM.replace("[PAY]", "[ADD]"))
    assert one(UVM.replace("FATAL", "ERROR").replace("/src/tb/shop.sv(176) ", ""), "verilog").report.level == "error"


@pytest.mark.parametrize(
    "text", ["UVM_FATAL :    1", "UVM_ERROR @ x", "Assertion failed in pay", "%Error: shop.sv:3: Assertion failed in"]
)
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "verilog")


def test_time_grows_with_the_text() -> None:
    scan_grows(TEXT, "verilog")
    scan_grows(UVM, "verilog")


def test_blanks_in_a_line_take_time_in_proportion() -> None:
    def make(size: int) -> list[str]:
        return TEXT.replace("fifo ", "fifo" + " " * size, 1).split("\n")

    grows_evenly(lambda lines: list(scan(enumerate(lines), only="verilog")), make, 4_000, enlarged=1)
