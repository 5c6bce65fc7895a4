"""The redacted case: the tables of the case, masked, on demand and as a whole."""

import copy
import json
import logging
import pickle

import pandas as pd
import pytest

import triage
from tests import canaries
from tests.reading import SAMPLES
from triage.errors import RedactionError
from triage.redact.policy import Policy
from triage.share import cells
from triage.share.redacted import RedactedCase
from triage.tables import TABLES, TYPES

PANIC = SAMPLES / "0xgen" / "crash-20260126T012559123Z.tar.gz"
STORE = SAMPLES / "debugbundle" / "store"
MADE = ("make/", "README.md", ".", "debugbundle/store/")
FILES = [p.relative_to(SAMPLES).as_posix() for p in sorted(SAMPLES.rglob("*")) if p.is_file()]
ROUND = [*(name for name in FILES if not name.startswith(MADE)), "debugbundle/store", "sentry/cache", "flutter", "."]
BY_CONTENT = ("events", "stacks", "frames", "logs", "metrics", "modules", "annotations", "feedback", "incidents")


@pytest.fixture(scope="module")
def planted():
    return triage.load(canaries.archive())


@pytest.fixture(scope="module")
def redacted(planted):
    return planted.redact()


def text_of(case):
    """Everything that the tables of a case say."""
    with pd.option_context("display.max_colwidth", None):
        return "\n".join(case.table(name).to_csv() for name in TABLES) + case.summary().to_csv()


def content(case, name):
    """A table without the ids of places, and without the record of a review."""
    frame = case.table(name)
    if name == "annotations":
        frame = frame[~frame["scope"].isin(["review", "attachment"])]
    return frame.drop(columns=["source_id"], errors="ignore").reset_index(drop=True)


def readable(case):
    """The files whose bytes can be read again: copies of Linux files inside a dump cannot yet."""
    files = case.files()
    return files.loc[~files["path"].str.startswith("linux/"), "source_id"]


@pytest.mark.parametrize("path", ROUND)
def test_what_is_saved_reads_as_what_was_reviewed_with_the_original_ids(path):
    case = triage.load(SAMPLES / path)
    redacted = case.redact()
    back = triage.load(redacted.approve(by="Ada", when="2026-02-10").bytes)
    for name in BY_CONTENT:
        pd.testing.assert_frame_equal(content(back, name), content(redacted, name))
    for name in ("events", "stacks", "logs", "metrics", "modules", "feedback"):
        assert len(case.table(name)) == len(back.table(name)), name
    assert sorted(back.events()["event_id"]) == sorted(case.events()["event_id"])
    assert sorted(back.incidents()["incident_id"]) == sorted(case.incidents()["incident_id"])
    assert back.files()["parse_status"].isin(["ok", "unknown", "partial"]).all()


def test_a_whole_redaction_leaks_no_canary_into_any_table(redacted):
    assert canaries.held(text_of(redacted)) == []


def test_masking_on_demand_leaks_no_canary_into_any_table_or_page(planted):
    lazy = RedactedCase.lazy(planted)
    assert canaries.held(text_of(lazy)) == []
    pages = [lazy.preview(source).text for source in readable(lazy)]
    assert canaries.held("\n".join(pages)) == []
    assert canaries.held(lazy._repr_mimebundle_()["text/html"]) == []
    assert canaries.held(planted._repr_mimebundle_()["text/html"]) == []


def test_every_canary_is_in_the_raw_case(planted):
    raw = text_of(planted) + "".join(map(planted.text, readable(planted)))
    assert set(canaries.PLANTED) <= set(canaries.held(raw))


def test_the_events_are_those_of_the_original(planted, redacted):
    assert sorted(redacted.events()["event_id"]) == sorted(planted.events()["event_id"])
    assert sorted(redacted.incidents()["incident_id"]) == sorted(planted.incidents()["incident_id"])
    assert len(redacted.logs()) == len(planted.logs())


