"""The Python side of the review: what the page may ask for, what it is answered, and the page without a kernel."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

import triage
from triage.share.review import Review
from triage.share.verification import verify
from triage_widgets.review_view import ReviewView, review_figure

if TYPE_CHECKING:
    from pathlib import Path

PARTS = ("Zq7", "vT9x", "Lm2Kd8")
SECRET = "".join(PARTS)
NAMES = ("ada.lovelace", "engines.test")
MAIL = "@".join(NAMES)
LOG = f"started\nlogin of {MAIL} failed, password={SECRET}\n"


@pytest.fixture
def view(tmp_path: Path) -> ReviewView:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "app.log").write_text(LOG, "utf-8")
    (tmp_path / "logs" / "empty.txt").write_text("", "utf-8")
    made: ReviewView = triage.load(tmp_path / "logs").review()
    return made


def ask(view: ReviewView, name: str, **arguments: Any) -> Any:
    answer, _ = view.call({"name": name, "arguments": arguments}, [])
    assert answer["ok"], answer
    return answer["value"]


def fail(view: ReviewView, name: str, **arguments: Any) -> str:
    answer, _ = view.call({"name": name, "arguments": arguments}, [])
    assert not answer["ok"]
    return str(answer["error"])


def number_of(view: ReviewView, name: str) -> int:
    return next(int(file["number"]) for file in ask(view, "summary")["files"] if name in file["path"])


def test_what_the_page_is_told(view: ReviewView) -> None:
    summary = ask(view, "summary")
    assert summary["totals"] == {"email": 1, "password": 1}
    log = next(file for file in summary["files"] if "app.log" in file["path"])
    assert log["findings"] == {"email": 1, "password": 1}
    assert (log["finding_count"], log["state"]) == (2, "unseen")
    page = ask(view, "page", number=log["number"], page=0)
    assert [page["text"][change["start"] : change["end"]] for change in page["changes"]] == [
        change["mask"] for change in page["changes"]
    ]
    rows = ask(view, "findings", number=log["number"], start=0, count=100)["rows"]
    assert [(row["kind"], row["line"], row["action"]) for row in rows] == [
        ("email", 2, "masked"),
        ("password", 2, "masked"),
    ]
    assert ask(view, "search", text="STARTED", start=0)["total"] == 1
    assert ask(view, "search", text=SECRET, start=0)["total"] == 0


def test_no_answer_holds_an_original(view: ReviewView) -> None:
    number = number_of(view, "app.log")
    mask = ask(view, "findings", number=number)["rows"][1]["mask"]
    told = [view.get_state(), view._repr_mimebundle_(), repr(view), ask(view, "summary")]
    told += [ask(view, "unmask", mask=mask, reason="made up"), ask(view, "page", number=number)]
    told += [ask(view, "findings", number=number), ask(view, "search", text="password")]
    told += [fail(view, "unmask", mask=mask, reason=f"it is {MAIL}"), fail(view, "page", number=MAIL)]
    for value in (SECRET, MAIL):
        assert [text for text in map(str, told) if value in text] == []


def test_from_open_to_saved(view: ReviewView, tmp_path: Path) -> None:
    assert "not opened" in fail(view, "approve", by="Ada")
    ask(view, "page", number=number_of(view, "app.log"))
    ask(view, "skip", number=number_of(view, "empty.txt"))
    assert "nobody is named" in fail(view, "approve", by=" ")
    approved = ask(view, "approve", by="Ada")
    assert approved["state"] == "approved"
    saved = ask(view, "save", path=str(tmp_path / "out.tar.gz"))
    checked = verify(tmp_path / "out.tar.gz")
    assert checked.ok
    assert checked.digest == saved["digest"] == approved["digest"]
    assert ask(view, "discard")["state"] == "discarded"
    assert "discarded" in fail(view, "page", number=0)


def test_the_path_is_told_when_asked_only(view: ReviewView, tmp_path: Path) -> None:
    assert str(tmp_path) in ask(view, "path")
    for told in (view.get_state(), ask(view, "summary"), view._repr_mimebundle_(), repr(view)):
        assert str(tmp_path) not in str(told)
    assert "nowhere on disk" in fail(triage.loads("started").review(), "path")


def test_traits_hold_no_data(view: ReviewView) -> None:
    state = view.get_state()
    assert state["kind"] == "review"
    ours = {key for key in state if not key.startswith("_")}
    assert ours == {"kind", "layout", "tabbable", "tooltip"}
    assert "app.log" not in str({key: value for key, value in state.items() if key not in {"_esm", "_css"}})


def test_it_says_how_it_stands_by_counts(view: ReviewView) -> None:
    files = len(ask(view, "summary")["files"])
    assert repr(view) == f"<triage.ReviewView: {files} files, 2 findings, open>"
    data, _ = view._repr_mimebundle_()
    assert data["text/plain"] == repr(view)


def test_the_static_page_says_what_would_leave(view: ReviewView) -> None:
    figure = view.figure()
    page = figure.html()
    assert "2 findings in them: 1 email, 1 password." in page
    assert "Nothing has left" in page
    row = figure.data[figure.data["file"].str.contains("app.log")].iloc[0]
    assert (row["findings"], row["state"], row["size"]) == ("1 email, 1 password", "not opened", f"{row['size']}")
    assert figure.html() == view.figure().html()


def test_the_static_page_of_every_state(view: ReviewView) -> None:
    summary = ask(view, "summary")
    summary["files"][0] |= {"state": "dropped", "reason": "not needed"}
    summary["files"][1] |= {"original": True, "state": "skipped"}
    for state, words in (("approved", "not saved"), ("saved", "Approved and saved"), ("discarded", "Discarded")):
        page = review_figure(summary | {"state": state, "digest": "0" * 64}).html()
        assert words in page
        assert "0" * 64 in page
    assert "1 file would leave" in page
    assert "skipped, with its original" in page
    many = review_figure(summary | {"files": summary["files"] * 200})
    assert "200 of 400 files under review" in many.html()


def test_the_bundle_is_small_and_asks_for_nothing() -> None:
    code, style = str(ReviewView._esm), str(ReviewView._css)
    assert len(code.encode()) + len(style.encode()) < 60_000
    assert not re.search(r"https?:|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", code)
    assert not re.search(r"https?:|url\(|@import", style)


def test_every_style_is_ours_alone() -> None:
    style = re.sub(r"/\*.*?\*/", "", str(ReviewView._css), flags=re.DOTALL)
    selectors = [part.strip() for rule in re.findall(r"([^{}]+)\{", style) for part in re.split(r",(?![^(]*\))", rule)]
    assert len(selectors) > 50
    assert [name for name in selectors if not name.startswith((".triage-", "@media", "@container triage"))] == []


def test_the_page_says_what_does_not_leave_and_how_much_was_seen(tmp_path):
    (tmp_path / "long.log").write_text("a line of many\n" * 20_000)
    (tmp_path / "link.log").symlink_to(tmp_path / "long.log")
    review = Review(triage.load(tmp_path).redact())
    review.page(0)
    told = review_figure(review.summary())
    page = told.html()
    assert "1 file not in here: " in page
    assert "link.log: a symbolic link, never followed" in page
    assert told.data["state"].tolist() == ["opened, 1 of 5 pages"]
