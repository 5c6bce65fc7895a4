"""Errors of Vim script, written by hand in the forms of Vim 7.4 to 9.1 and of Neovim."""

from __future__ import annotations

import pytest

import triage
from tests.scanned import functions, one, reports, scan_grows, surrounded
from triage.stacks import signature

TEXT = """\
Error detected while processing BufRead Autocommands for "*"..function shop#Total[23]..<SNR>12_each[2]..\
shop#price#Parse:
line   17:
E716: Key not present in Dictionary: "rate63\""""


def test_an_error_in_a_function() -> None:
    found = surrounded(TEXT, "vim")
    assert found.report.error_type == "E716"
    assert functions(found) == ["shop#price#Parse", "s:each", "shop#Total", "<autocommand>"]
    assert [frame.line for frame in found.report.traces[0].frames] == [17, 2, 23, None]
    assert triage.loads(TEXT).events()["culprit"].tolist() == ["shop#price#Parse"]


def test_a_script() -> None:
    head = "Error detected while processing /home/ana/.vimrc[3]..script /home/ana/shop.vim:"
    text = f"{head}\nline    2:\nE121: Undefined variable: rate"
    (frame, _) = one(text, "vim").report.traces[0].frames
    assert (frame.function, frame.file, frame.line) == ("<script>", "/home/ana/shop.vim", 2)


def test_what_counts() -> None:
    other = TEXT.replace("rate63", "rate7").replace("<SNR>12_", "<SNR>40_").replace("17", "19")
    assert signature(TEXT) == signature(other) != signature(TEXT.replace("Parse", "Scan"))


@pytest.mark.parametrize("text", ["Error detected while processing order 7:", "Error in function pay:\nno rate"])
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "vim")


@pytest.mark.parametrize("text", [TEXT, TEXT.split("\n", maxsplit=1)[0]])
def test_time_is_linear(text: str) -> None:
    scan_grows(text, "vim")
