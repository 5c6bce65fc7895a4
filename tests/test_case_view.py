"""The Python side of the view of a case: what the page may ask for, and what it is answered."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

import triage
from triage.share.redacted import RedactedCase
from triage_widgets.case_view import CaseView

BUNDLE = "0xgen/crash-20260126T012559123Z.tar.gz"


@pytest.fixture(scope="module")
def case(request: pytest.FixtureRequest) -> Any:
    return RedactedCase.lazy(triage.load(request.getfixturevalue("samples") / BUNDLE))


def ask(view: CaseView, name: str, **arguments: Any) -> Any:
    answer, _ = view.call({"name": name, "arguments": arguments}, [])
    assert answer["ok"], answer
    return answer["value"]


def fail(view: CaseView, name: str, **arguments: Any) -> str:
    answer, _ = view.call({"name": name, "arguments": arguments}, [])
    assert not answer["ok"]
    return str(answer["error"])


def test_the_first_page(case: Any) -> None:
    page = ask(CaseView(case), "view", incident=None)
    assert page["crash_id"] == "crash-20260126T012559123Z"
    assert page["title"] == case.incidents()["title"].iloc[0]
    assert page["incident_id"] == case.incidents()["incident_id"].iloc[0]
    assert page["frames_in_all"] == len(page["frames"]) == len(case.frames())
    assert {"number", "function", "where", "role", "kind"} == set(page["frames"][0])
    assert page["files_in_all"] == len(page["files"]) == 6


def test_one_incident_of_several(samples: Path) -> None:
    store = RedactedCase.lazy(triage.load(samples / "debugbundle" / "store"))
    view = CaseView(store)
    for incident in store.incidents()["incident_id"]:
        page = ask(view, "view", incident=incident)
        assert page["incident_id"] == incident
        assert page["incidents_in_all"] == len(store.incidents())
    assert "no incident has the id" in fail(view, "view", incident="inc_none")


def test_files_are_paged(case: Any) -> None:
    view = CaseView(case)
    assert [row["path"] for row in ask(view, "files", start=4)] == case.files()["path"].tolist()[4:]
    assert ask(view, "files", start=6) == []
    assert len(ask(view, "files", start=-3)) == 6


def test_a_text_is_previewed(case: Any) -> None:
    view = CaseView(case)
    files = case.files().set_index("path")
    manifest = ask(view, "preview", source_id=files.loc["crash/manifest.json", "source_id"], page=0)
    assert manifest["text"].startswith('{\n  "version": "0.9.3"')
    assert (manifest["page"], manifest["pages"]) == (0, 1)
    assert manifest == ask(view, "preview", source_id=files.loc["crash/manifest.json", "source_id"], page=99)


def test_pages_of_a_text_lose_nothing() -> None:
    lines = [f"{number:05} {'long ' * (number % 9_000)}" for number in (*range(900), 8_999, 4_000, *range(900))]
    lines.insert(700, "é" * 120_000)
    text = "\n".join(lines)
    view = CaseView(RedactedCase.lazy(triage.load(text.encode())))
    source = view._case.files()["source_id"].iloc[0]
    pages = ask(view, "preview", source_id=source)["pages"]
    assert pages == -(-len(text.encode()) // 65_536)
    assert "".join(ask(view, "preview", source_id=source, page=page)["text"] for page in range(pages)) == text


def test_an_unknown_file_is_an_error_with_words(case: Any) -> None:
    assert "no file has the id 'nope'" in fail(CaseView(case), "preview", source_id="nope")


def test_the_path_is_told_when_asked_only(samples: Path, tmp_path: Path) -> None:
    moved = shutil.copy(samples / BUNDLE, tmp_path / "crash.tar.gz")
    view = CaseView(RedactedCase.lazy(triage.load(moved)))
    assert ask(view, "path") == str(moved)
    for told in (view.get_state(), ask(view, "view"), view._repr_mimebundle_(), repr(view)):
        assert str(tmp_path) not in str(told)
    assert "nowhere on disk" in fail(CaseView(RedactedCase.lazy(triage.load(moved.read_bytes()))), "path")


def test_traits_hold_no_data(case: Any) -> None:
    state = CaseView(case).get_state()
    assert state["kind"] == "case"
    told = str({key: value for key, value in state.items() if key not in {"_esm", "_css"}})
    for data in ("crash-2026", "oxgen", "panic", "manifest"):
        assert data not in told


def test_it_says_what_it_shows_by_counts(case: Any) -> None:
    view = CaseView(case)
    assert (
        repr(view)
        == f"<triage.CaseView of {case!r}>"
        == ("<triage.CaseView of <triage.RedactedCase: 1 incident, 1 event, 6 files>>")
    )
    data, _ = view._repr_mimebundle_()
    assert data["text/plain"] == repr(view)
    assert data["text/html"] == case._repr_mimebundle_()["text/html"]
    assert data["text/html"] == CaseView(case)._repr_mimebundle_()[0]["text/html"]
