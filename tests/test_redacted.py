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
    for each in (lazy, whole, whole.working, whole.working.spool, lazy._masker):
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
