"""`triage hypothesize`: what would be sent, what rules say, and a model on loopback."""

from __future__ import annotations

import json

import pytest

import triage
from tests import canaries
from tests.gemini_api import KEY, answer, refusal, serving
from tests.reading import SAMPLES
from tests.running import run as command
from tests.test_cli import text
from tests.test_findings import ANSWER

ZONE = SAMPLES / "eqemu" / "crash_zone_9412.log"


@pytest.fixture(autouse=True)
def no_key(monkeypatch):
    monkeypatch.delenv("GEMINI_API_KEY", raising=False)
    monkeypatch.delenv("GOOGLE_API_KEY", raising=False)


@pytest.fixture
def api(monkeypatch):
    pytest.importorskip("google.genai")
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving() as running:
        running.will(answer(json.dumps(ANSWER)))
        yield running


def test_what_would_be_sent_is_printed_and_nothing_is_sent_or_kept(tmp_path):
    case = triage.load(ZONE)
    incident = case.incidents()["incident_id"].iloc[0]
    said = text("hypothesize", ZONE, incident[4:9], "--show-extract", cwd=tmp_path)
    assert said == case.extract(incident).text
    assert list(tmp_path.iterdir()) == []


def test_rules_answer_where_they_are_asked_or_no_key_is_set(tmp_path):
    asked = text("hypothesize", ZONE, "--engine", "rules", cwd=tmp_path)
    assert asked.startswith("hypothesis, unverified (rules)\nBy rules, without a model:")
    without_key = text("hypothesize", ZONE, cwd=tmp_path)
    assert "note: no GEMINI_API_KEY is set: rules answered, no model\n" in without_key
    assert "answered before" in without_key
    assert len(list((tmp_path / ".triage" / "hypotheses").iterdir())) == 1


def test_a_model_answers_once_and_from_then_on_without_a_key(api, tmp_path, monkeypatch):
    said = text("hypothesize", ZONE, "--base-url", api.url, cwd=tmp_path)
    assert said.startswith("hypothesis, unverified (gemini gemini-2.5-pro)\nThe zone process read through a mob")
    assert "1. A stale pointer in the list of close mobs (60%)\n" in said
    assert "evidence: #4 EntityList::ScanCloseMobs  [frames row 4]" in said
    assert "check: top frame (function *ScanCloseMobs, of application): supported" in said
    assert ", 1 attempt, 1,320 tokens" in said
    monkeypatch.delenv("GEMINI_API_KEY")
    again = json.loads(text("hypothesize", ZONE, "--json", cwd=tmp_path))
    assert (again["status"], again["cached"], again["answer"]["findings"]) == ("SUCCESS", True, ANSWER)
    assert len(api.requests) == 1


def test_a_model_that_refuses_ends_with_an_exit_code_and_its_words(api, tmp_path):
    api.will(refusal(403, "PERMISSION_DENIED"))
    done = command("hypothesize", ZONE, "--base-url", api.url, cwd=tmp_path)
    assert done.returncode == 4
    assert b"FAILED (the key in GEMINI_API_KEY is refused (403 PERMISSION_DENIED)" in done.stdout
    assert KEY.encode() not in done.stdout + done.stderr


def test_an_answer_is_forwarded_where_that_is_asked_and_a_dry_run_prints_it(tmp_path, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("TRIAGE_DISCORD_WEBHOOK", "")
    dry = json.loads(text("hypotheses", ZONE, "--engine", "rules", "--send", "discord", "--dry-run", cwd=tmp_path))
    assert dry["content"].startswith("hypothesis, unverified (rules, no model)\nBy rules, without a model")
    failed = command("hypotheses", ZONE, "--engine", "rules", "--send", "discord", cwd=tmp_path)
    assert failed.returncode == 4
    assert b"set TRIAGE_DISCORD_WEBHOOK in the environment" in failed.stderr
    with serving() as chat:
        chat.will((204, {}))
        monkeypatch.setenv("TRIAGE_DISCORD_WEBHOOK", chat.url + "/hook")
        incident = triage.load(ZONE).incidents()["incident_id"].iloc[0]
        asked = ("--incident", incident, "--engine", "rules", "--send", "discord")
        done = command("hypothesize", ZONE, *asked, cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, b"forwarded to discord\n")
        assert json.loads(chat.requests[0]["body"]) == dry
    assert done.stdout.startswith(b"hypothesis, unverified (rules)")


def test_an_answer_that_failed_is_not_forwarded(api, tmp_path, monkeypatch):
    api.will(refusal(403, "PERMISSION_DENIED"))
    monkeypatch.setenv("TRIAGE_SLACK_WEBHOOK", api.url + "/hook")
    done = command("hypothesize", ZONE, "--base-url", api.url, "--send", "slack", cwd=tmp_path)
    assert done.returncode == 4
    assert [request["path"] for request in api.requests if request["path"] == "/hook"] == []


def test_what_is_printed_is_masked(tmp_path):
    (tmp_path / "a.tar.gz").write_bytes(canaries.archive())
    case = triage.load(tmp_path / "a.tar.gz")
    for incident in case.incidents()["incident_id"]:
        for more in (["--show-extract"], ["--engine", "rules"], ["--engine", "rules", "--json"]):
            done = command("hypothesize", tmp_path / "a.tar.gz", incident, *more, cwd=tmp_path)
            assert done.returncode == 0
            assert canaries.held((done.stdout + done.stderr).decode()) == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--base-url", "http://example.org"], b"base_url must begin with https://"),
        (["--model", "a b"], b"no name of a model"),
        (["inc_0"], b"no incident"),
    ],
)
def test_a_wrong_call_is_told(tmp_path, arguments, told):
    done = command("hypothesize", ZONE, *arguments, cwd=tmp_path)
    assert done.returncode == 4
    assert told in done.stderr
