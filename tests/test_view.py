import pytest

import triage
from tests.reading import SAMPLES
from triage.share import view

PANIC = SAMPLES / "0xgen" / "crash-20260126T012559123Z.tar.gz"


def test_the_first_page_says_what_where_and_when():
    page = view.shown(triage.load(PANIC))
    facts = dict(page.facts)
    assert page.title == "panic in oxgen_shell::app::pipeline::slice_body"
    assert page.crash_id == "crash-20260126T012559123Z"
    assert facts["What"] == "panic: range end index 201 out of range for slice of length 2"
    assert facts["When"] == "2026-01-26 01:25:59 UTC"
    assert facts["Release"] == "0.9.3"
    assert page.frames[10].role == "application"
    assert page.frames_in_all == len(page.frames) == 30


def test_any_incident_can_be_shown():
    case = triage.load(SAMPLES / "flutter")
    for incident in case.incidents()["incident_id"]:
        assert view.shown(case, incident).incident_id == incident


def test_an_incident_nobody_has():
    with pytest.raises(triage.TriageError):
        view.shown(triage.load(PANIC), "inc_0")


def test_nothing_and_nothing_known():
    assert view.shown(triage.load(b"unknown")).title == "No crash found"
    assert view.shown(triage.load(b"unknown")).files[0].status == "unknown"


def test_secrets_of_sensitive_keys_are_masked_everywhere():
    secret = "not-a-real-secret"
    event = (
        '{"event_id":"a","level":"fatal","platform":"python","release":"token=%s",'
        '"exception":{"values":[{"type":"E","value":"password=%s","stacktrace":{"frames":[{"function":"f","filename":"a?token=%s"}]}}]}}'
    ) % ((secret,) * 3)
    case = triage.loads(event, name=f"api_key={secret}")
    page = view.shown(case)
    assert secret not in repr(page)
    assert secret not in view.preview(case, page.files[0].source_id).text


def pages(case, source_id):
    first = view.preview(case, source_id)
    return [first] + [view.preview(case, source_id, number) for number in range(1, first.pages)]


@pytest.mark.parametrize("line", ["short line é\n", "a much longer line of text with 漢字 in it " * 20 + "\n"])
def test_pages_of_a_preview_join_to_the_whole_text(line):
    text = "".join(f"{number} {line}" for number in range(200_000 // len(line.encode())))
    case = triage.loads(text)
    shown = pages(case, case.files()["source_id"].iloc[0])
    assert len(shown) > 2
    assert "".join(page.text for page in shown) == text
    assert all(page.text.endswith("\n") for page in shown)


def test_a_line_longer_than_a_page_loses_nothing():
    text = "x" * 300_000 + "\nend\n"
    case = triage.loads(text)
    assert "".join(page.text for page in pages(case, case.files()["source_id"].iloc[0])) == text


def test_bytes_are_shown_in_hex_and_say_how_many():
    case = triage.load(SAMPLES / "minidump" / "windows-access-violation.dmp")
    page = view.preview(case, case.files()["source_id"].iloc[0])
    assert page.text.startswith("00000000  4d 44 4d 50")
    assert page.note.startswith("no text: page 1 of ")
    last = view.preview(case, case.files()["source_id"].iloc[0], page.pages - 1)
    size = case.files()["bytes"].iloc[0]
    assert last.text.splitlines()[-1].startswith(f"{(size - 1) // 16 * 16:08x}")


def test_a_nul_deep_in_a_log_does_not_make_it_binary():
    case = triage.loads("line\n" * 30_000 + "nul \0 here\n")
    shown = pages(case, case.files()["source_id"].iloc[0])
    assert "".join(page.text for page in shown).endswith("nul \0 here\n")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_wide_text_is_text(encoding):
    text = "line with 漢字\n" * 9_000
    case = triage.load(("\ufeff" + text).encode(encoding))
    shown = pages(case, case.files()["source_id"].iloc[0])
    assert len(shown) > 2
    assert "".join(page.text for page in shown) == text


def test_the_bundle_is_named_without_its_path():
    assert view.shown(triage.load(PANIC)).bundle == PANIC.name
    assert view.shown(triage.load(SAMPLES / "flutter")).bundle == "flutter"
    assert view.shown(triage.load([b"a", b"b"])).bundle == "2 inputs"


def test_a_page_that_is_not_there_is_the_last_one():
    case = triage.loads("one line\n")
    assert view.preview(case, case.files()["source_id"].iloc[0], 99).text == "one line\n"
    with pytest.raises(triage.SourceError):
        view.preview(case, "nobody")


def test_files_come_by_pages():
    case = triage.load([f"file {number}".encode() for number in range(130)])
    first, second = view.file_rows(case, 0), view.file_rows(case, 100)
    assert (len(first), len(second)) == (100, 30)
    assert view.shown(case).files_in_all == 130
