"""Errors of ASP.NET as its page shows them, written by hand in the form of ASP.NET 4."""

from __future__ import annotations

import pytest

import triage
from tests.scanned import functions, one, reports, scan_grows
from triage.stacks import signature

TEXT = """\
[InvalidOperationException: no rate 386]
   Shop.Rates.Parse(String name, Int32 slot) in D:\\src\\Rates.cs:45
   Shop.Cart.<>c__DisplayClass3_0.<Total>b__2(String name) in D:\\src\\Cart.cs:61
   Shop.Cart.Pay() +29

[CartException: cart
of two lines]
   Shop.Cart.Pay() in D:\\src\\Cart.cs:66

[HttpUnhandledException (0x80004005): Exception of type 'System.Web.HttpUnhandledException' was thrown.]
   System.Web.UI.Page.HandleError(Exception e) +2957
   System.Web.UI.Page.ProcessRequest() +20"""


def test_errors_that_came_from_each_other() -> None:
    found = one("Server Error in '/' Application.\n" + TEXT + "\n\nVersion Information: 4.8", "dotnet-page")
    assert (found.first, found.last) == (2, 13)
    crash, cause, around = found.report.traces
    assert (crash.error_type, crash.error_value) == ("CartException", "cart\nof two lines")
    assert (cause.error_type, cause.role, len(cause.frames)) == ("InvalidOperationException", "cause", 3)
    assert around.role == "wrapper"
    assert functions(found) == ["Shop.Cart.Pay"]


def test_one_error() -> None:
    text = TEXT.partition("\n\n")[0]
    assert triage.loads(text).events()["culprit"].tolist() == ["Shop.Rates.Parse (Rates.cs:45)"]
    other = text.replace("386", "7").replace(":45", ":49").replace("Class3_0", "Class4_0")
    assert signature(text) == signature(other) != signature(text.replace("Parse", "Scan"))


@pytest.mark.parametrize(
    "text",
    [
        "[CartException: no rate]",
        "[CartException: no rate]\n   at Shop.Cart.Pay() in D:\\a.cs:line 3",
        "[Exception: a\n\n\nb",
        "[main] CartException: no rate\n   Shop.Cart.Pay() +29",
    ],
)
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "dotnet-page")


@pytest.mark.parametrize("text", [TEXT, TEXT.split("\n", maxsplit=1)[0], TEXT.split("\n")[1]])
def test_time_is_linear(text: str) -> None:
    scan_grows(text, "dotnet-page")
