"""No decision writes a secret or a value of an event, and what masks hide parts nothing."""

import io
import re

import pytest

import triage
from tests.deciding import Desk, aged, event, held, incident_of, name, numbers, store, write
from triage import journal as journals
from triage.errors import JournalError, TriageError
from triage.incidents import predicates
from triage.incidents.decisions import TOKEN, token
from triage.journal import Journal, Side, Subject
from triage.share import cells

SECRET = "AKIA" + "QYLPMN5HHHFPZAM2"


@pytest.mark.parametrize(
    ("decide", "kind"),
    [
        (lambda case, ids: case.resolve(ids[0], "mail ada@example.org"), "email at characters 6 to 20"),
        (lambda case, ids: case.note(ids[0], f"key {SECRET}"), "at characters 5 to 24"),
        (lambda case, ids: case.merge(ids, "password=hunter2-not-real"), "password at characters 10 to 25"),
        (lambda case, ids: case.pin([name(1)], ids[0], "see 10.1.2.3"), "ipv4"),
        (lambda case, ids: case.split(ids[0], events=[name(1)], reason="ada@example.org"), "email"),
        (lambda case, _: case.undo("dec_none", "x"), "no entry 'dec_none'"),
    ],
)
def test_secrets_are_refused_by_kind_and_place(desk, decide, kind):
    ids = [desk.of(1), desk.of(3)]
    with pytest.raises(JournalError, match=kind) as caught:
        decide(desk.case, ids)
    assert not any(value in str(caught.value) for value in ("ada@", SECRET, "hunter2", "10.1.2.3"))
    assert not desk.journal.path.exists()


def test_no_value_of_the_events_stands_in_the_journal(tmp_path):
    users = {1: "ada@example.org", 2: "bob@example.org"}
    desk = Desk(tmp_path, [event(number, message=f"no mail for {user}") for number, user in users.items()])
    desk.case.split(desk.of(1), "message_slot")
    text = desk.journal.path.read_text("utf-8")
    assert not any(user in text for user in users.values())
    (entry,) = Journal(desk.journal.path).entries()
    assert [side.label for side in entry.sides] == ["email 1", "email 2"]


def test_event_ids_and_services_that_must_not_be_told_are_digests(tmp_path):
    secret = [event(1, service="ada@example.org"), event(2)]
    secret[0]["event_id"] = "ada@example.org/1"
    desk = Desk(tmp_path, secret)
    events = desk.case.events()["event_id"].tolist()
    assert "ada@example.org/1" in events
    one = next(each for each in desk.case.incidents()["incident_id"] if "ada" in desk.case.events(each)["event_id"][0])
    desk.case.resolve(one)
    text = desk.journal.path.read_text("utf-8")
    assert "ada@" not in text
    (entry,) = Journal(desk.journal.path).entries()
    assert entry.subjects[0].events == (token("ada@example.org/1"),)
    assert entry.subjects[0].events[0].startswith(TOKEN)
    write(desk.journal.path, [aged(entry)])
    desk.again()
    assert desk.case.incidents().set_index("incident_id").loc[one, "status"] == "resolved"


@pytest.mark.parametrize(
    ("decide", "words"),
    [
        (lambda case: case.resolve("inc_none"), "no incident has the id 'inc_none'; case.incidents"),
        (lambda case: case.merge([case.incidents()["incident_id"][0]]), "two incidents or more"),
        (lambda case: case.merge(["inc_none", case.incidents()["incident_id"][0]]), "no incident has the id"),
        (lambda case: case.pin(["e9"], case.incidents()["incident_id"][0]), "no event makes an incident here .* 'e9'"),
        (lambda case: case.pin([], case.incidents()["incident_id"][0]), "no event is named"),
        (lambda case: case.split(incident_of(case, 1), "colour"), "variant, frame, file, service, message_slot"),
        (lambda case: case.split(incident_of(case, 1)), "say by what"),
        (lambda case: case.split(incident_of(case, 1), events=[name(3)]), "no event is in that incident"),
        (lambda case: case.split(incident_of(case, 1), events=[name(1), name(2)]), "all events"),
        (lambda case: case.note(incident_of(case, 1), "  "), "the note is empty"),
    ],
)
def test_wrong_calls_say_what_to_do_and_write_nothing(desk, decide, words):
    with pytest.raises(JournalError, match=words):
        decide(desk.case)
    assert not desk.journal.path.exists()


def test_a_split_into_hundreds_is_refused(tmp_path):
    desk = Desk(tmp_path, [event(number, message=f"order {number} lost") for number in range(1, 203)])
    with pytest.raises(JournalError, match="would make 202 incidents"):
        desk.case.split(desk.of(1), "message_slot")


SLOTS = {1: "ada@example.org", 2: "bob@example.org", 3: "ada@example.org"}


def archived(folder, users, *, key=None):
    """A reviewed archive of events that name users."""
    made = [event(number, message=f"no mail for {user}") for number, user in users.items()]
    redacted = triage.load(store(folder / "raw", made), journal=Journal(None)).redact(key=key)
    try:
        return redacted.approve(by="Ada", when="2026-03-01").bytes
    finally:
        redacted.close()


