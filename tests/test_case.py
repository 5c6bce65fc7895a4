import datetime as dt
import io

import pandas as pd
import pytest

import triage
from tests.reading import SAMPLES
from triage.tables import TABLES, TYPES

PANIC = SAMPLES / "0xgen" / "crash-20260126T012559123Z.tar.gz"
STORE = SAMPLES / "debugbundle" / "store"


@pytest.fixture(scope="module")
def panic():
    return triage.load(PANIC)


@pytest.fixture(scope="module")
def store():
    return triage.load(STORE)


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("what", [PANIC, STORE, b"unknown", b""], ids=["bundle", "store", "unknown", "empty"])
def test_every_table_has_its_columns_and_dtypes(name, what):
    frame = triage.load(what).table(name)
    assert list(frame.columns) == list(TABLES[name].names)
    assert [frame[column.name].dtype for column in TABLES[name].columns] == [
        pd.ArrowDtype(TYPES[column.type]) for column in TABLES[name].columns
    ]
    assert isinstance(frame.index, pd.RangeIndex)


def test_one_incident_per_crash(panic):
    (row,) = panic.incidents().to_dict("records")
    assert row["title"] == "panic in oxgen_shell::app::pipeline::slice_body"
    assert (row["count"], row["status"], row["level"], list(row["formats"])) == (1, "open", "fatal", ["0xgen"])
    assert row["last_seen"] == pd.Timestamp("2026-01-26T01:25:59.123Z")


