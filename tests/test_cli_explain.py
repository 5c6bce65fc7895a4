"""`triage explain` and `triage compare`."""

from __future__ import annotations

import pytest

import triage
from tests.explained import held, planted
from tests.reading import SAMPLES
from tests.running import run as command
from tests.test_cli import text

TRACES = SAMPLES / "traces"
PANIC = SAMPLES / "0xgen" / "crash-20260126T012559123Z.tar.gz"


def test_explain_takes_the_newest_incident_or_one_by_its_id_or_a_prefix():
    case = triage.load(TRACES)
    ids = case.incidents()["incident_id"].tolist()
    assert text("explain", TRACES) == case.explain(ids[0]).text
    said = case.explain(ids[3]).text
    assert text("explain", TRACES, ids[3]) == text("explain", TRACES, ids[3][4:10]) == said


def test_compare_lays_two_side_by_side():
    case = triage.load(TRACES)
    one, two = case.incidents()["incident_id"].iloc[:2]
    assert text("compare", TRACES, one[:9], two[4:]) == case.compare(one, two).text


def test_explain_reads_standard_input():
    assert text("explain", "-", stdin=PANIC.read_bytes()).startswith("panic | oxgen_shell::")


def test_what_is_printed_is_masked(tmp_path):
    case = planted()
    (tmp_path / "a.tar").write_bytes(b"".join(case.read(case.files()["source_id"][0], length=1 << 20) for _ in "1"))
    ids = case.incidents()["incident_id"]
    said = text("explain", tmp_path / "a.tar", cwd=tmp_path) + text("compare", tmp_path / "a.tar", *ids, cwd=tmp_path)
    assert "[email:" in said
    assert held(said) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["explain", TRACES, "zz"], "no incident has an id that begins with 'zz'; `triage incidents PATH`"),
        (["explain", TRACES, "inc_"], "incidents have ids that begin with 'inc_'; give more of it"),
        (["compare", TRACES, "inc_", "inc_"], "incidents have ids that begin with 'inc_'"),
        (["explain", SAMPLES / "README.md"], "there is no incident in it"),
    ],
)
def test_ids_that_name_none_or_many_are_errors(arguments, words):
    done = command(*arguments)
    assert done.returncode == 4
    assert words in done.stderr.decode()
