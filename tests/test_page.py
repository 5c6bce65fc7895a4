"""The static page of a case: what an exported or untrusted notebook shows."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter

import triage
from triage.share.redacted import RedactedCase
from triage.share.view import FrameRow, View, shown
from triage_widgets.page import case_figure, case_page

BUNDLE = "0xgen/crash-20260126T012559123Z.tar.gz"
HOSTILE = "<img src=x onerror=alert(1)>\x1b[2J\u202e"
ESCAPED = "&lt;img src=x onerror=alert(1)&gt;␛[2J\\u{202e}"


@pytest.fixture
def view(samples: Path) -> View:
    return shown(RedactedCase.lazy(triage.load(samples / BUNDLE)))


def test_the_page_of_a_real_bundle(view: View) -> None:
    page = case_page(view)
    assert page.startswith("<figure><div><p><strong>panic in oxgen_shell::app::pipeline::slice_body</strong></p><dl>")
    assert "<dt>What</dt><dd>panic: range end index 201 out of range for slice of length 2</dd>" in page
    assert f"<summary>All {view.frames_in_all} frames</summary>" in page
    assert "<figcaption>6 files in this case</figcaption>" in page
    assert '<th scope="row">· crash/manifest.json</th>' in page
    assert not re.search(r"<(script|style|a|h\d)\b|https?://|\bid=|\bon\w+=", page)


def test_the_first_frames_begin_at_the_application(view: View) -> None:
    begin = next(frame.number for frame in view.frames if frame.role == "application")
    first = case_page(view).split("<details>", 1)[0].split("<ul>", 1)[1]
    assert re.findall(r"<li>#(\d+) ", first) == [str(begin), str(begin + 1), str(begin + 2)]
    assert first.count("<em>(application)</em>") == 3


def test_without_application_frames_they_begin_at_the_innermost(view: View) -> None:
    frames = tuple(FrameRow(n, f"f{n}", "", "library", "frame") for n in range(5))
    page = case_page(replace(view, frames=frames, frames_in_all=900))
    assert re.findall(r"#(\d)", page.split("<details>")[0]) == ["0", "1", "2"]
    assert "<summary>All 5 frames</summary>" in page
    assert "<p>895 further frames in case.frames().</p>" in page


def test_what_is_no_call_is_named_by_its_kind(view: View) -> None:
    gap = FrameRow(0, "", "", "noise", "async_gap")
    assert "<li>#0 <code></code> <em>(async gap)</em></li>" in case_page(replace(view, frames=(gap,), frames_in_all=1))


def test_every_field_is_escaped(view: View) -> None:
    frame = FrameRow(0, HOSTILE, HOSTILE, HOSTILE, "frame")
    row = replace(view.files[0], path=HOSTILE, description=HOSTILE, reason=HOSTILE, status=HOSTILE, size=HOSTILE)
    incident = replace(view.incidents[0], title=HOSTILE, status=HOSTILE, first_seen=HOSTILE, last_seen=HOSTILE)
    spoiled = replace(
        view,
        title=HOSTILE,
        facts=((HOSTILE, HOSTILE),),
        stack_title=HOSTILE,
        frames=(frame,),
        incidents=(incident, incident),
        incidents_in_all=2,
        files=(row,),
        notes=(HOSTILE,),
    )
    page = case_page(spoiled)
    assert "<img" not in page
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert page.count(ESCAPED) == 1 + 2 + 1 + 3 + 2 * 4 + 5 + 1


def test_numbers_of_what_is_not_shown_are_said(view: View) -> None:
    page = case_page(replace(view, files_in_all=4_000, incidents_in_all=60, quarantined=1, notes=("one",)))
    assert "<figcaption>6 of 4,000 files in this case</figcaption>" in page
    assert "<caption>1 of 60 incidents, newest first</caption>" in page
    assert "<p>1 piece could not be read: case.quarantine() says where and why.</p>" in page
    assert "<summary>1 note of the reader</summary>" in page


def test_a_case_without_a_crash_says_so() -> None:
    figure = case_figure(shown(RedactedCase.lazy(triage.load(b""))))
    assert figure.alt in {"No crash found", "Nothing to read"}
    assert "<strong>No crash found</strong>" in figure.html() or "<strong>Nothing to read</strong>" in figure.html()


def test_it_survives_nbconvert(view: View) -> None:
    page = case_page(view)
    output = nbformat.v4.new_output("display_data", data={"text/html": str(page), "text/plain": "a case"})
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("case.show()", outputs=[output])])
    exported, _ = HTMLExporter().from_notebook_node(notebook)
    assert unescape(page) in unescape(exported)
