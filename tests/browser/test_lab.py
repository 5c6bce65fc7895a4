"""JupyterLab itself comes up for the other browser tests, and its pieces answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.browser.lab import PANEL

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Axe
    from tests.browser.lab import Lab

NOTEBOOK = {
    "cells": [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": "cell-0",
            "metadata": {},
            "outputs": [],
            "source": "import triage; answer = 6 * 7; answer",
        }
    ],
    "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}


def test_lab_shows_its_launcher(lab: Lab) -> None:
    lab.open()
    lab.page.locator(".jp-LauncherCard", has_text="Python 3").first.wait_for()


def test_a_notebook_runs_and_its_kernel_has_triage(lab: Lab) -> None:
    (lab.server.root / "smoke.ipynb").write_text(json.dumps(NOTEBOOK), "utf-8")
    lab.open("smoke.ipynb")
    lab.run_all()
    assert lab.page.locator(f"{PANEL} .jp-OutputArea-executeResult pre").inner_text() == "42"
    assert lab.kernel("print(answer + 1)") == "43\n"


def test_axe_finds_what_is_wrong_and_nothing_else(page: Page, axe: Axe) -> None:
    page.set_content("<main lang=en><p id=good>fine</p><div id=bad><img src='data:,'></div></main>")
    assert [violation["id"] for violation in axe(page, "#bad")] == ["image-alt"]
    assert axe(page, "#good") == []
