"""The client of Gemini against a server that answers as the API does: every way in which it can go wrong."""

import asyncio
import gc
import json
import logging
import time
import traceback

import pytest

import triage
from tests.gemini_api import KEY, answer, refusal, serving
from triage.errors import ModelError, TriageError
from triage.hypotheses.client import KINDS, AskError, Client, Reply, Usage
from triage.hypotheses.gemini import MODEL, GeminiClient, has_key
from triage.hypotheses.prompt import prompt
from triage.redact.policy import Policy

pytest.importorskip("google.genai")


@pytest.fixture(scope="module")
def asked():
    case = triage.loads('Traceback (most recent call last):\n  File "a.py", line 1, in f\nKeyError: 1\n')
    return prompt(case.extract(case.incidents()["incident_id"].iloc[0]), Policy.default())


@pytest.fixture
def api(monkeypatch):
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    monkeypatch.setenv("GOOGLE_API_KEY", "another-key")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving() as running:
        yield running


def ask(api, asked, model=MODEL, **settings):
    settings = {"pause": 0.05, "timeout": 20.0} | settings
    return asyncio.run(GeminiClient(model, base_url=api.url, **settings).ask(asked))


def failure(api, asked, **settings):
    with pytest.raises(AskError) as told:
        ask(api, asked, **settings)
    assert told.value.kind in KINDS
    written = "".join(traceback.format_exception(told.value)) + repr(told.value) + str(vars(told.value))
    assert KEY not in written
    assert "server words" not in written
    assert told.value.__cause__ is None
    assert told.value.__context__ is None
    return told.value


def test_an_answer_comes_back_with_what_it_cost(api, asked):
    api.will(answer('{"summary": "x"}'))
    reply = ask(api, asked)
    assert reply == Reply('{"summary": "x"}', MODEL, 1, Usage(900, 120, 300, 1_320))
    assert repr(reply) == "<triage.Reply: 16 characters of gemini-2.5-pro>"


def test_what_is_sent_is_the_prompt_its_schema_and_the_numbers_of_the_plan(api, asked):
    api.will(answer("{}"))
    ask(api, asked)
    (request,) = api.requests
    assert request["path"].endswith("/models/gemini-2.5-pro:generateContent")
    assert request["headers"]["x-goog-api-key"] == KEY
    assert KEY not in request["path"]
    body = json.loads(request["body"])
    assert body["contents"] == [{"parts": [{"text": asked.contents}], "role": "user"}]
    assert body["systemInstruction"]["parts"] == [{"text": asked.rules}]
    config = body["generationConfig"]
    assert config["temperature"] == 0.2
    assert config["maxOutputTokens"] == 2_048 + 8_192
    assert list(config["thinkingConfig"].values()) == [8_192]
    assert config["responseMimeType"] == "application/json"
    assert config["responseJsonSchema"] == json.loads(json.dumps(asked.schema))
    assert set(body) <= {"contents", "systemInstruction", "generationConfig"}


def test_a_model_that_does_not_think_has_no_budget_for_it(api, asked):
    api.will(answer("{}"))
    ask(api, asked, "gemini-2.0-flash")
    config = json.loads(api.requests[0]["body"])["generationConfig"]
    assert config["maxOutputTokens"] == 2_048
    assert "thinkingConfig" not in config


@pytest.mark.parametrize("first", [refusal(429, "RESOURCE_EXHAUSTED"), refusal(408, "X"), refusal(503, "UNAVAILABLE")])
def test_what_passes_is_asked_once_more_after_a_pause(api, asked, first):
    api.will(first, answer("{}"))
    assert ask(api, asked, pause=0.3).attempts == 2
    assert api.times[1] - api.times[0] >= 0.3


def test_by_default_the_pause_is_a_second(api, asked):
    api.will(refusal(500, "INTERNAL"), answer("{}"))
    client = GeminiClient(base_url=api.url)
    assert asyncio.run(client.ask(asked)).attempts == 2
    assert api.times[1] - api.times[0] >= 1.0