def test_a_split_by_what_masks_hide_is_refused_and_by_pseudonyms_holds_across_archives(tmp_path):
    first = archived(tmp_path / "a", {1: "ada@example.org", 2: "bob@example.org"})
    case = triage.load(first, journal=tmp_path / "j.ndjson")
    one = incident_of(case, 1)
    with pytest.raises(JournalError, match=r"stands behind masks here.*another archive; .*events=\[\.\.\.\]"):
        case.split(one, "message_slot")
    case.split(one, events=[name(2)])
    assert Journal(tmp_path / "j.ndjson").entries()[0].by == "events"
    secret = b"0123456789abcdef"
    first = archived(tmp_path / "b", {1: "ada@example.org", 2: "bob@example.org"}, key=secret)
    second = archived(tmp_path / "c", {3: "bob@example.org", 4: "ada@example.org"}, key=secret)
    triage.load(first, journal=tmp_path / "k.ndjson").split(one, "message_slot")
    assert numbers(triage.load([first, second], journal=tmp_path / "k.ndjson")) == [[1, 4], [2, 3]]


def test_events_whose_value_a_mask_hides_stay_where_they_are_and_that_is_told(tmp_path):
    desk = Desk(tmp_path, [event(number, message=f"no mail for {user}") for number, user in SLOTS.items()])
    one = desk.of(1)
    desk.case.split(one, "message_slot")
    # The first mask of this archive is Cid, and no event in it tells whose is which.
    case = triage.load(archived(tmp_path / "c", {4: "cid@example.org", 5: "ada@example.org"}), journal=desk.journal)
    assert held(case) == {one: [4, 5]}
    assert case.journal()["told"].tolist() == ["masks hide the value of 2 events, left where the grouping has them"]
    # Beside an archive in which anchors vouch for the same mask: the mask is another value there.
    both = [archived(tmp_path / "a", SLOTS), archived(tmp_path / "d", {4: "cid@example.org"})]
    assert numbers(triage.load(both, journal=desk.journal)) == [[1, 3], [2], [4]]


def test_no_value_that_could_be_personal_stands_in_a_label_and_digests_are_salted(tmp_path):
    made = [event(n, message=f"pin {n}234 of 'Mary{n} Jones' at {n}") for n in (1, 2)]
    desk = Desk(tmp_path, made)
    desk.case.split(desk.of(1), "message_slot")
    text = desk.journal.path.read_text("utf-8")
    assert not any(value in text for value in ("1234", "2234", "Mary"))
    (entry,) = desk.journal.entries()
    assert [side.label for side in entry.sides] == ["number 1", "number 2"]
    assert re.fullmatch("[0-9a-f]{32}", entry.salt)
    unsalted = predicates.value_digest("message_slot", entry.slot, "1234")
    assert unsalted not in text
    assert predicates.side_id(desk.of(1), unsalted) not in text
    # An entry without a salt, as older ones are, holds.
    fields = {key: getattr(entry, key) for key in entry.__struct_fields__} | {"id": "", "salt": "", "around": ()}
    one = entry.subjects[0].incident_id
    sides = tuple(
        Side(incident_id=predicates.side_id(one, digest), values=(digest,))
        for digest in (predicates.value_digest("message_slot", entry.slot, f"{n}234") for n in (1, 2))
    )
    write(desk.journal.path, [journals._sealed(fields | {"sides": sides})])
    assert held(desk.again()) == {sides[0].incident_id: [1], sides[1].incident_id: [2]}


@pytest.mark.parametrize(
    ("decide", "words"),
    [
        (lambda case, one: case.note(one, "\u200b \u3164\n"), "the note is empty"),
        (lambda case, one: case.note(one, "x" * 10_001), "10,001 characters, and 10,000 is the most"),
        (lambda case, one: case.resolve(one, "red \x1b[31m"), "control character at character 5"),
        (lambda case, one: case.pin([5], one), "an event is named by its id, a text.* type int"),
        (lambda case, one: case.split(one, events=[b"x"]), "an event is named by its id"),
        (lambda case, _: case.undo(["dec_1"]), "no entry"),
    ],
)
def test_texts_and_ids_that_are_none_are_refused(desk, decide, words):
    with pytest.raises(TriageError, match=words):
        decide(desk.case, desk.of(1))
    assert not desk.journal.path.exists()


@pytest.mark.parametrize("who", [SECRET, "Ada\nBob", "Ada\x1b[31m", "Ada\u202e", "x" * 201, 5])
def test_who_decides_is_looked_through_as_notes_are(desk, who):
    case = triage.load(desk.store, journal=Journal(desk.journal.path, who=who))
    with pytest.raises(TriageError, match=r"who decides") as caught:
        case.resolve(desk.of(1))
    assert str(who) not in str(caught.value) or who == 5
    assert not desk.journal.path.exists()
    Journal(desk.journal.path, who="ada@example.org").append("note", subjects=[Subject(incident_id=desk.of(1))])


