"""Jupyter notebooks: the errors of their cells, and the traces that cells printed.

Facts: the notebook format of Jupyter (nbformat 3 and 4). Layout::

    {"nbformat": 4, "metadata": {"kernelspec": {...}, "language_info": {...}}, "cells": [cell]}
    cell   = {"cell_type": "code", "execution_count": n, "id", "metadata": {"execution": {key: time}}, "source",
              "outputs": [output]}
    output = {"output_type": "error", "ename", "evalue", "traceback": [text]}
           | {"output_type": "stream", "name": "stdout" | "stderr", "text"}
           | {"output_type": "display_data" | "execute_result", "data": {"text/plain": ...}}

In nbformat 3 the cells lie in `worksheets`, and an error is a `pyerr`. Texts are written whole or as lists of lines.
An error of a cell is an event whatever the language of the kernel; where its traceback is one that a trace module
knows, it has the stacks of that. The annotations of scope `notebook` say where it stands: the cell, its execution
count, the output.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from triage.formats import Match, trace_text, traces
from triage.formats.held_text import report as held_report
from triage.formats.held_text import unplaced
from triage.formats.sentry_json import decode, mapping, number, text
from triage.formats.traces.prefixes import uncoloured
from triage.formats.traces.reports import Report
from triage.formats.traces.scanning import Found, scan
from triage.times import iso

if TYPE_CHECKING:
    from collections.abc import Iterator

    from triage.formats.head import Head
    from triage.sources.source import Source

__all__ = ("NAME", "TITLE", "read", "sniff")

NAME: Final = "jupyter-notebook"
TITLE: Final = "Jupyter notebook"

_ERRORS: Final = frozenset({"error", "pyerr"})
_FINISHED: Final = ("iopub.status.idle", "shell.execute_reply", "iopub.execute_input", "iopub.status.busy")
# A text longer than this is read up to here: it is shown in a cell.
_MOST: Final = 4_000_000


def sniff(head: Head) -> Match | None:
    """By the keys of a notebook; those at its end may lie behind the head.

    Examples
    --------
    >>> from triage.formats.head import Head
    >>> sniff(Head(b'{"cells": [], "metadata": {}, "nbformat": 4}')).score
    93
    """
    keys = head.keys
    if "nbformat" in keys and keys & {"cells", "worksheets"}:
        return Match(93, "nbformat and the cells of a notebook")
    if not head.is_whole and keys & {"cells", "worksheets"} and '"cell_type"' in head.text:
        return Match(82, "the cells of a notebook")
    return None


def read(source: Source) -> None:
    """Give an event for each error and each trace in the outputs."""
    decoded = decode(source.data() if source.encoding == "utf-8" else source.text().encode("utf-8", "replace"))
    document = mapping(decoded.value)
    cells, events = 0, 0
    said = _kernel(document)
    for at, cell in enumerate(_cells(document)):
        cells += 1
        for place, output in enumerate(_list(cell.get("outputs"))):
            for event in _output(source, mapping(output), cell, said):
                events += 1
                _place(source, event, document, cell, (at, place))
    source.role, source.media = source.role or "notebook", source.media or "application/x-ipynb+json"
    told = f", {events:,} event{'s' * (events != 1)}" if events else ""
    source.description = f"{TITLE}: {cells:,} cell{'s' * (cells != 1)}{told}"
    if decoded.problem or not document:
        problem = decoded.problem or "no notebook in this document"
        source.note(problem)
        source.parse_status = "partial"
        source.quarantine(problem, offset=decoded.offset, length=max((source.size or 0) - decoded.offset, 0))


def _output(source: Source, output: dict[str, Any], cell: dict[str, Any], said: dict[str, Any]) -> Iterator[int]:
    """The events of one output."""
    said = {**said, **_moment(cell)}
    if text(output.get("output_type")) in _ERRORS:
        yield _error(source, output, said)
        return
    for written in (output.get("text"), mapping(output.get("data")).get("text/plain")):
        for found in scan(enumerate(_text(written)[:_MOST].split("\n"))):
            report = replace(found.report, traces=unplaced(found.report.traces))
            yield _put(source, found._replace(report=report), {**said, "platform": found.module.PLATFORM})


def _error(source: Source, output: dict[str, Any], said: dict[str, Any]) -> int:
    """The error that ended a cell."""
    written = "\n".join(line for line in _list(output.get("traceback")) if isinstance(line, str))[:_MOST]
    name, value = text(output.get("ename")), text(output.get("evalue"))
    found = held_report(written)
    report = found or Report(kind="exception", level="error", error_type=name, error_value=value)
    named = report.error_type
    # the traceback may name the module beside the class
    if name and not (named and named.rpartition(".")[2] == name.rpartition(".")[2]):
        named = name
    report = replace(report, error_type=named, error_value=uncoloured(value) if value else report.error_value)
    spoken = next((frame.language for trace in report.traces for frame in trace.frames if frame.language), None)
    said = {**said, "platform": said["platform"] or spoken, "handled": False}
    lines = written.count("\n") + 1
    event = _put(source, Found(traces.modules()["python"], report, 1, lines, 0, 0, None), said)
    if found is None and written:
        source.records.annotation(event, "notebook", "traceback", uncoloured(written))
    return event


def _put(source: Source, found: Found, said: dict[str, Any]) -> int:
    """Append a report; where it stands in the file is the whole of it, as its text is escaped there."""
    return trace_text.add(source, found, format=NAME, **said | {"offset": 0, "length": source.size})


def _place(source: Source, event: int, document: dict[str, Any], cell: dict[str, Any], place: tuple[int, int]) -> None:
    """Where in the notebook an event stands, and what ran it."""
    kernel, language = (mapping(mapping(document.get("metadata")).get(key)) for key in ("kernelspec", "language_info"))
    count = number(cell.get("execution_count", cell.get("prompt_number")))
    facts = {
        "cell": place[0],
        "cell_id": text(cell.get("id")),
        "execution_count": count,
        "output": place[1],
        "source": _text(cell.get("source", cell.get("input"))) or None,
        "kernel": text(kernel.get("name")),
        "language_version": text(language.get("version")),
    }
    for key, value in facts.items():
        source.records.annotation(event, "notebook", key, value)


def _kernel(document: dict[str, Any]) -> dict[str, Any]:
    """What the notebook says of the language of its cells."""
    metadata = mapping(document.get("metadata"))
    names = (mapping(metadata.get("language_info")).get("name"), mapping(metadata.get("kernelspec")).get("language"))
    language = next((name for name in map(text, names) if name), None)
    return {"platform": language.lower() if language else None}


def _moment(cell: dict[str, Any]) -> dict[str, Any]:
    """When the cell ended, where JupyterLab was asked to record it."""
    execution = mapping(mapping(cell.get("metadata")).get("execution"))
    moment = next((ts for key in _FINISHED if (ts := iso(execution.get(key))) is not None), None)
    return {} if moment is None else {"ts": moment, "ts_source": "notebook cell"}


def _cells(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The cells in their order, of all worksheets."""
    sheets = [document, *map(mapping, _list(document.get("worksheets")))]
    for sheet in sheets:
        yield from map(mapping, _list(sheet.get("cells")))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    """A text that is written whole or as a list of lines with their ends."""
    if isinstance(value, list):
        return "".join(line for line in value if isinstance(line, str))
    return value if isinstance(value, str) else ""
