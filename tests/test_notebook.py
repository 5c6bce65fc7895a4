import json
import re

import pytest

from triage import notebook
from triage.errors import SourceError, TriageError

HOSTILE = "a'); import os; os.system('x') #\"\"\"\n.log"


def test_the_notebook_opens_the_file_by_a_path_relative_to_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "crash.log").write_text("x")
    written = notebook.write("in/crash.log")
    assert written.name == "crash.log.triage.ipynb"
    cells = json.loads(written.read_text("utf-8"))["cells"]
    assert "triage.load('in/crash.log')" in "".join(cells[1]["source"]).replace("\\\\", "/")
    assert [cell["id"] for cell in cells] == [f"cell-{number}" for number in range(len(cells))]


def test_a_notebook_that_is_there_is_kept(tmp_path):
    crash = tmp_path / "crash.log"
    crash.write_text("x")
    target = tmp_path / "mine.ipynb"
    target.write_text("my work")
    assert notebook.write(str(crash), target) == target
    assert target.read_text() == "my work"


def test_a_hostile_name_stays_a_literal():
    (code,) = [cell for cell in notebook.cells(HOSTILE) if "triage.load" in "".join(cell["source"])]
    source = "".join(code["source"])
    literal = re.search(r"triage\.load\((.*)\)\n", source)
    assert literal is not None
    assert eval(literal[1]) == HOSTILE


def test_nothing_there(tmp_path):
    with pytest.raises(SourceError, match="there is nothing at"):
        notebook.write(str(tmp_path / "gone"))


def test_a_place_that_cannot_be_written(tmp_path):
    crash = tmp_path / "crash.log"
    crash.write_text("x")
    with pytest.raises(TriageError, match="--to"):
        notebook.write(str(crash), tmp_path / "no such folder" / "x.ipynb")
