"""Notebooks on their way into git: without widget state, with stable ids, and only where nothing secret stands in them.

`triage notebook clean` is this as a git filter and as a pre-commit hook. As a filter, once per clone:

    git config filter.triage-notebook.clean "triage notebook clean"
    git config filter.triage-notebook.required true

and in `.gitattributes`:

    *.ipynb filter=triage-notebook

Execution counts and outputs stay. The form of the file is that of Jupyter itself (nbformat 4.5: sorted keys, one space
of indentation, a line end), so that the same notebook gives the same bytes, and cleaning twice gives them again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from triage.errors import FormatError
from triage.share.passes import spellings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from triage.redact.policy import Policy

__all__ = ("WIDGET_VIEW", "Cleaned", "Hit", "clean", "normalise", "written")

WIDGET_VIEW: Final = "application/vnd.jupyter.widget-view+json"
# What differs from run to run, or says how somebody looked at it.
_PASSING: Final = ("execution", "ExecuteTime", "collapsed", "scrolled", "trusted")
_TOLD: Final = frozenset({"data", "text", "traceback"})  # of an output, scanned as the text that it is
_NOT_ONE: Final = "open and save it in JupyterLab, or leave it out of the filter"


@dataclass(frozen=True, slots=True)
class Hit:
    """One finding: in which part of the notebook, of which kind, how long; never the value."""

    place: str
    kind: str
    rule: str
    line: int
    bucket: str


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A clean notebook as bytes, or what keeps it from being written.

    `unread` are the places of what cannot be looked into, such as pictures: only their printable strings were read.
    """

    data: bytes
    hits: tuple[Hit, ...]
    unread: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<Cleaned: {len(self.data):,} bytes, {len(self.hits):,} findings>"


def clean(data: bytes, *, policy: Policy | None = None) -> Cleaned:
    """Normalise a notebook and scan it; `data` of the result is empty where there are findings.

    Parameters
    ----------
    data
        The file.
    policy
        What to look for, beside what `triage.toml` adds, found upward from the working directory.

    Raises
    ------
    FormatError
        It is no notebook of nbformat 4.

    Examples
    --------
    >>> clean(b'{"cells": [], "metadata": {"widgets": {}}, "nbformat": 4, "nbformat_minor": 4}').data.splitlines()[:2]
    [b'{', b' "cells": [],']
    """
    from triage.config import load_policy, strengthened

    notebook = _read(data)
    normalise(notebook)
    out = written(notebook)
    unread: dict[str, None] = {}
    chosen = load_policy() if policy is None else strengthened(policy)
    hits = tuple(_hits(notebook, out, chosen, unread))
    return Cleaned(b"" if hits else out, hits, tuple(unread))


def normalise(notebook: dict[str, Any]) -> None:
    """Drop, in place, what shows only in a live kernel or differs from run to run; ids become cell-0, cell-1 ..."""
    notebook["metadata"].pop("widgets", None)
    notebook["nbformat_minor"] = max(notebook.get("nbformat_minor", 0), 5)  # before it, cells have no ids
    for number, cell in enumerate(notebook["cells"]):
        cell["id"] = f"cell-{number}"
        for key in _PASSING:
            cell["metadata"].pop(key, None)
        for output in cell.get("outputs", []):
            for part in ("data", "metadata"):
                output.get(part, {}).pop(WIDGET_VIEW, None)


def written(notebook: dict[str, Any]) -> bytes:
    """The notebook in the form in which Jupyter writes it."""
    text = json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False)
    try:
        return f"{text}\n".encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON can only escape
        return f"{json.dumps(notebook, indent=1, sort_keys=True)}\n".encode()


