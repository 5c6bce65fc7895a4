"""A folder of tables read back: equal, and damaged or hostile ones never raise."""

import hashlib
import json
import shutil

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

import triage
from tests.reading import SAMPLES
from triage import exported, exporting
from triage.errors import LimitError, SourceError
from triage.querying import _Tables
from triage.sources.inputs import Inputs
from triage.tables import TABLES

FOLDER = SAMPLES / "debugbundle"


@pytest.fixture(scope="module")
def case():
    return triage.load([SAMPLES / "grouping", SAMPLES / "sentry", FOLDER / "store", SAMPLES / "0xgen"])


@pytest.fixture(scope="module")
def tables(case):
    made = _Tables(case)
    return {name: made[name] for name in TABLES}


@pytest.fixture
def folder(tmp_path, tables):
    return exporting.write(tables.items(), tmp_path / "tables")


def written(tables, folder, **changed):
    return triage.load(exporting.write((tables | changed).items(), folder, overwrite=True))


@pytest.mark.parametrize("path", [FOLDER / "week.tar.gz", FOLDER / "store", SAMPLES / "traces", SAMPLES / "sentry"])
def test_what_is_read_back_is_equal(tmp_path, path):
    case = triage.load(path)
    again = triage.load(case.to_parquet(tmp_path / "tables"))
    for name in TABLES:
        assert again.table(name).equals(case.table(name)), name
    assert repr(again) == repr(case)
    assert again.regressions().equals(case.regressions())
    assert again.summary().equals(case.summary())


def test_decisions_hold_on_what_is_read_back(tmp_path):
    journal = FOLDER / "week.journal.ndjson"
    case = triage.load(FOLDER / "week.tar.gz", journal=journal)
    folder = case.to_parquet(tmp_path / "tables")
    assert triage.load(folder, journal=journal).incidents().equals(case.incidents())
    assert triage.load(folder).incidents().equals(triage.load(FOLDER / "week.tar.gz").incidents())


def test_a_reviewed_archive_keeps_its_ids_and_keys(tmp_path):
    case = triage.load(SAMPLES / "grouping")
    archive = case.redact().approve(by="Ada").save(tmp_path / "out.tar.gz")
    again = triage.load(triage.load(archive).to_parquet(tmp_path / "tables"))
    assert again.incidents()["incident_id"].tolist() == case.incidents()["incident_id"].tolist()


def test_what_it_shows_and_lets_leave_is_masked_rows(folder):
    case = triage.load(folder)
    redacted = case.redact()
    assert len(redacted.events()) == len(case.events())
    assert all(name.endswith(".json") for name in redacted.approve(by="Ada").files)
    secret = "ana@example.com"
    assert case.annotations()["value"].str.contains(secret, regex=False).any()
    assert not redacted.annotations()["value"].str.contains(secret, regex=False).any()
    assert secret not in case._repr_mimebundle_()["text/html"]


def test_the_bytes_of_the_inputs_are_not_in_it(folder):
    case = triage.load(folder)
    with pytest.raises(SourceError):
        case.text(case.files()["source_id"].iloc[0])


def test_a_pattern_a_list_and_a_named_reader_are_no_folder_of_tables(folder):
    assert exported.held(Inputs([folder, SAMPLES / "grouping"]), triage.Limits()) is None
    assert "unknown" in set(triage.load([folder, SAMPLES / "grouping"]).files()["parse_status"])
    assert len(triage.load(folder, format="reviewed").events()) == 0


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"triage_tables": "1"}', '{"triage_tables": 1, "tables": []}', "[" * 9_999]
)
def test_a_folder_without_a_manifest_is_any_folder(folder, text):
    (folder / "triage-tables.json").write_text(text)
    case = triage.load(folder)
    assert len(case.events()) == 0
    assert len(case.files()) == len(TABLES) + 1


