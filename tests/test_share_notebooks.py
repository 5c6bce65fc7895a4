import base64
import copy
import json
import random

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.errors import FormatError
from triage.redact.policy import Policy
from triage.share import notebooks

SECRET = "orchard-7-Qm4xT-plums"
LINE = f"connect with password={SECRET}"

STATE = {"application/vnd.jupyter.widget-state+json": {"state": {"a": {"state": {"value": LINE}}}}}


def cell(source, *outputs, **more):
    return {
        "cell_type": "code",
        "execution_count": 3,
        "id": "8c1f",
        "metadata": {"execution": {"iopub.execute_input": "2026-01-01T00:00:00Z"}, "tags": ["keep"], "scrolled": True},
        "source": source,
        "outputs": list(outputs),
    } | more


def notebook(*cells, **metadata):
    return {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def stream(text):
    return {"output_type": "stream", "name": "stdout", "text": text}


def shown(**data):
    return {"output_type": "display_data", "metadata": {}, "data": data}


def raw(document):
    return json.dumps(document).encode()


def cleaned(document, **more):
    return notebooks.clean(raw(document), policy=Policy.default(), **more)


FULL = notebook(
    cell(["6 * 7"], shown(**{"text/plain": ["42"], notebooks.WIDGET_VIEW: {"model_id": "0"}}), stream("ein Ä\n")),
    {"cell_type": "markdown", "id": "x", "metadata": {"collapsed": False}, "source": "# Title"},
    widgets=STATE,
    kernelspec={"name": "python3", "display_name": "Python 3", "language": "python"},
)


def test_widget_state_ids_and_timing_go_and_the_rest_stays():
    result = cleaned(FULL)
    assert result.hits == ()
    out = json.loads(result.data)
    assert "widgets" not in out["metadata"]
    assert out["metadata"]["kernelspec"]["name"] == "python3"
    first, second = out["cells"]
    assert (first["id"], second["id"]) == ("cell-0", "cell-1")
    assert first["execution_count"] == 3
    assert first["metadata"] == {"tags": ["keep"]}
    assert first["outputs"] == [shown(**{"text/plain": ["42"]}), stream("ein Ä\n")]
    assert second["metadata"] == {}
    nbformat.validate(nbformat.reads(result.data.decode(), as_version=4))


def test_pictures_are_told_of_and_only_a_secret_among_their_strings_is_refused():
    noise = random.Random(3).randbytes(900)
    for strings, unread in ((b"", ("cell 0, output 0, image/png",)), (LINE.encode(), ())):
        picture = base64.encodebytes(b"\x89PNG\r\n\x1a\n" + noise + b"\0" + strings + b"\0" + noise).decode()
        result = cleaned(notebook(cell("plot()", shown(**{"image/png": picture}))))
        assert result.unread == unread
        assert [hit.kind for hit in result.hits] == ["password"] * (not unread)
        assert bool(result.data) == bool(unread)


def test_the_form_is_that_of_jupyter():
    data = cleaned(FULL).data
    node = nbformat.reads(data.decode(), as_version=4)
    assert nbformat.writes(node).rstrip("\n") == nbformat.writes(nbformat.from_dict(json.loads(data))).rstrip("\n")
    assert data.startswith(b'{\n "cells": [\n  {\n   "cell_type": "code",')
    assert data.endswith(b"\n}\n")
    assert "Ä".encode() in data


def test_cleaning_twice_gives_the_same_bytes():
    once = cleaned(FULL).data
    assert notebooks.clean(once, policy=Policy.default()).data == once
    assert notebooks.clean(b"\xef\xbb\xbf" + once.replace(b"\n", b"\r\n"), policy=Policy.default()).data == once


def test_a_notebook_without_ids_gets_them_with_the_version_that_has_them():
    old = notebook({"cell_type": "markdown", "metadata": {}, "source": ["x"]})
    old["nbformat_minor"] = 2
    out = json.loads(cleaned(old).data)
    assert (out["nbformat_minor"], out["cells"][0]["id"]) == (5, "cell-0")
    nbformat.validate(nbformat.from_dict(out))


PLACES = {
    "source": (cell([LINE]), "cell 0"),
    "source over lines": (cell(["x = 1\n", LINE]), "cell 0"),
    "stream": (cell([], stream(["one\n", LINE])), "cell 0, output 0"),
    "data": (cell([], stream("x"), shown(**{"text/html": [f"<b>{LINE}</b>"]})), "cell 0, output 1, text/html"),
    "JSON data": (cell([], shown(**{"application/json": {"a": [{"password": SECRET}]}})), "output 0, application/json"),
    "evalue": (
        cell([], {"output_type": "error", "ename": "E", "evalue": LINE, "traceback": []}),
        "cell 0, output 0",
    ),
    "traceback": (
        cell([], {"output_type": "error", "ename": "E", "evalue": "", "traceback": ["\x1b[31mE\x1b[0m", LINE]}),
        "cell 0, output 0",
    ),
    "cell metadata": (cell([], metadata={"note": LINE}), "cell 0, metadata"),
    "attachment": (cell([], cell_type="markdown", attachments={"a": {"text/plain": LINE}}), "cell 0, metadata"),
}


@pytest.mark.parametrize("name", PLACES)
def test_a_secret_anywhere_is_refused_and_told_by_cell_and_kind(name):
    bad, place = PLACES[name]
    result = cleaned(notebook(bad))
    assert result.data == b""
    assert any(place in hit.place and hit.kind == "password" for hit in result.hits), result.hits
    assert SECRET not in repr(result)
    assert SECRET not in repr(result.hits)


def test_a_secret_in_the_metadata_of_the_notebook_is_refused():
    result = cleaned(notebook(cell(["x"]), note=LINE))
    assert [hit.place for hit in result.hits] == ["the notebook's metadata"]


def test_a_secret_in_widget_state_goes_with_it():
    assert SECRET.encode() in raw(FULL)
    assert SECRET.encode() not in cleaned(FULL).data


def test_a_secret_named_in_one_cell_is_found_bare_in_another():
    result = cleaned(notebook(cell([LINE]), cell([f"print('{SECRET}')"])))
    assert {hit.place for hit in result.hits} == {"cell 0", "cell 1"}


def test_only_a_policy_lets_a_finding_through():
    bad = notebook(cell([LINE]))
    assert cleaned(bad).hits
    allowed = notebooks.clean(raw(bad), policy=Policy(allow=(SECRET,)))
    assert allowed.hits == ()
    assert SECRET.encode() in allowed.data


def test_masks_are_no_findings():
    masked = notebook(cell(["x"], stream("connect with password=[password:1:8-15] as [username:2:4-7]\n")))
    assert cleaned(masked).hits == ()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no JSON",
        b"\xff\xfe\x00",
        b"[]",
        b'{"nbformat": 3, "worksheets": []}',
        b'{"nbformat": 4, "metadata": {}}',
        b'{"nbformat": 4, "metadata": {}, "cells": [1]}',
        b'{"nbformat": 4, "metadata": {}, "cells": [{"metadata": {}, "outputs": [{"data": 1}]}]}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_notebook_is_refused_with_what_to_do(data):
    with pytest.raises(FormatError, match=r"no(tebook|ne).*JupyterLab"):
        notebooks.clean(data, policy=Policy.default())


def test_half_a_surrogate_pair_survives():
    result = cleaned(notebook(cell(["print('\ud800')"])))
    assert json.loads(result.data)["cells"][0]["source"] == ["print('\ud800')"]
    assert notebooks.clean(result.data, policy=Policy.default()).data == result.data


@given(
    st.lists(st.text(st.characters(codec="utf-8"), max_size=30), max_size=4),
    st.dictionaries(st.sampled_from(["text/plain", "text/html"]), st.text(max_size=20), max_size=2),
)
def test_normalising_is_idempotent(sources, data):
    document = notebook(*(cell([source], shown(**data)) for source in sources))
    notebooks.normalise(document)
    again = copy.deepcopy(document)
    notebooks.normalise(again)
    assert again == document
    assert json.loads(notebooks.written(document)) == document


def test_what_streams_print_one_after_the_other_is_one_text():
    parts = stream("password="), stream("orchard-7-Qm4xT-plums\n"), stream("done\n") | {"name": "stderr"}
    cleaned = notebooks.clean(json.dumps(notebook(cell("1", *parts))).encode(), policy=Policy.default())
    assert [(hit.place, hit.kind) for hit in cleaned.hits] == [("cell 0, outputs 0 to 1", "password")]


def test_names_of_attachments_are_looked_at_without_their_suffix_too():
    attached = {"ada.lovelace@example.org.png": {"image/png": "iVBORw0KGgo="}}
    cleaned = notebooks.clean(json.dumps(notebook(cell("x", attachments=attached))).encode(), policy=Policy.default())
    assert [(hit.place, hit.kind) for hit in cleaned.hits] == [("cell 0, names of attachments", "email")]
