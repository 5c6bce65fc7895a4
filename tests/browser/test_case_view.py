"""The view of a case in a real JupyterLab: by keyboard, to assistive tools, in all themes, and when things go wrong."""

from __future__ import annotations

import json
import os
import shutil
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest

import triage
from tests.browser.desk import BUNDLE, CRASH_ID, HOSTILE, KERNEL, ROOT, Desk, archive

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.browser.conftest import Axe

STORE = "sample_bundles/debugbundle/store"
TOUR = "notebooks/01_open_a_bundle.ipynb"


def test_the_first_page_says_what_crashed_and_where(desk: Desk) -> None:
    desk.show()
    case = triage.load(ROOT / BUNDLE)
    incident, event = case.incidents().iloc[0], case.events().iloc[0]
    assert desk.title.inner_text() == incident["title"]
    text = desk.root.inner_text()
    assert CRASH_ID in text
    assert event["error_value"] in text
    assert event["culprit"] in text
    assert desk.root.get_attribute("aria-label") == f"Crash case: {incident['title']}"
    files = case.files()
    assert sorted(desk.root.locator(".triage-file-path").all_inner_texts()) == sorted(files["path"])
    assert "read in part" in desk.root.locator(".triage-file", has_text="logs.ndjson").inner_text()
    assert desk.lab.kernel("print(case)").strip() == repr(case)


def test_the_stack_opens_by_enter_and_closes_by_space(desk: Desk) -> None:
    desk.show()
    frames = triage.load(ROOT / BUNDLE).frames()
    first = int(frames["role"].tolist().index("application"))
    assert desk.frames.count() == 3
    assert desk.frames.first.locator(".triage-frame-function").inner_text() == frames["function"].iloc[first]
    assert {item.split("\n")[1] for item in desk.frames.all_inner_texts()} == {"application"}
    desk.press(f"Show all {len(frames)} frames")
    assert desk.frames.count() == len(frames)
    assert desk.button("Show 3 frames only").get_attribute("aria-expanded") == "true"
    assert desk.focused() == "Show 3 frames only"
    words = desk.root.locator(".triage-frame-role").all_inner_texts()
    assert words == ["crash handling" if role == "sentinel" else role for role in frames["role"]]
    desk.page.keyboard.press("Space")
    assert desk.frames.count() == 3


def test_tab_reaches_every_control_in_order(desk: Desk) -> None:
    desk.show()
    desk.button("Copy id").focus()
    seen = []
    while desk.page.evaluate("() => document.activeElement.closest('.triage-root') !== null"):
        seen.append(desk.focused())
        desk.page.keyboard.press("Tab")
    files = desk.root.locator(".triage-file-path").all_inner_texts()
    stack = desk.root.locator(".triage-frames-foot button").inner_text()
    assert seen == ["Copy id", "Copy bundle path", stack, *(f"Preview {path}" for path in files)]


def test_a_long_text_is_paged_to_its_end(desk: Desk) -> None:
    text = "".join(f"{number:06} what happened then, in order\n" for number in range(4_500))
    desk.show(archive(desk, "long.tar.gz", {"notes/long.txt": text.encode()}))
    desk.press("Preview notes/long.txt")
    region = desk.root.get_by_role("region", name="Text of notes/long.txt")
    region.wait_for()
    assert desk.root.get_by_text("page 1 of 3 ·").is_visible()
    pages = [region.inner_text()]
    for number in (2, 3):
        desk.press("Next page")
        desk.root.get_by_text(f"page {number} of 3 ·").wait_for()
        assert desk.focused() == "Next page"
        pages.append(region.inner_text())
    assert "".join(pages).split() == text.split()
    assert desk.button("Next page").get_attribute("aria-disabled") == "true"
    desk.press("Previous page")
    desk.root.get_by_text("page 2 of 3 ·").wait_for()
    assert region.inner_text() == pages[1]


def test_a_long_list_of_files_is_shown_to_its_end(desk: Desk) -> None:
    names = [f"many/{number:03}.txt" for number in range(230)]
    desk.show(archive(desk, "many.tar.gz", {name: name.encode() for name in names}))
    paths = desk.root.locator(".triage-file-path")
    assert paths.count() == 12
    while desk.button("Show more files").count():
        before = paths.count()
        desk.press("Show more files")
        desk.page.wait_for_function("n => document.querySelectorAll('.triage-file-path').length > n", arg=before)
        assert desk.focused() == f"Preview {paths.nth(before).inner_text()}"
    assert sorted(paths.all_inner_texts()) == sorted([*names, "many.tar.gz"])


def test_copies_say_that_they_did(desk: Desk) -> None:
    desk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.show()
    for name, what, value in (
        ("Copy id", "the crash id", CRASH_ID),
        ("Copy bundle path", "the bundle path", str(desk.lab.server.root / BUNDLE)),
    ):
        desk.press(name)
        desk.root.get_by_role("status").get_by_text(f"Copied {what}").wait_for()
        assert desk.page.evaluate("() => navigator.clipboard.readText()") == value
    assert str(desk.lab.server.root) not in desk.root.inner_html()


