"""What a watch tells: spikes, regressions and decisions by the rules of a case, each once, masked."""

import json
from datetime import UTC, datetime, timedelta

import pytest

import triage
from tests.deciding import event, incident_of
from tests.watching import Watch, add, loaded
from triage.watching.notices import Masks, Notice

START = datetime(2026, 2, 10, tzinfo=UTC)


def moment(minutes):
    return (START + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")


def lines(numbers_and_minutes, **more):
    rows = (event(number, at=moment(minute), **more) for number, minute in numbers_and_minutes)
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.fixture
def watched(tmp_path):
    found = Watch(tmp_path, journal=tmp_path / "journal.ndjson")
    yield found
    found.watcher.close()


def kinds(notices):
    return [notice.kind for notice in notices]


def test_a_spike_is_told_at_its_alarm_and_not_again_while_it_goes_on(watched):
    log = watched.path / "a.ndjson"
    add(log, lines((at, at * 30) for at in range(200)))
    assert kinds(watched.told()) == ["incident"]
    told = []
    for burst in range(12):
        add(log, lines((1_000 + burst * 20 + at, 6_000 + burst * 2 + at / 10) for at in range(20)))
        told += watched.told()
        if burst % 4 == 0:
            watched.again()
    assert kinds(told) == ["spike"]
    expected = triage.load(watched.path).spikes()
    assert len(expected) == 1
    assert told[0].at.startswith(f"{expected['start'][0]:%Y-%m-%dT%H:%M:%S}")
    assert "were expected" in told[0].why


def test_a_resolved_incident_that_is_seen_again_is_told_once_for_each_resolution(watched, tmp_path):
    log = watched.path / "a.ndjson"
    add(log, lines([(1, 0)]))
    assert kinds(watched.told()) == ["incident"]
    case = triage.load(watched.path, journal=tmp_path / "journal.ndjson")
    journal = case._journal
    journal._when = moment(10)
    case.resolve(incident_of(case, 1), "done")
    assert watched.told() == []
    add(log, lines([(2, 20), (3, 21)]))
    [told] = watched.told()
    assert (told.kind, told.status, told.at) == ("regression", "regressed", "2026-02-10T00:20:00.000000Z")
    assert "seen again" in told.why
    add(log, lines([(4, 30), (5, 5)]))  # one more, and one that came late
    assert watched.again().told() == []
    journal._when = moment(40)
    triage.load(watched.path, journal=journal).resolve(told.incident_id, "done, really")
    assert watched.told() == []
    add(log, lines([(6, 50)]))
    assert kinds(watched.told()) == ["regression"]


def test_what_is_new_with_a_release_is_told_as_a_regression_too(watched):
    log = watched.path / "a.ndjson"
    first = [event(number, at=moment(number * 60), context={"release": "1.0"}) for number in range(1, 6)]
    second = event(10, function="g", at=moment(400), context={"release": "1.1"})
    add(log, "".join(json.dumps(row) + "\n" for row in first))
    assert kinds(watched.told()) == ["incident"]
    add(log, json.dumps(second) + "\n")
    told = watched.told()
    assert kinds(told) == ["incident", "regression"]
    assert told[1].release == "1.1"
    assert triage.load(watched.path).regressions()["kind"].tolist() == ["new"]


def test_a_deploy_that_is_told_of_late_still_counts(watched):
    log = watched.path / "a.ndjson"
    add(log, lines([(1, 0), (2, 60), (4, 200)]) + lines([(3, 130)], function="g"))
    assert kinds(watched.told()) == ["incident", "incident"]
    deployed = {"commit_sha": "a" * 40, "version": "2.0", "branch": "main", "environment": "production"}
    row = event(9, at=moment(120)) | {
        "event_type": "deploy_metadata",
        "payload": deployed | {"deployed_at": moment(120)},
    }
    add(log, json.dumps(row) + "\n")
    told = watched.told()
    expected = triage.load(watched.path).regressions()
    assert [each.incident_id for each in told] == expected["incident_id"].tolist() != []


def deployed(number, minute, **more):
    told = {"commit_sha": "a" * 40, "version": "2.0", "branch": "main", "environment": "production"}
    payload = told | {"deployed_at": moment(minute)} | more
    return json.dumps(event(number, at=moment(minute)) | {"event_type": "deploy_metadata", "payload": payload}) + "\n"


def test_what_is_new_after_a_deploy_is_told_as_it_happens(watched):
    log = watched.path / "a.ndjson"
    add(log, lines([(1, 0), (2, 60)]))
    assert kinds(watched.told()) == ["incident"]
    add(log, deployed(3, 100) + lines([(4, 103)], function="g"))
    told = watched.told()
    assert kinds(told) == ["incident", "regression"]
    assert told[1].why == "first seen 3 minutes after the deploy of 2.0"
    add(log, lines([(5, 104)]) + lines([(6, 105)], function="g"))
    assert watched.again().told() == []


def test_a_release_that_is_deployed_again_is_told_of_by_when_it_was(watched):
    log = watched.path / "a.ndjson"
    add(log, lines([(1, 0), (2, 60)]) + deployed(3, 100))
    assert kinds(watched.told()) == ["incident"]
    add(log, deployed(4, 2_000, deployed_at=moment(1_990)))
    assert watched.again().told() == []
    add(log, lines([(5, 1_995)], function="g"))
    [_, told] = watched.told()
    assert told.why == "first seen 5 minutes after the deploy of 2.0"
    assert triage.load(watched.path).regressions()["why"].tolist() == [told.why]


def test_decisions_make_no_news(watched, tmp_path):
    log = watched.path / "a.ndjson"
    add(log, lines([(1, 0)]) + lines([(2, 1)], function="g"))
    assert kinds(watched.told()) == ["incident", "incident"]
    case = triage.load(watched.path, journal=tmp_path / "journal.ndjson")
    merged = case.merge([incident_of(case, 1), incident_of(case, 2)], "one cause")
    assert watched.told() == []
    add(log, lines([(3, 2)], function="g"))
    assert watched.told() == []
    case = triage.load(watched.path, journal=tmp_path / "journal.ndjson")
    assert case.incidents()["incident_id"].tolist() == [merged]
    case.ignore(merged)
    add(log, lines([(4, 3)], function="h"))
    assert kinds(watched.told()) == ["incident"]


def test_what_is_told_is_masked(watched, tmp_path):
    secret = "ada.lovelace@example.org"
    row = event(1, message=f"no mailbox for {secret}", error="MailError")
    row["payload"]["stack"] = ""
    add(watched.path / "a.ndjson", json.dumps(row) + "\n")
    [told] = watched.told()
    assert triage.load(watched.path).incidents()["title"][0]
    assert secret not in told.text + told.line.decode() + repr(told)
    notice = Notice(id="n", kind="incident", incident_id="inc_1", title=f"E: {secret}", culprit=f"{secret} in f")
    masked = Masks(triage.Policy.default()).masked(notice, {"error_value": f"for {secret}"})
    assert secret not in masked.title + masked.culprit
    assert masked.title.startswith("E: [email:")
    assert masked.incident_id == "inc_1"


def test_masks_do_not_depend_on_what_was_told_before(tmp_path):
    rows = [event(number, error=f"E{number}", message=f"for user{number}@example.org") for number in (1, 2)]
    for row in rows:
        row["payload"]["stack"] = ""
    found = []
    for name, chosen in (("both", rows), ("one", rows[1:])):
        (tmp_path / name).mkdir()
        watched = Watch(tmp_path / name)
        add(watched.path / "a.ndjson", "".join(json.dumps(row) + "\n" for row in chosen))
        found.append({each.incident_id: each.title for each in watched.told()})
        watched.watcher.close()
    assert found[1].items() <= found[0].items()


def test_a_line_for_people_moves_no_cursor():
    notice = Notice(id="n", kind="spike", incident_id="inc_1", title="a\x1b[31m\nb\tc", why="many", again=True)
    assert notice.text == "SPIKE       inc_1  a␛[31m⏎b c (many)  again"


def test_only_what_has_new_events_is_looked_at_and_that_changes_nothing(watched):
    log = watched.path / "a.ndjson"
    add(
        log,
        lines(((at, at) for at in range(30)), function="f") + lines(((100 + at, at) for at in range(3)), function="g"),
    )
    watched.told()
    add(log, lines([(200, 40)], function="f"))
    watched.watcher._follower.see(watched.watcher.root.scan())
    watched.watcher._take(watched.watcher._follower.ready(packed=False))
    ledger = watched.watcher._ledger
    assert not ledger.shifted
    assert ledger.about()["events"].num_rows < ledger.tables()["events"].num_rows
    assert watched.told() == []
    assert watched.counts() == loaded(watched.path)