PASSWORD = "Xk93jfQpwz7"
LOG = (
    f"2026-02-10T09:00:00Z ERROR svc: login with password={PASSWORD} failed\nTraceback (most recent call last):\n"
    '  File "/home/anna/a.py", line 3, in charge\nValueError: bad\n2026-02-10T09:00:01Z INFO svc: next\n'
    'Traceback (most recent call last):\n  File "/home/anna/a.py", line 9, in refund\nKeyError: 5\n'
)


def _moved(folder):
    path = folder / "a.log"
    path.write_text(LOG)
    case = triage.load(path, journal=folder / "j.ndjson")
    path.unlink()
    return case


def _tables(folder):
    triage.loads(LOG).to_parquet(folder / "tables")
    return triage.load(folder / "tables", journal=folder / "j.ndjson")


def _pasted(folder):
    return triage.load(LOG.encode(), journal=folder / "j.ndjson")


def _streamed(folder):
    return triage.load(io.BytesIO(LOG.encode()), journal=folder / "j.ndjson")


@pytest.mark.parametrize("opened", [_pasted, _streamed, _moved, _tables])
def test_what_the_case_knows_as_a_secret_is_refused_wherever_its_input_is(tmp_path, opened):
    case = opened(tmp_path)
    one = case.incidents()["incident_id"][0]
    with pytest.raises(JournalError, match="of the kind password at characters 9 to 19") as caught:
        case.resolve(one, f"rotated {PASSWORD}, so it works again")
    assert PASSWORD not in str(caught.value)
    assert not (tmp_path / "j.ndjson").exists()
    case.resolve(one, "rotated it, so that the login of svc works again")
    assert case.journal()["why"].tolist() == ["rotated it, so that the login of svc works again"]


@pytest.mark.parametrize(
    "decide",
    [
        lambda case, ids, why: case.reopen(ids[0], why),
        lambda case, ids, why: case.ignore(ids[0], why),
        lambda case, ids, why: case.note(ids[0], why),
        lambda case, ids, why: case.merge(ids, why),
        lambda case, ids, why: case.pin(case.events(ids[0])["event_id"], ids[1], why),
        lambda case, _, why: case.undo(case.journal()["entry_id"][0], why),
    ],
)
@pytest.mark.parametrize("why", [f"it was {PASSWORD}", f"({PASSWORD.lower()})", "Xk93jfQpwz7\nx", "of anna's files"])
def test_every_decision_is_looked_through_for_what_the_case_knows(tmp_path, decide, why):
    case = _pasted(tmp_path)
    ids = case.incidents()["incident_id"].tolist()
    case.ignore(ids[0], "nothing that could be known")
    with pytest.raises(JournalError, match=r"of the kind (password|username) at characters"):
        decide(case, ids, why)
    assert len(case.journal()) == 1


def test_of_a_case_too_large_to_be_learned_the_events_of_the_incident_are_known(tmp_path, monkeypatch):
    monkeypatch.setattr(cells, "_SMALL", 0)
    monkeypatch.setattr(cells, "_QUICK", 0)
    made = [event(1), event(2, function="render")]
    made[0]["payload"]["request"]["headers"] = {"x-note": f"password={PASSWORD}"}
    made[0]["payload"]["message"] += f" password={PASSWORD}"
    desk = Desk(tmp_path, made)
    with pytest.raises(JournalError, match="of the kind password"):
        desk.case.note(desk.of(1), f"it was {PASSWORD}")
    desk.case.note(desk.of(2), "nothing of that kind")


def test_who_decides_may_be_somebody_that_the_case_knows_but_no_secret_of_it(tmp_path):
    for who in ("anna", "anna@example.org"):
        case = triage.load(LOG.encode(), journal=Journal(tmp_path / "j.ndjson", who=who))
        case.ignore(case.incidents()["incident_id"][0])
    case = triage.load(LOG.encode(), journal=Journal(tmp_path / "j.ndjson", who=f"anna {PASSWORD}"))
    with pytest.raises(JournalError, match="who decides holds something of the kind password"):
        case.ignore(case.incidents()["incident_id"][0])
    assert case.journal()["who"].tolist() == ["anna", "anna@example.org"]


@pytest.mark.parametrize("why", ["gr\udcf6\udcdfe ok", "\udcff", "half of \ud83d it"])
def test_what_is_not_in_utf_8_is_refused(desk, why):
    place = next(at for at, char in enumerate(why, 1) if "\ud800" <= char <= "\udfff")
    with pytest.raises(JournalError, match=f"not in UTF-8 from character {place} on; give it in UTF-8"):
        desk.case.note(desk.of(1), f"{why} x")
    assert not desk.journal.path.exists()


@pytest.mark.parametrize("who", ["", " ", "\u3164"])
def test_who_decides_has_a_name(desk, who):
    case = triage.load(desk.store, journal=Journal(desk.journal.path, who=who))
    with pytest.raises(JournalError, match=r"the name of who decides is empty.*name them"):
        case.ignore(desk.of(1))
    assert not desk.journal.path.exists()
