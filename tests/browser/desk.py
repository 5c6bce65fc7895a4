"""What a person does with a notebook and the views in it: write it, run it, press keys, look."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from playwright.sync_api import TimeoutError as BrowserTimeoutError

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.browser.lab import Lab

BUNDLE = "sample_bundles/0xgen/crash-20260126T012559123Z.tar.gz"
CRASH_ID = "crash-20260126T012559123Z"
MADE = "made.ipynb"
ROOT = Path(__file__).resolve().parents[2]
KERNEL = "window.jupyterapp.shell.currentWidget?.sessionContext"
HOSTILE = '<img src=x onerror="window.hurt = 1"><script>window.hurt = 2</script>'
FORGET = "from ipywidgets import Widget; Widget.close_all(); get_ipython().run_line_magic('reset', '-f')"
THEMES = ("JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast")


class Desk:
    """What a person does with a notebook and the view in it."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.page = lab.page
        self.root: Locator = self.page.locator(".triage-root")
        self.title = self.root.locator(".triage-title")
        self.frames = self.root.locator(".triage-frame:visible")
        self.alert = self.root.get_by_role("alert")

    def write(self, *cells: str, outputs: list[dict[str, Any]] | None = None) -> str:
        """Write a notebook of code cells; with `outputs`, those of its only cell."""
        made = nbformat.v4.new_notebook()
        made.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
        made.cells = [nbformat.v4.new_markdown_cell("# A crash", id="cell-title")]
        for number, source in enumerate(cells):
            made.cells.append(nbformat.v4.new_code_cell(source, id=f"cell-{number}", outputs=outputs or []))
        nbformat.write(made, self.lab.server.root / MADE)
        return MADE

    def open(self, path: str) -> None:
        """Open a notebook in the light theme; the server keeps the theme of the test before."""
        self.lab.open(path)
        self.theme("JupyterLab Light")

    def leave(self, *, keep: bool) -> None:
        """Make the kernel as new, where it can be kept; else shut it down."""
        idle = self.page.evaluate(f"() => {KERNEL}?.session?.kernel?.status === 'idle' && {KERNEL}.path === '{MADE}'")
        if keep and idle:
            self.lab.kernel(FORGET)
        else:
            self.page.evaluate(f"() => {KERNEL}?.shutdown()")

    def run(self, *cells: str) -> None:
        """Write, open and run a notebook; wait for the view."""
        self.open(self.write(*cells))
        self.lab.run_all()
        try:
            self.title.first.wait_for()
        except BrowserTimeoutError as error:
            error.add_note(f"the cells show: {self.page.locator('.jp-OutputArea-output').all_inner_texts()}")
            raise

    def show(self, path: str = BUNDLE) -> None:
        """A notebook with the view of one case."""
        self.run(f"import triage\n\ncase = triage.load({path!r})\ncase.show()")

    def button(self, name: str, *, exact: bool = False) -> Locator:
        """A button of the view by its name."""
        return self.root.get_by_role("button", name=name, exact=exact)

    def press(self, name: str, key: str = "Enter") -> None:
        """Press a button of the view by keyboard."""
        self.button(name).first.press(key)

    def focused(self) -> str:
        """The name of the element that has the focus."""
        script = "() => document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent"
        return str(self.page.evaluate(script))

    def expand_all(self) -> None:
        """Open all that can be opened."""
        closed = self.root.locator(".triage-disclosure[aria-expanded=false]")
        while closed.count():
            closed.first.press("Enter")
        self.root.locator(".triage-waiting").first.wait_for(state="detached")

    def theme(self, name: str) -> None:
        """Show Lab in a theme."""
        self.lab.theme(name)


def archive(desk: Desk, name: str, members: dict[str, bytes]) -> str:
    """Write an archive beside the samples; its path for the notebook."""
    with tarfile.open(desk.lab.server.root / name, "w:gz") as tar:
        for path, data in members.items():
            info = tarfile.TarInfo(path)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return name
