"""Planted values are in nothing that is shown, said, saved or left behind."""

from __future__ import annotations

import copy
import io
import json
import logging
import os
import pickle
import subprocess
import sys
import tarfile
import tempfile
import traceback
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient

import triage
from tests import planting, running
from tests.planting import leaks
from triage.errors import TriageError
from triage.share.redacted import RedactedCase
from triage.share.review import Review
from triage.tables import TABLES
from triage_widgets.review_view import ReviewView

# What no reader and no scan looks into: it never leaves, so that it need not be found.
UNREAD = {"tar uname", "tar gname", "tar link", "tar pax", "gzip name", "gzip comment", "zip comment"}
UNREAD |= {"zip member comment", "memory", "image", "input"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return planting.plant(tmp_path_factory.mktemp("planted"))


@pytest.fixture(scope="module")
def case(folder: Path) -> triage.Case:
    return triage.load(folder)


@pytest.fixture(scope="module")
def redacted(case: triage.Case) -> RedactedCase:
    return case.redact()


@pytest.fixture(scope="module")
def archive(redacted: RedactedCase) -> Any:
    return redacted.approve(by="Ada", when="2026-02-10")


def tables(case: Any) -> list[str]:
    """Every table of a case, as text."""
    with pd.option_context("display.max_colwidth", None, "display.max_rows", None):
        found = [case.table(name).to_csv() + repr(case.table(name)) for name in TABLES]
    return [*found, case.summary().to_csv()]


def pages(case: Any) -> list[str]:
    """Every page of every file, and the files as a piece of text."""
    found = []
    for source in case.files()["source_id"]:
        try:
            first = case.preview(source)
        except TriageError as error:  # a file of Linux inside of a dump, and a link: they cannot be read again
            found.append(str(error))
            continue
        found += [repr(first), *(repr(case.preview(source, page)) for page in range(1, first.pages))]
        found.append(case.text(source))
    return found


def asked(widget: Any, calls: list[tuple[str, dict[str, Any]]]) -> list[str]:
    """What a page is answered, as it goes over the wire."""
    return [json.dumps(widget.call({"name": name, "arguments": given}, [])[0]) for name, given in calls]


def state(widget: Any) -> list[str]:
    """Traits, state and the bundle that a notebook saves."""
    data, metadata = widget._repr_mimebundle_()
    traits = {name: getattr(widget, name) for name in widget.trait_names() if name not in {"comm", "layout"}}
    return [repr(widget.get_state()), repr(traits), json.dumps(data), json.dumps(metadata), repr(widget), str(widget)]


def run(*arguments: str, cwd: Path | None = None) -> list[str]:
    """What the command line prints, on both of its outputs."""
    done = running.run(*arguments, cwd=cwd, env=os.environ | {"COLUMNS": "300"})
    return [done.stdout.decode(), done.stderr.decode()]


def test_every_value_is_in_the_raw_case(case):
    raw = tables(case)
    for source in case.files()["source_id"]:
        try:
            raw.append(case.read(source, length=1 << 20).decode("latin-1"))
        except TriageError:
            continue
    wanted = {place for place in planting.planted() if place[0] not in UNREAD}
    # What stands beside the values is no text of any kind.
    raw += [json.dumps(case.files()["path"].tolist())]
    assert wanted <= set(leaks(text.encode("latin-1", "replace") for text in raw))


def test_what_looks_for_them_finds_them_packed_and_encoded():
    value = planting.value("log", "password")
    for spelled in planting._spelled():
        assert all(planting.held(b"x" + one + b"y") for one in spelled[1]), spelled[0]
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        tar.addfile(tarfile.TarInfo(value))
    assert leaks([packed.getvalue()]) == [("log", "password")]
    assert leaks(["nothing"]) == []


def test_the_tables_of_a_redacted_case(redacted):
    assert leaks(tables(redacted)) == []


def test_the_tables_of_a_case_that_masks_on_demand(case):
    assert leaks(tables(RedactedCase.lazy(case))) == []


@pytest.mark.parametrize("make", [RedactedCase.lazy, triage.Case.redact], ids=["lazy", "whole"])
def test_the_pages_of_every_file(case, make):
    shown = make(case)
    found = pages(shown)
    assert len(found) > 30
    assert leaks(found) == []


def test_tables_of_one_incident_and_one_event(case, redacted):
    for shown in (RedactedCase.lazy(case), redacted):
        told = []
        for incident in shown.incidents()["incident_id"]:
            told += [verb(incident).to_csv() for verb in (shown.events, shown.stacks, shown.frames, shown.annotations)]
            told.append(shown.newest(incident).to_csv())
        assert told
        assert leaks(told) == []


def test_what_is_shown_in_a_notebook(case):
    widget = case.show()
    told = state(widget)
    incidents = [None, *case.incidents()["incident_id"]]
    told += asked(widget, [("view", {"incident": incident}) for incident in incidents])
    told += asked(widget, [("files", {"start": 0}), ("files", {"start": 10})])
    sources = case.files()["source_id"]
    told += asked(widget, [("preview", {"source_id": source, "page": page}) for source in sources for page in (0, 1)])
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("view", {"incident": "none"}),
        ("preview", {"source_id": "none"}),
        ("preview", {"source_id": sources.iloc[0], "page": "x"}),
        ("files", {"start": "x"}),
        ("nothing", {}),
        ("view", {"nonsense": 1}),
    ]
    told += asked(widget, wrong)
    assert leaks(told) == []


