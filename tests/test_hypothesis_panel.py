"""The Python side of the panel of hypotheses: what the page may ask for, and what it is answered."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

import triage
from tests import canaries
from tests.gemini_api import KEY, answer, serving
from tests.reading import SAMPLES
from triage.errors import TriageError
from triage.hypotheses.runs import SUCCESS, Runs, named
from triage.share.hypothesis_pages import HypothesisPages
from triage_widgets.hypothesis_panel import HypothesisPanel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.gemini_api import Api

MAIL = "ada.lovelace@engines.test"
HURT = '<img src=x onerror="window.hurt = 1">'
TRACE = (
    "Traceback (most recent call last):\n"
    '  File "/srv/shop/web.py", line 7, in web\n    price()\n'
    '  File "/srv/shop/price.py", line 9, in price\n    parse()\nValueError: bad price, ask ' + MAIL + "\n"
)
FINDINGS: dict[str, Any] = {
    "summary": f"The price could not be read. {HURT}",
    "signature": {"exception": "ValueError", "topFrame": "price"},
    "hypotheses": [
        {
            "title": f"An empty price reaches price(), says {MAIL}",
            "confidence": 0.7,
            "evidence": ["ValueError", "bad   PRICE", "a row that is nowhere"],
            "nextSteps": ["Log the price."],
            "checks": [
                {"kind": "top_frame", "function": "price"},
                {"kind": "exception_in_chain", "type": "KeyError"},
                {"kind": "log_before", "text": "nothing like it", "seconds": 5},
                {"kind": "shell", "run": "rm"},
            ],
        }
    ],
    "missingInfo": ["The price itself."],
    "recommendedNextSteps": ["See cart.py:12."],
}


@pytest.fixture
def case(tmp_path: Path) -> triage.Case:
    return triage.load(TRACE.encode(), journal=tmp_path / "journal.jsonl")


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    pytest.importorskip("google.genai")
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving() as running:
        monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", running.url)
        running.will(answer(json.dumps(FINDINGS)))
        yield running


def ask(view: HypothesisPanel, name: str, **arguments: Any) -> Any:
    reply, _ = view.call({"name": name, "arguments": arguments}, [])
    assert reply["ok"], reply
    return reply["value"]


def fail(view: HypothesisPanel, name: str, **arguments: Any) -> str:
    reply, _ = view.call({"name": name, "arguments": arguments}, [])
    assert not reply["ok"]
    return str(reply["error"])


def ended(view: HypothesisPanel, run: str) -> Any:
    """A run, once it is over."""
    for _ in range(400):
        page = ask(view, "run", run=run)
        if page["run"]["status"] != "pending":
            return page
        time.sleep(0.025)
    raise AssertionError("the run does not end")


def test_what_would_be_sent_is_told_and_can_be_read(case: triage.Case) -> None:
    view = case.hypothesis_panel()
    head = ask(view, "head")
    reading = ask(view, "reading")
    assert "\n".join(reading["lines"]) + "\n" == case.extract(case.incidents()["incident_id"].iloc[0]).text
    assert head["sent"]["chars"] == sum(len(line) + 1 for line in reading["lines"])
    assert MAIL not in json.dumps(reading)
    assert "[email:" in json.dumps(reading)
    for section in head["sent"]["sections"]:
        assert reading["lines"][section["line"]] == f"{section['name']}: {section['title']}"
        assert not reading["data"][section["line"]]


def test_where_nothing_can_be_sent_nobody_can_be_asked(tmp_path: Path) -> None:
    case = triage.load(
        [TRACE.encode(), TRACE.replace("price", "mail").replace("Value", "Key").encode()],
        journal=tmp_path / "journal.jsonl",
    )
    first, second = case.incidents()["incident_id"]
    views = [case.hypothesis_panel(one) for one in (first, second)]
    case.merge([first, second], reason="one cause")
    heads = [ask(view, "head") for view in views]
    (error,) = [head["sent"]["error"] for head in heads if head["sent"]["error"]]
    assert error.startswith("no incident has the id")
    assert [engine["why"] for head in heads if head["sent"]["error"] for engine in head["engines"]] == [error, error]
    assert any("no incident has the id" in view._repr_mimebundle_()[0]["text/html"] for view in views)


def test_settings_that_are_wrong_are_told_where_the_person_called(tmp_path: Path) -> None:
    config = tmp_path / "triage.toml"
    config.write_text("[hypotheses]\nincludeSections = ['nothing']\n")
    with pytest.raises(TriageError, match="includeSections"):
        triage.load(TRACE.encode(), config=config).hypothesis_panel()


def test_what_is_read_is_what_is_sent_also_where_little_may_be(tmp_path: Path, api: Api) -> None:
    config = tmp_path / "triage.toml"
    config.write_text("[hypotheses]\nmaxInputChars = 13000\n")
    case = triage.load(SAMPLES / "eqemu" / "crash_zone_9412.log", config=config, journal=tmp_path / "journal.jsonl")
    view = case.hypothesis_panel()
    read = "\n".join(ask(view, "reading")["lines"])
    assert len(read) < len(case.extract(case.incidents()["incident_id"].iloc[0]).text)
    page = ended(view, ask(view, "ask", engine="gemini")["run"])
    assert page["remarks"] == ()
    assert json.dumps(read)[1:-1] in api.requests[0]["body"].decode()


def test_cuts_are_told_by_section(tmp_path: Path) -> None:
    config = tmp_path / "triage.toml"
    config.write_text("[hypotheses]\nheadChars = 0\ntailChars = 30\n")
    case = triage.load(TRACE.encode(), config=config, journal=tmp_path / "journal.jsonl")
    sections = ask(case.hypothesis_panel(), "head")["sent"]["sections"]
    cut = {section["name"]: section["chars_cut"] for section in sections if section["chars_cut"]}
    assert list(cut) == ["tail"]


def test_gemini_cannot_be_asked_without_a_key_and_the_rules_can(
    case: triage.Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GEMINI_API_KEY", raising=False)
    engines = {engine["name"]: engine["why"] for engine in ask(case.hypothesis_panel(), "head")["engines"]}
    assert list(engines) == ["rules", "gemini"]
    assert engines["rules"] == ""
    assert "GEMINI_API_KEY" in engines["gemini"]


def test_the_rules_answer_at_once_and_the_same_question_finds_its_answer(case: triage.Case) -> None:
    view = case.hypothesis_panel()
    assert repr(view) == "<triage.HypothesisPanel: 0 runs, unverified>"
    first = ask(view, "ask", engine="rules")
    assert first["runs"][0]["status"] == "answered"
    assert not first["cached"]
    page = ask(view, "run", run=first["run"])
    assert page["hypotheses"][0]["title"]
    assert page["remarks"] == ()
    assert page["severity"]
    linked = [place for card in page["hypotheses"] for one in card["evidence"] for place in one["places"]]
    assert linked
    reading = ask(view, "reading")["lines"]
    assert all(reading[place["line"]].strip() == place["text"] for place in linked)
    again = ask(view, "ask", engine="rules")
    assert (again["run"], again["cached"]) == (first["run"], True)
    assert ask(view, "ask", engine="rules", fresh=True)["run"] != first["run"]
    assert len(ask(case.hypothesis_panel(), "runs")) == 2


def test_an_answer_of_a_model_is_shown_masked_with_what_became_of_it(case: triage.Case, api: Api) -> None:
    view = case.hypothesis_panel()
    assert next((engine["name"], engine["why"]) for engine in ask(view, "head")["engines"]) == ("gemini", "")
    begun = ask(view, "ask", engine="gemini", model=" gemini-2.5-flash ")
    page = ended(view, begun["run"])
    (card,) = page["hypotheses"]
    assert MAIL not in json.dumps(page)
    assert "[email:" in card["title"]
    assert HURT in page["summary"]
    assert [one["found"] for one in card["evidence"]] == [
        "found word for word",
        "found, but for case and spacing",
        "",
    ]
    assert card["evidence"][2]["places"] == ()
    reading = ask(view, "reading")["lines"]
    assert all("bad price" in reading[place["line"]] for place in card["evidence"][1]["places"])
    assert [one["verdict"] for one in card["checks"]] == ["supported", "refuted", "cannot tell", "cannot tell"]
    assert card["checks"][0]["predicts"] == "top frame: function price"
    assert any(" price " in row["text"] for row in card["checks"][0]["rows"])
    assert [text for text, _ in page["flags"]] == ["cart.py"]
    assert "/models/gemini-2.5-flash:" in api.requests[0]["path"]
    text = ask(view, "text", run=begun["run"])
    assert text.startswith(f"{view._pages.title}\nhypothesis, unverified (gemini gemini-2.5-pro)\n")
    assert "evidence: a row that is nowhere  [not found in the report]" in text
    kept = json.loads(ask(view, "file", run=begun["run"]))
    assert kept["unverified"] is True
    assert kept["telemetry"]["model"] == "gemini-2.5-pro"
    assert kept["answer"]["checks"][0][1]["verdict"] == "refuted"
    for told in (text, json.dumps(kept), view._repr_mimebundle_()[0]["text/html"]):
        assert KEY not in told
        assert MAIL not in told
    assert "<img" not in view._repr_mimebundle_()[0]["text/html"]


def test_a_pending_run_has_its_time_in_every_view_and_can_be_cancelled_in_each(case: triage.Case, api: Api) -> None:
    api.will(30)
    view = case.hypothesis_panel()
    begun = ask(view, "ask", engine="gemini", model="")
    time.sleep(0.1)
    (row,) = ask(case.hypothesis_panel(), "runs")
    assert (row["status"], row["mine"]) == ("pending", True)
    assert row["elapsed"] >= 0.1
    (live,) = ask(case.hypothesis_panel(), "standing", runs=[begun["run"], "run_of_nobody"])
    assert (live["run_id"], live["status"]) == (begun["run"], "pending")
    assert "goes on" in case.hypothesis_panel()._repr_mimebundle_()[0]["text/html"]
    assert api.asked.wait(10)
    ask(case.hypothesis_panel(), "cancel", run=begun["run"])
    page = ended(view, begun["run"])
    assert page["error"].startswith("cancelled")
    assert page["run"]["took"] < 20
    assert "another kernel" in fail(view, "cancel", run="run_of_another_process")


def test_a_run_of_a_kernel_that_is_gone_shows_as_interrupted(case: triage.Case) -> None:
    incident = case.incidents()["incident_id"].iloc[0]
    case.runs.folder.mkdir(parents=True)  # type: ignore[union-attr]
    case.runs.write(named("gemini", incident, "0" * 64, model="gemini-2.5-pro"))
    (row,) = ask(case.hypothesis_panel(), "runs")
    assert (row["status"], row["elapsed"]) == ("failed", None)
    assert row["about"].startswith("interrupted")


def test_an_answer_about_another_report_is_not_linked(case: triage.Case) -> None:
    view = case.hypothesis_panel()
    run = ask(view, "ask", engine="rules")["run"]
    stored = case.runs.all()[0]
    case.runs.write(stored.changed(sent={**stored.sent, "digest": "f" * 64}))
    page = ask(view, "run", run=run)
    assert "differs" in page["remarks"][0]
    assert {place["line"] for card in page["hypotheses"] for one in card["evidence"] for place in one["places"]} == {-1}


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"findings": 7},
        {"findings": {**FINDINGS, "summary": ""}},
        {"findings": FINDINGS, "grounds": {"evidence": [[{"text": 1}]]}},
        {"findings": FINDINGS, "checks": "none"},
    ],
)
def test_a_file_that_holds_no_answer_is_told_as_such(case: triage.Case, stored: dict[str, Any]) -> None:
    run = _written(case, stored)
    view = case.hypothesis_panel()
    page = ask(view, "run", run=run)
    assert "no answer that can be read" in page["error"]
    assert page["hypotheses"] == ()
    assert MAIL not in ask(view, "file", run=run)


def test_a_file_written_by_somebody_else_is_masked_and_its_rows_lead_nowhere_wrong(case: triage.Case) -> None:
    place = {"table": "frames", "row": 10**9, "sourceId": "x", "section": MAIL}
    keys: list[dict[str, Any]] = [{"nothing": MAIL}, {"idx": "0"}, {"idx": 10**40}, {"function": 1}, {}]
    rows = [{"table": "__class__", "key": {"idx": 0}}, *({"table": "frames", "key": key} for key in keys)]
    stored = {
        "findings": FINDINGS,
        "grounds": {"evidence": [[{"text": "ValueError", "found": "exact", "places": [place]}]]},
        "checks": [[{"verdict": "proven", "why": MAIL, "rows": rows}]],
    }
    view = case.hypothesis_panel()
    digest = case.extract(case.incidents()["incident_id"].iloc[0]).digest
    run = _written(case, stored, sent={"digest": digest, "secret": MAIL}, note=MAIL)
    page = ask(view, "run", run=run)
    (card,) = page["hypotheses"]
    assert MAIL not in json.dumps(page) + ask(view, "text", run=run) + ask(view, "file", run=run)
    assert card["evidence"][0]["places"][0]["line"] == -1
    assert [one["line"] for one in card["checks"][0]["rows"]] == [-1] * 6
    assert [one["verdict"] for one in card["checks"]] == ["cannot tell"] * 4


def test_no_planted_value_is_in_anything_that_the_panel_says(api: Api, tmp_path: Path) -> None:
    told = json.loads(json.dumps(FINDINGS))
    told["summary"] = f"Told by {canaries.PLANTED['feedback']} with password={canaries.PLANTED['exception']}."
    api.will(answer(json.dumps(told)))
    case = triage.load(canaries.archive(), journal=tmp_path / "journal.jsonl")
    said: list[Any] = []
    for incident in case.incidents()["incident_id"]:
        view = case.hypothesis_panel(incident)
        runs = [ask(view, "ask", engine=engine)["run"] for engine in ("rules", "gemini")]
        said += [
            ask(view, "head"),
            ask(view, "reading"),
            repr(view),
            view.get_state(),
            [ended(view, run) for run in runs],
        ]
        said += [ask(view, name, run=run) for name in ("text", "file") for run in runs]
        said += [view._repr_mimebundle_()[0]["text/html"], ask(view, "runs")]
    assert canaries.held(json.dumps(said, default=str)) == []


@pytest.mark.parametrize("created", ["", MAIL, "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-01-01"])
def test_a_time_that_is_none_is_left_out(case: triage.Case, created: str) -> None:
    run = _written(case, {})
    stored = next(each for each in case.runs.all() if each.run_id == run)
    case.runs.write(stored.changed(created=created))
    assert ask(case.hypothesis_panel(), "run", run=run)["run"]["created"] in {"", "2026-01-01 00:00:00 UTC"}


def test_a_wrong_id_is_told_where_the_person_called(case: triage.Case) -> None:
    with pytest.raises(TriageError, match="no incident has the id 'inc_0'"):
        case.hypothesis_panel("inc_0")
    with pytest.raises(TriageError, match="no incident here"):
        triage.load(b"").hypothesis_panel()
    with pytest.raises(TypeError, match="RedactedCase"):
        HypothesisPages(case)  # type: ignore[arg-type]
    assert "not there any more" in fail(case.hypothesis_panel(), "run", run="run_0")
    assert "no engine" in fail(case.hypothesis_panel(), "ask", engine="oracle")


def test_the_static_page_says_what_would_be_sent_and_that_it_is_unverified(tmp_path: Path) -> None:
    case = triage.load(SAMPLES / "eqemu" / "crash_zone_9412.log", journal=tmp_path / "journal.jsonl")
    view = case.hypothesis_panel()
    before = view._repr_mimebundle_()[0]["text/html"]
    assert "Nobody was asked yet." in before
    assert "modules" in before
    ask(view, "ask", engine="rules")
    page = view._repr_mimebundle_()[0]["text/html"]
    assert page == view._repr_mimebundle_()[0]["text/html"]
    assert "hypothesis, unverified" in page
    assert "By rules, without a model" in page
    assert "supported" in page


def _written(case: triage.Case, stored: dict[str, Any], **fields: Any) -> str:
    """A run in the folder, as whoever can write there could leave it."""
    incident = case.incidents()["incident_id"].iloc[0]
    run = named("gemini", incident, "0" * 64, model="gemini-2.5-pro", **fields)
    runs = Runs(case.runs.folder)
    assert runs.folder is not None
    runs.folder.mkdir(parents=True, exist_ok=True)
    runs.write(run.changed(status=SUCCESS, answer=msgspec.to_builtins(stored), created=MAIL))
    return run.run_id
