"""The panel of hypotheses in a real JupyterLab: by keyboard, with a slow model on loopback, in all themes, reloaded."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest

import triage
from tests.browser.desk import HOSTILE, KERNEL, ROOT, THEMES
from tests.browser.reviewing import CELLS
from tests.gemini_api import KEY, answer, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.browser.conftest import Axe
    from tests.browser.desk import Desk
    from tests.gemini_api import Api

REPORT = "sample_bundles/eqemu/crash_zone_9412.log"
FINDINGS = {
    "summary": f"A mob was gone. {HOSTILE}",
    "signature": None,
    "hypotheses": [
        {
            "title": f"A stale pointer {HOSTILE}",
            "confidence": 0.6,
            "evidence": ["#4 EntityList::ScanCloseMobs", "EntityList", f"nowhere {HOSTILE}"],
            "nextSteps": [f"Look. {HOSTILE}"],
            "checks": [
                {"kind": "top_frame", "function": "*ScanCloseMobs", "of": "application"},
                {"kind": "exception_in_chain", "type": "KeyError"},
                {"kind": "shell", "run": HOSTILE},
            ],
        }
    ],
    "missingInfo": [f"The address. {HOSTILE}"],
    "recommendedNextSteps": ["See invented.cpp:1."],
}


@pytest.fixture
def api() -> Iterator[Api]:
    pytest.importorskip("google.genai")
    with serving() as running:
        running.will(answer(json.dumps(FINDINGS)))
        yield running


def opened(desk: Desk, tmp_path: Path, url: str = "") -> None:
    """A notebook with the panel; with a URL, a model that answers there."""
    key = f"import os\nos.environ.update(GEMINI_API_KEY={KEY!r}, GOOGLE_GEMINI_BASE_URL={url!r}, NO_PROXY='127.0.0.1')"
    none = "import os\nos.environ.pop('GEMINI_API_KEY', None)"
    load = f"import triage\ntriage.load({REPORT!r}, journal={str(tmp_path / 'journal.jsonl')!r}).hypothesis_panel()"
    desk.run(f"{key if url else none}\n{load}")


def as_text(desk: Desk) -> None:
    """What the model wrote is on screen as it wrote it, with what became of it."""
    card = desk.root.locator(".triage-run", has_text="A stale pointer")
    assert HOSTILE in card.inner_text()
    assert desk.root.locator("img, script").count() == 0
    assert desk.page.evaluate("() => window.hurt") is None
    assert card.get_by_text("not found in the report", exact=True).count() == 1
    verdicts = card.get_by_role("list", name="Checks on the data").locator(".triage-tag").all_inner_texts()
    assert verdicts == ["supported", "refuted", "cannot tell"]
    card.get_by_role("button", name=re.compile(r"Show \d places of “EntityList”")).press("Enter")
    card.locator("ul.triage-places .triage-place").first.wait_for()


def saved(desk: Desk) -> None:
    """Copy findings gives the answer in words, Download JSON all of it."""
    desk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.root.locator(".triage-run", has_text="A stale pointer").get_by_role("button", name="Copy findings").press(
        "Enter"
    )
    desk.root.get_by_role("button", name="Copied").wait_for()
    copied = desk.page.evaluate("() => navigator.clipboard.readText()")
    title, marked, summary = copied.splitlines()[:3]
    assert (title, marked) == (
        "EXCEPTION_ACCESS_VIOLATION in EntityList::ScanCloseMobs",
        "hypothesis, unverified (gemini gemini-2.5-pro)",
    )
    assert summary.startswith("A mob was gone.")
    with desk.page.expect_download() as file:
        desk.press("Download JSON")
    kept = json.loads(Path(file.value.path()).read_text("utf-8"))
    assert kept["unverified"] is True
    assert kept["answer"]["findings"]["hypotheses"][0]["confidence"] == 0.6


def test_the_rules_by_keyboard_and_to_axe_in_every_theme(desk: Desk, axe: Axe, tmp_path: Path) -> None:
    opened(desk, tmp_path)
    root, keys, page = desk.root, desk.page.keyboard, desk.page
    cells = page.evaluate(CELLS)
    assert root.get_by_role("radio", name="Gemini").is_disabled()
    assert "set GEMINI_API_KEY in the environment" in root.inner_text()
    # The text is read before anything is sent.
    desk.press("Read it before it is sent")
    root.locator(".triage-line", has_text="#4 EntityList::ScanCloseMobs").first.wait_for()
    root.get_by_role("radio", name="Rules").focus()
    keys.press("Tab")
    keys.press("Tab")
    assert desk.focused() == "Run"
    keys.press("Enter")
    card = root.locator(".triage-run", has_text="rules, no model: answered")
    card.wait_for()
    assert card.locator(".triage-unverified").count() >= 2
    assert desk.focused() == "Run"
    place = card.locator(".triage-place").first
    place.press("Enter")
    root.locator(".triage-line-found:focus").wait_for()
    told = root.locator(".triage-line:focus").inner_text().strip()
    keys.press("Escape")
    assert desk.focused().endswith(told)
    found = {}
    for theme in THEMES:
        desk.theme(theme)
        found[theme] = axe(page, ".triage-root")
    page.emulate_media(forced_colors="active")
    found["forced colours"] = axe(page, ".triage-root")
    page.emulate_media(forced_colors="none")
    assert found == {theme: [] for theme in found}
    for key in ("a", "b", "x", "d", "d", "Escape"):
        keys.press(key)
    assert page.evaluate(CELLS) == cells


def test_a_slow_model_cancelled_then_reloaded_in_the_middle_then_side_by_side(
    desk: Desk, axe: Axe, tmp_path: Path, api: Api
) -> None:
    opened(desk, tmp_path, api.url)
    root, page = desk.root, desk.page
    clock = root.get_by_role("timer")
    api.will(300)
    desk.press("Run")
    root.get_by_role("button", name="Cancel").wait_for()
    page.wait_for_function("() => /^00:(?!00)\\d\\d$/.test(document.querySelector('.triage-clock')?.textContent ?? '')")
    # The time goes on while the kernel is busy, and no second run is begun.
    page.evaluate(
        "() => { window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"
        ".requestExecute({code: 'import time; time.sleep(2.5)'}); }"
    )
    before = clock.inner_text()
    page.wait_for_function("was => document.querySelector('.triage-clock').textContent > was", arg=before)
    assert root.get_by_role("button", name="Run", exact=True).get_attribute("aria-disabled") == "true"
    assert axe(page, ".triage-root") == []
    # From an hour on the time has hours. The kernel sets it right at every poll, so an hour passes at each reading.
    page.evaluate(
        "() => { let hours = 0; const now = performance.now.bind(performance);"
        " performance.now = () => now() + 3600000 * ++hours; }"
    )
    page.wait_for_function(
        "() => /^\\d{2,}:\\d\\d:\\d\\d$/.test(document.querySelector('.triage-clock')?.textContent ?? '')"
    )
    page.evaluate("() => { delete performance.now; }")
    desk.press("Cancel")
    root.locator(".triage-run", has_text="cancelled").wait_for()
    assert desk.focused() == "gemini-2.5-pro: failed"
    # Another one: the page is loaded anew in the middle, and the time goes on from where it was.
    api.will(300, answer(json.dumps(FINDINGS)))
    desk.press("Run")
    page.wait_for_function("() => document.querySelector('.triage-clock')?.textContent >= '00:01'")
    desk.lab.run("docmanager:save")
    page.reload()
    cancel = root.get_by_role("button", name="Cancel")
    cancel.wait_for()
    assert clock.inner_text() >= "00:02"
    cancel.press("Enter")
    root.locator(".triage-run", has_text="cancelled").wait_for()
    api.will(answer(json.dumps(FINDINGS)))
    root.get_by_role("textbox", name="Model").fill("gemini-2.5-flash")
    desk.press("Run")
    card = root.locator(".triage-run", has_text="A stale pointer")
    card.wait_for()
    as_text(desk)
    root.get_by_role("button", name="beside the other").first.press("Enter")
    page.wait_for_function("() => document.querySelectorAll('.triage-run').length === 2")
    assert desk.focused().endswith("beside the other")
    assert axe(page, ".triage-root") == []
    saved(desk)
    # A kernel that is restarted in the middle takes the run with it.
    api.will(300)
    root.get_by_role("checkbox", name="Ask anew").check()
    desk.press("Run")
    root.get_by_role("button", name="Cancel").wait_for()
    page.evaluate(f"() => {KERNEL}.session.kernel.restart().then(() => null)")
    desk.alert.get_by_text("counts as interrupted").wait_for()
    assert clock.count() == 0
    desk.lab.run_all()
    root.locator(".triage-run", has_text="interrupted: the program that asked ended").wait_for()


def test_without_a_kernel_an_untrusted_notebook_shows_the_static_page(desk: Desk, axe: Axe, tmp_path: Path) -> None:
    case = triage.load(ROOT / REPORT, journal=tmp_path / "journal.jsonl")
    case.hypothesize(case.incidents()["incident_id"].iloc[0], engine="rules")
    view = case.hypothesis_panel()
    data = {key: value for key, value in view._repr_mimebundle_()[0].items() if "widget" not in key}
    outputs = [nbformat.v4.new_output("display_data", data=data)]
    desk.lab.open(desk.write("case.hypothesis_panel()", outputs=outputs))
    figure = desk.page.locator(".jp-OutputArea-output figure")
    figure.wait_for()
    assert "hypothesis, unverified" in figure.inner_text()
    figure.locator("summary").first.press("Enter")
    figure.get_by_role("table", name="Checks on the data").wait_for()
    assert axe(desk.page, ".jp-OutputArea-output figure") == []