def test_the_stacks_of_every_incident(case):
    told = []
    for incident in case.incidents()["incident_id"]:
        widget = case.stack_view(incident)
        told += state(widget)
        told += asked(widget, [("head", {}), ("tree", {}), ("others", {}), ("splits", {})])
        for event in [*case.variants(incident)["event_id"], "none"]:
            told += asked(widget, [("head", {"event": event})])
            told += asked(widget, [("frames", {"event": event, "stack": stack, "start": 0}) for stack in range(3)])
    assert leaks(told) == []


def test_the_charts_and_what_they_are_asked(case):
    told = []
    for name in ("spikes", "regressions", "timeline", "releases"):
        figure = getattr(case.charts, name)()
        widget = figure.interactive()
        told += [repr(figure), json.dumps(figure._repr_mimebundle_()), *state(widget)]
        told += asked(widget, [("chart", {}), ("incidents", {}), ("select", {}), ("select", {"since": "x"})])
    assert leaks(told) == []


def test_static_pages(case, redacted):
    told = [json.dumps(each._repr_mimebundle_()) for each in (case, redacted, RedactedCase.lazy(case))]
    told += [repr(each) for each in (case, redacted, redacted.working, redacted.working.redactor)]
    told += [repr(member) + str(member) for member in redacted.working.members.values()]
    assert leaks(told) == []


def test_the_review(case, tmp_path):
    review = Review(case.redact())
    widget = ReviewView(review)
    told = state(widget)
    files = review.summary()["files"]
    mask = next(iter(review.findings(next(f["number"] for f in files if f["finding_count"]))["rows"]))["mask"]
    secret = planting.value("log", "password")
    calls: list[tuple[str, dict[str, Any]]] = [("summary", {})]
    for file in files:
        calls += [("page", {"number": file["number"], "page": page}) for page in range(3)]
        calls.append(("findings", {"number": file["number"]}))
    calls += [("search", {"text": text}) for text in ("password", "a", "[", secret[:6])]
    calls += [
        ("unmask", {"mask": mask, "reason": f"it is {secret}"}),
        ("unmask", {"mask": "[none:1:1]", "reason": "why"}),
        ("drop", {"number": 999, "reason": "why"}),
        ("drop", {"number": 0, "reason": f"password={secret}"}),
        ("drop", {"number": 0, "reason": "not needed"}),
        ("keep", {"number": 0}),
        ("include_original", {"number": 0, "reason": "why"}),
        ("save", {"path": str(tmp_path / "early.tar.gz")}),
        ("approve", {"by": " "}),
        ("approve", {"by": "Ada"}),
        ("summary", {}),
        ("save", {"path": str(tmp_path / review.summary()["suggested"])}),
        ("discard", {}),
        ("page", {"number": 0}),
    ]
    told += asked(widget, calls)
    told += state(widget)
    saved = list(tmp_path.iterdir())
    assert len(saved) == 1
    told += [saved[0].name, saved[0].read_bytes().hex()]
    # The path is the tester's own, and what was searched for is the searcher's.
    assert leaks(told) == []
    assert leaks([saved[0].read_bytes()]) == []


def test_the_archive(archive, tmp_path):
    saved = archive.save(tmp_path / "out.tar.gz")
    told: list[bytes | str] = [saved.read_bytes(), repr(archive), json.dumps(archive.review), *archive.files]
    names = []
    with tarfile.open(saved) as tar:
        for info in tar:
            file = tar.extractfile(info)
            assert file is not None
            told += [info.name, repr(info.get_info()), json.dumps(info.pax_headers), file.read()]
            names.append(info.name)
            assert (info.uname, info.gname, info.uid, info.linkname, info.mtime) == ("", "", 0, "", 0)
    assert {"MANIFEST.json", "REVIEW.json"} <= set(names)
    assert leaks(told) == []
    assert triage.audit(saved).empty


