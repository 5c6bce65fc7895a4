"""The rows that leave in place of a file."""

import json

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import triage
from tests import canaries
from tests.reading import SAMPLES, read
from triage.formats import reviewed
from triage.share import leaving
from triage.share.derived import Rows, is_of_process, unwrapped, wrapped

DUMPS = sorted((SAMPLES / "minidump").iterdir()) + sorted((SAMPLES / "sentry").glob("*.envelope"))


def rows_of(case, *, process=True):
    plan = leaving.plan(case.raw.tables, frozenset())
    rows = Rows(case.raw.tables, plan, process=process)
    return [(file, b"".join(wrapped([b"".join(rows.lines(file, {}))]))) for file in plan]


@pytest.mark.parametrize("path", DUMPS, ids=lambda path: path.name)
def test_rows_come_back_as_they_went_but_for_their_places(path):
    case = triage.load(path)
    ((_, data),) = rows_of(case)
    assert isinstance(json.loads(data), list)
    back = read(data, "derived/x.json", reader=reviewed)
    left = {
        "event_id",
        "source_id",
        "offset",
        "length",
        "culprit",
        "variant_key",
        "group_key",
        "family_key",
        "stack_key",
    }
    left |= {"role", "rule", "counted", "in_app"}
    for name in ("events", "stacks", "modules", "logs", "metrics", "feedback", "annotations"):
        before = [{k: v for k, v in row.items() if k not in left} for row in case.raw.tables[name].to_pylist()]
        after = [{k: v for k, v in row.items() if k not in left} for row in back[name]]
        assert after == before, name
    before = [{k: v for k, v in row.items() if k not in left} for row in case.raw.tables["frames"].to_pylist()]
    assert [{k: v for k, v in row.items() if k not in left} for row in back["frames"]] == before


def test_addresses_are_hex_and_annotations_stand_under_their_key():
    ((_, data),) = rows_of(triage.load(SAMPLES / "minidump" / "windows-access-violation.dmp"))
    rows = json.loads(data)
    event = next(row for row in rows if row.get("_row") == "_event")
    assert event["_fault_address"].startswith("0x")
    module = next(row for row in rows if row.get("_row") == "_module")
    assert int(module["_base"], 16) > 0
    notes = [row for row in rows if row.get("_row") == "_annotation"]
    assert all(len(note["_pair"]) == 1 for note in notes)


def test_a_user_called_like_a_word_of_ours_takes_no_row_away():
    sent = canaries.event()
    for word in ("stack", "event", "frame", "module", "release", "annotation"):
        sent["exception"]["values"][0]["value"] += f" /home/{word}/x"
    payload = json.dumps(sent).encode()
    head = json.dumps({"type": "event", "length": len(payload)}).encode()
    case = triage.load(b'{"event_id":"5b2f5e0c3f0c4f579d0f6a1c0f3f7b21"}\n' + head + b"\n" + payload + b"\n")
    redacted = case.redact()
    assert "/home/[username:" in redacted.events()["error_value"].iloc[0]
    for name in ("events", "stacks", "frames", "annotations", "logs"):
        assert len(redacted.table(name)) == len(case.table(name)), name


def test_the_environment_is_left_out():
    case = triage.load(canaries.dump())
    ((_, data),) = rows_of(case, process=False)
    assert b"xterm" not in data
    assert b"memory-only" not in data
    assert is_of_process("crashpad", "editor.switch-3")
    assert not is_of_process("crashpad", "ptype")


def test_a_file_that_nobody_read_leaves_as_what_it_was():
    ((file, data),) = rows_of(triage.load(b"\x89PNG\r\n\x1a\n\0"))
    assert json.loads(data) == [{"triage_derived": 1, "_bytes": 9}]
    assert file.derived


def test_no_event_leaves_twice_or_not_at_all():
    case = triage.load(SAMPLES)
    tables = case.raw.tables
    plan = leaving.plan(tables, frozenset())
    rows = Rows(tables, plan)
    left = [event for file in plan for event in rows.events(file.source_id)]
    assert sorted(left) == sorted(case.events()["event_id"])
    logs = sum(line.count(b'"_row":"_log"') for file in plan for line in rows.lines(file, {}))
    assert logs == len(case.logs())


@given(st.lists(st.dictionaries(st.text(max_size=4), st.text(max_size=6), max_size=2), max_size=9), st.integers(1, 4))
def test_lines_wrap_into_one_document_and_unwrap(rows, size):
    lines = [json.dumps(row).encode() + b"\n" for row in rows]
    blocks = [b"".join(lines[at : at + size]) for at in range(0, len(lines), size)]
    document = b"".join(wrapped(blocks))
    assert json.loads(document) == rows
    again = b"".join(unwrapped([document]))
    assert [json.loads(line) for line in again.split(b"\n") if line] == rows


def test_tables_without_a_row_give_the_head_only():
    empty = {name: table.slice(0, 0) for name, table in triage.load(b"").raw.tables.items()}
    assert isinstance(empty["events"], pa.Table)
    assert Rows(empty, []).events("x") == []
