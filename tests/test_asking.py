"""Asking end to end: the real SDK against a server on loopback, each way to its status, its words and its file."""

import asyncio
import json
import time

import pytest

import triage
from tests.gemini_api import KEY, answer, refusal, serving
from tests.reading import SAMPLES
from tests.test_findings import ANSWER
from triage.errors import ModelError, TriageError
from triage.hypotheses.asking import start
from triage.hypotheses.client import Client, Reply
from triage.hypotheses.gemini import GeminiClient
from triage.hypotheses.runs import FAILED, PENDING, SUCCESS, Runs
from triage.hypotheses.settings import Settings

pytest.importorskip("google.genai")
GOOD = json.dumps(ANSWER)


@pytest.fixture(scope="module")
def zone():
    return triage.load(SAMPLES / "eqemu" / "crash_zone_9412.log").redact()


@pytest.fixture
def api(monkeypatch):
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving() as running:
        running.will(answer(GOOD))
        yield running


@pytest.fixture
def runs(tmp_path):
    return Runs(tmp_path / "hypotheses")


@pytest.fixture
def ask(api, runs, zone):
    def begin(model="gemini-2.5-pro", *, case=zone, settings=None, fresh=False, **options):
        client = GeminiClient(model, base_url=api.url, **{"pause": 0.05, "timeout": 20.0} | options)
        incident = case.incidents()["incident_id"].iloc[0]
        return start(case, incident, client=client, runs=runs, settings=settings, fresh=fresh)

    return begin


def test_an_answer_is_kept_with_what_it_took_and_what_became_of_it(ask, runs, zone):
    run = ask().result(60)
    assert (run.status, run.engine, run.model, run.attempts) == (SUCCESS, "gemini", "gemini-2.5-pro", 1)
    assert run.telemetry["usage"] == {"prompt": 900, "answer": 120, "thoughts": 300, "total": 1_320}
    assert run.output_chars == len(GOOD)
    assert run.input_chars > 8_000
    assert run.duration_ms > 0
    assert run.answer["findings"] == ANSWER
    (found,) = run.answer["grounds"]["evidence"][0]
    assert (found["found"], found["places"][0]["table"]) == ("exact", "frames")
    assert run.answer["checks"][0][0]["verdict"] == "supported"
    assert runs.all() == [run]
    sent = zone.extract(run.incident_id)
    assert (run.sent["digest"], run.sent["sha256"], run.sent["eventId"]) == (sent.digest, sent.sha256, sent.event_id)


def test_it_is_pending_at_once_and_everybody_sees_it(ask, runs, api):
    api.will(1.0)
    asking = ask()
    assert not asking.done
    assert asking.run.status == PENDING
    assert repr(asking) == "<triage.Asking: PENDING_REVIEW>"
    assert [run.status for run in Runs(runs.folder).all()] == [PENDING]
    assert asking.result(60).kind == "schema"
    assert [run.status for run in Runs(runs.folder).all()] == [FAILED]


@pytest.mark.parametrize(
    ("answers", "kind", "told", "attempts"),
    [
        ([refusal(500, "INTERNAL"), refusal(500, "INTERNAL")], "busy", "ask again later", 2),
        ([answer(GOOD[:-20])], "schema", "breaks off", 1),
        ([answer(GOOD[:-20], finish="MAX_TOKENS")], "truncated", "output limit", 1),
        ([answer(GOOD.replace("0.6", "7"))], "schema", "hypotheses[0].confidence", 1),
        ([answer("I think so.")], "schema", "no JSON", 1),
        ([{"promptFeedback": {"blockReason": "SAFETY"}}], "blocked", "filter", 1),
        ([answer("{}", candidates=[])], "empty", "no answer", 1),
        ([answer(None, finish="MAX_TOKENS")], "thinking", "thinking", 1),
        (["reset"], "connection", "network", 1),
        ([refusal(403, "PERMISSION_DENIED")], "key", "GEMINI_API_KEY", 1),
    ],
)
def test_what_fails_says_how_and_is_kept(ask, runs, api, answers, kind, told, attempts):
    api.will(*answers)
    run = ask().result(60)
    assert (run.status, run.kind, run.attempts) == (FAILED, kind, attempts)
    assert told in run.error
    assert run.answer is None
    assert 50 * (attempts - 1) < run.duration_ms < 60_000
    assert runs.all() == [run]
    assert len(api.requests) == attempts


def test_too_many_and_then_an_answer_is_a_success_of_two_attempts(ask, api):
    api.will(refusal(429, "RESOURCE_EXHAUSTED"), answer(GOOD))
    run = ask().result(60)
    assert (run.status, run.attempts) == (SUCCESS, 2)