def test_what_was_saved_reads_without_any(archive):
    back = triage.load(archive.bytes)
    assert leaks([*tables(back), *map(back.text, back.files()["source_id"])]) == []


def test_one_incident_as_it_leaves(case):
    for incident in case.incidents()["incident_id"]:
        alone = case.redact(incident=incident)
        told = [*tables(alone), alone.approve(by="Ada").bytes.hex()]
        assert leaks([*told, alone.approve(by="Ada").bytes]) == []


def test_the_command_line(folder, tmp_path):
    out = tmp_path / "out.tar.gz"
    inside = folder.parent
    name = next(iter(inside.iterdir())).name
    told = run("show", ".", cwd=folder)
    told += run("redact", ".", "--dry-run", cwd=folder)
    told += run("redact", ".", "-o", str(out), "--approve-as", "Ada", cwd=folder)
    told += run("verify", str(out))
    told += run("audit", ".", cwd=folder)
    told += run("audit", ".", "--format", "ndjson", cwd=folder)
    told += run("redact", ".", "--drop", "nothing=why", "-o", str(out), "--approve-as", "Ada", cwd=folder)
    told += run("redact", name, "--incident", "none", cwd=inside)
    assert out.exists()
    assert leaks(told) == []


def test_an_audit(folder):
    found = triage.audit(folder)
    assert len(found) > 50
    assert leaks([found.to_csv(), repr(found.attrs)]) == []


def raised(call: Any) -> str:
    """What a call that fails says, in every way in which Python tells of it."""
    try:
        call()
    except Exception as error:  # noqa: BLE001 - whatever it is, it tells
        told = traceback.TracebackException.from_exception(error, capture_locals=False)
        chain = [error, error.__cause__, error.__context__ if not error.__suppress_context__ else None]
        return "".join(told.format()) + "".join(f"{one!s}{one!r}{one.args!r}" for one in chain if one)
    raise AssertionError("nothing was raised")


def test_what_wrong_calls_say(case, redacted):
    secret = planting.value("log", "password")
    line = f"password={secret}"
    name = next(name for name in redacted.working.members if name.endswith("app.log"))
    mask = next(mask for member in redacted.working.members.values() for mask in member.marks.masks)
    lazy = RedactedCase.lazy(case)
    source = case.files()["source_id"].iloc[-1]
    calls = [
        lambda: lazy.approve(by="Ada"),
        lambda: lazy.text("none"),
        lambda: lazy.preview("none"),
        lambda: lazy.frames(event="none"),
        lambda: lazy.frames(columns=["nonsense"]),
        lambda: lazy.table("nonsense"),
        lambda: lazy.table("events", ["nonsense"]),
        lambda: lazy.events("none"),
        lambda: case.redact(incident="none"),
        lambda: case.redact("nonsense"),
        lambda: lazy.text(source, offset="x"),
        lambda: redacted.approve(by=""),
        lambda: redacted.approve(by="Ada", skip=["none"]),
        lambda: redacted.approve(by="Ada", skip=[line]),
        lambda: redacted.approve(by="Ada", drop={name: ""}),
        lambda: redacted.approve(by="Ada", drop={name: line}),
        lambda: redacted.approve(by="Ada", drop={line: "why"}),
        lambda: redacted.approve(by="Ada", unmask={line: "why"}),
        lambda: redacted.approve(by="Ada", unmask={mask: line}),
        lambda: redacted.approve(by="Ada", originals={name: "why"}),
        lambda: redacted.approve(by="Ada", originals={line: "why"}),
        lambda: redacted.approve(by="Ada", when=line),
        lambda: triage.audit(object()),
        lambda: triage.loads(line).redact().frames(columns=["nonsense"]),
    ]
    assert leaks(map(raised, calls)) == []


def test_inputs_that_are_gone(tmp_path):
    moved = tmp_path / f"of {planting.value('input', 'email')}.log"
    moved.write_text(planting.text("log"))
    case = triage.load(moved)
    lazy, whole = RedactedCase.lazy(case), case.redact()
    source = case.files()["source_id"].iloc[0]
    moved.unlink()
    calls = [case.redact, lazy.events, lambda: lazy.text(source), lambda: lazy.preview(source)]
    told = []
    for call in calls:
        try:
            told.append(repr(call()))
        except TriageError:
            told.append(raised(call))
    told.append(repr(whole.approve(by="Ada")))
    assert leaks(told) == []


