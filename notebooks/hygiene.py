"""What a notebook must be before it is committed: executed from the top, free of widget state and of this machine.

`problems` and `leaks` (what must not be shared) are used by `render.py`, which refuses to write a notebook that has
any, and by the tests, which look at what is committed. nbval alone is not enough: it passes a notebook that was never
executed.
"""

from __future__ import annotations

import re
import socket
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from triage.redact.policy import Policy
from triage.share.notebooks import WIDGET_VIEW, clean

if TYPE_CHECKING:
    from collections.abc import Iterator

# Homes that stand in the crash files of many people: to find one in a notebook says nothing about this machine.
COMMON_USERS = frozenset({"admin", "app", "dev", "developer", "me", "runner", "ubuntu", "user", "vagrant"})

# What this one is about are values that it makes up and masks.
PLANTED = frozenset({"04_redact_and_share.ipynb"})


def machine_addresses(root: Path) -> dict[str, str]:
    """What names this machine -> what it is: the checkout at `root`, home, temporary folders, host name."""
    temporary = ("/tmp/", "/var/folders/", tempfile.gettempdir().rstrip("/") + "/")  # noqa: S108 (only looked for)
    found = dict.fromkeys(temporary, "a temporary path")
    # As with homes: /app and /src are the checkouts of half the world's containers.
    if len(root.parts) > 2:
        found[str(root)] = "the checkout's path"
    home = Path.home()
    if home != Path(home.anchor) and home.name not in COMMON_USERS:
        found[str(home)] = "the home folder"
    host = socket.gethostname()
    # A machine named like a word ("crash") would be found everywhere; one with a digit, dash or dot is a name.
    if re.search(r"[\d.-]", host) and host != "127.0.0.1":
        found[host] = "the host name"
    return found


def texts(value: object) -> Iterator[str]:
    """Every string in decoded JSON, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from texts(item)
    elif isinstance(value, list):
        # Lines of one text are a list in the file: an address may not hide across two.
        if value and all(isinstance(item, str) for item in value):
            yield "".join(value)
        else:
            for item in value:
                yield from texts(item)


def cell_problems(cells: list[dict[str, Any]]) -> Iterator[str]:
    """What is wrong with single cells: ids, execution, stored errors and widgets."""
    count = 0
    for number, cell in enumerate(cells):
        if cell.get("id") != f"cell-{number}":
            yield f"cell {number}: its id is {cell.get('id')!r}, not 'cell-{number}'"
        if cell["cell_type"] != "code" or not "".join(cell["source"]).strip():
            continue
        count += 1
        if cell.get("execution_count") is None:
            yield f"cell {number}: never executed"
        elif cell["execution_count"] != count:
            yield f"cell {number}: executed as number {cell['execution_count']}, not {count}: not run from the top"
        may_raise = "raises-exception" in cell["metadata"].get("tags", [])
        for output in cell["outputs"]:
            if output["output_type"] == "error" and not may_raise:
                yield f"cell {number}: it failed with {output.get('ename')}"
            if WIDGET_VIEW in output.get("data", {}):
                yield f"cell {number}: a widget view, which nothing but a live kernel can show"


def problems(notebook: dict[str, Any], addresses: dict[str, str]) -> list[str]:
    """Everything that keeps `notebook` (decoded JSON) from being committed; `addresses` as `machine_addresses` says."""
    found = list(cell_problems(notebook["cells"]))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    if code and not any(cell["outputs"] for cell in code):
        found.append("no cell has an output: nothing would be compared")
    if "widgets" in notebook["metadata"]:
        found.append("metadata.widgets: saved widget state")
    if notebook["metadata"].get("kernelspec", {}).get("name") != "python3":
        found.append("its kernel is not python3, which is all that others have")
    for text in texts(notebook):
        found += [f"{what}: {address!r}" for address, what in addresses.items() if mentions(text, address)]
    return list(dict.fromkeys(found))


def leaks(data: bytes, name: str) -> list[str]:
    """What `triage notebook clean` would refuse in a notebook: a copy of one that is committed here passes it."""
    if name in PLANTED:
        return []
    hits = clean(data, policy=Policy.default()).hits
    return [f"{hit.place}, line {hit.line}: {hit.kind}, which `triage notebook clean` refuses" for hit in hits]


def mentions(text: str, address: str) -> bool:
    """Whether `address` stands in `text` as a whole: not as a part of a longer name."""
    end = "" if address.endswith("/") else r"(?![\w-])"
    return address in text and re.search(rf"(?<![\w.-]){re.escape(address)}{end}", text) is not None