def test_environment_and_command_line_of_a_dump_are_dropped_unless_the_policy_asks(planted, redacted):
    def told(case):
        notes = case.annotations()
        return {"environ", "minidump"} & set(notes.loc[notes["key"].isin(["TERM", "cmdline"]), "scope"])

    assert told(planted) == {"environ", "minidump"}
    assert told(redacted) == told(RedactedCase.lazy(planted)) == set()
    asked = planted.redact(Policy(minidump_memory=True))
    assert told(asked) == {"environ", "minidump"}
    assert canaries.held(text_of(asked)) == []


@pytest.mark.parametrize("what", [PANIC, STORE, b"unknown", b""], ids=["bundle", "store", "unknown", "empty"])
@pytest.mark.parametrize("make", [RedactedCase.lazy, triage.Case.redact], ids=["lazy", "whole"])
def test_every_table_keeps_its_columns_and_dtypes(what, make):
    case = make(triage.load(what))
    for name, table in TABLES.items():
        frame = case.table(name)
        assert list(frame.columns) == list(table.names)
        assert [frame[column.name].dtype for column in table.columns] == [
            pd.ArrowDtype(TYPES[column.type]) for column in table.columns
        ]
        assert isinstance(frame.index, pd.RangeIndex)


def test_the_verbs_are_those_of_the_case(redacted):
    incident = redacted.incidents()["incident_id"].iloc[0]
    event = redacted.events(incident)["event_id"].iloc[0]
    assert redacted.frames(event=event, columns=["function"]).columns.tolist() == ["function"]
    for verb in (redacted.stacks, redacted.modules, redacted.logs, redacted.metrics, redacted.annotations):
        assert set(verb(event=event)["event_id"]) <= {event}
    assert redacted.table("events", columns=["ts", "release"]).columns.tolist() == ["ts", "release"]
    with pytest.raises(triage.TriageError, match="no column nonsense"):
        redacted.table("events", columns=["nonsense"])
    with pytest.raises(triage.TriageError, match="no incident"):
        redacted.events("inc_0")


def test_the_masks_on_screen_are_those_of_the_archive(planted, redacted):
    lazy = RedactedCase.lazy(planted)
    assert lazy.events().sort_values("event_id")["error_value"].tolist() == (
        redacted.events().sort_values("event_id")["error_value"].tolist()
    )


def test_a_large_case_has_the_same_masks_in_any_order_of_access():
    event = {"level": "error", "platform": "python"}
    value = "m of b%d@example.org and a%d@example.org"
    data = [
        json.dumps(
            event
            | {"event_id": f"{n:032x}", "release": f"r of a{n % 7}@example.org"}
            | {"exception": {"values": [{"type": "E", "value": value % (n % 5, (n + 3) % 7)}]}}
        ).encode()
        for n in range(40)
    ]
    padding = b"nothing\n" * 700_000
    case = triage.load([*data, padding])
    first, second = RedactedCase.lazy(case), RedactedCase.lazy(case)
    incident = case.incidents()["incident_id"].iloc[0]
    a = [first.table("events", ["release"]), first.incidents(), first.events(), first.events(incident)]
    b = [second.events(incident), second.events(), second.incidents(), second.table("events", ["release"])]
    for left, right in zip(a, reversed(b), strict=True):
        pd.testing.assert_frame_equal(left, right)
    assert "@example.org" not in a[2].to_csv()
    assert a[0]["release"].iloc[0].startswith("r of [email:")


CONFIG = "2026-02-01 09:00:00,123 INFO [main] app: config password=velvet-otter-77\n"
CRASH = (
    "2026-02-01 10:00:00,123 ERROR [main] app: connecting\nTraceback (most recent call last):\n"
    '  File "/srv/app.py", line 3, in orchard_plum\n    connect()\n'
    "ValueError: could not connect with velvet-otter-77\n"
)


def everything_shown(case):
    tables = [getattr(case, name)().to_csv() for name in ("incidents", "events", "frames", "logs")]
    return "".join([*tables, case._repr_mimebundle_()["text/html"]])


def test_one_incident_is_masked_by_what_is_found_in_the_whole_case():
    case = triage.loads(CONFIG + CRASH, name="app.log")
    redacted = case.redact(incident=case.incidents()["incident_id"].iloc[0])
    assert "could not connect with [password:1:8-15]" in text_of(redacted)
    archive = redacted.approve(by="Ada")
    assert "velvet-otter-77" not in text_of(triage.loads(archive.bytes, name="x.tar.gz"))