def test_keys_do_not_leak_into_the_notebook(desk: Desk) -> None:
    desk.show()
    cells = "() => window.jupyterapp.shell.currentWidget.content.widgets.map(cell => cell.model.sharedModel.source)"
    before = desk.page.evaluate(cells)
    button = desk.root.locator(".triage-frames-foot button")
    button.focus()
    for key in ("a", "b", "j", "x", "Enter", "Escape", "Shift+Enter", "Control+x", "d", "d", "m", "1"):
        desk.page.keyboard.press(key)
        assert desk.focused() == button.inner_text()
    assert desk.page.evaluate(cells) == before
    assert desk.lab.kernel("print('alive')") == "alive\n"


def test_save_still_belongs_to_lab(desk: Desk) -> None:
    desk.show()
    dirty = "() => window.jupyterapp.shell.currentWidget.context.model.dirty"
    assert desk.page.evaluate(dirty)
    desk.button("Copy id").focus()
    desk.page.keyboard.press("Control+s")
    desk.page.wait_for_function("() => !window.jupyterapp.shell.currentWidget.context.model.dirty")
    saved = nbformat.read(desk.lab.server.root / "made.ipynb", as_version=4)
    assert "widgets" not in saved.metadata


@pytest.mark.parametrize("path", [BUNDLE, STORE])
def test_axe_finds_nothing_in_any_theme(desk: Desk, axe: Axe, path: str) -> None:
    desk.show(path)
    found = {}
    for state in ("closed", "open"):
        if state == "open":
            desk.expand_all()
        for theme in ("JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast"):
            desk.theme(theme)
            found[state, theme] = axe(desk.page, ".triage-root")
        desk.page.emulate_media(forced_colors="active")
        found[state, "forced colors"] = axe(desk.page, ".triage-root")
        desk.page.emulate_media(forced_colors="none")
    assert found == {where: [] for where in found}


def test_a_narrow_cell_cuts_nothing_off(desk: Desk, axe: Axe) -> None:
    desk.show()
    desk.expand_all()
    desk.page.set_viewport_size({"width": 480, "height": 900})
    desk.lab.run("application:toggle-left-area")
    wider = "root => [...root.querySelectorAll('*')].filter(e => e.tagName !== 'PRE' && !e.closest('.triage-announcer')"
    wider += " && e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline').map(e => e.className)"
    assert desk.root.evaluate(wider) == []
    assert axe(desk.page, ".triage-root") == []


def test_an_incident_is_chosen_by_keyboard(desk: Desk) -> None:
    desk.show(STORE)
    incidents = triage.load(ROOT / STORE).incidents()
    rows = desk.root.locator(".triage-table tbody tr")
    assert rows.count() == len(incidents) > 3
    assert "shown" in rows.first.inner_text()
    rows.nth(3).get_by_role("button").focus()
    desk.page.keyboard.press("Enter")
    desk.title.get_by_text(incidents["title"].iloc[3]).wait_for()
    assert desk.focused() == incidents["title"].iloc[3]
    assert "shown" in rows.nth(3).inner_text()
    assert desk.root.locator("[aria-current=true]").inner_text() == incidents["title"].iloc[3]


def test_content_stays_text(desk: Desk) -> None:
    spoiled = f"{HOSTILE}\x1b[31m\u202e"
    exception = {
        "type": spoiled,
        "value": spoiled,
        "stacktrace": {"frames": [{"function": spoiled, "filename": spoiled}]},
    }
    event = {"event_id": "c" * 32, "platform": "python", "release": spoiled, "exception": {"values": [exception]}}
    members = {
        "event.json": json.dumps(event).encode(),
        f"{HOSTILE.replace('/', '_')}.txt": f"\x1b[31mred \u202eback {HOSTILE}\r\nend".encode(),
    }
    desk.show(archive(desk, "hostile.tar.gz", members))
    desk.expand_all()
    shown = f"{HOSTILE}␛[31m\\u{{202e}}"
    assert desk.title.inner_text().startswith(shown)
    assert desk.root.locator(".triage-frame-function").all_inner_texts() == [shown]
    assert desk.root.locator("dd", has_text="window.hurt").count() >= 2
    text = desk.root.get_by_role("region", name="Text of <img").inner_text()
    assert text == f"␛[31mred \\u{{202e}}back {HOSTILE}\nend"
    assert desk.root.locator("img, script").count() == 0
    assert desk.page.evaluate("() => window.hurt") is None


