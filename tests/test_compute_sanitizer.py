"""Errors of compute-sanitizer, written by hand in the forms of cuda-memcheck 10 and compute-sanitizer 2023."""

from __future__ import annotations

import pytest

from tests.scanned import functions, one, reports, scan_grows, surrounded
from triage.stacks import signature

TEXT = """\
========= Invalid __global__ read of size 4 bytes
=========     at pay(float *, int)+0x160 in /srv/shop/cart.cu:31
=========     by thread (53,0,0) in block (65,0,0)
=========     Address 0x7f06b8f16ad4 is out of bounds
=========     Saved host backtrace up to driver entry point at kernel launch time
=========     Host Frame: [0x72550]
=========                 in /usr/lib/libcuda.so.1
=========     Host Frame:shop::checkout(int) in /srv/shop/main.cu:12 [0x249c1]
=========                 in /srv/shop/shop"""
OLD = """\
========= Invalid __global__ write of size 4
=========     at 0x00000160 in /srv/shop/cart.cu:31:pay(float*, int)
=========     by thread (5,0,0) in block (0,0,0)"""


def test_an_error_of_a_kernel() -> None:
    found = surrounded(TEXT, "compute-sanitizer")
    report = found.report
    assert (report.error_type, report.access, report.access_size, report.fault_address) == (
        "Invalid __global__ read",
        "READ",
        4,
        0x7F06B8F16AD4,
    )
    assert functions(found) == ["pay", None, "shop::checkout"]
    device, driver, host = report.traces[0].frames
    assert (device.file, device.line, driver.module, host.line) == (
        "/srv/shop/cart.cu",
        31,
        "/usr/lib/libcuda.so.1",
        12,
    )


def test_the_form_of_cuda_memcheck() -> None:
    frame = one(OLD, "compute-sanitizer").report.traces[0].frames[0]
    assert (frame.function, frame.file, frame.line) == ("pay", "/srv/shop/cart.cu", 31)


def test_another_function_is_another_key() -> None:
    assert signature(TEXT) != signature(TEXT.replace("pay", "add")) != ""


@pytest.mark.parametrize("text", ["========= Invalid option", "========= Invalid __global__ read of size 4\nok"])
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "compute-sanitizer")


@pytest.mark.parametrize("text", [TEXT, OLD, "========= Invalid __global__ read of size 4"])
def test_time_is_linear(text: str) -> None:
    scan_grows(text, "compute-sanitizer")


@pytest.mark.parametrize("place", ["/srv/shop/main.cu:12:", "main.cu:7:", ""])
def test_a_place_may_stand_before_a_function_of_the_host(place: str) -> None:
    text = TEXT.replace("shop::checkout(int) in /srv/shop/main.cu:12", f"{place}shop::checkout(int)")
    host = one(text, "compute-sanitizer").report.traces[0].frames[2]
    assert host.function == "shop::checkout"
    assert (f"{host.file}:{host.line}:" if host.file else "") == place
    assert signature(text) == signature(TEXT)
