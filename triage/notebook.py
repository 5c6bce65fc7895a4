"""The notebook that `triage open PATH` writes: a template with the path as a Python literal, never as source."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from triage.errors import SourceError, TriageError

__all__ = ("cells", "start", "write")

_UNSAFE: Final = re.compile(r"[^\w.@+-]")


def cells(path: str) -> list[dict[str, Any]]:
    """The cells of a new investigation of that file."""
    sources = (
        (
            "markdown",
            "# What crashed\n\nOpened by `triage open`. Run the cells from the top; write down below what you find.",
        ),
        ("code", f"import triage\n\ncase = triage.load({path!r})\ncase.show()"),
        ("code", "case.incidents()"),
        ("code", 'case.frames(columns=["idx", "function", "file", "line", "role"])'),
        ("code", "case.logs().tail(20)"),
        ("code", "case.files()"),
        ("markdown", "## Notes\n"),
    )
    made = []
    for number, (kind, source) in enumerate(sources):
        cell: dict[str, Any] = {
            "cell_type": kind,
            "id": f"cell-{number}",
            "metadata": {},
            "source": source.splitlines(keepends=True),
        }
        made.append(cell | ({"execution_count": None, "outputs": []} if kind == "code" else {}))
    return made


def write(path: str, to: Path | None = None) -> Path:
    """Write the notebook beside where we stand, unless it is there already, and give its path.

    Raises
    ------
    SourceError
        There is nothing at `path`.
    TriageError
        The notebook cannot be written there.
    """
    if path == "-":
        raise SourceError(
            "a notebook reads its input again whenever it is run, and standard input is gone; save it first"
        )
    target = Path(path)
    if not target.exists():
        raise SourceError(f"there is nothing at {path}; check the name, or use a full path")
    notebook = to or Path(_UNSAFE.sub("-", target.resolve().name) + ".triage.ipynb")
    if notebook.exists():
        return notebook
    folder = notebook.resolve().parent
    shown = (
        os.path.relpath(target.resolve(), folder) if target.resolve().anchor == folder.anchor else str(target.resolve())
    )
    document = {
        "cells": cells(shown),
        "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    try:
        notebook.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", "utf-8")
    except OSError as error:
        raise TriageError(f"cannot write {notebook}: {error.strerror}; name another place with --to") from None
    return notebook


def start(notebook: Path) -> None:
    """Start JupyterLab on a notebook, in this process's place, and come back when it ends.

    Raises
    ------
    TriageError
        JupyterLab is not installed.
    """
    import importlib.util

    if importlib.util.find_spec("jupyterlab") is None:
        raise TriageError("JupyterLab is not installed: pip install 'crash-triage[lab]'")
    folder, name = notebook.resolve().parent, notebook.name
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder}"]
    command.append(f"--LabApp.default_url=/lab/tree/{quote(name)}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    subprocess.run(command, check=False)  # noqa: S603 - our own interpreter, arguments as a list
