"""The review in a real JupyterLab: its focus and keys, all themes and widths, and nothing of it outside the dialog."""

from __future__ import annotations

import json
import os
import signal
from typing import TYPE_CHECKING

import nbformat

import triage
from tests.browser.desk import HOSTILE, KERNEL, THEMES, Desk, archive
from tests.browser.reviewing import CELLS, DIRTY, FOUND, MAIL, MEMBERS, SECRET, Review, states

if TYPE_CHECKING:
    from tests.browser.conftest import Axe


def test_the_focus_stays_inside_and_comes_back(review: Review) -> None:
    review.open()
    review.read("app.log")
    for key in ("Tab", "Shift+Tab"):
        seen = set()
        for _ in range(60):
            review.keys.press(key)
            seen.add(review.desk.focused())
            # Between the last control and the first lies the browser's own bar, where the page has no focus.
            assert review.inside() or review.page.evaluate("() => document.activeElement === document.body")
        assert {"Cancel", "Discard…", "Search", "Text of case/planted.tar.gz/notes/app.log"} <= seen
    review.keys.press("Escape")
    review.dialog.wait_for(state="hidden")
    assert review.desk.focused() == "Open the review"
    assert review.ask("summary()['state']") == "open"


def test_escape_goes_back_one_step_at_a_time(review: Review) -> None:
    review.open()
    review.read("app.log")
    review.keys.press("?")
    assert review.dialog.locator(".triage-help").is_visible()
    review.keys.press("Escape")
    assert not review.dialog.locator(".triage-help").is_visible()
    assert review.desk.focused() == review.title.inner_text()
    review.keys.press("d")
    review.field.wait_for()
    review.keys.press("Escape")
    assert review.field.count() == 0
    assert review.desk.focused() == review.title.inner_text()
    review.keys.press("Escape")
    review.dialog.wait_for(state="hidden")


def test_single_keys_outside_do_nothing(review: Review) -> None:
    cells, before = review.page.evaluate(CELLS), review.ask("summary()")
    review.desk.button("Open the review").focus()
    for key in ("n", "p", "m", "f", "d", "/", "?", "Control+Enter", "Escape"):
        review.keys.press(key)
    assert not review.dialog.is_visible()
    assert review.page.evaluate(CELLS) == cells
    assert review.ask("summary()") == before


def test_single_keys_are_letters_in_a_field_and_can_be_off(review: Review) -> None:
    review.open()
    review.read("app.log")
    review.keys.press("/")
    review.keys.type("npmfd?/")
    assert review.dialog.get_by_label("Search what would leave").input_value() == "npmfd?/"
    assert review.field.count() == 0
    review.keys.press("Escape")
    review.title.focus()
    review.keys.press("?")
    review.desk.press("Single keys are on")
    review.keys.press("Escape")
    review.title.focus()
    for key in ("d", "f", "?"):
        review.keys.press(key)
    assert review.field.count() == 0
    assert "app.log" in review.title.inner_text()
    assert not review.dialog.locator(".triage-help").is_visible()


def test_a_restarted_kernel_is_told_of(review: Review, axe: Axe) -> None:
    review.open()
    review.read("app.log")
    review.page.evaluate(f"() => {KERNEL}.restartKernel()")
    review.dialog.get_by_text("The kernel was restarted or stopped").first.wait_for()
    review.keys.press("f")
    review.desk.button("Retry").wait_for()
    assert "app.log" in review.title.inner_text()
    assert axe(review.page, ".triage-root") == []
    review.desk.press("Retry")
    assert review.inside()
    review.keys.press("Escape")
    review.dialog.wait_for(state="hidden")
    assert review.desk.focused() == "Open the review"


def test_a_silent_kernel_is_told_of_and_asked_again(review: Review) -> None:
    # An answer is waited for a tenth of the time; JupyterLab's own timers stay as they are.
    faster = "(call, ms, ...rest) => window.slowly(call, ms === 30000 ? ms / 10 : ms, ...rest)"
    review.page.evaluate(f"() => {{ window.slowly = window.setTimeout; window.setTimeout = {faster}; }}")
    # A kernel that is only busy may answer in a subshell, so its process is stopped.
    process = int(review.desk.lab.kernel("import os; print(os.getpid())"))
    os.kill(process, signal.SIGSTOP)
    try:
        review.desk.press("Open the review")
        review.dialog.get_by_text("The kernel did not answer within 30 seconds").first.wait_for()
        review.page.evaluate("() => { window.setTimeout = window.slowly; }")
        review.desk.press("Retry")  # it waits for the kernel, and is answered
    finally:
        os.kill(process, signal.SIGCONT)
    review.leaves.first.wait_for()
    review.read("app.log")
    assert review.dialog.locator(".triage-failure").count() == 0


def test_content_stays_text(desk: Desk) -> None:
    spoiled = f"\x1b[31mred \u202eback {HOSTILE} \U0001f980 password={SECRET} \U0001f980 end\r\nend\n"
    review = Review(desk, {f"{HOSTILE.replace('/', '_')}.txt": spoiled.encode()})
    review.open()
    review.keys.press("f")
    review.current.or_(review.text).first.wait_for()
    review.next(1)
    shown = review.text.inner_text()
    assert shown.startswith(f"␛[31mred \\u{{202e}}back {HOSTILE} 🦀 password=\u2212 password")
    assert "+ [password:1:8-15] 🦀 end\nend" in shown
    assert desk.root.locator("img, script").count() == 0
    assert desk.page.evaluate("() => window.hurt") is None


