"""The state behind a review: what it tells, what it refuses, what it gives."""

import io
import json
import zipfile

import pytest

import triage
from tests import canaries
from triage.errors import RedactionError
from triage.share.archive import verify
from triage.share.review import Review

SECRET = canaries.PLANTED["log line"]


@pytest.fixture
def review():
    return Review(triage.load(canaries.archive()).redact())


def number_of(review, end):
    return next(file["number"] for file in review.summary()["files"] if file["path"].endswith(end))


def open_all(review):
    for file in review.summary()["files"]:
        review.page(file["number"])


def mask_of(review, end):
    return review.page(number_of(review, end))["changes"][0]["mask"]


def test_the_summary_lists_what_would_leave(review):
    summary = review.summary()
    assert (summary["state"], summary["digest"], summary["notice"]) == ("open", None, "")
    assert summary["unopened"] == len(summary["files"]) == 9
    assert [file["number"] for file in summary["files"]] == list(range(9))
    assert summary["totals"] == {
        kind: sum(file["findings"].get(kind, 0) for file in summary["files"]) for kind in summary["totals"]
    }
    by_name = {file["path"].rpartition("/")[2]: file for file in summary["files"]}
    assert by_name["app.log"]["findings"] == {"password": 1}
    assert not by_name["app.log"]["binary"]
    assert by_name["crash.dmp.json"]["binary"]
    assert by_name["crash.dmp.json"]["description"] == "minidump of the crashed process"
    assert summary["crash_id"]
    assert summary["suggested"].endswith("-redacted.tar.gz")
    assert set(summary["files"][0]) == {
        *("number", "path", "description", "bytes", "size", "binary", "findings", "finding_count", "state", "original"),
        *("reason", "pages", "seen"),
    }


def test_every_answer_is_json_and_holds_no_value(review):
    told = [review.summary(), review.search("password"), review.findings(0)]
    for file in review.summary()["files"]:
        number = file["number"]
        told += [review.page(number), review.findings(number)]
    told += [review.skip(0), review.drop(1, "not needed"), review.keep(1), repr(review)]
    review.unmask(mask_of(review, "app.log"), "a test")
    open_all(review)
    told += [review.page(number_of(review, "app.log")), review.approve("Ada")]
    assert canaries.held(json.dumps(told, allow_nan=False)) == []


def test_a_page_marks_its_changes_by_character(review):
    number = number_of(review, "app.log")
    page = review.page(number)
    (change,) = page["changes"]
    assert page["text"][change["start"] : change["end"]] == change["mask"] == "[password:3:8-15]"
    assert (change["kind"], change["length"], change["line"], change["action"]) == ("password", "8-15", 2, "masked")
    assert (page["page"], page["pages"], page["first_line"]) == (0, 1, 1)
    assert review.summary()["files"][number]["state"] == "opened"
    (row,) = review.findings(number)["rows"]
    assert (row["line"], row["page"], row["mask"], row["finding"]) == (2, 0, change["mask"], change["finding"])


def test_pages_and_findings_of_a_long_file_agree():
    lines = [f"{n} of é password=quartz-otter-{n % 40:03}" if n % 50 == 0 else f"{n} fine 漢字" for n in range(20_000)]
    review = Review(triage.loads("\n".join(lines)).redact())
    pages = [review.page(0, number) for number in range(review.page(0)["pages"])]
    assert len(pages) > 3
    assert "".join(page["text"] for page in pages).count("\n") == len(lines) - 1
    assert all(page["text"].endswith("\n") for page in pages[:-1])
    seen = [change for page in pages for change in page["changes"]]
    assert [change["finding"] for change in seen] == list(range(400))
    for page in pages:
        for change in page["changes"]:
            assert page["text"][change["start"] : change["end"]] == change["mask"]
            assert change["line"] == page["first_line"] + page["text"].count("\n", 0, change["start"])
    rows = review.findings(0, 100, 50)["rows"]
    assert [row["finding"] for row in rows] == list(range(100, 150))
    for row in rows:
        assert any(change["finding"] == row["finding"] for change in pages[row["page"]]["changes"])
    assert review.findings(0, 0, 10)["total"] == 400


