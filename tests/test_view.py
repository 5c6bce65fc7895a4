import pytest

import triage
from tests.reading import SAMPLES
from triage.share import view
from triage.share.redacted import RedactedCase

PANIC = SAMPLES / "0xgen" / "crash-20260126T012559123Z.tar.gz"


def masked(what, **options):
    case = triage.loads(what, **options) if isinstance(what, str) else triage.load(what)
    return RedactedCase.lazy(case)


def test_the_first_page_says_what_where_and_when():
    page = view.shown(masked(PANIC))
    facts = dict(page.facts)
    assert page.title == "panic in oxgen_shell::app::pipeline::slice_body"
    assert page.crash_id == "crash-20260126T012559123Z"
    assert facts["What"] == "panic: range end index 201 out of range for slice of length 2"
    assert facts["When"] == "2026-01-26 01:25:59 UTC"
    assert facts["Release"] == "0.9.3"
    assert page.frames[10].role == "application"
    assert page.frames_in_all == len(page.frames) == 30


def test_any_incident_can_be_shown():
    case = masked(SAMPLES / "flutter")
    for incident in case.incidents()["incident_id"]:
        assert view.shown(case, incident).incident_id == incident


def test_an_incident_nobody_has():
    with pytest.raises(triage.TriageError):
        view.shown(masked(PANIC), "inc_0")


def test_nothing_and_nothing_known():
    assert view.shown(masked(b"unknown")).title == "No crash found"
    assert view.shown(masked(b"unknown")).files[0].status == "unknown"


def test_a_raw_case_is_not_shown():
    with pytest.raises(TypeError, match=r"RedactedCase\.lazy"):
        view.shown(triage.load(PANIC))


def test_secrets_are_masked_in_every_field():
    secret = "quartz-otter-77"
    event = (
        '{"event_id":"a","level":"fatal","platform":"python","release":"token=%s",'
        '"exception":{"values":[{"type":"E","value":"password=%s","stacktrace":{"frames":[{"function":"f","filename":"a?token=%s"}]}}]}}'
    ) % ((secret,) * 3)
    case = masked(event, name=f"api_key={secret}")
    page = view.shown(case)
    assert secret not in repr(page)
    assert "[masked]" not in repr(page)
    assert dict(page.facts)["What"].startswith("E: password=[")
    assert secret not in case.preview(page.files[0].source_id).text


def test_the_bundle_is_named_without_its_path():
    assert view.shown(masked(PANIC)).bundle == PANIC.name
    assert view.shown(masked(SAMPLES / "flutter")).bundle == "flutter"
    assert view.shown(masked([b"a", b"b"])).bundle == "2 inputs"


def test_files_come_by_pages():
    case = masked([f"file {number}".encode() for number in range(130)])
    first, second = view.file_rows(case, 0), view.file_rows(case, 100)
    assert (len(first), len(second)) == (100, 30)
    assert view.shown(case).files_in_all == 130
