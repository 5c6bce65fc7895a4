"""`case.to_parquet`: every table, whole or not at all, and nobody else's files are touched."""

import json
import os
import stat

import pandas as pd
import pytest

import triage
from tests.reading import SAMPLES
from triage import exporting
from triage.tables import SCHEMA_VERSION, TABLES

STORE = SAMPLES / "debugbundle" / "store"
NAMES = {"triage-tables.json", *(f"{name}.parquet" for name in TABLES)}


@pytest.fixture(scope="module")
def case():
    return triage.load(STORE)


def content(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_every_table_is_a_file_that_others_read(tmp_path, case):
    import duckdb  # not at the top: what is frozen after collection is told of as leaked at the end

    folder = case.to_parquet(tmp_path / "tables")
    assert {path.name for path in folder.iterdir()} == NAMES
    for name in TABLES:
        frame = pd.read_parquet(folder / f"{name}.parquet", dtype_backend="pyarrow")
        assert frame.columns.tolist() == list(TABLES[name].names)
        assert len(frame) == len(case.table(name))
    counted = duckdb.sql(f"select count(*), count(debugbundle_v2) from '{folder}/events.parquet'").fetchall()
    assert counted == [(len(case.events()), case.events()["debugbundle_v2"].notna().sum())]


def test_the_manifest_tells_what_is_there(tmp_path, case):
    told = json.loads((case.to_parquet(tmp_path / "t") / "triage-tables.json").read_text())
    assert (told["triage_tables"], told["schema"]) == (exporting.VERSION, SCHEMA_VERSION)
    assert {name: each["rows"] for name, each in told["tables"].items()} == {
        name: len(case.table(name)) for name in TABLES
    }


def test_the_same_case_gives_the_same_bytes(tmp_path, case):
    assert content(case.to_parquet(tmp_path / "a")) == content(triage.load(STORE).to_parquet(str(tmp_path / "b")))


def test_a_new_folder_is_for_its_owner(tmp_path, case):
    mode = stat.S_IMODE(case.to_parquet(tmp_path / "t").stat().st_mode)
    assert os.name != "posix" or mode == 0o700


def test_an_older_export_is_replaced_and_nothing_stays_beside(tmp_path, case):
    folder = triage.load(b"").to_parquet(tmp_path / "t")
    assert case.to_parquet(folder) == folder
    assert len(triage.load(folder).events()) == len(case.events())
    assert [path.name for path in tmp_path.iterdir()] == ["t"]


def test_a_link_to_a_folder_stays_one(tmp_path, case):
    triage.load(b"").to_parquet(tmp_path / "t")
    (tmp_path / "link").symlink_to(tmp_path / "t")
    case.to_parquet(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert len(triage.load(tmp_path / "t").events()) == len(case.events())
    assert {path.name for path in tmp_path.iterdir()} == {"t", "link"}


def test_an_empty_folder_is_taken(tmp_path, case):
    (tmp_path / "t").mkdir()
    assert set(content(case.to_parquet(tmp_path / "t"))) == NAMES


@pytest.mark.parametrize("name", ["notes.txt", "events.parquet", ".hidden", "triage-tables.json"])
def test_what_is_not_its_own_stays(tmp_path, case, name):
    (tmp_path / name).write_text("mine")
    with pytest.raises(triage.TriageError, match="overwrite=True"):
        case.to_parquet(tmp_path)
    assert content(tmp_path) == {name: b"mine"}


def test_an_export_with_something_added_is_not_its_own(tmp_path, case):
    folder = case.to_parquet(tmp_path / "t")
    (folder / "notes.txt").write_text("mine")
    before = content(folder)
    with pytest.raises(triage.TriageError, match="overwrite=True"):
        triage.load(b"").to_parquet(folder)
    assert content(folder) == before


def test_overwrite_leaves_other_files(tmp_path, case):
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "events.parquet").write_text("mine")
    (tmp_path / "sub").mkdir()
    case.to_parquet(tmp_path, overwrite=True)
    assert {path.name for path in tmp_path.iterdir()} == NAMES | {"notes.txt", "sub"}
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert len(triage.load(tmp_path).events()) == len(case.events())


def test_a_file_is_no_folder(tmp_path, case):
    (tmp_path / "t").write_text("mine")
    for overwrite in (False, True):
        with pytest.raises(triage.TriageError):
            case.to_parquet(tmp_path / "t", overwrite=overwrite)
    assert content(tmp_path) == {"t": b"mine"}


def test_a_place_that_is_not_there_is_an_error(tmp_path, case):
    with pytest.raises(triage.TriageError, match="name another folder"):
        case.to_parquet(tmp_path / "no" / "such")


def test_what_breaks_off_leaves_what_was_there(tmp_path, case):
    folder = case.to_parquet(tmp_path / "t")
    before = content(folder)

    def broken():
        yield "files", TABLES["files"].schema.empty_table()
        raise OSError(28, "No space left on device")

    with pytest.raises(triage.TriageError, match="No space left on device"):
        exporting.write(broken(), folder)
    assert content(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["t"]


def test_what_a_killed_export_left_goes_with_the_next_and_what_one_is_writing_stays(tmp_path, case):
    left = tmp_path / ".t.dead.part"
    left.mkdir()
    (left / ".lock").touch()
    (left / "events.parquet").write_bytes(b"raw")
    other = tmp_path / ".t.part"  # nobody's
    other.mkdir()
    with exporting.filled(tmp_path / "t") as writing:
        assert not left.exists()
        case.to_parquet(tmp_path / "t")
        assert writing.is_dir()
    assert sorted(path.name for path in tmp_path.iterdir()) == [".t.part", "t"]