def _read(data: bytes) -> dict[str, Any]:
    """The notebook as decoded JSON, its shape checked as far as it is used here."""
    try:
        notebook = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise FormatError(f"this is no notebook: it is no JSON in UTF-8; {_NOT_ONE}") from None
    if not isinstance(notebook, dict) or notebook.get("nbformat") != 4:
        raise FormatError(f"this is no notebook of nbformat 4; {_NOT_ONE}")
    if not isinstance(notebook.get("metadata"), dict) or not isinstance(notebook.get("cells"), list):
        raise FormatError(f"this notebook has no cells or no metadata; {_NOT_ONE}")
    minor = notebook.get("nbformat_minor", 0)
    if not isinstance(minor, int) or not all(_is_cell(cell) for cell in notebook["cells"]):
        raise FormatError(f"a cell of this notebook is none; {_NOT_ONE}")
    return notebook


def _is_cell(cell: Any) -> bool:
    if not isinstance(cell, dict) or not isinstance(cell.get("metadata"), dict):
        return False
    outputs = cell.get("outputs", [])
    return isinstance(outputs, list) and all(
        isinstance(output, dict)
        and all(isinstance(output.get(part, {}), dict) for part in ("data", "metadata"))
        and isinstance(output.get("traceback", []), list)
        for output in outputs
    )


def _hits(notebook: dict[str, Any], out: bytes, policy: Policy, unread: dict[str, None]) -> Iterator[Hit]:
    """The findings by cell; what shows only in the file as a whole is told as such. `unread` gets other places."""
    from triage.redact.decoding.attached import ATTACHMENT
    from triage.redact.redactor import Redactor

    parts = list(_parts(notebook))
    redactor = Redactor(policy)
    for place, data in parts:
        redactor.learn(data, place=place)
    redactor.learn(out, place="the file", media="json")
    found = False
    for place, data in parts:
        for finding in redactor.residue(data, place=place):
            if finding.kind == ATTACHMENT:
                unread[place] = None
                continue
            found = True
            yield Hit(place, finding.kind, finding.rule, finding.line, finding.bucket)
    if not found:
        for finding in redactor.residue(out, place="the file", media="json"):
            if finding.kind != ATTACHMENT:
                yield Hit("the file", finding.kind, finding.rule, finding.line, finding.bucket)


def _parts(notebook: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """What is scanned, and where it stands: each text as it is read, lines joined, and all metadata."""
    rest = {key: value for key, value in notebook.items() if key != "cells"}
    yield "the notebook's metadata", _encoded(rest)
    for number, cell in enumerate(notebook["cells"]):
        place = f"cell {number}"
        yield place, _encoded(cell.get("source", ""))
        kept = {key: value for key, value in cell.items() if key not in {"source", "outputs"}}
        attached = cell.get("attachments")
        if isinstance(attached, dict):
            kept["attachments"] = [*attached.values()]
        yield f"{place}, metadata", _encoded(kept)
        if isinstance(attached, dict):
            yield (
                f"{place}, names of attachments",
                _encoded("\n".join(each for name in attached for each in spellings(name))),
            )
        yield from _printed(place, cell.get("outputs", []))
        for index, output in enumerate(cell.get("outputs", [])):
            where = f"{place}, output {index}"
            for media, value in output.get("data", {}).items():
                yield f"{where}, {media}", _encoded(value)
            yield where, _encoded("\n".join(map(str, output.get("traceback", []))))
            yield where, _encoded({key: value for key, value in output.items() if key not in _TOLD})


def _printed(place: str, outputs: list[dict[str, Any]]) -> Iterator[tuple[str, bytes]]:
    """The texts of outputs; those of one stream that follow each other are one, as Jupyter shows them."""

    def stream(each: tuple[int, dict[str, Any]]) -> Any:
        number, output = each
        return output.get("name") if output.get("output_type") == "stream" else number

    for _, run in groupby(enumerate(outputs), stream):
        numbers, texts = zip(*((number, _encoded(output.get("text", ""))) for number, output in run), strict=True)
        which = f"output {numbers[0]}" if len(numbers) == 1 else f"outputs {numbers[0]} to {numbers[-1]}"
        yield f"{place}, {which}", b"".join(texts)


def _encoded(value: Any) -> bytes:
    """A text, or the lines of one, as it reads; anything else as JSON."""
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        value = "".join(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")
