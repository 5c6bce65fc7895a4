"""The pages of explanations as exported and untrusted notebooks have them; contents are in the tests of the objects."""

from __future__ import annotations

from html import unescape

import nbformat
from nbconvert import HTMLExporter

from tests.explained import Page, case, trace


def test_both_pages_survive_nbconvert():
    found = case(trace("parse", "main"), trace("scan", "main"))
    one, two = found.incidents()["incident_id"]
    pages = [found.explain(one)._repr_html_(), found.compare(one, two)._repr_html_()]
    cells = [
        nbformat.v4.new_code_cell("x", outputs=[nbformat.v4.new_output("display_data", data={"text/html": str(page)})])
        for page in pages
    ]
    exported, _ = HTMLExporter().from_notebook_node(nbformat.v4.new_notebook(cells=cells))
    assert all(unescape(page) in unescape(exported) for page in pages)


def test_what_counts_is_said_in_words():
    found = case(trace("parse", "read", "run", "main"))
    page = Page(found.explain(found.incidents()["incident_id"][0])._repr_html_())
    (frames,) = (shown for shown in page.tables if shown["caption"] == "Frames, innermost first")
    assert frames["columns"] == ["#", "in key", "name", "where", "role", "why", "as written"]
    assert [row[1] for row in frames["rows"]] == ["yes", "yes", "yes", "no"]
    assert frames["rows"][3][5] == "application, but only the first three count"


def test_long_names_are_cut():
    name = "f" + "o" * 1_000
    found = case(trace(name))
    page = found.explain(found.incidents()["incident_id"][0])._repr_html_()
    assert max(len(row[2]) for shown in Page(page).tables if len(shown["columns"]) == 7 for row in shown["rows"]) == 300
