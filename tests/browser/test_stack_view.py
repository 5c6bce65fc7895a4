"""The stack view in a real JupyterLab: by keyboard, with decisions, deep stacks, all themes, and without a kernel."""

from __future__ import annotations

import os
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest

import triage
from tests.browser.desk import HOSTILE, ROOT, THEMES, Desk
from tests.browser.reviewing import CELLS

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.browser.conftest import Axe

THREADS = "sample_bundles/traces/java-deadlock.txt"
# Three stacks that part below `main`, and one crash that is another one.
SHOP = """
def trace(*names, error="ValueError: bad price"):
    calls = "".join(f'  File "/srv/shop/{name}.py", line 7, in {name}\\n    {name}()\\n' for name in reversed(names))
    return f"Traceback (most recent call last):\\n{calls}{error}\\n\\n"

top = ("parse", "price", "total")
text = trace(*top, "web", "main") * 3 + trace(*top, "job", "main") * 2 + trace(*top, "shell", "main")
text += trace("send", "mail", "main", error="KeyError: 'x'")
"""
DEEP = """
names = [{hostile!r}.replace("/", "_").replace('"', "'"), *(f"call{{n}}" for n in range(1, 5_000))]
calls = "".join(f'  File "/srv/deep.py", line 7, in {{name}}\\n    go()\\n' for name in reversed(names))
text = f"Traceback (most recent call last):\\n{{calls}}ValueError: deep\\n"
"""


class Stacks:
    """What a person does in a stack view."""

    def __init__(self, desk: Desk, code: str) -> None:
        self.desk = desk
        self.page = desk.page
        self.keys = desk.page.keyboard
        self.items = desk.root.get_by_role("tree").get_by_role("treeitem")
        self.detail = desk.root.locator(".triage-detail")
        desk.run("import triage\n" + textwrap.dedent(code))

    def press(self, *keys: str) -> str:
        """Press keys; the name of what has the focus then."""
        for key in keys:
            self.keys.press(key)
        return self.desk.focused()

    def enter(self) -> str:
        """Go to the tree by Tab, from the heading above it."""
        self.desk.root.locator(".triage-section .triage-heading").first.focus()
        return self.press("Tab")

    def at(self, text: str) -> Locator:
        """The row that has the focus, once it holds a text."""
        row = self.desk.root.locator(".triage-item:focus", has_text=text)
        row.wait_for()
        return row

    def frames(self) -> Locator:
        """The frames in the page."""
        return self.desk.root.locator(".triage-item-frame")


def test_the_tree_works_by_keyboard_alone(desk: Desk) -> None:
    view = Stacks(desk, f"case = triage.load({THREADS!r})\ncase.stack_view()")
    cells = view.page.evaluate(CELLS)
    assert view.frames().count() == 3
    first = view.enter()
    assert first == "Frame 0: Shop.wait, application, counts for the key, Shop.java:43"
    assert "counts: 1st of 3 application frames" in view.detail.inner_text()
    assert view.press("ArrowDown", "ArrowDown", "ArrowDown") == "1 frame that does not count: 1 library"
    assert view.at("does not count").get_attribute("aria-expanded") == "false"
    view.press("Enter", "ArrowRight")
    view.at("java.lang.Thread.run")
    assert view.desk.focused().startswith("Frame 3: java.lang.Thread.run, library")
    assert view.frames().count() == 4
    row = view.at("Thread.run")
    told = {name: row.get_attribute(f"aria-{name}") for name in ("level", "setsize", "posinset", "expanded")}
    assert told == {"level": "3", "setsize": "1", "posinset": "1", "expanded": None}
    # Enter reads the frame in full, Escape comes back; neither is the notebook's.
    view.press("Enter")
    assert view.page.evaluate("() => document.activeElement.className") == "triage-detail"
    assert view.press("Escape").startswith("Frame 3: java.lang.Thread.run")
    assert view.press("ArrowLeft", "ArrowLeft", "ArrowLeft").startswith("Crashing thread till")
    assert view.press("End").startswith("Thread GC Thread#0")
    assert view.press(*"thread fin").startswith("Thread Finalizer")
    view.press("Enter", "ArrowDown")
    view.at("java.lang.Object.wait")
    assert "stands out here" in view.detail.inner_text()
    assert view.press("Home").startswith("Crashing thread till")
    for key in ("a", "b", "x", "d", "d", "Escape"):
        view.press(key)
    assert view.page.evaluate(CELLS) == cells
    assert desk.lab.kernel("print('alive')") == "alive\n"


def test_a_deep_stack_stays_short_in_the_page(desk: Desk) -> None:
    view = Stacks(desk, DEEP.format(hostile=HOSTILE) + "triage.loads(text).stack_view()")
    assert view.items.count() == 5
    view.enter()
    view.desk.press("Show all 5,000 frames")
    view.enter()
    view.press("End")
    view.at("call4999")
    for key in ("PageUp", "Home", "End", "PageUp"):
        view.press(key)
        assert view.items.count() <= 200
    view.at("call4984")
    assert view.at("call").get_attribute("aria-setsize") == "4997"
    # Every frame can be reached, and its text is no markup.
    view.press("Home", "ArrowDown")
    assert "window.hurt" in view.detail.inner_text()
    assert view.desk.root.locator("img, script").count() == 0
    assert view.page.evaluate("() => window.hurt") is None


