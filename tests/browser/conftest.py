"""Fixtures of the browser tests: one Chromium and one JupyterLab for all, a fresh page for each."""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.desk import KERNEL, Desk
from tests.browser.lab import Lab, LabServer
from tests.browser.reviewing import Review
from tests.tools import chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

HERE = Path(__file__).parent
TIMEOUT_MS = 60_000


class Axe(Protocol):
    """Runs axe-core on a part of a page."""

    def __call__(self, page: Page, selector: str) -> list[dict[str, Any]]:
        """The violations inside `selector`, each with its id, impact, help and the elements concerned."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder as a browser test."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A Chromium. None to be had: a failure where CI=true, else the tests are skipped with the reason."""
    path = chromium.find()
    if path is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(chromium.MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(chromium.FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def lab_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """A JupyterLab on a copy of the notebooks and samples."""
    with LabServer(tmp_path_factory.mktemp("lab")) as server:
        yield server


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of its own, without animation; it fails the test if it asked for anything that is not on loopback."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(TIMEOUT_MS)
    outside: list[str] = []

    def note(url: str) -> None:
        address = urlsplit(url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.hostname != "127.0.0.1":
            outside.append(url)

    context.on("request", lambda request: note(request.url))
    yield context.new_page()
    context.close()
    assert outside == []


@pytest.fixture
def lab(page: Page, lab_server: LabServer) -> Lab:
    """JupyterLab in the page; `lab.open("notebooks/x.ipynb")` to begin."""
    return Lab(page, lab_server)


@pytest.fixture
def desk(lab: Lab) -> Iterator[Desk]:
    """A JupyterLab with notebooks to write and open; its kernel is shut down at the end."""
    yield Desk(lab)
    lab.page.evaluate(f"() => {KERNEL}?.shutdown()")


@pytest.fixture
def review(desk: Desk) -> Review:
    """The review of a case with planted secrets, on screen and closed."""
    return Review(desk)


@pytest.fixture(scope="session")
def axe() -> Axe:
    """Runs axe-core: `assert axe(page, ".triage-root") == []`."""
    source = (resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")

    def violations(page: Page, selector: str) -> list[dict[str, Any]]:
        # Evaluated, not added as a script element: the page's own security policy holds for those.
        page.evaluate(f"() => {{ if (!window.axe) {{ {source} }} }}")
        found: list[dict[str, Any]] = page.evaluate(
            """selector => window.axe.run({include: [[selector]]}, {resultTypes: ['violations']}).then(result =>
                result.violations.map(({id, impact, help, nodes}) => (
                    {id, impact, help, nodes: nodes.map(node => node.html)})))""",
            selector,
        )
        return found

    return violations
