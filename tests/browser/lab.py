"""A JupyterLab server of its own for the browser tests, and what a person does in its page.

The server has a private home, a random token, a free port on loopback, and a copy of the notebooks and samples as its
root, so that a test can run and save anything.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from playwright.sync_api import Error as BrowserError

if TYPE_CHECKING:
    from types import TracebackType

    from playwright.sync_api import Locator, Page, ViewportSize

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = "@jupyterlab/apputils-extension/notification.jupyterlab-settings"
PANEL = ".jp-NotebookPanel:not(.lm-mod-hidden)"
START_SECONDS = 60
VIEWPORT: ViewportSize = {"width": 1280, "height": 900}
# The notebooks are closed unsaved, and what a person can put back in Lab is put back.
CLOSE = """async () => {
    const {commands, shell} = window.jupyterapp;
    for (const widget of shell.widgets('main')) { if (widget.context) { widget.context.model.dirty = false; } }
    await commands.execute('application:close-all');
    if (shell.leftCollapsed) { shell.expandLeft(); }
}"""
# A dialog that stays open goes with the page only.
CLEAR = """() => [...window.jupyterapp.shell.widgets('main')].every(widget => !widget.context)
    && document.querySelector('.jp-Dialog, dialog[open], .triage-root') === null"""
CLEAR_MS = 3_000


class LabServer:
    """A running `jupyter lab`; use as a context manager."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "root"
        self.token = secrets.token_hex(16)
        self._home = folder / "home"
        self._log = folder / "jupyter.log"
        for name in ("notebooks", "sample_bundles"):
            shutil.copytree(ROOT / name, self.root / name, dirs_exist_ok=True)

    def __enter__(self) -> Self:
        """Start the server and wait until it listens."""
        quiet = self._home / "settings" / SETTINGS
        quiet.parent.mkdir(parents=True)
        quiet.write_text(json.dumps({"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True}))
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1"]
        # The language servers' extension asks npm where they are; there are none.
        command += ["--ServerApp.jpserver_extensions=jupyter_lsp=False"]
        command += ["--ServerApp.port=0", f"--ServerApp.root_dir={self.root}", "--LabApp.expose_app_in_browser=True"]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command, env=self._environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )
        try:
            self.url = self._wait()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the server and with it its kernels."""
        self._stop()

    def _environment(self) -> dict[str, str]:
        """Ours without any Jupyter or IPython setting of the person who runs the tests."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "IPYTHON", "XDG_"))
        }
        home = self._home
        return kept | {
            "HOME": str(home),
            "IPYTHONDIR": str(home / "ipython"),
            "JUPYTER_CONFIG_DIR": str(home / "config"),
            "JUPYTER_DATA_DIR": str(home / "data"),
            "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
            "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
            "JUPYTER_TOKEN": self.token,
        }

    def _wait(self) -> str:
        """Address of the server, from the file that it writes once it listens on the port that it was given."""
        card = self._home / "runtime" / f"jpserver-{self._process.pid}.json"
        for _ in range(START_SECONDS * 10):
            if self._process.poll() is not None:
                break
            try:
                return str(json.loads(card.read_text("utf-8"))["url"])
            except (OSError, ValueError):
                time.sleep(0.1)
        raise RuntimeError(f"JupyterLab did not start:\n{self._log.read_text('utf-8', 'replace')[-4000:]}")

    def _stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@dataclass(frozen=True, slots=True)
class Lab:
    """The JupyterLab in one browser page: what tests and screenshots do with it."""

    page: Page
    server: LabServer

    def open(self, path: str = "") -> Locator:
        """Open Lab with nothing else open, on the file `path` of the server's root; the notebook panel."""
        if path and self.page.url.startswith(f"{self.server.url}lab"):
            self.run("docmanager:open", path=path)
        else:
            place = f"/tree/{path}" if path else ""
            self.page.goto(f"{self.server.url}lab{place}?token={self.server.token}&reset")
            self.page.wait_for_function("() => window.jupyterapp !== undefined")
            self.page.evaluate("() => window.jupyterapp.restored.then(() => null)")
        panel = self.page.locator(PANEL)
        if path.endswith(".ipynb"):
            panel.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()
            # The indicator can be idle before the kernel is connected; running then would ask for a kernel, for ever.
            session = "window.jupyterapp.shell.currentWidget?.sessionContext"
            self.page.wait_for_function(f"() => {session}?.session?.kernel?.connectionStatus === 'connected'")
            self.page.evaluate(f"() => {session}.ready.then(() => null)")
        return panel

    def clear(self) -> bool:
        """Close what is open and put the page back as it was; whether that was possible."""
        self.page.set_viewport_size(VIEWPORT)
        self.page.emulate_media(forced_colors="none")
        self.page.context.clear_permissions()
        try:
            self.page.evaluate(CLOSE)
            self.page.wait_for_function(CLEAR, timeout=CLEAR_MS)
        except BrowserError:
            return False
        return True

    def run(self, command: str, **arguments: object) -> None:
        """Run a command of Lab (`notebook:run-all-cells` ...) and wait until it is done."""
        call = "([id, args]) => window.jupyterapp.commands.execute(id, args).then(() => null)"
        self.page.evaluate(call, [command, arguments])

    def run_all(self) -> None:
        """Run every cell of the open notebook and wait for the last one."""
        self.run("notebook:run-all-cells")
        self.page.locator(f"{PANEL} .jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()

    def theme(self, name: str) -> None:
        """Show Lab in one of its themes: `JupyterLab Light` or `JupyterLab Dark`; it hides itself until it is there."""
        self.run("apputils:change-theme", theme=name)
        self.page.locator(f"body[data-jp-theme-name='{name}'] .jp-LabShell:not(.lm-mod-hidden)").wait_for()

    def kernel(self, code: str) -> str:
        """What `code` prints in the kernel of the open notebook: proof that a click reached Python."""
        return str(
            self.page.evaluate(
                """async code => {
                    const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
                    const future = kernel.requestExecute({code, store_history: false});
                    let text = '';
                    future.onIOPub = message => { text += message.content.text ?? message.content.evalue ?? ''; };
                    await future.done;
                    return text;
                }""",
                code,
            )
        )
