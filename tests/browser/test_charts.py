"""Charts in a real JupyterLab: the static figure in every theme, and choosing a time by keyboard and by pointer."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat

from tests.browser.desk import HOSTILE, THEMES, Desk
from tests.browser.reviewing import CELLS
from tests.streams import DAY, HOUR, burst, case_of, steady

if TYPE_CHECKING:
    from tests.browser.conftest import Axe
    from triage.case import Case

STORE = """
import json, triage

def crash(at, name, release):
    when = f"2026-01-{1 + at // 1440:02}T{at % 1440 // 60:02}:{at % 60:02}:00Z"
    return json.dumps({"event_id": f"{name}-{at}", "timestamp": when, "level": "error", "platform": "python",
        "release": release, "exception": {"values": [{"type": "ValueError", "value": "no", "stacktrace": {"frames": [
            {"function": name, "filename": "shop.py", "lineno": 7, "in_app": True}]}}]}})

lines = [crash(at, "parse", "1.4.1" if at < 4320 else "1.4.2") for at in [*range(0, 5760, 10), *range(4321, 4380)]]
lines += [crash(at, "checkout", "1.4.2") for at in range(4500, 5700, 60)]
case = triage.loads("\\n".join(lines), name="events.ndjson")
"""


def told() -> Case:
    """Four days with a spike that begins with a release, and a hostile name."""
    return case_of(
        steady(3, release="1.4.1"),
        burst(3 * DAY, 60, release="1.4.2"),
        steady(1, start=3 * DAY + HOUR, release="1.4.2"),
        steady(0.5, every=HOUR, start=3 * DAY + 2 * HOUR, release="1.4.2", function="checkout", error_type=HOSTILE),
    )


def shown(desk: Desk, *figures: Any) -> None:
    """Open an untrusted notebook that was saved with figures."""
    outputs = [nbformat.v4.new_output("display_data", data=figure._repr_mimebundle_()) for figure in figures]
    desk.lab.open(desk.write("case.charts", outputs=outputs))
    desk.page.locator(".jp-OutputArea-output figure").first.wait_for()


def test_an_untrusted_notebook_shows_the_figures_in_every_theme(desk: Desk, axe: Axe) -> None:
    charts = told().charts
    shown(desk, charts.spikes(), charts.regressions(), charts.timeline(), charts.releases())
    figures = desk.page.locator(".jp-OutputArea-output figure")
    assert figures.count() == 4
    sizes = "() => [...document.querySelectorAll('figure img')].map(image => image.naturalWidth)"
    assert all(size > 600 for size in desk.page.evaluate(sizes))
    figures.first.locator("summary").press("Enter")
    assert "1.4.2" in figures.first.get_by_role("table").inner_text()
    found = {}
    for theme in THEMES:
        desk.theme(theme)
        found[theme] = axe(desk.page, ".jp-OutputArea-child:has(figure)")
        _picture(desk, theme)
    desk.page.emulate_media(forced_colors="active")
    found["forced colours"] = axe(desk.page, ".jp-OutputArea-child:has(figure)")
    assert found == {theme: [] for theme in found}
    assert desk.page.evaluate("() => window.hurt") is None


def test_a_time_and_incidents_are_chosen_by_keyboard_and_by_pointer(desk: Desk, axe: Axe) -> None:
    desk.open(desk.write(STORE, "brush = case.charts.spikes().interactive()\nbrush"))
    desk.lab.run_all()
    root = desk.root
    said = root.locator(".triage-selected")
    said.get_by_text("Selected: 2 incidents").wait_for()
    cells = desk.page.evaluate(CELLS)
    root.get_by_label("From (UTC)").focus()
    desk.page.keyboard.type("2026-01-04 00:00")
    desk.page.keyboard.press("Tab")
    desk.page.keyboard.type("2026-01-04 06:00")
    desk.page.keyboard.press("Enter")
    said.get_by_text("2026-01-04 00:00 to 06:00 UTC").wait_for()
    assert root.locator(".triage-brushed").is_visible()
    # On to the buttons and the list; a letter and Escape are not the notebook's.
    for key in ("Tab", "Tab", "Tab", "a", "Escape", "Tab", "Space"):
        desk.page.keyboard.press(key)
    said.get_by_text("Selected: 1 incident with").wait_for()
    assert desk.page.evaluate(CELLS) == cells
    chosen = desk.lab.kernel("print(brush.selection.since, brush.selection.until, *brush.selected()['title'])")
    assert chosen.startswith("2026-01-04 00:00:00+00:00 2026-01-04 06:00:00+00:00 ValueError in ")
    found = {}
    for theme in THEMES:
        desk.theme(theme)
        found[theme] = axe(desk.page, ".triage-root")
        _picture(desk, f"brush {theme}")
    assert found == {theme: [] for theme in found}
    root.get_by_label("To (UTC)").fill("soon")
    desk.page.keyboard.press("Enter")
    root.get_by_role("alert").get_by_text("To is no time").wait_for()
    desk.press("Clear")
    said.get_by_text("at any time").wait_for()
    frame = root.locator("img").bounding_box()
    assert frame is not None
    y = frame["y"] + frame["height"] / 2
    desk.page.mouse.move(frame["x"] + frame["width"] * 0.5, y)
    desk.page.mouse.down()
    desk.page.mouse.move(frame["x"] + frame["width"] * 0.8, y)
    desk.page.mouse.up()
    said.get_by_text("2026-01-02").or_(said.get_by_text("2026-01-03")).wait_for()
    since = desk.lab.kernel(
        "print(0.4 < (brush.selection.since - case.events()['ts'].min()).total_seconds() / 345600 < 0.6)"
    )
    assert since.strip() == "True"


def _picture(desk: Desk, name: str) -> None:
    """A screenshot, where a person asks for one: TRIAGE_SCREENSHOT names a folder."""
    folder = os.environ.get("TRIAGE_SCREENSHOT", "")
    if Path(folder).is_dir() and folder:
        desk.page.screenshot(path=Path(folder) / f"charts {name}.png", animations="disabled")