def test_as_of_takes_text_times_and_zones(store):
    whole = store.incidents()
    assert store.incidents(as_of=whole["last_seen"].max())["count"].sum() == whole["count"].sum()
    assert store.incidents(as_of="2020-01-01").empty
    noon = dt.datetime(2026, 2, 10, 10, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    assert store.incidents(as_of=noon).equals(store.incidents(as_of="2026-02-10T09:00:00Z"))


def test_events_of_an_incident_a_class_and_a_kind(store):
    incident = store.incidents().sort_values("count").iloc[-1]
    events = store.events(incident["incident_id"])
    assert len(events) == incident["stored"]
    assert set(events["event_class"]) == {"incident_signal"}
    assert set(store.events(event_kind="deploy")["event_kind"]) == {"deploy"}
    assert set(store.events(event_class="operational")["event_class"]) == {"operational"}


def test_frames_without_a_filter_are_the_distinct_stacks(store):
    frames = store.frames()
    assert not frames.duplicated(["stack_key", "idx"]).any()
    assert set(store.stacks()["stack_key"].dropna()) == set(frames["stack_key"])


def test_frames_of_an_incident_join_event_stack_and_address():
    case = triage.load(SAMPLES / "minidump" / "windows-access-violation.dmp")
    event = case.events()["event_id"].iloc[0]
    frames = case.frames(event=event)
    assert frames.equals(case.frames(incident=case.incidents()["incident_id"].iloc[0]))
    assert frames.columns[:5].tolist() == ["event_id", "stack_no", "address", "text_line", "stack_key"]
    assert str(frames["address"].dtype) == "uint64[pyarrow]"
    for stack in case.stacks().to_dict("records"):
        mine = frames[frames["stack_no"] == stack["stack_no"]]
        assert mine["idx"].tolist() == list(range(len(mine)))
        assert mine["address"].tolist() == list(stack["addresses"])


def test_columns_are_chosen_and_missing_ones_named(panic):
    assert panic.frames(columns=["file", "function"]).columns.tolist() == ["file", "function"]
    with pytest.raises(triage.TriageError, match="nonsense"):
        panic.frames(columns=["nonsense"])


@pytest.mark.parametrize("ask", [{"incident": "inc_gone"}, {"event": "gone"}])
def test_an_id_nobody_has(panic, ask):
    with pytest.raises(triage.TriageError, match=r"case\.(incidents|events)\(\)"):
        panic.frames(**ask)


def test_a_table_nobody_has(panic):
    with pytest.raises(triage.TriageError, match="there are events, stacks"):
        panic.table("nonsense")


def test_text_is_read_back_from_its_place(panic):
    files = panic.files().set_index("path")
    manifest = files.loc["crash/manifest.json"]
    text = panic.text(manifest["source_id"])
    assert len(text.encode()) == manifest["bytes"]
    assert '"kind": "rust-panic"' in text
    assert panic.text(manifest["source_id"], offset=5, length=3) == text[5:8]


def test_an_event_is_read_back_from_its_place(store):
    event = (
        store.events(event_kind="exception").iloc[0]
        if len(store.events(event_kind="exception"))
        else store.events().iloc[0]
    )
    text = store.text(event["source_id"], offset=event["offset"], length=event["length"])
    assert text.startswith("{")
    assert text.endswith("}")
    assert event["native_id"] in text


def test_reading_back_what_is_not_there(tmp_path, panic):
    with pytest.raises(triage.SourceError, match=r"case\.files\(\)"):
        panic.text("no such id")
    copy = tmp_path / PANIC.name
    copy.write_bytes(PANIC.read_bytes())
    case = triage.load(copy)
    copy.unlink()
    with pytest.raises(triage.SourceError):
        case.text(case.files()["source_id"].iloc[0])


def test_ids_survive_a_move_another_order_and_a_second_load(tmp_path):
    inputs = [PANIC, SAMPLES / "sentry" / "python-crash.envelope", SAMPLES / "flutter" / "renderflex-overflow.log"]
    moved = []
    for path in reversed(inputs):
        target = tmp_path / "elsewhere" / f"renamed-{path.name}"
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(path.read_bytes())
        moved.append(target)
    first, again, other = triage.load(inputs), triage.load(inputs[::-1]), triage.load(moved)
    for case in (again, other):
        assert set(case.events()["event_id"]) == set(first.events()["event_id"])
        assert set(case.incidents()["incident_id"]) == set(first.incidents()["incident_id"])
        assert set(case.frames()["stack_key"]) == set(first.frames()["stack_key"])
    assert again.incidents().equals(first.incidents())
    assert again.files().equals(first.files())


def test_the_same_crash_twice_counts_once(tmp_path):
    copy = tmp_path / "copy.tar.gz"
    copy.write_bytes(PANIC.read_bytes())
    case = triage.load([PANIC, copy])
    assert case.incidents()["count"].tolist() == [1]
    assert case.quarantine().empty
    assert case.files()["reason"].str.contains("in another place too").any()


def test_inputs_of_every_kind_give_the_same_incidents(panic):
    expected = panic.incidents()
    data = PANIC.read_bytes()
    with PANIC.open("rb") as file:
        cases = [
            triage.load(file),
            triage.load(data),
            triage.load(io.BytesIO(data)),
            triage.load(str(PANIC)),
            triage.load([PANIC]),
        ]
    for case in cases:
        assert case.incidents().equals(expected)


def test_pasted_text():
    text = (SAMPLES / "flutter" / "renderflex-overflow.log").read_text("utf-8")
    pasted = triage.loads(text, name="from the chat")
    assert pasted.files()["path"].tolist() == ["from the chat"]
    assert (
        pasted.incidents()["title"].tolist()
        == triage.load(SAMPLES / "flutter" / "renderflex-overflow.log").incidents()["title"].tolist()
    )


def test_a_named_reader_overrides_detection():
    case = triage.load(SAMPLES / "minidump" / "windows-access-violation.dmp", format="flutter-log")
    assert case.incidents().empty
    with pytest.raises(triage.FormatError, match="there are"):
        triage.load(PANIC, format="nonsense")


def test_unknown_content_is_a_row_and_no_error():
    case = triage.load(b"nothing that anyone knows")
    (row,) = case.files().to_dict("records")
    assert (row["parse_status"], row["bytes"]) == ("unknown", 25)
    assert "no reader" in row["reason"]


def test_a_single_input_over_a_limit_raises_and_one_of_many_is_quarantined():
    limits = triage.Limits(members=2)
    with pytest.raises(triage.LimitError, match=r"members=2.*Limits\(members="):
        triage.load(PANIC, limits=limits)
    case = triage.load([PANIC, SAMPLES / "sentry" / "python-crash.envelope"], limits=limits)
    assert (case.files()["parse_status"] == "quarantined").any()
    assert case.quarantine()["reason"].str.contains("members").any()
    with pytest.raises(triage.LimitError):
        triage.load([PANIC, SAMPLES / "sentry" / "python-crash.envelope"], limits=limits, strict=True)


def test_progress_is_told_per_input():
    told = []
    triage.load(SAMPLES / "flutter", progress=lambda path, total: told.append((path, total)))
    assert len(told) == len(list((SAMPLES / "flutter").iterdir()))
    assert told[-1][1] == sum(path.stat().st_size for path in (SAMPLES / "flutter").iterdir())


def test_summary_counts_by_format(store):
    summary = store.summary()
    assert summary.columns.tolist()[:5] == ["format", "events", "incidents", "first_seen", "last_seen"]
    assert summary["suppressed_unattributed"].sum() == 37
    assert summary["events"].sum() == len(store.events())


def test_repr_is_one_line_and_tells_no_content(panic):
    assert repr(panic) == "<triage.Case: 1 incident, 1 event, 6 files in 1 input>"
    assert repr(triage.load(b"")) == "<triage.Case: 0 incidents, 0 events, 1 file in 1 input>"


def test_the_mime_bundle_is_text_and_escaped_html():
    case = triage.loads(
        '{"event_id":"a","level":"fatal","platform":"python","exception":{"values":[{"type":"<script>x</script>","value":"password=quartz-otter-77"}]}}'
    )
    bundle = case._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"}
    assert "<script" not in bundle["text/html"]
    assert "&lt;script&gt;" in bundle["text/html"]
    assert "quartz-otter" not in bundle["text/html"]
    assert "[password:1:8-15]" in bundle["text/html"]


def test_a_folder_is_one_input_whatever_is_in_it(tmp_path):
    store = SAMPLES / "debugbundle" / "store"
    files = len(triage.load(store).files())
    assert f"{files} files in 1 input" in repr(triage.load(store))
    case = triage.load([b"one", b"two"])
    assert "2 files in 2 inputs" in repr(case)
    assert "in 1 input" in repr(triage.loads("x"))
    (tmp_path / "a.log").write_text("x")
    (tmp_path / "b.log").write_text("y")
    assert "2 files in 2 inputs" in repr(triage.load(tmp_path / "*.log"))
    assert "2 files in 1 input" in repr(triage.load(case.to_parquet(tmp_path / "tables")))
