"""Fixtures of the browser tests: one Chromium, one JupyterLab and one page of it for all that a worker runs.

Loading JupyterLab's page and starting a kernel cost more than most of the tests, so both go from test to test, as they
do for a person: all that was open is closed in between, the kernel forgets its variables and widgets. After a failure,
and where something stays that can only be loaded away, the next test gets a new page.
"""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.desk import Desk
from tests.browser.lab import VIEWPORT, Lab, LabServer
from tests.browser.reviewing import Review
from tests.tools import chromium

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from playwright.sync_api import Browser, Page

HERE = Path(__file__).parent
TIMEOUT_MS = 60_000
FAILED = pytest.StashKey[bool]()


class Axe(Protocol):
    """Runs axe-core on a part of a page."""

    def __call__(self, page: Page, selector: str) -> list[dict[str, Any]]:
        """The violations inside `selector`, each with its id, impact, help and the elements concerned."""


class Pages:
    """One page after the other, without animation; it notes what was asked for that is not on loopback."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._page: Page | None = None
        self.outside: list[str] = []

    @property
    def page(self) -> Page:
        """The page; a new one where there is none."""
        if self._page is None:
            context = self._browser.new_context(viewport=VIEWPORT, reduced_motion="reduce")
            context.set_default_timeout(TIMEOUT_MS)
            context.on("request", lambda request: self._note(request.url))
            self.outside = []
            self._page = context.new_page()
        return self._page

    def close(self) -> None:
        """Close the page: the next one is new."""
        if self._page is not None:
            self._page.context.close()
            self._page = None

    def _note(self, url: str) -> None:
        address = urlsplit(url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.hostname != "127.0.0.1":
            self.outside.append(url)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let the fixtures know that a test failed."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


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


@pytest.fixture(scope="package")
def pages(browser: Browser) -> Iterator[Pages]:
    """The pages of the tests."""
    pages = Pages(browser)
    yield pages
    pages.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page of its own."""
    pages = Pages(browser)
    yield pages.page
    pages.close()
    assert pages.outside == []


@pytest.fixture
def lab(request: pytest.FixtureRequest, pages: Pages, lab_server: LabServer) -> Iterator[Lab]:
    """JupyterLab with nothing open; `lab.open("notebooks/x.ipynb")` to begin."""
    lab = Lab(pages.page, lab_server)
    yield lab
    outside = pages.outside
    if outside or request.node.stash.get(FAILED, False) or not lab.clear():
        pages.close()
    assert outside == []


@pytest.fixture
def desk(request: pytest.FixtureRequest, lab: Lab) -> Iterator[Desk]:
    """A JupyterLab with notebooks to write and open; their kernel is as new for the next test."""
    desk = Desk(lab)
    yield desk
    desk.leave(keep=not request.node.stash.get(FAILED, False))


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
        if page.evaluate("() => window.axe === undefined"):
            page.evaluate(f"() => {{ {source} }}")
        found: list[dict[str, Any]] = page.evaluate(
            """selector => window.axe.run({include: [[selector]]}, {resultTypes: ['violations']}).then(result =>
                result.violations.map(({id, impact, help, nodes}) => (
                    {id, impact, help, nodes: nodes.map(node => node.html)})))""",
            selector,
        )
        return found

    return violations