@pytest.mark.parametrize("beside", [0, 6 << 20, 90 << 20], ids=["small", "learned first", "too large to be learned"])
def test_what_is_found_in_one_file_is_masked_on_screen_in_another(tmp_path, beside):
    (tmp_path / "a.log").write_text(CONFIG)
    (tmp_path / "b.log").write_text(CRASH)
    if beside:
        line = "2026-02-01 11:00:00,123 INFO [main] app: nothing at all happened here today" + " friend" * 5_000 + "\n"
        (tmp_path / "z.log").write_text(line * (beside // len(line)))
    lazy = RedactedCase.lazy(triage.load(tmp_path))
    shown = everything_shown(lazy)
    assert "velvet-otter-77" not in shown
    assert "could not connect with [password:" in shown


def test_what_is_sent_of_a_store_too_large_to_be_learned_is_masked_by_all_of_it(monkeypatch):
    monkeypatch.setattr(cells, "_SMALL", 0)
    monkeypatch.setattr(cells, "_QUICK", 0)
    case = triage.loads(CONFIG + CRASH, name="app.log")
    incident = case.incidents()["incident_id"].iloc[0]
    lazy = RedactedCase.lazy(case)
    assert "velvet-otter-77" not in str(lazy.extract(incident).sections)
    with lazy.about(incident) as (masked, event):
        assert masked.event(event)["error_value"] == "could not connect with [password:1:8-15]"


def test_a_view_of_few_events_is_masked_by_all_that_was_read_of_them(monkeypatch):
    monkeypatch.setattr(cells, "_SMALL", 0)
    monkeypatch.setattr(cells, "_QUICK", 0)
    event = {
        "event_id": "e-1", "level": "error",
        "exception": {"values": [{"type": "E", "value": "no velvet-otter-77 here"}]},
        "extra": {"password": "velvet-otter-77"},
    }  # fmt: skip
    lazy = RedactedCase.lazy(triage.loads(json.dumps(event), name="event.json"))
    assert lazy.events()["error_value"].tolist() == ["no [password:1:8-15] here"]


def test_a_hash_of_a_user_is_masked_and_still_counts_the_users():
    header = (
        '{"event_id":"%032d"}\n{"type":"event"}\n{"event_id":"%032d","user":{"id":"%s"},"exception":{"values":[%s]}}\n'
    )
    thrown = '{"type":"E","value":"boom"}'
    inputs = [
        (header % (at, at, user, thrown)).encode() for at, user in enumerate(("ada@example.org", "bob@example.org"))
    ]
    case = triage.loads(inputs[0], name="a.envelope")
    (own,) = case.events()["user_hash"]
    redacted = case.redact()
    archive = triage.loads(redacted.approve(by="Ada").bytes, name="x.tar.gz")
    for each in (redacted, RedactedCase.lazy(case), archive):
        assert each.events()["user_hash"].tolist() == ["[user_hash:1:16-31]"]
    assert own not in text_of(redacted) + text_of(archive)
    pseudonyms = [
        triage.loads(each, name="a.envelope").redact(key=b"k" * 32).events()["user_hash"][0] for each in inputs
    ]
    assert len({*pseudonyms}) == 2
    assert own not in pseudonyms


def test_names_of_compilers_read_in_a_redacted_case_as_in_its_archive():
    log = (
        "[15121:3079:0603/143054:1870512625538198:FATAL:fling_curve.cc(48)] Check failed: velocity > 0 (0 vs. 0)\n"
        "0   Content Shell Framework             0x000000010a99b743 _ZN4base5debug10StackTraceC1Ev + 19\n"
        "1   Content Shell Framework             0x000000010a9dd9e8 _ZN7logging10LogMessageD2Ev + 392\n"
        "2   Content Shell Framework             0x000000010cbf477a _ZN2ui10FlingCurveC2Ev + 698\n"
    )
    case = triage.loads(log, name="app.log")
    redacted = case.redact()
    archive = triage.loads(redacted.approve(by="Ada").bytes, name="x.tar.gz")
    pd.testing.assert_frame_equal(redacted.frames(), archive.frames())
    assert redacted.frames()["function"].tolist() == case.frames()["function"].tolist()


def test_only_one_incident_leaves_where_asked(planted):
    incident = planted.incidents()["incident_id"].iloc[0]
    redacted = planted.redact(incident=incident)
    assert redacted.incidents()["incident_id"].tolist() == [incident]
    assert sorted(redacted.events()["event_id"]) == sorted(planted.events(incident)["event_id"])
    archive = redacted.approve(by="Ada")
    assert all(name.startswith("derived/") for name in archive.files if name.endswith(".json") and "/" in name)
    assert canaries.held(text_of(redacted)) == []
    with pytest.raises(triage.TriageError, match="no incident"):
        planted.redact(incident="inc_0")


def test_a_case_read_by_a_named_reader_leaves_as_what_that_reader_read():
    case = triage.load(SAMPLES / "flutter" / "logcat.txt", format="flutter-log")
    back = triage.load(case.redact().approve(by="Ada").bytes)
    assert sorted(back.events()["event_id"]) == sorted(case.events()["event_id"])


def test_a_key_makes_masks_that_link_cases():
    one = triage.loads("mail of ada@example.org\n").redact(key=b"k" * 32)
    two = triage.loads("bob@example.org, then ada@example.org\n").redact(key=b"k" * 32)
    mask = one.text(one.files()["source_id"].iloc[1]).split()[-1]
    assert mask.startswith("[email:")
    assert len(mask.split(":")[1]) == 13
    assert mask in two.text(two.files()["source_id"].iloc[1])


def test_nothing_is_told_by_reprs_pickles_errors_and_logs(planted, caplog):
    caplog.set_level(logging.DEBUG)
    lazy, whole = RedactedCase.lazy(planted), planted.redact()
    lazy.events()
    told = [repr(each) for each in (lazy, whole, whole.working, whole.working.redactor, whole.working.spool)]
    told += [repr(member) for member in whole.working.members.values()]
    assert repr(whole).startswith("<triage.RedactedCase: ")
    holders = [whole.working._raw, whole.working._rows, next(iter(whole.working.redactor._entries.values()))]
    told += list(map(repr, holders))
    for each in (lazy, whole, whole.working, whole.working.spool, lazy._masker, *holders):
        for attempt in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError) as caught:
                attempt(each)
            told.append(str(caught.value))
    assert canaries.held("\n".join(told) + caplog.text) == []


def test_a_lazy_case_cannot_be_approved(planted):
    with pytest.raises(RedactionError, match=r"case\.redact\(\)"):
        RedactedCase.lazy(planted).approve(by="Ada")


def test_a_closed_working_copy_is_gone():
    redacted = triage.loads("started\n").redact()
    redacted.close()
    with pytest.raises(RedactionError, match="discarded"):
        redacted.approve(by="Ada")


def test_an_input_that_has_moved_is_an_error_that_says_so(tmp_path):
    path = tmp_path / "app.log"
    path.write_text("started\n")
    case = triage.load(path)
    path.unlink()
    with pytest.raises(triage.SourceError, match="load it again"):
        case.redact()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_as_many_records_leave_as_there_were_whatever_ends_their_lines(end):
    said = ["token=orchard-9-plums", "disk full", "login of ada@example.org", "bye"]
    lines = [f"2026-01-01 10:00:0{number},000 ERROR shop: {one}{end}" for number, one in enumerate(said)]
    case = triage.loads("".join(lines).encode(), name="app.log")
    redacted = case.redact()
    logs = redacted.logs()
    assert logs["message"].tolist() == ["token=[token:1:8-15]", "disk full", "login of [email:1:8-15]", "bye"]
    assert logs["ts"].tolist() == case.logs()["ts"].tolist()
    (member,) = redacted.working.members.values()
    assert [mark.line for mark in member.marks.on(0)] == [1, 3]
    assert member.marks.lines == 5
