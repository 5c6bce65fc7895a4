"""Executes the notebooks in place and writes them so that the same code gives the same bytes.

    python -m notebooks.render [NOTEBOOK ...]        (`make render`; without names: all of this folder)

Each runs in this folder with the python3 kernel of this environment. Widget state and widget views are dropped (the
static HTML beside them is what pages show), ids become cell-0, cell-1 ..., and times and versions go. A notebook that
then still has a problem of `hygiene.problems` or `hygiene.leaks` is not written, and the exit code is 1.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

from notebooks import hygiene
from triage.share import notebooks as shared

HERE = Path(__file__).resolve().parent
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
TIMEOUT_SECONDS = 600


def execute(notebook: nbformat.NotebookNode) -> None:
    """Run every cell from the top in a new kernel, in the folder of the notebooks."""
    NotebookClient(
        notebook,
        kernel_name="python3",
        resources={"metadata": {"path": str(HERE)}},
        timeout=TIMEOUT_SECONDS,
        store_widget_state=False,
        record_timing=False,
        coalesce_streams=True,
    ).execute()


def normalise(notebook: dict[str, Any]) -> None:
    """Drop what differs from run to run or shows only in a live kernel, and name the kernel that everybody has."""
    shared.normalise(notebook)
    notebook["metadata"]["kernelspec"] = dict(KERNEL)
    notebook["metadata"]["language_info"] = {"name": "python"}


def render(path: Path) -> list[str]:
    """Execute and rewrite the notebook at `path`; its problems, with which it is left as it was."""
    notebook: nbformat.NotebookNode = nbformat.read(path, as_version=4)
    notebook["nbformat_minor"] = 5
    execute(notebook)
    normalise(notebook)
    nbformat.validate(notebook)
    found = hygiene.problems(notebook, hygiene.machine_addresses(HERE.parent))
    written = nbformat.writes(notebook) + "\n"
    found += hygiene.leaks(written.encode(), path.name)
    if not found:
        path.write_text(written, "utf-8")
    return found


def main(names: list[str]) -> int:
    """Render the notebooks `names`, or all; the exit code."""
    failed = False
    for path in [Path(name) for name in names] or sorted(HERE.glob("*.ipynb")):
        found = render(path)
        failed = failed or bool(found)
        print(path.name, "not written:" if found else "written", *found, sep="\n  " if found else " ")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