@pytest.mark.parametrize(
    ("answers", "kind", "told", "attempts"),
    [
        ([refusal(500, "INTERNAL")], "busy", r"not available \(500 INTERNAL\)", 2),
        ([refusal(429, "RESOURCE_EXHAUSTED")], "busy", "quota", 2),
        ([refusal(503, "UNAVAILABLE"), refusal(400, "INVALID_ARGUMENT")], "request", "refuses the request", 2),
        ([refusal(400, "INVALID_ARGUMENT")], "request", r"refuses the request \(400 INVALID_ARGUMENT\)", 1),
        ([refusal(400, "INVALID_ARGUMENT", details=[{"reason": "API_KEY_INVALID"}])], "key", "is refused", 1),
        ([refusal(403, "PERMISSION_DENIED")], "key", "is refused", 1),
        ([refusal(404, "NOT_FOUND")], "request", "no such model", 1),
        ([refusal(400, f"word with {KEY}")], "request", r"\(400\)", 1),
        ([(418, {"unknown": 1})], "request", "418", 1),
        ([(302, {})], "request", "leads elsewhere", 1),
        (["reset"], "connection", "no connection", 1),
        ([b"<html>hello</html>"], "unreadable|connection", "no answer of Gemini|no connection", 1),
        ([b"[]"], "unreadable|empty", "no answer", 1),
        ([answer("{}", candidates=[])], "empty", "no answer at all", 1),
        ([answer(None)], "empty", "empty", 1),
        ([answer("  ")], "empty", "empty", 1),
        ([answer(None, finish="MAX_TOKENS")], "thinking", r"on thinking \(300 tokens\)", 1),
        ([answer('{"summary": "it', finish="MAX_TOKENS")], "truncated", "breaks off", 1),
        ([answer("{}", finish="SAFETY")], "blocked", "SAFETY", 1),
        ([answer(None, finish="RECITATION")], "blocked", "RECITATION", 1),
        ([answer("{}", finish="SOMETHING_NEW")], "blocked", "SOMETHING_NEW|UNKNOWN", 1),
        ([{"promptFeedback": {"blockReason": "SAFETY"}}], "blocked", r"blocked the report \(SAFETY\)", 1),
    ],
)
@pytest.mark.filterwarnings("ignore:SOMETHING_NEW:UserWarning")
def test_each_failure_has_its_kind_its_words_and_its_count(api, asked, answers, kind, told, attempts):
    api.will(*answers)
    error = failure(api, asked)
    assert error.kind in kind.split("|")
    assert error.attempts == attempts == len(api.requests)
    with pytest.raises(ModelError, match=told):
        raise error


def test_what_a_failed_answer_cost_is_told(api, asked):
    api.will(answer(None, finish="MAX_TOKENS"))
    assert failure(api, asked).usage == Usage(900, 120, 300, 1_320)


def test_a_slow_answer_is_waited_for(api, asked):
    api.will(0.4)
    assert ask(api, asked).text == "{}"


def test_silence_times_out_and_is_asked_once_more(api, asked):
    api.will(30, 30)
    began = time.monotonic()
    error = failure(api, asked, timeout=0.4)
    assert (error.kind, error.attempts) == ("timeout", 2)
    assert time.monotonic() - began < 15


def test_an_answer_that_drips_in_times_out_too(api, asked):
    api.will("drip")
    assert failure(api, asked, timeout=0.5).kind == "timeout"
    assert api.gone.wait(10)


def test_all_attempts_together_have_a_deadline(api, asked):
    api.will(30)
    error = failure(api, asked, timeout=10, deadline=0.5)
    assert (error.kind, error.attempts) == ("deadline", 1)


def test_cancelling_hangs_up(api, asked):
    api.will(30)

    async def cancelled():
        task = asyncio.create_task(GeminiClient(base_url=api.url).ask(asked))
        await asyncio.to_thread(api.asked.wait, 10)
        task.cancel()
        await task

    began = time.monotonic()
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancelled())
    assert time.monotonic() - began < 10
    assert api.gone.wait(10)


def test_a_server_that_is_not_there_is_no_connection(asked, monkeypatch):
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    with serving() as once:
        pass
    assert failure(once, asked).kind == "connection"


@pytest.mark.parametrize("key", ["", "  ", None])
def test_without_a_key_nothing_is_sent(api, asked, monkeypatch, key):
    monkeypatch.delenv("GEMINI_API_KEY")
    if key is not None:
        monkeypatch.setenv("GEMINI_API_KEY", key)
    assert not has_key()
    error = failure(api, asked)
    assert (error.kind, error.attempts) == ("key", 0)
    assert "GEMINI_API_KEY" in str(error)
    assert api.requests == []


def test_what_is_no_key_is_not_sent_and_not_shown(api, asked, monkeypatch):
    monkeypatch.setenv("GEMINI_API_KEY", f"{KEY}\nX-Other: 1")
    assert failure(api, asked).kind == "key"
    assert api.requests == []


def test_the_key_is_in_no_log_and_no_object(api, asked, caplog):
    caplog.set_level(logging.DEBUG)
    client = GeminiClient(base_url=api.url)
    api.will(answer("{}"))
    reply = asyncio.run(client.ask(asked))
    held = repr(client) + str(vars(client)) + str(client.told()) + repr(reply) + caplog.text
    assert KEY not in held
    assert "another-key" not in held


@pytest.mark.parametrize(
    "url",
    ["http://example.org", "ftp://127.0.0.1", "https://user:pw@example.org", "example.org", "https://", "http://[::"],
)
def test_a_key_is_not_sent_to_where_others_can_read_it(url):
    with pytest.raises(TriageError, match="base_url"):
        GeminiClient(base_url=url)


def test_the_address_of_the_environment_is_checked_too(monkeypatch):
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", "http://example.org")
    with pytest.raises(TriageError, match="base_url"):
        GeminiClient()


@pytest.mark.parametrize("model", ["", "../x", "a b", "gemini?key=1"])
def test_what_is_no_name_of_a_model_is_refused(model):
    with pytest.raises(TriageError, match="name of a model"):
        GeminiClient(model)


def test_it_is_a_client():
    assert isinstance(GeminiClient(), Client)
    gc.collect()
