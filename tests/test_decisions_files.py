"""A split by files: crashes of functions that are called alike are told apart by where they are."""

from __future__ import annotations

import pytest

import triage

DAY = "2026-01-{day:02} 10:00:00 ERROR app: no\n"


def log(*files):
    return "".join(
        DAY.format(day=day)
        + f'Traceback (most recent call last):\n  File "{file}", line {day}, in show_total\n    x()\n'
        + "PermissionError: no\n"
        for day, file in enumerate(files, 1)
    )


def counts(case):
    """How many events the incidents have."""
    return sorted(case.incidents()["count"])


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path / "app.log"


def test_names_of_files_tell_and_later_events_follow(store):
    store.write_text(log("/srv/shop/billing.py", "/srv/shop/users.py", "/srv/shop/billing.py"))
    case = triage.load(store)
    (incident,) = case.incidents()["incident_id"]
    case.split(incident, "file", reason="two views")
    assert counts(case) == [1, 2]
    store.write_text(
        log("/srv/shop/billing.py", "/srv/shop/users.py", "/srv/shop/billing.py", "/home/ada/shop/users.py")
    )
    assert counts(triage.load(store)) == [2, 2]
    entry = case.journal().iloc[0]
    assert (entry["by"], entry["slot"]) == ("file", 0)
    assert {side.rpartition(" ")[2] for side in entry["sides"]} == {"billing.py", "users.py"}


def test_folders_tell_where_the_names_are_the_same(store):
    files = ("/srv/shop/billing/views.py", "/srv/shop/users/views.py")
    store.write_text(log(*files))
    case = triage.load(store)
    (incident,) = case.incidents()["incident_id"]
    case.split(incident, "file", reason="two views")
    store.write_text(log(*files, "/home/ada/checkout/billing/views.py", "/srv/shop/admin/views.py"))
    assert counts(triage.load(store)) == [1, 1, 2]


def test_named_events_are_parted_by_their_file(store):
    store.write_text(log("/srv/shop/billing/views.py", "/srv/shop/users/views.py", "/srv/shop/admin/views.py"))
    case = triage.load(store)
    (incident,) = case.incidents()["incident_id"]
    first = case.events()["event_id"].iloc[0]
    case.split(incident, events=[first], reason="another view")
    assert case.journal().iloc[0]["by"] == "file"
    assert counts(case) == [1, 2]


def test_files_that_are_the_same_tell_nothing(store):
    store.write_text(log("/srv/shop/users.py", "/srv/shop/users.py"))
    case = triage.load(store)
    (incident,) = case.incidents()["incident_id"]
    with pytest.raises(triage.JournalError, match="nothing tells these events apart by file"):
        case.split(incident, "file", reason="two views")
