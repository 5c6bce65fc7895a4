"""The committed notebooks are fit to be read, and the check that says so catches what it must."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest

from notebooks import hygiene, render

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
ADDRESSES = {
    "/srv/checkouts/triage": "the checkout's path",
    "build-7": "the host name",
    "/scratch/": "a temporary path",
}

GOOD: dict[str, Any] = {
    "cells": [
        {"cell_type": "markdown", "id": "cell-0", "metadata": {}, "source": ["# A crash"]},
        {
            "cell_type": "code",
            "execution_count": 1,
            "id": "cell-1",
            "metadata": {},
            "outputs": [{"output_type": "stream", "name": "stdout", "text": ["one\n", "two\n"]}],
            "source": ["print('one')\n", "print('two')"],
        },
        {
            "cell_type": "code",
            "execution_count": 2,
            "id": "cell-2",
            "metadata": {},
            "outputs": [
                {
                    "output_type": "execute_result",
                    "execution_count": 2,
                    "metadata": {},
                    "data": {"text/plain": ["42"], "text/html": ["<b>42</b>"]},
                }
            ],
            "source": ["6 * 7"],
        },
        {"cell_type": "code", "execution_count": None, "id": "cell-3", "metadata": {}, "outputs": [], "source": []},
    ],
    "metadata": {"kernelspec": render.KERNEL, "language_info": {"name": "python"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}


def with_error(notebook: dict[str, Any]) -> None:
    notebook["cells"][2]["outputs"] = [{"output_type": "error", "ename": "KeyError", "evalue": "", "traceback": []}]


SPOILED: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "not run": (lambda n: n["cells"][1].update(execution_count=None), "cell 1: never executed"),
    "run twice": (lambda n: n["cells"][2].update(execution_count=5), "executed as number 5, not 2"),
    "out of order": (lambda n: n["cells"][1].update(execution_count=2), "executed as number 2, not 1"),
    "failed": (with_error, "cell 2: it failed with KeyError"),
    "no outputs": (lambda n: [c.update(outputs=[]) for c in n["cells"][1:]], "no cell has an output"),
    "other id": (lambda n: n["cells"][0].update(id="3f9c"), "its id is '3f9c', not 'cell-0'"),
    "widget state": (lambda n: n["metadata"].update(widgets={}), "saved widget state"),
    "widget view": (
        lambda n: n["cells"][2]["outputs"][0]["data"].update({hygiene.WIDGET_VIEW: {"model_id": "0"}}),
        "cell 2: a widget view",
    ),
    "other kernel": (lambda n: n["metadata"]["kernelspec"].update(name="my-env"), "not python3"),
    "checkout": (lambda n: n["cells"][1].update(source=["f('/srv/checkouts/triage/a.dmp')"]), "the checkout's path"),
    "host": (
        lambda n: n["cells"][1]["outputs"][0].update(text=["Running on build-7.\n"]),
        "the host name: 'build-7'",
    ),
    "temporary path": (
        lambda n: n["cells"][2]["outputs"][0]["data"].update({"text/html": ["<i>/scr", "atch/x</i>"]}),
        "a temporary path",
    ),
    "in metadata": (lambda n: n["metadata"].update(path="/srv/checkouts/triage"), "the checkout's path"),
}


def test_a_good_notebook_has_no_problems() -> None:
    assert hygiene.problems(GOOD, ADDRESSES) == []


@pytest.mark.parametrize("name", SPOILED)
def test_each_problem_is_caught(name: str) -> None:
    spoil, message = SPOILED[name]
    notebook = copy.deepcopy(GOOD)
    spoil(notebook)
    assert any(message in problem for problem in hygiene.problems(notebook, ADDRESSES))


def test_an_address_is_found_only_as_a_whole() -> None:
    for text, found in (("on build-7", True), ("build-70", False), ("rebuild-7", False), ("/my/scratch/x", False)):
        notebook = copy.deepcopy(GOOD)
        notebook["cells"][0]["source"] = [text]
        assert bool(hygiene.problems(notebook, ADDRESSES)) is found, text


def test_this_machine_is_known_by_its_checkout_and_temporary_folder() -> None:
    addresses = hygiene.machine_addresses(Path("/srv/checkouts/triage"))
    assert addresses["/srv/checkouts/triage"] == "the checkout's path"
    assert addresses["/tmp/"] == "a temporary path"
    assert "/app" not in hygiene.machine_addresses(Path("/app"))


def test_a_failure_that_is_the_lesson_is_allowed() -> None:
    notebook = copy.deepcopy(GOOD)
    with_error(notebook)
    notebook["cells"][2]["metadata"]["tags"] = ["raises-exception"]
    assert hygiene.problems(notebook, ADDRESSES) == []


def test_render_drops_what_differs_from_run_to_run() -> None:
    notebook = copy.deepcopy(GOOD)
    notebook["metadata"]["widgets"] = {"state": {}}
    notebook["metadata"]["language_info"]["version"] = "3.99"
    notebook["cells"][0]["id"] = "8a5e"
    notebook["cells"][1]["metadata"]["execution"] = {"iopub.execute_input": "2026-01-01"}
    notebook["cells"][2]["outputs"][0]["data"][hygiene.WIDGET_VIEW] = {"model_id": "0"}
    render.normalise(notebook)
    assert notebook == GOOD


def test_render_executes_and_writes_the_same_bytes_again(tmp_path: Path) -> None:
    path = tmp_path / "story.ipynb"
    raw = copy.deepcopy(GOOD)
    for cell in raw["cells"][1:]:
        cell.update(execution_count=None, outputs=[])
    path.write_text(json.dumps(raw), "utf-8")
    assert render.render(path) == []
    first = path.read_bytes()
    assert nbformat.reads(first.decode(), as_version=4)["cells"][1]["outputs"][0]["text"] == "one\ntwo\n"
    assert render.render(path) == []
    assert path.read_bytes() == first


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda path: path.name)
def test_committed_notebook_is_fit_to_be_read(path: Path) -> None:
    notebook = json.loads(path.read_text("utf-8"))
    assert hygiene.problems(notebook, hygiene.machine_addresses(ROOT)) == []
    assert hygiene.leaks(path.read_bytes(), path.name) == []


def test_a_value_that_is_shown_is_told_without_it() -> None:
    notebook = copy.deepcopy(GOOD)
    notebook["cells"][1]["source"] = "mail = 'ana.plum@example.com'"
    (told,) = hygiene.leaks(json.dumps(notebook).encode(), "x.ipynb")
    assert told == "cell 1, line 1: email, which `triage notebook clean` refuses"
    planted = ROOT / "notebooks" / "04_redact_and_share.ipynb"
    assert hygiene.leaks(planted.read_bytes(), "a copy.ipynb")
