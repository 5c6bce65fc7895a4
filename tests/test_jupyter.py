"""Jupyter notebooks: errors of cells, traces that cells printed, where they stand; damage and old forms."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import triage
from tests.reading import read
from triage.formats import detect, jupyter
from triage.sources.source import HEAD_BYTES

RULE = "\x1b[0;31m" + "-" * 75 + "\x1b[0m"
TRACEBACK = [
    RULE,
    "\x1b[0;31mKeyError\x1b[0m                                  Traceback (most recent call last)",
    (
        "Cell \x1b[0;32mIn[7], line 2\x1b[0m\n\x1b[1;32m      1\x1b[0m rates \x1b[38;5;241m=\x1b[39m {}\n"
        "\x1b[0;32m----> 2\x1b[0m total(rates)\n"
    ),
    (
        "File \x1b[0;32m~/shop/pay.py:12\x1b[0m, in \x1b[0;36mtotal\x1b[0;34m(rates)\x1b[0m\n"
        "\x1b[1;32m     11\x1b[0m \x1b[38;5;28;01mdef\x1b[39;00m total(rates):\n"
        "\x1b[0;32m---> 12\x1b[0m     \x1b[38;5;28;01mreturn\x1b[39;00m rates[\x1b[38;5;124m'EUR'\x1b[39m]\n"
    ),
    "\x1b[0;31mKeyError\x1b[0m: 'EUR'",
]
ERROR = {"output_type": "error", "ename": "KeyError", "evalue": "'EUR'", "traceback": TRACEBACK}
PRINTED = 'Traceback (most recent call last):\n  File "/app/a.py", line 3, in f\n    g()\nValueError: no rate\n'
PYTHON = {
    "kernelspec": {"name": "python3", "language": "python"},
    "language_info": {"name": "python", "version": "3.13.1"},
}


def cell(*outputs: Any, **more: Any) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": "c-1",
        "execution_count": 7,
        "metadata": {},
        "source": ["rates = {}\n", "total(rates)"],
        "outputs": list(outputs),
    } | more


def written(*cells: Any, metadata: Any = PYTHON, **more: Any) -> bytes:
    return json.dumps({"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5} | more).encode()


def noted(tables: dict[str, list[dict[str, Any]]]) -> dict[str, str]:
    return {row["key"]: row["value"] for row in tables["annotations"] if row["scope"] == "notebook"}


def test_the_error_of_a_cell_is_an_event_with_its_stack():
    tables = read(written({"cell_type": "markdown", "metadata": {}, "source": "a"}, cell(ERROR)), "a.ipynb")
    (event,) = tables["events"]
    told = {name: event[name] for name in ("format", "event_kind", "level", "handled", "platform", "error_type")}
    assert told == {
        "format": "jupyter-notebook",
        "event_kind": "exception",
        "level": "error",
        "handled": False,
        "platform": "python",
        "error_type": "KeyError",
    }
    assert event["error_value"] == "'EUR'"
    assert [(row["file"], row["line"], row["function"]) for row in tables["frames"]] == [
        ("~/shop/pay.py", 12, "total"),
        ("In[7]", 2, None),
    ]
    assert noted(tables) == {
        "cell": "1",
        "cell_id": "c-1",
        "execution_count": "7",
        "output": "0",
        "source": "rates = {}\ntotal(rates)",
        "kernel": "python3",
        "language_version": "3.13.1",
    }
    assert tables["files"][0]["description"] == "Jupyter notebook: 2 cells, 1 event"


def test_traces_that_a_cell_printed_are_events_of_their_own():
    stream = {"output_type": "stream", "name": "stderr", "text": (PRINTED * 2).splitlines(keepends=True)}
    shown = {"output_type": "execute_result", "metadata": {}, "data": {"text/plain": PRINTED, "text/html": "<b>"}}
    tables = read(written(cell(stream, shown)), "a.ipynb")
    assert [(row["error_type"], row["error_value"]) for row in tables["events"]] == [("ValueError", "no rate")] * 3
    assert len({row["event_id"] for row in tables["events"]}) == 3


def test_the_time_of_a_cell_is_that_of_its_error():
    execution = {"iopub.status.busy": "2026-03-01T10:00:00Z", "shell.execute_reply": "2026-03-01T10:00:02.5+00:00"}
    (event,) = read(written(cell(ERROR, metadata={"execution": execution})), "a.ipynb")["events"]
    assert (event["ts"].isoformat(), event["ts_source"]) == ("2026-03-01T10:00:02.500000+00:00", "notebook cell")


def test_an_error_whose_traceback_nobody_knows_is_one_all_the_same():
    error = {"output_type": "error", "ename": "OutOfFuel", "evalue": "\x1b[31mat 3\x1b[0m", "traceback": ["\x1b[1mhm"]}
    tables = read(written(cell(error), metadata={"kernelspec": {"name": "odd", "language": "Odd"}}), "a.ipynb")
    (event,) = tables["events"]
    assert (event["error_type"], event["error_value"], event["platform"]) == ("OutOfFuel", "at 3", "odd")
    assert noted(tables)["traceback"] == "hm"


def test_the_class_of_an_error_is_told_with_its_module_where_the_traceback_names_it():
    traceback = [PRINTED.replace("ValueError: no rate", "req.HTTPError: 503")]
    error = {"output_type": "error", "ename": "HTTPError", "evalue": "503", "traceback": traceback}
    (event,) = read(written(cell(error)), "a.ipynb")["events"]
    assert event["error_type"] == "req.HTTPError"


def test_a_notebook_of_nbformat_3():
    error = {**ERROR, "output_type": "pyerr"}
    old = {"cell_type": "code", "input": "total(rates)", "prompt_number": 4, "outputs": [error]}
    data = json.dumps({"nbformat": 3, "metadata": {}, "worksheets": [{"cells": [old]}]}).encode()
    assert detect(data)[0].format == "jupyter-notebook"
    tables = read(data, "a.ipynb")
    assert len(tables["events"]) == 1
    assert (noted(tables)["execution_count"], noted(tables)["source"]) == ("4", "total(rates)")


def test_a_large_notebook_is_known_by_its_beginning_and_one_that_is_cut_is_read_as_far_as_it_goes():
    data = written(cell(ERROR), cell(source="x" * 2 * HEAD_BYTES))
    assert detect(data)[0].format == "jupyter-notebook"
    case = triage.load(data[:-30])
    assert case.events()["error_type"].tolist() == ["KeyError"]
    assert case.files()["parse_status"].tolist() == ["partial"]
    assert len(case.quarantine()) == 1


def test_a_notebook_without_errors_is_read_and_other_json_is_none():
    case = triage.load(written(cell()))
    assert (len(case.incidents()), case.files()["parse_status"].tolist()) == (0, ["ok"])
    for other in (b'{"cells": [1], "rows": 3}', b'{"nbformat": 4}', b'["cells", "nbformat"]'):
        assert "jupyter-notebook" not in [hit.format for hit in detect(other)]


def test_a_redacted_notebook_has_the_same_events_and_shows_no_value():
    error = ERROR | {"evalue": "no mail for ana.plum@example.com"}
    case = triage.load(written(cell(error)))
    redacted = case.redact()
    assert redacted.events()["event_id"].tolist() == case.events()["event_id"].tolist()
    assert redacted.incidents()["incident_id"].tolist() == case.incidents()["incident_id"].tolist()
    assert "ana.plum" not in "".join(redacted.events()["error_value"])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["cells", "outputs", "output_type", "text", "data", "traceback", "ename", "metadata", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("kind", ["error", "stream", "execute_result"])
@given(value=json_values)
def test_content_never_raises(kind, value):
    parts = dict.fromkeys(("ename", "evalue", "traceback", "text", "data"), value)
    data = written(value, cell(value, {"output_type": kind, **parts}), metadata=value)
    assert read(data, "a.ipynb", reader=jupyter)["files"]
    assert read(written(cells=value, metadata=value), "a.ipynb", reader=jupyter)["files"]