def test_variants_and_the_call_tree_by_keyboard_and_to_axe_in_every_theme(desk: Desk, axe: Axe) -> None:
    view = Stacks(desk, SHOP + "triage.loads(text).stack_view(triage.loads(text).incidents()['incident_id'].iloc[0])")
    grid = view.desk.root.get_by_role("treegrid")
    grid.wait_for()
    view.desk.press("Show all 5 frames")
    found = {}
    for theme in THEMES:
        desk.theme(theme)
        found[theme] = axe(desk.page, ".triage-root")
    desk.page.emulate_media(forced_colors="active")
    found["forced colours"] = axe(desk.page, ".triage-root")
    desk.page.emulate_media(forced_colors="none")
    assert found == {theme: [] for theme in found}
    other = desk.root.locator("[data-variant]:not([aria-current])").first
    title = f"1 stack of the newest event of variant {other.get_attribute('data-variant')}"
    other.press("Enter")
    desk.root.locator(".triage-heading:focus", has_text=title).wait_for()
    assert view.press("Tab").startswith("Frame 0: parse")
    grid.get_by_role("row").nth(1).focus()
    assert view.press("ArrowRight") == "web → … → parse, application, counts for the key, 50 %, 3 events, 3 end here"
    assert view.press("ArrowDown", "ArrowDown").startswith("shell → … → parse, application, counts for the key, 17 %")
    assert "shell → total → price → parse" in desk.root.locator(".triage-calls-through").inner_text()
    assert view.press("ArrowLeft", "ArrowLeft").startswith("main, application, 100 %, 6 events")
    assert grid.get_by_role("row").count() == 2
    # The pointer does the same: a cell of the chart chooses its row.
    view.press("Enter")
    desk.root.locator(".triage-cell", has_text="job").click()
    assert desk.focused().startswith("job → … → parse")
    desk.root.locator(".triage-item-frame", has_text="price").click()
    assert view.press("ArrowDown").startswith("Frame 2: total")


@pytest.mark.skipif("TRIAGE_SCREENSHOT" not in os.environ, reason="only draws the picture of the README")
def test_the_picture_of_the_readme(desk: Desk) -> None:
    code = """
        case = triage.load("sample_bundles/grouping")
        case.stack_view(case.incidents().query("count == 2")["incident_id"].iloc[0])
    """
    view = Stacks(desk, code)
    view.page.set_viewport_size({"width": 1200, "height": 2000})
    desk.lab.run("application:toggle-left-area")
    root = desk.root.first
    root.get_by_role("treegrid").first.wait_for()
    view.page.mouse.move(0, 0)
    target = os.environ["TRIAGE_SCREENSHOT"]
    root.screenshot(
        path=ROOT / "notebooks" / "stack_view.png" if target == "1" else Path(target), animations="disabled"
    )


def test_a_merge_with_its_reason_is_there_after_loading_again(desk: Desk, axe: Axe) -> None:
    load = (
        SHOP
        + """
import tempfile
folder = globals().get("folder") or tempfile.mkdtemp()
case = triage.load(text.encode(), journal=folder)
case.stack_view(case.incidents()["incident_id"][case.incidents()["count"] > 1].iloc[0])
"""
    )
    view = Stacks(desk, load)
    dialog = desk.page.locator("dialog.triage-decision")
    desk.press("Merge…")
    other = dialog.get_by_role("checkbox", name="KeyError in send")
    other.wait_for()
    assert axe(desk.page, "dialog.triage-decision") == []
    view.press("Escape")
    dialog.wait_for(state="hidden")
    assert desk.focused() == "Merge…"
    view.press("Enter")
    other.wait_for()
    # From the search to the list, and on to the reason.
    view.press("Tab", "Space", "Tab")
    desk.page.keyboard.type("as ada.lovelace@engines.test says")
    view.press("Enter")
    dialog.get_by_role("alert").get_by_text("of the kind email").wait_for()
    view.press("Control+a")
    desk.page.keyboard.type("both come from the price list")
    view.press("Enter")
    desk.root.locator(".triage-decided", has_text="Merged 2 incidents").wait_for()
    assert desk.page.evaluate("() => document.activeElement.className") == "triage-title"
    assert desk.root.get_by_text("7 events, 4 variants").is_visible()
    told = desk.lab.kernel("again = triage.load(text.encode(), journal=folder); print(again.journal()['why'].tolist())")
    assert told.strip() == "['both come from the price list']"
    desk.lab.run_all()
    desk.root.locator(".triage-decided").wait_for(state="detached")
    desk.root.get_by_text("7 events, 4 variants").wait_for()


def test_without_a_kernel_an_untrusted_notebook_shows_the_static_page(desk: Desk, axe: Axe) -> None:
    view = triage.load(ROOT / "sample_bundles/traces/java-chain.txt").stack_view()
    data = {key: value for key, value in view._repr_mimebundle_()[0].items() if "widget" not in key}
    desk.lab.open(desk.write("case.stack_view()", outputs=[nbformat.v4.new_output("display_data", data=data)]))
    figure = desk.page.locator(".jp-OutputArea-output figure")
    figure.wait_for()
    assert "counts for the key" in figure.inner_text()
    figure.locator("summary", has_text="All").press("Enter")
    figure.locator("summary", has_text="Data").press("Enter")
    assert figure.get_by_role("table").locator("tbody tr").count() >= 1
    assert axe(desk.page, ".jp-OutputArea-output figure") == []
