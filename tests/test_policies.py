"""Capture policies: what an archive says of its own members, and what nobody else's may."""

import io
import json
import tarfile

import pytest

import triage
from tests.envelopes import envelope
from triage.journal import Journal

PATHS = ["/orders/7", "/orders/8", "/carts/7", "/users/ada@example.org/x"]


def store(status=404):
    """Requests that were refused, each path once."""
    calls = [{"method": "GET", "path": path, "response_status": status, "duration_ms": 3} for path in PATHS]
    return "\n".join(json.dumps(envelope("request_event", call, at)) for at, call in enumerate(calls)).encode()


def saved(case, path, **more):
    """The archive of a case, loaded again with its journal."""
    case.redact(**more).approve(by="Ada").save(path)
    return triage.load(path)


def found(case):
    """Its incidents, with what identifies them."""
    return sorted(case.incidents()[["incident_id", "group_key", "count"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(
    "policy",
    [
        {"statuses": [404]},
        {"paths": [(404, "/orders/*", ["GET"])]},
        {"paths": [(404, "/users/ada@example.org/*"), (404, "/carts/7")]},
    ],
)
def test_an_archive_is_shown_by_the_policy_of_its_case(policy, tmp_path):
    (tmp_path / "events.ndjson").write_bytes(store())
    plain = triage.load(tmp_path / "events.ndjson")
    case = plain.under("minimal", **policy)
    assert found(case)
    assert not found(plain)
    archive = saved(case, tmp_path / "one.tar.gz")
    assert found(archive) == found(case.redact()) == found(case)
    assert found(saved(archive, tmp_path / "two.tar.gz")) == found(case)
    assert "under the capture policy minimal with" in repr(archive)
    assert "under the capture policy minimal with" in repr(archive.redact())
    assert not found(archive.under("minimal"))
    assert "under" not in repr(archive.under("minimal"))
    with tarfile.open(tmp_path / "one.tar.gz") as members:
        assert b"ada@example" not in members.extractfile("MANIFEST.json").read()
        members.extractall(tmp_path / "unpacked", filter="data")
    assert found(triage.load(tmp_path / "unpacked")) == found(case)
    case.to_parquet(tmp_path / "tables")
    assert found(triage.load(tmp_path / "tables")) == found(case)


def test_one_incident_leaves_under_it_and_decisions_hold(tmp_path):
    (tmp_path / "events.ndjson").write_bytes(store())
    case = triage.load(tmp_path / "events.ndjson", journal=Journal(tmp_path)).under("minimal", statuses=[404])
    chosen = case.incidents()["incident_id"][0]
    case.resolve(chosen)
    case.redact().approve(by="Ada").save(tmp_path / "whole.tar.gz")
    whole = triage.load(tmp_path / "whole.tar.gz", journal=Journal(tmp_path))
    assert whole.journal()["effect"].tolist() == ["applied"]
    one = saved(case, tmp_path / "one.tar.gz", incident=chosen)
    assert one.incidents()["incident_id"].tolist() == [chosen]
    assert "status 404" in repr(one)


def test_the_policy_of_an_archive_is_for_its_own_events(tmp_path):
    (tmp_path / "events.ndjson").write_bytes(store(404))
    (tmp_path / "other.ndjson").write_bytes(store(404).replace(b"/orders/", b"/other/"))
    case = triage.load(tmp_path / "events.ndjson").under("minimal", statuses=[404])
    alone = found(saved(case, tmp_path / "one.tar.gz"))
    others = store(404).replace(b'"event_id": "', b'"event_id": "f').replace(b"/orders/", b"/other/")
    (tmp_path / "other.ndjson").write_bytes(others)
    both = triage.load([tmp_path / "one.tar.gz", tmp_path / "other.ndjson"])
    assert sum(count for *_, count in found(both)) == sum(count for *_, count in alone)
    assert repr(both).endswith("under the capture policy minimal with status 404 for some files>")
    assert found(saved(both, tmp_path / "both.tar.gz")) == found(both)


@pytest.mark.parametrize(
    "policy",
    [
        {},
        {"preset": "loud"},
        {"preset": ["minimal"]},
        {"preset": "minimal", "statuses": [10**400]},
        {"preset": "minimal", "statuses": {"a": 1}},
        {"preset": "minimal", "statuses": 4},
        {"preset": "minimal", "paths": [[404, "/*", ["GET"] * 100_000]]},
        {"preset": "minimal", "paths": [[404, "/" * 100_000]]},
        {"preset": "minimal", "paths": [None, 5, {}]},
    ],
)
def test_a_policy_that_is_none_is_passed_over_and_told(policy):
    members = {
        "MANIFEST.json": json.dumps(
            {"triage_manifest": 1, "members": [{"path": "e.ndjson", "capture": policy}]}
        ).encode(),
        "e.ndjson": store(),
    }
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as made:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            made.addfile(info, io.BytesIO(content))
    case = triage.load(data.getvalue())
    assert not found(case)
    assert repr(case).endswith("1 unknown capture policy passed over>")


def test_rows_of_an_archive_tell_no_policy():
    line = {"row": "annotation", "scope": "capture", "pair": {"": '{"preset":"minimal","statuses":[404]}'}}
    derived = f'[{{"triage_derived": 1}},\n{json.dumps(line)}]\n'.encode()
    case = triage.load([derived, store()])
    assert not found(case)
    assert "policy" not in repr(case)