def test_a_slow_answer_is_waited_for_and_its_time_is_kept(ask, api):
    api.will((0.6, answer(GOOD)))
    run = ask().result(60)
    assert (run.status, run.kind, run.error, run.attempts) == (SUCCESS, "", "", 1)
    assert run.duration_ms >= 600


def test_silence_ends_in_a_timeout(ask, api):
    api.will(30)
    began = time.monotonic()
    run = ask(timeout=0.3).result(60)
    assert (run.status, run.kind, run.attempts) == (FAILED, "timeout", 2)
    assert "no answer within 0.3 s" in run.error
    assert 600 < run.duration_ms < 1_000 * (time.monotonic() - began) + 1


def test_a_run_can_be_cancelled(ask, runs, api):
    api.will(30)
    asking = ask(timeout=25.0)
    assert api.asked.wait(10)
    with pytest.raises(TimeoutError, match="goes on"):
        asking.result(0.1)
    asking.cancel()
    run = asking.result(10)
    assert (run.status, run.kind) == (FAILED, "cancelled")
    assert "nothing of an answer was kept" in run.error
    assert run.duration_ms >= 100
    assert api.gone.wait(10)
    assert runs.all() == [run]
    asking.cancel()


def test_a_run_can_be_awaited_and_cancelled_so(ask, api):
    async def both():
        first = await ask()
        api.asked.clear()
        api.will(30)
        asking = ask(fresh=True, timeout=25.0)
        task = asyncio.ensure_future(asyncio.wait_for(asking, 20))
        await asyncio.to_thread(api.asked.wait, 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return first, asking

    first, second = asyncio.run(both())
    assert first.status == SUCCESS
    assert second.result(10).kind == "cancelled"


def test_the_same_question_finds_its_answer_without_key_or_network(ask, runs, api, monkeypatch):
    first = ask().result(60)
    monkeypatch.delenv("GEMINI_API_KEY")
    again = ask()
    assert again.done
    assert again.result().cached
    assert again.run.changed(cached=False) == first
    assert len(api.requests) == 1
    assert Runs(runs.folder).all() == [first]


def test_another_question_is_asked_anew(ask, api):
    ask().result(60)
    ask(fresh=True).result(60)
    ask("gemini-2.5-flash").result(60)
    ask(settings=Settings(sections=("exception", "system", "frames"))).result(60)
    ask(settings=Settings(template="Warum? $report")).result(60)
    ask(answer_tokens=4_096).result(60)
    assert len(api.requests) == 6


def test_a_failed_answer_is_no_answer(ask, api):
    api.will(answer("no"), answer(GOOD))
    assert ask().result(60).status == FAILED
    assert ask().result(60).status == SUCCESS


def test_evidence_that_is_made_up_and_files_that_are_not_there_are_marked(ask, api):
    made_up = json.loads(GOOD)
    made_up["hypotheses"][0]["evidence"] += ["Mob::Free at mob.cpp:12"]
    made_up["hypotheses"][0]["checks"] += [{"kind": "top_frame", "function": "Mob::Free"}, {"kind": "shell"}]
    api.will(answer(json.dumps(made_up)))
    found = ask().result(60).answer
    assert [each["found"] for each in found["grounds"]["evidence"][0]] == ["exact", "not found in the report"]
    assert [flag["text"] for flag in found["grounds"]["flags"]] == ["mob.cpp"]
    assert [each["verdict"] for each in found["checks"][0]] == ["supported", "refuted", "cannot tell"]


class Other:
    """Another provider is one class."""

    engine = "house"
    model = "house-model"

    def told(self):
        return {"model": self.model}

    async def ask(self, prompt):
        assert "EntityList::ScanCloseMobs" in prompt.contents
        return Reply(GOOD, self.model)


class Broken(Other):
    async def ask(self, prompt):
        raise RuntimeError(prompt.contents)


def test_another_provider_is_one_class(zone, runs, monkeypatch):
    monkeypatch.delenv("GEMINI_API_KEY", raising=False)
    incident = zone.incidents()["incident_id"].iloc[0]
    run = start(zone, incident, client=Other(), runs=runs).result(60)
    assert (run.status, run.engine, run.model) == (SUCCESS, "house", "house-model")
    assert run.text.startswith("hypothesis, unverified (house house-model)")
    assert isinstance(Other(), Client)


@pytest.mark.parametrize("name", ["rules", "", "Big House", "house\n", "x" * 41])
def test_a_provider_that_calls_itself_rules_or_nothing_is_refused(zone, runs, name):
    client = Other()
    client.engine = name
    with pytest.raises(TriageError, match="engine of a client"):
        start(zone, zone.incidents()["incident_id"].iloc[0], client=client, runs=runs)
    assert runs.all() == []


def test_a_provider_that_breaks_ends_the_run_and_says_nothing_of_what_it_held(zone, runs):
    incident = zone.incidents()["incident_id"].iloc[0]
    run = start(zone, incident, client=Broken(), runs=runs).result(60)
    assert (run.status, run.error) == (FAILED, "an error inside of triage (RuntimeError)")


class Failing(Runs):
    """Runs on a disk that is full when the answer comes."""

    def write(self, run):
        if run.status != PENDING:
            raise OSError(28, "No space left on device")
        super().write(run)


def test_an_answer_that_cannot_be_written_is_told(zone, tmp_path):
    runs = Failing(tmp_path / "hypotheses")
    incident = zone.incidents()["incident_id"].iloc[0]
    run = start(zone, incident, client=Other(), runs=runs).result(60)
    assert (run.status, run.kind) == (FAILED, "disk")
    assert "No space left on device" in run.error
    assert [each.kind for each in Runs(runs.folder).all()] == ["interrupted"]


def test_a_folder_that_cannot_be_made_is_told_at_once(zone, tmp_path):
    (tmp_path / "file").write_text("")
    incident = zone.incidents()["incident_id"].iloc[0]
    with pytest.raises(ModelError, match="name another place"):
        start(zone, incident, client=Other(), runs=Runs(tmp_path / "file" / "hypotheses"))


def test_a_wrong_call_is_told_and_makes_no_run(zone, runs):
    incident = zone.incidents()["incident_id"].iloc[0]
    with pytest.raises(TypeError, match="RedactedCase"):
        start(triage.load(SAMPLES / "eqemu" / "crash_zone_9412.log"), incident, runs=runs)
    with pytest.raises(TriageError, match="gemini, rules"):
        start(zone, incident, engine="oracle", runs=runs)
    with pytest.raises(TriageError, match="no incident"):
        start(zone, "inc_0", runs=runs)
    with pytest.raises(TriageError, match="name of a model"):
        start(zone, incident, model="a b", runs=runs)
    assert runs.all() == []


def test_the_case_asks_on_its_masked_form_and_remembers(api, tmp_path, monkeypatch):
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", api.url)
    case = triage.load(SAMPLES / "eqemu" / "crash_zone_9412.log", journal=tmp_path)
    incident = case.incidents()["incident_id"].iloc[0]
    run = case.hypothesize(incident, model="gemini-2.5-flash")
    assert (run.status, run.model) == (SUCCESS, "gemini-2.5-pro")
    assert case.hypotheses()["run_id"].tolist() == [run.run_id]
    assert case.redact().hypothesize(incident, model="gemini-2.5-flash").cached
    assert "gemini-2.5-flash:generateContent" in api.requests[0]["path"]


def test_rules_are_a_run_of_their_own_and_found_again(zone, runs, monkeypatch):
    monkeypatch.delenv("GEMINI_API_KEY", raising=False)
    incident = zone.incidents()["incident_id"].iloc[0]
    run = start(zone, incident, engine="rules", runs=runs).result()
    assert (run.status, run.engine, run.model, run.attempts, run.note) == (SUCCESS, "rules", "", 0, "")
    assert run.answer["findings"]["summary"].startswith("By rules, without a model")
    assert run.answer["severity"]["level"]
    assert all(piece["places"] for pieces in run.answer["grounds"]["evidence"] for piece in pieces)
    assert runs.all() == [run]
    assert start(zone, incident, engine="rules", runs=runs).result().cached
    assert not start(zone, incident, engine="rules", runs=runs, fresh=True).result().cached
    assert len(runs.all()) == 2


def test_without_a_key_rules_answer_and_say_so(zone, runs, monkeypatch):
    monkeypatch.delenv("GEMINI_API_KEY", raising=False)
    run = start(zone, zone.incidents()["incident_id"].iloc[0], runs=runs).result()
    assert (run.status, run.engine) == (SUCCESS, "rules")
    assert "no GEMINI_API_KEY" in run.note
    assert run.text.startswith("hypothesis, unverified (rules)\nnote: no GEMINI_API_KEY is set")


def test_what_the_rules_think_is_sent_as_such(ask, api):
    ask().result(60)
    contents = json.loads(api.requests[0]["body"])["contents"][0]["parts"][0]["text"]
    section = contents.partition("rules: what rules without a model found, which may be wrong\n")[2]
    assert section.startswith("  By rules, without a model")


@pytest.mark.parametrize("path", ["traces", "flutter", "debugbundle/store", "sentry", "minidump", "0xgen"])
def test_rules_answer_for_every_sample_and_quote_what_is_there(path, tmp_path):
    case = triage.load(SAMPLES / path, journal=tmp_path)
    for incident in case.incidents()["incident_id"]:
        run = case.hypothesize(incident, engine="rules")
        assert run.status == SUCCESS
        assert run.answer["grounds"]["flags"] == []
        assert run.text
    assert len(case.hypotheses()) == len(case.incidents())
