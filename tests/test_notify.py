"""Forwarding an answer, to a server on loopback: what is sent, to whom, how often, and what never is."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
import traceback

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import triage
from tests import canaries
from tests.gemini_api import serving
from tests.reading import SAMPLES
from tests.test_findings import ANSWER
from triage.errors import RedactionError, TriageError
from triage.hypotheses.runs import FAILED, PENDING, SUCCESS, Run
from triage.redact.policy import Policy
from triage.share import notify
from triage.share.notify import forward, signed, verified
from triage.share.notify_payload import MOST, TARGETS, payload

POLICY = Policy.default()
SECRET = "quartz-and-a-few-words-0001"
TOKEN = "/api/webhooks/1200/quartz-token-0001"
RUN = Run(
    run_id="run_20261125T202512123456Z_5f0c1d2e3a4b",
    incident_id="inc_0123456789abcdef",
    engine="gemini",
    model="gemini-2.5-pro",
    status=SUCCESS,
    answer={"findings": ANSWER, "grounds": {"evidence": [], "flags": []}, "checks": []},
)


def answered(**fields) -> Run:
    """A run whose answer says something else."""
    return RUN.changed(answer={"findings": {**ANSWER, **fields}})


@pytest.fixture
def chat(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving() as api:
        api.will((204, {}))
        for name in notify.ADDRESSES.values():
            monkeypatch.setenv(name, api.url + TOKEN)
        monkeypatch.setenv(notify.SECRET, SECRET)
        yield api


def send(to="discord", run=RUN, **options):
    return forward(run, to, POLICY, **{"pause": 0.02, "timeout": 5.0} | options)


def test_discord_gets_a_short_text_that_calls_nobody(chat):
    sent = send()
    (request,) = chat.requests
    body = json.loads(request["body"])
    assert request["path"] == TOKEN
    assert (sent.attempts, sent.payload) == (1, body)
    assert body["allowed_mentions"] == {"parse": []}
    lines = body["content"].splitlines()
    assert lines[0] == "hypothesis, unverified (gemini-2.5-pro)"
    assert lines[1].startswith("The zone process read through a mob")
    assert lines[2] == "1. A stale pointer in the list of close mobs (60%; not checked)"
    assert lines[3] == "Next:"
    assert lines[-1].replace("\\", "") == f"The rest: {RUN.incident_id}, {RUN.run_id}"


def test_slack_gets_plain_text(chat):
    send("slack", answered(summary="a <!channel> & <https://x.example|y> *b*"))
    body = json.loads(chat.requests[0]["body"])
    assert (body["mrkdwn"], body["parse"], body["unfurl_links"]) == (False, "none", False)
    assert "a &lt;!channel&gt; &amp; &lt;https:\u200b//x.example|y&gt; *b*" in body["text"]


CHECKED = {
    "findings": ANSWER,
    "grounds": {
        "evidence": [
            [
                {"text": "a", "found": "exact", "places": []},
                {"text": "b", "found": "not found in the report", "places": []},
            ]
        ],
        "flags": [{"where": "summary", "text": "b.c:9", "why": "a file that the report does not name"}],
    },
    "checks": [
        [
            {"verdict": "refuted", "why": "no stack of ana@example.com holds it", "rows": []},
            {"verdict": "supported", "why": "the address is null", "rows": []},
            {"verdict": "refuted", "why": "it does not repeat itself", "rows": []},
            {"verdict": "of somebody's own", "why": "", "rows": []},
        ]
    ],
}


@pytest.mark.parametrize("to", ["discord", "slack"])
def test_a_message_says_what_became_of_the_predictions_and_the_evidence(to):
    made = payload(RUN.changed(answer=CHECKED), to, POLICY)
    lines = (made.get("content") or made["text"]).splitlines()
    assert lines[2] == (
        "1. A stale pointer in the list of close mobs (60%; 1 prediction supported, 2 predictions refuted, "
        "1 that cannot be told, 1 of 2 quotes not found in the report)"
    )
    assert lines[3] == "Doubtful: 1 file or line that the report does not name"


def test_a_webhook_gets_the_verdicts_masked():
    made = payload(RUN.changed(answer=CHECKED), "webhook", POLICY)
    (told,) = made["checks"]
    assert [each["verdict"] for each in told["predictions"]] == ["refuted", "supported", "refuted", "cannot tell"]
    assert "[email" in told["predictions"][0]["why"]
    assert told["evidence"] == ["exact", "not found in the report"]
    assert made["doubtful"] == 1


@pytest.mark.parametrize("damaged", [{"checks": [[{}]]}, {"checks": 3}, {"grounds": {"evidence": [["x"]]}}])
def test_what_cannot_be_read_of_the_checks_counts_as_not_checked(damaged):
    text = payload(RUN.changed(answer={**CHECKED, **damaged}), "slack", POLICY)["text"]
    assert "(60%; not checked)" in text


def test_a_webhook_gets_the_whole_answer_signed_in_both_forms(chat):
    send("webhook", where="https://triage.example.org/inbox")
    (request,) = chat.requests
    body, headers = request["body"], {name.lower(): value for name, value in request["headers"].items()}
    told = json.loads(body)
    assert told["findings"] == ANSWER
    assert (told["event"], told["unverified"], told["runId"]) == ("hypothesis.answered", True, RUN.run_id)
    assert (told["where"], told["telemetry"]["model"]) == ("https://triage.example.org/inbox", "gemini-2.5-pro")
    assert headers["x-debugbundle-signature"] == "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert verified(headers, body, SECRET)
    assert not verified(headers, body + b" ", SECRET)
    assert not verified(headers, body, SECRET + "x")
    assert not verified(headers, body, SECRET, now=time.time() + 301)
    assert verified(headers, body, SECRET, now=time.time() + 299)
    later = {**headers, "x-triage-timestamp": str(int(time.time()) + 200)}
    assert not verified(later, body, SECRET)


@pytest.mark.parametrize("stamp", ["", "x", "-1", "\u0661", "9" * 400, None])
def test_a_signature_without_a_time_is_none(stamp):
    headers = signed(b"{}", SECRET)
    headers["X-Triage-Timestamp"] = stamp or ""
    if stamp is None:
        del headers["X-Triage-Timestamp"]
    assert not verified(headers, b"{}", SECRET)


EVIL = (
    "@everyone @here <@123> <@&4> <#5> <!channel> [click](https://evil.example) https://evil.example ||spoiler|| "
    "**bold** _it_ ~~no~~ `code` ```block``` # head > quote <script>alert(1)</script> \x1b[31m \u202e discord"
)


def test_what_a_chat_would_make_of_a_text_is_taken_from_it():
    hostile = answered(summary=EVIL, recommendedNextSteps=[EVIL, "# head", "> quote", "- list"])
    text = payload(hostile, "discord", POLICY)["content"]
    bare = text
    for char in "\\*_~`|>#-[]()<":
        bare = bare.replace("\\" + char, "")
    assert not set(bare.replace("(gemini-2.5-pro)", "").replace("(60%; not checked)", "")) & set("*_~`|>#[]<\x1b\u202e")
    for to in ("discord", "slack"):
        said = payload(hostile, to, POLICY)
        text = said.get("content") or said["text"]
        assert not any(mark in text for mark in ("@everyone", "@here", "@123", "@&", "://"))
    text = payload(hostile, "slack", POLICY)["text"]
    assert not set(text) & set("<>\x1b\u202e")
    assert payload(hostile, "webhook", POLICY)["findings"]["summary"].startswith("@everyone")


@pytest.mark.parametrize("to", TARGETS)
def test_only_an_answer_is_forwarded(chat, to):
    for run in (RUN.changed(status=PENDING), RUN.changed(status=FAILED), RUN.changed(answer=None)):
        with pytest.raises(TriageError, match="only an answer is forwarded"):
            send(to, run)
    for damaged in ({}, {"findings": []}, {"findings": {"summary": 7}}):
        with pytest.raises(TriageError, match="damaged"):
            send(to, RUN.changed(answer=damaged))
    assert chat.requests == []


@pytest.mark.parametrize("to", TARGETS)
def test_what_must_not_leave_does_not(chat, to, caplog):
    secret = "sk_live_4eC39HqLyjWDarjtT1zdp7dc"
    told = answered(summary=f"the key {secret} of ana@example.com", missingInfo=[secret])
    sent = send(to, told.changed(model=f"x {secret}", engine=secret))
    held = chat.requests[0]["body"].decode() + sent.text + repr(sent) + caplog.text
    assert secret not in held.replace("\\", "")
    assert "ana@" not in held.replace("\u200b", "")
    assert "[email" in held.replace("\\", "")


def test_where_masks_leave_something_nothing_is_sent(chat, monkeypatch):
    monkeypatch.setattr("triage.share.notify_payload.mask", lambda text, **_: text)
    with pytest.raises(RedactionError, match="nothing is sent"):
        send(run=answered(summary="mail ana@example.com"))
    assert chat.requests == []


def test_no_planted_value_is_forwarded(tmp_path):
    (tmp_path / "a.tar.gz").write_bytes(canaries.archive())
    case = triage.load(tmp_path / "a.tar.gz", journal=tmp_path)
    for incident in case.incidents()["incident_id"]:
        run = case.hypothesize(incident, engine="rules")
        for to in TARGETS:
            assert canaries.held(case.forward(run, to, dry_run=True).text.replace("\\\\", "")) == []


@pytest.mark.parametrize(
    ("answers", "attempts", "told"),
    [
        ([(204, {})], 1, None),
        ([(200, {})], 1, None),
        ([(429, {}), (204, {})], 2, None),
        ([(500, {}), (503, {}), (204, {})], 3, None),
        (["reset", (204, {})], 2, None),
        ([(500, {})], 3, r"discord does not take it \(500\)"),
        (["reset"], 3, "no connection to discord"),
        ([(404, {})], 1, r"\(404\); check TRIAGE_DISCORD_WEBHOOK"),
        ([(400, {})], 1, r"\(400\)"),
        ([(302, {})], 1, r"\(302\)"),
    ],
)
def test_what_may_pass_is_tried_again_and_what_fails_says_how(chat, answers, attempts, told):
    chat.will(*answers)
    if told is None:
        assert send().attempts == attempts
    else:
        with pytest.raises(TriageError, match=told) as failed:
            send()
        said = "".join(traceback.format_exception(failed.value)) + str(vars(failed.value))
        assert "quartz" not in said
        assert "127.0.0.1" not in said
        assert failed.value.__context__ is None
    assert len(chat.requests) == attempts
    assert {request["body"] for request in chat.requests} == {chat.requests[0]["body"]}


def test_silence_is_no_answer_in_time(chat):
    chat.will(20)
    with pytest.raises(TriageError, match="no answer in time"):
        send(timeout=0.2)
    assert len(chat.requests) == 3


def test_a_server_that_asks_for_time_gets_it(chat):
    chat.extra = {"Retry-After": "0.4"}
    chat.will((429, {}), (204, {}))
    assert send().attempts == 2
    assert chat.times[1] - chat.times[0] >= 0.4


@pytest.mark.parametrize(
    "address", ["", "http://example.org/x", "https://u:p@example.org/x", "https://", "ftp://127.0.0.1", "http://[::"]
)
def test_a_report_is_not_sent_to_where_others_can_read_it(chat, monkeypatch, address):
    monkeypatch.setenv("TRIAGE_SLACK_WEBHOOK", address)
    with pytest.raises(TriageError, match="TRIAGE_SLACK_WEBHOOK"):
        send("slack")
    assert chat.requests == []


def test_a_webhook_without_a_secret_is_not_called(chat, monkeypatch):
    for secret in ("", "short"):
        monkeypatch.setenv(notify.SECRET, secret)
        with pytest.raises(TriageError, match="TRIAGE_WEBHOOK_SECRET"):
            send("webhook")
    assert chat.requests == []


def test_a_dry_run_says_what_would_be_sent_and_needs_no_address(chat, monkeypatch):
    real = send()
    for name in (*notify.ADDRESSES.values(), notify.SECRET):
        monkeypatch.delenv(name)
    for to in TARGETS:
        assert send(to, dry_run=True).attempts == 0
    assert json.loads(send(dry_run=True).text) == real.payload == json.loads(chat.requests[0]["body"])
    assert len(chat.requests) == 1


@pytest.mark.parametrize("where", ["javascript:alert(1)", "http://x.example", "https://x.example/ @everyone", "a\nb"])
def test_where_the_rest_is_can_be_words_or_an_address_and_nothing_else(where):
    with pytest.raises(TriageError, match="where="):
        payload(RUN, "discord", POLICY, where=where)
    assert payload(RUN, "discord", POLICY, where="the inbox")["content"].endswith("The rest: the inbox")


def test_a_case_forwards_its_own_runs(chat, tmp_path):
    case = triage.load(SAMPLES / "traces" / "asan-free.txt", journal=tmp_path)
    run = case.hypothesize(case.incidents()["incident_id"].iloc[0], engine="rules")
    assert case.forward(run.run_id, "slack").attempts == 1
    assert json.loads(chat.requests[0]["body"])["text"].startswith("hypothesis, unverified (rules, no model)")
    with pytest.raises(TriageError, match="no such run"):
        case.forward(RUN, "slack")
    with pytest.raises(TriageError, match="discord, slack, webhook"):
        case.forward(run, "fax")  # type: ignore[arg-type]


text = st.text(max_size=3_000) | st.text(alphabet="*_@<>[]()`|~#-\\ \n:/", max_size=3_000)


@settings(deadline=None, max_examples=40)
@given(summary=text, title=text, steps=st.lists(text, min_size=3, max_size=6), count=st.integers(0, 5))
def test_whatever_an_answer_says_the_message_is_short_and_calls_nobody(summary, title, steps, count):
    hypothesis = {**ANSWER["hypotheses"][0], "title": (title.strip() or "t")[:300]}
    found = {
        **ANSWER,
        "summary": (summary.strip() or "s")[:1_500],
        "hypotheses": [hypothesis] * count,
        "recommendedNextSteps": [(step.strip() or "x")[:400] for step in steps],
    }
    for to in ("discord", "slack"):
        try:
            made = payload(RUN.changed(answer={"findings": found}), to, POLICY)
        except (RedactionError, TriageError):
            continue
        said = made.get("content") or made["text"]
        assert len(said) <= MOST
        assert said.startswith("hypothesis, unverified")
        assert "The rest: " in said
        assert "://" not in said