def test_a_search_finds_masked_text_only_and_says_where(review):
    assert review.search(SECRET)["total"] == 0
    found = review.search("PASSWORD=[")
    assert found["total"] == 2
    row = next(row for row in found["rows"] if row["path"].endswith("app.log"))
    assert (row["line"], row["page"]) == (2, 0)
    assert "login with password=[password:3:8-15] failed" in row["excerpt"]
    assert review.search("  ") == {"rows": [], "total": 0, "more": False}


def test_nothing_is_approved_before_every_file_was_opened_skipped_or_dropped(review):
    with pytest.raises(triage.TriageError, match="9 of 9 files were not opened"):
        review.approve("Ada")
    open_all(review)
    with pytest.raises(triage.TriageError, match="nobody is named"):
        review.approve("  ")
    with pytest.raises(triage.TriageError, match="approve first"):
        review.save("x.tar.gz")


def test_what_was_skipped_is_named_and_recorded(review):
    review.page(0)
    for number in range(1, 9):
        review.skip(number)
    summary = review.approve("Ada")
    assert len(summary["skipped"]) == 8
    assert review.archive.review["skipped"] == sorted(summary["skipped"])
    assert review.archive.review["by"] == "Ada"


def test_what_is_saved_is_what_was_approved(review, tmp_path):
    open_all(review)
    digest = review.approve("Ada")["digest"]
    saved = review.save(str(tmp_path / "out.tar.gz"))
    assert saved["digest"] == digest
    checked = verify(saved["path"])
    assert (checked.ok, checked.digest, checked.by) == (True, digest, "Ada")
    assert review.summary()["state"] == "saved"


def test_a_change_takes_the_approval_back_and_says_so(review):
    open_all(review)
    review.approve("Ada")
    summary = review.drop(0, "not needed")
    assert (summary["state"], summary["digest"]) == ("open", None)
    assert "approve again" in summary["notice"]
    assert review.keep(0)["notice"] == ""
    again = review.approve("Ada")
    assert again["state"] == "approved"


def test_an_unmasked_value_leaves_and_is_still_shown_as_its_mask(review):
    mask = mask_of(review, "app.log")
    with pytest.raises(triage.TriageError, match="a reason is missing"):
        review.unmask(mask, " ")
    with pytest.raises(triage.TriageError, match="holds what must not leave"):
        review.unmask(mask, f"it is only {SECRET}")
    with pytest.raises(triage.TriageError, match="no file holds that mask"):
        review.unmask("[password:999:1]", "why not")
    assert review.unmask(mask, "a sample value")["unmasked"] == {mask: "a sample value"}
    page = review.page(number_of(review, "app.log"))
    assert page["changes"][0]["action"] == "unmasked"
    assert mask in page["text"]
    open_all(review)
    review.approve("Ada")
    back = triage.load(review.archive.bytes)
    files = back.files().set_index("path")
    source = files.loc[next(name for name in files.index if name.endswith("app.log")), "source_id"]
    assert SECRET in back.text(source)
    assert review.archive.review["unmasked"] == [{"mask": mask, "reason": "a sample value"}]
    review.mask(mask)
    review.approve("Ada")
    assert SECRET not in triage.load(review.archive.bytes).text(source)


def test_a_mask_that_stood_in_the_input_has_no_value_to_let_leave():
    review = Review(triage.loads("it was [password:7:8-15] there\n").redact())
    assert review.page(0)["changes"][0]["mask"] == "[password:7:8-15]"
    with pytest.raises(triage.TriageError, match="masked before triage"):
        review.unmask("[password:7:8-15]", "why not")


