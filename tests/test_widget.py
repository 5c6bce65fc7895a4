"""The base of the widgets: every call is answered, traits hold no data, and other viewers get a figure."""

from __future__ import annotations

import logging
import re
from typing import Any

import pandas as pd
import pytest

from triage.errors import SourceError
from triage_widgets import widget as module
from triage_widgets.figure import Figure
from triage_widgets.widget import Widget

SECRET = "not-a-real-secret"


class Sample(Widget):
    """A widget with one call of every end."""

    def calls(self) -> dict[str, Any]:
        return {
            "add": lambda a, b=1: a + b,
            "told": self._told,
            "broken": self._broken,
            "unsendable": lambda: {"surrogate": "\ud800"},
            "no_json": lambda: {1, 2},
        }

    def figure(self) -> Figure:
        return Figure(alt="a", caption="c", data=pd.DataFrame({"n": [1]}))

    def _told(self) -> None:
        raise SourceError("the file has moved \udcff; load it again")

    def _broken(self) -> None:
        raise ValueError(f"cannot parse {SECRET}")


def ask(name: Any, **arguments: Any) -> dict[str, Any]:
    answer, buffers = Sample().call({"name": name, "arguments": arguments}, [])
    assert buffers == []
    return answer


def test_a_value_is_answered() -> None:
    assert ask("add", a=2) == {"ok": True, "value": 3}
    assert ask("add", a="x", b="y") == {"ok": True, "value": "xy"}


def test_an_error_of_ours_is_told() -> None:
    assert ask("told") == {"ok": False, "error": "the file has moved ?; load it again"}


def test_any_other_error_is_told_without_content(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, logger=module.__name__):
        answer = ask("broken")
    assert answer["ok"] is False
    assert "ValueError" in answer["error"]
    assert SECRET not in answer["error"]
    assert SECRET not in caplog.text
    assert "in _broken" in caplog.text


@pytest.mark.parametrize(("name", "kind"), [("unsendable", "UnicodeEncodeError"), ("no_json", "TypeError")])
def test_what_cannot_be_sent_is_an_error_too(name: str, kind: str) -> None:
    assert kind in ask(name)["error"]


@pytest.mark.parametrize(
    "message",
    [{"name": "nothing"}, {"name": SECRET, "arguments": {}}, {"name": "add"}, {"name": "add", "arguments": {"z": 1}}],
)
def test_a_call_that_does_not_fit_is_answered(message: dict[str, Any]) -> None:
    answer, _ = Sample().call(message, [])
    assert answer["ok"] is False
    assert SECRET not in answer["error"]


@pytest.mark.parametrize("message", [{}, None, "call", 3, {"name": ["x"]}, {"name": "add", "arguments": [1]}])
def test_a_message_of_another_shape_is_answered(message: Any) -> None:
    answer, _ = Sample().call(message, [])
    assert answer["ok"] is False


def test_other_viewers_get_the_figure_and_no_address() -> None:
    sample = Sample()
    data, metadata = sample._repr_mimebundle_()
    assert data["text/plain"] == repr(sample) == "<triage.Sample>"
    assert data["text/html"] == sample.figure().html()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == sample.model_id
    assert metadata == {}


def test_traits_are_the_code_and_the_kind() -> None:
    state = Sample().get_state()
    ours = {key for key in state if key not in Widget.__mro__[2]().get_state()}
    assert ours == {"kind", "_esm", "_css", "_anywidget_id"}
    assert state["kind"] == ""


def test_the_bundle_is_small_and_asks_for_nothing() -> None:
    code, style = str(Widget._esm), str(Widget._css)
    assert len(code.encode()) + len(style.encode()) < 60_000
    assert not re.search(r"https?:|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", code)
    assert not re.search(r"https?:|url\(|@import", style)


def test_every_style_is_ours_alone() -> None:
    style = re.sub(r"/\*.*?\*/", "", str(Widget._css), flags=re.DOTALL)
    selectors = [part.strip() for rule in re.findall(r"([^{}]+)\{", style) for part in re.split(r",(?![^(]*\))", rule)]
    assert len(selectors) > 50
    assert [name for name in selectors if not name.startswith((".triage-", "@media", "@container triage"))] == []
