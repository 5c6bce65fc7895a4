"""Crashes of Ceph's daemons, written by hand in the forms of its versions 14 to 18."""

from __future__ import annotations

import pytest

import triage
from tests.scanned import functions, prefixed, reports, scan_grows, surrounded
from triage.stacks import signature

TEXT = """\
*** Caught signal (Segmentation fault) **
 in thread 7f11aa22bb33 thread_name:tp_osd_tp

 ceph version 17.2.6 (d7ff0d10654d2280e08f1ab989c7cdf3064446a5) quincy (stable)
 1: /lib64/libpthread.so.0(+0x12cf0) [0x7f63e810e330]
 2: (PG::take(PG&, bool)+0x2f) [0x55753aee302f]
 3: (OSD::serve(int)::{lambda(int)#1}::operator()(int) const+0x3f) [0x55753aef303f]
 4: clone()
 NOTE: a copy of the executable, or `objdump -rdS <executable>` is needed to interpret this."""
FAILED = """\
/build/ceph/src/osd/PG.cc: In function 'void PG::take(int)' thread 7f11aa22bb33 time 2024-03-05T10:11:12.123456+0000
/build/ceph/src/osd/PG.cc: 2435: FAILED ceph_assert(left > 0)
 ceph version 17.2.6 (d7ff0d10654d2280e08f1ab989c7cdf3064446a5) quincy (stable)
 1: (ceph::__ceph_assert_fail(char const*, char const*, int, char const*)+0x14f) [0x55753a000001]
 2: ceph-osd(+0x4d2a8e) [0x55753a000002]
 3: (PG::take(int)+0x2f) [0x55753aee302f]"""


def test_a_signal() -> None:
    found = surrounded(TEXT, "ceph")
    assert (found.report.signal, found.report.release) == ("SIGSEGV", "17.2.6")
    assert found.report.traces[0].thread_name == "tp_osd_tp"
    assert functions(found) == [None, "PG::take", "OSD::serve(int)::{lambda(int)#1}::operator()", "clone"]
    assert triage.loads(TEXT).events()["culprit"].tolist() == ["PG::take"]


def test_below_the_prefix_of_a_container() -> None:
    assert functions(prefixed(TEXT, "ceph"))[1] == "PG::take"


def test_an_assertion() -> None:
    found = surrounded(FAILED, "ceph")
    assert (found.report.kind, found.report.error_value) == ("assertion", "left > 0")
    assert found.report.traces[0].frames[1].module == "ceph-osd"
    assert triage.loads(FAILED).events()["culprit"].tolist() == ["PG::take"]


def test_what_counts() -> None:
    other = TEXT.replace("55753a", "66753a").replace("7f11", "7f22")
    assert signature(TEXT) == signature(other) != signature(TEXT.replace("PG::take", "PG::give"))


@pytest.mark.parametrize(
    "text", [TEXT.split("\n", maxsplit=1)[0], "a.cc: 12: FAILED assert(x)", "*** Caught signal (2) **\n 1: x"]
)
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "ceph")


@pytest.mark.parametrize("text", [TEXT, FAILED, TEXT.split("\n", maxsplit=1)[0]])
def test_time_is_linear(text: str) -> None:
    scan_grows(text, "ceph")