def test_a_dropped_file_does_not_leave(review):
    open_all(review)
    number = number_of(review, "settings.json")
    assert review.drop(number, "not needed")["files"][number]["state"] == "dropped"
    review.approve("Ada")
    assert not any(name.endswith("settings.json") for name in review.archive.files)
    assert review.archive.review["dropped"][0]["reason"] == "not needed"


def test_an_original_leaves_only_by_name_and_with_a_reason(review):
    open_all(review)
    text, shot = number_of(review, "app.log"), number_of(review, "shot.png.json")
    with pytest.raises(triage.TriageError, match="only a binary file"):
        review.include_original(text, "why not")
    review.include_original(shot, "a picture of the window")
    review.approve("Ada")
    name = next(name for name in review.archive.files if name.startswith("originals/"))
    assert name.endswith("bundle/shot.png")
    back = triage.load(review.archive.bytes)
    assert canaries.files()["shot.png"] == back.read(back.files().set_index("path").loc[name, "source_id"])
    assert verify(review.archive.bytes).ok
    review.exclude_original(shot)
    review.approve("Ada")
    assert not any(name.startswith("originals/") for name in review.archive.files)


def test_a_discarded_review_holds_nothing_any_more(review, tmp_path):
    open_all(review)
    review.approve("Ada")
    assert review.discard()["state"] == "discarded"
    for call in (lambda: review.page(0), lambda: review.approve("Ada"), lambda: review.save(str(tmp_path / "x"))):
        with pytest.raises(RedactionError, match="discarded"):
            call()
    assert list(tmp_path.iterdir()) == []


def test_it_is_not_saved_over_its_input(tmp_path):
    path = tmp_path / "app.log"
    path.write_text("started\n")
    review = Review(triage.load(path).redact())
    review.page(0)
    review.approve("Ada")
    with pytest.raises(triage.TriageError, match="under another name"):
        review.save(str(path))
    for name in (str(tmp_path), "", "a\0b", "~nobody-of-that-name/x.tar.gz"):
        with pytest.raises(triage.TriageError, match="no file name"):
            review.save(name)
    assert path.read_text() == "started\n"
    assert review.path == str(path)


def test_a_file_that_is_not_there(review):
    with pytest.raises(triage.TriageError, match="there is no file 99"):
        review.page(99)


def test_how_much_of_a_file_was_seen_is_told_and_recorded():
    review = Review(triage.load(["".join(f"line {n} of many\n" for n in range(20_000)).encode(), b"short\n"]).redact())
    (long,) = [file["number"] for file in review.summary()["files"] if file["pages"] > 1]
    open_all(review)
    entry = review.summary()["files"][long]
    assert (entry["state"], entry["seen"]) == ("opened", 1)
    review.page(long, entry["pages"] - 1)
    review.approve("Ada")
    told = [{"path": entry["path"], "pages_seen": 2, "pages": entry["pages"]}]
    assert review.archive.review["partly_seen"] == told
    for page in range(entry["pages"]):
        review.page(long, page)
    review.approve("Ada")
    assert review.archive.review["partly_seen"] == []


def test_what_does_not_leave_is_told_of(tmp_path):
    (tmp_path / "a.log").write_text("started\n")
    (tmp_path / "wide.log").write_bytes("started\n".encode("utf-32"))
    (tmp_path / "link.log").symlink_to(tmp_path / "a.log")
    summary = Review(triage.load(tmp_path).redact()).summary()
    name = f"case/{tmp_path.name}/link.log"
    assert summary["absent"] == [{"path": name, "reason": "a symbolic link, never followed"}]
    assert summary["absent_count"] == 1
    assert "none of its content leaves" in summary["files"][1]["description"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_second_member_of_one_name_is_told_of():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.log", "started\n")
        archive.writestr("a.log", "password=orchard-7-Qm4xT-plums\n")
    summary = Review(triage.load(packed.getvalue()).redact()).summary()
    assert [row["reason"].partition(",")[0] for row in summary["absent"]] == ["the same name as a member before it"]