def test_two_views_stand_side_by_side(desk: Desk, axe: Axe) -> None:
    desk.run(f"import triage\n\ncase = triage.load({BUNDLE!r})\ncase.show()", "case.show()")
    desk.title.nth(1).wait_for()
    assert desk.root.nth(1).get_attribute("aria-label") == f"{desk.root.first.get_attribute('aria-label')} (view 2)"
    second = desk.root.nth(1)
    second.locator(".triage-frames-foot button").press("Enter")
    second.locator(".triage-file button").nth(1).press("Enter")
    second.locator(".triage-text").wait_for()
    assert desk.root.first.locator(".triage-frame:visible").count() == 3
    desk.expand_all()
    assert axe(desk.page, ".triage-root") == []


def test_a_failed_call_says_why_and_can_be_tried_again(desk: Desk) -> None:
    moved = desk.lab.server.root / "moved.tar.gz"
    shutil.copy(ROOT / BUNDLE, moved)
    desk.show("moved.tar.gz")
    moved.rename(moved.with_suffix(".away"))
    desk.press("Preview crash/manifest.json")
    desk.alert.wait_for()
    assert "moved" in desk.alert.inner_text() or "nothing at" in desk.alert.inner_text()
    moved.with_suffix(".away").rename(moved)
    desk.press("Retry")
    desk.root.get_by_role("region", name="Text of crash/manifest.json").wait_for()
    assert desk.alert.count() == 0


def test_a_restarted_kernel_is_told_of(desk: Desk, axe: Axe) -> None:
    desk.show()
    desk.page.evaluate(f"() => {KERNEL}.restartKernel()")
    desk.alert.get_by_text("The kernel was restarted or stopped.").wait_for()
    desk.press("Preview crash/manifest.json")
    retry = desk.button("Retry")
    retry.wait_for()
    assert "Run the cell again." in desk.root.locator(".triage-preview").nth(1).inner_text()
    assert axe(desk.page, ".triage-root") == []
    desk.lab.run_all()
    desk.root.locator(".triage-failure").first.wait_for(state="detached")
    desk.press("Preview crash/manifest.json")
    desk.root.get_by_role("region", name="Text of crash/manifest.json").wait_for()


def test_a_kernel_that_dies_before_the_first_page_is_told_of(desk: Desk) -> None:
    code = f"""
        import os, triage

        view = triage.load({BUNDLE!r}).show()
        view.calls = lambda: {{"view": lambda **_: os._exit(1)}}
        view
    """
    desk.open(desk.write(textwrap.dedent(code)))
    desk.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }")
    desk.alert.wait_for()
    assert "kernel" in desk.alert.inner_text()
    assert desk.button("Retry").is_visible()


def test_without_a_kernel_an_untrusted_notebook_shows_the_static_page(desk: Desk, axe: Axe) -> None:
    data = {key: value for key, value in triage.load(ROOT / BUNDLE)._repr_mimebundle_().items() if "widget" not in key}
    output = nbformat.v4.new_output("display_data", data=data)
    desk.lab.open(desk.write("case.show()", outputs=[output]))
    figure = desk.page.locator(".jp-OutputArea-output figure")
    figure.wait_for()
    assert triage.load(ROOT / BUNDLE).incidents()["title"].iloc[0] in figure.inner_text()
    figure.locator("summary", has_text="All").press("Enter")
    assert figure.locator("details[open] li").count() == len(triage.load(ROOT / BUNDLE).frames())
    assert axe(desk.page, ".jp-OutputArea-output figure") == []


def test_the_tour_runs_and_its_view_works(desk: Desk, axe: Axe) -> None:
    desk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.page.set_viewport_size({"width": 1200, "height": 1400})
    desk.open(TOUR)
    desk.lab.run("application:toggle-left-area")
    desk.lab.run_all()
    view = desk.root.first
    view.scroll_into_view_if_needed()
    desk.press("Copy id")
    desk.root.get_by_role("status").get_by_text("Copied the crash id").wait_for()
    assert desk.page.evaluate("() => navigator.clipboard.readText()") == CRASH_ID
    desk.press("Preview crash/manifest.json")
    desk.root.get_by_role("region", name="Text of crash/manifest.json").wait_for()
    assert CRASH_ID in view.inner_text()
    view.locator(".triage-frames-foot button").press("Enter")
    assert view.locator(".triage-frame:visible").count() > 3
    assert axe(desk.page, ".triage-root") == []
    if target := os.environ.get("TRIAGE_SCREENSHOT"):
        view.locator(".triage-frames-foot button").press("Space")
        screenshot(desk, view, ROOT / "notebooks" / "case_view.png" if target == "1" else Path(target))


def screenshot(desk: Desk, view: Locator, path: Path) -> None:
    """The view in the light theme, whole and without Lab's bars above it: three frames, and a text open."""
    desk.page.set_viewport_size({"width": 1200, "height": 2000})
    desk.page.mouse.move(0, 0)
    desk.page.evaluate("() => document.activeElement.blur()")
    desk.button("Copy id").first.wait_for()
    view.evaluate("view => view.scrollIntoView({block: 'center'})")
    view.screenshot(path=path, animations="disabled")
    assert path.stat().st_size < 200_000