@pytest.mark.parametrize("name", ["events", "frames", "files", "quarantine", "annotations"])
@pytest.mark.parametrize("damage", ["cut", "other", "gone", "link"])
def test_a_damaged_table_is_left_out_and_said_so(folder, name, damage):
    path = folder / f"{name}.parquet"
    whole = path.read_bytes()
    path.unlink()
    if damage == "cut":
        path.write_bytes(whole[: len(whole) // 2])
    elif damage == "other":
        shutil.copyfile(folder / "logs.parquet", path)
    elif damage == "link":
        path.symlink_to(folder / "logs.parquet")
    case = triage.load(folder)
    case.incidents()
    assert case.files().query("role == 'table'")["path"].tolist() == [f"{name}.parquet"]
    assert case.quarantine()["reason"].str.contains("file is not").any()


def vouched(folder, name, data):
    """A table changed by somebody who changes the manifest too."""
    path = folder / f"{name}.parquet"
    path.write_bytes(data)
    manifest = folder / "triage-tables.json"
    told = json.loads(manifest.read_text())
    told["tables"][name]["sha256"] = hashlib.sha256(data).hexdigest()
    manifest.write_text(json.dumps(told))


@pytest.mark.parametrize("data", [b"", b"PAR1", b"PAR1" + b"\0" * 100 + b"PAR1", b"x" * 1000])
def test_what_is_no_parquet_is_damaged(folder, data):
    vouched(folder, "events", data)
    case = triage.load(folder)
    assert len(case.events()) == 0
    assert case.quarantine()["reason"].str.contains("damaged").any()


def test_flipped_bytes_never_raise(folder):
    whole = (folder / "annotations.parquet").read_bytes()
    dice = np.random.default_rng(7)
    for _ in range(40):
        data = bytearray(whole)
        for at in dice.integers(0, len(data), 3):
            data[at] ^= 1 << int(dice.integers(0, 8))
        vouched(folder, "annotations", bytes(data))
        case = triage.load(folder)
        case.annotations()
        case.incidents()


def changed(table, name, values):
    at = table.schema.get_field_index(name)
    return table.set_column(at, table.schema.field(at), pa.array(values, table.schema.field(at).type))


def test_frames_in_another_order_are_put_right(tmp_path, case, tables):
    frames = tables["frames"]
    again = written(
        tables, tmp_path / "t", frames=frames.take(pa.array(np.random.default_rng(1).permutation(len(frames))))
    )
    assert again.incidents().equals(case.incidents())
    columns = ["stack_key", "idx"]
    assert (
        again.frames()
        .sort_values(columns, ignore_index=True)
        .equals(case.frames().sort_values(columns, ignore_index=True))
    )


def test_addresses_that_are_too_few_are_none(tmp_path, tables):
    stacks = tables["stacks"]
    again = written(tables, tmp_path / "t", stacks=changed(stacks, "addresses", [[1]] * len(stacks)))
    for incident in again.incidents()["incident_id"]:
        again.frames(incident=incident)
    lengths = again.frames().groupby("stack_key").size()
    assert set(again.stacks().dropna(subset="addresses")["stack_key"].map(lengths)) <= {1}


def test_containers_in_a_circle_are_opened(tmp_path, tables):
    files = tables["files"]
    ids = files["source_id"].to_pylist()
    again = written(tables, tmp_path / "t", files=changed(files, "container_id", [*ids[1:], ids[0]]))
    again._repr_mimebundle_()
    assert len(again.redact().events())


@pytest.mark.parametrize(
    ("name", "column", "value"),
    [("events", "event_id", None), ("events", "event_id", "same"), ("frames", "idx", -1), ("files", "path", None)],
)
def test_rows_that_are_none_are_damage(tmp_path, tables, name, column, value):
    again = written(tables, tmp_path / "t", **{name: changed(tables[name], column, [value] * len(tables[name]))})
    assert again.quarantine()["reason"].str.contains(f"rows with.*{column}").any()
    again.incidents()


def test_columns_of_another_version(tmp_path, tables):
    logs = tables["logs"].drop_columns(["thread"]).append_column("mood", pa.array(["fine"] * len(tables["logs"])))
    folder = exporting.write((tables | {"logs": logs}).items(), tmp_path / "t")
    manifest = folder / "triage-tables.json"
    manifest.write_text(manifest.read_text().replace('"schema": 3', '"schema": 4'))
    case = triage.load(folder)
    assert case.logs().columns.tolist() == list(TABLES["logs"].names)
    assert pa.chunked_array(case.logs()["message"].array.__arrow_array__()).equals(tables["logs"]["message"])
    assert case.logs()["thread"].isna().all()
    assert case.quarantine()["reason"].str.contains("another schema").any()
    assert case.files().query("role == 'table'")["parse_status"].tolist() == ["partial"]


def test_a_table_that_the_manifest_does_not_tell_of_is_not_read(folder):
    manifest = folder / "triage-tables.json"
    told = json.loads(manifest.read_text())
    del told["tables"]["logs"]
    manifest.write_text(json.dumps(told))
    case = triage.load(folder)
    assert (len(case.logs()), case.files().query("role == 'table'")["path"].tolist()) == (0, ["logs.parquet"])


def test_a_folder_of_another_kind_is_not_read(folder):
    manifest = folder / "triage-tables.json"
    manifest.write_text(manifest.read_text().replace('"triage_tables": 1', '"triage_tables": 2'))
    case = triage.load(folder)
    assert (len(case.events()), case.files()["path"].tolist()) == (0, ["triage-tables.json"])


def test_times_outside_of_the_calendar_are_none(tmp_path, tables):
    times = pa.array([1 << 62] * len(tables["events"])).cast(pa.timestamp("us", "UTC"))
    case = written(tables, tmp_path / "t", events=changed(tables["events"], "ts", times))
    assert case.events()["ts"].isna().all()


def test_a_table_that_grows_is_stopped(tmp_path, folder):
    schema = TABLES["logs"].schema
    text = pa.array(["x" * 1_000]).dictionary_encode().take(pa.array(np.zeros(200_000, np.int64)))
    table = pa.table(
        {
            name: text.cast(pa.string()) if name == "message" else pa.nulls(len(text), schema.field(name).type)
            for name in schema.names
        }
    )
    path = tmp_path / "bomb.parquet"
    parquet.write_table(table, path, compression="zstd")
    assert path.stat().st_size < 100_000
    vouched(folder, "logs", path.read_bytes())
    with pytest.raises(LimitError, match="archive_bytes"):
        triage.load(folder, limits=triage.Limits(archive_bytes=50 << 20))
    assert len(triage.load(folder).logs()) == 200_000


@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_changed_cells_never_raise(tmp_path_factory, tables, data):
    name = data.draw(st.sampled_from(["events", "stacks", "frames", "annotations", "files", "logs"]))
    table = tables[name]
    column = data.draw(st.sampled_from(table.column_names))
    kind = table.schema.field(column).type
    texts = st.one_of(st.none(), st.sampled_from(["", "crash", "\0", "resolved", "x" * 300]))
    numbers = st.one_of(st.none(), st.integers(0, 1 << 62))
    cells = texts if pa.types.is_string(kind) else numbers if pa.types.is_integer(kind) else st.none()
    places = data.draw(st.dictionaries(st.integers(0, len(table) - 1), cells, max_size=20))
    values = [places.get(at, value) for at, value in enumerate(table[column].to_pylist())]
    case = written(tables, tmp_path_factory.mktemp("t") / "t", **{name: changed(table, column, values)})
    case.incidents()
    case.related()
    case.regressions()
    case.frames()
    case._repr_mimebundle_()
    assert pc.all(pc.is_valid(pa.array(case.events()["event_id"].array))).as_py() in {True, None}