def test_a_residue_says_where_and_never_what(case):
    redacted = case.redact()
    working = redacted.working
    member = next(member for name, member in working.members.items() if name.endswith("app.log"))
    member.piece = working.spool.write([f"late password={planting.value('log', 'password')}x\n".encode()])
    told = raised(lambda: redacted.approve(by="Ada"))
    assert "RedactionError" in told
    assert "line 1" in told
    assert leaks([told]) == []


def test_nothing_is_pickled_or_copied(case, redacted, archive):
    lazy = RedactedCase.lazy(case)
    review = Review(case.redact())
    held = [lazy, redacted, lazy._masker, redacted.working, redacted.working.spool, redacted.working.redactor]
    held += [archive, review]
    told = []
    for each in held:
        for attempt in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError) as caught:
                attempt(each)
            told.append(raised(lambda attempt=attempt, each=each: attempt(each)) + str(caught.value))
    assert leaks(told) == []


def test_no_logger_is_told(folder, caplog):
    caplog.set_level(logging.DEBUG)
    case = triage.load(folder)
    redacted = case.redact()
    widget = case.show()
    asked(widget, [("view", {}), ("view", {"nonsense": 1}), ("preview", {"source_id": "x", "page": "y"})])
    review = case.review()
    asked(review, [("page", {"number": number}) for number in range(5)] + [("page", {"number": "x"})])
    redacted.approve(by="Ada").save(folder.parent / "out.tar.gz")
    (folder.parent / "out.tar.gz").unlink()
    told = [caplog.text, *(f"{record.msg!r} {record.args!r} {record.exc_text!r}" for record in caplog.records)]
    assert leaks(told) == []


def test_no_temporary_file_stays(folder, tmp_path):
    script = (
        "import sys, tempfile, pathlib, triage\n"
        "case = triage.load([sys.argv[1], b'INFO fine\\n' * 2_500_000])\n"
        "redacted = case.redact()\n"
        "archive = redacted.approve(by='Ada')\n"
        "archive.save(sys.argv[2])\n"
        "lazy = case._masked\n"
        "lazy.events(), case.show(), case.audit if hasattr(case, 'audit') else triage.audit(sys.argv[1])\n"
        "print(sorted(path.name for path in pathlib.Path(tempfile.gettempdir()).rglob('*')))\n"
        "archive.close(); redacted.close()\n"
        "print(sorted(path.name for path in pathlib.Path(tempfile.gettempdir()).rglob('*')))\n"
    )
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    out = tmp_path / "saved" / "out.tar.gz"
    out.parent.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder), str(out)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"TMPDIR": str(temporary)},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["[]", "[]"]
    assert list(temporary.iterdir()) == []
    assert [path.name for path in out.parent.iterdir()] == ["out.tar.gz"]


def test_a_save_that_fails_leaves_nothing(archive, tmp_path):
    (tmp_path / "taken").mkdir()
    with pytest.raises(TriageError) as caught:
        archive.save(tmp_path / "taken")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]
    assert leaks([str(caught.value)]) == []
    assert tempfile.gettempdir()


CELLS = (
    "import triage\ncase = triage.load('.')\ncase.show()",
    "case",
    "repr(case), str(case)",
    "redacted = case.redact()\nredacted",
    "redacted.incidents()",
    "redacted.frames()",
    "redacted.logs()",
    "redacted.annotations()",
    "redacted.feedback()",
    "redacted.files()",
    "redacted.preview(redacted.files()['source_id'].iloc[3])",
    "[redacted, redacted.working, redacted.working.redactor, redacted.working.members]",
    "case.review()",
    "redacted.approve(by='Ada')",
    "redacted.approve(by='')",
    "redacted.text('none')",
    "import pickle\npickle.dumps(redacted)",
    "triage.audit('.')",
    "triage.RedactedCase if hasattr(triage, 'RedactedCase') else vars(triage.redact).keys()",
)


def test_a_notebook(folder):
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(
        notebook,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        timeout=120,
        allow_errors=True,
        store_widget_state=True,
    ).execute()
    written = nbformat.writes(notebook)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert [output["ename"] for output in outputs if output["output_type"] == "error"] == [
        "TriageError",
        "SourceError",
        "TypeError",
    ]
    assert notebook.metadata["widgets"]
    assert leaks([written, *(json.dumps(output) for output in outputs)]) == []
