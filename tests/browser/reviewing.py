"""What a person does in the dialog of a review, on a case with planted secrets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from playwright.sync_api import TimeoutError as BrowserTimeoutError

from tests.browser.desk import KERNEL, Desk, archive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# No scanner's business: they are put together here, and look like no vendor's keys.
PARTS = ("Zq7", "vT9x", "Lm2Kd8")
SECRET = "".join(PARTS)
NAMES = ("ada.lovelace", "engines.test")
MAIL = "@".join(NAMES)
LINES = 3_000
LOG = "".join(
    f"2026-01-26T01:25:{line % 60:02}Z WARN login of {MAIL} failed, password={SECRET}\n"
    if line % 400 == 7
    else f"2026-01-26T01:25:{line % 60:02}Z INFO request {line} done in {line % 113} ms\n"
    for line in range(LINES)
)
MEMBERS = {
    f"notes/{MAIL}": b"a note\n",
    "notes/app.log": LOG.encode(),
    "notes/config.json": json.dumps({"db": {"password": SECRET, "host": "db"}}).encode(),
    "notes/picture.bin": bytes(range(256)) * 8,
}
FOUND = 2 * len(range(7, LINES, 400))
CELLS = "() => window.jupyterapp.shell.currentWidget.content.widgets.map(cell => cell.model.sharedModel.source)"
DIRTY = "() => window.jupyterapp.shell.currentWidget.context.model.dirty"


class Review:
    """What a person does in the dialog."""

    def __init__(self, desk: Desk, members: dict[str, bytes] = MEMBERS) -> None:
        self.desk = desk
        self.page = desk.page
        self.keys = desk.page.keyboard
        self.dialog = desk.page.locator("dialog.triage-dialog")
        self.text = self.dialog.locator("pre.triage-text")
        self.title = self.dialog.locator(".triage-pane .triage-heading")
        self.where = self.dialog.locator(".triage-pane .triage-bar .triage-remark").first
        self.field = self.dialog.locator(".triage-ask input")
        self.says = self.dialog.locator(".triage-says")
        self.current = self.dialog.locator(".triage-current")
        self.leaves = self.dialog.locator(".triage-leaf:has([data-key])")
        desk.run(f"import triage\n\nview = triage.load({archive(desk, 'planted.tar.gz', members)!r}).review()\nview")
        desk.button("Open the review").wait_for()

    def open(self) -> None:
        """Open the dialog by keyboard."""
        self.desk.press("Open the review")
        self.leaves.first.wait_for()

    def read(self, name: str) -> None:
        """Open a file of the list by keyboard."""
        self.leaves.get_by_role("button", name=name).first.press("Enter")
        self.title.filter(has_text=name).wait_for()

    def read_all(self) -> None:
        """Open every file, by the key for it."""
        for _ in range(self.leaves.count()):
            before = self.title.inner_text() if self.title.count() else ""
            self.keys.press("f")
            name = "document.querySelector('.triage-pane .triage-heading')?.innerText ?? ''"
            self.page.wait_for_function(f"before => ![before, ''].includes({name})", arg=before)
        self.says.get_by_text("Every file was opened, skipped").wait_for()

    def next(self, number: int) -> None:
        """Go to the next finding, which is that of a number."""
        self.keys.press("n")
        self.where.get_by_text(f"Finding {number} of ").wait_for()

    def answer(self, text: str) -> None:
        """Answer what is asked for, and wait until it was taken."""
        self.field.wait_for()
        self.keys.type(text)
        self.keys.press("Enter")
        try:
            self.dialog.locator(".triage-ask").wait_for(state="detached")
        except BrowserTimeoutError as error:
            shown = self.dialog.locator(".triage-ask").inner_text()
            focus = self.page.evaluate("() => document.activeElement.tagName")
            error.add_note(f"the focus is on {focus}; the question shows {shown!r}")
            raise

    def approve(self, by: str = "Ada") -> None:
        """Open all and approve."""
        self.read_all()
        self.keys.press("Control+Enter")
        self.answer(by)
        self.says.get_by_text("Approved and frozen").wait_for()

    def unmask_first(self) -> None:
        """Unmask the first finding of the log, with a reason."""
        self.read("app.log")
        self.next(1)
        self.keys.press("m")
        self.answer("no person")
        self.where.get_by_text("not masked").wait_for()

    def inside(self) -> bool:
        """Whether the focus is in the dialog."""
        return bool(self.page.evaluate("() => document.activeElement.closest('dialog[open]') !== null"))

    def told(self, text: str) -> None:
        """Wait until assistive tools were told."""
        self.dialog.locator(".triage-announcer").get_by_text(text).wait_for()

    def ask(self, call: str) -> Any:
        """What the kernel says of the review."""
        return json.loads(self.desk.lab.kernel(f"import json; print(json.dumps(view._review.{call}))"))

    def saved(self, name: str) -> Path:
        """A file in the folder that the notebook works in."""
        return self.desk.lab.server.root / name


def states(review: Review) -> Iterator[str]:
    """Every state of the view, one after the other, by name."""
    yield "closed"
    review.open()
    yield "open"
    review.read("app.log")
    review.next(1)
    yield "file open"
    review.desk.press("List findings")
    review.dialog.locator(".triage-found tbody tr").first.wait_for()
    review.keys.press("/")
    review.keys.type("failed")
    review.keys.press("Enter")
    review.dialog.locator(".triage-search .triage-link").first.wait_for()
    yield "findings and hits"
    review.title.focus()
    review.keys.press("?")
    yield "help"
    review.keys.press("Escape")
    review.next(2)
    review.keys.press("m")
    review.keys.press("Enter")
    yield "unmask form"
    review.answer("no person")
    yield "unmasked"
    review.desk.press("Skip the 3 not opened")
    review.says.get_by_text("Every file was opened, skipped").wait_for()
    review.keys.press("Control+Enter")
    yield "approve ready"
    review.answer("Ada")
    yield "approved"
    review.desk.press("Save…")
    review.answer("")
    review.says.get_by_text("✓ Saved").wait_for()
    yield "saved"
    review.desk.press("Discard…")
    yield "discard confirmation"
    review.keys.press("Escape")
    review.page.evaluate(f"() => {KERNEL}.restartKernel()")
    review.dialog.locator(".triage-failure").wait_for()
    yield "failure"