def test_keys_do_not_leak_into_the_notebook(review: Review) -> None:
    before = review.page.evaluate(CELLS)
    review.open()
    review.read("app.log")
    for key in ("a", "b", "x", "j", "d", "Escape", "Shift+Enter", "Control+x", "Control+Shift+c", "1", "z"):
        review.keys.press(key)
        assert review.inside()
    review.dialog.locator(".triage-about").click()
    assert review.inside()
    review.dialog.locator(".triage-about").click(button="right")
    assert review.page.locator(".lm-Menu-content, .jp-ModalCommandPalette:visible").count() == 0
    review.keys.press("Escape")
    review.dialog.wait_for(state="hidden")
    assert review.page.evaluate(CELLS) == before
    assert review.desk.lab.kernel("print('alive')") == "alive\n"


def test_no_secret_is_in_page_notebook_or_state(review: Review) -> None:
    review.open()
    review.approve()
    review.unmask_first()
    review.desk.press("List findings")
    assert not [value for value in (SECRET, MAIL) if value in review.page.content()]
    review.keys.press("Escape")
    review.desk.lab.run("docmanager:save")
    review.page.wait_for_function(f"() => !({DIRTY})()")
    saved = review.saved("made.ipynb").read_text("utf-8")
    state = review.desk.lab.kernel("print(view.get_state(), repr(view), repr(view._review))")
    for value in (SECRET, MAIL):
        assert value not in saved
        assert value not in state
    assert "widgets" not in nbformat.reads(saved, as_version=4).metadata
    kept = json.loads(review.desk.lab.kernel("import json; print(json.dumps(sorted(view.keys)))"))
    assert [name for name in kept if not name.startswith("_")] == ["kind", "layout", "tabbable", "tooltip"]


def test_axe_finds_nothing_in_any_state_and_theme(review: Review, axe: Axe) -> None:
    found = {}
    themes = list(THEMES)
    for state in states(review):
        for theme in themes:
            review.desk.theme(theme)
            found[state, theme] = axe(review.page, ".triage-root")
        review.page.emulate_media(forced_colors="active")
        found[state, "forced colors"] = axe(review.page, ".triage-root")
        review.page.emulate_media(forced_colors="none")
        # The next state begins in the theme that is there.
        themes.reverse()
    assert found == {where: [] for where in found}
    assert len(found) == 12 * 4


def test_the_focus_comes_back_after_lab_hid_itself(review: Review) -> None:
    review.open()
    review.read("app.log")
    review.next(1)
    review.keys.press("m")
    review.field.wait_for()
    # As Lab does when its theme changes.
    shell = "document.querySelector('.jp-LabShell').classList"
    review.page.evaluate(f"() => {shell}.add('lm-mod-hidden')")
    review.page.wait_for_function("() => document.activeElement === document.body")
    review.page.evaluate(f"() => {shell}.remove('lm-mod-hidden')")
    review.page.wait_for_function("() => document.activeElement.matches('dialog[open] .triage-ask input')")
    review.answer("no person")


def test_at_320_pixels_nothing_is_cut_off_and_targets_are_large(review: Review, axe: Axe) -> None:
    review.page.set_viewport_size({"width": 320, "height": 640})
    cut = """root => [...root.querySelectorAll('*')].filter(e => e.tagName !== 'PRE'
        && !e.closest('.triage-announcer, .triage-scroll') && e.scrollWidth > e.clientWidth + 1
        && getComputedStyle(e).display !== 'inline').map(e => e.className)"""
    small = """root => [...root.querySelectorAll('button, input')].filter(e => e.offsetParent !== null
        && (e.getBoundingClientRect().height < 24 || e.getBoundingClientRect().width < 24)).map(e => e.outerHTML)"""
    found = {}
    for state in states(review):
        if state == "closed":
            continue
        found[state] = (review.dialog.evaluate(cut), review.dialog.evaluate(small), axe(review.page, ".triage-root"))
        assert review.dialog.evaluate("dialog => dialog.getBoundingClientRect().right") <= 320, state
        assert review.dialog.evaluate("dialog => dialog.scrollWidth - dialog.clientWidth") <= 0, state
    assert found == {state: ([], [], []) for state in found}


def test_a_page_without_a_kernel_says_what_would_leave(desk: Desk, axe: Axe) -> None:
    archive(desk, "planted.tar.gz", MEMBERS)
    figure = triage.load(desk.lab.server.root / "planted.tar.gz").review()._repr_mimebundle_()[0]["text/html"]
    output = nbformat.v4.new_output("display_data", {"text/html": figure})
    desk.open(desk.write("view", outputs=[output]))
    shown = desk.page.locator(".jp-OutputArea-output figure")
    shown.wait_for()
    shown.locator("summary").press("Enter")
    assert "notes/app.log" in shown.inner_text()
    assert f"{FOUND // 2} email, {FOUND // 2} password" in shown.inner_text()
    assert axe(desk.page, ".jp-OutputArea-output figure") == []
