"""The Python side of the view of stacks: what the page may ask for, what it is answered, and what its decisions do."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import triage
from triage.errors import TriageError
from triage.share.redacted import RedactedCase
from triage.share.stack_pages import PAGE, StackPages
from triage_widgets.stack_view import StackView

MAIL = "ada.lovelace@engines.test"


def trace(*names: str, error: str = "ValueError: bad price") -> str:
    calls = "".join(f'  File "/srv/shop/{name}.py", line 7, in {name}\n    {name}()\n' for name in reversed(names))
    return f"Traceback (most recent call last):\n{calls}{error}\n\n"


TOP = ("parse", "price", "total")
SHOP = (
    trace(*TOP, "web", "main") * 3 + trace(*TOP, "job", "main") + trace("send", "mail", "main", error="KeyError: 'x'")
)


@pytest.fixture(scope="module")
def shop() -> triage.Case:
    return triage.loads(SHOP)


def incident(case: Any, title: str) -> str:
    found = case.incidents()
    return str(found.loc[found["title"].str.contains(title), "incident_id"].iloc[0])


def ask(view: StackView, name: str, **arguments: Any) -> Any:
    answer, _ = view.call({"name": name, "arguments": arguments}, [])
    assert answer["ok"], answer
    return answer["value"]


def fail(view: StackView, name: str, **arguments: Any) -> str:
    answer, _ = view.call({"name": name, "arguments": arguments}, [])
    assert not answer["ok"]
    return str(answer["error"])


def view_of(case: triage.Case, title: str = "ValueError", **options: Any) -> StackView:
    return StackView(RedactedCase.lazy(case), incident(case, title), **options)


def test_the_frames_that_count_stand_out(shop: triage.Case) -> None:
    head = ask(view_of(shop), "head")
    assert head["title"] == "ValueError in parse"
    (stack,) = head["stacks"]
    assert [(part["start"], part["length"], part["shown"]) for part in stack["parts"]] == [(0, 3, True), (3, 2, False)]
    assert stack["about"] == "5 frames · 3 counted for the key"
    assert [cell["function"] for cell in head["cells"]] == list(TOP)
    assert {cell["why"] for cell in head["cells"]} == {
        f"counts: {place} of 3 application frames" for place in ("1st", "2nd", "3rd")
    }
    assert dict(head["facts"])["What counted"] == "parse ← price ← total"


def test_variants_stand_side_by_side_the_commonest_first(shop: triage.Case) -> None:
    head = ask(view_of(shop), "head")
    first, second = head["variants"]
    assert (first["events"], first["share"], second["events"]) == (3, 0.75, 1)
    assert [name for name, _, _ in first["frames"]] == [*TOP, "web", "main"]
    assert [same for _, _, same in second["frames"]] == [True, True, True, False, True]
    other = ask(view_of(shop), "head", event=second["event_id"])
    assert other["event_id"] == second["event_id"]
    assert [cell["function"] for cell in ask(view_of(shop), "frames", event=second["event_id"], stack=0)] == [
        *TOP,
        "job",
        "main",
    ]


def test_the_call_tree_says_where_they_part(shop: triage.Case) -> None:
    rows = ask(view_of(shop), "tree")
    assert [(row["level"], row["names"][0], row["name"], row["events"]) for row in rows] == [
        (1, "main", "main", 4),
        (2, "web", "parse", 3),
        (2, "job", "parse", 1),
    ]
    assert [row["counted"] for row in rows] == [False, True, True]


def test_all_threads_the_crashed_one_first(samples: Path) -> None:
    case = triage.load(samples / "traces" / "java-deadlock.txt")
    head = ask(StackView(RedactedCase.lazy(case)), "head")
    assert head["stacks_in_all"] == len(head["stacks"]) == len(case.stacks())
    assert head["stacks"][0]["title"].startswith("Crashing thread")
    assert {stack["title"].split()[0] for stack in head["stacks"][1:]} == {"Thread"}
    # Nothing of another thread is in the key.
    other = ask(StackView(RedactedCase.lazy(case)), "frames", event=head["event_id"], stack=1)
    assert [cell["counted"] for cell in other] == [False] * 4
    assert other[0]["why"] == "stands out here; no part of the key"


def test_frames_of_other_threads_that_are_no_calls_and_stacks_without_frames(samples: Path) -> None:
    for name in ("go-deadlock", "python-group", "asan-free", "lsan-leak", "python-deep", "glibc-assert"):
        case = triage.load(samples / "traces" / f"{name}.txt")
        for each in case.incidents()["incident_id"]:
            view = StackView(RedactedCase.lazy(case), each)
            head = ask(view, "head")
            for stack in head["stacks"]:
                cells = ask(view, "frames", event=head["event_id"], stack=stack["number"])
                assert len(cells) == stack["frames"] == sum(part["length"] for part in stack["parts"])
                assert all(cell["why"] for cell in cells)
                if cells:
                    assert any(part["shown"] for part in stack["parts"])


def test_the_cycle_is_what_counts_in_an_overflow(samples: Path) -> None:
    case = triage.load(samples / "traces" / "python-deep.txt")
    head = ask(StackView(RedactedCase.lazy(case)), "head")
    assert [cell["function"] for cell in head["cells"]] == ["count_down"]
    assert "cycle" in head["cells"][0]["why"]


def test_a_deep_stack_comes_in_pages() -> None:
    case = triage.loads(trace(*(f"f{number}" for number in range(5_000))))
    view = StackView(RedactedCase.lazy(case))
    head = ask(view, "head")
    assert head["stacks"][0]["frames"] == 5_000
    assert len(head["cells"]) == 3
    assert len(json.dumps(head)) < 10_000
    pages = [ask(view, "frames", event=head["event_id"], stack=0, start=start) for start in range(0, 5_000, PAGE)]
    assert [cell["function"] for page in pages for cell in page] == [f"f{number}" for number in range(5_000)]
    assert ask(view, "frames", event=head["event_id"], stack=0, start=5_000) == []
    assert ask(view, "frames", event=head["event_id"], stack=99, start=-5) == []


def test_a_wrong_id_is_told_where_it_was_given(shop: triage.Case) -> None:
    with pytest.raises(TriageError, match="no incident has the id"):
        StackView(RedactedCase.lazy(shop), "inc_none")
    assert "no event has the id" in fail(view_of(shop), "head", event="evt_none")
    with pytest.raises(TypeError, match="RedactedCase"):
        StackPages(shop)  # type: ignore[arg-type]


def test_a_case_without_incidents_has_a_view() -> None:
    view = StackView(RedactedCase.lazy(triage.loads("nothing went wrong\n")))
    assert ask(view, "head")["title"] == "No incident here"
    assert "No incident here" in view._repr_mimebundle_()[0]["text/html"]


def test_nothing_unmasked_is_shown_even_by_its_id() -> None:
    event = {
        "event_id": MAIL,
        "platform": "python",
        "exception": {
            "values": [
                {"type": "E", "value": MAIL, "stacktrace": {"frames": [{"function": f"of {MAIL}", "filename": MAIL}]}}
            ]
        },
    }
    view = StackView(RedactedCase.lazy(triage.loads(json.dumps(event), name="event.json")))
    head = ask(view, "head")
    told = [head, ask(view, "tree"), ask(view, "frames", event=head["event_id"], stack=0), ask(view, "others")]
    told += [view.get_state(), view._repr_mimebundle_(), repr(view)]
    assert head["stacks"][0]["frames"] == 1
    assert all("lovelace" not in json.dumps(each, default=str) for each in told)


def test_traits_hold_no_data(shop: triage.Case) -> None:
    state = view_of(shop).get_state()
    told = str({key: value for key, value in state.items() if key not in {"_esm", "_css"}})
    assert state["kind"] == "stacks"
    for data in ("parse", "shop", "ValueError", "inc_"):
        assert data not in told


def test_the_bundle_is_small_and_makes_no_markup() -> None:
    code, style = str(StackView._esm), str(StackView._css)
    assert len(code.encode()) + len(style.encode()) < 70_000
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "https:", "url(", "@import"):
        assert word not in code + style
    style = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    selectors = [part.strip() for rule in re.findall(r"([^{}]+)\{", style) for part in re.split(r",(?![^(]*\))", rule)]
    assert [name for name in selectors if not name.startswith((".triage-", "@media", "@container triage"))] == []


def test_the_static_page_needs_no_script(shop: triage.Case) -> None:
    view = view_of(shop)
    page = view._repr_mimebundle_()[0]["text/html"]
    assert page == view_of(shop)._repr_mimebundle_()[0]["text/html"]
    for told in ("parse", "counts for the key", "2 variants", "job (differs)", "· web → parse", "75%"):
        assert told in page
    assert "<script" not in page
    assert repr(view) == "<triage.StackView: 1 stack, 2 variants>"


@pytest.fixture
def decided(tmp_path: Path) -> triage.Case:
    """The shop with a journal of its own."""
    return triage.load(SHOP.encode(), journal=tmp_path)


def test_a_merge_goes_into_the_journal_and_the_view_follows_it(decided: triage.Case, tmp_path: Path) -> None:
    own, other = incident(decided, "ValueError"), incident(decided, "KeyError")
    view = decided.stack_view(own)
    assert ask(view, "head")["decides"] is True
    (row,) = ask(view, "others")["rows"]
    assert (row["incident_id"], row["title"]) == (other, "KeyError in send")
    assert ask(view, "others", text="key") == ask(view, "others", text=" KEYERROR ")
    assert ask(view, "others", text="value")["in_all"] == 0
    assert ask(view, "merge", ids=[other], reason=" the same price ").startswith("Merged 2 incidents")
    head = ask(view, "head")
    assert dict(head["facts"])["How often"] == "5 events, 3 variants"
    assert dict(head["facts"])["Decided"] == "merge: the same price"
    assert ask(view, "others")["in_all"] == 0
    again = triage.load(SHOP.encode(), journal=tmp_path)
    assert again.incidents()["incident_id"].tolist() == [head["incident_id"]]
    assert again.journal()["why"].tolist() == ["the same price"]
    assert [row["names"] for row in ask(again.stack_view(), "tree") if row["level"] == 2][-1] == ("mail", "send")


def test_a_view_shows_what_became_of_its_incident_elsewhere(decided: triage.Case) -> None:
    own, other = incident(decided, "ValueError"), incident(decided, "KeyError")
    views = {each: (decided.stack_view(each), decided.stack_view(each)) for each in (own, other)}
    into = decided.merge([own, other], "the same")
    view, behind = views[own if into == other else other]
    assert "was merged or split" in fail(behind, "split", by="variant", reason="two")
    assert repr(view) == "<triage.StackView: 1 stack, 3 variants>"
    assert "5 events" in view._repr_mimebundle_()[0]["text/html"]
    assert ask(view, "head")["incident_id"] == into


def test_incidents_that_look_alike_come_first_in_the_choice() -> None:
    early = trace("parse", "price", "total", "web", "main", error="TypeError: 1")
    case = triage.loads(SHOP + early)
    rows = ask(view_of(case), "others")["rows"]
    assert [row["title"] for row in rows] == ["TypeError in parse", "KeyError in send"]
    assert rows[0]["about"] == "stack 100% alike · 1 event"


def test_a_split_says_beforehand_how_many_there_will_be(decided: triage.Case, tmp_path: Path) -> None:
    view = decided.stack_view(incident(decided, "ValueError"))
    sides = {way["by"]: way["sides"] for way in ask(view, "splits")}
    assert sides == {"variant": 2, "frame": 2, "file": 2, "service": 1, "message_slot": 1}
    assert "nothing tells these events apart" in fail(view, "split", by="service", reason="why")
    assert ask(view, "split", by="frame", reason="a job of its own").startswith("Split into 2 incidents")
    assert len(ask(view, "head")["variants"]) == 1
    assert len(triage.load(SHOP.encode(), journal=tmp_path).incidents()) == 3
    other = ask(view, "others", text="ValueError")["rows"][0]["incident_id"]
    event = ask(view, "head")["event_id"]
    assert ask(view, "pin", event=event, incident=other, reason="seen by hand").startswith("Pinned the event")
    assert ask(view, "head")["incident_id"] == other
    assert event in triage.load(SHOP.encode(), journal=tmp_path).events(other)["event_id"].tolist()


def test_an_event_with_a_masked_id_is_pinned(tmp_path: Path) -> None:
    stack = {"frames": [{"function": "f", "filename": "a.py"}]}
    events = [
        {"event_id": name, "platform": "python", "exception": {"values": [{"type": kind, "stacktrace": stack}]}}
        for name, kind in ((MAIL, "E"), ("b" * 32, "F"))
    ]
    for number, event in enumerate(events):
        (tmp_path / f"{number}.json").write_text(json.dumps(event))
    case = triage.load([tmp_path / "0.json", tmp_path / "1.json"], journal=tmp_path / "journal.ndjson")
    view = case.stack_view(incident(case, "E in f"))
    ask(view, "pin", event=ask(view, "head")["event_id"], incident=incident(case, "F in f"), reason="one bug")
    assert len(case.incidents()) == 1
    assert "lovelace" not in (tmp_path / "journal.ndjson").read_text()


def test_a_decision_without_a_reason_or_that_is_refused_says_why(decided: triage.Case) -> None:
    view = decided.stack_view(incident(decided, "ValueError"))
    other = incident(decided, "KeyError")
    assert "a reason is missing" in fail(view, "merge", ids=[other], reason="  ")
    assert "nothing is chosen" in fail(view, "merge", ids=[], reason="why")
    refused = fail(view, "merge", ids=[other], reason=f"as {MAIL} says")
    assert "email" in refused
    assert "lovelace" not in refused
    assert len(decided.incidents()) == 2
    assert decided.journal().empty


def test_a_view_that_only_shows_takes_no_decision(shop: triage.Case) -> None:
    view = view_of(shop)
    assert ask(view, "head")["decides"] is False
    assert "does not know this call" in fail(view, "merge", ids=["x"], reason="y")


@pytest.mark.parametrize("whole", [True, False], ids=["working copy", "masked on demand"])
def test_a_redacted_case_has_the_same_view_and_no_verb_that_decides(decided: triage.Case, whole: bool) -> None:
    own, other = incident(decided, "ValueError"), incident(decided, "KeyError")
    redacted = decided.redact() if whole else RedactedCase.lazy(decided)
    view = redacted.stack_view(own)
    assert ask(view, "head")["decides"] is False
    for shown in ("cells", "variants", "facts"):
        assert ask(view, "head")[shown] == ask(decided.stack_view(own), "head")[shown]
    calls: dict[str, Any] = {"merge": ([own, other], "one"), "split": (own,), "resolve": (own,), "undo": ("dec_1",)}
    for verb, given in calls.items():
        with pytest.raises(triage.TriageError, match=rf"only shows; call {verb}\(\) on the case"):
            getattr(redacted, verb)(*given)
    assert not hasattr(redacted, "merge")
    with pytest.raises(AttributeError, match="no attribute 'merg'"):
        _ = redacted.merg
    assert decided.journal().empty
